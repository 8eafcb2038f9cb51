"""A page with nothing but the two panes over a kept review; run by ``test_evidence`` inside a server of its own."""

from __future__ import annotations

import os
import pickle
from datetime import UTC, datetime
from pathlib import Path

import streamlit as st

from pipeline.store import Decision
from ui.components.evidence import evidence
from ui.serve import hand_out

name = st.query_params.get("n", "word")
folder = Path(os.environ["EVIDENCE_FOLDER"])
review = pickle.loads((folder / f"{name}.review").read_bytes())
kept = st.session_state.setdefault("kept", {})
at = st.query_params.get("at")
st.set_page_config(layout="wide")
told = evidence(
    review,
    kept,
    key=f"evidence-{name}",
    pictures=hand_out(Path((folder / f"{name}.path").read_text()), reader="somebody"),
    finding=st.query_params.get("finding"),
    at=int(at) if at else None,
)
st.text(f"selected: {told.selected}")
if told.decision:
    asked = told.decision
    kept[asked.checkpoint] = Decision(
        review_id="r",
        checkpoint=asked.checkpoint,
        action=asked.action,
        status=asked.status,
        note=asked.note,
        who="王经理",
        at=datetime.now(UTC),
    )
    st.rerun()
