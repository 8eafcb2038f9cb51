"""Sentences that stand near a point of 服务范围与标准 and are not it, each beside one that is; judged by the rules alone."""

import pytest

from eval.sentences import Sample, judge
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING

CASES = [
    pytest.param("service_types", "上门量房、家具安装及旧件回收由甲方的服务网点完成，不在乙方工作之内。", MISSING, id="types-physical"),
    pytest.param("service_types", "退换货与客诉的接待不在乙方工作之内。", ADVERSE, id="types-talk-excluded"),
    pytest.param("service_types", "买家提出索赔的，坐席登记诉求后转交甲方。", MISSING, id="types-escalated"),
    pytest.param("service_types", "客诉一律转回甲方，坐席不予受理。", ADVERSE, id="types-handed-back"),
    pytest.param("service_types", "会话费=坐席数×单价+大促加派人数×日单价。", MISSING, id="types-formula"),
    pytest.param("service_types", "因商品瑕疵产生的消费者索赔由甲方承担。", MISSING, id="types-liability"),
    pytest.param("service_types", "甲方应配合提供下列资料：\n（一）尺码对照、退货须知；", MISSING, id="types-merchant-list"),
    pytest.param("service_types", "乙方为甲方承办下列事务：\n（一）售前答疑；\n（二）退货受理。", OK, id="types-vendor-list"),
    pytest.param("service_types", "双方曾签订《售前售后客服合作合同》（下称“原约”）。", MISSING, id="types-contract-name"),
    pytest.param("channels", "甲方未按时付款的，乙方有权停止店铺接待。", MISSING, id="channels-unpaid"),
    pytest.param("channels", "乙方得自行停止微信私信的受理，甲方不得据此要求减价。", ADVERSE, id="channels-merchant-bound"),
    pytest.param("channels", "日常联络可以用企业微信群，但坐席数量的改动以盖章文件为准。", MISSING, id="channels-coordination"),
    pytest.param("channels", "客服受理入口：热线0571-88XX-6600、微信公众号。", OK, id="channels-masked-number"),
    pytest.param("channels", "The vendor may, at its sole discretion, suspend or withdraw any contact channel.", ADVERSE, id="channels-english"),
    pytest.param("service_hours", "春节期间网点停止上门的城市，由甲方提前公布，坐席据此向买家说明。", MISSING, id="hours-other-service"),
    pytest.param("service_hours", "大促当天的转化率不计入平均。", MISSING, id="hours-rate"),
    pytest.param("service_hours", "人工接待9:00至22:00，国庆、春节不安排坐席。", ADVERSE, id="hours-holidays-out"),
    pytest.param("service_hours", "坐席每日9:00至22:00在线，国庆期间取消休假。", OK, id="hours-no-leave"),
    pytest.param("service_hours", "早班坐席的数量可按季增减，双方签字后执行。", MISSING, id="hours-head-count"),
    pytest.param("service_hours", "Agents are on duty 9:00 to 18:00 on business days only.", ADVERSE, id="hours-business-days"),
    pytest.param("response_time", "来电量激增时，乙方应在1小时内将质检员全部转为接线。", MISSING, id="response-measure"),
    pytest.param("response_time", "平均应答时间：同类项目常态水平为50秒。", VAGUE, id="response-usual-level"),
    pytest.param("response_time", "甲方来电询问进度的，项目经理15分钟内回复。", MISSING, id="response-to-merchant"),
    pytest.param("response_time", "买家来电须在50秒内接听。", ADVERSE, id="response-to-shopper"),
    pytest.param("resolution_rate", "提前退场的，应一次结清剩余费用。", MISSING, id="resolution-paid-at-once"),
    pytest.param("resolution_rate", "首次联系即结案的比率不低于百分之九十一。", OK, id="resolution-ratio"),
    pytest.param("service_types", "客服组须完成：（1）导购答疑；（2）退款登记；同时保管好甲方的样衣。", OK, id="types-listed-in-the-opening"),
    pytest.param("service_types", "甲方委托乙方提供网店客服。", VAGUE, id="types-merchant-entrusts"),
    pytest.param("service_types", "项目 | 是否承接\n退款申请 | 是\n差评跟进 | 否", ADVERSE, id="types-answered-no"),
    pytest.param("service_types", "坐席有权拒绝参与刷单、好评返现。", MISSING, id="types-unlawful-acts"),
    pytest.param("channels", "接待平台由甲方确定。", VAGUE, id="channels-merchant-points-out"),
    pytest.param("channels", "乙方通过热线、电子邮件受理消费者咨询。", OK, id="channels-consumers"),
    pytest.param("channels", "乙方减少接待渠道的，提前5日告知甲方即可。", ADVERSE, id="channels-on-notice"),
    pytest.param("channels", "乙方减少接待渠道的，应提前5日告知甲方并经甲方书面同意。", MISSING, id="channels-notice-and-consent"),
    pytest.param("service_hours", "坐席每周工作时间不超过44小时。", MISSING, id="hours-of-labour"),
    pytest.param("service_hours", "年货节期间乙方不保证坐席在岗。", ADVERSE, id="hours-sale-not-assured"),
    pytest.param("service_hours", "接待时间为工作日10:00至19:00，不含周末。", ADVERSE, id="hours-weekends-not-included"),
    pytest.param("service_hours", "班次为9:00至21:00，迟到的登记备查。", VAGUE, id="hours-beside-lateness"),
    pytest.param("response_time", "考核项：人工首响；目标值：不超过22秒。", OK, id="response-next-field"),
    pytest.param("response_time", "店铺三分钟回复率应优于同行。", VAGUE, id="response-name-of-a-rate"),
    pytest.param("response_time", "人工首响时长不高于50秒。", ADVERSE, id="response-length"),
    pytest.param("resolution_rate", "首次解决率季度不低于93%，好评率不低于96%。", OK, id="resolution-first-of-two"),
    pytest.param("resolution_rate", "买家的问题一次办结的须占九成一。", OK, id="resolution-tenths"),
    pytest.param("resolution_rate", "工单解决率不低于97%。", MISSING, id="resolution-of-tickets"),
]  # fmt: skip


@pytest.mark.parametrize(("checkpoint", "text", "status"), CASES)
def test_near_miss(checkpoint: str, text: str, status: Status) -> None:
    assert judge(Sample(checkpoint=f"scope.{checkpoint}", status=status, vendor="乙方", text=text))[0] is status
