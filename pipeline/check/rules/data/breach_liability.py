"""泄露赔偿. ok: the vendor pays for a leak, with a sum or formula; vague: no figure; adverse: exempt, or capped at one month's fee or less."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.check.rules.data.cues import DATA, clauses_named
from pipeline.check.rules.measure import MONTH
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_LEAK = any_of(
    r"泄(?:了|给|出|漏|露|密)|(?:走|漏|传|流|发)(?:漏|出|了)?(?:出去|出|了|风)|跑(?:漏|风|出去)|失密|外传|外流|(?:私|偷)(?:传|拿|卖|拍)|真漏|漏(?:了|出|一条)|讲了|卖了|偷的|往外讲|流入市场|丢了|unauthori[sz]eddisclos|leak",
    r"泄露", r"泄漏", r"泄密", r"外泄", r"外流", r"漏出去", r"流出", r"违反(?:本|上述|前述|以上|该)?[^。;；]{0,12}保密", r"信息安全事[件故]", r"数据(?:安全)?(?:事[件故]|丢失|被盗|泄)", r"倒卖|贩卖|(?:出售|卖(?:出去|给|掉))", r"保密义务[^。;；]{0,10}(?:违反|违约)", r"(?:data|confidentiality)breach|leak",
)  # fmt: skip
_LEAK_BEFORE = any_of(_LEAK, r"披露|透露")
_LEAKED_DATA = any_of(
    DATA,
    r"客人|资料|名单",
    r"泄密|失密|外泄|外传",
    r"保密",
    r"(?:泄露|泄漏)(?:事[件故]|所致|赔|一[例条次]|的事)",
    r"记录|名册",
)
_PAYS = any_of(
    r"pay(?!roll)|违约金|给付|偿付|退还|退店|补偿|掏|担着|担不?钱|出道?个?歉|银子|承接|两清|liable|扣罚|合同总额",
    r"赔(?!礼)",
    r"(?:应|须|需|由<V>|<V>)[^。;；,，]{0,8}(?<![交托])付",
    r"支付",
    r"承担[^。;；,，]{0,12}(?:责任|损失|费用|后果)",
    r"责任",
    r"补偿",
    r"追究",
    r"扣(?:除|款|减|罚)",
    r"罚",
    r"liab|compensat|damages|indemnif",
)
_NO_LEAK = r"(?:薪酬|薪资|工资)保密|内部罚"  # the vendor's own house rules
_UNCAPPED = r"不受[^。;；]{0,16}(?:限制|上限)|泄[^。;；]{0,24}(?:不在此限|除外|不适用)|除[^。;；,，]{0,16}泄"
_THAT_PAYMENT = r"(?:该|此|上述|前述|前款)[^。;；,，]{0,8}(?:赔|补偿|责任|款|金额)|^(?:但)?(?:累计|合计|赔偿|补偿|每次|单次)[^。;；]{0,24}(?:赔|补偿|责任|以|不超过|封顶|最高)|赔(?:偿|付)(?:总?额|金额|责任)"
_EXEMPT = any_of(
    r"(?:同意|愿意|承诺|自愿)[^。;；,，]{0,4}免除<V>[^。;；]{0,24}(?:赔偿|责任|义务)",
    r"<V>[^。;；,，]{0,8}(?:仅|只)(?:需|须|负责|承担|应|限于)?[^。;；,，]{0,6}(?:更换|道歉|致歉|整改|书面(?:说明|检讨)|通报批评|配合(?:调查|处理)|补救)[^。;；,，\d]{0,8}(?:$|[。;；]|[,，](?![^。;；]{0,20}(?:赔|支付)[^。;；]{0,8}\d))",
    r"(?:<V>|我们|我司|咱组|你们)(?:(?![,，]<M>)[^。;；]){0,30}(?:不(?:用|必|需|担|负担?|予|作|做|承担|进行|给予?)(?:任何)?(?:经济|金钱)?(?:钱|赔|补偿|责)|不赔|不负担赔偿|没有的)|不用[^。;；,，]{0,3}赔|银子是没有|(?:不|放弃)[^。;；,，]{0,6}追(?:索|究)|豁免|由您承接|自(?:行|我)承(?:受|担)|自担风险|noevent",
    r"<V>(?:(?![,，]<M>)[^。;；]){0,24}(?:不承担|不负|免(?:于承担|除|责)|无(?:须|需)承担|概不|无责)", r"(?:责任|赔偿|后果|损失)[^。;；]{0,20}(?:由<M>(?:自行)?(?:承担|负责)|与<V>无关)", r"(?:公司|平台|这边)[^。;；,，]{0,6}概不", r"<M>[^。;；]{0,10}(?:放弃|不得|无权)[^。;；]{0,30}(?:主张|索赔|赔偿|追究|请求权|求偿|超出部分)", r"notliable|noliability",
)  # fmt: skip
_CAP = any_of(
    r"不(?:超过|逾|高于|得超过)|顶多|为全部责任|(?:就算)?两清|此外[^。;；]{0,8}放弃|limitedto|shallnotexceed",
    r"最高",
    r"上限",
    r"以[^。;；]{0,24}为[限度]",
    r"封顶",
    r"至多",
    r"不高于",
    r"最多",
    r"capped|notexceed|limitedto",
)
_MULTIPLE = r"(?:费|费用|款|报酬)(?:总?额)?的?(?:[2-9]|[1-9]\d|[二两三四五六七八九十]+)倍|[2-9]\d\d%"
_MONTH_FEE = any_of(
    r"(?<![个\d])月(?:均|度|固定|基础)?(?:服务费|外包费)",
    r"(?:一个月|1个月|单月|当月|该月|上月|月度|前一个月|一个月|(?:一个|1个|单个)(?:服务|结算|计费|自然)月|当月一半|半个月|半月|当期|最近一(?:个)?月|一期)[^。;；]{0,14}(?:服务费|费用|报酬|月费|款项|服务款|价款|管理费|席位费|坐席费|外包费|工钱|servicefee)|(?:当月|该月|上月|一个月|(?:一个|1个|单个)(?:服务|结算|计费|自然)月)(?!内|之内|以内)[^。;；,，\d]{0,14}费(?!用?(?:率|损))", r"月费", r"(?:fees?)(?:paid)?for(?:the|one)?month|onemonth", r"one(?:month|\(1\)month)'?s?fee|monthlyfee",
)  # fmt: skip

_CAP_BEFORE = r"(?:不(?:超过|逾|高于|得超过)|最高(?:不(?:超过|逾))?|上限[为是]?|封顶|至多|最多|以)[^。;；,，\d]{0,8}$"
_CAP_BEHIND = r"[^。;；,，]{0,4}(?:为(?:上)?限|为上限|封顶|为最高)"
_FEE_A_MONTH = r"每月[^。;；]{0,24}(?:服务费|外包费|月费|服务报酬)|(?:月(?:度)?(?:固定|基础)?(?:服务费|外包费)|月费)|(?:服务费|外包费|服务报酬)[^。;；]{0,12}(?:每月|/月)"
_NOT_THE_FEE = r"泄|赔|违约|扣|(?:每|/|按)(?:名|人|席|坐席|座席|个坐席|位)|奖|提成|保证金"


def _breach_liability(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    months = checkpoint.thresholds["cap_months"]
    own = sentence.has(_LEAK) and sentence.has(_LEAKED_DATA)
    # 该项赔付合计以…为限: the cap speaks of the leak of the sentence before it, or of its clause.
    leak_before = sentence.follows(_LEAK_BEFORE)
    taken_up = (leak_before and (sentence.has(_THAT_PAYMENT) or sentence.has(_LEAK))) or (
        sentence.about(_LEAK) and sentence.has(r"违反(?:本|上述|前述|以上|该)")
    )
    # 第七条所定之给付，以…为限: the cap of a leak clause named by its number.
    by_number = not (own or taken_up) and sentence.has(_CAP) and _of_a_leak(sentence, reading)
    if not (own or taken_up or by_number) or sentence.has(_NO_LEAK):
        return
    if sentence.has(r"^[^。;；,，]{0,6}<M>(?![的之])[^。;；,，]{0,10}(?:违反|泄露|泄漏)") and not sentence.has(
        r"<V>[^。;；]{0,6}(?:违反|泄露)|<B>"
    ):
        return
    if sentence.has(_EXEMPT) and not sentence.has(r"不(?:因此)?免除"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="泄露后服务方免责，或商家不能索赔")
        return
    said = sentence.about if sentence.is_row else sentence.has  # 责任上限 may stand in the head of a table
    if not said(_PAYS):
        return
    if sentence.has(
        r"除[^。;；,，]{0,24}(?:泄露|泄密|保密|赔偿)[^。;；,，]{0,8}外|泄[^。;；]{0,24}(?:不在此限|不适用)"
    ):
        return  # the cap of another clause leaves leaks out
    if said(_CAP) and sentence.has(_MONTH_FEE) and not sentence.has(_UNCAPPED) and not sentence.has(_MULTIPLE):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason=f"泄露赔偿封顶在一个月服务费以内，不高于标准 {months:g} 个月",
        )
        return
    if _small_cap(sentence, reading, months):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason=f"泄露赔偿的封顶数额不高于 {months:g} 个月服务费",
        )
        return
    money = [f for f in sentence.figures_of(QuantityKind.MONEY) if not f.quantity.trigger]
    ratios = [f for f in sentence.figures_of(QuantityKind.RATIO) if not f.quantity.trigger]
    spans = [f for f in sentence.figures_of(QuantityKind.DURATION) if f.quantity.value >= MONTH]
    formula = sentence.find(
        r"两倍|翻一?倍|一[条例回个次][^。;；,，]{0,8}赔\d+|赔\d{2,}|赔[一二三四五六七八九]千|(?:伍|五|十|\d)万元|timesthefee|(?:\d+|[一二两三四五六七八九十]+)(?:-\d+)?倍|赔[^。;；,，]{0,4}[一二三四五六七八九十百\d]+万|[【\[]?\d+[】\]]?万"
    )
    if money or ratios or formula or (spans and sentence.has(r"服务费|费用|月费|fee")):
        figures = money or ratios or spans
        text = figures[0].quantity.text if figures else (formula.group(0) if formula else "")
        yield Signal(sentence=sentence, status=Status.OK, reason=f"泄露赔偿写明{text}", figure=text)
    else:
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="泄露只说承担责任，没有金额或算法")


def _of_a_leak(sentence: Sentence, reading: Reading) -> bool:
    """True when a clause that the sentence names by number is the one on secrecy or leaks."""
    return any(s.has(_LEAK) or s.about(r"保密") for s in clauses_named(sentence, reading))


def _small_cap(sentence: Sentence, reading: Reading, months: float) -> bool:
    """True when a sum caps the payment and is no more than ``months`` of the monthly fee the contract names."""
    if not sentence.has(_CAP) or sentence.has(_UNCAPPED):
        return False
    caps = [
        f.quantity.value
        for f in sentence.figures_of(QuantityKind.MONEY)
        if compiled(_CAP_BEFORE, sentence.sides).search(sentence.plain[: f.start])
        or compiled(_CAP_BEHIND, sentence.sides).match(sentence.plain[f.end :])
    ]
    fee = _monthly_fee(reading)
    return bool(caps) and fee is not None and max(caps) <= fee * months


def _monthly_fee(reading: Reading) -> float | None:
    """The largest monthly fee the contract names for the whole service, in yuan; prices a seat or a person are left out."""
    sums = [
        f.quantity.value
        for s in reading.body
        if s.has(_FEE_A_MONTH) and not s.has(_NOT_THE_FEE)
        for f in s.figures_of(QuantityKind.MONEY)
    ]
    return max(sums, default=None)


RULE = Rule(checkpoint="data.breach_liability", read=_breach_liability, conclude=worst_wins)
