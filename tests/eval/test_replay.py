"""The model path in the gate: recorded replies played back without a server; a changed prompt is stale, never a pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eval import engines
from eval.gate import INVALID, PASS, REGRESSION, gate, updated
from eval.record import Run, RunError
from eval.run import run
from pipeline.check.llm import verify
from pipeline.settings import Settings
from prompts import render
from tests.pipeline.conftest import HashedWords
from tests.servers.openai_server import ScriptedServer
from tests.servers.reader import Reader

TABLE = {
    "scope.response_time": ("adverse", "首次响应时间不超过90秒"),
    "fees.late_payment": ("ok", "按未付金额的0.05%支付违约金"),
    "term.dispute": ("adverse", "提交乙方所在地人民法院诉讼解决"),
}


@pytest.fixture
def recorded(dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Run, Callable[[], Run]]:
    """A run over the scripted server, recorded, and how to play it back after the server is gone."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    values = Settings(model="scripted", data_dir=tmp_path, model_retries=0, model_timeout=5)
    monkeypatch.setattr(engines, "settings", lambda: values)
    path = tmp_path / "replies.jsonl"
    with ScriptedServer(Reader(table=TABLE, only_table=True), models=("scripted",)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        first = run(str(dataset), engine="llm", record=path, embedder=HashedWords())
        assert len(server.requests) == 12
    monkeypatch.delenv("OPENAI_API_KEY")
    monkeypatch.delenv("OPENAI_BASE_URL")
    return first, lambda: run(str(dataset), engine="llm", replay=path, embedder=HashedWords())


def test_a_recording_plays_back_without_a_server(recorded: tuple[Run, Callable[[], Run]]) -> None:
    first, replay = recorded
    again = replay()
    assert again.cells == first.cells
    assert again.failures == {}
    assert [c.usage for c in again.cases] == [c.usage for c in first.cases]
    assert again.fingerprint.recording
    assert gate(again, updated(None, again)).code == PASS


def test_a_changed_prompt_is_stale(recorded: tuple[Run, Callable[[], Run]], monkeypatch: pytest.MonkeyPatch) -> None:
    _, replay = recorded
    kept = updated(None, replay())
    real = render.system_message
    monkeypatch.setattr(render, "system_message", lambda merchant, vendor: real(merchant, vendor) + "请宽松一些。")
    stale = replay()
    assert {c.said.value for c in stale.cells} == {"unreviewed"}
    assert "没有与这份提示词对应的录制回复" in stale.cases[0].cells[0].reason
    outcome = gate(stale, kept)
    assert outcome.code == INVALID
    assert "a1 失败：6 次提问不在录制里" in "\n".join(outcome.lines)
    with pytest.raises(RunError, match="不在录制里"):
        updated(None, stale)


def test_a_reply_that_was_no_json_when_recorded_is_part_of_what_is_played_back(
    dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    values = Settings(model="scripted", data_dir=tmp_path, model_retries=0, model_timeout=5)
    monkeypatch.setattr(engines, "settings", lambda: values)
    path = tmp_path / "replies.jsonl"
    with ScriptedServer(lambda _: "合同总体风险较高。", models=("scripted",)) as server:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        first = run(str(dataset), engine="llm", record=path, embedder=HashedWords())
    assert first.failures == {"a1": "6 次模型调用失败", "a2": "6 次模型调用失败"}
    again = run(str(dataset), engine="llm", replay=path, embedder=HashedWords())
    assert again.failures == {}
    assert [c.usage.failed_calls for c in again.cases] == [6, 6]
    assert gate(again, updated(None, again)).code == PASS


def test_another_recording_is_no_answer(recorded: tuple[Run, Callable[[], Run]], tmp_path: Path) -> None:
    first, replay = recorded
    kept = updated(None, replay())
    path = tmp_path / "replies.jsonl"
    path.write_text(path.read_text(encoding="utf-8").replace("0.05%", "0.06%"), encoding="utf-8")
    assert gate(first, kept).code == INVALID  # asked live, not played back
    outcome = gate(replay(), kept)
    assert outcome.code == INVALID
    assert "录制的回复与基线不同" in "\n".join(outcome.lines)


def test_what_is_made_of_the_same_replies_must_be_the_same_to_the_last_citation(
    recorded: tuple[Run, Callable[[], Run]], monkeypatch: pytest.MonkeyPatch
) -> None:
    _, replay = recorded
    kept = updated(None, replay())
    assert kept.entries["small/llm/scripted"].replayed
    monkeypatch.setattr(verify, "_WHOLE", 10)  # cited are the quotes alone, no longer the short clauses around them
    outcome = gate(replay(), kept)
    assert outcome.code == REGRESSION
    assert "回放同样的回复，引文、理由或调用次数与基线不同" in "\n".join(outcome.lines)


def test_not_even_a_mended_cell_passes_unseen(recorded: tuple[Run, Callable[[], Run]]) -> None:
    _, replay = recorded
    again = replay()
    case = again.cases[0]
    at, wrong = next((i, c) for i, c in enumerate(case.cells) if c.said is not c.label)
    cells = (*case.cells[:at], wrong.model_copy(update={"said": wrong.label}), *case.cells[at + 1 :])
    mended = again.model_copy(update={"cases": (case.model_copy(update={"cells": cells}), *again.cases[1:])})
    outcome = gate(mended, updated(None, again))
    assert outcome.code == REGRESSION
    assert "1 格结论与基线不同" in outcome.lines[1]
    assert outcome.lines[2].startswith("  改好")


def test_a_recording_that_is_not_there_is_told(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="没有这份录制"):
        run(str(dataset), engine="llm", replay=tmp_path / "none.jsonl", embedder=HashedWords())
