"""Where the text of a PDF page stands: the signs that pdfium sees on it, told apart by the lines they were read as.

Only what is found sign by sign gets a place. The order of the signs is that of the file, which is mostly that of the text read from it.
"""

from __future__ import annotations

import ctypes
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from typing import Any

from pipeline.folding import narrow
from pipeline.ingest.canon import Place
from pipeline.ingest.layout import Line, Printed, advances
from pipeline.ingest.tables import Box

_LEVEL = 0.5  # of a sign's height: base lines nearer than this are one
_STEP = 2.5  # of a sign's height: where the next sign begins further on, a box of its own begins
_BACK = 0.05  # of a sign's height: print that goes further back begins a box of its own
_SAMPLES = 4  # signs of a line that are asked how high it is
_OFF = 0.2  # of a sign's height: a line is parted where a cut in proportion would be off by more
_RUN = 3  # signs that must agree in a row where a line is not found whole
_ALIKE = 0.6  # share of a line's signs that must agree for any of them to be placed
_WINDOW = 600  # signs of the page among which such a line is looked for


@dataclass(slots=True)
class Signs:
    """The visible signs of a page, in the order of the file: what each is, where its base line starts in points from the lower left, and
    its number on the text page. Columns, because objects would cost more than reading the page."""

    texts: list[str] = field(default_factory=list)
    xs: list[float] = field(default_factory=list)
    ys: list[float] = field(default_factory=list)
    numbers: list[int] = field(default_factory=list)


def signs_of(layer: Any) -> Signs:
    """The signs of a text page of pdfium's, white space left out."""
    import pypdfium2.raw as raw

    found = Signs()
    texts, xs, ys, numbers = found.texts.append, found.xs.append, found.ys.append, found.numbers.append
    x, y = ctypes.c_double(), ctypes.c_double()
    at_x, at_y = ctypes.byref(x), ctypes.byref(y)
    sign_at, origin_of, page = raw.FPDFText_GetUnicode, raw.FPDFText_GetCharOrigin, layer.raw
    for at in range(layer.count_chars()):
        text = chr(sign_at(page, at))
        if not text.isspace() and origin_of(page, at, at_x, at_y):
            texts(text)
            xs(x.value)
            ys(y.value)
            numbers(at)
    return found


def printed_lines(signs: Signs, page: Any) -> list[Printed]:
    """Text by the base line it stands on, top first; nothing for a turned page."""
    if page.get_rotation():
        return []
    left, bottom, right, top = page.get_bbox()
    lines: dict[int, list[tuple[float, str]]] = {}
    for sign, x, y in zip(signs.texts, signs.xs, signs.ys, strict=True):
        lines.setdefault(round(y), []).append((x, sign))
    high, wide = max(1.0, top - bottom), max(1.0, right - left)
    found = []
    for base, members in sorted(lines.items(), reverse=True):
        members.sort(key=lambda s: s[0])
        text = "".join(sign for _, sign in members)
        first, last = (members[0][0] - left) / wide, (members[-1][0] - left) / wide
        found.append(Printed(text=text, height=(top - base) / high, left=first, right=last))
    return found


class _Narrow(dict[str, str]):
    def __missing__(self, sign: str) -> str:
        found = self[sign] = "".join(narrow(sign).split())
        return found


_NARROW = _Narrow()


def _fold(signs: Sequence[str]) -> tuple[str, Sequence[int]]:
    """Signs made comparable, and of which sign each character of that comes."""
    folded = [_NARROW[sign] for sign in signs]
    text = "".join(folded)
    if len(text) == len(folded) and all(folded):
        return text, range(len(text))
    return text, [at for at, piece in enumerate(folded) for _ in piece]


@dataclass(slots=True)
class _Unit:
    """A line or a cell that is to be placed: its signs folded, for each the one it came from, and for each where in the page's stream it stands."""

    source: str
    text: str
    ordinals: Sequence[int]
    agreeing: Sequence[int] = ()
    found: Sequence[int] = ()

    @classmethod
    def of(cls, text: str) -> _Unit:
        return cls(text, *_fold("".join(text.split())))

    def put(self, found: Sequence[int], agreeing: Sequence[int] | None = None) -> None:
        """``agreeing[k]`` of the signs stands at ``found[k]``; all of them in order where nothing is said."""
        self.found = found
        self.agreeing = range(len(self.text)) if agreeing is None else agreeing


class Printing:
    """The signs of one page, and places for the lines read from it. ``layer`` is pdfium's text page, open while places are asked for."""

    def __init__(self, signs: Signs, page: Any, layer: Any) -> None:
        self._signs = signs
        self._text, self._owner = _fold(signs.texts)
        self._used = bytearray(len(self._text))
        self._by_height: list[int] = []
        self._sheet = _Sheet(page, layer, signs)
        self._xs, self._ys = self._sheet.origins()

    def within(self, text: str, box: Box) -> tuple[Place, ...]:
        """Places of a text that stands inside ``box``."""
        unit = _Unit.of(text)
        if not unit.text:
            return ()
        inside = self._inside(box)
        stream = "".join(self._text[i] for i in inside)
        at = stream.find(unit.text)
        if at >= 0:
            unit.put(inside[at : at + len(unit.text)])
        else:
            pairs = _agreeing(unit.text, stream)
            unit.put([inside[b] for _, b in pairs], [a for a, _ in pairs])
        self._mark(unit)
        return self._places(unit)

    def begin_again(self) -> None:
        """Forget which signs were given to a text."""
        self._used = bytearray(len(self._used))

    def placed(self, lines: Sequence[Line]) -> list[Line]:
        """The lines in their order, each that has no place yet with the places of its signs."""
        units = [None if line.places or line.cells else _Unit.of(line.text) for line in lines]
        wanted = [unit for unit in units if unit is not None and unit.text]
        while self._anchor(wanted) or self._adjoin(wanted):
            pass
        self._fit(wanted)
        return [
            line if unit is None or not unit.found else replace(line, places=(self._places(unit),))
            for line, unit in zip(lines, units, strict=True)
        ]

    def _inside(self, box: Box) -> list[int]:
        """What of the stream begins inside a box and is not taken, in order."""
        xs, ys, owner = self._signs.xs, self._signs.ys, self._owner
        if not self._by_height:
            self._by_height = sorted(range(len(owner)), key=lambda i: ys[owner[i]])
        low = bisect_left(self._by_height, box.bottom, key=lambda i: ys[owner[i]])
        high = bisect_right(self._by_height, box.top, key=lambda i: ys[owner[i]])
        band = self._by_height[low:high]
        return sorted(i for i in band if box.left <= xs[owner[i]] <= box.right and not self._used[i])

    def _anchor(self, units: Sequence[_Unit]) -> bool:
        """Place the lines that stand on the page, in what is left of it, as often as they were read; True when there were any."""
        same: dict[str, list[_Unit]] = {}
        for unit in units:
            if not unit.found:
                same.setdefault(unit.text, []).append(unit)
        done = False
        for text, members in sorted(same.items(), key=lambda item: -len(item[0])):
            free = self._occurrences(text, 0, len(self._text))
            if len(free) == len(members):
                for unit, at in zip(members, free, strict=True):
                    self._put(unit, at)
                done = True
        return done

    def _adjoin(self, units: Sequence[_Unit]) -> bool:
        """Place the lines that follow at once on a line with a place, or stand but once between two; True when there were any."""
        done = False
        for at, unit in enumerate(units):
            if unit.found:
                continue
            low, high = self._between(units, at)
            if self._text.startswith(unit.text, low) and not self._is_taken(low, unit.text):
                self._put(unit, low)
                done = True
            elif len(free := self._occurrences(unit.text, low, high)) == 1:
                self._put(unit, free[0])
                done = True
        return done

    def _fit(self, units: Sequence[_Unit]) -> None:
        """Place the signs that agree of lines that are printed otherwise than they were read, between their neighbours."""
        for at, unit in enumerate(units):
            if unit.found:
                continue
            low, high = self._between(units, at)
            free = [i for i in range(low, high) if not self._used[i]][: _WINDOW + len(unit.text)]
            pairs = _agreeing(unit.text, "".join(self._text[i] for i in free))
            unit.put([free[b] for _, b in pairs], [a for a, _ in pairs])
            self._mark(unit)

    def _between(self, units: Sequence[_Unit], at: int) -> tuple[int, int]:
        """The stretch of the stream between the lines before and behind that have a place."""
        low = next((u.found[-1] + 1 for u in reversed(units[:at]) if u.found), 0)
        high = next((u.found[0] for u in units[at + 1 :] if u.found), len(self._text))
        return low, high if high >= low else len(self._text)

    def _occurrences(self, text: str, low: int, high: int) -> list[int]:
        """Where ``text`` stands in signs that no line has taken."""
        free = []
        at = self._text.find(text, low, high)
        while at >= 0:
            taken = self._is_taken(at, text)
            if not taken:
                free.append(at)
            at = self._text.find(text, at + (1 if taken else len(text)), high)
        return free

    def _is_taken(self, at: int, text: str) -> bool:
        return self._used.find(1, at, at + len(text)) >= 0

    def _put(self, unit: _Unit, at: int) -> None:
        unit.put(range(at, at + len(unit.text)))
        self._mark(unit)

    def _mark(self, unit: _Unit) -> None:
        for i in unit.found:
            self._used[i] = 1

    def _places(self, unit: _Unit) -> tuple[Place, ...]:
        """Boxes around the signs of a unit that stand side by side."""
        ordinals: Sequence[int] = [unit.ordinals[k] for k in unit.agreeing]
        signs: Sequence[int] = [self._owner[i] for i in unit.found]
        if len(set(ordinals)) < len(ordinals):  # a sign that folds to several
            firsts = dict(zip(reversed(ordinals), reversed(signs), strict=True))
            ordinals = sorted(firsts)
            signs = [firsts[ordinal] for ordinal in ordinals]
        xs, ys = [self._xs[i] for i in signs], [self._ys[i] for i in signs]
        reach = _Reach(unit.source)
        found: list[Place] = []
        start = 0
        while start < len(signs):
            end = self._end(start, ordinals, xs, ys, signs[start])
            found += self._around(ordinals[start:end], signs[start:end], xs[start:end], reach)
            start = end
        return tuple(found)

    def _end(self, start: int, ordinals: Sequence[int], xs: Sequence[float], ys: Sequence[float], first: int) -> int:
        """Behind the last of the signs that stand side by side from ``start`` on."""
        _, top, _, bottom = self._sheet.box(first)
        height = max(1.0, bottom - top)
        level, back, step = _LEVEL * height, -_BACK * height, _STEP * height
        for at in range(start + 1, len(xs)):
            if not (back < xs[at] - xs[at - 1] < step and -level < ys[at] - ys[at - 1] < level):
                return at
            if ordinals[at] != ordinals[at - 1] + 1:
                return at
        return len(xs)

    def _around(
        self, ordinals: Sequence[int], signs: Sequence[int], xs: Sequence[float], reach: _Reach
    ) -> Iterator[Place]:
        """The place of signs side by side, parted so that each part may be cut in proportion to its text."""
        box = self._sheet.box
        some = [box(i) for i in (*signs[:: max(1, len(signs) // _SAMPLES)], signs[-1])]
        top, bottom = min(b[1] for b in some), max(b[3] for b in some)
        wide, high = self._sheet.size
        starts = [reach.reached[at] for at in ordinals]
        rest = [(0, len(signs))]
        while rest:
            first, end = rest.pop()
            left, right = box(signs[first]), box(signs[end - 1])
            run = right[2] - xs[first], reach.behind[ordinals[end - 1]] - starts[first]
            part = _uneven(xs[first:end], starts[first:end], *run, _OFF * (bottom - top))
            if part:
                rest += [(first + part, end), (first, first + part)]
                continue
            yield Place(
                start=ordinals[first],
                end=ordinals[end - 1] + 1,
                left=_share(min(left[0], right[0]), wide),
                top=_share(top, high),
                right=_share(max(left[2], right[2]), wide),
                bottom=_share(bottom, high),
            )


def _uneven(xs: Sequence[float], starts: Sequence[float], length: float, text: float, most: float) -> int:
    """The sign that stands furthest, and by more than ``most``, from where it would if all were spaced as text ``text`` long; 0 for none."""
    scale = length / text
    shift = xs[0] - starts[0] * scale
    offs = [start * scale + shift - x for start, x in zip(starts, xs, strict=True)]
    low, high = min(offs), max(offs)
    off = high if high > -low else low
    return offs.index(off) if abs(off) > most else 0


class _Reach:
    """How far a text runs up to each of its signs, and behind it."""

    def __init__(self, text: str) -> None:
        ends = list(itertools.accumulate(advances(text)))
        if " " not in text:
            self.behind, self.reached = ends, [0.0, *ends]
        else:
            self.behind = [end for end, sign in zip(ends, text, strict=True) if not sign.isspace()]
            self.reached = [start for start, sign in zip([0.0, *ends], text, strict=False) if not sign.isspace()]


class _Sheet:
    """A page as it is shown: points from its upper left, y growing downward."""

    def __init__(self, page: Any, layer: Any, signs: Signs) -> None:
        import pypdfium2.raw as raw

        self._signs = signs
        self._page, self._box_of, self._box = layer.raw, raw.FPDFText_GetLooseCharBox, raw.FS_RECTF()
        self._known: dict[int, tuple[float, float, float, float]] = {}
        self._bounds = left, bottom, right, top = page.get_bbox()
        self._turned = page.get_rotation()
        wide, high = max(1.0, right - left), max(1.0, top - bottom)
        self.size = (high, wide) if self._turned in (90, 270) else (wide, high)

    def origins(self) -> tuple[list[float], list[float]]:
        """Where the signs begin."""
        left, bottom, right, top = self._bounds
        xs, ys = self._signs.xs, self._signs.ys
        if self._turned == 90:
            return [y - bottom for y in ys], [x - left for x in xs]
        if self._turned == 180:
            return [right - x for x in xs], [y - bottom for y in ys]
        if self._turned == 270:
            return [top - y for y in ys], [right - x for x in xs]
        return [x - left for x in xs], [top - y for y in ys]

    def box(self, sign: int) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of a sign."""
        known = self._known.get(sign)
        if known is None:
            known = self._known[sign] = self._asked(sign)
        return known

    def _asked(self, sign: int) -> tuple[float, float, float, float]:
        b = self._box
        if not self._box_of(self._page, self._signs.numbers[sign], ctypes.byref(b)):
            b.left = b.right = self._signs.xs[sign]
            b.bottom = b.top = self._signs.ys[sign]
        left, bottom, right, top = self._bounds
        if self._turned == 90:
            return b.bottom - bottom, b.left - left, b.top - bottom, b.right - left
        if self._turned == 180:
            return right - b.right, b.bottom - bottom, right - b.left, b.top - bottom
        if self._turned == 270:
            return top - b.top, right - b.right, top - b.bottom, right - b.left
        return b.left - left, top - b.top, b.right - left, top - b.bottom


def _share(value: float, of: float) -> float:
    return round(min(1.0, max(0.0, value / of)), 5)


def _agreeing(text: str, stream: str) -> list[tuple[int, int]]:
    """Pairs of indices at which runs of the two agree; none when too little of ``text`` does."""
    if not text or not stream:
        return []
    blocks = SequenceMatcher(None, text, stream, autojunk=False).get_matching_blocks()
    runs = [m for m in blocks if m.size >= min(_RUN, len(text))]
    if sum(m.size for m in runs) < _ALIKE * len(text):
        return []
    return [(m.a + k, m.b + k) for m in runs for k in range(m.size)]
