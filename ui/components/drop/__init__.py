"""A small place to drop a file, in Chinese: Streamlit's own words are see-through under ours."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from pathlib import Path

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

_STYLE = (Path(__file__).parent / "drop.css").read_text(encoding="utf-8")


def drop(label: str, kinds: Sequence[str], *, key: str) -> list[UploadedFile]:
    """The files dropped; ``label`` is shown in the zone and read out. A ``key`` of its own empties it."""
    with st.container(key=f"small-drop-{key}"):
        st.html(f"<style>{_STYLE}</style><p class='small-hint' aria-hidden='true'>{escape(label)}</p>")
        return st.file_uploader(label, type=list(kinds), accept_multiple_files=True, key=key)
