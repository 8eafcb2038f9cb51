"""Two runs side by side: what changed, which way, and whether it could be chance."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pytest

from eval.compare import compare, comparison_text
from eval.record import Run, RunError
from pipeline.types import Status

NAMES = {"fees": "费用", "fees.late_payment": "延迟付款罚则"}


def saying(run: Run, changes: dict[tuple[str, str], Status]) -> Run:
    """The run with other verdicts in some cells."""
    cases = []
    for case in run.cases:
        cells = [c.model_copy(update={"said": changes.get((case.id, c.checkpoint), c.said)}) for c in case.cells]
        cases.append(case.model_copy(update={"cells": tuple(cells)}))
    return run.model_copy(update={"cases": tuple(cases)})


def test_gained_lost_and_still_wrong_are_told_apart(scored: Callable[..., Run]) -> None:
    run = scored()
    before = saying(run, {("a1", "fees.late_payment"): Status.VAGUE, ("a2", "term.dispute"): Status.VAGUE})
    after = saying(run, {("a2", "fees.late_payment"): Status.OK, ("a2", "term.dispute"): Status.OK})
    found = compare(before, after)
    gained = [(c.case.id, c.after.checkpoint) for c in found.changes if c.gained]
    lost = [(c.case.id, c.after.checkpoint) for c in found.changes if c.lost]
    assert gained == [("a1", "fees.late_payment")]
    assert lost == [("a2", "fees.late_payment")]
    assert len(found.changes) == 3
    fees = next(t for t in found.tests if t.area == "fees")
    assert (fees.gained, fees.lost, fees.p, fees.underpowered) == (1, 1, 1.0, True)


def test_the_text_shows_clause_label_and_reason(scored: Callable[..., Run]) -> None:
    run = scored()
    text = comparison_text(compare(run, saying(run, {("a2", "fees.late_payment"): Status.OK})), NAMES)
    assert "改坏的（1）" in text
    assert "标注不利，判为达标" in text
    assert "第二条：甲方逾期付款的，每逾期一日按未付金额的5%支付违约金。" in text
    assert "underpowered" in text


def test_no_change_is_no_difference(scored: Callable[..., Run]) -> None:
    run = scored()
    found = compare(run, run)
    assert found.changes == ()
    assert {d.estimate for d in found.differences.values()} == {0.0}
    assert all(t.p == t.adjusted == 1.0 for t in found.tests)


def test_many_one_sided_changes_are_significant_after_holm(scored: Callable[..., Run]) -> None:
    run = scored()
    wrong = {(case.id, c.checkpoint): Status.VAGUE for case in run.cases for c in case.cells if c.label is c.said and c.said is not Status.VAGUE}  # fmt: skip
    whole = compare(saying(run, wrong), run).tests[0]
    assert whole.lost == 0
    assert whole.gained == len(wrong)
    assert whole.p < 1e-9
    assert not whole.underpowered


def other_labels(run: Run) -> Run:
    return run.model_copy(update={"fingerprint": run.fingerprint.model_copy(update={"labels": "0" * 64})})


def first_half(run: Run) -> Run:
    return run.model_copy(update={"cases": run.cases[:1]})


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param(other_labels, "合同或标注不同", id="labels"),
        pytest.param(first_half, "格子不同", id="cells"),
    ],
)
def test_what_is_not_the_same_is_not_compared(
    scored: Callable[..., Run], change: Callable[[Run], Run], message: str
) -> None:
    run = scored()
    with pytest.raises(RunError, match=message):
        compare(run, change(run))


def test_holm_runs_over_all_areas(scored: Callable[..., Run]) -> None:
    run = scored()
    tests: Sequence[str] = [t.area for t in compare(run, run).tests]
    assert tests == ["", "scope", "fees", "data", "quality", "staffing", "term"]
