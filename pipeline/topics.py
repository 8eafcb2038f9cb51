"""Which checkpoints a passage speaks of: one linear score a checkpoint over the bundled embedder's vectors.

The weights are learned by ``python -m eval.train`` from the labelled clauses of ``eval/dataset`` and kept in ``topics.npz``; a checkpoint that
a user adds has none and is found by its queries alone.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from pipeline.embed import Vectors


@lru_cache(maxsize=1)
def _weights() -> tuple[tuple[str, ...], NDArray[np.float32], NDArray[np.float32], NDArray[np.float32]]:
    with files("pipeline").joinpath("topics.npz").open("rb") as file:
        stored = np.load(file)
        return tuple(str(c) for c in stored["checkpoints"]), stored["centre"], stored["weights"], stored["bias"]


def centred(vectors: Vectors) -> Vectors:
    """Unit vectors around the mean of contract text: e5's vectors all point much the same way, the differences carry the topic."""
    _, centre, _, _ = _weights()
    return normalised(vectors - centre)


def normalised(vectors: Vectors) -> Vectors:
    """Rows scaled to length one; a row of zeros stays."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)


LEARNED_FOR = "multilingual-e5-small-q4"


def understood(embedder: str) -> bool:
    """True for vectors of the model the weights were learned with; another embedder's mean something else."""
    return embedder.split("/")[0] == LEARNED_FOR


def topic_scores(vectors: Vectors, embedder: str) -> Mapping[str, NDArray[np.float32]]:
    """For each known checkpoint the log-odds, one a passage, that the passage speaks of it; empty for another embedder's vectors."""
    if not understood(embedder):
        return {}
    checkpoints, _, weights, bias = _weights()
    scores = centred(vectors) @ weights + bias
    return {name: scores[:, i] for i, name in enumerate(checkpoints)}
