"""响应时间. ok: first or average response within the limit; vague: 及时, or no number; adverse: above the limit."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.check.rules.measure import duration_text, figures_near, within_at_most
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Rule, Signal, Wanted, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind
from pipeline.types import Status

_SHOPPER = r"(?:买家|顾客|客户|消费者|用户|会员|访客|粉丝|学员|进线|来电|会话|咨询|留言|对话|首句|第一句)"
_RESPONSE = any_of(
    r"响应", r"首响", r"平响", r"首(?:次|条|句)(?:人工)?(?:回复|应答|回应|响应)", r"平均(?:回复|应答|响应)", r"应答(?!率)", r"接听(?!率)", r"接起(?!率)", r"回复(?:时间|时长|时效|速度|客户|买家|顾客|消费者)", r"respon(?:se|d)", r"接通(?!率)", r"answer(?:ed|ing)?",
    _SHOPPER + r"[^。;；]{0,24}(?:回复|应答|回应|搭腔|搭话|答复|接待|接起|理会|介入|回话)", r"(?:回复|应答|回应|接待|答复)" + r"[^。;；,，]{0,8}" + _SHOPPER, r"等(?:待|候)(?:时间|时长|不)?", r"久等", r"asa",
)  # fmt: skip
_NOT_RESPONSE = any_of(
    r"故障", r"系统", r"事故", r"书面(?:回复|答复)", r"整改", r"<M>(?:的)?(?:书面)?通知", r"质疑|异议", r"对账|账单"
)
_SOON = any_of(
    r"及时",
    r"尽快",
    r"快速",
    r"迅速",
    r"第一时间",
    r"合理(?:的)?(?:时间|期限)",
    r"不让[^。;]{0,8}久等",
    r"力争",
    r"尽量",
    r"优于|领先|行业",
    r"timely|promptly|reasonable",
)


def _response_time(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["seconds"]
    topic = _RESPONSE
    if (
        not sentence.about(topic)
        and sentence.has(r"放宽|延长|大促|活动期间|高峰")
        and compiled(topic, sentence.sides).search(sentence.previous)
    ):
        topic = any_of(topic, r"放宽|延长|大促|活动期间|高峰")
    # Hours and days after a report are incident handling, not the answer to a shopper.
    figures = figures_near(
        sentence,
        topic,
        QuantityKind.DURATION,
        accept=lambda f: f.quantity.value <= 3600,
        rivals=r"恢复|故障|解决|结案|补位|会话时长|通话时长",
        crossing=Comparator.MORE,
    )
    for figure in figures:
        good = within_at_most(figure, limit)
        side = "不超过" if good else "超过"
        yield Signal(
            sentence=sentence,
            status=Status.OK if good else Status.ADVERSE,
            reason=f"响应时间写的是{figure.quantity.text}，{side}标准 {duration_text(limit)}",
            figure=figure.quantity.text,
        )
    if figures or not sentence.about(_RESPONSE) or sentence.has(_NOT_RESPONSE):
        return
    if sentence.has(_RESPONSE) and (
        sentence.has(_SOON)
        or left_open(sentence, reading)
        or sentence.has(r"(?:响应|回复|应答|首响|平响)[^。;；,，]{0,4}(?:时间|时长|时效|速度|指标|率)")
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到响应但没有可执行的秒数")


RULE = Rule(
    checkpoint="scope.response_time",
    read=_response_time,
    conclude=worst_wins,
    quantity=Wanted(kind=QuantityKind.DURATION, threshold="seconds", most=3600),
)
