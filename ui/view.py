"""A review as plain values for the two panes: findings with their words, marks in the contract, alerts, decisions.

Pure: the same review and place give the same values, and nothing of them is markup; whoever shows them sets text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from pipeline.report import words
from pipeline.store import Action
from pipeline.types import AreaReview, Citation, Finding, Opinion, PageSource, Review, Span, Status
from ui.document_view import Mark, document_view, key_of, merged

ACTIONS: Mapping[Action, str] = {Action.ACCEPT: "采纳", Action.REJECT: "不采纳", Action.CHANGE: "改判"}
LOW_CONFIDENCE = 0.9  # of OCR, below which a reader is told to look at the picture
LONGEST_NOTE = 500  # characters

_ASK: Mapping[Status, str] = {
    Status.ADVERSE: "要求对方改成",
    Status.VAGUE: "请对方写具体",
    Status.MISSING: "请对方补上",
    Status.UNREVIEWED: "先看原文；没有约定就请对方补上",
}
_FIGURE = re.compile(
    r"[0-9][0-9,.]*\s*(?:%|％|‰|个?百分点|秒|分钟|小时|个?工作日|个?自然日|日|天|周|个月|月|年|万?元|倍|项|人|次)"
)


class Decided(Protocol):
    """What was decided of a finding, as the store keeps it."""

    @property
    def action(self) -> Action:
        """What was decided."""

    @property
    def status(self) -> Status | None:
        """The new status of a change."""

    @property
    def note(self) -> str:
        """Why, in the words of who decided."""

    @property
    def who(self) -> str:
        """Who decided."""

    @property
    def at(self) -> datetime:
        """When."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A decision asked for on the page; ``status`` is given exactly for a change."""

    checkpoint: str
    action: Action
    status: Status | None = None
    note: str = ""


def review_view(
    review: Review,
    *,
    pictures: str | None = None,
    finding: str | None = None,
    area: str | None = None,
    at: int | None = None,
) -> dict[str, Any]:
    """Everything the panes show but what was decided.

    Args:
        review: a finished review.
        pictures: address of the page pictures of the file, see ``ui.serve.hand_out``.
        finding: checkpoint to open with.
        area: area to open with.
        at: offset of the text to open at.
    """
    told = words.told(review)
    place = _clause_span(review, at)
    marks = merged([*_marks(told), *_alert_marks(review), *([_near(place, "place", "")] if place else [])])
    return {
        "document": document_view(review, marks, pictures),
        "statuses": [[s.value, words.STATUS[s]] for s in Status],
        "counts": [[s.value, n] for s, n in words.counts(review.findings)],
        "areas": [
            {"id": a.id, "name": a.name, "short": _short(a.name), "risk": a.risk.value, "word": words.RISK[a.risk]}
            for a, _ in told
        ],
        "findings": [_finding(review, area, n) for area, findings in told for n in findings],
        "alerts": _alerts(review),
        "open": {"finding": finding, "area": area, "mark": key_of(place) if place else None},
    }


def decisions_view(decisions: Mapping[str, Decided]) -> dict[str, Any]:
    """The latest decision of each checkpoint: who, when and what."""
    return {checkpoint: _decision(decided) for checkpoint, decided in decisions.items()}


def asked(payload: object, review: Review) -> Asked | None:
    """The decision a browser sent, or ``None`` for anything that is none: an unknown checkpoint, action or status."""
    if not isinstance(payload, Mapping):
        return None
    checkpoint, note = payload.get("checkpoint"), payload.get("note") or ""
    action = next((a for a in Action if a.value == payload.get("action")), None)
    if action is None or not isinstance(note, str):
        return None
    if checkpoint not in {f.checkpoint for f in review.findings}:
        return None
    status = next((s for s in Status if s.value == payload.get("status")), None)
    if (action is Action.CHANGE) is not (status is not None):
        return None
    return Asked(checkpoint=str(checkpoint), action=action, status=status, note=note.strip()[:LONGEST_NOTE])


def _finding(review: Review, area: AreaReview, numbered: words.Numbered) -> dict[str, Any]:
    f = numbered.finding
    return {
        "id": f.checkpoint,
        "number": numbered.number,
        "area": area.id,
        "name": f.name,
        "status": f.status.value,
        "severity": words.SEVERITY[f.severity],
        "rank": words.worst_first(review.findings).index(f),
        "reason": emphasised(f.reason, f.figure),
        "citations": _citations(review, f.citations),
        "ask": _ask(f),
        "searched": list(f.searched),
        "nearest": _citations(review, f.nearest),
        "rejected": list(f.rejected_quotes),
        "readings": [_reading(review, f, who, opinion) for who, opinion in _readings(f)],
        "decided_by": f.disagreement.decided_by if f.disagreement else "",
    }


def _ask(finding: Finding) -> dict[str, Any]:
    """What to ask for; of a finding that is ok it is shown only after it was changed."""
    wording = finding.wording
    return {
        "title": _ASK.get(finding.status, "可以这样写"),
        "lines": [
            ["标准", "先这样提", wording.preferred],
            ["可接受", "对方不同意时", wording.acceptable],
            ["底线", "自己心里有数，不要发给对方", wording.walk_away],
        ],
    }


def _readings(finding: Finding) -> tuple[tuple[str, Opinion], ...]:
    return words.readings(finding.disagreement) if finding.disagreement else ()


def _reading(review: Review, finding: Finding, who: str, opinion: Opinion) -> dict[str, Any]:
    return {
        "who": who,
        "status": opinion.status.value,
        "followed": opinion.status is finding.status,
        "reason": emphasised(opinion.reason, None),
        "citations": _citations(review, opinion.citations),
    }


def _citations(review: Review, citations: Iterable[Citation]) -> list[dict[str, Any]]:
    pages = review.document.pages
    unsure = {p.number: p.confidence for p in pages if p.source is PageSource.OCR and p.confidence < LOW_CONFIDENCE}
    return [
        {
            "mark": key_of(c),
            "where": words.where(c.clause, c.page, len(pages)),
            "text": c.text,
            "confidence": round(unsure[c.page], 2) if c.page in unsure else None,
        }
        for c in citations
    ]


def _alerts(review: Review) -> list[dict[str, Any]]:
    return [
        {
            "id": _alert_id(group),
            "name": words.ALERT[group.kind],
            "messages": list(group.messages),
            "citations": _citations(review, dict.fromkeys(c for alert in group.alerts for c in alert.citations)),
        }
        for group in words.alert_groups(review)
    ]


def _alert_id(group: words.AlertGroup) -> str:
    return f"alert-{group.kind.value}"


def _decision(decided: Decided) -> dict[str, Any]:
    return {
        "action": decided.action.value,
        "status": decided.status.value if decided.status else None,
        "note": decided.note,
        "who": decided.who,
        "when": moment(decided.at),
        "at": decided.at.isoformat(),
    }


def moment(at: datetime) -> str:
    """A time as a person of this machine's time zone writes it."""
    local = at.astimezone()
    return f"{local.month} 月 {local.day} 日 {local:%H:%M}"


def emphasised(reason: str, figure: str | None) -> list[list[Any]]:
    """``reason`` in pieces of [text, is a figure]: the figure that decided, and every number with a unit, as limits are written."""
    spans = [match.span() for match in _FIGURE.finditer(reason)]
    if figure and (at := reason.find(figure)) >= 0:
        spans.append((at, at + len(figure)))
    pieces: list[list[Any]] = []
    done = 0
    for start, end in sorted(spans, key=lambda s: (s[0], -s[1])):
        if start < done:
            continue
        pieces += [[reason[done:start], False]] if start > done else []
        pieces.append([reason[start:end], True])
        done = end
    return [*pieces, [reason[done:], False]] if done < len(reason) else pieces


def _short(name: str) -> str:
    """What an area is called where there is little room: up to its first "与" or "、"."""
    return re.split("[与、/]", name)[0]


def _marks(told: Sequence[tuple[AreaReview, Sequence[words.Numbered]]]) -> Iterator[Mark]:
    for _, findings in told:
        for numbered in findings:
            f, number = numbered.finding, str(numbered.number)
            title = f"{number} {f.name}：{words.STATUS[f.status]}"
            for c in f.citations:
                yield Mark(
                    start=c.start,
                    end=c.end,
                    kind=f.status.value,
                    targets=(f.checkpoint,),
                    numbers=(number,),
                    titles=(title,),
                )
            opinions = (c for _, opinion in _readings(f) for c in opinion.citations)
            yield from (_near(c, f.checkpoint, "") for c in (*f.nearest, *opinions))


def _near(span: Span, target: str, number: str) -> Mark:
    return Mark(start=span.start, end=span.end, kind="near", targets=(target,), numbers=(number,), titles=("",))


def _alert_marks(review: Review) -> Iterator[Mark]:
    for group in words.alert_groups(review):
        for c in dict.fromkeys(c for alert in group.alerts for c in alert.citations):
            yield Mark(
                start=c.start,
                end=c.end,
                kind="alert",
                targets=(_alert_id(group),),
                numbers=("!",),
                titles=(words.ALERT[group.kind],),
            )


def _clause_span(review: Review, at: int | None) -> Span | None:
    """The words of the clause at an offset, without the blanks around them."""
    clause = None if at is None else next((c for c in review.clauses if c.start <= at < c.end), None)
    if clause is None:
        return None
    text = review.document.slice(clause)
    start, end = len(text) - len(text.lstrip()), len(text.rstrip())
    return Span(start=clause.start + start, end=clause.start + end) if start < end else None
