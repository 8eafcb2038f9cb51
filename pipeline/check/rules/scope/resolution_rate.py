"""一次性解决率. ok: at least the limit; vague: named with no number; adverse: below it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.check.rules.measure import figures_near, percent_text, within_at_least
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.scope.cues import field_of
from pipeline.check.rules.signal import Rule, Signal, Wanted, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind, quantities
from pipeline.quantities.numerals import value as numeral
from pipeline.types import Status

_ONCE = r"(?:一次性?|首次|首问|首通|首解|首轮|单次|一次接触|首次接触|首次联[系络]|当场|一[趟回遍]|头一?[回遍趟遭次]|第一[次回遍])"
_SETTLED = r"(?:解决|办[结好妥利成]|了结|结[案单清]|处理[完好]|搞定|弄好|(?<!写)[说讲问答][清明]|完成率|解答|给人|就[^。;,，]{0,4}[妥好清])"
_RESOLUTION = any_of(
    _ONCE + r"[^。;；]{0,12}" + _SETTLED, r"首解", r"(?<!投诉)(?<!工单)(?<!纠纷)(?<!纠纷的)解决率", r"一次办结", r"(?<!工单)办结率", r"fcr", r"first-?(?:contact|call|time|touch|response)?resol", r"firsttouch", r"问题解决[^。;；,，]{0,4}率", r"resolution(?:rate)", r"withoutasecondcontact",
    r"(?:无需|不用|不需|不能让|未|不)[^。;；,，]{0,12}(?:二次|再次|第二遍|重复|回头)(?:进线|跟进|来问|咨询|联系|问)", r"(?:头回|头一回)[^。;；,，]{0,4}结",
)  # fmt: skip
_REPEATED = any_of(
    r"重复(?:进线|咨询|来电|来问|联系)",
    r"二次(?:进线|咨询|来电)(?:率|比例|占比)",
    r"再[次度][^。;；,，]{0,4}(?:进线|来[询问电]|咨询)",
    r"repeatcontact",
)
_NOT_RESOLUTION = any_of(
    r"投诉(?:处理|解决)率|工单办结率|争议|分歧|会商|对账|工伤|劳动|调解|赔偿|一次性了结|一次性?(?:支付|付清|补[偿足]|结清|缴)|受伤|补偿|协商一致?一次"
)
_BY_NAME = r"(?<!投诉)(?:一次|一次性|首次|首问|单次)[^。;；,，]{0,4}(?:解决|办结)率|首解率|(?<![a-z])fcr"
_COUNT = (
    r"\d{1,3}|[一二三四五六七八九十百两]{1,4}|(?:seven|eigh|nine|thir|four|fif|six)teen|twenty|ten|nine|eight|seven"
)
_OUT_OF = (
    r"(?P<all>" + _COUNT + r")(?:个|名|位|条|单|通|次|宗|件|段)[^。;；\d]{0,16}?(?:至少|起码|能?有|不少[于过]|不得少[于过]|少说|得有|里[头有]?|中)[^。;；\d一二三四五六七八九十]{0,10}(?P<part>" + _COUNT + r")(?:个|名|位|条|单|通|次|宗|件|段)(?P<half>半)?"
)  # fmt: skip
_OUT_OF_EN = r"(?P<part>" + _COUNT + r")outof(?:every)?(?P<all>" + _COUNT + r")"
_TENTHS = r"(?P<tenths>[三四五六七八九])成(?P<rest>[一二三四五六七八九半])?(?![熟功本交品员立]|为(?!限|准|底))"
_ENGLISH = {"ten": 10, "nine": 9, "eight": 8, "seven": 7, "twenty": 20, "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19, "thirteen": 13}  # fmt: skip
_DECIMAL = re.compile(r"(?<![\d.])0\.\d{1,3}(?![\d.%‰元分万]|个百分点)")
_RIVALS = any_of(
    r"(?<!解决)(?<!办结)(?<!首解)(?<!比)率", r"满意度?", r"扣[减除]?", r"服务费", r"成交|转化|能买", _REPEATED
)
_NOT_BELOW = re.compile(r"不(?:得|能|可|应)?(?:落|低|少|跌|掉)")


def _number(text: str) -> float:
    return float(_ENGLISH[text]) if text in _ENGLISH else float(numeral(text))


def _promises(figure: Figure, sentence: Sentence, limit: float) -> bool:
    """``within_at_least``, but 不落于…之下 and 不低于…以下 are read as the floor they are."""
    if _NOT_BELOW.search(sentence.plain, max(0, figure.start - 10), figure.start):
        return figure.quantity.value >= limit * (1 - 1e-9)
    return within_at_least(figure, limit)


def _beside_its_name(sentence: Sentence) -> tuple[Figure, ...]:
    """The first rate behind the name of the indicator with no comma and no other indicator between; white space inside it is a
    line break of the page."""
    named = sentence.find(_RESOLUTION)
    if named is None or sentence.is_row:
        return ()
    for q in quantities(sentence.plain):
        if q.kind is not QuantityKind.RATIO or q.start < named.end() or q.trigger:
            continue
        between = sentence.plain[named.end() : q.start]
        rival = compiled(_RIVALS, sentence.sides).search(sentence.plain, named.end(), q.start)
        if len(between) <= 24 and not re.search(r"[。;；,，]", between) and rival is None:
            return (Figure(quantity=q, start=q.start, end=q.end),)
        return ()
    return ()


def _shares(sentence: Sentence) -> Iterator[tuple[str, float]]:
    """Rates that are no percentage: 十个里九个, 0.93."""
    for pattern in (_OUT_OF, _OUT_OF_EN):
        for match in sentence.find_all(pattern):
            whole = _number(match["all"])
            part = _number(match["part"]) + (0.5 if match.groupdict().get("half") else 0.0)
            if 2 <= whole <= 1000 and part <= whole:
                yield match.group(0), part / whole
    for match in sentence.find_all(_TENTHS):
        if _weighs(sentence.plain, match.start()):
            continue
        tenths = float(numeral(match["tenths"])) + {"半": 0.5, None: 0.0}.get(match["rest"], 0.0)
        if match["rest"] not in (None, "半"):
            tenths += float(numeral(match["rest"])) / 10
        if tenths >= 3:
            yield match.group(0), tenths / 10
    for match in _DECIMAL.finditer(sentence.plain):
        if float(match.group(0)) >= 0.3:
            yield match.group(0), float(match.group(0))


def _weighs(text: str, at: int) -> bool:
    """True behind the word for a weight: 权重三成."""
    return re.search(r"(?:权重|分值)[^。;；,，]{0,3}$", text[max(0, at - 6) : at]) is not None


def _of_the_rest(sentence: Sentence, limit: float) -> list[tuple[str, bool]]:
    """再度来询者不得逾一成,其余均须首次解决: what may come again leaves the rest to be settled at once."""
    if not sentence.has(r"其余[^。;；,，]{0,10}" + _ONCE):
        return []
    shares = [f.quantity for f in sentence.figures_of(QuantityKind.RATIO) if f.quantity.value < 0.3]
    return [(q.text, 1 - q.value >= limit * (1 - 1e-9)) for q in shares]


def _resolution_rate(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["rate"]
    if field_of(sentence, _RESOLUTION):
        for figure in sentence.figures_of(QuantityKind.RATIO)[:1]:
            yield _against(figure.quantity.text, _promises(figure, sentence, limit), sentence, limit)
        return
    if not sentence.about(_RESOLUTION) or (sentence.has(_NOT_RESOLUTION) and not sentence.has(_BY_NAME)):
        return
    near = figures_near(sentence, _RESOLUTION, QuantityKind.RATIO, rivals=_RIVALS, crossing=Comparator.LESS)
    if not near:
        near = _beside_its_name(sentence)
    near = tuple(f for f in near if not _weighs(sentence.plain, f.start))
    repeats = [m.end() for m in sentence.find_all(_REPEATED)]
    found = [
        (f.quantity.text, _promises(f, sentence, limit))
        for f in near
        if f.quantity.value >= 0.3 or not any(0 <= f.start - at <= 24 for at in repeats)
    ]
    if not found or _DECIMAL.search(sentence.plain):
        found += _of_the_rest(sentence, limit) or [
            (text, rate >= limit * (1 - 1e-9)) for text, rate in _shares(sentence)
        ]
    for text, good in found:
        yield _against(text, good, sentence, limit)
    if not found and sentence.has(_RESOLUTION):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到解决率但没有数字")


def _against(text: str, good: bool, sentence: Sentence, limit: float) -> Signal:
    return Signal(
        sentence=sentence,
        status=Status.OK if good else Status.ADVERSE,
        figure=text,
        reason=f"一次性解决率写的是{text}，{'达到' if good else '低于'}标准 {percent_text(limit)}",
    )


RULE = Rule(
    checkpoint="scope.resolution_rate",
    read=_resolution_rate,
    conclude=worst_wins,
    quantity=Wanted(kind=QuantityKind.RATIO, threshold="rate", at_least=True, most=1.0),
)
