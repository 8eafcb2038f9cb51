"""What the semantic reader sees of a sentence: its text with parties and figures named by kind, as hashed character n-grams.

"乙方应于5个工作日内补齐" becomes "Ⓥ应于⟦D7dw⟧内补齐": whose duty it is and how large a figure is, not which words or digits say so.
"""

from __future__ import annotations

import re
from collections import Counter
from math import log
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from pipeline.check.rules.pattern import compiled
from pipeline.check.rules.reading import Sentence
from pipeline.quantities import Quantity, QuantityKind
from pipeline.quantities.values import DAY

BUCKETS = 1 << 15
_LONGEST = 3  # characters of an n-gram
# Upper ends of the size classes; they separate the label guide's thresholds.
_DURATIONS = (
    (5.0, "5s"), (30.0, "30s"), (60.0, "60s"), (600.0, "10m"), (3600.0, "1h"), (DAY, "24h"), (3 * DAY, "3d"), (7 * DAY, "7d"), (15 * DAY, "15d"),
    (30.5 * DAY, "30d"), (61 * DAY, "60d"), (92 * DAY, "3m"), (181 * DAY, "6m"), (366 * DAY, "1y"), (1097 * DAY, "3y"),
)  # fmt: skip
_RATIOS = (
    (0.001, "0.1%"), (0.01, "1%"), (0.05, "5%"), (0.10, "10%"), (0.15, "15%"), (0.1999, "20%-"), (0.3, "30%"), (0.5, "50%"), (0.8, "80%"),
    (0.8999, "90%-"), (0.95, "95%"), (1.0, "100%"),
)  # fmt: skip
_ZERO = re.compile(r"\d")  # digits that are no figure (clause numbers, 618) carry no meaning of their own


def size(quantity: Quantity) -> str:
    """The kind and size class of a figure."""
    value = quantity.high if quantity.high is not None and quantity.high == quantity.high else quantity.value
    if quantity.kind is QuantityKind.DURATION:
        name = next((name for top, name in _DURATIONS if value <= top * 1.0001), "long")
        return f"D{name}{'w' if quantity.working else ''}"
    if quantity.kind is QuantityKind.RATIO:
        return "R" + next((name for top, name in _RATIOS if value <= top * 1.0001), "big")
    return quantity.kind.value[:2].upper()


def shape(sentence: Sentence) -> str:
    """The sentence with figures, parties and blanks replaced by what they are."""
    out: list[str] = []
    at = 0
    for figure in sorted(sentence.figures, key=lambda f: f.start):
        if figure.start < at:
            continue
        out += [
            _ZERO.sub("0", sentence.plain[at : figure.start]),
            f"⟦{size(figure.quantity)}{'!' if figure.quantity.trigger else ''}⟧",
        ]
        at = figure.end
    text = "".join(out) + _ZERO.sub("0", sentence.plain[at:])
    for sign, placeholder in (("Ⓑ", "<B>"), ("Ⓥ", "<V>"), ("Ⓜ", "<M>")):
        text = compiled(placeholder, sentence.sides).sub(sign, text)
    return text + "⟦BLANK⟧" if any(not b.answered for b in sentence.blanks) else text


def grams(text: str) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Buckets of the character n-grams of ``text`` and their weights, 1 + log(count), before idf and normalisation."""
    counts = Counter(
        crc32(text[i : i + n].encode()) % BUCKETS for n in range(1, _LONGEST + 1) for i in range(len(text) - n + 1)
    )
    buckets = np.fromiter(counts.keys(), dtype=np.int64, count=len(counts))
    weights = np.fromiter((1 + log(c) for c in counts.values()), dtype=np.float32, count=len(counts))
    return buckets, weights
