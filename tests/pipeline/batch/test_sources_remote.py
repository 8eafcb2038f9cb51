"""Contracts in a storage service: fsspec's own in memory, and S3's protocol from a server on this machine."""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import fsspec
import pytest

from pipeline.batch.sources import Source, listed
from pipeline.errors import FileMissing, InputError, OversizedFile
from tests.pipeline.batch.conftest import SetUp

_BUCKET = "contracts"
_KEYS = {
    "2024/a.docx": b"a",
    "2024/华东/合同 一😀#?%20.pdf": "华东".encode(),
    "2024/华东/b.txt": b"b",
    "2024/空夹/": b"",
    "2024/~$a.docx": b"lock",
    "2024/__MACOSX/x": b"junk",
    "2024/empty.txt": b"",
    "2025/c.txt": b"c",
    "list.csv": b"a",
}


def names(source: Source) -> list[str]:
    return [file.name for file in source.files()]


@pytest.fixture
def memory() -> Iterator[Any]:
    fs = fsspec.filesystem("memory")
    for key, content in _KEYS.items():
        if not key.endswith("/"):
            fs.pipe(f"/{_BUCKET}/{key}", content)
    yield fs
    fs.rm(f"/{_BUCKET}", recursive=True)


def test_files_below_an_address(memory: Any) -> None:
    source = listed(f"memory://{_BUCKET}/2024/")
    assert source.name == f"memory://{_BUCKET}/2024"
    assert names(source) == ["a.docx", "empty.txt", "华东/b.txt", "华东/合同 一😀#?%20.pdf"]
    assert [source.read(file.uri) for file in source.files()] == [b"a", b"", b"b", "华东".encode()]


def test_one_file_by_its_address(memory: Any) -> None:
    (file,) = listed(f"memory://{_BUCKET}/2025/c.txt").files()
    assert file.name == "c.txt"
    assert listed(file.uri).read(file.uri) == b"c"
    with pytest.raises(InputError, match="先下载到本机"):
        listed(f"memory://{_BUCKET}/list.csv")


@pytest.mark.parametrize(
    ("address", "words"),
    [
        pytest.param("memory://contracts/none", "没有这个文件或文件夹", id="missing"),
        pytest.param("nothing://a/b", "不认识 nothing:// 这种地址", id="unknown protocol"),
        pytest.param("simplecache::memory://contracts", "看不懂这个地址", id="chain"),
        pytest.param("file://elsewhere/a", "另一台电脑", id="another machine"),
        pytest.param("s3://me:secret@bucket/a", "地址里写了密码", id="password"),
    ],
)
def test_addresses_that_lead_nowhere_are_told(memory: Any, address: str, words: str) -> None:
    with pytest.raises(InputError, match=words) as told:
        listed(address)
    assert "secret" not in str(told.value)
    assert told.value.remedy


@pytest.mark.parametrize(
    ("address", "module", "install"),
    [
        ("s3://b/x", "s3fs", r"pip install 'shenyue\[cluster\]'"),
        ("gs://b/x", "gcsfs", "pip install 'gcsfs'"),
        ("az://b/x", "adlfs", "pip install 'adlfs'"),
    ],
)
def test_a_protocol_without_its_package_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, address: str, module: str, install: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setattr(sys.modules["fsspec.registry"], "_registry", {})
    with pytest.raises(InputError, match=f"没有安装。请先运行 {install}"):
        listed(address)


def test_a_file_over_the_limit_is_not_fetched(memory: Any, limits: SetUp, monkeypatch: pytest.MonkeyPatch) -> None:
    limits(max_file_mb=1)
    memory.pipe(f"/{_BUCKET}/2025/big.pdf", b"a" * (1024 * 1024 + 1))
    source = listed(f"memory://{_BUCKET}/2025")
    big = next(file for file in source.files() if file.name == "big.pdf")
    monkeypatch.setattr(type(memory), "cat_file", None)
    monkeypatch.setattr(type(memory), "open", None)
    with pytest.raises(OversizedFile, match="上限 1 MB"):
        source.read(big.uri)


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (PermissionError("AccessDenied"), "没有读取的权限"),
        (ConnectionError("refused"), "连不上"),
        (TimeoutError(), "连不上"),
        (type("NoCredentialsError", (Exception,), {})(), "没有访问密钥"),
        (type("EndpointConnectionError", (Exception,), {})(), "连不上"),
        (type("Odd", (Exception,), {})("secret"), r"服务出错（Odd）"),
    ],
)
def test_what_a_service_says_is_told_in_chinese(
    memory: Any, monkeypatch: pytest.MonkeyPatch, error: Exception, words: str
) -> None:
    source = listed(f"memory://{_BUCKET}/2024")
    first = next(source.files())
    real = type(memory).ls

    def refuse(*_: object, **__: object) -> None:
        raise error

    def ls(self: Any, path: str, *rest: Any, **more: Any) -> Any:
        return refuse() if path.endswith("华东") else real(self, path, *rest, **more)

    monkeypatch.setattr(type(memory), "ls", ls)
    told = {file.name: file.problem.reason for file in source.files() if file.problem}
    assert list(told) == ["华东"]
    assert re.search(words, told["华东"])
    with pytest.raises(FileMissing, match=words):
        listed(f"memory://{_BUCKET}/2024/华东")
    monkeypatch.setattr(type(memory), "cat_file", refuse)
    with pytest.raises(FileMissing, match=words) as refused:
        source.read(first.uri)
    assert "secret" not in str(refused.value)


class _Page(BaseHTTPRequestHandler):
    """Says less than it sends where asked to; ``secret`` in the query is none of anybody's business."""

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_GET(self) -> None:
        self._answer(b"a" * 3_000_000 if "big" in self.path else b"contract")

    def _answer(self, body: bytes) -> None:
        self.send_response(403 if "locked" in self.path else 404 if "gone" in self.path else 200)
        if "big" not in self.path:
            self.send_header("Content-Length", "8")
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(body)

    def log_message(self, *_: object) -> None: ...


@pytest.fixture
def web() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Page)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def test_addresses_of_a_web_server_in_a_table(web: str, tmp_path: Path, limits: SetUp) -> None:
    pytest.importorskip("aiohttp")
    limits(max_file_mb=1)
    rows = [f"{web}/夹/a%20b.txt?key=secret", f"{web}/big.pdf", f"{web}/gone.pdf", f"{web}/locked.pdf", "http://[::1/x"]
    (tmp_path / "t.csv").write_text("\n".join(rows), encoding="utf-8")
    source = listed(str(tmp_path / "t.csv"))
    host = web.removeprefix("http://")
    files = list(source.files())
    assert [file.name for file in files][:2] == [f"{host}/夹/a b.txt", f"{host}/big.pdf"]
    assert source.read(files[0].uri) == b"contract"
    for file, words in zip(files[1:4], ["上限 1 MB", "没有这个文件", "没有读取的权限"], strict=True):
        with pytest.raises(InputError, match=words):
            source.read(file.uri)
    with pytest.raises(InputError):
        source.read(files[4].uri)


@pytest.fixture(scope="module")
def s3() -> Iterator[Any]:
    """A bucket with the keys above, on a server of this machine."""
    pytest.importorskip("s3fs")
    server = pytest.importorskip("moto.server").ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        patch.setenv("MOTO_S3_DEFAULT_MAX_KEYS", "5")  # of one answer
        fs = fsspec.filesystem("s3", skip_instance_cache=True)
        fs.mkdir(_BUCKET)
        for key, content in _KEYS.items():
            fs.pipe_file(f"{_BUCKET}/{key}", content)
        yield fs
    fsspec.filesystem("s3").clear_instance_cache()
    server.stop()


def test_a_bucket_is_listed_and_read(s3: Any) -> None:
    source = listed(f"s3://{_BUCKET}/2024")
    files = list(source.files())
    assert [file.name for file in files] == ["a.docx", "empty.txt", "华东/b.txt", "华东/合同 一😀#?%20.pdf"]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(source.read, (file.uri for file in files))) == [b"a", b"", b"b", "华东".encode()]
    assert names(listed(f"s3://{_BUCKET}"))[-1] == "list.csv"
    assert names(listed(f"s3://{_BUCKET}/2025/c.txt")) == ["c.txt"]


def test_a_key_that_was_added_is_listed_when_asked_again(s3: Any) -> None:
    source = listed(f"s3://{_BUCKET}/2025")
    s3.pipe_file(f"{_BUCKET}/2025/new.txt", b"n")
    assert names(source) == ["c.txt", "new.txt"]
    files = list(source.files())
    s3.rm_file(f"{_BUCKET}/2025/new.txt")
    with pytest.raises(FileMissing, match="没有这个文件"):
        source.read(files[1].uri)


def test_more_keys_than_one_answer_holds(s3: Any) -> None:
    for n in range(12):
        s3.pipe_file(f"{_BUCKET}/many/{n:02}.txt", b"x")
    assert names(listed(f"s3://{_BUCKET}/many")) == [f"{n:02}.txt" for n in range(12)]


def test_an_object_over_the_limit_is_not_fetched(s3: Any, limits: SetUp) -> None:
    limits(max_file_mb=1)
    s3.pipe_file(f"{_BUCKET}/big/big.pdf", b"a" * (1024 * 1024 + 1))
    source = listed(f"s3://{_BUCKET}/big")
    with pytest.raises(OversizedFile, match="上限 1 MB"):
        source.read(next(source.files()).uri)


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("s3://no-such-bucket/a", "没有这个文件或文件夹"),
        (f"s3://{_BUCKET}/none", "没有这个文件或文件夹"),
        (f"s3://{_BUCKET}/2024/空夹", "这个地址下没有文件"),
        (f"s3://{_BUCKET}/list.csv", "先下载到本机"),
    ],
)
def test_a_bucket_or_prefix_that_is_not_there_is_told(s3: Any, address: str, words: str) -> None:
    with pytest.raises(InputError, match=words):
        listed(address)


@pytest.mark.slow
def test_a_service_that_does_not_answer_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("s3fs")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free.getsockname()[1]}")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    fsspec.get_filesystem_class("s3").clear_instance_cache()
    with pytest.raises(InputError, match="连不上存放文件的服务"):
        listed("s3://bucket/prefix")
    fsspec.get_filesystem_class("s3").clear_instance_cache()
