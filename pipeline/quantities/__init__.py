"""Figures in contract text: how much, how long, how often, when; and the places where one was left open."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache

from pipeline.quantities.blanks import blanks
from pipeline.quantities.calendar import clocks, dates, not_figures
from pipeline.quantities.context import comparator_of, is_trigger, per_of, slash_end
from pipeline.quantities.measures import fractions, measures, merged, specials
from pipeline.quantities.numerals import shape
from pipeline.quantities.values import Blank, BlankKind, Comparator, Quantity, QuantityKind

__all__ = [
    "Blank",
    "BlankKind",
    "Comparator",
    "Quantity",
    "QuantityKind",
    "blanks",
    "durations",
    "money",
    "quantities",
    "ratios",
]

_RATES = (QuantityKind.RATIO, QuantityKind.MONEY, QuantityKind.COUNT, QuantityKind.DURATION)


@lru_cache(maxsize=4096)
def quantities(text: str) -> tuple[Quantity, ...]:
    """The figures of ``text`` in order, not overlapping; ``text[q.start:q.end] == q.text`` for each.

    Cross references, item numbers, telephone, ID and account numbers are left out, and so are blanks.
    """
    shaped = shape(text)
    taken = bytearray(len(shaped) + 1)
    for start, end in not_figures(shaped):
        taken[start:end] = b"\x01" * (end - start)
    found: list[Quantity] = []
    for reader in (dates, clocks, fractions, specials):
        for quantity in reader(shaped):
            if not any(taken[quantity.start : quantity.end]):
                taken[quantity.start : quantity.end] = b"\x01" * (quantity.end - quantity.start)
                found.append(quantity)
    found.extend(measures(shaped, taken))
    found.sort(key=lambda quantity: quantity.start)
    return _in_context(text, shaped, merged(shaped, found))


def durations(text: str) -> tuple[Quantity, ...]:
    """The durations among ``quantities(text)``."""
    return tuple(quantity for quantity in quantities(text) if quantity.kind is QuantityKind.DURATION)


def ratios(text: str) -> tuple[Quantity, ...]:
    """The ratios among ``quantities(text)``."""
    return tuple(quantity for quantity in quantities(text) if quantity.kind is QuantityKind.RATIO)


def money(text: str) -> tuple[Quantity, ...]:
    """The sums of money among ``quantities(text)``."""
    return tuple(quantity for quantity in quantities(text) if quantity.kind is QuantityKind.MONEY)


def _in_context(text: str, shaped: str, found: list[Quantity]) -> tuple[Quantity, ...]:
    result: list[Quantity] = []
    floor = 0
    for index, bare in enumerate(found):
        limit = found[index + 1].start if index + 1 < len(found) else len(shaped)
        rate = bare.kind in _RATES
        end = min(slash_end(shaped, bare.end), limit) if rate else bare.end
        sentence = max(shaped.rfind(mark, floor, bare.start) for mark in "。;\n") + 1
        floor = max(floor, sentence)
        quantity = replace(bare, end=end, text=text[bare.start : end])
        comparator, word = comparator_of(shaped, quantity, floor)
        quantity = replace(
            quantity,
            comparator=comparator,
            trigger=is_trigger(shaped, quantity, comparator, word),
            per=per_of(shaped, bare, bare.end, floor) if rate else (),
        )
        result.append(quantity)
        # The basis of one figure is not that of the next, but for "每逾期一日", where the basis is itself a figure.
        if not _is_basis(shaped, quantity):
            floor = quantity.end
    return tuple(result)


def _is_basis(shaped: str, quantity: Quantity) -> bool:
    one = quantity.kind in (QuantityKind.DURATION, QuantityKind.COUNT) and quantity.text[:1] in "1一壹"
    before = shaped[max(quantity.start - 8, 0) : quantity.start]
    return one and ("每" in before or before.endswith(("逾期", "迟延", "延迟")))
