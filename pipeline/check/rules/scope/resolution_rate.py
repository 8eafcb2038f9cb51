"""一次性解决率. ok: at least the limit; vague: named with no number; adverse: below it."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.check.rules.measure import figures_near, percent_text, within_at_least
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, Wanted, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind
from pipeline.quantities.numerals import value as numeral
from pipeline.types import Status

_RESOLUTION = any_of(
    r"(?:一次性?|首次|首问|首通|首解|单次|一次接触|当场|一趟|一回)[^。;；,，]{0,10}(?:解决|办结|处理完|搞定|办妥|说清|完成率|解答)", r"首解率?", r"解决率", r"一次办结", r"办结率", r"fcr", r"first(?:contact|call|time)resolution", r"问题解决[^。;；,，]{0,4}率", r"resolution(?:rate)?", r"(?:无需|不用|不需|不能让)[^。;；,，]{0,12}(?:二次|再次|第二遍|重复)(?:进线|跟进|来问|咨询|联系)?",
)  # fmt: skip
_REPEATED = any_of(
    r"重复(?:进线|咨询|来电|来问|联系)", r"二次(?:进线|咨询|来电)(?:率|比例|占比)", r"再次进线", r"repeatcontact"
)
_OUT_OF = any_of(
    r"(?P<all>100|10|一百|百|十)(?:个|名|位|条|单|通|次)[^。;；\d]{0,14}?(?:至少|起码|能?有|不少于|里头|中|里)[^。;；\d一二三四五六七八九十]{0,10}(?P<part>\d{1,2}|[一二三四五六七八九十]{1,3})(?:个|名|位|条|单|通|次)"
)


def _resolution_rate(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["rate"]
    if not sentence.about(_RESOLUTION) or sentence.has(r"投诉(?:处理|解决)率|工单办结率|争议解决"):
        return
    found = [
        (figure.quantity.text, within_at_least(figure, limit))
        for figure in figures_near(sentence, _RESOLUTION, QuantityKind.RATIO, rivals=any_of(r"(?<!解决)(?<!办结)(?<!首解)率", r"满意度", r"扣[减除]?", r"服务费", _REPEATED), crossing=Comparator.LESS)
    ]  # fmt: skip
    share = sentence.find(_OUT_OF)
    if not found and share is not None:
        whole = 100.0 if share["all"] in ("100", "一百", "百") else 10.0
        found = [(share.group(0), numeral(share["part"]) / whole >= limit)]
    for text, good in found:
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=text,
            reason=f"一次性解决率写的是{text}，{'达到' if good else '低于'}标准 {percent_text(limit)}",
        )  # fmt: skip
    if not found and sentence.has(_RESOLUTION):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到解决率但没有数字")


RULE = Rule(
    checkpoint="scope.resolution_rate",
    read=_resolution_rate,
    conclude=worst_wins,
    quantity=Wanted(kind=QuantityKind.RATIO, threshold="rate", at_least=True, most=1.0),
)
