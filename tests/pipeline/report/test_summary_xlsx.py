"""A run as a workbook."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from pipeline.report.summary.xlsx import as_xlsx
from pipeline.types import Status
from tests.pipeline.report.summaries import (
    AREAS,
    CHECKPOINTS,
    OPEN_AS_FORMULA,
    all_of,
    done,
    failed,
    summary,
    varied,
)

FIRST = 11  # the column of the first checkpoint of 总览


def _book(content: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(content))


def _rows(sheet: Any, start: int) -> list[list[Any]]:
    return [[cell.value for cell in row] for row in sheet.iter_rows(min_row=start)]


def test_one_row_a_contract_with_the_status_of_every_checkpoint() -> None:
    sheet = _book(as_xlsx(varied()))["总览"]
    assert [sheet.cell(2, c).value for c in range(FIRST, FIRST + 29)] == [n for _, _, cs in AREAS for _, n, _ in cs]
    assert [name for c in range(FIRST, FIRST + 29) if (name := sheet.cell(1, c).value)] == [
        name for _, name, _ in AREAS
    ]
    second = [cell.value for cell in sheet[4]]
    assert second[:10] == [2, "华东/二.docx", "改后再签", "中风险", "甲方", 1, 1, 1, 1, 25]
    found = dict(zip(CHECKPOINTS, second[10:39], strict=True))
    assert found["scope.response_time"] == "不利"
    assert found["data.deletion"] == "未能审查"
    assert [cell.value for cell in sheet["B"]][2:] == [
        "华东/一.docx",
        "华东/二.docx",
        '换 行 <b>&"名"</b> 😀.pdf',
        "四.docx",
        "五.pdf",
        "六.pdf",
        "七.docx",
    ]
    assert [cell.value for cell in sheet["C"]][6:] == ["没有审成", "没有审成", "还没有审"]
    assert sheet.cell(6, 41).value == "华东/一.docx"


def test_statuses_are_told_by_colour_besides_the_word() -> None:
    sheet = _book(as_xlsx(varied()))["总览"]
    looks = {cell.value: (cell.font.color.rgb, cell.fill.fgColor.rgb) for cell in sheet[4][10:39]}
    assert len({looks[word] for word in ("达标", "模糊", "不利", "缺失", "未能审查")}) == 5


def test_heads_stay_in_sight_and_columns_can_be_filtered() -> None:
    book = _book(as_xlsx(varied()))
    assert book.sheetnames == ["总览", "关键数字", "常见问题", "未完成", "运行"]
    assert (book["总览"].freeze_panes, book["总览"].auto_filter.ref) == ("C3", "A2:AO9")
    assert (book["未完成"].freeze_panes, book["未完成"].auto_filter.ref) == ("C2", "A1:F4")
    assert not any(sheet.merged_cells.ranges for sheet in book)


def test_a_name_leads_to_its_html_report_by_a_relative_link() -> None:
    sheet = _book(
        as_xlsx(summary(done("华东/一 100%.docx"), done("b", 2, links={"pdf": "b.pdf"}), done("c", 3, links={})))
    )["总览"]
    assert sheet["B3"].hyperlink.target == "./%E5%8D%8E%E4%B8%9C/%E4%B8%80%20100%25.docx.html"
    assert sheet["B4"].hyperlink.target == "./b.pdf"
    assert sheet["B5"].hyperlink is None


@pytest.mark.parametrize("name", OPEN_AS_FORMULA)
def test_no_name_becomes_a_formula(name: str) -> None:
    figures = {**all_of(Status.OK), "scope.response_time": (Status.OK, "=1+1")}
    content = as_xlsx(
        summary(
            done(name, findings=figures),
            done("b", 2, same_as=name),
            failed(name, 3, cause=name, reason=name),
            source=name,
            conditions={name: name},
            playbook_name=name,
        )
    )
    with ZipFile(BytesIO(content)) as package:
        sheets = [package.read(part) for part in package.namelist() if part.startswith("xl/worksheets/sheet")]
    assert len(sheets) == 5
    assert not any(b"<f>" in sheet or b"<f " in sheet for sheet in sheets)
    book = _book(content)
    told = [
        c
        for sheet in book
        for row in sheet.iter_rows()
        for c in row
        if isinstance(c.value, str) and c.value[:1] in "=+-@"
    ]
    assert told
    assert all(c.data_type == "s" and c.quotePrefix for c in told)


def test_figures_have_a_column_only_where_one_was_found() -> None:
    rows = _rows(_book(as_xlsx(varied()))["关键数字"], 1)
    assert [row[2] for row in rows[:2]] == ["服务范围与标准", "响应时间"]
    assert [row[:3] for row in rows[2:4]] == [[1, "华东/一.docx", None], [2, "华东/二.docx", "10 分钟"]]
    assert len(rows) == 2 + 4


def test_problems_by_how_often_they_occur() -> None:
    rows = _rows(_book(as_xlsx(varied()))["常见问题"], 2)
    assert rows[0] == ["响应时间", "服务范围与标准", "重要", 1, 1, 0, 0, 2, 2, 0.5]
    assert len(rows) == 29


def test_what_has_no_review_is_told_with_the_remedy() -> None:
    rows = _rows(_book(as_xlsx(varied()))["未完成"], 2)
    assert rows[0] == [5, "五.pdf", "没有审成", "文件读不了", "打开要密码", "请去掉密码后再审"]
    assert rows[1][3] == "用时超过上限"
    assert rows[2][:3] == [7, "七.docx", "还没有审"]


def test_an_empty_run_is_a_workbook_too() -> None:
    book = _book(as_xlsx(summary()))
    assert book["运行"]["B2"].value == "这一批里没有合同。"
    assert book["未完成"]["B2"].value == "没有：每一份都审完了"
    assert book["总览"].max_row == 2


def test_a_run_in_which_all_failed() -> None:
    book = _book(as_xlsx(summary(failed("一.pdf"), failed("二.pdf", 2))))
    assert [cell.value for cell in book["总览"]["C"]][2:] == ["没有审成", "没有审成"]
    assert book["未完成"].max_row == 3
    assert book["关键数字"]["B3"].value == "没有审完的合同"


def test_a_playbook_of_fewer_checkpoints_has_fewer_columns() -> None:
    only = AREAS[:1]
    file = done("一.docx", findings={id: (Status.OK, None) for id, _, _ in only[0][2]})
    sheet = _book(as_xlsx(summary(file, areas=only)))["总览"]
    assert sheet.max_column == FIRST - 1 + 5 + 2


def test_a_checkpoint_without_a_finding_is_an_empty_cell() -> None:
    file = done("一.docx", findings={"scope.channels": (Status.VAGUE, None), "own.point": (Status.OK, None)})
    row = [cell.value for cell in _book(as_xlsx(summary(file)))["总览"][3]]
    assert dict(zip((*CHECKPOINTS, "own.point"), row[10:40], strict=True)) == {
        **dict.fromkeys(CHECKPOINTS),
        "scope.channels": "模糊",
        "own.point": "达标",
    }


def test_the_same_run_gives_the_same_bytes() -> None:
    assert as_xlsx(varied()) == as_xlsx(replace(varied()))
