"""The Chinese words of a report and the order things are told in, the same in every format."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.types import AlertKind, AreaReview, Finding, Review, Risk, Severity, Status

STATUS: Mapping[Status, str] = {
    Status.OK: "达标",
    Status.VAGUE: "模糊",
    Status.ADVERSE: "不利",
    Status.MISSING: "缺失",
    Status.UNREVIEWED: "未能审查",
}
SEVERITY: Mapping[Severity, str] = {Severity.CRITICAL: "关键", Severity.MAJOR: "重要", Severity.MINOR: "一般"}
RISK: Mapping[Risk, str] = {Risk.HIGH: "高风险", Risk.MEDIUM: "中风险", Risk.LOW: "低风险"}
ALERT: Mapping[AlertKind, str] = {
    AlertKind.INSTRUCTION: "写给审查者的话",
    AlertKind.HIDDEN_TEXT: "看不见的文字",
    AlertKind.MISSING_ANNEX: "附件不在文件里",
    AlertKind.CONTRADICTION: "前后矛盾",
    AlertKind.LOW_OCR_CONFIDENCE: "扫描不清",
    AlertKind.TRACKED_CHANGES: "有未定稿的修订",
    AlertKind.MERCHANT_UNSURE: "商家一方存疑",
    AlertKind.UNREADABLE_PAGE: "有页面读不出",
}
ENGINE: Mapping[str, str] = {"rules": "规则引擎（本机，不联网）"}
DISCLAIMER = "本报告依据审查标准对合同文字作出，帮助您在签约前谈判，不构成法律意见；重大合同请再请律师把关。"

_WORST = (Status.ADVERSE, Status.MISSING, Status.UNREVIEWED, Status.VAGUE, Status.OK)
_HEAVIEST = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Findings by status, then severity, then playbook order."""
    return sorted(findings, key=lambda f: (_WORST.index(f.status), _HEAVIEST.index(f.severity)))


def tally(area: AreaReview) -> str:
    """How many of each status, worst first: "不利 2 · 缺失 1"."""
    counts = {status: sum(f.status is status for f in area.findings) for status in _WORST}
    return " · ".join(f"{STATUS[status]} {count}" for status, count in counts.items() if count)


def must_fix(review: Review, most: int = 5) -> list[Finding]:
    """What to negotiate first: critical and major findings that are adverse or missing, heaviest first."""
    serious = [f for f in review.findings if f.status in (Status.ADVERSE, Status.MISSING)]
    weighty = [f for f in serious if f.severity is not Severity.MINOR]
    return sorted(weighty, key=lambda f: (_HEAVIEST.index(f.severity), _WORST.index(f.status)))[:most]


def where(clause: str, page: int, pages: int) -> str:
    """Place of a citation: clause, and the page where the file has more than one."""
    return f"{clause}（第 {page} 页）" if pages > 1 else clause


def searched(labels: Sequence[str], most: int = 12) -> str:
    """What was read, shortened for a line."""
    shown = "、".join(labels[:most])
    return f"{shown} 等 {len(labels)} 处" if len(labels) > most else shown


def merchant_line(review: Review) -> str:
    """Who is taken for the merchant, and why."""
    return f"{review.merchant.value}（{review.merchant_reason}）"
