"""合同期限、终止与违约责任: how long, how to try it, how to leave, what a breach costs, where to sue."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.check.rules.measure import DAY, MONTH, YEAR, duration_text, upper
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, Wanted, conclude_with, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A piece of a sentence between commas, with the side it speaks of (the last one named so far)."""

    text: str
    start: int
    end: int
    side: str


def _parts(sentence: Sentence) -> Iterator[_Part]:
    side = ""
    at = 0
    for piece in re.split(r"(?<=[,;:])", sentence.plain):
        named = _side(sentence, piece)
        side = named or side
        yield _Part(text=piece, start=at, end=at + len(piece), side=side)
        at += len(piece)


def _side(sentence: Sentence, piece: str) -> str:
    """``merchant``, ``vendor``, ``both`` or "" : the first one named as the subject of the piece."""
    first = {
        name: match.start()
        for name, pattern in (("both", "<B>"), ("merchant", "<M>"), ("vendor", "<V>"))
        if (match := compiled(pattern, sentence.sides).search(piece)) is not None
    }
    return min(first, key=lambda name: first[name]) if first else ""


# --- term.duration -------------------------------------------------------------------------------------------------

_PERIOD = any_of(
    r"(?:合同|协议|服务|合作|委托|外包|履行|承包|项目|运营|租用|采购)(?:的)?(?:有效)?(?:期限|期间|期|周期|年限)", r"(?:合同|协议|合作|本合同书)[^,。;；]{0,10}有效期?", r"^(?:有效)?期限", r"为期", r"有效期", r"合作(?:时间|年限)", r"(?:initial)?term(?!inat)|duration|effectivedate", r"自[^。;；]{0,30}(?:起|始)[^。;；]{0,6}(?:至|到)", r"起止(?:日期|时间)", r"签(?:约)?(?:多久|一年|两年|三年|半年)",
)  # fmt: skip
_NOT_PERIOD = any_of(
    r"保密期", r"保密义务", r"质保", r"报价[^,。;；]{0,4}有效", r"授权[^,。;；]{0,4}有效", r"试用", r"试运行", r"试运营", r"试营运", r"试营业", r"试行期", r"磨合", r"付款期", r"支付期", r"宽限", r"整改", r"异议期", r"竞业", r"合同期(?:限)?内", r"服务期(?:间|内)", r"有效期内", r"保存期|留存", r"通知期", r"期限届满[^,。;；]{0,8}(?:后|时|前)?[^,。;；]{0,6}(?:删除|销毁|返还|移交)", r"证书|资质|执照|发票",
)  # fmt: skip
_START = any_of(
    r"自[^。;；]{0,24}起", r"从[^。;；]{0,24}(?:起|开始|算|计)", r"(?:签订|签署|生效|盖章|签字|上线|交接|开通|启动|签约|验收|正式服务)[^。;；]{0,10}(?:之日|之时|当日|日|后)[^。;；]{0,8}(?:起|开始|生效|计)?", r"起(?:算|计|始|生效)", r"from|commenc|start|effectivedate|starting|beginning", r"为起始", r"至", r"即日起",
)  # fmt: skip
_RENEWS = any_of(
    r"自动(?:续|顺延|延长|延期|展期|续约|续期|续签|续展|滚动|延续|进入下)",
    r"视为(?:自动)?(?:续|顺延|延长|同意续|继续)",
    r"顺延",
    r"默认(?:续|延)",
    r"automatic(?:ally)?(?:renew|extend)",
    r"自行(?:续|延)|当然续|即续",
    r"视同续",
)
_WAY_OUT = any_of(
    r"(?:未|没有|无|均未|不)[^。;；,，]{0,20}(?:异议|提出|通知|书面|反对|终止|告知|表示|续签|续约)", r"除非", r"提前[^。;；]{0,20}(?:通知|提出|告知|书面)", r"(?:除|如|若)[^。;；]{0,24}(?:不(?:再|愿|拟|想)?续|异议|终止|停止|书面|不合作)", r"(?:可|有权)[^。;；]{0,16}(?:拒绝|不续|退出|终止|取消|关闭)", r"协商(?:一致)?", r"unless|notice",
)  # fmt: skip
_NO_WAY_OUT = any_of(
    r"(?:不得|无权|不能|不可)[^。;；]{0,16}(?:拒绝|异议|终止|取消|退出|提出|解除)",
    r"(?:无需|无须|不需|不必|不再)[^。;；]{0,16}(?:确认|同意|签|通知|协商|另行)",
    r"连续自动",
)
_BLANK_DATE = any_of(
    r"长期有效",
    r"长期合作",
    r"无固定期限",
    r"另行(?:约定|协商|确定)",
    r"以[^,。;；]{0,14}为准",
    r"直至[^,。;；]{0,16}(?:终止|解除|止)",
    r"双方[^,。;；]{0,6}协商(?:确定|约定)",
    r"永久|indefinite",
)


def _duration(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["max_years"] * YEAR
    if (
        sentence.has(_RENEWS)
        and sentence.about(any_of(_PERIOD, r"期满|届满|到期|合同|协议|合作"))
        and not sentence.has(
            r"不(?:得|会|予|再)?自动(?:续|延|顺)|不自动|不顺延|付款|工期|节假日[^。;；]{0,8}顺延|遇[^。;；]{0,8}顺延|履行期限[^。;；]{0,4}顺延"
        )
    ):
        out = sentence.has(_WAY_OUT) or any(
            s.clause.id == sentence.clause.id and s.has(_WAY_OUT) and s.has(r"续|延|期满|届满|到期")
            for s in reading.around(sentence)
        )
        if sentence.has(_NO_WAY_OUT) or not out:
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason="到期自动续约，没有写明怎样不续")
            return
    if (
        not sentence.about(_PERIOD)
        or sentence.has(_NOT_PERIOD)
        or (sentence.clause.kind.value == "preamble" and not sentence.has(_PERIOD))
    ):
        return
    if not sentence.has(_PERIOD) and not sentence.has(r"年|月|日|year|month"):
        return
    dates = sentence.figures_of(QuantityKind.DATE)
    spans = [
        f
        for f in sentence.figures_of(QuantityKind.DURATION)
        if f.quantity.value >= MONTH and not _after_notice(sentence, f)
    ]
    long = [f for f in spans if upper(f) > limit * 1.01]
    if long and sentence.has(_PERIOD):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason=f"合同期{long[0].quantity.text}，超过标准 {checkpoint.thresholds['max_years']:g} 年",
            figure=long[0].quantity.text,
        )
        return
    for figure in dates:
        high = figure.quantity.high
        if (
            high is not None
            and high == high
            and figure.quantity.value == figure.quantity.value
            and (high - figure.quantity.value) > checkpoint.thresholds["max_years"] * 366 + 1
        ):
            yield Signal(
                sentence=sentence,
                status=Status.ADVERSE,
                reason=f"合同期{figure.quantity.text}，超过标准 {checkpoint.thresholds['max_years']:g} 年",
                figure=figure.quantity.text,
            )
            return
    ranged = [f for f in dates if f.quantity.high is not None] or (len(dates) >= 2 and list(dates))
    if sentence.blanks and not (ranged or (spans and sentence.has(r"(?:生效|签订|签署|盖章)[^,。;；]{0,8}起"))):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="合同期限的日期没有填")
    elif ranged or (spans and (dates or sentence.has(_START))):
        figure = (ranged or dates or spans)[0]
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明合同期限（{figure.quantity.text}）",
            figure=figure.quantity.text,
        )
    elif spans and sentence.has(_PERIOD):
        near = any(s.has(r"生效|起算|起始|签订之日|签署之日") for s in reading.around(sentence, 1, 2))
        status = Status.OK if near else Status.VAGUE
        yield Signal(
            sentence=sentence,
            status=status,
            reason=f"写了期限{spans[0].quantity.text}{'和起点' if near else '，没有写从哪天起'}",
            figure=spans[0].quantity.text,
        )
    elif sentence.has(_BLANK_DATE) and sentence.has(_PERIOD):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="合同期限没有具体起止")


def _after_notice(sentence: Sentence, figure: Figure) -> bool:
    return (
        re.search(
            r"(?:提前|届满前|期满前|到期前|自动(?:续|顺延|延)[^,。;；]{0,6}|每次(?:续|顺延)[^,。;；]{0,4})$",
            sentence.plain[max(0, figure.start - 10) : figure.start],
        )
        is not None
    )


# --- term.trial ----------------------------------------------------------------------------------------------------

_TRIAL = any_of(
    r"试用(?:期|阶段)?",
    r"试运行",
    r"试运营",
    r"试营运",
    r"试营业",
    r"试行期",
    r"试合作",
    r"试服务",
    r"磨合期",
    r"试跑",
    r"体验期",
    r"试点(?:期)?",
    r"考察期",
    r"观察期",
    r"试单",
    r"先试",
    r"trial",
    r"pilot",
    r"probation",
)
_NOT_TRIAL = any_of(
    r"(?:员工|客服|人员|坐席|新人)[^,。;；]{0,10}试用期",
    r"转正",
    r"劳动合同",
    r"试用装|试用品|商品试用|产品试用|试用版|免费试用[^,。;；]{0,6}(?:软件|系统)",
    r"试用期(?:员工|人员|客服|工资)",
)
_TRIAL_EXIT = any_of(
    r"解除", r"终止", r"退出", r"停止合作", r"不再(?:继续)?合作", r"不(?:予)?转正式", r"考核", r"评估", r"验收", r"达标", r"转(?:为|入)正式", r"决定是否", r"合格", r"评价", r"喊停", r"叫停", r"不合适", r"不满意", r"随时", r"走人|散", r"terminat|assess|evaluat|exit|cancel",
)  # fmt: skip
_TRIAL_LOCKED = any_of(
    r"试[^。;；]{0,24}(?:不得|不可|不能|无权|不允许)[^。;；]{0,20}(?:解除|终止|退出|取消|提出|退款|中止)", r"(?:不得|不可|不能|无权)[^。;；]{0,16}(?:试用|试运[行营]|磨合|试合作)[^。;；]{0,12}(?:解除|终止|退出)",
)  # fmt: skip
_NO_TRIAL = any_of(
    r"(?:不|无|没有|未)(?:再|另|另行)?(?:设(?:置|立)?|约定|安排|提供|适用|实行)?[^,。;；]{0,6}(?:试用|试运[行营]|磨合|试合作|体验)(?:期|阶段)?",
    r"notrial",
)


def _trial(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not sentence.about(_TRIAL) or sentence.has(_NOT_TRIAL):
        return
    if not sentence.has(_TRIAL) and not sentence.clause.title:
        return
    own = sentence.has(_TRIAL)
    if own and sentence.has(_NO_TRIAL) and not sentence.has(_TRIAL_EXIT):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="写明不设试用期")
        return
    if sentence.has(_TRIAL_LOCKED):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="试用期内不能退出")
        return
    most = checkpoint.thresholds["max_months"] * MONTH
    least = checkpoint.thresholds["min_months"] * MONTH
    lengths = [
        f for f in sentence.figures_of(QuantityKind.DURATION)
        if f.quantity.value >= 3 * DAY and not _after_notice(sentence, f) and _trial_length(sentence, f)
    ]  # fmt: skip
    keys: set[str] = set()
    if sentence.has(
        r"(?:首|第一)个?(?:自然)?月[^。;；]{0,20}(?:试|体验|磨合|考察)|(?:试|体验|磨合)[^。;；]{0,10}(?:首|第一)个?(?:自然)?月"
    ):
        keys.add("时长")
        lengths = []
    figure = lengths[0] if lengths else None
    if figure is not None:
        if upper(figure) > most * 1.04:
            yield Signal(
                sentence=sentence,
                status=Status.ADVERSE,
                figure=figure.quantity.text,
                reason=f"试用期{figure.quantity.text}，超过标准 {checkpoint.thresholds['max_months']:g} 个月",
            )
            return
        keys.add("时长" if upper(figure) >= least * 0.93 else "不足一个月")
    if sentence.has(_TRIAL_EXIT):
        keys.add("退出或评估")
    status = Status.OK if keys else Status.VAGUE
    if own or keys:
        yield Signal(
            sentence=sentence,
            status=status,
            reason="写到试用期",
            figure=figure.quantity.text if figure else None,
            keys=frozenset(keys),
        )


def _trial_length(sentence: Sentence, figure: Figure) -> bool:
    left, right = sentence.plain[max(0, figure.start - 22) : figure.start], sentence.plain[figure.end : figure.end + 10]
    if re.search(r"提前|通知|支付|结算|合同期|服务期限|有效期", left[-10:]):
        return False
    if re.match(r"(?:之|以)?内[^,。;；]{0,12}(?:退|付|通知|告知|提出|答复|完成|书面)", right):
        return False
    return (
        re.search(r"试|磨合|体验|考察|观察|首|前|期限?(?:为|是)?|为期|trial|pilot|term|period", left) is not None
        or re.search(r"^(?:的)?(?:试|磨合|体验|考察|trial|pilot)", right) is not None
    )


def _conclude_trial(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """A length of one to three months and a way to leave or assess; in one sentence or in several."""
    if any(s.status is Status.ADVERSE for s in signals) or not signals:
        return worst_wins(signals, reading, checkpoint)
    keys = frozenset().union(*(s.keys for s in signals))
    ok = [s for s in signals if s.keys]
    figure = next((s.figure for s in signals if s.figure), "")
    if {"时长", "退出或评估"} <= keys:
        return conclude_with(Status.OK, ok, f"试用期{figure}，并写明了退出或评估")
    lacking = "没有写试用多久" if "时长" not in keys and "不足一个月" not in keys else "没有写试用期怎样退出或评估"
    if "不足一个月" in keys:
        lacking = f"试用期{figure}，不足标准 {checkpoint.thresholds['min_months']:g} 个月"
    return conclude_with(Status.VAGUE, signals, lacking)


# --- term.notice ---------------------------------------------------------------------------------------------------

_END = any_of(
    r"解除",
    r"终止",
    r"退出",
    r"停止合作",
    r"结束合作",
    r"不再(?:继续)?合作",
    r"解约",
    r"退订",
    r"停用",
    r"关停",
    r"不再需要",
    r"中止合作",
    r"撤场",
    r"提前结束",
    r"不(?:想|愿)?(?:再)?(?:干|做|合作)",
    r"散伙",
    r"terminat|cancel",
)
_NOTICE = any_of(
    r"提前",
    r"提早",
    r"通知期",
    r"预告期",
    r"预先",
    r"事先",
    r"通知[^,。;；]{0,8}(?:后|届满|满)",
    r"(?:日|天|月|周)前[^,。;；]{0,12}(?:书面|通知|告知|提出)",
    r"notice|prior|inadvance",
)
_NOT_NOTICE = any_of(
    r"续(?:签|约|期|展)", r"不再续", r"自动(?:续|顺延|延)", r"(?:期(?:限)?(?:届满|满)|到期|届满)[^,。;；]{0,4}前(?![^。;；]{0,12}(?:结束|解除|终止|退出|解约|停止|不再))", r"离职", r"更换|变更[^,。;；]{0,6}(?:地址|账户|联系)", r"调价|调整价格|上调", r"请假", r"大促|活动|促销", r"停机|维护|升级", r"(?:付款|支付)[^。;；,，]{0,4}前|提前[^。;；,，]{0,8}(?:付款|支付)",
)  # fmt: skip
_FOR_CAUSE = any_of(
    r"(?:违约|违反|未(?:能)?(?:达|按|履行)|逾期|情形|下列|之一|重大过失|泄露|不达标|破产|不可抗力)", r"breach|default"
)


def _notice(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["days"] * DAY
    if not sentence.about(_END) or not sentence.has(_NOTICE) or sentence.has(_NOT_NOTICE):
        return
    if not sentence.has(_END) and not sentence.has(r"通知|告知|申请|notice"):
        return
    if sentence.has(_FOR_CAUSE) and not sentence.has(
        r"无(?:理由|条件|因)|任何(?:理由|原因)|无需(?:说明|理由)|可以?提前|欲提前|需提前|拟提前|要提前"
    ):
        return
    figures = [f for f in sentence.figures_of(QuantityKind.DURATION) if f.quantity.value >= DAY * 0.5]
    by_side: dict[str, list[Figure]] = {"merchant": [], "vendor": [], "both": [], "": []}
    for part in _parts(sentence):
        for figure in figures:
            if part.start <= figure.start < part.end and re.search(
                r"提前|提早|预告|通知|告知|前|事先|notice|prior|advance|within", part.text
            ):
                by_side[part.side].append(figure)
    ours = by_side["merchant"] or by_side["both"] or by_side[""]
    agreement = sentence.has(
        r"(?:经|须|需|应|得到|征得|取得)[^。;；,，]{0,10}(?:对方|<V>|双方)[^。;；,，]{0,10}(?:同意|一致|认可|确认)|协商一致(?:后)?(?:方可|可|,)"
    )
    if ours:
        worst = max(ours, key=upper)
        good = upper(worst) <= limit * 1.01 if not worst.quantity.working else upper(worst) <= 22 * DAY
        if agreement and good:
            yield Signal(
                sentence=sentence,
                status=Status.VAGUE,
                figure=worst.quantity.text,
                reason="写了提前通知期，但还要对方同意才能解除",
            )
        else:
            yield Signal(
                sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=worst.quantity.text,
                reason=f"提前通知期写的是{worst.quantity.text}，{'不超过' if good else '超过'}标准 {duration_text(limit) if limit < MONTH else str(int(limit / DAY)) + ' 天'}",
            )  # fmt: skip
    elif by_side["vendor"] and not sentence.has(r"<V>[^。;；,，]{0,10}不得|<M>"):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason="只有服务方可以提前通知解除",
            keys=frozenset({"只有服务方"}),
        )
    elif not by_side["vendor"] and sentence.has(r"通知|告知|notice"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="要提前通知但没有写提前多久")


def _conclude_notice(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """The vendor's own notice is adverse only where the merchant has none."""
    if any(s.status is not Status.ADVERSE or "只有服务方" not in s.keys for s in signals):
        signals = [s for s in signals if "只有服务方" not in s.keys]
    return worst_wins(signals, reading, checkpoint)


# --- term.exit -----------------------------------------------------------------------------------------------------

_MAY_END = any_of(
    r"(?:<M>|<B>)[^。;；]{0,24}?(?:有权|可(?!能)(?:以)?|得(?!到)|均可|享有)[^。;；]{0,40}?(?:解除|终止|退出|解约|结束合作|停止合作|取消合作|叫停|喊停|撤销委托|不再合作)",
    r"(?:<M>|<B>)[^。;；]{0,16}(?:提前|随时|单方|无条件|无理由|任意)[^。;；]{0,24}(?:解除|终止|退出|解约|停止合作|结束合作)", r"(?:client|merchant|partya|eitherparty)[^.;]{0,16}may[^.;]{0,30}terminat",
)  # fmt: skip
_FREE = any_of(
    r"提前[^。;；]{0,20}(?:通知|告知|书面)",
    r"随时",
    r"无条件",
    r"无(?:需|须)?(?:任何)?理由",
    r"任意解除",
    r"单方(?:面)?(?:提前)?(?:解除|终止)",
    r"无需(?:说明|征得|经)",
    r"不(?:需|必|用)[^。;；]{0,10}(?:理由|同意)",
    r"任何(?:理由|原因|时候|时间)",
    r"提前(?:解除|终止|退出|结束|解约)",
    r"forconvenience|atanytime|withoutcause|priorwrittennotice|daysnotice|days'notice|writtennotice",
)
_FAULT = any_of(
    r"<V>[^。;；]{0,40}(?:下列|以下|如下|之一|未|不|违反|泄露|擅自|连续|累计|拒绝|转包|分包|逾期|低于|超过|造成|出现|发生|达不到|弄虚作假|飞单|刷单|停止|中断|迟延|丧失)", r"(?:连续|累计)[^。;；]{0,14}(?:月|次|日|周)[^。;；]{0,20}(?:未达|不达|低于|不合格|不及格)", r"(?:未达标|不达标|不合格|泄露|泄密|转包|擅自|重大投诉|服务中断)", r"(?:vendor|provider|partyb|supplier)[^.;]{0,40}(?:fails?|breach)",
)  # fmt: skip
_MAY_NOT_END = any_of(
    r"(?:<M>|<B>)[^。;；]{0,24}(?:不得|不能|不可|无权|不享有|不允许)[^。;；]{0,24}(?:解除|终止|退出|解约|取消|停止合作)", r"(?:合同|协议|服务|合作)期(?:限)?(?:未满|内|届满前)[^。;；]{0,16}(?:不得|不能|不可|无权|禁止)[^。;；]{0,20}(?:解除|终止|退出|解约|取消)", r"不可撤销", r"(?:放弃|排除)[^。;；]{0,10}(?:任意)?解除权", r"shallnotterminate|maynotterminate|noright(?:to)?terminat",
)  # fmt: skip
_PAY_REST = any_of(
    r"(?:自|从)[^。;；]{0,20}至[^。;；]{0,12}(?:期满|届满|到期|期限)[^。;；]{0,14}(?:费|款|酬)", r"(?:剩余|未履行|余下|余期|未到期|未届满|尚未履行|后续|未执行)[^。;；]{0,36}(?:服务费|费用|合同(?:款|金额|价款)|期限|部分|月份)[^。;；]{0,24}(?:支付|付清|承担|赔偿|补足|缴|结清|不(?:予)?退)?", r"(?:支付|付清|补足|赔偿|补齐|结清)[^。;；]{0,16}(?:剩余|未履行|余下|余期|未到期|全部合同期|整个合同期|合同期内全部|全年|至合同期满|合同剩余)[^。;；]{0,16}", r"remaining(?:term|fees)|balanceoftheterm", r"(?:尚?未使用|未消耗|剩余|余下|未到期|未履行|已(?:付|缴|交|支付|缴纳))[^。;；]{0,20}(?:不(?:予|作|可|再)?退|概不退|不退还|不予返还|不返还|归<V>所有)",
)  # fmt: skip
_AGREED = any_of(
    r"协商一致[^。;；]{0,16}(?:解除|终止|变更|退出)",
    r"(?:双方|甲乙双方)[^。;；]{0,12}(?:协商|同意)[^。;；]{0,16}(?:解除|终止|提前结束)",
    r"(?:解除|终止)[^。;；]{0,16}(?:须|需|应|由)[^。;；]{0,8}(?:双方)?协商",
    r"mutual(?:ly)?agree",
)


def _exit(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not sentence.about(_END) and not sentence.has(_PAY_REST):
        return
    if sentence.has(r"试用|试运|磨合|试合作|期满(?!之?日?(?:之)?前|日止)|不可抗力|劳动(?:合同|关系)|权限|续签|续约"):
        return
    if (
        sentence.has(_PAY_REST)
        and sentence.about(_END)
        and sentence.has(r"<M>")
        and not sentence.has(
            r"退还<M>|返还<M>|<V>[^。;；,，]{0,12}(?:退还|返还)|(?:无需|无须|不(?:再|必|需))[^。;；,，]{0,10}(?:支付|承担)"
        )
    ):
        if not sentence.has(r"<V>(?:擅自|单方|提前|违约)[^。;；]{0,40}(?:赔偿|支付|退)"):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason="商家提前解除要付清剩余期限的费用")
            return
    barred = sentence.find(_MAY_NOT_END)
    if barred is not None:
        loose = "擅自" in barred.group(0) or sentence.has(r"(?:无(?:正当|合法)理由|未经[^,。;；]{0,10}通知|无故)")
        if not sentence.has(r"^<V>[^。;；,，]{0,10}(?:不得|无权)"):
            yield Signal(
                sentence=sentence, status=Status.ADVERSE, reason="商家不能提前解除合同", keys=frozenset({"擅自"} if loose else ()),
            )  # fmt: skip
            return
    if sentence.has(_MAY_END):
        if sentence.has(
            r"协商一致[^。;；]{0,10}(?:方可|后可|可以?|,)|(?:须|需|应)(?:经|征得)(?:对方|<V>|双方)[^。;；,，]{0,6}同意"
        ) and not sentence.has(_FAULT):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="只有协商一致才能解除")
        elif sentence.has(_FREE) and not _only_for_breach(sentence):
            yield Signal(sentence=sentence, status=Status.OK, reason="商家可以不以对方违约为前提提前解除")
        elif sentence.about(_FAULT):
            yield Signal(sentence=sentence, status=Status.OK, reason="写明服务方出现哪些情形时商家可以解除")
        else:
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到解除，但没有写明商家在什么情况下可以解除")
    elif sentence.has(_AGREED):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只有协商一致才能解除")


def _only_for_breach(sentence: Sentence) -> bool:
    return sentence.has(r"(?:一方|对方)[^。;；,，]{0,10}(?:违约|违反)[^。;；]{0,30}守约方|守约方")


def _conclude_exit(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """ "不得擅自解除" only says that there has to be a ground; it does not take a stated exit away."""
    if any(s.status is Status.OK for s in signals):
        signals = [s for s in signals if "擅自" not in s.keys]
    return worst_wins(signals, reading, checkpoint)


# --- term.breach_compensation --------------------------------------------------------------------------------------

_BREACH = any_of(
    r"违约", r"违反", r"擅自", r"单方(?:面)?(?:提前)?(?:解除|终止|中止|停止|撤)", r"提前(?:解除|终止|退出|撤)", r"未(?:能)?(?:按|履行|提供|完成)[^。;；,，]{0,12}", r"中途(?:退出|停止|撤)", r"停止(?:提供)?服务", r"不(?:履行|提供)", r"中断服务", r"无故", r"撤场", r"给<M>造成", r"造成[^。;；,，]{0,6}损失", r"损失", r"跑路|撂挑子|甩手", r"breach|default|terminat",
)  # fmt: skip
_COMPENSATES = any_of(
    r"违约金",
    r"赔偿",
    r"赔付",
    r"赔",
    r"承担[^。;；,，]{0,14}责任",
    r"补偿",
    r"违约责任",
    r"liquidateddamages|compensat|damages|liab|indemnif|penalty",
)
_OTHER_BREACH = any_of(
    r"保密|泄露|泄漏|泄密|个人信息|数据", r"逾期(?:付款|支付|结算|缴)|(?:迟延|延迟|拖欠)[^。;；,，]{0,6}(?:付|支)|滞纳金|未按(?:期|时|约定)[^。;；,，]{0,8}(?:付款|支付)", r"竞业|挖(?:走|角|人)|招揽|聘用<V>|录用", r"kpi|考核(?:不|未)|达标|差评|投诉率|响应(?:时间|率)|质检", r"补位|缺岗|流失率|空岗", r"知识产权|侵权|商标|著作权", r"发票|税", r"不可抗力", r"试用", r"火灾|消防|工伤",
)  # fmt: skip
_VENDOR_LIGHT = any_of(
    r"<V>[^。;；]{0,40}(?:赔偿|责任|违约金)[^。;；]{0,30}(?:不超过|以[^。;；]{0,30}为限|上限|最高|封顶|至多|仅限|限于|不高于)", r"<V>[^。;；]{0,20}(?:不承担|不负|免(?:于承担|除|责)|无(?:须|需)(?:承担|支付|赔偿)|概不|不予赔偿)[^。;；]{0,20}(?:责任|赔偿|违约金|损失|后果)?", r"(?:最高|累计|总)?(?:赔偿|责任)(?:额|金额|总额|限额|上限|责任)?[^。;；]{0,16}(?:不超过|以[^。;；]{0,30}为限|上限为|最高)[^。;；]{0,30}(?:服务费|费用|元|%)", r"vendor'?s?(?:total|aggregate)?liab[^.;]{0,40}(?:notexceed|limitedto|capped)",
)  # fmt: skip


def _breach_compensation(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not sentence.about(_BREACH) or not sentence.has(_COMPENSATES):
        return
    if sentence.has(_OTHER_BREACH) and not sentence.has(
        r"包括但不限于|除[^。;；,，]{0,16}外|等(?:违约|情形|行为)|任何(?:约定|条款|义务)"
    ):
        return
    subject = _breaching_side(sentence)
    light = sentence.has(_VENDOR_LIGHT) and not sentence.has(
        r"<M>[^。;；,，]{0,16}(?:不承担|免)|双方[^。;；,，]{0,16}(?:不超过|为限)|不(?:得|能)[^。;；,，]{0,8}免除"
    )
    figure = _sum_of(sentence)
    if light and subject != "merchant":
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方的违约赔偿被免除或封顶", figure=figure)
        return
    if subject == "merchant":
        keys = frozenset({"商家违约有数额"} if figure else {"商家违约"})
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只写了商家违约的赔偿", figure=figure, keys=keys)
    elif figure:
        yield Signal(sentence=sentence, status=Status.OK, reason=f"服务方违约赔偿写明{figure}", figure=figure)
    else:
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="违约只说承担责任，没有数额或算法")


def _sum_of(sentence: Sentence) -> str | None:
    for kind in (QuantityKind.MONEY, QuantityKind.RATIO):
        for figure in sentence.figures_of(kind):
            if not figure.quantity.trigger:
                return figure.quantity.text
    for figure in sentence.figures_of(QuantityKind.DURATION):
        if figure.quantity.value >= 15 * DAY and re.search(
            r"^(?:的)?(?:全额|平均)?[^,。;；]{0,6}(?:服务费|费用|月费|报酬|金额)",
            sentence.plain[figure.end : figure.end + 14],
        ):
            return figure.quantity.text
    match = sentence.find(
        r"(?:\d+|[一二两三四五六七八九十]+)倍|双倍|当月(?:全部|全额)?服务费|(?:全部|已收|已付)[^。;；,，]{0,10}(?:服务费|费用)[^。;；,，]{0,6}(?:退还|返还)|退还[^。;；,，]{0,10}(?:全部|已收|已付)"
    )
    return match.group(0) if match else None


def _breaching_side(sentence: Sentence) -> str:
    """Who breaches: the side named before the breach; either side counts as the vendor too (LABELS rule 6)."""
    match = sentence.find(_BREACH)
    head = sentence.plain[: match.end()] if match else sentence.plain
    named = [
        (m.start(), name)
        for name, pattern in (("both", r"<B>|违约方|守约方"), ("merchant", "<M>"), ("vendor", "<V>"))
        for m in compiled(pattern, sentence.sides).finditer(head)
    ]
    if named:
        first = min(named)[1]
        if (
            first == "merchant"
            and sentence.has(r"(?:给|使|对|致使?|因<V>|造成|向)<M>")
            and not sentence.has(r"^[^。;；,，]{0,8}<M>[^。;；,，]{0,16}(?:违约|违反|擅自|单方|提前|未)")
        ):
            return "vendor"
        return first
    return _side(sentence, sentence.context.split("\n")[-1]) if sentence.context else ""


def _conclude_breach(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """Heavy on the merchant and nothing with a figure on the vendor is adverse."""
    heavy = [s for s in signals if "商家违约有数额" in s.keys]
    rest = [s for s in signals if not s.keys]
    if heavy and not any(s.status in (Status.OK, Status.ADVERSE) for s in rest):
        return conclude_with(Status.ADVERSE, [*heavy, *rest[:1]], f"商家违约要赔{heavy[0].figure}，服务方违约没有数额")
    return worst_wins(rest, reading, checkpoint)


# --- term.dispute --------------------------------------------------------------------------------------------------

_DISPUTE = any_of(
    r"争议",
    r"纠纷",
    r"争端",
    r"诉讼",
    r"仲裁",
    r"管辖",
    r"起诉",
    r"打官司",
    r"法院",
    r"dispute|arbitrat|court|jurisdiction|litigat",
)
_CUSTOMER_DISPUTE = any_of(
    r"(?:消费者|客户|买家|顾客|用户|交易|售后|平台)[^,。;；]{0,8}(?:争议|纠纷)(?![^。;；]{0,20}(?:法院|仲裁委))",
    r"纠纷率|纠纷退款",
)
_ARBITRATION = r"仲裁|arbitrat"
_BODY = any_of(
    r"(?<!劳动)(?<!劳动争议)(?<!当地)(?<!有关)(?<!所在地)(?<!相关)[\u4e00-\u9fff]{2,}仲裁(?:委员会|委|院|中心)",
    r"仲裁委员会\((?![^()]{0,6}(?:填|选))|cietac|hkiac|siac|贸仲|arbitration(?:commission|centre|center|institute|court)",
    r"仲裁院",
)
_NO_BODY = any_of(
    r"(?:当地|有关|相关|所在地|有管辖权的?|双方(?:认可|同意|选定|约定)的?|约定的?|适当的?|第三方)[^,。;；]{0,6}仲裁(?:委员会|机构|委|机关|部门)",
    r"仲裁机构|仲裁部门|仲裁机关",
)
_COURT = any_of(r"法院", r"起诉", r"诉讼(?!费|或?仲裁费)", r"court|litigation")
_VENDOR_PLACE = any_of(
    r"<V>(?:公司|总部|单位)?(?:的)?(?:所在地?|住所地?|注册地?|主要(?:办事|营业)(?:机构|地)|经营地|营业地|办公地|总部)[^。;；,，]{0,20}(?:法院|仲裁|诉讼|管辖)?",
    r"<V>(?:当地|这边|本地|一方)[^。;；,，]{0,10}(?:法院|仲裁)",
    r"(?:vendor|provider|partyb|supplier)'?s?(?:place|domicile|location|registered|principal)",
)
_GOOD_PLACE = any_of(
    r"<M>(?:公司|总部|单位)?(?:的)?(?:所在|住所|注册|主要|经营|营业|办公|当地|总部|这边|本地)", r"(?:合同|协议|服务)(?:的)?(?:履行|签订|签署|签约)地", r"(?:原告|被告|守约方|起诉方|申请人|被申请人)[^,。;；]{0,6}(?:所在|住所)?地?", r"(?:merchant|client|partya|purchaser)'?s?(?:place|domicile|location)",
)  # fmt: skip
_NAMED_COURT = any_of(
    r"[\u4e00-\u9fff]{2,}(?:市|区|县|省|自治区|州|旗|新区)[\u4e00-\u9fff]{0,8}(?:人民)?法院",
    r"(?:北京|上海|广州|深圳|杭州|成都|武汉|南京|重庆|天津|西安|苏州|长沙|厦门|青岛|郑州|合肥|福州|济南|宁波|香港|台北)[\u4e00-\u9fff]{0,12}法院",
    r"互联网法院",
    r"courts?of[a-z]",
)
_BARGAIN = any_of(r"协商", r"调解", r"negotiat|amicab|mediat")


def _dispute(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not sentence.has(_DISPUTE) or sentence.has(_CUSTOMER_DISPUTE):
        return
    if sentence.has(r"律师费|诉讼费|仲裁费") and not sentence.has(
        r"提交|提起|向[^。;；]{0,24}(?:法院|仲裁)|管辖|申请仲裁"
    ):
        return
    if sentence.has(
        r"(?:争议|诉讼|仲裁)(?:解决)?期间|司法机关|法院(?:判决|裁定|查封|要求)|依法[^,。;；]{0,6}披露"
    ) and not sentence.has(r"提交|提起|向[^。;；]{0,24}(?:法院|仲裁)|管辖"):
        return
    if not sentence.about(r"争议|纠纷|争端|管辖|解决|dispute|governing|本(?:合同|协议)"):
        return
    arbitration, court = sentence.has(_ARBITRATION), sentence.has(_COURT)
    if (
        sentence.has(_VENDOR_PLACE)
        and (arbitration or court or sentence.has(r"管辖"))
        and not sentence.has(r"<M>(?:所在|住所|注册)[^。;；]{0,10}或")
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="争议由服务方所在地管辖")
        return
    if (
        arbitration
        and court
        and not sentence.has(
            r"不(?:得|再|可)?[^。;；,，]{0,6}(?:仲裁|诉讼|起诉)|(?:申请|向[^。;；]{0,10}法院)[^。;；,，]{0,6}(?:强制)?执行"
        )
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="既写仲裁又写诉讼，约定无效的风险大")
    elif sentence.blanks and not (sentence.has(_BODY) or sentence.has(_GOOD_PLACE) or sentence.has(_NAMED_COURT)):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="争议解决的地点或机构没有填")
    elif arbitration:
        named = sentence.has(_BODY) and not sentence.has(_NO_BODY)
        status = Status.OK if named else Status.VAGUE
        yield Signal(sentence=sentence, status=status, reason="写明了仲裁机构" if named else "约定仲裁但没有写明机构")
    elif court and (sentence.has(_GOOD_PLACE) or sentence.has(_NAMED_COURT)):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明了管辖法院")
    elif court and sentence.has(r"有管辖权|依法[^。;；,，]{0,8}(?:起诉|诉讼)|competent"):
        yield Signal(sentence=sentence, status=Status.OK, reason="由有管辖权的法院管辖", keys=frozenset({"法定"}))
    elif sentence.has(_BARGAIN) or court:
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说协商，没有写明法院或仲裁机构")


RULES = (
    Rule(checkpoint="term.duration", read=_duration, conclude=worst_wins),
    Rule(checkpoint="term.trial", read=_trial, conclude=_conclude_trial),
    Rule(
        checkpoint="term.notice",
        read=_notice,
        conclude=_conclude_notice,
        quantity=Wanted(kind=QuantityKind.DURATION, threshold="days", unit=DAY * 1.01),
    ),
    Rule(checkpoint="term.exit", read=_exit, conclude=_conclude_exit),
    Rule(checkpoint="term.breach_compensation", read=_breach_compensation, conclude=_conclude_breach),
    Rule(checkpoint="term.dispute", read=_dispute, conclude=worst_wins),
)
