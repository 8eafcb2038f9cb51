"""The page's real server in a process of its own, and a browser before it whose console is listened to."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
CHROMIUM = Path("/usr/bin/chromium")
SHOTS = ROOT / ".screenshots"  # ignored by git; CI keeps it
# Streamlit asks under the address it was opened at before it asks at the root; a page below the root answers these two with 404.
_PROBES = ("/_stcore/health", "/_stcore/host-config")

# How many of the lit words of the contract stand in the visible part of its pane; asked of the panes' element.
LIT_IN_VIEW = """root => {
    const pane = root.querySelector('.paper .scroll').getBoundingClientRect();
    return [...root.querySelectorAll('.paper .on')]
        .map(part => (part.querySelector('rect') ?? part).getBoundingClientRect())
        .filter(box => box.width && box.bottom > pane.top && box.top < pane.bottom).length;
}"""


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@dataclass
class Server:
    """``shenyue ui`` over a data folder; ``start`` and ``stop`` as often as wanted, at one address.

    ``code`` and ``arguments`` start something else in its place; the port is the last argument.
    """

    folder: Path
    environment: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    code: str = "from pipeline.cli import main; main()"
    arguments: tuple[str, ...] = ("ui", "--port")
    process: subprocess.Popen[bytes] | None = None

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        environment = {
            **{k: v for k, v in os.environ.items() if not k.startswith(("SHENYUE_", "OPENAI_", "STREAMLIT_"))},
            "SHENYUE_DATA_DIR": str(self.folder),
            "SHENYUE_THREADS": "1",  # as for the tests themselves
            "PYTHONPATH": str(ROOT),
            **self.environment,
        }
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder.parent / "server.log").open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", self.code, *self.arguments, str(self.port)],
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + 60
        while time.monotonic() < until:
            assert self.process.poll() is None, (self.folder.parent / "server.log").read_text()
            try:
                with urllib.request.urlopen(f"{self.address}/_stcore/health", timeout=2):
                    return
            except (urllib.error.URLError, OSError):
                time.sleep(0.2)
        raise TimeoutError((self.folder.parent / "server.log").read_text())

    def stop(self, how: signal.Signals = signal.SIGTERM) -> None:
        if self.process is None:
            return
        self.process.send_signal(how)
        try:
            self.process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait(10)
        self.process = None


def browser(playwright: Any) -> Any:
    """Debian's chromium, silent towards its own services."""
    return playwright.chromium.launch(
        executable_path=str(CHROMIUM),
        args=["--no-sandbox", "--disable-background-networking", "--disable-component-update", "--disable-sync"],
    )


def listen(page: Any) -> list[str]:
    """What goes wrong on ``page`` from now on: errors of the console and of scripts, requests that fail."""
    said: list[str] = []
    page.on("pageerror", lambda error: said.append(str(error)))
    page.on(
        "console",
        lambda m: (
            said.append(f"{m.text} {m.location.get('url', '')}")
            if m.type == "error" and not str(m.location.get("url", "")).endswith(_PROBES)
            else None
        ),
    )
    return said
