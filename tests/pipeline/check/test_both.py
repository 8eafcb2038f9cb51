"""Where two readers differ the stated policy decides, and both readings stay to be seen."""

from __future__ import annotations

import pytest

from pipeline.check.both import joined
from pipeline.playbook import load_playbook
from pipeline.types import Citation, Status, Verdict

OK, VAGUE, ADVERSE, MISSING, UNREVIEWED = Status


def said(status: Status, start: int = 0, figure: str | None = None, checkpoint: str = "fees.late_payment") -> Verdict:
    cited = (
        ()
        if status in (MISSING, UNREVIEWED)
        else (Citation(start=start, end=start + 10, clause="第三条", page=1, text="x" * 10),)
    )
    return Verdict(checkpoint=checkpoint, status=status, reason=f"因为{status}", citations=cited, figure=figure)


@pytest.mark.parametrize(
    ("rules", "model", "status", "why"),
    [
        pytest.param(said(OK), said(UNREVIEWED), OK, "模型未能审查", id="model could not"),
        pytest.param(said(UNREVIEWED), said(VAGUE), VAGUE, "规则引擎未能审查", id="rules could not"),
        pytest.param(said(OK, figure="0.05%"), said(ADVERSE, 5), OK, "引的是同一处数字", id="arithmetic"),
        pytest.param(
            said(ADVERSE, figure="5%"), said(OK, 5), ADVERSE, "引的是同一处数字", id="arithmetic the other way"
        ),
        pytest.param(said(OK, figure="0.05%"), said(ADVERSE, 50), ADVERSE, "更不利", id="other words"),
        pytest.param(said(OK, figure="0.05%"), said(VAGUE, 5), VAGUE, "更不利", id="no comparison"),
        pytest.param(said(MISSING), said(OK), OK, "模型找到了原文", id="model found words"),
        pytest.param(said(VAGUE), said(MISSING), VAGUE, "规则引擎找到了原文", id="rules found words"),
        pytest.param(said(VAGUE), said(OK), VAGUE, "更不利", id="worse of two"),
        pytest.param(said(VAGUE), said(ADVERSE), ADVERSE, "更不利", id="worst of all"),
    ],
)
def test_the_policy(rules: Verdict, model: Verdict, status: Status, why: str) -> None:
    found = joined(rules, model, load_playbook().checkpoint("fees.late_payment"))
    assert found.status is status
    assert found.disagreement is not None
    assert why in found.disagreement.decided_by
    assert (found.disagreement.rules.status, found.disagreement.model.status) == (rules.status, model.status)
    assert found.citations == (rules if rules.status is status else model).citations


def test_agreement_is_no_disagreement_and_adds_the_models_words() -> None:
    found = joined(said(OK), said(OK, 40), load_playbook().checkpoint("fees.late_payment"))
    assert found.disagreement is None
    assert [c.start for c in found.citations] == [0, 40]
    assert (
        joined(said(OK), said(OK, 5), load_playbook().checkpoint("fees.late_payment")).citations == said(OK).citations
    )


def test_a_point_without_a_threshold_has_no_arithmetic() -> None:
    checkpoint = load_playbook().checkpoint("term.dispute")
    found = joined(
        said(OK, figure="x", checkpoint="term.dispute"), said(ADVERSE, checkpoint="term.dispute"), checkpoint
    )
    assert found.status is ADVERSE
