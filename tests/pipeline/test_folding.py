from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from pipeline.folding import fold, simplify


def test_width_case_space_and_quotes_fold_away() -> None:
    assert fold("Ａ 方：“３０ 秒”（含）").text == 'a方:"30秒"(含)'


def test_space_between_digits_stays_one_space() -> None:
    assert fold("2.1  30秒").text == "2.1 30秒"


def test_numbers_that_are_one_sign_stay_so() -> None:
    assert fold("①30日").text == "①30日"


def test_traditional_becomes_simplified_at_the_same_length() -> None:
    text = "本協議終止後，乙方應刪除客戶資料"
    assert simplify(text) == "本协议终止后，乙方应删除客户资料"


@given(st.text(max_size=60))
def test_map_leads_back_into_the_original(text: str) -> None:
    folded = fold(text)
    assert len(folded.map) == len(folded.text) + 1
    assert list(folded.map) == sorted(folded.map)
    assert folded.map[-1] == len(text)
    for start in range(len(folded.text)):
        span = folded.original(start, start + 1)
        assert 0 <= span.start < span.end <= len(text)


@given(st.text(max_size=60))
def test_simplify_keeps_offsets(text: str) -> None:
    assert len(simplify(text)) == len(text)
