"""Contracts of the tuning split, reviewed once for all tests of this folder; what the decisions of a person look like."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from pathlib import Path

import pytest

from pipeline.review import review
from pipeline.types import Decided, Review, Status

DEV = Path(__file__).parents[3] / "eval" / "dataset" / "dev"


@lru_cache(maxsize=64)
def _reviewed(name: str) -> Review:
    return review(DEV / name)


@pytest.fixture(scope="session")
def reviewed() -> Callable[[str], Review]:
    return _reviewed


@pytest.fixture(scope="session")
def simplified(reviewed: Callable[[str], Review]) -> Review:
    return reviewed("d01.docx")


@pytest.fixture(scope="session")
def decisions() -> dict[str, Decided]:
    return {
        "scope.response_time": Decided(
            action="change", status=Status.OK, note="45 秒可以接受", who="王经理", at="2026-03-01T09:00:00+08:00"
        ),
        "data.deletion": Decided(action="accept", who="王经理", at="2026-03-01T09:01:00+08:00"),
        "term.exit": Decided(action="reject", note="已口头谈妥"),
    }
