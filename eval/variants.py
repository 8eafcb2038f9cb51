"""Many contracts out of the few of dev: other parties, dates and figures, clauses changed, moved, dropped and added, in mixed formats.

They are for measuring and for faults, where a thousand files are wanted that are not the same: nobody labelled them. A contract's number and
the seed alone say what it is, so that the first hundred of a thousand are the same as a hundred.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random

from eval.cases import DATASET, load_cases
from eval.contract_files import Format, Line, printed
from eval.perturb import FOLDER, Edit, load_pairs, text_sha256
from eval.perturb.apply import apply_edits
from eval.rewording import reworded
from pipeline.ingest import ingest
from pipeline.playbook import load_playbook
from pipeline.types import BlockKind, Document

SEED = 20261125
# Of every fifty files, so many of each; a scan takes as long as many of the others.
MIX = {
    Format.DOCX: 22,
    Format.PDF: 13,
    Format.UTF8: 7,
    Format.GB18030: 6,
    Format.SCAN_PNG: 1,
    Format.SCAN_PDF: 1,
}
_ROUND = sum(MIX.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A contract of dev as read, and the labelled edits that fit it."""

    id: str
    document: Document
    edits: tuple[tuple[Edit, ...], ...]


def write(folder: Path, count: int, *, seed: int = SEED, duplicates: int = 0) -> tuple[Path, ...]:
    """Put ``count`` different contracts into ``folder``, which is made; their names sort in the order in which they are given back.

    Args:
        duplicates: further files with the bytes of one of these under names of their own, after the others.

    Raises:
        ValueError: there is nothing to make a duplicate of.
    """
    if duplicates and not count:
        raise ValueError("no contract to make duplicates of")
    folder.mkdir(parents=True, exist_ok=True)
    sources = load_sources()
    paths: list[Path] = []
    seen: set[bytes] = set()
    for number in range(1, count + 1):
        source, format = sources[_turn(number, len(sources), seed)], _format(number, seed)
        attempt = 0
        while (
            digest := hashlib.sha256(content := _content(source, format, f"{seed}/{number}/{attempt}")).digest()
        ) in seen:
            attempt += 1
        seen.add(digest)
        paths.append(folder / f"{number:05d}-{_title(source.document)}{format.suffix}")
        paths[-1].write_bytes(content)
    random = Random(f"{seed}/duplicates")
    for number in range(count + 1, count + duplicates + 1):
        original = paths[random.randrange(count)]
        paths.append(folder / f"{number:05d}-{original.stem[6:]}（副本）{original.suffix}")
        paths[-1].write_bytes(original.read_bytes())
    return tuple(paths)


@cache
def load_sources() -> tuple[Source, ...]:
    """The contracts of dev that are text or Word; pictures and PDFs would bring their reading errors along."""
    pairs: dict[str, list[tuple[Edit, ...]]] = {}
    hashes: dict[str, str] = {}
    for pair in load_pairs(FOLDER / "dev.jsonl"):
        pairs.setdefault(pair.case, []).append(pair.edits)
        hashes[pair.case] = pair.sha256
    sources = []
    for case in load_cases(DATASET / "dev", [c.id for c in load_playbook().checkpoints]):
        if case.path.suffix in (".docx", ".txt"):
            document = ingest(case.path)
            fits = hashes.get(case.id) == text_sha256(document.text)
            sources.append(Source(id=case.id, document=document, edits=tuple(pairs[case.id]) if fits else ()))
    return tuple(sources)


def varied(source: Source, random: Random) -> tuple[Line, ...]:
    """The lines of a variant."""
    document = apply_edits(source.document, _drawn(source.edits, random), source.id)
    lines = [
        Line(
            text=document.slice(block),
            heading=_is_heading(document.slice(block), block.kind),
            cells=tuple(document.slice(c) for c in block.cells),
            table=block.table if block.cells else None,
        )
        for block in document.blocks
    ]
    return reworded(lines, document.text, random)


def _content(source: Source, format: Format, seed: str) -> bytes:
    random = Random(seed)
    return printed(varied(source, random), format, random)


def _turn(number: int, sources: int, seed: int) -> int:
    """Every source comes once before one comes twice."""
    turn, place = divmod(number - 1, sources)
    return Random(f"{seed}/sources/{turn}").sample(range(sources), sources)[place]


def _format(number: int, seed: int) -> Format:
    """Every fifty files are the whole mix."""
    turn, place = divmod(number - 1, _ROUND)
    deck = [format for format, many in MIX.items() for _ in range(many)]
    return Random(f"{seed}/formats/{turn}").sample(deck, _ROUND)[place]


def _title(document: Document) -> str:
    """For the file's name."""
    first = document.text.split("\n", 1)[0]
    return re.sub(r"[^\u4e00-\u9fff]", "", first)[:16] or "客服外包合同"


def _drawn(candidates: Sequence[tuple[Edit, ...]], random: Random) -> list[Edit]:
    """Up to three labelled edits that do not touch each other; an annex is added once at most."""
    chosen: list[Edit] = []
    for edits in random.sample(candidates, min(3, len(candidates))):
        if not any(a.start <= b.end and b.start <= a.end for a in edits for b in chosen):
            chosen += edits
    return sorted(chosen, key=lambda e: e.start)


def _is_heading(text: str, kind: BlockKind) -> bool:
    short = len(text) <= 24 and not text.endswith(("。", "；", "，", "："))
    return short and (
        kind is BlockKind.HEADING
        or bool(re.match(r"第[一二三四五六七八九十]+[条章條]|[一二三四五六七八九十]+、|#{1,4} |附件", text))
    )


def main() -> int:
    """Write contracts into a folder: ``python -m eval.variants FOLDER --count 1000``."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--count", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=SEED)
    parser.add_argument("--duplicates", type=int, default=0)
    args = parser.parse_args()
    paths = write(args.folder, args.count, seed=args.seed, duplicates=args.duplicates)
    size = sum(p.stat().st_size for p in paths) / 2**20
    sys.stdout.write(f"{len(paths)} files, {size:.0f} MiB, in {args.folder}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
