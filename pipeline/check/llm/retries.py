"""Which failed attempts are worth another, and after how long; as OpenAI's client does it, for the errors of any vendor.

It is done here and not by the vendors' clients, for their own second attempts ask no limiter: LangChain asks it once an ``invoke``.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from random import random
from typing import Any

from pipeline.check.llm.limits import LONGEST_PAUSE

_FIRST, _LONGEST = 0.5, 8.0  # seconds of back-off, doubled from one to the other, less up to a quarter by chance
_BUSY = (429, 503)
_PASSING = (408, 409, 429)  # and all from 500
# Of openai, anthropic and groq, who share no class; their timeouts are among them.
_NO_CONNECTION = "APIConnectionError"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    """What to wait before another attempt.

    Args:
        seconds: that long.
        busy: the service has too much to do, so that nobody should call it meanwhile.
        again: another attempt is of use.
    """

    seconds: float
    busy: bool = False
    again: bool = True


def wait_after(error: Exception, tried: int) -> Wait | None:
    """What an attempt's error asks for; ``None`` for one that no waiting helps. ``tried``: attempts that failed before it."""
    status, headers = _answered(error)
    if status is None:
        lost = isinstance(error, TimeoutError | ConnectionError) or any(
            kind.__name__ == _NO_CONNECTION for kind in type(error).__mro__
        )
        return Wait(seconds=_back_off(tried)) if lost else None
    told = {"true": True, "false": False}.get(headers.get("x-should-retry", ""))
    passing = told if told is not None else status in _PASSING or status >= 500
    busy = status in _BUSY
    if not passing and not busy:
        return None
    seconds = retry_after(headers)
    again = passing and (seconds is None or seconds <= LONGEST_PAUSE)
    return Wait(seconds=_back_off(tried) if seconds is None else seconds, busy=busy, again=again)


def retry_after(headers: Mapping[str, str]) -> float | None:
    """Seconds that the answer asks to wait, from ``retry-after-ms`` or ``Retry-After`` (seconds or a date); ``None`` for none or the past."""
    for name, divisor in (("retry-after-ms", 1000), ("retry-after", 1)):
        try:
            seconds = float(headers.get(name, "")) / divisor
        except ValueError:
            continue
        return seconds if 0 < seconds < math.inf else None
    try:
        when = parsedate_to_datetime(headers.get("retry-after", ""))
    except ValueError:
        return None
    seconds = (when.replace(tzinfo=when.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return seconds if seconds > 0 else None


def _answered(error: Exception) -> tuple[int | None, Mapping[str, str]]:
    """Status and headers (of any case) of the answer that the error is about."""
    response: Any = getattr(error, "response", None)
    status = getattr(error, "status_code", None) or getattr(response, "status_code", None)
    return (status if isinstance(status, int) else None), getattr(response, "headers", None) or {}


def _back_off(tried: int) -> float:
    return min(_FIRST * 2.0 ** min(tried, 10), _LONGEST) * (1 - 0.25 * random())
