"""Where the text of a scanned page stands: the engine's frames, blanks between them, lines that do not run level."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from pipeline.ingest.blanks import Piece
from pipeline.ingest.canon import Place
from pipeline.ingest.layout import advances

_STEP = 0.25  # of a line's height: one that falls by more is framed in steps
_MOST_STEPS = 12


def places_of(
    members: Sequence[Piece], apart: Sequence[Piece], shape: tuple[int, ...]
) -> tuple[tuple[Place, ...], ...]:
    """The places of each member of a line: of the pieces it was put together from, and of the blanks between them.

    ``apart`` are the pieces as read and ``members`` those pieces tied together, both from the left; ``shape`` is the picture's
    (height, width).
    """
    left = list(apart)
    found = []
    for member in members:
        parts: list[Piece] = []
        at, edge = 0, member.left
        while left and (start := member.text.find(left[0].text, at)) >= 0 and left[0].right <= member.right + 1:
            piece = left.pop(0)
            if start > at:
                parts.append(Piece(edge, member.top, max(edge, piece.left), member.bottom, member.text[at:start]))
            parts.append(piece)
            at, edge = start + len(piece.text), piece.right
        if at < len(member.text):
            parts.append(Piece(min(edge, member.right), member.top, member.right, member.bottom, member.text[at:]))
        found.append(in_a_row([tuple(_steps(p, shape)) for p in parts]))
    return tuple(found)


def in_a_row(places: Sequence[Sequence[Place]]) -> tuple[Place, ...]:
    """The places of texts that follow one another as those of one text."""
    found: list[Place] = []
    for texts in places:
        before = found[-1].end if found else 0
        found += [replace(p, start=p.start + before, end=p.end + before) for p in texts]
    return tuple(found)


def _steps(piece: Piece, shape: tuple[int, ...]) -> Iterator[Place]:
    """The place of a piece, in several steps where the line falls or climbs."""
    solid = "".join(piece.text.split())
    high, wide = max(1, shape[0]), max(1, shape[1])
    print_height = max(1.0, piece.height - abs(piece.fall))
    count = min(math.ceil(abs(piece.fall) / (_STEP * print_height)), _MOST_STEPS, len(solid)) or 1
    ends = [e for e, c in zip(itertools.accumulate(advances(piece.text)), piece.text, strict=True) if not c.isspace()]
    reach = [0.0, *(end / ends[-1] for end in ends)]
    cuts = sorted({round(len(solid) * k / count) for k in range(count + 1)})
    for start, end in itertools.pairwise(cuts):
        here, there = reach[start], reach[end]
        upper = piece.top + max(0.0, -piece.fall)
        tops = [upper + piece.fall * share for share in (here, there)]
        length = piece.right - piece.left
        yield Place(
            start=start,
            end=end,
            left=_share(piece.left + here * length, wide),
            top=_share(min(tops), high),
            right=_share(piece.left + there * length, wide),
            bottom=_share(max(tops) + print_height, high),
        )


def _share(value: float, of: float) -> float:
    return round(min(1.0, max(0.0, value / of)), 5)
