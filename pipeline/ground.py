"""Claimed quotes to citations: exact or not at all."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence

from pipeline.folding import fold
from pipeline.types import Citation, Clause, Document, Span


def ground(quote: str, document: Document, within: Span | None, clauses: Sequence[Clause]) -> Citation | None:
    """Locate ``quote`` inside ``within`` (the whole document when ``None``).

    Found verbatim, or found after folding white space, width, case, quote marks, dashes and brackets; otherwise
    ``None``. Never fuzzy: 5% -> 50% scores 97 with a fuzzy matcher. For the same reason a match never cuts a number
    or a word of Latin letters in two: "5%" is not found in "15%". Of several matches the first inside ``within`` is taken; no match
    reaches outside it. A quote without a letter or a digit is not located.
    """
    if not any(char.isalnum() for char in quote):
        return None
    limits = Span(start=0, end=len(document.text)) if within is None else within
    for span in _verbatim(quote.strip(), document.text, limits):
        return cite(document, clauses, span)
    for span in _folded(quote, document.text, limits):
        return cite(document, clauses, span)
    return None


def cite(document: Document, clauses: Sequence[Clause], span: Span) -> Citation:
    """The citation of ``span``: its text sliced from the document, the page it starts on, and the label of the clause
    that holds most of it (the first of equals; empty when there are no clauses).

    ``clauses`` are in order and tile the text, as ``Clause`` guarantees.

    Raises:
        ValueError: ``span`` reaches past the end of the document.
    """
    if span.end > len(document.text):
        raise ValueError(f"[{span.start}, {span.end}) reaches past the text of {len(document.text)} characters")
    clause = clause_of(clauses, span)
    return Citation(
        start=span.start,
        end=span.end,
        clause=clause.label if clause else "",
        page=document.page_of(span.start),
        text=document.slice(span),
    )


def clause_of(clauses: Sequence[Clause], span: Span) -> Clause | None:
    """The clause that holds most of ``span``, the first of equals; ``None`` when there are no clauses."""
    first = max(bisect_right(clauses, span.start, key=lambda clause: clause.start) - 1, 0)
    best: Clause | None = None
    most = -1
    for clause in clauses[first:]:
        if best is not None and clause.start >= span.end:
            break
        shared = min(clause.end, span.end) - max(clause.start, span.start)
        if shared > most:
            best, most = clause, shared
    return best


def _verbatim(quote: str, text: str, within: Span) -> Iterator[Span]:
    start = text.find(quote, within.start, within.end)
    while start >= 0:
        end = start + len(quote)
        if not _cuts(text, start) and not _cuts(text, end):
            yield Span(start=start, end=end)
        start = text.find(quote, start + 1, within.end)


def _folded(quote: str, text: str, within: Span) -> Iterator[Span]:
    wanted = fold(quote).text
    whole = fold(text)
    low, high = whole.folded(within)
    start = whole.text.find(wanted, low, high)
    while start >= 0:
        span = whole.original(start, start + len(wanted))
        # One sign can fold to several characters (㎡ to m2); a match that starts or ends inside such a sign is none.
        exact = fold(text[span.start : span.end]).text == wanted
        if exact and not _cuts(text, span.start) and not _cuts(text, span.end):
            yield span
        start = whole.text.find(wanted, start + 1, high)


def _cuts(text: str, offset: int) -> bool:
    """True when ``offset`` falls inside a number or a Latin word."""
    if not 0 < offset < len(text):
        return False
    before, after = text[offset - 1], text[offset]
    if before.isdigit() and after.isdigit():
        return True
    if before.isascii() and after.isascii() and before.isalpha() and after.isalpha():
        return True
    if before in ".．," and offset > 1:
        return after.isdigit() and text[offset - 2].isdigit()
    if after in ".．," and offset + 1 < len(text):
        return before.isdigit() and text[offset + 1].isdigit()
    return False
