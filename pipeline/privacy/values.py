"""What is masked: kinds, entities, and a masked text with the way back."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pipeline.types import Span


class EntityKind(StrEnum):
    """What an entity is. ``LITERAL`` is text of the contract that looks like a placeholder and is not one."""

    PERSON = "person"
    MOBILE = "mobile"
    LANDLINE = "landline"
    ID_CARD = "id_card"
    BANK_ACCOUNT = "bank_account"
    USCC = "uscc"
    EMAIL = "email"
    WECHAT = "wechat"
    QQ = "qq"
    ADDRESS = "address"
    COMPANY = "company"
    SHOP = "shop"
    LITERAL = "literal"

    @property
    def word(self) -> str:
        """The Chinese word that stands in a placeholder."""
        return WORDS[self]


WORDS = {
    EntityKind.PERSON: "人名",
    EntityKind.MOBILE: "手机",
    EntityKind.LANDLINE: "电话",
    EntityKind.ID_CARD: "证件",
    EntityKind.BANK_ACCOUNT: "账号",
    EntityKind.USCC: "信用代码",
    EntityKind.EMAIL: "邮箱",
    EntityKind.WECHAT: "微信",
    EntityKind.QQ: "QQ",
    EntityKind.ADDRESS: "地址",
    EntityKind.COMPANY: "公司",
    EntityKind.SHOP: "店铺",
    EntityKind.LITERAL: "原文",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found(Span):
    """A place a detector points at, not yet decided."""

    kind: EntityKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity(Span):
    """A masked range of the original text; ``masked`` is where its placeholder stands in the masked text."""

    kind: EntityKind
    text: str
    placeholder: str
    masked: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Masked:
    """A masked text. ``entities`` are in order and do not overlap; between them the text is unchanged."""

    text: str
    entities: tuple[Entity, ...]

    def original_span(self, start: int, end: int) -> Span:
        """The range of the original that gave ``text[start:end]``; a placeholder that is cut counts as a whole.

        Raises:
            ValueError: the range does not lie inside ``text``.
        """
        if not 0 <= start <= end <= len(self.text):
            raise ValueError(f"[{start}, {end}) is outside the masked text of {len(self.text)} characters")
        low, high = self._original(start, first=True), self._original(end, first=start == end)
        return Span(start=low, end=max(low, high))

    def _original(self, offset: int, *, first: bool) -> int:
        shift = 0
        for entity in self.entities:
            if offset <= entity.masked.start:
                break
            if offset < entity.masked.end:
                return entity.start if first else entity.end
            shift = entity.end - entity.masked.end
        return offset + shift
