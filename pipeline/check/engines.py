"""The engines by name. ``rules`` needs nothing; the others ask a model and send it, masked, what they are asked about."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from pipeline.check import Checked, Checker, Judged, unheard
from pipeline.check.ceiling import Ceiling
from pipeline.check.rules import check_rules
from pipeline.embed import Embedder
from pipeline.errors import EngineError
from pipeline.merchant import MerchantGuess
from pipeline.playbook import Playbook
from pipeline.retrieve import Indexed
from pipeline.settings import Settings
from pipeline.types import Clause, Document

if TYPE_CHECKING:
    from langchain_core.messages import BaseMessage

    from pipeline.check.llm.cache import Recording

NAMES = ("rules", "llm", "both")


def rules(
    document: Document,
    clauses: Sequence[Clause],
    playbook: Playbook,
    merchant: MerchantGuess,
    indexed: Indexed,
    *,
    judged: Judged = unheard,
) -> Checked:
    """The rules engine; see ``Checker``."""
    return Checked(verdicts=check_rules(document, clauses, playbook, merchant, indexed, judged=judged))


def known(name: str) -> None:
    """Raises ``EngineError`` for a name that is no engine."""
    if name not in NAMES:
        raise EngineError(f"没有名为「{name}」的引擎，可用：{'、'.join(NAMES)}")


def checker(
    name: str,
    embedder: Embedder,
    settings: Settings,
    *,
    mask: bool = True,
    show: Callable[[Sequence[BaseMessage]], None] | None = None,
    recording: Recording | None = None,
    ceiling: Ceiling | None = None,
) -> tuple[Checker, str | None]:
    """An engine ready to judge, and the name of its model; LangChain is imported only for those that ask one.

    Args:
        name: one of ``NAMES``.
        embedder: for retrieval.
        settings: which model, and how it is asked.
        mask: replace names, numbers and addresses by placeholders before anything is sent.
        show: told every message before it is sent.
        recording: replies to play back or to add to, in the place of the cache.
        ceiling: what all that is reviewed with it may use at most, where that is lower than the settings' ceiling.

    Raises:
        EngineError: no such engine, or no model to ask.
    """
    known(name)
    if name == "rules":
        return rules, None
    from pipeline.check.both import BothReaders
    from pipeline.check.llm.client import connect
    from pipeline.check.llm.context import ContextKind
    from pipeline.check.llm.reader import Budget, ModelReader

    model = ModelReader(
        client=connect(settings, show=show, recording=recording, ceiling=ceiling),
        embedder=embedder,
        context=ContextKind(settings.context),
        budget=Budget(full=settings.context_tokens, retrieved=settings.retrieved_tokens),
        mask=mask,
    )
    return (model if name == "llm" else BothReaders(rules=rules, model=model)), model.client.name
