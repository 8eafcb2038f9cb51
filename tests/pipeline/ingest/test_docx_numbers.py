"""Automatic numbers of Word as a reader sees them."""

from __future__ import annotations

import pytest

from pipeline.ingest.numbering import numeral
from tests.pipeline.ingest.conftest import Word, level


def test_levels_of_a_contract_are_counted_and_restart(word: Word) -> None:
    word.numbering(level(0, "chineseCounting", "第%1条") + level(1, "decimal", "%2.") + level(2, "lowerLetter", "(%3)"))
    for text, at in [
        ("服务", 0),
        ("售前", 1),
        ("咨询", 2),
        ("导购", 2),
        ("售后", 1),
        ("退款", 2),
        ("费用", 0),
        ("单价", 1),
    ]:
        word.item(text, at)
    document = word.read()
    assert document.text.split("\n") == [
        "第一条 服务", "1. 售前", "(a) 咨询", "(b) 导购", "2. 售后", "(a) 退款", "第二条 费用", "1. 单价",
    ]  # fmt: skip
    assert [b.number for b in document.blocks][:3] == ["第一条", "1.", "(a)"]


def test_legal_numbering_shows_figures_where_the_level_above_is_chinese(word: Word) -> None:
    word.numbering(
        level(0, "chineseCounting", "第%1条")
        + level(1, "decimal", "%1.%2", more="<w:isLgl/>")
        + level(2, "decimal", "%1.%2.%3")
    )
    word.item("甲").item("乙").item("丙", 1).item("丁", 2)
    assert word.lines() == ["第一条 甲", "第二条 乙", "2.1 丙", "二.1.1 丁"]


@pytest.mark.parametrize(
    ("suff", "shown"),
    [("nothing", "第一条服务"), ("space", "第一条 服务"), ("", "第一条 服务")],
    ids=["nothing", "space", "tab"],
)
def test_what_stands_between_number_and_text(word: Word, suff: str, shown: str) -> None:
    word.numbering(level(0, "chineseCounting", "第%1条", suff=suff)).item("服务")
    assert word.lines() == [shown]


def test_lists_that_share_a_definition_count_on_and_one_that_says_so_starts_again(word: Word) -> None:
    word.numbering(
        level(0, "chineseCounting", "%1、"),
        '<w:num w:numId="77"><w:abstractNumId w:val="77"/></w:num><w:num w:numId="78"><w:abstractNumId w:val="77"/></w:num>'
        '<w:num w:numId="79"><w:abstractNumId w:val="77"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>',
    )
    word.item("甲").item("乙", num=78).item("丙", num=79).item("丁", num=79).item("戊")
    assert word.lines() == ["一、 甲", "二、 乙", "五、 丙", "六、 丁", "七、 戊"]


def test_a_start_said_for_a_deeper_level_holds_after_every_restart(word: Word) -> None:
    word.numbering(
        level(0, "decimal", "%1.") + level(1, "decimal", "%1.%2"),
        '<w:num w:numId="77"><w:abstractNumId w:val="77"/><w:lvlOverride w:ilvl="1"><w:startOverride w:val="3"/></w:lvlOverride></w:num>',
    )
    word.item("甲").item("子", 1).item("丑", 1).item("乙").item("寅", 1)
    assert word.lines() == ["1. 甲", "1.3 子", "1.4 丑", "2. 乙", "2.3 寅"]


def test_a_level_that_never_restarts_counts_through(word: Word) -> None:
    word.numbering(level(0, "decimal", "第%1章") + level(1, "decimal", "第%2条", more='<w:lvlRestart w:val="0"/>'))
    word.item("甲").item("子", 1).item("乙").item("丑", 1)
    assert word.lines() == ["第1章 甲", "第1条 子", "第2章 乙", "第2条 丑"]


def test_empty_numbered_paragraphs_count_as_they_do_in_word(word: Word) -> None:
    word.numbering(level(0, "decimal", "%1.")).item("甲").item("").item("乙")
    assert word.lines() == ["1. 甲", "3. 乙"]


def test_a_number_without_a_count_is_its_pattern_and_a_bullet_is_a_dash(word: Word) -> None:
    word.numbering(level(0, "none", "备注：", suff="nothing") + level(1, "bullet", "\uf0b7")).item("甲").item("乙", 1)
    assert word.lines() == ["备注：甲", "- 乙"]


def test_a_style_brings_its_list_and_its_level(word: Word) -> None:
    word.numbering(
        level(0, "chineseCounting", "第%1条", more='<w:pStyle w:val="Tiao"/>')
        + level(1, "decimal", "%1.%2", more='<w:pStyle w:val="Kuan"/><w:isLgl/>')
    )
    word.style(
        '<w:style w:type="paragraph" w:styleId="Tiao"><w:name w:val="条"/><w:pPr><w:numPr><w:numId w:val="77"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="Kuan"><w:name w:val="款"/><w:pPr><w:numPr><w:numId w:val="77"/></w:numPr></w:pPr></w:style>'
        '<w:style w:type="paragraph" w:styleId="KuanB"><w:name w:val="款乙"/><w:basedOn w:val="Kuan"/></w:style>'
    )
    for text, style in [("服务", "Tiao"), ("售前", "Kuan"), ("售后", "KuanB"), ("费用", "Tiao")]:
        word.p(text, ppr=f'<w:pStyle w:val="{style}"/>')
    word.p("无号", ppr='<w:pStyle w:val="Tiao"/><w:numPr><w:numId w:val="0"/></w:numPr>')
    assert word.lines() == ["第一条 服务", "1.1 售前", "1.2 售后", "第二条 费用", "无号"]


def test_a_list_that_only_names_a_list_style_uses_its_definition(word: Word) -> None:
    word.numbering(
        level(0, "decimal", "第%1条"),
        '<w:num w:numId="77"><w:abstractNumId w:val="77"/></w:num><w:num w:numId="90"><w:abstractNumId w:val="88"/></w:num>',
    )
    root = word.docx.part.numbering_part.element
    from docx.oxml import parse_xml
    from docx.oxml.ns import nsdecls

    root.find("{*}num").addprevious(
        parse_xml(f'<w:abstractNum {nsdecls("w")} w:abstractNumId="88"><w:numStyleLink w:val="Lie"/></w:abstractNum>')
    )
    word.style(
        '<w:style w:type="numbering" w:styleId="Lie"><w:name w:val="列"/><w:pPr><w:numPr><w:numId w:val="77"/></w:numPr></w:pPr></w:style>'
    )
    assert word.item("甲", num=90).item("乙", num=90).lines() == ["第1条 甲", "第2条 乙"]


def test_a_column_of_automatic_numbers_is_read(word: Word) -> None:
    word.numbering(level(0, "decimal", "%1"))
    cell = '<w:tc><w:p><w:pPr><w:numPr><w:ilvl w:val="0"/><w:numId w:val="77"/></w:numPr></w:pPr></w:p></w:tc>'
    rows = "".join(f"<w:tr>{cell}<w:tc><w:p><w:r><w:t>{t}</w:t></w:r></w:p></w:tc></w:tr>" for t in ("首响", "满意度"))
    assert word.xml(f"<w:tbl>{rows}</w:tbl>").lines() == ["1 | 首响", "2 | 满意度"]


@pytest.mark.parametrize(
    ("value", "style", "shown"),
    [
        (10, "chineseCounting", "十"),
        (12, "chineseCountingThousand", "十二"),
        (20, "japaneseCounting", "二十"),
        (105, "chineseCountingThousand", "一百零五"),
        (110, "chineseCountingThousand", "一百一十"),
        (10, "chineseLegalSimplified", "壹拾"),
        (23, "chineseLegalSimplified", "贰拾叁"),
        (6, "ideographLegalTraditional", "陸"),
        (3, "ideographTraditional", "丙"),
        (2, "ideographZodiac", "丑"),
        (10, "ideographDigital", "一〇"),
        (3, "decimalEnclosedCircleChinese", "③"),
        (3, "decimalEnclosedParen", "⑶"),
        (3, "decimalEnclosedFullstop", "⒊"),
        (12, "decimalFullWidth", "１２"),
        (7, "decimalZero", "07"),
        (28, "lowerLetter", "bb"),
        (26, "upperLetter", "Z"),
        (49, "upperRoman", "XLIX"),
        (4, "lowerRoman", "iv"),
        (5, "hebrew1", "5"),
    ],
)
def test_number_formats(value: int, style: str, shown: str) -> None:
    assert numeral(value, style) == shown
