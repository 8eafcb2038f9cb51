"""违约赔偿. ok: a sum or formula for the vendor's failure or its early exit; vague: 承担违约责任 without a figure; adverse: heavy on the merchant and
light, capped or nil for the vendor."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from pipeline.check.rules.leaning import Mark, marks
from pipeline.check.rules.measure import DAY
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, worst_wins
from pipeline.check.rules.term.cues import BLANKS, Part, acting, lengths, parts
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind, quantities
from pipeline.types import Status

_BREACH = any_of(
    r"违约|违反|毁约|弃约|失约|爽约|擅自|私自|无故|转包|分包", r"(?:单方|提前|提早|中途|半道|半路|自行)[^,。;；]{0,8}(?:解|终止|中止|停|撤|退|离|结束|走|歇|毁|撂|撵|不做|不干)", r"未(?:能)?(?:按|依|履[行约]|提供|完成|在约)|不(?:履行|完全履行|再履[约行]|提供|守约)|没按|[不没]照[^,。;；]{0,8}(?:来|做|办)|履约不善|刷单|飞单|返现|断线|没说一声", r"停(?:止)?(?:线|服|提供服务|履行)|中断|缺(?:席|勤|编|岗|一席|人)|空岗|串岗|脱岗|断岗|少一个|错[答报发]|[答回说]错|漏(?:登|接|单)", r"延误|迟延[^,。;；]{0,4}(?:日|到|进|上)|逾期(?:进场|上线|到岗|交接)", r"撤(?:场|班|走|离|人|岗)|弃|跑(?:了|路)|撂挑子|走人|坏了规矩|说话不算|干砸|出(?:啥)?岔子|没派够", r"造成[^;；。]{0,14}损失|(?:的|受)损(?:失|害)?|(?:任何|一切|间接|直接)[^,。;；]{0,8}损失|影响作出|瑕疵|无法继续合作|停止合作|否则|出错|失误|人手不够|耽误|不(?:干|按[^,。;；]{0,4}(?:来|做|办))|服务中断|退出|每少|少一人|过错|全部责任|责任(?:总额|上限|累计)|(?:赔偿|赔付)(?:总)?[额责]|欠费|挖角|减席",
    r"breach|default|terminat|abandon|liab",
)  # fmt: skip
_COMPENSATES = any_of(
    r"违约金|赔|补偿|偿付|违约责任|责任|之责|负责|掏|罚|给付|退还|返还|补(?:足|我|回|上|工钱)|免收|致歉|道歉", r"(?:应|须|需|另|得|各|加|每[^,。;；]{0,4})[^,。;；]{0,6}(?:付|扣)|[给退](?:$|[,。;]|了)|担着|认账|延长服务|付[我您<]|扣[\d一二三四五六七八九十百千万]|退\d|为限|为顶|承担[^,。;；]{0,10}后果|损失算", r"liquidateddamages|compensat|damages|liab|indemnif|penalty|responsibleforthelosses"
)  # fmt: skip
_OTHER = any_of(
    r"保密|泄[露漏密]|外[泄传]|个人信息|数据(?!为准)", r"逾期(?:付款|支付|结算|缴)|(?:付款|支付)[^,。;；]{0,4}(?:逾期|迟延)|(?:迟延|延迟|拖欠|晚)[^,。;；]{0,6}(?:付|支)|滞纳金|未按(?:期|时|约定)[^,。;；]{0,8}(?:付款|支付)|欠款|每日按欠", r"竞业|招揽|录用|私聘|挖(?:走|人)|(?:聘用|雇用|雇佣)[^,。;；]{0,6}(?:<M>|<V>|对方|另一方)|私(?:下|自)(?:聘用|雇用)", r"kpi|考核|差评率|投诉率|响应(?:时间|率)|质检|满意度|解决率", r"补位|流失率", r"知识产权|侵权|商标|著作权", r"发票|税", r"火灾|消防|工伤|保险|投保|工会|劳动合同|劳动(?:争议|法)|员工(?:因|违反)|经济补偿",
    r"不可抗力|台风|洪水", r"(?:买家|消费者|顾客|会员|客人|buyer|shopper)[^,。;；]{0,20}(?:赔|补偿|券|索赔|人身|compensat|coupon)|赔(?:付|偿)?(?:买家|客人|消费者|顾客)|快递|物流|丢件|承运|错发|发货|假一赔|退一赔|虚假宣传|产品质量|商品(?:质量|损坏)|布料|货款", r"投标|中标后拒签|评标|(?:扣减?|扣发|扣除|奖励)[^,。;；]{0,10}(?:奖金|工资|薪资|薪酬|绩效工资)", r"押金[^,。;；]{0,14}(?:抵扣|无息退)|平台[^,。;；]{0,14}(?:补偿金|赔付)|平台(?:协议|规则|条款)|(?:拼多多|天猫|淘宝|京东|抖音|抖店)[^,。;；]{0,4}违约金|电信|运营商|宽带|各认各的|坐席迟到",
    r"试用|试运|体验期", r"(?:终端)?用户[^,。;；]{0,10}(?:赔|补偿)|(?:赔|补偿)[^,。;；]{0,8}(?:权限|额度内|由[^,。;；]{0,8}批准)",
)  # fmt: skip
_OTHER_TITLE = (
    r"保密|付款|支付|劳动|保险|投保|不可抗力|竞业|商品|平台|发货|投标|员工|知识产权|insurance|shopper|考核|质检|kpi"
)
# Whoever breaks the contract, whatever else the title names beside liability.
_ANY_BREACH = r"违约(?:的)?一方|(?:<B>|任何?一方)[^,。;；]{0,4}违[约反]"
# A limit on what the sentence before speaks of.
_THAT_SUM = r"^(?:该|前述|上述|此|本)(?:项|款|等|类)?(?:赔|补偿|损失|违约金|款项|责任)"
_GENERAL = r"包括但不限于|除[^。;；,，]{0,16}外|等(?:违约|情形|行为)|任何(?:约定|条款|义务|情形|违约)|本(?:合同|协议|约|契约)|合同总[额价]|一切|停线|全部责任|累计责任|责任(?:总额|上限)|泄[露漏密][^,。;；]{0,10}[、或][^,。;；]{0,8}(?:飞单|转包|停|中途|撤|缺岗|脱岗|刷单)|(?:飞单|转包|停[^,、]{0,4}|撤[^,、]{0,2}|缺岗|脱岗|刷单)[^,。;；]{0,6}[、或][^,。;；]{0,10}泄[露漏密]"
_NIL = any_of(
    r"(?:不|无需|无须|毋须|不用|不再|不必|概不|均不|不予|不作|免于?|免予|免负)(?:另行|另|再)?(?:承担|负|作|付|支付|给付|生)?(?:任何|一切|其[他它]|额外|另外|经济|金钱|违约)*(?:的)?(?:赔(?:偿|付)?|补偿|责任|责|违约金)", r"(?:免(?:除|责|于承担)|一律免|上述[^,。;；]{0,6}免除|不(?:认)?赔|不生[^,。;；]{0,6}责任|不付任何|不用赔|就算了|nodamages|notbeliable|不(?:对|就)[^,。;；]{0,24}(?:承担|负)|不(?:承担|负)[^,。;；]{0,10}(?:赔偿|责任|损失))", r"(?:即可|就行|就是|即清|了结)$"
)  # fmt: skip
_NIL_CAUSED = r"崩溃|断网|停电|故障|(?:因|由于|非因|系)(?:<M>|不可抗力|平台|第三方|系统|网络|买家|商品|政策|电力|运营商)|<M>(?:原因|未(?:能)?(?:及时)?(?:提供|按)|的(?:原因|过错|商品|资料))|不(?:得|能)[^。;；,，]{0,8}免除|不可抗力|<V>可?免责的|互不(?:追究|承担|负)|并不(?:免除|影响)"
_CAP = r"不(?:得)?超过|以[^。;；,，]{0,30}为(?:限|顶)|[^。;；]{0,3}(?:为限|为顶|封顶)|上限|最高|至多|仅限|限于|不高于|最多|顶多|不过[一二三四五六七八九十\d百千万]|(?:not|noevent)exceed|limitedto|capped"
_UNCAPPED = r"(?:不设|没有|无|不受)[^,。;；]{0,4}(?:上限|封顶)|不封顶|上不封顶"
_REMEDY_ONLY = r"以[^,。;；]{0,16}(?:道歉|补班|免费|退还|加派)[^,。;；]{0,12}(?:为限|弥补|抵偿|方式)|可补班抵偿"
_LIABLE = r"赔|责任|违约金|补偿|liab|indemn"
_TRIVIAL = r"致?歉|道(?:个)?歉|整改|改正|补正|补班|吃(?:顿)?(?:饭|羊)|请[^,。;；]{0,6}吃|退(?:还|回)?(?:当[日天月]|未服务|没(?:有)?服务|还没)|只退|当天的工钱退|免收|免费延长|加派|更换人员|提前[^,。;；]{0,4}(?:告知|通知)|打(?:个|声)?招呼|继续履行|下回注意|退场即可|办理交接即可|(?:当天|当日|当月)[^,。;；]{0,8}退|补班|仅[^,。;；]{0,4}(?:退|返|需|须|应|就)"
_HEAVY = r"(?:全部|一切|所有|足)(?:的)?(?:直接[^,。;；]{0,4})?损失|实际损失全额|双倍|预期利润|律师费|押金不退|indemnify[^.;]{0,12}infull|withoutlimit|不受限制|年安家费|月安家费"
_LOOSE_MONEY = r"(?:赔|掏|付|给|补|退|罚|扣|押|那)(?:对方|另一方|<M>|<V>|我|您|他们)?[^,。;；\d|]{0,6}?(?:\d[\d,]*(?![\d,.]*(?:%|天|日|次|个|小时|月|分))|[一二两三四五六七八九十半百]+[百千万](?:块)?)"
_FORMULA = r"(?:\d+|[一二两三四五六七八九十]+)倍|双倍|\d+/\d+|[一二三四五六七八九十\d]+分之[一二三四五六七八九十\d]+|等额|(?:当[月季年]|全部|已收|已付|一个月|全年|年度)[^。;；,，]{0,10}(?:服务费|费用|全款|酬金|工钱|价款)|照价|全额(?:补|赔|承担)|[×*][^。;；,，]{0,14}(?:×|%|酬金|费)|按[^,。;；]{0,10}(?:日均|毛利|差价)"
_MONTHS_OF = r"^(?:的)?(?:全额|平均|整)?[^,。;；|内起前后]{0,6}(?:服务费|外包费|费用|月费|报酬|金额|席位费|工钱|酬金|的?钱|的|之款|包月|fees?)"

# Money put down and given back is no compensation.
_DEPOSIT = r"押金|保证金|定金|预付|保函"
_FORFEIT = r"(?:不|概不|不予|不再|无权[^,。;；]{0,4})(?:退|返)|没收|扣|抵|双倍|归(?:<V>|<M>|对方)|罚没|违约金|赔"


_CLAIMED_OF_VENDOR = r"<M>[^,;]{0,8}(?:可|有权|得|并)[^,;]{0,8}(?:要求|请求|主张|扣|索|追|就|另行|立即)|因<V>|<M>(?:因此|由此|另行|所受|损失|店铺|多付)|<M>[^,;]{0,3}不退"
_CLAIMED_OF_US = (
    r"<V>[^,;]{0,8}(?:可|有权|得)[^,;]{0,8}(?:要求|请求|主张|扣|索|追|没收)|因<M>|<V>(?:因此|由此|所受|预期)"
)


@dataclass(slots=True)
class _Pays:
    """What a clause makes one side answer for."""

    sums: list[str] = field(default_factory=list)
    named: bool = False
    nil: bool = False
    capped: bool = False
    trivial: bool = False
    heavy: bool = False


def _breach_compensation(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    title = sentence.context.rsplit("\n", 1)[-1] if not sentence.is_row else ""
    if sentence.is_row and compiled(_OTHER, sentence.sides).search("|".join(sentence.columns)):
        return
    bounded = sentence.has(rf"(?:{_LIABLE})[^。;；]{{0,20}}(?:{_CAP})|(?:{_CAP})[^。;；]{{0,10}}(?:{_LIABLE})")
    if not (bounded or sentence.about(_BREACH)) or not sentence.about(_COMPENSATES):
        return
    if re.search(_OTHER_TITLE, title) and not (re.search(r"责任|违约", title) and sentence.has(_ANY_BREACH)):
        return
    if sentence.has(_OTHER) and not sentence.has(_GENERAL):
        return
    if sentence.has(_THAT_SUM) and re.search(_OTHER, sentence.previous) and not re.search(_GENERAL, sentence.previous):
        return
    pays = _by_side(sentence)
    vendor, ours = pays["vendor"], pays["merchant"]
    bound = [*vendor.sums, *pays["both"].sums, *pays[""].sums]
    excused = sentence.has(_NIL_CAUSED)
    if (vendor.nil and not excused) or (vendor.capped and not pays["both"].capped):
        yield Signal(
            sentence=sentence, status=Status.ADVERSE, reason="服务方的违约赔偿被免除或封顶", figure=next(iter(bound), None),
            firm=("V", Mark.SPARED) in marks(sentence),
        )  # fmt: skip
        return
    if (ours.sums or ours.heavy) and vendor.trivial and not _more(vendor):
        text = next(iter(ours.sums), None)
        yield Signal(
            sentence=sentence, status=Status.ADVERSE, reason=f"商家违约赔{text or '全部损失'}，服务方违约只作补救", figure=text,
        )  # fmt: skip
    elif vendor.sums and not pays["both"].sums and _far_lighter(vendor.sums, ours.sums) and not sentence.has(_EACH):
        yield Signal(
            sentence=sentence, status=Status.ADVERSE, reason=f"商家违约赔{ours.sums[0]}，服务方违约只赔{vendor.sums[0]}", figure=vendor.sums[0],
        )  # fmt: skip
    elif bound:
        yield Signal(sentence=sentence, status=Status.OK, reason=f"服务方违约赔偿写明{bound[0]}", figure=bound[0])
    elif ours.named and not vendor.named and not pays["both"].named and not pays[""].named:
        if ours.nil:
            return
        text = next(iter(ours.sums), None)
        keys = frozenset({"商家违约有数额"} if text else {"商家违约"})
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只写了商家违约的赔偿", figure=text, keys=keys)
    elif sentence.has(
        any_of(
            r"违约|赔|补偿|责任|之责|负责|后果|担着|认账|补我|补上|损失算|处理", r"liab|compensat|indemn|responsible"
        )
    ):
        if not excused or bound:
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="违约只说承担责任，没有数额或算法")


_EACH = r"每(?:日|天|次|人|单|小时|少|缺|迟|延|逾|发|中断|[一1])"
_LIGHT = 5  # times less than what the other side pays
_TRIFLE = 1000  # yuan, beside a share of the price or months of fees


def _far_lighter(vendor: Sequence[str], ours: Sequence[str]) -> bool:
    """True when all that the vendor pays is far less than what the merchant pays; only what can be compared counts."""
    theirs, own = _worth(vendor), _worth(ours)
    if not own or not theirs or len(theirs) < len(set(vendor)):
        return False
    kinds = {kind for kind, _ in theirs}
    if kinds == {QuantityKind.MONEY} and any(kind is QuantityKind.RATIO and value >= 0.1 for kind, value in own):
        return all(value <= _TRIFLE for _, value in theirs)
    return all(any(kind is k and value * _LIGHT <= v for k, v in own) for kind, value in theirs)


def _worth(sums: Sequence[str]) -> list[tuple[QuantityKind, float]]:
    return [
        (q.kind, q.value)
        for text in sums
        for q in quantities(text)
        if q.kind in (QuantityKind.MONEY, QuantityKind.RATIO) and q.value == q.value
    ]


def _more(vendor: _Pays) -> bool:
    """A sum of the vendor's that is more than the day's or the month's pay given back."""
    return any(re.search(r"元|%|成|万|倍|分之", s) for s in vendor.sums)


def _by_side(sentence: Sentence) -> dict[str, _Pays]:
    found = {side: _Pays() for side in ("merchant", "vendor", "both", "")}
    column = _column_side(sentence)
    side = column
    for part in parts(sentence):
        side = _breacher(sentence, part) or (side if part.side else column)
        pays = found[side]
        pays.named = pays.named or bool(part.text)
        sums = [] if _is_trigger(part) else _sums(sentence, part)
        if compiled(_CAP, sentence.sides).search(re.sub(_UNCAPPED, "", part.text)) and (
            re.search(_LIABLE, part.text) or sentence.is_row or pays.named
        ):
            capped = re.search(_LIABLE, sentence.plain[: part.end]) is not None or sentence.about(_LIABLE)
            rated = bool(pays.sums) and sentence.has(r"每")
            pays.capped = pays.capped or (capped and not rated)
        pays.capped = pays.capped or re.search(_REMEDY_ONLY, part.text) is not None
        pays.sums += sums
        pays.nil = pays.nil or (
            re.search(_NIL, part.text.rstrip(",;。")) is not None and not re.search(r"提供|上班|告知即可解", part.text)
        )
        pays.trivial = pays.trivial or re.search(_TRIVIAL, part.text) is not None
        pays.heavy = pays.heavy or re.search(_HEAVY, part.text) is not None
    return found


def _breacher(sentence: Sentence, part: Part) -> str:
    """Who answers in this piece; where the merchant may claim, it is the vendor who does."""
    if compiled(_CLAIMED_OF_VENDOR, sentence.sides).search(part.text):
        return "vendor"
    if compiled(_CLAIMED_OF_US, sentence.sides).search(part.text):
        return "merchant"
    return acting(sentence, part.text)


def _column_side(sentence: Sentence) -> str:
    """The side a table's heads name as the one who pays (乙方应付)."""
    heads = "|".join(sentence.columns)
    return acting(sentence, heads) if heads else ""


def _is_target(sentence: Sentence, figure: Figure) -> bool:
    """A ratio that is an indicator's target, not a share to be paid."""
    left = sentence.plain[max(0, figure.start - 8) : figure.start]
    return (
        figure.quantity.kind is QuantityKind.RATIO
        and re.search(r"(?:率|达到?|≥|不低于|aimsat|atleast|满意度?)[^,。;；]{0,3}$|\|≥?$", left) is not None
        and not re.search(r"违约金|赔", left)
    )


def _is_trigger(part: Part) -> bool:
    return (
        re.search(r"超过|逾|满|连续|累计", part.text) is not None
        and re.search(r"赔|付|违约金|罚|退|元", part.text) is None
    )


def _sums(sentence: Sentence, part: Part) -> list[str]:
    """Sums and formulas in one piece."""
    own: list[str] = []
    if re.search(_DEPOSIT, part.text) and not sentence.has(_FORFEIT):
        return own
    if compiled(BLANKS, sentence.sides).search(part.text) or re.search(r"计算基[数准]|为基数", part.text):
        return own  # 以前一个月的应付金额为计算基数: what a share is taken of
    for kind in (QuantityKind.MONEY, QuantityKind.RATIO):
        own += [
            f.quantity.text
            for f in sentence.figures_of(kind)
            if part.start <= f.start < part.end and not f.quantity.trigger and not _is_target(sentence, f)
        ]
    if not own and re.search(_TRIVIAL, part.text):
        return own
    for length in lengths(sentence, DAY * 0.9):
        if part.start <= length.start < part.end and re.search(
            _MONTHS_OF, sentence.plain[length.end : length.end + 14]
        ):
            if re.search(r"赔|付|给|补|退|违约金|fee|\|", part.text):
                own.append(length.text)
    for pattern in (_FORMULA, _LOOSE_MONEY):
        match = compiled(pattern, sentence.sides).search(part.text)
        if match is not None and not own:
            own.append(match.group(0))
    return own


def _beside(one: Sentence, other: Sentence) -> bool:
    """Rows of one table, or the two halves of one clause."""
    if one.is_row and other.is_row:
        return one.columns == other.columns and one.clause.parent == other.clause.parent
    return one.clause.id == other.clause.id and abs(one.index - other.index) == 1


def _conclude_breach(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """Heavy on the merchant and nothing with a figure on the vendor is adverse."""
    heavy = [s for s in signals if "商家违约有数额" in s.keys]
    rest = [s for s in signals if not s.keys or s.keys & {"依语义一"}]
    if heavy and not any(s.status in (Status.OK, Status.ADVERSE) for s in rest):
        return conclude_with(Status.ADVERSE, [*heavy, *rest[:1]], f"商家违约要赔{heavy[0].figure}，服务方违约没有数额")
    for light in (s for s in rest if s.status is Status.OK and s.figure):
        beside = [s for s in heavy if s.figure and _beside(s.sentence, light.sentence)]
        if beside and _far_lighter([light.figure or ""], [beside[0].figure or ""]) and not light.sentence.has(_EACH):
            reason = f"商家违约赔{beside[0].figure}，服务方违约只赔{light.figure}"
            rest = [Signal(sentence=light.sentence, status=Status.ADVERSE, reason=reason, figure=light.figure), *rest]
            break
    found = worst_wins(rest, reading, checkpoint)
    if found.status is Status.ADVERSE and heavy:
        return Conclusion(status=found.status, signals=(*found.signals, *heavy[:1]), reason=found.reason)
    return found


RULE = Rule(checkpoint="term.breach_compensation", read=_breach_compensation, conclude=_conclude_breach)
