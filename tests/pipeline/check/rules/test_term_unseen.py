"""Term rules on near misses: each class of false reading beside the true one, in wordings of our own."""

from __future__ import annotations

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING


def said(checkpoint: str, text: str, vendor: str = "乙方") -> Status:
    """The status of one clause alone."""
    return judge(Sample(checkpoint=f"term.{checkpoint}", status=MISSING, vendor=vendor, text=text))[0]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("乙方的呼叫业务许可证到期未能续展的，应立即告知甲方。", MISSING, id="licence-renewed"),
        pytest.param("客服人员劳动合同期满，乙方不再续订的，自行承担经济补偿。", MISSING, id="labour-contract"),
        pytest.param(
            "合同期满而接替团队未到的，乙方应按原价顺延服务至交接完成。", MISSING, id="service-until-handover"
        ),
        pytest.param("合同期满前，双方可商定续展。", MISSING, id="renewal-by-agreement"),
        pytest.param("我们在这座城里做了八年客服。", MISSING, id="vendor-history"),
        pytest.param("合同期满自动续展两年，甲方不得提出异议。", ADVERSE, id="renews-by-itself"),
        pytest.param("合作一年，从2026年  月  日起。", VAGUE, id="blank-of-spaces"),
    ],
)
def test_duration(text: str, status: Status) -> None:
    assert said("duration", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("消防报警装置每季度测试一次。", MISSING, id="test-once"),
        pytest.param("The Centre follows the fire rules of the industrial park.", MISSING, id="industrial"),
        pytest.param("样机的试用由甲方工程师安排。", MISSING, id="goods-on-trial"),
        pytest.param("试用期两个月，甲方在此期间不能提出不做。", ADVERSE, id="locked-in-trial"),
        pytest.param("试用期两个月，期内甲方可随时终止，乙方不得要求赔偿。", OK, id="claim-barred"),
        pytest.param("本合同不设试用期。", ADVERSE, id="no-trial"),
    ],
)
def test_trial(text: str, status: Status) -> None:
    assert said("trial", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("合同终止后，乙方应于六十日内移交账号并书面确认。", MISSING, id="after-the-end"),
        pytest.param("双方拟延长本协议的，应在期满前六十日书面商定。", MISSING, id="prolonged"),
        pytest.param("It is extended by twelve months unless a notice is given.", MISSING, id="extended"),
        pytest.param("乙方可提前十日通知甲方终止本合同。", ADVERSE, id="only-the-vendor"),
        pytest.param("甲方终止本合同应提前六十日书面通知乙方。", ADVERSE, id="too-long"),
    ],
)
def test_notice(text: str, status: Status) -> None:
    assert said("notice", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("未经甲方许可，乙方不得泄露订单资料，合同结束后三年内仍受约束。", MISSING, id="end-as-a-time"),
        pytest.param("合同期内甲方不得提前解除合同。", ADVERSE, id="barred"),
        pytest.param("法律变化的，双方应就后续安排进行磋商，已发生的费用结清。", MISSING, id="what-has-accrued"),
        pytest.param("甲方提前解除的，应付清剩余服务期的全部费用。", ADVERSE, id="rest-of-the-term"),
        pytest.param("甲方要做满两年，中途不能说停就停。", ADVERSE, id="to-serve-out"),
        pytest.param("乙方人手排不过来时，提前二十天跟甲方说，就可以停掉。", MISSING, id="vendor-leaves"),
        pytest.param("甲方不想做了，提前二十天跟乙方说，就可以停掉。", OK, id="merchant-leaves"),
    ],
)
def test_exit(text: str, status: Status) -> None:
    assert said("exit", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("甲方先付两万元押金，撤场时结清即退。", MISSING, id="deposit-given-back"),
        pytest.param("坐席对终端用户的赔付权限以甲方设置的额度为限。", MISSING, id="paid-to-shoppers"),
        pytest.param("乙方擅自停止服务的，支应付合同总价10%的违约金。", OK, id="vendor-pays"),
        pytest.param("乙方的赔偿责任总额以当月服务费为限。", ADVERSE, id="capped"),
    ],
)
def test_breach_compensation(text: str, status: Status) -> None:
    assert said("breach_compensation", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("争议提交杭州仲裁委员会仲裁；任何一方也可以向有管辖权的人民法院提起诉讼。", VAGUE, id="both-open"),
        pytest.param(
            "争议先行协商；协商不成的，提交杭州仲裁委员会仲裁；不履行裁决的，可向法院申请执行。",
            OK,
            id="court-enforces",
        ),
        pytest.param("争议向乙方所在地人民法院起诉。", ADVERSE, id="vendors-place"),
    ],
)
def test_dispute(text: str, status: Status) -> None:
    assert said("dispute", text) is status


@pytest.mark.parametrize(
    ("checkpoint", "text", "status"),
    [
        pytest.param("duration", "服务期间以附表五《排期单》载明的为准。", VAGUE, id="term-in-an-annex"),
        pytest.param(
            "duration", "甲方于每月末付款，合作两年到期后自动续签两年，甲方应继续履约。", ADVERSE, id="renews"
        ),
        pytest.param("trial", "坐席组须先经过磨合期，达标后才正式接线。", VAGUE, id="through-a-trial"),
        pytest.param("trial", "合作期开头五个月为试运行期，届满由甲方验收。", ADVERSE, id="too-long-of-the-term"),
        pytest.param("trial", "员工试用期内终止劳动关系的，费用由乙方承担。", MISSING, id="labour"),
        pytest.param(
            "trial",
            "服务期限自2026年1月1日至2026年12月31日，其中1月1日至2月28日为试用期，甲方可评估后退出。",
            OK,
            id="dates",
        ),
        pytest.param("notice", "甲方如需结束合作，应及时告知乙方并对账。", VAGUE, id="told-without-length"),
        pytest.param("notice", "乙方泄露数据的，甲方书面通知乙方后可解除合同。", MISSING, id="for-cause"),
        pytest.param("exit", "甲方不必说明原因，提前十天告知乙方即可终止合作。", OK, id="vendor-is-told"),
        pytest.param("breach_compensation", "一方违约，应赔偿另一方的直接损失。", VAGUE, id="no-figure"),
        pytest.param(
            "breach_compensation",
            "甲方违约的，应付合同总价40%；乙方违约的，应付合同总价2%。",
            ADVERSE,
            id="far-lighter",
        ),
        pytest.param(
            "breach_compensation", "甲方违约的，应付合同总价20%；乙方违约的，应付合同总价15%。", OK, id="much-the-same"
        ),
    ],
)
def test_plain_wordings(checkpoint: str, text: str, status: Status) -> None:
    assert said(checkpoint, text) is status
