"""Two readers of one contract: where they agree, that; where they differ, both are shown and a stated policy decides.

The policy, first that applies:

1. One of them could not read the checkpoint: the other's word.
2. Both compare a figure of the same words with the threshold: the rules, for arithmetic is certain there.
3. One says that nothing is there and the other shows words of the contract: the words.
4. Otherwise the reading that is worse for the merchant (adverse, then vague, then ok): better to be asked once too often before signing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Lock

from pipeline.check import Checked, Checker, Judged, unheard
from pipeline.merchant import MerchantGuess
from pipeline.playbook import CheckpointModel, Playbook
from pipeline.retrieve import Indexed
from pipeline.types import Citation, Clause, Disagreement, Document, Opinion, Status, Verdict

_WORST = (Status.ADVERSE, Status.VAGUE, Status.OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class BothReaders:
    """The rules and a model side by side; see ``Checker``."""

    rules: Checker
    model: Checker

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
        """The joined verdicts; the rules read while the model's calls are under way."""
        meeting = _Meeting(playbook, judged)
        with ThreadPoolExecutor(max_workers=1) as pool:
            asked = pool.submit(self.model, document, clauses, playbook, merchant, indexed, judged=meeting.second)
            own = self.rules(document, clauses, playbook, merchant, indexed, judged=meeting.first)
            other = asked.result()
        by_id = {v.checkpoint: v for v in other.verdicts}
        verdicts = tuple(joined(v, by_id[v.checkpoint], playbook.checkpoint(v.checkpoint)) for v in own.verdicts)
        return Checked(verdicts=verdicts, usage=other.usage)


class _Meeting:
    """Tells the joined verdicts of an area once both readers have told theirs, whoever comes last."""

    def __init__(self, playbook: Playbook, judged: Judged) -> None:
        self._playbook, self._judged = playbook, judged
        self._rules: dict[str, Verdict] = {}
        self._model: dict[str, Verdict] = {}
        self._lock = Lock()

    def first(self, verdicts: Sequence[Verdict]) -> None:
        """What the rules say."""
        self._tell(self._rules, verdicts)

    def second(self, verdicts: Sequence[Verdict]) -> None:
        """What the model says."""
        self._tell(self._model, verdicts)

    def _tell(self, side: dict[str, Verdict], verdicts: Sequence[Verdict]) -> None:
        with self._lock:
            side.update((v.checkpoint, v) for v in verdicts)
            both = [v.checkpoint for v in verdicts if v.checkpoint in self._rules and v.checkpoint in self._model]
        if both:
            self._judged([joined(self._rules[c], self._model[c], self._playbook.checkpoint(c)) for c in both])


def joined(rules: Verdict, model: Verdict, checkpoint: CheckpointModel) -> Verdict:
    """One verdict of two, by the policy above; a difference is kept in ``disagreement``."""
    if rules.status is model.status:
        return replace(
            rules, citations=_united(rules.citations, model.citations), rejected_quotes=model.rejected_quotes
        )
    chosen, why = next(found for policy in _POLICIES if (found := policy(rules, model, checkpoint)) is not None)
    difference = Disagreement(rules=_opinion(rules), model=_opinion(model), decided_by=why)
    return replace(chosen, disagreement=difference, rejected_quotes=model.rejected_quotes)


Choice = tuple[Verdict, str]


def _only_one_read(rules: Verdict, model: Verdict, checkpoint: CheckpointModel) -> Choice | None:
    if model.status is Status.UNREVIEWED:
        return rules, "模型未能审查这一条，按规则引擎的结论"
    if rules.status is Status.UNREVIEWED:
        return model, "规则引擎未能审查这一条，按模型的结论"
    return None


def _figures(rules: Verdict, model: Verdict, checkpoint: CheckpointModel) -> Choice | None:
    sides = {Status.OK, Status.ADVERSE}
    if not checkpoint.thresholds or rules.figure is None or {rules.status, model.status} != sides:
        return None
    same = any(a.overlaps(b) for a in rules.citations for b in model.citations)
    return (rules, "引的是同一处数字，按规则引擎算出的结果") if same else None


def _words(rules: Verdict, model: Verdict, checkpoint: CheckpointModel) -> Choice | None:
    if rules.status is Status.MISSING:
        return model, "模型找到了原文，按有原文的结论"
    if model.status is Status.MISSING:
        return rules, "规则引擎找到了原文，按有原文的结论"
    return None


def _worse(rules: Verdict, model: Verdict, checkpoint: CheckpointModel) -> Choice:
    chosen = min(rules, model, key=lambda v: _WORST.index(v.status))
    return chosen, "按对商家更不利的读法，签约前请核对这一条"


_POLICIES: tuple[Callable[[Verdict, Verdict, CheckpointModel], Choice | None], ...] = (
    _only_one_read,
    _figures,
    _words,
    _worse,
)


def _opinion(verdict: Verdict) -> Opinion:
    return Opinion(status=verdict.status, reason=verdict.reason, citations=verdict.citations)


def _united(first: Sequence[Citation], second: Sequence[Citation]) -> tuple[Citation, ...]:
    """All of the first, and those of the second that add words, in reading order."""
    more = [c for c in second if not any(c.overlaps(f) for f in first)]
    return tuple(sorted((*first, *more), key=lambda c: c.start))
