"""Chinese text on the pages of a PDF: lines broken as in ``wrap``, fonts by character, columns of a table filled with such text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.platypus import Flowable, Table

from pipeline.report import palette
from pipeline.report.fonts import Fonts, Typeface
from pipeline.report.package import xml_safe
from pipeline.report.wrap import ATOM

_BOLDER = 0.028  # stroke around a letter, of its size, where the font has no bold of its own


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """Text of one look. ``fill`` is its ground, ``line`` the colour of a line under it, ``link`` an anchor, ``sign`` a note in the margin."""

    text: str
    size: float = 9.5
    colour: str = palette.INK
    bold: bool = False
    serif: bool = False
    fill: str = ""
    line: str = ""
    link: str = ""
    sign: tuple[tuple[str, str, str], ...] = ()  # text, colour, anchor it goes to


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a paragraph stands: distances in points, ``leading`` in sizes. ``hang`` moves all lines but the first to the right."""

    before: float = 0
    after: float = 4
    left: float = 0
    hang: float = 0
    leading: float = 1.55
    centred: bool = False
    bar: str = ""
    ground: str = ""
    rule: str = ""
    keep: bool = False
    whole: bool = False


class Prose(Flowable):  # type: ignore[misc]
    """A paragraph; it can be split between any two lines. ``anchor`` is where links come to, ``outline`` its bookmark and level."""

    def __init__(
        self,
        fonts: Fonts,
        runs: Sequence[Run],
        look: Look = Look(),
        *,
        anchors: Sequence[str] = (),
        outline: tuple[str, int] | None = None,
    ) -> None:
        super().__init__()
        self._fonts = fonts
        self._runs = [replace(run, text=xml_safe(run.text).replace("\t", " ")) for run in runs if run.text or run.sign]
        self._look = look
        self._anchors = tuple(anchors)
        self._outline = outline
        self._lines: list[tuple[int, int]] = []
        self.spaceBefore, self.spaceAfter = look.before, look.after
        self.keepWithNext = look.keep
        self._text = "".join(run.text for run in self._runs)
        self._of = [number for number, run in enumerate(self._runs) for _ in run.text]

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """Break the lines for ``width``; the size taken."""
        self.width = width
        self._lines = list(self._broken(width - self._look.left - (4 if self._look.ground else 0)))
        self.height = sum(self._tall(line) for line in self._lines)
        return width, self.height

    def split(self, width: float, height: float) -> list[Flowable]:
        """Two paragraphs, the first no higher than ``height``; none where not two lines fit."""
        self.wrap(width, height)
        fit, room = 0, height
        for line in self._lines:
            room -= self._tall(line)
            if room < -0.01:
                break
            fit += 1
        if fit == len(self._lines):
            return [self]
        fit = min(fit, len(self._lines) - 2) if len(self._lines) > 3 else fit
        if fit < (1 if len(self._lines) < 4 else 2) or self._look.whole:
            return []
        at = self._lines[fit][0]
        first = Prose(
            self._fonts,
            list(self._cut(0, at)),
            replace(self._look, after=0, keep=False),
            anchors=self._anchors,
            outline=self._outline,
        )
        rest = Prose(self._fonts, list(self._cut(at, len(self._text))), replace(self._look, before=0))
        rest._look = replace(rest._look, left=self._look.left + self._look.hang, hang=0)
        return [first, rest]

    def minWidth(self) -> float:
        """What a table column needs at least."""
        return 24.0

    def draw(self) -> None:
        """Draw on the canvas the frame has set."""
        canvas, look = self.canv, self._look
        for anchor in self._anchors:
            canvas.bookmarkHorizontal(anchor, 0, self.height + 12)
        if self._outline:
            canvas.addOutlineEntry(
                xml_safe(self._outline[0]), self._anchors[0], self._outline[1], closed=self._outline[1] > 0
            )
        if look.ground:
            canvas.setFillColor(HexColor(f"#{look.ground}"))
            canvas.rect(0, -look.after, self.width, self.height + look.after + look.before, stroke=0, fill=1)
        if look.bar:
            canvas.setStrokeColor(HexColor(f"#{look.bar}"))
            canvas.setLineWidth(1.4)
            canvas.line(look.left - 8, -look.after / 2, look.left - 8, self.height)
        if look.rule:
            canvas.setStrokeColor(HexColor(f"#{look.rule}"))
            canvas.setLineWidth(1.2)
            canvas.line(0, -3, self.width, -3)
        top = self.height
        signs: list[tuple[float, tuple[str, str, str]]] = []
        for number, line in enumerate(self._lines):
            tall = self._tall(line)
            size = max((self._runs[self._of[i]].size for i in range(*line)), default=9.5)
            base = top - tall / 2 - size * 0.36
            left = look.left + (look.hang if number else 0)
            if look.centred:
                left += (self.width - look.left - self._measure(*line)) / 2
            self._line(line, left, base)
            signs += [(base, sign) for i in self._starts(line) for sign in self._runs[i].sign]
            top -= tall
        self._margin(signs)

    def _starts(self, line: tuple[int, int]) -> Iterator[int]:
        """Runs whose first character is on the line."""
        for i in range(*line):
            if i == 0 or self._of[i] != self._of[i - 1]:
                yield self._of[i]

    def _margin(self, signs: Sequence[tuple[float, tuple[str, str, str]]]) -> None:
        """Numbers beside the lines, in the margin, so that the text between stays the contract's own."""
        for base, group in groupby(signs, key=lambda s: s[0]):
            x = -4.0
            for _, (text, colour, anchor) in reversed(list(group)):
                size = 6.2
                width = sum(self._fonts.sans.width(c) for c in text) * size + 5
                x -= width + 1.5
                self.canv.setFillColor(HexColor(f"#{colour}"))
                self.canv.roundRect(x, base - 2.2, width, 9, 2, stroke=0, fill=1)
                self._put(text, self._fonts.sans, size, "FFFFFF", False, x + 2.5, base)
                if anchor:
                    self.canv.linkRect("", anchor, (x, base - 2.2, x + width, base + 7), relative=1)

    def _line(self, line: tuple[int, int], left: float, base: float) -> None:
        x = left
        for number, indexes in groupby(range(*line), key=lambda i: self._of[i]):
            run = self._runs[number]
            text = "".join(self._text[i] for i in indexes)
            width = sum(self._width(c, run) for c in text)
            if run.fill:
                self.canv.setFillColor(HexColor(f"#{run.fill}"))
                self.canv.rect(x, base - run.size * 0.3, width, run.size * 1.36, stroke=0, fill=1)
            if run.line:
                self.canv.setStrokeColor(HexColor(f"#{run.line}"))
                self.canv.setLineWidth(0.8)
                self.canv.line(x, base - run.size * 0.3, x + width, base - run.size * 0.3)
            self._put(text, self._typeface(run), run.size, run.colour, run.bold, x, base)
            if run.link:
                box = (x, base - run.size * 0.3, x + width, base + run.size)
                self.canv.linkRect("", run.link, box, relative=1)
            x += width

    def _put(self, text: str, typeface: Typeface, size: float, colour: str, bold: bool, x: float, y: float) -> None:
        out = self.canv.beginText(x, y)
        out.setFillColor(HexColor(f"#{colour}"))
        out.setTextRenderMode(2 if bold else 0)
        if bold:
            out.setStrokeColor(HexColor(f"#{colour}"))
            self.canv.setLineWidth(size * _BOLDER)
        for font, piece in typeface.runs(text):
            out.setFont(font, size)
            out.textOut(piece)
        if bold:
            out.setTextRenderMode(0)
        self.canv.drawText(out)

    def _typeface(self, run: Run) -> Typeface:
        return self._fonts.serif if run.serif else self._fonts.sans

    def _width(self, char: str, run: Run) -> float:
        return self._typeface(run).width(char) * run.size

    def _measure(self, start: int, end: int) -> float:
        return sum(self._width(self._text[i], self._runs[self._of[i]]) for i in range(start, end))

    def _tall(self, line: tuple[int, int]) -> float:
        size = max(
            (self._runs[self._of[i]].size for i in range(*line)), default=self._runs[0].size if self._runs else 9.5
        )
        return size * self._look.leading

    def _cut(self, start: int, end: int) -> Iterator[Run]:
        for number, indexes in groupby(range(start, end), key=lambda i: self._of[i]):
            group = list(indexes)
            run = self._runs[number]
            begun = group[0] > 0 and self._of[group[0] - 1] == number
            yield replace(run, text=self._text[group[0] : group[-1] + 1], sign=() if begun else run.sign)

    def _broken(self, width: float) -> Iterator[tuple[int, int]]:
        """Lines as ranges of the text; a line break of the text is in none of them."""
        start = 0
        first = True
        for paragraph in self._text.split("\n"):
            end = start + len(paragraph)
            at, used = start, 0.0
            for match in ATOM.finditer(paragraph):
                lo, hi = start + match.start(), start + match.end()
                room = width - (0 if first else self._look.hang)
                size = self._measure(lo, hi)
                if used and used + size > room and not match.group().isspace():
                    yield at, lo
                    at, used, first = lo, 0.0, False
                    room = width - self._look.hang
                if size > room:  # wider than a line: broken anywhere
                    for i in range(lo, hi):
                        one = self._measure(i, i + 1)
                        if i > at and used + one > room:
                            yield at, i
                            at, used, first = i, 0.0, False
                        used += one
                else:
                    used += size
            yield at, end
            first = False
            start = end + 1


class Bar(Flowable):  # type: ignore[misc]
    """How many of each status, as a bar over the whole width."""

    def __init__(self, parts: Sequence[tuple[str, int]]) -> None:
        super().__init__()
        self._parts = parts
        self.spaceAfter = 10

    def wrap(self, width: float, height: float) -> tuple[float, float]:
        """As wide as there is room."""
        self.width = width
        return width, 5.0

    def draw(self) -> None:
        """The parts side by side, 1.5 points apart."""
        whole = sum(count for _, count in self._parts) or 1
        room = self.width - 1.5 * (len(self._parts) - 1)
        x = 0.0
        for colour, count in self._parts:
            self.canv.setFillColor(HexColor(f"#{colour}"))
            self.canv.rect(x, 0, room * count / whole, 5, stroke=0, fill=1)
            x += room * count / whole + 1.5


def ruled(
    rows: Sequence[Sequence[Prose]], widths: Sequence[float], *, head: int = 1, grid: bool = False, inset: float = 4
) -> Any:
    """A table whose first ``head`` rows come again on every page; a row higher than a page is split."""
    line = HexColor(f"#{palette.LINE}")
    style: list[tuple[Any, ...]] = [
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (-1, -1), inset),
        ("RIGHTPADDING", (0, 0), (-1, -1), inset),
        ("TOPPADDING", (0, 0), (-1, -1), 2.5),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 3.5),
        ("GRID", (0, 0), (-1, -1), 0.5, line) if grid else ("LINEBELOW", (0, 0), (-1, -1), 0.5, line),
    ]
    if head:
        style.append(("BACKGROUND", (0, 0), (-1, head - 1), HexColor(f"#{palette.DESK}")))
    table = Table([list(row) for row in rows], colWidths=list(widths), repeatRows=head, style=style, splitInRow=1)
    table.hAlign, table.spaceAfter = "LEFT", 8
    return table
