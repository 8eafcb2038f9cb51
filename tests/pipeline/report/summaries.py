"""Runs to be told of: small ones, with whatever a test wants different."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pipeline.playbook import Playbook, load_playbook
from pipeline.report.summary import Area, Summary, SummaryFailure, SummaryFile, SummaryState
from pipeline.types import Party, Risk, Status, Verdict

STARTED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
OPEN_AS_FORMULA = ('=HYPERLINK("http://x","点我").docx', "+1+1.pdf", "-2.txt", "@SUM(A1).docx", "\t=1.txt", "\n=1.txt")


def areas_of(playbook: Playbook) -> tuple[Area, ...]:
    return tuple((a.id, a.name, tuple((c.id, c.name, c.severity) for c in a.checkpoints)) for a in playbook.areas)


AREAS = areas_of(load_playbook())
CHECKPOINTS = tuple(id for _, _, checkpoints in AREAS for id, _, _ in checkpoints)


def all_of(status: Status) -> dict[str, tuple[Status, str | None]]:
    return dict.fromkeys(CHECKPOINTS, (status, None))


def verdicts(findings: Mapping[str, tuple[Status, str | None]]) -> dict[str, Verdict]:
    return {id: Verdict(checkpoint=id, status=status, reason="") for id, (status, _) in findings.items()}


def done(name: str, position: int = 1, **changes: Any) -> SummaryFile:
    file = SummaryFile(
        position=position,
        name=name,
        state=SummaryState.DONE,
        risk=Risk.LOW,
        decision="可签",
        merchant=Party.JIA,
        findings=all_of(Status.OK),
        links={"docx": f"{name}.docx", "html": f"{name}.html"},
        seconds=1.5,
        review_id=f"r{position}",
    )
    return replace(file, **changes)


def failed(name: str, position: int = 1, cause: str = "input", reason: str = "打开要密码") -> SummaryFile:
    failure = SummaryFailure(cause=cause, reason=reason, remedy="请去掉密码后再审")
    return SummaryFile(position=position, name=name, state=SummaryState.FAILED, failure=failure)


def queued(name: str, position: int = 1) -> SummaryFile:
    return SummaryFile(position=position, name=name, state=SummaryState.QUEUED)


@dataclass(frozen=True)
class Streamed:
    """Files that are never all in memory."""

    files: tuple[SummaryFile, ...]

    def __iter__(self) -> Iterator[SummaryFile]:
        yield from self.files


def summary(*files: SummaryFile, **changes: Any) -> Summary:
    told = Summary(
        run_id="3f9c1b7a52de4f08",
        source="/data/合同",
        out="/data/结果",
        state="finished",
        started_at=STARTED,
        finished_at=STARTED + timedelta(minutes=2),
        seconds=120.0,
        engine_line="规则引擎（本机，不联网）",
        conditions={"引擎": "rules", "审查标准": "12cc0b9c12d5"},
        playbook_name="电商客服外包",
        areas=AREAS,
        files=Streamed(files),
    )
    return replace(told, **changes)


def varied() -> Summary:
    """Every state and every status, with a name that is trouble."""
    bad = all_of(Status.OK) | {
        "scope.response_time": (Status.ADVERSE, "10 分钟"),
        "scope.channels": (Status.MISSING, None),
        "fees.payment_cycle": (Status.VAGUE, None),
        "data.deletion": (Status.UNREVIEWED, None),
    }
    worse = bad | {"scope.response_time": (Status.MISSING, None), "term.exit": (Status.ADVERSE, None)}
    return summary(
        done("华东/一.docx", 1),
        done("华东/二.docx", 2, risk=Risk.MEDIUM, decision="改后再签", findings=bad),
        done('换\n行 <b>&"名"</b> 😀.pdf', 3, risk=Risk.HIGH, decision="不建议签", findings=worse, merchant=Party.YI),
        done("四.docx", 4, same_as="华东/一.docx", seconds=None),
        failed("五.pdf", 5),
        failed("六.pdf", 6, cause="time", reason="审查超过 10 分钟还没有结束"),
        queued("七.docx", 7),
        state="open",
        finished_at=None,
    )
