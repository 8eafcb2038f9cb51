"""A real Ray cluster on this machine: a head and more nodes, each a folder and an environment of its own."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
_MARK = "NODE_OF_TEST"  # in the environment of all that a node starts, so that all of it can be found
_MEMORY = 80_000_000  # of the object store, bytes; Ray takes no less than 75 MB
_CHILD = "pipeline.batch.child"
# A node that has gone is noticed in 3 seconds, not 30.
_SOON = {"RAY_health_check_initial_delay_ms": "0", "RAY_health_check_period_ms": "500"}
_LEFT_OUT = ("SHENYUE_", "OPENAI_", "RAY_", "COV_")


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass(kw_only=True)
class Node:
    """One node: what it was given of its own is there to be ignored."""

    folder: Path

    def processes(self, command: str = "") -> list[int]:
        """Living processes that the node started, with ``command`` in their command line."""
        mark = f"{_MARK}={self.folder}\0".encode()
        found = []
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) != os.getpid():
                try:
                    if mark in (entry / "environ").read_bytes() + b"\0":
                        words = (entry / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                        if words and command in words:
                            found.append(int(entry.name))
                except OSError:
                    continue
        return found

    def children(self) -> list[int]:
        """The processes that review."""
        return self.processes(_CHILD)

    def kill(self) -> None:
        """Take the node away at one stroke, as a power cut does."""
        deadline = time.monotonic() + 20
        while (left := self.processes()) and time.monotonic() < deadline:
            for pid in left:
                try:
                    os.kill(pid, signal.SIGKILL)
                except ProcessLookupError:
                    continue
            time.sleep(0.05)
        assert not left


@dataclass(kw_only=True)
class Cluster:
    """A cluster with a token, that only who has it can use. Ray's sockets want a short ``folder``."""

    folder: Path
    port: int = field(default_factory=free_port)
    outside: int = field(default_factory=free_port)
    token: str = field(default_factory=lambda: secrets.token_hex(16))
    nodes: list[Node] = field(default_factory=list)

    @property
    def address(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def from_outside(self) -> str:
        return f"ray://127.0.0.1:{self.outside}"

    @property
    def access(self) -> Mapping[str, str]:
        """What a driver must have in its environment."""
        return {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": self.token}

    @property
    def home(self) -> Path:
        """The data folder of all nodes."""
        return self.folder / "home"

    def start(self, *, environment: Mapping[str, str] | None = None) -> Node:
        """Start another node, the head if it is the first; one processor each."""
        node = Node(folder=Path(tempfile.mkdtemp(prefix="n", dir=self.folder)))
        (node.folder / ".env").write_text(
            "OPENAI_API_KEY=sk-of-the-node\nSHENYUE_MAX_CHARS=1000\nSHENYUE_MODEL=of-the-node\n", encoding="utf-8"
        )
        if self.nodes:
            where = [f"--address={self.address}"]
        else:
            where = ["--head", f"--port={self.port}", f"--ray-client-server-port={self.outside}"]
            where += [f"--temp-dir={self.folder}", "--include-dashboard=false"]
        where += ["--num-cpus=1", f"--object-store-memory={_MEMORY}", "--node-ip-address=127.0.0.1"]
        self.nodes.append(node)
        environ = {name: value for name, value in os.environ.items() if not name.startswith(_LEFT_OUT)}
        own = {"PYTHONPATH": str(ROOT), "SHENYUE_DATA_DIR": str(self.home), "SHENYUE_MAX_PAGES": "1"}
        own |= {"OPENAI_API_KEY": "sk-of-the-node", _MARK: str(node.folder), **(environment or {})}
        # Not a pipe: the node keeps it, and nobody would see its end.
        with (node.folder / "log").open("wb") as log:
            subprocess.run(
                [Path(sys.executable).parent / "ray", "start", *where, "--disable-usage-stats"],
                check=True,
                cwd=node.folder,
                env={**environ, **self.access, **_SOON, **own},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                timeout=180,
            )
        return node

    def kill(self, node: Node) -> None:
        node.kill()
        self.nodes.remove(node)

    def stop(self) -> None:
        for node in self.nodes:
            node.kill()


def cluster_folder() -> Path:
    """Short enough for the names of sockets (107 bytes)."""
    return Path(tempfile.mkdtemp(prefix="shy-", dir="/tmp"))
