"""Which checkpoints an edit made for one of them may touch as well."""

from __future__ import annotations

from collections.abc import Mapping

_GROUPS = (
    ("scope.response_time", "scope.resolution_rate", "quality.kpis", "quality.incentives"),
    ("scope.response_time", "staffing.contingency"),
    ("scope.service_types", "scope.channels"),
    ("scope.service_types", "fees.pricing_model", "fees.itemization", "fees.price_adjustment"),
    ("scope.service_hours", "scope.service_types", "staffing.contingency"),
    ("fees.itemization", "staffing.contingency", "staffing.reserve", "staffing.training"),
    ("fees.pricing_model", "fees.payment_cycle", "quality.incentives"),
    ("fees.late_payment", "fees.payment_cycle", "term.breach_compensation", "term.exit", "term.notice"),
    ("term.exit", "fees.pricing_model", "fees.payment_cycle"),
    ("data.confidentiality", "data.deletion", "data.safeguards", "data.breach_liability"),
    ("data.breach_liability", "quality.incentives", "term.breach_compensation"),
    ("data.confidentiality", "quality.inspection", "quality.kpis"),
    ("staffing.turnover", "staffing.tenure", "staffing.reserve", "staffing.replacement"),
    ("term.duration", "term.trial", "term.notice", "term.exit", "term.breach_compensation"),
)


def related(checkpoints: tuple[str, ...]) -> Mapping[str, frozenset[str]]:
    """For each checkpoint those that a sentence about it can speak of too, itself among them."""
    return {c: frozenset({c}.union(*(set(group) for group in _GROUPS if c in group))) for c in checkpoints}
