"""Score an engine on a split of labelled contracts.

``python -m eval.run --split dev [--area fees] [--checkpoint fees.late_payment] [--wrong]``
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from eval.cases import DATASET, Case, load_cases, locate
from eval.metrics import (
    SCORED,
    Cell,
    accuracy,
    confusion,
    covered,
    false_alarm_rate,
    false_missing_rate,
    macro_f1,
    score,
    serious_recall,
)
from pipeline.check import Checker
from pipeline.check.rules import check_rules
from pipeline.embed import Embedder, configured_embedder
from pipeline.ingest import ingest
from pipeline.merchant import find_merchant
from pipeline.playbook import load_playbook
from pipeline.retrieve import index
from pipeline.segment import segment
from pipeline.types import Status, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseResult:
    """One contract scored: cells, the verdicts behind them, and how many pieces of evidence were cited."""

    case: Case
    cells: tuple[Cell, ...]
    verdicts: tuple[Verdict, ...]
    evidence_found: int
    evidence_total: int
    unlocated: tuple[str, ...]
    merchant_right: bool


def score_case(case: Case, checker: Checker, embedder: Embedder, only: str = "") -> CaseResult:
    """Review one labelled contract and compare; ``only`` keeps checkpoints that start with it."""
    document = ingest(case.path)
    clauses = segment(document)
    merchant = find_merchant(document, clauses)
    indexed = index(document, clauses, embedder)
    verdicts = tuple(
        v for v in checker(document, clauses, load_playbook(), merchant, indexed) if v.checkpoint.startswith(only)
    )
    found = total = 0
    unlocated = []
    for verdict in verdicts:
        for quote in case.evidence[verdict.checkpoint]:
            spans = locate(quote, document, clauses)
            if not spans:
                unlocated.append(f"{verdict.checkpoint}: {quote}")
                continue
            total += len(spans)
            found += covered(spans, verdict.citations)
    cells = tuple(
        Cell(case=case.id, checkpoint=v.checkpoint, label=case.statuses[v.checkpoint], said=v.status) for v in verdicts
    )
    return CaseResult(
        case=case,
        cells=cells,
        verdicts=verdicts,
        evidence_found=found,
        evidence_total=total,
        unlocated=tuple(unlocated),
        merchant_right=merchant.party is case.merchant,
    )


def report(results: Sequence[CaseResult], *, wrong: bool) -> str:
    """The figures as text; with ``wrong`` each wrong cell with label, verdict, reason and evidence."""
    cells = [c for r in results for c in r.cells]
    lines = [f"contracts {len(results)}  cells {len(cells)}", _headline(cells)]
    found, total = sum(r.evidence_found for r in results), sum(r.evidence_total for r in results)
    lines.append(f"evidence recall {_show(found / total if total else None)} ({found}/{total})")
    lines.append(f"merchant right {sum(r.merchant_right for r in results)}/{len(results)}")
    for status in SCORED:
        s = score(cells, status)
        lines.append(f"  {status:8} P {_show(s.precision)} R {_show(s.recall)} F1 {_show(s.f1)} F2 {_show(s.f2)}")
    table = confusion(cells)
    lines.append("label \\ said  " + "  ".join(f"{s:>10}" for s in Status))
    lines += [f"{a:12}  " + "  ".join(f"{table.get((a, b), 0):10}" for b in Status) for a in SCORED]
    for area in dict.fromkeys(c.checkpoint.split(".")[0] for c in cells):
        part = [c for c in cells if c.checkpoint.startswith(area + ".")]
        lines.append(f"{area:10} {_headline(part)}")
    for checkpoint in dict.fromkeys(c.checkpoint for c in cells):
        part = [c for c in cells if c.checkpoint == checkpoint]
        lines.append(f"  {checkpoint:28} {sum(c.label is c.said for c in part)}/{len(part)}")
    if wrong:
        lines += [line for r in results for line in _wrong(r)]
    return "\n".join(lines)


def _headline(cells: Sequence[Cell]) -> str:
    return (
        f"accuracy {_show(accuracy(cells))}  macro-F1 {_show(macro_f1(cells))}  serious recall {_show(serious_recall(cells))}"
        f"  false alarms {_show(false_alarm_rate(cells))}  false missing {_show(false_missing_rate(cells))}"
    )


def _wrong(result: CaseResult) -> list[str]:
    lines = []
    for cell, verdict in zip(result.cells, result.verdicts, strict=True):
        if cell.label is cell.said:
            continue
        lines.append(f"\n[{cell.case}] {cell.checkpoint}: label {cell.label}, said {cell.said} — {verdict.reason}")
        lines += [f"    label: {q}" for q in result.case.evidence[cell.checkpoint]]
        lines += [f"    cited: {c.clause}: {c.text}" for c in verdict.citations]
    lines += [f"[{result.case.id}] evidence not located: {q}" for q in result.unlocated]
    return lines


def _show(value: float | None) -> str:
    return "  –  " if value is None else f"{value:.3f}"


def main() -> int:
    """Command line; exit 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--area", default="")
    parser.add_argument("--checkpoint", default="")
    parser.add_argument("--case", default="", help="only contracts whose id starts with this")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--rules-only", action="store_true", help="without the semantic reader")
    args = parser.parse_args()
    folder = Path(args.split) if "/" in args.split else DATASET / args.split
    cases = load_cases(folder, [c.id for c in load_playbook().checkpoints])
    embedder = configured_embedder()
    only = args.checkpoint or (args.area + "." if args.area else "")
    results = [
        score_case(c, partial(check_rules, semantic=not args.rules_only), embedder, only)
        for c in cases
        if c.id.startswith(args.case)
    ]
    sys.stdout.write(report(results, wrong=args.wrong) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
