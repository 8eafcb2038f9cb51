"""Plain text and Markdown: which encoding, which lines are headings and table rows."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.errors import DamagedFile
from pipeline.ingest.canon import Draft, assemble, row
from pipeline.ingest.layout import names_columns
from pipeline.types import BlockKind, Document, HiddenText

ZERO_WIDTH = re.compile("[\u200b-\u200f\u2060-\u2064\ufeff\u00ad\u202a-\u202e]+")
_HEADING = re.compile(r"(#{1,6})\s+(.*?)\s*#*$")
_RULE = re.compile(r"\s*\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*$")
_LIST = re.compile(r"^(\s*)[*+]\s+")
_COMMENT = re.compile(r"<!--(.*?)-->", re.S)


def read_plain(name: str, data: bytes, sha256: str) -> Document:
    """A text file; Markdown marks are read when the name ends in .md.

    Raises:
        DamagedFile: binary, or no encoding fits.
    """
    text = decode(name, data).replace("\r\n", "\n").replace("\r", "\n")
    hidden: list[HiddenText] = []
    if ZERO_WIDTH.search(text):
        hidden += _zero_width(text)
        text = ZERO_WIDTH.sub("", text)
    text = text.replace("\x0c", "\n").replace("\x00", "")
    markdown = name.lower().endswith((".md", ".markdown"))
    if markdown:
        hidden += [
            HiddenText(text=c.strip(), where="Markdown 注释", reason="注释在阅读时不显示")
            for c in _COMMENT.findall(text)
            if c.strip()
        ]
        text = _COMMENT.sub("", text)
    lines = _undoubled(text.split("\n"))
    return assemble(name, sha256, _markdown(lines) if markdown else _plain(lines), hidden=hidden)


def decode(name: str, data: bytes) -> str:
    """UTF-8, UTF-16 or GB18030, in that order of proof; Big5 where the text says so.

    Raises:
        DamagedFile: none of them.
    """
    if data[:3] == b"\xef\xbb\xbf":
        return data[3:].decode("utf-8", "replace")
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return data.decode("utf-16", "replace")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        pass
    if (guess := _utf16_without_mark(data)) is not None:
        return guess
    # A file that was cut off, or has a bad byte, is still read by its own encoding rather than as another's rare signs.
    candidates = [t for e in ("gb18030", "big5hkscs", "utf-8") if (t := _nearly(data, e)) is not None]
    if not candidates or b"\0" in data[:1000]:
        raise DamagedFile(
            name, "认不出文字编码，或者不是文本文件", "请用记事本或 WPS 打开后另存为 UTF-8 文本，再试一次"
        )
    return max(candidates, key=_likeness)


def _nearly(data: bytes, encoding: str) -> str | None:
    """The text in this encoding when no more than one sign in a thousand is broken (one is always allowed: the cut-off end)."""
    text = data.decode(encoding, "replace")
    return text if text.count("\ufffd") <= max(1, len(text) // 1000) else None


def _utf16_without_mark(data: bytes) -> str | None:
    if len(data) % 2:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _likeness(text) > 0.8 and any(c in text for c in "\n，。"):
            return text
    return None


_COMMON = frozenset("的一不在有是方甲乙合同务服应为人本約约定同款及其由之日月年内內付")


def _likeness(text: str) -> float:
    """Share of characters that a contract is made of; common ones weigh double."""
    sample = text[:4000]
    good = sum("\u4e00" <= c <= "\u9fff" or c.isascii() or c in "，。、；：（）《》“”【】％\u3000" for c in sample)
    common = sum(c in _COMMON for c in sample)
    return (good + common) / max(1, len(sample))


def _zero_width(text: str) -> Iterator[HiddenText]:
    """Letters spelled in zero-width characters, or words cut by them: reported once, kept out of the text."""
    found = ZERO_WIDTH.findall(text.lstrip("\ufeff"))
    if found:
        yield HiddenText(text=f"{sum(map(len, found))} 个零宽字符", where="全文", reason="零宽字符")


def _undoubled(lines: list[str]) -> list[str]:
    """A text in which every line stands twice (a known export fault) with each line once."""
    filled = [line for line in lines if line.strip()]
    if (
        len(filled) >= 8
        and all(a == b for a, b in zip(filled[::2], filled[1::2], strict=False))
        and len(filled) % 2 == 0
    ):
        return filled[::2]
    return lines


def _plain(lines: list[str]) -> Iterator[Draft]:
    table = index = 0
    for number, line in enumerate(lines):
        text = line.strip()
        cells = _cells(text)
        if len(cells) >= 3 or (len(cells) == 2 and index) or (len(cells) == 2 and _neighbour(lines, number)):
            if _RULE.match(text):
                continue
            if not index:
                table += 1
            index += 1
            yield row(cells, table=table, index=index, header=index == 1 and names_columns(cells))
            continue
        if text:
            index = 0
            yield Draft(text=text)


def _cells(text: str) -> list[str]:
    if text.count("|") == 0 and text.count("\t") < 2:
        return [text]
    parts = _between(text).split("|") if "|" in text else text.split("\t")
    return [p.strip() for p in parts]


def _between(text: str) -> str:
    """A row without the strokes at its ends; an empty first or last cell stays."""
    return text.removeprefix("|").removesuffix("|") if not text.endswith("\\|") else text.removeprefix("|")


def _neighbour(lines: list[str], number: int) -> bool:
    around = [lines[i] for i in (number - 1, number + 1) if 0 <= i < len(lines)]
    return any(len(_cells(line.strip())) >= 2 for line in around)


def _markdown(lines: list[str]) -> Iterator[Draft]:
    table = index = 0
    for number, line in enumerate(lines):
        text = line.strip()
        if text.startswith("|") or (index and "|" in text):
            if _RULE.match(text):
                continue
            if not index:
                table += 1
            index += 1
            following = lines[number + 1] if number + 1 < len(lines) else ""
            header = index == 1 and _RULE.match(following) is not None
            yield row(
                [_inline(c) for c in re.split(r"(?<!\\)\|", _between(text))], table=table, index=index, header=header
            )
            continue
        if not text:
            continue
        index = 0
        if re.fullmatch(r"[-*_=]{3,}|(?:```|~~~)\w*", text):
            continue
        if heading := _HEADING.match(text):
            yield Draft(text=_inline(heading[2]), kind=BlockKind.HEADING, level=len(heading[1]))
            continue
        text = re.sub(r"^>\s?", "", text)
        yield Draft(text=_inline(_LIST.sub("- ", text)))


def _inline(text: str) -> str:
    """Text without the marks of emphasis, code and links; underscores of blanks stay."""
    text = re.sub(r"!?\[([^\]\n]+)\]\([^)\s]+\)", r"\1", text)
    # A star after a figure is a sign of times: "7*24小时，5*8小时" emphasises nothing.
    text = re.sub(r"(?<![0-9A-Za-z*])(\*{1,3})(?=[^\s*])(.+?)(?<=[^\s*])\1(?!\*)", r"\2", text)
    text = re.sub(r"(?<![\w_])(_{1,2})(?=[^\s_])([^_\n]+?)(?<=[^\s_])\1(?![\w_])", r"\2", text)
    text = re.sub(r"`([^`\n]+)`", r"\1", text)
    text = re.sub(r"<br\s*/?>", " ", text)
    return re.sub(r"\\([\\`*_{}\[\]()#+\-.!|])", r"\1", text).strip()
