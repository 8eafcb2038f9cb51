"""``shenyue eval`` from end to end, as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from pipeline.cli import app

runner = CliRunner()


def shenyue(*arguments: object) -> tuple[int, str]:
    result = runner.invoke(app, ["eval", *map(str, arguments)])
    return result.exit_code, result.output


def test_run_report_compare_and_gate(dataset: Path, tmp_path: Path) -> None:
    run, page, baseline = tmp_path / "out" / "run.json", tmp_path / "report.html", tmp_path / "baseline.json"
    code, output = shenyue("run", "--dataset", dataset, "-o", run)
    assert code == 0, output
    assert "[2/2] a2" in output
    assert "宏平均 F1" in output
    assert json.loads(run.read_text(encoding="utf-8"))["format"] == "shenyue.run/1"
    assert [p.name for p in run.parent.iterdir()] == ["run.json"]

    code, output = shenyue("report", run, "-o", page)
    assert code == 0, output
    assert page.read_text(encoding="utf-8").startswith("<!doctype html>")

    code, output = shenyue("compare", run, run)
    assert code == 0, output
    assert "改坏的（0）" in output

    assert shenyue("gate", run, "--baseline", baseline)[0] == 2
    assert shenyue("gate", run, "--baseline", baseline, "--update")[0] == 0
    code, output = shenyue("gate", run, "--baseline", baseline)
    assert code == 0, output
    assert "small/rules：通过" in output

    kept = json.loads(baseline.read_text(encoding="utf-8"))
    kept["entries"]["small/rules"]["figures"]["macro_f1"] = 1.5  # a bar that this run cannot reach
    baseline.write_text(json.dumps(kept), encoding="utf-8")
    code, output = shenyue("gate", run, "--baseline", baseline)
    assert code == 1
    assert "small/rules：退步" in output


def test_a_failed_contract_exits_with_two_and_the_rest_is_scored(dataset: Path, tmp_path: Path) -> None:
    (dataset / "a1.txt").write_bytes(b"")
    code, output = shenyue("run", "--dataset", dataset, "-o", tmp_path / "run.json")
    assert code == 2
    assert "a1.txt：" in output
    assert "失败 1" in output


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        pytest.param(("run", "--dataset", "nowhere"), "没有这个数据集", id="dataset"),
        pytest.param(("run", "--engine", "oracle"), "没有名为「oracle」的引擎", id="engine"),
        pytest.param(("compare", "a.json", "b.json"), "a.json：读不了", id="run"),
        pytest.param(("run", "--colour", "red"), "--colour", id="misuse"),
    ],
)
def test_what_is_wrong_is_told_in_chinese_with_two(arguments: tuple[str, ...], message: str) -> None:
    code, output = shenyue(*arguments)
    assert code == 2
    assert message in output


def test_check_data_and_agreement(dataset: Path) -> None:
    code, output = shenyue("check-data", "--dataset", dataset, "--freeze")
    assert code == 0, output
    assert "2 份合同，9 条依据，0 处问题" in output
    (dataset / "a1.txt").write_text("别的", encoding="utf-8")
    code, output = shenyue("check-data", "--dataset", dataset)
    assert code == 1
    assert "a1.txt：与冻结时不同" in output
    code, output = shenyue("agreement", "--dataset", dataset)
    assert code == 0
    assert "0 份合同有两遍标注" in output
