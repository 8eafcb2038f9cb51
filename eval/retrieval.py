"""Clause recall of retrieval on labelled contracts: ``python -m eval.retrieval [--split dev] [--k 8]``.

A piece of evidence is found when a retrieved clause holds at least half of it. Arms: dense and BM25 alone, both fused, and fused with
only the checkpoint's name as query; and how much of the evidence the union over an area's checkpoints brings to one area's reader.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from eval.cases import DATASET, load_cases, locate
from pipeline.embed import configured_embedder
from pipeline.ingest import ingest
from pipeline.playbook import CheckpointModel, load_playbook
from pipeline.retrieve import Arm, index, retrieve
from pipeline.segment import segment
from pipeline.types import Clause, Span

KS = (1, 3, 5, 8, 12, 20)


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One piece of evidence: its checkpoint, the clauses it stands in, and the number of clauses of its contract."""

    case: str
    checkpoint: str
    quote: str
    clauses: frozenset[int]


def clauses_of(spans: Iterable[Span], clauses: Sequence[Clause]) -> frozenset[int]:
    """Ids of the clauses that hold at least half of one of ``spans``, or its largest share where it runs over several."""
    found: set[int] = set()
    for span in spans:
        shares = {c.id: min(span.end, c.end) - max(span.start, c.start) for c in clauses if c.overlaps(span)}
        most = max(shares.values(), default=0)
        found |= {i for i, share in shares.items() if share == most}
    return frozenset(found)


def recall(hits: Sequence[Hit], ranked: Mapping[tuple[str, str], Sequence[int]], k: int) -> float | None:
    """Share of the evidence with a clause among the first ``k`` of its checkpoint's ranking; ``None`` without evidence."""
    if not hits:
        return None
    return sum(bool(h.clauses & set(ranked[h.case, h.checkpoint][:k])) for h in hits) / len(hits)


def area_recall(hits: Sequence[Hit], ranked: Mapping[tuple[str, str], Sequence[int]], k: int) -> float | None:
    """As ``recall``, where all checkpoints of the area share what was retrieved for each."""
    if not hits:
        return None
    found = 0
    for hit in hits:
        area = hit.checkpoint.split(".")[0] + "."
        union = {c for (case, name), r in ranked.items() if case == hit.case and name.startswith(area) for c in r[:k]}
        found += bool(hit.clauses & union)
    return found / len(hits)


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
