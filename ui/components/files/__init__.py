"""The files a visitor has handed in: which are shown, in which order, and what each row says of its stage, its areas and its verdict."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta

from pipeline.events import STAGES
from pipeline.report import words
from pipeline.store import ReviewRecord, State
from pipeline.types import Party, Risk, Status
from ui.components.sheet import render

STAGE: Mapping[str, str] = {
    "ingest": "读取文件",
    "segment": "拆分条款",
    "index": "建立索引",
    "retrieve": "找相关条款",
    "check": "逐项判断",
}
ENGINE: Mapping[str, str] = {"rules": "规则引擎", "llm": "模型", "both": "规则引擎加模型"}
OPEN = (State.QUEUED, State.RUNNING)
MOST = 30  # files shown at once
KEPT = timedelta(hours=24)  # how long a finished one stays in the list
_TOGETHER = timedelta(seconds=10)
_COUNTED = (Status.ADVERSE, Status.MISSING, Status.UNREVIEWED, Status.VAGUE, Status.OK)


def shown(records: Sequence[ReviewRecord], *, now: datetime | None = None) -> list[ReviewRecord]:
    """The newest review of each contract: what was handed in last comes first, files that came together in their own order."""
    now = now or datetime.now(UTC)
    newest: dict[str, ReviewRecord] = {}
    for record in sorted(records, key=lambda r: r.queued_at, reverse=True):
        newest.setdefault(record.contract_id, record)
    kept = [r for r in newest.values() if r.state in OPEN or now - (r.finished_at or r.queued_at) < KEPT]
    batches: list[list[ReviewRecord]] = []
    for record in kept[:MOST]:
        if batches and batches[-1][-1].queued_at - record.queued_at < _TOGETHER:
            batches[-1].append(record)
        else:
            batches.append([record])
    return [record for batch in batches for record in reversed(batch)]


def row(record: ReviewRecord, areas: Mapping[str, str], *, size: int, doubt: str = "") -> str:
    """One file as HTML.

    Args:
        record: its newest review.
        areas: names of the areas by id, in the order of the playbook.
        size: of the file, bytes.
        doubt: why it is not sure who the merchant is; "" where it is.
    """
    return render(
        "files/row.html.j2",
        record=record,
        facts=" · ".join(_facts(record, size)),
        doubt=doubt,
        tiles=_tiles(record, areas),
        steps=_steps(record),
        doing=_doing(record),
        share=_share(record, len(areas)),
        counts=[(status, n) for status in _COUNTED if (n := record.counts.get(status))],
    )


def side(record: ReviewRecord) -> str:
    """Who was taken for the merchant, and who said so."""
    if record.merchant is None:
        return f"商家是{record.options.merchant}（您指定）" if record.options.merchant else "商家是哪一方：自动判断"
    return f"商家是{record.merchant}（{'您指定' if record.options.merchant else '自动判断'}）"


def other(record: ReviewRecord) -> Party:
    """The side that a correction would name."""
    return (record.merchant or record.options.merchant or Party.JIA).other


def _facts(record: ReviewRecord, size: int) -> list[str]:
    said = [told_size(size)]
    if record.state is not State.FAILED:
        said.append(side(record))
    if record.options.engine != "rules":
        said.append(ENGINE.get(record.options.engine, record.options.engine))
    if record.finished_at and record.started_at and record.state is State.DONE:
        said.append(f"用时 {max(1, round((record.finished_at - record.started_at).total_seconds()))} 秒")
    return said


def told_size(size: int) -> str:
    """Bytes in words."""
    return f"{size / 1048576:.1f} MB" if size >= 1048576 else f"{max(1, round(size / 1024))} KB"


def _tiles(record: ReviewRecord, areas: Mapping[str, str]) -> list[tuple[str, Risk | None, str]]:
    """(name, risk, word) of each area; the word of one that is still to come is told by what goes on."""
    known = {area.id: area.name for area in record.areas_ready}
    names = {**areas, **{a: known.get(a, a) for a in record.area_risks if a not in areas}}
    if record.state in (State.FAILED, State.CANCELLED) or (record.state is State.QUEUED):
        return []
    if record.state is State.DONE:
        names = {a: name for a, name in names.items() if a in record.area_risks}
    waiting = "判断中" if record.stage == "check" else "等待"
    return [
        (name, risk := record.area_risks.get(area), words.RISK[risk] if risk else waiting)
        for area, name in names.items()
    ]


def _steps(record: ReviewRecord) -> list[tuple[str, str]]:
    """(name, past|now|next) of each stage."""
    at = STAGES.index(record.stage) if record.stage in STAGES else 0
    return [(STAGE[s], "past" if n < at else "now" if n == at else "next") for n, s in enumerate(STAGES)]


def _doing(record: ReviewRecord) -> str:
    """What is done at this moment, with figures where there are any."""
    if record.stage == "ingest" and record.total:
        return f"识别扫描页 {record.done}/{record.total}"
    if record.stage == "check":
        return f"已判完 {len(record.area_risks)} 个方面" if record.area_risks else STAGE["check"]
    return STAGE.get(record.stage or "", "正在打开文件")


def _share(record: ReviewRecord, areas: int) -> int:
    """Per cent of the whole: a stage counts a fifth, and within it what is counted there."""
    if record.stage not in STAGES:
        return 2
    within = 0.0
    if record.stage == "ingest" and record.total:
        within = record.done / record.total
    elif record.stage == "check" and areas:
        within = len(record.area_risks) / areas
    return min(99, round((STAGES.index(record.stage) + within) / len(STAGES) * 100) + 2)
