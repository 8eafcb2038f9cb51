"""What the server of the page answers beside Streamlit: the pictures of a contract's pages.

A picture is had by its address alone, ``/pages/<token>/<number>.webp?w=<pixels>``: the token is 256 random bits that the server process
hands to the one reader of one file (``hand_out``) and forgets when it ends. Whoever was not given it finds nothing.
"""

from __future__ import annotations

import asyncio
import gc
import os
import secrets
import socket
from collections import OrderedDict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from threading import Lock

import streamlit as st
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from streamlit.runtime.pages_manager import PagesManager
from streamlit.web.bootstrap import load_config_options

from pipeline.errors import InputError, SettingsError
from pipeline.pages import page_picture
from pipeline.settings import settings
from ui import access
from ui.shell import OPEN, Shell, theme

WIDTHS = (400, 700, 1000, 1400, 2000)  # pixels; other widths are served by the next one, so that few are kept
_SWEEP = 60.0  # seconds between two sweeps of what scripts leave behind in cycles; one takes 0.1 s of everybody
_MOST = 10_000  # tokens alive at once; the one unused for longest goes first
_HERE = Path(__file__).parent


class _Tokens:
    """Who may see which file: token by (reader, path), and back."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._files: OrderedDict[str, tuple[str, Path]] = OrderedDict()
        self._tokens: dict[tuple[str, Path], str] = {}

    def of(self, reader: str, path: Path) -> str:
        with self._lock:
            token = self._tokens.get((reader, path))
            if token is None:
                token = secrets.token_urlsafe(32)
                self._tokens[reader, path] = token
                self._files[token] = (reader, path)
                if len(self._files) > _MOST:
                    _, oldest = self._files.popitem(last=False)
                    del self._tokens[oldest]
            self._files.move_to_end(token)
            return token

    def file(self, token: str) -> Path | None:
        with self._lock:
            if token not in self._files:
                return None
            self._files.move_to_end(token)
            return self._files[token][1]


_TOKENS = _Tokens()


def hand_out(path: Path, *, reader: str) -> str:
    """Address under which ``reader`` finds the pictures of the pages of ``path``, ending in ``/``.

    The same for the same reader and file as long as the process lives. The caller has made sure that the reader may see the file.
    """
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return f"/{base}/pages/".replace("//", "/") + _TOKENS.of(reader, path) + "/"


def page(request: Request) -> Response:
    """The picture of a page; 404 for an unknown token and for a page that is not there, without a difference."""
    path = _TOKENS.file(request.path_params["token"])
    try:
        asked = int(request.query_params.get("w", "1000"))
    except ValueError:
        asked = 1000
    if path is None:
        return Response(status_code=404)
    width = next((w for w in WIDTHS if w >= asked), WIDTHS[-1])
    try:
        picture = page_picture(path, request.path_params["number"], width=width)
    except InputError:
        return Response(status_code=404)
    headers = {
        "Cache-Control": "private, max-age=3600",
        "X-Content-Type-Options": "nosniff",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Referrer-Policy": "no-referrer",
    }
    return Response(picture, media_type="image/webp", headers=headers)


def routes() -> list[Route]:
    """The routes of this module, below the base path of the server."""
    base = str(st.get_option("server.baseUrlPath") or "").strip("/")
    return [Route(f"/{base}/pages/{{token}}/{{number:int}}.webp".replace("//", "/"), page, methods=["GET"])]


def application(script: Path = _HERE / "app.py") -> st.App:
    """The whole server: the Streamlit app and the pictures, for ``run`` or any ASGI server.

    Raises:
        SettingsError: ``SHENYUE_AUTH`` cannot be used.
    """
    auth = access.sign_in(settings().auth)
    # Or the first visitor of a fresh server who asks for /ledger is given ui/pages/ledger.py by itself: no bar, and no sign-in before it.
    PagesManager.uses_pages_directory = False
    return st.App(
        script,
        routes=routes(),
        secrets={"auth": dict(auth)} if auth else None,
        lifespan=_reviewing,
        middleware=[Middleware(Shell)],
    )


@asynccontextmanager
async def _reviewing(app: st.App) -> AsyncIterator[None]:
    """The queue runs as long as the server does, also before the first visitor: what a server before it left is done first."""
    from ui import session

    queue = session.queue()
    sweeping = asyncio.create_task(_sweep())
    try:
        yield
    finally:
        sweeping.cancel()
        queue.stop()


async def _sweep() -> None:
    """Free now and then what Streamlit would free after every run of a script."""
    while True:
        await asyncio.sleep(_SWEEP)
        gc.collect()


def run(host: str, port: int, *, open_to_network: bool = False) -> None:
    """Serve the page until it is stopped.

    Raises:
        SettingsError: ``host`` is open to others who would not have to sign in, and ``open_to_network`` does not allow it.
    """
    auth, alone = access.sign_in(settings().auth), access.loopback(host)
    access.check_bind(host, signed=auth is not None, open_to_network=open_to_network)
    # A file over our own limit is taken in and refused with what to do; Streamlit's limit would refuse it in English.
    config = {
        **theme(),
        "server.address": host,
        "server.port": port,
        "server.maxUploadSize": 4 * settings().max_file_mb,
    }
    if auth:
        os.environ["STREAMLIT_SERVER_COOKIE_SECRET"] = auth["cookie_secret"]  # Streamlit takes it no other way
    elif alone:
        config["server.allowedHosts"] = ["localhost", "127.0.0.1", "::1", host]  # no site can rebind its name to here
    else:
        os.environ[OPEN] = "1"
    _free(host, port)
    shown = "localhost" if alone else f"[{host}]" if ":" in host else host
    print(f"审约在 http://{shown}:{port} ，按 Ctrl+C 停下", flush=True)
    load_config_options(config)  # before anything asks for an option; Streamlit tells of later changes as oversights
    application().run(config=config)


def _free(host: str, port: int) -> None:
    """Raises ``SettingsError`` where the port is taken: Streamlit would say so in English and end with 1."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        raise SettingsError(
            f"没有启动：{host} 的端口 {port} 用不了（{error.strerror}）。可能已经开着一个审约；或用 --port 换一个端口"
        ) from error
