"""台账: what was handed in is listed, found, opened and deleted; nobody sees another's."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pipeline.playbook import load_playbook
from pipeline.store import Action, Contract, ReviewOptions, State, Store
from pipeline.types import Risk, Status
from tests.eval.conftest import SECOND
from tests.ui.pages import add, click, html, open_page, reviewed, said, words
from tests.ui.pages import store as store
from ui.components.ledger import Row, matching, ordered, rows

NASTY = "<img src=x onerror=alert(1)>.txt"


def test_an_empty_ledger_says_what_it_is_for(store: Store) -> None:
    at = open_page("ledger")
    assert not at.exception
    assert "还没有合同" in html(at, "empty")


def test_contracts_are_listed_with_decision_counts_and_the_risk_of_each_area(store: Store) -> None:
    good, bad = reviewed(store, "好合同.txt"), reviewed(store, "坏合同.txt", SECOND)
    waiting = store.submit(add(store, "新合同.txt").id, ReviewOptions(), who="local")
    failing = store.submit(add(store, "坏文件.pdf").id, ReviewOptions(), who="local")
    store.claim("test:1")
    store.advance(waiting.id, stage="ingest", done=3, total=12)
    store.claim("test:1")
    store.fail(failing.id, "文件有密码，打不开。请去掉密码再上传")
    at = open_page("ledger")
    assert not at.exception
    table = html(at, "table")
    shown = words(table)
    assert "4 份合同，已审 2 份，1 份正在审或排队，1 份没有审成" in said(at)
    assert "读取文件 3/12" in shown
    assert "文件有密码，打不开。请去掉密码再上传" in shown
    for record in (good, bad):
        assert f"result?review={record.id}" in table
        assert record.decision is not None
        assert record.decision in shown
    assert table.count('aria-label="数据安全与保密：') == 2
    for area in load_playbook().areas:
        assert area.name in shown
    counts = bad.counts
    assert f"<b>{counts[Status.ADVERSE]}</b>" in table
    assert f"<b>{counts[Status.MISSING]}</b>" in table


def test_a_name_is_text_whatever_it_holds(store: Store) -> None:
    reviewed(store, NASTY)
    at = open_page("ledger")
    assert "<img" not in html(at, "table")
    assert NASTY in words(html(at, "table"))
    at = click(at, "table", act="delete", contract=store.contracts()[0].id)
    assert "&lt;img" in "".join(e.value for e in at._tree if e.type == "html")


def test_names_are_searched_and_sorted(store: Store) -> None:
    for name in ("甲店合同.txt", "乙店合同.txt", "丙店协议.txt"):
        reviewed(store, name)
    at = open_page("ledger", q="合同")
    assert "丙店协议" not in html(at, "table")
    at.text_input(key="q").set_value("没有这个").run()
    assert html(at, "table") == ""
    assert "没有名称里有“没有这个”的合同" in said(at)
    at.text_input(key="q").set_value("").run()
    at.button_group(key="sort").set_value("名称").run()
    table = words(html(at, "table"))
    assert table.index("丙店") < table.index("乙店") < table.index("甲店")


def test_hundreds_come_in_pages(store: Store) -> None:
    for n in range(60):
        add(store, f"合同{n:03}.txt")
    at = open_page("ledger")
    table = words(html(at, "table"))
    assert "第 1–25 份，共 60 份" in table
    assert "合同059" in table
    assert "合同034" not in table
    at = click(at, "table", act="page", page="3")
    assert "第 51–60 份，共 60 份" in words(html(at, "table"))
    assert "共 60 份" in words(html(open_page("ledger", page="99"), "table")), "a page that is not there is the last"


def test_a_click_opens_the_result(store: Store) -> None:
    record = reviewed(store, "合同.txt")
    at = click(open_page("ledger"), "table", act="open", review=record.id, area="data")
    assert not at.exception
    assert at.query_params["review"] in (record.id, [record.id])


def test_deleting_says_what_goes_asks_and_deletes_for_good(store: Store) -> None:
    record = reviewed(store, "合同.txt")
    store.decide(record.id, "term.dispute", Action.ACCEPT, who="local")
    other = reviewed(store, "别的.txt", SECOND)
    at = click(open_page("ledger"), "table", act="delete", contract=record.contract_id)
    told = said(at)
    for part in ("文件《合同.txt》", "正文", "向量", "1 次审查的全部结论", "1 个决定", "找不回来"):
        assert part in told
    assert at.button(key="delete").disabled
    at.text_input(key="sure").set_value("删").run()
    assert at.button(key="delete").disabled
    at.text_input(key="sure").set_value("删除").run()
    at.button(key="delete").click().run()
    assert not at.exception
    assert [c.id for c in store.contracts()] == [other.contract_id]
    assert "合同.txt" not in words(html(at, "table"))


def test_somebody_elses_contract_is_neither_shown_nor_deleted(store: Store) -> None:
    mine, theirs = reviewed(store, "我的.txt"), reviewed(store, "别人的.txt", owner="you")
    at = open_page("ledger")
    assert "别人的" not in html(at, "table")
    at = click(at, "table", act="delete", contract=theirs.contract_id)
    assert not [b for b in at.button if b.key == "delete"]
    assert {c.id for c in store.contracts()} == {mine.contract_id, theirs.contract_id}


def test_clauses_of_all_contracts_are_searched(store: Store) -> None:
    record = reviewed(store, "坏合同.txt", SECOND)
    at = open_page("ledger", clause="逾期付款违约金")
    assert not at.exception
    hits = html(at, "hits")
    assert "每逾期一日按未付金额的5%支付<mark>违约金</mark>" in hits.replace("<mark>逾期</mark>", "逾期").replace(
        "<mark>付款</mark>", "付款"
    )
    place = SECOND.index("第二条")
    assert f"result?review={record.id}&amp;at={place}" in hits


def contract(name: str, at: int = 0) -> Contract:
    added = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=at)
    return Contract(id=name, owner="me", name=name, sha256="", size=1, extension=".txt", added_at=added)


def test_rows_order_by_time_risk_and_name(store: Store) -> None:
    record = reviewed(store, "x.txt")

    def row(name: str, at: int, risk: Risk | None, adverse: int = 0) -> Row:
        done = None
        if risk is not None:
            when = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(hours=at)
            done = replace(record, risk=risk, counts={Status.ADVERSE: adverse}, finished_at=when)
        return Row(contract=contract(name, at), done=done, latest=done, reviews=1)

    found = [row("c", 1, Risk.LOW), row("a", 3, None), row("b", 2, Risk.HIGH, 2), row("d", 0, Risk.HIGH, 5)]
    assert [r.contract.name for r in ordered(found, "时间")] == ["a", "b", "c", "d"]
    assert [r.contract.name for r in ordered(found, "风险")] == ["d", "b", "c", "a"]
    assert [r.contract.name for r in ordered(found, "名称")] == ["a", "b", "c", "d"]


def test_a_row_shows_the_newest_finished_review(store: Store) -> None:
    first = reviewed(store, "合同.txt")
    again = store.submit(first.contract_id, ReviewOptions(), who="local")
    (row,) = rows(store.contracts(), store.reviews())
    assert row.done is not None
    assert row.latest is not None
    assert (row.done.id, row.latest.id, row.reviews, row.open, row.progress) == (first.id, again.id, 2, True, "排队中")
    store.claim("test:1")
    store.fail(again.id, "坏了")
    (row,) = rows(store.contracts(), store.reviews())
    assert row.failed
    assert "最近一次重审没有完成" in words(html(open_page("ledger"), "table"))
    assert row.latest is not None
    assert row.latest.state is State.FAILED


def test_a_name_is_found_whatever_its_case_and_width() -> None:
    found = [Row(contract=contract("ＡＢＣ客服合同.txt"), done=None, latest=None, reviews=0)]
    assert matching(found, "abc 合同") == found
    assert matching(found, "abd") == []
