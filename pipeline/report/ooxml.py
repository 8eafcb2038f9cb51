"""Word documents in the look of a report: styles, Chinese fonts, A4, page numbers; what python-docx has no words for."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Emu, Pt, RGBColor

from pipeline.report import palette
from pipeline.report.package import repeatable, xml_safe

SANS, SERIF = "微软雅黑", "宋体"
_LATIN = {SANS: "Segoe UI", SERIF: "Times New Roman"}
TEXT_WIDTH = Cm(21.0 - 2 * 2.2)

# style: base, font, points, bold, colour, space before and after, line spacing
_STYLES: tuple[tuple[str, str | None, str, float, bool, str, float, float, float], ...] = (
    ("Normal", None, SANS, 10, False, palette.INK, 0, 4, 1.15),
    ("Title", "Normal", SANS, 14, True, palette.INK, 0, 10, 1.1),
    ("Subtitle", "Normal", SANS, 9, False, palette.SOFT, 0, 2, 1.1),
    ("Heading 1", "Normal", SERIF, 15, True, palette.INK, 20, 6, 1.1),
    ("Heading 2", "Normal", SANS, 11, True, palette.INK, 14, 3, 1.1),
    ("Quote", "Normal", SERIF, 10, False, palette.INK, 0, 6, 1.2),
    ("Caption", "Normal", SANS, 8.5, False, palette.LINK, 5, 1, 1.1),
    ("List Number", "Normal", SANS, 10, False, palette.INK, 8, 3, 1.15),
    ("List Continue", "Normal", SANS, 10, False, palette.INK, 0, 8, 1.15),
    ("List Bullet", "Normal", SANS, 10, False, palette.INK, 0, 3, 1.15),
    ("Header", "Normal", SANS, 8, False, palette.SOFT, 0, 0, 1.0),
    ("Footer", "Normal", SANS, 8, False, palette.SOFT, 0, 0, 1.0),
)
_OWN: tuple[tuple[str, str | None, str, float, bool, str, float, float, float], ...] = (
    ("审约 结论", "Normal", SERIF, 26, True, palette.INK, 4, 2, 1.1),
    ("审约 说明", "Normal", SANS, 8.5, False, palette.SOFT, 0, 4, 1.1),
    ("审约 表格", "Normal", SANS, 9.5, False, palette.INK, 2, 2, 1.1),
    ("审约 人工", "Normal", SANS, 10, True, palette.LINK, 0, 4, 1.15),
)
_INDENTS = {"List Continue": (Cm(0.5), None), "List Bullet": (Cm(0.35), Cm(-0.35))}
DECISION, SOFT, CELL, RULING = (style[0] for style in _OWN)


class Paper:
    """A Word document being written, top to bottom."""

    def __init__(self, *, title: str, header: str = "", footer: str = "") -> None:
        self._document = Document()
        self._set_styles()
        section = self._document.sections[0]
        section.page_width, section.page_height = Cm(21.0), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2.2)
        section.top_margin, section.bottom_margin = Cm(2.2), Cm(2.0)
        section.header_distance = section.footer_distance = Cm(1.1)
        if header:
            self._edge(section.header.paragraphs[0], header, line="bottom")
        last = section.footer.paragraphs[0]
        self._edge(last, f"{footer}\t" if footer else "\t", line="top" if footer else "")
        for part in ("第 ", "PAGE", " 页 / 共 ", "NUMPAGES", " 页"):
            _field(last, part) if part.isupper() else last.add_run(part)
        properties = self._document.core_properties
        properties.title, properties.author, properties.language = xml_safe(title)[:255], "审约", "zh-CN"
        properties.comments = properties.keywords = properties.last_modified_by = ""

    def line(self, text: str = "", style: str = "Normal", *, keep: bool = False, colour: str = "") -> Any:
        """A paragraph; a line break of ``text`` stays one. ``keep`` holds it on the page of what follows."""
        paragraph = self._document.add_paragraph(style=style)
        if text:
            self.run(paragraph, text, colour=colour)
        if keep:
            paragraph.paragraph_format.keep_with_next = True
        return paragraph

    @staticmethod
    def run(
        paragraph: Any, text: str, *, colour: str = "", bold: bool | None = None, size: float = 0, fill: str = ""
    ) -> Any:
        """More text at the end of a paragraph."""
        run = paragraph.add_run(xml_safe(text))
        run.bold = bold
        if colour:
            run.font.color.rgb = RGBColor.from_string(colour)
        if size:
            run.font.size = Pt(size)
        if fill:
            run._r.get_or_add_rPr().append(_shade(fill))
        return run

    def quote(self, place: str, text: str) -> None:
        """Words of the contract under where they stand, beside a line."""
        caption = self.line(place, "Caption", keep=True)
        body = self.line(text, "Quote")
        for paragraph in (caption, body):
            paragraph.paragraph_format.left_indent = Cm(0.45)
            _border(paragraph, "left", "CBC6B8", size=12, space=8)

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[float], *, header: bool = True) -> Any:
        """A ruled table, ``widths`` in shares of the page; the header row is repeated on every page, rows are not torn."""
        table = self._document.add_table(rows=len(rows), cols=len(widths))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        table.autofit = False
        table._tbl.tblPr.insert_element_before(_borders(), "w:shd", "w:tblLayout", "w:tblCellMar", "w:tblLook")
        columns = [Emu(int(TEXT_WIDTH * share)) for share in widths]
        for column, width in zip(table.columns, columns, strict=True):
            column.width = width
        for number, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
            _mark_row(row, "w:cantSplit")
            if header and number == 0:
                _mark_row(row, "w:tblHeader")
            for cell, text, width in zip(row.cells, texts, columns, strict=True):
                cell.width = width
                paragraph = cell.paragraphs[0]
                paragraph.style = CELL
                self.run(paragraph, text, bold=True if header and number == 0 else None)
                paragraph.paragraph_format.keep_with_next = number < len(rows) - 1
                if header and number == 0:
                    shade(cell, palette.DESK)
        return table

    def bytes(self) -> bytes:
        """The file; the same text gives the same bytes."""
        out = BytesIO()
        self._document.save(out)
        return repeatable(out.getvalue())

    def _set_styles(self) -> None:
        styles = self._document.styles
        defaults = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        _set_fonts(defaults, SANS)
        language = defaults.find(qn("w:lang"))
        if language is None:
            language = OxmlElement("w:lang")
            defaults.append(language)
        for name, value in (("w:val", "en-US"), ("w:eastAsia", "zh-CN")):
            language.set(qn(name), value)
        for name, base, font, points, bold, colour, before, after, spacing in (*_STYLES, *_OWN):
            own = name in {style[0] for style in _OWN}
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH) if own else styles[name]
            for old in (*style.element.findall(qn("w:rPr")), *style.element.findall(qn("w:pPr"))):
                level = old.find(qn("w:outlineLvl"))
                for child in list(old):
                    if child is not level:
                        old.remove(child)
            if base:
                style.base_style = styles[base]
            style.font.size, style.font.bold, style.font.italic = Pt(points), bold, False
            style.font.color.rgb = RGBColor.from_string(colour)
            _set_fonts(style.element.get_or_add_rPr(), font)
            layout = style.paragraph_format
            layout.space_before, layout.space_after, layout.line_spacing = Pt(before), Pt(after), spacing
            layout.keep_with_next = True if name.startswith("Heading") else None
            layout.widow_control = True
            layout.left_indent, layout.first_line_indent = _INDENTS.get(name, (None, None))

    @staticmethod
    def _edge(paragraph: Any, text: str, *, line: str) -> None:
        paragraph.paragraph_format.tab_stops.add_tab_stop(TEXT_WIDTH, 2)  # right
        paragraph.add_run(xml_safe(text))
        if line:
            _border(paragraph, line, palette.LINE, size=4, space=4)


def shade(cell: Any, fill: str) -> None:
    """Colour the ground of a table cell."""
    cell._tc.get_or_add_tcPr().append(_shade(fill))


def tint(cell: Any, colour: str) -> None:
    """Colour the text of a table cell."""
    for run in cell.paragraphs[0].runs:
        run.font.color.rgb = RGBColor.from_string(colour)


def centre(cell: Any) -> None:
    """Centre the text of a table cell."""
    cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER


def _set_fonts(properties: Any, font: str) -> None:
    fonts = properties.find(qn("w:rFonts"))
    if fonts is None:
        fonts = OxmlElement("w:rFonts")
        properties.insert(0, fonts)
    fonts.attrib.clear()  # theme fonts, which would win
    for kind in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{kind}"), _LATIN[font])
    fonts.set(qn("w:eastAsia"), font)


def _shade(fill: str) -> Any:
    element = OxmlElement("w:shd")
    for name, value in (("val", "clear"), ("color", "auto"), ("fill", fill)):
        element.set(qn(f"w:{name}"), value)
    return element


def _edge_of(side: str, colour: str, size: int, space: int) -> Any:
    element = OxmlElement(f"w:{side}")
    for name, value in (("val", "single"), ("sz", str(size)), ("space", str(space)), ("color", colour)):
        element.set(qn(f"w:{name}"), value)
    return element


def _border(paragraph: Any, side: str, colour: str, *, size: int, space: int) -> None:
    properties = paragraph._p.get_or_add_pPr()
    borders = OxmlElement("w:pBdr")
    borders.append(_edge_of(side, colour, size, space))
    # The schema fixes the order of these; Word refuses a file where it is broken.
    properties.insert_element_before(
        borders, "w:shd", "w:tabs", "w:suppressAutoHyphens", "w:spacing", "w:ind", "w:jc", "w:outlineLvl", "w:rPr"
    )


def _borders() -> Any:
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom", "insideH"):
        borders.append(_edge_of(side, palette.LINE, 6, 0))
    return borders


def _mark_row(row: Any, name: str) -> None:
    row._tr.get_or_add_trPr().append(OxmlElement(name))


def _field(paragraph: Any, code: str) -> None:
    for kind in ("begin", "", "separate", "1", "end"):
        run = paragraph.add_run()
        if kind == "1":
            run.text = kind
        elif kind:
            char = OxmlElement("w:fldChar")
            char.set(qn("w:fldCharType"), kind)
            run._r.append(char)
        else:
            text = OxmlElement("w:instrText")
            text.set(qn("xml:space"), "preserve")
            text.text = f" {code} "
            run._r.append(text)
