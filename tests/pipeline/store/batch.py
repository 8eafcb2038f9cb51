"""Batch runs made in code, and the steps that their tests take over and over."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from typing import Any

from pipeline.store import BatchRun, NewBatch, NewFile, Store, new_id, pack_review
from tests.pipeline.store.samples import sample

PACKED = pack_review(sample())


def new_batch(*, owner: str = "local", conditions: str = "c", **values: Any) -> NewBatch:
    """A run by the rules; runs of other ``conditions`` share no review."""
    about: dict[str, Any] = {
        "source": "/合同",
        "out": "/报告",
        "formats": ("html", "json"),
        "engine": "rules",
        "merchant": None,
        "mask": True,
        "playbook": None,
        "playbook_name": None,
        "conditions": {"version": conditions},
        **values,
    }
    return NewBatch(owner=owner, conditions_sha256=hashlib.sha256(conditions.encode()).hexdigest(), **about)


def new_files(*names: str) -> list[NewFile]:
    """Files that are in a folder."""
    return [NewFile(name=name, uri=f"/合同/{name}") for name in names]


def take(store: Store, run: BatchRun, server: str, *, gone: bool = False) -> bool:
    """Try to drive a run; ``gone`` says that whoever drives it has ended."""
    return store.take_batch(run.id, server, is_gone=lambda _: gone, silent=timedelta(minutes=5))


def taken(store: Store, *names: str, server: str = "driver", **values: Any) -> BatchRun:
    """A new run of these files, driven by ``server``."""
    run = store.create_batch(new_batch(**values), new_files(*names))
    assert take(store, run, server)
    return run


def sha256_of(content: str) -> str:
    """The hash of a file's bytes."""
    return hashlib.sha256(content.encode()).hexdigest()


def start(store: Store, run: BatchRun, position: int, *, server: str = "driver", content: str = "") -> bool:
    """Begin with a file, whose bytes are its position's unless given."""
    content = content or str(position)
    sha256 = sha256_of(content)
    return store.start_file(run.id, position, server=server, sha256=sha256, extension=".txt", size=len(content))


def started(store: Store, run: BatchRun, *positions: int, server: str = "driver") -> None:
    """Begin with files."""
    for position in positions:
        assert start(store, run, position, server=server)


def finish(
    store: Store,
    run: BatchRun,
    position: int,
    *,
    server: str = "driver",
    contract_id: str | None = None,
    review_id: str | None = None,
    reusable: bool = True,
) -> bool:
    """End a file with the sample review, of a contract of its own unless given."""
    contract_id = contract_id or store.add_contract(f"{position}.txt", str(position).encode(), owner=run.owner).id
    return store.finish_file(
        run.id,
        position,
        PACKED,
        server=server,
        contract_id=contract_id,
        outputs={f"{position}.html": sha256_of("report")},
        seconds=1.5,
        review_id=review_id or new_id(),
        reusable=reusable,
    )


def done(store: Store, run: BatchRun, position: int, *, server: str = "driver") -> str:
    """A file with its review, from its start to its end; the review's id."""
    started(store, run, position, server=server)
    review_id = new_id()
    assert finish(store, run, position, server=server, review_id=review_id)
    return review_id


def reuse(store: Store, run: BatchRun, position: int, review_id: str, *, content: str, extension: str = ".txt") -> bool:
    """End a file with another's review."""
    return store.reuse_file(
        run.id,
        position,
        review_id,
        server="driver",
        sha256=sha256_of(content),
        extension=extension,
        size=1,
        outputs={f"{position}.html": sha256_of("report")},
    )
