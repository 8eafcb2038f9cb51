from __future__ import annotations

import hashlib

import pytest

from pipeline.store import NotFound, ReviewOptions, Store

TEXT = "extends: default\nname: 我的标准\n"


def test_a_playbook_is_kept_and_changed_under_its_id(store: Store) -> None:
    saved = store.save_playbook("我的标准", TEXT, owner="a")
    assert saved.sha256 == hashlib.sha256(TEXT.encode()).hexdigest()
    assert store.playbook(saved.id) == saved
    changed = store.save_playbook("改过的", TEXT + "#\n", owner="a", id=saved.id)
    assert changed.id == saved.id
    assert store.playbooks("a") == (changed,)


def test_playbooks_are_their_owners(store: Store) -> None:
    mine = store.save_playbook("甲", TEXT, owner="a")
    yours = store.save_playbook("乙", TEXT, owner="b")
    assert store.playbooks("b") == (yours,)
    assert set(store.playbooks()) == {mine, yours}
    with pytest.raises(NotFound, match="没有这份审查标准"):
        store.playbook(mine.id, "b")
    with pytest.raises(NotFound):
        store.save_playbook("抢", TEXT, owner="b", id=mine.id)
    with pytest.raises(NotFound):
        store.delete_playbook(mine.id, owner="b")
    assert store.playbook(mine.id, "a").name == "甲"


def test_reviews_outlive_their_playbook(store: Store) -> None:
    saved = store.save_playbook("甲", TEXT, owner="a")
    contract = store.add_contract("合同.txt", b"x", owner="a")
    record = store.submit(contract.id, ReviewOptions(playbook=saved.id), who="a")
    store.delete_playbook(saved.id, owner="a")
    assert store.review(record.id).options.playbook == saved.id
    with pytest.raises(NotFound):
        store.playbook(saved.id)
    with pytest.raises(NotFound):
        store.delete_playbook(saved.id)


def test_runs_newest_first_with_their_json_as_it_was(store: Store) -> None:
    one = store.save_run("dev", '{"format": "shenyue.run/1", "n": "甲"}')
    two = store.save_run("test", "{}", who="a")
    assert store.runs() == (two, one)
    found = store.run(one.id)
    assert (found.name, found.text) == ("dev", '{"format": "shenyue.run/1", "n": "甲"}')
    store.delete_run(one.id)
    assert store.runs() == (two,)
    for gone in (store.run, store.delete_run):
        with pytest.raises(NotFound, match="没有这次评测"):
            gone(one.id)
