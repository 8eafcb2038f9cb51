"""结果: the decision of a finished review, the contract with its cited words marked, the findings one decides on, and what to take away.

The address names the review, and what to open with: ``finding``, ``area`` or ``at`` (an offset of the text).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

import streamlit as st
from markupsafe import escape

from pipeline.playbook import load_playbook
from pipeline.report import EXTENSIONS, MEDIA_TYPES, render_bytes, words
from pipeline.report.letter import letter, letter_docx
from pipeline.store import Action, Decision, NotFound, ReviewRecord, State
from pipeline.types import Decided, Review, Status
from ui import session
from ui.components.copy import copy_button
from ui.components.evidence import evidence
from ui.components.files import OPEN, other, row
from ui.components.result import head
from ui.serve import hand_out
from ui.view import ACTIONS, moment

_EVERY = 1.0  # seconds between looks at a review that is under way
_TAKE = {
    "docx": "Word 报告（发给同事、律师）",
    "pdf": "PDF 报告（打印、存档）",
    "html": "网页报告（原文对照）",
    "xlsx": "Excel 清单（29 项一张表）",
    "json": "JSON 数据（给程序用）",
}


def show() -> None:
    """The whole page."""
    record = _record(st.query_params.get("review", ""))
    if record is None:
        st.html(
            "<h1>没有找到这次审查</h1><p class='lead'>它可能已经删除，或者不是您的合同。请从审查或台账打开一份。</p>"
        )
        st.page_link("pages/ledger.py", label="去台账 ›")
        return
    if record.state is not State.DONE:
        st.html("<h1>正在审查</h1>" if record.state in OPEN else "<h1>没有审成</h1>")
        st.fragment(_under_way, run_every=_EVERY if record.state in OPEN else None)(record.id)
        return
    _result(record)


def _record(review_id: str) -> ReviewRecord | None:
    try:
        return session.store().review(review_id, owner=session.sees())
    except NotFound:
        return None


def _under_way(review_id: str) -> None:
    session.queue()  # somebody may come back to this page first after a restart
    record = _record(review_id)
    if record is None or record.state is State.DONE:
        st.rerun()
    areas = {area.id: area.name for area in load_playbook().areas}
    st.html(row(record, areas, size=session.store().contract(record.contract_id).size))
    if record.state not in OPEN and st.button("再审一次"):
        _again(record)


def _again(record: ReviewRecord, *, turned: bool = False) -> None:
    """Review the contract once more, for the other side where it was taken for the wrong one; the page goes on to that review."""
    options = replace(record.options, merchant=other(record)) if turned else record.options
    new = session.store().submit(record.contract_id, options, who=session.who(), session=session.session_id())
    session.queue().wake()
    st.query_params.from_dict({"review": new.id})
    st.rerun()


def _result(record: ReviewRecord) -> None:
    store = session.store()
    review, contract, decisions = _loaded(record.id), store.contract(record.contract_id), store.decisions(record.id)
    decided = {checkpoint: _decided(decision) for checkpoint, decision in decisions.items()}
    go = head(review, decided, name=record.contract_name, key=f"head-{record.id}")
    if go:
        name, _, area = go.partition(":")
        st.query_params.from_dict({"review": record.id, **({"area": area} if area else {"finding": name})})
        st.session_state["opened"] = st.session_state.get("opened", 0) + 1
    _acts(record, review, decided)
    at = st.query_params.get("at", "")
    told = evidence(
        review,
        decisions,
        key=f"evidence-{record.id}-{st.session_state.get('opened', 0)}",
        pictures=hand_out(store.path_of(contract), reader=f"{session.owner()}/{session.session_id()}"),
        finding=st.query_params.get("finding"),
        area=st.query_params.get("area"),
        at=int(at) if at.isascii() and at.isdigit() else None,
    )
    if told.decision:
        asked = told.decision
        store.decide(record.id, asked.checkpoint, asked.action, who=session.who(), status=asked.status, note=asked.note)
        st.rerun()
    _history(record, review)


@st.cache_resource(max_entries=32, show_spinner=False)
def _loaded(review_id: str) -> Review:
    """A finished review never changes; whether this visitor may see it was asked before."""
    return session.store().load(review_id)


def _decided(decision: Decision) -> Decided:
    return Decided(
        action=decision.action.value,
        status=decision.status,
        note=decision.note,
        who=decision.who,
        at=decision.at.isoformat(),
    )


def _acts(record: ReviewRecord, review: Review, decided: Mapping[str, Decided]) -> None:
    """Who was taken for the merchant, and what can be done with the whole result."""
    with st.container(
        key="result-acts", horizontal=True, vertical_alignment="center", horizontal_alignment="distribute"
    ):
        with st.container(key="result-side", horizontal=True, vertical_alignment="center", gap="small"):
            st.html(f"<p class='soft'>{escape(_made(record, review))}</p>", width="content")
            if st.button(f"商家其实是{other(record)}，重审", type="tertiary", key="turn"):
                _again(record, turned=True)
        with st.container(key="result-take", horizontal=True, width="content", gap="small"):
            if st.button("写谈判清单", type="primary", key="write"):
                _letter(record, review, decided)
            with st.popover("下载报告"):
                _take_away(record, review, decided)


def _made(record: ReviewRecord, review: Review) -> str:
    said = "您指定" if record.options.merchant else review.merchant_reason
    playbook = "默认标准"
    if record.options.playbook:
        try:
            playbook = session.store().playbook(record.options.playbook).name
        except NotFound:
            playbook = "一份已删除的标准"
    engine = words.ENGINE.get(review.engine.name, review.engine.name)
    return f"以{review.merchant}为商家（{said}） · {engine} · {playbook}"


def _take_away(record: ReviewRecord, review: Review, decided: Mapping[str, Decided]) -> None:
    """Made when asked for: a PDF takes a second, and most are never downloaded."""
    stem = Path(record.contract_name).stem
    for fmt, label in _TAKE.items():
        st.download_button(
            label,
            data=partial(render_bytes, review, fmt, decisions=decided),
            file_name=f"{stem}-审查报告{EXTENSIONS[fmt]}",
            mime=MEDIA_TYPES[fmt],
            on_click="ignore",
            type="tertiary",
            key=f"take-{fmt}",
        )


@st.dialog("谈判清单", width="large")
def _letter(record: ReviewRecord, review: Review, decided: Mapping[str, Decided]) -> None:
    """A message to the vendor from the points chosen; nothing of our own limits is in it."""
    statuses = {f.checkpoint: words.status_of(f, decided) for f in review.findings}
    names = {
        f.checkpoint: f"{f.name}（{words.STATUS[statuses[f.checkpoint]]}）" for f in words.worst_first(review.findings)
    }
    open_ = [c for c in names if statuses[c] is not Status.OK]
    accepted = [c for c in open_ if c in decided and decided[c].action in (Action.ACCEPT, Action.CHANGE)]
    offered = accepted or [c for c in open_ if c not in decided or decided[c].action != Action.REJECT]
    said = "取自您采纳和改判的结论" if accepted else "还没有采纳任何结论，先列出全部有问题的"
    chosen = st.multiselect(
        f"要谈的条款（{said}）",
        open_,
        default=offered,
        format_func=names.__getitem__,
        placeholder="选要写进去的",
        key=f"points-{record.id}",
    )
    text = letter(review, chosen, decisions=decided)
    if not text:
        st.html("<p class='soft'>还没有选要谈的条款。</p>")
        return
    edited = st.text_area(
        "给对方的话，可以直接改。里面没有我方的底线和退让。",
        text,
        height=420,
        key=f"letter-{record.id}-{hash(text)}",
    )
    with st.container(key="letter-acts", horizontal=True, vertical_alignment="center", gap="small"):
        copy_button("复制全文", edited, key="copy-letter")
        st.download_button(
            "下载 Word",
            data=partial(letter_docx, edited),
            file_name=f"{Path(record.contract_name).stem}-谈判清单.docx",
            mime=MEDIA_TYPES["docx"],
            on_click="ignore",
            key="take-letter",
        )


def _history(record: ReviewRecord, review: Review) -> None:
    """Every decision, the newest first; what was decided before stays on record."""
    kept = session.store().decision_history(record.id)
    if not kept:
        return
    names = {f.checkpoint: f.name for f in review.findings}
    with st.expander(f"决定的记录（{len(kept)}）"):
        rows = "".join(
            f"<tr><th>{escape(moment(d.at))}</th><td>{escape(d.who)}</td><td>{escape(names.get(d.checkpoint, d.checkpoint))}</td>"
            f"<td>{ACTIONS[d.action]}{'为' + words.STATUS[d.status] if d.status else ''}</td><td>{escape(d.note)}</td></tr>"
            for d in sorted(kept, key=lambda d: d.at, reverse=True)
        )
        st.html(f"<table class='facts'>{rows}</table>")


show()
