"""The index of a review finds what is nearest, each time."""

from __future__ import annotations

import numpy as np

from pipeline.index import ClauseIndex


def test_the_nearest_are_found_exactly_and_each_time() -> None:
    random = np.random.default_rng(3)
    vectors = random.normal(size=(1, 64)) + 0.3 * random.normal(size=(240, 64))  # as alike as clauses of one contract
    vectors = (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)
    queries = vectors[::12]
    wanted = np.argsort(-(queries @ vectors.T), axis=1, kind="stable")[:, :20]
    for _ in range(5):
        with ClauseIndex(range(len(vectors)), vectors) as index:
            found = index.nearest(queries, 20)
        assert [[clause for clause, _ in row] for row in found] == wanted.tolist()
