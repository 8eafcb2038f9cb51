"""What stands in a worker's child for a review: a file read and nothing judged, and faults that a file asks for by its name."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

from pipeline.batch.child import Reviewing, reviewing
from pipeline.batch.messages import Job
from pipeline.events import STAGES, AreaReady, Observer, StageStarted
from pipeline.ingest import ingest
from pipeline.types import AreaReview, Engine, OverallVerdict, Party, Review, Risk
from tests.pipeline.conftest import HashedWords

ENTRY = "tests.pipeline.batch.faults:faulty"
HASHED = "tests.pipeline.batch.faults:hashed"
STUBBORN = "tests.pipeline.batch.faults:stubborn"
CONTRACT = "客服外包合同\n甲方（委托方）：某服饰有限公司\n乙方（受托方）：某客服公司\n第一条 首次响应时间不超过60秒。\n"


def contract(folder: Path, name: str) -> Path:
    """A small contract of that name: ``hang``, ``hog``, ``balloon``, ``crash``, ``bug`` and ``once`` in it are done before it is read."""
    path = folder / name
    path.write_text(CONTRACT, encoding="utf-8")
    return path


def faulty() -> Reviewing:
    """Reviews, after the fault that the file's name asks for."""
    return _review


def hashed() -> Reviewing:
    """Whole reviews, with an embedder that needs no model."""
    return reviewing(HashedWords())


def stubborn() -> Reviewing:
    """Cannot even start."""
    raise RuntimeError("no")


def _review(job: Job, observe: Observer) -> Review:
    observe(StageStarted(stage="ingest"))
    fault = (job.name or job.path.name).split(".")[0].split("-")[0]
    if fault in _FAULTS:
        _FAULTS[fault](job)
    document = ingest(job.path, name=job.name, observe=observe)
    areas = tuple(AreaReview(id=f"area{n}", name=f"领域{n}", risk=Risk.LOW, findings=()) for n in range(6))
    for stage in STAGES[1:]:
        observe(StageStarted(stage=stage))
    for area in areas:
        observe(AreaReady(area=area))
    return Review(
        document=document,
        clauses=(),
        merchant=job.merchant or Party.JIA,
        merchant_reason="",
        engine=Engine(name=job.engine, version="0", playbook_sha256="", prompts_sha256=""),
        verdict=OverallVerdict(risk=Risk.LOW, decision="可签", advice=""),
        areas=areas,
    )


def _hang(job: Job) -> None:
    time.sleep(600)


def _slow(job: Job) -> None:
    time.sleep(0.3)


def _hog(job: Job) -> None:
    held = []
    while True:
        held.append(b"x" * (20 << 20))
        time.sleep(0.01)


def _balloon(job: Job) -> None:
    held = b"x" * (4 << 30)
    time.sleep(600 + len(held))


def _crash(job: Job) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _once(job: Job) -> None:
    """Dies the first time."""
    mark = job.path.with_suffix(".died")
    if not mark.exists():
        mark.touch()
        _crash(job)


def _bug(job: Job) -> None:
    raise KeyError("秘密的合同文字")


_FAULTS = {"hang": _hang, "slow": _slow, "hog": _hog, "balloon": _balloon, "crash": _crash, "once": _once, "bug": _bug}
