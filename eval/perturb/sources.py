"""The contracts the pairs are made from, as read, with labels and the places of their evidence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.cases import DATASET, Case, load_cases, locate
from pipeline.ingest import ingest
from pipeline.playbook import load_playbook
from pipeline.types import Document, Span

SPLITS = ("dev", "test")
# Read by optical character recognition, whose text is not the same on every machine.
OCR = frozenset({"d07", "d18", "t09", "t18"})
CONTRACTS = frozenset(f"{letter}{n:02}" for letter in "dt" for n in range(1, 25)) - OCR


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """One contract; ``evidence`` are the located pieces of each checkpoint, in order, in one block each.

    A checkpoint one of whose quotes is not in the text as read has no located evidence at all.
    """

    case: Case
    split: str
    document: Document
    evidence: Mapping[str, tuple[Span, ...]]


def load_sources(only: Sequence[str] = ()) -> Iterator[Source]:
    """The contracts read without OCR that the pairs are made from, dev before test; with ``only``, those ids."""
    checkpoints = [c.id for c in load_playbook().checkpoints]
    for split in SPLITS:
        for case in load_cases(DATASET / split, checkpoints):
            if case.id not in (frozenset(only) or CONTRACTS) & CONTRACTS:
                continue
            document = ingest(case.path)
            evidence = {c: _spans(case.evidence[c], document) for c in checkpoints}
            yield Source(case=case, split=split, document=document, evidence=evidence)


def _spans(quotes: Sequence[str], document: Document) -> tuple[Span, ...]:
    spans: list[Span] = []
    for quote in quotes:
        found = locate(quote, document, ())
        if not found:
            return ()
        for span in found:
            spans += [
                Span(start=max(span.start, b.start), end=min(span.end, b.end))
                for b in document.blocks
                if b.overlaps(span)
            ]
    return tuple(sorted(spans, key=lambda s: s.start))
