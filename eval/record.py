"""What a run leaves behind: ``shenyue.run/1``, everything needed to score, compare and show it without the contracts."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from eval.metrics.perturbation import PairResult
from eval.metrics.status import Cell
from pipeline.errors import ShenyueError
from pipeline.types import Party, Span, Status

FORMAT = "shenyue.run/1"


class RunError(ShenyueError):
    """A run file that cannot be read, or a run that cannot be made; the message says what to do."""


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Piece(_Model):
    """Words of a contract: offsets, the clause's name, the clauses it stands in and whether one of them holds half of it.

    ``around`` is the whole clause, kept for wrong cells so that they can be understood without the contract.
    """

    start: int
    end: int
    text: str
    clause: str
    clauses: frozenset[int]
    whole: bool = True
    around: str = ""

    @property
    def span(self) -> Span:
        """Its range."""
        return Span(start=self.start, end=self.end)


class CellRecord(_Model):
    """One checkpoint: label, verdict, and what stands behind both. ``lost`` is labelled evidence that is not in the text as read."""

    checkpoint: str
    label: Status
    said: Status
    reason: str
    figure: str | None = None
    evidence: tuple[Piece, ...] = ()
    lost: tuple[str, ...] = ()
    citations: tuple[Piece, ...] = ()
    exact: int = 0
    rejected: tuple[str, ...] = ()
    ranked: tuple[int, ...] = ()
    again: tuple[Status, ...] = ()


class UsageRecord(_Model):
    """What model calls of one contract came to; ``stale_calls`` are those of the failed that a recording was to answer and does not hold."""

    calls: int = 0
    failed_calls: int = 0
    stale_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cost: float | None = None


class CaseRecord(_Model):
    """One contract: its cells, or the ``error`` that kept it from being reviewed. ``clauses`` are the offsets of all clauses."""

    id: str
    file: str
    sha256: str
    family: str = ""
    trade: str = ""
    merchant: Party
    merchant_said: Party | None = None
    characters: int = 0
    clauses: tuple[tuple[int, int], ...] = ()
    cells: tuple[CellRecord, ...] = ()
    milliseconds: int = 0
    usage: UsageRecord = UsageRecord()
    error: str | None = None


class Fingerprint(_Model):
    """What a run's figures depend on. Two runs whose ``labels`` differ are never compared; a gate asks for all of these to be the baseline's.

    ``recording`` is the hash of the replies that were played back, "" where none were.
    """

    engine: str
    model: str | None = None
    playbook: str
    prompts: str
    embedder: str
    labels: str
    recording: str = ""


class PairRecord(_Model):
    """A perturbation pair scored; see ``eval.metrics.perturbation.PairResult``."""

    id: str
    kind: str
    checkpoint: str
    before: Status
    after: Status
    said_before: Status
    said_after: Status
    disturbed: tuple[str, ...] = ()
    watched: int = 0
    reason: str = ""

    @property
    def result(self) -> PairResult:
        """As a value to score."""
        return PairResult(**self.model_dump(exclude={"reason"}))


class Run(_Model):
    """A whole run over a dataset."""

    format: Literal["shenyue.run/1"] = "shenyue.run/1"
    dataset: str
    created: str
    fingerprint: Fingerprint
    version: str
    weights: str = ""
    reads_all: bool = Field(default=True, description="the judge reads every clause, so retrieval is never to blame")
    only: str = Field(default="", description="scored checkpoints start with this")
    cases: tuple[CaseRecord, ...]
    pairs: tuple[PairRecord, ...] = ()

    @property
    def cells(self) -> list[Cell]:
        """All cells, in order of contracts and checkpoints."""
        return [
            Cell(case=case.id, checkpoint=c.checkpoint, label=c.label, said=c.said)
            for case in self.cases
            for c in case.cells
        ]

    @property
    def families(self) -> dict[str, str]:
        """The template family of each contract, "" where none is named."""
        return {case.id: case.family for case in self.cases}

    @property
    def failures(self) -> dict[str, str]:
        """Why contracts could not be reviewed or calls failed, by contract. A failure that was recorded, such as a reply that was no JSON, is
        part of what is played back."""
        out = {case.id: case.error for case in self.cases if case.error}
        for case in self.cases:
            if case.usage.stale_calls:
                why = f"{case.usage.stale_calls} 次提问不在录制里（提示词、模型、合同或检索变了），请重新录制"
                out.setdefault(case.id, why)
            elif case.usage.failed_calls and not self.fingerprint.recording:
                out.setdefault(case.id, f"{case.usage.failed_calls} 次模型调用失败")
        return out


def load_run(path: Path) -> Run:
    """Read a run file.

    Raises:
        RunError: not there, not JSON, or not a run.
    """
    try:
        return Run.model_validate_json(path.read_bytes())
    except OSError as error:
        raise RunError(f"{path.name}：读不了（{error.strerror}）。请先用 shenyue eval run 生成") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise RunError(
            f"{path.name}：不是 {FORMAT} 的评测结果（{where} {first['msg']}）。请重新运行 shenyue eval run"
        ) from error


def labels_sha256(paths: Sequence[Path]) -> str:
    """One hash over label files and contracts, in order of their names: changes when a contract, a label or the set of them does."""
    digest = hashlib.sha256()
    for path in sorted(paths, key=lambda p: p.name):
        digest.update(path.name.encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()
