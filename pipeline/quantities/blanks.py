"""Places of a contract that were left open: underscores, empty brackets, unticked boxes, numbers that are gone."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.quantities.numerals import NUMBER, shape
from pipeline.quantities.values import Blank, BlankKind

_UNIT = r"(?:个?工作日|个?自然日|个?自然月|个月|分钟|小时|毫秒|秒钟?|万元|元|圆|%|‰|‱|日|天|周|月|年|名|人|次|个|倍|家|份|条|通|单|号|时|点|款|项|席)"
_RUN = re.compile(
    r"(?P<line>_[_ ]*_|_(?=[元日天秒%月年个]))"
    r"|(?P<square>\[[ _.…/*]*\]|\[ ?(?:x+|[×*]+|待定|待填|填写|具体[^\[\]]{0,8}|如有|空白?) ?\])"
    r"|(?P<round>\((?: {1,}|_+|　+)\)|\((?:请)?(?:填写|待填|待定|另填|空)[^()\n]{0,16}\)|\([^()\n]{0,12}(?:待填写?|待定)\))"
    rf"|(?P<letters>(?<![a-z×x])(?:x{{2,}}|[×*]{{2,}}|x(?={_UNIT})|[×*](?={_UNIT})|某(?=[元日天%]))(?![a-z]))"
    rf"|(?P<spaces>(?<=[^\s|]) {{3,}}(?={_UNIT})|(?<=[年月]) {{2,}}(?=[月日]))"
    r"|(?P<dots>…{2,}(?=[元日天秒%个])|\.{6,}(?=[元日天秒%个]))"
)
_GONE = re.compile(
    r"(?:时间|时长|时效|不(?:超过|高于|低于|少于|得(?:超过|低于|少于))|达到?|[≤≥:]|比例|率)(?:应|须|需)?(?:为|是|于|在)?(?:不(?:超过|低于|高于))?"
    r"(?P<unit>秒|%|‰|元|分钟|个月|个?工作日|小时)(?=[以之]?[内上下,;。、)\n|]|$)"
)
_BOX = re.compile(r"[□☐◻▢❏○](?! ?\d)|(?<![\[\w])\[ \](?= ?[一-龥\w])")
_TICKED = re.compile(r"[☑☒■✔✅√▣]|\[[x√]\]")
_NEXT_UNIT = re.compile(rf" ?(?P<unit>{_UNIT})")
_FILLED = re.compile(rf"(?:\[[ _]*|_[_ ]*){NUMBER}|{NUMBER}[ ]*_+")
_NUMERALS = "0123456789零一二两三四五六七八九十百千万壹贰叁肆伍陆柒捌玖拾半"


def blanks(text: str) -> tuple[Blank, ...]:
    """The blanks of ``text`` in order, not overlapping; filled ones (【10】日, __30__%) are not among them."""
    return tuple(sorted(_read(text), key=lambda blank: blank.start))


def _read(text: str) -> Iterator[Blank]:
    shaped = shape(text)
    taken = [found.span() for found in _FILLED.finditer(shaped)]
    ends: list[tuple[int, int]] = []
    for found in _RUN.finditer(shaped):
        start, end = found.span()
        if any(s < end and start < e for s, e in taken):
            continue
        if found.lastgroup == "line" and _beside_a_number(shaped, start, end):
            continue
        ends.append((start, end))
        yield Blank(start=start, end=end, kind=BlankKind.BLANK, text=text[start:end], unit=_unit_after(shaped, end))
    for found in _BOX.finditer(shaped):
        start, end = found.span()
        if any(s < end and start < e for s, e in ends):
            continue
        line = shaped[shaped.rfind("\n", 0, start) + 1 : (shaped.find("\n", end) + 1 or len(shaped) + 1) - 1]
        answered = _TICKED.search(line) is not None
        yield Blank(start=start, end=end, kind=BlankKind.UNTICKED, text=text[start:end], answered=answered)
    for found in _GONE.finditer(shaped):
        start, end = found.span("unit")
        yield Blank(start=start, end=end, kind=BlankKind.GONE, text=text[start:end], unit=found["unit"])


def _beside_a_number(text: str, start: int, end: int) -> bool:
    """True for __30__: the line is the paper under a figure that was written in."""
    before, after = text[:start].rstrip()[-1:], text[end:].lstrip()[:1]
    return (before in _NUMERALS and before != "" and text[start - 1] != "\n") or (after in _NUMERALS and after != "")


def _unit_after(text: str, end: int) -> str | None:
    found = _NEXT_UNIT.match(text, end)
    return found["unit"] if found else None
