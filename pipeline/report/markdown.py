"""The review as Markdown, to paste into a chat, a ticket or a wiki."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.report import words
from pipeline.types import Citation, Finding, Review, Status


def as_markdown(review: Review) -> str:
    """Headings by area, worst finding first; citations as quotes."""
    return "\n".join(_lines(review)) + "\n"


def _lines(review: Review) -> Iterator[str]:
    yield f"# 合同审查：{_safe(review.document.file)}"
    yield ""
    yield f"**结论：{review.verdict.decision}**　{_safe(review.verdict.advice)}"
    yield ""
    yield f"- 商家：{_safe(words.merchant_line(review))}"
    yield f"- 审查方式：{words.ENGINE.get(review.engine.name, review.engine.name)}，版本 {review.engine.version}"
    yield f"- 文件指纹：`{review.document.sha256[:16]}`"
    yield ""
    if fixes := words.must_fix(review):
        yield "## 先谈这几条"
        yield ""
        for number, finding in enumerate(fixes, 1):
            yield f"{number}. **{finding.name}**（{words.STATUS[finding.status]}）：{_safe(finding.suggestion)}"
        yield ""
    if review.alerts:
        yield "## 需要留意"
        yield ""
        for alert in review.alerts:
            yield f"- **{words.ALERT[alert.kind]}**：{_safe(alert.message)}"
            yield from ("  " + line for line in _quotes(alert.citations, len(review.document.pages)))
        yield ""
    for area in review.areas:
        yield f"## {area.name} · {words.RISK[area.risk]}（{words.tally(area)}）"
        yield ""
        for finding in words.worst_first(area.findings):
            yield from _finding(finding, len(review.document.pages))
    yield "---"
    yield words.DISCLAIMER


def _finding(finding: Finding, pages: int) -> Iterator[str]:
    yield f"### 【{words.STATUS[finding.status]}】{finding.name}（{words.SEVERITY[finding.severity]}）"
    yield ""
    yield _safe(finding.reason)
    yield ""
    quotes = list(_quotes(finding.citations, pages))
    if quotes:
        yield from quotes
        yield ""
    if finding.searched:
        yield f"已查：{_safe(words.searched(finding.searched))}"
        yield ""
    if finding.status is not Status.OK:
        yield f"- 标准写法：{_safe(finding.wording.preferred)}"
        yield f"- 可接受：{_safe(finding.wording.acceptable)}"
        yield f"- 底线：{_safe(finding.wording.walk_away)}"
        yield ""


def _quotes(citations: Iterable[Citation], pages: int) -> Iterator[str]:
    for citation in citations:
        text = " ".join(citation.text.split())
        yield f"> {_safe(text)}"
        yield f"> — {_safe(words.where(citation.clause, citation.page, pages))}"
        yield ">"


def _safe(text: str) -> str:
    """Contract text must not turn into Markdown."""
    return re.sub(r"([\\`*_{}\[\]<>#|])", r"\\\1", text)
