"""The engines an evaluation can score: those of the product, and two that show what the product's parts are worth.

``keywords`` is the floor: words near the topic and a list of soft and hard words, no reading. ``naive`` keeps the product's judge and takes
its reading away: fixed-size chunks of the text, the four nearest to a checkpoint's queries, judged alone.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from eval.record import RunError
from pipeline.check import Checked, Checker, Judged, engines, unheard
from pipeline.check.rules import check_rules
from pipeline.embed import Embedder
from pipeline.folding import simplify
from pipeline.ground import cite
from pipeline.merchant import MerchantGuess
from pipeline.playbook import CheckpointModel, Playbook
from pipeline.retrieve import Indexed, index
from pipeline.segment import segment, sentences
from pipeline.settings import settings
from pipeline.types import Block, Citation, Clause, Document, Page, Span, Status, Verdict

if TYPE_CHECKING:
    from pipeline.check.llm.cache import Recording

CHUNK = 400  # characters; four of them are about a tenth of a contract
TOP = 4
_KEYWORDS = 2
_SOFT = re.compile(r"及时|尽快|合理|适当|相应|另行协商|协商确定|酌情|必要|_{2,}|【\s*】")
_HARD = re.compile(r"有权|不承担|概不|无需|不负责|不得|不予|不设|单方|自行决定")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """An engine as the evaluation runs it. ``reads_all`` is false for a judge that sees only what was retrieved; ``recording`` is where its
    model's replies go to or come from."""

    check: Checker
    model: str | None = None
    reads_all: bool = True
    recording: Recording | None = None


def check_keywords(
    document: Document, clauses: Sequence[Clause], playbook: Playbook, merchant: MerchantGuess, indexed: Indexed
) -> tuple[Verdict, ...]:
    """The floor: two of a checkpoint's own words in a sentence make it ok, beside a soft word vague, beside a hard one adverse; see ``Checker``."""
    said = [(span, simplify(document.slice(span))) for clause in clauses for span in sentences(document, clause)]
    keywords = _keywords(playbook.sha256, tuple((c.id, " ".join((c.name, *c.queries))) for c in playbook.checkpoints))
    verdicts = []
    for checkpoint in playbook.checkpoints:
        words = keywords[checkpoint.id]
        hits = [(span, text) for span, text in said if sum(w in text for w in words) >= _KEYWORDS]
        status = Status.OK if hits else Status.MISSING
        if any(_SOFT.search(text) for _, text in hits):
            status = Status.VAGUE
        if any(_HARD.search(text) for _, text in hits):
            status = Status.ADVERSE
        cited = tuple(cite(document, clauses, span) for span, _ in hits[:3])
        verdicts.append(
            Verdict(checkpoint=checkpoint.id, status=status, reason=f"{len(hits)} 句里有关键词", citations=cited)
        )
    return tuple(verdicts)


@lru_cache(maxsize=8)
def _keywords(playbook_sha256: str, checkpoints: tuple[tuple[str, str], ...]) -> Mapping[str, frozenset[str]]:
    """The words of a checkpoint's name and queries that at most one other checkpoint shares; cached by the playbook's hash."""
    import jieba

    words = {c: {w for w in jieba.lcut(text) if len(w) >= 2 and not w.isascii()} for c, text in checkpoints}
    shared = Counter(w for own in words.values() for w in own)
    return {c: frozenset(w for w in own if shared[w] <= 2) for c, own in words.items()}


def check_naive(
    document: Document,
    clauses: Sequence[Clause],
    playbook: Playbook,
    merchant: MerchantGuess,
    indexed: Indexed,
    *,
    embedder: Embedder,
) -> tuple[Verdict, ...]:
    """The product's judge over the ``TOP`` nearest chunks of ``CHUNK`` characters a checkpoint; see ``Checker``."""
    chunks = [Span(start=i, end=min(i + CHUNK, len(document.text))) for i in range(0, len(document.text), CHUNK)]
    vectors = embedder.passages([document.slice(c) for c in chunks])
    verdicts = []
    for checkpoint in playbook.checkpoints:
        near = (embedder.queries([checkpoint.name, *checkpoint.queries]) @ vectors.T).max(axis=0)
        chosen = sorted(int(i) for i in np.argsort(-near, kind="stable")[:TOP])
        part, starts = _excerpt(document, [chunks[i] for i in chosen])
        within = segment(part)
        (verdict,) = check_rules(part, within, _alone(playbook, checkpoint), merchant, index(part, within, embedder))
        cited = tuple(c for c in (_back(c, starts, document, clauses) for c in verdict.citations) if c is not None)
        verdicts.append(replace(verdict, citations=cited))
    return tuple(verdicts)


def _alone(playbook: Playbook, checkpoint: CheckpointModel) -> Playbook:
    """The playbook with one checkpoint."""
    areas = [a.model_copy(update={"checkpoints": [checkpoint]}) for a in playbook.areas if checkpoint in a.checkpoints]
    return playbook.model_copy(update={"model": playbook.model.model_copy(update={"areas": areas})})


def _excerpt(document: Document, chunks: Sequence[Span]) -> tuple[Document, list[tuple[int, Span]]]:
    """A document of the chunks, a line break between two, and where each chunk starts in it."""
    starts: list[tuple[int, Span]] = []
    parts: list[str] = []
    at = 0
    for chunk in chunks:
        starts.append((at, chunk))
        parts.append(document.slice(chunk))
        at += len(parts[-1]) + 1
    text = "\n".join(parts)
    blocks, at = [], 0
    for line in text.split("\n"):
        if line.strip():
            blocks.append(Block(start=at, end=at + len(line)))
        at += len(line) + 1
    pages = (Page(start=0, end=len(text), number=1),)
    part = Document(file=document.file, sha256=document.sha256, text=text, pages=pages, blocks=tuple(blocks))
    return part, starts


def _back(
    citation: Citation, starts: Sequence[tuple[int, Span]], document: Document, clauses: Sequence[Clause]
) -> Citation | None:
    for start, chunk in starts:
        low = max(citation.start, start)
        high = min(citation.end, start + chunk.end - chunk.start)
        if low < high:
            offset = chunk.start - start
            return cite(document, clauses, Span(start=low + offset, end=high + offset))
    return None


def _plain(check: Callable[..., tuple[Verdict, ...]]) -> Checker:
    """A function of verdicts as a checker that costs nothing."""

    def checked(
        document: Document,
        clauses: Sequence[Clause],
        playbook: Playbook,
        merchant: MerchantGuess,
        indexed: Indexed,
        *,
        judged: Judged = unheard,
    ) -> Checked:
        return Checked(verdicts=check(document, clauses, playbook, merchant, indexed))

    return checked


def scored(name: str, embedder: Embedder, *, record: Path | None = None, replay: Path | None = None) -> Scored:
    """An engine by name; one that asks a model can ``record`` its replies, or ``replay`` recorded ones without asking anybody.

    Raises:
        RunError: there is no such engine.
        EngineError: it asks a model and none is set up.
    """
    if name in _OWN:
        return _OWN[name](embedder)
    if name not in engines.NAMES:
        raise RunError(f"没有名为「{name}」的引擎，可评测：{'、'.join(NAMES)}")
    recording = None
    if name != "rules" and (record or replay):
        from pipeline.check.llm.cache import Recording

        path = replay or record
        assert path is not None
        if replay is not None and not replay.is_file():
            raise RunError(f"{replay}：没有这份录制")
        recording = Recording(path, replay=replay is not None)
    check, model = engines.checker(name, embedder, settings(), recording=recording)
    whole = name != "llm" or settings().context == "full"
    return Scored(check=check, model=model, reads_all=whole, recording=recording)


_OWN: Mapping[str, Callable[[Embedder], Scored]] = {
    "rules-alone": lambda _: Scored(check=_plain(partial(check_rules, semantic=False))),
    "keywords": lambda _: Scored(check=_plain(check_keywords)),
    "naive": lambda embedder: Scored(check=_plain(partial(check_naive, embedder=embedder)), reads_all=False),
}
NAMES = (*engines.NAMES, *_OWN)
