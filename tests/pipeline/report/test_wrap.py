from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.text import Text

from pipeline.report.wrap import wrap


def lines(text: str, width: int) -> list[str]:
    return [line.plain for line in wrap(Text(text), width)]


@pytest.mark.parametrize(
    ("text", "width", "expected"),
    [
        pytest.param("乙方负责客服。", 8, ["乙方负责", "客服。"], id="between characters"),
        pytest.param("甲方付款，乙方开票", 8, ["甲方付", "款，乙方", "开票"], id="no closing sign begins a line"),
        pytest.param("名为「审约」", 6, ["名为", "「审", "约」"], id="no opening sign ends a line"),
        pytest.param("不超过 30 秒", 10, ["不超过", "30 秒"], id="a figure stays with its unit"),
        pytest.param("甲\n乙", 10, ["甲", "乙"], id="a line break stays"),
        pytest.param("abcdefghij", 4, ["abcd", "efgh", "ij"], id="what is too long is broken anywhere"),
        pytest.param("", 10, [""], id="empty"),
    ],
)
def test_lines(text: str, width: int, expected: list[str]) -> None:
    assert lines(text, width) == expected


def test_styles_are_kept() -> None:
    text = Text("甲方付款")
    text.stylize("bold", 2, 4)
    second = wrap(text, 4)[1]
    assert second.plain == "付款"
    assert [span.style for span in second.spans] == ["bold"]


@given(st.text(alphabet="甲乙方，。（）「」ab1 23%.", max_size=60), st.integers(min_value=6, max_value=30))
def test_nothing_is_lost_and_no_line_is_too_long(text: str, width: int) -> None:
    wrapped = lines(text, width)
    assert "".join(wrapped).replace(" ", "") == text.replace(" ", "")
    assert all(cell_len(line) <= width for line in wrapped)
