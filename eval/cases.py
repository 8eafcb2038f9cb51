"""Labelled contracts: loading, validating, and locating their evidence in the text as read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from pipeline.errors import ShenyueError
from pipeline.ground import ground
from pipeline.types import Citation, Clause, Document, Party, Status

DATASET = Path(__file__).parent / "dataset"


class DatasetError(ShenyueError):
    """A label file that does not validate; the message names the file and the checkpoint."""


class _Label(BaseModel):
    model_config = ConfigDict(extra="forbid")

    status: Status
    evidence: list[Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]]

    @model_validator(mode="after")
    def _evidence_fits(self) -> _Label:
        if self.status is Status.UNREVIEWED:
            raise ValueError("a label is never unreviewed")
        if self.status is Status.MISSING and self.evidence:
            raise ValueError("missing has no evidence, every other status has some")
        return self


class _LabelFile(BaseModel):
    model_config = ConfigDict(extra="forbid")

    contract: str
    merchant: Party
    family: str = ""
    trade: str = ""
    notes: str = ""
    sha256: str | None = None
    partial: bool = False
    labels: Mapping[str, _Label] = Field(min_length=1)

    @model_validator(mode="after")
    def _evidence_given(self) -> _LabelFile:
        bare = [c for c, label in self.labels.items() if label.status is not Status.MISSING and not label.evidence]
        if bare and not self.partial:
            raise ValueError(f"{bare[0]}: missing has no evidence, every other status has some")
        return self


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One labelled contract: its file, the merchant's side, and status and verbatim evidence a checkpoint.

    A ``partial`` one has labels for some checkpoints only, and a label may lack evidence there: nobody said which words it rests on.
    """

    id: str
    path: Path
    merchant: Party
    statuses: Mapping[str, Status]
    evidence: Mapping[str, tuple[str, ...]]
    family: str = ""
    trade: str = ""
    sha256: str | None = None
    partial: bool = False


def load_cases(
    folder: Path,
    checkpoints: Sequence[str],
    *,
    only: str = "",
    suffix: str = ".labels.yaml",
    partial: bool = False,
) -> tuple[Case, ...]:
    """The cases of a folder whose id starts with ``only``, in order of their names. ``suffix`` names the labelling pass.

    Files that say ``partial: true`` are only taken by a caller that can do with some checkpoints (``partial``).

    Raises:
        DatasetError: a label file does not validate, lacks a checkpoint, or its contract is not there.
    """
    cases = []
    for path in sorted(folder.glob(f"{only}*{suffix}")):
        try:
            file = _LabelFile.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        except (ValidationError, yaml.YAMLError) as error:
            raise DatasetError(f"{path.name}: {error}") from error
        if file.partial and not partial:
            raise DatasetError(f"{path.name}: labels only some checkpoints (partial), which will not do here")
        absent = sorted(set(file.labels) - set(checkpoints) if file.partial else set(checkpoints) ^ set(file.labels))
        if absent:
            raise DatasetError(f"{path.name}: missing or unknown checkpoints {', '.join(absent)}")
        source = path.parent / file.contract
        if not source.is_file():
            raise DatasetError(f"{path.name}: {file.contract} is not beside it")
        cases.append(
            Case(
                id=path.name.removesuffix(suffix),
                path=source,
                merchant=file.merchant,
                statuses={k: v.status for k, v in file.labels.items()},
                evidence={k: tuple(v.evidence) for k, v in file.labels.items()},
                family=file.family,
                trade=file.trade,
                sha256=file.sha256,
                partial=file.partial,
            )
        )
    return tuple(cases)


def locate(quote: str, document: Document, clauses: Sequence[Clause]) -> tuple[Citation, ...]:
    """Where a piece of evidence stands: one citation, or one a cell for a table row whose cells are written with `` | ``.

    Empty when it is not in the text as read (an OCR slip, or a wrong label).
    """
    whole = ground(quote, document, None, clauses)
    if whole is not None:
        return (whole,)
    cells = [cell for cell in (part.strip() for part in quote.split("|")) if cell]
    if len(cells) < 2:
        return ()
    found = [ground(cell, document, None, clauses) for cell in cells if len(cell) > 3]
    return tuple(c for c in found if c is not None)
