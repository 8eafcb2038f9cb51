"""支付周期. ok: a cycle with a day or period of payment; vague: 按期/及时支付; adverse: the whole term, or as many months as the limit or more, in
advance."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.fees.cues import FEE, PAY, pays
from pipeline.check.rules.measure import DAY, MONTH, upper
from pipeline.check.rules.parts import number_in
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_CYCLE = any_of(
    r"月结", r"季结", r"周结", r"半月结", r"每(?:个)?(?:自然)?(?:月|季度?|周|双月|半月)", r"(?:按|逐|分)(?:自然)?(?:月|季|周|双周)", r"次月|翌月|下(?:个)?月|当月|上(?:个)?月|前(?:一)?月", r"每季", r"月度", r"账期", r"结算(?:周)?期", r"付款期|付款日|结算期",
    r"半月一|(?:[一二两三\d]个?|每)月一[结付次回]|[一二两]周一[结付]|第[一二三四1-4]季度",
    r"对账|对完账|出账", r"发票", r"每(?:[一二两三四五六\d]+个?)(?:月|周)", r"季度?(?:末|终了|结束|首月)", r"当期|每期", r"上一季|本周|这一周|每逢|半个月|半年汇总|t月|monthly|quarterly|month|invoice",
)  # fmt: skip
_DAY = any_of(
    r"\d{1,2}[日号]|net\d|礼拜|星期|周[一二三四五]|收(?:票|到[^。;；]{0,20})后[^。;；,，]{0,4}[\d一二三四五六七八九十]+[天日个]|daysof|withinfifteen|十五号",
    r"[一二三四五六七八九十]+[日号]",
    r"月底|月末|月初|月中",
    r"t\+\d",
    r"当(?:日|天)",
    r"次日",
)
_BEFORE = any_of(
    r"预[付缴存交]", r"充值", r"预先", r"预收", r"提前[^。;；,，]{0,8}(?:付|缴|交)", r"先(?:付|交|款|行支付|缴)", r"(?:期|季|年|月)初", r"(?:首月|首日|第一个月|开始|启动|上线|开线|开工|开通|进场|入驻|起始|起算)[^。;；,，]{0,10}(?:前|以前|之前)", r"(?:签订|签署|签约|生效|盖章|签字)[^。;；]{0,16}(?:前|时|后|当[日天]|之日|[日天]内)",
    r"(?:先|预)(?:交|付|缴)后(?:干|做|服务)|(?:签字|签约|签合同|见面|开工|进场|进场日|开线|上线|上岗|头一天|派人)[^。;；]{0,20}(?:掏|给|付|打|交|汇)|预先|季开头|(?:每)?季首月|头(?:一)?回|首付|押[一二]付|beforethefirst|fallsdue|前付|到账后(?:方|才|再|开)|款到|收到(?:全)?款(?:项)?后(?:方|才|开)|开通[^。;；,，]{0,4}前|前[^。;；,，]{0,10}(?:支付|付清|缴清|缴纳|付讫|付)", r"押[一二三123]付", r"inadvance", r"prepa(?:id|y)", r"upfront",
)  # fmt: skip
_WHOLE = any_of(
    r"(?:整个|全部|两年|三年|一年|全年|全期)[^。;；,，]{0,10}(?:期|的)?(?:钱|费|款|酬金|报酬)|半年(?:一[付交]|份)|百分之百|一把给齐|收齐|thewholeof|allfees|fullterm",
    r"(?:全年|全期|整(?:个|期)|全部服务期|所购(?:全部)?服务期|合同期(?:内)?(?:全部|的全部)?|服务期(?:内)?全部|年度|一(?:整)?年|合同总(?:价|额|金额)|合同(?:价款|金额)(?:全额|的?100%)|合同全款|总价(?:款)?|总费用)",
    r"(?:全款|全额|全部(?:费用|款项|服务费|价款|合同款)?|一次性?(?:全部|全额)?(?:付|缴|交|支付|预付|结)[^。;；,，]{0,4}|100%)",
)  # fmt: skip
# What the vendor pays its own people, or anybody pays the tax office, is not the fee.
_WAGES = r"<V>[^。;；,，]{0,24}(?:支付|发放|结清|足额)[^。;；,，]{0,12}(?:工资|薪酬|薪资|劳动报酬)|(?:支付|发放)(?:的)?(?:工资|薪酬|薪资|劳动报酬)"
_LONG_EN = r"(?:three|four|six|nine|twelve|[3-9]|1[0-9])(?:\([^)]*\))?months|quarter|half-?year|(?:each|one|every|per)year|annual|yearly"
_ONE_MONTH = any_of(r"当月|上月|本月|次月|每月|该月|月度|按月|逐月|首月|(?:一|1)个月|每单|结算|对账|验收")
_LONG = any_of(
    r"(?:按|每|当|该|一|整)?(?:个)?(?<![旺淡四春夏秋冬换当])季(?:度)?(?![^。;；,，]{0,4}(?:节|终了|末|结束))",
    r"半年",
    r"(?<![\d一二两三])年(?:付|度预付)",
    r"付[三六]|半年|整季|[按每]季",
    r"每年",
)
_NOT_FEE = any_of(
    r"保证金",
    r"保费|责任险|投保",
    r"押金",
    r"质保金",
    r"违约金",
    r"滞纳金",
    r"赔偿",
    r"退还",
    r"退款",
    r"货款|寄卖款|(?:结算|支付|划转|划付|返还)(?:给|至)<M>",
    r"达人|底薪|代发",
    r"社保",
    r"个税",
    r"奖励|奖金",
    r"处罚|截留|现金折扣|封顶|discount|正常工时|劳动?基准|补偿|录用|雇用|聘用|hires",
    r"运费",
)
_SOON = any_of(
    r"按期|如期|准时|守时|速予|从速|别拖|照约定|依约|该给|安排(?:支付|付款)|看着办|宽裕|到位后|签字|内部审批|备忘录|公司规定",
    r"及时",
    r"按时",
    r"(?:按照?|依|照)[^。;；,，]{0,6}约定",
    r"定期",
    r"按[^。;；,，]{0,6}(?:账单|结算单)(?:付|支付|结)|(?:结算|付款|支付)(?:时间|日期|周期|期限)(?:以|由|按|依)",
    r"尽快",
    r"协商",
    r"商定",
    r"约定(?:的)?(?:时间|期限)",
    r"适时",
    r"另行",
    r"一旦|随时",
    r"promptly|timely",
)


# Paid every month, a month ahead: the cycle and its period.
_MONTH_AHEAD = r"(?:按|逐)月[^。;；,，]{0,4}支?付[^。;；]{0,8}预[付缴](?:一|1)个?月"
_PAID_WHEN = re.compile(r"(?:付款|支付|结算|缴费)(?:时点|时间|节点|日期?|期限)")
# Days that are no day of payment: of an objection, of notice or settling at the end, of counting, of an audit.
_OTHER_DAYS = any_of(
    r"(?<![无没])(?<!没有|未提)异议[^。;；]{0,40}(?:提出|说明|告知|先[付行]|核对|复核)|disputes?(?!d)",
    r"(?:提前|提早)[^。;；]{0,14}(?:通知|告知|书面|邮件)",
    r"解除|终止|解约|撤场|退场|分手|叫停|交接|(?<!每)(?:期限?|届)满(?!之日起[^。;；]{0,14}[付拨])|结束合作|清算",
    r"(?:付款)?期[间限][^。;；]{0,6}顺延|最后一日为|审计|检查|对账函|已付清|留存|移交",
    r"(?:发票|票据)[^。;；]{0,24}(?:自助)?(?:申请|开具|重开)(?![^。;；]{0,24}(?:付|结清|汇))|后[^。;；,，]{0,8}开具",
    r"有疑问",
    r"(?:说明|提交|报送|反馈|答复)(?:理由|材料|数据)",
)
_DUE = r"(?:内|前|之前|日|号|天|底|初|末)[^。;；]{0,24}(?:支付|付清|付讫|付至|付款|付给|汇|打款|转账|缴|结清|划|拨|pay)|(?:支付|付款|付清|缴|汇)[^。;；,，]{0,10}(?:日|号|内|前)|pays?"
_EVERY = r"(?:每|按|逐)(?:个)?(?:自然)?(?:月|季|周|双月|半月)|[月季周]结|次月|翌月|下个?月|结算(?:周)?期|付款(?:期(?![间限])|日)|monthly|quarterly|invoice"


def _payment_cycle(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not sentence.about(PAY):
        return
    prepaid = _prepaid(sentence, checkpoint.thresholds["prepaid_months"])
    if prepaid and not sentence.has(
        r"保证金|押金|违约金|赔偿|罚|(?<!不)(?<!不予)退还|不(?:得|需|必|用|要求)[^。;；,，]{0,6}(?:预付|预先)|无(?:需|须)预付"
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason=prepaid, firm=True)
        return
    if sentence.has(_MONTH_AHEAD) and sentence.about(FEE) and not sentence.blanks:
        yield Signal(sentence=sentence, status=Status.OK, reason="按月支付，预付不超过一个月")
        return
    if sentence.has(_NOT_FEE) or (sentence.has(_WAGES) and not _paid_beside_wages(sentence)):
        return
    if sentence.has(r"逾期(?!提交|未交|报送)|迟延|延迟|违约|罚") and not sentence.has(_CYCLE + "|" + _SAID_FIRST):
        return
    timed = [
        f
        for f in sentence.figures
        if f.quantity.kind in (QuantityKind.DURATION, QuantityKind.DATE)
        and not f.quantity.trigger
        and (f.quantity.kind is QuantityKind.DATE or upper(f) >= DAY / 2)
    ]
    paying = pays(sentence) or (sentence.is_row and any(_PAID_WHEN.search(c) for c in sentence.columns))
    if sentence.has(_OTHER_DAYS) and not (sentence.has(_EVERY) and sentence.has(_DUE)):
        return
    timed = [f for f in timed if not _OF_A_PRICE.match(sentence.plain, f.end)]
    if sentence.has(_NO_HURRY) and not sentence.has(_DAY):
        timed = [f for f in timed if not _is_cycle(sentence, f)]
    text = _time_of_payment(timed)
    day = sentence.has(_DAY) or any(
        f.quantity.value <= 95 * 86400 for f in timed if f.quantity.kind is QuantityKind.DURATION
    )
    paid_fee = paying and (sentence.is_row or sentence.about(FEE) or sentence.has(r"款|账|钱") or sentence.has(_CYCLE))
    if paid_fee and sentence.has(_CYCLE) and day and not sentence.blanks:
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明结算周期和付款时间{text}",
            figure=text.strip("（）") or None,
        )
    elif (
        paying
        and sentence.about(FEE)
        and any(_beside_pay(sentence, f) for f in timed)
        and sentence.has(r"内|前|之日起|后|within")
        and not sentence.blanks
    ):
        yield Signal(sentence=sentence, status=Status.OK, reason=f"写明付款时间{text}", figure=timed[0].quantity.text)
    elif (
        paying
        and (sentence.about(FEE) or sentence.has(r"款|账单|钱|资金|invoice"))
        and (sentence.has(_SOON) or sentence.has(_CYCLE) or sentence.blanks)
    ):
        if not sentence.has(r"发票(?:类型|抬头)|税率|开户|账户信息|赔") and (
            sentence.has(
                r"<M>|<B>|费|账单|款|钱|付款(?:时间|方式|期限|周期)|支付(?:时间|方式|期限|周期)|结[算款账](?:时间|方式|周期|日)|invoices?"
            )
            or sentence.is_row
        ):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说按期付款，没有周期或日期")


_HALF_FIRST = r"(?:先|预|提前)[^。;；,，]{0,4}[付交缴](?:足|清|够)?(?:半年|一年|全年|整年)|先充后用"
# What a long duration is of, when it is not what is paid for.
_NOT_PAID_FOR = re.compile(r"(?:上|(?<!提)前)$|(?:保存|留存|保留|服务|体验期?|试用期?|磨合期?)(?:设为|为|满)?$")
_TRIAL = re.compile(r"(?:设为|作为|为)?(?:体验|试用|磨合|试行)")
_MONTHLY = r"月结|按月(?:结|支?付)|逐月|(?:每月|次月|当月)[^。;；,，]{0,10}(?:日|号|底|初)[^。;；,，]{0,4}(?:前|内)?[^。;；,，]{0,6}(?:支?付|结)"


def _pays_for(sentence: Sentence, figure: Figure) -> bool:
    """True when money is paid for the duration, in its clause or the next, and not month by month."""
    plain = sentence.plain
    if _NOT_PAID_FOR.search(plain[max(0, figure.start - 10) : figure.start]):
        return False
    if _TRIAL.match(plain, figure.end):
        return False
    start = max(plain.rfind(mark, 0, figure.start) for mark in ",;。") + 1
    ends = [m.start() for m in re.finditer(r"[,;。]", plain[figure.end :])][:2]
    clause = plain[start : figure.end + ends[-1] if ends else len(plain)]
    if compiled(PAY, sentence.sides).search(clause) is None and not sentence.is_row:
        return False
    return not sentence.has(_MONTHLY) or re.search(r"预|一次|先付|提前", clause) is not None


def _beside_pay(sentence: Sentence, figure: Figure) -> bool:
    """True when the clause of the figure, or the one before or after it, pays."""
    plain = sentence.plain
    marks = [-1, *(m.start() for m in re.finditer(r"[,;。]", plain)), len(plain)]
    at = next(i for i, m in enumerate(marks) if m >= figure.start) if figure.start < len(plain) else len(marks) - 1
    window = plain[marks[max(0, at - 2)] + 1 : marks[min(len(marks) - 1, at + 1)]]
    return compiled(PAY, sentence.sides).search(window) is not None or sentence.is_row


# Soon, and no more: the duration beside it is how often, not by when.
_NO_HURRY = r"及时|尽快|尽早|适时|从速|速予"
# The duty to pay stands before what lateness brings.
_SAID_FIRST = r"^[^。;；]{0,24}(?:费|款|账单)[^。;；]{0,16}(?:时间|期限|按时|及时|准时|如期)[^。;；,，]{0,6}(?:付清|支付|结清|付讫|付款)[^。;；]{0,4}[,，]逾期"


_OF_A_PRICE = re.compile(r"(?:合计|共计|总计|一?共)")  # 一个月合计34800元: what it costs, not by when


def _paid_beside_wages(sentence: Sentence) -> bool:
    """True when a clause of the merchant's own pays by a day beside the wages (10日前将款项汇入，乙方于15日发放工资)."""
    clauses = re.split(r"[,;。]", sentence.plain)
    return any(
        re.search(r"[日号](?:之?前|内)[^,;。]{0,6}(?:款|费)[^,;。]{0,6}(?:汇|付|打|划)", c)
        for c in clauses
        if "工资" not in c
    )


def _is_cycle(sentence: Sentence, figure: Figure) -> bool:
    """True for a duration that says how often accounts are settled (一个月结一回), not by when."""
    behind, before = (
        sentence.plain[figure.end : figure.end + 8],
        sentence.plain[max(0, figure.start - 2) : figure.start],
    )
    return re.match(r"(?:一|为一|对|结)?(?:结|付|汇|对|期|次|回|周期)", behind) is not None or before.endswith(
        ("每", "按", "逐")
    )


def _time_of_payment(timed: list[Figure]) -> str:
    return f"（{timed[0].quantity.text}）" if timed else ""


_MONTHS = re.compile(
    r"第?(?P<first>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])(?:个?月)?(?:份)?(?:1日)?(?:至|到|—|-|~|起至)(?:\d{4}年|当年|同年|第)?(?P<last>1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])个?月"
)
_PAY_MONTH = re.compile(r"(?P<month>1[0-2]|[1-9])月(?:的|份)?(?:\d{1,2}[日号]|首日|初|起)")
_AT_THE_START = r"预[付缴存交]|先[付交缴]|提前[^。;；,，]{0,4}[付交缴]|(?:生效|签[订约署])[^。;；,，]{0,4}日|首日|开[线工]|启动|期初"


def _span_ahead(sentence: Sentence, months: float) -> str:
    """The run of months paid for before they are served (1月至6月的价款于1月20日前预付), or ""."""
    for piece in re.split(r"[;；。]", sentence.plain):
        span = _MONTHS.search(piece)
        if span is None or compiled(PAY, sentence.sides).search(sentence.full) is None:
            continue
        first, last = number_in(span["first"]), number_in(span["last"])
        if last - first + 1 < months or re.search(r"终了|届满|后付|期末|[后末][^。;；,，]{0,8}[付结]|每月", piece):
            continue
        rest = piece[: span.start()] + piece[span.end() :]
        when = _PAY_MONTH.search(rest)
        early = when is not None and int(when["month"]) <= first and re.search(r"付|缴|交|\|", rest) is not None
        ahead = re.search(r"预[付缴存交]|先[付交缴]", rest) if not sentence.is_row else re.search(_AT_THE_START, rest)
        if early or ahead is not None:
            return f"要求预付{span.group(0)}的费用，达到标准上限 {months:g} 个月"
    return ""


def _prepaid(sentence: Sentence, months: float) -> str:
    """Why the fee is paid too far in advance, or ""."""
    if (span := _span_ahead(sentence, months)) and sentence.about(FEE + r"|款|钱|价"):
        return span
    if sentence.has(_HALF_FIRST):
        return "要求按半年或更长周期先付"
    if not sentence.has(_BEFORE) and not sentence.has(
        r"一次(?:性)?[^。;；,，]{0,8}(?:付清|缴清|付讫|交清)[^。;；]{0,12}(?:全部|整个|服务期|合同|全年|年)"
    ):
        return ""
    if sentence.has(r"inadvance|upfront") and sentence.has(_LONG_EN):
        return "要求按季或更长周期预付"
    if not (
        sentence.about(FEE)
        or sentence.has(r"款|钱|价|预[付缴]|充值|首付|[年季]付")
        or (sentence.is_row and sentence.about(r"款|钱|价"))
    ):
        return ""
    for figure in sentence.figures_of(QuantityKind.DURATION):
        if not _pays_for(sentence, figure):
            continue
        before = sentence.plain[max(0, figure.start - 12) : figure.start]
        if (
            upper(figure) >= months * MONTH * 0.98
            and not figure.quantity.working
            and not any(w in before for w in ("期限", "有效期", "满", "合作期", "服务期为", "试用"))
        ):
            if sentence.has(r"(?:预[付缴存交]|充值|先付|先交|提前|期初|一次|前支付|前付|开始前|付)"):
                return f"要求预付{figure.quantity.text}的费用，达到标准上限 {months:g} 个月"
    if (
        sentence.has(_WHOLE)
        and not sentence.has(r"备用金|任何情况下|一次性赔付")
        and not sentence.has(
            _ONE_MONTH + r"|剩余|余下|(?:提前(?:终止|解除|结束)|结束合作)[^。;；]{0,40}(?<!不)(?:付|缴|结清)"
        )
    ):
        return "要求一次性预付全部或长期费用"
    if (
        sentence.has(_LONG)
        and sentence.has(
            r"预[付缴存交]|预先|提前|先付|先交|季初|开始前|首月|前[^。;；,，]{0,10}(?:支付|付清|缴|付)|付[三六]|前付|先[付交]后|季(?:度)?(?:的)?(?:开头|首|头)|(?:签[订约署]|生效|盖章)[^。;；,，]{0,8}(?:时|当[日天]|后|内)[^。;；,，]{0,6}(?:付清|一次|全)"
        )
        and not sentence.has(
            r"季(?:度)?(?:末|终了|结束|届满)|后付|[上前]一?个?季|(?:半年|季度?|每年)[^。;；,，]{0,4}(?:对一?次?账|复盘|汇总|考核|评估|回顾|盘点)"
        )
    ):
        return "要求按季或更长周期预付"
    return ""


RULE = Rule(checkpoint="fees.payment_cycle", read=_payment_cycle, conclude=worst_wins)
