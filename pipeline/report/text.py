"""The review in the terminal: colour, by area, worst first."""

from __future__ import annotations

from io import StringIO

from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from pipeline.report import words
from pipeline.types import Citation, Finding, Review, Risk, Status

_STATUS_STYLE = {
    Status.ADVERSE: "bold white on red",
    Status.MISSING: "bold red",
    Status.UNREVIEWED: "bold magenta",
    Status.VAGUE: "bold yellow",
    Status.OK: "green",
}
_RISK_STYLE = {Risk.HIGH: "bold red", Risk.MEDIUM: "bold yellow", Risk.LOW: "bold green"}


def as_text(review: Review, width: int = 100) -> str:
    """Plain text without colour, wrapped at ``width`` columns."""
    buffer = StringIO()
    print_review(review, Console(file=buffer, width=width, color_system=None, force_terminal=False))
    return buffer.getvalue()


def print_review(review: Review, console: Console) -> None:
    """Print to ``console``, in its colours and width."""
    pages = len(review.document.pages)
    head = Text()
    head.append(f"{review.verdict.decision}\n", style=_RISK_STYLE[review.verdict.risk])
    head.append(review.verdict.advice + "\n")
    head.append(f"商家：{words.merchant_line(review)}", style="dim")
    console.print(Panel(head, title=escape(review.document.file), border_style=_RISK_STYLE[review.verdict.risk]))
    if fixes := words.must_fix(review):
        console.print("\n[bold]先谈这几条[/bold]")
        for number, finding in enumerate(fixes, 1):
            console.print(f"  {number}. [bold]{finding.name}[/bold]：{escape(finding.suggestion)}")
    if review.alerts:
        console.print("\n[bold]需要留意[/bold]")
        for alert in review.alerts:
            console.print(f"  ! [bold]{words.ALERT[alert.kind]}[/bold]：{escape(alert.message)}")
    for area in review.areas:
        style = _RISK_STYLE[area.risk]
        console.print(f"\n[{style}]■ {area.name}　{words.RISK[area.risk]}[/{style}]  [dim]{words.tally(area)}[/dim]")
        for finding in words.worst_first(area.findings):
            _print_finding(finding, pages, console)
    console.print(f"\n[dim]{words.DISCLAIMER}[/dim]")


def _print_finding(finding: Finding, pages: int, console: Console) -> None:
    line = Text("  ")
    line.append(f" {words.STATUS[finding.status]} ", style=_STATUS_STYLE[finding.status])
    line.append(f" {finding.name}", style="bold")
    line.append(f"（{words.SEVERITY[finding.severity]}） {finding.reason}")
    console.print(line)
    for citation in finding.citations:
        console.print(Padding(_quote(citation, pages), (0, 0, 0, 6)))
    if finding.status is Status.OK:
        return
    if finding.searched:
        console.print(Padding(Text(f"已查：{words.searched(finding.searched)}", style="dim"), (0, 0, 0, 6)))
    console.print(Padding(Text(f"→ {finding.suggestion}", style="cyan"), (0, 0, 0, 6)))


def _quote(citation: Citation, pages: int) -> Text:
    quote = Text("“" + " ".join(citation.text.split()) + "”")
    quote.append(f" {words.where(citation.clause, citation.page, pages)}", style="dim")
    return quote
