"""How far a run is, on standard error: a bar at a terminal, a line now and then in a log."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic
from types import TracebackType

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn

from pipeline.batch.crew import shown_name
from pipeline.batch.run import Told
from pipeline.store.records import FileState

_LINES = 15.0  # seconds between two lines of a log


class Shown:
    """Shows what a ``Driver`` tells; a context manager.

    Args:
        console: where; standard error.
        counts: of the run when it is begun or gone on with.
    """

    def __init__(self, console: Console, counts: Mapping[FileState, int]) -> None:
        self._console, self._counts = console, counts
        self._before = _ended(counts)
        self._began = self._said = monotonic()
        self._waiting = ""
        self._bar: Progress | None = None
        self._task = TaskID(0)

    def __enter__(self) -> Shown:
        if self._console.is_terminal:
            self._bar = Progress(
                TextColumn("[bold]审查[/bold]"),
                BarColumn(bar_width=None),
                MofNCompleteColumn(),
                TextColumn("{task.fields[said]}"),
                console=self._console,
            )
            self._task = self._bar.add_task("", total=_total(self._counts), completed=self._before, said="")
            self._bar.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar is not None:
            self._bar.stop()

    def told(self, told: Told) -> None:
        """Take in what the driver says."""
        self._counts = told.counts
        if told.waiting and told.waiting != self._waiting:
            self._console.print(f"等待：{escape(told.waiting)}", highlight=False)
        self._waiting = told.waiting
        if told.file is not None and told.failure is not None:
            why = escape(str(told.failure))
            self._console.print(f"✗ {escape(shown_name(told.file.name))}：{why}", highlight=False)
        if self._bar is not None:
            self._bar.update(self._task, completed=_ended(self._counts), said=self.line())
        elif monotonic() - self._said >= _LINES:
            self._said = monotonic()
            self._console.print(f"已审 {_ended(self._counts)}/{_total(self._counts)}，{self.line()}", highlight=False)

    def line(self) -> str:
        """Failures, throughput and time left: 失败 2 · 每分钟 95 份 · 约剩 9 分钟."""
        done, seconds = _ended(self._counts) - self._before, monotonic() - self._began
        parts = [f"失败 {failed}"] if (failed := self._counts[FileState.FAILED]) else []
        if done and seconds > 1:
            left = _total(self._counts) - _ended(self._counts)
            parts.append(f"每分钟 {done * 60 / seconds:.0f} 份")
            parts.append(f"约剩 {duration(left * seconds / done)}")
        return " · ".join(parts)


def duration(seconds: float) -> str:
    """Seconds as a person says them: 40 秒, 9 分钟, 2 小时 5 分."""
    if seconds < 100:
        return f"{max(1, round(seconds))} 秒"
    minutes = round(seconds / 60)
    if minutes < 100:
        return f"{minutes} 分钟"
    return f"{minutes // 60} 小时 {minutes % 60} 分"


def _total(counts: Mapping[FileState, int]) -> int:
    return sum(counts.values())


def _ended(counts: Mapping[FileState, int]) -> int:
    return counts[FileState.DONE] + counts[FileState.FAILED]
