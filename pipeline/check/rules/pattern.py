"""Regular expressions in which the parties have placeholders.

A pattern is written once, for "the vendor" and "the merchant", and compiled for the names a contract uses:
``<V>`` any word for the vendor, ``<M>`` any word for the merchant, ``<B>`` both sides. Patterns run over the
folded text of a sentence: no white space, half-width signs, Simplified Chinese, lower case (see ``reading``).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from pipeline.folding import fold, simplify
from pipeline.types import Party

# Role words that stand for a side whichever of 甲/乙 it is.
_VENDOR_ROLES = (
    "受托方", "受托人", "服务商", "服务方", "供应商", "承包方", "承包商", "承接方", "外包方", "外包商", "外包公司", "外包服务商", "服务提供方",
    "服务提供商", "服务提供者", "中标人", "成交供应商", "承揽方", "服务公司", "客服公司", "运营方", "serviceprovider", "thevendor", "vendor", "thesupplier",
    "supplier", "thecontractor", "contractor",
)  # fmt: skip
_MERCHANT_ROLES = (
    "委托方", "委托人", "发包方", "发包人", "采购人", "采购方", "商家", "店主", "店铺方", "品牌方", "客户方", "需求方", "用户单位", "购买方", "招标人",
    "theclient", "client", "themerchant", "merchant", "thecustomer", "thepurchaser",
)  # fmt: skip
_BOTH = (
    "甲乙双方",
    "双方",
    "各方",
    "任何一方",
    "任一方",
    "任意一方",
    "一方",
    "eitherparty",
    "bothparties",
    "theparties",
    "eachparty",
)


@dataclass(frozen=True, slots=True, eq=False)
class Sides:
    """The words for each side in one contract, folded. The same words are the same object: patterns are looked up by it half a million
    times a contract."""

    vendor: tuple[str, ...]
    merchant: tuple[str, ...]

    @classmethod
    def of(cls, merchant: Party, aliases: dict[Party, tuple[str, ...]] | None = None) -> Sides:
        """Words for both sides: the party itself, the general role words, and the contract's own aliases."""
        own = {party: tuple(fold(simplify(w)).text for w in words) for party, words in (aliases or {}).items()}
        english = {Party.JIA: "partya", Party.YI: "partyb"}
        ours = dict.fromkeys((merchant.value, english[merchant], *own.get(merchant, ())))
        theirs = dict.fromkeys((merchant.other.value, english[merchant.other], *own.get(merchant.other, ())))
        vendor = [w for w in (*theirs, *_VENDOR_ROLES) if w and w not in ours]
        buyer = [w for w in (*ours, *_MERCHANT_ROLES) if w and w not in theirs]
        return _sides(tuple(dict.fromkeys(vendor)), tuple(dict.fromkeys(buyer)))


@lru_cache(maxsize=256)
def _sides(vendor: tuple[str, ...], merchant: tuple[str, ...]) -> Sides:
    return Sides(vendor, merchant)


def _alternatives(words: tuple[str, ...]) -> str:
    return "(?:" + "|".join(re.escape(w) for w in sorted(words, key=len, reverse=True)) + ")"


_PLACEHOLDERS = ("<V>", "<M>", "<B>")


@lru_cache(maxsize=16_384)
def compiled(template: str, sides: Sides) -> re.Pattern[str]:
    """``template`` with its placeholders filled for these sides; one without any is compiled once for all contracts."""
    if not any(p in template for p in _PLACEHOLDERS):
        return _plain(template)
    words = (sides.vendor, sides.merchant, _BOTH)
    for placeholder, side in zip(_PLACEHOLDERS, words, strict=True):
        template = template.replace(placeholder, _alternatives(side))
    return re.compile(template)


@lru_cache(maxsize=8192)
def _plain(template: str) -> re.Pattern[str]:
    """``template`` as it is; ``re`` keeps only the last 512 patterns, and there are more of ours."""
    return re.compile(template)


def any_of(*patterns: str) -> str:
    """One pattern that matches when any of these does."""
    return "(?:" + "|".join(f"(?:{p})" for p in patterns) + ")"
