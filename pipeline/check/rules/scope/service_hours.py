"""服务时间. ok: daily hours and holidays or weekends covered; vague: one of the two; adverse: holidays or 大促 excluded, or the vendor may change
the hours alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.check.rules.pattern import Sides, any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.scope.cues import SERVICE, TEAM, changed_on_notice, taken
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_HOURS = any_of(
    r"(?:服务|在线|值[班守]|接待|客服|营业|上[线班]|接线|运营|受理|人工|开线|工作|出勤|作业|值守|上下[线班]|正常上班|正常工作)(?:的)?(?:时[间段长]|钟点|点儿|点)", r"班[次表]|更表", r"[早晚中白夜]班", r"排班(?!表每|管理|算法|软件|系统)", r"(?:service|working|business|operating|support)hours|thehours|hourskept", r"值守|轮值|轮班", r"在线(?=[^。;]{0,20}(?:点|时|:))", r"打烊", r"(?<!连续)(?<!实际)在[岗席](?!人|数|坐|不少|不满|时长|期限|年限|满|要求|天|客服|\||\d)", r"有人(?:在线|接待|值班)", r"\d班", r"时段", r"上班时间", r"几点(?:开|到|上)", r"(?:要求|指定|规定|约定|确认)的(?:时间|钟点)(?:内|段|安排|提供)?(?=[^。;；,，]{0,12}(?:在线|在岗|客服|接待|服务))", r"(?:随|跟着?)[^。;；,，]{0,8}(?:场次|直播|开播|营业)[^。;；,，]{0,6}(?:在线|在岗|值守|上线)", r"没人[^。;；,，]{0,4}(?:回|接|看店)", r"每[日天][^。;；,，]{0,4}(?:在线|在岗|服务|接待)(?:时[间长])?(?:不少于|不低于)?\d+小时", r"开工", r"不(?:得|能|许|准)?(?:空岗|停[线班]|断人)", r"照[^。;；,，]{0,4}(?:当班|上班|值班|排班)", r"(?:线上|白天|夜里)[^。;,，]{0,8}(?:有人|守)", r"(?:24|二十四)小时(?=[^内以,，。;]{0,6}(?:守|值|在|轮|接|有人|服务))", r"[开收]线", r"不设(?:休息日|假期|休)", r"live(?:agents|chat)|deskoperates|rosters?",
)  # fmt: skip
_HOLIDAY = r"(?:节假日|休息日|法定假|公众假期|假[日期]|休假日|公休|周末|双休|周[六日](?!报|会)|礼拜[六日天]|星期[六日天]|春节|国庆|元旦|中秋|端午|清明|五一|十一长假|长假|大年|除夕|正月|过年|农历新年|过节|逢年过节|国定假|国家规定的放假|国家放假|放假那几天|放假的日[期子]|节日|三节|publicholidays?|holidays?|weekends?|newyear|christmas)"
_EVENT = r"(?:大促|促销(?:日|期)?|活动(?:期|日)|双(?:11|12|十[一二])|618|年货节)"
_EVERY_DAY = any_of(
    r"7(?:天)?[x×*✕]\d+", r"24[x×*/]7", r"全年(?:无休|不休|不?停|在线|服务|\d)", r"(?:365|三百六十五)[天日]", r"(?:周|星期|礼拜)一[到至—–~-]{1,2}(?:周|星期|礼拜)?[日天]", r"(?:每周|一周)(?:七|7)天", r"无休|不设休", r"全天候", r"天天", r"不(?:打烊|停歇|间断|停线)", _HOLIDAY, r"everyday|eachday|sevendays|mondaytosunday",
)  # fmt: skip
_STOPS = r"(?:(?<!不)除外|不(?:予|作|做)?保[证障](?=[,，。;；]|$)|(?<!轮)休(?:息(?!日|权)|假(?!日)|业|$|[,，。;])|(?<!不)停(?:(?<!员停)(?<!组停)休|班|线|接|业|止)|(?<!国家)(?<!通知)(?<!规定)(?<!公布)放假(?!办|通知|日|的[日天期时])|放[^。;；,，]{0,2}个假|返乡|回乡|不开放|放$|跟着放|(?<!不许)(?<!不得)(?<!不)歇|不(?:适用[^。;；,，]{0,8}(?:服务|在线|值[班守]|接待)|保证[^。;；,，]{0,8}(?:在[线岗席]|有人|值[班守])|提供|安排|在(?!话)|上班|服务|值[班守岗]|接|应声|承诺|营业|排|办|来|伺候|看店|负在线)|不(?:计|含|属)[^。;,，]{0,6}(?:服务|在线|值[班守]|接待)|不(?:计|算|包括)在内|(?:以|由|改为|转为|仅由)(?:自动|机器人|智能)[^。;；,，]{0,4}(?:应答|回复|留言)|<M>[^。;；,，]{0,4}自(?:行|己)(?:接待|应答|照看|看店|处理消息)|请您自己(?:照看|看)|暂停|无人|打烊|关(?:张|机|门|店)|没人|(?:仅|只)[^。;；,，]{0,3}机器人|回老家|回家|excluded|closed|nocover|notavailable|请[^。;]{0,6}自备|自己(?:想办法|找人|看))"
_DAY_OFF = any_of(
    any_of(_HOLIDAY, _EVENT) + r"[^。;；]{0,26}?" + _STOPS + r"(?![^。;；,，]{0,4}(?:[得可]|例外))",
    r"(?:除|不含|不包括|剔除|扣除|excluding|except|nocover(?:age)?[a-z]{0,10}on)[^。;；,，]{0,30}" + _HOLIDAY,
    r"仅(?:限)?(?:于)?(?:工作日|平日)|businessdaysonly|weekdaysonly|(?:全员|客服|统一|全体)(?:放假|休假)|(?<![\d.])5[x×*]\d{1,2}(?![\d.,])",
)
_WEEKDAYS = r"(?:周|星期|礼拜)一(?:至|到)(?:周|星期|礼拜)?[五六]"
_NOT_OFF = any_of(
    r"取消[^。;,，]{0,6}(?:休|假)|(?:不在|不属于?|不予|无)[^。;,，]{0,2}(?:除外|例外)|不除外|不因[^。;]{0,16}(?:停|休|断|减|缩)|不(?:得|可(?!避|抗)|能|打烊|停|休(?:息|$|[,，。;])|断|空|减|例外|放假|间断|歇)|无休|照常(?!放|休)|照旧|照样|一样|一个样|也[要须应在上得守]|(?<!不)(?<!未)含[^。;]{0,8}(?:假|节|周末)|included|正常(?:服务|接待|上班|值班)|轮[班值]"
)
_COVERED = r"不除外|照[^。;；,，]{0,4}(?:上班|当班|值班|排班|在岗|在线)|照常(?!放|休)|照旧|照样|一样|不(?:打烊|停[歇班线]|休|间断|变(?!更)|缩短|缩减)|相同|如常|亦然|同平[日时]|(?<!不)(?<!未)(?:[包]?含(?!税)|包括)|正常(?:服务|接待|上班|值班|排班)|(?:不在|不属于?)[^。;,，]{0,2}(?:除外|例外)|full|included"
_OFF_FOR_SURE = r"返乡|全部暂停|(?:全员|统一|全体)(?:放假|休假|回)|停[接线休班]|(?:均|都|一律|概)不(?:接|提供|应|办)|乙方不(?:提供|在)|不(?:提供服务|接消息|承诺|伺候|接待|在本店|排在)|暂停接待|关张|excluded|nocover|businessdaysonly|weekdaysonly"
# What stands beside the hours in the same sentence takes nothing from them where they are stated with their figures.
_BESIDE_HOURS = r"加班[费工]|付款|支付|结算|对账|培训|故障|恢复|迟到|更新|发货|违约|赔偿|保密|会议|例会|扣|津贴|补贴"
_NOT_HOURS = any_of(
    r"劳动法|休息休假|加班[费工]|付款|支付|结算|送达|对账|培训|故障|(?<!首日)(?<!节后)恢复|账号密码|迟到(?!早退情况)|每日\d+:\d+前|更新",
    r"每[周日天月](?:的)?工作(?:时间|时长)?(?:合计|累计)?不(?:得)?(?:超过|多于)|依法安排休息|(?:享受|享有)[^。;；,，]{0,16}(?:休|假)|<M>(?:的)?(?:服务|客服)?热线|<M>(?:的)?(?:工作|办公|管理|仓库)?(?:人员|员工|职工)[^。;；,，]{0,4}(?:上班|工作|办公)时间|仓库|收货|发货|送货|验货|食堂|供餐|门禁|园区|办公区|财务|报账|开票|投标|招标|样品|入库|预估|提前[^。;,，]{0,8}(?:通知|告知)[^。;]{0,10}排班|机动|现场(?:办公|会议)|例会|会议",
    r"(?:质检|抽检|报表)[^。;,，]{0,6}时间|响应时间|津贴|补贴|席位费|每[日周月][^。;,，]{0,8}前(?:向|提交|交|报|发)|notices?received|试用|违约|赔偿|保密|守密|届满|面试|招新|投放|溢价|停机|看手机|直播间[^。;,，]{0,20}开播(?![^。;]{0,20}(?:在线|值守|客服|接待))|(?:离[职任]|请假)或?长?假?的",
)  # fmt: skip
# A span of time, without which duty, shifts and rosters say nothing of the hours.
_SPAN = r"时[间段长]|钟点|点儿|班[次表]|上班|营业|打烊|hours|守|白天|夜里|正常工作|排班|轮[班值]|每[日天][^。;；,，]{0,10}小时|场次|(?:要求|指定|规定|约定|确认)的(?:时间|钟点)|roster"
_CLOCK = r"早[一二三四五六七八九十\d]{1,2}点?[到至]?晚[一二三四五六七八九十\d]{1,2}|\d{1,2}(?::\d\d|[点时])?(?:起)?[^。;,，\d]{0,6}(?:到|至|-|—|–|~)+(?:翌日|次日|第二天|凌晨|晚上?|夜里?|下午)*\d{1,2}(?::\d\d|[点时])|[自从]?\d{1,2}[点时](?:守|盯|坐|干)到\d{1,2}[点时]|\d{1,2}(?:a\.?m|p\.?m)|[早上午晨]+[一二三四五六七八九十]{1,3}点[^。;]{0,8}[到至][^。;]{0,4}[一二三四五六七八九十]{1,3}点|[一二三四五六七八九十]{1,3}[点时](?:半|[一二三四五六七八九十]{1,3}分)?(?:来|开|上)[^。;]{0,5}[一二三四五六七八九十]{1,3}[点时](?:半|[一二三四五六七八九十]{1,3}分)?(?:走|关|下|收)"
_ROUND_CLOCK = r"7(?:天)?[x×*]24|24[x×*/]7|24小时(?:不间断|全天|轮)|二十四小时|任何钟点|全天候|24小时"


def _service_hours(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    own = _CAUSE_OF_OTHERS.sub("", sentence.plain)
    if compiled(_NOT_HOURS, sentence.sides).search(own) and not _stated_beside(own, sentence.sides):
        return
    clocks = sentence.figures_of(QuantityKind.CLOCK)
    timed = bool(clocks) or sentence.has(_CLOCK)
    about = sentence.about(_HOURS)
    follows = sentence.follows(_HOURS)
    serves = about or follows or sentence.about(any_of(SERVICE, TEAM)) or timed
    if changed_on_notice(sentence, _HOURS):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方通知一声即可调整服务时间")
        return
    if not _roster_only(sentence) and taken(sentence, any_of(_HOURS, r"上述时间|前述时段|时间安排|开线时长|班"), unless=r"渠道|价格|指标|人选|更换人员|工资|绩效|权重|搭配|轮换|组长|编制|工具|人数|调整[^。;,，]{0,6}排班(?!表|时)|抵偿|退出|无正当理由|替换(?:在岗)?客服|换人"):  # fmt: skip
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以自行调整服务时间")
        return
    choice = sentence.has(r"\(或[^()]{0,12}\)|请选择|[□☐]")
    if serves and not choice and _off(sentence):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="节假日、周末或大促不提供服务")
        return
    if not about and not (timed and (sentence.about(any_of(SERVICE, TEAM)) or sentence.has(_EVERY_DAY))):
        return
    open_why = left_open(sentence, reading)
    if (open_why or choice) and sentence.has(_HOURS):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"服务时间{open_why or '有选项没有选定'}")
        return
    keys = {"时段"} if timed or sentence.has(r"\d[x×*]\d+|24小时") else set()
    if sentence.has(_EVERY_DAY):
        keys.add("节假日")
    if sentence.has(_ROUND_CLOCK) and sentence.has(any_of(_EVERY_DAY, r"7(?:天)?[x×*]24|24[x×*/]7")):
        keys |= {"时段", "节假日"}
    figure = clocks[0].quantity.text if clocks else None
    if keys:
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明服务{'、'.join(sorted(keys))}",
            figure=figure,
            keys=frozenset(keys),
            firm=timed and sentence.has(_HOLIDAY) and sentence.has(_COVERED),
        )
    elif (
        sentence.has(_SPAN)
        and sentence.has(_HOURS)
        and (
            sentence.about(r"服务|接待|在线|在[席岗]|值[守班]|客服|坐席|座席|应答|线上|回(?:消息|复|话)|agents")
            or sentence.has(r"看班表|守")
        )
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到服务时间但没有具体时段")


def _roster_only(sentence: Sentence) -> bool:
    """True where the vendor moves its people between shifts and may leave no hour uncovered: its roster, not the hours served."""
    return sentence.has(r"班[次表]|调班|排班|轮[休班]") and sentence.has(
        r"(?:不得|不能|不可|不许)[^。;；]{0,16}(?:少|断|空|停|没人|无人|缺|减|短)|(?:保证|确保)[^。;；]{0,10}有人"
    )


def _stated_beside(text: str, sides: Sides) -> bool:
    """True where the hours stand with their figures in one part of a sentence and only another part speaks of pay or of lateness."""
    parts = re.split(r"[,，;；。]", text)
    stated = compiled(
        any_of(
            any_of(_HOURS) + r"[^。;；]{0,8}?(?:" + _CLOCK + r")",
            r"(?:" + _CLOCK + r")[^。;；,，]{0,10}(?:在[线岗席]|值守|接待)",
            r"7(?:天)?[x×*]24",
            r"(?:人工|值守|接待|坐席|客服)[^。;；,，]{0,6}(?:暂停|停[线班])",
            _HOLIDAY + r"[^。;；]{0,12}?(?:照|不停|不休|正常|轮[班值])",
            r"(?:工作|营业|上班|办公)的?(?:时间|钟点)(?:内|里)?[^。;；,，]{0,6}(?:接待|值守|服务|应答|在线)|遵守(?:营业|工作|服务)时间",
        ),
        sides,
    )
    if not any(stated.search(p) for p in parts):
        return False
    other = compiled(_NOT_HOURS, sides)
    return all(
        re.fullmatch(_BESIDE_HOURS, m.group(0)) and not stated.search(p) for p in parts for m in other.finditer(p)
    )


def _off(sentence: Sentence) -> bool:
    """True when holidays, weekends or big sales are left without service."""
    if sentence.is_row:
        return sentence.has(any_of(_HOLIDAY, _EVENT)) and sentence.has(
            r"(?<!员)(?<!组)停休|停[班接线]|不(?:提供|接待|服务|在线|值班|排班|安排|开放)|除外|休息|放假|nocover|excluded|closed"
        )
    if sentence.has(_WEEKDAYS) and not compiled(_HOLIDAY, sentence.sides).search(sentence.full):
        return sentence.has(r"仅|只")
    # 除夕至初三,因甲方仓库停止发货,人工值守全部暂停: what another business stops is only the cause.
    served = re.sub(_CAUSE_OF_OTHERS, "", sentence.plain)
    found = compiled(_DAY_OFF, sentence.sides).finditer(served)
    if not any(not _of_others(served, m, sentence) for m in found):
        return False
    if not sentence.has(_NOT_OFF):
        return True
    allowed = re.sub(r"(?:不(?:得|能|可|许|准|会)|不因)[^,，。;；]{0,14}", "", served)
    return compiled(_OFF_FOR_SURE, sentence.sides).search(allowed) is not None


# A rate, a price or somebody else's shop that a holiday stops: nothing of the hours served.
_OTHER_MEASURE = r"率|指标|单价|\d元|占比|平均|考核"
_OTHER_SERVICE = r"网点|上门|仓[库储]|门店|快递|物流|工厂|厂[家商]|银行|供货商"
_CAUSE_OF_OTHERS = re.compile(rf"(?:因|由于|鉴于)(?:[^,，。;；]{{0,10}})(?:{_OTHER_SERVICE})[^,，。;；]{{0,12}}[,，]")


def _of_others(text: str, match: re.Match[str], sentence: Sentence) -> bool:
    start = max(text.rfind(mark, 0, match.start()) for mark in ",;。，；|") + 1
    end = min((at for mark in ",;。，；|" if (at := text.find(mark, match.end())) >= 0), default=len(text))
    clause = text[start:end]
    if re.search(_OTHER_MEASURE, clause):
        return True
    other = re.search(_OTHER_SERVICE, clause)
    return other is not None and compiled(TEAM, sentence.sides).search(clause) is None


def _conclude_hours(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    ok = [s for s in signals if s.status is Status.OK]
    keys = frozenset().union(*(s.keys for s in ok)) if ok else frozenset()
    if ok and len(keys) < 2 and not any(s.status is Status.ADVERSE for s in signals):
        gap = "没有说明节假日是否服务" if "时段" in keys else "没有每天的具体时段"
        return conclude_with(Status.VAGUE, ok, f"服务时间{gap}")
    if ok and not any(s.status is Status.ADVERSE or s.sentence.about(_EVERY_DAY) for s in signals):
        return conclude_with(Status.VAGUE, ok, "服务时间没有说明节假日是否服务")
    return worst_wins(signals, reading, checkpoint)


RULE = Rule(checkpoint="scope.service_hours", read=_service_hours, conclude=_conclude_hours)
