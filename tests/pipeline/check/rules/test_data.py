"""The data rules on single clauses, without the semantic reader."""

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

CASES = [
    pytest.param(
        "data.confidentiality", Status.OK, "乙方不得泄露甲方的客户信息和订单数据。", id="confidentiality-ok-0"
    ),
    pytest.param("data.confidentiality", Status.VAGUE, "双方应予保密。", id="confidentiality-vague-1"),
    pytest.param(
        "data.confidentiality", Status.ADVERSE, "乙方可将甲方客户资料用于自身推广。", id="confidentiality-adverse-2"
    ),
    pytest.param(
        "data.confidentiality",
        Status.MISSING,
        "鉴于乙方在保密方面享有声誉，双方订立本合同。",
        id="confidentiality-missing-3",
    ),
    pytest.param("data.deletion", Status.OK, "合同终止后5日内，乙方销毁全部客户资料。", id="deletion-ok-4"),
    pytest.param("data.deletion", Status.VAGUE, "合同终止后，乙方应妥为处置客户资料。", id="deletion-vague-5"),
    pytest.param("data.deletion", Status.ADVERSE, "合同终止后，乙方有权继续保留聊天记录。", id="deletion-adverse-6"),
    pytest.param("data.safeguards", Status.OK, "乙方对客户数据加密存储，并保留操作日志。", id="safeguards-ok-7"),
    pytest.param("data.safeguards", Status.VAGUE, "乙方应采取必要措施保护客户数据安全。", id="safeguards-vague-8"),
    pytest.param(
        "data.safeguards", Status.ADVERSE, "乙方可将客户数据提供给第三方，无需甲方同意。", id="safeguards-adverse-9"
    ),
    pytest.param(
        "data.breach_liability", Status.OK, "乙方泄露客户信息的，每条赔偿甲方300元。", id="breach_liability-ok-10"
    ),
    pytest.param(
        "data.breach_liability", Status.VAGUE, "乙方泄露客户信息的，承担相应责任。", id="breach_liability-vague-11"
    ),
    pytest.param(
        "data.breach_liability",
        Status.ADVERSE,
        "客户信息泄露的，乙方不承担赔偿责任。",
        id="breach_liability-adverse-12",
    ),
    pytest.param(
        "data.breach_liability",
        Status.ADVERSE,
        "乙方泄露客户信息的赔偿最高不超过一个月服务费。",
        id="breach_liability-adverse-13",
    ),
]


@pytest.mark.parametrize(("checkpoint", "status", "text"), CASES)
def test_status(checkpoint: str, status: Status, text: str) -> None:
    said, reason = judge(Sample(checkpoint=checkpoint, status=status, vendor="乙方", text=text))
    assert said is status, reason
