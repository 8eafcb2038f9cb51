"""Plain wordings of the fees area: what most contracts say, and the near misses beside them."""

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

CASES = [
    ("fees.pricing_model", "ok", "乙方按月收取服务费9600元，违约金另行约定。"),
    ("fees.pricing_model", "vague", "坐席费每席每月固定____元，考核扣减另见附则。"),
    ("fees.pricing_model", "vague", "费用按接待量计算，收费标准由双方确定。"),
    ("fees.pricing_model", "adverse", "乙方未配齐人员的，甲方仍应全额支付当月服务费。"),
    ("fees.pricing_model", "missing", "主播佣金为成交额的15%。"),
    ("fees.itemization", "adverse", "除席位费外，其他支出均由甲方承担。"),
    ("fees.itemization", "adverse", "乙方有权另行收取额外人力费。"),
    ("fees.itemization", "vague", "服务费包括固定服务费、培训费。"),
    ("fees.itemization", "ok", "月费9000元，两项以外乙方不再收费。"),
    ("fees.payment_cycle", "missing", "乙方每月3日前提交结算单。"),
    ("fees.payment_cycle", "vague", "付款时间以平台到账为准。"),
    ("fees.payment_cycle", "adverse", "甲方先充值五个月的服务费。"),
    ("fees.late_payment", "adverse", "甲方逾期付款的，乙方有权不经催告立即撤下全部坐席。"),
    ("fees.late_payment", "missing", "甲方迟延划款的，向场馆每日支付万分之二的利息。"),
    ("fees.price_adjustment", "ok", "服务费不随物价上涨而调整。"),
    ("fees.price_adjustment", "vague", "业务量变化时，双方可就单价重新商定。"),
    ("fees.price_adjustment", "adverse", "乙方有权调整提成比例。"),
    ("fees.pricing_model", "ok", "项目 | 计价单位 | 单价（元）\n夜班客服 | 名/月 | 5,320"),
    ("fees.pricing_model", "ok", "每接一通电话计2元，退单的次月扣减。"),
    ("fees.pricing_model", "ok", "每席每月6,300元，缺勤的按日扣减。"),
    ("fees.pricing_model", "adverse", "乙方按其届时有效的价目表计费。"),
    ("fees.pricing_model", "adverse", "咨询再少，甲方也按八席付费。"),
    ("fees.pricing_model", "missing", "质检软件按账号每年900元，由甲方付给软件厂商。"),
    ("fees.pricing_model", "missing", "甲方给自己的客服发底薪4000元，与乙方无关。"),
    ("fees.itemization", "adverse", "换季时多出来的人手费用由甲方另外付给乙方。"),
    ("fees.itemization", "adverse", "临时加人的工钱，乙方另外向甲方收取。"),
    ("fees.itemization", "adverse", "外请翻译的费用由甲方凭票支付。"),
    ("fees.itemization", "missing", "临时增加的席位，甲方按附件二的单价另行支付。"),
    ("fees.itemization", "ok", "月费8200元，一切在内。"),
    ("fees.itemization", "ok", "甲方只付两项：席位费每席每月5200元、夜班补贴每班40元。"),
    ("fees.itemization", "missing", "乙方弄坏的设备 | 赔付价\n耳机 | 260元"),
    ("fees.itemization", "vague", "项目 | 单价\n席位 | 6000元/月\n旺季增席 | 届时双方议定"),
    ("fees.payment_cycle", "adverse", "2025年3月至8月的服务费由甲方于3月1日前付清。"),
    ("fees.payment_cycle", "adverse", "签约后先付一年，次年另付。"),
    ("fees.payment_cycle", "ok", "2025年1月至6月的服务费按月结算，次月10日前支付。"),
    ("fees.payment_cycle", "vague", "服务费两个月一结，甲方收到账单后应尽快付款。"),
    ("fees.payment_cycle", "vague", "席位费每席4000元，八席一个月共32000元，甲方应及时支付。"),
    ("fees.payment_cycle", "missing", "乙方按季缴纳雇主责任险保费。"),
    ("fees.late_payment", "ok", "甲方每逾期一天付资金占用费50元，最多罚到欠款的3%。"),
    ("fees.late_payment", "adverse", "甲方逾期一日仍未付款的，乙方有权终止合作。"),
    ("fees.late_payment", "adverse", "迟付天数 | 甲方另付\n1至3日 | 欠额的0.2%/日"),
    ("fees.price_adjustment", "adverse", "协议期内，乙方通知甲方后，可以上调席位单价。"),
    ("fees.price_adjustment", "adverse", "协议期内最低工资上涨的，乙方有权上调单价。"),
    ("fees.price_adjustment", "vague", "物价大涨的，双方得酌商调整单价。"),
    ("fees.price_adjustment", "ok", "乙方可就新增店铺报新价，原有店铺的单价固定不变。"),
    ("fees.price_adjustment", "missing", "搜索广告的竞价上调由甲方自行操作。"),
    ("fees.payment_cycle", "ok", "服务费按季结算，甲方于每季度首月8日前支付上一季度服务费。"),
    ("fees.payment_cycle", "ok", "4月至6月的服务费于7月5日前支付。"),
    ("fees.payment_cycle", "ok", "甲方每月12日前将服务费汇入乙方账户，乙方于18日发放工资。"),
    ("fees.late_payment", "adverse", "甲方没有在上述日期付清的，乙方可以立即停掉全部坐席，不再另行催告。"),
    ("fees.late_payment", "missing", "代工厂延误交期的，每日扣减加工费千分之三。"),
    ("fees.pricing_model", "ok", "款目 | 单位 | 数额\n常驻席 | 月 | 36,000元"),
    ("fees.itemization", "ok", "乙方临时增派人员的费用由乙方自行承担，不得向甲方另行收取。"),
    ("fees.itemization", "missing", "因甲方原因造成第三方索赔的，由此产生的费用由甲方承担。"),
    ("fees.payment_cycle", "adverse", "席位费由甲方提前四个月支付。"),
    ("fees.payment_cycle", "ok", "甲方于次月15日前支付上月服务费，双方每半年对账一次。"),
    ("fees.pricing_model", "missing", "差评 | 单 | 50元"),
]


@pytest.mark.parametrize(("checkpoint", "status", "text"), CASES)
def test_plain(checkpoint: str, status: str, text: str) -> None:
    said, reason = judge(Sample(checkpoint=checkpoint, status=Status(status), vendor="乙方", text=text))
    assert said is Status(status), reason
