"""服务类型. ok: two or more concrete scenes are the vendor's duty; vague: only "customer service", or one scene and 等; adverse: a needed scene is
excluded or costs extra without a price."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.scope.cues import TEAM, introduces
from pipeline.check.rules.signal import Rule, Signal, enough_keys
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

SCENES = {
    "售前": r"售前|购前|导购|咨询(?:解答|接待|应答)|接待咨询|(?:回|接)[^,。;；、]{0,6}咨询|(?:产品|商品|课程|尺[码寸]|规格|功能|使用|优惠|选品|价格|库存)[^,。;；、]{0,8}(?:咨询|疑问|答疑|解答|介绍|讲解|问题|说明|提问|推荐|建议)|(?:购买|下单|落单|付款|成交|卖)(?:之)?前|没下单|(?:还|尚)没买|挑[码款]|选[型购]|(?<!工资)答疑|适配[^,。;]{0,4}(?:咨询|推荐)|询[单价]|[问议]价|问[码尺材规]|尺码|卖点|pre-?sales?|productinquir|beforecheckout|shopperenquir|推荐|劝着下单",
    "售中": r"售中|催[付单拍款]|未付款?|没付[钱款]|忘[记了]付款|付款(?:提示|提醒)|拍下|改[约址派签]|预约|修改订单|改(?:地址|颜色|价)|订单(?:查询|修改|跟进|处理|核对|确认|跟踪|状态|咨询)|发票补?[开登]|order(?:inquir|status)|跟单",
    "售后": r"售后|换新|[补漏少错][寄件发]|(?:签收|收货|货到|发货)了?(?:之)?后|报修|退[货款件换票券]|要退|换货|维修|返修|质保|价保|保价|拒收|赔付|理赔|破损|缺[件货]|坏果|after-?sales?|refund|return(?:s|and)|exchange|warranty",
    "投诉": r"投诉|去平台告|挑毛病|客诉|闹(?:起来|到|着要)|抱怨|纠纷|扯皮|维权|举报|12315|平台(?:客服|小二)?介入|职业?索赔|索赔|曝光|骂|舆情|complaint|dispute(?:s)?handling",
    "评价": r"评价|[差好中]评|晒单|(?<!quality)(?<!p)review(?:s|manage)|starreview",
    "物流": r"物流(?!大道|园|中心|公司|路)|快递|查[件单]|催[发件促]货?|配送|拦截|派送|logistics|shipping|delivery",
    "回访": r"回访|外呼|唤醒|满意度调查|outbound|老客",
    "直播": r"直播间|弹幕|公屏|评论区",
    "工单": r"工单|ticket",
}
_DUTY = any_of(
    r"负责", r"承办", r"受理", r"回[答复覆]", r"解答|答复", r"以下[^,。;；]{0,10}(?:项|工作|服务|内容|事项)", r"提供", r"承担", r"承接", r"完成", r"处理", r"接待", r"应付|应对", r"安抚|登记|跟进|代拟|协助", r"包括|包含|涵盖|覆盖", r"委托|交由|托管|代[办为您]",
    r"(?:服务|工作|作业|业务|承接|外包|人工|坐席|供方|岗位)[^,。;；]{0,4}(?:内容|范围|事项|项目|类型|场景|职责|模块|干什么)", r"活儿?", r"我们(?:也)?接", r"要[答讲回接]|讲得清|办[完妥]|接住|帮人|给人|盯|哄|帮着|登[好记]|发一?[句条][^,。;]{0,2}提醒|逐条答|必做|(?:都|全|均|一律)?由[^,。;；]{0,8}(?:接|答|管|办|收)(?!受)|[管归](?:你|我|他|她|班|项目|组)", r"统统|全归|上手|都算", r"shall|handle|takeson|scope|services?include",
)  # fmt: skip
_SCOPE_HEAD = any_of(
    r"(?:服务|工作|作业|业务|承接|外包|委托|受托|岗位)[^,。;；|\n]{0,6}(?:内容|范围|事项|项目|类型|场景|职责|模块|事务)|(?:下列|以下|如下)[^,。;:|\n]{0,6}(?:事[务项宜]?|服务|工作|业务)|干什么|干啥|活儿|scope|servicedescription"
)  # fmt: skip
_OTHER_TOPIC = any_of(
    r"率(?:[≥≤<>]|不|达|为|须|应)", r"考核|kpi|指标|满意度(?!调查)", r"扣(?:除|减|款|分|罚)", r"违约金|罚款|赔偿", r"培训|考试|试用", r"元/|单价|报价", r"\d秒|秒内", r"提成|佣金", r"保密|个人信息|泄露|加密|权限", r"质检|抽检|抽查", r"知识产权|侵权|商标", r"鉴于", r"恢复|故障|应急", r"争议解决|仲裁|法院|诉讼",
)  # fmt: skip
_MERCHANT_TASK = any_of(
    r"^(?:\d+[.、)])?<M>(?:(?!<V>)[^。;；,，]){0,4}(?:负责|应|须|自行|完成|配合|保证|承担|提供)(?![^。;；]{0,40}<V>)"
)
_HANDED_BACK = r"(?:转回|转交|交回|退回|甩回|转给)(?:给)?(?:<M>|店[里主])"
# Taken up first and passed on after: an escalation, in which the vendor serves.
_TAKEN_UP = r"^(?!.*(?:一律|不予|概不|全部转|都转)).*(?:接过来|先[^,。;]{0,10}(?:谈|赔不是|道歉|哄|答)|[谈处解安拿答哄][^,。;]{0,2}不(?:了|下来|成|好|拢|下)|登记|记录|受理|汇[总整]|安抚|升级|填写|核实|初[审核步]|首轮|先行|接到|负责接)"
# 我们暂时不接: bare of what is left out, it speaks of its own part of the sentence or of the one before.
_NOT_TAKEN = r"(?:暂时?|先|一律|都|概|就|也)?不(?:接(?![受触通听到入待收])|碰|伺候)"
_NOT_SERVED = any_of(
    _NOT_TAKEN,
    r"限于[^。;；,，]{0,8}(?:下单|购买|付款)(?:之)?前的?",
    r"(?<!客服)不(?:属于|在|包括|包含|含(?!糊)|介入|负责|承担|承接|处理|涉及|提供|受理|接待|管|计入|予(?:受理|处理|承接|提供|接待|介入)|再处理|作(?:任何)?处理|沾手|掺和|办|伺候|由<V>|归<V>|算<V>|算他们|归我们|归我们管|构成)",
    r"除外",
    r"(?:工作|事务|事宜|接待|处理|受理|客服)[^。;；,，]{0,4}(?:由|归)<M>(?:自行|全部)?承担",
    r"(?:均|概)?(?:无须|无需|不必|不用)(?:办理|处理|承接|负责|介入|提供)",
    r"(?:无|没有)(?:协助|处理|受理|接待)?[^。;,，]{0,4}(?:义务|责任去)",
    r"(?:均)?(?:非|不是)<V>[^。;,，]{0,6}(?:职责|义务|范围)|属(?:于)?<M>(?:的)?(?:职责|义务|范围)",
    r"有权拒绝|拒绝(?:接待|处理|受理)|恕不|概不|一概不",
    r"(?:由|归|交由|须由|应由)<M>(?:自行|自己|另行|负责|处理|自理|安排|解决|的?自有|[^。;,，]{0,8}(?:办理|处理|接待|跟进|解决|负责))",
    r"<M>(?:自理|自行(?:处理|负责|解决|安排|承接|接待|消化)|自己(?:处理|负责|解决|顶|兜|上|弄)|自备人手|[^。;,，]{0,6}(?:自备人手|自有团队|另请|自己上阵|想办法))",
    _HANDED_BACK,
    r"找(?:<M>|你们|您)(?:的)?(?:自己|处理|人)?",
    r"(?:您|店[主里家]?|老板)?自己(?:兜|上阵|扛|收拾)|另请高明",
    r"(?:^|\|)[×✗✕](?:\||$)",
    r"not(?:included|cover|handle|provide)|exclud|outofscope|outsidethescope|redirect[^.;]{0,40}own",
)
_EXTRA_SERVICE = any_of(
    r"增值(?:项目|服务)",
    r"(?:另行|另外|额外|单独|须另|需另|就每一[^。;,，]{0,4}另行)(?:购买|收费|付费|计[费价]|支付|结算|报价|签约|收取|付|算)",
    r"(?:临时|届时|单独|据实)[^。;；,，]{0,6}(?:报价|收取|计收|核价)",
    r"(?<!不)另[购计算议]|加购(?!未付|物车|商品|提醒|用户|客户|买家)|[钱费][^。;,，]{0,3}(?:另|单)[算议计]|得?单算|单独算",
    r"按(?:次|单|件)另",
    r"atadditional(?:cost|charge)|chargedseparately|billedseparately",
)
# What a merchant needs served: the talk with shoppers, not the repair, the parcel or the invoice it is about.
_NEEDED = any_of(
    r"售[前中]|购前|导购|咨询(?!热线|公司|服务费)|答疑|选购咨询|催[付拍]|未付款|改[约址]|订单(?:查询|修改|跟进)|改(?:地址|订单)",
    r"(?:签收|收货|下单)(?:之)?后(?:发生|产生|出现)的?(?:一切|全部|任何|所有)",
    r"售后(?!政策|人员|部|网点|专员|单位|规则|标准|服务商)|退[货换款票]|要退|换货|换新|补[发寄](?!票)|保价|拒收|理赔",
    SCENES["投诉"],
    SCENES["评价"],
    r"after-?sales?|pre-?sales?|refund|return(?:s|and)|exchange",
    r"大促|促销|大场面|年货节",
    r"618|6[.·]18",
    r"双(?:11|十一|12|十二)",
    r"直播期间",
    r"预售期",
)
_MONEY_DUTY = any_of(
    r"赔偿(?!争|谈)|赔付款|损失|金额|罚款|运费|违约|成本|货款|工资|支出|开支|加班|责任(?!去|范围)|不得(?:拒绝|推诿)|结算|工作结果|营销外呼|目的|画像|账单|税|率|资金|计费|餐[补费]|保密|守密|披露|外泄|泄露"
)
# The merchant's own departments, and claims it caused or money that follows.
_OWN_WORK = r"<M>[^。;,，]{0,12}致[^。;,，]{0,8}(?:投诉|索赔)|(?:由|交|转)<M>(?:的)?(?:财务|仓[库储]|品控|法务|厂)|剩余期限|因此(?:退款|投诉|索赔)|另行索赔|刷单|虚[构假]|返现|违反[^。;]{0,20}法|召回|展[会台厅]"
# A big sale without service, or without more people, is a matter of hours or of staffing.
_WHEN = r"时[间段]|在线|值[班守]|暂停|停[接线]|休假|放假|增员|排班|除外$"
# A cause, a limit of powers or an escalation is not a carving out of work.
_OTHER_CAUSE = any_of(
    r"(?:因|由于|由此|系)[^。;]{0,40}(?:引起|引发|导致|造成|产生|错误|有误|原因|处理|应对)", r"超(?:过|出)[^。;,，]{0,10}(?:额度|权限|金额|授权|范围)", r"<M>[^。;,，]{0,10}(?:确认|审批|审核|批准)后", r"权限的?问题|误发|串货"
)  # fmt: skip
# A list hangs on the sentence that opens it: whose tasks are listed.
_MERCHANT_LEAD = r"^[^<]{0,8}?<M>[^:]{0,8}(?:应|须|需|负责|配合|提供|保证|自行)(?![^:]*<V>)"
_VENDOR_LEAD = TEAM + r"[^:]{0,30}(?:负责|承[接担办]|受理|办理|从事|完成|提供|处理|开展|接待)"
# 乙方须完成：（1）…；（2）…: the list in the sentence that opens it.
_LIST_LEAD = (
    TEAM
    + r"[^:。;；,，]{0,8}(?:负责|承[接担办]|受理|办理|从事|完成|提供|处理|开展|接待)[^:。;；]{0,12}:[(]?[1一①][).、]?"
)
_ITEM = re.compile(r"^[(]?(?:\d|[一二三四五六七八九十]|[①-⑩])[).、]?")
# 双方于某日签订《…合同》: the name of a contract says nothing of its scope.
_NAMES_CONTRACT = r"(?:签[订署]|订立)[^。;；]{0,40}《[^》]*(?:合同|协议)[^》]*》|《[^》]*(?:合同|协议)[^》]*》[^。;；]{0,6}\(?(?:下称|以下)"
# Serving at a big sale, not its longer hours or its additional people.
_SALE_SUPPORT = r"(?:大促|促销|双(?:11|十一|12|十二)|618)[^。;；,，]{0,8}(?:客服|接待|咨询)(?!人员|人手|加班|团队)(?:支持|保障|服务|工作)"
_WHETHER = r"是否|包含|含否|承接|提供与否|服务内"
_EMPTY = any_of(
    r"(?:提供|开展|负责|承担|从事|承接|委托|输出|做好|做|办理)[^。;；,，]{0,24}(?:客服|客户服务|相关服务|外包服务|沟通有关)",
    r"客服(?:外包|代运营|托管|劳务)?(?:服务|工作|事宜|业务|人手|这块)|(?:跟)?客服沾边",
    r"客户服务",
    r"(?:服务|工作|业务|作业|承接)(?:的)?(?:具体)?(?:事项|内容|类型|类别|项目|范围|种类)|具体做什么|哪几样",
    r"customer(?:service|care|support)",
    r"代管[^。;；,，]{0,6}客服|管什么|客服支援",
    r"(?:帮|替)(?:我们?|店里)[^。;；,，]{0,4}[看盯]店|跟客人说说话|顾客沟通有关|与[^。;,，]{0,6}(?:顾客|买家|客户)(?:沟通|联[络系])[^。;,，]{0,8}(?:事务|事宜|服务|工作)",
)
_NOT_EMPTY = r"服务费|时间|期限|质量(?!的客户)|保密|秒|赔偿|违约|(?<!折)扣|考核|指标|工资|账号|培训|费用|解除|终止|变更|泄露|转包|分包|交接|规范|纪律|人员(?:名单|花名册)"


def _service_types(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    scenes = sentence.count(SCENES)
    named = "、".join(scenes) or "大促"
    if sentence.has(_NEEDED) and not sentence.has(
        any_of(_MONEY_DUTY, _OTHER_CAUSE, _OWN_WORK, r"加班费|价格(?!面议|另议|另行)")
    ):
        if sentence.has(_NOT_SERVED) and (scenes or not sentence.has(_WHEN)) and _excludes(sentence):
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"把{named}排除在服务之外")
            return
    if introduces(sentence):
        return
    if _assigned(sentence) and scenes:
        yield Signal(
            sentence=sentence, status=Status.OK, reason=f"写明服务类型：{'、'.join(scenes)}", keys=frozenset(scenes)
        )
        return
    if scenes and _ticked_off(sentence):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"把{named}排除在服务之外")
        return
    # 协助处理投诉；该等协助…据实收取: what costs extra was named before.
    pointed_at = sentence.has(r"^(?:该|此|上述|前述)[^,，]{0,6}(?:协助|服务|工作|处理)") and (sentence.follows(_NEEDED))
    if (
        (scenes or pointed_at or sentence.has(_SALE_SUPPORT))
        and sentence.has(_EXTRA_SERVICE)
        and not sentence.figures_of(QuantityKind.MONEY)
        and not sentence.has(
            r"(?:不|无需|无须)(?:再|得)?(?:另行|另外|额外)|奖励|达标|疏导|率[≥≤]|免考|达人|推广|加班|损失|赔偿|运费|货款"
        )
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason=f"{named}要另外付费，又没有价格")
        return
    if ((sentence.has(_OTHER_TOPIC) or sentence.has(_OTHER_CAUSE)) and len(scenes) < 3) or sentence.has(
        r"由<M>承担[^。;；]{0,8}与<V>无关"
    ):
        return
    if (
        sentence.has(_MERCHANT_TASK)
        or sentence.has(r"<V>(?:员工|人员)对|鉴于|代运营协议")
        or sentence.has(_NAMES_CONTRACT)
    ):
        return
    lead = sentence.context.rsplit("\n", 1)[-1] if sentence.context.endswith(":") else ""
    if lead and compiled(_MERCHANT_LEAD, sentence.sides).search(lead):
        return
    if sentence.has(r"(?:投诉|售后)[^。;；]{0,20}全程"):
        scenes = [*scenes, "全程跟进"]
    open_why = left_open(sentence, reading)
    blank = any(not b.answered for b in sentence.blanks) or sentence.has(r"^(?!.*☑).*[□☐]")
    led = bool(lead) and compiled(_VENDOR_LEAD, sentence.sides).search(lead) is not None
    duty = sentence.about(_DUTY) if len(scenes) > 1 else led or _headed(sentence, reading) or sentence.has(any_of(TEAM + r"[^。;]{0,30}(?:负责|承接|受理|处理|答复|回复|解答|做好)", TEAM + r"[^。;,，:]{0,6}完成:", r"由" + TEAM + r"[^。;；]{0,8}(?:收|登|办|举证|回应|跟进|接待)"))  # fmt: skip
    if scenes and duty and not blank:
        if len(scenes) == 1 and sentence.has(r"等(?!待|级|候|候|全部|各)|零零碎碎"):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason=f"只写了{scenes[0]}一项后面跟着“等”")
            return
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason=f"写明服务类型：{'、'.join(scenes)}",
            keys=frozenset(scenes),
        )
    elif (sentence.has(_EMPTY) or (blank and len(scenes) > 1)) and (not scenes or open_why or blank) and not sentence.has(_NOT_EMPTY):  # fmt: skip
        yield Signal(
            sentence=sentence,
            status=Status.VAGUE,
            reason=f"服务类型{open_why}" if open_why else "只笼统写提供客服服务，没有列出服务类型",
        )


def _headed(sentence: Sentence, reading: Reading) -> bool:
    """True in a list of what is served: under its heading, or behind its opening words in the same clause."""
    if sentence.about(_SCOPE_HEAD):
        return True
    near = reading.around(sentence, before=5, after=0)
    lead = any_of(_SCOPE_HEAD, _LIST_LEAD) if _ITEM.search(sentence.plain) else _SCOPE_HEAD
    return any(s.clause.id == sentence.clause.id and s.has(lead) for s in near)


def _ticked_off(sentence: Sentence) -> bool:
    """True for a row that answers 否 under a head that asks whether the scene is served."""
    asked = [cell for head, cell in zip(sentence.columns, sentence.cells, strict=False) if re.search(_WHETHER, head)]
    return any(re.fullmatch(r"否|无|不[含包做接]括?|[×✗✕x]", cell) for cell in asked) and sentence.has(_NEEDED)


_DOER = re.compile(r"谁(?:来)?[做办管接]|由谁|承办(?:人|方)?$|负责(?:人|方)$|责任(?:人|方)$|承接方|承担方")


def _assigned(sentence: Sentence) -> bool:
    """True for a row that names the vendor, and nobody else, under a head that asks who does it."""
    vendor, other = compiled(r"^<V>", sentence.sides), compiled(r"<M>", sentence.sides)
    return any(
        _DOER.search(head) and vendor.search(cell) and not other.search(cell)
        for head, cell in zip(sentence.columns, sentence.cells, strict=False)
    )


_TURN = re.compile(r"[,，;；](?:但|而|惟|不过|仍|应|须)")
# An exclusion that names what it leaves out behind itself, and the words that only point back.
_TAKES_OBJECT = re.compile(r"不(?:包括|包含|含|负责|承担|承接|提供|涉及|处理)")
_OBJECT = re.compile(
    r"(?!(?:任何|相关|有关|上述|前述|以上|该|此|其|这|在|服务|工作|责任|之列|范围|处理|受理)|[^,，;；。]{0,10}(?:责任|义务)(?:[,，;；。]|$))[^,，;；。:：|]{3,}"
)


_BARE = 4  # characters up to which the part before a refusal names nothing but who refuses


def _excludes(sentence: Sentence) -> bool:
    """True when what is not served is a scene, on either side of the exclusion and close to it."""
    needed = compiled(_NEEDED, sentence.sides)
    for match in sentence.find_all(_NOT_SERVED):
        before = sentence.plain[max(0, match.start() - 48) : match.start()].split("。")[-1]
        if re.fullmatch(_NOT_TAKEN, match.group(0)):
            parts = re.split(r"[,，]", re.split(r"[;；]", before)[-1])
            # 打包发货这种活儿我们不碰 names its own; 退换货比较磨人,我们不接 the part before.
            before = parts[-1] if len(parts[-1]) > _BARE else "".join(parts[-2:])
            if needed.search(before):
                return True
            continue
        after = _TURN.split(sentence.plain[match.end() : match.end() + 30])[0]
        if match.group(0).startswith(("转", "交", "退", "甩")) and sentence.has(_TAKEN_UP):
            continue
        own = _OBJECT.match(sentence.plain, match.end()) if _TAKES_OBJECT.match(match.group(0)) else None
        if own is not None and not needed.search(own.group(0)):
            continue  # 承接售后与投诉,不含仓储发货: what is left out is named behind
        if needed.search(before) or (
            needed.search(after) and not match.group(0).startswith(("由", "归", "除外", "转", "交"))
        ):
            return True
    return False


RULE = Rule(
    checkpoint="scope.service_types",
    read=_service_types,
    conclude=enough_keys(2, "服务类型"),
)
