"""Word: paragraphs with their numbers, tables row by row, text boxes, notes; the text as it stands once all changes are accepted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

from pipeline.errors import DamagedFile
from pipeline.ingest.canon import Draft, assemble, row
from pipeline.ingest.numbering import Numbering, W
from pipeline.ingest.plain import ZERO_WIDTH
from pipeline.types import BlockKind, Document, HiddenText

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
_GONE = {f"{W}del", f"{W}moveFrom", f"{W}rPrChange", f"{W}pPrChange", f"{W}instrText", f"{W}delText"}
_LOOK_INSIDE = {
    f"{W}ins",
    f"{W}moveTo",
    f"{W}hyperlink",
    f"{W}smartTag",
    f"{W}fldSimple",
    f"{W}sdt",
    f"{W}sdtContent",
    f"{W}customXml",
    f"{W}dir",
    f"{W}bdo",
}
_TINY_HALF_POINTS = 4  # two points: smaller than any print that is meant to be read


def read_docx(name: str, data: bytes, sha256: str) -> Document:
    """A .docx; headers and footers are left out, footnotes and endnotes stand at the end.

    Raises:
        DamagedFile: the package opens but is not a readable document.
    """
    import docx

    try:
        opened = docx.Document(BytesIO(data))
    except (KeyError, ValueError, BadZipFile, SyntaxError, OSError) as error:
        raise DamagedFile(name, "Word 文档内部结构已损坏", "请用 Word 或 WPS 打开并另存一份 .docx 再试") from error
    reader = _Reader(opened)
    drafts = list(reader.body())
    return assemble(name, sha256, drafts, hidden=reader.hidden, tracked_changes=reader.changes)


@dataclass(slots=True)
class _Styles:
    """What paragraph styles bring along: list, outline level, hiddenness; through their bases."""

    numbers: dict[str, tuple[str | None, int | None]] = field(default_factory=dict)
    outline: dict[str, int] = field(default_factory=dict)
    base: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, root: Any) -> _Styles:
        self = cls()
        for style in root.iter(f"{W}style"):
            key = style.get(f"{W}styleId")
            if (based := style.find(f"{W}basedOn")) is not None:
                self.base[key] = based.get(f"{W}val")
            label = style.find(f"{W}name")
            called = (label.get(f"{W}val") or "").lower() if label is not None else ""
            if called.startswith("heading ") and called[8:].isdigit():
                self.outline[key] = int(called[8:])
            if (properties := style.find(f"{W}pPr")) is not None:
                self.numbers[key] = _num_pr(properties)
                level = properties.find(f"{W}outlineLvl")
                if level is not None and int(level.get(f"{W}val")) < 9:
                    self.outline[key] = int(level.get(f"{W}val")) + 1
        return self

    def chain(self, style: str | None) -> Iterator[str]:
        seen: set[str] = set()
        while style is not None and style not in seen:
            seen.add(style)
            yield style
            style = self.base.get(style)


def _num_pr(properties: Any) -> tuple[str | None, int | None]:
    node = properties.find(f"{W}numPr")
    if node is None:
        return None, None
    number, level = node.find(f"{W}numId"), node.find(f"{W}ilvl")
    return (
        None if number is None else number.get(f"{W}val"),
        None if level is None else int(level.get(f"{W}val")),
    )


class _Reader:
    """One pass over the body; counts lists and tables on the way."""

    def __init__(self, opened: Any) -> None:
        part = opened.part
        self._root = opened.element.body
        self._styles = _Styles.of(opened.styles.element)
        try:
            lists = part.numbering_part.element if _has(part, "numbering") else None
        except (KeyError, NotImplementedError):
            lists = None
        self._numbering = Numbering.of(lists)
        self._notes = {kind: _notes(part, kind) for kind in ("footnotes", "endnotes")}
        self._tables = 0
        self.hidden: list[HiddenText] = []
        self.changes = sum(1 for _ in opened.element.iter(f"{W}ins", f"{W}del", f"{W}moveFrom", f"{W}moveTo"))
        self._cited: list[tuple[str, str]] = []

    def body(self) -> Iterator[Draft]:
        yield from self._blocks(self._root)
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
            elif node.tag == f"{W}tbl":
                yield from self._table(node)
            elif node.tag in (f"{W}sdt", f"{W}ins", f"{W}moveTo", f"{W}customXml"):
                inner = node.find(f"{W}sdtContent") if node.tag == f"{W}sdt" else node
                if inner is not None:
                    yield from self._blocks(inner)

    def _paragraph(self, node: Any) -> Iterator[Draft]:
        properties = node.find(f"{W}pPr")
        style = None
        if properties is not None and (own := properties.find(f"{W}pStyle")) is not None:
            style = own.get(f"{W}val")
        text = self._text(node)
        number = self._number(properties, style) if text.strip() else ""
        level = self._level(properties, style)
        boxes = [self._box(box) for box in node.iter(f"{W}txbxContent") if not _in_fallback(box)]
        for at, line in enumerate(text.split("\n")):
            shown = line.strip(" \t")
            if not shown:
                continue
            if at == 0 and number:
                shown = f"{number} {shown}"
            kind = BlockKind.HEADING if level is not None and at == 0 and len(shown) <= 60 else BlockKind.PARAGRAPH
            yield Draft(
                text=shown,
                kind=kind,
                level=level if kind is BlockKind.HEADING else None,
                number=number if at == 0 and number else None,
            )
        for inner in boxes:
            yield from inner

    def _box(self, box: Any) -> list[Draft]:
        lines = (self._text(p).strip() for p in box.iter(f"{W}p"))
        return [Draft(text=line.replace("\n", " "), kind=BlockKind.TEXT_BOX) for line in lines if line]

    def _number(self, properties: Any, style: str | None) -> str:
        key, depth = _num_pr(properties) if properties is not None else (None, None)
        if key is None:
            for name in self._styles.chain(style):
                own, level = self._styles.numbers.get(name, (None, None))
                if own is not None:
                    key, depth = own, depth if depth is not None else level
                    linked = self._numbering.by_style.get(name)
                    if level is None and linked is not None:
                        depth = linked[1]
                    break
        if key is None or key == "0":
            return ""
        return self._numbering.next(key, depth or 0)

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
        rows = list(_rows(table))
        marked = {id(r) for r in rows if r.find(f"{W}trPr/{W}tblHeader") is not None}
        for index, node in enumerate(rows, 1):
            cells: list[str] = []
            column = 0
            for cell in _cells(node):
                properties = cell.find(f"{W}tcPr")
                width = _span(properties)
                merge = properties.find(f"{W}vMerge") if properties is not None else None
                text = self._cell(cell)
                if merge is not None and merge.get(f"{W}val") != "restart":
                    text = above.get(column, text)
                above[column] = text
                cells.append(text)
                column += width
                nested += cell.findall(f"{W}tbl")
            if any(c.strip() for c in cells):
                header = id(node) in marked or (
                    index == 1 and len(rows) > 1 and len(cells) > 1 and _names_columns(cells)
                )
                yield row(cells, table=number, index=index, header=header)
        for inner in nested:
            yield from self._table(inner)

    def _cell(self, cell: Any) -> str:
        parts: list[str] = []
        for node in cell.iter(f"{W}p"):
            if next(a for a in node.iterancestors(f"{W}tc")) is not cell:
                continue
            text = self._text(node)
            if text.strip():
                properties = node.find(f"{W}pPr")
                number = self._number(properties, _style(properties))
                parts.append(f"{number} {text}".strip() if number else text.strip())
        return " ".join(parts)

    def _text(self, node: Any) -> str:
        return "".join(self._runs(node))

    def _runs(self, node: Any) -> Iterator[str]:
        for child in node:
            if child.tag in _GONE:
                continue
            if child.tag == f"{W}r":
                yield self._run(child)
            elif child.tag in _LOOK_INSIDE:
                yield from self._runs(child)

    def _run(self, run: Any) -> str:
        text = "".join(self._pieces(run))
        reason = _why_hidden(run)
        if text.strip() and reason:
            self.hidden.append(HiddenText(text=text.strip(), where="正文", reason=reason))
            return ""
        if ZERO_WIDTH.search(text):
            if ZERO_WIDTH.sub("", text).strip() == "" or len("".join(ZERO_WIDTH.findall(text))) > 3:
                self.hidden.append(HiddenText(text=repr(text)[1:-1][:80], where="正文", reason="零宽字符"))
            text = ZERO_WIDTH.sub("", text)
        return text

    def _pieces(self, run: Any) -> Iterator[str]:
        for child in run:
            tag = child.tag
            if tag == f"{W}t":
                yield child.text or ""
            elif tag in (f"{W}tab", f"{W}ptab"):
                yield "\t"
            elif tag in (f"{W}br", f"{W}cr"):
                yield "\n"
            elif tag == f"{W}noBreakHyphen":
                yield "-"
            elif tag == f"{W}sym":
                yield _symbol(child)
            elif tag == f"{_W14}checkbox":
                yield "☑" if child.find(f"{_W14}checked") is not None else "☐"
            elif tag in (f"{W}footnoteReference", f"{W}endnoteReference"):
                kind = "footnotes" if tag == f"{W}footnoteReference" else "endnotes"
                self._cited.append((kind, child.get(f"{W}id")))


def _has(part: Any, word: str) -> bool:
    return any(r.reltype.endswith("/" + word) for r in part.rels.values())


def _notes(part: Any, kind: str) -> dict[str, Any]:
    from lxml import etree

    for relation in part.rels.values():
        if relation.reltype.endswith("/" + kind):
            root = etree.fromstring(relation.target_part.blob)
            return {n.get(f"{W}id"): n for n in root if n.get(f"{W}type") in (None, "normal")}
    return {}


def _rows(table: Any) -> Iterator[Any]:
    for node in table:
        if node.tag == f"{W}tr" and node.find(f"{W}trPr/{W}del") is None:
            yield node
        elif node.tag in (f"{W}sdt", f"{W}ins"):
            yield from _rows(node.find(f"{W}sdtContent") if node.tag == f"{W}sdt" else node)


def _cells(node: Any) -> Iterator[Any]:
    for child in node:
        if child.tag == f"{W}tc":
            yield child
        elif child.tag == f"{W}sdt":
            yield from _cells(child.find(f"{W}sdtContent"))


def _span(properties: Any) -> int:
    found = properties.find(f"{W}gridSpan") if properties is not None else None
    return int(found.get(f"{W}val")) if found is not None else 1


def _style(properties: Any) -> str | None:
    own = properties.find(f"{W}pStyle") if properties is not None else None
    return own.get(f"{W}val") if own is not None else None


def _names_columns(cells: list[str]) -> bool:
    """A first row of short words without figures or sentences names the columns."""
    filled = [c for c in cells if c.strip()]
    return len(filled) >= 2 and all(len(c) <= 16 and not any(s in c for s in "。；;≥≤") for c in filled)


def _in_fallback(node: Any) -> bool:
    return any(a.tag == f"{_MC}Fallback" for a in node.iterancestors())


def _symbol(node: Any) -> str:
    code = (node.get(f"{W}char") or "").upper()[-2:]
    if (node.get(f"{W}font") or "").lower().startswith("wingdings"):
        return {"FE": "☑", "FC": "√", "FD": "☒", "FB": "×", "A8": "□", "6F": "□", "A3": "□", "52": "☑", "53": "☒"}.get(
            code, "•"
        )
    return "•"


def _why_hidden(run: Any) -> str:
    properties = run.find(f"{W}rPr")
    if properties is None:
        return ""
    vanish = properties.find(f"{W}vanish")
    if vanish is not None and vanish.get(f"{W}val") not in ("0", "false"):
        return "隐藏文字"
    size = properties.find(f"{W}sz")
    if size is not None and (size.get(f"{W}val") or "99").isdigit() and int(size.get(f"{W}val")) <= _TINY_HALF_POINTS:
        return "字号小到看不见"
    colour = properties.find(f"{W}color")
    if colour is not None and _is_white(colour.get(f"{W}val")):
        shade = properties.find(f"{W}shd")
        highlight = properties.find(f"{W}highlight")
        if (
            highlight is None
            and (shade is None or (shade.get(f"{W}fill") or "auto") in ("auto", "FFFFFF"))
            and not _on_shade(run)
        ):
            return "白色文字"
    return ""


def _is_white(value: str | None) -> bool:
    if value is None or len(value) != 6:
        return False
    try:
        return all(int(value[i : i + 2], 16) >= 0xF5 for i in (0, 2, 4))
    except ValueError:
        return False


def _on_shade(run: Any) -> bool:
    """White print on a shaded cell or paragraph is meant to be read."""
    for above in run.iterancestors(f"{W}p", f"{W}tc"):
        for properties in above.findall(f"{W}pPr") + above.findall(f"{W}tcPr"):
            shade = properties.find(f"{W}shd")
            if shade is not None and (shade.get(f"{W}fill") or "auto").upper() not in ("AUTO", "FFFFFF"):
                return True
    return False
