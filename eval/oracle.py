"""A reader that never errs about what it is shown: it answers from the labels, as far as the clauses of the prompt hold their evidence.

What a review makes of its answers is the ceiling that the context allows: the rest of the path (retrieval, prompts, the second look,
grounding, verdicts) is the product's own. A checkpoint of which no evidence is shown is ``missing``, since nobody can know what he was not sent.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from eval.cases import Case, locate
from eval.metrics.retrieval import clauses_of
from pipeline.check.llm.context import Masker
from pipeline.types import Citation, Clause, Document, Status

_REASON = "按所引原文判定"  # without figures or negations: those of a reason are held against the words cited


class Call(StrEnum):
    """What a call is for: an area's own look, the second look at what it did not show, or another try in the same conversation."""

    FIRST = "first"
    SECOND = "second"
    AGAIN = "again"


class Prompted(Protocol):
    """A request taken apart, see ``tests.servers.reader.Prompt``: clauses shown by sign ("C12"), checkpoints asked, asked before."""

    @property
    def clauses(self) -> Mapping[str, str]: ...  # noqa: D102

    @property
    def asked(self) -> tuple[str, ...]: ...  # noqa: D102

    @property
    def again(self) -> bool: ...  # noqa: D102


@dataclass(frozen=True, slots=True, kw_only=True)
class Gold:
    """A label. ``pieces`` are its evidence, each the words (masked) by the clauses that hold it; what is not in the text as read is ``unread``."""

    status: Status
    pieces: tuple[Mapping[int, str], ...] = ()
    unread: int = 0


def golds(case: Case, document: Document, clauses: Sequence[Clause], masker: Masker) -> Mapping[str, Gold]:
    """The labels of a contract, with their evidence looked up in the text as read."""
    out = {}
    for checkpoint, status in case.statuses.items():
        found = [locate(quote, document, clauses) for quote in case.evidence[checkpoint]]
        pieces = [_words(spans, document, clauses, masker) for spans in found if spans]
        out[checkpoint] = Gold(status=status, pieces=tuple(pieces), unread=len(found) - len(pieces))
    return out


def _words(
    spans: Sequence[Citation], document: Document, clauses: Sequence[Clause], masker: Masker
) -> Mapping[int, str]:
    """What a piece of evidence says in each clause that holds it: of several cells of a row the longest."""
    out = {}
    for i in clauses_of(spans, clauses):
        own = [document.text[max(s.start, clauses[i].start) : min(s.end, clauses[i].end)].strip() for s in spans]
        out[i] = masker.mask(max(own, key=len)).text
    return out


class Oracle:
    """``respond`` of a scripted server for one contract; keeps what each checkpoint was shown.

    Args:
        gold: labels by checkpoint; a checkpoint without one is ``missing``.
        prompt: takes a request apart.
        tokens: counts a request.

    Attributes:
        looks: by checkpoint, the clauses shown in its first look, then in each portion of the second.
        tokens: input by kind of call, and ``calls``, how many there were.
    """

    def __init__(
        self, gold: Mapping[str, Gold], prompt: Callable[[Any], Prompted], tokens: Callable[[Any], int]
    ) -> None:
        self._gold, self._prompt, self._count = gold, prompt, tokens
        self.looks: dict[str, list[frozenset[int]]] = {}
        self.tokens: Counter[Call] = Counter()
        self.calls: Counter[Call] = Counter()

    def __call__(self, request: Any) -> str:
        """The answer to a request, as JSON."""
        prompt = self._prompt(request)
        kind = Call.AGAIN if prompt.again else Call.SECOND if self.looks.keys() & set(prompt.asked) else Call.FIRST
        self.calls[kind] += 1
        self.tokens[kind] += self._count(request)
        shown = {int(key.removeprefix("C")): words for key, words in prompt.clauses.items()}
        if kind is not Call.AGAIN:
            for checkpoint in prompt.asked:
                self.looks.setdefault(checkpoint, []).append(frozenset(shown))
        return json.dumps({"findings": [self._finding(c, shown) for c in prompt.asked]}, ensure_ascii=False)

    def _finding(self, checkpoint: str, shown: Mapping[int, str]) -> dict[str, Any]:
        gold = self._gold.get(checkpoint, Gold(status=Status.MISSING))
        quotes = [
            {"clause": f"C{i}", "text": words if words in shown[i] else shown[i]}
            for piece in gold.pieces
            for i, words in sorted(piece.items())
            if i in shown
        ]
        status = gold.status if quotes else Status.MISSING
        reason = _REASON if quotes else "所示条款没有谈到这一点"
        return {"checkpoint": checkpoint, "status": status.value, "reason": reason, "figure": None, "quotes": quotes}
