"""A zip of contracts, read member by member and never unpacked to disk."""

from __future__ import annotations

import lzma
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast
from urllib.parse import quote, unquote

from pipeline.batch.files import (
    Names,
    check_size,
    failure,
    is_left_out,
    read_within,
    readable,
    unreadable,
)
from pipeline.errors import DamagedFile, EncryptedFile, FileMissing, InputError, UnsupportedFormat
from pipeline.store.records import NewFile

_UTF8 = 0x800  # flag: the name is UTF-8
_ENCRYPTED = 0x1
_UNICODE_PATH = 0x7075  # extra field of Info-ZIP: the name in UTF-8, where the name itself is not
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA)
_ARCHIVES = (".zip", ".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz")
_URI = re.compile(r"zip:(\d+)/(.*)", re.S)
_BROKEN = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, ValueError, RuntimeError)


class Zip:
    """The files in a zip, in its own order.

    Args:
        path: absolute.

    Raises:
        InputError: it cannot be opened, is no zip, or holds no file.
    """

    def __init__(self, path: str) -> None:
        self.name = readable(path)
        try:
            self._zip = zipfile.ZipFile(path)
        except OSError as error:
            raise unreadable(self.name, error, path) from error
        except _BROKEN as error:
            problem = "压缩包不完整、已损坏，或不是 zip"
            raise DamagedFile(self.name, problem, "请重新下载，或解压成文件夹再审那个文件夹") from error
        self._names = _member_names(self._zip.infolist())
        if next(self.files(), None) is None:
            raise InputError(self.name, "压缩包里没有文件", "请检查是不是选错了压缩包")

    def files(self) -> Iterator[NewFile]:
        """Every member that is a file; one that cannot be read comes with its problem."""
        names = Names()
        for index, member in enumerate(self._zip.infolist()):
            raw = self._names[index]
            parts = [part for part in re.split(r"[/\\]", raw) if part not in ("", ".", "..")]
            if not parts or raw.endswith(("/", "\\")) or any(map(is_left_out, parts)):
                continue
            name = names.unique("/".join(parts))
            problem = _problem(member, name)
            yield NewFile(name=name, uri=_uri(index, member), problem=None if problem is None else failure(problem))

    def read(self, uri: str) -> bytes:
        """The content of a member, see ``pipeline.batch.sources.Source``."""
        member, name = self._member(uri)
        if (problem := _problem(member, name)) is not None:
            raise problem
        try:
            with self._zip.open(member) as file:
                return read_within(cast(BinaryIO, file), name)
        except _BROKEN as error:
            problem = DamagedFile(name, "压缩包里的这份文件已损坏", "请重新压缩或下载，或单独发送这份文件")
            raise problem from error
        except OSError as error:
            raise unreadable(name, error, self.name) from error

    def _member(self, uri: str) -> tuple[zipfile.ZipInfo, str]:
        """The member of an address, and its name; the archive may be another than the one that was listed."""
        members = self._zip.infolist()
        found = _URI.fullmatch(uri)
        index = int(found[1]) if found else len(members)
        if found is None or index >= len(members) or uri != _uri(index, members[index]):
            name = unquote(found[2].rpartition("#")[0]) if found else uri
            raise FileMissing(
                name, "压缩包和列出文件时不一样了，里面找不到这份文件", "请放回原来的压缩包，或重新开始一次运行"
            )
        return members[index], self._names[index]


def _uri(index: int, member: zipfile.ZipInfo) -> str:
    raw = member.orig_filename
    return f"zip:{index}/{quote(raw.encode('utf-8', 'surrogatepass'))}#{member.CRC:08x}"


def _problem(member: zipfile.ZipInfo, name: str) -> InputError | None:
    """Why a member cannot be read, by what the directory of the archive says of it."""
    if member.flag_bits & _ENCRYPTED:
        return EncryptedFile(name, "压缩包里的这份文件有密码", "请用密码解压成文件夹，再审那个文件夹")
    kind = stat.S_IFMT(member.external_attr >> 16)
    if kind not in (0, stat.S_IFREG) and member.create_system == 3:  # made on Unix, where these bits are the mode
        return FileMissing(name, "压缩包里的这一项是链接或设备，不是文件", "请把合同文件本身放进压缩包")
    if os.path.splitext(name)[1].lower() in _ARCHIVES:
        return UnsupportedFormat(name, "这是压缩包里的压缩包，不再往里拆", "请先解压出来，再审里面的合同")
    try:
        check_size(name, member.file_size)
    except InputError as error:
        return error
    if member.compress_type not in _METHODS:
        return UnsupportedFormat(name, "压缩包里的这份文件用了少见的压缩方法", "请解压成文件夹，再审那个文件夹")
    return None


def _member_names(members: list[zipfile.ZipInfo]) -> list[str]:
    """Names of all members as text.

    Those that do not say they are UTF-8 are in the code page of whoever packed them, in China GBK; some programs write UTF-8 and do not say so.
    One encoding is taken for the whole archive, since a short name in GBK may pass for UTF-8.
    """
    raws = {index: _bytes(member) for index, member in enumerate(members) if _said(member) is None}
    encoding = next((e for e in ("utf-8", "gb18030") if all(_fits(raw, e) for raw in raws.values())), None)
    names = []
    for index, member in enumerate(members):
        raw = raws.get(index)
        name = _said(member) if raw is None else _decoded(raw, encoding)
        names.append((name or "").replace("\0", ""))
    return names


def _said(member: zipfile.ZipInfo) -> str | None:
    """The name, where its encoding is told."""
    if member.flag_bits & _UTF8:
        return member.orig_filename
    extra = member.extra
    while len(extra) >= 4:
        kind, size = int.from_bytes(extra[:2], "little"), int.from_bytes(extra[2:4], "little")
        body, extra = extra[4 : 4 + size], extra[4 + size :]
        crc = int.from_bytes(body[1:5], "little")
        if (
            kind == _UNICODE_PATH
            and body[:1] == b"\1"
            and crc == zlib.crc32(_bytes(member))
            and _fits(body[5:], "utf-8")
        ):
            return body[5:].decode()
    return None


def _bytes(member: zipfile.ZipInfo) -> bytes:
    """The name as it is in the archive: the library took it for code page 437, which has a sign for every byte."""
    return member.orig_filename.encode("cp437", "replace")


def _fits(raw: bytes, encoding: str) -> bool:
    try:
        raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return True


def _decoded(raw: bytes, encoding: str | None) -> str:
    for one in (encoding, "utf-8", "gb18030"):
        if one and _fits(raw, one):
            return raw.decode(one)
    return raw.decode("cp437")
