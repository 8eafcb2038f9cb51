"""A worker's reviews are those of the caller's process, and no file can take it down."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import DATASET
from pipeline.batch.messages import Cause, Failed, Job
from pipeline.batch.worker import Worker
from pipeline.events import STAGES, AreaReady, Event, StageStarted
from pipeline.review import review
from pipeline.types import Party, Review
from tests.pipeline.batch.conftest import SetUp, alive
from tests.pipeline.batch.faults import ENTRY, HASHED, STUBBORN, contract
from tests.pipeline.check.llm.conftest import CONTRACT, TABLE, server
from tests.pipeline.conftest import HashedWords
from tests.servers.reader import Reader

_SAMPLES = ("d02.txt", "d10.docx", "d21.pdf")


@pytest.fixture(scope="module")
def faulty() -> Iterator[Worker]:
    with Worker(entry=ENTRY) as worker:
        yield worker


def failed(result: Review | Failed) -> Failed:
    assert isinstance(result, Failed)
    return result


def same(a: Review, b: Review) -> bool:
    """Equal but for the clock."""
    return replace(a, timings_ms={}) == replace(b, timings_ms={})


@pytest.mark.slow
@pytest.mark.skipif(not (DATASET / "dev").is_dir(), reason="no dataset beside the package")
def test_reviews_are_the_same_with_an_observer_and_through_a_worker() -> None:
    paths = [DATASET / "dev" / name for name in _SAMPLES]
    with Worker() as worker:
        worker.start()
        for path in paths:
            seen: list[Event] = []
            heard: list[Event] = []
            plain = review(path)
            watched = review(path, observe=seen.append)
            apart = worker.run(Job(path=path), observe=heard.append)
            assert isinstance(apart, Review)
            assert same(plain, watched)
            assert same(plain, apart)
            assert seen == heard
            assert [e.stage for e in seen if isinstance(e, StageStarted)] == list(STAGES)
            assert tuple(e.area for e in seen if isinstance(e, AreaReady)) == plain.areas


def test_a_model_is_asked_from_the_child_as_from_here(
    tmp_path: Path, limits: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Key and address come from the environment of the moment; what is masked is masked there too."""
    path = tmp_path / "合同.txt"
    path.write_text(CONTRACT, encoding="utf-8")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    limits(model="scripted", cache=False, model_retries=0)
    found: dict[bool, Review] = {}
    with Worker(entry=HASHED) as worker:
        worker.start()
        for apart in (False, True):
            with server(Reader(table=TABLE, only_table=True)) as model:
                monkeypatch.setenv("OPENAI_BASE_URL", model.url)
                if apart:
                    result = worker.run(Job(path=path, engine="both"))
                else:
                    result = review(path, engine="both", embedder=HashedWords())
                assert isinstance(result, Review)
                found[apart] = replace(result, usage=replace(result.usage, cached_tokens=0))
                assert not any("锦绣山河" in text for r in model.requests for _, text in r.messages)
                if apart:
                    open_ = worker.run(Job(path=path, engine="llm", mask=False))
                    assert isinstance(open_, Review)
                    assert open_.usage.calls == found[True].usage.calls
                    assert any("锦绣山河" in text for r in model.requests for _, text in r.messages)
    assert same(found[False], found[True])
    assert found[True].usage.calls == 6


def test_a_review_carries_the_name_it_is_given(faulty: Worker, tmp_path: Path) -> None:
    path = contract(tmp_path, "ab12.txt")
    found = faulty.run(Job(path=path, name="客服合同（终稿）.txt", merchant=Party.YI))
    assert isinstance(found, Review)
    assert found.document.file == "客服合同（终稿）.txt"
    assert found.merchant is Party.YI
    wrong = failed(faulty.run(Job(path=path, name="合同.docx")))
    assert wrong.cause is Cause.INPUT
    assert wrong.remedy


def test_a_child_that_always_dies_fails_its_file_and_no_other(faulty: Worker, tmp_path: Path) -> None:
    seen: list[Event] = []
    result = failed(faulty.run(Job(path=contract(tmp_path, "crash.txt")), observe=seen.append))
    assert result.cause is Cause.DIED
    assert "两次" in result.reason
    assert len(seen) == 2
    assert isinstance(faulty.run(Job(path=contract(tmp_path, "好.txt"))), Review)


def test_a_child_killed_from_outside_is_replaced_and_its_file_read_again(faulty: Worker, tmp_path: Path) -> None:
    assert isinstance(faulty.run(Job(path=contract(tmp_path, "once.txt"))), Review)
    pid = faulty.pid
    assert pid is not None
    killer = threading.Timer(0.1, os.kill, (pid, signal.SIGKILL))
    killer.start()
    assert isinstance(faulty.run(Job(path=contract(tmp_path, "slow.txt"))), Review)
    assert not alive(pid)
    assert faulty.pid != pid


def test_a_child_that_hangs_is_killed_in_time(faulty: Worker, tmp_path: Path, limits: SetUp) -> None:
    limits(file_seconds=3)
    assert isinstance(faulty.run(Job(path=contract(tmp_path, "好.txt"))), Review)
    pid, start = faulty.pid, time.monotonic()
    result = failed(faulty.run(Job(path=contract(tmp_path, "hang.txt"))))
    assert result.cause is Cause.TIME
    assert "3 秒" in str(result)
    assert 3 <= time.monotonic() - start < 6
    assert not alive(pid)


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read from /proc")
@pytest.mark.parametrize("fault", ["hog", "balloon"])
def test_a_child_that_grows_is_stopped(faulty: Worker, tmp_path: Path, limits: SetUp, fault: str) -> None:
    """Step by step it is seen from outside; at one stroke the allocation fails."""
    limits(file_memory_mb=600)
    result = failed(faulty.run(Job(path=contract(tmp_path, f"{fault}.txt"))))
    assert result.cause is Cause.MEMORY
    assert "600 MB" in result.reason
    assert isinstance(faulty.run(Job(path=contract(tmp_path, "好.txt"))), Review)


def test_cancelling_kills_the_child(faulty: Worker, tmp_path: Path) -> None:
    assert isinstance(faulty.run(Job(path=contract(tmp_path, "好.txt"))), Review)
    pid, start = faulty.pid, time.monotonic()
    result = faulty.run(Job(path=contract(tmp_path, "hang.txt")), cancelled=lambda: time.monotonic() - start > 0.5)
    assert failed(result).cause is Cause.CANCELLED
    assert time.monotonic() - start < 2
    assert not alive(pid)


def test_a_fault_in_the_program_is_told_without_the_contracts_words(
    faulty: Worker, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    result = failed(faulty.run(Job(path=contract(tmp_path, "bug.txt"))))
    assert result.cause is Cause.ERROR
    assert "KeyError" in str(result)
    assert "秘密" not in str(result) + capfd.readouterr().err


def test_an_observer_that_raises_ends_the_review_and_the_worker_lives(faulty: Worker, tmp_path: Path) -> None:
    def refuse(event: Event) -> None:
        raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        faulty.run(Job(path=contract(tmp_path, "好.txt")), observe=refuse)
    assert isinstance(faulty.run(Job(path=contract(tmp_path, "好.txt"))), Review)


def test_a_child_is_replaced_after_its_files_and_when_the_settings_change(tmp_path: Path, limits: SetUp) -> None:
    path = contract(tmp_path, "好.txt")
    with Worker(entry=ENTRY, files=2) as worker:
        pids = []
        for _ in range(3):
            worker.start()
            pids.append(worker.pid)
            assert isinstance(worker.run(Job(path=path)), Review)
        assert pids[0] == pids[1] != pids[2]
        limits(max_chars=1000)
        worker.start()
        assert worker.pid != pids[2]
        path.write_text("甲方、乙方。" * 200, encoding="utf-8")
        assert "上限 1000 字" in str(worker.run(Job(path=path)))
        last = worker.pid
    assert worker.pid is None
    assert not alive(last)


def test_a_child_that_cannot_start_is_told_as_such(tmp_path: Path) -> None:
    with Worker(entry=STUBBORN) as worker:
        result = failed(worker.run(Job(path=contract(tmp_path, "好.txt"))))
    assert result.cause is Cause.START
    assert "shenyue doctor" in result.remedy


def test_closing_ends_a_review_under_way(tmp_path: Path) -> None:
    worker = Worker(entry=ENTRY)
    worker.start()
    threading.Timer(1.0, worker.close).start()
    assert failed(worker.run(Job(path=contract(tmp_path, "hang.txt")))).cause is Cause.CANCELLED
    assert failed(worker.run(Job(path=contract(tmp_path, "好.txt")))).cause is Cause.CANCELLED


def test_children_end_with_a_parent_that_is_killed(tmp_path: Path) -> None:
    """In the middle of a file, too; and the child has nothing of the parent's main module."""
    code = f"""
import sys, threading, time
from pathlib import Path
from pipeline.batch.messages import Job
from pipeline.batch.worker import Worker
print("main", flush=True)
worker = Worker(entry={ENTRY!r})
worker.start()
threading.Thread(target=worker.run, args=(Job(path=Path({str(contract(tmp_path, "hang.txt"))!r})),), daemon=True).start()
time.sleep(2)
print(worker.pid, flush=True)
time.sleep(60)
"""
    script = tmp_path / "server.py"
    script.write_text(code, encoding="utf-8")
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    with subprocess.Popen([sys.executable, script], stdout=subprocess.PIPE, text=True, env=environment) as server:
        assert server.stdout is not None
        said = [server.stdout.readline().strip(), server.stdout.readline().strip()]
        child = int(said[1])
        assert said[0] == "main"
        assert alive(child)
        server.kill()
    deadline = time.monotonic() + 5
    while alive(child) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert not alive(child)
