"""Near misses of 服务质量考核与质检 beside the true case, each judged by the rules alone."""

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING

CASES = [
    pytest.param("kpis", "统计时只采信乙方后台记录。", ADVERSE, id="only-its-own-records"),
    pytest.param("kpis", "甲方应及时审批退货，退货处理率不低于98%。", MISSING, id="merchants-own-duty"),
    pytest.param("kpis", "顾客评价好坏、回话快慢列入每季考评。", VAGUE, id="aspects-without-figures"),
    pytest.param("kpis", "首次响应不超过30秒。\n指标 | 目标\n首次响应 | 30秒以内", VAGUE, id="one-indicator-twice"),
    pytest.param("inspection", "乙方做好岗前培训和登记，每周向甲方提交质检结果。", OK, id="training-beside"),
    pytest.param("inspection", "甲方应按期付款，不得调听通话录音。", ADVERSE, id="second-part-forbids"),
    pytest.param("inspection", "聊天记录由乙方决定是否开放。", ADVERSE, id="vendor-decides"),
    pytest.param("incentives", "服务水平未达成的，制定整改方案为唯一救济，费用不得减少。", ADVERSE, id="sole-remedy"),
    pytest.param("incentives", "甲方对门店店员实行考核，差错每次扣100元。", MISSING, id="merchants-own-staff"),
    pytest.param("incentives", "满意度与响应两项扣款互不抵扣，每项未达标扣2%。", OK, id="no-set-off-between-items"),
    pytest.param("kpis", "按成交额的2%计提，响应时间不高于30秒。", VAGUE, id="turnover-is-no-conversion"),
    pytest.param("kpis", "乙方系招标确定的成交单位，投标承诺对其有约束力。", MISSING, id="winning-bidder"),
    pytest.param("kpis", "乙方可以随时调整满意度目标，甲方三日内未回复的视为同意。", ADVERSE, id="silence-accepts"),
    pytest.param("kpis", "经双方书面确认后可以调整满意度目标。", VAGUE, id="changed-together"),
    pytest.param("kpis", "各项目标值以双方另行签署的考核表为准。", VAGUE, id="sheet-elsewhere"),
    pytest.param("kpis", "买家打的分平均不低于4.6分，询问后下单的比例不低于百分之三十。", OK, id="indicators-in-words"),
    pytest.param("kpis", "这些数只认乙方自己记的表。", ADVERSE, id="own-sheet-only"),
    pytest.param("kpis", "CSAT 4.5 out of 5 or above; negative reviews not more than 1%.", OK, id="english-scores"),
    pytest.param("kpis", "以乙方名义开具的发票数据为准。", MISSING, id="invoices"),
    pytest.param("inspection", "乙方为甲方网店提供售前接待和物流查询服务。", MISSING, id="a-service"),
    pytest.param("inspection", "乙方定期抽看会话，并给每位客服写评语。", VAGUE, id="each-agent-is-no-frequency"),
    pytest.param("inspection", "乙方对每名客服每周抽检10通会话。", OK, id="each-agent-each-week"),
    pytest.param("inspection", "甲方承诺不以登录后台等方式检查客服质量。", ADVERSE, id="promises-not-to-look"),
    pytest.param("incentives", "客服不得用红包换好评。", MISSING, id="bribe"),
    pytest.param("incentives", "试运行阶段的评分不作扣款依据。", MISSING, id="warm-up"),
    pytest.param("incentives", "指标未达成的，评分不作扣款依据。", ADVERSE, id="never-deducted"),
    pytest.param("incentives", "因平台故障导致响应超时的，不计入考核，不扣款。", MISSING, id="outside-cause"),
    pytest.param("incentives", "干得不行酌情扣一点。", VAGUE, id="bad-work"),
    pytest.param("incentives", "是否发放奖金由乙方按内部制度决定。", MISSING, id="own-staff"),
    pytest.param("incentives", "未达约定水平的，甲方酌情减收服务费。", VAGUE, id="below-level"),
    pytest.param("incentives", "因恶意投诉产生的争议，不作为任何一方违约。", MISSING, id="nobodys-fault"),
    pytest.param(
        "incentives",
        "项目组缺员的，乙方不得以招聘困难为由请求免除考核扣款。",
        VAGUE,
        id="incentives-vendor-may-not-escape",
    ),
    pytest.param("incentives", "未达到考核目标的，不引起任何费用的扣减。", ADVERSE, id="incentives-leads-to-none"),
    pytest.param("incentives", "考核未达标的，以复训代替扣款。", ADVERSE, id="incentives-replaced"),
    pytest.param("incentives", "满意度未达标的处罚从严，不得减免。", VAGUE, id="incentives-strict"),
    pytest.param("incentives", "平台对延迟发货每单扣商家3元，与考核无关。", MISSING, id="incentives-of-the-platform"),
    pytest.param("incentives", "首响平均不超过40秒，每超2秒扣当月服务费1%。", OK, id="incentives-average"),
    pytest.param("inspection", "甲方可登录后台查看会话，乙方不得设置任何查阅障碍。", OK, id="inspection-no-obstacle"),
    pytest.param(
        "inspection", "后台不提供的数据，由双方从会话中抽取二百条计算。", MISSING, id="inspection-not-in-the-backend"
    ),
    pytest.param("inspection", "质检由乙方完成，甲方不参与。", ADVERSE, id="inspection-merchant-keeps-out"),
    pytest.param("inspection", "录音及会话不得提供给甲方。", ADVERSE, id="inspection-not-given"),
    pytest.param(
        "inspection", "未通过闭卷测试的人员，甲方不得安排其登录后台接待。", MISSING, id="inspection-admission"
    ),
    pytest.param("kpis", "签约时店铺满意度91%、差评率1.2%，双方截图存档。", MISSING, id="kpis-state-at-signing"),
    pytest.param("kpis", "云仓拣货差错率不高于0.2%，当日出库率不低于98%。", MISSING, id="kpis-of-the-warehouse"),
    pytest.param(
        "kpis", "指标 | 目标 | 谁可调整\n满意度 | 90% | 乙方\n差评率 | 1% | 乙方", ADVERSE, id="kpis-vendor-may-change"
    ),
    pytest.param(
        "kpis",
        "指标 | 目标 | 谁可调整\n满意度 | 90% | 双方书面确认\n差评率 | 1% | 双方书面确认",
        OK,
        id="kpis-both-change",
    ),
    pytest.param("inspection", "店家每个礼拜从聊天记录里挑20段来看。", OK, id="inspection-everyday"),
    pytest.param("incentives", "三样都做到了多发300块，哪样没做到，工钱也不扣。", ADVERSE, id="incentives-everyday"),
    pytest.param("kpis", "来问过的人里下单的不少于三成，投诉不超过4起。", OK, id="kpis-everyday"),
    pytest.param("incentives", "首响的计时不停，换班的时间不予扣除。", MISSING, id="incentives-time-counted"),
    pytest.param("inspection", "甲方不得要求乙方销毁其自有的会话统计。", MISSING, id="inspection-destruction"),
]


@pytest.mark.parametrize(("checkpoint", "text", "status"), CASES)
def test_wording(checkpoint: str, text: str, status: Status) -> None:
    assert judge(Sample(checkpoint=f"quality.{checkpoint}", status=status, vendor="乙方", text=text))[0] is status


def test_a_table_of_indicators_is_read_as_a_whole() -> None:
    table = "指标 | 目标值\n满意度 | ≥95%\n差评率 | ≤1%"
    assert judge(Sample(checkpoint="quality.kpis", status=OK, vendor="乙方", text=table))[0] is OK
