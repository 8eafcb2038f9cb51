"""Scores on worked examples."""

from __future__ import annotations

import pytest

from eval.metrics import (
    Cell,
    accuracy,
    confusion,
    covered,
    false_alarm_rate,
    false_missing_rate,
    macro_f1,
    score,
    serious_recall,
)
from pipeline.types import Span, Status

OK, VAGUE, ADVERSE, MISSING, UNREVIEWED = Status
PAIRS = [(OK, OK), (OK, VAGUE), (OK, UNREVIEWED), (VAGUE, VAGUE), (ADVERSE, ADVERSE), (ADVERSE, OK), (MISSING, MISSING), (MISSING, ADVERSE)]  # fmt: skip
CELLS = [Cell(case="c", checkpoint=str(i), label=label, said=said) for i, (label, said) in enumerate(PAIRS)]


def test_precision_recall_and_f_of_a_status() -> None:
    adverse = score(CELLS, ADVERSE)
    assert (adverse.precision, adverse.recall, adverse.f1, adverse.f2) == (0.5, 0.5, 0.5, 0.5)
    vague = score(CELLS, VAGUE)
    assert (vague.precision, vague.recall) == (0.5, 1.0)
    assert vague.f2 == pytest.approx(5 / 6)


def test_rates() -> None:
    assert accuracy(CELLS) == 0.5
    assert serious_recall(CELLS) == 0.75  # missing said adverse still warns
    assert false_alarm_rate(CELLS) == pytest.approx(1 / 3)  # unreviewed is no alarm
    assert false_missing_rate(CELLS) == 0
    assert macro_f1(CELLS) == pytest.approx((0.4 + 2 / 3 + 0.5 + 2 / 3) / 4)
    assert confusion(CELLS)[OK, VAGUE] == 1


@pytest.mark.parametrize("rate", [accuracy, serious_recall, false_alarm_rate, false_missing_rate, macro_f1])
def test_an_empty_set_has_no_score(rate: object) -> None:
    assert rate([]) is None  # type: ignore[operator]


def test_evidence_is_covered_by_half() -> None:
    evidence = [Span(start=0, end=10), Span(start=20, end=30)]
    assert covered(evidence, [Span(start=5, end=22)]) == 1
    assert covered(evidence, [Span(start=0, end=30)]) == 2
    assert covered(evidence, []) == 0
