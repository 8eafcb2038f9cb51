"""Settings of a test, and processes looked at from outside."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.settings import settings

SetUp = Callable[..., None]


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[SetUp]:
    """Sets ``SHENYUE_*`` variables by keyword; the data folder is the test's own."""

    def use(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"SHENYUE_{name.upper()}", str(value))
        settings.cache_clear()

    use(data_dir=tmp_path / "data")
    yield use
    monkeypatch.undo()
    settings.cache_clear()


def alive(pid: int | None) -> bool:
    """True while the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
