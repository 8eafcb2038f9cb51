"""A run whose driver and workers are killed at any moment: every file once, every report whole. The long form is ``eval/fault_runs.py``."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from eval.batch_process import Place
from eval.bench_model import Figure
from eval.fault_runs import Kill, Tally, harassed, outlived, plan, told
from eval.run_checks import broken, checked, strays, whole
from pipeline.batch.summing import FINDINGS, PAGE, RUN, WORKBOOK
from pipeline.store import Store
from pipeline.store.records import BatchFile, FileState
from tests.pipeline.batch.conftest import SetUp
from tests.pipeline.batch.faults import CONTRACT, ENTRY
from tests.pipeline.store.conftest import own_postgresql

FORMATS = ("html", "json", "xlsx")  # a Word report takes more than areas without a finding


def place(folder: Path, names: list[str]) -> Place:
    """A run over small contracts; ``slow`` ones take 0.3 s each, and two have the same bytes."""
    contracts = folder / "contracts"
    contracts.mkdir()
    for name in names:
        (contracts / name).write_text(f"{CONTRACT}{name.replace('（副本）', '')}\n", encoding="utf-8")
    return Place(data=folder / "data", source=contracts, out=folder / "out", entry=ENTRY)


@pytest.fixture
def where(tmp_path: Path, limits: SetUp) -> Place:
    return place(tmp_path, [f"slow-{n:02}.txt" for n in range(11)] + ["slow-03（副本）.txt"])


@pytest.fixture
def store(where: Place) -> Iterator[Store]:
    with where.store() as opened:
        yield opened


def missed(figures: Iterator[Figure]) -> list[str]:
    return [str(figure) for figure in figures if not figure.met]


@pytest.mark.slow
def test_drivers_and_workers_killed_at_any_moment_leave_every_file_done_once(where: Place, store: Store) -> None:
    kills = (
        Kill(ended=0, later=0.5, driver=True),
        Kill(ended=2, later=0.1, driver=False),
        Kill(ended=4, later=0.2, driver=True),
        Kill(ended=7, later=0.0, driver=True),
        Kill(ended=12, later=0.0, driver=True),
    )
    tally = harassed(where, store, kills, formats=FORMATS)
    assert (tally.drivers + tally.missed, tally.children) == (4, 1)
    assert tally.drivers >= 3
    assert tally.resumed + tally.repeated == tally.drivers
    assert missed(told(tally)) == []
    assert missed(checked(where, store, 12)) == []


@pytest.mark.slow
def test_a_run_waits_for_its_database_to_come_back(tmp_path: Path, limits: SetUp) -> None:
    with own_postgresql() as database:
        where = replace(place(tmp_path, [f"slow-{n:02}.txt" for n in range(10)]), url=database.url)
        with where.store() as store:
            code = outlived(where, store, 3, database.stop, database.start, 2.0, formats=FORMATS)
            assert code == 0
            assert missed(checked(where, store, 10)) == []


@pytest.mark.slow
def test_a_run_that_is_not_whole_is_told_apart(where: Place, store: Store) -> None:
    """The checks find what they look for: a report cut off, one that is gone, one nobody told of, a summary that is half written."""
    assert harassed(where, store, (), formats=FORMATS).code == 0
    recorded = tuple(store.every_batch_file(store.batches()[0].id))
    assert broken(where.out, recorded, FORMATS) == strays(where.out, recorded) == []
    html, table = (next(p for p in recorded[n].outputs if p.endswith(end)) for n, end in ((0, ".html"), (1, ".xlsx")))
    (where.out / html).write_bytes((where.out / html).read_bytes()[:-20])
    (where.out / table).unlink()
    (where.out / PAGE).write_bytes((where.out / PAGE).read_bytes()[:500])
    (where.out / "reports" / ".shenyue,x.part").touch()
    assert broken(where.out, recorded, FORMATS) == [html, table, PAGE]
    assert strays(where.out, recorded) == ["reports/.shenyue,x.part"]
    assert len(missed(checked(where, store, 11))) == 4


def test_what_ends_as_it_should_is_whole_and_what_is_cut_off_is_not() -> None:
    for name, content in {
        "a.html": b"<html></html>\n",
        "a.json": json.dumps({"a": [1, 2]}).encode(),
        "a.jsonl": b'{"a": 1}\n{"b": 2}',
        "a.md": b"#",
    }.items():
        assert whole(name, content)
        assert not whole(name, content[:-1].rstrip(b"\n}>"))
    assert not whole("a.xlsx", b"PK")
    assert not whole("a.docx", b"")


def test_kills_are_spread_over_the_run_with_one_at_its_end() -> None:
    kills = plan(20, 200, Random(1))
    assert len(kills) == 20
    assert kills[-1].ended == 200
    assert kills[-1].driver
    moments = [kill.ended for kill in kills if kill.ended]
    assert moments == sorted(moments)
    assert moments[0] < 60
    assert any(120 < moment < 200 for moment in moments)
    assert 1 <= sum(not kill.ended for kill in kills) <= 10
    assert min(Counter(kill.driver for kill in kills).values()) >= 4
    assert all(0 <= kill.later <= 1.5 for kill in kills)
    assert plan(20, 200, Random(1)) == kills


def test_children_that_outlive_their_driver_and_a_bad_end_are_told() -> None:
    assert missed(told(Tally(drivers=3, children=2))) == []
    assert len(missed(told(Tally(left=1, code=3)))) == 2


def test_a_file_without_reports_and_a_run_without_a_summary_are_not_whole(tmp_path: Path) -> None:
    none = ("uri", "sha256", "size", "contract_id", "review_id", "failure", "started_at", "finished_at", "seconds")
    values: dict[str, object] = {
        **dict.fromkeys(none),
        "run_id": "a",
        "position": 1,
        "name": "a.txt",
        "extension": ".txt",
    }
    file = BatchFile(**values, state=FileState.DONE, reused=False, tries=1, outputs={})  # type: ignore[arg-type]
    assert broken(tmp_path, (file,), FORMATS) == ["a.txt: 0 reports", WORKBOOK, PAGE, FINDINGS, RUN]
