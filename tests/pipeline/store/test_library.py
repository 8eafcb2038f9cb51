"""The clause library in a folder and on a Chroma server."""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from pipeline.embed import Vectors
from pipeline.errors import StoreError
from pipeline.index import ClauseLibrary
from pipeline.settings import settings
from tests.pipeline.conftest import HashedWords
from tests.pipeline.store.conftest import Place
from tests.pipeline.store.samples import finished


def _vectors(*texts: str) -> Vectors:
    return np.asarray(HashedWords().passages(texts))


def _free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Chroma server."""
    folder, port = tmp_path_factory.mktemp("chroma"), _free_port()
    chroma = Path(sys.executable).with_name("chroma")
    command = [str(chroma), "run", "--path", str(folder), "--host", "127.0.0.1", "--port", str(port)]
    with subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        try:
            until = time.monotonic() + 60
            while time.monotonic() < until:
                with socket.socket() as knock:
                    if knock.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            process.terminate()


def _check(library: ClauseLibrary) -> None:
    texts = ["逾期付款", "保密义务", "自动续期"]
    library.add(["1", "2", "3"], _vectors(*texts), ["c1", "c1", "c2"], ["a", "a", "b"])
    assert len(library) == 3
    (best, cosine), *rest = library.nearest(_vectors("保密义务")[0], 9)
    assert (best, len(rest)) == ("2", 2)
    assert cosine == pytest.approx(1.0, abs=1e-5)
    assert [i for i, _ in library.nearest(_vectors("保密义务")[0], 9, owner="b")] == ["3"]
    assert library.ids("c1") == {"1", "2"}
    library.add(["1"], _vectors("押金"), ["c1"], ["a"])
    assert library.nearest(_vectors("押金")[0], 1)[0][0] == "1"
    library.remove(["1", "never there"])
    assert library.ids() == {"2", "3"}
    library.forget("c1")
    library.forget("c9")
    assert library.ids() == {"3"}
    library.remove([])
    library.add([], _vectors(), [], [])
    assert len(library) == 1


def test_in_a_folder(tmp_path: Path) -> None:
    library = ClauseLibrary(tmp_path / "library", "e")
    _check(library)
    library.close()
    assert ClauseLibrary(tmp_path / "library", "e").ids() == {"3"}
    assert ClauseLibrary(tmp_path / "library", "another").ids() == set()


def test_more_than_one_batch(tmp_path: Path) -> None:
    library = ClauseLibrary(tmp_path / "library", "e")
    count = 2500
    vectors = np.random.default_rng(0).normal(size=(count, 8)).astype(np.float32)
    ids = [str(n) for n in range(count)]
    library.add(ids, vectors, ["c"] * count, ["a"] * count)
    assert library.ids() == set(ids)
    assert library.nearest(vectors[1234], 1)[0][0] == "1234"
    library.remove(ids)
    assert len(library) == 0
    assert library.nearest(vectors[0], 3) == []


def test_on_a_server(server: str, tmp_path: Path) -> None:
    library = ClauseLibrary(tmp_path / "unused", "e", url=server)
    _check(library)
    library.close()
    assert not (tmp_path / "unused").exists()


def test_a_store_with_its_library_on_a_server(place: Place, server: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENYUE_CHROMA_URL", server)
    settings.cache_clear()
    store = place.open()
    record = finished(store)
    assert store.search_clauses("滞纳金")[0].review_id == record.id
    store.delete_contract(record.contract_id, who="a")
    assert len(store._library()[0]) == 0
    assert not (place.folder / "library").exists()


def test_a_server_that_does_not_answer_is_told(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="Chroma"):
        ClauseLibrary(tmp_path, "e", url=f"http://127.0.0.1:{_free_port()}")
