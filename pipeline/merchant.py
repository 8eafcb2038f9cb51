"""Which side is the merchant: weighed over the whole text, never decided by one word."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.folding import simplify
from pipeline.parties import MERCHANT_ROLES, VENDOR_ROLES, Sides, read_sides
from pipeline.types import Clause, ClauseKind, Document, Party

# Weights are in sentences: a role beside the party's name counts as much as this many sentences of the text.
_ROLE = 5.0
_NAME = 2.0
_MOST_OF_A_KIND = 6.0  # one kind of sentence, however often it comes, cannot decide against everything else
_DOUBT = 1.5  # evidence assumed for the other side before anything is read
_SURE = 0.62  # confidence from which no question is asked: of the 24 dev contracts, all read right, 3 stand under it


@dataclass(frozen=True, slots=True, kw_only=True)
class MerchantGuess:
    """The side that buys the service.

    ``confidence`` in [0, 1] is the share of the evidence on that side, less for little evidence. ``sure`` is false
    when the other side is nearly as likely; the user should then be asked. ``names`` are the names given in the
    party block, "" for a blank. ``aliases`` are the words that stand for each side in this contract, in Simplified
    characters as the text has them, without its spaces; the party's own name first.
    """

    party: Party
    confidence: float
    sure: bool
    reason: str
    names: Mapping[Party, str]
    aliases: Mapping[Party, tuple[str, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Sign:
    """A kind of sentence and whom its ``<P>`` is: the merchant, or the vendor."""

    name: str
    merchant: bool
    pattern: str
    weight: float = 1.0


_NEAR = r"[^。；;\n]"
_STAFF = r"(?:客服|坐席|座席|话务|专员|服务团队|服务人员|客服团队|项目团队|运营团队|主管|质检员|培训师|工作人员)"
_DUTY = r"(?:应|须|需|将|负责|保证|承诺|同意|必须|应当|为)"
_FEE = r"(?:服务费|外包费|服务报酬|服务款|委托费|费用|报酬|佣金|月费|款项|合同款|价款|结算款|预付款|押金|保证金)"
_SIGNS = (
    _Sign(
        name="提供客服服务", merchant=False, weight=1.0,
        pattern=rf"<P>(?:{_DUTY}|按|根据|依据|依照|在|于|向<O>|<O>|,|，|[^。；;，,\n]{{0,8}}){{0,3}}"
        rf"(?:提供|派驻|派遣|安排|配备|配置|组建|指派|投入|委派)"
        rf"(?![^。；;，,\n]{{0,24}}(?:资料|素材|账号|帐号|权限|培训|话术|文档|信息|后台|场地|发票))[^。；;，,\n]{{0,24}}(?:服务|{_STAFF})",
    ),
    _Sign(
        name="管理客服人员", merchant=False,
        pattern=rf"<P>(?:的|方|所属|派出的|派驻的|安排的|指派的|提供的)?{_STAFF}|<P>{_NEAR}{{0,14}}(?:招聘|招募|排班|保证{_NEAR}{{0,6}}人员稳定|"
        rf"补充人员|更换{_STAFF}|缴纳社保|承担其员工|工资)",
    ),
    _Sign(
        name="开具发票", merchant=False,
        pattern=r"<P>[^。；;，,\n]{0,12}(?:(?:向<O>|为<O>)[^。；;，,\n]{0,6})?(?:开具|出具|提供)[^。；;，,\n]{0,12}发票",
    ),
    _Sign(
        name="支付服务费", merchant=True,
        pattern=rf"<P>(?![^。；;，,\n]{{0,12}}(?:逾期|未)?[^。；;，,\n]{{0,12}}(?:违约金|赔偿|罚款|工资|薪))[^。；;，,\n]{{0,24}}"
        rf"(?:支付|付清|结清|预付|交付|缴纳|付给)(?:<O>|给<O>)?(?![^。；;，,\n]{{0,14}}(?:违约金|赔偿|罚|工资|薪|社保))[^。；;，,\n]{{0,14}}{_FEE}",
    ),
    _Sign(
        name="付款", merchant=True,
        pattern=r"<P>[^。；;，,\n]{0,16}(?:向<O>(?:支付|付款)|付款|付至<O>|汇入<O>)(?![^。；;，,\n]{0,14}(?:违约金|赔偿|罚|工资))|"
        r"<P>(?:逾期|未按期|未按时|延迟|迟延)(?:付款|支付(?![^。；;，,\n]{0,8}(?:违约金|赔偿)))",
    ),
    _Sign(
        name="收款", merchant=False,
        pattern=rf"(?:支付|付|汇|缴纳)(?:给|至|到|入)?<P>(?:的|之)?(?:{_FEE}|[^。；;，,\n]{{0,6}}账户)|<P>(?:的)?(?:收款|开户)|向<P>(?:全额|一次性)?(?:支付|付)"
        rf"(?![^。；;，,\n]{{0,14}}(?:违约金|赔偿|罚))",
    ),
    _Sign(
        name="拥有店铺与顾客", merchant=True,
        pattern=r"<P>(?:的|方|所有的|经营的|指定的|名下的?|运营的)?[^。；;，,\n]{0,8}?(?:店铺|网店|商品|产品|品牌|旗舰店|买家|消费者|订单|顾客|用户|电商平台|"
        r"商城|天猫|淘宝|京东|抖音|拼多多|客户(?:信息|资料|数据|服务中心|投诉))",
    ),
    _Sign(name="委托对方", merchant=True, weight=2.0, pattern=r"<P>(?:现|决定|自愿|同意|拟|特|就|将|有意|[^。；;，,\n]{0,24}?){0,2}(?:委托|聘请|聘任|授权|发包给|外包给|交由|交给)<O>"),
    _Sign(
        name="接受委托", merchant=False, weight=2.0,
        pattern=r"<P>(?:同意|愿意|自愿)?(?:接受|承接|受)<O>(?:的)?(?:委托|外包|服务|客服)|<P>(?:同意|愿意|自愿)?(?:接受委托|承接[^。；;，,\n]{0,12}(?:客服|服务|业务|项目))",
    ),
    _Sign(
        name="为对方服务", merchant=False, weight=1.5,
        pattern=r"<P>(?:[^。；;，,\n]{0,8})(?:为|向)<O>[^。；;，,\n]{0,10}(?:提供|开展|承担)(?![^。；;，,\n]{0,16}(?:资料|账号|培训|发票|素材|信息))|由<P>(?:负责)?(?:提供|承担|承接|安排)"
        rf"[^。；;，,\n]{{0,12}}(?:服务|{_STAFF})",
    ),
    _Sign(
        name="考核验收", merchant=True,
        pattern=r"<P>(?:有权|可|将|按月|每月|负责)?[^。；;，,\n]{0,10}(?:考核|抽查|抽检|验收|监督|扣减|扣除|质检)(?:<O>|[^。；;，,\n]{0,10}(?:服务|客服|质量))",
    ),
    _Sign(
        name="被考核扣款", merchant=False,
        pattern=r"对<P>[^。；;，,\n]{0,12}(?:服务|客服|人员)[^。；;，,\n]{0,10}(?:考核|抽查|质检|监督|评价)|(?:扣减|扣除|核减)<P>[^。；;，,\n]{0,10}(?:费|款)",
    ),
)  # fmt: skip
_ENGLISH = (
    _Sign(
        name="提供客服服务", merchant=False,
        pattern=r"<P>(?: shall| will| agrees to| must| is to)? (?:also )?(?:provide|supply|assign|staff|deploy|perform|render)s?\b"
        r"(?![^.;\n]{0,30}(?:access|materials|information|accounts?|training data))[^.;\n]{0,60}(?:service|agent|staff|personnel|seat|support)",
    ),
    _Sign(
        name="支付服务费", merchant=True,
        pattern=r"<P>(?: shall| will| agrees to| must)? (?:pay|remit)s?\b(?![^.;\n]{0,40}(?:damages|penalty|wages|salar))",
    ),
    _Sign(name="拥有店铺与顾客", merchant=True, pattern=r"<P>['’]s (?:store|shop|customers?|products?|goods|orders?|brand|consumers?|buyers?)"),
    _Sign(name="管理客服人员", merchant=False, pattern=r"<P>['’]s (?:agents?|staff|personnel|seats?|team|employees|fees?|invoices?)"),
    _Sign(name="委托对方", merchant=True, weight=2.0, pattern=r"<P>[^.;\n]{0,30}(?:engages?|appoints?|retains?|outsources?|entrusts?)[^.;\n]{0,50}<O>"),
    _Sign(name="开具发票", merchant=False, pattern=r"<P>(?: shall| will)? (?:issue|send|submit)s?\b[^.;\n]{0,20}invoice"),
)  # fmt: skip

_VENDOR_NAME = re.compile(
    r"客服|外包|信息服务|信息技术服务|呼叫|服务外包|人力资源|企业服务|企业管理|商务服务|云客|话务|BPO|outsourc|call cent|contact cent|customer care|support serv", re.I
)  # fmt: skip
_MERCHANT_NAME = re.compile(
    r"服饰|服装|鞋|箱包|食品|饮料|茶|酒业|电商|电子商务|旗舰店|专卖店|专营店|商贸|贸易|百货|家居|家具|家纺|化妆品|美妆|日化|母婴|玩具|珠宝|饰品|宠物|数码|"
    r"电器|厨具|生鲜|果业|农业|零售|网店|店铺|商城|文具|图书|户外|运动|眼镜|医疗器械|保健|酒店|apparel|fashion|foods?\b|retail|trading|store|cosmetic|toys?\b|home goods",
    re.I,
)  # fmt: skip


def find_merchant(document: Document, clauses: Sequence[Clause], *, told: Party | None = None) -> MerchantGuess:
    """The merchant's side, from roles, names and who performs and pays over the whole text.

    ``told`` is what the user said, and settles it. A contract that names its sides otherwise than 甲方 and 乙方 is
    mapped: Party A or the side named first is 甲方.
    """
    text = simplify(document.text)
    head_end = next(
        (c.start for c in clauses if c.kind is not ClauseKind.PREAMBLE and not (c.kind is ClauseKind.TABLE_ROW and c.parent is None)),
        0,
    )  # fmt: skip
    sides = read_sides(text, head_end)
    scores, seen = _weigh(text, sides)
    party = Party.JIA if scores[Party.JIA] >= scores[Party.YI] else Party.YI
    total = sum(scores.values())
    confidence = (scores[party] + _DOUBT / 2) / (total + _DOUBT) if total else 0.5
    reason = _reason(party, sides, seen)
    sure = confidence >= _SURE
    if told is not None:
        party, confidence, sure, reason = told, 1.0, True, f"由用户指定{told.value}为商家"
    return MerchantGuess(
        party=party, confidence=round(confidence, 3), sure=sure, reason=reason, names=MappingProxyType(dict(sides.names)),
        aliases=MappingProxyType(_aliases(text, sides, party)),
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """One piece of evidence as the reason tells it."""

    party: Party
    what: str
    merchant: bool
    count: int = 0


def _weigh(text: str, sides: Sides) -> tuple[dict[Party, float], list[_Seen]]:
    """Points for each side being the merchant."""
    scores = {Party.JIA: 0.0, Party.YI: 0.0}
    seen: list[_Seen] = []

    def count(party: Party, merchant: bool, points: float, what: str, times: int = 0) -> None:
        scores[party if merchant else party.other] += points
        seen.append(_Seen(party=party, what=what, merchant=merchant, count=times))

    for party in Party:
        for role in sides.roles[party]:
            if role in MERCHANT_ROLES or role in VENDOR_ROLES:
                count(party, role in MERCHANT_ROLES, _ROLE, f"首部称{{}}为“{role}”")
        name = sides.names[party]
        vendor, merchant = _VENDOR_NAME.search(name), _MERCHANT_NAME.search(name)
        if bool(vendor) != bool(merchant):
            count(party, bool(merchant), _NAME, f"{{}}名称含“{(vendor or merchant or [''])[0]}”")
    flat = re.sub(r"[ \t\u3000\xa0]+(?=[^\x00-\x7f])|(?<=[^\x00-\x7f])[ \t\u3000\xa0]+", "", text)
    for sign in (*_SIGNS, *_ENGLISH):
        for party in Party:
            if not sides.words[party] or not sides.words[party.other]:
                continue
            pattern = sign.pattern.replace("<P>", _any(sides.words[party])).replace(
                "<O>", _any(sides.words[party.other])
            )
            times = len(
                {flat.rfind("\n", 0, m.start()) * 1000 + _sentence(flat, m.start()) for m in re.finditer(pattern, flat)}
            )
            if times:
                count(party, sign.merchant, min(times * sign.weight, _MOST_OF_A_KIND), sign.name, times)
    return scores, seen


def _sentence(text: str, at: int) -> int:
    """Number of the sentence in its line, so that a long sentence counts once."""
    start = text.rfind("\n", 0, at) + 1
    return len(re.findall(r"[。；;]", text[start:at]))


def _any(words: Sequence[str]) -> str:
    ordered = sorted(words, key=len, reverse=True)
    return "(?:" + "|".join((r"\b" + re.escape(w) + r"\b" if w.isascii() else re.escape(w)) for w in ordered) + ")"


def _reason(party: Party, sides: Sides, seen: Sequence[_Seen]) -> str:
    """Why, in one Chinese sentence, the weightiest first and with what speaks against it."""

    def tell(s: _Seen) -> str:
        name = sides.call[s.party]
        return s.what.format(name) if "{}" in s.what else f"全文{s.count}处写{name}{s.what}"

    ours = [s for s in seen if (s.party is party) == s.merchant]
    against = [s for s in seen if (s.party is party) != s.merchant]
    ours = sorted(ours, key=lambda s: (s.count > 0, -s.count))
    against = sorted(against, key=lambda s: (s.count > 0, -s.count))
    if not ours:
        return "合同中没有看出哪一方提供服务，哪一方付款"
    reason = "，".join(tell(s) for s in ours[:3])
    if against:
        reason += f"；但{tell(against[0])}"
    return reason


# Words that go with a role even where nothing in the text ties them to a party.
_BY_MEANING_MERCHANT = (
    "委托方",
    "委托人",
    "发包方",
    "发包人",
    "采购人",
    "采购方",
    "商家",
    "店主",
    "需求方",
    "披露方",
    "品牌方",
)
_BY_MEANING_VENDOR = (
    "受托方", "受托人", "服务商", "承包方", "承包商", "承接方", "外包方", "外包商", "外包公司", "服务方", "服务提供方", "服务提供商", "接收方",
)  # fmt: skip


def _aliases(text: str, sides: Sides, merchant: Party) -> dict[Party, tuple[str, ...]]:
    found: dict[Party, tuple[str, ...]] = {}
    for party in Party:
        taken = sides.words[party.other]
        general = _BY_MEANING_MERCHANT if party is merchant else _BY_MEANING_VENDOR
        words = [*sides.words[party], *(w for w in general if _stands(text, w) and w not in taken)]
        found[party] = tuple(dict.fromkeys(words))
    return found


def _stands(text: str, word: str) -> bool:
    return re.search(rf"(?<![非受]){re.escape(word)}", text) is not None
