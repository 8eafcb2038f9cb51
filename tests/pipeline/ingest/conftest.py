"""Files made in the test, and the promise every document keeps."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from pipeline.ingest import ingest
from pipeline.settings import settings
from pipeline.types import BlockKind, Document

NAMESPACES = (
    'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main" '
    'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml" '
    'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math" '
    'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
    'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
    'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main" '
    'xmlns:v="urn:schemas-microsoft-com:vml" '
    'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
)


def check(document: Document) -> Document:
    """The promises of ``types.py`` about blocks, cells and pages."""
    text, at = document.text, 0
    for block in document.blocks:
        assert at <= block.start < block.end <= len(text)
        at = block.end
        shown = document.slice(block)
        assert shown.strip()
        assert "\n" not in shown
        assert block.number is None or shown.startswith(block.number)
        inside = block.start
        for cell in block.cells:
            assert inside <= cell.start <= cell.end <= block.end
            assert " | " not in document.slice(cell)
            inside = cell.end
        if block.kind is BlockKind.TABLE_ROW:
            assert block.table is not None
            assert block.row is not None
            assert " | ".join(document.slice(c) for c in block.cells) == shown
    assert "\n".join(document.slice(b) for b in document.blocks) == text
    assert document.pages[0].start == 0
    assert document.pages[-1].end == len(text)
    for one, following in zip(document.pages, document.pages[1:], strict=False):
        assert one.end == following.start
        assert one.number + 1 == following.number
    check_lines(document)
    return document


def check_lines(document: Document) -> None:
    """The promises about where text stands."""
    at, page = 0, 0
    parts = [part for block in document.blocks for part in block.cells or (block,)]
    for line in document.lines:
        assert at <= line.start < line.end
        at = line.end
        shown = document.slice(line)
        assert shown == shown.strip()
        assert any(part.contains(line) for part in parts)
        assert page <= line.page
        page = line.page
        assert line.page - document.page_of(line.start) >= 0  # behind it where a paragraph runs over a page
        assert 0 <= line.left <= line.right <= 1
        assert 0 <= line.top <= line.bottom <= 1


def read(path: Path) -> Document:
    return check(ingest(path))


def lines(document: Document) -> list[str]:
    return document.text.split("\n")


class Word:
    """A Word document: what python-docx can make, and XML for what it cannot."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.docx: Any = docx.Document()

    def xml(self, *pieces: str) -> Word:
        """Block-level XML at the end of the body."""
        body = self.docx.element.body
        for piece in pieces:
            for node in parse_xml(f"<w:body {NAMESPACES}>{piece}</w:body>"):
                body.insert(len(body) - 1, node)
        return self

    def p(self, *runs: str, ppr: str = "") -> Word:
        """A paragraph of plain strings and of run-level XML."""
        inner = "".join(r if r.startswith("<") else f'<w:r><w:t xml:space="preserve">{r}</w:t></w:r>' for r in runs)
        return self.xml(f"<w:p><w:pPr>{ppr}</w:pPr>{inner}</w:p>")

    def item(self, text: str, level: int = 0, num: int = 77) -> Word:
        """A paragraph of an automatic list."""
        return self.p(text, ppr=f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{num}"/></w:numPr>')

    def numbering(self, levels: str, nums: str = '<w:num w:numId="77"><w:abstractNumId w:val="77"/></w:num>') -> Word:
        """Put abstract list 77 with ``levels`` and the lists ``nums`` into the numbering part."""
        root = self.docx.part.numbering_part.element
        first = root.find("{*}num")
        for node in parse_xml(
            f'<w:numbering {NAMESPACES}><w:abstractNum w:abstractNumId="77">{levels}</w:abstractNum></w:numbering>'
        ):
            first.addprevious(node)
        for node in parse_xml(f"<w:numbering {NAMESPACES}>{nums}</w:numbering>"):
            root.append(node)
        return self

    def style(self, xml: str) -> Word:
        """Add styles."""
        for node in parse_xml(f"<w:styles {nsdecls('w')}>{xml}</w:styles>"):
            self.docx.styles.element.append(node)
        return self

    def save(self) -> Path:
        self.docx.save(self.path)
        return self.path

    def read(self) -> Document:
        return read(self.save())

    def lines(self) -> list[str]:
        return lines(self.read())


def level(at: int, fmt: str, text: str, *, start: int = 1, suff: str = "", more: str = "") -> str:
    """One level of an automatic list."""
    gap = f'<w:suff w:val="{suff}"/>' if suff else ""
    return f'<w:lvl w:ilvl="{at}"><w:start w:val="{start}"/><w:numFmt w:val="{fmt}"/>{more}{gap}<w:lvlText w:val="{text}"/></w:lvl>'


def run(text: str, rpr: str = "") -> str:
    """A run with properties."""
    return f'<w:r><w:rPr>{rpr}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def rezip(path: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Edit the parts of a package in place."""
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    change(parts)
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    path.write_bytes(out.getvalue())
    return path


def part(parts: dict[str, bytes], name: str, pattern: str, to: str) -> None:
    """Replace once in a part; the pattern must be there."""
    text, count = re.subn(pattern, lambda _: to, parts[name].decode(), count=1)
    assert count == 1
    parts[name] = text.encode()


@pytest.fixture
def word(tmp_path: Path) -> Word:
    return Word(tmp_path / "合同.docx")


@pytest.fixture
def limits(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Set ``SHENYUE_*`` for one test."""

    def change(**values: object) -> None:
        for name, value in values.items():
            monkeypatch.setenv(f"SHENYUE_{name.upper()}", str(value))
        settings.cache_clear()

    yield change
    monkeypatch.undo()
    settings.cache_clear()
