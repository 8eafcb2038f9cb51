from __future__ import annotations

import pytest

from pipeline.playbook import load_playbook
from pipeline.risk import area_risk, overall
from pipeline.types import Risk, Status, Verdict

BOOK = load_playbook()


def verdicts(**changed: Status) -> dict[str, Verdict]:
    ids = {c.id.replace(".", "_"): c.id for c in BOOK.checkpoints}
    wrong = {ids[name]: status for name, status in changed.items()}
    return {i: Verdict(checkpoint=i, status=wrong.get(i, Status.OK), reason="") for i in ids.values()}


def risk_of(area: str, **changed: Status) -> Risk:
    return area_risk(next(a for a in BOOK.areas if a.id == area), verdicts(**changed))


@pytest.mark.parametrize(
    ("area", "changed", "risk"),
    [
        pytest.param("scope", {}, Risk.LOW, id="all ok"),
        pytest.param("scope", {"scope_channels": Status.MISSING}, Risk.LOW, id="a minor one missing"),
        pytest.param("scope", {"scope_channels": Status.ADVERSE}, Risk.MEDIUM, id="a minor one adverse"),
        pytest.param("scope", {"scope_response_time": Status.VAGUE}, Risk.MEDIUM, id="a major one vague"),
        pytest.param("scope", {"scope_response_time": Status.UNREVIEWED}, Risk.MEDIUM, id="a major one unreviewed"),
        pytest.param("data", {"data_confidentiality": Status.MISSING}, Risk.HIGH, id="a critical one missing"),
        pytest.param(
            "fees",
            {"fees_itemization": Status.ADVERSE, "fees_late_payment": Status.ADVERSE},
            Risk.HIGH,
            id="two major adverse",
        ),
        pytest.param(
            "staffing",
            {
                "staffing_turnover": Status.MISSING,
                "staffing_tenure": Status.MISSING,
                "staffing_reserve": Status.MISSING,
            },
            Risk.HIGH,
            id="half of the area missing",
        ),
    ],
)
def test_risk_of_an_area(area: str, changed: dict[str, Status], risk: Risk) -> None:
    assert risk_of(area, **changed) is risk


def decision(**changed: Status) -> str:
    judged = verdicts(**changed)
    return overall(BOOK, judged, [(a, area_risk(a, judged)) for a in BOOK.areas]).decision


def test_decisions() -> None:
    assert decision() == "可签"
    assert decision(scope_response_time=Status.VAGUE) == "改后再签"
    assert decision(data_confidentiality=Status.ADVERSE) == "改后再签"
    assert decision(data_confidentiality=Status.ADVERSE, term_exit=Status.ADVERSE) == "不建议签"


def test_advice_counts_every_status() -> None:
    judged = verdicts(term_exit=Status.ADVERSE, term_trial=Status.MISSING, scope_channels=Status.UNREVIEWED)
    said = overall(BOOK, judged, [(a, area_risk(a, judged)) for a in BOOK.areas]).advice
    assert "达标 26、模糊 0、不利 1、缺失 1、未能审查 1" in said
