"""质检方式. ok: the merchant may view chats or recordings, or gets reports or spot checks at a stated frequency; vague: the vendor's own checks with
no right and no frequency; adverse: the merchant may not look, or only with the vendor's consent."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.leaning import Mark, marks
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.quality.kpis import KPIS, row_indicator, targets_of
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.types import Status

_LOOK = any_of(
    r"查(?:看|阅|询|哪|听)|调(?:取|听|用|阅|看|录音|出)|抽(?:查|检|听|取|样|[一二三四五六七八九十\d])|[监旁回复试收]听|检查|检视|监督|登[录后]|巡[查检]|复核|复查|质检|导出|翻(?:看|记录)?|下载|浏览|核查|暗访|神秘|阅览|索[取阅]|拷取|[看听瞧瞅][^。;]{0,6}(?:聊天|记录|后台|录音|哪|对话|原话)|想[看听翻]|坐旁边看|抽听|挑[^。;,，]{0,8}[听看]|接触|听取|评测|给哪段",
    r"access|inspect|review|audit|monitor|spot-?check|listen|view",
)  # fmt: skip
_RECORDS = any_of(
    r"挑[^。;；,，]{0,2}\d+[段条通]|聊天|聊了什么|会话|录音|通话|对话|逐字稿|工单|记录|群聊|原话|服务(?:质量|过程|情况|现场)|客服(?:工作|接待|后台|服务|质量)|质检|后台|接待(?:情况|内容|数据)?|话术|抽[听检]原件|样本|坐席(?:会话|接待|打字)?|(?:哪|那)[一]?[段通]",
    r"chat|recordings?|transcripts?|conversation|calls?|tickets?",
)  # fmt: skip
_PERIOD = r"(?:每(?:逢|一)?(?:个)?(?:日|天|[两二三]?周|月|季度?|旬|半月|双周|班|工作日|礼拜|星期|星?期)|按(?:日|周|月|季)|逐(?:日|周|月)|次月|月度|周度|季度|月底|月初|t\+1|礼拜[一二三四五六日天]|隔天|[一两三二]天(?:抽)?一)"
_PAPER = r"(?:报告|报表|日报|周报|月报|简报|质检(?:结果|数据|情况|明细|表|单)|抽[检查听]|复盘|总结|清单|汇报|通报|明细|接待表|截图)"
_REPORT = any_of(
    r"(?:日|周|月|季|旬|双周)(?:度)?(?:报(?!价|酬|销|名|名|到)|质检报告|服务报告|运营报告|分析报告|质量报告|报告|汇总|总结|简报)",
    _PERIOD + r"[^。;；]{0,40}(?:聊天|会话|对话|录音|客人意见)[^。;；]{0,30}(?:送|交|报|发|寄|呈|提供)[^。;；,，]{0,4}<M>",
    r"(?:[一两二三]?周|半月|旬|月|季)一报(?!价)",
    _PERIOD + r"[^。;；]{0,40}" + _PAPER, _PAPER + r"[^。;；,，]{0,20}" + _PERIOD,
    r"(?:daily|weekly|monthly|quarterly|eachmonth|everymonth)[^.;]{0,30}(?:reports?|export)|reports?[^.;]{0,40}(?:daily|weekly|monthly|week|month)|perweek|permonth",
)  # fmt: skip
_CHECKS = any_of(r"质检|抽[检查听看阅]|复听|抽样|质量检查|自查|稽核|spot-?check|qualitycheck|quality-?assurance|qa")
_FREQUENCY = any_of(
    _PERIOD, r"每(?:人|名|位|个坐席|坐席|通|百)[^。;；,，]{0,12}(?:\d|[一二三四五六七八九十]+[条通次段份]|抽|检)|(?:日|周|月|季)(?:度)?(?:检|抽)|不(?:少|低)于\d+(?:条|通|次|%|份|个|段)|比例(?:为|不)|daily|weekly|monthly",
)  # fmt: skip
_CONSENT = r"(?:同意|许可|批准|授权|审批|核准|准许|准予|允许|点头|点了?头|应允|签字|答应|签批|consent|approval)"
_NO_LOOK = any_of(
    r"(?:^|[。;；:])(?:(?!<V>)[^。;；,，]){0,6}<M>(?!的)[^。;；,，]*(?:[,，](?!<V>)[^。;；,，]*){0,3}[,，](?:且|并|但|也|亦|均)?不(?:得|能|可|许|准|应|再)[^。;；,，]{0,12}" + _LOOK,
    r"<M>[^。;；,，]{0,6}不(?:参与|介入|干预|进行|组织|开展)[^。;；,，]{0,8}(?:质检|抽[查检听]|质量检查)",
    r"(?:质检|抽[检听查])[^。;；]{0,20}<M>[^。;；,，]{0,4}不(?:介入|参与|过问|干预|插手|索取)",
    r"<M>[^。;；,，]{0,6}[看查听翻]不(?:到|得|了|着)", r"(?:录音|聊天|会话|对话|记录|底稿)[^。;；]{0,20}不(?:得|能|可|予)?(?:提供|开放|交付|披露)[^。;；,，]{0,3}<M>",
    r"(?:不(?:得|能|可|许|准|再|应)|无权)[^。;；,，]{0,4}要求[^。;；,，]{0,10}(?:提供|出示|导出|开放|提交|交出|调取|查看)[^。;；,，]{0,14}" + _RECORDS,
    r"[想要需欲][^。;；,，]{0,4}" + _LOOK + r"(?:(?!<M>[^。;；,，]{0,4}(?:同意|点头|批准))[^。;；]){0,40}(?:同意|点头|答应|批准)了?(?:才|方)(?:能|可|给|开|行|肯)",
    r"由<V>[^。;；,，]{0,8}(?:决定|酌情|酌定|视情况|斟酌|自主)[^。;；,，]{0,8}(?:提供|开放|准许|同意|给看|查看|调取|出示)",
    r"[想要需欲][^。;；,，]{0,4}" + _LOOK + r"[^。;；]{0,40}<V>[^。;；,，]{0,6}" + _CONSENT + r"(?:了|后|的)?[^。;；,，]{0,4}(?:才|方|能|可|后)",
    r"<M>(?!的)(?:(?!<V>)[^。;；]){0,24}(?:不得|无权|不能|不可|不许|不准|不享有|不允许|放弃|不以|不直接|不(?=查|调|抽|听|登)|莫|norightto)[^。;；]{0,40}" + _LOOK,
    r"<M>(?:承诺|同意|确认|尊重)[^。;；]{0,30}不(?:以|再|直接|另行)[^。;；]{0,30}" + _LOOK,
    r"<M>[^。;；]{0,10}(?:查看|查阅|调取|调阅|抽查|抽听|调听|要[调看瞅听翻]|欲|想[要调看抽]|拟|若|请求|如需)[^。;；]{0,44}<V>[^。;；,，]{0,18}" + _CONSENT,
    r"(?:经|征得|取得|需|须|获|得|除非|未经)<V>[^。;；,，]{0,16}" + _CONSENT + r"[^。;；]{0,30}(?:" + _LOOK + r"|方可|才能|才给|方能|才可|后$)",
    _LOOK + r"[^。;；]{0,40}(?:须|需|应|要|得|先|经|以)[^。;；,，]{0,14}<V>[^。;；,，]{0,14}(?:" + _CONSENT + r"|合计)",
    r"(?:录音|聊天|会话|对话|质检|服务记录|后台|结果|明细)[^。;；]{0,34}不(?:对外|向<M>|予|对<M>|给<M>)?(?:提供|开放|公开|交付|给看|外传)(?!的|时)",
    r"(?:不|概不)(?:向|对|给)(?:<M>|您)[^。;；,，]{0,6}(?:开放|提供|公开)", r"<V>[^。;；,，]{0,8}(?:拒绝|谢绝|驳回)|予拒绝|得逕予拒绝",
    r"(?:除非|未经)<V>[^。;；]{0,20}" + _CONSENT + r"[^。;；]{0,30}(?:不|noright)[^。;；]{0,12}" + _LOOK, r"<M>[^。;；,，]{0,8}(?:不开号|不能看|不用看|不得插手|只看|无权接触)|一律不开号|聊了什么不用看|您不能看",
    r"norightto(?:audit|access|view|inspect|review)|onlywith<V>[^.;]{0,20}consent", r"(?:原话|录音|记录|聊天)[^。;；]{0,16}得<V>[^。;；,，]{0,10}" + _CONSENT,
)  # fmt: skip
_MERCHANT_MAY = any_of(
    r"(?:店[里家主]|老板)[^。;；,，不]{0,8}(?:每|随时|可以?|能|想)[^。;；]{0,30}" + _LOOK,
    r"<M>(?![^。;；,，]{0,16}(?:不得|无权|不能))[^。;；]{0,20}(?:有权|可(?!能)(?:以)?|得(?!到)|随时|随便|不定期|定期|每|将|随机|派|自行|能够|能|要看|想|持|赴|有空)[^。;；]{0,30}" + _LOOK,
    r"<V>[^。;；,，]{0,8}(?:不得|无权|不能|不可|不应)[^。;；]{0,14}(?:阻拦|阻挠|阻止|拒绝|推诿|推脱|妨碍|干预|干涉|设置障碍)",
    r"为(?:<M>|您)[^。;；,，]{0,10}(?:开放|开通|开设|设立|导出|留一个)", r"(?:向|给|供|对|允许|接受|配合|便于|方便)(?:<M>|您)[^。;；]{0,20}(?:开放|开通|提供|共享|查|调|抽|监|检|随时|设|导|登录|看|留一个)", r"<M>(?:的)?(?:抽查|抽检|检查|监督|质检|巡查)(?=[^。;,，]{0,12}(?:服务|会话|聊天|录音|接待|坐席|$))", r"想[看听翻查]?[^。;,，]{0,6}就[看听翻查]", r"只读(?:账号|权限)|read-?(?:only)?access|ondemand",
    r"(?:client|merchant|partya|partyb|customer|retailer|principal|company)[^.;]{0,20}(?:may|isentitled|hastheright|shallhave|has)", r"<M>[^。;；]{0,20}抽[一二三四五六七八九十百\d]",
)  # fmt: skip
_NOT_INSPECTION = any_of(
    r"财务|账簿|消防|资质|审计(?:费|报告)|发票|(?:商品|产品|货[物品]|退回|样品|服装|每批|来料|出厂|到货|收货|入库)[^。;]{0,14}(?:质检|抽检|检验|检)|(?:质检|抽检)[^。;,，]{0,10}(?:商品|产品|货)|退货到仓|仓库质检|检测报告|生产线|整批|返工|其他商家|红包|排班表|源代码",
)  # fmt: skip

# Matters checked or handed over in the same breath; they count only in the part of the sentence they stand in.
_BESIDE = r"笔试|考试|试卷|考卷|培训|知识库|商品资料|库存|流失率|泄露|付款"


def _parts(text: str) -> list[str]:
    return re.split(r"[,，;；。]", text)


def _beside_other(sentence: Sentence) -> bool:
    """True when whatever the sentence says of looking and reporting is said of another matter (培训记录每月抽查)."""
    if not sentence.has(_BESIDE):
        return False
    spoken = compiled(any_of(_CHECKS, _LOOK, _PAPER), sentence.sides)
    own = compiled(any_of(_CHECKS, _RECORDS), sentence.sides)
    said = [p for p in re.split(r"[,，;；。、]", sentence.plain) if spoken.search(p) and own.search(p)]
    return not any(not re.search(_BESIDE, p) for p in said)


def _other_matter(sentence: Sentence, found: re.Match[str]) -> bool:
    """True when the part in which the match ends is about payment or training."""
    end = re.search(r"[,，;；。]|$", sentence.plain[found.end() :])
    text = sentence.plain[: found.end() + (end.start() if end else 0)]
    return re.search(r"付款|培训", _parts(text)[-1]) is not None


def _inspection(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    said = marks(sentence)
    unasked = ("V", Mark.UNASKED) in said and not said & {("V", Mark.ASKED), ("M", Mark.BARRED)}
    denied = None if unasked else sentence.find(_NO_LOOK)
    if unasked and sentence.has(_LOOK) and sentence.has(_RECORDS):
        yield Signal(sentence=sentence, status=Status.OK, reason="商家查看服务记录不用服务方同意", firm=True)
        return
    if denied is not None and not _other_matter(sentence, denied) and sentence.has(any_of(_RECORDS, r"质量|质检")) and not sentence.has(
        r"抹除|销毁|保密(?!需要|考虑|为由)|第三方(?!评测)|泄露|账号不得|转借|不得(?:删|拦|拒绝|设置)|不得以[^。;,，]{0,12}拒绝|雇用|录用|转包|商标|话术库|仓库|听力|体检|视力|准入|闭卷|让(?:坐席|座席|客服)登录"
    ):  # fmt: skip
        firm = bool(said & {("V", Mark.ASKED), ("M", Mark.BARRED)})
        yield Signal(
            sentence=sentence, status=Status.ADVERSE, reason="商家不能查看服务记录，或要服务方同意才能看", firm=firm
        )
        return
    if sentence.is_row and sentence.has(r"\|无$|不可(?:查|看)") and sentence.about(r"权限") and sentence.has(_RECORDS):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="商家没有查看服务记录的权限")
        return
    if sentence.has(_NOT_INSPECTION) or _beside_other(sentence):
        return
    target_row = sentence.is_row and row_indicator(sentence, sentence.count(KPIS), targets_of(sentence)) != ""
    blank = any(not b.answered for b in sentence.blanks)
    if (
        sentence.has(_MERCHANT_MAY)
        and sentence.has(_LOOK)
        and sentence.has(_RECORDS)
        and not sentence.has(r"数据安全|个人信息|泄露|不(?:对|予)?(?:采信|认可)")
    ):
        yield Signal(sentence=sentence, status=Status.OK, reason="商家有权查看或抽查服务记录")
    elif target_row:
        return
    elif blank and sentence.has(_CHECKS):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"质检{left_open(sentence, reading)}")
    elif (
        sentence.has(_REPORT)
        and sentence.about(r"质检|报[告表]|服务|质量|客服|接待|差评|会话|report|transcript")
        and not sentence.has(r"(?<!\d)元(?!旦)|工资|对账|账单|费用|结算|扣(?!分)|流失率|库存|不定期")
    ) or (sentence.has(_CHECKS) and sentence.has(_FREQUENCY) and not sentence.has(r"合格率|扣(?!分)|元|内部消化|每\d+(?:人|席)|坐席\d+人|不定期")):  # fmt: skip
        yield Signal(sentence=sentence, status=Status.OK, reason="写明了报告或质检的频率")
    elif sentence.has(
        any_of(
            _CHECKS,
            r"质量(?:之)?(?:检[查视]|监督|检验|管理|监控|稽核)|服务质量[^。;；]{0,10}(?:检查|监督|评估)|(?:检查|监督)[^。;；,，]{0,10}服务|(?:会话|聊天|录音|话术|接待情况)[^。;；]{0,14}(?:检查|检视|反馈|汇总|点名|复盘|挑)|(?:检[查视]|听|看看|查查|汇总)[^。;；]{0,14}(?:聊天|录音|接待|会话|对话|咋回)|抓质量|review[^.;]{0,20}(?:chat|call)|自查",
        )
    ) and not sentence.has(r"质检(?:合格|得)?[率分]|元|扣(?!分)|合格率|罚款"):  # fmt: skip
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="提到质检，但商家没有查看的权利，也没有频率")


RULE = Rule(checkpoint="quality.inspection", read=_inspection, conclude=worst_wins)
