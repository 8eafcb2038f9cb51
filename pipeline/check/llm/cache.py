"""Replies kept by what was asked, as LangChain's caches: one SQLite file for a machine, and recordings to be committed.

The key is a hash of the whole prompt and of model, address and parameters as LangChain names them: another prompt, model or setting asks anew.
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

from langchain_core.caches import BaseCache
from langchain_core.messages import BaseMessage, message_to_dict, messages_from_dict
from langchain_core.outputs import ChatGeneration, Generation

FROM_CACHE = "from_cache"


class StaleRecording(Exception):
    """A recording was to be played back and does not hold this prompt: prompt, model or contract changed since."""


class ReplyCache(BaseCache):
    """Replies in a SQLite file, shared by threads and processes; ``path``'s folder is made."""

    def __init__(self, path: Path) -> None:
        self._path = path
        path.parent.mkdir(parents=True, exist_ok=True)
        with self._open() as store:
            store.execute("CREATE TABLE IF NOT EXISTS replies (key TEXT PRIMARY KEY, reply TEXT NOT NULL)")

    def lookup(self, prompt: str, llm_string: str) -> Sequence[Generation] | None:
        """The kept reply, marked as such."""
        with self._open() as store:
            row = store.execute("SELECT reply FROM replies WHERE key = ?", (_key(prompt, llm_string),)).fetchone()
        return None if row is None else _generations(row[0])

    def update(self, prompt: str, llm_string: str, return_val: Sequence[Generation]) -> None:
        """Keep a reply; one that was cut off or refused is not worth keeping."""
        if (kept := _kept(return_val)) is not None:
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


class Recording(BaseCache):
    """Replies in a text file, one JSON object a line, made to be committed and played back without a model.

    The key leaves the server's address out. Prompts are not in the file: a reply is found by the hash of its prompt.

    Args:
        path: the file.
        replay: only play back: an unknown prompt raises ``StaleRecording`` and nothing is written. Otherwise what is asked is added.

    Attributes:
        missed: how many prompts that were to be played back it did not hold.
    """

    def __init__(self, path: Path, *, replay: bool) -> None:
        self._path, self._replay, self._lock = path, replay, Lock()
        self._replies: dict[str, str] = {}
        self.missed = 0
        if replay or path.is_file():
            for line in path.read_text(encoding="utf-8").splitlines():
                row = json.loads(line)
                self._replies[row["key"]] = json.dumps(row["reply"], ensure_ascii=False)

    def lookup(self, prompt: str, llm_string: str) -> Sequence[Generation] | None:
        """The recorded reply, not marked as cached: its tokens count as they did when it was recorded.

        Raises:
            StaleRecording: playing back, and the prompt is not there.
        """
        key = _key(prompt, llm_string, portable=True)
        if key not in self._replies:
            if self._replay:
                with self._lock:
                    self.missed += 1
                raise StaleRecording(key[:12])
            return None
        return _generations(self._replies[key], mark=False)

    def update(self, prompt: str, llm_string: str, return_val: Sequence[Generation]) -> None:
        """Add a reply to the file."""
        kept = _kept(return_val)
        if self._replay or kept is None:
            return
        key = _key(prompt, llm_string, portable=True)
        with self._lock:
            self._replies[key] = kept
            lines = [
                json.dumps({"key": k, "reply": json.loads(self._replies[k])}, ensure_ascii=False)
                for k in sorted(self._replies)
            ]
            self._path.write_text("\n".join(lines) + "\n", encoding="utf-8")

    def clear(self, **kwargs: Any) -> None:
        """Forget everything that was read; the file stays."""
        self._replies.clear()


def _generations(kept: str, *, mark: bool = True) -> list[Generation]:
    found = messages_from_dict(json.loads(kept))
    if mark:
        for message in found:
            message.response_metadata[FROM_CACHE] = True
    return [ChatGeneration(message=message) for message in found]


def _kept(generations: Sequence[Generation]) -> str | None:
    messages = [g.message for g in generations if isinstance(g, ChatGeneration)]
    if not messages or not all(map(_worth_keeping, messages)):
        return None
    return json.dumps([message_to_dict(m) for m in messages], ensure_ascii=False)


# How long and how often is tried does not change what is answered.
_PATIENCE = ("request_timeout", "max_retries", "openai_api_key", "stream_usage")


def _key(prompt: str, llm_string: str, *, portable: bool = False) -> str:
    """The hash of a prompt and of what is asked with which parameters; ``portable`` without the server's address."""
    asked, mark, rest = llm_string.partition("---")
    try:
        options = json.loads(asked)
    except ValueError:
        options = None
    if isinstance(options, dict) and isinstance(options.get("kwargs"), dict):
        left_out = (*_PATIENCE, "openai_api_base") if portable else _PATIENCE
        options["kwargs"] = {k: v for k, v in options["kwargs"].items() if k not in left_out}
        asked = json.dumps(options, sort_keys=True)
    return hashlib.sha256(f"{prompt}\0{asked}{mark}{rest}".encode("utf-8", "surrogatepass")).hexdigest()


def _worth_keeping(message: BaseMessage) -> bool:
    reason = message.response_metadata.get("finish_reason")
    return reason in (None, "stop") and not message.additional_kwargs.get("refusal")
