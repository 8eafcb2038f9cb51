"""Frozen files that changed, are gone or are new are told."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from eval.cases import DATASET
from eval.check_data import FROZEN, check, freeze, frozen_problems
from tests.eval.conftest import IDS


def test_a_frozen_folder_is_whole(dataset: Path) -> None:
    assert freeze(dataset) == 4
    assert list(frozen_problems(dataset)) == []
    digest, name = (dataset / FROZEN).read_text(encoding="utf-8").splitlines()[0].split("  ")
    assert hashlib.sha256((dataset / name).read_bytes()).hexdigest() == digest


@pytest.mark.parametrize("change", ["changed", "gone", "new"])
def test_what_happened_to_a_frozen_file_is_told(dataset: Path, change: str) -> None:
    freeze(dataset)
    if change == "changed":
        (dataset / "a1.txt").write_text("别的", encoding="utf-8")
    elif change == "gone":
        (dataset / "a2.labels.yaml").unlink()
    else:
        (dataset / "a3.txt").write_text("新的", encoding="utf-8")
    (problem,) = frozen_problems(dataset)
    assert {
        "changed": "a1.txt：与冻结时不同",
        "gone": "a2.labels.yaml：冻结的文件不见了",
        "new": "a3.txt：不在冻结清单里",
    }[change] in problem


def test_a_folder_is_checked_as_a_whole(dataset: Path) -> None:
    freeze(dataset)
    assert check(dataset, IDS) == (2, 9, [])
    path = dataset / "a1.labels.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("不超过20秒", "不超过21秒"), encoding="utf-8")
    wrong = check(dataset, IDS)[2]
    assert any("a1.labels.yaml：与冻结时不同" in line for line in wrong)
    assert any("scope.response_time：读取的文本里没有" in line for line in wrong)


def test_the_test_split_is_as_it_was_frozen() -> None:
    assert (DATASET / "test" / FROZEN).is_file()
    assert list(frozen_problems(DATASET / "test")) == []
