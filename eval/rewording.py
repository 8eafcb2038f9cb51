"""A contract's lines made other ones: parties, dates and figures, clauses dropped, in each other's place, and added. Numbering goes on."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, timedelta
from functools import partial
from random import Random

from eval.contract_files import Line

_CITIES = (
    "苏州",
    "无锡",
    "常州",
    "嘉兴",
    "金华",
    "泉州",
    "佛山",
    "中山",
    "济南",
    "烟台",
    "洛阳",
    "岳阳",
    "南通",
    "扬州",
    "台州",
    "珠海",
)
_BRANDS = (
    "木棉", "青禾", "云帆", "松果", "半夏", "南枝", "听雨", "拾贝", "星野", "白鹿", "望舒", "知秋", "一苇", "清和", "向海", "远山",
    "初晴", "长亭", "静好", "千帆", "朝露", "新桐", "九曲", "江月", "石榴", "麦田", "晚舟", "北辰", "海棠", "天青", "竹里", "明川",
)  # fmt: skip
_COMPANY = re.compile(
    r"(?:(?<=[：:|（(，,、\s「])|^)([\u4e00-\u9fff]{2})((?:省|市)?)([\u4e00-\u9fff]{2})(?=[\u4e00-\u9fff]{2,14}有限公司)",
    re.M,
)
_HEAD = 2500  # characters in which the parties are named
_DATE = re.compile(r"(20\d\d)(\s*[年/.-]\s*)(\d{1,2})(\s*[月/.-]\s*)(\d{1,2})(?!\d)")

# A figure gives way to another of its row; what is in no row stays. Days of the month stay days of the month.
_ROWS = {
    "秒": (15, 20, 25, 30, 40, 45, 60, 90, 120),
    "分钟": (3, 5, 10, 15, 20, 30, 60),
    "小时": (2, 4, 6, 8, 12, 24, 36, 48, 72),
    "工作日": (2, 3, 5, 7, 10, 15, 20),
    "日": (3, 5, 7, 10, 12, 15, 18, 20, 25),
    "天": (3, 5, 7, 10, 15, 20, 30, 45, 60, 90),
    "个月": (1, 2, 3, 4, 6, 8, 9),
}
_NUMERALS = ("三", "五", "七", "十", "十二", "十五", "二十", "二十五", "三十", "四十五", "六十", "九十")
_FIGURE = re.compile(r"(?<![\d.,:：/×xX*~～—第年月-])(\d{1,3})(?=\s?个?(秒|分钟|小时|工作日|日|天|个月))")
_NUMERAL = re.compile(
    rf"(?<![第月零〇一二三四五六七八九十百千万])({'|'.join(sorted(_NUMERALS, key=len, reverse=True))})(?=个?(?:秒|分钟|小时|工作日|日|天|个月))"
)
_PERCENT = re.compile(r"(?<![\d.])(\d{1,2}(?:\.\d)?)(?=\s?[%％])")
_MONEY = re.compile(r"(?<![\d.,，])(\d{2,6})(?=\s?(?:元|万元)(?!/))")
_HEADCOUNT = re.compile(r"(?<![\d.])(\d{1,3})(?=\s?(?:名|人(?!民|身|员)|个坐席|席))")
_SHARE = 0.45  # of the figures, which are changed

_MARK = re.compile(
    r"(?P<mark>\d+(?:\.\d+)+[、.．]?|\d{1,2}[、.．)）]|[（(][一二三四五六七八九十]{1,3}[）)]|[（(]\d{1,2}[）)]|第[一二三四五六七八九十]{1,3}条|[一二三四五六七八九十]{1,3}、)(?P<body>\s*\S.*)",
    re.S,
)
_CHINESE = "一二三四五六七八九十"
# A clause that another leans on, or that leans on another, stays where it is.
_BOUND = re.compile(
    r"前款|前项|前條|前条|上述|前述|本条|本條|本款|下列|如下|上表|下表|该等|其中|第.{1,5}[条條款项項]|附[件表錄录]|[:：]$"
)
_FOREIGN = re.compile(
    r"[條們個為與對開實際應該還產]|[A-Za-z]{4,} [A-Za-z]{3,}"
)  # Traditional, English: nothing is added in Simplified
_ADDED = (
    "乙方应指定一名项目负责人，负责日常沟通，更换时提前{n}日书面告知甲方。",
    "双方每月召开一次服务例会，由乙方在会后{d}个工作日内整理会议纪要，经双方确认后执行。",
    "乙方客服人员应使用甲方提供的话术，未经甲方同意不得擅自修改优惠、发货时间及赔付标准。",
    "大促期间（含活动当日及前后各{d}日）乙方应增派坐席不少于{n}名，增派人员费用按实际出勤结算。",
    "乙方应每周提交服务周报，内容包括接待量、平均响应时间、转化率、差评及处理结果。",
    "甲方应在服务开始前{n}日提供商品资料、店铺规则和账号权限，因甲方延迟提供造成的影响由甲方承担。",
    "乙方工作场所应安装门禁和监控，录像保存不少于{m}日，甲方可以现场查看。",
    "乙方坐席不得私下添加消费者联系方式，违反的每次扣减当月服务费{n}00元，并更换该坐席。",
    "任何一方变更联系人、地址、账户的，应提前{d}日书面通知对方，未通知的由其自行承担后果。",
    "乙方不得将本合同项下的服务全部或者部分转包给第三方，确需分包的应经甲方书面同意。",
    "新上岗的坐席应完成不少于{n}小时的产品培训并通过考核，考核合格分数为8{d}分。",
    "因平台系统故障导致无法接待的时段，不计入乙方考核，乙方应在{n}分钟内告知甲方。",
    "甲方每月对会话记录进行抽检，抽检比例不低于{d}%，抽检结果作为当月考核依据。",
    "乙方应保证在岗人数不少于约定坐席数的9{d}%，请假、离职应在{n}小时内安排替补。",
    "服务期间形成的知识库、话术和培训资料归甲方所有，合同终止后{n}日内移交完毕。",
    "甲方对账单有异议的，应在收到后{d}个工作日内提出，逾期未提出的视为确认。",
)


def reworded(lines: Sequence[Line], text: str, random: Random) -> tuple[Line, ...]:
    """Other lines that read as a contract still; ``text`` is the whole contract, which tells its parties and its language."""
    changed = _reordered(_dropped(list(lines), random), random)
    if not _FOREIGN.search(text):
        changed = _extended(changed, random)
    names = _names(text[:_HEAD], random)
    shift = timedelta(days=random.randrange(-200, 400))
    return tuple(_each(line, partial(_changed, line=line, names=names, shift=shift, random=random)) for line in changed)


def _dropped(lines: list[Line], random: Random) -> list[Line]:
    """Without up to two clauses that end a numbered row, so that the numbers go on."""
    ends = [
        n
        for n in range(1, len(lines))
        if _follows(lines[n - 1], lines[n])
        and not (n + 1 < len(lines) and _follows(lines[n], lines[n + 1]))
        and not lines[n].heading
    ]
    out = set(random.sample(ends, min(len(ends), random.randint(0, 2))))
    return [line for n, line in enumerate(lines) if n not in out]


def _reordered(lines: list[Line], random: Random) -> list[Line]:
    """Up to three pairs of neighbouring clauses in each other's place, the numbers where they were."""
    pairs = [
        n
        for n in range(len(lines) - 1)
        if _follows(lines[n], lines[n + 1])
        and not any(line.heading or _BOUND.search(line.text) for line in lines[n : n + 2])
        and not (n + 2 < len(lines) and _is_below(lines[n + 2]))
    ]
    lines = list(lines)
    for n in random.sample(pairs, min(len(pairs), random.randint(1, 3))):
        one, other = _MARK.fullmatch(lines[n].text), _MARK.fullmatch(lines[n + 1].text)
        if one and other:
            lines[n] = replace(lines[n], text=one["mark"] + other["body"])
            lines[n + 1] = replace(lines[n + 1], text=other["mark"] + one["body"])
    return lines


def _extended(lines: list[Line], random: Random) -> list[Line]:
    """With one to three clauses more at the ends of numbered rows."""
    ends = [
        n
        for n in range(1, len(lines))
        if _follows(lines[n - 1], lines[n])
        and not (n + 1 < len(lines) and (_follows(lines[n], lines[n + 1]) or _is_below(lines[n + 1])))
        and not lines[n].heading
        and lines[n].text.endswith("。")
    ]
    chosen = sorted(random.sample(ends, min(len(ends), random.randint(1, 3))), reverse=True)
    for n, sentence in zip(chosen, random.sample(_ADDED, len(chosen)), strict=True):
        match = _MARK.fullmatch(lines[n].text)
        mark = _next(match["mark"]) if match else None
        if match and mark:
            said = sentence.format(n=random.randint(2, 12), d=random.randint(2, 9), m=random.choice((30, 60, 90, 180)))
            gap = match["body"][: len(match["body"]) - len(match["body"].lstrip())]
            lines[n + 1 : n + 1] = [Line(text=mark + gap + said)]
    return lines


def _follows(line: Line, after: Line) -> bool:
    """The number of ``after`` is the next of the same kind."""
    if line.cells or after.cells:
        return False
    one, other = _MARK.fullmatch(line.text), _MARK.fullmatch(after.text)
    return one is not None and other is not None and _next(one["mark"]) == other["mark"]


def _is_below(after: Line) -> bool:
    """It belongs to the clause before: it has no number of its own, or one that begins a row."""
    match = _MARK.fullmatch(after.text)
    return match is None or re.search(r"(?<![\d一二三四五六七八九十])[1一][、.．)）]?$", match["mark"]) is not None


def _next(mark: str) -> str | None:
    """The number after this one; ``None`` where it is not told by the last figure, or is past ten in Chinese."""
    match = re.fullmatch(r"(.*?)(\d+|[一二三四五六七八九十]{1,3})(\D*)", mark)
    if match is None:
        return None
    before, figure, after = match.groups()
    if figure.isdigit():
        return f"{before}{int(figure) + 1}{after}"
    at = _CHINESE.find(figure) if len(figure) == 1 else -1
    return f"{before}{_CHINESE[at + 1]}{after}" if 0 <= at < len(_CHINESE) - 1 else None


def _names(head: str, random: Random) -> dict[str, str]:
    """New words for the towns and names that the companies begin with."""
    found = dict.fromkeys(_COMPANY.findall(head))
    names: dict[str, str] = {}
    brands = iter(random.sample(_BRANDS, min(len(found), len(_BRANDS))))
    for (town, district, brand), new in zip(found, brands, strict=False):
        names[f"{town}{district}{brand}"] = f"{random.choice(_CITIES)}{district}{new}"
    return names


def _changed(text: str, *, line: Line, names: dict[str, str], shift: timedelta, random: Random) -> str:
    """Other names and dates, and in what is no heading other figures."""
    for old, new in names.items():
        text = text.replace(old, new)
    text = _DATE.sub(lambda m: _shifted(m, shift), text)
    if line.heading:
        return text
    text = _FIGURE.sub(lambda m: _other(m[1], [str(n) for n in _ROWS[m[2]]], random), text)
    text = _NUMERAL.sub(lambda m: _other(m[1], _NUMERALS, random), text)
    text = _PERCENT.sub(lambda m: _near_percent(m[1], random), text)
    text = _MONEY.sub(lambda m: _near_money(m[1], random), text)
    return _HEADCOUNT.sub(lambda m: str(max(1, int(m[1]) + random.choice((0, 0, 0, 1, 2, -1)))), text)


def _shifted(match: re.Match[str], shift: timedelta) -> str:
    year, first, month, second, day = match.groups()
    try:
        new = date(int(year), int(month), int(day)) + shift
    except ValueError:
        return match[0]
    padded = "0" in (month[0], day[0])
    digits = "02" if padded else ""
    return f"{new.year}{first}{new.month:{digits}}{second}{new.day:{digits}}"


def _other(figure: str, row: Sequence[str], random: Random) -> str:
    """A neighbour in the row, mostly; the same where the figure is in none or is not drawn."""
    if random.random() > _SHARE or figure not in row:
        return figure
    at = row.index(figure) + random.choice((-2, -1, 1, 2))
    return row[min(max(at, 0), len(row) - 1)]


def _near_percent(figure: str, random: Random) -> str:
    if random.random() > _SHARE:
        return figure
    if "." in figure:
        return f"{max(0.1, float(figure) + random.choice((-0.2, -0.1, 0.1, 0.2))):.1f}"
    whole = int(figure)
    return str(min(99, max(1, whole + random.choice((-3, -2, -1, 1, 2, 3))))) if whole >= 5 else figure


def _near_money(figure: str, random: Random) -> str:
    if random.random() > _SHARE:
        return figure
    unit = 10 ** max(0, len(figure) - 2)
    return str(max(unit, round(int(figure) * random.choice((0.8, 0.9, 1.1, 1.2, 1.5)) / unit) * unit))


def _each(line: Line, change: Callable[[str], str]) -> Line:
    if line.cells:
        cells = tuple(change(cell) for cell in line.cells)
        return replace(line, cells=cells, text=" | ".join(cells))
    return replace(line, text=change(line.text))
