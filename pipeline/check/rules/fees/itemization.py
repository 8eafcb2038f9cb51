"""费用明细. ok: charges item by item with prices, or one price stated to include everything; vague: a fee with nothing on what it covers, items
without prices, extras 另行协商; adverse: open-ended extras at the merchant's cost."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.check.rules.fees.cues import FEE, OTHER_MONEY, OUTSIDERS, priced_row, prices
from pipeline.check.rules.leaning import Mark, marks
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.types import Status

_COST = r"(?:费用|收费|费|成本|支出|开支|款项|款|名目)"
_PRICE = (
    r"(?:费用?|数额|金额|费率|价格?|单价|总价|价款|对价|款项?|酬金|报酬|套餐|月费|钱|元|fees?|charges?|price|rates?)"
)
# One price that stands for everything.
_INCLUSIVE = any_of(
    r"(?:别的|其他|其余|除此(?:之外|以外)?)[^。;；,，]{0,4}(?:没有了?|没了|全免)(?:$|[,，。;；])|(?:一切|全部|全|都|统统|悉数)(?:都|均)?在内|涵括其内|只[付收认出][^。;；,，]{0,6}[两三四五六七八九\d][样项笔种类]",
    _PRICE + r"[^。;；]{0,40}(?:包含|包括|涵盖|已含|内含|含|囊括|计入|覆盖)[^。;；]{0,80}(?:全部|所有|一切|各项|全套)[^。;；]{0,14}" + _COST,
    _PRICE + r"[^。;；]{0,24}(?<![不只仅])(?:包含|包括|涵盖|覆盖|已含|内含|含|囊括)(?:了)?(?:但不限于)?(?:[^。;；,，、]{1,14}[、,和及与]){2,}[^。;；]{0,20}",
    r"(?:不再|不得|无需|无须|毋须|不另|不|没有|再无|别无)(?:再)?[^。;；,，]{0,6}(?:向<M>|向<V>)?[^。;；,，]{0,4}(?:收取|支付|产生|承担|计收|收|加收|付|发生|增收|索取)[^。;；,，]{0,8}(?:任何|其他|额外|其它|另外|别的|一分钱?)[^。;；,，]{0,6}" + _COST + r"?",
    r"(?:除|上述|以上|表(?:列|内)|所列|未列)[^。;；]{0,24}(?:不|无|没有)[^。;；]{0,8}(?:收|支付|付|费|承担)", r"(?:一口价|全包价?|总包价?|包干|打包价|全含|全费用)",
    r"(?:均|皆|都|全|统统|已)(?:已)?(?:在|包在|揉进|算在|计入|摊入|包?含在?)(?:(?:其|价|里|这|该|本|上述|单价|月费|费率|内)[^。;；,，]{0,6}|(?=[,，。;；]|$))", r"(?:统统|一律|全部|均|概)由(?:<V>|我们|我司)(?:自行)?(?:负担|承担|自理)",
    r"(?:之外|以外)[^。;；]{0,14}(?:不|无|没有)(?:再|另|得|予|须|需|额外)[^。;；]{0,6}(?:收|支付|付|费)", r"(?:全部|所有|一切|各项)(?:服务)?(?:费用|款项)(?:合计|共计|总计|总额|共|统一)为?", r"(?:超出|超支|其余|其他|其它|额外|另外|未列)(?:的)?(?:部分|费用|成本|支出|开支)[^。;；,，]{0,4}(?:均|概|一律|全部)?由?<V>(?:自行|自己|全部)?(?:承担|负担|自理)", r"不(?:再|得)?(?:就|以)任何名[目义][^。;；,，]{0,8}(?:付|收|要)", r"(?:无|没有)价外费|对价[^。;；]{0,30}不得[^。;；]{0,30}(?:补偿|费)", r"(?:单子?上?|表上?|旁的|其他|没写)(?:没|无|的|上没有的)?[^。;；,，]{0,8}(?:一概)?(?:不收|不认|不出|不付|不算|没旁的)|就这[两三四五六]样|别的[^。;；,，]{0,4}(?:不出|不付|不收|不给)|(?:收费|费用)[^。;；]{0,6}(?:别的没有|仅此|仅限)",
    r"任何名[目义][^。;；,，]{0,6}(?:加收|收)|名目(?:加收|收取|收费)|(?:别|莫|不许|不得|不能)[^。;；,，]{0,6}(?:再)?(?:跟|向|找)[^。;；,，]{0,6}(?:伸手|要|收取|加收)", r"(?:全|都|统统)在(?:里头|里面|内)|价在内|在其内",
    r"covers[^。;；]{0,60}and|allinclusive|nootherfees|inclusiveofall|noadditional(?:fee|charge)s?(?:shall|will|may|whatsoever|ofany)",
)  # fmt: skip
# One thing that costs nothing more: an item priced at nought, no statement about the whole.
_NOTHING_ELSE = r"^(?:别的|其他|其余)(?:都|概|一概)?没有"  # what closes a list of prices
_FREE = r"(?:不|无需|无须|免)(?:再|予)?(?:另行|另外|额外|另)?(?:向<M>)?(?:计收|收取|收费|计费|收|加价|计|支付)(?:任何|服务|席位|固定席位)?(?:费|$|[,，。;；|])|免费|noadditionalcharge|noextra"
# Money of other people, or between them: shoppers, staff, officials, the vendor's own dues to the merchant.
_OTHER_PURSE = any_of(
    r"(?:向|对)(?:消费者|买家|顾客|用户|客户|终端用户|客服|员工|外包员工|候选人)[^。;；,，]{0,10}(?:收|索|发)", r"由?(?:本人|个人|肇事者)(?:承担|负担|自理)|剩余[^。;；,，]{0,8}费[^。;；,，]{0,4}不|不减付|打赏|礼品|财物|报销应由个人|个人账户|样品|档案|(?<!另行)(?<!额外)(?<!不得)索[要取](?!任何费)", r"<V>应付<M>", r"(?:买家|消费者|顾客)[^。;；,，]{0,8}(?:退款|退货|换货)", r"<V>[^。;；,，]{0,14}向[^。;；,，]{0,8}(?:发放|支付)[^。;；,，]{0,6}工资", r"计费依据|复印|公证|招标代理",
)  # fmt: skip
_ITEMS = {
    "基础服务费": r"基础(?:服务)?费|基本(?:服务)?费|月(?:度)?服务费|固定(?:服务)?费|坐席(?:服务)?(?:费|单价)|座席(?:服务)?(?:费|单价)|席位费|人员服务费|底薪|客服(?:人员)?(?:工资|薪资|费)|接待费|结案费|套餐费",
    "加班费": r"加班|大促|节假日|夜班|法定假|旺季|活动(?:期|加人)",
    "培训费": r"培训",
    "系统费": r"系统|软件|平台使用|工具费|账号费|设备费|线路费|通讯费|话费|工单",
    "提成": r"提成|佣金|奖金|绩效",
    "管理费": r"管理费|项目经理|质检费|场地费|启动费|接入费|开通费|实施费|上线费|导入费|对接",
    "人工成本": r"(?:人工|人力|人员)(?:成本|费)",
    "税费": r"税费|税金",
    "临时坐席": r"临时(?:坐席|座席|客服|人员)|增(?:加|派|开|援|员)[^,。;]{0,4}(?:坐席|座席|客服|人员|人力)?|机动坐席|超(?:出|量|额)|加人",
    "退换货处理": r"退换货?处理|售后处理|外呼|回访",
}  # fmt: skip
_EXTRA = r"(?:其他|其它|额外|超出|增加|增派|增开|多开|临时|加时|延时|通宵|附加|新增|加人|添人|加出来|多出|熬夜|超时|加班|增员|额外人力|大促|节假日|夜班|实际发生|未列明|未列入|没有列明|不在[^。;；,，]{0,8}(?:之内|之列|里|内)|未尽|垫付|增值|差旅|通讯|耗材|招聘|接入|升级|维护|定制)"
_SEPARATELY = r"(?:另(?:外|行)?|额外|单独|凭票|凭单|另再)"
_PAID = r"(?:结(?:算|清)?|付|支付|给付|承担|负担|出|掏|补(?:付|给|足)|报销)"
_AT_COST = r"(?:另外(?:结|付|支付|算|收|计)|据实|按实|实报实销|照实|另行(?:结算|计费|收费|支付|计算|计价|收取|承担|付费|报价)|另(?:计|算|付|收|加)(?!\d)|见单即付|不设上限|以[^。;；]{0,12}账单为准|以实际[^。;；]{0,8}为准|追收|由<M>(?:另行|额外|全部|自行)?(?:承担|支付|负担)|<M>(?:还)?(?:应|需|须|要)?(?:另行|额外|全部|自行)(?:承担|支付|负担)|在[^。;；,，]{0,8}(?:之外|以外)[^。;；,，]{0,4}(?:另|由<M>))"
# The vendor may charge more than the fee, at a price of its own.
_MORE = r"<V>[^。;；,，]{0,6}(?<!不)(?:有权|可(?:以)?|得)[^。;；,，]{0,14}(?:加收|增收|另收|追收|另行收取|额外收取|追加)[^。;；,，]{0,18}(?:费|价款)"
_OPEN_ENDED = any_of(
    # 加出来的人工由店里另外结给工作室: what is more than the fee, who pays it, and that it is paid apart
    _EXTRA + r"[^。;；]{0,60}?(?:由)?<M>(?!的)[^。;；,，]{0,14}" + _SEPARATELY + r"[^。;；,，]{0,4}" + _PAID,
    _EXTRA + r"[^。;；]{0,60}?(?:由)?<V>(?!的)[^。;；,，]{0,14}" + _SEPARATELY + r"[^。;；,，]{0,4}(?:向|跟|找)<M>[^。;；,，]{0,4}(?:收|结|要|计)",
    r"由<M>[^。;；,，]{0,6}(?:凭票|凭单|据实|实报实销)[^。;；,，]{0,4}" + _PAID,
    _EXTRA + r"[^。;；]{0,40}" + _AT_COST,
    r"(?:expenses|costs|charges|work|overtime)[^.;]{0,60}(?:notlisted|notincluded|outside|out-?of-?scope|additional|overtime|travel)[^.;]{0,80}(?:borneby<M>|bornebythebrand|atactualcost|atcost|withoutcap)",
    r"除[^。;；,，]{0,16}外[,，]?[^。;；]{0,24}(?:一切|全部|所有|其他|其它|各项|其余)[^。;；,，]{0,10}(?:费用|成本|支出|开支|款项)(?:均|概|全部|一律|都)?由<M>[^。;；,，]{0,6}(?:承担|负担|支付)", _MORE,
    r"未(?:包含|包括|列)[^。;；]{0,60}(?:均|概|全)?由<M>(?:负担|承担|支付)", r"一切[^。;；,，]{0,8}费用[^。;；]{0,10}不设上限", r"按<V>[^。;；,，]{0,8}(?:清单|账单|通知)[^。;；,，]{0,6}(?:补足|补付|支付|承担)", r"额外收|收多少[^。;；,，]{0,8}再(?:报|说)",
    r"(?:不含|未(?:包含|包括|列明|列)|不包括|之外|除[^。;；]{0,20}外|其余|杂费|额外|加收|另收|价外|外加|活动|临时|夜班|节假日|out-?of-?scope|additional|any(?:other)?cost)[^。;；|]{0,60}(?:据实|按实|发生多少|花多少|花几个|照认|实报|报销|另掏|额外收|(?:承担|负担|认)多少|以<V>[^。;；,，]{0,8}(?:账单|清单|通知)|<V>[^。;；,，]{0,12}(?:核算|核定|定价)|行情[^。;；,，]{0,3}收|计入<M>|不设上限|atactualcost|asinvoiced|reimburse|withoutcap)", r"(?:并入|计入)[^。;；,，]{0,8}账单(?:请|由)?<?", r"(?:价外支出|其他支出|额外支出|杂费)[^。;；]{0,12}(?:全额|据实|<M>)", r"reimburse[^。;；]{0,20}(?:any|all)(?:additional|other)", r"(?:夜班|加班|节假日)[^。;；,，]{0,8}(?:费)?另计[^。;；,，]{0,6}<M>",
    r"<V>[^。;；,，]{0,4}(?<!不)(?:有权|可(?:以)?|得)[^。;；,，]{0,4}(?:要求|向)<M>[^。;；,，]{0,12}(?:支付|承担|补付|报销|收取|追加|主张)[^。;；,，]{0,10}(?:费|款|支出|开支)",
    _COST + r"[^。;；]{0,16}(?:据实|按实际发生|实报实销|(?:均|概|全部)?由<M>(?:另行)?(?:承担|负担|支付)[^。;；]{0,12}以[^。;；]{0,10}为准)",
    r"<M>[^。;；]{0,10}(?:承担|支付|负担)[^。;；]{0,30}(?:(?:一切|全部|所有|各项|各类)(?:其他|其它|附加|额外|相关)|(?:其他|其它|附加|额外|相关)(?:的)?(?:一切|全部|所有))[^。;；]{0,6}(?:费用|支出|开支|成本)",
    r"(?:超时|超出|加班|额外|增派|临时)[^。;；,，]{0,10}按<V>[^。;；,，]{0,8}(?:当时|当期|现行|届时|最新)[^。;；,，]{0,4}(?:价|标准|报价)",
    r"(?:未列明?|其他|其它|额外)[^。;；,，]{0,6}费用?[,，]?(?:均|也)?(?:由)?<V>(?:均|也)?(?:有权|可(?:以)?)[^。;；,，]{0,6}(?:收取|收费|计收)",
)  # fmt: skip
# Extras by name, whoever pays them.
_EXTRA_COST = r"(?:其他|其它|额外|另外|其余|加班|增员|增派|临时|超出|表外|列明以外|之外|以外|杂费|各项|一切|全部|所有)[^。;；]{0,40}(?:费|工资|支出|开支|成本|款项|花销)"
_TALK = r"(?:另行(?:协商|约定|商议|商定|确认|确定|报价)|双方(?:另行|届时|再)?(?:协商|商定|商议|再议)|协商(?:确定|解决)|面议|(?:届时|到时候?)[^。;；,，]{0,10}(?:议|商|谈)|再(?:商量|谈|议)|另[议谈]|碰头|敲定|(?:看|见|按|以)[^。;；,，]{0,6}(?:报价单|价目表)|(?:商量|谈|聊)(?:好|妥|定)?了?再说|proposal)"
_EXTRA_TALK = any_of(
    r"(?:加班|额外|其他|增值|附加|超出|大促|临时|培训|对接|增派|增加|活动|节[假日]|过节|多派|多添|添人|增开|未列明|没有列明|未列入|以外的项目|多出来|别的|顶班|零碎)[^。;；]{0,36}"
    + _TALK,
    r"(?:加班|大促|节[假日]|夜班|增加|增派|额外|超出)[^。;；,，]{0,12}(?:费用?|价格?)[,，]?(?:由|经)?双方[^。;；,，]{0,4}另行(?:签署|签订)",
    r"(?:加班|额外|其他|增值|附加|超出|大促|临时|培训|增派|增加|节[假日]|差旅|夜班|通讯|驻场)[^。;；,，]{0,12}(?:费|价|收费|计费)[^。;；,，]{0,6}(?:以|按|由|待)(?:双方)?(?:届时|另行|后续|今后|日后)[^。;；,，]{0,10}(?:签订|签署|约定|协议|确定|确认)",
    r"不在[^。;；,，]{0,10}(?:单价|价格|费用|月费|服务费)(?:之)?(?:内|列)[^。;；]{0,24}(?:费|价)[^。;；,，]{0,6}"
    + _TALK,
)
# Settling what was done when the contract ends is no extra.
_SETTLING = r"(?:据实|按实|实际)[^。;；,，]{0,12}(?:结清|付清)|解除|终止|撤场|退场|届满|停止合作|提前结束"
_OPEN_CELL = re.compile(
    r"(?:届时|到时|按[^,，]{0,8})?(?:由|经)?(?:甲乙)?(?:双方)?(?:届时|另行|再|另)?(?:协商|商定|议定|商议|约定|报价)(?:确定|定价)?|(?:¥|￥)?_{2,}元?(?:/[^|]{1,6})?|(?:[见看](?:另附的?)?|详见|以)?(?:报价单|价目表|另行报价|另行协商|另议|面议|待定)(?:为准)?|【】|_{2,}"
)
_BLANK_CELL = re.compile(r"_{2,}|【】|^$")
# What is left to talks here is no money.
_NO_MONEY = r"(?:周期|班次|排班|预案|方案|人选|频次|日期|时间|口径|话术|名单)[^。;；,，]{0,8}(?:由|经|另|双方|协商)"
_NOT_EXTRAS = any_of(
    r"仲裁费", r"诉讼", r"律师费", r"公证", r"鉴定费", r"保函", r"赔偿", r"违约", r"培训[^。;；,，]{0,30}由<M>(?:负责|提供|组织|安排|承担|讲)|(?:讲师|教材|参训)[^。;；]{0,40}<M>", r"运费|邮费|快递费|货款|退款金额", r"银行[^。;；,，]{0,6}手续费", r"(?:软件|账号|平台|系统)[^。;；,，]{0,10}由<M>(?:自行)?(?:提供|开通|配置)",
)  # fmt: skip


def _itemization(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_NOT_EXTRAS) or sentence.has(_OTHER_PURSE):
        return
    money = bool(prices(sentence)) or priced_row(sentence)
    if not money and _left_open_row(sentence):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="收费项目没有写价格", keys=_TALKED)
        return
    if not money and sentence.is_row and sentence.has(r"[\d%]") and not sentence.has(_AT_COST):
        return  # a row of another table: indicators, hours, headcounts
    said = marks(sentence)
    theirs = ("V", Mark.PAYS) in said and ("M", Mark.PAYS) not in said
    if theirs and sentence.has(_EXTRA_COST):
        yield Signal(sentence=sentence, status=Status.OK, reason="额外费用由服务方承担，不再另收", keys=_ALL, firm=True)
        return
    if _open_ended(sentence):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason="额外费用没有价格，敞口由商家承担",
            firm=sentence.has(_SEPARATELY + r"[^。;；,，]{0,4}" + _PAID),
        )
        return
    if sentence.has(_EXTRA_TALK) and not sentence.has(r"不(?:再)?另行|预案|方案|" + _NO_MONEY):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="额外费用只写另行协商", keys=_TALKED)
        return
    filled = not any(not b.answered for b in sentence.blanks)
    about = (
        sentence.about(FEE)
        or money
        or (sentence.has(_NOTHING_ELSE) and re.search(r"\d元", sentence.previous) is not None)
    )
    if about and filled and _includes_all(sentence):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明价格已包含各项费用，不再另收", keys=_ALL)
        return
    if sentence.has(OTHER_MONEY) or any(re.search(r"赔|罚|扣|违约|押金", c) for c in sentence.columns):
        return
    if sentence.has(OUTSIDERS):
        return
    items = _items(sentence, len(prices(sentence)))
    if items and money:
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"列明{'、'.join(sorted(items)[:4])}及价格",
            keys=frozenset(items),
        )
    elif about and filled and sentence.has(_FREE):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明一项不另收费", keys=frozenset({"不另收费的一项"}))
    elif about and (money or sentence.has(_NAMED)) and not sentence.has(_REWARDS):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="有收费但没有写明包含什么")


# A fee made up of fees, the basic one among them: items, no price that stands for everything.
_COMPOSED = r"(?:费用?|收费)(?:由|包括|包含|含|分为)[^。;；]{0,30}(?:基础|基本|固定|月度?)(?:服务)?费[^。;；]{0,30}费(?!用?(?:均|全部|已))"
_ALL, _TALKED = frozenset({"包含", "全包"}), frozenset({"另议"})
_NAMED = r"服务费|席位费|外包费|坐席费|人头费|basefee|费用科目|费[:：|]_|费用(?:包括|包含|明细|构成|组成)|收费(?:由|包括|项目)|费[、和][^,。;]{0,12}(?:费|金)"


# Deductions, rewards and wages name sums that are no charges.
_REWARDS = r"扣|罚|奖|打[一二三四五六七八九][一二三四五六七八九]?折|减半|退[还回]|工资|偿付"


# The price stands elsewhere in the contract: 按附件一的单价另行结算.
_AT_A_PRICE = r"(?:按|依|照)(?:照|据)?(?:本?合同|附件|附表|上表|下表|表\d|前述|上述|约定|第[一二三四五六七八九十\d]+[条款])[^。;；,，]{0,14}(?:单价|价格|费率|计价|标准)"


def _open_ended(sentence: Sentence) -> bool:
    """True when extras without a price fall on the merchant; a price beside them, or a settling at the end, makes them none."""
    extra = sentence.find(_OPEN_ENDED)
    if extra is None or priced_row(sentence) or sentence.has(_SETTLING):
        return False
    besides = [m.span() for m in sentence.find_all(r"除[^。;；]{0,24}?(?:以外|之外|外)")]
    own = [f for f in prices(sentence) if not any(start <= f.start < end for start, end in besides)]
    if any(extra.start() <= f.start <= extra.end() + 12 for f in own) or sentence.has(_AT_A_PRICE):
        return False
    if re.search(r"损失|风险|后果", extra.group(0)):
        return False
    return not sentence.has(
        r"由<V>(?:自行|全部)?(?:承担|负担)|(?:不|无需|无须|不得)(?:再|由|向|跟)?(?:<M>)?(?:另行|另外|额外|另)"
    )


def _left_open_row(sentence: Sentence) -> bool:
    """True for a row of a price list that leaves the price to a quotation or to talks."""
    if not sentence.is_row or not sentence.about(FEE):
        return False
    if sum(_BLANK_CELL.search(c) is not None for c in sentence.cells) > 1:
        return False  # a form to be filled in later
    return any(_OPEN_CELL.fullmatch(c) for c in sentence.cells[1:])


def _includes_all(sentence: Sentence) -> bool:
    """True when the price is said to stand for everything; the note in a price list's row speaks of that item only."""
    if sentence.has(
        r"不(?:包含|包括|含)(?!税)|保密|赔|违约|毁约|加奖|保险事故|考核|价目表(?!以?外|之外|所列)|报价单|另行提供|"
        + _TALK
    ) or not sentence.has(_INCLUSIVE):
        return False
    if not prices(sentence) and sentence.has(_COMPOSED):
        return False
    return not (sentence.is_row and priced_row(sentence)) or sentence.has(r"全部|所有|一切|各项|全包")


def _items(sentence: Sentence, sums: int) -> set[str]:
    """What is priced: by name; in a price list the row's first cell, in running text as many as there are sums with a unit of their own."""
    named = set(sentence.count(_ITEMS))
    if sentence.is_row and sentence.about(FEE):
        label = next((c for c in sentence.cells if c and not c.isdigit() and len(c) > 1), "")
        return {label} if label else named
    units = [f for f in prices(sentence) if f.quantity.per]
    if sums >= 2 and len(units) >= 2 and len(named) < 2:
        named |= {f"{f.quantity.text}" for f in units}
    return named


def _conclude_items(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    ok = [s for s in signals if s.status is Status.OK]
    if any(s.status is Status.ADVERSE for s in signals) or not ok:
        return worst_wins(signals, reading, checkpoint)
    extras = [s for s in signals if "另议" in s.keys]
    if extras:
        return conclude_with(Status.VAGUE, (*extras, *ok[:1]), extras[0].reason)
    keys = frozenset().union(*(s.keys for s in ok))
    if len(keys) >= 2:
        return worst_wins(signals, reading, checkpoint)
    return conclude_with(Status.VAGUE, ok, f"只列了{'、'.join(sorted(keys))}，没有写清是否还有其他费用")


RULE = Rule(checkpoint="fees.itemization", read=_itemization, conclude=_conclude_items)
