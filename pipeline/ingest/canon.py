"""From draft blocks to a ``Document``: the one place where canonical text and offsets are made."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.ingest.contents import contents_of
from pipeline.types import Block, BlockKind, Document, HiddenText, Line, Page, PageSource, Span

CELL = " | "


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where signs ``[start, end)`` of a text stand: shares of the page, origin at the upper left.

    White space does not count as a sign, so that a place holds whatever spaces are put in or taken out around it.
    """

    start: int
    end: int
    left: float
    top: float
    right: float
    bottom: float
    page: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A block before its offsets are known. ``text`` has no line break at its ends; of a table row it is ``cells`` joined.

    ``places`` are those of the text, or of each cell of a row, in order; empty where none is known.
    """

    text: str
    kind: BlockKind = BlockKind.PARAGRAPH
    page: int = 1
    level: int | None = None
    number: str | None = None
    table: int | None = None
    row: int | None = None
    header: bool = False
    cells: tuple[str, ...] = ()
    places: tuple[tuple[Place, ...], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PageInfo:
    """What is known of a page beside its text."""

    number: int
    source: PageSource = PageSource.TEXT
    confidence: float = 1.0
    width: float = 0.0
    height: float = 0.0


def row(
    cells: Sequence[str],
    *,
    table: int,
    index: int,
    header: bool = False,
    page: int = 1,
    places: tuple[tuple[Place, ...], ...] = (),
) -> Draft:
    """A table row; line breaks inside cells become spaces."""
    clean = tuple(" ".join(c.split()) for c in cells)
    return Draft(
        text=CELL.join(clean), kind=BlockKind.TABLE_ROW, page=page, table=table, row=index, header=header, cells=clean,
        places=places,
    )  # fmt: skip


def assemble(
    file: str,
    sha256: str,
    drafts: Iterable[Draft],
    *,
    pages: Sequence[PageInfo] = (PageInfo(number=1),),
    hidden: Sequence[HiddenText] = (),
    tracked_changes: int = 0,
) -> Document:
    """Join blocks with line breaks; ``text[block.start:block.end]`` is the block's text. Empty drafts and a table of contents are left out.

    Pages tile the text in order; a page without blocks is empty and stands where the one before ends.
    """
    blocks: list[Block] = []
    parts: list[str] = []
    lines: list[Line] = []
    starts: dict[int, int] = {}
    at = 0
    filled = [draft for draft in drafts if draft.text.strip()]
    contents = contents_of([draft.text for draft in filled])
    for number, draft in enumerate(filled):
        if number in contents:
            continue
        starts.setdefault(draft.page, at)
        cells: list[Span] = []
        if draft.kind is BlockKind.TABLE_ROW:
            offset = at
            for cell in draft.cells:
                cells.append(Span(start=offset, end=offset + len(cell)))
                offset += len(cell) + len(CELL)
        blocks.append(
            Block(
                start=at, end=at + len(draft.text), kind=draft.kind, level=draft.level, number=draft.number,
                table=draft.table, row=draft.row, header=draft.header, cells=tuple(cells),
            )
        )  # fmt: skip
        lines += _lines(draft, cells or [Span(start=at, end=at + len(draft.text))])
        parts.append(draft.text)
        at += len(draft.text) + 1
    text = "\n".join(parts)
    return Document(
        file=file, sha256=sha256, text=text, pages=_pages(pages, starts, len(text)), blocks=tuple(blocks),
        hidden=tuple(hidden), tracked_changes=tracked_changes, lines=tuple(lines),
    )  # fmt: skip


def _lines(draft: Draft, spans: Sequence[Span]) -> Iterator[Line]:
    """The places of a draft's text, or of its cells, that begin at ``spans``."""
    for text, places, span in zip(draft.cells or (draft.text,), draft.places, spans, strict=False):
        signs = [at for at, sign in enumerate(text, span.start) if not sign.isspace()] if places else []
        for p in places:
            yield Line(
                start=signs[p.start], end=signs[p.end - 1] + 1, page=p.page,
                left=p.left, top=p.top, right=p.right, bottom=p.bottom,
            )  # fmt: skip


def _pages(infos: Sequence[PageInfo], starts: dict[int, int], length: int) -> tuple[Page, ...]:
    begins: list[int] = []
    following = length
    for info in reversed(infos):
        following = starts.get(info.number, following)
        begins.append(following)
    begins = begins[::-1]
    if begins:
        begins[0] = 0
    ends = [*begins[1:], length]
    return tuple(
        Page(
            start=start,
            end=max(start, end),
            number=i.number,
            source=i.source,
            confidence=i.confidence,
            width=i.width,
            height=i.height,
        )
        for i, start, end in zip(infos, begins, ends, strict=True)
    )
