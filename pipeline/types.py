"""The values every stage passes on; this module imports no stage.

All offsets are half-open character offsets ``[start, end)`` into ``Document.text``, the one canonical
text of a file. Page, block and clause are derived from offsets, and whatever is shown as a citation is
sliced from that text: ``document.text[c.start:c.end] == c.text``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Status(StrEnum):
    """What is said of a checkpoint. ``UNREVIEWED`` means not read, which is neither missing nor ok."""

    OK = "ok"
    VAGUE = "vague"
    ADVERSE = "adverse"
    MISSING = "missing"
    UNREVIEWED = "unreviewed"


class Severity(StrEnum):
    """How much a checkpoint weighs when it fails; set in the playbook."""

    CRITICAL = "critical"
    MAJOR = "major"
    MINOR = "minor"


class Risk(StrEnum):
    """Risk of an area or of the whole contract."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Party(StrEnum):
    """A side of the contract, by the name the contract uses for it."""

    JIA = "甲方"
    YI = "乙方"

    @property
    def other(self) -> Party:
        """The opposite side."""
        return Party.YI if self is Party.JIA else Party.JIA


class PageSource(StrEnum):
    """Where the text of a page came from."""

    TEXT = "text"
    OCR = "ocr"
    UNREADABLE = "unreadable"


class BlockKind(StrEnum):
    """What a block was in the file."""

    PARAGRAPH = "paragraph"
    HEADING = "heading"
    TABLE_ROW = "table_row"
    FOOTNOTE = "footnote"
    TEXT_BOX = "text_box"


class ClauseKind(StrEnum):
    """What part of the contract a clause is."""

    PREAMBLE = "preamble"
    HEADING = "heading"
    CLAUSE = "clause"
    PARAGRAPH = "paragraph"
    TABLE_ROW = "table_row"
    ANNEX = "annex"
    SIGNATURE = "signature"


class AlertKind(StrEnum):
    """What an alert is about."""

    INSTRUCTION = "instruction"
    HIDDEN_TEXT = "hidden_text"
    MISSING_ANNEX = "missing_annex"
    CONTRADICTION = "contradiction"
    LOW_OCR_CONFIDENCE = "low_ocr_confidence"
    TRACKED_CHANGES = "tracked_changes"
    MERCHANT_UNSURE = "merchant_unsure"
    UNREADABLE_PAGE = "unreadable_page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A half-open range of characters of ``Document.text``."""

    start: int
    end: int

    def __post_init__(self) -> None:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"bad span [{self.start}, {self.end})")

    def overlaps(self, other: Span) -> bool:
        """True when the two ranges share at least one character."""
        return self.start < other.end and other.start < self.end

    def contains(self, other: Span) -> bool:
        """True when ``other`` lies wholly inside this range."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Page(Span):
    """One page of the file; ``confidence`` is the OCR's mean score in [0, 1], 1.0 for a text layer.

    ``width`` and ``height`` are those of the page as read, upright, in points (of a picture: its pixels); 0 where the file has no
    pages to show.
    """

    number: int
    source: PageSource = PageSource.TEXT
    confidence: float = 1.0
    width: float = 0.0
    height: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Line(Span):
    """Text that stands side by side at one place of a page: a printed line, a part of it, or one of a table cell.

    The sides are shares of the page as read, upright, origin at the upper left: ``0 <= left <= right <= 1`` and
    ``0 <= top <= bottom <= 1``. ``page`` is where it is printed, which for a paragraph that runs over a page is behind the page its block
    is counted to.
    """

    page: int
    left: float
    top: float
    right: float
    bottom: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Block(Span):
    """A paragraph or a table row as the file had it. Blocks are in order and do not overlap.

    ``level`` is the outline level of a heading (1 is the top). ``number`` is the automatic number that was
    resolved into the text, as it stands there. ``table`` and ``row`` count from 1; ``cells`` are the spans of a
    row's cells; ``header`` marks the row that names the columns.
    """

    kind: BlockKind = BlockKind.PARAGRAPH
    level: int | None = None
    number: str | None = None
    table: int | None = None
    row: int | None = None
    header: bool = False
    cells: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class HiddenText:
    """Text in the file that a person would not see; it is kept out of ``Document.text``."""

    text: str
    where: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """A file as read: the canonical text and what is known of its layout.

    ``lines`` say where text stands on the pages of a PDF or a picture, in order and without overlap; text whose place is not known for
    certain is in none of them.
    """

    file: str
    sha256: str
    text: str
    pages: tuple[Page, ...]
    blocks: tuple[Block, ...]
    hidden: tuple[HiddenText, ...] = ()
    tracked_changes: int = 0
    lines: tuple[Line, ...] = ()

    def page_of(self, offset: int) -> int:
        """Number of the page that holds ``offset`` (the nearest page before it where none does)."""
        number = self.pages[0].number if self.pages else 1
        for page in self.pages:
            if page.start > offset:
                break
            number = page.number
        return number

    def slice(self, span: Span) -> str:
        """The text of ``span``."""
        return self.text[span.start : span.end]


@dataclass(frozen=True, slots=True, kw_only=True)
class Clause(Span):
    """A node of the clause tree; its own text, children excluded.

    The clauses of a document in order tile its text: the first starts at 0, each starts where the one before
    ends, the last ends at ``len(text)``. ``id`` is the position in that order, ``parent`` the id of the clause
    above. ``label`` is what a person would call it ("第四条 4.2", "附件一 表1 第3行"). ``number`` is the number as
    written, ``title`` the heading's words. ``columns`` are the header cells of a table row, as text, and ``cells``
    the spans of its own cells.
    """

    id: int
    label: str
    kind: ClauseKind
    level: int
    parent: int | None = None
    number: str = ""
    title: str = ""
    annex: str = ""
    columns: tuple[str, ...] = ()
    cells: tuple[Span, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Citation(Span):
    """Words of the contract that carry a finding; ``text`` is sliced from the document."""

    clause: str
    page: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """How one of two readers read a checkpoint."""

    status: Status
    reason: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Disagreement:
    """Two readings of one checkpoint that differ, and in a Chinese sentence why one of them was followed."""

    rules: Opinion
    model: Opinion
    decided_by: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What a checker says of one checkpoint, before risk and advice are added.

    ``searched`` holds the labels of the clauses that were read, as proof behind ``missing``. ``figure`` is the figure that decided, as
    written. ``contradiction`` says that the contract speaks of the point in two ways; ``citations`` then hold both.
    """

    checkpoint: str
    status: Status
    reason: str
    citations: tuple[Citation, ...] = ()
    searched: tuple[str, ...] = ()
    rejected_quotes: tuple[str, ...] = ()
    figure: str | None = None
    disagreement: Disagreement | None = None
    contradiction: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """What to ask for: the wording wanted, the one that will do, and the line not to go below."""

    preferred: str
    acceptable: str
    walk_away: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One checkpoint of a finished review.

    ``nearest`` are the clauses that came closest to the topic where nothing was said of it: a place to look, not evidence.
    """

    checkpoint: str
    name: str
    status: Status
    severity: Severity
    reason: str
    suggestion: str
    wording: Wording
    citations: tuple[Citation, ...] = ()
    rejected_quotes: tuple[str, ...] = ()
    searched: tuple[str, ...] = ()
    nearest: tuple[Citation, ...] = ()
    figure: str | None = None
    disagreement: Disagreement | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaReview:
    """One of the risk areas of a finished review."""

    id: str
    name: str
    risk: Risk
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """Something the reader should know that is not a checkpoint."""

    kind: AlertKind
    message: str
    citations: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Engine:
    """What made a review, so that it can be repeated."""

    name: str
    version: str
    playbook_sha256: str
    prompts_sha256: str
    model: str | None = None
    embedder: str = ""
    weights_sha256: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Calls and tokens of a model; all zero for the rules engine. ``cost`` is ``None`` when no price is known.

    ``calls`` brought a reply, ``failed_calls`` did not after all retries; a reply from the cache is neither.
    """

    calls: int = 0
    failed_calls: int = 0
    input_tokens: int = 0
    output_tokens: int = 0
    cached_tokens: int = 0
    cost: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverallVerdict:
    """The whole contract in one sentence. ``decision`` is 可签, 改后再签 or 不建议签."""

    risk: Risk
    decision: str
    advice: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """A finished review: a function of document, playbook and engine (``timings_ms`` apart)."""

    document: Document
    clauses: tuple[Clause, ...]
    merchant: Party
    merchant_reason: str
    engine: Engine
    verdict: OverallVerdict
    areas: tuple[AreaReview, ...]
    alerts: tuple[Alert, ...] = ()
    usage: Usage = Usage()
    timings_ms: Mapping[str, int] = field(default_factory=dict)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings in playbook order."""
        return tuple(f for area in self.areas for f in area.findings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """What a person said of a finding.

    ``action`` is accept, reject or change; ``status`` is what a change puts in place of the engine's, ``None`` otherwise. ``at`` is an ISO
    8601 time.
    """

    action: str
    status: Status | None = None
    note: str = ""
    who: str = ""
    at: str = ""
