from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from pipeline.store import NotFound, ReviewOptions, State, Store
from pipeline.types import Party, Risk, Status
from tests.pipeline.store.conftest import Place
from tests.pipeline.store.samples import sample, submitted


def test_a_review_from_the_queue_to_its_end(store: Store) -> None:
    contract = store.add_contract("合同.txt", b"x", owner="a")
    asked = ReviewOptions(engine="both", merchant=Party.YI, mask=False)
    queued = store.submit(contract.id, asked, who="admin", session="s")
    assert (queued.state, queued.owner, queued.session, queued.options) == (State.QUEUED, "a", "s", asked)
    assert (queued.contract_name, queued.started_at, queued.tries) == ("合同.txt", None, 0)

    running = store.claim("w1")
    assert running is not None
    assert (running.id, running.state, running.worker, running.tries) == (queued.id, State.RUNNING, "w1", 1)
    assert running.started_at is not None
    assert running.started_at >= queued.queued_at
    assert store.claim("w2") is None

    assert store.advance(queued.id, stage="ingest", done=3, total=9)
    told = store.review(queued.id)
    assert (told.stage, told.done, told.total) == ("ingest", 3, 9)

    review = sample()
    assert store.area_ready(queued.id, review.areas[1])
    assert store.area_ready(queued.id, review.areas[0])
    assert store.area_ready(queued.id, review.areas[1])  # again: replaced
    told = store.review(queued.id)
    assert set(told.areas_ready) == set(review.areas)
    assert len(told.areas_ready) == 2
    assert told.counts == {Status.OK: 1, Status.VAGUE: 1, Status.ADVERSE: 1}
    assert (told.risk, told.merchant) == (None, None)
    assert len(store.reviews()[0].areas_ready) == 2

    assert store.finish(queued.id, review)
    done = store.review(queued.id)
    assert (done.state, done.risk, done.decision, done.merchant) == (State.DONE, Risk.HIGH, "改后再签", Party.JIA)
    assert done.areas_ready == review.areas
    assert done.area_risks == {"scope": Risk.LOW, "fees": Risk.HIGH}
    assert done.counts == {Status.OK: 1, Status.VAGUE: 1, Status.ADVERSE: 1}
    assert done.playbook_sha256 == "ab" * 32
    assert done.finished_at is not None
    assert done.finished_at >= running.started_at
    assert store.reviews()[0].areas_ready == ()


def test_a_worker_that_lost_its_review_writes_nothing(store: Store) -> None:
    record = submitted(store)
    store.claim("w1")
    assert store.requeue_abandoned("w1") == 1
    store.claim("w2")
    review = sample()
    assert not store.advance(record.id, stage="check", worker="w1")
    assert not store.area_ready(record.id, review.areas[0], worker="w1")
    assert not store.finish(record.id, review, worker="w1")
    assert not store.fail(record.id, "不行", worker="w1")
    told = store.review(record.id)
    assert (told.state, told.stage, told.areas_ready, told.tries) == (State.RUNNING, None, (), 2)
    assert store.finish(record.id, review, worker="w2")
    assert not store.finish(record.id, review, worker="w2")


def test_a_failure_tells_its_reason(store: Store) -> None:
    record = submitted(store)
    assert not store.fail(record.id, "还没开始")
    store.claim("w")
    assert store.fail(record.id, "文件要密码。请去掉密码再传")
    told = store.review(record.id)
    assert (told.state, told.error) == (State.FAILED, "文件要密码。请去掉密码再传")
    with pytest.raises(NotFound, match="还没有审完"):
        store.load(record.id)


@pytest.mark.parametrize("running", [False, True])
def test_cancelling(store: Store, running: bool) -> None:
    record = submitted(store)
    if running:
        store.claim("w")
    assert store.cancel(record.id, who="a")
    assert store.review(record.id).state is State.CANCELLED
    assert not store.cancel(record.id, who="a")
    assert not store.advance(record.id, stage="check")
    assert not store.finish(record.id, sample())
    assert store.claim("w") is None
    assert store.review(record.id).state is State.CANCELLED


def test_unknown_ids_are_told(store: Store) -> None:
    contract = store.add_contract("合同.txt", b"x", owner="a")
    with pytest.raises(NotFound, match="没有这份合同"):
        store.submit("0" * 32, ReviewOptions(), who="a")
    with pytest.raises(NotFound, match="没有这份审查标准"):
        store.submit(contract.id, ReviewOptions(playbook="0" * 32), who="a")
    with pytest.raises(NotFound, match="没有这次审查"):
        store.cancel("0" * 32, who="a")
    assert not store.advance("0" * 32, stage="check")


def test_sessions_take_turns(store: Store) -> None:
    for session in "abcde":  # all of a session's files at once, one session after the other
        for number in range(3):
            submitted(store, f"{session}{number}.txt", owner="o", session=session)
    served = []
    while (record := store.claim("w")) is not None:
        served.append(record)
    assert [r.contract_name[:2] for r in served] == [f"{s}{n}" for n in range(3) for s in "abcde"]
    started = [r.started_at for r in served]
    assert all(at is not None for at in started)
    assert started == sorted(started, key=str)


def test_one_that_comes_late_does_not_wait_behind_many(store: Store) -> None:
    for number in range(5):
        submitted(store, f"many{number}.txt", owner="many", session="s")
    first, second = store.claim("w"), store.claim("w")
    submitted(store, "late.txt", owner="late", session="s")  # the same session name, another owner
    third, fourth = store.claim("w"), store.claim("w")
    names = [r.contract_name for r in (first, second, third, fourth) if r]
    assert names == ["many0.txt", "many1.txt", "late.txt", "many2.txt"]


def test_deleting_does_not_win_a_turn(store: Store) -> None:
    for name in ("greedy1", "greedy2"):
        submitted(store, name, owner="greedy")
    modest = submitted(store, "modest", owner="modest")
    first = store.claim("w")
    assert first is not None
    store.delete_contract(first.contract_id, who="greedy")
    second = store.claim("w")
    assert second is not None
    assert second.id == modest.id


def test_what_a_dead_server_left_is_done_first_come_first(store: Store) -> None:
    first = submitted(store, "1", session="x")
    other = submitted(store, "2", session="y")
    assert store.claim("host/1/w1") is not None
    store.area_ready(first.id, sample().areas[0])
    store.claim("host/2/w1")
    assert store.requeue_abandoned("host/3") == 0
    assert store.requeue_abandoned("host/1", silent_for=timedelta(hours=1)) == 0
    assert store.requeue_abandoned("host/1", silent_for=timedelta(0)) == 1
    back = store.review(first.id)
    assert (back.state, back.worker, back.started_at, back.areas_ready) == (State.QUEUED, None, None, ())
    assert back.counts == {}
    assert back.queued_at == first.queued_at
    assert store.review(other.id).state is State.RUNNING
    again = store.claim("host/3/w1")
    assert again is not None
    assert (again.id, again.tries) == (first.id, 2)


def test_a_prefix_is_no_pattern(store: Store) -> None:
    submitted(store)
    store.claim("host/1")
    assert store.requeue_abandoned("h_st") == 0
    assert store.requeue_abandoned("%") == 0
    assert store.requeue_abandoned("") == 1


def test_threads_never_get_the_same_review(place: Place) -> None:
    stores = [place.open() for _ in range(2)]
    ids = {submitted(stores[0], f"{n}.txt", session=str(n % 3)).id for n in range(24)}

    def take(worker: int) -> list[str]:
        taken = []
        while (record := stores[worker % 2].claim(f"w{worker}")) is not None:
            taken.append(record.id)
        return taken

    with ThreadPoolExecutor(6) as pool:
        taken = [i for part in pool.map(take, range(6)) for i in part]
    assert len(taken) == 24
    assert set(taken) == ids
    served = sorted(stores[0].reviews(), key=lambda r: str(r.started_at))
    assert [r.session for r in served] == ["0", "1", "2"] * 8
