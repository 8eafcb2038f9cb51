"""The model path in the gate: recorded replies played back without a server; a changed prompt is stale, never a pass."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from eval import engines
from eval.gate import INVALID, PASS, gate, updated
from eval.record import Run, RunError
from eval.run import run
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
    assert gate(again, updated(None, first)).code == PASS


def test_a_changed_prompt_is_stale(recorded: tuple[Run, Callable[[], Run]], monkeypatch: pytest.MonkeyPatch) -> None:
    first, replay = recorded
    real = render.system_message
    monkeypatch.setattr(render, "system_message", lambda merchant, vendor: real(merchant, vendor) + "请宽松一些。")
    stale = replay()
    assert {c.said.value for c in stale.cells} == {"unreviewed"}
    assert "没有与这份提示词对应的录制回复" in stale.cases[0].cells[0].reason
    outcome = gate(stale, updated(None, first))
    assert outcome.code == INVALID
    assert "模型调用失败" in "\n".join(outcome.lines)


def test_a_recording_that_is_not_there_is_told(dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="没有这份录制"):
        run(str(dataset), engine="llm", replay=tmp_path / "none.jsonl", embedder=HashedWords())
