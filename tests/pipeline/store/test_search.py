from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from pipeline.embed import Vectors
from pipeline.store import ReviewOptions, Store, open_store, passage_ids
from tests.pipeline.conftest import HashedWords
from tests.pipeline.store.batch import PACKED, done, taken
from tests.pipeline.store.conftest import Place
from tests.pipeline.store.samples import TEXT, finished, sample

OTHER = "第一条 保密\n1.1 双方对顾客信息保密，不得泄露。\n第二条 期限\n2.1 合同期限一年，期满自动续期一年。\n"


def test_a_hit_says_where_it_is(store: Store) -> None:
    record = finished(store)
    finished(store, sample(OTHER), name="保密.txt")
    hits = store.search_clauses("滞纳金")
    hit = hits[0]
    assert (hit.contract_id, hit.review_id, hit.contract_name) == (record.contract_id, record.id, "合同.txt")
    assert "2.1" in hit.clause
    assert hit.page == 1
    assert "滞纳金" in hit.text
    assert sample().document.text[hit.start : hit.end] == hit.text
    assert 0 < hit.score <= 1
    assert [h.score for h in hits] == sorted((h.score for h in hits), reverse=True)
    assert len({(h.contract_id, h.clause) for h in hits}) == len(hits)


def test_words_and_meaning_both_find(store: Store) -> None:
    finished(store)
    finished(store, sample(OTHER), name="保密.txt")
    assert "泄露" in store.search_clauses("不得 泄露")[0].text
    assert "续期" in store.search_clauses("期满后会不会自动续期")[0].text  # no passage holds these words
    assert "滯納金" not in TEXT
    assert "滞纳金" in store.search_clauses("滯納金")[0].text


def test_an_owner_finds_only_their_own(store: Store) -> None:
    finished(store, owner="a", name="甲.txt")
    finished(store, owner="b", name="乙.txt")
    assert {h.contract_name for h in store.search_clauses("滞纳金", owner="a")} == {"甲.txt"}
    assert {h.contract_name for h in store.search_clauses("滞纳金", owner="b")} == {"乙.txt"}
    assert {h.contract_name for h in store.search_clauses("滞纳金")} == {"甲.txt", "乙.txt"}
    assert store.search_clauses("滞纳金", owner="c") == ()


def test_limits_and_empty_queries(store: Store) -> None:
    assert store.search_clauses("滞纳金") == ()
    finished(store)
    assert store.search_clauses("  \n") == ()
    assert len(store.search_clauses("甲方", limit=1)) == 1
    assert store.search_clauses("100%_\\")  # by meaning; signs of patterns are only signs


def test_the_newest_review_of_a_contract_is_searched(store: Store) -> None:
    record = finished(store)
    vectors = set(store._library()[0].ids())
    again = store.submit(record.contract_id, ReviewOptions(), who="a")
    store.claim("w")
    changed = TEXT.replace("千分之五", "千分之八")
    store.finish(again.id, sample(changed))
    hits = store.search_clauses("逾期 滞纳金")
    assert hits[0].review_id == again.id
    assert "千分之八" in hits[0].text
    assert not any("千分之五" in h.text for h in hits)
    after = store._library()[0].ids()
    assert len(after - vectors) == len(vectors - after) == 1  # passages that did not change kept their vectors


def test_a_lost_library_comes_back(place: Place) -> None:
    store = place.open()
    finished(store)
    expected = store.search_clauses("期满自动续期 滞纳金")
    store._library()[0].remove(store._library()[0].ids())
    assert store.search_clauses("期满自动续期 滞纳金") == expected
    assert expected


def test_vectors_nobody_knows_are_taken_out(store: Store) -> None:
    finished(store)
    library = store._library()[0]
    library.add(["stray"], HashedWords().passages(["滞纳金"]), ["gone"], ["local"])
    assert all(h.contract_id != "gone" for h in store.search_clauses("滞纳金"))
    assert "stray" not in library.ids()


def test_another_store_on_the_same_place_finds_it_too(place: Place) -> None:
    one, two = place.open(), place.open()
    assert two.search_clauses("滞纳金") == ()
    finished(one)
    assert two.search_clauses("滞纳金") == one.search_clauses("滞纳金") != ()


def test_vectors_of_another_embedder_are_made_anew(place: Place) -> None:
    class Reversed(HashedWords):
        name = "reversed"

        @staticmethod
        def _vector(text: str):  # type: ignore[no-untyped-def]
            return HashedWords._vector(text)[::-1].copy()[:32]

    finished(place.open())
    other = open_store(place.url, place.folder, embedder=Reversed)
    place.opened.append(other)
    assert "滞纳金" in other.search_clauses("逾期支付的滞纳金是多少")[0].text
    (contract,) = other.contracts()
    other.delete_contract(contract.id, who="a")
    assert place.opened[0]._library()[0].ids() == set()  # of both embedders


def test_words_are_searched_when_the_library_is_broken(
    place: Place, caplog: pytest.LogCaptureFixture, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place.folder.mkdir(parents=True)
    (place.folder / "library").write_text("in the way", encoding="utf-8")
    store = place.open()
    record = finished(store)  # the review is kept all the same
    assert store.load(record.id) == sample()
    assert "滞纳金" in store.search_clauses("滞纳金")[0].text
    assert "words alone" in caplog.text
    (place.folder / "library").unlink()
    assert "续期" not in TEXT
    assert store.search_clauses("逾期要付多少钱")


def _with_vectors(store: Store, *names: str) -> list[tuple[str, str, tuple[str, ...], Vectors]]:
    """Finished files of a run, with what ``add_vectors`` takes of them; nothing of them is in the library yet."""
    run = taken(store, *names)
    items = []
    for position in range(1, len(names) + 1):
        done(store, run, position)
        contract_id = store.batch_files(run.id)[position - 1].contract_id
        assert contract_id is not None
        vectors = HashedWords().passages([p.embedded for p in PACKED.passages])
        items.append((contract_id, "local", passage_ids(contract_id, PACKED), vectors))
    return items


def test_vectors_that_are_made_already_are_added_as_they_would_be_made(place: Place) -> None:
    class Unasked(HashedWords):
        def passages(self, texts: Sequence[str]) -> Vectors:
            raise AssertionError

    store = open_store(place.url, place.folder, embedder=Unasked)
    place.opened.append(store)
    store.add_vectors(_with_vectors(store, "一.txt", "二.txt", "三.txt"))
    library = store._library()[0]
    assert len(library) == 3 * len(PACKED.passages)
    hits = store.search_clauses("逾期支付的滞纳金是多少", owner="local")  # in line: nothing is embedded
    assert len({hit.contract_id for hit in hits}) == 3
    assert store.search_clauses("逾期支付的滞纳金是多少", owner="b") == ()
    held = place.open()._library()[0]
    (query,) = HashedWords().queries([PACKED.passages[0].embedded])
    assert held.nearest(query, 1)[0][1] == pytest.approx(1.0, abs=1e-5)


def test_adding_vectors_again_or_of_nothing_changes_nothing(store: Store) -> None:
    items = _with_vectors(store, "一.txt")
    store.add_vectors([])
    store.add_vectors([(items[0][0], "local", (), np.zeros((0, 64), dtype=np.float32))])
    assert len(store._library()[0]) == 0
    store.add_vectors(items)
    store.add_vectors(items)
    assert store._library()[0].ids() == set(items[0][2])


def test_vectors_of_what_has_gone_or_changed_are_left_out(store: Store) -> None:
    gone, changed, kept = _with_vectors(store, "一.txt", "二.txt", "三.txt")
    store.delete_contract(gone[0], who="local")
    again = store.submit(changed[0], ReviewOptions(), who="local")
    store.claim("w")
    assert store.finish(again.id, sample(TEXT.replace("千分之五", "千分之八")))
    store.add_vectors([gone, changed, kept])
    library = store._library()[0]
    assert library.ids(gone[0]) == set()
    assert library.ids(kept[0]) == set(kept[2])
    assert len(set(changed[2]) - library.ids(changed[0])) == 1  # the passage that is no more
    assert "千分之八" in str([hit.text for hit in store.search_clauses("滞纳金")])


def test_vectors_that_a_broken_library_does_not_take_come_with_a_search(
    place: Place, caplog: pytest.LogCaptureFixture
) -> None:
    place.folder.mkdir(parents=True)
    (place.folder / "library").write_text("in the way", encoding="utf-8")
    store = place.open()
    items = _with_vectors(store, "一.txt")
    store.add_vectors(items)
    assert "not yet in the clause library" in caplog.text
    (place.folder / "library").unlink()
    assert store.search_clauses("逾期要付多少钱")
    assert store._library()[0].ids() == set(items[0][2])


def test_a_contract_without_text_has_no_passages(store: Store) -> None:
    finished(store, replace(sample(), document=replace(sample().document, text=""), clauses=()))
    assert store.search_clauses("滞纳金") == ()
    shutil.rmtree(store.folder / "library", ignore_errors=True)
