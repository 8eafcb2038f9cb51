from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment import segment, sentences
from pipeline.types import ClauseKind, Document
from tests.pipeline.conftest import make_document


def labels(text: str) -> list[str]:
    return [c.label for c in segment(make_document(text))]


def test_a_whole_contract_gets_the_names_a_person_would_use() -> None:
    text = (
        "客服外包服务合同\n甲方：某服饰公司\n第一章 总则\n第一条 服务内容\n1.1 乙方提供售前咨询服务，依照第三条的约定收费。\n"
        "1.2 服务时间为每日9:00-21:00。\n（1）节假日照常；\n（2）大促期间延长。\n3.5%的佣金不在本条范围内。\n第二条 费用\n"
        "2.1 每坐席每月4500元。\n第四条 争议\n由甲方所在地法院管辖。\n（以下无正文）\n甲方（盖章）：  乙方（盖章）：\n"
        "附件一：报价单\n一、基础服务费\n每坐席4500元。\n二、加班费\n每小时50元。\n附录A 术语\n① 首响指首次响应。"
    )
    assert labels(text) == [
        "前言", "第一章", "第一条", "第一条 1.1", "第一条 1.2", "第一条 1.2 （1）", "第一条 1.2 （2）", "第二条", "第二条 2.1",
        "第四条", "签署页", "附件一", "附件一 一", "附件一 二", "附录A", "附录A ①",
    ]  # fmt: skip


def test_references_decimals_dates_and_figures_start_no_clause() -> None:
    text = "第一条 费用\n每月支付。\n第三条约定的情形除外。\n3.5%为上限。\n2025.1.1起执行。\n24小时内到账。\n第二条 期限\n一年。"
    assert labels(text) == ["第一条", "第二条"]


def test_a_reference_broken_over_two_lines_starts_no_clause() -> None:
    text = (
        "第一条 费用\n（一）每月支付。\n（二）逾期付款的甲方应当承担责任并依照本项第\n（三）款办理。\n第二条 期限\n"
        "（一）合同期满前三十日双方未提出异议的按\n第三条的约定续签。\n（二）一年。\n第三条 其他\n无。"
    )
    assert labels(text) == [
        "第一条", "第一条 （一）", "第一条 （二）", "第二条", "第二条 （一）", "第二条 （二）", "第三条",
    ]  # fmt: skip


def test_skipped_and_repeated_numbers_are_kept() -> None:
    assert labels("第一条 甲\n内容。\n第三条 乙\n内容。\n第三条 丙\n内容。\n第四条 丁\n内容。") == [
        "第一条",
        "第三条",
        "第三条",
        "第四条",
    ]


def test_without_numbering_every_paragraph_is_a_clause() -> None:
    assert labels("我们为您提供客服服务。\n您应按月付费。\n争议由法院解决。") == ["第1段", "第2段", "第3段"]


def test_english_articles_and_schedules() -> None:
    text = "Article 1 Scope\nSection 1.1 The Vendor shall serve.\nArticle 3 Fees\nParty A shall pay.\nSchedule A KPI\nCSAT 95%"
    assert labels(text) == ["Article 1", "Article 1 Section 1.1", "Article 3", "Schedule A", "Schedule A 第1段"]


def test_traditional_numbering() -> None:
    assert labels("第一條 服務\n1.1 線上客服。\n第二條 費用\n2.1 每月支付。") == [
        "第一條",
        "第一條 1.1",
        "第二條",
        "第二條 2.1",
    ]


def test_annex_clauses_know_their_annex() -> None:
    clauses = segment(make_document("第一条 甲\n内容。\n附件二 KPI\n1. 满意度95%。\n2. 响应30秒。"))
    assert [c.annex for c in clauses] == ["", "附件二", "附件二", "附件二"]
    assert clauses[1].kind is ClauseKind.ANNEX


def _tiles(document: Document) -> None:
    clauses = segment(document)
    at = 0
    for clause in clauses:
        assert clause.start == at
        at = clause.end
        for span in sentences(document, clause):
            assert clause.start <= span.start < span.end <= clause.end
    assert at == len(document.text)


_LINES = st.sampled_from(
    [
        "第一条 服务",
        "第二条",
        "1.1 内容。",
        "1.2 内容；",
        "（一）甲方",
        "（1）乙方",
        "① 三",
        "a) 四",
        "附件一 报价",
        "附录B",
        "正文一段。",
        "",
        "依照第三条办理。",
        "3.5%",
        "甲方（盖章）：",
        "Article 2 Fees",
        "2025年1月1日",
        "一、总则",
    ]
)


@given(st.lists(_LINES, max_size=24).map("\n".join))
def test_clauses_tile_any_text(text: str) -> None:
    if text:
        _tiles(make_document(text))


@given(st.text(alphabet="第一二条1.、（）()a\n 。；甲乙附件%", max_size=80))
def test_clauses_tile_noise(text: str) -> None:
    if text:
        _tiles(make_document(text))


def test_titles_of_general_and_special_terms_open_parts_where_both_stand_alone() -> None:
    both = "服务合同\n通用条款\n第一条 服务\n无。\n第二条 期限\n一年。\n【专 用 条 款】\n第一条 服务\n有。"
    tops = [c.title for c in segment(make_document(both)) if c.kind is ClauseKind.HEADING and not c.number]
    assert tops == ["通用条款", "【专 用 条 款】"]
    listed = "服务合同\n第一条 文件\n合同文件为：\n通用条款\n专用条款\n第二条 期限\n一年。"
    assert labels(listed) == ["前言", "第一条", "第二条"]


def test_a_part_may_be_spelled_with_spaces() -> None:
    assert labels("第 一 部 分 通用条款\n1.1 无。\n第 二 部 分 专用条款\n1.1 有。")[0::2] == ["第一部分", "第二部分"]
