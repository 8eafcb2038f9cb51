"""结果: the decision of a finished review, the contract with its cited words marked, and the findings one decides on."""

from __future__ import annotations

import streamlit as st
from markupsafe import escape

from pipeline.store import NotFound, ReviewRecord, State
from ui import session
from ui.components.evidence import evidence
from ui.serve import hand_out


def show() -> None:
    """The whole page; its address names the review, and what to open with: ``finding``, ``area`` or ``at``."""
    record = _record(st.query_params.get("review", ""))
    if record is None:
        st.info("没有找到这次审查。请从审查或台账打开一份合同")
        return
    if record.state is not State.DONE:
        st.info("这份合同还没有审完" if record.error is None else record.error)
        return
    store = session.store()
    review, contract = store.load(record.id), store.contract(record.contract_id)
    verdict = review.verdict
    st.html(
        f"<h1>{escape(verdict.decision)}</h1><p class='lead'>{escape(verdict.advice)}</p>"
        f"<p class='soft'>{escape(record.contract_name)}</p>"
    )
    at = st.query_params.get("at", "")
    told = evidence(
        review,
        store.decisions(record.id),
        key=f"evidence-{record.id}",
        pictures=hand_out(store.path_of(contract), reader=f"{session.owner()}/{session.session_id()}"),
        finding=st.query_params.get("finding"),
        area=st.query_params.get("area"),
        at=int(at) if at.isascii() and at.isdigit() else None,
    )
    if told.decision:
        asked = told.decision
        store.decide(record.id, asked.checkpoint, asked.action, who=session.who(), status=asked.status, note=asked.note)
        st.rerun()


def _record(review_id: str) -> ReviewRecord | None:
    try:
        return session.store().review(review_id, owner=None if session.is_admin() else session.owner())
    except NotFound:
        return None


show()
