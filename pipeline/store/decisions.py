"""What people decided on findings; nothing is overwritten, the latest counts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from pipeline.errors import NotFound, StoreError
from pipeline.store.audit import record
from pipeline.store.base import Part, clean, now
from pipeline.store.records import Action, Decision
from pipeline.store.tables import decisions, findings
from pipeline.types import Status


class Decisions(Part):
    """The decisions of a store."""

    def decide(
        self,
        review_id: str,
        checkpoint: str,
        action: Action,
        *,
        who: str,
        status: Status | None = None,
        note: str = "",
    ) -> Decision:
        """Keep a decision on a finding; ``status`` is the new one of a change and ignored otherwise.

        Raises:
            NotFound: the review has no such finding.
            StoreError: a change without a new status.
        """
        action = Action(action)
        if action is Action.CHANGE and status is None:
            raise StoreError("改判要选一个新的结论")
        made = Decision(
            review_id=review_id,
            checkpoint=checkpoint,
            action=action,
            status=Status(status) if action is Action.CHANGE and status is not None else None,
            note=clean(note),
            who=clean(who),
            at=now(),
        )
        with self.db.write() as connection:
            judged = (findings.c.review_id == review_id) & (findings.c.checkpoint == checkpoint)
            if connection.scalar(sa.select(findings.c.status).where(judged)) is None:
                raise NotFound("没有这个检查点的结论：还没有审完，或合同已经删除")
            connection.execute(
                decisions.insert().values(
                    review_id=review_id,
                    checkpoint=checkpoint,
                    action=made.action.value,
                    status=made.status.value if made.status else None,
                    note=made.note,
                    who=made.who,
                    at=made.at,
                )
            )
            record(self.db, connection, who, f"decide_{action.value}", review=review_id, checkpoint=checkpoint)
        return made

    def decisions(self, review_id: str) -> Mapping[str, Decision]:
        """The latest decision on each checkpoint that has one."""
        return {decision.checkpoint: decision for decision in self.decision_history(review_id)}

    def decision_history(self, review_id: str) -> tuple[Decision, ...]:
        """All decisions on a review, oldest first."""
        wanted = sa.select(decisions).where(decisions.c.review_id == review_id).order_by(decisions.c.seq)
        with self.db.read() as connection:
            return tuple(_decision(row) for row in connection.execute(wanted))


def _decision(row: Any) -> Decision:
    return Decision(
        review_id=row.review_id,
        checkpoint=row.checkpoint,
        action=Action(row.action),
        status=Status(row.status) if row.status else None,
        note=row.note,
        who=row.who,
        at=row.at,
    )
