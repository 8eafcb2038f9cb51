"""Reports as files: Word, PDF, Excel."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import jsonschema
import openpyxl
import pytest
from docx import Document
from docx.oxml.ns import qn
from pypdf import PdfReader

from pipeline.report import BINARY, EXTENSIONS, FORMATS, MEDIA_TYPES, render, render_bytes, words
from pipeline.report.fonts import fonts
from pipeline.report.json import schema
from pipeline.report.package import repeatable, xml_safe
from pipeline.report.pdf import as_pdf
from pipeline.types import Alert, AlertKind, Citation, Decided, Disagreement, Opinion, Page, Review, Status

NOWHERE = (Path("/nonexistent"),)


def _squeezed(text: str) -> str:
    return re.sub(r"\s", "", text)


def _docx(content: bytes) -> str:
    document = Document(BytesIO(content))
    paragraphs = [p.text for p in document.paragraphs]
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([*paragraphs, *cells])


def _pdf(content: bytes) -> str:
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(content)).pages)


def _xlsx(content: bytes) -> str:
    book = openpyxl.load_workbook(BytesIO(content))
    return "\n".join(
        str(v) for sheet in book for row in sheet.iter_rows(values_only=True) for v in row if v is not None
    )


READ: Mapping[str, Callable[[bytes], str]] = {"docx": _docx, "pdf": _pdf, "xlsx": _xlsx}


def test_every_format_has_a_name_for_files_and_for_the_web() -> None:
    assert set(EXTENSIONS) == set(MEDIA_TYPES) == {*FORMATS, *BINARY}


@pytest.mark.parametrize("fmt", BINARY)
def test_a_file_is_not_a_text(simplified: Review, fmt: str) -> None:
    with pytest.raises(KeyError):
        render(simplified, fmt)


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_text_as_bytes_is_the_same_text(simplified: Review, fmt: str) -> None:
    assert render_bytes(simplified, fmt).decode() == render(simplified, fmt)


@pytest.mark.parametrize("fmt", BINARY)
def test_a_file_says_everything_a_merchant_needs(simplified: Review, fmt: str) -> None:
    said = _squeezed(READ[fmt](render_bytes(simplified, fmt)))
    assert simplified.verdict.decision in said
    assert _squeezed(simplified.verdict.advice) in said
    assert _squeezed(words.DISCLAIMER) in said
    assert _squeezed(words.engine_line(simplified)) in said
    for area in simplified.areas:
        assert area.name in said
    for finding in simplified.findings:
        assert _squeezed(finding.name) in said
        assert _squeezed(finding.reason) in said
        if finding.status is not Status.OK:
            for text in (finding.suggestion, finding.wording.acceptable, finding.wording.walk_away):
                assert _squeezed(text) in said
    for alert in simplified.alerts:
        assert _squeezed(alert.message).removeprefix("合同对同一件事前后写法不一：") in said


@pytest.mark.parametrize("fmt", ["docx", "xlsx"])
def test_quotes_are_the_contracts_own_words(simplified: Review, fmt: str) -> None:
    said = READ[fmt](render_bytes(simplified, fmt))
    for finding in simplified.findings:
        for c in finding.citations:
            assert c.text in said


@pytest.mark.parametrize("fmt", BINARY)
def test_the_same_review_gives_the_same_bytes(simplified: Review, decisions: Mapping[str, Decided], fmt: str) -> None:
    first = render_bytes(simplified, fmt, decisions=decisions)
    assert first == render_bytes(simplified, fmt, decisions=decisions)
    assert first != render_bytes(simplified, fmt)


def test_the_same_review_gives_the_same_bytes_in_another_process(simplified: Review, tmp_path: Path) -> None:
    import pickle

    kept = tmp_path / "review.pickle"
    kept.write_bytes(pickle.dumps(simplified))
    program = (
        "import pickle,sys,hashlib;from pipeline.report import render_bytes;"
        "r=pickle.load(open(sys.argv[1],'rb'));"
        "print(*(hashlib.sha256(render_bytes(r,f)).hexdigest() for f in ('docx','pdf','xlsx')))"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", program, str(kept)],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "HOME": str(tmp_path), "TZ": zone, "PATH": "/usr/bin:/bin"},
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Shanghai"))
    }
    assert len(said) == 1


# What a contract may hold that a file format chokes on.
ODD = "=1+1|+SUM(A1)|-2|@x|<b>&amp;\x0b\x00\ud800|[link](http://x)|\u3000全角ＡＢ１２|é ñ|囍龘䶮𠮷𬭸🙂|한글かな|\u200b零宽"


@pytest.fixture
def odd(simplified: Review) -> Review:
    area = simplified.areas[0]
    findings = []
    for number, text in enumerate(ODD.split("|")):
        base = area.findings[number % len(area.findings)]
        cited = Citation(start=0, end=len(text), clause=f"=第{number}条", page=1 + number % 2, text=text)
        opinion = Opinion(status=Status.OK, reason=text)
        findings.append(
            replace(
                base,
                name=text,
                status=Status.ADVERSE if number % 2 else Status.UNREVIEWED,
                reason=text,
                figure=text,
                citations=(cited,),
                rejected_quotes=(text,),
                searched=("前言",),
                disagreement=Disagreement(rules=opinion, model=opinion, decided_by=text),
            )
        )
    alert = Alert(kind=AlertKind.HIDDEN_TEXT, message=ODD, citations=(findings[0].citations[0],))
    document = replace(
        simplified.document,
        file="=cmd|' /C calc'!A0.docx",
        text=ODD,
        blocks=(),
        pages=(Page(start=0, end=20, number=1), Page(start=20, end=len(ODD), number=2)),
    )
    return replace(
        simplified, document=document, clauses=(), areas=(replace(area, findings=tuple(findings)),), alerts=(alert,)
    )


@pytest.mark.parametrize("fmt", BINARY)
def test_odd_characters_are_kept(odd: Review, fmt: str) -> None:
    said = READ[fmt](render_bytes(odd, fmt))
    for char in xml_safe(ODD):
        if not char.isspace() and char != "\u200b":
            assert char in said, f"U+{ord(char):04X}"


def test_nothing_of_a_contract_becomes_a_formula(odd: Review) -> None:
    content = render_bytes(odd, "xlsx")
    book = openpyxl.load_workbook(BytesIO(content))
    cells = [c for sheet in book for row in sheet.iter_rows() for c in row if c.value is not None]
    assert any(str(c.value).startswith("=1+1") for c in cells)
    for cell in cells:
        assert cell.data_type in ("s", "n")
        if cell.data_type == "s" and str(cell.value)[:1] in "=+-@":
            assert cell.quotePrefix
    with ZipFile(BytesIO(content)) as package:
        assert not any(b"<f>" in package.read(n) or b"hyperlink" in package.read(n).lower() for n in package.namelist())


def test_a_text_too_long_for_a_cell_is_cut_and_says_so(simplified: Review) -> None:
    long = "长" * 40_000
    finding = replace(simplified.findings[0], reason=long)
    review = replace(simplified, areas=(replace(simplified.areas[0], findings=(finding,)),))
    said = _xlsx(render_bytes(review, "xlsx"))
    assert "太长，余下的略去" in said
    assert max(map(len, said.split("\n"))) <= 32_767


def test_the_workbook_has_its_sheets_and_columns(simplified: Review) -> None:
    book = openpyxl.load_workbook(BytesIO(render_bytes(simplified, "xlsx")))
    assert book.sheetnames == ["结论", "概览", "提醒"]
    sheet = book["结论"]
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == (
        "领域", "检查点", "结论", "严重度", "关键数字", "理由", "依据条款", "原文", "建议", "可接受", "底线",
    )  # fmt: skip
    assert len(rows) == 1 + 29
    assert [row[1] for row in rows[1:]] == [n.finding.name for _, told in words.told(simplified) for n in told]
    assert sheet.freeze_panes == "C2"
    assert sheet.auto_filter.ref == "A1:K30"
    for row in sheet.iter_rows(min_row=2):
        assert row[2].value in words.STATUS.values()
        assert row[2].fill.fgColor.rgb not in ("00000000", None)
        assert row[7].alignment.wrap_text


def test_the_word_file_is_built_of_words_own_parts(simplified: Review) -> None:
    document = Document(BytesIO(render_bytes(simplified, "docx")))
    styles = {p.style.name for p in document.paragraphs}
    assert {"Title", "Heading 1", "Heading 2", "Quote", "Caption", "List Number"} <= styles
    headings = [p.text for p in document.paragraphs if p.style.name == "Heading 2"]
    assert len(headings) == 29
    fonts_of_text = document.styles["Normal"].element.rPr.find(qn("w:rFonts"))
    assert fonts_of_text.get(qn("w:eastAsia")) == "微软雅黑"
    assert document.styles["Quote"].element.rPr.find(qn("w:rFonts")).get(qn("w:eastAsia")) == "宋体"
    assert not any(name.endswith("Theme") for name in fonts_of_text.attrib)
    section = document.sections[0]
    assert (round(section.page_width.cm, 1), round(section.page_height.cm, 1)) == (21.0, 29.7)
    fields = [i.text.strip() for i in section.footer._element.iter(qn("w:instrText"))]
    assert fields == ["PAGE", "NUMPAGES"]
    first = document.tables[0]
    assert first.rows[0]._tr.trPr.find(qn("w:tblHeader")) is not None


def test_parts_of_the_word_file_stand_in_the_order_word_asks_for(simplified: Review) -> None:
    document = Document(BytesIO(render_bytes(simplified, "docx")))
    table = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblLook"]
    run = ["rFonts", "b", "color", "sz", "szCs", "shd"]
    for parent, order in (("w:tblPr", table), ("w:rPr", run)):
        for element in document.element.iter(qn(parent)):
            names = [child.tag.split("}")[1] for child in element]
            known = [n for n in names if n in order]
            assert known == sorted(known, key=order.index)


@pytest.mark.parametrize("fmt", ["docx", "xlsx"])
def test_an_office_file_holds_no_time(simplified: Review, fmt: str) -> None:
    with ZipFile(BytesIO(render_bytes(simplified, fmt))) as package:
        assert {i.date_time for i in package.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = package.read("docProps/core.xml").decode()
    assert "created" not in core
    assert "modified" not in core.replace("lastModifiedBy", "")
    again = repeatable(render_bytes(simplified, fmt))
    assert again == render_bytes(simplified, fmt)


@pytest.fixture(params=["embedded", "standard"])
def any_font(request: pytest.FixtureRequest) -> Iterator[tuple[Path, ...] | None]:
    if request.param == "embedded":
        if not fonts().embedded:
            pytest.skip("no TrueType font with Chinese on this machine")
        yield None
    else:
        yield NOWHERE


@pytest.mark.parametrize("name", ["d01.docx", "d08.docx", "d13.pdf"])
def test_every_character_of_the_contract_can_be_copied_from_the_pdf(
    reviewed: Callable[[str], Review], any_font: tuple[Path, ...] | None, name: str
) -> None:
    review = reviewed(name)
    said = _squeezed(_pdf(as_pdf(review, folders=any_font)))
    assert set(_squeezed(review.document.text)) <= set(said)
    for finding in review.findings:
        assert _squeezed(finding.name) in said
        assert _squeezed(finding.reason) in said


def test_odd_characters_can_be_copied_from_either_pdf(odd: Review, any_font: tuple[Path, ...] | None) -> None:
    said = _pdf(as_pdf(odd, folders=any_font))
    wanted = {c for c in xml_safe(ODD) if not c.isspace()}
    assert wanted - set(said) == set()


def test_an_embedded_font_is_cut_to_what_is_used(simplified: Review) -> None:
    if not fonts().embedded:
        pytest.skip("no TrueType font with Chinese on this machine")
    content = as_pdf(simplified)
    assert len(content) < 1_500_000
    assert b"/FontFile2" in content
    assert b"/FontFile2" not in as_pdf(simplified, folders=NOWHERE)


def test_the_pdf_has_bookmarks_links_and_page_numbers(simplified: Review) -> None:
    reader = PdfReader(BytesIO(render_bytes(simplified, "pdf")))
    titles: list[str] = []

    def walk(items: list[object]) -> None:
        for item in items:
            if isinstance(item, list):
                walk(item)
            else:
                titles.append(item.title)  # type: ignore[attr-defined]

    walk(list(reader.outline))
    assert {"先谈这三条", "合同原文", *(a.name for a in simplified.areas)} <= set(titles)
    assert sum(bool(re.match(r"\d+ ", t)) for t in titles) == 29
    assert any(page.get("/Annots") for page in reader.pages)
    last = len(reader.pages)
    for number, page in enumerate(reader.pages, 1):
        assert f"第 {number} 页 / 共 {last} 页" in page.extract_text()
    assert reader.metadata is not None
    assert reader.metadata.title == "合同审查：d01.docx"
    assert (round(reader.pages[0].mediabox.width), round(reader.pages[0].mediabox.height)) == (595, 842)


def test_a_paragraph_or_table_row_longer_than_a_page_is_split(simplified: Review) -> None:
    long = "违约金与服务费。" * 900
    findings = [
        replace(
            f,
            reason=long,
            citations=(Citation(start=0, end=len(long), clause="第一条", page=1, text=long),),
            wording=replace(f.wording, acceptable=long),
            status=Status.ADVERSE,
        )
        for f in simplified.findings[:2]
    ]
    review = replace(simplified, areas=(replace(simplified.areas[0], findings=tuple(findings)),), alerts=())
    said = _squeezed(_pdf(as_pdf(review)))
    assert said.count("违约金与服务费。") >= 0.98 * 900 * 6


@pytest.mark.parametrize("fmt", [*FORMATS, *BINARY])
def test_what_a_person_decided_stands_beside_the_finding(
    simplified: Review, decisions: Mapping[str, Decided], fmt: str
) -> None:
    content = render_bytes(simplified, fmt, decisions=decisions)
    said = _squeezed(READ[fmt](content) if fmt in BINARY else content.decode())
    assert simplified.verdict.decision in said
    if fmt == "json":
        data = json.loads(content)
        jsonschema.Draft202012Validator(schema()).validate(data)
        found = {f["checkpoint"]: f for a in data["areas"] for f in a["findings"]}
        assert found["scope.response_time"]["status"] == "adverse"
        assert found["scope.response_time"]["decision"]["status"] == "ok"
        assert found["data.deletion"]["decision"] == {
            "action": "accept", "status": None, "note": "", "who": "王经理", "at": "2026-03-01T09:01:00+08:00",
        }  # fmt: skip
        assert "decision" not in found["scope.channels"]
        return
    assert "人工改为达标（原判不利）：45秒可以接受" in said
    assert "人工不采纳：已口头谈妥" in said
    assert "人工已复核3项（确认1、改判1、不采纳1）" in said
    if fmt != "xlsx":
        assert _squeezed(words.tally(simplified.areas[0].findings)) in said


@pytest.mark.parametrize("fmt", [*FORMATS, *BINARY])
def test_without_decisions_nothing_is_said_of_them(simplified: Review, fmt: str) -> None:
    content = render_bytes(simplified, fmt)
    said = READ[fmt](content) if fmt in BINARY else content.decode()
    assert not re.search(r"人工(?:改为|意见|已复核|已确认|不采纳)|\"decision\": \{|ruling", said)


def test_rows_of_one_table_stand_under_one_place() -> None:
    def cited(clause: str, text: str, page: int = 1) -> Citation:
        return Citation(start=0, end=1, clause=clause, page=page, text=text)

    rows = [cited("附件一 表1 第2行", "甲"), cited("附件一 表1 第3行", "乙"), cited("附件一 表2 第1行", "丙")]
    clauses = [cited("第二条 2.1", "丁"), cited("第二条 2.1", "戊"), cited("3", "己"), cited("3", "庚", page=2)]
    told = [(place, text) for place, text, _ in words.placed([*rows, *clauses], 1)]
    assert told == [
        ("附件一 表1 第 2、3 行", "甲\n乙"),
        ("附件一 表2 第1行", "丙"),
        ("第二条 2.1", "丁\n戊"),
        ("第 3 条", "己"),
        ("第 3 条", "庚"),
    ]
