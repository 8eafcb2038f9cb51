"""Companies and shops: by how their names end, by the label before them, by the quotes around them."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from functools import lru_cache

import jieba
import jieba.posseg

from pipeline.parties import MERCHANT_ROLES, VENDOR_ROLES
from pipeline.privacy.plain import HAN, SIDES
from pipeline.privacy.values import EntityKind, Found
from pipeline.privacy.words import BARE_ENDS, GENERIC, STOP_WORDS

jieba.setLogLevel(logging.WARNING)

_IN_NAME = rf"(?:{HAN}|[A-Za-z0-9·&]|\({HAN}{{2,6}}\))"
_COMPANY_END = re.compile(
    r"(?:(?:股份|集团)*有限(?:责任)?公司(?:[\u4e00-\u9fff]{2,6}分公司)?|合伙企业(?:\((?:有限|普通|特殊普通)合伙\))?|(?<![本该原各某方])集团(?!有限|股份|[\u4e00-\u9fff]{0,6}公司)|工作室|商行|经营部|服务部|商店|门市部|"
    r"事务所|合作社|研究院|(?<!工)厂(?![商家房区方牌])|(?:控股|分)公司|株式会社|公司(?![\u4e00-\u9fff]{1,3}分公司))"
)
_LATIN = (
    r"(?<![A-Za-z])(?P<v>[A-Z][\w.’'-]*(?:\s+(?:[A-Z][\w.’'-]*|&|of|and|\([A-Z][A-Za-z ]{1,20}\))){0,7},?\s+"
    r"(?:Co\.?,?\s*(?:Ltd\.?|Limited)|Company\s+Limited|Ltd\.?|Limited|Inc\.?|LLC|L\.L\.C\.|LLP|GmbH|Sdn\.?\s*Bhd\.?|Pte\.?,?\s*Ltd\.?|Pty\.?,?\s*Ltd\.?|Corp\.?|Corporation|PLC|plc|B\.V\.|S\.A\.|K\.K\.|Holdings))(?![A-Za-z])"
)
_LATIN_COMPANY = re.compile(_LATIN)
_JAPANESE = re.compile(
    r"株式会社[\u3040-\u30ff\u4e00-\u9fffA-Za-z]{1,20}|[\u3040-\u30ff\u4e00-\u9fffA-Za-z]{1,20}株式会社"
)
_ALIAS = re.compile(
    r"(?:以?下(?:统|简|合)?称(?:为|作)?|简称(?:为)?|又称|下面叫(?:做)?|以下叫(?:做)?)\s*[:为]?\s*\"?(?P<v>[\u4e00-\u9fffA-Za-z]{2,10})\"?(?=[\"),。;，])"
)
_FOLLOWS_NAME = re.compile(
    r"(?:公司|集团|厂|店|商行|工作室|合伙\)|研究院|事务所|Ltd\.?|Limited|Inc\.?|LLC|Bhd\.?|GmbH)\s?\"?\s?(?:[(,]|\([^()]{0,20}\))[^()\n,]{0,16},?\s?$|(?:信用代码|[0-9A-Z]{18})[^\n]{0,20}\($"
)
_NOT_ALIAS = re.compile(
    rf"{SIDES}|.*(?:合同|协议|方|双方|服务|项目|系统|平台|店铺|信息|数据|费用?|附件|本|人员|客服|产品|人|期|日|款|法|率|单位|规则|标准|资料|活动|事项)|.{{1,2}}(?:店|中心|伙伴|基地|品牌|小组)|品牌|卖家|医院|学校|你们|我们|他们|买家|顾客"
)
_BY_LABEL = re.compile(
    rf"(?:^|[\n|。;,]|\s|\))\s*(?:{SIDES}|户\s*名|开户名称?|账户名称?|收款人|收款单位|付款单位|(?:公司|单位|企业|甲方|乙方|商户)?名\s?称|抬头|发票抬头|社保缴纳账户名)(?:名称)?"
    r"(?:\s?\([^)\n]{0,16}\))*\s?[:|]\s*(?P<v>[^\n|,;。:]{2,60}?)(?=\s{2,}|\u3000|\s*[\n|,;。:]|\s*\((?!普通|有限|集团|上海|北京|天津|深圳|广州|中国|香港)|\s(?:统一|法定|地址|联系|电话)|$)"
)
_FIRM_TAIL = re.compile(
    r"(?:公司|集团|厂|店|行|部|坊|中心|研究院|工作室|会社|合作社|事务所|馆|铺|合伙\)|社|局|学校|大学|医院|协会|小组|团队|门市|公司\S{2,8}分公司)$"
)
_SHOP_TAIL = re.compile(r"(?:旗舰店|专营店|专卖店|酒铺|小铺|网店|淘宝店|铺|馆|店)$")

_SHOP_END = r"(?:旗舰店|专营店|专卖店|企业店|自营店)"
_SHOP = re.compile(rf"(?:[\u4e00-\u9fff]|[A-Za-z0-9·&]){{2,18}}?{_SHOP_END}")
_SHOP_GENERIC = re.compile(
    r"(?:[甲乙]方|商家|天猫|淘宝|京东|拼多多|抖音|快手|小红书|唯品会|官方|品牌|自营|海外|其|各|该|本|等|所有|全部|指定|委托方|采购人|运营方|需方|平台|名下|及|和|或|的|在|为|家|多个|电商|童鞋|母婴|女装|男装|美妆|食品|家居|家电|零食|服饰|指|含|分销|加盟|企业|店铺|企业|国际|跨境|主|新|一个|两个|三个|旗舰店|专营店|专卖店|企业店|自营店|[、,])*"
)
_SHOP_STOPS = re.compile(
    r"(?:[甲乙丙]方|天猫|淘宝|京东(?!自营)|拼多多|抖音|快手|店铺|商家|名称|服务|提供|运营|开设|名下|经营|接待|为|的|在|由|与|和|及|是|即)"
)
_QUOTED = re.compile(r"\"(?P<v>[^\"\n]{2,24})\"")
_BEFORE_QUOTED_SHOP = re.compile(
    r"(?:店铺?|小店|网店|站点|商城|竞品|门店|卖场|直播间|名称|店名)(?:名称|名)?(?:[:为叫是]|包括|及|和|\s)*(?:\"[^\"]{2,24}\"[、和与及]?)*$"
)
_QUOTED_SHOP_END = re.compile(r"(?:旗舰店|专营店|专卖店|企业店|店|铺|馆|坊|Store|Shop|商行|小屋|家居|优选)$")
_SHOP_LABEL = re.compile(
    r"(?:(?:店铺名称?|店名|服务店铺|小店名|网店名称?|旺铺|淘宝店名|店铺)\s*:\s*|店名(?:叫|是|为))(?P<v>[^\s,。;:|、\"()]{2,20})(?=[\s,。;|、()]|$)"
)


def companies(text: str) -> Iterator[Found]:
    """Companies of a text from ``plain``, their own short names included."""
    for match in _COMPANY_END.finditer(text):
        start = _name_start(text, match.start())
        if match[0] in BARE_ENDS:
            start = _distinct(text, start, match.start())
        core = text[start : match.start()]
        whole = text[start : match.end()]
        branch = core.endswith("银行") and re.match(
            r"[^,。;\s]{0,12}[支分]行", text[match.end() :]
        )  # where to pay, not whom
        if len(core) < 2 or core in GENERIC or branch:
            continue
        yield Found(start=start, end=start + len(whole), kind=EntityKind.COMPANY)
    for pattern in (_LATIN_COMPANY, _JAPANESE):
        for match in pattern.finditer(text):
            yield Found(start=match.start(), end=match.end(), kind=EntityKind.COMPANY)
    for match in _ALIAS.finditer(text):
        if _FOLLOWS_NAME.search(text, max(0, match.start() - 40), match.start()) and not is_role(match["v"]):
            yield Found(start=match.start("v"), end=match.end("v"), kind=EntityKind.COMPANY)
    for match in _BY_LABEL.finditer(text):
        value = match["v"].strip(' "_')
        start = match.start("v") + match["v"].find(value)
        if len(value) < 3 or not _FIRM_TAIL.search(value) or is_role(value) or re.search(r"[银]行|支行|_{2}", value):
            continue
        kind = EntityKind.SHOP if _SHOP_TAIL.search(value) else EntityKind.COMPANY
        if not _SHOP_GENERIC.fullmatch(value):
            yield Found(start=start, end=start + len(value), kind=kind)


def shops(text: str) -> Iterator[Found]:
    """Shops of a text from ``plain``."""
    for match in _SHOP.finditer(text):
        start, end = match.start(), match.end()
        for stop in _SHOP_STOPS.finditer(text, start, end):
            if stop.end() < end - 3:
                start = stop.end()
        if not _SHOP_GENERIC.fullmatch(text[start:end]):
            yield Found(start=start, end=end, kind=EntityKind.SHOP)
    for match in _QUOTED.finditer(text):
        value = match["v"]
        near = text[max(0, match.start() - 60) : match.start()]
        if is_role(value) or _SHOP_GENERIC.fullmatch(value) or re.search(r"[:;。]|本店|不|券", value):
            continue
        if _BEFORE_QUOTED_SHOP.search(near) or _QUOTED_SHOP_END.search(value):
            yield Found(start=match.start("v"), end=match.end("v"), kind=EntityKind.SHOP)
    for match in _SHOP_LABEL.finditer(text):
        value = match["v"]
        if not is_role(value) and not _starts_generic(value) and not re.search(r"编号|列表|清单|名单|名称|_", value):
            yield Found(start=match.start("v"), end=match.end("v"), kind=EntityKind.SHOP)


def _starts_generic(value: str) -> bool:
    match = _SHOP_GENERIC.match(value)
    return match is not None and bool(match[0])


def is_role(word: str) -> bool:
    """True when a word names a role or a thing of the contract (甲方, 服务商, 本合同), so that it must stay."""
    word = word.strip()
    return (
        word in MERCHANT_ROLES
        or word in VENDOR_ROLES
        or word.lower() in MERCHANT_ROLES | VENDOR_ROLES
        or _NOT_ALIAS.fullmatch(word) is not None
    )


_FUNCTION = re.compile(r"[其该此为应依本由指在的或及与]")


def _distinct(text: str, start: int, end: int) -> int:
    """Start of the name before an ending that proves nothing (装修公司, 其集团): trade words, a word of its own, a place before it.

    ``end`` when no word of its own stands there.
    """
    words = list(_words(text[start:end]))
    at, own = end, False
    for index in range(len(words) - 1, -1, -1):
        if words[index] in STOP_WORDS or _FUNCTION.search(words[index]):
            break
        if _is_place(words[index]) and index + 1 < len(words):
            return end - len("".join(words[index:]))
    while words and words[-1] in GENERIC:
        at -= len(words.pop())
    while words and _own_word(words[-1]):
        at -= len(words.pop())
        own = True
    if not own:
        return end
    while words and _is_place(words[-1]):
        at -= len(words.pop())
    return at


def _own_word(word: str) -> bool:
    """A word that no dictionary has: 橙客, 屿麓."""
    if (
        word in STOP_WORDS
        or _FUNCTION.search(word)
        or not re.fullmatch(rf"{HAN}{{2,6}}|[A-Za-z0-9]{{2,}}", word)
        or word.isdigit()
    ):
        return False
    return int(jieba.dt.FREQ.get(word, 0)) < 10 and not _is_place(word)


def _is_place(word: str) -> bool:
    pairs = list(jieba.posseg.cut(word))
    return len(pairs) == 1 and pairs[0].flag == "ns"


def _name_start(text: str, end: int) -> int:
    """Where the name that ends at ``end`` starts: after punctuation, or after the last stop word that stands as a word."""
    start = end
    while start > 0 and end - start < 40:
        piece = re.search(rf"{_IN_NAME}$", text[max(0, start - 9) : start])
        if not piece:
            break
        start -= len(piece[0])
    at = start
    for word in _words(text[start:end]):
        at += len(word)
        if word in STOP_WORDS or re.fullmatch(SIDES, word):
            start = at
    return start


@lru_cache(maxsize=4096)
def _words(text: str) -> tuple[str, ...]:
    return tuple(jieba.cut(text))
