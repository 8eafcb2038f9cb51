"""服务时间. ok: daily hours and holidays or weekends covered; vague: one of the two; adverse: holidays or 大促 excluded, or the vendor may change
the hours alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.scope.cues import SERVICE, taken
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_HOURS = any_of(
    r"服务时[间段]", r"工作时间", r"(?:在线|值班|值守|接待|客服|营业|上线|接线|运营|受理|人工)时[间段]", r"班次", r"早班|晚班|中班|白班|夜班", r"排班", r"(?:service|working|business|operating|support)hours", r"在线时长", r"值守", r"在线(?=[^。;]{0,20}(?:点|时|:))", r"打烊", r"在岗", r"有人(?:在线|接待|值班)", r"\d班",
)  # fmt: skip
_HOLIDAY = r"(?:节假日|法定假|假日|休假日|周末|双休日|周六|周日|星期六|星期日|春节|国庆|元旦|大年|除夕|过年|过节|逢年过节|国定假)"
_EVERY_DAY = any_of(
    r"7(?:天)?[x×*✕]\d+", r"24[x×*]7", r"全年(?:无休|不休|在线|服务|\d)", r"(?:365|三百六十五)[天日]", r"周一(?:至|到)(?:周|星期)?[日天]", r"星期一(?:至|到)(?:星期)?[日天]", r"(?:每周|一周)(?:七|7)天", r"无休", r"全天候", r"不(?:打烊|停歇|间断)", _HOLIDAY, r"weekends?", r"publicholidays",
)  # fmt: skip
_DAY_OFF = any_of(
    _HOLIDAY + r"[^。;；,，]{0,14}(?:除外|休息(?!日)|不(?:提供|安排|在线?|上班|服务|值班|接待|计|营业|含)|停止|放假|歇业|暂停|无人|打烊)(?![^。;；]{0,4}(?:得|可))",
    r"(?:除|不含|不包括|剔除|扣除)[^。;；,，]{0,10}" + _HOLIDAY, r"(?:周一|星期一)(?:至|到)(?:周|星期)?(?:五|六)(?![^。]{0,60}" + _HOLIDAY + r")", r"仅(?:限)?(?:于)?工作日", r"(?:大促|促销|活动)[^。;；]{0,20}(?:不(?:在|属于|提供|安排|含)|除外)[^。;；]{0,16}(?:服务时间|在线|人员|服务|值班|范围)?", r"(?:全员|客服|统一)放假", r"holidays?(?:are)?excluded", r"(?:excluding|except)[^.;]{0,40}holidays?", r"5[x×*]\d+",
)  # fmt: skip
_NOT_OFF = any_of(
    r"不(?:得|可|能|打烊)", r"无休", r"不休", r"照常", r"也(?:要|须|应)", r"正常(?:服务|接待|上班|值班)", r"轮[班休值]"
)
_NOT_HOURS = any_of(
    r"劳动法",
    r"休息休假",
    r"加班费",
    r"加班工资",
    r"付款|支付|结算",
    r"送达",
    r"对账",
    r"培训",
    r"故障|恢复",
    r"登录|账号",
    r"考勤",
)


def _service_hours(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_NOT_HOURS):
        return
    clocks = sentence.figures_of(QuantityKind.CLOCK)
    about = sentence.about(_HOURS)
    if taken(sentence, any_of(_HOURS, r"上述时间|时间安排")) and not sentence.has(r"渠道|价格"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以自行调整服务时间")
        return
    serves = about or bool(clocks) or sentence.about(SERVICE)
    if serves and sentence.has(_DAY_OFF) and not sentence.has(_NOT_OFF):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="节假日、周末或大促不提供服务")
        return
    if not about and not (clocks and (sentence.about(SERVICE) or sentence.has(_EVERY_DAY))):
        return
    open_why = left_open(sentence, reading)
    if open_why and sentence.has(_HOURS):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"服务时间{open_why}")
        return
    keys = {"时段"} if clocks or sentence.has(r"\d[x×*]\d+|24小时") else set()
    if sentence.has(_EVERY_DAY):
        keys.add("节假日")
    figure = clocks[0].quantity.text if clocks else None
    if sentence.has(r"7(?:天)?[x×*]24|24[x×*]7|24小时(?:不间断|全天)"):
        keys |= {"时段", "节假日"}
    if keys:
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明服务{'、'.join(sorted(keys))}",
            figure=figure,
            keys=frozenset(keys),
        )
    elif sentence.has(_HOURS):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到服务时间但没有具体时段")


def _conclude_hours(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    ok = [s for s in signals if s.status is Status.OK]
    keys = frozenset().union(*(s.keys for s in ok)) if ok else frozenset()
    if ok and len(keys) < 2 and not any(s.status is Status.ADVERSE for s in signals):
        gap = "没有说明节假日是否服务" if "时段" in keys else "没有每天的具体时段"
        return conclude_with(Status.VAGUE, ok, f"服务时间{gap}")
    return worst_wins(signals, reading, checkpoint)


RULE = Rule(checkpoint="scope.service_hours", read=_service_hours, conclude=_conclude_hours)
