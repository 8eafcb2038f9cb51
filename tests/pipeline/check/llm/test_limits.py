"""Limits that real processes keep together, measured where the calls arrive."""

from __future__ import annotations

import asyncio
import itertools
import json
import shutil
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from langchain_core.messages import HumanMessage

from pipeline.check.llm.client import connect
from pipeline.check.llm.failures import ModelFailure
from pipeline.check.llm.limits import Limits, LimitsError
from pipeline.errors import EngineError
from pipeline.settings import Settings
from tests.pipeline.check.llm.asking import asking, client, said
from tests.servers import replies
from tests.servers.openai_server import ScriptedServer
from tests.servers.replies import Reply
from tests.servers.wire import Request

EARLY = 0.05  # seconds: a tenth of an interval is made up, and the clocks of turn and arrival are not the same
SLOW = 3.0  # seconds that a busy machine may take longer


def arrivals(server: ScriptedServer) -> list[float]:
    return sorted(call.at for call in server.calls)


def always(reply: Reply) -> Callable[[Request], Reply]:
    return lambda request: reply


def first(reply: Reply) -> Callable[[Request], Reply]:
    counter = itertools.count()
    return lambda request: reply if next(counter) == 0 else Reply(text="ok")


@pytest.fixture
def own(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the environment back that ``client`` sets."""
    monkeypatch.setenv("OPENAI_BASE_URL", "")
    monkeypatch.setenv("OPENAI_API_KEY", "")


def test_processes_keep_one_rate_together(tmp_path: Path) -> None:
    with (
        ScriptedServer(always(Reply(text="ok"))) as server,
        asking(server, tmp_path, requests_per_second=10) as crew,
    ):
        crew.start(4, calls=6)
        assert crew.said(24) == ["ok"] * 24
        came = arrivals(server)
    # A busy machine makes calls arrive later than their turn, never earlier.
    assert all(at >= crew.began + number / 10 - EARLY for number, at in enumerate(came))
    assert came[-1] - came[0] < 23 / 10 + SLOW
    most = max(sum(start <= at < start + 1 for at in came) for start in came)
    # 11 where nothing is late; all 24 if each process had a rate of its own
    assert most <= 2 * 10, f"{most} in a second"
    assert len({call.messages[-1][1].split()[0] for call in server.calls[:12]}) > 1, (
        "one process went before all others"
    )


def test_no_more_calls_are_under_way_than_allowed(tmp_path: Path) -> None:
    lasts = 0.1
    with (
        ScriptedServer(always(Reply(text="ok", delay=lasts))) as server,
        asking(server, tmp_path, concurrent_requests=3) as crew,
    ):
        crew.start(4, calls=6)
        assert crew.said(24) == ["ok"] * 24
        came = arrivals(server)
    assert max(sum(start - lasts < at <= start for at in came) for start in came) == 3


def test_what_a_killed_process_held_or_waited_for_is_free_at_once(tmp_path: Path) -> None:
    with (
        ScriptedServer(first(replies.hang())) as server,
        asking(server, tmp_path, concurrent_requests=1) as crew,
    ):
        holder = crew.start()
        crew.until(lambda: len(server.calls) == 1)
        inside = crew.start(calls=2)  # at the gate
        time.sleep(0.3)
        crew.start()
        time.sleep(0.2)
        assert len(server.calls) == 1
        inside.kill()
        inside.join()
        holder.kill()
        killed = time.perf_counter()
        assert crew.said(1) == ["ok"]
        assert time.perf_counter() - killed < 5.0  # and not when the call would have timed out, after 120 s


def test_what_a_killed_process_was_still_to_call_holds_nobody(tmp_path: Path) -> None:
    with (
        ScriptedServer(always(Reply(text="ok"))) as server,
        asking(server, tmp_path, requests_per_second=2) as crew,
    ):
        greedy = crew.start(calls=20)
        crew.until(lambda: server.calls)
        crew.start()
        greedy.kill()
        killed = time.perf_counter()
        crew.said(1)
        assert time.perf_counter() - killed < 5.0  # and not after the other's 20 calls, which are ten seconds


def test_a_limit_met_by_one_process_holds_the_others(tmp_path: Path) -> None:
    with (
        ScriptedServer(first(replies.rate_limited(2))) as server,
        asking(server, tmp_path, model_retries=1) as crew,
    ):
        crew.start()
        crew.until(lambda: list(tmp_path.glob("limits/*/pace.json")))  # the pause is told
        crew.start(2, calls=2)
        assert crew.said(5) == ["ok"] * 5
        limited, *others = arrivals(server)
    assert len(others) == 5
    assert others[0] - limited >= 2.0
    assert others[-1] - limited < 2.0 + SLOW


@pytest.mark.usefixtures("own")
def test_another_attempt_waits_for_its_turn_too(tmp_path: Path) -> None:
    with ScriptedServer(first(replies.server_error(500))) as server:
        assert said(client(server.url, tmp_path, {"model_retries": 1, "requests_per_second": 0.5}), "?") == "ok"
        one, two = arrivals(server)
    assert two - one >= 1.2  # the back-off alone is half a second at most


def test_idle_time_is_not_saved_up(tmp_path: Path) -> None:
    limits = Limits(tmp_path, "http://one", rate=10)
    assert limits.acquire()
    time.sleep(0.5)
    began = time.perf_counter()
    for _ in range(4):
        limits.acquire()
    assert time.perf_counter() - began >= 0.3 - EARLY


@pytest.mark.usefixtures("own")
def test_attempts_end_where_the_settings_say(tmp_path: Path) -> None:
    with ScriptedServer(always(replies.rate_limited(0))) as server:
        assert said(client(server.url, tmp_path, {"model_retries": 1}), "?") == "rate_limit"
        assert len(server.calls) == 2


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize("option", [{"requests_per_second": 0.01}, {"concurrent_requests": 1}], ids=["turn", "slot"])
def test_a_kept_reply_waits_for_nothing(tmp_path: Path, option: Mapping[str, float]) -> None:
    with ScriptedServer(["ok"]) as server:
        asked = client(server.url, tmp_path, {"cache": True, **option})
        assert said(asked, "?") == "ok"
        if "concurrent_requests" in option:
            assert Limits(tmp_path, server.url, at_once=1).acquire(blocking=False)
        began = time.perf_counter()
        assert said(asked, "?") == "ok"
        assert time.perf_counter() - began < 10
        assert len(server.calls) == 1


def test_other_endpoints_and_folders_have_their_own(tmp_path: Path) -> None:
    for at, address in ((tmp_path, "http://one/v1"), (tmp_path, "http://two/v1"), (tmp_path / "x", "http://one/v1")):
        assert Limits(at, address, rate=0.01, at_once=1).acquire(blocking=False), address
    assert not Limits(tmp_path, "http://one/v1/", rate=0.01).acquire(blocking=False)


def test_nothing_is_kept_of_a_turn_that_was_not_given(tmp_path: Path) -> None:
    paused, other = (Limits(tmp_path, "http://one", at_once=1) for _ in range(2))
    paused.pause(0.3)
    assert not paused.acquire(blocking=False)
    time.sleep(0.35)
    with other.call():
        assert other.acquire(blocking=False)
        assert not paused.acquire(blocking=False)
    assert paused.acquire(blocking=False)


def test_a_longer_pause_stands(tmp_path: Path) -> None:
    limits = Limits(tmp_path, "http://one")
    limits.pause(0.4)
    limits.pause(0.1)
    began = time.perf_counter()
    assert limits.acquire()
    assert 0.35 < time.perf_counter() - began < 1.5


def test_a_pause_told_while_a_turn_is_waited_for_holds_it(tmp_path: Path) -> None:
    limits = Limits(tmp_path, "http://one", rate=5)
    assert limits.acquire()
    with ThreadPoolExecutor(1) as pool:
        began = time.perf_counter()
        waiting = pool.submit(limits.acquire)
        time.sleep(0.02)
        Limits(tmp_path, "http://one").pause(0.5)
        assert waiting.result()
    assert time.perf_counter() - began >= 0.5


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(lambda now: b'{"written": 17', id="half a file"),
        pytest.param(lambda now: b"[]", id="other JSON"),
        pytest.param(
            lambda now: json.dumps({"written": now + 3600, "last_start": now + 3600, "not_before": 0}).encode(),
            id="written before the clock was set back",
        ),
    ],
)
def test_a_file_that_tells_nothing_holds_nobody(tmp_path: Path, content: Callable[[float], bytes]) -> None:
    limits = Limits(tmp_path, "http://one", rate=1)
    assert limits.acquire()
    (file,) = tmp_path.glob("limits/*/pace.json")
    file.write_bytes(content(time.time()))
    assert limits.acquire(blocking=False)
    assert not limits.acquire(blocking=False)


def test_async_calls_take_turns_but_no_slots(tmp_path: Path) -> None:
    limits = Limits(tmp_path, "http://one", rate=5)

    async def two() -> list[bool]:
        return [await limits.aacquire(), await limits.aacquire(blocking=False)]

    assert asyncio.run(two()) == [True, False]
    with pytest.raises(RuntimeError, match="use invoke"):
        asyncio.run(Limits(tmp_path, "http://one", at_once=1).aacquire())


@pytest.mark.usefixtures("own")
def test_a_folder_that_takes_no_locks_is_told_where_limits_are_asked_for(tmp_path: Path) -> None:
    folder = tmp_path / "file"
    folder.write_text("no folder")
    with pytest.raises(LimitsError):
        Limits(folder, "http://one")
    with ScriptedServer(["ok"]) as server:
        with pytest.raises(EngineError, match="不能写或不能上锁"):
            client(server.url, folder, {"concurrent_requests": 2})
        assert said(client(server.url, folder, {}), "?") == "ok"


@pytest.mark.usefixtures("own")
def test_files_lost_in_the_middle_are_a_failure_that_says_so(tmp_path: Path) -> None:
    with ScriptedServer(["ok"]) as server:
        asked = client(server.url, tmp_path, {"requests_per_second": 5})
        shutil.rmtree(tmp_path / "limits")
        (tmp_path / "limits").write_text("no folder")
        with pytest.raises(ModelFailure, match="限制调用用的文件读写不了（"):
            asked.ask([HumanMessage("?")])
        assert server.calls == []


def test_the_setting_is_an_environment_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENYUE_CONCURRENT_REQUESTS", "3")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    asked = connect(Settings(model="scripted", data_dir=tmp_path))
    assert isinstance(limits := asked.model.rate_limiter, Limits)
    assert limits.acquire(blocking=False)
    free = [Limits(tmp_path, "http://127.0.0.1:9/v1", at_once=3) for _ in range(3)]
    assert [other.acquire(blocking=False) for other in free] == [True, True, False]
