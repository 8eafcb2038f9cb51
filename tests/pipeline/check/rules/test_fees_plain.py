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
]


@pytest.mark.parametrize(("checkpoint", "status", "text"), CASES)
def test_plain(checkpoint: str, status: str, text: str) -> None:
    said, reason = judge(Sample(checkpoint=checkpoint, status=Status(status), vendor="乙方", text=text))
    assert said is Status(status), reason
