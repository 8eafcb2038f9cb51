"""A run for programs."""

from __future__ import annotations

import json
from dataclasses import replace

import jsonschema
import pytest
from pydantic import TypeAdapter

from pipeline.report.summary.machine import as_json, as_report, finding_lines, schema
from pipeline.report.summary.values import Summary
from pipeline.types import AreaReview, Review, Status
from tests.pipeline.report.summaries import AREAS, all_of, done, failed, summary, varied

_AREA = TypeAdapter(AreaReview)


@pytest.mark.parametrize(
    "told",
    [
        pytest.param(varied(), id="varied"),
        pytest.param(summary(), id="empty"),
        pytest.param(summary(failed("一.pdf")), id="all failed"),
        pytest.param(summary(done("a", findings={"own.point": (Status.OK, None)}), areas=AREAS[:2]), id="unknown"),
    ],
)
def test_the_report_is_what_its_schema_says(told: Summary) -> None:
    report = json.loads(as_json(told))
    jsonschema.Draft202012Validator(schema()).validate(report)
    assert report == as_report(told)


def test_counts_and_files_agree() -> None:
    report = as_report(varied())
    assert report["format"] == "shenyue.batch/1"
    assert report["counts"]["states"] == {"queued": 1, "running": 0, "done": 4, "failed": 2}
    assert report["counts"]["risks"] == {"high": 1, "medium": 1, "low": 2}
    assert report["counts"]["causes"] == {"input": 1, "time": 1}
    assert report["run"]["contracts_per_minute"] == 1.5
    assert report["run"]["review_seconds"] == {"median": 1.5, "p95": 1.5, "max": 1.5}
    second, fifth = report["files"][1], report["files"][4]
    assert second["counts"] == {"ok": 25, "vague": 1, "adverse": 1, "missing": 1, "unreviewed": 1}
    assert second["reports"] == {"docx": "华东/二.docx.docx", "html": "华东/二.docx.html"}
    assert report["files"][3]["same_as"] == "华东/一.docx"
    assert fifth["failure"] == {"cause": "input", "reason": "打开要密码", "remedy": "请去掉密码后再审"}
    assert (fifth["counts"], fifth["review"], fifth["risk"]) == (None, None, None)


def test_the_checkpoints_add_up_to_the_reviews() -> None:
    counts = as_report(varied())["counts"]["checkpoints"]
    assert len(counts) == 29
    assert all(sum(n for key, n in one.items() if key != "id") == 4 for one in counts)


def test_any_name_can_be_written_as_utf8() -> None:
    name = "半\udce9 \u2028 \x85😀.pdf"
    text = as_json(summary(done(name)))
    assert json.loads(text.encode())["files"][0]["name"] == name
    assert "\u2028" not in text


def test_a_line_a_finding_that_cites_the_contract(simplified: Review) -> None:
    areas = [_AREA.dump_python(area, mode="json") for area in simplified.areas]
    lines = list(finding_lines(done("d01.docx"), areas))
    found = [json.loads(line) for line in lines]
    assert [f["checkpoint"] for f in found] == [f.checkpoint for f in simplified.findings]
    assert {(f["file"], f["review"]) for f in found} == {("d01.docx", "r1")}
    text = simplified.document.text
    assert all(text[c["start"] : c["end"]] == c["text"] for f in found for c in f["citations"])
    assert sum(len(f["citations"]) for f in found) == sum(len(f.citations) for f in simplified.findings)
    assert set(found[0]) == {
        "file", "review", "area", "checkpoint", "name", "status", "severity", "figure", "reason", "suggestion", "citations",
    }  # fmt: skip


def test_a_line_stays_one_line(simplified: Review) -> None:
    area = simplified.areas[0]
    broken = replace(area.findings[0], reason="一\n二\u2028三\x85四\udce9", citations=())
    dumped = _AREA.dump_python(replace(area, findings=(broken,)), mode="json")
    (line,) = finding_lines(done("a\nb.txt", findings=all_of(Status.OK)), [dumped])
    assert line.splitlines() == [line]
    assert json.loads(line.encode())["reason"] == broken.reason


def test_a_file_without_a_review_has_no_lines() -> None:
    assert list(finding_lines(failed("一.pdf"), [])) == []
