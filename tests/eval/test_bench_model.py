"""The benchmark of the model reader, on a small contract and a server that does not wait."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from eval import bench_model
from eval.bench_model import Figure, measured, naive_tokens, recall, shortened
from eval.cases import load_cases
from pipeline.check.llm.context import Open, tokens
from pipeline.ingest import ingest
from pipeline.playbook import load_playbook
from pipeline.segment import segment
from prompts import render
from tests.eval.conftest import IDS
from tests.pipeline.conftest import HashedWords
from tests.servers import openai_server, reader

BOOK = load_playbook()


def test_every_figure_is_measured_in_one_run(dataset: Path, tmp_path: Path) -> None:
    case = load_cases(dataset, IDS)[0]
    path, document = shortened(case, tmp_path, 10_000)
    servers = (openai_server, reader)
    found = {f.name: f.value for f in measured(path, document, case, BOOK, HashedWords(), servers, delay=0.1, repeat=1)}
    assert found["slowest call, s"] >= 0.1
    assert found["full: calls of a rerun from the cache"] == 0
    assert found["retrieved: calls of a rerun from the cache"] == 0
    assert 0 < found["full: identical prefix, share of tokens"] < 1
    assert found["retrieved: 6 calls, tokens"] == found["full: 6 calls, tokens"]  # so small that all of it is retrieved
    assert found["retrieved: of these the second look"] == 0


def test_the_reference_is_a_call_a_checkpoint_with_all_its_instructions(dataset: Path, tmp_path: Path) -> None:
    case = load_cases(dataset, IDS)[0]
    _, document = shortened(case, tmp_path, 10_000)
    count = naive_tokens(document, segment(document), Open(), BOOK, HashedWords())
    least = tokens(render.system_message("甲方", "乙方")) + tokens(document.text)
    assert 29 * least < count < 29 * (least + 800)


def test_the_reference_that_proves_what_is_missing_reads_all_other_chunks_for_each_point(tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text("".join(f"第{n}条 乙方按甲方要求提供第{n}项客服服务。\n" for n in range(1, 400)), encoding="utf-8")
    document = ingest(path)
    clauses = segment(document)
    once = naive_tokens(document, clauses, Open(), BOOK, HashedWords())
    twice = naive_tokens(document, clauses, Open(), BOOK, HashedWords(), ["term.trial"])
    rest = tokens(document.text) * (1 - 4 * 800 / len(document.text))
    system = tokens(render.system_message("甲方", "乙方"))
    assert rest * 0.95 < twice - once - system < rest * 1.05 + 600
    assert naive_tokens(document, clauses, Open(), BOOK, HashedWords(), IDS) - once > 28 * (twice - once)


def test_a_contract_is_cut_where_a_clause_ends(dataset: Path, tmp_path: Path) -> None:
    case = load_cases(dataset, IDS)[0]
    _, document = shortened(case, tmp_path, 80)
    assert document.text.rstrip().endswith("投诉处理。")
    assert len(document.text) <= 80


def test_recall_is_of_the_labelled_evidence(dataset: Path) -> None:
    cases = load_cases(dataset, IDS)
    assert recall(cases, BOOK, HashedWords(), 1600).value == 1.0
    assert recall(cases, BOOK, HashedWords(), 1600).met


@pytest.mark.parametrize(
    ("figure", "said"),
    [
        (Figure(name="a", value=0.25, most=0.2), "0.250  (at most 0.2, MISSED)"),
        (Figure(name="a", value=0.19, most=0.2), "0.190  (at most 0.2)"),
        (Figure(name="a", value=0.79, least=0.8), "0.790  (at least 0.8, MISSED)"),
        (Figure(name="a", value=1234.4), " 1234"),
    ],
)
def test_a_figure_says_its_target_and_whether_it_is_met(figure: Figure, said: str) -> None:
    assert str(figure).endswith(said)
    assert figure.met is ("MISSED" not in said)


def test_without_the_tests_it_says_what_is_wanting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tests.servers.openai_server", None)
    monkeypatch.setattr(sys, "argv", ["bench_model"])
    assert bench_model.main() == 2
    assert "checkout" in capsys.readouterr().err
