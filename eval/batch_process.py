"""The batch command as a process of its own, looked at from outside: Linux, for it reads /proc."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, time

from pipeline.store import Store, open_store
from pipeline.store.records import BatchRun, FileState

COMMAND = "from pipeline.cli import main; main()"
# The same command, whose workers' children review with something else; see ``pipeline.batch.worker.Worker``.
_WITH_ENTRY = """
from pipeline.batch import begin
from pipeline.batch.crew import LocalCrew
begin.crew_of = lambda workers, ray: LocalCrew(workers, entry={entry!r})
"""
_ROOT = Path(__file__).parents[1]
_OURS = ("SHENYUE_", "OPENAI_")
_TICKS = os.sysconf("SC_CLK_TCK")
_MIB = 2**20


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where runs are: the data folder with its store, the contracts, and where reports go.

    ``url`` is of the database, a SQLite file in ``data`` when empty. ``threads`` are a worker's. ``entry`` does the reviews instead of the
    pipeline.
    """

    data: Path
    source: Path
    out: Path
    url: str = ""
    threads: int = 1
    entry: str = ""

    @property
    def environment(self) -> Mapping[str, str]:
        """Of the commands: nothing of ours but what stands here."""
        surroundings = {name: value for name, value in os.environ.items() if not name.startswith(_OURS)}
        path = os.pathsep.join(dict.fromkeys((str(_ROOT), *filter(None, sys.path))))
        own = {
            "SHENYUE_DATA_DIR": str(self.data),
            "SHENYUE_DATABASE_URL": self.url,
            "SHENYUE_THREADS": str(self.threads),
            "PYTHONPATH": path,
        }
        return {**surroundings, **own}

    def store(self) -> Store:
        """What the runs are recorded in; to be closed."""
        return open_store(self.url, self.data)

    def batch(self, *options: str) -> Process:
        """Begin ``shenyue batch`` over the contracts."""
        return self.command("batch", str(self.source), "-o", str(self.out), *options)

    def command(self, *arguments: str) -> Process:
        """Begin some command of ours."""
        return Process(arguments, self)


class Process:
    """A command that was begun; what it says is appended to ``log.txt`` in the data folder.

    Args:
        arguments: of ``shenyue``.
        place: its surroundings.

    ``began`` is when, in seconds since the epoch; ``seconds`` its time, once it was waited for.
    """

    def __init__(self, arguments: Sequence[str], place: Place) -> None:
        code = (_WITH_ENTRY.format(entry=place.entry) if place.entry else "") + COMMAND
        place.data.mkdir(parents=True, exist_ok=True)
        self.log = place.data / "log.txt"
        self.began, self._started = time(), perf_counter()
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-c", code, *arguments],
                env=dict(place.environment),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,  # what interrupts us is not the command's to answer
            )
        self.seconds = 0.0

    @property
    def pid(self) -> int:
        """Of the command itself."""
        return self._process.pid

    @property
    def code(self) -> int | None:
        """How it ended, negative for a signal; ``None`` while it runs."""
        return self._process.poll()

    def wait(self, timeout: float | None = None) -> int:
        """Its end; ``seconds`` is then its time.

        Raises:
            subprocess.TimeoutExpired: it has not ended in ``timeout`` seconds.
        """
        code = self._process.wait(timeout)
        self.seconds = self.seconds or perf_counter() - self._started
        return code

    def finished(self) -> Process:
        """Wait for its good end.

        Raises:
            RuntimeError: it ended otherwise; the message has the last it said.
        """
        if code := self.wait():
            said = self.log.read_text(encoding="utf-8", errors="replace").splitlines()[-12:]
            raise RuntimeError("\n".join([f"the command ended with {code}; it said last:", *said]))
        return self

    def kill(self) -> None:
        """End it as the system does for want of memory: at once and without a word. Its children must notice by themselves."""
        self._process.kill()
        self.wait()

    def children(self) -> tuple[int, ...]:
        """Processes it started that run, in the order of their ids."""
        pids = sorted(int(folder.name) for folder in Path("/proc").iterdir() if folder.name.isdigit())
        return tuple(pid for pid in pids if _stat(pid)[1:2] == [str(self.pid)])

    def memory(self, what: str = "VmRSS") -> float:
        """MiB resident now, or at most with ``VmHWM``; 0 when it has ended."""
        with suppress(OSError):
            for line in Path(f"/proc/{self.pid}/status").read_text(encoding="ascii", errors="replace").splitlines():
                if line.startswith(f"{what}:"):
                    return int(line.split()[1]) * 1024 / _MIB
        return 0.0

    def cpu(self) -> float:
        """Seconds of processor time of the command itself, without its children; 0 when it has ended."""
        fields = _stat(self.pid)
        return (int(fields[11]) + int(fields[12])) / _TICKS if fields else 0.0


def alive(pid: int) -> bool:
    """True while the process runs; a zombie does not."""
    return bool(_stat(pid))


def ended(run: BatchRun) -> int:
    """Files of a run that are done or have failed."""
    return run.counts[FileState.DONE] + run.counts[FileState.FAILED]


def _stat(pid: int) -> list[str]:
    """The fields of /proc/PID/stat from the state on; none when it has ended."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return []
    return [] if fields[0] == "Z" else fields
