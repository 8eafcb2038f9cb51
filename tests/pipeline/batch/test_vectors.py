"""Vectors of a run reach the clause library through a process of its own, and no result hangs on it."""

from __future__ import annotations

import os
import signal
from collections.abc import Iterator
from concurrent.futures import Future
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa

from pipeline.batch import vectors
from pipeline.batch.begin import Asked, begin
from pipeline.batch.child import reviewing
from pipeline.batch.keeper import Keeper
from pipeline.batch.messages import Failed, Reviewed, Work
from pipeline.batch.run import Driver
from pipeline.batch.sources import listed
from pipeline.store import Store, open_store
from pipeline.store.records import FileState
from pipeline.store.tables import passages
from tests.pipeline.batch.conftest import SetUp, alive
from tests.pipeline.batch.crews import HereCrew
from tests.pipeline.batch.faults import CONTRACT
from tests.pipeline.conftest import HashedWords

_DIMENSIONS = 384


class VectorCrew(HereCrew):
    """Gives each passage some vector."""

    def submit(self, work: Work) -> Future[Reviewed | Failed]:
        future = super().submit(work)
        result = future.result()
        assert isinstance(result, Reviewed)
        assert result.packed is not None
        rows = np.random.default_rng(7).normal(size=(len(result.packed.passages), _DIMENSIONS)).astype(np.float32)
        changed: Future[Reviewed | Failed] = Future()
        changed.set_result(replace(result, vectors=rows))
        return changed


@pytest.fixture
def store(tmp_path: Path, limits: SetUp) -> Iterator[Store]:
    opened = open_store(folder=tmp_path / "data")
    yield opened
    opened.close()


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    folder = tmp_path / "contracts"
    folder.mkdir()
    for n in range(5):
        (folder / f"{n}.txt").write_text(f"{CONTRACT}{n}\n", encoding="utf-8")
    return folder


def drive(store: Store, contracts: Path, tmp_path: Path) -> int:
    """Review the folder; how many files are done."""
    run, _ = begin(store, Asked(source=str(contracts), out=tmp_path / "out", formats=("json",)))
    crew = VectorCrew(tmp_path / "work", entry=lambda: reviewing(HashedWords()))
    assert Driver(store, run, listed(run.source, skip=Path(run.out)), crew).drive()
    return store.batch(run.id).counts[FileState.DONE]


def kept(store: Store) -> set[str]:
    with store.db.read() as connection:
        return set(connection.scalars(sa.select(passages.c.id)))


def test_all_passages_of_a_run_are_in_the_library(store: Store, contracts: Path, tmp_path: Path) -> None:
    assert drive(store, contracts, tmp_path) == 5
    library, _ = store._library()
    assert len(kept(store)) >= 5
    assert library.ids() == kept(store)


def test_a_run_outlives_the_process_and_the_process_ends_with_the_run(
    store: Store, contracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pids = []

    class Killed(Keeper):
        def __init__(self, store: Store) -> None:
            super().__init__(store)
            pids.append(self._process.pid)
            os.kill(self._process.pid, signal.SIGKILL)

    monkeypatch.setattr(vectors, "Keeper", Killed)
    monkeypatch.setattr(vectors, "_TOGETHER", 2)
    assert drive(store, contracts, tmp_path) == 5
    assert pids
    assert not any(alive(pid) for pid in pids)
