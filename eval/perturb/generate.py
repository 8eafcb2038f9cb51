"""From candidates and refusals to the committed files, and the check of these files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from eval.cases import DatasetError
from eval.perturb.apply import perturbed
from eval.perturb.candidates import candidates
from eval.perturb.pairs import FOLDER, LABEL_STAYS, Pair, dump_pairs
from eval.perturb.sources import SPLITS, Source

REFUSED = FOLDER / "refused.txt"


def load_refused(path: Path = REFUSED) -> dict[str, str]:
    """Refused ids and why.

    Raises:
        DatasetError: an id without a reason, or twice; the message names file and line.
    """
    refused: dict[str, str] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, _, reason = line.partition(" ")
        if not reason.strip() or name in refused:
            raise DatasetError(f"{path.name}:{number}: an id without a reason, or twice: {line}")
        refused[name] = reason.strip()
    return refused


def generated(sources: Sequence[Source], refused: Iterable[str]) -> tuple[Pair, ...]:
    """The candidates of the sources without the refused ones."""
    out = frozenset(refused)
    return tuple(pair for pair in candidates(sources) if pair.id not in out)


def write(pairs: Sequence[Pair], folder: Path = FOLDER) -> None:
    """One file a split."""
    folder.mkdir(parents=True, exist_ok=True)
    for split in SPLITS:
        (folder / f"{split}.jsonl").write_text(
            dump_pairs(tuple(p for p in pairs if p.split == split)), encoding="utf-8"
        )


def problems(pairs: Iterable[Pair], sources: Sequence[Source]) -> Iterator[str]:
    """What is wrong with pairs: text changed, words not where a pair says, a label that is not the contract's."""
    known = {source.case.id: source for source in sources}
    for pair in pairs:
        source = known.get(pair.case)
        if source is None:
            yield f"{pair.id}: no contract {pair.case}"
            continue
        if pair.checkpoint not in source.case.statuses or not set(pair.unchanged) <= set(source.case.statuses):
            yield f"{pair.id}: an unknown checkpoint"
        elif pair.before is not source.case.statuses[pair.checkpoint]:
            yield f"{pair.id}: the label is {source.case.statuses[pair.checkpoint]}, not {pair.before}"
        elif pair.before is pair.after and pair.kind not in LABEL_STAYS:
            yield f"{pair.id}: the edit changes no label"
        try:
            perturbed(source.document, pair)
        except DatasetError as error:
            yield str(error)
