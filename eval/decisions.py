"""What people decided on the page, as labelled contracts: the errors that matter to them become examples of the evaluation.

A decision is a label only where it says what is right. 采纳 confirms the engine's status, and the words it cites are the evidence. 改判 gives
another status; which words carry that was not said, so the label has no evidence and no citation is scored against it. 不采纳 says that a finding
is not wanted, not what the contract says: it is left out. So is what the engine could not review, and what was judged by limits of
a playbook of one's own: by the default's, which the evaluation scores with, the verdict may be another. The cases are ``partial``: only decided
checkpoints are labelled, and only they are scored.
"""

from __future__ import annotations

import shutil
from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from pipeline.errors import NotFound, PlaybookError
from pipeline.playbook import load_playbook, parse_playbook
from pipeline.store import Action, Decision, ReviewRecord, State, Store
from pipeline.types import Finding, Review, Status


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """How many contracts and labels were written, decisions that are no label, and contracts whose file is gone, by name."""

    contracts: int
    labels: int
    left_out: int
    lost: tuple[str, ...] = ()


@dataclass(slots=True)
class _Contract:
    """Decided checkpoints of one file, over all its reviews and owners."""

    path: Path
    record: ReviewRecord
    decided: dict[str, tuple[Decision, dict[str, Any] | None]] = field(default_factory=dict)

    @property
    def labels(self) -> dict[str, dict[str, Any]]:
        """What the newest decisions make of it, in playbook order."""
        order = [c.id for c in load_playbook().checkpoints]
        found = {checkpoint: label for checkpoint, (_, label) in self.decided.items() if label is not None}
        return {checkpoint: found[checkpoint] for checkpoint in order if checkpoint in found}


def export(store: Store, folder: Path, *, owner: str | None = None) -> Exported:
    """Write every contract with decisions into ``folder``: the file and ``<id>.labels.yaml`` beside it, named by the file's sha256.

    Of two decisions on one checkpoint of one file the newest counts, whoever took it and in whichever review. Written again, a case replaces
    its older version; contracts deleted from the store since stay in the folder.

    Args:
        store: whose decisions.
        folder: made where it is not there. It holds whole contracts: as confidential as they are.
        owner: only this owner's; ``None`` for all.
    """
    found: dict[str, _Contract] = {}
    left_out, lost = 0, []
    for record in reversed(store.reviews(owner=owner, states=(State.DONE,))):  # oldest first
        decisions = store.decisions(record.id)
        if not decisions:
            continue
        try:
            contract = store.contract(record.contract_id)
            path = store.path_of(contract)
            review = store.load(record.id)
        except NotFound:
            continue  # deleted while we looked
        if not path.is_file():
            lost.append(contract.name)
            continue
        own = found.setdefault(contract.sha256, _Contract(path, record))
        own.record = record
        left_out += _add(own, decisions, review, _comparable(store, record, review))
    folder.mkdir(parents=True, exist_ok=True)
    written = [_write(sha256, own, folder) for sha256, own in found.items() if own.labels]
    left_out += sum(label is None for own in found.values() for _, label in own.decided.values())
    return Exported(contracts=len(written), labels=sum(written), left_out=left_out, lost=tuple(dict.fromkeys(lost)))


def label_of(decision: Decision, finding: Finding) -> dict[str, Any] | None:
    """The label a decision makes of a finding, in the form of a label file; ``None`` where it makes none."""
    if decision.action is Action.REJECT:
        return None
    status = decision.status if decision.action is Action.CHANGE else finding.status
    if status is None or status is Status.UNREVIEWED:
        return None
    accepted = decision.action is Action.ACCEPT and status is not Status.MISSING
    evidence = list(dict.fromkeys(c.text.strip() for c in finding.citations)) if accepted else []
    return {"status": status.value, "evidence": evidence}


def _add(own: _Contract, decisions: Mapping[str, Decision], review: Review, comparable: Container[str]) -> int:
    """Take over a review's decisions; how many are by other limits than the default's."""
    findings = {f.checkpoint: f for f in review.findings}
    foreign = 0
    for checkpoint, decision in decisions.items():
        finding = findings.get(checkpoint)
        if finding is None or checkpoint not in comparable:
            foreign += 1
            continue
        known = own.decided.get(checkpoint)
        if known is None or known[0].at <= decision.at:
            own.decided[checkpoint] = (decision, label_of(decision, finding))
    return foreign


def _comparable(store: Store, record: ReviewRecord, review: Review) -> Container[str]:
    """Checkpoints that the review's playbook judges by the default's limits; none where that playbook is gone or was changed since."""
    base = {c.id: c for c in load_playbook().checkpoints}
    if record.options.playbook is None:
        return base.keys()
    try:
        saved = store.playbook(record.options.playbook)
        own = parse_playbook(saved.text, saved.name)
    except (NotFound, PlaybookError):
        return frozenset()
    if own.sha256 != review.engine.playbook_sha256:
        return frozenset()
    return {
        c.id
        for c in own.checkpoints
        if c.id in base and (c.thresholds, c.rule) == (base[c.id].thresholds, base[c.id].rule)
    }


def _write(sha256: str, own: _Contract, folder: Path) -> int:
    name = f"u-{sha256[:16]}"
    file = f"{name}{own.path.suffix}"
    shutil.copyfile(own.path, folder / file)
    content = {
        "contract": file,
        "merchant": own.record.merchant.value if own.record.merchant else "甲方",
        "family": name,
        "notes": f"由审查页上的决定导出，原文件名 {own.record.contract_name}",
        "sha256": sha256,
        "partial": True,
        "labels": own.labels,
    }
    text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False, width=1000)
    (folder / f"{name}.labels.yaml").write_text(text, encoding="utf-8")
    return len(own.labels)
