"""Staffing in words the rules had not met: what people say for a stay, a reserve and a bad day, and what only sounds like it."""

from __future__ import annotations

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING

CASES = [
    ("turnover", "月流失率不高于10%，基数为期初与期末人数相加后的二分之一。", OK, "half-of-a-sum"),
    ("turnover", "每月离职人数不得超过编制的一半。", ADVERSE, "half-of-the-team"),
    ("turnover", "咱们这班人马稳得住，少折腾。", VAGUE, "steady-in-plain-words"),
    ("turnover", "本年度客服单价少变动。", MISSING, "steady-price"),
    ("turnover", "直播间的观众离开得快，离开率按月公布。", MISSING, "viewers-leave"),
    ("turnover", "坐席轮休由乙方自行安排，轮休不视为人员更换。", MISSING, "time-off-is-no-swap"),
    ("tenure", "晚班领班须跟了本店满九个月。", OK, "followed-the-shop"),
    ("tenure", "领班须跟本店满一年，不到一年的不得排班。", OK, "short-ones-barred"),
    ("tenure", "乙方不得安排在岗未满八个月的人员担任组长。", OK, "barred-ahead"),
    ("tenure", "乙方不得安排在岗不足四个月的人员担任组长。", ADVERSE, "barred-too-low"),
    ("tenure", "续约之后，班长须是在本店干满七个月的老手。", OK, "after-renewal"),
    ("tenure", "请来的人都要干过母婴类目。", VAGUE, "has-done-it"),
    ("tenure", "当班组长接过来谈，谈不下来的当天写清楚转给甲方。", MISSING, "takes-over-a-chat"),
    ("tenure", "买家收货满七个月的，坐席不受理退货。", MISSING, "shoppers-time"),
    ("reserve", "乙方按在岗人数的25%配后备，用到时甲方按合同单价付顶班费。", OK, "at-the-stated-price"),
    ("reserve", "后备比例不低于两成，待命工资由乙方自己发，甲方不承担。", OK, "merchant-does-not-pay"),
    ("reserve", "机动席为20%，平时不计费，启用后甲方据实承担。", ADVERSE, "paid-when-used"),
    ("reserve", "后备席按约定单价的一半计待命费。", VAGUE, "share-of-a-price"),
    ("reserve", "后备人员的人数由双方另行协商。", VAGUE, "number-left-open"),
    ("reserve", "定编20人之外，随时可调5人顶班。", OK, "beyond-the-establishment"),
    ("reserve", "在岗与备勤之比为8:1。", ADVERSE, "ratio-the-other-way"),
    ("reserve", "甲方自留一名店员作机动，与乙方编制无关。", MISSING, "the-merchants-own"),
    ("replacement", "商家对接人变更的，应于两日内告知乙方并由新人接替。", MISSING, "contact-person"),
    ("replacement", "空缺出来的席位以最快速度物色人选。", VAGUE, "as-fast-as-can-be"),
    ("contingency", "单日咨询数超出预估的，多出来的部分能接多少接多少。", ADVERSE, "beyond-forecast"),
    ("contingency", "来量高于约定基准的，超出的部分乙方不承诺接起。", ADVERSE, "no-promise-beyond"),
    ("contingency", "当月会话量大于三万条的，超出部分单价降至0.9元。", MISSING, "price-scale"),
    ("contingency", "月接待量高于约定基准20%以上的，双方重新协商服务费。", MISSING, "price-renegotiated"),
    ("contingency", "会话量高于约定基准两成的，乙方应加派坐席，不得以量大为由降低响应标准。", VAGUE, "one-of-two"),
    ("contingency", "咨询猛涨时午休取消；邮箱挂掉的改用备用邮箱，一小时内恢复收信。", OK, "nobody-named"),
    ("contingency", "断网期间的中断，乙方无补救义务。", ADVERSE, "no-duty"),
    ("contingency", "主播手机死机的，换备用手机继续推流。", MISSING, "the-hosts-phone"),
    ("contingency", "停电、大促如何应对，双方届时另议方案。", VAGUE, "left-to-later"),
    ("training", "新人先上六小时课，抽考合格才放行。", OK, "let-through"),
    ("training", "培训如何安排，以双方届时商定的为准。", VAGUE, "how-left-open"),
    ("training", "乙方自有培训学院与讲师六十名。", MISSING, "company-boast"),
]


@pytest.mark.parametrize(
    ("checkpoint", "text", "status"), [pytest.param(c, t, s, id=f"{c}-{name}") for c, t, s, name in CASES]
)
def test_unseen(checkpoint: str, text: str, status: Status) -> None:
    sample = Sample(checkpoint=f"staffing.{checkpoint}", status=MISSING, vendor="乙方", text=text)
    assert judge(sample)[0] is status
