"""Checkers: a contract in, one verdict a checkpoint out. All engines share one Protocol."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from pipeline.merchant import MerchantGuess
from pipeline.playbook import Playbook
from pipeline.retrieve import Indexed
from pipeline.types import Clause, Document, Usage, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """What a checker made of a contract, and what that cost."""

    verdicts: tuple[Verdict, ...]
    usage: Usage = field(default_factory=Usage)


Judged = Callable[[Sequence[Verdict]], None]


def unheard(verdicts: Sequence[Verdict]) -> None:
    """The listener of a checker that nobody listens to."""


class Checker(Protocol):
    """Judges every checkpoint of a playbook that is switched on.

    Returns one verdict a checkpoint, in playbook order. A checkpoint that was not read is ``unreviewed``, never
    ``missing``; ``missing`` lists in ``searched`` what was read. ``judged`` may be told the verdicts of one or more whole areas as soon as
    they are final, from any thread; what it raises ends the check.
    """

    def __call__(  # noqa: D102
        self,
        document: Document,
        clauses: Sequence[Clause],
        playbook: Playbook,
        merchant: MerchantGuess,
        indexed: Indexed,
        *,
        judged: Judged = unheard,
    ) -> Checked: ...
