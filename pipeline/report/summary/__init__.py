"""Many reviews as one report: pure functions of a ``Summary``, one file a format.

``xlsx.as_xlsx``, ``html.as_html``, ``machine.as_report`` (run.json) and ``machine.finding_lines`` (findings.jsonl).
"""

from __future__ import annotations

from pipeline.report.summary.values import Area, Checkpoint, Summary, SummaryFailure, SummaryFile, SummaryState

__all__ = ["Area", "Checkpoint", "Summary", "SummaryFailure", "SummaryFile", "SummaryState"]
