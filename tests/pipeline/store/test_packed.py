"""A review packed where it was made is what the store writes: small, whole, and with the ids that passages always had."""

from __future__ import annotations

import hashlib
import pickle
import pickletools
from dataclasses import replace

from pipeline.retrieve import passages
from pipeline.store import Store, pack_review, passage_ids, unpack_review
from tests.pipeline.store.samples import TEXT, finished, sample

ODD = TEXT.replace("三十秒", "三十\udc80秒")


def test_it_comes_back_equal() -> None:
    for review in (sample(), sample(ODD), replace(sample(), clauses=())):
        packed = pickle.loads(pickle.dumps(pack_review(review)))
        assert packed == pack_review(review)
        assert unpack_review(packed.body) == review


def test_it_holds_no_review() -> None:
    """Unpickling it needs none of the review's types but enums."""
    packed = pickle.dumps(pack_review(sample()), protocol=pickle.HIGHEST_PROTOCOL)
    names = [value for code, value, _ in pickletools.genops(packed) if code.name == "SHORT_BINUNICODE"]
    after = {names[at + 1] for at, name in enumerate(names) if str(name) == "pipeline.types"}
    assert "PackedReview" in names
    assert after <= {"Risk", "Party"}


def test_passages_keep_their_ids() -> None:
    """Vectors that are in a clause library already are under these."""
    review = sample(ODD)
    expected = [
        hashlib.sha256(f"c1 {p.start} {p.end} {p.text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
        for p in passages(review.document, review.clauses)
    ]
    assert list(passage_ids("c1", pack_review(review))) == expected
    assert passage_ids("c1", pack_review(sample()))[0] == "5ae2978686b4c6325070f168a86d59f2"
    assert passage_ids("c2", pack_review(sample()))[0] != passage_ids("c1", pack_review(sample()))[0]


def test_the_store_finds_them_under_these_ids(store: Store) -> None:
    record = finished(store)
    assert store._library()[0].ids(record.contract_id) == set(passage_ids(record.contract_id, pack_review(sample())))


def test_a_review_of_nothing_has_no_passages() -> None:
    packed = pack_review(replace(sample(), clauses=(), areas=()))
    assert (packed.passages, packed.areas, passage_ids("c", packed)) == ((), (), ())
