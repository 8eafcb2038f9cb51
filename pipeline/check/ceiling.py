"""The most that a review may use of a model."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Self, TypeVar

from pipeline.settings import Settings
from pipeline.types import Usage

REACHED = "用量到了上限，没有再调用模型"  # what is said of a call that was not made


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """``None`` for no ceiling, 0 for nothing at all.

    Args:
        tokens: input and output together.
        cost: in the currency of ``SHENYUE_PRICES``; holds only a model whose prices are known.
    """

    tokens: int | None = None
    cost: float | None = None

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """That of the settings, where 0 stands for none."""
        return cls(tokens=settings.max_run_tokens or None, cost=settings.max_run_cost or None)

    def under(self, other: Ceiling) -> Ceiling:
        """The lower of the two, for tokens and for cost."""
        return Ceiling(tokens=_lower(self.tokens, other.tokens), cost=_lower(self.cost, other.cost))

    def after(self, used: Usage) -> Ceiling:
        """What is left when ``used`` is spent; never below nothing."""
        tokens, cost = self.tokens, self.cost
        return Ceiling(
            tokens=None if tokens is None else max(0, tokens - used.input_tokens - used.output_tokens),
            cost=None if cost is None else max(0.0, cost - (used.cost or 0.0)),
        )


NO_CEILING = Ceiling()
_N = TypeVar("_N", int, float)


def _lower(one: _N | None, other: _N | None) -> _N | None:
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)
