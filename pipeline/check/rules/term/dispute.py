"""争议解决. ok: a named court or arbitration body, or the court at the merchant's, the contract's or a neutral place; vague: 协商 only, arbitration
without a body, both arbitration and court; adverse: the vendor's place."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, worst_wins
from pipeline.check.rules.term.cues import BLANKS
from pipeline.playbook import CheckpointModel
from pipeline.types import Status

_ARBITRATION = r"仲裁|公断|arbitrat"
_COURT = any_of(
    r"法院", r"法庭", r"[起涉上]诉", r"诉(?:至|到|诸|讼(?!费|或?仲裁费))", r"打官司|官司", r"管辖|讼争|提告", r"(?:去|里|处|地|方)告(?!知|诉|之)", r"court|litigat|jurisdiction|venue"
)  # fmt: skip
_FORUM = any_of(_ARBITRATION, _COURT)
# A quarrel between the two sides, in any words.
_QUARREL = any_of(
    r"争(?:议|端|执|讼)|纠纷|分歧|歧见|矛盾|异议|意见不一|争拗", r"(?:谈|商量|商|聊|说|协商|磋商|调解|合)不(?:拢|成|来|通|妥|清)|协商未果|未果", r"闹(?:翻|掰|别扭|僵|不愉快)|翻脸|扯皮|扯不清|说不清|疙瘩|谈崩|撕破脸", r"(?:有|出了?)(?:啥|什么)?(?:事|话|岔子)[^,。;；]{0,4}(?:商量|谈|说|坐)", r"dispute|differences|disagreement|anyclaim",
)  # fmt: skip
_TALK = any_of(
    r"协商|协调|调解|调和|磋商|商谈|商量|洽商|面谈|和解|说和|沟通|谈|聊|坐下来|好好说|评理|化解|找村长|逐级上报", r"negotiat|amicabl|mediat|consultation|friendlydiscussion",
)  # fmt: skip

# Other people's quarrels, and proceedings that decide nothing here.
_OTHERS = any_of(
    r"劳动(?:人事)?(?:争议|纠纷|仲裁|合同|关系)", r"(?:买家|消费者|顾客|客户|用户|会员|买卖双方|客人|shopper|buyer)[^,。;；]{0,14}(?:争议|纠纷|维权|扯皮|仲裁|判责|投诉|分歧|申诉|异议|诉讼|dispute)",
    r"(?:争议|纠纷|争执)(?:的)?(?:买家|顾客|订单|商品|消费者|客户|会话|工单|款项|部分|率|单)", r"(?:交易|售后|平台|拼单|消费|退款|物流|差评)(?:类)?(?:的)?(?:争议|纠纷)|平台(?:介入|判|裁|小二|客服)", r"chargeback|labou?rdispute",
    r"(?:未决|重大)(?:的)?(?:诉讼|仲裁)|诉讼、仲裁|anylitigation|失信", r"司法机关|法院(?:判决|裁定|查封|要求|冻结)|依法[^,。;；]{0,6}披露|(?:法院|仲裁机构)[^,。;；]{0,8}(?:要求|责令)", r"评标|投标|评委|财政部门", r"房东|邻居|工人有工伤|员工[^,。;；]{0,8}(?:争|吵)|坐席吵", r"(?:账|对账|工时)[^,。;；]{0,10}(?:异议|分歧|出入)[^。;；]{0,20}(?:视为|先行支付|差额|再数|记录为准)",
    r"(?:第三方|他人|权利人)[^,。;；]{0,16}(?:诉讼|起诉|索赔|仲裁)", r"诉讼时效|诉讼保全|应诉|律师函",
)  # fmt: skip
_SETTLES = any_of(
    r"(?:提交|提起|提请|交由|送到?|交付|交|通过|向|诉至|归|由|到|去|上|在|以)[^。;；]{0,24}(?:法院|仲裁[委院]|仲裁中心)(?!要求|判决)|交付仲裁", r"管辖(?:法院|权)?", r"申请仲裁", r"court|arbitration"
)  # fmt: skip
_COSTS = r"律师费|诉讼费|仲裁费|公证费|保全费"

_SITE = r"(?:所在|住所|住地|注册|登记|工商|总部|总公司|营业|经营|办公|主事务所|主要|户籍|属地|当地|本地|这边|那边|那儿|那里|这儿|这里|老家|门口|门店|开店|铺面|落脚|地址|公司所在|公司注册|公司门口|公司地址|公司主要|公司营业|公司总部)"
_ENGLISH_SITE = r"\W?s?(?:place|domicile|location|registered|principal|head|seat)"
_AT = r"(?:domicile|seat|located|incorporat|headoffice|residence)"


def _place(side: str) -> str:
    """The place of one side, as drafters write it."""
    return any_of(
        rf"{side}(?:一方|方面|单位|企业|公司|工作室|店|铺子|团队|\([^()]{{1,8}}\))?(?:的)?{_SITE}",
        rf"where(?:the)?{side}",
        rf"{side}在哪[^,。;；]{{0,4}}落脚",
        rf"{side}{_ENGLISH_SITE}",
        rf"place[^.;]{{0,12}}{side}[^.;]{{0,16}}{_AT}",
    )


_SELF = r"(?:我司|我方|本公司|本平台|本方)"
_VENDOR_PLACE, _MERCHANT_PLACE = _place("<V>"), _place("<M>")
_CONTRACT_PLACE = any_of(
    r"(?:合同|协议|契约|本约|服务|项目|采购|签约|约定)(?:的)?(?:实际)?(?:履行|签订|签署|签约|缔结|订立|标的物?所在)地", r"(?:履行|签订|签署|签约)地(?:点)?", r"签(?:字|约|合同)?(?:那|的)(?:那)?(?:个)?地", r"(?:原告|被告|守约方|起诉方|申请人|被申请人|败诉方)[^,。;；]{0,6}(?:所在|住所)?地", r"place(?:of|where)[^.;]{0,20}(?:perform|sign|execut)",
)  # fmt: skip
_NAMED_COURT = any_of(
    r"[\u4e00-\u9fff]{2,}(?:市|区|县|省|自治区|州|旗|新区)[\u4e00-\u9fff]{0,8}法院", r"(?:北京|上海|广州|深圳|杭州|成都|武汉|南京|重庆|天津|西安|苏州|长沙|厦门|青岛|郑州|合肥|福州|济南|宁波|东莞|佛山|义乌|香港|澳门|台北|新北|台中|高雄)[\u4e00-\u9fff]{0,12}法院", r"(?:互联网|国际商事)法院", r"(?:highcourt|courtsof[a-z])",
)  # fmt: skip
_BODY = any_of(
    r"(?<!人事)(?<!争议)[\u4e00-\u9fff]{2,}(?<!提交)(?<!申请)(?<!当地)(?<!所在地)(?<!有关)(?<!相关)(?<!认可的)(?<!约定的)(?<!可向)(?<!提请)(?<!送到)(?<!送交)(?<!当地的)仲裁(?:委员会|委|院|中心)", r"仲裁委员会\((?![^()]{0,6}(?:填|选))", r"cietac|hkiac|siac|贸仲|(?:international|court|london)[a-z]{0,20}arbitrat|arbitration(?:commission|centre|center|institute|court)",
)  # fmt: skip
_NO_BODY = any_of(
    r"(?:当地|有关|相关|所在地|有管辖权的?|双方(?:认可|同意|选定|约定)的?|约定的?|适当的?|第三方)[^,。;；]{0,6}仲裁(?:委员会|机构|委|机关|部门)", r"仲裁(?:机构|部门|机关)(?![:：|])",
)  # fmt: skip
_BAR_OTHER = r"不(?:得|再|可|选择?|诉诸|提交|约定)[^。;；,，]{0,10}(?:仲裁|诉讼|起诉|法院)|(?:法院)[^。;；,，]{0,6}(?:强制)?执行|排除[^。;；,，]{0,8}(?:法院|仲裁)"


def _dispute(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    forum = sentence.has(_FORUM)
    if not forum and not (sentence.about(_QUARREL) and sentence.has(_TALK)):
        return
    if sentence.has(_OTHERS) and not sentence.has(r"本(?:合同|协议|约)|双方|<B>|thisagreement"):
        return
    if sentence.has(r"劳动(?:人事)?(?:争议|纠纷|仲裁)|未决|平台(?:介入|判责|裁)"):
        return
    if sentence.has(_COSTS) and not sentence.has(_SETTLES):
        return
    if sentence.has(r"(?:争议|诉讼|仲裁)(?:解决|处理|进行)?(?:期间|中|过程)") and not sentence.has(
        any_of(_SETTLES, _TALK)
    ):
        return
    arbitration, court = sentence.has(_ARBITRATION), sentence.has(_COURT)
    ticked = sentence.find(r"[☑√■✓]([^□]{1,24})")
    if ticked is not None and forum:
        arbitration, court = "仲裁" in ticked.group(1), "仲裁" not in ticked.group(1)
    ours = sentence.has(any_of(_MERCHANT_PLACE, _CONTRACT_PLACE))
    if forum and _at_vendors(sentence) and not sentence.has(rf"{_MERCHANT_PLACE}[^。;；,，]{{0,10}}或"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="争议由服务方所在地管辖", firm=True)
        return
    named = sentence.has(_BODY) and (not sentence.has(_NO_BODY))
    settled = named or ours or sentence.has(_NAMED_COURT)
    if arbitration and court and ticked is None and not sentence.has(_BAR_OTHER):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="既写仲裁又写诉讼，约定无效的风险大")
    elif forum and (sentence.has(BLANKS) or sentence.blanks) and not _before_blank(sentence, settled):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="争议解决的地点或机构没有填")
    elif arbitration:
        status = Status.OK if named else Status.VAGUE
        yield Signal(sentence=sentence, status=status, reason="写明了仲裁机构" if named else "约定仲裁但没有写明机构")
    elif court and settled:
        yield Signal(sentence=sentence, status=Status.OK, reason="写明了管辖法院", firm=ours)
    elif court and sentence.has(r"有管辖权|依法[^。;；,，]{0,8}(?:起诉|诉讼)|competent"):
        yield Signal(sentence=sentence, status=Status.OK, reason="由有管辖权的法院管辖", keys=frozenset({"法定"}))
    elif sentence.about(_QUARREL) and (sentence.has(_TALK) or court):
        if court or sentence.about(any_of(r"<B>", r"两(?:个人|家|边|位)|本(?:合同|协议|约)|<M>[^。;；]{0,8}<V>|<V>[^。;；]{0,8}<M>|甲乙|坐下|和|争议|纠纷|矛盾|歧见|分歧|parties")):  # fmt: skip
            yield Signal(
                sentence=sentence, status=Status.VAGUE, reason="只说协商，没有写明法院或仲裁机构", firm=not forum
            )


def _at_vendors(sentence: Sentence) -> bool:
    """The vendor's place; where the vendor speaks as 我们, also 我司 and the like."""
    speaks = compiled("<V>", sentence.sides).search("我们") is not None
    return sentence.has(rf"{_VENDOR_PLACE}(?![^,。;；]{{0,6}}变更)") or (speaks and sentence.has(_place(_SELF)))


def _before_blank(sentence: Sentence, settled: bool) -> bool:
    """A blank elsewhere in the sentence takes nothing from a place that is named; one right before 仲裁委 or 法院 does."""
    return settled and not sentence.has(rf"(?:{BLANKS})[^。;；,，]{{0,6}}(?:仲裁|人民法院|法院)")


_AIDS_ARBITRATION = r"执行|保全|撤销|仲裁[^。;；]{0,12}(?:无效|前置)"


def _conclude_dispute(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """One clause that opens both arbitration and the court, in two sentences, is as void as in one."""
    ok = [s for s in signals if s.status is Status.OK]
    before_tribunal = [s for s in ok if s.sentence.has(_ARBITRATION) and not s.sentence.has(_COURT)]
    before_court = [
        s for s in ok if s.sentence.has(_COURT) and not s.sentence.has(any_of(_ARBITRATION, _AIDS_ARBITRATION))
    ]
    if any(s.status is Status.ADVERSE for s in signals):
        return worst_wins(signals, reading, checkpoint)
    for one in before_tribunal:
        both = [s for s in before_court if s.sentence.clause.id == one.sentence.clause.id]
        if both:
            return conclude_with(Status.VAGUE, [one, *both], "既写仲裁又写诉讼，约定无效的风险大")
    return worst_wins(signals, reading, checkpoint)


RULE = Rule(checkpoint="term.dispute", read=_dispute, conclude=_conclude_dispute)
