"""Document -> clause tree."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.segment.labels import Draft, label_all, short_title
from pipeline.segment.lines import Line, read_lines
from pipeline.segment.marks import STRONG, WEAK, Mark, Style
from pipeline.segment.place import Ahead, Frame, History, place, same_list
from pipeline.segment.zones import AnnexStart, annex_starts, closing_title, contents_lines, signs, terms_titles
from pipeline.types import Clause, ClauseKind, Document, Span

_LOOSE_SHARE = 0.4  # share of the body outside its lists from which the lists are not the contract's numbering


def segment(document: Document) -> tuple[Clause, ...]:
    """The clauses of ``document`` in order; empty for an empty text.

    Their own spans tile the text. Numbers that the sequence does not bear out (references, dates, figures,
    decimals, list items inside a sentence) start no clause. A text without numbering becomes one clause a
    paragraph.
    """
    if not document.text:
        return ()
    lines = read_lines(document)
    contents = contents_lines(lines)
    annexes = annex_starts(lines, contents)
    drafts = _Walk(document, lines, contents, annexes, loose=False).run()
    if _is_loose(drafts, len(document.text)):
        drafts = _Walk(document, lines, contents, annexes, loose=True).run()
    return _finish(document, drafts)


def _is_loose(drafts: Sequence[Draft], length: int) -> bool:
    """True when the numbers are only lists in running text, so that paragraphs must stand for themselves."""
    body_end = next((d.start for d in drafts if d.kind is ClauseKind.ANNEX), length)
    body = [d for d in drafts if d.start < body_end]
    numbered = [d for d in body if d.style is not None]
    if not numbered:
        return True
    if any(d.style in STRONG for d in numbered):
        return False
    ends = [d.start for d in body[1:]] + [body_end]
    longest = max(end - d.start for d, end in zip(body, ends, strict=True) if d.style or d.kind is ClauseKind.PREAMBLE)
    top = {d.value for d in numbered if d.parent is None}
    return longest > _LOOSE_SHARE * body_end and (len(top) < 3 or longest > 1200)


@dataclass(frozen=True, slots=True)
class _Table:
    """The table being read: its number in the file and in its part, and its header cells."""

    block: int | None
    number: int
    columns: tuple[str, ...]


class _Walk:
    """One pass over the lines; holds the open clauses and the drafts made so far."""

    def __init__(
        self,
        document: Document,
        lines: Sequence[Line],
        contents: frozenset[int],
        annexes: dict[int, AnnexStart],
        *,
        loose: bool,
    ) -> None:
        self.document, self.lines, self.contents, self.annexes, self.loose = document, lines, contents, annexes, loose
        self.ahead = Ahead(lines, contents)
        self.terms = terms_titles(lines, contents)
        self.stack: list[Frame] = []
        self.history: History = {}
        self.drafts: list[Draft] = []
        self.annex: int | None = None
        self.table: _Table | None = None
        self.tables = self.row = 0
        self.numbered = False
        self.title_open = False
        edges = [*sorted(annexes), len(lines)]
        self.part_end = [0] * len(lines)
        k = 0
        for i in range(len(lines)):
            while edges[k] <= i:
                k += 1
            self.part_end[i] = edges[k]

    def run(self) -> list[Draft]:
        for i, line in enumerate(self.lines):
            if i in self.annexes:
                self._open_annex(line, self.annexes[i])
                continue
            if not line.row:
                self.table = None
            if self._signature(i, line):
                continue
            if line.row:
                self._row(line)
            elif line.note:
                self._add(line, ClauseKind.PARAGRAPH, parent=self._top(), note=True)
            elif i in self.contents or not (self._mark(i, line) or self._heading(i, line)):
                self._text(i, line)
        return self.drafts

    # each of these takes the line or leaves it

    def _open_annex(self, line: Line, annex: AnnexStart) -> None:
        self.stack, self.history = [], {}
        self.annex = None
        self.annex = self._add(line, ClauseKind.ANNEX, number=annex.name, title=annex.title)
        self.tables, self.table, self.title_open = 0, None, not annex.title
        self.numbered = True

    def _signature(self, i: int, line: Line) -> bool:
        open_ = bool(self.drafts) and self.drafts[-1].kind is ClauseKind.SIGNATURE
        started = self.numbered or (self.loose and i > len(self.lines) * 0.6)
        if not open_ and started and signs(self.lines, i, self.part_end[i]):
            self._add(line, ClauseKind.SIGNATURE)
            return True
        return open_ and line.row and line.block is not None and not line.block.header and (line.block.row or 0) > 1

    def _row(self, line: Line) -> None:
        block = line.block
        assert block is not None
        if self.table is None or self.table.block != block.table:
            self.tables += 1
            self.table, self.row = _Table(block.table, self.tables, ()), 0
        self.row = block.row or self.row + 1
        columns = self.table.columns
        if block.header:
            cells = tuple(" ".join(self.document.slice(c).split()) for c in block.cells)
            self.table, columns = _Table(block.table, self.table.number, cells), ()
        self._add(
            line, ClauseKind.TABLE_ROW, parent=self._top(), columns=columns, cells=block.cells,
            table=self.table.number, row=self.row,
        )  # fmt: skip

    def _mark(self, i: int, line: Line) -> bool:
        for mark in line.marks:
            keep = place(self.stack, mark, line, i, self.part_end[i], self.ahead, self.history)
            if keep is None:
                continue
            if not self.numbered and mark.style in WEAK and mark.style is Style.BULLET:
                continue
            if self.loose and not keep:
                keep = self._loose_parent(mark)
            self._number(line, mark, keep)
            return True
        return False

    def _loose_parent(self, mark: Mark) -> int:
        """In running text a list belongs to the paragraph that announces it."""
        last = self.drafts[-1] if self.drafts else None
        if last and last.kind is ClauseKind.PARAGRAPH and mark.value[-1] == 1 and last.parent is None:
            text = self.document.text[last.start :].split("\n", 1)[0].rstrip()
            if text.endswith(("：", ":")):
                self.stack = [Frame(draft=len(self.drafts) - 1, style=Style.HEADING, value=(0,))]
                return 1
        return 0

    def _number(self, line: Line, mark: Mark, keep: int) -> None:
        replaced = self.stack[keep] if keep < len(self.stack) else None
        styles = {mark.style} | (replaced.styles if replaced and mark.style in same_list(replaced.style) else set())
        self.stack = self.stack[:keep]
        self.history[mark.style] = (mark.value, self.stack[-1].style if self.stack else None)
        title = short_title(self.document.text[line.start + mark.length : line.end])
        written = self.document.text[line.start : line.start + mark.length]
        number = _as_written(written, mark)
        draft = self._add(line, ClauseKind.CLAUSE, parent=self._top(), number=number, title=title, style=mark.style)
        self.drafts[draft] = replace(self.drafts[draft], value=mark.value)
        self.stack.append(Frame(draft=draft, style=mark.style, value=mark.value, styles=styles, outline=line.outline))
        self.numbered = True

    def _heading(self, i: int, line: Line) -> bool:
        text = line.folded.strip()
        outline = 0 if i in self.terms else line.outline
        if i in self.terms:
            self.history = {}
        if outline is None:
            behind = bool(self.drafts) and self.drafts[-1].kind is ClauseKind.SIGNATURE
            if behind and line.first and closing_title(text):
                self._open_annex(line, AnnexStart(name=text.strip(" 《》【】"), title=""))
                self.title_open = False
                return True
            return False
        if not self.drafts and (i == 0 or closing_title(text) or text.endswith("Agreement")):
            return False  # the name of the contract
        while self.stack and (self.stack[-1].outline is None or self.stack[-1].outline >= outline):
            self.stack.pop()
        title = self.document.text[line.start : line.end].strip()
        draft = self._add(line, ClauseKind.HEADING, parent=self._top(), title=title)
        self.stack.append(Frame(draft=draft, style=Style.HEADING, value=(0,), styles=set(), outline=outline))
        self.numbered = True
        return True

    def _text(self, i: int, line: Line) -> None:
        last = self.drafts[-1] if self.drafts else None
        if last and last.kind is ClauseKind.ANNEX and self.title_open and not last.title and _titles(line):
            self.drafts[-1] = replace(last, title=line.folded.strip())
            return
        self.title_open = False
        if last and last.kind is ClauseKind.SIGNATURE:
            return
        if self.loose and self._short_title(i, line):
            title = self.document.text[line.start : line.end].strip()
            self.stack = []
            draft = self._add(line, ClauseKind.HEADING, parent=self.annex, title=title)
            self.stack.append(Frame(draft=draft, style=Style.HEADING, value=(0,), styles=set(), outline=1))
            return
        if self.loose and line.first and not self._in_annex_list():
            self.stack = [f for f in self.stack if f.outline is not None]
            self._add(line, ClauseKind.PARAGRAPH, parent=self._top())
        elif not self.numbered:
            if not last or last.kind is not ClauseKind.PREAMBLE:
                self._add(line, ClauseKind.PREAMBLE)
        elif self._alone():
            if line.first or last is None or last.kind is not ClauseKind.PARAGRAPH:
                self._add(line, ClauseKind.PARAGRAPH, parent=self._top())
        elif last and (last.kind is ClauseKind.TABLE_ROW or last.note):
            self._add(line, ClauseKind.PARAGRAPH, parent=self._top(), after_table=self.tables)

    def _short_title(self, i: int, line: Line) -> bool:
        """In a text without numbers: a few words alone on a line, above a paragraph that is longer."""
        text = line.folded.strip()
        below = self.lines[i + 1] if i + 1 < len(self.lines) else None
        if i < 2 or not line.first or below is None or not below.first or len(text) > 14 or len(text) < 2:
            return False
        return re.search(r"[。;,:!?.|]|\d{3}", text) is None and (
            below.row or len(below.folded.strip()) > max(16, len(text))
        )

    def _in_annex_list(self) -> bool:
        return self.annex is not None and bool(self.stack)

    def _alone(self) -> bool:
        """True where a paragraph has no numbered clause to belong to."""
        return not self.stack or self.stack[-1].style is Style.HEADING

    def _top(self) -> int | None:
        return self.stack[-1].draft if self.stack else self.annex

    def _add(
        self, line: Line, kind: ClauseKind, *, parent: int | None = None, number: str = "", title: str = "",
        style: Style | None = None, columns: tuple[str, ...] = (), cells: tuple[Span, ...] = (), table: int = 0,
        row: int = 0, after_table: int = 0, note: bool = False,
    ) -> int:  # fmt: skip
        if kind is ClauseKind.SIGNATURE:
            parent = self.annex
        self.drafts.append(
            Draft(
                start=line.start,
                kind=kind,
                parent=parent,
                number=number,
                title=title,
                style=style,
                columns=columns,
                cells=cells,
                table=table,
                row=row,
                after_table=after_table,
                note=note,
                annex=self.annex,
            )
        )
        return len(self.drafts) - 1


def _as_written(written: str, mark: Mark) -> str:
    """The number in the characters of the text: "（二）" stays full-width, "1、" loses its comma."""
    number = written.strip(" \t\u3000\xa0[【《]】》")
    if mark.number[-1:] in ")]" and mark.style is not Style.DECIMAL:
        return number.rstrip("、.．:： \u3000")
    return number.rstrip("、.．:：，,) ）\u3000")


def _titles(line: Line) -> bool:
    text = line.folded.strip()
    return len(text) <= 30 and not line.marks and text[-1:] not in "。;:,.、"


def _annex_name(drafts: Sequence[Draft], draft: Draft) -> str:
    """The annex a clause stands in; an annex's own title stands in it."""
    if draft.kind is ClauseKind.ANNEX:
        return draft.number
    return "" if draft.annex is None else drafts[draft.annex].number


def _finish(document: Document, drafts: Sequence[Draft]) -> tuple[Clause, ...]:
    if not drafts:  # nothing but white space
        drafts = [Draft(start=0, kind=ClauseKind.PARAGRAPH)]
    starts = [0, *(d.start for d in drafts[1:]), len(document.text)]
    parents = {d.parent for d in drafts}
    labels, levels = label_all(drafts), [0] * len(drafts)
    clauses = []
    for i, draft in enumerate(drafts):
        levels[i] = 1 if draft.parent is None else levels[draft.parent] + 1
        kind = draft.kind
        own = document.text[starts[i] : starts[i + 1]].strip()
        one_line = "\n" not in own and own[-1:] not in "。；;：:"
        if kind is ClauseKind.CLAUSE and i in parents and draft.title and one_line:
            kind = ClauseKind.HEADING
        clauses.append(
            Clause(
                start=starts[i],
                end=starts[i + 1],
                id=i,
                label=labels[i],
                kind=kind,
                level=levels[i],
                parent=draft.parent,
                number=draft.number,
                title=draft.title,
                annex=_annex_name(drafts, draft),
                columns=draft.columns,
                cells=draft.cells,
            )
        )
    return tuple(clauses)
