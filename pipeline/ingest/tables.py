"""Ruled tables of a PDF page, from its lines: cells by their borders, text by its place."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.ingest.canon import Place
from pipeline.ingest.layout import Line

_THIN = 3.0  # points: a path not thicker than this is a line
_NEAR = 4.0  # points within which two borders are one


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in points, origin at the lower left."""

    left: float
    bottom: float
    right: float
    top: float


Places = Callable[[str, Box], tuple[Place, ...]]


def ruled(paths: Sequence[Box]) -> list[Box]:
    """Areas of ruled tables, top first: at least two horizontal and two vertical borders that meet."""
    flat = [p for p in paths if p.top - p.bottom <= _THIN and p.right - p.left > 15]
    upright = [p for p in paths if p.right - p.left <= _THIN and p.top - p.bottom > 6]
    for box in paths:  # a cell drawn as a rectangle has four borders
        if box.top - box.bottom > 8 and box.right - box.left > 15:
            flat += [Box(box.left, box.bottom, box.right, box.bottom), Box(box.left, box.top, box.right, box.top)]
            upright += [Box(box.left, box.bottom, box.left, box.top), Box(box.right, box.bottom, box.right, box.top)]
    groups: list[Box] = []
    for line in [*flat, *upright]:
        grown = Box(line.left - _NEAR, line.bottom - _NEAR, line.right + _NEAR, line.top + _NEAR)
        while touching := [g for g in groups if _meet(g, grown)]:  # a group that grew may meet others
            groups = [g for g in groups if g not in touching]
            grown = _around([grown, *touching])
        groups.append(grown)
    tables = [g for g in groups if _count(flat, g, vertical=False) >= 2 and _count(upright, g, vertical=True) >= 3]
    return sorted(tables, key=lambda b: -b.top)


def rows(area: Box, paths: Sequence[Box], text: Any, places: Places) -> list[Line]:
    """The rows of a table as lines with cells; ``text`` is pdfium's text page, ``places`` says where a text stands in a box."""
    inside = [p for p in paths if _meet(area, p)]
    ys = _borders(inside, vertical=False)
    found: list[Line] = []
    for top, bottom in zip(ys[::-1], ys[::-1][1:], strict=False):
        if top - bottom < 6:
            continue
        middle = (top + bottom) / 2
        crossing = [p for p in inside if p.bottom - _NEAR <= middle <= p.top + _NEAR]
        xs = _borders(crossing, vertical=True)
        boxes = [
            Box(left - 0.5, bottom - 0.5, right + 0.5, top + 0.5)
            for left, right in itertools.pairwise(xs)
            if right - left > 8
        ]
        texts = [text.get_text_bounded(left=b.left, bottom=b.bottom, right=b.right, top=b.top) for b in boxes]
        if len(texts) == 1:  # one cell across is a frame around text: its lines are lines of the page
            found += [Line(text=line) for piece in texts[0].splitlines() if (line := _clean(piece))]
        elif cells := [_clean(t) for t in texts] if any(t.strip() for t in texts) else []:
            where = tuple(places(cell, box) for cell, box in zip(cells, boxes, strict=True))
            found.append(Line(text=" | ".join(cells), cells=tuple(cells), places=where))
    return _without_margins(found)


def _without_margins(found: list[Line]) -> list[Line]:
    """Rows without a first or last column that is empty in all of them: the space between a table and a frame around it."""
    for edge, kept in ((0, slice(1, None)), (-1, slice(None, -1))):
        tables = [line for line in found if line.cells]
        if tables and all(len(line.cells) > 1 and not line.cells[edge] for line in tables):
            found = [
                replace(line, text=" | ".join(line.cells[kept]), cells=line.cells[kept], places=line.places[kept])
                if line.cells
                else line
                for line in found
            ]
    return found


def _clean(text: str) -> str:
    pieces = [p.strip() for p in text.replace("\r", "\n").split("\n") if p.strip()]
    out = ""
    for piece in pieces:
        gap = (
            " " if out and out[-1].isascii() and piece[0].isascii() and out[-1].isalnum() and piece[0].isalnum() else ""
        )
        out += gap + piece
    return out


def _borders(paths: Sequence[Box], *, vertical: bool) -> list[float]:
    values: list[float] = []
    for p in paths:
        thin = p.right - p.left <= _THIN if vertical else p.top - p.bottom <= _THIN
        if thin:
            values.append((p.left + p.right) / 2 if vertical else (p.bottom + p.top) / 2)
        elif p.top - p.bottom > 8 and p.right - p.left > 15:
            values += [p.left, p.right] if vertical else [p.bottom, p.top]
    merged: list[float] = []
    for value in sorted(values):
        if not merged or value - merged[-1] > _NEAR:
            merged.append(value)
    return merged


def _meet(a: Box, b: Box) -> bool:
    return a.left <= b.right and b.left <= a.right and a.bottom <= b.top and b.bottom <= a.top


def _around(boxes: Sequence[Box]) -> Box:
    return Box(
        min(b.left for b in boxes), min(b.bottom for b in boxes), max(b.right for b in boxes), max(b.top for b in boxes)
    )


def _count(paths: Sequence[Box], area: Box, *, vertical: bool) -> int:
    return len(_borders([p for p in paths if _meet(area, p)], vertical=vertical))
