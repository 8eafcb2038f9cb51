"""The only module that imports chromadb: an in-memory collection of a contract's clauses."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from pipeline.embed import Vectors


class ClauseIndex:
    """Nearest clauses by cosine similarity; lives as long as the review, use as a context manager."""

    def __init__(self, ids: Sequence[int], vectors: Vectors) -> None:
        self._client = _client()
        self._name = f"review-{uuid.uuid4().hex}"
        self._size = len(ids)
        self._collection = self._client.create_collection(
            self._name, embedding_function=None, configuration={"hnsw": {"space": "cosine"}}
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
