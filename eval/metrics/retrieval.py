"""How much of the evidence retrieval brings, and at which stage what is missed was lost."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.types import Clause, Span


class Stage(StrEnum):
    """Where a wrong cell or a missed piece of evidence was lost."""

    INGEST = "ingest"
    SEGMENTATION = "segmentation"
    RETRIEVAL = "retrieval"
    JUDGEMENT = "judgement"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One piece of evidence: its contract, its checkpoint, and the clauses it stands in."""

    case: str
    checkpoint: str
    quote: str
    clauses: frozenset[int]


def clauses_of(spans: Iterable[Span], clauses: Sequence[Clause]) -> frozenset[int]:
    """Ids of the clauses that hold the largest share of one of ``spans``."""
    found: set[int] = set()
    for span in spans:
        shares = {c.id: min(span.end, c.end) - max(span.start, c.start) for c in clauses if c.overlaps(span)}
        most = max(shares.values(), default=0)
        found |= {i for i, share in shares.items() if share == most}
    return frozenset(found)


def recall(hits: Sequence[Hit], ranked: Mapping[tuple[str, str], Sequence[int]], k: int) -> float | None:
    """Share of the evidence with a clause among the first ``k`` of its checkpoint's ranking; ``None`` without evidence."""
    if not hits:
        return None
    return sum(bool(h.clauses & set(ranked[h.case, h.checkpoint][:k])) for h in hits) / len(hits)


def area_recall(hits: Sequence[Hit], ranked: Mapping[tuple[str, str], Sequence[int]], k: int) -> float | None:
    """As ``recall``, where all checkpoints of the area share what was retrieved for each."""
    if not hits:
        return None
    union: dict[tuple[str, str], set[int]] = {}
    for (case, checkpoint), ranking in ranked.items():
        union.setdefault((case, checkpoint.split(".")[0]), set()).update(ranking[:k])
    return sum(bool(h.clauses & union.get((h.case, h.checkpoint.split(".")[0]), set())) for h in hits) / len(hits)


def characters(spans: Iterable[Span]) -> set[int]:
    """Offsets covered by ``spans``, overlaps merged."""
    return {i for span in spans for i in range(span.start, span.end)}


def character_scores(evidence: Iterable[Span], retrieved: Iterable[Span]) -> tuple[int, int, int]:
    """Characters shared, of the evidence, and retrieved: sums over cells give precision and recall of the merged text."""
    wanted, brought = characters(evidence), characters(retrieved)
    return len(wanted & brought), len(wanted), len(brought)


def blame(located: bool, clauses: frozenset[int], whole: bool, ranking: Sequence[int] | None) -> Stage:
    """The first stage at which a piece of evidence was lost.

    Args:
        located: the evidence is in the text as read.
        clauses: the clauses it stands in.
        whole: one clause holds at least half of it.
        ranking: the clauses that the judge was given; ``None`` for a judge that reads every clause.
    """
    if not located:
        return Stage.INGEST
    if not whole:
        return Stage.SEGMENTATION
    if ranking is not None and not clauses & set(ranking):
        return Stage.RETRIEVAL
    return Stage.JUDGEMENT
