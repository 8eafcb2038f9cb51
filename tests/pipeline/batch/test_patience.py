"""Waiting for a database that is away."""

from __future__ import annotations

import pytest

from pipeline.batch.patience import Patience
from pipeline.errors import StoreError, StoreUnavailable
from tests.pipeline.batch.conftest import SetUp


class Away:
    """Cannot be reached so many times."""

    def __init__(self, times: int, error: type[StoreError] = StoreUnavailable) -> None:
        self.left, self.calls, self._error = times, 0, error

    def __call__(self, value: int, *, more: int = 0) -> int:
        self.calls += 1
        if self.left:
            self.left -= 1
            raise self._error("数据库连不上")
        return value + more


def test_a_call_is_made_again_until_the_database_is_back(limits: SetUp) -> None:
    told, pauses = list[str](), list[float]()
    away = Away(7)
    assert Patience(told.append, pause=pauses.append)(away, 1, more=2) == 3
    assert told == ["数据库连不上"] * 7
    assert pauses == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


def test_it_ends_with_the_time_that_is_set(limits: SetUp) -> None:
    limits(database_wait=0.1)
    away = Away(1)
    with pytest.raises(StoreUnavailable):
        Patience(lambda _: None)(away, 1)
    assert away.calls == 1


def test_other_trouble_is_not_waited_for(limits: SetUp) -> None:
    away = Away(1, StoreError)
    with pytest.raises(StoreError):
        Patience(lambda _: None)(away, 1)
    assert away.calls == 1
