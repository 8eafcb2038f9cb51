"""The page of a run holds its figures and wrong cells, and nothing that could run or be fetched."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from eval.record import Run
from eval.report import history_of, render
from tests.eval.conftest import FIRST, LABELS, write_case
from tests.pipeline.conftest import HashedWords

NAMES = {"scope": "服务范围", "staffing.turnover": "人员流失率"}


@pytest.fixture
def page(scored: Callable[..., Run]) -> str:
    run = scored()
    return render(run, [run], NAMES)


def test_figures_confusion_and_wrong_cells_are_shown(page: str) -> None:
    assert "2 份合同，58 格" in page
    assert page.count('<details class="cell">') == int(re.search(r"判错的格子（(\d+)）", page)[1])  # type: ignore[index]
    assert "人员流失率" in page
    assert "第一条 乙方客服首次响应时间不超过90秒。" in page  # cited for the one thing the rules call vague here
    assert "95% 区间" in page


def test_nothing_runs_and_nothing_is_fetched(page: str) -> None:
    assert "<script" not in page
    assert not re.search(r"(?:src|href)=", page)
    assert "default-src 'none'" in page


def test_words_of_a_contract_are_words_only(dataset: Path) -> None:
    from eval.run import run

    evil = FIRST.replace("不超过10%。", "不超过10%<script>alert(1)</script>。")
    labels = {**LABELS["a1"], "staffing.turnover": ("adverse", "乙方客服月流失率不超过10%<script>alert(1)</script>。")}
    write_case(dataset, "a1", evil, labels)
    found = run(str(dataset), embedder=HashedWords())
    page = render(found, [found], NAMES)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>" not in page


def test_the_trend_needs_two_stored_runs_of_the_same_kind(scored: Callable[..., Run], tmp_path: Path) -> None:
    now = scored()
    assert "走势" not in render(now, [now], NAMES)
    earlier = (datetime.now(UTC) - timedelta(days=1)).isoformat(timespec="seconds")
    old = now.model_copy(update={"created": earlier})
    (tmp_path / "old.json").write_text(old.model_dump_json(), encoding="utf-8")
    (tmp_path / "now.json").write_text(now.model_dump_json(), encoding="utf-8")
    (tmp_path / "other.json").write_text(scored(engine="keywords").model_dump_json(), encoding="utf-8")
    (tmp_path / "no-run.json").write_text("{}", encoding="utf-8")
    history = history_of(now, tmp_path)
    assert [r.created for r in history] == [earlier, now.created]
    page = render(now, history, NAMES)
    assert "走势" in page
    assert page.count("<polyline") == 4
