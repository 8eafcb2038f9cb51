"""服务质量考核与质检: what is measured, who may look, what a miss costs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, enough_keys, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

# --- quality.kpis --------------------------------------------------------------------------------------------------

KPIS = {
    "满意度": r"满意(?:度|率)|csat|好评率|nps|satisfaction",
    "响应": r"响应(?:时间|时长|率|速度)?|首响|回复率|应答(?:率|时间|时长)|接通率|接起率|接听率|response|answerrate|3分钟[^,。;；]{0,4}率",
    "差评率": r"差评率|投诉率|客诉率|纠纷率|退款率|有责[^,。;；]{0,6}率",
    "转化率": r"转化率|询单[^,。;；]{0,4}率|成交率|conversion",
    "解决率": r"解决率|fcr|resolution",
    "质检合格率": r"质检[^,。;；]{0,6}(?:率|分)|合格率|抽检[^,。;；]{0,6}率|准确率|差错率|qa(?:score)?",
    "流程时效": r"处理(?:时效|及时率|时长)|工单[^,。;；]{0,6}率|结案率|平均处理时长|aht",
    "评分": r"dsr|服务分|体验分|飞鸽分|店铺评分|综合(?:体验)?分",
}
_ANY_KPI = any_of(*KPIS.values(), r"kpi|考核指标|服务指标|质量指标|绩效指标|服务水平|sla|指标")
_VENDOR_SETS = any_of(
    r"(?:kpi|指标|考核标准|考核办法|标准)[^。;；]{0,20}(?:由<V>(?:自行|单方)?(?:确定|制定|设定|决定|调整|负责制定|解释)|<V>(?:有权|可(?:以)?)(?:自行|单方|根据[^。;；]{0,12})?[^。;；]{0,8}(?:调整|修改|变更|确定))",
    r"<V>(?:有权|可(?:以)?|自行|单方)[^。;；]{0,20}(?:制定|设定|调整|修改|变更|确定)[^。;；]{0,12}(?:kpi|指标|考核)",
    r"(?:以|按)<V>[^。;；]{0,16}(?:统计|系统|后台|提供|出具|记录)[^。;；]{0,16}(?:为准|为唯一|为最终|为依据)",
)
_TARGET = any_of(
    r"≥|≤|>=|<=|>|<",
    r"不(?:低|少|高|超)",
    r"达到?",
    r"以上|以下|以内",
    r"目标",
    r"标准",
    r"要求",
    r"控制在",
    r"低于|高于",
    r"atleast|nolessthan|target|within",
)


def _kpis(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_VENDOR_SETS):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="指标由服务方单方确定，或只认服务方的数据")
        return
    if sentence.has(r"流失率|机动|备用|储备"):
        return
    named = sentence.count(KPIS)
    figures = [
        f
        for f in sentence.figures
        if f.quantity.kind in (QuantityKind.RATIO, QuantityKind.DURATION) and f.quantity.value < 3 * 86400 * 30
    ]
    scored = sentence.has(r"\d(?:\.\d+)?分")
    if named and (figures or scored) and (sentence.is_row or sentence.about(_TARGET)):
        kept = _with_figures(sentence, named)
        if kept:
            text = figures[0].quantity.text if figures else ""
            yield Signal(
                sentence=sentence,
                status=Status.OK,
                reason=f"写明{'、'.join(kept)}的目标数字",
                figure=text or None,
                keys=frozenset(kept),
            )
            return
    if sentence.has(
        any_of(r"kpi|考核指标|服务指标|质量指标|绩效(?:指标|考核)|指标|sla", *KPIS.values())
    ) and sentence.about(r"考核|指标|kpi|标准|质量|sla|满意|率"):
        if named or sentence.has(r"kpi|考核(?:指标|标准|办法)|指标|sla"):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到考核指标但没有目标数字")


def _with_figures(sentence: Sentence, named: Sequence[str]) -> list[str]:
    """The KPIs that have a figure of their own: as many as there are figures, nearest first in reading order."""
    if sentence.is_row:
        return list(named[:1])
    kept = []
    for name in named:
        for match in sentence.find_all(KPIS[name]):
            window = [
                f for f in sentence.figures if -2 <= f.start - match.end() <= 24 or 0 <= match.start() - f.end <= 4
            ]
            if window or (sentence.find(r"\d") is not None and sentence.has(KPIS[name] + r"[^,。;；]{0,12}\d")):
                kept.append(name)
                break
    return kept


# --- quality.inspection --------------------------------------------------------------------------------------------

_LOOK = any_of(
    r"(?:查看|查阅|调取|抽查|抽检|抽听|调阅|监听|旁听|检查|监督|登录|巡查|复核|回听|抽样|复查|质检|导出|随时[^。;；]{0,6}(?:看|查))",
    r"access|inspect|review|audit|monitor",
)
_RECORDS = any_of(
    r"聊天记录",
    r"会话",
    r"录音",
    r"通话",
    r"对话",
    r"工单",
    r"记录",
    r"服务(?:质量|过程|情况)",
    r"客服(?:工作|接待|后台)",
    r"质检",
    r"后台",
    r"chat|recordings?|transcripts?",
)
_REPORTS = any_of(
    r"(?:日|周|月|季|旬)(?:度)?(?:报|质检报告|服务报告|运营报告|分析报告|报告|汇总|总结)",
    r"(?:每(?:日|天|周|月|季度?|旬)|按(?:日|周|月|季))[^。;；]{0,30}(?:报告|报表|质检|抽检|抽查|复盘|总结|反馈|数据)",
    r"(?:daily|weekly|monthly)reports?",
)
_FREQUENCY = any_of(
    r"每(?:日|天|周|月|季|旬|班|人)",
    r"(?:日|周|月|季)(?:度)?(?:报|检|抽)",
    r"按(?:日|周|月|季)",
    r"不(?:少|低)于\d+(?:条|通|次|%|份|个)",
    r"daily|weekly|monthly",
)
_NO_LOOK = any_of(
    r"<M>(?:不得|无权|不能|不可)[^。;；]{0,30}(?:查看|查阅|调取|抽查|抽检|检查|监听|质检|介入|干预|要求提供)",
    r"(?:经|征得|取得|需|须)<V>[^。;；]{0,10}(?:书面)?(?:同意|许可|批准|授权)[^。;；]{0,20}(?:查看|查阅|调取|抽查|抽检|检查|方可|才能)",
    r"(?:录音|聊天记录|会话|质检(?:结果|记录|数据))[^。;；]{0,20}(?:不(?:对外|向<M>|予)(?:提供|开放)|不提供给<M>|不开放)",
)


def _inspection(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_NO_LOOK) and sentence.about(any_of(_RECORDS, r"质量|质检|服务")):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="商家不能查看服务记录，或要服务方同意才能看")
        return
    if sentence.has(r"财务|账簿|消防|资质|审计费|发票"):
        return
    if (
        sentence.has(
            any_of(
                r"<M>[^。;；,，]{0,20}(?:有权|可(?:以)?|随时|不定期|定期|每|将|随机|派|登录)",
                r"(?:向|给|供)<M>[^。;；]{0,10}(?:开放|开通|提供|共享)",
            )
        )
        and sentence.has(_LOOK)
        and sentence.has(_RECORDS)
    ):
        yield Signal(sentence=sentence, status=Status.OK, reason="商家有权查看或抽查服务记录")
    elif (
        sentence.has(_REPORTS)
        and sentence.about(any_of(r"质检", r"报告", r"报表", r"服务", r"质量"))
        and not sentence.has(r"元|工资|对账")
    ):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明了报告或质检的频率")
    elif sentence.has(r"质检|抽检|抽查") and sentence.has(_FREQUENCY):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明了质检的频率")
    elif sentence.has(
        r"质检|质量(?:检查|监督|检验|管理)|服务质量[^。;；]{0,10}(?:检查|监督|评估)|抽检|抽查"
    ) and not sentence.has(r"质检合格率|质检分|元"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到质检，但商家没有查看的权利，也没有频率")


# --- quality.incentives --------------------------------------------------------------------------------------------

_MISS = any_of(
    r"未(?:能)?(?:达|完成|满足|通过)[^。;；]{0,10}(?:标|到|成|求|格)?",
    r"不(?:达标|合格|符合)",
    r"(?:低于|超过|高于|不足|超出)[^。;；]{0,16}(?:的|时|,|则|,每)",
    r"每(?:低|超|下降|降低|高|出现|发生|差)",
    r"差评",
    r"投诉",
    r"考核",
    r"奖惩",
    r"扣分",
    r"fail(?:s|ure|ed)?(?:to)?",
    r"below",
)
_DEDUCT = any_of(
    r"扣(?:除|减|款|罚|发|付)",
    r"罚(?:款|金|则)?",
    r"减(?:付|免|收)",
    r"违约金",
    r"核减",
    r"抵扣",
    r"赔(?:偿|付)",
    r"返还",
    r"折(?:扣|减)",
    r"deduct|penalt|servicecredits?|credit",
)
_QUALITY = any_of(
    r"考核",
    r"kpi",
    r"指标",
    r"达标",
    r"质检",
    r"满意",
    r"响应",
    r"差评",
    r"投诉",
    r"服务质量",
    r"解决率",
    r"转化率",
    r"奖惩",
    r"绩效",
    r"得分",
    r"评分",
    r"合格",
    r"sla|service(?:level|credit)",
)
_NO_DEDUCT = any_of(
    r"(?:不|不得|不予|无需|不再|不作|不应)[^。;；,，]{0,10}(?:扣(?:除|减|款|罚)|罚款|处罚|核减|减付|考核|扣)(?!.{0,4}(?:的|时))",
    r"不(?:设|实行|执行)[^。;；]{0,10}(?:扣|罚|惩|考核)",
    r"仅(?:作|供)[^。;；]{0,6}(?:参考|改进)",
    r"不作为[^。;；]{0,10}(?:扣|结算|付款)",
)
_REWARD = any_of(r"奖励", r"奖金", r"激励", r"加奖", r"bonus|reward")


def _incentives(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not sentence.about(_QUALITY) or sentence.has(
        r"泄露|保密|逾期[^。;；]{0,8}(?:支付|付款)|流失|离职|补位|解除|终止"
    ):
        return
    if sentence.has(_NO_DEDUCT):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="排除了未达标的扣款", keys=frozenset({"排除"}))
        return
    figures = [
        f
        for f in sentence.figures
        if f.quantity.kind in (QuantityKind.MONEY, QuantityKind.RATIO) and not f.quantity.trigger
    ]
    deducts = sentence.has(_DEDUCT) or (sentence.is_row and any("扣" in c or "罚" in c for c in sentence.columns))
    if deducts and sentence.about(_MISS) and figures:
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"未达标有扣款（{figures[-1].quantity.text}）",
            figure=figures[-1].quantity.text,
        )
    elif (deducts and sentence.about(_MISS)) or sentence.has(r"奖惩|奖罚|奖优罚劣"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到奖惩但没有数字")
    elif sentence.has(_REWARD) and sentence.about(r"<V>|达标|考核|超额|客服"):
        yield Signal(
            sentence=sentence, status=Status.ADVERSE, reason="只有奖励，没有未达标的扣款", keys=frozenset({"只奖"})
        )


def _conclude_incentives(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """A reward is optional: it is adverse only where nothing is deducted for a miss."""
    if any(s.status is Status.OK for s in signals):
        signals = [s for s in signals if "只奖" not in s.keys]
    return worst_wins(signals, reading, checkpoint)


RULES = (
    Rule(checkpoint="quality.kpis", read=_kpis, conclude=enough_keys(2, "有目标数字的指标")),
    Rule(checkpoint="quality.inspection", read=_inspection, conclude=worst_wins),
    Rule(checkpoint="quality.incentives", read=_incentives, conclude=_conclude_incentives),
)
