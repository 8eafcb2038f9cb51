"""Runs of the evaluation: those in the store, those that lie in a folder, and finished jobs, which are taken into the store."""

from __future__ import annotations

from pathlib import Path

import streamlit as st
from pydantic import ValidationError

from eval import jobs
from eval.jobs import JobState
from eval.record import FORMAT, Run, RunError, load_run
from pipeline.store import Store
from ui.components.evaluation import title

_IMPORTED = "imported"


def runs(store: Store, folder: Path) -> dict[str, Run]:
    """Every run by a key of its own, newest first; one that is stored and lies in the folder too is told once."""
    found: dict[str, Run] = {}
    for kept in store.runs():
        run = _stored(kept.id, store)
        if run is not None:
            found[kept.id] = run
    for path in sorted(folder.glob("*.json")):
        run = _filed(str(path), path.stat().st_mtime)
        if run is not None and all(_same(run, other) is False for other in found.values()):
            found[path.name] = run
    return dict(sorted(found.items(), key=lambda item: item[1].created, reverse=True))


def read(store: Store, content: bytes) -> str:
    """Take a run file into the store, once; what the run is called.

    Raises:
        RunError: not a run.
    """
    try:
        run = Run.model_validate_json(content)
    except ValidationError as error:
        raise RunError(f"不是 {FORMAT} 的评测结果。请选 shenyue eval run -o 写出的文件") from error
    name = title(run)
    kept = [_stored(k.id, store) for k in store.runs()]
    if all(other is None or not _same(run, other) for other in kept):
        store.save_run(name, content.decode("utf-8"))
    return name


def import_finished(store: Store, root: Path) -> None:
    """Take the runs of jobs that are done into the store."""
    for job in jobs.jobs(root):
        if job.state is JobState.DONE and not (job.folder / _IMPORTED).is_file():
            read(store, job.out.read_bytes())
            (job.folder / _IMPORTED).touch()


def _same(a: Run, b: Run) -> bool:
    return (a.created, a.dataset, a.fingerprint, a.only) == (b.created, b.dataset, b.fingerprint, b.only)


@st.cache_resource(max_entries=128, show_spinner=False)
def _stored(run_id: str, _store: Store) -> Run | None:
    """A stored run; ``None`` for one of another format. Runs never change once stored."""
    try:
        return Run.model_validate_json(_store.run(run_id).text)
    except ValidationError:
        return None


@st.cache_resource(max_entries=128, show_spinner=False)
def _filed(path: str, modified: float) -> Run | None:
    """A run in a folder, read again when the file changes; ``None`` for a file that is none."""
    try:
        return load_run(Path(path))
    except RunError:
        return None
