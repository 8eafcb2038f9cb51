"""服务质量考核与质检: what is measured, who may look, what a miss costs."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, enough_keys, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

# --- quality.kpis --------------------------------------------------------------------------------------------------
# ok: two or more KPIs with target numbers; vague: KPIs without numbers, or one only; adverse: the vendor sets or changes KPIs
# alone, or only its own figures count.

KPIS = {
    "满意度": r"满意(?:度|率|评价)|csat|好评率|nps|satisfaction|评价满意",
    "响应": r"响应(?:时间|时长|率|速度)?|首响|平响|回复率|首(?:次|句)[^,。;；、]{0,4}(?:回复|应答)|应答(?:率|时间|时长)|接(?:通|起|听|待)率|respon[sd]e?|answerrate|3分钟[^,。;；]{0,4}率|(?:\d+|[一二三四五六七八九十]+)秒[^,。;；、]{0,4}(?:应答|接起|接通|回复)率?",
    "差评率": r"(?:差评|中差评|投诉|客诉|纠纷|退款|申诉|介入|有责)[^,。;；、]{0,8}(?:率|数|比例|占比)",
    "转化率": r"转化率|转化|成交率|conversion",
    "解决率": r"解决率|办结率|完结率|fcr|resolution|一次(?:性)?(?:办结|处理)",
    "质检合格率": r"质检[^,。;；、]{0,8}(?:率|分|得分)|合格率|抽检[^,。;；、]{0,8}率|(?:准确|差错|出错|失误|错误)率|qa(?:score)?|quality(?:score)?",
    "流程时效": r"(?:处理|办理|结案|跟进|完结)[^,。;；、]{0,4}(?:时效|及时率|时长|时间)|工单[^,。;；、]{0,8}(?:率|时效|时长|时间)|结案率|aht|handlingtime",
    "评分": r"dsr|服务分|体验分|飞鸽分|店铺评分|(?:服务态度|综合(?:体验)?|体验)[^,。;；、]{0,4}分",
    "出勤": r"出勤率|在线率|在岗率|排班达成率|上线率",
    "放弃率": r"(?:放弃|弃呼|遗漏|漏接|丢失|未回复)[^,。;；、]{0,4}率|abandon",
}  # fmt: skip
_KPI_WORD = any_of(
    r"kpi",
    r"考核(?:指标|标准|办法|项目|细则|目标)",
    r"(?:服务|质量|绩效|关键|运营)(?:水平|目标)?指标",
    r"绩效(?:考核|目标)",
    r"服务(?:水平|等级)(?:协议|目标)?",
    r"sla",
    r"指标",
    r"servicelevels?",
)
_NOT_KPI = any_of(
    r"流失",
    r"离职",
    r"机动",
    r"备用|储备|后备|备员",
    r"补位|补员|到岗",
    r"税率|费率|利率|汇率",
    r"权重",
    r"保密",
    r"违约金",
    r"留存|保存",
    r"培训",
    r"解除|终止",
    r"故障|恢复",
    r"付款|支付|结算|单价|报价",
    r"提成|佣金|奖金",
)
_SCORE_FIGURE = r"\d(?:\.\d+)?分(?!钟)"
_GENERIC = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,8}(?:率|度|时长|时效|时间|占比|比例|得分|评分|比))(?:\([^()]{0,20}\))?(?:应|须|需|要|均|每月|月均|平均|保持|维持|达|控制|为|在|:|：|\|)*(?:不(?:得)?(?:低|高|少|超)|≥|≤|>=|<=|>|<|达到?|至少|控制在|在|为|以上|低于|高于|\d)"
)
_VENDOR_SETS = any_of(
    r"(?:kpi|指标|考核(?:标准|办法|细则|规则|口径|项目|目标)?|目标值?|质检标准)[^。;；]{0,24}(?:由|以)<V>[^。;；,，]{0,14}(?:确定|制定|设定|决定|调整|解释|发布|公布|拟定|说了算|更新)",
    r"<V>[^。;；,，]{0,10}(?:有权|可(?!能)(?:以)?|自行|单方|得|保留)[^。;；]{0,24}(?:制定|设定|调整|修改|变更|确定|更新|增减|决定|取消|放宽)[^。;；]{0,16}(?:kpi|指标|考核|目标值|质检标准|服务标准)",
    r"(?:kpi|指标|考核(?:标准|办法)?|目标值?)[^。;；]{0,20}<V>[^。;；,，]{0,8}(?:有权|可(?!能)(?:以)?|自行|单方|随时|得)[^。;；]{0,12}(?:调整|修改|变更|确定|更新|增减|放宽)",
    r"(?:以|按|依|仅以|只认|只以)<V>[^。;；]{0,20}(?:统计|系统|后台|提供|出具|记录|数据|报表|报告|平台|口径|生成|导出)[^。;；]{0,20}(?:为准|为唯一|为最终|为依据|为(?:结算|考核)|作为)", r"(?:数据|统计|结果|成绩)[^。;；]{0,12}(?:以|按)<V>[^。;；]{0,16}为准",
    r"<V>[^。;；]{0,12}(?:数据|统计|记录|报表)[^。;；]{0,12}(?:为(?:唯一|最终)|具有最终|不接受[^。;；]{0,6}异议)", r"只认<V>|<V>说了算",
)  # fmt: skip
_TARGET = any_of(
    r"≥|≤|>=|<=|>|<",
    r"不(?:低|少|高|超|大于|小于)",
    r"达到?",
    r"以上|以下|以内|之内",
    r"目标",
    r"标准",
    r"要求",
    r"控制在",
    r"低于|高于|超过",
    r"至少|最多|不到|保持在|维持",
    r"\d",
    r"atleast|nolessthan|target|within|exceed",
)


def _kpis(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_VENDOR_SETS) and sentence.about(
        any_of(_KPI_WORD, r"考核|质量|达标|服务标准|数据|统计", *KPIS.values())
    ):
        if not sentence.has(
            r"<M>[^。;；,，]{0,12}(?:确认|同意|认可|审核|核准)|双方(?:书面)?(?:确认|同意|协商一致)|付款|结算金额|账单|费用以|保密|培训"
        ):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason="指标由服务方单方确定，或只认服务方的数据")
            return
    named = sentence.count(KPIS)
    targets = _targets(sentence)
    if sentence.has(_NOT_KPI) and not named:
        return
    if sentence.is_row:
        name = _row_indicator(sentence, named, targets)
        if name:
            yield Signal(
                sentence=sentence,
                status=Status.OK,
                reason=f"写明{name}的目标数字",
                figure=targets[0].quantity.text if targets else None,
                keys=frozenset({name}),
            )
            return
    elif named and (targets or sentence.has(_SCORE_FIGURE)) and sentence.about(_TARGET):
        kept = _with_figures(sentence, named)
        if kept:
            text = targets[0].quantity.text if targets else ""
            yield Signal(
                sentence=sentence,
                status=Status.OK,
                reason=f"写明{'、'.join(kept)}的目标数字",
                figure=text or None,
                keys=frozenset(kept),
            )
            return
    if sentence.has(_NOT_KPI) and not sentence.has(_KPI_WORD):
        return
    if (sentence.has(_KPI_WORD) or named) and sentence.about(any_of(r"考核|kpi|标准|质量|sla|满意|率|目标|达标|指标")):
        if sentence.has(_KPI_WORD) or len(named) > 1 or sentence.has(r"满意|率|考核"):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到考核指标但没有目标数字")


def _targets(sentence: Sentence) -> list[Figure]:
    kinds = (QuantityKind.RATIO, QuantityKind.DURATION, QuantityKind.COUNT)
    return [f for f in sentence.figures if f.quantity.kind in kinds and f.quantity.value < 3 * 86400 * 30]


def _row_indicator(sentence: Sentence, named: Sequence[str], targets: Sequence[Figure]) -> str:
    """The indicator of a table row with a target: its first cell of words; "" for rows of another kind of table."""
    if not targets and not sentence.has(_SCORE_FIGURE):
        return ""
    if any(not b.answered for b in sentence.blanks) and not [
        t for t in targets if t.quantity.kind is QuantityKind.RATIO
    ]:
        return ""
    label = next((c for c in sentence.cells if len(re.sub(r"[\d.一二三四五六七八九十()（）、-]", "", c)) >= 2), "")
    if not label or re.search(
        r"流失|离职|备用|储备|后备|机动|补位|补员|到岗|在岗时长|培训|恢复|故障|费|单价|价格|合计|人数|扣|罚|奖", label
    ):
        return ""
    indicator = named or re.search(r"率|度$|时长|时效|时间|速度|得分|评分|score|rate|time", label)
    table = sentence.about(
        any_of(
            r"指标",
            r"kpi",
            r"考核",
            r"sla",
            r"目标",
            r"标准",
            r"要求",
            r"服务水平",
            r"target|metric|indicator|servicelevel",
        )
    )
    figured = any(t.quantity.kind in (QuantityKind.RATIO, QuantityKind.DURATION) for t in targets) or sentence.has(
        _SCORE_FIGURE
    )
    compared = sentence.has(
        r"≥|≤|>=|<=|>|<|不(?:低|少|高|超|大|小)|不得|以内|以上|以下|notless|notmore|atleast|atmost|nomore|noless|orabove|orbelow|orless|ormore|within"
    )
    return (
        label
        if indicator and (table or compared) and figured and not re.search(r"服务时间|工作时间|班次|排班", label)
        else ""
    )


def _with_figures(sentence: Sentence, named: Sequence[str]) -> list[str]:
    """The KPIs of a sentence that have a figure of their own close behind (or just before) their name."""
    kept = []
    for name in named:
        for match in sentence.find_all(KPIS[name]):
            near = [
                f for f in _targets(sentence) if -2 <= f.start - match.end() <= 24 or 0 <= match.start() - f.end <= 4
            ]
            if near or sentence.has(KPIS[name] + r"[^,。;；]{0,12}\d") or _score_behind(sentence, match.end()):
                kept.append(name)
                break
    known = any_of(*KPIS.values())
    others = (m["name"] for m in _GENERIC.finditer(sentence.plain))
    return [*kept, *(n for n in others if not re.search(known, n) and not re.search(_NOT_KPI, n))]


def _score_behind(sentence: Sentence, at: int) -> bool:
    return re.match(r"[^,。;；]{0,14}" + _SCORE_FIGURE, sentence.plain[at:]) is not None


# --- quality.inspection --------------------------------------------------------------------------------------------
# ok: the merchant may view chats or recordings, or gets reports or spot checks at a stated frequency; vague: the vendor's own checks with no
# right and no frequency; adverse: the merchant may not look, or only with the vendor's consent.

_LOOK = any_of(
    r"(?:查看|查阅|查询|调取|调听|调用|抽查|抽检|抽听|抽取|调阅|监听|旁听|检查|监督|登录|巡查|巡检|复核|回听|抽样|复查|质检|导出|翻看|下载|浏览|核查|暗访|神秘|随时[^。;；]{0,6}(?:看|查|听)|看[^。;；]{0,4}(?:聊天|记录|后台)|听[^。;；]{0,4}录音)",
    r"access|inspect|review|audit|monitor|spot-?check|listen",
)  # fmt: skip
_RECORDS = any_of(
    r"聊天",
    r"会话",
    r"录音",
    r"通话",
    r"对话",
    r"工单",
    r"记录",
    r"服务(?:质量|过程|情况|现场)",
    r"客服(?:工作|接待|后台|服务)",
    r"质检",
    r"后台",
    r"接待(?:情况|内容|数据)?",
    r"话术",
    r"chat|recordings?|transcripts?|conversation|calls?|tickets?",
)
_REPORT = any_of(
    r"(?:日|周|月|季|旬|双周)(?:度)?(?:报(?!价|酬|销)|质检报告|服务报告|运营报告|分析报告|质量报告|报告|汇总|总结|简报)", r"(?:每(?:日|天|周|月|季度?|旬|半月|双周|班|工作日)|按(?:日|周|月|季)|逐(?:日|周|月)|次月|月度|周|月底|月初)[^。;；]{0,40}(?:报告|报表|质检(?:结果|数据|情况|明细|表|单)|抽检|抽查|复盘|总结|清单|汇报|通报|明细)",
    r"(?:报告|报表|质检(?:结果|数据|情况|明细))[^。;；,，]{0,20}(?:每(?:日|天|周|月|季度?|旬)|按(?:日|周|月|季)|次月|月度)", r"(?:daily|weekly|monthly|quarterly)[^.;]{0,30}reports?|reports?[^.;]{0,30}(?:daily|weekly|monthly|everyweek|everymonth)",
)  # fmt: skip
_CHECKS = any_of(r"质检", r"抽检", r"抽查", r"复听", r"抽听", r"抽样", r"质量检查", r"spot-?check|qualitycheck|qa")
_FREQUENCY = any_of(
    r"每(?:日|天|周|月|季|旬|班|人|名|位|个坐席|坐席|通|百)",
    r"(?:日|周|月|季)(?:度)?(?:检|抽)",
    r"按(?:日|周|月|季)",
    r"逐(?:日|周|月)",
    r"不(?:少|低)于\d+(?:条|通|次|%|份|个|段)",
    r"比例(?:为|不)",
    r"daily|weekly|monthly|everyweek|everymonth",
)
_NO_LOOK = any_of(
    r"<M>[^。;；,，]{0,6}(?:不得|无权|不能|不可|不(?:直接)?(?:参与|介入)|不享有|不允许|不准)[^。;；]{0,36}(?:查看|查阅|调取|抽查|抽检|检查|监听|质检|介入|干预|要求提供|索取|登录|复核|旁听)",
    r"(?:经|征得|取得|需|须|获)<V>[^。;；,，]{0,14}(?:书面)?(?:同意|许可|批准|授权|审批)[^。;；]{0,24}(?:查看|查阅|调取|调阅|抽查|抽检|检查|方可|才能|方能|才可|后)", r"(?:录音|聊天记录|会话|对话|质检(?:结果|记录|数据)|服务记录|后台)[^。;；]{0,30}(?:不(?:对外|向<M>|予|对<M>)(?:提供|开放|公开)|不提供给?<M>|不开放|概不(?:提供|外提供))",
    r"(?:查看|查阅|调取|调阅|抽查|抽检|检查|质检)[^。;；]{0,30}(?:须|需|应|要)[^。;；,，]{0,10}<V>[^。;；,，]{0,10}(?:同意|许可|批准|授权|点头)", r"<V>(?:有权)?(?:拒绝|谢绝)[^。;；]{0,20}(?:查看|查阅|调取|抽查|抽检|检查|监听)",
)  # fmt: skip
_MERCHANT_MAY = any_of(
    r"<M>[^。;；]{0,24}(?:有权|可(?!能)(?:以)?|得(?!到)|随时|不定期|定期|每|将|随机|派|登录|自行|能够|能)", r"(?:向|给|供|为|对|由|允许|接受|配合|便于|方便)<M>[^。;；]{0,20}(?:开放|开通|提供|共享|查|调|抽|监|检|随时|设|导|登录|看)", r"<M>(?:的)?(?:抽查|抽检|检查|监督|质检|巡查)", r"(?:client|merchant|partya)[^.;]{0,20}(?:may|isentitled|hastheright|shallhave)",
)  # fmt: skip
_NOT_INSPECTION = any_of(
    r"财务|账簿",
    r"消防",
    r"资质",
    r"审计费|审计机构|审计报告",
    r"发票",
    r"付款前",
    r"商品(?:质量)?(?:检|抽)|质检报告书?[^。;；,，]{0,6}(?:商品|产品)|(?:商品|产品|货物)[^。;；,，]{0,6}质检",
    r"笔试|考试|试卷|考卷|培训",
)


def _inspection(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if (
        sentence.has(_NO_LOOK)
        and sentence.about(any_of(_RECORDS, r"质量|质检|服务"))
        and not sentence.has(r"保密|第三方|泄露")
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="商家不能查看服务记录，或要服务方同意才能看")
        return
    if sentence.has(_NOT_INSPECTION):
        return
    target_row = sentence.is_row and _row_indicator(sentence, sentence.count(KPIS), _targets(sentence)) != ""
    if (
        sentence.has(_MERCHANT_MAY)
        and sentence.has(_LOOK)
        and sentence.has(_RECORDS)
        and not sentence.has(r"数据安全|个人信息|泄露")
    ):
        yield Signal(sentence=sentence, status=Status.OK, reason="商家有权查看或抽查服务记录")
    elif target_row:
        return
    elif (
        sentence.has(_REPORT)
        and sentence.about(any_of(r"质检", r"报告", r"报表", r"服务", r"质量", r"客服", r"report"))
        and not sentence.has(r"元|工资|对账|账单|费用|结算|扣|流失率|库存")
    ):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明了报告或质检的频率")
    elif sentence.has(_CHECKS) and sentence.has(_FREQUENCY) and not sentence.has(r"合格率|扣|元"):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明了质检的频率")
    elif sentence.has(
        any_of(
            _CHECKS,
            r"质量(?:检查|监督|检验|管理|监控)",
            r"服务质量[^。;；]{0,10}(?:检查|监督|评估)",
            r"(?:检查|监督)[^。;；,，]{0,10}服务",
        )
    ) and not sentence.has(r"质检(?:合格|得)?[率分]|元|扣|合格率"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到质检，但商家没有查看的权利，也没有频率")


# --- quality.incentives --------------------------------------------------------------------------------------------
# ok: a deduction or compensation with a figure when a target is missed; vague: 奖惩 without figures; adverse: rewards only, or
# deductions excluded.

_MISS = any_of(
    r"(?:未|没|不)(?:能|有)?(?:达|完成|满足|通过|做到|到)[^。;；]{0,10}(?:标|到|成|求|格|的)?", r"没(?:达|做|完成)", r"不(?:达标|合格|符合|及格)", r"(?:低于|超过|高于|不足|超出|跌破|不到)[^。;；]{0,16}(?:的|时|,|则|,每|者)", r"每(?:低|超|下降|降低|高|出现|发生|差|少|有|一(?:项|次|例|条|个))", r"差评", r"投诉", r"考核", r"奖惩", r"扣分", r"违规", r"超标",
    r"任(?:何)?一项", r"fail(?:s|ure|ed)?(?:to)?|below|miss(?:es|ed)?|notmet|shortfall",
)  # fmt: skip
_DEDUCT = any_of(
    r"扣(?:除|减|款|罚|发|付|回|掉|下)?(?=[^分留押非])",
    r"罚(?:款|金|则)?",
    r"减(?:付|免|收|少|按)",
    r"违约金",
    r"核减",
    r"抵扣",
    r"赔(?:偿|付)",
    r"返还",
    r"退(?:还|回)",
    r"折(?:扣|减|让|算)",
    r"少付|打折|下浮",
    r"按[^。;；,，]{0,10}(?:%|比例|折)[^。;；,，]{0,6}(?:支付|结算)",
    r"deduct|penalt|servicecredits?|credit|reduc",
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
    r"漏(?:接|回)",
    r"话术|违规|服务态度|失职",
    r"sla|service(?:level|credit)|performance",
)
_NO_DEDUCT = any_of(
    r"(?:不|不得|不予|无需|不再|不作|不应|不会|概不|无权|不能|不可|均不)(?:以此|因此|据此)?[^。;；,，]{0,12}(?:扣(?:除|减|款|罚|发|付)|罚款|处罚|核减|减付|减免|抵扣|减少|扣)(?!.{0,4}(?:的|时|满))", r"(?:不设|不实行|不执行|不设置|取消|免除|没有)[^。;；]{0,12}(?:扣|罚|惩)", r"(?:仅|只|仅仅)(?:作|供|用)[^。;；]{0,10}(?:参考|改进|依据|学习|提升)", r"不作为[^。;；]{0,14}(?:扣|结算|付款|违约)", r"不(?:构成|视为)[^。;；]{0,4}违约", r"nodeduction|notdeduct|forreferenceonly|nopenalt",
)  # fmt: skip
_REWARD = any_of(
    r"奖励",
    r"奖金",
    r"激励",
    r"加奖",
    r"额外(?:支付|付)[^。;；,，]{0,10}(?:奖|%)",
    r"多付|加付|上浮",
    r"红包",
    r"bonus|reward|incentive",
)
_NOT_INCENTIVE = any_of(
    r"泄露|保密|逾期[^。;；]{0,8}(?:支付|付款)|付款",
    r"流失率|离职",
    r"解除|终止",
    r"税|发票",
    r"客户[^。;；,，]{0,6}(?:退款|赔付)",
    r"保证金|押金",
    r"利息",
)


def _incentives(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not sentence.about(_QUALITY) or (
        sentence.has(_NOT_INCENTIVE) and not sentence.has(r"考核|kpi|指标|达标|质检|满意|响应|差评")
    ):
        return
    if sentence.has(_NO_DEDUCT) and not sentence.has(r"<V>[^。;；,，]{0,6}不得[^。;；]{0,12}(?:员工|客服|坐席)|克扣"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="排除了未达标的扣款", keys=frozenset({"排除"}))
        return
    figures = [
        f
        for f in sentence.figures
        if f.quantity.kind in (QuantityKind.MONEY, QuantityKind.RATIO) and not f.quantity.trigger
    ]
    columns = any(re.search("扣|罚|减|奖惩|penalt|deduct", c) for c in sentence.columns)
    deducts = sentence.has(_DEDUCT) or (sentence.is_row and columns)
    missed = sentence.about(_MISS) or columns
    if (
        deducts
        and missed
        and (figures or sentence.has(r"扣[^。;；,，]{0,4}\d+分[^。;；]{0,20}元|双倍|[一二三四五六七八九]折"))
    ):
        text = figures[-1].quantity.text if figures else ""
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"未达标有扣款（{text}）" if text else "未达标有扣款",
            figure=text or None,
        )
    elif (deducts and missed and not sentence.has(r"^[^。;；]{0,10}泄露")) or sentence.has(r"奖惩|奖罚|奖优罚劣|赏罚"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到奖惩但没有数字")
    elif sentence.has(_REWARD) and sentence.about(r"<V>|达标|考核|超额|客服|达到|高于|超过"):
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
