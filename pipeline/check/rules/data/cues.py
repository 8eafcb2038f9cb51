"""Cues that several rules of the area share."""

from __future__ import annotations

from pipeline.check.rules.pattern import any_of

PEOPLE = r"(?:客户|用户|消费者|买家|顾客|会员|个人|收件|收货|学员|粉丝|联系人|客人|老客|老顾客|买主|购买者)"
OWN = r"(?:订单|交易|店铺|商品|销售|经营|财务|价格|账号|货源|供应链|供应商|成交|营业|技术|后台|会话|聊天|通话|沟通|业务|推广|营销|店里|进货|货品|成本|底|采购|促销|上新|活动|接待)"
KIND = r"(?:信息|资料|数据|隐私|记录|纪录|名单|名册|姓名|电话|地址|手机号|画像|标签|密码|秘密|内容|策略|成本|价格|录音|文件|库|销量|档案|计划|号码|微信|表|生日|流水|明细|底价|渠道|报表|口令|购买|买了啥|历史|轨迹)"
DATA = any_of(
    PEOPLE + r"(?:的)?[^,。;；]{0,8}" + KIND, OWN + r"(?:的)?[^,。;；、]{0,6}" + KIND, r"数据", r"个人信息", r"聊天记录", r"会话", r"录音", r"工单", r"商业秘密", r"营业秘密", r"保密信息", r"机密", r"手机号", r"资料", r"信息", r"个资|隐私|名单|名册|名录|客户表|台账|聊天|老客|订单|客人(?:的)?(?:电话|地址|微信)|买家|(?:shopper|buyer|order)(?:record|histor|data)|customer(?:record|list)s?",
    r"报表", r"personalinformation|customerdata|confidentialinformation|(?:consumer|personal)?(?:data|information)",
)  # fmt: skip
NAMED = any_of(
    PEOPLE + r"(?:的)?[^,。;；]{0,6}" + KIND, OWN + r"(?:的)?[^,。;；、]{0,6}" + KIND, r"商业秘密", r"营业秘密", r"聊天记录", r"账号(?:及|、|和)?密码", r"手机号", r"话术", r"名单|名录|底价|进价|进货(?:的)?价|报价|买家(?:的)?(?:电话|地址)|(?:customer|order|shopper|buyer)(?:lists?|histor|records?)", r"进货(?:成本|价)", r"定价", r"促销计划",
    r"(?:personal|customer|consumer|order|trade)(?:information|data|secrets?)",
)  # fmt: skip
NO = r"(?:不得|不准|不许|不可|不能|不会|严禁|禁止|一概不准|不应|勿|莫|别|甭|谁也不|不兴|不得以|无权|不准)"
