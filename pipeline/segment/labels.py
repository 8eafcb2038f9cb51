"""What a person would call a clause."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.segment.marks import Style
from pipeline.types import ClauseKind, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A clause before its end and its label are known; ``parent`` and ``annex`` are positions of drafts."""

    start: int
    kind: ClauseKind
    parent: int | None = None
    number: str = ""
    title: str = ""
    style: Style | None = None
    value: tuple[int, ...] = ()
    annex: int | None = None
    columns: tuple[str, ...] = ()
    cells: tuple[Span, ...] = ()
    table: int = 0
    row: int = 0
    after_table: int = 0
    note: bool = False


def short_title(text: str) -> str:
    """The heading's words of what stands behind a number: a short line without a sentence, or a run-in head."""
    text = text.strip().strip("】》")
    if len(text) <= 30 and not re.search(r"[。；;，,！!？?]|[：:].", text):
        return text.rstrip("：: .…")
    head = re.match(r"([^。；;，,：:！!？?、\d]{2,12})[：:](?=.)", text)
    return head[1].strip() if head else ""


# How often a number of a style stands in the body or in one annex.
_Repeated = Counter[tuple[int | None, Style | None, tuple[int, ...]]]

_FOLDED_AWAY = frozenset({Style.CHAPTER, Style.SECTION})
_SAME_NOTATION = frozenset({Style.DECIMAL, Style.ARABIC, Style.ARABIC_DUN, Style.BARE})


def label_all(drafts: Sequence[Draft]) -> list[str]:
    """The label of every draft, in order."""
    # 第四条 is enough unless another chapter of the same part has a 第四条 of its own
    repeated: _Repeated = Counter((d.annex, d.style, d.value) for d in drafts if d.style is not None)
    counted: Counter[tuple[str, int | None]] = Counter()
    labels: list[str] = []
    for i, draft in enumerate(drafts):
        if draft.kind is ClauseKind.PREAMBLE:
            labels.append("前言")
        elif draft.kind is ClauseKind.ANNEX:
            labels.append(draft.number)
        elif draft.kind is ClauseKind.SIGNATURE:
            labels.append(_join(_annex(drafts, draft), "签署页"))
        elif draft.kind is ClauseKind.TABLE_ROW:
            labels.append(_join(_annex(drafts, draft), f"表{draft.table} 第{draft.row}行"))
        elif draft.style is None and draft.kind is ClauseKind.PARAGRAPH:
            above = labels[draft.parent] if draft.parent is not None else ""
            if draft.note:
                counted["note", draft.parent] += 1
                labels.append(_join(above, f"附注{counted['note', draft.parent]}"))
            elif draft.after_table:
                labels.append(_join(above, f"表{draft.after_table}后"))
            else:
                counted["paragraph", draft.parent] += 1
                labels.append(_join(above, f"第{counted['paragraph', draft.parent]}段"))
        else:
            labels.append(_path(drafts, i, repeated, counted))
    return labels


def _annex(drafts: Sequence[Draft], draft: Draft) -> str:
    return "" if draft.annex is None else drafts[draft.annex].number


def _join(*parts: str) -> str:
    return " ".join(p for p in parts if p)


def _path(
    drafts: Sequence[Draft],
    i: int,
    repeated: _Repeated,
    counted: Counter[tuple[str, int | None]],
) -> str:
    """Numbers from the outermost clause down, without what a longer number already says."""
    draft = drafts[i]
    chain = [draft]
    while chain[0].parent is not None:
        chain.insert(0, drafts[chain[0].parent])
    parts: list[str] = []
    for position, node in enumerate(chain):
        below = chain[position + 1] if position + 1 < len(chain) else None
        if below is not None and _said_by(node, below, repeated):
            continue
        if node.style is Style.BULLET:
            if node is draft:
                counted["bullet", node.parent] += 1
            number = counted["bullet", node.parent]
            parts.append(f"第{number}项")
        elif node.style is None and node.kind is ClauseKind.PARAGRAPH:
            parts.append(f"第{max(1, counted['paragraph', node.parent])}段")
        elif node.kind is ClauseKind.ANNEX:
            parts.append(node.number)
        elif node.style is None:
            parts.append(node.title if len(node.title) <= 20 else node.title[:19] + "…")
        else:
            parts.append(re.sub(r"\s+", "" if re.search("[一-龥]", node.number) else " ", node.number))
    return " ".join(parts)


def _said_by(node: Draft, below: Draft, repeated: _Repeated) -> bool:
    outer = node.style in _FOLDED_AWAY or below.style is Style.ARTICLE
    if outer and node.kind is not ClauseKind.ANNEX and below.style in (Style.ARTICLE, Style.EN_ARTICLE, Style.SECTION):
        return repeated[below.annex, below.style, below.value] == 1
    if below.style is not Style.DECIMAL or node.style not in _SAME_NOTATION:
        return False
    return below.value[: len(node.value)] == node.value
