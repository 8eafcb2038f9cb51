"""A finished review as something to read or to send: pure functions of a ``Review`` and of what people decided on it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from pipeline.report.words import UNDECIDED
from pipeline.types import Decided, Review

_MODULES: Mapping[str, tuple[str, str]] = {
    "text": ("text", "as_text"),
    "json": ("json", "as_json"),
    "md": ("markdown", "as_markdown"),
    "html": ("html", "as_html"),
    "docx": ("docx", "as_docx"),
    "pdf": ("pdf", "as_pdf"),
    "xlsx": ("xlsx", "as_xlsx"),
}
FORMATS = ("text", "json", "md", "html")  # text, UTF-8
BINARY = ("docx", "pdf", "xlsx")
EXTENSIONS: Mapping[str, str] = {"text": ".txt"} | {fmt: f".{fmt}" for fmt in (*FORMATS[1:], *BINARY)}
MEDIA_TYPES: Mapping[str, str] = {
    "text": "text/plain; charset=utf-8",
    "json": "application/json",
    "md": "text/markdown; charset=utf-8",
    "html": "text/html; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pdf": "application/pdf",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def render(review: Review, fmt: str, *, decisions: Mapping[str, Decided] = UNDECIDED) -> str:
    """The review in one of ``FORMATS``; ``text`` comes without colour here (see ``pipeline.report.text`` for a terminal).

    ``decisions`` are by checkpoint; they are shown beside the findings and change neither counts nor verdict.

    Raises:
        KeyError: no such text format.
    """
    if fmt not in FORMATS:
        raise KeyError(fmt)
    text: str = _function(fmt)(review, decisions=decisions)
    return text


def render_bytes(review: Review, fmt: str, *, decisions: Mapping[str, Decided] = UNDECIDED) -> bytes:
    """The review in any format as the bytes of a file; the same arguments give the same bytes.

    Raises:
        KeyError: no such format.
    """
    if fmt in FORMATS:
        return render(review, fmt, decisions=decisions).encode()
    content: bytes = _function(fmt)(review, decisions=decisions)
    return content


def _function(fmt: str) -> Callable[..., Any]:
    module, name = _MODULES[fmt]
    function: Callable[..., Any] = getattr(import_module(f"pipeline.report.{module}"), name)
    return function


__all__ = ["BINARY", "EXTENSIONS", "FORMATS", "MEDIA_TYPES", "render", "render_bytes"]
