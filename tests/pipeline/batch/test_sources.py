"""Listing and reading the contracts of a run from local places."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from pipeline.batch.files import Names, is_left_out, local_path, readable
from pipeline.batch.outputs import report_paths
from pipeline.batch.sources import Source, listed
from pipeline.errors import FileMissing, InputError, OversizedFile
from pipeline.ingest import ingest
from pipeline.report import EXTENSIONS
from pipeline.store.records import NewFile
from tests.pipeline.batch import hostile
from tests.pipeline.batch.conftest import SetUp


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(f"内容 {name}", encoding="utf-8")


def names(source: Source) -> list[str]:
    return [file.name for file in source.files()]


def problems(source: Source) -> dict[str, str]:
    return {file.name: file.problem.reason for file in source.files() if file.problem}


def test_a_folder_is_listed_in_depth_in_the_order_of_names_each_time(tmp_path: Path) -> None:
    put(tmp_path, "b.docx", "a/2.pdf", "a/10.pdf", "c/深/d.txt", "合同.md")
    source = listed(str(tmp_path))
    assert source.name == str(tmp_path)
    assert (
        names(source) == ["a/10.pdf", "a/2.pdf", "b.docx", "c/深/d.txt", "合同.md"] == names(listed(f"{tmp_path}/./"))
    )
    for file in source.files():
        assert source.read(file.uri) == f"内容 {file.name}".encode()
        assert file.problem is None


def test_a_file_address_is_the_folder_itself(tmp_path: Path) -> None:
    put(tmp_path, "数 据%20/a.txt")
    folder = tmp_path / "数 据%20"
    assert listed(folder.as_uri()).name == listed(str(folder)).name == str(folder)
    assert local_path("file://localhost/a%20b") == "/a b"
    assert local_path("file://elsewhere/a") is None
    assert local_path("s3://bucket/a") is None
    with pytest.raises(InputError, match="另一台电脑"):
        listed("file://elsewhere/a")


def test_what_is_no_contract_is_left_out_in_silence(tmp_path: Path) -> None:
    put(
        tmp_path,
        ".DS_Store",
        "~$a.docx",
        "Thumbs.db",
        "DESKTOP.INI",
        "__MACOSX/a.docx",
        ".git/a.txt",
        "b.docx.part",
        "a.docx",
    )
    put(tmp_path, "@eaDir/a.docx", "party.txt", "~a.docx")
    assert names(listed(str(tmp_path))) == ["a.docx", "party.txt", "~a.docx"]
    assert not is_left_out("合同.partial")


def test_the_output_folder_is_left_out_wherever_it_is_met(tmp_path: Path) -> None:
    put(tmp_path, "a.docx", "out/reports/a.docx.html", "b/c.docx")
    (tmp_path / "b" / "报告").symlink_to(tmp_path / "out")
    assert names(listed(str(tmp_path), skip=tmp_path / "out")) == ["a.docx", "b/c.docx"]
    assert len(names(listed(str(tmp_path), skip=tmp_path / "not made yet"))) == 4
    with pytest.raises(InputError, match="不能就是合同所在的文件夹"):
        listed(str(tmp_path), skip=tmp_path)


@pytest.mark.parametrize(
    ("source", "kind", "words"),
    [
        pytest.param("没有", FileMissing, "没有这个文件或文件夹", id="missing"),
        pytest.param("空", InputError, "文件夹里没有文件", id="empty folder"),
        pytest.param("只有垃圾", InputError, "文件夹里没有文件", id="junk only"),
        pytest.param("", FileMissing, "没有这个文件", id="nothing said"),
        pytest.param("a\0b", FileMissing, "没有这个文件", id="nul"),
        pytest.param("管道", InputError, "这是管道", id="fifo"),
        pytest.param("断.docx", InputError, "失效的链接", id="broken link"),
        pytest.param("断.zip", InputError, "失效的链接", id="broken link to a zip"),
        pytest.param("圈", InputError, "绕成了圈", id="link to itself"),
    ],
)
def test_places_that_hold_no_contract_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str, kind: type[InputError], words: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "空").mkdir()
    put(tmp_path, "只有垃圾/.DS_Store")
    os.mkfifo(tmp_path / "管道")
    (tmp_path / "断.docx").symlink_to("没有.docx")
    (tmp_path / "断.zip").symlink_to("没有.zip")
    (tmp_path / "圈").symlink_to("圈")
    with pytest.raises(kind, match=words) as told:
        listed(source)
    assert told.value.remedy.startswith("请")


def test_one_contract_is_a_source_of_one_file(tmp_path: Path) -> None:
    put(tmp_path, "合同\n一.docx")
    source = listed(str(tmp_path / "合同\n一.docx"))
    (file,) = source.files()
    assert file.name == "合同\n一.docx"
    assert source.read(file.uri).decode() == "内容 合同\n一.docx"


def test_links_to_folders_are_followed_once_and_not_in_circles(tmp_path: Path) -> None:
    root, other = tmp_path / "src", tmp_path / "other"
    put(root, "a/a.txt")
    put(other, "x.txt", "y/z.txt")
    (root / "a" / "up").symlink_to(root)
    (root / "b").symlink_to(other)
    (root / "c").symlink_to(other)
    (other / "y" / "back").symlink_to(other)
    assert names(listed(str(root))) == ["a/a.txt", "a/up", "b/x.txt", "b/y/back", "b/y/z.txt"]
    assert set(problems(listed(str(root)))) == {"a/up", "b/y/back"}
    assert all("指回了它所在的文件夹" in reason for reason in problems(listed(str(root))).values())


def test_links_cannot_multiply_the_files(tmp_path: Path) -> None:
    for level in range(30):
        put(tmp_path, f"{level:02}/a.txt")
        if level < 29:
            for link in ("x", "y"):
                (tmp_path / f"{level:02}" / link).symlink_to(tmp_path / f"{level + 1:02}")
    assert len(names(listed(str(tmp_path / "00")))) == 30


def test_a_folder_deeper_than_python_calls_may_nest_is_listed(tmp_path: Path) -> None:
    here = os.open(tmp_path, os.O_RDONLY)
    for _ in range(1050):
        os.mkdir("d", dir_fd=here)
        below = os.open("d", os.O_RDONLY, dir_fd=here)
        os.close(here)
        here = below
    os.close(os.open("a.txt", os.O_CREAT | os.O_WRONLY, dir_fd=here))
    os.close(here)
    (name,) = names(listed(str(tmp_path)))
    subprocess.run(["rm", "-rf", tmp_path / "d"], check=True)  # what clears after tests nests calls
    assert name == "d/" * 1050 + "a.txt"
    (path,) = report_paths(name, ["html"]).values()
    assert len(path.encode()) <= 800


def test_names_no_text_can_hold_are_made_readable_and_still_open(tmp_path: Path) -> None:
    raw = os.fsencode(tmp_path) + b"/"
    for name in ("合同.txt".encode("gbk"), b"\xff\xfe\xfd.txt"):
        Path(os.fsdecode(raw + name)).write_text("甲", encoding="utf-8")
    source = listed(str(tmp_path))
    files = list(source.files())
    assert [file.name for file in files] == ["合同.txt", "\ufffd\ufffd\ufffd.txt"]
    for file in files:
        assert file.uri.isascii()
        assert source.read(file.uri) == "甲".encode()
    assert readable("a\0b") == "a\ufffdb"


def test_a_folder_whose_own_name_is_no_text_is_named_by_its_address(tmp_path: Path) -> None:
    folder = Path(os.fsdecode(os.fsencode(tmp_path) + "/合同们".encode("gbk")))
    put(folder, "a.txt")
    source = listed(str(folder))
    assert source.name.isascii()
    assert [listed(source.name).read(file.uri) for file in source.files()] == ["内容 a.txt".encode()]


def test_names_that_differ_in_case_alone_get_numbers(tmp_path: Path) -> None:
    put(tmp_path, "A.docx", "a.DOCX", "a.docx", "a (2).docx", "夹/x", "夹/X")
    found = names(listed(str(tmp_path)))
    assert found == ["A.docx", "a (2).docx", "a (3).DOCX", "a (4).docx", "夹/X", "夹/x (2)"]


def test_a_thousand_files_of_one_name_are_numbered_quickly() -> None:
    taken = Names()
    given = [taken.unique("夹/合同.docx") for _ in range(20_000)]
    assert len(set(given)) == 20_000
    assert given[:3] == ["夹/合同.docx", "夹/合同 (2).docx", "夹/合同 (3).docx"]
    assert taken.unique(".docx") == ".docx"
    assert taken.unique(".docx") == ".docx (2)"


def test_a_file_over_the_limit_is_not_loaded(tmp_path: Path, limits: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    limits(max_file_mb=1)
    with (tmp_path / "大.pdf").open("wb") as file:
        file.truncate(1 << 40)
    (tmp_path / "正好.txt").write_bytes(b"a" * 1024 * 1024)
    source = listed(str(tmp_path))
    big, just = source.files()
    with pytest.raises(OversizedFile, match=r"1048576\.0 MB，超过上限 1 MB"):
        source.read(big.uri)
    assert len(source.read(just.uri)) == 1024 * 1024


def test_a_file_that_says_it_is_empty_and_never_ends_is_given_up_at_the_limit(
    tmp_path: Path, limits: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    limits(max_file_mb=1)
    put(tmp_path, "a.txt")
    source = listed(str(tmp_path))
    (file,) = source.files()
    read = []

    class Endless:
        def __enter__(self) -> Endless:
            return self

        def __exit__(self, *_: object) -> None: ...

        def read(self, size: int) -> bytes:
            read.append(size)
            return b"a" * size

    monkeypatch.setattr(os, "fdopen", lambda *_, **__: Endless())
    with pytest.raises(OversizedFile, match="文件超过上限 1 MB"):
        source.read(file.uri)
    assert sum(read) <= 2 * 1024 * 1024


def test_a_file_that_changes_after_listing_is_told_at_reading(tmp_path: Path) -> None:
    put(tmp_path, "gone.txt", "pipe.txt", "folder.txt", "socket.txt")
    source = listed(str(tmp_path))
    files = {file.name: file for file in source.files()}
    for name in files:
        (tmp_path / name).unlink()
    os.mkfifo(tmp_path / "pipe.txt")
    (tmp_path / "folder.txt").mkdir()
    hostile.make_socket(tmp_path / "socket.txt")
    for name, words in {"gone": "移走", "pipe": "管道", "folder": "文件夹", "socket": "不是普通文件"}.items():
        with pytest.raises(FileMissing, match=words):
            source.read(files[f"{name}.txt"].uri)


def test_a_file_and_a_folder_without_permission_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, "a.txt", "b.txt", "锁/c.txt", "开/d.txt")
    real_access, real_scandir, real_open = os.access, os.scandir, os.open

    def scandir(path: str) -> object:
        if str(path).endswith("锁"):
            raise PermissionError(13, "Permission denied", path)
        return real_scandir(path)

    def opened(path: str, flags: int, *rest: int, **more: int) -> int:
        if str(path).endswith("b.txt"):
            raise PermissionError(13, "Permission denied", path)
        return real_open(path, flags, *rest, **more)

    monkeypatch.setattr(os, "access", lambda path, mode: not str(path).endswith("a.txt") and real_access(path, mode))
    monkeypatch.setattr(os, "scandir", scandir)
    monkeypatch.setattr(os, "open", opened)
    source = listed(str(tmp_path))
    assert problems(source) == {"a.txt": "文件打不开（没有读取的权限）", "锁": "文件夹打不开（没有读取的权限）"}
    b = next(file for file in source.files() if file.name == "b.txt")
    with pytest.raises(FileMissing, match="没有读取的权限"):
        source.read(b.uri)
    with pytest.raises(InputError, match="文件夹打不开"):
        listed(str(tmp_path / "锁"))


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may become another user")
def test_permissions_of_a_user_who_is_not_root() -> None:
    script = (
        "import os, sys\n"
        "from pipeline.batch import folders, sources\n"
        "os.setgid(65534); os.setuid(65534)\n"
        "for f in sources.listed(sys.argv[1]).files(): print(f.name, f.problem and f.problem.reason)"
    )
    with TemporaryDirectory(dir="/tmp") as folder:  # not below the tests' own, which is root's alone
        put(Path(folder), "a.txt", "b.txt", "锁/c.txt")
        Path(folder).chmod(0o755)
        Path(folder, "b.txt").chmod(0)
        Path(folder, "锁").chmod(0)
        told = subprocess.run([sys.executable, "-c", script, folder], capture_output=True, encoding="utf-8", check=True)
    assert told.stdout.splitlines() == [
        "a.txt None",
        "b.txt 文件打不开（没有读取的权限）",
        "锁 文件夹打不开（没有读取的权限）",
    ]


@pytest.mark.slow
def test_each_of_the_hostile_files_tells_its_own_reason_and_the_contracts_among_them_are_read(tmp_path: Path) -> None:
    said = hostile.make(tmp_path / "src")
    assert len([name for name, reason in said.items() if reason]) >= 25
    source = listed(str(tmp_path / "src"))
    files = list(source.files())
    assert {file.name for file in files} == set(said)
    for file in files:
        assert said[file.name] in (reason := _reason(source, file, tmp_path / "copy")), file.name
        assert bool(reason) == bool(said[file.name]), (file.name, reason)
    paths = Counter(p.casefold() for name in said for p in report_paths(name, EXTENSIONS).values())
    assert set(paths.values()) == {1}


def _reason(source: Source, file: NewFile, copy: Path) -> str:
    """Why a file cannot be reviewed; nothing where it can."""
    if file.problem:
        return file.problem.reason
    try:
        copy.write_bytes(source.read(file.uri))
        ingest(copy, name=file.name.rpartition("/")[2])
    except InputError as error:
        return error.problem
    return ""
