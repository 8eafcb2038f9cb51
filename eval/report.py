"""A run as one self-contained HTML page: figures with intervals, confusion, areas, the trend over stored runs, and every wrong cell.

A pure function of runs: nothing is fetched, charts are drawn as SVG, and all text of contracts is escaped.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.figures import Figures, figures, wrong
from eval.metrics.status import LABELS, LOWER_IS_BETTER, SAID
from eval.record import Run, RunError, load_run
from eval.words import KIND, METRIC, STAGE, STATUS, number
from pipeline.report.page import template

HEADLINES = ("macro_f1", "serious_recall", "false_alarm_rate", "accuracy")
_MOST_RUNS = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """One stored run on the trend."""

    created: str
    current: bool
    scores: Mapping[str, float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A metric's polyline in a box of 1000 x 100, and its last value."""

    name: str
    points: str
    dots: tuple[tuple[float, float, str], ...]
    last: str


def history_of(run: Run, folder: Path) -> list[Run]:
    """Runs stored in ``folder`` of the same dataset, engine and checkpoints, oldest first; other files are passed over."""
    found = []
    for path in sorted(folder.glob("*.json")):
        try:
            other = load_run(path)
        except RunError:
            continue
        same = (other.dataset, other.fingerprint.engine, other.only) == (run.dataset, run.fingerprint.engine, run.only)
        if same and other.created != run.created:
            found.append(other)
    return sorted([*found, run], key=lambda r: r.created)[-_MOST_RUNS:]


def render(run: Run, history: Sequence[Run], names: Mapping[str, str]) -> str:
    """The page; ``names`` are the areas' and checkpoints' names."""
    found = figures(run)
    return template("eval", "report.html.j2").render(
        run=run,
        dataset=Path(run.dataset).name,
        found=found,
        names=names,
        wrong=wrong(run),
        trend=_trend(history, run),
        headlines=HEADLINES,
        lower=LOWER_IS_BETTER,
        heat=heat(found),
        labels=LABELS,
        said=SAID,
        METRIC=METRIC,
        STATUS=STATUS,
        STAGE=STAGE,
        KIND=KIND,
        number=number,
    )


def heat(found: Figures) -> list[list[tuple[int, float]]]:
    """The confusion matrix with each count's share of its row, for colour."""
    return [[(n, n / (sum(row) or 1)) for n in row] for row in found.confusion]


def _trend(history: Sequence[Run], run: Run) -> list[Line]:
    if len(history) < 2:
        return []
    points = []
    for stored in history:
        overall = figures(stored).overall
        scores = {name: overall[name].estimate for name in HEADLINES}
        points.append(Point(created=stored.created, current=stored is run, scores=scores))
    step = 1000 / (len(points) - 1)
    lines = []
    for name in HEADLINES:
        placed = [
            (round(i * step, 1), round(100 - 100 * s, 1), f"{p.created[:16]}　{METRIC[name]} {number(s)}")
            for i, p in enumerate(points)
            if (s := p.scores[name]) is not None
        ]
        if placed:
            last = number(points[-1].scores[name])
            path = " ".join(f"{x},{y}" for x, y, _ in placed)
            lines.append(Line(name=name, points=path, dots=tuple(placed), last=last))
    return lines
