"""PDF: pypdf for the text, pdfium for ruled tables, hidden text and the pictures of scanned pages."""

from __future__ import annotations

import logging
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import Any

from pipeline.errors import DamagedFile, EncryptedFile, NoPages, OversizedFile
from pipeline.ingest.canon import PageInfo, assemble
from pipeline.ingest.glyphs import glance
from pipeline.ingest.layout import Line, at_places, drafts, without_running_titles
from pipeline.ingest.pdfium import PDFIUM
from pipeline.ingest.places import Printing, printed_lines, signs_of
from pipeline.ingest.tables import Box, rows, ruled
from pipeline.settings import settings
from pipeline.types import Document, HiddenText, PageSource

_FEWEST = 12  # characters under which a page with a picture counts as scanned
_THIN_LAYER = 150  # characters under which the text over a full-page picture may be only a stamp or a running title
_SCAN = 0.3  # share of the page from which pictures may hold its text
_FULL_PAGE = 0.7  # share of the page from which they may hold all of it
_TWICE = 0.02  # share of a page's signs that cells may hold twice, for print that stands on a border
_OUTLINES = 300  # filled path segments from which a page without text is print turned into outlines


@dataclass(slots=True)
class _Page:
    info: PageInfo
    lines: list[Line] = field(default_factory=list)
    hidden: list[HiddenText] = field(default_factory=list)


def read_pdf(
    name: str, data: bytes, sha256: str, say: Callable[[str], None], told: Callable[[int, int], None]
) -> Document:
    """A PDF; pages without a usable text layer are read by OCR, of which ``told`` hears (pages done, of how many).

    Raises:
        EncryptedFile, DamagedFile, NoPages, OversizedFile: with what to do.
    """
    import pypdfium2
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    logging.getLogger("pypdf").setLevel(logging.ERROR)
    try:
        reader = PdfReader(BytesIO(data))
        if reader.is_encrypted:
            reader = PdfReader(_unlocked(name, data))
        count = len(reader.pages)
        with PDFIUM:
            opened = pypdfium2.PdfDocument(data) if count else None
    except (
        PyPdfError,
        pypdfium2.PdfiumError,
        ValueError,
        LookupError,
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
    pages = [_read_page(reader.pages[n - 1], opened, n, count, say, told) for n in range(1, count + 1)]
    with PDFIUM:
        opened.close()
    kept = without_running_titles([p.lines for p in pages])
    numbered = [(p.info.number, lines) for p, lines in zip(pages, kept, strict=True)]
    hidden = [h for p in pages for h in p.hidden]
    return assemble(name, sha256, drafts(numbered), pages=[p.info for p in pages], hidden=hidden)


def _unlocked(name: str, data: bytes) -> BytesIO:
    """The same PDF without its encryption, where the empty password opens it: pdfium knows all ciphers, pypdf needs a library."""
    import pypdfium2
    import pypdfium2.raw as raw

    plain = BytesIO()
    try:
        with PDFIUM:
            opened = pypdfium2.PdfDocument(data)
            opened.save(plain, flags=raw.FPDF_REMOVE_SECURITY)
            opened.close()
    except pypdfium2.PdfiumError as error:
        if error.err_code != raw.FPDF_ERR_PASSWORD:
            raise
        raise EncryptedFile(
            name, "这份 PDF 有打开密码", "请用阅读器打开后打印或另存为不带密码的 PDF，再来审查"
        ) from error
    return plain


def _read_page(
    page: Any, opened: Any, number: int, count: int, say: Callable[[str], None], told: Callable[[int, int], None]
) -> _Page:
    with PDFIUM:
        picture = opened[number - 1]
    try:
        return _read_opened(page, picture, number, count, say, told)
    finally:
        with PDFIUM:
            picture.close()


def _read_opened(
    page: Any, picture: Any, number: int, count: int, say: Callable[[str], None], told: Callable[[int, int], None]
) -> _Page:
    with PDFIUM:
        wide, high = picture.get_size()
        here = PageInfo(number=number, width=wide, height=high)
        seen = glance(picture, number)
        sheet = picture.get_textpage()
        # pypdf keeps the spaces that stand for blanks, but knows nothing of what was taken off the page.
        text = _extract(page) if not seen.hidden else str(sheet.get_text_range())
        layer = _Page(info=here, hidden=seen.hidden)
        letters = _letters(text)
        if not _garbled(text):
            areas = ruled(seen.paths)
            signs = signs_of(sheet)
            printing = Printing(signs, picture, sheet)
            lines = _lines_beside_tables(picture, sheet, areas, seen.paths, printing) if areas else _plain_lines(text)
            layer.lines = at_places(printing.placed(lines), printed_lines(signs, picture))
        sheet.close()
    if not _garbled(text):
        drawn = seen.pictures > _SCAN or seen.strokes > _OUTLINES
        if letters >= (_THIN_LAYER if seen.pictures > _FULL_PAGE else _FEWEST) or not drawn:
            return layer
    from pipeline.ingest.ocr import read_picture, scale_for

    say(f"第 {number}/{count} 页是扫描件，正在识别…")
    told(number - 1, count)
    with PDFIUM:
        drawing = picture.render(scale=scale_for(wide, high)).to_numpy()
    found = read_picture(drawing)
    told(number, count)
    read = sum(_letters(line.text) for line in found.lines)
    if layer.lines and letters >= _FEWEST and read < 1.5 * letters + _FEWEST:
        return layer  # the picture is a background: the text layer holds all that was read in it
    source = PageSource.OCR if found.lines else PageSource.UNREADABLE
    if not found.lines and found.blank:
        return _Page(info=replace(here, source=PageSource.OCR, confidence=1.0), hidden=seen.hidden)
    info = replace(here, source=source, confidence=found.confidence)
    return _Page(info=info, lines=found.lines, hidden=seen.hidden)


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
    text = "".join(c for c in raw if c in "\t " or unicodedata.category(c) not in ("Cc", "Cf", "Cn"))
    text = unicodedata.normalize("NFC", text).replace("\t", " ").rstrip()
    text = _LEADER.sub(" ", text).rstrip()
    if " " not in text:
        return text
    numbered = _NUMBERED.match(text)
    at = numbered.end() if numbered else 0
    return text[:at] + _SPACED.sub("", text[at:])


def _letters(text: str) -> int:
    return sum(not c.isspace() for c in text)


def _garbled(text: str) -> bool:
    """True when the glyphs have no meaning: private use, replacement signs, control characters."""
    letters = [c for c in text if not c.isspace()]
    bad = sum(c == "\ufffd" or unicodedata.category(c) in ("Co", "Cn", "Cc") for c in letters)
    return bad > 0.2 * max(1, len(letters))


def _lines_beside_tables(
    page: Any, layer: Any, areas: Sequence[Box], paths: Sequence[Box], printing: Printing
) -> list[Line]:
    """Lines above, between and below the tables, and the rows of each table in its place.

    Where that would lose a sign or double many (text beside a narrow table, a cell too small to be one), the page is read without tables.
    """
    lines: list[Line] = []
    left, bottom, right, top = page.get_bbox()
    left, bottom, right, top = left - 50, bottom - 50, right + 50, top + 50
    for area in areas:
        lines += _plain_lines(layer.get_text_bounded(left=left, bottom=area.top, right=right, top=top))
        lines += rows(area, paths, layer, printing.within)
        top = area.bottom
    lines += _plain_lines(layer.get_text_bounded(left=left, bottom=bottom, right=right, top=top))
    whole = _plain_lines(layer.get_text_range())
    there, got = _signs(whole), _signs(lines)
    if there - got or (got - there).total() > _TWICE * there.total():
        printing.begin_again()
        return whole
    return lines


def _signs(lines: Sequence[Line]) -> Counter[str]:
    return Counter(c for line in lines for c in "".join(line.cells or (line.text,)) if not c.isspace())
