"""Near misses of the staffing rules: sentences that use the words of a checkpoint for something else, each beside the true one."""

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
        pytest.param("行政许可的内容变更的，乙方应在五日内将复印件交甲方。", MISSING, id="permit"),
        pytest.param("乙方应在十日内反馈可行性与人员影响，双方签署变更单后实施。", MISSING, id="change-order"),
        pytest.param("咨询流失率 | ≤4% | 排队两分钟后离开的占比", MISSING, id="shoppers-row"),
        pytest.param("竞业限制补偿金按坐席离职前平均工资的30%按月支付。", MISSING, id="wages"),
        pytest.param("本年度单价原则上不变动，遇招人困难时另议。", MISSING, id="price-held"),
        pytest.param("我们保留随时调整任一客服接入渠道的权利。", MISSING, id="channels"),
        pytest.param("试做期满由甲方评判去留，乙方支付体检费。", MISSING, id="merchant-decides"),
        pytest.param("乙方可以随时更换项目坐席，甲方不得提出异议。", ADVERSE, id="swaps"),
        pytest.param("坐席的去留由乙方自行决定。", ADVERSE, id="vendor-decides"),
        pytest.param("小组十人，每个月最多换一人。", OK, id="one-of-ten"),
    ],
)
def test_turnover(text: str, status: Status) -> None:
    assert said("turnover", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("组长在工作时间受伤的，乙方应自事故发生之日起20日内申请认定。", MISSING, id="deadline"),
        pytest.param("首两个月为试做阶段，驻场班长由乙方派出。", MISSING, id="trial"),
        pytest.param("乙方具有多年客服团队管理经验。", MISSING, id="company"),
        pytest.param("班长在本店连续接待不少于两个月。", ADVERSE, id="short"),
        pytest.param("班长在本店连续接待不少于十个月。", OK, id="long"),
    ],
)
def test_tenure(text: str, status: Status) -> None:
    assert said("tenure", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("常备席位二十席，其中组长席位两席。", MISSING, id="standing-seats"),
        pytest.param("超出机动人员人数的增开席位，费用由甲方据实承担。", VAGUE, id="beyond-reserve"),
        pytest.param("机动人员的人力费用由甲方据实承担。", ADVERSE, id="unpriced"),
        pytest.param("排队买家超过两百个的，五个替补应在半小时内上线。", VAGUE, id="crowd"),
        pytest.param("二十名坐席之外另养五名替补。", OK, id="heads"),
        pytest.param("流量超过预测三成的，乙方调入替补坐席。", VAGUE, id="growth"),
        pytest.param("月走人不超过一成，待命的人手占在岗两成五。", OK, id="own-clause"),
        pytest.param("坐席离职的，替补人员应于十小时内到岗。", MISSING, id="one-seat"),
        pytest.param("机房后备供电不少于两小时。", MISSING, id="power"),
    ],
)
def test_reserve(text: str, status: Status) -> None:
    assert said("reserve", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("缺岗席位不计费。", MISSING, id="not-charged"),
        pytest.param("缺岗期间不视为乙方违约，乙方亦不负责另行补人。", ADVERSE, id="no-duty"),
        pytest.param("更换项目经理的，应安排不少于十日的工作交接。", MISSING, id="handover"),
        pytest.param("坐席离岗的，乙方应在三日内安排他人接替。", ADVERSE, id="three-days"),
        pytest.param("首答 | 30秒 | 缺岗顶班 | 坐席缺岗的，60小时内顶班到位", ADVERSE, id="own-cell"),
        pytest.param("客服生孩子或者不做了，乙方尽快找人接上。", VAGUE, id="plain-words"),
        pytest.param("坐席泄露顾客资料的，乙方应更换人员并赔偿。", MISSING, id="sent-away"),
        pytest.param("甲方可以安排产品人员到乙方走访。", MISSING, id="visit"),
    ],
)
def test_replacement(text: str, status: Status) -> None:
    assert said("replacement", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("大促期间甲方要求延长值守的，加班费由甲方据实承担。", MISSING, id="who-pays"),
        pytest.param("大促期间接待不过来造成的损失由甲方自行承担。", ADVERSE, id="who-loses"),
        pytest.param("周年庆邀请甲方参加的，往返交通由甲方自理。", MISSING, id="party"),
        pytest.param("甲方逾期付款的，乙方可暂停，热线停摆由甲方自行承担。", MISSING, id="unpaid"),
        pytest.param("系统故障期间乙方不承担任何责任。", ADVERSE, id="exempt"),
        pytest.param("首次解决率不低于92%，因系统故障所致者不计入。", MISSING, id="exception"),
        pytest.param("成员不得挂断电话或者与用户争吵。", MISSING, id="hanging-up"),
        pytest.param("旺季增开席位 | 每席每日 | 280元", MISSING, id="price-row"),
        pytest.param(
            "大促前五日乙方将坐席增至1.5倍；断网的，乙方十分钟内切换到备用线路。", OK, id="both"
        ),
        pytest.param("旺季临时加派十个人；职场停电的，半小时内把话务转到异地职场。", OK, id="nobody-named"),
    ],
)  # fmt: skip
def test_contingency(text: str, status: Status) -> None:
    assert said("contingency", text) is status


@pytest.mark.parametrize(
    ("text", "status"),
    [
        pytest.param("甲方派懂货的人来教客服，车费和老师的工钱都由甲方自己出。", ADVERSE, id="merchant-pays"),
        pytest.param("乙方派讲师来教客服，车费和老师的工钱都由乙方自己出。", VAGUE, id="vendor-pays"),
        pytest.param("乙方可抽调未经岗前课的临时工顶班。", ADVERSE, id="untrained"),
        pytest.param("不合格者补训后重考，通过考核方可上岗。", OK, id="taught-again"),
        pytest.param("乙方不安排未经培训的人员接待顾客。", OK, id="not-the-untrained"),
        pytest.param("课程结业后方可分配工号。", OK, id="badge"),
        pytest.param("综合单价为全费用价格，包含岗前培训、加班与税金。", MISSING, id="price"),
        pytest.param("学员在开课前申请退费的，按课程退费须知办理。", MISSING, id="courses-sold"),
        pytest.param("会话整理后用于乙方应答产品的训练。", MISSING, id="model"),
        pytest.param("新来的客服由乙方自己带。", VAGUE, id="plain-words"),
        pytest.param("离职前应办妥交接，经组长签字后领取离职证明。", MISSING, id="leaving"),
    ],
)
def test_training(text: str, status: Status) -> None:
    assert said("training", text) is status


@pytest.mark.parametrize(
    ("checkpoint", "text", "status"),
    [
        pytest.param("turnover", "直营店店员的月离职率不高于5%，由甲方考核。", MISSING, id="shop-assistants"),
        pytest.param("turnover", "乙方依法缴纳社保，并保持坐席队伍稳定。", VAGUE, id="stable-beside-insurance"),
        pytest.param("turnover", "乙方可将驻店坐席调往其他客户，事后告知。", ADVERSE, id="moved-elsewhere"),
        pytest.param("turnover", "离组人数按月统计，与月初人数之比由乙方控制在百分之二十以内。", ADVERSE, id="formula"),
        pytest.param("tenure", "离职后一年内甲方不得招录乙方的班长。", MISSING, id="solicit"),
        pytest.param("tenure", "乙方承担工资，主要接待人员在本店铺工作不少于四个月。", ADVERSE, id="own-clause"),
        pytest.param("tenure", "班长服务不满十个月需调离的，先取得甲方书面同意。", OK, id="consent-before"),
        pytest.param("reserve", "门票预留比例为30%。", MISSING, id="tickets"),
        pytest.param("reserve", "乙方按编制的25%配备经过培训的机动坐席。", OK, id="trained-reserve"),
        pytest.param("reserve", "乙方安排必要的替补客服，以应对请假。", VAGUE, id="reserve-without-share"),
        pytest.param("replacement", "乙方收到缺员通知后12小时内补位。", OK, id="from-notice"),
        pytest.param("replacement", "乙方收到缺员通知后四日内补位。", ADVERSE, id="from-notice-late"),
        pytest.param("training", "乙方组织坐席培训，样品用完退回甲方。", VAGUE, id="samples-returned"),
        pytest.param("training", "没有通过测试的坐席不得派到本店。", OK, id="not-sent"),
        pytest.param("training", "甲方须无偿为乙方客服授课。", ADVERSE, id="taught-for-nothing"),
        pytest.param("training", "甲方的店员参加平台培训，费用由甲方自理。", MISSING, id="merchants-own"),
        pytest.param("contingency", "乙方应维护业务连续性方案。", VAGUE, id="continuity"),
        pytest.param("turnover", "坐席保有率每月不低于八成。", ADVERSE, id="kept"),
        pytest.param("turnover", "客服的流动应控制在正常水平。", VAGUE, id="within-reason"),
        pytest.param("tenure", "乙方不得于九个月内撤换骨干坐席。", OK, id="not-within"),
        pytest.param("reserve", "后备坐席与在岗坐席的配比为1:8。", ADVERSE, id="ratio"),
        pytest.param("replacement", "甲方无权要求乙方限时补足离职坐席。", ADVERSE, id="no-claim"),
        pytest.param("training", "坐席上岗应先通过甲方测试。", OK, id="first-passed"),
        pytest.param("training", "新坐席不参加培训直接上线。", ADVERSE, id="straight-to-work"),
        pytest.param("contingency", "因第三方原因无法接待的，不视为乙方违约。", ADVERSE, id="third-party"),
        pytest.param("contingency", "甲方在大促前交来活动方案。", MISSING, id="sales-plan"),
    ],
)
def test_second_round(checkpoint: str, text: str, status: Status) -> None:
    assert said(checkpoint, text) is status
