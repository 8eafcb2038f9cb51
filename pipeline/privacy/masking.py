"""Masking and its way back.

Every ``〔种类N〕`` of a masked text was put there by ``Masking``: what looks like a placeholder in the contract itself is masked too.
That is what makes the way back exact.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from pipeline.privacy.names import companies, is_role, shops
from pipeline.privacy.numbers import numbers
from pipeline.privacy.people import people
from pipeline.privacy.places import addresses
from pipeline.privacy.plain import plain
from pipeline.privacy.tables import cells
from pipeline.privacy.values import WORDS, Entity, EntityKind, Found, Masked
from pipeline.types import Span

# Models answer in other brackets now and then; all of them are read back, and all are masked where the contract has them.
_OPEN, _CLOSE = "〔【［\\[〖(（{｛〈<", "〕】］\\]〗)）}｝〉>"
PLACEHOLDER = re.compile(
    rf"[{_OPEN}]\s?(?P<word>{'|'.join(WORDS.values())})\s?(?P<number>\d{{1,6}})\s?(?P<short>简称)?\s?[{_CLOSE}]"
)
_LEARNED = frozenset(EntityKind) - {EntityKind.LITERAL}
_BOUND_LEFT, _BOUND_RIGHT = r"(?<![0-9A-Za-z])", r"(?![0-9A-Za-z])"


class Masking:
    """Placeholders for the entities of one document, the same value always under the same placeholder.

    ``names`` are names known beforehand, the parties' above all; they are masked wherever they stand. What ``learn`` finds in a text
    is masked in every later text, also where nothing around it gives it away.
    """

    def __init__(self, names: Iterable[str] = ()) -> None:
        self._known: dict[str, EntityKind] = {}
        self._placeholders: dict[str, str] = {}
        self._values: dict[str, str] = {}
        self._numbers: dict[EntityKind, int] = {}
        self._pattern: re.Pattern[str] | None = None
        for name in names:
            self.know(name, EntityKind.COMPANY)

    def know(self, value: str, kind: EntityKind) -> None:
        """Mask ``value`` wherever it stands from now on; words for a role, and single signs, are left alone."""
        value = plain(value.strip())
        if len(value) < 2 or is_role(value) or value in self._known:
            return
        self._known[value] = kind
        self._pattern = None

    def learn(self, text: str) -> None:
        """Find the entities of ``text``, to be masked from now on."""
        for found in self._find(text):
            if found.kind in _LEARNED:
                self.know(text[found.start : found.end], found.kind)

    def mask(self, text: str) -> Masked:
        """Replace the entities of ``text``; what is between them stays as it is."""
        pieces: list[str] = []
        entities: list[Entity] = []
        at = length = 0
        for found in self._find(text):
            value = text[found.start : found.end]
            placeholder = self._placeholder(value, found.kind)
            pieces += [text[at : found.start], placeholder]
            length += found.start - at
            where = Span(start=length, end=length + len(placeholder))
            entities.append(
                Entity(
                    start=found.start, end=found.end, kind=found.kind, text=value, placeholder=placeholder, masked=where
                )
            )
            length, at = where.end, found.end
        return Masked(text="".join([*pieces, text[at:]]), entities=tuple(entities))

    def unmask(self, text: str) -> str:
        """Put the values back. ``unmask(mask(text).text) == text``; a placeholder that was never given out stays as it is."""

        def value(match: re.Match[str]) -> str:
            return self._values.get(f"〔{match['word']}{int(match['number'])}{match['short'] or ''}〕", match[0])

        return PLACEHOLDER.sub(value, text)

    def _placeholder(self, value: str, kind: EntityKind) -> str:
        if value not in self._placeholders:
            placeholder = self._short_of(value, kind)
            if placeholder is None:
                self._numbers[kind] = self._numbers.get(kind, 0) + 1
                placeholder = f"〔{kind.word}{self._numbers[kind]}〕"
            self._placeholders[value] = placeholder
            self._values[placeholder] = value
        return self._placeholders[value]

    def _short_of(self, value: str, kind: EntityKind) -> str | None:
        """The placeholder of a short form: 锦程 beside 郑州锦程客服有限公司 is 〔公司1简称〕; one short form a company."""
        if kind is not EntityKind.COMPANY or len(value) > 6:
            return None
        core = value.removesuffix("公司").removesuffix("集团")
        for full, placeholder in self._placeholders.items():
            if (
                placeholder.startswith("〔公司")
                and "简称" not in placeholder
                and len(full) > len(value)
                and core in full
            ):
                short = placeholder[:-1] + "简称〕"
                return short if short not in self._values else None
        return None

    def _find(self, text: str) -> tuple[Found, ...]:
        """The entities of ``text``, in order and apart; the surer kind first, then the longer."""
        if not text:
            return ()
        read = plain(text)
        literals = [Found(start=m.start(), end=m.end(), kind=EntityKind.LITERAL) for m in PLACEHOLDER.finditer(text)]
        taken = bytearray(len(text))
        chosen: list[Found] = []
        for found in literals:
            _take(found, taken, chosen)
        certain = _kept(numbers(read))
        for found in certain:
            _take(found, taken, chosen)
        longest = sorted(self._known_in(read), key=lambda f: f.start - f.end)
        for found in longest:
            if found.end - found.start > 3:
                _take(found, taken, chosen)
        inside = _kept(cells(read))
        for found in inside:
            if found.kind not in (EntityKind.PERSON, EntityKind.SHOP):
                _take(found, taken, chosen)
        loose = sorted([*addresses(read, certain), *companies(read), *shops(read)], key=lambda f: f.start - f.end)
        for found in [*loose, *inside, *people(read), *longest]:
            _take(found, taken, chosen)
        # A name found once is masked at its other places too.
        for found in _again(read, chosen):
            _take(found, taken, chosen)
        return tuple(sorted(chosen, key=lambda f: f.start))

    def _known_in(self, text: str) -> Iterator[Found]:
        if not self._known:
            return
        if self._pattern is None:
            self._pattern = _any_of(self._known)
        for match in self._pattern.finditer(text):
            yield Found(start=match.start(), end=match.end(), kind=self._known[match[0]])


def _kept(found: Iterable[Found]) -> list[Found]:
    return [f for f in found if f.end > f.start]


def _take(found: Found, taken: bytearray, chosen: list[Found]) -> None:
    if found.end > found.start and not any(taken[found.start : found.end]):
        taken[found.start : found.end] = b"\x01" * (found.end - found.start)
        chosen.append(found)


def _again(text: str, chosen: Sequence[Found]) -> Iterator[Found]:
    named = (EntityKind.PERSON, EntityKind.COMPANY, EntityKind.SHOP)
    values = {text[f.start : f.end]: f.kind for f in chosen if f.kind in named and f.end - f.start > 1}
    if values:
        for match in _any_of(values).finditer(text):
            yield Found(start=match.start(), end=match.end(), kind=values[match[0]])


def _any_of(values: Iterable[str]) -> re.Pattern[str]:
    """Any of the values, the longest first, never inside a longer number or Latin word."""

    def bounded(value: str) -> str:
        left = _BOUND_LEFT if value[0].isascii() and value[0].isalnum() else ""
        right = _BOUND_RIGHT if value[-1].isascii() and value[-1].isalnum() else ""
        return left + re.escape(value) + right

    return re.compile("|".join(bounded(v) for v in sorted(values, key=len, reverse=True)))
