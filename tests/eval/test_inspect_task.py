"""The dataset and the scorers as an inspect_ai task, by its own command, give the figures of our own run."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import eval as package
from eval.figures import figures
from eval.run import run

ROOT = Path(package.__file__).parent.parent


def test_the_task_agrees_with_our_own_figures(dataset: Path, tmp_path: Path) -> None:
    pytest.importorskip("inspect_ai")
    command = [sys.executable, "-m", "inspect_ai", "eval", "eval/inspect_task.py", "-T", f"dataset={dataset}", "--model", "mockllm/model"]  # fmt: skip
    options = ["--log-dir", str(tmp_path / "logs"), "--log-format", "json", "--display", "none"]
    environment = {**os.environ, "XDG_DATA_HOME": str(tmp_path)}  # its traces
    done = subprocess.run([*command, *options], capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stderr
    (path,) = (tmp_path / "logs").glob("*.json")
    log = json.loads(path.read_text(encoding="utf-8"))
    assert log["status"] == "success"
    scores = {s["name"]: s for s in log["results"]["scores"]}
    found = figures(run(str(dataset)))
    metrics = {name: m["value"] for name, m in scores["status"]["metrics"].items()}
    assert metrics["all"] == pytest.approx(found.overall["accuracy"].estimate)
    assert metrics["fees"] == pytest.approx(found.areas["fees"]["accuracy"].estimate)
    assert scores["evidence"]["scored_samples"] == found.citations.evidence
    sample = next(s for s in log["samples"] if s["id"] == "a2/fees.late_payment")
    assert sample["scores"]["status"]["answer"] == "adverse"
    assert "第二条" in sample["output"]["completion"]
