"""Whether a batch run left everything whole: a record and a review a file, the audit trail, the reports, and nothing else."""

from __future__ import annotations

import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

from eval.batch_process import Place
from eval.bench_model import Figure
from pipeline.batch.summing import FINDINGS, PAGE, RUN, WORKBOOK
from pipeline.store import Store
from pipeline.store.records import BatchFile, BatchRun, FileState, RunState

_ALL = 1_000_000  # entries of the audit trail


def the_run(store: Store) -> BatchRun:
    """The only run there should be: the oldest."""
    return store.batches()[-1]


def checked(place: Place, store: Store, files: int) -> Iterator[Figure]:
    """What the run has left, as figures with what they must be; what is wrong is said on standard error."""
    run = the_run(store)
    recorded = tuple(store.every_batch_file(run.id))
    keys = {(file.sha256, file.extension) for file in recorded}
    yield Figure(name="runs", value=len(store.batches()), most=1)
    yield Figure(name="run not finished", value=run.state is not RunState.FINISHED, most=0)
    yield Figure(name="files recorded", value=len(recorded), least=files, most=files)
    yield Figure(name="files done", value=run.counts[FileState.DONE], least=files, most=files)
    reviews = [review for review in store.reviews() if review.session == run.id]
    yield Figure(name="reviews, one a distinct file", value=len(reviews), least=len(keys), most=len(keys))
    for name, wrong in (
        ("files that failed", _failed(recorded)),
        ("records without a review of their own bytes", _astray(recorded)),
        ("files not entered once in the audit trail", _entered(store, run, recorded)),
        ("reports and summaries that are not whole", broken(place.out, recorded, run.formats)),
        ("files in the output folder that are no report", strays(place.out, recorded)),
        ("leftovers in the data folder", _leftovers(place.data)),
    ):
        for said in wrong:
            sys.stderr.write(f"{name}: {said}\n")
        yield Figure(name=name, value=len(wrong), most=0)
    kept = sum(path.is_file() and path.suffix != ".part" for path in (place.data / "files").rglob("*"))
    distinct = len({file.sha256 for file in recorded})
    yield Figure(name="contracts kept", value=kept, least=distinct, most=distinct)
    verified = place.command("audit", "verify").wait()
    yield Figure(name="shenyue audit verify, exit code", value=verified, most=0)


def broken(out: Path, recorded: tuple[BatchFile, ...], formats: tuple[str, ...]) -> list[str]:
    """Reports that are not there, not as recorded, or cannot be opened; and summaries likewise."""
    wrong = []
    for file in recorded:
        for path, sha256 in file.outputs.items():
            content = _content(out / path)
            if content is None or hashlib.sha256(content).hexdigest() != sha256 or not whole(path, content):
                wrong.append(path)
        if file.state is FileState.DONE and len(file.outputs) != len(formats):
            wrong.append(f"{file.name}: {len(file.outputs)} reports")
    summaries = {name: _content(out / name) for name in (WORKBOOK, PAGE, FINDINGS, RUN)}
    return wrong + [name for name, content in summaries.items() if content is None or not whole(name, content)]


def whole(name: str, content: bytes) -> bool:
    """A file of that name is complete: it opens, or ends as it should."""
    from docx import Document
    from openpyxl import load_workbook

    try:
        match Path(name).suffix:
            case ".html":
                return content.rstrip().endswith(b"</html>")
            case ".json":
                return isinstance(json.loads(content), dict)
            case ".jsonl":
                return all(isinstance(json.loads(line), dict) for line in content.splitlines())
            case ".docx":
                return bool(Document(BytesIO(content)).paragraphs)
            case ".xlsx":
                return bool(load_workbook(BytesIO(content), read_only=True).sheetnames)
            case _:
                return bool(content)
    except Exception:  # of whatever reads it: the file is not whole
        return False


def strays(out: Path, recorded: tuple[BatchFile, ...]) -> list[str]:
    """Files below the output folder that nobody told of: temporaries that were left, or reports of nothing."""
    known = {path for file in recorded for path in file.outputs} | {WORKBOOK, PAGE, FINDINGS, RUN}
    there = {path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()}
    return sorted(there - known)


def _failed(recorded: tuple[BatchFile, ...]) -> list[str]:
    return [f"{file.name}: {file.failure.reason}" for file in recorded if file.failure]


def _astray(recorded: tuple[BatchFile, ...]) -> list[str]:
    """Files that do not share a review with those of the same bytes and nobody else, or of which none or several were reviewed."""
    by_key: dict[tuple[str | None, str], list[BatchFile]] = {}
    for file in recorded:
        by_key.setdefault((file.sha256, file.extension), []).append(file)
    owners = Counter(next(iter(ids)) for same in by_key.values() if len(ids := {f.review_id for f in same}) == 1)
    return [
        same[0].name
        for same in by_key.values()
        if len({file.review_id for file in same}) != 1
        or same[0].review_id is None
        or owners[same[0].review_id] != 1
        or sum(not file.reused for file in same) != 1
    ]


def _entered(store: Store, run: BatchRun, recorded: tuple[BatchFile, ...]) -> list[str]:
    """Files of which the trail does not say once that they were reviewed, or once that a review was used again."""
    entries = [e for e in store.audit_trail(_ALL) if e.ids.get("run") == run.id]
    found = Counter((e.what, e.ids["file"]) for e in entries if e.what in ("batch_review", "batch_reuse"))
    wrong = []
    for file in recorded:
        expected = "batch_reuse" if file.reused else "batch_review"
        told = {what: found[what, str(file.position)] for what in ("batch_review", "batch_reuse")}
        if told != {"batch_review": 0, "batch_reuse": 0, expected: 1}:
            wrong.append(f"{file.name}: {told}")
    return wrong


def _leftovers(data: Path) -> list[str]:
    """Contracts under review that are still there, and half-written files."""
    work = data / "work"
    left = list(work.iterdir()) if work.is_dir() else []
    left += list(data.rglob("*.part"))
    return [path.relative_to(data).as_posix() for path in left]


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None
