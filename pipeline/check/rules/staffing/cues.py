"""What the staffing rules share: words for the people, shares however written, heads counted against heads."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.check.rules.leaning import Mark, marks
from pipeline.check.rules.measure import figures_near, lower, upper
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Sentence
from pipeline.quantities import Comparator, QuantityKind
from pipeline.quantities.numerals import value as number

STAFF = any_of(
    r"客服", r"[坐座]席", r"人(?:员|手|力|选|马|头)", r"员工", r"团队", r"队伍", r"班底|班子|人马", r"组长", r"主管", r"班长", r"专员", r"席位", r"驻[场点店]", r"班组", r"项目组", r"小组", r"成员", r"新来的", r"骨干", r"主力", r"熟手", r"新[人手]", r"生手", r"老手", r"替[补手]", r"编制", r"在[编岗册]", r"离[职岗任项组]", r"谁", r"agents?", r"staff", r"personnel", r"team", r"temps",
)  # fmt: skip

# Others who leave, learn or stand by: shoppers, goods, machines, the vendor as a company.
SHOPPERS_LEAVE = any_of(
    r"(?:会员|老?顾?客(?!服)户?|排队|来电|呼入|用户|粉丝|观众|听众|访客|买家|询单|订单|购物车|库存|加购)(?:(?!坐席|人员|客服|员工|项目|店)[^,。;]){0,10}(?:流失|放弃|退群|离开|跑掉|走过)", r"流失[^,。;]{0,10}(?:老客|买家|会员|顾客)", r"(?:咨询|进线|呼入|来访|会话|访客)(?:量)?的?(?:流失|放弃)|无人应答|未接[起通]?而", r"退群|缺货|损耗率|差异率", r"(?:inventory|stock|cart|customer|member)[a-z]{0,12}(?:turnover|abandon|churn|attrition)|inventory",
)  # fmt: skip
LABOUR_LAW = any_of(
    r"劳动(?:合同|法|关系|基准)", r"经济补偿", r"社(?:保|会保险)", r"失业", r"工伤", r"公积金", r"(?:聘用|雇用|雇佣|招揽|挖角|录用)[^,。;]{0,10}(?:人员|员工|对方)?", r"severance|labou?rlaw|solicit|hire",
)  # fmt: skip

# People who serve no chats, and figures that are said to bind nobody here.
OTHER_PEOPLE = any_of(
    r"(?:店员|导购|讲解员|鉴定师|鉴定员|设计师|安装(?:工|师傅)|维修(?:工|师傅|员)|司机|骑手|快递员|配送员|技师|保安|保洁|厨师|教练|工程师|仓管|车间|裁剪工|缝纫工|主播|模特|研发人员)(?:(?!客服|[坐座]席)[^,。;]){0,20}(?:率|培训|跟岗|考核|学习|课程|流失|离职|合格)", r"(?:仓库|门店|直营店|体验店|工厂|车间|零售部|物流)(?:的)?(?:员工|人员|店员|工人)", r"与(?:坐席|座席|客服|本(?:合同|协议|项目))[^,。;]{0,4}无关|(?:内部|自用)(?:的)?(?:目标|控制线|管理指标)",
)  # fmt: skip

# Where money, not people, is spoken of: what is paid is no measure, no share of a team and no promise.
PRICE_LIST = (
    r"全费用|包干价|综合单价|(?:单价|价格|费用?)[^,。;]{0,8}(?:已|均|为)?(?:包含|包括|含)|其他(?:任何)?(?:款项|费用)"
)

_BARE = re.compile(
    r"(?P<fraction>(?<![\d/])1/(?:[2-9]|[1-9]\d)(?![\d/]))|(?<![\d.])(?P<decimal>0\.\d{1,3})(?![\d.%年个天小元‰])"
    r"|(?P<tenths>[一二两三四五六七八九])成(?P<more>半|[一二三四五六七八九])?(?![交立果本功品绩])"
)
_MOST = re.compile(r"(?:≤|<|不[^,。;]{0,3}(?:超过?|高于|大于|逾|多[于过])|至多|最多|以内)[^,。;\d]{0,8}$")


def clause_at(sentence: Sentence, start: int, end: int) -> str:
    """The clause around ``plain[start:end]``: what stands between commas, semicolons, full stops and cell borders."""
    text = sentence.plain
    low = max(text.rfind(mark, 0, start) for mark in ",;。:|") + 1
    highs = [at for mark in ",;。:|" if (at := text.find(mark, end)) >= 0]
    return text[low : min(highs, default=len(text))]


def holds(pattern: str, text: str, sentence: Sentence) -> bool:
    """True when ``pattern`` occurs in ``text``, a part of ``sentence``."""
    return compiled(pattern, sentence.sides).search(text) is not None


def merchant_acts(sentence: Sentence, at: int) -> bool:
    """True when the side named last before ``at`` is the merchant: the subject of what stands there."""
    last = max(sentence.find_all(r"<V>|<M>"), key=lambda m: m.start() if m.start() < at else -1, default=None)
    return last is not None and last.start() < at and holds(r"^<M>$", last.group(), sentence)


def vendor_pays(sentence: Sentence) -> bool:
    """The vendor is named as the one who pays, and the merchant is not."""
    said = marks(sentence)
    return ("V", Mark.PAYS) in said and ("M", Mark.PAYS) not in said


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share of the team, as a fraction; ``start`` and ``end`` are positions in ``Sentence.plain``."""

    low: float
    high: float
    text: str
    start: int
    end: int
    comparator: Comparator


def shares(sentence: Sentence, topic: str, *, rivals: str = "", reach: int = 40) -> list[Share]:
    """Shares that belong to ``topic``: percentages and 成 (一成半 too), and the bare 1/8 and 0.15 that ratios are also written as.

    A trigger counts as the limit it guards (超出 15% 的须说明).
    """
    found = [
        Share(low=lower(f) + _half(sentence, f.end), high=upper(f) + _half(sentence, f.end), text=f.quantity.text + ("半" if _half(sentence, f.end) else ""), start=f.start, end=f.end, comparator=_guarded(f.quantity.comparator, f.quantity.trigger))
        for f in figures_near(sentence, topic, QuantityKind.RATIO, reach=reach, rivals=rivals, crossing=Comparator.MORE)
    ]  # fmt: skip
    if not found and sentence.about(topic):
        found = list(_bare(sentence))
    return [s for s in found if not _of_a_rival(sentence, s, topic, rivals) and not _halves_a_sum(sentence, s)]


def _of_a_rival(sentence: Sentence, share: Share, topic: str, rivals: str) -> bool:
    """A share whose own clause speaks of something else (月走人不过一成,待命的占两成)."""
    clause = clause_at(sentence, share.start, share.end)
    return bool(rivals) and holds(rivals, clause, sentence) and not holds(topic, clause, sentence)


_SUMMED = re.compile(
    r"(?:之和|总和|合计|加总|相加(?:之?后)?|两数|两者|二者|[+＋][^,。;]{0,10})[)）]?(?:的|取|除以|乘以?|[×*])?$"
)


def _halves_a_sum(sentence: Sentence, share: Share) -> bool:
    """Half of two counts taken together (月初与月末人数之和的一半) is how their mean is reckoned, no share of the team."""
    return 0.5 - 1e-9 <= share.high <= 0.5 + 1e-9 and _SUMMED.search(sentence.plain[: share.start]) is not None


def _half(sentence: Sentence, end: int) -> float:
    return 0.05 if re.match(r"半", sentence.plain[end:]) and sentence.plain[end - 1] == "成" else 0.0


def _guarded(comparator: Comparator, trigger: bool) -> Comparator:
    return Comparator.AT_MOST if comparator is Comparator.MORE else comparator


def _bare(sentence: Sentence) -> Iterator[Share]:
    for match in _BARE.finditer(sentence.plain):
        if match["fraction"]:
            value = 1 / int(match["fraction"][2:])
        elif match["decimal"]:
            value = float(match["decimal"])
        else:
            value = number(match["tenths"]) / 10 + (
                number(match["more"] or "零") / 100 if match["more"] != "半" else 0.05
            )
        most = _MOST.search(sentence.plain[: match.start()]) is not None
        yield Share(
            low=value, high=value, text=match.group(), start=match.start(), end=match.end(),
            comparator=Comparator.AT_MOST if most else Comparator.EQUAL,
        )  # fmt: skip


_HEADS = re.compile(
    r"(?<![第\d.一两二三四五六七八九十百])(?P<number>\d{1,4}|[一两二三四五六七八九十百]{1,4})[来多余]?(?:个|名|人|位|席|员)(?P<half>半)?(?!月|小?时|工作|自然|日|天|季|钟|组|班次|礼拜|星期|周)"
)


def heads(sentence: Sentence) -> list[tuple[float, str, int]]:
    """People counted in a sentence: how many, as written, where; 一个半 is one and a half."""
    return [
        (number(m["number"]) + (0.5 if m["half"] else 0.0), m.group(), m.start())
        for m in _HEADS.finditer(sentence.plain)
    ]


def heads_share(sentence: Sentence) -> tuple[float, str] | None:
    """Fewer heads over more heads (每10名客服配2名), the last pair of a sentence that makes a share; ``None`` when there is none."""
    people = heads(sentence)
    if len(people) < 2:
        return None
    big, small = max(people), min(people)
    if not 0 < small[0] < big[0]:
        return None
    first, second = sorted((big, small), key=lambda head: head[2])
    return small[0] / big[0], f"{first[1]}、{second[1]}"
