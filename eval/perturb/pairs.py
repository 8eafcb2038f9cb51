"""The pairs as data: one JSON object a line."""

from __future__ import annotations

import hashlib
import json
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from eval.cases import DATASET, DatasetError
from pipeline.types import Status

FOLDER = DATASET / "perturbations"


class Kind(StrEnum):
    """What an edit does to the contract."""

    CROSS_THRESHOLD = "cross_threshold"
    FLIP_MODALITY = "flip_modality"
    FLIP_PARTY = "flip_party"
    DELETE_CLAUSE = "delete_clause"
    BLANK_FIGURE = "blank_figure"
    MOVE_TO_ANNEX = "move_to_annex"
    CONTRADICT_IN_ANNEX = "contradict_in_annex"
    REPHRASE_NUMBER = "rephrase_number"


LABEL_STAYS = frozenset({Kind.MOVE_TO_ANNEX, Kind.REPHRASE_NUMBER})


class _Model(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Edit(_Model):
    """``old`` stands at ``[start, end)`` of the canonical text and gives way to ``new``.

    An insertion has ``start == end``; one at the end of the text starts with a line break and adds paragraphs.
    """

    start: Annotated[int, Field(ge=0)]
    end: Annotated[int, Field(ge=0)]
    old: str
    new: str

    @model_validator(mode="after")
    def _fits(self) -> Edit:
        if self.end - self.start != len(self.old):
            raise ValueError(f"[{self.start}, {self.end}) is not as long as {self.old!r}")
        if self.old == self.new:
            raise ValueError("an edit that changes nothing")
        return self


class Pair(_Model):
    """One contract before and after ``edits``, in order and apart from each other.

    ``sha256`` is that of the canonical text the offsets were made for. ``before`` is the label of ``checkpoint``, ``after``
    the one the edited contract must get. ``unchanged`` are the checkpoints that the edit cannot touch.
    """

    id: Annotated[str, Field(min_length=1)]
    case: Annotated[str, Field(min_length=1)]
    split: Literal["dev", "test"]
    sha256: Annotated[str, Field(pattern="^[0-9a-f]{64}$")]
    kind: Kind
    checkpoint: Annotated[str, Field(min_length=1)]
    before: Status
    after: Status
    edits: Annotated[tuple[Edit, ...], Field(min_length=1)]
    unchanged: tuple[str, ...]
    note: str

    @model_validator(mode="after")
    def _consistent(self) -> Pair:
        if Status.UNREVIEWED in (self.before, self.after):
            raise ValueError("a label is never unreviewed")
        if self.kind in LABEL_STAYS and self.before is not self.after:
            raise ValueError(f"{self.kind} keeps the label")
        if self.checkpoint in self.unchanged:
            raise ValueError("the target is not among the unchanged")
        if any(a.end > b.start for a, b in zip(self.edits, self.edits[1:], strict=False)):
            raise ValueError("edits overlap or are out of order")
        return self


def text_sha256(text: str) -> str:
    """The hash that ties offsets to a canonical text."""
    return hashlib.sha256(text.encode("utf-8")).hexdigest()


def load_pairs(path: Path) -> tuple[Pair, ...]:
    """The pairs of a JSON-lines file, in its order.

    Raises:
        DatasetError: the file is not there, a line does not validate, or an id occurs twice; the message names file and line.
    """
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise DatasetError(f"{path.name}: cannot be read ({error})") from error
    pairs: dict[str, Pair] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            pair = Pair.model_validate(json.loads(line))
        except (ValidationError, json.JSONDecodeError) as error:
            raise DatasetError(f"{path.name}:{number}: {error}") from error
        if pair.id in pairs:
            raise DatasetError(f"{path.name}:{number}: {pair.id} occurs twice")
        pairs[pair.id] = pair
    return tuple(pairs.values())


def dump_pairs(pairs: tuple[Pair, ...]) -> str:
    """The pairs as JSON lines, the same for the same pairs."""
    return "".join(json.dumps(p.model_dump(mode="json"), ensure_ascii=False) + "\n" for p in pairs)
