"""The whole flow: a file in, a finished review out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib import resources
from pathlib import Path
from threading import Lock
from time import perf_counter

import prompts
from pipeline import __version__, advise, guard, risk
from pipeline.check import Checker, Judged, unheard
from pipeline.check.engines import checker, known
from pipeline.embed import Embedder, configured_embedder
from pipeline.events import AreaReady, Observer, StageStarted, nobody
from pipeline.ground import cite
from pipeline.ingest import ingest
from pipeline.merchant import MerchantGuess, find_merchant
from pipeline.playbook import AreaModel, CheckpointModel, Playbook, load_playbook
from pipeline.retrieve import Candidate, index, retrieve
from pipeline.segment import segment
from pipeline.settings import settings
from pipeline.types import (
    Alert,
    AlertKind,
    AreaReview,
    Citation,
    Clause,
    Document,
    Engine,
    Finding,
    Party,
    Review,
    Status,
    Verdict,
)

Reader = tuple[Checker, str | None]
_NEAREST = 2


def review(
    path: Path,
    *,
    name: str | None = None,
    engine: str = "rules",
    merchant: Party | None = None,
    playbook: Playbook | None = None,
    embedder: Embedder | None = None,
    reader: Reader | None = None,
    progress: Callable[[str], None] | None = None,
    observe: Observer | None = None,
) -> Review:
    """Review one contract file.

    Args:
        path: the contract.
        name: what the file is called where that is not the name of ``path``.
        engine: which checker judges; ``rules`` needs no network.
        merchant: the merchant's side; found from the text when ``None``.
        playbook: what is checked; the default playbook when ``None``.
        embedder: for retrieval; the bundled one when ``None``.
        reader: the checker that judges and the name of its model; made by name and settings when ``None``. One that asks a model keeps
            count over the contracts of a run.
        progress: told in Chinese what a long step is doing.
        observe: told of stages, pages and areas as they come, by one thread at a time; changes nothing of the review. What it raises ends it.

    Raises:
        InputError: the file cannot be read; the message says why and what to do.
        EngineError: there is no such engine.
    """
    observe = observe or nobody
    playbook, clock = playbook or load_playbook(), _Clock(observe)
    known(engine)
    with clock("ingest"):
        document = ingest(path, name=name, progress=progress, observe=observe)
    return _review(document, engine, merchant, playbook, embedder, reader, clock, observe)


def review_document(
    document: Document,
    *,
    engine: str = "rules",
    merchant: Party | None = None,
    playbook: Playbook | None = None,
    embedder: Embedder | None = None,
    reader: Reader | None = None,
    observe: Observer | None = None,
) -> Review:
    """``review`` for a document that is already read.

    Raises:
        EngineError: there is no such engine.
    """
    known(engine)
    observe = observe or nobody
    clock = _Clock(observe)
    with clock("ingest"):
        pass
    return _review(document, engine, merchant, playbook or load_playbook(), embedder, reader, clock, observe)


def _review(
    document: Document,
    engine: str,
    merchant: Party | None,
    playbook: Playbook,
    embedder: Embedder | None,
    reader: Reader | None,
    clock: _Clock,
    observe: Observer,
) -> Review:
    with clock("segment"):
        clauses = segment(document)
        side = find_merchant(document, clauses, told=merchant)
    with clock("index"):
        embedder = embedder or configured_embedder()
        check, model = reader or checker(engine, embedder, settings())
        indexed = index(document, clauses, embedder)
    with clock("retrieve"):
        candidates = retrieve(indexed, embedder, playbook.checkpoints)
    case = _Case(document=document, clauses=clauses, side=side, names=_names(document, side), candidates=candidates)
    with clock("check"):
        judged = unheard if observe is nobody else _telling(case, playbook, observe)
        checked = check(document, clauses, playbook, side, indexed, judged=judged)
        judged(checked.verdicts)  # the areas that a checker kept to itself until now
    verdicts = checked.verdicts
    by_id = {v.checkpoint: v for v in verdicts}
    areas = tuple(case.area(area, by_id) for area in playbook.areas)
    return Review(
        document=document,
        clauses=clauses,
        merchant=side.party,
        merchant_reason=side.reason,
        engine=Engine(
            name=engine,
            model=model,
            version=__version__,
            playbook_sha256=playbook.sha256,
            prompts_sha256=prompts_sha256(),
            embedder=embedder.name,
            weights_sha256=weights_sha256(),
        ),
        verdict=risk.overall(playbook, by_id, [(m, a.risk) for m, a in zip(playbook.areas, areas, strict=True)]),
        areas=areas,
        alerts=(*_unsure(side), *guard.alerts(document, clauses, verdicts)),
        usage=checked.usage,
        timings_ms=clock.total(),
    )


def renamed(review: Review, name: str) -> Review:
    """The review of the same bytes in a file of another name."""
    before = review.document.file
    if before == name:
        return review
    old = guard.of_name(before)
    alerts = (*(a for a in review.alerts if a not in old), *guard.of_name(name))
    return replace(review, document=replace(review.document, file=name), alerts=alerts)


def _unsure(side: MerchantGuess) -> tuple[Alert, ...]:
    if side.sure:
        return ()
    message = f"不能确定哪一方是商家，暂按{side.party.value}审查（{side.reason}）；如不对，请指明商家是哪一方再审一次"
    return (Alert(kind=AlertKind.MERCHANT_UNSURE, message=message),)


def _names(document: Document, side: MerchantGuess) -> Mapping[Party, str]:
    """What the contract calls each side most often; Chinese words before English ones."""
    return {
        party: max(words, key=lambda w: (not w.isascii(), document.text.count(w)))
        for party, words in side.aliases.items()
        if words
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """The contract under review, and what turns verdicts on it into findings."""

    document: Document
    clauses: Sequence[Clause]
    side: MerchantGuess
    names: Mapping[Party, str]
    candidates: Mapping[str, Sequence[Candidate]]

    def area(self, area: AreaModel, verdicts: Mapping[str, Verdict]) -> AreaReview:
        """An area; ``verdicts`` holds at least its checkpoints that are switched on."""
        findings = tuple(self._finding(c, verdicts[c.id]) for c in area.checkpoints if c.enabled)
        return AreaReview(id=area.id, name=area.name, risk=risk.area_risk(area, verdicts), findings=findings)

    def _finding(self, checkpoint: CheckpointModel, verdict: Verdict) -> Finding:
        nearest: tuple[Citation, ...] = ()
        if verdict.status in (Status.MISSING, Status.UNREVIEWED):
            candidates = self.candidates[checkpoint.id][:_NEAREST]
            nearest = tuple(cite(self.document, self.clauses, self.clauses[c.clause]) for c in candidates)
        return Finding(
            checkpoint=checkpoint.id,
            name=checkpoint.name,
            status=verdict.status,
            severity=checkpoint.severity,
            reason=verdict.reason,
            suggestion=advise.suggestion(checkpoint, verdict.status, self.side.party, self.names),
            wording=advise.wording(checkpoint, self.side.party, self.names),
            citations=verdict.citations,
            rejected_quotes=verdict.rejected_quotes,
            searched=verdict.searched,
            nearest=nearest,
            figure=verdict.figure,
            disagreement=verdict.disagreement,
        )


def _telling(case: _Case, playbook: Playbook, observe: Observer) -> Judged:
    """Tells ``observe`` of each area once, when all its verdicts are there."""
    held: dict[str, Verdict] = {}
    waiting = list(playbook.areas)
    lock = Lock()

    def judged(verdicts: Sequence[Verdict]) -> None:
        with lock:
            held.update((v.checkpoint, v) for v in verdicts)
            for area in [a for a in waiting if all(c.id in held for c in a.checkpoints if c.enabled)]:
                waiting.remove(area)
                observe(AreaReady(area=case.area(area, held)))

    return judged


def prompts_sha256() -> str:
    """One hash over all prompt templates and their examples, in order of their names."""
    return prompts.sha256()


@lru_cache(maxsize=1)
def weights_sha256() -> str:
    """One hash over the learned weights that a review uses."""
    digest = hashlib.sha256()
    for name in ("topics.npz", "check/rules/semantics.npz"):
        digest.update(resources.files("pipeline").joinpath(name).read_bytes())
    return digest.hexdigest()


class _Clock:
    """Milliseconds a stage took, by name; ``observe`` hears when one starts."""

    def __init__(self, observe: Observer) -> None:
        self._observe = observe
        self._start = perf_counter()
        self._spent: dict[str, int] = {}

    @contextmanager
    def __call__(self, stage: str) -> Iterator[None]:
        self._observe(StageStarted(stage=stage))
        start = perf_counter()
        yield
        self._spent[stage] = round((perf_counter() - start) * 1000)

    def total(self) -> Mapping[str, int]:
        return {**self._spent, "total": round((perf_counter() - self._start) * 1000)}
