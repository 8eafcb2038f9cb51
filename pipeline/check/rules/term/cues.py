"""What the rules of this area share: words for ending a contract, the pieces of a sentence with the side that acts, lengths said loosely."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.check.rules.measure import DAY, MONTH, YEAR, upper
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Sentence
from pipeline.quantities import QuantityKind

END = any_of(
    r"解除(?!权限)", r"终(?:止|结)", r"解约|止约|收手", r"退(?:出|订|场|租|席)", r"撤(?:场|席|走|人|离|出)", r"离场|离开|抽身|收线|收(?:场|摊)|歇业?", r"散(?:伙|了|就|$|,)|(?:要|想|提前|提|说|不得|能)散", r"走人|拉倒|拜拜|甩手|撂",
    r"(?:结束|停止|取消|中止|不再|停掉|终了)[^,。;；]{0,10}(?:合作|合同|协议|合约|契约|本约|委托|外包|服务(?!质量)|采购|席位|履行|订阅|(?:使用|用)<V>)|(?:了结|完结)(?=$|,|的)|(?:合同|即告|契约)终了|(?:想|要|得)撤", r"停(?:用|做|干|线|下|$|,|就|也|才|得|的|前)|(?:想|要|能|就|叫|喊|随时|提前|中途|可以|打算)停", r"不(?:想|愿|打算|再需要|再)(?:意)?(?:再|继续|接着|跟[^,。;；]{0,6})?(?:干|做|用|合作|要|继续|需要|使用|委托)", r"(?:提前|提早|中途|单方)(?:结束|终止|了结|停|走|撤|退|离)", r"干不(?:动|下去)|做不下去|不(?:干|做|用)(?=[了,。;]|的话|$)|(?:想|要|打算|欲|拟|能|可以?)(?:提前)?结束|关闭(?:本|该)?服务|换(?:别的?家|一家)|辞掉|关(?:店|门)|请走|撵人|辞(?:班组|退<V>|了<V>|掉<V>)|换人(?:家|来接)|叫停|喊停|要走|想走|改主意",
    r"terminat|cancel|withdraw|walkaway|exit|end(?:s|ed)?(?:this|the|early)|bring[^,.;]{0,24}(?:end|close)",
)  # fmt: skip
TRIAL_WORD = r"试[用运营行合跑做点办水接着播]|磨合|体验期|考察期|观察期|适应期|trial|pilot"
BLANKS = r"_{2,}|【[\s　]*】|\[\]"
# Whoever comes after these is spoken to, paid or harmed; he does not act.
_RECIPIENT = re.compile(
    r"(?:向|给予?|予|对|跟|与|让|使|致使?|因|付|偿|赔|知会?|诉|还|叫|为|经|及|承担|负担|弥补|聘用|雇用|雇佣|录用|招揽|招录|挖走?|引诱|劝诱|诱使|送达|达|征得|取得|招呼|支付|补|退|(?:知会|告知|通知|告诉)[^,。;；]{0,8}|提醒|以便|便于|of|to|by|for|than|pay|indemnify|against|not(?:ice|ify)(?:to)?)$"
)
# 以甲方已付费用为限: whose money it is, not who acts.
_OWES = re.compile(r"(?:已|所|实际)(?:经|实际)?(?:支付|付|缴纳?)(?:的)?[^,。;；]{0,8}(?:费|款|酬|价|金额|总额)")
_SPLIT = re.compile(r"(?<=[,;:，；：|])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A piece of a sentence between commas or cell walls; ``side`` is whoever acts in it: named there, else the last one named."""

    text: str
    start: int
    end: int
    side: str
    named: bool


def parts(sentence: Sentence) -> Iterator[Part]:
    """The pieces in order."""
    side, at = "", 0
    for piece in _SPLIT.split(sentence.plain):
        own = acting(sentence, piece)
        side = own or side
        yield Part(text=piece, start=at, end=at + len(piece), side=side, named=bool(own))
        at += len(piece)


_EITHER = r"<B>|双方均|任[意何]?一?方|每一?方|哪(?:一)?[边方头]|谁|两(?:家|边|头)|甲乙|甲方[、和或]?乙方|违约方|守约方|都一样|一个样|<V>(?:或者?|和|与|跟|、)<M>|<M>(?:或者?|和|与|跟|、)<V>|party"


def acting(sentence: Sentence, piece: str) -> str:
    """``merchant``, ``vendor``, ``both`` or "": the first side named in the piece that is not merely spoken to, paid or harmed."""
    found: list[tuple[int, int, str]] = []
    for name, pattern in (("both", _EITHER), ("merchant", "<M>"), ("vendor", "<V>")):
        for match in compiled(pattern, sentence.sides).finditer(piece):
            if not _RECIPIENT.search(piece[: match.start()]) and not _OWES.match(piece[match.end() :]):
                found.append((match.start(), -match.end(), name))
                break
    return min(found)[2] if found else ""


_LOOSE = re.compile(
    r"(?:(?P<n>一|两|二|三|四|五|六)(?:个(?P<half>半)?(?=月)|个?(?=季))|(?P<m>俩|仨|两|半个))(?P<u>月|季度?)(?![份号日底初末节])|(?P<y>one|two|three|four|five|six|ten|\d+)-year|(?:(?<=提前)|(?<=提早)|(?<=预告))(?P<d>\d{1,2})[×x*]24小?时|(?P<e>afortnight|aquarter|aweek|amonth|twoweeks)"
)
_NUMBER = {"一": 1.0, "两": 2.0, "俩": 2.0, "二": 2.0, "三": 3.0, "仨": 3.0, "四": 4.0, "五": 5.0, "六": 6.0, "半": 0.5}
_YEARS = {"one": 1.0, "two": 2.0, "three": 3.0, "four": 4.0, "five": 5.0, "six": 6.0, "ten": 10.0}
_ENGLISH = {"afortnight": 14.0, "twoweeks": 14.0, "aweek": 7.0, "amonth": 30.0, "aquarter": 90.0}


@dataclass(frozen=True, slots=True, kw_only=True)
class Length:
    """A length of time in ``Sentence.plain``, seconds; ``working`` for working days."""

    text: str
    seconds: float
    start: int
    end: int
    working: bool = False


def lengths(sentence: Sentence, least: float = DAY * 0.5) -> tuple[Length, ...]:
    """Lengths of time of at least ``least``, those said loosely (俩月, 一季, 一个半月) too; not what a blank cuts off (20__年)."""
    found = [
        Length(text=f.quantity.text, seconds=upper(f), start=f.start, end=f.end, working=f.quantity.working)
        for f in sentence.figures_of(QuantityKind.DURATION)
        if upper(f) >= least and "_" not in f.quantity.text and not re.search(r"_\W*$", sentence.plain[: f.start])
    ]
    for match in _LOOSE.finditer(sentence.plain):
        if any(length.start < match.end() and match.start() < length.end for length in found):
            continue
        if match["y"]:
            seconds = (_YEARS.get(match["y"]) or float(match["y"])) * YEAR
        elif match["d"]:  # 7×24小时
            seconds = float(match["d"]) * DAY
        elif match["e"]:
            seconds = _ENGLISH[match["e"]] * DAY
        else:
            count = _NUMBER[(match["n"] or match["m"])[0]] + (0.5 if match["half"] else 0.0)
            seconds = count * MONTH * (3 if match["u"].startswith("季") else 1)
        if seconds >= least:
            found.append(Length(text=match[0], seconds=seconds, start=match.start(), end=match.end()))
    return tuple(sorted(found, key=lambda length: length.start))


def spoken_to(sentence: Sentence, at: int) -> bool:
    """True when whoever is named at ``at`` is told, paid or harmed there; he does not act."""
    return _RECIPIENT.search(sentence.plain[:at]) is not None


def before(sentence: Sentence, at: int, reach: int) -> str:
    """The text of at most ``reach`` characters left of ``at``, within its own sentence part."""
    return re.split(r"[。;；]", sentence.plain[max(0, at - reach) : at])[-1]


def after(sentence: Sentence, at: int, reach: int) -> str:
    """The text of at most ``reach`` characters right of ``at``, within its own sentence part."""
    return re.split(r"[。;；]", sentence.plain[at : at + reach])[0]
