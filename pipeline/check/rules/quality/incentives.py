"""奖惩机制. ok: a deduction or compensation with a figure when a target is missed; vague: 奖惩 without figures; adverse: rewards only, or deductions
excluded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_QUALITY = any_of(
    r"考核|kpi|指标|达标|达到目标|质检|抽[检查]|满意|响应|首响|首[次句][^。;,，]{0,8}(?:回|应|答|慢|\d)|[差好中]评|投诉|客诉|服务质量|未(?:能)?达成|项未(?:能)?(?:达|完成)|评定|评为|评优|(?:所列|规定|约定|应有|服务)[^,，。;；]{0,4}(?:水平|水准)|服务目标|解决率|首解|转化|成交|奖[惩罚]|绩[效优]|[得评]分|质检分|合格|成绩|漏[接回]|接起率|回[复覆]率|答错|回错|话术|违规|违反[^。;,，]{0,6}规范|服务态度|辱骂|失职|业绩|表现|综合分|\d分(?:以[上下]|及以|\(含\))|工作做?|干得|做得|没做到|出了岔子|等级|考评|失标|目标值|缺失为由|(?:旺旺|体验|服务)分|dsr|没?卖[过到满够]|(?:[两三几]样|各样)都?(?:够|做到)|哪[样项条](?:没|不)",
    r"sla|service(?:level|credit)|performance|csat|fcr|lost-?chat|shortfall|goals",
)  # fmt: skip
_MISS = any_of(
    r"(?:未|没|不)(?:能|有)?(?:达|完成|满足|通过|过|做到|到|满)[^。;；]{0,10}(?:标|到|成|求|格|的|分)?|不(?:达标|合格|符合|及格|足|理想)|(?:低于|超过?|高于|不足|超出|跌[破到]?|不到|逾|慢过|掉[到下]|落后)|每(?:低|超|下降|降低|高|出现|发生|差|少|缺|有|落后|一(?:项|次|例|条|个))|[差中]评|[投客]诉|考核|奖惩|扣分|违[规反]|超标|漏[接回]|[答回]错|辱骂|任(?:何)?一项|[<＜]|以下|不(?:太|大)?[好行妥咋]|差的|孬|岔子|<\d|失标|实际值",
    r"fail(?:s|ure|ed)?(?:to)?|below|miss(?:es|ed)?|not(?:met|achieved)|shortfall|fallsbelow",
)  # fmt: skip
_DEDUCT = any_of(
    r"扣(?:除|减|款|罚|发|付|回|掉|下)?(?=[^分留押非]|$)|罚(?:款|金|则)?|减(?:付|免|收|少|按|去|半|掉)|违约金|[核抵]减|抵扣|赔(?:偿|付|<M>)|补偿|补一半|返还|退(?:还|回|\d|[^货款换][^。;,，]{0,8}[元钱款费])|折(?:扣|减|让|算)|[一二三四五六七八九\d.]折|少[付给收拿结]|下浮|下调|只结|[一二三四五六七八九]成(?:结算|支付|付)|按[^。;；,，]{0,10}(?:%|比例|折)[^。;；,，]{0,6}(?:支付|结算)|往下减|免收",
    r"deduct|penalt|servicecredits?|credit|reduc|refund|adjustment",
)  # fmt: skip
_NO_DEDUCT = any_of(
    r"(?:整改|改进|培训|改善)[^。;；]{0,20}唯一(?:的)?(?:救济|补救|责任)|(?:费用?|款项?|价款|报酬)[^。;；,，]{0,4}(?:不得|不|均不)[^。;；,，]{0,8}(?:减少|减免|抵销|返还|调减)",
    r"(?:(?<!互)不(?=扣|罚|减|核|抵|少付|从|对|因|作|做|进行|实施|再|另|以|据|就|涉|用|要|必|许|准|承担|负|引|导致|产生|触发|发生)|不得|不予|无需|不再|不作|不应|不会|概不|无权|不能|不可|(?<!平)均不|不许|(?<![类级个性区差分])别(?=[^|乱]{0,3}扣)|不兴|莫)(?:得|以此|因此|据此|任何|再)*[^。;；,，]{0,12}(?:(?<!回)扣(?![着留押])(?:除|减|款|罚|发|付)?|罚(?:款)?|处罚|核减|减(?:付|免|少|价)|抵扣|少付|缓付|往下减)(?!(?:的|时|满|款标准))",
    r"(?:不设|不实行|不执行|不设置|取消|没有|停用)[^。;；]{0,12}(?:扣|罚|惩)|(?:扣|罚)[^。;；]{0,8}(?:条款|安排|机制)[^。;；,，]{0,4}(?:停用|不适用|不执行)|该扣减[^。;,，]{0,6}免除|扣减一律免|放弃[^。;；]{0,24}(?:扣|核减|减[付价少])|(?:代替|替代|取代)(?:任何)?[^。;；,，违赔]{0,6}(?:扣|罚|核减)",
    r"(?:考核|指标|结果|达标|得分)[^。;；,，]{0,10}不(?:与|和|同|跟)[^。;；,，]{0,12}(?:费|款|酬|结算)[^。;；,，]{0,4}挂钩",
    r"只奖不[罚扣]|不奖不罚|(?:指标|考核|满意|得分|分数|成绩|结果|达成)(?:(?!数据|统计|导出)[^。;；]){0,30}(?:仅|只|仅仅)(?:作|供|用|当)[^。;；]{0,14}(?:参考|改进|改善|依据|学习|提升)|只当参考",
    r"(?:仍应?|都|照|均)(?:应)?(?:按)?(?:照)?全额(?:支付|结算|收取)|费用照付|一切照旧|与[^。;,，]{0,10}(?:付款|费用|款额|结算)[^。;,，]{0,4}(?:脱钩|无关|不挂钩)|不动[^。;,，]{0,6}钱|不作为[^。;；]{0,14}(?:扣|结算|付款|违约)|不(?:构成|视为)[^。;；]{0,4}(?:违约|退款|减价|扣)",
    r"for(?:reference|information)(?:purposes)?only|notentitle[^.;]{0,24}(?:deduct|credit)|nodeduction|notdeduct|not(?:withhold|reduce)|nopenalt|no(?:set-?off|rebate|credit)",
)  # fmt: skip
_REWARD = any_of(
    r"奖(?!惩|罚|项)|激励|额外(?:支付|付)[^。;；,，]{0,10}(?:奖|%)|多[付给]|加[付给奖]|上浮|红包|嘉勉|bonus|reward|incentive"
)
_NOT_INCENTIVE = any_of(
    r"泄露|保密|逾期[^。;；]{0,8}(?:支付|付款)|付款|流失率|离职|解除|终止|税|发票|客户[^。;；,，]{0,6}(?:退款|赔付)|保证金|押金|利息|虚构交易|平台扣罚|信用分|要挟"
)
# Nothing is deducted yet: that leaves the deductions of the time after it alone.
_WARM_UP = r"试运行|试用期|试行|磨合期|模拟评分|爬坡期|首(?:个)?月|第一个月"
# A miss that is nobody's on the vendor's side is no miss.
_OUTSIDE = (
    r"(?:因|由于)(?:<M>|平台|不可抗力|快递|物流|断货|缺货|仓库|系统故障)[^。;；]{0,40}不(?:计入|予?扣|作|列入|纳入)"
)
# A bribe forbidden, or what one side pays its own people.
_NO_REWARD = any_of(
    r"(?:不得|不许|不准|不能|严禁|禁止)[^。;；,，]{0,14}(?:红包|奖|返现)|抽奖|奖品",
    r"内部(?:制度|规章|规定)|自理|与<V>无[涉关]|内部奖|^<V>(?:可|应)?对(?:其|表现)",
)
# What is measured, rewarded or fined is not the vendor's service: the merchant's own staff, shops, carriers.
_OTHERS_PEOPLE = any_of(
    r"(?:考核|扣减|扣款|奖惩|奖罚|处罚)[^。;；,，]{0,6}(?:不(?:涉及|适用于|及于|影响)(?:<V>|项目组|服务团队|客服|坐席)|与(?:<V>|项目组|服务团队)无[关涉])",
    r"(?:考核|奖惩|奖罚|扣款)[^。;；,，]{0,4}(?:仅|只)?(?:适用于|针对)<M>的",
    r"(?:^|[。;；])(?:(?!<V>)[^。;；,，]){0,8}<M>对(?:其|本方|自有|自身)?(?!<V>)(?!客服|坐席|座席|服务|项目组|接待)[\u4e00-\u9fff]{2,8}(?:实行|进行|开展)[^。;；,，]{0,8}(?:评级|考核|奖惩|评比)(?:(?!<V>|客服|坐席)[^。])*。?$",
    r"奖(?:金|励)[^。;；,，]{0,4}由<V>自(?:备|付|行|担|负)",
)
# A penalty that may not be escaped is none that is excluded: 乙方不得以…为由请求免除扣减; 处罚从严，不得减免.
_NO_ESCAPE = any_of(
    r"(?:时间|时长)[^。;；]{0,12}不(?:予|得|再|作)?扣[除减]|通知期[^。;；,，]{0,8}照付",
    r"<V>(?:亦|均|也)?(?:不得|无权|不能|不可|不应)[^。;；]{0,30}?(?:请求|要求|主张|申请|为由|拒绝|推脱|理由)[^。;；]{0,12}(?:扣|罚|减)[减款除免罚付分]*",
    r"(?:扣[减款除]?|处?罚款?)[^。;；]{0,10}不(?:得|可|予|能)[^。;；]{0,10}(?:减免|免除|豁免|减轻)",
)
_WORDED = r"赔<M>[^。;；,，]{0,4}[百千万]|[×*]0?\.?\d|扣[^。;；,，]{0,4}\d+|双倍|[一二三四五六七八九\d.]折|减半|[一二三四五六七八九]成|1/\d+|一半|扣[^。;；,，]{0,4}\d+分[^。;；]{0,20}元|半个月的钱"


def _incentives(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    near = sentence.about(_QUALITY) or sentence.follows(_QUALITY)
    if not near or (
        sentence.has(_NOT_INCENTIVE)
        and not sentence.has(r"考核|kpi|指标|达标|质检|满意|响应|首响|差评|客诉|得分|服务水平")
    ):
        return
    if sentence.has(
        r"虚构交易|平台对(?!<V>)[^。;,，]{0,16}[扣罚]|赔(?:给)?(?:买家|顾客|客人|消费者)|平台扣罚|平台罚款|行政处罚|职业打假|由平台扣|被?平台[^。;,，]{0,6}处罚|恶意投诉|职业索赔|信用分|样品|工伤|保险|医疗|(?:顾客|买家|消费者)[^。;,，]{0,8}(?:索要|补偿|赔付)|优惠券|个人所有"
    ):
        return
    if sentence.has(_OTHERS_PEOPLE):
        return
    bound = compiled(_NO_ESCAPE, sentence.sides).sub("", sentence.plain)
    excluded = compiled(_NO_DEDUCT, sentence.sides).search(bound) is not None
    own = sentence.has(_QUALITY) or sentence.follows(_QUALITY)
    if excluded and (sentence.has(_WARM_UP) or sentence.has(_OUTSIDE)):
        return
    if (
        own
        and excluded
        and not sentence.has(r"<V>[^。;；,，]{0,6}不得[^。;；]{0,12}(?:员工|客服|坐席)|克扣|不奖不罚(?=.*\|.*扣)")
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="排除了未达标的扣款", keys=frozenset({"排除"}))
        return
    figures = [
        f
        for f in sentence.figures
        if f.quantity.kind in (QuantityKind.MONEY, QuantityKind.RATIO) and not f.quantity.trigger
    ]
    columns = any(sentence_head in column for column in sentence.columns for sentence_head in ("扣", "罚", "减", "奖惩", "deduct", "penalt"))  # fmt: skip
    if (
        sentence.is_row
        and sentence.about(r"系数|(?:支付|结算|付款|计付|核算|兑付|计费)比例")
        and sentence.has(r"\|0\.\d+|[1-9]\d%$")
    ):
        yield Signal(sentence=sentence, status=Status.OK, reason="按得分打折结算", keys=frozenset({"系数"}))
        return
    deducts = sentence.has(_DEDUCT) or (sentence.is_row and columns)
    missed = sentence.about(_MISS) or columns
    blank = any(not b.answered for b in sentence.blanks)
    if deducts and missed and not blank and _in_its_cell(sentence, columns) and (figures or sentence.has(_WORDED)):
        text = figures[-1].quantity.text if figures else ""
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"未达标有扣款（{text}）" if text else "未达标有扣款",
            figure=text or None,
        )
    elif (deducts and (missed or sentence.has(_REWARD))) or sentence.has(
        r"奖[惩罚]|奖优罚劣|赏罚|挂钩|有奖[^。;]{0,10}罚|挨罚|处罚|敲打|处分|关联方法|绩效系数"
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到奖惩但没有数字")
    elif (
        sentence.has(_REWARD)
        and not sentence.has(_NO_REWARD)
        and sentence.about(r"<V>|达标|考核|超额|客服|达到|高于|超过|团队|班组|转化|\|")
    ):
        yield Signal(
            sentence=sentence, status=Status.ADVERSE, reason="只有奖励，没有未达标的扣款", keys=frozenset({"只奖"})
        )


def _in_its_cell(sentence: Sentence, columns: bool) -> bool:
    """In a table the deduction and its figure share a cell or a column; 退回 in the definition of a rate deducts nothing."""
    if not sentence.is_row or columns:
        return True
    deduct = compiled(_DEDUCT, sentence.sides)
    return any(
        deduct.search(c) and re.search(r"\d|[一二三四五六七八九十百千半双]", c) for c in sentence.plain.split("|")
    )


def _conclude_incentives(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """A reward is optional: it is adverse only where nothing is deducted for a miss."""
    if any(s.status in (Status.OK, Status.VAGUE) for s in signals):
        signals = [s for s in signals if "只奖" not in s.keys]
    return worst_wins(signals, reading, checkpoint)


RULE = Rule(checkpoint="quality.incentives", read=_incentives, conclude=_conclude_incentives)
