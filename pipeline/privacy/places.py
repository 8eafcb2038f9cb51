"""Addresses down to a street or a building. A bare city or district stays: it can decide which court hears a dispute."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from pipeline.privacy.plain import HAN
from pipeline.privacy.values import EntityKind, Found

_STREET = r"(?:(?<![渠通频知报轨隧管])道|路|街|大道|巷|弄|胡同|村|庄|段|里|园区?|屯)"
_NUMBER = r"(?:\d{1,5}(?:\.\d)?(?:-\d{1,4})?|[×*xX]{1,4}|_{2,6}|某)"
_UNIT = r"(?:号楼|号院|号仓|号铺|号|栋|幢|座|楼|层|室|单元|房|仓|弄|铺|塔|期)"
_BUILDING = r"(?:大厦|广场|中心|SOHO|[大小]区|花园|产业园|科技园|软件园|创意园|创业园|工业园|公寓|商城|写字楼|孵化器|基地|豪庭|家园)"
_ANCHOR = re.compile(
    rf"{_STREET}[东南西北中上下]?[一二三四五六七八九十]?段?{_NUMBER}(?:号|弄|之|栋|幢)"
    rf"|{_BUILDING}[^,。;:、|\n\s]{{0,8}}?{_NUMBER}[A-Z]?(?:号楼|栋|幢|座|层|室|楼|号)"
    rf"|(?:产业园|科技园|软件园|创意园|工业园)[A-Z]\d{{1,2}}-\d{{1,3}}"
)
_GAP = r"[^,。;:、|\n\s()由的和与及为应须将在约每]"
_TAIL = re.compile(
    rf"(?:之[一二三四五六七八九十\d]{{1,2}}|{_GAP}{{0,18}}?(?:{_UNIT}|{_BUILDING})|{_GAP}{{0,6}}?[A-Z]?\d{{1,2}}-\d{{1,4}}(?![\d-])|[A-Z]?\d{{3,4}}(?!\d))*"
    r"(?:[东南西北][侧面]|附近)?"
)
_LEFT = re.compile(rf"(?:{HAN}|[A-Za-z0-9.·-]|\({HAN}{{2,6}}\))*$")
# The address starts after the last of these.
_STARTS_AFTER = re.compile(
    r"(?:位于|设在|设于|坐落于|坐落在|地点为|地址为|地址是|地址|场所|地点|住所地?|住址|(?<!居)住在?|寄(?:送|交|存)?(?:至|到|往|回|在)?|送达?至|发(?:往|到|至)|存放于|邮寄|样品|的|为|在|于|是|至|到|往)"
)
_LABEL = re.compile(
    r"(?:(?:注册|通讯|联系|办公|邮寄|送达|收货|退货|经营|服务|营业|单位|公司|家庭|户籍|发货|仓库|通信|场地|驻场|开票)*(?:地址|地点|住址|场所)|住所地?|注册地|(?i:address))(?:\([^)]{0,8}\))?[^\S\n]*[:|][^\S\n]*"
)
_VALUE = re.compile(r"[^\n|;。,]*")
_VALUE_END = re.compile(
    r" {2,}|\u3000|\s(?=(?:电话|联系|法定|邮编|手机|邮箱|统一|传真))|(?=(?:邮编|联系电话|联系人|法定代表人|电话[:：]))"
)
_DETAIL = re.compile(rf"{_STREET}|{_BUILDING}|镇|乡|号|栋|楼|室|\d-\d")
_ENGLISH_WORD = r"(?:Road|Rd|Street|St|Avenue|Ave|Lane|Jalan|Boulevard|Blvd|Drive|Plaza|Tower|Building|Floor|Queensway|Block|Way|District)"
_ENGLISH_LABEL = re.compile(r"(?i:address)\s*[:|]\s*(?P<v>[A-Za-z0-9][^\n|;]*)")
_ENGLISH_FREE = re.compile(
    rf"(?:\b(?:at|to|of)\s+|[:(]\s*)(?P<v>(?:(?:Unit|Room|Rm|Suite|Flat|Shop|Floor|No\.?)\s+)?\d[\w/.-]*[A-Z]?,?\s[^\n;|。]{{0,120}}?\b{_ENGLISH_WORD}\b[^\n;|。()]{{0,90}}?)"
    r"(?=,?\s+(?:attention|attn|email|e-mail|tel|phone|and|with|for|the|is|shall|by)\b|\.(?:\s|$)|[;|\n()]|$)"
)


def addresses(text: str, taken: Sequence[Found]) -> Iterator[Found]:
    """Addresses of a text from ``plain``; ``taken`` are identifiers that end a labelled value."""
    for match in _ANCHOR.finditer(text):
        start = _start(text, match.start())
        tail = _TAIL.match(text, match.end())
        yield Found(start=start, end=tail.end() if tail else match.end(), kind=EntityKind.ADDRESS)
    for label in _LABEL.finditer(text):
        found = _VALUE.match(text, label.end())
        value = found[0] if found else ""
        end = _VALUE_END.search(value)
        value = value[: end.start()] if end else value
        limit = min((t.start for t in taken if label.end() <= t.start < label.end() + len(value)), default=None)
        value = (value if limit is None else value[: limit - label.end()]).rstrip(" 、/()")
        if len(value) >= 5 and _DETAIL.search(value) and re.search(r"\d|号|村|镇|大厦|[一二三四五六七八九十]", value):
            if not value.isascii():
                yield Found(start=label.end(), end=label.end() + len(value), kind=EntityKind.ADDRESS)
    for pattern in (_ENGLISH_LABEL, _ENGLISH_FREE):
        for match in pattern.finditer(text):
            value = match["v"].rstrip(" ,.")
            if re.search(r"\d", value) and value.count(",") >= 1:
                yield Found(start=match.start("v"), end=match.start("v") + len(value), kind=EntityKind.ADDRESS)


def _start(text: str, anchor: int) -> int:
    left = _LEFT.search(text, max(0, anchor - 40), anchor)
    start = left.start() if left else anchor
    for stop in _STARTS_AFTER.finditer(text, start, anchor):
        if stop.end() < anchor:
            start = stop.end()
    return start
