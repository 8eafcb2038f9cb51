"""补位时限: someone in the leaver's seat within 24 hours."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.check.rules.measure import DAY, duration_text, figures_near, upper, within_at_most
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Figure, Reading, Sentence, left_open
from pipeline.check.rules.signal import Rule, Signal, Wanted, worst_wins
from pipeline.check.rules.staffing.cues import LABOUR_LAW, STAFF, clause_at, holds
from pipeline.playbook import CheckpointModel
from pipeline.quantities import Comparator, QuantityKind
from pipeline.types import Status

_GONE = any_of(
    r"(?:终止|停止|不再|退出)(?:参与|提供|为[^,。;]{0,6}(?:提供)?)?(?:服务|本项目)|因(?:病|事|故)", r"离(?:职|岗|任|项|组|去|开|退)", r"辞(?:职|工|任|了)|请辞", r"(?:人员?|坐席|客服|谁|若有|一个)[^,。;]{0,6}(?:走|流失|变动|更[迭替]|退出|不干|撂挑子)", r"走(?:了|人|一个|的)|有人[^,。;]{0,4}走|人走|不干了?", r"[不没]来(?:了|的)|来不了|不做了|做不了|生孩子|产假|[缺少空]了?[^,。;]{0,2}人", r"[缺空](?:岗|编|员|人|勤|席|额|位|缺|出)|出缺|缺口(?!率)|空(?:着|出来)|减员", r"旷[职工]|自离|请(?:长|病|事)?假|缺席|病假|调岗|撤换|更换", r"少了[^,。;]{0,4}(?:人|徒弟)|撂挑子|开天窗|坑", r"leav|resign|vacan|depart|absent",
)  # fmt: skip
_FILL = any_of(
    r"补(?:位|齐|员|足|缺|岗|人|上|实|来|空|一个|进|坑)|[递遴招增]补|填[补上坑]|在[^,。;]{0,14}内填", r"补充(?!协议|约定|条款|资料|说明|提交|材料|通知)", r"(?:予以|慢慢|赶紧|抓紧|里头?|当天|当日|隔天|内|才|可|就|后)补(?![充偿贴差发寄货开税正课训考签录登交报缴办])|补(?:来|得)", r"代班|替班|顶(?:替|岗|班|上|坑|一顶)", r"(?<!交)接(?:替|手|班人?|任|上|岗|席(?!位)|续(?!费))|继任", r"替(?:补|岗|换|代)(?!手段|方案)|代替", r"(?:(?<!所)派|找|安排|指派|物色|选派|调派|委派|换|招)[^,。;]{0,10}(?:人选|人手|人员|合适|能直接|个人|一个|新人|熟手|(?<!交)接(?![待口触收])|顶|替)|派员|换人|(?:招聘|补员)周期|(?:现|抓紧|再)招", r"遴选|物色|填上|慢慢挑|挑[^,。;]{0,6}人", r"(?:新|替|接)[^,。;]{0,8}(?:到岗|上岗|到位|就位|坐|入席)|到岗时?限|(?:座位|席位)[^,。;]{0,6}有人|无人顶|接着[^,。;]{0,4}人|续上|重新[^,。;]{0,4}指派|空置|(?:重新|另行)[^,。;]{0,8}(?:匹配|分配|指派|安排)|(?:匹配|分配|安排|换上?)[^,。;]{0,4}新的?(?:客服|坐席|人)|不[^,。;]{0,4}空[岗着席缺]", r"replac|backfill|substitut|fill[a-z]{0,8}vacanc|befilled|newagent|inseat",
)  # fmt: skip
# What else is replaced, refilled or made good.
_THINGS = any_of(
    r"耳[机麦]|键盘|显示器|电脑|终端|设备|备用机|headset|monitor|equipment|defective", r"商品|货|新品|配件|赠品|瑕疵|破损|漏发|少发|补寄|库存|包裹|goods|stock", r"发票|收据|投标|文件(?:缺|有)|材料|资料|门禁|工牌遗失|饭卡", r"法定代表人|控股|联系人(?:变更|的)|股东|对接人|接口人|主播|达人|模特", r"工伤|失业|社保|生产事故|报告甲方", r"系统|线路|宕机|断[网电]|故障|停电|机房", r"大促|激增|爆单|高峰|突增|翻番|两倍", r"候选人|招标|备选名单|账号(?:变更|申请|清查)|密码|补充协议|补差|价款|保证金|违约金|预付款|抵减|打包工",
)  # fmt: skip
_SOON = any_of(
    r"及时|以最快|多久|尽[快早速]|立即|即行|迅速|从速|第一时间|随即|适时|择机|马上|抓紧|赶紧|手脚快|想法子|不磨蹭|视(?:招聘|情况)|合理(?:期限|时间)|最短|四处打听|尽最大努力",
    r"promptly|assoonas|timely|reasonabletime|unduedelay",
)
_NO_DUTY = any_of(
    r"<M>[^,。;]{0,6}(?:不得|无权|不能)[^,。;]{0,6}(?:要求|限定|催)[^,。;]{0,10}(?:补(?!偿|充协议|贴)|顶替|接替)",
    r"(?:不|无(?:需|须)?)(?:负责|承担|保证|承诺|安排|负有)[^。;,]{0,14}(?:补|替|接)",
    r"(?:缺岗|空缺|空岗|补位)[^。;]{0,12}不(?:视为|构成|算|计(?![费价薪酬]))",
    r"不得[^,。;]{0,6}主张[^,。;]{0,4}(?:缺岗|空缺)",
    r"(?:月末|月底|季末|年底|下月|次月)[^,。;]{0,8}补",
)
_BEFOREHAND = r"(?:离岗|离职|离开|空缺|班次)[^,。;]{0,6}(?:之前|以前|前|开始前)[^。;]{0,8}(?:到位|到岗|替补|接|补)|不得[^,。;]{0,6}(?:隔夜|过夜|空岗)|隔夜空"
_RIVALS = any_of(
    r"提前|通知(?!之?[时日当后起])|通报|告知|报告|知会", r"交接|收回|移交|结清|归还|封号|带班", r"培训|学习|经验|坐两|试用", r"每迟|逾期|扣|减收|免收|服务费|月费", r"续约|续期|终止|解除", r"流失|连续|在岗(?:时长|时间)"
)  # fmt: skip
_LONGER = r"延长(?:至|到)|顺延(?:至|到)|放宽(?:至|到)|(?:最长|可)[^,。;]{0,6}(?:至|到)"


def _read(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not _a_leaver_replaced(sentence):
        return
    limit = checkpoint.thresholds["hours"] * 3600
    figures = figures_near(
        sentence, any_of(_FILL, _GONE, r"间隔", _LONGER, r"招人|人选?到"), QuantityKind.DURATION,
        accept=lambda f: f.quantity.value < 120 * DAY and not _of_something_else(sentence, f), rivals=_RIVALS,
    )  # fmt: skip
    if not sentence.has(_FILL) and not sentence.is_row and not sentence.has(_LONGER) and not sentence.has(r"招人|内"):
        figures = ()
    for figure in figures:
        good = within_at_most(figure, limit) or _never_more(sentence, figure, limit)
        yield Signal(
            sentence=sentence, status=Status.OK if good else Status.ADVERSE, figure=figure.quantity.text,
            reason=f"补位时限写的是{figure.quantity.text}，{'不超过' if good else '超过'}标准 {duration_text(limit)}",
        )  # fmt: skip
    if figures:
        return
    if sentence.has(_NO_DUTY):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="人员离开后服务方不负责按时补位")
    elif sentence.has(_BEFOREHAND) and sentence.has(r"离|辞|走|请假|缺|病|补|替|顶|(?<!交)接(?!待|线)|空缺"):
        yield Signal(sentence=sentence, status=Status.OK, reason="人员离开前或当班就要有人接替")
    elif (
        sentence.has(_FILL)
        and _gone_not_sent_away(sentence)
        and (sentence.has(_SOON) or left_open(sentence, reading) is not None or sentence.has(r"<V>|负责|补|我们"))
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说及时补充，没有时限")


def _a_leaver_replaced(sentence: Sentence) -> bool:
    """A seat or a person has gone and another comes, both said in the sentence or under a title about it."""
    if sentence.has(r"<M>[^,。;]{0,8}安排|不减轻|储备") and not sentence.figures_of(QuantityKind.DURATION):
        return sentence.has(_SOON) and sentence.has(_GONE) and sentence.has(_FILL)
    if sentence.has(LABOUR_LAW) and not sentence.has(_FILL):
        return False
    if sentence.has(_THINGS) and not (sentence.has(_GONE) and sentence.has(_FILL) and sentence.has(STAFF)):
        return False
    if sentence.has(r"随时|轮岗|轮换") and not sentence.has(r"补"):
        return False
    if sentence.has(_FILL) or (sentence.is_row and sentence.about(_FILL)):
        return sentence.about(_GONE) or sentence.about(r"补位|补员|递补|顶岗|接替者|继任者|补充人员|替补人员|顶替者")
    if sentence.is_row and sentence.has(_GONE) and sentence.about(r"时限"):
        return True
    if sentence.previous and sentence.has(_LONGER):
        return any(word in sentence.previous for word in ("补位", "补齐", "补员", "接替", "顶替", "补足"))
    return sentence.about(_GONE) and sentence.about(r"补位|补员|递补|招人|到岗")


def _own_cells(sentence: Sentence, figure: Figure) -> str:
    """The cell of a figure and the head of its line; in a row of several pairs (首答|30秒|顶班|24小时) the cell before it."""
    cells = sentence.plain.split("|")
    at = sentence.plain[: figure.start].count("|")
    several = len({f.start for f in sentence.figures_of(QuantityKind.DURATION)}) > 1
    return cells[at] + "|" + (cells[at - 1] if at else "") if several else sentence.full


def _gone_not_sent_away(sentence: Sentence) -> bool:
    """Somebody left; people changed for a mistake, or not to be changed, leave no seat to be filled."""
    return sentence.has(_SOON) or any(m.group() not in ("更换", "撤换") for m in sentence.find_all(_GONE))


def _never_more(sentence: Sentence, figure: Figure, limit: float) -> bool:
    """不得使席位空置超过一日: a bound, said as a ban on passing it."""
    return (
        figure.quantity.comparator is Comparator.MORE
        and not figure.quantity.working
        and upper(figure) <= limit
        and sentence.has(r"不(?:得|能|可|许)[^。;]{0,30}超过")
    )


def _of_something_else(sentence: Sentence, figure: Figure) -> bool:
    after = sentence.plain[figure.end : figure.end + 8]
    if figure.quantity.value >= 20 * DAY and holds(r"^[之以]?内[^,。;]{0,4}(?:走|离|流失|换)", after, sentence):
        return True
    clause = clause_at(sentence, figure.start, figure.end)
    if holds(r"^(?:的|之)?(?:工作|书面|业务)*交接|^(?:不间断)?(?:轮值|在线|值守|值班|服务)", after, sentence) or (
        holds(r"费|酬|工资|薪", clause, sentence) and not holds(_FILL, clause, sentence)
    ):
        return True
    if sentence.is_row and not holds(any_of(_FILL, _GONE), _own_cells(sentence, figure), sentence):
        return True
    before = sentence.plain[max(0, figure.start - 8) : figure.start]
    return (
        before.endswith(("提前", "前", "连着", "连续", "每月", "每", "近", "隔"))
        or "通知" in sentence.plain[figure.end : figure.end + 6]
    )


RULE = Rule(
    checkpoint="staffing.replacement",
    read=_read,
    conclude=worst_wins,
    quantity=Wanted(kind=QuantityKind.DURATION, threshold="hours", unit=3600.0),
)
