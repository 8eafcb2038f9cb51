"""The review as Markdown, to paste into a chat, a ticket or a wiki."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from pipeline.report import words
from pipeline.types import Citation, Decided, Review, Status


def as_markdown(review: Review, decisions: Mapping[str, Decided] = words.UNDECIDED) -> str:
    """Headings by area, worst finding first; citations as quotes, word for word and line for line."""
    return "\n".join(_lines(review, decisions)) + "\n"


def _lines(review: Review, decisions: Mapping[str, Decided]) -> Iterator[str]:
    pages = len(review.document.pages)
    yield f"# 合同审查：{_safe(review.document.file)}"
    yield ""
    yield f"**{review.verdict.decision}**　{_safe(review.verdict.advice)}"
    yield ""
    if ruled := words.ruled(review, decisions):
        yield ruled
        yield ""
    yield "| 领域 | 风险 | 检查点 |"
    yield "|---|---|---|"
    for area in words.riskiest_first(review.areas):
        yield f"| {_safe(area.name)} | {words.METER[area.risk]} {words.RISK[area.risk]} | {words.tally(area.findings)} |"
    yield ""
    if asks := words.ask_first(review):
        yield f"## {words.ask_title(asks)}"
        yield ""
        for number, finding in enumerate(asks, 1):
            yield f"{number}. **{_safe(finding.name)}**（{words.STATUS[finding.status]}）：{_safe(finding.suggestion)}"
        yield ""
    below = {c for finding in review.findings for c in finding.citations}
    if review.alerts:
        yield "## 需要留意"
        yield ""
        for group in words.alert_groups(review):
            for message, alert in zip(group.messages, group.alerts, strict=True):
                yield f"- **{words.ALERT[group.kind]}**：{_safe(message)}"
                yield from ("  " + line for line in _quotes([c for c in alert.citations if c not in below], pages))
        yield ""
    for area, findings in words.told(review):
        yield f"## {_safe(area.name)} · {words.RISK[area.risk]}（{words.tally(area.findings)}）"
        yield ""
        for numbered in findings:
            yield from _finding(numbered, pages, decisions.get(numbered.finding.checkpoint))
    yield "---"
    yield ""
    yield f"- 商家：{_safe(words.merchant_line(review))}"
    yield f"- 审查方式：{_safe(words.engine_line(review))}，审查标准 `{review.engine.playbook_sha256[:12]}`"
    yield f"- 文件指纹：`{review.document.sha256[:12]}`"
    yield ""
    yield words.DISCLAIMER


def _finding(numbered: words.Numbered, pages: int, decided: Decided | None) -> Iterator[str]:
    finding = numbered.finding
    yield f"### {numbered.number}. 【{words.STATUS[finding.status]}】{_safe(finding.name)}（{words.SEVERITY[finding.severity]}）"
    yield ""
    if decided:
        yield f"**{_safe(words.ruling(finding, decided))}**"
        yield ""
    yield _safe(finding.reason)
    yield ""
    quotes = list(_quotes(finding.citations, pages))
    if quotes:
        yield from quotes
        yield ""
    if finding.rejected_quotes:
        yield f"合同里找不到、已弃用的引文：{_safe('；'.join(finding.rejected_quotes))}"
        yield ""
    if finding.disagreement:
        yield f"两种读法不同，{_safe(finding.disagreement.decided_by)}："
        yield ""
        yield "| 引擎 | 结论 | 理由 |"
        yield "|---|---|---|"
        for reader, opinion in words.readings(finding.disagreement):
            yield f"| {reader} | {words.STATUS[opinion.status]} | {_safe(opinion.reason)} |"
        yield ""
    if finding.searched:
        yield f"已查：{_safe(words.searched(finding.searched))}"
        yield ""
    if finding.status is not Status.OK:
        yield f"- {_safe(finding.suggestion)}"
        yield f"- 可接受：{_safe(finding.wording.acceptable)}"
        yield f"- 底线：{_safe(finding.wording.walk_away)}"
        yield ""


def _quotes(citations: Iterable[Citation], pages: int) -> Iterator[str]:
    for number, citation in enumerate(citations):
        if number:
            yield ">"
        yield f"> **{_safe(words.where(citation.clause, citation.page, pages))}**"
        yield ">"
        # Two spaces at the end keep the line breaks of the contract.
        yield from (f"> {line}" for line in "  \n".join(map(_safe, citation.text.splitlines())).split("\n"))


def _safe(text: str) -> str:
    """Contract text must not turn into Markdown."""
    escaped = re.sub(r"([\\`*_{}\[\]<>#|~])", r"\\\1", text)
    return re.sub(r"^(\s*)([-+=]+|\d+[.)])(?=\s|$)", lambda m: m[1] + m[2][:-1] + "\\" + m[2][-1], escaped, flags=re.M)
