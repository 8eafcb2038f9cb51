"""What options of several commands can be set to."""

from __future__ import annotations

from enum import StrEnum


class Side(StrEnum):
    """Who the merchant is said to be."""

    AUTO = "auto"
    JIA = "甲方"
    YI = "乙方"


class Format(StrEnum):
    """Formats of a report."""

    TEXT = "text"
    JSON = "json"
    MD = "md"
    HTML = "html"
    DOCX = "docx"
    PDF = "pdf"
    XLSX = "xlsx"
