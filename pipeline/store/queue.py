"""The queue of reviews: who is next, how far it is, what came of it.

A worker that has lost its review (cancelled, deleted, given to another) learns it from the ``False`` of its next report, and nothing is written.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from pipeline.errors import NotFound
from pipeline.store.audit import record
from pipeline.store.base import clean, new_id, now
from pipeline.store.packed import keep_areas, keep_review, pack_area, pack_review
from pipeline.store.records import ReviewOptions, ReviewRecord, State
from pipeline.store.reviews import Reviews
from pipeline.store.tables import areas, contracts, findings, playbooks, reviews, turns
from pipeline.types import AreaReview, Review

_CLAIM = "claim"
_NOBODYS = {"worker": None, "stage": None, "done": 0, "total": 0, "started_at": None, "beat_at": None}


class Queue(Reviews):
    """The queue of a store."""

    def submit(self, contract_id: str, options: ReviewOptions, *, who: str, session: str = "") -> ReviewRecord:
        """Put a review of a contract into the queue; it belongs to the contract's owner.

        Raises:
            NotFound: no such contract, or no such saved playbook.
        """
        review_id = new_id()
        with self.db.write() as connection:
            owner = connection.scalar(sa.select(contracts.c.owner).where(contracts.c.id == contract_id))
            if owner is None:
                raise NotFound("没有这份合同：可能已经删除")
            known = sa.select(playbooks.c.id).where(playbooks.c.id == options.playbook)
            if options.playbook is not None and connection.scalar(known) is None:
                raise NotFound("没有这份审查标准：可能已经删除，请另选一份")
            connection.execute(
                reviews.insert().values(
                    id=review_id,
                    contract_id=contract_id,
                    owner=owner,
                    session=clean(session)[:128],
                    asked_engine=options.engine,
                    asked_merchant=options.merchant.value if options.merchant else None,
                    asked_playbook=options.playbook,
                    mask=options.mask,
                    state=State.QUEUED.value,
                    done=0,
                    total=0,
                    tries=0,
                    queued_at=now(),
                )
            )
            record(self.db, connection, who, "submit", review=review_id, contract=contract_id)
        return self.review(review_id)

    def claim(self, worker: str) -> ReviewRecord | None:
        """Take the next review, to run it: the oldest of the (owner, session) served least recently. No two workers get the same one."""
        waiting = reviews.c.state == State.QUEUED.value
        with self.db.read() as connection:  # a look costs no lock
            if connection.scalar(sa.select(reviews.c.id).where(waiting).limit(1)) is None:
                return None
        whose = (turns.c.owner == reviews.c.owner) & (turns.c.session == reviews.c.session)
        following = (
            sa.select(reviews.c.id, reviews.c.owner, reviews.c.session)
            .outerjoin(turns, whose)
            .where(waiting)
            .order_by(turns.c.served_at.is_not(None), turns.c.served_at, reviews.c.queued_at, reviews.c.id)
            .limit(1)
            .with_for_update(of=reviews, skip_locked=True)
        )
        with self.db.write() as connection:
            self.db.lock(connection, _CLAIM)  # or two at once would both serve a session whose turn is not yet written
            row = connection.execute(following).first()
            if row is None:
                return None
            at = now()
            mine = {"state": State.RUNNING.value, "worker": clean(worker), "started_at": at, "beat_at": at}
            connection.execute(reviews.update().where(reviews.c.id == row.id).values(**mine, tries=reviews.c.tries + 1))
            turn = (turns.c.owner == row.owner) & (turns.c.session == row.session)
            if not connection.execute(turns.update().where(turn).values(served_at=at)).rowcount:
                connection.execute(turns.insert().values(owner=row.owner, session=row.session, served_at=at))
            record(self.db, connection, worker, "claim", review=row.id)
        return self.review(row.id)

    def advance(self, review_id: str, *, stage: str, done: int = 0, total: int = 0, worker: str | None = None) -> bool:
        """Tell how far a running review is, and that its worker lives."""
        with self.db.write() as connection:
            return self._running(connection, review_id, worker, stage=stage, done=done, total=total)

    def area_ready(self, review_id: str, area: AreaReview, *, worker: str | None = None) -> bool:
        """Keep an area of a running review; the same area again replaces it."""
        packed = pack_area(area)
        with self.db.write() as connection:
            if not self._running(connection, review_id, worker):
                return False
            at = connection.scalar(sa.select(sa.func.count()).where(areas.c.review_id == review_id)) or 0
            _forget(connection, review_id, area.id)
            keep_areas(connection, review_id, (packed,), at)
        return True

    def finish(self, review_id: str, review: Review, *, worker: str | None = None, searchable: bool = True) -> bool:
        """Keep a finished review whole, and let its clauses be found by searches.

        That takes a second or more; a caller with other work to do leaves it out (``searchable=False``) and calls ``make_searchable`` later.
        """
        packed = pack_review(review)
        whose = sa.select(contracts.c.id).join(reviews).where(reviews.c.id == review_id)
        with self.db.write() as connection:
            # First the contract, as who deletes it does: neither then waits for what the other holds.
            contract_id = connection.scalar(whose.with_for_update(read=True, key_share=True, of=contracts))
            kept = self._running(
                connection,
                review_id,
                worker,
                state=State.DONE.value,
                finished_at=now(),
                error=None,
                risk=packed.risk.value,
                decision=packed.decision,
                merchant=packed.merchant.value,
                playbook_sha256=packed.playbook_sha256,
                model=packed.model,
            )
            if not kept or contract_id is None:
                return False
            _forget(connection, review_id)
            keep_review(self.db, connection, review_id, contract_id, packed)
            record(self.db, connection, worker or "", "finish", review=review_id)
        if searchable:
            self.make_searchable(contract_id)
        return True

    def fail(self, review_id: str, reason: str, *, worker: str | None = None) -> bool:
        """End a running review without a result; ``reason`` is a Chinese sentence with the remedy."""
        with self.db.write() as connection:
            values = {"state": State.FAILED.value, "finished_at": now(), "error": clean(reason)}
            if not self._running(connection, review_id, worker, **values):
                return False
            record(self.db, connection, worker or "", "fail", review=review_id)
        return True

    def cancel(self, review_id: str, *, who: str) -> bool:
        """End a review that waits or runs; ``False`` where it has ended already.

        Raises:
            NotFound: there is none.
        """
        unended = reviews.c.state.in_((State.QUEUED.value, State.RUNNING.value))
        with self.db.write() as connection:
            values = {"state": State.CANCELLED.value, "finished_at": now()}
            if connection.execute(reviews.update().where(reviews.c.id == review_id, unended).values(**values)).rowcount:
                record(self.db, connection, who, "cancel", review=review_id)
                return True
        self.review(review_id)
        return False

    def requeue_abandoned(self, worker_prefix: str = "", *, silent_for: timedelta | None = None) -> int:
        """Put running reviews back into the queue that a worker named so has, and has said nothing of for ``silent_for``; how many.

        What was judged of them is forgotten; they keep their place in the queue.
        """
        lost = (reviews.c.state == State.RUNNING.value) & reviews.c.worker.startswith(worker_prefix, autoescape=True)
        if silent_for is not None:
            lost &= reviews.c.beat_at < now() - silent_for
        with self.db.read() as connection:  # asked every few seconds: a look costs no lock
            if connection.scalar(sa.select(reviews.c.id).where(lost).limit(1)) is None:
                return 0
        with self.db.write() as connection:
            ids = list(connection.scalars(sa.select(reviews.c.id).where(lost).with_for_update(skip_locked=True)))
            for review_id in ids:
                values = {"state": State.QUEUED.value, **_NOBODYS}
                connection.execute(reviews.update().where(reviews.c.id == review_id).values(**values))
                _forget(connection, review_id)
            for review_id in ids:
                record(self.db, connection, worker_prefix, "requeue_abandoned", review=review_id)
        return len(ids)

    def _running(self, connection: sa.Connection, review_id: str, worker: str | None, **values: Any) -> bool:
        """Change a running review; ``False`` where it no longer runs, or another ``worker`` has it."""
        mine = (reviews.c.id == review_id) & (reviews.c.state == State.RUNNING.value)
        if worker is not None:
            mine &= reviews.c.worker == clean(worker)
        return connection.execute(reviews.update().where(mine).values(beat_at=now(), **values)).rowcount == 1


def _forget(connection: sa.Connection, review_id: str, area: str | None = None) -> None:
    for table in (findings, areas):
        gone = table.delete().where(table.c.review_id == review_id)
        connection.execute(gone if area is None else gone.where(table.c.area == area))
