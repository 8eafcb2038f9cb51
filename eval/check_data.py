"""Validate labelled contracts: every checkpoint there, every piece of evidence in the text as read, nothing frozen changed.

The contracts and labels of a frozen split are listed with their sha256 in ``SHA256SUMS`` beside them, in the format of ``sha256sum``; a
label is only changed to right a mistake, with a line in the split's ``CHANGES.md``.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from eval.cases import Case, load_cases, locate
from pipeline.ingest import ingest
from pipeline.segment import segment

FROZEN = "SHA256SUMS"


def problems(case: Case) -> Iterator[str]:
    """Each piece of evidence that the text as read does not hold, as one line naming contract and checkpoint."""
    if case.sha256 is not None and case.sha256 != hashlib.sha256(case.path.read_bytes()).hexdigest():
        yield f"{case.path.name}：文件与标注里记的 sha256 不同"
    document = ingest(case.path)
    clauses = segment(document)
    for checkpoint, quotes in case.evidence.items():
        for quote in quotes:
            if not locate(quote, document, clauses):
                yield f"{case.path.name} {checkpoint}：读取的文本里没有：{quote}"


def frozen_problems(folder: Path) -> Iterator[str]:
    """What differs from the folder's list of frozen files: changed, gone, or new and not listed. Nothing for a folder without a list."""
    listed = folder / FROZEN
    if not listed.is_file():
        return
    lines = [line.split("  ", 1) for line in listed.read_text(encoding="utf-8").splitlines() if line]
    kept = {name: digest for digest, name in lines}
    now = checksums(folder)
    for name in sorted(kept.keys() | now.keys()):
        if name not in now:
            yield f"{name}：冻结的文件不见了"
        elif name not in kept:
            yield f"{name}：不在冻结清单里"
        elif now[name] != kept[name]:
            yield f"{name}：与冻结时不同；如是改正标注，请在 CHANGES.md 记一条并更新 {FROZEN}"


def checksums(folder: Path) -> dict[str, str]:
    """sha256 of every contract and label file of a folder, by name."""
    files = (p for p in folder.iterdir() if p.is_file() and p.name != FROZEN and p.suffix != ".md")
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(files)}


def freeze(folder: Path) -> int:
    """Write the folder's list of frozen files; how many there are."""
    found = checksums(folder)
    lines = [f"{digest}  {name}" for name, digest in found.items()]
    (folder / FROZEN).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return len(found)


def check(folder: Path, checkpoints: Sequence[str], only: str = "") -> tuple[int, int, list[str]]:
    """Validate a folder: contracts, pieces of evidence, and everything that is wrong.

    Raises:
        DatasetError: a label file does not validate.
    """
    cases = load_cases(folder, checkpoints, only=only, partial=True)
    wrong = [*frozen_problems(folder), *(line for case in cases for line in problems(case))]
    if not cases:
        wrong.append(f"{folder.name}：一份标注也没有")
    return len(cases), sum(len(quotes) for case in cases for quotes in case.evidence.values()), wrong
