"""Scores of perturbation pairs: the verdict that an edit must change, and those it must leave alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from pipeline.types import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class PairResult:
    """One pair scored. ``disturbed`` are checkpoints said otherwise after an edit that cannot touch them; ``watched`` how many were looked at."""

    id: str
    kind: str
    checkpoint: str
    before: Status
    after: Status
    said_before: Status
    said_after: Status
    disturbed: tuple[str, ...]
    watched: int

    @property
    def right(self) -> bool:
        """Whether the engine says of the edited contract what its label says."""
        return self.said_after is self.after

    @property
    def right_both(self) -> bool:
        """Right before and after: no credit for a verdict that was there by accident."""
        return self.right and self.said_before is self.before


@dataclass(frozen=True, slots=True, kw_only=True)
class PairScores:
    """``accuracy`` after the edit, ``both`` right before and after, ``invariance``: share of untouched checkpoints said the same."""

    pairs: int
    accuracy: float
    both: float
    invariance: float | None


def scores(results: Iterable[PairResult]) -> PairScores | None:
    """Scores of pairs; ``None`` without any."""
    own = list(results)
    if not own:
        return None
    watched = sum(r.watched for r in own)
    return PairScores(
        pairs=len(own),
        accuracy=sum(r.right for r in own) / len(own),
        both=sum(r.right_both for r in own) / len(own),
        invariance=1 - sum(len(r.disturbed) for r in own) / watched if watched else None,
    )


def by_kind(results: Iterable[PairResult]) -> Mapping[str, PairScores]:
    """Scores a kind of edit, in order of first appearance."""
    kinds: dict[str, list[PairResult]] = {}
    for result in results:
        kinds.setdefault(result.kind, []).append(result)
    return {kind: s for kind, own in kinds.items() if (s := scores(own)) is not None}
