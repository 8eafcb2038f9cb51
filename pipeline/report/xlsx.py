"""The review as a workbook: one row a checkpoint, to filter, sort and work through."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from rich.cells import cell_len

from pipeline.report import palette, words
from pipeline.report.package import repeatable, xml_safe
from pipeline.types import Decided, Finding, Review, Status

_FONT = "微软雅黑"
_LONGEST = 32_767  # characters a cell can hold
_CUT = "…（太长，余下的略去，见合同原文）"
_TALLEST = 260.0  # points; Excel allows 409, which no screen shows at once
_LINE = 15.0  # points of a line at 10 points
_COLUMNS: Mapping[str, float] = {
    "领域": 14, "检查点": 14, "结论": 9, "严重度": 8, "关键数字": 12, "理由": 30, "依据条款": 18, "原文": 50, "建议": 44,
    "可接受": 34, "底线": 30,
}  # fmt: skip
_RULING = ("人工意见", 30.0)
_OPENING_A_FORMULA = "=+-@\t\r\n"


def as_xlsx(review: Review, decisions: Mapping[str, Decided] = words.UNDECIDED) -> bytes:
    """Sheets 结论, 概览 and 提醒. Every text is a text: nothing of the contract can become a formula."""
    book = Workbook()
    first = book.active
    assert first is not None
    _findings(first, review, decisions)
    _overview(book.create_sheet("概览"), review, decisions)
    _alerts(book.create_sheet("提醒"), review)
    book.properties.title = xml_safe(f"合同审查：{review.document.file}")[:255]
    book.properties.creator = "审约"
    out = BytesIO()
    book.save(out)
    return repeatable(out.getvalue())


def _findings(sheet: Any, review: Review, decisions: Mapping[str, Decided]) -> None:
    sheet.title = "结论"
    columns = dict(_COLUMNS)
    if words.ruled(review, decisions):
        columns[_RULING[0]] = _RULING[1]
    _header(sheet, columns)
    pages = len(review.document.pages)
    row = 1
    for area, findings in words.told(review):
        for numbered in findings:
            finding, row = numbered.finding, row + 1
            values = [area.name, *_values(finding, pages), words.ruling(finding, decisions.get(finding.checkpoint))]
            _row(sheet, row, values[: len(columns)], list(columns.values()))
            status = sheet.cell(row, 3)
            status.font = Font(name=_FONT, size=10, bold=True, color=palette.STATUS[finding.status])
            status.fill = PatternFill("solid", fgColor=palette.TINT[finding.status])
            sheet.cell(row, 2).font = Font(name=_FONT, size=10, bold=True, color=palette.INK)
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{row}"
    sheet.freeze_panes = "C2"
    _printed(sheet, landscape=True)


def _values(finding: Finding, pages: int) -> list[str]:
    places = (place for place, _, _ in words.placed(finding.citations, pages))
    wanted = finding.status is not Status.OK
    return [
        finding.name,
        words.STATUS[finding.status],
        words.SEVERITY[finding.severity],
        finding.figure or "",
        finding.reason,
        "\n".join(dict.fromkeys(places)),
        "\n".join(c.text for c in finding.citations),
        finding.suggestion,
        finding.wording.acceptable if wanted else "",
        finding.wording.walk_away if wanted else "",
    ]


def _overview(sheet: Any, review: Review, decisions: Mapping[str, Decided]) -> None:
    facts = [
        ("合同", review.document.file),
        ("结论", review.verdict.decision),
        ("说明", review.verdict.advice),
        ("商家", words.merchant_line(review)),
        ("审查方式", words.engine_line(review)),
        ("审查标准", review.engine.playbook_sha256[:12]),
        ("文件指纹", review.document.sha256[:12]),
    ]
    if ruled := words.ruled(review, decisions):
        facts.insert(4, ("人工复核", ruled))
    shown = [s for s, _ in words.counts(review.findings)]
    widths = [20.0, 16.0, *(12.0 for _ in shown)]
    for number, width in enumerate(widths, 1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    for row, (name, value) in enumerate(facts, 1):
        _put(sheet.cell(row, 1), name).font = Font(name=_FONT, size=10, bold=True, color=palette.SOFT)
        _put(sheet.cell(row, 2), value)
        sheet.merge_cells(start_row=row, start_column=2, end_row=row, end_column=len(widths))
        sheet.row_dimensions[row].height = _height([value], [sum(widths[1:])])
    decision = sheet.cell(2, 2)
    decision.font = Font(name=_FONT, size=16, bold=True, color=palette.RISK[review.verdict.risk])
    sheet.row_dimensions[2].height = 30
    top = len(facts) + 2
    _header(sheet, dict(zip(("领域", "风险", *(words.STATUS[s] for s in shown)), widths, strict=True)), top)
    areas = words.riskiest_first(review.areas)
    for row, area in enumerate(areas, top + 1):
        found = dict(words.counts(area.findings))
        _row(sheet, row, [area.name, f"{words.METER[area.risk]} {words.RISK[area.risk]}"], widths)
        sheet.cell(row, 2).font = Font(name=_FONT, size=10, bold=True, color=palette.RISK[area.risk])
        for column, status in enumerate(shown, 3):
            cell = sheet.cell(row, column, found.get(status, 0))
            _style(cell)
            cell.alignment = Alignment(horizontal="center", vertical="top")
    row = top + len(areas) + 2
    _put(sheet.cell(row, 1), words.DISCLAIMER).font = Font(name=_FONT, size=9, color=palette.SOFT)
    sheet.merge_cells(start_row=row, start_column=1, end_row=row, end_column=len(widths))
    sheet.row_dimensions[row].height = 32
    _printed(sheet, landscape=False)


def _alerts(sheet: Any, review: Review) -> None:
    columns = {"类型": 18.0, "说明": 60.0, "条款": 22.0, "原文": 60.0}
    _header(sheet, columns)
    pages = len(review.document.pages)
    for row, alert in enumerate(review.alerts, 2):
        places = dict.fromkeys(words.where(c.clause, c.page, pages) for c in alert.citations)
        quotes = dict.fromkeys(c.text for c in alert.citations)
        values = [words.ALERT[alert.kind], alert.message, "\n".join(places), "\n".join(quotes)]
        _row(sheet, row, values, list(columns.values()))
    if not review.alerts:
        _put(sheet.cell(2, 1), "没有需要另外留意的事")
        sheet.merge_cells("A2:D2")
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:D{max(2, len(review.alerts) + 1)}"
    _printed(sheet, landscape=True)


def _header(sheet: Any, columns: Mapping[str, float], row: int = 1) -> None:
    for number, (name, width) in enumerate(columns.items(), 1):
        cell = _put(sheet.cell(row, number), name)
        cell.font = Font(name=_FONT, size=10, bold=True, color="FFFFFF")
        cell.fill = PatternFill("solid", fgColor=palette.INK)
        cell.alignment = Alignment(vertical="center", wrap_text=True)
        sheet.column_dimensions[get_column_letter(number)].width = width
    sheet.row_dimensions[row].height = 24


def _row(sheet: Any, row: int, values: Sequence[str], widths: Sequence[float]) -> None:
    for column, value in enumerate(values, 1):
        _put(sheet.cell(row, column), value)
    sheet.row_dimensions[row].height = _height(values, widths)


def _put(cell: Cell, text: str) -> Cell:
    """``text`` as a text, whatever it begins with; also for a spreadsheet that exports it and reads it again."""
    text = xml_safe(text)
    if len(text) > _LONGEST:
        text = text[: _LONGEST - len(_CUT)] + _CUT
    cell.value = text
    cell.data_type = "s"
    _style(cell)
    cell.quotePrefix = text[:1] in _OPENING_A_FORMULA if text else False
    return cell


def _style(cell: Cell) -> None:
    side = Side(style="thin", color=palette.LINE)
    cell.font = Font(name=_FONT, size=10, color=palette.INK)
    cell.alignment = Alignment(vertical="top", wrap_text=True)
    cell.border = Border(bottom=side, left=side, right=side)


def _height(values: Sequence[str], widths: Sequence[float]) -> float:
    """Points that show every value in full, up to ``_TALLEST``."""
    lines = 1
    for value, width in zip(values, widths, strict=False):
        usable = max(1.0, width - 2)
        lines = max(lines, sum(max(1, math.ceil(cell_len(line) / usable)) for line in value.split("\n")))
    return min(_TALLEST, lines * _LINE + 7)


def _printed(sheet: Any, *, landscape: bool) -> None:
    sheet.page_setup.paperSize = 8 if landscape else 9  # A3, A4
    sheet.page_setup.orientation = "landscape" if landscape else "portrait"
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr.fitToPage = True
    sheet.page_margins.left = sheet.page_margins.right = 0.4
    sheet.oddFooter.center.text = "第 &P 页 / 共 &N 页"
    if landscape:
        sheet.print_title_rows = "1:1"
