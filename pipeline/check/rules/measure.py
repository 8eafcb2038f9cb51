"""Reading a figure that belongs to a topic: which figure, what it is compared with, and what the comparison says."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from pipeline.check.rules.pattern import compiled
from pipeline.check.rules.reading import Figure, Sentence
from pipeline.check.rules.signal import Wanted
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind

DAY = 86_400.0
MONTH = 30 * DAY
YEAR = 365 * DAY


def figures_near(
    sentence: Sentence,
    topic: str,
    kind: QuantityKind,
    *,
    reach: int = 40,
    accept: Callable[[Figure], bool] = lambda figure: True,
    rivals: str = "",
    crossing: Comparator | None = None,
) -> tuple[Figure, ...]:
    """Figures of ``kind`` that belong to ``topic``.

    A figure belongs to the topic when a match of ``topic`` stands within ``reach`` characters of it with no match of
    ``rivals`` nearer on the same side (首次响应≤30秒，解决率≥90%: each figure has its own cue). In a table row, and where only
    the context speaks of the topic, every figure of the kind does but weights, deductions and rewards. Triggers are left out, but for
    those that name the target: with ``crossing`` LESS, 不足90%的每低一个百分点扣…sets 90 %; with MORE, 超过60秒的扣… sets 60 s.
    """
    found: list[Figure] = []
    cues = [m.span() for m in sentence.find_all(topic)]
    others = [m.span() for m in sentence.find_all(rivals)] if rivals else []
    in_context = not cues and compiled(topic, sentence.sides).search(sentence.context) is not None
    for figure in sentence.figures_of(kind):
        if not accept(figure) or (figure.quantity.trigger and not _names_target(sentence, figure, crossing)):
            continue
        if sentence.is_row and (in_context or cues):
            if not _is_weight(sentence, figure):
                found.append(figure)
            continue
        if in_context:
            found.append(figure)
            continue
        nearest = _distance(cues, figure)
        if nearest is not None and nearest <= reach and not _closer(others, figure, nearest):
            found.append(figure)
    return tuple(found)


_SAME_SENSE = {
    Comparator.LESS: (Comparator.LESS, Comparator.AT_LEAST, Comparator.EQUAL),
    Comparator.MORE: (Comparator.MORE, Comparator.AT_MOST, Comparator.EQUAL),
}
_STEP = re.compile(r"每(?:再|多|少)?(?:超过?出?|低于?|降低?|下降|增加?|高于?|慢|晚|延迟|逾期)$")
_WEIGHT = re.compile(r"权重|分值|占比$|扣|罚|奖|减付|核减|weight|deduct|penalt|bonus")


def _names_target(sentence: Sentence, figure: Figure, crossing: Comparator | None) -> bool:
    if _STEP.search(sentence.plain[max(0, figure.start - 8) : figure.start]):
        return False  # 每超5秒扣2分: a step of the scale, no target
    return (
        crossing is not None
        and figure.quantity.comparator in _SAME_SENSE[crossing]
        and "百分点" not in figure.quantity.unit
    )


def _is_weight(sentence: Sentence, figure: Figure) -> bool:
    """True for a figure of a table row that is the weight or the price of the indicator, not its target."""
    before = sentence.plain[: figure.start]
    column = before.count("|")
    cell = sentence.plain[before.rfind("|") + 1 : figure.end]
    head = sentence.columns[column] if column < len(sentence.columns) else ""
    return _WEIGHT.search(head) is not None or (_WEIGHT.search(cell) is not None)


def _distance(spans: Iterable[tuple[int, int]], figure: Figure) -> int | None:
    """Characters between the nearest span and the figure; a cue before it counts half, as drafters put it first."""
    best: int | None = None
    for start, end in spans:
        gap = (figure.start - end) // 2 if end <= figure.start else start - figure.end
        gap = max(gap, 0)
        best = gap if best is None else min(best, gap)
    return best


def _closer(spans: Iterable[tuple[int, int]], figure: Figure, nearest: int) -> bool:
    other = _distance(spans, figure)
    return other is not None and other < nearest


def upper(figure: Figure) -> float:
    """The largest value the wording allows (the top of a range)."""
    return figure.quantity.high if figure.quantity.high is not None else figure.quantity.value


def lower(figure: Figure) -> float:
    """The smallest value the wording allows."""
    return figure.quantity.value


def within_at_most(figure: Figure, limit: float) -> bool:
    """True when a promise 'at most this' stays inside ``limit``.

    ``at_least`` and ``more`` wording (60秒以上) never bounds from above and fails; working days are longer than days (LABELS rule 3:
    one working day is more than 24 hours).
    """
    if figure.quantity.comparator in (Comparator.AT_LEAST, Comparator.MORE) and not figure.quantity.trigger:
        return False
    value = upper(figure)
    if figure.quantity.working:
        return value < limit
    return value <= limit * (1 + 1e-9)


def within_at_least(figure: Figure, limit: float) -> bool:
    """True when a promise 'at least this' reaches ``limit``; 'at most' wording (不超过80%) never does.

    A trigger is read as the target it guards: 不足90%的扣…promises 90 %.
    """
    if figure.quantity.comparator in (Comparator.AT_MOST, Comparator.LESS) and not figure.quantity.trigger:
        return False
    return lower(figure) >= limit * (1 - 1e-9)


def duration_text(seconds: float) -> str:
    """A duration in the largest unit that divides it, in Chinese."""
    for size, unit in ((YEAR, "年"), (MONTH, "个月"), (DAY, "天"), (3600.0, "小时"), (60.0, "分钟")):
        if seconds >= size and abs(seconds / size - round(seconds / size)) < 1e-6:
            return f"{round(seconds / size)} {unit}"
    return f"{seconds:g} 秒"


def percent_text(fraction: float) -> str:
    """A fraction as a percentage."""
    return f"{fraction * 100:g}%"


def measured(sentence: Sentence, wanted: Wanted, checkpoint: CheckpointModel) -> tuple[bool, str] | None:
    """Whether the figures of the wanted kind in a sentence known to speak of the topic keep the threshold, and the one that decides.

    The worst of several decides; ``None`` when there is no such figure.
    """
    limit = checkpoint.thresholds[wanted.threshold] * wanted.unit
    found = [f for f in sentence.figures_of(wanted.kind) if not f.quantity.trigger and upper(f) <= wanted.most]
    if not found:
        return None
    judged = [
        (within_at_least(f, limit) if wanted.at_least else within_at_most(f, limit), f.quantity.text) for f in found
    ]
    return min(judged, key=lambda pair: pair[0])
