"""The committed recordings play back to the last citation, and a prompt that changed stops them."""

from __future__ import annotations

from pathlib import Path

import pytest

import eval
from eval import engines
from eval.gate import INVALID, PASS, gate, load_baseline
from eval.run import run
from pipeline.settings import Settings
from prompts import render

FOLDER = Path(eval.__file__).parent
BASELINE = load_baseline(FOLDER / "baseline.json")
RECORDINGS = {
    "qwen2.5-coder-1.5b-instruct": ("qwen2.5-coder-1.5b.jsonl", "d02", "auto"),
    "scripted-from-labels": ("scripted-d37.jsonl", "d37", "retrieved"),
}


@pytest.fixture
def asked(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Path, str]:
    """The recording of a model and its contract, as ``make gate`` asks for them."""
    name, case, context = RECORDINGS[request.param]
    values = Settings(model=request.param, context=context, data_dir=tmp_path, _env_file=None)  # type: ignore[call-arg, arg-type]
    monkeypatch.setattr(engines, "settings", lambda: values)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    monkeypatch.delenv("OPENAI_API_KEY", raising=False)
    return FOLDER / "recordings" / name, case


def test_every_recording_has_its_entry() -> None:
    kept = {name for name in BASELINE.entries if name.startswith("dev/llm/")}
    assert kept == {f"dev/llm/{model}" for model in RECORDINGS}
    assert {p.name for p in (FOLDER / "recordings").glob("*.jsonl")} == {name for name, *_ in RECORDINGS.values()}


@pytest.mark.parametrize("asked", RECORDINGS, indirect=True)
def test_a_recording_plays_back_as_it_was_measured(asked: tuple[Path, str]) -> None:
    path, case = asked
    outcome = gate(run("dev", engine="llm", case=case, replay=path), BASELINE)
    assert outcome.code == PASS, "\n".join(outcome.lines)


@pytest.mark.parametrize("asked", ["scripted-from-labels"], indirect=True)
def test_a_changed_prompt_makes_it_stale(asked: tuple[Path, str], monkeypatch: pytest.MonkeyPatch) -> None:
    path, case = asked
    real = render.missing_message
    monkeypatch.setattr(render, "missing_message", lambda area, only: real(area, only) + "再想想。")
    outcome = gate(run("dev", engine="llm", case=case, replay=path), BASELINE)
    assert outcome.code == INVALID
    assert "d37 失败：1 次提问不在录制里" in "\n".join(outcome.lines)
