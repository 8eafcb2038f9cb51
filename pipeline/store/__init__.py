"""Contracts, reviews, batch runs, decisions, playbooks and evaluation runs, kept: SQLite in the data folder, or PostgreSQL by ``SHENYUE_DATABASE_URL``.

With several servers on one PostgreSQL, ``data_dir/files`` must be a folder that all of them see, and the clause library a Chroma server
(``SHENYUE_CHROMA_URL``).
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pipeline.embed import Embedder, configured_embedder
from pipeline.errors import NotFound, StoreError, StoreUnavailable
from pipeline.settings import settings
from pipeline.store.audit import Audit
from pipeline.store.base import new_id
from pipeline.store.batch_files import BatchFiles
from pipeline.store.database import Database
from pipeline.store.decisions import Decisions
from pipeline.store.packed import PackedPassage, PackedReview, pack_review, passage_ids, unpack_review
from pipeline.store.playbooks import Playbooks
from pipeline.store.queue import Queue
from pipeline.store.records import (
    Action,
    AuditEntry,
    AuditReport,
    BatchFile,
    BatchRun,
    ClauseHit,
    Contract,
    Decision,
    Failure,
    FileState,
    FindingRow,
    NewBatch,
    NewFile,
    ReviewOptions,
    ReviewRecord,
    RunState,
    RunText,
    SavedPlaybook,
    SavedRun,
    State,
    SummaryRow,
)
from pipeline.store.runs import Runs
from pipeline.store.search import VectorItem

__all__ = [
    "Action",
    "AuditEntry",
    "AuditReport",
    "BatchFile",
    "BatchRun",
    "ClauseHit",
    "Contract",
    "Decision",
    "Failure",
    "FileState",
    "FindingRow",
    "NewBatch",
    "NewFile",
    "NotFound",
    "PackedPassage",
    "PackedReview",
    "ReviewOptions",
    "ReviewRecord",
    "RunState",
    "RunText",
    "SavedPlaybook",
    "SavedRun",
    "State",
    "Store",
    "StoreError",
    "StoreUnavailable",
    "SummaryRow",
    "VectorItem",
    "new_id",
    "open_store",
    "pack_review",
    "passage_ids",
    "unpack_review",
]


class Store(Queue, BatchFiles, Decisions, Playbooks, Runs, Audit):
    """All that is kept. Safe from several threads and processes; every change is one transaction. A context manager, where it is not kept open."""

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the database and the clause library; what is called later opens them again."""
        self._close_library()
        self.db.close()


def open_store(
    url: str | None = None,
    folder: Path | None = None,
    *,
    embedder: Callable[[], Embedder] = configured_embedder,
) -> Store:
    """The store, with the newest schema.

    Args:
        url: the database; by default that of the settings, or a SQLite file in ``folder``.
        folder: for the files; by default the data folder of the settings. Made where it is not there, for its owner only.
        embedder: called when clauses are first made searchable or searched.

    Raises:
        StoreError: the folder cannot be made, or the database not opened.
    """
    current = settings()
    folder = folder or current.data_dir
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    except OSError as error:
        raise StoreError(
            f"数据文件夹 {folder} 建不了（{error.strerror}）。请用 SHENYUE_DATA_DIR 换一个可写的位置"
        ) from error
    url = current.database_url if url is None else url
    store = Store(
        Database(url or f"sqlite:///{folder.absolute() / 'shenyue.sqlite3'}"), folder, embedder, current.chroma_url
    )
    store.clear_parts()
    return store
