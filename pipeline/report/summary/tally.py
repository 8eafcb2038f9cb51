"""What is counted over the files of a run, in one pass, and how files and problems are put in order."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from statistics import median

from pipeline.report.summary.values import Area, Summary, SummaryFile, SummaryState
from pipeline.risk import risk_of
from pipeline.types import Risk, Severity, Status

OTHER = "other"
"""The id of the area that takes checkpoints found in a review but not in the playbook of the run."""
_SERIOUS = (Status.ADVERSE, Status.MISSING)
_OPEN = (*_SERIOUS, Status.VAGUE)
_HEAVIEST = tuple(Severity)
_RISKIEST = tuple(Risk)


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """A checkpoint and how often each status was found there."""

    area: str
    id: str
    name: str
    severity: Severity
    counts: Mapping[Status, int]

    @property
    def serious(self) -> int:
        """How many contracts are adverse or silent there."""
        return sum(self.counts.get(status, 0) for status in _SERIOUS)

    @property
    def open(self) -> int:
        """How many contracts have something to be changed there."""
        return sum(self.counts.get(status, 0) for status in _OPEN)

    @property
    def read(self) -> int:
        """In how many contracts it was looked for."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Counts over all files. ``areas`` are the run's, and one more where reviews have checkpoints the run does not know.

    ``seconds`` are those of the reviews, in ascending order; ``figures`` the checkpoints where a figure was found.
    """

    files: int
    states: Mapping[SummaryState, int]
    risks: Mapping[Risk, int]
    decisions: Mapping[str, int]
    causes: Mapping[str, int]
    statuses: Mapping[str, Mapping[Status, int]]
    area_risks: Mapping[str, Mapping[Risk, int]]
    areas: tuple[Area, ...]
    figures: frozenset[str]
    same: int
    seconds: tuple[float, ...]

    @property
    def done(self) -> int:
        """Files with a review."""
        return self.states.get(SummaryState.DONE, 0)

    @property
    def failed(self) -> int:
        """Files that brought none."""
        return self.states.get(SummaryState.FAILED, 0)

    @property
    def waiting(self) -> int:
        """Files not finished yet."""
        return self.files - self.done - self.failed

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Every checkpoint, those with most adverse and missing first; then vague, then the heavier ones."""
        found = [
            Problem(area=area, id=id, name=name, severity=severity, counts=self.statuses.get(id, {}))
            for _, area, checkpoints in self.areas
            for id, name, severity in checkpoints
        ]
        return tuple(sorted(found, key=lambda p: (-p.serious, -p.open, _HEAVIEST.index(p.severity))))

    @property
    def median_seconds(self) -> float | None:
        """The usual time of a review."""
        return median(self.seconds) if self.seconds else None


def tally(summary: Summary) -> Tally:
    """Go through the files once."""
    states: Counter[SummaryState] = Counter()
    risks: Counter[Risk] = Counter()
    decisions: Counter[str] = Counter()
    causes: Counter[str] = Counter()
    statuses: dict[str, Counter[Status]] = {}
    area_risks: dict[str, Counter[Risk]] = {id: Counter() for id, _, _ in summary.areas}
    figures: set[str] = set()
    seconds: list[float] = []
    same = 0
    for file in summary.files:
        states[SummaryState(file.state)] += 1
        same += file.same_as is not None
        if file.failure is not None and file.state == SummaryState.FAILED:
            causes[file.failure.cause] += 1
        if file.state != SummaryState.DONE:
            continue
        if file.risk is not None:
            risks[file.risk] += 1
        if file.decision is not None:
            decisions[file.decision] += 1
        if file.seconds is not None:
            seconds.append(file.seconds)
        for checkpoint, (status, figure) in file.findings.items():
            statuses.setdefault(checkpoint, Counter())[status] += 1
            if figure:
                figures.add(checkpoint)
        for area in summary.areas:
            if risk := area_risk(area, file):
                area_risks[area[0]][risk] += 1
    return Tally(
        files=states.total(),
        states=states,
        risks=risks,
        decisions=decisions,
        causes=causes,
        statuses=statuses,
        area_risks=area_risks,
        areas=_areas(summary.areas, statuses),
        figures=frozenset(figures),
        same=same,
        seconds=tuple(sorted(seconds)),
    )


def area_risk(area: Area, file: SummaryFile) -> Risk | None:
    """The risk of an area of a contract, as its own report says it; ``None`` where nothing of the area was judged."""
    id, _, checkpoints = area
    judged = [(severity, file.findings[c][0]) for c, _, severity in checkpoints if c in file.findings]
    return risk_of(judged) if judged and id != OTHER else None


def counts_of(file: SummaryFile) -> Counter[Status]:
    """How many findings of each status."""
    return Counter(status for status, _ in file.findings.values())


def riskiest_first(files: Iterable[SummaryFile]) -> list[SummaryFile]:
    """Reviewed files by risk, then by adverse and missing points; after them those that failed, then those still waited for."""
    return sorted(files, key=_weight)


def _weight(file: SummaryFile) -> tuple[int, int, int, int]:
    if file.state != SummaryState.DONE:
        return (len(_RISKIEST) + 1 + (file.state != SummaryState.FAILED), 0, 0, file.position)
    counts = counts_of(file)
    at = len(_RISKIEST) if file.risk is None else _RISKIEST.index(file.risk)
    return (at, -counts[Status.ADVERSE], -counts[Status.MISSING], file.position)


def _areas(areas: tuple[Area, ...], found: Iterable[str]) -> tuple[Area, ...]:
    known = {id for _, _, checkpoints in areas for id, _, _ in checkpoints}
    extra = tuple((id, id, Severity.MINOR) for id in sorted(set(found) - known))
    return (*areas, (OTHER, "标准之外", extra)) if extra else areas
