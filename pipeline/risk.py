"""From statuses to the risk of an area and the verdict on the whole contract.

An area is **high** when a critical checkpoint is adverse or missing, or two or more major ones are adverse, or at least half of its
checkpoints are adverse or missing. It is **low** when nothing in it but minor checkpoints is other than ok, and none of those is adverse.
Everything else is **medium**; so is an area with anything unreviewed, unless it is high already.

The contract is 不建议签 when at least ``reject_critical_adverse`` critical checkpoints are adverse or at least
``reject_high_areas`` areas are high (both in the playbook), 可签 when every area is low, and 改后再签 otherwise.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.playbook import AreaModel, Playbook
from pipeline.types import OverallVerdict, Risk, Severity, Status, Verdict

SIGN, AMEND, REJECT = "可签", "改后再签", "不建议签"
_SERIOUS = (Status.ADVERSE, Status.MISSING)


def area_risk(area: AreaModel, verdicts: Mapping[str, Verdict]) -> Risk:
    """Risk of one area; ``verdicts`` holds at least the checkpoints of the area that are switched on."""
    return risk_of([(c.severity, verdicts[c.id].status) for c in area.checkpoints if c.enabled])


def risk_of(judged: Sequence[tuple[Severity, Status]]) -> Risk:
    """Risk of an area by severity and status of each of its checkpoints, of which there is at least one."""
    serious = [severity for severity, status in judged if status in _SERIOUS]
    adverse_major = sum(s is Status.ADVERSE and severity is Severity.MAJOR for severity, s in judged)
    if Severity.CRITICAL in serious or adverse_major >= 2 or 2 * len(serious) >= len(judged):
        return Risk.HIGH
    weighty = any(severity is not Severity.MINOR and status is not Status.OK for severity, status in judged)
    if weighty or any(status in (Status.ADVERSE, Status.UNREVIEWED) for _, status in judged):
        return Risk.MEDIUM
    return Risk.LOW


def overall(
    playbook: Playbook, verdicts: Mapping[str, Verdict], areas: Sequence[tuple[AreaModel, Risk]]
) -> OverallVerdict:
    """The verdict on the whole contract, with its reasoning in one sentence."""
    rules = playbook.model.decision
    high = [area.name for area, risk in areas if risk is Risk.HIGH]
    counts = {status: sum(v.status is status for v in verdicts.values()) for status in Status}
    worst = [
        c.name
        for c in playbook.checkpoints
        if c.severity is Severity.CRITICAL and verdicts[c.id].status is Status.ADVERSE
    ]
    tally = (
        f"{len(verdicts)} 个检查点中达标 {counts[Status.OK]}、模糊 {counts[Status.VAGUE]}、"
        f"不利 {counts[Status.ADVERSE]}、缺失 {counts[Status.MISSING]}"
    )
    if counts[Status.UNREVIEWED]:
        tally += f"、未能审查 {counts[Status.UNREVIEWED]}"
    if len(worst) >= rules.reject_critical_adverse or len(high) >= rules.reject_high_areas:
        causes = [f"关键条款不利（{'、'.join(worst)}）"] if worst else []
        causes += [f"高风险领域 {len(high)} 个（{'、'.join(high)}）"] if high else []
        return OverallVerdict(
            risk=Risk.HIGH, decision=REJECT, advice=f"不建议按现稿签署：{'，'.join(causes)}。{tally}。"
        )
    if all(risk is Risk.LOW for _, risk in areas):
        return OverallVerdict(
            risk=Risk.LOW,
            decision=SIGN,
            advice=f"可以签署：六个风险领域均为低风险。{tally}。".replace("六个", f"{len(areas)} 个"),
        )
    risk = Risk.HIGH if high else Risk.MEDIUM
    named = "、".join(area.name for area, r in areas if r is not Risk.LOW)
    return OverallVerdict(risk=risk, decision=AMEND, advice=f"改后再签：先谈妥{named}。{tally}。")
