"""审查标准: forms change the playbook, the difference is told, saved, reset, tried and handed on as a file."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from pipeline.playbook import load_playbook, overlay_of, parse_playbook
from pipeline.report.words import STATUS
from pipeline.review import review_document
from pipeline.store import State, Store
from pipeline.types import Severity, Status
from tests.eval.conftest import FIRST
from tests.pipeline.conftest import HashedWords, make_document
from tests.ui.pages import click, html, open_page, reviewed, said, words
from tests.ui.pages import store as store
from ui.components.playbook import moved, put, reset, with_threshold

OWN = "extends: default\nname: 严一点\ncheckpoints:\n  - id: scope.response_time\n    thresholds: {seconds: 10}\n"


def choose(at: AppTest, checkpoint: str) -> AppTest:
    return click(at, "list", act="choose", checkpoint=checkpoint)


def field(at: AppTest, kind: str, end: str):  # type: ignore[no-untyped-def]
    """The widget of a kind whose key ends so: keys begin with how often the fields were filled."""
    (found,) = [w for w in getattr(at, kind) if w.key and w.key.endswith(end)]
    return found


def test_the_default_reads_without_yaml(store: Store) -> None:
    at = open_page("playbook")
    assert not at.exception
    listed = words(html(at, "list"))
    assert "响应时间 重要 · 30 秒" in listed
    assert "一次性解决率 重要 · 90%" in listed
    assert "和默认标准一样" in said(at)
    at = choose(at, "scope.response_time")
    assert load_playbook().checkpoint("scope.response_time").why in said(at)
    number = field(at, "number_input", ":seconds")
    assert (number.label, number.value) == ("首次或平均响应不超过（秒）", 30)
    assert "〔服务方〕" not in number.label
    assert "〔响应时限〕" in field(at, "text_area", ":preferred").value
    assert "{" not in "".join(t.value for t in at.text_area)
    assert not [b for b in at.button if b.key == "save"], "nothing to save"


def test_a_figure_is_changed_told_and_saved_as_what_differs(store: Store) -> None:
    at = choose(open_page("playbook"), "scope.response_time")
    field(at, "number_input", ":seconds").set_value(20).run()
    assert "响应时间 30 秒 → 20 秒 恢复默认" in words(html(at, "changes"))
    assert "改了 1 处，还没有保存" in said(at)
    assert "重要 · 20 秒 已改" in words(html(at, "list"))
    at.text_input(key="name:").set_value("快一点").run()
    at.button(key="save").click().run()
    assert not at.exception
    (book,) = store.playbooks("local")
    assert book.name == "快一点"
    assert book.text == (
        "extends: default\nname: 快一点\ncheckpoints:\n- id: scope.response_time\n  thresholds:\n    seconds: 20.0\n"
    )
    assert at.selectbox(key="book").value == book.id
    assert "改了 1 处" in said(at)
    assert "还没有保存" not in said(at)
    at = open_page("playbook")
    at.selectbox(key="book").set_value(book.id).run()
    assert "响应时间 30 秒 → 20 秒" in words(html(at, "changes")), "a reload loses nothing that was saved"


def test_percentages_severity_and_a_switch(store: Store) -> None:
    at = open_page("playbook")
    at.button_group(key="area").set_value("staffing").run()
    at = choose(at, "staffing.turnover")
    rate = field(at, "number_input", ":monthly_rate")
    assert (rate.label, rate.value) == ("月流失率不超过（%）", 15.0)
    rate.set_value(12.5).run()
    field(at, "button_group", ":severity").set_value(Severity.CRITICAL).run()
    at = choose(at, "staffing.reserve")
    field(at, "toggle", ":enabled").set_value(False).run()
    changes = words(html(at, "changes"))
    for line in ("人员流失率 15% → 12.5%", "人员流失率的重要程度 重要 → 关键", "备用人力池 审查 → 不审查"):
        assert line in changes
    at.button(key="save").click().run()
    book = parse_playbook(store.playbooks("local")[0].text, "own")
    assert book.checkpoint("staffing.turnover").thresholds == {"monthly_rate": 0.125}
    assert "staffing.reserve" not in [c.id for c in book.checkpoints]


def test_wording_is_checked_as_it_is_typed(store: Store) -> None:
    at = choose(open_page("playbook"), "scope.response_time")
    field(at, "text_area", ":acceptable").set_value("〔服务方〕须在〔响应时限〕内答复〔平台〕").run()
    assert "“可接受”没有改成。措辞里的〔平台〕没有对应的内容，可用的有〔商家〕〔服务方〕〔响应时限〕" in said(at)
    assert html(at, "changes") == ""
    field(at, "text_area", ":acceptable").set_value("  ").run()
    assert "不能空着" in said(at)
    field(at, "text_area", ":acceptable").set_value("〔服务方〕须在〔响应时限〕内答复").run()
    assert "「〔服务方〕须在〔响应时限〕内答复」" in html(at, "changes")


def test_a_shortest_longer_than_the_longest_is_refused(store: Store) -> None:
    at = open_page("playbook")
    at.button_group(key="area").set_value("term").run()
    at = choose(at, "term.trial")
    field(at, "number_input", ":min_months").set_value(5).run()
    assert "试用期最短不能大于试用期最长" in said(at)
    assert html(at, "changes") == ""


def test_one_or_all_changes_are_taken_back(store: Store) -> None:
    at = choose(open_page("playbook"), "scope.response_time")
    field(at, "number_input", ":seconds").set_value(20).run()
    at = choose(at, "scope.resolution_rate")
    field(at, "number_input", ":rate").set_value(95.0).run()
    at.button_group(key="area").set_value("whole").run()
    field(at, "number_input", ":high").set_value(2).run()
    assert "改了 3 处" in said(at)
    at = click(at, "changes", act="reset", checkpoint="scope.response_time")
    assert "响应时间" not in words(html(at, "changes"))
    assert "一次性解决率 90% → 95%" in words(html(at, "changes"))
    at = click(at, "changes", act="reset", checkpoint="")
    assert "改了 1 处" in said(at)
    at.button(key="reset_all").click().run()
    assert html(at, "changes") == ""
    at.button_group(key="area").set_value("scope").run()
    at = choose(at, "scope.resolution_rate")
    assert field(at, "number_input", ":rate").value == 90.0


def test_it_is_tried_on_a_contract_at_once(store: Store) -> None:
    record = reviewed(store, "合同.txt")
    at = choose(open_page("playbook"), "scope.response_time")
    field(at, "number_input", ":seconds").set_value(10).run()
    at.button(key="compare").click().run(timeout=120)
    assert not at.exception
    tried = words(html(at, "moved"))
    assert f"响应时间 {STATUS[Status.OK]} {STATUS[Status.ADVERSE]}" in tried
    assert "其余 28 项结论不变" in tried
    assert [r.id for r in store.reviews()] == [record.id], "a try leaves no review behind"


def test_a_saved_one_reviews_a_contract_again(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from ui import session

    class Woken:
        def wake(self) -> None:
            self.woken = True

    queue = Woken()
    monkeypatch.setattr(session, "queue", lambda: queue)
    record = reviewed(store, "合同.txt")
    at = choose(open_page("playbook"), "scope.response_time")
    assert at.button(key="again").disabled
    field(at, "number_input", ":seconds").set_value(10).run()
    assert at.button(key="again").disabled, "unsaved changes would not be reviewed with"
    at.button(key="save").click().run()
    at.button(key="again").click().run()
    assert not at.exception
    (book,) = store.playbooks("local")
    again = store.reviews(states=(State.QUEUED,))
    assert [(r.contract_id, r.options.playbook) for r in again] == [(record.contract_id, book.id)]
    assert queue.woken


def test_a_file_is_put_back_or_refused_with_the_reason(store: Store) -> None:
    at = open_page("playbook")
    at.file_uploader[0].set_value(("新的.yaml", b"extends: default\nchekpoints: []\n", "application/yaml")).run()
    assert "新的 第 2 行：不认识的字段「chekpoints」" in said(at)
    assert store.playbooks("local") == ()
    at.file_uploader[0].set_value(("新的.yaml", "名字".encode("gbk"), "application/yaml")).run()
    assert "请另存为 UTF-8" in said(at)
    at.file_uploader[0].set_value(("新的.yaml", OWN.encode(), "application/yaml")).run()
    assert not at.exception
    (book,) = store.playbooks("local")
    assert (book.name, book.text) == ("严一点", OWN)
    assert at.selectbox(key="book").value == book.id
    assert "响应时间 30 秒 → 10 秒" in words(html(at, "changes"))


def test_deleting_asks_and_falls_back_to_the_default(store: Store) -> None:
    book = store.save_playbook("严一点", OWN, owner="local")
    store.save_playbook("别人的", OWN, owner="you")
    at = open_page("playbook")
    assert at.selectbox(key="book").options == ["默认标准（电商客服外包）", "严一点"]
    at.selectbox(key="book").set_value(book.id).run()
    at.button(key="delete").click().run()
    assert "用它审过的结论不受影响" in said(at)
    at.button(key="delete_yes").click().run()
    assert store.playbooks("local") == ()
    assert at.selectbox(key="book").value == ""
    assert html(at, "changes") == ""


def test_moved_tells_what_is_no_longer_looked_at() -> None:
    model = load_playbook().model
    before = review_document(make_document(FIRST), embedder=HashedWords())
    own = parse_playbook(overlay_of(put(model, "term.dispute", enabled=False)), "own")
    after = review_document(make_document(FIRST), playbook=own, embedder=HashedWords())
    assert [(m.name, m.before, m.after) for m in moved(before, after)] == [("争议解决", Status.OK, None)]
    assert moved(before, before) == []


def test_reset_takes_out_what_the_default_does_not_have() -> None:
    text = (
        "extends: default\ncheckpoints:\n  - id: brand.tone\n    area_name: 品牌\n    name: 口吻\n    severity: minor\n    why: 像自己人\n"
        "    queries: [话术]\n    wording: {preferred: 甲, acceptable: 乙, walk_away: 丙}\n    rule: {cues: ['话术']}\n"
    )
    model = parse_playbook(text, "own").model
    assert reset(model, "brand.tone") == load_playbook().model
    checkpoint = load_playbook().checkpoint("scope.response_time")
    assert (
        reset(with_threshold(load_playbook().model, checkpoint, "seconds", 5), checkpoint.id) == load_playbook().model
    )
