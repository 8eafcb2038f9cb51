from __future__ import annotations

import re

import pytest

from pipeline.advise import suggestion, wording
from pipeline.errors import PlaybookError
from pipeline.playbook import CheckpointModel, WordingModel, load_playbook
from pipeline.types import Party, Severity, Status

CHECKPOINTS = load_playbook().checkpoints


@pytest.mark.parametrize("merchant", list(Party))
@pytest.mark.parametrize("checkpoint", CHECKPOINTS, ids=lambda c: c.id)
def test_every_wording_is_a_finished_sentence(checkpoint: CheckpointModel, merchant: Party) -> None:
    words = wording(checkpoint, merchant)
    for text in (words.preferred, words.acceptable, words.walk_away):
        assert text.endswith("。")
        assert not re.search(r"[{}]|。。|，。|  |%[一-鿿]|\d[.]\d{4}", text)


def test_sides_change_places() -> None:
    checkpoint = load_playbook().checkpoint("term.dispute")
    assert "甲方所在地" in wording(checkpoint, Party.JIA).preferred
    assert "乙方所在地" in wording(checkpoint, Party.YI).preferred
    assert "不在甲方所在地" in wording(checkpoint, Party.YI).walk_away


def test_the_contracts_own_names_for_its_sides_are_used() -> None:
    names = {Party.JIA: "委托方", Party.YI: "受托方"}
    checkpoint = load_playbook().checkpoint("term.notice")
    assert wording(checkpoint, Party.JIA, names).preferred.startswith("委托方可提前 15 日书面通知受托方")
    assert suggestion(checkpoint, Status.MISSING, Party.YI, names).startswith("补上一条：「受托方可提前")


@pytest.mark.parametrize(
    ("checkpoint", "thresholds", "said"),
    [
        pytest.param("scope.response_time", {"seconds": 20}, "不超过 20 秒", id="seconds"),
        pytest.param("staffing.reserve", {"rate": 0.25}, "按在岗人数的 25% 配备", id="a rate before a word"),
        pytest.param("staffing.turnover", {"monthly_rate": 0.07}, "不超过 7%；", id="a rate without rounding noise"),
        pytest.param("staffing.replacement", {"hours": 12}, "须在 12 小时内", id="hours"),
        pytest.param("staffing.tenure", {"months": 9}, "不少于 9 个月", id="months"),
    ],
)
def test_figures_are_the_playbooks(checkpoint: str, thresholds: dict[str, float], said: str) -> None:
    changed = load_playbook().checkpoint(checkpoint).model_copy(update={"thresholds": thresholds})
    assert said in wording(changed, Party.JIA).preferred


@pytest.mark.parametrize(
    ("status", "start"),
    [
        pytest.param(Status.ADVERSE, "要求改为：「", id="adverse"),
        pytest.param(Status.VAGUE, "写具体，改为：「", id="vague"),
        pytest.param(Status.MISSING, "补上一条：「", id="missing"),
        pytest.param(Status.UNREVIEWED, "请人工查看原文", id="unreviewed"),
    ],
)
def test_every_status_but_ok_has_a_suggestion(status: Status, start: str) -> None:
    for checkpoint in CHECKPOINTS:
        assert suggestion(checkpoint, status, Party.JIA).startswith(start)
        assert suggestion(checkpoint, Status.OK, Party.JIA) == ""


def test_an_unknown_slot_is_named() -> None:
    wording_ = WordingModel(preferred="不超过 {weeks}。", acceptable="甲。", walk_away="乙。")
    checkpoint = CheckpointModel(
        id="term.own", name="自定", severity=Severity.MINOR, why="因", queries=["问"], wording=wording_
    )
    with pytest.raises(PlaybookError, match=r"term\.own 的措辞用了不存在的变量 \{weeks\}，可用：merchant、vendor"):
        wording(checkpoint, Party.JIA)


def test_every_checkpoint_says_what_was_found_in_plain_words() -> None:
    for checkpoint in CHECKPOINTS:
        assert checkpoint.reasons is not None, checkpoint.id
        for text in (checkpoint.reasons.ok, checkpoint.reasons.vague, checkpoint.reasons.adverse):
            assert not text.endswith("。")
            assert "{" not in text
