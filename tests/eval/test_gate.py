"""The gate passes what holds, names what broke, and refuses what is no answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eval.gate import INVALID, PASS, REGRESSION, Baseline, Outcome, gate, load_baseline, updated
from eval.record import Run, RunError, UsageRecord
from eval.run import run
from pipeline.check.rules import engine
from pipeline.check.rules.reading import Sentence
from pipeline.check.rules.signal import Signal
from tests.pipeline.conftest import HashedWords


@pytest.fixture
def baseline(scored: Callable[..., Run]) -> Baseline:
    return updated(None, scored())


def text(outcome: Outcome) -> str:
    return "\n".join(outcome.lines)


def test_the_same_engine_passes(scored: Callable[..., Run], baseline: Baseline) -> None:
    outcome = gate(scored(), baseline)
    assert outcome.code == PASS
    assert len(outcome.lines) == 1  # nothing changed


def test_a_broken_rule_is_a_regression_and_its_cells_are_named(
    scored: Callable[..., Run], baseline: Baseline, monkeypatch: pytest.MonkeyPatch
) -> None:
    def deaf(sentence: Sentence, reading: object, checkpoint: object) -> Iterator[Signal]:
        yield from ()

    rule = engine._RULES["fees.late_payment"]
    monkeypatch.setitem(engine._RULES, "fees.late_payment", replace(rule, read=deaf))
    outcome = gate(scored(), baseline)
    assert outcome.code == REGRESSION
    assert "改坏 [a1] fees.late_payment：达标 → 缺失（标注达标）" in text(outcome)
    assert "改坏 [a2] fees.late_payment：不利 → 缺失（标注不利）" in text(outcome)
    assert "领域 fees" in text(outcome)


def test_a_changed_prompt_is_stale_not_passed(scored: Callable[..., Run], baseline: Baseline) -> None:
    asks_a_model = scored()
    asks_a_model = asks_a_model.model_copy(
        update={"fingerprint": asks_a_model.fingerprint.model_copy(update={"model": "m", "prompts": "1" * 64})}
    )
    baseline = updated(baseline, asks_a_model)
    changed = asks_a_model.fingerprint.model_copy(update={"prompts": "0" * 64})
    outcome = gate(asks_a_model.model_copy(update={"fingerprint": changed}), baseline)
    assert outcome.code == INVALID
    assert "提示词与基线不同" in text(outcome)


def test_a_removed_contract_is_invalid(dataset: Path, scored: Callable[..., Run], baseline: Baseline) -> None:
    (dataset / "a2.txt").unlink()
    (dataset / "a2.labels.yaml").unlink()
    outcome = gate(scored(), baseline)
    assert outcome.code == INVALID
    assert "合同或标注与基线不同" in text(outcome)
    assert "少了 29 格" in text(outcome)


def test_a_changed_label_is_invalid(dataset: Path, scored: Callable[..., Run], baseline: Baseline) -> None:
    path = dataset / "a2.labels.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("vague", "ok"), encoding="utf-8")
    assert gate(scored(), baseline).code == INVALID


def test_a_failed_call_is_invalid(scored: Callable[..., Run], baseline: Baseline) -> None:
    whole = scored()
    failed = whole.cases[0].model_copy(update={"usage": UsageRecord(calls=6, failed_calls=1)})
    outcome = gate(whole.model_copy(update={"cases": (failed, whole.cases[1])}), baseline)
    assert outcome.code == INVALID
    assert "a1 失败：1 次模型调用失败" in text(outcome)


def test_a_contract_that_could_not_be_read_is_invalid(dataset: Path, baseline: Baseline) -> None:
    (dataset / "a1.txt").write_bytes(b"")
    outcome = gate(run(str(dataset), embedder=HashedWords()), baseline)
    assert outcome.code == INVALID
    assert "a1 失败：a1.txt：" in text(outcome)


def test_a_part_of_the_checkpoints_is_no_answer(scored: Callable[..., Run], baseline: Baseline) -> None:
    assert gate(scored(only="fees"), baseline).code == INVALID
    with pytest.raises(RunError, match="只评了 fees"):
        updated(baseline, scored(only="fees"))


def test_an_engine_the_baseline_does_not_know_is_invalid(scored: Callable[..., Run], baseline: Baseline) -> None:
    outcome = gate(scored(engine="keywords"), baseline)
    assert outcome.code == INVALID
    assert "基线里没有 small/keywords" in text(outcome)


def test_a_worse_run_cannot_pass_by_being_better_elsewhere(scored: Callable[..., Run]) -> None:
    """Each figure has its own bar: more right cells do not buy missed evidence."""
    whole = scored()
    kept = updated(None, whole)
    silent = tuple(
        case.model_copy(update={"cells": tuple(c.model_copy(update={"citations": ()}) for c in case.cells)})
        for case in whole.cases
    )
    outcome = gate(whole.model_copy(update={"cases": silent}), kept)
    assert outcome.code == REGRESSION
    assert [line for line in outcome.lines if "→ 0.000" in line] == [outcome.lines[1]]
    assert "依据召回" in outcome.lines[1]


def test_a_baseline_survives_its_file(baseline: Baseline, tmp_path: Path) -> None:
    path = tmp_path / "baseline.json"
    path.write_text(baseline.model_dump_json(), encoding="utf-8")
    assert load_baseline(path) == baseline
    path.write_text("{}", encoding="utf-8")
    with pytest.raises(RunError, match="不是基线文件"):
        load_baseline(path)
    with pytest.raises(RunError, match="读不了基线"):
        load_baseline(tmp_path / "none.json")
