"""What Word's styles bring along to a paragraph and a run, through the styles they are based on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from pipeline.ingest.numbering import W


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """Of a run's properties what decides whether it can be seen; ``None`` is "not said here"."""

    vanish: bool | None = None
    half_points: int | None = None
    colour: str | None = None

    def over(self, below: Look) -> Look:
        """This look where it says something, ``below`` where it does not."""
        return Look(
            vanish=below.vanish if self.vanish is None else self.vanish,
            half_points=below.half_points if self.half_points is None else self.half_points,
            colour=below.colour if self.colour is None else self.colour,
        )


@dataclass(slots=True)
class Styles:
    """List, outline level, look and shading of every style; all lookups go through ``basedOn``."""

    numbers: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)
    outline: dict[str, int] = field(default_factory=dict)
    base: dict[str, str] = field(default_factory=dict)
    looks: dict[str, Look] = field(default_factory=dict)
    shaded: set[str] = field(default_factory=set)
    contents: set[str] = field(default_factory=set)
    normal: str | None = None
    defaults: Look = Look()

    @classmethod
    def of(cls, root: Any) -> Styles:
        """Read ``word/styles.xml``."""
        self = cls()
        self.defaults = look(root.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr"))
        for style in root.iter(f"{W}style"):
            self._add(style, style.get(f"{W}styleId"))
        return self

    def _add(self, style: Any, key: str) -> None:
        if (based := style.find(f"{W}basedOn")) is not None:
            self.base[key] = based.get(f"{W}val")
        if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true", "on"):
            self.normal = key
        label = style.find(f"{W}name")
        called = (label.get(f"{W}val") or "").lower() if label is not None else ""
        if called.startswith("heading ") and called[8:].isdigit():
            self.outline[key] = int(called[8:])
        if called.startswith("toc ") and called[4:].isdigit():
            self.contents.add(key)
        self.looks[key] = look(style.find(f"{W}rPr"))
        if any(shade_colour(shade) not in ("", "FFFFFF") for shade in style.iter(f"{W}shd")):
            self.shaded.add(key)
        if (properties := style.find(f"{W}pPr")) is not None:
            self.numbers[key] = num_pr(properties)
            level = properties.find(f"{W}outlineLvl")
            if level is not None and int(level.get(f"{W}val")) < 9:
                self.outline[key] = int(level.get(f"{W}val")) + 1

    def chain(self, style: str | None) -> Iterator[str]:
        """The style and those it is based on, nearest first."""
        seen: set[str] = set()
        while style is not None and style not in seen:
            seen.add(style)
            yield style
            style = self.base.get(style)

    def look_of(self, run: Any) -> Look:
        """The look of a run: its own properties, its character style, its paragraph's style, the defaults."""
        properties = run.find(f"{W}rPr")
        found = look(properties)
        character = properties.find(f"{W}rStyle") if properties is not None else None
        paragraph = next(run.iterancestors(f"{W}p"), None)
        for style in (
            character.get(f"{W}val") if character is not None else None,
            (paragraph_style(paragraph) if paragraph is not None else None) or self.normal,
        ):
            for name in self.chain(style):
                found = found.over(self.looks.get(name, Look()))
        return found.over(self.defaults)


def look(properties: Any) -> Look:
    """The look that one ``w:rPr`` gives."""
    if properties is None:
        return Look()
    size, colour = properties.find(f"{W}sz"), properties.find(f"{W}color")
    points = size.get(f"{W}val") if size is not None else None
    return Look(
        vanish=on(properties.find(f"{W}vanish")),
        half_points=int(points) if points and points.isdigit() else None,
        colour=colour.get(f"{W}val") if colour is not None else None,
    )


def on(node: Any) -> bool | None:
    """A switch of Word's: there means on, unless it says otherwise; ``None`` where it is not there."""
    return None if node is None else node.get(f"{W}val") not in ("0", "false", "off")


def num_pr(properties: Any) -> tuple[str | None, int | None]:
    """List and level (from 0) that a ``w:pPr`` names."""
    node = properties.find(f"{W}numPr") if properties is not None else None
    if node is None:
        return None, None
    number, level = node.find(f"{W}numId"), node.find(f"{W}ilvl")
    return (
        None if number is None else number.get(f"{W}val"),
        None if level is None else int(level.get(f"{W}val")),
    )


def paragraph_style(node: Any) -> str | None:
    """The style id of a ``w:p``."""
    own = node.find(f"{W}pPr/{W}pStyle")
    return own.get(f"{W}val") if own is not None else None


def shade_colour(shade: Any) -> str | None:
    """The colour of a ``w:shd``: six hex figures, "" for none, ``None`` where it cannot be told."""
    kind = shade.get(f"{W}val") or "clear"
    value = (shade.get(f"{W}color" if kind == "solid" else f"{W}fill") or "auto").upper()
    if kind not in ("clear", "nil", "solid"):
        return None
    if value == "AUTO":
        return "000000" if kind == "solid" else ""
    return value if len(value) == 6 else None
