"""Evaluations in the background: a process of its own a job, and a folder of files that tell how far it is.

Whoever looks may come and go (a page reloaded, a server restarted): what is known of a job is in its folder. A job that was stopped or whose
machine went down is taken up where it was, by the journal of ``eval.run``. Processes find each other by files, not by signals or ids of
processes, so a folder may be looked at from another container.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
import uuid
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from threading import Thread

from eval.cases import DATASET

_BEAT = 1.0  # seconds between two signs of life
_SILENT = 15.0  # seconds without one after which a process counts as gone: a busy machine, a slow disk
_TOLD = re.compile(r"\[(\d+)/(\d+)\]")
SPLITS = ("dev", "test")


class JobState(StrEnum):
    """How a job stands. A stopped one can go on, a failed one says why it can't."""

    RUNNING = "running"
    STOPPED = "stopped"
    FAILED = "failed"
    DONE = "done"


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What is to be evaluated; see ``eval.run.run``."""

    dataset: str
    engine: str = "rules"
    pairs: bool = False
    created: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """A job as its folder tells: ``done`` of ``total`` contracts (0 before the first), and the ``error`` of a failed one."""

    folder: Path
    order: Order
    state: JobState
    done: int = 0
    total: int = 0
    error: str = ""

    @property
    def id(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def out(self) -> Path:
        """Where its run is when it is done."""
        return self.folder / "run.json"


def splits() -> tuple[str, ...]:
    """The labelled splits on this machine; an installed package brings none."""
    return tuple(name for name in SPLITS if contracts(name))


def contracts(split: str) -> int:
    """How many labelled contracts a split has on this machine."""
    return sum(1 for _ in (DATASET / split).glob("*.labels.yaml"))


def start(root: Path, order: Order) -> Job:
    """Begin an evaluation in a new folder of ``root``."""
    folder = root / f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:6]}"
    folder.mkdir(parents=True)
    known = {**asdict(order), "created": datetime.now(UTC).isoformat(timespec="seconds")}
    _write(folder / "order.json", json.dumps(known, ensure_ascii=False))
    return resume(folder)


def resume(folder: Path) -> Job:
    """Let a job go on; finished contracts are not done again."""
    turn = uuid.uuid4().hex
    (folder / "stop").unlink(missing_ok=True)
    (folder / "error.txt").unlink(missing_ok=True)
    _write(folder / "turn", turn)
    _beat(folder)
    with (folder / "log.txt").open("ab") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "eval.jobs", str(folder), turn],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    Thread(target=process.wait, daemon=True).start()  # no zombie while this process lives
    return job(folder)


def stop(folder: Path) -> None:
    """Ask a running job to end; it does within a few seconds and can be resumed."""
    (folder / "stop").touch()


def jobs(root: Path) -> tuple[Job, ...]:
    """All jobs under ``root``, newest first."""
    return tuple(job(p.parent) for p in sorted(root.glob("*/order.json"), reverse=True))


def job(folder: Path) -> Job:
    """One job."""
    order = Order(**json.loads((folder / "order.json").read_text(encoding="utf-8")))
    told = _TOLD.findall(_read(folder / "told.txt"))
    done, total = (int(n) for n in told[-1]) if told else (0, 0)
    error = _read(folder / "error.txt")
    if (folder / "run.json").is_file():
        state = JobState.DONE
    elif error:
        state = JobState.FAILED
    else:
        alive = time.time() - _touched(folder / "beat") < _SILENT and not (folder / "stop").is_file()
        state = JobState.RUNNING if alive else JobState.STOPPED
    return Job(folder=folder, order=order, state=state, done=done, total=total, error=error)


def work(folder: Path, turn: str) -> None:
    """Do a job, in the process that ``resume`` started for it."""
    Thread(target=_heart, args=(folder, turn), daemon=True).start()
    from eval.run import run
    from pipeline.errors import ShenyueError

    (folder / "told.txt").unlink(missing_ok=True)

    def tell(message: str) -> None:
        with (folder / "told.txt").open("a", encoding="utf-8") as file:
            file.write(message + "\n")

    order = job(folder).order
    try:
        found = run(order.dataset, engine=order.engine, pairs=order.pairs, keep=folder / "run.json.part", tell=tell)
        _write(folder / "run.json", found.model_dump_json(indent=1))
    except ShenyueError as error:
        _write(folder / "error.txt", str(error))
    except Exception as error:  # the boundary of the process: whoever looks at the folder is told
        _write(folder / "error.txt", f"评测程序出错（{type(error).__name__}：{error}）。详情在 {folder / 'log.txt'}")
        raise


def _heart(folder: Path, turn: str) -> None:
    """Signs of life, until the job is stopped, given to another process or thrown away."""
    while True:
        if (folder / "stop").is_file() or _read(folder / "turn") != turn:
            os._exit(3)  # the journal is written through: nothing is lost
        _beat(folder)
        time.sleep(_BEAT)


def _beat(folder: Path) -> None:
    (folder / "beat").touch()


def _touched(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ""


def _write(path: Path, text: str) -> None:
    """Written beside and renamed, so that a reader never sees half of it."""
    part = path.with_name(path.name + ".tmp")
    part.write_text(text, encoding="utf-8")
    part.replace(path)


if __name__ == "__main__":
    work(Path(sys.argv[1]), sys.argv[2])
