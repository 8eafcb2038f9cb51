"""核心客服在岗时长: the core people stay, or have been, six months or more with the merchant."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.leaning import BAN
from pipeline.check.rules.measure import DAY, MONTH, YEAR, figures_near, lower
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Figure, Reading, Sentence, left_open
from pipeline.check.rules.signal import Rule, Signal, Wanted, worst_wins
from pipeline.check.rules.staffing.cues import OTHER_PEOPLE, STAFF, clause_at, holds
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind
from pipeline.types import Status

_CORE = any_of(
    r"(?:核心|主要|关键)(?:的)?(?:服务|接待|项目|业务|工作)?(?:人|客服|坐席|座席|岗|席|成员|团队|职务|员工)", r"骨干", r"主力", r"组长", r"主管", r"班长|领班", r"资深", r"关键(?:岗|人)", r"金牌", r"老客服|老员工|老手|熟手", r"顶梁", r"领头|带头", r"固定那", r"专席", r"专员", r"项目(?:经理|负责人)", r"key(?:agent|personnel|staff)|coreagent|teamlead|supervisor|seasoned",
)  # fmt: skip
_HERE = any_of(
    r"(?:本|该|此|<M>)[^,。;]{0,8}(?:项目|店铺?|账号|品牌|专案)", r"同(?:类|品牌|一店)", r"派[驻往出]", r"客服|[坐座]席|人员", r"account|project",
)  # fmt: skip
_STAY = any_of(
    r"在(?:岗|职|项目|店|组)|入驻(?![费商])|驻留|留驻|年资", r"任职|任期|履职|留任|服役|驻(?:守|店|场|项|点|扎|本)|值守|留岗", r"服务(?:的)?(?:时间|时长|期|年限|履历|经历|本|于|满|您|该|<M>)|已服务|served", r"(?:接待|从业|工作|客服|服务|岗位|行业|类目|同岗)[^,。;]{0,8}(?:经验|经历|履历|年限|时长|时间|资历)", r"经验|经历|资历", r"(?:干|做|待|钉|盯|坐|守|跟|呆|接待|工作|服务|连续)(?:够|满|在|至少|不少|[一两二三四五六七八九十半\d])", r"(?:至少|最少|最短|最低)[^,。;]{0,6}(?:干|待|钉|盯|做|服务|驻|在岗)", r"在[^,。;]{0,10}(?:干|待|钉|盯|这摊)", r"(?:跟|做|干|待|管|带|卖|盯|守)(?:了|过|着)[^,。;]{0,8}(?:[一两二三四五六七八九十半\d]+(?:个)?(?:月|年|天|日))|(?:跟|做|干|待|管|带|卖|盯|守|熟悉)[^,。;]{0,8}满(?![意足减员])", r"内[^,。;]{0,6}(?:不|禁)[^,。;]{0,8}(?:调|撤|换|抽|离)", r"不(?:得|可|能)在?[^,。;]{0,12}内[^,。;]{0,4}(?:调|撤|换|抽|轮|更换)", r"(?:满|后)[^,。;]{0,16}(?:调|轮|撤|走|挪|另有安排|另作安排|去留|方可|始得)", r"(?:抽调|调离|调走|轮换|轮岗|撤换|挪窝)", r"[干做待钉盯坐守呆停][^,。;]{0,8}(?:满|够|不少于|至少|不低于)|停留|(?:入组|进组|做客服)满|工作(?:不|满|时间)|满[^,。;]{0,8}的(?:坐席|人员|客服)", r"固定服务", r"remain|stay|kepton|onth(?:e|is)(?:account|project)|onto?[a-z']{1,20}account|tenure|experience",
)  # fmt: skip
_EXPERIENCED = any_of(
    r"经验[^,。;]{0,4}(?:丰富|足|较)", r"丰富[^,。;]{0,10}(?:经验|经历)", r"(?:有|备)[^,。;]{0,14}经验", r"业务[^,。;]{0,4}(?:熟练|娴熟)", r"资深|老手|老兵|熟手", r"(?:由|安排|配备|指派|派|选派|选用|抽调)[^,。;]{0,16}(?:老员工|老客服|老坐席|老人)", r"熟悉(?:<M>|本|该)[^,。;]{0,10}(?:业务|商品|产品|店铺|项目)[^,。;]{0,2}的(?:客服|[坐座]席|人员|员工)", r"从业(?:多年|时间)|干过多年|资历|工龄|年资", r"(?:长期|长时间|相对长期|较长|长久|久一点|越久|长远)[^,。;]{0,10}(?:服务|驻|任职|留任|在岗|留|待)?", r"(?:要|须|应|得|都|均|曾|是)(?:干|做|卖|带|管|当)过(?![来去程户往滤关硬])|待多久|(?:固定|留)在[^,。;]{0,8}店", r"服务[^,。;|]{0,4}(?:年限|时长)|(?:在岗|任职|留任|驻店)[^,。;|]{0,4}(?:年限|时长|时间(?!\|)|期限)", r"(?:别|不)[^,。;]{0,6}(?:几天就换|短期内)|尽量[^,。;]{0,4}(?:别动|固定)", r"experienced|seasoned|aslongaspracticable",
)  # fmt: skip
# Durations that stand near people and are not their stay: the company's age, labour law, warranties, leases, non-solicitation.
_ELSEWHERE = any_of(
    r"成立|设立|注册资本|深耕|累计服务|执照|资质|开业|投标|无重大违法|一般纳税人", r"劳动(?:合同|法|基准)|试(?:用|做|跑|运行)|缓冲|打分|失业|特别休假|年假|社保|公积金|转正|竞聘|可[^,。;]{0,4}晋升|学历进修|周岁|年满", r"质?保修|质保|租[约期赁用]|warrant|tenant|lease", r"雇用|聘用|雇佣|招揽|挖角|招录|录用|诱使|诱导|为己所用|自行应聘|solicit|hire|竞业|竞品|同业", r"周期|服务期(?:间|限)?为|抽身|演练|每半年|每季", r"受伤|认定|送医|事故", r"录音|聊天记录|保存|留存|备份|存档|数据", r"支付|结算|预付|账期|违约金|合同期限|协议期限|有效期|续(?:约|签|期)|(?:本|该)(?:合同|协议)(?!项目)[^,。;]{0,4}(?:期|自|有效|终止|满)|终止(?:后|之)|保密(?:期|义务)", r"消防|话务系统|机房|bank|流量|进线量|聘走", r"付款|发票|整改|休息",
)  # fmt: skip
_SHOPPERS = r"^[^,。;]{0,4}(?:会员|顾客|买家|客人|粉丝|用户|入会|积分|商品|收货|下单)"
_RIVALS = any_of(
    r"响应|秒",
    r"提前|通知|告知",
    r"补位|补齐|到岗时间|顶上|缺勤",
    r"培训|带教|课时|学习",
    r"交接",
    r"流失|满意|支付|付款|违约",
)
# The vendor's own past, no person's.
_COMPANY = r"^[^;。]{0,60}?(?:<V>|我们|公司)[^,。;]{0,6}(?:具有|拥有|具备|有着|有)(?:(?!人员|的客服|员工|的坐席)[^,。;]){0,20}(?:服务|行业|管理|运营|团队|客服)[^,。;]{0,4}(?:经验|经历|资历)(?!的)"
# The people themselves, in plain words, and the time from or in which they are bound.
_SENT = r"(?:派|安排|换|请|找|选|用)(?:来|到|过来|去)?的(?:都|均|须|应)?(?:人|要|得|是)"
_WHEN = r"在?本?(?:合同|协议|服务|合作)期(?:限|间)?内|(?:续(?:签|约|期|订)|到期|试[用运做跑]+(?:期)?(?:满|结束|通过|合格)?|转正|(?:合同|协议)?(?:签订|签署|生效|上线|开工|进场))(?:以|之)?后"
_UNPROMISED = any_of(
    r"(?:驻|在岗|服务|任职|待|干)[^,。;]{0,6}(?:一个?季度?(?!度?[^,。;]{0,4}(?:结算|考核))|一季)(?:[,。;]|$|以上|后)",
    r"不(?:作|做|予)?[^,。;]{0,4}(?:承诺|保证)[^。;]{0,16}(?:时长|任职|在岗|驻店|年限|固定)",
    r"(?:在岗|任职|服务)(?:时间|年限|时长)[^,。;]{0,6}不(?:作|做|受)[^,。;]{0,4}(?:要求|限制|承诺|保证|约定|担保)",
    r"满一?季(?!度)[^,。;]{0,8}(?:轮|调|撤|换)",
)


def _read(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not _speaks_of_people(sentence) or sentence.has(_COMPANY) or sentence.has(OTHER_PEOPLE):
        return
    limit = checkpoint.thresholds["months"] * MONTH
    figures = _stays(sentence)
    if sentence.has(_ELSEWHERE):
        figures = tuple(f for f in figures if _in_a_clause_of_its_own(sentence, f))
        if not figures:
            return
    for figure in figures:
        if _a_deadline(sentence, figure):
            continue
        good = lower(figure) >= limit * 0.98 and _from_below(sentence, figure)
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=figure.quantity.text,
            reason=f"在岗时长或经验写的是{figure.quantity.text}，{'达到' if good else '低于'}标准 {checkpoint.thresholds['months']:g} 个月",
        )  # fmt: skip
    if figures:
        return
    staff = any_of(_CORE, STAFF, _SENT)
    if sentence.has(_UNPROMISED) and sentence.has(any_of(_CORE, r"客服|[坐座]席|服务人员")):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方不承诺主力人员的在岗时长")
    elif (sentence.has(_EXPERIENCED) and sentence.about(staff)) or (
        sentence.has(_CORE)
        and (sentence.has(_STAY) or sentence.is_row)
        and sentence.about(_STAY)
        and not sentence.has(r"告知|通知")
        and (left_open(sentence, reading) is not None or sentence.has(r"以[^,。;]{0,16}(?:所载|为准)"))
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说有经验或相对固定，没有在岗时长")


def _in_a_clause_of_its_own(sentence: Sentence, figure: Figure) -> bool:
    """Core people, their stay and its length in one clause, beside others on pay, insurance or rest."""
    clause = re.sub(_WHEN, "", clause_at(sentence, figure.start, figure.end))
    stay = any_of(_STAY, r"服务期(?:限|间)?")
    return (
        holds(_CORE, clause, sentence)
        and holds(stay, clause, sentence)
        and (
            not holds(_ELSEWHERE, clause, sentence)
            or holds(r"(?:人员|客服|[坐座]席|骨干|组长|主管|成员)[^,。;]{0,16}服务期(?:限|间)?为", clause, sentence)
        )
    )


def _stays(sentence: Sentence) -> tuple[Figure, ...]:
    """Durations of a stay, those after which people may go (满三个月后可调离) or below which they do not count (未满半年) included."""
    found: dict[int, Figure] = {}
    for crossing in (Comparator.LESS, Comparator.MORE):
        for figure in figures_near(
            sentence, _STAY, QuantityKind.DURATION, accept=lambda f: _a_stay(sentence, f), rivals=_RIVALS, crossing=crossing
        ):  # fmt: skip
            found[figure.start] = figure
    return tuple(found.values())


def _speaks_of_people(sentence: Sentence) -> bool:
    """Core people named, or any agents' experience or stay with this very shop."""
    if sentence.about(_CORE) or (sentence.previous and _core_before(sentence)):
        return True
    if sentence.has(_SENT) and sentence.has(_EXPERIENCED):
        return True
    return sentence.about(STAFF) and (
        sentence.has(r"经验|经历|资历|工龄|熟练|娴熟|从业|experienc") or (sentence.has(_HERE) and sentence.has(_STAY))
    )


def _core_before(sentence: Sentence) -> bool:
    return sentence.has(r"^(?:但|惟|其|且|满|期间|上述|该等)") and any(
        word in sentence.previous for word in ("核心", "骨干", "主力", "组长", "主管", "班长", "资深")
    )


def _a_stay(sentence: Sentence, figure: Figure) -> bool:
    clause = clause_at(sentence, figure.start, figure.end)
    if holds(_SHOPPERS, clause, sentence) and not holds(any_of(_CORE, STAFF), clause, sentence):
        return False
    return 28 * DAY <= figure.quantity.value <= 10 * YEAR and not sentence.plain[figure.end :].startswith(
        ("一次", "报送", "更新", "报备", "服务单价", "服务费", "的服务费", "工资", "的工资", "月费")
    )


def _a_deadline(sentence: Sentence, figure: Figure) -> bool:
    """Something is to be done within the time (30日内申请): no stay."""
    return (
        figure.quantity.comparator in (Comparator.AT_MOST, Comparator.LESS)
        and sentence.plain[figure.end :].startswith(("内", "以内", "之内"))
        and not _from_below(sentence, figure)
        and not holds(
            r"调|撤|换|轮|抽|离|走|动", sentence.plain[figure.end : figure.end + 20].partition("。")[0], sentence
        )
    )


def _from_below(sentence: Sentence, figure: Figure) -> bool:
    """At least so long; 六个月内不得调离 and 未满半年的不得列入 say the same the other way round."""
    if figure.quantity.comparator in (Comparator.AT_MOST, Comparator.LESS):
        if _barred_below(sentence, figure):
            return True
        return sentence.has(
            r"内,?[^,。;]{0,8}(?:不|禁|固定)|不(?:满|足)[^。;]{0,30}(?:不得|只能|不可)|(?:未满|不到|未达|少于)[^。;]{0,30}(?:不得|只能|不可)|不(?:得|可|能)在?[^,。;]{0,12}内[^,。;]{0,4}(?:调|撤|换|抽|轮|更换)|[不未](?:满|足)[^。;]{0,20}(?:更替|更换|调离|调岗|撤换|替换|换人|调整)[^。;]{0,30}(?:同意|批准|许可|认可)"
        )
    return True  # fmt: skip


def _barred_below(sentence: Sentence, figure: Figure) -> bool:
    """不得以在岗未满半年之人员充任: the ban stands before those who have not been there so long."""
    ahead = re.split(r"[,。;]", sentence.plain[: figure.start])[-1]
    return holds(rf"{BAN}[^,。;]{{0,20}}(?:未满|不满|不足|未达|不到|少于|低于)[^,。;]{{0,4}}$", ahead, sentence)


RULE = Rule(
    checkpoint="staffing.tenure",
    read=_read,
    conclude=worst_wins,
    quantity=Wanted(kind=QuantityKind.DURATION, threshold="months", unit=MONTH * 0.98, at_least=True),
)
