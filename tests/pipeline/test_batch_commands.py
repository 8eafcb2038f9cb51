"""``shenyue batch`` and ``shenyue runs``: what an engineer types, reads and gets."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from pipeline.batch import begin
from pipeline.batch.crew import LocalCrew
from pipeline.cli import app
from pipeline.settings import settings
from tests.pipeline.batch.faults import CONTRACT, ENTRY


@pytest.fixture(autouse=True)
def _own_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setattr(begin, "LocalCrew", lambda workers: LocalCrew(workers, entry=ENTRY))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    folder = tmp_path / "合同"
    folder.mkdir()
    for name in ("一.txt", "二.txt", "三.txt"):
        (folder / name).write_text(f"{CONTRACT}{name}\n", encoding="utf-8")
    return folder


def run(*args: object) -> Result:
    return CliRunner().invoke(app, [str(arg) for arg in args])


def test_a_folder_is_reviewed_and_summed_up(contracts: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    result = run("batch", contracts, "-o", out, "--workers", 1)
    assert result.exit_code == 0, result.output
    assert "审完 3 份" in result.output
    assert sorted(p.name for p in out.iterdir()) == [
        "findings.jsonl",
        "reports",
        "run.json",
        "summary.html",
        "summary.xlsx",
    ]
    told = json.loads((out / "run.json").read_text(encoding="utf-8"))
    assert told["format"] == "shenyue.batch/1"
    assert [f["name"] for f in told["files"]] == ["一.txt", "三.txt", "二.txt"]
    page = (out / "summary.html").read_text(encoding="utf-8")
    assert "reports/" in page
    assert page.rstrip().endswith("</html>")


def test_a_file_that_fails_is_told_with_its_remedy_and_the_exit_code(contracts: Path, tmp_path: Path) -> None:
    (contracts / "bug.txt").write_text(CONTRACT, encoding="utf-8")
    (contracts / "空.txt").touch()
    result = run("batch", contracts, "-o", tmp_path / "out", "--workers", 1, "--format", "json")
    assert result.exit_code == 3
    assert "✗ 空.txt：文件是空的" in result.output
    listed = run("runs", "list").output
    assert "审完 3 份，没审成 2 份" in listed
    number = listed.split("　")[0]
    shown = run("runs", "show", number)
    assert "✗ bug.txt" in shown.output
    assert "审查标准" in shown.output
    (contracts / "空.txt").write_text(f"{CONTRACT}空\n", encoding="utf-8")
    again = run("runs", "resume", number, "--failed", "--workers", 1)
    assert again.exit_code == 3
    assert "审完 4 份，没审成 1 份" in again.output


def test_what_cannot_be_done_is_told_before_anything_is_begun(contracts: Path, tmp_path: Path) -> None:
    nowhere = run("batch", tmp_path / "没有", "-o", tmp_path / "out")
    assert nowhere.exit_code == 2
    assert "没有" in nowhere.output
    engine = run("batch", contracts, "-o", tmp_path / "out", "--engine", "magic")
    assert engine.exit_code == 2
    assert "没有名为「magic」的引擎" in engine.output
    blocked = tmp_path / "文件"
    blocked.touch()
    output = run("batch", contracts, "-o", blocked)
    assert output.exit_code == 2
    assert "换一个空的输出文件夹" in output.output
    assert run("runs", "show", "abcdef").exit_code == 2
    assert "还没有批量审查过" in run("runs", "list").output


def test_a_run_is_exported_elsewhere(contracts: Path, tmp_path: Path) -> None:
    run("batch", contracts, "-o", tmp_path / "out", "--workers", 1)
    number = run("runs", "list").output[:8]
    result = run("runs", "export", number, "-o", tmp_path / "other")
    assert result.exit_code == 0
    assert [Path(line).is_file() for line in result.output.split()] == [True] * 4


@pytest.mark.slow
def test_ctrl_c_stops_between_files_and_the_same_command_goes_on(contracts: Path, tmp_path: Path) -> None:
    for n in range(30):
        (contracts / f"slow-{n}.txt").write_text(f"{CONTRACT}{n}\n", encoding="utf-8")
    code = (
        "from pipeline.batch import begin; from pipeline.batch.crew import LocalCrew; from pipeline.cli import main\n"
        f"begin.LocalCrew = lambda workers: LocalCrew(workers, entry={ENTRY!r})\nmain()"
    )
    command = [sys.executable, "-c", code, "batch", str(contracts), "-o", str(tmp_path / "out"), "--workers", "1"]
    root = Path(__file__).resolve().parents[2]
    process = subprocess.Popen(command, cwd=root, stderr=subprocess.PIPE, text=True, env={**os.environ})
    reports = tmp_path / "out" / "reports"
    deadline = time.monotonic() + 60
    while len(list(reports.glob("*.json"))) < 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "继续：shenyue runs resume" in said
    done = len(list(reports.glob("*.json")))
    assert 3 <= done < 33
    result = run("batch", contracts, "-o", tmp_path / "out", "--workers", 2)
    assert result.exit_code == 0, result.output
    assert "继续运行" in result.output
    assert len(list(reports.glob("*.json"))) == 33
