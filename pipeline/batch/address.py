"""Whether anybody answers at the address of a cluster: Ray itself would try for minutes, and end the process where nobody does."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from pipeline.errors import EngineError

_SECONDS = 5.0
OUTSIDE = "ray://"
_HEALTH = "/grpc.health.v1.Health/Check"  # of gRPC, the protocol that both ports of a cluster's head speak
_NODES = "/ray.rpc.NodeInfoGcsService/CheckAlive"
_CLIENTS = "/ray.rpc.RayletDriver/ClusterInfo"


def reach(address: str) -> None:
    """Look for a cluster's head, for 10 seconds at most.

    Args:
        address: ``host:port``, ``ray://host:port``, or ``auto``, which is left to Ray.

    Raises:
        EngineError: it is no address, nobody is there, or something else than a cluster.
    """
    if address == "auto":
        return
    host, port = _parts(address)
    try:
        with socket.create_connection((host, port), timeout=_SECONDS):
            pass
    except OSError as error:
        why = "域名解析不了" if isinstance(error, socket.gaierror) else error.strerror or "超时"
        raise EngineError(
            f"连不上 Ray 集群 {address}（{why}）。请确认集群已用 ray start 启动、地址和端口没有写错、网络是通的，再重试"
        ) from error
    if os.environ.get("RAY_USE_TLS", "").lower() in ("1", "true"):
        return  # its certificates are Ray's to show
    _ask(address, f"[{host}]:{port}" if ":" in host else f"{host}:{port}")


def _parts(address: str) -> tuple[str, int]:
    try:
        parts = urlsplit("//" + address.removeprefix(OUTSIDE))
        host, port = parts.hostname, parts.port
    except ValueError:
        host = port = None
    if not host or not port:
        raise EngineError(
            f"Ray 集群的地址 {address} 不对。要写成 主机:端口，例如 10.0.0.5:6379；从集群外连写 ray://10.0.0.5:10001"
        )
    return host, port


def _ask(address: str, target: str) -> None:
    """The head's own port tells its health; that for drivers from outside does not know the question, which is answer enough. Both say at
    once who has not the right token, with which Ray itself tries on.
    """
    import grpc

    outside = address.startswith(OUTSIDE)
    told = grpc.StatusCode
    with grpc.insecure_channel(target, options=(("grpc.enable_http_proxy", 0),)) as channel:
        code = _answer(channel, _HEALTH)
        if code in (told.UNAVAILABLE, told.DEADLINE_EXCEEDED):
            raise EngineError(f"{address} 有程序在用，但不是 Ray 集群。请核对端口：ray start --head 默认用 6379")
        if code is told.UNIMPLEMENTED and not outside:
            raise EngineError(f"{address} 不是集群的主端口。从集群外连请写 ray://{target}，否则请核对端口（默认 6379）")
        token = (("authorization", f"Bearer {_token()}"),)
        if _answer(channel, _CLIENTS if outside else _NODES, token) is told.UNAUTHENTICATED:
            raise EngineError(
                f"Ray 集群 {address} 要令牌，本机没有或不对。请设 RAY_AUTH_MODE=token 和 RAY_AUTH_TOKEN，再重试"
            )


def _answer(channel: Any, question: str, metadata: tuple[tuple[str, str], ...] = ()) -> Any:
    """The status of an answer; what it says is Ray's affair."""
    import grpc

    try:
        channel.unary_unary(question)(b"", timeout=_SECONDS, metadata=metadata)
    except grpc.RpcError as error:
        return error.code()
    return grpc.StatusCode.OK


def _token() -> str:
    """Where Ray looks for it."""
    if os.environ.get("RAY_AUTH_MODE") != "token":
        return ""
    if token := os.environ.get("RAY_AUTH_TOKEN"):
        return token
    try:
        path = Path(os.environ.get("RAY_AUTH_TOKEN_PATH") or Path.home() / ".ray" / "auth_token")
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
