"""The contract as plain values for the page: where the cited words stand in its text and on the pictures of its pages."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipeline.pages import boxes
from pipeline.report.blocks import TITLE, blocks_of, cut, grouped, heading_starts, is_heading
from pipeline.types import Block, BlockKind, Clause, ClauseKind, Document, Line, Page, PageSource, Review, Span

# Words that several things rest on take the colour of the first of these; "near" is a place to look, shown only when asked for.
ORDER = ("adverse", "missing", "unreviewed", "vague", "ok", "alert", "near")

_DEEPEST = 3  # steps a clause is set in
_PLACES = 4  # decimals of a share of a page: a tenth of a pixel at 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark(Span):
    """A range of the contract that something on the page points to.

    ``kind`` is one of ``ORDER``. ``targets`` are the ids of what points here, ``numbers`` the numbers they are known by, in the same
    order. ``titles`` say it in words.
    """

    kind: str
    targets: tuple[str, ...]
    numbers: tuple[str, ...]
    titles: tuple[str, ...]

    @property
    def key(self) -> str:
        """Its id on the page."""
        return key_of(self)


def key_of(span: Span) -> str:
    """Id of the mark of a span."""
    return f"{span.start}-{span.end}"


def document_view(review: Review, marks: Sequence[Mark], pictures: str | None) -> dict[str, Any]:
    """Pages with their lines, blocks with their runs, and the marks with their boxes.

    Args:
        review: whose contract.
        marks: what is pointed to.
        pictures: address of the page pictures; without one, or for a file without pages to show, there are no pages.
    """
    document = review.document
    shown = pictures is not None and bool(document.lines) and all(p.width > 0 and p.height > 0 for p in document.pages)
    return {
        "file": document.file,
        "pictures": pictures if shown else None,
        "pages": [_page(document, page) for page in document.pages] if shown else [],
        "count": len(document.pages),
        "blocks": list(_blocks(review, marks)),
        "marks": {mark.key: _mark(document, mark, shown) for mark in marks},
    }


def _mark(document: Document, mark: Mark, shown: bool) -> dict[str, Any]:
    where = boxes(document, mark) if shown else ()
    return {
        "kind": mark.kind,
        "targets": list(mark.targets),
        "numbers": list(mark.numbers),
        "titles": list(mark.titles),
        "boxes": [[box.page, *_sides(box.left, box.top, box.right, box.bottom)] for box in where],
    }


def _page(document: Document, page: Page) -> dict[str, Any]:
    lines = [line for line in document.lines if line.page == page.number]
    return {
        "number": page.number,
        "width": round(page.width, 1),
        "height": round(page.height, 1),
        "read": page.source is not PageSource.UNREADABLE,
        "lines": [[*_sides(line.left, line.top, line.right, line.bottom), _plain(document, line)] for line in lines],
    }


def _plain(document: Document, line: Line) -> str:
    return " ".join(document.slice(line).split())


def _sides(*sides: float) -> list[float]:
    return [round(side, _PLACES) for side in sides]


def _blocks(review: Review, marks: Sequence[Mark]) -> Iterator[dict[str, Any]]:
    """Headings, paragraphs, tables and page ends in order; runs are text, or [text, keys of the marks it belongs to]."""
    document = review.document
    blocks = blocks_of(document)
    headings = heading_starts(review.clauses)
    page = document.pages[0].number if document.pages else 1
    runs = _Runs(document.text, marks)
    for table, rows in grouped(blocks):
        for part in [rows] if table else [[block] for block in rows]:
            if (begins := document.page_of(part[0].start)) != page:
                page = begins
                yield {"kind": "page", "number": page}
            yield _table(part, runs) if table else _block(review, part[0], part[0] is blocks[0], headings, runs)


def _block(review: Review, block: Block, first: bool, headings: frozenset[int], runs: _Runs) -> dict[str, Any]:
    if first and TITLE.fullmatch(review.document.slice(block)):
        return {"kind": "title", "runs": runs.of(block)}
    if is_heading(block, headings):
        return {"kind": "heading", "runs": runs.of(block)}
    if block.kind is BlockKind.FOOTNOTE:
        return {"kind": "note", "runs": runs.of(block)}
    clause = _clause_at(review.clauses, block.start)
    deep = max(0, clause.level - 2) if clause is not None and clause.kind is ClauseKind.CLAUSE else 0
    return {"kind": "text", "deep": min(deep, _DEEPEST), "runs": runs.of(block)}


def _clause_at(clauses: Sequence[Clause], offset: int) -> Clause | None:
    at = bisect_right(clauses, offset, key=lambda clause: clause.start) - 1
    return clauses[at] if at >= 0 else None


def _table(rows: Sequence[Block], runs: _Runs) -> dict[str, Any]:
    """Where a row has fewer cells than the table has columns, the last one spans the rest."""
    columns = max(max(len(row.cells), 1) for row in rows)
    return {
        "kind": "table",
        "rows": [
            {
                "header": row.header,
                "cells": [runs.of(cell) for cell in row.cells or (row,)],
                "span": columns - max(len(row.cells), 1) + 1,
            }
            for row in rows
        ],
    }


class _Runs:
    """Cuts text where marks begin and end."""

    def __init__(self, text: str, marks: Sequence[Mark]) -> None:
        self._text = text
        self._marks = sorted(marks, key=lambda m: (m.start, m.end))
        self._longest = max((m.end - m.start for m in marks), default=0)

    def of(self, span: Span) -> list[str | list[Any]]:
        out: list[str | list[Any]] = []
        for start, end, over in cut(span, list(self._overlapping(span))):
            here = sorted(over, key=lambda m: (ORDER.index(m.kind), m.start))
            piece = self._text[start:end]
            out.append([piece, [m.key for m in here]] if here else piece)
        return out

    def _overlapping(self, span: Span) -> Iterator[Mark]:
        first = bisect_right(self._marks, span.start - self._longest - 1, key=lambda m: m.start)
        for mark in self._marks[first:]:
            if mark.start >= span.end:
                return
            if mark.overlaps(span):
                yield mark


def merged(marks: Iterable[Mark]) -> tuple[Mark, ...]:
    """One mark for each span, in order, with all that points there; its kind is the first of ``ORDER`` among them."""
    spans: dict[tuple[int, int], list[Mark]] = {}
    for mark in marks:
        spans.setdefault((mark.start, mark.end), []).append(mark)
    return tuple(_one(spans[span]) for span in sorted(spans))


def _one(marks: Sequence[Mark]) -> Mark:
    worst = min(marks, key=lambda m: ORDER.index(m.kind))
    seen: Mapping[str, tuple[str, str]] = {
        target: (number, title)
        for m in sorted(marks, key=lambda m: ORDER.index(m.kind), reverse=True)
        for target, number, title in zip(m.targets, m.numbers, m.titles, strict=True)
    }
    ordered = list(dict.fromkeys(t for m in sorted(marks, key=lambda m: ORDER.index(m.kind)) for t in m.targets))
    return Mark(
        start=worst.start,
        end=worst.end,
        kind=worst.kind,
        targets=tuple(ordered),
        numbers=tuple(seen[t][0] for t in ordered),
        titles=tuple(seen[t][1] for t in ordered),
    )
