"""A review as the store's rows: made where the review was made, so that who writes it serialises nothing."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter

from pipeline.retrieve import passages as passages_of
from pipeline.store.base import clean, pack, unpack
from pipeline.store.database import Database
from pipeline.store.tables import areas, findings, passages, results
from pipeline.types import AreaReview, Finding, Party, Review, Risk

AREA = TypeAdapter(AreaReview)
_REVIEW = TypeAdapter(Review)


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedPassage:
    """A passage that can be searched: where it is, what it says, and ``embedded``, the text that its vector is of."""

    clause: str
    page: int
    start: int
    stop: int
    text: str
    embedded: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedArea:
    """An area's row and those of its findings (columns by name), without the review's id; ``body`` is compressed JSON."""

    area: str
    risk: Risk
    body: bytes
    findings: tuple[Mapping[str, Any], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PackedReview:
    """All that the store writes of a finished review. ``file`` is the name it was reviewed under, ``body`` the whole as compressed JSON.

    No two passages are the same. Vectors for ``Store.add_vectors`` are those of their ``embedded`` texts, in this order.
    """

    file: str
    risk: Risk
    decision: str
    merchant: Party
    playbook_sha256: str
    model: str | None
    body: bytes
    areas: tuple[PackedArea, ...]
    passages: tuple[PackedPassage, ...]


def pack_review(review: Review) -> PackedReview:
    """What the store writes of a review, from which ``unpack_review`` makes an equal one."""
    document = review.document
    different = {(p.start, p.end, p.text): p for p in passages_of(document, review.clauses)}
    return PackedReview(
        file=document.file,
        risk=review.verdict.risk,
        decision=review.verdict.decision,
        merchant=review.merchant,
        playbook_sha256=review.engine.playbook_sha256,
        model=review.engine.model,
        body=pack(_REVIEW, review),
        areas=tuple(pack_area(area) for area in review.areas),
        passages=tuple(
            PackedPassage(
                clause=clean(review.clauses[p.clause].label),
                page=document.page_of(p.start),
                start=p.start,
                stop=p.end,
                text=clean(document.slice(p)),
                embedded=p.text,
            )
            for p in different.values()
        ),
    )


def unpack_review(body: bytes) -> Review:
    """The review whose ``PackedReview.body`` this is."""
    return unpack(_REVIEW, body)


def pack_area(area: AreaReview) -> PackedArea:
    """An area as rows."""
    rows = tuple(_finding(finding, area.id, at) for at, finding in enumerate(area.findings))
    return PackedArea(area=area.id, risk=area.risk, body=pack(AREA, area), findings=rows)


def passage_ids(contract_id: str, packed: PackedReview) -> tuple[str, ...]:
    """The ids of a review's passages, in their order: the same passage of the same contract always has the same."""
    marks = (f"{contract_id} {p.start} {p.stop} {p.embedded}" for p in packed.passages)
    return tuple(hashlib.sha256(mark.encode("utf-8", "surrogatepass")).hexdigest()[:32] for mark in marks)


def keep_areas(connection: sa.Connection, review_id: str, packed: tuple[PackedArea, ...], first: int = 0) -> None:
    """Write areas and their findings; the first is at position ``first`` of the review."""
    if packed:
        rows = [
            {"review_id": review_id, "area": a.area, "position": at, "risk": a.risk.value, "body": a.body}
            for at, a in enumerate(packed, first)
        ]
        connection.execute(areas.insert(), rows)
    if found := [{"review_id": review_id, **row} for area in packed for row in area.findings]:
        connection.execute(findings.insert(), found)


def keep_review(
    database: Database, connection: sa.Connection, review_id: str, contract_id: str, packed: PackedReview
) -> None:
    """Write all but the row of the review itself. Its passages take the place of an older review's of the contract."""
    keep_areas(connection, review_id, packed.areas)
    connection.execute(results.insert().values(review_id=review_id, body=packed.body))
    database.lock(connection, f"passages {contract_id}")
    connection.execute(passages.delete().where(passages.c.contract_id == contract_id))
    rows = [
        {
            "id": passage_id,
            "contract_id": contract_id,
            "review_id": review_id,
            "clause": p.clause,
            "page": p.page,
            "start": p.start,
            "stop": p.stop,
            "text": p.text,
            "embedded": clean(p.embedded),
        }
        for passage_id, p in zip(passage_ids(contract_id, packed), packed.passages, strict=True)
    ]
    if rows:
        connection.execute(passages.insert(), rows)


def _finding(finding: Finding, area: str, position: int) -> Mapping[str, Any]:
    return {
        "checkpoint": finding.checkpoint,
        "area": area,
        "position": position,
        "name": clean(finding.name),
        "status": finding.status.value,
        "severity": finding.severity.value,
        "figure": None if finding.figure is None else clean(finding.figure),
        "reason": clean(finding.reason),
    }
