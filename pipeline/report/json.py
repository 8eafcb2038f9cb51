"""The review as ``shenyue.review/1`` JSON; ``review.schema.json`` beside this file describes it."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from importlib import resources
from typing import Any

from pipeline.report.words import UNDECIDED
from pipeline.types import Citation, Decided, Disagreement, Finding, Opinion, Review

FORMAT = "shenyue.review/1"


def as_json(review: Review, decisions: Mapping[str, Decided] = UNDECIDED) -> str:
    """Indented UTF-8 JSON ending in a newline."""
    return json.dumps(to_dict(review, decisions), ensure_ascii=False, indent=2) + "\n"


def schema() -> dict[str, Any]:
    """The JSON Schema of the format."""
    text = (resources.files("pipeline.report") / "review.schema.json").read_text(encoding="utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


def to_dict(review: Review, decisions: Mapping[str, Decided] = UNDECIDED) -> dict[str, Any]:
    """The review as plain values; a finding a person has decided on has a ``decision`` besides."""
    document, engine, usage = review.document, review.engine, review.usage
    return {
        "format": FORMAT,
        "document": {
            "file": document.file,
            "sha256": document.sha256,
            "merchant": review.merchant.value,
            "merchant_reason": review.merchant_reason,
            "text": document.text,
            "pages": [
                {
                    "number": p.number,
                    "start": p.start,
                    "end": p.end,
                    "source": p.source.value,
                    "confidence": p.confidence,
                }
                for p in document.pages
            ],
            "tracked_changes": document.tracked_changes,
        },
        "engine": {
            "name": engine.name,
            "model": engine.model,
            "playbook_sha256": engine.playbook_sha256,
            "prompts_sha256": engine.prompts_sha256,
            "version": engine.version,
            "embedder": engine.embedder,
            "weights_sha256": engine.weights_sha256,
        },
        "verdict": {
            "risk": review.verdict.risk.value,
            "decision": review.verdict.decision,
            "advice": review.verdict.advice,
        },
        "areas": [
            {
                "id": a.id,
                "name": a.name,
                "risk": a.risk.value,
                "findings": [_finding(f, decisions.get(f.checkpoint)) for f in a.findings],
            }
            for a in review.areas
        ],
        "alerts": [
            {"kind": a.kind.value, "message": a.message, "citations": _citations(a.citations)} for a in review.alerts
        ],
        "usage": {
            "calls": usage.calls,
            "failed_calls": usage.failed_calls,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cached_tokens": usage.cached_tokens,
            "cost": usage.cost,
        },
        "timings_ms": dict(review.timings_ms),
    }


def _finding(finding: Finding, decided: Decided | None) -> dict[str, Any]:
    wording = finding.wording
    plain: dict[str, Any] = {
        "checkpoint": finding.checkpoint,
        "name": finding.name,
        "status": finding.status.value,
        "severity": finding.severity.value,
        "reason": finding.reason,
        "suggestion": finding.suggestion,
        "wording": {
            "preferred": wording.preferred,
            "acceptable": wording.acceptable,
            "walk_away": wording.walk_away,
        },
        "citations": _citations(finding.citations),
        "rejected_quotes": list(finding.rejected_quotes),
        "searched": list(finding.searched),
        "nearest": _citations(finding.nearest),
        "figure": finding.figure,
        "disagreement": _disagreement(finding.disagreement),
    }
    if decided is not None:
        plain["decision"] = {
            "action": decided.action,
            "status": None if decided.status is None else decided.status.value,
            "note": decided.note,
            "who": decided.who,
            "at": decided.at,
        }
    return plain


def _disagreement(found: Disagreement | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {"rules": _opinion(found.rules), "model": _opinion(found.model), "decided_by": found.decided_by}


def _opinion(opinion: Opinion) -> dict[str, Any]:
    return {"status": opinion.status.value, "reason": opinion.reason, "citations": _citations(opinion.citations)}


def _citations(citations: Sequence[Citation]) -> list[dict[str, Any]]:
    return [{"clause": c.clause, "page": c.page, "start": c.start, "end": c.end, "text": c.text} for c in citations]
