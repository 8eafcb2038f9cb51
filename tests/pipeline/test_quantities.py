from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.quantities import BlankKind, Comparator, QuantityKind, blanks, quantities
from pipeline.quantities.values import DAY, HOUR, MINUTE, MONTH, YEAR


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        pytest.param("30秒", QuantityKind.DURATION, 30.0, id="digits"),
        pytest.param("三十秒", QuantityKind.DURATION, 30.0, id="chinese"),
        pytest.param("半分钟", QuantityKind.DURATION, 30.0, id="half"),
        pytest.param("30s", QuantityKind.DURATION, 30.0, id="latin unit"),
        pytest.param("24小时", QuantityKind.DURATION, DAY, id="hours"),
        pytest.param("一个自然日", QuantityKind.DURATION, DAY, id="natural day"),
        pytest.param("贰年", QuantityKind.DURATION, 2 * YEAR, id="capital numeral"),
        pytest.param("三十（30）个自然日", QuantityKind.DURATION, 30 * DAY, id="said twice"),
        pytest.param("【  1  0  】个自然日", QuantityKind.DURATION, 10 * DAY, id="filled bracket"),
        pytest.param("1分钟30秒", QuantityKind.DURATION, 90.0, id="compound"),
        pytest.param("半年", QuantityKind.DURATION, 6 * MONTH, id="half a year is six months"),
        pytest.param("15%", QuantityKind.RATIO, 0.15, id="percent"),
        pytest.param("百分之十五", QuantityKind.RATIO, 0.15, id="percent in words"),
        pytest.param("千分之一", QuantityKind.RATIO, 0.001, id="per mille in words"),
        pytest.param("5‱（万分之五）", QuantityKind.RATIO, 0.0005, id="per ten thousand twice"),
        pytest.param("流失率≤0.15", QuantityKind.RATIO, 0.15, id="bare fraction of a rate"),
        pytest.param("九成", QuantityKind.RATIO, 0.9, id="tenths"),
        pytest.param("人民币拾壹万元整", QuantityKind.MONEY, 110_000.0, id="capital sum"),
        pytest.param("5万元", QuantityKind.MONEY, 50_000.0, id="scaled"),
        pytest.param("1 千元/人/次", QuantityKind.MONEY, 1000.0, id="scale apart"),
        pytest.param("伍万元整（¥50,000.00）", QuantityKind.MONEY, 50_000.0, id="sum said twice"),
    ],
)
def test_a_figure_means_its_value_however_written(text: str, kind: QuantityKind, value: float) -> None:
    (found,) = quantities(text)
    assert (found.kind, found.value) == (kind, pytest.approx(value))


@pytest.mark.parametrize(
    ("text", "comparator"),
    [
        pytest.param("不超过30秒", Comparator.AT_MOST, id="not more"),
        pytest.param("30秒以内", Comparator.AT_MOST, id="within, behind"),
        pytest.param("≤30秒", Comparator.AT_MOST, id="sign"),
        pytest.param("不低于90%", Comparator.AT_LEAST, id="not less"),
        pytest.param("90%以上", Comparator.AT_LEAST, id="and above"),
        pytest.param("低于90%", Comparator.LESS, id="below"),
        pytest.param("超过60秒", Comparator.MORE, id="above"),
        pytest.param("约30秒", Comparator.ABOUT, id="about"),
        pytest.param("为30秒", Comparator.EQUAL, id="is"),
    ],
)
def test_comparison_is_read_from_the_words_around(text: str, comparator: Comparator) -> None:
    (found,) = quantities(text)
    assert found.comparator is comparator


def test_what_starts_a_consequence_is_a_trigger_and_the_consequence_is_not() -> None:
    target, step, deducted = quantities("解决率低于90%的，每低1个百分点扣减当月服务费的2%")
    assert (target.trigger, target.value) == (True, 0.9)
    assert (step.value, deducted.trigger, deducted.value) == (0.01, False, 0.02)


def test_rate_names_its_basis() -> None:
    (sum_,) = quantities("4500元/坐席/月")
    assert sum_.per == ("seat", "month")
    assert quantities("【5】‰/天")[0].per == ("day",)
    assert quantities("每逾期一日按未付金额的千分之一")[1].per == ("day",)


def test_coverage_and_shifts_are_clock_times() -> None:
    (coverage,) = quantities("7×24小时")
    assert (coverage.kind, coverage.high) == (QuantityKind.CLOCK, 24 * HOUR)
    (shift,) = quantities("早班8点30分-17点")
    assert (shift.value, shift.high) == (8 * HOUR + 30 * MINUTE, 17 * HOUR)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("依照第三条", id="clause"),
        pytest.param("附件二", id="annex"),
        pytest.param("13800001111", id="phone"),
    ],
)
def test_names_made_of_numbers_are_not_figures(text: str) -> None:
    assert quantities(text) == ()


@pytest.mark.parametrize(
    ("text", "kind", "unit"),
    [
        pytest.param("月流失率不超过____%", BlankKind.BLANK, "%", id="underscores"),
        pytest.param("【 】日内支付", BlankKind.BLANK, "日", id="empty bracket"),
        pytest.param("服务费XX元", BlankKind.BLANK, "元", id="letters"),
        pytest.param("响应时间秒；", BlankKind.GONE, "秒", id="number gone"),
        pytest.param("□电话", BlankKind.UNTICKED, None, id="unticked"),
    ],
)
def test_blanks_are_found_with_their_unit(text: str, kind: BlankKind, unit: str | None) -> None:
    (blank,) = blanks(text)
    assert (blank.kind, blank.unit, text[blank.start : blank.end]) == (kind, unit, blank.text)


@pytest.mark.parametrize("text", ["【10】日内", "__30__%", "不超过15%", "甲方：某某公司"])
def test_filled_in_is_not_blank(text: str) -> None:
    assert blanks(text) == ()


_PIECES = st.sampled_from(
    [
        "响应时间",
        "不超过",
        "30秒",
        "三十日",
        "15%",
        "【 】",
        "____",
        "元",
        "每逾期一日",
        "千分之一",
        "，",
        "。",
        "9:00-21:00",
        "第三条",
        "2025年1月1日",
        " ",
        "约",
        "以上",
    ]
)


@given(st.lists(_PIECES, max_size=14).map("".join))
def test_offsets_hold_and_figures_do_not_overlap(text: str) -> None:
    at = 0
    for figure in quantities(text):
        assert text[figure.start : figure.end] == figure.text
        assert figure.start >= at
        at = figure.end
    for blank in blanks(text):
        assert text[blank.start : blank.end] == blank.text
