"""Perturbation pairs, stability, percentiles."""

from __future__ import annotations

import pytest

from eval.metrics.perturbation import PairResult, by_kind, scores
from eval.metrics.stability import flip_rate
from eval.metrics.usage import percentile
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING, UNREVIEWED = Status


def pair(kind: str, said_before: Status, said_after: Status, disturbed: tuple[str, ...] = ()) -> PairResult:
    return PairResult(
        id="p", kind=kind, checkpoint="fees.x", before=OK, after=ADVERSE,
        said_before=said_before, said_after=said_after, disturbed=disturbed, watched=10,
    )  # fmt: skip


def test_a_pair_counts_after_and_on_both_sides() -> None:
    found = scores([pair("a", OK, ADVERSE), pair("a", ADVERSE, ADVERSE, ("fees.y",)), pair("b", OK, OK)])
    assert found is not None
    assert (found.accuracy, found.both) == (pytest.approx(2 / 3), pytest.approx(1 / 3))
    assert found.invariance == pytest.approx(29 / 30)
    assert scores([]) is None


def test_pairs_by_kind() -> None:
    found = by_kind([pair("a", OK, ADVERSE), pair("b", OK, OK)])
    assert {kind: s.accuracy for kind, s in found.items()} == {"a": 1.0, "b": 0.0}


def test_flips_between_runs() -> None:
    assert flip_rate([[OK, OK, VAGUE], [OK, ADVERSE, VAGUE], [OK, OK, VAGUE]]) == pytest.approx(1 / 3)
    assert flip_rate([[OK]]) is None
    assert flip_rate([[], []]) is None
    with pytest.raises(ValueError, match="zip"):
        flip_rate([[OK], [OK, OK]])


@pytest.mark.parametrize(
    ("values", "share", "expected"),
    [
        pytest.param([3.0, 1.0, 2.0], 0.5, 2.0, id="median"),
        pytest.param([1.0, 2.0, 3.0, 4.0], 0.5, 2.0, id="nearest rank"),
        pytest.param([5.0], 0.95, 5.0, id="one"),
        pytest.param([], 0.5, None, id="none"),
    ],
)
def test_percentile(values: list[float], share: float, expected: float | None) -> None:
    assert percentile(values, share) == expected
