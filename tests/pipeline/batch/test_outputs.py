"""Where reports go, and that what is in the output folder is always whole."""

from __future__ import annotations

import errno
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path, PureWindowsPath

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pipeline.batch.outputs import OutputError, clear_parts, report_paths, write_whole, writing
from pipeline.batch.place import this_server
from pipeline.report import EXTENSIONS

_RESERVED = {"con", "prn", "aux", "nul", *(f"{p}{n}" for p in ("com", "lpt") for n in "0123456789¹²³")}


def html(name: str) -> str:
    return report_paths(name, ["html"])["html"]


@pytest.mark.parametrize(
    "name",
    [
        "合同.docx",
        "华东/2024年（续签）/客服外包合同V2.PDF",
        "a b-c_d+e,f.txt",
        "没有扩展名",
        "😀合同.docx",
        "Ünïcode é.docx",
    ],
)
def test_a_good_name_stays_as_it_is(name: str) -> None:
    assert report_paths(name, ["html", "json", "text"]) == {
        "html": f"reports/{name}.html",
        "json": f"reports/{name}.json",
        "text": f"reports/{name}.txt",
    }


@pytest.mark.parametrize(
    ("name", "start"),
    [
        pytest.param("a\nb\t.docx", "a_b_.docx", id="control"),
        pytest.param("../../etc/passwd", "_", id="up"),
        pytest.param("/abs.docx", "_", id="absolute"),
        pytest.param("C:/x.docx", "C_", id="drive"),
        pytest.param('a<>:"|?*\\b', "a________b", id="forbidden"),
        pytest.param("CON", "_CON", id="device"),
        pytest.param("com1.docx", "_com1.docx", id="device with extension"),
        pytest.param("aux .docx", "_aux .docx", id="device with space"),
        pytest.param("COM².txt", "_COM².txt", id="device with superscript"),
        pytest.param("a. .", "a", id="dots at the end"),
        pytest.param(" a", "a", id="space in front"),
        pytest.param("合同\u202etxt.docx", "合同_txt.docx", id="turned text"),
        pytest.param("e\u0301.docx", "é.docx", id="composed"),
        pytest.param("a~0123abcd", "a~0123abcd", id="looks marked"),
        pytest.param("...", "_", id="dots only"),
        pytest.param("", "_", id="nothing"),
        pytest.param("合同.docx.html/a.docx", "合同.docx.html", id="a folder where a report would be"),
        pytest.param("\udcff.docx", "_.docx", id="no text"),
    ],
)
def test_a_name_that_had_to_change_carries_a_hash(name: str, start: str) -> None:
    path = html(name)
    first = path.split("/")[1]
    assert re.fullmatch(re.escape(start) + r"~[0-9a-f]{8}(\.html)?", first)
    assert path == html(name)


def test_neither_a_change_nor_a_cut_makes_two_names_one() -> None:
    long = "很长的名字" * 40
    names = [
        "a\n",
        "a\t",
        "a_",
        f"{long}一.docx",
        f"{long}二.docx",
        "a:",
        "a*",
        " a",
        "a ",
        "a",
        "a.",
        "x/a",
        "x\n/a",
        "x\t/a",
    ]
    names += [html("a\n").removeprefix("reports/").removesuffix(".html"), "../a", "./a", "/a", "//a", "con", "_con"]
    paths = [html(name) for name in names]
    assert len({path.casefold() for path in paths}) == len(names)


@example("/", "")
@example("a//b/", "a/b")
@given(st.text(st.characters(exclude_categories=()), max_size=300), st.text(max_size=300))
def test_every_path_is_safe_on_every_system(name: str, other: str) -> None:
    paths = report_paths(name, EXTENSIONS)
    assert list(paths) == list(EXTENSIONS)
    for fmt, path in paths.items():
        assert path.endswith(EXTENSIONS[fmt])
        assert len(path.encode()) <= 800
        for part in path.split("/"):
            assert part.strip(" .") == part
            assert part
            assert len(part.encode()) <= 200
            assert part.split(".")[0].rstrip().lower() not in _RESERVED
            assert not re.search(r'[\x00-\x1f\x7f<>:"\\|?*]', part)
        assert not PureWindowsPath(path).is_absolute()
    assert (name == other) == (paths == report_paths(other, EXTENSIONS)) or name.casefold() == other.casefold()


def test_reports_of_long_and_deep_names_can_be_written(tmp_path: Path) -> None:
    for name in ("很长的名字" * 40 + ".docx", "a/" * 1000 + "b.docx", "/".join(["夹" * 80] * 30), "\n" * 250):
        write_whole(tmp_path / html(name), b"x")
        assert (tmp_path / html(name)).read_bytes() == b"x"


def test_a_file_is_replaced_whole_and_no_temporary_is_left(tmp_path: Path) -> None:
    path = tmp_path / "新" / "夹" / "a.html"
    write_whole(path, b"one")
    write_whole(path, b"two" * 100_000)
    assert path.read_bytes() == b"two" * 100_000
    assert os.listdir(path.parent) == ["a.html"]


def test_what_breaks_off_in_the_middle_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "findings.jsonl"
    write_whole(path, b"old")

    def broken() -> None:
        with writing(path) as file:
            file.write(b"half")
            raise ValueError("broke off")

    with pytest.raises(ValueError, match="broke off"):
        broken()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["findings.jsonl"]


@pytest.mark.parametrize(
    ("number", "words", "full"),
    [(errno.ENOSPC, "磁盘满了", True), (errno.EROFS, "只读", False), (errno.EACCES, "没有写入的权限", False)],
)
def test_a_disk_that_does_not_take_it_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str, full: bool
) -> None:
    def refuse(_: int) -> None:
        raise OSError(number, os.strerror(number))

    write_whole(tmp_path / "a.html", b"old")
    monkeypatch.setattr(os, "fsync", refuse)
    with pytest.raises(OutputError, match=words) as told:
        write_whole(tmp_path / "a.html", b"new")
    assert told.value.full is full
    assert "请" in str(told.value)
    assert (tmp_path / "a.html").read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.html"]


def test_what_stands_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "reports").write_bytes(b"a file")
    with pytest.raises(OutputError, match="已经有同名文件"):
        write_whole(tmp_path / "reports" / "a.html", b"x")
    (tmp_path / "b.html" / "x").mkdir(parents=True)
    with pytest.raises(OutputError, match="同名的文件夹"):
        write_whole(tmp_path / "b.html", b"x")


def test_the_temporary_of_a_killed_process_is_cleared_and_that_of_a_live_one_is_not(tmp_path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from pipeline.batch.outputs import writing\n"
        "with writing(Path(sys.argv[1])) as file: file.write(b'half'); file.flush(); print('ready', flush=True); input()"
    )
    path = tmp_path / "reports" / "a.html"
    run = [sys.executable, "-c", script, str(path)]
    with subprocess.Popen(run, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert child.stdout.readline() == b"ready\n"
        assert len(os.listdir(path.parent)) == 1
        assert clear_parts(tmp_path) == 0
        child.send_signal(signal.SIGKILL)
        child.wait()
        assert len(os.listdir(path.parent)) == 1
    write_whole(path.with_name("b.html"), b"whole")
    (path.parent / "别人的.part").write_bytes(b"not ours")
    assert clear_parts(tmp_path) == 1
    assert sorted(os.listdir(path.parent)) == ["b.html", "别人的.part"]
    assert clear_parts(tmp_path / "not made yet") == 0


def test_the_temporary_of_another_machine_is_cleared_when_it_is_old(tmp_path: Path) -> None:
    mine = this_server().replace(":", ",")
    old, new = (tmp_path / f".shenyue,elsewhere-{n},1,2,abcd.part" for n in (1, 2))
    for path in (old, new, tmp_path / f".shenyue,{mine}.part"):
        path.write_bytes(b"")
    os.utime(old, (time.time() - 7200,) * 2)
    assert clear_parts(tmp_path) == 1
    assert not old.exists()
