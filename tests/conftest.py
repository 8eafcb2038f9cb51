"""What tests of several folders need."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.ui.server import CHROMIUM, browser


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
