"""Run an engine over a dataset: one record a contract, kept as it goes, so that an interrupted run is taken up where it stopped."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter

from pydantic import ValidationError

from eval.cases import DATASET, Case, load_cases, locate
from eval.engines import Scored
from eval.engines import scored as engine_of
from eval.metrics.retrieval import clauses_of
from eval.perturb import Pair, load_pairs, perturbed
from eval.record import (
    CaseRecord,
    CellRecord,
    Fingerprint,
    PairRecord,
    Piece,
    Run,
    RunError,
    UsageRecord,
    labels_sha256,
)
from pipeline import __version__
from pipeline.embed import Embedder, configured_embedder
from pipeline.errors import InputError
from pipeline.ground import cite
from pipeline.ingest import ingest
from pipeline.merchant import find_merchant
from pipeline.playbook import Playbook, load_playbook
from pipeline.retrieve import index, retrieve
from pipeline.review import prompts_sha256, weights_sha256
from pipeline.segment import segment
from pipeline.types import Citation, Clause, Document, Status, Usage, Verdict

_MOST_AROUND = 1200  # characters of a clause kept around a piece of evidence
RANKED = 20  # clauses a checkpoint whose rank is kept, for recall at k
PAIRS = DATASET / "perturbations"

Tell = Callable[[str], None]


def folder_of(dataset: str) -> Path:
    """The folder of a dataset: ``dev`` and ``test`` by name, any other by its path.

    Raises:
        RunError: there is no such folder, or no label file in it.
    """
    folder = DATASET / dataset if dataset in ("dev", "test") else Path(dataset)
    if not any(folder.glob("*.labels.yaml")):
        raise RunError(
            f"{dataset}：没有这个数据集，或里面没有 *.labels.yaml。写 dev、test，或一个放着合同和标注的文件夹"
        )
    return folder


def fingerprint(
    engine: str,
    model: str | None,
    cases: Sequence[Case],
    playbook: Playbook,
    embedder: Embedder,
    replay: Path | None = None,
) -> Fingerprint:
    """What the figures of a run over ``cases`` depend on; the prompts only where a model is asked, or its replies are played back."""
    files = [case.path for case in cases] + [case.path.parent / f"{case.id}.labels.yaml" for case in cases]
    return Fingerprint(
        engine=engine,
        model=model,
        playbook=playbook.sha256,
        prompts=prompts_sha256() if model is not None else "",
        embedder=embedder.name,
        labels=labels_sha256(files),
        recording=hashlib.sha256(replay.read_bytes()).hexdigest() if replay is not None and model is not None else "",
    )


def run(
    dataset: str,
    *,
    engine: str = "rules",
    only: str = "",
    case: str = "",
    repeat: int = 1,
    pairs: bool = False,
    keep: Path | None = None,
    record: Path | None = None,
    replay: Path | None = None,
    embedder: Embedder | None = None,
    tell: Tell = lambda _: None,
) -> Run:
    """Score ``engine`` on every contract of ``dataset``.

    Args:
        dataset: ``dev``, ``test`` or a folder.
        engine: one of ``eval.engines.NAMES``.
        only: score checkpoints whose id starts with this.
        case: only contracts whose id starts with this.
        repeat: how often each contract is judged, to count verdicts that flip.
        pairs: also score the perturbation pairs of these contracts.
        keep: where finished contracts are noted on the way; what it holds of the same run is not done again, and it goes at the end.
        record: where a model's replies are recorded.
        replay: recorded replies that are played back; a prompt that is not among them is a failed call.
        embedder: for retrieval and the reader; the configured one when ``None``.
        tell: told of each contract done.

    Raises:
        RunError: no such engine, or no such dataset.
        DatasetError: a label file does not validate.
    """
    playbook, embedder = load_playbook(), embedder or configured_embedder()
    judged = engine_of(engine, embedder, record=record, replay=replay)
    cases = load_cases(folder_of(dataset), [c.id for c in playbook.checkpoints], only=case, partial=True)
    mark = fingerprint(engine, judged.model, cases, playbook, embedder, replay)
    judge = _Judge(judged, playbook, embedder, only, repeat)
    identity = f"{mark.model_dump_json()}|{__version__}|{weights_sha256()}|{only}|{repeat}|{pairs}"
    by_case = _pairs_of(cases) if pairs else {}
    with _Journal(keep, hashlib.sha256(identity.encode()).hexdigest()) as journal:
        records: list[CaseRecord] = []
        scored: list[PairRecord] = []
        for number, own in enumerate(cases, 1):
            done = journal.done.get(own.id)
            if done is None:
                done = judge.case(own, by_case.get(own.id, ()))
                journal.note(*done)
            records.append(done[0])
            scored += done[1]
            right = sum(c.label is c.said for c in done[0].cells)
            tell(f"[{number}/{len(cases)}] {own.id} {done[0].error or f'{right}/{len(done[0].cells)}'}")
    return Run(
        dataset=dataset,
        created=datetime.now(UTC).isoformat(timespec="seconds"),
        fingerprint=mark,
        version=__version__,
        weights=weights_sha256(),
        reads_all=judged.reads_all,
        only=only,
        cases=tuple(records),
        pairs=tuple(scored),
    )


def _pairs_of(cases: Sequence[Case]) -> dict[str, list[Pair]]:
    known = {case.id for case in cases}
    out: dict[str, list[Pair]] = {}
    for path in sorted(PAIRS.glob("*.jsonl")):
        for pair in load_pairs(path):
            if pair.case in known:
                out.setdefault(pair.case, []).append(pair)
    return out


class _Judge:
    """An engine with everything it needs, ready to take contracts."""

    def __init__(self, scored: Scored, playbook: Playbook, embedder: Embedder, only: str, repeat: int) -> None:
        self._scored, self._playbook, self._embedder = scored, playbook, embedder
        self._only, self._repeat = only, repeat

    @property
    def _missed(self) -> int:
        """Prompts that a recording did not hold."""
        recording = self._scored.recording
        return 0 if recording is None else recording.missed

    def case(self, case: Case, pairs: Iterable[Pair] = ()) -> tuple[CaseRecord, list[PairRecord]]:
        """One contract and its perturbation pairs; a contract that cannot be read becomes a record of why."""
        sha256 = hashlib.sha256(case.path.read_bytes()).hexdigest()
        known = {"id": case.id, "file": case.path.name, "sha256": sha256, "family": case.family, "trade": case.trade}
        start, missed = perf_counter(), self._missed
        try:
            document = ingest(case.path)
        except InputError as error:
            return CaseRecord(**known, merchant=case.merchant, error=str(error)), []
        clauses = segment(document)
        merchant = find_merchant(document, clauses)
        indexed = index(document, clauses, self._embedder)
        ranked = retrieve(indexed, self._embedder, self._playbook.checkpoints, k=RANKED)
        checked = self._scored.check(document, clauses, self._playbook, merchant, indexed)
        verdicts = checked.verdicts
        spent = round((perf_counter() - start) * 1000)
        others = [
            self._scored.check(document, clauses, self._playbook, merchant, indexed).verdicts
            for _ in range(self._repeat - 1)
        ]
        cells = tuple(
            _cell(case, v, tuple(o[at].status for o in others), tuple(c.clause for c in ranked[v.checkpoint]), document, clauses)
            for at, v in enumerate(verdicts)
            if v.checkpoint.startswith(self._only) and v.checkpoint in case.statuses
        )  # fmt: skip
        record = CaseRecord(
            **known,
            merchant=case.merchant,
            merchant_said=merchant.party,
            characters=len(document.text),
            clauses=tuple((c.start, c.end) for c in clauses),
            cells=cells,
            milliseconds=spent,
            usage=_usage(checked.usage, self._missed - missed),
        )
        before = {v.checkpoint: v.status for v in verdicts}
        return record, [self._pair(pair, document, before) for pair in pairs if pair.checkpoint.startswith(self._only)]

    def _pair(self, pair: Pair, document: Document, before: dict[str, Status]) -> PairRecord:
        edited = perturbed(document, pair)
        clauses = segment(edited)
        merchant = find_merchant(edited, clauses)
        indexed = index(edited, clauses, self._embedder)
        checked = self._scored.check(edited, clauses, self._playbook, merchant, indexed)
        after = {v.checkpoint: v for v in checked.verdicts}
        return PairRecord(
            id=pair.id,
            kind=pair.kind,
            checkpoint=pair.checkpoint,
            before=pair.before,
            after=pair.after,
            said_before=before[pair.checkpoint],
            said_after=after[pair.checkpoint].status,
            disturbed=tuple(c for c in pair.unchanged if after[c].status is not before[c]),
            watched=len(pair.unchanged),
            reason=after[pair.checkpoint].reason,
        )


def _usage(used: Usage, stale: int) -> UsageRecord:
    return UsageRecord(
        calls=used.calls,
        failed_calls=used.failed_calls,
        stale_calls=stale,
        input_tokens=used.input_tokens,
        output_tokens=used.output_tokens,
        cost=used.cost,
    )


def _cell(
    case: Case,
    verdict: Verdict,
    again: tuple[Status, ...],
    ranked: tuple[int, ...],
    document: Document,
    clauses: Sequence[Clause],
) -> CellRecord:
    found = [(quote, locate(quote, document, clauses)) for quote in case.evidence[verdict.checkpoint]]
    shown = document if verdict.status is not case.statuses[verdict.checkpoint] else None
    return CellRecord(
        checkpoint=verdict.checkpoint,
        label=case.statuses[verdict.checkpoint],
        said=verdict.status,
        reason=verdict.reason,
        figure=verdict.figure,
        evidence=tuple(_piece(span, clauses, shown) for _, spans in found for span in spans),
        lost=tuple(quote for quote, spans in found if not spans),
        citations=tuple(_piece(c, clauses, shown) for c in verdict.citations),
        exact=sum(cite(document, clauses, c).text == c.text for c in verdict.citations),
        rejected=verdict.rejected_quotes,
        ranked=ranked,
        again=again,
    )


def _piece(citation: Citation, clauses: Sequence[Clause], shown: Document | None) -> Piece:
    """A citation as kept; with ``shown`` the clause around it is kept too."""
    within = clauses_of([citation], clauses)
    held = max((min(citation.end, clauses[i].end) - max(citation.start, clauses[i].start) for i in within), default=0)
    return Piece(
        start=citation.start,
        end=citation.end,
        text=citation.text,
        clause=citation.clause,
        clauses=within,
        whole=2 * held >= citation.end - citation.start,
        around=""
        if shown is None
        else "\n".join(shown.slice(clauses[i]).strip() for i in sorted(within))[:_MOST_AROUND],
    )


class _Journal:
    """Finished contracts, one a line, under the identity of their run; written through at once, gone when the run is complete."""

    def __init__(self, path: Path | None, identity: str) -> None:
        self._path, self._identity = path, identity
        self.done: dict[str, tuple[CaseRecord, list[PairRecord]]] = dict(self._read())

    def _read(self) -> Iterator[tuple[str, tuple[CaseRecord, list[PairRecord]]]]:
        if self._path is None or not self._path.is_file():
            return
        head, *lines = self._path.read_text(encoding="utf-8").split("\n")
        if head != self._identity:
            return
        for line in lines:
            try:
                row = json.loads(line)
                record = CaseRecord.model_validate(row["case"])
                yield record.id, (record, [PairRecord.model_validate(p) for p in row["pairs"]])
            except (ValueError, ValidationError, KeyError, TypeError):
                return  # cut off in the middle of a line: that contract is done again

    def __enter__(self) -> _Journal:
        if self._path is not None:
            lines = [self._identity, *(self._line(*done) for done in self.done.values())]
            self._path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if self._path is not None and kind is None:
            self._path.unlink(missing_ok=True)

    def note(self, record: CaseRecord, pairs: list[PairRecord]) -> None:
        """Keep one finished contract."""
        if self._path is not None:
            with self._path.open("a", encoding="utf-8") as file:
                file.write(self._line(record, pairs) + "\n")

    @staticmethod
    def _line(record: CaseRecord, pairs: list[PairRecord]) -> str:
        row = {"case": record.model_dump(mode="json"), "pairs": [p.model_dump(mode="json") for p in pairs]}
        return json.dumps(row, ensure_ascii=False)
