"""Two runs of the same contracts: what got better, what broke, and whether that is more than chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from eval.metrics.status import METRICS, Cell
from eval.record import CaseRecord, CellRecord, Run, RunError
from eval.statistics import Interval, holm, matrices, mcnemar, paired, underpowered
from eval.summary import cell_lines
from eval.words import METRIC, STATUS, number


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A cell of which the two runs say different things."""

    case: CaseRecord
    before: CellRecord
    after: CellRecord

    @property
    def gained(self) -> bool:
        """Wrong before, right after."""
        return self.after.said is self.after.label

    @property
    def lost(self) -> bool:
        """Right before, wrong after."""
        return self.before.said is self.before.label


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaTest:
    """Changed cells of one area (``""`` for all): newly right, newly wrong, exact McNemar's p and Holm's adjustment over the areas."""

    area: str
    gained: int
    lost: int
    p: float
    adjusted: float
    underpowered: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """``b`` against ``a``: differences (b - a) with intervals, changed cells, and tests."""

    differences: Mapping[str, Interval]
    changes: tuple[Change, ...]
    tests: tuple[AreaTest, ...]


def compare(a: Run, b: Run) -> Comparison:
    """Compare two runs on identical cells.

    Raises:
        RunError: the runs are not of the same labels or not of the same cells.
    """
    if a.fingerprint.labels != b.fingerprint.labels:
        raise RunError(f"两次评测的合同或标注不同（{a.dataset}、{b.dataset}），不能逐格比较。请用同一份数据重新运行")
    keys = [(c.case, c.checkpoint, c.label) for c in a.cells]
    if keys != [(c.case, c.checkpoint, c.label) for c in b.cells]:
        raise RunError("两次评测的格子不同（有的合同失败，或只评了一部分检查点），不能逐格比较。请补全后再比")
    changes = tuple(_changes(a, b))
    areas = list(dict.fromkeys(c.area for c in a.cells))
    per_area = {area: _counts(changes, area + ".") for area in areas}
    adjusted = holm({area: mcnemar(*counts) for area, counts in per_area.items()})
    gained, lost = _counts(changes, "")
    p = mcnemar(gained, lost)
    whole = AreaTest(area="", gained=gained, lost=lost, p=p, adjusted=p, underpowered=underpowered(gained + lost))
    return Comparison(
        differences=_differences(a.cells, b.cells, a.families),
        changes=changes,
        tests=(
            whole,
            *(
                AreaTest(
                    area=area,
                    gained=g,
                    lost=n,
                    p=mcnemar(g, n),
                    adjusted=adjusted[area],
                    underpowered=underpowered(g + n, len(areas)),
                )
                for area, (g, n) in per_area.items()
            ),
        ),
    )


def _differences(a: Sequence[Cell], b: Sequence[Cell], families: Mapping[str, str]) -> Mapping[str, Interval]:
    before, after = matrices(a, families), matrices(b, families)
    return {name: paired(before, after, metric) for name, metric in METRICS.items()}


def _changes(a: Run, b: Run) -> Iterator[Change]:
    for case, other in zip(a.cases, b.cases, strict=True):
        for before, after in zip(case.cells, other.cells, strict=True):
            if before.said is not after.said:
                yield Change(case=other, before=before, after=after)


def _counts(changes: Sequence[Change], prefix: str) -> tuple[int, int]:
    own = [c for c in changes if c.after.checkpoint.startswith(prefix)]
    return sum(c.gained for c in own), sum(c.lost for c in own)


def comparison_text(found: Comparison, names: Mapping[str, str]) -> str:
    """The comparison for a terminal: differences, tests, then broken and mended cells with their clauses."""
    lines = ["指标变化（后 − 前）与 95% 区间"]
    for name, d in found.differences.items():
        span = "" if d.low is None or d.high is None else f"　[{d.low:+.3f}, {d.high:+.3f}]"
        lines.append(f"  {METRIC[name]:　<14}{'–' if d.estimate is None else f'{d.estimate:+.3f}'}{span}")
    lines.append("逐格变化")
    for test in found.tests:
        name = names.get(test.area, test.area) if test.area else "全部"
        power = "　样本太少，分不出差别（underpowered）" if test.underpowered else ""
        lines.append(
            f"  {name:　<10}改好 {test.gained}　改坏 {test.lost}　McNemar p={number(test.p)}　Holm p={number(test.adjusted)}{power}"
        )
    for title, chosen in (
        ("改坏的", [c for c in found.changes if c.lost]),
        ("改好的", [c for c in found.changes if c.gained]),
        ("都不对、但说法变了的", [c for c in found.changes if not c.gained and not c.lost]),
    ):
        lines += ["", f"{title}（{len(chosen)}）"]
        for change in chosen:
            lines += [f"  原判{STATUS[change.before.said]} →", *cell_lines(change.case, change.after, names)]
    return "\n".join(lines)
