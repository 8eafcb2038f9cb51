"""Text that is aimed at the reader instead of the parties, and text a person would not see.

A contract is data: nothing here changes a verdict. What is found is reported as alerts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.ground import cite
from pipeline.guard.orders import pulled_apart, speaks_to_reader, tagged
from pipeline.segment import sentences
from pipeline.types import Alert, AlertKind, Clause, Document, Page, PageSource, Span, Verdict

_ANNEX = re.compile(
    r"(?:附件|附表|附录)\s?(?P<number>[一二三四五六七八九十]{1,3}|\d{1,2}|[A-Za-z])(?![\d一二三四五六七八九十])"
)
_DIGITS = {n: str(i) for i, n in enumerate("零一二三四五六七八九十")}
__all__ = ["LOW_CONFIDENCE", "alerts", "instructions", "missing_annexes", "speaks_to_reader"]
LOW_CONFIDENCE = 0.85  # mean line score under which rapidocr's own readings of our scans held wrong digits


def alerts(document: Document, clauses: Sequence[Clause], verdicts: Sequence[Verdict]) -> tuple[Alert, ...]:
    """Everything the reader should know that is not a checkpoint, most serious first."""
    return (
        *_instructions(document, clauses),
        *_hidden(document, clauses),
        *_missing_annexes(document, clauses),
        *_contradictions(verdicts),
        *_pages(document.pages),
        *_tracked(document),
    )


def _instructions(document: Document, clauses: Sequence[Clause]) -> Iterable[Alert]:
    for spans in instructions(document, clauses):
        citations = tuple(cite(document, clauses, span) for span in spans)
        where = "、".join(dict.fromkeys(c.clause for c in citations))
        yield Alert(
            kind=AlertKind.INSTRUCTION,
            message=f"{where}有一段话是写给审查者或审查软件看的，不影响任何判定；请问清对方为什么写进合同",
            citations=citations,
        )
    yield from of_name(document.file)


def of_name(file: str) -> tuple[Alert, ...]:
    """What there is to say of a file's name alone."""
    if not speaks_to_reader(file):
        return ()
    return (Alert(kind=AlertKind.INSTRUCTION, message=f"文件名「{file}」里有写给审查者的话，不影响任何判定"),)


def instructions(document: Document, clauses: Sequence[Clause]) -> tuple[tuple[Span, ...], ...]:
    """Sentences that address the reader: one span each, or two for an order whose halves stand in two clauses in a row."""
    found: list[tuple[Span, ...]] = []
    before: Span | None = None
    for clause in clauses:
        own: Sequence[Span] = sentences(document, clause)
        if pulled_apart(document.slice(clause)):  # a dot behind every sign ends no sentence
            own = (clause,)
        for at, span in enumerate(own):
            if speaks_to_reader(_unnumbered(document.slice(span), clause.number if at == 0 else "")):
                found.append((span,))
                before = None
                continue
            if at == 0 and before is not None and speaks_to_reader(_joined(document, before, span, clause.number)):
                found.append((before, span))
            before = span
    return tuple(found)


def _joined(document: Document, first: Span, second: Span, number: str) -> str:
    """Two sentences as one, without the full stop of the first and the number of the second."""
    head = document.slice(first).rstrip("。.；;：: ")
    return f"{head} {_unnumbered(document.slice(second), number)}"


def _unnumbered(text: str, number: str) -> str:
    return text.removeprefix(number).lstrip("、.．:：)） \t") if number else text


def _hidden(document: Document, clauses: Sequence[Clause]) -> Iterable[Alert]:
    for hidden in document.hidden:
        shown = hidden.text if len(hidden.text) <= 120 else hidden.text[:120] + "…"
        aimed = "，内容是写给审查者的指令" if speaks_to_reader(hidden.text) else ""
        yield Alert(
            kind=AlertKind.HIDDEN_TEXT,
            message=f"{hidden.where}有看不见的文字（{hidden.reason}）{aimed}：「{shown}」。没有计入审查，请让对方删除",
        )
    for start, end, said in tagged(document.text):
        citation = cite(document, clauses, Span(start=start, end=end))
        yield Alert(
            kind=AlertKind.HIDDEN_TEXT,
            message=f"{citation.clause}有看不见的文字（不显示的标签字符）：「{said[:120]}」。没有计入审查，请让对方删除",
            citations=(citation,),
        )


def _number(text: str) -> str:
    """一 / 1 / A as one key."""
    if "十" in text:
        tens, _, ones = text.partition("十")
        return f"{_DIGITS.get(tens, '1')}{_DIGITS.get(ones, '0')}"
    return _DIGITS.get(text, text.upper())


def missing_annexes(document: Document, clauses: Sequence[Clause]) -> dict[str, Span]:
    """Annexes the text refers to that are not in the file: name -> where it is first referred to."""
    present = {_number(m.group("number")) for c in clauses if c.annex for m in _ANNEX.finditer(c.annex)}
    absent: dict[str, Span] = {}
    seen: set[str] = set()
    for match in _ANNEX.finditer(document.text):
        key = _number(match.group("number"))
        if key not in present and key not in seen:
            seen.add(key)
            absent[match.group(0)] = Span(start=match.start(), end=match.end())
    return absent


def _missing_annexes(document: Document, clauses: Sequence[Clause]) -> Iterable[Alert]:
    for name, span in missing_annexes(document, clauses).items():
        yield Alert(
            kind=AlertKind.MISSING_ANNEX,
            message=f"合同提到{name}，但文件里没有这份附件；其中的约定无法审查，请向对方索取",
            citations=(cite(document, clauses, span),),
        )


def _contradictions(verdicts: Sequence[Verdict]) -> Iterable[Alert]:
    for verdict in verdicts:
        if verdict.contradiction:
            yield Alert(
                kind=AlertKind.CONTRADICTION,
                message=f"合同对同一件事前后写法不一：{verdict.reason}",
                citations=verdict.citations,
            )


def _pages(pages: Sequence[Page]) -> Iterable[Alert]:
    for page in pages:
        if page.source is PageSource.UNREADABLE:
            yield Alert(
                kind=AlertKind.UNREADABLE_PAGE, message=f"第 {page.number} 页无法识别，没有审查；请提供更清晰的扫描件"
            )
        elif page.source is PageSource.OCR and page.confidence < LOW_CONFIDENCE:
            yield Alert(
                kind=AlertKind.LOW_OCR_CONFIDENCE,
                message=f"第 {page.number} 页是扫描件，识别把握只有 {page.confidence:.0%}，数字请对照原件核实",
            )


def _tracked(document: Document) -> Iterable[Alert]:
    if document.tracked_changes:
        yield Alert(
            kind=AlertKind.TRACKED_CHANGES,
            message=f"文件里有 {document.tracked_changes} 处修订未定稿，本次按全部接受后的文字审查；签署前请让双方确认定稿",
        )
