"""评测: runs are shown, compared, imported and started; what is running goes on whoever looks."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from eval import jobs
from eval.cases import DATASET
from eval.figures import wrong
from eval.jobs import JobState
from eval.record import Run
from eval.words import STATUS
from pipeline.settings import settings
from pipeline.store import Store
from pipeline.types import Status
from tests.eval.conftest import dataset as dataset
from tests.eval.conftest import scored as scored
from tests.ui.pages import click, html, open_page, said, words
from tests.ui.pages import store as store
from ui.components.evaluation import comparable, title, trend
from ui.components.evaluation.runs import import_finished, read, runs


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Not in a checkout with runs of its own."""
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def run(scored: Callable[..., Run]) -> Run:
    return scored()


def later(run: Run, created: str, **changes: Status) -> Run:
    """The run made again at another time, saying other things of checkpoints (``_`` for the dot)."""
    said_now = {name.replace("__", "."): status for name, status in changes.items()}
    cases = [
        case.model_copy(
            update={
                "cells": tuple(
                    c.model_copy(update={"said": said_now[c.checkpoint]}) if c.checkpoint in said_now else c
                    for c in case.cells
                )
            }
        )
        for case in run.cases
    ]
    return run.model_copy(update={"created": created, "cases": tuple(cases)})


def keep(store: Store, run: Run) -> None:
    read(store, run.model_dump_json().encode())


def test_without_a_run_it_says_what_an_evaluation_is_and_offers_one(store: Store) -> None:
    at = open_page("evaluation")
    assert not at.exception
    assert "还没有评测结果" in words(html(at, "empty"))
    own = len(list((DATASET / "dev").glob("*.labels.yaml")))
    assert at.selectbox(key="dataset").options == [f"开发集（{own} 份合同）", "测试集（25 份合同）", "自己的文件夹"]


def test_an_installed_package_says_that_it_brings_no_data(
    store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "DATASET", tmp_path / "nowhere")
    at = open_page("evaluation")
    assert "这台机器上没有自带的标注数据" in said(at)
    assert at.selectbox(key="dataset").options == ["自己的文件夹"]
    at.text_input(key="folder").set_value(str(tmp_path)).run()
    at.button(key="begin").click().run()
    assert "没有这个数据集" in said(at)
    assert jobs.jobs(settings().data_dir / "eval") == ()


def test_figures_come_with_intervals_confusion_and_areas(store: Store, run: Run) -> None:
    keep(store, run)
    at = open_page("evaluation")
    assert not at.exception
    heads, figures = words(html(at, "heads")), words(html(at, "figures"))
    for part in ("宏平均 F1", "严重风险召回", "误报率", "准确率", "95% 区间"):
        assert part in heads
    assert html(at, "heads").count('role="img"') == 4
    assert "只评过一次" in figures
    assert figures.count("数据安全与保密") == 1
    assert "2 份合同，58 格" in said(at)
    assert [b.label for b in at.download_button] == ["下载完整报告（网页）", "下载数据（JSON）"]


def test_runs_of_one_kind_make_a_trend(store: Store, run: Run) -> None:
    keep(store, run)
    keep(store, later(run, "2020-01-01T00:00:00+00:00", term__dispute=Status.VAGUE))
    keep(store, later(run, "2020-01-02T00:00:00+00:00").model_copy(update={"only": "fees"}))
    at = open_page("evaluation")
    figures = html(at, "figures")
    assert "2 次评测" in words(figures)
    assert figures.count("<polyline") == 4
    assert figures.count('class="dot') == 8


def test_wrong_cells_show_label_verdict_reason_and_clause(store: Store, run: Run) -> None:
    off = later(run, "2020-01-01T00:00:00+00:00", term__dispute=Status.OK, fees__late_payment=Status.ADVERSE)
    keep(store, off)
    at = open_page("evaluation", view="判错的格子")
    cells = words(html(at, "wrong"))
    assert f"争议解决 a2 标注 {STATUS[Status.ADVERSE]} 判为 {STATUS[Status.OK]}" in cells
    assert f"延迟付款罚则 a1 标注 {STATUS[Status.OK]} 判为 {STATUS[Status.ADVERSE]}" in cells
    assert "因本合同发生争议，提交乙方所在地人民法院诉讼解决。" in cells
    at.button_group(key="kind").set_value("漏掉的风险").run()
    assert "争议解决" in html(at, "wrong")
    assert "延迟付款罚则" not in html(at, "wrong")


def test_two_runs_are_compared_cell_by_cell(store: Store, run: Run) -> None:
    keep(store, run)
    keep(store, later(run, "2020-01-01T00:00:00+00:00", term__dispute=Status.MISSING))
    at = open_page("evaluation", view="两次对比")
    assert not at.exception
    shown = words(html(at, "compare"))
    assert "改好的（2）" in shown
    assert "改坏的" not in shown
    assert "全部 2 0" in shown
    assert "变化太少，分不出" in shown


def test_runs_of_other_labels_are_not_compared(store: Store, run: Run) -> None:
    keep(store, run)
    made = run.fingerprint.model_copy(update={"labels": "other"})
    keep(store, run.model_copy(update={"created": "2020-01-01T00:00:00+00:00", "fingerprint": made}))
    assert "还不能对比" in said(open_page("evaluation", view="两次对比"))


def test_a_run_file_is_imported_once_and_another_file_refused(store: Store, run: Run) -> None:
    at = open_page("evaluation", view="开始评测")
    at.file_uploader[0].set_value([("run.json", run.model_dump_json().encode(), "application/json")]).run()
    assert f"已导入：{title(run)}".replace("\u3000", " ") in said(at)
    assert len(store.runs()) == 1
    keep(store, run)
    assert len(store.runs()) == 1
    at.file_uploader[0].set_value([("x.json", b'{"a": 1}', "application/json")]).run()
    assert "x.json：不是 shenyue.run/1 的评测结果" in said(at)


def test_runs_of_a_folder_stand_beside_stored_ones(store: Store, run: Run, tmp_path: Path) -> None:
    keep(store, run)
    folder = tmp_path / ".eval"
    folder.mkdir()
    (folder / "same.json").write_text(run.model_dump_json(), encoding="utf-8")
    (folder / "broken.json").write_text("{", encoding="utf-8")
    old = later(run, "2020-01-01T00:00:00+00:00")
    (folder / "old.json").write_text(old.model_dump_json(), encoding="utf-8")
    found = runs(store, folder)
    assert [r.created for r in found.values()] == [run.created, old.created]
    assert list(found)[1] == "old.json"


@pytest.mark.slow
def test_a_job_is_started_shown_and_its_run_kept(store: Store, dataset: Path) -> None:
    at = open_page("evaluation")
    at.selectbox(key="dataset").set_value("自己的文件夹").run()
    at.text_input(key="folder").set_value(str(dataset)).run()
    at.button(key="begin").click().run()
    assert not at.exception
    root = settings().data_dir / "eval"
    (job,) = jobs.jobs(root)
    assert "small 规则引擎" in words(html(at, "jobs"))
    assert "停下" in words(html(open_page("evaluation"), "jobs")), "a reload shows it still"
    end = time.monotonic() + 90
    while jobs.job(job.folder).state is JobState.RUNNING and time.monotonic() < end:
        time.sleep(0.2)
    at = open_page("evaluation")
    assert "2 份合同，58 格" in said(at)
    assert len(store.runs()) == 1
    import_finished(store, root)
    assert len(store.runs()) == 1


def test_a_job_is_stopped_resumed_and_thrown_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs.sys, "executable", "/bin/true")  # a process that never does anything
    root = settings().data_dir / "eval"
    job = jobs.start(root, jobs.Order(dataset="dev"))
    (job.folder / "told.txt").write_text("[9/45] d09 27/29\n", encoding="utf-8")
    at = open_page("evaluation", view="开始评测")
    assert "评了 9/45 份" in words(html(at, "jobs"))
    at = click(at, "jobs", act="stop", job=job.id)
    assert jobs.job(job.folder).state is JobState.STOPPED
    assert "已停，评了 9/45 份" in words(html(at, "jobs"))
    at = click(at, "jobs", act="resume", job=job.id)
    assert jobs.job(job.folder).state is JobState.RUNNING
    at = click(at, "jobs", act="stop", job=job.id)
    at = click(at, "jobs", act="forget", job=job.id)
    assert jobs.jobs(root) == ()
    assert not at.exception


def test_a_trend_needs_two_runs_and_places_them_evenly(run: Run) -> None:
    from eval.figures import figures

    old = later(run, "2020-01-01T00:00:00+00:00")
    kind = comparable(run, [old, run, run.model_copy(update={"dataset": "other"})])
    assert [r.created for r in kind] == [old.created, run.created]
    assert trend([run], [figures(run)]) == []
    lines = trend(kind, [figures(r) for r in kind])
    assert [[dot.x for dot in line.dots] for line in lines] == [[0.0, 100.0]] * 4
    accuracy = figures(run).overall["accuracy"].estimate
    assert accuracy is not None
    assert lines[-1].dots[1].y == round(100 - 100 * accuracy, 2)


def test_wrong_cells_are_those_whose_label_differs(run: Run) -> None:
    off = later(run, "2020-01-01T00:00:00+00:00", term__dispute=Status.OK)
    assert {(w.case.id, w.cell.checkpoint) for w in wrong(off)} - {
        (w.case.id, w.cell.checkpoint) for w in wrong(run)
    } == {("a2", "term.dispute")}
    assert json.loads(off.model_dump_json())["format"] == "shenyue.run/1"
