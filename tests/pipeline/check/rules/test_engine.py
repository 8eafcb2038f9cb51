"""The rules engine as a whole: a mistake in one rule."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from dataclasses import replace

import pytest

from eval.sentences import Sample, as_contract
from pipeline.check.rules import engine
from pipeline.check.rules.engine import check_rules
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Signal
from pipeline.playbook import CheckpointModel, load_playbook
from pipeline.retrieve import index
from pipeline.segment import segment
from pipeline.types import Status
from tests.pipeline.conftest import HashedWords

LATE = "fees.late_payment"
TEXT = "甲方逾期付款的，每日按应付未付金额的万分之三向乙方支付滞纳金；乙方承担售前咨询、退换货受理和投诉安抚。"


def _judged() -> dict[str, tuple[Status, str]]:
    sample = Sample(checkpoint=LATE, status=Status.OK, vendor="乙方", merchant="甲方", text=TEXT)
    document, merchant = as_contract(sample)
    clauses = segment(document)
    found = check_rules(document, clauses, load_playbook(), merchant, index(document, clauses, HashedWords()))
    return {v.checkpoint: (v.status, v.reason) for v in found}


def _fails(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    raise ValueError("not a number: '百'")


def test_a_rule_that_fails_leaves_its_own_point_unreviewed_and_says_so(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    whole = _judged()
    assert whole[LATE][0] is Status.OK
    monkeypatch.setitem(engine._RULES, LATE, replace(engine._RULES[LATE], read=_fails))
    with caplog.at_level(logging.ERROR):
        found = _judged()
    status, reason = found.pop(LATE)
    assert status is Status.UNREVIEWED
    assert "程序出错（ValueError）" in reason
    assert "人工查看" in reason
    assert LATE in caplog.text
    del whole[LATE]
    assert found == whole


def test_memory_that_ran_out_is_no_mistake_of_a_rule(monkeypatch: pytest.MonkeyPatch) -> None:
    def grows(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
        raise MemoryError

    monkeypatch.setitem(engine._RULES, LATE, replace(engine._RULES[LATE], read=grows))
    with pytest.raises(MemoryError):
        _judged()
