"""What tests do in processes of their own."""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from datetime import timedelta
from pathlib import Path

from pipeline.store import FileState, Store, open_store
from tests.pipeline.conftest import HashedWords
from tests.pipeline.store.batch import finish, start, started, take
from tests.pipeline.store.samples import sample


def _open(url: str, folder: Path) -> Store:
    return open_store(url, folder, embedder=HashedWords)


def open_and_count(url: str, folder: Path, number: int) -> int:
    """Contracts in the store."""
    store = _open(url, folder)
    try:
        return len(store.contracts())
    finally:
        store.close()


def work(url: str, folder: Path, number: int) -> list[str]:
    """Review until nothing is left; the ids that were taken."""
    store, taken = _open(url, folder), []
    while (record := store.claim(f"process {number}")) is not None:
        assert store.advance(record.id, stage="check", worker=f"process {number}")
        assert store.finish(record.id, sample(), worker=f"process {number}")
        taken.append(record.id)
    store.close()
    return taken


def add_and_delete(url: str, folder: Path, number: int) -> int:
    """Add and delete the same bytes as everybody; how often the file was not there although its contract was."""
    store, lost = _open(url, folder), 0
    for _ in range(15):
        contract = store.add_contract("合同.txt", b"the same bytes", owner=f"owner {number}")
        lost += not store.path_of(contract).is_file()
        store.delete_contract(contract.id, who="x")
    store.close()
    return lost


def drive(url: str, folder: Path, number: int) -> list[int]:
    """Drive the only run to its end, three files at a time, and take it from whoever has it; the positions of the files ended here."""
    store, ended, server = _open(url, folder), [], f"process {number}"
    (run,) = store.batches()
    while files := store.next_files(run.id, 3) or store.batch_files(run.id, states=(FileState.RUNNING,)):
        store.take_batch(run.id, server, is_gone=lambda _: True, silent=timedelta(0))
        ended += [
            file.position
            for file in files
            if start(store, run, file.position, server=server) and finish(store, run, file.position, server=server)
        ]
        time.sleep(random.random() / 5)  # or drivers that take it at every step keep each other from any
    store.close()
    return ended


def die_driving(url: str, folder: Path) -> None:
    """A process that takes the only run, begins with its first file and dies of a signal; returns when it has."""
    code = "import sys; from tests.pipeline.store.processes import _drive_and_die; _drive_and_die(*sys.argv[1:])"
    status = subprocess.run([sys.executable, "-c", code, url, str(folder)], check=False, timeout=60).returncode
    assert status == -9


def _drive_and_die(url: str, folder: str) -> None:
    store = _open(url, Path(folder))
    (run,) = store.batches()
    assert take(store, run, "dead")
    started(store, run, 1, server="dead")
    os.kill(os.getpid(), 9)
