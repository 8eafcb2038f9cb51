"""Which part of a contract prevails, on small contracts of our own."""

from __future__ import annotations

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, ADVERSE = Status.OK, Status.ADVERSE


def sample(*lines: str, checkpoint: str = "term.notice") -> Sample:
    """A contract of these lines, 甲方 the merchant."""
    return Sample(checkpoint=checkpoint, status=OK, vendor="乙方", text="\n".join(lines))


LONG, SHORT = "甲方终止本合同应提前六十日书面通知乙方。", "甲方终止本合同应提前十五日书面通知乙方。"
BODY = ("服务合同", "第一条 期限", f"1.1 {LONG}", "第二条 其他")


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        pytest.param((*BODY, "2.1 正文与附件不一致的，以附件为准。", "附件一 补充说明", f"1. {SHORT}"), OK, id="annex"),
        pytest.param((*BODY, "2.1 正文与附件不一致的，以正文为准。", "附件一 补充说明", f"1. {SHORT}"), ADVERSE, id="body"),
        pytest.param(
            (*BODY, "2.1 往来邮件与本合同不一致的，以本合同为准。", "附件一 补充说明", f"1. {SHORT}"), ADVERSE, id="letters"
        ),
        pytest.param(
            (*BODY, "2.1 附件优先于正文。", "附件一 补充说明", f"1. {SHORT}"), OK, id="chain"
        ),
        pytest.param(
            ("服务合同", "第一条 其他", "1.1 附件之间不一致的，以序号在前的附件为准。", "附件一 说明", f"1. {SHORT}", "附件二 说明", f"1. {LONG}"),
            OK, id="first-annex",
        ),
        pytest.param(
            ("服务合同", "第一条 其他", "1.1 附件之间不一致的，以序号在后的附件为准。", "附件一 说明", f"1. {SHORT}", "附件二 说明", f"1. {LONG}"),
            ADVERSE, id="last-annex",
        ),
        pytest.param(
            (
                "服务合同", "第一条 期限", f"1.1 {SHORT}",
                "1.1 Party A may end this Agreement on sixty days' prior written notice to Party B.",
                "第二条 其他", "2.1 中英文有出入的，以中文为准。",
            ),
            OK, id="language",
        ),
    ],
)  # fmt: skip
def test_what_prevails(lines: tuple[str, ...], status: Status) -> None:
    assert judge(sample(*lines))[0] is status


@pytest.mark.parametrize(
    ("order", "status"),
    [
        pytest.param("特别约定与通用条款不一致的，特别约定优先于通用条款。", OK, id="special"),
        pytest.param("各部分分别编号，以便查阅。", ADVERSE, id="no-order"),
    ],
)
def test_special_terms_prevail(order: str, status: Status) -> None:
    lines = ("服务合同", order, "第一部分 通用条款", "第一条 期限", f"1.1 {LONG}", "第二部分 特别约定", f"1. {SHORT}")
    assert judge(sample(*lines))[0] is status


@pytest.mark.parametrize(
    ("proviso", "status"),
    [
        pytest.param("但附件一另有更短期限的，从其约定。", OK, id="yields"),
        pytest.param("附件一另有规定者，依附件一。", OK, id="yields-to-a-rule"),
        pytest.param("附件一为本合同的组成部分。", ADVERSE, id="does-not-yield"),
    ],
)
def test_a_clause_yields_by_its_own_proviso(proviso: str, status: Status) -> None:
    lines = ("服务合同", "第一条 期限", f"1.1 {LONG}{proviso}", "附件一 补充说明", f"1. {SHORT}")
    assert judge(sample(*lines))[0] is status


GENERAL = ("第二部分 {general}", "1 服务", "1.1 乙方应及时接待。", "2 结束", f"2.1 {LONG}")
PREVAILS = "专用条款与通用条款不一致的，以专用条款为准。"


def two_parts(order: str, *items: str, general: str = "通用条款", special: str = "专用条款") -> tuple[str, ...]:
    """General and special terms under one cover, and what is said of their order."""
    lines = ("服务合同", "第一部分 协议书", f"一、{order}", *GENERAL, "第三部分 {special}", *items)
    return tuple(line.format(general=general, special=special) for line in lines)


@pytest.mark.parametrize(
    ("lines", "status"),
    [
        pytest.param(two_parts(PREVAILS, f"专1 对应2.1：{SHORT}"), OK, id="for-the-clause"),
        pytest.param(two_parts(PREVAILS, f"专1 对应1.1、2.1：{SHORT}"), OK, id="for-two-clauses"),
        pytest.param(two_parts(PREVAILS, f"专1 对应通用条款第2.1条：{SHORT}"), OK, id="for-the-general-term"),
        pytest.param(two_parts(PREVAILS, "专1 对应2.1：/"), ADVERSE, id="not-filled-in"),
        pytest.param(two_parts(PREVAILS, f"2.1 {SHORT}"), OK, id="numbered-alike"),
        pytest.param(two_parts(PREVAILS, "通用条款条号 | 专用约定", f"2.1 | {SHORT}"), OK, id="row"),
        pytest.param(
            two_parts("标准条款与特别约定有冲突的，以特别约定为准。", f"特1 对应2.1：{SHORT}", general="标准条款", special="特别约定"),
            OK, id="standard-terms",
        ),
        pytest.param(
            two_parts("本合同由协议书、专用条款、通用条款组成，解释顺序以此为序。", f"专1 对应2.1：{SHORT}"), OK, id="listed"
        ),
        pytest.param(
            two_parts(PREVAILS, f"专1 对应2.1：{SHORT}", special="专用条款（甲方填写）"), OK, id="title-with-a-note"
        ),
        pytest.param(
            two_parts("专用条款与通用条款不一致的，以通用条款为准。", f"专1 对应2.1：{SHORT}"), ADVERSE, id="general-prevails"
        ),
        pytest.param(two_parts("各部分分别编号。", f"专1 对应2.1：{SHORT}"), ADVERSE, id="no-order"),
        pytest.param(two_parts("协议书优先于通用条款。", f"专1 对应2.1：{SHORT}"), ADVERSE, id="another-order"),
        pytest.param(
            ("服务合同", "第一条 约定", "1.1 附件与正文不一致的，以正文为准。", f"1.2 {SHORT}", "附件一 标准条款", f"1. {LONG}"),
            OK, id="general-terms-annexed",
        ),
        pytest.param(
            ("服务合同", "第一条 约定", "1.1 背面条款与正面约定不一致的，以正面约定为准。", f"1.2 {SHORT}", "附件一 背面条款", f"1. {LONG}"),
            OK, id="terms-on-the-back",
        ),
        pytest.param(
            ("服务合同", "通用条款", "第一条 结束", f"1.1 {LONG}", f"1.2 {PREVAILS}", "专用条款", f"第一条 对应1.1：{SHORT}"),
            OK, id="titles-without-a-number",
        ),
        pytest.param(
            ("服务合同", "第一条 期限", f"1.1 {LONG}", "1.2 标准条款与专用条款不一致的，以专用条款为准。", "附件一 专用条款", f"1. 对应1.1：{SHORT}"),
            OK, id="special-terms-annexed",
        ),
    ],
)  # fmt: skip
def test_special_terms_replace_the_clause_they_are_for(lines: tuple[str, ...], status: Status) -> None:
    assert judge(sample(*lines))[0] is status
