"""Whether an engine says the same twice."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.types import Status


def flip_rate(runs: Sequence[Sequence[Status]]) -> float | None:
    """Share of cells on which not all ``runs`` say the same; ``None`` for fewer than two runs or no cells.

    Raises:
        ValueError: the runs do not hold the same number of cells.
    """
    if len(runs) < 2 or not runs[0]:
        return None
    return sum(len(set(said)) > 1 for said in zip(*runs, strict=True)) / len(runs[0])
