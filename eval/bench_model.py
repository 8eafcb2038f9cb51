"""Time and tokens of the model reader against a scripted server, within one run: ``make bench-model``.

The server speaks OpenAI's API on loopback, waits as long as a model would and answers from the contract's own labels, as far as the clauses
it was sent hold the evidence: what was not sent is ``missing``, so the second look happens as often as retrieval makes it. What a model
would make of the clauses cannot be measured with a script: of the contexts this compares time, tokens and recall, not accuracy.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any

import numpy as np
from langchain_core.messages import BaseMessage

from eval.cases import DATASET, Case, load_cases, locate
from eval.endpoint import address
from eval.metrics.retrieval import clauses_of
from pipeline.check.llm.client import Answer, ModelClient, connect
from pipeline.check.llm.context import ContextKind, Masker, lines, retrieved, tokens
from pipeline.check.llm.reader import DEPTH, Budget, ModelReader
from pipeline.embed import Embedder, configured_embedder
from pipeline.ingest import ingest
from pipeline.merchant import find_merchant
from pipeline.playbook import Playbook, load_playbook
from pipeline.privacy import masking, party_names
from pipeline.retrieve import index, retrieve
from pipeline.review import review
from pipeline.segment import segment
from pipeline.settings import Settings
from pipeline.types import Clause, Document, Review, Status
from prompts import render

CONTRACT = "d03"  # of dev, the shortest in Chinese of at least CHARACTERS; cut at the last clause that ends before
CHARACTERS = 10_000
CHUNK, TOP = 800, 4  # of the reference: one call a checkpoint over its four nearest chunks
_PICTURES = (".png", ".jpg", ".jpeg", ".tif", ".tiff")  # reading them takes longer than all the rest


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number and what it may be: at most ``most``, at least ``least``, or only told."""

    name: str
    value: float
    most: float | None = None
    least: float | None = None

    @property
    def met(self) -> bool:
        """Within its target; a number without one always is."""
        return (self.most is None or self.value <= self.most) and (self.least is None or self.value >= self.least)

    def __str__(self) -> str:
        most = [] if self.most is None else [f"at most {self.most:g}"]
        limits = most if self.least is None else [*most, f"at least {self.least:g}"]
        note = f"  ({' and '.join(limits)}{'' if self.met else ', MISSED'})" if limits else ""
        said = f"{self.value:10.0f}" if self.value >= 1000 or self.value == int(self.value) else f"{self.value:10.3f}"
        return f"{self.name:62}{said}{note}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """One review with the model: wall clock and slowest call in seconds, and the texts of every call's messages in order."""

    review: Review
    seconds: float
    slowest: float
    calls: tuple[tuple[str, ...], ...]

    @property
    def tokens(self) -> int:
        """Of all messages of all calls."""
        return sum(tokens(text) for call in self.calls for text in call)

    @property
    def second_look(self) -> int:
        """Of the calls after the six areas' own: second looks, retries, repairs."""
        return sum(tokens(text) for call in self.calls[6:] for text in call)


class _Timed(ModelClient):
    """Notes how long each call took."""

    def __init__(self, client: ModelClient) -> None:
        super().__init__(client.model, name=client.name)
        self.took: list[float] = []

    def ask(self, messages: Sequence[BaseMessage]) -> Answer:
        start = perf_counter()
        try:
            return super().ask(messages)
        finally:
            self.took.append(perf_counter() - start)


def main() -> int:
    """Print the figures; exit 1 when one misses its target, 2 when the scripted server is not there."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--delay", type=float, default=2.0, help="seconds the server takes for a call")
    parser.add_argument("--repeat", type=int, default=3, help="reviews of which the median time is taken")
    parser.add_argument("--no-recall", action="store_true", help="leave out retrieval over the whole dev split")
    args = parser.parse_args()
    try:
        servers = (
            importlib.import_module("tests.servers.openai_server"),
            importlib.import_module("tests.servers.reader"),
        )
    except ImportError as error:
        sys.stderr.write(
            f"The scripted server is part of tests/, which an installed package lacks: run this in a checkout ({error}).\n"
        )
        return 2
    book, embedder = load_playbook(), configured_embedder()
    cases = load_cases(DATASET / "dev", [c.id for c in book.checkpoints])
    case = next(c for c in cases if c.id == CONTRACT)
    with tempfile.TemporaryDirectory() as folder:
        path, document = shortened(case, Path(folder), CHARACTERS)
        sys.stdout.write(f"{CONTRACT} of dev cut to {len(document.text)} characters; {args.delay:g} s a call\n")
        missed = False
        for figure in measured(path, document, case, book, embedder, servers, delay=args.delay, repeat=args.repeat):
            sys.stdout.write(f"{figure}\n")
            missed = missed or not figure.met
    if not args.no_recall:
        figure = recall(cases, book, embedder, Budget().retrieved)
        sys.stdout.write(f"{figure}\n")
        missed = missed or not figure.met
    sys.stdout.write("Which context a model judges best from is not measured here: a script has no judgement.\n")
    return int(missed)


def shortened(case: Case, folder: Path, characters: int) -> tuple[Path, Document]:
    """The contract as a text file of at most ``characters``, cut where a clause ends, and as read from there."""
    document = ingest(case.path)
    end = max((c.end for c in segment(document) if c.end <= characters), default=characters)
    path = folder / f"{case.id}.txt"
    path.write_text(document.text[:end], encoding="utf-8")
    return path, ingest(path)


def measured(
    path: Path,
    document: Document,
    case: Case,
    book: Playbook,
    embedder: Embedder,
    servers: tuple[Any, Any],
    *,
    delay: float,
    repeat: int,
) -> Iterator[Figure]:
    """All figures of one contract; ``servers`` are the modules of the scripted server and its reader."""
    clauses = segment(document)
    masker = _masker(document, clauses)
    table = {
        checkpoint: (status.value, *(masker.mask(quote).text for quote in case.evidence[checkpoint]))
        for checkpoint, status in case.statuses.items()
    }
    respond = servers[1].Reader(table=table, only_table=True, delay=delay)
    with servers[0].ScriptedServer(respond, models=("scripted",)) as server, address(server.url):

        def sent(context: ContextKind, **options: Any) -> Sent:
            return _sent(server, path, embedder, context, path.parent, **options)

        def offline() -> float:
            return _seconds(lambda: review(path, embedder=embedder))

        offline()  # warm: embeddings stored, patterns compiled
        sent(ContextKind.FULL)
        turns = [(offline(), sent(ContextKind.AUTO), sent(ContextKind.RETRIEVED)) for _ in range(repeat)]
        alone, whole, part = zip(*turns, strict=True)
        yield Figure(name="offline part: the same review with the rules, s", value=median(alone))
        yield Figure(name="slowest call, s", value=median(s.slowest for s in whole))
        for name, runs, most in (("auto (here: full)", whole, 1.25), ("retrieved, second look included", part, None)):
            yield Figure(name=f"review, {name}, s", value=median(s.seconds for s in runs))
            ratio = median((s.seconds - own) / s.slowest for own, s in zip(alone, runs, strict=True))
            yield Figure(name=f"(review - offline part) / slowest call, {name}", value=ratio, most=most)
        yield from _token_figures(document, clauses, masker, book, embedder, whole[0], part[0])
        prompts = ["\n".join(call) for call in whole[0].calls[:6]]
        prefix = _shared(prompts)
        chars = min(len(prefix) / len(p) for p in prompts)
        yield Figure(name="full: identical prefix, share of characters", value=chars, least=0.8)
        share = min(tokens(prefix) / tokens(p) for p in prompts)
        yield Figure(name="full: identical prefix, share of tokens", value=share, least=0.8)
        for context, runs in ((ContextKind.FULL, whole), (ContextKind.RETRIEVED, part)):
            first = sent(context, cache=True)
            again = sent(context, cache=True)
            yield Figure(name=f"{context.value}: calls of a rerun from the cache", value=len(again.calls), most=0)
            yield Figure(name=f"{context.value}: rerun / first run, time", value=again.seconds / first.seconds)
            waited = median((s.seconds - again.seconds) / s.slowest for s in runs)
            yield Figure(name=f"{context.value}: (review - rerun) / slowest call", value=waited)
            if again.review.findings != first.review.findings:
                raise RuntimeError("the rerun from the cache says something else than the first run")


def _token_figures(
    document: Document,
    clauses: Sequence[Clause],
    masker: Masker,
    book: Playbook,
    embedder: Embedder,
    whole: Sent,
    part: Sent,
) -> Iterator[Figure]:
    reference = naive_tokens(document, clauses, masker, book, embedder)
    absent = [f.checkpoint for a in part.review.areas for f in a.findings if f.status is Status.MISSING]
    proven = naive_tokens(document, clauses, masker, book, embedder, absent)
    every = sum(tokens(line.after(None)) for line in lines(document, clauses, masker))
    yield Figure(name="contract as its clauses are printed, tokens", value=every)
    yield Figure(
        name=f"reference: {len(book.checkpoints)} calls of {TOP} chunks of {CHUNK} characters, tokens", value=reference
    )
    yield Figure(name=f"reference with a second look for each of {len(absent)} missing points, tokens", value=proven)
    yield Figure(name=f"full: {len(whole.calls)} calls, tokens", value=whole.tokens)
    yield Figure(name=f"retrieved: {len(part.calls)} calls, tokens", value=part.tokens)
    yield Figure(name="retrieved: of these the second look", value=part.second_look)
    yield Figure(name="full / reference", value=whole.tokens / reference)
    # Like with like: the reference never looks a second time, so its "missing" is no proof, or it does for each point on its own.
    first = part.tokens - part.second_look
    yield Figure(name="retrieved / reference, neither looks twice", value=first / reference, most=0.2)
    yield Figure(name="retrieved / reference, both look twice", value=part.tokens / proven, most=0.2)
    yield Figure(name="retrieved looks twice / reference does not", value=part.tokens / reference)
    # What remains when nothing at all is retrieved: seven calls' instructions, and every clause read once before a point is missing.
    party = find_merchant(document, clauses).party
    system = tokens(render.system_message(party.value, party.other.value))
    least = (len(book.areas) + 1) * system + sum(tokens(render.area_message(a)) for a in book.areas) + every
    yield Figure(name="seven calls' instructions and every clause once / reference", value=least / reference)


def naive_tokens(
    document: Document,
    clauses: Sequence[Clause],
    masker: Masker,
    book: Playbook,
    embedder: Embedder,
    absent: Collection[str] = (),
) -> int:
    """Input of one call a checkpoint: the same system message, the checkpoint's own question, its nearest chunks between fence lines.

    For each of ``absent`` another call over all other chunks: what it takes to say "missing" of it (promise 3) when every
    checkpoint is asked on its own.
    """
    chunks = [document.text[at : at + CHUNK] for at in range(0, len(document.text), CHUNK)]
    vectors = embedder.passages(chunks)
    party = find_merchant(document, clauses).party
    system = tokens(render.system_message(party.value, party.other.value))

    def call(chosen: Iterable[int], question: str) -> int:
        text = masker.mask("\n".join(chunks[i] for i in chosen)).text
        return system + tokens(f"{render.contract_message(text, '0' * 16, whole=False)}\n\n{question}")

    total = 0
    for area in book.areas:
        for checkpoint in area.checkpoints:
            near = (embedder.queries([checkpoint.name, *checkpoint.queries]) @ vectors.T).max(axis=0)
            ranked = [int(i) for i in np.argsort(-near, kind="stable")]
            total += call(
                sorted(ranked[:TOP]), render.area_message(area.model_copy(update={"checkpoints": [checkpoint]}))
            )
            if checkpoint.id in absent and ranked[TOP:]:
                total += call(sorted(ranked[TOP:]), render.missing_message(area, [checkpoint.id]))
    return total


def recall(cases: Sequence[Case], book: Playbook, embedder: Embedder, budget: int) -> Figure:
    """Share of the labelled evidence of which the area's first call shows a clause, over all contracts that are not pictures."""
    found = asked = 0
    for case in cases:
        if case.path.suffix.lower() in _PICTURES:
            continue
        document = ingest(case.path)
        clauses = segment(document)
        every = lines(document, clauses, _masker(document, clauses))
        best = retrieve(index(document, clauses, embedder), embedder, book.checkpoints, k=DEPTH)
        for area in book.areas:
            shown = retrieved(every, area, best, budget).clauses
            for quote in (q for c in area.checkpoints for q in case.evidence[c.id]):
                where = clauses_of(locate(quote, document, clauses), clauses)
                asked += bool(where)
                found += bool(where & shown)
    return Figure(name=f"retrieved: evidence in the area's {budget} tokens, dev", value=found / asked, least=0.95)


def _masker(document: Document, clauses: Sequence[Clause]) -> Masker:
    """As the reader masks."""
    merchant = find_merchant(document, clauses)
    return masking(
        document, clauses, party_names(merchant.names.values(), (a for own in merchant.aliases.values() for a in own))
    )


def _sent(
    server: Any, path: Path, embedder: Embedder, context: ContextKind, folder: Path, *, cache: bool = False
) -> Sent:
    before = len(server.calls)
    client = _Timed(connect(Settings(model="scripted", data_dir=folder, cache=cache)))
    reader = ModelReader(client=client, embedder=embedder, context=context)
    start = perf_counter()
    finished = review(path, engine="llm", embedder=embedder, reader=(reader, client.name))
    seconds = perf_counter() - start
    calls = tuple(tuple(text for _, text in request.messages) for request in server.calls[before:])
    return Sent(review=finished, seconds=seconds, slowest=max(client.took), calls=calls)


def _shared(texts: Sequence[str]) -> str:
    """What all begin with, character by character."""
    low, high = min(texts), max(texts)
    return low[: next((i for i, (a, b) in enumerate(zip(low, high, strict=False)) if a != b), len(low))]


def _seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
