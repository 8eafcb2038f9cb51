"""The colours of a report on paper, those of ``report.css.j2``; a word always stands beside a colour."""

from __future__ import annotations

from collections.abc import Mapping

from pipeline.types import Risk, Status

INK, SOFT, LINE, DESK, LINK = "23262B", "666B73", "DEDBD3", "F4F2EC", "1F4F86"
STATUS: Mapping[Status, str] = {
    Status.OK: "2C6A4C",
    Status.VAGUE: "855400",
    Status.ADVERSE: "A32D20",
    Status.MISSING: "8A2A55",
    Status.UNREVIEWED: "5B3F8C",
}
TINT: Mapping[Status, str] = {
    Status.OK: "EAF3EC",
    Status.VAGUE: "FBF0D7",
    Status.ADVERSE: "FAE6E1",
    Status.MISSING: "F6E7EE",
    Status.UNREVIEWED: "EEE8F5",
}
RISK: Mapping[Risk, str] = {Risk.HIGH: "A32D20", Risk.MEDIUM: "855400", Risk.LOW: "2C6A4C"}
