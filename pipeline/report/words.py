"""The Chinese words of a report and the order things are told in, the same in every format."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.types import (
    Alert,
    AlertKind,
    AreaReview,
    Citation,
    Decided,
    Disagreement,
    Finding,
    Opinion,
    Review,
    Risk,
    Severity,
    Status,
)

STATUS: Mapping[Status, str] = {
    Status.OK: "达标",
    Status.VAGUE: "模糊",
    Status.ADVERSE: "不利",
    Status.MISSING: "缺失",
    Status.UNREVIEWED: "未能审查",
}
SEVERITY: Mapping[Severity, str] = {Severity.CRITICAL: "关键", Severity.MAJOR: "重要", Severity.MINOR: "一般"}
RISK: Mapping[Risk, str] = {Risk.HIGH: "高风险", Risk.MEDIUM: "中风险", Risk.LOW: "低风险"}
METER: Mapping[Risk, str] = {Risk.HIGH: "■■■", Risk.MEDIUM: "■■□", Risk.LOW: "■□□"}
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
ENGINE: Mapping[str, str] = {
    "rules": "规则引擎（本机，不联网）",
    "llm": "模型（合同内容遮盖后发给模型服务）",
    "both": "规则引擎和模型（合同内容遮盖后发给模型服务）",
}
DISCLAIMER = "本报告依据审查标准对合同文字作出，帮助您在签约前谈判，不构成法律意见；重大合同请再请律师把关。"
UNDECIDED: Mapping[str, Decided] = MappingProxyType({})
FIRST = 3  # what a merchant can hold in mind going into a talk

_WORST = (Status.ADVERSE, Status.MISSING, Status.UNREVIEWED, Status.VAGUE, Status.OK)
_HEAVIEST = (Severity.CRITICAL, Severity.MAJOR, Severity.MINOR)
_RISKIEST = (Risk.HIGH, Risk.MEDIUM, Risk.LOW)
_SERIOUS = (Status.ADVERSE, Status.MISSING)
_ACTIONS = (("accept", "确认"), ("change", "改判"), ("reject", "不采纳"))
_ROW = re.compile(r"(.*表 ?\d+) ?第(\d+)行")
_COUNTING = "零一二三四五六七八九"


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A finding with the number a report knows it by, from 1 in the order of telling."""

    number: int
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class AlertGroup:
    """Alerts of one kind; ``messages`` leave out what all of them begin with."""

    kind: AlertKind
    messages: tuple[str, ...]
    alerts: tuple[Alert, ...]


def told(review: Review) -> list[tuple[AreaReview, list[Numbered]]]:
    """Areas by risk and in each the worst finding first, numbered through."""
    areas: list[tuple[AreaReview, list[Numbered]]] = []
    number = 0
    for area in riskiest_first(review.areas):
        findings = worst_first(area.findings)
        areas.append((area, [Numbered(number=number + n, finding=f) for n, f in enumerate(findings, 1)]))
        number += len(findings)
    return areas


def riskiest_first(areas: Sequence[AreaReview]) -> list[AreaReview]:
    """Areas by risk, then playbook order."""
    return sorted(areas, key=lambda a: _RISKIEST.index(a.risk))


def worst_first(findings: Sequence[Finding]) -> list[Finding]:
    """Findings by status, then severity, then playbook order."""
    return sorted(findings, key=lambda f: (_WORST.index(f.status), _HEAVIEST.index(f.severity)))


def counts(findings: Sequence[Finding]) -> list[tuple[Status, int]]:
    """How many of each status, worst first; statuses that do not occur are left out."""
    return [(s, n) for s in _WORST if (n := sum(f.status is s for f in findings))]


def tally(findings: Sequence[Finding]) -> str:
    """``counts`` as words: "不利 2 · 缺失 1"."""
    return " · ".join(f"{STATUS[status]} {count}" for status, count in counts(findings))


def ask_first(review: Review, most: int = FIRST) -> list[Finding]:
    """What to ask for first: what is adverse or missing before what is vague, then by weight; minor points last."""
    open_ = [f for f in review.findings if f.status in (*_SERIOUS, Status.VAGUE)]
    return sorted(
        open_,
        key=lambda f: (
            f.severity is Severity.MINOR,
            f.status not in _SERIOUS,
            _HEAVIEST.index(f.severity),
            _WORST.index(f.status),
        ),
    )[:most]


def ask_title(asks: Sequence[Finding]) -> str:
    """The heading over ``ask_first``: "先谈这三条"."""
    return f"先谈这{_COUNTING[len(asks)]}条" if 1 < len(asks) < 10 else "先谈这条"


def alert_groups(review: Review) -> list[AlertGroup]:
    """Alerts by kind, in the order they came."""
    kinds = dict.fromkeys(a.kind for a in review.alerts)
    return [_group(kind, [a for a in review.alerts if a.kind is kind]) for kind in kinds]


def _group(kind: AlertKind, alerts: Sequence[Alert]) -> AlertGroup:
    messages = [a.message for a in alerts]
    lead = messages[0][: messages[0].find("：") + 1]
    if len(messages) == 1 or not all(m.startswith(lead) for m in messages):
        lead = ""
    return AlertGroup(kind=kind, messages=tuple(m[len(lead) :] for m in messages), alerts=tuple(alerts))


def where(clause: str, page: int, pages: int) -> str:
    """Place of a citation: clause, and the page where the file has more than one."""
    return f"{clause}（第 {page} 页）" if pages > 1 else clause


def placed(citations: Sequence[Citation], pages: int) -> list[tuple[str, str, Citation]]:
    """Citations with their places; words of one clause or rows of one table that follow each other stand under one place, a line each.

    The citation given is the first of its group.
    """
    groups: list[list[Citation]] = []
    for c in citations:
        last = groups[-1][-1] if groups else None
        if last and c.page == last.page and (c.clause == last.clause or _table(c) == _table(last) != ""):
            groups[-1].append(c)
        else:
            groups.append([c])
    return [(_place_of(group, pages), "\n".join(c.text for c in group), group[0]) for group in groups]


def placed_at(citation: Citation, pages: int) -> str:
    """``where`` as a phrase that can stand alone: a clause known by its bare number is called one."""
    clause = f"第 {citation.clause} 条" if citation.clause.isdecimal() else citation.clause
    return where(clause, citation.page, pages)


def _table(citation: Citation) -> str:
    """Which table the citation is a row of, "" for none."""
    match = _ROW.fullmatch(citation.clause)
    return match[1] if match else ""


def _place_of(group: Sequence[Citation], pages: int) -> str:
    first = group[0]
    numbers = dict.fromkeys(match[2] for c in group if (match := _ROW.fullmatch(c.clause)))
    if len(numbers) < 2:
        return placed_at(first, pages)
    table = first.clause[: first.clause.rindex("第")]
    return where(f"{table}第 {'、'.join(numbers)} 行", first.page, pages)


def searched(labels: Sequence[str], most: int = 12) -> str:
    """What was read, shortened for a line."""
    shown = "、".join(labels[:most])
    return f"{shown} 等 {len(labels)} 处" if len(labels) > most else shown


def merchant_line(review: Review) -> str:
    """Who is taken for the merchant, and why."""
    return f"{review.merchant.value}（{review.merchant_reason}）"


def engine_line(review: Review) -> str:
    """What made the review."""
    engine = review.engine
    model = f"，模型 {engine.model}" if engine.model else ""
    return f"{ENGINE.get(engine.name, engine.name)}{model}，审约 {engine.version}"


def readings(found: Disagreement) -> tuple[tuple[str, Opinion], ...]:
    """The two readings of a checkpoint, with who read so."""
    return (("规则引擎", found.rules), ("模型", found.model))


def status_of(finding: Finding, decisions: Mapping[str, Decided]) -> Status:
    """The status a person put in place of the engine's; the engine's where nobody did."""
    decided = decisions.get(finding.checkpoint)
    return finding.status if decided is None or decided.status is None else decided.status


def ruling(finding: Finding, decided: Decided | None) -> str:
    """What a person said of the finding, in one line with the note; empty where nobody has."""
    if decided is None:
        return ""
    if decided.action == "change" and decided.status is not None:
        said = f"人工改为{STATUS[decided.status]}（原判{STATUS[finding.status]}）"
    else:
        said = "人工不采纳" if decided.action == "reject" else "人工已确认"
    return f"{said}：{decided.note}" if decided.note else said


def ruled(review: Review, decisions: Mapping[str, Decided]) -> str:
    """How much a person has gone through, in one sentence; empty where nothing."""
    mine = [d for f in review.findings if (d := decisions.get(f.checkpoint))]
    if not mine:
        return ""
    parts = [f"{word} {n}" for action, word in _ACTIONS if (n := sum(d.action == action for d in mine))]
    return f"人工已复核 {len(mine)} 项（{'、'.join(parts)}）；结论和统计仍按程序原判。"
