"""A zip of contracts: names of Chinese Windows, members that cannot be read, archives that are none."""

from __future__ import annotations

import stat
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.batch.sources import Source, listed
from pipeline.errors import DamagedFile, EncryptedFile, FileMissing, InputError, OversizedFile
from tests.pipeline.batch.conftest import SetUp

_LOCAL, _CENTRAL, _END = struct.Struct("<4s5H3I2H"), struct.Struct("<4s6H3I5H2I"), struct.Struct("<4s4H2IH")


def archive(
    path: Path,
    *members: tuple[bytes, bytes],
    flags: int = 0,
    method: int = 0,
    extra: Callable[[bytes], bytes] = lambda _: b"",
    mode: int = 0,
    crc: int | None = None,
    size: int | None = None,
) -> Path:
    """A zip with names as raw bytes, and whatever else the standard library would not write."""
    body, directory = b"", b""
    for name, content in members:
        check = zlib.crc32(content) if crc is None else crc
        said = len(content) if size is None else size
        at, more = len(body), extra(name)
        body += _LOCAL.pack(b"PK\3\4", 20, flags, method, 0, 0, check, len(content), said, len(name), 0)
        body += name + content
        made_by = 3 << 8 if mode else 0
        head = (b"PK\1\2", made_by, 20, flags, method, 0, 0, check, len(content), said, len(name), len(more), 0, 0, 0)
        directory += _CENTRAL.pack(*head, mode << 16, at) + name + more
    end = _END.pack(b"PK\5\6", 0, 0, len(members), len(members), len(directory), len(body), 0)
    path.write_bytes(body + directory + end)
    return path


def names(source: Source) -> list[str]:
    return [file.name for file in source.files()]


def reason(source: Source) -> str:
    (file,) = source.files()
    assert file.problem is not None
    assert file.problem.remedy.startswith("请")
    with pytest.raises(InputError) as told:  # asked for all the same
        source.read(file.uri)
    assert (told.value.problem, told.value.remedy) == (file.problem.reason, file.problem.remedy)
    return file.problem.reason


@pytest.fixture
def zipped(tmp_path: Path) -> Path:
    return tmp_path / "合同.zip"


def test_members_are_listed_and_read_in_the_order_of_the_archive(zipped: Path) -> None:
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED) as made:
        made.mkdir("空/")
        for name in ("b/合同😀\n.txt", "a.txt", "b/__MACOSX/._a.txt", ".DS_Store", "b/~$a.docx", "x.docx.part"):
            made.writestr(name, f"内容 {name}")
    source = listed(str(zipped))
    assert source.name == str(zipped)
    assert names(source) == ["b/合同😀\n.txt", "a.txt"]
    assert [source.read(file.uri).decode() for file in source.files()] == [f"内容 {name}" for name in names(source)]


@pytest.mark.parametrize("encoding", ["gbk", "utf-8", "cp437"])
def test_names_that_do_not_say_their_encoding(zipped: Path, encoding: str) -> None:
    told = ["é.txt", "ÉÉÉ/Çü.txt"] if encoding == "cp437" else ["客服外包/合同（一）.txt", "一.txt", "plain.txt"]
    archive(zipped, *((name.encode(encoding), name.encode()) for name in told))
    source = listed(str(zipped))
    assert names(source) == told
    assert [source.read(file.uri).decode() for file in source.files()] == told


def test_a_name_in_gbk_that_would_pass_for_utf8_is_read_as_the_others_are(zipped: Path) -> None:
    told = ["一.txt", "合同.txt"]
    raw = [name.encode("gbk") for name in told]
    assert raw[0].decode("utf-8") == "һ.txt"
    archive(zipped, *((name, b"x") for name in raw))
    assert names(listed(str(zipped))) == told


def test_backslashes_of_windows_are_folders_also_behind_a_sign_that_ends_in_one(zipped: Path) -> None:
    name = "合同\\誠\\a.txt".encode("gbk")
    assert name.count(b"\\") == 3
    archive(zipped, (name, b"x"))
    assert names(listed(str(zipped))) == ["合同/誠/a.txt"]


def test_the_name_in_the_unicode_field_is_taken(zipped: Path) -> None:
    def field(raw: bytes) -> bytes:
        body = b"\1" + struct.pack("<I", zlib.crc32(raw)) + "真名.txt".encode()
        return struct.pack("<2H", 0x7075, len(body)) + body

    archive(zipped, (b"????.txt", b"x"), extra=field)
    assert names(listed(str(zipped))) == ["真名.txt"]


def test_names_that_lead_out_of_the_archive_stay_in_it(zipped: Path) -> None:
    archive(
        zipped,
        (b"../../etc/passwd", b"1"),
        (b"/etc/passwd", b"2"),
        (b"..\\..\\Windows\\a.txt", b"3"),
        (b"a/./..//b.txt", b"4"),
        (b"C:\\x\\y.txt", b"5"),
        (b"..", b"6"),
    )
    source = listed(str(zipped))
    assert names(source) == ["etc/passwd", "etc/passwd (2)", "Windows/a.txt", "a/b.txt", "C:/x/y.txt"]
    assert [source.read(file.uri) for file in source.files()] == [b"1", b"2", b"3", b"4", b"5"]


def test_members_of_one_name_are_all_listed(zipped: Path) -> None:
    archive(zipped, *((b"a.txt", bytes([48 + n])) for n in range(4)))
    source = listed(str(zipped))
    assert names(source) == ["a.txt", "a (2).txt", "a (3).txt", "a (4).txt"]
    assert [source.read(file.uri) for file in source.files()] == [b"0", b"1", b"2", b"3"]


@pytest.mark.parametrize(
    ("options", "name", "words"),
    [
        pytest.param({"flags": 1}, "a.txt", "有密码", id="encrypted"),
        pytest.param({"flags": 1, "method": 99}, "a.txt", "有密码", id="encrypted with aes"),
        pytest.param({}, "里面.ZIP", "压缩包里的压缩包", id="nested zip"),
        pytest.param({}, "a.rar", "压缩包里的压缩包", id="nested rar"),
        pytest.param({"method": 9}, "a.txt", "少见的压缩方法", id="deflate64"),
        pytest.param({"mode": stat.S_IFLNK | 0o777}, "a.txt", "链接或设备", id="link"),
        pytest.param({"size": 2 * 1024 * 1024}, "a.txt", "2.0 MB，超过上限 1 MB", id="says it is large"),
    ],
)
def test_members_that_cannot_be_read_each_tell_why(
    zipped: Path, limits: SetUp, options: dict[str, int], name: str, words: str
) -> None:
    limits(max_file_mb=1)
    archive(zipped, (name.encode(), b"/etc/passwd"), **options)
    assert words in reason(listed(str(zipped)))


def test_a_member_that_unpacks_to_more_than_it_says_is_given_up(zipped: Path, limits: SetUp) -> None:
    limits(max_file_mb=1)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    packed = packer.compress(b"\0" * (20 * 1024 * 1024)) + packer.flush()
    archive(zipped, (b"a.txt", packed), method=8, size=1000)
    source = listed(str(zipped))
    (file,) = source.files()
    assert file.problem is None
    with pytest.raises(InputError, match=r"已损坏|超过上限"):
        source.read(file.uri)


def test_a_true_bomb_is_told_without_unpacking(zipped: Path) -> None:
    with zipfile.ZipFile(zipped, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as made:
        made.writestr("炸弹.txt", b"\0" * (60 * 1024 * 1024))
    assert "60.0 MB，超过上限 50 MB" in reason(listed(str(zipped)))
    assert zipped.stat().st_size < 1024 * 1024


def test_a_rotten_member_is_told_and_the_others_are_read(zipped: Path) -> None:
    archive(zipped, (b"a.txt", b"abc"), crc=1)
    source = listed(str(zipped))
    (file,) = source.files()
    with pytest.raises(DamagedFile, match="这份文件已损坏"):
        source.read(file.uri)
    archive(zipped, (b"a.txt", b"not deflated"), (b"b.txt", zlib.compress(b"b", wbits=-15)), method=8, size=1)
    source = listed(str(zipped))
    a, b = source.files()
    with pytest.raises(DamagedFile, match="这份文件已损坏"):
        source.read(a.uri)
    with pytest.raises(DamagedFile):
        source.read(b.uri)  # its checksum is of the packed bytes


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\5\6" + b"\0" * 10, b"not a zip", b"PK\3\4" + b"\0" * 100, "网页".encode() * 99],
    ids=["empty", "cut end", "text", "head only", "page"],
)
def test_what_is_no_zip_is_refused(zipped: Path, content: bytes) -> None:
    zipped.write_bytes(content)
    with pytest.raises(DamagedFile, match="解压成文件夹"):
        listed(str(zipped))


def test_a_zip_that_was_cut_off_is_refused(zipped: Path) -> None:
    archive(zipped, *((f"{n}.txt".encode(), b"x" * 100) for n in range(20)))
    whole = zipped.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.99):
        zipped.write_bytes(whole[: int(len(whole) * share)])
        with pytest.raises(DamagedFile):
            listed(str(zipped))


@pytest.mark.parametrize("members", [(), ((b"dir/", b""),), ((b".hidden", b"x"),)], ids=["none", "folders", "junk"])
def test_a_zip_without_a_file_is_refused(zipped: Path, members: tuple[tuple[bytes, bytes], ...]) -> None:
    archive(zipped, *members)
    with pytest.raises(InputError, match="压缩包里没有文件"):
        listed(str(zipped))


def test_another_zip_in_its_place_does_not_pass_for_the_one_that_was_listed(zipped: Path) -> None:
    archive(zipped, ("一.txt".encode(), b"1"), ("二.txt".encode(), b"2"))
    before = list(listed(str(zipped)).files())
    archive(zipped, ("一.txt".encode(), b"1"), ("二.txt".encode(), b"changed"))
    after = listed(str(zipped))
    assert after.read(before[0].uri) == b"1"
    for uri in (before[1].uri, "zip:7/x#00000000", "file:///etc/passwd"):
        with pytest.raises(FileMissing, match="和列出文件时不一样了"):
            after.read(uri)


def test_errors_are_of_the_kinds_of_the_pipeline(zipped: Path, limits: SetUp) -> None:
    limits(max_file_mb=1)
    archive(zipped, (b"a.txt", b"x"), flags=1)
    source = listed(str(zipped))
    with pytest.raises(EncryptedFile):
        source.read(next(source.files()).uri)
    archive(zipped, (b"a.txt", b"x"), size=1 << 31)
    source = listed(str(zipped))
    with pytest.raises(OversizedFile):
        source.read(next(source.files()).uri)
