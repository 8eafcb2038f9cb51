"""Tokens, cost, latency and failures of a run."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageTotals:
    """Sums over a run's contracts; ``cost`` is ``None`` where no price is known, latencies are milliseconds a contract."""

    calls: int
    failed_calls: int
    input_tokens: int
    output_tokens: int
    cost: float | None
    p50_ms: float | None
    p95_ms: float | None
    failures: int


def percentile(values: Sequence[float], share: float) -> float | None:
    """Nearest-rank percentile (the smallest value with at least ``share`` of all at or under it); ``None`` without values."""
    if not values:
        return None
    return sorted(values)[max(0, math.ceil(share * len(values)) - 1)]
