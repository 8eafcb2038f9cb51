"""Citations against evidence, on offsets that can be counted by hand."""

from __future__ import annotations

import pytest

from eval.metrics.citations import NOTHING, Quotes, by_clause, covered, iou, matched
from pipeline.types import Span


def spans(*pairs: tuple[int, int]) -> list[Span]:
    return [Span(start=a, end=b) for a, b in pairs]


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        pytest.param((0, 10), (0, 10), 1.0, id="the same"),
        pytest.param((0, 10), (5, 15), 5 / 15, id="half shared"),
        pytest.param((0, 10), (10, 20), 0.0, id="side by side"),
        pytest.param((0, 0), (0, 0), 0.0, id="empty"),
    ],
)
def test_iou(a: tuple[int, int], b: tuple[int, int], expected: float) -> None:
    (left,), (right,) = spans(a), spans(b)
    assert iou(left, right) == iou(right, left) == pytest.approx(expected)


def test_one_citation_meets_one_piece_only() -> None:
    twice = matched(spans((0, 10)), spans((0, 10), (0, 9)))
    assert (twice.precision, twice.recall) == (0.5, 1.0)


def test_the_most_pairs_are_found_even_if_the_first_choice_must_give_way() -> None:
    evidence, cited = spans((0, 10), (0, 7)), spans((0, 10), (3, 10))
    # the first piece overlaps both citations, the second only the first one
    assert matched(evidence, cited, 0.5).recall == 1.0


def test_a_higher_threshold_never_finds_more() -> None:
    evidence, cited = spans((0, 10), (20, 30)), spans((1, 9), (20, 26))
    hits = [matched(evidence, cited, t).evidence_hit for t in (0.1, 0.5, 0.7, 0.9)]
    assert hits == [2, 2, 1, 0]


def test_counts_add_up_over_cells_and_nothing_has_no_score() -> None:
    both = matched(spans((0, 10)), []) + matched([], spans((0, 10)))
    assert (both.precision, both.recall) == (0.0, 0.0)
    assert (NOTHING.precision, NOTHING.recall) == (None, None)


def test_by_clause_one_clause_cited_twice_is_right_twice() -> None:
    m = by_clause([frozenset({3})], [frozenset({3}), frozenset({3, 4}), frozenset({9})])
    assert (m.precision, m.recall) == (pytest.approx(2 / 3), 1.0)


def test_evidence_is_covered_by_half() -> None:
    evidence = spans((0, 10), (20, 30))
    assert covered(evidence, spans((0, 5))) == 1
    assert covered(evidence, spans((0, 4), (24, 30))) == 1
    assert covered(evidence, spans((0, 2), (4, 7), (20, 30))) == 2


def test_quotes_before_and_after_grounding() -> None:
    quotes = Quotes(claimed=4, found=3, shown_exact=3)
    assert (quotes.before, quotes.after) == (0.75, 1.0)
    assert Quotes(claimed=0, found=0, shown_exact=0).before is None
