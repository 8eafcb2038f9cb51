"""Dates and times of day; and what looks like a figure and is none: cross references, telephone and ID numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from math import nan

from pipeline.quantities.numerals import NUMBER, PLAIN, value
from pipeline.quantities.values import DAY, HOUR, MINUTE, Quantity, QuantityKind

_FILL = r"[\[\]_ ]*"
_SMALL = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3}|[壹贰叁肆伍陆柒捌玖拾零]{1,4})"
_YEAR = (
    r"(?:(?<!\d)(?:19|20)\d{2}(?!\d)|[一二][九〇零○][〇零○一二三四五六七八九]{2}|贰[零〇][零〇壹贰叁肆伍陆柒捌玖]{2})"
)
_FULL = (
    rf"{_YEAR}{_FILL}年{_FILL}{_SMALL}{_FILL}月(?:{_FILL}{_SMALL}{_FILL}[日号])?"
    r"|(?<![\d.\-/])(?:19|20)\d{2}(?P<sep>[-/.])(?:0?[1-9]|1[0-2])(?P=sep)(?:3[01]|[12]\d|0?[1-9])(?!\d)"
)
_DAY_OF_MONTH = (
    rf"(?<![个\d半])(?:(?<!\d){_SMALL}{_FILL})?月(?:的|第|份)?{_FILL}{_SMALL}(?:{_FILL}[日号])?{_FILL}"
    rf"(?:(?:[-~、和及或]|至|到){_FILL}{_SMALL}{_FILL})*[日号](?!常)"
)
DATE = re.compile(
    rf"(?P<full>{_FULL})|(?P<day>{_DAY_OF_MONTH})|(?P<year>{_YEAR}{_FILL}年度?)"
    r"|(?P<month>(?<![第\d个一二三四五六七八九十半])(?:1[0-2]|[1-9]|十[一二]?|[一二三四五六七八九])月(?=份|底|初|末|中|至|到|[-~])份?)"
)
_DATE_RANGE = re.compile(r" ?(?:起|开始|,)?,? ?(?:至|到|-{1,2}|~) ?")

_PERIOD = r"(?:次日|第二天|翌日|隔日)?(?:早上|早间|早晨|早|上午|中午|下午|傍晚|晚上|晚间|晚|夜间|凌晨|午夜)?"
_HOUR = r"(?:2[0-4]|[01]?\d|二十[一二三四]?|十[一二三四五六七八九]?|[零一二两三四五六七八九])"
_TIME = (
    rf"{_PERIOD} ?(?<![\d.:]){_HOUR}(?: ?: ?[0-5]\d(?::[0-5]\d)?(?![\d:])(?: ?[ap]\.?m\b\.?)?|(?: ?[点时](?!间|长|段|效|候|刻))"
    rf"(?:半|整|钟|[0-5]?\d分?(?!\d)|[一二三四五]?十[一二三四五六七八九]?分)?| ?[ap]\.?m\b\.?)"
)
CLOCK_RANGE = re.compile(
    rf"(?P<from>{_TIME}|{_PERIOD}(?<![\d.]){_HOUR}) ?(?:-{{1,2}}|~|至|到|to|until) ?(?P<to>{_TIME})(?: ?止)?"
    rf"|[早朝] ?(?P<dawn>{_HOUR}) ?点? ?(?:-|至|到)? ?晚 ?(?P<dusk>{_HOUR})(?: ?点)?(?!\d)"
)
CLOCK = re.compile(
    rf"(?<![\d.:比])(?P<colon>{_PERIOD} ?(?:2[0-4]|[01]?\d) ?: ?[0-5]\d(?![\d:%])(?: ?[ap]\.?m\b\.?)?)"
    rf"|(?P<named>(?:次日|第二天|翌日)?(?:早上|早间|早晨|早|上午|中午|下午|傍晚|晚上|晚间|晚|夜间|凌晨) ?{_HOUR} ?[点时](?:半|整|钟|[0-5]?\d分?(?!\d))?)"
    rf"|(?P<bare>(?<![\d.超过达个共满少多])\d{{1,2}} ?(?:点(?=前|后|整|半|钟|起|止|之|以)|时(?=前|后|整|起|止|之前|之后))(?:半|整|钟)?)"
)
COVERAGE = re.compile(
    r"(?<![\d.])(?P<a>\d{1,3}|七|五|六) ?(?:天|日)? ?(?:[×x*/]|乘) ?(?P<b>\d{1,3}|二十四|十六|十二|八)(?![\d.年])(?: ?(?:个?小时|hours?|h(?![a-z])|天))?"
    r"|7 ?(?:天|日) ?[,、]? ?(?:每[天日])? ?(?P<c>24|1\d|[89]) ?小时"
    r"|(?P<all>(?:(?:全天候?|每[天日]|昼夜) ?24 ?(?:个)?小时|24 ?(?:个)?小时(?= ?(?:不间断|在线|服务|值[班守]|轮[班值]|全[天年]|人工|客服|无休|热线|无间断))))"
)

_DOTTED = r"\d{1,3}(?:\.\d{1,3})+"
_PART = r"(?:条|款|项|章|节|编|部分|页|期|版|号|目|点|次|名|届|批|个?季度|年度?|个?月度?|阶段|轮|级|方|位|种|类|层|步|者|档|个|人|例|单|行|列|组|张|卷|份|册|周(?!内))"
_NOT_FIGURES = re.compile(
    rf"第 ?{NUMBER}(?: ?(?:[、,和及或]|至|到|-|~|以及) ?(?:第 ?)?{NUMBER})* ?{_PART}(?:第? ?{PLAIN} ?[款项目])*"
    rf"|(?:附件|附录|附表|附则|表格?|图|编号|no\.?|annex|appendix|article|articles|section|clause|schedule|exhibit|iso|iec|gb/t|gb) ?:?{NUMBER}(?:-\d+)?"
    rf"|{_DOTTED} ?(?:条|款|项(?!目))"
    r"|(?<!\d)(?:0\d{2,3}[- ]\d{7,8}|[48]00-?\d{3,4}-?\d{3,4}(?! ?元)|1[3-9][\d*]{9})(?!\d)"
    r"|(?<![\d.])\d{7,}(?![\d,]| ?(?:\.\d+ ?)?[元圆万])"
    r"|(?<=[a-z\d])\*{2,}\d*|\d{17}x"
)


def not_figures(text: str) -> Iterator[tuple[int, int]]:
    """Ranges of shaped ``text`` whose numbers are names: 第三条, 附件二, telephone, ID and account numbers."""
    for found in _NOT_FIGURES.finditer(text):
        start, end = found.span()
        # ¥1000000 is money, however long; so is the long number of a sum.
        if found.group().isdecimal() and text[max(start - 4, 0) : start].rstrip().endswith(("¥", "$", "人民币", "rmb")):
            continue
        yield start, end


def dates(text: str) -> Iterator[Quantity]:
    """Calendar dates of shaped ``text``; from-to dates are one quantity."""
    pending: Quantity | None = None
    for found in DATE.finditer(text):
        current = Quantity(
            start=found.start(),
            end=found.end(),
            text=found.group(),
            kind=QuantityKind.DATE,
            value=_ordinal(found.group()) if found.lastgroup != "day" and found.group("full") else nan,
            unit=_date_unit(found.group()),
        )
        if pending is not None and _DATE_RANGE.fullmatch(text, pending.end, current.start) and pending.high is None:
            pending = Quantity(
                start=pending.start,
                end=current.end,
                text=text[pending.start : current.end],
                kind=QuantityKind.DATE,
                value=pending.value,
                high=current.value,
                unit=current.unit,
            )
            continue
        if pending is not None:
            yield pending
        pending = current
    if pending is not None:
        yield pending


def clocks(text: str) -> Iterator[Quantity]:
    """Times of day and hours of coverage of shaped ``text``."""
    for found in COVERAGE.finditer(text):
        hours, unit = _coverage(found)
        if hours:
            yield _clock(found.start(), found.end(), found.group(), 0.0, hours * HOUR, unit)
    for found in CLOCK_RANGE.finditer(text):
        if found["dawn"]:
            start, end = value(found["dawn"]) * HOUR, (value(found["dusk"]) % 12 + 12) * HOUR
        else:
            opens, closes = _seconds(found["from"]), _seconds(found["to"])
            if opens is None or closes is None:
                continue
            start, end = opens, closes
            if end <= start:
                # 9点至6点 said of a day shift and 22:00-6:00 both reach the next time that clock shows.
                end += DAY
        yield _clock(found.start(), found.end(), found.group(), start, end, _clock_unit(found.group()))
    for found in CLOCK.finditer(text):
        if re.search(r"比例?[^,。;\n]{0,6}$", text[max(found.start() - 10, 0) : found.start()]):
            continue
        seconds = _seconds(found.group())
        if seconds is not None:
            yield _clock(found.start(), found.end(), found.group(), seconds, None, _clock_unit(found.group()))


def _clock(start: int, end: int, text: str, low: float, high: float | None, unit: str) -> Quantity:
    kept = text.strip()
    start += len(text) - len(text.lstrip())
    return Quantity(
        start=start, end=start + len(kept), text=kept, kind=QuantityKind.CLOCK, value=low, high=high, unit=unit
    )


def _clock_unit(written: str) -> str:
    return next((sign for sign in (":", "点", "时") if sign in written), "")


def _coverage(found: re.Match[str]) -> tuple[float, str]:
    """Hours a day and the name of the coverage; 0 hours when the match is a product of something else."""
    if found["all"]:
        return 24.0, "24小时"
    if found["c"]:
        return float(found["c"]), f"7×{found['c']}"
    a, b = value(found["a"]), value(found["b"])
    days, hours = (a, b) if a in (5, 6, 7, 365) else (b, a)
    # A slash is a date or a fraction, but for 24/7.
    if days not in (5, 6, 7, 365) or not 4 <= hours <= 24 or ("/" in found.group() and {a, b} != {7, 24}):
        return 0.0, ""
    return hours, f"{days:g}×{hours:g}"


_NUMERAL = re.compile(rf"\d+|{PLAIN}")


def _seconds(written: str) -> float | None:
    """Seconds since midnight; past 86,400 for 次日. ``None`` when it is no time."""
    clock = re.sub("第二天", "次日", written).replace("一刻", "15分")
    numbers = [value(part) for part in _NUMERAL.findall(clock) if part != "半"]
    if not numbers:
        return None
    hour = numbers[0]
    minute = numbers[1] if len(numbers) > 1 else 30.0 if "半" in clock else 0.0
    if hour > 24 or minute > 59:
        return None
    afternoon = any(word in clock for word in ("下午", "晚", "夜", "pm", "p.m"))
    if (afternoon and hour <= 12 and not (hour == 12 and "下午" in clock)) or ("中午" in clock and hour < 3):
        hour = hour + 12 if hour < 12 or any(w in clock for w in ("晚", "夜")) else hour
    if hour == 12 and any(word in clock for word in ("凌晨", "am", "a.m")):
        hour = 0
    seconds = hour * HOUR + minute * MINUTE
    return seconds + DAY if any(word in clock for word in ("次日", "翌日", "隔日")) else seconds


def _date_unit(written: str) -> str:
    return next((sign for sign in ("日", "号", "月", "年") if sign in written), "")


def _ordinal(written: str) -> float:
    numbers = [value(part) for part in re.findall(rf"\d+|{PLAIN}", written)]
    if len(numbers) != 3:
        return nan
    try:
        return float(date(int(numbers[0]), int(numbers[1]), int(numbers[2])).toordinal())
    except ValueError:
        return nan
