"""Scores of statuses, as functions of a confusion matrix.

A matrix counts cells: rows are labels (``LABELS``), columns what was said (``SAID``, the labels and ``unreviewed``). Every function takes
any number of matrices at once, shape (…, 4, 5), and gives one value a matrix, NaN where there is nothing to score. ``unreviewed`` is no
verdict: it is never a false alarm or a false missing, is counted by its own rate, and finds nothing, so that recall falls with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from pipeline.types import Status

LABELS = (Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING)
SAID = (*LABELS, Status.UNREVIEWED)
_OK, _VAGUE, _ADVERSE, _MISSING, _UNREVIEWED = range(len(SAID))
_SERIOUS = [_ADVERSE, _MISSING]

Matrix = NDArray[np.int64]
Values = NDArray[np.float64]
Metric = Callable[[Matrix], Values]


@dataclass(frozen=True, slots=True, kw_only=True)
class Cell:
    """One checkpoint of one contract: what the label says and what the engine said."""

    case: str
    checkpoint: str
    label: Status
    said: Status

    @property
    def area(self) -> str:
        """Id of the risk area."""
        return self.checkpoint.split(".")[0]

    @property
    def right(self) -> bool:
        """Whether engine and label agree."""
        return self.label is self.said


def confusion(cells: Iterable[Cell]) -> Matrix:
    """How often each (label, said) pair occurs, shape (4, 5)."""
    matrix = np.zeros((len(LABELS), len(SAID)), dtype=np.int64)
    for cell in cells:
        matrix[LABELS.index(cell.label), SAID.index(cell.said)] += 1
    return matrix


def accuracy(matrix: Matrix) -> Values:
    """Share of cells where engine and label agree."""
    return _ratio(np.trace(matrix, axis1=-2, axis2=-1), matrix.sum((-2, -1)))


def precision(matrix: Matrix, status: Status) -> Values:
    """Of the cells said ``status``, the share labelled so."""
    i = LABELS.index(status)
    return _ratio(matrix[..., i, i], matrix[..., :, i].sum(-1))


def recall(matrix: Matrix, status: Status) -> Values:
    """Of the cells labelled ``status``, the share said so."""
    i = LABELS.index(status)
    return _ratio(matrix[..., i, i], matrix[..., i, :].sum(-1))


def f_score(matrix: Matrix, status: Status, beta: float = 1.0) -> Values:
    """F-beta of ``status``; ``beta`` 2 weighs recall four times as much (van Rijsbergen)."""
    i = LABELS.index(status)
    weight = beta * beta
    hit = (1 + weight) * matrix[..., i, i]
    return _ratio(hit, weight * matrix[..., i, :].sum(-1) + matrix[..., :, i].sum(-1))


def macro_f1(matrix: Matrix) -> Values:
    """Mean F1 over the statuses that occur among labels or verdicts."""
    return _mean(np.stack([f_score(matrix, s) for s in LABELS], axis=-1))


def macro_f2(matrix: Matrix) -> Values:
    """Mean F2 over the statuses that occur among labels or verdicts."""
    return _mean(np.stack([f_score(matrix, s, 2.0) for s in LABELS], axis=-1))


def risk_recall(matrix: Matrix) -> Values:
    """Of the cells labelled vague, adverse or missing, the share said to be one of the three."""
    risky = [_VAGUE, _ADVERSE, _MISSING]
    part = matrix[..., risky, :]
    return _ratio(part[..., risky].sum((-2, -1)), part.sum((-2, -1)))


def serious_recall(matrix: Matrix) -> Values:
    """Of the cells labelled adverse or missing, the share said adverse or missing."""
    part = matrix[..., _SERIOUS, :]
    return _ratio(part[..., _SERIOUS].sum((-2, -1)), part.sum((-2, -1)))


def false_alarm_rate(matrix: Matrix) -> Values:
    """Of the cells labelled ok, the share said vague, adverse or missing."""
    row = matrix[..., _OK, :]
    return _ratio(row[..., [_VAGUE, _ADVERSE, _MISSING]].sum(-1), row.sum(-1))


def false_missing_rate(matrix: Matrix) -> Values:
    """Of the cells labelled anything but missing, the share said missing."""
    part = matrix[..., [_OK, _VAGUE, _ADVERSE], :]
    return _ratio(part[..., _MISSING].sum(-1), part.sum((-2, -1)))


def unreviewed_rate(matrix: Matrix) -> Values:
    """Share of cells that were not read."""
    return _ratio(matrix[..., _UNREVIEWED].sum(-1), matrix.sum((-2, -1)))


METRICS: Mapping[str, Metric] = {
    "accuracy": accuracy,
    "macro_f1": macro_f1,
    "macro_f2": macro_f2,
    "risk_recall": risk_recall,
    "serious_recall": serious_recall,
    "false_alarm_rate": false_alarm_rate,
    "false_missing_rate": false_missing_rate,
    "unreviewed_rate": unreviewed_rate,
}
LOWER_IS_BETTER = frozenset({"false_alarm_rate", "false_missing_rate", "unreviewed_rate"})


def value(score: Values | float) -> float | None:
    """One score as a number, ``None`` where there is none."""
    number = float(score)
    return None if np.isnan(number) else number


def worst_area(cells: Iterable[Cell]) -> tuple[str, float] | None:
    """The area of lowest macro-F1 and its score; ``None`` without cells."""
    areas: dict[str, list[Cell]] = {}
    for cell in cells:
        areas.setdefault(cell.area, []).append(cell)
    scores = [(area, value(macro_f1(confusion(own)))) for area, own in areas.items()]
    return min(((area, s) for area, s in scores if s is not None), key=lambda pair: pair[1], default=None)


def _ratio(part: NDArray[np.number], whole: NDArray[np.number]) -> Values:
    part, whole = np.asarray(part, dtype=np.float64), np.asarray(whole, dtype=np.float64)
    share: Values = np.divide(part, whole, out=np.full(whole.shape, np.nan), where=whole > 0)
    return share


def _mean(scores: Values) -> Values:
    there = ~np.isnan(scores)
    return _ratio(np.where(there, scores, 0.0).sum(-1), there.sum(-1))
