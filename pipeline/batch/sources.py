"""Where the contracts of a run are: a folder, a zip, a table of paths, one file, or an address of a storage service."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Protocol

from pipeline.batch.files import is_address, local_path
from pipeline.errors import FileMissing, InputError
from pipeline.store.records import NewFile

TABLES = (".csv", ".tsv")


class Source(Protocol):
    """Lists files and reads them. ``name`` says the same of the same place each time: an absolute path, or an address."""

    @property
    def name(self) -> str: ...  # noqa: D102

    def files(self) -> Iterator[NewFile]:
        """The files in an order that stays: one after another, never all held.

        Names are unique, also where upper and lower case count as the same. Whatever cannot be read is listed with its problem. Asked again,
        it lists what is there then.
        """

    def read(self, uri: str) -> bytes:
        """The content of a listed file. Threads may read at the same time.

        Raises:
            InputError: gone, unreadable, encrypted, larger than ``max_file_mb`` (which is told without reading more than that).
        """


def listed(source: str, *, skip: Path | None = None) -> Source:
    """The place that ``source`` names.

    Args:
        source: a folder, a .zip, a .csv or .tsv of paths, a contract, or an address (``file://…``, ``s3://bucket/prefix``).
        skip: the output folder, which is no source of contracts where it is inside the source.

    Raises:
        InputError: no such place, nothing in it, or it cannot be looked into.
    """
    if is_address(source):
        local = local_path(source)
        if local is None:
            from pipeline.batch.remote import Remote

            return Remote(source)
        source = local
    path = os.path.abspath(source)
    if "\0" in source or not source.strip() or not os.path.lexists(path):
        raise FileMissing(source.replace("\0", "?"), "没有这个文件或文件夹", "请检查路径")
    return _local(path, skip)


def _local(path: str, skip: Path | None) -> Source:
    from pipeline.batch.folders import Folder, OneFile

    if os.path.isdir(path):
        return Folder(path, skip=skip)
    ending = os.path.splitext(path)[1].lower()
    if ending == ".zip" and os.path.isfile(path):
        from pipeline.batch.zips import Zip

        return Zip(path)
    if ending in TABLES and os.path.isfile(path):
        from pipeline.batch.tables import Table

        return Table(path)
    one = OneFile(path)
    problem = next(one.files()).problem
    if problem is not None:
        raise InputError(one.name, problem.reason, problem.remedy)
    return one


__all__ = ["TABLES", "Source", "listed"]
