"""Reviews, read: one, many, a whole one, and the findings of many."""

from __future__ import annotations

import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from pipeline.errors import NotFound
from pipeline.store.base import pages, unpack
from pipeline.store.contracts import Contracts
from pipeline.store.packed import AREA, unpack_review
from pipeline.store.records import FindingRow, ReviewOptions, ReviewRecord, State
from pipeline.store.tables import areas, contracts, findings, results, reviews
from pipeline.types import AreaReview, Party, Review, Risk, Severity, Status

_MANY = 500
_PAGE = 50  # reviews whose areas are read at once


class Reviews(Contracts):
    """The reviews of a store."""

    def review(self, review_id: str, *, owner: str | None = None) -> ReviewRecord:
        """The review of that id; ``owner`` is who asks, ``None`` for an administrator.

        Raises:
            NotFound: there is none, or it is another's.
        """
        found = self._records(reviews.c.id == review_id, areas_of=tuple(State))
        if not found or owner not in (None, found[0].owner):
            raise NotFound("没有这次审查：合同可能已经删除")
        return found[0]

    def reviews(
        self,
        *,
        owner: str | None = None,
        contract_id: str | None = None,
        states: Collection[State] | None = None,
        session: str | None = None,
        since: datetime | None = None,
    ) -> tuple[ReviewRecord, ...]:
        """Reviews that fit all that is given, newest first; ``since`` takes those submitted from then on, and older ones that have not ended."""
        wanted: sa.ColumnElement[bool] = sa.true()
        for column, value in (
            (reviews.c.owner, owner),
            (reviews.c.contract_id, contract_id),
            (reviews.c.session, session),
        ):
            if value is not None:
                wanted &= column == value
        if states is not None:
            wanted &= reviews.c.state.in_([state.value for state in states])
        if since is not None:
            unended = reviews.c.state.in_((State.QUEUED.value, State.RUNNING.value))
            wanted &= (reviews.c.queued_at >= since) | unended
        return self._records(wanted, areas_of=(State.RUNNING,))

    def load(self, review_id: str) -> Review:
        """A finished review, equal to what ``finish`` was given.

        Raises:
            NotFound: there is none, or it has not finished.
        """
        return unpack_review(self.packed_body(review_id))

    def packed_body(self, review_id: str) -> bytes:
        """A finished review as it is kept: what ``unpack_review`` takes.

        Raises:
            NotFound: there is none, or it has not finished.
        """
        with self.db.read() as connection:
            body: bytes | None = connection.scalar(sa.select(results.c.body).where(results.c.review_id == review_id))
        if body is None:
            raise NotFound("没有这次审查的结果：还没有审完，或合同已经删除")
        return bytes(body)

    def area_bodies(self, review_ids: Iterable[str]) -> Iterator[tuple[str, list[dict[str, Any]]]]:
        """The areas of finished reviews as plain JSON objects, in the order of the ids; what has gone or not finished is passed over."""
        wanted = sa.select(areas.c.review_id, areas.c.body).order_by(areas.c.review_id, areas.c.position)
        done = wanted.join(reviews).where(reviews.c.state == State.DONE.value)
        for page in pages(review_ids, _PAGE):
            bodies: dict[str, list[bytes]] = defaultdict(list)
            with self.db.read() as connection:
                for row in connection.execute(done.where(areas.c.review_id.in_(page))):
                    bodies[row.review_id].append(row.body)
            for review_id in page:
                if review_id in bodies:
                    yield review_id, [json.loads(zlib.decompress(body)) for body in bodies[review_id]]

    def findings(self, review_ids: Sequence[str]) -> tuple[FindingRow, ...]:
        """The findings of reviews, in the order of the ids and of each review; of a running review those judged so far."""
        rows: dict[str, list[FindingRow]] = defaultdict(list)
        of_areas = findings.join(areas, (areas.c.review_id == findings.c.review_id) & (areas.c.area == findings.c.area))
        wanted = sa.select(findings).select_from(of_areas).order_by(areas.c.position, findings.c.position)
        with self.db.read() as connection:
            for at in range(0, len(review_ids), _MANY):
                part = wanted.where(findings.c.review_id.in_(review_ids[at : at + _MANY]))
                for row in connection.execute(part):
                    rows[row.review_id].append(_finding(row))
        return tuple(row for review_id in review_ids for row in rows[review_id])

    def _records(self, wanted: sa.ColumnElement[bool], *, areas_of: Collection[State]) -> tuple[ReviewRecord, ...]:
        ids = sa.select(reviews.c.id).where(wanted)
        with_bodies = ids.where(reviews.c.state.in_([state.value for state in areas_of]))
        counts: dict[str, dict[Status, int]] = defaultdict(dict)
        risks: dict[str, dict[str, Risk]] = defaultdict(dict)
        ready: dict[str, list[AreaReview]] = defaultdict(list)
        named = sa.select(reviews, contracts.c.name.label("contract_name")).join(contracts)
        with self.db.read() as connection:
            rows = connection.execute(named.where(wanted).order_by(reviews.c.queued_at.desc(), reviews.c.id)).all()
            if not rows:
                return ()
            each = (findings.c.review_id, findings.c.status)
            for row in connection.execute(
                sa.select(*each, sa.func.count().label("count")).where(findings.c.review_id.in_(ids)).group_by(*each)
            ):
                counts[row.review_id][Status(row.status)] = row[2]
            in_order = sa.select(areas.c.review_id, areas.c.area, areas.c.risk).order_by(areas.c.position)
            for row in connection.execute(in_order.where(areas.c.review_id.in_(ids))):
                risks[row.review_id][row.area] = Risk(row.risk)
            bodies = sa.select(areas.c.review_id, areas.c.body).order_by(areas.c.position)
            for row in connection.execute(bodies.where(areas.c.review_id.in_(with_bodies))):
                ready[row.review_id].append(unpack(AREA, row.body))
        return tuple(_review(row, tuple(ready[row.id]), counts[row.id], risks[row.id]) for row in rows)


def _review(row: Any, ready: tuple[AreaReview, ...], counts: dict[Status, int], risks: dict[str, Risk]) -> ReviewRecord:
    options = ReviewOptions(
        engine=row.asked_engine,
        merchant=Party(row.asked_merchant) if row.asked_merchant else None,
        playbook=row.asked_playbook,
        mask=row.mask,
    )
    return ReviewRecord(
        id=row.id,
        contract_id=row.contract_id,
        contract_name=row.contract_name,
        owner=row.owner,
        session=row.session,
        options=options,
        state=State(row.state),
        stage=row.stage,
        done=row.done,
        total=row.total,
        areas_ready=ready,
        error=row.error,
        queued_at=row.queued_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        risk=Risk(row.risk) if row.risk else None,
        decision=row.decision,
        counts=counts,
        area_risks=risks,
        merchant=Party(row.merchant) if row.merchant else None,
        playbook_sha256=row.playbook_sha256,
        engine=row.asked_engine,
        model=row.model,
        worker=row.worker,
        tries=row.tries,
        beat_at=row.beat_at,
    )


def _finding(row: Any) -> FindingRow:
    return FindingRow(
        review_id=row.review_id,
        area=row.area,
        checkpoint=row.checkpoint,
        name=row.name,
        status=Status(row.status),
        severity=Severity(row.severity),
        figure=row.figure,
        reason=row.reason,
    )
