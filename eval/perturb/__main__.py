"""Perturbation pairs.

``python -m eval.perturb generate`` writes the committed files again and names the pairs that nobody has read yet: after a change
of how files are read, or of the recipes, read those and put the wrong ones into ``refused.txt``. ``check`` verifies them against the contracts;
``show [--case d01] [--kind flip_party]`` prints pairs to be read.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from eval.perturb.generate import generated, load_refused, problems, write
from eval.perturb.pairs import FOLDER, Kind, Pair, load_pairs
from eval.perturb.sources import SPLITS, load_sources


def main() -> int:
    """Command line; exit 1 when ``check`` finds problems."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("command", choices=("generate", "check", "show"))
    parser.add_argument("--case", default="", help="only contracts whose id starts with this (show)")
    parser.add_argument("--kind", type=Kind, help="only pairs of this kind (show)")
    args = parser.parse_args()
    if args.command == "generate":
        pairs = generated(tuple(load_sources()), load_refused())
        before, after = {p.id for p in _committed()}, {p.id for p in pairs}
        write(pairs)
        sys.stdout.write(_counts(pairs))
        sys.stdout.write("".join(f"new, to be read: {name}\n" for name in sorted(after - before)))
        sys.stdout.write("".join(f"gone: {name}\n" for name in sorted(before - after)))
        return 0
    pairs = _committed()
    if args.command == "show":
        for pair in pairs:
            if pair.case.startswith(args.case) and args.kind in (None, pair.kind):
                sys.stdout.write(_shown(pair))
        return 0
    found = list(problems(pairs, tuple(load_sources())))
    sys.stdout.write("".join(f"{line}\n" for line in found) + f"{len(pairs)} pairs, {len(found)} problems\n")
    return 1 if found else 0


def _committed() -> tuple[Pair, ...]:
    paths = (FOLDER / f"{split}.jsonl" for split in SPLITS)
    return tuple(pair for path in paths if path.exists() for pair in load_pairs(path))


def _counts(pairs: tuple[Pair, ...]) -> str:
    table = Counter((p.kind, str(p.split)) for p in pairs)
    lines = [f"{kind:22}" + "".join(f"{table[kind, s]:6}" for s in SPLITS) for kind in Kind]
    total = Counter(str(p.split) for p in pairs)
    lines.append(f"{'all':22}" + "".join(f"{total[s]:6}" for s in SPLITS))
    return "\n".join(lines) + "\n"


def _shown(pair: Pair) -> str:
    edits = "".join(f"    {e.start}: {e.old!r} → {e.new!r}\n" for e in pair.edits)
    return f"{pair.id}: {pair.before} → {pair.after}\n{edits}"


if __name__ == "__main__":
    sys.exit(main())
