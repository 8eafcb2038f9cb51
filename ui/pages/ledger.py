"""台账: every contract that was ever handed in, its verdict at a glance, search over names and over clauses, and deleting for good."""

from __future__ import annotations

import re
from collections.abc import Mapping

import streamlit as st
from markupsafe import escape

from pipeline.errors import NotFound, ShenyueError
from pipeline.playbook import load_playbook
from pipeline.store import Contract
from ui import session
from ui.components.ledger import ORDERS, Row, matching, ordered, rows
from ui.components.sheet import section, sheet, trouble

PAGE = 25  # contracts shown at once
_HITS = 20
_EVERY = 2.0  # seconds between looks at reviews that are under way
_SURE = "删除"


def show() -> None:
    """The whole page."""
    found = _rows()
    st.html(f"<h1>台账</h1><p class='soft'>{_summary(found) if found else ''}</p>")
    if not found:
        sheet("ledger/empty.html.j2", key="empty")
        if st.button("去审查第一份合同", type="primary"):
            st.switch_page("pages/upload.py")
        return
    by_name, by_clause, by_order = st.columns([5, 7, 4], vertical_alignment="bottom", gap="medium")
    name = by_name.text_input("按名称找合同", placeholder="文件名里的字", key="q", bind="query-params")
    clause = by_clause.text_input(
        "在所有合同的条款里找", placeholder="例如：逾期付款违约金", key="clause", bind="query-params"
    )
    order = by_order.segmented_control(
        "排序", ORDERS, default=ORDERS[0], required=True, key="sort", bind="query-params", width="stretch"
    )
    if clause.strip():
        _clauses(clause.strip())
    moving = any(row.open for row in found)
    st.fragment(_table, run_every=_EVERY if moving else None)(name, order or ORDERS[0], moving)
    if "deleting" in st.session_state:
        _ask(st.session_state["deleting"])


def _rows() -> list[Row]:
    store, owner = session.store(), session.sees()
    return rows(store.contracts(owner=owner), store.reviews(owner=owner))


def _summary(found: list[Row]) -> str:
    parts = [f"{len(found)} 份合同，已审 {sum(row.done is not None for row in found)} 份"]
    if running := sum(row.open for row in found):
        parts.append(f"{running} 份正在审或排队")
    if failed := sum(row.failed and row.done is None for row in found):
        parts.append(f"{failed} 份没有审成")
    return "，".join(parts)


def _clauses(query: str) -> None:
    try:
        hits = session.store().search_clauses(query, owner=session.sees(), limit=_HITS)
    except ShenyueError as error:
        trouble(f"条款暂时查不了：{error}")
        return
    said = f"意思最相近的 {len(hits)} 条，点合同名看原文" if hits else "没有相近的条款，换个说法试试，或只写关键词"
    section("条款", said)
    if hits:
        _act(sheet("ledger/hits.html.j2", key="hits", hits=hits, parts=lambda text: marked(text, query)))
    section("合同")


def _table(name: str, order: str, moving: bool) -> None:
    everything = _rows()
    if moving and not any(row.open for row in everything):
        st.rerun()  # the last one is done: stop looking
    found = ordered(matching(everything, name), order)
    if not found:
        st.html(f"<p class='soft'>没有名称里有“{escape(name)}”的合同</p>")
        return
    pages = (len(found) - 1) // PAGE + 1
    page = min(max(_number(st.query_params.get("page", "1")), 1), pages)
    shown = found[(page - 1) * PAGE : page * PAGE]
    areas = {area.id: area.name for area in load_playbook().areas}
    others = {a: a for row in shown if row.done for a in row.done.area_risks if a not in areas}
    values = {"areas": [*areas.items(), *others.items()], "when": _when, "admin": session.is_admin()}
    _act(
        sheet(
            "ledger/table.html.j2",
            key="table",
            rows=shown,
            page=page,
            pages=pages,
            size=PAGE,
            total=len(found),
            **values,
        )
    )


def _act(clicked: Mapping[str, str] | None) -> None:
    """What a click in the table or in a list of clauses asks for."""
    if clicked is None:
        return
    if clicked["act"] == "open":
        places = {key: clicked[key] for key in ("review", "area", "at") if clicked.get(key)}
        st.switch_page("pages/result.py", query_params=places)
    elif clicked["act"] == "page":
        st.query_params["page"] = clicked["page"]
        st.rerun()
    elif clicked["act"] == "delete":
        st.session_state["deleting"] = clicked[
            "contract"
        ]  # asked by the whole page: the table is drawn anew while reviews run
        st.rerun()


def _ask(contract_id: str) -> None:
    try:
        _delete(session.store().contract(contract_id, owner=session.sees()))
    except NotFound:
        _done()  # somebody else has deleted it


def _done() -> None:
    st.session_state.pop("deleting", None)


@st.dialog("彻底删除这份合同", width="medium", on_dismiss=_done)
def _delete(contract: Contract) -> None:
    store = session.store()
    reviews = store.reviews(owner=session.sees(), contract_id=contract.id)
    decisions = sum(len(store.decisions(review.id)) for review in reviews)
    gone = [
        f"文件《{contract.name}》（{_size(contract.size)}）",
        "读出的合同正文、拆出的条款和检索用的向量",
        *([f"{len(reviews)} 次审查的全部结论和依据"] if reviews else []),
        *([f"您对结论做的 {decisions} 个决定"] if decisions else []),
    ]
    items = "".join(f"<li style='padding:3px 0'>·　{escape(item)}</li>" for item in gone)
    st.html(
        f"<p>下面这些会从这台机器上抹去，<b>找不回来</b>：</p>"
        f"<ul style='margin:8px 0 14px;overflow-wrap:anywhere'>{items}</ul>"
        "<p style='font-size:13px;color:#666b73'>操作记录里只留一行：谁、什么时候删除过一份合同，不留内容。已经下载的报告不受影响。</p>"
    )
    typed = st.text_input(f"请输入“{_SURE}”两个字确认", key="sure")
    yes, no = st.columns(2)
    if yes.button("彻底删除", type="primary", disabled=typed.strip() != _SURE, width="stretch", key="delete"):
        store.delete_contract(contract.id, who=session.who())
        _done()
        st.toast(f"已彻底删除《{contract.name}》")
        st.rerun()
    if no.button("不删了", width="stretch", key="keep"):
        _done()
        st.rerun()


def marked(text: str, query: str) -> list[tuple[str, bool]]:
    """``text`` cut where words of ``query`` stand in it: (piece, is one of them)."""
    import jieba

    parts = re.split(r"[\s,，。、；;]+", query)
    words = sorted({w for part in parts for w in (part, *jieba.cut(part)) if len(w) > 1}, key=len, reverse=True)
    if not words:
        return [(text, False)]
    pieces = re.split("(" + "|".join(map(re.escape, words)) + ")", text, flags=re.IGNORECASE)
    return [(piece, n % 2 == 1) for n, piece in enumerate(pieces) if piece]


def _when(row: Row) -> str:
    at = row.at.astimezone()
    return f"{at.year} 年 {at.month} 月 {at.day} 日 {at:%H:%M}"


def _size(size: int) -> str:
    return f"{size / 1048576:.1f} MB" if size >= 1048576 else f"{max(1, round(size / 1024))} KB"


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() else 1


show()
