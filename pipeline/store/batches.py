"""Batch runs: which files a run has, who drives it, how far it is.

One driver has a run at a time; it is told by name in every call that changes something, and learns from ``False`` that another took the run.
Every call may be made again after ``StoreUnavailable``: what was done already is done once, and answered as the first time.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import timedelta
from pathlib import PurePosixPath
from typing import Any

import sqlalchemy as sa

from pipeline.errors import NotFound
from pipeline.store.audit import record
from pipeline.store.base import clean, new_id, now, pages
from pipeline.store.records import BatchRun, FileState, NewBatch, NewFile, RunState
from pipeline.store.reviews import Reviews
from pipeline.store.tables import batch_files, batches
from pipeline.types import Party

_MANY = 500
_SHOWN = 5  # runs named where a prefix fits several
NOT_STARTED = {"state": FileState.QUEUED.value, "started_at": None, "finished_at": None}


class Batches(Reviews):
    """The batch runs of a store."""

    def create_batch(self, new: NewBatch, files: Iterable[NewFile]) -> BatchRun:
        """Begin a run. A name that comes twice is taken once."""
        run_id, listed = new_id(), tuple(files)  # listed first: nobody else can write to SQLite while this does
        with self.db.write() as connection:
            connection.execute(
                batches.insert().values(
                    id=run_id,
                    owner=clean(new.owner),
                    source=clean(new.source),
                    out=clean(new.out),
                    formats=json.dumps(new.formats),
                    engine=new.engine,
                    merchant=new.merchant.value if new.merchant else None,
                    mask=new.mask,
                    playbook=None if new.playbook is None else clean(new.playbook),
                    playbook_name=None if new.playbook_name is None else clean(new.playbook_name),
                    conditions=json.dumps(dict(new.conditions)),
                    conditions_sha256=new.conditions_sha256,
                    state=RunState.OPEN.value,
                    started_at=now(),
                    seconds=0.0,
                )
            )
            _append(connection, run_id, listed)
            record(self.db, connection, new.owner, "create_batch", run=run_id)
        return self.batch(run_id)

    def add_batch_files(self, run_id: str, files: Iterable[NewFile]) -> int:
        """Append the files whose names the run does not have; how many. A finished run that gets some is open again.

        Raises:
            NotFound: no such run.
        """
        listed = tuple(files)
        with self.db.write() as connection:
            if _locked(connection, run_id) is None:
                raise NotFound("没有这次批量审查")
            added = _append(connection, run_id, listed)
            if added:
                reopen(connection, run_id)
        return added

    def batch(self, run_id: str, *, owner: str | None = None) -> BatchRun:
        """The run of that id, or the only one whose id begins so; ``owner`` is who asks, ``None`` for an administrator.

        Raises:
            NotFound: there is none, it is another's, or several begin so.
        """
        mine = sa.true() if owner is None else batches.c.owner == owner
        with self.db.read() as connection:
            exact = connection.execute(sa.select(batches).where(batches.c.id == run_id, mine)).all()
            found = exact or connection.execute(_beginning(run_id).where(mine)).all() if run_id else ()
            if len(found) == 1:
                return _runs(connection, found)[0]
        if not found:
            raise NotFound(f"没有编号为 {run_id} 的批量审查")
        shown = "、".join(row.id[: max(12, len(run_id) + 4)] for row in found[:_SHOWN])
        more = " 等" if len(found) > _SHOWN else ""
        raise NotFound(f"不止一次批量审查的编号以 {run_id} 开头：{shown}{more}。请多写几位")

    def batches(self, *, owner: str | None = None, limit: int = 50) -> tuple[BatchRun, ...]:
        """An owner's runs, or everybody's, newest first."""
        wanted = sa.select(batches).order_by(batches.c.started_at.desc(), batches.c.id).limit(limit)
        if owner is not None:
            wanted = wanted.where(batches.c.owner == owner)
        with self.db.read() as connection:
            return _runs(connection, connection.execute(wanted).all())

    def open_batch(
        self, owner: str, source: str, out: str, formats: Sequence[str], conditions_sha256: str
    ) -> BatchRun | None:
        """The newest run of these that has not finished."""
        same = {
            "owner": clean(owner),
            "source": clean(source),
            "out": clean(out),
            "formats": json.dumps(tuple(formats)),
            "conditions_sha256": conditions_sha256,
            "state": RunState.OPEN.value,
        }
        wanted = sa.select(batches).filter_by(**same).order_by(batches.c.started_at.desc(), batches.c.id).limit(1)
        with self.db.read() as connection:
            return next(iter(_runs(connection, connection.execute(wanted).all())), None)

    def take_batch(self, run_id: str, server: str, *, is_gone: Callable[[str], bool], silent: timedelta) -> bool:
        """Become the driver of a run; its running files wait again. ``False`` where another drives it.

        Args:
            server: names this driver, and no other ever.
            is_gone: whether the driver of that name is known to have ended.
            silent: a driver that was not heard from for so long has lost the run.

        Raises:
            NotFound: no such run.
        """
        server = clean(server)
        with self.db.write() as connection:
            run = _locked(connection, run_id)
            if run is None:
                raise NotFound("没有这次批量审查")
            others = run.server not in (None, server)
            if others and run.beat_at > now() - silent and not is_gone(run.server):
                return False
            connection.execute(batches.update().where(batches.c.id == run_id).values(server=server, beat_at=now()))
            put_back(connection, run_id)
            record(self.db, connection, server, "take_batch", run=run_id)
        return True

    def beat_batch(self, run_id: str, server: str, seconds: float) -> bool:
        """Tell that the driver lives, and how many ``seconds`` it has driven since it told last. ``False``: another took the run."""
        values = {"beat_at": now(), "seconds": batches.c.seconds + seconds}
        with self.db.write() as connection:
            mine = batches.update().where(batches.c.id == run_id, batches.c.server == clean(server))
            return connection.execute(mine.values(**values)).rowcount == 1

    def finish_batch(self, run_id: str, server: str) -> bool:
        """End a run whose files have all ended. ``False`` where some have not, or another took the run: nothing changes then."""
        unended = batch_files.c.state.in_((FileState.QUEUED.value, FileState.RUNNING.value))
        with self.db.write() as connection:
            run = _locked(connection, run_id)
            if run is not None and run.state == RunState.FINISHED.value and run.server is None:
                return True
            if run is None or run.server != clean(server):
                return False
            left = sa.select(batch_files.c.position).where(batch_files.c.run_id == run_id, unended).limit(1)
            if connection.scalar(left) is not None:
                return False
            values = {"state": RunState.FINISHED.value, "finished_at": now(), "server": None}
            connection.execute(batches.update().where(batches.c.id == run_id).values(**values))
            record(self.db, connection, server, "finish_batch", run=run_id)
        return True

    def leave_batch(self, run_id: str, server: str) -> bool:
        """Stop driving a run that is to be resumed; its running files wait again. ``False`` where another took it."""
        with self.db.write() as connection:
            run = _locked(connection, run_id)
            if run is None or run.server not in (None, clean(server)):
                return False
            connection.execute(batches.update().where(batches.c.id == run_id).values(server=None))
            put_back(connection, run_id)
        return True


def reopen(connection: sa.Connection, run_id: str) -> None:
    """Let a run that has waiting files again be driven."""
    values = {"state": RunState.OPEN.value, "finished_at": None}
    connection.execute(batches.update().where(batches.c.id == run_id).values(**values))


def put_back(connection: sa.Connection, run_id: str) -> None:
    """Let the running files of a run wait again."""
    running = (batch_files.c.run_id == run_id) & (batch_files.c.state == FileState.RUNNING.value)
    connection.execute(batch_files.update().where(running).values(**NOT_STARTED))


def _locked(connection: sa.Connection, run_id: str) -> Any:
    """The row of a run, which nobody else changes until the transaction ends."""
    return connection.execute(sa.select(batches).where(batches.c.id == run_id).with_for_update()).first()


def _beginning(prefix: str) -> sa.Select[Any]:
    begins = batches.c.id.startswith(prefix, autoescape=True)
    return sa.select(batches).where(begins).order_by(batches.c.started_at.desc()).limit(_SHOWN + 1)


def _append(connection: sa.Connection, run_id: str, files: Sequence[NewFile]) -> int:
    """Add files whose names the run does not have; how many."""
    known = set(connection.scalars(sa.select(batch_files.c.name_sha256).where(batch_files.c.run_id == run_id)))
    last = connection.scalar(sa.select(sa.func.max(batch_files.c.position)).where(batch_files.c.run_id == run_id)) or 0
    new: dict[str, NewFile] = {}
    for file in files:
        mark = hashlib.sha256(file.name.encode("utf-8", "surrogatepass")).hexdigest()
        if mark not in known:
            new.setdefault(mark, file)
    rows = (_new_row(run_id, at, mark, file) for at, (mark, file) in enumerate(new.items(), last + 1))
    for page in pages(rows, _MANY):
        connection.execute(batch_files.insert(), page)
    return len(new)


def _new_row(run_id: str, position: int, mark: str, file: NewFile) -> dict[str, Any]:
    problem = file.problem
    return {
        "run_id": run_id,
        "position": position,
        "name": clean(file.name),
        "name_sha256": mark,
        "uri": clean(file.uri),
        "state": FileState.FAILED.value if problem else FileState.QUEUED.value,
        "extension": clean(PurePosixPath(file.name).suffix.lower()),
        "reused": False,
        "cause": clean(problem.cause) if problem else None,
        "reason": clean(problem.reason) if problem else None,
        "remedy": clean(problem.remedy) if problem else None,
        "tries": 0,
        "outputs": "{}",
        "finished_at": now() if problem else None,
    }


def _runs(connection: sa.Connection, rows: Sequence[Any]) -> tuple[BatchRun, ...]:
    each = (batch_files.c.run_id, batch_files.c.state)
    wanted = sa.select(*each, sa.func.count()).where(batch_files.c.run_id.in_([row.id for row in rows])).group_by(*each)
    counts: dict[str, dict[FileState, int]] = defaultdict(lambda: dict.fromkeys(FileState, 0))
    for run_id, state, count in connection.execute(wanted):
        counts[run_id][FileState(state)] = count
    return tuple(_run(row, counts[row.id]) for row in rows)


def _run(row: Any, counts: dict[FileState, int]) -> BatchRun:
    values = dict(row._mapping)
    values["formats"] = tuple(json.loads(row.formats))
    values["conditions"] = json.loads(row.conditions)
    values["merchant"] = Party(row.merchant) if row.merchant else None
    values["state"] = RunState(row.state)
    return BatchRun(**values, counts=counts)
