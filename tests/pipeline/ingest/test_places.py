"""Where text stands: the boxes of lines and cells on the pages of a PDF and of a scan, held against what is drawn there."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter, Transformation
from reportlab.lib.pagesizes import A4

from pipeline.folding import fold
from pipeline.ingest.blanks import Piece
from pipeline.ingest.frames import places_of
from pipeline.ingest.layout import Line as Read
from pipeline.ingest.layout import drafts
from pipeline.ingest.ocr import _in_order
from pipeline.ingest.places import Printing, signs_of
from pipeline.types import Document, Line
from tests.pipeline.ingest.conftest import read
from tests.pipeline.ingest.test_pdf import BODY, Print
from tests.pipeline.ingest.test_scans import CLAUSES, picture, scan


@pytest.fixture
def sheet(tmp_path: Path) -> Print:
    return Print(tmp_path / "合同.pdf")


def under(path: Path, line: Line) -> str:
    """What pdfium finds in the box of a line on an upright page."""
    opened = pypdfium2.PdfDocument(path)
    page = opened[line.page - 1]
    left, bottom, right, top = page.get_bbox()
    wide, high = right - left, top - bottom
    layer = page.get_textpage()
    found = layer.get_text_bounded(
        left=left + line.left * wide + 0.3,  # pdfium counts in what only touches the box
        right=left + line.right * wide - 0.3,
        top=top - line.top * high,
        bottom=top - line.bottom * high,
    )
    layer.close()
    opened.close()
    return fold(str(found)).text


def held(path: Path, document: Document) -> list[str]:
    """The texts of the lines, each found where it is said to stand, with no more than a neighbour whose print reaches into its box."""
    for line in document.lines:
        wanted, found = fold(document.slice(line)).text, under(path, line)
        assert wanted in found
        assert len(found) <= len(wanted) + 2
    return [document.slice(line) for line in document.lines]


def test_each_printed_line_has_its_place(sheet: Print) -> None:
    sheet.paragraph(f"第一条 {BODY}。").line("第二条 费用").paragraph(f"2.1 {BODY}，每月5000元，逾期按0.05%计。")
    path = sheet.save()
    document = read(path)
    texts = held(path, document)
    assert "".join("".join(texts).split()) == "".join(document.text.split())
    (page,) = document.pages
    assert (page.width, page.height) == pytest.approx(A4, abs=0.01)


def test_a_paragraph_over_a_page_stands_on_both(sheet: Print) -> None:
    sheet.y = 100
    sheet.line(f"1.1 {BODY}"[:37]).page().line(f"1.1 {BODY}"[37:] + "。", "1.2 其他。")
    path = sheet.save()
    document = read(path)
    assert document.text == f"1.1 {BODY}。\n1.2 其他。"
    held(path, document)
    assert {line.page for line in document.lines if line.start < document.blocks[0].end} == {1, 2}


def test_the_cells_of_a_row_stand_apart_and_a_long_cell_on_two_lines(sheet: Print) -> None:
    sheet.line("附件一 指标").table([["指标", "标准", "备注"], ["首响", "30秒", "30秒"]], [100, 80, 60])
    sheet.at(76, sheet.y, "满意度").at(176, sheet.y, "每月不低于").at(176, sheet.y - 14, "90%").at(256, sheet.y, "30秒")
    top = sheet.y + 14
    sheet.canvas.grid([72, 172, 252, 312], [top, top - 40])
    path = sheet.save()
    document = read(path)
    assert [document.slice(b) for b in document.blocks][-1] == "满意度 | 每月不低于90% | 30秒"
    texts = held(path, document)
    assert texts[-7:] == ["首响", "30秒", "30秒", "满意度", "每月不低于", "90%", "30秒"]
    last = document.lines[-7:]
    assert last[1].right < last[2].left
    assert last[1].top == last[2].top < last[3].top < last[5].top


def test_words_that_also_are_a_running_title_stand_where_they_were_read(sheet: Print) -> None:
    for number in (1, 2, 3):
        sheet.at(72, 810, "服务合同").line(
            "服务合同" if number == 2 else f"第{number}条 内容", f"{number}.1 {BODY[:20]}。"
        )
        sheet.page()
    path = sheet.save()
    document = read(path)
    held(path, document)
    assert all(line.top > 0.08 for line in document.lines)


def test_the_hyphen_that_broke_a_word_leaves_its_halves_in_place(sheet: Print) -> None:
    text = "1.1 The Operator shall at all times keep a record of every complaint and hand over the informa-"
    sheet.canvas.setFont("Helvetica", 10)
    sheet.line(text, "tion on request, without delay and free of any charge whatsoever to the other party hereto.")
    path = sheet.save()
    document = read(path)
    assert "the information on request" in document.text
    texts = held(path, document)
    assert texts[-1].endswith("hereto.")
    assert {document.text[line.start : line.end].split()[0] for line in document.lines} >= {"1.1", "tion"}


def test_letters_of_uneven_width_are_parted_so_that_a_cut_is_exact(sheet: Print) -> None:
    sheet.canvas.setFont("Times-Roman", 11)
    sheet.line("illicit little fillip WWWW MMMM WWWW illicit")
    path = sheet.save()
    document = read(path)
    assert len(document.lines) > 1
    assert len({(line.top, line.bottom) for line in document.lines}) == 1
    held(path, document)


def rewritten(path: Path, turn: int, shift: float) -> Path:
    writer = PdfWriter()
    for page in PdfReader(path).pages:
        writer.add_page(page)
    for page in writer.pages:
        if shift:
            page.add_transformation(Transformation().translate(shift, shift))
            for box in (page.mediabox, page.cropbox):
                box.lower_left, box.upper_right = (shift, shift), (shift + A4[0], shift + A4[1])
        page.rotate(turn)
    writer.write(path)
    return path


@pytest.mark.parametrize(("turn", "shift"), [(0, 0), (90, 0), (180, 0), (270, 0), (0, 3000), (90, 3000)])
def test_boxes_cover_the_print_and_only_that_however_the_page_is_turned(sheet: Print, turn: int, shift: float) -> None:
    sheet.canvas.setFont("Helvetica", 12)
    sheet.line("Clause 1 Services", "1.1 Reply within 30 seconds.").at(300, 400, "2 Fees").at(72, 90, "3 Term")
    path = rewritten(sheet.save(), turn, shift)
    document = read(path)
    opened = pypdfium2.PdfDocument(path)
    drawn = np.array(opened[0].render(scale=2, grayscale=True).to_pil()) < 128
    opened.close()
    assert document.pages[0].width / document.pages[0].height == pytest.approx(
        drawn.shape[1] / drawn.shape[0], rel=0.01
    )
    assert drawn.any()
    high, wide = drawn.shape
    for line in document.lines:
        part = drawn[
            int(line.top * high) - 1 : int(line.bottom * high) + 2,
            int(line.left * wide) - 1 : int(line.right * wide) + 2,
        ]
        assert part.any()
        assert part.size < 12_000  # a line of it, not the page
        part[:] = False
    assert not drawn.any()


def test_what_is_not_on_the_page_has_no_place(sheet: Print) -> None:
    path = sheet.line("第一条 甲方每月支付服务费。", "第十条 30").save()
    opened = pypdfium2.PdfDocument(path)
    page = opened[0]
    layer = page.get_textpage()
    lines = [
        Read(text="第一条 甲方每月支付服务费。"),
        Read(text="第九条 完全是另外的一些话，哪里也没有"),
        Read(text="第十条 30"),
    ]
    placed = Printing(signs_of(layer), page, layer).placed(lines)
    layer.close()
    opened.close()
    assert [bool(line.places) for line in placed] == [True, False, True]
    assert [line.text for line in placed] == [line.text for line in lines]
    assert [len(d.places[0]) for d in drafts([(1, placed)])] == [1, 0, 1]


def test_pieces_of_a_scanned_line_keep_their_frames_and_blanks_the_gap() -> None:
    ink = np.zeros((200, 1000), bool)
    ink[46:48, 220:480] = True
    (line,) = _in_order([Piece(100, 10, 210, 50, "期限为"), Piece(490, 12, 600, 50, "个月。")], ink)
    assert line.text == "期限为____个月。"
    (places,) = line.places
    assert [(p.start, p.end) for p in places] == [(0, 3), (3, 7), (7, 10)]
    assert [(p.left, p.right) for p in places] == [(0.1, 0.21), (0.21, 0.49), (0.49, 0.6)]
    assert [(p.top, p.bottom) for p in places] == [(0.05, 0.25), (0.05, 0.25), (0.06, 0.25)]


def test_the_cells_of_a_scanned_row_each_have_their_frame() -> None:
    rows = [
        [Piece(x, y, x + 80, y + 30, text) for x, text in ((50, "指标"), (300, "标准"), (600, "备注"))]
        for y in (20, 80)
    ]
    lines = _in_order([piece for row in rows for piece in row], np.zeros((200, 1000), bool))
    assert [line.cells for line in lines] == [("指标", "标准", "备注")] * 2
    assert [[round(p.left, 2) for p in cell] for cell in lines[1].places] == [[0.05], [0.3], [0.6]]


@pytest.mark.parametrize("fall", [40.0, -40.0])
def test_a_crooked_line_is_framed_in_steps_that_follow_it(fall: float) -> None:
    piece = Piece(0, 100, 1000, 180, "甲方每月支付服务费五千元整不得迟延", fall)
    ((*steps,),) = places_of([piece], [piece], (1000, 1000))
    assert len(steps) == 4
    assert (steps[0].start, steps[-1].end) == (0, len(piece.text))
    for one, following in itertools.pairwise(steps):
        assert one.end == following.start
        assert one.right == following.left
        assert (following.top > one.top) == (fall > 0)
    assert {round(s.bottom - s.top, 2) for s in steps} == {0.05}
    assert min(s.top for s in steps) == pytest.approx(0.1)
    assert max(s.bottom for s in steps) == pytest.approx(0.18)


@pytest.mark.slow
def test_a_scan_beside_a_printed_page_and_a_photograph_taken_sideways(tmp_path: Path) -> None:
    drawing = picture(CLAUSES)
    path = scan(tmp_path / "混合.pdf", "第一条 本页是文字，每坐席每月5000元。", drawing)
    document = read(path)
    assert {line.page for line in document.lines} == {1, 2}
    printed = [line for line in document.lines if line.page == 1]
    assert [under(path, line) for line in printed] == [fold(document.slice(line)).text for line in printed]

    sideways = tmp_path / "横.jpg"
    exif = Image.Exif()
    exif[0x0112] = 6
    drawing.rotate(90, expand=True).save(sideways, exif=exif)
    photograph = read(sideways)
    assert (photograph.pages[0].width, photograph.pages[0].height) == drawing.size
    tops = [line.top * drawing.height for line in photograph.lines]
    for at in range(len(CLAUSES)):  # drawn from 60 pixels down, 90 apart
        assert any(abs(top - (60 + 90 * at)) < 25 for top in tops)
    ink = np.array(drawing.convert("L")) < 128
    for line in photograph.lines:
        rows = slice(max(0, int(line.top * ink.shape[0]) - 6), int(line.bottom * ink.shape[0]) + 6)
        ink[rows, max(0, int(line.left * ink.shape[1]) - 6) : int(line.right * ink.shape[1]) + 6] = False
    assert not ink.any()
