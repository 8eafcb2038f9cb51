"""Cells of a workbook that is written row by row: looks are made once, and every text stays a text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from openpyxl.cell import Cell, WriteOnlyCell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter

from pipeline.report import palette
from pipeline.report.package import xml_safe
from pipeline.report.words import STATUS
from pipeline.types import Risk, Status

_FONT = "微软雅黑"
_WHITE = "FFFFFF"
_LONGEST = 32_767  # characters a cell can hold
_CUT = "…（太长，余下的略去）"
_OPENING_A_FORMULA = "=+-@\t\r\n"
_SIDE = Side(style="thin", color=palette.LINE)
_BORDER = Border(bottom=_SIDE, left=_SIDE, right=_SIDE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Look:
    color: str = palette.INK
    bold: bool = False
    underline: Literal["single"] | None = None
    fill: str = ""
    across: str = "center"  # how it stands between left and right
    wrap: bool = False
    form: str = "General"
    quoted: bool = False


class Styles:
    """The cells of one sheet. A cell of fixed words is one object wherever it stands, which is what makes thousands of them cheap."""

    def __init__(self, sheet: Any) -> None:
        self._sheet = sheet
        self._looks: dict[_Look, Any] = {}
        self._fixed: dict[tuple[str, str], Cell] = {}
        self.statuses: Mapping[Status, Cell] = {status: self._status(status) for status in Status}

    def text(self, value: str, *, wrap: bool = False, bold: bool = False, centered: bool = False) -> Cell:
        """A text, whatever it begins with; also for a spreadsheet that exports it and reads it again."""
        return self._words(value, across="center" if centered else "left", wrap=wrap, bold=bold)

    def link(self, value: str, target: str | None) -> Cell:
        """A text that leads to ``target``; a plain one where there is none."""
        if not target:
            return self.text(value)
        cell = self._words(value, across="left", color=palette.LINK, underline="single")
        cell.hyperlink = target
        return cell

    def number(self, value: float | None, form: str = "0", *, color: str = palette.INK) -> Cell:
        """A number, centred; an empty cell for ``None``, a pale one for 0, bold in a colour of its own."""
        shown = color if value else palette.SOFT
        cell = WriteOnlyCell(self._sheet, value=value)
        return self._dressed(cell, _Look(color=shown, bold=shown not in (palette.INK, palette.SOFT), form=form))

    def fixed(self, value: str, color: str = palette.INK) -> Cell:
        """Words out of a small set, centred and in a colour."""
        if (value, color) not in self._fixed:
            self._fixed[value, color] = self._words(value, color=color, bold=color != palette.INK)
        return self._fixed[value, color]

    def risk(self, value: str, risk: Risk) -> Cell:
        """Words in the colour of a risk."""
        return self.fixed(value, palette.RISK[risk])

    def heading(self, value: str, *, second: bool = False, across: bool = False) -> Cell:
        """The head of a column; in the ``second`` shade to set it off; ``across`` the empty ones that follow too."""
        return self._words(
            value,
            color=_WHITE,
            bold=True,
            fill=palette.SOFT if second else palette.INK,
            across="centerContinuous" if across else "center",
            wrap=not across,
        )

    def _status(self, status: Status) -> Cell:
        color, tint = palette.STATUS[status], palette.TINT[status]
        if status is Status.ADVERSE:
            return self._words(STATUS[status], color=_WHITE, bold=True, fill=color)
        return self._words(STATUS[status], color=color, fill="" if status is Status.OK else tint)

    def _words(self, value: str, **look: Any) -> Cell:
        value = xml_safe(value)
        shown = value if len(value) <= _LONGEST else value[: _LONGEST - len(_CUT)] + _CUT
        cell = WriteOnlyCell(self._sheet, value=shown)
        cell.data_type = "s"
        return self._dressed(cell, _Look(quoted=value.startswith(tuple(_OPENING_A_FORMULA)), **look))

    def _dressed(self, cell: Cell, look: _Look) -> Cell:
        """The cell in a look. Cells of one look share what openpyxl keeps of it: finding it anew is most of the work of a cell."""
        if look in self._looks:
            cell._style = self._looks[look]  # type: ignore[attr-defined]
            return cell
        cell.font = Font(name=_FONT, size=10, bold=look.bold, color=look.color, underline=look.underline)
        cell.alignment = Alignment(
            horizontal=look.across, vertical="center", wrap_text=look.wrap, indent=int(look.across == "left")
        )
        cell.border, cell.number_format = _BORDER, look.form
        if look.fill:
            cell.fill = PatternFill("solid", fgColor=look.fill)
        cell.quotePrefix = look.quoted
        self._looks[look] = cell._style  # type: ignore[attr-defined]
        return cell


def laid_out(sheet: Any, widths: Sequence[float], *, frozen: str, repeated: str = "1:1", row: float = 20) -> None:
    """Column widths in characters, what stays in sight, how it prints; to be said before the first row. ``row`` is a row's height in points."""
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.freeze_panes = frozen
    sheet.sheet_format.defaultRowHeight = row
    sheet.sheet_format.customHeight = True
    sheet.sheet_view.showGridLines = False
    sheet.page_setup.paperSize = 8  # A3
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.center.text = "第 &P 页 / 共 &N 页"
    sheet.print_title_rows = repeated
