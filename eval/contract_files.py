"""A contract's lines as a file: Word, digital PDF, plain text, or a scan of one page. The same lines give the same bytes."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from itertools import groupby
from random import Random
from typing import TYPE_CHECKING, Any

import numpy as np

from pipeline.report.package import repeatable, xml_safe

if TYPE_CHECKING:
    from PIL.Image import Image
    from reportlab.pdfgen.canvas import Canvas

FONT = "STSong-Light"  # every viewer brings it; not embedded
DPI = 150  # of a scan
_WIDTH, _HEIGHT = 595.0, 842.0  # A4 in points
_LEFT, _TOP, _BOTTOM = 72.0, 770.0, 70.0
_SIZE, _LEADING = 11.0, 19.0
_COLUMNS = int((_WIDTH - 2 * _LEFT) / _SIZE * 2)  # of half a sign's width each
_PADDING = 4.0  # of a table cell, points
_CLOSING = frozenset("，。、；：！？）」』】》〉”’%,.;:)]")
_SIGN = re.compile(r"[A-Za-z0-9.,%:/@*_-]+|.", re.S)
_MARKDOWN = re.compile(r"^(?:#{1,6}|[>*+-])\s+")
_SEALS = "甲方（盖章）：　　　　　　　　　乙方（盖章）："
_RULE = re.compile(r"[-:| ]*-{3,}[-:| ]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A paragraph, or a table row where there are ``cells``; ``table`` tells one table from the next."""

    text: str
    heading: bool = False
    cells: tuple[str, ...] = ()
    table: int | None = None


class Format(StrEnum):
    """What the file is; a ``SCAN`` has no text to be copied."""

    DOCX = "docx"
    PDF = "pdf"
    UTF8 = "utf-8"
    GB18030 = "gb18030"
    SCAN_PNG = "scan png"
    SCAN_PDF = "scan pdf"

    @property
    def suffix(self) -> str:
        """Of the file's name."""
        return {Format.UTF8: ".txt", Format.GB18030: ".txt", Format.SCAN_PNG: ".png", Format.SCAN_PDF: ".pdf"}.get(
            self, f".{self.value}"
        )

    @property
    def is_scan(self) -> bool:
        """A picture of one page."""
        return self in (Format.SCAN_PNG, Format.SCAN_PDF)


def printed(lines: Sequence[Line], format: Format, random: Random) -> bytes:
    """The file's content; ``random`` draws how a sheet lay in the scanner."""
    if format is Format.DOCX:
        return _docx(lines)
    if format is Format.PDF:
        return _pdf(lines)[0]
    if format.is_scan:
        return _scan(lines, format, random)
    end = "\r\n" if format is Format.GB18030 else "\n"
    text = "".join((end * line.heading) + ("\t".join(line.cells) or line.text) + end for line in lines)
    return text.encode(format.value)


def _docx(lines: Sequence[Line]) -> bytes:
    from docx import Document
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Cm, Pt

    document = Document()
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21.0), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2.5)
    normal = document.styles["Normal"]
    normal.font.name, normal.font.size = "Times New Roman", Pt(_SIZE)
    normal.element.rPr.rFonts.set(qn("w:eastAsia"), "宋体")
    normal.paragraph_format.space_after = Pt(4)
    for number, group in enumerate(_groups(lines)):
        if group[0].cells:
            _docx_table(document, group)
            continue
        paragraph = document.add_paragraph()
        run = paragraph.add_run(xml_safe(_plain(group[0].text)))
        if number == 0:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
            run.font.size = Pt(16)
        if number == 0 or group[0].heading:
            run.bold = True
    out = BytesIO()
    document.save(out)
    return repeatable(out.getvalue())


def _docx_table(document: Any, rows: Sequence[Line]) -> None:
    table = document.add_table(rows=len(rows), cols=max(len(r.cells) for r in rows), style="Table Grid")
    for row, line in zip(table.rows, rows, strict=True):
        for cell, text in zip(row.cells, line.cells, strict=False):
            cell.paragraphs[0].text = xml_safe(text)
    document.add_paragraph()


class _Printer:
    """Pages of a PDF, top to bottom."""

    def __init__(self) -> None:
        from reportlab.pdfbase import pdfmetrics
        from reportlab.pdfbase.cidfonts import UnicodeCIDFont
        from reportlab.pdfgen.canvas import Canvas

        if FONT not in pdfmetrics.getRegisteredFontNames():
            pdfmetrics.registerFont(UnicodeCIDFont(FONT))
        self._out = BytesIO()
        self.canvas: Canvas = Canvas(self._out, pagesize=(_WIDTH, _HEIGHT), invariant=1)
        self.pages, self.at = 1, _TOP

    def room(self, height: float) -> None:
        """Turn the page where less than ``height`` is left."""
        if self.at - height < _BOTTOM and self.at < _TOP:
            self._foot()
            self.canvas.showPage()
            self.pages, self.at = self.pages + 1, _TOP

    def text(self, text: str, *, size: float = _SIZE, left: float = _LEFT) -> None:
        """One line."""
        self.room(_LEADING)
        self.draw(text, left, self.at, size)
        self.at -= _LEADING * size / _SIZE

    def draw(self, text: str, left: float, at: float, size: float = _SIZE) -> None:
        """One line at a place."""
        self.canvas.setFont(FONT, size)
        self.canvas.drawString(left, at, text)

    def finished(self) -> bytes:
        """The file."""
        self._foot()
        self.canvas.save()
        return self._out.getvalue()

    def _foot(self) -> None:
        self.draw(f"第 {self.pages} 页", _WIDTH / 2 - 18, 40, 9)


def _pdf(lines: Sequence[Line]) -> tuple[bytes, int]:
    """The file and how many pages it has."""
    printer = _Printer()
    for number, group in enumerate(_groups(lines)):
        text = _plain(group[0].text)
        if group[0].cells:
            _pdf_table(printer, group)
        elif number == 0:
            for part in _wrapped(text, _COLUMNS * 11 // 16):
                printer.text(part, size=16, left=(_WIDTH - _columns(part) * 8) / 2)
            printer.at -= 6
        else:
            if group[0].heading:  # not the last line of a page
                printer.room(3 * _LEADING)
                printer.at -= 4
            for part in _wrapped(text if group[0].heading else f"\u3000\u3000{text}", _COLUMNS):
                printer.text(part, size=12 if group[0].heading and _columns(text) * 6 < _WIDTH - 2 * _LEFT else _SIZE)
    return printer.finished(), printer.pages


def _pdf_table(printer: _Printer, rows: Sequence[Line]) -> None:
    size, leading = 9.0, 14.0
    many = max(len(r.cells) for r in rows)
    cells = [[*r.cells, *[""] * (many - len(r.cells))] for r in rows]
    longest = [min(40, max(6, *(_columns(row[n]) for row in cells))) + 2 for n in range(many)]
    widths = [(_WIDTH - 2 * _LEFT) * share / sum(longest) for share in longest]
    for row in cells:
        texts = [
            list(_wrapped(text, max(2, int((width - 2 * _PADDING) / size * 2))))
            for text, width in zip(row, widths, strict=True)
        ]
        height = leading * max(1, *map(len, texts)) + _PADDING
        printer.room(height)
        top, left = printer.at + leading - _PADDING, _LEFT
        for parts, width in zip(texts, widths, strict=True):
            printer.canvas.rect(left, top - height, width, height)
            for n, part in enumerate(parts):
                printer.draw(part, left + _PADDING, printer.at - n * leading, size)
            left += width
        printer.at -= height
    printer.at -= 8


def _scan(lines: Sequence[Line], format: Format, random: Random) -> bytes:
    """As much of the contract as goes on one page with its last lines, which are for the signatures."""
    body, last = list(lines[:60]), [Line(text=_SEALS), Line(text="签订日期：　　　　年　　月　　日")]
    content, pages = _pdf([*body, *last])
    while pages > 1:
        body = body[: max(1, len(body) - (8 if pages > 2 else 1))]
        content, pages = _pdf([*body, *last])
    sheet = _photographed(content, random)
    out = BytesIO()
    if format is Format.SCAN_PNG:
        sheet.save(out, "PNG", dpi=(DPI, DPI))
    else:
        _picture_pdf(sheet, out)
    return out.getvalue()


def _photographed(content: bytes, random: Random) -> Image:
    """The first page in shades of grey, a little turned, on paper that is not quite white."""
    import pypdfium2
    from PIL import Image

    page = pypdfium2.PdfDocument(content)[0]
    sheet = page.render(scale=DPI / 72, grayscale=True).to_pil().convert("L")
    sheet = sheet.rotate(random.uniform(-0.7, 0.7), resample=Image.Resampling.BICUBIC, fillcolor=255)
    grain = np.random.default_rng(random.getrandbits(32)).integers(-6, 7, (sheet.height, sheet.width), dtype=np.int16)
    tone = np.asarray(sheet, dtype=np.int16) * random.uniform(0.9, 0.97) + grain
    return Image.fromarray(np.clip(tone, 20, 250).astype(np.uint8))


def _picture_pdf(sheet: Image, out: BytesIO) -> None:
    from reportlab.lib.utils import ImageReader
    from reportlab.pdfgen.canvas import Canvas

    jpeg = BytesIO()
    sheet.save(jpeg, "JPEG", quality=80)
    canvas = Canvas(out, pagesize=(_WIDTH, _HEIGHT), invariant=1)
    canvas.drawImage(ImageReader(jpeg), 0, 0, _WIDTH, _HEIGHT)
    canvas.showPage()
    canvas.save()


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Every paragraph by itself, the rows of a table together; lines that only rule a Markdown table are left out."""
    kept = [line for line in lines if not _RULE.fullmatch(line.text)]
    for table, group in groupby(kept, lambda line: line.table):
        rows = list(group)
        yield from ([row] for row in rows) if table is None else [rows]


def _plain(text: str) -> str:
    """Without the marks of Markdown, which only a text file shows."""
    return _MARKDOWN.sub("", text).replace("**", "")


def _columns(text: str) -> int:
    """Half widths of a sign."""
    return sum(2 if unicodedata.east_asian_width(sign) in "WFA" else 1 for sign in text)


def _wrapped(text: str, columns: int) -> Iterator[str]:
    """Lines of at most ``columns`` half widths, one sign more where a line would begin with a closing mark."""
    line, width = "", 0
    for match in _SIGN.finditer(text):
        sign, size = match.group(), _columns(match.group())
        if width + size > columns and line and sign not in _CLOSING:
            yield line
            line, width = "", 0
        while size > columns:
            yield sign[:columns]
            sign = sign[columns:]
            size = _columns(sign)
        line, width = line + sign, width + size
    yield line
