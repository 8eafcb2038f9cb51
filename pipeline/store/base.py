"""What the parts of the store share."""

from __future__ import annotations

import json
import uuid
import zlib
from collections.abc import Callable, Iterable, Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from pipeline.embed import Embedder
from pipeline.store.database import Database

T = TypeVar("T")


class Part:
    """A part of the store: the database, the folder of files, and how an embedder is had when one is needed."""

    def __init__(self, db: Database, folder: Path, embedder: Callable[[], Embedder], chroma_url: str = "") -> None:
        self.db = db
        self.folder = folder
        self._embedder = embedder
        self._chroma_url = chroma_url


def new_id() -> str:
    """A random id, not to be guessed."""
    return uuid.uuid4().hex


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


def pages(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """The items in order, up to ``size`` at a time."""
    left = iter(items)
    while page := list(islice(left, size)):
        yield page


def clean(text: str) -> str:
    """Text of the same length that every database takes: no NUL, no half of a surrogate pair."""
    return text.replace("\0", "\ufffd").encode("utf-8", "replace").decode("utf-8")


def pack(adapter: TypeAdapter[Any], value: Any) -> bytes:
    """A value as compressed JSON, from which ``unpack`` makes an equal one. Escapes keep halves of surrogate pairs, which PDF files can hold."""
    return zlib.compress(json.dumps(adapter.dump_python(value, mode="json"), separators=(",", ":")).encode("ascii"))


def unpack(adapter: TypeAdapter[T], body: bytes) -> T:
    """The value that was packed."""
    return adapter.validate_python(json.loads(zlib.decompress(body)))
