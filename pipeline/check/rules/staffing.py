"""人员稳定性与应急预案: who leaves, who stays, who stands by, who steps in, what happens on a bad day, who is trained."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.check.rules.measure import (
    DAY,
    MONTH,
    YEAR,
    duration_text,
    figures_near,
    lower,
    percent_text,
    upper,
    within_at_least,
    within_at_most,
)
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, Wanted, conclude_with, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind
from pipeline.types import Status

_STAFF = any_of(
    r"客服", r"坐席", r"座席", r"人员", r"员工", r"人手", r"人力", r"团队", r"组长", r"主管", r"班长", r"专员", r"席位", r"驻场", r"班组", r"骨干", r"agents?", r"staff", r"personnel", r"team",
)  # fmt: skip
_NEEDS_CONSENT = any_of(
    r"(?:不得|不可|不能|不会|严禁|禁止)[^。;；]{0,20}(?:更换|调换|撤换|调离|调整|变更|抽调|替换|轮换|换人|调配|变动)", r"(?:经|征得|取得|获得|需|须)[^。;；,，]{0,8}<M>[^。;；,，]{0,12}(?:同意|许可|确认|批准|认可)", r"<M>[^。;；,，]{0,8}(?:书面)?同意(?:后|方)", r"(?:应|须|需)[^。;；,，]{0,6}<M>[^。;；,，]{0,4}(?:要求|指令)", r"shallnot|priorwritten",
)  # fmt: skip

# --- staffing.turnover ---------------------------------------------------------------------------------------------

_TURNOVER = any_of(
    r"(?:流失|离职|流动|更替|更换|换人|变动|轮换|替换|异动|人员变更|汰换|换岗|离岗|走人)[^,。;；]{0,6}(?:率|比例|占比|比率|幅度|人数占|人次占)", r"流失率", r"离职率", r"turnover", r"attrition",
    r"(?:流失|离职|离岗|更换|替换|撤换|变动)[^,。;；%]{0,14}(?:不(?:得|应)?(?:超过|高于|多于)|控制在|≤|最多|以内)[^,。;；%]{0,10}%", r"(?:换|走|离职)[^,。;；%]{0,8}(?:不(?:得|能)?超过|最多)[^。;；]{0,8}(?:人|名|成|%)",
)  # fmt: skip
_STABLE = any_of(
    r"(?:人员|团队|队伍|坐席|座席|客服)[^,。;；]{0,14}(?:稳定|固定|频繁)", r"稳定(?:性)?[^,。;；]{0,10}(?:人员|团队|队伍)", r"(?:频繁|随意|擅自|大面积|大规模)[^,。;；]{0,8}(?:更换|调换|调动|变动|变更|撤换|抽调)", r"(?:尽量|尽可能|原则上)[^。;；]{0,14}(?:不(?:更换|调换|换)|减少[^,。;；]{0,6}(?:更换|流动|变动))", r"(?:控制|降低|减少)[^,。;；]{0,8}(?:人员)?(?:流失|流动|变动|离职)", r"stab(?:le|ility)",
    r"未经[^,。;；]{0,12}(?:不得|不能|不可)[^,。;；]{0,12}(?:更换|调换|撤换|抽调|替换)",
)  # fmt: skip
_SWAPS = any_of(
    r"<V>[^。;；]{0,16}(?:有权|可(?!能)(?:以)?|得(?!到)|自行|自主|单方|随时|统一|根据|视)[^。;；]{0,30}?(?:调整|更换|调配|轮换|替换|调动|变更|撤换|抽调|调换|调度|增减|安排|换人|换岗)[^。;；]{0,16}(?:人员|坐席|座席|客服|团队|成员|员工|岗位|人手|班组)?",
    r"(?:人员|坐席|座席|客服|团队|员工|人手|班组)[^。;；]{0,14}(?:调配|更换|轮换|调整|替换|变动|安排|调动|调度|增减)[^。;；]{0,10}(?:由<V>(?:自行|自主|单方|全权|统一|内部)?[^。;；]{0,6}(?:决定|安排|负责|掌握|调度)?|<V>(?:有权|可(?:以)?)(?:自行|随时)?)",
    r"(?:随时|自行|自由|任意|无需[^。;；]{0,10}(?:同意|通知)[^。;；]{0,4})(?:更换|调换|轮换|抽调|调配|替换|换人)[^。;；]{0,8}(?:人员|坐席|客服|员工|班组)?", r"vendormay[^.;]{0,40}(?:replace|rotate|reassign|substitute)",
)  # fmt: skip
_NO_PROMISE_STAFF = any_of(
    r"(?:不|无法|不能|未)(?:作|做|对|就)?[^。;；,，]{0,16}(?:保证|承诺|担保|设[定置]|设|约定|限制|考核)[^。;；,，]{0,14}(?:流失|离职|稳定|流动|更换)", r"(?:流失|离职|稳定性?|流动率?)[^。;；,，]{0,14}(?:不(?:作|做|设|予|纳入|列入)[^。;；,，]{0,6}(?:承诺|保证|限制|考核|上限|要求|约定)?|不作为考核)",
)  # fmt: skip


def _turnover(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["monthly_rate"]
    if sentence.has(r"客户流失|会员流失|用户流失|订单流失|数据流失|资金"):
        return
    figures = figures_near(
        sentence, _TURNOVER, QuantityKind.RATIO, rivals=r"满意(?:度|率)|响应|接通|解决|扣|违约金|服务费"
    )
    for figure in figures:
        monthly = upper(figure) / _months_of_rate(sentence, figure)
        bounded = figure.quantity.comparator not in (Comparator.AT_LEAST, Comparator.MORE)
        good = bounded and monthly <= limit * (1 + 1e-9)
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=figure.quantity.text,
            reason=f"人员流失率写的是{figure.quantity.text}，{'不超过' if good else '超过'}标准每月 {percent_text(limit)}",
        )  # fmt: skip
    if figures:
        return
    if sentence.has(_NO_PROMISE_STAFF) and sentence.about(_STAFF):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方不对人员稳定或流失率作承诺")
    elif (
        sentence.has(_SWAPS)
        and sentence.has(_STAFF)
        and not sentence.has(_NEEDS_CONSENT)
        and not sentence.has(_NOT_SWAP)
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以随意更换人员")
    elif sentence.has(_TURNOVER) or (sentence.has(_STABLE) and sentence.has(_STAFF)):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说保持人员稳定，没有流失率上限")


# Changing the wrong person at the merchant's wish, or adding people for a peak, is not swapping freely.
_NOT_SWAP = any_of(
    r"<M>[^。;；]{0,10}(?:有权|可(?:以)?)?(?:要求|通知|提出)[^。;；]{0,20}(?:更换|撤换|替换|调换)", r"大促|高峰|流量|促销|峰值|激增", r"(?:不合格|不胜任|不称职)", r"密码|权限|账号|设备|价格|单价|指标",
)  # fmt: skip


def _months_of_rate(sentence: Sentence, figure: Figure) -> float:
    """Months the rate is counted over: a yearly rate of 60% is 5% a month."""
    if sentence.has(r"月(?:度|均|流失|离职|平均|人员)?"):
        return 1.0
    if "year" in figure.quantity.per or sentence.has(r"年(?:度|均|流失|离职|人员)"):
        return 12.0
    if "quarter" in figure.quantity.per or sentence.has(r"季度|每季"):
        return 3.0
    return 1.0


# --- staffing.tenure -----------------------------------------------------------------------------------------------

_CORE = any_of(
    r"核心", r"骨干", r"主力", r"固定", r"组长", r"主管", r"班长", r"项目经理", r"负责人", r"关键", r"客服", r"坐席", r"座席", r"人员", r"员工", r"团队", r"成员", r"agents?|supervisor|teamlead(?:er)?|personnel|staff",
)  # fmt: skip
_TENURE = any_of(
    r"(?:在岗|在职|任职|在项目|驻场|驻店|留岗|服务(?:于|在)?(?:本|该|<M>)?(?:项目|店铺|账号|品牌)?|持续(?:服务|在岗)|连续(?:服务|在岗|工作|任职)|岗位|履职|留任|服役|跟(?:店|项目)|专职服务|稳定服务|服务本项目|对接本店)[^,。;；]{0,12}(?:时长|时间|期限?|年限|周期|不(?:少|低|短)于|至少|满|达|以上|起码|\d|[一二三四五六七八九十半])",
    r"(?:从业|工作|行业|岗位|客服|服务|类目|相关|同类|平台|操作|售后|售前|电商)[^,。;；]{0,14}(?:经验|经历|年限|资历)", r"经验", r"工龄", r"司龄", r"(?:不(?:得|能|可)|至少|最少|最短)[^,。;；]{0,12}(?:个月|半年|年)[^,。;；]{0,6}(?:内)?(?:不(?:得|能|可))?(?:调离|更换|撤换|轮换|调岗|换人|调走|抽调)", r"(?:个月|半年|年)(?:之)?内[^,。;；]{0,6}(?:不(?:得|能|可|会)|禁止)[^,。;；]{0,8}(?:调离|更换|撤换|轮换|调岗|换人|调走|抽调|离开)", r"remain(?:s|ing)?on|stay(?:s|ing)?on|onth(?:e|is)(?:account|project)|tenure|experience", r"方可调离|才(?:能|可)调(?:离|走)",
)  # fmt: skip
_EXPERIENCED = any_of(
    r"经验丰富",
    r"丰富[^,。;；]{0,8}经验",
    r"有[^,。;；]{0,12}经验",
    r"具(?:有|备)[^,。;；]{0,14}经验",
    r"资深",
    r"熟练",
    r"熟手",
    r"老(?:员工|客服)",
    r"长期(?:稳定)?(?:服务|在岗|驻)",
    r"相对固定|尽量(?:固定|长期)",
    r"experienced|seasoned",
)
_NOT_TENURE = any_of(
    r"合同期限",
    r"协议期限",
    r"有效期",
    r"试用期",
    r"培训(?:期|时间|时长)",
    r"补位|补齐|到岗(?:时间)?[^,。;；]{0,6}(?:小时|天|日)",
    r"录音|聊天记录|保存|留存|数据",
    r"支付|结算|费用",
    r"保密",
    r"提前[^,。;；]{0,10}(?:通知|告知)",
    r"年龄|周岁|社保",
    r"响应|秒",
)


def _tenure(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["months"] * MONTH
    if not sentence.about(_CORE) or (not sentence.about(_TENURE) and not sentence.has(_EXPERIENCED)):
        return
    figures = figures_near(
        sentence, _TENURE, QuantityKind.DURATION, accept=lambda f: 10 * DAY <= f.quantity.value <= 20 * YEAR, rivals=_NOT_TENURE
    )  # fmt: skip
    for figure in figures:
        good = (
            lower(figure) >= limit * 0.98 and figure.quantity.comparator not in (Comparator.AT_MOST, Comparator.LESS)
        ) or _bars_moves(sentence, figure, limit)
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=figure.quantity.text,
            reason=f"在岗时长或经验写的是{figure.quantity.text}，{'达到' if good else '低于'}标准 {checkpoint.thresholds['months']:g} 个月",
        )  # fmt: skip
    if (
        not figures
        and (
            sentence.has(_EXPERIENCED)
            or (sentence.has(_TENURE) and (sentence.blanks or sentence.has(r"时长|年限|经验")))
        )
        and sentence.has(_CORE)
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说有经验或相对固定，没有在岗时长")


def _bars_moves(sentence: Sentence, figure: Figure, limit: float) -> bool:
    """六个月内不得调离: a stay of six months, said as a ban on leaving within them."""
    return lower(figure) >= limit * 0.98 and sentence.has(r"内[^,。;；]{0,6}(?:不(?:得|能|可|会)|禁止)")


# --- staffing.reserve ----------------------------------------------------------------------------------------------

_RESERVE = any_of(
    r"(?:备用|储备|后备|机动|预备|备份|替补|候补|冗余|待命|备勤|备岗|备选|应急|弹性|替班|顶班|蓄水)[^,。;；]{0,8}(?:人|员|力|坐席|座席|客服|池|团队|席位|班组|岗|名额|比例|率)", r"人(?:力|员)(?:储备|冗余|备份|蓄水池|备用|池)", r"(?:储备|备用|富余|冗余)率", r"(?:多|另|额外|超额)(?:备|配|储)[^,。;；]{0,10}(?:人|客服|坐席)", r"a-?b角|ab岗", r"(?:backup|reserve|standby|buffer|spare)[^.;]{0,16}(?:agents?|staff|personnel|pool|seats?|capacity|headcount)", r"备用人手|备用客服|后备军", r"stand-?bypool|benchstrength|stand-?by", r"机动(?:的)?(?:人|席|客服)", r"顶班人员|顶岗人员",
)  # fmt: skip
_NO_RESERVE = any_of(
    r"(?:不|无需|无须|没有义务|无义务|未)(?:再)?(?:另行|额外|单独|专门)?(?:配备|设(?:置|立)?|提供|安排|储备|预留|保留|承诺|保证)[^。;；,，]{0,16}(?:备用|储备|后备|机动|预备|替补|冗余|候补|待命)", r"(?:备用|储备|后备|机动|预备|替补|冗余|待命)[^。;；]{0,24}(?:另(?:行|外)?(?:收费|计费|结算|付费|议价|报价|协商|支付|计)|另计|另算|由<M>(?:另行|额外)?(?:承担|支付|负担|付)|据实结算|实报实销|按实)",
)  # fmt: skip


def _reserve(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["rate"]
    if not sentence.about(_RESERVE) or (
        sentence.has(r"备用(?:金|电源|线路|网络|设备|机|服务器|系统)") and not sentence.has(r"人|坐席|客服")
    ):
        return
    if (
        sentence.has(_NO_RESERVE)
        and not sentence.figures_of(QuantityKind.MONEY)
        and not sentence.has(r"由<V>(?:自行)?(?:承担|负担)|不另(?:行)?(?:收费|计费)")
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="没有备用人力，或要商家另外付费而没有价格")
        return
    figures = figures_near(sentence, _RESERVE, QuantityKind.RATIO, rivals=r"流失率|满意|响应率|服务费|扣|违约金|培训")
    for figure in figures:
        good = within_at_least(figure, limit)
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=figure.quantity.text,
            reason=f"备用人力写的是{figure.quantity.text}，{'达到' if good else '低于'}标准 {percent_text(limit)}",
        )  # fmt: skip
    if figures:
        return
    share = _share_of_team(sentence)
    if share is not None:
        good = share[0] >= limit * (1 - 1e-9)
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=share[1],
            reason=f"备用人力{share[1]}，合 {percent_text(round(share[0], 3))}，{'达到' if good else '低于'}标准 {percent_text(limit)}",
        )  # fmt: skip
    elif sentence.has(_RESERVE):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到备用人力但没有比例")


def _share_of_team(sentence: Sentence) -> tuple[float, str] | None:
    """每10名客服配2名: people held back for people at work, both counted in one sentence."""
    people = [
        f
        for f in sentence.figures_of(QuantityKind.COUNT)
        if f.quantity.unit in ("名", "人", "个", "位", "席", "个坐席", "坐席")
    ]
    if len(people) != 2:
        return None
    small, big = sorted(lower(f) for f in people)
    return (small / big, people[0].quantity.text + "、" + people[1].quantity.text) if big > small > 0 else None


# --- staffing.replacement ------------------------------------------------------------------------------------------

_REPLACE = any_of(
    r"补位", r"补齐", r"补员", r"补足", r"补缺", r"补岗", r"补人", r"补上", r"补充(?:到位|到岗|人员|人手|坐席|客服|新|合格|相应|同等)", r"(?:安排|派|调派|委派|选派|提供|配备|增补|补派)[^,。;；]{0,16}(?:替补|顶替|接替|替代|顶岗|替岗|代替|接手|合格人员|新(?:的)?(?:人员|客服)|替换人员|继任|到岗)", r"(?:接替|顶替|替补|替换|替代|顶岗|接手|继任|新)[^,。;；]{0,8}(?:人员|者|人选|客服|坐席)?[^,。;；]{0,8}(?:到岗|上岗|到位|就位)", r"(?:空岗|缺岗|缺编|空缺|缺员|缺人|缺口|空位)[^。;；]{0,16}(?:补|填|替|不(?:得)?超过|时间|时长|恢复)?", r"(?:离职|离岗|流失|请假|缺勤|离开|走人|辞职|撤换|更换)[^。;；]{0,30}(?:补|替|顶|接)", r"(?:更换|替换)[^,。;；]{0,10}(?:到岗|到位|完毕|完成)", r"replace(?:ment|d)?|backfill|fillthevacanc",
)  # fmt: skip
_LEAVES = any_of(
    r"离职",
    r"离岗",
    r"流失",
    r"缺岗",
    r"空岗",
    r"空缺",
    r"缺编",
    r"缺员",
    r"请假",
    r"缺勤",
    r"辞职",
    r"走人",
    r"离开",
    r"更换",
    r"撤换",
    r"人员变动",
    r"人手不足",
    r"到岗",
    r"补",
    r"缺口",
    r"缺人",
    r"leav|resign|vacan|absent|replac",
)
_NOT_REPLACE = any_of(
    r"补充协议",
    r"补充约定",
    r"补足[^,。;；]{0,6}(?:款|费|金额|保证金)",
    r"产品|商品|货|设备|账号|密码|配件|礼品",
    r"系统|线路",
)
_IN_TIME = any_of(
    r"及时",
    r"尽快",
    r"尽早",
    r"立即",
    r"迅速",
    r"第一时间",
    r"合理(?:期限|时间)",
    r"随即|适时|马上|抓紧",
    r"promptly|assoonas|timely|reasonabletime",
)


def _replacement(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    limit = checkpoint.thresholds["hours"] * 3600
    if not sentence.about(_REPLACE) or not sentence.about(_LEAVES) or not sentence.about(_STAFF):
        return
    figures = figures_near(
        sentence, any_of(_REPLACE, r"到岗", r"到位", r"补"), QuantityKind.DURATION,
        accept=lambda f: f.quantity.value < 120 * DAY, rivals=r"提前|通知|交接|告知|培训|经验|试用|连续|流失",
    )  # fmt: skip
    for figure in figures:
        good = within_at_most(figure, limit)
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=figure.quantity.text,
            reason=f"补位时限写的是{figure.quantity.text}，{'不超过' if good else '超过'}标准 {duration_text(limit)}",
        )  # fmt: skip
    if not figures and sentence.has(_REPLACE) and not sentence.has(_NOT_REPLACE):
        if sentence.has(r"(?:不|无(?:需|须)?)(?:负责|承担|保证|承诺|安排|负有)[^。;；,，]{0,14}(?:补|替|接)"):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason="人员离开后服务方不负责补位")
        elif sentence.has(_IN_TIME) or sentence.blanks or sentence.has(r"<V>|负责|补"):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说及时补充，没有时限")


# --- staffing.contingency ------------------------------------------------------------------------------------------

_PEAK = any_of(
    r"大促", r"促销", r"双(?:11|十一|12|十二|旦)", r"618|六一八|99大|年货节|黑五|旺季|爆单|爆量|爆款|洪峰", r"(?:流量|咨询量?|进线量?|话务量?|接待量|会话量?|单量|订单量?|业务量|来电量?|访问量)[^,。;；]{0,8}(?:激增|突增|暴增|猛增|高峰|陡增|飙升|剧增|暴涨|上涨|增长|超(?:过|出)|翻|突破|大幅|过载|超载|峰值|达到?|增加)", r"高峰(?:期|时段|日|月)?", r"峰值", r"活动(?:期|节点|当天|日)", r"直播(?:专场|大场|活动|高峰)", r"peak|surge|promotion|spike",
)  # fmt: skip
_OUTAGE = any_of(
    r"(?:系统|平台|网络|线路|设备|软件|服务器|电力|电信|通讯|通信|话务|机房|工具|后台)[^,。;；、]{0,8}(?:故障|中断|宕机|瘫痪|异常|崩溃|失灵|断线|不可用|掉线)", r"宕机", r"断网", r"断电", r"停电", r"停机", r"突发(?:事件|情况|状况|事故|公共|疫情|性|客诉)?", r"应急(?:事件|情况|响应)", r"紧急(?:情况|事件|状况)", r"舆情", r"故障", r"登不上|打不开|无法登录", r"outage|downtime|systemfailure|emergenc|disruption",
)  # fmt: skip
_MEASURE = any_of(
    r"(?:增|加|调|抽|追|补|另)(?:派|配|调|加|开|援|补)[^,。;；]{0,16}(?:人|坐席|座席|客服|力量|班|席)", r"(?:启用|切换|启动|转(?:入|接|至|为)?|改用|开启|调用|投入)[^,。;；]{0,16}(?:备用|备份|应急|手机|人工|线路|系统|站点|职场|机制|小组|热点|后备|储备|机动|异地|云|方案|渠道|预案|排班)", r"备用(?:线路|电源|网络|场地|职场|设备|系统|坐席|电脑|机房|热点)|双(?:线路|职场|路)|ups|发电机|4g|5g|异地", r"扩容|扩编|加班|延长[^,。;；]{0,8}(?:服务|班)|全员|轮班|两班|三班|倒班|不(?:低|少)于|提前\d|提前[^,。;；]{0,4}(?:天|日|周)", r"恢复", r"(?:专人|专班|小组|应急组)", r"上报|报告|通报|通知<M>", r"安抚|话术|公告|自动回复|切换", r"add(?:itional)?(?:agents|staff|seats)|switch|restore|backup|within",
)  # fmt: skip
_PLAN = any_of(
    r"应急(?:预案|方案|计划|机制|处理|处置|措施|保障)",
    r"预案",
    r"保障(?:方案|措施|计划)",
    r"contingency|emergencyplan|businesscontinuity",
)
_NO_GUARANTEE = any_of(
    r"(?:不|无法|不能|不再|未能)(?:作|做|对|予|提供)?[^。;；,，]{0,14}(?:保证|承诺|担保|保障)", r"<V>[^。;；,，]{0,16}(?:不承担|不负|免(?:于承担|除|责)|无(?:须|需)承担|概不|不予承担|不视为<V>违约)", r"(?:不承担|免除|免于|不负)[^。;；,，]{0,12}(?:责任|考核|赔偿)", r"免责|免予考核|(?:服务(?:质量|水平|指标)|指标|考核|sla|kpi|响应时间)[^。;；,，]{0,14}(?:不适用|暂停|不(?:计入|纳入|作)|豁免|放宽|自动(?:失效|中止))", r"notguarantee|noliab|notliable|shallnotberesponsible",
)  # fmt: skip


def _contingency(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    peak, outage = sentence.has(_PEAK), sentence.has(_OUTAGE)
    if sentence.has(r"不可抗力|不能预见|不可预见|地震|洪水|战争|职业灾害|工伤|人身事故|消防|火灾") and not sentence.has(
        _PLAN
    ):
        peak = False
        outage = outage and sentence.has(_NO_GUARANTEE) and sentence.has(r"<V>[^。;；]{0,20}(?:不承担|免|不负)")
    if (
        (peak or outage)
        and sentence.has(_NO_GUARANTEE)
        and not sentence.has(r"不(?:得|能|可)(?:以|因)[^。;；]{0,20}(?:为由|拒绝|降低|免)|不免除|并不")
    ):
        if not sentence.has(r"<M>(?:不承担|不负|免)") and not sentence.has(r"数据(?:安全)?(?:泄露|丢失)"):
            what = "大促高峰" if peak else "故障或突发事件"
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"遇{what}，服务方不作保证或免责")
            return
    in_plan = sentence.about(_PLAN)
    if not (peak or outage or sentence.has(_PLAN)):
        return
    if (
        sentence.has(r"扣(?:款|减)|罚款|违约金|元/|加班(?:费|工资)|服务费|收费|奖励|单价|提成|支付|费用|开支|价格|另付")
        and not in_plan
    ):
        return
    concrete = (
        sentence.has(_MEASURE)
        or bool(sentence.figures_of(QuantityKind.DURATION))
        or bool(sentence.figures_of(QuantityKind.RATIO))
    )
    keys = {name for name, there in (("大促或流量激增", peak), ("故障或突发事件", outage)) if there}
    if keys and concrete and (in_plan or sentence.about(_STAFF) or sentence.about(r"<V>") or sentence.is_row):
        yield Signal(
            sentence=sentence, status=Status.OK, reason=f"对{'、'.join(sorted(keys))}写明了措施", keys=frozenset(keys)
        )
    elif sentence.has(_PLAN) or (
        keys
        and sentence.about(any_of(r"<V>", _PLAN))
        and sentence.has(r"应对|保障|确保|配合|支持|协助|处理|安排|优先|妥善|及时")
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到应急或大促，但没有具体措施或时间")


def _conclude_contingency(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """Both kinds of bad day have to be provided for; one alone is vague."""
    if any(s.status is Status.ADVERSE for s in signals):
        return worst_wins(signals, reading, checkpoint)
    ok = [s for s in signals if s.status is Status.OK]
    keys = frozenset().union(*(s.keys for s in ok)) if ok else frozenset()
    if len(keys) >= 2 or not ok:
        return worst_wins(signals, reading, checkpoint)
    lacking = "故障或突发事件" if "大促或流量激增" in keys else "大促或流量激增"
    return conclude_with(Status.VAGUE, ok, f"只对{'、'.join(keys)}写了措施，没有写{lacking}")


# --- staffing.training ---------------------------------------------------------------------------------------------

_TRAINING = any_of(
    r"培训",
    r"受训",
    r"岗前",
    r"带教",
    r"课程",
    r"课时|学时",
    r"笔试|测验|模拟接待|实操考",
    r"学完|修满|学习期",
    r"上岗(?:考核|考试|认证|资格|证)",
    r"(?:考核|考试|测试|考评)[^,。;；]{0,8}(?:合格|通过|达标|及格)[^。;；]{0,16}(?:上岗|上线|接待|独立|承接)",
    r"持证上岗",
    r"training(?!corpus)|betrained|completes?[^.;]{0,40}course",
    r"onboarding",
)
_NOT_TRAINING = any_of(
    r"消防",
    r"安全生产",
    r"保密培训",
    r"反舞弊",
    r"廉洁",
    r"急救",
    r"防火",
    r"企业文化",
    r"fire-?safety|fire",
    r"train(?:s|ing)?(?:its|the|our)?[a-z]{0,24}model|trainingcorpus|语料",
    r"防汛|用电安全|工伤",
    r"讲座",
    r"(?:模型|算法|ai|人工智能|机器人)[^,。;；]{0,6}训练|训练[^,。;；]{0,6}(?:模型|算法)",
)
_ENTRY = any_of(
    r"(?:上岗|入岗|上线|接线|接待|独立(?:上岗|接待)|入职|进线|到岗|服务|正式(?:服务|上线))(?:服务)?(?:之)?前", r"岗前", r"(?:合格|通过|达标|及格|完成|考核|取得[^,。;；]{0,10}(?:证|资格)|结业|过关|分以上)[^。;；]{0,16}(?:后|方|才|始|再|方可|方能|才能|可)?[^。;；,，]{0,10}(?:上岗|上线|接线|接待|独立|承接|服务|进线)", r"(?:未(?:经|通过|接受|参加|完成)?|没有?|不合格|未过|不及格)[^。;；]{0,20}(?:不(?:得|能|可|允许|准|许)|严禁|禁止)[^。;；]{0,12}(?:上岗|上线|接线|接待|独立|承接|服务|进线)", r"(?:不会?|不予|不得|不)(?:分配|安排|派|开通|授予)[^。;；]{0,10}(?:接待|上岗|上线|权限)", r"(?:接触|面对|服务)[^。;；,，]{0,8}(?:买家|顾客|客户|消费者)[^。;；,，]{0,4}前", r"(?:方可|方能|才能|才可|才让|始得|始可)[^。;；,，]{0,10}(?:接待|上岗|服务|上线|值班|接|面客)", r"持证上岗", r"before[^.;]{0,30}(?:serv|duty|handl|work|assign|going|start)|pass(?:ing|es|ed)?[^.;]{0,40}(?:exam|test|assessment)|onlyafter|priorto",
)  # fmt: skip
_UNTRAINED = any_of(
    r"(?:边|先)(?:上岗|干|工作|服务|接待)[^。;；]{0,8}(?:边|后|再)(?:培训|学|训)", r"(?:未经|未接受|没有|无需|无须|不(?:需|经|要求|组织|安排|提供|进行|设))[^。;；,，]{0,12}(?:培训|考核|考试)[^。;；]{0,16}(?:可|也|即可|直接|亦)[^。;；,，]{0,8}(?:上岗|上线|接待|服务|独立)", r"(?:可|允许|有权)[^。;；,，]{0,8}(?:直接|立即)?(?:上岗|上线|接待)[^。;；]{0,16}(?:后|再|期间)?[^。;；]{0,6}(?:补|再)(?:训|培训)", r"(?:不|无需|无须|不再|没有)(?:负责|安排|组织|提供|进行|承担|另行)?[^。;；,，]{0,8}(?:岗前|上岗)?培训(?!费)", r"在岗[^。;；,，]{0,6}(?:实习|学习)[^。;；,，]{0,6}替代",
)  # fmt: skip
_MERCHANT_TRAINS = any_of(
    r"培训[^。;；]{0,80}(?:费用|费|开支|成本|支出)[^。;；,，]{0,10}(?:均|全部|概|都|一概)?(?:由|归)<M>[^。;；,，]{0,4}(?:承担|负担|支付|自理|出)",
    r"培训(?:的)?(?:费用|费|成本|开支|支出|差旅)?[^。;；]{0,20}(?:由|归)<M>[^。;；,，]{0,8}(?:承担|负担|支付|负责|自付|自理|出)", r"<M>[^。;；]{0,12}(?:应|须|需|必须|负责|承担|自费|出资|免费|无偿|自行)[^。;；]{0,30}培训[^。;；]{0,30}(?:费用|成本|自费|免费|无偿|自理|自行承担|全部)", r"<M>[^。;；,，]{0,10}(?:自费|免费|无偿|出资|自行承担费用|自担费用)[^。;；,，]{0,16}培训", r"<M>[^。;；,，]{0,16}(?:支付|承担|负担)[^。;；,，]{0,10}培训(?:费|成本)",
)  # fmt: skip


def _training(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not sentence.has(_TRAINING) or sentence.has(_NOT_TRAINING):
        return
    if sentence.has(_UNTRAINED) and not sentence.has(r"不得|严禁|禁止|不允许"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="未经培训的人员也可以上岗")
    elif sentence.has(_MERCHANT_TRAINS) and not sentence.has(r"由<V>(?:自行)?(?:承担|负担)|<V>(?:自行)?(?:承担|负担)"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="培训由商家出钱")
    elif sentence.has(_ENTRY):
        yield Signal(sentence=sentence, status=Status.OK, reason="先培训或考核合格再上岗")
    elif sentence.has(r"培训|train") and not sentence.has(r"培训费|元"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到培训，但没有上岗条件")


RULES = (
    Rule(
        checkpoint="staffing.turnover",
        read=_turnover,
        conclude=worst_wins,
        quantity=Wanted(kind=QuantityKind.RATIO, threshold="monthly_rate", most=1.0),
    ),
    Rule(
        checkpoint="staffing.tenure",
        read=_tenure,
        conclude=worst_wins,
        quantity=Wanted(kind=QuantityKind.DURATION, threshold="months", unit=MONTH * 0.98, at_least=True),
    ),
    Rule(
        checkpoint="staffing.reserve",
        read=_reserve,
        conclude=worst_wins,
        quantity=Wanted(kind=QuantityKind.RATIO, threshold="rate", at_least=True, most=1.0),
    ),
    Rule(
        checkpoint="staffing.replacement",
        read=_replacement,
        conclude=worst_wins,
        quantity=Wanted(kind=QuantityKind.DURATION, threshold="hours", unit=3600.0),
    ),
    Rule(checkpoint="staffing.contingency", read=_contingency, conclude=_conclude_contingency),
    Rule(checkpoint="staffing.training", read=_training, conclude=worst_wins),
)
