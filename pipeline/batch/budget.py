"""What a run may spend on a model, over all its workers at once."""

from __future__ import annotations

from pipeline.check.ceiling import Ceiling
from pipeline.types import Usage


class Budget:
    """Counts what the reviews of a run use, and says when another one can be paid for.

    Reviews under way together may cost what the dearest so far did; until one has come back, they go one at a time.
    """

    def __init__(self, ceiling: Ceiling) -> None:
        self.left = ceiling
        self._open = ceiling.tokens is None and ceiling.cost is None
        self._dearest = Usage()
        self._known = False

    def spend(self, usage: Usage) -> None:
        """Take in what a review used."""
        if self._open:
            return
        self.left = self.left.after(usage)
        self._known = True
        if _tokens(usage) > _tokens(self._dearest):
            self._dearest = usage

    def allows(self, under_way: int) -> bool:
        """Whether a review may begin beside those under way."""
        if self._open:
            return True
        if not under_way:
            return not self.spent
        wanted = under_way + 1
        tokens, cost = self.left.tokens, self.left.cost
        return (
            self._known
            and (tokens is None or tokens > wanted * _tokens(self._dearest))
            and (cost is None or cost > wanted * (self._dearest.cost or 0.0))
        )

    @property
    def spent(self) -> bool:
        """True when nothing is left."""
        return self.left.tokens == 0 or self.left.cost == 0.0

    def exhaust(self) -> None:
        """Begin no more: what is left does not pay for a review."""
        self.left = Ceiling(
            tokens=None if self.left.tokens is None else 0, cost=None if self.left.cost is None else 0.0
        )


def _tokens(usage: Usage) -> int:
    return usage.input_tokens + usage.output_tokens
