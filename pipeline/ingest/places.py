"""Where the text of a PDF page stands: the signs that pdfium sees on it, told apart by the lines they were read as.

Only what is found sign by sign gets a place. The order of the signs is that of the file, which is mostly that of the text read from it.
"""

from __future__ import annotations

import ctypes
import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from pipeline.folding import narrow
from pipeline.ingest.canon import Place
from pipeline.ingest.layout import Line, Printed, advance
from pipeline.ingest.tables import Box

_LEVEL = 0.5  # of a sign's height: base lines nearer than this are one
_GAP = 1.5  # of a sign's height: behind a wider gap a box of its own begins
_BACK = 0.5  # of a sign's height: print that goes further back begins a box of its own
_OFF = 0.2  # of a sign's height: a line is parted where a cut in proportion would be off by more
_RUN = 3  # signs that must agree in a row where a line is not found whole
_ALIKE = 0.6  # share of a line's signs that must agree for any of them to be placed
_WINDOW = 600  # signs of the page among which such a line is looked for


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign of a page: what it is, the start of its base line and its box, in points, origin at the lower left."""

    text: str
    x: float
    y: float
    left: float
    bottom: float
    right: float
    top: float


def signs_of(layer: Any) -> list[Sign]:
    """The visible signs of a text page of pdfium's, white space left out."""
    import pypdfium2.raw as raw

    found = []
    x, y, box = ctypes.c_double(), ctypes.c_double(), raw.FS_RECTF()
    at_x, at_y, at_box = ctypes.byref(x), ctypes.byref(y), ctypes.byref(box)
    sign_at, origin_of, box_of = raw.FPDFText_GetUnicode, raw.FPDFText_GetCharOrigin, raw.FPDFText_GetLooseCharBox
    for at in range(layer.count_chars()):
        text = chr(sign_at(layer, at))
        if text.isspace() or not origin_of(layer, at, at_x, at_y) or not box_of(layer, at, at_box):
            continue
        found.append(Sign(text, x.value, y.value, box.left, box.bottom, box.right, box.top))
    return found


def printed_lines(signs: Iterable[Sign], page: Any) -> list[Printed]:
    """Text by the base line it stands on, top first; nothing for a turned page."""
    if page.get_rotation():
        return []
    left, bottom, right, top = page.get_bbox()
    lines: dict[int, list[tuple[float, str]]] = {}
    for sign in signs:
        lines.setdefault(round(sign.y), []).append((sign.x, sign.text))
    high, wide = max(1.0, top - bottom), max(1.0, right - left)
    found = []
    for base, members in sorted(lines.items(), reverse=True):
        members.sort(key=lambda s: s[0])
        text = "".join(sign for _, sign in members)
        first, last = (members[0][0] - left) / wide, (members[-1][0] - left) / wide
        found.append(Printed(text=text, height=(top - base) / high, left=first, right=last))
    return found


@dataclass(slots=True)
class _Unit:
    """A line or a cell that is to be placed: its signs folded, and for each the one it came from."""

    text: str
    ordinals: Sequence[int]
    reached: Sequence[float]  # how far the text runs up to each sign, and behind it
    behind: Sequence[float]
    found: Sequence[tuple[int, int]] = ()  # pairs of an index in ``text`` and one in the page's stream

    @classmethod
    def of(cls, text: str) -> _Unit:
        folded = [(c, at) for at, sign in enumerate("".join(text.split())) for c in _NARROW[sign]]
        ends = list(itertools.accumulate(advance(c) for c in text))
        behind = [end for end, sign in zip(ends, text, strict=True) if not sign.isspace()]
        reached = [start for start, sign in zip([0.0, *ends], text, strict=False) if not sign.isspace()]
        return cls("".join(c for c, _ in folded), [at for _, at in folded], reached, behind)


class _Narrow(dict[str, str]):
    def __missing__(self, sign: str) -> str:
        found = self[sign] = "".join(narrow(sign).split())
        return found


_NARROW = _Narrow()


class Printing:
    """The signs of one page, and places for the lines read from it."""

    def __init__(self, signs: Sequence[Sign], page: Any) -> None:
        self._signs = signs
        stream = [(c, at) for at, sign in enumerate(signs) for c in _NARROW[sign.text]]
        self._text = "".join(c for c, _ in stream)
        self._owner = [at for _, at in stream]
        self._used = bytearray(len(stream))
        self._by_height = sorted(range(len(stream)), key=self._middle)
        self._heights = [self._middle(i) for i in self._by_height]
        self._bounds = page.get_bbox()
        self._turned = page.get_rotation()

    def within(self, text: str, box: Box) -> tuple[Place, ...]:
        """Places of a text that stands inside ``box``."""
        low, high = bisect_left(self._heights, box.bottom), bisect_right(self._heights, box.top)
        inside = sorted(i for i in self._by_height[low:high] if self._is_between(i, box) and not self._used[i])
        unit = _Unit.of(text)
        stream = "".join(self._text[i] for i in inside)
        at = stream.find(unit.text)
        if at >= 0:
            unit.found = [(k, inside[at + k]) for k in range(len(unit.text))]
        else:
            unit.found = [(a, inside[b]) for a, b in _agreeing(unit.text, stream)]
        return self._take(unit)

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

    def _middle(self, i: int) -> float:
        sign = self._signs[self._owner[i]]
        return (sign.bottom + sign.top) / 2

    def _is_between(self, i: int, box: Box) -> bool:
        sign = self._signs[self._owner[i]]
        return box.left <= (sign.left + sign.right) / 2 <= box.right

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
            if self._text.startswith(unit.text, low) and not any(self._used[low : low + len(unit.text)]):
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
            unit.found = [(a, free[b]) for a, b in _agreeing(unit.text, "".join(self._text[i] for i in free))]
            self._mark(unit)

    def _between(self, units: Sequence[_Unit], at: int) -> tuple[int, int]:
        """The stretch of the stream between the lines before and behind that have a place."""
        low = next((u.found[-1][1] + 1 for u in reversed(units[:at]) if u.found), 0)
        high = next((u.found[0][1] for u in units[at + 1 :] if u.found), len(self._text))
        return low, high if high >= low else len(self._text)

    def _occurrences(self, text: str, low: int, high: int) -> list[int]:
        """Where ``text`` stands in signs that no line has taken."""
        free = []
        at = self._text.find(text, low, high)
        while at >= 0:
            taken = any(self._used[at : at + len(text)])
            if not taken:
                free.append(at)
            at = self._text.find(text, at + (1 if taken else len(text)), high)
        return free

    def _put(self, unit: _Unit, at: int) -> None:
        unit.found = [(k, at + k) for k in range(len(unit.text))]
        self._mark(unit)

    def _mark(self, unit: _Unit) -> None:
        for _, i in unit.found:
            self._used[i] = 1

    def _take(self, unit: _Unit) -> tuple[Place, ...]:
        self._mark(unit)
        return self._places(unit)

    def _places(self, unit: _Unit) -> tuple[Place, ...]:
        """Boxes around the signs of a unit that stand side by side."""
        groups: list[list[tuple[int, Sign]]] = []
        for k, i in unit.found:
            ordinal, sign = unit.ordinals[k], self._upright(self._signs[self._owner[i]])
            last = groups[-1][-1] if groups else None
            if last is not None and last[0] == ordinal and last[1] == sign:
                continue  # a sign that folds to two
            if last is not None and last[0] < ordinal <= last[0] + 1 and _beside(last[1], sign):
                groups[-1].append((ordinal, sign))
            elif last is None or ordinal > last[0]:
                groups.append([(ordinal, sign)])
        left, bottom, right, top = self._bounds
        wide, high = max(1.0, right - left), max(1.0, top - bottom)
        if self._turned in (90, 270):
            wide, high = high, wide
        return tuple(place for group in groups for place in _around(group, unit, wide, high))

    def _upright(self, s: Sign) -> Sign:
        """The sign in points from the upper left of the page as it is shown, y growing downward."""
        left, bottom, right, top = self._bounds
        if self._turned == 90:
            return Sign(
                s.text, s.y - bottom, s.x - left, s.bottom - bottom, s.right - left, s.top - bottom, s.left - left
            )
        if self._turned == 180:
            return Sign(
                s.text, right - s.x, s.y - bottom, right - s.right, s.top - bottom, right - s.left, s.bottom - bottom
            )
        if self._turned == 270:
            return Sign(s.text, top - s.y, right - s.x, top - s.top, right - s.left, top - s.bottom, right - s.right)
        return Sign(s.text, s.x - left, top - s.y, s.left - left, top - s.bottom, s.right - left, top - s.top)


def _beside(one: Sign, following: Sign) -> bool:
    """True when the second of two upright signs stands on the line of the first and goes on with it."""
    height = max(one.bottom - one.top, following.bottom - following.top, 1.0)
    gap = following.left - one.right
    return abs(following.y - one.y) < _LEVEL * height and -_BACK * height < gap < _GAP * height


def _around(group: Sequence[tuple[int, Sign]], unit: _Unit, wide: float, high: float) -> Iterator[Place]:
    """The place of signs side by side, parted so that each part may be cut in proportion to its text."""
    top, bottom = min(s.top for _, s in group), max(s.bottom for _, s in group)
    for part in _parted(group, unit, _OFF * (bottom - top)):
        yield Place(
            start=part[0][0],
            end=part[-1][0] + 1,
            left=_share(min(s.left for _, s in part), wide),
            top=_share(top, high),
            right=_share(max(s.right for _, s in part), wide),
            bottom=_share(bottom, high),
        )


def _share(value: float, of: float) -> float:
    return round(min(1.0, max(0.0, value / of)), 5)


def _parted(group: Sequence[tuple[int, Sign]], unit: _Unit, most: float) -> Iterator[Sequence[tuple[int, Sign]]]:
    left, right = group[0][1].left, group[-1][1].right
    start, end = unit.reached[group[0][0]], unit.behind[group[-1][0]]
    scale = (right - left) / (end - start)
    offs = [abs(left + (unit.reached[at] - start) * scale - sign.left) for at, sign in group]
    worst = max(range(len(group)), key=offs.__getitem__)
    if worst and offs[worst] > most:
        yield from _parted(group[:worst], unit, most)
        yield from _parted(group[worst:], unit, most)
    else:
        yield group


def _agreeing(text: str, stream: str) -> list[tuple[int, int]]:
    """Pairs of indices at which runs of the two agree; none when too little of ``text`` does."""
    if not text or not stream:
        return []
    runs = [
        m
        for m in SequenceMatcher(None, text, stream, autojunk=False).get_matching_blocks()
        if m.size >= min(_RUN, len(text))
    ]
    if sum(m.size for m in runs) < _ALIKE * len(text):
        return []
    return list(itertools.chain.from_iterable(((m.a + k, m.b + k) for k in range(m.size)) for m in runs))
