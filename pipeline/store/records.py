"""What the store gives back: values, apart from the database. Times are aware and in UTC; ids are random hexadecimal."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from pipeline.errors import told
from pipeline.types import AreaReview, Party, Risk, Severity, Span, Status

LOCAL = "local"  # the owner where nobody signs in


class State(StrEnum):
    """Where a review is; the last three are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class FileState(StrEnum):
    """Where a file of a batch run is; a failed one can be queued again, a done one stays."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class RunState(StrEnum):
    """Where a batch run is; an interrupted one is open."""

    OPEN = "open"
    FINISHED = "finished"


class Action(StrEnum):
    """What a person says of a finding."""

    ACCEPT = "accept"
    REJECT = "reject"
    CHANGE = "change"


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """An uploaded file. ``name`` is the file's name as uploaded, ``extension`` how it ends (``.docx``), ``size`` in bytes."""

    id: str
    owner: str
    name: str
    sha256: str
    extension: str
    size: int
    added_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewOptions:
    """How a contract is to be reviewed. ``playbook`` is the id of a saved one, the default playbook when ``None``."""

    engine: str = "rules"
    merchant: Party | None = None
    playbook: str | None = None
    mask: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewRecord:
    """A review from the queue to its end; the whole of a finished one is ``Store.load``.

    ``areas_ready`` holds what is judged so far, in the order of judging; of a finished review it is filled by ``Store.review`` in the order of
    the review, and empty in lists. ``counts`` (statuses that occur) and ``area_risks`` cover what is judged so far too. ``merchant``, ``risk``,
    ``decision``, ``playbook_sha256`` and ``model`` are what the finished review says. ``error`` is the Chinese reason of a failed one.
    ``worker`` has it (or had it last), ``tries`` counts how often one took it, ``beat_at`` is when it was last heard from.
    """

    id: str
    contract_id: str
    contract_name: str
    owner: str
    session: str
    options: ReviewOptions
    state: State
    stage: str | None
    done: int
    total: int
    areas_ready: tuple[AreaReview, ...]
    error: str | None
    queued_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    risk: Risk | None
    decision: str | None
    counts: Mapping[Status, int]
    area_risks: Mapping[str, Risk]
    merchant: Party | None
    playbook_sha256: str | None
    engine: str
    model: str | None
    worker: str | None
    tries: int
    beat_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class FindingRow:
    """One checkpoint of one review, for statistics over many: what lists and heat maps need, without citations."""

    review_id: str
    area: str
    checkpoint: str
    name: str
    status: Status
    severity: Severity
    figure: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """What a person decided on a finding; ``status`` is the new one of a change, else ``None``."""

    review_id: str
    checkpoint: str
    action: Action
    status: Status | None
    note: str
    who: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPlaybook:
    """A playbook of a user's own; ``text`` is YAML, ``sha256`` that of the text."""

    id: str
    owner: str
    name: str
    text: str
    sha256: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedRun:
    """An evaluation run that is kept; its JSON comes with ``Store.run``."""

    id: str
    name: str
    sha256: str
    saved_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class RunText(SavedRun):
    """An evaluation run with its JSON (``shenyue.run/1``), as it was saved."""

    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """Something that was done: never a word of a contract, a note or a playbook. ``ids`` names what it was done to."""

    seq: int
    at: datetime
    who: str
    what: str
    ids: Mapping[str, str]
    hash: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """Whether the audit trail is whole. ``head`` is the hash of the last entry: noted elsewhere, it shows later that nothing was cut off the end.

    ``problem`` is a Chinese sentence, ``broken_at`` the entry it is about; both ``None`` where all is well.
    """

    ok: bool
    checked: int
    head: str
    broken_at: int | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ClauseHit(Span):
    """A place in a contract that fits a search: offsets into the text of ``review_id``'s document. ``score`` is in (0, 1], higher is better."""

    contract_id: str
    review_id: str
    contract_name: str
    clause: str
    page: int
    text: str
    score: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """Why a file has no review: ``cause`` for programs, ``reason`` and ``remedy`` in Chinese; ``str`` is both."""

    cause: str
    reason: str
    remedy: str

    def __str__(self) -> str:
        return told(self.reason, self.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewFile:
    """A file as its source lists it: ``name`` is its path below the source with ``/``, ``uri`` how the source opens it.

    ``problem`` is what makes it unreadable already; it is then recorded as failed at once.
    """

    name: str
    uri: str
    problem: Failure | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewBatch:
    """A batch run to begin.

    ``source`` and ``out`` are as the driver wrote them, absolute; ``playbook`` is YAML, ``None`` for the built-in one. ``conditions`` are all
    that a review depends on beside its file, by name, and ``conditions_sha256`` stands for them: reviews are shared under equal ones only.
    """

    owner: str
    source: str
    out: str
    formats: tuple[str, ...]
    engine: str
    merchant: Party | None
    mask: bool
    playbook: str | None
    playbook_name: str | None
    conditions: Mapping[str, str]
    conditions_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchRun(NewBatch):
    """A batch run. ``server`` drives it, ``None`` where nobody does; ``beat_at`` is when that one was last heard from.

    ``counts`` has every state of a file, ``seconds`` is how long the run was driven, over all its drivers.
    """

    id: str
    state: RunState
    started_at: datetime
    finished_at: datetime | None
    server: str | None
    beat_at: datetime | None
    counts: Mapping[FileState, int]
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchFile:
    """One file of a batch run; ``position`` counts from 1 and stays.

    ``contract_id`` and ``review_id`` are of a done file, and ``None`` again when the contract was deleted. ``reused`` says that the review was
    made for another file of the same bytes. ``tries`` counts starts, ``outputs`` has the sha256 of each report by its path below ``out``,
    ``seconds`` is the time of the review itself.
    """

    run_id: str
    position: int
    name: str
    uri: str
    state: FileState
    sha256: str | None
    extension: str
    size: int | None
    contract_id: str | None
    review_id: str | None
    reused: bool
    failure: Failure | None
    tries: int
    outputs: Mapping[str, str]
    started_at: datetime | None
    finished_at: datetime | None
    seconds: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryRow:
    """A file of a run and what its review says; without a review ``risk``, ``decision`` and ``merchant`` are ``None``, ``findings`` empty.

    ``findings`` has status and figure by checkpoint, in the order of the review.
    """

    file: BatchFile
    risk: Risk | None
    decision: str | None
    merchant: Party | None
    findings: Mapping[str, tuple[Status, str | None]]
