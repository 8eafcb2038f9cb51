"""How far two readers of the same contracts agree: Krippendorff's alpha for nominal data, by area and by status.

Both labelling passes are kept beside the contract: ``<id>.labels.yaml`` and ``<id>.second.yaml``, written without sight of each other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.cases import load_cases
from eval.metrics.status import LABELS
from pipeline.types import Status

Pair = tuple[Status, Status]


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """A cell the two passes read differently."""

    case: str
    checkpoint: str
    first: Status
    second: Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Agreement:
    """Alpha over all cells, an area, and one status against the rest; the cells both passes labelled, and where they differ."""

    contracts: int
    cells: int
    overall: float | None
    areas: Mapping[str, float | None]
    statuses: Mapping[Status, float | None]
    differing: tuple[Disagreement, ...]


def alpha(pairs: Sequence[tuple[object, object]]) -> float | None:
    """Krippendorff's alpha of two readers, nominal data, no gaps (Krippendorff 2011, "Computing Krippendorff's alpha-reliability").

    ``None`` without cells, or where every cell has the same label: nothing could have been told apart.
    """
    values = Counter(v for pair in pairs for v in pair)
    total = sum(values.values())
    expected = total * total - sum(n * n for n in values.values())
    if not expected:
        return None
    observed = 2 * sum(a != b for a, b in pairs)
    return 1 - (total - 1) * observed / expected


def agreement(folder: Path, checkpoints: Sequence[str]) -> Agreement:
    """Compare the two passes of every contract of a folder that has both."""
    second = {case.id: case for case in load_cases(folder, checkpoints, suffix=".second.yaml")}
    both = [(c, second[c.id]) for c in load_cases(folder, checkpoints) if c.id in second]
    cells = [(a.id, name, a.statuses[name], b.statuses[name]) for a, b in both for name in checkpoints]
    pairs = [(a, b) for _, _, a, b in cells]
    areas = dict.fromkeys(name.split(".")[0] for name in checkpoints)
    return Agreement(
        contracts=len(both),
        cells=len(cells),
        overall=alpha(pairs),
        areas={area: alpha([(a, b) for _, name, a, b in cells if name.startswith(area + ".")]) for area in areas},
        statuses={s: alpha([(a is s, b is s) for a, b in pairs]) for s in LABELS},
        differing=tuple(
            Disagreement(case=case, checkpoint=name, first=a, second=b) for case, name, a, b in cells if a is not b
        ),
    )
