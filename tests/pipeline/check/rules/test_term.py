"""The term rules on single clauses, in wordings of our own."""

from __future__ import annotations

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING


def said(checkpoint: str, text: str, vendor: str) -> Status:
    """The status of one clause alone."""
    return judge(Sample(checkpoint=f"term.{checkpoint}", status=MISSING, vendor=vendor, text=text))[0]


@pytest.mark.parametrize(
    ("vendor", "text", "status"),
    [
        pytest.param("服务商", "订单服务期为十二个月，自商家完成账号授权之日起计算。", OK, id="ok-1"),
        pytest.param("我们", "本服务订单自2025年7月1日生效，2026年6月30日到期。", OK, id="ok-2"),
        pytest.param("乙方", "有效期：2025/3/1至2026/2/28。", OK, id="ok-3"),
        pytest.param("我们", "服务期限以您购买的套餐页面显示为准。", VAGUE, id="vague-1"),
        pytest.param("乙方", "合同有效期三年。", VAGUE, id="vague-2"),
        pytest.param("我们", "服务到期系统将自动续费续期，续费后不支持撤销。", ADVERSE, id="adverse-1"),
        pytest.param("服务商", "合作期届满自动续约一年。", ADVERSE, id="adverse-2"),
        pytest.param("乙方", "甲方承诺合作不少于五年，自签约之日起算。", ADVERSE, id="adverse-3"),
        pytest.param("乙方", "本优惠价自2025年6月1日起至6月30日有效。", MISSING, id="near-miss-1"),
        pytest.param("乙方", "聊天记录自产生之日起保存三年。", MISSING, id="near-miss-2"),
    ],
)
def test_duration(vendor: str, text: str, status: Status) -> None:
    assert said("duration", text, vendor) is status


@pytest.mark.parametrize(
    ("vendor", "text", "status"),
    [
        pytest.param("我们", "新商家享有30天体验期，体验期内可随时取消并按日退费。", OK, id="ok-1"),
        pytest.param("乙方", "签约后先跑两个月试试，两个月后甲方看数据决定要不要继续。", OK, id="ok-2"),
        pytest.param("服务商", "合作首月为试运营期，商家可于期末评估服务质量并决定是否转正式合作。", OK, id="ok-3"),
        pytest.param("我们", "平台提供试用服务，试用时长以页面展示为准。", VAGUE, id="vague-1"),
        pytest.param("乙方", "合作头一个月按试用价3000元收费。", VAGUE, id="vague-2"),
        pytest.param("服务商", "试用期一百五十天，商家满意后转入正式服务。", ADVERSE, id="adverse-1"),
        pytest.param("我们", "试用期30天，试用期间不得申请退款或终止。", ADVERSE, id="adverse-2"),
        pytest.param("乙方", "试用期为期两个月，甲方在此期间不能解约。", ADVERSE, id="adverse-3"),
        pytest.param("乙方", "新上线的话术先灰度试用三天。", MISSING, id="near-miss-1"),
        pytest.param("乙方", "买家可免费试用七天后再付款。", MISSING, id="near-miss-2"),
    ],
)
def test_trial(vendor: str, text: str, status: Status) -> None:
    assert said("trial", text, vendor) is status


@pytest.mark.parametrize(
    ("vendor", "text", "status"),
    [
        pytest.param("我们", "您可提前15天在后台申请停止服务。", OK, id="ok-1"),
        pytest.param("服务商", "任何一方可提前三十日以邮件方式通知另一方解除本协议。", OK, id="ok-2"),
        pytest.param("乙方", "甲方不想继续合作，提前半个月说一声即可。", OK, id="ok-3"),
        pytest.param("服务商", "商家终止合作须提前3个月书面申请。", ADVERSE, id="adverse-1"),
        pytest.param(
            "我们", "如您需停止使用本服务，应提前60日提交书面申请，否则视为继续使用。", ADVERSE, id="adverse-2"
        ),
        pytest.param("服务商", "服务商可提前7日通知商家终止服务，商家不得提前终止。", ADVERSE, id="adverse-3"),
        pytest.param("我们", "如需停用服务，请提前告知我们。", VAGUE, id="vague-1"),
        pytest.param("服务商", "商家有意终止合作的，应给服务商预留合理的过渡时间。", VAGUE, id="vague-2"),
        pytest.param("我们", "我们调整服务内容的，将提前7天公告。", MISSING, id="near-miss-1"),
        pytest.param("乙方", "合同到期前30日，双方协商续签事宜。", MISSING, id="near-miss-2"),
    ],
)
def test_notice(vendor: str, text: str, status: Status) -> None:
    assert said("notice", text, vendor) is status


@pytest.mark.parametrize(
    ("vendor", "text", "status"),
    [
        pytest.param("我们", "您可以随时停止使用本服务，无须支付违约金。", OK, id="ok-1"),
        pytest.param("服务商", "服务商连续两个月未达到约定服务标准的，商家可立即解除协议。", OK, id="ok-2"),
        pytest.param("乙方", "甲方觉得不满意，随时可以不做，钱按天结。", OK, id="ok-3"),
        pytest.param("我们", "服务开通后不支持提前退订，已付费用不予退还。", ADVERSE, id="adverse-1"),
        pytest.param("服务商", "合作期内商家不得单方解约，否则须补足剩余服务期的服务费。", ADVERSE, id="adverse-2"),
        pytest.param("乙方", "甲方提前终止的，应按剩余月份的服务费向乙方支付违约金。", ADVERSE, id="adverse-3"),
        pytest.param("服务商", "经双方协商同意，可提前终止本协议。", VAGUE, id="vague-1"),
        pytest.param("乙方", "想提前结束的，两边商量着来。", VAGUE, id="vague-2"),
        pytest.param("乙方", "合同终止后，乙方应在三日内交还账号。", MISSING, id="near-miss-1"),
        pytest.param("乙方", "甲方有权随时抽查聊天记录。", MISSING, id="near-miss-2"),
    ],
)
def test_exit(vendor: str, text: str, status: Status) -> None:
    assert said("exit", text, vendor) is status


@pytest.mark.parametrize(
    ("vendor", "text", "status"),
    [
        pytest.param(
            "服务商", "服务商单方终止服务的，应退还未履行部分费用并支付相当于一个月服务费的违约金。", OK, id="ok-1"
        ),
        pytest.param("我们", "因我们原因导致服务中断的，每中断一天补偿您两天服务费。", OK, id="ok-2"),
        pytest.param("乙方", "乙方说不干就不干的，赔甲方一万块。", OK, id="ok-3"),
        pytest.param("我们", "因我们的过错给您造成损失的，我们依法承担赔偿责任。", VAGUE, id="vague-1"),
        pytest.param("乙方", "哪方不按约定来，哪方负责赔偿对方损失。", VAGUE, id="vague-2"),
        pytest.param("我们", "我们的赔偿责任以您最近一个月支付的费用为上限。", ADVERSE, id="adverse-1"),
        pytest.param("我们", "对于服务中断造成的损失，我们不承担任何责任。", ADVERSE, id="adverse-2"),
        pytest.param(
            "服务商", "商家违约应支付合同额30%违约金，服务商违约仅退还当期剩余费用。", ADVERSE, id="adverse-3"
        ),
        pytest.param("我们", "因不可抗力造成服务中断的，双方互不承担责任。", MISSING, id="near-miss-1"),
        pytest.param("乙方", "商品质量问题引起的赔偿由甲方承担。", MISSING, id="near-miss-2"),
    ],
)
def test_breach_compensation(vendor: str, text: str, status: Status) -> None:
    assert said("breach_compensation", text, vendor) is status


@pytest.mark.parametrize(
    ("vendor", "text", "status"),
    [
        pytest.param("我们", "因本协议产生的争议，由您所在地人民法院管辖。", OK, id="ok-1"),
        pytest.param("服务商", "协商不成的，提交杭州仲裁委员会仲裁。", OK, id="ok-2"),
        pytest.param("乙方", "谈不拢就去甲方那儿的法院起诉。", OK, id="ok-3"),
        pytest.param("我们", "任何争议均应提交我司所在地有管辖权的法院诉讼解决。", ADVERSE, id="adverse-1"),
        pytest.param("服务商", "商家同意由服务商注册地的法院处理双方纠纷。", ADVERSE, id="adverse-2"),
        pytest.param("乙方", "打官司到乙方公司所在的区法院。", ADVERSE, id="adverse-3"),
        pytest.param("我们", "如有争议，请先联系客服协商解决。", VAGUE, id="vague-1"),
        pytest.param("服务商", "协商不成的，可向有关仲裁机构申请仲裁。", VAGUE, id="vague-2"),
        pytest.param("我们", "买家与商家之间的交易纠纷由平台处理。", MISSING, id="near-miss-1"),
        pytest.param("乙方", "客服应妥善化解与买家的争议。", MISSING, id="near-miss-2"),
    ],
)
def test_dispute(vendor: str, text: str, status: Status) -> None:
    assert said("dispute", text, vendor) is status
