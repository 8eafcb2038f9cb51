from __future__ import annotations

import asyncio
import gc
import weakref
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from tests.ui.server import CHROMIUM, Server
from ui import serve

PDF = Path(__file__).parents[2] / "eval" / "dataset" / "dev" / "d13.pdf"
WORD = PDF.with_name("d01.docx")
# Tells of every sweep of the whole memory that somebody asks for; by itself none comes.
TOLD = """
import gc
gc.disable()
gc.callbacks.append(lambda phase, about: phase == "start" and print("swept", flush=True))
from pipeline.cli import main
main()
"""


@pytest.fixture
def client(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TestClient:
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(tmp_path))
    monkeypatch.setenv("SHENYUE_CACHE", "false")
    monkeypatch.setattr(serve, "_TOKENS", serve._Tokens())
    return TestClient(Starlette(routes=serve.routes()))


def test_the_same_address_for_the_same_reader_and_file(client: TestClient) -> None:
    address = serve.hand_out(PDF, reader="a")
    assert serve.hand_out(PDF, reader="a") == address
    assert serve.hand_out(PDF, reader="b") != address
    assert serve.hand_out(WORD, reader="a") != address
    assert len(address.split("/")[2]) == 43


def test_a_page_is_a_picture_that_no_other_site_may_keep(client: TestClient) -> None:
    answer = client.get(f"{serve.hand_out(PDF, reader='a')}1.webp?w=500")
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "image/webp"
    assert answer.headers["cache-control"].startswith("private")
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert answer.content[8:12] == b"WEBP"


@pytest.mark.parametrize(
    "ask",
    [
        pytest.param("{word}1.webp", id="a file without pages"),
        pytest.param("{pdf}0.webp", id="page 0"),
        pytest.param("{pdf}9999.webp", id="page after the last"),
        pytest.param("{pdf}-1.webp", id="no number"),
        pytest.param("{pdf}1.png", id="another kind"),
        pytest.param("/pages/" + "A" * 43 + "/1.webp", id="unknown token"),
        pytest.param("/pages/1.webp", id="no token"),
        pytest.param("{pdf}../../1.webp", id="upwards"),
    ],
)
def test_what_is_not_there_is_not_found(client: TestClient, ask: str) -> None:
    address = ask.format(word=serve.hand_out(WORD, reader="a"), pdf=serve.hand_out(PDF, reader="a"))
    assert client.get(address).status_code == 404


@pytest.mark.parametrize("width", ["", "x", "0", "-5", "10000000"])
def test_any_width_is_served_by_a_kept_one(client: TestClient, width: str) -> None:
    answer = client.get(f"{serve.hand_out(PDF, reader='a')}1.webp?w={width}")
    assert answer.status_code == 200


def test_a_deleted_file_is_not_found(client: TestClient, tmp_path: Path) -> None:
    copy = tmp_path / "a.pdf"
    copy.write_bytes(PDF.read_bytes())
    address = serve.hand_out(copy, reader="a")
    copy.unlink()
    assert client.get(f"{address}1.webp").status_code == 404


def test_the_token_unused_for_longest_goes_first(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_MOST", 2)
    first = serve.hand_out(PDF, reader="a")
    second = serve.hand_out(PDF, reader="b")
    assert client.get(f"{first}1.webp?w=400").status_code == 200
    serve.hand_out(PDF, reader="c")
    assert client.get(f"{first}1.webp?w=400").status_code == 200
    assert client.get(f"{second}1.webp?w=400").status_code == 404


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium")
def test_a_look_does_not_hold_everybody_up_by_a_sweep_of_the_whole_memory(chromium: Any, tmp_path: Path) -> None:
    server = Server(folder=tmp_path / "data", code=TOLD)
    server.start()
    context = chromium.new_context()
    try:
        page = context.new_page()
        swept = []
        for _ in range(3):
            page.goto(f"{server.address}/")
            page.locator("input[type=file]").wait_for(state="attached", timeout=90_000)
            page.get_by_text("会查什么").wait_for(timeout=90_000)  # the last thing that the script shows
            page.wait_for_timeout(500)
            swept.append((tmp_path / "server.log").read_text(encoding="utf-8").count("swept"))
    finally:
        context.close()
        server.stop()
    assert swept[0] == swept[1] == swept[2]


class Ring:
    """Holds itself, so that only a sweep frees it."""

    def __init__(self) -> None:
        self.itself = self


def test_what_scripts_leave_behind_is_swept_now_and_then(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serve, "_SWEEP", 0.01)

    async def until_gone() -> None:
        sweeping = asyncio.create_task(serve._sweep())
        left = weakref.ref(Ring())
        assert left() is not None
        while left() is not None:
            await asyncio.sleep(0.01)
        sweeping.cancel()

    gc.disable()
    try:
        with ThreadPoolExecutor(1) as aside:  # a browser's driver runs a loop in this thread
            aside.submit(lambda: asyncio.run(asyncio.wait_for(until_gone(), 30))).result()
    finally:
        gc.enable()
