"""The rule of a checkpoint that a user added to the playbook, built from the playbook's own data."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial

from pipeline.check.rules.measure import figures_near, within_at_least, within_at_most
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel, RuleModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status


def rule_of(checkpoint: CheckpointModel) -> Rule:
    """The rule a checkpoint brings along.

    Raises:
        ValueError: the checkpoint has no rule.
    """
    if checkpoint.rule is None:
        raise ValueError(checkpoint.id)
    return Rule(checkpoint=checkpoint.id, read=partial(_read, checkpoint.rule), conclude=worst_wins)


def _read(rule: RuleModel, sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    cues = any_of(*rule.cues)
    if not sentence.has(cues):
        return
    if rule.adverse and sentence.has(any_of(*rule.adverse)):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"{checkpoint.name}的写法对商家不利")
        return
    limit = next(iter(checkpoint.thresholds.values()), None)
    if rule.kind is not None and limit is not None:
        compare = within_at_most if rule.bound == "at_most" else within_at_least
        figures = figures_near(sentence, cues, QuantityKind(rule.kind))
        for figure in figures:
            good = compare(figure, limit)
            yield Signal(
                sentence=sentence,
                status=Status.OK if good else Status.ADVERSE,
                reason=f"{checkpoint.name}写的是 {figure.quantity.text}，{'在' if good else '超出'}标准之{'内' if good else '外'}",
                figure=figure.quantity.text,
            )
        if not figures:
            yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"提到{checkpoint.name}但没有数字")
        return
    vague = bool(rule.vague) and sentence.has(any_of(*rule.vague))
    status = Status.VAGUE if vague else Status.OK
    yield Signal(sentence=sentence, status=status, reason=f"{checkpoint.name}{'写得含糊' if vague else '已有约定'}")
