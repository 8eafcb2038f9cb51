"""A database that is away or busy is told apart from one that is broken, and the same store goes on when it is back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import psycopg
import pytest
import sqlalchemy as sa

from pipeline.store import FileState, Store, StoreError, StoreUnavailable, new_id, open_store
from tests.pipeline.conftest import HashedWords
from tests.pipeline.store.batch import finish, started, taken
from tests.pipeline.store.conftest import OwnServer, Place
from tests.pipeline.store.samples import submitted


@pytest.fixture
def away(own_postgresql: OwnServer, tmp_path: Path) -> Store:
    return open_store(own_postgresql.url, tmp_path, embedder=HashedWords)


def test_a_server_that_goes_away_comes_back(own_postgresql: OwnServer, away: Store) -> None:
    run = taken(away, "一.txt", "二.txt")
    started(away, run, 1)
    for end in (own_postgresql.stop, own_postgresql.kill):
        end()
        with pytest.raises(StoreUnavailable, match=r"读不了.*现在连不上"):
            away.next_files(run.id, 5)
        with pytest.raises(StoreUnavailable, match="写不进去"):
            away.beat_batch(run.id, "driver", 1.0)
        own_postgresql.start()
        assert away.beat_batch(run.id, "driver", 1.0)
    assert finish(away, run, 1)
    assert away.batch(run.id).counts[FileState.DONE] == 1
    assert away.verify_audit().ok
    away.close()


@pytest.mark.slow
def test_a_file_whose_end_was_not_confirmed_is_ended_once(own_postgresql: OwnServer, away: Store) -> None:
    run = taken(away, "一.txt")
    started(away, run, 1)
    contract = away.add_contract("一.txt", b"1", owner="local")
    review_id = new_id()
    sa.event.listen(away.db.engine, "commit", lambda _: own_postgresql.kill(), once=True)
    with pytest.raises(StoreUnavailable):
        finish(away, run, 1, contract_id=contract.id, review_id=review_id)
    own_postgresql.start()
    assert finish(away, run, 1, contract_id=contract.id, review_id=review_id)
    assert finish(away, run, 1, contract_id=contract.id, review_id=review_id)
    assert [review.id for review in away.reviews()] == [review_id]
    assert [entry.what for entry in away.audit_trail()].count("batch_review") == 1
    assert away.verify_audit().ok
    away.close()


@pytest.mark.slow
def test_a_connection_that_was_cut_in_a_transaction_is_told_so(own_postgresql: OwnServer, away: Store) -> None:
    def cut_off() -> None:
        everybody = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid()"
        with away.db.write() as mine:
            mine.execute(sa.text("SELECT 1"))
            with closing(psycopg.connect(own_postgresql.url)) as admin:
                admin.execute(everybody)
            mine.execute(sa.text("SELECT 1"))

    with pytest.raises(StoreUnavailable, match="写不进去"):
        cut_off()
    assert away.contracts() == ()
    away.close()


def test_a_server_that_is_not_there_yet_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="打不开"):
        open_store("postgresql://me:geheim@127.0.0.1:1/x", tmp_path)


@pytest.mark.parametrize("place", ["sqlite"], indirect=True)
def test_a_file_that_somebody_holds_too_long_is_told(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.database.BUSY_SECONDS", 0.05)
    store = place.open()
    with closing(sqlite3.connect(place.folder / "shenyue.sqlite3", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="locked"):
            submitted(store)
        other.execute("ROLLBACK")
    assert submitted(store).tries == 0


@pytest.mark.parametrize(
    "statement",
    [
        pytest.param("SELECT nothing FROM nowhere", id="no such table"),
        pytest.param("SELECT )", id="no statement"),
        pytest.param("INSERT INTO turns (owner) VALUES ('a')", id="against a constraint"),
    ],
)
def test_what_is_wrong_with_the_question_is_not_the_database_being_away(store: Store, statement: str) -> None:
    with pytest.raises(StoreError) as error, store.db.write() as connection:
        connection.execute(sa.text(statement))
    assert not isinstance(error.value, StoreUnavailable)
