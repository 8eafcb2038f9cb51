"""数据安全与保密: secrecy, deletion, safeguards, and who pays for a leak."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.check.rules.measure import MONTH
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Conclusion, Rule, Signal, enough_keys, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_PEOPLE = r"(?:客户|用户|消费者|买家|顾客|会员|个人|收件|收货|学员|粉丝|联系人)"
_OWN = r"(?:订单|交易|店铺|商品|销售|经营|财务|价格|账号|货源|供应链|供应商|成交|营业|技术|后台|会话|聊天|通话|沟通|业务|推广|营销)"
_KIND = r"(?:信息|资料|数据|隐私|记录|纪录|名单|名册|姓名|电话|地址|手机号|画像|标签|密码|秘密|内容|策略|成本|价格|录音|文件|库|销量|档案|计划)"
_DATA = any_of(
    _PEOPLE + r"(?:的)?[^,。;；]{0,8}" + _KIND, _OWN + r"(?:的)?[^,。;；、]{0,6}" + _KIND, r"数据", r"个人信息", r"聊天记录", r"会话", r"录音", r"工单", r"商业秘密", r"营业秘密", r"保密信息", r"机密", r"手机号", r"资料", r"信息",
    r"报表", r"personalinformation|customerdata|confidentialinformation|(?:consumer|personal)?(?:data|information)",
)  # fmt: skip
_NAMED = any_of(
    _PEOPLE + r"(?:的)?[^,。;；]{0,6}" + _KIND, _OWN + r"(?:的)?[^,。;；、]{0,6}" + _KIND, r"商业秘密", r"营业秘密", r"聊天记录", r"账号(?:及|、|和)?密码", r"手机号", r"话术", r"进货(?:成本|价)", r"定价", r"促销计划",
    r"(?:personal|customer|consumer|order|trade)(?:information|data|secrets?)",
)  # fmt: skip
_NO = r"(?:不得|不准|不许|不可|不能|不会|严禁|禁止|一概不准|不应|勿|无权)"

# --- data.confidentiality ------------------------------------------------------------------------------------------
# ok: the vendor is bound and what is confidential is named; vague: bare "双方应保密", or 本协议内容 only; adverse: only the
# merchant is bound, or the vendor may use or disclose.

_SECRECY = any_of(
    r"保密", r"守密", r"严守", r"保守[^。;；,，]{0,10}秘密", r"守口如瓶",
    _NO + r"[^。;；]{0,30}(?:泄露|泄漏|透露|披露|外泄|外传|提供给|传播|出售|转让|公开|示于|告知(?:他人|第三)|泄于|对外|说出去|透给|挪作|用于(?:本|其他|履行))", r"(?:只能|仅(?:限|可|用))[^。;；,，]{0,20}(?:用于|履行)", r"confidential", r"notdisclose|nondisclosure",
)  # fmt: skip
_USES = r"(?:使用|利用|运用|披露|公开|提供给?|共享|用于|商用|加工|分析|展示|宣传|推广|训练|参考|并入|发在|发布|售卖|转售|优化)"
_VENDOR_MAY_USE = any_of(
    r"<V>(?:及其[^。;；,，]{0,8})?[^。;；]{0,16}(?:有权|(?<![不许])(?<![后,，意可经的且]方)可(?!能)(?:以)?|得以?(?!到)|仍得)[^。;；]{0,40}" + _USES,
    r"<M>[^。;；,，]{0,6}(?:同意|授权|许可|允许|确认)[^。;；]{0,10}<V>[^。;；]{0,40}" + _USES, r"(?:数据|信息|资料|记录|内容)[^。;；]{0,24}<V>(?:有权|可(?:以)?|得)[^。;；]{0,20}" + _USES, r"(?:vendor|provider|partyb|supplier)may(?:also)?(?:use|disclose|share|retain|publish)",
)  # fmt: skip
_USE_BARRED = any_of(
    r"不(?:得|准|许|可|能)(?![^。;；]{0,6}(?:提出)?异议)",
    r"严禁|禁止",
    r"未经",
    r"仅(?:限|用于|可|为|在|能)",
    r"只(?:能|可|得)",
    r"无权",
    r"为(?:履行|完成|提供)本?(?:合同|协议|服务|项目)?",
    r"shallnot|solelyfor|onlyfor",
)
_NOT_BOUND = any_of(
    r"<V>[^。;；,，]{0,16}(?:不承担|无(?:须|需)承担|不负有?|不受)[^。;；]{0,10}保密", r"<V>[^。;；]{0,20}不承担保密", r"(?:由)?<M>(?:单方|独自?|单独)[^。;；,，]{0,6}(?:负|承担)[^。;；,，]{0,4}保密",
)  # fmt: skip
_ONLY_MERCHANT = any_of(
    r"(?:^|[,;])[^。;；<,，]{0,6}<M>(?:应|须|需|负有|承诺|保证|不得|也要|要|亦)[^。;；]{0,60}(?:保密|保守|泄露|披露|透露)", r"<M>(?:应|须|需|负有|承诺|保证|要)[^。;；]{0,20}(?:对|为)<V>[^。;；]{0,40}(?:保密|泄露|秘密)",
)  # fmt: skip


def _confidentiality(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_NOT_BOUND):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="写明服务方不承担保密义务")
        return
    if (
        sentence.has(_VENDOR_MAY_USE)
        and sentence.has(_DATA)
        and not sentence.has(_USE_BARRED)
        and not sentence.has(r"发票|logo|标志|商标|争议|诉讼|保留")
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以使用或披露商家的数据")
        return
    if not sentence.has(_SECRECY) or sentence.has(r"具有[^。;；,，]{0,14}保密能力"):
        return
    if (
        sentence.has(r"保密(?:义务|条款|期|协议|责任)?[^。;；]{0,20}(?:终止|届满)后|保密期限|有效期|期限为|持续有效")
        and not sentence.has(_NAMED)
        and not sentence.blanks
    ):
        return
    if sentence.has(_ONLY_MERCHANT) and not sentence.has(
        r"<V>[^。;；,，]{0,10}(?:应|须|需|也|亦|同样|负有|不得|不会|负)|<B>|互|双方"
    ):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason="只约束商家保密，没有约束服务方",
            keys=frozenset({"只约束商家"}),
        )
        return
    if sentence.has(r"^[^。;；<]{0,8}<M>(?:应|须|不得|负|也要|要)") and not sentence.has(
        r"<V>[^。;；,，]{0,6}(?:应|须|不得|负|也)|<B>"
    ):
        return
    only_breach = (
        sentence.has(r"违约金|赔偿|罚")
        and sentence.has(r"泄露|违反|违者|泄密")
        and not sentence.has(_NO + r"|保密义务|应[^。;；]{0,10}保密|严格保密|负有?保密")
    )
    if only_breach:
        return
    if left_open(sentence, reading) and not sentence.has(_NAMED):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="保密的对象没有写明")
    elif sentence.has(_NAMED) and sentence.has(any_of(r"保密", _NO, r"秘密", r"confidential", r"only|shallnot")):
        yield Signal(sentence=sentence, status=Status.OK, reason="服务方负保密义务，且写明了保密对象")
    elif sentence.has(r"保密|泄露|泄漏|披露|confidential|秘密"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说保密，没有写明保密什么")


def _conclude_confidentiality(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """A clause that binds only the merchant is adverse only where no other clause binds the vendor."""
    bound = any(s.status in (Status.OK, Status.VAGUE) for s in signals)
    kept = [s for s in signals if not (bound and "只约束商家" in s.keys)]
    return worst_wins(kept, reading, checkpoint)


# --- data.deletion -------------------------------------------------------------------------------------------------
# ok: on ending, deleted or destroyed at once or by a stated time; vague: 妥善处理, return without deletion, no time; adverse: the
# vendor may keep or go on using it.

_DELETE = any_of(
    r"删除?(?=干净|掉|光|尽|,|。|;|全|所|其|该|上|并|的|一|$)",
    r"删除",
    r"删干净",
    r"销毁",
    r"清除",
    r"清空",
    r"清理",
    r"抹除",
    r"粉碎",
    r"擦除",
    r"不留(?:存|底|任何)",
    r"delet(?:e|ion)|destroy|erase",
)
_RETURN = any_of(r"返还", r"归还", r"交还", r"退还", r"移交", r"交回", r"交给", r"转交", r"return")
_ENDING = any_of(
    r"终止", r"解除", r"届满", r"到期", r"结束", r"期满", r"散伙", r"消灭", r"停用", r"停止(?:使用|合作|服务)", r"注销", r"不(?:再)?合作", r"合作(?:关系)?(?:一)?(?:结束|终止|完)", r"完成后", r"撤场", r"退出", r"契约关系", r"terminat|expir|end(?:of|ing)|upon(?:the)?end",
)  # fmt: skip
_KEEPS = r"(?:保留|留存|自留|存留|留用|封存|继续(?:使用|保存|持有|用于)|保存|备份|存续使用|长期使用|长期保存|并入|沿用)"
_KEEP = any_of(
    r"<V>(?:的?服务器|公司|系统)?[^。;；]{0,24}(?:有权|(?<![不])可(?!能)(?:以)?|得(?!到)|仍可?|自行|将)[^。;；]{0,20}" + _KEEPS,
    r"(?:数据|信息|资料|记录|录音|工单|会话)[^。;；]{0,30}(?:仍)?(?:由|归)<V>[^。;；]{0,12}" + _KEEPS, r"(?:数据|资料|信息|记录)[^。;；]{0,20}(?:归<V>(?:所有|保留))", r"(?:无需|不再|无须|不负责|没有义务|无义务|不承担|不予|不作)[^。;；,，]{0,10}(?:删除|销毁|清除)", r"<M>(?:不得|不能|无权|不可)[^。;；]{0,20}(?:删除|销毁|清除)",
    r"但(?:<V>)?(?:可|有权|仍可)?[^。;；,，]{0,6}" + _KEEPS, r"mayretain|continueto(?:use|keep)",
)  # fmt: skip
_AT_ONCE = any_of(
    r"立即", r"立刻", r"马上", r"当日", r"当天", r"即时", r"即刻", r"即将?所有", r"同时", r"当即", r"即(?:行|予)?(?:删除|销毁)", r"immediately|promptlyupontermination|forthwith", r"(?:终止|解除|届满|到期|消灭|结束)(?:之日|时|当日)(?!起)",
)  # fmt: skip


def _deletion(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if not sentence.about(_DATA) or not (sentence.about(_ENDING) or sentence.has(_KEEP)):
        return
    if (
        sentence.has(_KEEP)
        and sentence.about(_ENDING)
        and not sentence.has(
            r"(?:不得|无权|不可|不许|严禁)[^。;；,，]{0,12}"
            + _KEEPS
            + r"|法律(?:法规)?(?:另有)?(?:规定|要求)|监管|记账|发票"
        )
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="合同结束后服务方可以保留或继续使用数据")
        return
    if not sentence.about(_ENDING):
        return
    if sentence.has(_DELETE) and not sentence.has(
        r"(?:不得|严禁|禁止|擅自|不可)[^。;；,，]{0,14}(?:删除|销毁|清除)(?!干净)|订单取消|差评"
    ):
        times = [f for f in sentence.figures_of(QuantityKind.DURATION) if not f.quantity.trigger]
        if left_open(sentence, reading) and not times:
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="要删除数据但期限没有填")
        elif times or sentence.has(_AT_ONCE):
            text = times[0].quantity.text if times else "立即"
            yield Signal(sentence=sentence, status=Status.OK, reason=f"合同结束后{text}删除或销毁数据", figure=text)
        else:
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="要删除数据但没有期限")
    elif (
        sentence.has(_DATA)
        and (
            sentence.has(_RETURN)
            or sentence.has(
                r"妥善(?:处理|处置|保管|安置)|适当处理|(?:相应|依规|按规定|按照[^。;；,，]{0,8})[^。;；,，]{0,10}处[理置]"
            )
        )
        and sentence.has(_ENDING)
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说返还或妥善处理，没有要求删除")


# --- data.safeguards -----------------------------------------------------------------------------------------------
# ok: two or more named measures; vague: one, or "necessary measures"; adverse: data may go to others or abroad without consent.

SAFEGUARDS = {
    "加密": r"加密|密文|encrypt|ssl|tls|https|vpn",
    "访问权限控制": r"(?:访问|账号|账户|操作|分级|最小|数据|后台|岗位|分)[^,。;；]{0,8}(?:权限|授权)|权限(?:管理|控制|分级|隔离|最小化|审批|授予)|访问控制|最小(?:必要|授权|权限|化|访问)|专人专号|一人一号|实名(?:账号|登录)|双因素|(?:role-?based)?accesscontrol|子账号|授权(?:访问|人员)|按(?:工号|岗位|角色)[^,。;；]{0,6}(?:授权|开设|分)|仅能查看|只能(?:看|查)",
    "法律": r"个人信息保护法|数据安全法|网络安全法|个保法|gdpr|pipl|个人资料保护法|个资法|personalinformationprotectionlaw|消费者权益保护法[^。]{0,20}信息",
    "脱敏": r"脱敏|匿名化|去标识|打码|星号|隐藏(?:中间|号|显示)|掩码|遮蔽|mask|anonymi",
    "日志审计": r"日志|审计|留痕|操作记录|可追溯|audit|log(?:s|ging)",
    "等保": r"等级保护|等保",
    "认证": r"iso/?(?:iec)?-?27001|27701|soc2",
    "物理隔离": r"(?:禁止|不得|禁用|封闭|封堵)[^。;；]{0,14}(?:u盘|usb|移动存储|拍照|截屏|手机入|外接)|专用(?:电脑|网络|设备|场地)|内外网隔离|水印|防泄密软件|门禁",
}
_OTHERS = r"(?:第三方|第三人|关联|合作(?:方|伙伴|机构)|境外|海外|国外|大陆以外|分包|其他机构|其他(?:公司|商家|客户|团队)|别(?:家|的公司)|供应商|次承揽人|集团|受托机构|新加坡|香港|子公司|总部)"
_TO_OTHERS = any_of(
    r"<V>[^。;；]{0,30}(?:有权|(?<![不许])(?<![后,，意可经的且]方)可(?!能)(?:以|能会)?|可能会?|得(?!到)|将)[^。;；]{0,40}(?:提供|共享|转移|传输|转交|转给|交付|委托|披露|分享|存储|开放|存放|交由|一起用)[^。;；]{0,24}",
    r"(?:数据|信息|资料)[^。;；]{0,20}(?:存储|传输|存放|部署|发送|传)[^。;；]{0,14}(?:境外|海外|国外|大陆以外|新加坡|香港|美国|服务器设在)", r"(?:无需|无须|不必|不经|不再|不用|不需)[^。;；]{0,12}<M>?[^。;；]{0,8}(?:同意|许可|授权|确认|打招呼)", r"mayshare|maytransfer",
)  # fmt: skip
_CONSENT = any_of(
    r"(?<!无需)(?<!无须)(?<!不必)(?<!不)经<M>[^。;；,，]{0,8}(?:同意|许可|授权|确认|审批)", r"未(?:经|获|取得)[^。;；,，]{0,14}(?:同意|许可|授权|允许)", r"<M>[^。;；,，]{0,6}书面(?:同意|许可|授权)", _NO + r"[^。;；]{0,24}(?:提供|共享|转移|传输|转交|委托|披露|分享|存储|开放|转给)", r"shallnot|priorwritten",
)  # fmt: skip
_NO_CONSENT = any_of(
    r"(?:无需|无须|不必|不经|不再|不用|不需|未予)[^。;；]{0,14}(?:同意|许可|授权|确认|打招呼|通知)",
    r"不另行通知",
    r"不得(?:提出)?异议",
    r"自行决定",
)
_NECESSARY = any_of(
    r"(?:必要|合理|适当|有效|相应|严格|可靠|完善|充分|足够)的?[^。;；,，]{0,14}(?:措施|手段|制度|管理|技术)", r"(?:保障|确保|保证|维护)[^。;；,，]{0,14}(?:数据|信息|资料)(?:的)?安全", r"(?:安全|保护)(?:保护)?措施", r"信息安全的?(?:法律|规定|要求|规范|管理)", r"(?:security|reasonable)measures",
)  # fmt: skip


def _safeguards(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(r"财务审计|审计费|审计报告|质检数据"):
        return
    to_others = sentence.has(_TO_OTHERS) and sentence.has(_OTHERS) and sentence.has(_DATA)
    if (
        to_others
        and (not sentence.has(_CONSENT) or sentence.has(_NO_CONSENT))
        and not sentence.has(r"司法|监管|法律(?:法规)?(?:要求|规定)|政府|发票|话术|商品(?:资料|信息)")
    ):
        yield Signal(
            sentence=sentence, status=Status.ADVERSE, reason="服务方可以把数据给第三方或传到境外，不用商家同意"
        )
        return
    if not sentence.about(any_of(_DATA, r"安全措施|保护措施|信息系统|等级保护")):
        return
    measures = sentence.count(SAFEGUARDS)
    open_why = left_open(sentence, reading)
    if (
        measures
        and not open_why
        and not sentence.has(
            r"质检|考核|满意度|依据《?(?:中华人民共和国)?(?:民法典|合同法)》?.{0,30}(?:订立|签订)|培训课程"
        )
    ):
        yield Signal(
            sentence=sentence, status=Status.OK, reason=f"写明保护措施：{'、'.join(measures)}", keys=frozenset(measures)
        )
    elif (sentence.has(_NECESSARY) and sentence.has(any_of(_DATA, r"安全"))) or (open_why and measures):
        yield Signal(
            sentence=sentence,
            status=Status.VAGUE,
            reason=f"保护措施{open_why}" if open_why else "只说采取必要措施，没有写明是什么措施",
        )


# --- data.breach_liability -----------------------------------------------------------------------------------------
# ok: the vendor pays for a leak, with a sum or formula; vague: no figure; adverse: exempt, or capped at one month's fee or less.

_LEAK = any_of(
    r"泄露", r"泄漏", r"泄密", r"外泄", r"外流", r"漏出去", r"流出", r"违反(?:本|上述|前述|以上|该)?[^。;；]{0,12}保密", r"信息安全事[件故]", r"数据(?:安全)?(?:事[件故]|丢失|被盗|泄)", r"倒卖|贩卖|(?:出售|卖(?:出去|给|掉))", r"保密义务[^。;；]{0,10}(?:违反|违约)", r"(?:data|confidentiality)breach|leak",
)  # fmt: skip
_LEAKED_DATA = any_of(_DATA, r"泄密", r"保密", r"数据")
_PAYS = any_of(
    r"违约金",
    r"赔(?!礼)",
    r"支付",
    r"承担[^。;；,，]{0,12}(?:责任|损失|费用|后果)",
    r"责任",
    r"补偿",
    r"追究",
    r"扣(?:除|款|减|罚)",
    r"罚",
    r"liab|compensat|damages|indemnif",
)
_EXEMPT = any_of(
    r"<V>[^。;；]{0,24}(?:不承担|不负|免(?:于承担|除|责)|无(?:须|需)承担|概不|无责)", r"(?:责任|赔偿|后果|损失)[^。;；]{0,20}(?:由<M>(?:自行)?(?:承担|负责)|与<V>无关)", r"(?:公司|平台|这边)[^。;；,，]{0,6}概不", r"<M>[^。;；]{0,10}(?:放弃|不得|无权)[^。;；]{0,30}(?:主张|索赔|赔偿|追究)", r"notliable|noliability",
)  # fmt: skip
_CAP = any_of(
    r"不超过",
    r"最高",
    r"上限",
    r"以[^。;；]{0,24}为限",
    r"封顶",
    r"至多",
    r"不高于",
    r"最多",
    r"capped|notexceed|limitedto",
)
_MONTH_FEE = any_of(
    r"(?:一个月|1个月|单月|当月|上月|月度|半个月|半月|当期|最近一(?:个)?月|一期)[^。;；]{0,14}(?:服务费|费用|报酬|月费|款项|服务款|价款)", r"月费", r"one(?:month|\(1\)month)'?s?fee|monthlyfee",
)  # fmt: skip


def _breach_liability(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    months = checkpoint.thresholds["cap_months"]
    own = sentence.has(_LEAK) and sentence.has(_LEAKED_DATA)
    if not own and not (sentence.about(_LEAK) and sentence.has(r"违反(?:本|上述|前述|以上|该)")):
        return
    if sentence.has(r"^[^。;；,，]{0,6}<M>[^。;；,，]{0,10}(?:违反|泄露|泄漏)") and not sentence.has(
        r"<V>[^。;；]{0,6}(?:违反|泄露)|<B>"
    ):
        return
    if sentence.has(_EXEMPT) and not sentence.has(r"不(?:因此)?免除"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="泄露后服务方免责，或商家不能索赔")
        return
    if not sentence.has(_PAYS):
        return
    if sentence.has(r"除[^。;；,，]{0,24}(?:泄露|泄密|保密|赔偿)[^。;；,，]{0,8}外"):
        return  # the cap of another clause leaves leaks out
    if sentence.has(_CAP) and sentence.has(_MONTH_FEE) and not sentence.has(r"不受[^。;；]{0,16}(?:限制|上限)"):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason=f"泄露赔偿封顶在一个月服务费以内，不高于标准 {months:g} 个月",
        )
        return
    money = [f for f in sentence.figures_of(QuantityKind.MONEY) if not f.quantity.trigger]
    ratios = [f for f in sentence.figures_of(QuantityKind.RATIO) if not f.quantity.trigger]
    spans = [f for f in sentence.figures_of(QuantityKind.DURATION) if f.quantity.value >= MONTH]
    formula = sentence.find(r"(?:\d+|[一二两三四五六七八九十]+)(?:-\d+)?倍|赔[一二三四五六七八九十百\d]+万|【?\d+】?万")
    if money or ratios or formula or (spans and sentence.has(r"服务费|费用|月费|fee")):
        figures = money or ratios or spans
        text = figures[0].quantity.text if figures else (formula.group(0) if formula else "")
        yield Signal(sentence=sentence, status=Status.OK, reason=f"泄露赔偿写明{text}", figure=text)
    else:
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="泄露只说承担责任，没有金额或算法")


RULES = (
    Rule(checkpoint="data.confidentiality", read=_confidentiality, conclude=_conclude_confidentiality),
    Rule(checkpoint="data.deletion", read=_deletion, conclude=worst_wins),
    Rule(checkpoint="data.safeguards", read=_safeguards, conclude=enough_keys(2, "保护措施")),
    Rule(checkpoint="data.breach_liability", read=_breach_liability, conclude=worst_wins),
)
