"""响应时间. ok: first or average response within the limit; vague: 及时, or no number; adverse: above the limit."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.measure import duration_text, figures_near, within_at_most
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Figure, Reading, Sentence, left_open
from pipeline.check.rules.scope.cues import SHOPPER, field_of
from pipeline.check.rules.signal import Rule, Signal, Wanted, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind
from pipeline.types import Status

_FIRST = r"(?:首(?:次|条|句|轮)|第一[句声条次]|头一[句声]|开口|平均|每句)"
_ANSWER = r"(?:响应|回(?:复|应|答|话|覆|上|出|过去|一句|句|他|她|她们|得)|应答|应(?:声|上)|作?答(?!应|题|卷|辩|谢|案|错|疑)|接(?:听|起|话|待|通|入|上)|摘机|吱声|搭[话腔理]|理会|介入|招呼|开口|touch|greet|repl(?:y|ies|ied)|respon(?:se|d|ds)|answer(?:ed|ing|s)?|pick(?:ed)?up)"
_RESPONSE = any_of(
    r"响应(?:时间|时长|时效|速度|率)?", r"慢回|回[^。;；,，]{0,2}第一句|首句", r"首响|平响|均响|首复|首答", _FIRST + r"[^。;；]{0,10}(?:回|答|应|话|招呼|响|复|开口|用时|间隔)", r"(?<!客服)应答(?!率)", r"接听(?!率)", r"接起(?!率)", r"提问[^。;；,，]{0,10}" + _ANSWER, r"摘机", r"回[应话复覆](?:时[间长效]|速度|快慢|客户|买家|顾客|消费者)", r"接通(?!率)", r"久[等候]|干等|晾(?:着|在|那)", r"等[待候](?:时[间长]|不)", r"让[^。;；,，]{0,6}等[^。;；,，]{0,2}久", r"asa",
    SHOPPER + r"[^。;；]{0,26}" + _ANSWER, _ANSWER + r"[^。;；,，]{0,10}" + SHOPPER, r"(?:来信|来电|看到|见消息|消息)[^。;；]{0,12}(?:就回|必复|必接|回)", r"respon(?:se|d)|firstrepl|repl(?:y|ies)|answer(?:ed|ing)?|greeteach", r"开口第一句|后头每句", r"真人[^。;,，]{0,4}(?:答|搭腔|回|应)", r"(?:内|里头?|里)(?:要|须|应|就|得|有)?[^。;,，]{0,6}(?:蹦出来|开口|接话|吱声|搭[话腔]|回上|应上|回话|作答|应答)", r"(?:[秒s]|分钟)(?:以?[内里]|之内)?[^。;,，]{0,4}(?:就?应|回上|回话)",
)  # fmt: skip
_NOT_RESPONSE = any_of(
    r"故障|系统|事故|书面(?:回复|答复)|整改|<M>(?:的)?(?:书面)?通知|质疑|异议|对账|账单|审批|发货|收货|到货|退款到账|电子邮件|函"
)
_MEASURED = r"(?:首响|平响|均响|响应)(?:时[间长]|速度)[^。;；,，]{0,6}(?:纳入|列入|计入|作为)"
_SOON = any_of(
    r"等[^。;；,，]{0,2}久|及时|尽[快速]|快[速慢捷些点一]|[更较]快|[迅从]速|第一时间|即时(?!通|消)|合理(?:的)?(?:时间|期限)|久[等候]|干等|晾|力争|尽量|优于|领先|行业|手(?:脚|快)|要快|就回|必[复接]|能多快|麻利|马上|立刻|立即|上心|timely|prompt|reasonable|assoonas|quickly"
)  # fmt: skip
_NOT_ANSWER = r"恢复|故障|解决|结案|补[位岗]|会话时长|通话时长|离席|迟到|早退|挂起|空闲|锁|静默|无操作|未发言|会话结束|验证码|(?:通话|会话|处理|接待|处置)(?:总|平均)?时长|小结|整理|提前|通话[^。;,，]{0,6}(?:不超过|时长)|登出|退出"
_EVENT = r"放宽|延长|顺延|大促|活动|高峰|檔期|档期|尖峰|夜间|夜里|晚上|改以|改成|改为|按|新客|老客|\+?转人工"
_MINUTE_HALF = re.compile(r"(?P<n>[一两二三1-3])分(?:钟)?半(?:钟)?")
_IN_SECONDS = re.compile(r"\((?:秒|s|sec)\)[:：|]*[^\d|]{0,4}(?P<n>\d{1,3})(?!\d)")
_MINUTES = {"一": 1, "两": 2, "二": 2, "三": 3}


def _response_time(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["seconds"]
    topic = _RESPONSE
    earlier = sentence.follows(_RESPONSE)
    if field_of(sentence, _RESPONSE):
        topic = any_of(topic, r"^[^。;；:：]{1,6}[:：为]")
    if sentence.has(_EVENT) and (earlier or sentence.about(_RESPONSE)):
        topic = any_of(topic, _EVENT)
    # Hours and days after a report are incident handling, not the answer to a shopper.
    figures = figures_near(
        sentence, topic, QuantityKind.DURATION, accept=lambda f: (f.quantity.value <= 3600 or _slow_first(sentence, f)) and not _by_robot(sentence, f) and not _no_promise(sentence, f),
        rivals=_NOT_ANSWER, crossing=Comparator.MORE,
    )  # fmt: skip
    said = [(f.quantity.text, within_at_most(f, limit)) for f in figures]
    if sentence.about(topic):
        halves = [(m.group(0), (_MINUTES.get(m["n"]) or int(m["n"])) * 60.0 + 30) for m in _MINUTE_HALF.finditer(sentence.plain)]  # fmt: skip
        halves += [(m["n"] + "秒", float(m["n"])) for m in _IN_SECONDS.finditer(sentence.plain)]
        said += [(text, seconds <= limit) for text, seconds in halves]
    for text, good in said:
        side = "不超过" if good else "超过"
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=text,
            reason=f"响应时间写的是{text}，{side}标准 {duration_text(limit)}",
        )  # fmt: skip
    if said or not sentence.about(_RESPONSE) or (sentence.has(_NOT_RESPONSE) and not sentence.has(_MEASURED)):
        return
    if sentence.has(_RESPONSE) and (
        sentence.has(_SOON)
        or left_open(sentence, reading)
        or sentence.has(r"(?:响应|回[复话应]|应答|首响|平响|均响)[^。;；,，]{0,4}(?:时[间长效]|速度|指标|率|快慢)")
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到响应但没有可执行的秒数")


def _slow_first(sentence: Sentence, figure: Figure) -> bool:
    """True for a first answer in the chat that takes hours and is said to be one."""
    near = sentence.plain[max(0, figure.start - 10) : figure.end + 10]
    return (
        figure.quantity.value <= 86400
        and re.search(r"首次(?:回复|响应|应答|答复)|首响", near) is not None
        and not sentence.about(r"邮件|邮箱|工单|站内信|故障|系统|售后单|<M>")
    )


def _by_robot(sentence: Sentence, figure: Figure) -> bool:
    """True for the answer of a machine, which no shopper waits for."""
    near = sentence.plain[max(0, figure.start - 14) : figure.end + 6]
    return re.search(r"机器人|自动(?:回复|应答)|bot", near) is not None and not re.search(r"人工|真人", near)


# Within ten minutes something is switched, staffed or reported: an emergency measure, whose shoppers are only its cause.
_MEASURE = re.compile(
    r"(?:以?内|之内)?[^。;；,，|]{0,4}?(?:改[以用由经]|将|把|启[用动]|切换|增[开派调加]|抽?调[派配集人]?|恢复|通报|接管|转为|到[岗场位]|报告|补[位齐足])"
)
# 三分钟回复率: the name of an indicator of the platforms.
_RATE_NAME = re.compile(r"(?:以?内|之内)?(?:的)?(?:人工|平均)?(?:回复|响应|应答|接起|接通|接听)率")
_TECHNICAL = r"故障|系统崩|宕机|工程师|技术(?:人员|支持|团队)|报修"
# The merchant, not a shopper, asks.
_TO_MERCHANT = r"<M>[^。;；,，]{0,6}(?:来[电函]|询问|通知|要求|提问|联系|查询|指令)"
# What is usual, not what is promised.
_CUSTOM = re.compile(r"(?:常态|以往|历史|同类项目|行业|过往|通常)[^。;；,，|]{0,12}$")
# The interfaces of a system, films, and the parties among themselves.
_OF_MACHINES = r"毫秒|接口(?:名称)?\||视频|主图|互相|双方[^。;；,，]{0,10}(?:群里|有事)"
# How long a shopper waits for the next line, once answered.
_AFTER_THE_FIRST = r"后续|续答|追问|连续等待|再次等待|(?:答复|回复|应答)间隔"


def _second_answer(sentence: Sentence, figure: Figure) -> bool:
    """True for the pause between later answers, where another part of the sentence has a figure for the first."""
    start = max(sentence.plain.rfind(mark, 0, figure.start) for mark in ",;。") + 1
    if not re.search(_AFTER_THE_FIRST, sentence.plain[start : figure.start]):
        return False
    before = sentence.plain[:start] or sentence.previous
    return re.search(r"首次|首响|首句|第一句|平均", f"{sentence.previous}{before}") is not None


def _no_promise(sentence: Sentence, figure: Figure) -> bool:
    """True for a figure that is no promise of an answer: the time of an emergency measure, or the level usual elsewhere."""
    if sentence.has(r"(?:响应|答复|回复|回应)<M>的?(?:投诉|要求|通知|函|询|问|异议)"):
        return True
    if sentence.about(_OF_MACHINES) or _second_answer(sentence, figure):
        return True
    if figure.quantity.value > 60 and _RATE_NAME.match(sentence.plain, figure.end):
        return True
    measure = _MEASURE.match(sentence.plain, figure.end)
    if measure is not None and not re.search(_ANSWER, sentence.plain[figure.end : measure.end() + 3]):
        return True
    clause = re.split(r"[。;；]", sentence.plain[: figure.start])[-1]
    if re.search(_TECHNICAL, re.sub(r"除[^,，]{0,16}外[,，]", "", clause)):
        return True
    asked = compiled(_TO_MERCHANT, sentence.sides).search(sentence.plain, max(0, figure.start - 30), figure.start)
    if asked is not None and not re.search(r"买家|顾客|消费者|客人|用户", sentence.plain[asked.end() : figure.start]):
        return True
    return _CUSTOM.search(sentence.plain[max(0, figure.start - 24) : figure.start]) is not None


RULE = Rule(
    checkpoint="scope.response_time",
    read=_response_time,
    conclude=worst_wins,
    quantity=Wanted(kind=QuantityKind.DURATION, threshold="seconds", most=3600),
)
