"""Scores on worked examples."""

from __future__ import annotations

import numpy as np
import pytest

from eval.metrics.status import (
    METRICS,
    Cell,
    accuracy,
    confusion,
    f_score,
    false_alarm_rate,
    false_missing_rate,
    macro_f1,
    macro_f2,
    precision,
    recall,
    risk_recall,
    serious_recall,
    unreviewed_rate,
    value,
    worst_area,
)
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING, UNREVIEWED = Status
PAIRS = [(OK, OK), (OK, VAGUE), (OK, UNREVIEWED), (VAGUE, VAGUE), (ADVERSE, ADVERSE), (ADVERSE, OK), (MISSING, MISSING), (MISSING, ADVERSE)]  # fmt: skip
CELLS = [Cell(case="c", checkpoint=f"scope.{i}", label=a, said=b) for i, (a, b) in enumerate(PAIRS)]
MATRIX = confusion(CELLS)


def test_precision_recall_and_f_of_a_status() -> None:
    assert (precision(MATRIX, ADVERSE), recall(MATRIX, ADVERSE), f_score(MATRIX, ADVERSE)) == (0.5, 0.5, 0.5)
    assert (precision(MATRIX, VAGUE), recall(MATRIX, VAGUE)) == (0.5, 1.0)
    assert f_score(MATRIX, VAGUE, 2.0) == pytest.approx(5 / 6)


def test_rates() -> None:
    assert accuracy(MATRIX) == 0.5
    assert serious_recall(MATRIX) == 0.75  # missing said adverse still warns
    assert risk_recall(MATRIX) == 0.8
    assert false_alarm_rate(MATRIX) == pytest.approx(1 / 3)  # unreviewed is no alarm
    assert false_missing_rate(MATRIX) == 0
    assert unreviewed_rate(MATRIX) == 1 / 8
    assert macro_f1(MATRIX) == pytest.approx((0.4 + 2 / 3 + 0.5 + 2 / 3) / 4)
    assert macro_f2(MATRIX) == pytest.approx((5 / 14 + 5 / 6 + 0.5 + 5 / 9) / 4)


def test_unreviewed_is_never_a_verdict_and_finds_nothing() -> None:
    silent = confusion([Cell(case="c", checkpoint="scope.a", label=MISSING, said=UNREVIEWED)])
    assert serious_recall(silent) == 0
    assert value(false_alarm_rate(silent)) is None
    assert value(precision(silent, MISSING)) is None


@pytest.mark.parametrize("name", METRICS)
def test_an_empty_set_has_no_score(name: str) -> None:
    assert value(METRICS[name](confusion([]))) is None


@pytest.mark.parametrize("name", METRICS)
def test_many_matrices_at_once_score_as_one_by_one(name: str) -> None:
    many = np.stack([MATRIX, confusion(CELLS[:3]), confusion([])])
    together = METRICS[name](many)
    assert [value(s) for s in together] == [value(METRICS[name](m)) for m in many]


def test_a_status_that_nobody_labels_or_says_is_left_out_of_the_mean() -> None:
    assert macro_f1(confusion(CELLS[:1])) == 1.0


def test_the_worst_area_is_named() -> None:
    fine = [Cell(case="c", checkpoint="fees.a", label=OK, said=OK)]
    assert worst_area([*CELLS, *fine]) == ("scope", pytest.approx(float(macro_f1(MATRIX))))
    assert worst_area([]) is None
