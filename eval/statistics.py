"""What figures on a few dozen contracts can carry: intervals, paired differences and tests.

Contracts are the units that vary, not cells: a bootstrap draws whole contracts, or whole families of contracts where one template gave
several (cluster bootstrap, Efron and Tibshirani 1993, chapter 8). All draws are seeded.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import comb

import numpy as np

from eval.metrics.status import Cell, Matrix, Metric, confusion, value

SEED = 20251124
RESAMPLES = 2000
LEVEL = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """An estimate and the bounds of its 95 % percentile interval; all ``None`` where there is nothing to score."""

    estimate: float | None
    low: float | None
    high: float | None


def matrices(cells: Sequence[Cell], groups: Mapping[str, str]) -> Matrix:
    """One confusion matrix a group of contracts, shape (groups, 4, 5); a contract without a group stands alone."""
    own: dict[str, list[Cell]] = {}
    for cell in cells:
        own.setdefault(groups.get(cell.case) or cell.case, []).append(cell)
    if not own:
        return np.zeros((0, 4, 5), dtype=np.int64)
    return np.stack([confusion(own[name]) for name in sorted(own)])


def draws(groups: int, *, seed: int = SEED, resamples: int = RESAMPLES) -> Matrix:
    """How often each group is in each resample, shape (resamples, groups)."""
    return np.random.default_rng(seed).multinomial(groups, [1 / groups] * groups, size=resamples).astype(np.int64)


def interval(by_group: Matrix, metric: Metric, *, seed: int = SEED, resamples: int = RESAMPLES) -> Interval:
    """The metric of all groups together with its bootstrap interval."""
    if not len(by_group):
        return Interval(estimate=None, low=None, high=None)
    estimate = value(metric(by_group.sum(0)))
    scores = metric(_resampled(by_group, draws(len(by_group), seed=seed, resamples=resamples)))
    return _bounds(estimate, scores)


def paired(a: Matrix, b: Matrix, metric: Metric, *, seed: int = SEED, resamples: int = RESAMPLES) -> Interval:
    """The difference ``b - a`` of a metric on the same groups, with the interval of the differences.

    Raises:
        ValueError: the two hold different numbers of groups.
    """
    if a.shape != b.shape:
        raise ValueError("a paired difference needs the same contracts on both sides")
    if not len(a):
        return Interval(estimate=None, low=None, high=None)
    counts = draws(len(a), seed=seed, resamples=resamples)
    estimate = value(metric(b.sum(0)) - metric(a.sum(0)))
    return _bounds(estimate, metric(_resampled(b, counts)) - metric(_resampled(a, counts)))


def mcnemar(gained: int, lost: int) -> float:
    """Exact two-sided p-value of ``gained`` cells newly right against ``lost`` newly wrong (McNemar 1947, binomial form)."""
    total = gained + lost
    if not total:
        return 1.0
    tail = sum(comb(total, i) for i in range(min(gained, lost) + 1))
    return min(1.0, 2 * float(tail) / float(2**total))


def holm(p_values: Mapping[str, float]) -> Mapping[str, float]:
    """p-values adjusted for testing several at once (Holm 1979), in the order given."""
    adjusted: dict[str, float] = {}
    highest = 0.0
    for rank, (name, p) in enumerate(sorted(p_values.items(), key=lambda item: item[1])):
        highest = max(highest, min(1.0, (len(p_values) - rank) * p))
        adjusted[name] = highest
    return {name: adjusted[name] for name in p_values}


def underpowered(changed: int, tests: int = 1, level: float = 1 - LEVEL) -> bool:
    """Whether so few changed cells could not be significant even if all changed the same way: 2 · ½ⁿ > level / tests."""
    return 2 * 0.5**changed > level / tests


def _resampled(by_group: Matrix, counts: Matrix) -> Matrix:
    drawn: Matrix = np.tensordot(counts, by_group, axes=1)
    return drawn


def _bounds(estimate: float | None, scores: np.ndarray) -> Interval:
    there = scores[~np.isnan(scores)]
    if estimate is None or not len(there):
        return Interval(estimate=estimate, low=None, high=None)
    low, high = np.quantile(there, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(estimate=estimate, low=float(low), high=float(high))
