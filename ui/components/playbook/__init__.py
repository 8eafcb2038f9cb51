"""A playbook being edited: always a valid model, changed one value at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.advise import wording
from pipeline.errors import PlaybookError
from pipeline.playbook import AreaModel, CheckpointModel, DecisionModel, PlaybookModel, WordingModel, load_playbook
from pipeline.playbook_words import Change, changes, label_of, unit_of, writable
from pipeline.types import Finding, Party, Review, Status

WHOLE = "whole"  # the place among the areas of what rules the whole contract


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """A checkpoint whose status two reviews tell differently; ``None`` where one of them does not look at it."""

    name: str
    before: Status | None
    after: Status | None
    reason: str


def checkpoint_of(model: PlaybookModel, checkpoint_id: str) -> CheckpointModel | None:
    """A checkpoint, switched on or not."""
    return next((c for area in model.areas for c in area.checkpoints if c.id == checkpoint_id), None)


def put(model: PlaybookModel, checkpoint_id: str, **values: Any) -> PlaybookModel:
    """The model with fields of one checkpoint replaced; values are those of the fields, already of their types."""

    def changed(area: AreaModel) -> AreaModel:
        own = [c.model_copy(update=values) if c.id == checkpoint_id else c for c in area.checkpoints]
        return area.model_copy(update={"checkpoints": own})

    return model.model_copy(update={"areas": [changed(area) for area in model.areas]})


def reset(model: PlaybookModel, checkpoint_id: str) -> PlaybookModel:
    """One checkpoint as the default has it, and taken out where the default has none; ``""`` is what rules the whole contract."""
    base = load_playbook().model
    if not checkpoint_id:
        return model.model_copy(update={"decision": base.decision})
    known = checkpoint_of(base, checkpoint_id)
    if known is not None:
        return put(model, checkpoint_id, **{name: getattr(known, name) for name in CheckpointModel.model_fields})
    areas = [
        a.model_copy(update={"checkpoints": [c for c in a.checkpoints if c.id != checkpoint_id]}) for a in model.areas
    ]
    return model.model_copy(update={"areas": [a for a in areas if a.checkpoints]})


def with_threshold(model: PlaybookModel, checkpoint: CheckpointModel, name: str, shown: float) -> PlaybookModel:
    """A threshold set to a figure in the unit it is shown in.

    Raises:
        PlaybookError: the shortest would be longer than the longest.
    """
    unit = unit_of(checkpoint, name)
    figures = {**checkpoint.thresholds, name: round(shown / unit.factor, 9)}
    for low, value in figures.items():
        high = "max_" + low.removeprefix("min_")
        if low.startswith("min_") and high in figures and value > figures[high]:
            raise PlaybookError(f"{label_of(checkpoint, low)}不能大于{label_of(checkpoint, high)}")
    return put(model, checkpoint.id, thresholds=figures)


def with_wording(model: PlaybookModel, checkpoint: CheckpointModel, key: str, shown: str) -> PlaybookModel:
    """One of the three wordings set to a text in which slots are written by name.

    Raises:
        PlaybookError: empty, or a slot that stands for nothing.
    """
    text = writable(checkpoint, shown.strip())
    if not text:
        raise PlaybookError("不能空着；想用原来的写法，点“恢复默认”")
    words = WordingModel(**{**checkpoint.wording.model_dump(), key: text})
    wording(checkpoint.model_copy(update={"wording": words}), Party.JIA)
    return put(model, checkpoint.id, wording=words)


def with_decision(model: PlaybookModel, **bars: int) -> PlaybookModel:
    """The bars of 不建议签 replaced."""
    return model.model_copy(update={"decision": DecisionModel(**{**model.decision.model_dump(), **bars})})


def by_checkpoint(model: PlaybookModel) -> Mapping[str, list[Change]]:
    """What differs from the default, by checkpoint."""
    out: dict[str, list[Change]] = {}
    for change in changes(model, load_playbook().model):
        out.setdefault(change.checkpoint, []).append(change)
    return out


def figures_of(checkpoint: CheckpointModel) -> str:
    """The thresholds of a checkpoint in a few characters: 30 秒, or 1 个月 / 3 个月."""
    return " / ".join(unit_of(checkpoint, name).shown(value) for name, value in checkpoint.thresholds.items())


def moved(before: Review, after: Review) -> list[Moved]:
    """Checkpoints that the second review tells differently, in its order; those it no longer looks at come last."""
    old = {f.checkpoint: f for f in before.findings}
    out = []
    for new in after.findings:
        was = old.pop(new.checkpoint, None)
        if was is None or was.status is not new.status:
            out.append(_moved(new, was.status if was else None, new.status))
    return [*out, *(_moved(gone, gone.status, None) for gone in old.values())]


def _moved(finding: Finding, before: Status | None, after: Status | None) -> Moved:
    reason = "这份标准不审查这一项" if after is None else finding.reason
    return Moved(name=finding.name, before=before, after=after, reason=reason)
