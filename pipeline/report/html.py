"""The review as one self-contained HTML page: the contract on one side, the findings on the other.

Everything is inside the file: no network, and nothing of the contract can run, for the page allows its own script only, by hash.
Links work without the script; it adds the marking of all words a finding rests on, and copying. Printed, the findings come first
and the marked contract after them; the number at a mark is the finding's.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from markupsafe import Markup, escape

from pipeline.report import words
from pipeline.report.blocks import TITLE, blocks_of, cut, grouped, heading_starts, is_heading
from pipeline.report.page import carried, template
from pipeline.types import Block, Citation, Decided, Finding, Review, Span, Status

# Where citations overlap, the first of these colours the words; "alert" is a citation of no finding.
_ORDER = (Status.ADVERSE.value, Status.UNREVIEWED.value, Status.VAGUE.value, Status.OK.value, "alert")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark(Span):
    """A cited range of the contract. ``key`` is its anchor, ``target`` the anchor of what cites it, ``sign`` its number there."""

    key: str
    target: str
    kind: str
    sign: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Cited:
    """Citations with the anchors they have in the contract."""

    anchor: str
    citations: tuple[tuple[str, Citation], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown(_Cited):
    """A finding as shown."""

    number: int
    finding: Finding


@dataclass(frozen=True, slots=True, kw_only=True)
class _Alerts(_Cited):
    """Alerts of one kind as shown."""

    group: words.AlertGroup


def as_html(review: Review, decisions: Mapping[str, Decided] = words.UNDECIDED) -> str:
    """A complete HTML document; text of the contract is escaped everywhere."""
    areas = [(area, [_shown(n) for n in findings]) for area, findings in words.told(review)]
    shown = {s.finding.checkpoint: s for _, findings in areas for s in findings}
    anchored = {(c.start, c.end): key for s in shown.values() for key, c in s.citations}
    alerts = [_alerts(number, group, anchored) for number, group in enumerate(words.alert_groups(review), 1)]
    asks = words.ask_first(review)
    return template("pipeline.report", "report.html.j2").render(
        review=review,
        words=words,
        areas=areas,
        asks=[(finding, shown[finding.checkpoint].anchor) for finding in asks],
        ask_title=words.ask_title(asks),
        alerts=alerts,
        contract=Markup("\n").join(_contract(review, [*_marks(shown.values()), *_alert_marks(alerts)])),
        pages=len(review.document.pages),
        counts=words.counts(review.findings),
        total=len(review.findings),
        decisions=decisions,
        **carried("pipeline.report", "report"),
    )


def _shown(numbered: words.Numbered) -> _Shown:
    finding = numbered.finding
    anchor = "f-" + finding.checkpoint.replace(".", "-")
    cited = tuple((f"{anchor}-{n}", c) for n, c in enumerate(finding.citations, 1))
    return _Shown(finding=finding, number=numbered.number, anchor=anchor, citations=cited)


def _alerts(number: int, group: words.AlertGroup, anchored: Mapping[tuple[int, int], str]) -> _Alerts:
    """Words that a finding rests on too keep that finding's anchor (``anchored``, by offsets)."""
    anchor = f"a-{number}"
    cited = dict.fromkeys(c for alert in group.alerts for c in alert.citations)
    keys = (anchored.get((c.start, c.end), f"{anchor}-{n}") for n, c in enumerate(cited, 1))
    return _Alerts(group=group, anchor=anchor, citations=tuple(zip(keys, cited, strict=True)))


def _marks(findings: Iterable[_Shown]) -> Iterator[_Mark]:
    for shown in findings:
        title = f"{shown.number} {shown.finding.name}：{words.STATUS[shown.finding.status]}"
        for key, c in shown.citations:
            yield _Mark(
                start=c.start,
                end=c.end,
                key=key,
                target=shown.anchor,
                kind=shown.finding.status.value,
                sign=str(shown.number),
                title=title,
            )


def _alert_marks(alerts: Iterable[_Alerts]) -> Iterator[_Mark]:
    for alert in alerts:
        title = words.ALERT[alert.group.kind]
        for key, c in alert.citations:
            if key.startswith(alert.anchor):
                yield _Mark(start=c.start, end=c.end, key=key, target=alert.anchor, kind="alert", sign="!", title=title)


def _contract(review: Review, marks: Sequence[_Mark]) -> Iterator[Markup]:
    document = review.document
    seen: set[str] = set()  # a citation over several cells is anchored at its first
    blocks = blocks_of(document)
    pages = {p.start: p.number for p in document.pages if p.number > 1}
    headings = heading_starts(review.clauses)
    for table, rows in grouped(blocks):
        if table:
            columns = max(len(row.cells) for row in rows)
            body = Markup("").join(_row(document.text, row, columns, marks, seen) for row in rows)
            yield Markup('<div class="table"><table>{}</table></div>').format(body)
            continue
        for block in rows:
            page = next((n for at, n in pages.items() if block.start <= at < block.end), None)
            if page is not None:
                yield Markup('<div class="page">第 {} 页</div>').format(page)
            inner = _marked(document.text, block, marks, seen)
            if block is blocks[0] and TITLE.fullmatch(document.slice(block)):
                yield Markup('<h3 class="title">{}</h3>').format(inner)
                continue
            tag = "h4" if is_heading(block, headings) else "p"
            yield Markup("<{0}>{1}</{0}>").format(Markup(tag), inner)


def _row(text: str, row: Block, columns: int, marks: Sequence[_Mark], seen: set[str]) -> Markup:
    """A row; where it has fewer cells than the table has columns, the last one spans the rest."""
    tag = Markup("th" if row.header else "td")
    cells = row.cells or (row,)
    inner = [_marked(text, cell, marks, seen) for cell in cells]
    short = columns - len(cells)
    spans = [Markup("")] * (len(cells) - 1) + [Markup(' colspan="{}"').format(short + 1) if short > 0 else Markup("")]
    return Markup("<tr>{}</tr>").format(
        Markup("").join(
            Markup("<{0}{1}>{2}</{0}>").format(tag, span, cell) for span, cell in zip(spans, inner, strict=True)
        )
    )


def _marked(text: str, span: Span, marks: Sequence[_Mark], seen: set[str]) -> Markup:
    """The text of ``span`` with what is cited marked, each citation's number before its first words."""
    out: list[Markup] = []
    for start, end, over in cut(span, marks):
        here = sorted(over, key=lambda m: (_ORDER.index(m.kind), m.key))
        for mark in here:
            if mark.key not in seen:
                seen.add(mark.key)
                # The number is drawn by the style sheet, so that copied and searched text is the contract's alone.
                out.append(
                    Markup('<a class="ref {}" id="{}" href="#{}" data-n="{}" title="{}" aria-label="{}"></a>').format(
                        mark.kind, mark.key, mark.target, mark.sign, mark.title, mark.title
                    )
                )
        piece = escape(text[start:end])
        if here:
            targets = " ".join(dict.fromkeys(m.target for m in here))
            titles = "；".join(dict.fromkeys(m.title for m in here))
            piece = Markup('<a class="mark {}" href="#{}" data-for="{}" title="{}">{}</a>').format(
                here[0].kind, here[0].target, targets, titles, piece
            )
        out.append(piece)
    return Markup("").join(out)
