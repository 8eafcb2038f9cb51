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
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, enough_keys, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind
from pipeline.quantities.numerals import value as numeral
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
_NOT_SERVED = any_of(
    r"不(?:属于|在|包括|包含|含|含在|介入|负责|承担|承接|处理|涉及|提供|受理|接待|管|计入|再处理)", r"除外", r"之外的?(?:事项|工作|服务)?", r"(?:均|概)?(?:无须|无需|不必|不用)(?:办理|处理|承接|负责|介入|提供)", r"有权拒绝", r"拒绝(?:接待|处理|受理)", r"由<M>(?:自行|自己|另行|负责|处理|承担|自理|安排|解决)", r"<M>(?:自理|自行(?:处理|负责|解决|安排|承接)|自己(?:处理|负责|解决|顶))", r"×", r"not(?:included|cover|handle|provide)|exclud",
)
_EXTRA_SERVICE = any_of(
    r"增值(?:项目|服务)(?=[^。;；]{0,30}(?:费|付|购))", r"(?:另行|另外|额外|单独|须另|需另)(?:购买|收费|付费|计费|支付|结算|报价|签约|收取|付)", r"另购", r"加购", r"另计|另算|另议", r"按(?:次|单|件)另", r"atadditional(?:cost|charge)|chargedseparately",
)
_NEEDED = any_of(_ANY_SCENE, r"大促", r"促销", r"618|6[.·]18", r"双(?:11|十一|12|十二)", r"直播期间")
_MONEY_DUTY = any_of(r"赔付", r"赔偿", r"损失", r"责任", r"金额", r"罚款", r"运费", r"违约", r"成本", r"货款")
_EMPTY = any_of(
    r"(?:提供|开展|负责|承担|从事|承接|委托)[^。;；,，]{0,20}(?:客服|客户服务|相关服务|外包服务)", r"客服(?:外包|代运营|托管)?(?:服务|工作|事宜)", r"客户服务", r"(?:服务|工作|业务)(?:的)?(?:具体)?(?:事项|内容|类型|类别|项目|范围|种类)", r"customerservice",
)


def _service_types(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    scenes = sentence.count(SCENES)
    named = "、".join(scenes) or "大促"
    if sentence.has(_NEEDED) and not sentence.has(_MONEY_DUTY) and not sentence.has(r"不得(?:拒绝|推诿)|加班费|价格|单价"):
        if sentence.has(_NOT_SERVED) and _excludes(sentence):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"把{named}排除在服务之外")
            return
        if scenes and sentence.has(_EXTRA_SERVICE) and not sentence.figures_of(QuantityKind.MONEY) and not sentence.has(r"(?:不|无需|无须)(?:再|得)?(?:另行|另外|额外)"):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"{named}要另外付费，又没有价格")
            return
    if sentence.has(_OTHER_TOPIC) or sentence.has(r"由<M>承担[^。;；]{0,8}与<V>无关"):
        return
    if sentence.has(r"(?:投诉|售后)[^。;；]{0,20}全程"):
        scenes = [*scenes, "全程跟进"]
    open_why = left_open(sentence, reading)
    if scenes and sentence.about(_DUTY) and not (open_why and sentence.blanks):
        if len(scenes) == 1 and sentence.has(r"等") and not sentence.has(r"等(?:全部|各)"):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"只写了{scenes[0]}一项后面跟着“等”")
            return
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明服务类型：{'、'.join(scenes)}",
            keys=frozenset(scenes),
        )
    elif sentence.has(_EMPTY) and (not scenes or open_why) and not sentence.has(r"服务费|时间|期限|质量|保密|秒|赔偿|违约"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"服务类型{open_why}" if open_why else "只笼统写提供客服服务，没有列出服务类型")


def _excludes(sentence: Sentence) -> bool:
    """True when what is not served is a scene, on either side of the exclusion and close to it."""
    for match in sentence.find_all(_NOT_SERVED):
        before, after = sentence.plain[max(0, match.start() - 48) : match.start()], sentence.plain[match.end() : match.end() + 30]
        needed = compiled(_NEEDED, sentence.sides)
        if needed.search(before.split("。")[-1]) or (needed.search(after) and not match.group(0).startswith(("由", "除外", "之外"))):
            return True
    return False


# --- scope.channels ------------------------------------------------------------------------------------------------

_CHANNELS = {
    "电话": r"电话|热线|语音|呼叫|400|95\d{3}|phone|hotline|voice",
    "邮件": r"邮件|邮箱|e-?mail",
    "在线聊天": r"在线聊天|即时通讯|网页(?:聊天|客服)|web(?:chat)?|livechat|聊天窗口|文字客服|在线咨询|站内信|im(?:聊天|工具)",
    "平台工具": r"千牛|旺旺|飞鸽|京麦|咚咚|抖店|抖音|拼多多|天猫|淘宝|京东|快手|小红书|美团|饿了么|大众点评|唯品会|得物|微信|企业微信|企微|公众号|小程序|有赞|微店|视频号|1688|阿里国际|shopify|独立站|"
    r"shopee|虾皮|amazon|亚马逊|lazada|tiktok|速卖通|aliexpress|ebay|whatsapp|messenger|line官方|短信|app",
}  # fmt: skip
_CHANNEL_WORD = any_of(r"渠道", r"平台", r"店铺", r"通道", r"入口", r"端口", r"后台", r"工作台", r"接入方式", r"沟通工具", r"接待方式", r"channels?")
_SERVICE = any_of(r"服务", r"客服", r"接待", r"咨询", r"受理", r"接入", r"顾客|买家|消费者|来访", r"沟通", r"回复", r"support")
_FREELY = any_of(
    r"有权", r"(?<![不认许])可(?!能|靠|行)(?:以)?", r"自行", r"自主", r"单方", r"酌情", r"说了算", r"保留[^。;]{0,10}权利", r"随时", r"根据[^。;,，]{0,12}(?:决定|确定|安排)", r"may|soleldiscretion|solediscretion",
)
_TAKES_AWAY = any_of(r"调整", r"变更", r"增减", r"缩减", r"取消", r"关闭", r"停(?:止|用|掉|接)", r"更换", r"替换", r"下线", r"合并", r"改为", r"决定", r"接入其中", r"不接待", r"撤(?:销|掉|出)", r"退出", r"change|discontinue|remove|drop|modify")
_CHANNEL_TOPIC = any_of(_CHANNEL_WORD, *_CHANNELS.values())
_MERCHANT_AGREES = any_of(r"(?:经|征得|取得|获得)[^。;；,，]{0,8}<M>[^。;；,，]{0,10}(?:同意|确认|许可|认可)", r"<M>[^。;；,，]{0,6}(?:书面)?同意(?!<)", r"双方[^。;；,，]{0,10}(?:同意|确认|协商一致)", r"(?<!无)(?:不得|不可|不能|无权|严禁)", r"priorwrittenconsent|shallnot|maynot")
_NO_AGREEMENT = any_of(r"(?:无须|无需|不必|不需|不用|毋须)[^。;；]{0,10}(?:同意|确认|认可|许可|通知|协商)", r"不以[^。;；]{0,10}(?:同意|认可)[^。;；]{0,4}前提", r"恕不另行通知", r"不(?:持|得提出|得有)[^。;；]{0,6}异议")
_NOT_SERVICE_CHANNEL = any_of(
    r"账户", r"开户", r"送达", r"通知(?:以|方式)", r"收款", r"付款", r"发票", r"保密", r"培训", r"招聘", r"考核", r"联系(?:人|方式|地址)", r"经营权", r"店铺名称", r"注册|备案", r"授权(?:书|期限)", r"价格|单价|费", r"争议|法院", r"泄露|数据安全", r"秒|满意度", r"平台规则", r"(?:登录|账号|权限)(?!.{0,12}(?:接待|服务))",
)  # fmt: skip


def _taken(sentence: Sentence, topic: str) -> bool:
    """True when the vendor may change or drop ``topic`` without the merchant."""
    if not sentence.has(_FREELY) or not sentence.has(_TAKES_AWAY) or not sentence.has(topic):
        return False
    if sentence.has(_MERCHANT_AGREES) and not sentence.has(_NO_AGREEMENT):
        return False
    subject = compiled(any_of(r"(?P<v><V>)", r"(?P<m><M>)"), sentence.sides).search(sentence.plain)
    return (subject is not None and subject.group("v") is not None) or sentence.has(r"由<V>|<V>[^。;；,，]{0,8}(?:有权|可|自行|自主|决定|说了算|酌情|随时)")


def _channels(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if _taken(sentence, _CHANNEL_TOPIC) and not sentence.has(r"价格|单价|费率|服务时间|人员(?:安排|调配)|指标|kpi|账号密码"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以自行变更或停掉渠道")
        return
    if sentence.has(_NOT_SERVICE_CHANNEL):
        return
    channels = sentence.count(_CHANNELS)
    open_why = left_open(sentence, reading)
    if channels and not open_why and (sentence.about(_CHANNEL_WORD) or sentence.about(_SERVICE)):
        found = [m.group(0) for m in sentence.find_all(any_of(*_CHANNELS.values()))]
        yield Signal(sentence=sentence, status=Status.OK, reason=f"写明渠道：{'、'.join(dict.fromkeys(found[:4]))}")
    elif (sentence.has(_CHANNEL_WORD) and sentence.has(_SERVICE)) or sentence.has(r"在线客服") or (open_why and sentence.has(_CHANNEL_WORD)):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"服务渠道{open_why}" if open_why else "只笼统提到渠道或平台，没有点名")


# --- scope.service_hours -------------------------------------------------------------------------------------------

_HOURS = any_of(
    r"服务时[间段]", r"工作时间", r"(?:在线|值班|值守|接待|客服|营业|上线|接线|运营|受理|人工)时[间段]", r"班次", r"早班|晚班|中班|白班|夜班", r"排班", r"(?:service|working|business|operating|support)hours", r"在线时长", r"值守", r"在线(?=[^。;]{0,20}(?:点|时|:))", r"打烊", r"在岗", r"有人(?:在线|接待|值班)", r"\d班",
)  # fmt: skip
_HOLIDAY = r"(?:节假日|法定假|假日|休假日|周末|双休日|周六|周日|星期六|星期日|春节|国庆|元旦|大年|除夕|过年|过节|逢年过节|国定假)"
_EVERY_DAY = any_of(
    r"7(?:天)?[x×*✕]\d+", r"24[x×*]7", r"全年(?:无休|不休|在线|服务|\d)", r"(?:365|三百六十五)[天日]", r"周一(?:至|到)(?:周|星期)?[日天]", r"星期一(?:至|到)(?:星期)?[日天]", r"(?:每周|一周)(?:七|7)天", r"无休", r"全天候", r"不(?:打烊|停歇|间断)", _HOLIDAY, r"weekends?", r"publicholidays",
)  # fmt: skip
_DAY_OFF = any_of(
    _HOLIDAY + r"[^。;；,，]{0,14}(?:除外|休息(?!日)|不(?:提供|安排|在线?|上班|服务|值班|接待|计|营业|含)|停止|放假|歇业|暂停|无人|打烊)(?![^。;；]{0,4}(?:得|可))",
    r"(?:除|不含|不包括|剔除|扣除)[^。;；,，]{0,10}" + _HOLIDAY, r"(?:周一|星期一)(?:至|到)(?:周|星期)?(?:五|六)(?![^。]{0,60}" + _HOLIDAY + r")", r"仅(?:限)?(?:于)?工作日", r"(?:大促|促销|活动)[^。;；]{0,20}(?:不(?:在|属于|提供|安排|含)|除外)[^。;；]{0,16}(?:服务时间|在线|人员|服务|值班|范围)?", r"(?:全员|客服|统一)放假", r"5[x×*]\d+",
)  # fmt: skip
_NOT_OFF = any_of(r"不(?:得|可|能|打烊)", r"无休", r"不休", r"照常", r"也(?:要|须|应)", r"正常(?:服务|接待|上班|值班)", r"轮[班休值]")
_NOT_HOURS = any_of(r"劳动法", r"休息休假", r"加班费", r"加班工资", r"付款|支付|结算", r"送达", r"对账", r"培训", r"故障|恢复", r"登录|账号", r"考勤")


def _service_hours(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_NOT_HOURS):
        return
    clocks = sentence.figures_of(QuantityKind.CLOCK)
    about = sentence.about(_HOURS)
    if _taken(sentence, any_of(_HOURS, r"上述时间|时间安排")) and not sentence.has(r"渠道|价格"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以自行调整服务时间")
        return
    serves = about or bool(clocks) or sentence.about(_SERVICE)
    if serves and sentence.has(_DAY_OFF) and not sentence.has(_NOT_OFF):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="节假日、周末或大促不提供服务")
        return
    if not about and not (clocks and (sentence.about(_SERVICE) or sentence.has(_EVERY_DAY))):
        return
    open_why = left_open(sentence, reading)
    if open_why and sentence.has(_HOURS):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"服务时间{open_why}")
        return
    keys = {"时段"} if clocks or sentence.has(r"\d[x×*]\d+|24小时") else set()
    if sentence.has(_EVERY_DAY):
        keys.add("节假日")
    figure = clocks[0].quantity.text if clocks else None
    if sentence.has(r"7(?:天)?[x×*]24|24[x×*]7|24小时(?:不间断|全天)"):
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

_SHOPPER = r"(?:买家|顾客|客户|消费者|用户|会员|访客|粉丝|学员|进线|来电|会话|咨询|留言|对话|首句|第一句)"
_RESPONSE = any_of(
    r"响应", r"首响", r"平响", r"首(?:次|条|句)(?:人工)?(?:回复|应答|回应|响应)", r"平均(?:回复|应答|响应)", r"应答(?!率)", r"接听(?!率)", r"接起(?!率)", r"回复(?:时间|时长|时效|速度|客户|买家|顾客|消费者)", r"respon(?:se|d)", r"接通(?!率)", r"answer(?:ed|ing)?",
    _SHOPPER + r"[^。;；]{0,24}(?:回复|应答|回应|搭腔|搭话|答复|接待|接起|理会|介入|回话)", r"(?:回复|应答|回应|接待|答复)" + r"[^。;；,，]{0,8}" + _SHOPPER, r"等(?:待|候)(?:时间|时长|不)?", r"久等", r"asa",
)  # fmt: skip
_NOT_RESPONSE = any_of(r"故障", r"系统", r"事故", r"书面(?:回复|答复)", r"整改", r"<M>(?:的)?(?:书面)?通知", r"质疑|异议", r"对账|账单")
_SOON = any_of(r"及时", r"尽快", r"快速", r"迅速", r"第一时间", r"合理(?:的)?(?:时间|期限)", r"不让[^。;]{0,8}久等", r"力争", r"尽量", r"优于|领先|行业", r"timely|promptly|reasonable")


def _response_time(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["seconds"]
    topic = _RESPONSE
    if not sentence.about(topic) and sentence.has(r"放宽|延长|大促|活动期间|高峰") and compiled(topic, sentence.sides).search(sentence.previous):
        topic = any_of(topic, r"放宽|延长|大促|活动期间|高峰")
    # Hours and days after a report are incident handling, not the answer to a shopper.
    figures = figures_near(sentence, topic, QuantityKind.DURATION, accept=lambda f: f.quantity.value <= 3600, rivals=r"恢复|故障|解决|结案|补位|会话时长|通话时长", crossing=Comparator.MORE)
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
    if sentence.has(_RESPONSE) and (sentence.has(_SOON) or left_open(sentence, reading) or sentence.has(r"(?:响应|回复|应答|首响|平响)[^。;；,，]{0,4}(?:时间|时长|时效|速度|指标|率)")):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到响应但没有可执行的秒数")


# --- scope.resolution_rate -----------------------------------------------------------------------------------------

_RESOLUTION = any_of(
    r"(?:一次性?|首次|首问|首通|首解|单次|一次接触|当场|一趟|一回)[^。;；,，]{0,10}(?:解决|办结|处理完|搞定|办妥|说清|完成率|解答)", r"首解率?", r"解决率", r"一次办结", r"办结率", r"fcr", r"first(?:contact|call|time)resolution", r"问题解决[^。;；,，]{0,4}率", r"resolution(?:rate)?", r"(?:无需|不用|不需|不能让)[^。;；,，]{0,12}(?:二次|再次|第二遍|重复)(?:进线|跟进|来问|咨询|联系)?",
)  # fmt: skip
_REPEATED = any_of(r"重复(?:进线|咨询|来电|来问|联系)", r"二次(?:进线|咨询|来电)(?:率|比例|占比)", r"再次进线", r"repeatcontact")
_OUT_OF = any_of(r"(?P<all>100|10|一百|百|十)(?:个|名|位|条|单|通|次)[^。;；\d]{0,14}?(?:至少|起码|能?有|不少于|里头|中|里)[^。;；\d一二三四五六七八九十]{0,10}(?P<part>\d{1,2}|[一二三四五六七八九十]{1,3})(?:个|名|位|条|单|通|次)")


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


RULES = (
    Rule(checkpoint="scope.service_types", read=_service_types, conclude=enough_keys(2, "服务类型")),
    Rule(checkpoint="scope.channels", read=_channels, conclude=worst_wins),
    Rule(checkpoint="scope.service_hours", read=_service_hours, conclude=_conclude_hours),
    Rule(checkpoint="scope.response_time", read=_response_time, conclude=worst_wins),
    Rule(checkpoint="scope.resolution_rate", read=_resolution_rate, conclude=worst_wins),
)
