"""Scores as pure functions of (label, verdict) cells. An empty set has no score: ``None``, never 0."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.types import Span, Status

SCORED = (Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING)
SERIOUS = frozenset({Status.ADVERSE, Status.MISSING})


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One checkpoint of one contract: what the label says and what the engine said."""

    case: str
    checkpoint: str
    label: Status
    said: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """Precision, recall and F-beta of one status; ``None`` where nothing was to be found or said."""

    precision: float | None
    recall: float | None
    f1: float | None
    f2: float | None


def confusion(cells: Iterable[Cell]) -> Mapping[tuple[Status, Status], int]:
    """How often each (label, said) pair occurs."""
    return Counter((c.label, c.said) for c in cells)


def score(cells: Sequence[Cell], status: Status) -> Score:
    """Precision, recall, F1 and F2 of ``status``."""
    hit = sum(c.label is status and c.said is status for c in cells)
    said = sum(c.said is status for c in cells)
    labelled = sum(c.label is status for c in cells)
    precision, recall = _ratio(hit, said), _ratio(hit, labelled)
    return Score(precision=precision, recall=recall, f1=_f(hit, said, labelled, 1), f2=_f(hit, said, labelled, 2))


def macro_f1(cells: Sequence[Cell]) -> float | None:
    """Mean F1 over the statuses that occur among labels or verdicts."""
    values = [s.f1 for s in (score(cells, status) for status in SCORED) if s.f1 is not None]
    return sum(values) / len(values) if values else None


def accuracy(cells: Sequence[Cell]) -> float | None:
    """Share of cells where engine and label agree."""
    return _ratio(sum(c.label is c.said for c in cells), len(cells))


def serious_recall(cells: Sequence[Cell]) -> float | None:
    """Of cells labelled adverse or missing, the share said adverse or missing."""
    serious = [c for c in cells if c.label in SERIOUS]
    return _ratio(sum(c.said in SERIOUS for c in serious), len(serious))


def false_alarm_rate(cells: Sequence[Cell]) -> float | None:
    """Of cells labelled ok, the share said anything but ok (``unreviewed`` is no alarm)."""
    fine = [c for c in cells if c.label is Status.OK]
    return _ratio(sum(c.said not in (Status.OK, Status.UNREVIEWED) for c in fine), len(fine))


def false_missing_rate(cells: Sequence[Cell]) -> float | None:
    """Of cells labelled anything but missing, the share said missing."""
    present = [c for c in cells if c.label is not Status.MISSING]
    return _ratio(sum(c.said is Status.MISSING for c in present), len(present))


def covered(evidence: Sequence[Span], citations: Sequence[Span]) -> int:
    """How many pieces of evidence share at least half their characters with the citations together."""
    hits = 0
    for piece in evidence:
        shared = sum(max(0, min(piece.end, c.end) - max(piece.start, c.start)) for c in citations)
        hits += 2 * shared >= piece.end - piece.start
    return hits


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def _f(hit: int, said: int, labelled: int, beta: int) -> float | None:
    weight = beta * beta
    whole = weight * labelled + said
    return (1 + weight) * hit / whole if whole else None
