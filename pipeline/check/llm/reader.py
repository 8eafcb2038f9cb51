"""The model reader: an area at a time, all areas at once; every quote looked up, every ``missing`` looked for twice.

The chain of one call is LangChain's: messages | model with structured output | grounding. What fails leaves its checkpoints
``unreviewed`` with the reason; nothing that a model does ends a review.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage
from langchain_core.runnables import Runnable, RunnableLambda

import prompts
from pipeline import guard
from pipeline.check import Checked, Judged, unheard
from pipeline.check.llm.client import ModelClient
from pipeline.check.llm.companions import NO_COMPANIONS, Companions, companions
from pipeline.check.llm.context import ContextKind, Line, Masker, Open, Shown, full, lines, nonce, parts, retrieved
from pipeline.check.llm.failures import Failure, ModelFailure
from pipeline.check.llm.reply import FindingReply, ReplyError, read_reply
from pipeline.check.llm.verify import Grounded, grounded, verdict
from pipeline.embed import Embedder
from pipeline.merchant import MerchantGuess
from pipeline.playbook import AreaModel, Playbook
from pipeline.privacy import masking, party_names
from pipeline.retrieve import Candidate, Indexed, retrieve
from pipeline.types import Clause, ClauseKind, Document, PageSource, Span, Status, Usage, Verdict
from prompts import render

DEPTH = 8  # candidates a checkpoint; clause recall at 8 on dev is 0.96 for one checkpoint, 0.98 for an area (eval/README.md)


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """Tokens of contract text in one call: ``full`` up to which the whole contract is given by ``auto``, ``retrieved`` for an area."""

    full: int = 24_000
    retrieved: int = 1_600


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelReader:
    """Judges with a chat model; see ``Checker``.

    Args:
        client: the model.
        embedder: for retrieval.
        context: how much of the contract a call is given.
        budget: tokens of it.
        mask: replace names, numbers and addresses by placeholders before anything is sent.
    """

    client: ModelClient
    embedder: Embedder
    context: ContextKind = ContextKind.AUTO
    budget: Budget = Budget()
    mask: bool = True

    def __call__(
        self,
        document: Document,
        clauses: Sequence[Clause],
        playbook: Playbook,
        merchant: MerchantGuess,
        indexed: Indexed,
        *,
        judged: Judged = unheard,
    ) -> Checked:
        """One verdict a checkpoint, in playbook order, and what the calls came to."""
        before = self.client.usage
        case = self._case(document, clauses, playbook, merchant, indexed)
        areas = case.playbook.areas
        chain: Runnable[AreaModel, Mapping[str, Grounded | ModelFailure]] = RunnableLambda(case.first)
        found: dict[str, Grounded | ModelFailure] = {}
        for at, result in chain.batch_as_completed(
            areas, config={"max_concurrency": len(areas)}, return_exceptions=True
        ):
            own = result if isinstance(result, dict) else _lost(areas[at], result)
            found |= own
            if case.whole or not _absent(own):  # else it is asked again
                judged(case.verdicts(areas[at], own))
        again = [] if case.whole else case.lacking(found)
        found = case.second(found)
        for area in again:
            judged(case.verdicts(area, found))
        verdicts = tuple(v for area in areas for v in case.verdicts(area, found))
        return Checked(verdicts=verdicts, usage=_since(self.client.usage, before))

    def _case(
        self,
        document: Document,
        clauses: Sequence[Clause],
        playbook: Playbook,
        merchant: MerchantGuess,
        indexed: Indexed,
    ) -> _Case:
        own = party_names(merchant.names.values(), (a for words in merchant.aliases.values() for a in words))
        masker: Masker = masking(document, clauses, own) if self.mask else Open()
        every = lines(document, clauses, masker)
        whole = self.context is ContextKind.FULL or (
            self.context is ContextKind.AUTO and sum(line.tokens for line in every) <= self.budget.full
        )
        candidates = {} if whole else retrieve(indexed, self.embedder, playbook.checkpoints, k=DEPTH)
        side, other = merchant.party, merchant.party.other
        return _Case(
            client=self.client, document=document, clauses=clauses, playbook=playbook, masking=masker, every=every,
            candidates=candidates, whole=whole, budget=self.budget,
            beside=NO_COMPANIONS if whole else companions(document, clauses, merchant), nonce=nonce(every, document, prompts.sha256()),
            system=render.system_message(side.value, other.value),
            addressed=tuple(span for order in guard.instructions(document, clauses) for span in order),
        )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Case:
    """One contract under review."""

    client: ModelClient
    document: Document
    clauses: Sequence[Clause]
    playbook: Playbook
    masking: Masker
    every: tuple[Line, ...]
    candidates: Mapping[str, Sequence[Candidate]]
    whole: bool
    budget: Budget
    beside: Companions
    nonce: str
    system: str
    addressed: tuple[Span, ...] = ()

    def shown(self, area: AreaModel) -> Shown:
        """The clauses that an area's first call is given."""
        if self.whole:
            return full(self.every)
        return retrieved(self.every, area, self.candidates, self.budget.retrieved, self.beside)

    def first(self, area: AreaModel) -> dict[str, Grounded | ModelFailure]:
        """An area's own call."""
        asked = [c.id for c in area.checkpoints if c.enabled]
        return self._judge(self.shown(area), render.area_message(area), asked)

    def second(self, found: Mapping[str, Grounded | ModelFailure]) -> dict[str, Grounded | ModelFailure]:
        """Look again for what is said to be missing, over all clauses the first call did not show (promise 3).

        One call a portion of the contract for all areas together; the first portion that holds the point decides.
        """
        out = dict(found)
        if self.whole:
            return out
        shown = [self.shown(area).clauses for area in self.lacking(out)]
        for portion in parts(self._unseen(shown), self.budget.full):
            areas = self.lacking(out)
            if not areas:
                break
            absent = _absent(out)
            asked = [c.id for a in areas for c in a.checkpoints if c.id in absent]
            question = "\n\n".join(render.missing_message(a, absent) for a in areas)
            again = self._judge(portion, question, asked)
            out |= {
                checkpoint: result
                for checkpoint, result in again.items()
                if isinstance(result, ModelFailure) or result.finding.verdict is not Status.MISSING
            }
        return out

    def _unseen(self, shown: Sequence[frozenset[int]]) -> list[Line]:
        """The clauses that one of the first looks did not show, with those that change what they mean."""
        unseen = {line.clause for line in self.every if any(line.clause not in own for own in shown)}
        beside = {by for clause in unseen for by in self.beside.amended.get(clause, ())}
        wanted = unseen | beside | self.beside.orders if unseen else unseen
        return [line for line in self.every if line.clause in wanted]

    def lacking(self, found: Mapping[str, Grounded | ModelFailure]) -> list[AreaModel]:
        """The areas of which a checkpoint is said to be missing."""
        absent = _absent(found)
        return [a for a in self.playbook.areas if any(c.id in absent for c in a.checkpoints)]

    def verdicts(self, area: AreaModel, found: Mapping[str, Grounded | ModelFailure]) -> list[Verdict]:
        """The verdicts of an area."""
        return [self._conclude(found[c.id], c.id) for c in area.checkpoints if c.enabled]

    def _conclude(self, found: Grounded | ModelFailure, checkpoint: str) -> Verdict:
        """The verdict on one checkpoint."""
        searched = _searched(self.clauses)
        if isinstance(found, ModelFailure):
            return Verdict(checkpoint=checkpoint, status=Status.UNREVIEWED, reason=f"未能审查：{found}", searched=())
        result = verdict(found, self.playbook.checkpoint(checkpoint), searched, self.masking.unmask)
        unreadable = [p.number for p in self.document.pages if p.source is PageSource.UNREADABLE]
        if result.status is Status.MISSING and unreadable:
            pages = "、".join(str(n) for n in unreadable)
            return replace(
                result, status=Status.UNREVIEWED, reason=f"读到的部分没有写，但第 {pages} 页无法识别，不能断定合同没写"
            )
        return result

    def _judge(self, shown: Shown, question: str, asked: Sequence[str]) -> dict[str, Grounded | ModelFailure]:
        contract = render.contract_message(shown.text, self.nonce, whole=shown.whole)
        messages: list[BaseMessage] = [SystemMessage(self.system), HumanMessage(f"{contract}\n\n{question}")]
        try:
            text, findings = self._valid(messages, asked)
        except ModelFailure as failure:
            return dict.fromkeys(asked, failure)
        found = {c: self._grounded(f) for c, f in findings.items()}
        lost = [c for c, g in found.items() if g.rejected]
        if lost:
            quotes = [(c, clause, self.masking.mask(words).text) for c in lost for clause, words in found[c].rejected]
            messages += [AIMessage(text), HumanMessage(render.retry_message(quotes))]
            try:
                _, corrected = self._valid(messages, lost)
            except ModelFailure:
                corrected = {}  # what was found stands; what was not stays rejected
            for checkpoint, finding in corrected.items():
                found[checkpoint] = _better(found[checkpoint], self._grounded(finding))
        return dict(found)

    def _valid(self, messages: Sequence[BaseMessage], asked: Sequence[str]) -> tuple[str, Mapping[str, FindingReply]]:
        """A reply that validates, after one repair at most."""
        text = self.client.ask(messages).text
        try:
            return text, read_reply(text, asked)
        except ReplyError as error:
            repair = HumanMessage(render.repair_message(str(error), asked))
            text = self.client.ask([*messages, AIMessage(text), repair]).text
        try:
            return text, read_reply(text, asked)
        except ReplyError as error:
            raise self.client.unusable(Failure.MALFORMED, str(error)) from error

    def _grounded(self, finding: FindingReply) -> Grounded:
        return grounded(finding, self.document, self.clauses, self.masking.unmask, self.addressed)


def _absent(found: Mapping[str, Grounded | ModelFailure]) -> set[str]:
    return {c for c, g in found.items() if isinstance(g, Grounded) and g.finding.verdict is Status.MISSING}


def _better(before: Grounded, after: Grounded) -> Grounded:
    """The corrected finding, with the quotes that were rejected the first time kept to be shown."""
    kept = [r for r in before.rejected if r not in after.rejected]
    return replace(after, rejected=(*kept, *after.rejected))


def _lost(area: AreaModel, error: object) -> dict[str, Grounded | ModelFailure]:
    failure = error if isinstance(error, ModelFailure) else ModelFailure(Failure.SERVER, type(error).__name__)
    return dict.fromkeys([c.id for c in area.checkpoints if c.enabled], failure)


def _searched(clauses: Sequence[Clause]) -> tuple[str, ...]:
    tops = [c.label for c in clauses if c.parent is None or c.kind is ClauseKind.ANNEX]
    return tuple(dict.fromkeys(tops))


def _since(now: Usage, before: Usage) -> Usage:
    cost = None if now.cost is None else now.cost - (before.cost or 0.0)
    return Usage(
        calls=now.calls - before.calls,
        failed_calls=now.failed_calls - before.failed_calls,
        input_tokens=now.input_tokens - before.input_tokens,
        output_tokens=now.output_tokens - before.output_tokens,
        cached_tokens=now.cached_tokens - before.cached_tokens,
        cost=cost,
    )
