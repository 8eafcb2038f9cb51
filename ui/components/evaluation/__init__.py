"""What the evaluation page shows of runs: taken from ``eval.figures`` and ``eval.compare``, only arranged here."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from eval.compare import Change
from eval.figures import Figures
from eval.record import Piece, Run
from eval.report import HEADLINES

DATASETS: Mapping[str, str] = {"dev": "开发集", "test": "测试集"}
ENGINES: Mapping[str, str] = {
    "rules": "规则引擎",
    "llm": "模型",
    "both": "规则和模型",
    "rules-alone": "规则（不带语义判读）",
    "keywords": "关键词对照",
    "naive": "切块检索对照",
}
SAYS: Mapping[str, str] = {
    "macro_f1": "四种结论各算一遍再平均，哪一种差都会拉低",
    "serious_recall": "标注为不利或缺失的，找出了多少",
    "false_alarm_rate": "本来达标却报成有风险的，占多少",
    "accuracy": "结论和标注一致的，占多少",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dot:
    """A run on the trend, in percent of the picture from the left and from the top."""

    x: float
    y: float
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A metric over the runs."""

    name: str
    dots: tuple[Dot, ...]
    last: float

    @property
    def points(self) -> str:
        """For a polyline in a box of 1000 x 100."""
        return " ".join(f"{10 * dot.x:g},{dot.y:g}" for dot in self.dots)


def comparable(run: Run, others: Sequence[Run]) -> list[Run]:
    """Runs of the same dataset, engine and checkpoints as ``run``, itself among them, oldest first: one trend."""
    kind = (run.dataset, run.fingerprint.engine, run.only)
    found = {r.created: r for r in (*others, run) if (r.dataset, r.fingerprint.engine, r.only) == kind}
    return [found[created] for created in sorted(found)]


def trend(runs: Sequence[Run], scored: Sequence[Figures]) -> list[Line]:
    """The headline metrics over ``runs`` (of which ``scored`` are the figures), evenly spaced; nothing for a single run."""
    if len(runs) < 2:
        return []
    lines = []
    for name in HEADLINES:
        dots = [
            Dot(x=round(100 * i / (len(runs) - 1), 2), y=round(100 - 100 * score, 2), says=f"{day(run)}：{score:.3f}")
            for i, (run, found) in enumerate(zip(runs, scored, strict=True))
            if (score := found.overall[name].estimate) is not None
        ]
        if dots:
            lines.append(Line(name=name, dots=tuple(dots), last=(100 - dots[-1].y) / 100))
    return lines


def pieces(piece: Piece) -> tuple[str, str, str]:
    """The clause around a piece of evidence, cut into before, the piece, after."""
    at = piece.around.find(piece.text)
    if at < 0:
        return "", piece.text, ""
    return piece.around[:at], piece.text, piece.around[at + len(piece.text) :]


def grouped(changes: Sequence[Change]) -> list[tuple[str, list[Change]]]:
    """Changed cells by what became of them, the broken ones first."""
    kinds = [
        ("改坏的", [c for c in changes if c.lost]),
        ("改好的", [c for c in changes if c.gained]),
        ("都不对、但说法变了的", [c for c in changes if not c.gained and not c.lost]),
    ]
    return [(title, own) for title, own in kinds if own]


def day(run: Run) -> str:
    """When a run was made, by this machine's clock."""
    at = datetime.fromisoformat(run.created).astimezone()
    return f"{at.year}-{at.month:02}-{at.day:02} {at:%H:%M}"


def dataset(name: str) -> str:
    """What a dataset is called."""
    return DATASETS.get(name, Path(name).name)


def engine(name: str) -> str:
    """What an engine is called."""
    return ENGINES.get(name, name)


def title(run: Run) -> str:
    """A run in a line: what a person picks it by."""
    part = f"，只评 {run.only}" if run.only else ""
    return f"{day(run)}　{dataset(run.dataset)}　{engine(run.fingerprint.engine)}　{len(run.cases)} 份合同{part}"
