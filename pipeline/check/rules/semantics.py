"""The semantic reader beside the rules: which status a sentence gives a checkpoint, from its meaning rather than from cues.

A linear model over the sentence's vector, its character n-grams (parties and figures named by kind, ``features``) and what the rule of
the checkpoint says of it. Learned by ``python -m eval.train`` from the labelled clauses of ``eval/dataset``; weights in ``semantics.npz``.
It decides what a sentence is about and which way it goes; which side of a threshold a figure stands stays with the rules.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from pipeline.check.rules.features import grams, shape
from pipeline.check.rules.leaning import leans_to_merchant, leans_to_vendor
from pipeline.check.rules.measure import measured
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal
from pipeline.playbook import CheckpointModel
from pipeline.retrieve import Indexed
from pipeline.topics import centred
from pipeline.types import Status

Floats = NDArray[np.float32]

# Order of the classes; MISSING stands for "says nothing of the checkpoint".
CLASSES = (Status.MISSING, Status.OK, Status.VAGUE, Status.ADVERSE)
# Lengths of the two parts of a row, against which the regularisation weighs them; by persona held out, see eval/README.md.
EMBEDDING_SCALE, GRAM_SCALE = 4.0, 5.0
_WHOLE = frozenset({"依语义一", "依语义二"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Weights: ``vector`` (384, n, 4), ``gram`` (BUCKETS, n, 4), ``rule`` (n, 4 said by the rule, 4 true; log-likelihoods), ``bias`` (n, 4), and
    ``idf`` (BUCKETS,), for the n ``checkpoints``."""

    checkpoints: tuple[str, ...]
    vector: Floats
    gram: NDArray[np.float16]
    idf: Floats
    rule: Floats
    bias: Floats


@lru_cache(maxsize=1)
def stored() -> Model:
    """The model of this version."""
    with files("pipeline.check.rules").joinpath("semantics.npz").open("rb") as file:
        kept = np.load(file)
        return Model(
            checkpoints=tuple(str(c) for c in kept["checkpoints"]), vector=kept["vector"], gram=kept["gram"],
            idf=kept["idf"], rule=kept["rule"], bias=kept["bias"],
        )  # fmt: skip


# A contract has a hundred sentences that say nothing of a checkpoint for one that does, the labelled clauses have one for four, and one
# false alarm among them decides a checkpoint: so much is added to the logit of "says nothing" where the rule is silent, where it sees
# something against the merchant, and where it sees something else. Chosen on contracts that neither rules nor weights had seen when they
# came: on d25 to d45 macro-F1 was 0.809 with 1, 0, 0 and up to 0.868 with 1, 4, 2; on d46 to d57 0.895 with 0, 3, 2 and 0.900 with 0, 4, 2,
# false alarms 10.0 and 8.8 %; see eval/README.md.
NONE_BIAS, ADVERSE_BIAS, SPOKEN_BIAS = 0.0, 4.0, 2.0
# The least probabilities at which the reader adds what the rule does not see (alone: no other sentence speaks of the checkpoint; beside: one
# does), drops what the rule sees, and turns its status over. Chosen on the labelled clauses of two personas unseen by rules and weights.
ALONE, BESIDE, DROP, FLIP = 0.5, 0.9, 0.6, 0.5
SURE = 0.8  # what counts as sure of another sentence
COUNTED = 0.9  # DROP where the rule counts things over several sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The least probabilities above, and the biases; a probability over 1 switches a step off."""

    none_bias: float = NONE_BIAS
    adverse_bias: float = ADVERSE_BIAS
    spoken_bias: float = SPOKEN_BIAS
    alone: float = ALONE
    beside: float = BESIDE
    drop: float = DROP
    flip: float = FLIP

    def bias(self, said: Status) -> float:
        """What is added to the logit of "says nothing" when the rule says ``said``."""
        if said is Status.MISSING:
            return self.none_bias
        return self.adverse_bias if said is Status.ADVERSE else self.spoken_bias


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinions:
    """Logits before the rules are asked, shape (sentences with a vector, checkpoints, 4); ``row`` by ``Sentence.index``."""

    model: Model
    row: dict[int, int]
    logits: Floats
    limits: Limits = field(default_factory=Limits)

    def of(self, sentence: Sentence, checkpoint: str, said: Status) -> Floats | None:
        """Probabilities of the four classes when the rule says ``said``; ``None`` for what was not embedded or is not known."""
        row = self.row.get(sentence.index)
        if row is None or checkpoint not in self.model.checkpoints:
            return None
        column = self.model.checkpoints.index(checkpoint)
        logits = self.logits[row, column] + self.model.rule[column, CLASSES.index(said)]
        logits[0] += self.limits.bias(said)
        return softmax(logits)


def softmax(logits: Floats) -> Floats:
    """Probabilities along the last axis."""
    powers = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(powers / powers.sum(axis=-1, keepdims=True), dtype=np.float32)


def opinions(reading: Reading, indexed: Indexed, model: Model | None = None) -> Opinions:
    """What the model makes of every sentence that was embedded."""
    model = model or stored()
    vector_at = indexed.rows
    known = [s for s in reading.body if s.span.start in vector_at]
    rows = {s.index: i for i, s in enumerate(known)}
    logits = np.tile(model.bias, (len(known), 1, 1)).astype(np.float32)
    if known:
        vectors = centred(indexed.vectors[[vector_at[s.span.start] for s in known]]) * EMBEDDING_SCALE
        logits += np.einsum("sd,dnc->snc", vectors, model.vector)
        for i, sentence in enumerate(known):
            buckets, weights = weighted(shape(sentence), model.idf)
            logits[i] += np.einsum("g,gnc->nc", weights * GRAM_SCALE, model.gram[buckets].astype(np.float32))
    return Opinions(model=model, row=rows, logits=logits)


def weighted(text: str, idf: Floats) -> tuple[NDArray[np.int64], Floats]:
    """Buckets and tf-idf weights of the n-grams of ``text``, the weights of length one."""
    buckets, counts = grams(text)
    weights = counts * idf[buckets]
    length = float(np.linalg.norm(weights))
    return buckets, np.asarray(weights / length if length else weights, dtype=np.float32)


def hear(
    found: Sequence[tuple[Sentence, Sequence[Signal]]],
    rule: Rule,
    reading: Reading,
    checkpoint: CheckpointModel,
    held: Opinions,
) -> list[Signal]:
    """The signals of a contract for one checkpoint after the semantic reader was heard, in reading order.

    Args:
        found: each sentence with what the rule says of it.
    """
    kept: list[tuple[Signal, float, float]] = []
    more: list[tuple[float, Signal]] = []
    for sentence, signals in found:
        own = rule.conclude(signals, reading, checkpoint).status if signals else Status.MISSING
        chances = held.of(sentence, checkpoint.id, own)
        if chances is None:
            kept += [(s, 1.0, 0.0) for s in signals]
        elif own is not Status.MISSING:
            revised = _revised(signals, own, chances, sentence, rule, checkpoint, held.limits)
            kept += [(s, float(chances[1:].max()), float(chances[0])) for s in revised]
        else:
            best, chance = CLASSES[1 + int(chances[1:].argmax())], float(chances[1:].max())
            if _said_outright(own, best, sentence, rule):
                continue
            if chance >= held.limits.beside:
                kept.append((_said(best, sentence, rule, checkpoint), chance, float(chances[0])))
            elif 1 - float(chances[0]) >= held.limits.alone:
                more.append((1 - float(chances[0]), _said(best, sentence, rule, checkpoint)))
    if any(chance >= SURE for _, chance, _ in kept):
        kept = [(s, chance, none) for s, chance, none in kept if none < 0.5 or s.status is not Status.ADVERSE]
    if kept or not more:
        heard = sorted((s for s, _, _ in kept), key=lambda s: s.sentence.index)
        beside = [s.sentence for about, s in more if about >= SURE][:_BESIDE]
        return [replace(heard[0], also=(*heard[0].also, *beside)), *heard[1:]] if heard and beside else heard
    surest = max(chance for chance, _ in more)
    return [signal for chance, signal in more if chance >= max(held.limits.alone, _NEAR_SUREST * surest)]


_BESIDE = 2  # sentences surely about the point, cited with what decided it
_NEAR_SUREST = 0.7  # of the surest sentence's probability: others that speak of a point no rule saw


def _revised(
    signals: Sequence[Signal],
    own: Status,
    chances: Floats,
    sentence: Sentence,
    rule: Rule,
    checkpoint: CheckpointModel,
    limits: Limits,
) -> list[Signal]:
    """What the rule saw, dropped or turned over where the reader is sure; ``ok`` against ``adverse`` stays with a figure."""
    best, chance = CLASSES[int(chances.argmax())], float(chances.max())
    if best is own:
        return list(signals)
    if best is Status.MISSING:
        # One row of a price list or of a table of indicators says little by itself; the rule counts them together.
        counted = any(x.keys or x.firm for x in signals)
        return [] if chance >= (COUNTED if counted else limits.drop) else list(signals)
    if chance < limits.flip or any(s.firm for s in signals):
        return list(signals)
    if _said_outright(own, best, sentence, rule):
        return list(signals)
    if own is Status.VAGUE and best is Status.OK and any(not b.answered for b in sentence.blanks):
        return list(signals)  # LABELS rule 2
    if {best, own} == {Status.OK, Status.ADVERSE} and checkpoint.thresholds and any(s.figure for s in signals):
        return list(signals)
    if own is Status.VAGUE and best is Status.OK and any(s.keys for s in signals):
        return [replace(s, keys=s.keys | _WHOLE) if s.status is Status.OK else s for s in signals]
    if own is Status.OK and best is Status.VAGUE and any(s.keys for s in signals):
        return list(signals)
    return [_said(best, sentence, rule, checkpoint)]


def _said_outright(own: Status, best: Status, sentence: Sentence, rule: Rule) -> bool:
    """True when who may, must or pays by the sentence's own words speaks against what the reader makes of it."""
    if rule.quantity is not None:
        return False
    if best is Status.ADVERSE:
        return leans_to_merchant(sentence)
    return (own, best) == (Status.ADVERSE, Status.OK) and leans_to_vendor(sentence)


def _said(status: Status, sentence: Sentence, rule: Rule, checkpoint: CheckpointModel) -> Signal:
    """A signal of the semantic reader; a figure of the wanted kind is compared with the threshold."""
    if rule.quantity is not None and status in (Status.OK, Status.ADVERSE):
        found = measured(sentence, rule.quantity, checkpoint)
        if found is not None:
            good, text = found
            status = Status.OK if good else Status.ADVERSE
            return Signal(
                sentence=sentence, status=status, reason=checkpoint.reason(status, text), figure=text, keys=_WHOLE
            )
    keys = _WHOLE if status is Status.OK else frozenset()
    return Signal(sentence=sentence, status=status, reason=checkpoint.reason(status), keys=keys)
