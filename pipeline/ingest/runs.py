"""The small things inside a Word paragraph: fields, tick boxes, symbols, formulas."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any

from pipeline.ingest.numbering import W
from pipeline.ingest.styles import on

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
GONE = {
    f"{W}del", f"{W}moveFrom", f"{W}rPrChange", f"{W}pPrChange", f"{W}instrText", f"{W}delText", f"{W}delInstrText",
}  # fmt: skip
LOOK_INSIDE = {
    f"{W}ins", f"{W}moveTo", f"{W}hyperlink", f"{W}smartTag", f"{W}fldSimple", f"{W}sdt", f"{W}sdtContent",
    f"{W}customXml", f"{W}dir", f"{W}bdo",
}  # fmt: skip
TICKED, OPEN = "☑", "☐"

# Wingdings and Wingdings 2, the fonts that boxes are ticked with; low byte of the code -> sign.
_WINGDINGS = {
    "FE": TICKED, "FC": "√", "FD": "☒", "FB": "×", "A8": "□", "6F": "□", "71": "□", "72": "□", "A3": "□", "52": TICKED,
    "53": "☒", "54": "☒",
}  # fmt: skip
# The Symbol font's signs of comparison and reckoning (Adobe symbol encoding).
_SYMBOLS = {
    "A3": "≤", "B3": "≥", "B1": "±", "B4": "×", "B8": "÷", "B9": "≠", "BB": "≈", "B0": "°", "A5": "∞", "2D": "−",
    "E5": "∑", "25": "%", "3C": "<", "3E": ">", "3D": "=", "2B": "+",
}  # fmt: skip


@dataclass(slots=True)
class Fields:
    """Where in the fields of one paragraph the reading stands: between ``begin`` and ``separate`` is code, not text."""

    balanced: bool = True
    _open: list[bool] = field(default_factory=list)

    @classmethod
    def of(cls, paragraph: Any) -> Fields:
        """Fields of a paragraph. One that is not closed there hides nothing: text must not be lost."""
        kinds = [c.get(f"{W}fldCharType") for c in paragraph.iter(f"{W}fldChar")]
        return cls(balanced=kinds.count("begin") <= kinds.count("separate") + kinds.count("end"))

    @property
    def in_code(self) -> bool:
        """True inside the code of a field."""
        return self.balanced and any(self._open)

    def step(self, mark: Any) -> str:
        """Pass a ``w:fldChar``; what a form field shows by itself."""
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            shown = "" if self.in_code else _form(mark)
            self._open.append(True)
            return shown
        if self._open:
            if kind == "separate":
                self._open[-1] = False
            elif kind == "end":
                self._open.pop()
        return ""


def _form(mark: Any) -> str:
    """A tick box or a drop-down list of an old form; they have no text of their own."""
    if (box := mark.find(f"{W}ffData/{W}checkBox")) is not None:
        checked = on(box.find(f"{W}checked"))
        return TICKED if (on(box.find(f"{W}default")) if checked is None else checked) else OPEN
    if (choices := mark.find(f"{W}ffData/{W}ddList")) is not None:
        entries = [e.get(f"{W}val") or "" for e in choices.findall(f"{W}listEntry")]
        chosen = choices.find(f"{W}result")
        at = int(chosen.get(f"{W}val")) if chosen is not None else 0
        return entries[at] if at < len(entries) else ""
    return ""


def checkbox(control: Any) -> str:
    """The sign of a tick-box content control, "" for any other. Word draws a ticked one as ☒, which reads as refused."""
    box = control.find(f"{W}sdtPr/{_W14}checkbox")
    if box is None:
        return ""
    checked = box.find(f"{_W14}checked")
    return TICKED if checked is not None and checked.get(f"{_W14}val") in ("1", "true", "on") else OPEN


def symbol(node: Any) -> str:
    """A ``w:sym`` as Unicode; an unknown one of a picture font is a bullet."""
    code = (node.get(f"{W}char") or "").upper()
    font = (node.get(f"{W}font") or "").lower()
    if font.startswith("wingdings"):
        return _WINGDINGS.get(code[-2:], "•")
    if font == "symbol":
        return _SYMBOLS.get(code[-2:], "•")
    try:
        sign = chr(int(code, 16))
    except (ValueError, OverflowError):
        return "•"
    return sign if sign.isprintable() and not "\ue000" <= sign <= "\uf8ff" else "•"


def ticks(text: str) -> str:
    """Boxes typed in a picture font, which leave private-use characters behind."""
    return re.sub("[\uf020-\uf0ff]", lambda m: _WINGDINGS.get(f"{ord(m[0]) & 0xFF:02X}", "•"), text)


def equation(node: Any) -> str:
    """A formula in one line: fractions with a stroke, powers with a caret."""
    if node.tag == f"{_M}t":
        return str(node.text or "")
    if node.tag == f"{_M}f":
        upper, lower = (_inner(node.find(f"{_M}{part}")) for part in ("num", "den"))
        return f"{_grouped(upper)}/{_grouped(lower)}"
    if node.tag == f"{_M}sSup":
        return f"{_inner(node.find(f'{_M}e'))}^{_grouped(_inner(node.find(f'{_M}sup')))}"
    return _inner(node)


def _inner(node: Any) -> str:
    return "" if node is None else "".join(equation(child) for child in node)


def _grouped(text: str) -> str:
    return f"({text})" if re.search(r"[+\-−×÷*/]", text) else text
