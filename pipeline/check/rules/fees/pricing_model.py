"""收费模式. ok: the model with its price or formula; vague: the model without a price; adverse: the vendor sets the price alone, or the
merchant pays in full whatever is delivered."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.check.rules.fees.cues import FEE, OTHER_MONEY, OUTSIDERS, PAY, PRICE, priced_row, prices
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_MODELS = {
    "固定月费": r"\|每月\||每个?月(?:人民币|rmb|￥|¥)?\d|(?:固定)?(?:月(?:度)?(?:服务费|费|固定费|基础费)|包月|月费制|每月(?:固定)?(?:服务费|费用)|固定(?:服务)?费|年费|包年|总价)|元/月|元每月|monthlyfee|每月[^。;；,，]{0,12}(?:支付|付给|收取)[^。;；,，]{0,8}(?:服务费|费用|报酬)|(?:服务费|费用|报酬)(?:标准)?(?:为|按)?(?:每月|每年)|按月收取|每年\d",
    "按坐席": r"(?:席|坐席|座席|席位|人|岗)/(?:服务)?(?:月|日|时|小时)|席位单价|(?:按|以|每)(?:照)?[^,。;；]{0,6}(?:坐席|座席|席位|人头|人数|人力|岗位|工位)|/(?:坐席|座席|席位|人|席|岗)/?|[名人席岗位]/月|每(?:名|个|位)?(?:坐席|座席|客服|人员?|席位)|perseat|peragent",
    "按小时": r"(?:按|以)(?:小时|工时|时长)|元/(?:小时|工时|h)|每(?:人)?(?:每)?小时|perhour|hourly",
    "按单量": r"按(?:照)?[^,。;；]{0,8}(?:单量|咨询量|接待量|会话|通话|工单|订单量|件|条|单|次)|元/(?:单|次|条|通|件|会话|接待|分钟|人次|案)|每个?(?:有效)?(?:单|条|通|次|件|案|会话|咨询|分钟)|以件计|每封|每(?:接|成|办|答|完成|处理|接待|受理)(?:了)?一?(?:单|笔|个|条|通|件|次)|每(?:一)?场|人次[×x*]|perticket|percall",
    "按班": r"(?:坐|值)?一?个?(?:班|钟头|小时|人|客服|客人|单)(?:一个月|每月)?\d{2,5}|每一?(?:值班)?(?:小时|工时)|一人一?(?:个)?月|照人头|包干|按席|每席|各?出几个人|foreach(?:chat|call|ticket|seat)|eachchat|percallanswered",
    "提成": r"抽(?![检取查样])[^。;；,，]{0,4}(?:点|%)|计提|几个点|提成|(?:(?:销售|成交|交易|支付)(?:金)?额|gmv|流水)(?:的)?[^,。;；]{0,10}%|佣金|抽成|分成|commission",
    "公式": r"(?:费|报酬|价款|金额)=|=[^,。;]{0,24}[×x*]|[×x*]\d+(?:\.\d+)?元",
}  # fmt: skip
_ANY_MODEL = any_of(*_MODELS.values())
_FORMULA = r"(?:服务费|月费|费用|价款|报酬|酬金)[^。;；]{0,30}(?:=|等于|按|以|为)[^。;；]{0,40}(?:单价|单位价格)[^。;；]{0,12}(?:乘|×|\*|之积|计算|相乘)|(?:乘以|×|\*)[^。;；]{0,16}单价|单价(?:×|乘以|\*)|(?:数量|人数|席位数|坐席数)[^。;；,，]{0,4}(?:与|和|乘)[^。;；,，]{0,6}单价[^。;；,，]{0,8}(?:支付|计算|结算|相乘)"
# A formula with its figure: 服务费 = 成交净额 × 2.5%.
_PRODUCT = (
    r"(?:费|报酬|价款|酬金|提成|佣金|fees?|charges?)(?:总?额)?(?:=|等于)[^。;；]{0,50}(?:[×*]|乘以)[^。;；×*]{0,6}\d"
)
_SET = r"(?:核定|确定|决定|制定|定价|厘定|设定|核算确定|来定|定夺|说了算|拍板)"
_VENDOR_PRICES = any_of(
    r"<V>?[^。;；,，]{0,4}(?:按|依|以)(?:照|据)?其(?:当期|届时|当时|现行|最新|公布)[^。;；,，]{0,8}(?:价目表|价格表|报价单|牌价|收费标准|资费)[^。;；,，]{0,4}(?:计|收费|结算|执行|为准)",
    r"(?:佣金|提成|抽成|分成)(?:的)?(?:比例|比率|点数)?(?:由|以|按|依)<V>[^。;；,，]{0,12}" + _SET,
    r"(?:计费|收费|结算|价格|单价|费用)[^。;；,，]{0,20}(?:以|按|及|和)<V>[^。;；,，]{0,2}定价为准",
    PRICE + r"[^。;；]{0,20}(?:由|以|按|依)<V>[^。;；,，]{0,12}" + _SET,
    r"<V>(?:将|有权|可(?:以)?|得)?[^。;；,，]{0,6}(?:自行|单方|单独|独自|自主)[^。;；,，]{0,8}" + _SET + r"[^。;；]{0,12}" + PRICE,
    r"<V>(?:有权)?(?:自行|单方)?" + _SET + r"[^。;；,，]{0,8}" + PRICE, PRICE + r"[^。;；|]{0,10}\|[^。;；]{0,6}<V>[^。;；,，]{0,10}(?:单独|自行|单方)[^。;；]{0,6}" + _SET,
    r"<V>[^。;；,，]{0,4}(?<!坐席)(?<!客服)(?<!员工)(?:报|开|定|说)多少(?!工资)(?![、,，][^。;；]{0,6}(?:底下|家))", PRICE + r"[^。;；]{0,16}以<V>[^。;；,，]{0,12}(?:通知|公布|公示|账单)[^。;；,，]{0,4}为准", PRICE + r"[^。;；]{0,16}(?:以|按|依)<V>(?![^。;；,，]{0,10}(?:投标|响应|中标|磋商|最终|附件))[^。;；,，]{0,8}(?:报价|定价)(?:单)?(?:为准|执行|结算|计收)",
)  # fmt: skip
_VENDOR_SAYS = any_of(
    r"(?:费|价|率|账单|金额|收多少|几个点|报酬|酬金|单价)[^。;；]{0,24}(?:<V>|我们|我司)[^。;；]{0,22}(?:自行|自己|单方|自主|自定|月月自己)[^。;；,，]{0,10}(?:核(?!对|实|查)|定(?!期)|公[告布]|开列|算|拟|报(?!销|送|税))", r"(?:<V>|我们|我司)[^。;；]{0,24}(?:自行|自己|单方|自主)[^。;；,，]{0,8}(?:核|定(?!期)|公[告布]|开列|拟)[^。;；]{0,16}(?:费|价|率|数|账单)", r"(?:费|价|率)[^。;；,，]{0,8}(?:由|以)<V>[^。;；,，]{0,24}(?:核定|公告|公布|开列|厘定|发布[^。;；,，]{0,6}为准)",
    r"(?:以|按|依)<V>[^。;；,，]{0,16}(?:发布|公布|出具|公示)(?:的|之)?[^。;；,，]{0,8}(?:价目表|报价单|价格表|ratecard|账单金额)[^。;；,，]{0,6}(?:为准|为结算|执行|结算)", r"(?:fees?|charges?|price|rates?)(?!card)[^.;]{0,80}(?:(?:absolute|sole|own)discretion|maydetermine)|(?:absolute|sole|own)discretion[^.;]{0,40}(?:the|its)(?:fees?|charges?|price|rates?)\b|asprovidermaydetermine", r"<V>[^。;；,，]{0,6}随时能?改",
)  # fmt: skip
_WHATEVER = r"(?:无论|纵|即便|哪怕|不论|不管|不因|不以|不受|不随|不与(?!(?:<M>|<B>)结算)|哪怕|即使|即便|纵使|纵然|irrespective|regardless)"
_IN_FULL = r"(?:全给|掏足|付足|足额|分文不减|全付|不减|全额|足额|照常|照付|照单|全付|不(?:予|作|得|做)?(?:扣|退|减|免)|支付|缴纳|收取|计收|计费|结算|付款|付清|挂钩|前提|影响)"
_PAY_WHATEVER = any_of(
    r"(?:缺(?:岗|勤)|掉线|没接|无进线|一个没来|未达要求|不合格|停摆|未能派足|未分配)[^。;；]{0,40}(?:全给|照付|照常(?:全额)?(?:计|付)|足额|不减|分文不减|全付|也要|均不减少|不得抗辩)", r"payableinfull|payableirrespective|irrespectiveof", r"均?不得(?:扣减|少付)(?:或|及|、)(?:拒付|缓付)",
    _WHATEVER + r"[^。;；]{0,60}" + _IN_FULL,
    r"保底[^。;；]{0,30}(?:全付|全额|仍|也|都|照付|必须|均(?=[^。;；,，]{0,6}(?:付|收|计|结清)))|(?:最低消费|保底)[^。;；]{0,10}不(?:予)?退", r"<M>(?:不得|无权|不能|不可)[^。;；]{0,6}(?:以|因)[^。;；]{0,60}(?:拒付|少付|缓付|迟付|不付|拒绝(?:支付|付款)|扣(?:减|除|付|款|留)|抵扣|暂停(?:支付|付款)|减(?:付|少))",
)  # fmt: skip
# The vendor fails, and the merchant pays for all of it all the same.
_FAILS = r"(?:缺(?:岗|勤|编|席|员)|旷工|离岗|空岗|不到岗|不合格|不达标|不足|中断|停工|(?:未|没有?|不)(?:能)?(?:达|完成|履行|满足|提供|派|到岗|配足|配齐)[^。;；,，]{0,12})"
_ALL_THE_SAME = (
    _FAILS
    + r"(?:的|时|期间|天数|情况下)?[,，]?(?:<M>|服务费|月费|席位费|坐席费|费用)?(?:也|亦)?(?:仍|也|都|照样|依旧|依然|继续|均)[^。;；,，]{0,4}(?:应|须|需|要|得|由<M>)?[^。;；,，]{0,4}(?:全额|足额|全部|全数|照付|(?:按|依)(?:照)?(?:合同)?约定(?:的)?(?:人数|坐席数?|席位数?|数量|编制|标准全)|按满编)"
)
_PENALTIES = re.compile(r"扣款|罚|违约|保额|保险|赔付|奖|判断标准|扣分")
# The fee cut loose from what is delivered, in so many words.
_UNLINKED = any_of(
    r"再(?:少|多|低|差)[^。;；]{0,40}(?:仍|也|都|照)[^。;；]{0,20}(?:付|满编|全额|足额|给足)",
    r"(?:够不够|好不好|多不多|多寡|好坏|优劣|达标与否)[^。;；,，]{0,8}(?:都|均|概|皆|也)?(?:不影响|不减|不改|照付|不退)",
    r"(?:费|价款|款项|报酬)[^。;；]{0,40}不因[^。;；]{0,30}(?:停|缺|未|不足|中断|空|减少)[^。;；]{0,20}(?:减免|减少|扣减|折减|核减|退还)",
    r"(?:费|价款|款项|报酬)[^。;；]{0,30}与[^。;；]{0,30}(?:接待量|咨询量|单量|指标|到岗|达标|效果|质量|成果|业绩|达成|服务水平)[^。;；,，]{0,12}(?:无关|不挂钩|无关联|不相干|不联动)",
    r"<M>[^。;；,，]{0,6}不(?:得)?以[^。;；]{0,50}(?:不足|偏低|未达|停业|不达标|缺岗|质量)[^。;；]{0,20}(?:主张|要求|请求)[^。;；,，]{0,6}(?:减|免|扣|退)",
    r"(?:未达|不足|低于|不满|少于)[^。;；]{0,20}(?:最低|保底|基数|单量|人数|坐席|席位|会话|[\d一二三四五六七八九十百千万]{1,6}[单席人条通次个件])[^。;；]{0,16}(?:(?:仍|也|均)[^。;；]{0,8}按|按(?:照)?(?=[^。;；,，]{0,8}(?:最低|保底|基数|足额|全额|约定(?:数|的)?[^。;；,，]{0,4}数|上述|该数|此数|[\d一二三四五六七八九十百千万][\d,一二三四五六七八九十百千万]*(?:单|席|人|条|通|次|个))))[^。;；]{0,16}(?<!不另)(?<!不)(?:全额|最低|保底|支付|计|收|结)",
    r"(?:费|款|钱)[^。;；,，]{0,10}分文不减",
)
_UNPRICED = any_of(
    r"另(?:谈|议|行磋商|以[^。;；]{0,8}议定)|洽谈|再说|tobeagreed|报价(?:单|函)|另行(?:协商|约定|商定|签订|签署|确认|确定)|面议|协商(?:确定|的结果|结果)|双方[^。;；,，]{0,8}(?:协商|商定|议定|商量)|待定|(?:费|价|单价|收费|报酬)[^。;；,，]{0,8}以(?!<M>|上述|本)[^。;；,，]{0,12}为准|看(?:另附的?)?(?:报价|价目)|详情(?:请)?(?:联系|咨询)|(?:价|费|标准|费率|报酬|金额)[^。;；,，]{0,6}由(?:甲乙)?双方[^。;；,，]{0,6}(?:确定|约定|确认)"
)


_OWN_PEOPLE = r"发放|代扣"
_FAIR_FEE = r"(?:服务费|费用|报酬)(?:按照?|根据|依据?)(?:实际)?(?:工作量|业务量|服务量)|(?:支付|给付|付给|收取)(?:<M>|<V>)?(?:合理|相应|适当|一定)(?:数额)?的?(?:外包|客服)?(?:服务费|服务报酬|报酬|酬金|服务价款)"
_BLANK_FEE = r"(?:服务费|月费|席位费|坐席费)(?:标准)?(?:为|按|:)?[^。;；,，]{0,12}(?:每月|每坐席|每席|按月|月|固定)[^。;；,，]{0,8}(?:_{2,}|【】)元"


# Vouchers, shoppers' rebates, and the commission of those who sell.
_SHARE_OF_SALES = r"货款[^。;；,，]{0,4}(?:[(][^()]{0,16}[)])?[^。;；,，]{0,4}(?:抽|计提|提|的)\D{0,3}\d"
_NOT_THE_SERVICE = r"优惠券|补贴|达人|主播|红人|样品|货款"
# Taxes, wages and costs the vendor bears or declares itself: no price of the service.
_OWN_COSTS = r"税费|纳税|申报|代扣|工资|薪|社保|保险|运费|差旅|<V>(?:自行|自己)(?:承担|负担|解决|缴)"


# A cell that says by what a price list counts: 名/月, 席位/月, 工时, 每单.
_UNIT = re.compile(
    r"(?:按|每|元/)?(?:人|名|位|席|坐席|座席|席位|岗位?|班|组)?[/·每]?(?:个?月|日|天|小时|工时|h|单|条|通|件|次|封|会话|分钟)"
)


def _pricing_model(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if (
        (sentence.has(_VENDOR_PRICES) or sentence.has(_VENDOR_SAYS))
        and not sentence.has(_OWN_COSTS)
        and not sentence.has(
            r"(?:经|由)[^。;；,，]{0,8}<M>[^。;；,，]{0,8}(?:确认|同意|审核|核准|签字)|加班|调整|另行(?:付费|支付|承担|收费)|增值|预留"
        )
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="价格由服务方单方确定")
        return
    unearned = sentence.has(_ALL_THE_SAME) and not sentence.has(r"因<M>|由于<M>|<M>[^。;；,，]{0,4}(?:原因|未|没)")
    whatever = (
        unearned or sentence.has(_UNLINKED) or (sentence.has(_PAY_WHATEVER) and sentence.has(PAY + r"|计费|计收"))
    )
    if whatever and _merchant_pays(sentence) and (sentence.about(FEE + r"|钱|保底") or prices(sentence)):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="不论服务做得怎样都要足额付费")
        return
    if sentence.has(_PRODUCT) and sentence.figures and not sentence.blanks:
        yield Signal(sentence=sentence, status=Status.OK, reason="写明了服务费的计算公式和数字", keys=_PRICED)
        return
    if sentence.has(r"自行结清|物业|薪酬由") or (sentence.has(_OWN_PEOPLE) and not _left_of(sentence, _OWN_PEOPLE)):
        return
    if _left_blank(sentence):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="收费的金额没有填")
        return
    if sentence.has(_NOT_THE_SERVICE) and not sentence.has(r"客服|服务费|坐席|座席|" + _SHARE_OF_SALES):
        return
    if sentence.has(OUTSIDERS):
        return
    if (_other_money(sentence) or any(_PENALTIES.search(c) for c in sentence.columns)) and not sentence.has(
        r"扣除退款|退款(?:后|除外)"
    ):
        return
    money = prices(sentence)
    share = sentence.figures_of(QuantityKind.RATIO) if sentence.has(_MODELS["提成"]) else ()
    if not money and sentence.has(_FORMULA) and not sentence.blanks:
        yield Signal(sentence=sentence, status=Status.OK, reason="写明了服务费的计算方法")
    elif not money and priced_row(sentence) and (sentence.about(_ANY_MODEL) or _counted_by(sentence)):
        yield Signal(sentence=sentence, status=Status.OK, reason="价目表写明了单价", keys=_PRICED)
    elif (money or share) and (sentence.about(_ANY_MODEL) or _tier(sentence) or _counted_by(sentence)):
        models = [name for name, p in _MODELS.items() if sentence.about(p)]
        text = (money or share)[0].quantity.text
        yield Signal(
            sentence=sentence, status=Status.OK, reason=f"收费模式{'、'.join(models[:2]) or '按量分档'}，写明{text}", figure=text,
            keys=_PRICED if sentence.is_row else frozenset(),
        )  # fmt: skip
    elif sentence.has(_FAIR_FEE):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只写支付合理费用，没有收费方式和价格")
    elif sentence.has(FEE) and (sentence.has(_UNPRICED) or sentence.has(_ANY_MODEL) or sentence.blanks):
        if not sentence.has(
            r"加班|增员|额外|超出|大促|调整|变更|增值|附加|培训|活动|不一致|不符|增减|增加|解除|终止|扣[减抵]|减付|发票|账户|佣金、|对账|冲回|下单|页面|折算|著作|税号"
        ):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到收费方式但没有价格或计算方法")


def _other_money(sentence: Sentence) -> bool:
    """True when the sums are of a penalty or the like; a fee with its model in a clause of its own stands beside one."""
    if not sentence.has(OTHER_MONEY):
        return False
    parts = re.split(r",(?!\d{3})|[;。]", sentence.plain)
    other = compiled(OTHER_MONEY, sentence.sides)
    lead = next((i for i, c in enumerate(parts) if other.search(c)), len(parts))
    if any(re.search(_EACH_AT, c) for c in parts[:lead]):
        return False  # 每席每月7,800元, and only then what is deducted
    return not any(
        re.search(r"服务费|月费|席位费|坐席费|客服费|外包费", c)
        and not other.search(c)
        and (
            (compiled(_ANY_MODEL, sentence.sides).search(c) and any(f.quantity.text in c for f in prices(sentence)))
            or compiled(_UNPRICED, sentence.sides).search(c)
        )
        for c in parts
    )


_EACH_AT = r"每(?:接|成|办|答|完成|处理|接待|受理)[^,。;]{0,6}(?:计|收|付)?\d[\d,.]*(?:元|块)|每(?:个|名|位)?(?:坐席|座席|席位?|人|岗|单|条|通|会话)(?:位)?(?:每?个?月|每班|每小时)?(?:[¥￥]|人民币)?\d[\d,.]*(?:元|块)"


def _left_of(sentence: Sentence, pattern: str) -> bool:
    """True when a clause that ``pattern`` is not in leaves the fee itself to be agreed."""
    rest = [c for c in re.split(r"[,;。]", sentence.plain) if not re.search(pattern, c)]
    return any(
        re.search(r"(?:收费|计费|服务费)(?:标准|单价)?|单价", c) and compiled(_UNPRICED, sentence.sides).search(c)
        for c in rest
    )


def _left_blank(sentence: Sentence) -> bool:
    """True for a fee and its model with the sum left to be filled in, in running text or in a row of the price list."""
    if not any(not b.answered for b in sentence.blanks) or prices(sentence) or priced_row(sentence):
        return False
    if sentence.is_row:
        return sentence.about(FEE) and sentence.has(r"元/") and sentence.has(_ANY_MODEL)
    return sentence.has(_BLANK_FEE)


def _counted_by(sentence: Sentence) -> bool:
    priced = sentence.about(FEE) or any(re.search(r"[价费额款元]", c) for c in sentence.columns)
    return sentence.is_row and priced and any(_UNIT.fullmatch(c) for c in sentence.cells)


def _tier(sentence: Sentence) -> bool:
    """True for a row of a scale of prices: so many conversations or seats, so much each."""
    heads = "|".join(sentence.columns)
    return sentence.is_row and "单价" in heads and re.search(r"量级|会话|单量|接待|席|阶梯|档", heads) is not None


_PRICED = frozenset({"单价"})  # a row of a price list is not dropped as readily as a sentence


def _merchant_pays(sentence: Sentence) -> bool:
    return not sentence.has(
        r"<V>(?:均|也|都)?(?:应|须|仍|需)[^。;；]{0,10}(?:支付|赔|退)|<V>(?:的)?(?:违约|赔偿)|逾期|保密|争议|续约|索赔|考核结果[^。;；]{0,20}不[^。;；,，]{0,8}(?:减付|扣)|退订|解除|终止|解约|提前结束"
    )


def _conclude_model(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """The clause that names the model belongs to the price list that holds its figures: both are shown."""
    found = worst_wins(signals, reading, checkpoint)
    if found.status is not Status.OK:
        return found
    naming = [s for s in signals if s.status is Status.VAGUE][:2]
    return Conclusion(status=found.status, signals=(*naming, *found.signals), reason=found.reason)


RULE = Rule(checkpoint="fees.pricing_model", read=_pricing_model, conclude=_conclude_model)
