"""A crew on the nodes of a Ray cluster: the only import of ray.

A task is one file. Where a node dies, Ray runs its tasks again on others; the driver alone records, so that nothing is done twice. Nothing is
installed or shipped: every node has the driver's version of this package, and is asked for it before it gets a file.
"""

from __future__ import annotations

import logging
import os
import pickle
import signal
import threading
import warnings
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from queue import SimpleQueue
from time import monotonic
from typing import Any

from pipeline import __version__
from pipeline.batch.address import OUTSIDE, reach
from pipeline.batch.messages import CANCELLED, Cause, Failed, Reviewed, Work, failed_in
from pipeline.batch.node import Order, Unfit, environment, surroundings
from pipeline.batch.worker import ENTRY
from pipeline.errors import EngineError

_TRIES = 10  # of a file whose node or task process goes away under it
_LOOK = 2.0  # seconds between two looks at the nodes
_MISSED = 30.0  # seconds without a head until the run is left; Ray itself ends the process after 60
_ANSWER = 90.0  # seconds for the nodes to start a process each and answer
_QUIET = {
    "RAY_USAGE_STATS_ENABLED": "0",
    "RAY_GCS_SERVER_REQUEST_TIMEOUT_SECONDS": "10",  # how long a node on this machine is looked for
    "RAY_ACCEL_ENV_VAR_OVERRIDE_ON_ZERO": "0",
    "RAY_DEDUP_LOGS_SKIP_REGEX": ".*",  # what it prints to standard output of nodes that go
}
_LOST = Failed(
    cause=Cause.DIED,
    reason=f"审查这份文件的节点或进程中断了 {_TRIES} 次",
    remedy="请检查节点的内存，或把文件另存为另一种格式（docx 或 pdf）单独审；其他文件不受影响",
)
_log = logging.getLogger(__name__)


@dataclass(eq=False, slots=True)
class _Flight:
    """A file that the cluster has."""

    order: bytes
    future: Future[Reviewed | Failed]
    ref: Any = None


class RayCrew:
    """Tasks on a cluster, a processor each; one crew a process at a time, to be closed.

    A node that joins later and is not fit (another version, not installed) is left out with a warning, so that a run of hours goes on.

    Args:
        address: ``host:port`` of the head where this machine is a node, ``auto`` for the cluster on this machine, ``ray://host:port`` from outside.
        entry: see ``Worker``.

    Raises:
        EngineError: Ray is not installed, nobody answers there, it has no processors, or a node is not fit.
    """

    def __init__(self, address: str, *, entry: str = ENTRY) -> None:
        self._ray = _imported()
        if self._ray.is_initialized():
            raise EngineError("这个进程已经连着一个 Ray 集群，一次只能连一个")
        reach(address)
        self._entry = entry
        self._lock = threading.RLock()
        self._flights: set[_Flight] = set()
        self._left_out: dict[str, str] = {}
        self._landed: SimpleQueue[tuple[_Flight, Future[Any]] | None] = SimpleQueue()
        self._closed, self._closing = False, threading.Event()
        self._seen, self._machines, self._looked = 0, 1, -_LOOK
        with _signals_kept():
            _connect(self._ray, address)
        self._task = self._ray.remote(num_cpus=1, max_retries=_TRIES - 1)(_on_node())
        try:
            self._check_nodes()
        except BaseException:
            self.close()
            raise
        threading.Thread(target=self._land, name="cluster", daemon=True).start()
        head = address if address.startswith(OUTSIDE) else self._ray.get_runtime_context().gcs_address
        threading.Thread(target=self._watch, args=(head,), name="cluster-head", daemon=True).start()

    @property
    def slots(self) -> int:
        """Processors of the nodes that are there now; at least 1, so that a file waits for nodes to come back."""
        self._look()
        return max(1, self._seen)

    def submit(self, work: Work) -> Future[Reviewed | Failed]:
        """Have a file reviewed on the next processor that is free."""
        self._look()
        order = self._order(environment(work.engine, self._machines), pickle.dumps(work))
        flight = _Flight(order, Future())
        flight.future.set_running_or_notify_cancel()
        self._send(flight)
        return flight.future

    def close(self) -> None:
        """Leave the cluster, which ends this crew's processes on the nodes."""
        with self._lock:
            if self._closed:
                return
            self._closed = True
            self._closing.set()
            flights, self._flights = self._flights, set()
        for flight in flights:
            flight.future.set_result(CANCELLED)
        self._landed.put(None)
        for flight in flights:
            with suppress(Exception):  # a connection that is lost takes its tasks with it
                self._ray.cancel(flight.ref, force=True)
        with _signals_kept():
            self._ray.shutdown()

    def _look(self) -> None:
        """Count nodes and processors, at most every ``_LOOK`` seconds."""
        with self._lock:
            if monotonic() - self._looked < _LOOK or self._closed:
                return
            self._looked = monotonic()
            nodes, before = self._nodes(), self._seen
            self._seen = sum(int(node["Resources"]["CPU"]) for node in nodes)
            self._machines = len(nodes) or self._machines
        if self._seen < before:
            _log.warning("Ray 集群少了节点，处理器 %d → %d%s", before, self._seen, "" if self._seen else "，等节点回来")

    def _order(self, told: Mapping[str, str], work: bytes | None) -> bytes:
        here = surroundings()
        return pickle.dumps(Order(environment=told, conditions=here, work=work, entry=self._entry))

    def _nodes(self) -> list[Any]:
        """Those that are alive, have processors and are not left out; empty where the cluster does not tell just now."""
        try:
            nodes = self._ray.nodes()
        except Exception:  # Ray's own, gRPC's or the client's, by what was lost
            return []
        return [
            n for n in nodes if n["Alive"] and n["Resources"].get("CPU", 0) >= 1 and n["NodeID"] not in self._left_out
        ]

    def _check_nodes(self) -> None:
        """Ask every node at once whether it is fit.

        Raises:
            EngineError: there is none, or one is not.
        """
        from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

        nodes = self._nodes()
        if not nodes:
            raise EngineError(
                "Ray 集群里没有能用的处理器。请在节点上用 ray start --address=… --num-cpus=N 加入，再重试"
            )
        order = self._order(environment("rules"), None)
        asked = {
            self._task.options(
                num_cpus=0, scheduling_strategy=NodeAffinitySchedulingStrategy(node["NodeID"], soft=False)
            ).remote(__version__, order): node["NodeManagerAddress"]
            for node in nodes
        }
        done, silent = self._ray.wait(list(asked), num_returns=len(asked), timeout=_ANSWER)
        wrong = [f"{asked[ref]} 没有回答" for ref in silent]
        for ref in done:
            try:
                _, address, result = self._ray.get(ref)
            except Exception as error:  # of Ray: the node went away, or cannot start a process
                wrong.append(f"{asked[ref]} 出错（{type(error).__name__}）")
                continue
            if isinstance(found := _read(result), Unfit):
                wrong.append(f"{address} {found.why}")
        if wrong:
            told = "；".join(dict.fromkeys(wrong))
            raise EngineError(
                f"Ray 集群的节点用不了：{told}。请在每个节点上装和本机相同版本的审约（make cluster），再重试"
            )

    def _send(self, flight: _Flight) -> None:
        with self._lock:
            if self._closed:
                flight.future.set_result(CANCELLED)
                return
            task = self._task
            if self._left_out:
                task = task.options(label_selector={"ray.io/node-id": f"!in({','.join(sorted(self._left_out))})"})
            try:
                flight.ref = task.remote(__version__, flight.order)
                answered = flight.ref.future()
            except Exception as error:  # the connection is lost
                flight.future.set_result(_away(error))
                return
            self._flights.add(flight)
        # Ray's own thread must not wait for Ray; it only passes on.
        answered.add_done_callback(lambda future: self._landed.put((flight, future)))

    def _land(self) -> None:
        while (landed := self._landed.get()) is not None:
            flight, future = landed
            try:
                result = self._result(flight, future)
            except Exception as error:  # the boundary of one file
                _log.exception("a file's answer")
                result = failed_in(error)
            if result is not None:
                self._end(flight, result)

    def _watch(self, head: str) -> None:
        """End what is under way when the head stays away, so that the run can be left in order."""
        since = monotonic()
        while not self._closing.wait(_LOOK):
            try:
                reach(head)
                since = monotonic()
            except EngineError as error:
                if monotonic() - since > _MISSED:
                    with self._lock:
                        for flight in tuple(self._flights):
                            self._end(flight, _away(error))

    def _result(self, flight: _Flight, future: Future[Any]) -> Reviewed | Failed | None:
        """``None`` for a file that was sent again."""
        if (error := future.exception()) is not None:
            return self._failed(error)
        node, address, answer = future.result()
        result: Reviewed | Failed | Unfit = _read(answer)
        if not isinstance(result, Unfit):
            return result
        with self._lock:
            if node not in self._left_out:
                self._left_out[node] = address
                _log.warning("节点 %s 不再用：%s", address, result.why)
            self._flights.discard(flight)
        if not self._nodes():
            return Failed(cause=Cause.START, reason=f"没有能用的节点了，节点 {address} {result.why}")
        self._send(flight)
        return None

    def _failed(self, error: BaseException) -> Failed:
        told = self._ray.exceptions
        if isinstance(error, told.TaskCancelledError):
            return CANCELLED
        if isinstance(error, told.RayTaskError):
            cause = error.cause
            return failed_in(cause if isinstance(cause, Exception) else error)
        if isinstance(error, told.RayError):
            _log.warning("a file is given up after %d tries: %s", _TRIES, type(error).__name__)
            return _LOST
        return _away(error)

    def _end(self, flight: _Flight, result: Reviewed | Failed) -> None:
        with self._lock:
            self._flights.discard(flight)
            if not flight.future.done():
                flight.future.set_result(result)


def _on_node() -> Any:
    """The task. It is sent by value, being no function of a module, so that a node without this package can still say so."""

    def task(version: str, order: bytes) -> tuple[str, str, bytes | str]:
        import pickle

        import ray

        context = ray.get_runtime_context()
        where = context.get_node_id(), ray.util.get_node_ip_address()
        try:
            from pipeline import __version__

            if __version__ != version:
                return *where, f"装的是审约 {__version__}，本机是 {version}"
            from pipeline.batch.node import answer
        except ImportError as error:
            return *where, f"没有装好审约（缺 {error.name}）"
        return *where, pickle.dumps(answer(pickle.loads(order)))

    return task


def _read(answer: bytes | str) -> Any:
    """What a node said, in memory of this process: Ray's own values end with the connection."""
    return Unfit(why=answer) if isinstance(answer, str) else pickle.loads(answer)


def _imported() -> Any:
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        import ray
    except ImportError as error:
        raise EngineError("没有安装 Ray。请运行 make cluster（或 pip install 'shenyue[cluster]'），再重试") from error
    warnings.filterwarnings("ignore", module=r"ray\.")  # advice to programmers, in English
    return ray


def _connect(ray: Any, address: str) -> None:
    try:
        ray.init(address, log_to_driver=False, logging_level=logging.ERROR, configure_logging=False)
    except Exception as error:  # of many kinds: Ray's own, gRPC's, ConnectionError, RuntimeError
        with suppress(Exception):
            ray.shutdown()
        raise EngineError(f"连不上 Ray 集群 {address}：{_why(error)}") from error


def _why(error: Exception) -> str:
    said = str(error)
    if "version mismatch" in said.lower():
        return "它的 Ray 或 Python 版本和本机不同。请在各节点和本机装同一个 requirements.cluster.lock，用同一个 Python 版本"
    if type(error).__name__ == "AuthenticationError":
        return "没有找到令牌。请把集群的令牌放进 RAY_AUTH_TOKEN"
    if isinstance(error, ConnectionError) and "find" in said:
        return "本机没有在运行的集群。请先运行 ray start --head，或写明地址"
    return (
        "本机没有加入它。请先在本机运行 ray start --address=主机:端口 --num-cpus=0（不分担审查），"
        f"或用 ray://主机:10001 从集群外连（{type(error).__name__}）"
    )


def _away(error: BaseException) -> Failed:
    return Failed(
        cause=Cause.START,
        reason="和 Ray 集群的连接断了" + ("" if isinstance(error, EngineError) else f"（{type(error).__name__}）"),
        remedy="请检查集群，再用 shenyue runs resume 继续",
    )


@contextmanager
def _signals_kept() -> Iterator[None]:
    """Ray takes SIGTERM for itself; here it is the run's to answer."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)
