"""The review as a PDF: what the printed HTML page says, with bookmarks, and the marked contract behind the findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from typing import Any

from reportlab.lib.colors import HexColor
from reportlab.lib.pagesizes import A4
from reportlab.lib.units import mm
from reportlab.platypus import BaseDocTemplate, CondPageBreak, Flowable, Frame, PageBreak, PageTemplate

from pipeline.report import palette, words
from pipeline.report.fonts import Fonts, fonts
from pipeline.report.marked import Marked, anchor_of, marked
from pipeline.report.package import xml_safe
from pipeline.report.typeset import Bar, Look, Prose, Run, ruled
from pipeline.types import AreaReview, Citation, Decided, Finding, Review, Status

_LEFT, _RIGHT, _TOP, _BOTTOM = 22 * mm, 18 * mm, 22 * mm, 20 * mm
_WIDTH = A4[0] - _LEFT - _RIGHT

_H1 = Look(before=16, after=9, leading=1.4, rule=palette.INK, keep=True)
_H2 = Look(before=11, after=2, keep=True, leading=1.5)
_TEXT = Look(after=4)
_KEPT = Look(after=4, keep=True)
_PLACE = Look(before=4, after=0, left=10, bar="CBC6B8", keep=True, leading=1.5)
_QUOTE = Look(after=7, left=10, bar="CBC6B8", leading=1.6)
_SMALL = Look(after=3, leading=1.45)
_ASK = Look(after=3, left=8, hang=36, ground=palette.DESK, leading=1.6)
_CELL = Look(after=0, leading=1.5)


def as_pdf(
    review: Review,
    decisions: Mapping[str, Decided] = words.UNDECIDED,
    *,
    folders: tuple[Path, ...] | None = None,
) -> bytes:
    """A4. Fonts come from ``folders``, by default from this computer; the same review and fonts give the same bytes."""
    story = _Story(review, decisions, fonts(folders))
    pages = _build(story, 0)[1]
    return _build(story, pages)[0]


def _build(story: _Story, pages: int) -> tuple[bytes, int]:
    """The file and how many pages it has; ``pages`` is what the footers say."""
    out = BytesIO()
    template = _Template(out, story, pages)
    template.build(list(story.flow()))
    return out.getvalue(), template.page


class _Template(BaseDocTemplate):  # type: ignore[misc]
    """The page: margins, header, footer."""

    def __init__(self, out: BytesIO, story: _Story, pages: int) -> None:
        name = xml_safe(story.review.document.file)
        super().__init__(
            out, pagesize=A4, title=f"合同审查：{name}", author="审约", creator="审约", producer="审约", subject=story.review.verdict.decision,
            lang="zh-CN", invariant=1, pageCompression=1,
        )  # fmt: skip
        height = A4[1] - _TOP - _BOTTOM
        frame = Frame(_LEFT, _BOTTOM, _WIDTH, height, leftPadding=0, rightPadding=0, topPadding=0, bottomPadding=0)
        self.addPageTemplates(PageTemplate(id="page", frames=[frame], onPage=self._edges))
        self._story, self._pages, self._name = story, pages, name

    def _edges(self, canvas: Any, template: BaseDocTemplate) -> None:
        canvas.setStrokeColor(HexColor(f"#{palette.LINE}"))
        canvas.setLineWidth(0.5)
        top, bottom = A4[1] - 15 * mm, 14 * mm
        canvas.line(_LEFT, top - 4, A4[0] - _RIGHT, top - 4)
        canvas.line(_LEFT, bottom + 11, A4[0] - _RIGHT, bottom + 11)
        put = self._edge
        put(canvas, "合同审查报告", _LEFT, top)
        put(canvas, self._shortened(self._name, _WIDTH * 0.7), A4[0] - _RIGHT, top, right=True)
        put(canvas, "供谈判参考，不构成法律意见", _LEFT, bottom)
        put(canvas, f"第 {canvas.getPageNumber()} 页 / 共 {self._pages} 页", A4[0] - _RIGHT, bottom, right=True)

    def _edge(self, canvas: Any, text: str, x: float, y: float, *, right: bool = False) -> None:
        sans = self._story.fonts.sans
        if right:
            x -= sum(sans.width(c) for c in text) * 7.5
        out = canvas.beginText(x, y)
        out.setFillColor(HexColor(f"#{palette.SOFT}"))
        for font, piece in sans.runs(text):
            out.setFont(font, 7.5)
            out.textOut(piece)
        canvas.drawText(out)

    def _shortened(self, text: str, room: float) -> str:
        sans = self._story.fonts.sans
        while len(text) > 8 and sum(sans.width(c) for c in text) * 7.5 > room:
            text = text[: len(text) // 2 - 2] + "…" + text[len(text) // 2 + 2 :]
        return text


class _Story:
    """The parts of a report in order; made anew for every pass, for they keep where they were put."""

    def __init__(self, review: Review, decisions: Mapping[str, Decided], typefaces: Fonts) -> None:
        self.review = review
        self.fonts = typefaces
        self._decisions = decisions
        self._pages = len(review.document.pages)
        self._contract: Marked = marked(review)

    def flow(self) -> Iterator[Flowable]:
        """Everything, top to bottom."""
        yield from self._head()
        yield from self._alerts()
        for area, findings in words.told(self.review):
            yield from self._area(area, findings)
        yield from self._method()
        yield PageBreak()
        yield from self._original()

    def _say(self, runs: Run | Sequence[Run], look: Look = _TEXT, **more: Any) -> Prose:
        return Prose(self.fonts, [runs] if isinstance(runs, Run) else runs, look, **more)

    def _heading(self, text: str, anchor: str, *runs: Run) -> Prose:
        return self._say(
            [Run(text=text, size=14, bold=True, serif=True), *runs], _H1, anchors=[anchor], outline=(text, 0)
        )

    def _head(self) -> Iterator[Flowable]:
        review = self.review
        verdict = review.verdict
        yield self._say(Run(text="客服外包合同审查", size=8.5, colour=palette.SOFT), Look(after=1))
        yield self._say(Run(text=review.document.file, size=13, bold=True), Look(after=8, leading=1.4))
        decision = Run(text=verdict.decision, size=28, bold=True, serif=True, colour=palette.RISK[verdict.risk])
        yield self._say(
            decision, Look(after=4, leading=1.35, keep=True), anchors=["top"], outline=(f"结论：{verdict.decision}", 0)
        )
        yield self._say(Run(text=verdict.advice, size=10.5), Look(after=3, leading=1.6))
        side = f"以{review.merchant.value}为商家审查：{review.merchant_reason}"
        yield self._say(Run(text=side, size=8.5, colour=palette.SOFT), _SMALL)
        if ruled_by := words.ruled(review, self._decisions):
            yield self._say(Run(text=ruled_by, size=8.5, colour=palette.LINK), _SMALL)
        counts = words.counts(review.findings)
        legend: list[Run] = []
        for status, count in counts:
            legend.append(Run(text=f"{count} ", size=15, bold=True, serif=True, colour=palette.STATUS[status]))
            legend.append(Run(text=f"{words.STATUS[status]}　　"))
        legend.append(Run(text=f"共 {len(review.findings)} 个检查点", size=8.5, colour=palette.SOFT))
        yield self._say(legend, Look(before=8, after=3, leading=1.3, keep=True))
        yield Bar([(palette.STATUS[status], count) for status, count in counts])
        yield self._areas()
        asks = words.ask_first(review)
        if asks:
            yield self._heading(words.ask_title(asks), "asks")
        for number, finding in enumerate(asks, 1):
            name = Run(text=finding.name, bold=True, size=10.5, link=anchor_of(finding))
            yield self._say([Run(text=f"{number}　", bold=True, serif=True, size=12), name, *_tag(finding)], _KEPT)
            yield self._say(Run(text=finding.suggestion), Look(left=20, after=7, leading=1.6))

    def _areas(self) -> Flowable:
        shown = [status for status, _ in words.counts(self.review.findings)]
        small = Look(after=0, leading=1.5, centred=True)
        head = [self._say(Run(text=name, size=9, bold=True), _CELL) for name in ("领域", "风险")]
        head += [self._say(Run(text=words.STATUS[s], size=9, bold=True), small) for s in shown]
        rows = [head]
        for area in words.riskiest_first(self.review.areas):
            found = dict(words.counts(area.findings))
            risk = Run(text=f"{words.METER[area.risk]} {words.RISK[area.risk]}", colour=palette.RISK[area.risk])
            row = [self._say(Run(text=area.name, link=f"area-{area.id}"), _CELL), self._say(risk, _CELL)]
            row += [self._say(Run(text=str(found.get(s, "–"))), small) for s in shown]
            rows.append(row)
        each = _WIDTH * 0.4 / len(shown)
        return ruled(rows, [_WIDTH * 0.38, _WIDTH * 0.22, *(each for _ in shown)])

    def _alerts(self) -> Iterator[Flowable]:
        if not self.review.alerts:
            return
        below = {c for finding in self.review.findings for c in finding.citations}
        yield self._heading("需要留意", "alerts")
        for group in words.alert_groups(self.review):
            many = len(group.messages) > 1
            name = [Run(text=words.ALERT[group.kind], bold=True, size=10)]
            if many:
                name.append(Run(text=f"　{len(group.messages)} 处", size=8.5, colour=palette.SOFT))
            yield self._say(name, _KEPT)
            for message, alert in zip(group.messages, group.alerts, strict=True):
                yield self._say(Run(text=f"· {message}" if many else message), Look(hang=8 if many else 0, after=3))
                yield from self._quotes([c for c in alert.citations if c not in below])

    def _area(self, area: AreaReview, findings: Sequence[words.Numbered]) -> Iterator[Flowable]:
        yield CondPageBreak(45 * mm)
        colour = palette.RISK[area.risk]
        risk = Run(text=f"　{words.METER[area.risk]} {words.RISK[area.risk]}", size=9, bold=True, colour=colour)
        tally = Run(text=f"　{words.tally(area.findings)}", size=8.5, colour=palette.SOFT)
        yield self._heading(area.name, f"area-{area.id}", risk, tally)
        for numbered in findings:
            yield from self._finding(numbered, self._decisions.get(numbered.finding.checkpoint))

    def _finding(self, numbered: words.Numbered, decided: Decided | None) -> Iterator[Flowable]:
        finding = numbered.finding
        title = f"{numbered.number} {finding.name}"
        yield CondPageBreak(26 * mm)
        yield self._say(
            [
                Run(
                    text=f"{numbered.number}　", size=10.5, bold=True, serif=True, colour=palette.STATUS[finding.status]
                ),
                Run(text=finding.name, size=10.5, bold=True),
                *_tag(finding),
            ],
            _H2,
            anchors=[anchor_of(finding)],
            outline=(f"{title}（{words.STATUS[finding.status]}）", 1),
        )
        if decided is not None:
            yield self._say(Run(text=words.ruling(finding, decided), bold=True, colour=palette.LINK), _KEPT)
        yield self._say(Run(text=finding.reason))
        yield from self._quotes(finding.citations)
        if finding.rejected_quotes:
            rejected = f"合同里找不到、已弃用的引文：{'；'.join(finding.rejected_quotes)}"
            yield self._say(Run(text=rejected, size=8.5, colour=palette.SOFT), _SMALL)
        if finding.disagreement:
            differ = f"两种读法不同，{finding.disagreement.decided_by}"
            yield self._say(Run(text=differ, size=8.5, colour=palette.SOFT), replace(_SMALL, keep=True))
            for reader, opinion in words.readings(finding.disagreement):
                status = Run(text=f"{words.STATUS[opinion.status]}　", bold=True, colour=palette.STATUS[opinion.status])
                yield self._say(
                    [Run(text=f"{reader}　", colour=palette.SOFT), status, Run(text=opinion.reason)],
                    Look(left=10, hang=12),
                )
        if finding.searched:
            read = f"已查：{words.searched(finding.searched)}"
            yield self._say(Run(text=read, size=8.5, colour=palette.SOFT), _SMALL)
        if finding.status is not Status.OK:
            yield from self._ask(finding)

    def _ask(self, finding: Finding) -> Iterator[Flowable]:
        wanted = (
            ("标准", finding.suggestion),
            ("可接受", finding.wording.acceptable),
            ("底线", finding.wording.walk_away),
        )
        for label, text in wanted:
            pad = "　" * (4 - len(label))
            look = replace(_ASK, keep=label != wanted[-1][0])
            yield self._say([Run(text=label + pad, bold=True, size=9), Run(text=text, size=9)], look)

    def _quotes(self, citations: Sequence[Citation]) -> Iterator[Flowable]:
        for place, text, cited in words.placed(citations, self._pages):
            link = self._contract.anchors.get((cited.start, cited.end), "")
            yield self._say(Run(text=place, size=8.5, colour=palette.LINK, link=link), _PLACE)
            yield self._say(Run(text=text, serif=True), _QUOTE)

    def _method(self) -> Iterator[Flowable]:
        engine, document = self.review.engine, self.review.document
        yield CondPageBreak(40 * mm)
        yield self._heading("关于本报告", "method")
        stamp = f"审查标准 {engine.playbook_sha256[:12]} · 文件指纹 {document.sha256[:12]}"
        for text in (f"审查方式：{words.engine_line(self.review)}", stamp):
            yield self._say(Run(text=text, size=8.5, colour=palette.SOFT), _SMALL)
        yield self._say(Run(text=words.DISCLAIMER, size=9))

    def _original(self) -> Iterator[Flowable]:
        yield self._heading("合同原文", "contract")
        key = [Run(text="划线的是审查依据，页边的数字是结论的编号，点开看结论：", size=8.5, colour=palette.SOFT)]
        for status in (Status.ADVERSE, Status.VAGUE, Status.OK):
            key += [
                Run(text=words.STATUS[status], size=8.5, fill=palette.TINT[status], line=palette.STATUS[status]),
                Run(text="　"),
            ]
        yield self._say(key, Look(after=10))
        for part in self._contract.parts:
            if part.rows:
                widths = [_WIDTH * share for share in part.shares]
                rows = [
                    [self._say(cell.runs, Look(after=0, leading=1.45), anchors=cell.anchors) for cell in row]
                    for row in part.rows
                ]
                yield ruled(rows, widths, head=part.head, grid=True)
            else:
                look = Look(
                    before=10 if part.heading else 0, after=6, keep=part.heading, centred=part.title, leading=1.75
                )
                yield self._say(part.runs, look, anchors=part.anchors)


def _tag(finding: Finding) -> list[Run]:
    colour, fill = palette.STATUS[finding.status], palette.TINT[finding.status]
    return [
        Run(text="　", size=8.5),
        Run(text=f" {words.STATUS[finding.status]} ", size=8.5, bold=True, colour=colour, fill=fill),
        Run(text=f"　{words.SEVERITY[finding.severity]}", size=8, colour=palette.SOFT),
    ]
