"""What a context alone costs a model: ``python -m eval.contexts``.

Every contract is reviewed in the three contexts (``SHENYUE_CONTEXT`` full, retrieved, auto) by a reader that never errs about what it is
shown (``oracle``), behind a scripted server: real HTTP, the product's whole path, names masked. Its score is the ceiling a context allows,
no model's score. One piece of the evidence is enough for it; "needs all" counts a cell as lost when the look that decided it left a piece
out, which is the floor: several pieces often say the same.
"""

from __future__ import annotations

import argparse
import importlib
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from statistics import median
from typing import Any

from eval.cases import Case, load_cases
from eval.endpoint import address
from eval.metrics.status import Cell, Metric, accuracy, confusion, macro_f1, serious_recall, value
from eval.oracle import Call, Gold, Oracle, golds
from eval.run import folder_of
from pipeline.check import Checked
from pipeline.check.llm.cache import Recording
from pipeline.check.llm.client import connect
from pipeline.check.llm.context import ContextKind, Masker, lines
from pipeline.check.llm.reader import Budget, ModelReader
from pipeline.embed import Embedder, configured_embedder
from pipeline.errors import ShenyueError
from pipeline.ingest import ingest
from pipeline.merchant import MerchantGuess, find_merchant
from pipeline.playbook import Playbook, load_playbook
from pipeline.privacy import masking, party_names
from pipeline.retrieve import Indexed, index
from pipeline.segment import segment
from pipeline.settings import Settings
from pipeline.types import Clause, Document, Status, Usage

MODEL = "scripted-from-labels"
MODES = (ContextKind.FULL, ContextKind.AUTO, ContextKind.RETRIEVED)
_BUDGET = Budget()
_FEW = 12  # lost cells told a context, unless all are asked for


class Loss(StrEnum):
    """Why a cell is lost to a reader that never errs about what it is shown."""

    READING = "not in the text as read"
    CONTEXT = "evidence in no prompt"
    PAGES = "an unreadable page: absence cannot be said"
    CHECKS = "shown and answered, refused by the checks of the answer"
    PATH = "shown, and another verdict came out"


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """A cell, and how many pieces of its evidence were labelled, in the text as read, in the first look, and in the look that decided it.

    ``later`` says that some piece was shown in any look.
    """

    cell: Cell
    reason: str
    labelled: int
    located: int
    first: int
    decided: int
    later: bool

    @property
    def loss(self) -> Loss | None:
        """Why it is lost, ``None`` when it is right."""
        if self.cell.right:
            return None
        if self.cell.label is Status.MISSING:
            return Loss.PAGES if self.cell.said is Status.UNREVIEWED else Loss.PATH
        if not self.located:
            return Loss.READING
        if not self.later:
            return Loss.CONTEXT
        return Loss.CHECKS if self.cell.said is Status.UNREVIEWED else Loss.PATH

    @property
    def partly(self) -> bool:
        """The look that decided it left out a piece."""
        return 0 < self.decided < self.located

    @property
    def first_alone(self) -> Cell:
        """What would have been said without a second look."""
        return self.cell if self.first or not self.located else replace(self.cell, said=Status.MISSING)

    @property
    def needing_all(self) -> Cell:
        """As said by a reader that needs every piece; which wrong status it would give is not known, so ``unreviewed`` stands for it."""
        return replace(self.cell, said=Status.UNREVIEWED) if self.partly else self.cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """One contract in one context."""

    seen: tuple[Seen, ...]
    whole: bool
    usage: Usage
    calls: Mapping[Call, int]
    tokens: Mapping[Call, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Servers:
    """What of ``tests.servers`` is needed, which an installed package lacks."""

    server: Callable[..., Any]
    prompt: Callable[[Any], Any]
    tokens: Callable[[Any], int]

    @classmethod
    def found(cls) -> Servers:
        """Raises ``ImportError`` outside of a checkout."""
        openai, reader, wire = (
            importlib.import_module(f"tests.servers.{n}") for n in ("openai_server", "reader", "wire")
        )
        return cls(
            server=openai.ScriptedServer,
            prompt=reader.Prompt.of,
            tokens=lambda request: len(wire.prompt_tokens(request)),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A labelled contract, read once for all contexts."""

    case: Case
    document: Document
    clauses: tuple[Clause, ...]
    merchant: MerchantGuess
    indexed: Indexed
    gold: Mapping[str, Gold]
    shown_when_whole: frozenset[int]


def read(case: Case, embedder: Embedder) -> Contract:
    """Read a contract and look up its evidence."""
    document = ingest(case.path)
    clauses = segment(document)
    merchant = find_merchant(document, clauses)
    names = party_names(merchant.names.values(), (a for own in merchant.aliases.values() for a in own))
    masker: Masker = masking(document, clauses, names)  # as the reader masks
    every = frozenset(line.clause for line in lines(document, clauses, masker))
    return Contract(
        case=case, document=document, clauses=tuple(clauses), merchant=merchant, indexed=index(document, clauses, embedder),
        gold=golds(case, document, clauses, masker), shown_when_whole=every,
    )  # fmt: skip


def sight(
    contract: Contract,
    context: ContextKind,
    playbook: Playbook,
    embedder: Embedder,
    servers: Servers,
    *,
    budget: Budget = _BUDGET,
    record: Path | None = None,
) -> Sight:
    """Review a contract in one context; with ``record`` the replies are added to that recording."""
    oracle = Oracle(contract.gold, servers.prompt, servers.tokens)
    with (
        tempfile.TemporaryDirectory() as folder,
        servers.server(oracle, models=(MODEL,)) as server,
        address(server.url),
    ):
        recording = None if record is None else Recording(record, replay=False)
        settings = Settings(model=MODEL, data_dir=Path(folder), cache=False)
        client = connect(settings, recording=recording)
        reader = ModelReader(client=client, embedder=embedder, context=context, budget=budget)
        checked = reader(contract.document, contract.clauses, playbook, contract.merchant, contract.indexed)
    firsts = [looks[0] for looks in oracle.looks.values() if looks]
    return Sight(
        seen=tuple(_seen(contract, checked, oracle.looks)),
        whole=all(first == contract.shown_when_whole for first in firsts),
        usage=checked.usage, calls=oracle.calls, tokens=oracle.tokens,
    )  # fmt: skip


def _seen(contract: Contract, checked: Checked, looks: Mapping[str, Sequence[frozenset[int]]]) -> Iterator[Seen]:
    for verdict in checked.verdicts:
        gold = contract.gold.get(verdict.checkpoint)
        if gold is None:
            continue
        counts = [sum(bool(piece.keys() & look) for piece in gold.pieces) for look in looks.get(verdict.checkpoint, ())]
        yield Seen(
            cell=Cell(case=contract.case.id, checkpoint=verdict.checkpoint, label=gold.status, said=verdict.status),
            reason=verdict.reason,
            labelled=len(gold.pieces) + gold.unread,
            located=len(gold.pieces),
            first=counts[0] if counts else 0,
            decided=next((n for n in counts if n), 0),
            later=any(counts),
        )


def table(found: Mapping[ContextKind, Sequence[Sight]]) -> str:
    """The figures, a column a context."""
    columns = [_figures(sights) for sights in found.values()]
    heads = f"{'':<58}" + "".join(f"{kind.value:>12}" for kind in found)
    rows = [f"{name:<58}" + "".join(f"{column[name]:>12}" for column in columns) for name in columns[0]]
    return "\n".join((heads, *rows))


def _figures(sights: Sequence[Sight]) -> dict[str, str]:
    seen = [s for sight in sights for s in sight.seen]
    found = [s for s in seen if s.located]
    cells = [s.cell for s in seen]
    alone = [s.first_alone for s in seen]
    strict = [s.needing_all for s in seen]
    spent = [sight.usage.input_tokens for sight in sights]
    lost = Counter(s.loss for s in seen)
    return {
        "accuracy": _score(accuracy, cells),
        "macro-F1": _score(macro_f1, cells),
        "serious recall": _score(serious_recall, cells),
        "accuracy, first look alone": _score(accuracy, alone),
        "serious recall, first look alone": _score(serious_recall, alone),
        "accuracy, a reader that needs all pieces": _score(accuracy, strict),
        "serious recall, a reader that needs all pieces": _score(serious_recall, strict),
        "cells with evidence in the text": str(len(found)),
        "of these: some shown in the first look": _share(sum(s.first > 0 for s in found), len(found)),
        "of these: some shown after the second look": _share(sum(s.later for s in found), len(found)),
        "of these: all shown in the first look": _share(sum(s.first == s.located for s in found), len(found)),
        "of these: decided with a part of the evidence": str(sum(s.partly for s in found)),
        "contracts given whole": f"{sum(sight.whole for sight in sights)}/{len(sights)}",
        "input tokens a contract, mean": f"{sum(spent) / len(spent):.0f}",
        "input tokens a contract, median": f"{median(spent):.0f}",
        "of the tokens: second look": _share(sum(sight.tokens[Call.SECOND] for sight in sights), sum(spent)),
        "of the tokens: asked again after a wrong quote": _share(sum(s.tokens[Call.AGAIN] for s in sights), sum(spent)),
        "calls a contract": f"{sum(sight.usage.calls for sight in sights) / len(sights):.2f}",
        **{f"lost: {loss.value}": str(lost[loss]) for loss in Loss},
    }  # fmt: skip


def _score(metric: Metric, cells: Iterable[Cell]) -> str:
    score = value(metric(confusion(cells)))
    return "-" if score is None else f"{score:.3f}"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def told(found: Mapping[ContextKind, Sequence[Sight]], most: int) -> Iterator[str]:
    """The lost cells and those decided with a part of their evidence, ``most`` of each a context."""
    for kind, sights in found.items():
        seen = [s for sight in sights for s in sight.seen]
        for name, own in (("lost", [s for s in seen if s.loss]), ("partly", [s for s in seen if s.partly])):
            for s in own[:most]:
                why = s.loss or f"{s.decided} of {s.located} pieces shown"
                cell = s.cell
                yield f"{kind.value} {name} [{cell.case}] {cell.checkpoint}: {cell.label} -> {cell.said}, {why}. {s.reason}"
            if len(own) > most:
                yield f"{kind.value} {name}: {len(own) - most} more"


def main() -> int:
    """Print the figures; exit 2 when a call failed or the scripted server is not there."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--dataset", default="dev", help="dev, test or a folder; of test no cells are told")
    parser.add_argument("--case", default="", help="only contracts whose id starts with this")
    parser.add_argument("--context", choices=[m.value for m in MODES], help="this one alone")
    parser.add_argument("--retrieved-tokens", type=int, default=Budget().retrieved, help="of a retrieved call")
    parser.add_argument(
        "--full-tokens", type=int, default=Budget().full, help="up to which auto gives the whole contract"
    )
    parser.add_argument("--all", action="store_true", help="tell every lost cell")
    parser.add_argument(
        "--record", type=Path, help="add the replies to this recording, to be replayed by shenyue eval run"
    )
    args = parser.parse_args()
    try:
        servers = Servers.found()
    except ImportError as error:
        sys.stderr.write(
            f"The scripted server is part of tests/, which an installed package lacks: run this in a checkout ({error}).\n"
        )
        return 2
    modes = MODES if args.context is None else (ContextKind(args.context),)
    budget = Budget(full=args.full_tokens, retrieved=args.retrieved_tokens)
    book, embedder = load_playbook(), configured_embedder()
    found: dict[ContextKind, list[Sight]] = {mode: [] for mode in modes}
    try:
        cases = load_cases(folder_of(args.dataset), [c.id for c in book.checkpoints], only=args.case)
        for number, case in enumerate(cases, 1):
            contract = read(case, embedder)
            for mode in modes:
                found[mode].append(sight(contract, mode, book, embedder, servers, budget=budget, record=args.record))
            sys.stderr.write(f"[{number}/{len(cases)}] {case.id}\n")
    except ShenyueError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    if not cases:
        sys.stderr.write(f"{args.dataset} has no contract {args.case}…\n")
        return 2
    sys.stdout.write(
        f"{args.dataset}, {len(cases)} contracts, {MODEL}: the ceiling that each context allows, no model's score\n"
    )
    sys.stdout.write(table(found) + "\n")
    if args.dataset != "test":
        sys.stdout.writelines(f"{line}\n" for line in told(found, sys.maxsize if args.all else _FEW))
    failed = sum(sight.usage.failed_calls for sights in found.values() for sight in sights)
    if failed:
        sys.stdout.write(f"{failed} calls failed: the figures are no answer\n")
    return 2 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
