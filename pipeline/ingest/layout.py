"""Lines of a page to paragraphs: running titles left out, lines broken by the layout rejoined, clauses kept apart."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from pipeline.ingest.canon import Draft, row

_EDGE = 4  # lines at the top and at the bottom of a page where running titles stand
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
    r"|(?:甲|乙|丙)\s*方\s*[（(：:]|[一-龥]{2,8}[：:]\s*\S{0,30}$)"
)
_STRONG_START = re.compile(
    r"第\s*[\d一二三四五六七八九十百]+\s*[章条條]\s|\d{1,2}\.\d{1,2}\s|[（(][一二三四五六七八九十]{1,3}[）)]|[一二三四五六七八九十]{1,2}、|附件[一二三四五六七八九十\d]"
)
_ENDS = "。；;！!？?：:…"
_CLOSERS = "”’」』）)】》"


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One printed line; ``cells`` makes it a table row."""

    text: str
    cells: tuple[str, ...] = ()


def width(text: str) -> int:
    """Columns a line takes: a Chinese sign is two."""
    return sum(2 if unicodedata.east_asian_width(c) in "WFA" else 1 for c in text)


def without_running_titles(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Pages without headers, footers and page numbers.

    A line is a running title when it stands among the first or last lines of at least half of the pages (and of two), the same but for
    figures that count the pages.
    """
    seen: dict[str, dict[int, list[int]]] = {}
    for page, lines in enumerate(pages):
        edge = [*lines[:_EDGE], *lines[-_EDGE:]] if len(lines) > 2 * _EDGE else lines
        for line in edge:
            if not line.cells:
                seen.setdefault(_shape(line.text), {})[page] = [int(n) for n in re.findall(r"\d+", line.text)]
    least = max(2, (len(pages) + 1) // 2)
    titles = {shape for shape, found in seen.items() if len(found) >= least and _counts_pages(found)}
    return [_without(lines, titles) for lines in pages]


def _counts_pages(figures: dict[int, list[int]]) -> bool:
    """True when each figure of a line is the same on all its pages (page -> figures) or grows with them."""
    return all(
        len(set(column)) == 1 or len({figure - page for page, figure in zip(figures, column, strict=True)}) == 1
        for column in zip(*figures.values(), strict=True)
    )


def _without(lines: Sequence[Line], titles: set[str]) -> list[Line]:
    kept = []
    for at, line in enumerate(lines):
        at_edge = at < _EDGE or at >= len(lines) - _EDGE
        if at_edge and not line.cells and line.text.strip() and _runs(line.text, titles):
            continue
        kept.append(line)
    return kept


def _runs(text: str, titles: set[str]) -> bool:
    """True for a page number, a running title, or several of them printed on one line."""
    if _shape(text) in titles or _PAGE_NUMBER.fullmatch(text):
        return True
    rest = _shape(text)
    for title in sorted(titles, key=len, reverse=True):
        if len(title) > 3:
            rest = rest.replace(title, "")
    return len(rest) < len(_shape(text)) and (not rest or _PAGE_NUMBER.fullmatch(rest.replace("#", "1")) is not None)


def _shape(text: str) -> str:
    return re.sub(r"\d+", "#", re.sub(r"\s+", "", text))


def drafts(pages: Sequence[tuple[int, Sequence[Line]]]) -> Iterator[Draft]:
    """Paragraphs and table rows of the pages; a paragraph or a table that goes on over a page stays one."""
    usual = _usual_width(line.text for _, lines in pages for line in lines if not line.cells)
    pending = ""
    start_page = 1
    last = ""
    table = index = 0
    head: tuple[str, ...] = ()
    in_table = False
    for page, lines in pages:
        for line in lines:
            if line.cells:
                if pending:
                    yield Draft(text=pending, page=start_page)
                    pending = ""
                if not in_table:
                    table, index, head = table + 1, 0, line.cells
                elif line.cells == head:
                    continue  # the header row repeated on the next page
                index += 1
                in_table = True
                yield row(
                    line.cells, table=table, index=index, header=index == 1 and names_columns(line.cells), page=page
                )
                continue
            in_table = False
            text = line.text.strip()
            if not text:
                continue
            if pending and _continues(last, text, usual):
                pending = join(pending, text)
            else:
                if pending:
                    yield Draft(text=pending, page=start_page)
                pending, start_page = text, page
            last = text
    if pending:
        yield Draft(text=pending, page=start_page)


def names_columns(cells: Sequence[str]) -> bool:
    """A first row of short words without figures of comparison names the columns."""
    filled = [c for c in cells if c.strip()]
    return len(filled) >= 2 and all(len(c) <= 16 and not re.search(r"[。；;≥≤]|\d", c) for c in filled)


def _usual_width(texts: Iterable[str]) -> int:
    widths = sorted(width(t.strip()) for t in texts)
    return widths[int(len(widths) * 0.9)] if widths else 0


def _continues(last: str, text: str, usual: int) -> bool:
    """True when ``text`` is the rest of the sentence that ran into the margin on the line ``last``."""
    if usual < _NARROWEST or width(last) < _FULL * usual:
        return False
    ended = last.rstrip(_CLOSERS)[-1:] in _ENDS
    if _STRONG_START.match(text) and (ended or not re.search(r"[，,、（(“和与及或的按照据]$", last)):
        return False
    if ended:
        return False
    return _START.match(text) is None or re.search(r"[，,、（(“]$", last) is not None


def join(left: str, right: str) -> str:
    """Two lines as one: a space only between Latin words."""
    a, b = left[-1:], right[:1]
    if a == "-" and len(left) > 1 and left[-2].isalpha() and left[-2].isascii() and b.isalpha() and b.islower():
        return left[:-1] + right
    latin = a.isascii() and b.isascii() and (a.isalnum() or a in ",.;:)%") and (b.isalnum() or b == "(")
    return f"{left} {right}" if latin else left + right
