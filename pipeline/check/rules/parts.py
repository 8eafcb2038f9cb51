"""The parts of a contract under one cover: its body, general and special terms, annexes; and the numbers of the clauses in them."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.check.rules.reading import Reading, Sentence, plain_text
from pipeline.types import Clause, ClauseKind

GENERAL = r"(?:通用|标准|格式|一般|背面)(?:合同|服务|交易)?(?:条款|条件)"
SPECIAL = r"特(?:别|殊|约)(?:约定|条款|条件)|专用(?:合同)?(?:条款|条件|约定)|补充(?:条款|约定)"
NAMES = rf"(?:附件|附录|附表)[一二三四五六七八九十\d]*|附录[a-z]|补充(?:协议|合同)|{SPECIAL}|报价单|订单|工作说明书|sow"
MAIN = rf"合同正文|协议正文|正文|正面(?:约定|条款)?|主合同|主协议|原合同|原协议|总则|分则|{GENERAL}"
# A contract of several parts under one cover; the general terms are its body.
SPECIAL_TITLE = re.compile(
    rf"^\(?(?:第?[一二三四五六\d]+(?:部分|编|篇|章)?[、.:]?)?(?:合同)?(?P<name>{SPECIAL}|报价单)\)?(?:\([^()]{{0,12}}\))?$"
)
GENERAL_PART = "通用条款"  # by this name, whatever it is titled
BODY = frozenset({"", GENERAL_PART})
_GENERAL_TITLE = re.compile(rf"^.{{0,12}}?{GENERAL}\)?(?:\([^()]{{0,12}}\))?$")
_BODY = re.compile(rf"{MAIN}|主文|本合同|本协议|合同|body")
SUPPLEMENT = re.compile(r"补充|特别约定|变更|续约|续签|修订")
_ORIGINAL = re.compile(r"^(?!.*(?:补充|变更|续约|续签|修订|保密|廉洁|安全)).*(?:合同|协议)(?:书|原文|\(.*\))?$")
_DIGITS = {n: i for i, n in enumerate("零一二三四五六七八九十")}


def part_of(sentence: Sentence) -> str:
    """The annex or the special or general part a sentence stands in, folded; "" for the rest of the body."""
    if sentence.clause.annex:
        return plain_text(sentence.clause.annex)
    return _titled(part_title(sentence))


@lru_cache(maxsize=4096)
def _titled(title: str) -> str:
    special = SPECIAL_TITLE.match(title)
    return special["name"] if special else (GENERAL_PART if _GENERAL_TITLE.match(title) else "")


def part_title(sentence: Sentence) -> str:
    """The title of the part or article a sentence stands in, "" where it has none."""
    return sentence.context.split("\n", 1)[0]


def is_general(sentence: Sentence) -> bool:
    """Whether a sentence stands in a part titled as the general terms."""
    return _GENERAL_TITLE.match(part_title(sentence)) is not None


def paths_of(reading: Reading) -> dict[int, tuple[int, ...]]:
    """The numbers of each clause by its id, outermost first: 第三条 3.2 is (3, 2), 第二条 2.1 (4) is (2, 1, 4). Articles are counted
    through chapters, parts count for nothing."""
    by_id = {c.id: c for c in reading.clauses}

    def path(clause: Clause) -> tuple[int, ...]:
        title = plain_text(clause.title)
        if (
            re.search(r"(?:部分|编|篇)$", plain_text(clause.number))
            or SPECIAL_TITLE.match(title)
            or _GENERAL_TITLE.match(title)
        ):
            return ()
        own = numbers_in(plain_text(clause.number))
        above = by_id.get(clause.parent) if clause.parent is not None else None
        if above is None or not own or above.kind is ClauseKind.ANNEX or clause.number.endswith(("条", "條")):
            return own
        outer = path(above)
        return own if own[: len(outer)] == outer and len(own) > len(outer) else (*outer, *own)

    return {c.id: path(c) for c in reading.clauses}


def numbers_in(text: str) -> tuple[int, ...]:
    """The numbers of a clause as written, outermost first: 3.2 is (3, 2)."""
    return tuple(number_in(n) for n in re.findall(r"\d+|[一二三四五六七八九十]+", text))


def _named_parts(reading: Reading) -> frozenset[str]:
    return reading.annexes | {part_of(s) for s in reading.sentences} - {""}


def parts_named(words: str, reading: Reading) -> frozenset[str]:
    """The parts of the file that these words name: "" for the body, the names of annexes for the rest."""
    found: set[str] = set()
    originals = frozenset(
        plain_text(c.annex)
        for c in reading.clauses
        if c.kind is ClauseKind.ANNEX and _ORIGINAL.search(plain_text(c.title) or plain_text(c.annex))
    )
    if re.search(r"原(?:合同|协议)", words) and originals:
        return originals
    named = _named_parts(reading)
    for name in re.findall(NAMES, words):
        exact = {a for a in named if a == name or (a.startswith(name) and number_in(name))}
        near = {a for a in named if not number_in(name) and name[:2] in a}
        found |= exact or {a for a in near if a in reading.annexes or not name.endswith(("协议", "合同"))}
    for kind in (GENERAL, SPECIAL):  # an annex may be titled so
        titled = {
            plain_text(c.annex)
            for c in reading.clauses
            if c.kind is ClauseKind.ANNEX and re.search(rf"(?:{kind})(?:\(.*\))?$", plain_text(c.title))
        }
        if kind is GENERAL and GENERAL_PART in named:
            titled.add(GENERAL_PART)
        if titled and re.search(kind, words):
            found |= titled
            words = re.sub(kind, "", words)
    if re.search(r"附件|附录|附表", words) and not re.search(r"(?:附件|附录|附表)[一二三四五六七八九十\da-z]", words):
        found |= {a for a in reading.annexes if not SUPPLEMENT.search(a) or "附" in a}
    if "sow" in words or "工作说明书" in words or "订单" in words:
        found |= {
            plain_text(c.annex)
            for c in reading.clauses
            if c.kind is ClauseKind.ANNEX and re.search(r"sow|工作说明书|订单", plain_text(c.title))
        }
    if _BODY.search(re.sub(rf"{NAMES}|补充(?:协议|合同)|采购文件|投标文件", "", words)):
        found |= {""} if GENERAL_PART in named and re.search(r"(?<!本)协议书", words) else BODY
    return frozenset(found)


def number_in(name: str) -> int:
    """The number of an annex or a clause; 0 when there is none."""
    found = re.search(r"\d+|[一二三四五六七八九十]+", name)
    if found is None:
        return 0
    text = found.group(0)
    if text.isdigit():
        return int(text)
    tens, _, ones = text.rpartition("十") if "十" in text else ("", "", text)
    return (_DIGITS.get(tens, 1) * 10 if "十" in text else 0) + _DIGITS.get(ones, 0)
