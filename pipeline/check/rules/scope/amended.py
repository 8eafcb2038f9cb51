"""Clauses that another part of the same file amends by their number (原合同第三条第2款所列时间改为25秒): read as they stand after it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace

from pipeline.check.rules.pattern import compiled
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclude, Conclusion, Reader, Signal
from pipeline.folding import fold, simplify
from pipeline.playbook import CheckpointModel
from pipeline.quantities import quantities
from pipeline.quantities.numerals import value
from pipeline.types import Status

_N = r"[一二三四五六七八九十\d]{1,4}"
_REFERENCE = re.compile(
    rf"(?:第(?P<article>{_N})条(?:之?第\(?(?P<item>{_N})\)?[款项])?|(?<![\d.])(?P<number>\d{{1,2}}(?:\.\d{{1,2}}){{1,2}})(?![\d.%]))"
    rf"(?:第?\((?P<sub>{_N})\)项?|第(?P<sub2>{_N})[款项目])?"
)
_PROVISO_GONE = re.compile(r"但书[^。;；,，]{0,6}(?:删|取消|不再)")
_GONE = re.compile(r"^[^。;；,，]{0,12}(?:删[去除]|不再(?:适用|执行)|废止|作废|失效|取消)")
_WORDS = re.compile(
    r"[\"“「](?P<old>[^\"”」]{1,40})[\"”」][^。;；,，]{0,4}?(?:修?改|变更|调整|替换)[为成][\"“「](?P<new>[^\"”」]{1,60})[\"”」]"
)
_NEW = re.compile(r"^[^。;；]{0,24}?(?:修?改|修订|变更|调整)[为成至][:：]?[\"“「]?(?P<new>[^\"”」]+)")
_ANY = re.compile(r"删[去除]|不再|废止|作废|失效|取消|[改订更整换][为成至]")
# At the head of a sentence a number is the clause's own, unless what is done to it follows.
_OPENS = re.compile(r"^(?:的|中|所[列定载]|整[款条]|全文|内容|原文|但书|[修更]?改|变更|调整|修订|删|不再|废止|取消)")
_PROVISO = re.compile(r"[;；,，。]?但.*$", re.S)
_WHOLE_TEXT = 12  # characters from which new words are a whole clause rather than its figure


@dataclass(frozen=True, slots=True, kw_only=True)
class Amendment:
    """``sentence`` amends the clause numbered ``path`` of another part of the file: ``words`` are what it orders."""

    sentence: Sentence
    path: tuple[int, ...]
    words: str

    def amends(self, sentence: Sentence) -> bool:
        """True for a sentence of the clause meant."""
        return sentence.clause.annex != self.sentence.clause.annex and _path(sentence.clause.label) == self.path

    def applied(self, sentence: Sentence) -> Sentence | None:
        """The sentence as it stands after the amendment, at its old place; ``None`` when it is struck out."""
        if _PROVISO_GONE.search(self.words):
            return _with(sentence, _PROVISO.sub("", sentence.raw))
        words = _WORDS.search(self.words)
        if words is not None:
            return _with(sentence, sentence.raw.replace(words["old"], words["new"]))
        new = _NEW.search(self.words)
        if new is not None:
            return _with(sentence, _put(sentence.raw, new["new"]))
        return None if _GONE.search(self.words) else sentence


def _with(sentence: Sentence, raw: str) -> Sentence:
    return replace(sentence, raw=raw, folded=fold(simplify(raw)))


def _put(raw: str, new: str) -> str:
    """``raw`` with its figures replaced, in order, by those of their kind in ``new``; ``new`` itself where it is a whole clause."""
    figures = list(quantities(new))
    if len(re.sub(r"[\d.,%元月日年小时分钟秒和、。;；]", "", new)) >= _WHOLE_TEXT:
        return new
    kind = figures[0].kind if figures else None
    pairs = zip([f for f in quantities(raw) if f.kind is kind], [f for f in figures if f.kind is kind], strict=False)
    for old, fresh in reversed(list(pairs)):
        raw = raw[: old.start] + fresh.text + raw[old.end :]
    return raw


def _path(label: str) -> tuple[int, ...]:
    """The numbers of a clause's name, outermost first: 第三条 3.2 is (3, 2), 第二条 2.1 （4） is (2, 1, 4)."""
    path: tuple[int, ...] = ()
    for word in label.split():
        plain = fold(simplify(word)).text
        if re.fullmatch(r"\d{1,2}(?:\.\d{1,2})+", plain):
            numbers = tuple(int(n) for n in plain.split("."))
            path = numbers if numbers[: len(path)] == path or not path else (*path, *numbers)
        elif match := re.fullmatch(rf"(?:第({_N})条|\(?({_N})\)?)", plain):
            path = (*path, int(value(match.group(1) or match.group(2))))
    return path


def amendments(reading: Reading) -> Iterator[Amendment]:
    """Every order to amend a numbered clause; none where the file has one part only."""
    if not reading.annexes:
        return
    for sentence in reading.body:
        if not _ANY.search(sentence.plain):
            continue
        found = list(_REFERENCE.finditer(sentence.plain))
        ends = [*(m.start() for m in found[1:]), len(sentence.plain)]
        for match, end in zip(found, ends, strict=False):
            words = sentence.plain[match.end() : end]
            if not _ANY.search(words) or (match.start() == 0 and not _OPENS.search(words)):
                continue
            first = (
                match["number"].split(".") if match["number"] else [n for n in (match["article"], match["item"]) if n]
            )
            last = [n for n in (match["sub"] or match["sub2"],) if n]
            yield Amendment(sentence=sentence, path=tuple(int(value(n)) for n in (*first, *last)), words=words)


Struck = Callable[[Signal, Amendment], Signal | None]


def to_merchant(reason: str, act: str = r"由<M>[^。;；,，]{0,4}(?:自行|自己|另行|负责|安排|办理)") -> Struck:
    """What is struck out and handed to the merchant is taken away from it."""

    def struck(signal: Signal, amendment: Amendment) -> Signal | None:
        sentence = amendment.sentence
        if compiled(act, sentence.sides).search(sentence.plain) is None:
            return None
        return Signal(sentence=sentence, status=Status.ADVERSE, reason=reason, also=(signal.sentence,))

    return struck


def as_amended(read: Reader, conclude: Conclude, struck: Struck = lambda signal, amendment: None) -> Conclude:
    """``conclude`` over the signals of the clauses as amended; those struck out are silent but for what ``struck`` makes of them."""

    def concluded(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
        orders = list(amendments(reading)) if signals else []
        if not orders:
            return conclude(signals, reading, checkpoint)
        kept: list[Signal] = []
        seen: set[int] = set()
        for signal in signals:
            order = next((a for a in orders if a.amends(signal.sentence)), None)
            if order is None:
                kept.append(signal)
                continue
            now = order.applied(signal.sentence)
            if now is None:
                left = struck(signal, order)
                kept += [left] if left is not None else []
            elif now is signal.sentence or now.plain == signal.sentence.plain:
                kept.append(signal)
            elif signal.sentence.index not in seen:
                seen.add(signal.sentence.index)
                kept += [replace(s, also=(*s.also, order.sentence)) for s in read(now, reading, checkpoint)]
        return conclude(kept, reading, checkpoint)

    return concluded
