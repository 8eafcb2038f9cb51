"""Crews for tests of the driver: they work at once in the test's own process, and write down what they were handed."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path

from pipeline.batch.child import Reviewing, worked
from pipeline.batch.crew import shown_name
from pipeline.batch.messages import CANCELLED, Failed, Job, Reviewed, Task, Work, failed_in
from tests.pipeline.batch.faults import faulty


class HereCrew:
    """Reviews in place. ``before`` is called with each work and may raise; ``entry`` makes what reviews."""

    def __init__(
        self,
        folder: Path,
        *,
        slots: int = 1,
        before: Callable[[Work], None] = lambda _: None,
        entry: Callable[[], Reviewing] = faulty,
    ) -> None:
        self.slots = slots
        self.handed: list[Work] = []
        self.closed = False
        self._folder, self._before, self._review = folder, before, entry()

    @property
    def reviewed(self) -> list[str]:
        """Names of what was reviewed, not only rendered."""
        return [work.name for work in self.handed if work.packed is None]

    def submit(self, work: Work) -> Future[Reviewed | Failed]:
        future: Future[Reviewed | Failed] = Future()
        self._before(work)
        self.handed.append(work)
        future.set_result(CANCELLED if self.closed else self._done(work))
        return future

    def close(self) -> None:
        self.closed = True

    def _done(self, work: Work) -> Reviewed | Failed:
        path = self._folder / f"work{work.extension}"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(work.content)
        job = Job(path=path, name=shown_name(work.name), engine=work.engine, merchant=work.merchant)
        try:
            return worked(Task(job=job, formats=work.formats, vectors=False, packed=work.packed), self._review)
        except Exception as error:
            return failed_in(error)
