"""Wordings of 服务范围与标准, each judged by the rules alone."""

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING

CASES = [
    pytest.param("service_types", "乙方负责售前咨询、退换货办理和投诉处理。", OK, id="types-listed"),
    pytest.param("service_types", "项目组承接催付、查件、中差评回访三项工作。", OK, id="types-team"),
    pytest.param("service_types", "乙方向甲方提供客服服务。", VAGUE, id="types-empty"),
    pytest.param("service_types", "服务内容：□售前 □售后 □其他____。", VAGUE, id="types-unticked"),
    pytest.param("service_types", "顾客投诉不在乙方服务范围内，由甲方自行处理。", ADVERSE, id="types-excluded"),
    pytest.param("service_types", "退换货处理需另行付费，费用由乙方届时告知。", ADVERSE, id="types-extra"),
    pytest.param("service_types", "甲方负责商品拍摄与页面装修。", MISSING, id="types-merchant-task"),
    pytest.param("channels", "乙方通过千牛和飞鸽接待消费者。", OK, id="channels-named"),
    pytest.param("channels", "服务渠道：电话、邮件。", OK, id="channels-contact"),
    pytest.param("channels", "乙方在甲方指定的各平台接待顾客。", VAGUE, id="channels-general"),
    pytest.param("channels", "乙方有权随时关闭其中任一接待渠道。", ADVERSE, id="channels-dropped"),
    pytest.param("channels", "乙方无需甲方同意即可调整服务渠道。", ADVERSE, id="channels-no-consent"),
    pytest.param("channels", "开户银行客服热线为12345。", MISSING, id="channels-bank"),
    pytest.param("service_hours", "客服每日9:00至23:00在线，周末及法定节假日照常。", OK, id="hours-all"),
    pytest.param("service_hours", "服务时间为7×24小时。", OK, id="hours-round-clock"),
    pytest.param("service_hours", "客服每日9:00至21:00在线接待。", VAGUE, id="hours-no-holidays"),
    pytest.param("service_hours", "坐席在正常工作时间内提供接待服务。", VAGUE, id="hours-working-time"),
    pytest.param("service_hours", "春节期间乙方全员放假，不提供接待服务。", ADVERSE, id="hours-holidays-off"),
    pytest.param("service_hours", "乙方可自行调整服务时间。", ADVERSE, id="hours-changed"),
    pytest.param("service_hours", "甲方仓库收货时间为9:00至18:00，周末不收货。", MISSING, id="hours-warehouse"),
    pytest.param("response_time", "首次响应时间不超过30秒。", OK, id="response-30"),
    pytest.param("response_time", "买家进线后半分钟内须有人工应答。", OK, id="response-half-minute"),
    pytest.param("response_time", "乙方应及时回复买家咨询。", VAGUE, id="response-soon"),
    pytest.param("response_time", "平均响应时间不超过60秒。", ADVERSE, id="response-60"),
    pytest.param("response_time", "顾客来问，一分半内回复即可。", ADVERSE, id="response-minute-and-a-half"),
    pytest.param("response_time", "系统故障须在30分钟内恢复。", MISSING, id="response-outage"),
    pytest.param("resolution_rate", "一次性解决率不低于92%。", OK, id="resolution-92"),
    pytest.param("resolution_rate", "十个来问的客人，至少九个一次解决。", OK, id="resolution-nine-of-ten"),
    pytest.param("resolution_rate", "首次解决率应保持较高水平。", VAGUE, id="resolution-no-figure"),
    pytest.param("resolution_rate", "首次解决率不低于0.85。", ADVERSE, id="resolution-decimal"),
    pytest.param("resolution_rate", "双方对账分歧应一次性解决。", MISSING, id="resolution-accounts"),
]  # fmt: skip


@pytest.mark.parametrize(("checkpoint", "text", "status"), CASES)
def test_wording(checkpoint: str, text: str, status: Status) -> None:
    assert judge(Sample(checkpoint=f"scope.{checkpoint}", status=status, vendor="乙方", text=text))[0] is status
