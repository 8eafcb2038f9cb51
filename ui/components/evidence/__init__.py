"""The two panes of a result: the contract with the cited words marked, and the findings that rest on them.

The page shows a choice at once and tells it afterwards; a decision comes as an event and shows once the page is drawn with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import streamlit as st

from pipeline.types import Review
from ui.view import Asked, Decided, asked, review_view

_HERE = Path(__file__).parent


def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_mount = st.components.v2.component(
    "shenyue_evidence",
    html=_part("evidence.html"),
    css=_part("evidence.css"),
    js="\n".join(map(_part, ("dom.js", "paper.js", "list.js", "evidence.js"))),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the reader did: the finding chosen by now, and the decision just asked for, if one was."""

    selected: str | None
    decision: Asked | None


def evidence(
    review: Review,
    decisions: Mapping[str, Decided] | None = None,
    *,
    key: str,
    pictures: str | None = None,
    finding: str | None = None,
    area: str | None = None,
    at: int | None = None,
) -> Told:
    """Show a finished review.

    Args:
        review: the review.
        decisions: the latest decision on each checkpoint.
        key: of the element on the page; another one for another review.
        pictures: address of the page pictures, of ``ui.serve.hand_out``; without it the contract is shown as text.
        finding: checkpoint to open with; later changes of it move nothing, and so with the next two.
        area: area to open with.
        at: offset of the text to open at.
    """
    shown: dict[str, Any] = review_view(review, decisions, pictures=pictures, finding=finding, area=area, at=at)
    # Bytes: half as long as Streamlit's own JSON for Chinese, and compared by hash, so that nothing is sent again unchanged.
    data = json.dumps(shown, ensure_ascii=False, separators=(",", ":")).encode()
    result = _mount(key=key, data=data, on_decision_change=lambda: None, on_selected_change=lambda: None)
    known = {f.checkpoint for f in review.findings}
    selected = getattr(result, "selected", None)
    return Told(
        selected=selected if selected in known else None,
        decision=asked(getattr(result, "decision", None), review),
    )
