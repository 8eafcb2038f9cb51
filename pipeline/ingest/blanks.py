"""Blanks to fill in on a scanned page, which the engine does not read: rules at the base line, gaps before a unit or a stop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

BLANK = "____"
_WIDE = 1.2  # heights of a line: a gap from here on is wider than one sign and a half, and a rule is a blank
_INK = 60  # of 255: print is darker than the paper by this much
_BREAK = 4  # pixels a rule may be broken for
_UNIT = re.compile(
    r"[%‰‱，。；、,;）)]|[万亿]?元(?!旦)|个(?!体|人|性)|日(?!期|常|志|均|报)|天(?!猫|津|然)|秒|分钟|小时|人(?!员|数|民|工|力|事|名)|"
    r"月(?!度|份|均|结|报|租)|年(?!度|限|龄|费|报)|次(?!日|月|品)|份(?!额)|席(?!位)|倍|名(?!称|单)|款(?!项|式)|家(?!居|电|装)"
)
_STOP = re.compile(r"[%‰‱，。；、,;）)]")
_UNFINISHED = re.compile(r"(?:[为于过达到至第共按计收付在约每满足前后低高即：:￥¥]|不超|人民币|大写)$")
# A small circle of the sign is read as a figure or a letter; more than two figures before it, or a count behind it, are something else.
_PERMILLE = re.compile(
    r"(?<![\d.])(\d{1,2}(?:\.\d+)? ?[】\]）)]? ?)[%％]([0oOＯ○〇]{1,2})(?![\d.,%％a-zA-Z次元分个件天人])"
)


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that the engine read in one place; pixels, origin at the upper left.

    ``fall`` is how much lower than the left end of the line its right end is: what the frame is higher by than the print.
    """

    left: float
    top: float
    right: float
    bottom: float
    text: str
    fall: float = 0.0

    @property
    def height(self) -> float:
        """Height of the line it stands on."""
        return self.bottom - self.top


def permille(text: str) -> str:
    """``5%0`` and ``5%o`` as ``5‰``, ``5%00`` as ``5‱``."""
    return _PERMILLE.sub(lambda m: m[1] + ("‱" if len(m[2]) == 2 else "‰"), text)


def with_blanks(pieces: Sequence[Piece], ink: Any) -> list[Piece]:
    """The pieces of one line, from the left, with ``____`` where a blank is; what a blank ties together is one piece.

    ``ink`` is the picture's print as booleans, shape (height, width).
    """
    done: list[Piece] = []
    for at, piece in enumerate(pieces):
        last = done[-1] if done else None
        if last is not None and (run := _rule(ink, last, piece)) is not None:
            start, end = run
            if start - last.right < _WIDE * last.height:
                last = Piece(last.left, last.top, end, last.bottom, last.text + BLANK)
                if piece.left - end < _WIDE * last.height:
                    done[-1] = _tied(last, piece)
                else:
                    done[-1:] = [last, piece]
                continue
            if piece.left - end < _WIDE * piece.height:
                piece = Piece(start, piece.top, piece.right, piece.bottom, BLANK + piece.text)
        elif last is not None and _wants_blank(last, piece):
            last = Piece(last.left, last.top, piece.left, last.bottom, last.text + BLANK)
            done[-1] = _tied(last, piece)
            continue
        elif at == 0 and (run := _rule(ink, None, piece)) is not None and piece.left - run[1] < _WIDE * piece.height:
            piece = Piece(run[0], piece.top, piece.right, piece.bottom, BLANK + piece.text)
        done.append(piece)
    if done and (run := _rule(ink, done[-1], None)) is not None and run[0] - done[-1].right < _WIDE * done[-1].height:
        last = done[-1]
        done[-1] = Piece(last.left, last.top, run[1], last.bottom, last.text + BLANK)
    return done


def ink_of(picture: Any) -> Any:
    """Where a picture, shape (height, width, 3), is darker than its paper."""
    import numpy as np

    grey = picture.min(axis=2).astype(np.int16)
    return grey < np.median(grey[:: max(1, grey.shape[0] // 200)]) - _INK


def _tied(left: Piece, right: Piece) -> Piece:
    return Piece(
        left.left, min(left.top, right.top), right.right, max(left.bottom, right.bottom), left.text + right.text
    )


def _wants_blank(left: Piece, right: Piece) -> bool:
    """True for a wide gap that a stop follows, or a unit to which words before the gap lead up."""
    if right.left - left.right < _WIDE * min(left.height, right.height) or left.text[-1:] in "。；;":
        return False
    if _STOP.match(right.text):
        return True
    return _UNIT.match(right.text) is not None and _UNFINISHED.search(left.text) is not None


def _rule(ink: Any, left: Piece | None, right: Piece | None) -> tuple[float, float] | None:
    """Start and end of the longest rule at the base line between two pieces, with nothing above it; ``None`` where none is.

    A line that goes on below the words is one they are underlined with, or a border.
    """
    beside = [p for p in (left, right) if p is not None]
    height = min(p.height for p in beside)
    start = int(left.right) - 2 if left is not None else 0
    end = int(right.left) + 2 if right is not None else ink.shape[1]
    if end - start < _WIDE * height or height < 8:
        return None
    return _flat_run(ink, start, end, min(p.top for p in beside), max(p.bottom for p in beside), height)


def _flat_run(ink: Any, start: int, end: int, top: float, bottom: float, height: float) -> tuple[float, float] | None:
    """The longest thin level line in the lower half of a strip of the picture, with nothing above it and no print on its height."""
    start, low = max(0, start), max(0, int(top + 0.5 * height))
    band = ink[low : int(bottom + 0.15 * height), start:end]
    above = ink[max(0, int(top)) : low, start:end]
    if not band.size:
        return None
    thick = band.sum(axis=0)
    flat = (thick > 0) & (thick <= max(4, 0.15 * height)) & (above.sum(axis=0) < 3)
    found = _longest(flat)
    if found is None or found[1] - found[0] < _WIDE * height:
        return None
    first, last = found
    for x, step in ((first, -1), (last - 1, 1)):
        rows = band[:, x].nonzero()[0]
        if _goes_on(ink, low + int(rows[-1]), start + x, step, int(height)):
            return None
    middle = band[:, (first + last) // 2].nonzero()[0]
    if middle.size and low + middle[-1] < top + 0.6 * height:
        return None  # a dash
    return float(start + first), float(start + last)


def _longest(flat: Any) -> tuple[int, int] | None:
    best: tuple[int, int] | None = None
    start = last = -1
    for x in flat.nonzero()[0]:
        if start < 0 or x - last > _BREAK:
            start = x
        last = x
        if best is None or last + 1 - start > best[1] - best[0]:
            best = (int(start), int(last) + 1)
    return best


def _goes_on(ink: Any, y: int, x: int, step: int, length: int) -> bool:
    """True when a line at ``(y, x)`` runs on for ``length`` pixels more."""
    ahead = range(x + step, x + step * (length + 1), step)
    inside = [at for at in ahead if 0 <= at < ink.shape[1]]
    if not inside:
        return False
    dark = ink[max(0, y - 3) : y + 4, min(inside) : max(inside) + 1].any(axis=0)
    return bool(dark.mean() > 0.85)
