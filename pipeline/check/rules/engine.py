"""The rules engine: every sentence of the contract past every rule, then one conclusion a checkpoint."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from pipeline import guard
from pipeline.check import Judged, unheard
from pipeline.check.rules import custom, data, fees, precedence, quality, scope, staffing, term
from pipeline.check.rules.amendments import amended, amendments
from pipeline.check.rules.reading import Reading, Sentence, read
from pipeline.check.rules.semantics import Opinions, hear, opinions
from pipeline.check.rules.signal import Conclusion, Rule, Signal
from pipeline.ground import cite
from pipeline.merchant import MerchantGuess
from pipeline.playbook import CheckpointModel, Playbook
from pipeline.retrieve import Indexed
from pipeline.topics import understood
from pipeline.types import Citation, Clause, ClauseKind, Document, PageSource, Span, Status, Verdict

_log = logging.getLogger(__name__)
# What a rule can raise by a mistake of ours on words nobody thought of; memory that ran out is none of them.
_FAULTS = (ValueError, TypeError, LookupError, ArithmeticError, AttributeError)
_RULES: dict[str, Rule] = {
    rule.checkpoint: amended(rule) for area in (scope, fees, data, quality, staffing, term) for rule in area.RULES
}
_MOST_CITATIONS = 12
_MOST_ITEMS = 4
_SHORT_CLAUSE = 160  # characters up to which a clause is cited whole


def check_rules(
    document: Document,
    clauses: Sequence[Clause],
    playbook: Playbook,
    merchant: MerchantGuess,
    indexed: Indexed,
    *,
    semantic: bool = True,
    judged: Judged = unheard,
) -> tuple[Verdict, ...]:
    """Judge every checkpoint of ``playbook``; reads every clause of the file. See ``pipeline.check.Checker``. ``semantic`` switches the reader beside the rules.

    Where a page could not be read, a checkpoint that would be ``missing`` is ``unreviewed``: it may stand on that page.
    """
    reading = read(document, clauses, merchant)
    held = opinions(reading, indexed) if semantic and understood(indexed.embedder) else None
    searched = _searched(clauses)
    unreadable = [p.number for p in document.pages if p.source is PageSource.UNREADABLE]
    ordered = [span for order in guard.instructions(document, clauses) for span in order]
    addressed = frozenset(s.index for s in reading.body if any(s.span.overlaps(span) for span in ordered))
    verdicts: list[Verdict] = []
    for area in playbook.areas:
        own = [_judge(c, reading, held, addressed, searched, unreadable) for c in area.checkpoints if c.enabled]
        judged(own)
        verdicts += own
    return tuple(verdicts)


def signals_of(rule: Rule, reading: Reading, checkpoint: CheckpointModel, held: Opinions | None = None) -> list[Signal]:
    """All signals of one rule over the contract, each sentence's heard by the semantic reader, after precedence between its parts."""
    read_out = [(sentence, list(rule.read(sentence, reading, checkpoint))) for sentence in reading.body]
    if held is None:
        found = [signal for _, own in read_out for signal in own]
    else:
        found = hear(_as_worded(read_out, reading), rule, reading, checkpoint, _of_what_stands(held, reading))
    return precedence.apply(found, reading)


def _as_worded(
    read_out: Sequence[tuple[Sentence, list[Signal]]], reading: Reading
) -> list[tuple[Sentence, list[Signal]]]:
    """Each sentence as it is worded after the amendments in the file."""
    now = {index: change.sentence for index, change in amendments(reading).items() if change.sentence is not None}
    return [(now.get(sentence.index, sentence), own) for sentence, own in read_out]


def _of_what_stands(held: Opinions, reading: Reading) -> Opinions:
    """``held`` without the sentences that an amendment words otherwise or strikes out: the reader knows only their old wording."""
    gone = {index for index, change in amendments(reading).items() if not change.alike}
    return replace(held, row={i: row for i, row in held.row.items() if i not in gone}) if gone else held


def rule_for(checkpoint: CheckpointModel) -> Rule:
    """The rule of a checkpoint: its own where the playbook brings one, else the one named for it."""
    return amended(custom.rule_of(checkpoint)) if checkpoint.rule is not None else _RULES[checkpoint.id]


def _judge(
    checkpoint: CheckpointModel,
    reading: Reading,
    held: Opinions | None,
    addressed: frozenset[int],
    searched: tuple[str, ...],
    unreadable: list[int],
) -> Verdict:
    """One verdict. Sentences ``addressed`` to the reader (by index) change none (promise 4); an alert of its own shows them."""
    rule = rule_for(checkpoint)
    try:
        found = [s for s in signals_of(rule, reading, checkpoint, held) if s.sentence.index not in addressed]
        conclusion = rule.conclude(found, reading, checkpoint)
    except _FAULTS as error:  # one point is lost, and told, not the contract
        _log.exception("the rule of %s failed", checkpoint.id)
        return Verdict(
            checkpoint=checkpoint.id,
            status=Status.UNREVIEWED,
            reason=f"未能审查：判读{checkpoint.name}时程序出错（{type(error).__name__}），请人工查看这一点",
        )
    if conclusion.status is Status.MISSING:
        if unreadable:
            pages = "、".join(str(n) for n in unreadable)
            return Verdict(
                checkpoint=checkpoint.id,
                status=Status.UNREVIEWED,
                reason=f"读到的部分没有写{checkpoint.name}，但第 {pages} 页无法识别，不能断定合同没写",
                searched=searched,
            )
        reason = f"通读全文 {len(searched)} 处条款，没有约定{checkpoint.name}"
        return Verdict(checkpoint=checkpoint.id, status=Status.MISSING, reason=reason, searched=searched)
    figure = next((s.figure for s in conclusion.signals if s.figure and s.status is conclusion.status), None)
    return Verdict(
        checkpoint=checkpoint.id,
        status=conclusion.status,
        reason=conclusion.reason,
        citations=_citations(conclusion, reading),
        figure=figure,
        contradiction=conclusion.contradiction,
    )


def _citations(conclusion: Conclusion, reading: Reading) -> tuple[Citation, ...]:
    """What carries the conclusion, in reading order: the whole clause where it is short, so that conditions and provisos are seen."""
    spans: dict[int, Span] = {}
    for signal in conclusion.signals:
        for sentence in (signal.sentence, *signal.also, *_items(signal.sentence, reading)):
            span = _clause_span(sentence, reading)
            spans.setdefault(span.start, span)
    for row in _table_rows([s.sentence for s in conclusion.signals if s.sentence.is_row], reading):
        spans.setdefault(row.span.start, row.span)
    chosen = sorted(list(spans.values())[:_MOST_CITATIONS], key=lambda s: s.start)
    return tuple(cite(reading.document, reading.clauses, s) for s in chosen)


def _table_rows(counted: Sequence[Sentence], reading: Reading) -> tuple[Sentence, ...]:
    """The rows of a table of which two or more were counted: a table is read as a whole."""
    heads = Counter(row.columns for row in counted if row.columns)
    wanted = {columns for columns, count in heads.items() if count >= 2}
    return tuple(s for s in reading.sentences if s.is_row and s.columns in wanted)


def _items(sentence: Sentence, reading: Reading) -> tuple[Sentence, ...]:
    """The first items of the list that a sentence announces: 有下列情形之一的，甲方可以解除：says nothing without them."""
    if not sentence.plain.endswith(":"):
        return ()
    below = reading.sentences[sentence.index + 1 : sentence.index + 1 + _MOST_ITEMS]
    return tuple(s for s in below if sentence.plain in s.context)


def _clause_span(sentence: Sentence, reading: Reading) -> Span:
    clause = sentence.clause
    text = reading.document.slice(clause)
    own = text.strip()
    if sentence.is_row or "\n" in own or len(own) > _SHORT_CLAUSE:
        return sentence.span
    start = clause.start + len(text) - len(text.lstrip())
    return Span(start=start, end=start + len(own))


def _searched(clauses: Sequence[Clause]) -> tuple[str, ...]:
    """What was read, by the names of the top clauses."""
    tops = [c.label for c in clauses if c.parent is None or c.kind is ClauseKind.ANNEX]
    return tuple(dict.fromkeys(tops))
