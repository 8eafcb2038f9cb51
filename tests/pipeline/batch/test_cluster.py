"""What stands before a cluster and on its nodes, told without one; ``tests/cluster`` has the real thing."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import grpc
import pytest

from pipeline.batch.address import reach
from pipeline.batch.cluster import RayCrew
from pipeline.batch.node import Order, environment, surroundings
from pipeline.errors import EngineError
from tests.pipeline.batch.conftest import SetUp

_ROOT = Path(__file__).resolve().parents[3]
_TOKEN = "0123456789abcdef0123456789abcdef"


def test_without_ray_it_is_said_how_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ray", None)
    with pytest.raises(EngineError, match="make cluster"):
        RayCrew("127.0.0.1:6379")


@pytest.mark.parametrize("address", ["", "head", "head:", "head:port", "head:99999", "ray://", "ray://head", ":6379"])
def test_what_is_no_address_is_told_as_such(address: str) -> None:
    with pytest.raises(EngineError, match="主机:端口"):
        reach(address)


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_an_address_where_nobody_is_is_told_at_once(scheme: str) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and never listens
        began = time.monotonic()
        with pytest.raises(EngineError, match="连不上 Ray 集群") as told:
            reach(f"{scheme}127.0.0.1:{taken.getsockname()[1]}")
    assert time.monotonic() - began < 3
    assert "ray start" in str(told.value)


@pytest.mark.parametrize("scheme", ["", "ray://"])
def test_another_program_at_the_address_is_told(scheme: str) -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), BaseHTTPRequestHandler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        began = time.monotonic()
        with pytest.raises(EngineError, match="不是 Ray 集群"):
            reach(f"{scheme}127.0.0.1:{server.server_port}")
        server.shutdown()
    assert time.monotonic() - began < 15


class _Head(grpc.GenericRpcHandler):
    """Answers like a head's main port: its health to everybody, all else to those who have the token."""

    def service(self, call: grpc.HandlerCallDetails) -> grpc.RpcMethodHandler | None:
        if "health" in call.method:
            return grpc.unary_unary_rpc_method_handler(lambda request, context: b"")
        known = ("authorization", f"Bearer {_TOKEN}") in [(m.key, m.value) for m in call.invocation_metadata]

        def answer(request: bytes, context: grpc.ServicerContext) -> bytes:
            if not known:
                context.abort(grpc.StatusCode.UNAUTHENTICATED, "no")
            return b""

        return grpc.unary_unary_rpc_method_handler(answer)


@contextmanager
def grpc_server(*handlers: grpc.GenericRpcHandler) -> Iterator[str]:
    server = grpc.server(ThreadPoolExecutor(2), handlers=handlers)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    yield f"127.0.0.1:{port}"
    server.stop(None).wait()


def test_the_port_for_drivers_from_outside_is_not_taken_for_the_main_one() -> None:
    with grpc_server() as address:
        with pytest.raises(EngineError, match=f"ray://{address}"):
            reach(address)
        reach(f"ray://{address}")


def test_a_token_is_asked_for_where_the_cluster_wants_one(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("RAY_AUTH_MODE", "RAY_AUTH_TOKEN", "RAY_AUTH_TOKEN_PATH"):
        monkeypatch.delenv(name, raising=False)
    path = tmp_path / "token"
    path.write_text(f"{_TOKEN}\n", encoding="utf-8")
    with grpc_server(_Head()) as address:
        for wrong in ({}, {"RAY_AUTH_TOKEN": _TOKEN}, {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "wrong"}):
            with monkeypatch.context() as there:
                for name, value in wrong.items():
                    there.setenv(name, value)
                with pytest.raises(EngineError, match="要令牌") as told:
                    reach(address)
                assert _TOKEN not in str(told.value)
        monkeypatch.setenv("RAY_AUTH_MODE", "token")
        monkeypatch.setenv("RAY_AUTH_TOKEN_PATH", str(path))
        reach(address)
        monkeypatch.setenv("RAY_AUTH_TOKEN", _TOKEN)
        reach(address)


def test_keys_are_sent_only_where_a_model_is_asked_and_never_shown(
    limits: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    monkeypatch.setenv("DEEPSEEK_API_KEY", "sk-other")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    limits(max_pages=7, mask=False, prices='{"m": [1, 2, 3]}', database_url="postgresql://u:secret@db/x", auth="{}")
    rules, model = environment("rules"), environment("both")
    assert all(name.startswith("SHENYUE_") for name in rules)
    assert model == {
        **rules,
        "OPENAI_API_KEY": "sk-secret",
        "DEEPSEEK_API_KEY": "sk-other",
        "OPENAI_BASE_URL": "http://127.0.0.1:9/v1",
    }
    assert rules["SHENYUE_MAX_PAGES"] == "7"
    assert rules["SHENYUE_MASK"] == "false"
    assert json.loads(rules["SHENYUE_PRICES"]) == {"m": [1, 2, 3]}
    places = ("DATA_DIR", "DATABASE_URL", "CHROMA_URL", "AUTH", "ADMINS")
    assert not {f"SHENYUE_{name}" for name in places} & set(rules)
    assert "secret" not in repr(Order(environment=model, conditions={}))


def test_each_node_has_its_share_of_the_calls_allowed(limits: SetUp) -> None:
    limits(requests_per_second=2, concurrent_requests=5)
    whole, third, rules = environment("llm"), environment("llm", 3), environment("rules", 3)
    assert [float(e["SHENYUE_REQUESTS_PER_SECOND"]) for e in (whole, third, rules)] == [2, pytest.approx(2 / 3), 2]
    assert [e["SHENYUE_CONCURRENT_REQUESTS"] for e in (whole, third, rules)] == ["5", "2", "5"]
    limits(requests_per_second=0, concurrent_requests=0)
    unlimited = environment("llm", 3)
    assert float(unlimited["SHENYUE_REQUESTS_PER_SECOND"]) == 0
    assert unlimited["SHENYUE_CONCURRENT_REQUESTS"] == "0"


def on_a_node(tmp_path: Path, told: Mapping[str, str], code: str, **own: str) -> str:
    """What ``code`` prints in a process of a node after it has taken ``told``; there are files and variables of its own."""
    for folder in (tmp_path, tmp_path / "home", tmp_path / "home" / "node"):
        folder.mkdir(exist_ok=True)
        (folder / ".env").write_text(
            "OPENAI_API_KEY=sk-of-the-node\nOPENAI_BASE_URL=http://node\nSHENYUE_MODEL=of-the-node\n", encoding="utf-8"
        )
    (tmp_path / "home" / "node" / ".env").unlink()
    script = f"from pipeline.batch.node import Order, answer\ntold = {dict(told)!r}\n{code}"
    rest = {n: v for n, v in os.environ.items() if not n.startswith(("SHENYUE_", "OPENAI_"))}
    environment = {**rest, "SHENYUE_DATA_DIR": str(tmp_path / "home"), "PYTHONPATH": str(_ROOT), **own}
    command = [sys.executable, "-W", "ignore", "-c", script]
    return subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True, timeout=60
    ).stdout


def test_a_node_goes_by_the_drivers_settings_and_none_of_its_own(limits: SetUp, tmp_path: Path) -> None:
    limits(max_pages=7, prices='{"m": [1, 2, 3]}')
    code = """
import os
from pipeline.settings import settings
answer(Order(environment=told, conditions={}))
seen = settings().model_dump(mode="json")
print(__import__("json").dumps([seen, {n: v for n, v in os.environ.items() if n.startswith("OPENAI_")}, os.getcwd()]))
"""
    own = {"SHENYUE_MAX_PAGES": "1", "SHENYUE_MAX_CHARS": "1000", "OPENAI_API_KEY": "sk-of-the-node"}
    seen, keys, folder = json.loads(on_a_node(tmp_path, environment("rules"), code, **own))
    assert keys == {}
    assert folder == seen["data_dir"] == str(tmp_path / "home" / "node")
    assert (seen["max_pages"], seen["max_chars"], seen["model"]) == (7, 1_000_000, "")
    assert seen["prices"] == {"m": [1, 2, 3]}
    _, keys, _ = json.loads(on_a_node(tmp_path, {**environment("rules"), "OPENAI_API_KEY": "sk-ours"}, code, **own))
    assert keys == {"OPENAI_API_KEY": "sk-ours"}


def test_a_node_whose_reviews_would_differ_says_what_does(limits: SetUp, tmp_path: Path) -> None:
    limits()
    code = (
        f"before = {dict(surroundings())!r}"
        + """
print(answer(Order(environment=told, conditions=before)))
print(answer(Order(environment=told, conditions={**before, "weights": "0" * 64, "max_pages": "7"})).why)
"""
    )
    fit, why = on_a_node(tmp_path, environment("rules"), code).splitlines()
    assert fit == "None"
    assert "判读权重" in why
    assert "SHENYUE_MAX_PAGES（7 → 500）" in why
