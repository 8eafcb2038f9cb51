"""Clauses that change what others mean, which no search by meaning finds: 原合同4.3中的“25日”改为“28日” says nothing of paying.

A choice of clauses that lacks them is read wrongly and nobody notices, for the point is not missing: the clause that was found says
something else than what holds.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.check.rules.amendments import amendments
from pipeline.check.rules.precedence import orders
from pipeline.check.rules.reading import read
from pipeline.merchant import MerchantGuess
from pipeline.types import Clause, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Companions:
    """Ids of clauses: what each is ``amended`` by, and which say what prevails where parts of the file differ (``orders``)."""

    amended: Mapping[int, frozenset[int]] = field(default_factory=dict)
    orders: frozenset[int] = frozenset()


NO_COMPANIONS = Companions()


def companions(document: Document, clauses: Sequence[Clause], merchant: MerchantGuess) -> Companions:
    """The companions of a contract's clauses; few contracts have any."""
    reading = read(document, clauses, merchant)
    amended: dict[int, frozenset[int]] = {}
    for sentence in reading.sentences:
        change = amendments(reading).get(sentence.index)
        by = {s.clause.id for s in change.by} if change is not None else set()
        if by := by - {sentence.clause.id}:
            amended[sentence.clause.id] = amended.get(sentence.clause.id, frozenset()) | by
    return Companions(amended=amended, orders=frozenset(order.said.clause.id for order in orders(reading)))
