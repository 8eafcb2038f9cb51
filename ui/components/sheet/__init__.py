"""A part of a page written as HTML: dense tables, pictures of figures, quoted clauses, with links that the page acts on.

Templates (``*.html.j2`` in the folders under ``ui/components``) are rendered with autoescape on, so contract text and file names stay text. An element
with ``data-act`` reports a click: ``sheet`` then returns its ``data-…`` attributes for that one run. A link keeps its address: opened in a
new tab it works by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

import streamlit as st
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import escape

from eval.words import number
from pipeline.report import words
from pipeline.types import Risk, Status

_HERE = Path(__file__).parent
RISK_SHORT: Mapping[Risk, str] = {Risk.HIGH: "高", Risk.MEDIUM: "中", Risk.LOW: "低"}

_mount = st.components.v2.component(
    "shenyue_sheet",
    html="<div class='sheet'></div>",
    css=(_HERE / "sheet.css").read_text(encoding="utf-8"),
    js=(_HERE / "sheet.js").read_text(encoding="utf-8"),
)


def sheet(template: str, *, key: str, **values: Any) -> Mapping[str, str] | None:
    """Show a template; the ``data-…`` attributes of the element just clicked, or ``None``.

    Args:
        template: its path under ``ui/components``, as ``ledger/table.html.j2``.
        key: of the element on the page.
        values: of the template.
    """
    result = _mount(key=key, data={"html": render(template, **values)}, on_act_change=lambda: None)
    return getattr(result, "act", None)


def section(title: str, said: str = "") -> None:
    """The heading of a part of a page, with a line on what it is."""
    line = f"<p class='soft'>{escape(said)}</p>" if said else ""
    st.html(f"<h2 style='margin-top:26px'>{escape(title)}</h2>{line}")


def trouble(message: str) -> None:
    """What went wrong and what to do, where it happened."""
    st.html(f"<p class='failure' role='alert'>{escape(message)}</p>")


def render(template: str, **values: Any) -> str:
    """The HTML of a template; everything put into it is escaped.

    Raises:
        jinja2.UndefinedError: a value it needs is not given.
    """
    return _environment().get_template(template).render(**values)


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FileSystemLoader(_HERE.parent, encoding="utf-8"),
    )
    environment.globals.update(
        STATUS=words.STATUS,
        SEVERITY=words.SEVERITY,
        RISK=words.RISK,
        RISK_SHORT=RISK_SHORT,
        Status=Status,
        number=number,
    )
    return environment
