"""Clause -> sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.segment.marks import fold, read_marks
from pipeline.types import Clause, ClauseKind, Document, Span

_PAIRS = {
    "（": "）", "(": ")", "【": "】", "[": "]", "「": "」", "『": "』", "《": "》", "“": "”", "‘": "’", '"': '"',
}  # fmt: skip
_FULL_STOP = "。；;！？!?"
_ABBREVIATION = re.compile(r"(?:\b(?:Nos?|Co|Ltd|Inc|Corp|Art|Sec|Mr|Ms|Mrs|Dr|vs|etc|e\.g|i\.e|approx|para)|\b[A-Z])$")


def sentences(document: Document, clause: Clause) -> tuple[Span, ...]:
    """The sentences of the clause's own text, in order, trimmed of white space and never empty.

    A sentence ends at 。；！？, their half-width forms, an English or Chinese full stop that is not part of a
    number, and at the end of a paragraph; never inside brackets or quotation marks that are closed within the
    paragraph. So "（1）…；（2）…" are sentences of their own. A table row is one sentence.
    """
    text = document.slice(clause)
    if clause.kind is ClauseKind.TABLE_ROW:
        pieces: Iterator[tuple[int, int]] = iter([(0, len(text))])
    else:
        edges = {b.start - clause.start for b in document.blocks if clause.start < b.start < clause.end}
        pieces = _pieces(text, edges, bool(document.blocks))
    return tuple(
        Span(start=clause.start + start, end=clause.start + end)
        for start, end in (_trim(text, *p) for p in pieces)
        if re.search(r"\w", text[start:end])
    )


def _trim(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), end - (len(piece) - len(piece.rstrip()))


def _pieces(text: str, edges: set[int], blocks: bool) -> Iterator[tuple[int, int]]:
    start = 0
    for end in _paragraph_ends(text, edges, blocks):
        yield from _split(text, start, end)
        start = end


def _paragraph_ends(text: str, edges: set[int], blocks: bool) -> Iterator[int]:
    for found in re.finditer(r"[\n\r\f\v\u2028\u2029\x85]+", text):
        before = text[: found.start()].rstrip()[-1:]
        following = fold(text[found.end() : found.end() + 40].split("\n", 1)[0])
        near = any(found.start() <= edge <= found.end() + 1 for edge in edges)
        if not blocks or near or before in (*_FULL_STOP, "：", ":", "") or read_marks(following):
            yield found.end()
    yield len(text)


def _split(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    at, i = start, start
    while i < end:
        closing = _PAIRS.get(text[i])
        if closing is not None:
            i = _skip(text, i, end, closing)
        elif _ends_sentence(text, i, start, end):
            while i + 1 < end and text[i + 1] in _FULL_STOP + "”’」』）)":
                i += 1
            i += 1
            yield at, i
            at = i
        else:
            i += 1
    if at < end:
        yield at, end


def _skip(text: str, i: int, end: int, closing: str) -> int:
    """Position behind the bracket or quotation that opens at ``i``; the next character if nothing closes it."""
    opening, depth = text[i], 0
    other = {"（": "(", "(": "（"}.get(opening)
    closings = {closing} | ({"）", ")"} if closing in "）)" else set())
    for k in range(i, end):
        c = text[k]
        if c in closings and k > i:
            depth -= 1
            if depth <= 0:
                return k + 1
        elif c in (opening, other):
            depth += 1
    return i + 1


def _ends_sentence(text: str, i: int, start: int, end: int) -> bool:
    c = text[i]
    if c in _FULL_STOP:
        return not (c in "?？" and not text[start:i].strip())
    if c not in ".．" or i == start:
        return False
    before, after = text[i - 1], text[i + 1 : i + 2]
    if before.isdigit() or after.isdigit():
        return False
    if "\u4e00" <= before <= "\u9fff":
        number = re.fullmatch(r"\s*[一二三四五六七八九十]+", text[start:i])
        return number is None and (not after or not after.isascii() or after.isspace())
    if after and not after.isspace():
        return False
    following = text[i + 1 : end].lstrip()[:1]
    head = text[start:i].strip()
    if len(head) <= 3 or _ABBREVIATION.search(text[max(start, i - 8) : i]):
        return False
    return not following or following.isupper() or following in '(“"' or "\u4e00" <= following <= "\u9fff"
