"""Krippendorff's alpha on worked examples, and two passes over a folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from eval.agreement import agreement, alpha
from pipeline.types import Status
from tests.eval.conftest import FIRST, IDS, LABELS, write_case


@pytest.mark.parametrize(
    ("pairs", "expected"),
    [
        pytest.param([("a", "a"), ("b", "b")], 1.0, id="agree"),
        # Krippendorff 2011, example of two observers, binary data, ten units: alpha 0.095
        pytest.param(
            list(zip([0, 1, 0, 0, 0, 0, 0, 0, 1, 0], [1, 1, 1, 0, 0, 1, 0, 0, 0, 0], strict=True)), 0.095, id="binary"
        ),
        # the same paper, nominal data, twelve units: alpha 0.692
        pytest.param(
            list(zip("aabbdcccedda", "babbbccceddd", strict=True)), 0.692, id="nominal"
        ),
        pytest.param([("a", "a"), ("a", "a")], None, id="nothing to tell apart"),
        pytest.param([], None, id="no cells"),
    ],
)  # fmt: skip
def test_alpha(pairs: list[tuple[object, object]], expected: float | None) -> None:
    found = alpha(pairs)
    assert found == (pytest.approx(expected, abs=0.001) if expected is not None else None)


def test_contracts_with_two_passes_are_compared_cell_by_cell(dataset: Path) -> None:
    second = {**LABELS["a1"], "staffing.turnover": ("vague", "乙方客服月流失率不超过10%。")}
    write_case(dataset, "a1", FIRST, second, suffix="second")
    found = agreement(dataset, IDS)
    assert (found.contracts, found.cells) == (1, 29)
    assert [(d.case, d.checkpoint, d.first, d.second) for d in found.differing] == [("a1", "staffing.turnover", Status.OK, Status.VAGUE)]  # fmt: skip
    assert found.areas["fees"] == 1.0
    assert found.overall is not None
    assert 0 < found.overall < 1
    assert found.statuses[Status.ADVERSE] is None  # neither pass used it
