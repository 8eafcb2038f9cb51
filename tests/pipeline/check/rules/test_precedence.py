"""Which part prevails and how an amended clause reads, on small contracts of our own."""

from __future__ import annotations

import pytest

from eval.sentences import Sample, as_contract, judge
from pipeline.check.rules.precedence import amendments
from pipeline.check.rules.reading import Reading, read
from pipeline.segment import segment
from pipeline.types import Status

OK, ADVERSE = Status.OK, Status.ADVERSE


def sample(*lines: str, checkpoint: str = "term.notice") -> Sample:
    """A contract of these lines, 甲方 the merchant."""
    return Sample(checkpoint=checkpoint, status=OK, vendor="乙方", text="\n".join(lines))


def reading(*lines: str) -> Reading:
    """The same, prepared for the rules."""
    document, guess = as_contract(sample(*lines))
    return read(document, segment(document), guess)


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


AMENDED = (
    "续约协议", "一、原合同第三条第2款所列期限改为15日。", '二、原合同4.1中的"甲方"改为"乙方"。', "三、原合同4.2不再适用。",
    "附件一 服务合同", "第三条 终止", "3.1 甲方每月付款。", f"3.2 {LONG}", "第四条 其他", "4.1 争议向甲方所在地法院起诉。",
    "4.2 乙方可以调价。", "4.3 乙方应及时接待。",
)  # fmt: skip


def test_a_clause_reads_as_amended() -> None:
    contract = reading(*AMENDED)
    now = {contract.sentences[i].plain: a.sentence and a.sentence.plain for i, a in amendments(contract).items()}
    assert now == {
        "3.2甲方终止本合同应提前六十日书面通知乙方。": "3.2甲方终止本合同应提前15日书面通知乙方。",
        "4.1争议向甲方所在地法院起诉。": "4.1争议向乙方所在地法院起诉。",
        "4.2乙方可以调价。": None,
    }


def test_an_amended_clause_decides() -> None:
    assert judge(sample(*AMENDED))[0] is OK
    assert judge(sample(*AMENDED, checkpoint="term.dispute"))[0] is ADVERSE


def test_nothing_is_amended_without_an_original() -> None:
    assert amendments(reading(*BODY)) == {}
