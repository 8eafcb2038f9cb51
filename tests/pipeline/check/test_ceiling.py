from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.check.ceiling import NO_CEILING, Ceiling
from pipeline.check.engines import checker
from pipeline.review import review_document
from pipeline.settings import Settings
from pipeline.types import Status, Usage
from tests.pipeline.check.llm.conftest import CONTRACT, TABLE, server
from tests.pipeline.conftest import HashedWords, make_document
from tests.servers.reader import Reader


def test_settings_say_nought_for_none() -> None:
    assert Ceiling.of(Settings(max_run_tokens=0, max_run_cost=0)) == NO_CEILING
    assert Ceiling.of(Settings(max_run_tokens=9, max_run_cost=0.5)) == Ceiling(tokens=9, cost=0.5)


@pytest.mark.parametrize(
    ("one", "other", "lower"),
    [
        (NO_CEILING, NO_CEILING, NO_CEILING),
        (Ceiling(tokens=5), NO_CEILING, Ceiling(tokens=5)),
        (Ceiling(tokens=5, cost=2.0), Ceiling(tokens=7, cost=1.0), Ceiling(tokens=5, cost=1.0)),
        (Ceiling(tokens=0), Ceiling(tokens=7), Ceiling(tokens=0)),
    ],
)
def test_the_lower_of_two_is_kept(one: Ceiling, other: Ceiling, lower: Ceiling) -> None:
    assert one.under(other) == other.under(one) == lower


def test_what_is_left_is_never_less_than_nothing() -> None:
    used = Usage(calls=1, input_tokens=60, output_tokens=20, cost=0.5)
    assert Ceiling(tokens=100, cost=2.0).after(used) == Ceiling(tokens=20, cost=1.5)
    assert Ceiling(tokens=50, cost=0.25).after(used) == Ceiling(tokens=0, cost=0.0)
    assert NO_CEILING.after(used) == NO_CEILING
    assert Ceiling(cost=1.0).after(Usage()) == Ceiling(cost=1.0)


@pytest.mark.parametrize(
    ("given", "asks"),
    [
        pytest.param(None, True, id="that of the settings"),
        pytest.param(Ceiling(tokens=0), False, id="nothing left"),
        pytest.param(Ceiling(cost=0.0), False, id="no money left"),
        pytest.param(Ceiling(tokens=10**9), True, id="higher than the settings'"),
    ],
)
def test_a_review_stays_under_the_ceiling_it_is_given(
    given: Ceiling | None, asks: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    with server(Reader(table=TABLE, only_table=True)) as model:
        monkeypatch.setenv("OPENAI_BASE_URL", model.url)
        current = Settings(
            model="scripted", cache=False, data_dir=tmp_path, context="full",
            max_run_tokens=9_000, max_output_tokens=1_000, prices={"scripted": (1.0, 0.1, 4.0)},
        )  # fmt: skip
        reader = checker("llm", HashedWords(), current, ceiling=given)
        review = review_document(make_document(CONTRACT), engine="llm", embedder=HashedWords(), reader=reader)
        asked = len(model.calls)
    lost = [f for f in review.findings if f.status is Status.UNREVIEWED]
    assert lost
    assert all("用量到了上限" in f.reason for f in lost)
    assert (0 < asked < 6) if asks else asked == 0
    assert review.usage.input_tokens + review.usage.output_tokens <= 9_000
