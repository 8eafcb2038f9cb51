from __future__ import annotations

import re

import pytest

from pipeline.playbook import load_playbook
from prompts.render import ExampleModel, area_message, examples, figure

PLAYBOOK = load_playbook()
ALL = [
    pytest.param(e, id=f"{area.id}-{next(iter(e.clauses))}-{e.finding.checkpoint}")
    for area in PLAYBOOK.areas
    for e in examples(area.id)
]
_FIGURE = re.compile(
    r"\d+(?:\.\d+)?|[一二三四五六七八九十百半]+(?=秒|日|天|个月|个工作日|小时|年|倍)|百分之[一二三四五六七八九十]+"
)


@pytest.mark.parametrize("example", ALL)
def test_quotes_stand_verbatim_in_the_clause_named(example: ExampleModel) -> None:
    found = example.finding
    assert bool(found.quotes) is (found.status != "missing")
    for quote in found.quotes:
        assert quote.text in example.clauses[quote.clause]
        assert quote.text.endswith("。") or " | " in quote.text


@pytest.mark.parametrize("example", ALL)
def test_figures_of_the_reason_stand_in_a_quote_or_are_the_threshold(example: ExampleModel) -> None:
    found = example.finding
    cited = " ".join(q.text for q in found.quotes)
    checkpoint = PLAYBOOK.checkpoint(found.checkpoint)
    limits = [figure(n, v, checkpoint).split()[0].rstrip("%") for n, v in checkpoint.thresholds.items()]
    for match in _FIGURE.finditer(found.reason):
        assert match[0] in cited or match[0] in limits
    if found.figure is not None:
        assert found.figure in cited


@pytest.mark.parametrize("example", ALL)
def test_an_example_is_written_for_the_default_thresholds(example: ExampleModel) -> None:
    assert dict(example.thresholds) == dict(PLAYBOOK.checkpoint(example.finding.checkpoint).thresholds)


@pytest.mark.parametrize("area", PLAYBOOK.areas, ids=lambda a: a.id)
def test_an_area_shows_every_border(area: object) -> None:
    shown = examples(area.id)
    assert 4 <= len(shown) <= 6
    assert {e.finding.status for e in shown} == {"ok", "vague", "adverse", "missing"}
    assert {e.finding.checkpoint for e in shown} <= {c.id for c in area.checkpoints}
    said = area_message(area)
    assert said.count("\n→ {") == len(shown)
    labels = [label for e in shown for label in e.clauses]
    assert labels == [f"E{n}" for n in range(1, len(labels) + 1)]
    assert any(
        e.finding.status == "vague" and all("____" in q.text or "__月" in q.text for q in e.finding.quotes)
        for e in shown
    ), "one vague by a blank"
    takes_back = ("但", "前款", "前条", "附表")
    assert any(
        e.finding.status == "adverse" and any(word in q.text for q in e.finding.quotes for word in takes_back)
        for e in shown
    ), "one adverse by a proviso"
