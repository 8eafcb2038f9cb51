"""The whole way on many machines: contracts in S3, two nodes, findings in PostgreSQL, vectors on a Chroma server."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from uuid import uuid4

import chromadb
import fsspec
import psycopg
import pytest

from eval.cases import DATASET
from pipeline.batch.outputs import report_paths
from pipeline.settings import settings
from pipeline.store import open_store
from tests.cluster.nodes import ROOT, Cluster
from tests.pipeline.batch.conftest import SetUp
from tests.pipeline.store.test_library import server as chroma

__all__ = ["chroma"]
pytestmark = [pytest.mark.cluster, pytest.mark.slow]
_CONTRACTS = (
    "d02.txt", "d06.txt", "d11.txt", "d19.txt", "d24.txt", "d27.txt", "d31.txt", "d39.txt", "d01.docx", "d04.docx", "d05.docx", "d21.pdf",
)  # fmt: skip
_WORDS = "甲方不得以任何理由单方解除本合同"


@pytest.fixture
def bucket() -> Iterator[str]:
    """An address with the contracts below it, in two folders, on a server of this machine."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    port = server.get_host_and_port()[1]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{port}")
        patch.setenv("AWS_DEFAULT_REGION", "us-east-1")
        for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
            patch.setenv(name, "testing")
        fs = fsspec.filesystem("s3", skip_instance_cache=True)
        fs.mkdir("contracts")
        for number, name in enumerate(_CONTRACTS):
            fs.pipe_file(f"contracts/2024/{number % 2}/{name}", (DATASET / "dev" / name).read_bytes())
        yield "s3://contracts/2024"
    fsspec.filesystem("s3").clear_instance_cache()
    server.stop()


@pytest.fixture
def database(postgresql: str) -> Iterator[str]:
    name = f"t{uuid4().hex}"
    with psycopg.connect(f"{postgresql}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield f"{postgresql}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


def shenyue(*arguments: str) -> subprocess.Popen[str]:
    """The command, in this process's environment."""
    code = "from pipeline.cli import main; main()"
    return subprocess.Popen(
        [sys.executable, "-c", code, *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
    )


def counts(database: str) -> Mapping[str, int]:
    """Files of the run by state; empty before there is a run."""
    try:
        with psycopg.connect(database) as db:
            return dict(db.execute("SELECT state, count(*) FROM batch_files GROUP BY state").fetchall())
    except psycopg.errors.UndefinedTable:
        return {}


def until(true: Callable[[], bool], command: subprocess.Popen[str], seconds: float = 300) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert command.poll() is None, command.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.1)


def test_contracts_of_a_bucket_are_reviewed_once_though_a_node_and_the_driver_are_killed(
    cluster: Cluster, bucket: str, database: str, chroma: str, tmp_path: Path, limits: SetUp
) -> None:
    out = tmp_path / "out"
    limits(data_dir=tmp_path / "data", database_url=database, chroma_url=chroma)
    command = ("batch", bucket, "-o", str(out), "--ray", cluster.address, "--format", "json", "--format", "html")
    with shenyue(*command) as first:
        until(lambda: counts(database).get("done", 0) >= 2, first)
        cluster.kill(cluster.nodes[1])
        until(lambda: counts(database).get("done", 0) >= 5, first)
        first.kill()
    assert counts(database)["done"] < len(_CONTRACTS)
    cluster.start()
    with shenyue(*command) as second:
        said, _ = second.communicate(timeout=400)
    assert second.returncode == 0, said
    assert "继续运行" in said

    names = [f"{number % 2}/{name}" for number, name in enumerate(_CONTRACTS)]
    with psycopg.connect(database) as db:
        found = db.execute("SELECT name FROM batch_files WHERE state = 'done' AND NOT reused").fetchall()
        assert sorted(name for (name,) in found) == sorted(names)
        assert db.execute(
            "SELECT count(*), count(DISTINCT contract_id) FROM reviews WHERE state = 'done'"
        ).fetchone() == (
            len(names),
            len(names),
        )
        assert db.execute("SELECT count(*) FROM findings").fetchone() == (29 * len(names),)
        passages = db.execute("SELECT count(*) FROM passages").fetchone()
    for name in names:
        for path in report_paths(name, ("json", "html")).values():
            assert (out / path).stat().st_size > 1000
    assert (out / "summary.html").is_file()
    assert not any(path.name.endswith((".part", ".tmp")) for path in out.rglob("*"))

    settings.cache_clear()
    with open_store() as store:  # the first search makes up for what the killed driver had no time to put in
        hits = store.search_clauses(_WORDS, limit=5)
        exact = store.search_clauses(hits[0].text, limit=1)
    assert any("解除" in hit.text for hit in hits)
    assert exact[0].text == hits[0].text
    port = int(chroma.rpartition(":")[2])
    (library,) = chromadb.HttpClient(host="127.0.0.1", port=port).list_collections()
    assert (library.count(),) == passages
    assert library.count() > 12 * 10
