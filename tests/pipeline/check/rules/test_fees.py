"""The fees rules on single clauses, without the semantic reader."""

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

CASES = [
    pytest.param("fees.price_adjustment", Status.OK, "合同期内每席单价不得上调。", id="price_adjustment-ok-0"),
    pytest.param(
        "fees.price_adjustment", Status.OK, "任何调价须双方签署补充协议后方生效。", id="price_adjustment-ok-1"
    ),
    pytest.param(
        "fees.price_adjustment",
        Status.ADVERSE,
        "乙方可随时上调席位费，通知甲方即生效。",
        id="price_adjustment-adverse-2",
    ),
    pytest.param(
        "fees.price_adjustment", Status.ADVERSE, "乙方自行决定涨价幅度，甲方不得异议。", id="price_adjustment-adverse-3"
    ),
    pytest.param(
        "fees.price_adjustment", Status.VAGUE, "单价可视市场行情由双方协商调整。", id="price_adjustment-vague-4"
    ),
    pytest.param("fees.price_adjustment", Status.MISSING, "乙方可根据客流调整排班。", id="price_adjustment-missing-5"),
    pytest.param("fees.late_payment", Status.OK, "甲方迟付的，每日按欠款的0.04%支付违约金。", id="late_payment-ok-6"),
    pytest.param("fees.late_payment", Status.ADVERSE, "甲方晚付一天，罚欠款的百分之二。", id="late_payment-adverse-7"),
    pytest.param(
        "fees.late_payment", Status.ADVERSE, "甲方逾期付款的，乙方有权立即停止服务。", id="late_payment-adverse-8"
    ),
    pytest.param("fees.late_payment", Status.VAGUE, "甲方逾期付款的，承担相应违约责任。", id="late_payment-vague-9"),
    pytest.param("fees.late_payment", Status.MISSING, "乙方逾期提交报表的，每日扣50元。", id="late_payment-missing-10"),
    pytest.param("fees.payment_cycle", Status.OK, "服务费按月结算，甲方于次月12日前付清。", id="payment_cycle-ok-11"),
    pytest.param(
        "fees.payment_cycle", Status.ADVERSE, "甲方于签约后三日内一次性付清全年服务费。", id="payment_cycle-adverse-12"
    ),
    pytest.param("fees.payment_cycle", Status.VAGUE, "甲方应及时支付服务费。", id="payment_cycle-vague-13"),
    pytest.param(
        "fees.itemization", Status.OK, "席位费5000元/月，已包含培训、加班及系统等全部费用。", id="itemization-ok-14"
    ),
    pytest.param("fees.itemization", Status.ADVERSE, "加班费由甲方据实承担。", id="itemization-adverse-15"),
    pytest.param("fees.itemization", Status.VAGUE, "大促加班费届时由双方协商。", id="itemization-vague-16"),
    pytest.param("fees.pricing_model", Status.OK, "按坐席计费，每席每月4800元。", id="pricing_model-ok-17"),
    pytest.param("fees.pricing_model", Status.ADVERSE, "服务单价由乙方自行核定。", id="pricing_model-adverse-18"),
    pytest.param("fees.pricing_model", Status.VAGUE, "收费方式由双方另行协商。", id="pricing_model-vague-19"),
]


@pytest.mark.parametrize(("checkpoint", "status", "text"), CASES)
def test_status(checkpoint: str, status: Status, text: str) -> None:
    said, reason = judge(Sample(checkpoint=checkpoint, status=status, vendor="乙方", text=text))
    assert said is status, reason


# Near misses and the true clause of each class: (checkpoint, status, vendor, text).
PAIRS = [
    # A day of payment belongs to the paying of the fee.
    ("fees.payment_cycle", "ok", "乙方", "乙方每月8日前开票，甲方收票后七个工作日内支付上月服务费。"),
    ("fees.payment_cycle", "missing", "乙方", "甲方可提前四十日书面通知乙方解约，费用结清到离场那天。"),
    ("fees.payment_cycle", "missing", "乙方", "甲方对结算单有异议的，应在收到后三日内提出。"),
    ("fees.payment_cycle", "missing", "乙方", "乙方应在每月12日向坐席发放上月工资。"),
    ("fees.payment_cycle", "missing", "乙方", "甲方在合作期内录用坐席的，按其三个月外包费支付补偿。"),
    ("fees.payment_cycle", "adverse", "乙方", "合同总价自签约之日起十日内全额付清，提前终止概不退还。"),
    # Stopping: at once, or after days of grace; the days of coming back are no grace.
    ("fees.late_payment", "adverse", "乙方", "甲方付款逾期的，乙方可自次日起中断全部席位，款到三日内恢复。"),
    ("fees.late_payment", "vague", "乙方", "甲方逾期付款超过二十日的，乙方有权暂停服务，甲方并应承担违约责任。"),
    ("fees.late_payment", "ok", "乙方", "甲方拖欠服务费的，日违约金为欠款的万分之四，乙方不得停接会话。"),
    ("fees.late_payment", "ok", "乙方", "甲方逾期付款的，按周年利率百分之六加计利息。"),
    ("fees.late_payment", "missing", "乙方", "甲方迟延交付商品资料的，首月按席位单价的百分之二十折算补贴。"),
    ("fees.late_payment", "missing", "乙方", "因不可抗力迟延付款的，免负责任。"),
    # Paying whatever is delivered: a floor in full, not a deduction, not tax.
    ("fees.pricing_model", "adverse", "乙方", "席位费与咨询量、指标达成与否均不挂钩。"),
    ("fees.pricing_model", "adverse", "乙方", "会话不足五千次的，甲方仍按五千次支付服务费。"),
    ("fees.pricing_model", "vague", "乙方", "得分低于70分的，当月服务费按80%支付，按席位计费。"),
    ("fees.pricing_model", "missing", "乙方", "乙方的税费由乙方自行申报。"),
    ("fees.pricing_model", "ok", "乙方", "服务费=当月在编席位数×5,100元。"),
    ("fees.pricing_model", "missing", "乙方", "好评超过九成的，另给客服每人200元红包。"),
    # Extras at the merchant's cost, against settling at the end, wages, and a priced row.
    ("fees.itemization", "adverse", "乙方", "大促增开席位的费用不在月费之内，由甲方据实承担。"),
    ("fees.itemization", "missing", "乙方", "提前结束的，费用按实际在岗天数据实结清。"),
    ("fees.itemization", "missing", "乙方", "节假日值班的，乙方按规定向客服发放三倍工资。"),
    ("fees.itemization", "ok", "乙方", "单价已含工资、社保、场地、设备及税金，甲方不再支付任何其他费用。"),
    ("fees.itemization", "missing", "乙方", "乙方不得以任何名义向顾客收取费用。"),
    # Price against other things that change.
    ("fees.price_adjustment", "adverse", "乙方", "乙方每半年可把席位单价调高，幅度自定。"),
    ("fees.price_adjustment", "adverse", "乙方", "双方同意价格原则上稳定，但税费变动时乙方有权径行调整收费标准。"),
    ("fees.price_adjustment", "vague", "乙方", "市场波动较大时，单价可由双方酌情调整。"),
    ("fees.price_adjustment", "missing", "乙方", "国家调整增值税税率的，不含税单价不变。"),
    ("fees.price_adjustment", "missing", "乙方", "乙方不得诱导顾客修改评价或者给予价格优惠。"),
    ("fees.price_adjustment", "ok", "乙方", "人工成本变化由乙方自行消化，单价不得申请补差。"),
    # Clauses of other areas that look like fees.
    ("fees.pricing_model", "missing", "Vendor", "Vendor may at its sole discretion drop any support channel."),
    ("fees.pricing_model", "adverse", "Vendor", "The monthly fee shall be set by Vendor in its sole discretion."),
    ("fees.pricing_model", "missing", "乙方", "每泄露一条订单信息，乙方赔300元。"),
    ("fees.pricing_model", "missing", "乙方", "甲方每周抽检会话的5%。"),
    ("fees.payment_cycle", "ok", "乙方", "录音保存一百日，服务费仍于每月9日前支付。"),
    ("fees.payment_cycle", "adverse", "乙方", "甲方应于签约当日预付六个月的服务费。"),
    ("fees.late_payment", "missing", "乙方", "面料商交货晚一天，扣货款千分之二。"),
    ("fees.itemization", "missing", "乙方", "流量激增时不保证增派坐席，由此产生的损失由甲方承担。"),
    ("fees.price_adjustment", "missing", "乙方", "邮件渠道由乙方决定取消，无须甲方同意，服务费不变。"),
]


@pytest.mark.parametrize(("checkpoint", "status", "vendor", "text"), PAIRS)
def test_near_and_true(checkpoint: str, status: str, vendor: str, text: str) -> None:
    said, reason = judge(Sample(checkpoint=checkpoint, status=Status(status), vendor=vendor, text=text))
    assert said is Status(status), reason
