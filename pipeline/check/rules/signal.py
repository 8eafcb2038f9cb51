"""What a rule says of one sentence, and how the signals of a whole contract become one status."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from pipeline.check.rules.reading import Reading, Sentence
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One sentence's say on one checkpoint.

    ``reason`` is a Chinese clause without a full stop, naming the figure found and the threshold where there is one. ``figure``
    is the figure as written. ``also`` are further sentences needed to see the point (the one taken back, the lead-in).
    ``keys`` names what a sentence contributes where a checkpoint counts distinct things (scenes, KPIs, safeguards). ``firm`` where the
    sentence says outright whose right, consent, place or purse it is: the semantic reader may find it beside the point, but does not turn it over.
    """

    sentence: Sentence
    status: Status
    reason: str
    figure: str | None = None
    also: tuple[Sentence, ...] = ()
    keys: frozenset[str] = frozenset()
    firm: bool = False


Reader = Callable[[Sentence, Reading, CheckpointModel], Iterable[Signal]]
Conclude = Callable[[Sequence[Signal], Reading, CheckpointModel], "Conclusion"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """The status of a checkpoint and the signals that carry it (empty for ``missing``)."""

    status: Status
    signals: tuple[Signal, ...] = ()
    reason: str = ""
    contradiction: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The figure a checkpoint wants: its kind, the threshold it is held against, how many base units (seconds, 1) that counts, and on
    which side it has to stand; ``most`` is the largest value that can be meant at all."""

    kind: QuantityKind
    threshold: str
    unit: float = 1.0
    at_least: bool = False
    most: float = float("inf")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """The rule of one checkpoint: reads sentence by sentence, then concludes over the contract. ``quantity`` is the figure it wants."""

    checkpoint: str
    read: Reader
    conclude: Conclude
    quantity: Wanted | None = None


def worst_wins(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """LABELS rule 1: adverse anywhere is adverse, and the clause it takes back is cited too; then ok, then vague.

    A vague mention beside a clause that settles the point takes nothing away, so ``ok`` goes before ``vague``.
    """
    by_status = {status: [s for s in signals if s.status is status] for status in Status}
    adverse, ok, vague = by_status[Status.ADVERSE], by_status[Status.OK], by_status[Status.VAGUE]
    if adverse:
        reason = _join(adverse)
        if ok:
            reason += f"；另有条款写法达标（{ok[0].reason}），前后不一，以不利的为准"
        return Conclusion(status=Status.ADVERSE, signals=(*adverse, *ok[:4]), reason=reason, contradiction=bool(ok))
    if ok:
        return Conclusion(status=Status.OK, signals=tuple(ok), reason=_join(ok[:2]))
    if vague:
        return Conclusion(status=Status.VAGUE, signals=tuple(vague), reason=_join(vague[:2]))
    return Conclusion(status=Status.MISSING)


def enough_keys(wanted: int, what: str) -> Conclude:
    """``worst_wins`` for a checkpoint that counts distinct things: ``ok`` signals settle it only from ``wanted`` keys on, together."""

    def conclude(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
        ok = [s for s in signals if s.status is Status.OK]
        keys = frozenset().union(*(s.keys for s in ok)) if ok else frozenset()
        if not ok or len(keys) >= wanted or any(s.status is Status.ADVERSE for s in signals):
            return worst_wins(signals, reading, checkpoint)
        named = "、".join(sorted(keys))
        empty = [s for s in signals if s.status is Status.VAGUE][:3]
        return conclude_with(Status.VAGUE, [*ok, *empty], f"只写明{named}，不足 {wanted} 项{what}")

    return conclude


def conclude_with(status: Status, signals: Sequence[Signal], reason: str = "") -> Conclusion:
    """A conclusion carried by these signals; their reasons joined unless another is given."""
    return Conclusion(status=status, signals=tuple(signals), reason=reason or _join(signals[:2]))


def _join(signals: Sequence[Signal]) -> str:
    return "；".join(dict.fromkeys(s.reason for s in signals if s.reason))
