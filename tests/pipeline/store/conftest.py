"""Every test of the store runs on SQLite and on PostgreSQL, which is started once a session; one that stops it has its own."""

from __future__ import annotations

import multiprocessing
import os
import pwd
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager, suppress
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


class Server:
    """A PostgreSQL server, to be started and stopped. It refuses to run as root, who lends it to ``nobody``.

    Args:
        extra: settings, ``name=value``.
    """

    def __init__(self, *extra: str) -> None:
        binaries = _binaries()
        if binaries is None:
            pytest.skip("no PostgreSQL here: apt-get install postgresql")
        self._binaries, self._extra = binaries, extra
        self._folder = Path(tempfile.mkdtemp(prefix="shenyue-pg-"))
        self._who: dict[str, Any] = {}
        if os.getuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(self._folder, nobody.pw_uid, nobody.pw_gid)
            self._who = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self._run("initdb", "-U", "shenyue", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")

    def start(self) -> None:
        """Start it, or start it again; returns when it takes connections."""
        here = ("listen_addresses=127.0.0.1", f"port={self._port}", f"unix_socket_directories={self._folder}")
        quick = ("fsync=off", "full_page_writes=off")
        options = " ".join(f"-c {option}" for option in (*here, *quick, *self._extra))
        self._run("pg_ctl", "-l", str(self._folder / "log"), "-w", "-t", "60", "-o", options, "start")

    def stop(self) -> None:
        """Stop it as an administrator does: clients are thrown out, what was committed is kept."""
        self._run("pg_ctl", "-m", "fast", "-w", "-t", "60", "stop")

    def kill(self) -> None:
        """Stop it as a crash does."""
        self._run("pg_ctl", "-m", "immediate", "-w", "-t", "60", "stop")

    def remove(self) -> None:
        """Stop it if it runs, and delete it."""
        with suppress(subprocess.CalledProcessError):
            self.kill()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _run(self, program: str, *arguments: str) -> None:
        # Not captured by pipes: the server keeps them, and nobody would see their end.
        subprocess.run(
            [str(self._binaries / program), "-D", str(self._folder / "data"), *arguments],
            check=True,
            cwd=self._folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=120,
            **self._who,
        )

    @property
    def address(self) -> str:
        """The server's, without a database."""
        return f"postgresql://shenyue@127.0.0.1:{self._port}"


def _new_database(address: str) -> str:
    name = f"t{uuid4().hex}"
    with psycopg.connect(f"{address}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
    return f"{address}/{name}"


@contextmanager
def _served(*extra: str) -> Iterator[Server]:
    server = Server(*extra)
    try:
        server.start()
        yield server
    finally:
        server.remove()


@pytest.fixture(scope="session")
def postgresql() -> Iterator[str]:
    """The address of a server without its database name."""
    with _served("synchronous_commit=off") as server:
        yield server.address


@dataclass(frozen=True, kw_only=True)
class OwnServer:
    """A server that nobody else uses: ``url`` is a database on it, which outlasts ``stop`` (or ``kill``) and ``start``."""

    url: str
    stop: Callable[[], None]
    kill: Callable[[], None]
    start: Callable[[], None]


@contextmanager
def own_postgresql() -> Iterator[OwnServer]:
    """A running server, to be stopped and started; what it committed it keeps, however it ends."""
    with _served() as server:
        yield OwnServer(url=_new_database(server.address), stop=server.stop, kill=server.kill, start=server.start)


@pytest.fixture(name="own_postgresql")
def _own_postgresql() -> Iterator[OwnServer]:
    with own_postgresql() as server:
        yield server


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
        server = request.getfixturevalue("postgresql")
        place = Place(url=_new_database(server), folder=folder)
        yield place
    for store in place.opened:
        store.close()
    if not place.is_sqlite:
        with psycopg.connect(f"{server}/postgres", autocommit=True) as admin:
            admin.execute(f"DROP DATABASE {place.url.rpartition('/')[2]} WITH (FORCE)")
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def store(place: Place) -> Store:
    return place.open()


@pytest.fixture
def at_once(place: Place) -> Iterator[Callable[..., list[Any]]]:
    """Calls a function of ``processes`` in several processes at once."""
    # An executor says so when a process dies, where a pool would wait for ever.
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context("spawn")) as pool:

        def run(function: Callable[[str, Path, int], Any], times: int = 3) -> list[Any]:
            return list(pool.map(function, [place.url] * times, [place.folder] * times, range(times)))

        yield run
