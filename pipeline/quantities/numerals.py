"""Numbers as contracts write them: 30, 1,200.50, 三十, 拾壹万, 3.5万, 【 1 0 】, __30__, 三十（30）, fifteen (15)."""

from __future__ import annotations

import re
import unicodedata

from pipeline.folding import narrow, simplify

DIGITS = {
    **{char: value for value, char in enumerate("零一二三四五六七八九")},
    **{char: value for value, char in enumerate("〇壹贰叁肆伍陆柒捌玖")},
    **{"○": 0, "两": 2, "俩": 2, "貳": 2, "弍": 2, "参": 3, "叄": 3, "陸": 6, "幺": 1},
}
SCALES = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000, "万": 10_000, "亿": 100_000_000}
_ENGLISH = {
    **{
        word: value
        for value, word in enumerate(["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"], 1)
    },
    **{
        w: v
        for v, w in enumerate(
            ["eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"], 11
        )
    },
    **{
        w: v * 10
        for v, w in enumerate(["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"], 2)
    },
}

_CHINESE_DIGIT = "零〇○一二两俩三四五六七八九壹贰叁参肆伍陆柒捌玖"
CHINESE = rf"(?:[{_CHINESE_DIGIT}十拾][{_CHINESE_DIGIT}十拾百佰千仟万亿]*(?:点[{_CHINESE_DIGIT}]+)?|半)"
ARABIC = r"(?:(?<![\d.])\d{1,3}(?:,\d{3})+(?![\d])(?:\.\d+)?|(?<![\d.])\d+(?:\.\d+)?|(?<![\d.])\.\d+)"
_SCALED = rf"{ARABIC}(?:[ ]{{0,2}}[十百千万亿佰仟]+)?"
_WORDS = "|".join(sorted(_ENGLISH, key=len, reverse=True))
ENGLISH = rf"(?<![a-z])(?:(?:{_WORDS})(?:[ -](?:{_WORDS}))?|(?:(?:{_WORDS}|a) )?hundred(?: and (?:{_WORDS})(?:[ -](?:{_WORDS}))?)?)(?![a-z])"
PLAIN = rf"(?:{_SCALED}|{CHINESE}|{ENGLISH})"
_FILLED = rf"(?:\[[ _]*(?:{PLAIN}|\d(?:[ ]+\d)+)[ _]*\]|_[_ ]*{PLAIN}[ ]*_+|_+[ ]*{PLAIN})"
# A number in round brackets is a number only after a word: "(1) 日" at the start of a line is an item.
_ROUND = rf"(?<=[\u4e00-\u9fff≤≥<>])\([ ]*{PLAIN}[ ]*\)"
NUMBER = rf"(?:(?:{_FILLED}|{PLAIN}[ ]?_+(?=[ ]?[\u4e00-\u9fff%‰])|{PLAIN})(?:[ ]?[(\[][ ]*{PLAIN}[ ]*[)\]])?|{_ROUND})"
NUMBERS = re.compile(NUMBER)
_PLAIN = re.compile(rf"{PLAIN}")
_SPACED = re.compile(r"(?<=\d) +(?=\d)")
_BARE = "百千万亿佰仟"  # scales that stand for one of themselves where no digit comes before
_TAIL = re.compile(r"[ _]*[十百千万亿佰仟]+$")

_SAME_LENGTH = {
    **dict.fromkeys("【〔〖［「『", "["),
    **dict.fromkeys("】〕〗］」』", "]"),
    **dict.fromkeys("—–－―‐‑‒−─", "-"),
    **dict.fromkeys("～〜∼", "~"),
    **dict.fromkeys("✕✖╳", "×"),
    # ≮ is "not less than", so it goes with at least.
    **dict.fromkeys("≦⩽≯", "≤"),
    **dict.fromkeys("≧⩾≮", "≥"),
    "∶": ":",
    "\t": " ",
    "ˍ": "_",
    "￣": "_",
}


class _Shapes(dict[int, str]):
    """One character for each character: half width, lower case, one kind of dash and bracket, simplified."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        shape = _SAME_LENGTH.get(char)
        if shape is None:
            shape = narrow(char)
            if len(shape) != 1:
                shape = char
            shape = simplify(_SAME_LENGTH.get(shape, shape))
            if shape != "\n" and unicodedata.category(shape) in ("Zs", "Cc"):
                shape = "\n" if char in "\r\x0b\x0c\x85" else " "
        self[code] = shape
        return shape


_SHAPES = _Shapes()


def shape(text: str) -> str:
    """``text`` in the one way of writing that the patterns know; the same length, so offsets hold."""
    return text.translate(_SHAPES)


def value(written: str) -> float:
    """The value of a match of ``NUMBER``; of a number written twice, 三十（30）, the first; of a scale alone (每百人), one of it.

    Raises:
        ValueError: ``written`` is not a number.
    """
    joined = _SPACED.sub("", written) if written[0] in "[_" else written
    found = _PLAIN.search(f"一{joined}" if joined[0] in _BARE else joined)
    if found is None:
        raise ValueError(f"not a number: {written!r}")
    number = found.group()
    first = number[0]
    if first.isdecimal() or first == ".":
        tail = _TAIL.search(number)
        digits = float(number[: tail.start() if tail else None].replace(",", ""))
        for scale in tail.group().strip(" _") if tail else "":
            digits *= SCALES[scale]
        return round(digits, 6)
    if "a" <= first <= "z":
        return float(_english(number))
    return _chinese(number)


def _chinese(number: str) -> float:
    if number == "半":
        return 0.5
    whole, _, fraction = number.partition("点")
    result = float(_chinese_integer(whole))
    if fraction:
        result += float("0." + "".join(str(DIGITS[char]) for char in fraction))
    return result


def _chinese_integer(number: str) -> int:
    if not any(char in SCALES for char in number):
        return int("".join(str(DIGITS[char]) for char in number))
    total = section = digit = 0
    last = 1
    for char in number:
        if char in DIGITS:
            digit = DIGITS[char]
            if digit == 0:
                last = 1
            continue
        scale = SCALES[char]
        if scale >= 10_000:
            total = (total + section + digit) * scale
            section = digit = 0
        else:
            section += (digit or 1) * scale
            digit = 0
        last = scale
    # 三万五 is thirty-five thousand: a last digit without a scale counts in the next lower one, unless 零 stands before.
    trailing = digit * last // 10 if digit and last > 10 else digit
    return total + section + trailing


def _english(number: str) -> int:
    total = 0
    for word in re.split(r"[ -]", number):
        if word == "hundred":
            total = (total or 1) * 100
        elif word in _ENGLISH:
            total += _ENGLISH[word]
    return total
