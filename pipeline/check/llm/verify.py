"""A model's finding against the contract: quotes found or rejected, figures and negations of the reason held against the words cited."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from pipeline.check.llm.reply import FindingReply
from pipeline.check.rules.engine import rule_for
from pipeline.folding import fold, simplify
from pipeline.ground import cite, ground
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Quantity, QuantityKind, quantities
from pipeline.types import Citation, Clause, Document, Span, Status, Verdict

_WHOLE = (
    160  # characters up to which a clause is cited whole, as the rules do, so that conditions and provisos are seen
)
_COMPARED = (QuantityKind.DURATION, QuantityKind.RATIO, QuantityKind.MONEY)
# Permission, duty and ban, and what turns one into another; what follows is compared.
_MODAL = re.compile(
    r"(不得|不可以?|不能|无权|无需|无须|不必|不承担|不负责|概不|有权|可以|可|应当|应|须|必须|能)([一-鿿]{2,4})"
)
_BANS = frozenset({"不得", "不可", "不可以", "不能", "无权", "无需", "无须", "不必", "不承担", "不负责", "概不"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Grounded:
    """A finding with its quotes looked up: what was found, and what was not (clause as named, words)."""

    finding: FindingReply
    citations: tuple[Citation, ...]
    rejected: tuple[tuple[str, str], ...]


def grounded(
    finding: FindingReply,
    document: Document,
    clauses: Sequence[Clause],
    unmask: Callable[[str], str],
    addressed: Sequence[Span] = (),
) -> Grounded:
    """Look up every quote: in the clause it names, then anywhere; never by likeness (promise 2).

    Words ``addressed`` to the reader carry no finding (promise 4): quoted, they count as not found.
    """
    spans: dict[int, Span] = {}
    rejected = []
    by_key = {f"C{c.id}": c for c in clauses}
    for quote in finding.quotes:
        words = unmask(quote.text)
        within = by_key.get(quote.clause)
        found = ground(words, document, within, clauses) if within is not None else None
        found = found or ground(words, document, None, clauses)
        if found is None or any(found.overlaps(a) for a in addressed):
            rejected.append((quote.clause, words))
        else:
            spans.setdefault(found.start, _shown(found, within, document))
    cited = tuple(cite(document, clauses, spans[at]) for at in sorted(spans))
    return Grounded(finding=finding, citations=_apart(cited), rejected=tuple(rejected))


def verdict(
    found: Grounded, checkpoint: CheckpointModel, searched: tuple[str, ...], unmask: Callable[[str], str]
) -> Verdict:
    """The verdict that a looked-up finding carries.

    Nothing is left of a status without words of the contract behind it, or whose reason does not fit these words: such a checkpoint is
    ``unreviewed``, with the reason why, and keeps its citations and rejected quotes to be seen.
    """
    finding, status = found.finding, found.finding.verdict
    reason, rejected = unmask(finding.reason).rstrip("。"), tuple(words for _, words in found.rejected)
    doubt = None
    if status is not Status.MISSING:
        if not found.citations:
            doubt = "模型没有给出原文依据" if not rejected else "模型给出的引文在合同里找不到"
        else:
            doubt = mismatch(reason, found.citations, checkpoint) or wrong_side(status, found.citations, checkpoint)
    elif rejected:
        # It said that words stand there, and that none do: no proof of absence (promise 3). Of 43 such "missing" of a small model on dev 34 were wrong.
        doubt = "模型先后说法不一：引过合同里找不到的话，又说合同没写"
    if doubt is not None:
        text = f"{doubt}，结论不可信，请人工看这一条（模型说：{reason}）"
        return Verdict(
            checkpoint=checkpoint.id, status=Status.UNREVIEWED, reason=text, citations=found.citations,
            searched=searched, rejected_quotes=rejected,
        )  # fmt: skip
    figure = finding.figure if finding.figure and _stands(finding.figure, found.citations) else None
    return Verdict(
        checkpoint=checkpoint.id,
        status=status,
        reason=reason,
        citations=found.citations,
        searched=searched if status is Status.MISSING else (),
        rejected_quotes=rejected,
        figure=figure,
    )


def mismatch(reason: str, citations: Sequence[Citation], checkpoint: CheckpointModel) -> str | None:
    """What a reason says that the words cited do not: a figure that is neither in them nor a threshold, or a turned negation."""
    cited = [c.text for c in citations]
    known = [_value(q) for text in cited for q in quantities(text)]
    known += [(q.kind, q.high) for text in cited for q in quantities(text) if q.high is not None]
    limits = _limits(checkpoint)
    for quantity in quantities(reason):
        if quantity.kind not in _COMPARED:
            continue
        kind, value = _value(quantity)
        near = any(k is kind and _same(v, value) for k, v in known)
        if not near and not any(_same(value, limit) for limit in limits) and not _stands(quantity.text, citations):
            return f"模型理由里的「{quantity.text}」不在引文里"
    text = _plain("".join(cited))
    for modal, act in _MODAL.findall(_plain(reason)):
        turned = [m for m, a in _MODAL.findall(text) if a[:2] == act[:2]]
        if turned and all((m in _BANS) is not (modal in _BANS) for m in turned):
            return f"模型理由里的「{modal}{act}」与引文相反"
    return None


def wrong_side(status: Status, citations: Sequence[Citation], checkpoint: CheckpointModel) -> str | None:
    """A status that arithmetic contradicts: every figure cited stands on the other side of the threshold than it says."""
    wanted = None if checkpoint.rule is not None else rule_for(checkpoint).quantity
    if wanted is None or wanted.threshold not in checkpoint.thresholds or status not in (Status.OK, Status.ADVERSE):
        return None
    limit = checkpoint.thresholds[wanted.threshold] * wanted.unit
    sides = [
        (q.value >= limit - 1e-9) if wanted.at_least else ((q.high or q.value) <= limit + 1e-9)
        for c in citations
        for q in quantities(c.text)
        if q.kind is wanted.kind and not q.trigger and q.value <= wanted.most
    ]
    if status is Status.OK and sides and not any(sides):
        return "引文里的数字超出标准，模型却判为达标"
    return None


def _shown(found: Citation, named: Clause | None, document: Document) -> Span:
    """The whole clause where it is short and on one line."""
    clause = named if named is not None and named.contains(found) else None
    if clause is None:
        return found
    text = document.slice(clause)
    own = text.strip()
    if "\n" in own or len(own) > _WHOLE:
        return found
    start = clause.start + len(text) - len(text.lstrip())
    return Span(start=start, end=start + len(own))


def _apart(citations: Sequence[Citation]) -> tuple[Citation, ...]:
    """Without those that lie inside another."""
    return tuple(
        c
        for c in citations
        if not any(o is not c and o.contains(c) and (o.start, o.end) != (c.start, c.end) for o in citations)
    )


def _limits(checkpoint: CheckpointModel) -> list[float]:
    """The thresholds in the base units of quantities: seconds, fractions, money."""
    limits = list(checkpoint.thresholds.values())
    if checkpoint.rule is None:
        wanted = rule_for(checkpoint).quantity
        if wanted is not None and wanted.threshold in checkpoint.thresholds:
            limits.append(checkpoint.thresholds[wanted.threshold] * wanted.unit)
    said = (checkpoint.wording.preferred, checkpoint.wording.acceptable, checkpoint.why)
    return limits + [q.value for text in said for q in quantities(text)] + _known_units(checkpoint.thresholds)


def _known_units(thresholds: Mapping[str, float]) -> list[float]:
    units = {"seconds": 1.0, "hours": 3600.0, "days": 86_400.0, "months": 30 * 86_400.0, "years": 365 * 86_400.0}
    return [value * units[unit] for name, value in thresholds.items() if (unit := name.rsplit("_", 1)[-1]) in units]


def _value(quantity: Quantity) -> tuple[QuantityKind, float]:
    return quantity.kind, quantity.value


def _same(a: float, b: float) -> bool:
    return abs(a - b) <= 1e-6 * max(1.0, abs(a), abs(b))


def _stands(figure: str, citations: Iterable[Citation]) -> bool:
    wanted = _plain(figure)
    return bool(wanted) and any(wanted in _plain(c.text) for c in citations)


def _plain(text: str) -> str:
    return fold(simplify(text)).text
