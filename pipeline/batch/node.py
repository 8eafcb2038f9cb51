"""What a task of a cluster does on its node: one worker a process, under the driver's settings and none of the node's own."""

from __future__ import annotations

import json
import os
import pickle
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pipeline.batch.conditions import changed, conditions
from pipeline.batch.crew import do, scratch
from pipeline.batch.messages import Failed, Reviewed, Work
from pipeline.batch.worker import ENTRY, Worker
from pipeline.embed import configured_embedder
from pipeline.playbook import load_playbook
from pipeline.settings import settings

_PLACES = frozenset({"data_dir", "database_url", "chroma_url", "auth", "admins"})
_OF_MODELS = ("_API_KEY", "_API_BASE", "_BASE_URL", "_ENDPOINT")
_HOME = "SHENYUE_DATA_DIR"
_FOLDER = "node"  # in the node's data folder; no .env is ever kept there
_worker: Worker | None = None
_home = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A file to be worked on, and what its review depends on beside it.

    Args:
        environment: all of the driver's that a worker heeds.
        conditions: of a review where the driver is; see ``surroundings``.
        work: pickled; ``None`` only asks whether the node is fit.
        entry: see ``Worker``.
    """

    environment: Mapping[str, str]
    conditions: Mapping[str, str]
    work: bytes | None = None
    entry: str = ENTRY

    def __repr__(self) -> str:
        return f"{type(self).__name__}(…)"  # keys are among it


@dataclass(frozen=True, slots=True, kw_only=True)
class Unfit:
    """A node on which a review would not be the driver's; ``why`` in Chinese."""

    why: str


def environment(engine: str, nodes: int = 1) -> Mapping[str, str]:
    """What ``engine`` heeds of this process's settings and variables: places and secrets of the store are not among them, keys only where a
    model is asked. Limits of calls are kept on each machine by itself, so each of ``nodes`` gets its share.
    """
    values = settings().model_dump(mode="json", exclude=set(_PLACES))
    if engine != "rules":
        values["requests_per_second"] /= nodes
        values["concurrent_requests"] = -(-values["concurrent_requests"] // nodes)
    found = {f"SHENYUE_{n.upper()}": v if isinstance(v, str) else json.dumps(v) for n, v in values.items()}
    if engine != "rules":
        found |= {name: value for name, value in os.environ.items() if _of_models(name)}
    return found


def surroundings() -> Mapping[str, str]:
    """Version, weights, prompts, default playbook and settings here, as the conditions of a review."""
    return conditions(engine="both", merchant=None, playbook=load_playbook(), mask=True, embedder=configured_embedder())


def answer(order: Order) -> Reviewed | Failed | Unfit | None:
    """Do what is ordered, with this process's worker; ``None`` where nothing is but the node is fit."""
    _take(order.environment)
    if what := changed(order.conditions, _surroundings(frozenset(order.environment.items()))):
        return Unfit(why=f"和本机不一样：{what}")
    if order.work is None:
        return None
    work: Work = pickle.loads(order.work)
    return do(_worker_for(order.entry), work, _scratch())


def _of_models(name: str) -> bool:
    return name.startswith("OPENAI_") or name.endswith(_OF_MODELS)


def _take(told: Mapping[str, str]) -> None:
    """Make the driver's environment that of this process; the node's data folder holds only caches and files under review.

    The working folder is changed too, since ``.env`` would be read in it.
    """
    global _home
    if not _home:
        own = os.environ.get(_HOME)
        _home = str((Path(own) if own else Path.home() / ".shenyue").absolute() / _FOLDER)
    wanted = {**told, _HOME: _home}
    held = {name: v for name, v in os.environ.items() if name.startswith("SHENYUE_") or _of_models(name)}
    if held == wanted:
        return
    for name in held:
        del os.environ[name]
    os.environ.update(wanted)
    Path(_home).mkdir(parents=True, exist_ok=True, mode=0o700)
    os.chdir(_home)
    settings.cache_clear()


@lru_cache(maxsize=1)
def _surroundings(told: frozenset[tuple[str, str]]) -> Mapping[str, str]:
    return surroundings()


@lru_cache(maxsize=1)
def _scratch() -> Path:
    return scratch()


def _worker_for(entry: str) -> Worker:
    global _worker
    if _worker is None:
        _worker = Worker(threads=1, entry=entry)
    return _worker
