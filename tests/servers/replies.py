"""What the scripted server can answer: good replies, and every fault of a real endpoint by name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Literal

JSON = Mapping[str, Any]
Fault = Literal["", "reset", "cut", "hang"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """One answer. With ``status`` 200 ``text`` is the message's content; else ``error`` (JSON) or ``body`` (as it is) is sent.

    ``delay`` is in seconds, before the first byte. ``fault``: ``reset`` closes the connection with a TCP reset, ``cut`` in
    the middle of the body, ``hang`` keeps it open without a byte until the client or the server goes.
    """

    text: str | None = ""
    status: int = 200
    error: JSON | None = None
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    fault: Fault = ""
    finish_reason: str = "stop"
    refusal: str | None = None

    def after(self, seconds: float) -> Reply:
        """The same, that much later."""
        return replace(self, delay=seconds)


def answer(value: Any) -> Reply:
    """A value as JSON."""
    return Reply(text=json.dumps(value, ensure_ascii=False))


def error(
    status: int, message: str, *, code: str | None = None, kind: str = "invalid_request_error", param: str | None = None
) -> Reply:
    """An error in OpenAI's form."""
    return Reply(status=status, error={"error": {"message": message, "type": kind, "param": param, "code": code}})


def rate_limited(seconds: float, *, as_date: bool = False) -> Reply:
    """429 with Retry-After, in whole seconds or as an HTTP date (which is cut to whole seconds too)."""
    when = format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)
    value = when if as_date else str(int(seconds))
    limited = error(429, "Rate limit reached for requests", code="rate_limit_exceeded", kind="requests")
    return replace(limited, headers={"Retry-After": value})


def quota_used_up() -> Reply:
    """429 that no waiting helps."""
    message = "You exceeded your current quota, please check your plan and billing details."
    return error(429, message, code="insufficient_quota", kind="insufficient_quota")


def server_error(status: int = 500) -> Reply:
    """500 in OpenAI's form, 502 to 504 as the HTML page of a proxy."""
    if status == 500:
        return error(500, "The server had an error while processing your request.", kind="server_error")
    page = f"<html><head><title>{status}</title></head><body><center>nginx</center></body></html>"
    return Reply(status=status, body=page.encode(), headers={"Content-Type": "text/html"})


def context_too_long(limit: int = 8192, got: int = 9000) -> Reply:
    """400: more tokens than the model takes."""
    message = (
        f"This model's maximum context length is {limit} tokens. However, your messages resulted in {got} tokens. "
        "Please reduce the length of the messages."
    )
    return error(400, message, code="context_length_exceeded", param="messages")


def bad_key() -> Reply:
    """401."""
    return error(401, "Incorrect API key provided.", code="invalid_api_key")


def no_model(name: str) -> Reply:
    """404: no such model."""
    message = f"The model `{name}` does not exist or you do not have access to it."
    return error(404, message, code="model_not_found")


def no_format(name: str) -> Reply:
    """400: the server lacks this ``response_format`` (or tools)."""
    message = f"Invalid parameter: 'response_format' of type '{name}' is not supported with this model."
    return error(400, message, param="response_format")


def prompt_filtered() -> Reply:
    """400 by which Azure refuses a prompt."""
    message = "The response was filtered due to the prompt triggering the content management policy."
    return error(400, message, code="content_filter", param="prompt")


def reset() -> Reply:
    """The connection is reset before any answer."""
    return Reply(fault="reset")


def cut() -> Reply:
    """The connection closes in the middle of the body."""
    return Reply(text="{" * 400, fault="cut")


def hang() -> Reply:
    """No byte, until the client's timeout."""
    return Reply(fault="hang")


def truncated(value: Any, keep: float = 0.5) -> Reply:
    """``finish_reason`` length, and only the first part of the JSON (``keep`` of its characters)."""
    text = json.dumps(value, ensure_ascii=False)
    return Reply(text=text[: int(len(text) * keep)], finish_reason="length")


def refused(message: str = "抱歉，我无法协助处理该请求。") -> Reply:
    """A refusal as OpenAI's structured output gives it: ``content`` null, ``refusal`` set."""
    return Reply(text=None, refusal=message)


def filtered() -> Reply:
    """The answer was held back: ``finish_reason`` content_filter, no content."""
    return Reply(text=None, finish_reason="content_filter")


MALFORMED = (
    "trailing_text", "leading_text", "fence", "thinking", "single_quotes", "chinese_quotes", "chinese_signs", "comments",
    "trailing_comma", "missing_bracket", "line_breaks", "no_json", "empty", "bare_list",
)  # fmt: skip


def malformed(kind: str, value: Any) -> Reply:
    """``value`` as JSON, spoilt in one of the ways of ``MALFORMED``.

    Raises:
        KeyError: there is no such way.
    """
    text = json.dumps(value, ensure_ascii=False, indent=1)
    spoilt = {
        "trailing_text": text + "\n\n以上为审查结果，如需进一步说明请告知。",
        "leading_text": "好的，以下是审查结果：\n" + text,
        "fence": f"```json\n{text}\n```",
        "thinking": f"<think>先看 {{费用}} 条款……</think>\n{text}",
        "single_quotes": text.replace('"', "'"),
        "chinese_quotes": _chinese_quotes(text),
        "chinese_signs": text.replace('": ', '"：').replace(",\n", "，\n"),
        "comments": text.replace("{\n", "{ // 审查结果\n", 1),
        "trailing_comma": text.replace("\n}", ",\n}").replace("\n ]", ",\n ]"),
        "missing_bracket": text.rstrip("}]\n "),
        "line_breaks": text.replace("。", "。\n"),
        "no_json": "合同总体风险较高，建议修改后再签。",
        "empty": "",
        "bare_list": json.dumps(
            next(iter(value.values()), []) if isinstance(value, dict) else value, ensure_ascii=False
        ),
    }
    return Reply(text=spoilt[kind])


def _chinese_quotes(text: str) -> str:
    parts = text.split('"')
    return "".join(part + ("" if i == len(parts) - 1 else "“”"[i % 2]) for i, part in enumerate(parts))
