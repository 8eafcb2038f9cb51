"""Candidate clauses per checkpoint: BM25 and dense search over the same passages, fused by reciprocal rank.

Reciprocal rank fusion with k = 60 is Cormack, Clarke and Büttcher, SIGIR 2009. Passage size, ``k`` and the number of
queries were chosen by clause recall on the dev contracts; the figures are in ``eval/README.md``.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

import numpy as np

from pipeline.embed import Embedder, Vectors
from pipeline.folding import simplify
from pipeline.index import ClauseIndex
from pipeline.playbook import CheckpointModel
from pipeline.segment import sentences
from pipeline.topics import topic_scores
from pipeline.types import Clause, ClauseKind, Document, Span

Arm = Literal["fused", "dense", "lexical", "topic"]
# Of the topic ranking beside each of the other rankings (six queries, two ways): clause recall at 8 on dev 0.932 at 8, 0.951 at 20, 0.960 at 60.
TOPIC_WEIGHT = 60.0

RRF_K = 60
_DEPTH = 40
_MOST_CHARS = 400
_FEWEST_CHARS = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage(Span):
    """What is embedded and searched: one sentence or table row under its title, at most ``_MOST_CHARS`` characters of it."""

    clause: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Indexed:
    """The passages of a contract and their vectors, one row each: embedded once, used by search and checkers. ``embedder`` is its name."""

    passages: tuple[Passage, ...]
    vectors: Vectors
    embedder: str

    @property
    def rows(self) -> dict[int, int]:
        """Row of the passage that starts at an offset; of a long sentence's pieces, the first starts where it does."""
        return {p.start: i for i, p in reversed(list(enumerate(self.passages)))}


@dataclass(frozen=True, slots=True, kw_only=True)
class Candidate:
    """A clause that may speak of a checkpoint; ``similarity`` is the best cosine over the queries."""

    clause: int
    score: float
    similarity: float


def passages(document: Document, clauses: Sequence[Clause]) -> tuple[Passage, ...]:
    """The passages of a contract, in order; bare headings and signatures give none."""
    titles: dict[int, str] = {}
    out = []
    for clause in clauses:
        above = titles.get(clause.parent, "") if clause.parent is not None else ""
        title = titles[clause.id] = simplify(clause.title) or above
        if clause.kind in (ClauseKind.SIGNATURE, ClauseKind.HEADING):
            continue
        columns = "（" + "、".join(simplify(c) for c in clause.columns) + "）" if clause.columns else ""
        for span in sentences(document, clause):
            text = simplify(document.slice(span))
            if clause.number and text.startswith(clause.number):
                text = text.removeprefix(clause.number).lstrip("、.．:：,，)） \u3000") or text
            if len(text) < _FEWEST_CHARS:
                continue
            own = above if title and title in text else title
            head = (f"{own}：" if own and own not in text else "") + columns
            out += [
                Passage(
                    clause=clause.id,
                    start=span.start + at,
                    end=min(span.start + at + _MOST_CHARS, span.end),
                    text=head + text[at : at + _MOST_CHARS],
                )
                for at in range(0, len(text), _MOST_CHARS)
            ]
    return tuple(out)


def index(document: Document, clauses: Sequence[Clause], embedder: Embedder) -> Indexed:
    """The passages of a contract, embedded."""
    found = passages(document, clauses)
    return Indexed(passages=found, vectors=embedder.passages([p.text for p in found]), embedder=embedder.name)


def retrieve(
    indexed: Indexed,
    embedder: Embedder,
    checkpoints: Sequence[CheckpointModel],
    *,
    k: int = 8,
    arm: Arm = "fused",
) -> Mapping[str, tuple[Candidate, ...]]:
    """For each checkpoint its ``k`` best clauses, best first; every clause at most once. ``arm`` searches one way only, to compare."""
    found = indexed.passages
    if not found:
        return {c.id: () for c in checkpoints}
    queries = [(c.id, query) for c in checkpoints for query in (c.name, *c.queries)]
    with ClauseIndex(range(len(found)), indexed.vectors) as clause_index:
        dense = clause_index.nearest(embedder.queries([q for _, q in queries]), _DEPTH)
    lexical = _Lexical([p.text for p in found])
    ranked: dict[str, dict[int, float]] = {c.id: {} for c in checkpoints}
    similar: dict[str, dict[int, float]] = {c.id: {} for c in checkpoints}
    for (checkpoint, query), hits in zip(queries, dense, strict=True):
        scores, nearest = ranked[checkpoint], similar[checkpoint]
        for passage, cosine in hits:
            nearest[passage] = max(nearest.get(passage, 0.0), cosine)
        if arm in ("fused", "dense"):
            _fuse(scores, [passage for passage, _ in hits])
        if arm in ("fused", "lexical"):
            _fuse(scores, lexical.best(query, _DEPTH))
    topics = topic_scores(indexed.vectors, indexed.embedder)
    for checkpoint, scores in ranked.items():
        if arm in ("fused", "topic") and checkpoint in topics:
            order = np.argsort(-topics[checkpoint], kind="stable")[:_DEPTH]
            _fuse(scores, [int(i) for i in order], TOPIC_WEIGHT if arm == "fused" else 1.0)
    out = {}
    for checkpoint, scores in ranked.items():
        best: dict[int, Candidate] = {}
        for passage, value in sorted(scores.items(), key=lambda item: (-item[1], item[0])):
            clause = found[passage].clause
            best.setdefault(
                clause, Candidate(clause=clause, score=value, similarity=similar[checkpoint].get(passage, 0.0))
            )
        out[checkpoint] = tuple(best.values())[:k]
    return out


def _fuse(scores: dict[int, float], ranking: Sequence[int], weight: float = 1.0) -> None:
    for rank, passage in enumerate(ranking):
        scores[passage] = scores.get(passage, 0.0) + weight / (RRF_K + rank + 1)


class _Lexical:
    """BM25 over jieba's words."""

    def __init__(self, texts: Sequence[str]) -> None:
        import bm25s

        self._index = bm25s.BM25()
        self._size = len(texts)
        self._index.index([_words(t) for t in texts], show_progress=False)

    def best(self, query: str, k: int) -> list[int]:
        """Positions of the best ``k`` texts that share a word with the query."""
        words = [w for w in _words(query) if w in self._index.vocab_dict]
        if not words:
            return []
        scores = np.asarray(self._index.get_scores(words))
        order = np.argsort(-scores, kind="stable")[: min(k, self._size)]
        return [int(i) for i in order if scores[i] > 0]


@lru_cache(maxsize=4096)
def _words(text: str) -> list[str]:
    import jieba

    jieba.setLogLevel(logging.WARNING)
    return [w for w in jieba.lcut_for_search(text.lower()) if w.strip()]
