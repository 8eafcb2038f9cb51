"""How well citations meet the labelled evidence: by character overlap, by clause, and whether quotes are exact."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.types import Span

THRESHOLDS = (0.1, 0.3, 0.5, 0.7, 0.9)


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """Counts that add up over cells: pieces of evidence, citations, and how many of each found a partner."""

    evidence: int
    cited: int
    evidence_hit: int
    cited_hit: int

    def __add__(self, other: Match) -> Match:
        return Match(
            evidence=self.evidence + other.evidence,
            cited=self.cited + other.cited,
            evidence_hit=self.evidence_hit + other.evidence_hit,
            cited_hit=self.cited_hit + other.cited_hit,
        )

    @property
    def precision(self) -> float | None:
        """Share of the citations that found a partner; ``None`` where nothing was cited."""
        return self.cited_hit / self.cited if self.cited else None

    @property
    def recall(self) -> float | None:
        """Share of the evidence that found a partner; ``None`` where there is none."""
        return self.evidence_hit / self.evidence if self.evidence else None


NOTHING = Match(evidence=0, cited=0, evidence_hit=0, cited_hit=0)


def iou(a: Span, b: Span) -> float:
    """Characters shared over characters covered by either; 0 for two empty spans."""
    shared = max(0, min(a.end, b.end) - max(a.start, b.start))
    whole = (a.end - a.start) + (b.end - b.start) - shared
    return shared / whole if whole else 0.0


def matched(evidence: Sequence[Span], cited: Sequence[Span], threshold: float = 0.5) -> Match:
    """The most one-to-one pairs with an IoU of at least ``threshold`` (bipartite matching, Kuhn 1955)."""
    partner: dict[int, int] = {}

    def place(piece: int, tried: set[int]) -> bool:
        for at, citation in enumerate(cited):
            if at in tried or iou(evidence[piece], citation) < threshold:
                continue
            tried.add(at)
            if at not in partner or place(partner[at], tried):
                partner[at] = piece
                return True
        return False

    hits = sum(place(piece, set()) for piece in range(len(evidence)))
    return Match(evidence=len(evidence), cited=len(cited), evidence_hit=hits, cited_hit=hits)


def by_clause(evidence: Iterable[frozenset[int]], cited: Iterable[frozenset[int]]) -> Match:
    """A piece and a citation meet when they stand in the same clause; each argument gives the clauses of its pieces."""
    pieces, citations = list(evidence), list(cited)
    return Match(
        evidence=len(pieces),
        cited=len(citations),
        evidence_hit=sum(any(p & c for c in citations) for p in pieces),
        cited_hit=sum(any(p & c for p in pieces) for c in citations),
    )


def covered(evidence: Sequence[Span], cited: Sequence[Span]) -> int:
    """How many pieces of evidence share at least half their characters with the citations together."""
    hits = 0
    for piece in evidence:
        shared = sum(max(0, min(piece.end, c.end) - max(piece.start, c.start)) for c in cited)
        hits += 2 * shared >= piece.end - piece.start
    return hits


@dataclass(frozen=True, slots=True, kw_only=True)
class Quotes:
    """Quotes an engine claimed: how many were found in the contract, and how many of those shown are exact slices of it."""

    claimed: int
    found: int
    shown_exact: int

    @property
    def before(self) -> float | None:
        """Share of the claimed quotes that are in the contract, before grounding threw out the rest."""
        return self.found / self.claimed if self.claimed else None

    @property
    def after(self) -> float | None:
        """Share of the shown citations whose text is what stands at their offsets; promise 2 says 1."""
        return self.shown_exact / self.found if self.found else None
