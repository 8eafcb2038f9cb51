"""Recall of clauses and where evidence was lost."""

from __future__ import annotations

import pytest

from eval.metrics.retrieval import Hit, Stage, area_recall, blame, character_scores, clauses_of, recall
from pipeline.types import Clause, ClauseKind, Span

CLAUSES = [Clause(start=a, end=b, id=i, label=str(i), kind=ClauseKind.CLAUSE, level=1) for i, (a, b) in enumerate([(0, 10), (10, 40), (40, 60)])]  # fmt: skip
HITS = [
    Hit(case="a", checkpoint="fees.x", quote="", clauses=frozenset({1})),
    Hit(case="a", checkpoint="fees.y", quote="", clauses=frozenset({2})),
]
RANKED = {("a", "fees.x"): (0, 1), ("a", "fees.y"): (1, 0)}


def test_the_clause_with_the_largest_share_holds_a_span() -> None:
    assert clauses_of([Span(start=5, end=30)], CLAUSES) == {1}
    assert clauses_of([Span(start=30, end=50)], CLAUSES) == {1, 2}  # ten characters in each


def test_recall_at_k() -> None:
    assert recall(HITS, RANKED, 1) == 0
    assert recall(HITS, RANKED, 2) == 0.5
    assert area_recall(HITS, RANKED, 1) == 0.5  # the other checkpoint brought clause 1
    assert recall([], RANKED, 8) is None
    assert area_recall([], RANKED, 8) is None


def test_characters_are_counted_once_where_spans_overlap() -> None:
    evidence = [Span(start=0, end=10), Span(start=5, end=12)]
    assert character_scores(evidence, [Span(start=6, end=30)]) == (6, 12, 24)


@pytest.mark.parametrize(
    ("located", "whole", "ranking", "stage"),
    [
        pytest.param(False, True, (1,), Stage.INGEST, id="not in the text as read"),
        pytest.param(True, False, (1,), Stage.SEGMENTATION, id="cut across clauses"),
        pytest.param(True, True, (2, 3), Stage.RETRIEVAL, id="not brought"),
        pytest.param(True, True, (2, 1), Stage.JUDGEMENT, id="brought, misjudged"),
        pytest.param(True, True, None, Stage.JUDGEMENT, id="a judge that reads all"),
    ],
)
def test_evidence_is_lost_at_the_first_stage(
    located: bool, whole: bool, ranking: tuple[int, ...] | None, stage: Stage
) -> None:
    assert blame(located, frozenset({1}), whole, ranking) is stage
