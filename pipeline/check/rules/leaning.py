"""Whose way a sentence leans: what it lets, forbids or spares whom, whose consent, figures, place and purse it names.

A ban turned into a permission, or one side put in the place of the other, leaves nearly every word of a sentence as it was and turns its meaning
over. These marks say just that: a side and what is said of it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Set
from enum import StrEnum
from functools import lru_cache

from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Sentence

BAN = any_of(
    r"不(?:得(?!已)|可(?!抗|撤|恢|避|分|预|逆|或缺)|能(?!够?履行|胜任|达)|许|准(?!确|时)|应(?!答)|会(?!话|议)|允许|予(?:以)?|再享有|享有)|无权|严禁|禁止|没有?权|不具有[^,。;]{0,6}权|勿|(?<![类级特个性区差分识])别(?![的人家墅处]|无)|shallnot|maynot|mustnot|cannot|norightto"
)
MAY = any_of(
    r"(?<![没不])有权|(?<![不无])享有[^,。;]{0,10}权|(?<![不许认未获])可(?:以|自行|随时|直接|自主|视|根据|按|依|先|将|不|也)(?!不?能)|(?<![不方才即后始便许认均经未])可(?![能靠抗恢行见持用追读查以自随直视根按依先将不也疑观谓撤逆避预])|(?<![不应须使取获觉记懂值求晓免不])得(?=[以于自随逕径向将对继提使查调取增减终解单要]|不)|(?<![不未])(?:允许|准许)|随时|尽可|不妨|任意|自由|(?:亦|也|仍|照样|照常|同样|依然|还是|均)(?:可|得(?!到)|能|给|让)|(?<![a-z])may(?!not)|isentitled|hastheright|free(?:to)"
)
SPARED = any_of(
    r"(?:无|毋|不)(?:需|须|庸|必|用)|不(?:再)?(?:承担|负(?!面)|担负|负责|受(?!理))|免(?:责|于|除|予|去)|(?:没有|无|不负有?)义务|不[^,。;]{0,4}义务|概不|不(?:对[^,。;]{0,12})?(?:作|做)[^,。;]{0,4}(?:保证|承诺)|不(?:支付|付|出钱|掏|赔)|noobligation|notliable|neednot"
)
_CONSENT = r"(?:同意|许可|批准|授权|准许|允许|认可|点头|核准|审批|确认|答应|应允|首肯|consent|approval)"
_WAIVED = r"(?:无|毋|不)(?:需|须|庸|必|用|待|再)|不(?:以|经|取决于|另行|征)|(?:未|非)经(?=[^。;]{0,24}(?:[也亦即仍]|可|就))|without"
_SITE = r"(?:所在|住所|住地|注册|登记|经营|营业|主要办公|办公|户籍|总部|公司)[^,。;]{0,4}(?:地|法院)|(?:本|当)地"
_BEARS = r"(?:自行|另行|全部|全额|一并|自己|单独|额外|另外|独立|来)?(?:承担|负担|支付|支应|出(?:钱|资)|掏|付|买单|自理|自付|自负|消化)"
_SPOKEN_TO = re.compile(
    r"(?:向|给予?|予|对|跟|与|让|使|付|偿|赔|知会?|还|为|经|及|送达|达|征得|取得|招呼|补|退|通知|告知|告诉|提醒|便于|拒绝|阻止|阻拦|妨碍|影响|要求|由|以|按|归|of|to|by|for|than|pay|against|ify)$"
)
_SIGNS = {"both": "B", "vendor": "V", "merchant": "M", "": ""}
# A name that owns what is spoken of, or consents to it, is not the one who acts.
_OWNS = re.compile(
    rf"的(?!客服|坐席|座席|人员|员工|团队)|(?:的)?(?:事先|事前|书面|另行|逐次|明确|签字|盖章|单独|再次)*{_CONSENT}"
)
_PIECE = re.compile(r"[^,，;；:：。|]+")


class Mark(StrEnum):
    """What is said of a side; the value is a sign for it."""

    MAY = "许"
    BARRED = "禁"
    SPARED = "免"
    ASKED = "求"  # its consent is needed
    UNASKED = "略"  # its consent is not needed
    COUNTS = "据"  # its figures decide
    PLACE = "地"
    PAYS = "费"


@lru_cache(maxsize=2048)  # a contract's sentences: each is asked of for every checkpoint
def marks(sentence: Sentence) -> frozenset[tuple[str, Mark]]:
    """The marks of a sentence, each with its side: ``V`` the vendor, ``M`` the merchant, "" where no side is named for it."""
    return frozenset(_marks(sentence))


_FOR_MERCHANT = frozenset(
    {
        ("V", Mark.BARRED),
        ("M", Mark.ASKED),
        ("V", Mark.UNASKED),
        ("M", Mark.COUNTS),
        ("M", Mark.PLACE),
        ("V", Mark.PAYS),
    }
)
_FOR_VENDOR = frozenset(
    {("V", Mark.MAY), ("V", Mark.SPARED), ("V", Mark.ASKED), ("V", Mark.COUNTS), ("V", Mark.PLACE)}
    | {("M", Mark.BARRED), ("M", Mark.UNASKED), ("M", Mark.PAYS)}
)


def leans_to_merchant(sentence: Sentence) -> bool:
    """True when all that a sentence says outright of rights, consent, figures, place and purse is in the merchant's favour."""
    return _leans(sentence, _FOR_MERCHANT, _FOR_VENDOR)


def leans_to_vendor(sentence: Sentence) -> bool:
    """True when all that a sentence says outright of these is in the vendor's favour."""
    return _leans(sentence, _FOR_VENDOR, _FOR_MERCHANT)


def _leans(sentence: Sentence, way: Set[tuple[str, Mark]], other: Set[tuple[str, Mark]]) -> bool:
    said = marks(sentence)
    return not said.isdisjoint(way) and said.isdisjoint(other)


def _marks(sentence: Sentence) -> Iterator[tuple[str, Mark]]:
    names = compiled(r"(?P<both><B>)|(?P<vendor><V>)|(?P<merchant><M>)", sentence.sides)
    for side in ("V", "M"):
        own, other = f"<{side}>", "<M>" if side == "V" else "<V>"
        for match in sentence.find_all(rf"{own}(?:的)?[^,。;]{{0,10}}{_CONSENT}"):
            before = sentence.plain[max(0, match.start() - 12) : match.start()]
            lead = re.split(r"[,。;]", before)[-1]
            waived = compiled(rf"(?:{_WAIVED})[^,。;]{{0,6}}$", sentence.sides).search(lead)
            behind = sentence.plain[match.end() : match.end() + 10]
            loose = re.search(r"(?:未|非|不|没)[^,。;]{0,6}$", lead) and re.match(
                r"[^。;]{0,4}(?:[也亦即仍就]|可|便)", behind
            )
            inner = re.search(r"(?:无|毋|不)(?:需|须|必|用)", match.group(0))
            if waived or loose or inner:
                yield side, Mark.UNASKED
            elif re.search(r"(?:经|得|取|获|需|须|要|由|待|除非|未|没有?)[^,。;]{0,6}$", lead) or re.match(
                r"[^,。;]{0,6}(?:后|方|才|始|的,|之前|前)", behind
            ):
                yield side, Mark.ASKED
        if sentence.has(
            rf"(?:以|按|依|凭|从|据|听)(?:照|据)?{own}[^,。;]{{0,24}}(?:为(?:唯一|最终)?[^,。;]{{0,4}}(?:准|依据|根据|基准)|作数|说了算)"
        ) or sentence.has(
            rf"{other}[^,。;]{{0,16}}(?:数据?|统计|报表|记录|汇总|导出)[^,。;]{{0,14}}(?:不作|不得作|不能作|仅[供作]|只[供作]|不(?:予)?(?:认|采))"
        ):
            yield side, Mark.COUNTS
        if sentence.has(rf"{own}(?:一方)?(?:的)?(?:{_SITE})"):
            yield side, Mark.PLACE
        if sentence.has(
            rf"(?:由|归|是){own}(?:在[^,。;]{{0,10}}(?:外|内))?{_BEARS}|{own}(?:应|须|需|另|还需?)?(?:{_BEARS})[^,。;]{{0,12}}(?:费|款|钱|支出|开支|成本)"
        ):
            yield side, Mark.PAYS
    last = ""
    for piece in _PIECE.finditer(sentence.plain):
        text = piece.group(0)
        actors = [
            (m.start(), _SIGNS[m.lastgroup or ""])
            for m in names.finditer(text)
            if not _SPOKEN_TO.search(text[: m.start()]) and not _OWNS.match(text[m.end() :])
        ]
        for mark, pattern in ((Mark.BARRED, BAN), (Mark.MAY, MAY), (Mark.SPARED, SPARED)):
            for match in compiled(pattern, sentence.sides).finditer(text):
                if mark is Mark.SPARED and re.match(rf"[^,。;]{{0,8}}{_CONSENT}", text[match.end() :]):
                    continue  # whose consent is needless was said above
                named = [side for at, side in actors if at < match.start()]
                side = named[-1] if named else last
                yield ("" if side == "B" else side), mark
        if actors:
            last = actors[-1][1] if len(actors) == 1 else actors[0][1]
