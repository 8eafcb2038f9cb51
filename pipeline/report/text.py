"""The review in the terminal: colour, by area, worst first."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO

from rich.cells import cell_len
from rich.console import Console
from rich.text import Text

from pipeline.report import words
from pipeline.report.wrap import wrap
from pipeline.types import AreaReview, Citation, Decided, Finding, Review, Risk, Status

_STATUS_STYLE = {
    Status.ADVERSE: "bold white on red",
    Status.MISSING: "bold red",
    Status.UNREVIEWED: "bold magenta",
    Status.VAGUE: "bold yellow",
    Status.OK: "green",
}
_RISK_STYLE = {Risk.HIGH: "bold red", Risk.MEDIUM: "bold yellow", Risk.LOW: "bold green"}
_NARROWEST, _WIDEST = 40, 92  # columns; a line of more than 46 Chinese characters loses the eye


def as_text(review: Review, width: int = 84, decisions: Mapping[str, Decided] = words.UNDECIDED) -> str:
    """Plain text without colour, in lines of at most ``width`` columns."""
    buffer = StringIO()
    print_review(review, Console(file=buffer, width=width, color_system=None, force_terminal=False), decisions)
    return buffer.getvalue()


def print_review(review: Review, console: Console, decisions: Mapping[str, Decided] = words.UNDECIDED) -> None:
    """Print to ``console``, in its colours and width."""
    _Printer(console, len(review.document.pages), decisions).review(review)


class _Printer:
    """Holds the console and the width; everything is printed line by line, wrapped here and not by rich."""

    def __init__(self, console: Console, pages: int, decisions: Mapping[str, Decided]) -> None:
        self._console = console
        self._decisions = decisions
        self._pages = pages
        self._width = max(_NARROWEST, min(console.width, _WIDEST))

    def review(self, review: Review) -> None:
        verdict = review.verdict
        self._line(Text.assemble(("合同审查", "bold"), f"　{review.document.file}"))
        self._line(Text("─" * self._width, style="dim"))
        self._line(Text(verdict.decision, style=_RISK_STYLE[verdict.risk]))
        self._line(Text(verdict.advice))
        self._blank()
        self._line(Text(f"商家：{words.merchant_line(review)}", style="dim"))
        self._line(Text(f"方式：{words.engine_line(review)}", style="dim"))
        if ruled := words.ruled(review, self._decisions):
            self._line(Text(ruled, style="dim"))
        self._blank()
        self._overview(review)
        if asks := words.ask_first(review):
            self._blank()
            self._line(Text(words.ask_title(asks), style="bold"))
            for number, finding in enumerate(asks, 1):
                self._line(
                    Text.assemble(
                        f"{number}. ",
                        (finding.name, "bold"),
                        f"（{words.STATUS[finding.status]}，{words.SEVERITY[finding.severity]}）",
                    )
                )
                self._line(Text(finding.suggestion, style="cyan"), indent=3)
        if review.alerts:
            self._alerts(review)
        for area, findings in words.told(review):
            self._area(area)
            for numbered in findings:
                self._finding(numbered.finding)
        self._blank()
        self._line(Text("─" * self._width, style="dim"))
        self._line(Text(words.DISCLAIMER, style="dim"))

    def _overview(self, review: Review) -> None:
        areas = words.riskiest_first(review.areas)
        widest = max(cell_len(area.name) for area in areas)
        for area in areas:
            gap = " " * (widest - cell_len(area.name) + 2)
            self._line(Text.assemble(area.name, gap, self._risk(area), f"  {words.tally(area.findings)}"))

    def _alerts(self, review: Review) -> None:
        self._blank()
        self._line(Text("需要留意", style="bold"))
        for group in words.alert_groups(review):
            if len(group.messages) == 1:
                self._line(Text.assemble("! ", (words.ALERT[group.kind], "bold"), f"：{group.messages[0]}"), hang=2)
                continue
            self._line(Text.assemble("! ", (words.ALERT[group.kind], "bold"), f"（{len(group.messages)} 处）"))
            for message in group.messages:
                self._line(Text(f"- {message}"), indent=2, hang=2)

    def _area(self, area: AreaReview) -> None:
        self._blank()
        self._line(
            Text.assemble(
                ("■ ", _RISK_STYLE[area.risk]),
                (area.name, "bold"),
                "  ",
                self._risk(area),
                (f"  {words.tally(area.findings)}", "dim"),
            )
        )

    @staticmethod
    def _risk(area: AreaReview) -> Text:
        return Text(f"{words.RISK[area.risk]} {words.METER[area.risk]}", style=_RISK_STYLE[area.risk])

    def _finding(self, finding: Finding) -> None:
        self._blank()
        self._line(
            Text.assemble(
                (f" {words.STATUS[finding.status]} ", _STATUS_STYLE[finding.status]),
                " ",
                (finding.name, "bold"),
                (f"（{words.SEVERITY[finding.severity]}）", "dim"),
            ),
            indent=1,
        )
        if ruling := words.ruling(finding, self._decisions.get(finding.checkpoint)):
            self._line(Text(ruling, style="bold"), indent=8)
        self._line(Text(finding.reason), indent=8)
        for citation in finding.citations:
            self._quote(citation)
        for rejected in finding.rejected_quotes:
            self._line(Text(f"弃用的引文（合同里找不到）：{rejected}", style="dim"), indent=8)
        if finding.disagreement:
            self._line(Text(f"两种读法不同，{finding.disagreement.decided_by}", style="magenta"), indent=8)
            for reader, opinion in words.readings(finding.disagreement):
                self._line(
                    Text(f"{reader}：{words.STATUS[opinion.status]}，{opinion.reason}", style="magenta"), indent=10
                )
        if finding.status is Status.OK:
            return
        if finding.searched:
            self._line(Text(f"已查：{words.searched(finding.searched)}", style="dim"), indent=8)
        self._line(Text(f"→ {finding.suggestion}", style="cyan"), indent=8, hang=3)

    def _quote(self, citation: Citation) -> None:
        label = f" —— {words.where(citation.clause, citation.page, self._pages)}"
        width = self._width - 10
        lines = wrap(Text(" ".join(citation.text.split())), width)
        if lines[-1].cell_len + cell_len(label) > width:
            lines.append(Text())
            label = label.lstrip()
        lines[-1].append(label, style="dim")
        for line in lines:
            self._put(Text.assemble(" " * 8, ("│ ", "dim"), line))

    def _line(self, text: Text, indent: int = 0, hang: int = 0) -> None:
        """``text`` wrapped, every line ``indent`` columns in, lines after the first ``hang`` more."""
        lines = wrap(text, self._width - indent - hang)
        for number, line in enumerate(lines):
            self._put(Text.assemble(" " * (indent + (hang if number else 0)), line))

    def _blank(self) -> None:
        self._put(Text())

    def _put(self, line: Text) -> None:
        self._console.print(line, soft_wrap=True, highlight=False)
