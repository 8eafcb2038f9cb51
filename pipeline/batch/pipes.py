"""What the processes of a run have in common: where they find modules, how many threads they use, and pipes for messages alone."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import BinaryIO

_THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "SHENYUE_THREADS")


def environment(threads: int) -> dict[str, str]:
    """The parent's, with its search path for modules and the number of threads."""
    root = str(Path(__file__).resolve().parents[2])
    path = os.pathsep.join(dict.fromkeys((root, *(p for p in sys.path if p))))
    return {**os.environ, "PYTHONPATH": path, **dict.fromkeys(_THREADS, str(threads))}


def own_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Standard input and output of a child for messages alone: whatever else is printed goes to standard error."""
    incoming, out = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    os.dup2(2, 1)
    return incoming, out
