"""Beginning a run, or going on with one: what was asked for becomes records of the store, and a crew is put to them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from pipeline.batch.conditions import changed, conditions, fingerprint
from pipeline.batch.crew import Crew, LocalCrew
from pipeline.batch.outputs import clear_parts
from pipeline.batch.place import is_gone
from pipeline.batch.run import Driver, Told
from pipeline.batch.sources import listed
from pipeline.check.engines import known
from pipeline.embed import configured_embedder
from pipeline.errors import EngineError
from pipeline.playbook import Playbook, load_playbook, parse_playbook
from pipeline.settings import settings
from pipeline.store import Store
from pipeline.store.records import LOCAL, BatchRun, NewBatch
from pipeline.types import Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a batch command asks for; ``playbook`` is a file, the default playbook when ``None``."""

    source: str
    out: Path
    formats: tuple[str, ...] = ("html", "json")
    engine: str = "rules"
    merchant: Party | None = None
    playbook: Path | None = None
    mask: bool = True
    owner: str = LOCAL


def begin(store: Store, asked: Asked) -> tuple[BatchRun, bool]:
    """The run for what is asked: one that was begun like this and not finished, with the files that have come since, or a new one.

    Returns:
        The run, and whether it was there already.

    Raises:
        InputError: the source cannot be read, or holds nothing.
        EngineError: no such engine, or no model to ask.
    """
    _check_engine(asked.engine)
    out = asked.out.absolute()
    source = listed(asked.source, skip=out)
    book, text = _playbook(asked.playbook)
    found = conditions(
        engine=asked.engine,
        merchant=asked.merchant,
        playbook=book,
        mask=asked.mask,
        embedder=configured_embedder(),
    )
    mark = fingerprint(found)
    left = store.open_batch(asked.owner, source.name, str(out), asked.formats, mark)
    if left is not None:
        if left.server is None or is_gone(left.server):
            store.add_batch_files(left.id, source.files())
        return store.batch(left.id), True
    new = NewBatch(
        owner=asked.owner,
        source=source.name,
        out=str(out),
        formats=asked.formats,
        engine=asked.engine,
        merchant=asked.merchant,
        mask=asked.mask,
        playbook=text,
        playbook_name=asked.playbook.name if asked.playbook else None,
        conditions=found,
        conditions_sha256=mark,
    )
    return store.create_batch(new, source.files()), False


def playbook_of(run: BatchRun) -> Playbook:
    """What a run checks."""
    return parse_playbook(run.playbook, run.playbook_name or "审查标准") if run.playbook else load_playbook()


def check_conditions(run: BatchRun) -> Playbook:
    """The run's playbook, when a review made now is what it would have been when the run was begun.

    Raises:
        EngineError: something a review depends on has changed; the message names it.
    """
    _check_engine(run.engine)
    book = playbook_of(run)
    now = conditions(
        engine=run.engine, merchant=run.merchant, playbook=book, mask=run.mask, embedder=configured_embedder()
    )
    if what := changed(run.conditions, now):
        raise EngineError(
            f"这次运行（{run.id[:8]}）开始后变了：{what}。改回来再继续，或用 shenyue batch 重新开始一次，结果不会混在一起"
        )
    return book


def go_on(
    store: Store,
    run: BatchRun,
    *,
    workers: int | None = None,
    ray: str | None = None,
    told: Callable[[Told], None],
    stopping: Callable[[], bool],
) -> bool:
    """Drive a run; ``True`` when none of its files is left.

    Args:
        workers: processes on this machine; the settings' number when ``None``.
        ray: the address of a Ray cluster that does the work instead.

    Raises:
        ShenyueError: conditions have changed, the source is gone, another process has the run, the cluster cannot be reached.
    """
    book = check_conditions(run)
    source = listed(run.source, skip=Path(run.out))
    clear_parts(Path(run.out))
    with closing(crew_of(workers, ray)) as crew:
        driver = Driver(store, run, source, crew, playbook=book, told=told, stopping=stopping)
        return driver.drive()


def crew_of(workers: int | None, ray: str | None) -> Crew:
    """Who does the work.

    Raises:
        EngineError: the cluster cannot be reached.
    """
    if ray is None:
        return LocalCrew(workers or settings().workers)
    from pipeline.batch.cluster import RayCrew

    return RayCrew(ray)


def _playbook(path: Path | None) -> tuple[Playbook, str | None]:
    """A playbook and its text, which the run keeps; no text of the default."""
    if path is None:
        return load_playbook(), None
    return load_playbook(path), path.read_text(encoding="utf-8-sig")


def _check_engine(name: str) -> None:
    """Raises ``EngineError`` for an engine that cannot judge, before anything is begun."""
    known(name)
    if name != "rules":
        from pipeline.check.llm.client import connect

        connect(settings())
