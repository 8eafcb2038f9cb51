"""PDF: pypdf for the text, pdfium for ruled tables, hidden text and the pictures of scanned pages."""

from __future__ import annotations

import ctypes
import logging
import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any

from pipeline.errors import DamagedFile, EncryptedFile, NoPages, OversizedFile
from pipeline.ingest.canon import PageInfo, assemble
from pipeline.ingest.layout import Line, drafts, without_running_titles
from pipeline.ingest.tables import Box, rows, ruled
from pipeline.settings import settings
from pipeline.types import Document, HiddenText, PageSource

_FEWEST = 12  # characters under which a page with a picture counts as scanned
_TINY = 2.5  # points: smaller print is not meant to be read
_INVISIBLE = 3  # text rendering mode of the PDF standard: neither filled nor stroked


@dataclass(slots=True)
class _Page:
    info: PageInfo
    lines: list[Line] = field(default_factory=list)
    hidden: list[HiddenText] = field(default_factory=list)


def read_pdf(name: str, data: bytes, sha256: str, say: Callable[[str], None]) -> Document:
    """A PDF; pages without a usable text layer are read by OCR.

    Raises:
        EncryptedFile, DamagedFile, NoPages, OversizedFile: with what to do.
    """
    import pypdfium2
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted and not reader.decrypt(""):
            raise EncryptedFile(name, "这份 PDF 有打开密码", "请用阅读器打开后打印或另存为不带密码的 PDF，再来审查")
        count = len(reader.pages)
        opened = pypdfium2.PdfDocument(data) if count else None
    except EncryptedFile:
        raise
    except (
        PyPdfError,
        pypdfium2.PdfiumError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        RecursionError,
        OSError,
    ) as error:
        raise DamagedFile(name, "PDF 不完整或已损坏", "请重新下载，或请对方重新导出后发送") from error
    if not count or opened is None:
        raise NoPages(name, "这份 PDF 一页也没有", "请对方重新导出后发送")
    limit = settings().max_pages
    if count > limit:
        raise OversizedFile(name, f"有 {count} 页，超过上限 {limit} 页", "请只保留合同部分，或拆开后分别审查")
    pages = [_read_page(reader.pages[n - 1], opened[n - 1], n, count, say) for n in range(1, count + 1)]
    opened.close()
    kept = without_running_titles([p.lines for p in pages])
    numbered = [(p.info.number, lines) for p, lines in zip(pages, kept, strict=True)]
    hidden = [h for p in pages for h in p.hidden]
    return assemble(name, sha256, drafts(numbered), pages=[p.info for p in pages], hidden=hidden)


def _read_page(page: Any, picture: Any, number: int, count: int, say: Callable[[str], None]) -> _Page:
    paths, images, hidden = _objects(picture, number)
    areas = ruled(paths)
    text = _extract(page)
    if _usable(text) or (not images and not _garbled(text)):
        lines = _lines_beside_tables(picture, areas, paths) if areas else _plain_lines(text)
        if hidden:
            lines = _without_hidden(lines, hidden)
        return _Page(info=PageInfo(number=number), lines=lines, hidden=hidden)
    from pipeline.ingest.ocr import read_picture

    say(f"第 {number}/{count} 页是扫描件，正在识别…")
    scale = settings().ocr_dpi / 72
    found = read_picture(picture.render(scale=scale).to_numpy())
    source = PageSource.OCR if found.lines else PageSource.UNREADABLE
    if not found.lines and found.blank:
        return _Page(info=PageInfo(number=number, source=PageSource.OCR, confidence=1.0))
    return _Page(info=PageInfo(number=number, source=source, confidence=found.confidence), lines=found.lines)


def _extract(page: Any) -> str:
    from pypdf.errors import PyPdfError

    try:
        return str(page.extract_text())
    except (PyPdfError, ValueError, KeyError, TypeError, AttributeError, IndexError, RecursionError, OSError):
        return ""  # this page goes to OCR; the others are read as they are


def _plain_lines(text: str) -> list[Line]:
    lines = []
    for raw in text.replace("\r", "\n").replace("\x0c", "\n").split("\n"):
        clean = _tidy(raw)
        if clean:
            lines.append(Line(text=clean))
    return lines


_SPACED = re.compile(r"(?<=[\u4e00-\u9fff，。；：、（）《》“”]) (?=[\u4e00-\u9fff，。；：、（）《》“”])")
_NUMBERED = re.compile(
    r"( *(?:第[一二三四五六七八九十百\d]{1,4}[章节编条條]|[一二三四五六七八九十]{1,3}|附[件录表][一二三四五六七八九十\d]{0,3})) +"
)
# The dots of a table of contents with the page number behind them; pypdf may print them before their title.
_LEADER = re.compile(r"(?:[.．·…] *){5,}\d{1,3}(?=\D|$)")


def _tidy(raw: str) -> str:
    """Spaces that the layout put between Chinese signs go; runs that stand for blanks stay."""
    text = "".join(c for c in raw if c in "\t " or unicodedata.category(c) not in ("Cc", "Cf"))
    text = unicodedata.normalize("NFC", text).replace("\t", " ").rstrip()
    text = _LEADER.sub(" ", text).rstrip()
    if " " not in text:
        return text
    numbered = _NUMBERED.match(text)
    at = numbered.end() if numbered else 0
    return text[:at] + _SPACED.sub("", text[at:])


def _usable(text: str) -> bool:
    letters = [c for c in text if not c.isspace()]
    return len(letters) >= _FEWEST and not _garbled(text)


def _garbled(text: str) -> bool:
    """True when the glyphs have no meaning: private use, replacement signs, control characters."""
    letters = [c for c in text if not c.isspace()]
    bad = sum(c == "\ufffd" or unicodedata.category(c) in ("Co", "Cn", "Cc") for c in letters)
    return bad > 0.2 * max(1, len(letters))


def _objects(page: Any, number: int) -> tuple[list[Box], bool, list[HiddenText]]:
    """Paths, whether a picture fills the page, and text that a person would not see."""
    import pypdfium2.raw as raw

    paths: list[Box] = []
    filled: list[Box] = []
    texts: list[tuple[Any, Box]] = []
    images = False
    size = page.get_width() * page.get_height()
    for item in page.get_objects(max_depth=3):
        left, bottom, right, top = item.get_bounds()
        box = Box(left, bottom, right, top)
        if item.type == raw.FPDF_PAGEOBJ_PATH:
            paths.append(box)
            if (
                _colour(item, raw) is not None
                and _colour(item, raw) != (255, 255, 255)
                and top - bottom > 3
                and right - left > 3
            ):
                filled.append(box)
        elif item.type == raw.FPDF_PAGEOBJ_IMAGE:
            images = images or (right - left) * (top - bottom) > 0.3 * size
        elif item.type == raw.FPDF_PAGEOBJ_TEXT:
            texts.append((item, box))
    suspects = [(o, b, w) for o, b in texts if (w := _why_hidden(o, b, page, filled, images, raw))]
    if not suspects:
        return paths, images, []
    layer = page.get_textpage()
    found = [(_text_of(o, layer, raw), why) for o, _, why in suspects]
    return (
        paths,
        images,
        [HiddenText(text=t.strip(), where=f"第 {number} 页", reason=why) for t, why in found if t.strip()],
    )


def _why_hidden(item: Any, box: Box, page: Any, filled: Sequence[Box], images: bool, raw: Any) -> str:
    if raw.FPDFTextObj_GetTextRenderMode(item) == _INVISIBLE:
        return "" if images else "不可见文字"
    if box.right < 0 or box.top < 0 or box.left > page.get_width() or box.bottom > page.get_height():
        return "在页面之外"
    if 0 < box.top - box.bottom < _TINY and box.right - box.left < 40 * _TINY:
        return "字号小到看不见"
    colour = _colour(item, raw)
    if colour is not None and min(colour) >= 245 and not images:
        x, y = (box.left + box.right) / 2, (box.bottom + box.top) / 2
        if not any(f.left <= x <= f.right and f.bottom <= y <= f.top for f in filled):
            return "白色文字"
    return ""


def _colour(item: Any, raw: Any) -> tuple[int, int, int] | None:
    r, g, b, a = (ctypes.c_uint() for _ in range(4))
    if not raw.FPDFPageObj_GetFillColor(item, r, g, b, a):
        return None
    return (r.value, g.value, b.value)


def _text_of(item: Any, layer: Any, raw: Any) -> str:
    length = raw.FPDFTextObj_GetText(item, layer, None, 0)
    buffer = ctypes.create_string_buffer(length)
    raw.FPDFTextObj_GetText(item, layer, ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort)), length)
    return buffer.raw[:length].decode("utf-16-le", "ignore").rstrip("\0")


def _without_hidden(lines: Sequence[Line], hidden: Sequence[HiddenText]) -> list[Line]:
    gone = {re.sub(r"\s", "", h.text) for h in hidden}
    kept = []
    for line in lines:
        text = line.text
        for part in gone:
            loose = r"\s*".join(map(re.escape, part))
            text = re.sub(loose, "", text, count=1) if len(part) > 1 else text
        if text.strip():
            kept.append(line if text == line.text else Line(text=text.strip()))
    return kept


def _lines_beside_tables(page: Any, areas: Sequence[Box], paths: Sequence[Box]) -> list[Line]:
    """Lines above, between and below the tables, and the rows of each table in its place."""
    layer = page.get_textpage()
    lines: list[Line] = []
    top, width = page.get_height() + 50, page.get_width()
    for area in areas:
        lines += _plain_lines(layer.get_text_bounded(left=-50, bottom=area.top, right=width + 50, top=top))
        lines += rows(area, paths, layer)
        top = area.bottom
    lines += _plain_lines(layer.get_text_bounded(left=-50, bottom=-50, right=width + 50, top=top))
    return lines
