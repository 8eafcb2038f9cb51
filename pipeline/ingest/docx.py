"""Word: paragraphs with their numbers, tables row by row, text boxes, notes; the text as it stands once all changes are accepted."""

from __future__ import annotations

import re
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from pipeline.errors import DamagedFile
from pipeline.ingest.canon import Draft, assemble, row
from pipeline.ingest.ink import why_hidden
from pipeline.ingest.numbering import Numbering, W
from pipeline.ingest.plain import ZERO_WIDTH
from pipeline.ingest.runs import GONE, LOOK_INSIDE, Fields, checkbox, equation, symbol, ticks
from pipeline.ingest.styles import Styles, num_pr, on, paragraph_style
from pipeline.types import BlockKind, Document, HiddenText

_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
_CHANGES = (f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo", f"{W}cellIns", f"{W}cellDel")
_CONTENTS_LINE = re.compile(r"\t\s*\d{1,4}$")


def read_docx(name: str, data: bytes, sha256: str) -> Document:
    """A .docx; headers and footers are left out, footnotes and endnotes stand at the end.

    Raises:
        DamagedFile: the package opens but is not a readable document.
    """
    import docx
    from docx.opc.exceptions import OpcError

    try:
        reader = _Reader(docx.Document(BytesIO(data)))
        drafts = list(reader.body())
    except (
        OpcError,
        BadZipFile,
        zlib.error,
        SyntaxError,
        OSError,
        LookupError,
        ValueError,
        TypeError,
        AttributeError,
        RecursionError,
    ) as error:
        raise DamagedFile(name, "Word 文档内部结构已损坏", "请用 Word 或 WPS 打开并另存一份 .docx 再试") from error
    return assemble(name, sha256, drafts, hidden=reader.hidden, tracked_changes=reader.changes)


class _Reader:
    """One pass over the body; counts lists and tables on the way."""

    def __init__(self, opened: Any) -> None:
        part = opened.part
        self._root = opened.element.body
        self._styles = Styles.of(opened.styles.element)
        try:
            lists = part.numbering_part.element if _has(part, "numbering") else None
        except (KeyError, NotImplementedError):
            lists = None
        self._numbering = Numbering.of(lists, self._styles.numbers)
        self._notes = {kind: _notes(part, kind) for kind in ("footnotes", "endnotes")}
        self._tables = 0
        self._kept_back = ""
        self._where = "正文"
        self.hidden: list[HiddenText] = []
        roots = [opened.element, *(note for notes in self._notes.values() for note in notes.values())]
        self.changes = sum(1 for root in roots for _ in root.iter(*_CHANGES))
        self._cited: list[tuple[str, str]] = []

    def body(self) -> Iterator[Draft]:
        yield from self._blocks(self._root)
        self._where = "脚注或尾注"
        for number, (kind, key) in enumerate(self._cited, 1):
            node = self._notes[kind].get(key)
            if node is not None:
                text = " ".join(t for t in (self._text(p) for p in node.iter(f"{W}p")) if t.strip()).strip()
                if text:
                    yield Draft(text=f"注{number}：{text}", kind=BlockKind.FOOTNOTE)

    def _blocks(self, parent: Any) -> Iterator[Draft]:
        for node in parent:
            if node.tag == f"{W}p":
                yield from self._paragraph(node)
            elif node.tag in (f"{W}sdt", f"{W}ins", f"{W}moveTo", f"{W}customXml"):
                inner = node.find(f"{W}sdtContent") if node.tag == f"{W}sdt" else node
                if inner is not None:
                    yield from self._blocks(inner)
            elif node.tag == f"{W}tbl":
                yield from self._rest()
                yield from self._table(node)
        yield from self._rest()

    def _rest(self) -> Iterator[Draft]:
        """The text of a paragraph whose mark was deleted, where no paragraph follows to take it in."""
        if text := self._kept_back.strip():
            yield Draft(text=text)
        self._kept_back = ""

    def _paragraph(self, node: Any) -> Iterator[Draft]:
        properties = node.find(f"{W}pPr")
        style = paragraph_style(node)
        text = self._kept_back + self._text(node)
        self._kept_back = ""
        boxes = [draft for box in _boxes(node) for draft in self._box(box)]
        if _mark_is_gone(properties):
            self._kept_back = text
        elif not (self._in_contents(node, style) and _CONTENTS_LINE.search(text)):
            number, gap = self._number(properties, style)
            level = self._level(properties, style)
            lines = [shown for line in text.split("\n") if (shown := line.strip(" \t"))]
            for at, line in enumerate(lines):
                shown = f"{number}{gap}{line}" if at == 0 and number else line
                kind = BlockKind.HEADING if level is not None and at == 0 and len(shown) <= 60 else BlockKind.PARAGRAPH
                yield Draft(
                    text=shown,
                    kind=kind,
                    level=level if kind is BlockKind.HEADING else None,
                    number=number if at == 0 and number else None,
                )
        yield from boxes

    def _in_contents(self, node: Any, style: str | None) -> bool:
        if any(name in self._styles.contents for name in self._styles.chain(style)):
            return True
        galleries = (a.find(f"{W}sdtPr/{W}docPartObj/{W}docPartGallery") for a in node.iterancestors(f"{W}sdt"))
        return any(g is not None and g.get(f"{W}val") == "Table of Contents" for g in galleries)

    def _box(self, box: Any) -> list[Draft]:
        before, self._kept_back = (self._where, self._kept_back), ""
        self._where = "文本框"
        found = [
            draft if draft.kind is BlockKind.TABLE_ROW else replace(draft, kind=BlockKind.TEXT_BOX, level=None)
            for draft in self._blocks(box)
        ]
        self._where, self._kept_back = before
        return found

    def _number(self, properties: Any, style: str | None) -> tuple[str, str]:
        """The automatic number of a paragraph and what stands between it and the text. Empty paragraphs count too, as in Word."""
        key, depth = num_pr(properties)
        if key is None:
            for name in self._styles.chain(style):
                own, level = self._styles.numbers.get(name, (None, None))
                if own is not None:
                    linked = self._numbering.linked(own, name)
                    key = own
                    depth = next((d for d in (depth, linked, level) if d is not None), None)
                    break
                depth = level if depth is None else depth
        if key is None or key == "0" or (properties is not None and on(properties.find(f"{W}rPr/{W}vanish"))):
            return "", ""
        return self._numbering.next(key, depth or 0), self._numbering.gap(key, depth or 0)

    def _level(self, properties: Any, style: str | None) -> int | None:
        if properties is not None and (own := properties.find(f"{W}outlineLvl")) is not None:
            value = int(own.get(f"{W}val"))
            return value + 1 if value < 9 else None
        return next((self._styles.outline[s] for s in self._styles.chain(style) if s in self._styles.outline), None)

    def _table(self, table: Any) -> Iterator[Draft]:
        self._tables += 1
        number = self._tables
        above: dict[int, str] = {}
        nested: list[Any] = []
        boxes: list[Draft] = []
        rows = list(_rows(table))
        for index, node in enumerate(rows, 1):
            cells: list[str] = []
            column = _skipped(node)
            apart = list(_cells(node))
            for cell in apart:
                properties = cell.find(f"{W}tcPr")
                width = _span(properties)
                merge = properties.find(f"{W}vMerge") if properties is not None else None
                text = self._cell(cell)
                if merge is not None and merge.get(f"{W}val") != "restart":
                    text = above.get(column, text)
                above[column] = text
                cells += [text, *[""] * (width - 1)]  # what follows stays under its own head
                column += width
                nested += cell.findall(f"{W}tbl")
                boxes += [d for p in _own_paragraphs(cell) for box in _boxes(p) for d in self._box(box)]
            if len(apart) == 1:
                del cells[1:]  # one cell across the table is a caption or a remark
            if any(c.strip() for c in cells):
                marked = bool(on(node.find(f"{W}trPr/{W}tblHeader")))
                header = marked or (index == 1 and len(rows) > 1 and len(cells) > 1 and _names_columns(cells))
                yield row(cells, table=number, index=index, header=header)
        yield from boxes
        for inner in nested:
            yield from self._table(inner)

    def _cell(self, cell: Any) -> str:
        parts: list[str] = []
        for node in _own_paragraphs(cell):
            properties = node.find(f"{W}pPr")
            text = self._kept_back + self._text(node)
            self._kept_back = text if _mark_is_gone(properties) else ""
            if self._kept_back:
                continue
            number, gap = self._number(properties, paragraph_style(node))
            if text.strip() or number.strip("-"):  # a column of automatic numbers has no other text
                parts.append(f"{number}{gap}{text.strip()}".strip())
        last, self._kept_back = self._kept_back.strip(), ""
        return " ".join([*parts, last] if last else parts)

    def _text(self, node: Any) -> str:
        return "".join(self._runs(node, Fields.of(node)))

    def _runs(self, node: Any, fields: Fields) -> Iterator[str]:
        for child in node:
            if child.tag in GONE:
                continue
            if child.tag == f"{W}r":
                yield self._run(child, fields)
            elif child.tag == f"{W}sdt" and (box := checkbox(child)):
                yield box
            elif child.tag in LOOK_INSIDE:
                yield from self._runs(child, fields)
            elif child.tag in (f"{_M}oMath", f"{_M}oMathPara"):
                yield equation(child)

    def _run(self, run: Any, fields: Fields) -> str:
        text = ticks("".join(self._pieces(run, fields)))
        reason = why_hidden(run, self._styles) if text.strip() else ""
        if reason:
            self.hidden.append(HiddenText(text=text.strip(), where=self._where, reason=reason))
            return ""
        if ZERO_WIDTH.search(text):
            if ZERO_WIDTH.sub("", text).strip() == "" or len("".join(ZERO_WIDTH.findall(text))) > 3:
                self.hidden.append(HiddenText(text=repr(text)[1:-1][:80], where=self._where, reason="零宽字符"))
            text = ZERO_WIDTH.sub("", text)
        return text

    def _pieces(self, run: Any, fields: Fields) -> Iterator[str]:
        for child in run:
            tag = child.tag
            if tag == f"{W}fldChar":
                yield fields.step(child)
            elif fields.in_code:
                continue
            elif tag == f"{W}t":
                yield child.text or ""
            elif tag in (f"{W}tab", f"{W}ptab"):
                yield "\t"
            elif tag in (f"{W}br", f"{W}cr"):
                yield "\n"
            elif tag == f"{W}noBreakHyphen":
                yield "-"
            elif tag == f"{W}sym":
                yield symbol(child)
            elif tag == f"{W}ruby" and (base := child.find(f"{W}rubyBase")) is not None:
                yield from self._runs(base, fields)
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                kind = "footnotes" if tag == f"{W}footnoteReference" else "endnotes"
                self._cited.append((kind, child.get(f"{W}id")))


def _has(part: Any, word: str) -> bool:
    return any(r.reltype.endswith("/" + word) for r in part.rels.values())


def _notes(part: Any, kind: str) -> dict[str, Any]:
    from docx.oxml import parse_xml

    for relation in part.rels.values():
        if relation.reltype.endswith("/" + kind):
            root = parse_xml(relation.target_part.blob)
            return {n.get(f"{W}id"): n for n in root if n.get(f"{W}type") in (None, "normal")}
    return {}


def _boxes(paragraph: Any) -> Iterator[Any]:
    """Text boxes anchored in a paragraph: the drawn one of two renderings, none that was deleted or stands inside another."""
    for box in paragraph.iter(f"{W}txbxContent"):
        between = []
        for above in box.iterancestors():
            if above is paragraph:
                break
            between.append(above.tag)
        if not any(tag in GONE or tag in (f"{_MC}Fallback", f"{W}txbxContent") for tag in between):
            yield box


def _mark_is_gone(properties: Any) -> bool:
    """True when the paragraph's end was deleted, so that the next paragraph goes on where it stops."""
    return properties is not None and (
        properties.find(f"{W}rPr/{W}del") is not None or properties.find(f"{W}rPr/{W}moveFrom") is not None
    )


def _rows(table: Any) -> Iterator[Any]:
    for node in table:
        if node.tag == f"{W}tr" and node.find(f"{W}trPr/{W}del") is None:
            yield node
        elif node.tag in (f"{W}sdt", f"{W}ins", f"{W}customXml"):
            inner = node.find(f"{W}sdtContent") if node.tag == f"{W}sdt" else node
            if inner is not None:
                yield from _rows(inner)


def _cells(node: Any) -> Iterator[Any]:
    for child in node:
        if child.tag == f"{W}tc" and child.find(f"{W}tcPr/{W}cellDel") is None:
            yield child
        elif child.tag in (f"{W}sdt", f"{W}customXml"):
            inner = child.find(f"{W}sdtContent") if child.tag == f"{W}sdt" else child
            if inner is not None:
                yield from _cells(inner)


def _own_paragraphs(cell: Any) -> Iterator[Any]:
    """Paragraphs of a cell, without those of tables and text boxes inside it."""
    for node in cell.iter(f"{W}p"):
        if next(a for a in node.iterancestors(f"{W}tc", f"{W}txbxContent")) is cell:
            yield node


def _skipped(node: Any) -> int:
    before = node.find(f"{W}trPr/{W}gridBefore")
    return int(before.get(f"{W}val")) if before is not None else 0


def _span(properties: Any) -> int:
    found = properties.find(f"{W}gridSpan") if properties is not None else None
    return max(1, int(found.get(f"{W}val"))) if found is not None else 1


def _names_columns(cells: list[str]) -> bool:
    """A first row of short words without figures or sentences names the columns."""
    filled = [c for c in cells if c.strip()]
    return len(filled) >= 2 and all(len(c) <= 16 and not any(s in c for s in "。；;≥≤") for c in filled)
