"""Who is looking, and what the pages share: one store and one queue for the whole server."""

from __future__ import annotations

import os
import uuid
from typing import TYPE_CHECKING

import streamlit as st

from pipeline.settings import settings
from pipeline.store import Store, open_store
from pipeline.store.records import LOCAL
from ui import access
from ui.shell import COOKIE, OPEN, SESSION

if TYPE_CHECKING:
    from pipeline.batch.queue import ReviewQueue


@st.cache_resource(show_spinner=False)
def store() -> Store:
    """The store of this server."""
    return open_store()


@st.cache_resource(show_spinner=False)
def queue() -> ReviewQueue:
    """The queue of this server, started the first time a page asks for it."""
    from pipeline.batch.queue import ReviewQueue
    from pipeline.batch.worker import Worker

    # Somebody waits for a lone contract: its worker may use all threads, not the share that many files at once would leave it.
    limits = settings()
    reviews = ReviewQueue(store(), workers=limits.workers, make=lambda: Worker(threads=limits.threads))
    reviews.start()
    return reviews


def signing_in() -> bool:
    """Whether people sign in here."""
    return bool(settings().auth)


def signed_in() -> bool:
    """Whether this one has; always, where nobody signs in. An address that the provider has not verified counts for nothing."""
    return not signing_in() or bool(_email())


def owner() -> str:
    """Whose contracts this visitor has: the e-mail address signed in with, or ``local``."""
    if not signing_in():
        return LOCAL
    email = _email()
    if not email:
        st.stop()
    return email


def who() -> str:
    """The name for the audit trail."""
    return owner()


def is_admin() -> bool:
    """Whether this visitor sees everybody's contracts; only somebody signed in can."""
    return signing_in() and owner() in access.admins(settings().admins)


def sees() -> str | None:
    """Whose contracts this visitor is shown, as the store asks for it: their own, or ``None`` for everybody's."""
    return None if is_admin() else owner()


def may_configure() -> bool:
    """Whether this visitor may change the settings of the server: an administrator, or whoever sits at a machine that only itself can reach."""
    return is_admin() if signing_in() else not os.environ.get(OPEN)


def session_id() -> str:
    """The browser's: from a cookie, so it outlives a reload and a restart. Somebody signed in has one everywhere."""
    found = st.context.cookies.get(COOKIE, "")
    if SESSION.fullmatch(found):
        return str(found)
    return str(st.session_state.setdefault("session", uuid.uuid4().hex))


def _email() -> str:
    if not getattr(st.user, "is_logged_in", False):
        return ""
    told = st.user.to_dict()
    email = str(told.get("email") or "").strip().lower()
    return "" if told.get("email_verified") is False else email
