"""Pages run without a browser over a store in a folder of their own, and what a click in one of their HTML parts sends."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from html import unescape
from pathlib import Path

import pytest
import streamlit as st
from streamlit.proto.WidgetStates_pb2 import WidgetState
from streamlit.testing.v1 import AppTest

from pipeline.review import review_document
from pipeline.settings import settings
from pipeline.store import Contract, ReviewOptions, ReviewRecord, Store, open_store
from pipeline.types import Review
from tests.conftest import knowing_vectors
from tests.eval.conftest import FIRST
from tests.pipeline.conftest import HashedWords, make_document
from ui import session

APP = Path(__file__).parents[2] / "ui" / "app.py"


def open_page(name: str, **query: str) -> AppTest:
    """A page of the app, run once."""
    at = AppTest.from_file(str(APP), default_timeout=60)
    at.query_params.update(query)
    return at.switch_page(f"pages/{name}.py").run()


def html(at: AppTest, key: str) -> str:
    """What the HTML part of that key shows; empty where it is not on the page."""
    found = [e for e in at._tree if e.type == "bidi_component" and e.key == key]
    return str(json.loads(found[0].proto.json)["html"]) if found else ""


def said(at: AppTest, *keys: str) -> str:
    """All words on the page: of plain HTML, of errors, and of the HTML parts named."""
    parts = [*(str(getattr(e, "value", "")) for e in at._tree if e.type == "html"), *(html(at, key) for key in keys)]
    return words("\n".join(parts))


def words(markup: str) -> str:
    """HTML without its tags."""
    return re.sub(r"\s+", " ", unescape(re.sub(r"<style>.*?</style>|<[^>]*>", " ", markup, flags=re.S)))


def click(at: AppTest, key: str, **data: str) -> AppTest:
    """A click on an element of the HTML part ``key`` with these ``data-…`` attributes: what the browser would send, and the run that follows."""
    (part,) = [e for e in at._tree if e.type == "bidi_component" and e.key == key]
    state = WidgetState(id=f"$$STREAMLIT_INTERNAL_KEY_{part.proto.id}__events")
    state.json_trigger_value = json.dumps([{"event": "act", "value": data}])
    states = at._tree.get_widget_states()
    states.widgets.append(state)
    return at._run(states)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Store]:
    """The store that the page opens too."""
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(knowing_vectors(tmp_path)))
    settings.cache_clear()
    st.cache_resource.clear()
    monkeypatch.setattr(session, "session_id", lambda: "0" * 32)  # there is no browser that brings a cookie
    yield open_store(embedder=HashedWords)
    st.cache_resource.clear()
    settings.cache_clear()


@lru_cache(maxsize=2)
def made(text: str) -> Review:
    return review_document(make_document(text), embedder=HashedWords())


def add(store: Store, name: str, text: str = FIRST, owner: str = "local") -> Contract:
    return store.add_contract(name, f"{text}{name}".encode(), owner=owner)


def reviewed(store: Store, name: str, text: str = FIRST, owner: str = "local") -> ReviewRecord:
    record = store.submit(add(store, name, text, owner).id, ReviewOptions(), who=owner)
    assert store.claim("test:1") is not None
    store.finish(record.id, made(text))
    return store.review(record.id)
