"""Tables of contents: which lines only name the headings that come later."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_FIRST = 200  # lines at the start of a file among which a table of contents begins
_LONGEST = 300  # lines of the longest one
_LEAST = 3  # lines under a title, from which they are a table of contents
_LEAST_UNTITLED = 4  # numbered lines with dots and a page number, from which they are one without a title
_TITLE = re.compile(r"[【\[(]?(?:目[录錄次](?:索引)?(?:contents)?|(?:tableof)?contents)[】\])]?(?:\|?页码)?:?", re.I)
_NO_WORDS = re.compile(r"[\s.…·|_\-–—]*(?:第?\s*[\divxIVX]{1,4}\s*页?|页\s*[码次])?[\s.…·|_\-–—]*")
_PAGE = re.compile(r"(?:[.…·_\-–—]{3,}\s*|(?:[.·] ){3,}\s*|\t\s*|\s{2,}|\s+|\|\s*)[(（]?\d{1,3}[)）]?$|[.…·]{4,}$")
_DOTS = re.compile(r"(?:[.…·_\-–—]{3,}|(?:[.·] ){3,}|\t)\s*[(（]?\d{1,3}[)）]?$")
_NUMBERED = re.compile(
    r"第[\d一二三四五六七八九十百]+[章节编篇部条條]|[一二三四五六七八九十]{1,3}[、.]|\(?\d{1,2}[.、)\s]|附[件录錄表]|签[署字]页|"
    r"(?:article|section|chapter|part|schedule|annex|appendix|exhibit)\s*[\dIVXA-Z]",
    re.I,
)
_SENTENCE = re.compile(r"[。；;！？]")


def contents_of(texts: Sequence[str]) -> frozenset[int]:
    """Indices of the lines of a table of contents with its title; empty where there is none.

    Every line taken either ends in a page number or comes again further down, so that leaving it out loses no word of the contract.
    """
    solid = [_fold(text) for text in texts]
    keys = [_key(text) for text in solid]
    for at in range(min(_FIRST, len(texts))):
        titled = _TITLE.fullmatch("".join(solid[at].split())) is not None
        if not titled and not (_DOTS.search(solid[at]) and not _SENTENCE.search(keys[at])):
            continue
        start = at + titled
        end = _end(solid, keys, start)
        real = [i for i in range(start, end) if not _NO_WORDS.fullmatch(solid[i])]
        dotted = all(_DOTS.search(solid[i]) and _NUMBERED.match(solid[i]) for i in real)
        again = 2 * sum(_again(keys, i) for i in real) >= len(real)
        if len(real) >= (_LEAST if titled else _LEAST_UNTITLED) and (titled or (dotted and again)):
            return frozenset(range(at, end))
    return frozenset()


def _end(solid: Sequence[str], keys: Sequence[str], start: int) -> int:
    """Index behind the last line of the table that starts at ``start``."""
    seen: set[str] = set()
    at = end = start
    page = 0
    while at < min(start + _LONGEST, len(solid)):
        text, key = solid[at], keys[at]
        if _NO_WORDS.fullmatch(text):
            at += 1
            continue
        if key in seen or len(text) > 100:
            break  # the body begins
        if _entry(solid, keys, at):
            numbered = re.search(r"\d+(?=\)?$)", text[len(_PAGE.sub("", text)) :])
            if numbered and int(numbered[0]) < page:
                break  # figures that do not grow are no pages
            page = int(numbered[0]) if numbered else page
            seen.add(key)
            at += 1
            if _NUMBERED.match(text) or _PAGE.search(text):
                end = at  # what follows the last of these may be the title of the contract
        elif at + 1 < len(solid) and _joined(solid, keys, at):
            at += 2
            end = at
        else:
            break
    while end < len(solid) and end > start and _NO_WORDS.fullmatch(solid[end]):
        end += 1
    return end


def _entry(solid: Sequence[str], keys: Sequence[str], at: int) -> bool:
    text = solid[at]
    if _SENTENCE.search(text):
        return False
    if _DOTS.search(text) or ("|" in text and _PAGE.search(text)):
        return True
    return "|" not in text and ":" not in text and (_PAGE.search(text) is not None or _again(keys, at))


def _again(keys: Sequence[str], at: int) -> bool:
    """True when the words of a line come again further down, alone or at the start of a line."""
    key = keys[at]
    return len(key) > 1 and any(k == key or (len(key) > 3 and k.startswith(key)) for k in keys[at + 1 :])


def _joined(solid: Sequence[str], keys: Sequence[str], at: int) -> bool:
    """True for an entry broken into two lines."""
    text = solid[at] + solid[at + 1]
    if _SENTENCE.search(text) or "|" in text or ":" in text or not _NUMBERED.match(solid[at]):
        return False
    if _NUMBERED.match(solid[at + 1]) or len(text) > 100:
        return False
    key = _key(text)
    return bool(_DOTS.search(text)) or any(k == key for k in keys[at + 2 :])


def _fold(text: str) -> str:
    return unicodedata.normalize("NFKC", text.replace("…", "···")).strip(" \n")


def _key(text: str) -> str:
    return "".join(_PAGE.sub("", text).rstrip(".…·_-–—| ").split())
