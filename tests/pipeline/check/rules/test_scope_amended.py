"""Clauses amended by their number in another part of the file are read as they stand after it; the rules alone."""

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE = Status.OK, Status.VAGUE, Status.ADVERSE

CONTRACT = """第二条 工作内容
2.1 乙方承办：售前答疑。
2.2 乙方受理消费者投诉与退换货。
第三条 接待标准
3.1 首次响应时间不超过60秒。
3.2 坐席每日9:00至22:00在线，法定节假日照常；但除夕不安排接待。
3.3 一次性解决率不低于92%。
附件一 变更约定
"""

CASES = [
    pytest.param("response_time", "", ADVERSE, id="not-amended"),
    pytest.param("response_time", "一、原合同3.1所列时间改为20秒。", OK, id="figure-by-number"),
    pytest.param("response_time", "一、原合同第三条第1款中的“60秒”修改为“25秒”。", OK, id="words-by-article"),
    pytest.param("response_time", "一、原合同第四条第1款所列时间改为20秒。", ADVERSE, id="another-clause"),
    pytest.param("service_hours", "", ADVERSE, id="proviso-stands"),
    pytest.param("service_hours", "一、原合同第三条第2款但书删去。", OK, id="proviso-gone"),
    pytest.param("resolution_rate", "一、原合同3.3所列比例调整为80%。", ADVERSE, id="rate-lowered"),
    pytest.param("resolution_rate", "一、原合同3.3不再适用。", Status.MISSING, id="struck-out"),
    pytest.param(
        "service_types", "一、原合同2.2删去，所涉事务由甲方自行安排。", ADVERSE, id="scene-handed-to-merchant"
    ),
    pytest.param("service_types", "", OK, id="scenes-stand"),
]


@pytest.mark.parametrize(("checkpoint", "order", "status"), CASES)
def test_amended(checkpoint: str, order: str, status: Status) -> None:
    sample = Sample(checkpoint=f"scope.{checkpoint}", status=status, vendor="乙方", text=CONTRACT + order)
    assert judge(sample)[0] is status
