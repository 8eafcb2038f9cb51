"""Contracts made in code, and an embedder that needs no model."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from functools import lru_cache

import numpy as np
import pytest

from pipeline.embed import Vectors
from pipeline.types import Block, Document, Page


@lru_cache(maxsize=65536)
def _place(pair: str) -> int:
    return hashlib.sha256(pair.encode("utf-8", "surrogatepass")).digest()[0] % 64


class HashedWords:
    """Deterministic unit vectors from character pairs: alike texts are near, and no model is loaded."""

    name = "hashed-pairs"

    def passages(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self._vector(t) for t in texts]) if texts else np.zeros((0, 64), dtype=np.float32)

    queries = passages

    @staticmethod
    def _vector(text: str) -> Vectors:
        vector = np.zeros(64, dtype=np.float32)
        for pair in zip(text, text[1:] + " ", strict=True):
            vector[_place("".join(pair))] += 1.0
        norm = float(np.linalg.norm(vector))
        return vector / norm if norm else vector


def make_document(text: str, file: str = "合同.txt") -> Document:
    """A document of one page whose blocks are the lines of ``text``."""
    blocks, at = [], 0
    for line in text.split("\n"):
        if line:
            blocks.append(Block(start=at, end=at + len(line)))
        at += len(line) + 1
    return Document(
        file=file,
        sha256=hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest(),
        text=text,
        pages=(Page(start=0, end=len(text), number=1),),
        blocks=tuple(blocks),
    )


@pytest.fixture
def document() -> Callable[[str], Document]:
    return make_document


@pytest.fixture
def embedder() -> HashedWords:
    return HashedWords()
