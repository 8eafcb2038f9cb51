"""价格调整. ok: fixed for the term, raised only by written agreement of both, or with conditions and a cap; vague: may be adjusted by talks, no
condition or cap; adverse: the vendor may raise it alone."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.check.rules.fees.cues import PRICE
from pipeline.check.rules.leaning import Mark, marks
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_TAG = any_of(
    PRICE, r"[单总原旧新老定报平]价", r"价目", r"价(?:码|位)", r"(?:人头|席位|每席|坐席|外包|承包|包干|服务|会话|班组)(?:单)?(?:费|价|钱)", r"费率", r"收费", r"工价|[工班]钱", r"(?:抬|调|涨|提|加|降|改|定|议)价", r"涨幅|每席[^。;；,，]{0,4}涨(?:到|多少|几)", r"价(?=[^值款])", r"分钱|多少钱|(?:佣金|提成)(?:的)?(?:比例|比率|标准)", r"charges?",
)  # fmt: skip
_MOVE = r"(?:调(?:整|高|低|增|减|涨|升|动|价|一调|了|(?=[^。;；,，]{0,6}(?:费|价|工钱|标准))|(?=[。,，;；]))|[上下]调|涨|[上下]浮|浮动|提价|提高|往上|抬|加价|加[收成码]|变[更动]|(?<!不)变(?=[。,，;；得])|改(?:变|动|定|价|为|(?=[。,，;；|]|多少|这))|修[改订正]|递增|增减|升降|更新|重(?:新|行)(?:定|订|核|拟|议|协|商|谈|确|约)|新(?:的)?(?:价|标准|费率|数)|恢复(?:为|到|至)|随行就市|补差|动(?=价|每|单|一))"
_CHANGE = any_of(
    _MOVE, r"就[^。;；,，]{0,4}(?:价格|单价|费用|收费|服务费|月费)(?:标准)?[^。;；,，]{0,4}(?:友好)?(?:协商|商议|沟通)", r"再[谈议]|再商[量议定]|另议|商议|面谈|聊价|谈价|高低|检讨|跌", r"最新(?:的)?(?:报价|价目)", r"adjust|increase|raise|revis|chang|bereviewed|amend"
)  # fmt: skip
_NEVER = r"(?:不得|无权|不予|不再|不作|不做|不可|不能|不许|不会|不准|不应|不因|概不|谁也|均不|一律不|绝不|莫|别|甭|休)"
_TERM = r"(?:期[内间满]?|期限内|到期前|没到期|这段日子|一年内|全程|履约中|到散伙|到期(?:之)?前)"
# What moves prices; a price that does not follow it is fixed.
_CAUSE = r"(?:工资|薪|物价|成本|行情|市场|人工|社保|政策|汇率|通胀)"
_FIXED = any_of(
    r"(?:固定不变|保持不变|维持不变|锁定|锁死|恒定|写死|定死|一口价到底|分文不(?:涨|加)|不变(?!更|动|价)|照老价|都是这个数)", _TERM + r"[^。;；]{0,20}(?:固定(?!坐席|电话|人员|班)|不(?:涨|调|加价|动价|浮动|上浮|变))", _TERM + r"[^。;；]{0,24}" + _NEVER + r"[^。;；]{0,16}" + _MOVE,
    _NEVER + r"[^。;；,，]{0,24}" + _MOVE, r"(?:费|价|钱|标准)[^。;；,，]{0,12}不(?:随|因|受)[^。;；,，]{0,12}" + _CAUSE + r"[^。;；,，]{0,10}(?:变|调|涨|浮|增|影响)", r"(?:费|价|钱|率)[^。;；]{0,30}" + _NEVER + r"[^。;；]{0,24}" + _MOVE, r"(?:单价|价格|费率|月费)(?:均|保持|一律)?固定(?![坐电人班])|(?:价|费|钱)[^。;；,，]{0,8}不(?:涨|动|调|变(?!更)|改)", r"不(?:涨|调)价",
    r"固定(?:综合)?(?:单价|价格|总价|价)", r"(?:remain|be|are|stay)(?:firmand)?(?:fixed|unchanged|thesame|astheyare)|staya?s?theyare|nopriceincrease|fixedprice|(?:shall|will|may)not(?:be)?(?:increase|adjust|raise|change)|noincrease",
)  # fmt: skip
_WRITTEN = any_of(
    r"(?:<B>|两(?:边|家|头|方|个人|个|人)|咱俩|俩当家)[^。;；]{0,24}(?:书面|签|盖章|确认|补充|点头|按手印|同意)", r"(?:经|须|需|应|要|取得|征得|获|得到|非经|未经|未获)[^。;；]{0,14}(?:<M>|您|贵方|对方|老板|店主|另一方)[^。;；]{0,12}(?:同意|确认|认可|批准|盖章|签|点头)", r"补充(?:协议|约定|件|条子|合同|文件)|变更协议", r"书面(?:一致|同意|确认|协议|文件|应|答应)",
    r"(?:<M>|您|贵方|对方|老板|店主)(?:书面)?(?:函件)?[^。;；,，]{0,8}(?:同意|确认|点头|签字|盖章|应了|答应)(?:后|方|的|前|之前|才|了|以前|为)", r"(?:书面)?协商一致[^。;；,，]{0,8}(?:方|后|才|不得|的除外)|(?:未经|非经)[^。;；,，]{0,12}(?:协商一致|合意|同意)", r"mutual(?:ly)?written|writtenagreement|agreedinwriting|writtenconsent|writteninstrument|bothpartiessign|signedbyboth|written",
)  # fmt: skip
_WITHOUT = any_of(
    r"(?:无需|无须|无庸|不需(?:要)?|不必|不用|毋须|毋庸|毋需|不经|不以|不待)[^。;；]{0,14}(?:同意|确认|点头|认可|协商|批准|签)", r"不同意(?:的)?[^。;；,，]{0,6}(?:也|仍|视为|即|得按)", r"视[为同](?:您|<M>)?(?:已)?(?:默示)?(?:同意|接受|认可)", r"视同|默认接受|算认",
)  # fmt: skip
_SELF = r"(?:自行|自主|自己|单方(?:面)?|径行|径自|酌情|随时|任意|随意|不定期|独自|掂量)"
_BOW = any_of(
    r"(?:<M>|您|老板|店主|店里|贵方|乙方|甲方)[^。;；,，]{0,8}(?:应(?:予)?接受|不得|无权|不能|莫|不许|不可|别)[^。;；,，]{0,10}(?:异议|拒绝|反对|还嘴|还价|不认)", r"(?:不得|无权|莫|不许|不能|别)[^。;；,，]{0,8}(?:异议|拒绝|反对|还嘴|还价)", r"(?:应|须|得|同意|也得|最晚[^。;；,，]{0,4}|就得)(?:接受|照|按)[^。;；,，]{0,6}(?:新|调整|提(?![供交出])|涨)", r"不碍着|没吭气|就(?:算认|得照给)|waive|noright",
)  # fmt: skip
_NOTICE_ONLY = any_of(
    r"(?:通知|告知|发函|函告|公[布示告]|说一声|知会|发出?|寄给?|张贴|揭示|更新)[^。;；]{0,20}(?:即可|即行|就行|就算|即(?:日|生效)|起(?:适用|执行|生效|算|旧价)|之?(?:日|次日|翌日|次月|下月)[^。;；,，]{0,6}起?(?:执行|生效|适用|依|按)?)", r"照新价|按新价|依新价|(?:按|以)(?:调整后|新)(?:的)?(?:价|标准|费率)[^。;；,，]{0,4}(?:执行|支付|结|付|计|收)|新价(?:即行|即时|自动)?(?:生效|执行)", r"继续使用", r"自动(?:上调|调整|上浮|递增|上涨|涨|适用)",
)  # fmt: skip
_RIGHT = any_of(
    # 甲方书面知会乙方后，得上调单价: the subject stands a clause before
    r"<V>(?:(?!<M>(?!后))[^。;；]){0,24}(?:<M>后)?[,，](?:即|则|便)?(?:得|可(?:以)?|有权)[^。;；,，]{0,12}" + _MOVE,
    r"(?:<V>|我们|我司|其)(?!.{0,10}(?:不得|无权|不可|不能))[^。;；,，]{0,22}(?:有权|可(?:以|能|视|根据|按|自|单|于|在|适|上|调|随|将|把|对|就|每|依|酌)|得(?!到)|保留|决定|将)[^。;；]{0,44}" + _MOVE,
    r"(?:由|以|按|依|听)(?:<V>)[^。;；,，]{0,16}(?:决定|确定|调整|调价|通知|公布|公示|掌握|定|拟|测算|核)", r"(?:<V>)[^。;；,，]{0,20}" + _SELF + r"[^。;；]{0,16}" + _MOVE,
    _SELF + r"[^。;；,，]{0,12}" + _MOVE, _MOVE + r"[^。;；]{0,20}(?:由|归|按|听)(?:<V>)[^。;；,，]{0,10}(?:定|决|拟|说|掌|核)", r"<V>[^。;；,，]{0,4}说(?:涨|调|改)", r"保留[^。;；]{0,16}" + _MOVE + r"[^。;；]{0,12}权",
    r"<V>[^。;；]{0,24}(?:直接|即)(?:改|调|涨|往上)", r"may(?:at(?:any)?time|unilaterally)?(?:adjust|increase|raise|revise|change)(?!d?by(?:both|the)part)|soleldiscretion|solediscretion|absolutediscretion|reservestheright(?:to)?(?:revise|adjust|increase|change)",
)  # fmt: skip
_TALKS = any_of(
    r"[协酌会]商|商(?:议|讨|定|量)|磋商|洽谈|沟通|探讨|(?:再|另|好)?(?<!协)[谈议聊](?![。]{0}判)|碰(?:一碰|头)|提(?:出|请|议)|请求|申请|通气|discuss|negotiat|bereviewed|consult"
)
_SOFT = any_of(
    r"市场(?:情况|行情|变化|价格)", r"行情|随行就市|大环境", r"可(?:以)?[^。;；]{0,8}(?:浮动|适当|调整|上调|上浮|变更|修正)", r"另行|另议|另见", r"视[^。;；,，]{0,10}(?:情况|而定)", r"合理调整|合理的?价|适当|适度|适时|适宜", r"(?:费|价格?|标准|费率)(?:将|可以?|应|会|要)?(?:视|随|根据)[^。;；,，]{0,12}(?:变化|变动|增减|水平|波动|涨跌)[^。;；,，]{0,4}(?:相应|适当|重新|调整)", r"浮动|高低", r"酌情", r"兴许|可能", r"重大变化|market", _TALKS
)  # fmt: skip
_CAP = any_of(
    r"不(?:得|许|能)?(?:超过|过|高于)", r"上限", r"以内", r"封顶", r"最[高多大]", r"至多", r"≤|<=", r"为[限度]", r"notexceed|capped|upto|nomorethan"
)  # fmt: skip
_WHEN = any_of(
    r"如(?!下)|若|遇|因|当(?!月)|倘|凡|只有|仅(?:在|当)|时|的[,，]|情形|要是|根据|依据|参照|每(?:满|届满)?(?:一|1)?(?:年|十二个月)|[一1]年|if|where|incase"
)
_NOT_PRICE = any_of(
    r"(?:广告|投放)[^。;；,，]{0,6}(?:竞价|出价|价)|竞价|标价",
    r"利率", r"违约金", r"kpi|考核指标|指标", r"服务时间", r"(?<!人力及)排班(?!模型)", r"人员(?:调整|变更)", r"(?:联系|收货|送达)地址", r"(?:商品|直播间?|产品)[^。;；,，]{0,8}(?:价格|售价)|店铺(?:商品)?价格|(?:坐席|客服|人员)[^。;；,，]{0,8}改价|客单价|优惠券|促销价|活动价|拍下|保价|(?:买家|换货|顾客|消费者)[^。;；]{0,12}差价|退差价|价保|买家|买贵", r"布局|(?:总数|席位数|人数)[^。;；]{0,4}(?:的)?(?:增减|增|减|调)|增值项目|解除|例会纪要|结束合作", r"发票(?:信息|抬头)", r"保守|保密|泄露|秘密|底价", r"税率[^。;；]{0,24}(?:不含税|含税|税额)", r"(?:按|以)本?[^。;；,，]{0,10}单价(?:增减|计[取算])", r"(?:修改|修订)(?:须知|规则|规程|制度)", r"修改评价|评价[^。;；,，]{0,6}修改|删改|押金|保证金", r"(?:往来|聊天|群里|邮件|传真)[^。;；,，]{0,6}不(?:得|能|构成)[^。;；,，]{0,4}(?:变更|改)", r"投标|报价文件",
)  # fmt: skip


# Named outright as the vendor's own act, whatever else the sentence says is agreed.
_OWN_WILL = (
    r"<V>[^。;；,，]{0,6}(?:有权|可(?:以)?|得)[^。;；,，]{0,4}(?:自行|单方(?:面)?|径行|径自|随时|任意)[^。;；,，]{0,10}"
    + _MOVE
)
# A change whose extent is a percentage, talks and all, is of the price though the word stands in the heading only.
_BY_HOW_MUCH = r"协商(?:调整|上调|上浮)[^。;；]{0,8}[,，](?:每次|累计|调整)?(?:幅度|上浮|涨幅)[^。;；,，]{0,6}\d[\d.]*%"
_TOGETHER = r"<B>[^。;；,，]{0,6}(?:酌情|适时|视情|根据)"


def _price_adjustment(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    own = sentence.has(_TAG)
    if not (own or sentence.about(PRICE) or sentence.has(_BY_HOW_MUCH)) or sentence.has(_NOT_PRICE):
        return
    changes = sentence.has(_CHANGE)
    if not own and not (changes and sentence.has(r"标准|幅度|涨")):
        return
    written = sentence.has(_WRITTEN) and not sentence.has(_WITHOUT)
    bound = sentence.has(
        _NEVER
        + r"[^。;；,，]{0,10}(?:单方|擅自|自行|任意|随意|随时|(?:申请|要求|主张|提出)(?:调|补差|涨|提价|加价|上调|增加|变更))|(?:无权|不享有)[^。;；,，]{0,8}"
        + _MOVE
    )
    if sentence.has(_OWN_WILL):
        written = False
    if changes and not written and not bound and not any(not b.answered for b in sentence.blanks):
        if sentence.has(_NEW_ONLY) and sentence.has(_FIXED):
            yield Signal(sentence=sentence, status=Status.OK, reason="只就新增的项目报价，原有价格固定")
        elif _alone(sentence):
            if _capped(sentence) and sentence.has(_WHEN) and not sentence.has(r"随时|任意|" + _SELF + r"|视情况"):
                yield _capped_signal(sentence)
            else:
                firm = bool(marks(sentence) & {("V", Mark.MAY), ("M", Mark.UNASKED)})
                yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以单方调价", firm=firm)
            return
    if sentence.has(_FIXED) and not sentence.has(_WITHOUT) and not sentence.has(r"过了|之后[^。;；]{0,10}(?:再|另)"):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明合同期内价格固定或不得单方上调")
    elif not changes:
        return
    elif any(not b.answered for b in sentence.blanks):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="调价的幅度或条件没有填")
    elif written and not sentence.has(r"可(?:以)?(?:由)?(?:双方)?协商调整|拟签|另见|备忘录"):
        yield Signal(sentence=sentence, status=Status.OK, reason="调价须双方书面一致")
    elif _capped(sentence):
        yield _capped_signal(sentence)
    elif sentence.has(_SOFT) and not sentence.has(
        r"服务(?:内容|范围|需求)[^。;；,，]{0,6}(?:调整|变更)[^。;；]{0,20}(?:另行|协商)?(?:签订|签署)"
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="可以调价，但没有条件和上限")


# A price for what is added touches no price agreed.
_NEW_ONLY = r"(?:新增|增加|新开)[^。;；,，]{0,10}(?:报|定)[^。;；,，]{0,4}价"


def _alone(sentence: Sentence) -> bool:
    """True when the vendor's word is enough: its right without talks, or a notice the merchant has to bow to."""
    if sentence.has(_BOW) or sentence.has(_WITHOUT):
        return True
    if sentence.has(_TOGETHER) and not sentence.has(r"<V>[^。;；,，]{0,12}" + _SELF):
        return False
    if sentence.has(_TALKS) and not sentence.has(_SELF):
        return False
    return sentence.has(_RIGHT) or sentence.has(_NOTICE_ONLY)


def _capped(sentence: Sentence) -> bool:
    return bool(sentence.figures_of(QuantityKind.RATIO)) and sentence.has(_CAP)


def _capped_signal(sentence: Sentence) -> Signal:
    text = sentence.figures_of(QuantityKind.RATIO)[0].quantity.text
    return Signal(sentence=sentence, status=Status.OK, reason=f"调价有条件和幅度上限（{text}）", figure=text)


RULE = Rule(checkpoint="fees.price_adjustment", read=_price_adjustment, conclude=worst_wins)
