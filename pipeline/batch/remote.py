"""Contracts in a storage service, by address: the only module that uses fsspec."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from importlib import import_module
from typing import Any, NamedTuple
from urllib.parse import unquote

from pipeline.batch.files import Names, check_size, failure, is_left_out, read_within, readable
from pipeline.errors import FileMissing, InputError
from pipeline.store.records import NewFile

# What to install for a protocol whose package is not there.
_PACKAGES = {
    "s3": "shenyue[cluster]", "s3a": "shenyue[cluster]", "gs": "gcsfs", "gcs": "gcsfs", "az": "adlfs", "abfs": "adlfs",
    "abfss": "adlfs", "oss": "ossfs", "http": "aiohttp", "https": "aiohttp", "sftp": "paramiko", "ssh": "paramiko",
    "smb": "smbprotocol", "hdfs": "pyarrow", "webhdfs": "requests",
}  # fmt: skip
_WEB = ("http", "https")
_CREDENTIALS = ("NoCredentialsError", "PartialCredentialsError", "CredentialRetrievalError", "ProfileNotFound")
_AWAY = (
    "Connect",
    "Timeout",
    "EndpointConnectionError",
    "HTTPClientError",
    "DNSError",
    "ServerDisconnected",
    "SSLError",
)


class _Entry(NamedTuple):
    path: str
    is_folder: bool


class _Place(NamedTuple):
    fs: Any
    path: str


class Remote:
    """The files below an address, folder by folder in the order of their names; or the one file that it names.

    Args:
        address: ``protocol://…``; keys come from the environment, as the protocol's package has it.

    Raises:
        InputError: no package for the protocol, no such place, nothing in it, or it cannot be reached.
    """

    def __init__(self, address: str) -> None:
        self.name = address if address.endswith("://") else address.rstrip("/")
        self._place = _opened(self.name)
        fs, path = self._place
        try:
            self._single = fs.info(path).get("type") == "file" if path else False
        except Exception as error:  # whatever a service's package raises
            raise _refused(self.name, error) from error
        if self._single and os.path.splitext(path)[1].lower() in (".zip", ".csv", ".tsv"):
            raise InputError(self.name, "网络上的压缩包和清单不能直接打开", "请先下载到本机，再审下载的文件")
        if next(self.files(), None) is None:
            raise InputError(self.name, "这个地址下没有文件", "请检查地址，存储桶和前缀的大小写也要对")

    def files(self) -> Iterator[NewFile]:
        """Every file; a folder that cannot be listed is a file with a problem."""
        fs, root = self._place
        if self._single:
            yield NewFile(name=address_name(self.name).rpartition("/")[2], uri=self.name, problem=None)
            return
        names, stack = Names(), [iter(_entries(fs, root, self.name))]
        while stack:
            entry = next(stack[-1], None)
            if entry is None:
                stack.pop()
                continue
            name, uri = readable(entry.path.removeprefix(root).strip("/")), str(fs.unstrip_protocol(entry.path))
            if is_left_out(name.rpartition("/")[2]):
                continue
            problem = None
            if entry.is_folder:
                try:
                    stack.append(iter(_entries(fs, entry.path, name)))
                    continue
                except InputError as error:
                    problem = failure(error)
            yield NewFile(name=names.unique(name), uri=uri, problem=problem)

    def read(self, uri: str) -> bytes:
        """The content of a file, see ``pipeline.batch.sources.Source``."""
        return read_address(uri)


def read_address(uri: str) -> bytes:
    """The content of a file of a storage service; its size is asked for first.

    Raises:
        InputError: gone, too large, not to be reached, or no package for the protocol.
    """
    name = address_name(uri).rpartition("/")[2]
    fs, path = _opened(uri)
    try:
        size = fs.info(path).get("size")
        if size is not None:
            check_size(name, int(size))
        if size is not None and not uri.lower().startswith(_WEB):
            return bytes(fs.cat_file(path))
        with fs.open(path, "rb", block_size=0) as file:  # a web server's word for the size is not taken
            return read_within(file, name)
    except InputError:
        raise
    except Exception as error:  # the boundary of one file: whatever a service's package raises
        raise _refused(name, error) from error


def address_name(uri: str) -> str:
    """What a file at an address is called: host or bucket and path, without what else the address says."""
    protocol, _, said = uri.partition("://")
    if protocol.lower() in _WEB:
        said = unquote(re.split("[?#]", said, maxsplit=1)[0])
    host, slash, path = said.partition("/")
    return "/".join(part for part in readable(host.rpartition("@")[2] + slash + path).split("/") if part) or "合同"


def problem_of_address(uri: str) -> InputError | None:
    """Why an address cannot be read, as far as can be told without asking the service; its ``file`` may be kept, the address may not."""
    try:
        _opened(uri)
    except InputError as error:
        return error
    return None


def _opened(address: str) -> _Place:
    protocol = address.partition("://")[0].lower()
    if protocol in ("file", "local"):
        raise InputError(address, "这个地址指向另一台电脑", "请写成 file:///文件夹/文件，或直接写路径")
    if "::" in address:
        raise InputError(address, "看不懂这个地址", "请写成 s3://存储桶/前缀 这样的形式")
    user, at, host = address.partition("://")[2].partition("/")[0].rpartition("@")
    if at and ":" in user:  # the address is kept with the run and shown in lists
        shown = f"{protocol}://{host}/{address.partition('://')[2].partition('/')[2]}"
        raise InputError(shown, "地址里写了密码，会留在记录里", "请去掉密码，改用环境变量或配置文件登录")
    try:
        fs, path = import_module("fsspec").core.url_to_fs(address, use_listings_cache=False)
    except ImportError as error:
        package = _PACKAGES.get(protocol)
        remedy = f"请先运行 pip install '{package}'" if package else "请先把文件下载到本机再审"
        raise InputError(address, f"读 {protocol}:// 要用的组件没有安装", remedy) from error
    except Exception as error:  # an unknown protocol, or a package that reads its configuration here
        if isinstance(error, ValueError) and "not known" in str(error).lower():
            told = f"不认识 {protocol}:// 这种地址"
            raise InputError(address, told, "可以用本机路径、file:// 或 s3://；其他地方的文件请先下载到本机") from error
        raise _refused(address, error) from error
    return _Place(fs, str(path))


def _entries(fs: Any, path: str, name: str) -> list[_Entry]:
    """What is directly below a folder, by name; without the empty keys that stand for folders."""
    try:
        found = fs.ls(path, detail=True)
    except Exception as error:  # whatever a service's package raises
        raise _refused(name, error) from error
    own = path.strip("/")
    entries = (_Entry(str(one["name"]), one["type"] == "directory") for one in found)
    return sorted(e for e in entries if e.path.strip("/") != own and (e.is_folder or not e.path.endswith("/")))


def _refused(name: str, error: Exception) -> InputError:
    """What a service said, for a person; its packages have errors of their own kinds, told by their names."""
    chain = [one for one in (error, error.__cause__) if one is not None]
    kinds = [type(one).__name__ for one in chain]
    if any(isinstance(one, PermissionError) or getattr(one, "status", None) in (401, 403) for one in chain):
        return FileMissing(name, "没有读取的权限", "请检查访问密钥，以及它能不能读这个地址")
    if any(kind in _CREDENTIALS for kind in kinds):
        return FileMissing(
            name, "没有访问密钥", "请设置 AWS_ACCESS_KEY_ID 和 AWS_SECRET_ACCESS_KEY，或对应服务的登录配置"
        )
    away = any(word in kind for kind in kinds for word in _AWAY)
    if away or any(isinstance(one, (ConnectionError, TimeoutError)) for one in chain):
        return FileMissing(name, "连不上存放文件的服务", "请检查网络和地址，稍后再试")
    if isinstance(error, FileNotFoundError):
        return FileMissing(name, "没有这个文件或文件夹", "请检查地址，存储桶和前缀的大小写也要对")
    return FileMissing(name, f"读取时服务出错（{kinds[0]}）", "请检查地址和访问权限，稍后再试")
