"""延迟付款罚则. ok: a rate or sum for late payment within the limit a day; vague: 承担违约责任 without a figure; adverse: above the limit, or the vendor
may stop or end service at once on any delay."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.measure import DAY, percent_text, upper
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind
from pipeline.types import Status

_PAYING = r"(?:支付|付款|付清|结算|缴纳|缴费|打款|结清|结账|付费|付讫|(?<![交托偿拨])付的?|回款|款项|账单|费用|服务费)"
_LATE = any_of(
    r"(?:逾期|逾|迟延|延迟|延期|拖延|迟|拖着|拖|晚|超期)(?:不)?[^。;；,，|]{0,14}?" + _PAYING,
    r"(?:未(?:能)?|没有?|不)(?:按(?:照)?[^。;；,，]{0,10}?(?:时|期|约定|规定|日期|时间)|及时|如期|准时|足额|在[^。;；,，]{0,18}(?:内|前|日期?))[^。;；,，]{0,16}?" + _PAYING,
    r"(?:支付|付款|付费|结算|缴费|款项|账款)[^。;；,，|]{0,10}(?:逾期|迟延|延迟|延期|违约(?!金)|拖延|迟付|晚|未付)", r"(?:付|给|交|缴|结|打|掏)(?:款|钱|费)?[^。;；,，]{0,6}(?:晚|迟|拖|误)", r"(?:晚|迟|拖|误|欠)(?:着|了)?(?:给|付|交|缴|结|打|账|帐|钱|了日子|款|的部分)", r"(?:晚|迟|拖|误|差|逾期?)(?:了)?(?:一|1|每|半)(?:天|日)", r"(?:款|钱|账|费)(?:项)?[^。;；,，]{0,10}(?:没|未|不)(?:能)?(?:于[^。;；,，]{0,6})?(?:到|入|进)",
    r"(?:未|没)(?:能)?(?:于[^。;；,，]{0,8})?(?:到账|入帐|入账|到位|依限|按约[^。;；,，]{0,4}[付给结缴]|付清|结清)", r"款(?:项)?迟|迟延|拖延的|逾期之处理|迟缴", r"(?:号|日)没到账|(?<!不得)拖欠|资金占用[费息]|[未没]见款", r"delay(?:ed)?(?:in)?pay|payslate|anydelay|delayinpay|payontime",
    r"(?:过了|到了?|超过)[^。;；,，]{0,8}(?:没|未)(?:能)?(?:收到|见到|到|给|付|打)[^。;；,，]{0,4}(?:款|钱|账|费)", r"滞纳金", r"欠(?:款|费|付|缴)", r"拖欠", r"迟付|晚付|缓付", r"到期(?:仍)?(?:未付|不付|未支付)|(?:到期|期满)[^。;；,，]{0,6}未(?:付|支付|缴)", r"余额不足", r"超过(?:付款|支付|结算)[^。;；,，]{0,8}(?:期|日)",
    r"每(?:逾期|延迟|迟延|拖延|晚|迟)(?:一|1)?[日天](?=[^。;；]{0,6}<M>[^。;；,，]{0,6}付)", r"latepayment|overdue|failstopay|notmadeonthedue|pastdue",
)  # fmt: skip
_NOT_MERCHANT = any_of(
    r"<V>[^。;；,，]{0,12}(?:逾期|迟延|延迟|拖欠|未按)[^。;；,，]{0,14}(?:退还|返还|赔付|支付|退|工资|发放|薪|提供|开具|到岗)", r"(?:逾期|延迟|迟延)[^。;；,，]{0,6}(?:退还|返还|到岗|上岗|上线|补位|交付|响应|提供|开票|开具|移交|交接|交付|整改|完成|提交|报送|补足|支付工资)", r"交期|代工|移交的|交接的|到岗的|交货|出货|仓储|供货|准时率|(?:资料|账号|权限|商品|货物|发货|物流|红包)[^。;；,，]{0,8}(?:晚|迟|拖)|(?:晚|迟|拖延?|逾期)(?:提供|交付|发货|到货)|平台每[天日][^。;；,，]{0,4}罚", r"工资|薪酬|社保|劳动",
)  # fmt: skip
_STOP = any_of(
    r"(?:立即|随时|当即|当日|马上|即时|即可|有权|可(?:以)?|均可|即|自动|直接|将)[^。;；]{0,14}(?:停(?:止|掉|用)|暂停|中止|终止|解除|撤(?:离|下|回|出|走|人)|冻结|下线|关闭|停线|停服|断开|停接|中断|切断|停掉)", r"(?:即|得|立马|立即|立刻|当场|马上|可)[^。;；,，]{0,10}(?:停(?:接|线|止|服|工)|撤(?:离|下|回|走|出|人)|关(?:电脑|闭|机)|走人|断线|终止)", r"撤(?:离|下|回|走)[^。;；,，]{0,4}(?:全部|所有)", r"(?:suspend|withdraw|stop)(?:all|the)?(?:agent|service|seat)", r"即停", r"(?:停止|暂停|中止)(?:全部|一切)?(?:服务|接待)", r"may(?:suspend|terminate|stop)",
)  # fmt: skip
_SERVICE = any_of(
    r"服务",
    r"合同|合作",
    r"协议|sow|工作说明书|订单",
    r"坐席",
    r"座席",
    r"人员",
    r"账号",
    r"客服",
    r"接待|接线|停接|停线|断线|席位|签入|进线|驻场|班组|店铺|电脑|agents?|关闭|线路",
    r"托管",
    r"本约|契约",
    r"services?",
    r"agreement",
)
_GRACE = any_of(
    r"(?<!不经)(?<!未经)(?<!无需)(?<!无须)(?<!不待)(?<!不再)(?<!另行)(?<!毋庸)(?<!毋须)(?<!不必)催告",
    r"宽限",
    r"经[^。;；]{0,8}(?:书面)?(?:通知|催)[^。;；]{0,20}仍",
    r"催[^。;；]{0,16}(?:仍|还)",
    r"(?<![次当]日)(?<!到期)(?<!不)仍(?:未|不)",
    r"(?:逾期|超过|满|达)[^。;；,，\d]{0,6}(?:_+|【\s*】|若干)",
    r"(?:提前|事先)[^。;；,，]{0,10}通知",
)
_LIABLE = any_of(
    r"违约(?:责任|金)",
    r"滞纳金",
    r"责任",
    r"利息",
    r"后果",
    r"赔偿",
    r"补偿",
    r"逾期(?:费用?|金)",
    r"罚",
    r"之责|追究|损失|资金占用|补[点偿贴些]|该补|该担|认账|交代|处[理置罚]|赔|担起|remed|answersfor",
    r"liab|interest|penalt",
)
_MARKET = r"lpr|同期[^。;；]{0,14}利率|贷款市场报价利率|存款利率|年(?:利)?率[零〇一二三四五六七八九十\d.]+厘"
_CAPPED = any_of(
    r"总额",
    r"(?<!无)累计(?!无)",
    r"(?<![无设])上限",
    r"为限",
    r"封顶",
    r"最[高多]|罚[到满]",
    r"合计",
    r"总计|不超|不得超|以内|为止|一成|至多",
)


def _late_payment(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["daily_rate"]
    if _continues(sentence) and _stops_at_once(sentence):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason="一有迟付，服务方就可停止或终止服务",
            also=reading.around(sentence, before=1, after=0),
        )
        return
    if (
        not (sentence.has(_LATE) or _late_column(sentence))
        or sentence.has(_NO_FAULT)
        or (
            sentence.has(_NOT_MERCHANT)
            and not sentence.has(
                r"<M>[^。;；,，]{0,14}(?:逾期|迟延|延迟|拖欠|未按)(?![^。;；,，]{0,6}(?:交付|提供|移交|开具|开通|确认|上架|发货))"
            )
        )
    ):
        return
    if sentence.has(_OTHER_PAYEE) or (
        sentence.has(_TO_MERCHANT) and not sentence.has(r"<M>[^。;；,，]{0,14}(?:逾期|迟延|延迟|拖欠|未按)")
    ):
        return
    late = sentence.find(_LATE)
    if late is not None and _vendor_is_late(sentence, late.start()):
        return
    if _stops_at_once(sentence):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="一有迟付，服务方就可停止或终止服务")
    if sentence.has(_MARKET) and not any(_over_time(f) and "day" in f.quantity.per for f in _rates(sentence)):
        yield Signal(sentence=sentence, status=Status.OK, reason="迟付按市场利率或年利率计息")
        return
    rates = _rates(sentence)
    for figure in rates:
        daily = _daily(figure)
        if _YEARLY.search(sentence.plain[: figure.start]):
            daily = upper(figure) / 365
        good = daily <= limit * (1 + 1e-9)
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=figure.quantity.text,
            reason=f"迟付按{figure.quantity.text}计，合每日 {percent_text(daily)}，{'不超过' if good else '高于'}标准每日 {percent_text(limit)}",
        )  # fmt: skip
    if rates:
        return
    if sentence.figures_of(QuantityKind.MONEY) and sentence.has(
        r"违约金|滞纳金|(?:每|一)(?:日|天|逾期|晚|迟)|罚|赔|多给|补偿|资金占用"
    ):
        figure = sentence.figures_of(QuantityKind.MONEY)[0]
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明迟付违约金{figure.quantity.text}",
            figure=figure.quantity.text,
        )
    elif (sentence.has(_LIABLE) or sentence.blanks) and not sentence.has(r"不(?:承担|负)[^。;；,，]{0,10}责任"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到迟付的责任但没有比例或金额")


def _late_column(sentence: Sentence) -> bool:
    """True for a row of a table whose columns are how late and what is owed for it."""
    late, vendor = compiled(_LATE, sentence.sides), compiled("<V>", sentence.sides)
    return sentence.is_row and any(late.search(c) and not vendor.search(c) for c in sentence.columns)


def _continues(sentence: Sentence) -> bool:
    """True when the lateness stands in the sentence before (…计付滞纳金；同时乙方可自逾期次日起停止…)."""
    return (
        not sentence.has(_LATE)
        and sentence.has(r"逾期|迟延|拖欠|欠款|到账|付清|此时|^(?:[①-⑨\d.()]*)?(?:同时|并且|且|其间|在此期间)")
        and sentence.has(r"<V>")
        and sentence.follows(_LATE)
        and not sentence.follows(_NOT_MERCHANT)
    )


# Delay without fault, tax arrears, and a ban on paying late are no penalty for late payment.
_NO_FAULT = r"不可抗力|免负|不可归责|不能(?:预见|避免|履行)|发票[^。;；]{0,30}滞纳金|税[^。;；,，]{0,10}滞纳金|平台规则|不得[^。;；,，]{0,20}(?:缓付|迟付|拒付)"


# Interest somebody owes to a third party: 迟延划款的，向景区每日支付万分之三的利息.
_OTHER_PAYEE = r"向(?!<M>|<V>|其|对方|守约|另一方|您|我|贵|收款|债权|权利)[\u4e00-\u9fff]{2,5}?(?:每[日天]|按[日天]|逐日)?(?:支付|计息|计付|偿付|付息)"

# What the vendor pays for its own delay.
_TO_MERCHANT = r"向<M>(?:每日|按日)?(?:支付|偿付|计付)[^。;；,，]{0,8}(?:违约金|滞纳金|赔偿)"


def _stops_at_once(sentence: Sentence) -> bool:
    """True when lateness alone lets the vendor stop: no days of grace, no notice, before the stop, and the stop not forbidden."""
    if not sentence.has(_SERVICE):
        return False
    days = [upper(f) for f in sentence.figures_of(QuantityKind.DURATION)]
    if sentence.has(_GRACE) and not (days and max(days) < 2 * DAY and not sentence.has(r"催|宽限|通知|_{2,}|【")):
        return False
    for stop in sentence.find_all(_STOP):
        start = max(sentence.plain.rfind(mark, 0, stop.start()) for mark in ",，;；。") + 1
        clause = sentence.plain[start : stop.end()]
        if compiled(_FORBIDDEN, sentence.sides).search(clause):
            continue
        grace = [
            f
            for f in sentence.figures_of(QuantityKind.DURATION)
            if upper(f) >= 2 * DAY and f.start < stop.end() and not _DATE_OF_MONTH.search(sentence.plain[: f.start])
        ]
        if not grace:
            return True
    return False


_FORBIDDEN = r"(?:不(?:得|能|可|会|应|许)|无权|禁止|莫)[^。;；,，]{0,24}(?:停|中止|中断|终止|解除|撤|关)|<M>(?:有权|可(?:以)?|得)"
_DATE_OF_MONTH = re.compile(r"(?:过了|每月|当月|次月|到了?|下个?月|[\d一二三四五六七八九十]月)$")


def _vendor_is_late(sentence: Sentence, at: int) -> bool:
    """True when the side named last before the lateness, within its clause, is the vendor."""
    head = sentence.plain[:at].rsplit("。", 1)[-1]
    sides = [
        (m.start(), name)
        for name, p in (("v", "<V>"), ("m", "<M>|<B>"))
        for m in compiled(p, sentence.sides).finditer(head)
    ]
    return bool(sides) and max(sides)[1] == "v" and not any(name == "m" for _, name in sides)


def _rates(sentence: Sentence) -> list[Figure]:
    """Rates of the penalty: not its cap, and the ones over time before bare ones."""
    found = []
    for figure in sentence.figures_of(QuantityKind.RATIO):
        around = sentence.plain[max(0, figure.start - 16) : figure.end + 8]
        cap = (
            figure.quantity.comparator in (Comparator.AT_MOST, Comparator.EQUAL)
            and compiled(_CAPPED, sentence.sides).search(around) is not None
        )
        if (
            figure.quantity.value < 0.5
            and "百分点" not in figure.quantity.unit
            and not (cap and not _over_time(figure))
        ):
            found.append(figure)
    timed = [f for f in found if _over_time(f)]
    return timed or found


_YEARLY = re.compile(r"(?:周?年(?:化)?(?:利)?(?:率|息)|年化|每年)(?:为|按|以)?$")
_DAYS = (("minute", 1 / 1440), ("hour", 1 / 24), ("day", 1.0), ("week", 7.0), ("month", 30.0), ("year", 365.0))


def _over_time(figure: Figure) -> bool:
    return any(unit in figure.quantity.per for unit, _ in _DAYS)


def _daily(figure: Figure) -> float:
    """The rate a day; a bare rate in a late-payment clause (按未付金额的千分之一) is read as the daily one."""
    for unit, days in _DAYS:
        if unit in figure.quantity.per:
            return upper(figure) / days
    return upper(figure)


RULE = Rule(checkpoint="fees.late_payment", read=_late_payment, conclude=worst_wins)
