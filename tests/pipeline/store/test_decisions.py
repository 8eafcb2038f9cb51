from __future__ import annotations

import pytest

from pipeline.store import Action, NotFound, Store, StoreError
from pipeline.types import Status
from tests.pipeline.store.samples import finished, submitted

CHECKPOINT = "fees.late_payment"


def test_the_latest_decision_counts_and_none_is_lost(store: Store) -> None:
    record = finished(store)
    first = store.decide(record.id, CHECKPOINT, Action.ACCEPT, who="a")
    second = store.decide(record.id, CHECKPOINT, Action.CHANGE, who="b", status=Status.VAGUE, note="只是没写清")
    other = store.decide(record.id, "scope.hours", Action.REJECT, who="a", note="不要紧")
    assert store.decisions(record.id) == {CHECKPOINT: second, "scope.hours": other}
    assert store.decision_history(record.id) == (first, second, other)
    assert (second.status, second.note, second.who) == (Status.VAGUE, "只是没写清", "b")
    assert first.at <= second.at <= other.at


def test_only_a_change_has_a_status(store: Store) -> None:
    record = finished(store)
    assert store.decide(record.id, CHECKPOINT, Action.ACCEPT, who="a", status=Status.OK).status is None
    with pytest.raises(StoreError, match="选一个新的结论"):
        store.decide(record.id, CHECKPOINT, Action.CHANGE, who="a")
    assert len(store.decision_history(record.id)) == 1


def test_there_is_nothing_to_decide_without_a_finding(store: Store) -> None:
    record = finished(store)
    waiting = submitted(store, "2.txt")
    for review_id, checkpoint in ((record.id, "no.such"), ("0" * 32, CHECKPOINT), (waiting.id, CHECKPOINT)):
        with pytest.raises(NotFound, match="没有这个检查点"):
            store.decide(review_id, checkpoint, Action.ACCEPT, who="a")
    assert store.decisions(record.id) == {}


def test_decisions_of_one_review_are_not_anothers(store: Store) -> None:
    one, two = finished(store, name="1"), finished(store, name="2")
    store.decide(one.id, CHECKPOINT, Action.ACCEPT, who="a")
    assert store.decisions(two.id) == {}
