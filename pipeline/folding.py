"""Text made comparable: folding with a map back to the original, and Traditional to Simplified, same length.

Neither ever replaces the canonical text; both exist to find places in it.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from pipeline.types import Span

_UNIFIED = {
    **dict.fromkeys("“”„‟‘’‚‛「」『』«»‹›＂＇'`´", '"'),
    **dict.fromkeys("【〔〖［｛[{", "("),
    **dict.fromkeys("】〕〗］｝]}", ")"),
    **dict.fromkeys("‐‑‒–—―−－─", "-"),
    **dict.fromkeys("～〜∼", "~"),
    "〈": "《",
    "〉": "》",
    "∶": ":",
}

# Forms that the character table of OpenCC leaves to its phrase tables, and that contracts use in one sense only.
_ALSO_TRADITIONAL = {"週": "周", "佔": "占", "併": "并", "證": "证", "內": "内", "戶": "户", "別": "别", "産": "产"}


def narrow(char: str) -> str:
    """The compatibility form of one character, in lower case; may be longer than one character.

    Numbers that are one sign (①, ², ½) stay as they are: "①30日" must never read as 130 days.
    """
    if unicodedata.category(char) == "No":
        return char
    return unicodedata.normalize("NFKC", char).lower()


def _fold_char(char: str) -> str:
    if char in _UNIFIED:
        return _UNIFIED[char]
    if char.isspace() or unicodedata.category(char) in ("Cf", "Cc"):
        return ""
    return "".join(_UNIFIED.get(c, c) for c in narrow(char) if not c.isspace())


class _FoldTable(dict[str, str]):
    def __missing__(self, char: str) -> str:
        folded = self[char] = _fold_char(char)
        return folded


_FOLD = _FoldTable()


@dataclass(frozen=True, slots=True, kw_only=True)
class Folded:
    """Folded text with the way back.

    ``map[i]`` is the offset in the original of the character that gave ``text[i]``; ``map[len(text)]`` is the length
    of the original. ``map`` never decreases, and ``len(map) == len(text) + 1``.
    """

    text: str
    map: tuple[int, ...]

    def original(self, start: int, end: int) -> Span:
        """The range of the original that gave ``text[start:end]``, without dropped characters at its edges.

        Raises:
            ValueError: the range does not lie inside ``text``.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"[{start}, {end}) is outside the folded text of {len(self.text)} characters")
        if start == end:
            return Span(start=self.map[start], end=self.map[start])
        return Span(start=self.map[start], end=self.map[end - 1] + 1)

    def folded(self, span: Span) -> tuple[int, int]:
        """The range of ``text`` whose characters come from inside ``span`` of the original."""
        return bisect_left(self.map, span.start, hi=len(self.text)), bisect_left(self.map, span.end, hi=len(self.text))


@lru_cache(maxsize=16)
def fold(text: str) -> Folded:
    """Fold ``text``: compatibility forms (NFKC, character by character), lower case, one kind of quote mark, dash and
    bracket, no white space and no invisible characters.

    White space between two digits becomes one space instead of nothing, so that "2.1 30秒" never reads as 2.130.
    """
    chars: list[str] = []
    offsets: list[int] = []
    gap = -1
    for offset, char in enumerate(text):
        folded = _FOLD[char]
        if not folded:
            if gap < 0 and char.isspace():
                gap = offset
            continue
        if gap >= 0:
            if chars and chars[-1].isdigit() and folded[0].isdigit():
                chars.append(" ")
                offsets.append(gap)
            gap = -1
        chars.extend(folded)
        offsets.extend([offset] * len(folded))
    offsets.append(len(text))
    return Folded(text="".join(chars), map=tuple(offsets))


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    table: dict[int, str] = {}
    source = files("opencc").joinpath("dictionary", "TSCharacters.txt").read_text(encoding="utf-8")
    for line in source.splitlines():
        traditional, _, rest = line.partition("\t")
        simplified = rest.split(" ")[0]
        if len(traditional) == len(simplified) == 1 and traditional != simplified:
            table[ord(traditional)] = simplified
    table.update({ord(traditional): simplified for traditional, simplified in _ALSO_TRADITIONAL.items()})
    return table


def simplify(text: str) -> str:
    """Traditional characters to Simplified, one for one: ``len(simplify(text)) == len(text)``, offsets hold.

    For matching only; characters that depend on the word (乾, 著) get the commonest reading.
    """
    return text.translate(_simplified())
