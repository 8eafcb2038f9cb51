"""Lines of a page to paragraphs: running titles left out, lines broken by the layout rejoined, clauses kept apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from statistics import median

from pipeline.ingest.canon import Draft, Place, row

_EDGE = 4  # lines at the top and at the bottom of a page where running titles stand
_MARGIN = 0.1  # share of the page at its top and at its foot where they stand, in whatever order the lines come
_LEVEL = 0.02  # share of the page within which two lines stand at one height
_ALIKE = 0.85  # likeness from which two readings at one height are of one line
_NARROWEST = 30  # columns: where no line is wider, none ran into the margin
_FULL = 0.86  # share of the usual line width from which a line ran into the margin

_PAGE_NUMBER = re.compile(
    r"[-—–·•\s|]*(?:第?\s*\d{1,4}\s*页?|第\s*[一二三四五六七八九十百]+\s*页|page\s*\d+)\s*(?:[/,，、;|]?\s*(?:共|of|/)\s*\d{1,4}\s*页?)?[-—–·•\s|]*",
    re.I,
)
_START = re.compile(
    r"(?:第\s*[\d一二三四五六七八九十百零〇]+\s*[章节编篇条條](?!\s*(?:所|的|约定|規定|规定|之|中|款|项|、|和|及|至|或|第))"
    r"|[一二三四五六七八九十]{1,3}\s*[、.．]|[（(]\s*[一二三四五六七八九十\d]{1,3}\s*[）)]|\d{1,2}\s*[、．](?!\d)|\d{1,2}\.(?!\d)\s*\S|\d{1,2}(?:\.\d{1,2}){1,3}(?![\d%‰])\s*(?=[\u4e00-\u9fff（“《A-Z\s])(?!\s*(?:倍|元|万|秒|分|小时|天|日|个|%))"
    r"|\d{1,2}\s*[)）]|[①-⑳]|[a-zA-Z][.)）]\s|[-–•●○■□☐☑]\s*\S|附件\s*[一二三四五六七八九十\d]|附录\s*[A-Z一二三四五六七八九十\d]|补充协议|(?:Article|ARTICLE|Section|SECTION|Schedule|SCHEDULE|Annex|ANNEX|Clause)\s+[\dA-ZIVX]"
    r"|(?:甲|乙|丙)\s*方\s*[（(：:])"
)
# What a line of a sentence cannot end with, and what it can end with when the next line completes the reference.
_UNENDING = re.compile(r"(?:第|[按依和与及或至]|(?<!意)见|[按依参比]照|[依根]据|(?:本|该|前|上述|前述)[条款项])$")
_POINTS = re.compile(r"(?:条款|附[件表录]|[本该][条款项章])$")
_N = r"[一二三四五六七八九十百\d]{1,4}"
_POINTED_AT = re.compile(
    rf"(?:第?\s*{_N}\s*[章条條款项目]|[（(]\s*{_N}\s*[）)]|{_N}、(?=\s*[（(第])|\d{{1,2}}(?:\.\d{{1,2}})+|{_N}(?=[的所中之和与及或约规]|、附))\s*"
    rf"(?:[（(]\s*{_N}\s*[）)]\s*)*(?:[款项目，。；）)和与及或至之的所中]|、(?=[附第（(])|约定|规定|执行|为准|办理|载明|列明)"
)
_FIELD = re.compile(r"[一-龥]{2,8}[：:]\s*\S{0,30}$")
_STRONG_START = re.compile(
    r"第\s*[\d一二三四五六七八九十百]+\s*[章条條]\s|\d{1,2}\.\d{1,2}\s|[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,2}、|附件[一二三四五六七八九十\d]"
)
_TWO_SIGNS = 0.04  # share of the page's width that two signs take
_JUSTIFIED = 4  # lines of a page that end at one place, from which it is the margin
_SPANS = 0.6  # share of the page's width from which a line goes from margin to margin
_INDENT = 0.012  # share of the page's width from which a line is set in
_TO_THE_MARGIN = 0.97  # share of the usual line width from which a line is as wide as lines are
_ENDS = "。；;！!？?：:…"
_CLOSERS = "”’」』）)】》"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line; ``cells`` makes it a table row.

    ``height`` is the share of the page above it and ``left`` that to its left, ``None`` where it is not known; ``full`` is true where it
    is seen to run into the margin, however few its signs are. ``places`` are those of the text, or of each cell, empty where not known.
    """

    text: str
    cells: tuple[str, ...] = ()
    height: float | None = None
    left: float | None = None
    full: bool = False
    places: tuple[tuple[Place, ...], ...] = ()


def width(text: str) -> int:
    """Columns a line takes: a Chinese sign is two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


class _Advances(dict[str, float]):
    def __missing__(self, sign: str) -> float:
        found = 2.0 if unicodedata.east_asian_width(sign) in "WFA" else 1.35 if sign.isupper() else 1.1
        self[sign] = found
        return found


_ADVANCES = _Advances(
    {
        **dict.fromkeys("iljI.,;:!|' ", 0.6),
        **dict.fromkeys("ftr()[]-", 0.75),
        **dict.fromkeys("mwMW@%", 1.75),
    }
)


def advance(text: str) -> float:
    """About how far a text runs, in the columns of ``width``, with letters as wide as they mostly are in print."""
    return sum(advances(text))


def advances(text: str) -> list[float]:
    """``advance`` of each character."""
    return [_ADVANCES[c] for c in text]


@dataclass(frozen=True, slots=True, kw_only=True)
class Printed:
    """Text on one base line: ``height`` is the share of the page above it, ``left`` and ``right`` where its first and last sign begin."""

    text: str
    height: float
    left: float
    right: float


def at_places(lines: Sequence[Line], printed: Sequence[Printed]) -> list[Line]:
    """The lines with the places at which they are printed, top first; one that alone fills the page from margin to margin is full."""
    unused = list(printed)
    parted: set[int] = set()
    rights = sorted(p.right for p in printed if len(p.text) > 1)
    margin = rights[int(len(rights) * 0.9)] if rights else 1.0
    justified = sum(right > margin - _TWO_SIGNS for right in rights) >= _JUSTIFIED
    found = []
    for line in lines:
        solid = "".join(line.text.split())
        at = next((i for i, p in enumerate(unused) if p.text == solid), None)
        part = at is None and len(solid) > 3
        if part:
            at = next((i for i, p in enumerate(unused) if solid in p.text), None)
        if at is None or line.cells:
            found.append(line)
            continue
        p = unused[at]
        unused[at] = replace(p, text=p.text.replace(solid, "", 1))  # the same words further down are another line
        if part or at in parted:
            parted.add(at)
            found.append(replace(line, height=p.height))
        else:
            full = justified and p.right > margin - _TWO_SIGNS and p.right - p.left > _SPANS
            found.append(replace(line, height=p.height, left=p.left, full=full))
    return found


def without_running_titles(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Pages without headers, footers and page numbers.

    A line is a running title when it stands among the first or last lines, or in the margin, of at least half of the pages (and of two),
    the same but for figures that count the pages. Readings that differ by a sign or two at one height are one line. On the first page a
    running title stays where it stands at a height of its own: there it is part of the cover.
    """
    seen: dict[str, dict[int, list[Line]]] = {}
    for page, lines in enumerate(pages):
        for at, line in enumerate(lines):
            if not line.cells and line.text.strip() and _at_edge(lines, at):
                seen.setdefault(_shape(line.text), {}).setdefault(page, []).append(line)
    least = max(2, (len(pages) + 1) // 2)
    titles: dict[str, list[float]] = {}
    counters: dict[str, int] = {}
    groups = _same_line(seen) if len(pages) > 2 else [[shape] for shape in seen]
    for shapes in groups if len(pages) > 1 else []:
        on_pages = {page for shape in shapes for page in seen[shape]}
        offsets = [_counts_pages(seen[shape]) for shape in shapes]
        if len(on_pages) < least or None in offsets:
            continue
        heights = [
            line.height
            for shape in shapes
            for page, lines in seen[shape].items()
            for line in lines
            if page and line.height is not None
        ]
        for shape, offset in zip(shapes, offsets, strict=True):
            if offset and shape[-1] in "。;":
                continue  # a clause whose number happens to grow with the pages
            titles[shape] = heights
            if offset and _PAGE_NUMBER.fullmatch(shape.replace("#", "1")):
                counters[shape] = offset[0]
    return [_without(page, lines, titles, counters) for page, lines in enumerate(pages)]


def _at_edge(lines: Sequence[Line], at: int) -> bool:
    height = lines[at].height
    return at < _EDGE or at >= len(lines) - _EDGE or (height is not None and not _MARGIN < height < 1 - _MARGIN)


def _same_line(seen: dict[str, dict[int, list[Line]]]) -> list[list[str]]:
    """Shapes that are readings of one line: alike, at one height, on different pages."""
    groups: list[list[str]] = []
    for shape in sorted(seen, key=lambda s: -len(seen[s])):
        group = next((g for g in groups if _alike(shape, g[0], seen)), None)
        if group is None:
            groups.append([shape])
        else:
            group.append(shape)
    return groups


def _alike(shape: str, other: str, seen: dict[str, dict[int, list[Line]]]) -> bool:
    if min(len(shape), len(other)) < 6 or seen[shape].keys() & seen[other].keys():
        return False
    heights = [[line.height for lines in seen[s].values() for line in lines] for s in (shape, other)]
    level = [[h for h in known if h is not None] for known in heights]
    if not all(level) or abs(median(level[0]) - median(level[1])) > _LEVEL:
        return False
    return SequenceMatcher(None, shape, other, autojunk=False).ratio() >= _ALIKE


def _counts_pages(found: dict[int, list[Line]]) -> list[int] | None:
    """For each figure of a line that grows with the pages, by how much it is more than the page's index; ``None`` when one does neither that nor stay the same."""
    figures = {page: _figures(lines[0].text) for page, lines in found.items()}
    offsets = []
    for column in zip(*figures.values(), strict=True):
        ahead = {figure - page for page, figure in zip(figures, column, strict=True)}
        if len(ahead) == 1:
            offsets.append(ahead.pop())
        elif len(set(column)) > 1:
            return None
    return offsets


def _figures(text: str) -> list[int]:
    return [int(n) for n in re.findall(r"\d+", text)]


def _without(page: int, lines: Sequence[Line], titles: dict[str, list[float]], counters: dict[str, int]) -> list[Line]:
    kept = []
    for at, line in enumerate(lines):
        shape = _shape(line.text)
        if line.cells or not line.text.strip():
            kept.append(line)
        elif _counts(shape, line, page, counters) and (shape != "#" or _at_edge(lines, at)):
            continue  # wherever it stands among the lines: a table is read in an order of its own
        elif shape == "#" and _EDGE <= at < len(lines) - _EDGE:
            kept.append(line)  # in the margin, but no counter: a cell of a table
        elif not _at_edge(lines, at) or not _runs(line.text, titles) or _on_cover(page, line, titles.get(shape, [])):
            kept.append(line)
    return kept


def _counts(shape: str, line: Line, page: int, counters: dict[str, int]) -> bool:
    return shape in counters and page + counters[shape] in _figures(line.text)


def _on_cover(page: int, line: Line, heights: Sequence[float]) -> bool:
    """True for a running title that on the first page stands elsewhere than on the others."""
    height = line.height
    return page == 0 and height is not None and bool(heights) and all(abs(height - h) > _LEVEL for h in heights)


def _runs(text: str, titles: Iterable[str]) -> bool:
    """True for a page number, a running title, or several of them printed on one line."""
    shape = rest = _shape(text)
    if shape in titles or _PAGE_NUMBER.fullmatch(text):
        return True
    for title in sorted(titles, key=len, reverse=True):
        if len(title) > 3:
            rest = rest.replace(title, "")
    return len(rest) < len(shape) and (not rest or _PAGE_NUMBER.fullmatch(rest.replace("#", "1")) is not None)


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", unicodedata.normalize("NFKC", text)))


def drafts(pages: Sequence[tuple[int, Sequence[Line]]]) -> Iterator[Draft]:
    """Paragraphs and table rows of the pages; a paragraph or a table that goes on over a page stays one."""
    sheet = _Sheet.of([line for _, lines in pages for line in lines if not line.cells])
    pending = ""
    places: list[Place] = []
    start_page = 1
    first = last = Line(text="")
    table = index = 0
    head: tuple[str, ...] = ()
    in_table = False
    for page, lines in pages:
        for line in lines:
            if line.cells:
                if pending:
                    yield Draft(text=pending, page=start_page, places=(tuple(places),))
                    pending = ""
                if not in_table:
                    table, index, head = table + 1, 0, line.cells
                elif line.cells == head:
                    continue  # the header row repeated on the next page
                index += 1
                in_table = True
                yield row(
                    line.cells, table=table, index=index, header=index == 1 and names_columns(line.cells), page=page,
                    places=tuple(tuple(_moved(p, 0, page) for p in cell) for cell in line.places),
                )  # fmt: skip
                continue
            in_table = False
            text = line.text.strip()
            if not text:
                continue
            here = replace(line, text=text)
            if pending and _continues(first, last, here, sheet):
                pending = join(pending, text)
            else:
                if pending:
                    yield Draft(text=pending, page=start_page, places=(tuple(places),))
                pending, start_page, first, places = text, page, here, []
            last = here
            before = signs(pending) - signs(text)
            if places and places[-1].end > before:  # the hyphen of a word that the margin broke is gone
                cut = places.pop()
                places += [replace(cut, end=before)] if cut.start < before else []
            places += [_moved(p, before, page) for cell in line.places for p in cell]
    if pending:
        yield Draft(text=pending, page=start_page, places=(tuple(places),))


def signs(text: str) -> int:
    """Characters of a text that are no white space."""
    return sum(map(len, text.split()))


def _moved(place: Place, by: int, page: int) -> Place:
    return replace(place, start=place.start + by, end=place.end + by, page=page)


def names_columns(cells: Sequence[str]) -> bool:
    """A first row of short words without figures of comparison names the columns."""
    filled = [c for c in cells if c.strip()]
    return len(filled) >= 2 and all(len(c) <= 16 and not re.search(r"[。；;≥≤]|\d", c) for c in filled)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sheet:
    """What the lines of a document have in common: the width most of the full ones reach, and the left end of most."""

    usual: int
    left: float | None

    @classmethod
    def of(cls, lines: Sequence[Line]) -> _Sheet:
        widths = sorted(width(line.text.strip()) for line in lines)
        usual = widths[int(len(widths) * 0.9)] if widths else 0
        lefts = sorted(
            line.left for line in lines if line.left is not None and width(line.text.strip()) >= _FULL * usual
        )
        return cls(usual=usual, left=lefts[len(lefts) // 10] if lefts else None)

    def full(self, line: Line) -> bool:
        return line.full or width(line.text) >= _FULL * self.usual


def _continues(first: Line, before: Line, line: Line, sheet: _Sheet) -> bool:
    """True when ``line`` goes on with the paragraph from ``first`` to ``before``: the sentence, or the lines, ran into the margin."""
    last, text = before.text, line.text
    if sheet.usual < _NARROWEST or not sheet.full(before):
        return False
    if last.rstrip(_CLOSERS)[-1:] in _ENDS:
        return _same_paragraph(first, before, line, sheet)
    blank = before.full and "____" in last
    if blank and last.endswith("_"):
        return re.match(r"[%‰‱，。；、)）元秒天日个]", text) is not None
    if _UNENDING.search(last) or (_POINTS.search(last) and _POINTED_AT.match(text)):
        return True
    if re.search(r"[，,、（(“]$", last):
        return True
    if _FIELD.match(text):
        # a field of a form stands alone, unless a sentence with a blank in it runs into its words
        return blank and re.search(r"[：:]", re.split(r"[，；。]", last)[-1]) is None
    return _START.match(text) is None


def _same_paragraph(first: Line, before: Line, line: Line, sheet: _Sheet) -> bool:
    """True behind a sentence that ends at the margin, when the next line is neither set in nor a new item, and reads as the rest."""
    if before.text[-1] not in "。；;" or first.left is None or line.left is None or sheet.left is None:
        return False
    if _STRONG_START.match(line.text) or _START.match(line.text) or _FIELD.match(line.text):
        return False
    if line.text[-1] not in _ENDS and not sheet.full(line):
        return False  # a title
    if line.left < first.left - _INDENT:
        return True
    at_margin = abs(line.left - sheet.left) < _INDENT and abs(line.left - first.left) < _INDENT
    return at_margin and width(before.text) >= _TO_THE_MARGIN * sheet.usual


def join(left: str, right: str) -> str:
    """Two lines as one: a space only between Latin words."""
    a, b = left[-1:], right[:1]
    if a == "-" and len(left) > 1 and left[-2].isalpha() and left[-2].isascii() and b.isalpha() and b.islower():
        return left[:-1] + right
    latin = a.isascii() and b.isascii() and (a.isalnum() or a in ",.;:)%") and (b.isalnum() or b == "(")
    return f"{left} {right}" if latin else left + right
