"""A job outlives whoever started it, tells how far it is, and is taken up where it was."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eval import jobs
from eval.jobs import Job, JobState, Order
from eval.record import load_run


def wait(folder: Path, until: Callable[[Job], bool], seconds: float = 90) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = jobs.job(folder)
        if until(found):
            return found
        time.sleep(0.1)
    raise AssertionError(f"still {jobs.job(folder)}: {(folder / 'log.txt').read_text(encoding='utf-8')}")


def over(job: Job) -> bool:
    return job.state is not JobState.RUNNING


def test_a_job_runs_in_a_process_of_its_own_and_leaves_a_run(dataset: Path, tmp_path: Path) -> None:
    started = jobs.start(tmp_path / "jobs", Order(dataset=str(dataset)))
    assert started.state is JobState.RUNNING
    done = wait(started.folder, over)
    assert done.state is JobState.DONE
    assert (done.done, done.total) == (2, 2)
    assert [case.id for case in load_run(done.out).cases] == ["a1", "a2"]
    assert [j.id for j in jobs.jobs(tmp_path / "jobs")] == [started.id]


@pytest.mark.slow
def test_a_stopped_job_goes_on_with_what_it_has(dataset: Path, tmp_path: Path) -> None:
    for n in range(40):
        for kind in ("txt", "labels.yaml"):
            text = (dataset / f"a1.{kind}").read_text(encoding="utf-8").replace("a1.txt", f"b{n:02}.txt")
            (dataset / f"b{n:02}.{kind}").write_text(text, encoding="utf-8")
    started = jobs.start(tmp_path / "jobs", Order(dataset=str(dataset)))
    some = wait(started.folder, lambda j: j.done >= 2 or over(j))
    jobs.stop(started.folder)
    assert jobs.job(started.folder).state is JobState.STOPPED
    assert some.state is JobState.RUNNING
    time.sleep(2)  # the heart beats each second
    kept = (started.folder / "run.json.part").read_text(encoding="utf-8").count("\n") - 1
    assert 2 <= kept < 42
    time.sleep(1)
    assert (started.folder / "run.json.part").read_text(encoding="utf-8").count("\n") - 1 == kept, "it went on"
    jobs.resume(started.folder)
    done = wait(started.folder, over)
    assert done.state is JobState.DONE
    assert len(load_run(done.out).cases) == 42


def test_a_job_that_cannot_be_done_says_why(tmp_path: Path) -> None:
    started = jobs.start(tmp_path / "jobs", Order(dataset=str(tmp_path / "nowhere")))
    failed = wait(started.folder, over)
    assert failed.state is JobState.FAILED
    assert "没有这个数据集" in failed.error


def test_a_silent_job_counts_as_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs.sys, "executable", "/bin/true")  # a process that never does anything
    started = jobs.start(tmp_path, Order(dataset="dev"))
    assert started.state is JobState.RUNNING
    monkeypatch.setattr(jobs, "_SILENT", 0.0)
    assert jobs.job(started.folder).state is JobState.STOPPED


def test_the_splits_are_those_on_this_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert jobs.splits() == ("dev", "test")
    monkeypatch.setattr(jobs, "DATASET", tmp_path)
    assert jobs.splits() == ()
