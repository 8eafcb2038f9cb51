"""The child process of a worker: warm, one job after another, gone as soon as the parent is.

It is started as a fresh interpreter and not by ``multiprocessing``, whose spawned children run the parent's main module again: of a
Streamlit server that is the page itself.
"""

from __future__ import annotations

import os
import sys
import traceback
from collections.abc import Callable
from importlib import import_module
from queue import SimpleQueue
from threading import Thread
from time import perf_counter
from typing import BinaryIO

from pipeline.batch.messages import (
    Cause,
    Failed,
    Job,
    Ready,
    Reviewed,
    Task,
    failed_in,
    out_of_memory,
    read_message,
    unstartable,
    write_message,
)
from pipeline.batch.pipes import own_pipes
from pipeline.check.ceiling import REACHED
from pipeline.embed import Embedder, configured_embedder
from pipeline.errors import InputError, ShenyueError
from pipeline.events import Observer, nobody
from pipeline.types import Block, Document, Page, Review, Status

Reviewing = Callable[[Job, Observer], Review]
_HEADROOM_MB = 1024  # of address space above the limit: what libraries reserve and do not touch
_TRIAL = (
    "客服外包合同",
    "甲方（委托方）：某服饰有限公司",
    "乙方（受托方）：某客服外包有限公司",
    "第一条 乙方负责售前咨询、售后退换货及投诉处理，首次响应时间不超过60秒。",
)


def reviewing(embedder: Embedder | None = None) -> Reviewing:
    """How a job is done, after a small review that loads what every review needs (embedder, dictionaries, rules).

    Args:
        embedder: for retrieval; that of the settings when ``None``.
    """
    from pipeline.check.engines import checker
    from pipeline.review import review, review_document
    from pipeline.settings import settings

    embedder = embedder or configured_embedder()
    review_document(_trial(), embedder=embedder)

    def one(job: Job, observe: Observer) -> Review:
        # A reader counts calls and cost over what it reads; here that is one contract.
        reader = checker(job.engine, embedder, settings(), mask=job.mask, ceiling=job.ceiling)
        return review(
            job.path,
            name=job.name,
            engine=job.engine,
            merchant=job.merchant,
            playbook=job.playbook,
            embedder=embedder,
            reader=reader,
            observe=observe,
        )

    return one


def worked(task: Task, review: Reviewing) -> Reviewed:
    """Do what a crew is asked: review the file, or take its finished review, and render the reports."""
    from pipeline.report import render_bytes
    from pipeline.review import renamed
    from pipeline.store.packed import pack_review, unpack_review

    began = perf_counter()
    job = task.job
    name = job.name or job.path.name
    result = review(job, nobody) if task.packed is None else renamed(unpack_review(task.packed), name)
    reports = {fmt: render_bytes(result, fmt) for fmt in task.formats}
    if task.packed is not None:
        return Reviewed(packed=None, reports=reports, seconds=perf_counter() - began)
    packed = pack_review(result)
    texts = [p.embedded for p in packed.passages] if task.vectors else []
    vectors = configured_embedder().passages(texts) if texts else None
    return Reviewed(
        packed=packed,
        reports=reports,
        vectors=vectors,
        seconds=perf_counter() - began,
        usage=result.usage,
        cut=_cut(result),
    )


def _cut(review: Review) -> bool:
    """Whether the model was not asked about something because the ceiling was reached."""
    said = [(f.status, f.reason) for f in review.findings]
    said += [(d.model.status, d.model.reason) for f in review.findings if (d := f.disagreement)]
    return any(status is Status.UNREVIEWED and REACHED in reason for status, reason in said)


def _trial() -> Document:
    blocks, at = [], 0
    for line in _TRIAL:
        blocks.append(Block(start=at, end=at + len(line)))
        at += len(line) + 1
    pages = (Page(start=0, end=at - 1, number=1),)
    return Document(file="试审.txt", sha256="", text="\n".join(_TRIAL), pages=pages, blocks=tuple(blocks))


def main(entry: str, memory_mb: int) -> None:
    """Serve jobs until the parent closes the pipe.

    Args:
        entry: ``module:function`` that makes the ``Reviewing``.
        memory_mb: what a file may use; allocations far above it fail in the child, before the parent can look.
    """
    jobs_in, out = own_pipes()
    _limit(memory_mb)
    jobs: SimpleQueue[Job | Task] = SimpleQueue()
    Thread(target=_listen, args=(jobs_in, jobs), daemon=True).start()
    try:
        module, _, name = entry.partition(":")
        review: Reviewing = getattr(import_module(module), name)()
    except Exception as error:  # the parent tells it as the reason of the file that waits
        _log(error)
        _say(out, unstartable(str(error) if isinstance(error, ShenyueError) else type(error).__name__))
        return
    _say(out, Ready())
    while True:
        job = jobs.get()
        _say(out, _answer(review, job, lambda event: _say(out, event), memory_mb))


def _answer(review: Reviewing, job: Job | Task, observe: Observer, memory_mb: int) -> Review | Reviewed | Failed:
    try:
        return worked(job, review) if isinstance(job, Task) else review(job, observe)
    except InputError as error:
        return Failed(cause=Cause.INPUT, reason=error.problem, remedy=error.remedy)
    except ShenyueError as error:
        return Failed(cause=Cause.INPUT, reason=str(error))
    except MemoryError:
        return out_of_memory(memory_mb)
    except Exception as error:  # the boundary of one file: the failure becomes a value
        _log(error)
        return failed_in(error)


def _say(out: BinaryIO, message: object) -> None:
    try:
        write_message(out, message)
    except OSError:
        os._exit(0)  # the parent is gone


def _listen(jobs_in: BinaryIO, jobs: SimpleQueue[Job | Task]) -> None:
    """Take jobs in at any time, so that the parent's end is noticed in the middle of one."""
    try:
        while True:
            jobs.put(read_message(jobs_in))
    except (EOFError, OSError):
        os._exit(0)


def _limit(memory_mb: int) -> None:
    if sys.platform == "win32":
        return
    import resource

    most = (memory_mb + _HEADROOM_MB) * 1024 * 1024
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    resource.setrlimit(resource.RLIMIT_DATA, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))


def _log(error: Exception) -> None:
    """Where it happened, without the message, which may hold words of a contract."""
    sys.stderr.write("".join(traceback.format_tb(error.__traceback__)) + f"{type(error).__name__}\n")
