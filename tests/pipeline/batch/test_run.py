"""A run from its files to its records: nothing twice, nothing lost, nothing mixed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.batch.begin import Asked, begin, check_conditions
from pipeline.batch.child import Reviewing, reviewing
from pipeline.batch.crew import Crew, LocalCrew, scratch
from pipeline.batch.messages import Failed, Reviewed, Work
from pipeline.batch.place import this_server
from pipeline.batch.run import Driver, Told
from pipeline.batch.sources import listed
from pipeline.errors import EngineError
from pipeline.store import Contract, Store, open_store
from pipeline.store.records import BatchFile, BatchRun, FileState, RunState
from pipeline.types import Usage
from tests.pipeline.batch.conftest import SetUp
from tests.pipeline.batch.crews import HereCrew
from tests.pipeline.batch.faults import CONTRACT, ENTRY, STUBBORN
from tests.pipeline.conftest import HashedWords


@pytest.fixture
def store(tmp_path: Path, limits: SetUp) -> Iterator[Store]:
    opened = open_store(folder=tmp_path / "data", embedder=HashedWords)
    yield opened
    opened.close()


@pytest.fixture
def contracts(tmp_path: Path) -> Path:
    """A folder of five contracts, two of which are the same."""
    folder = tmp_path / "contracts"
    (folder / "服饰").mkdir(parents=True)
    for name in ("a.txt", "b.txt", "c.txt", "服饰/d.txt"):
        (folder / name).write_text(f"{CONTRACT}{name}\n", encoding="utf-8")
    (folder / "服饰" / "a 副本.txt").write_bytes((folder / "a.txt").read_bytes())
    return folder


_BOOK = """extends: default
name: 我们的标准
checkpoints:
  - id: scope.response_time
    thresholds: {seconds: 20}
"""


def asked(folder: Path, **more: object) -> Asked:
    return Asked(source=str(folder), out=folder.parent / "out", **more)  # type: ignore[arg-type]


def drive(store: Store, run: BatchRun, crew: Crew, **more: object) -> bool:
    source = listed(run.source, skip=Path(run.out))
    return Driver(store, run, source, crew, **more).drive()  # type: ignore[arg-type]


def files(store: Store, run: BatchRun) -> dict[str, BatchFile]:
    return {file.name: file for file in store.batch_files(run.id)}


def events(store: Store, what: str) -> int:
    return sum(entry.what == what for entry in store.audit_trail(10_000))


def test_every_file_becomes_a_record_with_its_reports(store: Store, contracts: Path, tmp_path: Path) -> None:
    run, there = begin(store, asked(contracts))
    told: list[Told] = []
    assert drive(store, run, HereCrew(tmp_path / "work"), told=told.append)
    found = store.batch(run.id)
    assert not there
    assert (found.state, found.server, found.counts[FileState.DONE]) == (RunState.FINISHED, None, 5)
    for name, file in files(store, run).items():
        assert file.review_id is not None
        assert store.load(file.review_id).document.sha256 == file.sha256
        assert sorted(file.outputs) == [f"reports/{name}.html", f"reports/{name}.json"]
        report = json.loads((tmp_path / "out" / "reports" / f"{name}.json").read_text(encoding="utf-8"))
        assert report["document"]["file"] == name.rpartition("/")[2]
    assert [sum(t.counts.values()) for t in told] == [5] * 5
    assert told[-1].counts[FileState.DONE] == 5
    assert store.verify_audit().ok


def test_the_same_bytes_are_reviewed_once(store: Store, contracts: Path, tmp_path: Path) -> None:
    crew = HereCrew(tmp_path / "work", slots=3)
    run, _ = begin(store, asked(contracts))
    drive(store, run, crew)
    found = files(store, run)
    assert sorted(crew.reviewed) == ["a.txt", "b.txt", "c.txt", "服饰/d.txt"]
    assert found["a.txt"].review_id == found["服饰/a 副本.txt"].review_id
    assert [name for name, file in found.items() if file.reused] == ["服饰/a 副本.txt"]
    assert events(store, "batch_review") == 4
    assert events(store, "batch_reuse") == 1


def test_a_second_run_reviews_nothing_and_renders_only_what_is_gone_or_changed(
    store: Store, contracts: Path, tmp_path: Path
) -> None:
    run, _ = begin(store, asked(contracts))
    drive(store, run, HereCrew(tmp_path / "work"))
    reports = tmp_path / "out" / "reports"
    first = (reports / "a.txt.html").read_bytes()
    (reports / "a.txt.html").unlink()
    (reports / "b.txt.json").write_text("{", encoding="utf-8")
    again, there = begin(store, asked(contracts))
    crew = HereCrew(tmp_path / "work")
    drive(store, again, crew)
    assert not there
    assert again.id != run.id
    assert crew.reviewed == []
    assert [work.name for work in crew.handed] == ["a.txt", "b.txt"]
    assert (reports / "a.txt.html").read_bytes() == first
    assert json.loads((reports / "b.txt.json").read_text(encoding="utf-8"))
    assert all(file.reused for file in files(store, again).values())


def test_changed_limits_make_new_reviews_and_are_never_mixed(
    store: Store, contracts: Path, tmp_path: Path, limits: SetUp
) -> None:
    run, _ = begin(store, asked(contracts))
    stopped = iter([False, False, True, True, True, True, True])
    assert not drive(store, run, HereCrew(tmp_path / "work"), stopping=lambda: next(stopped, True))
    limits(max_pages=20)
    other, there = begin(store, asked(contracts))
    crew = HereCrew(tmp_path / "work")
    assert drive(store, other, crew)
    assert not there
    assert other.id != run.id
    assert len(crew.reviewed) == 4
    shared = {f.review_id for f in files(store, run).values()} & {f.review_id for f in files(store, other).values()}
    assert shared <= {None}


def test_a_run_that_was_stopped_goes_on_with_what_is_left(store: Store, contracts: Path, tmp_path: Path) -> None:
    run, _ = begin(store, asked(contracts))
    first = HereCrew(tmp_path / "work")
    assert not drive(store, run, first, stopping=lambda: len(first.handed) >= 2)
    assert store.batch(run.id).state is RunState.OPEN
    (contracts / "e.txt").write_text(f"{CONTRACT}e\n", encoding="utf-8")
    same, there = begin(store, asked(contracts))
    second = HereCrew(tmp_path / "work")
    assert drive(store, same, second)
    assert there
    assert same.id == run.id
    assert len(first.reviewed) + len(second.reviewed) == 5
    assert not set(first.reviewed) & set(second.reviewed)
    assert {f.state for f in files(store, run).values()} == {FileState.DONE}
    assert "e.txt" in files(store, run)


def test_what_breaks_off_a_run_gives_back_what_was_under_way(store: Store, contracts: Path, tmp_path: Path) -> None:
    def broken(work: Work) -> None:
        if work.name == "c.txt":
            raise KeyboardInterrupt

    run, _ = begin(store, asked(contracts))
    crew = HereCrew(tmp_path / "work", before=broken)
    with pytest.raises(KeyboardInterrupt):
        drive(store, run, crew)
    left = store.batch(run.id)
    assert crew.closed
    assert (left.server, left.counts[FileState.RUNNING]) == (None, 0)
    drive(store, left, HereCrew(tmp_path / "work"))
    assert events(store, "batch_review") == 4
    assert store.batch(run.id).counts[FileState.DONE] == 5


def test_a_run_has_one_driver(store: Store, contracts: Path, tmp_path: Path) -> None:
    run, _ = begin(store, asked(contracts))

    def rival(work: Work) -> None:
        with pytest.raises(EngineError, match="另一个进程"):
            drive(store, store.batch(run.id), HereCrew(tmp_path / "other"))

    assert drive(store, run, HereCrew(tmp_path / "work", before=rival))


def test_a_file_that_went_or_cannot_be_read_is_told_and_the_rest_go_on(
    store: Store, contracts: Path, tmp_path: Path
) -> None:
    (contracts / "空.txt").touch()
    (contracts / "表.xlsx").write_bytes(b"PK\x05\x06" + bytes(18))
    run, _ = begin(store, asked(contracts))
    (contracts / "b.txt").unlink()
    drive(store, run, HereCrew(tmp_path / "work", entry=_really))
    failed = {name: f.failure for name, f in files(store, run).items() if f.state is FileState.FAILED}
    assert sorted(failed) == ["b.txt", "空.txt", "表.xlsx"]
    assert all(f is not None and f.reason and f.remedy for f in failed.values())
    assert len({f.reason for f in failed.values() if f}) == 3
    assert store.batch(run.id).counts[FileState.DONE] == 4


def test_a_contract_deleted_meanwhile_is_taken_in_anew(
    store: Store, contracts: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    add, deleted = store.add_contract, list[str]()

    def add_and_delete(name: str, content: bytes, *, owner: str) -> Contract:
        contract = add(name, content, owner=owner)
        if name == "b.txt" and not deleted:
            deleted.append(contract.id)
            store.delete_contract(contract.id, who="another")
        return contract

    monkeypatch.setattr(store, "add_contract", add_and_delete)
    run, _ = begin(store, asked(contracts))
    crew = HereCrew(tmp_path / "work")
    assert drive(store, run, crew)
    assert crew.reviewed.count("b.txt") == 2
    assert store.batch(run.id).counts[FileState.DONE] == 5
    assert events(store, "batch_review") == 4


class PayingCrew(HereCrew):
    """Each review uses 400 tokens, and what there is less for comes back cut off."""

    def _done(self, work: Work) -> Reviewed | Failed:
        result = super()._done(work)
        assert isinstance(result, Reviewed)
        assert work.ceiling is not None
        assert work.ceiling.tokens is not None
        cut = work.ceiling.tokens < 400
        return replace(result, usage=Usage(calls=1, input_tokens=min(400, work.ceiling.tokens)), cut=cut)


def test_a_run_stops_at_its_ceiling_and_keeps_no_half_review(
    store: Store, contracts: Path, tmp_path: Path, limits: SetUp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    limits(model="some-model", max_run_tokens=1000)
    run, _ = begin(store, asked(contracts, engine="llm"))
    with pytest.raises(EngineError, match="SHENYUE_MAX_RUN_TOKENS"):
        drive(store, run, PayingCrew(tmp_path / "work", slots=2))
    counts = store.batch(run.id).counts
    assert (counts[FileState.DONE], counts[FileState.QUEUED]) == (2, 3)
    limits(max_run_tokens=100_000)
    same, there = begin(store, asked(contracts, engine="llm"))
    assert there
    assert drive(store, same, PayingCrew(tmp_path / "work", slots=2))
    assert events(store, "batch_review") == 4


@pytest.mark.slow
def test_files_that_hang_grow_or_crash_end_alone(store: Store, tmp_path: Path, limits: SetUp) -> None:
    limits(file_seconds=10, file_memory_mb=600)
    folder = tmp_path / "contracts"
    folder.mkdir()
    names = ("好1.txt", "crash.txt", "hang.txt", "balloon.txt", "bug.txt", "once.txt", "好2.txt")
    for name in names:
        (folder / name).write_text(f"{CONTRACT}{name}\n", encoding="utf-8")
    run, _ = begin(store, asked(folder, formats=("json",)))
    crew = LocalCrew(2, entry=ENTRY)
    try:
        assert drive(store, run, crew)
    finally:
        crew.close()
    causes = {name: f.failure.cause for name, f in files(store, run).items() if f.failure}
    assert causes == {"crash.txt": "died", "hang.txt": "time", "balloon.txt": "memory", "bug.txt": "error"}
    assert not list((tmp_path / "data" / "work").iterdir())


def test_workers_that_cannot_start_stop_the_run_and_fail_no_file(store: Store, contracts: Path) -> None:
    run, _ = begin(store, asked(contracts))
    crew = LocalCrew(1, entry=STUBBORN)
    with pytest.raises(EngineError, match="shenyue doctor"):
        drive(store, run, crew)
    counts = store.batch(run.id).counts
    assert (counts[FileState.QUEUED], counts[FileState.FAILED]) == (5, 0)


def test_a_resume_under_other_conditions_is_refused_and_says_what_changed(
    store: Store, contracts: Path, limits: SetUp
) -> None:
    run, _ = begin(store, asked(contracts))
    check_conditions(run)
    limits(max_pages=20)
    with pytest.raises(EngineError, match=r"SHENYUE_MAX_PAGES（500 → 20）"):
        check_conditions(run)


def test_a_playbook_of_ones_own_is_kept_with_the_run(store: Store, contracts: Path, tmp_path: Path) -> None:
    book = tmp_path / "mine.yaml"
    book.write_text(_BOOK, encoding="utf-8")
    run, _ = begin(store, asked(contracts, playbook=book))
    book.unlink()
    assert check_conditions(run).sha256 == run.conditions["playbook"]
    default, _ = begin(store, asked(contracts))
    assert default.id != run.id


def _really() -> Reviewing:
    return reviewing(HashedWords())


def test_files_of_a_killed_crew_are_cleared_away(limits: SetUp, tmp_path: Path) -> None:
    host = this_server().split(":")[0]
    left = tmp_path / "data" / "work" / f"{host}:{os.getpid()}:1:dead"
    left.mkdir(parents=True)
    (left / "contract.txt").write_text("x", encoding="utf-8")
    own = scratch()
    assert [p.name for p in own.parent.iterdir()] == [own.name]
