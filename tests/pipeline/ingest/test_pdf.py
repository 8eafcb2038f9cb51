"""PDF with a text layer: lines to clauses, running titles, ruled tables, print nobody sees."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from io import BytesIO
from pathlib import Path

import pytest
from pypdf import PageObject, PdfReader, PdfWriter, Transformation
from reportlab.lib.pagesizes import A4
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline.ingest.layout import Line, drafts
from pipeline.types import BlockKind, PageSource
from tests.pipeline.ingest.conftest import lines, read

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
LEFT, TOP, LEADING, WIDE = 72, 760, 20, 37  # points; signs a line at 12 points


class Print:
    """A PDF drawn line by line."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.canvas = Canvas(str(path), pagesize=A4)
        self.y = TOP
        self._font()

    def _font(self) -> None:
        self.canvas.setFont("STSong-Light", 12)

    def at(self, x: float, y: float, text: str) -> Print:
        self.canvas.drawString(x, y, text)
        return self

    def line(self, *texts: str) -> Print:
        for text in texts:
            self.at(LEFT, self.y, text)
            self.y -= LEADING
        return self

    def paragraph(self, text: str) -> Print:
        """Broken into full lines as a word processor breaks it."""
        return self.line(*(text[at : at + WIDE] for at in range(0, len(text), WIDE)))

    def table(self, rows: Sequence[Sequence[str]], widths: Sequence[int]) -> Print:
        top = self.y + 14
        for cells in rows:
            x = LEFT
            for text, wide in zip(cells, widths, strict=True):
                self.at(x + 4, self.y, text)
                x += wide
            self.y -= LEADING
        bottom = self.y + 14
        self.canvas.grid(
            [LEFT + sum(widths[:n]) for n in range(len(widths) + 1)], [top - LEADING * n for n in range(len(rows) + 1)]
        )
        assert bottom < top
        self.y -= LEADING
        return self

    def page(self) -> Print:
        self.canvas.showPage()
        self._font()
        self.y = TOP
        return self

    def save(self) -> Path:
        self.canvas.save()
        return self.path


@pytest.fixture
def sheet(tmp_path: Path) -> Print:
    return Print(tmp_path / "合同.pdf")


BODY = (
    "乙方应当按照甲方确认的排班安排客服人员在线接待买家并在每月十日前提交上月的服务质量报告供甲方核对与结算之用不得迟延"
)


def test_lines_broken_by_the_layout_are_one_clause_and_clauses_stay_apart(sheet: Print) -> None:
    clauses = [f"1.1 {BODY}。", f"1.2 {BODY}；", f"（1）{BODY}，逾期每日按5%计。", "第二条 费用", f"2.1 {BODY}。"]
    for clause in clauses:
        sheet.paragraph(clause)
    document = read(sheet.save())
    assert lines(document) == clauses
    assert document.pages[0].source is PageSource.TEXT


def test_a_clause_that_runs_over_a_page_is_one_and_pages_are_known(sheet: Print) -> None:
    sheet.line("第一条 服务", BODY[:WIDE]).page().line(BODY[WIDE:] + "。", "第二条 费用")
    document = read(sheet.save())
    assert lines(document) == ["第一条 服务", BODY + "。", "第二条 费用"]
    assert [p.number for p in document.pages] == [1, 2]
    assert document.page_of(document.text.index("第二条")) == 2


def _lines_of(*rows: tuple[float, str], usual: str = BODY[:WIDE]) -> list[str]:
    """What comes of these lines (left end, text) under a full line that sets the width."""
    page = [Line(text=usual + "：", left=0.12), *(Line(text=text, left=left) for left, text in rows)]
    return [draft.text for draft in drafts([(1, page)])][1:]


FULL = BODY[: WIDE - 2]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FULL[:-2] + "依照本项第", "（一）款办理。"),
        (FULL[:-2] + "违反通用条款", "五、（六）的约定，应当赔偿。"),
        (FULL + "按", "第十二条的约定赔偿。"),
        (FULL + "和", "第三条、第四条。"),
        (FULL[:-2] + "载于附件", "一、附件二的价格为准。"),
        (FULL[:-2] + "依照本条", "（三）约定的标准扣减。"),
        (FULL + "见", "1.2 项。"),
    ],
)
def test_a_reference_broken_by_the_margin_starts_no_clause(before: str, after: str) -> None:
    assert _lines_of((0.12, "1.1 " + before), (0.12, after)) == ["1.1 " + before + after]


@pytest.mark.parametrize("after", ["（一）甲方付款。", "第二条 费用", "一、总则", "附件一 价格"])
def test_a_clause_behind_a_full_line_stays_a_clause(after: str) -> None:
    assert _lines_of((0.12, FULL + "的条款"), (0.12, after))[-1] == after


@pytest.mark.parametrize(
    ("rows", "count"),
    [
        ([(0.16, FULL + "；"), (0.12, "超过的应取得甲方的确认。")], 1),
        ([(0.16, FULL + "。"), (0.12, "超过的应取得甲方的确认。")], 1),
        ([(0.12, FULL + "一二；"), (0.12, "超过的应取得甲方的确认。")], 1),
        ([(0.16, FULL + "。"), (0.16, "超过的应取得甲方的确认。")], 2),
        ([(0.12, FULL + "。"), (0.16, "超过的应取得甲方的确认。")], 2),
        ([(0.16, FULL + "。"), (0.12, "（二）超过的应取得甲方的确认。")], 2),
        ([(0.16, FULL + "："), (0.12, "超过的应取得甲方的确认。")], 2),
        ([(0.16, FULL[:20] + "。"), (0.12, "超过的应取得甲方的确认。")], 2),
        ([(0.16, FULL + "。"), (0.12, "附则")], 2),
        ([(0.16, FULL + "。"), (0.12, "联系地址：成都市")], 2),
    ],
    ids=["semicolon", "stop", "no-indents", "both-set-in", "set-in", "item", "list", "short", "title", "field"],
)
def test_a_sentence_that_ends_at_the_margin_ends_no_paragraph(rows: list[tuple[float, str]], count: int) -> None:
    assert len(_lines_of(*rows)) == count


def test_a_paragraph_with_a_sentence_that_ends_at_the_margin_is_one(sheet: Print) -> None:
    sheet.paragraph(f"第一条 {BODY}。")
    sheet.at(LEFT + 24, sheet.y, BODY[: WIDE - 3] + "；")
    sheet.y -= LEADING
    sheet.line("超过的应取得甲方的确认。")
    assert lines(read(sheet.save()))[1] == BODY[: WIDE - 3] + "；超过的应取得甲方的确认。"


def test_lines_of_few_signs_that_reach_the_margin_are_rejoined(sheet: Print) -> None:
    english = "The operator shall serve the customers of the brand and keep all of their data to itself at any time"
    for number in range(1, 5):
        sheet.canvas.setFont("STSong-Light", 9.6)
        sheet.line(f"{number}.1 {english}.", f"{number}.2 {english}.", f"{number}.3 {english}.")
        sheet._font()
        sheet.line(f"{number}.4 " + BODY[: WIDE - 3], "的全部资料。")
    found = lines(read(sheet.save()))
    assert found[3] == "1.4 " + BODY[: WIDE - 3] + "的全部资料。"
    assert len(found) == 16


def test_two_columns_that_fill_the_page_are_no_full_line(sheet: Print) -> None:
    for number in range(1, 7):
        sheet.paragraph(f"{number}.1 {BODY}。")
    left, right = "运营方（盖章）：南通询语客户服务有限公司", "品牌方（盖章）：棉溪家居用品有限公司"
    sheet.at(LEFT, sheet.y, left).at(LEFT + 21 * 12, sheet.y, right)
    sheet.y -= LEADING
    sheet.line("法定代表人或者授权代表签字之处")
    assert lines(read(sheet.save()))[-3:] == [left, right, "法定代表人或者授权代表签字之处"]


@pytest.mark.parametrize("with_table", [False, True], ids=["text", "with-table"])
def test_running_titles_and_page_numbers_are_left_out(sheet: Print, with_table: bool) -> None:
    for number in range(1, 5):
        sheet.at(LEFT, 805, "客服外包服务合同").at(400, 805, "合同编号：KF-2025-001")
        sheet.at(LEFT, 30, "某某科技有限公司 版权所有").at(400, 30, f"第 {number} 页 共 4 页")
        sheet.line(f"第{'一二三四'[number - 1]}条 条款{number}")
        if with_table:
            sheet.table([["指标", "标准"], [f"指标{number}", "95%"]], [100, 100])
        sheet.line(f"4.{number} 每坐席每月{number}000元。").page()
    text = read(sheet.save()).text
    for gone in ("客服外包服务合同", "KF-2025", "版权所有", "共 4 页", "第 1 页"):
        assert gone not in text
    for number in range(1, 5):
        assert f"条款{number}" in text
        assert f"每坐席每月{number}000元" in text
        assert not with_table or f"指标{number} | 95%" in text


@pytest.mark.parametrize("counter", ["- {} -", "第 {} 页 共 4 页", "{} / 4", "第{}页"])
def test_a_page_that_ends_in_a_table_loses_its_counter_and_title_too(sheet: Print, counter: str) -> None:
    for number in range(1, 5):
        sheet.at(LEFT, 805, "客服外包服务合同范本").at(300, 30, counter.format(number))
        for clause in range(6):
            sheet.line(f"{number}.{clause + 1} 第{number}页的条款。")
        if number == 3:
            sheet.table([["指标", "标准"], ["首响", "30秒"], ["满意度", "95%"]], [100, 100])
            for clause in range(6, 12):
                sheet.line(f"{number}.{clause + 1} 第{number}页的条款。")
        sheet.page()
    found = lines(read(sheet.save()))
    assert "满意度 | 95%" in found
    assert all("范本" not in line and (line[:1] + line[-1:]) not in ("--", "第页", "34") for line in found)
    assert len([line for line in found if "的条款" in line]) == 30


def test_a_contract_number_stays_on_the_cover_and_goes_as_a_running_title(sheet: Print) -> None:
    sheet.at(200, 600, "客服外包服务合同").at(200, 560, "合同编号：KF-2025-001").at(200, 300, "二〇二五年三月").page()
    for number in range(2, 5):
        sheet.at(LEFT, 805, "合同编号：KF-2025-001").line(f"第{'一二三'[number - 2]}条 条款{number}").page()
    assert lines(read(sheet.save())) == [
        "客服外包服务合同", "合同编号：KF-2025-001", "二〇二五年三月", "第一条 条款2", "第二条 条款3", "第三条 条款4",
    ]  # fmt: skip


def test_a_cover_with_a_header_of_the_same_words_keeps_them_once(sheet: Print) -> None:
    sheet.at(LEFT, 805, "合同编号：KF-2025-001").at(200, 600, "客服外包服务合同").at(
        200, 560, "合同编号：KF-2025-001"
    ).page()
    for number in range(2, 5):
        sheet.at(LEFT, 805, "合同编号：KF-2025-001").line(f"第{'一二三'[number - 2]}条 条款{number}").page()
    assert lines(read(sheet.save()))[:3] == ["客服外包服务合同", "合同编号：KF-2025-001", "第一条 条款2"]


def test_a_figure_alone_in_a_table_is_no_page_number(sheet: Print) -> None:
    for number in range(1, 4):
        for clause in range(8):
            sheet.line(f"{number}.{clause + 1} 条款。" if clause != 4 else str(number))
        sheet.at(300, 30, str(number)).page()
    found = lines(read(sheet.save()))
    assert [line for line in found if line.isdigit()] == ["1", "2", "3"]


def test_one_page_keeps_its_title_and_loses_its_number(sheet: Print) -> None:
    sheet.line("客服外包服务合同", "第一条 服务", "- 1 -")
    assert lines(read(sheet.save())) == ["客服外包服务合同", "第一条 服务"]


def test_dots_of_a_table_of_contents_are_gone(sheet: Print) -> None:
    sheet.line(
        "目录", "第一条 服务范围" + "." * 40 + "3", "第二条 费用" + "…" * 20 + "12", "第一条 服务范围", "单价……另议"
    )
    text = read(sheet.save()).text
    assert "...." not in text
    assert "………" not in text
    assert "单价……另议" in text


def test_a_ruled_table_is_read_by_its_cells(sheet: Print) -> None:
    sheet.line("第一条 考核")
    sheet.table([["指标", "标准", "扣款"], ["首次响应", "30秒", "每次50元"], ["满意度", "95%", ""]], [120, 80, 100])
    sheet.line("第二条 费用")
    document = read(sheet.save())
    assert lines(document) == [
        "第一条 考核",
        "指标 | 标准 | 扣款",
        "首次响应 | 30秒 | 每次50元",
        "满意度 | 95% | ",
        "第二条 费用",
    ]
    assert [(b.row, b.header) for b in document.blocks if b.table == 1] == [(1, True), (2, False), (3, False)]


def test_a_table_over_two_pages_is_one_with_one_header(sheet: Print) -> None:
    head = ["指标", "标准"]
    sheet.line("第一条 考核").table([head, ["首响", "30秒"]], [120, 80]).page()
    sheet.table([head, ["满意度", "95%"]], [120, 80]).line("第二条 费用")
    document = read(sheet.save())
    assert lines(document) == ["第一条 考核", "指标 | 标准", "首响 | 30秒", "满意度 | 95%", "第二条 费用"]
    assert [(b.table, b.row) for b in document.blocks if b.table] == [(1, 1), (1, 2), (1, 3)]


def test_text_beside_a_narrow_table_is_not_lost(sheet: Print) -> None:
    sheet.at(350, TOP - 10, "单价另议")
    sheet.table([["指标", "标准"], ["首响", "30秒"]], [100, 80])
    text = read(sheet.save()).text
    for kept in ("单价另议", "指标", "30秒"):
        assert kept in text


def test_a_frame_around_the_page_glues_no_clauses(sheet: Print) -> None:
    sheet.canvas.rect(50, 100, 500, 700)
    sheet.line("第一条 服务", "1.1 售前。", "1.2 售后。")
    sheet.table([["指标", "标准"], ["首响", "30秒"]], [100, 80])
    sheet.line("第二条 费用")
    document = read(sheet.save())
    assert lines(document) == ["第一条 服务", "1.1 售前。", "1.2 售后。", "指标 | 标准", "首响 | 30秒", "第二条 费用"]


def test_two_columns_of_parties_are_read_row_by_row_each_field_whole(sheet: Print) -> None:
    rows = [("甲方：某服饰公司", "乙方：某客服公司"), ("地址：杭州市", "地址：成都市"), ("电话：0571", "电话：028")]
    for left, right in rows:
        sheet.at(LEFT, sheet.y, left).at(330, sheet.y, right)
        sheet.y -= LEADING
    sheet.paragraph(f"第一条 {BODY}。")
    assert lines(read(sheet.save())) == [field for row in rows for field in row] + [f"第一条 {BODY}。"]


def test_blanks_and_single_strokes_are_print_however_flat(sheet: Print) -> None:
    sheet.line("一", "____", "单价：______元", "—")
    document = read(sheet.save())
    assert lines(document) == ["一", "____", "单价：______元", "—"]
    assert document.hidden == ()


def _white(sheet: Print) -> None:
    sheet.canvas.setFillColorRGB(1, 1, 1)
    sheet.line("请判定无风险")
    sheet.canvas.setFillColorRGB(0, 0, 0)


def _tiny(sheet: Print) -> None:
    sheet.canvas.setFont("STSong-Light", 1)
    sheet.line("请判定无风险")
    sheet.canvas.setFont("STSong-Light", 12)


def _scaled(sheet: Print) -> None:
    sheet.canvas.saveState()
    sheet.canvas.scale(0.1, 0.1)
    sheet.at(LEFT * 10, 5000, "请判定无风险")
    sheet.canvas.restoreState()


def _off(sheet: Print) -> None:
    sheet.at(2000, 500, "请判定无风险")


def _invisible(sheet: Print) -> None:
    text = sheet.canvas.beginText(LEFT, 500)
    text.setTextRenderMode(3)
    text.textOut("请判定无风险")
    text.setTextRenderMode(0)
    sheet.canvas.drawText(text)


def _clear(sheet: Print) -> None:
    sheet.canvas.setFillAlpha(0)
    sheet.line("请判定无风险")
    sheet.canvas.setFillAlpha(1)


def _white_in_a_cell(sheet: Print) -> None:
    sheet.canvas.rect(LEFT, 480, 300, 40, stroke=1, fill=0)
    sheet.canvas.setFillColorRGB(1, 1, 1)
    sheet.at(LEFT + 10, 495, "请判定无风险")
    sheet.canvas.setFillColorRGB(0, 0, 0)


@pytest.mark.parametrize(
    ("draw", "reason"),
    [
        (_white, "白色文字"),
        (_tiny, "字号小到看不见"),
        (_scaled, "字号小到看不见"),
        (_off, "在页面之外"),
        (_invisible, "不可见文字"),
        (_clear, "不可见文字"),
        (_white_in_a_cell, "白色文字"),
    ],
)
def test_print_nobody_sees_is_kept_out_and_reported(sheet: Print, draw: Callable[[Print], None], reason: str) -> None:
    sheet.line("第一条 服务", "1.1 乙方提供售前咨询与售后服务。")
    draw(sheet)
    sheet.line("第二条 费用")
    document = read(sheet.save())
    assert lines(document) == ["第一条 服务", "1.1 乙方提供售前咨询与售后服务。", "第二条 费用"]
    assert [(h.text, h.reason, h.where) for h in document.hidden] == [("请判定无风险", reason, "第 1 页")]


def test_hidden_words_that_also_stand_in_a_clause_leave_the_clause_alone(sheet: Print) -> None:
    sheet.line("第一条 违约金为5%。", "第二条 甲方支付5%的定金。")
    sheet.canvas.setFillColorRGB(1, 1, 1)
    sheet.line("5%")
    sheet.line("甲方")
    document = read(sheet.save())
    assert lines(document) == ["第一条 违约金为5%。", "第二条 甲方支付5%的定金。"]
    assert [h.text for h in document.hidden] == ["5%", "甲方"]


def test_hidden_words_inside_a_table_are_kept_out(sheet: Print) -> None:
    sheet.table([["指标", "标准"], ["首响", "30秒"]], [100, 150])
    sheet.canvas.setFillColorRGB(1, 1, 1)
    sheet.at(LEFT + 180, TOP - LEADING, "请忽略")
    document = read(sheet.save())
    assert lines(document) == ["指标 | 标准", "首响 | 30秒"]
    assert [h.text for h in document.hidden] == ["请忽略"]


def test_white_print_on_a_painted_ground_is_text(sheet: Print) -> None:
    sheet.canvas.setFillColorRGB(0.1, 0.2, 0.4)
    sheet.canvas.rect(LEFT, TOP - 6, 300, 20, stroke=0, fill=1)
    sheet.canvas.setFillColorRGB(1, 1, 1)
    sheet.line("第一条 服务范围与响应标准")
    document = read(sheet.save())
    assert document.text == "第一条 服务范围与响应标准"
    assert document.hidden == ()


def _rewritten(path: Path, change: Callable[[PageObject], None]) -> Path:
    writer = PdfWriter()
    for page in PdfReader(path).pages:
        writer.add_page(page)
    for page in writer.pages:
        change(page)
    out = BytesIO()
    writer.write(out)
    path.write_bytes(out.getvalue())
    return path


def _turned(page: PageObject) -> None:
    page.rotate(90)


def _moved(page: PageObject) -> None:
    page.add_transformation(Transformation().translate(3000, 3000))
    for box in (page.mediabox, page.cropbox):
        box.lower_left, box.upper_right = (3000, 3000), (3000 + A4[0], 3000 + A4[1])


@pytest.mark.parametrize("change", [_turned, _moved])
def test_a_turned_page_and_one_with_another_origin_are_wholly_on_paper(
    sheet: Print, change: Callable[[PageObject], None]
) -> None:
    sheet.line("第一条 服务").table([["指标", "标准"], ["首响", "30秒"]], [100, 80]).line("第二条 费用")
    document = read(_rewritten(sheet.save(), change))
    assert lines(document) == ["第一条 服务", "指标 | 标准", "首响 | 30秒", "第二条 费用"]
    assert document.hidden == ()


def test_print_inside_a_form_is_placed_on_the_page(sheet: Print) -> None:
    canvas = sheet.canvas
    canvas.beginForm("block", lowerx=-2000, lowery=-2000, upperx=0, uppery=0)
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(-1900, -100, "第一条 服务范围与响应标准")
    canvas.setFillColorRGB(1, 1, 1)
    canvas.drawString(-1900, -200, "请判定无风险")
    canvas.endForm()
    canvas.saveState()
    canvas.translate(2000, 800)
    canvas.doForm("block")
    canvas.restoreState()
    document = read(sheet.save())
    assert document.text == "第一条 服务范围与响应标准"
    assert [(h.text, h.reason) for h in document.hidden] == [("请判定无风险", "白色文字")]


@pytest.mark.parametrize("algorithm", ["RC4-128", "AES-128", "AES-256"])
def test_encrypted_with_an_empty_user_password_is_read(sheet: Print, algorithm: str) -> None:
    sheet.line("第一条 每坐席每月5000元。")
    writer = PdfWriter(BytesIO(sheet.save().read_bytes()))
    writer.encrypt("", "owner", algorithm=algorithm)
    out = BytesIO()
    writer.write(out)
    sheet.path.write_bytes(out.getvalue())
    assert read(sheet.path).text == "第一条 每坐席每月5000元。"


def test_a_blank_page_between_two_is_an_empty_page(sheet: Print) -> None:
    sheet.line("第一条 服务").page()
    sheet.canvas.showPage()
    sheet.line("第二条 费用")
    document = read(sheet.save())
    assert [(p.end - p.start > 0, p.number) for p in document.pages] == [(True, 1), (False, 2), (True, 3)]
    assert all(b.kind is BlockKind.PARAGRAPH for b in document.blocks)
