"""What the commands have in common: exit codes, how errors are told, what options can be set to."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum

import typer

from pipeline.errors import ShenyueError

DONE, BAR_NOT_MET, BAD_INPUT, PARTLY_FAILED, INTERRUPTED = 0, 1, 2, 3, 130


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


@contextmanager
def errors_in_chinese() -> Iterator[None]:
    """What the pipeline raises ends the command with its message and ``BAD_INPUT``."""
    try:
        yield
    except ShenyueError as error:
        say(f"错误：{error}")
        raise typer.Exit(BAD_INPUT) from error


def say(message: str) -> None:
    """Tell on standard error, so that a report on standard output stays whole."""
    typer.echo(message, err=True)
