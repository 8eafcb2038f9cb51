"""The staffing rules on single clauses, in wordings of our own."""

from __future__ import annotations

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING


def said(checkpoint: str, text: str, vendor: str = "乙方") -> Status:
    """The status of one clause alone."""
    return judge(Sample(checkpoint=f"staffing.{checkpoint}", status=MISSING, vendor=vendor, text=text))[0]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("驻场坐席每月的离职比例不得高于11%。", OK, id="monthly-rate"),
        pytest.param("全组三十人，一个月里离开的最多三人。", OK, id="heads"),
        pytest.param("客服人员年流失率不超过60%。", OK, id="yearly-rate"),
        pytest.param("坐席的月度留任率应达到88%以上。", OK, id="kept"),
        pytest.param("坐席月流失率在三成以内均属正常。", ADVERSE, id="above"),
        pytest.param("乙方有权随时调换项目人员，不必事先告知甲方。", ADVERSE, id="swaps"),
        pytest.param("乙方应尽量保持客服团队的稳定。", VAGUE, id="stable"),
        pytest.param("未经甲方书面同意，乙方不得更换客服组长。", VAGUE, id="consent"),
        pytest.param("会员月流失率超过12%时，甲方应开展召回活动。", MISSING, id="shoppers"),
    ],
)
def test_turnover(text: str, status: Status) -> None:
    assert said("turnover", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("组长在甲方项目连续任职的时间不得少于十个月。", OK, id="stay"),
        pytest.param("骨干客服进场后九个月内不得调离。", OK, id="ban"),
        pytest.param("所派坐席均须有一年以上的电商客服经验。", OK, id="experience"),
        pytest.param("在本店服务未满七个月的人员，不得列为核心坐席。", OK, id="not-below"),
        pytest.param("主力坐席在岗满两个月后，乙方可将其调往其他项目。", ADVERSE, id="short"),
        pytest.param("乙方应选派经验丰富的坐席担任组长。", VAGUE, id="experienced"),
        pytest.param("核心坐席在岗时长不少于____个月。", VAGUE, id="blank"),
        pytest.param("乙方与坐席签订的劳动合同期限不少于一年。", MISSING, id="labour-contract"),
        pytest.param("合作终止后六个月内，乙方不得聘用甲方人员。", MISSING, id="non-solicit"),
    ],
)
def test_tenure(text: str, status: Status) -> None:
    assert said("tenure", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("乙方按在岗坐席的25%配备替补人员。", OK, id="rate"),
        pytest.param("每四名在岗客服另配一名机动人员。", OK, id="heads"),
        pytest.param("后备坐席不得少于编制的1/4，费用已含在月费内。", OK, id="fraction"),
        pytest.param("后备坐席为编制的一成。", ADVERSE, id="below"),
        pytest.param("甲方需要备用坐席的，费用由甲方另行承担，届时议价。", ADVERSE, id="unpriced"),
        pytest.param("乙方不设备用人员。", ADVERSE, id="none-kept"),
        pytest.param("乙方应保有适当数量的机动坐席。", VAGUE, id="no-number"),
        pytest.param("甲方仓库应保留20%的备用库存。", MISSING, id="goods"),
        pytest.param("乙方职场应配备备用电源两台。", MISSING, id="machines"),
    ],
)
def test_reserve(text: str, status: Status) -> None:
    assert said("reserve", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("坐席辞职的，乙方应于十八小时内派人接替。", OK, id="hours"),
        pytest.param("有人离岗，当天补上，不得空岗。", OK, id="same-day"),
        pytest.param("空缺席位须在一个自然日以内补足。", OK, id="one-day"),
        pytest.param("离职空缺由乙方在一个工作日内补齐。", ADVERSE, id="working-day"),
        pytest.param("人员离职后，乙方于十日内招补到岗。", ADVERSE, id="ten-days"),
        pytest.param("出现缺岗时乙方应尽快安排顶岗。", VAGUE, id="soon"),
        pytest.param("缺编补齐时限为____小时。", VAGUE, id="blank"),
        pytest.param("耳机损坏的，乙方应在24小时内更换。", MISSING, id="headset"),
        pytest.param("买家漏收的配件由甲方仓库次日补寄。", MISSING, id="goods"),
    ],
)
def test_replacement(text: str, status: Status) -> None:
    assert said("replacement", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("大促前五天乙方增派40%坐席；系统宕机时二十分钟内切换到备用平台。", OK, id="both"),
        pytest.param("咨询量翻倍时，乙方一小时内加开六席；遇停电，立即启用异地职场。", OK, id="surge-and-power"),
        pytest.param("大促期间乙方将坐席增加至平日的两倍。", VAGUE, id="peak-only"),
        pytest.param("平台故障时，乙方十五分钟内改用手机端接待。", VAGUE, id="outage-only"),
        pytest.param("乙方应制定应急预案。", VAGUE, id="plan-only"),
        pytest.param("大促期间会话量激增的，乙方不保证响应时间。", ADVERSE, id="no-guarantee"),
        pytest.param("因网络中断造成接待停止的，乙方不承担任何责任。", ADVERSE, id="exempt"),
        pytest.param("因地震等不可抗力不能履约的，应在十日内提供证明。", MISSING, id="force-majeure"),
        pytest.param("大促前甲方应备足库存并联系快递。", MISSING, id="stock"),
    ],
)
def test_contingency(text: str, status: Status) -> None:
    assert said("contingency", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("坐席应参加两天产品培训，考试合格后方可上岗。", OK, id="pass-first"),
        pytest.param("未经岗前培训的人员不得接待买家。", OK, id="bar"),
        pytest.param("新人学满二十课时并通过测验，才能开通账号。", OK, id="account"),
        pytest.param("乙方负责坐席的日常培训。", VAGUE, id="trains"),
        pytest.param("乙方应定期组织客服学习商品知识。", VAGUE, id="now-and-then"),
        pytest.param("新坐席可先行上线接待，之后再行培训。", ADVERSE, id="untrained"),
        pytest.param("甲方应自费派讲师为坐席授课。", ADVERSE, id="merchant-pays"),
        pytest.param("乙方每季度组织一次消防安全培训，考核合格方可上岗。", MISSING, id="fire"),
        pytest.param("乙方应为甲方财务人员提供系统操作培训。", MISSING, id="others-taught"),
    ],
)
def test_training(text: str, status: Status) -> None:
    assert said("training", text) is status


def test_vendor_may_be_the_first_party() -> None:
    assert said("turnover", "甲方可随时调换坐席，无须乙方同意。", vendor="甲方") is ADVERSE
