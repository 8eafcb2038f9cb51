from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.review import review
from pipeline.store import NotFound, ReviewOptions, State, Store
from pipeline.types import Alert, AlertKind, Document, Line, Page, PageSource, Review, Risk, Status, Usage
from tests.pipeline.store.samples import finished, sample, submitted

DEV = Path("eval/dataset/dev")


@pytest.fixture(scope="module", params=["d01.docx", "d03.pdf"])
def real(request: pytest.FixtureRequest) -> Review:
    """A review of a file, made once for both databases."""
    return review(DEV / request.param)


def test_a_real_review_comes_back_as_it_was(real: Review, store: Store) -> None:
    record = finished(store, real)
    made, loaded = real, store.load(record.id)
    assert loaded == made
    assert type(loaded.areas[0].findings[0].status) is Status
    assert sum(store.review(record.id).counts.values()) == len(made.findings)
    assert {a.id: a.risk for a in made.areas} == store.review(record.id).area_risks


def test_every_kind_of_value_comes_back(store: Store) -> None:
    made = sample("第一条 甲\ud800乙\u3000\U0002070e\t丙\n2.1 付款。")
    document = Document(
        file="a.pdf",
        sha256="00" * 32,
        text=made.document.text,
        pages=(Page(start=0, end=9, number=1, source=PageSource.OCR, confidence=0.1 + 0.2, width=595.3, height=841.9),),
        blocks=made.document.blocks,
        lines=(Line(start=0, end=3, page=1, left=0.1, top=1 / 3, right=0.5, bottom=0.7),),
        tracked_changes=3,
    )
    made = replace(
        made,
        document=document,
        alerts=(Alert(kind=AlertKind.INSTRUCTION, message="有指令"),),
        usage=Usage(calls=2, cost=0.1),
        timings_ms={"check": 1, "total": 2},
    )
    assert store.load(finished(store, made).id) == made


def test_reviews_by_owner_contract_state_and_session_newest_first(store: Store) -> None:
    one = submitted(store, "1.txt", owner="a", session="x")
    two = submitted(store, "2.txt", owner="a", session="y")
    three = submitted(store, "3.txt", owner="b", session="x")
    again = store.submit(one.contract_id, ReviewOptions(), who="a", session="y")
    store.claim("w")
    ids = {i: n for n, i in enumerate((one.id, two.id, three.id, again.id), 1)}

    def found(**by: object) -> list[int]:
        return [ids[r.id] for r in store.reviews(**by)]  # type: ignore[arg-type]

    assert found() == [4, 3, 2, 1]
    assert found(owner="a") == [4, 2, 1]
    assert found(owner="a", session="y") == [4, 2]
    assert found(contract_id=one.contract_id) == [4, 1]
    assert found(states=(State.RUNNING,)) == [1]
    assert found(states=(State.RUNNING, State.QUEUED), owner="b") == [3]
    assert found(states=()) == []
    assert found(owner="nobody") == []


def test_anothers_review_is_not_found(store: Store) -> None:
    record = finished(store, owner="a")
    assert store.review(record.id, owner="a") == record
    with pytest.raises(NotFound, match="没有这次审查"):
        store.review(record.id, owner="b")
    with pytest.raises(NotFound):
        store.review("0" * 32)


def test_findings_of_many_reviews_in_order(store: Store) -> None:
    one = finished(store, name="1.txt")
    two = finished(store, sample(status=Status.MISSING), name="2.txt")
    rows = store.findings([two.id, "0" * 32, one.id])
    assert [(r.review_id, r.checkpoint, r.status) for r in rows] == [
        (two.id, "scope.response", Status.OK),
        (two.id, "scope.hours", Status.VAGUE),
        (two.id, "fees.late_payment", Status.MISSING),
        (one.id, "scope.response", Status.OK),
        (one.id, "scope.hours", Status.VAGUE),
        (one.id, "fees.late_payment", Status.ADVERSE),
    ]
    assert (rows[2].area, rows[2].figure, rows[2].name) == ("fees", "千分之五", "检查点fees.late_payment")
    assert store.findings([]) == ()


def test_findings_of_more_reviews_than_a_statement_takes_ids(store: Store) -> None:
    record = finished(store)
    assert len(store.findings([record.id, *(f"{n:032x}" for n in range(2000))])) == 3


def test_the_list_has_what_a_ledger_shows(store: Store) -> None:
    finished(store)
    (listed,) = store.reviews(owner="local")
    assert listed.area_risks == {"scope": Risk.LOW, "fees": Risk.HIGH}
    assert listed.counts[Status.ADVERSE] == 1
    assert (listed.decision, listed.contract_name) == ("改后再签", "合同.txt")


def test_a_review_without_areas_or_text(store: Store) -> None:
    empty: Review = replace(sample(), areas=(), document=replace(sample().document, text=""), clauses=())
    record = finished(store, empty)
    assert (record.counts, record.areas_ready) == ({}, ())
    assert store.load(record.id) == empty


def test_since_leaves_out_what_ended_long_ago_and_keeps_what_has_not(store: Store) -> None:
    done, waiting = submitted(store, "a.txt"), submitted(store, "b.txt")
    assert store.cancel(done.id, who="an")
    later = submitted(store, "c.txt")
    assert [r.id for r in store.reviews(since=later.queued_at)] == [later.id, waiting.id]
    assert len(store.reviews(since=done.queued_at)) == 3
