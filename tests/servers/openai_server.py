"""An OpenAI-compatible server on loopback whose answers are scripted; real HTTP, no model.

``with ScriptedServer(respond) as server:`` listens on ``server.url`` (ends in ``/v1``). ``respond`` is a queue of replies or a
function of the request; a text is a reply too. Requests are kept in ``server.requests`` in the order in which they came.
"""

from __future__ import annotations

import contextlib
import json
import socket
import struct
import threading
from collections import deque
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from time import perf_counter
from types import TracebackType
from typing import Any, Self

from tests.servers.replies import JSON, Reply, bad_key, context_too_long, error, no_format, no_model
from tests.servers.wire import Request, chunks, completion, prompt_tokens, shared, usage_of

_FORMATS = ("json_schema", "json_object", "tools")


Respond = Callable[[Request], Reply | str]


@dataclass(slots=True)
class _State:
    """What the threads of one server share; everything but ``closing`` only under ``lock``."""

    respond: Respond
    models: tuple[str, ...]
    lacks: frozenset[str]
    key: str | None
    context: int | None
    lock: threading.RLock = field(default_factory=threading.RLock)  # respond() may look at the server
    closing: threading.Event = field(default_factory=threading.Event)
    requests: list[Request] = field(default_factory=list)
    errors: list[BaseException] = field(default_factory=list)
    connections: set[socket.socket] = field(default_factory=set)
    seen: list[tuple[int, ...]] = field(default_factory=list)
    busy: int = 0
    most_at_once: int = 0


class ScriptedServer:
    """The server, as a context manager.

    Args:
        respond: replies in order (texts, ``Reply`` values), or a function that makes one. A queue that has run out answers 400.
        models: what ``GET /v1/models`` lists; any other name in a request is answered 404. Empty: every name will do.
        lacks: of ``json_schema``, ``json_object`` and ``tools``, what is answered 400 "not supported".
        key: the only key that is let in, any when ``None``.
        context: tokens the model takes; told as ``max_model_len`` (as vLLM does) and kept to.

    An exception inside ``respond`` is answered 500 and raised again when the block is left.
    """

    def __init__(
        self,
        respond: Respond | Iterable[Reply | str] = (),
        *,
        models: Collection[str] = ("scripted",),
        lacks: Collection[str] = (),
        key: str | None = None,
        context: int | None = None,
    ) -> None:
        if unknown := set(lacks) - set(_FORMATS):
            raise ValueError(f"unknown formats {sorted(unknown)}")
        made = respond if callable(respond) else _Queue(respond)
        self._state = _State(made, tuple(models), frozenset(lacks), key, context)
        self._server = _Server(("127.0.0.1", 0), _Handler)
        self._server.state = self._state
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), name="scripted-openai")

    @property
    def url(self) -> str:
        """The base URL, as ``OPENAI_BASE_URL`` takes it."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/v1"

    @property
    def requests(self) -> list[Request]:
        """All requests so far, in the order in which they came."""
        with self._state.lock:
            return list(self._state.requests)

    @property
    def calls(self) -> list[Request]:
        """The chat requests among them."""
        return [r for r in self.requests if r.path == "/v1/chat/completions"]

    @property
    def most_at_once(self) -> int:
        """The most chat requests that were under way at the same time."""
        with self._state.lock:
            return self._state.most_at_once

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._state.closing.set()
        self._server.shutdown()
        with self._state.lock:
            for connection in self._state.connections:
                _quietly(lambda c=connection: c.shutdown(socket.SHUT_RDWR))  # type: ignore[misc]
        self._server.server_close()
        self._thread.join()
        if value is None and self._state.errors:
            raise self._state.errors[0]


class _Queue:
    def __init__(self, replies: Iterable[Reply | str]) -> None:
        self._left = deque(replies)

    def __call__(self, request: Request) -> Reply | str:
        try:
            return self._left.popleft()
        except IndexError:
            return error(400, "The script of this server is at its end.", code="script_at_its_end")


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # so that closing waits for them and leaves no socket open
    request_queue_size = 64
    state: _State

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that goes away is no error here."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        with self.server.state.lock:
            self.server.state.connections.add(self.connection)
        if self.server.state.closing.is_set():  # it came too late to be among those that are closed
            _quietly(lambda: self.connection.shutdown(socket.SHUT_RDWR))

    def finish(self) -> None:
        with self.server.state.lock:
            self.server.state.connections.discard(self.connection)
        _quietly(super().finish)

    def log_message(self, format: str, *args: Any) -> None:
        """Tests print nothing."""

    def do_GET(self) -> None:
        state, request = self.server.state, self._received(b"")
        name = request.path.removeprefix("/v1/models").removeprefix("/")
        if state.key is not None and self._key() != state.key:
            self._send(bad_key())
        elif request.path == "/v1/models":
            self._json(200, {"object": "list", "data": [self._model(m) for m in state.models]})
        elif request.path.startswith("/v1/models/"):
            self._json(200, self._model(name)) if name in state.models else self._send(no_model(name))
        else:
            self._send(error(404, f"Invalid URL (GET {request.path})"))

    def do_POST(self) -> None:
        request = self._received(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        if request.path != "/v1/chat/completions":
            self._send(error(404, f"Invalid URL (POST {request.path})"))
            return
        state = self.server.state
        with state.lock:
            state.busy += 1
            state.most_at_once = max(state.most_at_once, state.busy)
        try:
            self._chat(request)
        finally:
            with state.lock:
                state.busy -= 1

    def _chat(self, request: Request) -> None:
        state = self.server.state
        tokens = prompt_tokens(request)
        reply = self._kept_out(request, len(tokens)) or self._scripted(request)
        if reply.fault == "hang":
            self._wait_for_the_end()
            return
        state.closing.wait(reply.delay)
        if reply.fault == "reset":
            self._reset()
            return
        if reply.status != 200 or reply.body is not None:
            self._send(reply)
            return
        with state.lock:
            cached = max((shared(tokens, earlier) for earlier in state.seen), default=0)
            state.seen.append(tokens)
            number = len(state.seen)
        usage = usage_of(len(tokens), reply.text or reply.refusal or "", cached)
        head = {
            "id": f"chatcmpl-{number:06d}",
            "created": 1_700_000_000 + number,
            "model": request.body.get("model", ""),
        }
        if request.body.get("stream"):
            self._stream(chunks(request, reply, head, usage), cut=reply.fault == "cut")
        else:
            self._json(200, completion(request, reply, head, usage), cut=reply.fault == "cut")

    def _kept_out(self, request: Request, tokens: int) -> Reply | None:
        """What a server says before any model is asked."""
        state, model = self.server.state, str(request.body.get("model", ""))
        if state.key is not None and self._key() != state.key:
            return bad_key()
        if not request.body.get("messages"):
            return error(400, "Missing required parameter: 'messages'.", code="missing_required_parameter")
        if state.models and model not in state.models:
            return no_model(model)
        if request.format in state.lacks:
            return no_format(request.format)
        if state.context is not None and tokens > state.context:
            return context_too_long(state.context, tokens)
        return None

    def _scripted(self, request: Request) -> Reply:
        try:
            with self.server.state.lock:
                made = self.server.state.respond(request)
        except Exception as problem:
            self.server.state.errors.append(problem)
            return error(500, f"respond() raised {problem!r}", kind="server_error")
        return Reply(text=made) if isinstance(made, str) else made

    def _received(self, data: bytes) -> Request:
        try:
            body = json.loads(data) if data else {}
        except ValueError:
            body = {}
        path = self.path.split("?")[0]
        headers = {k.lower(): v for k, v in self.headers.items()}
        request = Request(method=self.command, path=path, headers=headers, body=body, at=perf_counter())
        with self.server.state.lock:
            self.server.state.requests.append(request)
        return request

    def _key(self) -> str:
        return str(self.headers.get("Authorization", "")).removeprefix("Bearer ")

    def _model(self, name: str) -> JSON:
        context = self.server.state.context
        extra = {} if context is None else {"max_model_len": context}
        return {"id": name, "object": "model", "created": 1_700_000_000, "owned_by": "tests", **extra}

    def _wait_for_the_end(self) -> None:
        """Until the client goes (its side of the connection reads as ended) or the server closes."""
        self.connection.settimeout(0.05)
        while not self.server.state.closing.is_set():
            try:
                if not self.connection.recv(1):
                    break
            except TimeoutError:
                continue
            except OSError:
                break
        self.close_connection = True

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.connection.close()
        self.close_connection = True

    def _send(self, reply: Reply) -> None:
        if reply.body is not None:
            self._bytes(reply.status, reply.body, reply.headers)
        else:
            self._json(reply.status, reply.error or {}, reply.headers)

    def _json(self, status: int, value: JSON, headers: Mapping[str, str] = {}, *, cut: bool = False) -> None:
        data = json.dumps(value, ensure_ascii=False).encode()
        self._bytes(status, data, {"Content-Type": "application/json", **headers}, cut=cut)

    def _bytes(self, status: int, data: bytes, headers: Mapping[str, str], *, cut: bool = False) -> None:
        def write() -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(data)))
            self.end_headers()
            self.wfile.write(data[: len(data) // 2] if cut else data)

        self.close_connection = self.close_connection or cut
        _quietly(write)

    def _stream(self, chunks: Iterator[JSON], *, cut: bool) -> None:
        def write() -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for number, chunk in enumerate(chunks):
                if cut and number == 3:
                    return
                event(json.dumps(chunk, ensure_ascii=False))
            event("[DONE]")
            self.wfile.write(b"0\r\n\r\n")

        def event(text: str) -> None:
            data = f"data: {text}\n\n".encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")

        self.close_connection = self.close_connection or cut
        _quietly(write)


def _quietly(step: Callable[[], object]) -> None:
    """A write to a client that has gone, or to a socket that was closed, is of no interest."""
    with contextlib.suppress(OSError, ValueError):
        step()
