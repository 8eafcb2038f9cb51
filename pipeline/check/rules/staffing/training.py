"""上岗培训: people are taught, and nobody serves before having passed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from pipeline.check.rules.leaning import BAN, MAY
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.check.rules.staffing.cues import (
    OTHER_PEOPLE,
    PRICE_LIST,
    STAFF,
    clause_at,
    holds,
    merchant_acts,
    vendor_pays,
)
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_TEACHING = r"(?:培训(?!专员|师|主管|岗|课件|机构|类|资料|成本)|受训|手把手|师傅带|先(?:看|练|听|背)[^,。;]{0,6}[天周日课遍]|没(?:学|练|背)[会熟懂]|练熟|赋能|通关|由<V>[^,。;]{0,4}带(?!来|走|货|宽|头|回)|训练|补训|复训|教育训练|带教|授课|讲课|上课|听课|上(?!新|架|线|传|调|浮|岗)[^,。;]{1,8}课|重学|课程|课时|学时|练满|模拟台|岗前课|专项学习|学习|跟岗|跟班(?!组)|跟听|跟着老手|看老手|学过|学完|学[一两二三四五六七八九十半\d]+[天日周]|先[学教]|带新人|(?:新来的|新人|新同事|新同学|新客服|新[坐座]席)[^,。;]{0,16}(?<!携)带(?!来|走|货|宽|头|回|领|上|薪)|带着学|带带|业务学习|培养|修满|修毕|讲讲|讲授|传授|教一遍|教[一两三]天|教会|认全|背[话会一]|带(?:会|[几一两三四五\d]+天)|学一学|在职教育|提升课|上一堂课|业务教育|教(?=也|人|完|会|他|她|好|熟|新|客服|[坐座]席|给|一|[两三四五])|induction|training|train(?:s|ed)?(?!corpus|bench|agents|standby)|onboarding|(?<!due)course|instruction)"
_TEST = r"(?:考[核试评过]|笔试|测[验评试]|抽[考问查]|口试|闭卷|结业|模拟(?:接待|接线|对话)|实操|答题|认证|评定|合格(?:证|单)|签字|出题考|先考|合格|及格|过关|试答)"
_SERVE = r"(?:上[岗线]|值[线机]|[入进]组|签入|独自|承接|入[岗席]|接[线待客]|独立|应答|进[线班场]|(?<=[得才许再])坐席|放行|进正式|开(?:通|线|号|账号|立)|登录|执勤|当值|值班|正式服务|面客服务|碰键盘|摸[^,。;]{0,4}键盘|触碰|排班|面客|单飞|生产环境|编入班表|领取[^,。;]{0,6}账号|申领|上手|接触|回复|打字|派驻|坐上|顶班|坐工位|(?<=后)才会为您|碰(?:客|买|顾|会话)|让接|分配[^,。;]{0,4}(?:席位|工号|账号))"
_TRAINING = any_of(_TEACHING, r"岗前|(?<!离)职前|上岗(?:考核|考试|认证|资格|证)|持证上岗|上线资格|以岗代训", rf"{_TEST}[^。;]{{0,30}}{_SERVE}|未[经通][^,。;]{{0,14}}{_TEST}", r"熟悉业务|通过[^,。;]{0,14}(?:考试|测试|考核)")  # fmt: skip
_NOT_TRAINING = any_of(
    r"开课(?!半天|[一二两三四五六七八九十\d])|退费|网课|线上课|未学|课程(?:卡片|体验|大纲|商品|价格)|名义授课|(?:用于|用作|用来|供)[^。;]{0,24}(?:训练|学习)", r"消防|安全(?:生产|卫生|知识|培训|教育)|防火|防汛|地震|用电|工伤|急救|fire|治安教育|避难", r"保密培训|反舞弊|廉洁|企业文化|合规培训|讲座|学历|驾照|进修|学费|语料|trainingcorpus", r"(?:模型|算法|ai|人工智能|机器人)[^,。;]{0,6}训练|训练[^,。;]{0,6}(?:模型|算法)|train(?:s|ing)?(?:its|the|our)?[a-z]{0,24}model", r"(?:财务|仓管|运营(?!方|商)|内部|市场|法务|经销商|粉丝|会员|学员|买家|缝纫|叉车|直播课?|管理员|投标|主管)[^,。;]{0,10}(?:培训|课|学习|训练|演练|考试|认证|教育)|(?:培训|课)(?:程)?[^,。;]{0,2}(?:班(?![组长])|报名)|(?:培训|课)[^,。;]{0,6}(?:学员|财务|买家)|financestaff|trademark", r"(?:erp|对账|发票|后台|打包机|报表)[^,。;]{0,8}(?:操作|使用)?培训|经营范围|著作权|知识产权|成果|归[^,。;]{0,6}所有|反向工程|采购名录|考核合格的供应商|深度学习|供<M>[^,。;]{0,4}(?:学习|参考|使用)|帮助中心|教程|买家上岗|安装培训|(?:自有|拥有|具备|具有|设有|从事)[^,。;]{0,8}培训[^。;]{0,14}(?:能力|资质|业务|经验|学院|讲师|基地|体系)|课程类?商品|学习资料",
)  # fmt: skip
_ENTRY = any_of(
    rf"{_SERVE}(?:服务|接待|岗位)?[^,。;]{{0,4}}(?:之)?(?<![售目])前(?!\d)|岗前(?!课由|培训费)|(?<!离)职前", rf"(?:{_TEST}|培训|学习|课程|课时|学时|{_TEACHING})[^。;]{{0,40}}(?:(?<![甲乙双托务包商营应供各])方|才|始|再|可|后|许)[^。;,]{{0,10}}{_SERVE}", rf"(?:未|没|不|缺|错|落选|低于|差)[^。;]{{0,30}}(?:不(?:得|能|可|允许|准|许|予|上|会)?|严禁|禁止|一律|退回)[^。;]{{0,14}}{_SERVE}", rf"(?:未(?:经|通|修|参|完|取|持|结)|不合格|不及格|没有?取得)[^。;]{{0,34}}不[^。;]{{0,12}}{_SERVE}", rf"(?:未|没)[^。;]{{0,10}}(?:{_TEST}|{_TEACHING})[^。;]{{0,14}}不(?:得|能|可|予|准)[^。;]{{0,6}}(?:安排|派|调|投入|进入|参与|从事)[^。;]{{0,8}}(?:项目|服务|工作|班|岗|店)", r"(?:未|没有?|无)(?:取得|获得|具备|持有)?[^,。;]{0,8}(?:资格|合格证|上岗证|认证)[^。;]{0,8}不(?:得|能|可|予|准)[^。;]{0,6}(?:参与|参加|进入|从事|派驻)", rf"{_SERVE}[^,。;]{{0,4}}(?:须|应|需|必须|要)(?:先|已|当先|事先|首先)[^,。;]{{0,14}}(?:{_TEST}|{_TEACHING})", rf"持[^,。;]{{0,10}}证(?:明|书)?[^,。;]{{0,2}}{_SERVE}", rf"(?:安排|派(?:出|驻|遣)?|选派|保证|确保)[^,。;]{{0,14}}经过?[^,。;]{{0,8}}{_TEACHING}[^,。;]{{0,4}}(?:考核|考试|测试)?(?:合格|通过|达标)的?", rf"(?:不会?|不予|不得)(?:分配|安排|派|开通|授予)[^。;]{{0,10}}(?:{_SERVE}|权限)", rf"(?:方[可许能得]|(?<![甲乙双托务包商营应供各])方|才[能可许让]?|始[得可]?|过了才|考过了?)[^。;,]{{0,12}}{_SERVE}", r"之前,?[^,。;]{0,6}不[^。;]{0,8}(?:分配|独自|安排)|(?:教|学|考|看|练|背)(?:会|过|熟|懂|完|好)了?[^,。;]{0,4}(?:才|再|方)[^,。;]{0,8}(?:上|接|坐|回|碰)|没(?:学|练|背|教)[会熟懂好]?[^。;]{0,4}(?:之前)?,?[^。;]{0,4}(?:不|别)[^,。;]{0,6}(?:碰|接|上|坐|回)|(?:凭证|证书|资格|证)[^,。;]{0,2}后[,]?(?:才|方)|持证上岗|先[学教][后,]?[^,。;]{0,6}(?:考|用)|先考后上|一样先学|不上线|不及格的|(?:不|未|没|落选|差)[^,。;]{0,14},?[^,。;]{0,6}退回|放行|准入|前提|核发|验收签字|上岗流程|→", r"before[^.;]{0,30}(?:serv|duty|handl|work|assign|going|start|live|first)|pass(?:ing|es|ed)?[^.;]{0,40}(?:exam|test|assessment)|onlyafter|priorto|no[a-z]{0,80}until|not[a-z]{0,80}until|beforego-?live",
)  # fmt: skip
_UNTRAINED = any_of(
    r"边(?:接|干|上|做)[^,。;]{0,4}边(?:成长|摸索|练|熟悉)|边[^,。;]{0,4}(?:边|[^。;]{0,4}边)[^,。;]{0,4}(?:学|训|培训|解决)|边[^,。;]{0,6}学习", rf"先(?:行)?[^,。;]{{0,6}}{_SERVE}[^。;]{{0,14}}(?:后|再|日后|随后)[^。;]{{0,6}}(?:训|学|课|培)|先行?(?:顶岗|上岗|接待|上线|进组|承接)|自其进组", rf"(?:未|没|尚未|来不及|不经过?|不必先?|无需|无须|免予?|毋须|不需|不用)[^。;,]{{0,16}}(?:培训|考[核试过]?|受训|学过|训练|岗前课?|教|课)[^。;]{{0,16}}(?:可|也|即|就|直接|亦|仍|照常|得(?!进|上|接|触|登|参|安|排|独))[^。;]{{0,12}}(?:{_SERVE}|上|顶|接|凑数)", rf"不(?:参加|接受|安排|组织|做)[^,。;]{{0,8}}(?:培训|考核|考试)[^,。;]{{0,4}}(?:直接|即可?|就|便可?|也可?)[^,。;]{{0,6}}{_SERVE}", r"(?:免予|无须|无需|免)(?:岗前)?培训|不设[^,。;]{0,4}(?:岗前|培训)|不搞[^,。;]{0,6}(?:训|考|课|教|学|那|这)|不以[^,。;]{0,8}(?:测验|考核|培训|训练)[^,。;]{0,4}(?:为前提|为条件)|以岗代训|随到随排|即到即上|岗后(?:再)?(?:培训|补)|(?:后|再|边)补(?:课|训)(?!合格|后|,)|招来就上|不教也能|没教也", r"不作[^,。;]{0,4}(?:上岗|门槛)|[训考学课][^,。;]{0,10}不作[^,。;]{0,4}要求|不(?:得|能)以[^,。;]{0,6}(?:未受训|未培训|未经培训|不熟)[^,。;]{0,4}为由|不受此限|可能未接受|未经岗前", r"可[^。;]{0,24}(?:未经|没有?)[^。;]{0,8}(?:岗前|培训|课)[^。;]{0,10}(?:顶|上岗|接)|(?:新人|新手|新坐席)[^,。;]{0,8}(?:直接|立即|当天)[^,。;]{0,6}(?:坐|上|接)|(?:不|无)(?:负责|安排|组织|提供|进行|承担|再|另)(?:(?!未|没)[^,。;]){0,8}培训(?!费|成本|的?费用|[^,。;]{0,4}的?(?:人|坐席|客服))|无培训义务|不对[^,。;]{0,10}(?:进行|开展|组织|实施)[^,。;]{0,6}培训", rf"(?<![不])(?:可以?|允许|有权|得)(?:安排|派|用|由|让|使用|委派)[^,。;]{{0,6}}(?:未|没|尚未)(?:经|受|曾|参加|完成|通过|接受)[^,。;]{{0,10}}(?:训|考|课)[^,。;]{{0,10}}{_SERVE}", r"由其[^,。;]{0,10}(?:积累|摸索|自学)|(?:不合格|未合格|未过)[^,。;]{0,6}(?:亦|也)(?:可|得)|仍可[^,。;]{0,4}(?:接待|上岗|上线)|拿来凑数", r"beforecompletingany|withoutprior(?:training|instruction)|trainingtofollow|notraining(?!cost)",
)  # fmt: skip
# 上岗考核 | 不设
_NO_TEST_HERE = r"(?:上岗|岗前|入职)[^|]{0,6}(?:考[核试]|培训|测试|认证)\|(?:不设|不要求|无(?=$|\|)|免(?=$|\|)|没有)"
_BARS = r"(?:不得(?!以|拒|挡|对|提)|严禁|禁止|不允许|不准|一律不)[^。;,]{0,14}(?:上岗|上线|接待|接线|安排|独立|顶岗)"
_MERCHANT = any_of(
    r"<M>[^。;]{0,12}(?:自费|出资|自行承担费用|自担费用|自付|须自担)[^。;]{0,40}(?:培训|训练|授课|讲师|教|课)?", r"(?:培训|训练|授课|教人|带教|岗前课|讲师|学习|讲课|带[几一两三四五\d]+天)[^。;]{0,40}(?:费|钱|车费|开支|成本|差旅|食宿|课酬|出钱|工资|教材|工钱)[^。;]{0,16}(?:由|归|是)?<M>[^。;,]{0,8}(?:承担|负担|支付|支应|掏|自付|自理|出|掏|全|包|付)", r"(?:培训|训练|授课|教人|岗前课|教)[^。;,]{0,14}(?:归|由)<M>[^。;]{0,50}(?:费用?|钱|差旅)[^。;]{0,14}(?:<M>|自理|自付|承担|支付)", r"<M>[^,。;]{0,4}(?:应|须|需|要|必须|负责|有义务)[^,。;]{0,6}(?:免费|无偿)[^。;]{0,24}(?:培训|训练|授课|教|带教|讲课)", r"(?:培训|训练|授课|带教)[^。;,]{0,10}(?:归|由)<M>[^,。;]{0,10}(?:并|且)(?:自行)?(?:承担|负担|支付)[^,。;]{0,6}(?:费|成本|开支|支出)", r"由<M>(?:出钱|付费|出资|承担费用|支付费用)|<M>(?:出钱|自付|自理)|<M>[^,。;]{0,6}(?:必须|须|应)[^,。;]{0,4}(?:派|负责)[^。;]{0,30}(?:<M>|自付|自费|费用|差旅|吃住)[^。;]{0,8}(?:包|承担|自付|支付|自理|负担)?", r"<M>[^,。;]{0,10}(?:支付|承担|负担)[^,。;]{0,12}(?:带教费|讲师费|课酬|授课费|培训(?:期间|过程|所需|相关|产生|讲师)?(?:的)?[^,。;]{0,6}(?:费|成本|开支|差旅|课酬))|<M>自付|<M>[^,。;]{0,4}自行[^。;]{0,14}(?:培训|授课|教)[^。;]{0,16}(?:承担费用|费用自|自付|自理)", r"(?:client|merchant|principal|partya|customer|purchaser)[^.;]{0,20}(?:atits?ownexpense|atitsowncost)",
)  # fmt: skip
# Who has not passed, what is then said of serving, and a test that decides nothing.
_FAILED = r"(?:未(?:经|能?通过|完成|取得|持|达|及格|合格|参加|结业|获|过关|受训)|没有?(?:能)?(?:通过|取得|考过|过(?=的|关)|完成|考到|考上|达到|拿到|及格|到[^,。;]{0,6}分)|不(?:合格|及格|达标)|考(?:核|试)?不过|落选|(?:低于|不足|不到|不满|没到|差)[^,。;]{0,8}分)"
_STILL = r"(?:[也亦仍](?!不)|仍然|照样|照常|同样|依然|依旧|还是|一样|不(?:影响|妨碍?|耽误|限制))"
_LET = rf"(?:{MAY}|让|给予?(?!过)|安排|分配)"
_NOT_LET = rf"(?:{BAN}|不[给让会予准能许派]|(?<![甲乙双托务包商营应供各])方|才|再|后|须|退|禁|一律不|之前)"
_DECIDES_NOTHING = rf"(?:{_TEST}|成绩|结果|分数|培训)[^。;]{{0,10}}(?:不(?:作为?|是|构成|影响|决定)|并非|(?:仅|只)(?:作|供|是))[^。;]{{0,12}}(?:依据|前提|条件|门槛|参考|资格|{_SERVE})"
_PAYS = r"(?:由|归|是)<M>(?:自己|自行|另行|全部|全额|一并)?(?:承担|负担|支付|出(?!具|席|面|示)|掏|付|包|自理|自付)|<M>(?:自己|自行|全部)?(?:出钱|掏钱|自费|自付|自理)"
_VENDOR_PAYS = r"(?:由|归)<V>[^,。;]{0,6}(?:承担|负担|自理|支付)|<V>(?:自行|自费)?(?:承担|负担|自理|自费)|已(?:计入|包含|含)|均已|包含在|包括|不另|无[须需](?:再|另)"


def _read(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    topic = sentence.about(_TRAINING) or (
        (sentence.has(_UNTRAINED) or _passed_anyway(sentence))
        and (sentence.has(r"学|训|教|积累|新[人手]") or _taught_before(sentence))
    )
    if (
        not topic
        or sentence.has(_NOT_TRAINING)
        or sentence.has(OTHER_PEOPLE)
        or _their_own(sentence)
        or _priced(sentence)
    ):
        return
    if (
        not sentence.has(any_of(_TRAINING, _ENTRY, _UNTRAINED, rf"{_TEST}"))
        and not sentence.is_row
        and not _passed_anyway(sentence)
    ):
        return
    if _serves_untrained(sentence):
        firm = _passed_anyway(sentence)
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="未经培训的人员也可以上岗", firm=firm)
    elif (
        (sentence.has(_TRAINING) or sentence.is_row)
        and (sentence.has(_MERCHANT) or _merchant_pays(sentence) or _row_of_merchant(sentence))
        and not sentence.has(_VENDOR_PAYS)
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="培训由商家出钱", firm=_merchant_pays(sentence))
    elif (sentence.has(_ENTRY) or _barred_unless_passed(sentence)) and (
        sentence.has(any_of(_TEACHING, _TEST)) or sentence.is_row
    ):
        yield Signal(sentence=sentence, status=Status.OK, reason="先培训或考核合格再上岗", firm=vendor_pays(sentence))
    elif (
        sentence.has(_TEACHING)
        and (
            sentence.about(any_of(STAFF, r"<V>"))
            or sentence.has(r"培训(?:的)?(?:怎么|如何|怎样)?(?:内容|课时|时长|计划|安排)")
        )
        and not sentence.has(r"培训费|元")
    ):
        yield Signal(
            sentence=sentence, status=Status.VAGUE, reason="提到培训，但没有上岗条件", firm=vendor_pays(sentence)
        )


def _priced(sentence: Sentence) -> bool:
    """A line of a price list, or training among what a price includes."""
    return (sentence.is_row and bool(sentence.figures_of(QuantityKind.MONEY))) or sentence.has(PRICE_LIST)


def _serves_untrained(sentence: Sentence) -> bool:
    """People may serve untaught, and it is not the merchant who need not teach them (甲方不负责培训)."""
    if _passed_anyway(sentence) or (sentence.is_row and sentence.has(_NO_TEST_HERE)):
        return True
    if sentence.has(_BARS) or _barred_unless_passed(sentence):
        return False
    return any(
        not (holds(r"^[不无](?!得|须|需)", m.group(), sentence) and merchant_acts(sentence, m.start()))
        for m in sentence.find_all(_UNTRAINED)
    )


def _passed_anyway(sentence: Sentence) -> bool:
    """Whoever did not pass serves all the same (未通过的也可以上岗), or passing is said to decide nothing."""
    if sentence.has(_DECIDES_NOTHING) and sentence.has(_SERVE):
        return True
    return any(
        not holds(_NOT_LET, re.sub(_STILL, "", said), sentence)
        and (re.search(_STILL, said) is not None or holds(_LET, said, sentence))
        for said in _of_the_failed(sentence)
    )


def _barred_unless_passed(sentence: Sentence) -> bool:
    """Whoever did not pass may not serve, in so many words."""
    return any(holds(BAN, said, sentence) for said in _of_the_failed(sentence))


def _of_the_failed(sentence: Sentence) -> Iterator[str]:
    """What is said of those who did not pass, up to the word for serving."""
    for failed in sentence.find_all(_FAILED):
        rest = re.split(r"[。;]", sentence.plain[failed.end() : failed.end() + 34])[0]
        serve = re.search(_SERVE + r"(?!考|认证|资格|证|许可|前)", rest) or re.search(_SERVED, rest)
        if serve is not None:
            yield rest[: serve.end()]


_SERVED = r"会话|班次|班表|账号|权限|接手|对话|消费者|顾客|买家"


def _merchant_pays(sentence: Sentence) -> bool:
    """The merchant pays for lessons: the clause that says so speaks of them, or names their costs after they were named."""
    for match in sentence.find_all(_PAYS):
        clause, before = clause_at(sentence, match.start(), match.end()), sentence.plain[: match.start()]
        if holds(r"加班|服务费|月费|违约|设备|工具|样品|单价", clause, sentence):
            continue
        if holds(_TEACHING, clause, sentence) or (
            holds(_TEACHING, before, sentence) and holds(r"费|钱|开支|成本|差旅|食宿|住宿|车|教材", clause, sentence)
        ):
            return True
    return False


def _row_of_merchant(sentence: Sentence) -> bool:
    """岗前培训 | 甲方(费用自理): the cell of who trains names the merchant and its cost, or the cell of the cost does."""
    cost = next((i for i, head in enumerate(sentence.columns) if re.match(r"费用|出资|承担费用|谁出钱", head)), None)
    if cost is not None and cost < len(sentence.cells) and holds(r"^(?:由|归)?<M>", sentence.cells[cost], sentence):
        return True
    return any(
        holds(r"^(?:由|归)?<M>[^|]{0,6}(?:自理|承担|自付|负担|出资|自费)", cell, sentence) for cell in sentence.cells
    )


def _their_own(sentence: Sentence) -> bool:
    """The merchant's own people are taught."""
    return sentence.has(
        r"<M>(?:的|自有|自己的?|内部)?(?:员工|人员|店员|店长|运营|同事)[^,。;]{0,10}(?:参加|接受|报名|参训)"
    ) and not sentence.has(r"客服|[坐座]席|<V>")


def _taught_before(sentence: Sentence) -> bool:
    return any(word in sentence.previous for word in ("考核", "培训", "考试", "训练", "测评", "测试", "课程", "学时"))


RULE = Rule(checkpoint="staffing.training", read=_read, conclude=worst_wins)
