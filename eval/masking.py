"""Recall and precision of masking on labelled texts: ``python -m eval.masking [--wrong] [FILE]``.

An entity is found when each of its characters is masked, as whatever kind. Precision of a kind is the share of the characters masked as
that kind that lie in an entity of any kind. A trap is a text without entities; it holds when nothing in it is masked.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from eval.cases import DATASET, DatasetError
from pipeline.privacy import EntityKind, mask

ENTITIES = DATASET / "privacy" / "entities.jsonl"
NUMBERED = (
    EntityKind.MOBILE,
    EntityKind.LANDLINE,
    EntityKind.ID_CARD,
    EntityKind.BANK_ACCOUNT,
    EntityKind.USCC,
    EntityKind.EMAIL,
    EntityKind.WECHAT,
    EntityKind.QQ,
)
NAMED = (EntityKind.PERSON, EntityKind.COMPANY, EntityKind.SHOP, EntityKind.ADDRESS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Labelled:
    """One text and its entities as (start, end, kind), half-open character offsets into ``text``."""

    text: str
    entities: tuple[tuple[int, int, EntityKind], ...]
    split: str


@dataclass(slots=True, kw_only=True)
class MaskingScore:
    """Counts of one run. ``missed`` and ``touched`` hold what went wrong, for reading."""

    total: Counter[EntityKind] = field(default_factory=Counter)
    found: Counter[EntityKind] = field(default_factory=Counter)
    masked: Counter[EntityKind] = field(default_factory=Counter)
    right: Counter[EntityKind] = field(default_factory=Counter)
    traps: int = 0
    untouched: int = 0
    missed: list[str] = field(default_factory=list)
    touched: list[str] = field(default_factory=list)

    def recall(self, kinds: Iterable[EntityKind]) -> float | None:
        """Share of the entities of these kinds that were found; ``None`` when there are none."""
        return _share(self.found, self.total, kinds)

    def precision(self, kinds: Iterable[EntityKind]) -> float | None:
        """Share of the characters masked as these kinds that lie in an entity; ``None`` when none were masked."""
        return _share(self.right, self.masked, kinds)

    @property
    def held(self) -> float | None:
        """Share of the traps left as they were; ``None`` when there are none."""
        return self.untouched / self.traps if self.traps else None


def _share(part: Counter[EntityKind], whole: Counter[EntityKind], kinds: Iterable[EntityKind]) -> float | None:
    kinds = tuple(kinds)
    total = sum(whole[kind] for kind in kinds)
    return sum(part[kind] for kind in kinds) / total if total else None


def load_labelled(path: Path = ENTITIES) -> tuple[Labelled, ...]:
    """The labelled texts of a JSON-lines file.

    Raises:
        DatasetError: a line does not parse, or an entity does not lie inside its text; the message names the line.
    """
    rows = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        try:
            row = json.loads(line)
            entities = tuple((e["start"], e["end"], EntityKind(e["kind"])) for e in row["entities"])
            rows.append(Labelled(text=row["text"], entities=entities, split=row["split"]))
        except (ValueError, KeyError, TypeError) as error:
            raise DatasetError(f"{path.name} 第 {number} 行：{error}") from error
        if any(not 0 <= start < end <= len(row["text"]) for start, end, _ in entities):
            raise DatasetError(f"{path.name} 第 {number} 行：实体不在文本之内")
    return tuple(rows)


def score(rows: Sequence[Labelled]) -> MaskingScore:
    """Mask every text on its own and compare."""
    result = MaskingScore()
    for row in rows:
        masked = mask(row.text)
        hidden = {at for entity in masked.entities for at in range(entity.start, entity.end)}
        meant = {at for start, end, _ in row.entities for at in range(start, end)}
        for entity in masked.entities:
            result.masked[entity.kind] += entity.end - entity.start
            inside = sum(at in meant for at in range(entity.start, entity.end))
            result.right[entity.kind] += inside
            if inside < entity.end - entity.start:
                result.touched.append(f"{entity.kind} {entity.text!r} | {row.text}")
        for start, end, kind in row.entities:
            result.total[kind] += 1
            if hidden.issuperset(range(start, end)):
                result.found[kind] += 1
            else:
                result.missed.append(f"{kind} {row.text[start:end]!r} | {masked.text}")
        if not row.entities:
            result.traps += 1
            result.untouched += not masked.entities
    return result


def lines(scored: MaskingScore) -> Iterable[str]:
    """The table of one split."""
    for name, kinds in (*((k.value, (k,)) for k in (*NUMBERED, *NAMED)), ("numbered", NUMBERED), ("named", NAMED)):
        total = sum(scored.total[kind] for kind in kinds)
        yield f"  {name:14}{total:5}  recall {_figure(scored.recall(kinds))}  precision {_figure(scored.precision(kinds))}"
    yield f"  {'traps':14}{scored.traps:5}  untouched {_figure(scored.held)}"


def _figure(value: float | None) -> str:
    return "    –" if value is None else f"{value:.3f}"


def main() -> int:
    """Print the tables of both splits; exit 0. ``--wrong`` lists what went wrong on dev, which alone is for tuning."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, default=ENTITIES)
    parser.add_argument("--wrong", action="store_true")
    args = parser.parse_args()
    rows = load_labelled(args.file)
    for split in ("dev", "test"):
        scored = score([row for row in rows if row.split == split])
        sys.stdout.write("\n".join([split, *lines(scored)]) + "\n")
        if args.wrong and split == "dev":
            sys.stdout.write("\n".join([*scored.missed, "---", *scored.touched]) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
