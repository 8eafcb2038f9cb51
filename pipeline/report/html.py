"""The review as one self-contained HTML page: the contract on one side, the findings on the other.

No network, no script needed to read it; it prints with the findings first and the marked contract after them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from itertools import groupby, pairwise

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup, escape

from pipeline.report import words
from pipeline.types import AreaReview, Block, BlockKind, Citation, Finding, Review, Span, Status

_ORDER = (Status.ADVERSE, Status.UNREVIEWED, Status.VAGUE, Status.OK)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Mark(Span):
    """A cited range of the contract: who cites it, and as what."""

    key: str
    status: Status
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """A finding with the anchors of its citations."""

    finding: Finding
    anchor: str
    citations: tuple[tuple[str, Citation], ...]


def as_html(review: Review) -> str:
    """A complete HTML document; text of the contract is escaped everywhere."""
    areas = [(area, [_shown(f) for f in words.worst_first(area.findings)]) for area in review.areas]
    marks = [
        _Mark(start=c.start, end=c.end, key=key, status=shown.finding.status, title=shown.finding.name)
        for _, findings in areas
        for shown in findings
        for key, c in shown.citations
    ]
    return _template().render(
        review=review,
        words=words,
        areas=areas,
        fixes=[(f, _anchor(f)) for f in words.must_fix(review)],
        contract=Markup("\n").join(_contract(review, marks)),
        pages=len(review.document.pages),
        statuses=[(s, words.STATUS[s], sum(f.status is s for f in review.findings)) for s in Status],
        tally=_tally,
    )


@lru_cache(maxsize=1)
def _template() -> Template:
    source = (resources.files("pipeline.report") / "report.html.j2").read_text(encoding="utf-8")
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(source)


def _tally(area: AreaReview) -> str:
    return words.tally(area)


def _anchor(finding: Finding) -> str:
    return "f-" + finding.checkpoint.replace(".", "-")


def _shown(finding: Finding) -> _Shown:
    anchor = _anchor(finding)
    cited = tuple((f"{anchor}-{n}", c) for n, c in enumerate(finding.citations, 1))
    return _Shown(finding=finding, anchor=anchor, citations=cited)


def _contract(review: Review, marks: Sequence[_Mark]) -> Iterator[Markup]:
    document = review.document
    seen: set[str] = set()  # a citation over several cells is anchored at its first
    blocks = document.blocks or (Block(start=0, end=len(document.text)),)
    starts = {p.start: p.number for p in document.pages if p.number > 1}
    for table, group in groupby(blocks, key=lambda b: b.table if b.kind is BlockKind.TABLE_ROW else None):
        rows = list(group)
        if table is not None:
            body = Markup("").join(_row(document.text, row, marks, seen) for row in rows)
            yield Markup("<table>{}</table>").format(body)
            continue
        for block in rows:
            page = next((n for at, n in starts.items() if block.start <= at < block.end), None)
            if block.start in starts:
                page = starts[block.start]
            if page is not None:
                yield Markup('<div class="page">第 {} 页</div>').format(page)
            tag = "h4" if block.kind is BlockKind.HEADING else "p"
            inner = _marked(document.text, block, marks, seen)
            yield Markup("<{0}>{1}</{0}>").format(Markup(tag), inner)


def _row(text: str, row: Block, marks: Sequence[_Mark], seen: set[str]) -> Markup:
    tag = Markup("th" if row.header else "td")
    cells = row.cells or (row,)
    return Markup("<tr>{}</tr>").format(
        Markup("").join(Markup("<{0}>{1}</{0}>").format(tag, _marked(text, cell, marks, seen)) for cell in cells)
    )


def _marked(text: str, span: Span, marks: Sequence[_Mark], seen: set[str]) -> Markup:
    """The text of ``span`` with what is cited marked; where citations overlap the worst status colours it."""
    inside = [m for m in marks if m.start < span.end and span.start < m.end]
    cuts = sorted(
        {span.start, span.end, *(max(m.start, span.start) for m in inside), *(min(m.end, span.end) for m in inside)}
    )
    out: list[Markup] = []
    for start, end in pairwise(cuts):
        piece = escape(text[start:end])
        here = [m for m in inside if m.start <= start and end <= m.end]
        if here:
            worst = min(here, key=lambda m: _ORDER.index(m.status))
            fresh = [m.key for m in here if m.key not in seen]
            seen.update(fresh)
            anchors = Markup("").join(Markup('<a id="{}"></a>').format(key) for key in fresh)
            names = "、".join(dict.fromkeys(m.title for m in here))
            link = worst.key.rsplit("-", 1)[0]
            piece = Markup('{}<a class="mark {}" href="#{}" title="{}">{}</a>').format(
                anchors, worst.status.value, link, names, piece
            )
        out.append(piece)
    return Markup("").join(out)
