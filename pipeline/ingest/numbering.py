"""Word's automatic numbers as a reader sees them: they are not in the text, they have to be counted."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_CN = "零一二三四五六七八九"
_LEGAL = {
    "chineseLegalSimplified": str.maketrans("一二三四五六七八九十百", "壹贰叁肆伍陆柒捌玖拾佰"),
    "ideographLegalTraditional": str.maketrans("一二三四五六七八九十百", "壹貳參肆伍陸柒捌玖拾佰"),
}
_CYCLES = {"ideographTraditional": "甲乙丙丁戊己庚辛壬癸", "ideographZodiac": "子丑寅卯辰巳午未申酉戌亥"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Level:
    """One level of a list: its format ("decimal"), its pattern ("第%1条"), where it starts and restarts."""

    format: str = "decimal"
    text: str = ""
    start: int = 1
    restart: int | None = None
    legal: bool = False
    style: str | None = None
    suffix: str = "tab"


@dataclass(slots=True)
class Numbering:
    """The lists of a document, and how far each has counted."""

    lists: dict[str, dict[int, Level]] = field(default_factory=dict)
    abstract_of: dict[str, str] = field(default_factory=dict)
    _counts: dict[str, dict[int, int]] = field(default_factory=lambda: defaultdict(dict))
    _started: set[tuple[str, int]] = field(default_factory=set)
    _overrides: dict[str, dict[int, int]] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Any, styles: Mapping[str, tuple[str | None, int | None]] | None = None) -> Numbering:
        """Read ``word/numbering.xml``; ``None`` gives a document without lists.

        ``styles`` (style id -> list, level) leads from a list that only names a list style to the one that defines it.
        """
        self = cls()
        if root is None:
            return self
        abstract: dict[str, dict[int, Level]] = {}
        links: dict[str, str] = {}
        for node in root.findall(f"{W}abstractNum"):
            key = node.get(f"{W}abstractNumId")
            abstract[key] = {int(lvl.get(f"{W}ilvl")): _level(lvl) for lvl in node.findall(f"{W}lvl")}
            if (link := node.find(f"{W}numStyleLink")) is not None:
                links[key] = link.get(f"{W}val")
        bases = {
            n.get(f"{W}numId"): b.get(f"{W}val")
            for n in root.findall(f"{W}num")
            for b in n.findall(f"{W}abstractNumId")
        }
        for num in root.findall(f"{W}num"):
            key = num.get(f"{W}numId")
            base = bases.get(key, key)
            if base in links:
                base = bases.get((styles or {}).get(links[base], (None, None))[0] or "", base)
            levels = dict(abstract.get(base, {}))
            self.abstract_of[key] = base
            for override in num.findall(f"{W}lvlOverride"):
                depth = int(override.get(f"{W}ilvl"))
                if (own := override.find(f"{W}lvl")) is not None:
                    levels[depth] = _level(own)
                if (start := override.find(f"{W}startOverride")) is not None:
                    self._overrides.setdefault(key, {})[depth] = int(start.get(f"{W}val"))
                    if depth in levels:
                        levels[depth] = replace(levels[depth], start=int(start.get(f"{W}val")))
            self.lists[key] = levels
        return self

    def linked(self, number: str, style: str) -> int | None:
        """The level of list ``number`` that belongs to a paragraph style."""
        return next((depth for depth, level in self.lists.get(number, {}).items() if level.style == style), None)

    def gap(self, number: str, depth: int) -> str:
        """What stands between a number and its text: a space for Word's tab or space, or nothing."""
        level = self.lists.get(number, {}).get(depth)
        return "" if level is None or (level.suffix == "nothing" and level.format != "bullet") else " "

    def next(self, number: str, depth: int) -> str:
        """Count one paragraph of list ``number`` at ``depth`` (from 0); its number as written, "" for none or a bullet's mark."""
        levels = self.lists.get(number)
        if not levels or depth not in levels:
            return ""
        # Lists that share an abstract definition count on, unless one of them says where it starts.
        counts = self._counts[self.abstract_of[number]]
        for at, start in self._overrides.get(number, {}).items():
            if (number, at) not in self._started:
                self._started.add((number, at))
                counts[at] = start - 1
        level = levels[depth]
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [d for d in counts if d > depth]:
            restart = levels[deeper].restart if deeper in levels else None
            if restart is None or (restart > 0 and depth < restart):
                del counts[deeper]
        if level.format == "bullet":
            return "-"
        return self._fill(levels, level, counts)

    @staticmethod
    def _fill(levels: dict[int, Level], level: Level, counts: dict[int, int]) -> str:
        text = level.text
        for at in range(9):
            slot = f"%{at + 1}"
            if slot in text:
                other = levels.get(at, Level())
                style = "decimal" if level.legal else other.format
                count = numeral(counts.get(at, other.start), style) if style != "none" else ""
                text = text.replace(slot, count)
        return text.strip()


def _level(node: Any) -> Level:
    def value(name: str) -> str | None:
        found = node.find(f"{W}{name}")
        return None if found is None else found.get(f"{W}val", "")

    restart, legal = value("lvlRestart"), node.find(f"{W}isLgl")
    return Level(
        format=value("numFmt") or "decimal",
        text=value("lvlText") or "",
        start=int(value("start") or 1),
        restart=int(restart) if restart else None,
        legal=legal is not None and legal.get(f"{W}val") not in ("0", "false"),
        style=value("pStyle"),
        suffix=value("suff") or "tab",
    )


def numeral(value: int, style: str) -> str:
    """A count in one of Word's number formats; unknown formats give Arabic figures."""
    if style in (
        "chineseCounting",
        "chineseCountingThousand",
        "japaneseCounting",
        "taiwaneseCounting",
        "taiwaneseCountingThousand",
    ):
        return chinese(value)
    if style in _LEGAL:
        text = chinese(value)
        return ("一" + text if text.startswith("十") else text).translate(_LEGAL[style])
    if style in _CYCLES and 1 <= value <= len(_CYCLES[style]):
        return _CYCLES[style][value - 1]
    if style in ("ideographDigital", "japaneseDigitalTenThousand", "taiwaneseDigital"):
        return "".join(_CN[int(d)].replace("零", "〇") for d in str(value))
    if style in ("decimalEnclosedCircle", "decimalEnclosedCircleChinese") and 1 <= value <= 20:
        return chr(0x2460 + value - 1)
    if style == "decimalEnclosedParen" and 1 <= value <= 20:
        return chr(0x2474 + value - 1)
    if style == "decimalEnclosedFullstop" and 1 <= value <= 20:
        return chr(0x2488 + value - 1)
    if style == "numberInDash":
        return f"- {value} -"
    if style in ("decimalFullWidth", "decimalFullWidth2"):
        return "".join(chr(0xFF10 + int(d)) for d in str(value))
    if style == "decimalZero":
        return f"{value:02d}"
    if style in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (value - 1) % 26) * ((value - 1) // 26 + 1)
        return letter if style == "lowerLetter" else letter.upper()
    if style in ("lowerRoman", "upperRoman"):
        return roman(value).lower() if style == "lowerRoman" else roman(value)
    return str(value)


def chinese(value: int) -> str:
    """一 … 九十九, 一百零五; below 1000."""
    hundreds, rest = divmod(value, 100)
    tens, ones = divmod(rest, 10)
    text = f"{_CN[hundreds]}百" if hundreds else ""
    if tens:
        text += ("" if tens == 1 and not hundreds else _CN[tens]) + "十"
    elif hundreds and ones:
        text += "零"
    return text + (_CN[ones] if ones else "") or "零"


def roman(value: int) -> str:
    """A Roman numeral."""
    text = ""
    for size, sign in (
        (100, "C"),
        (90, "XC"),
        (50, "L"),
        (40, "XL"),
        (10, "X"),
        (9, "IX"),
        (5, "V"),
        (4, "IV"),
        (1, "I"),
    ):
        text += sign * (value // size)
        value %= size
    return text
