from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import time

import pytest

from pipeline.store import NotFound, Store, StoreError
from tests.pipeline.store.conftest import Place


def test_a_file_is_kept_as_it_was(store: Store) -> None:
    content = bytes(range(256)) * 50
    contract = store.add_contract("客服外包合同.DOCX", content, owner="a@x.cn")
    assert (contract.name, contract.owner, contract.size) == ("客服外包合同.DOCX", "a@x.cn", len(content))
    assert contract.sha256 == hashlib.sha256(content).hexdigest()
    assert store.path_of(contract).read_bytes() == content
    assert store.path_of(contract).name == f"{contract.sha256}.docx"
    assert datetime.now(UTC) - contract.added_at < timedelta(minutes=1)
    assert store.contract(contract.id) == contract


def test_the_same_bytes_of_an_owner_are_one_contract_with_the_newest_name(store: Store) -> None:
    first = store.add_contract("旧名.docx", b"same", owner="a")
    other = store.add_contract("甲.docx", b"other", owner="a")
    again = store.add_contract("新名.docx", b"same", owner="a")
    assert again.id == first.id
    assert [c.name for c in store.contracts(owner="a")] == ["新名.docx", "甲.docx"]
    assert store.contract(other.id).name == "甲.docx"


def test_the_same_bytes_under_another_kind_of_name_move(store: Store) -> None:
    first = store.add_contract("合同.txt", b"same", owner="a")
    again = store.add_contract("合同.md", b"same", owner="a")
    assert again.id == first.id
    assert store.path_of(again).read_bytes() == b"same"
    assert not store.path_of(first).exists()


def test_owners_do_not_see_each_other(store: Store) -> None:
    mine = store.add_contract("合同.txt", b"same", owner="a")
    yours = store.add_contract("合同.txt", b"same", owner="b")
    assert mine.id != yours.id
    assert store.contracts(owner="a") == (mine,)
    assert set(store.contracts()) == {mine, yours}
    assert store.contract(mine.id, owner="a") == mine
    with pytest.raises(NotFound, match="没有这份合同"):
        store.contract(mine.id, owner="b")
    with pytest.raises(NotFound):
        store.contract("0" * 32)


@pytest.mark.parametrize(
    ("sent", "kept", "ending"),
    [
        pytest.param("C:\\Users\\我\\合同.pdf", "合同.pdf", ".pdf", id="windows path"),
        pytest.param("../../etc/合同.txt", "合同.txt", ".txt", id="climbing path"),
        pytest.param("", "合同", "", id="no name"),
        pytest.param("合同.te/../../x", "x", "", id="slash in the ending"),
        pytest.param("合同.不是后缀", "合同.不是后缀", "", id="no ending"),
        pytest.param("a\0b\ud800.txt", "a\ufffdb?.txt", ".txt", id="signs no database takes"),
    ],
)
def test_a_name_names_no_place_on_the_disk(place: Place, sent: str, kept: str, ending: str) -> None:
    store = place.open()
    contract = store.add_contract(sent, b"x", owner="a")
    assert (contract.name, contract.extension) == (kept, ending)
    assert store.path_of(contract).is_relative_to(place.folder / "files")
    assert store.path_of(contract).read_bytes() == b"x"


def test_a_file_that_cannot_be_written_leaves_no_contract(place: Place) -> None:
    store = place.open()
    (place.folder / "files").write_text("in the way", encoding="utf-8")
    with pytest.raises(StoreError, match="存不下来"):
        store.add_contract("合同.txt", b"x", owner="a")
    assert store.contracts() == ()


def test_a_file_cut_short_by_a_crash_is_written_again(store: Store) -> None:
    contract = store.add_contract("合同.txt", b"whole", owner="a")
    store.path_of(contract).write_bytes(b"wh")
    store.add_contract("合同.txt", b"whole", owner="a")
    assert store.path_of(contract).read_bytes() == b"whole"


def test_the_folder_is_its_owners_alone(place: Place) -> None:
    place.open()
    assert place.folder.stat().st_mode & 0o077 == 0


def _left(store: Store, name: str, hours: float) -> Path:
    part = store.folder / "files" / "parts" / name
    part.parent.mkdir(parents=True, exist_ok=True)
    part.write_bytes(b"\xe7\x94\xb2")
    os.utime(part, (time() - hours * 3600,) * 2)
    return part


def test_what_a_killed_process_left_half_stored_is_gone_a_day_later(place: Place) -> None:
    store = place.open()
    old, new = _left(store, "a-1", 25), _left(store, "a-2", 1)
    place.open()
    assert not old.exists()
    assert new.exists()  # somebody may be writing it


def test_a_contract_that_is_deleted_leaves_no_half_of_itself(store: Store) -> None:
    contract = store.add_contract("合同.txt", b"mine", owner="a")
    own, other = _left(store, f"{contract.sha256}-x", 1), _left(store, "b-1", 1)
    store.delete_contract(contract.id, who="a")
    assert not own.exists()
    assert other.exists()


def test_a_file_whose_half_was_deleted_meanwhile_is_stored_all_the_same(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    lock = type(store.db).lock

    def swept(self: object, connection: object, key: str) -> None:
        for part in (store.folder / "files" / "parts").iterdir():
            part.unlink()
        lock(self, connection, key)  # type: ignore[arg-type]

    monkeypatch.setattr(type(store.db), "lock", swept)
    contract = store.add_contract("合同.txt", b"mine", owner="a")
    assert store.path_of(contract).read_bytes() == b"mine"
    assert not list((store.folder / "files" / "parts").iterdir())
