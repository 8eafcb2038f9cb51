"""The ceiling of a run, over all that is reviewed at once."""

from __future__ import annotations

from pipeline.batch.budget import Budget
from pipeline.check.ceiling import NO_CEILING, Ceiling
from pipeline.types import Usage


def used(tokens: int, cost: float | None = None) -> Usage:
    return Usage(calls=1, input_tokens=tokens - 10, output_tokens=10, cost=cost)


def test_without_a_ceiling_everything_may_begin() -> None:
    budget = Budget(NO_CEILING)
    budget.spend(used(10**9))
    assert budget.allows(100)
    assert not budget.spent


def test_the_first_review_goes_alone_and_shows_what_one_costs() -> None:
    budget = Budget(Ceiling(tokens=10_000))
    assert budget.allows(0)
    assert not budget.allows(1)
    budget.spend(used(2_000))
    assert budget.allows(2)
    assert not budget.allows(3)  # four reviews of 2,000 are more than the 8,000 that are left


def test_what_is_left_is_counted_down_by_tokens_and_by_cost() -> None:
    budget = Budget(Ceiling(tokens=10_000, cost=1.0))
    budget.spend(used(1_000, 0.7))
    assert budget.left.tokens == 9_000
    assert not budget.allows(1)
    assert budget.allows(0)
    budget.spend(used(1_000, 0.7))
    assert budget.spent
    assert not budget.allows(0)


def test_an_exhausted_budget_allows_nothing() -> None:
    budget = Budget(Ceiling(tokens=10_000))
    budget.exhaust()
    assert budget.spent
    assert not budget.allows(0)
