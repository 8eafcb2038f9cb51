"""The semantic reader: its features, its weights, and how it is heard."""

from __future__ import annotations

import numpy as np
import pytest

from eval.sentences import Sample, as_contract
from pipeline.check.rules.engine import rule_for
from pipeline.check.rules.features import BUCKETS, grams, shape
from pipeline.check.rules.reading import Reading, Sentence, read
from pipeline.check.rules.semantics import CLASSES, Limits, Model, Opinions, hear, softmax, stored
from pipeline.check.rules.signal import Signal
from pipeline.playbook import load_playbook
from pipeline.segment import segment
from pipeline.types import Status

BOOK = load_playbook()
RESERVE = BOOK.checkpoint("staffing.reserve")


def _reading(text: str, vendor: str = "乙方") -> Reading:
    document, guess = as_contract(Sample(checkpoint=RESERVE.id, status=Status.OK, vendor=vendor, text=text))
    return read(document, segment(document), guess)


@pytest.mark.parametrize(
    ("text", "vendor", "wanted"),
    [
        pytest.param("乙方应于5个工作日内补齐", "乙方", "Ⓥ应于⟦D7dw⟧内补齐", id="duty and working days"),
        pytest.param("甲方应于五日内补齐", "甲方", "Ⓥ应于⟦D7d⟧内补齐", id="vendor is 甲方"),
        pytest.param("流失率不超过百分之十五", "乙方", "流失率不超过⟦R15%⟧", id="rate in words"),
        pytest.param("流失率不超过____%", "乙方", "流失率不超过____%⟦BLANK⟧", id="blank"),
    ],
)
def test_a_sentence_is_shaped_by_kind(text: str, vendor: str, wanted: str) -> None:
    (sentence,) = _reading(text, vendor).sentences
    assert shape(sentence) == wanted


def test_grams_are_counted_in_buckets() -> None:
    buckets, weights = grams("补补")
    assert len(buckets) == len(weights) == 2
    assert buckets.max() < BUCKETS
    assert sorted(weights.tolist()) == pytest.approx([1.0, 1.0 + np.log(2)])


def test_the_weights_know_every_checkpoint_of_the_default_playbook() -> None:
    model = stored()
    assert model.checkpoints == tuple(c.id for c in BOOK.checkpoints)
    n = len(model.checkpoints)
    assert model.vector.shape == (384, n, 4)
    assert model.gram.shape == (BUCKETS, n, 4)
    assert np.isfinite(model.vector).all()
    assert np.isfinite(model.gram.astype(np.float32)).all()


def _told(reading: Reading, *chances: tuple[float, float, float, float], limits: Limits | None = None) -> Opinions:
    """Opinions on ``RESERVE`` with these probabilities of (nothing, ok, vague, adverse), one sentence each, whatever the rule says."""
    zero = np.zeros((1, 4, 4), dtype=np.float32)
    model = Model(
        checkpoints=(RESERVE.id,), vector=np.zeros((384, 1, 4), np.float32), gram=np.zeros((BUCKETS, 1, 4), np.float16),
        idf=np.zeros(BUCKETS, np.float32), rule=zero, bias=np.zeros((1, 4), np.float32),
    )  # fmt: skip
    logits = np.log(np.array(chances, dtype=np.float32) + 1e-6)[:, None, :]
    rows = {s.index: i for i, s in enumerate(reading.body)}
    return Opinions(model=model, row=rows, logits=logits, limits=limits or Limits(none_bias=0.0))


def _statuses(text: str, *chances: tuple[float, float, float, float]) -> list[Status]:
    reading = _reading(text)
    rule = rule_for(RESERVE)
    found = [(s, list(rule.read(s, reading, RESERVE))) for s in reading.body]
    return [s.status for s in hear(found, rule, reading, RESERVE, _told(reading, *chances))]


def test_what_no_rule_sees_is_added_when_nothing_else_speaks() -> None:
    assert _statuses("多备几双手以防万一。", (0.4, 0.0, 0.6, 0.0)) == [Status.VAGUE]


def test_what_is_hardly_likely_is_not_added() -> None:
    assert _statuses("多备几双手以防万一。", (0.95, 0.0, 0.05, 0.0)) == []


def test_what_only_looks_like_the_topic_is_dropped() -> None:
    assert _statuses("备用人力不低于百分之三十。", (0.99, 0.01, 0.0, 0.0)) == []


def test_a_figure_is_not_overruled_on_which_side_of_the_limit_it_stands() -> None:
    assert _statuses("备用人力不低于百分之三十。", (0.0, 0.01, 0.0, 0.99)) == [Status.OK]


def test_a_figure_in_an_unseen_wording_is_held_against_the_playbook() -> None:
    reading = _reading("闲着候场的人手占到一成。")
    rule = rule_for(RESERVE)
    found: list[tuple[Sentence, list[Signal]]] = [(s, []) for s in reading.body]
    (signal,) = hear(found, rule, reading, RESERVE, _told(reading, (0.05, 0.95, 0.0, 0.0)))
    assert signal.status is Status.ADVERSE
    assert signal.figure == "一成"


def test_a_doubtful_signal_goes_when_another_sentence_is_sure() -> None:
    text = "备用人力不低于百分之三十。\n备用电话线路不低于百分之五的人力。"
    assert _statuses(text, (0.0, 1.0, 0.0, 0.0), (0.6, 0.0, 0.1, 0.3)) == [Status.OK]


def test_probabilities_sum_to_one() -> None:
    assert softmax(np.array([1.0, 2.0, 3.0, 1000.0], dtype=np.float32)).sum() == pytest.approx(1.0)
    assert CLASSES[0] is Status.MISSING
