"""数据保护措施. ok: two or more named measures; vague: one, or "necessary measures"; adverse: data may go to others or abroad without consent."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.data.cues import DATA, NO, vendor_may
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Rule, Signal, enough_keys
from pipeline.playbook import CheckpointModel
from pipeline.types import Status

SAFEGUARDS = {
    "加密": r"加密|加个密|密码锁|密码保护|上了锁|密文|encrypt|ssl|tls|https|vpn",
    "访问权限控制": r"(?:双重|二次|双因子|多因[素子]|短信二次)(?:验证|认证|校验)|只(?:给|许|让)[^,。;；]{0,2}[看查]|(?:权限|授权|账号)[^,。;；]{0,8}(?:分级|分设|独立|最小|收回|停用|回收)|分级(?:授权|设|管)|按岗位分权限|独立的?(?:登录|子)?账号|导出权限|账号[^,。;；]{0,6}(?:分级|分开|不得借|不许串)|谁的号谁用|个人密码|只(?:有|给)组长[^,。;；]{0,3}[开导]|离岗[^,。;；]{0,4}(?:收号|收回)|导出[^,。;；]{0,6}(?:须|需|要)?[^,。;；]{0,3}审批|least-?privilege|role-?based|accesscontrol|accessreview|restrictaccess|(?:访问|账号|账户|操作|分级|最小|数据|后台|岗位|分)[^,。;；]{0,8}(?:权限|授权)|权限(?:管理|控制|分级|隔离|最小化|审批|授予)|访问控制|最小(?:必要|授权|权限|化|访问)|专人专号|一人一号|实名(?:账号|登录)|双因素|(?:role-?based)?accesscontrol|子账号[^,。;；]{0,10}(?:分级|专人|实名|不得(?:外|出|转)?借)|授权(?:访问|人员)|按(?:工号|岗位|角色)[^,。;；]{0,6}(?:授权|开设|分)|仅能查看|只能(?:看|查)|(?:限制|限定|控制)[^,。;；]{0,8}(?:访问|查看|接触|查询|登录|知悉|使用)[^,。;；]{0,4}(?:人员|人数|范围|人群)|(?:访问|接触|查询|知悉)[^,。;；]{0,4}(?:人员|范围)[^,。;；]{0,4}(?:受限|受控|限于|限定)",
    "法律": r"个人信息保护法|数据安全法|网络安全法|个保法|gdpr|pipl|个人资料保护法|个资法|personalinformationprotectionlaw|消费者权益保护法[^。]{0,20}信息",
    "脱敏": r"脱敏|匿名化|去标识|打码|星号|打星|打了星|涂掉|隐藏(?:中间|号|显示)|掩码|遮蔽|(?:只|仅)(?:露|显示?|留)[^,。;；]{0,4}[后末尾前][一二三四五六\d]位|mask|anonymi",
    "日志审计": r"日志(?![^,，。;；]{0,24}(?:保密|不得|严禁|属于?|归))|(?:登入|每次)[^。;；,，]{0,6}留痕|(?:操作|访问|安全|下载|登录|查询|行为|数据)[^。;；,，]{0,4}审计|(?:查询|操作|登录|访问)[^,，。;；]{0,4}轨迹|(?:操作|访问|登录|查询|导出|全程|自动)[^。;；,，]{0,4}留痕|留(?:存|有)?轨迹|留记录|谁(?:登|点|看|导)[^。;；]{0,10}记|操作[记纪]录|可追溯|audit|log(?:s|ging)",
    "等保": r"安全等级|三级等保|等级保护|等保",
    "认证": r"iso/?(?:iec)?-?27001|27701|soc2",
    "物理隔离": r"usb口|u盘口|云桌面|锁屏|封闭usb|(?:禁止|不得|禁用|封闭|封堵)[^。;；]{0,14}(?:u盘|usb|移动存储|拍照|截屏|手机入|外接)|专用(?:电脑|网络|设备|场地)|内外网隔离|水印|防泄密软件|门禁(?!卡)",
}
_OTHERS = r"(?:第三方|第三人|关联|合作(?:方|伙伴|机构|公司|单位|商)|合作的[^,，。;；]{0,10}(?:商|公司|机构|单位|团队|平台)|境外|海外|国外|大陆以外|分包|其他机构|其他(?:公司|商家|客户|团队)|别(?:家|的公司)|其他业者|协作单位|合作单位|软件商|广告(?:公司|联盟)|同行|微商|大模型|机器人公司|外包商|协力(?:厂商|单位)|好?伙伴|ai公司|合作团队|分析机构|兼职|外地|菲律宾|柬埔寨|overseas|affiliate|subcontractor|thirdpart|供应商|次承揽人|集团|受托机构|新加坡|香港|子公司|总部|母公司|对外(?=提供|传))"
_GIVES = r"(?:提供|共享|转移|传输|转交|转给|交给|交付|委托|披露|分享|存储|开放|存放|交由|传至|发给|给|同步|传送|外协|一起用|share|transfer|disclose)"
_NO_DATA = r"发票|话术|商品(?:资料|信息)|不接触|关税|报关|质检报告"
_TO_OTHERS = any_of(
    r"(?:数据|信息|资料)[^。;；]{0,20}(?:存储|传输|存放|部署|发送|传)[^。;；]{0,14}(?:境外|海外|国外|大陆以外|新加坡|香港|美国|服务器设在)",
    r"(?:无需|无须|无庸|毋须|毋庸|不另行|不拦|不问|不过问|没得挑|不得限制|不必|不经|不再|不用|不需|不另)[^。;；]{0,12}<M>?[^。;；]{0,8}(?:同意|许可|授权|确认|准许|允许|打招呼|批|征求)",
    r"(?:<V>|我们)[^。;；,，]{0,6}(?<!不)会(?:把|将)[^。;；,，]{0,20}(?:同步|共享|提供|传)(?:给|至|到|予)|(?:数据|信息|资料|名单)[^。;；,，]{0,6}(?<!不)会(?:同步|共享|提供|转)(?:给|至|予)|在[^。;；,，]{0,16}之间(?:共享|流转|互通|交换)",
    r"(?:<V>|^[但惟然]?其)得?(?:自行|自主|任意)[^。;；]{0,24}(?:传送|传输|提供|共享|发送|转)",
    r"<V>[^。;；]{0,24}(?:自行|自主|直接|随意)[^。;；]{0,16}(?:提供|转|给|发|外协|同步|传)",
    r"<M>[^。;；,，]{0,10}(?:许可|授权|同意)<V>[^。;；,，]{0,12}(?:提供|共享|转)",
    r"(?:与|向)[^。;；]{0,8}(?:关联企业|合作)[^。;；,，]{0,8}(?:共享|提供|开放)",
    r"(?:服务器|机房|后台|数据中心)(?:搁|设|放|在|位)[^。;；,，]{0,8}|对外提供|转给外|外协至|喂给|传(?:至|输至|送至)",
    r"mayshare|maytransfer",
)
_CONSENT = any_of(
    r"(?<!无需)(?<!无须)(?<!不必)(?<!不)经<M>[^。;；,，]{0,8}(?:同意|许可|授权|确认|审批)", r"未(?:经|获|取得)[^。;；,，]{0,14}(?:同意|许可|授权|允许)", r"<M>[^。;；,，]{0,6}书面(?:同意|许可|授权)", NO + r"[^。;；]{0,24}(?:提供|共享|转移|传输|转交|委托|披露|分享|存储|存放|存于|部署|传至|出境|开放|转给)", r"shallnot|priorwritten",
)  # fmt: skip
_NO_CONSENT = any_of(
    r"不(?:用|必|需)[^。;；,，]{0,8}批|不另(?:行)?(?:征|通知|告知)",
    r"(?:无需|无须|不必|不经|不再|不用|不需|未予)[^。;；]{0,14}(?:同意|许可|授权|确认|打招呼|通知)",
    r"不另行|毋须|毋庸|无庸|不拦|没得挑|不过问|概括认可|without(?:further|seeking|company)?|atitsdiscretion",
    r"不得(?:提出)?异议",
    r"自行决定",
)
_NECESSARY = any_of(
    r"(?:必要(?!时)|合理|适当|有效|相应|严格|可靠|完善|充分|足够|通行|健全|该上|该做)的?[^。;；,，]{0,14}(?:措施|手段|制度|管理|技术|防护)", r"(?:保障|确保|保证|维护)[^。;；,，]{0,14}(?:数据|信息|资料)(?:的)?安全", r"(?:安全|保护)(?:保护)?措施", r"信息安全的?(?:法律|规定|要求|规范|管理)", r"防护|法律法规|有关[^。;；,，]{0,10}(?:法律|规定)|当心|小心|看紧|注意信息安全", r"(?:security|reasonable)measures", r"(?:守住|护好|保护好|看牢)[^。;；,，]{0,8}(?:数据|信息|资料)|严防死守",
)  # fmt: skip


def _safeguards(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(r"财务审计|审计费|(?<!日志)审计报告|质检数据|^鉴于|吊牌|面单|防伪"):
        return
    if _goes_out(sentence):
        yield Signal(
            sentence=sentence, status=Status.ADVERSE, reason="服务方可以把数据给第三方或传到境外，不用商家同意"
        )
        return
    measures = _measures(sentence)
    if len(measures) < 2 and not sentence.about(
        any_of(
            DATA, r"措施|信息系统|等级保护|安全等级|等保|字段|权限|(?:登录|独立)[^,，。;；]{0,4}账号|文件一律|往来文件"
        )
    ):
        return
    open_why = left_open(sentence, reading)
    if (
        measures
        and not open_why
        and not sentence.has(
            r"质检|考核|满意度|依据《?(?:中华人民共和国)?(?:民法典|合同法)》?.{0,30}(?:订立|签订)|培训课程"
        )
    ):
        yield Signal(
            sentence=sentence, status=Status.OK, reason=f"写明保护措施：{'、'.join(measures)}", keys=frozenset(measures)
        )
    elif (sentence.has(_NECESSARY) and sentence.has(any_of(DATA, r"安全"))) or (open_why and measures):
        yield Signal(
            sentence=sentence,
            status=Status.VAGUE,
            reason=f"保护措施{open_why}" if open_why else "只说采取必要措施，没有写明是什么措施",
        )


# What a definition lists is what is to be kept safe, no measure; and an account the merchant opens is a tool.
_DEFINES = r"^[^,，。;；]{0,6}[\"“「][^\"”」]{2,12}[\"”」](?:系|是|即)?[指为]"
_SET_UP_BY_MERCHANT = r"<M>(?:应|须|将|负责)?(?:提供|开通|开立|配置|创建|分配|补开)[^,，。;；]{0,40}"


def _measures(sentence: Sentence) -> list[str]:
    """The measures a sentence names; not those of a box left empty, nor what the merchant sets up so that work can begin."""
    if sentence.has(
        r"^[^,，。;；]{0,10}<M>[^,，。;；]{0,24}(?:开通|开立|配置|创建|补开)|由<M>[^,，。;；]{0,6}(?:保管|管理|掌握|控制)"
    ):
        return []
    if sentence.has(_DEFINES):
        return []
    ticked = compiled(_SET_UP_BY_MERCHANT, sentence.sides).sub("", sentence.plain)
    ticked = re.sub(r"[□☐][^□☐☑■√✓]{0,12}", "", ticked)
    return [name for name, pattern in SAFEGUARDS.items() if re.search(pattern, ticked)]


def _harmless(sentence: Sentence) -> bool:
    """True where what goes out is no data of people or orders."""
    return sentence.has(_NO_DATA) and not sentence.has(r"名单|电话|数据|聊天|会话|(?:客户|个人|买家)(?:信息|资料)")


def _goes_out(sentence: Sentence) -> bool:
    """True when the vendor may let data go to others without being allowed by the merchant, in words or in a table of recipients."""
    if sentence.is_row:
        asked = [i for i, head in enumerate(sentence.columns) if re.search(r"(?:同意|许可|准许|批准)", head)]
        cells = sentence.plain.split("|")
        if any(i < len(cells) and re.match(r"否|不需|无需|无须|不用", cells[i]) for i in asked):
            return sentence.about(r"接收|提供|共享|传输")
    part = vendor_may(sentence, _GIVES, DATA, reach=60)
    if part is not None and compiled(_OTHERS, sentence.sides).search(part) and not _harmless(sentence):
        return True
    return (
        sentence.has(_TO_OTHERS)
        and sentence.has(_OTHERS)
        and sentence.has(DATA)
        and (not sentence.has(_CONSENT) or sentence.has(_NO_CONSENT))
        and not sentence.has(r"司法|监管|法律(?:法规)?(?:要求|规定)|政府")
        and not _harmless(sentence)
    )


RULE = Rule(checkpoint="data.safeguards", read=_safeguards, conclude=enough_keys(2, "保护措施"))
