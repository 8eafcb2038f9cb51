from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.settings import settings
from pipeline.store import Action, Store, StoreError
from pipeline.store.audit import START, seal
from pipeline.store.tables import audit
from pipeline.types import Status
from tests.pipeline.store.conftest import Place
from tests.pipeline.store.samples import finished, submitted


def _tamper(store: Store, change: str) -> None:
    """Change the trail as one could who has the database: triggers off first."""
    with store.db.write() as connection:
        if store.db.sqlite:
            for name in ("audit_no_update", "audit_no_delete"):
                connection.execute(sa.text(f"DROP TRIGGER {name}"))
        else:
            connection.execute(sa.text("ALTER TABLE audit DISABLE TRIGGER audit_only_grows"))
        connection.execute(sa.text(change))


def _five(store: Store) -> None:
    for number in range(5):
        store.save_run(f"run {number}", "{}", who="a")


def test_every_change_leaves_an_entry_and_none_a_word(store: Store) -> None:
    record = finished(store, owner="甲公司", name="机密合同.txt")
    store.decide(record.id, "scope.hours", Action.CHANGE, who="b", status=Status.OK, note="机密意见")
    book = store.save_playbook("机密标准", "机密: 1", owner="a")
    store.delete_playbook(book.id, owner="a", who="boss")
    failed = submitted(store, "2.txt")
    store.claim("w2")
    store.fail(failed.id, "机密原因", worker="w2")
    store.cancel(submitted(store, "3.txt").id, who="c")
    store.delete_contract(record.contract_id, who="a")
    trail = store.audit_trail()[::-1]
    assert [(e.who, e.what) for e in trail] == [
        ("甲公司", "add_contract"),
        ("甲公司", "submit"),
        ("test", "claim"),
        ("", "finish"),
        ("b", "decide_change"),
        ("a", "save_playbook"),
        ("boss", "delete_playbook"),
        ("local", "add_contract"),
        ("local", "submit"),
        ("w2", "claim"),
        ("w2", "fail"),
        ("local", "add_contract"),
        ("local", "submit"),
        ("c", "cancel"),
        ("a", "delete_contract"),
    ]
    assert trail[4].ids == {"review": record.id, "checkpoint": "scope.hours"}
    assert "机密" not in str(trail)
    assert [e.seq for e in trail] == list(range(1, 16))
    report = store.verify_audit()
    assert (report.ok, report.checked, report.head) == (True, 15, trail[-1].hash)


def test_what_fails_leaves_none(store: Store) -> None:
    with pytest.raises(StoreError):
        store.save_playbook("x", "", owner="a", id="0" * 32)
    assert store.audit_trail() == ()
    assert store.verify_audit().head == START


def test_progress_is_not_written_down(store: Store) -> None:
    record = submitted(store)
    store.claim("w")
    before = store.audit_trail()
    store.advance(record.id, stage="check")
    assert store.audit_trail() == before


@pytest.mark.parametrize("change", ["UPDATE audit SET who = 'x'", "DELETE FROM audit"])
def test_the_database_lets_it_only_grow(store: Store, change: str) -> None:
    _five(store)
    with pytest.raises(StoreError, match="only grows"), store.db.write() as connection:
        connection.execute(sa.text(change))
    assert store.verify_audit().ok


@pytest.mark.parametrize(
    ("change", "at", "problem"),
    [
        pytest.param("UPDATE audit SET who = 'x' WHERE seq = 3", 3, "被改过", id="changed"),
        pytest.param("UPDATE audit SET at = '2020-01-01T00:00:00+00:00' WHERE seq = 1", 1, "被改过", id="time"),
        pytest.param("DELETE FROM audit WHERE seq = 2", 2, "不见了", id="taken out"),
        pytest.param("DELETE FROM audit WHERE seq = 1", 1, "不见了", id="first taken out"),
        pytest.param("UPDATE audit SET previous = hash WHERE seq = 4", 4, "接不上", id="cut apart"),
        pytest.param("UPDATE audit SET seq = 0 WHERE seq = 5", 0, "不该有", id="moved before the first"),
    ],
)
def test_tampering_is_told_with_its_place(store: Store, change: str, at: int, problem: str) -> None:
    _five(store)
    _tamper(store, change)
    report = store.verify_audit()
    assert (report.ok, report.broken_at) == (False, at)
    assert report.problem is not None
    assert problem in report.problem


def test_a_row_changed_and_sealed_anew_breaks_the_next(store: Store) -> None:
    _five(store)
    with store.db.read() as connection:
        row = dict(connection.execute(sa.select(audit).where(audit.c.seq == 2)).mappings().one())
    row["who"] = "x"
    _tamper(store, f"UPDATE audit SET who = 'x', hash = '{seal(row)}' WHERE seq = 2")
    assert store.verify_audit().broken_at == 3


def test_an_end_cut_off_shows_against_a_noted_hash(store: Store) -> None:
    _five(store)
    noted = store.verify_audit().head
    assert store.verify_audit(expect=noted).ok
    store.save_run("later", "{}")
    assert store.verify_audit(expect=noted).ok
    _tamper(store, "DELETE FROM audit WHERE seq >= 5")
    assert store.verify_audit().ok
    report = store.verify_audit(expect=noted)
    assert (report.ok, report.checked) == (False, 4)
    assert report.problem is not None
    assert "截去" in report.problem


def test_the_chain_holds_when_many_write_at_once(place: Place) -> None:
    stores = [place.open() for _ in range(3)]

    def write(number: int) -> None:
        stores[number % 3].save_run(f"run {number}", json.dumps({"n": number}), who=f"w{number % 6}")

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(write, range(60)))
    report = stores[0].verify_audit()
    assert (report.ok, report.checked) == (True, 60)


def test_a_trail_longer_than_a_page_is_gone_through(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.store.audit._PAGE", 2)
    _five(store)
    assert store.verify_audit().checked == 5
    store.save_run("six", "{}")
    assert store.verify_audit().checked == 6
    assert [e.seq for e in store.audit_trail(2)] == [6, 5]


def test_the_command(place: Place, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    store = place.open()
    _five(store)
    head = store.verify_audit().head
    monkeypatch.setenv("SHENYUE_DATABASE_URL", place.url)
    settings.cache_clear()
    whole = CliRunner().invoke(app, ["audit", "verify", "--expect", head])
    assert whole.exit_code == 0
    assert "完整，共 5 条" in whole.output
    assert head in whole.output
    assert CliRunner().invoke(app, ["audit", "verify", "--expect", "ab" * 32]).exit_code == 1
    _tamper(store, "UPDATE audit SET who = 'x' WHERE seq = 3")
    broken = CliRunner().invoke(app, ["audit", "verify"])
    assert broken.exit_code == 1
    assert "第 3 条记录被改过" in broken.output
    monkeypatch.setenv("SHENYUE_DATABASE_URL", "postgresql://me:geheim@127.0.0.1:1/x")
    settings.cache_clear()
    unreachable = CliRunner().invoke(app, ["audit", "verify"])
    assert unreachable.exit_code == 2
    assert "打不开" in unreachable.output
    assert "geheim" not in unreachable.output
