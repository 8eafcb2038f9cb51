"""The pages of a file as a person sees them: pictures of them, and where on them a span of the text stands."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
import warnings
from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from pathlib import Path
from typing import Any

from pipeline.errors import DamagedFile, EncryptedFile, FileMissing, InputError, NoPages, UnsupportedFormat
from pipeline.ingest.layout import advance
from pipeline.ingest.ocr import on_paper
from pipeline.ingest.pdfium import PDFIUM
from pipeline.ingest.sniff import Kind, sniff
from pipeline.settings import settings
from pipeline.types import Document, Line, Page, Span

NARROWEST, WIDEST = 16, 4000  # pixels of a picture
_HIGHEST = 16_000  # pixels; WebP holds 16,383
_LARGE = 140_000  # bytes of a picture 1000 pixels wide on A4, from which it is packed harder
_BETWEEN_WORDS = 0.012  # share of the page's width
_QUALITIES = (80, 65, 50, 35)
_A4 = 1000 * 1414


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A rectangle of a page: shares of the page as ``page_picture`` shows it, origin at the upper left."""

    page: int
    left: float
    top: float
    right: float
    bottom: float


def boxes(document: Document, span: Span) -> tuple[Box, ...]:
    """Where ``span`` stands, one rectangle for each line it touches, in order; empty where no place is known.

    A line that the span enters or leaves is cut there in proportion to the widths its signs mostly have. Ingest parts the lines of a PDF
    so that such a cut is off by less than a third of a sign; on a scan it may be off by more.
    """
    if span.start == span.end:
        return ()
    lines = document.lines
    pages = {page.number: page for page in document.pages}
    first = max(0, bisect_right(lines, span.start, key=lambda line: line.start) - 1)
    found: list[Box] = []
    for line in lines[first:]:
        if line.start >= span.end:
            break
        if line.overlaps(span):
            box = _cut(document.text, line, pages[line.page], span)
            if found and (joined := _joined(found[-1], box)):
                found[-1] = joined
            else:
                found.append(box)
    return tuple(found)


def _joined(one: Box, following: Box) -> Box | None:
    """Two parts of one printed line, not further apart than words are, as one."""
    if (one.page, one.top, one.bottom) != (following.page, following.top, following.bottom):
        return None
    gap = following.left - one.right
    return replace(one, right=following.right) if abs(gap) < _BETWEEN_WORDS else None


def _cut(text: str, line: Line, page: Page, span: Span) -> Box:
    whole = Box(page=line.page, left=line.left, top=line.top, right=line.right, bottom=line.bottom)
    start, end = max(line.start, span.start), min(line.end, span.end)
    if (start, end) == (line.start, line.end) or _is_upright(line, page):
        return whole
    before, inside = advance(text[line.start : start]), advance(text[start:end])
    wide = (line.right - line.left) / (before + inside + advance(text[end : line.end]))
    left = line.left + wide * before
    return Box(page=line.page, left=left, top=line.top, right=left + wide * inside, bottom=line.bottom)


def _is_upright(line: Line, page: Page) -> bool:
    """True for several signs in a frame higher than wide: print that runs up or down the page, nobody knows which."""
    return line.end - line.start > 1 and (line.bottom - line.top) * page.height > (line.right - line.left) * page.width


def page_picture(path: Path, number: int, *, width: int) -> bytes:
    """Page ``number`` (from 1) of a PDF or a picture as WebP, ``width`` pixels wide, upright as it was read.

    Safe from several threads. Pictures are kept in ``data_dir/pages`` by the content of the file until ``forget_pictures``.

    Raises:
        InputError: there is no such page, or the file has no pages to show.
        ValueError: ``width`` is not between ``NARROWEST`` and ``WIDEST``.
    """
    if not NARROWEST <= width <= WIDEST:
        raise ValueError(f"a picture {width} pixels wide; {NARROWEST} to {WIDEST} are made")
    try:
        state = path.stat()
        sha256 = _sha256(path, state.st_mtime_ns, state.st_size)
    except OSError as error:
        raise FileMissing(path.name, "文件打不开或已经删除", "请重新上传") from error
    kept = _folder(sha256) / f"{number}-{width}.webp"
    try:
        return kept.read_bytes()
    except OSError:
        picture = _packed(_drawn(path, number, width))
    if settings().cache:
        _keep(kept, picture)
        if not path.exists():  # deleted meanwhile: nothing of it may stay
            forget_pictures(sha256)
    return picture


def forget_pictures(sha256: str) -> None:
    """Delete the pictures kept of the file with this content; nothing happens where there are none."""
    shutil.rmtree(_folder(sha256), ignore_errors=True)


def _folder(sha256: str) -> Path:
    if not re.fullmatch(r"[0-9a-f]{64}", sha256):
        raise ValueError("not a SHA-256")
    return settings().data_dir / "pages" / sha256[:2] / sha256


@lru_cache(maxsize=256)
def _sha256(path: Path, changed: int, size: int) -> str:
    """Of a file that has not changed since it was last asked for."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _keep(to: Path, data: bytes) -> None:
    """Write at once or not at all; a full or read-only disk costs the next reader some time, nothing else."""
    try:
        to.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=to.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(data)
        Path(name).replace(to)
    except OSError:
        return


def _drawn(path: Path, number: int, width: int) -> Any:
    data = path.read_bytes()
    kind = sniff(path.name, data)
    if kind is Kind.PDF:
        return _page_of_pdf(path.name, data, number, width)
    if kind is Kind.IMAGE:
        if number != 1:
            raise _no_such_page(path.name, number, 1)
        return _photograph(path.name, data, width)
    raise UnsupportedFormat(path.name, "这种文件没有版面图", "请看文字")


def _no_such_page(name: str, number: int, count: int) -> InputError:
    return NoPages(name, f"没有第 {number} 页，一共 {count} 页", "请看其他页")


def _page_of_pdf(name: str, data: bytes, number: int, width: int) -> Any:
    import pypdfium2
    import pypdfium2.raw as raw

    with PDFIUM:
        try:
            opened = pypdfium2.PdfDocument(data)
        except pypdfium2.PdfiumError as error:
            if error.err_code == raw.FPDF_ERR_PASSWORD:
                raise EncryptedFile(name, "这份 PDF 有打开密码", "请另存为不带密码的 PDF") from error
            raise DamagedFile(name, "PDF 不完整或已损坏", "请重新下载") from error
        try:
            if not 1 <= number <= len(opened):
                raise _no_such_page(name, number, len(opened))
            page = opened[number - 1]
            wide, high = page.get_size()
            scale = min(width / max(1.0, wide), _HIGHEST / max(1.0, high))
            return page.render(scale=scale).to_pil().convert("RGB").resize(_size(wide, high, width))
        except pypdfium2.PdfiumError as error:
            raise DamagedFile(name, f"第 {number} 页画不出来", "请重新下载") from error
        finally:
            opened.close()


def _photograph(name: str, data: bytes, width: int) -> Any:
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(BytesIO(data)) as opened:
                picture = on_paper(ImageOps.exif_transpose(opened))
    except (UnidentifiedImageError, Image.DecompressionBombError, OSError, SyntaxError, ValueError) as error:
        raise DamagedFile(name, "图片不完整或已损坏", "请重新拍照、扫描或下载") from error
    return picture.resize(_size(picture.width, picture.height, width), Image.Resampling.LANCZOS)


def _size(wide: float, high: float, width: int) -> tuple[int, int]:
    return width, max(1, min(_HIGHEST, round(high * width / max(1.0, wide))))


def _packed(picture: Any) -> bytes:
    """As WebP, the lower in quality the larger it would get: a page of print stays under 150 KB at 1000 pixels."""
    most = _LARGE * max(1.0, picture.width * picture.height / _A4)
    data = b""
    for data in _tries(picture):
        if len(data) <= most:
            break
    return data


def _tries(picture: Any) -> Iterator[bytes]:
    for quality in _QUALITIES:
        out = BytesIO()
        picture.save(out, "WEBP", quality=quality, method=3)
        yield out.getvalue()
