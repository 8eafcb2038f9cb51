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
