"""备用人力池: people held back, at least a fifth of those at work, not at an unpriced cost."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.measure import percent_text
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, Wanted, worst_wins
from pipeline.check.rules.staffing.cues import clause_at, heads, heads_share, holds, shares, vendor_pays
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind
from pipeline.types import Status

_PEOPLE = r"(?:人|员|坐席|座席|客服|席|力量?|手|徒弟|班|队|名|池|比例|率|规模|数)"
_RESERVE = any_of(
    r"(?:备用|储备|预备|备份|备选|应急|弹性|富余|预留|留有)[^,。;|]{0,6}(?:人|员|坐席|座席|客服|席位|力量|班组|队|伙伴|同学|同事|姑娘|兄弟|池(?!化))", r"后备(?!箱|电|供电|物|金|库存|商品|货|线|网|机房|职场)", r"(?:共享|浮动)[^,。;|]{0,2}(?:坐席|座席|客服|席位|人力池)", r"机动(?!车|时间|金|费)", r"替补(?!商品|品)|替手|候补(?!商品|清单|品)|候命|待命|(?<![具常设])备[勤岗员班席援]", r"(?:编内|编制|在编|在岗|定编|定员)[^,。;]{0,8}外,?[^,。;]{0,8}(?:[随可]时|可)[^,。;]{0,4}[调顶]", r"(?:每|按)[^,。;]{0,8}[席人名个位](?:[坐座]席|客服)?[^,。;]{0,2}备[一两二三四五\d]", r"冗余(?!数据|线|电|设备|系统)", r"储备[^,。;]{0,14}(?:熟手|人手|人员|坐席|座席|客服)", r"(?:人[员力才手]|客服|[坐座]席)(?:的)?储备(?!金)", r"储备(?:率|比例|池|坐席|班组|力)|人(?:力|才|员)(?:储备|冗余|备份|蓄水池|备用|资源)?[池库]|资源池|人力储备|备[用援]人力", r"(?:另|多|额外|再|背后|里|别)[^,。;]{0,8}(?:备|储|养|留|配)(?:着|有|上)?[^,。;]{0,6}(?:[一两二三四五六七八九十\d]+来?(?:个(?!月|工作|自然|小时|钟)|名|人|位|席|员|成|班|批|组|%)|[一二三四五六七八九十]分之|人[手员]|客服|[坐座]席|徒弟)", r"(?:备|养|留)[^,。;]{0,4}(?:个|名|人|徒弟)[^,。;]{0,12}(?:候着|顶|换|替|闲)", r"闲(?:人|着待命)|能(?:随时)?顶(?:上|的)|匀几个|大部队|(?:平素|常)[^,。;]{0,4}留有余力", r"a-?b角|ab岗", r"(?:backup|reserve|standby|buffer|spare|bench|floater)[^.;]{0,16}(?:agents?|staff|personnel|pool|seats?|capacity|headcount|ratio)|trainedbench|stand-?by|floaters|benchof",
)  # fmt: skip
# Things held back that are not people.
_THINGS = any_of(
    r"备用(?:审批|审核|联系|签字|负责|收件)|备用(?:金|电|线|网|设备|机|服务器|系统|终端|钥匙|联系人|耳|账号|中继|呼叫|平台|邮箱|场地|职场|热点|手机|宽带|方案|渠道)", r"备(?:件|品|货|料|份文件)|库存|预存|质保|尾款|赠品|热敏纸|采购数量", r"预备费|评标|备选专家|残疾人|stock|invoice|server|generator|chargeback|reservesallrights|allrights", r"应急(?:预案|方案|灯|响应)", r"票池|票务|门票|客房|车位|车辆|服务器|机房|带宽|电力|存储|算力|机柜", r"不可抗力|权利|备用金", r"<M>[^,。;]{0,4}自(?:留|备|有|己[留备])",
)  # fmt: skip
_NONE_KEPT = any_of(
    r"(?:不|无需|无须|没有义务|无义务|未|并无义务)[^。;,]{0,10}(?:配备|设|提供|安排|储备|预留|保留|承诺|保证|常备|养|备)[^。;,]{0,16}(?:备用|储备|后备|机动|预备|替补|冗余|候补|待命|闲人|备勤|人员)", r"(?:备用|储备|后备|机动|替补|standby)[^。;]{0,20}(?:不含|非[^,。;]{0,6}所含|notincluded)", r"不含[^,。;]{0,8}(?:备用|储备|后备|机动|替补)",
)  # fmt: skip
_UNPRICED = any_of(
    r"(?:另(?:行|外)?|额外)(?:收费|计费?|结算|付费?|议价?|报价|协商|支付|算|承担|购买|出钱)", r"(?:由|归|向)<M>[^,。;]{0,10}(?:承担|负担|支付|付|出资|自付|收取)", r"<M>[^,。;]{0,10}(?:出资|承担|负担|另付|掏|购买|自担)", r"据实|实报实销|实际发生|行情|开价|(?:届时|临时)[^,。;]{0,6}报|由<V>(?:届时)?核定|届时(?:另|由|核)|算一回钱|价[^,。;]{0,6}(?:报|定)|凭单[^,。;]{0,8}请款", r"atadditionalcost|at(?:client|principal|merchant|customer)'?sexpense|tobeadvised|ratestobe",
)  # fmt: skip
_PAID_BY_VENDOR = any_of(
    r"不(?:再|得)?另(?:行|外)?(?:收|计|付|支|出|算)|不(?:再|得)?(?:额外|单独)", r"(?:由|归)?<V>(?:自行|自)?(?:承担|负担|自付|自理)|已(?:含|计入|包含)|已在[^,。;]{0,6}(?:考虑|计入)|含在|免费(?!备)|<M>不(?:另|再)|不占|noadditional|noextra", r"不另",
)  # fmt: skip
_AT_A_PRICE = r"(?:单价|标准|价目)[^,。;]{0,6}(?:计费|结算)|按(?:照)?[^,。;]{0,12}(?:单价|价格|价目|月费|时薪|费率)[^,。;]{0,16}(?:付|计|结|收|支)"
# Growth of the work, and of the team in a peak, is measured in the same way.
_LIMITS = r"流量|来访|进线|咨询量|话务|订单|预测|排队|扩编|[增加扩][至到]|流失|满意|响应率|接通|服务费|扣|违约金|培训(?![^,。;]{0,6}的)|保证金|离职|走人|走的人|离开"


def _read(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["rate"]
    if not sentence.about(_RESERVE) or (
        sentence.has(_THINGS) and not sentence.has(rf"(?:后备|机动|替补|备用|储备|冗余){_PEOPLE}")
    ):
        return  # fmt: skip
    spoken = sentence.has(_RESERVE)
    if spoken and sentence.has(_NONE_KEPT) and not sentence.has(r"不(?:得)?(?:少|低)于"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方不备人力")
        return
    if spoken and _at_unpriced_cost(sentence):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="备用人力要商家另外付费而没有价格")
        return
    found = _measured(sentence, reading)
    for value, text in found:
        good = value >= limit * (1 - 1e-9)
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=text, firm=good and vendor_pays(sentence),
            reason=f"备用人力写的是{text}，合 {percent_text(round(value, 3))}，{'达到' if good else '低于'}标准 {percent_text(limit)}",
        )  # fmt: skip
    if spoken and not found and not _one_seat_refilled(sentence):
        # Who pays is said outright, and it is not the merchant: half of a promise, no bad one.
        yield Signal(
            sentence=sentence, status=Status.VAGUE, reason="提到备用人力但没有比例", firm=vendor_pays(sentence)
        )


def _one_seat_refilled(sentence: Sentence) -> bool:
    """替补 of one leaver is nobody held back."""
    return sentence.has(
        r"离[职岗任开]|辞职|请辞|缺[编岗席]|空[缺岗]|缺口|请假|走的|不干|停止[^,。;]{0,6}(?:服务|参与)|退出|不再[^,。;]{0,6}(?:服务|参与)"
    ) and not sentence.has(
        r"储备|备用|机动|后备|备[班勤员]|常备|[池库]|待命|候命|另[^,。;]{0,6}[备养储]|备着|冗余|以(?:应对|应付|备|防|便应对)|(?:适当|适量|一定|若干|足够|充足|必要|相应|合理)(?:数量|比例)?的?[^,。;]{0,4}替补|reserve|stand-?by|bench|pool"
    )


def _at_unpriced_cost(sentence: Sentence) -> bool:
    return (
        any(not _no_cost(sentence, m) for m in sentence.find_all(_UNPRICED))
        and not sentence.has(
            rf"(?:超(?:出|过)|多于|以外|之外)[^,。;]{{0,8}}{_RESERVE}|{_RESERVE}[^,。;]{{0,8}}(?:以外|之外)"
        )
        and not sentence.figures_of(QuantityKind.MONEY)
        and not sentence.has(_PAID_BY_VENDOR)
        and not sentence.has(_AT_A_PRICE)
    )


def _no_cost(sentence: Sentence, match: re.Match[str]) -> bool:
    """The merchant does not bear it (甲方不承担), or it is the number that is still to be agreed."""
    if re.search(r"不(?!含|足|够)|无[须需]|毋", match.group()):
        return True
    clause = clause_at(sentence, match.start(), match.end())
    return match.group().endswith("协商") and not holds(r"费|价|钱|酬|款", clause, sentence)


def _measured(sentence: Sentence, reading: Reading) -> list[tuple[float, str]]:
    """The reserve as shares of the team, with the words that say so."""
    found = [
        ((s.low - 1 if s.text.endswith("倍") and s.low >= 1 else s.low), s.text)
        for s in shares(sentence, _RESERVE, rivals=_LIMITS)
        if (s.comparator is not Comparator.MORE or s.low < 1)
        and re.search(r"(?:单价|价格|价钱|费用?|工资|薪[酬资]?|月费)的?$", sentence.plain[: s.start]) is None
    ]
    if found:
        return found
    ratio = sentence.find(r"(?:之比|配比|比例|比)[^,。;\d]{0,10}(?P<one>\d{1,3}):(?P<other>\d{1,3})(?!\d)")
    if ratio is not None and sentence.has(_RESERVE):
        few, many = sorted((int(ratio["one"]), int(ratio["other"])))  # 备勤与在岗1:4, and the other way round
        if 0 < few < many:
            return [(few / many, f"{ratio['one']}:{ratio['other']}")]
    share = _row_share(sentence, reading) if sentence.is_row else _heads_held_back(sentence)
    return [share] if share is not None else []


def _heads_held_back(sentence: Sentence) -> tuple[float, str] | None:
    """Heads held back over heads at work: the smaller number is that of the reserve, the larger no crowd of shoppers."""
    share = heads_share(sentence)
    if share is None:
        return None
    (_, _, at), (_, _, most) = min(heads(sentence)), max(heads(sentence))
    held = holds(_RESERVE, clause_at(sentence, at, at + 1), sentence) or any(
        m.start() < at <= m.end() + 1 for m in sentence.find_all(_RESERVE)
    )
    crowd = holds(r"买家|顾客|排队|会话|访客|学员|用户", clause_at(sentence, most, most + 1), sentence)
    return share if held and not crowd else None


def _row_share(sentence: Sentence, reading: Reading) -> tuple[float, str] | None:
    """A head-count table: 编制 | 后备 in one row, or a row of those at work above the row of those held back."""
    numbers = [float(n) for cell in sentence.cells for n in re.findall(r"^(\d{1,3})(?:人|名|席|个)?(?=$|\()", cell)]
    if len(numbers) == 2 and 0 < numbers[1] < numbers[0]:
        return numbers[1] / numbers[0], f"{numbers[0]:g} 人备 {numbers[1]:g} 人"
    if len(numbers) != 1 or not sentence.has(_RESERVE):
        return None
    at_work = 0.0
    for other in reading.around(sentence, before=6, after=0):
        if other.is_row and other.clause.parent == sentence.clause.parent:
            at_work += sum(float(n) for c in other.cells for n in re.findall(r"^(\d{1,3})(?:人|名|席|个)?$", c))
    return (numbers[0] / at_work, f"{at_work:g} 人备 {numbers[0]:g} 人") if at_work > numbers[0] > 0 else None


RULE = Rule(
    checkpoint="staffing.reserve",
    read=_read,
    conclude=worst_wins,
    quantity=Wanted(kind=QuantityKind.RATIO, threshold="rate", at_least=True, most=1.0),
)
