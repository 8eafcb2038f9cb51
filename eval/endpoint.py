"""Which service the model's calls of a measurement go to."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def address(url: str) -> Iterator[None]:
    """The endpoint of the environment is ``url``; no key of the user's is sent there."""
    ours = {"OPENAI_BASE_URL": url, "OPENAI_API_KEY": "none"}
    before = {name: os.environ.get(name) for name in ours}
    os.environ.update(ours)
    try:
        yield
    finally:
        for name, kept in before.items():
            if kept is None:
                del os.environ[name]
            else:
                os.environ[name] = kept
