"""The contract as reports and the page tell it: blocks with the rows of a table together, what is a heading, text cut where marks begin and end."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby, pairwise
from typing import TypeVar

from pipeline.types import Block, BlockKind, Clause, ClauseKind, Document, Span

TITLE = re.compile(r"[^，。；：,;:\n]{2,40}")  # what the first block is when it is a title
_LONGEST_HEADING = 40  # characters

Marked = TypeVar("Marked", bound=Span)


def blocks_of(document: Document) -> tuple[Block, ...]:
    """The blocks of a file; all of its text as one where it has none."""
    return document.blocks or (Block(start=0, end=len(document.text)),)


def grouped(blocks: Iterable[Block]) -> Iterator[tuple[bool, list[Block]]]:
    """The blocks in order: (is a table, its rows), or (is none, blocks up to the next table)."""
    for table, group in groupby(blocks, key=lambda b: b.table if b.kind is BlockKind.TABLE_ROW else None):
        yield table is not None, list(group)


def heading_starts(clauses: Iterable[Clause]) -> frozenset[int]:
    """Where headings and annexes begin."""
    return frozenset(c.start for c in clauses if c.kind in (ClauseKind.HEADING, ClauseKind.ANNEX))


def is_heading(block: Block, starts: frozenset[int]) -> bool:
    """A heading may be one by its style in the file, or only by its number; then it is short."""
    short = block.end - block.start <= _LONGEST_HEADING
    return block.kind is BlockKind.HEADING or (block.start in starts and short)


def cut(span: Span, marks: Sequence[Marked]) -> Iterator[tuple[int, int, list[Marked]]]:
    """``span`` in pieces (start, end, the marks over all of it), cut where marks begin and end; the marks keep their order."""
    inside = [m for m in marks if m.start < span.end and span.start < m.end]
    ends = (at for m in inside for at in (max(m.start, span.start), min(m.end, span.end)))
    for start, end in pairwise(sorted({span.start, span.end, *ends})):
        yield start, end, [m for m in inside if m.start <= start and end <= m.end]
