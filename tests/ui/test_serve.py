from __future__ import annotations

from pathlib import Path

import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from ui import serve

PDF = Path(__file__).parents[2] / "eval" / "dataset" / "dev" / "d13.pdf"
WORD = PDF.with_name("d01.docx")


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
