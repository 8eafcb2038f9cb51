"""The files of a run: each ends once, whatever is called twice, taken away or deleted in between."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest

from pipeline.store import Failure, FileState, NotFound, RunState, State, Store, new_id, pack_review
from pipeline.types import Party, Risk, Status
from tests.pipeline.store.batch import (
    PACKED,
    done,
    finish,
    new_batch,
    new_files,
    reuse,
    sha256_of,
    start,
    started,
    take,
    taken,
)
from tests.pipeline.store.conftest import Place
from tests.pipeline.store.samples import finished, sample

TOO_LONG = Failure(cause="time", reason="审查超过 10 分钟还没有结束", remedy="请拆开后分别审查")


def _audited(store: Store, what: str) -> int:
    return [entry.what for entry in store.audit_trail(1000)].count(what)


def test_a_finished_file_has_a_review_like_any_other(place: Place) -> None:
    store = place.open()
    run = taken(store, "一.txt", merchant=Party.YI, mask=False)
    assert start(store, run, 1)
    contract = store.add_contract("一.txt", b"1", owner="local")
    review_id = new_id()
    assert finish(store, run, 1, contract_id=contract.id, review_id=review_id)

    (file,) = store.batch_files(run.id)
    assert (file.state, file.review_id, file.contract_id, file.reused) == (
        FileState.DONE,
        review_id,
        contract.id,
        False,
    )
    assert (file.sha256, file.extension, file.size, file.tries) == (sha256_of("1"), ".txt", 1, 1)
    assert (file.outputs, file.seconds, file.failure) == ({"1.html": sha256_of("report")}, 1.5, None)
    assert file.started_at is not None
    assert file.finished_at is not None
    assert store.load(review_id) == sample()
    record = store.review(review_id)
    assert (record.state, record.session, record.worker, record.owner) == (State.DONE, run.id, "driver", "local")
    assert (record.options.merchant, record.options.mask, record.merchant) == (Party.YI, False, Party.JIA)
    assert (record.risk, record.decision, record.done, record.total) == (Risk.HIGH, "改后再签", 2, 2)
    assert (record.started_at, record.finished_at) == (file.started_at, file.finished_at)
    assert record.areas_ready == sample().areas
    assert [row.checkpoint for row in store.findings([review_id])] == [
        "scope.response",
        "scope.hours",
        "fees.late_payment",
    ]
    assert store.search_clauses("滞纳金")[0].review_id == review_id
    assert store.reviews(session=run.id) == store.reviews()
    assert place.open().claim("w") is None


def test_a_file_is_ended_once_however_often_it_is_told(store: Store) -> None:
    run = taken(store, "一.txt")
    started(store, run, 1)
    contract = store.add_contract("一.txt", b"1", owner="local")
    review_id = new_id()
    assert finish(store, run, 1, contract_id=contract.id, review_id=review_id)
    before, audited = store.batch_files(run.id), store.verify_audit()
    assert finish(store, run, 1, contract_id=contract.id, review_id=review_id)
    assert not finish(store, run, 1, contract_id=contract.id)  # another review of it comes too late
    assert not start(store, run, 1)
    assert not store.release_file(run.id, 1, server="driver")
    assert not store.fail_file(run.id, 1, TOO_LONG, server="driver")
    assert not reuse(store, run, 1, review_id, content="1")
    assert store.batch_files(run.id) == before
    assert store.verify_audit() == audited
    assert [review.id for review in store.reviews()] == [review_id]


def test_a_start_that_is_told_twice_counts_once(store: Store) -> None:
    run = taken(store, "一.txt")
    assert start(store, run, 1)
    assert start(store, run, 1)
    assert not start(store, run, 1, content="other bytes")
    assert not start(store, run, 2)
    assert store.batch_files(run.id)[0].tries == 1


def test_what_was_not_begun_cannot_be_finished(store: Store) -> None:
    run = taken(store, "一.txt")
    assert not finish(store, run, 1)
    started(store, run, 1)
    assert store.release_file(run.id, 1, server="driver")
    assert not finish(store, run, 1)
    assert store.reviews() == ()
    (file,) = store.batch_files(run.id)
    assert (file.state, file.tries, file.started_at) == (FileState.QUEUED, 1, None)


def test_files_that_were_tried_wait_behind_the_others(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt", "三.txt")
    for position in (1, 1, 2):
        started(store, run, position)
        assert store.release_file(run.id, position, server="driver")
    assert [f.position for f in store.next_files(run.id, 9)] == [3, 2, 1]
    assert [f.position for f in store.next_files(run.id, 1)] == [3]
    started(store, run, 3)
    assert [f.position for f in store.next_files(run.id, 9)] == [2, 1]


def test_a_failed_file_says_why_and_can_be_tried_again(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt", "三.txt")
    done(store, run, 1)
    started(store, run, 2)
    told: dict[str, Any] = {"server": "driver", "sha256": sha256_of("2"), "extension": ".txt", "size": 1}
    assert store.fail_file(run.id, 2, TOO_LONG, **told, seconds=600.0)
    assert store.fail_file(run.id, 2, TOO_LONG, **told)  # as after an answer that was lost
    assert store.fail_file(run.id, 3, replace(TOO_LONG, cause="input"), server="driver")  # gone before it was begun
    _, failed, gone = store.batch_files(run.id)
    assert (failed.state, failed.failure, failed.tries, failed.seconds) == (FileState.FAILED, TOO_LONG, 1, 600.0)
    assert (gone.failure, gone.tries) == (replace(TOO_LONG, cause="input"), 0)
    assert _audited(store, "batch_fail") == 2
    assert store.finish_batch(run.id, "driver")

    assert store.retry_failed(run.id, who="local") == 2
    again = store.batch(run.id)
    assert (again.state, again.finished_at, again.counts[FileState.QUEUED]) == (RunState.OPEN, None, 2)
    waiting = store.next_files(run.id, 5)
    assert [(f.position, f.failure, f.finished_at, f.tries) for f in waiting] == [
        (3, None, None, 0),
        (2, None, None, 1),
    ]
    assert store.retry_failed(run.id, who="local") == 0
    assert _audited(store, "retry_batch") == 1
    assert take(store, run, "driver")
    done(store, run, 2)
    assert store.batch_files(run.id)[1].failure is None


def test_files_are_listed_by_state_and_by_page(store: Store) -> None:
    run = taken(store, *(f"{n}.txt" for n in range(5)))
    started(store, run, 2, 4)
    assert [f.position for f in store.batch_files(run.id, states=(FileState.RUNNING,))] == [2, 4]
    assert [f.position for f in store.batch_files(run.id, states=(FileState.RUNNING,), after=2)] == [4]
    assert [f.position for f in store.batch_files(run.id, after=1, limit=2)] == [2, 3]
    assert store.batch_files(run.id, states=()) == ()


def test_the_same_bytes_share_a_review(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt", "三.txt")
    review_id = done(store, run, 1)
    assert reuse(store, run, 2, review_id, content="1")
    assert reuse(store, run, 2, review_id, content="1")  # as after an answer that was lost
    started(store, run, 3)
    assert reuse(store, run, 3, review_id, content="1")
    one, two, three = store.batch_files(run.id)
    assert (one.reused, two.reused, three.reused) == (False, True, True)
    assert {f.review_id for f in (one, two, three)} == {review_id}
    assert two.contract_id == one.contract_id
    assert (two.sha256, two.outputs, two.seconds) == (sha256_of("1"), {"2.html": sha256_of("report")}, None)
    assert len(store.reviews()) == 1
    assert _audited(store, "batch_reuse") == 2
    assert not finish(store, run, 3, review_id=review_id)  # its review is another's
    assert store.verify_audit().ok


def test_a_review_is_shared_under_the_same_conditions_only(store: Store) -> None:
    first = taken(store, "一.txt", conditions="c")
    review_id = done(store, first, 1)
    key, same = (sha256_of("1"), ".txt"), new_batch().conditions_sha256
    other_bytes, other_form = (sha256_of("2"), ".txt"), (sha256_of("1"), ".md")
    assert store.reusable("local", [key, other_bytes, other_form], same) == {key: review_id}
    assert store.reusable("local", [], same) == {}
    assert store.reusable("b", [key], same) == {}
    assert store.reusable("local", [key], new_batch(conditions="d").conditions_sha256) == {}

    others = {
        "other conditions": taken(store, "二.txt", conditions="d"),
        "another owner": taken(store, "二.txt", owner="b"),
    }
    for run in others.values():
        with pytest.raises(NotFound, match="没有可以沿用的审查"):
            reuse(store, run, 1, review_id, content="1")
        assert store.batch_files(run.id)[0].state is FileState.QUEUED
    run = taken(store, "二.txt")
    for content, extension in (("2", ".txt"), ("1", ".md")):
        with pytest.raises(NotFound):
            reuse(store, run, 1, review_id, content=content, extension=extension)
    assert reuse(store, run, 1, review_id, content="1")


def test_the_form_under_which_bytes_were_reviewed_stays_theirs(store: Store) -> None:
    """A contract takes its newest name; its review was made of the older one."""
    run = taken(store, "一.txt")
    review_id = done(store, run, 1)
    store.add_contract("一.md", b"1", owner="local")
    wanted = [(sha256_of("1"), ".txt"), (sha256_of("1"), ".md")]
    assert store.reusable("local", wanted, run.conditions_sha256) == {wanted[0]: review_id}


def test_reviews_from_the_page_and_failed_files_are_not_shared(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt")
    finished(store, name="页面.txt")
    started(store, run, 1)
    keys = [(sha256_of("1"), ".txt"), (sha256_of("local  页面.txt"), ".txt")]
    assert store.reusable("local", keys, run.conditions_sha256) == {}
    assert store.fail_file(run.id, 1, TOO_LONG, server="driver")
    assert store.reusable("local", keys, run.conditions_sha256) == {}


def test_a_review_for_which_a_model_did_not_answer_is_kept_and_not_shared(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt")
    started(store, run, 1)
    review_id = new_id()
    assert finish(store, run, 1, review_id=review_id, reusable=False)
    assert store.load(review_id) == sample()
    assert store.reusable("local", [(sha256_of("1"), ".txt")], run.conditions_sha256) == {}
    with pytest.raises(NotFound):
        reuse(store, run, 2, review_id, content="1")


def test_the_reports_of_a_review_are_those_of_all_its_files(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt", "三.txt")
    review_id = done(store, run, 1)
    assert reuse(store, run, 2, review_id, content="1")
    done(store, run, 3)
    assert store.outputs_of(review_id) == {"1.html": sha256_of("report"), "2.html": sha256_of("report")}
    assert store.outputs_of(new_id()) == {}


def test_many_keys_are_looked_up_and_the_newest_review_counts(store: Store) -> None:
    run = taken(store, *(f"{n}.txt" for n in range(3)))
    ids = [done(store, run, position) for position in (1, 2)]
    later = taken(store, "一.txt")
    newest = done(store, later, 1)
    keys = [(sha256_of(str(n)), ".txt") for n in range(1, 1300)]
    assert store.reusable("local", keys, run.conditions_sha256) == {keys[0]: newest, keys[1]: ids[1]}


def test_deleting_a_contract_takes_its_review_out_of_the_runs(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt", "三.txt")
    review_id = done(store, run, 1)
    assert reuse(store, run, 2, review_id, content="1")
    other = done(store, run, 3)
    contract_id = store.batch_files(run.id)[0].contract_id
    assert contract_id is not None
    store.delete_contract(contract_id, who="local")
    for file in store.batch_files(run.id)[:2]:
        assert (file.state, file.contract_id, file.review_id) == (FileState.DONE, None, None)
        assert file.outputs
    assert store.reusable("local", [(sha256_of("1"), ".txt")], run.conditions_sha256) == {}
    assert not finish(store, run, 1, review_id=review_id)
    rows = list(store.summary_rows(run.id))
    assert [(row.risk, len(row.findings)) for row in rows] == [(None, 0), (None, 0), (Risk.HIGH, 3)]
    assert [review_id for review_id, _ in store.area_bodies([review_id, other])] == [other]
    assert store.finish_batch(run.id, "driver")
    assert store.verify_audit().ok


def test_a_contract_that_is_deleted_before_its_review_ends_is_told(store: Store) -> None:
    run = taken(store, "一.txt")
    started(store, run, 1)
    contract = store.add_contract("一.txt", b"1", owner="local")
    store.delete_contract(contract.id, who="local")
    with pytest.raises(NotFound, match="已经删除"):
        finish(store, run, 1, contract_id=contract.id)
    assert store.batch_files(run.id)[0].state is FileState.RUNNING
    assert store.reviews() == ()
    assert finish(store, run, 1)


def test_finishing_and_deleting_at_once(place: Place) -> None:
    one, two = place.open(), place.open()
    run = taken(one, *(f"{n}.txt" for n in range(20)))
    with ThreadPoolExecutor(2) as pool:
        for position in range(1, 20, 2):
            started(one, run, position, position + 1)
            contract = one.add_contract("合同.txt", b"x", owner="local")
            assert finish(one, run, position, contract_id=contract.id)
            ends = (
                pool.submit(finish, one, run, position + 1, contract_id=contract.id),
                pool.submit(two.delete_contract, contract.id, who="local"),
            )
            ends[1].result()
            assert ends[0].exception() is None or isinstance(ends[0].exception(), NotFound)
            assert one.reviews() == ()
    assert {f.review_id for f in one.batch_files(run.id)} == {None}
    assert two.verify_audit().ok


def test_a_summary_row_has_what_the_review_says(store: Store) -> None:
    run = taken(store, "一.txt", "二.txt")
    done(store, run, 1)
    one, two = store.summary_rows(run.id)
    assert (one.file, two.file) == store.batch_files(run.id)
    assert (one.risk, one.decision, one.merchant) == (Risk.HIGH, "改后再签", Party.JIA)
    assert list(one.findings.items()) == [
        ("scope.response", (Status.OK, None)),
        ("scope.hours", (Status.VAGUE, None)),
        ("fees.late_payment", (Status.ADVERSE, "千分之五")),
    ]
    assert (two.risk, two.decision, two.merchant, two.findings) == (None, None, None, {})


def test_the_rows_of_a_long_run_come_page_by_page(store: Store) -> None:
    run = store.create_batch(new_batch(), new_files(*(f"{n}.txt" for n in range(450))))
    assert take(store, run, "driver")
    review_id = done(store, run, 1)
    for position in (2, 201, 450):
        assert reuse(store, run, position, review_id, content="1")
    rows = list(store.summary_rows(run.id))
    assert [row.file.position for row in rows] == list(range(1, 451))
    assert [row.file.position for row in rows if row.risk is not None] == [1, 2, 201, 450]
    assert rows[449].findings == rows[0].findings != {}


def test_areas_are_read_as_they_are_kept(store: Store) -> None:
    run = taken(store, *(f"{n}.txt" for n in range(60)))
    ids = [done(store, run, position) for position in range(1, 61)]
    unknown = [new_id()]
    read = list(store.area_bodies([*reversed(ids), *unknown]))
    assert [review_id for review_id, _ in read] == ids[::-1]
    areas = read[0][1]
    assert [area["id"] for area in areas] == ["scope", "fees"]
    assert areas[1]["findings"][0]["citations"][0]["clause"] == "第二条 2.1"


def test_the_body_is_handed_on_as_it_is_kept(store: Store) -> None:
    run = taken(store, "一.txt")
    review_id = done(store, run, 1)
    assert store.packed_body(review_id) == PACKED.body == pack_review(sample()).body
    with pytest.raises(NotFound):
        store.packed_body(new_id())
