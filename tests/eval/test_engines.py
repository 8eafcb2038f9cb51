"""The floor and the naive arm judge every checkpoint and cite what stands in the contract."""

from __future__ import annotations

import pytest

from eval.engines import CHUNK, NAMES, check_naive, scored
from pipeline.merchant import find_merchant
from pipeline.playbook import load_playbook
from pipeline.retrieve import index
from pipeline.segment import segment
from pipeline.types import Document, Status
from tests.eval.conftest import FIRST
from tests.pipeline.conftest import HashedWords, make_document


@pytest.fixture
def contract() -> Document:
    return make_document(FIRST + "第六条 不可抗力条款与本合同的履行无关。" * 160)


@pytest.mark.parametrize("engine", ["rules-alone", "keywords"])
def test_every_checkpoint_gets_a_verdict_with_exact_citations(engine: str, contract: Document) -> None:
    clauses = segment(contract)
    embedder = HashedWords()
    merchant, indexed = find_merchant(contract, clauses), index(contract, clauses, embedder)
    verdicts = scored(engine, embedder).check(contract, clauses, load_playbook(), merchant, indexed).verdicts
    assert len(verdicts) == 29
    assert all(contract.text[c.start : c.end] == c.text for v in verdicts for c in v.citations)
    assert {v.status for v in verdicts} >= {Status.OK, Status.MISSING}


def test_the_naive_arm_sees_only_the_nearest_chunks_and_cites_them_where_they_stand(contract: Document) -> None:
    clauses = segment(contract)
    embedder = HashedWords()
    playbook = load_playbook()
    verdicts = check_naive(
        contract,
        clauses,
        playbook,
        find_merchant(contract, clauses),
        index(contract, clauses, embedder),
        embedder=embedder,
    )
    assert len(contract.text) > 5 * CHUNK
    cited = [c for v in verdicts for c in v.citations]
    assert cited
    assert all(contract.text[c.start : c.end] == c.text for c in cited)
    assert not scored("naive", embedder).reads_all
    assert "naive" in NAMES
