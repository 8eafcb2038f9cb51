"""The bar on top: the name, the pages, who is signed in; and the page that asks to sign in."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st
from markupsafe import escape
from streamlit.navigation.page import StreamlitPage

from ui import session


def show(pages: Sequence[StreamlitPage], current: StreamlitPage) -> None:
    """The bar; the link of ``current`` is underlined and told to screen readers by its title."""
    with st.container(key="bar", horizontal=True, vertical_alignment="center", gap=None):
        with st.container(key="brand", width="content"):
            st.page_link(pages[0], label="审约")
        with st.container(key="nav", horizontal=True, vertical_alignment="center", gap=None):
            for page in pages:
                on = page.url_path == current.url_path
                name = page.url_path or "upload"
                with st.container(key=f"{'on' if on else 'nav'}-{name}", width="content"):
                    st.page_link(page, label=page.title)
        if session.signing_in():
            with st.container(key="who", horizontal=True, vertical_alignment="center", width="content", gap="small"):
                st.html(f"<span class='soft'>{escape(session.owner())}</span>", width="content")
                if st.button("退出登录", type="tertiary", key="sign-out"):
                    st.logout()


def sign_in() -> None:
    """Asks to sign in, and says why it was refused where it was."""
    with st.container(key="sign-in"):
        st.html(
            "<p class='brand'>审约</p><h1>请先登录</h1>"
            "<p>登录后只看得到自己的合同和审查结果。登录由贵公司的账号服务完成，这里不保存密码。</p>"
        )
        if getattr(st.user, "is_logged_in", False):
            st.error("这个账号没有带回验证过的邮箱，认不出是谁。请换一个账号登录，或请管理员在账号服务里验证邮箱")
            if st.button("换一个账号", type="primary"):
                st.logout()
        elif st.button("用公司账号登录", type="primary"):
            st.login()
