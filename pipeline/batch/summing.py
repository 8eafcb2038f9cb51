"""The summary of a run, from the store's records to the files in its output folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

from pipeline.batch.conditions import shown
from pipeline.batch.outputs import report_paths, write_whole, writing
from pipeline.playbook import AreaModel, Playbook
from pipeline.report.summary import Area, Summary, SummaryFailure, SummaryFile, SummaryState
from pipeline.report.words import ENGINE
from pipeline.store import Store
from pipeline.store.base import pages
from pipeline.store.records import BatchFile, BatchRun, FileState, SummaryRow

WORKBOOK, PAGE, FINDINGS, RUN = "summary.xlsx", "summary.html", "findings.jsonl", "run.json"
_BESIDE = (("汇总表", WORKBOOK), ("逐条结论", FINDINGS), ("运行记录", RUN))
_MANY = 200


def summary(store: Store, run: BatchRun, playbook: Playbook, *, linked: bool = True) -> Summary:
    """The run as its reports tell it, ``linked`` to the reports of its files."""
    engine = ENGINE.get(run.engine, run.engine)
    model = run.conditions.get("model")
    return Summary(
        run_id=run.id,
        source=run.source,
        out=run.out,
        state=run.state.value,
        started_at=run.started_at.astimezone(),
        finished_at=run.finished_at.astimezone() if run.finished_at else None,
        seconds=run.seconds,
        engine_line=f"{engine}，模型 {model}" if model else engine,
        conditions=shown(run.conditions),
        playbook_name=run.playbook_name or playbook.model.name,
        areas=tuple(_area(area) for area in playbook.areas),
        files=tuple(_files(store, run, linked)),
    )


def write_summary(store: Store, run: BatchRun, playbook: Playbook, out: Path) -> tuple[Path, ...]:
    """Write all files of the summary into ``out``; which they are. Only beside the reports do they link to them.

    Raises:
        OutputError: one cannot be written.
    """
    from pipeline.report.summary import html, machine, xlsx

    told = summary(store, run, playbook, linked=out.resolve() == Path(run.out).resolve())
    write_whole(out / WORKBOOK, xlsx.as_xlsx(told))
    write_whole(out / PAGE, html.as_html(told, beside=_BESIDE).encode())
    write_whole(out / RUN, machine.as_json(told).encode())
    _write_findings(store, told, out / FINDINGS)
    return tuple(out / name for name in (PAGE, WORKBOOK, FINDINGS, RUN))


def _write_findings(store: Store, told: Summary, path: Path) -> None:
    """A line a finding; written as it is read, for thousands of contracts are no text to hold in memory."""
    from pipeline.report.summary.machine import finding_lines

    with writing(path) as lines:
        for files in pages(told.files, _MANY):
            ids = [file.review_id for file in files if file.review_id]
            areas = dict(store.area_bodies(ids))
            for file in files:
                for line in finding_lines(file, areas.get(file.review_id or "", [])):
                    lines.write(f"{line}\n".encode())


def _files(store: Store, run: BatchRun, linked: bool) -> Iterator[SummaryFile]:
    first: dict[str, str] = {}  # review -> the name of the first file that has it
    for row in store.summary_rows(run.id):
        same = first.setdefault(row.file.review_id, row.file.name) if row.file.review_id else row.file.name
        yield _file(row, run.formats if linked else (), None if same == row.file.name else same)


def _file(row: SummaryRow, formats: Sequence[str], same_as: str | None) -> SummaryFile:
    file = row.file
    return SummaryFile(
        position=file.position,
        name=file.name,
        state=SummaryState(file.state.value),
        failure=_failure(file),
        risk=row.risk,
        decision=row.decision,
        merchant=row.merchant,
        findings=row.findings,
        links=report_paths(file.name, formats) if file.state is FileState.DONE else {},
        same_as=same_as,
        seconds=file.seconds,
        review_id=file.review_id,
    )


def _failure(file: BatchFile) -> SummaryFailure | None:
    if file.failure is None:
        return None
    return SummaryFailure(cause=file.failure.cause, reason=file.failure.reason, remedy=file.failure.remedy)


def _area(area: AreaModel) -> Area:
    return (area.id, area.name, tuple((c.id, c.name, c.severity) for c in area.checkpoints if c.enabled))
