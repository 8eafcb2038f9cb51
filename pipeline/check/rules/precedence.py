"""Which part of a contract prevails when two parts speak of the same point (LABELS rule 9)."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.check.rules.parts import (
    BODY,
    GENERAL,
    MAIN,
    NAMES,
    SPECIAL,
    SPECIAL_TITLE,
    SUPPLEMENT,
    number_in,
    numbers_in,
    part_of,
    part_title,
    parts_named,
    paths_of,
)
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Signal
from pipeline.types import Status

_CONFLICT = (
    r"(?:不一致|不尽一致|冲突|抵触|相悖|矛盾|不符|不同|差异|歧义|出入|优先|differ|conflict|inconsisten|discrepan)"
)
# The clause of the general terms that an item of the special ones is for: 对应1.1、1.2; 通用条款3.2:…; 2.1与本条不一致的,以本条为准.
_NUMBER = r"(?:第?\d{1,2}(?:\.\d{1,2}){1,2}(?:条|款|项)?|第[一二三四五六七八九十\d]{1,4}条(?:第[一二三四五六七八九十\d]{1,3}款)?)"
_IS_FOR = re.compile(
    rf"(?:对应|针对|对照)于?(?:本?合同)?(?:{GENERAL})?(?:的|之|中|项下)?(?P<a>{_NUMBER}(?:[、,和及与]{_NUMBER})*)"
    rf"|^[专特]?[\d.、()]{{0,5}}{GENERAL}(?P<b>{_NUMBER}(?:[、,和及与]{_NUMBER})*)[:,|]"
    rf"|(?P<c>{_NUMBER})[^。;]{{0,12}}(?:以本[条款项]|以此)[^。;,]{{0,4}}为准"
)
_NUMBER_COLUMN = re.compile(rf"(?:{GENERAL}|原条款|对应).{{0,6}}(?:条号|条款号|序号|编号|条目|条款)|^{GENERAL}$")
_ITEM_HEAD = re.compile(r"^[专特]\d")
_THIS = rf"本[\u4e00-\u9fff]{{0,6}}?(?:协议|合同|附件|附录|附表|条款|约定|补充|变更单)(?:正文)?|{NAMES}|{MAIN}"
_PREVAILS = re.compile(
    rf"{_CONFLICT}.{{0,30}}?(?:(?:以|按)(?P<this>{_THIS}).{{0,12}}(?:为准|执行|优先)|(?:一律|均|应|则)?(?:优先)?(?:适用|依从|遵从|从)(?P<that>{_THIS})(?:的?(?:约定|规定))?(?:$|[。;,]))"
)
_FIRST = re.compile(rf"(?P<this>{_THIS}).{{0,14}}(?:效力)?优先(?:适用|$|[。;,])")
_BEFORE = re.compile(r"(?P<high>[^,;。:]{1,16}?)(?:的)?(?:效力)?(?:优先于|高于)(?P<low>[^,;。:]{1,16})")
_EARLIER = re.compile(
    rf"{_CONFLICT}.{{0,24}}(?:序号|次序|编号|顺序|序位|排序|排列|位次|列)(?:在|排|靠|较)?(?P<end>前|先|后)"
)
_LISTED = re.compile(
    r"(?:按|依)(?:照)?(?:下列|以下|如下)[^。;]{0,10}(?:顺序|次序)|(?:优先|解释|效力)(?:的)?(?:顺序|次序)(?:为|是|如下|依次|以此为[序准])"
)
# A clause that yields by itself to what another part says on its point: 惟附件一定有更短时限者,从附件一.
_YIELDS = re.compile(
    rf"(?P<to>{NAMES})[^。;]{{0,16}}(?:更[短长严高低优]|另有|有(?:不同|特别))[^。;]{{0,14}}?[,，]?(?:应|则|均)?(?:从|依|以|按|适用|遵)(?:照)?(?:其|该|{NAMES})"
)
_LANGUAGE = re.compile(
    rf"{_CONFLICT}[^。;]{{0,12}}以(?P<zh>中文|汉语|汉文|简体)[^,。;]{{0,6}}为准|{_CONFLICT}[^。;]{{0,12}}以(?P<en>英文|英语)[^,。;]{{0,6}}为准"
    rf"|(?P<zh2>chinese)(?:text|version|language)?[^.;]{{0,12}}(?:prevail|control|govern)|(?P<en2>english)(?:text|version|language)?[^.;]{{0,12}}(?:prevail|control|govern)"
)
_ANNEX = re.compile(r"附件|附录|附表|补充|sow|schedule|annex")
_TOPIC = re.compile(r"^[\d.、()]*(?:就|关于)?(?P<topic>[^,;。]{2,12}?)(?:这一项|一项|这项|方面)[,，]")
_NUMBERED = re.compile(r"\((?:\d{1,2}|[一二三四五六七八九十])\)|(?<![\d.])\d{1,2}[、.](?!\d)|[①-⑩]")
_MADE_OF = re.compile(r"[本该]?(?:合同|协议)(?:文件)?(?:由|包括)|(?:构成|组成)[本该]?(?:合同|协议)")

Rank = Callable[[Sentence], int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """A stated order: ``rank`` is lower for what prevails, ``None`` for what it does not speak of; ``said`` is the sentence that
    states it, ``topic`` the only point it is for, where it is for one. ``replaces`` where the winner takes the place of the other text (a later
    agreement); else the two are read together, and only what one figure settles conflicts with what says otherwise (indicators add up). ``pairs`` keys what says the same in two languages.
    """

    rank: Rank
    said: Sentence
    topic: str = ""
    replaces: bool = False
    pairs: bool = False


@lru_cache(maxsize=4)
def orders(reading: Reading) -> tuple[Order, ...]:
    """The orders of precedence a contract states, in reading order."""
    return tuple(_orders(reading))


def _orders(reading: Reading) -> Iterator[Order]:
    for sentence in reading.body:
        yielding = _by_proviso(sentence, reading)
        if yielding is not None:
            yield Order(rank=yielding, said=sentence, replaces=True)
        if re.search(_CONFLICT, sentence.plain) is None and _LISTED.search(sentence.plain) is None:
            continue
        language = _by_language(sentence, reading)
        rank = language or _by_chain(sentence, reading) or _by_number(sentence, reading) or _by_part(sentence, reading)
        if rank is not None:
            topic = _TOPIC.search(sentence.plain)
            yield Order(
                rank=rank,
                said=sentence,
                topic=topic.group("topic") if topic else "",
                replaces=SUPPLEMENT.search(sentence.plain) is not None and _BEFORE.search(sentence.plain) is None,
                pairs=language is not None,
            )


def apply(signals: list[Signal], reading: Reading) -> list[Signal]:
    """Drop what a prevailing part overrides, where that part itself speaks of the point with more than a mention; both stay cited."""
    if len(signals) < 2:
        return signals
    for order in _in_force(reading):
        signals = _resolved(signals, order)
    return signals


def _resolved(signals: list[Signal], order: Order) -> list[Signal]:
    ranked = [(s, order.rank(s.sentence)) for s in signals if order.topic in s.sentence.full]
    settled = [(rank, s) for s, rank in ranked if rank is not None and s.status in (Status.OK, Status.ADVERSE)]
    if not settled:
        return signals
    best = min(rank for rank, _ in settled)
    winner = next(s for rank, s in settled if rank == best)
    lost = [s for s, r in ranked if r is not None and r > best and _conflict(s, winner, ranked, order)]
    shown = [s.sentence for s in lost if s.status in (Status.OK, Status.ADVERSE)][:_SHOWN]
    first = replace(winner, also=(*winner.also, *shown, order.said)) if shown else winner
    gone = {id(s) for s in lost}
    return [first if s is winner else s for s in signals if id(s) not in gone]


def _conflict(lower: Signal, winner: Signal, ranked: list[tuple[Signal, int | None]], order: Order) -> bool:
    """Whether ``lower`` says of the same thing what cannot stand beside the part that prevails."""
    if order.replaces:
        return True
    if order.pairs:
        where = lower.sentence
        return any(
            rank == 0 and (_place(s.sentence) == _place(where) or abs(s.sentence.index - where.index) == 1)
            for s, rank in ranked
        )
    if lower.status is Status.VAGUE:
        return not (lower.keys and lower.sentence.is_row)  # a row left to talks adds to the list, as an indicator does
    return lower.status is not winner.status and winner.figure is not None and not winner.keys


_SHOWN = 2  # overruled sentences cited beside the one that prevails


def _place(sentence: Sentence) -> tuple[str, str, int]:
    """Part and number of a clause; its id where it has no number."""
    clause = sentence.clause
    return part_of(sentence), clause.number, 0 if clause.number else clause.id


def _by_language(sentence: Sentence, reading: Reading) -> Rank | None:
    """中英文不一致以中文为准: the text in the other language yields."""
    match = _LANGUAGE.search(sentence.plain)
    if match is None:
        return None
    chinese = bool(match["zh"] or match["zh2"])
    only_body = re.search(r"正文|body", sentence.plain) is not None

    def rank(own: Sentence) -> int | None:
        if only_body and part_of(own) not in BODY:
            return None
        return 0 if _is_chinese(own) is chinese else 1

    return rank


def _is_chinese(sentence: Sentence) -> bool:
    han = len(re.findall(r"[\u4e00-\u9fff]", sentence.plain))
    return han * 3 >= len(sentence.plain)


def _by_proviso(sentence: Sentence, reading: Reading) -> Rank | None:
    """附件另有更短时限的从附件: the clause that says so yields to that part, and no other clause does."""
    match = _YIELDS.search(sentence.plain)
    wins = parts_named(match["to"], reading) if match else frozenset()
    clause = sentence.clause.id
    if not wins - {part_of(sentence)}:
        return None
    return lambda own: 0 if part_of(own) in wins else (1 if own.clause.id == clause else None)


def _by_chain(sentence: Sentence, reading: Reading) -> Rank | None:
    """补充协议优先于附件，附件优先于正文."""
    steps: list[str] = []
    for match in _BEFORE.finditer(sentence.plain):
        steps += [step for step in (match["high"], match["low"]) if not steps or step != steps[-1]]
    return _ranked([parts_named(step, reading) for step in steps])


@lru_cache(maxsize=4)
def _in_force(reading: Reading) -> tuple[Order, ...]:
    """The orders a contract states, and what its items take the place of by them."""
    return (*orders(reading), *_by_items(orders(reading), reading))


def _by_items(said: Sequence[Order], reading: Reading) -> Iterator[Order]:
    """专2 对应1.3: what an item of a part that prevails says of a point takes the place of the clause it is for. Special terms may also
    be numbered as the general ones they are for."""
    said = [o for o in said if not o.topic and not o.pairs]
    if not said:
        return
    paths = paths_of(reading)
    for item, numbers in _items(reading, paths):
        head = item[0]
        above = [o for o in said if o.rank(head) is not None]
        under = {
            s.index
            for s in reading.body
            if part_of(s) != part_of(head)
            and any(paths[s.clause.id][: len(n)] == n for n in numbers)
            and any((r := o.rank(s)) is not None and r > (o.rank(head) or 0) for o in above)
        }
        own = frozenset(s.index for s in item)
        if under:
            yield Order(rank=_of_two(own, frozenset(under)), said=head, replaces=True)


def _of_two(wins: frozenset[int], loses: frozenset[int]) -> Rank:
    return lambda one: 0 if one.index in wins else (1 if one.index in loses else None)


def _items(
    reading: Reading, paths: dict[int, tuple[int, ...]]
) -> Iterator[tuple[list[Sentence], list[tuple[int, ...]]]]:
    """Items that are for clauses of another part, with the numbers of those; an item goes on to the next one."""
    item: list[Sentence] = []
    numbers: list[tuple[int, ...]] = []
    for sentence in reading.body:
        found = _is_for(sentence)
        own = paths[sentence.clause.id]
        if not found and len(own) > 1 and SPECIAL_TITLE.match(part_title(sentence)):
            found = [own]
        new = not item or sentence.clause.id != item[-1].clause.id
        opens = not item or (new and bool(sentence.clause.number)) or part_of(sentence) != part_of(item[-1])
        if found and found == numbers and not opens:
            found = []
        if found or opens or _ITEM_HEAD.match(sentence.plain):
            if numbers:
                yield item, numbers
            item, numbers = [], found
        item.append(sentence)
    if numbers:
        yield item, numbers


def _is_for(sentence: Sentence) -> list[tuple[int, ...]]:
    """The numbers of the clauses that an item says it is for."""
    heads = [i for i, c in enumerate(sentence.columns) if _NUMBER_COLUMN.search(c)]
    text = sentence.cells[heads[0]] if heads and len(sentence.cells) > heads[0] else ""
    match = _IS_FOR.search(sentence.plain)
    if match is not None:
        text = match["a"] or match["b"] or match["c"]
    return [numbers_in(n) for n in re.findall(_NUMBER if match else r"[\d.]+", text)]


def _by_number(sentence: Sentence, reading: Reading) -> Rank | None:
    """以序号在前的附件为准, and the documents listed in order of precedence."""
    earlier = _EARLIER.search(sentence.plain)
    if earlier is not None and _ANNEX.search(sentence.plain) and not re.search(MAIN, sentence.plain):
        sign = -1 if earlier["end"] == "后" else 1
        places = {annex: number_in(annex) for annex in reading.annexes}
        return lambda own: sign * place if (place := places.get(part_of(own))) else None
    if earlier is None and _LISTED.search(sentence.plain) is None:
        return None
    sign = -1 if earlier is not None and earlier["end"] == "后" else 1
    text = ";".join(
        s.plain
        for s in reading.sentences[max(0, sentence.index - 12) : sentence.index + 12]
        if s.clause.id == sentence.clause.id or sentence.plain in s.context
    )
    text = _MADE_OF.sub("", text)
    numbered = _NUMBERED.split(text)[1:]
    items = [parts_named(item, reading) for item in (numbered if len(numbered) > 2 else re.split(r"[、;>,]", text))]
    return _ranked(items[::sign])


def _ranked(steps: list[frozenset[str]]) -> Rank | None:
    """Ranks by the first step that names a part; ``None`` where fewer than two steps name one."""
    places: dict[str, int] = {}
    for i, step in enumerate(steps):
        for part in step:
            places.setdefault(part, i)
    return (lambda own: places.get(part_of(own))) if len(set(places.values())) > 1 else None


def _by_part(sentence: Sentence, reading: Reading) -> Rank | None:
    """不一致的以附件为准: what prevails against which other part of the file; letters and quotations are no part of it."""
    match = _PREVAILS.search(sentence.plain) or _FIRST.search(sentence.plain)
    if match is None:
        return None
    named = match["this"] or match["that"] if match.re is _PREVAILS else match["this"]
    own = part_of(sentence)
    if named.startswith("本"):
        inside = own and ("附" in named or ("正文" not in named and SUPPLEMENT.search(own)))
        wins = frozenset({own}) if inside else BODY
    else:
        wins = parts_named(named, reading)
    said = sentence.plain[: match.start("this" if match["this"] else "that")] or sentence.plain
    rest = said.replace(named, "")
    if not wins or not (_ANNEX.search(rest) or re.search(rf"{MAIN}|{SPECIAL}|各文件|本?合同|本?协议", rest)):
        if not (wins - BODY) or not re.search(rf"特别约定|补充|{_CONFLICT}", sentence.plain):
            return None
    losers = parts_named(rest, reading) - wins
    if wins <= BODY and not (
        losers - BODY or _ANNEX.search(rest) or re.search(rf"各文件|原合同|原协议|{SPECIAL}", rest)
    ):
        return None
    return lambda one: 0 if part_of(one) in wins else (1 if not losers or part_of(one) in losers else None)
