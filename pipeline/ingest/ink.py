"""Which runs of a Word document a person would not see: hidden, tiny, or of the colour of what they stand on."""

from __future__ import annotations

from typing import Any

from pipeline.ingest.numbering import W
from pipeline.ingest.styles import Styles, shade_colour

_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_V = "{urn:schemas-microsoft-com:vml}"
_TINY_HALF_POINTS = 4  # two points: smaller than any print that is meant to be read
_ALIKE = 10  # of 255 a channel: colours not further apart than this are one to the eye
_PAPER = "FFFFFF"
_HIGHLIGHTS = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "darkBlue": "000080", "darkCyan": "008080", "darkGreen": "008000", "darkMagenta": "800080",
    "darkRed": "800000", "darkYellow": "808000", "darkGray": "808080", "lightGray": "C0C0C0", "white": _PAPER,
}  # fmt: skip


def why_hidden(run: Any, styles: Styles) -> str:
    """Why a run cannot be seen, "" when it can. In doubt it can: text must not be lost."""
    look = styles.look_of(run)
    if look.vanish:
        return "隐藏文字"
    if look.half_points is not None and look.half_points <= _TINY_HALF_POINTS:
        return "字号小到看不见"
    if look.colour is None or (ink := _channels(look.colour)) is None:
        return ""
    behind = _backdrop(run, styles)
    ground = _channels(behind) if behind is not None else None
    if ground is None or max(abs(a - b) for a, b in zip(ink, ground, strict=True)) > _ALIKE:
        return ""
    return "白色文字" if behind == _PAPER else "与底色相同的文字"


def _channels(value: str) -> tuple[int, int, int] | None:
    try:
        return (int(value[:2], 16), int(value[2:4], 16), int(value[4:6], 16)) if len(value) == 6 else None
    except ValueError:
        return None


def _backdrop(run: Any, styles: Styles) -> str | None:
    """The colour behind a run, the nearest that is said; ``None`` where there is one that cannot be told."""
    highlight = run.find(f"{W}rPr/{W}highlight")
    if highlight is not None and highlight.get(f"{W}val") != "none":
        return _HIGHLIGHTS.get(highlight.get(f"{W}val"))
    named = run.find(f"{W}rPr/{W}rStyle")
    if named is not None and _shaded(named, styles):
        return None
    for node in (run, *run.iterancestors()):
        if node.tag in (f"{W}r", f"{W}p", f"{W}tc", f"{W}tbl"):
            if (shade := node.find(f"{node.tag}Pr/{W}shd")) is not None and (colour := shade_colour(shade)) != "":
                return colour
            style = node.find(f"{W}pPr/{W}pStyle") if node.tag == f"{W}p" else node.find(f"{W}tblPr/{W}tblStyle")
            if style is not None and _shaded(style, styles):
                return None
        elif node.tag == f"{W}txbxContent" and (filling := _filling(node)) != "":
            return filling
    return _PAPER


def _shaded(style: Any, styles: Styles) -> bool:
    return any(name in styles.shaded for name in styles.chain(style.get(f"{W}val")))


def _filling(box: Any) -> str | None:
    """What fills a text box: a colour, "" for nothing, ``None`` for what cannot be told."""
    for node in box.iterancestors():
        if node.tag == f"{_WPS}wsp":
            shape = node.find(f"{_WPS}spPr")
            fills = [c for c in shape if c.tag.endswith("Fill")] if shape is not None else []
            if not fills:
                reference = node.find(f"{_WPS}style/{_A}fillRef")
                return "" if reference is None or reference.get("idx") == "0" else None
            if fills[0].tag == f"{_A}noFill":
                return ""
            colour = fills[0].find(f"{_A}srgbClr")
            return colour.get("val").upper() if colour is not None else None
        if isinstance(node.tag, str) and node.tag.startswith(_V) and node.tag != f"{_V}textbox":
            if node.get("filled") in ("f", "false", "0") or "fillcolor" not in node.attrib:
                return ""
            return _PAPER if node.get("fillcolor").lower() in ("white", "#fff", "#ffffff", "window") else None
    return ""
