"""What tests do in processes of their own."""

from __future__ import annotations

from pathlib import Path

from pipeline.store import Store, open_store
from tests.pipeline.conftest import HashedWords
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
