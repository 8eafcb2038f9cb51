"""Clauses that another part of the same file amends by their number (原合同第三条第2款所列时间改为25秒): read as they stand after it.

LABELS rule 9: what can be read together is. ``amended`` makes a rule read that way; the engine does so for every rule.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from pipeline.check.rules.features import shape
from pipeline.check.rules.pattern import compiled
from pipeline.check.rules.precedence import number_in, part_of, parts_named
from pipeline.check.rules.reading import Figure, Reading, Sentence, plain_text
from pipeline.check.rules.signal import Rule, Signal
from pipeline.folding import fold, simplify
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind, quantities
from pipeline.types import Clause, ClauseKind, Status

_N = r"[一二三四五六七八九十\d]{1,4}"
_ANNEX = r"(?:附件|附录|附表)[一二三四五六七八九十\d]{0,3}"
# 第三条第2款, 3.2, 2.1第(4)项, 附件一表中第2行; the part they stand in before it. A number with a unit is a figure.
_TARGET = re.compile(
    rf"(?P<of>(?:原|主|该)(?:合同|协议)(?:正文|的?{_ANNEX})?|正文|本[\u4e00-\u9fff]{{0,6}}?(?:合同|协议|附件|条款|变更单)|{_ANNEX})?[之的中]?"
    rf"(?:第(?P<article>{_N})条(?:之?第\(?(?P<paragraph>{_N})\)?[款项])?"
    rf"|(?<![\d.])(?P<number>\d{{1,2}}(?:\.\d{{1,2}}){{1,2}})(?![\d.%‰元秒日天月年小分个倍折万])"
    rf"|(?<=[\d一二三四五六七八九十])[^。;,\"]{{0,6}}?第(?P<row>{_N})行)"
    rf"(?:之?第?\((?P<item>{_N})\)[项款目]?|之?第(?P<item2>{_N})[款项目])?"
)
_QUOTE = re.compile(r"[\"“「『][^\"”」』]*[\"”」』]")
_SET = r"(?:[修更]?改|修订|变更|调整|替换|更[正换]|延长?|缩短|提高|上[调升]|[调升]|下调|降低?|放宽|增加|减少)(?:为|成|至|到)"
_STRUCK = r"(?:删[去除]|不再(?:适用|执行|有效)|废止|作废|失效|取消)"
_CHANGED = re.compile(f"{_SET}|{_STRUCK}")
# At the head of a sentence a number is the clause's own, unless what is done to it follows.
_DONE_TO = re.compile(
    r"^(?:的|中|所[列定载约述]|整[款条项]|全文|内容|原文|但书|[\"“「『]|自[^,。;]{1,12}起)|^" + _CHANGED.pattern
)
_POWER = re.compile(r"可(?!比|用)|有权|得以|如需|需要|须|拟|若|不得|未经|除非|或")  # what may be changed is not yet
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


@dataclass(frozen=True, slots=True, eq=False)
class _Contract:
    """A reading compared by identity, so that what was found in it is kept without comparing texts."""

    reading: Reading

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Contract) and other.reading is self.reading

    def __hash__(self) -> int:
        return id(self.reading)


def amendments(reading: Reading) -> Mapping[int, Amended]:
    """The amended sentences of a contract by ``Sentence.index``; none where the file has one part only."""
    return _amendments(_Contract(reading)) if reading.annexes else {}


@lru_cache(maxsize=4)
def _amendments(contract: _Contract) -> Mapping[int, Amended]:
    reading, found = contract.reading, dict[int, Amended]()
    paths = _paths(reading)
    for by in reading.body:
        if not _CHANGED.search(by.plain):
            continue
        for target, words in _ordered(by):
            for sentence in _meant(target, words, by, reading, paths):
                was = found.get(sentence.index)
                before = sentence if was is None else was.sentence
                now = None if before is None else _reworded(before, words)
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
    for target, end in reversed(list(zip(targets, ends, strict=False))):
        own = by.plain[target.end() : end]
        words = words if words and _SHARED.match(own) else own
        outside = _unquoted(words)
        verb = _CHANGED.search(outside)
        lead = re.split(r"[。;,:]", masked[: target.start()])[-1]
        if verb is None or _POWER.search(lead) or _POWER.search(outside[: verb.start()]):
            continue
        if target.start() > 0 or target["of"] or _DONE_TO.match(words):
            told.append((target, words))
    yield from reversed(told)


def _unquoted(text: str) -> str:
    """``text`` with what stands in quotes blotted out, at its length."""
    return _QUOTE.sub(lambda m: '"' * len(m[0]), text)


def _paths(reading: Reading) -> dict[int, tuple[int, ...]]:
    """The numbers of each clause by its id, outermost first: 第三条 3.2 is (3, 2), 第二条 2.1 (4) is (2, 1, 4). Articles are counted
    through chapters."""
    by_id = {c.id: c for c in reading.clauses}

    def path(clause: Clause) -> tuple[int, ...]:
        number = plain_text(clause.number)
        own = tuple(number_in(n) for n in re.findall(r"\d+|[一二三四五六七八九十]+", number))
        above = by_id.get(clause.parent) if clause.parent is not None else None
        if above is None or not own or above.kind is ClauseKind.ANNEX or number.endswith("条"):
            return own
        outer = path(above)
        return own if own[: len(outer)] == outer and len(own) > len(outer) else (*outer, *own)

    return {c.id: path(c) for c in reading.clauses}


def _meant(
    target: re.Match[str], words: str, by: Sentence, reading: Reading, paths: Mapping[int, tuple[int, ...]]
) -> Sequence[Sentence]:
    """The sentences of the clause named, in another part of the file than the amendment's own."""
    of = target["of"] or "原合同"
    others = frozenset(part_of(s) for s in reading.sentences) - {part_of(by)}
    annex = re.search(_ANNEX, of)
    if of.startswith("本"):
        return ()
    named = parts_named(annex.group(0) if annex else "原合同", reading) & others
    inside = [s for s in reading.body if part_of(s) in (named or (others & {""} if annex is None else frozenset()))]
    if target["row"]:
        row = str(number_in(target["row"]))
        return [s for s in inside if s.is_row and s.cells[:1] == (row,)]
    numbers = target["number"].split(".") if target["number"] else [target["article"], target["paragraph"]]
    wanted = tuple(number_in(n) for n in (*numbers, target["item"] or target["item2"]) if n)
    if _ALL_STRUCK.search(words):
        whole = [s for s in inside if paths[s.clause.id][: len(wanted)] == wanted]
    else:
        whole = [s for s in inside if paths[s.clause.id] == wanted]
    if not whole and len(wanted) > 1:  # an item inside a clause
        opens = re.compile(rf"^\(?{wanted[-1]}\)")
        whole = [s for s in inside if paths[s.clause.id] == wanted[:-1] and opens.match(_arabic(s.plain))]
    return whole


def _arabic(plain: str) -> str:
    return re.sub(r"^\(?([一二三四五六七八九十]+)\)", lambda m: f"({number_in(m[1])})", plain)


def _reworded(sentence: Sentence, words: str) -> Sentence | None:
    """``sentence`` after what ``words`` order; itself where they do not reach it."""
    plain = sentence.plain
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
