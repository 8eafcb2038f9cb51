"""The lines of a document that a clause can start at."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from pipeline.segment.marks import Mark, Style, fold, read_marks
from pipeline.types import Block, BlockKind, Document, Span

SENTENCE_END = "。；;！!？?：:.”’"
# A long line that ends so goes on with the number it points at: "…依照本项第⏎（一）款办理".
_POINTS_ON = re.compile(r"(?:第|[按依]|(?<!意)见|[按依参比]照|根据|(?:本|该|前|上述|前述)[条款项])$")
_LONG = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Span):
    """A non-empty line of the text. ``folded`` is as long as the line.

    ``first`` is true for the first line of a block; ``after_end`` when the text before it ends a sentence.
    """

    folded: str
    first: bool
    after_end: bool
    block: Block | None
    marks: tuple[Mark, ...] = ()

    @property
    def row(self) -> bool:
        """True for a row of a table."""
        return self.block is not None and self.block.kind is BlockKind.TABLE_ROW

    @property
    def note(self) -> bool:
        """True for text that stands beside the flow: a footnote or a text box."""
        return self.block is not None and self.block.kind in (BlockKind.FOOTNOTE, BlockKind.TEXT_BOX)

    @property
    def outline(self) -> int | None:
        """Outline level of a heading block, ``None`` for other lines."""
        if self.block is None or self.block.kind is not BlockKind.HEADING or not self.first:
            return None
        return self.block.level or 1


def read_lines(document: Document) -> tuple[Line, ...]:
    """All non-empty lines in order; a table row is one line whatever it holds."""
    return tuple(_lines(document))


def _lines(document: Document) -> Iterator[Line]:
    before = ""
    for line in _all_lines(document):
        wrapped = not line.row and len(before) >= _LONG and _POINTS_ON.search(before) is not None
        yield replace(line, marks=()) if wrapped and line.marks else line
        before = "" if line.row else line.folded.rstrip()


def _all_lines(document: Document) -> Iterator[Line]:
    text, at = document.text, 0
    for block in document.blocks:
        if block.start < at:
            continue
        yield from _plain(text, at, block.start, None)
        if block.kind is BlockKind.TABLE_ROW:
            if text[block.start : block.end].strip():
                yield Line(
                    start=block.start, end=block.end, folded=fold(document.slice(block)), first=True, after_end=True,
                    block=block,
                )  # fmt: skip
        else:
            yield from _plain(text, block.start, block.end, block)
        at = block.end
    yield from _plain(text, at, len(text), None)


def _plain(text: str, start: int, end: int, block: Block | None) -> Iterator[Line]:
    first, last = True, ""
    for found in re.finditer(r"[^\n\r\f\v\u2028\u2029\x85]+", text[start:end]):
        if not found[0].strip():
            continue
        folded = fold(found[0])
        line = Line(
            start=start + found.start(), end=start + found.end(), folded=folded, first=first or block is None,
            after_end=not last or last in SENTENCE_END, block=block, marks=read_marks(folded),
        )  # fmt: skip
        yield from _unglue(line)
        first, last = False, folded.rstrip()[-1]


_INSIDE = re.compile(
    r"(?:(?<=[。；;！])|(?<=[一-龥] ))(?P<space> *)(?=\d{1,2}\.\d{1,2}[^\d%]|第 ?[\d一二三四五六七八九十百]{1,5} ?条)"
)


def _unglue(line: Line) -> Iterator[Line]:
    """Split "第一条 服务内容 1.1 乙方…。1.2 甲方…": only where the very next number of the same run stands."""
    marks = [m for m in line.marks if m.style in (Style.ARTICLE, Style.DECIMAL) and not m.doubtful]
    if not marks or (line.block is not None and line.block.kind is BlockKind.HEADING):
        yield line
        return
    current = marks[0]
    cuts: list[int] = []
    article = current.value[0]
    for found in _INSIDE.finditer(line.folded, current.length):
        behind = [m for m in read_marks(line.folded[found.end() :]) if not m.doubtful]
        behind = [m for m in behind if m.style in (Style.ARTICLE, Style.DECIMAL)]
        ends = line.folded[: found.start()].rstrip()[-1:] in tuple("。；;！")
        if not behind:
            continue
        value = behind[0].value
        if behind[0].style is Style.ARTICLE:
            follows = ends and value == (article + 1,)
        else:
            sibling = (*current.value[:-1], current.value[-1] + 1) if current.style is Style.DECIMAL else None
            child = (*current.value, 1) == value and (ends or not cuts)
            follows = child or (ends and value == sibling)
        if follows:
            cuts.append(found.end())
            current = behind[0]
            article = value[0]
    at = 0
    for cut in [*cuts, len(line.folded)]:
        folded = line.folded[at:cut]
        yield replace(
            line, start=line.start + at, end=line.start + cut, folded=folded, first=line.first or at > 0,
            after_end=line.after_end or at > 0, marks=line.marks if at == 0 else read_marks(folded),
        )  # fmt: skip
        at = cut
