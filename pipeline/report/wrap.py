"""Lines of Chinese text for a terminal: broken between characters, never before a closing sign or inside a number."""

from __future__ import annotations

import re

from rich.cells import cell_len
from rich.text import Text

_OPENING = "（「『【《〈“‘([￥"
_CLOSING = "，。、；：！？）」』】》〉”’…·%℃!?,.;:)]"
# What stays on one line: a figure with its unit, a word, a single sign.
ATOM = re.compile(
    rf"[{re.escape(_OPENING)}]*"
    r"(?:[0-9][0-9.,:：—–~-]*(?:%|‰)?(?: ?(?:个月|个工作日|小时|分钟|万元|[秒日天月年元万个项级次]))?|[A-Za-z0-9_@./+#-]+|\s+|[^\s])"
    rf"[{re.escape(_CLOSING)}]*"
)


def wrap(text: Text, width: int) -> list[Text]:
    """``text`` in lines of at most ``width`` columns, styles kept. An atom wider than a line is broken anywhere.

    A line break of the text stays one; white space at the end of a line goes.
    """
    lines: list[Text] = []
    for paragraph in text.split("\n"):
        lines += list(paragraph.divide(_breaks(paragraph.plain, width)))
    for line in lines:
        line.rstrip()
    return lines


def _breaks(plain: str, width: int) -> list[int]:
    breaks: list[int] = []
    column = 0
    for match in ATOM.finditer(plain):
        size = cell_len(match.group())
        blank = match.group().isspace()
        if column and column + size > width and not blank:
            breaks.append(match.start())
            column = 0
        if size > width:
            for at, sign in enumerate(match.group(), match.start()):
                if column + cell_len(sign) > width:
                    breaks.append(at)
                    column = 0
                column += cell_len(sign)
        else:
            column += size
    return breaks
