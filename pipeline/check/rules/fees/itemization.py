"""费用明细. ok: charges item by item with prices, or one price stated to include everything; vague: a fee with nothing on what it covers, items
without prices, extras 另行协商; adverse: open-ended extras at the merchant's cost."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.check.rules.fees.cues import FEE, OTHER_MONEY, priced_row, prices
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Conclusion, Rule, Signal, conclude_with, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.types import Status

_COST = r"(?:费用|收费|费|成本|支出|开支|款项|款|名目)"
_INCLUSIVE = any_of(
    r"(?:包含|包括|涵盖|已含|含|囊括|计入)[^。;；]{0,80}(?:全部|所有|一切|各项|全套)[^。;；]{0,14}" + _COST,
    r"(?:包含|包括|涵盖|已含|含|囊括)(?:了)?(?:但不限于)?(?:[^。;；,，、]{1,14}[、,和及与]){2,}[^。;；]{0,20}",
    r"(?:不再|不得|无需|无须|毋须|不另|不|没有|再无|别无)(?:再)?(?:另行|另外|额外|再|另立名目|以任何名义)?(?:向<M>)?(?:收取|支付|产生|承担|计收|收|加收|付|要|发生|计|增收|索取)[^。;；]{0,12}(?:任何|其他|额外|其它|另外|别的|一分钱?)?(?:的)?" + _COST,
    r"(?:一口价|全包价?|总包价?|包干|打包价|全含)", r"(?:三项|两项|上述|以上|表(?:列|内)|所列)[^。;；]{0,12}(?:之)?外[^。;；]{0,12}(?:不|无|没有)[^。;；]{0,12}(?:收|支付|付|费)", r"(?:收费|费用)[^。;；]{0,6}(?:别的没有|仅此|仅限(?:上述|以上|下列|表))",
    r"(?:均|皆|都|全|统统|已)(?:已)?(?:在|包在|揉进|算在|计入|摊入)(?:其|价|里|这|上述|单价|月费)[^。;；,，]{0,6}", r"(?:统统|一律|全部|均|概)由(?:<V>|我们|我司)(?:自行)?(?:负担|承担|自理)", r"(?:无|没有)价外费|全费用综合单价|对价[^。;；]{0,30}不得[^。;；]{0,30}(?:补偿|费)", r"(?:再|别|旁|其他|没写)(?:没|无|的)?[^。;；,，]{0,8}(?:不收|不认|不出|不付|不算|没旁的)|就这[两三四五六]样", r"任何名[目义][^。;；,，]{0,6}(?:加收|收)|(?:别|莫|不许|不得|不能)[^。;；,，]{0,6}(?:再)?(?:跟|向|找)[^。;；,，]{0,6}(?:伸手|要|收取|加收)",
    r"covers[^。;；]{0,60}and|noextra|allinclusive|nootherfees|inclusiveofall|noadditional(?:fee|charge)",
)  # fmt: skip
_ITEMS = {
    "基础服务费": r"基础(?:服务)?费|基本(?:服务)?费|月(?:度)?服务费|固定(?:服务)?费|坐席(?:服务)?(?:费|单价)|座席(?:服务)?(?:费|单价)|席位费|人员服务费|底薪|客服(?:人员)?(?:工资|薪资|费)|接待费|结案费|套餐费",
    "加班费": r"加班|大促|节假日|夜班|法定假|旺季|活动(?:期|加人)",
    "培训费": r"培训",
    "系统费": r"系统|软件|平台使用|工具费|账号费|设备费|线路费|通讯费|话费|工单",
    "提成": r"提成|佣金|奖金|绩效",
    "管理费": r"管理费|项目经理|质检费|场地费|税费|启动费|接入费|开通费|实施费|上线费|导入费|对接",
    "临时坐席": r"临时(?:坐席|座席|客服|人员)|增(?:加|派|开|援|员)[^,。;]{0,4}(?:坐席|座席|客服|人员|人力)?|机动坐席|超(?:出|量|额)|加人",
    "退换货处理": r"退换货?处理|售后处理|外呼|回访",
}  # fmt: skip
_EXTRA = r"(?:其他|其它|额外|超出|增加|增派|附加|新增|加班|增员|额外人力|大促|节假日|夜班|实际发生|未列明|未列入|未尽|垫付|增值|差旅|通讯|耗材|招聘|接入|升级|维护|定制)"
_AT_COST = r"(?:据实|按实|实报实销|照实|另行(?:结算|计费|收费|支付|计算|计价|收取|承担|付费|报价)|另(?:计|算|付|收|加)|见单即付|不设上限|以[^。;；]{0,12}账单为准|以实际[^。;；]{0,8}为准|追收|由<M>(?:另行|额外|全部|自行)?(?:承担|支付|负担)|<M>(?:还)?(?:应|需|须|要)?(?:另行|额外|全部|自行)(?:承担|支付|负担)|在[^。;；,，]{0,8}(?:之外|以外)[^。;；,，]{0,4}(?:另|由<M>))"
_OPEN_ENDED = any_of(
    _EXTRA + r"[^。;；]{0,40}" + _AT_COST,
    r"(?:不含|未(?:包含|包括|列明|列)|不包括|之外|除[^。;；]{0,20}外|其余|杂费|额外|加收|另收|价外|外加|活动|临时|夜班|节假日|out-?of-?scope|additional|any(?:other)?cost)[^。;；|]{0,60}(?:据实|按实|发生多少|花多少|花几个|照认|补付|补足|实报|报销|另掏|额外收|(?:承担|负担|认)多少|以<V>[^。;；,，]{0,8}(?:账单|清单|通知)|<V>[^。;；,，]{0,12}(?:核算|核定|定)|行情[^。;；,，]{0,3}收|计入<M>|不设上限|不得拒绝|atactualcost|asinvoiced|reimburse|withoutcap)", r"(?:并入|计入)[^。;；,，]{0,8}账单(?:请|由)?<?", r"(?:价外支出|其他支出|额外支出|杂费)[^。;；]{0,12}(?:全额|据实|<M>)", r"reimburse[^。;；]{0,20}(?:any|all)(?:additional|other)", r"(?:夜班|加班|节假日)[^。;；,，]{0,8}(?:费)?另计[^。;；,，]{0,6}<M>",
    _COST + r"[^。;；]{0,16}(?:据实|按实际发生|实报实销|(?:均|概|全部)?由<M>(?:另行)?(?:承担|负担|支付)[^。;；]{0,12}以[^。;；]{0,10}为准)",
    r"<M>[^。;；]{0,10}(?:承担|支付|负担)[^。;；]{0,30}(?:一切|全部|所有)(?:其他|其它|附加|额外|相关)[^。;；]{0,6}费用",
)  # fmt: skip
_TALK = r"(?:另行(?:协商|约定|商议|商定|确认|确定|报价)|双方(?:另行|届时|再)?(?:协商|商定|商议|再议)|协商(?:确定|解决)|面议|(?:届时|到时候?)[^。;；,，]{0,10}(?:议|商|谈)|再(?:商量|谈|议)|另[议谈]|碰头|敲定|报价单|价目表|proposal)"
_EXTRA_TALK = any_of(
    r"(?:加班|额外|其他|增值|附加|超出|大促|临时|培训|对接|增派|增加|活动|节[假日]|过节|多派|多出来|别的|顶班|零碎)[^。;；]{0,36}"
    + _TALK
)
_NOT_EXTRAS = any_of(
    r"仲裁费", r"诉讼", r"律师费", r"公证", r"鉴定费", r"保函", r"赔偿", r"违约", r"培训[^。;；]{0,60}(?:由<M>|<M>)", r"运费|邮费|快递费|货款|退款金额", r"银行[^。;；,，]{0,6}手续费", r"(?:软件|账号|平台|系统)[^。;；,，]{0,10}由<M>(?:自行)?(?:提供|开通|配置)",
)  # fmt: skip


def _itemization(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_NOT_EXTRAS):
        return
    money = bool(prices(sentence)) or priced_row(sentence)
    extra = sentence.find(_OPEN_ENDED)
    if (
        extra is not None
        and not any(extra.start() <= f.start <= extra.end() + 12 for f in prices(sentence))
        and not sentence.has(r"由<V>(?:自行|全部)?(?:承担|负担)|(?:不|无需|无须|不得)(?:再)?(?:另行|另外|额外|另)")
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="额外费用没有价格，敞口由商家承担")
        return
    if sentence.has(_EXTRA_TALK) and not sentence.has(r"不(?:再)?另行|预案|方案|排班"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="额外费用只写另行协商", keys=frozenset({"另议"}))
        return
    if (
        (sentence.about(FEE) or money)
        and not any(not b.answered for b in sentence.blanks)
        and sentence.has(_INCLUSIVE)
        and not sentence.has(r"不(?:包含|包括|含)(?!税)|保密|赔偿|违约|保险|考核|" + _TALK)
    ):
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason="写明价格已包含各项费用，不再另收",
            keys=frozenset({"包含", "全包"}),
        )
        return
    if sentence.has(OTHER_MONEY):
        return
    items = _items(sentence, len(prices(sentence)))
    if items and money:
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"列明{'、'.join(sorted(items)[:4])}及价格",
            keys=frozenset(items),
        )
    elif money or sentence.has(
        r"服务费|席位费|外包费|坐席费|人头费|basefee|费用科目|费[:：|]_|费用(?:包括|包含|明细|构成|组成)|收费(?:由|包括|项目)|费[、和][^,。;]{0,12}(?:费|金)"
    ):
        if sentence.about(FEE):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="有收费但没有写明包含什么")


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
