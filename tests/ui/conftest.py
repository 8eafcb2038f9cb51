"""A page of its own for each test: nothing kept, nobody's key, no queue that works by itself."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline import saved
from ui import session

_MAIN = sys.modules["__main__"]


class Still:
    """A queue that does nothing by itself: the test is the worker. ``woken`` counts how often a page called."""

    def __init__(self) -> None:
        self.woken = 0

    def wake(self) -> None:
        self.woken += 1

    def start(self) -> None: ...

    def stop(self) -> None: ...


@pytest.fixture(autouse=True)
def no_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """The developer's own model, key and ``.env`` have no say."""
    for name in (*saved.KEPT, "SHENYUE_AUTH", "SHENYUE_ADMINS", "SHENYUE_UI_OPEN", "SHENYUE_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(saved, "_ours", {})
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    monkeypatch.chdir(elsewhere)
    yield
    for name in (saved.KEY, saved.ADDRESS):
        os.environ.pop(name, None)


@pytest.fixture(autouse=True)
def main_again() -> Iterator[None]:
    """A page that is tried out becomes the main module, which processes of later tests would run again."""
    yield
    sys.modules["__main__"] = _MAIN


@pytest.fixture
def queue(monkeypatch: pytest.MonkeyPatch) -> Still:
    still = Still()
    monkeypatch.setattr(session, "queue", lambda: still)
    return still
