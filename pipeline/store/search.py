"""Searching the clauses of all contracts: by meaning in the clause library, by words in the database, fused by reciprocal rank.

The library holds vectors and ids, no text. It follows from the passages in the database and is brought in line with them when the two
differ, so that it may be lost, and a crash between the two costs nothing.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np
import sqlalchemy as sa

from pipeline.embed import Embedder, Vectors
from pipeline.errors import StoreError, StoreUnavailable
from pipeline.folding import simplify
from pipeline.index import ClauseLibrary
from pipeline.retrieve import RRF_K
from pipeline.store.base import Part, clean
from pipeline.store.records import ClauseHit
from pipeline.store.tables import contracts, passages

_log = logging.getLogger(__name__)
_DEEPER = 4  # passages looked at for each hit wanted: several can be of one clause
_MANY = 500
VectorItem = tuple[str, str, Sequence[str], Vectors]
"""Contract id, its owner, ids of passages, and their vectors, a row an id."""


class Search(Part):
    """The searchable clauses of a store."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._library_lock = Lock()
        self._opened: tuple[ClauseLibrary, Embedder] | None = None

    def search_clauses(self, query: str, *, owner: str | None = None, limit: int = 20) -> tuple[ClauseHit, ...]:
        """Clauses that mean what ``query`` says or hold its words, best first; each clause once, with its best passage.

        Of every contract the newest finished review is searched. A score of 1 is first by meaning and by words. When the library cannot be
        used, words alone are searched.
        """
        query = simplify(clean(query)).strip()
        if not query:
            return ()
        depth = limit * _DEEPER
        scores: dict[str, float] = {}
        for ranking in (self._by_words(query, owner, depth), self._by_meaning(query, owner, depth)):
            for rank, passage in enumerate(ranking):
                scores[passage] = scores.get(passage, 0.0) + (RRF_K + 1) / 2 / (RRF_K + rank + 1)
        best = sorted(scores, key=lambda passage: (-scores[passage], passage))
        rows = self._rows(best, owner)
        hits: dict[tuple[str, str], ClauseHit] = {}
        for row in (rows[passage] for passage in best if passage in rows):
            hit = ClauseHit(
                contract_id=row.contract_id,
                review_id=row.review_id,
                contract_name=row.contract_name,
                clause=row.clause,
                page=row.page,
                start=row.start,
                end=row.stop,
                text=row.text,
                score=scores[row.id],
            )
            hits.setdefault((hit.contract_id, hit.clause), hit)
        return tuple(hits.values())[:limit]

    def _by_words(self, query: str, owner: str | None, depth: int) -> list[str]:
        """Passages that hold all words of the query; those that hold it as it stands first, then the shortest."""
        whole = passages.c.embedded.icontains(query, autoescape=True)
        wanted = sa.select(passages.c.id).order_by(
            whole.desc(), sa.func.length(passages.c.embedded), passages.c.contract_id, passages.c.start
        )
        for word in query.split():
            wanted = wanted.where(passages.c.embedded.icontains(word, autoescape=True))
        if owner is not None:
            wanted = wanted.join(contracts).where(contracts.c.owner == owner)
        with self.db.read() as connection:
            return list(connection.scalars(wanted.limit(depth)))

    def _by_meaning(self, query: str, owner: str | None, depth: int) -> list[str]:
        try:
            if not self._in_line():
                return []
            library, embedder = self._library()
            return [passage for passage, _ in library.nearest(embedder.queries([query]), depth, owner)]
        except StoreError as error:
            _log.warning("searching by words alone: %s", error)
            return []

    def _rows(self, ids: list[str], owner: str | None) -> dict[str, Any]:
        """The passages of those ids that are there still, and the owner's."""
        wanted = sa.select(passages, contracts.c.name.label("contract_name")).join(contracts)
        if owner is not None:
            wanted = wanted.where(contracts.c.owner == owner)
        found = {}
        with self.db.read() as connection:
            for at in range(0, len(ids), _MANY):
                for row in connection.execute(wanted.where(passages.c.id.in_(ids[at : at + _MANY]))):
                    found[row.id] = row
        return found

    def make_searchable(self, contract_id: str) -> None:
        """Bring the library in line for one contract. Where that fails, the next search does it."""
        try:
            self._align(contract_id)
        except StoreError as error:
            _log.warning("contract %s is not yet in the clause library: %s", contract_id, error)

    def add_vectors(self, items: Sequence[VectorItem]) -> None:
        """Bring the library in line for several contracts in one go, with vectors that are made already: nothing is embedded.

        Args:
            items: contract id, its owner, ids of passages (``passage_ids``) and their vectors, float32, one row an id; by the embedder that
                the store was opened with. A contract may come again: its last item counts.

        Where a contract has gone, or a newer review has other passages, only what the database has is put in. What is left out then, and
        what was not put in because the library failed, the next search adds.
        """
        vectors = {i: vector for _, _, ids, rows in items for i, vector in zip(ids, rows, strict=True)}
        owners = {contract_id: owner for contract_id, owner, _, _ in items}
        if not owners:
            return
        wanted = sa.select(passages.c.id, passages.c.contract_id).where(passages.c.contract_id.in_(owners))
        try:
            library, _ = self._library()
            held = library.ids(*owners)
            with self.db.read() as connection:
                kept = {row.id: row.contract_id for row in connection.execute(wanted)}
            library.remove(held - kept.keys())
            new = [i for i in vectors if i in kept and i not in held]
            if new:
                rows = np.stack([vectors[i] for i in new])
                library.add(new, rows, [kept[i] for i in new], [owners[kept[i]] for i in new])
        except StoreUnavailable:
            raise
        except StoreError as error:
            _log.warning("%d contracts are not yet in the clause library: %s", len(owners), error)

    def _in_line(self) -> bool:
        """Bring the library in line where the numbers differ; ``False`` when there is nothing to search."""
        with self.db.read() as connection:
            count = connection.scalar(sa.select(sa.func.count()).select_from(passages)) or 0
        if count and len(self._library()[0]) != count:
            self._align()
        return count > 0

    def _align(self, contract_id: str | None = None) -> None:
        """Give the library the passages it lacks, and take from it those that are no more. It is read first: what it holds then was committed."""
        library, embedder = self._library()
        held = library.ids(*([contract_id] if contract_id else []))
        wanted = sa.select(passages.c.id, passages.c.contract_id, contracts.c.owner).join(contracts)
        if contract_id is not None:
            wanted = wanted.where(passages.c.contract_id == contract_id)
        with self.db.read() as connection:
            rows = {row.id: row for row in connection.execute(wanted)}
        library.remove(held - rows.keys())
        new = sorted(rows.keys() - held)
        for at in range(0, len(new), _MANY):
            part = new[at : at + _MANY]
            texts = sa.select(passages.c.id, passages.c.embedded).where(passages.c.id.in_(part))
            with self.db.read() as connection:
                found = {row.id: row.embedded for row in connection.execute(texts)}
            ids = list(found)
            library.add(
                ids,
                embedder.passages(list(found.values())),
                [rows[i].contract_id for i in ids],
                [rows[i].owner for i in ids],
            )

    def _forget_vectors(self, contract_id: str) -> None:
        """Take a contract's vectors out of the library, where there is one."""
        if self._opened or self._chroma_url or self._library_folder.is_dir():
            self._library()[0].forget(contract_id)

    def _close_library(self) -> None:
        with self._library_lock:
            opened, self._opened = self._opened, None
        if opened is not None:
            opened[0].close()

    @property
    def _library_folder(self) -> Path:
        return self.folder / "library"

    def _library(self) -> tuple[ClauseLibrary, Embedder]:
        with self._library_lock:
            if self._opened is None:
                embedder = self._embedder()
                self._opened = (
                    ClauseLibrary(self._library_folder, embedder.name, url=self._chroma_url),
                    embedder,
                )
            return self._opened
