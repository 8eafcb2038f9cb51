"""Every test of the store runs on SQLite and on a PostgreSQL of its own, started once a session."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import psycopg
import pytest

from pipeline.settings import settings
from pipeline.store import Store, open_store
from tests.pipeline.conftest import HashedWords


def _binaries() -> Path | None:
    """The newest PostgreSQL that Debian has here; its programs are not on the PATH."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda p: float(p.parts[-3]))
    return found[-1].parent if found else None


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server without its database name. It refuses to run as root, who lends it to ``nobody``."""
    binaries = _binaries()
    if binaries is None:
        pytest.skip("no PostgreSQL here: apt-get install postgresql")
    folder = Path(tempfile.mkdtemp(prefix="shenyue-pg-"))
    who: dict[str, Any] = {}
    if os.getuid() == 0:
        nobody = pwd.getpwnam("nobody")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
        who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data, log = folder / "data", folder / "log"
    quick = ["-c", "fsync=off", "-c", "synchronous_commit=off", "-c", "full_page_writes=off"]
    here = ["-c", "listen_addresses=127.0.0.1", "-c", f"port={port}", "-c", f"unix_socket_directories={folder}"]
    try:
        for command in (
            [binaries / "initdb", "-D", data, "-U", "shenyue", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
            [binaries / "pg_ctl", "-D", data, "-l", log, "-w", "-t", "60", "-o", " ".join(quick + here), "start"],
        ):
            # Not captured by pipes: the server keeps them, and nobody would see their end.
            subprocess.run(
                list(map(str, command)),
                check=True,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                timeout=120,
                **who,
            )
        yield f"postgresql://shenyue@127.0.0.1:{port}"
    finally:
        stop = [binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop"]
        subprocess.run(list(map(str, stop)), check=False, cwd=folder, stdout=subprocess.DEVNULL, timeout=60, **who)
        shutil.rmtree(folder, ignore_errors=True)


@dataclass(kw_only=True)
class Place:
    """Where a store is: a database and a folder. It can be opened as often as a test likes."""

    url: str
    folder: Path
    opened: list[Store] = field(default_factory=list)

    @property
    def is_sqlite(self) -> bool:
        return self.url.startswith("sqlite")

    def open(self) -> Store:
        store = open_store(self.url, self.folder, embedder=HashedWords)
        self.opened.append(store)
        return store


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Place]:
    folder = tmp_path / "data"
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(folder))
    for name in ("DATABASE_URL", "CHROMA_URL"):
        monkeypatch.delenv(f"SHENYUE_{name}", raising=False)
    settings.cache_clear()
    if request.param == "sqlite":
        place = Place(url=f"sqlite:///{folder / 'shenyue.sqlite3'}", folder=folder)
        yield place
    else:
        server, name = request.getfixturevalue("postgresql"), f"t{uuid4().hex}"
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"CREATE DATABASE {name}")
        place = Place(url=f"{server}/{name}", folder=folder)
        yield place
    for store in place.opened:
        store.close()
    if not place.is_sqlite:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def store(place: Place) -> Store:
    return place.open()
