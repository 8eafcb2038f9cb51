"""A folder of contracts, or one contract: local files."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.batch.files import (
    Names,
    failure,
    is_left_out,
    local_path,
    local_uri,
    problem_of,
    read_local,
    readable,
    unreadable,
)
from pipeline.errors import FileMissing, InputError
from pipeline.store.records import Failure, NewFile

_Folder = tuple[int, int]  # device and inode


class LocalFiles:
    """Reads local files by their ``file://`` addresses.

    Args:
        name: absolute path of the source.
    """

    def __init__(self, name: str) -> None:
        self.name = readable(name) if readable(name) == name else local_uri(name)
        self._path = name

    def read(self, uri: str) -> bytes:
        """The content of a file, see ``pipeline.batch.sources.Source``."""
        path = local_path(uri)
        if path is None:
            raise FileMissing(uri, "认不出这个地址", "请重新列出文件")
        return read_local(path, readable(os.path.basename(path)))


class OneFile(LocalFiles):
    """One contract file."""

    def files(self) -> Iterator[NewFile]:
        """Just that one."""
        name = readable(os.path.basename(self._path))
        yield NewFile(name=name, uri=local_uri(self._path), problem=problem_of(self._path, name))


@dataclass(slots=True, kw_only=True)
class _Level:
    """A folder on the way down: what is left to look at in it, and the folders it is in."""

    prefix: str
    entries: Iterator[os.DirEntry[str]]
    names: Names
    within: frozenset[_Folder]


class Folder(LocalFiles):
    """All files below a folder, in the order of their names.

    Links to folders are followed: not back up, and not a second time to the same folder, so that links cannot multiply the files.

    Args:
        name: absolute path of the folder.
        skip: a folder that is left out, wherever it is met.

    Raises:
        InputError: the folder cannot be looked into, is ``skip`` itself or holds no file.
    """

    def __init__(self, name: str, *, skip: Path | None) -> None:
        super().__init__(name)
        self._skip = skip
        try:
            os.scandir(name).close()
        except OSError as error:
            raise _closed(self.name, error) from error
        if self._left_out() == _identity(os.stat(name)):
            raise InputError(self.name, "输出文件夹不能就是合同所在的文件夹", "请用 -o 指定另一个文件夹")
        if next(self.files(), None) is None:
            raise InputError(self.name, "文件夹里没有文件", "请检查路径，或先把合同放进去")

    def files(self) -> Iterator[NewFile]:
        """Every file, folders in depth; what cannot be looked into is a file with a problem."""
        left_out, followed = self._left_out(), set[_Folder]()
        above = frozenset((_identity(os.stat(self._path)),))
        stack = [_Level(prefix="", entries=_sorted(self._path), names=Names(), within=above)]
        while stack:
            level = stack[-1]
            entry = next(level.entries, None)
            if entry is None:
                stack.pop()
                continue
            if is_left_out(entry.name):
                continue
            found = _found(entry)
            if found is None or not stat.S_ISDIR(found.st_mode):
                name = level.prefix + level.names.unique(readable(entry.name))
                yield NewFile(name=name, uri=local_uri(entry.path), problem=problem_of(entry.path, name))
                continue
            here, linked = _identity(found), entry.is_symlink()
            if here == left_out or (linked and here in followed and here not in level.within):
                continue
            name = level.prefix + level.names.unique(readable(entry.name))
            if here in level.within:
                yield _told(name, entry.path, _LOOP)
                continue
            if linked:
                followed.add(here)
            try:
                entries = _sorted(entry.path)
            except OSError as error:
                yield _told(name, entry.path, failure(_closed(name, error)))
                continue
            stack.append(_Level(prefix=f"{name}/", entries=entries, names=Names(), within=level.within | {here}))

    def _left_out(self) -> _Folder | None:
        try:
            return None if self._skip is None else _identity(os.stat(self._skip))
        except OSError:
            return None  # not made yet


_LOOP = failure(
    InputError(
        "", "这个文件夹链接指回了它所在的文件夹，没有再往里找", "如果里面没有别的合同，不用处理；否则请删掉这个链接"
    )
)


def _told(name: str, path: str, problem: Failure) -> NewFile:
    return NewFile(name=name, uri=local_uri(path), problem=problem)


def _sorted(folder: str) -> Iterator[os.DirEntry[str]]:
    with os.scandir(folder) as entries:
        return iter(sorted(entries, key=lambda entry: entry.name))


def _found(entry: os.DirEntry[str]) -> os.stat_result | None:
    try:
        return os.stat(entry.path)
    except OSError:
        return None


def _identity(found: os.stat_result) -> _Folder:
    return found.st_dev, found.st_ino


def _closed(name: str, error: OSError) -> InputError:
    if isinstance(error, PermissionError):
        return InputError(name, "文件夹打不开（没有读取的权限）", "请给当前用户读取权限，再审里面的文件")
    told = unreadable(name, error, name)
    return InputError(name, told.problem.replace("文件打不开", "文件夹打不开"), told.remedy)
