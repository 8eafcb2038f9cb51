"""试用期. ok: one to three months, with a way to end or assess in it; vague: no length, or neither exit nor assessment; adverse: longer, or no way
out during it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.check.rules.measure import DAY, MONTH
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, worst_wins
from pipeline.check.rules.term.cues import BLANKS, TRIAL_WORD, Length, after, before, lengths
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_FIRST = r"(?:首批?|头|前|开头|最初|先|起初|第一)"
_TRIAL = any_of(
    r"试(?:用|运[行营转]?|营运|营业|行|合作|服务|跑|点|单|办|做|水|接(?!受)|播期|期|着(?=来|干|做|用|接|看))", r"(?<![测考面调])试(?:头|[一二两俩三四五六半仨]|\d|____|【)|先试|算试|(?:^|,)试[^,。;；]{0,6}(?:天|月|周)|试得|试完|试看|试试", r"磨合|适应期|适应阶段|验证(?:阶段|期)|考察期|观察期|体验(?:期|阶段|月)|爬坡期|缓冲期", r"(?<!indus)trial|pilot|probation",
    rf"{_FIRST}[^。;；]{{0,28}}(?:定|决定|看)[^。;；]{{0,6}}(?:去留|留用|留不留|转正|继续与否|是否继续)", r"搭个档",
)  # fmt: skip
# Goods, software, machines and people on trial.
_OTHERS = any_of(
    r"试(?:用|色|穿|吃|听|驾|玩)?(?:装|品|样|版|账号|权益|资格|商品|套装|员工|人员|客服|坐席|工资|期间?[^,。;；]{0,8}(?:工资|薪|社会保险|社保))|试(?:穿|色|销|制)|(?:机|件|品|货)的试用|小样|样品|样机|样衣", r"话术[^,。;；]{0,6}试|灰度|磨合(?:方法|方式|里程)|(?:买家|顾客|消费者|会员|客人|老客|shopper|buyer)[^,。;；]{0,14}(?:试用|体验|trial)", r"(?:新聘|新录|新入职|新招|新进|新客服|上岗前|新员工|新坐席|新人|员工|主播|达人|艺人|劳动(?:合同|契约)?|入职|newlyhired|employment)[^,。;；]{0,24}(?:试用|磨合|probation)", r"(?:软件|系统|插件|固件|机器人|erp|设备|空调|耳麦|话机|线路|程序|工具|功能|许可)[^,。;；]{0,14}(?:试用|试运[行转]|体验|trial)", r"(?:试用|体验|试运[行转])(?!期(?:限|间)?[自从由为])[^,。;；]{0,10}(?:软件|系统|插件|账号|erp|机器人|设备)", r"(?:商品|新品|产品|货)[^,。;；]{0,6}(?:试用|试销|试点|\d+天试用)",
    r"试点(?:的)?(?:城市|区域|品类|店)|(?:会员|活动|制度|规则)[^,。;；]{0,8}试行", r"转正(?:后)?(?:的)?(?:工资|薪)|社保|薪资", r"(?:in|employees?)'?probation|homer?trial|hometrial|producttrial|firmware|prototype|software|试用不合格者[^,。;；]{0,8}资遣", r"免费试用(?![^。;；]{0,14}(?:服务|坐席|合作))|试用[^。;；]{0,24}(?:采购许可|是否采购)|无故障|(?:试用|磨合)期?(?:间|内|中)?[^,。;；]{0,8}劳动(?:合同|关系|报酬|契约)",
)  # fmt: skip
_OTHERS_TITLE = r"劳动|软件|系统|设备|商品|样品|会员|product|sample|不考核"
_EXIT = any_of(
    r"解除|解约|终(?:止|了|结)|退(?:出|订|场)|(?:停|结束)[^,。;；]{0,4}(?:合作|服务)|不再(?:继续|合作|履行)?|不(?:予)?(?:继续|续签|转正|接着签|续)|失效|到此为止|即止|(?:叫|喊|说)停|收手|随时|走人|散|拉倒|不用了|可以走|就停|不(?:做|干)(?:了|,|$)|离开|另找|换掉", r"考(?:核|评|察|量|查)|评(?:估|价|定|判|分|审|议|一|完|测)|测评|验收|打分|达标|合格|通过|评语|(?:转|签)(?:为|入|成)?正式|转正|(?:决定|定)[^,。;；]{0,6}(?:是否|去留|留)|不(?:合适|满意|合意|顺手|理想|行)|成效|要不要(?:继续|用)|决定",
    r"terminat|assess|evaluat|exit|cancel|withdraw|walkaway|review",
)  # fmt: skip
_LEAVE = r"解除|解约|终止|退|取消|中止|叫停|喊停|结束|停|离|撤|不[做干]|说不干|提散|终了|换人"
_BARRED = any_of(
    rf"(?:不得|不可(?!再)|不能(?!令)|无权|不允许|不支持|不准|不许|没得|不提出|不予受理|概不)[^。;；]{{0,24}}(?:{_LEAVE})", rf"(?:{_LEAVE})[^。;；,，]{{0,10}}(?:不予受理|不予接受|无效|不作数|不认)", r"(?:无论|不论|不管|好不好|干成啥)[^。;；]{0,18}(?:均|都)(?:须|应|得|先|要|认|必)?(?:继续|履行|转入|转为|先?干满|支付|付费)?", r"(?:均|都|仍)?(?:须|应|必须|得)(?:当)?(?:继续合作|履行至|先?干满|履行到|转入正式)", r"不(?:适用|作|做|进行)(?:任何)?(?:绩效)?(?:考核|评核|评估)[^。;；]{0,14}(?:履行至|不得|均应)", r"(?:not|neitherparty|noright)[^.;]{0,24}(?:terminat|withdraw|cancel|exit)",
)  # fmt: skip
_NO_TRIAL = any_of(
    r"(?:(?:不|未|没有?)(?:再|另|另行|单独)?(?:设(?:置|立|定)?|约定|安排|提供|适用|实行)|无|没有)(?:任何|所谓|单独|其他)?(?:的)?(?:试用|试运[行营]|磨合|试合作|体验)(?:期|阶段|服务|安排)?",
    r"notrial",
)
_FIRST_MONTH = any_of(
    r"(?:首|头|第)(?:一)?个?(?:自然)?月(?!末|底|初)",
    r"[一二三四五六七八九]月(?:份)?到[一二三四五六七八九]月|firstmonth",
)
_LATER = r"(?:试[用运行营合作跑点单办做水]{1,2}|磨合|体验)(?:期|阶段)?(?:限)?(?:通过|届满|期满|结束|满|过|完)?(?:了)?(?:之后|以后|后)"

_AT_WILL = r"说停就停|说走就走|随时[^,。;；]{0,4}(?:停|走|退|终止|解除)|收手|叫停|到此为止"
# What is said of the trial named in the sentence before.
_MEANWHILE = r"^(?:在?[该此其])?(?:期间|其间|期内|期限内|期满)"
# 服务期起始两个月为试用期: the figure is the trial's whatever stands before it.
_IS_TRIAL = r"^(?:的(?:时间)?)?,?(?:为|是|作为|系|属于?|作|算)[^,。;；]{0,6}试"

# The contract's own term, beside the trial or under a title that names both.
_TERM = r"(?<!试)(?:合同|协议|契约|服务|合作)(?:的)?(?:有效)?(?:期限|期间|期(?!满|内))|续展|续约|续期|延续"


def _trial(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    own = sentence.has(_TRIAL) or (
        sentence.has(rf"延长|{_MEANWHILE}") and re.search(r"试用|试运|试合作|磨合", sentence.previous) is not None
    )
    # 试做三十天；店主说停就停: the half after a trial that is only named
    own = own or (
        len(sentence.previous) <= 16 and sentence.has(_AT_WILL) and re.search(TRIAL_WORD, sentence.previous) is not None
    )
    title = sentence.context.rsplit("\n", 1)[-1]
    titled = re.search(r"试用|试运|磨合|试合作|试行|试办|爬坡|trial|pilot", title) is not None
    if not own and not titled:
        return
    if sentence.has(_OTHERS) or re.search(_OTHERS_TITLE, title):
        return
    if (
        own
        and sentence.has(r"(?<!经)(?:过了?|通过)(?:试|磨合|体验)")
        and not sentence.figures_of(QuantityKind.DURATION)
    ):
        return
    if own and sentence.has(_NO_TRIAL) and not sentence.has(_EXIT):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="写明不设试用期")
        return
    if _locked(sentence):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="试用期内不能退出")
        return
    most, least = (checkpoint.thresholds[k] * MONTH for k in ("max_months", "min_months"))
    found = [f for f in lengths(sentence, 3 * DAY) if _is_length(sentence, f)]
    span = _dated(sentence) if not found else None
    longest = max((f.seconds for f in found), default=span or 0.0)
    figure = max(found, key=lambda f: f.seconds).text if found else None
    if longest > most * 1.04:
        text = figure or f"{longest / DAY:g} 天"
        yield Signal(
            sentence=sentence, status=Status.ADVERSE, figure=figure, reason=f"试用期{text}，超过标准 {checkpoint.thresholds['max_months']:g} 个月",
        )  # fmt: skip
        return
    keys: set[str] = set()
    if longest:
        keys.add("时长" if longest >= least * 0.93 else "不足一个月")
    elif sentence.has(_FIRST_MONTH):
        keys.add("时长")
    if sentence.has(_EXIT) and not (sentence.has(BLANKS) and not keys):
        keys.add("退出或评估")
    if own or keys:
        yield Signal(
            sentence=sentence, status=Status.OK if keys else Status.VAGUE, reason="写到试用期", figure=figure, keys=frozenset(keys),
        )  # fmt: skip


def _locked(sentence: Sentence) -> bool:
    """True when nobody, or not the merchant, may leave while it lasts; what comes after the trial is another matter."""
    barred = sentence.find(_BARRED)
    if barred is not None:
        ahead = sentence.plain[: barred.start()]
        if re.search(_LATER + r"[^。;；]{0,40}$", ahead) and not re.search(r"试[^。;；]{0,4}期(?:间|内)", ahead):
            return False
        own = sentence.find(r"<V>[^。;；,，]{0,8}(?:不得|不可|不能|无权)")
        merchant = sentence.has(r"(?:<M>|<B>)[^。;；]{0,20}(?:不得|不可|不能|无权|均|须|应|不予)")
        claims = re.match(r"不(?:得|能)(?:另行|再)?(?:收|要求|主张|请求|索)", sentence.plain[barred.start() :])
        return not (own is not None and not merchant) and claims is None
    column = next((i for i, head in enumerate(sentence.columns) if re.search(r"退出|终止|解除|叫停", head)), None)
    return (
        column is not None
        and column < len(sentence.cells)
        and re.match(r"(?:不|否|无|×)", sentence.cells[column]) is not None
    )


def _is_length(sentence: Sentence, length: Length) -> bool:
    """True for the length of the trial: not a notice, a payment, a day in it or the contract's own."""
    left, right = before(sentence, length.start, 26), after(sentence, length.end, 12)
    if re.search(r"(?:提前|提早|通知|支付|付清|结算|合同期|服务期限|有效期|结束前|届满前|期满前|最后|正式(?:期|服务)?|每|低于|连续|累计|第(?!1[—\-~至到])|通过后)[^,。;；]{0,2}$", left):  # fmt: skip
        return False
    if re.search(r"[□☐]$", left):
        return False
    if re.match(
        r"(?:之|以)?(?:内[^,。;；]{0,12}(?:退|付|通知|告知|提出|答复|完成|书面)|前|后)|(?:的)?(?:书面|预告|notice|prior)|'?notice|的合同|服务费",
        right,
    ):
        return False
    if sentence.is_row and re.search(r"通过后|正式", sentence.plain[max(0, length.start - 8) : length.start]):
        return False
    if re.match(_IS_TRIAL, right):
        return True
    own = re.split(r"[。;；]", sentence.plain[: length.start])[-1]
    if re.search(_LATER + r"[^。;；]*$", own):
        return False
    if sentence.has(any_of(_TRIAL, r"延长[至到]")):
        return re.search(_TERM + r"[^,。;；]*$", own) is None
    return not sentence.has(_TERM) and sentence.about(_TRIAL)


def _piece(sentence: Sentence, at: int) -> str:
    """The text between two commas in which ``at`` stands."""
    text = sentence.plain
    start = max(text.rfind(mark, 0, at) for mark in ",。;:") + 1
    return re.split(r"[,。;]", text[start:])[0]


def _dated(sentence: Sentence) -> float | None:
    """Seconds between the dates of a trial given by its days."""
    if sentence.has(_TERM) and not sentence.has(_TRIAL):
        return None
    dates = sentence.figures_of(QuantityKind.DATE)
    if sentence.has(_TERM):  # the dates of the contract stand beside those of the trial
        dates = tuple(d for d in dates if re.search(_TRIAL, _piece(sentence, d.start)))
    for date in dates:
        low, high = date.quantity.value, date.quantity.high
        if high is not None and low == low and high == high:
            return (high - low) * DAY
    ends = [re.findall(r"(\d{1,2})月", d.quantity.text) for d in dates]
    flat = [int(m) for pair in ends for m in pair]
    if len(flat) == 2:
        return ((flat[1] - flat[0]) % 12 + 1) * MONTH
    return None


def _conclude_trial(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """A length of one to three months and a way to leave or assess; in one sentence or in several."""
    if any(s.status is Status.ADVERSE for s in signals) or not signals:
        return worst_wins(signals, reading, checkpoint)
    keys = frozenset().union(*(s.keys for s in signals))
    ok = [s for s in signals if s.keys]
    figure = next((s.figure for s in signals if s.figure), "")
    if {"时长", "退出或评估"} <= keys:
        return conclude_with(Status.OK, ok, f"试用期{figure}，并写明了退出或评估")
    if keys & {"依语义一", "依语义二"} and not keys & {"不足一个月"}:
        return worst_wins(signals, reading, checkpoint)
    lacking = "没有写试用多久" if "时长" not in keys and "不足一个月" not in keys else "没有写试用期怎样退出或评估"
    if "不足一个月" in keys:
        lacking = f"试用期{figure}，不足标准 {checkpoint.thresholds['min_months']:g} 个月"
    return conclude_with(Status.VAGUE, signals, lacking)


RULE = Rule(checkpoint="term.trial", read=_trial, conclude=_conclude_trial)
