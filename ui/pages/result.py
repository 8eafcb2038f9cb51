"""结果: the decision of a finished review, until the whole page is here."""

from __future__ import annotations

import streamlit as st

from ui import session

if review_id := st.query_params.get("review"):
    record = session.store().review(review_id, owner=None if session.is_admin() else session.owner())
    st.title(record.decision or "还没有结果")
    st.caption(record.contract_name)
else:
    st.info("请从审查或台账打开一份合同")
