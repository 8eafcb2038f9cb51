"""A batch run in ratios within one run of this: ``make bench-batch``.

The contracts are variants of dev (``eval.variants``), of all formats, their order mixed, so that the first of them are like all. The command runs
as its own process, as it does for a user; each worker has one thread, whatever their number.

What is fair: of one template's variants most clauses are the same, and the embeddings of what was seen before come from the cache, so the
first files of a run take longer than the later ones. Two arms are therefore compared over the same files in the same order, both from an empty
data folder: the arm of one worker (and Ray's) reviews the first ``--one`` contracts, and of the run over all contracts the time counts until
as many have ended. Time begins when the first review does, without the start of the interpreters. The machine must have nothing else to do.
"""

from __future__ import annotations

import argparse
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from statistics import median
from subprocess import TimeoutExpired
from time import monotonic, sleep

from eval.batch_process import Place, ended
from eval.bench_model import Figure
from eval.variants import write
from pipeline.store.records import BatchFile, BatchRun, FileState

SPEEDUP = 1.7  # of two workers
GROWTH = 0.1  # of the driver's memory, from the hundredth file to the last
OVERHEAD = 0.05  # of the time of the reviews
RERUN = 0.02  # of the first run's time
RAY = 0.9  # of the throughput of local processes
ENOUGH = 500  # contracts from which memory and rerun have a target: a start takes seconds, however few there are
_START = 60.0  # seconds that Ray may take to start
_OBJECTS = 200_000_000  # bytes of Ray's object store
_LOOK = 0.5  # seconds between two looks at the process
_MARK = 10  # memory is looked at after one file in so many: the hundredth of a thousand


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """The driver when so many files had ended: MiB resident, and seconds of processor time so far."""

    ended: int
    memory: float
    cpu: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Arm:
    """A finished run: its files in the order in which they ended, wall clock of the command and end of it, as seen from outside."""

    run: BatchRun
    files: tuple[BatchFile, ...]
    seconds: float
    stopped: float  # seconds since the epoch
    peak: float = 0.0
    samples: tuple[Sample, ...] = field(default=())

    @property
    def began(self) -> float:
        """When the first review began, seconds since the epoch: the workers were warm then."""
        return min(_end(file) - (file.seconds or 0.0) for file in self.files)

    @property
    def reviewing(self) -> float:
        """Seconds of all reviews, with their reports and vectors, added up over the workers."""
        return sum(file.seconds or 0.0 for file in self.files)

    @property
    def cpu(self) -> float:
        """Seconds of processor time of the driver, when it was looked at last."""
        return max((sample.cpu for sample in self.samples), default=0.0)

    def until(self, count: int) -> float:
        """Seconds from the first review's begin until so many files had ended."""
        return _end(self.files[count - 1]) - self.began

    def overhead(self, workers: int) -> float:
        """Time of the workers in which they did not review, from the first review to the command's end, by the time of the reviews."""
        return (workers * (self.stopped - self.began) - self.reviewing) / self.reviewing

    def memory(self, count: int, around: int) -> float:
        """The driver's median memory from so many ended files on, over ``around`` files; 0 where nobody looked."""
        return median([s.memory for s in self.samples if count <= s.ended <= count + around and s.memory] or [0.0])


def main() -> int:
    """Print the figures; exit 1 when one misses its target, 2 when something is wanting."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--count", type=int, default=1000, help="contracts")
    parser.add_argument("--one", type=int, default=150, help="contracts of the arm with one worker, and of Ray's")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--ray", action="store_true", help="also through a Ray cluster on this machine")
    parser.add_argument("--folder", type=Path, help="keep everything in this new folder; a temporary one otherwise")
    args = parser.parse_args()
    if args.folder and args.folder.exists() and any(args.folder.iterdir()):
        sys.stderr.write(f"{args.folder} is not empty: what lies there would be measured along.\n")
        return 2
    if not sys.platform.startswith("linux"):
        sys.stderr.write("Reads /proc: Linux only.\n")
        return 2
    if args.ray and find_spec("ray") is None:
        sys.stderr.write("Ray is not installed: make cluster.\n")
        return 2
    sys.stdout.write(
        f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} before the start; other work makes every figure worse\n"
    )
    missed = False
    with _folder(args.folder) as folder:
        for figure in measured(folder, args.count, min(args.one, args.count), args.workers, ray=args.ray):
            sys.stdout.write(f"{figure}\n")
            sys.stdout.flush()
            missed = missed or not figure.met
    return int(missed)


def measured(folder: Path, count: int, one: int, workers: int, *, ray: bool) -> Iterator[Figure]:
    """All figures; the contracts and the data of every arm are put below ``folder``."""
    paths = write(folder / "contracts", count)
    first = folder / "first"
    first.mkdir()
    for path in paths[:one]:
        os.link(path, first / path.name)
    place = Place(data=folder / "many" / "data", source=folder / "contracts", out=folder / "many" / "out")
    many = run(place, "--workers", str(workers))
    yield from _whole(many, workers)
    yield from _memory(many)
    again = run(place, "--workers", str(workers))
    yield Figure(name="rerun over finished work, s", value=again.seconds)
    yield Figure(name="rerun / first run", value=again.seconds / many.seconds, most=RERUN if count >= ENOUGH else None)
    yield Figure(name="rerun: reviews made", value=sum(not file.reused for file in again.files), most=0)
    few = run(Place(data=folder / "one" / "data", source=first, out=folder / "one" / "out"), "--workers", "1")
    yield Figure(name=f"1 worker, first {one} contracts: a minute", value=60 * one / few.until(one))
    yield Figure(name=f"{workers} workers, the same contracts: a minute", value=60 * one / many.until(one))
    yield Figure(
        name=f"throughput, {workers} workers / 1 worker", value=few.until(one) / many.until(one), least=SPEEDUP
    )
    yield Figure(name="1 worker: (command - start - reviews) / reviews", value=few.overhead(1), most=OVERHEAD)
    yield Figure(name="1 worker: processor time of the driver / reviews", value=few.cpu / few.reviewing)
    if ray:
        clustered = Place(data=folder / "ray" / "data", source=first, out=folder / "ray" / "out")
        with cluster(workers, clustered) as address:
            far = run(clustered, "--ray", address)
        yield Figure(name="Ray on the same cores, the same contracts: a minute", value=60 * one / far.until(one))
        yield Figure(name="throughput, Ray / local processes", value=many.until(one) / far.until(one), least=RAY)


def run(place: Place, *options: str) -> Arm:
    """The batch command from its start to its end, watched.

    Raises:
        RuntimeError: it ended with an error, or with files that failed.
    """
    with place.store() as store:
        before = {batch.id for batch in store.batches()}
        process = place.batch(*options)
        samples: list[Sample] = []
        peak = 0.0
        try:
            while process.code is None:
                batch = next((b for b in store.batches(limit=1) if b.id not in before), None)
                if batch is not None and (memory := process.memory()):
                    samples.append(Sample(ended=ended(batch), memory=memory, cpu=process.cpu()))
                    peak = process.memory("VmHWM") or peak
                with suppress(TimeoutExpired):
                    process.wait(_LOOK)
        finally:
            process.kill()
        stopped = process.began + process.finished().seconds
        batch = next(b for b in store.batches(limit=1) if b.id not in before)
        files = tuple(sorted(store.every_batch_file(batch.id), key=_end))
    return Arm(run=batch, files=files, seconds=process.seconds, stopped=stopped, peak=peak, samples=tuple(samples))


def _whole(many: Arm, workers: int) -> Iterator[Figure]:
    count = len(many.files)
    yield Figure(name=f"{workers} workers, {count} contracts: the whole command, s", value=many.seconds)
    yield Figure(name=f"{workers} workers: contracts a minute", value=60 * count / many.until(count))
    yield Figure(name="files that failed", value=many.run.counts[FileState.FAILED], most=0)
    yield Figure(name="reviews less than contracts", value=sum(file.reused for file in many.files), most=0)
    yield Figure(name="median review, s", value=median(file.seconds or 0.0 for file in many.files))
    yield Figure(name="longest review, s", value=max(file.seconds or 0.0 for file in many.files))
    yield Figure(name="start until the first review, s", value=many.seconds - (many.stopped - many.began))
    yield Figure(name="last review until the command's end, s", value=many.stopped - _end(many.files[-1]))
    yield Figure(name=f"{workers} workers: time without a review / reviews", value=many.overhead(workers))


def _memory(many: Arm) -> Iterator[Figure]:
    count = len(many.files)
    mark, around = count // _MARK, max(2, count // 50)
    early, late = many.memory(mark, around), many.memory(count - around, around)
    yield Figure(name=f"driver's memory at file {mark}, MiB", value=early)
    yield Figure(name=f"driver's memory at file {count}, MiB", value=late)
    if early:
        yield Figure(
            name="driver's memory, last file / that file",
            value=late / early,
            most=1 + GROWTH if count >= ENOUGH else None,
        )
    yield Figure(name="driver's memory at most, summary included, MiB", value=many.peak)


@contextmanager
def cluster(cores: int, place: Place) -> Iterator[str]:
    """A Ray cluster of one node with so many cores, whose workers have the surroundings of ``place``; its address."""
    port, outside = _free_port(), _free_port()
    options = (
        "--head", "--block", f"--port={port}", f"--ray-client-server-port={outside}", "--node-ip-address=127.0.0.1",
        f"--num-cpus={cores}", f"--object-store-memory={_OBJECTS}", "--include-dashboard=false", "--disable-usage-stats",
    )  # fmt: skip
    with tempfile.TemporaryDirectory(prefix="ray-", dir="/tmp", ignore_cleanup_errors=True) as folder:
        node = subprocess.Popen(
            [Path(sys.executable).parent / "ray", "start", *options, f"--temp-dir={folder}"],
            env=dict(place.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _until_open(port)
            yield f"127.0.0.1:{port}"
        finally:
            node.terminate()
            node.wait()


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


def _until_open(port: int) -> None:
    deadline = monotonic() + _START
    while monotonic() < deadline:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        sleep(0.2)
    raise RuntimeError(f"Ray did not start in {_START:g} s")


def _end(file: BatchFile) -> float:
    """When the file had ended, seconds since the epoch."""
    if file.finished_at is None:
        raise RuntimeError(f"{file.name} has not ended")
    return file.finished_at.timestamp()


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    if kept is None:
        with tempfile.TemporaryDirectory(prefix="shenyue-bench-") as name:
            yield Path(name)
        return
    kept.mkdir(parents=True, exist_ok=True)
    yield kept.absolute()


if __name__ == "__main__":
    sys.exit(main())
