"""The only module that imports chromadb: an in-memory collection of a contract's clauses, and the lasting library of all contracts'."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from threading import Lock, RLock
from typing import Any
from urllib.parse import urlsplit

from pipeline.embed import Vectors
from pipeline.errors import StoreError


class ClauseIndex:
    """Nearest clauses by cosine similarity; lives as long as the review, use as a context manager."""

    def __init__(self, ids: Sequence[int], vectors: Vectors) -> None:
        self._client = _client()
        self._name = f"review-{uuid.uuid4().hex}"
        self._size = len(ids)
        self._collection = self._client.create_collection(
            self._name, embedding_function=None, configuration={"hnsw": {"space": "cosine", **_exact(len(ids))}}
        )
        if ids:
            self._collection.add(ids=[str(i) for i in ids], embeddings=vectors)

    def __enter__(self) -> ClauseIndex:
        return self

    def __exit__(self, *exc: object) -> None:
        self._client.delete_collection(self._name)

    def nearest(self, queries: Vectors, k: int) -> list[list[tuple[int, float]]]:
        """For each query row the ``k`` nearest clauses as (clause id, cosine similarity), best first."""
        if not self._size or not len(queries):
            return [[] for _ in queries]
        found = self._collection.query(query_embeddings=queries, n_results=min(k, self._size), include=["distances"])
        return [
            [(int(i), 1.0 - float(d)) for i, d in zip(ids, distances, strict=True)]
            for ids, distances in zip(found["ids"], found["distances"] or [], strict=True)
        ]


@lru_cache(maxsize=1)
def _client() -> Any:
    import chromadb
    from chromadb.config import Settings

    return chromadb.EphemeralClient(Settings(anonymized_telemetry=False, is_persistent=False))


def _exact(size: int) -> dict[str, int]:
    """Settings under which a search of so few vectors goes through all of them: the same review must find the same clauses each time."""
    return {"ef_search": max(100, size), "ef_construction": max(100, size), "num_threads": 1}


# Built with less care than is usual (100) and searched with more (100): with 33,000 passages of 160 contracts, many of them nearly the same,
# an addition costs 0.6 times as much, and of the 80 nearest 85 % are found instead of 77 %. A library that is there keeps what it has.
_LASTING = {"space": "cosine", "ef_construction": 40, "ef_search": 200}
_OPENING = Lock()  # clients of one place share a system, which chromadb does not make under a lock


class ClauseLibrary:
    """Vectors of passages of many contracts under ids of the caller's, kept in ``folder`` or by the Chroma server at ``url``.

    It holds no text: an id, a contract, its owner and a vector. Vectors of different embedders are kept apart. Safe from several threads.

    Raises:
        StoreError: the folder or the server does not answer; every method can raise it.
    """

    def __init__(self, folder: Path, embedder: str, *, url: str = "") -> None:
        self._where = url or str(folder)
        self._lock = RLock()
        name = f"passages-{hashlib.sha256(embedder.encode()).hexdigest()[:16]}"
        with self._told(), _OPENING:
            self._client = _server(url) if url else _kept(folder)
            self._collection = self._client.get_or_create_collection(
                name, embedding_function=None, configuration={"hnsw": _LASTING}
            )

    def add(self, ids: Sequence[str], vectors: Vectors, contracts: Sequence[str], owners: Sequence[str]) -> None:
        """Keep vectors, one row an id; an id that is there gets the new one."""
        with self._told():
            step = max(1, min(1000, self._client.get_max_batch_size()))
            for at in range(0, len(ids), step):
                to = at + step
                about = [{"contract": c, "owner": o} for c, o in zip(contracts[at:to], owners[at:to], strict=True)]
                self._collection.upsert(ids=list(ids[at:to]), embeddings=vectors[at:to], metadatas=about)

    def remove(self, ids: Collection[str]) -> None:
        """Forget vectors; ids that are not there are passed over."""
        left = list(ids)
        with self._told():
            for at in range(0, len(left), 1000):
                self._collection.delete(ids=left[at : at + 1000])

    def forget(self, contract: str) -> None:
        """Forget a contract's vectors, of whatever embedder."""
        with self._told():
            for collection in self._client.list_collections():
                collection.delete(where={"contract": contract})

    def ids(self, *contracts: str) -> set[str]:
        """All ids, or those of some contracts."""
        with self._told():
            where: Any = {"contract": {"$in": list(contracts)}} if contracts else None
            return set(self._collection.get(where=where, include=[])["ids"])

    def nearest(self, query: Vectors, k: int, owner: str | None = None) -> list[tuple[str, float]]:
        """The ``k`` nearest ids to a vector as (id, cosine similarity), best first; of one owner, or of all."""
        with self._told():
            if not self._collection.count():
                return []
            where = None if owner is None else {"owner": owner}
            found = self._collection.query(
                query_embeddings=query.reshape(1, -1), n_results=k, where=where, include=["distances"]
            )
        distances = (found["distances"] or [[]])[0]
        return [(i, 1.0 - float(d)) for i, d in zip(found["ids"][0], distances, strict=True)]

    def __len__(self) -> int:
        with self._told():
            return int(self._collection.count())

    def close(self) -> None:
        """Release the folder or the connections; nothing else is called after it."""
        with self._told(), _OPENING:
            self._client.close()
            for client in (self._client, self._client._admin_client):
                if (session := getattr(client._server, "_session", None)) is not None:
                    session.close()  # chromadb leaves its connections to a server open; no two clients share them

    @contextmanager
    def _told(self) -> Iterator[None]:
        """One thread at a time, and the vendor's many errors as ours."""
        try:
            with self._lock:
                yield
        except Exception as error:  # chromadb raises errors of its own, of httpx, of SQLite and of Rust
            raise StoreError(f"条款库 {self._where} 读写不了：{error}。请检查磁盘空间、权限或 Chroma 服务器") from error


def _kept(folder: Path) -> Any:
    import chromadb
    from chromadb.config import Settings

    folder.mkdir(parents=True, exist_ok=True)
    return chromadb.PersistentClient(folder, Settings(anonymized_telemetry=False, is_persistent=True))


def _server(url: str) -> Any:
    import chromadb
    from chromadb.config import Settings

    parts = urlsplit(url if "://" in url else f"http://{url}")
    secure = parts.scheme == "https"
    return chromadb.HttpClient(
        host=parts.hostname or "localhost",
        port=parts.port or (443 if secure else 8000),
        ssl=secure,
        settings=Settings(anonymized_telemetry=False),
    )
