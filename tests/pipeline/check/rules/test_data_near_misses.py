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
    pytest.param("confidentiality", "甲方对乙方提供的报价单同样应予保密。", ADVERSE, id="merchant-too"),
    pytest.param("confidentiality", "本条保密义务只约束甲方，乙方不受此约束。", ADVERSE, id="vendor-unbound"),
    pytest.param("confidentiality", "乙方会把店铺的成交截图做成推广案例。", ADVERSE, id="made-an-example"),
    pytest.param("confidentiality", "坐席可以向买家出示甲方公开发布的商品资料。", MISSING, id="published-already"),
    pytest.param("confidentiality", "内衣类订单一律保密发货。", MISSING, id="discreet-parcel"),
    pytest.param("confidentiality", "乙方员工的薪资相互保密。", MISSING, id="wages-secret"),
    pytest.param(
        "confidentiality",
        "顾客电话、收货地址和进货价，以下统称受控资料。乙方人员不得抄录、传播受控资料。",
        OK,
        id="defined-term",
    ),
    pytest.param(
        "confidentiality", "“秘密资料”指买家名单和订单记录；乙方不得对外披露。", OK, id="goes-on-from-definition"
    ),
    pytest.param(
        "deletion",
        "合作终止后，乙方退回甲方资料；但乙方可就订单记录保存一份副本存档。",
        ADVERSE,
        id="proviso-keeps-a-copy",
    ),
    pytest.param(
        "deletion", "合作终止后三日内乙方清除买家数据，其可留存的只有对账凭证。", OK, id="settlement-sheets-stay"
    ),
    pytest.param("deletion", "停租后是否删除会话记录由乙方决定。", ADVERSE, id="vendor-decides"),
    pytest.param("deletion", "合作结束后乙方会继续配合甲方核对订单数据。", MISSING, id="goes-on-helping"),
    pytest.param("safeguards", "“客户资料”指姓名、访问记录、操作日志及账号权限信息。", MISSING, id="definition"),
    pytest.param("safeguards", "乙方登入后台须二次验证，手机号只显示后四位。", OK, id="plain-measures"),
    pytest.param("safeguards", "甲方应开通系统权限并提供操作日志。", MISSING, id="merchant-sets-up"),
    pytest.param("safeguards", "乙方会将买家资料共享给合作伙伴，不另征求甲方意见。", ADVERSE, id="will-share"),
    pytest.param("safeguards", "乙方会将退货信息提供给甲方的供应商，但须经甲方同意。", MISSING, id="asked-first"),
    pytest.param(
        "breach_liability",
        "第三条 保密\n3.1 乙方对买家资料保密。\n第四条 责任\n4.1 乙方违反第三条的，赔偿以一个结算月的托管费为限。",
        ADVERSE,
        id="cap-by-number",
    ),
    pytest.param(
        "breach_liability",
        "第三条 保密\n3.1 乙方对买家资料保密。\n第四条 工时\n4.1 乙方违反第四条的，赔偿以一个结算月的托管费为限。",
        MISSING,
        id="cap-of-another-clause",
    ),
    pytest.param("breach_liability", "买家名单外泄的，赔偿以半个月费用为度。", ADVERSE, id="half-a-month"),
    pytest.param(
        "breach_liability", "买家名单外泄的，乙方一个月内支付违约金，最高不超过50万元费用。", OK, id="within-a-month"
    ),
    pytest.param("breach_liability", "甲方同意免除乙方因资料外泄所负的赔偿责任。", ADVERSE, id="released"),
    pytest.param(
        "confidentiality",
        "以下统称商业信息：订单、会员手机号、进货价。乙方人员不得复制或外传商业信息。",
        OK,
        id="term-before-its-list",
    ),
    pytest.param("deletion", "服务期间，乙方会保留聊天记录以便质检。", MISSING, id="kept-while-serving"),
    pytest.param("confidentiality", "甲方与其代工厂另有保密协议。", MISSING, id="agreed-with-others"),
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
