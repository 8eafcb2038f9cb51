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
