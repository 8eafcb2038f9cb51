"""人员流失率: at most 15 % of the team leaves in a month; the vendor may not swap people as it likes."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.check.rules.measure import percent_text
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Rule, Signal, Wanted, worst_wins
from pipeline.check.rules.staffing.cues import (
    LABOUR_LAW,
    OTHER_PEOPLE,
    SHOPPERS_LEAVE,
    STAFF,
    Share,
    clause_at,
    heads_share,
    holds,
    shares,
)
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind
from pipeline.types import Status

_GOING = r"(?:流失|离职|离岗|离项|离组|离场|离席|离开|流动|异动|更替|变动|更动|变更|更换|换人|换手|轮换|替换|汰换|撤换|换岗|走人|走的|走掉|走(?=[一两二三四五\d])|辞工|辞职|请辞|调离)"
_RATE = any_of(
    rf"{_GOING}[^,。;]{{0,8}}(?:率|比例?|占比|比率|比重|幅度|百分|人数|人次|度)", rf"{_GOING}[^,。;]{{0,24}}(?:%|成|分之|\d/\d|0\.\d)", rf"(?:%|成|分之一)[^,。;]{{0,10}}{_GOING}", rf"月[^,。;]{{0,8}}{_GOING}", rf"{_GOING}[^,。;]{{0,10}}(?:上限|限值|红线|为限|封顶|不[^,。;]{{0,3}}(?:超|逾|多|高))", r"走[^,。;]{0,6}[一两二三四五\d](?:成|个|名|人)", rf"{_GOING}[^。;]{{0,16}}控制在", rf"{_GOING}[^,。;]{{0,4}}人[数次][^,。;]{{0,4}}(?:除以|÷|/|与[^,。;]{{0,14}}之比|占)", r"月[^,。;]{0,8}换[^,。;]{0,4}[一两二三四五\d]", r"留任率|留存率|保留率|(?:人员|客服|[坐座]席|团队|队伍)(?:稳定|保有)率", r"turnover|attrition|churn|leavesinacalendarmonth",
)  # fmt: skip
_KEPT = r"留任率|留存率|保留率|稳定率|保有率|retention"
_RIVALS = r"工资|薪|满意|响应|接通|解决|漏接|好评|缺勤|出勤|扣|违约金|服务费|月费|管理费|备|替补|培训|冗余"

_STABLE = any_of(
    rf"(?:{STAFF})[^,。;]{{0,14}}(?:稳定|平稳|稳当|稳住|稳得住|不散|不乱|固定(?!电话|资产|月|费|单价|配|安排|的?工位)|频繁)", rf"(?:稳定|平稳)(?:性)?[^,。;]{{0,10}}(?:{STAFF})", r"(?:经常|老是?|频繁|总是?)[^,。;]{0,2}换(?:人|客服|坐席)|(?:不|别|老|少)(?:老|要老|总|常)?(?:换人|换手|走人|走动)|(?:人员?|客服|[坐座]席)(?![^,。;]?价)[^,。;]{0,2}少(?:变动|更动)|(?:人|客服)[^。;]{0,6}(?:不老换|尽量不动|别像走马灯)|留得?住人|非[^,。;]{0,6}必要[^,。;]{0,4}不[^,。;]{0,4}更换", rf"未经[^。;]{{0,20}}不[^,。;]{{0,14}}(?:更换|调换|撤换|抽调|替换)[^,。;]{{0,8}}(?:{STAFF})", r"(?:agents?|team|staff|personnel)[^.;]{0,40}stab|stable(?:team|staff)|minimi[sz]eturnover",
)  # fmt: skip
# Changes avoided; the same words are said of prices and of companies, so that people have to be named.
_HELD = any_of(
    r"(?:流失|流动|离职|变动)[^,。;]{0,6}(?:控制|保持|维持)在?[^,。;]{0,6}(?:合理|较低|可控|正常)",
    r"(?:频繁|随意|擅自|大面积|大规模|轻易)[^,。;]{0,10}(?:更换|调换|调动|变[动更]|更[迭替动]|撤换|抽调|换人)", r"(?:尽|原则上|避免|减少|降低|控制|审慎|努力|留住)[^。;]{0,16}(?:不(?:老)?(?:更换|调换|换|动)|流失|流动|变动|更[迭替动]|异动|老员工留|留人|留[住在]|少走|走动)", rf"(?:{STAFF}|调离)[^。;]{{0,12}}(?:异动|更换|变动|调离)[^。;]{{0,10}}(?:审慎|慎重)",
)  # fmt: skip

_MOVE = r"(?:调换|更换|轮换|轮[调岗]|抽[调换离走]|替换|撤换|对调|调配|调离|调动|互换|更替|换人|换走|换谁|换个|变更|调整[^,。;]{0,14}(?:客服|[坐座]席|人员|团队|成员|员工|班组|项目组|骨干)(?!排班|班次|接入|方式|渠道|价|费|数)|派谁|指派|增减|调度|rotat|replac|reassign|substitut|swap)"
_FREELY = r"(?:随时|自由|自行|自主|单方|任意|随意|随机|逐日|统一调度|全权|想换就换|也行|就换|有权|保留|(?<![不取获征])得(?!到|以稳)|(?<![许认不])可(?!能|靠|用|持|行|见|比)(?:以)?|依其|视其|atanytime|atitssole|soledis)"
_SILENCED = r"(?:(?:无|毋|不)(?:需|须|庸|必|用|经|再|逐一|以)[^,。;]{0,10}(?:同意|告知|通知|征[询得求]|讲|知晓|知会|批准|说明|报)|<M>[^,。;]{0,16}(?:不(?:得|能|持|会|就|可|必|指定)?|无权|别)[^,。;]{0,14}(?:异议|干涉|过问|置喙|挑|指定|主张|拒绝)|别挑|只认[^,。;]{0,6}不认人|withoutnotice|withouttheconsent)"
_SWAPS = any_of(
    rf"<V>[^。;]{{0,24}}{_FREELY}[^。;]{{0,24}}{_MOVE}", rf"(?:随时|自由|任意|随意|自行|自主|单方|随机|逐日)[^。;,]{{0,16}}{_MOVE}", rf"{_MOVE}[^。;]{{0,16}}(?:由<V>(?:[^,。;]{0,6}(?:定|掌握|决|自|说了算|调配|统筹)|安排(?=[,。;]|$))|<V>的家务|随时|自行(?:决定|掌握|安排)|自便)", rf"{_MOVE}[^。;]{{0,40}}{_SILENCED}", rf"{_SILENCED}[^。;]{{0,24}}{_MOVE}", r"(?:谁来|派谁|进退去留|去留)[^,。;]{0,14}由<V>", r"(?:抽|换)[^,。;]{0,4}(?:去|到)?(?:别的|其他|另外)[^。;]{0,12}(?:都行|也行|不必|别挑|不受限)", r"(?:不|无法)[^,。;]{0,4}(?:保证|承诺)[^,。;]{0,6}(?:固定|同一)", rf"(?:{STAFF})[^,。;]{{0,16}}(?:随时|自行|自主|单方)[^,。;]{{0,2}}(?:调整|变动)(?=[,。;]|$)", r"随机(?:分配|指派)", r"(?:人选|名单|更换|调整|调配|指派|调动|轮换)由<V>(?:全权|自行|自主|单独|单方)[^,。;]{0,4}(?:安排|决定|调配|指派|确定)", r"<V>[^,。;]{0,6}(?:得|可以?|有权)(?:将|把)[^,。;]{0,12}(?:调往|调去|调至|派往)(?:其他|别的|另外|他)", r"可[^,。;]{0,6}(?:项目|店铺|客户)间?[^,。;]{0,8}(?:轮换|对调|调配|调换)", r"<V>may[^.;]{0,40}(?:replace|rotate|reassign|substitute)",
)  # fmt: skip
_UNBOUND = any_of(
    r"(?:不|无法|未)(?:作|做|对|就)?[^。;,]{0,16}(?:保证|承诺|担保|设[定置]?|约定|限制|考核)[^。;,]{0,14}(?:流失|离职|流动率|人员(?:稳定|变动))", r"(?:流失|离职|流动)率?[^。;,]{0,14}不(?:作|做|设|予|纳入|列入|受)[^。;,]{0,6}(?:承诺|保证|限制|考核|上限|要求|约定)?",
)  # fmt: skip
# Consent asked for, the merchant's own wish, the unfit, a peak, a stay served out, or another thing that is changed.
_NOT_SWAP = any_of(
    r"(?<!不)(?<!无须)(?<!无需)(?<!不必)(?<!毋庸)(?<!不需)(?:经|征得|取得|获得|事先)[^。;,]{0,6}<M>[^。;,]{0,12}(?:同意|许可|确认|批准|认可)", r"(?<![无不])(?:不得|不可|不能|严禁|禁止)[^,。;]{0,10}(?:随意|擅自|自行|单方|任意)", r"<M>[^。;,]{0,10}(?:有权|可以?|认为|要求|通知|提出|书面)[^。;]{0,24}(?:更换|撤换|替换|调换|换人|换掉|换走)", r"大促|高峰|流量|促销|峰值|激增|爆单|旺季[^。;]{0,6}加|增派|支援|断网|故障", r"不合格|不胜任|不称职|不能胜任", r"密码|权限|账[号户]|设备|价格|单价|费用标准|指标|渠道|平台规则|话术|商品|耳[机麦]|联系人|不(?:视为|算|属于?|构成)[^,。;]{0,8}(?:更换|变更|换人|调换)|电脑|场地|系统(?!随机)|软件|合同|条款|地址|排班表|班次时间", rf"(?:满|达|届满|后)[^。;]{{0,14}}{_MOVE}",
)  # fmt: skip
_UNCONSENTED = r"(?:无|毋|不)(?:需|须|庸|必|用)[^,。;]{0,8}(?:<M>)?[^,。;]{0,6}同意"


def _read(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["monthly_rate"]
    if (
        sentence.has(SHOPPERS_LEAVE)
        or sentence.has(OTHER_PEOPLE)
        or sentence.has(r"一度|曾经?(?:达|高)|previousyear|缝纫|车间|竞业|补偿金|平均工资")
    ):
        return
    if sentence.about(_RATE) and (sentence.about(STAFF) or sentence.has(r"月|季度")):
        found = shares(sentence, _RATE, rivals=_RIVALS)
        if not found and sentence.has(r"月"):
            found = _leavers(sentence)
        if found and sentence.has(r"不受限制|不设上限|另(?:行)?放宽"):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason="流失率的上限留了不受限制的例外")
        for share in found:
            yield _against(sentence, share, limit)
        if found:
            return
    if sentence.has(_UNBOUND) and sentence.about(STAFF) and not sentence.has(r"聘用|录用|雇用|礼品"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方不对人员稳定或流失率作承诺")
    elif sentence.has(_SWAPS) and _people_moved(sentence) and not _not_swap(sentence):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以随意更换人员")
    elif (not sentence.has(LABOUR_LAW) or _steady(sentence)) and (
        (sentence.has(r"(?:流失|离职|流动|变动|更替)率|turnover|attrition") or (sentence.has(_RATE) and left_open(sentence, reading) is not None and sentence.has(r"率|比|月|%")))
        or sentence.has(_STABLE)
        or (sentence.has(_HELD) and sentence.has(STAFF) and not sentence.has(r"单价|价格|个价|费率|控制权|工商"))
        or (sentence.is_row and sentence.has(rf"(?:{STAFF})[^|]{{0,4}}(?:稳定|流失|流动)"))
    ):  # fmt: skip
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说保持人员稳定，没有流失率上限")


def _steady(sentence: Sentence) -> bool:
    """The team is to be stable, said in a clause of its own beside pay and insurance."""
    return any(
        not holds(LABOUR_LAW, clause_at(sentence, m.start(), m.end()), sentence) for m in sentence.find_all(_STABLE)
    )


def _people_moved(sentence: Sentence) -> bool:
    """People are what is moved: named in the clause of the move, or in the title where the move names no object."""
    for move in sentence.find_all(
        rf"{_MOVE}|谁|进退去留|去留|随机|固定|同一|[抽换]|调整|变动|人选|调往|调去|调至|派往"
    ):
        clause = clause_at(sentence, move.start(), move.end())
        if holds(any_of(STAFF, r"换人|[个的名员派]人(?!民)"), clause, sentence):
            return True
        if sentence.about(STAFF) and clause.endswith(move.group()):
            return True
    return False


def _not_swap(sentence: Sentence) -> bool:
    return sentence.has(_NOT_SWAP) and not sentence.has(_UNCONSENTED)


def _against(sentence: Sentence, share: Share, limit: float) -> Signal:
    kept = sentence.has(_KEPT) and share.low > 0.5
    monthly = (1 - share.low if kept else share.high) / _months_of_rate(sentence)
    bounded = kept or share.comparator not in (Comparator.AT_LEAST, Comparator.MORE)
    good = bounded and monthly <= limit * (1 + 1e-9)
    return Signal(
        sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=share.text,
        reason=f"人员{'留任率' if kept else '流失率'}写的是{share.text}，{'不超过' if good else '超过'}标准每月 {percent_text(limit)}",
    )  # fmt: skip


def _leavers(sentence: Sentence) -> list[Share]:
    """二十个人一个月最多走三个: heads that leave over heads there are."""
    share = heads_share(sentence) if sentence.has(any_of(_GOING, r"换", r"leav")) else None
    if share is None:
        return []
    return [Share(low=share[0], high=share[0], text=share[1], start=0, end=0, comparator=Comparator.AT_MOST)]


def _months_of_rate(sentence: Sentence) -> float:
    """Months the rate is counted over: a yearly rate of 60% is 5% a month."""
    if sentence.has(r"月|month"):
        return 1.0
    if sentence.has(r"年(?:度|均|流失|离职|人员|内)|每年|全年|annual|year"):
        return 12.0
    return 3.0 if sentence.has(r"季度|每季|quarter") else 1.0


RULE = Rule(
    checkpoint="staffing.turnover",
    read=_read,
    conclude=worst_wins,
    quantity=Wanted(kind=QuantityKind.RATIO, threshold="monthly_rate", most=1.0),
)
