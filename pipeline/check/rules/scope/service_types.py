"""服务类型. ok: two or more concrete scenes are the vendor's duty; vague: only "customer service", or one scene and 等; adverse: a needed scene is
excluded or costs extra without a price."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Rule, Signal, enough_keys
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

SCENES = {
    "售前": r"售前|导购|咨询(?:解答|接待|应答)|接待咨询|(?:产品|商品|课程|尺码|规格|功能|使用)[^,。;；、]{0,6}(?:咨询|疑问|答疑|解答|介绍)|(?:购买|下单|付款|成交)前|选型|选购|答疑|适配|询单|pre-?sales?|productinquir",
    "售中": r"售中|催付|未付款?|付款(?:提示|提醒)|拍下|改约|预约|修改订单|催单|催拍|改(?:地址|价)|订单(?:查询|修改|跟进|处理|核对|确认)|order(?:inquir|status)",
    "售后": r"售后|换新|补寄|少件|漏发|签收后|收货后|报修|退换货?|退款|退货|换货|补发|维修|after-?sales?|refund|return(?:s|and)",
    "投诉": r"投诉|客诉|纠纷|维权|举报|complaint|dispute(?:s)?handling",
    "评价": r"评价|差评|好评|中评|晒单|review(?:s)?manage",
    "物流": r"物流|快递|催发货|查件|拦截|logistics",
    "回访": r"回访|外呼|唤醒|满意度调查|outbound",
    "直播": r"直播间|弹幕|公屏",
    "工单": r"工单|ticket",
}
_ANY_SCENE = any_of(*SCENES.values())
_DUTY = any_of(
    r"负责", r"承办", r"受理", r"回答", r"解答", r"以下[^,。;；]{0,10}(?:项|工作|服务|内容|事项)", r"工作内容", r"提供", r"承担", r"承接", r"完成", r"处理", r"接待", r"服务(?:内容|范围|事项|项目|类型|场景)", r"工作(?:内容|范围|职责|事项)", r"包括", r"包含",
    r"涵盖", r"覆盖", r"委托", r"交由", r"托管", r"shall(?:provide|handle)", r"scope", r"services?include",
)  # fmt: skip
_OTHER_TOPIC = any_of(
    r"率(?:[≥≤<>]|不|达|为|须|应)", r"考核", r"扣(?:除|减|款|分|罚)", r"违约金", r"赔偿", r"培训", r"考试", r"元/", r"单价", r"秒", r"提成", r"保密", r"个人信息", r"质检", r"响应",
)  # fmt: skip
_NOT_SERVED = any_of(
    r"不(?:属于|在|包括|包含|含|含在|介入|负责|承担|承接|处理|涉及|提供|受理|接待|管|计入|再处理)",
    r"除外",
    r"之外的?(?:事项|工作|服务)?",
    r"(?:均|概)?(?:无须|无需|不必|不用)(?:办理|处理|承接|负责|介入|提供)",
    r"有权拒绝",
    r"拒绝(?:接待|处理|受理)",
    r"由<M>(?:自行|自己|另行|负责|处理|承担|自理|安排|解决)",
    r"<M>(?:自理|自行(?:处理|负责|解决|安排|承接)|自己(?:处理|负责|解决|顶))",
    r"×",
    r"not(?:included|cover|handle|provide)|exclud",
)
_EXTRA_SERVICE = any_of(
    r"增值(?:项目|服务)(?=[^。;；]{0,30}(?:费|付|购))",
    r"(?:另行|另外|额外|单独|须另|需另)(?:购买|收费|付费|计费|支付|结算|报价|签约|收取|付)",
    r"另购",
    r"加购",
    r"另计|另算|另议",
    r"按(?:次|单|件)另",
    r"atadditional(?:cost|charge)|chargedseparately",
)
_NEEDED = any_of(_ANY_SCENE, r"大促", r"促销", r"618|6[.·]18", r"双(?:11|十一|12|十二)", r"直播期间")
_MONEY_DUTY = any_of(
    r"赔付",
    r"赔偿",
    r"损失",
    r"责任",
    r"金额",
    r"罚款",
    r"运费",
    r"违约",
    r"成本",
    r"货款",
    r"工资",
    r"支出",
    r"开支",
    r"加班",
    r"费用",
)
_EMPTY = any_of(
    r"(?:提供|开展|负责|承担|从事|承接|委托)[^。;；,，]{0,20}(?:客服|客户服务|相关服务|外包服务)",
    r"客服(?:外包|代运营|托管)?(?:服务|工作|事宜)",
    r"客户服务",
    r"(?:服务|工作|业务)(?:的)?(?:具体)?(?:事项|内容|类型|类别|项目|范围|种类)",
    r"customerservice",
)


def _service_types(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    scenes = sentence.count(SCENES)
    named = "、".join(scenes) or "大促"
    if (
        sentence.has(_NEEDED)
        and not sentence.has(_MONEY_DUTY)
        and not sentence.has(r"不得(?:拒绝|推诿)|加班费|价格|单价")
    ):
        if sentence.has(_NOT_SERVED) and _excludes(sentence):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"把{named}排除在服务之外")
            return
        if (
            scenes
            and sentence.has(_EXTRA_SERVICE)
            and not sentence.figures_of(QuantityKind.MONEY)
            and not sentence.has(r"(?:不|无需|无须)(?:再|得)?(?:另行|另外|额外)")
        ):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"{named}要另外付费，又没有价格")
            return
    if sentence.has(_OTHER_TOPIC) or sentence.has(r"由<M>承担[^。;；]{0,8}与<V>无关"):
        return
    if sentence.has(r"(?:投诉|售后)[^。;；]{0,20}全程"):
        scenes = [*scenes, "全程跟进"]
    open_why = left_open(sentence, reading)
    if scenes and sentence.about(_DUTY) and not (open_why and sentence.blanks):
        if len(scenes) == 1 and sentence.has(r"等") and not sentence.has(r"等(?:全部|各)"):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"只写了{scenes[0]}一项后面跟着“等”")
            return
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明服务类型：{'、'.join(scenes)}",
            keys=frozenset(scenes),
        )
    elif (
        sentence.has(_EMPTY)
        and (not scenes or open_why)
        and not sentence.has(r"服务费|时间|期限|质量|保密|秒|赔偿|违约")
    ):
        yield Signal(
            sentence=sentence,
            status=Status.VAGUE,
            reason=f"服务类型{open_why}" if open_why else "只笼统写提供客服服务，没有列出服务类型",
        )


def _excludes(sentence: Sentence) -> bool:
    """True when what is not served is a scene, on either side of the exclusion and close to it."""
    for match in sentence.find_all(_NOT_SERVED):
        before, after = (
            sentence.plain[max(0, match.start() - 48) : match.start()],
            sentence.plain[match.end() : match.end() + 30],
        )
        needed = compiled(_NEEDED, sentence.sides)
        if needed.search(before.split("。")[-1]) or (
            needed.search(after) and not match.group(0).startswith(("由", "除外", "之外"))
        ):
            return True
    return False


RULE = Rule(checkpoint="scope.service_types", read=_service_types, conclude=enough_keys(2, "服务类型"))
