"""Near misses of 数据安全与保密 beside the true case, each judged by the rules alone: who acts, on what, and whether it is held back."""

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING

CASES = [
    pytest.param("confidentiality", "保密责任仅由甲方单独承担。", ADVERSE, id="merchant-alone-bound"),
    pytest.param("confidentiality", "班组长的保密补贴每月300元。", MISSING, id="allowance"),
    pytest.param("deletion", "合同终止后尾款未结清的，乙方可以拒绝销毁买家数据。", ADVERSE, id="refuses-to-destroy"),
    pytest.param("safeguards", "订单数据加密保存，并限定可查询的人员。", OK, id="who-may-query"),
    pytest.param(
        "safeguards", "买家信息有误的，客服应转交售后，必要时依法报市场监督管理部门。", MISSING, id="authority"
    ),
    pytest.param("breach_liability", "买家名单外泄的，乙方只需书面说明。", ADVERSE, id="explains-only"),
    pytest.param("breach_liability", "买家名单外泄的，赔偿最高不超过当月服务费的三倍。", OK, id="multiple-of-the-fee"),
    pytest.param("confidentiality", "乙方对会话内容负责保密，但可以将其用于训练自有模型。", ADVERSE, id="taken-back"),
    pytest.param("confidentiality", "乙方可将会话内容用于履行本合同，不得挪作他用。", OK, id="use-held-back"),
    pytest.param("confidentiality", "甲方可以使用乙方整理的会话资料。", MISSING, id="merchant-uses"),
    pytest.param(
        "confidentiality", "聊天记录，乙方有权用于同业培训，无须另行征得甲方同意。", ADVERSE, id="object-first"
    ),
    pytest.param("confidentiality", "班组可以把买家对话整理成语料卖给同行，不用再问甲方。", ADVERSE, id="team-acts"),
    pytest.param("confidentiality", "乙方一贯重视客户资料的保密与员工培养。", MISSING, id="virtue-praised"),
    pytest.param("confidentiality", "乙方不得散布关于甲方经营信息的不实言论。", MISSING, id="defamation"),
    pytest.param("confidentiality", "甲方对乙方的话术和报价资料负有保密义务。", ADVERSE, id="merchant-only"),
    pytest.param("confidentiality", "甲方同意乙方为处理售后而使用订单信息。", MISSING, id="use-for-the-service"),
    pytest.param(
        "deletion",
        "合同终止后，乙方依其内部档案制度认为需要留存的录音和会话副本，可以继续保留五年。",
        ADVERSE,
        id="kept-by-own-rule",
    ),
    pytest.param("deletion", "合同终止后，乙方不得以款项争议为由留置客户资料。", MISSING, id="no-lien"),
    pytest.param("deletion", "合同结束时，甲方提供的样机由乙方保管并按册归还。", MISSING, id="goods-kept"),
    pytest.param("deletion", "合同终止后十日内，乙方对买家数据作不可恢复的删除。", OK, id="beyond-recovery"),
    pytest.param("deletion", "合同终止时乙方移交未结工单并交还门禁卡。", MISSING, id="open-work"),
    pytest.param("safeguards", "乙方可将买家数据交给其合作的分析公司，不必征得甲方同意。", ADVERSE, id="to-partner"),
    pytest.param("safeguards", "乙方应将客户资料整理后交由甲方的合作机构。", MISSING, id="a-duty"),
    pytest.param("safeguards", "甲方应为客服开通子账号并配置后台权限。", MISSING, id="merchant-sets-up"),
    pytest.param("safeguards", "客户数据安全措施：☑日志审计 □加密 □脱敏", VAGUE, id="boxes"),
    pytest.param("safeguards", "传输全程加密，机房通过等保三级测评。", OK, id="two-measures-no-object"),
    pytest.param(
        "breach_liability",
        "因乙方原因泄露客户信息的，每条赔付300元；该项赔付合计以当月服务费为最高限额。",
        ADVERSE,
        id="cap-behind",
    ),
    pytest.param(
        "breach_liability", "当月扣减以该月服务费为限，但客户信息外泄的责任不在此限。", MISSING, id="cap-of-another"
    ),
    pytest.param("breach_liability", "买家跑了单、平台停电的，乙方不赔。", MISSING, id="orders-lost"),
    pytest.param("breach_liability", "甲方的客户名单自乙方处泄露的，乙方赔偿五万元。", OK, id="merchants-list"),
]


@pytest.mark.parametrize(("checkpoint", "text", "status"), CASES)
def test_status(checkpoint: str, text: str, status: Status) -> None:
    said, reason = judge(Sample(checkpoint=f"data.{checkpoint}", status=status, vendor="乙方", text=text))
    assert said is status, reason


@pytest.mark.parametrize(("cap", "status"), [("3万元", ADVERSE), ("30万元", OK)])
def test_a_cap_is_held_against_the_monthly_fee_of_the_contract(cap: str, status: Status) -> None:
    text = f"甲方每月支付服务费5万元。\n买家资料外泄的，乙方赔偿，赔偿总额以{cap}为上限。"
    said, reason = judge(Sample(checkpoint="data.breach_liability", status=status, vendor="乙方", text=text))
    assert said is status, reason
