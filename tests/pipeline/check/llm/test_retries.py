from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import openai
import pytest

from pipeline.check.llm.retries import Wait, retry_after, wait_after


class Answered(Exception):
    """An error of a vendor: with the answer it is about."""

    def __init__(self, status: int, headers: Mapping[str, str]) -> None:
        self.status_code = status
        self.response = type("Response", (), {"status_code": status, "headers": headers})()


class APIConnectionError(Exception):
    """As another vendor's client calls it."""


def wait(status: int, tried: int = 0, **headers: str) -> Wait | None:
    return wait_after(Answered(status, {name.replace("_", "-"): value for name, value in headers.items()}), tried)


@pytest.mark.parametrize(
    ("status", "headers", "seconds", "busy", "again"),
    [
        pytest.param(429, {"retry_after": "2"}, 2.0, True, True, id="limit"),
        pytest.param(503, {"retry_after": "7"}, 7.0, True, True, id="overloaded"),
        pytest.param(500, {"retry_after": "3"}, 3.0, False, True, id="one error that names a time"),
        pytest.param(429, {"retry_after_ms": "250", "retry_after": "9"}, 0.25, True, True, id="milliseconds first"),
        pytest.param(429, {"retry_after": "3600"}, 3600.0, True, False, id="longer than is waited"),
        pytest.param(429, {"retry_after": "2", "x_should_retry": "false"}, 2.0, True, False, id="no use, and busy"),
        pytest.param(400, {"retry_after": "2", "x_should_retry": "true"}, 2.0, False, True, id="told to try again"),
    ],
)
def test_what_the_answer_says_is_kept(
    status: int, headers: Mapping[str, str], seconds: float, busy: bool, again: bool
) -> None:
    assert wait(status, **headers) == Wait(seconds=seconds, busy=busy, again=again)


@pytest.mark.parametrize(
    ("status", "headers"),
    [(400, {}), (401, {}), (404, {}), (422, {"retry_after": "2"}), (500, {"x_should_retry": "false"})],
)
def test_what_waiting_does_not_help(status: int, headers: Mapping[str, str]) -> None:
    assert wait(status, **headers) is None
    assert wait_after(ValueError("a mistake of ours"), 0) is None


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
def test_back_off_doubles_up_to_eight_seconds(status: int) -> None:
    for tried, most in ((0, 0.5), (1, 1.0), (3, 4.0), (9, 8.0), (5000, 8.0)):
        found = wait(status, tried)
        assert found is not None
        assert most * 0.75 <= found.seconds <= most
        assert found.busy is (status in (429, 503))
        assert found.again


@pytest.mark.parametrize(
    "error",
    [
        TimeoutError(),
        ConnectionResetError(),
        APIConnectionError(),
        openai.APITimeoutError.__new__(openai.APITimeoutError),
    ],
    ids=lambda error: type(error).__name__,
)
def test_a_connection_that_is_lost_is_made_again_and_holds_nobody(error: Exception) -> None:
    found = wait_after(error, 0)
    assert found is not None
    assert (found.busy, found.again) == (False, True)


def test_a_date_counts_from_now() -> None:
    in_a_minute = format_datetime(datetime.now(UTC) + timedelta(seconds=60), usegmt=True)
    seconds = retry_after({"retry-after": in_a_minute})
    assert seconds is not None
    assert 50 < seconds <= 60


@pytest.mark.parametrize("value", ["", "0", "-3", "nan", "inf", "soon", "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 99 Oct"])
def test_what_is_no_time_to_come_is_none(value: str) -> None:
    assert retry_after({"retry-after": value}) is None
