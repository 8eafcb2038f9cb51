"""Masking: what could tell who the parties and their people are becomes placeholders, reversible and the same throughout a document.

Figures, dates, clause numbers, laws, courts and the places that decide a dispute stay: a verdict needs them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.privacy.masking import PLACEHOLDER, Masking
from pipeline.privacy.names import is_role
from pipeline.privacy.plain import plain
from pipeline.privacy.tables import named
from pipeline.privacy.values import Entity, EntityKind, Masked
from pipeline.types import Clause, Document

__all__ = ["PLACEHOLDER", "Entity", "EntityKind", "Masked", "Masking", "mask", "masking", "party_names"]


_PRONOUNS = frozenset(
    {*["我们", "您", "你", "我方", "贵方", "我司", "贵司", "本公司", "本平台", "平台", "你方"], "Party A", "Party B"}
)
_AFTER_NAME = re.compile(
    r"(?:[，。；;：:\u3000\n“「\"]|,(?!\s?[A-Z])|\s+(?=[\u4e00-\u9fff])|[(（](?![\u4e00-\u9fff]{2,4}[)）][\u4e00-\u9fff])|下称).*",
    re.S,
)


def mask(text: str, *, names: Sequence[str] = ()) -> Masked:
    """Mask one text on its own; for the texts of one document use ``masking``."""
    return Masking(names).mask(text)


def masking(document: Document, clauses: Sequence[Clause] = (), names: Sequence[str] = ()) -> Masking:
    """A ``Masking`` that has read the whole document: a name given in the party block is masked in every clause.

    ``names`` are the parties' names and short forms, see ``party_names``. Table rows are read under the heads of their columns.
    """
    shared = Masking(names)
    shared.learn(document.text)
    for clause in clauses:
        row = [document.slice(cell).strip() for cell in clause.cells]
        for index, kind in named(clause.columns, [plain(cell) for cell in row]):
            shared.know(row[index], kind)
    return shared


def party_names(names: Iterable[str], aliases: Iterable[str] = ()) -> tuple[str, ...]:
    """The real names among a party's names and aliases: no blank, no 甲方 or 乙方, no word for a role, no pronoun.

    What a party block writes after the name (registration, address, a remark in brackets) is cut off.
    """
    kept = (_AFTER_NAME.sub("", word.strip()).strip() for word in (*names, *aliases))
    return tuple(dict.fromkeys(w for w in kept if len(w) > 1 and w not in _PRONOUNS and not is_role(plain(w))))
