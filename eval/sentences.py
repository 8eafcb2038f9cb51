"""Score the rules on single labelled sentences, a quick probe of wordings beside the whole contracts.

``python -m eval.sentences [--area fees] [--checkpoint fees.late_payment] [--wrong] [FILES…]``; a line of a file is
``{"checkpoint", "status": ok|vague|adverse|none, "vendor", "text", "also": [other checkpoints the text touches]}``.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from eval.cases import DATASET
from pipeline.check.rules.engine import rule_for, signals_of
from pipeline.check.rules.reading import read
from pipeline.check.rules.semantics import opinions
from pipeline.embed import configured_embedder
from pipeline.ingest.layout import names_columns
from pipeline.merchant import MerchantGuess
from pipeline.playbook import load_playbook
from pipeline.retrieve import index
from pipeline.segment import segment
from pipeline.types import Block, BlockKind, Document, Page, Party, Span, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """One labelled clause; ``missing`` stands for "says nothing of the checkpoint". ``also`` are other checkpoints it touches."""

    checkpoint: str
    status: Status
    vendor: str
    text: str
    merchant: str = ""
    context: str = ""
    also: tuple[str, ...] = ()


def load_samples(paths: list[Path]) -> Iterator[Sample]:
    """Samples of JSON-lines files, one a line."""
    for path in paths:
        for line in path.read_text(encoding="utf-8").splitlines():
            if not line.strip():
                continue
            row = json.loads(line)
            yield Sample(
                checkpoint=row["checkpoint"],
                status=Status.MISSING if row["status"] == "none" else Status(row["status"]),
                vendor=row["vendor"],
                text=row["text"],
                merchant=row.get("merchant", ""),
                context=row.get("context", ""),
                also=tuple(row.get("also", ())),
            )


_OPPOSITE = {"我方": "贵方", "贵方": "我方", "我们": "您", "我司": "贵司", "贵司": "我司"}


def as_contract(sample: Sample) -> tuple[Document, MerchantGuess]:
    """A one-clause contract, under its heading, and whose side is whose in it."""
    rows = ([f"第一条 {sample.context}"] if sample.context else []) + sample.text.split("\n")
    blocks: list[Block] = []
    at = 0
    for row in rows:
        cells: list[Span] = []
        if " | " in row:
            offset = at
            for cell in row.split(" | "):
                cells.append(Span(start=offset, end=offset + len(cell)))
                offset += len(cell) + 3
        kind = BlockKind.TABLE_ROW if cells else BlockKind.PARAGRAPH
        table = 1 if cells else None
        number = sum(b.table is not None for b in blocks) + 1 if cells else None
        header = number == 1 and names_columns(row.split(" | "))
        blocks.append(
            Block(start=at, end=at + len(row), kind=kind, table=table, row=number, cells=tuple(cells), header=header)
        )
        at += len(row) + 1
    text = "\n".join(rows)
    document = Document(
        file="sentence",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        pages=(Page(start=0, end=len(text), number=1),),
        blocks=tuple(blocks),
    )
    vendor = Party.JIA if sample.vendor == "甲方" or sample.merchant == "乙方" else Party.YI
    own = () if sample.vendor in ("甲方", "乙方", "") else (sample.vendor,)
    merchant = "" if sample.merchant in ("甲方", "乙方") else sample.merchant
    other = (merchant,) if merchant else ((_OPPOSITE[sample.vendor],) if sample.vendor in _OPPOSITE else ())
    guess = MerchantGuess(
        party=vendor.other, confidence=1.0, sure=True, reason="", names={}, aliases={vendor: own, vendor.other: other}
    )
    return document, guess


def judge(sample: Sample, *, semantic: bool = False) -> tuple[Status, str]:
    """What the rules say of the sample's checkpoint, and why; with ``semantic`` heard by the semantic reader."""
    document, guess = as_contract(sample)
    clauses = segment(document)
    reading = read(document, clauses, guess)
    checkpoint = load_playbook().checkpoint(sample.checkpoint)
    held = None
    if semantic:
        embedder = configured_embedder()
        held = opinions(reading, index(document, clauses, embedder))
    rule = rule_for(checkpoint)
    conclusion = rule.conclude(signals_of(rule, reading, checkpoint, held), reading, checkpoint)
    return conclusion.status, conclusion.reason


def main() -> int:
    """Command line; exit 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("files", nargs="*", type=Path)
    parser.add_argument("--area", default="")
    parser.add_argument("--checkpoint", default="")
    parser.add_argument("--wrong", action="store_true")
    parser.add_argument("--semantic", action="store_true", help="with the semantic reader beside the rules")
    args = parser.parse_args()
    files = args.files or sorted((DATASET / "sentences").glob("*.jsonl"))
    only = args.checkpoint or (args.area + "." if args.area else "")
    right: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for sample in load_samples(files):
        if not sample.checkpoint.startswith(only):
            continue
        said, reason = judge(sample, semantic=args.semantic)
        total[sample.checkpoint] += 1
        right[sample.checkpoint] += said is sample.status
        if args.wrong and said is not sample.status:
            sys.stdout.write(f"{sample.checkpoint} label {sample.status} said {said} | {sample.text} | {reason}\n")
    for checkpoint, count in total.items():
        sys.stdout.write(f"{checkpoint:28} {right[checkpoint]}/{count}  {right[checkpoint] / count:.3f}\n")
    whole = sum(total.values())
    if whole:
        sys.stdout.write(f"{'all':28} {sum(right.values())}/{whole}  {sum(right.values()) / whole:.3f}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
