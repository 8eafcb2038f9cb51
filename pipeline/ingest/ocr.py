"""Scanned pages and photographs: rapidocr, one engine a process, lines in reading order with their confidence."""

from __future__ import annotations

import itertools
import logging
import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from io import BytesIO
from typing import Any

from pipeline.errors import DamagedFile, OversizedFile
from pipeline.ingest.blanks import BLANK, Piece, ink_of, permille, with_blanks
from pipeline.ingest.canon import PageInfo, assemble
from pipeline.ingest.frames import in_a_row, places_of
from pipeline.ingest.layout import Line, drafts, without_running_titles
from pipeline.settings import settings
from pipeline.types import Document, PageSource

_MOST_PIXELS = 80_000_000
_MOST_RENDERED = 40_000_000  # pixels of a rendered page: A3 at 350 dpi
_LEAST_CONFIDENCE = 0.5  # a line the engine is less sure of than this is noise more often than text


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The lines of a picture, their mean confidence in [0, 1]; ``blank`` when there is no ink to read."""

    lines: list[Line]
    confidence: float
    blank: bool


def read_image(
    name: str, data: bytes, sha256: str, say: Callable[[str], None], told: Callable[[int, int], None]
) -> Document:
    """A photograph or scan of one page; ``told`` hears of it (pages done, of how many).

    Raises:
        DamagedFile, OversizedFile: with what to do.
    """
    import numpy as np
    from PIL import Image, ImageOps, UnidentifiedImageError

    too_large = "请把边长缩小到 5000 像素以内再试"
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # our own limit is lower
            opened = Image.open(BytesIO(data))
        with opened:
            if opened.width * opened.height > _MOST_PIXELS:
                raise OversizedFile(name, f"图片有 {opened.width}×{opened.height} 像素，太大了", too_large)
            picture = np.asarray(on_paper(ImageOps.exif_transpose(opened)))
    except Image.DecompressionBombError as error:
        raise OversizedFile(name, "图片的像素太多了", too_large) from error
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError) as error:
        raise DamagedFile(name, "图片不完整或已损坏", "请重新拍照、扫描或下载") from error
    say("正在识别图片…")
    told(0, 1)
    found = read_picture(picture)
    told(1, 1)
    source = PageSource.OCR if found.lines else PageSource.UNREADABLE
    (lines,) = without_running_titles([found.lines])
    high, wide = picture.shape[:2]
    info = PageInfo(number=1, source=source, confidence=found.confidence, width=float(wide), height=float(high))
    return assemble(name, sha256, drafts([(1, lines)]), pages=[info])


def on_paper(picture: Any) -> Any:
    """The picture in RGB; what is transparent in it shows white paper, not black."""
    from PIL import Image

    if "A" not in picture.getbands() and "transparency" not in picture.info:
        return picture.convert("RGB")
    drawn = picture.convert("RGBA")
    return Image.alpha_composite(Image.new("RGBA", drawn.size, "white"), drawn).convert("RGB")


def scale_for(width: float, height: float) -> float:
    """Pixels a point at which a page of this size (points) is rendered: the resolution set, less for a poster."""
    most = (_MOST_RENDERED / max(1.0, width * height)) ** 0.5
    return float(min(settings().ocr_dpi / 72, most))


def read_picture(picture: Any) -> Reading:
    """Lines of a picture, shape (height, width, 3), 8 bits a channel. Never raises for want of text."""
    result = _engine()(picture)
    boxes, texts, scores = result.boxes, result.txts, result.scores
    if boxes is None or not texts:
        return Reading(lines=[], confidence=0.0, blank=bool(picture.std() < 4))
    found = [
        (b, t, float(s))
        for b, t, s in zip(boxes, texts, scores, strict=True)
        if float(s) >= _LEAST_CONFIDENCE and t.strip()
    ]
    if not found:
        return Reading(lines=[], confidence=0.0, blank=False)
    confidence = sum(s * len(t) for _, t, s in found) / sum(len(t) for _, t, _ in found)
    lines = _in_order([_piece(b, permille(t.strip())) for b, t, _ in found], ink_of(picture))
    return Reading(lines=lines, confidence=round(confidence, 4), blank=False)


def _piece(box: Any, text: str) -> Piece:
    """A text with the frame of its quadrilateral, whose corners go round from the upper left."""
    xs, ys = [float(p[0]) for p in box], [float(p[1]) for p in box]
    frame = (min(xs), min(ys), max(xs), max(ys))
    level = frame[2] - frame[0] > frame[3] - frame[1]
    return Piece(*frame, text, (ys[1] - ys[0] + ys[2] - ys[3]) / 2 if level else 0.0)


def _in_order(found: Sequence[Piece], ink: Any) -> list[Line]:
    """Pieces on one height make one line; three or more apart, on neighbouring heights, make a table row. ``ink`` is where print is."""
    rows: list[list[Piece]] = []
    for piece in sorted(found, key=lambda p: p.top + p.bottom):
        middle = (piece.top + piece.bottom) / 2
        for members in reversed(rows[-3:]):
            if members[0].top <= middle <= members[0].bottom:
                members.append(piece)
                break
        else:
            rows.append([piece])
    apart = [sorted(members, key=lambda p: p.left) for members in rows]
    ordered = [with_blanks(members, ink) for members in apart]
    many = [len(members) >= 2 and _apart(members) for members in ordered]
    rights = sorted(p.right for p in found)
    margin = rights[int(len(rights) * 0.9)] if rights else 0.0
    lines = []
    for at, members in enumerate(ordered):
        texts = tuple(p.text for p in members)
        beside = any(many[i] for i in (at - 1, at + 1) if 0 <= i < len(many))
        height = (members[0].top + members[0].bottom) / 2 / ink.shape[0]
        places = places_of(members, apart[at], ink.shape)
        if many[at] and (len(members) >= 3 or beside) and not _is_pair_of_parties(texts):
            lines.append(Line(text=" | ".join(texts), cells=texts, height=height, places=places))
        else:
            text = " ".join(texts) if many[at] else "".join(texts)
            full = BLANK in text and members[-1].right > margin - members[-1].height
            left = members[0].left / ink.shape[1]
            lines.append(Line(text=text, height=height, left=left, full=full, places=(in_a_row(places),)))
    return lines


def _apart(members: Sequence[Piece]) -> bool:
    """True when a gap as wide as two signs stands between neighbours."""
    height = members[0].height
    return any(b.left - a.right > 1.2 * height for a, b in itertools.pairwise(members))


def _is_pair_of_parties(texts: Sequence[str]) -> bool:
    return any("盖章" in t or "签字" in t or t.startswith(("甲方", "乙方")) for t in texts)


@lru_cache(maxsize=1)
def _engine() -> Any:
    logging.getLogger("RapidOCR").setLevel(logging.ERROR)
    from rapidocr import RapidOCR

    threads = settings().threads
    return RapidOCR(
        params={
            "Global.log_level": "error",
            "EngineConfig.onnxruntime.intra_op_num_threads": threads,
            "EngineConfig.onnxruntime.inter_op_num_threads": 1,
        }
    )
