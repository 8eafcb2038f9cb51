"""The head of a result: the decision in one sentence, the areas at a glance, what to fix first."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.report import words
from pipeline.types import Decided, Review
from ui.components.sheet import sheet


def head(review: Review, decisions: Mapping[str, Decided], *, name: str, key: str) -> str | None:
    """Show it; the checkpoint, or ``area:`` and the area, that was just clicked.

    Args:
        review: a finished review.
        decisions: the latest of each checkpoint.
        name: of the contract.
        key: of the element on the page.
    """
    asks = words.ask_first(review)
    clicked = sheet(
        "result/head.html.j2",
        key=key,
        name=name,
        verdict=review.verdict,
        areas=[(area, words.tally(area.findings)) for area in review.areas],
        counts=words.counts(review.findings),
        total=len(review.findings),
        asks=asks,
        ask_title=words.ask_title(asks) if asks else "",
        ruled=words.ruled(review, decisions),
    )
    return clicked.get("go") if clicked else None
