"""Deleting a contract is complete: nothing of its text is left in any file of the data folder."""

from __future__ import annotations

import random
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import sqlalchemy as sa
from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration

from pipeline.check.llm.cache import ReplyCache
from pipeline.store import Action, NotFound, ReviewOptions, State, Store
from pipeline.store.tables import metadata
from tests.pipeline.conftest import HashedWords
from tests.pipeline.store.conftest import Place
from tests.pipeline.store.samples import TEXT, finished, sample

SECRET = "琥珀色的独角兽每周二付款"
NOTE = "请法务看这只琥珀独角兽"
NAME = "琥珀独角兽.txt"


def _files_with(folder: Path, needle: bytes) -> list[str]:
    return [str(p) for p in folder.rglob("*") if p.is_file() and needle in p.read_bytes()]


def _whole_contract(store: Store) -> str:
    contract = store.add_contract(NAME, (TEXT + SECRET).encode(), owner="a")
    record = store.submit(contract.id, ReviewOptions(), who="a")
    assert store.claim("w") is not None
    review = sample(f"{TEXT}第三条 保密\n3.1 {SECRET}，任何一方不得外传。\n")
    store.area_ready(record.id, review.areas[0])
    assert store.finish(record.id, review)
    store.decide(record.id, "fees.late_payment", Action.REJECT, who="a", note=NOTE)
    return contract.id


def test_nothing_of_it_is_left_in_any_file(place: Place) -> None:
    store = place.open()
    kept = finished(store)
    contract_id = _whole_contract(store)
    assert store.search_clauses(SECRET)[0].contract_id == contract_id
    assert _files_with(place.folder, SECRET.encode())
    with store.db.read() as connection:
        body = bytes(
            connection.execute(
                sa.text("SELECT body FROM results WHERE review_id != :kept"), {"kept": kept.id}
            ).scalar_one()
        )
    if place.is_sqlite:
        assert _files_with(place.folder, body[:200])

    store.delete_contract(contract_id, who="a")

    for needle in (SECRET, NOTE, "琥珀"):
        assert _files_with(place.folder, needle.encode()) == []
        assert _files_with(place.folder, needle.encode("utf-16-le")) == []
    assert _files_with(place.folder, body[:200]) == []
    assert [c.id for c in store.contracts()] == [kept.contract_id]
    assert store.load(kept.id) == sample()
    assert all(hit.contract_id == kept.contract_id for hit in store.search_clauses(SECRET))
    assert contract_id not in str(store._library()[0].ids(contract_id))


def test_no_table_holds_it(place: Place) -> None:
    store = place.open()
    store.delete_contract(_whole_contract(store), who="a")
    with store.db.read() as connection:
        left = {t.name for t in metadata.sorted_tables if connection.execute(sa.select(t)).first() is not None}
        rows = str(connection.execute(sa.select(metadata.tables["audit"])).all())
    assert left == {"audit", "turns"}
    assert "琥珀" not in rows


def test_its_vectors_go(place: Place) -> None:
    store = place.open()
    contract_id = _whole_contract(store)
    library = store._library()[0]
    assert library.ids(contract_id)
    store.delete_contract(contract_id, who="a")
    assert len(library) == 0
    assert library.nearest(HashedWords().queries([SECRET])[0], 5) == []
    another = np.asarray(HashedWords().passages([SECRET]))
    library.add(["x"], another, ["other"], ["b"])
    assert library.ids() == {"x"}


@pytest.mark.parametrize(("engine", "left"), [("rules", 1), ("llm", 0)])
def test_replies_of_a_model_that_was_asked_about_it_go(place: Place, engine: str, left: int) -> None:
    store = place.open()
    contract = store.add_contract("合同.txt", b"x", owner="a")
    store.submit(contract.id, ReviewOptions(engine=engine), who="a")
    cache = ReplyCache(place.folder / "replies.sqlite")
    cache.update("问", "model---", [ChatGeneration(message=AIMessage(SECRET))])
    assert _files_with(place.folder, SECRET.encode())
    store.delete_contract(contract.id, who="a")
    assert len(_files_with(place.folder, SECRET.encode())) == left
    assert (cache.lookup("问", "model---") is not None) == bool(left)


def test_finishing_and_deleting_at_once(place: Place) -> None:
    one, two = place.open(), place.open()
    with ThreadPoolExecutor(2) as pool:
        for _ in range(8):
            contract = one.add_contract("合同.txt", b"x", owner="a")
            for _ in range(2):
                record = one.submit(contract.id, ReviewOptions(), who="a")
                assert one.claim("w") is not None
                if one.reviews(states=(State.DONE,)):
                    break
                one.finish(record.id, sample())
            ends = pool.submit(one.finish, record.id, sample()), pool.submit(two.delete_contract, contract.id, who="a")
            assert ends[0].result() in (True, False)
            ends[1].result()
            assert one.reviews() == ()
    assert one.search_clauses("滞纳金") == ()
    assert two.verify_audit().ok


def test_a_file_that_another_contract_shares_stays(store: Store) -> None:
    mine = store.add_contract("合同.txt", b"same", owner="a")
    yours = store.add_contract("合同.txt", b"same", owner="b")
    store.delete_contract(mine.id, who="a")
    assert store.path_of(yours).read_bytes() == b"same"
    store.delete_contract(yours.id, who="b")
    assert not store.path_of(yours).exists()


def test_its_page_pictures_go(place: Place) -> None:
    from PIL import Image

    from pipeline.pages import page_picture

    picture = place.folder.parent / "scan.png"
    Image.new("RGB", (300, 400), (random.randrange(256), 5, 5)).save(picture)
    store = place.open()
    contract = store.add_contract("scan.png", picture.read_bytes(), owner="a")
    page_picture(store.path_of(contract), 1, width=300)
    assert list((place.folder / "pages").rglob("*.webp"))
    store.delete_contract(contract.id, who="a")
    assert not list((place.folder / "pages").rglob("*.webp"))


def test_the_audit_trail_keeps_that_it_happened(store: Store) -> None:
    contract_id = _whole_contract(store)
    store.delete_contract(contract_id, who="boss")
    last = store.audit_trail(1)[0]
    assert (last.who, last.what, last.ids) == ("boss", "delete_contract", {"contract": contract_id})
    assert store.verify_audit().ok


def test_a_second_deletion_and_an_unknown_id_are_told(store: Store) -> None:
    contract_id = _whole_contract(store)
    store.delete_contract(contract_id, who="a")
    with pytest.raises(NotFound):
        store.delete_contract(contract_id, who="a")
    assert store.verify_audit().ok


def test_a_running_review_of_it_comes_to_nothing(store: Store) -> None:
    contract = store.add_contract("合同.txt", b"x", owner="a")
    record = store.submit(contract.id, ReviewOptions(), who="a")
    claimed = store.claim("w")
    assert claimed is not None
    assert claimed.state is State.RUNNING
    store.delete_contract(contract.id, who="a")
    assert not store.advance(record.id, stage="check", worker="w")
    assert not store.finish(record.id, sample(), worker="w")
    assert not store.fail(record.id, "太大", worker="w")
    assert store.reviews() == ()
    assert store.search_clauses("滞纳金") == ()
