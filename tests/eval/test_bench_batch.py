"""The arithmetic of the batch benchmark; the runs themselves are for a quiet machine."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from eval import bench_batch
from eval.bench_batch import Arm, Sample
from pipeline.store.records import BatchFile, BatchRun, FileState

START = datetime(2026, 1, 1, tzinfo=UTC)


def arm(*ends: tuple[float, float], stopped: float, samples: tuple[Sample, ...] = ()) -> Arm:
    """A run whose files ended at these seconds after reviews of so many, and whose command ended at ``stopped``."""
    files = tuple(file(n, end, seconds) for n, (end, seconds) in enumerate(ends, 1))
    run = cast(BatchRun, None)
    return Arm(run=run, files=files, seconds=stopped + 4, stopped=START.timestamp() + stopped, samples=samples)


def file(position: int, end: float, seconds: float) -> BatchFile:
    none: dict[str, Any] = dict.fromkeys(("sha256", "size", "contract_id", "review_id", "failure", "started_at"))
    return BatchFile(
        **none,
        run_id="a",
        position=position,
        name=f"{position}.txt",
        uri="",
        state=FileState.DONE,
        extension=".txt",
        reused=False,
        tries=1,
        outputs={},
        finished_at=START + timedelta(seconds=end),
        seconds=seconds,
    )


def test_time_begins_with_the_first_review_and_not_with_the_interpreter() -> None:
    one = arm((3, 2), (5, 2), (7, 2), stopped=7.5)
    two = arm((3, 2), (3.5, 2), (5, 2), stopped=5.5)
    assert one.began == START.timestamp() + 1
    assert [one.until(n) for n in (1, 2, 3)] == [2, 4, 6]
    assert one.until(2) / two.until(2) == pytest.approx(1.6)


def test_what_a_worker_does_beside_reviewing_is_overhead() -> None:
    assert arm((2, 2), (4, 2), stopped=4).overhead(1) == 0
    assert arm((2, 2), (4.1, 2), (6.2, 2), stopped=6.6).overhead(1) == pytest.approx(0.1)
    assert arm((2, 2), (2, 2), stopped=3).overhead(2) == pytest.approx(0.5)


def test_memory_is_the_median_of_what_was_seen_around_a_file() -> None:
    samples = tuple(Sample(ended=n, memory=100 + n, cpu=n / 10) for n in range(0, 1001, 5))
    seen = arm((1, 1), stopped=2, samples=samples)
    assert seen.memory(100, 20) == 210
    assert seen.memory(980, 20) == 1090
    assert seen.memory(2000, 20) == 0
    assert seen.cpu == 100


def test_a_folder_that_holds_something_is_not_measured_along(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a").touch()
    monkeypatch.setattr(sys, "argv", ["bench_batch", "--folder", str(tmp_path)])
    assert bench_batch.main() == 2
    assert "not empty" in capsys.readouterr().err
