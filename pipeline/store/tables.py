"""The tables, one noun each. What changes here needs a migration beside it; a test holds the two together."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Dialect,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.types import TypeDecorator


class Instant(TypeDecorator[datetime]):
    """An aware time in UTC, on databases that keep no zone too."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:
        """To UTC; SQLite gets it without the zone."""
        if value is None:
            return None
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:
        """In UTC."""
        if value is None:
            return None
        found: datetime = value
        return found.replace(tzinfo=UTC) if found.tzinfo is None else found.astimezone(UTC)


metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)
_ID = String(32)
_WHO = String(320)


def _of(table: str, **options: Any) -> Column[Any]:
    """A reference that goes when what it refers to goes."""
    return Column(f"{table.rstrip('s')}_id", _ID, ForeignKey(f"{table}.id", ondelete="CASCADE"), **options)


contracts = Table(
    "contracts",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("owner", _WHO, nullable=False),
    Column("name", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("extension", String(16), nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("added_at", Instant, nullable=False),
    UniqueConstraint("owner", "sha256"),
    Index(None, "sha256"),
)

reviews = Table(
    "reviews",
    metadata,
    Column("id", _ID, primary_key=True),
    _of("contracts", nullable=False),
    Column("owner", _WHO, nullable=False),
    Column("session", String(128), nullable=False),
    # what was asked for
    Column("asked_engine", String(64), nullable=False),
    Column("asked_merchant", String(16)),
    Column("asked_playbook", _ID),
    Column("mask", Boolean, nullable=False),
    # how far it is
    Column("state", String(16), nullable=False),
    Column("stage", String(32)),
    Column("done", Integer, nullable=False),
    Column("total", Integer, nullable=False),
    Column("error", Text),
    Column("worker", Text),
    Column("tries", Integer, nullable=False),
    Column("queued_at", Instant, nullable=False),
    Column("started_at", Instant),
    Column("beat_at", Instant),
    Column("finished_at", Instant),
    # what came of it
    Column("risk", String(16)),
    Column("decision", String(32)),
    Column("merchant", String(16)),
    Column("playbook_sha256", String(64)),
    Column("model", Text),
    Column("conditions", String(64)),  # of a batch run: sha256 of all that the result depends on beside the file
    Index(None, "state", "queued_at"),
    Index(None, "owner", "queued_at"),
    Index(None, "contract_id"),
    Index(None, "conditions"),
)

# When a session was last served; apart from the reviews, so that deleting one gives nobody a turn.
turns = Table(
    "turns",
    metadata,
    Column("owner", _WHO, primary_key=True),
    Column("session", String(128), primary_key=True),
    Column("served_at", Instant, nullable=False),
)

areas = Table(
    "areas",
    metadata,
    _of("reviews", primary_key=True),
    Column("area", String(64), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("risk", String(16), nullable=False),
    Column("body", LargeBinary, nullable=False),
)

findings = Table(
    "findings",
    metadata,
    _of("reviews", primary_key=True),
    Column("checkpoint", String(128), primary_key=True),
    Column("area", String(64), nullable=False),
    Column("position", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("status", String(16), nullable=False),
    Column("severity", String(16), nullable=False),
    Column("figure", Text),
    Column("reason", Text, nullable=False),
    Index(None, "checkpoint", "status"),
)

results = Table(
    "results",
    metadata,
    _of("reviews", primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# One row a passage that can be searched, of the newest finished review of a contract. Its vector is in the clause library under the same id.
passages = Table(
    "passages",
    metadata,
    Column("id", String(48), primary_key=True),
    _of("contracts", nullable=False),
    _of("reviews", nullable=False),
    Column("clause", Text, nullable=False),
    Column("page", Integer, nullable=False),
    Column("start", Integer, nullable=False),
    Column("stop", Integer, nullable=False),
    Column("text", Text, nullable=False),
    Column("embedded", Text, nullable=False),
    Index(None, "contract_id"),
    Index(None, "review_id"),
)

decisions = Table(
    "decisions",
    metadata,
    Column("seq", Integer, primary_key=True, autoincrement=True),
    _of("reviews", nullable=False),
    Column("checkpoint", String(128), nullable=False),
    Column("action", String(16), nullable=False),
    Column("status", String(16)),
    Column("note", Text, nullable=False),
    Column("who", _WHO, nullable=False),
    Column("at", Instant, nullable=False),
    Index(None, "review_id"),
)

playbooks = Table(
    "playbooks",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("owner", _WHO, nullable=False),
    Column("name", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("saved_at", Instant, nullable=False),
    Index(None, "owner"),
)

runs = Table(
    "runs",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("name", Text, nullable=False),
    Column("body", LargeBinary, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("saved_at", Instant, nullable=False),
)

batches = Table(
    "batches",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("owner", _WHO, nullable=False),
    Column("source", Text, nullable=False),
    Column("out", Text, nullable=False),
    Column("formats", Text, nullable=False),
    Column("engine", String(64), nullable=False),
    Column("merchant", String(16)),
    Column("mask", Boolean, nullable=False),
    Column("playbook", Text),
    Column("playbook_name", Text),
    Column("conditions", Text, nullable=False),
    Column("conditions_sha256", String(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("started_at", Instant, nullable=False),
    Column("finished_at", Instant),
    Column("server", Text),
    Column("beat_at", Instant),
    Column("seconds", Float(53), nullable=False),
    Index(None, "owner", "started_at"),
)

batch_files = Table(
    "batch_files",
    metadata,
    Column("run_id", _ID, ForeignKey("batches.id", ondelete="CASCADE"), primary_key=True),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("name", Text, nullable=False),
    Column("name_sha256", String(64), nullable=False),  # PostgreSQL indexes no text of more than 2,700 bytes
    Column("uri", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("sha256", String(64)),
    Column("extension", Text, nullable=False),
    Column("size", BigInteger),
    Column("contract_id", _ID, ForeignKey("contracts.id", ondelete="SET NULL")),
    Column("review_id", _ID, ForeignKey("reviews.id", ondelete="SET NULL")),
    Column("reused", Boolean, nullable=False),
    Column("cause", String(32)),
    Column("reason", Text),
    Column("remedy", Text),
    Column("tries", Integer, nullable=False),
    Column("outputs", Text, nullable=False),
    Column("started_at", Instant),
    Column("finished_at", Instant),
    Column("seconds", Float(53)),
    UniqueConstraint("run_id", "name_sha256"),
    Index(None, "run_id", "state", "tries", "position"),
    Index(None, "sha256"),
    Index(None, "contract_id"),
    Index(None, "review_id"),
)

# Each hash is over the row and the hash before it. Times are text here: a hash needs the very signs.
audit = Table(
    "audit",
    metadata,
    Column("seq", BigInteger, primary_key=True, autoincrement=False),
    Column("at", String(40), nullable=False),
    Column("who", Text, nullable=False),
    Column("what", String(64), nullable=False),
    Column("ids", Text, nullable=False),
    Column("previous", String(64), nullable=False),
    Column("hash", String(64), nullable=False),
)
