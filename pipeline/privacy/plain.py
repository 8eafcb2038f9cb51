"""The text as the detectors read it: same length, Simplified, half width, one kind of dash; and words to stop at."""

from __future__ import annotations

import unicodedata

from pipeline.folding import simplify

_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−－─", "-") | dict.fromkeys("“”„‟「」『』＂", '"'))


def plain(text: str) -> str:
    """``text`` for matching only: ``len(plain(text)) == len(text)``, so offsets hold. Letters keep their case."""
    narrowed = "".join(_narrow(char) for char in text)
    return simplify(narrowed).translate(_DASHES)


def _narrow(char: str) -> str:
    if char < "\x80" or unicodedata.category(char) == "No":
        return char
    form = unicodedata.normalize("NFKC", char)
    return form if len(form) == 1 else char


HAN = r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff]"
# What a contract calls its sides, and other words that stand where a name could stand.
SIDES = (
    r"(?:[甲乙丙丁]\s{0,4}方|委托方|受托方|委托人|受托人|委托单位|受托单位|委任方|受任方|委任人|受任人|采购人|采购方|供应商|成交供应商|中标人|中标供应商|服务商|服务方|服务提供方|"
    r"服务提供商|品牌方|商家|商户|客户|需方|供方|发包方|承包方|承揽人|定作人|厂商|机关|承办商|运营方|外包方|担保人|"
    r"Party\s+[AB]|Client|Customer|Supplier|Vendor|Contractor|Service\s+Provider)"
)
