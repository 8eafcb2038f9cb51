"""A run as a workbook: 总览, 关键数字, 常见问题, 未完成 and 运行. Rows are written as they come; no cell is kept."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from math import ceil
from typing import Any

from openpyxl import Workbook
from openpyxl.utils import get_column_letter
from rich.cells import cell_len

from pipeline.report import palette
from pipeline.report.package import repeatable, xml_safe
from pipeline.report.summary import words
from pipeline.report.summary.styles import Styles, laid_out
from pipeline.report.summary.tally import Tally, counts_of, tally
from pipeline.report.summary.values import Area, Summary, SummaryFile, SummaryState
from pipeline.report.words import RISK, SEVERITY, STATUS
from pipeline.types import Status

_COUNTED = (Status.ADVERSE, Status.MISSING, Status.VAGUE, Status.UNREVIEWED, Status.OK)
_HEADS = ("序号", "合同", "结论", "风险", "商家", *(STATUS[s] for s in _COUNTED))
_WIDTHS = (6.0, 52.0, 11.0, 9.0, 7.0, 6.5, 6.5, 6.5, 9.0, 6.5)
_NAME = 52.0
_LINE = 16.0  # points of a line at 10 points


def as_xlsx(summary: Summary) -> bytes:
    """The workbook. Names of files and what is read from them are texts and can become no formula; links are relative to its folder.

    The same summary gives the same bytes. ``summary.files`` is gone through twice.
    """
    counted = tally(summary)
    book = Workbook(write_only=True)
    overview, figures = book.create_sheet("总览"), book.create_sheet("关键数字")
    problems, failures, run = book.create_sheet("常见问题"), book.create_sheet("未完成"), book.create_sheet("运行")
    areas = _with_figures(counted)
    rows = _Overview(overview, counted), _Figures(figures, areas), _Failures(failures)
    for file in summary.files:
        for sheet in rows:
            sheet.add(file)
    for sheet in rows:
        sheet.end()
    _problems(problems, counted)
    _facts(run, summary, counted)
    book.properties.title = xml_safe(f"合同批量审查：{summary.source}")[:255]
    book.properties.creator = "审约"
    out = BytesIO()
    book.save(out)
    return repeatable(out.getvalue())


class _Rows:
    """A sheet that takes one file after another; ``rows`` counts those of the head too."""

    def __init__(self, sheet: Any) -> None:
        self.sheet, self.styles, self.rows = sheet, Styles(sheet), 0

    def append(self, row: Sequence[Any]) -> None:
        self.sheet.append(row)
        self.rows += 1

    def heads(self, first: Sequence[str], areas: Sequence[Area], *, last: Sequence[str] = ()) -> None:
        """Two rows: areas over their checkpoints, which stand in a row with the other columns.

        An area is centred over its columns without joining their cells: joined ones get in the way of sorting and copying.
        """
        styles = self.styles
        upper = [styles.heading("") for _ in first]
        lower = [styles.heading(head) for head in first]
        for number, (_, area, checkpoints) in enumerate(areas):
            second = number % 2 == 1
            upper += [
                styles.heading(area if n == 0 else "", second=second, across=True) for n in range(len(checkpoints))
            ]
            lower += [styles.heading(name, second=second) for _, name, _ in checkpoints]
        upper += [styles.heading("") for _ in last]
        lower += [styles.heading(head) for head in last]
        self.sheet.row_dimensions[1].height, self.sheet.row_dimensions[2].height = 24, 46
        self.append(upper)
        self.append(lower)

    def filtered(self, columns: int, head: int) -> None:
        """Let every column from row ``head`` down be filtered."""
        self.sheet.auto_filter.ref = f"A{head}:{get_column_letter(columns)}{max(self.rows, head)}"


class _Overview(_Rows):
    """One row a contract: verdict, counts, and the status of every checkpoint."""

    _LAST = ("用时（秒）", "内容与哪份相同")

    def __init__(self, sheet: Any, counted: Tally) -> None:
        super().__init__(sheet)
        self.checkpoints = [id for _, _, checkpoints in counted.areas for id, _, _ in checkpoints]
        widths = [*_WIDTHS, *(_width(name) for _, _, cs in counted.areas for _, name, _ in cs), 10, 52]
        laid_out(sheet, widths, frozen="C3", repeated="1:2")
        self.heads(_HEADS, counted.areas, last=self._LAST)
        self.columns = len(widths)

    def add(self, file: SummaryFile) -> None:
        styles, found = self.styles, counts_of(file)
        links = words.report_links(file)
        done = file.state == SummaryState.DONE
        row = [
            styles.number(file.position),
            styles.link(words.one_line(file.name), links[0][1] if links else None),
            _verdict(styles, file),
            styles.risk(RISK[file.risk], file.risk) if file.risk else styles.fixed(""),
            styles.fixed(file.merchant.value if file.merchant else ""),
            *(styles.number(found[s] if done else None, color=palette.STATUS[s]) for s in _COUNTED),
        ]
        for checkpoint in self.checkpoints:
            told = file.findings.get(checkpoint)
            row.append(styles.statuses[told[0]] if told else styles.fixed(""))
        row.append(styles.number(file.seconds, "0.0"))
        row.append(styles.text(words.one_line(file.same_as) if file.same_as else ""))
        self.append(row)

    def end(self) -> None:
        self.filtered(self.columns, 2)


class _Figures(_Rows):
    """One row a contract: the figure found at every checkpoint that has one anywhere."""

    def __init__(self, sheet: Any, areas: Sequence[Area]) -> None:
        super().__init__(sheet)
        self.checkpoints = [id for _, _, checkpoints in areas for id, _, _ in checkpoints]
        laid_out(sheet, [6, _NAME, *(14 for _ in self.checkpoints)], frozen="C3", repeated="1:2")
        self.heads(("序号", "合同"), areas)

    def add(self, file: SummaryFile) -> None:
        if file.state != SummaryState.DONE:
            return
        styles, links = self.styles, words.report_links(file)
        row = [styles.number(file.position), styles.link(words.one_line(file.name), links[0][1] if links else None)]
        for checkpoint in self.checkpoints:
            figure = file.findings.get(checkpoint, (None, None))[1]
            row.append(styles.text(figure, centered=True) if figure else styles.fixed(""))
        self.append(row)

    def end(self) -> None:
        if self.rows == 2:
            self.append([None, self.styles.text("没有审完的合同")])
        self.filtered(len(self.checkpoints) + 2, 2)


class _Failures(_Rows):
    """One row a file that brought no review, or has none yet."""

    _COLUMNS = (("序号", 6.0), ("合同", 48.0), ("状态", 11.0), ("原因", 22.0), ("怎么回事", 54.0), ("怎么办", 54.0))

    def __init__(self, sheet: Any) -> None:
        super().__init__(sheet)
        laid_out(sheet, [width for _, width in self._COLUMNS], frozen="C2")
        sheet.row_dimensions[1].height = 24
        self.append([self.styles.heading(name) for name, _ in self._COLUMNS])

    def add(self, file: SummaryFile) -> None:
        if file.state == SummaryState.DONE:
            return
        failure, styles = file.failure, self.styles
        name = words.one_line(file.name)
        told = [failure.reason, failure.remedy] if failure else ["", ""]
        lines = max(ceil(cell_len(text) / 50) for text in (*told, name))
        self.sheet.row_dimensions[self.rows + 1].height = min(max(lines, 1), 12) * _LINE + 6
        self.append(
            [
                styles.number(file.position),
                styles.text(name, wrap=True),
                _verdict(styles, file),
                styles.text(words.cause(failure.cause) if failure else ""),
                *(styles.text(text, wrap=True) for text in told),
            ]
        )

    def end(self) -> None:
        if self.rows == 1:
            self.append([None, self.styles.text("没有：每一份都审完了")])
        self.filtered(len(self._COLUMNS), 1)


def _problems(sheet: Any, counted: Tally) -> None:
    shown = (*words.PROBLEM, Status.UNREVIEWED, Status.OK)
    names = ("检查点", "领域", "严重度", *(STATUS[s] for s in shown), "不利或缺失", "占审过的")
    laid_out(sheet, [22, 26, 9, 8, 8, 8, 10, 8, 12, 11], frozen="B2")
    sheet.row_dimensions[1].height = 24
    rows = _Rows(sheet)
    rows.append([rows.styles.heading(name) for name in names])
    for problem in counted.problems:
        styles = rows.styles
        rows.append(
            [
                styles.text(problem.name, bold=True),
                styles.text(problem.area),
                styles.fixed(SEVERITY[problem.severity]),
                *(styles.number(problem.counts.get(s, 0), color=palette.STATUS[s]) for s in shown),
                styles.number(problem.serious),
                styles.number(problem.serious / problem.read if problem.read else None, "0%"),
            ]
        )
    rows.filtered(len(names), 1)


def _facts(sheet: Any, summary: Summary, counted: Tally) -> None:
    laid_out(sheet, [26, 100], frozen="A2")
    sheet.row_dimensions[1].height = 24
    rows = _Rows(sheet)
    rows.append([rows.styles.heading("运行"), rows.styles.heading("")])
    told = [("结果", words.in_one_sentence(summary, counted)), *words.facts(summary, counted)]
    told += [*summary.conditions.items(), ("说明", words.DISCLAIMER)]
    for name, value in told:
        sheet.row_dimensions[rows.rows + 1].height = max(1, ceil(cell_len(value) / 96)) * _LINE + 6
        rows.append([rows.styles.text(name, bold=True), rows.styles.text(value, wrap=True)])


def _verdict(styles: Styles, file: SummaryFile) -> Any:
    """The decision; where there is none, where the file is."""
    if file.state == SummaryState.DONE and file.decision and file.risk:
        return styles.risk(file.decision, file.risk)
    failed = file.state == SummaryState.FAILED
    return styles.fixed(
        words.STATE[SummaryState(file.state)], palette.STATUS[Status.ADVERSE] if failed else palette.SOFT
    )


def _with_figures(counted: Tally) -> list[Area]:
    """The areas with only those checkpoints where a figure was found."""
    kept = [(id, name, tuple(c for c in cs if c[0] in counted.figures)) for id, name, cs in counted.areas]
    return [area for area in kept if area[2]]


def _width(name: str) -> float:
    """Characters a column needs for its head on two lines, and for the longest status on one."""
    return max(9.0, min(16.0, ceil(cell_len(name) / 2) + 4.0))
