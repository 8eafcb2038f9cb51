"""A contract prepared for the rules: every sentence, folded, with its context, figures and blanks.

Rules look at ``Sentence.plain``: the text without white space, half-width, Simplified, lower case. Positions in it map back to the
document exactly (``Sentence.span_of``), so that evidence is always cut from the original.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from pipeline.check.rules.pattern import Sides, compiled
from pipeline.folding import Folded, fold, simplify
from pipeline.merchant import MerchantGuess
from pipeline.quantities import Blank, Quantity, QuantityKind, blanks, quantities
from pipeline.segment import sentences
from pipeline.types import Clause, ClauseKind, Document, Span

_RECITAL = re.compile(
    r"^(?:鉴于|whereas|背景|经.{0,12}协商|为(?:了)?(?:明确|规范|保障)|根据.{0,40}(?:法|规定).{0,20}(?:协商|订立))"
)
_SUPERSEDED = re.compile(
    r"(?:的)?[,，]?(?:现|统一|一律|均|相应)?(?:改(?:为|成)|调整(?:为|至|到)|变更为|修改为|修订为|更正为|(?:下调|上调|降低|提高|缩短|延长|放宽|降|增加)(?:至|到|为))"
)
_SENTENCE_END = re.compile(r"[。;；!！?？]$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A quantity of a sentence with its position in ``Sentence.plain``."""

    quantity: Quantity
    start: int
    end: int


@dataclass(frozen=True, kw_only=True, eq=False)
class Sentence:
    """One sentence or table row; as a reading, compared by identity, so that what was found in it can be kept.

    ``plain`` is its folded text, ``context`` the folded titles above it, the lead-in its list hangs on and, for a table
    row, the column heads. ``previous`` is the folded sentence before it in the same clause, for "it" and "the latter" (平时 30 秒；活动期间放宽至
    80 秒). ``recital`` marks 鉴于 and the like, ``heading`` a bare title: neither is evidence alone.
    """

    index: int
    span: Span
    raw: str
    folded: Folded
    clause: Clause
    context: str
    sides: Sides
    previous: str = ""
    recital: bool = False
    heading: bool = False
    cells: tuple[str, ...] = ()
    columns: tuple[str, ...] = ()

    @property
    def plain(self) -> str:
        """The folded text that patterns run over."""
        return self.folded.text

    @property
    def is_row(self) -> bool:
        """True for a table row."""
        return self.clause.kind is ClauseKind.TABLE_ROW

    @cached_property
    def full(self) -> str:
        """Context and text together, for deciding what a sentence is about."""
        return f"{self.context}\n{self.plain}" if self.context else self.plain

    @cached_property
    def figures(self) -> tuple[Figure, ...]:
        """All quantities in order, positioned in ``plain``; not the old ones of an amendment (由60秒改为20秒)."""
        found = (
            Figure(quantity=q, start=self._plain_offset(q.start), end=self._plain_offset(q.end))
            for q in quantities(self.raw)
        )
        return tuple(f for f in found if not _SUPERSEDED.match(self.plain, f.end))

    @cached_property
    def blanks(self) -> tuple[Blank, ...]:
        """Unfilled blanks; offsets are into ``raw``."""
        return tuple(blanks(self.raw))

    def figures_of(self, kind: QuantityKind) -> tuple[Figure, ...]:
        """The figures of one kind."""
        return tuple(f for f in self.figures if f.quantity.kind is kind)

    def has(self, pattern: str) -> bool:
        """True when ``pattern`` occurs in the text itself."""
        return compiled(pattern, self.sides).search(self.plain) is not None

    def about(self, pattern: str) -> bool:
        """True when ``pattern`` occurs in the text or in its context."""
        return compiled(pattern, self.sides).search(self.full) is not None

    def follows(self, pattern: str) -> bool:
        """True when ``pattern`` occurs in the sentence before it in the same clause."""
        return compiled(pattern, self.sides).search(self.previous) is not None

    def find(self, pattern: str) -> re.Match[str] | None:
        """First match of ``pattern`` in ``plain``."""
        return compiled(pattern, self.sides).search(self.plain)

    def find_all(self, pattern: str) -> Iterator[re.Match[str]]:
        """All matches of ``pattern`` in ``plain``."""
        return compiled(pattern, self.sides).finditer(self.plain)

    def count(self, patterns: dict[str, str]) -> list[str]:
        """Names of the patterns that occur in the text itself."""
        return [name for name, pattern in patterns.items() if self.has(pattern)]

    def blank_near(self, start: int, end: int, reach: int = 16) -> bool:
        """True when a blank stands within ``reach`` characters of ``plain[start:end]``."""
        return any(
            self._plain_offset(b.start) <= end + reach and self._plain_offset(b.end) >= start - reach
            for b in self.blanks
        )

    def span_of(self, start: int, end: int) -> Span:
        """A range of ``plain`` as a span of the document."""
        inner = self.folded.original(start, end)
        return Span(start=self.span.start + inner.start, end=self.span.start + inner.end)

    def _plain_offset(self, raw_offset: int) -> int:
        return bisect_left(self.folded.map, raw_offset)


@dataclass(frozen=True, kw_only=True, eq=False)
class Reading:
    """The whole contract as the rules see it; compared by identity, so that what was found in it can be kept."""

    document: Document
    clauses: tuple[Clause, ...]
    sides: Sides
    merchant: MerchantGuess
    sentences: tuple[Sentence, ...] = field(default=())

    @cached_property
    def body(self) -> tuple[Sentence, ...]:
        """The sentences that can carry a verdict: no bare titles, no signature block, no recitals."""
        return tuple(
            s for s in self.sentences if not s.heading and not s.recital and s.clause.kind is not ClauseKind.SIGNATURE
        )

    def around(self, sentence: Sentence, before: int = 1, after: int = 1) -> tuple[Sentence, ...]:
        """Neighbouring sentences, ``sentence`` left out."""
        low, high = max(0, sentence.index - before), sentence.index + after + 1
        return tuple(s for s in self.sentences[low:high] if s.index != sentence.index)

    @cached_property
    def annexes(self) -> frozenset[str]:
        """Names of the annexes present in the file, folded."""
        return frozenset(plain_text(c.annex) for c in self.clauses if c.annex)


def plain_text(text: str) -> str:
    """Text as patterns see it, without a map back."""
    return fold(simplify(text)).text


def read(document: Document, clauses: Sequence[Clause], merchant: MerchantGuess) -> Reading:
    """Prepare a contract; pure, and linear in the length of the text."""
    sides = Sides.of(merchant.party, dict(merchant.aliases))
    out: list[Sentence] = []
    by_id = {c.id: c for c in clauses}
    lead: dict[int, str] = {}
    titles: dict[int, str] = {}
    for clause in clauses:
        above = by_id.get(clause.parent) if clause.parent is not None else None
        path = titles.get(above.id, "") if above else ""
        titles[clause.id] = "\n".join(t for t in (path, plain_text(clause.title)) if t)
        heads = "|".join(plain_text(c) for c in clause.columns)
        inherited = lead.get(above.id, "") if above else ""
        context = "\n".join(t for t in (titles[clause.id], inherited, heads) if t)
        spans = sentences(document, clause)
        in_clause = previous = ""
        for span in spans:
            raw = document.slice(span)
            folded = fold(simplify(raw))
            if not folded.text:
                continue
            own_context = f"{context}\n{in_clause}" if in_clause else context
            out.append(
                Sentence(
                    index=len(out),
                    span=span,
                    raw=raw,
                    folded=folded,
                    clause=clause,
                    context=own_context,
                    sides=sides,
                    previous=previous,
                    recital=bool(_RECITAL.search(folded.text)) and clause.kind is ClauseKind.PREAMBLE,
                    heading=_is_heading(clause, folded.text),
                    cells=tuple(plain_text(document.slice(cell)) for cell in clause.cells),
                    columns=tuple(plain_text(c) for c in clause.columns),
                )
            )
            previous = folded.text
            if folded.text.endswith((":", "如下", "包括", "以下")):
                in_clause = folded.text
        lead[clause.id] = in_clause or inherited
    return Reading(document=document, clauses=tuple(clauses), sides=sides, merchant=merchant, sentences=tuple(out))


_ANNEX_REF = re.compile(
    r"(?:附件|附录|附表|补充协议|annex|appendix|schedule|exhibit)(?P<number>[一二三四五六七八九十]{1,3}|\d{1,2}|[a-z](?![a-z]))?"
)
_DEFERS = re.compile(
    r"(?:详见|参见|见于?|以|按(?:照)?|依(?:照|据)?|根据|如|载于|列于|in|see|perthe|setoutin|setforthin)[^。;,，]{0,8}(?:附件|附录|附表|annex|appendix|schedule|exhibit)|(?:附件|附录|附表)[^。;]{0,20}(?:为准|另行提供|约定|所列|所示|规定|载明|确认)"
)
_LATER = re.compile(
    r"另行(?:协商|约定|商定|确定|确认|签订|签署|议定|制定|书面|通知|提供|商议)|(?:双方|届时|后续|日后|另外|上线(?:前|后)|项目启动后)[^。;,，]{0,10}(?:协商|商定|商议|议定|确定|确认|约定)|待定|面议|tobe(?:agreed|determined|confirmed|advised)|tbd|asmutuallyagreed"
)


def left_open(sentence: Sentence, reading: Reading) -> str | None:
    """Why nothing enforceable follows from a sentence that touches a point, or ``None``: a blank, a choice not made, an annex that
    is not in the file, an agreement to agree (LABELS rules 2, 10 and 11). In Chinese, for a reason."""
    if any(not blank.answered for blank in sentence.blanks):
        return "空白没有填"
    if sentence.has(r"(?:请|自行)?(?:勾选|选择|选填|择一)|二选一|\(或[^()]{0,12}\)"):
        return "有选项没有选定"
    if _DEFERS.search(sentence.plain):
        for match in _ANNEX_REF.finditer(sentence.plain):
            if not _annex_present(match.group(0), match.group("number"), reading):
                return f"推给了文件里没有的{match.group(0)}"
    if _LATER.search(sentence.plain):
        return "只写另行商定"
    return None


_NUMERALS = {n: str(i) for i, n in enumerate("零一二三四五六七八九十")}


def _annex_present(name: str, number: str | None, reading: Reading) -> bool:
    if number is None:
        return any(name in annex for annex in reading.annexes) or bool(
            reading.annexes and name in ("附件", "annex", "schedule")
        )
    key = _NUMERALS.get(number, number)
    return any(
        key == _NUMERALS.get(m.group("number") or "", m.group("number"))
        for annex in reading.annexes
        for m in _ANNEX_REF.finditer(annex)
    )


def _is_heading(clause: Clause, text: str) -> bool:
    if clause.kind is ClauseKind.PREAMBLE and len(text) <= 60 and not _SENTENCE_END.search(text):
        return True  # the contract's name, the parties' block
    if clause.kind in (ClauseKind.HEADING, ClauseKind.ANNEX) and len(text) <= 40:
        return not _SENTENCE_END.search(text)
    return (
        bool(clause.title)
        and plain_text(clause.title) == re.sub(r"^[第\d一二三四五六七八九十百零条章节.、()]+", "", text)
        and len(text) <= 24
    )
