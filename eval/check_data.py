"""Validate a split of labelled contracts: all checkpoints present, every piece of evidence found in the text as read.

``python -m eval.check_data [--split dev] [--case d04]``; exit 1 when anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from eval.cases import DATASET, Case, load_cases, locate
from pipeline.ingest import ingest
from pipeline.playbook import load_playbook
from pipeline.segment import segment


def problems(case: Case) -> Iterator[str]:
    """Each piece of evidence that the text as read does not hold, as one line naming contract and checkpoint."""
    document = ingest(case.path)
    clauses = segment(document)
    for checkpoint, quotes in case.evidence.items():
        for quote in quotes:
            if not locate(quote, document, clauses):
                yield f"{case.path.name} {checkpoint}: not in the text as read: {quote}"


def main() -> int:
    """Command line; exit 0 when every label holds, 1 otherwise."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--case", default="", help="only contracts whose id starts with this")
    args = parser.parse_args()
    folder = Path(args.split) if "/" in args.split else DATASET / args.split
    cases = list(load_cases(folder, [c.id for c in load_playbook().checkpoints], only=args.case))
    wrong = [line for case in cases for line in problems(case)]
    for line in wrong:
        sys.stdout.write(line + "\n")
    sys.stdout.write(
        f"{len(cases)} contracts, {sum(len(q) for c in cases for q in c.evidence.values())} quotes, {len(wrong)} wrong\n"
    )
    return 1 if wrong or not cases else 0


if __name__ == "__main__":
    sys.exit(main())
