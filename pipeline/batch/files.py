"""What the sources of a run share: local files and why they cannot be read, names that are unique, limits."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import stat
from pathlib import Path
from typing import BinaryIO
from urllib.parse import unquote_to_bytes

from pipeline.batch.messages import Cause
from pipeline.errors import FileMissing, InputError, OversizedFile
from pipeline.settings import settings
from pipeline.store.records import Failure

_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.:\-]+://")
_CHUNK = 1024 * 1024
_LEFT_OUT = frozenset(
    ("thumbs.db", "desktop.ini", "__macosx", "@eadir", "$recycle.bin", "system volume information")
)  # what systems and network drives put beside files
_SPECIAL = (
    (stat.S_ISFIFO, "这是管道，不是文件"),
    (stat.S_ISSOCK, "这是套接字，不是文件"),
    (stat.S_ISCHR, "这是设备，不是文件"),
    (stat.S_ISBLK, "这是设备，不是文件"),
    (stat.S_ISDIR, "这是文件夹，不是文件"),
)
_GONE = (errno.ENOENT, errno.ENOTDIR, errno.ESTALE)


class Names:
    """Gives out names once each, also where upper and lower case count as the same: one taken already gets a number."""

    def __init__(self) -> None:
        self._next: dict[int, int] = {}

    def unique(self, name: str) -> str:
        """``name``, or ``name (2)`` with the number in front of the extension."""
        key, taken = self._key(name), name
        while self._key(taken) in self._next:
            number = self._next[key] = self._next[key] + 1
            folder, slash, last = name.rpartition("/")
            stem, dot, extension = last.rpartition(".")
            taken = f"{folder}{slash}" + (f"{stem} ({number}){dot}{extension}" if stem else f"{last} ({number})")
        self._next[self._key(taken)] = 1
        return taken

    @staticmethod
    def _key(name: str) -> int:
        return int.from_bytes(hashlib.blake2b(name.casefold().encode(), digest_size=8).digest(), "big")


def is_left_out(part: str) -> bool:
    """True for a name that no contract has: hidden, a lock file of Word, half a download, a system's own."""
    low = part.lower()
    return part.startswith((".", "~$")) or low.endswith(".part") or low in _LEFT_OUT


def readable(name: str) -> str:
    """A file's name as text: names that are not UTF-8 are taken for Chinese ones of Windows, and what no database takes is replaced."""
    try:
        name.encode()
    except UnicodeEncodeError:
        raw = name.encode("utf-8", "surrogateescape" if os.name != "nt" else "replace")
        try:
            name = raw.decode("gb18030")
        except UnicodeDecodeError:
            name = raw.decode("utf-8", "replace")
    return name.replace("\0", "\ufffd")


def is_address(text: str) -> bool:
    """True for ``protocol://…``."""
    return _ADDRESS.match(text) is not None


def local_uri(path: str) -> str:
    """``file://…`` of an absolute path, in ASCII, whatever bytes its name is made of."""
    return Path(path).as_uri()


def local_path(uri: str) -> str | None:
    """The path of a ``file://`` address, ``None`` for any other and for one on another machine."""
    if uri[:7].lower() != "file://":
        return None
    host, slash, rest = uri[7:].partition("/")
    if host.lower() not in ("", "localhost"):
        return None
    path = os.fsdecode(unquote_to_bytes(slash + rest))
    return path[1:] if os.name == "nt" else path


def failure(error: InputError) -> Failure:
    """An error as the record of a file has it."""
    return Failure(cause=Cause.INPUT.value, reason=error.problem, remedy=error.remedy)


def problem_of(path: str, name: str) -> Failure | None:
    """Why a file cannot be read, as far as can be told without opening it."""
    try:
        mode = os.stat(path).st_mode
        if (special := _special(name, mode)) is not None:
            return failure(special)
        if not os.access(path, os.R_OK):
            raise PermissionError(errno.EACCES, "Permission denied")
    except (OSError, ValueError) as error:
        return failure(unreadable(name, error, path))
    return None


def read_local(path: str, name: str) -> bytes:
    """A file's content; never waits for a pipe, and never holds more than the limit.

    Raises:
        FileMissing: gone, unreadable, or no file.
        OversizedFile: over ``max_file_mb``.
    """
    flags = os.O_RDONLY
    for flag in ("O_NONBLOCK", "O_NOCTTY", "O_CLOEXEC", "O_BINARY"):
        flags |= getattr(os, flag, 0)
    try:
        opened = os.open(path, flags)
        try:
            found = os.fstat(opened)
            if (special := _special(name, found.st_mode)) is not None:
                raise special
            check_size(name, found.st_size)
            with os.fdopen(opened, "rb", closefd=False) as file:
                return read_within(file, name)
        finally:
            os.close(opened)
    except (OSError, ValueError) as error:
        raise unreadable(name, error, path) from error


def read_within(file: BinaryIO, name: str) -> bytes:
    """All of a stream, read only as far as the limit.

    Raises:
        OversizedFile: there is more than ``max_file_mb``.
    """
    limit = settings().max_file_mb * 1024 * 1024
    parts, size = [], 0
    while chunk := file.read(_CHUNK):
        parts.append(chunk)
        size += len(chunk)
        if size > limit:
            raise oversized(name, None)
    return b"".join(parts)


def check_size(name: str, size: int) -> None:
    """Raise ``OversizedFile`` for more bytes than ``max_file_mb``."""
    if size > settings().max_file_mb * 1024 * 1024:
        raise oversized(name, size)


def oversized(name: str, size: int | None) -> OversizedFile:
    """``size`` in bytes, ``None`` where it is not known."""
    limit = settings().max_file_mb
    said = "文件" if size is None else f"文件有 {size / 1024 / 1024:.1f} MB，"
    return OversizedFile(name, f"{said}超过上限 {limit} MB", "请压缩扫描件，或拆开后分别审查")


def unreadable(name: str, error: OSError | ValueError, path: str) -> FileMissing:
    """What the system said of a file, for a person."""
    number = error.errno if isinstance(error, OSError) else None
    if number == errno.ELOOP:
        return FileMissing(name, "这个链接绕成了圈，指不到文件", "请删掉这个链接，换成文件本身")
    if number in _GONE and os.path.islink(path):
        return FileMissing(name, "这是一个失效的链接，它指向的文件不存在", "请换成文件本身，或修好链接")
    if number in _GONE:
        return FileMissing(name, "没有这个文件，可能已被移走、改名或删除", "请检查路径，放回文件后再审")
    if number in (errno.EACCES, errno.EPERM):
        return FileMissing(name, "文件打不开（没有读取的权限）", "请给当前用户读取权限，或把文件复制到别处再审")
    if number == errno.ENAMETOOLONG:
        return FileMissing(name, "路径太长，系统打不开", "请把文件移到更浅的文件夹，或把名字改短")
    if number in (errno.ENXIO, errno.EOPNOTSUPP):
        return FileMissing(name, "这不是普通文件，读不了", "请换成文件本身")
    why = "读取时磁盘或网络出错" if number == errno.EIO else str(getattr(error, "strerror", None) or "读取出错")
    return FileMissing(name, f"文件打不开（{why}）", "请检查磁盘或网络，或把文件复制到别处再审")


def _special(name: str, mode: int) -> FileMissing | None:
    for is_one, what in _SPECIAL:
        if is_one(mode):
            return FileMissing(name, what, "请把合同存成普通文件再审")
    return None
