"""Scans and photographs: what OCR reads, what it cannot, and when it is asked at all."""

from __future__ import annotations

import re
from collections.abc import Sequence
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.pdfgen.canvas import Canvas

from pipeline import guard
from pipeline.ingest import ingest, ocr
from pipeline.ingest.blanks import Piece, ink_of, permille, with_blanks
from pipeline.ingest.layout import Line, drafts, without_running_titles
from pipeline.segment import segment
from pipeline.types import AlertKind, PageSource
from tests.pipeline.ingest.conftest import check, read

pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
_FONTS = (
    "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "/usr/share/fonts/truetype/wqy/wqy-zenhei.ttc",
    "/System/Library/Fonts/PingFang.ttc",
    "C:/Windows/Fonts/simsun.ttc",
)
CLAUSES = ["客服外包服务合同", "第一条 甲方每月支付服务费5000元。", "第二条 乙方应在30秒内响应买家咨询。"]


def picture(lines: Sequence[str], mode: str = "RGB") -> Image.Image:
    """Black print on white paper, or on nothing in a mode with an alpha channel."""
    file = next((f for f in _FONTS if Path(f).exists()), None)
    if file is None:
        pytest.skip("no Chinese font to draw a scan with")
    sheet = Image.new(mode, (1100, 700), (255, 255, 255, 0) if mode == "RGBA" else "white")
    pen = ImageDraw.Draw(sheet)
    font = ImageFont.truetype(file, 36)
    for at, line in enumerate(lines):
        pen.text((80, 60 + 90 * at), line, font=font, fill="black")
    return sheet


def scan(path: Path, *pages: Image.Image | str) -> Path:
    """A PDF whose pages are pictures, or text where a string is given."""
    canvas = Canvas(str(path), pagesize=A4)
    for page in pages:
        if isinstance(page, str):
            canvas.setFont("STSong-Light", 12)
            canvas.drawString(72, 700, page)
        else:
            canvas.drawImage(ImageReader(page), 0, 300, width=A4[0], height=A4[0] * page.height / page.width)
        canvas.showPage()
    canvas.save()
    return path


class Reads:
    """Stands in for the engine: what it was asked, and always the same answer."""

    def __init__(self, *lines: str, confidence: float = 0.9, blank: bool = False) -> None:
        self.asked: list[tuple[int, ...]] = []
        self.reading = ocr.Reading(lines=[Line(text=t) for t in lines], confidence=confidence, blank=blank)

    def __call__(self, drawn: object) -> ocr.Reading:
        self.asked.append(tuple(drawn.shape))  # type: ignore[attr-defined]
        return self.reading


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> object:
    def use(*lines: str, **more: object) -> Reads:
        engine = Reads(*lines, **more)  # type: ignore[arg-type]
        monkeypatch.setattr(ocr, "read_picture", engine)
        return engine

    return use


def grey() -> Image.Image:
    return Image.new("RGB", (400, 400), (200, 200, 200))


def test_only_the_page_without_a_text_layer_is_read_by_ocr(tmp_path: Path, reads: type[Reads]) -> None:
    engine = reads("第二条 扫描的条款。")
    said: list[str] = []
    path = scan(
        tmp_path / "混合.pdf", "第一条 每坐席每月5000元，按月结算。", grey(), "第三条 争议由甲方所在地法院管辖。"
    )
    document = check(ingest(path, progress=said.append))
    assert document.text.split("\n")[1] == "第二条 扫描的条款。"
    assert [(p.source, p.confidence) for p in document.pages] == [
        (PageSource.TEXT, 1.0),
        (PageSource.OCR, 0.9),
        (PageSource.TEXT, 1.0),
    ]
    assert len(engine.asked) == 1
    assert said == ["第 2/3 页是扫描件，正在识别…"]


def test_a_page_that_cannot_be_read_is_said_to_be_so(tmp_path: Path, reads: type[Reads]) -> None:
    reads(confidence=0.0)
    document = read(scan(tmp_path / "花.pdf", grey()))
    assert document.text == ""
    assert [p.source for p in document.pages] == [PageSource.UNREADABLE]
    alerts = guard.alerts(document, segment(document), ())
    assert [a.kind for a in alerts] == [AlertKind.UNREADABLE_PAGE]


def test_a_scan_under_a_thin_text_layer_is_not_passed_over(tmp_path: Path, reads: type[Reads]) -> None:
    engine = reads(
        "合同编号 KF-2025-0001 第 1 页",
        "第一条 每坐席每月5000元，按月结算，逾期每日万分之五。",
        "第二条 乙方不得转包。",
    )
    path = tmp_path / "章.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    canvas.drawImage(ImageReader(grey()), 0, 0, width=A4[0], height=A4[1])
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(72, 800, "合同编号 KF-2025-0001")
    canvas.save()
    document = read(path)
    assert len(engine.asked) == 1
    assert "第二条 乙方不得转包。" in document.text
    assert document.pages[0].source is PageSource.OCR


def test_a_background_picture_does_not_turn_exact_text_into_a_reading(tmp_path: Path, reads: type[Reads]) -> None:
    reads("第一条 每坐席每月5O00元。")
    path = tmp_path / "底纹.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    canvas.drawImage(ImageReader(grey()), 0, 0, width=A4[0], height=A4[1])
    canvas.setFont("STSong-Light", 12)
    canvas.drawString(72, 700, "第一条 每坐席每月5000元。")
    canvas.save()
    document = read(path)
    assert document.text == "第一条 每坐席每月5000元。"
    assert document.pages[0].source is PageSource.TEXT


def test_print_turned_into_outlines_is_read_by_ocr(tmp_path: Path, reads: type[Reads]) -> None:
    reads("第一条 转曲的文字。")
    path = tmp_path / "转曲.pdf"
    canvas = Canvas(str(path), pagesize=A4)
    for at in range(200):
        canvas.circle(72 + at % 20 * 20, 700 - at // 20 * 20, 5, stroke=0, fill=1)
    canvas.save()
    assert read(path).text == "第一条 转曲的文字。"


def test_a_poster_is_rendered_within_bounds(tmp_path: Path, reads: type[Reads]) -> None:
    engine = reads("第一条")
    path = tmp_path / "海报.pdf"
    canvas = Canvas(str(path), pagesize=(14000, 14000))
    canvas.drawImage(ImageReader(grey()), 0, 0, width=14000, height=14000)
    canvas.save()
    read(path)
    height, width = engine.asked[0][:2]
    assert height * width <= 41_000_000


@pytest.mark.parametrize(("confidence", "kinds"), [(0.7, [AlertKind.LOW_OCR_CONFIDENCE]), (0.97, [])])
def test_confidence_is_kept_and_a_low_one_reported(
    tmp_path: Path, reads: type[Reads], confidence: float, kinds: list[AlertKind]
) -> None:
    reads("每月5000元。", confidence=confidence)
    path = tmp_path / "照片.png"
    grey().save(path)
    document = read(path)
    assert document.pages[0].confidence == confidence
    assert [a.kind for a in guard.alerts(document, segment(document), ())] == kinds


def test_readings_of_one_running_title_at_one_height_are_one_line() -> None:
    readings = [
        "新万电商托管合同范本（2023版）", "新万电商托管合同范本(2023版)", "新方电商托管合同范本（2023版）", "新万电商托管台同范本（2023版）",
    ]  # fmt: skip
    body = ["甲方应付款。", "乙方应接待。", "双方应保密。", "争议由法院管辖。"]
    pages = [
        [Line(text=title, height=0.04 + 0.002 * at), Line(text=clause, height=0.5)]
        for at, (title, clause) in enumerate(zip(readings, body, strict=True))
    ]
    assert [[line.text for line in page] for page in without_running_titles(pages)] == [[clause] for clause in body]


def test_lines_alike_at_other_heights_are_lines_of_the_page() -> None:
    pages = [
        [Line(text=f"乙方应在{n}日内完成第{at}项接待工作", height=0.1 + 0.2 * at)] for at, n in enumerate("三五七")
    ]
    assert without_running_titles(pages) == pages


@pytest.mark.parametrize(
    ("read_as", "meant"),
    [
        ("每日5%0支付", "每日5‰支付"),
        ("按【5】%0计", "按【5】‰计"),
        ("每分钟0.5%o。", "每分钟0.5‰。"),
        ("5%00（万分之五）", "5‱（万分之五）"),
        ("不低于95%0次漏接", "不低于95%0次漏接"),
        ("满意度100%0", "满意度100%0"),
        ("5%0.5", "5%0.5"),
        ("上浮5%of", "上浮5%of"),
        ("%0", "%0"),
        ("单价5%。", "单价5%。"),
    ],
)
def test_a_sign_of_thousandths_is_told_from_a_percentage(read_as: str, meant: str) -> None:
    assert permille(read_as) == meant


Strokes = Sequence[tuple[int, int, int, int]]
RULE: Strokes = [(210, 46, 330, 48)]


def joined(pieces: Sequence[tuple[int, int, str]], strokes: Strokes = ()) -> list[str]:
    """Pieces of one line of 40 pixels on a sheet with these strokes of ink, texts as they come out."""
    sheet = Image.new("RGB", (1000, 100), "white")
    for stroke in strokes:
        ImageDraw.Draw(sheet).rectangle(stroke, fill="black")
    found = with_blanks([Piece(left, 10, right, 50, text) for left, right, text in pieces], ink_of(np.asarray(sheet)))
    return [piece.text for piece in found]


@pytest.mark.parametrize(
    ("pieces", "strokes", "texts"),
    [
        ([(50, 205, "不低于"), (335, 500, "%，满意率")], RULE, ["不低于____%，满意率"]),
        ([(50, 205, "不低于"), (335, 500, "%，满意率")], [], ["不低于____%，满意率"]),
        ([(50, 205, "平台："), (335, 500, "；需要同")], [], ["平台：____；需要同"]),
        ([(50, 205, "平台："), (335, 500, "需要同")], RULE, ["平台：____需要同"]),
        ([(50, 205, "网址：")], RULE, ["网址：____"]),
        ([(335, 500, "（甲方）")], RULE, ["____（甲方）"]),
        ([(50, 205, "签字："), (600, 700, "签字：")], RULE, ["签字：____", "签字："]),
        ([(50, 205, "签字："), (335, 500, "日期：")], [], ["签字：", "日期："]),
        ([(50, 205, "单价"), (335, 500, "元/人/月")], [], ["单价", "元/人/月"]),
        ([(50, 205, "本月。"), (335, 500, "%，满意率")], [], ["本月。", "%，满意率"]),
        ([(50, 205, "不低于"), (215, 500, "%，满意率")], [], ["不低于", "%，满意率"]),
        ([(50, 205, "甲方"), (335, 500, "乙方")], [(20, 46, 900, 48)], ["甲方", "乙方"]),
        ([(50, 205, "甲方"), (335, 500, "乙方")], [(210, 29, 330, 31)], ["甲方", "乙方"]),
        ([(50, 205, "甲方"), (335, 500, "乙方")], [(210, 46, 240, 48)], ["甲方", "乙方"]),
        ([(50, 205, "甲方"), (335, 500, "乙方")], [(210, 30, 330, 48)], ["甲方", "乙方"]),
    ],
    ids=[
        "rule-before-a-unit", "gap-before-a-unit", "gap-before-a-stop", "rule-before-words", "rule-at-the-end", "rule-at-the-start",
        "rule-of-the-left-column", "two-columns", "cells", "after-a-stop", "narrow-gap", "border", "dash", "short", "thick",
    ],
)  # fmt: skip
def test_a_blank_is_seen_in_the_picture(
    pieces: Sequence[tuple[int, int, str]], strokes: Strokes, texts: list[str]
) -> None:
    assert joined(pieces, strokes) == texts


def test_a_line_with_a_blank_that_reaches_the_margin_goes_on_below() -> None:
    usual = "乙方应当按照甲方确认的排班安排客服人员在线接待买家"
    page = [
        Line(text=usual + "。"),
        Line(text="1.2 平台：____；需要同", full=True),
        Line(text="时接待的其他入口：____"),
        Line(text="满意率不低于____", full=True),
        Line(text="%，按月统计。"),
        Line(text="其他事项：____", full=True),
        Line(text="填表人：张三"),
    ]
    assert [d.text for d in drafts([(1, page)])] == [
        usual + "。", "1.2 平台：____；需要同时接待的其他入口：____", "满意率不低于____%，按月统计。", "其他事项：____", "填表人：张三",
    ]  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("long", [70, 260])
def test_blanks_of_a_scanned_page_are_read(tmp_path: Path, long: int) -> None:
    sheet = picture(["客服外包服务合同", "第一条 甲方每月支付服务费5000元。"])
    pen, font = ImageDraw.Draw(sheet), ImageFont.truetype(next(f for f in _FONTS if Path(f).exists()), 36)
    pen.text((80, 240), "第二条 满意率不低于", font=font, fill="black")
    start = 80 + int(font.getlength("第二条 满意率不低于")) + 4
    pen.line((start, 284, start + long, 284), fill="black", width=2)
    pen.text((start + long + 4, 240), "%，按月考核。", font=font, fill="black")
    path = tmp_path / "空格.png"
    sheet.save(path)
    assert re.search(r"满意率不低于_{2,}%，按月考核", read(path).text)  # a short rule the engine reads by itself


@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "mode"), [("照片.png", "RGB"), ("照片.jpg", "RGB"), ("透明.png", "RGBA"), ("灰度.png", "L")]
)
def test_a_picture_is_read(tmp_path: Path, name: str, mode: str) -> None:
    path = tmp_path / name
    picture(CLAUSES, mode).save(path)
    document = read(path)
    solid = document.text.replace(" ", "")
    for clause in CLAUSES:
        assert clause.replace(" ", "") in solid
    assert document.pages[0].source is PageSource.OCR
    assert 0.85 < document.pages[0].confidence <= 1


@pytest.mark.slow
def test_a_photograph_taken_sideways_is_read_upright(tmp_path: Path) -> None:
    path = tmp_path / "横.jpg"
    turned = picture(CLAUSES).rotate(90, expand=True)
    exif = Image.Exif()
    exif[0x0112] = 6  # turn a quarter clockwise to see it upright
    turned.save(path, exif=exif)
    assert "每月支付服务费5000元" in read(path).text.replace(" ", "")


def test_a_scanned_pdf_is_read(tmp_path: Path) -> None:
    document = read(scan(tmp_path / "扫描.pdf", picture(CLAUSES)))
    assert "第二条乙方应在30秒内响应买家咨询" in document.text.replace(" ", "")
    assert document.pages[0].source is PageSource.OCR
    assert document.pages[0].confidence > 0.85


@pytest.mark.slow
def test_noise_is_unreadable_and_white_paper_is_blank(tmp_path: Path) -> None:
    out = BytesIO()
    Image.effect_noise((600, 600), 120).save(out, "PNG")
    path = tmp_path / "噪点.png"
    path.write_bytes(out.getvalue())
    assert read(path).pages[0].source is PageSource.UNREADABLE
    white = Image.new("RGB", (600, 600), "white")
    document = read(scan(tmp_path / "白.pdf", "第一条 每坐席每月5000元，按月结算。", white))
    assert [p.source for p in document.pages] == [PageSource.TEXT, PageSource.OCR]
    assert document.pages[1].confidence == 1.0
