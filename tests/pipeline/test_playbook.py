from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.advise import suggestion, wording
from pipeline.errors import PlaybookError
from pipeline.playbook import PlaybookModel, load_playbook, overlay_of, parse_playbook
from pipeline.playbook_words import changes, label_of, readable, unit_of, writable
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


def changed(**updates: object) -> PlaybookModel:
    """The default with the checkpoint 响应时间 changed."""
    data = load_playbook().model.model_dump(mode="json")
    for checkpoint in data["areas"][0]["checkpoints"]:
        if checkpoint["id"] == "scope.response_time":
            checkpoint.update(updates)
    return PlaybookModel.model_validate(data)


OWN_CHECKPOINT = (
    "extends: default\nname: 我的标准\ndecision: {reject_high_areas: 2}\ncheckpoints:\n"
    "  - id: scope.languages\n    name: 服务语种\n    severity: minor\n    why: 海外客户\n    queries: [英语客服]\n"
    "    wording: {preferred: 甲, acceptable: 乙, walk_away: 丙}\n    rule: {cues: ['英语|英文']}\n"
    "  - id: brand.tone\n    area_name: 品牌\n    name: 口吻\n    severity: minor\n    why: 像自己人\n    queries: [话术]\n"
    "    wording: {preferred: 甲, acceptable: 乙, walk_away: 丙}\n    rule: {cues: ['话术|口吻']}\n"
)


@pytest.mark.parametrize(
    "model",
    [
        pytest.param(load_playbook().model, id="nothing changed"),
        pytest.param(changed(thresholds={"seconds": 20}), id="a threshold"),
        pytest.param(changed(enabled=False), id="switched off"),
        pytest.param(changed(severity="critical", why="因为：要紧"), id="severity and a colon"),
        pytest.param(
            changed(wording={"preferred": "{vendor}须在 {seconds}内答复", "acceptable": "乙", "walk_away": "丙"}),
            id="wording",
        ),
        pytest.param(parse_playbook(OWN_CHECKPOINT, "own").model, id="checkpoints and an area of one's own"),
        pytest.param(
            load_playbook().model.model_copy(update={"areas": load_playbook().model.areas[:2]}), id="areas taken out"
        ),
    ],
)
def test_an_overlay_reads_back_as_what_was_written(model: PlaybookModel) -> None:
    assert parse_playbook(overlay_of(model), "own").model == model


def test_an_overlay_names_only_what_changed() -> None:
    assert overlay_of(load_playbook().model) == "extends: default\n"
    assert overlay_of(changed(thresholds={"seconds": 20})) == (
        "extends: default\ncheckpoints:\n- id: scope.response_time\n  thresholds:\n    seconds: 20.0\n"
    )


def test_text_and_file_of_a_playbook_are_the_same(tmp_path: Path) -> None:
    assert parse_playbook(OWN_CHECKPOINT, "own").sha256 == load_playbook(write(tmp_path, OWN_CHECKPOINT)).sha256


@pytest.mark.parametrize(
    ("text", "message"),
    [
        pytest.param(
            "extends: default\ncheckpoints:\n  - id: x\n", "我的标准 第 3 行：x 不在默认标准中", id="its name"
        ),
        pytest.param("extends: default\ndecision: 3\n", "我的标准 第 2 行：decision 应是字段和值", id="no mapping"),
        pytest.param(
            "extends: default\ncheckpoints:\n  - id: term.notice\n    thresholds: 5\n",
            "我的标准 第 4 行：.*应是字段和值",
            id="thresholds that are a number",
        ),
        pytest.param("- a\n- b\n", "我的标准 第 1 行：.*应是字段和值", id="a list"),
        pytest.param("", "我的标准", id="empty"),
        pytest.param("a: \x00", "我的标准：里面有 YAML 不能读的字符", id="binary"),
        pytest.param(
            "extends: default\ndecision: {reject_high_areas: 0}\n", "我的标准 第 2 行：.*太小", id="a bar of nothing"
        ),
    ],
)
def test_a_mistake_in_a_text_is_told_by_its_name(text: str, message: str) -> None:
    with pytest.raises(PlaybookError, match=message):
        parse_playbook(text, "我的标准")


def test_every_default_threshold_has_a_unit_and_says_what_it_limits() -> None:
    for checkpoint in load_playbook().checkpoints:
        labels = [label_of(checkpoint, name) for name in checkpoint.thresholds]
        assert "标准" not in labels
        assert len(labels) == len(set(labels))
        assert all(unit_of(checkpoint, name).name for name in checkpoint.thresholds)


@pytest.mark.parametrize(
    ("checkpoint", "threshold", "shown"),
    [
        pytest.param("scope.response_time", "seconds", "30 秒", id="seconds"),
        pytest.param("staffing.turnover", "monthly_rate", "15%", id="a fraction"),
        pytest.param("fees.late_payment", "daily_rate", "0.1%", id="a small fraction"),
        pytest.param("term.notice", "days", "30 天", id="days"),
        pytest.param("term.trial", "max_months", "3 个月", id="months"),
    ],
)
def test_a_figure_is_shown_in_its_unit(checkpoint: str, threshold: str, shown: str) -> None:
    model = load_playbook().checkpoint(checkpoint)
    assert unit_of(model, threshold).shown(model.thresholds[threshold]) == shown


def test_wordings_read_without_slots_and_are_written_back() -> None:
    for checkpoint in load_playbook().checkpoints:
        for text in checkpoint.wording.model_dump().values():
            shown = readable(checkpoint, text)
            assert "{" not in shown
            assert writable(checkpoint, shown) == text


@pytest.mark.parametrize("text", ["〔平台〕须在 1 日内答复", "{platform}须答复"])
def test_a_slot_that_stands_for_nothing_is_refused(text: str) -> None:
    with pytest.raises(PlaybookError, match=r"措辞里的.*没有对应的内容"):
        writable(load_playbook().checkpoint("scope.response_time"), text)


def test_changes_are_told_in_plain_words() -> None:
    own = changed(thresholds={"seconds": 20}, severity="minor", enabled=False)
    assert [str(c) for c in changes(own, load_playbook().model)] == [
        "响应时间 审查 → 不审查",
        "响应时间的重要程度 重要 → 一般",
        "响应时间 30 秒 → 20 秒",
    ]
    own = changed(wording={"preferred": "{vendor}须在 {seconds}内答复", "acceptable": "乙", "walk_away": "丙"})
    (first, *_) = changes(own, load_playbook().model)
    assert first.after == "「〔服务方〕须在 〔响应时限〕内答复」"
    added = [str(c) for c in changes(parse_playbook(OWN_CHECKPOINT, "own").model, load_playbook().model)]
    assert added == ["新增检查点：服务语种", "新增检查点：口吻", "高风险领域达到几个就不建议签 3 → 2"]
    assert changes(load_playbook().model, load_playbook().model) == ()
