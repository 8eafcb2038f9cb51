"""应急预案: what the vendor does in a peak, and what it does when systems fail."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.check.rules.leaning import Mark, marks
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, worst_wins
from pipeline.check.rules.staffing.cues import PRICE_LIST, STAFF, clause_at, holds
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_VOLUME = r"(?:流量|咨询量?|进线量?|来量|话务量?|接待量|会话量|单量|订单量?|业务量|来电量?|访问量|来客|排队)"
_PEAK = any_of(
    r"大促|促销|双(?:11|十一|12|十二|旦)|618|六一八|99大|年货节|黑五|七夕|旺季|忙季|爆单|爆量|爆款|洪峰|店庆|周年庆|购物节", rf"{_VOLUME}[^,。;]{{0,10}}(?:[激突暴猛陡飙剧骤遽]增|突增|高峰|飙升|暴涨|上涨|[猛狂]?涨到?|蹿|冲高|增长|高于|大于|超(?:过|出)|翻|突破|大幅|过载|峰值|达到?|增加|涌入|逾|多(?![寡少于])|破千)", r"会话[^,。;]{0,4}[激突暴猛陡飙剧骤遽]", r"(?:超出|超过)[^,。;]{0,12}(?:接待(?:量|能力)|日均|会话)", r"高峰|峰值|激增|突增", r"(?:预测|预估|预计|预报|锁定|基准|日常|平日)[^,。;|]{0,6}(?:量|数|值)[^,。;|]{0,12}(?:以上|之上|以外|之外)的?|(?:预测|预估|预报|基准)(?:以外|之外)的", r"(?:翻番|黑五|圣诞|网一)", r"(?:搞|遇|有|逢)?(?:平台)?活动(?:期|节点|当[天日]|日|一?人|高峰|爆单|前|加)|搞活动|档期|推广期|发售日|节点前|节假日前", r"直播(?:专场|大场|活动|高峰|爆单)", r"(?<![务供用托包个每本购])人一?多(?![人计收付次数年余样于项部方])|人山人海|忙不过来|人不够", r"peak|surge|promotion(?:al)?event|spike|festival|double11|blackfriday|novembersale|sale(?:weekend|event)",
)  # fmt: skip
_SYSTEM = r"(?:系统|平台|网络?|线路|设备|软件|服务器|电力|电信|通讯|通信|话务|机房|工具|后台|推流|邮箱|账号|会话|erp|中控|电脑|机子|机器人?)"
_OUTAGE = any_of(
    rf"{_SYSTEM}[^,。;、]{{0,8}}(?:故障|中断|宕机|瘫|异常|崩|失灵|断|不可用|掉线|停摆|死机|死|坏|黑屏|卡死|当机|趴窝|毛病|出岔|挂(?:掉|了)|跳闸|登录?不上|打不开|损坏)", r"[宕当死停]机|(?<!不)断[网电线](?!话)|停电|掉线|停摆|跳闸|趴窝|黑屏|网断", r"突发(?:事件|情况|状况|事故|公共|疫情|性|客诉|情形|的)?(?!疾病|病)", r"应急(?:事件|情况|响应)|紧急(?:情况|事件|状况)|意外状况", r"舆情|故障|疫情|封控|台风|恶意刷单", r"(?:系统|网络|平台方?|线路|电力|第三方)[^,。;]{0,8}原因[^,。;]{0,10}(?:无法|不能|中断|暂停)", r"登不上|打不开|无法登录|上不去|发不出去|服务中断", r"outage|downtime|systemfailure|system[a-z]{0,8}goesdown|emergenc|disruption|interruptionofservice",
)  # fmt: skip
_MEASURE = any_of(
    r"[增加调抽追补另多拉借喊添][派配调加开援补排来设调]?[^,。;]{0,16}(?:人|坐席|座席|客服|力量|班|席|组|个|成|倍)", r"(?:启[用动]|切换?|转(?:入|接|至|为|到|驳|移)?|改(?:用|走|由|以|为|打)|换|开启|调用|投入|激活|引导?到|用|以)[^,。;]{0,16}(?:备[用份援]|应急|手机|居家|人工|线路|系统|站点|职场|机制|小组|热点|后备|储备|机动|异地|居家|云|电话|网卡|流量|第二|邮箱|离线|中继|话术|4g)", r"备用(?:线路|电源|网络|场地|职场|设备|系统|坐席|电脑|机房?|热点|专线|中继|号|账号|宽带)|双(?:线路|职场|路)|ups|发电机|[45]g|第二机房|居家|在家坐席|异地", r"顶(?:上|着|班)", r"扩[容编充]?[至到]|扩容|扩编|加班|延长?[^,。;]{0,8}(?:服务|班|接待|到|至)|全员|轮班|[两三]班|通宵|倒班|取消[^,。;]{0,4}休|休[^,。;]{0,2}取消|停[止休]|不(?:低|少)于|提前[^,。;]{0,6}(?:天|日|周|月)|[\d.一两二三半]+倍|翻[倍番]|分流|下沉", r"接管|复线", r"专人|专班|小组|应急组", r"上报|通报|通知<M>|报进展", r"安抚|公告|自动回复|登记|接续|接着", r"add(?:s|itional)?[a-z0-9%]{0,12}(?:agents|staff|seats)|scale[a-z]{0,10}staff|double[a-z]{0,6}agents|switch|restore|backup|fallback|recoverysite",
)  # fmt: skip
_PLAN = any_of(
    r"应急(?:预案|方案|计划|机制|处理|处置|措施|保障|安排|法子|应变)?(?!灯|箱|联系|管理部门)", r"预案|紧急应变|应变计[划画]|业务连续性|(?:服务|运营)连续性|灾难恢复|灾备(?:计划|方案)", r"(?:高峰|故障|大促|突发)(?:(?!价格|优惠|活动(?:方案|计划|规则|安排)|促销方案)[^,。;]){0,10}(?:保障|方案|措施|计划|准备|因应|应对|处置)", r"contingency|emergencyplan|businesscontinuity",
)  # fmt: skip
_REFUSES = any_of(
    r"(?:不|无法|不能|未能|不再|不可)(?:作|做|对|予|提供|给|预|以|就)?[^。;,]{0,24}(?:保证|承诺|担保|保障|打包票)", r"(?:不|概不|不予|毋须|无(?:须|需)|没有)[^,。;]{0,4}(?:承担|负(?!荷)|负责|赔|义务)|无[^,。;]{0,6}义务", r"免责|免(?:于|除)[^,。;]{0,6}(?:责任|考核)|免予考核|不(?:视为|构成|算|属于?|认)[^,。;]{0,8}(?:违约|过错|失约|少接|<V>[^,。;]{0,4}责)", r"(?:不|勿)(?:得|能|会)?(?:追究|请求|要求固定|主张)|不(?:予)?(?:处理|接待|受理)|限流|不增派|不加人|不派|不补班|莫催|不接|别算账|不计(?:入)?(?:考核|差错)|不赖<V>|照平常人数", r"(?:接|派)(?:多少|就派)[^,。;]{0,4}(?:算|就)多少|能接[^,。;]{0,6}(?:接|算)|(?:接得?下|接得过来)[^,。;]{0,6}(?:多少|才)|没有就算|看缘分|回不过来[^,。;]{0,4}正常", r"<M>[^,。;]{0,14}(?:自(?:行|负|担|理)|应当预见|想辙|承受|消化|掰扯|寻人)|损失由<M>|悉由<M>|自行消化|由<M>[^,。;]{0,4}自?(?:承担|负担|担)", r"(?:何时恢复|恢复时间)[^,。;]{0,6}由|等(?:待|平台修)|取决于|视其[^,。;]{0,8}(?:决定是否|而定)|仅(?:保证|尽力)|有权[^,。;]{0,8}(?:关闭|暂停)|暂停服务|(?:月|服务)费照付", r"(?:服务(?:质量|水平|指标)|指标|考核|sla|kpi|响应时间)[^。;,]{0,14}(?:不适用|暂停|不计|不纳入|豁免|放宽|失效|中止)|当日不适用|(?:超出|超过)的?部分[^,。;]{0,6}(?:不|概不|无)[^,。;]{0,8}(?:接|保|负|管|处理)", r"notguarantee|noguarantee|noassurance|noliab|notliable|acceptsnoresponsib|shallnotberesponsible|bearnoliab|mayclose",
)  # fmt: skip
_NOT_REFUSED = any_of(
    r"不(?:得|能|可)(?:以|因)[^。;]{0,20}(?:为由|拒绝|降低|免)|不免除|并不|不得[^,。;]{0,8}(?:免责|拒绝|停止|中断)", r"<M>(?:不承担|不负|免责|概不)|<M>[^,。;]{0,4}(?:无|没有)[^,。;]{0,6}义务", r"数据(?:安全)?(?:泄露|丢失)", r"不得(?:据此|因此)?(?:扣|降)", r"发货|快递|物流|仓库",
)  # fmt: skip
_ACCIDENT = r"消防|逃生|疏散|急救|食物中毒|送医|灭火"
_FORCE_MAJEURE = r"不可抗力|不能预见|不可预见|地震|洪水|战争|职业灾害|工伤|人身事故|消防|火灾|疾病|送医|食物中毒|forcemajeure|earthquake|war[,a]|逃生|疏散|防火|急救"
# Goods, parcels, adverts and money near a peak; the merchant's own machines.
_OTHERS = any_of(
    r"备货|库存|发货|快递|物流|仓库|仓|包材|打包|承运|快递|布料|优惠券|赠品|推广预算|活动报名|活动规则|活动方案|促销资料|召回|erp[^,。;]{0,8}(?:开发|维修)|courier|warehouse", r"急救箱|应急灯|柴油", r"扣(?:款|减)|罚款|违约金|元/|加班(?:费|工资)|奖励|单价|提成|结算|价格|另付|补贴"
)  # fmt: skip
_COSTS = r"费(?!力|心|时)|支出|开支|工资|薪|酬|价|钱|交通|住宿|餐"
# Near a peak or an outage, and no measure against it: what was sold broke, figures reported, hours kept, grounds to end, terms defined.
_NO_MEASURE = any_of(
    r"同一故障|故障(?:现象|率|件|机|品|描述)|报修(?!复)|保修|维修(?:工单|网点)|产品质量|固件|返修", r"概览|列示|复盘|月报|报表|周报|对比", r"亦同|节假日(?:及|和|、|与)大促", r"(?:费用?|价格|单价)[^,。;]{0,10}(?:届时|另行|协商|议定)|(?:协商|商定|议定|调整|核定)[^,。;]{0,6}[费价]", r"除[^,。;]{0,14}(?:故障|维护|停摆|中断)[^,。;]{0,6}外|(?:故障|停摆|中断)[^,。;]{0,4}所致|离职|流失|解决率|首(?:次|问|响)|检修|维护窗口|耳机|货车|备货|超卖|物业|承租|年会|邀请|预测[^,。;]{0,6}(?:应|须|提供)", r"^.{0,3}[\"“”'「][^\"“”'」]{1,12}[\"“”'」].{0,2}(?:指|系|是)",
)  # fmt: skip
# The other side's failure to pay is no bad day.
_UNPAID = r"逾期|欠费|欠付|拖欠|未(?:按[期时约])?(?:支付|付款|付清|足额)"
_HANDLED = r"恢复|修复|排除|解决|切换?|启[用动]|响应|到[岗位场]|处[理置]|通[知报]|报告|告知|上线|顶|支援|增|加|转|接|值守|待命|排班|锁定|回拨|延长|清空|完成"
_ADDS = any_of(
    r"[增加补另多][派配调加开援排设][^,。;]{0,12}(?:人|席|客服|\d|[一两三四五六七八九十])",
    r"扩[编至到]|增员|排班|倍",
    r"切换|备用|恢复",
)


# What only people at the seats do: nobody else need be named.
_SHIFTS = r"值守|居家|加派|增派|增配|(?:两|三|二|倒)班|午休|全员|回拨|手机[端机上]|顶(?:上|着|班)|收信|回信|离线留言"
# Other people's bad day, and how to meet it left to later.
_THEIRS = r"主播|达人|快递员|仓管|门店|直播间(?:黑屏|断流|卡顿)"
_LEFT_TO_LATER = (
    r"(?:如何|怎么|怎样)[^。;]{0,24}(?:另议|另行|再议|再商量|再定|商定|商量)|另议方案|另行(?:商定|协商|约定|制定)"
)


def _read(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    peak, outage = sentence.has(_PEAK), sentence.has(_OUTAGE)
    plan = sentence.has(_PLAN)
    if sentence.has(_ACCIDENT) or (sentence.has(_THEIRS) and not sentence.has(r"<V>|客服|[坐座]席")):
        return
    if (
        sentence.has(_FORCE_MAJEURE)
        and not plan
        and not (
            outage and (sentence.has(_MEASURE) or _timed(sentence)) and sentence.has(r"职场|坐席|班组|会话|接待|产能")
        )
        and not (peak and sentence.has(_REFUSES))
    ):
        return  # fmt: skip
    if not (peak or outage or plan) and not _goes_on(sentence):
        return
    if _refused(sentence, peak or outage) and not sentence.has(_NOT_REFUSED) and not sentence.has(_UNPAID):
        what = "大促高峰" if peak else "故障或突发事件"
        firm = ("V", Mark.SPARED) in marks(sentence)
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"遇{what}，服务方不作保证或免责", firm=firm)
        return
    if not plan and (
        (sentence.has(_NO_MEASURE) and not (sentence.has(_ADDS) and sentence.has(r"<V>|我们|我司")))
        or _priced(sentence)
    ):
        return
    if not (peak or outage or plan) or (
        sentence.has(_OTHERS)
        and not plan
        and (not sentence.has(_ADDS) or sentence.has(r"开支|另付|据实|加班(?:费|工资)"))
    ):
        return
    keys = frozenset(n for n, there in (("大促或流量激增", peak), ("故障或突发事件", outage)) if there)
    in_plan = sentence.about(_PLAN)
    theirs = (
        in_plan
        or (outage and sentence.has(r"恢复|切换?到|继续|备用"))
        or _parallel(sentence)
        or sentence.about(STAFF)
        or sentence.has(_ADDS)
        or sentence.has(_SHIFTS)
        or sentence.about(r"<V>|双方|我们|我司|咱|俺|接待|服务|到岗|支援|个人|手机接")
        or sentence.is_row
    )
    open_end = any(not b.answered for b in sentence.blanks)
    concrete = sentence.has(_MEASURE) or _timed(sentence)
    later = sentence.has(_LEFT_TO_LATER)
    if keys and theirs and concrete and not open_end and not later and _acts(sentence):
        named = "、".join(sorted(keys))
        yield Signal(sentence=sentence, status=Status.OK, reason=f"对{named}写明了措施", keys=keys)
    elif (
        plan
        or (keys and later)
        or (
            keys
            and theirs
            and (
                sentence.has(
                    r"应对|保障|确保|配合支持|做好[^,。;]{0,14}(?:安排|工作|接待|服务|支持|支援)|处理|优先|妥善|因应|尽力|尽快|想办法|法子|有数|顶得住|准备|完善|修复|恢复|沟通解决|共同解决|及时沟通|解决"
                )
                or (open_end and in_plan)
                or (left_open(sentence, reading) is not None and sentence.has(r"方案|保障|人员安排|服务安排|支援|排班"))
            )
        )
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到应急或大促，但没有具体措施或时间")


def _refused(sentence: Sentence, bad_day: bool) -> bool:
    """A promise withheld or an exemption; who pays for extra hours or seats is a matter of fees, and no refusal."""
    if not (bad_day or _goes_on(sentence)):
        return False
    return any(
        not (holds(r"^(?:悉?由)?<M>", m.group(), sentence) and _of_money(sentence, m))
        for m in sentence.find_all(_REFUSES)
    )


def _of_money(sentence: Sentence, match: re.Match[str]) -> bool:
    """What the merchant is to bear is a cost, named in this clause or in the one before it."""
    before = sentence.plain[: match.start()].rpartition(",")[0].rpartition(",")[2]
    clause = clause_at(sentence, match.start(), match.end())
    lost = r"损失|后果|责任|风险|(?:月|服务)费照付"
    return not holds(lost, clause, sentence) and (
        holds(_COSTS, clause, sentence) or (holds(_COSTS, before, sentence) and not holds(lost, before, sentence))
    )


def _priced(sentence: Sentence) -> bool:
    """A line of a price list, a price that includes the peaks, or a sum due for an outage."""
    money = sentence.figures_of(QuantityKind.MONEY)
    return bool(
        sentence.has(PRICE_LIST)
        or (
            money
            and (sentence.is_row or sentence.has(r"收费|接待费|月费|工钱|单价|每单"))
            and not sentence.has(r"<V>[^,。;]{0,8}(?:应|须|要|提前)")
        )
        or (money and not sentence.has(_ADDS) and not sentence.has(_MEASURE))
    )


def _goes_on(sentence: Sentence) -> bool:
    """A sentence that continues on a bad day named just before (…的，甲方不赔；…)."""
    return sentence.is_row and sentence.about(any_of(_PEAK, _OUTAGE))


def _parallel(sentence: Sentence) -> bool:
    """The second half of a plan (大促…；断网…), whose first half names who acts."""
    return bool(sentence.previous) and sentence.follows(any_of(_PEAK, _OUTAGE))


def _timed(sentence: Sentence) -> bool:
    if sentence.figures_of(QuantityKind.RATIO) and sentence.has(STAFF):
        return True
    return sentence.has(_HANDLED) and bool(
        sentence.figures_of(QuantityKind.DURATION) or sentence.figures_of(QuantityKind.RATIO)
    )


def _acts(sentence: Sentence) -> bool:
    """The vendor acts, or nobody is named; what only the merchant must do is no plan of the vendor's."""
    if not sentence.has(r"(?:^|,)[^,。;]{0,24}<M>[^,。;]{0,6}(?:应|须|需|要|备|于|提前|收|付)") or not (
        sentence.has(r"^[^,。;]{0,24}<M>") or not sentence.has(r"<V>")
    ):
        return True
    return sentence.has(r"<V>[^,。;]{0,16}(?:应|须|需|要|将|会|负责|保证|承诺|在|于|安排|加|增|启|切|派)")


def _conclude(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """Both kinds of bad day have to be provided for; one alone is vague."""
    if any(s.status is Status.ADVERSE for s in signals):
        return worst_wins(signals, reading, checkpoint)
    ok = [s for s in signals if s.status is Status.OK]
    keys = frozenset().union(*(s.keys for s in ok)) if ok else frozenset()
    if len(keys) >= 2 or not ok:
        return worst_wins(signals, reading, checkpoint)
    lacking = "故障或突发事件" if "大促或流量激增" in keys else "大促或流量激增"
    empty = [s for s in signals if s.status is Status.VAGUE][:3]
    return conclude_with(Status.VAGUE, [*ok, *empty], f"只对{'、'.join(keys)}写了措施，没有写{lacking}")


RULE = Rule(checkpoint="staffing.contingency", read=_read, conclude=_conclude)
