"""Whatever is in a file: blocks, cells, numbers and pages keep their promises, and nothing of the text is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.ingest.canon import Draft, PageInfo, assemble, row
from pipeline.types import PageSource
from tests.pipeline.ingest.conftest import Word, check, level, read

_SIGNS = st.text(alphabet="甲乙方第一条1.、（）%‰5 ：；。|\t\u3000_【】Aa𠮷\u200b", min_size=1, max_size=20)
_PARAGRAPH = st.tuples(st.just("p"), _SIGNS)
_ITEM = st.tuples(st.integers(0, 2), _SIGNS)
# A bar within a cell reads as one between cells: told apart by their spans, but not by the words that ``check`` looks at.
_CELL = _SIGNS.map(lambda s: s.replace("|", "、"))
_TABLE = st.lists(st.lists(_CELL, min_size=1, max_size=3), min_size=1, max_size=3)
_FEW = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def _solid(text: str) -> str:
    return "".join(c for c in text if not c.isspace() and c not in "\u200b|")


@_FEW
@given(st.lists(st.one_of(_PARAGRAPH, _ITEM, _TABLE.map(lambda t: ("t", t))), min_size=1, max_size=8))
def test_word(tmp_path: Path, parts: list[tuple[object, object]]) -> None:
    word = Word(tmp_path / "合同.docx")
    word.numbering(level(0, "chineseCounting", "第%1条") + level(1, "decimal", "%2.") + level(2, "lowerLetter", "(%3)"))
    wanted = ""
    for kind, content in parts:
        if kind == "t":
            assert isinstance(content, list)
            columns = max(map(len, content))
            table = word.docx.add_table(rows=len(content), cols=columns)
            for at, cells in enumerate(content):
                for column, text in enumerate(cells):
                    table.cell(at, column).text = text
                    wanted += text
            word.docx.add_paragraph("表后")
            wanted += "表后"
        else:
            assert isinstance(content, str)
            if kind == "p":
                word.p(content)
            else:
                word.item(content, int(str(kind)))
            wanted += content
    word.docx.add_paragraph("末段")
    document = read(word.save())
    numbers = "".join(b.number or "" for b in document.blocks)
    assert len(_solid(document.text)) == len(_solid(wanted + "末段")) + len(numbers)


@_FEW
@given(
    st.lists(_SIGNS.filter(lambda s: s.replace("\u200b", "").strip()), min_size=1, max_size=12),
    st.sampled_from(["\n", "\r\n", "\n\n", "\x0c"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "gb18030"]),
    st.sampled_from(["合同.txt", "合同.md"]),
)
def test_plain(tmp_path: Path, parts: list[str], end: str, encoding: str, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(("客服外包合同，甲方应当付款。" + end + end.join(parts)).encode(encoding))
    document = read(path)
    if name.endswith(".txt"):
        assert _solid(document.text).startswith("客服外包合同")
        assert set(_solid("".join(parts))) <= set(document.text)


@given(
    st.lists(st.one_of(_SIGNS.map(lambda s: Draft(text=s)), st.lists(_SIGNS.map(lambda s: s.replace("|", "")), min_size=1, max_size=3).filter(lambda c: any(x.strip() for x in c)).map(lambda c: row(c, table=1, index=1))), max_size=8),
    st.integers(1, 4),
)  # fmt: skip
@_FEW
def test_pages_tile_whatever_stands_on_them(drafts: list[Draft], pages: int) -> None:
    from dataclasses import replace

    spread = [replace(d, page=1 + at * pages // max(1, len(drafts))) for at, d in enumerate(drafts)]
    document = check(assemble("合同.pdf", "0" * 64, spread, pages=[PageInfo(number=n + 1) for n in range(pages)]))
    for block, draft in zip(document.blocks, [d for d in spread if d.text.strip()], strict=True):
        assert document.page_of(block.start) == draft.page


def test_a_page_without_text_stands_where_the_one_before_ends() -> None:
    infos = [PageInfo(number=1), PageInfo(number=2, source=PageSource.UNREADABLE), PageInfo(number=3)]
    document = check(assemble("a.pdf", "0" * 64, [Draft(text="甲"), Draft(text="乙", page=3)], pages=infos))
    assert [(p.start, p.end) for p in document.pages] == [(0, 2), (2, 2), (2, 3)]


@pytest.mark.parametrize("cells", [("甲", "", "乙"), ("", "甲"), ("甲\n乙", " 丙 ")])
def test_cells_are_cut_exactly(cells: tuple[str, ...]) -> None:
    document = check(assemble("a.txt", "0" * 64, [Draft(text="前"), row(cells, table=1, index=1)]))
    assert [document.slice(c) for c in document.blocks[1].cells] == [" ".join(c.split()) for c in cells]
