"""The script of the page: sign-in, the bar on top, and the page that the address names."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from pipeline.errors import ShenyueError
from ui import session
from ui.components import bar

_HERE = Path(__file__).parent


_CHINESE = (_HERE / "chinese.js").read_text(encoding="utf-8")
_ICON = str(_HERE / "favicon.svg")


def main() -> None:
    """Everything of one run."""
    st.set_page_config(page_title="审约", page_icon=_ICON, layout="wide", initial_sidebar_state="collapsed")
    st.html(_HERE / "style.css")
    st.html(f"<script>{_CHINESE}</script>", unsafe_allow_javascript=True)
    if not session.signed_in():
        bar.sign_in()
        return
    result = st.Page("pages/result.py", title="结果", url_path="result")
    pages = [
        st.Page("pages/upload.py", title="审查", default=True),
        st.Page("pages/ledger.py", title="台账", url_path="ledger"),
        st.Page("pages/playbook.py", title="审查标准", url_path="playbook"),
        st.Page("pages/evaluation.py", title="评测", url_path="evaluation"),
        st.Page("pages/settings.py", title="设置", url_path="settings"),
    ]
    page = st.navigation([*pages, result], position="hidden")
    st.set_page_config(page_title=f"{page.title} · 审约", page_icon=_ICON)
    bar.show(pages, page)
    try:
        page.run()
    except ShenyueError as error:
        st.error(str(error))


main()
