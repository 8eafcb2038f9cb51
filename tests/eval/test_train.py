"""Learning the semantic reader: pairs, and what a rule's word is worth."""

from __future__ import annotations

import numpy as np
import pytest

from eval.sentences import Sample, judge
from eval.train import Instance, _pairs, rule_likelihoods
from pipeline.check.rules.semantics import CLASSES
from pipeline.playbook import load_playbook
from pipeline.types import Status

RESERVE = load_playbook().checkpoint("staffing.reserve")


def _instance(source: str, label: Status | None, said: Status, *, contract: bool = False) -> Instance:
    labels = {} if label is None else {RESERVE.id: label}
    return Instance(
        source=source, text="", vector=np.zeros(384, np.float32), labels=labels, unsure=frozenset(), rules={RESERVE.id: said}, contract=contract,
    )  # fmt: skip


def test_a_rules_word_is_counted_where_it_was_not_tuned() -> None:
    right = [_instance("plain", Status.OK, Status.OK)] * 90 + [_instance("plain", Status.OK, Status.MISSING)] * 10
    tuned = [_instance("shop", Status.OK, Status.ADVERSE)] * 500
    silent = [_instance("d01", None, Status.MISSING, contract=True)] * 100
    likelihood = np.exp(rule_likelihoods([*right, *tuned, *silent], [RESERVE]))[0]
    assert likelihood.sum(axis=0) == pytest.approx(np.ones(4), abs=1e-5)
    ok, missing = CLASSES.index(Status.OK), CLASSES.index(Status.MISSING)
    assert likelihood[ok, ok] > 0.8
    assert likelihood[CLASSES.index(Status.ADVERSE), ok] < 0.05
    assert likelihood[missing, missing] > likelihood[missing, ok]


def test_pairs_carry_the_labels_of_both_and_come_out_alike() -> None:
    samples = [
        Sample(checkpoint=c, status=Status.OK, vendor="乙方", text=f"第{i}句。", also=("term.exit",) if c == "term.notice" else ())
        for i, c in enumerate(["term.notice", "term.exit", "fees.late_payment"] * 10)
    ]  # fmt: skip
    made = list(_pairs(samples))
    assert [(s.text, labels) for s, labels, _ in made] == [(s.text, labels) for s, labels, _ in _pairs(samples)]
    assert all(len(labels) == 2 for _, labels, _ in made)
    assert not any(set(labels) == {"term.notice", "term.exit"} for _, labels, _ in made)


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("乙方另备三成坐席随时顶班。", Status.OK, id="three tenths"),
        pytest.param("乙方备用人员比例为【】%。", Status.VAGUE, id="blank"),
        pytest.param("机房配有备用电源和备用线路。", Status.MISSING, id="power is no person"),
    ],
)
def test_single_clauses_are_judged_as_whole_contracts(text: str, status: Status) -> None:
    assert judge(Sample(checkpoint=RESERVE.id, status=status, vendor="乙方", text=text))[0] is status
