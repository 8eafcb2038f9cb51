"""A batch run: the driver reads the files of a run, hands them to a crew and records what comes back.

Every file is a record of the store, and one transaction ends it: a run that was killed at any moment goes on from its records, nothing done twice
and nothing lost. What is held in memory is what is under way, some files a worker.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path, PurePosixPath
from time import monotonic
from uuid import uuid4

from pipeline.batch.budget import Budget
from pipeline.batch.crew import Crew, shown_name
from pipeline.batch.files import failure
from pipeline.batch.messages import Cause, Failed, Reviewed, Work
from pipeline.batch.outputs import report_paths, write_whole
from pipeline.batch.patience import Patience
from pipeline.batch.place import is_gone, this_server
from pipeline.batch.sources import Source
from pipeline.batch.vectors import Vectors
from pipeline.check.ceiling import NO_CEILING, Ceiling
from pipeline.errors import EngineError, InputError, NotFound, StoreError
from pipeline.playbook import Playbook
from pipeline.settings import settings
from pipeline.store import Store
from pipeline.store.packed import passage_ids
from pipeline.store.records import BatchFile, BatchRun, Failure, FileState

_AHEAD = 1  # files that wait behind each one under way, so that no worker waits for the driver
_PAGE = 100
_LOOK = 0.5  # seconds between two looks at whether to stop
_BEAT = 2.0
_SILENT = timedelta(seconds=90)
_TRIES = 10
_STARTS = 3  # times that each worker may fail to start in a row
_INTERRUPTED = Failure(
    cause=Cause.DIED.value,
    reason=f"审查这份文件时整个运行中断了 {_TRIES} 次",
    remedy="请把文件另存为另一种格式（docx 或 pdf）单独审",
)
_SPENT = (
    "模型的用量到了这次运行的上限，已经停下，没审的合同都留着。"
    "请调高 SHENYUE_MAX_RUN_TOKENS 或 SHENYUE_MAX_RUN_COST，再用同样的命令继续"
)
_Key = tuple[str, str]  # sha256 and extension


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How many files are in each state, and why: ``file`` has ended (``failure`` where it failed), or the run waits for something."""

    counts: Mapping[FileState, int]
    file: BatchFile | None = None
    failure: Failure | None = None
    waiting: str = ""


@dataclass(slots=True, kw_only=True)
class _Flight:
    """A file that the crew has, and those of the same bytes that wait for it. ``again``: a finished review, to be rendered."""

    file: BatchFile
    key: _Key
    content: bytes
    review_id: str
    again: bool
    twins: list[BatchFile] = field(default_factory=list)


class Driver:
    """Takes one run to its end; use it once.

    Args:
        store: where the run is.
        run: which; it is taken over by this process (see ``Store.take_batch``).
        source: where its files are read.
        crew: who reviews them. It is closed when the run is left unfinished.
        playbook: of the run, parsed; ``None`` for the default.
        told: hears of every file that ends, in the caller's thread.
        stopping: asked between files; ``True`` leaves the run, to be gone on with later.
    """

    def __init__(
        self,
        store: Store,
        run: BatchRun,
        source: Source,
        crew: Crew,
        *,
        playbook: Playbook | None = None,
        told: Callable[[Told], None] = lambda _: None,
        stopping: Callable[[], bool] = lambda: False,
    ) -> None:
        self._store, self._run, self._source, self._crew, self._playbook = store, run, source, crew, playbook
        self._told, self._stopping = told, stopping
        self._server = this_server()
        self._call = Patience(lambda why: self._told(Told(counts=dict(self._counts), waiting=why)))
        self._out = Path(run.out)
        self._counts = dict(run.counts)
        self._flights: dict[Future[Reviewed | Failed], _Flight] = {}
        self._by_key: dict[_Key, _Flight] = {}
        self._queued: deque[BatchFile] = deque()
        self._unstarted = 0  # workers in a row that did not start
        self._beaten = monotonic()
        self._vectors = Vectors(store)
        self._budget = Budget(Ceiling.of(settings()) if run.engine != "rules" else NO_CEILING)

    def drive(self) -> bool:
        """Go through the files that have not ended; ``True`` when none is left.

        Raises:
            EngineError: another process has the run or takes it over, or no worker starts.
            StoreError: the database stays away, or refuses.
        """
        run = self._run.id
        if not self._call(self._store.take_batch, run, self._server, is_gone=is_gone, silent=_SILENT):
            raise EngineError(f"这次运行（{run[:8]}）正由另一个进程进行，等它结束或停下它再继续")
        self._counts = dict(self._call(self._store.batch, run).counts)
        try:
            self._go()
        except StoreError:  # nothing can be given back; who goes on finds this process gone
            self._crew.close()
            raise
        except BaseException:
            self._leave()
            raise
        if self._stopping():
            self._leave()
            return False
        self._vectors.close()
        self._beat(due=True)
        self._call(self._store.finish_batch, run, self._server)
        return True

    def _go(self) -> None:
        while not self._stopping():
            under_way = len(self._flights)
            room = under_way < max(1, self._crew.slots) * (1 + _AHEAD)
            file = self._following() if room else None
            if file is not None and self._budget.allows(under_way):
                self._queued.popleft()
                self._begin(file)
                self._land(0)
            elif self._flights:
                self._land(_LOOK)
            elif file is not None:
                raise EngineError(_SPENT)
            else:
                return
            self._beat()

    def _following(self) -> BatchFile | None:
        """The next file that nothing is done for yet; they are read from the store a page at a time."""
        if not self._queued:
            waiting = {twin.position for flight in self._flights.values() for twin in flight.twins}
            page = self._call(self._store.next_files, self._run.id, _PAGE + len(waiting))
            self._queued.extend(file for file in page if file.position not in waiting)
        return self._queued[0] if self._queued else None

    def _begin(self, file: BatchFile) -> None:
        """Read a file; find its review, wait for that of the same bytes, or have one made."""
        if file.tries >= _TRIES:
            self._fail(file, _INTERRUPTED)
            return
        try:
            content = self._source.read(file.uri)
        except InputError as error:
            self._fail(file, failure(error))
            return
        key = (hashlib.sha256(content).hexdigest(), PurePosixPath(file.name).suffix.lower())
        if flight := self._by_key.get(key):
            flight.twins.append(file)
            return
        known, packed = self._known(key), None
        try:
            if known is not None and self._reused(file, key, len(content), known):
                return
            packed = None if known is None else self._call(self._store.packed_body, known)
        except NotFound:  # the contract was deleted just now
            known = None
        self._hand_out(file, key, content, known, packed)

    def _known(self, key: _Key) -> str | None:
        """The review of an earlier file of these bytes, under the run's conditions."""
        return self._call(self._store.reusable, self._run.owner, [key], self._run.conditions_sha256).get(key)

    def _reused(self, file: BatchFile, key: _Key, size: int, review_id: str) -> bool:
        """Record the review of an earlier file, where the reports are there as they were written."""
        paths = report_paths(file.name, self._run.formats).values()
        written = self._call(self._store.outputs_of, review_id)
        if any(path not in written or _sha256_of(self._out / path) != written[path] for path in paths):
            return False
        self._reuse(file, key, size, review_id, {path: written[path] for path in paths})
        return True

    def _hand_out(self, file: BatchFile, key: _Key, content: bytes, known: str | None, packed: bytes | None) -> None:
        """Give a file to the crew: to be reviewed, or where its review is ``known`` and there to be rendered."""
        run = self._run
        begun = self._call(
            self._store.start_file,
            run.id,
            file.position,
            server=self._server,
            sha256=key[0],
            extension=key[1],
            size=len(content),
        )
        if not begun:
            return  # another process has the run now: the next beat tells
        work = Work(
            name=file.name,
            content=content if packed is None else b"",
            extension=key[1],
            engine=run.engine,
            merchant=run.merchant,
            playbook=self._playbook,
            mask=run.mask,
            ceiling=self._budget.left,
            formats=run.formats,
            vectors=packed is None,
            packed=packed,
        )
        running = replace(file, state=FileState.RUNNING)
        flight = _Flight(
            file=running, key=key, content=content, review_id=known or uuid4().hex, again=packed is not None
        )
        self._count(file.state, FileState.RUNNING)
        self._by_key[key] = flight
        self._flights[self._crew.submit(work)] = flight

    def _land(self, seconds: float) -> None:
        """Record what the crew has finished, after waiting for it up to ``seconds``."""
        for future in wait(self._flights, timeout=seconds, return_when=FIRST_COMPLETED).done:
            flight, result = self._flights.pop(future), future.result()
            del self._by_key[flight.key]
            if isinstance(result, Reviewed):
                self._unstarted = 0
                self._reviewed(flight, result)
            elif result.cause in (Cause.CANCELLED, Cause.START):  # of the crew, not of the file
                self._release(flight.file)
                self._unstarted += 1
                if result.cause is Cause.CANCELLED or self._unstarted > _STARTS * max(1, self._crew.slots):
                    raise EngineError(str(result))
            else:
                why = Failure(cause=result.cause.value, reason=result.reason, remedy=result.remedy)
                for file in (flight.file, *flight.twins):  # the same bytes fail the same way
                    self._fail(file, why, flight)

    def _reviewed(self, flight: _Flight, result: Reviewed) -> None:
        self._budget.spend(result.usage)
        if result.cut:  # reviewed in part only: it waits for a run that may spend more
            self._budget.exhaust()
            self._release(flight.file)
            return
        try:
            self._record(flight, result)
        except NotFound:  # the contract was deleted while it was reviewed: it is taken in anew
            self._release(flight.file)
        for twin in flight.twins:
            self._begin(twin)

    def _record(self, flight: _Flight, result: Reviewed) -> None:
        run, file, packed = self._run, flight.file, result.packed
        outputs = self._write(file.name, result.reports)
        if packed is None:
            self._reuse(file, flight.key, len(flight.content), flight.review_id, outputs)
            return
        name = shown_name(file.name)
        contract = self._call(self._store.add_contract, name, flight.content, owner=run.owner)
        if self._call(
            self._store.finish_file,
            run.id,
            file.position,
            packed,
            server=self._server,
            contract_id=contract.id,
            outputs=outputs,
            seconds=result.seconds,
            review_id=flight.review_id,
            reusable=not result.usage.failed_calls,
        ):
            self._count(file.state, FileState.DONE, file)
            if result.vectors is not None:
                self._vectors.add(contract.id, run.owner, passage_ids(contract.id, packed), result.vectors)

    def _reuse(self, file: BatchFile, key: _Key, size: int, review_id: str, outputs: Mapping[str, str]) -> None:
        if self._call(
            self._store.reuse_file,
            self._run.id,
            file.position,
            review_id,
            server=self._server,
            sha256=key[0],
            extension=key[1],
            size=size,
            outputs=outputs,
        ):
            self._count(file.state, FileState.DONE, file)

    def _fail(self, file: BatchFile, why: Failure, flight: _Flight | None = None) -> None:
        sha256, extension = flight.key if flight else (None, None)
        size = len(flight.content) if flight else None
        if self._call(
            self._store.fail_file,
            self._run.id,
            file.position,
            why,
            server=self._server,
            sha256=sha256,
            extension=extension,
            size=size,
        ):
            self._count(file.state, FileState.FAILED, file, why)

    def _release(self, file: BatchFile) -> None:
        """Let a file that the crew had wait again."""
        if self._call(self._store.release_file, self._run.id, file.position, server=self._server):
            self._count(FileState.RUNNING, FileState.QUEUED)

    def _leave(self) -> None:
        """Give back what is under way, so that it can be gone on with at once."""
        self._crew.close()
        self._vectors.close()
        for flight in self._flights.values():
            self._release(flight.file)
        self._flights.clear()
        self._call(self._store.leave_batch, self._run.id, self._server)

    def _write(self, name: str, reports: Mapping[str, bytes]) -> Mapping[str, str]:
        """Write reports; by path below the output folder the sha256 of each."""
        paths = report_paths(name, tuple(reports))
        for fmt, path in paths.items():
            write_whole(self._out / path, reports[fmt])
        return {path: hashlib.sha256(reports[fmt]).hexdigest() for fmt, path in paths.items()}

    def _count(
        self, before: FileState, after: FileState, file: BatchFile | None = None, why: Failure | None = None
    ) -> None:
        self._counts[before] -= 1
        self._counts[after] += 1
        if file is not None:
            self._told(Told(counts=dict(self._counts), file=file, failure=why))

    def _beat(self, *, due: bool = False) -> None:
        """Tell the store that the run is being driven, every few seconds."""
        since = monotonic() - self._beaten
        if since < _BEAT and not due:
            return
        self._beaten = monotonic()
        if not self._call(self._store.beat_batch, self._run.id, self._server, since):
            raise EngineError(f"这次运行（{self._run.id[:8]}）已由另一个进程接手，这里停下")


def _sha256_of(path: Path) -> str:
    """Of a file's content; empty where it cannot be read."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return ""
