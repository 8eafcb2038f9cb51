"""Which server a worker belongs to, and whether that server still runs."""

from __future__ import annotations

import os
import socket
import uuid
from pathlib import Path


def this_server() -> str:
    """A name for a queue of this process: machine, process, when it started, and a random part."""
    pid = os.getpid()
    return f"{_host()}:{pid}:{_started(pid) or 0}:{uuid.uuid4().hex[:8]}"


def is_gone(server: str) -> bool:
    """True when the process of ``server`` was on this machine and has ended; ``False`` also where that cannot be known."""
    parts = server.rsplit(":", 3)
    if len(parts) != 4 or parts[0] != _host() or not parts[1].isdigit() or parts[2] in ("", "0"):
        return False
    return str(_started(int(parts[1])) or "") != parts[2]


def _host() -> str:
    return socket.gethostname().replace("/", "-")


def _started(pid: int) -> int | None:
    """When the process started, in ticks since the machine did; ``None`` when there is none, or no /proc."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace").rsplit(")", 1)[1].split()
    except (OSError, IndexError):
        return None
    return None if fields[0] == "Z" else int(fields[19])
