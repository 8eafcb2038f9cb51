"""Evaluation runs that are kept, to be looked at and compared."""

from __future__ import annotations

import hashlib
import zlib

import sqlalchemy as sa

from pipeline.errors import NotFound
from pipeline.store.audit import record
from pipeline.store.base import Part, clean, new_id, now
from pipeline.store.records import RunText, SavedRun
from pipeline.store.tables import runs


class Runs(Part):
    """The evaluation runs of a store. That the JSON is a run (``shenyue.run/1``) is for the caller to see to."""

    def save_run(self, name: str, run_json: str, *, who: str = "") -> SavedRun:
        """Keep a run."""
        text = run_json.encode("utf-8", "surrogatepass")
        saved = SavedRun(id=new_id(), name=clean(name).strip(), sha256=hashlib.sha256(text).hexdigest(), saved_at=now())
        with self.db.write() as connection:
            connection.execute(
                runs.insert().values(
                    id=saved.id,
                    name=saved.name,
                    body=zlib.compress(text),
                    sha256=saved.sha256,
                    saved_at=saved.saved_at,
                )
            )
            record(self.db, connection, who, "save_run", run=saved.id)
        return saved

    def runs(self) -> tuple[SavedRun, ...]:
        """All runs, newest first, without their JSON."""
        columns = (runs.c.id, runs.c.name, runs.c.sha256, runs.c.saved_at)
        with self.db.read() as connection:
            found = connection.execute(sa.select(*columns).order_by(runs.c.saved_at.desc(), runs.c.id))
            return tuple(SavedRun(**row._mapping) for row in found)

    def run(self, run_id: str) -> RunText:
        """A run with its JSON, as it was saved.

        Raises:
            NotFound: there is none.
        """
        with self.db.read() as connection:
            row = connection.execute(sa.select(runs).where(runs.c.id == run_id)).first()
        if row is None:
            raise NotFound("没有这次评测的结果：可能已经删除")
        text = zlib.decompress(row.body).decode("utf-8", "surrogatepass")
        return RunText(id=row.id, name=row.name, sha256=row.sha256, saved_at=row.saved_at, text=text)

    def delete_run(self, run_id: str, *, who: str = "") -> None:
        """Delete a run.

        Raises:
            NotFound: there is none.
        """
        with self.db.write() as connection:
            if not connection.execute(runs.delete().where(runs.c.id == run_id)).rowcount:
                raise NotFound("没有这次评测的结果：可能已经删除")
            record(self.db, connection, who, "delete_run", run=run_id)
