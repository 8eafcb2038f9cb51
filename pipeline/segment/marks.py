"""Reading the number at the start of a line: every way it can be understood, without deciding which.

A :class:`Mark` is a candidate only. Whether it starts a clause depends on the numbers around it, and is
decided in :mod:`pipeline.segment.place`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

# One character to one character, so offsets stay what they are.
_FOLD = str.maketrans(
    {
        **{chr(0xFF10 + i): chr(0x30 + i) for i in range(10)},
        **{chr(0xFF21 + i): chr(0x41 + i) for i in range(26)},
        **{chr(0xFF41 + i): chr(0x61 + i) for i in range(26)},
        "（": "(", "）": ")", "．": ".", "﹒": ".", "：": ":", "，": ",", "；": ";", "［": "[", "］": "]", "％": "%",
        "﹪": "%", "－": "-", "\u3000": " ", "\xa0": " ", "\t": " ", "\u2002": " ", "\u2003": " ", "／": "/",
        "條": "条", "節": "节", "編": "编", "錄": "录", "補": "补", "協": "协", "議": "议", "應": "应", "約": "约",
        "規": "规", "項": "项", "與": "与", "執": "执", "為": "为", "員": "员", "萬": "万", "億": "亿", "個": "个",
        "時": "时", "幣": "币", "蓋": "盖", "簽": "签", "無": "无", "頁": "页", "書": "书", "單": "单", "說": "说",
        "範": "范", "務": "务", "標": "标", "準": "准", "價": "价", "責": "责", "違": "违", "號": "号", "請": "请",
        "東": "东", "訂": "订", "點": "点", "戶": "户", "託": "托", "發": "发", "購": "购", "見": "见", "內": "内",
        "壹": "一", "贰": "二", "貳": "二", "叁": "三", "參": "三", "肆": "四", "伍": "五", "陆": "六", "陸": "六",
        "柒": "七", "捌": "八", "玖": "九", "拾": "十",
    }
)  # fmt: skip


def fold(text: str) -> str:
    """Half-width, simplified spelling of the characters that numbering is made of; same length as ``text``."""
    return text.translate(_FOLD)


class Style(StrEnum):
    """A way of numbering. The order is the usual order from outer to inner; it only breaks ties."""

    CHAPTER = "第一章"
    SECTION = "第一节"
    ARTICLE = "第一条"
    EN_ARTICLE = "Article 1"
    TERM = "条款一"
    KUAN = "第一款"
    ROMAN = "I."
    CN = "一、"
    CN_PAREN = "（一）"
    CN_HALF = "一）"
    UPPER = "A."
    ARABIC = "1."
    ARABIC_DUN = "1、"
    BARE = "1"
    DECIMAL = "1.1"
    PAREN = "（1）"
    HALF = "1）"
    CIRCLED = "①"
    UPPER_PAREN = "(A)"
    LOWER = "a."
    LOWER_PAREN = "(a)"
    LOWER_ROMAN = "i."
    ROMAN_PAREN = "(i)"
    BULLET = "-"
    HEADING = "标题"


RANK = {style: rank for rank, style in enumerate(Style)}
STRONG = frozenset({Style.CHAPTER, Style.SECTION, Style.ARTICLE, Style.EN_ARTICLE, Style.TERM})
WEAK = frozenset(
    {
        Style.BARE, Style.ROMAN, Style.UPPER, Style.UPPER_PAREN, Style.LOWER, Style.LOWER_PAREN,
        Style.LOWER_ROMAN, Style.ROMAN_PAREN, Style.CN_HALF, Style.BULLET, Style.KUAN,
    }
)  # fmt: skip
# Styles a careless drafter swaps inside one list.
FAMILY = (
    frozenset({Style.ARABIC, Style.ARABIC_DUN, Style.BARE}),
    frozenset({Style.ARTICLE, Style.TERM}),
    frozenset({Style.CN, Style.CN_HALF}),
    frozenset({Style.PAREN, Style.HALF}),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One reading of the number a line starts with.

    ``number`` is as written, without the punctuation that only separates; ``length`` counts the characters of
    the line up to the first one of the title or text. ``doubtful`` means that it is a number only if the
    sequence asks for exactly this one: a unit follows, or words that follow a reference.
    """

    style: Style
    value: tuple[int, ...]
    number: str
    length: int
    doubtful: bool = False


_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}


def chinese_number(text: str) -> int | None:
    """Value of a (folded) Chinese or Arabic whole number below 1000, ``None`` for anything else."""
    text = text.replace(" ", "")
    if text.isascii() and text.isdigit():
        return int(text) if len(text) <= 3 else None
    total = digit = 0
    seen = False
    for c in text:
        if c in _DIGITS:
            positional = not ("十" in text or "百" in text)
            digit, seen = digit * 10 * positional + _DIGITS[c], True
        elif c in "十百":
            total += (digit or 1) * (10 if c == "十" else 100)
            digit, seen = 0, True
        else:
            return None
    return total + digit if seen else None


def roman_number(text: str) -> int | None:
    """Value of a Roman numeral up to 39, ``None`` when it is not one in its usual spelling."""
    text = text.upper()
    if not re.fullmatch(r"X{0,3}(?:IX|IV|V?I{0,3})", text) or not text:
        return None
    values = [{"I": 1, "V": 5, "X": 10}[c] for c in text]
    return sum(-v if v < max(values[i:]) else v for i, v in enumerate(values))


_CN = r"[一二三四五六七八九十百零〇两]+"
_NUM = r"(?:\d{1,3}|[一二三四五六七八九十百零〇两](?: ?[一二三四五六七八九十百零〇两])*)"
_HAN = r"\u4e00-\u9fff"

_HARD_UNIT = re.compile(r" ?(?:%|‰|‱|[xX×*~～/]|倍|折|[万亿千百]?元|[万亿]|美元|人民币|Mb|GB|:\d)")
_UNIT = re.compile(
    r" ?(?:%|‰|‱|[xX×*~～/:]|-\d|倍|折|[万亿]|[万亿千百]?元(?!旦)|角|分钟|秒|个|小时|天|日(?!常|志|均|报)|周(?!末|报|期)|"
    r"号(?!码)|月(?!度|结|报|租|付|薪|末|服|初)|年(?!度|费|龄|会)|人(?!员|工|力|事|身)|名(?!称|单)|"
    r"次(?!日|月|品)|份(?!额)|项(?!目)|条(?!款|件)|"
    r"点(?!击)|时(?!间|效|限)|位(?!置)|家|席(?!位)|单(?!量|价|方|位)|级(?!别)|期(?!限|间)|楼|层|岁|套|台|件|类|种|款|方(?!式|案))"
)
# What stands behind a number that is only being referred to.
_REFERENCE = re.compile(
    r"(?:第\d|第[一二三四五六七八九十百]|[、,和及与或至到] ?(?:本|该)?(?:合同|协议)?(?:第|附)|"
    r"之(?!一般)|所(?![有在属])|中(?!止|途|介|心)|的|约定|规定|项下|项(?!目)|执行|内容执行|以[上下]|前[款项]|等|为准|应(?!急)|"
    r"以及|适用(?!范围|法律)|确定|载明|列明|办理|承担|处理|述|内(?!容)|规则确|要求)"
)
_EN_REFERENCE = re.compile(
    r" ?(?:[,;)]| (?:of|above|below|hereof|hereto|and|or|to|shall|is|are|applies|apply|may|will|must|herein)\b)", re.I
)


def _reference(rest: str) -> bool:
    return _REFERENCE.match(rest.lstrip(" ")) is not None


def _after(rest: str) -> int:
    """Length of the punctuation and space between a number and its words."""
    found = re.match(r"[ ]*[:、.,]?[ ]*", rest)
    return found.end() if found else 0


def _articles(line: str) -> list[Mark]:
    found = re.match(rf" *[\[【《]?(第 ?({_NUM}) ?(章|编|部 ?分|篇|节|条|款))", line)
    if found:
        kind = found[3]
        style = {"节": Style.SECTION, "条": Style.ARTICLE, "款": Style.KUAN}.get(kind, Style.CHAPTER)
        value = chinese_number(found[2])
        rest = line[found.end() :]
        if not value or re.match(r"之[一二三四五]", rest):
            return []
        doubtful = _reference(rest) or rest[:1] in (")", "》")
        if doubtful and rest[:1] != " ":
            return []
        close = 1 if rest[:1] in ("]", "】") else 0
        return [_mark(style, (value,), line, found, found.end() + close + _after(rest[close:]), doubtful)]
    found = re.match(rf" *(条款 ?({_NUM}))(?=[ :、.]|$|[{_HAN}])", line)
    if found:
        value = chinese_number(found[2])
        rest = line[found.end() :]
        return (
            []
            if not value or _reference(rest)
            else [_mark(Style.TERM, (value,), line, found, found.end() + _after(rest), False)]
        )
    found = re.match(
        r" *((?:Article|ARTICLE|Section|SECTION|Clause|CLAUSE|Chapter|CHAPTER|Part|PART) "
        r"(\d{1,2}(?:\.\d{1,2})*|[IVX]+|(?:One|Two|Three|Four|Five|Six|Seven|Eight|Nine|Ten)\b))(?![\w%])",
        line,
    )
    if found:
        rest = line[found.end() :]
        if _EN_REFERENCE.match(rest):
            return []
        words = ["One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine", "Ten"]
        if found[2] in words:
            values: tuple[int, ...] = (words.index(found[2]) + 1,)
        elif found[2][0].isdigit():
            values = tuple(int(n) for n in found[2].split("."))
        else:
            values = (roman_number(found[2]) or 0,)
        style = Style.DECIMAL if len(values) > 1 else Style.EN_ARTICLE
        if found[1][:4].lower() in ("chap", "part"):
            style = Style.CHAPTER
        return [] if 0 in values else [_mark(style, values, line, found, found.end() + _after(rest), False)]
    return []


def _mark(style: Style, value: tuple[int, ...], line: str, found: re.Match[str], length: int, doubtful: bool) -> Mark:
    return Mark(style=style, value=value, number=found[1].strip(), length=length, doubtful=doubtful)


# "1.618、双11前…": the sale is called by its date, the number is 1.
_DATED_SALE = re.compile(r" *\d{1,2} ?\. ?(?:618|1111|1212|11\.11|12\.12|6\.18)(?= ?[、,及和与期大活当前])")


def _decimals(line: str) -> list[Mark]:
    found = re.match(r" *((\d{1,2}(?: ?\. ?\d{1,3}){1,5})(?!\d))([.、:)]?)(?! ?\. ?\d)", line)
    if not found:
        return []
    parts = found[2].replace(" ", "").split(".")
    rest = line[found.end() :]
    marks: list[Mark] = []
    spaced = re.match(r" *\d{1,2}(?: ?\.(?! ))", line) is None  # "1. 24小时内": the space shows where the number ends
    plain = all(p[0] != "0" and int(p) <= 99 for p in parts)
    unit = not found[3] and _UNIT.match(rest) is not None
    if plain and not spaced and rest.strip() and not (_HARD_UNIT.match(rest) and not found[3]) and rest[0] != "-":
        doubtful = unit or (not found[3] and _reference(rest))
        value = tuple(int(p) for p in parts)
        marks.append(_mark(Style.DECIMAL, value, line, found, found.end() + _after(rest), doubtful))
    if _DATED_SALE.match(line):
        head = re.match(r" *(\d{1,2}) ?\. ?", line)
        return [_mark(Style.ARABIC, (int(head[1]),), line, head, head.end(), False)] if head else []
    if (unit or spaced) and not _HARD_UNIT.match(rest) and parts[0][0] != "0":
        # "1.24小时内响应" is item 1, "24小时内响应"
        head = re.match(r" *(\d{1,2}) ?\. ?", line)
        if head and len(parts) == 2:
            marks.append(_mark(Style.ARABIC, (int(head[1]),), line, head, head.end(), not spaced))
    return marks


def _lists(line: str) -> list[Mark]:
    marks: list[Mark] = []

    def add(style: Style, value: int | None, found: re.Match[str], doubtful: bool = False) -> None:
        if value:
            marks.append(_mark(style, (value,), line, found, found.end(), doubtful))

    if found := re.match(rf" *({_CN}) ?[、.,:](?!\d) *", line):
        listed = re.match(rf"{_CN}[、,]|{_CN}(?:者|方|项|条|款|人|天|日|月|年|个|类|种)", line[found.end() :])
        add(Style.CN, chinese_number(found[1]), found, doubtful=listed is not None)
    elif found := re.match(rf" *({_CN}) (?=[{_HAN}])", line):
        add(Style.CN, chinese_number(found[1]), found, doubtful=True)
    elif found := re.match(rf" *(\( ?({_CN}) ?\)) ?[、.:]? *", line):
        add(Style.CN_PAREN, chinese_number(found[2]), found, doubtful=_reference(line[found.end() :]))
    elif found := re.match(rf" *(({_CN})\)) *", line):
        add(Style.CN_HALF, chinese_number(found[2]), found)
    elif found := re.match(r" *(\d{1,2}) ?([.、:,])(?!\d) *", line):
        style = Style.ARABIC_DUN if found[2] == "、" else Style.ARABIC
        add(style, int(found[1]), found, doubtful=found[2] in ":,")
    elif found := re.match(r" *(\d{1,2})、 *(?=\d)", line):
        listed = re.match(r"\d+ ?(?:[、和及与,]|[日号月]\b)", line[found.end() :])
        add(Style.ARABIC_DUN, int(found[1]), found, doubtful=listed is not None)
    elif found := re.match(r" *(\( ?(\d{1,2}) ?\)) ?[、.:]? *", line):
        add(Style.PAREN, int(found[2]), found, doubtful=_reference(line[found.end() :]))
    elif found := re.match(r" *((\d{1,2}) ?[)\]]) ?[、.:]? *", line):
        add(Style.HALF, int(found[2]), found)
    elif found := re.match(r" *([①-⑳❶-❿]) ?[、.:]? *", line):
        base = 0x2460 if found[1] <= "⑳" else 0x2776
        add(Style.CIRCLED, ord(found[1]) - base + 1, found)
    elif found := re.match(r" *([⑴-⒇]) *", line):
        add(Style.PAREN, ord(found[1]) - 0x2474 + 1, found)
    elif found := re.match(r" *([⒈-⒛]) *", line):
        add(Style.ARABIC, ord(found[1]) - 0x2488 + 1, found)
    elif found := re.match(rf" *(\d{{1,2}}) ?(?=[{_HAN}《“【])", line):
        rest = line[found.end() :]
        if not _UNIT.match(rest) and found[1][0] != "0":
            add(Style.BARE, int(found[1]), found)
    elif found := re.match(r" *(\d{1,2}) {1,4}(?=[A-Z][a-z])", line):
        add(Style.BARE, int(found[1]), found)
    return marks


def _letters(line: str) -> list[Mark]:
    marks: list[Mark] = []
    found = re.match(r" *(\( ?([A-Za-z]{1,5}) ?\)) ?[、.:]? *", line) or re.match(
        rf" *(([A-Za-z]{{1,5}}) ?([.、)]))(?: +|(?=[{_HAN}“《]))", line
    )
    if not found:
        return []
    letters, paren = found[2], found[1][0] == "("
    half = not paren and found[1][-1] == ")"
    number = found[1] if paren or half else letters
    upper = letters.isupper()
    roman = roman_number(letters) if letters.isupper() or letters.islower() else None

    def add(style: Style, value: int) -> None:
        marks.append(Mark(style=style, value=(value,), number=number, length=found.end()))

    if len(letters) == 1:
        value = ord(letters.lower()) - ord("a") + 1
        open_, closed = (Style.UPPER, Style.UPPER_PAREN) if upper else (Style.LOWER, Style.LOWER_PAREN)
        add(closed if paren else open_, value)
    if roman:
        add(Style.ROMAN if upper and not paren else Style.ROMAN_PAREN if paren else Style.LOWER_ROMAN, roman)
    return marks


_BULLET = re.compile(r" *([-–—•●○■□◆◇▪·*\uf06c\uf0b7\uf0a7\uf0d8]|[?？](?= ?[一-龥])) *(?=[^\s\d\-–—.*·•_=])")
_CONTENTS = re.compile(r"(?:\.{3,}|…+|·{3,}| {3,}|_{3,}|-{3,}) *\d{1,3} *$")


def read_marks(line: str) -> tuple[Mark, ...]:
    """Every reading of the number at the start of ``line``, which must be folded; the likeliest first.

    A line of a table of contents (dots and a page number behind it) has none.
    """
    if _CONTENTS.search(line):
        return ()
    marks = _articles(line) or [*_decimals(line), *_lists(line), *_letters(line)]
    if not marks and (found := _BULLET.match(line)):
        marks = [Mark(style=Style.BULLET, value=(1,), number=found[1], length=found.end())]
    return tuple(marks)
