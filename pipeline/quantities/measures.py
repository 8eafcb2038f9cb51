"""Numbers with a unit: durations, ratios, money, counts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from math import isclose

from pipeline.quantities.numerals import CHINESE, NUMBER, NUMBERS, PLAIN, SCALES, value
from pipeline.quantities.values import (
    DAY,
    HOUR,
    MINUTE,
    MONTH,
    QUARTER,
    SECOND,
    WEEK,
    YEAR,
    Quantity,
    QuantityKind,
)

# The look-aheads keep words out that only begin like a unit: 日常, 人员, 次日, 单价, 年度, 天猫 after an item number.
_DURATION = (
    r"个?工作日|个?营业日|个?交易日|个?工作天|个?工作小时|个?工时|个?自然日|个?日历[日天]|个?自然月|个?自然年度?|个?日(?=内|以内|之内)"
    r"|working days?|business days?|calendar days?|(?:calendar )?months?|毫秒|秒钟|秒(?!杀)|分钟|分(?=[内之以]?内)|刻钟|个?小时(?!候)|个?钟头"
    r"|日(?!常|志|期|程|报|均|语|元|用|益|后台|度|内容|薪|结|租|后应)|天(?!猫|然|津|数|眼|翼|平|气)|个?星期|个?礼拜|周年|周(?!边|期|报|末|转|[一二三四五六日](?!内)|年)"
    r"|个月|月(?=内|以内|之内|以上|以下|期)|个?季度|年(?!龄|检|终|中|份|货|度考|度服|度总|度合|底|末|初|服务费|费)度?"
    r"|milliseconds?|msecs?|ms|seconds?|secs?|s|minutes?|mins?|hours?|hrs?|h|days?|weeks?|quarters?|years?|yrs?"
)
_RATIO = r"%|‰|‱|percent|per cent|pct|个百分点|百分点|个点|成(?!为|立|功|本|交|员|果|果|品|绩|效|都|长|人|不变|型|就|熟|败|分|组|一|套|文)|倍|折(?!扣|算|合|旧|叠|现|抵)"
_CURRENCY = r"人民币|港币|港元|美元|美金|欧元|英镑|日元|新台币|台币|新元|新加坡元|马币|令吉|澳门元|韩元|rmb|cny|usd|hkd|eur|gbp|jpy|twd|sgd|myr|yuan"
_MONEY = rf"(?:元|圆|块钱?)(?!素|件|旦|宝|宵|老)(?:人民币)?(?: ?[整正])?|{_CURRENCY}"
_COUNT = (
    r"人次|个?坐席|个?座席|个?席位|个?工位|个?岗位?|个?班次|个?账号|个?店铺|个?会话|个?订单|个?客户|个?案例|个?样本|个人(?!信|隐|资|数|所|名|账|原|行|身)"
    r"|名(?!称|义|单|誉|下|片|额)|人(?!员|力|工|事|民|数|均|身|格|为|士|才|脸|次|机|性|民币|/?天)|位(?!置|于|数)|次(?!日|月|数|年|序|品|要|级|性)|例(?!如|外|行|会)"
    r"|单(?!价|方|位|独|据|项|纯|一|量|号|个|次|笔|店|元|边|证|日|月)|笔(?!录|记)|条(?!款|件|例|约|文|目|幅)|项(?!目|下)|席(?!位)|班(?!次|组|长|级)|通(?!知|过|讯|信|常|用|道|报|畅|话)|件(?!数)"
    r"|家(?!庭|具|居)|份(?!额)|台(?!湾|账|风)|套(?!餐|取|利|路)|起(?!算|草|诉|始|止|至|因|到|见|点|的|施|生|计|执)|轮(?!岗|班|流|换|值|训)|场(?!景|地|所|次)|页(?!面)|种(?!类)|类(?!型|别|目|似)|期(?!限|间|满|内|货|末|初)"
    r"|分(?!公司|期|别|析|钟|配|类|包|成|支|布|级|工|享|发|项|担|之|行|店|为|部|页|时|摊|组|段|辨|割)|字(?!样|号|段|体)|户(?!名|口|籍)|个(?!人|性|别|案|体|月|工|税)|组(?!成|织|长|合|建)|倍|批(?!准|次|评|复|量)|款(?!项|式)|方(?!案|式|法|面|便|可|能|有|为|应|向|在|不|均)"
    r"|persons?|people|agents?|seats?|cases?|tickets?|times?"
)
_UNIT = re.compile(
    rf"[ ]{{0,6}}(?:(?P<ratio>{_RATIO})|(?P<money>{_MONEY})|(?P<duration>{_DURATION})|(?P<count>{_COUNT}))(?:(?<=[\u4e00-\u9fff%‰‱])|(?![a-z]))"
)
_SCALE_ONLY = re.compile(r"[ ]{0,3}([十百千万亿佰仟]+)(?=[元圆])")
_BEFORE = re.compile(
    rf"(?:(?P<name>{_CURRENCY}|us|hk|nt|s|rm) ?)?(?:\$|¥|€|£)? ?(?:[(（](?:大写|小写)[)）])? ?:?[ _]*$"
)
_AFTER_SUM = re.compile(rf" ?(?:零)? ?(?:(?P<jiao>{PLAIN}) ?角)?(?: ?零? ?(?P<fen>{PLAIN}) ?分(?!钟))?(?: ?[整正])?")
_HALF_MORE = re.compile(r"个半(?=[小月钟星])")
_CONNECT = re.compile(r" ?(?:(?:\(含\))? ?(?:-{1,2}|~|至|到|or|to|and(?= \d+ ?(?:days|%)))) ?")
_NAME_BEFORE = re.compile(r"第 ?[\[(]?$|[a-z]$")
_DAYLIKE = re.compile(r"个?工作日|个?自然日|[日天]|个?营业日")
_FRACTION = re.compile(
    rf"(?P<base>百|千|万|十|[二三四五六七八九])分之 ?(?P<n>百|{NUMBER}) ?(?:(?:-|~|至|到) ?(?P<h>{NUMBER})(?![ 个]?[\u4e00-\u9fff%‰]))?"
)
_SPECIAL = re.compile(
    r"(?P<day>(?<![休假作即每])(?:当日|当天|当晚|同日)(?!常)|即日(?!起))|(?P<next>次日|次一?个?工作日|下一?个?工作日|第二天|隔天|隔日|翌日)"
    r"|(?<![a-z])[td] ?\+ ?(?P<plus>\d{1,3})(?![\d.])(?: ?(?:个?工作日|日|天))?|(?P<double>双倍|翻倍)|(?P<half>一半)|(?P<quarter_hour>一刻钟)"
)
# "流失率应≤0.15", "流失率 | 0.15": a bare fraction counts only right after a rate, with nothing but words of comparison between.
_BARE = re.compile(
    r"(?:率|比例|占比|百分比)[\])】]?(?P<sign>\(%\))?(?:[ |:为是应需须要得必不低高于少超过大小至达到多及目标值在控制考核指标当月度且≤≥<>=\"的按]|\bis\b)*"
    rf"(?P<n>{NUMBER})(?! ?[\d\u4e00-\u9fff%‰‱a-z×*.])(?:(?P<dash> ?[-~] ?)(?P<h>\d+(?:\.\d+)?)(?! ?[%‰\d]))?|(?:率|比例|占比)[^,。;|\n\d]{{0,12}}?(?P<small>0\.\d+)(?! ?[%‰‱\d元])"
)
_BASES = {"百": 100.0, "千": 1000.0, "万": 10_000.0, "十": 10.0}
_SIGNS = {
    "%": 0.01,
    "‰": 0.001,
    "‱": 0.0001,
    "percent": 0.01,
    "per cent": 0.01,
    "pct": 0.01,
    "成": 0.1,
    "折": 0.1,
    "倍": 1.0,
}

_SECONDS = (
    (re.compile(r"毫秒|^m(?:illi)?s"), SECOND / 1000),
    (re.compile(r"秒|^s"), SECOND),
    (re.compile(r"刻钟"), 15 * MINUTE),
    (re.compile(r"分|^min"), MINUTE),
    (re.compile(r"小时|钟头|工时|^h"), HOUR),
    (re.compile(r"季度|quarter"), QUARTER),
    (re.compile(r"月|month"), MONTH),
    (re.compile(r"周年|年|year|yr"), YEAR),
    (re.compile(r"周|星期|礼拜|week"), WEEK),
    (re.compile(r"日|天|day"), DAY),
)
_WORKING = re.compile(r"工作|营业|交易|工时|working|business")


def seconds_of(unit: str) -> float:
    """Seconds of one ``unit`` of time."""
    return next(seconds for pattern, seconds in _SECONDS if pattern.search(unit))


def is_working(unit: str) -> bool:
    """True when ``unit`` counts working time only."""
    return _WORKING.search(unit) is not None


def fractions(text: str) -> Iterator[Quantity]:
    """百分之十五, 万分之五, 三分之一, and 0.15 beside the name of a rate."""
    for found in _FRACTION.finditer(text):
        base = _BASES.get(found["base"]) or value(found["base"])
        low = 100.0 if found["n"] == "百" else value(found["n"])
        high = value(found["h"]) / base if found["h"] else None
        yield _ratio(text, found.start(), found.end(), low / base, high, found["base"] + "分之")
    for found in _BARE.finditer(text):
        if found["small"]:
            yield _ratio(text, found.start("small"), found.end("small"), float(found["small"]), None, "")
            continue
        low = value(found["n"])
        high = float(found["h"]) if found["h"] else None
        scale = 1.0 if not found["sign"] and max(low, high or 0) <= 1 else 0.01
        if max(low, high or 0) <= 100:
            end = found.end("h") if high is not None else found.end("n")
            yield _ratio(text, found.start("n"), end, low * scale, None if high is None else high * scale, "")


def specials(text: str) -> Iterator[Quantity]:
    """当日, 次日, T+1 and other figures that name no number."""
    for found in _SPECIAL.finditer(text):
        start, end = found.span()
        if found["double"] or found["half"]:
            yield _ratio(text, start, end, 2.0 if found["double"] else 0.5, None, found.group())
            continue
        days = float(found["plus"]) if found["plus"] else 1.0
        seconds = 15 * MINUTE if found["quarter_hour"] else days * DAY
        yield Quantity(
            start=start,
            end=end,
            text=text[start:end],
            kind=QuantityKind.DURATION,
            value=seconds,
            working=is_working(found.group()),
            unit=found.group(),
        )


def measures(text: str, taken: bytearray) -> Iterator[Quantity]:
    """Every number of shaped ``text`` that has a unit and lies outside what is ``taken``; in order."""
    numbers = [found.span() for found in NUMBERS.finditer(text) if not taken[found.start()]]
    done = 0
    for index, (start, end) in enumerate(numbers):
        if start < done:
            continue
        following = numbers[index + 1 : index + 4]
        quantity = _measure(text, start, end, following)
        if quantity is not None and not any(taken[quantity.start : quantity.end]):
            done = quantity.end
            yield quantity


def _measure(text: str, start: int, end: int, following: Sequence[tuple[int, int]]) -> Quantity | None:
    before = text[max(start - 16, 0) : start]
    number = value(text[start:end])
    high: float | None = None
    upper = end
    connect = _CONNECT.match(text, end)
    if connect and following and following[0][0] == connect.end() and _UNIT.match(text, following[0][1]):
        # 12-18%, 3至5日: the unit stands once, behind the second number; so does a scale, 3-5万元.
        upper = following[0][1]
        high = value(text[connect.end() : upper])
        scale = text[upper - 1]
        if scale in SCALES and text[end - 1] not in SCALES and number < 1000 <= high:
            number *= SCALES[scale]
    elif (pair := _pair(text[start:end])) is not None:
        number, high = pair
    currency = _BEFORE.search(before)
    symbol = currency.group().strip(" :_()") if currency else ""
    unit = _UNIT.match(text, upper)
    if unit is None:
        return _sum(text, start, upper, number, high, "", symbol, currency)
    name = unit[unit.lastgroup or 0]
    if unit["money"] is not None:
        return _sum(text, start, unit.end(), number, high, name, symbol, currency)
    if symbol and currency and symbol != "s" and unit["ratio"] is None and unit["duration"] is None:
        return _sum(text, start, upper, number, high, "", symbol, currency)
    day_number = _NAME_BEFORE.search(before)
    if day_number and unit["ratio"] is None and not (before.rstrip(" [(").endswith("第") and _DAYLIKE.fullmatch(name)):
        return None
    if unit["ratio"] is not None:
        return _share(text, start, unit.end(), number, high, name, following)
    if unit["duration"] is not None:
        return _duration(text, start, unit.end(), number, high, name)
    if name == "分" and text[start:end] in ("十", "半"):
        return None
    if text[start:end] == "半" or (
        text[start:end] == "一" and name in ("起", "个", "次", "类", "种", "方", "通", "条", "期", "批", "组", "款")
    ):
        # 一起, 一个, 一次性 … are words more often than counts; a count of one is said as 1 or 壹 where it matters.
        if (name != "次" and name != "起") or not re.search(r"每\S{0,6}$", before):
            return None
    return Quantity(start=start, end=unit.end(), text="", kind=QuantityKind.COUNT, value=number, high=high, unit=name)


def _pair(written: str) -> tuple[float, float] | None:
    """两三天 is two to three, not 23."""
    if len(written) == 2 and re.fullmatch(CHINESE, written) and all(char not in SCALES for char in written):
        low, high = value(written[0]), value(written[1])
        if 0 < low < high <= low + 2:
            return low, high
    return None


def _ratio(text: str, start: int, end: int, low: float, high: float | None, unit: str) -> Quantity:
    return Quantity(
        start=start,
        end=end,
        text=text[start:end],
        kind=QuantityKind.RATIO,
        value=round(low, 10),
        high=None if high is None else round(high, 10),
        unit=unit,
    )


def _share(
    text: str, start: int, end: int, number: float, high: float | None, unit: str, following: Sequence[tuple[int, int]]
) -> Quantity:
    factor = _SIGNS.get(unit, 0.01)
    if unit == "折" and number > 10:
        # 八五折 is written as 85: two digits, 0.85.
        factor = 0.01
    low = number * factor
    tail = re.compile(r"[一二三四五六七八九](?![成十百千万个年月日天人名次元]|分)").match(text, end)
    if unit == "成" and tail:
        low += value(tail.group()) / 100
        end = tail.end()
    return _ratio(text, start, end, low, None if high is None else high * factor, unit)


def _duration(text: str, start: int, end: int, number: float, high: float | None, unit: str) -> Quantity:
    seconds = seconds_of(unit)
    low = _times(number, seconds)
    if high is None:
        low, end = _compound(text, end, low, seconds)
    return Quantity(
        start=start,
        end=end,
        text="",
        kind=QuantityKind.DURATION,
        value=low,
        high=None if high is None else _times(high, seconds),
        working=is_working(unit),
        unit=unit,
    )


def _times(number: float, seconds: float) -> float:
    """Half years are six months, so that 半年 and 6个月 are one figure."""
    years, rest = divmod(number, 1)
    if seconds == YEAR and rest == 0.5:
        return years * YEAR + 6 * MONTH
    return round(number * seconds, 6)


_NEXT_PART = re.compile(
    rf" ?(?:零|又|加)? ?(?P<n>{PLAIN}) ?(?P<u>个月|月|个?星期|周|天|日|个?小时|分钟?|秒钟?)(?![杀猫常])"
)
_HALF = re.compile(r"半(?!个|年|月|天|日|小时|数|成|价)(?:钟)?")


def _compound(text: str, end: int, total: float, seconds: float) -> tuple[float, int]:
    """1分30秒, 一年零六个月, 一年半: smaller parts right behind the first are added."""
    half = _HALF.match(text, end)
    if half and seconds in (MINUTE, HOUR, DAY, WEEK, YEAR):
        return total + _times(0.5, seconds), half.end()
    part = _NEXT_PART.match(text, end)
    while part and seconds_of(part["u"]) < seconds:
        seconds = seconds_of(part["u"])
        total += _times(value(part["n"]), seconds)
        end = part.end()
        part = _NEXT_PART.match(text, end)
    return total, end


def _sum(
    text: str,
    start: int,
    end: int,
    number: float,
    high: float | None,
    unit: str,
    symbol: str,
    currency: re.Match[str] | None,
) -> Quantity | None:
    """Money, when a unit or a currency or a bare 万 says so."""
    if not unit and not re.search(r"[$¥€£a-z\u4e00-\u9fff]", symbol):
        if (
            text[end - 1] not in "万亿"
            or text[end : end + 1].strip(" ,。;)|\n/、至到以左的")
            or not text[start].isdigit()
        ):
            return None
    if symbol == "s" or symbol in ("us", "hk", "nt"):
        symbol = ""
        if not unit:
            return None
    if symbol and currency is not None:
        start -= len(currency.group().lstrip(" :_()"))
    if unit in ("元", "圆") or unit.startswith(("元", "圆", "块")):
        more = _AFTER_SUM.match(text, end)
        if more and (more["jiao"] or more["fen"]):
            number += value(more["jiao"]) / 10 if more["jiao"] else 0.0
            number += value(more["fen"]) / 100 if more["fen"] else 0.0
            end = more.end()
    foreign = re.sub(r"人民币|rmb|cny|[()大小写: ]", "", symbol)
    written = foreign if foreign and foreign != "¥" else (re.sub(r"[ 整正]|人民币$", "", unit) or symbol)
    return Quantity(
        start=start, end=end, text="", kind=QuantityKind.MONEY, value=round(number, 4), high=high, unit=written
    )


_SAID_AGAIN = re.compile(r" ?,? ?[(\[]? ?(?:即|也即|计|合计|折合|相当于)? ?(?:\(?(?:大写|小写)\)?)? ?:?")


def merged(text: str, found: Sequence[Quantity]) -> list[Quantity]:
    """Join what is one figure: 10%至15%, 伍万元整（¥50,000.00）, 5‱（万分之五）."""
    result: list[Quantity] = []
    for quantity in found:
        last = result[-1] if result else None
        if last is not None and last.kind is quantity.kind and quantity.kind is not QuantityKind.DATE:
            between = text[last.end : quantity.start]
            same = last.high is None and quantity.high is None and isclose(last.value, quantity.value, rel_tol=1e-9)
            closing = re.compile(r" ?(?:整)?[)\]]").match(text, quantity.end)
            again = _SAID_AGAIN.fullmatch(between)
            if same and again and ((("(" in between or "[" in between) and closing) or "写" in between):
                result[-1] = _until(last, closing.end() if closing else quantity.end, last.high)
                continue
            if (
                last.high is None
                and quantity.high is None
                and quantity.kind is not QuantityKind.CLOCK
                and _CONNECT.fullmatch(between)
                and last.value != quantity.value
            ):
                low, high = sorted((last.value, quantity.value))
                result[-1] = _until(last, quantity.end, high, low, quantity.unit)
                continue
        result.append(quantity)
    return result


def _until(
    quantity: Quantity, end: int, high: float | None, low: float | None = None, unit: str | None = None
) -> Quantity:
    return Quantity(
        start=quantity.start,
        end=end,
        text=quantity.text,
        kind=quantity.kind,
        value=quantity.value if low is None else low,
        high=high,
        working=quantity.working,
        unit=quantity.unit if unit is None else unit,
    )
