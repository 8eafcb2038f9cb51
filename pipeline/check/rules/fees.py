"""费用结构与支付条件: how it is priced, what is in the price, when it is paid, what lateness costs, who may raise it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.check.rules.measure import MONTH, percent_text, upper
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_FEE = any_of(
    r"服务费",
    r"费用",
    r"价款",
    r"报酬",
    r"单价",
    r"价格",
    r"计费",
    r"收费",
    r"结算",
    r"佣金",
    r"提成",
    r"月费",
    r"底薪",
    r"酬金",
    r"报价",
    r"fees?",
    r"charges?",
    r"price",
)
# Money that is not the price of the service.
_OTHER_MONEY = any_of(
    r"违约金",
    r"赔偿",
    r"罚款",
    r"扣(?:除|减|款|罚|分)",
    r"保证金",
    r"押金",
    r"定金",
    r"滞纳金",
    r"注册资本",
    r"奖励",
    r"损失",
    r"逾期",
    r"保险",
    r"质保",
    r"罚金",
    r"deposit",
    r"penalt",
    r"damages",
)

# --- fees.pricing_model --------------------------------------------------------------------------------------------

_MODELS = {
    "固定月费": r"(?:固定)?(?:月(?:度)?(?:服务费|费|固定费|基础费)|包月|月费制|每月(?:固定)?(?:服务费|费用)|固定(?:服务)?费)|元/月|元每月|monthlyfee",
    "按坐席": r"(?:按|以|每)(?:照)?[^,。;；]{0,6}(?:坐席|座席|席位|人头|人数|人力|岗位)|/(?:坐席|座席|席位|人|席|岗)/?|每(?:名|个|位)?(?:坐席|座席|客服|人员?|席位)|perseat|peragent",
    "按小时": r"(?:按|以)(?:小时|工时|时长)|元/(?:小时|工时|h)|每小时|perhour|hourly",
    "按单量": r"按(?:照)?[^,。;；]{0,8}(?:单量|咨询量|接待量|会话|通话|工单|订单量|件|条|单)|元/(?:单|次|条|通|件|会话|接待|分钟)|每(?:单|条|通|次|会话)|perticket|percall",
    "提成": r"提成|销售额(?:的)?[^,。;；]{0,6}%|佣金|抽成|分成|commission",
}
_ANY_MODEL = any_of(*_MODELS.values())
_VENDOR_PRICES = any_of(
    r"(?:价格|单价|费用|收费|服务费|费率)[^。;；]{0,16}(?:由<V>(?:单方|自行|另行)?(?:确定|决定|制定|核定|定价|通知)|以<V>[^。;；]{0,16}(?:为准|通知))",
    r"<V>(?:有权|可)?(?:单方|自行)(?:确定|决定|制定|核定|定价)[^。;；]{0,10}(?:价格|单价|费用|收费|服务费|费率)",
)
_PAY_WHATEVER = any_of(
    r"(?:无论|不论|不管|不因|不以|不受)[^。;；]{0,40}(?:均|都|仍|也)?(?:应|须|需|要)?[^。;；]{0,10}(?:全额|足额|照常|照付|不予?(?:扣|退|减)|支付|缴纳|收取|计收)",
    r"(?:未达|不足|低于)[^。;；]{0,20}(?:最低|保底|基数|单量|人数|坐席)[^。;；]{0,24}(?:仍|也|均|按)[^。;；]{0,16}(?:全额|最低|保底|支付|计|收)",
    r"保底(?:费|收费|消费|单量|坐席|服务费)",
)


def _pricing_model(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_VENDOR_PRICES):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="价格由服务方单方确定")
        return
    if (
        sentence.has(_PAY_WHATEVER)
        and sentence.about(_FEE)
        and not sentence.has(r"<V>(?:应|须|仍|需)[^。;；]{0,10}(?:支付|赔)")
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="不论服务做得怎样都要足额付费")
        return
    if sentence.has(_OTHER_MONEY):
        return
    money = [f for f in sentence.figures_of(QuantityKind.MONEY) if not f.quantity.trigger]
    share = sentence.has(r"提成|佣金|抽成|分成|commission") and sentence.figures_of(QuantityKind.RATIO)
    about = sentence.about(_FEE) or sentence.about(_ANY_MODEL)
    if about and (money or share) and sentence.about(_ANY_MODEL):
        models = [name for name, p in _MODELS.items() if sentence.about(p)]
        text = money[0].quantity.text if money else sentence.figures_of(QuantityKind.RATIO)[0].quantity.text
        yield Signal(
            sentence=sentence, status=Status.OK, reason=f"收费模式{'、'.join(models[:2])}，写明{text}", figure=text
        )
    elif sentence.has(_FEE) and (
        sentence.has(r"另行(?:协商|约定|商定|签订|确认)|面议|协商确定|双方(?:另行)?(?:协商|商定)|待定")
        or sentence.has(_ANY_MODEL)
        or sentence.blanks
    ):
        if not sentence.has(r"加班|增员|额外|超出|大促|调整|变更"):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到收费方式但没有价格或计算方法")


# --- fees.itemization ----------------------------------------------------------------------------------------------

_INCLUSIVE = any_of(
    r"(?:包含|包括|涵盖|已含|含)[^。;；]{0,60}(?:全部|所有|一切|各项|等)[^。;；]{0,10}(?:费用|成本|支出|开支)?",
    r"(?:不再|不得|无需|无须|不另|不)(?:另行|另外|额外|再)?(?:收取|支付|产生|承担|计收|收|加收)[^。;；]{0,10}(?:任何)?(?:其他|额外|其它|另外|别的)?(?:费用|款项|收费)?",
    r"(?:一口价|全包|总包价|全包价|包干)",
    r"allinclusive|nootherfees|inclusiveofall",
)
_ITEMS = {
    "基础服务费": r"基础(?:服务)?费|基本(?:服务)?费|月(?:度)?服务费|固定(?:服务)?费|坐席(?:服务)?费|座席(?:服务)?费|人员服务费|底薪|客服(?:人员)?(?:工资|薪资|费)",
    "加班费": r"加班|大促|节假日|夜班|法定假",
    "培训费": r"培训费|培训",
    "系统费": r"系统(?:使用)?费|软件(?:使用)?费|平台(?:使用)?费|工具费|账号费|设备费|线路费|通讯费|话费",
    "提成": r"提成|佣金|奖金|绩效",
    "管理费": r"管理费|项目经理|质检费|场地费|税费|启动费|接入费|开通费|实施费|上线费",
    "临时坐席": r"临时(?:坐席|座席|客服|人员)|增(?:加|派|开)(?:坐席|座席|客服|人员)|机动坐席|超(?:出|量)",
}
_OPEN_ENDED = any_of(
    r"(?:其他|其它|额外|超出|增加|附加|新增|加班|增员|人力|大促|节假日|实际发生|未列明|未尽)[^。;；]{0,30}(?:据实|按实|实报实销|另行(?:结算|计费|收费|支付|计算|计价|收取)|另计|另算|另付|另收|由<M>(?:另行|额外|全部|自行)?(?:承担|支付|负担))",
    r"(?:费用|开支|成本|支出)[^。;；]{0,12}(?:据实|按实际发生|实报实销|均由<M>(?:承担|负担|支付))",
)
_EXTRA_TALK = any_of(
    r"(?:加班|额外|其他|增值|附加|超出|大促|临时)[^。;；]{0,24}(?:费用|费|收费)?[^。;；]{0,12}(?:另行(?:协商|约定|商议|商定|确认)|双方(?:另行)?(?:协商|商定)|协商(?:确定|解决)|面议)"
)


def _itemization(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(any_of(r"仲裁费", r"诉讼", r"律师费", r"公证", r"鉴定费", r"保函", r"赔偿")):
        return
    money = [f for f in sentence.figures_of(QuantityKind.MONEY) if not f.quantity.trigger]
    if sentence.has(_OPEN_ENDED) and not money and not sentence.has(r"由<V>(?:自行)?(?:承担|负担)"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="额外费用没有价格，敞口由商家承担")
        return
    if sentence.has(_EXTRA_TALK) and not money:
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="额外费用只写另行协商")
        return
    if sentence.about(_FEE) and sentence.has(_INCLUSIVE) and not sentence.has(r"不包(?:含|括)|保密|赔偿|违约"):
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason="写明价格已包含各项费用，不再另收",
            keys=frozenset({"包含", "全包"}),
        )
        return
    if sentence.has(_OTHER_MONEY):
        return
    items = sentence.count(_ITEMS)
    if items and money:
        yield Signal(sentence=sentence, status=Status.OK, reason=f"列明{'、'.join(items)}及价格", keys=frozenset(items))
    elif (
        (sentence.has(_FEE) or items)
        and (money or sentence.has(r"服务费|费用(?:包括|包含|明细|构成|组成)"))
        and sentence.about(_FEE)
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="有收费但没有写明包含什么")


def _conclude_items(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    ok = [s for s in signals if s.status is Status.OK]
    if any(s.status is Status.ADVERSE for s in signals) or not ok:
        return worst_wins(signals, reading, checkpoint)
    extras = [s for s in signals if s.status is Status.VAGUE and s.reason == "额外费用只写另行协商"]
    if extras:
        return conclude_with(Status.VAGUE, (*extras, *ok[:1]), extras[0].reason)
    keys = frozenset().union(*(s.keys for s in ok))
    if len(keys) >= 2:
        return worst_wins(signals, reading, checkpoint)
    return conclude_with(Status.VAGUE, ok, f"只列了{'、'.join(sorted(keys))}，没有写清是否还有其他费用")


# --- fees.payment_cycle --------------------------------------------------------------------------------------------

_CYCLES = any_of(
    r"月结",
    r"季结",
    r"周结",
    r"半月结",
    r"按月(?:度)?(?:结算|支付|付款)",
    r"每月\d{0,2}",
    r"按季",
    r"每季",
    r"按周",
    r"次月",
    r"当月",
    r"每(?:个)?自然月",
    r"月度结算",
    r"逐月",
    r"按月",
    r"每周",
    r"每半月",
    r"monthly",
    r"quarterly",
    r"账期",
    r"结算周期",
    r"对账",
)
_PAY = any_of(
    r"支付",
    r"付款",
    r"结算",
    r"付清",
    r"打款",
    r"转账",
    r"付至",
    r"汇(?:款|入)",
    r"结清",
    r"缴纳",
    r"pay(?:able|ment|s)?",
    r"invoice",
)
_PREPAID_ALL = any_of(
    r"(?:一次性|全额|全款|全部|足额)(?:预付|预先|提前|先行|支付|付清|缴纳|缴清|付款)[^。;；]{0,20}",
    r"(?:预付|预缴|预先支付|提前支付|先行支付)[^。;；]{0,10}(?:全年|全期|整个|全部|年度|一年|合同期|合同总|服务期)",
    r"(?:签订|签署|生效|盖章|签约)[^。;；]{0,20}(?:一次性|付清|支付全部|支付全年|全额支付|支付合同总)",
)
_PREPAID = any_of(
    r"预付",
    r"预缴",
    r"提前支付",
    r"先付",
    r"预先(?:支付|缴纳)",
    r"预存",
    r"预充",
    r"inadvance",
    r"prepa(?:id|y)",
    r"押[一二三123]付[一二三四五六123456]",
    r"前[^。;；]{0,10}支付(?:下|次)",
)


def _payment_cycle(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    months = checkpoint.thresholds["prepaid_months"]
    if sentence.has(
        any_of(r"保证金", r"押金", r"违约金", r"滞纳金", r"赔偿", r"退还", r"工资", r"社保", r"逾期")
    ) and not sentence.has(_PREPAID_ALL):
        return
    if not sentence.about(_PAY):
        return
    if sentence.has(_PREPAID_ALL) and sentence.about(_FEE) and not sentence.has(r"不得|无需|违约金|赔偿"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="要求一次性预付全部或长期费用")
        return
    if sentence.has(_PREPAID):
        for figure in sentence.figures_of(QuantityKind.DURATION):
            if upper(figure) >= months * MONTH * 0.98 and sentence.has(
                r"(?:预付|预缴|提前|先付|付)[^。;；]{0,12}" + r"(?:个月|季|半年|年)"
            ):
                yield Signal(
                    sentence=sentence,
                    status=Status.ADVERSE,
                    reason=f"要求预付{figure.quantity.text}，达到标准上限 {months:g} 个月",
                    figure=figure.quantity.text,
                )
                return
        if sentence.has(
            r"(?:按|每)?季(?:度)?(?:预付|提前|先付)|预付[^。;；]{0,6}季|半年[^。;；]{0,6}(?:预付|先付)|(?:预付|先付)[^。;；]{0,6}半年|付三|付六"
        ):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason="要求按季或更长周期预付")
            return
    timed = [f for f in sentence.figures if f.quantity.kind in (QuantityKind.DURATION, QuantityKind.DATE)]
    if (
        sentence.has(_PAY)
        and sentence.has(_CYCLES)
        and (timed or sentence.has(r"\d{1,2}[日号]|[一二三四五六七八九十]+日|月底|月末|月初|t\+\d"))
        and not sentence.blanks
    ):
        text = timed[0].quantity.text if timed else ""
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明结算周期和付款时间{('（' + text + '）') if text else ''}",
            figure=text or None,
        )
    elif (
        sentence.has(_PAY)
        and sentence.about(_FEE)
        and timed
        and sentence.has(r"内|前|之日起|within")
        and not sentence.blanks
    ):
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明付款时间（{timed[0].quantity.text}）",
            figure=timed[0].quantity.text,
            keys=frozenset({"期限"}),
        )
    elif (
        sentence.has(_PAY)
        and sentence.about(_FEE)
        and (sentence.has(r"按期|及时|按时|按约定|定期") or sentence.has(_CYCLES) or sentence.blanks)
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说按期付款，没有周期或日期")


# --- fees.late_payment ---------------------------------------------------------------------------------------------

_LATE = any_of(
    r"(?:逾期|迟延|延迟|延期|拖欠|未(?:能)?按(?:时|期|约定)|未在[^。;；,，]{0,16}(?:内|前))[^。;；]{0,16}(?:支付|付款|付清|结算|缴纳|缴费|打款|付|结清)",
    r"(?:支付|付款|付费|结算|缴费)[^。;；]{0,8}(?:逾期|迟延|延迟|延期|违约)",
    r"滞纳金",
    r"欠(?:款|费|付)",
    r"拖欠",
    r"latepayment|overdue|failstopay",
)
_STOP = any_of(
    r"(?:立即|随时|当即|当日|马上|即可|有权|可(?:以)?|即)[^。;；]{0,14}(?:停止|暂停|中止|终止|解除|撤(?:离|回|出)|下线|关闭)[^。;；]{0,10}(?:服务|合同|协议|坐席|人员|账号)?",
)
_GRACE = any_of(
    r"催告",
    r"宽限",
    r"经[^。;；]{0,6}(?:书面)?(?:通知|催)[^。;；]{0,20}仍",
    r"仍(?:未|不)",
    r"超过\d+",
    r"逾期(?:超过|达|满)",
)


def _late_payment(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["daily_rate"]
    if not sentence.has(_LATE) or sentence.has(
        r"<V>[^。;；,，]{0,10}(?:逾期|迟延|延迟)[^。;；]{0,8}(?:退还|返还|赔付|支付)"
    ):
        return
    rates = [f for f in sentence.figures_of(QuantityKind.RATIO) if not f.quantity.trigger]
    stops = sentence.has(_STOP) and sentence.has(r"服务|合同|协议|坐席|人员|账号")
    if stops and not sentence.has(_GRACE) and not sentence.figures_of(QuantityKind.DURATION):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="一有迟付，服务方就可停止或终止服务")
    for figure in rates:
        daily = _daily(figure)
        if daily is None:
            yield Signal(
                sentence=sentence,
                status=Status.OK,
                reason=f"写明迟付按{figure.quantity.text}计",
                figure=figure.quantity.text,
            )
            continue
        good = daily <= limit * (1 + 1e-9)
        yield Signal(
            sentence=sentence,
            status=Status.OK if good else Status.ADVERSE,
            reason=f"迟付按{figure.quantity.text}计，合每日 {percent_text(daily)}，{'不超过' if good else '高于'}标准每日 {percent_text(limit)}",
            figure=figure.quantity.text,
        )
    if rates:
        return
    if sentence.has(r"lpr|同期[^。;；]{0,10}利率|贷款市场报价利率"):
        yield Signal(sentence=sentence, status=Status.OK, reason="迟付按贷款市场利率计息")
    elif sentence.figures_of(QuantityKind.MONEY) and sentence.has(r"违约金|滞纳金|每(?:日|天|逾期)"):
        figure = sentence.figures_of(QuantityKind.MONEY)[0]
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明迟付违约金{figure.quantity.text}",
            figure=figure.quantity.text,
        )
    elif sentence.has(r"违约(?:责任|金)|滞纳金|责任|利息|后果") or sentence.blanks:
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到迟付的责任但没有比例或金额")


def _daily(figure: Figure) -> float | None:
    """The rate a day; ``None`` for a rate that is not over time."""
    per = figure.quantity.per
    value = upper(figure)
    for unit, days in (
        ("minute", 1 / 1440),
        ("hour", 1 / 24),
        ("day", 1.0),
        ("week", 7.0),
        ("month", 30.0),
        ("year", 365.0),
    ):
        if unit in per:
            return value / days
    return value  # 逾期…按未付金额的千分之一: a bare rate in a late-payment clause is read as the daily one


# --- fees.price_adjustment -----------------------------------------------------------------------------------------

_PRICE = any_of(
    r"价格",
    r"单价",
    r"费用(?:标准)?",
    r"服务费(?:标准)?",
    r"收费(?:标准)?",
    r"费率",
    r"报价",
    r"资费",
    r"计费标准",
    r"price|fees?|rates?",
)
_CHANGE = any_of(
    r"调整",
    r"上调",
    r"涨价",
    r"上浮",
    r"调价",
    r"提高",
    r"变更",
    r"浮动",
    r"调增",
    r"加价",
    r"修改",
    r"adjust|increase|raise|revise",
)
_FIXED = any_of(
    r"(?:合同|协议|服务|有效)期[^。;；]{0,12}(?:固定|不变|不(?:得|予|再|作|做)?[^。;；]{0,6}(?:调整|上调|变更|涨价|变动)|锁定)",
    r"(?:价格|单价|费用|服务费|收费|费率|报价)[^。;；]{0,20}(?:固定不变|保持不变|不变|锁定|不(?:得|予|再|作|做|可)[^。;；]{0,8}(?:调整|上调|变更|涨价|提高|变动|上浮))",
    r"不得[^。;；]{0,12}(?:涨价|提价|加价|(?:上调|提高|调整|变更)[^。;；]{0,10}(?:价格|单价|费用|服务费|收费|费率|报价))",
    r"固定(?:单价|价格|总价)",
    r"(?:remain|be)fixed|nopriceincrease",
)
_MUTUAL = any_of(
    r"(?:双方|甲乙双方)[^。;；]{0,20}(?:书面|协商一致|签订|签署|同意|确认)",
    r"(?:经|须|需|应)[^。;；]{0,12}<M>[^。;；]{0,8}(?:书面)?(?:同意|确认|认可)",
    r"补充协议",
    r"协商一致",
    r"mutual|writtenagreement|agreedinwriting",
)
_VENDOR_RAISES = any_of(
    r"<V>(?:有权|可(?:以)?|得|保留)[^。;；]{0,30}(?:调整|上调|涨价|提高|变更|上浮|修改)",
    r"(?:由|以)<V>[^。;；]{0,16}(?:调整|调价|通知|公布|确定)",
    r"(?:自动|自行|单方|不定期)[^。;；]{0,8}(?:调整|上调|上浮|递增|上涨|调价)",
    r"<M>(?:应|须|需|同意|不得)[^。;；]{0,10}(?:接受|异议|拒绝)",
    r"vendormay(?:adjust|increase|raise)|soleldiscretion|solediscretion",
)
_SOFT = any_of(
    r"市场(?:情况|行情|变化|价格)",
    r"协商(?:调整|确定|解决)?",
    r"可(?:以)?[^。;；]{0,8}(?:协商|商议|商讨|浮动|适当)",
    r"另行",
    r"视情况",
    r"适当",
)


def _price_adjustment(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not sentence.about(_PRICE) or sentence.has(r"利率|违约金|kpi|考核指标|服务时间|排班|人员调整"):
        return
    if sentence.has(_PRICE) and sentence.has(_FIXED):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明合同期内价格固定或不得单方上调")
        return
    if not sentence.has(_CHANGE) or not (sentence.has(_PRICE) or sentence.has(r"调价|涨价|加价")):
        return
    mutual = sentence.has(_MUTUAL)
    if sentence.has(_VENDOR_RAISES) and not mutual:
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以单方调价")
    elif mutual and not sentence.has(r"可(?:以)?(?:由)?(?:双方)?协商调整"):
        yield Signal(sentence=sentence, status=Status.OK, reason="调价须双方书面一致")
    elif sentence.figures_of(QuantityKind.RATIO) and sentence.has(r"不超过|上限|以内|不高于|封顶|最高"):
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason="调价有幅度上限",
            figure=sentence.figures_of(QuantityKind.RATIO)[0].quantity.text,
        )
    elif sentence.has(_SOFT):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="可以调价，但没有条件和上限")


RULES = (
    Rule(checkpoint="fees.pricing_model", read=_pricing_model, conclude=worst_wins),
    Rule(checkpoint="fees.itemization", read=_itemization, conclude=_conclude_items),
    Rule(checkpoint="fees.payment_cycle", read=_payment_cycle, conclude=worst_wins),
    Rule(checkpoint="fees.late_payment", read=_late_payment, conclude=worst_wins),
    Rule(checkpoint="fees.price_adjustment", read=_price_adjustment, conclude=worst_wins),
)
