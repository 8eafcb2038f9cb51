"""A run is complete, repeatable, and taken up where it was interrupted."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

import eval.run as running
from eval.figures import figures
from eval.metrics.retrieval import Stage
from eval.record import Run, RunError, load_run
from eval.run import run
from pipeline.types import Status
from tests.eval.conftest import FIRST, LABELS, write_case
from tests.pipeline.conftest import HashedWords


def test_every_cell_is_scored_with_what_stands_behind_it(scored: Callable[..., Run]) -> None:
    found = scored()
    assert [case.id for case in found.cases] == ["a1", "a2"]
    assert len(found.cells) == 2 * 29
    late = next(c for c in found.cases[1].cells if c.checkpoint == "fees.late_payment")
    assert (late.label, late.said) == (Status.ADVERSE, Status.ADVERSE)
    assert [p.clause for p in late.evidence] == ["第二条"]
    assert late.citations[0].clauses == late.evidence[0].clauses
    assert late.exact == len(late.citations)
    assert found.cases[0].merchant_said is found.cases[0].merchant


def test_figures_of_a_run(scored: Callable[..., Run]) -> None:
    found = figures(scored(repeat=2))
    assert found.overall["accuracy"].estimate is not None
    assert found.overall["accuracy"].estimate > 0.9
    assert found.flip_rate == 0
    assert found.citations.quotes.after == 1.0
    assert found.citations.evidence_recall == 1.0
    assert found.usage.failures == 0
    assert sum(found.checkpoints["term.dispute"]) == 4  # two right of two
    assert set(found.blame) <= {Stage.JUDGEMENT}


def test_a_run_survives_its_file(scored: Callable[..., Run], tmp_path: Path) -> None:
    found = scored()
    path = tmp_path / "run.json"
    path.write_text(found.model_dump_json(), encoding="utf-8")
    assert load_run(path) == found


def test_an_interrupted_run_goes_on_where_it_stopped(
    scored: Callable[..., Run], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = tmp_path / "run.json.part"
    seen: list[str] = []

    def stop_at_second(message: str) -> None:
        if "a2" in message:
            raise KeyboardInterrupt

    whole = scored()
    with pytest.raises(KeyboardInterrupt):
        scored(keep=keep, tell=stop_at_second)
    lines = keep.read_text(encoding="utf-8").splitlines()
    keep.write_text(
        "\n".join([*lines[:2], lines[2][:100]]), encoding="utf-8"
    )  # the second was cut off while being written
    real = running.ingest

    def watched(path: Path) -> object:
        seen.append(path.name)
        return real(path)

    monkeypatch.setattr(running, "ingest", watched)
    again = scored(keep=keep)
    assert seen == ["a2.txt"]
    assert again.cells == whole.cells
    assert not keep.exists()


def test_what_another_run_left_is_not_taken_over(scored: Callable[..., Run], tmp_path: Path) -> None:
    keep = tmp_path / "run.json.part"
    keep.write_text("somebody else's\n" + "{}\n", encoding="utf-8")
    assert len(scored(keep=keep).cells) == 58


def test_a_contract_that_cannot_be_read_is_a_record_of_why(dataset: Path) -> None:
    (dataset / "a1.txt").write_bytes(b"")
    found = run(str(dataset), embedder=HashedWords())
    assert found.cases[0].error is not None
    assert found.cases[0].error.startswith("a1.txt：")
    assert len(found.cells) == 29
    assert list(found.failures) == ["a1"]
    assert figures(found).usage.failures == 1


def test_evidence_that_was_not_read_is_blamed_on_reading(dataset: Path) -> None:
    labels = {**LABELS["a1"], "staffing.training": ("ok", "乙方客服培训考核合格后方可上岗。")}
    write_case(dataset, "a1", FIRST, labels)
    found = figures(run(str(dataset), embedder=HashedWords(), only="staffing.training"))
    assert found.blame == {Stage.INGEST: 1}


@pytest.mark.parametrize(
    ("dataset_name", "engine", "message"),
    [
        pytest.param("dev", "oracle", "没有名为「oracle」的引擎", id="engine"),
        pytest.param("nowhere", "rules", "没有这个数据集", id="dataset"),
    ],
)
def test_what_does_not_exist_is_told(dataset_name: str, engine: str, message: str) -> None:
    with pytest.raises(RunError, match=message):
        run(dataset_name, engine=engine, embedder=HashedWords())


def test_a_file_that_is_no_run_is_told(tmp_path: Path) -> None:
    path = tmp_path / "x.json"
    path.write_text('{"format": "shenyue.review/1"}', encoding="utf-8")
    with pytest.raises(RunError, match=r"x\.json：不是 shenyue\.run/1"):
        load_run(path)
    with pytest.raises(RunError, match=r"none\.json：读不了"):
        load_run(tmp_path / "none.json")
