"""Who did what, and when: rows that are only ever added, each sealed with the hash of the one before.

Every method that changes what a person has in the store adds one, in the transaction of the change; progress of a running review does not.
A row holds ids, never a word of a contract, a note or a playbook. The chain shows a row changed, taken out or put in; whoever can rewrite the
whole table could seal it anew, and the end could be cut off: against both the hash of the last row is told, to be noted elsewhere.
"""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from pipeline.store.base import Part, clean, now
from pipeline.store.database import Database
from pipeline.store.records import AuditEntry, AuditReport
from pipeline.store.tables import audit

START = "0" * 64
_LOCK = "audit"
_PAGE = 1000


def record(database: Database, connection: sa.Connection, who: str, what: str, **ids: str) -> None:
    """Add an entry. The last thing a transaction does: nobody else can add one until it ends."""
    database.lock(connection, _LOCK)
    last = connection.execute(sa.select(audit.c.seq, audit.c.hash).order_by(audit.c.seq.desc()).limit(1)).first()
    row = {
        "seq": last.seq + 1 if last else 1,
        "at": now().isoformat(timespec="microseconds"),
        "who": clean(who),
        "what": what,
        "ids": json.dumps(ids, sort_keys=True, separators=(",", ":")),
        "previous": last.hash if last else START,
    }
    connection.execute(audit.insert().values(**row, hash=seal(row)))


def seal(row: dict[str, Any]) -> str:
    """The hash over a row and the one before it."""
    sealed = json.dumps([row[k] for k in ("previous", "seq", "at", "who", "what", "ids")], ensure_ascii=False)
    return hashlib.sha256(sealed.encode()).hexdigest()


class Audit(Part):
    """The audit trail of a store."""

    def audit_trail(self, limit: int = 100) -> tuple[AuditEntry, ...]:
        """The last entries, newest first."""
        with self.db.read() as connection:
            rows = connection.execute(sa.select(audit).order_by(audit.c.seq.desc()).limit(limit)).all()
        return tuple(
            AuditEntry(
                seq=row.seq,
                at=datetime.fromisoformat(row.at).astimezone(UTC),
                who=row.who,
                what=row.what,
                ids=json.loads(row.ids),
                hash=row.hash,
            )
            for row in rows
        )

    def verify_audit(self, expect: str | None = None) -> AuditReport:
        """Go through the whole trail; ``expect`` is a hash noted earlier that must still be in it."""
        previous, checked, seen = START, 0, expect in (None, START)
        with self.db.read() as connection:
            if connection.scalar(sa.select(audit.c.seq).where(audit.c.seq < 1).limit(1)) is not None:
                return AuditReport(ok=False, checked=0, head=START, broken_at=0, problem="开头有不该有的记录")
            while True:
                page = sa.select(audit).where(audit.c.seq > checked).order_by(audit.c.seq).limit(_PAGE)
                rows = connection.execute(page).mappings().all()
                for row in rows:
                    at = checked + 1
                    if problem := _wrong(dict(row), at, previous):
                        return AuditReport(ok=False, checked=checked, head=previous, broken_at=at, problem=problem)
                    previous, checked = row["hash"], at
                    seen = seen or previous == expect
                if len(rows) < _PAGE:
                    break
        if not seen:
            problem = "给出的指纹不在记录里：结尾被截去，或整份记录被改写过"
            return AuditReport(ok=False, checked=checked, head=previous, problem=problem)
        return AuditReport(ok=True, checked=checked, head=previous)


def _wrong(row: dict[str, Any], seq: int, previous: str) -> str | None:
    if row["seq"] != seq:
        return f"第 {seq} 条记录不见了"
    if row["previous"] != previous:
        return f"第 {seq} 条记录接不上前一条"
    if row["hash"] != seal(row):
        return f"第 {seq} 条记录被改过"
    return None
