"""The contract as runs of text with the words findings rest on marked, for a PDF."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import sqrt

from pipeline.report import palette, words
from pipeline.report.blocks import blocks_of, cut, grouped, heading_starts, is_heading
from pipeline.report.typeset import Run
from pipeline.types import Block, Finding, Review, Span, Status

_ORDER = (
    Status.ADVERSE,
    Status.UNREVIEWED,
    Status.VAGUE,
    Status.MISSING,
    Status.OK,
)  # which colour overlapping words get
_MOST_COLUMNS = 9  # a table of more is told row by row


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """The text of a table cell, and the anchors of what is cited in it."""

    runs: tuple[Run, ...]
    anchors: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part(Cell):
    """A paragraph, or where it has ``rows`` a table with the ``shares`` of its columns."""

    heading: bool = False
    title: bool = False
    rows: tuple[tuple[Cell, ...], ...] = ()
    shares: tuple[float, ...] = ()
    head: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """The contract in order; ``anchors`` says where a citation is, by its offsets."""

    parts: tuple[Part, ...]
    anchors: Mapping[tuple[int, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark(Span):
    key: str
    finding: Finding
    number: int


@dataclass(slots=True)
class _Marker:
    """Cuts the text at the marks and remembers which have been shown."""

    text: str
    marks: Sequence[_Mark]
    seen: set[str] = field(default_factory=set)
    anchors: dict[tuple[int, int], str] = field(default_factory=dict)

    def cell(self, span: Span, *, size: float = 9.5, bold: bool = False, serif: bool = True) -> Cell:
        """The text of ``span`` as runs."""
        runs: list[Run] = []
        anchors: list[str] = []
        for start, end, here in cut(span, self.marks):
            here.sort(key=lambda m: (_ORDER.index(m.finding.status), m.number))
            new = [m for m in here if m.key not in self.seen]
            for mark in new:
                self.seen.add(mark.key)
                self.anchors.setdefault((mark.start, mark.end), mark.key)
                anchors.append(mark.key)
            status = here[0].finding.status if here else None
            signs = {m.number: (str(m.number), palette.STATUS[m.finding.status], anchor_of(m.finding)) for m in new}
            runs.append(
                Run(
                    text=self.text[start:end],
                    size=size,
                    bold=bold,
                    serif=serif,
                    fill=palette.TINT[status] if status else "",
                    line=palette.STATUS[status] if status else "",
                    sign=tuple(signs.values()),
                )
            )
        return Cell(runs=tuple(runs), anchors=tuple(anchors))


def anchor_of(finding: Finding) -> str:
    """Where links to a finding go."""
    return "f-" + finding.checkpoint.replace(".", "-")


def marked(review: Review) -> Marked:
    """The whole contract, every block once and in order."""
    marks = [
        _Mark(start=c.start, end=c.end, key=f"{anchor_of(n.finding)}-{at}", finding=n.finding, number=n.number)
        for _, findings in words.told(review)
        for n in findings
        for at, c in enumerate(n.finding.citations, 1)
    ]
    marker = _Marker(review.document.text, marks)
    parts = tuple(_parts(review, marker))
    return Marked(parts=parts, anchors=marker.anchors)


def _parts(review: Review, marker: _Marker) -> Iterator[Part]:
    document = review.document
    blocks = blocks_of(document)
    headings = heading_starts(review.clauses)
    for table, rows in grouped(blocks):
        if table and max(len(row.cells) for row in rows) <= _MOST_COLUMNS:
            yield _table(document.text, rows, marker)
            continue
        for block in rows:
            title = block is blocks[0] and "\n" not in document.slice(block) and block.end - block.start <= 30
            heading = title or is_heading(block, headings)
            cell = marker.cell(block, size=14 if title else 10.5 if heading else 9.5, bold=heading)
            yield Part(runs=cell.runs, anchors=cell.anchors, heading=heading, title=title)


def _table(text: str, rows: Sequence[Block], marker: _Marker) -> Part:
    columns = max(1, *(len(row.cells) for row in rows))
    longest = [2] * columns
    told: list[tuple[Cell, ...]] = []
    for row in rows:
        spans = row.cells or (row,)
        cells = [marker.cell(span, size=8.5, bold=row.header) for span in spans]
        for column, span in enumerate(spans):
            longest[column] = max(longest[column], min(60, span.end - span.start))
        empty = Cell(runs=(), anchors=())
        told.append((*cells, *(empty for _ in range(columns - len(cells)))))
    weights = [sqrt(n) + 1 for n in longest]
    shares = tuple(w / sum(weights) for w in weights)
    head = 1 if len(rows) > 1 and rows[0].header else 0
    return Part(runs=(), anchors=(), rows=tuple(told), shares=shares, head=head)
