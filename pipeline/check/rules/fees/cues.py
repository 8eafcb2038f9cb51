"""Cues that several rules of the area share."""

from __future__ import annotations

import re

from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Figure, Sentence
from pipeline.quantities import QuantityKind

FEE = any_of(
    r"服务费", r"费用", r"价款", r"报酬", r"单价", r"价格", r"价钱", r"计费", r"收费", r"资费", r"结算", r"佣金", r"提成", r"月费", r"年费", r"底薪", r"酬金",
    r"报价", r"酬劳|劳务费|工钱|价位|价目", r"(?:人头|席位|外包|包干|承包|班组|工)(?:费|钱|价)", r"价钱|钱数|价(?=[,，:：])", r"款项", r"账单", r"套餐", r"总价", r"合同(?:总)?(?:金|价)额?", r"[^,。;]费(?:$|[,。;:|按为每由])", r"fees?", r"charges?", r"price",
)  # fmt: skip
PRICE = r"(?:价格|单价|价钱|售价|费用|收费|资费|服务费|月费|坐席费|费率|报价|价款|结算价|酬金|报酬|计费(?:标准|单价)|收费标准|套餐费?|price|rates?|fees?)"
# Money that is not the price of the service.
OTHER_MONEY = any_of(
    r"违约金", r"赔偿", r"罚款", r"扣(?:除|减|款|罚|分|发)", r"保证金", r"押金", r"定金", r"滞纳金", r"注册资本", r"奖励", r"损失", r"逾期", r"(?<!社会)(?<!养老)(?<!医疗)保险", r"质保", r"罚金", r"红包", r"保额|保费", r"罚的?款|罚\d", r"扣\d", r"补贴(?:总额)?不超", r"补偿", r"赔", r"减收|减去|冲抵|扣抵|截留|处罚", r"退还(?:给)?<M>", r"加奖|元[^。;；,，]{0,6}奖金|奖金\d|绩优奖|每[单条件]奖",
    r"deposit", r"penalt", r"damages",
)  # fmt: skip
# Money between one side and an outsider, or inside one house: no price of the service.
OUTSIDERS = any_of(
    r"(?:付给|交给|缴(?:付|纳)?给|支付给|结给|打给|向|与|跟|同)[^。;；,，<]{0,10}(?:厂商|厂家|平台|运营商|软件公司|电信|物业|快递|物流|房东|保险公司|供应商|承运)[^。;；,，]{0,6}(?:$|[。;；,，]|结|付|缴|支付|购|采购)",
    r"由(?!<V>|<M>)[^。;；,，]{2,6}(?:公司|厂商|厂家)[^。;；,，]{0,6}(?:收取|报价|计收)|(?:<V>|<M>)[^。;；,，]{0,6}(?:给|发给|付给|为)(?:自家|自己|其|本方)?的?(?:客服|员工|坐席|人员)[^。;；,，]{0,6}(?:开|发放?|底薪|工资|餐补)|自行发给[^。;；,，]{0,4}(?:员工|客服|坐席)",
    r"(?:与|跟|和|同)(?:<V>|<M>|贵司|您|另一方|对方)(?:均|都)?(?:无关|无涉|不相干)",
)
PAY = any_of(
    r"支付", r"给(?:付|钱|足|齐|清|一回|乙|甲|我们)", r"一[付交清结]", r"[付交掏](?=[,，。;；了给足齐清])", r"(?:转|打|划|汇)(?:账|过来|过去|给|到|出|完)|过数|结(?:掉|款)|掏|到账|due", r"付款", r"付费", r"结算", r"付(?:清|讫|至|给|到)", r"(?:所|全|照|拒|少|缓|迟|应|须)付", r"照单", r"打(?:款|过来|给|到)", r"转账", r"汇(?:款|入|至|付)", r"结(?:清|账|款)", r"缴(?:纳|清|付|费|存)?", r"交(?:清|钱|费|款|一年|半年)",
    r"存入[^。;；,，]{0,10}账[户号]|打[入进]|付(?=百分|[\d一二三四五六七八九十半仨俩])", r"到账", r"划(?:扣|付|转)", r"预[付缴存交]", r"先付|后付|先交|充值", r"付一?次", r"账期|月结|季结|周结|半月结", r"pay(?:able|ment|s)?", r"invoice",
)  # fmt: skip


# Nouns made from acts of paying: a sentence with these alone pays nothing.
_PAPERS = re.compile(
    r"(?:结算|付款|支付)(?:单|依据|文件|表|书|凭证|账号|截图|宝|平台|工具|页面|密码|环节|链接|问题)|开户"
)


def pays(sentence: Sentence) -> bool:
    """True when the sentence itself speaks of paying: 结算依据, 支付平台 and the like are things."""
    return compiled(PAY, sentence.sides).search(_PAPERS.sub("#", sentence.plain)) is not None


_PIECES = re.compile(r"块(?:组成|构成|分开|内容|业务)")  # 三块组成: parts, no money


def prices(sentence: Sentence) -> list[Figure]:
    """The sums of money that are prices: not the condition of a consequence."""
    return [
        f
        for f in sentence.figures_of(QuantityKind.MONEY)
        if not f.quantity.trigger and not _PIECES.match(sentence.plain, f.end - 1)
    ]


def priced_row(sentence: Sentence) -> bool:
    """True for a row of a price list whose sum stands without its unit, which the head of the column or another cell names."""
    if not sentence.is_row:
        return False
    heads = any(re.search(r"单价|价格|金额|费用|元|price|fee|rate", c) for c in (*sentence.columns, *sentence.cells))
    return heads and any(
        re.fullmatch(r"(?:¥|￥|rmb|usd|\$)?\d[\d,]*(?:\.\d+)?", c) and len(c) >= 2 for c in sentence.cells[1:]
    )
