"""Batch runs: begun, found again, driven by one at a time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from pipeline.store import Failure, FileState, NewFile, NotFound, RunState, Store
from pipeline.store.tables import batches
from pipeline.types import Party
from tests.pipeline.store import processes
from tests.pipeline.store.batch import done, finish, new_batch, new_files, start, started, take, taken
from tests.pipeline.store.conftest import Place

UNREADABLE = Failure(cause="input", reason="文件打不开", remedy="请检查权限")


def _named(store: Store, run_id: str) -> None:
    """A run whose id a test has chosen."""
    run = store.create_batch(new_batch(), ())
    with store.db.write() as connection:
        connection.execute(batches.update().where(batches.c.id == run.id).values(id=run_id))


def test_a_run_is_kept_with_all_it_was_begun_with(place: Place) -> None:
    new = new_batch(
        merchant=Party.YI,
        mask=False,
        playbook="version: 1\n",
        playbook_name="我的标准",
        formats=("html", "docx"),
        conditions="版本 1",
    )
    problem = NewFile(name="坏.pdf", uri="zip:x#坏.pdf", problem=UNREADABLE)
    before = datetime.now(UTC)
    run = place.open().create_batch(new, [*new_files("甲/一.docx", "二.PDF"), problem])
    store = place.open()
    assert store.batch(run.id) == run
    assert {name: getattr(run, name) for name in new.__slots__} == {name: getattr(new, name) for name in new.__slots__}
    assert (run.state, run.server, run.beat_at, run.finished_at, run.seconds) == (RunState.OPEN, None, None, None, 0)
    assert before <= run.started_at <= datetime.now(UTC)
    assert run.counts == {FileState.QUEUED: 2, FileState.RUNNING: 0, FileState.DONE: 0, FileState.FAILED: 1}
    one, two, bad = store.batch_files(run.id)
    assert [(f.position, f.name, f.extension) for f in (one, two, bad)] == [
        (1, "甲/一.docx", ".docx"),
        (2, "二.PDF", ".pdf"),
        (3, "坏.pdf", ".pdf"),
    ]
    assert (one.uri, one.state, one.failure, one.finished_at, one.outputs) == (
        "/合同/甲/一.docx",
        FileState.QUEUED,
        None,
        None,
        {},
    )
    assert (bad.state, bad.failure, bad.uri) == (FileState.FAILED, UNREADABLE, "zip:x#坏.pdf")
    assert bad.finished_at is not None
    assert [(e.who, e.what, e.ids) for e in store.audit_trail()] == [("local", "create_batch", {"run": run.id})]


def test_many_files_long_names_and_signs_that_no_database_takes(store: Store) -> None:
    odd = ["合同" * 1500 + ".txt", "a\0b.txt", "\udcff.txt", "\udcfe.txt", "100%_.txt"]
    run = store.create_batch(new_batch(), new_files(*odd, *(f"{n}.txt" for n in range(1100))))
    assert run.counts[FileState.QUEUED] == 1105
    assert [f.position for f in store.batch_files(run.id, after=1098)] == list(range(1099, 1106))
    assert store.batch_files(run.id, limit=1)[0].name == odd[0]
    assert store.add_batch_files(run.id, new_files(*odd)) == 0


def test_a_run_of_nothing_ends_at_once(store: Store) -> None:
    run = taken(store)
    assert run.counts == dict.fromkeys(FileState, 0)
    assert store.batch_files(run.id) == ()
    assert list(store.summary_rows(run.id)) == []
    assert store.finish_batch(run.id, "driver")


def test_names_the_run_does_not_have_are_appended(store: Store) -> None:
    run = store.create_batch(new_batch(), new_files("一.txt", "二.txt", "一.txt"))
    assert [f.name for f in store.batch_files(run.id)] == ["一.txt", "二.txt"]
    assert store.add_batch_files(run.id, new_files("二.txt", "三.txt", "三.txt")) == 1
    assert [(f.position, f.name) for f in store.batch_files(run.id, after=1)] == [(2, "二.txt"), (3, "三.txt")]
    with pytest.raises(NotFound, match="没有这次批量审查"):
        store.add_batch_files("0" * 32, new_files("一.txt"))


def test_files_that_come_later_open_a_finished_run_again(store: Store) -> None:
    run = taken(store, "一.txt")
    done(store, run, 1)
    assert store.finish_batch(run.id, "driver")
    assert store.add_batch_files(run.id, new_files("一.txt")) == 0
    assert store.batch(run.id).state is RunState.FINISHED
    assert store.add_batch_files(run.id, new_files("二.txt")) == 1
    again = store.batch(run.id)
    assert (again.state, again.finished_at) == (RunState.OPEN, None)


def test_a_run_is_found_by_how_its_id_begins(store: Store) -> None:
    for run_id in ("abc1" + "0" * 28, "abc2" + "0" * 28, "def0" + "0" * 28):
        _named(store, run_id)
    assert store.batch("d").id == "def0" + "0" * 28
    assert store.batch("abc2").id == "abc2" + "0" * 28
    with pytest.raises(NotFound, match=r"不止一次.*abc[12].*abc[12].*请多写几位"):
        store.batch("abc")
    for unknown in ("", "xyz", "%", "_bc1"):
        with pytest.raises(NotFound, match="没有编号"):
            store.batch(unknown)


def test_the_runs_of_others_are_not_seen(store: Store) -> None:
    mine = store.create_batch(new_batch(owner="a"), new_files("一.txt"))
    yours = store.create_batch(new_batch(owner="b"), new_files("一.txt"))
    assert [r.id for r in store.batches()] == [yours.id, mine.id]
    assert [r.id for r in store.batches(owner="a")] == [mine.id]
    assert [r.id for r in store.batches(limit=1)] == [yours.id]
    assert store.batch(mine.id[:12], owner="a") == mine
    with pytest.raises(NotFound):
        store.batch(mine.id, owner="b")


def test_the_open_run_of_the_same_command_is_found(store: Store) -> None:
    def found(**other: Any) -> str | None:
        wanted = {"owner": "local", "source": "/合同", "out": "/报告", "formats": ("html", "json"), **other}
        run = store.open_batch(**{"conditions_sha256": new_batch().conditions_sha256, **wanted})
        return run.id if run is not None else None

    assert found() is None
    store.create_batch(new_batch(), new_files("一.txt"))
    newer = taken(store, "一.txt")
    assert found() == newer.id
    for other in (
        {"owner": "b"},
        {"source": "/合"},
        {"out": "/"},
        {"formats": ("html",)},
        {"conditions_sha256": "0" * 64},
    ):
        assert found(**other) is None
    done(store, newer, 1)
    assert store.finish_batch(newer.id, "driver")
    assert found() not in (None, newer.id)


def test_one_drives_a_run_at_a_time(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt", server="one")
    assert not take(store, run, "two")
    assert store.batch(run.id).server == "one"
    for refused in (start(store, run, 1, server="two"), store.beat_batch(run.id, "two", 1.0)):
        assert not refused
    assert not store.leave_batch(run.id, "two")
    assert not store.finish_batch(run.id, "two")
    assert store.batch(run.id).seconds == 0


def test_a_run_whose_driver_is_gone_is_taken_and_what_ran_waits_again(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt", "三.txt", server="one")
    done(store, run, 1, server="one")
    started(store, run, 2, server="one")
    assert take(store, run, "two", gone=True)
    assert [(f.state, f.tries, f.started_at is None) for f in store.batch_files(run.id)] == [
        (FileState.DONE, 1, False),
        (FileState.QUEUED, 1, True),
        (FileState.QUEUED, 0, True),
    ]
    assert [f.position for f in store.next_files(run.id, 5)] == [3, 2]  # what may have brought it down comes last
    assert not finish(store, run, 2, server="one")
    assert not store.beat_batch(run.id, "one", 1.0)
    assert len(store.reviews()) == 1


def test_a_driver_that_is_silent_loses_the_run(store: Store) -> None:
    run = taken(store, "一.txt", server="one")
    asked: list[str] = []

    def is_gone(server: str) -> bool:
        asked.append(server)
        return False

    assert not store.take_batch(run.id, "two", is_gone=is_gone, silent=timedelta(minutes=1))
    assert asked == ["one"]
    assert store.take_batch(run.id, "two", is_gone=is_gone, silent=timedelta(0))
    assert asked == ["one"]


def test_the_same_driver_takes_its_run_again(store: Store) -> None:
    run = taken(store, "一.txt")
    started(store, run, 1)
    assert take(store, run, "driver")
    assert store.batch(run.id).counts[FileState.QUEUED] == 1
    with pytest.raises(NotFound):
        store.take_batch("0" * 32, "driver", is_gone=lambda _: True, silent=timedelta(0))


def test_seconds_are_those_of_all_its_drivers(store: Store) -> None:
    run = taken(store, "一.txt", server="one")
    first = store.batch(run.id).beat_at
    assert store.beat_batch(run.id, "one", 2.5)
    assert take(store, run, "two", gone=True)
    assert store.beat_batch(run.id, "two", 4.0)
    after = store.batch(run.id)
    assert after.seconds == 6.5
    assert first is not None
    assert after.beat_at is not None
    assert after.beat_at > first


def test_who_is_interrupted_leaves_the_run_to_be_resumed(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt")
    started(store, run, 1)
    assert store.leave_batch(run.id, "driver")
    assert store.leave_batch(run.id, "driver")  # as after an answer that was lost
    left = store.batch(run.id)
    assert (left.state, left.server, left.counts[FileState.QUEUED]) == (RunState.OPEN, None, 2)
    assert not start(store, run, 2)
    assert take(store, run, "another")


def test_a_run_ends_when_its_files_have(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt")
    started(store, run, 1)
    assert not store.finish_batch(run.id, "driver")
    assert finish(store, run, 1)
    assert not store.finish_batch(run.id, "driver")
    assert store.fail_file(run.id, 2, UNREADABLE, server="driver")
    assert store.finish_batch(run.id, "driver")
    assert store.finish_batch(run.id, "driver")  # as after an answer that was lost
    ended = store.batch(run.id)
    assert (ended.state, ended.server) == (RunState.FINISHED, None)
    assert ended.finished_at is not None
    assert [entry.what for entry in store.audit_trail()].count("finish_batch") == 1


@pytest.mark.slow
def test_drivers_that_take_a_run_from_each_other_end_each_file_once(
    place: Place, at_once: Callable[..., list[Any]]
) -> None:
    store = place.open()
    run = store.create_batch(new_batch(), new_files(*(f"{n}.txt" for n in range(30))))
    ended = [position for part in at_once(processes.drive) for position in part]
    assert sorted(ended) == list(range(1, 31))
    assert store.batch(run.id).counts[FileState.DONE] == 30
    told = [entry.ids["file"] for entry in store.audit_trail(10_000) if entry.what == "batch_review"]
    assert sorted(map(int, told)) == list(range(1, 31))
    files = store.batch_files(run.id)
    assert {f.review_id for f in files} == {review.id for review in store.reviews()}
    assert len({f.review_id for f in files}) == 30
    assert store.verify_audit().ok


def test_a_driver_that_dies_between_start_and_finish_costs_nothing(place: Place) -> None:
    store = place.open()
    run = store.create_batch(new_batch(), new_files("一.txt", "二.txt"))
    processes.die_driving(place.url, place.folder)
    dead = store.batch(run.id)
    assert (dead.counts[FileState.RUNNING], dead.counts[FileState.DONE]) == (1, 0)
    assert take(store, run, "driver", gone=True)
    for file in store.next_files(run.id, 5):
        done(store, run, file.position)
    assert store.finish_batch(run.id, "driver")
    assert [(f.tries, f.state) for f in store.batch_files(run.id)] == [(2, FileState.DONE), (1, FileState.DONE)]
    assert len(store.reviews()) == 2
    assert store.verify_audit().ok
