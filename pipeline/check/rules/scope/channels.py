"""服务渠道. ok: channels or platforms named; vague: only "platforms", "online"; adverse: the vendor may change or drop channels alone."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.leaning import Mark, marks
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.scope.cues import SERVICE, SHOPPER, UNPAID, changed_on_notice, introduces, taken
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Blank
from pipeline.types import Status

# A work bench or shop platform is a channel by itself; a telephone or an e-mail only where shoppers come in by it.
_PLATFORM = any_of(
    r"千牛|旺旺|飞鸽|京麦|咚咚|抖店|抖音|拼多多|天猫|淘宝|京东|快手|小红书|美团|饿了么|大众点评|唯品会|得物|闲鱼|微店|有赞|视频号|1688|阿里国际|速卖通|虾皮",
    r"shopee|shopify|amazon|亚马逊|lazada|tiktok|aliexpress|ebay|whatsapp|messenger|instagram|facebook|telegram|line(?:官方|oa|@)|独立站",
)  # fmt: skip
_CONTACT = any_of(
    r"电话(?!号码)|热线|话机|语音|呼叫(?!系统|中心)|400|0?800|95(?:\d{3}|号段)|phone|hotline|(?<!of-)voice|calls(?!er)",
    r"邮件|邮箱|e-?mail",
    r"在线(?:聊天|咨询|文字)|即时(?:通讯|消息|通信)|网页|web-?(?:chat|site|form)|livechat|(?<!we)chat(?!logs?|transcripts?|records?)|聊天窗口|文字客服|站内信|im(?:聊天|工具)|留言板",
    r"微信|企业?微|公众号|小程序|短信|sms|(?<![a-z])app(?![a-z])|社群",
)  # fmt: skip
_NAMED = any_of(_PLATFORM, _CONTACT)
_CHANNEL_WORD = any_of(
    r"渠道|平台|店铺|通[道路]|管道|入口|端口|端(?=接待)|后台|工作台|触点|窗口|对话框|口子|任何一[路头]|接入方式|沟通工具|线上工具|接待方式|服务方式|据点|载体|哪一?(?:家|路|头)|channels?|touchpoints?"
)
_SERVING = any_of(
    SHOPPER, r"客服|接待|接听|呼[入出]|受理|承接|应答|答[复疑]|值守|坐席|座席|席位|登录|开通|来问|消息|挂[线人]|亮着?灯|招呼|守|盯|归[^。;]{0,6}(?:回|接|管)|全接|覆盖|看[着顾]|保持联系|回(?:复|答)|接入|supports?|serve|handle|pickup|answer|covers?",
)  # fmt: skip
_SERVING_IN = r"接待|受理|承接|应答|答[复疑]|值守|挂[线人]|进入|回[复呼]|接听|serve|answer|handle"
_NOT_SERVICE_CHANNEL = any_of(
    r"账户|开户|收款|付款|发票|送达|通知(?:以|方式|应|须)|函件|保密|培训|招聘|考核|联系(?:人|方式|地址|电话)|经营权|店铺名称|注册|备案|授权(?:书|期限)|价格|单价|(?<!免付)(?<!免)(?<!消)费(?!解)|贩售|铺货|资质入驻|披露",
    r"争议|法院|泄露|数据安全|秒|满意度|平台(?:规则|判|处罚|抽检|罚)|加密|脱敏|隐去|号码|存储|传输|留存|内部|例会|周会|选品|进价|进货|货源|坏话|诋毁|包裹|发出|贿赂|监察|举报|发现线索|双方(?:的)?(?:沟通|联络|对接|日常|项目|工作)|运营群|工作群|沟通可以|日常(?:运营)?沟通|对接(?!的?(?:平台|店铺))|修改",
    r"(?:销售|推广|分销|采购|招标|公告|宣传)[^。;,，]{0,4}(?:渠道|平台|媒介|网)|达人|拓展|引流|银行|录音|报警|(?:质检|报表)(?!.{0,16}接待)|应急|故障|不得[^。;；,，]{0,20}(?:私下|引导|添加|个人|推广|发送)|个人微信|收受",
)  # fmt: skip
_GENERAL = any_of(
    r"(?:各|所有|全部|一切|相关|指定|之?线上|电商|直播|购物|授权|名下|开[设着]的?|覆盖|规定|约定|哪[个几家些])[^。;；]{0,10}(?:平台|渠道|店铺?|端口|管道|通路|入口|后台|线上工具|触点|窗口|口子|家的号)",
    r"(?:在线|线上|网上|网络)(?:聊天|客服|服务|接待|管道|渠道|方式|工具|支持)",
    r"(?:平台|渠道|端口|入口)(?!服务商|数据|后台数据)[^。;；]{0,14}(?:接待|接入|应答|服务|作业|清单)|店铺[^。;；,，满]{0,6}(?:接待|接入|应答|服务|清单)(?![^。;；,，]{0,6}(?:数据|工作|经历|年资|时长|不少于|满|体验分|能力))",
    r"(?:渠道|平台|端口|入口)[^。;；,，|]{0,6}\|?[^。;；,，|]{0,8}(?:由|以|按照?|听从|依)<M>[^。;；,，]{0,8}(?:指定|通知|确定|安排|要求|为准|调度)|(?:听从|服从|按照?)<M>[^。;；,，]{0,6}(?:渠道|平台)[^。;；,，]{0,6}(?:调度|安排|指定)",
    r"(?:相关|指定|线上|各[类种])[^。;；,，]{0,4}(?:沟通)?工具",
    r"(?:网上|线上)[^。;；,，]{0,4}[来进]的?(?:消息|客人|咨询|人)",
    r"互联网(?:方式|渠道|平台)",
    r"哪个平台来|哪几家的?(?:号|店)",
    r"(?:online|relevant|designated|various|all)[a-z]{0,20}(?:channels?|platforms?)",
)  # fmt: skip
_TO_BE_NAMED = r"(?:对接|接入|接待|服务)的?(?:平台|店铺|渠道|入口)[^。;；,，|]{0,4}[:：]"
_DROPPED = any_of(
    r"(?:哪[个几家些][^。;]{0,24}(?:以<V>|<V>说了算|由<V>|看<V>|取决于<V>|你们说))",
    r"(?:平台|渠道|端口|入口|后台)[^。;；]{0,20}以(?:本站|<V>)[^。;；,，]{0,4}(?:公示|公告|通知)[^。;；,，]{0,4}为准",
    r"<V>[^。;；]{0,24}(?:关闭|停[止用掉]|减少|更换|撤[下掉])[^。;；,，]{0,12}[,，]?(?:属于?|视为|系)[^。;；,，]{0,10}(?:而非|不(?:是|属于?|构成|视为))[^。;；,，]{0,6}变更",
    r"<V>[^。;；]{0,40}(?:不具规模|来客太少|量太?[小少]|不划算)[^。;；,，]{0,6}(?:即|就|便)?(?:停止|停掉|不再|关)",
    r"(?:平台|渠道|端口|入口|店铺)[^。;；]{0,20}以<V>[^。;；]{0,20}(?:为准|为限)",
    r"(?:<V>|你们|我们)[^。;；]{0,16}(?:说停就停|可以不看|想停就停)",
)
# What else a vendor may change alone, near a channel named.
_NOT_DROPPED = r"单价(?:调|上)|费率|指标|kpi|目标值|接口(?!政策)|客户端|密码|话术|时[间段]|排班表|钟点|人员(?:安排|调配)|员工|逾期|付款|解除|导出|子账号|银行|押金|解约|清退|封店|假货|侵权|违法|拒收|泄露|个人信息|满意|质检|考核|保密"


def _channels(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    topic = any_of(_CHANNEL_WORD, _NAMED)
    if changed_on_notice(sentence, topic):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方通知一声即可变更渠道")
        return
    if taken(sentence, topic, unless=_NOT_DROPPED) or (sentence.has(_DROPPED) and not sentence.has(_NOT_DROPPED)):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason="服务方可以自行变更或停掉渠道",
            firm=_said_outright(sentence),
        )
        return
    if sentence.has(UNPAID) or introduces(sentence):
        return
    listed = sentence.about(any_of(r"渠道|入口|端口|接待平台|channel")) and sentence.has(_NAMED)
    if _elsewhere(sentence, topic) and not (sentence.is_row and listed):
        if not (sentence.has(_PLATFORM) and sentence.has(r"接待|承接|回复买家|两头|都接|来问|进线|有人守")):
            return
    found = [m.group(0) for m in sentence.find_all(_NAMED)]
    strong = sentence.has(_PLATFORM)
    open_why = left_open(sentence, reading)
    blank = any(not b.answered and not _masked(sentence, b) for b in sentence.blanks)
    if found and not blank and (listed or (strong and sentence.about(any_of(_CHANNEL_WORD, SERVICE, _SERVING))) or (sentence.has(_SERVING) and sentence.about(any_of(SERVICE, r"接听|呼[入出]|外呼|答疑")) and (len(found) > 1 or sentence.about(_CHANNEL_WORD)))):  # fmt: skip
        names = "、".join(dict.fromkeys(found[:4]))
        yield Signal(sentence=sentence, status=Status.OK, reason=f"写明渠道：{names}")
    elif sentence.has(_TO_BE_NAMED) or (sentence.has(_GENERAL) and (sentence.about(SERVICE) or sentence.has(_SERVING))) or (
        open_why and sentence.has(_CHANNEL_WORD) and sentence.about(any_of(SERVICE, r"渠道"))
    ):  # fmt: skip
        reason = f"服务渠道{open_why}" if open_why else "只笼统提到渠道或平台，没有点名"
        yield Signal(sentence=sentence, status=Status.VAGUE, reason=reason)


def _said_outright(sentence: Sentence) -> bool:
    """The vendor is named as the one who may, or the merchant as the one who is not asked."""
    return bool(marks(sentence) & {("V", Mark.MAY), ("M", Mark.UNASKED)})


def _elsewhere(sentence: Sentence, topic: str) -> bool:
    """True when the sentence speaks of something else and no part of it serves shoppers in a channel it names."""
    parts = re.split(r"[,，;；。]", sentence.plain)
    named, other = compiled(topic, sentence.sides), compiled(_NOT_SERVICE_CHANNEL, sentence.sides)
    if other.search(sentence.plain) is None:
        return False
    serving = compiled(_SERVING_IN, sentence.sides)
    return sentence.is_row or not any(named.search(p) and serving.search(p) and not other.search(p) for p in parts)


def _masked(sentence: Sentence, blank: Blank) -> bool:
    """True inside a number of which digits are struck out (400-0XX-3316), or in a shop's name (天猫XX旗舰店): a channel that is named."""
    if re.match(r"[xX×*]+$", sentence.raw[blank.start : blank.end].strip()) and re.match(
        r"[\u4e00-\u9fff]{0,8}店", sentence.raw[blank.end :]
    ):
        return True
    around = sentence.raw[max(0, blank.start - 4) : blank.start] + sentence.raw[blank.end : blank.end + 2]
    return (
        re.search(r"\d", around) is not None and re.search(r"[xX×*]", sentence.raw[blank.start : blank.end]) is not None
    )


RULE = Rule(checkpoint="scope.channels", read=_channels, conclude=worst_wins)
