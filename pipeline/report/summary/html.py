"""A run as one self-contained HTML page that works from disk: what came of it, the most frequent problems, and every contract.

The page allows its own script only, by hash, so nothing of a file's name can run. Without the script all contracts, links and figures of
the run are there; the script adds searching, filtering, sorting and opening a contract or an area into its checkpoints.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

from pipeline.report.package import xml_safe
from pipeline.report.page import carried, template
from pipeline.report.summary import words
from pipeline.report.summary.tally import Problem, Tally, area_risk, counts_of, riskiest_first, tally
from pipeline.report.summary.values import Area, Summary, SummaryFailure, SummaryFile, SummaryState
from pipeline.report.words import RISK, SEVERITY, STATUS
from pipeline.types import Risk, Status

_LINKED = 12  # contracts named under a problem; all of them are one click away
_LETTER: Mapping[Status, str] = {status: status.value[0] for status in Status}
_NOT_THERE = "-"
_RISKS = tuple(Risk)
_UNTOLD = SummaryFailure(cause="", reason="没有记下原因", remedy="请再审一次")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Named:
    """A contract as it is called: the folder apart, and where its report is."""

    name: str
    folder: str
    link: str | None
    others: Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Row:
    """A line of the table. ``letters`` are the first letters of the statuses, a string an area; ``figures`` JSON, by place in the line."""

    file: SummaryFile
    named: _Named
    kind: str
    counts: Mapping[Status, int]
    risks: Sequence[Risk | None]
    letters: Sequence[str]
    figures: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Problem:
    """A problem, its place in the line of checkpoints, and the contracts that have it, worst first."""

    problem: Problem
    place: int
    contracts: Sequence[tuple[Status, _Named]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Failures:
    """Files that failed for one cause and are helped by one remedy."""

    cause: str
    remedy: str
    files: Sequence[tuple[_Named, str]]


def as_html(summary: Summary, beside: Sequence[tuple[str, str]] = ()) -> str:
    """A complete HTML document; every name is escaped, every link relative and below the folder of the page.

    ``beside`` are label and path of other files of the run in that folder, to be linked at the foot.
    """
    counted = tally(summary)
    rows = [_row(file, counted.areas) for file in riskiest_first(summary.files)]
    page = template("pipeline.report.summary", "summary.html.j2").render(
        summary=summary,
        counted=counted,
        rows=rows,
        problems=_problems(counted, rows),
        failures=_failures(rows),
        kinds=_kinds(counted),
        risks=_RISKS,
        columns=json.dumps(
            [[name, [[called, SEVERITY[s]] for _, called, s in cs]] for _, name, cs in counted.areas],
            ensure_ascii=False,
        ),
        beside=[(label, link) for label, path in beside if (link := words.href(path))],
        facts=[*words.facts(summary, counted), *summary.conditions.items()],
        by_reason=_by_reason,
        words=words,
        RISK=RISK,
        STATUS=STATUS,
        SEVERITY=SEVERITY,
        **carried("pipeline.report.summary", "summary"),
    )
    return xml_safe(page)  # whatever a reason or a condition holds, the page can be written as UTF-8


def _named(file: SummaryFile) -> _Named:
    folder, _, name = file.name.rpartition("/")
    links = words.report_links(file)
    return _Named(
        name=words.one_line(name),
        folder=words.one_line(folder) if folder else "",
        link=links[0][1] if links else None,
        others=links[1:],
    )


def _row(file: SummaryFile, areas: Sequence[Area]) -> _Row:
    checkpoints = [id for _, _, cs in areas for id, _, _ in cs]
    figures = {str(n): words.one_line(f) for n, id in enumerate(checkpoints) if (f := _figure(file, id))}
    return _Row(
        file=file,
        named=_named(file),
        kind=_kind(file),
        counts=counts_of(file),
        risks=[area_risk(area, file) for area in areas],
        letters=["".join(_letter(file, id) for id, _, _ in cs) for _, _, cs in areas],
        figures=json.dumps(figures, ensure_ascii=False, separators=(",", ":")) if figures else "",
    )


def _letter(file: SummaryFile, checkpoint: str) -> str:
    found = file.findings.get(checkpoint)
    return _LETTER[found[0]] if found else _NOT_THERE


def _figure(file: SummaryFile, checkpoint: str) -> str | None:
    found = file.findings.get(checkpoint)
    return found[1] if found else None


def _kind(file: SummaryFile) -> str:
    """What the file is filtered by: its decision, or where it is."""
    if file.state == SummaryState.DONE:
        return file.decision or words.STATE[SummaryState.DONE]
    return words.STATE[SummaryState.FAILED if file.state == SummaryState.FAILED else SummaryState.QUEUED]


def _kinds(counted: Tally) -> list[tuple[str, int]]:
    found = [(word, counted.decisions[word]) for word in words.DECISIONS if counted.decisions.get(word)]
    found += [(word, n) for word, n in counted.decisions.items() if word not in words.DECISIONS]
    found += [(words.STATE[SummaryState.FAILED], counted.failed), (words.STATE[SummaryState.QUEUED], counted.waiting)]
    return [(word, n) for word, n in found if n]


def _problems(counted: Tally, rows: Iterable[_Row]) -> list[_Problem]:
    """Checkpoints where something is to be changed, most frequent first, with the first contracts of each."""
    places = {id: n for n, id in enumerate(id for _, _, cs in counted.areas for id, _, _ in cs)}
    having: dict[tuple[str, Status], list[_Named]] = defaultdict(list)
    for row in rows:
        for id, (status, _) in row.file.findings.items():
            if status in words.PROBLEM and len(having[id, status]) < _LINKED:
                having[id, status].append(row.named)
    return [
        _Problem(
            problem=problem,
            place=places[problem.id],
            contracts=[(s, named) for s in words.PROBLEM for named in having[problem.id, s]][:_LINKED],
        )
        for problem in counted.problems
        if problem.open
    ]


def _failures(rows: Iterable[_Row]) -> list[_Failures]:
    """By cause and remedy, the most frequent cause first."""
    groups: dict[tuple[str, str], list[tuple[_Named, str]]] = defaultdict(list)
    often: Counter[str] = Counter()
    for row in rows:
        if row.file.state == SummaryState.FAILED:
            failure = row.file.failure or _UNTOLD
            groups[failure.cause, failure.remedy].append((row.named, failure.reason))
            often[failure.cause] += 1
    ordered = sorted(groups.items(), key=lambda item: (-often[item[0][0]], item[0][0], -len(item[1])))
    return [_Failures(cause=words.cause(cause), remedy=remedy, files=files) for (cause, remedy), files in ordered]


def _by_reason(files: Sequence[tuple[_Named, str]]) -> list[tuple[str, list[_Named]]]:
    """Files of one reason together, in the order the reasons came."""
    order = list(dict.fromkeys(reason for _, reason in files))
    ordered = sorted(files, key=lambda item: order.index(item[1]))
    return [(reason, [named for named, _ in group]) for reason, group in groupby(ordered, key=itemgetter(1))]
