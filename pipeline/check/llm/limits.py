"""Limits of model calls that all processes of a machine keep together, by locked files in the data folder: no server, nobody in charge.

They hold among the processes that use the same data folder and call the same endpoint. Machines that do not share the folder, such as
the nodes of a cluster, each keep their own: n nodes call up to n times as fast and as many at once, so give each its share.

*Pace.* A file says when the last call started. Who comes too early for the next sleeps until it may start and looks again; of those who
wake together one goes. Of a client one call waits so and the others behind it. A process that is killed leaves nothing to wait for.

*Pause.* The same file says before when nobody may call, because the service said so to one of them (429 or 503).

*Slots.* As many files as calls may be under way; each call keeps one of them locked. The system unlocks it when the process ends, however
it ends. Who finds none free waits at a gate, one client at a time inside, and looks again every ``LOOK`` seconds; so nobody is passed
over for long. (A process that is forked in the middle of a call shares its slot until both have ended.)
"""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from hashlib import sha256
from pathlib import Path
from threading import Lock, local
from time import sleep, time

from filelock import FileLock, Timeout, lock_descriptor
from langchain_core.rate_limiters import BaseRateLimiter

LOOK = 0.05  # seconds between two looks at a lock that another holds
LONGEST_PAUSE = 120.0  # seconds; OpenAI's own client does not wait out a longer Retry-After either
_MADE_UP = 0.1  # of an interval: a call that wakes later than that makes the next one later, too
_SET_BACK = 5.0  # seconds; a file written that far in the future was written before the clock was set back


class LimitsError(Exception):
    """The files cannot be read, written or locked; the message is the system's."""


class Limits(BaseRateLimiter):
    """What a chat model asks before every attempt, as LangChain's rate limiter, and what frees its slot after it.

    The attempt stands inside ``call()``, in one thread with the model's ``invoke``; LangChain asks for the turn only when no kept reply will
    do. All waits are sleeps, which end with the process.

    Args:
        folder: the data folder; the files are in ``limits`` below it.
        endpoint: what is called, by address or name.
        rate: calls a second, evenly, 0 for no limit.
        at_once: calls under way at the same time, 0 for no limit.

    Raises:
        LimitsError: the folder cannot be made, or files in it cannot be locked.
    """

    def __init__(self, folder: Path, endpoint: str, *, rate: float = 0.0, at_once: int = 0) -> None:
        own = folder / "limits" / sha256(endpoint.rstrip("/").encode()).hexdigest()[:16]
        with _told():
            own.mkdir(parents=True, exist_ok=True)
            self._pace = _Pace(own, 1 / rate if rate else 0.0)
            self._slots = _Slots(own, at_once) if at_once else None
        self._mine = local()

    def acquire(self, *, blocking: bool = True) -> bool:
        """Take a slot, if they are counted, and wait for the turn; ``False`` where that would be a wait and ``blocking`` is not.

        Raises:
            LimitsError: as above.
        """
        with _told(), ExitStack() as undo:
            if self._slots is not None and self._slot is None:
                slot = self._slots.take(blocking=blocking)
                if slot is None:
                    return False
                self._mine.slot = slot
                undo.callback(self._free)
            if not self._pace.turn(blocking=blocking):
                return False
            undo.pop_all()
            return True

    async def aacquire(self, *, blocking: bool = True) -> bool:
        """Wait for the turn only.

        Raises:
            RuntimeError: calls under way are counted; that goes by threads, and is done for ``invoke`` alone.
        """
        if self._slots is not None:
            raise RuntimeError("calls under way are counted by thread: use invoke, not ainvoke")
        return await asyncio.to_thread(self.acquire, blocking=blocking)

    @contextmanager
    def call(self) -> Iterator[None]:
        """Frees, at its end, the slot that was taken in it by this thread."""
        try:
            yield
        finally:
            self._free()

    def pause(self, seconds: float) -> None:
        """Nobody calls for that long (``LONGEST_PAUSE`` at most) from now; a longer pause that was told before stands.

        Raises:
            LimitsError: as above.
        """
        with _told():
            self._pace.pause(min(seconds, LONGEST_PAUSE))

    @property
    def _slot(self) -> int | None:
        return getattr(self._mine, "slot", None)

    def _free(self) -> None:
        slot, self._mine.slot = self._slot, None
        if slot is not None:
            os.close(slot)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Book:
    """What the processes tell each other; seconds since 1970."""

    written: float = 0.0
    last_start: float = 0.0
    not_before: float = 0.0


class _Pace:
    """When the next call may start.

    Args:
        folder: of the file.
        interval: seconds between two calls.
    """

    def __init__(self, folder: Path, interval: float) -> None:
        self._file, self._interval = folder / "pace.json", interval
        self._least = LOOK if 0 < interval < LOOK else 0.0
        self._lock = _lock(folder / "pace.lock")
        self._queue, self._here = Lock(), Lock()
        with self._alone():
            pass  # a file system without locks is told here, not at the first call

    def turn(self, *, blocking: bool) -> bool:
        """Wait for one's turn; ``False`` where there is something to wait for and ``blocking`` is not."""
        if not self._queue.acquire(blocking=blocking):
            return False
        try:
            while (left := self._left()) > 0:
                if not blocking:
                    return False
                sleep(max(left, self._least))
            return True
        finally:
            self._queue.release()

    def pause(self, seconds: float) -> None:
        """Nobody's turn comes for ``seconds``."""
        with self._alone():
            book, now = self._read(), time()
            if now + seconds > book.not_before:
                self._write(_Book(written=now, last_start=book.last_start, not_before=now + seconds))

    def _left(self) -> float:
        """Seconds until the turn may come; 0 takes it."""
        with self._alone():
            book, now = self._read(), time()
            due = max(book.last_start + self._interval, book.not_before)
            if due > now:
                return due - now
            if self._interval:
                counted = max(due, now - self._interval * _MADE_UP)
                self._write(_Book(written=now, last_start=counted, not_before=book.not_before))
            return 0.0

    @contextmanager
    def _alone(self) -> Iterator[None]:
        with self._here, self._lock:  # a lock of filelock lets in every thread of the process that has it
            yield

    def _read(self) -> _Book:
        try:
            book = _Book(**{name: float(value) for name, value in json.loads(self._file.read_bytes()).items()})
        except (FileNotFoundError, ValueError, TypeError, AttributeError):
            return _Book()  # not there yet, or half a file after a power cut
        return book if book.written < time() + _SET_BACK else _Book()

    def _write(self, book: _Book) -> None:
        new = self._file.with_suffix(".new")
        new.write_text(json.dumps(asdict(book)), encoding="ascii")
        new.replace(self._file)


class _Slots:
    """Calls under way.

    Args:
        folder: of the files.
        number: of slots.
    """

    def __init__(self, folder: Path, number: int) -> None:
        self._files = [folder / f"slot-{n:03d}.lock" for n in range(number)]
        self._gate = _lock(folder / "gate.lock")
        self._queue = Lock()

    def take(self, *, blocking: bool) -> int | None:
        """The open file whose lock is the slot; closing it frees the slot. ``None`` where none is free and ``blocking`` is not."""
        if not self._queue.acquire(blocking=blocking):
            return None
        try:
            with self._gate.acquire(blocking=blocking):
                return self._free(blocking=blocking)
        except Timeout:
            return None
        finally:
            self._queue.release()

    def _free(self, *, blocking: bool) -> int | None:
        taken: int | None = None
        files: list[int] = []
        try:
            files.extend(os.open(path, os.O_RDWR | os.O_CREAT, 0o600) for path in self._files)
            while taken is None:
                taken = next((file for file in files if lock_descriptor(file, blocking=False)), None)
                if taken is None:
                    if not blocking:
                        break
                    sleep(LOOK)
            return taken
        finally:
            for file in files:
                if file != taken:
                    os.close(file)


def _lock(path: Path) -> FileLock:
    # Without real locks a killed process would keep what it held, so that none is better than a soft one.
    return FileLock(path, poll_interval=LOOK, thread_local=False, fallback_to_soft=False)


@contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise LimitsError(error.strerror or type(error).__name__) from error
