"""What a summary is made of: the run, the checkpoints it asks of every contract, and its files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from pipeline.types import Party, Risk, Severity, Status

Checkpoint = tuple[str, str, Severity]
"""Id, name and severity."""
Area = tuple[str, str, tuple[Checkpoint, ...]]
"""Id, name and checkpoints."""


class SummaryState(StrEnum):
    """Where a file of the run is; the last two are final."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryFailure:
    """Why a file brought no review: ``cause`` is a short word that files are grouped by, the others are Chinese sentences."""

    cause: str
    reason: str
    remedy: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SummaryFile:
    """One file of the run.

    ``name`` is its path below the source, ``position`` counts from 1. ``findings`` are by checkpoint: the status and the figure that
    decided it. ``links`` are by format, "/" separated and relative to the folder of the summary. ``same_as`` is the name of the file of
    this run whose identical bytes were reviewed in its place. ``seconds`` is what the review itself took, ``None`` where nothing was reviewed.
    """

    position: int
    name: str
    state: SummaryState
    failure: SummaryFailure | None = None
    risk: Risk | None = None
    decision: str | None = None
    merchant: Party | None = None
    findings: Mapping[str, tuple[Status, str | None]] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    same_as: str | None = None
    seconds: float | None = None
    review_id: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A run and its files.

    ``files`` can be gone through more than once and comes in the order of ``position``; it need not be in memory. ``state`` is open or
    finished. ``seconds`` is how long the run was worked on, all sittings together. Times are aware and shown in their own time zone.
    ``conditions`` are what a review depends on, in words to show.
    """

    run_id: str
    source: str
    out: str
    state: str
    started_at: datetime
    finished_at: datetime | None
    seconds: float
    engine_line: str
    conditions: Mapping[str, str]
    playbook_name: str
    areas: tuple[Area, ...]
    files: Iterable[SummaryFile]
