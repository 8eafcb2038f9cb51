"""What a worker and its child process say to each other: pickles with their length in front, over the child's standard input and output."""

from __future__ import annotations

import pickle
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from pipeline.check.ceiling import Ceiling
from pipeline.errors import told
from pipeline.playbook import Playbook
from pipeline.types import Party, Usage

if TYPE_CHECKING:
    from pipeline.store.packed import PackedReview

_LENGTH = struct.Struct(">Q")


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One contract to review; see ``pipeline.review.review``. ``mask`` and ``ceiling`` are of the engines that send something."""

    path: Path
    name: str | None = None
    engine: str = "rules"
    merchant: Party | None = None
    playbook: Playbook | None = None
    mask: bool = True
    ceiling: Ceiling | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """One file of a batch run, as a crew is handed it.

    Args:
        content: the file's bytes; ``extension`` (``.docx``) is how it ends.
        ceiling: what its review may use of a model.
        formats: of the reports wanted.
        vectors: whether the vectors of its passages are wanted, for the clause library.
        packed: a finished review of these bytes, to be rendered under this ``name``; then nothing is reviewed.
    """

    name: str
    content: bytes = field(repr=False)
    extension: str
    engine: str = "rules"
    merchant: Party | None = None
    playbook: Playbook | None = field(default=None, repr=False)
    mask: bool = True
    ceiling: Ceiling | None = None
    formats: tuple[str, ...] = ()
    vectors: bool = False
    packed: bytes | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """``Work`` as a worker's child is handed it: the bytes lie in a file."""

    job: Job
    formats: tuple[str, ...]
    vectors: bool
    packed: bytes | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviewed:
    """What came of ``Work``.

    Args:
        packed: the review as the store keeps it; ``None`` where it was only rendered again.
        reports: the bytes of each report by format.
        vectors: shape (passages, dimensions), in the order of the packed passages; ``None`` where not asked for or there are none.
        seconds: of the review and the reports.
        usage: of the model.
        cut: the ceiling was reached, and something is unreviewed for it.
    """

    packed: PackedReview | None
    reports: Mapping[str, bytes] = field(repr=False)
    vectors: NDArray[np.float32] | None = field(default=None, repr=False)
    seconds: float
    usage: Usage = field(default_factory=Usage)
    cut: bool = False


class Cause(StrEnum):
    """Why there is no review."""

    INPUT = "input"  # the file, the playbook or the engine asked for: the pipeline's own word
    TIME = "time"
    MEMORY = "memory"
    DIED = "died"
    ERROR = "error"
    START = "start"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed:
    """A file that brought no review: why, and what to do, in Chinese. ``str`` is both."""

    cause: Cause
    reason: str
    remedy: str = ""

    def __str__(self) -> str:
        return told(self.reason, self.remedy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """The child is warm and takes jobs."""


def out_of_memory(limit_mb: int) -> Failed:
    """More memory than a file is given."""
    return Failed(
        cause=Cause.MEMORY,
        reason=f"审查这份文件用的内存超过了 {limit_mb} MB，已经停止",
        remedy="请压缩或拆开后分别审查，或调大 SHENYUE_FILE_MEMORY_MB",
    )


def out_of_time(limit: float) -> Failed:
    """More time than a file is given; ``limit`` in seconds."""
    said = f"{limit / 60:g} 分钟" if limit >= 120 else f"{limit:g} 秒"
    return Failed(
        cause=Cause.TIME,
        reason=f"审查超过 {said}还没有结束，已经停止",
        remedy="请拆开后分别审查，或调大 SHENYUE_FILE_SECONDS",
    )


DIED = Failed(
    cause=Cause.DIED,
    reason="审查这份文件的进程两次意外中断",
    remedy="请把文件另存为另一种格式（docx 或 pdf）再审；其他文件不受影响",
)
CANCELLED = Failed(cause=Cause.CANCELLED, reason="已经取消")


def failed_in(error: Exception) -> Failed:
    """An error that is no word of the pipeline to the user: a fault in a program."""
    return Failed(
        cause=Cause.ERROR,
        reason=f"审查这份文件时程序出错（{type(error).__name__}）",
        remedy="请把文件另存为另一种格式再审；如果还是这样，请报告这个问题",
    )


def unstartable(why: str) -> Failed:
    """The child cannot review anything."""
    return Failed(cause=Cause.START, reason=f"审查进程启动不了（{why}）", remedy="请运行 shenyue doctor 检查安装和设置")


def write_message(stream: BinaryIO, message: object) -> None:
    """Send one message.

    Raises:
        OSError: nobody reads any more.
    """
    data = pickle.dumps(message, protocol=pickle.HIGHEST_PROTOCOL)
    stream.write(_LENGTH.pack(len(data)) + data)
    stream.flush()


def read_message(stream: BinaryIO) -> Any:
    """The next message.

    Raises:
        EOFError: the other side has ended, perhaps in the middle of a message.
    """
    (length,) = _LENGTH.unpack(_exactly(stream, _LENGTH.size))
    return pickle.loads(_exactly(stream, length))


def _exactly(stream: BinaryIO, size: int) -> bytes:
    data = stream.read(size)
    if len(data) < size:
        raise EOFError
    return data
