"""A table of contracts: a .csv or .tsv with a path or an address in each row."""

from __future__ import annotations

import csv
import hashlib
import os
from collections.abc import Iterator
from io import StringIO
from typing import NamedTuple

from pipeline.batch.files import (
    Names,
    failure,
    is_address,
    local_path,
    local_uri,
    problem_of,
    read_local,
    readable,
    unreadable,
)
from pipeline.errors import DamagedFile, EmptyFile, FileMissing
from pipeline.store.records import NewFile

_HEADINGS = ("path", "路径", "文件路径", "文件", "file", "url")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_NO_PATH = FileMissing("", "清单里的这一行没有写路径", "请补上路径，或删掉这一行")


class _Row(NamedTuple):
    """``cell`` is the path or address of the row that ends in ``line``; empty where the row has other cells only."""

    line: int
    cell: str


class Table:
    """The files that a table names, in its order, each once.

    Args:
        path: absolute; relative paths in the table are below its folder.

    Raises:
        InputError: the table cannot be read, or names no file.
    """

    def __init__(self, path: str) -> None:
        self.name = readable(path) if readable(path) == path else local_uri(path)
        self._path, self._folder = path, os.path.dirname(path)
        if not any(row.cell for row in list(self._rows())):
            raise EmptyFile(self.name, "清单里一个路径也没有", "请在第一列，或名为“路径”的一列里写上合同的路径")

    def files(self) -> Iterator[NewFile]:
        """The file of each row; one that is not there comes with its problem."""
        names, seen = Names(), set[bytes]()
        for row in self._rows():
            path = self._resolved(row)
            uri = row.cell if path is None else local_uri(path)
            digest = hashlib.blake2b((uri or f"row:{row.line}").encode(), digest_size=12).digest()
            if digest in seen:
                continue
            seen.add(digest)
            if not row.cell:
                told = failure(_NO_PATH)
                yield NewFile(name=names.unique(f"第 {row.line} 行"), uri=f"row:{row.line}", problem=told)
            elif path is None:
                from pipeline.batch.remote import address_name, problem_of_address

                error = problem_of_address(uri)
                kept, problem = (error.file, failure(error)) if error else (uri, None)
                yield NewFile(name=names.unique(address_name(uri)), uri=kept, problem=problem)
            else:
                name = names.unique(self._below(readable(path)))
                yield NewFile(name=name, uri=uri, problem=problem_of(path, name))

    def read(self, uri: str) -> bytes:
        """The content of a row's file, see ``pipeline.batch.sources.Source``."""
        if uri.startswith("row:"):
            raise _NO_PATH
        path = local_path(uri)
        if path is None:
            from pipeline.batch.remote import read_address

            return read_address(uri)
        return read_local(path, readable(os.path.basename(path)))

    def _resolved(self, row: _Row) -> str | None:
        """The absolute path of a row, also where it was written on Windows; ``None`` for the address of another place."""
        cell = row.cell
        if is_address(cell):
            return local_path(cell)
        path = os.path.abspath(os.path.join(self._folder, cell))
        if os.sep == "/" and "\\" in cell and not os.path.lexists(path):
            return os.path.abspath(os.path.join(self._folder, cell.replace("\\", "/")))
        return path

    def _below(self, path: str) -> str:
        folder = readable(self._folder).rstrip(os.sep) + os.sep
        rest = path[len(folder) :] if path.startswith(folder) else os.path.splitdrive(path)[1]
        return rest.replace(os.sep, "/").strip("/") or "合同"

    def _rows(self) -> Iterator[_Row]:
        text = _decoded(self.name, self._content())
        reader = csv.reader(StringIO(text, newline=""), delimiter=_delimiter(self._path, text), strict=True)
        column: int | None = None
        try:
            for raw in reader:
                cells = [cell.replace("\0", "").strip() for cell in raw]
                if not any(cells):
                    continue
                if column is None:
                    heading = _heading(cells)
                    column = heading or 0
                    if heading is not None:
                        continue
                yield _Row(reader.line_num, cells[column] if column < len(cells) else "")
        except csv.Error as error:
            problem = f"清单的第 {reader.line_num} 行读不懂，可能引号没有配对"
            raise DamagedFile(self.name, problem, "请用 Excel 或 WPS 打开改正，另存为 CSV 再试") from error

    def _content(self) -> bytes:
        try:
            with open(self._path, "rb") as file:
                return file.read()
        except OSError as error:
            raise unreadable(self.name, error, self._path) from error


def _heading(cells: list[str]) -> int | None:
    """Which column has the paths, where the first row names columns."""
    low = [cell.casefold() for cell in cells]
    return next((low.index(heading) for heading in _HEADINGS if heading in low), None)


def _delimiter(path: str, text: str) -> str:
    """A tab in .tsv; in .csv what stands in the first row, since Excel writes semicolons and tabs too."""
    first = text.lstrip().partition("\n")[0]
    if path.lower().endswith(".tsv"):
        return "\t"
    return next((sign for sign in (",", "\t", ";") if sign in first), ",")


def _decoded(name: str, content: bytes) -> str:
    """UTF-8, UTF-16 with its mark, or GB18030, which Excel writes in China."""
    encodings = ("utf-16",) if content[:2] in _UTF16 else ("utf-8-sig", "gb18030")
    for encoding in encodings:
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise DamagedFile(name, "认不出清单的文字编码", "请用 Excel 或 WPS 打开，另存为“CSV UTF-8”再试")
