"""What tests of several folders need."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

# Threads that wait for each other by spinning make the embedder slower, not faster, as soon as the processors are shared;
# and they are: by the workers of a run, and by the servers, browsers and children that tests start.
for _threads in ("SHENYUE_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
    os.environ.setdefault(_threads, "1")

from pipeline.settings import Settings  # noqa: E402
from tests.ui.server import CHROMIUM, browser  # noqa: E402


def knowing_vectors(folder: Path) -> Path:
    """``folder`` as a data folder that has the vectors which any review of this user had to compute: those of the questions alone take seconds."""
    name = "embeddings.sqlite3"
    known = Settings.model_fields["data_dir"].default / name
    for parent in (folder, known.parent):
        parent.mkdir(parents=True, exist_ok=True)
    (folder / name).symlink_to(known)
    return folder


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    """A real browser."""
    if not CHROMIUM.exists():
        pytest.skip("needs Debian's chromium")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as driver:
        opened = browser(driver)
        yield opened
        opened.close()
