"""数据安全与保密: secrecy, deletion, safeguards, and who pays for a leak."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.check.rules.measure import MONTH
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, enough_keys, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_DATA = any_of(
    r"数据", r"个人信息", r"客户(?:信息|资料|隐私)", r"用户(?:信息|资料|隐私)", r"消费者(?:信息|资料|隐私)", r"买家(?:信息|资料)", r"订单(?:信息|资料|数据)", r"会员(?:信息|资料)", r"聊天记录",
    r"通话录音", r"商业秘密", r"保密信息", r"机密", r"顾客(?:信息|资料|隐私)", r"手机号", r"资料", r"信息", r"personalinformation|customerdata|confidentialinformation|(?:personal)?data",
)
_NAMED = any_of(
    r"(?:客户|用户|消费者|买家|顾客|会员|订单|交易|个人|店铺|商品|销售|经营|财务|价格|账号|货源|供应链)[^,。;；、]{0,6}(?:信息|资料|数据|隐私|记录|密码|名单|策略|秘密)", r"商业秘密", r"聊天记录", r"账号(?:及|、|和)?密码", r"技术(?:秘密|资料|信息)",
    r"手机号", r"经营数据", r"话术", r"个人信息", r"定价", r"客户名单", r"(?:personal|customer|order|trade)(?:information|data|secrets?)",
)
_SECRECY = any_of(
    r"保密", r"(?:不得|严禁|禁止|不可|不能|不会|未经[^。;；]{0,20}不得)[^。;；]{0,30}(?:泄露|泄漏|透露|披露|外泄|提供给|传播|出售|转让|公开|复制|用于|使用)", r"守密", r"严守", r"confidential", r"notdisclose|nondisclosure",
)

# --- data.confidentiality ------------------------------------------------------------------------------------------

_VENDOR_MAY_USE = any_of(
    r"<V>[^。;；]{0,20}(?:有权|可(?:以)?|得以?)(?!能)[^。;；]{0,30}(?:使用|利用|披露|公开|提供给|共享|用于|商用|加工|分析)[^。;；]{0,30}(?:数据|信息|资料|记录|案例|宣传|推广|训练|模型)",
    r"<M>(?:同意|授权|许可|允许)<V>[^。;；]{0,40}(?:使用|利用|披露|公开|用于|共享)[^。;；]{0,40}",
    r"(?:数据|信息|资料|记录)[^。;；]{0,24}<V>(?:有权|可(?:以)?)[^。;；]{0,16}(?:使用|利用|披露|公开|共享)",
    r"<V>(?:不承担|无(?:须|需)承担|不负有?)[^。;；]{0,10}保密",
)
_NOT_ALLOWED = any_of(r"不得", r"不可", r"不能", r"严禁", r"禁止", r"未经", r"仅(?:限|用于|可|为)", r"只能", r"无权")
_ONLY_MERCHANT = any_of(r"^<M>(?:应|须|需|负有|承诺|保证|不得)[^。;；]{0,60}(?:保密|泄露|披露|透露)", r"<M>(?:应|须|需|负有|承诺|保证)[^。;；]{0,20}(?:对|为)<V>[^。;；]{0,40}(?:保密|泄露)")
_VENDOR_BOUND = any_of(r"<V>", r"<B>", r"接收方", r"收到方", r"获(?:知|取|悉)方", r"知悉方", r"员工", r"人员", r"客服", r"receivingparty")


def _confidentiality(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_VENDOR_MAY_USE) and not sentence.has(_NOT_ALLOWED):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以使用或披露商家的数据")
        return
    if not sentence.has(_SECRECY):
        return
    if sentence.has(r"保密(?:义务|条款|期|协议|责任)?[^。;；]{0,20}(?:终止|届满)后|保密期限|有效期|期限为") and not sentence.has(_NAMED):
        return
    if sentence.has(_ONLY_MERCHANT) and not sentence.has(r"<V>(?:应|须|需|也|亦|同样|负有|不得)|<B>|互"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="只约束商家保密，没有约束服务方", keys=frozenset({"只约束商家"}))
        return
    if sentence.has(r"^[^。;；]{0,8}<M>(?:应|须|不得|负)") and not sentence.has(r"<V>|<B>"):
        return
    if sentence.has(_NAMED) and (sentence.has(_VENDOR_BOUND) or sentence.about(r"<V>|保密")):
        if sentence.has(r"违约金|赔偿|泄露[^。;；]{0,20}(?:的|者|,)[^。;；]{0,10}(?:应|须|承担)") and not sentence.has(r"不得|保密义务|应[^。;；]{0,10}保密|严格保密"):
            return
        yield Signal(sentence=sentence, status=Status.OK, reason="服务方负保密义务，且写明了保密对象")
    elif sentence.has(r"保密|泄露|泄漏|披露|confidential"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说保密，没有写明保密什么")


def _conclude_confidentiality(signals, reading, checkpoint):  # type: ignore[no-untyped-def]
    """A clause that binds only the merchant is adverse only where no other clause binds the vendor."""
    bound = any(s.status in (Status.OK, Status.VAGUE) for s in signals)
    kept = [s for s in signals if not (bound and "只约束商家" in s.keys)]
    return worst_wins(kept, reading, checkpoint)


# --- data.deletion -------------------------------------------------------------------------------------------------

_DELETE = any_of(r"删除", r"销毁", r"清除", r"抹除", r"粉碎", r"清空", r"擦除", r"delet(?:e|ion)|destroy|erase")
_RETURN = any_of(r"返还", r"归还", r"交还", r"退还", r"移交", r"return")
_ENDING = any_of(r"终止", r"解除", r"届满", r"到期", r"结束", r"期满", r"合作(?:关系)?(?:结束|终止)", r"完成后", r"离职", r"terminat|expir|end(?:of|ing)")
_KEEP = any_of(
    r"<V>[^。;；]{0,24}(?:有权|可(?:以)?|得以?|仍可)[^。;；]{0,16}(?:保留|留存|继续(?:使用|保存|持有)|保存|备份)",
    r"(?:保留|留存|继续使用)[^。;；]{0,20}(?:数据|信息|资料|记录)[^。;；]{0,20}(?:权利|归<V>)",
    r"(?:数据|资料|信息|记录)[^。;；]{0,20}(?:归<V>(?:所有|保留)|<V>(?:有权|可(?:以)?)(?:保留|留存|继续使用))",
    r"(?:无需|不再|无须|不负责|没有义务|不承担)[^。;；]{0,10}(?:删除|销毁)",
)
_AT_ONCE = any_of(r"立即", r"当日", r"当天", r"即时", r"即刻", r"同时", r"当即", r"即(?:行|予)?(?:删除|销毁)", r"immediately|promptlyupontermination|forthwith", r"(?:终止|解除|届满|到期)(?:之日|时|当日)")


def _deletion(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_KEEP) and sentence.has(_DATA) and not sentence.has(r"不得|无权|不可|法律(?:法规)?(?:另有)?(?:规定|要求)"):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="合同结束后服务方可以保留或继续使用数据")
        return
    if not sentence.about(_DATA) or not sentence.about(_ENDING):
        return
    deletes = sentence.has(_DELETE) and not sentence.has(r"(?:不得|严禁|禁止|擅自|不可)[^。;；,，]{0,14}(?:删除|销毁|清除)")
    if deletes:
        times = [f for f in sentence.figures_of(QuantityKind.DURATION) if not f.quantity.trigger]
        if times or sentence.has(_AT_ONCE):
            text = times[0].quantity.text if times else "立即"
            yield Signal(sentence=sentence, status=Status.OK, reason=f"合同结束后{text}删除或销毁数据", figure=text)
        else:
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="要删除数据但没有期限")
    elif sentence.has(_DATA) and (sentence.has(_RETURN) or sentence.has(r"妥善处理|妥善处置|妥善保管|适当处理|处理(?:完毕)?")) and sentence.has(_ENDING):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说返还或妥善处理，没有要求删除")


# --- data.safeguards -----------------------------------------------------------------------------------------------

SAFEGUARDS = {
    "加密": r"加密|encrypt|ssl|tls|https|vpn",
    "访问权限控制": r"(?:访问|账号|账户|操作|分级|最小|数据)[^,。;；]{0,8}权限|权限(?:管理|控制|分级|隔离|最小化|审批)|最小(?:必要|授权|权限|化)|专人专号|一人一号|实名(?:账号|登录)|双因素|accesscontrol|子账号|授权(?:访问|人员)",
    "法律": r"个人信息保护法|数据安全法|网络安全法|个保法|gdpr|pipl|個人資料保護法|个人资料保护法|电子商务法[^。]{0,20}(?:信息|数据)|消费者权益保护法[^。]{0,20}信息",
    "脱敏": r"脱敏|匿名化|去标识|打码|隐藏(?:中间|号)|掩码|mask|anonymi",
    "日志审计": r"日志|审计|留痕|操作记录|audit|log(?:s|ging)",
    "认证": r"等级保护|等保|iso/?(?:iec)?27001|iso27001|27701|soc2",
    "物理隔离": r"(?:禁止|不得|禁用|封闭)[^。;；]{0,14}(?:u盘|usb|移动存储|拍照|截屏|手机入|外接)|专用(?:电脑|网络|设备|场地)|内外网隔离|水印|防泄密软件|门禁|监控",
}
_TO_OTHERS = any_of(
    r"<V>[^。;；]{0,24}(?:有权|可(?:以)?|得)(?!能)[^。;；]{0,30}(?:提供给|共享|转移|传输|转交|委托给?|披露给?|分享|存储(?:于|至|在))[^。;；]{0,20}(?:第三方|关联|合作(?:方|伙伴)|境外|海外|国外|分包)",
    r"(?:数据|信息|资料)[^。;；]{0,20}(?:存储|传输|存放|部署)[^。;；]{0,10}(?:于|至|到|在)[^。;；]{0,8}(?:境外|海外|国外)(?!.{0,20}(?:不得|须|需|应.{0,10}同意))",
    r"(?:无需|无须|不必|不经|不再)[^。;；]{0,12}<M>?[^。;；]{0,6}(?:同意|许可|授权|确认)[^。;；]{0,30}(?:第三方|关联|境外)",
)
_NECESSARY = any_of(r"(?:必要|合理|适当|有效|相应|严格|可靠|完善)的?[^。;；,，]{0,14}(?:措施|手段|制度|管理|技术)", r"(?:保障|确保|保证)[^。;；,，]{0,14}(?:数据|信息)安全", r"(?:security|reasonable)measures")


def _safeguards(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_TO_OTHERS) and sentence.about(_DATA) and not sentence.has(_NOT_ALLOWED):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以把数据给第三方或传到境外，不用商家同意")
        return
    if not sentence.about(_DATA) or sentence.has(r"财务审计|审计费|审计报告"):
        return
    if sentence.about(r"<V>|<B>|数据|信息安全|保密|客服"):
        measures = sentence.count(SAFEGUARDS)
        if measures and not sentence.has(r"质检|考核|满意度|依据《?(?:中华人民共和国)?(?:民法典|合同法)》?.{0,30}(?:订立|签订)"):
            yield Signal(sentence=sentence, status=Status.OK, reason=f"写明保护措施：{'、'.join(measures)}", keys=frozenset(measures))
        elif sentence.has(_NECESSARY) and sentence.has(_DATA):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说采取必要措施，没有写明是什么措施")


# --- data.breach_liability -----------------------------------------------------------------------------------------

_LEAK = any_of(
    r"泄露", r"泄漏", r"泄密", r"外泄", r"违反(?:本|上述|前述|以上|该)?[^。;；]{0,12}保密", r"信息安全事[件故]", r"数据(?:安全)?(?:事[件故]|丢失|被盗|泄)", r"倒卖|贩卖|出售[^。;；]{0,10}(?:信息|数据|资料)", r"保密义务[^。;；]{0,10}(?:违反|违约)", r"(?:data|confidentiality)breach|leak",
)
_PAYS = any_of(r"违约金", r"赔偿", r"赔付", r"承担[^。;；]{0,12}(?:责任|损失|费用)", r"liab|compensat|damages|indemnif")
_EXEMPT = any_of(
    r"<V>[^。;；]{0,24}(?:不承担|不负|免(?:于承担|除|责)|无(?:须|需)承担|概不|无责)[^。;；]{0,14}(?:责任|赔偿)?",
    r"(?:责任|赔偿)[^。;；]{0,20}(?:由<M>(?:自行)?承担|与<V>无关)",
)
_CAP = any_of(r"(?:不超过|最高|上限|以[^。;；]{0,24}为限|封顶|至多|不高于|最多)", r"capped|notexceed|limitedto")


def _breach_liability(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    months = checkpoint.thresholds["cap_months"]
    if not sentence.about(_LEAK) or not (sentence.has(_LEAK) or sentence.has(r"违反(?:本|上述|前述|以上)")):
        return
    if sentence.has(r"^<M>[^。;；]{0,10}(?:违反|泄露|泄漏)") and not sentence.has(r"<V>[^。;；]{0,6}(?:违反|泄露)|<B>"):
        return
    if sentence.has(_EXEMPT):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="泄露后服务方免责")
        return
    if not sentence.has(_PAYS):
        return
    fee_cap = sentence.has(r"(?:一个月|1个月|单月|当月|上月|月度|半个月|半月|当期|最近一(?:个)?月)[^。;；]{0,10}(?:服务费|费用|服务报酬|月费)")
    if sentence.has(_CAP) and fee_cap:
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"泄露赔偿封顶在一个月服务费以内，不高于标准 {months:g} 个月")
        return
    money = [f for f in sentence.figures_of(QuantityKind.MONEY) if not f.quantity.trigger]
    ratios = [f for f in sentence.figures_of(QuantityKind.RATIO) if not f.quantity.trigger]
    spans = [f for f in sentence.figures_of(QuantityKind.DURATION) if f.quantity.value >= MONTH]
    formula = sentence.has(r"(?:\d+|[一二两三四五六七八九十]+)(?:-\d+)?倍")
    if money or ratios or formula or (spans and sentence.has(r"服务费|费用")):
        figure = (money or ratios or spans)
        text = figure[0].quantity.text if figure else "倍数"
        yield Signal(sentence=sentence, status=Status.OK, reason=f"泄露赔偿写明{text}", figure=text)
    else:
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="泄露只说承担责任，没有金额或算法")


RULES = (
    Rule(checkpoint="data.confidentiality", read=_confidentiality, conclude=_conclude_confidentiality),
    Rule(checkpoint="data.deletion", read=_deletion, conclude=worst_wins),
    Rule(checkpoint="data.safeguards", read=_safeguards, conclude=enough_keys(2, "保护措施")),
    Rule(checkpoint="data.breach_liability", read=_breach_liability, conclude=worst_wins),
)
