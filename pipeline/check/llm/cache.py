"""Replies kept by what was asked: LangChain's cache over one SQLite file, and recordings that may be read only.

The key is a hash of the whole prompt and of model, address and parameters as LangChain names them: another prompt, model or setting asks anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from langchain_core.caches import BaseCache
from langchain_core.messages import BaseMessage, message_to_dict, messages_from_dict
from langchain_core.outputs import ChatGeneration, Generation

FROM_CACHE = "from_cache"


class StaleRecording(Exception):
    """A recording was to be played back and does not hold this prompt: prompt, model or contract changed since."""


class ReplyCache(BaseCache):
    """Replies in a SQLite file, shared by threads and processes.

    Args:
        path: the file; its folder is made.
        replay: only play back: an unknown prompt raises ``StaleRecording`` and nothing is written.
    """

    def __init__(self, path: Path, *, replay: bool = False) -> None:
        self._path, self._replay = path, replay
        if not replay:
            path.parent.mkdir(parents=True, exist_ok=True)
            with self._open() as store:
                store.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL)")

    def lookup(self, prompt: str, llm_string: str) -> Sequence[Generation] | None:
        """The kept reply, marked as such.

        Raises:
            StaleRecording: playing back, and the prompt is not there.
        """
        with self._open() as store:
            row = store.execute("SELECT reply FROM replies WHERE key = ?", (_key(prompt, llm_string),)).fetchone()
        if row is None:
            if self._replay:
                raise StaleRecording(_key(prompt, llm_string)[:12])
            return None
        found = messages_from_dict(json.loads(row[0]))
        for message in found:
            message.response_metadata[FROM_CACHE] = True
        return [ChatGeneration(message=message) for message in found]

    def update(self, prompt: str, llm_string: str, return_val: Sequence[Generation]) -> None:
        """Keep a reply; one that was cut off or refused is not worth keeping."""
        messages = [g.message for g in return_val if isinstance(g, ChatGeneration)]
        if self._replay or not messages or not all(_worth_keeping(m) for m in messages):
            return
        kept = json.dumps([message_to_dict(m) for m in messages], ensure_ascii=False)
        with self._open() as store:
            store.execute("INSERT OR REPLACE INTO replies VALUES (?, ?)", (_key(prompt, llm_string), kept))

    def clear(self, **kwargs: Any) -> None:
        """Forget everything."""
        with self._open() as store:
            store.execute("DELETE FROM replies")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with closing(sqlite3.connect(self._path, timeout=30)) as store, store:
            yield store


def _key(prompt: str, llm_string: str) -> str:
    return hashlib.sha256(f"{prompt}\0{llm_string}".encode("utf-8", "surrogatepass")).hexdigest()


def _worth_keeping(message: BaseMessage) -> bool:
    reason = message.response_metadata.get("finish_reason")
    return reason in (None, "stop") and not message.additional_kwargs.get("refusal")
