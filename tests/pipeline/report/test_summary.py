"""What is counted over a run and how it is put into words."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote, urljoin

import pytest

from eval.cases import DATASET, load_cases
from pipeline import risk
from pipeline.playbook import load_playbook
from pipeline.report.summary import words
from pipeline.report.summary.tally import OTHER, area_risk, riskiest_first, tally
from pipeline.report.summary.values import SummaryState
from pipeline.types import Risk, Severity, Status
from tests.pipeline.report.summaries import (
    AREAS,
    CHECKPOINTS,
    all_of,
    done,
    failed,
    queued,
    summary,
    varied,
    verdicts,
)


def test_every_file_is_counted_once() -> None:
    counted = tally(varied())
    assert counted.states == {SummaryState.DONE: 4, SummaryState.FAILED: 2, SummaryState.QUEUED: 1}
    assert (counted.files, counted.done, counted.failed, counted.waiting) == (7, 4, 2, 1)
    assert counted.risks == {Risk.LOW: 2, Risk.MEDIUM: 1, Risk.HIGH: 1}
    assert counted.decisions == {"可签": 2, "改后再签": 1, "不建议签": 1}
    assert counted.causes == {"input": 1, "time": 1}
    assert counted.same == 1
    assert counted.seconds == (1.5, 1.5, 1.5)
    assert counted.figures == {"scope.response_time"}


def test_the_most_frequent_problem_comes_first() -> None:
    problems = tally(varied()).problems
    assert [p.id for p in problems[:3]] == ["scope.response_time", "scope.channels", "term.exit"]
    assert (problems[0].serious, problems[0].open, problems[0].read) == (2, 2, 4)
    assert next(p for p in problems if p.id == "fees.payment_cycle").open == 2
    assert len(problems) == len(CHECKPOINTS)


def test_the_risk_of_an_area_is_the_one_its_report_says() -> None:
    playbook = load_playbook()
    for case in load_cases(DATASET / "dev", list(CHECKPOINTS)):
        file = done(case.id, findings={id: (status, None) for id, status in case.statuses.items()})
        told = [area_risk(area, file) for area in AREAS]
        assert told == [risk.area_risk(area, verdicts(file.findings)) for area in playbook.areas]


def test_a_checkpoint_the_run_does_not_know_is_not_lost() -> None:
    file = done("一.docx", findings={**all_of(Status.OK), "own.point": (Status.ADVERSE, "3%")})
    counted = tally(summary(file))
    assert counted.areas[:-1] == AREAS
    assert counted.areas[-1] == (OTHER, "标准之外", (("own.point", "own.point", Severity.MINOR),))
    assert area_risk(counted.areas[-1], file) is None
    assert counted.problems[0].id == "own.point"


def test_an_area_of_which_nothing_was_judged_has_no_risk() -> None:
    file = done("一.docx", findings={"scope.channels": (Status.OK, None)})
    assert [area_risk(area, file) for area in AREAS] == [Risk.LOW, None, None, None, None, None]


def test_the_worst_contract_comes_first_and_what_has_no_review_last() -> None:
    order = [file.position for file in riskiest_first(varied().files)]
    assert order == [3, 2, 1, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("files", "said"),
    [
        pytest.param((), "这一批里没有合同。", id="none"),
        pytest.param((failed("a"), failed("b", 2)), "2 份合同都没有审成，原因和办法见下。", id="all failed"),
        pytest.param((done("a"),), "1 份合同全部审完：可签 1 份。", id="all done"),
        pytest.param((queued("a"), queued("b", 2)), "2 份合同，审完 0 份；还有 2 份没有审。", id="not begun"),
    ],
)
def test_a_run_in_one_sentence(files: tuple[object, ...], said: str) -> None:
    told = summary(*files)  # type: ignore[arg-type]
    assert words.in_one_sentence(told, tally(told)) == said


def test_a_mixed_run_in_one_sentence() -> None:
    told = varied()
    assert words.in_one_sentence(told, tally(told)) == (
        "7 份合同，审完 4 份：不建议签 1 份、改后再签 1 份、可签 2 份；没有审成 2 份；还有 1 份没有审。"
    )


def test_a_run_that_took_no_time_has_no_speed() -> None:
    told = replace(varied(), seconds=0.0)
    assert words.per_minute(told, tally(told)) is None
    assert words.per_minute(varied(), tally(varied())) == 1.5  # of four done one was there already


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (0.04, "0.0 秒"),
        (59.94, "59.9 秒"),
        (59.97, "1 分 0 秒"),
        (252.4, "4 分 12 秒"),
        (3599.9, "1 小时 0 分"),
        (11100, "3 小时 5 分"),
    ],
)
def test_durations(seconds: float, said: str) -> None:
    assert words.duration(seconds) == said


@pytest.mark.parametrize(
    "path",
    [
        "javascript:alert(1)",
        "//evil.example/a.html",
        "/etc/passwd",
        "../../a.html",
        "甲/乙 100%#1?x=2&y.html",
        "a\nb.html",
        "C:\\a.html",
        "half \udce9.html",
    ],
)
def test_a_link_stays_below_the_folder(path: str) -> None:
    link = words.href(path)
    assert link is not None
    assert urljoin("file:///out/run/summary.html", link).startswith("file:///out/run/")
    assert not set(link) & set("#?\n\\<>\"' ")
    kept = [part for part in path.encode("utf-8", "replace").decode().split("/") if part not in ("", "..")]
    assert unquote(link) == "./" + "/".join(kept)


@pytest.mark.parametrize("path", ["", "..", "/", "长" * 300 + ".html"])
def test_no_link_where_none_can_be(path: str) -> None:
    assert words.href(path) is None


def test_the_html_report_is_linked_first() -> None:
    assert [
        fmt for fmt, _ in words.report_links(done("a", links={"docx": "a.docx", "json": "a.json", "html": "a.html"}))
    ] == [
        "html",
        "docx",
        "json",
    ]


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("a\r\nb.txt", "a b.txt"),
        ("\x00\x1b[31m.txt", "\ufffd[31m.txt"),
        ("\udce9.txt", "\ufffd.txt"),
        (" \n", "（没有名字）"),
    ],
)
def test_a_name_is_shown_on_one_line(name: str, shown: str) -> None:
    assert words.one_line(name) == shown
