"""Clause recall of retrieval on labelled contracts: ``python -m eval.retrieval [--split dev] [--k 8]``.

A piece of evidence is found when a retrieved clause holds at least half of it. Arms: dense and BM25 alone, both fused, and fused with
only the checkpoint's name as query; and how much of the evidence the union over an area's checkpoints brings to one area's reader.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from eval.cases import DATASET, load_cases, locate
from eval.figures import KS
from eval.metrics.retrieval import Hit, area_recall, clauses_of, recall
from pipeline.embed import configured_embedder
from pipeline.ingest import ingest
from pipeline.playbook import CheckpointModel, load_playbook
from pipeline.retrieve import Arm, index, retrieve
from pipeline.segment import segment


def main() -> int:
    """Print the recall of each arm at each k, and the checkpoints that lose most; exit 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--split", default="dev")
    parser.add_argument("--missed", action="store_true", help="print the evidence not found at k = 8")
    args = parser.parse_args()
    folder = Path(args.split) if "/" in args.split else DATASET / args.split
    book = load_playbook()
    embedder = configured_embedder()
    names_only = [c.model_copy(update={"queries": [c.name]}) for c in book.checkpoints]
    arms: dict[str, dict[tuple[str, str], Sequence[int]]] = {
        n: {} for n in ("dense", "bm25", "topic", "fused", "fused, name only")
    }
    hits: list[Hit] = []
    sizes: list[int] = []
    for case in load_cases(folder, [c.id for c in book.checkpoints]):
        document = ingest(case.path)
        clauses = segment(document)
        found = index(document, clauses, embedder)
        sizes.append(len({p.clause for p in found.passages}))
        for checkpoint, quotes in case.evidence.items():
            for quote in quotes:
                where = clauses_of(locate(quote, document, clauses), clauses)
                hits.append(Hit(case=case.id, checkpoint=checkpoint, quote=quote, clauses=where))
        runs: tuple[tuple[str, Sequence[CheckpointModel], Arm], ...] = (
            ("dense", book.checkpoints, "dense"),
            ("bm25", book.checkpoints, "lexical"),
            ("topic", book.checkpoints, "topic"),
            ("fused", book.checkpoints, "fused"),
            ("fused, name only", names_only, "fused"),
        )
        for name, checkpoints, arm in runs:
            best_of = retrieve(found, embedder, checkpoints, k=max(KS), arm=arm)
            for checkpoint, best in best_of.items():
                arms[name][case.id, checkpoint] = [c.clause for c in best]
    sys.stdout.write(
        f"{len(sizes)} contracts, {len(hits)} pieces of evidence, {sum(sizes) / len(sizes):.0f} clauses a contract\n"
    )
    sys.stdout.write("arm".ljust(24) + "".join(f"@{k}".rjust(8) for k in KS) + "\n")
    for name, ranked in arms.items():
        sys.stdout.write(name.ljust(24) + "".join(f"{recall(hits, ranked, k) or 0:8.3f}" for k in KS) + "\n")
    sys.stdout.write(
        "fused, union of area".ljust(24)
        + "".join(f"{area_recall(hits, arms['fused'], k) or 0:8.3f}" for k in KS)
        + "\n"
    )
    for model in book.checkpoints:
        own = [h for h in hits if h.checkpoint == model.id]
        sys.stdout.write(f"  {model.id:28} {recall(own, arms['fused'], 8) or 0:.3f} ({len(own)})\n")
    if args.missed:
        for hit in hits:
            if not hit.clauses & set(arms["fused"][hit.case, hit.checkpoint][:8]):
                sys.stdout.write(f"[{hit.case}] {hit.checkpoint}: {hit.quote}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
