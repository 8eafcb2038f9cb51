"""A table of paths: as Excel, WPS and programs write it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pipeline.batch.sources import Source, listed
from pipeline.errors import DamagedFile, InputError


def table(folder: Path, text: str, *, encoding: str = "utf-8", name: str = "清单.csv") -> Source:
    (folder / name).write_bytes(text.encode(encoding))
    return listed(str(folder / name))


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(name, encoding="utf-8")


def names(source: Source) -> list[str]:
    return [file.name for file in source.files()]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_tables_in_the_encodings_of_excel(tmp_path: Path, encoding: str) -> None:
    put(tmp_path, "合同一.docx", "子/合同，二.pdf")
    source = table(tmp_path, "合同一.docx\r\n子/合同，二.pdf\r\n", encoding=encoding)
    assert source.name == str(tmp_path / "清单.csv")
    assert names(source) == ["合同一.docx", "子/合同，二.pdf"]
    assert [source.read(file.uri).decode() for file in source.files()] == names(source)
    assert not any(file.problem for file in source.files())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        pytest.param("编号,路径\n1,a.txt\n2,b.txt\n", "t.csv", id="heading in Chinese"),
        pytest.param("id;Path \n1;a.txt\n2;b.txt\n", "t.csv", id="semicolons"),
        pytest.param("文件\t备注\na.txt\t好\nb.txt\t\n", "t.tsv", id="tabs"),
        pytest.param("文件\t备注\na.txt\t好\nb.txt\t\n", "t.csv", id="tabs in a csv"),
        pytest.param("文件,路径\n甲方合同,a.txt\n乙方合同,b.txt\n", "t.csv", id="path before file"),
        pytest.param('"a.txt"\n\n  \n,,\n"b.txt","x"\n', "t.csv", id="no heading, empty rows"),
        pytest.param("a.txt\nb.txt", "t.CSV", id="one column"),
        pytest.param("\na.txt\n./b.txt\nx/../a.txt\na.txt\n", "t.csv", id="each once"),
    ],
)
def test_which_column_is_read(tmp_path: Path, text: str, name: str) -> None:
    put(tmp_path, "a.txt", "b.txt")
    assert names(table(tmp_path, text, name=name)) == ["a.txt", "b.txt"]


def test_paths_of_all_kinds(tmp_path: Path) -> None:
    put(tmp_path, "in/x/a.txt", "in/b.txt", "out/a.txt", "in/逗,号\n.txt", "in/反\\斜.txt")
    absolute, address = tmp_path / "out" / "a.txt", (tmp_path / "in" / "b.txt").as_uri()
    rows = ["x\\a.txt", str(absolute), "../out/a.txt", address, '"逗,号\n.txt"', "反\\斜.txt"]
    source = table(tmp_path / "in", "路径\n" + "\n".join(rows))
    outside = str(absolute).strip("/")
    assert names(source) == ["x/a.txt", outside, "b.txt", "逗,号\n.txt", "反\\斜.txt"]
    assert [source.read(file.uri).decode().rpartition("/")[2] for file in source.files()] == [
        "a.txt", "a.txt", "b.txt", "逗,号\n.txt", "反\\斜.txt",
    ]  # fmt: skip


def test_rows_that_bring_no_file_tell_why(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "夹/x.txt")
    os.mkfifo(tmp_path / "管.txt")
    rows = ["a.txt,", "没有.txt,", "夹,", ",忘了写", "管.txt,", "a\0.txt,", "字" * 3000 + ",", "nothing://x/a.txt,"]
    source = table(tmp_path, "路径,备注\n" + "\n".join(rows))
    told = {file.name: file.problem.reason if file.problem else "" for file in source.files()}
    assert told == {
        "a.txt": "",
        "没有.txt": "没有这个文件，可能已被移走、改名或删除",
        "夹": "这是文件夹，不是文件",
        "第 5 行": "清单里的这一行没有写路径",
        "管.txt": "这是管道，不是文件",
        "字" * 3000: "路径太长，系统打不开",
        "x/a.txt": "不认识 nothing:// 这种地址",
    }
    for file in source.files():
        if file.problem:
            assert file.problem.cause == "input"
            with pytest.raises(InputError):
                source.read(file.uri)


def test_a_password_in_an_address_is_not_kept(tmp_path: Path) -> None:
    source = table(tmp_path, "ftp://me:secret@host/a.txt\n")
    (file,) = source.files()
    assert file.problem is not None
    assert "密码" in file.problem.reason
    assert "secret" not in repr(file)
    with pytest.raises(InputError) as told:
        listed("ftp://me:secret@host/a.txt")
    assert "secret" not in str(told.value)


def test_a_file_in_a_service_is_read_by_its_address(tmp_path: Path) -> None:
    import fsspec

    memory = fsspec.filesystem("memory")
    memory.pipe("/清单的/合同.txt", b"abc")
    source = table(tmp_path, "memory://清单的/合同.txt\nmemory://清单的/没有.txt\nmemory://清单的/合同.txt\n")
    found, gone = source.files()
    assert (found.name, gone.name) == ("清单的/合同.txt", "清单的/没有.txt")
    assert source.read(found.uri) == b"abc"
    with pytest.raises(InputError, match="没有这个文件"):
        source.read(gone.uri)
    memory.rm("/清单的", recursive=True)


@pytest.mark.parametrize("text", ["", "\n\n,,\n", "路径\n", "路径,备注\n,x\n"])
def test_a_table_without_a_path_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError, match="清单里一个路径也没有"):
        table(tmp_path, text)


def test_a_table_that_cannot_be_understood_names_the_row(tmp_path: Path) -> None:
    with pytest.raises(DamagedFile, match="第 3 行"):
        table(tmp_path, 'a.txt\nb.txt\n"c.txt\n')
    (tmp_path / "x.csv").write_bytes(b"\xff\xff\xfe\x80\x81" * 50)
    with pytest.raises(DamagedFile, match="CSV UTF-8"):
        listed(str(tmp_path / "x.csv"))


def test_a_row_that_was_added_is_listed_when_asked_again(tmp_path: Path) -> None:
    put(tmp_path, "a.txt", "b.txt")
    source = table(tmp_path, "a.txt\n")
    (tmp_path / "清单.csv").write_text("a.txt\nb.txt\n", encoding="utf-8")
    assert names(source) == ["a.txt", "b.txt"]
