"""Whether a number starts a clause, and how deep: decided by the numbers before and after it.

The stack holds the clauses open at this point, outermost first. A number continues the innermost open clause
of its own style; what is deeper is closed. A number of a new style goes below the innermost clause, after
closing those of usually inner styles that do not go on further down.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.segment.lines import Line
from pipeline.segment.marks import FAMILY, RANK, STRONG, WEAK, Mark, Style

_MAX_SKIP = 5  # numbers a drafter may leave out before the next one reads as a figure
_LOOK = 400  # lines looked ahead for the next number of a style


@dataclass(slots=True, kw_only=True)
class Frame:
    """An open clause: its draft's index, its number, and its outline level if it is a heading of the file."""

    draft: int
    style: Style
    value: tuple[int, ...]
    styles: set[Style] = field(default_factory=set)
    outline: int | None = None


# For each style of the part: its last number, and the style of the clause that number was placed under.
History = dict[Style, tuple[tuple[int, ...], Style | None]]


class Ahead:
    """The candidate numbers of each style by line, for looking ahead within an annex or the body."""

    def __init__(self, lines: Sequence[Line], skip: frozenset[int]) -> None:
        self._at: dict[Style, list[int]] = defaultdict(list)
        self._value: dict[Style, list[tuple[int, ...]]] = defaultdict(list)
        for i, line in enumerate(lines):
            for mark in line.marks if i not in skip else ():
                if not mark.doubtful and (line.first or line.after_end):
                    self._at[mark.style].append(i)
                    self._value[mark.style].append(mark.value)

    def values(self, style: Style, line: int, end: int, most: int = 40) -> list[tuple[int, ...]]:
        """Numbers of ``style`` on the lines after ``line`` and before ``end``, at most ``most``."""
        first = bisect_right(self._at[style], line)
        found = []
        for k in range(first, min(first + most, len(self._at[style]))):
            if self._at[style][k] >= min(end, line + _LOOK):
                break
            found.append(self._value[style][k])
        return found


def same_list(style: Style) -> frozenset[Style]:
    """The styles that one list may mix."""
    return next((f for f in FAMILY if style in f), frozenset({style}))


def place(
    stack: Sequence[Frame], mark: Mark, line: Line, at: int, end: int, ahead: Ahead, history: History
) -> int | None:
    """How many frames of ``stack`` stay open when ``mark`` starts a clause on line ``at``; ``None`` if it does not.

    ``end`` is the first line behind this annex or body, ``history`` what was placed in it so far.
    """
    if mark.style is Style.BULLET:
        return _bullet(stack, line)
    if mark.style is Style.DECIMAL:
        return _decimal(stack, mark, line, at, end, ahead)
    value = mark.value[0]
    exact = [d for d, f in enumerate(stack) if mark.style in f.styles and f.value[0] + 1 == value]
    family = same_list(mark.style)
    if not exact and mark.style not in WEAK:
        exact = [
            d for d, f in enumerate(stack)
            if f.styles & family and f.value[0] + 1 == value and not any(mark.style in g.styles for g in stack)
        ]  # fmt: skip
    firm = line.first or line.after_end or line.outline is not None
    if exact:
        return exact[-1] if firm or mark.style in STRONG else None
    if mark.doubtful and not (value == 1 and mark.style in (Style.CN, Style.ARABIC, Style.ARABIC_DUN) and line.first):
        return None
    following = ahead.values(mark.style, at, end)
    same = [d for d, f in enumerate(stack) if mark.style in f.styles]
    if same:
        return _again(stack, mark, line, same[-1], following)
    if value == 1:
        if mark.style in WEAK and (2,) not in following[:8]:
            return None
        return _outer(stack, mark, line, at, end, ahead) if firm else None
    if mark.style in STRONG:
        before, parent = history.get(mark.style, ((0,), None))
        if before[0] + 1 == value and line.outline is None:
            # 第三条 goes on below 二、 as 第二条 did below 一、
            return next((d + 1 for d in reversed(range(len(stack))) if stack[d].style is parent), 0)
        return _outer(stack, mark, line, at, end, ahead) if firm else None
    if mark.style in WEAK or not line.first or mark.doubtful:
        return None
    if value <= 20 or following[:1] == [(value + 1,)]:
        return _outer(stack, mark, line, at, end, ahead)
    return None


def _again(stack: Sequence[Frame], mark: Mark, line: Line, depth: int, following: list[tuple[int, ...]]) -> int | None:
    """A number whose style is open but which is not the next one: restarted, repeated, skipped or out of order."""
    value, before = mark.value[0], stack[depth].value[0]
    if value == 1 and (line.first or line.after_end):
        run = 1
        for v, *_ in following:
            if v != run + 1:
                break
            run += 1
        after = following[run - 1][0] if len(following) >= run else 0
        if after == before + 1 and run >= 2 and run + 1 != after:
            return len(stack)  # 1. 2. [1. 2.] 3.: the list inside an item uses the item's own style
        return depth
    if mark.style in WEAK or not (line.first or mark.style in STRONG):
        return None
    if value > before:
        return depth if value - before <= _MAX_SKIP or mark.style in STRONG else None
    return depth if line.first else None


def _outer(stack: Sequence[Frame], mark: Mark, line: Line, at: int, end: int, ahead: Ahead) -> int:
    """Frames that stay open above a new style."""
    keep = len(stack)
    if line.outline is not None:
        while keep and not _above(stack[keep - 1], line.outline):
            keep -= 1
        return keep
    while keep and stack[keep - 1].style is not Style.HEADING and RANK[stack[keep - 1].style] > RANK[mark.style]:
        frame = stack[keep - 1]
        later = ahead.values(frame.style, at, end, most=1)
        if later and later[0][:-1] == frame.value[:-1] and later[0][-1] == frame.value[-1] + 1:
            break
        keep -= 1
    return keep


def _above(frame: Frame, outline: int) -> bool:
    return frame.outline is not None and frame.outline < outline


def _bullet(stack: Sequence[Frame], line: Line) -> int | None:
    if not (line.first or line.after_end):
        return None
    same = [d for d, f in enumerate(stack) if f.style is Style.BULLET]
    return same[-1] if same else len(stack)


_MAJOR = frozenset(
    {Style.CHAPTER, Style.ARTICLE, Style.EN_ARTICLE, Style.TERM, Style.CN, Style.ARABIC, Style.ARABIC_DUN, Style.BARE}
)


def _decimal(stack: Sequence[Frame], mark: Mark, line: Line, at: int, end: int, ahead: Ahead) -> int | None:
    """Place 4.2 or 4.2.1: beside 4.1, under the clause 4 however that is numbered, or where its own run stands."""
    value = mark.value
    found: int | None = None
    exact = False
    for depth in range(len(stack) - 1, -1, -1):
        frame = stack[depth]
        if frame.style is not Style.DECIMAL:
            continue
        if frame.value == value[:-1]:
            found, exact = depth + 1, value[-1] == 1
            break
        if frame.value[:-1] == value[:-1]:
            step = value[-1] - frame.value[-1]
            found, exact = depth, step == 1
            if step > _MAX_SKIP or (step < 0 and not line.first):
                return None
            break
    if found is None:
        parents = [d for d, f in enumerate(stack) if f.style in _MAJOR and f.value == value[:1]]
        # 1.1 below 第一章 第一条 belongs to the article
        parents = [d for d in parents if stack[d].style is not Style.CHAPTER] or parents
        run = [d for d, f in enumerate(stack) if f.style is Style.DECIMAL]
        if parents:
            found, exact = parents[0] + 1, value[-1] == 1
        elif run:
            frame = stack[run[0]]
            exact = value[0] == frame.value[0] + 1 and value[-1] == 1
            near = 0 <= value[0] - frame.value[0] <= _MAX_SKIP
            found = run[0] if near or value[-1] == 1 else None
    if found is not None:
        if mark.doubtful and not exact:
            return None
        return found if exact or line.first or line.after_end else None
    if mark.doubtful or not (line.first or line.after_end):
        return None
    sibling = (*value[:-1], value[-1] + 1)
    if value[-1] == 1 or sibling in ahead.values(Style.DECIMAL, at, end, most=5):
        return _outer(stack, mark, line, at, end, ahead)
    return None
