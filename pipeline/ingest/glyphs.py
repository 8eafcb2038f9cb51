"""What pdfium tells of a PDF page beside its text: rules, pictures, and print that a person would not see."""

from __future__ import annotations

import ctypes
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from pipeline.ingest.tables import Box
from pipeline.types import HiddenText

_TINY = 2.5  # points: smaller print is not meant to be read
_INVISIBLE = 3  # text rendering mode of the PDF standard: neither filled nor stroked
_PALE = 245  # of 255: lighter than this is white on paper
_CLEAR = 12  # of 255: paint less opaque than this leaves nothing to see
_MOST_SEGMENTS = 5_000  # a path of more is a drawing
_SCAN = 0.3  # share of the page from which pictures may hold its text


@dataclass(slots=True)
class Glance:
    """The objects of one page. ``pictures`` is the share of the page they cover, ``strokes`` how many path segments are filled."""

    paths: list[Box] = field(default_factory=list)
    pictures: float = 0.0
    strokes: int = 0
    hidden: list[HiddenText] = field(default_factory=list)


def glance(page: Any, number: int) -> Glance:
    """Look over a page of pdfium's and take the print that cannot be seen off it, so that it is in no text read later."""
    import pypdfium2.raw as raw

    seen = Glance()
    painted: list[Box] = []
    texts: list[tuple[Any, Box]] = []
    left, bottom, right, top = page.get_bbox()
    paper = Box(left, bottom, right, top)
    for item in page.get_objects(max_depth=6):
        box = _place(item)
        if item.type == raw.FPDF_PAGEOBJ_PATH:
            seen.paths += _edges(item, raw) or [box]
            if _is_filled(item, raw):
                seen.strokes += max(0, raw.FPDFPath_CountSegments(item))
                if (_colour(item, raw) or _WHITE) != _WHITE and box.top - box.bottom > 3 and box.right - box.left > 3:
                    painted.append(box)
        elif item.type == raw.FPDF_PAGEOBJ_IMAGE:
            seen.pictures += _share(box, paper)
        elif item.type == raw.FPDF_PAGEOBJ_TEXT:
            texts.append((item, box))
    scan = seen.pictures > _SCAN
    suspects = [(o, why) for o, box in texts if (why := _why_hidden(o, box, paper, painted, scan, raw))]
    if suspects:
        layer = page.get_textpage()
        for item, why in suspects:
            if text := _text_of(item, layer, raw).strip():
                seen.hidden.append(HiddenText(text=text, where=f"第 {number} 页", reason=why))
        layer.close()
        for item, _ in suspects:
            page.remove_obj(item)
    return seen


_WHITE = (255, 255, 255)


def _place(item: Any) -> Box:
    """Where an object stands on the page: a form's parts are measured in the form's own space."""
    bounds = item.get_bounds()
    form = item.container
    while form is not None:
        bounds = form.get_matrix().on_rect(*bounds)
        form = form.container
    return Box(*bounds)


def _edges(item: Any, raw: Any) -> list[Box]:
    """The upright and level strokes of a path of many parts, such as a whole table drawn at once; none for a line or a rectangle."""
    count = raw.FPDFPath_CountSegments(item)
    if not 5 < count <= _MOST_SEGMENTS:
        return []
    edges: list[Box] = []
    here = start = (0.0, 0.0)
    for at in range(count):
        segment = raw.FPDFPath_GetPathSegment(item, at)
        x, y = ctypes.c_float(), ctypes.c_float()
        if not raw.FPDFPathSegment_GetPoint(segment, x, y):
            return []
        to = (x.value, y.value)
        kind = raw.FPDFPathSegment_GetType(segment)
        if kind == raw.FPDF_SEGMENT_MOVETO:
            start = to
        elif kind == raw.FPDF_SEGMENT_LINETO:
            edges.append(_edge(item, here, to))
        here = to
        if raw.FPDFPathSegment_GetClose(segment):
            edges.append(_edge(item, to, start))
            here = start
    return [e for e in edges if min(e.right - e.left, e.top - e.bottom) < 1]


def _edge(item: Any, a: tuple[float, float], b: tuple[float, float]) -> Box:
    box = (min(a[0], b[0]), min(a[1], b[1]), max(a[0], b[0]), max(a[1], b[1]))
    node = item
    while node is not None:
        box = node.get_matrix().on_rect(*box)
        node = node.container
    return Box(*box)


def _share(box: Box, paper: Box) -> float:
    wide = min(box.right, paper.right) - max(box.left, paper.left)
    high = min(box.top, paper.top) - max(box.bottom, paper.bottom)
    area = (paper.right - paper.left) * (paper.top - paper.bottom)
    return wide * high / area if wide > 0 and high > 0 and area > 0 else 0.0


def _why_hidden(item: Any, box: Box, paper: Box, painted: Sequence[Box], scan: bool, raw: Any) -> str:
    if raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
        return "" if scan else "不可见文字"  # over a scan it is the scanner's own text layer
    if box.right < paper.left or box.top < paper.bottom or box.left > paper.right or box.bottom > paper.top:
        return "在页面之外"
    if _size(item, raw) < _TINY:
        return "字号小到看不见"
    colour = _colour(item, raw)
    if colour is None:
        return "不可见文字"
    if min(colour) >= _PALE and not scan:
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        if not any(f.left <= x <= f.right and f.bottom <= y <= f.top for f in painted):
            return "白色文字"
    return ""


def _size(item: Any, raw: Any) -> float:
    """Height of the print in points, whatever scales it; the glyphs' own height tells nothing (一 and ____ are flat)."""
    size = ctypes.c_float()
    if not raw.FPDFTextObj_GetFontSize(item, size):
        return math.inf
    scale, node = 1.0, item
    while node is not None:
        m = node.get_matrix()
        scale *= math.sqrt(abs(m.a * m.d - m.b * m.c))
        node = node.container
    return abs(size.value) * scale if size.value else math.inf


def _is_filled(item: Any, raw: Any) -> bool:
    mode, stroke = ctypes.c_int(), ctypes.c_int()
    return bool(raw.FPDFPath_GetDrawMode(item, mode, stroke)) and mode.value != 0


def _colour(item: Any, raw: Any) -> tuple[int, int, int] | None:
    """Fill colour; ``None`` for paint that lets everything through. A pattern counts as black."""
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(item, r, g, b, a):
        return (0, 0, 0)
    return None if a.value < _CLEAR else (r.value, g.value, b.value)


def _text_of(item: Any, layer: Any, raw: Any) -> str:
    length = raw.FPDFTextObj_GetText(item, layer, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFTextObj_GetText(item, layer, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw[:length].decode("utf-16-le", "ignore").rstrip("\0")
