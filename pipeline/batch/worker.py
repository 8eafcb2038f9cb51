"""A worker: a warm process that reviews one file at a time, and ends with the file that takes too long or too much, not with the server."""

from __future__ import annotations

import logging
import os
import subprocess
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from time import monotonic
from typing import Any, BinaryIO, cast

from pipeline.batch.messages import (
    CANCELLED,
    DIED,
    Cause,
    Failed,
    Job,
    Ready,
    Reviewed,
    Task,
    out_of_memory,
    out_of_time,
    read_message,
    unstartable,
    write_message,
)
from pipeline.batch.pipes import environment
from pipeline.events import AreaReady, Observer, PagesRead, StageStarted, nobody
from pipeline.settings import Settings, settings
from pipeline.types import Review

ENTRY = "pipeline.batch.child:reviewing"
FILES = 100  # a child's files; each leaves some 3 MB behind in the vector index's library
_TICK = 0.2  # seconds between two looks at memory, time and cancellation
_START_SECONDS = 120.0
_log = logging.getLogger(__name__)
_Result = Review | Reviewed | Failed


def never() -> bool:
    """The default of what is asked whether a review is cancelled."""
    return False


class Worker:
    """Reviews files in a child process; use as a context manager, or ``close`` it.

    A child that dies, hangs or grows is killed and replaced, and its file becomes a ``Failed``; one that dies is given its file once
    more. The child sees the environment and the settings of the moment at which it gets a file: it is replaced when they have changed.

    Args:
        threads: of the child's embedder, OCR and arithmetic; ``None`` is the settings' share of one of their ``workers``.
        files: after how many files a child is replaced, against what libraries leak.
        entry: ``module:function`` in the child that makes what reviews; tests put faults there.
    """

    def __init__(self, *, threads: int | None = None, files: int = FILES, entry: str = ENTRY) -> None:
        self._threads, self._files, self._entry = threads, files, entry
        self._child: _Child | None = None
        self._busy, self._swap = Lock(), Lock()
        self._closed = False

    def __enter__(self) -> Worker:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()

    @property
    def pid(self) -> int | None:
        """The child's process id; ``None`` before the first start and after ``close``."""
        child = self._child
        return child.pid if child is not None else None

    def start(self) -> None:
        """Begin to warm the child; returns at once. ``run`` does it where it was not done."""
        with self._swap:
            if self._closed:
                return
            if self._child is not None and (not self._child.alive or self._child.made_for != _surroundings()):
                self._child.kill()
                self._child = None
            if self._child is None:
                self._child = _Child(self._entry, self._threads)

    def run(self, job: Job, *, observe: Observer = nobody, cancelled: Callable[[], bool] = never) -> Review | Failed:
        """Review one file; one call at a time, others wait.

        Args:
            observe: told the events of the review, in the caller's thread; a second attempt tells them anew.
            cancelled: asked every 0.2 s or more often, in the caller's thread; ``True`` kills the child.
        """
        result = self._twice(job, observe, cancelled)
        assert not isinstance(result, Reviewed)
        return result

    def do(self, task: Task, *, cancelled: Callable[[], bool] = never) -> Reviewed | Failed:
        """``run`` for a file of a batch run, whose reports are wanted too."""
        result = self._twice(task, nobody, cancelled)
        assert not isinstance(result, Review)
        return result

    def close(self) -> None:
        """Kill the child; a review under way in another thread ends as cancelled."""
        with self._swap:
            self._closed = True
            if self._child is not None:
                self._child.kill()
                self._child = None

    def _twice(self, job: Job | Task, observe: Observer, cancelled: Callable[[], bool]) -> _Result:
        with self._busy:
            result = self._attempt(job, observe, cancelled)
            if isinstance(result, Failed) and result.cause in (Cause.DIED, Cause.START):
                result = self._attempt(job, observe, cancelled)
            return result

    def _attempt(self, job: Job | Task, observe: Observer, cancelled: Callable[[], bool]) -> _Result:
        self.start()
        child = self._child
        if child is None:
            return CANCELLED
        try:
            result = self._warm(child, cancelled) or self._reviewed(child, job, observe, cancelled)
        except BaseException:  # of observe or cancelled: the child is in the middle of something
            self._replace(child)
            raise
        if isinstance(result, Failed) and result.cause not in (Cause.INPUT, Cause.ERROR):
            if result.cause is not Cause.CANCELLED:
                _log.warning("worker child %d ended: %s (exit %s)", child.pid, result.cause, child.status)
            self._replace(child)
        elif child.files >= self._files or child.memory > settings().file_memory_mb << 19:  # half of it, before a file
            self._replace(child)
        return CANCELLED if self._closed else result

    def _warm(self, child: _Child, cancelled: Callable[[], bool]) -> Failed | None:
        """``None`` when the child takes jobs."""
        deadline = monotonic() + _START_SECONDS
        while not child.warm:
            if cancelled() or self._closed:
                return CANCELLED
            if monotonic() > deadline:
                return unstartable("超时")
            message = child.receive(_TICK)
            if isinstance(message, Failed):
                return message
            if isinstance(message, _Gone):
                return unstartable("意外退出")
            child.warm = isinstance(message, Ready)
        return None

    def _reviewed(self, child: _Child, job: Job | Task, observe: Observer, cancelled: Callable[[], bool]) -> _Result:
        limits = settings()
        deadline = monotonic() + limits.file_seconds
        child.send(job)
        while True:
            message = child.receive(_TICK)
            if isinstance(message, Review | Reviewed | Failed):
                return message
            if cancelled() or self._closed:
                return CANCELLED
            if isinstance(message, _Gone):
                return DIED
            if isinstance(message, StageStarted | PagesRead | AreaReady):
                observe(message)
            if monotonic() > deadline:
                return out_of_time(limits.file_seconds)
            if child.memory > limits.file_memory_mb << 20:
                return out_of_memory(limits.file_memory_mb)

    def _replace(self, child: _Child) -> None:
        """Kill ``child`` and warm the next, unless closed."""
        with self._swap:
            child.kill()
            if self._child is child:
                self._child = None
        self.start()


class _Gone:
    """The child has ended."""


class _Child:
    """One child process and the thread that takes in what it says."""

    def __init__(self, entry: str, threads: int | None) -> None:
        self.made_for = _surroundings()
        self.warm = False
        self.files = 0
        limits = settings()
        share = threads or max(1, limits.threads // limits.workers)
        code = "import sys; from pipeline.batch.child import main; main(sys.argv[1], int(sys.argv[2]))"
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-c", code, entry, str(limits.file_memory_mb)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=environment(share),
            start_new_session=True,  # Ctrl-C at the terminal is the parent's to answer
        )
        self._said: SimpleQueue[Any] = SimpleQueue()
        self._reader = Thread(target=self._listen, name=f"worker-{self.pid}", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def alive(self) -> bool:
        return self._process.poll() is None

    @property
    def status(self) -> int | None:
        """Exit code, negative for a signal; ``None`` while it runs."""
        return self._process.poll()

    @property
    def memory(self) -> int:
        """Resident bytes; 0 where the system does not tell (not Linux) or the child has ended."""
        try:
            pages = int(Path(f"/proc/{self.pid}/statm").read_text(encoding="ascii").split()[1])
        except (OSError, IndexError):
            return 0
        return pages * os.sysconf("SC_PAGE_SIZE")

    def send(self, job: Job | Task) -> None:
        """Give it a job; that it has died is told by ``receive``."""
        self.files += 1
        with suppress(OSError):
            write_message(cast(BinaryIO, self._process.stdin), job)

    def receive(self, seconds: float) -> Any:
        """The next message, ``_Gone`` after the last one, ``None`` when nothing came in ``seconds``."""
        try:
            return self._said.get(timeout=seconds)
        except Empty:
            return None

    def kill(self) -> None:
        """End it, wait for its end, and let go of pipes and thread."""
        self._process.kill()
        self._process.wait()
        self._reader.join()
        for pipe in (self._process.stdin, self._process.stdout):
            with suppress(OSError):  # a job that it never read may still be in the buffer
                cast(BinaryIO, pipe).close()

    def _listen(self) -> None:
        try:
            while True:
                self._said.put(read_message(cast(BinaryIO, self._process.stdout)))
        except (EOFError, OSError):
            self._said.put(_Gone())


def _surroundings() -> tuple[Settings, Mapping[str, str]]:
    """What a review depends on beside its file: settings, and what the environment says of models and their keys."""
    told = {k: v for k, v in os.environ.items() if k.startswith(("SHENYUE_", "OPENAI_")) or k.endswith("_API_KEY")}
    return settings(), told
