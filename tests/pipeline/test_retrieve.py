"""Passages and the fused ranking."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from pipeline.embed import configured_embedder
from pipeline.playbook import load_playbook
from pipeline.retrieve import index, passages, retrieve
from pipeline.segment import segment
from pipeline.topics import topic_scores
from pipeline.types import Document
from tests.pipeline.conftest import HashedWords

TEXT = (
    "客服外包合同\n第一条 服务内容\n1.1 乙方负责售前咨询。乙方每日9:00至22:00在线，节假日照常。\n"
    "第二条 保密\n2.1 乙方不得泄露客户信息。\n第三条 争议\n3.1 由甲方所在地法院管辖。"
)


def test_a_passage_is_a_sentence_under_its_title_without_its_number(document: Callable[[str], Document]) -> None:
    made = document(TEXT)
    found = passages(made, segment(made))
    assert "服务内容：乙方负责售前咨询。" in [p.text for p in found]
    assert all(made.text[p.start : p.end] for p in found)
    assert [p.start for p in found] == sorted(p.start for p in found)


def test_the_clause_that_speaks_of_a_checkpoint_comes_first(document: Callable[[str], Document]) -> None:
    made = document(TEXT)
    clauses = segment(made)
    embedder = configured_embedder()
    best = retrieve(index(made, clauses, embedder), embedder, load_playbook().checkpoints)
    assert clauses[best["term.dispute"][0].clause].label == "第三条 3.1"
    assert clauses[best["data.confidentiality"][0].clause].label == "第二条 2.1"
    assert len({c.clause for c in best["term.dispute"]}) == len(best["term.dispute"])


@pytest.mark.parametrize("arm", ["dense", "lexical", "fused"])
def test_every_arm_answers_for_every_checkpoint(arm: str, document: Callable[[str], Document]) -> None:
    made = document(TEXT)
    embedder = HashedWords()
    book = load_playbook()
    found = retrieve(index(made, segment(made), embedder), embedder, book.checkpoints, k=2, arm=arm)  # type: ignore[arg-type]
    assert found.keys() == {c.id for c in book.checkpoints}
    assert all(len(v) <= 2 for v in found.values())


def test_an_empty_document_has_no_candidates(document: Callable[[str], Document]) -> None:
    made = document("")
    found = retrieve(index(made, segment(made), HashedWords()), HashedWords(), load_playbook().checkpoints)
    assert set(found.values()) == {()}


def test_topics_are_not_read_from_another_embedders_vectors() -> None:
    assert topic_scores(HashedWords().passages(["保密"]), HashedWords.name) == {}
