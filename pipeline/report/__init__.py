"""A finished review as something to read: pure functions of a ``Review``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module

from pipeline.types import Review

_MODULES: Mapping[str, str] = {"json": "as_json", "md": "as_markdown", "html": "as_html"}
FORMATS = ("text", *_MODULES)
EXTENSIONS: Mapping[str, str] = {"text": ".txt", "json": ".json", "md": ".md", "html": ".html"}


def render(review: Review, fmt: str) -> str:
    """The review in one of ``FORMATS``; ``text`` comes without colour here (see ``pipeline.report.text`` for a terminal).

    Raises:
        KeyError: no such format.
    """
    if fmt == "text":
        from pipeline.report.text import as_text

        return as_text(review)
    function: Callable[[Review], str] = getattr(import_module(f"pipeline.report.{_MODULES[fmt][3:]}"), _MODULES[fmt])
    return function(review)


__all__ = ["EXTENSIONS", "FORMATS", "render"]
