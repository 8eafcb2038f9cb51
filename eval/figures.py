"""The figures of a run: computed once here, shown by the summary, the report, the comparison and the gate."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from eval.metrics.citations import NOTHING, THRESHOLDS, Match, Quotes, by_clause, covered, matched
from eval.metrics.perturbation import PairScores, by_kind, scores
from eval.metrics.retrieval import Hit, Stage, area_recall, blame, character_scores, recall
from eval.metrics.stability import flip_rate
from eval.metrics.status import LABELS, METRICS, Cell, confusion, f_score, precision, value, worst_area
from eval.metrics.status import recall as status_recall
from eval.metrics.usage import UsageTotals, percentile
from eval.record import CaseRecord, CellRecord, Run
from eval.statistics import Interval, interval, matrices
from pipeline.types import Span, Status

KS = (1, 3, 5, 8, 12, 20)
AT = 8  # clauses a checkpoint that a judge of retrieved text is given, and at which characters are counted


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusScores:
    """Precision, recall, F1 and F2 of one status, and how many cells carry it as label and as verdict."""

    precision: float | None
    recall: float | None
    f1: float | None
    f2: float | None
    labelled: int
    said: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CitationScores:
    """Citations against labelled evidence: one to one by IoU at each threshold, by clause, share of the evidence covered, exactness."""

    by_iou: Mapping[float, Match]
    by_clause: Match
    covered: int
    evidence: int
    quotes: Quotes

    @property
    def evidence_recall(self) -> float | None:
        """Share of the evidence of which half or more was cited."""
        return self.covered / self.evidence if self.evidence else None


@dataclass(frozen=True, slots=True, kw_only=True)
class RetrievalScores:
    """Clause recall at each k, for one checkpoint and for an area's union, and merged characters at ``AT``."""

    recall: Mapping[int, float | None]
    area_recall: Mapping[int, float | None]
    character_precision: float | None
    character_recall: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """All scores of a run."""

    contracts: int
    cells: int
    unreviewed: int
    overall: Mapping[str, Interval]
    areas: Mapping[str, Mapping[str, Interval]]
    checkpoints: Mapping[str, tuple[int, int]]
    statuses: Mapping[Status, StatusScores]
    confusion: tuple[tuple[int, ...], ...]
    worst_area: tuple[str, float] | None
    citations: CitationScores
    retrieval: RetrievalScores
    blame: Mapping[Stage, int]
    merchant_right: int
    merchant_asked: int
    flip_rate: float | None
    usage: UsageTotals
    pairs: PairScores | None
    pairs_by_kind: Mapping[str, PairScores]


def figures(run: Run) -> Figures:
    """Score a run; contracts of one family are drawn together by the bootstrap."""
    cells = run.cells
    matrix = confusion(cells)
    return Figures(
        contracts=len(run.cases),
        cells=len(cells),
        unreviewed=sum(c.said is Status.UNREVIEWED for c in cells),
        overall=intervals(cells, run.families),
        areas={area: intervals(own, run.families) for area, own in split(cells, lambda c: c.area).items()},
        checkpoints={
            name: (sum(c.right for c in own), len(own)) for name, own in split(cells, lambda c: c.checkpoint).items()
        },
        statuses={
            s: StatusScores(
                precision=value(precision(matrix, s)),
                recall=value(status_recall(matrix, s)),
                f1=value(f_score(matrix, s)),
                f2=value(f_score(matrix, s, 2.0)),
                labelled=sum(c.label is s for c in cells),
                said=sum(c.said is s for c in cells),
            )
            for s in LABELS
        },
        confusion=tuple(tuple(int(n) for n in row) for row in matrix),
        worst_area=worst_area(cells),
        citations=_citations(run),
        retrieval=_retrieval(run),
        blame=Counter(blame_of(c, run.reads_all) for case in run.cases for c in case.cells if c.label is not c.said),
        merchant_right=sum(c.merchant_said is c.merchant for c in run.cases),
        merchant_asked=sum(c.merchant_said is not None for c in run.cases),
        flip_rate=_flips(run),
        usage=_usage(run.cases),
        pairs=scores(p.result for p in run.pairs),
        pairs_by_kind=by_kind(p.result for p in run.pairs),
    )


def intervals(cells: Sequence[Cell], families: Mapping[str, str]) -> Mapping[str, Interval]:
    """Every status metric with its interval."""
    by_family = matrices(cells, families)
    return {name: interval(by_family, metric) for name, metric in METRICS.items()}


def split(cells: Iterable[Cell], key: Callable[[Cell], str]) -> dict[str, list[Cell]]:
    """Cells by a key, in order of first appearance."""
    out: dict[str, list[Cell]] = {}
    for cell in cells:
        out.setdefault(key(cell), []).append(cell)
    return out


def blame_of(cell: CellRecord, reads_all: bool) -> Stage:
    """The earliest stage that lost a wrong cell's evidence; judgement where none was labelled or all arrived."""
    if cell.lost:
        return Stage.INGEST
    ranking = None if reads_all else cell.ranked[:AT]
    order = list(Stage)
    found = [blame(True, p.clauses, p.whole, ranking) for p in cell.evidence]
    return min(found, key=order.index, default=Stage.JUDGEMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wrong:
    """A wrong cell, and the stage that lost it."""

    case: CaseRecord
    cell: CellRecord
    stage: Stage

    @property
    def area(self) -> str:
        """Id of its area."""
        return self.cell.checkpoint.split(".")[0]


def wrong(run: Run) -> list[Wrong]:
    """The wrong cells of a run, in order of contracts and checkpoints."""
    return [
        Wrong(case=case, cell=cell, stage=blame_of(cell, run.reads_all))
        for case in run.cases
        for cell in case.cells
        if cell.label is not cell.said
    ]


def _citations(run: Run) -> CitationScores:
    by_iou = dict.fromkeys(THRESHOLDS, NOTHING)
    clauses, found, evidence = NOTHING, 0, 0
    cited = exact = rejected = 0
    for cell in (c for case in run.cases for c in case.cells):
        cited += len(cell.citations)
        exact += cell.exact
        rejected += len(cell.rejected)
        if not cell.evidence:
            continue  # nothing labelled to meet: a wrong citation is already a wrong status
        wanted, given = [p.span for p in cell.evidence], [p.span for p in cell.citations]
        for threshold in THRESHOLDS:
            by_iou[threshold] += matched(wanted, given, threshold)
        clauses += by_clause([p.clauses for p in cell.evidence], [p.clauses for p in cell.citations])
        found += covered(wanted, given)
        evidence += len(wanted)
    quotes = Quotes(claimed=cited + rejected, found=cited, shown_exact=exact)
    return CitationScores(by_iou=by_iou, by_clause=clauses, covered=found, evidence=evidence, quotes=quotes)


def _retrieval(run: Run) -> RetrievalScores:
    ranked: dict[tuple[str, str], tuple[int, ...]] = {}
    hits: list[Hit] = []
    shared = wanted = brought = 0
    for case in run.cases:
        for cell in case.cells:
            ranked[case.id, cell.checkpoint] = cell.ranked
            hits += [
                Hit(case=case.id, checkpoint=cell.checkpoint, quote=p.text, clauses=p.clauses) for p in cell.evidence
            ]
            if cell.evidence:
                spans = [Span(start=case.clauses[i][0], end=case.clauses[i][1]) for i in cell.ranked[:AT]]
                both, all_wanted, all_brought = character_scores([p.span for p in cell.evidence], spans)
                shared, wanted, brought = shared + both, wanted + all_wanted, brought + all_brought
    return RetrievalScores(
        recall={k: recall(hits, ranked, k) for k in KS},
        area_recall={k: area_recall(hits, ranked, k) for k in KS},
        character_precision=shared / brought if brought else None,
        character_recall=shared / wanted if wanted else None,
    )


def _flips(run: Run) -> float | None:
    cells = [c for case in run.cases for c in case.cells]
    if not cells or not cells[0].again:
        return None
    return flip_rate([[(c.said, *c.again)[i] for c in cells] for i in range(len(cells[0].again) + 1)])


def _usage(cases: Sequence[CaseRecord]) -> UsageTotals:
    costs = [c.usage.cost for c in cases if c.usage.cost is not None]
    spent = [float(c.milliseconds) for c in cases if c.error is None]
    return UsageTotals(
        calls=sum(c.usage.calls for c in cases),
        failed_calls=sum(c.usage.failed_calls for c in cases),
        input_tokens=sum(c.usage.input_tokens for c in cases),
        output_tokens=sum(c.usage.output_tokens for c in cases),
        cost=sum(costs) if costs else None,
        p50_ms=percentile(spent, 0.5),
        p95_ms=percentile(spent, 0.95),
        failures=sum(c.error is not None for c in cases),
    )
