"""Pictures of pages, and the boxes of a span on them."""

from __future__ import annotations

import hashlib
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

from pipeline.errors import InputError
from pipeline.pages import Box, boxes, forget_pictures, page_picture
from pipeline.settings import settings
from pipeline.types import Document, Line, Page, Span


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    yield tmp_path / "data" / "pages"
    monkeypatch.undo()
    settings.cache_clear()


def document(text: str, *lines: tuple[int, int, float, float, float, float]) -> Document:
    page = Page(start=0, end=len(text), number=1, width=100, height=200)
    placed = tuple(
        Line(start=s, end=e, page=1, left=left, top=top, right=right, bottom=bottom)
        for s, e, left, top, right, bottom in lines
    )
    return Document(file="a.pdf", sha256="", text=text, pages=(page,), blocks=(), lines=placed)


def test_a_span_is_cut_at_its_ends_and_whole_between() -> None:
    text = "甲方应当付款乙方应当服务双方应当守约"
    read = document(text, (0, 6, 0.1, 0.1, 0.7, 0.2), (6, 12, 0.1, 0.3, 0.7, 0.4), (12, 18, 0.1, 0.5, 0.7, 0.6))
    found = boxes(read, Span(start=4, end=13))
    assert [(round(b.left, 4), b.top, round(b.right, 4), b.bottom) for b in found] == [
        (0.5, 0.1, 0.7, 0.2),
        (0.1, 0.3, 0.7, 0.4),
        (0.1, 0.5, 0.2, 0.6),
    ]


def test_figures_take_less_room_than_signs() -> None:
    read = document("收费50元整", (0, 6, 0.0, 0.1, 1.0, 0.2))
    (box,) = boxes(read, Span(start=2, end=4))
    assert box.right - box.left == pytest.approx(2.2 / 10.2)


@pytest.mark.parametrize(
    ("start", "end"),
    [pytest.param(0, 2, id="before"), pytest.param(8, 10, id="behind"), pytest.param(3, 3, id="empty")],
)
def test_text_without_a_place_has_no_box(start: int, end: int) -> None:
    assert boxes(document("前文甲方付款后文很长", (2, 6, 0.1, 0.1, 0.5, 0.2)), Span(start=start, end=end)) == ()
    assert boxes(document("没有版面的文件十个字"), Span(start=start, end=end)) == ()


def test_parts_of_a_printed_line_are_one_box_and_cells_are_not() -> None:
    read = document(
        "illi WWWW | 30秒", (0, 4, 0.1, 0.1, 0.15, 0.2), (5, 9, 0.155, 0.1, 0.4, 0.2), (12, 15, 0.6, 0.1, 0.7, 0.2)
    )
    found = boxes(read, Span(start=0, end=15))
    assert [(b.left, b.right) for b in found] == [(0.1, 0.4), (0.6, 0.7)]


def test_print_that_runs_up_the_page_is_not_cut() -> None:
    read = document("竖排的文字", (0, 5, 0.1, 0.1, 0.15, 0.5))
    assert boxes(read, Span(start=1, end=3)) == (Box(page=1, left=0.1, top=0.1, right=0.15, bottom=0.5),)


@pytest.fixture
def pdf(tmp_path: Path) -> Path:
    path = tmp_path / "合同.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for number in (1, 2):
        canvas.setFont("Helvetica", 9)
        for at in range(60):
            canvas.drawString(
                50, 800 - 12 * at, f"Page {number}, line {at}: the Operator shall answer within thirty seconds."
            )
        canvas.rect(100 * number, 20, 40, 40, fill=1)
        canvas.showPage()
    canvas.save()
    return path


def opened(data: bytes) -> Image.Image:
    picture = Image.open(BytesIO(data))
    assert picture.format == "WEBP"
    return picture


@pytest.mark.parametrize("width", [200, 1000, 1333])
def test_a_page_is_drawn_at_the_width_asked_for(pdf: Path, width: int) -> None:
    data = page_picture(pdf, 1, width=width)
    picture = opened(data)
    assert picture.width == width
    assert picture.height == pytest.approx(width * A4[1] / A4[0], abs=1)
    assert len(data) <= 150_000 * max(1, (width / 1000) ** 2)
    dark = picture.convert("L").getpixel((round(120 / A4[0] * width), round((A4[1] - 40) / A4[1] * picture.height)))
    assert isinstance(dark, int)
    assert dark < 60


def test_pages_differ_and_are_kept_until_forgotten(pdf: Path, folder: Path) -> None:
    first, second = page_picture(pdf, 1, width=300), page_picture(pdf, 2, width=300)
    assert first != second
    assert {p.name for p in folder.rglob("*.webp")} == {"1-300.webp", "2-300.webp"}
    assert page_picture(pdf, 1, width=300) == first
    forget_pictures(hashlib.sha256(pdf.read_bytes()).hexdigest())
    assert not list(folder.rglob("*.webp"))
    assert page_picture(pdf, 1, width=300) == first


def test_a_file_deleted_or_changed_shows_nothing_old(pdf: Path) -> None:
    before = page_picture(pdf, 1, width=300)
    canvas = Canvas(str(pdf), pagesize=A4)
    canvas.drawString(50, 500, "another contract")
    canvas.save()
    assert page_picture(pdf, 1, width=300) != before
    pdf.unlink()
    with pytest.raises(InputError, match="打不开"):
        page_picture(pdf, 1, width=300)


def test_forgetting_takes_no_path_for_a_hash(folder: Path) -> None:
    with pytest.raises(ValueError, match="SHA-256"):
        forget_pictures("../..")
    forget_pictures("0" * 64)


@pytest.mark.parametrize("number", [0, -1, 3])
def test_a_page_that_is_not_there_is_an_error_with_its_number(pdf: Path, number: int) -> None:
    with pytest.raises(InputError, match=f"没有第 {number} 页，一共 2 页"):
        page_picture(pdf, number, width=300)


def test_text_and_damaged_files_have_no_pictures(tmp_path: Path) -> None:
    text = tmp_path / "合同.txt"
    text.write_text("第一条 服务。", encoding="utf-8")
    with pytest.raises(InputError, match="没有版面图"):
        page_picture(text, 1, width=300)
    broken = tmp_path / "坏.pdf"
    broken.write_bytes(b"%PDF-1.7\nnothing more")
    with pytest.raises(InputError, match="损坏"):
        page_picture(broken, 1, width=300)


@pytest.mark.parametrize("width", [0, 15, 4001])
def test_a_width_out_of_bounds_is_refused(pdf: Path, width: int) -> None:
    with pytest.raises(ValueError, match="pixels"):
        page_picture(pdf, 1, width=width)


def test_a_photograph_is_shown_upright_on_white_paper(tmp_path: Path) -> None:
    path = tmp_path / "照片.png"
    drawn = Image.new("RGBA", (400, 200), (0, 0, 0, 0))
    drawn.paste((200, 0, 0, 255), (0, 0, 200, 200))
    exif = Image.Exif()
    exif[0x0112] = 6
    drawn.save(path, exif=exif)
    picture = opened(page_picture(path, 1, width=100)).convert("RGB")
    assert picture.size == (100, 200)
    red, white = picture.getpixel((50, 50)), picture.getpixel((50, 150))
    assert isinstance(red, tuple)
    assert red[0] > 150 > 100 > red[1]
    assert isinstance(white, tuple)
    assert min(white) > 240


def test_many_threads_draw_at_once(pdf: Path) -> None:
    asked = [(number, width) for number in (1, 2) for width in (200, 230, 260, 290)] * 3
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda a: page_picture(pdf, a[0], width=a[1]), asked))
    alone = {a: page_picture(pdf, a[0], width=a[1]) for a in set(asked)}
    assert [alone[a] for a in asked] == found
