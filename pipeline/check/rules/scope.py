"""服务范围与标准: what is served, where, when, how fast, how well."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.check.rules.measure import (
    duration_text,
    figures_near,
    percent_text,
    within_at_least,
    within_at_most,
)
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, enough_keys, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

# --- scope.service_types -------------------------------------------------------------------------------------------

SCENES = {
    "售前": r"售前|导购|咨询(?:解答|接待|应答)|接待咨询|产品咨询|商品咨询|pre-?sales?",
    "售中": r"售中|催付|催单|催拍|改(?:地址|价)|订单(?:查询|修改|跟进|处理|核对|确认)|order(?:inquir|status)",
    "售后": r"售后|退换货?|退款|退货|换货|补发|维修|after-?sales?|refund|return(?:s|and)",
    "投诉": r"投诉|客诉|纠纷|维权|举报|complaint|dispute(?:s)?handling",
    "评价": r"评价|差评|好评|中评|晒单|review(?:s)?manage",
    "物流": r"物流|快递|催发货|查件|拦截|logistics",
    "回访": r"回访|外呼|唤醒|满意度调查|outbound",
    "直播": r"直播间|弹幕|公屏",
    "工单": r"工单|ticket",
}
_ANY_SCENE = any_of(*SCENES.values())
_DUTY = any_of(
    r"负责", r"提供", r"承担", r"承接", r"完成", r"处理", r"接待", r"服务(?:内容|范围|事项|项目|类型|场景)", r"工作(?:内容|范围|职责|事项)", r"包括", r"包含",
    r"涵盖", r"覆盖", r"委托", r"交由", r"托管", r"shall(?:provide|handle)", r"scope", r"services?include",
)  # fmt: skip
_OTHER_TOPIC = any_of(
    r"率(?:[≥≤<>]|不|达|为|须|应)", r"考核", r"扣(?:除|减|款|分|罚)", r"违约金", r"赔偿", r"培训", r"考试", r"元/", r"单价", r"秒", r"提成", r"保密", r"个人信息", r"质检", r"响应",
)  # fmt: skip
_EXCLUDED = any_of(
    r"不(?:包括|包含|含|负责|承担|承接|处理|涉及|提供|予受理)[^。;；]{0,24}(?:" + _ANY_SCENE + r"|大促)",
    r"(?:" + _ANY_SCENE + r")[^。;；,，]{0,20}(?:不在(?:本)?(?:合同|协议)?(?:服务)?范围|不属于|由<M>(?:自行)?(?:负责|处理|承担)|除外|另行(?:收费|计费|付费))",
)
_EMPTY = any_of(r"(?:提供|开展|负责|承担|从事)[^。;；,，]{0,16}(?:客服|客户服务|相关服务|外包服务)", r"客服(?:外包|代运营|托管)?服务")


def _service_types(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    scenes = sentence.count(SCENES)
    if scenes and sentence.has(_EXCLUDED):
        named = "、".join(scenes)
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"把{named}排除在服务之外或另外收费")
        return
    if sentence.has(_OTHER_TOPIC):
        return
    if scenes and sentence.about(_DUTY):
        if len(scenes) == 1 and sentence.has(r"等"):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"只写了{scenes[0]}一项后面跟着“等”")
            return
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明服务类型：{'、'.join(scenes)}",
            keys=frozenset(scenes),
        )
    elif sentence.has(_EMPTY):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只笼统写提供客服服务，没有列出服务类型")


# --- scope.channels ------------------------------------------------------------------------------------------------

_CHANNELS = {
    "电话": r"电话|热线|语音|呼叫|400|95\d{3}|phone|hotline|voice",
    "邮件": r"邮件|邮箱|e-?mail",
    "在线聊天": r"在线聊天|即时通讯|网页(?:聊天|客服)|web(?:chat)?|livechat|聊天窗口|文字客服",
    "平台工具": r"千牛|旺旺|飞鸽|京麦|咚咚|抖店|拼多多|天猫|淘宝|京东|抖音|快手|小红书|美团|饿了么|唯品会|得物|微信|企业微信|企微|公众号|小程序|app|"
    r"shopee|虾皮|amazon|亚马逊|lazada|tiktok|速卖通|ebay|whatsapp|line官方|短信",
}  # fmt: skip
_CHANNEL_WORD = any_of(r"渠道", r"平台", r"店铺", r"通道", r"入口", r"channels?")
_SERVICE = any_of(r"服务", r"客服", r"接待", r"咨询", r"受理", r"support")
_CHANNEL_TAKEN = any_of(
    r"<V>[^。;；]{0,20}(?:有权|可(?:以)?|自行|单方|根据[^。;；]{0,12})[^。;；]{0,16}(?:调整|变更|增减|缩减|取消|关闭|停止|更换|下线)[^。;；]{0,16}(?:渠道|平台|通道|入口)",
    r"(?:渠道|平台|通道|入口)[^。;；]{0,16}(?:由<V>(?:自行)?(?:决定|调整|确定|安排)|<V>(?:有权|可)[^。;；]{0,10}(?:调整|变更|取消|停止))",
)
_NOT_SERVICE_CHANNEL = any_of(r"账户", r"开户", r"送达", r"通知(?:以|方式)", r"收款", r"付款", r"发票", r"保密", r"培训", r"招聘", r"考核", r"联系(?:人|方式|地址)")


def _channels(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_CHANNEL_TAKEN):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以自行变更或停掉渠道")
        return
    if sentence.has(_NOT_SERVICE_CHANNEL):
        return
    channels = sentence.count(_CHANNELS)
    if channels and (sentence.about(_CHANNEL_WORD) or sentence.about(_SERVICE)):
        found = [m.group(0) for m in sentence.find_all(any_of(*_CHANNELS.values()))]
        yield Signal(sentence=sentence, status=Status.OK, reason=f"写明渠道：{'、'.join(dict.fromkeys(found[:4]))}")
    elif sentence.has(_CHANNEL_WORD) and sentence.has(_SERVICE) or sentence.has(r"在线客服"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只笼统提到渠道或平台，没有点名")


# --- scope.service_hours -------------------------------------------------------------------------------------------

_HOURS = any_of(r"服务时间", r"工作时间", r"(?:在线|值班|接待|客服|营业)时[间段]", r"班次", r"早班|晚班|中班|白班|夜班", r"排班", r"(?:service|working|business|operating)hours", r"在线时长")
_EVERY_DAY = any_of(
    r"7[x×*✕]24", r"24[x×*]7", r"7[x×*]\d+(?:小时|h)", r"全年无休", r"365天", r"节假日(?!.{0,6}(?:除外|休息|不))", r"周末(?!.{0,6}(?:除外|休息|不))", r"周一至周日", r"星期一至星期日",
    r"每周七天|每周7天|一周七天", r"法定(?:节)?假日(?!.{0,6}(?:除外|休息|不))", r"春节", r"无休", r"双休日(?!.{0,6}(?:除外|休息|不))", r"全天候", r"weekends?", r"publicholidays",
)  # fmt: skip
_DAY_OFF = any_of(
    r"(?:节假日|法定假|假日|周末|双休日|春节|大促)[^。;；]{0,10}(?:除外|休息|不(?:提供|安排|在|上|服务)|停止服务|放假|不计)",
    r"(?:除|不含|不包括)[^。;；]{0,8}(?:节假日|法定假|周末|春节|大促)",
    r"周一至周五", r"星期一至星期五", r"仅工作日",
)  # fmt: skip
_HOURS_TAKEN = any_of(
    r"<V>[^。;；]{0,12}(?:有权|可(?:以)?|自行|单方)[^。;；]{0,16}(?:调整|变更|确定|安排)[^。;；]{0,12}(?:服务时间|工作时间|班次|时段|在线时间)",
    r"(?:服务时间|工作时间|班次|时段)[^。;；]{0,10}(?:由<V>(?:自行)?(?:决定|调整|确定|安排))",
)


def _service_hours(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_HOURS_TAKEN):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以自行调整服务时间")
        return
    clocks = sentence.figures_of(QuantityKind.CLOCK)
    about = sentence.about(_HOURS)
    if (about or clocks) and sentence.has(_DAY_OFF):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="节假日、周末或大促不提供服务")
        return
    if not about and not (clocks and sentence.about(_SERVICE)):
        return
    keys = {"时段"} if clocks or sentence.has(r"7[x×*]24|24小时") else set()
    if sentence.has(_EVERY_DAY):
        keys.add("节假日")
    figure = clocks[0].quantity.text if clocks else None
    if sentence.has(r"7[x×*]24|24[x×*]7|24小时(?:不间断|全天)"):
        keys |= {"时段", "节假日"}
    if keys:
        yield Signal(sentence=sentence, status=Status.OK, reason=f"写明服务{'、'.join(sorted(keys))}", figure=figure, keys=frozenset(keys))
    elif sentence.has(_HOURS):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到服务时间但没有具体时段")


def _conclude_hours(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    ok = [s for s in signals if s.status is Status.OK]
    keys = frozenset().union(*(s.keys for s in ok)) if ok else frozenset()
    if ok and len(keys) < 2 and not any(s.status is Status.ADVERSE for s in signals):
        gap = "没有说明节假日是否服务" if "时段" in keys else "没有每天的具体时段"
        return conclude_with(Status.VAGUE, ok, f"服务时间{gap}")
    return worst_wins(signals, reading, checkpoint)


# --- scope.response_time -------------------------------------------------------------------------------------------

_RESPONSE = any_of(
    r"响应", r"首响", r"首次(?:回复|应答|回应)", r"平均(?:回复|应答|响应)", r"应答(?!率)", r"接听(?!率)", r"接起", r"回复(?:时间|时长|速度|客户|买家|顾客|消费者)", r"(?:first|average)?respon(?:se|d)", r"接通(?!率)",
)  # fmt: skip
_NOT_RESPONSE = any_of(r"投诉", r"故障", r"系统", r"事故", r"书面(?:回复|答复)", r"整改", r"甲方(?:的)?通知", r"工单")
_SOON = any_of(r"及时", r"尽快", r"快速", r"迅速", r"第一时间", r"合理时间", r"timely|promptly")


def _response_time(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["seconds"]
    # Hours and days after a report are incident handling, not the answer to a shopper.
    figures = figures_near(sentence, _RESPONSE, QuantityKind.DURATION, accept=lambda f: f.quantity.value <= 3600)
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
    if sentence.has(_RESPONSE) and (sentence.has(_SOON) or sentence.blanks or sentence.has(r"(?:响应|回复|应答)(?:时间|时长|速度|率)")):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到响应但没有可执行的秒数")


# --- scope.resolution_rate -----------------------------------------------------------------------------------------

_RESOLUTION = any_of(r"(?:一次性?|首次|首问|单次|一次接触)[^。;；,，]{0,8}解决", r"解决率", r"fcr", r"first(?:contact|call)resolution", r"问题解决[^。;；,，]{0,4}率")


def _resolution_rate(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["rate"]
    if not sentence.about(_RESOLUTION):
        return
    figures = figures_near(sentence, _RESOLUTION, QuantityKind.RATIO, rivals=r"率|占比|满意度")
    for figure in figures:
        good = within_at_least(figure, limit)
        yield Signal(
            sentence=sentence,
            status=Status.OK if good else Status.ADVERSE,
            reason=f"一次性解决率写的是{figure.quantity.text}，{'达到' if good else '低于'}标准 {percent_text(limit)}",
            figure=figure.quantity.text,
        )
    if not figures and sentence.has(_RESOLUTION):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到解决率但没有数字")


RULES = (
    Rule(checkpoint="scope.service_types", read=_service_types, conclude=enough_keys(2, "服务类型")),
    Rule(checkpoint="scope.channels", read=_channels, conclude=worst_wins),
    Rule(checkpoint="scope.service_hours", read=_service_hours, conclude=_conclude_hours),
    Rule(checkpoint="scope.response_time", read=_response_time, conclude=worst_wins),
    Rule(checkpoint="scope.resolution_rate", read=_resolution_rate, conclude=worst_wins),
)
