"""Which side is the merchant."""

from __future__ import annotations

import pytest

from pipeline.merchant import find_merchant
from pipeline.segment import segment
from pipeline.types import Party
from tests.pipeline.conftest import make_document

CASES = [
    pytest.param("甲方（委托方）：锦棠服饰\n乙方（服务商）：云客\n第一条 甲方委托乙方接待顾客，甲方按月向乙方支付服务费。", "甲方", id="usual"),
    pytest.param("甲方（服务商）：云客客服公司\n乙方（商家）：某店铺\n第一条 甲方为乙方店铺提供客服，乙方向甲方支付服务费。", "乙方", id="vendor is 甲方"),
    pytest.param("采购人：某电器公司\n供应商：某呼叫中心\n第一条 供应商应为采购人提供热线服务，采购人按月付款。", "甲方", id="procurement"),
    pytest.param("Party A (Client): Foo Ltd\nParty B (Vendor): Bar Ltd\nArticle 1 Party B shall provide customer service to Party A, and Party A shall pay Party B.", "甲方", id="English"),
    pytest.param("甲方：甲公司\n乙方：乙公司\n第一条 甲方安排客服人员为乙方店铺接待买家。\n第二条 乙方应按月向甲方支付服务费。", "乙方", id="no roles, who serves"),
]  # fmt: skip


@pytest.mark.parametrize(("text", "party"), CASES)
def test_the_merchant_is_found(text: str, party: str) -> None:
    document = make_document(text)
    guess = find_merchant(document, segment(document))
    assert guess.party is Party(party)
    assert guess.reason


def test_what_the_user_says_goes() -> None:
    document = make_document(CASES[0].values[0])  # type: ignore[arg-type]
    guess = find_merchant(document, segment(document), told=Party.YI)
    assert guess.party is Party.YI
    assert guess.sure


def test_a_text_that_does_not_say_is_not_sure() -> None:
    document = make_document("第一条 双方友好合作。\n第二条 甲方和乙方各执一份。")
    assert not find_merchant(document, segment(document)).sure
