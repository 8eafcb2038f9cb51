"""A run for programs: ``run.json`` (``shenyue.batch/1``, described by ``batch.schema.json``) and the lines of ``findings.jsonl``."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from importlib import resources
from statistics import quantiles
from typing import Any

from pipeline.report.summary.tally import Problem, Tally, counts_of, tally
from pipeline.report.summary.values import Area, Summary, SummaryFile, SummaryState
from pipeline.report.summary.words import per_minute
from pipeline.types import Risk, Status

FORMAT = "shenyue.batch/1"
# What splits a line for some readers, and what UTF-8 cannot hold: halves of a surrogate pair, which names of files can have.
_TO_ESCAPE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff]")


def as_json(summary: Summary) -> str:
    """``as_report`` as indented JSON ending in a newline, which any name of a file leaves encodable as UTF-8."""
    return _escaped(json.dumps(as_report(summary), ensure_ascii=False, indent=2)) + "\n"


def as_report(summary: Summary) -> dict[str, Any]:
    """The run as plain values: times are ISO 8601, durations seconds, links relative to the folder of the summary."""
    counted = tally(summary)
    return {
        "format": FORMAT,
        "run": {
            "id": summary.run_id,
            "state": summary.state,
            "source": summary.source,
            "out": summary.out,
            "started_at": summary.started_at.isoformat(),
            "finished_at": summary.finished_at.isoformat() if summary.finished_at else None,
            "seconds": round(summary.seconds, 3),
            "contracts_per_minute": _rounded(per_minute(summary, counted)),
            "review_seconds": _review_seconds(counted),
            "engine": summary.engine_line,
            "conditions": dict(summary.conditions),
        },
        "playbook": {"name": summary.playbook_name, "areas": [_area(area) for area in counted.areas]},
        "counts": {
            "files": counted.files,
            "states": {state.value: counted.states.get(state, 0) for state in SummaryState},
            "risks": {risk.value: counted.risks.get(risk, 0) for risk in Risk},
            "decisions": dict(sorted(counted.decisions.items())),
            "causes": dict(sorted(counted.causes.items())),
            "same_as_another": counted.same,
            "checkpoints": [_problem(problem) for problem in counted.problems],
        },
        "files": [_file(file) for file in summary.files],
    }


def finding_lines(file: SummaryFile, areas: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """One line of JSON a finding, without line breaks in or after it.

    ``areas`` are dumped ``AreaReview`` values. ``start`` and ``end`` are offsets into the text of the contract as reviewed.

    Raises:
        KeyError: an area is no dumped ``AreaReview``.
    """
    for area in areas:
        for finding in area["findings"]:
            line = {
                "file": file.name,
                "review": file.review_id,
                "area": area["id"],
                "checkpoint": finding["checkpoint"],
                "name": finding["name"],
                "status": finding["status"],
                "severity": finding["severity"],
                "figure": finding.get("figure"),
                "reason": finding["reason"],
                "suggestion": finding["suggestion"],
                "citations": [
                    {key: citation[key] for key in ("clause", "page", "start", "end", "text")}
                    for citation in finding.get("citations", ())
                ],
            }
            yield _escaped(json.dumps(line, ensure_ascii=False))


def schema() -> dict[str, Any]:
    """The JSON Schema of ``run.json``."""
    text = (resources.files("pipeline.report.summary") / "batch.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def _area(area: Area) -> dict[str, Any]:
    id, name, checkpoints = area
    told = [{"id": c, "name": called, "severity": severity.value} for c, called, severity in checkpoints]
    return {"id": id, "name": name, "checkpoints": told}


def _problem(problem: Problem) -> dict[str, Any]:
    return {"id": problem.id, **{status.value: problem.counts.get(status, 0) for status in Status}}


def _file(file: SummaryFile) -> dict[str, Any]:
    failure, counts = file.failure, counts_of(file)
    return {
        "position": file.position,
        "name": file.name,
        "state": SummaryState(file.state).value,
        "risk": file.risk.value if file.risk else None,
        "decision": file.decision,
        "merchant": file.merchant.value if file.merchant else None,
        "counts": {status.value: counts[status] for status in Status} if file.findings else None,
        "review": file.review_id,
        "same_as": file.same_as,
        "seconds": _rounded(file.seconds),
        "reports": dict(sorted(file.links.items())),
        "failure": {"cause": failure.cause, "reason": failure.reason, "remedy": failure.remedy} if failure else None,
    }


def _review_seconds(counted: Tally) -> dict[str, float] | None:
    """How long reviews took: the middle one, the one that 95 % are not slower than, and the slowest."""
    found = counted.seconds
    if not found:
        return None
    slow = quantiles(found, n=20, method="inclusive")[-1] if len(found) > 1 else found[0]
    return {"median": round(counted.median_seconds or 0.0, 3), "p95": round(slow, 3), "max": round(found[-1], 3)}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 3)


def _escaped(text: str) -> str:
    return _TO_ESCAPE.sub(lambda m: f"\\u{ord(m[0]):04x}", text)
