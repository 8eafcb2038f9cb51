"""Clauses that another part of the same file amends by their number (原合同第三条第2款所列时间改为25秒): read as they stand after it.

LABELS rule 9: what can be read together is. ``amended`` makes a rule read that way; the engine does so for every rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise

from pipeline.check.rules.features import shape
from pipeline.check.rules.parts import BODY, GENERAL, is_general, number_in, part_of, parts_named, paths_of
from pipeline.check.rules.pattern import compiled
from pipeline.check.rules.precedence import Order, orders
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal
from pipeline.folding import fold, simplify
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind, quantities
from pipeline.types import Status

_N = r"[一二三四五六七八九十\d]{1,4}"
_ANNEX = r"(?:附件|附录|附表)[一二三四五六七八九十\d]{0,3}"
# 第三条第2款, 3.2, 2.1第(4)项, 附件一表中第2行; the part they stand in before it. A number with a unit is a figure.
_TARGET = re.compile(
    rf"(?P<of>(?:原|主|该)(?:合同|协议)(?:正文|的?{_ANNEX})?|正文|(?:本?合同)?{GENERAL}|本[\u4e00-\u9fff]{{0,6}}?(?:合同|协议|附件|条款|变更单)|{_ANNEX})?[之的中]?"
    rf"(?:第(?P<article>{_N})条(?:之?第\(?(?P<paragraph>{_N})\)?[款项])?"
    rf"|第?(?<![\d.])(?P<number>\d{{1,2}}(?:\.\d{{1,2}}){{1,2}})(?![\d.%‰元秒日天月年小分个倍折万])[条款]?"
    rf"|(?<=[\d一二三四五六七八九十])[^。;,\"]{{0,6}}?第(?P<row>{_N})行)"
    rf"(?:之?第?\((?P<item>{_N})\)[项款目]?|之?第(?P<item2>{_N})[款项目])?"
)
_QUOTE = re.compile(r"[\"“「『][^\"”」』]*[\"”」』]")
_SET = r"(?:[修更]?改|修订|变更|调整|替换|更[正换]|延长?|缩短|提高|上[调升]|[调升]|下调|降低?|放宽|增加|减少)(?:为|成|至|到)"
_OURS = r"本(?:合同|协议|项目|次)"
_STRUCK = (
    rf"(?:删[去除]|不再(?:适用|执行|有效)|废止|作废|失效|取消|不(?:予|作)?(?:采用|采纳|适用|执行|沿用)(?!的)(?!于(?!{_OURS}))"
    r"|[由被][^,。;\"]{1,14}?(?:代替|替代|取代|替换)(?!的))"
)
# Before the number: 删除通用条款3.2. What an item spares a party in its own case (亦不适用8.1) is struck out for nothing else.
_STRUCK_AHEAD = re.compile(
    rf"(?:删[去除]|废止|取消|代替|替代|取代|不(?:予)?采用|(?:^|{_OURS})(?:双方)?(?:一律|均)?不(?:再|予)?(?:适用|执行))(?:原|上述)?$"
)
_CHANGED = re.compile(f"{_SET}|{_STRUCK}")
# At the head of a sentence a number is the clause's own, unless what is done to it follows.
_DONE_TO = re.compile(
    r"^(?:的|中|所[列定载约述]|整[款条项]|全文|内容|原文|但书|[\"“「『]|自[^,。;]{1,12}起)|^" + _CHANGED.pattern
)
_POWER = re.compile(r"可(?!比|用)|有权|得以|如需|需要|须|拟|若|不得|未经|除非|或")  # what may be changed is not yet
_CASE = re.compile(
    r"期间|情形|情况|(?<!生效)(?<!签署)时(?![间限段])|仍|并非|不影响|^以?外"
)  # for a case only, or it stands
_BY_IT = re.compile(r"(?:按照?|依照?|依据|根据|适用|执行|参照|见)第?$")
_HALF = re.compile(rf"^[之的]?(?P<which>[前后]半[句段])[^。;,\"]{{0,6}}?{_STRUCK}")
_NTH = re.compile(rf"^[之的]?(?:第(?P<nth>[一二三四五\d])|(?P<end>首|末|最后一?))句[^。;,\"]{{0,6}}?{_STRUCK}")
# 第二条的应答指标不再执行: of the clause only what speaks of that.
_OF_TOPIC = re.compile(
    rf"^(?:的|中?关于|中?有关)(?:全部)?(?P<topic>[^,。;\"]{{2,12}}?)(?:的)?(?:约定|规定|内容|要求)?(?:均|一律|自[^,。;]{{1,12}}起)?{_STRUCK}"
)
_FIXED = re.compile(rf"{GENERAL}[^。;,]{{0,10}}不(?:得|可|能)[^。;,]{{0,12}}(?:变更|修改|更改|改变|排除|删[除减])")
_SHARED = re.compile(r"^(?:[、,和及与]|以及)+$")
_REPLACED = re.compile(
    rf"[\"“「『](?P<old>[^\"”」』]{{1,40}})[\"”」』][^。;,\"]{{0,8}}?{_SET}:?[\"“「『](?P<new>[^\"”」』]{{1,80}})[\"”」』]"
)
_WORDS_STRUCK = re.compile(
    rf"(?:删[去除]|取消)(?:其中的?)?\"(?P<a>[^\"]+)\"|\"(?P<b>[^\"]+)\"[^。;,\"]{{0,6}}{_STRUCK}"
)
_PROVISO_STRUCK = re.compile(rf"但书[^。;,]{{0,6}}{_STRUCK}")
_PROVISO = re.compile(r"[;,。]?但.*$", re.S)
_REWRITTEN = re.compile(rf"^[^。;\"]{{0,24}}?{_SET}:?[\"“「『](?P<new>[^\"”」』]{{12,}})")
_FIGURE_SET = re.compile(rf"^(?P<old>[^。;]*?){_SET}:?\"?(?P<new>(?:[^,;。]|,(?=\d{{3}}))+)")
_FIGURE_STRUCK = re.compile(
    rf"^中?所(?:列|定|载|述|约定)的?[^,。;]{{0,4}}?(?P<what>金额|数额|比例|比率|费率|时间|期限|时限|天数){_STRUCK}(?:,?改[按为](?P<new>[^,;。]+))?"
)
_WHOLE = re.compile(r"^(?:的?(?:全部)?(?:内容|约定|规定))?(?:$|[。;,、|)])|^(?:[、和及与]|以及)第?$")
_TAKEN_OVER = re.compile(
    rf"^(?:全文|整[条款]|的?(?:内容|约定|规定))?,?(?:现|均|一律|整体)?{_SET}"
    r"(?::(?!\")|(?=[按由应每][^。;\"]{6,}|[^。;\"]{4,},(?!\d{3})))"
)
_ALL_STRUCK = re.compile(rf"^(?!中)[^。;,\"]{{0,20}}{_STRUCK}")
_KINDS = {"金": QuantityKind.MONEY, "数": QuantityKind.MONEY, "比": QuantityKind.RATIO, "费": QuantityKind.RATIO}
_LAST = re.compile(r"截止|届满|期满|终止日|到期|止期|延长?[至到]")
_RANGE = re.compile(r".+[至到—~-],?")
_TO_MERCHANT = r"由<M>[^。;,]{0,4}(?:自行|自己|另行|负责|安排|办理)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Amended:
    """How a sentence reads after the amendments ``by``, at its old place; ``None`` where it is struck out.

    ``handed`` when what was struck out is left to the merchant; ``alike`` when nothing but figures changed. The amendment itself is read
    without the words it replaces, which no longer hold; its own ``by`` is empty.
    """

    sentence: Sentence | None
    by: tuple[Sentence, ...]
    handed: bool = False
    alike: bool = False


def amended(rule: Rule) -> Rule:
    """The same rule, reading each clause as the file amends it; its signals cite the clause and the amendment.

    A clause struck out is silent, but for one that gave the merchant what it now has to do itself: that is taken away from it.
    """

    def read(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterator[Signal]:
        change = amendments(reading).get(sentence.index)
        if change is None:
            yield from rule.read(sentence, reading, checkpoint)
        elif change.sentence is not None:
            for signal in rule.read(change.sentence, reading, checkpoint):
                yield replace(signal, also=(*change.by, *signal.also))
        elif change.handed and any(s.status is Status.OK for s in rule.read(sentence, reading, checkpoint)):
            reason = "补充约定把这一项交回商家自行办理"
            yield Signal(sentence=change.by[-1], status=Status.ADVERSE, reason=reason, also=(sentence,))

    return replace(rule, read=read)


@lru_cache(maxsize=4)
def amendments(reading: Reading) -> Mapping[int, Amended]:
    """The amended sentences of a contract by ``Sentence.index``; none where the file has one part only."""
    found: dict[int, Amended] = {}
    if not reading.annexes and not any(part_of(s) for s in reading.sentences):
        return found
    paths, said = paths_of(reading), [o for o in orders(reading) if not o.topic]
    fixed = any(_FIXED.search(s.plain) for s in reading.body)
    for by in reading.body:
        if not _CHANGED.search(by.plain):
            continue
        for target, words in _ordered(by):
            meant = [s for s in _meant(target, words, by, reading, paths) if _may_amend(by, s, said, fixed)]
            for sentence in meant:
                was = found.get(sentence.index)
                before = sentence if was is None else was.sentence
                now = None if before is None else _reworded(before, words, alone=len(meant) == 1)
                if before is None or now is before:
                    continue
                found.setdefault(by.index, Amended(sentence=_without_old_words(by), by=(), alike=True))
                found[sentence.index] = Amended(
                    sentence=now,
                    by=(*(was.by if was else ()), by),
                    handed=now is None and compiled(_TO_MERCHANT, by.sides).search(words) is not None,
                    alike=now is not None and _outline(now) == _outline(sentence),
                )
                if now is not None and not _REPLACED.search(words):
                    break  # a figure or a proviso stands once
    return found


def _may_amend(by: Sentence, sentence: Sentence, said: Sequence[Order], fixed: bool) -> bool:
    """Not where general terms prevail over the part that would amend them, nor where they may not be changed."""
    if not is_general(sentence):
        return True
    ranks = [(own, other) for o in said if (own := o.rank(by)) is not None and (other := o.rank(sentence)) is not None]
    if any(own > other for own, other in ranks):
        return False
    return not fixed or any(own < other for own, other in ranks)


def _without_old_words(by: Sentence) -> Sentence:
    """An amendment without the words in quotes that it replaces or strikes out."""
    old = [m.span("old") for m in _REPLACED.finditer(by.plain)]
    old += [m.span("a" if m["a"] else "b") for m in _WORDS_STRUCK.finditer(by.plain)] if not old else []
    return _spliced(by, [(start, end, "") for start, end in old])


def _outline(sentence: Sentence) -> str:
    """The sentence as the semantic reader sees it, whatever its figures are."""
    return re.sub(r"⟦[^⟧]*⟧", "⟦⟧", shape(sentence))


def _ordered(by: Sentence) -> Iterator[tuple[re.Match[str], str]]:
    """Every clause named in a sentence with the words that say what is done to it, those shared with the next one included."""
    masked = _unquoted(by.plain)
    targets = list(_TARGET.finditer(masked))
    ends = [*(t.start() for t in targets[1:]), len(masked)]
    words = ""
    told: list[tuple[re.Match[str], str]] = []
    ahead = _struck_ahead(masked, targets)
    for target, end in reversed(list(zip(targets, ends, strict=False))):
        own = by.plain[target.end() : end]
        words = words if words and _SHARED.match(own) else own
        outside = _unquoted(words)
        verb = _CHANGED.search(outside)
        lead = _lead(masked, target)
        if target in ahead and _WHOLE.match(own) and not _POWER.search(lead) and not _CASE.search(lead):
            told.append((target, "删除"))
            continue
        if verb is None or _POWER.search(lead) or _POWER.search(outside[: verb.start()]):
            continue
        if re.match(_STRUCK, verb[0]) and (
            _CASE.search(lead) or _CASE.search(outside[: verb.start()]) or _BY_IT.search(lead)
        ):
            continue
        if target.start() > 0 or target["of"] or _DONE_TO.match(words.lstrip("|")) or (by.is_row and words[:1] == "|"):
            told.append((target, words))
    yield from reversed(told)


def _lead(masked: str, target: re.Match[str]) -> str:
    """What stands before a number in its phrase."""
    return re.split(r"[。;,:|]", masked[: target.start()])[-1]


def _struck_ahead(masked: str, targets: Sequence[re.Match[str]]) -> list[re.Match[str]]:
    """The numbers behind 删除 and the like, those joined to such a one included."""
    found: list[re.Match[str]] = []
    for i, target in enumerate(targets):
        joined = i > 0 and targets[i - 1] in found and _SHARED.match(masked[targets[i - 1].end() : target.start()])
        if joined or _STRUCK_AHEAD.search(_lead(masked, target)):
            found.append(target)
    return found


def _unquoted(text: str) -> str:
    """``text`` with what stands in quotes blotted out, at its length."""
    return _QUOTE.sub(lambda m: '"' * len(m[0]), text)


def _meant(
    target: re.Match[str], words: str, by: Sentence, reading: Reading, paths: Mapping[int, tuple[int, ...]]
) -> Sequence[Sentence]:
    """The sentences of the clause named, in another part of the file than the amendment's own."""
    of = target["of"] or "原合同"
    general = [s for s in reading.body if is_general(s)]
    others = frozenset(part_of(s) for s in reading.sentences) - {part_of(by)}
    annex = re.search(_ANNEX, of)
    to_general = re.search(GENERAL, of) is not None or (not target["of"] and part_of(by) != "" and bool(general))
    if (of.startswith("本") and not to_general) or (to_general and is_general(by)):
        return ()
    named = parts_named(annex.group(0) if annex else "原合同", reading) & others
    inside = [s for s in reading.body if part_of(s) in (named or (others & BODY if annex is None else frozenset()))]
    if to_general and general:
        inside = general
    if target["row"]:
        row = str(number_in(target["row"]))
        return [s for s in inside if s.is_row and s.cells[:1] == (row,)]
    numbers = target["number"].split(".") if target["number"] else [target["article"], target["paragraph"]]
    wanted = tuple(number_in(n) for n in (*numbers, target["item"] or target["item2"]) if n)
    if _ALL_STRUCK.search(words) or _TAKEN_OVER.search(words):
        whole = [s for s in inside if paths[s.clause.id][: len(wanted)] == wanted]
    else:
        whole = [s for s in inside if paths[s.clause.id] == wanted]
    if not whole and len(wanted) > 1:  # an item inside a clause
        opens = re.compile(rf"^\(?{wanted[-1]}\)")
        whole = [s for s in inside if paths[s.clause.id] == wanted[:-1] and opens.match(_arabic(s.plain))]
    return _named_sentences(whole, words)


def _named_sentences(whole: Sequence[Sentence], words: str) -> Sequence[Sentence]:
    """Of the sentences of a clause those that are named: 第二句, 后半段; all where none is."""
    nth, half = _NTH.search(words), _HALF.search(words)
    if nth is not None:
        at = 0 if nth["end"] == "首" else (len(whole) - 1 if nth["end"] else number_in(nth["nth"]) - 1)
        return whole[at : at + 1]
    topic = _OF_TOPIC.search(words)
    if topic is not None and topic["topic"] not in ("内容", "约定", "规定", "要求"):
        pairs = {a + b for a, b in pairwise(topic["topic"])}
        return [s for s in whole if any(pair in s.plain for pair in pairs)]
    if half is not None and len(whole) > 1:
        middle = len(whole) // 2
        return whole[middle:] if half["which"].startswith("后") else whole[:middle]
    return whole


def _arabic(plain: str) -> str:
    return re.sub(r"^\(?([一二三四五六七八九十]+)\)", lambda m: f"({number_in(m[1])})", plain)


def _halved(sentence: Sentence, which: str) -> Sentence:
    """``sentence`` without its first or its latter half, parted at the comma nearest the middle."""
    plain = sentence.plain.rstrip("。;")
    cuts = [m.start() for m in re.finditer(r"[,;](?!\d{3})", plain)]
    if not cuts:
        return sentence
    cut = min(cuts, key=lambda at: abs(at - len(plain) // 2))
    number = re.match(r"[\d.、()]*", plain)
    first = (number.end() if number else 0, cut + 1, "")
    return _spliced(sentence, [(cut, len(plain), "") if which.startswith("后") else first])


def _reworded(sentence: Sentence, words: str, alone: bool) -> Sentence | None:
    """``sentence`` after what ``words`` order; itself where they do not reach it. ``alone`` when no other is named with it."""
    plain = sentence.plain
    half = _HALF.search(words)
    if half is not None and alone:
        return _halved(sentence, half["which"])
    replaced = [(m["old"], m["new"]) for m in _REPLACED.finditer(words)]
    replaced += [(m["a"] or m["b"], "") for m in _WORDS_STRUCK.finditer(words)] if not replaced else []
    if replaced:
        places = [(m.start(), m.end(), new) for old, new in replaced for m in re.finditer(re.escape(old), plain)]
        return _spliced(sentence, places)
    if _PROVISO_STRUCK.search(words):
        proviso = _PROVISO.search(plain)
        if proviso is not None and proviso.start() == 0:
            return None
        return _spliced(sentence, [(proviso.start(), len(plain), "。")] if proviso else [])
    struck = _FIGURE_STRUCK.search(words)
    if struck is not None:
        kind = _KINDS.get(struck["what"][0], QuantityKind.DURATION)
        gone = [(f.start, f.end, "") for f in sentence.figures_of(kind)]
        end = len(plain.rstrip("。;"))
        return _spliced(sentence, [*gone, (end, end, f",{struck['new']}")] if gone and struck["new"] else gone)
    if _TAKEN_OVER.search(words):
        return None
    rewritten = _REWRITTEN.search(words)
    if rewritten is not None:
        return _spliced(sentence, [(0, len(plain), rewritten["new"])])
    figure = _FIGURE_SET.search(words)
    if figure is not None:
        return _spliced(sentence, _figures(sentence, figure["old"], figure["new"], _LAST.search(words) is not None))
    return None if _ALL_STRUCK.search(words) else sentence


def _figures(sentence: Sentence, old: str, new: str, last: bool) -> list[tuple[int, int, str]]:
    """Where the figures of ``new`` go: one for one where it names several, else in the place of the one that ``old`` names, or of the last, or
    of the first; of a range only its end is set by one value."""
    fresh = list(quantities(new))
    if not fresh:
        return []
    here = sentence.figures_of(fresh[0].kind)
    fresh = [f for f in fresh if f.kind is fresh[0].kind]
    named = [f for q in quantities(old) for f in here if f.quantity.value == q.value and f.quantity.kind is q.kind]
    chosen: Sequence[Figure] = here
    if len(fresh) == 1 or len(here) < len(fresh):
        chosen = named[:1] or (here[-1:] if last else here[:1])
    places = []
    for was, now in zip(chosen, fresh, strict=False):
        opens = _RANGE.match(sentence.plain[was.start : was.end]) if now.high is None else None
        places.append((was.start + (opens.end() if opens else 0), was.end, now.text))
    return places


def _spliced(sentence: Sentence, places: Sequence[tuple[int, int, str]]) -> Sentence:
    """``sentence`` with these ranges of ``plain`` replaced; itself when that changes nothing."""
    raw = sentence.raw
    for start, end, new in sorted(places, reverse=True):
        span = sentence.folded.original(start, end)
        raw = raw[: span.start] + new + raw[span.end :]
    folded = fold(simplify(raw))
    if folded.text == sentence.plain:
        return sentence
    cells = tuple(folded.text.split("|")) if sentence.is_row else sentence.cells
    return replace(
        sentence, raw=raw, folded=folded, cells=cells if len(cells) == len(sentence.cells) else sentence.cells
    )
