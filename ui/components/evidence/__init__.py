"""The two panes of a result: the contract with the cited words marked, and the findings that rest on them.

The page shows a choice at once and tells it afterwards; a decision comes as an event and shows once the page is drawn with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import streamlit as st

from pipeline.types import Review
from ui.view import Asked, Decided, asked, decisions_view, review_view

_HERE = Path(__file__).parent
_KEPT = "evidence-kept"  # in a session: the review shown last, as sent


def _part(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


_mount = st.components.v2.component(
    "shenyue_evidence",
    html=_part("evidence.html"),
    css=_part("evidence.css"),
    js="\n".join(map(_part, ("dom.js", "paper.js", "cards.js", "list.js", "evidence.js"))),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the reader did: the finding chosen by now, and a decision asked for and not told before.

    A decision is told once; where several wait, the next one with the next run.
    """

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
    data = _data(review, pictures, (finding, area, at), decisions or {})
    result = _mount(key=key, data=data, on_decision_change=partial(_heard, key), on_selected_change=_nothing)
    known = {f.checkpoint for f in review.findings}
    selected = getattr(result, "selected", None)
    waiting: list[object] = st.session_state.get(f"{key}:heard", [])
    return Told(
        selected=selected if selected in known else None,
        decision=asked(waiting.pop(0), review) if waiting else None,
    )


def _heard(key: str) -> None:
    """Keep decisions at once: the run they come with may be cut short by the next click before it gets to the panes.

    The browser sends all that it has had no answer to, so one may come again; it is known by its id.
    """
    payload = getattr(st.session_state.get(key), "decision", None)
    seen: set[str] = st.session_state.setdefault(f"{key}:seen", set())
    for decision in payload if isinstance(payload, list) else [payload]:
        sent = str(decision.get("id") or "") if isinstance(decision, Mapping) else ""
        if decision is None or sent in seen:
            continue
        if sent:
            seen.add(sent)
        st.session_state.setdefault(f"{key}:heard", []).append(decision)


def _nothing() -> None:
    """A choice is read when the page is drawn."""


def _data(
    review: Review,
    pictures: str | None,
    opens: tuple[str | None, str | None, int | None],
    decisions: Mapping[str, Decided],
) -> bytes:
    """What the browser is sent: everything but the decisions is made once for a review.

    Bytes are half as long as Streamlit's own JSON for Chinese, and compared by hash, so that nothing is sent again unchanged.
    """
    kept = st.session_state.get(_KEPT)
    if kept is None or kept[0] is not review or kept[1:3] != (pictures, opens):
        finding, area, at = opens
        made = review_view(review, pictures=pictures, finding=finding, area=area, at=at)
        kept = (review, pictures, opens, _json(made))
        st.session_state[_KEPT] = kept
    return b'{"decisions":' + _json(decisions_view(decisions)) + b"," + kept[3][1:]


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
