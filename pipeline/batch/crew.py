"""A crew: several workers that review files for one run, here or on the nodes of a cluster.

A crew knows neither store nor output: bytes go in, a packed review and the bytes of its reports come out.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from queue import SimpleQueue
from threading import Event
from typing import Protocol

from pipeline.batch.messages import CANCELLED, Failed, Job, Reviewed, Task, Work
from pipeline.batch.place import is_gone, this_server
from pipeline.batch.worker import ENTRY, Worker, never
from pipeline.settings import settings

_FOLDER = "work"  # in the data folder: files under review, a folder a crew


class Crew(Protocol):
    """Reviews what it is handed, ``slots`` files at once; more wait their turn."""

    @property
    def slots(self) -> int: ...  # noqa: D102

    def submit(self, work: Work) -> Future[Reviewed | Failed]:
        """Have a file reviewed."""
        ...

    def close(self) -> None:
        """End at once; what is under way ends as cancelled."""
        ...


class LocalCrew:
    """Worker processes on this machine.

    Args:
        workers: how many; each has its share of the processors, and of the settings' threads at most those.
        entry: see ``Worker``.
    """

    def __init__(self, workers: int, *, entry: str = ENTRY) -> None:
        self.slots = workers
        self._folder = scratch()
        threads = max(1, min(settings().threads, (os.cpu_count() or 1) // workers))
        self._workers = [Worker(threads=threads, entry=entry) for _ in range(workers)]
        self._free: SimpleQueue[Worker] = SimpleQueue()
        for worker in self._workers:
            worker.start()
            self._free.put(worker)
        self._threads = ThreadPoolExecutor(workers, thread_name_prefix="crew")
        self._closing = Event()

    def submit(self, work: Work) -> Future[Reviewed | Failed]:
        """Have a file reviewed by the next worker that is free."""
        return self._threads.submit(self._do, work)

    def close(self) -> None:
        """Kill the workers."""
        self._closing.set()
        for worker in self._workers:
            worker.close()
        self._threads.shutdown()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _do(self, work: Work) -> Reviewed | Failed:
        if self._closing.is_set():
            return CANCELLED
        worker = self._free.get()
        try:
            return do(worker, work, self._folder, cancelled=self._closing.is_set)
        finally:
            self._free.put(worker)


def do(worker: Worker, work: Work, folder: Path, *, cancelled: Callable[[], bool] = never) -> Reviewed | Failed:
    """Have a worker review a file, which lies in ``folder`` meanwhile."""
    own = Path(tempfile.mkdtemp(dir=folder))
    try:
        path = own / f"contract{work.extension}"
        path.write_bytes(work.content)
        job = Job(
            path=path,
            name=shown_name(work.name),
            engine=work.engine,
            merchant=work.merchant,
            playbook=work.playbook,
            mask=work.mask,
            ceiling=work.ceiling,
        )
        task = Task(job=job, formats=work.formats, vectors=work.vectors, packed=work.packed)
        return worker.do(task, cancelled=cancelled)
    finally:
        shutil.rmtree(own, ignore_errors=True)


def shown_name(name: str) -> str:
    """What a report calls a file of a run: the last part of its name, on one line."""
    return re.sub(r"[\x00-\x1f\x7f\u2028\u2029]+", " ", name.rpartition("/")[2]).strip() or "合同"


def scratch() -> Path:
    """A folder for the files that this process reviews; those of processes that were killed are cleared away."""
    place = settings().data_dir / _FOLDER
    place.mkdir(parents=True, exist_ok=True, mode=0o700)
    for other in place.iterdir():
        if is_gone(other.name):
            shutil.rmtree(other, ignore_errors=True)
    own = place / this_server()
    own.mkdir(mode=0o700)
    return own
