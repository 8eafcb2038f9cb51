"""The sides of a contract: what it calls them, and the names and roles its party block gives them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from pipeline.types import Party

MERCHANT_ROLES = frozenset(
    {
        "委托方", "委托人", "委托单位", "发包方", "发包人", "采购人", "采购方", "采购单位", "商家", "店主", "需方", "需求方", "客户", "客户方", "业主", "业主方",
        "买方", "购买方", "品牌方", "店铺方", "网店", "用户", "用户方", "使用方", "招标人", "招标方", "披露方", "甲方商家", "付款方", "服务接受方", "接受服务方",
        "您", "贵司", "贵方",
        "client", "customer", "principal", "merchant", "buyer", "purchaser", "disclosing party", "seller",
    }
)  # fmt: skip
VENDOR_ROLES = frozenset(
    {
        "受托方", "受托人", "受托单位", "承包方", "承包人", "承包商", "承接方", "外包方", "外包商", "外包公司", "服务商", "服务方", "服务提供方", "服务提供商",
        "服务提供者", "提供方", "供应商", "供方", "供应方", "乙方服务商", "中标人", "中标方", "成交供应商", "客服公司", "接收方", "收款方", "运营方", "服务公司",
        "vendor", "supplier", "service provider", "provider", "contractor", "receiving party", "agent", "outsourcer",
        "consultant", "agency",
    }
)  # fmt: skip
_ROLES = MERCHANT_ROLES | VENDOR_ROLES
_CHINESE = "|".join(sorted((r for r in _ROLES if not r.isascii() and len(r) > 1), key=len, reverse=True))
_ENGLISH = "|".join(sorted((r.replace(" ", r"\s+") for r in _ROLES if r.isascii()), key=len, reverse=True))
_HEAD = 2500  # characters read as the party block when the numbering does not show where it ends


@dataclass(frozen=True, slots=True, kw_only=True)
class Sides:
    """The two sides as one contract writes them.

    ``words`` stand for a side in its sentences, ``roles`` are what the party block calls it, ``call`` the word to
    use for it in a message.
    """

    names: dict[Party, str] = field(default_factory=lambda: dict.fromkeys(Party, ""))
    roles: dict[Party, tuple[str, ...]] = field(default_factory=lambda: dict.fromkeys(Party, ()))
    words: dict[Party, tuple[str, ...]] = field(default_factory=lambda: dict.fromkeys(Party, ()))
    call: dict[Party, str] = field(default_factory=lambda: {p: p.value for p in Party})


def read_sides(text: str, head_end: int) -> Sides:
    """The sides of a contract from its simplified text; ``head_end`` is where its first clause starts."""
    head = text[: min(max(head_end, 300), 6000) if head_end else _HEAD]
    head = re.sub(r"(?<=[甲乙])[ \u3000\xa0]+(?=方)", "", head)
    flat = re.sub(r"(?<=[甲乙])[ \u3000\xa0]+(?=方)", "", text)
    lettered = len(re.findall("甲方", flat)) >= 1 and len(re.findall("乙方", flat)) >= 1
    english = len(re.findall(r"\bParty\s+A\b", flat, re.I)) >= 1 and len(re.findall(r"\bParty\s+B\b", flat, re.I)) >= 1
    first: dict[Party, tuple[str, ...]] = {Party.JIA: ("甲方",), Party.YI: ("乙方",)} if lettered else {}
    if english:
        first = {Party.JIA: (*first.get(Party.JIA, ()), "Party A"), Party.YI: (*first.get(Party.YI, ()), "Party B")}
    if not first:
        first = _other_names(flat, head)
    elif lettered:
        first = _with_pronouns(flat, first)
    sides = Sides()
    if not first:
        return sides
    for party in Party:
        own = first[party]
        tied = _tied(head, flat, own)
        roles = tuple(r for r in dict.fromkeys((*own, *tied)) if r in _ROLES or r.lower() in _ROLES)
        sides.roles[party] = tuple(dict.fromkeys(r.lower() if r.isascii() else r for r in roles))
        sides.names[party] = _name(head, (*own, *tied))
        sides.call[party] = own[0]
    for party in Party:
        others = {*first[party.other], *sides.roles[party.other]}
        english_forms = (v for w in sides.roles[party] if w.isascii() for v in (w.title(), w))
        called = _called(head, flat, first[party])
        words = (*first[party], *called, *(w for w in sides.roles[party] if not w.isascii()), *english_forms)
        sides.words[party] = tuple(dict.fromkeys(w for w in words if w not in others and _once(w, flat)))
    return sides


_PRONOUNS = (
    ("我们", "您"),
    ("我方", "贵方"),
    ("我司", "贵司"),
    ("本公司", "您"),
    ("本平台", "您"),
    ("我们", "你"),
    ("我方", "你方"),
    ("平台", "商户"),
)


def _with_pronouns(text: str, first: dict[Party, tuple[str, ...]]) -> dict[Party, tuple[str, ...]]:
    """A contract that says once who is 甲方 and then speaks of 我们 and 您 throughout: the pronouns join the names.

    Which is which is read from the sentence that ties a pronoun to 甲方 or 乙方; without one they are left alone.
    """
    letters = min(text.count("甲方"), text.count("乙方"))
    for ours, yours in _PRONOUNS:
        if min(text.count(ours), text.count(yours)) <= 2 * letters:
            continue
        for word, other in ((ours, yours), (yours, ours)):
            tied = re.search(
                rf"[“\"]?{word}[”\"]?[^。；\n]{{0,60}}?(?:即|是|为|指|作为|系|：|:|（)[^。；\n]{{0,30}}?(?P<p>甲方|乙方)",
                text,
            )
            back = re.search(
                rf"(?P<p>甲方|乙方)[^。；\n]{{0,24}}?(?:以下(?:简)?称|即|简称)[^。；\n]{{0,6}}[“\"]?{word}[”\"]?", text
            )
            match = min((m for m in (tied, back) if m), key=lambda m: m.end() - m.start(), default=None)
            if match is not None:
                party = Party(match["p"])
                return {party: (*first[party], word), party.other: (*first[party.other], other)}
    return first


_NAME = r"[\u4e00-\u9fffA-Za-z·]{2,10}?"
_CALLED = r"(?:以?下(?:面)?(?:统|简)?(?:称(?:为|作)?|叫(?:做)?)|简称(?:为)?|统称)"
_NOT_A_NAME = re.compile(
    r"盖章|签[字章名]|公章|以下|简称|甲方|乙方|双方|本合同|本协议|名称|填写|自然人|个体|公司名|全称|合同专用|授权|代表|先生|女士|Party",
    re.I,
)


def _called(head: str, text: str, own: tuple[str, ...]) -> list[str]:
    """Names of its own making that the party block gives a side: 甲方（护航方）, 品牌伙伴（乙方）, 乙方：…，下面叫「小耳朵」.

    A name counts when the contract goes on using it: at least three times.
    """
    found: list[str] = []
    for word in own:
        name = re.escape(word)
        for pattern in (
            rf"{name}[”\"]? ?[(（] ?[“\"「]?(?P<n>{_NAME})[”\"」]? ?[)）]",
            rf"(?P<n>{_NAME}) ?[(（] ?(?:即|以?下(?:简)?称)?[“\"「]?{name}[”\"」]? ?[)）]",
            rf"{name}[^\n]{{0,90}}?{_CALLED}[为作是:： ]{{0,2}}[“\"「『](?P<n>{_NAME})\s*[”\"」』]",
            rf"(?P<n>{_NAME})[”\"」]?(?:即|指|是指|系指)[“\"「]?{name}[”\"」]?(?=[，。；,;、)）])",
        ):
            found += [m["n"] for m in re.finditer(pattern, head)]
    return [n for n in dict.fromkeys(found) if not _NOT_A_NAME.search(n) and text.count(n) >= 3]


def _once(word: str, text: str) -> bool:
    return word in text


def _other_names(text: str, head: str) -> dict[Party, tuple[str, ...]]:
    """Names of the sides where the text has neither 甲方 and 乙方 nor Party A and Party B; first named first."""
    pairs: list[tuple[int, str, str]] = []
    merchant = _commonest(text, MERCHANT_ROLES)
    vendor = _commonest(text, VENDOR_ROLES)
    if merchant and vendor:
        pairs.append((min(text.lower().count(merchant), text.lower().count(vendor)), merchant, vendor))
    for ours, yours in (("我们", "您"), ("我方", "贵方"), ("我司", "贵司"), ("本公司", "您"), ("我们", "贵司")):
        pairs.append((min(text.count(ours), text.count(yours)), ours, yours))
    count, one, two = max(pairs, key=lambda p: p[0])
    if not count:
        return {}
    if one in ("我们", "我方", "我司", "本公司"):
        at = [text.find(w) for w in (one, two)]
    else:
        at = [_first(head, text, w) for w in (one, two)]
    ordered = (one, two) if at[0] <= at[1] else (two, one)
    return {Party.JIA: _spellings(ordered[0], text), Party.YI: _spellings(ordered[1], text)}


def _spellings(word: str, text: str) -> tuple[str, ...]:
    if not word.isascii():
        return (word,)
    return tuple(w for w in (word.title(), word, word.upper()) if w in text) or (word,)


def _first(head: str, text: str, word: str) -> int:
    """Where a side is first named as a party; a mention in the title does not count."""
    found = re.search(
        rf"(?:^|[\n(（“\"]) *{re.escape(word)} *(?:[)）”\"]|[(（][^)）]*[)）])? *[:：”\"]", head, re.I | re.M
    )
    if found:
        return found.start()
    at = text.lower().find(word)
    return at if at >= 0 else len(text)


def _commonest(text: str, roles: frozenset[str]) -> str:
    lower = text.lower()
    counts = {r: _count(lower, r) for r in roles if len(r) > 1}
    best = max(counts, key=lambda r: (counts[r], len(r), r))
    return best if counts[best] >= 2 else ""


def _count(lower: str, role: str) -> int:
    if role.isascii():
        return len(re.findall(rf"\b{role}\b", lower))
    prefix = "(?<![受被])" if role.startswith("委托") else "(?<!外)" if role == "包方" else ""
    return len(re.findall(prefix + re.escape(role), lower)) if role not in ("客户", "用户", "提供方") else 0


def _tied(head: str, text: str, own: tuple[str, ...]) -> list[str]:
    """Roles the text writes beside one of the side's names: 甲方（委托方）, 委托方（以下简称“甲方”）, 甲方作为委托方."""
    found: list[str] = []
    role = rf"(?:{_CHINESE}|\b(?:{_ENGLISH})\b)"
    for word in own:
        name = re.escape(word)
        inside = rf"[(（\[【][^)）\n]{{0,16}}?(?P<r>{role})[^)）\n]{{0,12}}[)）\]】]"
        patterns = (
            (head, rf"{name}[”\"]? ?{inside}"),
            (head, rf"(?P<r>{role}) ?[(（\[【][^)）\n]{{0,14}}?{name}[”\"']?[^)）\n]{{0,6}}[)）\]】]"),
            (head, rf"{name} ?[:：]?[ /／、]+(?P<r>{role})(?= *[:：])|(?P<r2>{role})[ /／、]{{1,3}}{name}(?= *[:：])"),
            (head, rf"{name}[:：][^\n]{{0,40}}[(（][^)）\n]{{0,12}}(?P<r>{role})[”\"]?[)）]"),
            (text, rf"{name}(?:系|是|为|作为)(?:[^。，；\n]{{0,12}}的)?(?P<r>{role})(?=[，。；,;]|$)"),
            (text, rf"(?P<r>{role})[(（](?:即|指)?{name}[)）]|{name}[(（](?:即|指)?(?P<r2>{role})[)）]"),
        )
        for where, pattern in patterns:
            for match in re.finditer(pattern, where, re.I | re.M):
                groups = match.groupdict()
                hit = groups.get("r") or groups.get("r2")
                if hit:
                    found.append(re.sub(r"\s+", " ", hit.lower()) if hit.isascii() else hit)
    return list(dict.fromkeys(found))


_BLANK = re.compile(r"[\s_＿—\-–.…·【】\[\]()（）〔〕/、xX×*＊□]*")
_NAME_END = re.compile(
    r"[\n；;|]| {3,}|\u3000{2,}|(?:统一社会信用代码|地址|住所|法定代表人|联系人|电话|乙方|受托方|以下简称)"
)


def _name(head: str, words: tuple[str, ...]) -> str:
    """The company or shop a side's name stands for in the party block, "" when it is blank."""
    for word in words:
        name = re.escape(word)
        for found in re.finditer(
            rf"(?:^|[\n|(（、/ \u3000]){name}[”\"]?(?: ?[(（\[【][^)）\]】\n]{{0,24}}[)）\]】])?[”\"]? ?[:：|｜]+(?P<n>[^\n]*)", head, re.I
        ):  # fmt: skip
            clean = _clean(found["n"])
            if clean:
                return clean
        # 某公司（以下简称“甲方”）
        for found in re.finditer(
            rf"(?P<n>[^\n，。；:：,;]{{2,60}}?) ?[(（][^)）\n]{{0,16}}[“\"「']?(?:the )?{name}[”\"」']?[^)）\n]{{0,6}}[)）]", head, re.I
        ):  # fmt: skip
            clean = _clean(re.sub(r"^.*\b(?:between|and|by)\s+", "", found["n"], flags=re.I))
            if clean and clean not in _ROLES and clean.lower() not in _ROLES and len(clean) > 3:
                return clean
    return ""


def _clean(raw: str) -> str:
    raw = raw.strip(" \t\u3000\xa0|")
    raw = re.sub(r"^(?:名称|公司名称|单位名称)[:：]", "", raw)
    end = _NAME_END.search(raw)
    raw = raw[: end.start()] if end else raw
    raw = re.sub(r"^(?:由|与|和|兹有)", "", raw.strip(' \t\u3000\xa0|,，。、“”"'))
    raw = re.sub(r"[(（](?:盖章|签章|公章|以下[^)）]*|以下)?[)）]?$", "", raw).strip(" _＿【】[]")
    return "" if _BLANK.fullmatch(raw) or len(raw) > 80 else raw
