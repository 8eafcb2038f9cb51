"""What was decided on the page becomes labels that the evaluation scores: the decided cells, and no others."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from eval.cases import DatasetError, load_cases
from eval.check_data import check
from eval.decisions import export
from eval.figures import figures
from eval.run import run
from pipeline.cli import app
from pipeline.playbook import load_playbook, parse_playbook
from pipeline.review import review
from pipeline.settings import settings
from pipeline.store import Action, ReviewOptions, ReviewRecord, Store, open_store
from pipeline.types import Status
from tests.eval.conftest import FIRST, IDS
from tests.pipeline.conftest import HashedWords

OWN = "extends: default\ncheckpoints:\n  - id: scope.response_time\n    thresholds: {seconds: 10}\n"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return open_store(folder=tmp_path / "data", embedder=HashedWords)


def reviewed(store: Store, owner: str = "me", playbook: str | None = None) -> ReviewRecord:
    """The first small contract, reviewed."""
    contract = store.add_contract("合同.txt", FIRST.encode(), owner=owner)
    record = store.submit(contract.id, ReviewOptions(playbook=playbook), who=owner)
    assert store.claim("test:1") is not None
    book = parse_playbook(store.playbook(playbook).text, "own") if playbook else load_playbook()
    store.finish(record.id, review(store.path_of(contract), playbook=book, embedder=HashedWords()))
    return store.review(record.id)


def test_decisions_become_a_partial_case_that_is_scored_on_them_alone(store: Store, tmp_path: Path) -> None:
    record = reviewed(store)
    found = {f.checkpoint: f for f in store.load(record.id).findings}
    assert found["scope.response_time"].status is Status.OK
    assert found["fees.payment_cycle"].status is Status.MISSING
    store.decide(record.id, "scope.response_time", Action.ACCEPT, who="me")
    store.decide(record.id, "fees.payment_cycle", Action.ACCEPT, who="me")
    store.decide(record.id, "term.dispute", Action.CHANGE, who="me", status=Status.VAGUE)
    store.decide(record.id, "staffing.turnover", Action.CHANGE, who="me", status=Status.MISSING)
    store.decide(record.id, "scope.service_types", Action.REJECT, who="me")

    folder = tmp_path / "labels"
    assert export(store, folder) == export(store, folder), "written again, the same"
    told = export(store, folder)
    assert (told.contracts, told.labels, told.left_out, told.lost) == (1, 4, 1, ())
    (case,) = load_cases(folder, IDS, partial=True)
    assert case.path.read_bytes() == FIRST.encode()
    assert case.merchant is record.merchant
    assert case.statuses == {
        "scope.response_time": Status.OK,
        "fees.payment_cycle": Status.MISSING,
        "staffing.turnover": Status.MISSING,
        "term.dispute": Status.VAGUE,
    }
    assert case.evidence["scope.response_time"] == tuple(c.text for c in found["scope.response_time"].citations)
    assert case.evidence["term.dispute"] == (), "which words carry a changed verdict was not said"
    assert check(folder, IDS)[2] == []

    scored = run(str(folder), embedder=HashedWords())
    assert [(c.checkpoint, c.right) for c in scored.cells] == [
        ("scope.response_time", True),
        ("fees.payment_cycle", True),
        ("staffing.turnover", False),
        ("term.dispute", False),
    ]
    assert figures(scored).overall["accuracy"].estimate == 0.5


def test_a_partial_case_is_refused_where_all_checkpoints_are_needed(store: Store, tmp_path: Path) -> None:
    store.decide(reviewed(store).id, "scope.response_time", Action.ACCEPT, who="me")
    export(store, tmp_path / "labels")
    with pytest.raises(DatasetError, match="only some checkpoints"):
        load_cases(tmp_path / "labels", IDS)


def test_the_newest_decision_counts_over_reviews_and_owners(store: Store, tmp_path: Path) -> None:
    first, second = reviewed(store, "me"), reviewed(store, "you")
    store.decide(first.id, "term.dispute", Action.ACCEPT, who="me")
    store.decide(second.id, "term.dispute", Action.CHANGE, who="you", status=Status.ADVERSE)
    store.decide(second.id, "scope.response_time", Action.ACCEPT, who="you")
    store.decide(first.id, "scope.response_time", Action.REJECT, who="me")
    export(store, tmp_path / "all")
    (case,) = load_cases(tmp_path / "all", IDS, partial=True)
    assert case.statuses == {"term.dispute": Status.ADVERSE}
    export(store, tmp_path / "mine", owner="me")
    (case,) = load_cases(tmp_path / "mine", IDS, partial=True)
    assert case.statuses == {"term.dispute": Status.OK}


def test_a_verdict_by_limits_of_ones_own_is_no_label(store: Store, tmp_path: Path) -> None:
    book = store.save_playbook("我的", OWN, owner="me")
    record = reviewed(store, playbook=book.id)
    for checkpoint in ("scope.response_time", "term.dispute"):
        store.decide(record.id, checkpoint, Action.ACCEPT, who="me")
    told = export(store, tmp_path / "labels")
    assert (told.labels, told.left_out) == (1, 1)
    (case,) = load_cases(tmp_path / "labels", IDS, partial=True)
    assert list(case.statuses) == ["term.dispute"]
    store.save_playbook("我的", OWN.replace("10", "20"), owner="me", id=book.id)
    assert export(store, tmp_path / "later").labels == 0, "by which limits it was judged is no longer known"


def test_what_could_not_be_reviewed_is_no_label(store: Store, tmp_path: Path) -> None:
    contract = store.add_contract("合同.txt", FIRST.encode(), owner="me")
    record = store.submit(contract.id, ReviewOptions(), who="me")
    assert store.claim("test:1") is not None
    made = review(store.path_of(contract), embedder=HashedWords())
    unread = tuple(
        replace(a, findings=tuple(replace(f, status=Status.UNREVIEWED, citations=()) for f in a.findings))
        for a in made.areas
    )
    store.finish(record.id, replace(made, areas=unread))
    store.decide(record.id, "term.dispute", Action.ACCEPT, who="me")
    store.decide(record.id, "term.notice", Action.CHANGE, who="me", status=Status.MISSING)
    assert export(store, tmp_path / "labels").labels == 1


def test_a_contract_whose_file_is_gone_is_told(store: Store, tmp_path: Path) -> None:
    record = reviewed(store)
    store.decide(record.id, "term.dispute", Action.ACCEPT, who="me")
    store.path_of(store.contract(record.contract_id)).unlink()
    assert export(store, tmp_path / "labels").lost == ("合同.txt",)


def test_the_command_writes_the_folder(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store.decide(reviewed(store).id, "term.dispute", Action.ACCEPT, who="me")
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(tmp_path / "data"))
    settings.cache_clear()
    try:
        result = CliRunner().invoke(app, ["eval", "import-decisions", "-o", str(tmp_path / "labels")])
    finally:
        monkeypatch.undo()
        settings.cache_clear()
    assert result.exit_code == 0, result.output
    assert "1 份合同，1 个标注；0 个决定不能当标注" in result.output
    assert len(list((tmp_path / "labels").iterdir())) == 2
