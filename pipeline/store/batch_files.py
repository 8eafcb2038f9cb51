"""The files of a batch run, from the queue to their end: only one transaction ends a file, and only its run's driver makes it."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from pipeline.errors import NotFound
from pipeline.store.audit import record
from pipeline.store.base import clean, now, pages
from pipeline.store.batches import NOT_STARTED, Batches, reopen
from pipeline.store.packed import PackedReview, keep_review
from pipeline.store.records import BatchFile, Failure, FileState, State, SummaryRow
from pipeline.store.tables import areas, batch_files, batches, contracts, findings, reviews
from pipeline.types import Party, Risk, Status

_PAGE = 200
_MANY = 500
_UNENDED = (FileState.QUEUED.value, FileState.RUNNING.value)
_NO_FAILURE = {"cause": None, "reason": None, "remedy": None}


class BatchFiles(Batches):
    """The files of the batch runs of a store."""

    def batch_files(
        self, run_id: str, *, states: Collection[FileState] | None = None, after: int = 0, limit: int = 500
    ) -> tuple[BatchFile, ...]:
        """Files of a run behind position ``after``, by position."""
        wanted = _of(run_id).where(batch_files.c.position > after).order_by(batch_files.c.position).limit(limit)
        if states is not None:
            wanted = wanted.where(batch_files.c.state.in_([state.value for state in states]))
        with self.db.read() as connection:
            return tuple(_file(row) for row in connection.execute(wanted))

    def every_batch_file(self, run_id: str, *, states: Collection[FileState] | None = None) -> Iterator[BatchFile]:
        """Files of a run by position, read a page at a time: later pages may be of a later state."""
        after = 0
        while page := self.batch_files(run_id, states=states, after=after, limit=_PAGE):
            yield from page
            after = page[-1].position

    def next_files(self, run_id: str, limit: int) -> tuple[BatchFile, ...]:
        """Waiting files: those tried least often first, so that one that keeps bringing the run down comes last."""
        wanted = _of(run_id).where(batch_files.c.state == FileState.QUEUED.value)
        with self.db.read() as connection:
            in_order = wanted.order_by(batch_files.c.tries, batch_files.c.position).limit(limit)
            return tuple(_file(row) for row in connection.execute(in_order))

    def start_file(self, run_id: str, position: int, *, server: str, sha256: str, extension: str, size: int) -> bool:
        """Begin with a waiting file, or say that it has begun already; ``False`` where it has ended or another drives the run."""
        content = {"sha256": sha256, "extension": clean(extension), "size": size}
        with self.db.write() as connection:
            row = _driven(connection, run_id, position, server)
            if row is None or row.state not in _UNENDED:
                return False
            if row.state == FileState.RUNNING.value:
                return bool(row.sha256 == sha256)
            values = {"state": FileState.RUNNING.value, "started_at": now(), "tries": row.tries + 1, **content}
            _change(connection, row, **values)
        return True

    def finish_file(
        self,
        run_id: str,
        position: int,
        packed: PackedReview,
        *,
        server: str,
        contract_id: str,
        outputs: Mapping[str, str],
        seconds: float,
        review_id: str,
        reusable: bool = True,
    ) -> bool:
        """End a running file with its review, which is kept whole under ``review_id`` (``new_id``). Called again with that id, it only says so.

        Where it is not ``reusable`` (calls of a model failed), other files of the same bytes are reviewed anew.

        ``False``: the file has ended otherwise, waits again, or another drives the run; nothing is kept then.

        Raises:
            NotFound: the contract has been deleted.
        """
        with self.db.write() as connection:
            # First the contract, as who deletes it does: neither then waits for what the other holds.
            whose = sa.select(contracts.c.id).where(contracts.c.id == contract_id)
            there = connection.scalar(whose.with_for_update(read=True, key_share=True))
            row = _driven(connection, run_id, position, server)
            if row is None or row.state != FileState.RUNNING.value:
                return row is not None and row.review_id == review_id and not row.reused
            if there is None:
                raise NotFound("没有这份合同：可能已经删除")
            at = now()
            values = _review_row(row, packed, review_id, contract_id, at)
            values["conditions"] = row.conditions_sha256 if reusable else None
            connection.execute(reviews.insert().values(values))
            keep_review(self.db, connection, review_id, contract_id, packed)
            done = _done(contract_id, review_id, outputs, reused=False)
            _change(connection, row, **done, seconds=seconds, finished_at=at)
            record(self.db, connection, server, "batch_review", run=run_id, file=str(position), review=review_id)
        return True

    def reuse_file(
        self,
        run_id: str,
        position: int,
        review_id: str,
        *,
        server: str,
        sha256: str,
        extension: str,
        size: int,
        outputs: Mapping[str, str],
    ) -> bool:
        """End a file with the review of another of the same bytes, made under the run's conditions for the run's owner.

        ``False``: the file has ended otherwise, or another drives the run.

        Raises:
            NotFound: there is no such review (any more); the file is as it was.
        """
        whose = sa.select(contracts.c.id).join(reviews).where(reviews.c.id == review_id)
        with self.db.write() as connection:
            connection.execute(whose.with_for_update(read=True, key_share=True, of=contracts))
            row = _driven(connection, run_id, position, server)
            if row is None or row.state not in _UNENDED:
                return row is not None and row.review_id == review_id and row.reused
            fitting = _reusable(row.owner, row.conditions_sha256).where(
                reviews.c.id == review_id, batch_files.c.sha256 == sha256, batch_files.c.extension == clean(extension)
            )
            found = connection.execute(fitting.limit(1)).first()
            if found is None:
                raise NotFound("没有可以沿用的审查：合同可能已经删除")
            content = {"sha256": sha256, "extension": clean(extension), "size": size}
            done = _done(found.contract_id, review_id, outputs, reused=True)
            _change(connection, row, **content, **done, finished_at=now())
            record(self.db, connection, server, "batch_reuse", run=run_id, file=str(position), review=review_id)
        return True

    def fail_file(
        self,
        run_id: str,
        position: int,
        failure: Failure,
        *,
        server: str,
        sha256: str | None = None,
        extension: str | None = None,
        size: int | None = None,
        seconds: float | None = None,
    ) -> bool:
        """End a waiting or running file without a review; ``False`` where it has ended otherwise, or another drives the run."""
        told = {"cause": clean(failure.cause), "reason": clean(failure.reason), "remedy": clean(failure.remedy)}
        content = {"sha256": sha256, "extension": None if extension is None else clean(extension), "size": size}
        known = {name: value for name, value in content.items() if value is not None}
        with self.db.write() as connection:
            row = _driven(connection, run_id, position, server)
            if row is None or row.state not in _UNENDED:
                return row is not None and row.state == FileState.FAILED.value
            ended = {"state": FileState.FAILED.value, "finished_at": now(), "seconds": seconds}
            _change(connection, row, **ended, **told, **known)
            record(self.db, connection, server, "batch_fail", run=run_id, file=str(position))
        return True

    def release_file(self, run_id: str, position: int, *, server: str) -> bool:
        """Let a running file wait again; ``False`` where it has ended, or another drives the run."""
        with self.db.write() as connection:
            row = _driven(connection, run_id, position, server)
            if row is None or row.state not in _UNENDED:
                return False
            _change(connection, row, **NOT_STARTED)
        return True

    def retry_failed(self, run_id: str, *, who: str) -> int:
        """Let the failed files of a run wait again; how many. A finished run that has some is open again."""
        failed = (batch_files.c.run_id == run_id) & (batch_files.c.state == FileState.FAILED.value)
        with self.db.write() as connection:
            again = batch_files.update().where(failed).values(**NOT_STARTED, **_NO_FAILURE, seconds=None)
            count = connection.execute(again).rowcount
            if count:
                reopen(connection, run_id)
                record(self.db, connection, who, "retry_batch", run=run_id)
        return count

    def reusable(
        self, owner: str, keys: Collection[tuple[str, str]], conditions_sha256: str
    ) -> Mapping[tuple[str, str], str]:
        """Ids of finished reviews by (sha256 of the bytes, extension): the owner's own, made under just these conditions; the newest each."""
        found: dict[tuple[str, str], str] = {}
        asked = set(keys)
        for page in pages(sorted({sha256 for sha256, _ in asked}), _MANY):
            wanted = _reusable(owner, conditions_sha256).where(batch_files.c.sha256.in_(page))
            with self.db.read() as connection:
                for row in connection.execute(wanted.order_by(reviews.c.finished_at, reviews.c.id)):
                    if (row.sha256, row.extension) in asked:
                        found[row.sha256, row.extension] = row.id
        return found

    def outputs_of(self, review_id: str) -> Mapping[str, str]:
        """Reports that were written of a review, of whichever file: by path the sha256 of the content."""
        found: dict[str, str] = {}
        wanted = sa.select(batch_files.c.outputs).where(batch_files.c.review_id == review_id)
        with self.db.read() as connection:
            for outputs in connection.scalars(wanted.order_by(batch_files.c.finished_at)):
                found |= json.loads(outputs)
        return found

    def summary_rows(self, run_id: str) -> Iterator[SummaryRow]:
        """All files of a run by position, with what their reviews say. Read a page at a time: later pages may be of a later state."""
        for files in pages(self.every_batch_file(run_id), _PAGE):
            yield from self._summed(files)

    def _summed(self, files: Sequence[BatchFile]) -> Iterator[SummaryRow]:
        ids = sorted({file.review_id for file in files if file.review_id is not None})
        kept = sa.select(reviews.c.id, reviews.c.risk, reviews.c.decision, reviews.c.merchant)
        of_areas = findings.join(areas, (areas.c.review_id == findings.c.review_id) & (areas.c.area == findings.c.area))
        each = sa.select(findings.c.review_id, findings.c.checkpoint, findings.c.status, findings.c.figure)
        in_order = each.select_from(of_areas).order_by(areas.c.position, findings.c.position)
        with self.db.read() as connection:
            by_id = {row.id: row for row in connection.execute(kept.where(reviews.c.id.in_(ids)))}
            said: dict[str, dict[str, tuple[Status, str | None]]] = {review_id: {} for review_id in ids}
            for row in connection.execute(in_order.where(findings.c.review_id.in_(ids))):
                said[row.review_id][row.checkpoint] = (Status(row.status), row.figure)
        for file in files:
            found = by_id.get(file.review_id) if file.review_id else None
            yield SummaryRow(
                file=file,
                risk=Risk(found.risk) if found else None,
                decision=found.decision if found else None,
                merchant=Party(found.merchant) if found else None,
                findings=said[found.id] if found else {},
            )


def _of(run_id: str) -> sa.Select[Any]:
    return sa.select(batch_files).where(batch_files.c.run_id == run_id)


def _driven(connection: sa.Connection, run_id: str, position: int, server: str) -> Any:
    """A file with what its run says, where ``server`` drives that; nobody else takes the run or changes the file until the transaction ends."""
    mine = sa.select(batches.c.id).where(batches.c.id == run_id, batches.c.server == clean(server))
    if connection.scalar(mine.with_for_update(read=True)) is None:
        return None
    run = (
        batches.c.server,
        batches.c.owner,
        batches.c.engine,
        batches.c.merchant,
        batches.c.mask,
        batches.c.conditions_sha256,
    )
    wanted = (
        sa.select(batch_files, *run).join(batches).where(batches.c.id == run_id, batch_files.c.position == position)
    )
    return connection.execute(wanted.with_for_update(of=batch_files)).first()


def _change(connection: sa.Connection, row: Any, **values: Any) -> None:
    this = (batch_files.c.run_id == row.run_id) & (batch_files.c.position == row.position)
    connection.execute(batch_files.update().where(this).values(**values))


def _done(contract_id: str, review_id: str, outputs: Mapping[str, str], *, reused: bool) -> dict[str, Any]:
    return {
        "state": FileState.DONE.value,
        "contract_id": contract_id,
        "review_id": review_id,
        "reused": reused,
        "outputs": json.dumps(dict(outputs)),
        **_NO_FAILURE,
    }


def _review_row(row: Any, packed: PackedReview, review_id: str, contract_id: str, at: Any) -> dict[str, Any]:
    return {
        "id": review_id,
        "contract_id": contract_id,
        "owner": row.owner,
        "session": row.run_id,
        "asked_engine": row.engine,
        "asked_merchant": row.merchant,
        "mask": row.mask,
        "state": State.DONE.value,
        "done": len(packed.areas),
        "total": len(packed.areas),
        "worker": row.server,
        "tries": row.tries,
        "queued_at": row.started_at,
        "started_at": row.started_at,
        "beat_at": at,
        "finished_at": at,
        "risk": packed.risk.value,
        "decision": packed.decision,
        "merchant": packed.merchant.value,
        "playbook_sha256": packed.playbook_sha256,
        "model": packed.model,
    }


def _reusable(owner: str, conditions_sha256: str) -> sa.Select[Any]:
    """Reviews that runs made under these conditions. By the file they were made of: a contract's own extension is that of its newest name."""
    return (
        sa.select(reviews.c.id, reviews.c.contract_id, batch_files.c.sha256, batch_files.c.extension)
        .join(batch_files, batch_files.c.review_id == reviews.c.id)
        .where(
            reviews.c.owner == clean(owner),
            reviews.c.conditions == conditions_sha256,
            reviews.c.state == State.DONE.value,
            batch_files.c.reused.is_(False),
        )
    )


def _file(row: Any) -> BatchFile:
    values = {name: row._mapping[name] for name in BatchFile.__slots__ if name not in ("failure", "outputs", "state")}
    failure = None if row.cause is None else Failure(cause=row.cause, reason=row.reason, remedy=row.remedy)
    return BatchFile(**values, state=FileState(row.state), failure=failure, outputs=json.loads(row.outputs))
