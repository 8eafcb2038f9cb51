"""Pages of one file: a template, and the style and the script that a page carries, which it allows by hash."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib import resources

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup


@cache
def template(package: str, name: str) -> Template:
    """The template of that file name in a package; what it names and is not given is an error."""
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_part(package, name))


def carried(package: str, stem: str) -> Mapping[str, str]:
    """``style``, ``script`` and ``script_sha256`` (base64, as a content security policy has it) of ``stem``.css.j2 and ``stem``.js.j2."""
    script = _part(package, f"{stem}.js.j2")
    return {
        "style": Markup(_part(package, f"{stem}.css.j2")),
        "script": Markup(script),
        "script_sha256": base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    }


def _part(package: str, name: str) -> str:
    return (resources.files(package) / name).read_text(encoding="utf-8")
