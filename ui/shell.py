"""Around Streamlit's server: a session that outlives a reload, Chinese from the first byte, closed frames, and the theme."""

from __future__ import annotations

import re
import tomllib
import uuid
from collections.abc import Mapping
from http.cookies import CookieError, SimpleCookie
from pathlib import Path
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

COOKIE = "shenyue_session"
OPEN = "SHENYUE_UI_OPEN"  # set in a server that others reach without signing in
SESSION = re.compile(r"[0-9a-f]{32}")
_MONTH = 30 * 24 * 3600
_CONFIG = Path(__file__).parent / ".streamlit" / "config.toml"
_OURS = (
    (b'<html lang="en">', b'<html lang="zh-CN">'),
    (b"<title>Streamlit</title>", "<title>审约</title>".encode()),
    (b"You need to enable JavaScript to run this app.", "请在浏览器里打开 JavaScript，再刷新这个页面。".encode()),
    (b'<link rel="shortcut icon" href="./favicon.png" />', b'<link rel="shortcut icon" href="data:," />'),
)


def theme() -> dict[str, Any]:
    """``.streamlit/config.toml``, flat: a server that is started by another command than Streamlit's does not look for it there."""
    flat: dict[str, Any] = {}

    def put(prefix: str, values: Mapping[str, Any]) -> None:
        for name, value in values.items():
            if isinstance(value, dict):
                put(f"{prefix}{name}.", value)
            else:
                flat[prefix + name] = value

    put("", tomllib.loads(_CONFIG.read_text(encoding="utf-8")))
    return flat


def ours(page: bytes) -> bytes:
    """Streamlit's page with our language and title, so that neither flashes up before the script has run."""
    for theirs, own in _OURS:
        page = page.replace(theirs, own)
    return page


class Shell:
    """Gives a browser its session with the first page, and passes everything else on."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """As ASGI has it."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        if scope["method"] != "GET" or "text/html" not in headers.get("accept", ""):
            await self.app(scope, receive, _Guarded(send))
            return
        # The page is changed on its way, so it must come whole: not compressed, not as "unchanged".
        left_out = (b"accept-encoding", b"if-none-match", b"if-modified-since", b"range")
        scope = {**scope, "headers": [pair for pair in scope["headers"] if pair[0].lower() not in left_out]}
        new = None if _session(headers.get("cookie", "")) else uuid.uuid4().hex
        await self.app(scope, receive, _Page(send, new, secure=scope["scheme"] == "https"))


class _Guarded:
    """Passes an answer on, shut to other sites' frames and to guesses of its type."""

    def __init__(self, send: Send) -> None:
        self._send = send

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            headers["x-content-type-options"] = "nosniff"
            headers.setdefault("referrer-policy", "same-origin")
            headers["content-security-policy"] = "frame-ancestors 'none'"
        await self._send(message)


class _Page(_Guarded):
    """Holds an HTML answer back until it is whole, and sends it in Chinese, with the session where it is new."""

    def __init__(self, send: Send, session: str | None, *, secure: bool) -> None:
        super().__init__(send)
        self._session, self._end = session, "; Secure" if secure else ""
        self._start: Message | None = None
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            if message["status"] == 200 and headers.get("content-type", "").startswith("text/html"):
                if self._session:
                    kept = f"{COOKIE}={self._session}; Path=/; Max-Age={_MONTH}; HttpOnly; SameSite=Lax{self._end}"
                    headers.append("set-cookie", kept)
                self._start = message
                return
        elif self._start is not None and message["type"] == "http.response.body":
            self._body += message.get("body", b"")
            if message.get("more_body"):
                return
            body, headers = ours(self._body), MutableHeaders(scope=self._start)
            headers["content-length"] = str(len(body))
            for stale in ("etag", "last-modified"):
                del headers[stale]
            await super().__call__(self._start)
            message = {"type": "http.response.body", "body": body}
        await super().__call__(message)


def _session(cookie: str) -> str | None:
    try:
        found = SimpleCookie(cookie).get(COOKIE)
    except CookieError:
        return None
    return found.value if found is not None and SESSION.fullmatch(found.value) else None
