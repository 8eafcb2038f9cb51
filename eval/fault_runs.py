"""Batch runs that are killed, and what is left of them: ``python -m eval.fault_runs``.

The driver or the child of a worker is killed with SIGKILL at random moments, spread over the whole run, its start and its summary included; the
run is gone on with by ``shenyue runs resume`` or by the same command. With ``--postgresql`` the database is stopped for some seconds instead,
and the run must outlive it. In the end every file must be recorded once, by one review and one entry of the audit trail, and every report whole.
"""

from __future__ import annotations

import argparse
import importlib
import os
import signal
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from subprocess import TimeoutExpired
from time import monotonic, sleep

from eval.batch_process import Place, Process, alive, ended
from eval.bench_model import Figure
from eval.run_checks import checked, the_run
from eval.variants import SEED, write
from pipeline.batch.messages import Cause
from pipeline.errors import StoreUnavailable
from pipeline.store import Store
from pipeline.store.records import FileState

FORMATS = ("html", "json", "docx", "xlsx")
AWAY = 10.0  # seconds that the database is stopped
_LATER = 1.5  # seconds at most from the file that ends to the kill
_EARLY = 0.2  # share of the kills that come soon after a start, whatever has ended
_PATIENCE = 3600.0  # seconds without a file that ends, after which something hangs
_GONE = 10.0  # seconds that children may take to notice that their parent is gone
_LOOK = 0.1
_PARTLY_FAILED = 3  # exit code of the command
_ENDS = (0, _PARTLY_FAILED)  # with nothing left to do


@dataclass(frozen=True, slots=True, kw_only=True)
class Kill:
    """Of the ``driver``, or of a child of a worker: ``later`` seconds after ``ended`` files of the run have ended, or after a start."""

    ended: int
    later: float
    driver: bool
    which: float = 0.0  # of the children, as a share of their number


@dataclass(slots=True, kw_only=True)
class Tally:
    """What was done to a run, and what had to be done for it."""

    drivers: int = 0
    children: int = 0
    missed: int = 0  # the command had ended before
    resumed: int = 0
    repeated: int = 0  # the same batch command
    gave_up: int = 0  # commands that ended with an error although nothing had killed them
    retried: int = 0  # files that failed because their worker was killed twice
    left: int = 0  # children that did not end with their parent
    code: int = 0


def main() -> int:
    """Print the counts; exit 1 when something is not as it must be, 2 when the tests or PostgreSQL are wanting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=200, help="contracts; one in twenty has the bytes of another")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--entry", default="", help="module:function that reviews instead of the pipeline, to be quick")
    parser.add_argument("--format", action="append", help="of the reports, several times")
    parser.add_argument("--postgresql", action="store_true", help="stop the database midway instead of killing")
    parser.add_argument("--away", type=float, default=AWAY, help="seconds that it is stopped")
    args = parser.parse_args()
    if not sys.platform.startswith("linux"):
        sys.stderr.write("Reads /proc: Linux only.\n")
        return 2
    missed = False
    with tempfile.TemporaryDirectory(prefix="shenyue-faults-") as name:
        folder = Path(name)
        same = args.files // 20
        write(folder / "contracts", args.files - same, seed=args.seed, duplicates=same)
        place = Place(data=folder / "data", source=folder / "contracts", out=folder / "out", entry=args.entry)
        figures = _stopped(place, args) if args.postgresql else _killed(place, args)
        for figure in figures:
            sys.stdout.write(f"{figure}\n")
            sys.stdout.flush()
            missed = missed or not figure.met
    return int(missed)


def _killed(place: Place, args: argparse.Namespace) -> Iterator[Figure]:
    with place.store() as store:
        tally = harassed(
            place,
            store,
            plan(args.kills, args.files, Random(args.seed)),
            workers=args.workers,
            formats=args.format or FORMATS,
        )
        yield from told(tally)
        yield from checked(place, store, args.files)


def _stopped(place: Place, args: argparse.Namespace) -> Iterator[Figure]:
    served = importlib.import_module("tests.pipeline.store.conftest")
    with served.own_postgresql() as database:
        place = Place(data=place.data, source=place.source, out=place.out, entry=place.entry, url=database.url)
        with place.store() as store:
            code = outlived(
                place,
                store,
                args.files // 2,
                database.stop,
                database.start,
                args.away,
                workers=args.workers,
                formats=args.format or FORMATS,
            )
            yield Figure(name=f"database away for {args.away:g} s: the command's exit code", value=code, most=0)
            yield from checked(place, store, args.files)


def plan(kills: int, files: int, random: Random) -> tuple[Kill, ...]:
    """Moments to kill at, in order; the last is when the last file has ended and the summary is written."""
    found = [
        Kill(
            ended=0 if random.random() < _EARLY else random.randrange(files),
            later=random.uniform(0, _LATER),
            driver=random.random() < 0.6,
            which=random.random(),
        )
        for _ in range(kills - 1)
    ]
    # Those that wait for nothing but a start are spread over the run by where they stand, not by how much has ended.
    late = sorted((kill for kill in found if kill.ended), key=lambda kill: kill.ended)
    for kill in (kill for kill in found if not kill.ended):
        late.insert(random.randint(0, len(late)), kill)
    return (*late, Kill(ended=files, later=random.uniform(0, 0.2), driver=True))[:kills]


def harassed(
    place: Place, store: Store, kills: tuple[Kill, ...], *, workers: int = 2, formats: Sequence[str] = FORMATS
) -> Tally:
    """Run the batch command to its end through all kills.

    Raises:
        RuntimeError: nothing went on for a long time.
    """
    tally = Tally()
    options = _options(workers, formats)
    process = place.batch(*options)
    try:
        for kill in kills:
            _wait(process, store, kill)
            if process.code is not None:
                tally.missed += 1
                if process.code not in _ENDS:
                    process = _gone_on(place, store, options, tally, process)
            elif kill.driver:
                children = process.children()
                process.kill()
                tally.drivers += 1
                tally.left += _left(children)
                process = _go_on(place, store, options, tally)
            else:
                tally.children += _kill_child(process, kill.which)
        tally.code = process.wait(_PATIENCE)
        while tally.code not in _ENDS and tally.gave_up < len(kills):
            process = _gone_on(place, store, options, tally, process)
            tally.code = process.wait(_PATIENCE)
        while tally.code == _PARTLY_FAILED and tally.retried < len(kills) and (again := _twice_killed(store)):
            tally.retried += again
            process = place.command("runs", "resume", the_run(store).id, "--failed", "--workers", str(workers))
            tally.code = process.wait(_PATIENCE)
    finally:
        process.kill()
    return tally


def outlived(
    place: Place,
    store: Store,
    half: int,
    stop: Callable[[], None],
    start: Callable[[], None],
    away: float,
    *,
    workers: int = 2,
    formats: Sequence[str] = FORMATS,
) -> int:
    """Stop the database when ``half`` of the files have ended, start it ``away`` seconds later; the exit code of the command.

    Raises:
        RuntimeError: nothing went on for a long time.
    """
    process = place.batch(*_options(workers, formats))
    try:
        _wait(process, store, Kill(ended=half, later=0.0, driver=True))
        stop()
        sleep(away)
        start()
        return process.wait(_PATIENCE)
    finally:
        process.kill()


def told(tally: Tally) -> Iterator[Figure]:
    """What was done, as figures."""
    yield Figure(name="drivers killed", value=tally.drivers)
    yield Figure(name="children of workers killed", value=tally.children)
    yield Figure(name="kills that came after the end", value=tally.missed)
    yield Figure(name="gone on with: shenyue runs resume", value=tally.resumed)
    yield Figure(name="gone on with: the same batch command", value=tally.repeated)
    yield Figure(name="commands that gave up, gone on with", value=tally.gave_up)
    yield Figure(name="files whose worker was killed twice, retried", value=tally.retried)
    yield Figure(name="children that outlived their driver", value=tally.left, most=0)
    yield Figure(name="the last command's exit code", value=tally.code, most=0)


def _options(workers: int, formats: Sequence[str]) -> tuple[str, ...]:
    return ("--workers", str(workers), *(part for name in formats for part in ("--format", name)))


def _wait(process: Process, store: Store, kill: Kill) -> None:
    """Until it is time for a kill, or the process has ended by itself."""
    seen, patience = -1, monotonic() + _PATIENCE
    while process.code is None:
        count = _count(store, seen)
        if count >= kill.ended:
            break
        if count > seen:
            seen, patience = count, monotonic() + _PATIENCE
        if monotonic() > patience:
            raise RuntimeError(f"no file has ended for {_PATIENCE:g} s; see {process.log}")
        with suppress(TimeoutExpired):
            process.wait(_LOOK)
    with suppress(TimeoutExpired):
        process.wait(kill.later)


def _count(store: Store, before: int) -> int:
    try:
        return max((ended(run) for run in store.batches(limit=1)), default=0)
    except StoreUnavailable:
        return before


def _go_on(place: Place, store: Store, options: tuple[str, ...], tally: Tally) -> Process:
    """By turns with the same command and with ``resume``; a run whose files have all ended would be a new one for the first."""
    run = next(iter(store.batches()[-1:]), None)
    over = run is not None and ended(run) == sum(run.counts.values())
    if run is None or (not over and (tally.drivers + tally.gave_up) % 2):
        tally.repeated += 1
        return place.batch(*options)
    tally.resumed += 1
    return place.command("runs", "resume", run.id, *options[:2])


def _gone_on(place: Place, store: Store, options: tuple[str, ...], tally: Tally, before: Process) -> Process:
    """Go on with a run whose command ended by itself, and say what that said last."""
    tally.gave_up += 1
    said = before.log.read_text(encoding="utf-8", errors="replace").splitlines()[-3:]
    sys.stderr.write(f"the command gave up with {before.code}: {' '.join(said)}\n")
    return _go_on(place, store, options, tally)


def _kill_child(process: Process, which: float) -> int:
    """Kill one of the children, once there is one; 0 when the process ended before."""
    while process.code is None:
        if children := process.children():
            with suppress(ProcessLookupError):
                os.kill(children[int(which * len(children))], signal.SIGKILL)
                return 1
        sleep(_LOOK)
    return 0


def _left(children: tuple[int, ...]) -> int:
    deadline = monotonic() + _GONE
    while (left := sum(map(alive, children))) and monotonic() < deadline:
        sleep(_LOOK)
    return left


def _twice_killed(store: Store) -> int:
    """Files that failed because their worker's children were killed, where no file failed for another reason."""
    failed = store.batch_files(the_run(store).id, states=(FileState.FAILED,))
    return len(failed) if all(f.failure and f.failure.cause == Cause.DIED.value for f in failed) else 0


if __name__ == "__main__":
    sys.exit(main())
