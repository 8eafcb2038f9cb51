"""Term and ending in words the rules had not met: who pays whom for the rest, whose people are poached, and ending in everyday speech."""

from __future__ import annotations

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING

CASES = [
    ("exit", "乙方", "想收手的，提前半个月吱一声就行，不用解释。", OK, "everyday"),
    ("exit", "乙方", "店主不想合作了，任何时候都能停，不必解释。", OK, "at-any-time"),
    ("exit", "乙方", "甲方可以提前停用，只付用过的部分。", OK, "party-before-may"),
    ("exit", "乙方", "乙方中途退出的，应赔偿甲方改请他人做完剩余月份的差价。", MISSING, "vendor-pays-the-rest"),
    ("exit", "乙方", "甲方中途解约的，应补足剩余月份的服务费。", ADVERSE, "merchant-pays-the-rest"),
    ("exit", "乙方", "半路不做的话，剩下几个月的钱也得补齐。", ADVERSE, "whoever-is-spoken-to"),
    ("exit", "甲方", "乙方若在合同期内终止合作，甲方不退还已预付的服务费。", ADVERSE, "prepaid-kept"),
    ("exit", "乙方", "合作没满一年，店主不能半道换别家。", ADVERSE, "no-other-house"),
    ("exit", "乙方", "没到年底谁也别想走，服务商不点头就走不成。", ADVERSE, "vendor-must-nod"),
    ("exit", "乙方", "合同解除后，甲方不得以解除为由拒付已发生的费用。", MISSING, "pretext"),
    ("exit", "乙方", "短信推广计划随时可以停，不用说明理由。", MISSING, "advertising"),
    ("exit", "乙方", "双方都同意的，可以提早结束合作。", VAGUE, "both-agree"),
    ("notice", "乙方", "甲方的解约通知到达后第二十日合同终止。", OK, "takes-effect-after"),
    ("notice", "乙方", "解约函发出满四十五日，本合同方告终止。", ADVERSE, "takes-effect-too-late"),
    ("notice", "乙方", "甲方提前5×24小时函告乙方，合作即终止。", OK, "days-as-hours"),
    ("trial", "乙方", "试用两个月，其间乙方提供7×24小时接待，甲方可随时终止。", OK, "round-the-clock-is-no-length"),
    ("notice", "乙方", "非因违约解约的，甲方应预告十五日。", OK, "not-for-breach"),
    ("notice", "乙方", "乙方迁址应提前三十日书面告知甲方。", MISSING, "moving-house"),
    ("notice", "乙方", "乙方人员离开须提前十五天通知甲方。", MISSING, "staff-leave"),
    ("notice", "乙方", "终止函以快递寄出的，第三日视为送达。", MISSING, "when-received"),
    ("duration", "乙方", "自首位客服登录之日起计十八个月。", OK, "from-the-first-log-in"),
    ("duration", "乙方", "自上线之日起满三个月的，坐席可以申请转岗。", MISSING, "people-move-on"),
    ("duration", "乙方", "期限至2026年5月31日届满，不自动续展，结清义务不受影响。", MISSING, "not-renewed"),
    ("duration", "乙方", "到期自动续展一年，甲方不得以任何方式阻止。", ADVERSE, "renews-regardless"),
    ("duration", "乙方", "合作做多久，看生意情况再定。", VAGUE, "as-it-goes"),
    ("trial", "乙方", "验证期四个月，期间甲方可终止。", ADVERSE, "long-test-phase"),
    ("trial", "乙方", "试做二十八天；老板说停就停。", OK, "stop-when-said"),
    ("trial", "乙方", "试合作两个月，其间甲方不提出终止。", ADVERSE, "promised-not-to-leave"),
    ("breach_compensation", "甲方", "乙方不得私下聘用甲方的客服，违反的每人赔偿甲方2万元。", MISSING, "poaching"),
    (
        "breach_compensation",
        "甲方",
        "甲方中途撤场的，只退还没有服务那些天的钱，此外不再承担其他赔偿。",
        ADVERSE,
        "only-a-refund",
    ),
    ("breach_compensation", "乙方", "乙方擅自聘用兼职人员顶岗的，每次赔偿甲方2000元。", OK, "part-timers"),
    ("breach_compensation", "乙方", "乙方不照约定来，给甲方添了损失的，自己负责。", VAGUE, "plain-liability"),
    ("breach_compensation", "乙方", "谁坏了规矩，谁把对方的损失补上。", VAGUE, "who-breaks-makes-good"),
    (
        "breach_compensation",
        "乙方",
        "乙方的全部赔偿责任，累计不高于甲方已付费用的5%。",
        ADVERSE,
        "capped-at-what-was-paid",
    ),
    ("breach_compensation", "乙方", "乙方擅自撤人，赔偿=空岗小时×50元，上不封顶。", OK, "no-cap"),
    ("dispute", "乙方", "双方约定不诉诸法院，争议提交上海仲裁委员会裁决。", OK, "court-ruled-out"),
]


@pytest.mark.parametrize(
    ("checkpoint", "vendor", "text", "status"),
    [pytest.param(c, v, t, s, id=f"{c}-{name}") for c, v, t, s, name in CASES],
)
def test_plain(checkpoint: str, vendor: str, text: str, status: Status) -> None:
    sample = Sample(checkpoint=f"term.{checkpoint}", status=MISSING, vendor=vendor, text=text)
    assert judge(sample)[0] is status
