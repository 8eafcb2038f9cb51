"""Vectors of finished reviews on their way into the clause library, some contracts at a time and beside the driver."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor

from pipeline.batch.keeper import Keeper
from pipeline.embed import Vectors as Array
from pipeline.settings import settings
from pipeline.store import Store, VectorItem

_TOGETHER = 20
_log = logging.getLogger(__name__)


class Vectors:
    """Gathers vectors and adds them in a thread: to a Chroma server, or to the library on this machine by a process of its own.

    What fails or is lost the next search makes good: the library follows the database.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._held: list[VectorItem] = []
        self._keeper: Keeper | None = None
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="batch-vectors")
        self._under_way: Future[None] | None = None

    def add(self, contract_id: str, owner: str, ids: Sequence[str], vectors: Array) -> None:
        """Take the vectors of a contract's passages, shape (len(ids), dimensions)."""
        self._held.append((contract_id, owner, ids, vectors))
        if len(self._held) >= _TOGETHER:
            self._flush()

    def close(self) -> None:
        """Add what is left, and wait for it."""
        if self._held:
            self._flush()
        self._thread.shutdown()
        if self._keeper is not None:
            self._keeper.close()
            self._keeper = None

    def _flush(self) -> None:
        if self._under_way is not None:
            self._under_way.result()  # no more than two groups are in memory
        group, self._held = self._held, []
        self._under_way = self._thread.submit(self._add, group)

    def _add(self, group: list[VectorItem]) -> None:
        try:
            if settings().chroma_url:
                self._store.add_vectors(group)
                return
            if self._keeper is None:
                self._keeper = Keeper(self._store)
            self._keeper.add(group)
        except Exception as error:  # of the library, whose loss costs no result
            if self._keeper is not None:  # the next group gets another
                self._keeper.close()
                self._keeper = None
            _log.warning("vectors of %d contracts are not yet in the clause library: %s", len(group), error)
