"""Label files are validated, and what they quote is in the contracts."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from eval.cases import DATASET, DatasetError, load_cases
from eval.check_data import problems
from pipeline.playbook import load_playbook
from pipeline.types import Status

IDS = [c.id for c in load_playbook().checkpoints]


def _write(folder: Path, labels: dict[str, object], contract: str = "x.txt") -> None:
    (folder / "x.txt").write_text("第一条 乙方负责售前咨询。", encoding="utf-8")
    content = {"contract": contract, "merchant": "甲方", "labels": labels}
    (folder / "x.labels.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


MISSING: dict[str, object] = {i: {"status": "missing", "evidence": []} for i in IDS}


def test_a_good_file_is_read_and_its_quotes_found(tmp_path: Path) -> None:
    _write(tmp_path, {**MISSING, IDS[0]: {"status": "vague", "evidence": ["乙方负责售前咨询。"]}})
    (case,) = load_cases(tmp_path, IDS)
    assert case.statuses[IDS[0]] is Status.VAGUE
    assert list(problems(case)) == []


def test_a_quote_that_is_not_there_is_told(tmp_path: Path) -> None:
    _write(tmp_path, {**MISSING, IDS[0]: {"status": "ok", "evidence": ["乙方负责售后。"]}})
    (case,) = load_cases(tmp_path, IDS)
    (problem,) = problems(case)
    assert IDS[0] in problem
    assert "乙方负责售后" in problem


@pytest.mark.parametrize(
    ("labels", "message"),
    [
        pytest.param({k: v for k, v in MISSING.items() if k != IDS[3]}, IDS[3], id="one checkpoint short"),
        pytest.param({**MISSING, "scope.colour": {"status": "missing", "evidence": []}}, "scope.colour", id="unknown"),
        pytest.param({**MISSING, IDS[0]: {"status": "ok", "evidence": []}}, "missing has no evidence", id="ok without"),
        pytest.param(
            {**MISSING, IDS[0]: {"status": "missing", "evidence": ["x"]}}, "missing has no", id="missing with"
        ),
        pytest.param(
            {**MISSING, IDS[0]: {"status": "unreviewed", "evidence": ["x"]}}, "never unreviewed", id="unreviewed"
        ),
    ],
)
def test_a_bad_file_is_refused_by_name(tmp_path: Path, labels: dict[str, object], message: str) -> None:
    _write(tmp_path, labels)
    with pytest.raises(DatasetError, match=message):
        load_cases(tmp_path, IDS)


def test_an_absent_contract_is_told(tmp_path: Path) -> None:
    _write(tmp_path, MISSING, contract="y.txt")
    with pytest.raises(DatasetError, match=r"y\.txt is not beside it"):
        load_cases(tmp_path, IDS)


@pytest.mark.parametrize("split", ["dev", "test"])
def test_the_splits_hold_all_their_labels(split: str) -> None:
    cases = load_cases(DATASET / split, IDS)
    assert len(cases) >= 24
    assert len({c.family for c in cases}) > 20
