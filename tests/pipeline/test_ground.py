from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.ground import cite, ground
from pipeline.segment import segment
from pipeline.types import Document, Span
from tests.pipeline.conftest import make_document

TEXT = "第一条 服务\n乙方应在３０秒内“首次响应”。\n第二条 保密\n乙方不得泄露客户信息，违者支付违约金15%。"


@pytest.mark.parametrize(
    "quote",
    [
        pytest.param("乙方应在３０秒内“首次响应”。", id="verbatim"),
        pytest.param('乙方应在30秒内"首次响应"。', id="width and quotes"),
        pytest.param("乙方应在 30 秒内\n“首次响应”", id="white space"),
    ],
)
def test_a_quote_is_cut_from_the_document(document: Callable[[str], Document], quote: str) -> None:
    contract = document(TEXT)
    clauses = segment(contract)
    citation = ground(quote, contract, None, clauses)
    assert citation is not None
    assert contract.text[citation.start : citation.end] == citation.text
    assert citation.text.startswith("乙方应在３０秒内")
    assert citation.clause == "第一条"


@pytest.mark.parametrize(
    "quote",
    [
        pytest.param("乙方可以泄露客户信息", id="flipped"),
        pytest.param("违约金5%", id="figure cut in two"),
        pytest.param("违约金50%", id="another figure"),
        pytest.param("乙方应在 60 秒内", id="not in the text"),
        pytest.param("。，", id="no letter or digit"),
    ],
)
def test_what_is_not_exactly_there_is_not_located(document: Callable[[str], Document], quote: str) -> None:
    contract = document(TEXT)
    assert ground(quote, contract, None, segment(contract)) is None


def test_a_match_stays_inside_the_given_span(document: Callable[[str], Document]) -> None:
    contract = document("甲方付款。\n甲方付款。")
    citation = ground("甲方付款。", contract, Span(start=6, end=11), segment(contract))
    assert citation is not None
    assert citation.start == 6


def test_a_span_past_the_end_is_refused(document: Callable[[str], Document]) -> None:
    contract = document("短")
    with pytest.raises(ValueError, match="reaches past"):
        cite(contract, (), Span(start=0, end=9))


@given(st.data())
def test_every_slice_is_found_and_is_itself(data: st.DataObject) -> None:
    text = data.draw(st.text(alphabet="甲乙方应不得30%。，；（）“” \n条第一二", min_size=1, max_size=60))
    contract = make_document(text)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    citation = ground(text[start:end], contract, None, segment(contract))
    if citation is not None:
        assert contract.text[citation.start : citation.end] == citation.text
