"""单方/无条件终止. ok: the merchant may end without the vendor's fault, or named vendor failures let it end at once; vague: 协商一致 only; adverse: the
merchant may not end early, or pays the rest of the term if it does."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.check.rules.leaning import Mark, marks
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, worst_wins
from pipeline.check.rules.term.cues import BLANKS, END, TRIAL_WORD, parts, spoken_to
from pipeline.playbook import CheckpointModel
from pipeline.types import Status

_OTHER = any_of(
    r"不可抗力|劳动(?:合同|关系|法)|权限|续签|续约|不再续", r"租约|退租|房东|职场(?:租|不得)", r"(?:买家|消费者|顾客|买受人|会员|客人)[^,。;；]{0,10}(?:可(?!能)|有权|得(?!到)|申请|取消|注销|退货|不想要)|订单即|取消(?:尚未|订单)|退货(?:单)?$|无理由退货", r"(?:坐席|客服|员工|人员|其)[^,。;；]{0,10}离职(?!补偿)|离职(?:手续|证明)|辞(?:工|职)|坐席(?:个人|严重|干得|离场)|人员离场|员工[^,。;；]{0,6}(?:提出|主动|解除)|驻场人员[^,。;；]{0,6}辞", r"直通车|推广|投放|广告|向(?:厂商|平台|软件商|房东|物业|第三方)[^,。;；]{0,6}(?:解约|解除|退订)|采购活动|投标|招标|消防|紧急出口", r"活动提前结束|促销|链接下架", r"不影响[^,。;；]{0,20}(?:效力|条款)|(?:终止|解除|结束)(?:之?后|时|之日起)[^。;；]{0,6}<V>应", r"resignation|dismissal|survival",
)  # fmt: skip
_WITHIN = r"(?:合同|协议|服务|合作|契约|存续|有效|订阅|套餐)(?:期)?(?:限|间)?(?:未满|内|中|存续中|届满(?:之)?前|期满(?:之)?前)"
_US = r"(?:<M>|<B>|甲乙|两(?:家|边|头)|任[意何]?一?方)"
_LEAVE = (
    r"(?:解除|解约|止约|收手|终止|终结|退[出订场租]|撤[场席]|取消|叫停|喊停|停|结束|抽身|辞|散|撵人|甩手|离场|中途)"
)
_LEAVE_OR = rf"(?:{_LEAVE}|解约)"
# The act itself, not the time of it (合同结束后两年内).
_ACT = rf"{_LEAVE}(?!之?后|以后|之?时|[之以]?前|之日|当日|的原因)"
_NOT = r"(?:不得|不能|不可(?!抗|以归|归)|无权|不行使|不享有|不允许|不许|不接受|不兴|没(?:有)?[^,。;；]{0,6}余地|没门|不支持|shallnot|maynot|notbeentitled|norightof?)"
_BARRED = any_of(
    rf"{_US}[^。;；]{{0,24}}{_NOT}[^,。;；]{{0,24}}{_ACT}", rf"{_US}[^。;；,，]{{0,24}}{_LEAVE}[^。;；,，]{{0,14}}(?:{_NOT}|的余地|没门)", rf"{_WITHIN}[^。;；]{{0,16}}{_NOT}[^,。;；]{{0,20}}{_ACT}", rf"(?:中间|中途|半路|半道)[^,。;；]{{0,6}}{_NOT}[^,。;；]{{0,6}}(?:{_ACT}|不(?:做|干|用)|走)", r"<M>[^,。;；]{0,4}(?:不得|不能|不许|不可)[^,。;；]{0,8}换(?:成)?(?:别的?|人|另一|一)家", r"<M>[^,。;；]{0,10}(?:要|须|得|应)[^,。;；]{0,4}(?:做|干|用|合作|履行)满", rf"{_US}[^。;；]{{0,20}}(?:非经|未经|未得|没有)(?:<V>|对方)[^。;；]{{0,12}}不得[^,。;；]{{0,6}}{_LEAVE}", r"不(?:赋予|给予|产生)[^,。;；]{0,8}(?:解除|终止|解约)(?:之|的)?权|不(?:松口|点头|同意|答应|放)[^。;；]{0,6}(?:走|停|退|散)不(?:了|成)|不可撤销[^。;；]{0,6}放弃|(?:放弃|排除)[^。;；]{0,16}解除(?:之)?权|waivesany",
    rf"(?:只有|仅|只许|唯有)<V>[^。;；]{{0,20}}{_LEAVE}", rf"(?:未|没|不)(?:到|满|做满|干满)[^,。;；]{{0,8}}{_US}?[^,。;；]{{0,4}}{_NOT}[^,。;；]{{0,4}}{_LEAVE}", rf"除<V>[^。;；]{{0,16}}(?:外|自[愿个])[^。;；]{{0,30}}(?:不得|不能|没有)[^,。;；]{{0,10}}{_LEAVE_OR}", rf"{_LEAVE}[:：|]不(?:允许|可|得|支持)|一经开通不支持", rf"{_US}[^。;；]{{0,16}}(?:提了不认|都得用到头|别想(?:走|停))", r"(?:client|principal|company|merchant|partya|buyer)[^.;]{0,16}(?:shallnot|maynot|not)[^.;]{0,16}(?:terminat|withdraw)",
)  # fmt: skip
# 不得以终止为由拒绝: ending is the pretext, not what is barred.
_PRETEXT = rf"{_NOT}以[^,。;；]{{0,12}}{_LEAVE}[^,。;；]{{0,4}}为由"
_LOOSE = r"擅自|无(?:正当|合法)(?:理由|事由)|未经[^,。;；]{0,10}通知|无故|随意"
_REST = any_of(
    r"(?:剩余|余下|剩下|剩多少|未履行|未到期|未届满|尚未履行|没挣到|余期|未执行|首期配置|其后)[^。;；]{0,30}(?:费|钱|款|月份?|期限|期间|酬|金额|部分|全部)|(?:后续|后面)[^,。;；]{0,8}(?:费|钱|款|月|期限|酬|金额)", r"(?:至|到)[^,。;；]{0,4}(?:期满|届满|到期|年底|期限)[^。;；]{0,14}(?:费|款|酬|款项|金额|钱)?", r"(?:全部|整个|全)合同期[^。;；]{0,10}(?:费|款)|合同总额扣除", r"(?:照付|付|给)(?:钱)?[^,。;；]{0,2}(?:到|至)(?:年底|期满|头)|(?:的钱|费用?)照收|一分不少", r"remaind|remaining(?:term|fees)|balanceoftheterm|unexpired|untiltheexpir|falsefall",
)  # fmt: skip
_PAYS = r"付|补(?:足|齐|偿|给|上)|赔|缴|结清|给齐|承担|照收|照付|不落|作为违约金|扣除已付|pay|due"
_KEPT = r"(?:尚?未使用|未消耗|剩余|余下|未到期|未履行|预付|已[付收]|已(?:缴|交|支付|缴纳))[^。;；]{0,20}(?:不(?:予|作|可|再|办理|支持)?退|概不退|不予返还|不返还|归<V>所有)|(?:不|亦不|也不)办理[^,。;；]{0,8}退款|不(?:予|再|会)?退(?:还|回)?[^。;；,，]{0,4}(?:已[付收预缴交]|剩余|余下|预付|未使用|未履行)"
_REFUND = r"(?:退(?:还|给|回|您)|返还|无息退|原路返)"

_MAY = r"(?:有权|可(?!能|归)(?:以)?|均?得(?!到|分|超)|即可|享有|能|就(?:能|可以?|停|走|行|算)|都(?:行|能|可|可以)|随(?:时|即)|立[即时刻]|即[时刻可]|即(?=解除|解约|终止|告)|当[日即天场]|径行|逕行|may|马上|请走|换人)"
_FREE = any_of(
    r"提前[^。;；]{0,24}(?:通知|告知|书面|知会|说|讲|招呼|函|预告|写|发|吱)", r"随(?:时|即)|无条件|任意(?:解除|终止)|任意?解除权|无因|单方(?:面)?(?:终止|解除|提前|结束)", r"(?:无需|无须|不必|不用|不需|毋须|不附|无)(?:说明?|具备|讲|附|征得|任何)?[^,。;；]{0,6}(?:理由|缘由|原因|事由|同意)|(?:不用|不必|无需|无须|不需)[^,。;；]{0,4}(?:交代|解释)|不(?:说|讲|给|问|附)(?:明)?[^,。;；]{0,4}(?:理由|原因|缘由)|不[做干用]了[^。;；]{0,6}(?:通知|说|讲|打)", r"任何(?:理由|原因|时候|时间)|啥时候|何时|哪天", r"(?:毫无|没有|无论|不论|不以|即便)[^。;；]{0,14}(?:过[失错]|违约|可归责)", r"(?:经营|预算|政策|战略|布局|策略|业务|生意)[^,。;；]{0,10}(?:调整|取消|变化|需要|变动|转)|觉得不合适|不想(?:做|干|用|继续)|不再需要|做不下去|关店|改主意",
    rf"(?:有权|(?:(?<=[甲乙双托务包商营应供各牌店户求购人]方)|(?<![不方]))可以?|得)(?:单方面?|自行)?提前(?:{_LEAVE})",
    r"给予[^,。;；]{0,16}(?:通知|预告)|(?:日|天|月|周)(?:以|之)?前[^,。;；]{0,10}(?:通知|告知|书面|预告|说)", r"convenience|anytime|withoutcause|anyreason|(?:prior|days'?|weeks'?|written)notice(?!,?if)",
)  # fmt: skip
_FAULT = any_of(
    r"<V>[^。;；]{0,40}(?:下列|以下|如下|之一|未|不(?:能|按|履行|达|合格|提供|及格|到岗|在线|在岗|守)|违反|泄露|泄漏|倒卖|擅自|私自|连续|累计|(?<!不得)(?<!不能)拒绝|转包|分包|逾期|低于|超过|超标|造成|弄虚作假|飞单|刷单|停止|中断|迟延|丧失|拖欠|虚构|虚报|骂|回错)", r"(?:连续|累计|连着|一个月里)[^。;；]{0,20}(?:低于|高于|跌穿|下降|未达|不达|不合格|不及格|超|跌|没人|没在线|错|空岗|缺岗|差评)", r"未达标|不达标|不合格|泄露|外泄|泄密|没人(?:上线|接)|转包|倒卖|擅(?:自|离)|私(?:自|下)|重大投诉|服务中断|空岗|缺岗|缺编|脱岗|飞单|刷单|伪造|辱骂|骂(?:客|人|买)|虚报|虚构|冒用|欠薪|差评(?:率)?超|假冒好评", r"(?:下列|以下|如下)(?:任[何一]种?)?(?:情形|情事|情况|事由|行为)",
    r"(?:vendor|provider|partyb|supplier|contractor)[^.;]{0,40}(?:fails?|breach|abandon|leak|usesfake|falsif)|sub-?contract",
)  # fmt: skip
_AGREED = any_of(
    r"协商|商(?:量|议|定|谈)|磋商|洽商|洽谈|议定|合意|达成(?:一致|书面|合意)|一致(?:同意)?|(?:双方|两(?:边|家|头)|彼此)(?:均|都)?同意|都点头|都说行|谈妥|坐(?:一块儿|下来)|书面认可|签署(?:解除|终止)(?:协议|书)|双方签署|另写一张纸|到时(?:候)?(?:再)?(?:讲|说)|看情况|另议|沟通(?:解决|处理|确定|后)|mutual|agree(?!ment)|discuss"
)
_DEFERRED = (
    r"另行|以[^,。;；]{0,16}为准|附件|另(?:行)?(?:签|附|约|定)|补充(?:约定|协议)|见《|事由包括[:：]?$|情形[:：]?$"
)


def _exit(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_OTHER) and not sentence.has(r"(?:本|该)(?:合同|协议|约)|合作|放弃"):
        return
    if not sentence.about(END) and not sentence.has(any_of(_REST, _KEPT, _BARRED, r"合同[^,。;；]{0,12}失效")):
        return
    if _not_ours(sentence):
        return
    if _pays_rest(sentence):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="商家提前解除要付清剩余期限的费用")
        return
    if _row_barred(sentence):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="商家不能提前解除合同", firm=True)
        return
    barred = sentence.find(_BARRED)
    if barred is not None and not _free_anyway(sentence, barred):
        keys = frozenset({"擅自"} if re.search(_LOOSE, sentence.plain) else ())
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason="商家不能提前解除合同",
            keys=keys,
            firm=_barred_outright(sentence),
        )
        return
    yield from _allowed(sentence)


def _row_barred(sentence: Sentence) -> bool:
    """主体 | 提前终止: the merchant's row says no under the head of ending."""
    at = next((i for i, head in enumerate(sentence.columns) if re.search(_LEAVE, head)), None)
    if at is None or at >= len(sentence.cells) or not sentence.has(r"^(?:<M>|<B>)[^|]{0,4}\|"):
        return False
    return re.match(r"(?:不(?!限|附|需|必|用)|否|无权|禁|×)", sentence.cells[at]) is not None


def _barred_outright(sentence: Sentence) -> bool:
    said = marks(sentence)
    return ("M", Mark.BARRED) in said and ("M", Mark.MAY) not in said


def _allowed(sentence: Sentence) -> Iterable[Signal]:
    ends = sentence.has(END)
    agreed = sentence.has(_AGREED) and not sentence.has(r"协商不成|未(?:能)?达成|无需[^,。;；]{0,6}(?:协商|同意)")
    open_ended = sentence.has(_DEFERRED) or bool(sentence.blanks) or sentence.has(BLANKS)
    fault, free = sentence.about(_FAULT) and not _ours_at_fault(sentence), sentence.has(_FREE)
    if not ends and not (fault and (sentence.is_row or sentence.has(r"失效|解除|终止|换人家|请走"))):
        if agreed and sentence.about(r"终止|解除|退出") and not sentence.has(r"争议|纠纷|变更|价格|费用"):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="只有协商一致才能解除")
        return
    if agreed and not fault and not sentence.has(r"有权随时|任意解除|无论|无须|不用讲"):
        if _speaks_of_ending(sentence):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="只有协商一致才能解除")
        return
    if free and _ours_may(sentence) and not sentence.has(r"(?:一方|对方)[^。;；,，]{0,10}(?:违约|违反)|守约方"):
        if not open_ended or sentence.has(r"随时|任意|无因|☑|无(?:需|须)?[^,。;；]{0,4}理由|提前[^。;；]{0,10}通知"):
            yield Signal(sentence=sentence, status=Status.OK, reason="商家可以不以对方违约为前提提前解除")
            return
    if (
        fault
        and not open_ended
        and (_ends_for_cause(sentence) or sentence.has(r"合同[^,。;；]{0,14}(?:解除|失效|终止)"))
    ):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明服务方出现哪些情形时商家可以解除")
    elif open_ended and _speaks_of_ending(sentence):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到提前解除，但条件没有写明")
    elif sentence.has(_PRETEXT):
        return
    elif sentence.has(rf"(?:<M>|<B>)[^。;；]{{0,30}}{_MAY}[^。;；]{{0,30}}{_LEAVE}") and not _vendor_acts(sentence) and not _ours_at_fault(sentence):  # fmt: skip
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到解除，但没有写明商家在什么情况下可以解除")


def _not_ours(sentence: Sentence) -> bool:
    """Leaving a trial, and the natural end of the term."""
    trial = sentence.has(TRIAL_WORD) and not sentence.has(
        rf"(?:过了?|通过)(?:{TRIAL_WORD})|(?:{TRIAL_WORD})(?:用|行|营|作|期|阶段|间|限)*(?:届满|期满|结束|满|过|完|之后|以后|后)"
    )
    expiry = sentence.has(
        r"(?:期满|到期|届满)[^。;；]{0,20}(?:自然(?:终止|散)|重新招标|不再续|自动终止)|期满后"
    ) and not sentence.has(r"(?:期满|到期|届满)(?:之)?前")
    return trial or expiry


def _pays_rest(sentence: Sentence) -> bool:
    rest = sentence.find(_REST)
    kept = sentence.has(_KEPT)
    if rest is None and not kept:
        return False
    if sentence.has(_REFUND) and not kept and not sentence.has(r"押金也?不退"):
        return False
    if sentence.has(r"(?:无需|无须|毋须|不(?:再|必|需|用))[^。;；,，]{0,10}(?:支付|承担|付|赔)|不再支付"):
        return False
    if not sentence.has(END) and not sentence.about(r"解除|终止|退订|解约") and not sentence.has(r"未做满|没做满|不满"):
        return False
    if not kept and not sentence.has(_PAYS):
        return False
    if sentence.has(r"<V>(?:擅自|单方|提前|违约|中途|弃约)") and not sentence.has(
        r"<M>[^,。;；]{0,10}(?:擅自|提前|中途|单方|退出)"
    ):
        return False
    if sentence.has(r"(?:双方|<B>|任一方)[^。;；]{0,40}(?:三成|%)"):
        return False
    if _paid_to_us(sentence, rest):
        return False
    acting = {p.side for p in parts(sentence)}
    if not kept and acting == {""} and not sentence.has("<V>"):
        return True  # 中途退出的话，剩下的月费还是要补齐: whoever is spoken to
    return bool(acting & {"merchant", "both"}) or sentence.has("<M>") or kept


_ANOTHER = r"(?:另|改)(?:行)?(?:聘|请|委托|找|雇|采购|寻)|他人|第三方|替代|接手|差价|差额|多(?:支出|付|花)"


def _paid_to_us(sentence: Sentence, rest: re.Match[str] | None) -> bool:
    """The vendor bears what another costs the merchant for the rest of the term."""
    if rest is None:
        return False
    payer = next((p.side for p in parts(sentence) if p.start <= rest.start() < p.end), "")
    return (payer == "vendor" and not sentence.has(r"<M>[^,。;；]{0,10}(?:擅自|提前|中途|单方|退出)")) or (
        sentence.has(_ANOTHER) and sentence.has(r"<V>[^。;；]{0,40}(?:承担|负担|赔|补|付)") and payer != "merchant"
    )


def _free_anyway(sentence: Sentence, barred: re.Match[str]) -> bool:
    """What is barred is not our leaving: the vendor's own, or a claim against our leaving."""
    text = barred.group(0)
    if "不支持" in text:
        return False
    if sentence.has(rf"<V>[^。;；,，]{{0,12}}{_NOT}") and not sentence.has(rf"{_US}[^。;；,，]{{0,16}}{_NOT}"):
        return not sentence.has(r"(?:只有|仅|只许)<V>")
    if sentence.has(_PRETEXT):
        return True
    return (
        re.search(
            r"不(?:得|能|可)(?:以[^,。;；]{0,14}为由)?[^,。;；]{0,6}(?:要求|请求|主张|拒绝|拦|收取|抗辩|扣)", text
        )
        is not None
        or re.search(r"(?<!不)(?:可(?:以)?|有权)(?:随时|提前)", text) is not None
    )


def _ours_may(sentence: Sentence) -> bool:
    """The merchant, both sides or nobody named is the one who may end."""
    if _vendor_acts(sentence):
        return False
    return sentence.about(any_of(_MAY, r"结束|终止|解除|解约|退出|停|散|走|不做|不干"))


def _ends_for_cause(sentence: Sentence) -> bool:
    """Somebody who is not the vendor may end, or has the right under the head of the list or of the column."""
    if _vendor_acts(sentence):
        return False
    here = sentence.has(
        rf"{_MAY}[^。;；,，]{{0,30}}(?:{_LEAVE}|解约|换人|请走|走人|终止)|立刻走人|就请走|immediately|forthwith"
    )
    return here or (
        not sentence.has(END) and sentence.about(rf"{_MAY}[^。;；,，]{{0,30}}{_LEAVE}|解除情形|终止事由|解约情形")
    )


_TELLS = r"(?:提前|提早|预先|事先)[^,。;；]{0,12}(?:通知|告知|知会|书面|函|说|讲|招呼)"


def _vendor_acts(sentence: Sentence) -> bool:
    """True when only the vendor is said to end (甲方逾期付款的，乙方有权解除; 乙方因经营调整提前通知即可退出)."""
    acts = sentence.find_all(
        rf"<V>[^。;；,，]{{0,14}}(?:有权|可(?!能|归)(?:以)?(?!随时叫<V>)|得(?!到)|may|即可)[^。;；,，]{{0,30}}{_LEAVE}|<V>[^。;；,，]{{0,10}}(?:要求|需要|欲|拟|因)[^。;；]{{0,20}}(?:结束|退出|终止)"
    )
    may = next((m for m in acts if not spoken_to(sentence, m.start())), None)
    told = compiled(r"(?:跟|向|通知|告知|知会)<M>", sentence.sides)
    tells = {p.side for p in parts(sentence) if re.search(_TELLS, p.text) and (p.named or told.search(p.text))}
    return tells == {"vendor"} or (
        may is not None
        and not sentence.has(
            rf"(?:<M>|<B>)[^。;；,，]{{0,20}}{_MAY}[^。;；,，]{{0,24}}{_LEAVE}|{_US}[^,。;；]{{0,6}}(?:不想|不再)"
        )
    )


def _ours_at_fault(sentence: Sentence) -> bool:
    return sentence.has(r"<M>[^。;；,，]{0,12}(?:逾期|迟延|拖欠|未(?:按|付))|invoice[^.;]{0,10}unpaid")


def _speaks_of_ending(sentence: Sentence) -> bool:
    """About ending early, not about changing the contract or what comes after it."""
    return sentence.has(
        any_of(
            r"提前(?:结束|终止|解|退|停|散)|提早收|解除|终止|退出|散|结束|停(?:用|止合作)|中途|不做|不干|收摊|了结|early|terminat"
        )
    ) and not sentence.has(r"补偿(?!等)|争议|纠纷(?!.{0,4}解除)|赔偿")


def _conclude_exit(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """ "不得擅自解除" only says that there has to be a ground; it does not take a stated exit away."""
    if any(s.status is Status.OK for s in signals):
        signals = [s for s in signals if "擅自" not in s.keys]
    return worst_wins(signals, reading, checkpoint)


RULE = Rule(checkpoint="term.exit", read=_exit, conclude=_conclude_exit)
