"""KPI 指标. ok: two or more KPIs with target numbers; vague: KPIs without numbers, or one only; adverse: the vendor sets or changes KPIs alone,
or only its own figures count."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace

from pipeline.check.rules.leaning import Mark, marks
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.scope.cues import taken
from pipeline.check.rules.signal import Conclusion, Rule, Signal, enough_keys
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

KPIS = {
    "满意度": r"满意(?:度|率|评价|的)?|csat|[四五]星以上|好评(?!返现)(?:率|比例|的)?|nps|satisfaction|评价(?:满意|按)|打好评",
    "响应": r"响应(?:时间|时长|率|速度)?|首响|平响|均响|回[复覆]率|回话|首[次条句][^,。;；、]{0,6}(?:回复|应答|答复|用时)|首次应答|应答(?:率|时间|时长)|接(?:通|起|听|待)率|respon[sd]e?|answerrate|firstreply|3分钟[^,。;；]{0,4}率|(?:\d+|[一二三四五六七八九十]+)秒[^,。;；、]{0,4}(?:应答|接起|接通|回复)率?",
    "差评率": r"(?:差评|中差评|投诉|客诉|纠纷|退[款货]|申诉|介入|有责|complaint)[^,。;；、]{0,8}(?:率|数|比例|占比|rate)|差评|(?:投诉|客诉)[^,。;、]{0,2}(?:不(?:得|能|可|许)?(?:超|多|高)|≤|控制在|少于)|negativereviews?|lowratings?",
    "转化率": r"转化率?|成交(?!记录|单位|供应商|人|额|价|提成|公告|通知|订单|明细|数据|总)(?:率|比例|的)?|(?:下单|购买|付款)[^,。;；、]{0,4}(?:率|比例|占比)|(?:下单|成交|付款|买)的[^,。;、]{0,4}(?:到|达|占|不(?:低|少))|问了就买|能买|轉換|转换率|conversion",
    "解决率": r"解决率|办结率|完结率|首解率?|fcr|resolution|(?:一次(?:性)?|头回|一趟)[^,。;；、]{0,4}(?:办[结妥]|处理|解决)|不用[^,。;；、]{0,10}再来",
    "质检合格率": r"(?:质检|抽[检查])[^,。;；、]{0,8}(?:率|分|得分|合格|错误|差错)|合格率|(?:准确|差错|出错|失误|错误)率|qa(?:score)?|quality(?:score)?",
    "流程时效": r"(?:处理|办理|结案|跟进|完结)[^,。;；、]{0,4}(?:时效|及时率|时长|时间)|工单[^,。;；、]{0,8}(?:率|时效|时长|时间)|结案率|aht|handlingtime",
    "评分": r"dsr|旺旺分|服务分|体验分|飞鸽分|店铺评分|评分(?!细则|标准|项目|表|办法|委员|结果|制)|打的?分|(?:服务态度|综合(?:体验)?|体验)[^,。;；、]{0,4}分",
    "出勤": r"出勤率|在线率|在岗率|排班达成率|上线率",
    "放弃率": r"(?:放弃|弃呼|遗漏|漏接|丢失|未回复)[^,。;；、]{0,4}率|呼损|abandon|lost-?chat|漏没?漏?回",
}  # fmt: skip
KPI_WORD = any_of(
    r"kpi|考核(?:表|指标|标准|办法|项目|内容|细则|目标|数据|的数)|(?:服务|质量|绩效|关键|运营|各项)(?:水平|目标)?指标|评分(?:项目|表|标准|细则)|各项?目标值|绩效(?:考核|目标|项目|标准|线)|(?:服务(?:水平|等级))(?:协议|目标)?|sla|(?<!工作)指标|servicelevels?|performance(?:indicator|measure)|服务数据|(?:各项|哪几样|几样)考核|数据项目|业绩(?:目标|要求|任务)|(?:服务|质量|绩效)目标(?!值?(?:群|客))|(?:对|考核)<V>[^。;；,，]{0,10}(?:服务质量|工作质量|绩效)[^。;；,，]{0,6}(?:考核|考评|评价)",
)  # fmt: skip
_NOT_KPI = any_of(
    r"流失|离职|机动|备用|储备|后备|备员|补位|补员|到岗|税率|费率|利率|汇率|权重(?!得)|保密|违约金|留存|保存|培训|解除|终止|故障|恢复|付款|支付|结算|单价|报价|提成|佣金|奖金",
)  # fmt: skip
_GOODS = any_of(
    r"对其(?:员工|人员|客服)[^。;；,，]{0,10}(?:考核|绩效)|纸箱|破损率|绩效工资|来料|出厂|所售商品|(?:商品|产品|货物|样品|衣服|每批)[^。;,，]{0,8}(?:合格|抽检|质检)|发货率|仓配|仓库|入库|品控部|缩写|问卷(?![^。;,，]{0,10}(?:占|达|不低|不少))|调查(?:由|问)|鉴于(?!.*<V>应)|开票|生产线|返工|拣货|出库|内部预算|党支部"
)
# How things stood when the contract was signed, or what a platform asks for its own sales, is no target of the vendor.
_NO_TARGET = any_of(
    r"(?:签约|签订|接手|交接|订约)(?:时|当日|之时|前)[^。;；]{0,50}(?:存档|留档|备查|截图|为基)",
    r"平台(?:规定|规则|要求)[^。;；]{0,90}(?:报名|报得上|门槛|入场|参加)",
    r"(?:累计|先后)(?:为|服务)[^。;；]{0,40}(?:商[户家]|店铺|品牌|客户|企业)",
)
# Who may change the target of a row.
_MAY_CHANGE = r"(?:谁|何方|哪方|何人)[^|]{0,4}[改调定变]|(?:修改|调整|变更|改动|确定)(?:权限?|人|方)"
_SCORE_FIGURE = r"\d(?:\.\d+)?(?:分(?!钟)|outof\d|/5(?!\d))"
_COUNTED = r"不(?:得|能|可)?(?:超过?|多[于过])[一二两三四五六七八九十\d]+(?:宗|处|起|桩)"
_GENERIC = re.compile(
    r"(?P<name>[\u4e00-\u9fff]{2,8}(?:率|度|时长|时效|时间|占比|比例|得分|评分|比))(?:\([^()]{0,20}\))?(?:应|须|需|要|均|每月|月均|平均|保持|维持|达|控制|为|在|:|：|\|)*(?:不(?:得)?(?:低|高|少|超)|≥|≤|>=|<=|>|<|达到?|至少|控制在|在|为|以上|低于|高于|\d)"
)
_TOPIC = any_of(
    KPI_WORD, *KPIS.values(), r"(?:几|上述|这些|以上)个?数(?![字\d])|目标值?|考核|合格线|绩效|达标|定多高|的线|前述"
)
_SETS = r"(?:制定|设定|确定|决定|调[整降]|下调|修[订改正]|变更|更[新换]|[上下]修|放宽|放松|往松了调|往松|重[订设定]|自[定订]|定|改(?!善|进|正)|增减|擦了|拟定|发布|公布|填写|vary|varied|resets?|revise|determines?|change)"
_TERMINAL = r"(?:为准|为据|准据|唯一|终局|最终|说话|认定|判定|作数|conclusive|shallbeused)"
_ALONE = any_of(
    r"(?:只|仅|唯)(?:以|认可?|采信?|采用|采纳|承认|接受|依据?)[^。;；,，]{0,6}<V>[^。;；,，]{0,14}(?:数|数据|统计|报表|系统|记录|结果|台账)",
    r"(?:<M>|平台)[^。;；,，]{0,10}(?:数[据字]|统计|记录|报表)[^。;；,，]{0,6}(?:不(?:作为?|得作|予采|被采|能作|认)|仅供参考|概不)",
    r"(?:kpi|指标|考核|目标值?|质检标准|绩效|合格线|的线)[^。;；]{0,24}(?:由|以)<V>[^。;；,，]{0,20}" + _SETS,
    r"(?:由|归)<V>[^。;；,，]{0,14}(?:拍板|说了算|独立决定)",
    r"(?:以|按|依|从|拿|据|认|凭|得依|only)[^。;；]{0,8}<V>[^。;；]{0,34}" + _TERMINAL,
    r"(?:数据|统计|结果|成绩|数)[^。;；]{0,12}(?:以|按|从|出自)<V>[^。;；]{0,24}(?:为准|为终局|出$|出[,，])",
    r"<V>[^。;；]{0,30}(?:数据|统计|系统|记录|报表|结论)[^。;；]{0,30}(?:唯一|具有(?:最终|终局)|终局|不接受[^。;；]{0,6}异议|结果为准)",
    r"(?:<M>|平台)[^。;；]{0,16}(?:自行|另外|自己|单独|后台)[^。;；]{0,16}(?:数|数据|统计)[^。;；]{0,16}(?:不作|不认|不得作为|参考|一概不)",
    r"<M>不得[^。;；]{0,20}(?:质疑|推翻|举证)[^。;；]{0,16}",
    r"(?:kpi|target|indicator)[^.;]{0,60}(?:varied|changed|revised|amended|set)by(?:the)?<V>|<V>alonedetermines", r"只认(?:<V>|[^。;；,，]{0,10}自己)|<V>说了算|自己定[^。;；]{0,12}(?:就改|改了)|我们自己定|onlyfiguresgeneratedby|考核[^。;]{0,20}<V>[^。;,，]{0,4}拍板|班组长拍板",
    r"(?:可以?|有权|随时)[^。;；,，]{0,10}(?:往松|放宽|下调|降低|修改|调整|变更)[^。;；]{0,30}(?:就算|视为|视同)[^。;；,，]{0,6}(?:同意|认可|接受)",
)  # fmt: skip
_AGREED = any_of(
    r"(?:经|征得|由)[^。;；,，]{0,6}<M>[^。;；,，]{0,12}(?:确认|同意|认可|审核|核准)|双方(?:书面)?(?:确认|同意|协商一致)|付款|结算金额|账单|对账|发票|考勤|话费|运费|库存|费用以|保密|培训|到岗"
)
_TARGET = any_of(
    r"≥|≤|>=|<=|>|<|不(?:低|少|高|超|大于|小于|过)|达到?|以上|以下|以内|之内|往上|目标|标准|要求|控制在|低于|高于|超过|至少|最多|不到|保持在|维持|\d|成|atleast|nolessthan|target|within|exceed",
)  # fmt: skip

# What the merchant owes, and the vendor is not told to reach.
_MERCHANTS_OWN = r"^(?:(?!<V>)[^,，。;；]){0,6}<M>(?!的)(?:应|须|需|负责|承诺|保证)(?!(?:当)?(?:按|依|根据|对|每月|以|于)[^。;；]{0,20}(?:考核|评))[^。;；,，]{0,14}(?:处理|审批|审核|发货|备货|上架|补货|退款|核实)(?:(?!<V>|考核)[^。;；])*[。;；]?$"
# Things measured and the act of measuring, in everyday words: 回复快慢、客人评价好坏列入评议.
_ASPECT = r"(?:回复|回话|接待|响应|处理|答复)[^,，。;；、]{0,4}(?:快慢|速度|质量|好坏)|(?:客人|顾客|买家|客户)[^,，。;；、]{0,4}(?:评价|评语|打分|口碑|反映|反馈)|服务(?:态度|质量)|来的比例|说错话|答错|成不成单|投诉多少|差评多少|态度"
_WEIGHED = (
    r"评议|考评|评比|评定|打分|考核|看(?:这|以下)?[两三四五几]样|衡量|评估|评价[^,，。;；]{0,6}(?:乙方|绩效)|绩效"
)


def _kpis(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(any_of(_GOODS, _NO_TARGET)) or (sentence.has(_MERCHANTS_OWN) and not sentence.has(KPI_WORD)):
        return
    if _vendor_may_change(sentence):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="指标由服务方单方改动")
        return
    said = marks(sentence)
    ours = ("M", Mark.COUNTS) in said and not said & {("V", Mark.COUNTS), ("M", Mark.BARRED)}
    alone = not ours and (sentence.has(_ALONE) or taken(sentence, _TOPIC, _SETS, reach=36))
    if alone and sentence.about(any_of(_TOPIC, r"质量|服务标准|数据|数字|统计|好不好")) and not sentence.has(_AGREED):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="指标由服务方单方确定，或只认服务方的数据")
        return
    named = sentence.count(KPIS)
    targets = targets_of(sentence)
    if sentence.has(_NOT_KPI) and not named and not sentence.has(KPI_WORD):
        return
    if sentence.is_row:
        name = row_indicator(sentence, named, targets)
        if name:
            beside = _rows_beside(sentence, reading)
            yield Signal(
                sentence=sentence,
                status=Status.OK,
                reason=f"写明{name}的目标数字",
                figure=targets[0].quantity.text if targets else None,
                keys=frozenset({name, *beside}),
                also=tuple(beside.values())[:_ROWS_SHOWN],
            )
            return
    elif named and (targets or sentence.has(any_of(_SCORE_FIGURE, _COUNTED))) and sentence.about(_TARGET):
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
    if sentence.has(_NOT_KPI) and not sentence.has(KPI_WORD):
        return
    aspects = len(list(sentence.find_all(_ASPECT)))
    if len(named) < 2 and not sentence.has(KPI_WORD) and not sentence.is_row and sentence.has(_WEIGHED) and aspects:
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="说了考核什么，没有目标数字")
        return
    looked_at = len(named) > 1 and sentence.has(r"数|定|看|往上|压下|做上|考|摸底|目标|率")
    if looked_at or ((sentence.has(KPI_WORD) or named) and sentence.about(any_of(r"考核|kpi|标准|质量|sla|满意|率|目标|达标|指标|indicator|measured|行业"))):  # fmt: skip
        if sentence.has(KPI_WORD) or len(named) > 1 or sentence.has(r"满意|率|考核"):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到考核指标但没有目标数字", firm=ours)


def _vendor_may_change(sentence: Sentence) -> bool:
    """True for a row that names the vendor alone under a head that asks who may change the target."""
    asked = [cell for head, cell in zip(sentence.columns, sentence.cells, strict=False) if re.search(_MAY_CHANGE, head)]
    vendor, other = compiled(r"<V>", sentence.sides), compiled(r"<M>|<B>", sentence.sides)
    return any(vendor.search(cell) and not other.search(cell) for cell in asked)


_ROWS_READ, _ROWS_SHOWN = 12, 3


def _rows_beside(sentence: Sentence, reading: Reading) -> dict[str, Sentence]:
    """The other indicators of the table a row belongs to, with their rows: a table is read as a whole."""
    found: dict[str, Sentence] = {}
    for step in (-1, 1):
        for at in range(sentence.index + step, sentence.index + step * (_ROWS_READ + 1), step):
            if not 0 <= at < len(reading.sentences):
                break
            row = reading.sentences[at]
            if not row.is_row or row.columns != sentence.columns:
                break
            name = "" if row.has(_GOODS) else row_indicator(row, row.count(KPIS), targets_of(row))
            if name:
                found.setdefault(name, row)
    return found


def targets_of(sentence: Sentence) -> list[Figure]:
    """The figures of a sentence that can be the target of an indicator."""
    kinds = (QuantityKind.RATIO, QuantityKind.DURATION, QuantityKind.COUNT)
    return [
        f
        for f in sentence.figures
        if f.quantity.kind in kinds and f.quantity.value < 3 * 86400 * 30 and not _heads(sentence, f)
    ]


def _heads(sentence: Sentence, figure: Figure) -> bool:
    """True for a count of people or of things listed (三席, 五个数), which measures no service."""
    return figure.quantity.kind is QuantityKind.COUNT and (
        re.match(r"[席人名位]|个?(?:数|指标|方面|项目)", sentence.plain[figure.end :]) is not None
        or re.search(r"[席人名位数项]$", figure.quantity.text) is not None
    )


def row_indicator(sentence: Sentence, named: Sequence[str], targets: Sequence[Figure]) -> str:
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
                f for f in targets_of(sentence) if -2 <= f.start - match.end() <= 24 or 0 <= match.start() - f.end <= 4
            ]
            if (
                near
                or sentence.has(KPIS[name] + r"[^,。;；]{0,12}(?:\d|" + _COUNTED + ")")
                or _score_behind(sentence, match.end())
            ):
                kept.append(name)
                break
    known = any_of(*KPIS.values())
    others = (m["name"] for m in _GENERIC.finditer(sentence.plain))
    return [*kept, *(n for n in others if not re.search(known, n) and not re.search(_NOT_KPI, n))]


def _score_behind(sentence: Sentence, at: int) -> bool:
    return re.match(r"[^,。;；]{0,14}" + _SCORE_FIGURE, sentence.plain[at:]) is not None


def _conclude_kpis(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """The same indicator in a table (人工首次应答) and in a sentence (响应) counts once."""
    labels = {k for s in signals for k in s.keys if k not in KPIS}
    again = {n for n, pattern in KPIS.items() if any(re.search(pattern, label) for label in labels)}
    rows = {n: next(x for x in sorted(labels) if re.search(KPIS[n], x)) for n in again}
    once = [replace(s, keys=frozenset(rows.get(k, k) for k in s.keys)) for s in signals]
    return enough_keys(2, "有目标数字的指标")(once, reading, checkpoint)


RULE = Rule(checkpoint="quality.kpis", read=_kpis, conclude=_conclude_kpis)
