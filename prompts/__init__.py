"""Playbooks and prompts: what is checked and how it is asked, as data.

A prompt is a file ``<name>.v<version>.md`` of this folder. Its first line declares its variables,
``<!-- variables: nonce, clauses -->``; they stand in the text as ``{{nonce}}``, and single braces (JSON) stay as they are. What
turns a playbook into the variables is ``prompts.render``.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable

from pipeline.errors import ShenyueError

_HEAD = re.compile(r"<!-- variables:(?P<names>[ a-z_,]*)-->\n")
_PLACEHOLDER = re.compile(r"\{\{([a-z][a-z_]*)\}\}")
_SECTION = re.compile(r"^### (?P<key>[a-z_.]+) ", re.MULTILINE)


class PromptError(ShenyueError):
    """A prompt template that is absent or not well-formed, or that is given too few or too many variables."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Template:
    """A prompt with its variables not yet put in; ``sha256`` is of the file (of the text, for a section)."""

    name: str
    version: int
    text: str
    sha256: str

    @property
    def variables(self) -> frozenset[str]:
        """The variables that stand in the text."""
        return frozenset(_PLACEHOLDER.findall(self.text))

    @property
    def sections(self) -> Mapping[str, Template]:
        """The parts headed ``### key …``, by key, each a template of its own; what stands before the first is in none."""
        starts = [(m["key"], m.start()) for m in _SECTION.finditer(self.text)]
        ends = [start for _, start in starts[1:]] + [len(self.text)]
        parts = {}
        for (key, start), end in zip(starts, ends, strict=True):
            text = self.text[start:end].strip()
            parts[key] = Template(
                name=f"{self.name}#{key}", version=self.version, text=text, sha256=_sha256(text.encode())
            )
        return parts

    def render(self, **variables: str) -> str:
        """The text with each variable put in once: braces inside a value stay what they are.

        Raises:
            PromptError: a variable of the text is missing, or one given does not stand in the text.
        """
        if problem := _difference(self.variables, variables, absent="缺少变量", surplus="用不到变量"):
            raise PromptError(f"提示词 {self.name}.v{self.version}：{problem}")
        return _PLACEHOLDER.sub(lambda match: variables[match[1]], self.text)


@lru_cache(maxsize=64)
def load(name: str, version: int = 1) -> Template:
    """Read ``prompts/<name>.v<version>.md``, without the line that declares its variables and the white space around it.

    Raises:
        PromptError: no such file, no declaration, a placeholder that is not declared or not well-formed, a declared variable
            that does not stand in the text.
    """
    entry = _folder().joinpath(f"{name}.v{version}.md")
    if not re.fullmatch(r"[a-z_]+", name) or not entry.is_file():
        raise PromptError(f"没有名为 {name}.v{version}.md 的提示词。请重新安装，或检查名称和版本")
    return parse(entry.read_text(encoding="utf-8"), name, version)


def parse(source: str, name: str, version: int = 1) -> Template:
    """The template that ``source``, the text of a prompt file, holds; ``load`` says what is raised."""
    head = _HEAD.match(source)
    if head is None:
        raise PromptError(f"提示词 {name}.v{version}：第一行应为 <!-- variables: … -->")
    text = source[head.end() :].strip()
    declared = frozenset(re.findall(r"[a-z_]+", head["names"]))
    if malformed := re.search(r"\{\{.{0,20}", _PLACEHOLDER.sub("", text)):
        raise PromptError(f"提示词 {name}.v{version}：占位符「{malformed[0]}」写错了，应为 {{{{小写英文名}}}}")
    used = _PLACEHOLDER.findall(text)
    if problem := _difference(declared, used, absent="声明了却没有用到", surplus="没有声明"):
        raise PromptError(f"提示词 {name}.v{version}：{problem}")
    return Template(name=name, version=version, text=text, sha256=_sha256(source.encode()))


def exists(name: str, version: int = 1) -> bool:
    """True when there is a prompt of that name and version."""
    return _folder().joinpath(f"{name}.v{version}.md").is_file()


def sha256() -> str:
    """One hash over all templates and examples, in order of their names; any change of one changes it."""
    digest = hashlib.sha256()
    for folder, prefix, ending in ((_folder(), "", ".md"), (_folder().joinpath("examples"), "examples/", ".yaml")):
        for entry in sorted(folder.iterdir(), key=lambda e: e.name):
            if entry.name.endswith(ending):
                digest.update(f"{prefix}{entry.name}".encode() + b"\0" + entry.read_bytes() + b"\0")
    return digest.hexdigest()


def _folder() -> Traversable:
    return resources.files(__name__)


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def _difference(wanted: frozenset[str], given: Iterable[str], *, absent: str, surplus: str) -> str:
    have = set(given)
    parts = [(absent, wanted - have), (surplus, have - wanted)]
    return "；".join(f"{said} {'、'.join(sorted(names))}" for said, names in parts if names)
