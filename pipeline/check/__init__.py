"""Checkers: a contract in, one verdict a checkpoint out. All engines share one Protocol."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from pipeline.merchant import MerchantGuess
from pipeline.playbook import Playbook
from pipeline.retrieve import Indexed
from pipeline.types import Clause, Document, Verdict


class Checker(Protocol):
    """Judges every checkpoint of a playbook that is switched on.

    Returns one verdict a checkpoint, in playbook order. A checkpoint that was not read is ``unreviewed``, never
    ``missing``; ``missing`` lists in ``searched`` what was read.
    """

    def __call__(  # noqa: D102
        self,
        document: Document,
        clauses: Sequence[Clause],
        playbook: Playbook,
        merchant: MerchantGuess,
        indexed: Indexed,
    ) -> tuple[Verdict, ...]: ...
