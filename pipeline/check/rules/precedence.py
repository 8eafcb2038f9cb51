"""Which part of a contract prevails when two parts speak of the same point (LABELS rule 9)."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.check.rules.reading import Reading, Sentence, plain_text
from pipeline.check.rules.signal import Signal
from pipeline.types import Status

_CONFLICT = r"(?:不一致|冲突|抵触|相悖|矛盾|不符|有出入|不同|差异|优先|歧义)"
_PREVAILS = re.compile(
    _CONFLICT
    + r".{0,30}?(?:以|按)(?P<this>本?(?:补充协议|附件[一二三四五六七八九十\d]*|附录[a-z\d]*|正文|主合同|主协议|本合同正文|合同正文|本协议|本合同|特别约定|本附件|本条款))"
    r".{0,12}(?:为准|执行|优先)"
)
_APPLIES = re.compile(
    _CONFLICT
    + r".{0,20}?(?:一律|均|应|则)?(?:优先)?(?:适用|依从|遵从|从)(?P<this>本?(?:补充协议|附件[一二三四五六七八九十\d]*|附录[a-z\d]*|正文|主合同|主协议|特别约定|本附件))(?:的?(?:约定|规定))?(?:$|[。;,，])"
)
_FIRST = re.compile(
    r"(?P<this>补充协议|特别约定|附件[一二三四五六七八九十\d]*|正文|主合同).{0,14}(?:效力)?优先(?:于|适用)"
)
_SUPPLEMENT = re.compile(r"补充协议|补充合同|补充条款|特别约定|變更協議|变更协议|变更合同")


def prevailing(reading: Reading) -> tuple[str, Sentence] | None:
    """What the contract says prevails (the folded name of an annex, ``"body"``) and the sentence that says it; ``None`` when it does not."""
    for sentence in reading.body:
        match = next((m for p in (_PREVAILS, _APPLIES, _FIRST) if (m := p.search(sentence.plain)) is not None), None)
        if match is None:
            continue
        named = match.group("this")
        own = plain_text(sentence.clause.annex)
        if named.startswith(("本附件", "本补充", "本条款")) or (own and _SUPPLEMENT.search(own) and "补充" in named):
            return own or "body", sentence
        if named in ("正文", "主合同", "主协议", "本合同正文", "合同正文", "本合同", "本协议"):
            inside = own and named.startswith("本") and "正文" not in named and _SUPPLEMENT.search(own)
            return (own if inside else "body"), sentence
        for annex in sorted(reading.annexes):
            if annex.startswith(named) or named.removeprefix("本") in annex:
                return annex, sentence
        if named.startswith("附件"):
            return "annex", sentence
    return None


def apply(signals: list[Signal], reading: Reading) -> list[Signal]:
    """Drop what a prevailing part overrides, where that part itself speaks of the point with more than a mention; both stay cited."""
    if len(signals) < 2:
        return signals
    found = prevailing(reading)
    if found is None:
        return signals
    winner, rule = found
    inside = [s for s in signals if _in(s, winner)]
    settled = [s for s in inside if s.status in (Status.OK, Status.ADVERSE)]
    if not settled or len(inside) == len(signals):
        return signals
    overruled = [s.sentence for s in signals if not _in(s, winner) and s.status in (Status.OK, Status.ADVERSE)]
    first = replace(settled[0], also=(*settled[0].also, *overruled[:_SHOWN], rule)) if overruled else settled[0]
    return [first if s is settled[0] else s for s in inside]


_SHOWN = 2  # overruled sentences cited beside the one that prevails


def _in(signal: Signal, part: str) -> bool:
    annex = plain_text(signal.sentence.clause.annex)
    if part == "body":
        return not annex
    return bool(annex) if part == "annex" else annex == part
