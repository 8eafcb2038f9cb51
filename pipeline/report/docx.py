"""The review as a Word document, to send to a colleague or a lawyer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline.report import ooxml, palette, words
from pipeline.report.ooxml import CELL, DECISION, RULING, SOFT, Paper
from pipeline.types import Citation, Decided, Finding, Review, Status


def as_docx(review: Review, decisions: Mapping[str, Decided] = words.UNDECIDED) -> bytes:
    """A4, Word's own styles and headings; quotes of the contract word for word."""
    paper = Paper(
        title=f"合同审查：{review.document.file}",
        header=f"合同审查报告\t{review.document.file}",
        footer="供谈判参考，不构成法律意见",
    )
    _head(paper, review, decisions)
    _alerts(paper, review)
    pages = len(review.document.pages)
    for area, findings in words.told(review):
        heading = paper.line(area.name, "Heading 1")
        mood = f"　{words.RISK[area.risk]} {words.METER[area.risk]}　"
        paper.run(heading, mood, colour=palette.RISK[area.risk], bold=False, size=10)
        paper.run(heading, words.tally(area.findings), colour=palette.SOFT, bold=False, size=9)
        for numbered in findings:
            _finding(paper, numbered, pages, decisions.get(numbered.finding.checkpoint))
    _method(paper, review)
    return paper.bytes()


def _head(paper: Paper, review: Review, decisions: Mapping[str, Decided]) -> None:
    paper.line("客服外包合同审查", "Subtitle")
    paper.line(review.document.file, "Title")
    paper.line(review.verdict.decision, DECISION, colour=palette.RISK[review.verdict.risk], keep=True)
    paper.line(review.verdict.advice)
    paper.line(f"以{review.merchant.value}为商家审查：{review.merchant_reason}", SOFT)
    if ruled := words.ruled(review, decisions):
        paper.line(ruled, SOFT)
    _areas(paper, review)
    asks = words.ask_first(review)
    if asks:
        paper.line(words.ask_title(asks), "Heading 1")
    for number, finding in enumerate(asks, 1):
        item = paper.line(f"{number}. ", "List Number", keep=True)
        paper.run(item, finding.name, bold=True)
        _tag(paper, item, finding)
        paper.line(finding.suggestion, "List Continue")


def _areas(paper: Paper, review: Review) -> None:
    shown = [status for status, _ in words.counts(review.findings)]
    areas = words.riskiest_first(review.areas)
    rows = [("领域", "风险", *(words.STATUS[s] for s in shown))]
    for area in areas:
        found = dict(words.counts(area.findings))
        numbers = (str(found[s]) if s in found else "–" for s in shown)
        rows.append((area.name, f"{words.METER[area.risk]} {words.RISK[area.risk]}", *numbers))
    each = 0.42 / len(shown)
    table = paper.table(rows, (0.36, 0.22, *(each for _ in shown)))
    for row, area in zip(table.rows[1:], areas, strict=True):
        ooxml.tint(row.cells[1], palette.RISK[area.risk])
    for row in table.rows:
        for cell in row.cells[2:]:
            ooxml.centre(cell)


def _alerts(paper: Paper, review: Review) -> None:
    if not review.alerts:
        return
    pages = len(review.document.pages)
    below = {c for finding in review.findings for c in finding.citations}
    paper.line("需要留意", "Heading 1")
    for group in words.alert_groups(review):
        many = len(group.messages) > 1
        name = paper.line("", keep=True)
        paper.run(name, words.ALERT[group.kind], bold=True)
        if many:
            paper.run(name, f"　{len(group.messages)} 处", colour=palette.SOFT, size=8.5)
        for message, alert in zip(group.messages, group.alerts, strict=True):
            paper.line(f"· {message}" if many else message, "List Bullet")
            _quotes(paper, [c for c in alert.citations if c not in below], pages)


def _finding(paper: Paper, numbered: words.Numbered, pages: int, decided: Decided | None) -> None:
    finding = numbered.finding
    heading = paper.line(f"{numbered.number}. {finding.name}", "Heading 2")
    _tag(paper, heading, finding)
    if decided is not None:
        paper.line(words.ruling(finding, decided), RULING, keep=True)
    paper.line(finding.reason, keep=bool(finding.citations))
    _quotes(paper, finding.citations, pages)
    if finding.rejected_quotes:
        paper.line(f"合同里找不到、已弃用的引文：{'；'.join(finding.rejected_quotes)}", SOFT)
    if finding.disagreement:
        paper.line(f"两种读法不同，{finding.disagreement.decided_by}", SOFT, keep=True)
        read = ((who, words.STATUS[o.status], o.reason) for who, o in words.readings(finding.disagreement))
        paper.table([("引擎", "结论", "理由"), *read], (0.16, 0.14, 0.70))
    if finding.searched:
        paper.line(f"已查：{words.searched(finding.searched)}", SOFT, keep=finding.status is not Status.OK)
    if finding.status is Status.OK:
        return
    rows = (("标准", finding.suggestion), ("可接受", finding.wording.acceptable), ("底线", finding.wording.walk_away))
    for row in paper.table(rows, (0.12, 0.88), header=False).rows:
        ooxml.shade(row.cells[0], palette.DESK)
        row.cells[0].paragraphs[0].runs[0].bold = True


def _tag(paper: Paper, paragraph: object, finding: Finding) -> None:
    paper.run(paragraph, "　", bold=False)
    colour, fill = palette.STATUS[finding.status], palette.TINT[finding.status]
    paper.run(paragraph, f" {words.STATUS[finding.status]} ", colour=colour, bold=True, size=9, fill=fill)
    paper.run(paragraph, f"　{words.SEVERITY[finding.severity]}", colour=palette.SOFT, bold=False, size=8.5)


def _quotes(paper: Paper, citations: Sequence[Citation], pages: int) -> None:
    for place, text, _ in words.placed(citations, pages):
        paper.quote(place, text)


def _method(paper: Paper, review: Review) -> None:
    paper.line("关于本报告", "Heading 1")
    paper.line(f"审查方式：{words.engine_line(review)}", SOFT)
    paper.line(f"审查标准 {review.engine.playbook_sha256[:12]} · 文件指纹 {review.document.sha256[:12]}", SOFT)
    paper.line(words.DISCLAIMER, CELL)
