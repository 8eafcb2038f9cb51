"""提前通知期. ok: the merchant may end with notice of the threshold or less; vague: notice without a length; adverse: longer, or only the vendor may
give notice."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.check.rules.measure import DAY, MONTH, duration_text
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, Wanted, worst_wins
from pipeline.check.rules.term.cues import BLANKS, END, TRIAL_WORD, Length, after, before, lengths, parts
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_TITLE = r"终止|解[除约]|退出|预告|结束|退订|通知期|提出方|提前量|terminat|notice|exit"
_TELL = any_of(
    r"通知|告知|知会|预告|函|书面|邮件|工单|说|讲|打(?:个|好|声)?招呼|招呼|开口|喊|给(?:个)?话|写条子|吭声|知照|申请|提出|沟通|取消键|点取消|notice|notif|writing|prior|inadvance|ahead"
)
_AHEAD = any_of(
    r"提前[^,。;；]{0,16}(?:通|告|知|函|说|讲|招呼|邮件|书面|提出|提交|申请|写|开口|喊|预告|联系|沟通)|提前(?:_|【)|提前(?=(?:\d+|[一二两俩三四五六七八九十半]+)(?:个)?(?:自然|工作)?(?:天|日|月|周|季|年|星期|礼拜))", r"提早(?!结束|终止|解|退|停)", r"预告|预先|事先|事前|多久|先期|先(?:要)?(?:打|给|知会|通知|说|讲|告)|通知期|缓冲", r"早(?:点|些|作|做|日|于|(?:一|两|二|三|\d)[^,。;；]{0,6}(?:说|讲|开口|通知|告))|尽早|适时", r"(?:留|给|预留|给予)[^,。;；]{0,16}(?:时间|准备|缓冲|期)|留(?:足|几天|点时间|出)", r"(?:天|日|月|周|季度?|星期|礼拜)(?:以|之)?前", r"notice|prior|inadvance|ahead",
)  # fmt: skip
# A figure is the length of the notice when one of these stands right before or right after it.
_BEFORE = r"(?:提前|提早|早|至少|不少于|不得少于|不低于|不短于|给|给予|留|预留|预告期?(?:间|时间)?(?:为|是|以)?|通知期(?:限)?(?:为|是|以)?|[:：|]|应于|须于|得于|可于|于|在|先打|先|时间以|less?than|least|giving|upon|on|of)[^,。;；\d]{0,8}$"
_AFTER = r"(?:以|之)?前|(?:的)?(?:书面|预告|准备|通知|告知|函|知会|招呼|prior|notice|written|'|,?inadvance|ahead|beforehand)|[^,。;；]{0,6}(?:通知|告知|知会|知照|书面|发函|函告|来函|预告|说|讲|打招呼|招呼|开口|写条|写明|邮件|寄|递交|送达|提出|提交|微信|发邮件|notice)|(?:后)?(?:生效|合同|,?(?:合同|协议)[^,。;；]{0,8}(?:终止|解除|失效|消灭))|为足|即可|[^,。;；]{0,3}$|后[^。;；]{0,8}(?:终止|消灭|失效|解除)"

# Not renewing, and what befalls either side: never notice, wherever in the sentence.
_NEVER = r"续(?:签|约|展|订)|(?<!存)续期|自动(?:续|顺延|延)|不再签|不可抗力|天灾|延长(?:本)?(?:合同|协议|合作|服务|期限|sow)|renew|extend"
# What is to be done once it has ended, and the closing of an account, is no notice either.
_AFTERWARDS = r"(?:终止|解除|结束|撤场|终了)(?:之?后|以后|之?时|通知[^,。;；]{0,6}后|之日起)|交接期|停用[^,。;；]{0,4}(?:账号|账户|权限)"
_WORDS_OF_NOTICE = r"提前|提早|预告|预先|事先|通知|告知|知会|书面|notice|prior"
_LEAVES = r"(?:解除|终止)(?:本)?(?:合同|协议|合作|契约|合约)|提前(?:解|终止|退|结束)"
_OTHER = any_of(
    r"续(?:签|约|展|订)|(?<!存)续期|自动(?:续|顺延|延)|不再签", r"(?:人员|[坐座]席|客服|员工|组长|班长)[^,。;；]{0,6}(?:离开|离岗|离场|走人|撤离|退出)|离职|辞工|辞职|请假|调班|排班|劳动(?:合同|关系)", r"(?:更换|变更|改动|变动|更改|变化)[^,。;；]{0,8}(?:地址|账户|联系|收款|号码|电话|负责人)|地址|改电话|address", r"调(?:整)?价|调整价格|上调|涨价|改价|收费标准", r"大促|活动|促销|上新|上架|新品|断货|断码|promotion", r"停机|维护|升级|检修|停电|软件|补丁", r"视为(?:送达|收到|到达)|投邮|过户|(?:付款|支付)[^。;；,，]{0,4}前(?!提)|提前[^。;；,，]{0,8}(?:付款|支付(?!违约))|预付款", r"不可抗力|天灾|forcemajeure", r"投标|招标|转让|让与",
    r"开会|会议|培训|检查|审计|盘点|搬迁|迁移|迁址|租约|退租|房东|更换(?:人员|客服|坐席|驻场)|调(?:换|离|整)[^,。;；]{0,8}(?:人员|客服|坐席)|撤换",
)  # fmt: skip
_CAUSE = any_of(
    r"(?:违约|违反|未(?:能)?(?:达|按|履行)|逾期|情形|之一|重大过失|泄露|不达标|破产|低于|不合格|连续[^,。;；]{0,6}(?:月|日|天|次)|拖欠|催告)",
    r"breach|default|forthwith|unpaid",
)
_NO_CAUSE = r"无(?:理由|条件|因|需?说明)|不(?:用|必|需|附)[^,。;；]{0,6}理由|任何(?:理由|原因|时)|无需(?:说明|理由)|(?:可以?|欲|需|拟|要|须)提前|提前(?:终止|解除|结束|退出|解约)|convenience|anyreason|经营(?:调整|需要|策略|布局)|(?:无论|不论)|否则|非因[^,。;；]{0,6}违约|不因[^,。;；]{0,6}违约"
_BARRED = r"不享有|无(?:此|该|权|提前|法)|没(?:有)?(?:这个|此|该)|(?:须|得|只能|应)[^,。;；]{0,3}(?:待|等)[^,。;；]{0,6}(?:期满|届满|到期)|不得[^,。;；]{0,10}(?:终止|解除|退|停)|之权|待遇"
# When a letter counts as received is no length of notice.
_WHEN_RECEIVED = r"视为(?:已)?(?:送达|收到|到达|收悉)"
_ONLY_VENDOR = any_of(
    r"(?:仅|只有|唯有|只许|only)(?:the)?<V>[^。;；]{0,20}(?:可|得|有权|能|may|通知|提前|预告)",
    r"<V>[^。;；]{0,50}<M>[^,。;；]{0,10}(?:" + _BARRED + r")",
)
# Who leaves has to tell the other, and nothing says how long before.
_TELLS_TO_LEAVE = any_of(
    rf"(?:<M>|<B>|任[意何]?一?方)[^。;；,，]{{0,6}}(?:需要?|如需|欲|拟|要求|想要?|要|打算|决定|不再)[^。;；,，]{{0,10}}(?:{END})?[^。;；]{{0,8}},?[^。;；,，]{{0,6}}(?:应|须|需|必须|得)[^。;；,，]{{0,8}}(?:及时|书面|以书面|尽快|尽早)?[^。;；,，]{{0,6}}(?:通知|告知|知会|函告)",
    rf"(?:书面|以函|发函|及时)[^。;；,，]{{0,6}}(?:通知|告知|知会|函告)(?:<V>|对方|另一方)[^。;；,，]{{0,4}}后?,?(?:即|方|便|就)?(?:可以?|得以?)[^。;；,，]{{0,8}}(?:{END})",
    rf"<M>[^。;；,，]{{0,8}}(?:可以?|有权)[^。;；,，]{{0,8}}(?:书面|发函|及时)[^。;；,，]{{0,4}}(?:通知|告知)(?:<V>|对方)?[^。;；,，]{{0,4}}(?:{END})",
)
_AGREEMENT = any_of(
    r"(?:经|须|需|应|得到|征得|取得)[^。;；,，]{0,10}(?:对方|<V>|双方)[^。;；,，]{0,10}(?:同意|一致|认可|确认)",
    r"协商一致(?:后)?(?:方可|可|,)",
)


def _notice(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    title = sentence.context.rsplit("\n", 1)[-1] if not sentence.is_row else sentence.context
    ends = sentence.has(END)
    titled = re.search(_TITLE, title) is not None
    if not ends and not titled:
        return
    if (sentence.has(_NEVER) and not sentence.has(_LEAVES)) or (
        _of_other_things(sentence) and not sentence.has(r"(?:合作|合同|协议)(?:即)?(?:终止|解除)|散伙")
    ):
        return
    if sentence.has(_AFTERWARDS) and not sentence.has(r"提前|提早|预告|事先|预先|前[^,。;；]{0,8}通知|notice"):
        return
    limit = checkpoint.thresholds["days"] * DAY
    if sentence.has(_ONLY_VENDOR) and (sentence.has(_AHEAD) or sentence.has(_TELL)):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="只有服务方可以提前通知解除")
        return
    if sentence.has(_WHEN_RECEIVED):
        return
    if not sentence.has(_AHEAD) and not sentence.has(_TELL) and not (sentence.is_row and titled):
        return
    if _during_trial(sentence) or (sentence.has(_CAUSE) and not sentence.has(_NO_CAUSE)):
        return
    sided = _sided(sentence)
    ours = sided["merchant"] or sided["both"] or sided[""]
    if ours:
        yield _weigh(sentence, ours, limit)
    elif sided["vendor"]:
        if sentence.has(_BARRED) and sentence.has("<M>"):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason="只有服务方可以提前通知解除")
        elif not sentence.has(r"<V>[^。;；,，]{0,10}不得"):
            yield Signal(
                sentence=sentence, status=Status.ADVERSE, reason="只有服务方可以提前通知解除", keys=frozenset({"只有服务方"}),
            )  # fmt: skip
    elif (sentence.has(_AHEAD) or sentence.has(_TELLS_TO_LEAVE)) and _speaks_of_us(sentence):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="要提前通知但没有写提前多久")
    elif titled and (sentence.blanks or sentence.has(BLANKS)) and sentence.has(r"日|天|月|预告|通知"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提前通知期没有填")


def _of_other_things(sentence: Sentence) -> bool:
    """True when what is told beforehand is something else; what stands after the telling says nothing of it."""
    told = sentence.find(any_of(_AHEAD, _TELL))
    other = sentence.find(_OTHER)
    if other is None:
        return False
    stop = re.search(r"[,。;；]", sentence.plain[told.end() :]) if told is not None else None
    return told is None or stop is None or other.start() < told.end() + stop.start()


def _speaks_of_us(sentence: Sentence) -> bool:
    """False where the only one who has to tell is the vendor."""
    acting = {p.side for p in parts(sentence)} - {""}
    return acting != {"vendor"} or sentence.has(r"都一样|一个样") or sentence.has(r"跟<V>|告诉<V>|通知<V>")


def _during_trial(sentence: Sentence) -> bool:
    """True for leaving a trial, whose notice is its own; 过了试用期 is not in it."""
    return sentence.has(TRIAL_WORD) and not sentence.has(
        rf"(?:过了?|通过)(?:{TRIAL_WORD})|(?:{TRIAL_WORD})(?:用|行|营|作|期|阶段|间|限)*(?:届满|期满|结束|满|过|完)|试运转"
    )


def _weigh(sentence: Sentence, ours: list[Length], limit: float) -> Signal:
    worst = max(ours, key=lambda f: f.seconds)
    good = worst.seconds <= 22 * DAY if worst.working else worst.seconds <= limit * 1.034
    if good and sentence.has(_AGREEMENT):
        return Signal(
            sentence=sentence, status=Status.VAGUE, figure=worst.text, reason="写了提前通知期，但还要对方同意才能解除"
        )
    most = duration_text(limit) if limit < MONTH else f"{limit / DAY:g} 天"
    return Signal(
        sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=worst.text,
        reason=f"提前通知期写的是{worst.text}，{'不超过' if good else '超过'}标准 {most}",
    )  # fmt: skip


def _sided(sentence: Sentence) -> dict[str, list[Length]]:
    """The lengths of notice by the side that has to give it."""
    found: dict[str, list[Length]] = {"merchant": [], "vendor": [], "both": [], "": []}
    own = list(parts(sentence))
    for length in lengths(sentence):
        if not _is_notice(sentence, length):
            continue
        side = next((p.side for p in own if p.start <= length.start < p.end), "")
        found[side].append(length)
    return found


def _is_notice(sentence: Sentence, length: Length) -> bool:
    left, right = before(sentence, length.start, 18), after(sentence, length.end, 16)
    if re.match(r"(?:之|的)?(?:书面|事先|事前)*(?:通知|预告)|[)）]?后[^。;；,，]{0,4}(?:解约|解除|终止)", right):
        return re.search(r"(?:连续|累计|逾期|超过)[^,。;；]{0,2}$", left) is None
    if _takes_effect(left, right):
        return True
    if re.match(r"(?:的)?(?:服务费|席位费|坐席费|费用|月费|酬金|工资|工钱|的钱|以?内[^,。;；]{0,10}(?:交|退|付|结|清|完成|销毁|删|返|收|移|答|回|提供))|内(?!告|通|书|以)", right):  # fmt: skip
        return False
    if re.match(r"后[^。;；]{0,8}(?:终止|消灭|失效|解除)", right):
        return True
    if re.search(
        r"(?:剩余|连续|累计|满|超过|逾|后|内|每|当|首|锁定|为期|至少?干满|干不?满|收悉后|终止后|结束后|解除后)$", left
    ):
        return False
    if sentence.is_row:
        return sentence.about(_WORDS_OF_NOTICE)
    if re.search(r"前头|头[一二两三四五]个$", left):
        return True
    return re.search(_BEFORE, left) is not None or re.match(_AFTER, right) is not None


def _takes_effect(left: str, right: str) -> bool:
    """解约函送达后第十日生效: the day, counted from the telling, on which it ends."""
    return (
        re.search(
            r"(?:通知|函|邮件|申请|取消|解约|送达|发出|到达)[^,。;；]{0,6}[键扭]?[后起]?(?:之|的)?(?:第|满)$", left
        )
        is not None
        and re.match(r",?[^,。;；]{0,6}(?:停|终止|终结|解除|解约|失效|消灭|(?:始|发)?生效?|结束)", right) is not None
    )


def _conclude_notice(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """The vendor's own notice is adverse only where the merchant has none."""
    if any(s.status is not Status.ADVERSE or "只有服务方" not in s.keys for s in signals):
        signals = [s for s in signals if "只有服务方" not in s.keys]
    return worst_wins(signals, reading, checkpoint)


RULE = Rule(
    checkpoint="term.notice",
    read=_notice,
    conclude=_conclude_notice,
    quantity=Wanted(kind=QuantityKind.DURATION, threshold="days", unit=DAY * 1.01),
)
