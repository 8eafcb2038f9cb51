from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.advise import suggestion, wording
from pipeline.errors import PlaybookError
from pipeline.playbook import load_playbook
from pipeline.types import Party, Severity, Status


def write(folder: Path, text: str) -> Path:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_default_has_six_areas_and_29_checkpoints() -> None:
    book = load_playbook()
    assert [a.id for a in book.areas] == ["scope", "fees", "data", "quality", "staffing", "term"]
    assert len(book.checkpoints) == 29
    assert all(len(c.queries) >= 5 for c in book.checkpoints)


@pytest.mark.parametrize("merchant", list(Party))
def test_every_wording_fills_in_with_the_parties_names(merchant: Party) -> None:
    for checkpoint in load_playbook().checkpoints:
        words = wording(checkpoint, merchant)
        for text in (words.preferred, words.acceptable, words.walk_away):
            assert "{" not in text
    exit_ = wording(load_playbook().checkpoint("term.notice"), merchant)
    assert exit_.preferred.startswith(f"{merchant.value}可提前")


def test_a_suggestion_carries_the_users_own_figure(tmp_path: Path) -> None:
    path = write(
        tmp_path, "extends: default\ncheckpoints:\n  - id: scope.response_time\n    thresholds: {seconds: 15}\n"
    )
    checkpoint = load_playbook(path).checkpoint("scope.response_time")
    assert "不超过 15 秒" in suggestion(checkpoint, Status.MISSING, Party.JIA)
    assert suggestion(checkpoint, Status.OK, Party.JIA) == ""


def test_an_own_playbook_changes_only_what_it_names(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        "extends: default\nname: 我的标准\ncheckpoints:\n"
        "  - id: staffing.reserve\n    enabled: false\n"
        "  - id: term.trial\n    severity: critical\n"
        "  - id: scope.languages\n    name: 服务语种\n    severity: minor\n    why: 海外客户\n    queries: [英语客服]\n"
        "    wording: {preferred: 甲, acceptable: 乙, walk_away: 丙}\n    rule: {cues: ['英语|英文']}\n",
    )
    book = load_playbook(path)
    ids = [c.id for c in book.checkpoints]
    assert "staffing.reserve" not in ids
    assert "scope.languages" in ids
    assert len(ids) == 29
    assert book.checkpoint("term.trial").severity is Severity.CRITICAL
    assert book.sha256 != load_playbook().sha256


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "extends: default\nchekpoints: []\n", "own.yaml 第 2 行：不认识的字段「chekpoints」", id="unknown key"
        ),
        pytest.param(
            "extends: default\ncheckpoints:\n  - id: term.notice\n    thresholds: {weeks: 2}\n",
            "own.yaml 第 4 行：term.notice 没有名为「weeks」的阈值",
            id="unknown threshold",
        ),
        pytest.param(
            "extends: default\ncheckpoints:\n  - id: term.notice\n    severity: huge\n",
            "own.yaml 第 4 行",
            id="bad severity",
        ),
        pytest.param(
            "extends: default\ncheckpoints:\n  - id: term.pets\n    name: 宠物\n",
            "own.yaml 第 3 行：term.pets 不在默认标准中",
            id="no rule",
        ),
        pytest.param("extends: default\ncheckpoints: [\n", "YAML 格式有误", id="not yaml"),
    ],
)
def test_a_mistake_is_named_with_its_line(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(PlaybookError, match=message):
        load_playbook(write(tmp_path, text))
