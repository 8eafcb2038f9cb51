"""The masking figures and the labelled set behind them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from eval.cases import DatasetError
from eval.masking import NAMED, NUMBERED, Labelled, load_labelled, score
from pipeline.privacy import EntityKind


def test_the_set_is_large_and_in_halves() -> None:
    rows = load_labelled()
    assert sum(len(row.entities) for row in rows) >= 420
    assert sum(bool(row.entities) for row in rows) >= 180
    splits = Counter(row.split for row in rows)
    assert abs(splits["dev"] - splits["test"]) <= 1
    assert {kind for row in rows for _, _, kind in row.entities} == set(EntityKind) - {EntityKind.LITERAL}


@pytest.mark.parametrize("split", ["dev", "test"])
def test_targets(split: str) -> None:
    scored = score([row for row in load_labelled() if row.split == split])
    numbered, named = scored.recall(NUMBERED), scored.recall(NAMED)
    assert numbered is not None
    assert numbered >= 0.97
    assert named is not None
    assert named >= 0.90


def test_a_half_masked_entity_is_not_found() -> None:
    row = Labelled(text="13800138000号", entities=((0, 12, EntityKind.MOBILE),), split="dev")
    scored = score([row])
    assert scored.recall([EntityKind.MOBILE]) == 0.0
    assert scored.precision([EntityKind.MOBILE]) == 1.0
    assert scored.held is None
    assert scored.recall([EntityKind.QQ]) is None


def test_a_touched_trap_counts() -> None:
    scored = score(
        [Labelled(text="拨打13800138000", entities=(), split="dev"), Labelled(text="30秒", entities=(), split="dev")]
    )
    assert scored.held == 0.5


@pytest.mark.parametrize(
    "line", ["{", '{"text": "a", "entities": [{"start": 0, "end": 9, "kind": "qq"}], "split": "dev"}']
)
def test_a_bad_line_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "x.jsonl"
    path.write_text(line, encoding="utf-8")
    with pytest.raises(DatasetError, match="第 1 行"):
        load_labelled(path)
