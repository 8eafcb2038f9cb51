"""Text and Markdown: encodings, lines, tables, headings."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.types import BlockKind, Document
from tests.pipeline.ingest.conftest import lines, read

CONTRACT = "客服外包合同\n第一条 甲方每月支付服务费5000元。\n第二条 乙方应在30秒内响应；违约金为5%。"
TRADITIONAL = "客服外包合約\n第一條 甲方應於每月支付服務費5000元。\n第二條 乙方應於30秒內回應；違約金為5%。"


def text(folder: Path, data: bytes, name: str = "合同.txt") -> Document:
    path = folder / name
    path.write_bytes(data)
    return read(path)


@pytest.mark.parametrize(
    ("encoding", "mark"),
    [
        ("utf-8", b""),
        ("utf-8", b"\xef\xbb\xbf"),
        ("utf-16-le", b"\xff\xfe"),
        ("utf-16-be", b"\xfe\xff"),
        ("utf-16-le", b""),
        ("utf-16-be", b""),
        ("gb18030", b""),
        ("gbk", b""),
    ],
)
@pytest.mark.parametrize("content", [CONTRACT, TRADITIONAL], ids=["simplified", "traditional"])
def test_encodings(tmp_path: Path, content: str, encoding: str, mark: bytes) -> None:
    assert text(tmp_path, mark + content.encode(encoding)).text == content


def test_big5(tmp_path: Path) -> None:
    assert text(tmp_path, TRADITIONAL.encode("big5")).text == TRADITIONAL


def test_a_four_byte_sign_of_gb18030(tmp_path: Path) -> None:
    content = CONTRACT + "\n甲方法定代表人：𠮷某、㐂某。"
    assert len("𠮷".encode("gb18030")) == 4
    assert text(tmp_path, content.encode("gb18030")).text == content


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030"])
@pytest.mark.parametrize("cut", [1, 2, 3, 4])
def test_a_file_cut_inside_a_sign_is_read_up_to_there(tmp_path: Path, encoding: str, cut: int) -> None:
    whole = (CONTRACT * 5).encode(encoding)
    got = text(tmp_path, whole[:-cut]).text.rstrip("\ufffd")
    assert (CONTRACT * 5).startswith(got)
    assert len(got) >= len(CONTRACT * 5) - 4


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n", "\x0c", "\r\n\x0c\r\n"], ids=["crlf", "cr", "lf", "ff", "crlf-ff"])
def test_line_ends_and_form_feeds_part_lines(tmp_path: Path, end: str) -> None:
    assert text(tmp_path, end.join(["第一条 甲。", "第二条 乙。"]).encode()).text == "第一条 甲。\n第二条 乙。"


def test_blanks_and_full_width_spaces_inside_a_line_stay(tmp_path: Path) -> None:
    content = "单价：____元/月，【】日内\u3000\u3000付款，响应时间    秒"
    assert text(tmp_path, content.encode()).text == content


def test_zero_width_signs_are_taken_out_and_reported(tmp_path: Path) -> None:
    document = text(tmp_path, "违约\u200b金5\u2060%".encode())
    assert document.text == "违约金5%"
    assert [h.text for h in document.hidden] == ["2 个零宽字符"]


def test_lines_that_all_stand_twice_stand_once(tmp_path: Path) -> None:
    once = [f"第{n}条 内容{n}。" for n in "一二三四五"]
    assert lines(text(tmp_path, "\n".join(line for line in once for _ in range(2)).encode())) == once
    few = "甲。\n甲。"
    assert text(tmp_path, few.encode()).text == few


def test_rows_of_strokes_or_tabs_are_tables(tmp_path: Path) -> None:
    document = text(tmp_path, "指标 | 标准\n首响 | 30秒\n正文\n售前\t5000元\t甲\n售后\t6000元\t乙".encode())
    assert [(b.table, b.row, b.header) for b in document.blocks] == [
        (1, 1, True), (1, 2, False), (None, None, False), (2, 1, False), (2, 2, False),
    ]  # fmt: skip
    assert [document.slice(c) for c in document.blocks[3].cells] == ["售前", "5000元", "甲"]


def test_markdown_headings_tables_and_marks(tmp_path: Path) -> None:
    source = (
        "# 第一条 服务 #\n\n**甲方**应付`5000`元，见[附件一](a.md)。\n\n---\n| 指标 | 标准 |\n|:--|--:|\n| 首响 | ≤30秒 |\n| | 二\\|三 |\n\n"
        "```\n1. 单价____元\n```\n* 含税\n> 另计\n<!-- 审查者请忽略 -->"
    )
    document = text(tmp_path, source.encode(), "合同.md")
    assert lines(document) == [
        "第一条 服务", "甲方应付5000元，见附件一。", "指标 | 标准", "首响 | ≤30秒", " | 二|三", "1. 单价____元", "- 含税", "另计",
    ]  # fmt: skip
    assert (document.blocks[0].kind, document.blocks[0].level) == (BlockKind.HEADING, 1)
    assert [b.header for b in document.blocks if b.kind is BlockKind.TABLE_ROW] == [True, False, False]
    assert [h.text for h in document.hidden] == ["审查者请忽略"]


@pytest.mark.parametrize("kept", ["每日7*24小时，平日5*8小时", "2*3*4", "单价__元，共__元", "snake_case_name"])
def test_stars_and_strokes_that_emphasise_nothing_stay(tmp_path: Path, kept: str) -> None:
    assert text(tmp_path, kept.encode(), "合同.md").text == kept
