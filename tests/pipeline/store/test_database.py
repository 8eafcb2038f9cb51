from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from pipeline.store import NotFound, Store, StoreError, open_store
from pipeline.store.tables import metadata
from tests.pipeline.store import processes
from tests.pipeline.store.batch import done, taken
from tests.pipeline.store.conftest import Place
from tests.pipeline.store.samples import finished, submitted


def test_the_migrations_make_the_tables_that_the_code_uses(store: Store) -> None:
    with store.db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_a_store_of_before_batch_runs_is_brought_up_to_date(place: Place) -> None:
    record = finished(place.open())
    older = place.open()
    with older.db.write() as connection:
        for undone in (
            "DROP TABLE batch_files",
            "DROP TABLE batches",
            "DROP INDEX ix_reviews_conditions",
            "ALTER TABLE reviews DROP COLUMN conditions",
            "UPDATE alembic_version SET version_num = '0001'",
        ):
            connection.execute(sa.text(undone))
    store = place.open()
    assert store.review(record.id) == record
    run = taken(store, "一.txt")
    done(store, run, 1)
    with store.db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []
    assert store.verify_audit().ok


def test_a_store_is_opened_again_with_what_is_in_it(place: Place) -> None:
    record = finished(place.open())
    again = place.open()
    assert again.review(record.id) == record
    assert again.verify_audit().ok


def test_a_store_of_a_newer_version_is_not_touched(place: Place) -> None:
    store = place.open()
    with store.db.write() as connection:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(StoreError, match="更新的版本"):
        place.open()


def test_what_is_undone_by_an_error_leaves_nothing(store: Store) -> None:
    def half() -> None:
        with store.db.write() as connection:
            row = {"id": "x", "name": "n", "body": b"", "sha256": "s", "saved_at": datetime.now(UTC)}
            connection.execute(metadata.tables["runs"].insert().values(row))
            raise NotFound("nothing")

    with pytest.raises(NotFound):
        half()
    assert store.runs() == ()


def test_rows_of_nothing_are_refused(store: Store) -> None:
    submitted(store)
    with pytest.raises(StoreError), store.db.write() as connection:
        connection.execute(metadata.tables["results"].insert().values(review_id="0" * 32, body=b""))


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_sqlite_is_set_up_for_several_processes(place: Place) -> None:
    store = place.open()
    with store.db.read() as connection:
        found = {
            p: connection.scalar(sa.text(f"PRAGMA {p}")) for p in ("journal_mode", "foreign_keys", "secure_delete")
        }
        assert connection.scalar(sa.text("PRAGMA busy_timeout")) >= 10_000
    assert found == {"journal_mode": "wal", "foreign_keys": 1, "secure_delete": 1}


@pytest.mark.parametrize(
    ("url", "told"),
    [
        pytest.param("mysql://u:geheim@h/d", "不支持这种数据库", id="another database"),
        pytest.param("not an address", "看不懂", id="no address"),
        pytest.param("postgresql://me:geheim@127.0.0.1:1/x", "打不开", id="nobody there"),
        pytest.param("postgres://me:geheim@127.0.0.1:1/x", "打不开", id="old name of the scheme"),
    ],
)
def test_a_database_that_cannot_be_had_is_told_without_its_password(tmp_path: Path, url: str, told: str) -> None:
    with pytest.raises(StoreError, match=told) as error:
        open_store(url, tmp_path)
    assert "geheim" not in str(error.value)


def test_a_file_that_is_no_database_is_told(tmp_path: Path) -> None:
    (tmp_path / "shenyue.sqlite3").write_text("this is no database, but long enough to look like one" * 50)
    with pytest.raises(StoreError, match="打不开"):
        open_store("", tmp_path)


def test_a_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(StoreError, match="建不了"):
        open_store("", tmp_path / "file" / "data")


def test_a_database_that_goes_away_is_told(place: Place) -> None:
    store = place.open()
    store.close()
    if place.is_sqlite:
        (place.folder / "shenyue.sqlite3").write_text("nothing" * 1000)
        (place.folder / "shenyue.sqlite3-wal").unlink(missing_ok=True)
    else:
        with store.db.engine.connect() as connection:
            connection.execute(sa.text("DROP TABLE contracts CASCADE"))
            connection.commit()
    with pytest.raises(StoreError, match="读不了"):
        store.contracts()


def test_several_processes_open_a_new_store_at_once(place: Place, at_once: Callable[..., list[Any]]) -> None:
    assert at_once(processes.open_and_count, 6) == [0] * 6
    assert place.open().verify_audit().ok


@pytest.mark.slow
def test_several_processes_share_the_work_and_the_trail(place: Place, at_once: Callable[..., list[Any]]) -> None:
    store = place.open()
    ids = {submitted(store, f"{n}.txt", session=str(n % 4)).id for n in range(24)}
    taken = [i for part in at_once(processes.work) for i in part]
    assert sorted(taken) == sorted(ids)
    assert all(r.state == "done" for r in store.reviews())
    report = store.verify_audit()
    assert report.ok
    assert report.checked == 24 * 4
    assert len(store.search_clauses("滞纳金", limit=50)) >= 24
    served = sorted(store.reviews(), key=lambda r: str(r.started_at))
    assert [r.session for r in served] == ["0", "1", "2", "3"] * 6


@pytest.mark.slow
def test_adding_and_deleting_the_same_bytes_never_loses_a_file(place: Place, at_once: Callable[..., list[Any]]) -> None:
    place.open()
    assert at_once(processes.add_and_delete) == [0, 0, 0]
    store = place.open()
    assert store.contracts() == ()
    assert [p for p in (place.folder / "files").rglob("*") if p.is_file()] == []


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_long_writer_does_not_stop_readers(place: Place) -> None:
    store = place.open()
    submitted(store)
    with closing(sqlite3.connect(place.folder / "shenyue.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert len(store.contracts()) == 1
        other.execute("ROLLBACK")
