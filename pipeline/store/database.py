"""One engine for SQLite and PostgreSQL: transactions, locks between processes, migration to the newest schema."""

from __future__ import annotations

import hashlib
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import ArgumentError, DBAPIError, InvalidRequestError, SQLAlchemyError
from sqlalchemy.pool import ConnectionPoolEntry

from pipeline.errors import StoreError, StoreUnavailable

BUSY_SECONDS = 30.0
_MIGRATION = "migration"
# A server that went without a word is noticed, not waited for: by who connects, by who waits for an answer, by who has sent something.
_PATIENCE = {
    "connect_timeout": "10",
    "keepalives_idle": "30",
    "keepalives_interval": "10",
    "keepalives_count": "3",
    "tcp_user_timeout": "60000",  # ms
}
# Of PostgreSQL: no connection, going down or coming up, no connection free, another transaction in the way.
_PASSING_STATES = ("08", "57P", "53300", "40001", "40P01", "55P03")
_PASSING_CODES = (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


class Database:
    """Connections to one database, migrated to the newest schema. Safe from several threads and processes.

    Raises:
        StoreError: it cannot be reached, or a newer version of the program made it.
    """

    def __init__(self, url: str) -> None:
        self._url = _with_driver(url)
        self.sqlite = self._url.get_backend_name() == "sqlite"
        self.engine = self._engine()
        try:
            with self._told("打不开"):
                self._migrate()
        except BaseException:
            self.close()
            raise

    @property
    def url(self) -> str:
        """Its address, with the password where there is one."""
        return self._url.render_as_string(hide_password=False)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one state of a SQLite database, and committed rows of PostgreSQL."""
        with self._told("读不了"), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A transaction, committed at the end, undone by an exception. On SQLite it is the only one that writes, from its start."""
        with (
            self._told("写不进去"),
            self.engine.connect().execution_options(immediate=True) as connection,
            connection.begin(),
        ):
            yield connection

    def lock(self, connection: sa.Connection, name: str) -> None:
        """Until the transaction ends, nobody else holds the lock ``name``. A SQLite writer is alone already."""
        if not self.sqlite:
            key = int.from_bytes(hashlib.sha256(f"shenyue {name}".encode()).digest()[:8], signed=True)
            connection.execute(sa.select(sa.func.pg_advisory_xact_lock(key)))

    def wipe(self) -> None:
        """Let nothing that was deleted stay in SQLite's log; what was deleted in the file itself is overwritten at once.

        A reader that is busy can hold the log back: then the next call does it. PostgreSQL clears away deleted rows by itself (autovacuum).
        """
        if self.sqlite:
            with self._told("写不进去"), closing(self.engine.raw_connection()) as connection:
                connection.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _told(self, trouble: str) -> Iterator[None]:
        try:
            yield
        except (ArgumentError, InvalidRequestError):
            raise  # a mistake of ours, not of the database
        except (SQLAlchemyError, sqlite3.Error) as error:
            where = self._url.database if self.sqlite else self._url.render_as_string(hide_password=True)
            why = str(getattr(error, "orig", None) or error).strip().split("\n")[0]
            if _passing(error):
                raise StoreUnavailable(
                    f"数据库 {where} {trouble}：{why}。现在连不上或正忙，请检查数据库是否在运行、网络是否通，然后再试"
                ) from error
            raise StoreError(
                f"数据库 {where} {trouble}：{why}。请检查磁盘空间、权限和数据库是否在运行，然后再试"
            ) from error

    def _engine(self) -> sa.Engine:
        if not self.sqlite:
            patience = {name: value for name, value in _PATIENCE.items() if name not in self._url.query}
            return sa.create_engine(self._url, connect_args=patience, pool_pre_ping=True, pool_size=5, max_overflow=20)
        engine = sa.create_engine(
            self._url, connect_args={"timeout": BUSY_SECONDS, "isolation_level": None}, pool_size=5, max_overflow=50
        )
        sa.event.listen(engine, "connect", _prepare)
        sa.event.listen(engine, "begin", _begin)
        return engine

    def _migrate(self) -> None:
        from alembic import command
        from alembic.config import Config
        from alembic.migration import MigrationContext
        from alembic.script import ScriptDirectory
        from alembic.util import CommandError

        config = Config()
        config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        newest = ScriptDirectory.from_config(config).get_current_head()
        with self.engine.connect() as connection:
            if MigrationContext.configure(connection).get_current_revision() == newest:
                return
        try:
            with self.engine.connect().execution_options(immediate=True) as connection, connection.begin():
                self.lock(connection, _MIGRATION)
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
        except CommandError as error:
            raise StoreError(f"数据库是更新的版本建立的，这个版本打不开（{error}）。请升级审约") from error


def _with_driver(url: str) -> sa.URL:
    try:
        found = sa.make_url(url)
    except ArgumentError as error:
        raise StoreError("数据库地址 SHENYUE_DATABASE_URL 看不懂，应当像 postgresql://用户:密码@主机/库名") from error
    if found.drivername in ("postgres", "postgresql"):
        return found.set(drivername="postgresql+psycopg")
    if found.drivername not in ("postgresql+psycopg", "sqlite", "sqlite+pysqlite"):
        raise StoreError(f"不支持这种数据库：{found.drivername}。请用 postgresql:// 开头的地址，或留空用本机文件")
    return found


def _passing(error: BaseException) -> bool:
    """Whether the same may succeed later: the database is away or busy, and nothing is wrong with what was asked."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return True
        error = error.orig or error
    if isinstance(error, sqlite3.Error):
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _PASSING_CODES
    state = getattr(error, "sqlstate", None)
    if state is None:  # the server said nothing
        return any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)
    return str(state).startswith(_PASSING_STATES)


def _prepare(connection: Any, record: ConnectionPoolEntry) -> None:
    """Set up a new connection to SQLite."""
    for pragma in (
        f"busy_timeout={int(BUSY_SECONDS * 1000)}",
        "synchronous=NORMAL",
        "foreign_keys=ON",
        "secure_delete=ON",  # what is deleted is overwritten in the file
    ):
        connection.execute(f"PRAGMA {pragma}")
    _log_ahead(connection)


def _log_ahead(connection: Any) -> None:
    """Turn the write-ahead log on. SQLite doesn't wait its busy time here, when several processes open a new file at once."""
    until = time.monotonic() + BUSY_SECONDS
    while True:
        try:
            connection.execute("PRAGMA journal_mode=WAL").fetchall()
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return


def _begin(connection: sa.Connection) -> None:
    """A writer takes its lock at the start: one that reads first and then finds it taken could not go on."""
    immediate = connection.get_execution_options().get("immediate", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if immediate else "BEGIN")
