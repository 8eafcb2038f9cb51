"""Learn the semantic reader from labelled clauses: ``python -m eval.train [--without FILE …] [--contracts SPLIT] [--check]``.

Writes ``pipeline/topics.npz`` (which checkpoints a passage speaks of) and ``pipeline/check/rules/semantics.npz`` (which status a
sentence gives a checkpoint). Multinomial logistic regression, one a checkpoint (scikit-learn, lbfgs, no randomness), over the features of
``pipeline.check.rules.features``. A clause labelled for one checkpoint is a negative of all it does not touch, with a small weight.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from eval.cases import DATASET, load_cases, locate
from eval.sentences import Sample, as_contract, load_samples
from pipeline.check.rules.engine import rule_for, signals_of
from pipeline.check.rules.features import BUCKETS, grams, shape
from pipeline.check.rules.reading import Reading, read
from pipeline.check.rules.semantics import CLASSES, EMBEDDING_SCALE, GRAM_SCALE
from pipeline.embed import Embedder, Vectors, configured_embedder
from pipeline.ingest import ingest
from pipeline.merchant import find_merchant
from pipeline.playbook import CheckpointModel, load_playbook
from pipeline.retrieve import index
from pipeline.segment import segment
from pipeline.topics import normalised
from pipeline.types import Status

NEGATIVE_WEIGHT = (
    0.005  # of a clause that is labelled for another checkpoint; chosen by persona held out, see eval/README.md
)
CONTRACT_NEGATIVE_WEIGHT = (
    0.03  # of a contract's sentence that is no evidence: rarer than labelled clauses and nearer to what is read
)
INVERSE_REGULARISATION = 2.0
UNTUNED = ("plain", "platform", "group", "mcn", "inhouse", "hr")  # sentence files nobody looked at while writing rules
SMOOTHING = 20.0  # clauses' worth of all checkpoints together beside a checkpoint's own (about 55)
PAIRS = 3000  # clauses of two checkpoints run together
PIPELINE = Path(__file__).parent.parent / "pipeline"


@dataclass(frozen=True, slots=True, kw_only=True)
class Instance:
    """A text to learn from: its n-grams and vector, the class of each checkpoint it is labelled for, the checkpoints it must not be
    used for, and what each rule says of it."""

    source: str
    text: str
    vector: Vectors
    labels: dict[str, Status]
    unsure: frozenset[str]
    rules: dict[str, Status]
    contract: bool = False


def from_samples(paths: Sequence[Path], embedder: Embedder, checkpoints: Sequence[CheckpointModel]) -> list[Instance]:
    """One instance a labelled clause, and one a pair of them run together: real sentences carry several duties."""
    found: list[Instance] = []
    everything: list[Sample] = []
    for path in paths:
        samples = list(load_samples([path]))
        everything += samples
        found += _instances(
            [(s, {s.checkpoint: s.status}, frozenset(s.also) - {s.checkpoint}) for s in samples],
            path.stem,
            embedder,
            checkpoints,
        )
    return found + _instances(list(_pairs(everything)), "pairs", embedder, checkpoints)


def _instances(
    labelled: Sequence[tuple[Sample, dict[str, Status], frozenset[str]]],
    source: str,
    embedder: Embedder,
    checkpoints: Sequence[CheckpointModel],
) -> list[Instance]:
    read_out = [_read(sample) for sample, _, _ in labelled]
    vectors = embedder.passages([text for _, text in read_out])
    return [
        Instance(
            source=source,
            text="\n".join(shape(s) for s in reading.body),
            vector=vector,
            labels=labels,
            unsure=unsure,
            rules=_rules(reading, checkpoints),
        )
        for (_, labels, unsure), (reading, _), vector in zip(labelled, read_out, vectors, strict=True)
    ]


def _pairs(samples: Sequence[Sample]) -> Iterator[tuple[Sample, dict[str, Status], frozenset[str]]]:
    """Clauses of two checkpoints and the same parties as one sentence; drawn with a fixed seed."""
    draw = random.Random(20)
    by_sides: dict[tuple[str, str], list[Sample]] = {}
    for sample in samples:
        if "\n" not in sample.text and " | " not in sample.text and len(sample.text) < 160:
            by_sides.setdefault((sample.vendor, sample.merchant), []).append(sample)
    pools = [pool for pool in by_sides.values() if len(pool) > 20]
    weights = [len(pool) for pool in pools]
    made = 0
    while made < PAIRS and pools:
        one, two = draw.sample(draw.choices(pools, weights)[0], 2)
        if one.checkpoint == two.checkpoint or one.checkpoint in two.also or two.checkpoint in one.also:
            continue
        text = one.text.rstrip("。；;.") + draw.choice("，，；。") + two.text
        labels = {one.checkpoint: one.status, two.checkpoint: two.status}
        unsure = (frozenset(one.also) | frozenset(two.also)) - set(labels)
        made += 1
        yield replace(one, text=text, context=draw.choice((one.context, two.context, ""))), labels, unsure


def _read(sample: Sample) -> tuple[Reading, str]:
    document, guess = as_contract(sample)
    reading = read(document, segment(document), guess)
    title = f"{sample.context}：" if sample.context else ""
    return reading, title + sample.text.replace("\n", " ")[:400]


def _rules(reading: Reading, checkpoints: Sequence[CheckpointModel]) -> dict[str, Status]:
    return {c.id: rule_for(c).conclude(signals_of(rule_for(c), reading, c), reading, c).status for c in checkpoints}


def from_contracts(folder: Path, embedder: Embedder, checkpoints: Sequence[CheckpointModel]) -> list[Instance]:
    """One instance a sentence of a labelled contract: evidence carries its cell's status, everything else says nothing.

    Where a cell rests on several sentences that may pull different ways (worst wins, things counted together), they are left out.
    """
    found: list[Instance] = []
    for case in load_cases(folder, [c.id for c in checkpoints]):
        document = ingest(case.path)
        clauses = segment(document)
        reading = read(document, clauses, find_merchant(document, clauses))
        indexed = index(document, clauses, embedder)
        row = indexed.rows
        evidence = {c.id: [locate(q, document, clauses) for q in case.evidence[c.id]] for c in checkpoints}
        for sentence in reading.body:
            if sentence.span.start not in row:
                continue
            labels: dict[str, Status] = {}
            unsure: set[str] = set()
            rules: dict[str, Status] = {}
            for checkpoint in checkpoints:
                rule = rule_for(checkpoint)
                own = list(rule.read(sentence, reading, checkpoint))
                rules[checkpoint.id] = rule.conclude(own, reading, checkpoint).status if own else Status.MISSING
                spans = [s for group in evidence[checkpoint.id] for s in group]
                if any(sentence.span.overlaps(s) for s in spans):
                    if len(spans) == 1:
                        labels[checkpoint.id] = case.statuses[checkpoint.id]
                    else:
                        unsure.add(checkpoint.id)
            found.append(
                Instance(
                    source=case.id,
                    text=shape(sentence),
                    vector=indexed.vectors[row[sentence.span.start]],
                    labels=labels,
                    unsure=frozenset(unsure),
                    rules=rules,
                    contract=True,
                )
            )
    return found


def learn(instances: Sequence[Instance], checkpoints: Sequence[CheckpointModel], folder: Path) -> None:
    """Fit both models and write them under ``folder``."""
    from scipy.sparse import csr_matrix, hstack
    from sklearn.linear_model import LogisticRegression

    centre = np.mean([i.vector for i in instances], axis=0).astype(np.float32)
    vectors = normalised(np.stack([i.vector for i in instances]) - centre)
    counts = _counts([i.text for i in instances])
    present = np.bincount(counts.indices, minlength=BUCKETS)
    idf = (np.log((1 + len(instances)) / (1 + present)) + 1).astype(np.float32)
    ngrams = counts.multiply(idf).tocsr()
    lengths = np.sqrt(np.asarray(ngrams.multiply(ngrams).sum(axis=1))).ravel()
    ngrams = ngrams.multiply((GRAM_SCALE / np.maximum(lengths, 1e-9))[:, None]).tocsr()
    n = len(checkpoints)
    vector_w = np.zeros((vectors.shape[1], n, 4), dtype=np.float32)
    gram_w = np.zeros((BUCKETS, n, 4), dtype=np.float32)
    rule_w = rule_likelihoods(instances, checkpoints)
    bias = np.zeros((n, 4), dtype=np.float32)
    topic_w, topic_b = np.zeros((vectors.shape[1], n), dtype=np.float32), np.zeros(n, dtype=np.float32)
    for column, checkpoint in enumerate(checkpoints):
        usable = [i for i, x in enumerate(instances) if checkpoint.id not in x.unsure or checkpoint.id in x.labels]
        classes = np.array([CLASSES.index(instances[i].labels.get(checkpoint.id, Status.MISSING)) for i in usable])
        weight = np.array([_weight(instances[i], checkpoint.id) for i in usable])
        features = hstack([csr_matrix(vectors[usable] * EMBEDDING_SCALE), ngrams[usable]]).tocsr()
        model = LogisticRegression(C=INVERSE_REGULARISATION, max_iter=300)
        model.fit(features, classes, sample_weight=weight)
        size = vectors.shape[1]
        for row, name in enumerate(model.classes_):
            vector_w[:, column, name] = model.coef_[row, :size]
            gram_w[:, column, name] = model.coef_[row, size:]
            bias[column, name] = model.intercept_[row]
        touched = [i for i, x in enumerate(instances) if checkpoint.id not in x.unsure]
        about = np.array(
            [instances[i].labels.get(checkpoint.id, Status.MISSING) is not Status.MISSING for i in touched]
        )
        own = np.array([1.0 if checkpoint.id in instances[i].labels else 0.05 for i in touched])
        topic = LogisticRegression(C=20.0, max_iter=300)
        topic.fit(vectors[touched], about, sample_weight=own)
        topic_w[:, column], topic_b[column] = topic.coef_[0], topic.intercept_[0]
        sys.stderr.write(f"\r{column + 1}/{n} {checkpoint.id:32}")
    names = np.array([c.id for c in checkpoints])
    np.savez_compressed(folder / "topics.npz", checkpoints=names, centre=centre, weights=topic_w, bias=topic_b)
    np.savez_compressed(
        folder / "check/rules/semantics.npz", checkpoints=names, vector=vector_w, gram=gram_w.astype(np.float16), idf=idf,
        rule=rule_w, bias=bias,
    )  # fmt: skip
    sys.stderr.write("\n")


def rule_likelihoods(instances: Sequence[Instance], checkpoints: Sequence[CheckpointModel]) -> NDArray[np.float32]:
    """log P(the rule says | the truth), shape (n, 4 said, 4 true): what a rule's word is worth on wordings it was not written for.

    Counted on the sources that no rule was tuned on; half of "says nothing" comes from the sentences of whole contracts. A checkpoint's
    own counts are smoothed by those of all checkpoints together.
    """
    counts = np.zeros((len(checkpoints), 4, 4))
    plain = np.zeros((len(checkpoints), 4))
    for instance in instances:
        for column, checkpoint in enumerate(checkpoints):
            said = CLASSES.index(instance.rules[checkpoint.id])
            if instance.source in UNTUNED and checkpoint.id in instance.labels:
                counts[column, said, CLASSES.index(instance.labels[checkpoint.id])] += 1
            elif instance.contract and checkpoint.id not in instance.labels and checkpoint.id not in instance.unsure:
                plain[column, said] += 1
    pooled = counts.sum(axis=0) + 1
    pooled /= pooled.sum(axis=0, keepdims=True)
    smoothed = counts + SMOOTHING * pooled
    likelihood = smoothed / smoothed.sum(axis=1, keepdims=True)
    if plain.sum():
        silence = (plain + SMOOTHING * pooled[:, 0]) / (plain.sum(axis=1, keepdims=True) + SMOOTHING)
        likelihood[:, :, 0] = (likelihood[:, :, 0] + silence) / 2
    return np.asarray(np.log(likelihood), dtype=np.float32)


def _weight(instance: Instance, checkpoint: str) -> float:
    if checkpoint in instance.labels:
        return 1.0
    return CONTRACT_NEGATIVE_WEIGHT if instance.contract else NEGATIVE_WEIGHT


def _counts(texts: Sequence[str]) -> Any:
    from scipy.sparse import csr_matrix

    pointers, columns, values = [0], [], []
    for text in texts:
        buckets, weights = grams(text)
        columns.append(buckets)
        values.append(weights)
        pointers.append(pointers[-1] + len(buckets))
    return csr_matrix((np.concatenate(values), np.concatenate(columns), pointers), shape=(len(texts), BUCKETS))


def main() -> int:
    """Command line; exit 0."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--without", nargs="*", default=[], help="sources left out: names of sentence files or ids of contracts"
    )
    parser.add_argument("--contracts", default="", help="a split whose contracts are learned from too")
    parser.add_argument("-o", "--out", type=Path, default=PIPELINE, help="folder the weights go under")
    args = parser.parse_args()
    checkpoints = load_playbook().checkpoints
    embedder = configured_embedder()
    paths = [p for p in sorted((DATASET / "sentences").glob("*.jsonl")) if p.stem not in args.without]
    instances = from_samples(paths, embedder, checkpoints)
    if args.contracts:
        instances += [
            i for i in from_contracts(DATASET / args.contracts, embedder, checkpoints) if i.source not in args.without
        ]
    (args.out / "check/rules").mkdir(parents=True, exist_ok=True)
    learn(instances, checkpoints, args.out)
    sys.stdout.write(f"{len(instances)} texts learned from\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
