"""The queue of a server: threads that take reviews out of the store, have a worker do them and write down how far they are.

Several servers may share a store. A review belongs to the worker that took it as long as it is heard of: it reports at least once a second.
One that was silent for a minute is given to another, or after five seconds where its server was on this machine and its process is gone. A
worker that has lost its review, because it was cancelled, deleted or given away, learns it from its next report and drops it.
"""

from __future__ import annotations

import atexit
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta
from threading import Condition, Event, Lock, Thread
from time import monotonic

from pipeline import events
from pipeline.batch.messages import Cause, Job
from pipeline.batch.place import is_gone, this_server
from pipeline.batch.worker import Worker
from pipeline.errors import NotFound, ShenyueError, StoreError
from pipeline.playbook import parse_playbook
from pipeline.settings import settings
from pipeline.store import ReviewRecord, State, Store
from pipeline.types import AreaReview, Review

_POLL = 0.5  # seconds between two looks at an empty queue
_SWEEP = 5.0  # seconds between two looks for reviews of dead servers
_SILENT = timedelta(seconds=60)
_SILENT_HERE = timedelta(seconds=5)
_TRIES = 3  # times that servers may begin a review and end before it
_GAP = 0.2  # seconds between two writes of progress
_BEAT = 1.0
_log = logging.getLogger(__name__)


class ReviewQueue:
    """Reviews what is submitted to ``store``, ``workers`` files at once; one a server.

    Args:
        store: contracts and reviews; which of them is next is the store's to say.
        workers: how many; ``None`` for the settings' number.
        make: makes a worker.
    """

    def __init__(self, store: Store, workers: int | None = None, *, make: Callable[[], Worker] = Worker) -> None:
        self.name = this_server()
        self._store, self._make = store, make
        self._count = workers or settings().workers
        self._workers: list[Worker] = []
        self._stopping = Event()
        self._news = Condition()
        self._threads: list[Thread] = []
        self._searches = ThreadPoolExecutor(1, thread_name_prefix="review-queue-search")
        self._lock = Lock()

    def start(self) -> None:
        """Begin; what dead servers left half done is done first, and what this one leaves is another's. A second call does nothing."""
        with self._lock:
            if self._threads or self._stopping.is_set():
                return
            with suppress(StoreError):  # tried again every few seconds
                self._requeue()
            self._threads = [Thread(target=self._sweep, name="review-queue-sweep", daemon=True)]
            for n in range(1, self._count + 1):
                self._workers.append(self._make())
                task = (self._workers[-1], f"{self.name}/{n}")
                self._threads.append(Thread(target=self._serve, args=task, name=f"review-queue-{n}", daemon=True))
            for thread in self._threads:
                thread.start()
            atexit.register(self.stop)

    def stop(self) -> None:
        """End all workers; a review under way goes back into the queue. A stopped queue does not start again."""
        self._stopping.set()
        self.wake()
        with self._lock:
            atexit.unregister(self.stop)
            for worker in self._workers:
                worker.close()
            threads, self._threads = self._threads, []
            for thread in threads:
                thread.join()
            self._searches.shutdown(cancel_futures=True)  # what is left the next search does
            if threads:
                with suppress(StoreError):
                    self._store.requeue_abandoned(f"{self.name}/")

    def wake(self) -> None:
        """Look for work now: something was submitted."""
        with self._news:
            self._news.notify_all()

    def _serve(self, worker: Worker, name: str) -> None:
        worker.start()
        while not self._stopping.is_set():
            try:
                record = self._store.claim(name)
                if record is not None:
                    self._review(worker, name, record)
                    continue
            except Exception:  # the boundary of one review; the database may be back in a moment
                _log.exception("review queue %s", name)
            with self._news:
                if not self._stopping.is_set():
                    self._news.wait(_POLL)

    def _review(self, worker: Worker, name: str, record: ReviewRecord) -> None:
        if record.tries > _TRIES:
            reason = f"审查这份文件时服务中断了 {record.tries - 1} 次。请拆开或另存为另一种格式后再审"
            self._store.fail(record.id, reason, worker=name)
            return
        try:
            job = self._job(record)
        except ShenyueError as error:
            if isinstance(error, StoreError) and not isinstance(error, NotFound):
                raise  # of the database, not of what was asked
            self._store.fail(record.id, str(error), worker=name)
            return
        report = _Report(self._store, record.id, name)
        result = worker.run(job, observe=report.told, cancelled=report.is_lost)
        if isinstance(result, Review):
            # The worker goes on to the next file; the clauses are made searchable beside it.
            if self._store.finish(record.id, result, worker=name, searchable=False):
                self._searches.submit(self._store.make_searchable, record.contract_id)
        elif result.cause is not Cause.CANCELLED:
            self._store.fail(record.id, str(result), worker=name)

    def _job(self, record: ReviewRecord) -> Job:
        asked = record.options
        playbook = None
        if asked.playbook is not None:
            saved = self._store.playbook(asked.playbook)
            playbook = parse_playbook(saved.text, saved.name)
        return Job(
            path=self._store.path_of(self._store.contract(record.contract_id)),
            name=record.contract_name,
            engine=asked.engine,
            merchant=asked.merchant,
            playbook=playbook,
            mask=asked.mask,
        )

    def _sweep(self) -> None:
        while not self._stopping.wait(_SWEEP):
            try:
                if self._requeue():
                    self.wake()
            except Exception:
                _log.exception("looking for abandoned reviews")

    def _requeue(self) -> int:
        """Put back what dead servers were at."""
        running = self._store.reviews(states=(State.RUNNING,))
        servers = {r.worker.rpartition("/")[0] for r in running if r.worker}
        count = sum(
            self._store.requeue_abandoned(f"{server}/", silent_for=_SILENT_HERE)
            for server in servers
            if is_gone(server)
        )
        return count + (self._store.requeue_abandoned(silent_for=_SILENT) if running else 0)


class _Report:
    """Writes the events of one review to the store: the newest progress and one area at a time, not oftener than every ``_GAP``.

    Areas that have not been written when the review ends are written by its end.
    """

    def __init__(self, store: Store, review_id: str, worker: str) -> None:
        self._store, self._id, self._worker = store, review_id, worker
        self._progress = (events.STAGES[0], 0, 0)
        self._moved = True
        self._areas: list[AreaReview] = []
        self._written = 0.0
        self._lost = False

    def told(self, event: events.Event) -> None:
        """Take in one event."""
        if isinstance(event, events.AreaReady):
            self._areas.append(event.area)
        else:
            stage, done, total = self._progress
            if isinstance(event, events.StageStarted):
                stage, done, total = event.stage, 0, 0
            else:
                done, total = event.done, event.total
            self._progress, self._moved = (stage, done, total), True
        self._write()

    def is_lost(self) -> bool:
        """True when the review is no longer this worker's; asked often, it is what writes and reports."""
        self._write()
        return self._lost

    def _write(self) -> None:
        since = monotonic() - self._written
        if since < _GAP or not (self._moved or self._areas or since >= _BEAT):
            return
        try:
            if self._areas and not self._moved:
                held = self._store.area_ready(self._id, self._areas[0], worker=self._worker)
                self._areas.pop(0)
            else:
                stage, done, total = self._progress
                held = self._store.advance(self._id, stage=stage, done=done, total=total, worker=self._worker)
                self._moved = False
            self._lost = not held
        except StoreError:
            _log.warning("progress of review %s not written", self._id, exc_info=True)
        self._written = monotonic()
