"""A playbook in the words of a person who writes no YAML: figures in units, slots by what they stand for, changes as sentences."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from pipeline.errors import PlaybookError
from pipeline.playbook import CheckpointModel, PlaybookModel
from pipeline.report.words import SEVERITY


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """How a threshold is written for a person: ``shown = stored * factor``. ``whole`` figures have no decimals, ``most`` is the largest sensible one."""

    name: str
    factor: float = 1.0
    whole: bool = True
    most: float | None = None

    def shown(self, value: float) -> str:
        """A stored value as a person writes it: 0.15 is 15%, 30 is 30 秒."""
        gap = "" if self.name == "%" else " "
        return f"{round(value * self.factor, 6):g}{gap}{self.name}".strip()


_PERCENT = Unit(name="%", factor=100, whole=False, most=100)
_SECONDS, _YUAN, _COUNT = Unit(name="秒"), Unit(name="元", whole=False), Unit(name="项")
# By the last word of a threshold's name, as in pipeline.advise.
_UNITS: Mapping[str, Unit] = {
    "seconds": _SECONDS,
    "rate": _PERCENT,
    "months": Unit(name="个月"),
    "hours": Unit(name="小时"),
    "days": Unit(name="天"),
    "years": Unit(name="年"),
    "count": _COUNT,
    "measures": _COUNT,
    "yuan": _YUAN,
}
# ``limit``, the threshold of a checkpoint that a user adds, has the unit of what its rule looks for.
_KINDS: Mapping[str | None, Unit] = {"duration": _SECONDS, "ratio": _PERCENT, "money": _YUAN, "count": _COUNT}

# What a threshold of ours limits, and what its figure is called inside a wording.
_LABELS: Mapping[str, tuple[str, str]] = {
    "scope.response_time.seconds": ("首次或平均响应不超过", "响应时限"),
    "scope.resolution_rate.rate": ("一次性解决率不低于", "解决率"),
    "fees.payment_cycle.prepaid_months": ("预付达到多久算不利", "预付时长"),
    "fees.late_payment.daily_rate": ("每日违约金不超过", "每日违约金比例"),
    "data.safeguards.measures": ("至少写明几项措施", "措施项数"),
    "data.breach_liability.cap_months": ("封顶在几个月服务费以内算不利", "封顶月数"),
    "quality.kpis.count": ("至少有几项带数字的指标", "指标项数"),
    "staffing.turnover.monthly_rate": ("月流失率不超过", "月流失率"),
    "staffing.tenure.months": ("在岗或经验不少于", "在岗时长"),
    "staffing.reserve.rate": ("备用人力不低于", "备用比例"),
    "staffing.replacement.hours": ("缺岗补位不超过", "补位时限"),
    "term.duration.max_years": ("锁定期限不超过", "最长期限"),
    "term.trial.min_months": ("试用期最短", "最短试用期"),
    "term.trial.max_months": ("试用期最长", "最长试用期"),
    "term.notice.days": ("商家提前通知不超过", "通知天数"),
}
WORDINGS: Mapping[str, str] = {"preferred": "标准", "acceptable": "可接受", "walk_away": "底线"}
_PARTIES: Mapping[str, str] = {"merchant": "商家", "vendor": "服务方"}
_SLOT = re.compile(r"\{([a-z_]+)\}")
_NAMED = re.compile(r"〔([^〔〕]*)〕")


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One thing a playbook changes: ``what`` is changed, from which words to which. ``checkpoint`` is "" for the whole playbook."""

    checkpoint: str
    what: str
    before: str
    after: str

    def __str__(self) -> str:
        return f"{self.what} {self.before} → {self.after}" if self.before else f"{self.what}：{self.after}"


def unit_of(checkpoint: CheckpointModel, threshold: str) -> Unit:
    """The unit a threshold is shown in; one whose name tells none has a bare number."""
    if threshold == "limit" and checkpoint.rule is not None:
        return _KINDS.get(checkpoint.rule.kind, Unit(name="", whole=False))
    return _UNITS.get(threshold.rsplit("_", 1)[-1], Unit(name="", whole=False))


def label_of(checkpoint: CheckpointModel, threshold: str) -> str:
    """What a threshold limits, in Chinese."""
    if threshold == "limit" and checkpoint.rule is not None:
        return "不超过" if checkpoint.rule.bound == "at_most" else "不低于"
    return _LABELS.get(f"{checkpoint.id}.{threshold}", ("标准", "标准"))[0]


def readable(checkpoint: CheckpointModel, text: str) -> str:
    """A wording with its slots by name: ``{vendor}须在 {seconds}内`` reads 〔服务方〕须在 〔响应时限〕内."""
    names = _slots(checkpoint)
    return _SLOT.sub(lambda m: f"〔{names[m.group(1)]}〕" if m.group(1) in names else m.group(0), text)


def writable(checkpoint: CheckpointModel, text: str) -> str:
    """``readable`` the other way.

    Raises:
        PlaybookError: a name in 〔〕 that stands for nothing, or a curly bracket, which would be read as a slot.
    """
    slots = {label: name for name, label in _slots(checkpoint).items()}

    def back(match: re.Match[str]) -> str:
        if match.group(1) not in slots:
            have = "".join(f"〔{label}〕" for label in slots)
            raise PlaybookError(f"措辞里的〔{match.group(1)}〕没有对应的内容，可用的有{have}")
        return f"{{{slots[match.group(1)]}}}"

    unknown = next((m for m in _SLOT.finditer(text) if m.group(1) not in slots.values()), None)
    if unknown is not None:
        raise PlaybookError(f"措辞里的 {unknown.group(0)} 没有对应的内容，请删去")
    return _NAMED.sub(back, text)


def changes(own: PlaybookModel, base: PlaybookModel) -> tuple[Change, ...]:
    """What ``own`` changes against ``base``, in the order of ``own``."""
    return tuple(_changes(own, base))


def _changes(own: PlaybookModel, base: PlaybookModel) -> Iterator[Change]:
    before = {c.id: c for area in base.areas for c in area.checkpoints}
    for area in own.areas:
        for checkpoint in area.checkpoints:
            known = before.pop(checkpoint.id, None)
            if known is None:
                yield Change(checkpoint=checkpoint.id, what="新增检查点", before="", after=checkpoint.name)
            else:
                yield from _of_checkpoint(checkpoint, known)
    for gone in before.values():
        yield Change(checkpoint=gone.id, what=gone.name, before="审查", after="不审查")
    for key, what in (
        ("reject_high_areas", "高风险领域达到几个就不建议签"),
        ("reject_critical_adverse", "关键条款不利达到几条就不建议签"),
    ):
        new, old = getattr(own.decision, key), getattr(base.decision, key)
        if new != old:
            yield Change(checkpoint="", what=what, before=str(old), after=str(new))


def _of_checkpoint(own: CheckpointModel, base: CheckpointModel) -> Iterator[Change]:
    def change(what: str, before: str, after: str) -> Change:
        return Change(checkpoint=own.id, what=what, before=before, after=after)

    if own.enabled != base.enabled:
        yield change(own.name, *("审查" if c.enabled else "不审查" for c in (base, own)))
    if own.name != base.name:
        yield change("名称", base.name, own.name)
    if own.severity != base.severity:
        yield change(f"{own.name}的重要程度", SEVERITY[base.severity], SEVERITY[own.severity])
    for name, value in own.thresholds.items():
        old = base.thresholds.get(name)
        if value != old:
            unit = unit_of(own, name)
            what = own.name if len(own.thresholds) == 1 else label_of(own, name)
            yield change(what, "" if old is None else unit.shown(old), unit.shown(value))
    for key, called in WORDINGS.items():
        texts = [readable(own, getattr(c.wording, key)) for c in (base, own)]
        if texts[0] != texts[1]:
            yield change(f"{own.name}的{called}写法", *(f"「{text}」" for text in texts))
    for key, called in (("why", "为什么"), ("queries", "检索用语"), ("reasons", "结论用语"), ("rule", "判断规则")):
        if getattr(own, key) != getattr(base, key):
            yield change(f"{own.name}的{called}", "", "已改")


def _slots(checkpoint: CheckpointModel) -> dict[str, str]:
    own = {
        name: _LABELS.get(f"{checkpoint.id}.{name}", ("", "标准" if len(checkpoint.thresholds) == 1 else name))[1]
        for name in checkpoint.thresholds
    }
    return {**_PARTIES, **own}
