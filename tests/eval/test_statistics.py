"""Intervals and tests, held against worked examples and scipy."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from scipy.stats import binomtest

from eval.metrics.status import Cell, accuracy, serious_recall
from eval.statistics import holm, interval, matrices, mcnemar, paired, underpowered
from pipeline.types import Status


def cells(share: float, contracts: int = 30, seed: int = 1) -> list[Cell]:
    random = Random(seed)
    return [
        Cell(
            case=f"c{i}",
            checkpoint=f"fees.{j}",
            label=Status.OK,
            said=Status.OK if random.random() < share else Status.VAGUE,
        )
        for i in range(contracts)
        for j in range(29)
    ]


def test_an_interval_holds_its_estimate_and_is_the_same_every_time() -> None:
    by_case = matrices(cells(0.8), {})
    found = interval(by_case, accuracy)
    assert found == interval(by_case, accuracy)
    assert found.low is not None
    assert found.high is not None
    assert found.estimate is not None
    assert found.low < found.estimate < found.high
    # 870 independent cells: the normal approximation gives about ±0.027
    assert found.high - found.low == pytest.approx(2 * 1.96 * (0.8 * 0.2 / 870) ** 0.5, rel=0.25)


def test_contracts_of_one_family_are_drawn_together() -> None:
    own = cells(0.8)
    families = {f"c{i}": f"f{i // 10}" for i in range(30)}
    assert len(matrices(own, families)) == 3
    assert matrices(own, families).sum() == matrices(own, {}).sum()


def test_no_cells_no_score() -> None:
    nothing = interval(matrices([], {}), accuracy)
    assert (nothing.estimate, nothing.low, nothing.high) == (None, None, None)
    assert interval(matrices(cells(0.8), {}), serious_recall).estimate is None


def test_a_paired_difference_is_narrower_than_two_intervals() -> None:
    before = cells(0.7)
    after = [Cell(case=c.case, checkpoint=c.checkpoint, label=c.label, said=Status.OK) if i % 20 == 0 else c for i, c in enumerate(before)]  # fmt: skip
    a, b = matrices(before, {}), matrices(after, {})
    difference = paired(a, b, accuracy)
    assert difference.estimate == pytest.approx(float(accuracy(b.sum(0)) - accuracy(a.sum(0))))
    assert difference.low is not None
    assert difference.low > 0
    assert paired(a, a, accuracy).high == 0
    with pytest.raises(ValueError, match="same contracts"):
        paired(a, b[:3], accuracy)


@pytest.mark.parametrize(("gained", "lost"), [(0, 0), (1, 0), (8, 2), (5, 5), (30, 12), (0, 6)])
def test_mcnemar_is_the_binomial_test(gained: int, lost: int) -> None:
    expected = binomtest(gained, gained + lost).pvalue if gained + lost else 1.0
    assert mcnemar(gained, lost) == pytest.approx(expected)


def test_holm_worked_example() -> None:
    assert holm({"a": 0.01, "b": 0.04, "c": 0.03}) == pytest.approx({"a": 0.03, "b": 0.06, "c": 0.06})
    assert holm({}) == {}


def test_too_few_changes_are_underpowered() -> None:
    assert underpowered(5)
    assert not underpowered(6)
    assert underpowered(6, tests=6)
    assert np.isclose(mcnemar(6, 0), 2 * 0.5**6)
