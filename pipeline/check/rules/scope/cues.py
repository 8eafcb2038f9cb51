"""Cues that several rules of the area share: who serves, who may act alone, and over what."""

from __future__ import annotations

import re

from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Sentence

SHOPPER = r"(?:买家|顾客|客户(?!服务|端|经理)|客人|消费者|用户(?!单位)|会员|访客|粉丝|学员|观众|来[客人访问讯信]|进线|来电|会话|咨询|私信|弹幕|留言|shoppers?|consumers?|buyers?|customers?(?!service))"
SERVICE = any_of(
    r"服务", r"客服", r"接待", r"咨询", r"受理", r"接入", SHOPPER, r"沟通", r"回复", r"应答|答复", r"坐席|座席|席位|班组|项目组", r"support|agents?",
)  # fmt: skip
# The vendor's people do what the vendor does.
TEAM = r"(?:<V>|项目[组部]|班组|(?:接待|服务|外呼|在线|社群)[组岗]|服务中心|派驻人员|坐席|座席|席位|客服(?:人员|团队|小组|组|部|们)?|工作室|外包(?:班组|人员|团队|那边)|驻场人员|agents?)"

_FREELY = any_of(
    r"有权",
    r"(?<![不认许])(?<![后,，意可经的且]方)(?<![后经])可以?(?!能|靠|行性|用|追|读|查|见|以)",
    r"(?<![不无须应值使所取获变觉懂记免求显来求])得(?=[于以自随视因不逕径独单任将依按基]|由<V>)",
    r"(?<![应须当])自[行主]|自个儿|自己(?:定|做主|掂量|挪|改|调|排|决定)|独自|独立(?:决定|确定)",
    r"单方|径行|逕行",
    r"酌情|酌定",
    r"说[了停]算?|做主|拍板|心情|掂量",
    r"保留[^。;]{0,28}权利?",
    r"随时|任意|想[改调停换减]就[改调停换减]|(?<!不)可能会?(?=[停减撤换])",
    r"(?:根据|视|看|取决于|依)[^。;]{0,20}(?:决定|确定|安排|取舍|开闭|增减|调整|灵活|自己|排班|心情)",
    r"<V>[^。;；,，]{0,10}(?:决定|确定|取舍)",
    r"may(?!not)|soleldiscretion|solediscretion|alone(?:determines|decides)|reservestheright",
)  # fmt: skip
_TAKES_AWAY = any_of(
    r"调整|变更|增减|增删|替代|[前后]移|想[改调停换减]就[改调停换减]|缩[减短]|减少|压缩|取消|取舍|开闭|关(?:闭|停|掉|一|其|了)|自行关|停(?:止|用|掉|接|就|线|了)|终止|中止|暂停|更换|替换|换成|下线|合并|并入|改(?!善|进|正|签)|决定|挪|加哪个减哪个|裁[撤减]|撤|退出|不(?:再)?接待?|不看|接入其中|说停",
    r"change|discontinue|remove|drop|modify|withdraw|substitute|merge|shorten|shift|reduce|suspend|vary|revise",
)  # fmt: skip
_AGREEMENT = r"(?:同意|确认|许可|认可|点头|商量|批准?|核准|协商|答应|approval|consent)"
_MERCHANT_AGREES = any_of(
    r"(?:经|征得|取得|获得|由)[^。;；,，]{0,8}<M>[^。;；,，]{0,10}" + _AGREEMENT,
    r"<M>[^。;；,，]{0,6}(?:书面)?(?:同意|批准|核准|确认)",
    r"双方[^。;；,，]{0,10}(?:同意|确认|协商|商定)",
    r"(?<!并)(?<!无)(?:不得|不可(?!抗)|不能|不许|不准|无权|严禁)[^。;；,，]{0,8}(?:自行|自己|单方|擅自|随意|任意|变更|调整|更换|取消|关|停|改|减|撤)",
    r"priorwrittenconsent|shallnot|maynot",
    r"(?:盖章|签[字署认])[^。;；,，]{0,8}(?:为准|生效|后)|写单子盖章",
)
NO_AGREEMENT = any_of(
    r"(?:无须|无需|不必|不需|不用|毋须|毋庸|无庸|不经|未经|免)[^。;；,，]{0,10}" + _AGREEMENT,
    r"不以[^。;；]{0,10}(?:同意|认可)[^。;；]{0,4}前提",
    r"(?:无须|无需|不必|不需|不用|毋须|毋庸)[^。;；,，]{0,6}(?:签[字署认]|盖章|变更单|补充协议)",
    r"恕不另行通知",
    r"<M>[^。;；,，]{0,6}不(?:持|得|得提出|得有|许|能)[^。;；]{0,6}(?:异议|埋怨|拒绝|意见|反对)",
    r"without[^.;]{0,30}(?:approval|consent)",
)

# 坐席的数量, 坐席单价: what is counted or paid, nobody who acts.
_NO_ACTOR = r"(?!的?(?:数量?|人数|单价|月?费|班次|班表|配置|人选|名单|工资))"
_NEW_CLAUSE = re.compile(r"[。;；]|[,，](?:但|请|且应|并应)")
# Stopping for an unpaid bill belongs to late payment.
UNPAID = r"逾期|[没未](?:有)?(?:按[时期])?到账|欠[付款费缴]|拖欠|(?:款|费|钱)[^。;；,，]{0,10}(?:未|不|没)[^。;；,，]{0,8}(?:到账|到位|支付|付清|付|结清)|未(?:按[时期])?(?:支付|付款|付清)|overdue|unpaid"
_MERCHANT_BOUND = r"<M>[^。;；,，]{0,4}(?:不得|不能|无权)[^。;；,，]*"
_ON_NOTICE = (
    r"(?:调整|变更|增减|减少|更换|取消|停止|关闭|缩短|换成|改成|停掉|关掉|撤掉)(?P<object>[^。;；,，]{1,14}?)(?:的|时)?"
    r"(?:[,，]?[^。;；,，]{0,6}?(?:提前|于|事先|书面)|[,，](?:只[需要])?)[^。;；,，]{0,8}(?:通知|告知|知会)<M>[^。;；,，]{0,4}?(?:即可|就(?:可以?|行|成|好)|即告?生效|后?(?:即行?)?(?:生效|执行|实施)|即视为)"
)
# Characters in which the act stands after the word of freedom, and around both in which another object would be named.
_WINDOW, _LATIN_WINDOW, _BESIDE = 26, 70, 14


_FIELD = re.compile(
    r"^(?:目标值?|指标值|标准值?|考核标准|达标[线值]|要求|阈值|合格线|[^。;；,，]{0,8}(?:该|此)(?:等|类)?(?:比例|比率|指标|项|会话|问题))"
)


def field_of(sentence: Sentence, topic: str) -> bool:
    """True for the target of an indicator named in the sentence before (考核项：首响；目标值：18秒), itself naming no other."""
    if sentence.is_row or _FIELD.search(sentence.plain) is None or not sentence.previous:
        return False
    part = sentence.previous.rstrip("。;；").rsplit(";", 1)[-1]
    return compiled(topic, sentence.sides).search(part) is not None and not re.search(r"率|满意", sentence.plain)


# What somebody has done so far, and for how many: an introduction, no duty of the contract.
_TRACK_RECORD = r"(?:累计|先后|曾经?|至今|已)(?:为|服务|接待)[^。;；]{0,50}(?:商[户家]|店铺|品牌|客户|企业|卖家)|\d{4}年(?:开始|起)做|(?:前年|去年|以前|过去|早年)[^。;；,，]{0,12}过"


def introduces(sentence: Sentence) -> bool:
    """True for a track record (累计为天猫、京东上的一千家商户接待过客人), by whichever side it is told."""
    return sentence.has(_TRACK_RECORD)


def changed_on_notice(sentence: Sentence, topic: str) -> bool:
    """True when a change of ``topic`` by the vendor takes effect on its mere notice to the merchant."""
    match = sentence.find(TEAM + r"[^。;；,，]{0,10}?" + _ON_NOTICE)
    if match is None or compiled(topic, sentence.sides).search(match["object"]) is None:
        return False
    return not sentence.has(_MERCHANT_AGREES)


def taken(sentence: Sentence, topic: str, act: str = _TAKES_AWAY, reach: int = 44, unless: str = "") -> bool:
    """True when the vendor may do ``act`` to ``topic`` without the merchant.

    The doer is the side named last before the act, agreement clauses (无需商家同意) and "由" phrases read apart.
    """
    if not sentence.has(topic) or not sentence.has(act) or not sentence.has(_FREELY):
        return False
    if sentence.has(UNPAID):
        return False
    bound = compiled(_MERCHANT_BOUND, sentence.sides).sub("", sentence.plain)
    if compiled(_MERCHANT_AGREES, sentence.sides).search(bound) and not sentence.has(NO_AGREEMENT):
        return False
    text = compiled(NO_AGREEMENT, sentence.sides).sub("单方", sentence.plain)
    sides = compiled(r"(?P<v>" + TEAM + _NO_ACTOR + r")|(?P<m><M>)", sentence.sides)
    topics = compiled(topic, sentence.sides)
    for freely in compiled(_FREELY, sentence.sides).finditer(text):
        end = freely.end()
        window = _LATIN_WINDOW if freely.group(0).isascii() else _WINDOW
        back = _BESIDE if freely.group(0).startswith(("自主", "说", "做主", "拍板")) else 6
        done = compiled(act, sentence.sides).search(text, max(freely.start() - back, 0), end + window)
        if done is None or _NEW_CLAUSE.search(text, end, max(end, done.start())):
            continue
        around = text[max(0, freely.start() - _BESIDE) : done.end() + _BESIDE]
        if unless and compiled(unless, sentence.sides).search(around):
            continue
        if not topics.search(
            text, max(0, freely.start() - reach), done.end() + (_LATIN_WINDOW if window == _LATIN_WINDOW else 24)
        ):
            continue
        before = list(sides.finditer(text[: max(freely.end(), done.start())]))
        # 甲方可对乙方考核并决定: whom it is done to does nothing.
        last = next((m for m in reversed(before) if not text[: m.start()].endswith(("对", "向", "给"))), None)
        if last is not None and last.group("v") is not None:
            return True
    return False
