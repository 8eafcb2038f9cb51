"""What a review tells whoever watches it, while it runs.

Stages come in the order of ``STAGES``; ``PagesRead`` only between the start of ``ingest`` and the next, for pages that are read by OCR; ``AreaReady``
only within ``check``, once an area, in any order, and never for an area whose words could still change.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from pipeline.types import AreaReview

STAGES = ("ingest", "segment", "index", "retrieve", "check")


@dataclass(frozen=True, slots=True, kw_only=True)
class StageStarted:
    """A stage of the review begins; ``stage`` is one of ``STAGES``."""

    stage: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PagesRead:
    """``done`` of the ``total`` pages of a file are read; told before and after each page that OCR reads (seconds a page)."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaReady:
    """An area is judged; ``area`` is what the finished review will hold."""

    area: AreaReview


Event = StageStarted | PagesRead | AreaReady
Observer = Callable[[Event], None]


def nobody(event: Event) -> None:
    """The observer of a review that nobody watches."""
