"""What the model engine would send of a contract, word for word, without sending it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import BaseMessage
from langchain_core.outputs import ChatResult

from pipeline.check.llm.client import ModelClient
from pipeline.check.llm.context import ContextKind, tokens
from pipeline.check.llm.reader import Budget, ModelReader
from pipeline.embed import Embedder, configured_embedder
from pipeline.playbook import Playbook
from pipeline.review import review_document
from pipeline.settings import Settings
from pipeline.types import Document, Party


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A part of a call; ``role`` is system, human or ai."""

    role: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One call to the model; ``tokens`` is an estimate."""

    messages: tuple[Message, ...]
    tokens: int


class Refusing(BaseChatModel):
    """A model that is never reached: every call fails before anything could be sent."""

    @property
    def _llm_type(self) -> str:
        return "refusing"

    def _generate(self, messages: list[BaseMessage], *args: Any, **kwargs: Any) -> ChatResult:
        raise ConnectionError("nothing is sent")


def outgoing(
    document: Document,
    *,
    playbook: Playbook,
    merchant: Party,
    mask: bool,
    settings: Settings,
    embedder: Embedder | None = None,
) -> tuple[Call, ...]:
    """The calls that ``llm`` makes first, one an area, in the order of the playbook.

    The second calls, about what was not found, depend on the replies; they are made of the same clauses under the same mask. Nothing is sent:
    the model behind is ``Refusing``, whatever the settings name.
    """
    shown: list[Sequence[BaseMessage]] = []
    embedder = embedder or configured_embedder()
    reader = ModelReader(
        client=ModelClient(Refusing(cache=False), name=settings.model or "refusing", show=shown.append),
        embedder=embedder,
        context=ContextKind(settings.context),
        budget=Budget(full=settings.context_tokens, retrieved=settings.retrieved_tokens),
        mask=mask,
    )
    review_document(
        document,
        engine="llm",
        merchant=merchant,
        playbook=playbook,
        embedder=embedder,
        reader=(reader, settings.model or None),
    )
    names = [area.name for area in playbook.areas]

    def place(call: Sequence[BaseMessage]) -> int:
        last = call[-1].text
        return next((n for n, name in enumerate(names) if name in last), len(names))

    return tuple(_call(call) for call in sorted(shown, key=place))


def _call(messages: Sequence[BaseMessage]) -> Call:
    parts = tuple(Message(role=m.type, text=m.text) for m in messages)
    return Call(messages=parts, tokens=sum(tokens(m.text) for m in parts))
