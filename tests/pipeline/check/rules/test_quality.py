"""Wordings of 服务质量考核与质检, each judged by the rules alone."""

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING

CASES = [
    pytest.param("kpis", "满意度不低于95%，差评率不高于1%。", OK, id="kpis-two"),
    pytest.param("kpis", "询单转化率达到30%，质检合格率不低于98%。", OK, id="kpis-conversion"),
    pytest.param("kpis", "满意度不低于95%。", VAGUE, id="kpis-one"),
    pytest.param("kpis", "乙方应达到各项KPI指标。", VAGUE, id="kpis-no-figure"),
    pytest.param("kpis", "考核指标由乙方制定并可随时调整。", ADVERSE, id="kpis-vendor-sets"),
    pytest.param("kpis", "指标数据以乙方系统统计结果为准。", ADVERSE, id="kpis-vendor-figures"),
    pytest.param("kpis", "甲方商品出厂合格率不低于99%。", MISSING, id="kpis-goods"),
    pytest.param("inspection", "甲方有权随时查看聊天记录和通话录音。", OK, id="inspection-look"),
    pytest.param("inspection", "乙方每月向甲方提交质检报告。", OK, id="inspection-monthly"),
    pytest.param("inspection", "乙方定期进行内部质检。", VAGUE, id="inspection-internal"),
    pytest.param("inspection", "质检频次：每月____次。", VAGUE, id="inspection-blank"),
    pytest.param("inspection", "甲方无权查阅聊天记录。", ADVERSE, id="inspection-none"),
    pytest.param("inspection", "甲方查看录音须经乙方书面同意。", ADVERSE, id="inspection-consent"),
    pytest.param("inspection", "未经甲方书面同意，乙方不得雇用甲方人员。", MISSING, id="inspection-hiring"),
    pytest.param("incentives", "满意度未达标的，扣减当月服务费5%。", OK, id="incentives-deduct"),
    pytest.param("incentives", "质检分低于90分的，当月服务费打九折。", OK, id="incentives-discount"),
    pytest.param("incentives", "考核结果与奖惩挂钩。", VAGUE, id="incentives-no-figure"),
    pytest.param("incentives", "达标有奖，不达标有罚。", VAGUE, id="incentives-slogan"),
    pytest.param("incentives", "指标未达成的，甲方不得扣减服务费。", ADVERSE, id="incentives-excluded"),
    pytest.param("incentives", "满意度超过97%的，甲方奖励乙方2000元。", ADVERSE, id="incentives-rewards-only"),
    pytest.param("incentives", "甲方逾期付款的，每日支付0.05%违约金。", MISSING, id="incentives-late-payment"),
]  # fmt: skip


@pytest.mark.parametrize(("checkpoint", "text", "status"), CASES)
def test_wording(checkpoint: str, text: str, status: Status) -> None:
    assert judge(Sample(checkpoint=f"quality.{checkpoint}", status=status, vendor="乙方", text=text))[0] is status
