"""The queue over a real store: who is served when, what is written, and what faults, cancelling and dead servers leave."""

from __future__ import annotations

import itertools
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Thread

import pytest

from pipeline.batch.messages import Failed, Job
from pipeline.batch.place import is_gone, this_server
from pipeline.batch.queue import ReviewQueue
from pipeline.batch.worker import Worker, never
from pipeline.events import STAGES, Observer, nobody
from pipeline.store import ReviewOptions, ReviewRecord, State, Store, open_store
from pipeline.types import AreaReview, Party, Review
from tests.pipeline.batch.conftest import SetUp, alive
from tests.pipeline.batch.faults import CONTRACT, ENTRY
from tests.pipeline.conftest import HashedWords

_PATIENCE = 40.0


@pytest.fixture
def store(tmp_path: Path, limits: SetUp) -> Iterator[Store]:
    opened = open_store(folder=tmp_path / "data", embedder=HashedWords)
    yield opened
    opened.close()


def faulty() -> Worker:
    return Worker(entry=ENTRY)


@contextmanager
def serving(store: Store, workers: int = 1, make: Callable[[], Worker] = faulty) -> Iterator[ReviewQueue]:
    queue = ReviewQueue(store, workers, make=make)
    queue.start()
    try:
        yield queue
    finally:
        queue.stop()


def submitted(
    store: Store, name: str, *, session: str = "", options: ReviewOptions | None = None, text: str = CONTRACT
) -> str:
    """Submit a contract of that name; its text is its own."""
    contract = store.add_contract(name, f"{text}{name} {session}\n".encode(), owner="local")
    return store.submit(contract.id, options or ReviewOptions(), who="local", session=session).id


def until(check: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _PATIENCE
    while not check():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)


def ended(store: Store, *ids: str) -> dict[str, ReviewRecord]:
    """The reviews, once they have all ended."""
    final = (State.DONE, State.FAILED, State.CANCELLED)
    until(lambda: all(store.review(i).state in final for i in ids))
    return {i: store.review(i) for i in ids}


def running(store: Store, review_id: str, queue_stage: str | None = "ingest") -> ReviewRecord:
    until(lambda: store.review(review_id).state is State.RUNNING and store.review(review_id).stage == queue_stage)
    return store.review(review_id)


def test_what_is_submitted_is_reviewed_under_its_own_name_and_with_its_options(store: Store) -> None:
    with serving(store) as queue:
        first = submitted(store, "客服合同.txt", options=ReviewOptions(merchant=Party.YI))
        queue.wake()
        done = ended(store, first)[first]
    assert done.state is State.DONE
    assert [a.id for a in done.areas_ready] == [f"area{n}" for n in range(6)]
    loaded = store.load(first)
    assert loaded.document.file == "客服合同.txt"
    assert loaded.merchant is Party.YI
    assert store.audit_trail(10)


def test_ten_sessions_of_three_files_are_served_in_turn(store: Store) -> None:
    """All is submitted before a worker starts, a session at a time: the third file of the first still waits for the first of the last."""
    sessions = [f"s{n}" for n in range(10)]
    ids = {submitted(store, f"{n}.txt", session=s): s for s in sessions for n in range(3)}
    with serving(store):
        found = ended(store, *ids)
    assert {r.state for r in found.values()} == {State.DONE}
    in_order = sorted(found.values(), key=lambda r: r.started_at or r.queued_at)
    assert [r.session for r in in_order] == sessions * 3
    assert [r.contract_name for r in in_order] == ["0.txt"] * 10 + ["1.txt"] * 10 + ["2.txt"] * 10


@pytest.mark.slow
def test_faults_of_a_file_stay_its_own(store: Store, limits: SetUp) -> None:
    limits(file_seconds=3, file_memory_mb=600)
    with serving(store, workers=2):
        names = ("好1.txt", "crash.txt", "hang.txt", "hog.txt", "once.txt", "bug.txt", "好2.txt")
        ids = {name: submitted(store, name) for name in names}
        found = ended(store, *ids.values())
    assert {name: found[i].state for name, i in ids.items() if found[i].state is not State.DONE} == dict.fromkeys(
        ("crash.txt", "hang.txt", "hog.txt", "bug.txt"), State.FAILED
    )
    for name, words in {"crash.txt": "两次", "hang.txt": "3 秒", "hog.txt": "600 MB", "bug.txt": "KeyError"}.items():
        error = found[ids[name]].error
        assert error is not None
        assert words in error
        assert "请" in error


def test_a_killed_child_costs_a_second_attempt_and_nothing_else(store: Store) -> None:
    workers: list[Worker] = []

    def make() -> Worker:
        workers.append(faulty())
        return workers[-1]

    with serving(store, make=make):
        slow, after = submitted(store, "slow.txt"), submitted(store, "好.txt")
        running(store, slow)
        pid = workers[0].pid
        assert pid is not None
        os.kill(pid, signal.SIGKILL)
        found = ended(store, slow, after)
    assert {r.state for r in found.values()} == {State.DONE}
    assert workers[0].pid is None
    assert not alive(pid)


def test_cancelling_a_running_review_kills_its_worker_and_the_next_is_served(store: Store) -> None:
    workers: list[Worker] = []

    def make() -> Worker:
        workers.append(faulty())
        return workers[-1]

    with serving(store, make=make):
        hanging, waiting, after = (submitted(store, n) for n in ("hang.txt", "等.txt", "好.txt"))
        running(store, hanging)
        pid = workers[0].pid
        assert store.cancel(waiting, who="local")
        assert store.cancel(hanging, who="local")
        until(lambda: not alive(pid))
        found = ended(store, hanging, waiting, after)
    assert [found[i].state for i in (hanging, waiting, after)] == [State.CANCELLED, State.CANCELLED, State.DONE]


def test_deleting_a_contract_under_review_kills_its_worker(store: Store) -> None:
    with serving(store):
        hanging, after = submitted(store, "hang.txt"), submitted(store, "好.txt")
        store.delete_contract(running(store, hanging).contract_id, who="local")
        assert ended(store, after)[after].state is State.DONE
    assert [r.contract_name for r in store.reviews()] == ["好.txt"]


def test_a_playbook_that_is_gone_or_wrong_fails_its_review_with_the_reason(store: Store) -> None:
    gone = store.save_playbook("旧标准", "extends: default\n", owner="local")
    wrong = store.save_playbook("错标准", "extends: default\ncheckpoints: 7\n", owner="local")
    ids = [submitted(store, f"{b.name}.txt", options=ReviewOptions(playbook=b.id)) for b in (gone, wrong)]
    store.delete_playbook(gone.id)
    with serving(store):
        found = ended(store, *ids)
    assert [found[i].state for i in ids] == [State.FAILED, State.FAILED]
    assert "审查标准" in (found[ids[0]].error or "")
    assert "错标准" in (found[ids[1]].error or "")


class Counted(Worker):
    """Reviews in the test's own process, with far more events than are worth writing."""

    def run(self, job: Job, *, observe: Observer = nobody, cancelled: Callable[[], bool] = never) -> Review | Failed:
        from pipeline.events import PagesRead

        start, done = time.monotonic(), 0
        while time.monotonic() - start < 2.0:
            done += 1
            observe(PagesRead(done=done, total=100_000))
            if cancelled():
                break
            time.sleep(0.002)
        return super().run(job, observe=observe, cancelled=cancelled)


def test_progress_is_written_at_most_five_times_a_second(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    writes: list[tuple[float, str, int]] = []
    advance, area_ready = store.advance, store.area_ready

    def counted(review_id: str, *, stage: str, done: int = 0, total: int = 0, worker: str | None = None) -> bool:
        writes.append((time.monotonic(), stage, done))
        return advance(review_id, stage=stage, done=done, total=total, worker=worker)

    def counted_area(review_id: str, area: AreaReview, *, worker: str | None = None) -> bool:
        writes.append((time.monotonic(), area.id, 0))
        return area_ready(review_id, area, worker=worker)

    monkeypatch.setattr(store, "advance", counted)
    monkeypatch.setattr(store, "area_ready", counted_area)
    with serving(store, make=lambda: Counted(entry=ENTRY)):
        found = submitted(store, "slow.txt")
        assert ended(store, found)[found].state is State.DONE
    gaps = [b[0] - a[0] for a, b in itertools.pairwise(writes)]
    assert len(writes) >= 8
    assert min(gaps) >= 0.19
    assert max(gaps) < 2.0
    dones = [done for _, stage, done in writes if stage == STAGES[0] and done]
    assert dones == sorted(dones)
    assert dones[-1] > 100


def test_a_review_is_heard_of_while_nothing_happens(store: Store) -> None:
    """A long step says nothing; the store hears all the same that its worker lives."""
    with serving(store):
        hanging = submitted(store, "hang.txt")
        first = running(store, hanging).beat_at
        assert first is not None
        until(lambda: (store.review(hanging).beat_at or first) > first)
        store.cancel(hanging, who="local")


def test_stopping_puts_a_review_under_way_back(store: Store) -> None:
    with serving(store):
        hanging = submitted(store, "hang.txt")
        running(store, hanging)
    record = store.review(hanging)
    assert (record.state, record.worker, record.started_at) == (State.QUEUED, None, None)


def test_a_review_that_servers_never_finish_is_given_up(store: Store) -> None:
    poison = submitted(store, "好.txt")
    for n in range(3):
        assert store.claim(f"gone{n}:1:1:x/1") is not None
        store.requeue_abandoned(f"gone{n}:")
    with serving(store):
        record = ended(store, poison)[poison]
    assert record.state is State.FAILED
    assert "中断了 3 次" in (record.error or "")


_SERVER = """
import sys, time
from pathlib import Path
from pipeline.batch.queue import ReviewQueue
from pipeline.batch.worker import Worker
from pipeline.store import open_store
from tests.pipeline.batch.faults import ENTRY
from tests.pipeline.conftest import HashedWords
store = open_store(folder=Path(sys.argv[1]), embedder=HashedWords)
ReviewQueue(store, 1, make=lambda: Worker(entry=ENTRY)).start()
time.sleep(600)
"""


@contextmanager
def server(folder: Path) -> Iterator[subprocess.Popen[bytes]]:
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with subprocess.Popen([sys.executable, "-c", _SERVER, str(folder)], env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


@pytest.mark.slow
def test_what_a_killed_server_was_at_is_done_by_another(store: Store, tmp_path: Path) -> None:
    with server(tmp_path / "data") as other:
        half = submitted(store, "hang.txt")
        worker = running(store, half).worker
        assert worker is not None
        assert not is_gone(worker.rpartition("/")[0])
        other.kill()
        other.wait()
        assert is_gone(worker.rpartition("/")[0])
    with serving(store) as queue:
        until(lambda: (store.review(half).worker or "").startswith(f"{queue.name}/"))
        assert store.review(half).tries == 2
        store.cancel(half, who="local")


def test_two_servers_on_one_store_leave_each_other_alone(store: Store, tmp_path: Path) -> None:
    """The second starts, serves and sweeps while the first is in the middle of a file."""
    with server(tmp_path / "data"):
        half = submitted(store, "hang.txt")
        worker = running(store, half).worker
        with serving(store) as queue:
            after = submitted(store, "好.txt")
            assert ended(store, after)[after].state is State.DONE
            assert queue._requeue() == 0
        record = store.review(half)
        assert (record.state, record.worker, record.tries) == (State.RUNNING, worker, 1)


def test_servers_are_known_by_their_process() -> None:
    own = this_server()
    assert not is_gone(own)
    host, pid, started, tail = own.rsplit(":", 3)
    assert is_gone(f"{host}:{pid}:{int(started) + 1}:{tail}")
    assert not is_gone(f"elsewhere:{pid}:{int(started) + 1}:{tail}")
    for odd in ("", "worker", f"{host}:x:1:y", f"{host}:{pid}:0:y"):
        assert not is_gone(odd)


def test_a_database_out_of_reach_for_a_while_costs_no_review(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.errors import StoreError

    real: Mapping[str, Callable[..., object]] = {"claim": store.claim, "advance": store.advance}
    failures = {"claim": 2, "advance": 2}

    def shaky(name: str) -> Callable[..., object]:
        def call(*args: object, **kwargs: object) -> object:
            if failures[name]:
                failures[name] -= 1
                raise StoreError("数据库连不上")
            return real[name](*args, **kwargs)

        return call

    for name in real:
        monkeypatch.setattr(store, name, shaky(name))
    with serving(store):
        found = submitted(store, "slow.txt")
        assert ended(store, found)[found].state is State.DONE
    assert failures == {"claim": 0, "advance": 0}


def test_stopping_from_many_threads_ends_once(store: Store) -> None:
    queue = ReviewQueue(store, 2, make=faulty)
    queue.start()
    queue.start()
    threads = [Thread(target=queue.stop) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
        assert not thread.is_alive()
    queue.start()
    assert not queue._threads
