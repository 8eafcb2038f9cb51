"""结果: the head tells what the review found, decisions are kept and make the letter, another's review is not shown."""

from __future__ import annotations

import json

import pytest
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from pipeline.store import Action, ReviewOptions, ReviewRecord, State, Store
from pipeline.types import Party, Status
from tests.eval.conftest import SECOND
from tests.ui.pages import click, html, open_page, reviewed, said, words
from tests.ui.pages import store as store


def opened(record: ReviewRecord, **query: str) -> AppTest:
    return open_page("result", review=record.id, **query)


def head(at: AppTest, record: ReviewRecord) -> str:
    return html(at, f"head-{record.id}")


def panes(at: AppTest) -> dict[str, object]:
    (part,) = [e for e in at._tree if e.type == "bidi_component" and e.key and e.key.startswith("evidence-")]
    return dict(json.loads(part.proto.bytes))


def sent(at: AppTest, **decision: str) -> AppTest:
    """A decision made in the panes: what the browser would send, and the runs that follow."""
    (part,) = [e for e in at._tree if e.type == "bidi_component" and e.key and e.key.startswith("evidence-")]
    state = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{part.proto.id}__events")
    state.json_trigger_value = json.dumps([{"event": "decision", "value": decision}])
    states = at._tree.get_widget_states()
    states.widgets.append(state)
    return at._run(states)


def test_the_head_gives_the_decision_the_areas_and_what_to_fix_first(store: Store) -> None:
    record = reviewed(store, "坏合同.txt", SECOND)
    review = store.load(record.id)
    at = opened(record)
    assert not at.exception
    shown = words(head(at, record))
    assert "坏合同.txt" in shown
    assert review.verdict.advice in shown
    for area in review.areas:
        assert area.name in shown
    assert head(at, record).count("data-go") == len(review.areas) + 3
    assert f"以{review.merchant}为商家" in said(at)


def test_a_point_of_the_head_opens_the_panes_at_its_finding(store: Store) -> None:
    record = reviewed(store, "坏合同.txt", SECOND)
    at = opened(record)
    assert panes(at)["open"] == {"finding": None, "area": None, "mark": None}
    at = click(at, f"head-{record.id}", act="", go="scope.response_time")
    assert panes(at)["open"] == {"finding": "scope.response_time", "area": None, "mark": None}
    at = click(at, f"head-{record.id}", act="", go="area:fees")
    assert panes(at)["open"] == {"finding": None, "area": "fees", "mark": None}
    assert dict(at.query_params) == {"review": record.id, "area": "fees"}


def test_a_decision_is_kept_and_shown_with_who_made_it(store: Store) -> None:
    record = reviewed(store, "坏合同.txt", SECOND)
    at = sent(opened(record), checkpoint="scope.response_time", action="change", status="ok", note="口头说好了")
    assert not at.exception
    kept = store.decisions(record.id)["scope.response_time"]
    assert (kept.action, kept.status, kept.note, kept.who) == (Action.CHANGE, Status.OK, "口头说好了", "local")
    at = opened(record)  # as after a reload
    shown = panes(at)["decisions"]
    assert isinstance(shown, dict)
    assert shown["scope.response_time"]["note"] == "口头说好了"
    assert "人工已复核 1 项" in words(head(at, record))
    assert at.expander[0].label == "决定的记录（1）"


def test_nonsense_from_a_browser_decides_nothing(store: Store) -> None:
    record = reviewed(store, "坏合同.txt", SECOND)
    at = sent(opened(record), checkpoint="scope.nothing", action="accept")
    at = sent(at, checkpoint="scope.response_time", action="change")
    assert not at.exception
    assert store.decisions(record.id) == {}


def test_the_letter_is_made_from_what_was_accepted(store: Store) -> None:
    record = reviewed(store, "坏合同.txt", SECOND)
    review = store.load(record.id)
    bad = [f for f in review.findings if f.status is not Status.OK]
    at = opened(record).button(key="write").click().run()
    assert len(at.multiselect[0].value) == len(bad)
    store.decide(record.id, bad[0].checkpoint, Action.ACCEPT, who="local")
    store.decide(record.id, bad[1].checkpoint, Action.REJECT, who="local")
    at = opened(record).button(key="write").click().run()
    assert not at.exception
    assert at.multiselect[0].value == [bad[0].checkpoint]
    text = at.text_area[0].value
    assert bad[0].wording.preferred in text
    assert bad[0].wording.walk_away not in text
    assert bad[1].wording.preferred not in text


def test_the_other_side_is_one_click_away(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    class Asleep:
        def wake(self) -> None: ...

    monkeypatch.setattr("ui.session.queue", Asleep)
    record = reviewed(store, "合同.txt")
    assert record.merchant is Party.JIA
    at = opened(record).button(key="turn").click().run()
    assert not at.exception
    (new,) = store.reviews(states=[State.QUEUED])
    assert new.options == ReviewOptions(merchant=Party.YI)
    assert at.query_params["review"] == new.id
    assert "排队中" in said(at)


def test_a_failed_review_says_why(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ui.session.queue", lambda: None)
    record = reviewed(store, "合同.txt")
    again = store.submit(record.contract_id, ReviewOptions(), who="local")
    store.claim("test:1")
    store.fail(again.id, "文件有密码，打不开。请去掉密码再上传")
    at = open_page("result", review=again.id)
    assert not at.exception
    assert "没有审成 文件有密码，打不开。请去掉密码再上传" in said(at)


@pytest.mark.parametrize("owner", ["other@example.com", None])
def test_what_is_not_mine_or_not_there_is_not_found(store: Store, owner: str | None) -> None:
    record = reviewed(store, "别人的.txt", owner=owner) if owner else None
    at = open_page("result", review=record.id if record else "0" * 32)
    assert not at.exception
    assert "没有找到这次审查" in said(at)
    assert "别人的.txt" not in said(at)
