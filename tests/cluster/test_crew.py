"""A crew on a cluster says what a crew here says, and outlives its nodes."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, wait
from contextlib import closing, contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from eval.cases import DATASET
from pipeline.batch import cluster as cluster_module
from pipeline.batch.cluster import RayCrew
from pipeline.batch.crew import Crew, LocalCrew
from pipeline.batch.messages import Cause, Failed, Reviewed, Work
from pipeline.batch.worker import ENTRY
from pipeline.errors import EngineError
from pipeline.playbook import load_playbook
from pipeline.store.packed import PackedReview, unpack_review
from tests.cluster.nodes import ROOT, Cluster, cluster_folder
from tests.pipeline.batch import faults
from tests.pipeline.batch.conftest import SetUp, alive
from tests.pipeline.check.llm.conftest import CONTRACT, TABLE, server
from tests.servers.reader import Reader

pytestmark = [pytest.mark.cluster, pytest.mark.slow]
_SAMPLES = ("d02.txt", "d06.txt", "d11.txt", "d27.txt", "d01.docx", "d21.pdf")
# Ray gives a node the driver's search path; on another machine there would be nothing behind it.
_WITHOUT = """
import sys

class Without:
    def find_spec(self, name, path=None, target=None):
        if name == "pipeline":
            raise ModuleNotFoundError(name=name)

sys.meta_path.insert(0, Without())
"""


def sample(name: str, **more: object) -> Work:
    path = DATASET / "dev" / name
    return replace(Work(name=name, content=path.read_bytes(), extension=path.suffix), **more)  # type: ignore[arg-type]


def contract(name: str, **more: object) -> Work:
    """A small one, with the fault that its name asks for; see ``faults``."""
    work = Work(name=name, content=faults.CONTRACT.encode(), extension=".txt")
    return replace(work, **more)  # type: ignore[arg-type]


@contextmanager
def crew_on(address: str, entry: str = ENTRY) -> Iterator[RayCrew]:
    with closing(RayCrew(address, entry=entry)) as crew:
        yield crew


def done(crew: Crew, works: Sequence[Work], seconds: float = 180) -> list[Reviewed | Failed]:
    futures = [crew.submit(work) for work in works]
    assert not wait(futures, timeout=seconds).not_done
    return [future.result() for future in futures]


def reviewed(result: Reviewed | Failed) -> PackedReview:
    assert isinstance(result, Reviewed), result
    assert result.packed is not None
    return result.packed


def until(true: Callable[[], object], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_reviews_of_two_nodes_are_those_of_this_machine(cluster: Cluster) -> None:
    """To the last byte but for the clock: what the store gets, the reports and the vectors."""
    works = [sample(name, formats=("json", "html"), vectors=True) for name in _SAMPLES]
    works[0] = replace(works[0], playbook=load_playbook())
    with crew_on(cluster.address) as crew:
        assert crew.slots == 2
        there = done(crew, works)
        assert all(node.children() for node in cluster.nodes)
    with closing(LocalCrew(2)) as local:
        here = done(local, works)
    for a, b in zip(here, there, strict=True):
        one, other = reviewed(a), reviewed(b)
        assert replace(one, body=b"") == replace(other, body=b"")
        assert replace(unpack_review(one.body), timings_ms={}) == replace(unpack_review(other.body), timings_ms={})
        assert isinstance(a, Reviewed)
        assert isinstance(b, Reviewed)
        assert set(a.reports) == set(b.reports) == {"json", "html"}
        assert a.vectors is not None
        assert b.vectors is not None
        assert (a.vectors == b.vectors).all()
        assert a.vectors.shape == (len(one.passages), 384)


def test_a_finished_review_is_rendered_on_a_node(cluster: Cluster) -> None:
    with crew_on(cluster.address) as crew:
        (first,) = done(crew, [sample("d02.txt")])
        again = Work(name="改名.txt", content=b"", extension=".txt", packed=reviewed(first).body, formats=("md",))
        (found,) = done(crew, [again])
    assert isinstance(found, Reviewed)
    assert found.packed is None
    assert "改名.txt" in found.reports["md"].decode()


def test_a_file_that_fails_fails_in_the_same_words(cluster: Cluster, limits: SetUp) -> None:
    limits(file_seconds=12, file_memory_mb=600)
    works = [contract(f"{name}.txt") for name in ("hang", "crash", "hog", "bug")]
    works.append(contract("坏.docx", extension=".docx"))
    with crew_on(cluster.address, faults.ENTRY) as crew:
        there = done(crew, works)
        (after,) = done(crew, [contract("好.txt")])
    with closing(LocalCrew(2, entry=faults.ENTRY)) as local:
        here = done(local, works)
    assert there == here
    causes = [result.cause for result in there if isinstance(result, Failed)]
    assert causes == [Cause.TIME, Cause.DIED, Cause.MEMORY, Cause.ERROR, Cause.INPUT]
    reviewed(after)


def test_all_files_are_answered_though_a_node_goes(
    cluster: Cluster, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
) -> None:
    """Killed with all its processes in the middle of a file; another that joins later gets files too."""
    works = [contract(f"slow-{n}.txt") for n in range(60)]
    with crew_on(cluster.address, faults.ENTRY) as crew:
        futures = [crew.submit(work) for work in works]
        lost = cluster.nodes[1]
        until(lambda: lost.children() and sum(f.done() for f in futures) >= 6, 90)
        cluster.kill(lost)
        until(lambda: crew.slots == 1)
        until(lambda: sum(f.done() for f in futures) >= 12, 90)
        fresh = cluster.start()
        until(lambda: crew.slots == 2)
        more = [crew.submit(work) for work in works]
        until(fresh.children, 90)
        assert not wait([*futures, *more], timeout=180).not_done
        names = [reviewed(f.result()).file for f in futures]
    assert names == [work.name for work in works]
    assert "处理器 2 → 1" in caplog.text
    assert capfd.readouterr() == ("", "")


def test_closing_ends_what_is_under_way(cluster: Cluster) -> None:
    crew = RayCrew(cluster.address, entry=faults.ENTRY)
    futures: list[Future[Reviewed | Failed]] = [crew.submit(contract(f"hang-{n}.txt")) for n in range(4)]
    until(lambda: all(node.children() for node in cluster.nodes), 90)
    began = time.monotonic()
    crew.close()
    results = [future.result(timeout=1) for future in futures]
    assert time.monotonic() - began < 5
    assert {r.cause for r in results if isinstance(r, Failed)} == {Cause.CANCELLED}
    assert len(results) == 4
    until(lambda: not any(node.children() for node in cluster.nodes), 15)
    late = crew.submit(contract("好.txt")).result(timeout=1)
    assert isinstance(late, Failed)
    assert late.cause is Cause.CANCELLED


def test_nothing_goes_on_for_a_driver_that_was_killed(cluster: Cluster) -> None:
    code = f"""
import time
from tests.cluster.test_crew import contract
from pipeline.batch.cluster import RayCrew
crew = RayCrew({cluster.address!r}, entry={faults.ENTRY!r})
futures = [crew.submit(contract(f"hang-{{n}}.txt")) for n in range(4)]
print("sent", flush=True)
time.sleep(120)
"""
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", code], stdout=subprocess.PIPE, text=True, env=environment
    ) as driver:
        assert driver.stdout is not None
        assert driver.stdout.readline() == "sent\n"
        until(lambda: all(node.children() for node in cluster.nodes), 90)
        driver.kill()
    until(lambda: not any(node.children() for node in cluster.nodes), 20)


@pytest.mark.parametrize("outside", [False, True], ids=["a node", "outside"])
def test_a_head_that_goes_is_told_and_the_process_goes_on(outside: bool) -> None:
    """Ray would end it after a minute, without a word to who waits."""
    own = Cluster(folder=cluster_folder())
    code = f"""
import time
from tests.cluster.test_crew import contract
from pipeline.batch.cluster import RayCrew
crew = RayCrew({(own.from_outside if outside else own.address)!r}, entry={faults.ENTRY!r})
futures = [crew.submit(contract(f"hang-{{n}}.txt")) for n in range(3)]
print("sent", flush=True)
print(*(future.result() for future in futures), sep="\\n")
crew.close()
print(crew.submit(contract("late.txt")).result())
"""
    try:
        head = own.start()
        command = [sys.executable, "-W", "ignore", "-c", code]
        environment = {**os.environ, **own.access, "PYTHONPATH": str(ROOT)}
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment) as driver:
            assert driver.stdout is not None
            assert driver.stdout.readline() == "sent\n"
            own.kill(head)
            said, _ = driver.communicate(timeout=60)
        assert driver.returncode == 0, said
        told = said.splitlines()
        assert len(told) == 4
        assert all("和 Ray 集群的连接断了" in line and "shenyue runs resume" in line for line in told[:3])
        assert told[3] == "已经取消"
    finally:
        own.stop()
        shutil.rmtree(own.folder, ignore_errors=True)


def test_a_driver_outside_the_cluster_can_use_it(cluster: Cluster) -> None:
    with crew_on(cluster.from_outside, faults.ENTRY) as crew:
        assert crew.slots == 2
        results = done(crew, [contract("好.txt"), contract("crash.txt")])
    assert reviewed(results[0]).file == "好.txt"
    assert isinstance(results[1], Failed)
    assert results[1].cause is Cause.DIED


def test_keys_reach_the_reader_and_no_log(
    cluster: Cluster, limits: SetUp, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """The driver's model, address and key, not those that lie on the nodes; and masking is the driver's too."""
    key = "sk-only-in-memory-7f3a"
    monkeypatch.setenv("OPENAI_API_KEY", key)
    limits(model="scripted", cache=False, model_retries=0)
    with server(Reader(table=TABLE, only_table=True)) as model:
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        with crew_on(cluster.address, faults.HASHED) as crew:
            work = Work(name="合同.txt", content=CONTRACT.encode(), extension=".txt", engine="llm")
            (found,) = done(crew, [work])
        assert isinstance(found, Reviewed)
        assert found.usage.calls > 0
        assert found.usage.failed_calls == 0
        chats = [r for r in model.requests if r.method == "POST"]
        assert {r.headers.get("authorization") for r in chats} == {f"Bearer {key}"}
        assert not any("锦绣山河" in text for r in chats for _, text in r.messages)
    files = [path for path in cluster.folder.rglob("*") if path.is_file()]
    assert any(path.suffix == ".log" for path in files)
    assert not [path for path in files if key.encode() in path.read_bytes()]
    said = capfd.readouterr()
    assert key not in said.out + said.err


def test_a_cluster_of_another_version_is_refused(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster_module, "__version__", "9.9.9")
    with pytest.raises(EngineError, match=r"装的是审约 .*本机是 9\.9\.9") as told:
        RayCrew(cluster.address)
    assert "make cluster" in str(told.value)


def test_a_node_that_joins_and_is_not_fit_gets_no_file(cluster: Cluster, caplog: pytest.LogCaptureFixture) -> None:
    """One without this package: its files go to the others, and the run goes on."""
    broken = cluster.folder / "broken"
    broken.mkdir()
    (broken / "sitecustomize.py").write_text(_WITHOUT, encoding="utf-8")
    with crew_on(cluster.address, faults.ENTRY) as crew:
        unfit = cluster.start(environment={"PYTHONPATH": str(broken)})
        try:
            until(lambda: crew.slots == 3)
            results = done(crew, [contract(f"slow-{n}.txt") for n in range(30)])
            until(lambda: crew.slots == 2)
        finally:
            cluster.kill(unfit)
    assert len([reviewed(result) for result in results]) == 30
    assert "没有装好审约" in caplog.text


def test_only_who_has_the_token_gets_in(cluster: Cluster, tmp_path: Path) -> None:
    code = f"""
from pipeline.batch.cluster import RayCrew
from pipeline.errors import EngineError
try:
    RayCrew({cluster.address!r})
except EngineError as error:
    print(error)
"""
    for token in ("", "0" * 32):
        access = {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": token} if token else {}
        rest = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
        environment = {**rest, **access, "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)}
        command = [sys.executable, "-W", "ignore", "-c", code]
        found = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=60, check=True)
        assert "RAY_AUTH_TOKEN" in found.stdout, (found.stdout, found.stderr[-500:])


def test_the_end_asked_for_is_the_runs_to_answer(cluster: Cluster) -> None:
    """Ray would take the signal for itself."""
    seen: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, frame: seen.append(number))
    try:
        with crew_on(cluster.address, faults.ENTRY):
            os.kill(os.getpid(), signal.SIGTERM)
            until(lambda: seen)
            with pytest.raises(EngineError, match="一次只能连一个"):
                RayCrew(cluster.address)
    finally:
        signal.signal(signal.SIGTERM, before)
    assert alive(os.getpid())
