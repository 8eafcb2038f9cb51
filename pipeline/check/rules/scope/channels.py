"""服务渠道. ok: channels or platforms named; vague: only "platforms", "online"; adverse: the vendor may change or drop channels alone."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.scope.cues import SERVICE, taken
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.types import Status

_CHANNELS = {
    "电话": r"电话|热线|语音|呼叫|400|95\d{3}|phone|hotline|(?<!of-)voice(?:call|support)?",
    "邮件": r"邮件|邮箱|e-?mail",
    "在线聊天": r"在线聊天|即时通讯|网页(?:聊天|客服)|web(?:chat)?|livechat|聊天窗口|文字客服|在线咨询|站内信|im(?:聊天|工具)",
    "平台工具": r"千牛|旺旺|飞鸽|京麦|咚咚|抖店|抖音|拼多多|天猫|淘宝|京东|快手|小红书|美团|饿了么|大众点评|唯品会|得物|微信|企业微信|企微|公众号|小程序|有赞|微店|视频号|1688|阿里国际|shopify|独立站|"
    r"shopee|虾皮|amazon|亚马逊|lazada|tiktok|速卖通|aliexpress|ebay|whatsapp|messenger|line官方|短信|app",
}  # fmt: skip
_CHANNEL_WORD = any_of(
    r"渠道",
    r"平台",
    r"店铺",
    r"通道",
    r"入口",
    r"端口",
    r"后台",
    r"工作台",
    r"接入方式",
    r"沟通工具",
    r"接待方式",
    r"channels?",
)
_CHANNEL_TOPIC = any_of(_CHANNEL_WORD, *_CHANNELS.values())
_NOT_SERVICE_CHANNEL = any_of(
    r"账户", r"开户", r"送达", r"通知(?:以|方式)", r"收款", r"付款", r"发票", r"保密", r"培训", r"招聘", r"考核", r"联系(?:人|方式|地址)", r"经营权", r"店铺名称", r"注册|备案", r"授权(?:书|期限)", r"价格|单价|费", r"争议|法院", r"泄露|数据安全", r"秒|满意度", r"平台规则", r"(?:登录|账号|权限)(?!.{0,12}(?:接待|服务))",
)  # fmt: skip


def _channels(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if taken(sentence, _CHANNEL_TOPIC) and not sentence.has(
        r"价格|单价|费率|服务时间|人员(?:安排|调配)|指标|kpi|账号密码"
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以自行变更或停掉渠道")
        return
    if sentence.has(_NOT_SERVICE_CHANNEL):
        return
    channels = sentence.count(_CHANNELS)
    open_why = left_open(sentence, reading)
    if channels and not open_why and (sentence.about(_CHANNEL_WORD) or sentence.about(SERVICE)):
        found = [m.group(0) for m in sentence.find_all(any_of(*_CHANNELS.values()))]
        yield Signal(sentence=sentence, status=Status.OK, reason=f"写明渠道：{'、'.join(dict.fromkeys(found[:4]))}")
    elif (
        (sentence.has(_CHANNEL_WORD) and sentence.has(SERVICE))
        or sentence.has(r"在线客服")
        or (open_why and sentence.has(_CHANNEL_WORD))
    ):
        yield Signal(
            sentence=sentence,
            status=Status.VAGUE,
            reason=f"服务渠道{open_why}" if open_why else "只笼统提到渠道或平台，没有点名",
        )


RULE = Rule(checkpoint="scope.channels", read=_channels, conclude=worst_wins)
