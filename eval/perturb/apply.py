"""Apply a pair's edits to a document: text, blocks, cells and pages made anew."""

from __future__ import annotations

from collections.abc import Sequence

from eval.cases import DatasetError
from eval.perturb.pairs import Edit, Pair, text_sha256
from pipeline.ingest.canon import CELL, Draft, PageInfo, assemble
from pipeline.types import Block, Document, Span


def perturbed(document: Document, pair: Pair) -> Document:
    """The document with the pair's edits.

    Blocks without an edit keep their text and what is known of them. A block that loses all its text is dropped. Lines
    inserted at the end are new paragraphs on the last page. ``sha256`` stays that of the file.

    Raises:
        DatasetError: the document is not the one the pair was made for, or an edit does not lie in one block (in one cell, in a table).
    """
    if text_sha256(document.text) != pair.sha256:
        raise DatasetError(f"{pair.id}: made for another text than that of {document.file}; generate the pairs again")
    return apply_edits(document, pair.edits, pair.id)


def apply_edits(document: Document, edits: Sequence[Edit], name: str = "") -> Document:
    """``perturbed`` without the check of the text's hash.

    Raises:
        DatasetError: the words are not where an edit says, or an edit does not lie in one block or cell.
    """
    for edit in edits:
        if document.text[edit.start : edit.end] != edit.old:
            raise DatasetError(f"{name}: {edit.old!r} is not at {edit.start}")
    added = [e for e in edits if _appends(e, document)]
    inner = [e for e in edits if e not in added]
    drafts = []
    for block in document.blocks:
        own = [e for e in inner if block.start <= e.start and e.end <= block.end]
        inner = [e for e in inner if e not in own]
        if (draft := _edited(document, block, own, name)) is not None:
            drafts.append(draft)
    if inner:
        raise DatasetError(f"{name}: {inner[0].old!r} at {inner[0].start} does not lie in one block")
    last = document.pages[-1].number if document.pages else 1
    drafts += [Draft(text=line, page=last) for e in added for line in e.new.split("\n") if line.strip()]
    pages = [PageInfo(number=p.number, source=p.source, confidence=p.confidence) for p in document.pages]
    return assemble(
        document.file,
        document.sha256,
        drafts,
        pages=pages,
        hidden=document.hidden,
        tracked_changes=document.tracked_changes,
    )


def replaced(text: str, span: Span, edits: Sequence[Edit]) -> str:
    """The text of ``span`` with the edits that lie in it."""
    parts, at = [], span.start
    for edit in edits:
        parts += [text[at : edit.start], edit.new]
        at = edit.end
    return "".join([*parts, text[at : span.end]])


def _appends(edit: Edit, document: Document) -> bool:
    return edit.start == edit.end == len(document.text) and edit.new.startswith("\n")


def _edited(document: Document, block: Block, edits: Sequence[Edit], name: str) -> Draft | None:
    text = replaced(document.text, block, edits)
    cells = tuple(document.slice(c) for c in block.cells)
    if not text.strip():
        return None
    if "\n" in text:
        raise DatasetError(f"{name}: a line break inside a block")
    if block.cells and edits:
        owned = [[e for e in edits if c.start <= e.start and e.end <= c.end] for c in block.cells]
        if sum(map(len, owned)) != len(edits):
            raise DatasetError(f"{name}: {edits[0].old!r} at {edits[0].start} does not lie in one cell")
        cells = tuple(replaced(document.text, c, own) for c, own in zip(block.cells, owned, strict=True))
        if not any(c.strip() for c in cells):
            return None
        text = CELL.join(cells)
    return Draft(
        text=text,
        kind=block.kind,
        page=document.page_of(block.start),
        level=block.level,
        number=block.number if block.number is None or text.startswith(block.number) else None,
        table=block.table,
        row=block.row,
        header=block.header,
        cells=cells,
    )
