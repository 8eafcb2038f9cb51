"""保密义务. ok: the vendor is bound and what is confidential is named; vague: bare "双方应保密", or 本协议内容 only; adverse: only the merchant is bound, or the vendor may use or disclose."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from pipeline.check.rules.data.cues import DATA, NAMED, NO, defined_as_data, vendor_may
from pipeline.check.rules.leaning import Mark, marks
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Conclusion, Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.types import Status

_SECRECY = any_of(
    r"保密", r"守密|守口|一个字不吐|烂在肚|嘴(?:要)?[紧严]|嘴上拉链|捂紧|攥紧|当没看见|不外(?:泄|传|露)|不(?:往|向|对)外|守密", r"严守", r"保守[^。;；,，]{0,10}秘密", r"守口如瓶",
    NO + r"[^。;；]{0,30}(?:泄露|泄漏|透露|披露|外泄|外传|提供给|传播|分享|共享|出售|转让|公开|示于|告知(?:他人|第三|任何|无关|外人)|(?:倒|贩|售)卖|外发|散播|扩散|(?:传|发|交|转)给(?:第三|他人|外人|任何|无关)|泄于|对外|说出去|透给|外讲|外透|往外|带出|带走|口述|转述|告诉|抄录|转发|截[图屏]|翻看|讲(?:给)?|挪作|用于(?:本|其他|履行))", r"(?:只能|仅(?:限|可|用))[^。;；,，]{0,20}(?:用于|履行)", r"confidential|(?:strict|in)confidence", r"notdisclose|nondisclosure",
)  # fmt: skip
_USES = any_of(
    r"拿去|拿来|拿这|使用|利用|运用|披露|公开(?!发布|的|渠道|信息)|提供[给予与]|当(?:作|成)?案例|对外提供|给(?:他们|别|同行|其他)|共享|用(?:于|作|来|在)|商用|加工|展示|宣传|推广|训练|并入|发在|发表|(?<!公开)发布|售卖|转售|优化|翻出来|接着用|整理成|汇编",
    r"use|disclose|share|publish|mine",
)
_PERMITS_USE = any_of(
    r"<M>[^。;；,，]{0,10}(?:同意|授权|许可|允许)[^。;；]{0,10}<V>[^。;；]{0,24}(?:将|把)?[^。;；]{0,24}" + _USES,
    r"(?:俺们|我们|她|他们|工作室|班组|团队)[^。;；,，不别莫]{0,10}(?<!不)拿[^。;；,，不]{0,12}(?:去|来)",
    r"<V>(?:的)?(?<!不)会(?:把|将)[^。;；]{0,30}(?:放进|用[于作在]|拿去|登在|发[到在]|写进|做成)[^。;；,，]{0,10}(?:宣传|案例|广告|推广|手册|公众号|官网|培训)",
    r"(?:宣传|案例|训练|推广)[^。;；]{0,16}(?:不在此限|不受此限|不视为违反|不构成[^。;；,，]{0,10}违反)",
    r"(?:案例|分享|培训|宣传|推广|训练|研究|使用|提供)[^。;；]{0,12}不(?:视为|构成|属于?|算)[^。;；,，]{0,8}(?:泄密|泄露|泄漏|违约|违反)",
    r"savethat[^。;；]{0,20}may|nothing(?:herein)?shallrestrict",
)
_MATERIAL = any_of(DATA, r"案例|(?:销售|成交|营业)额|偏好|成交|客群|截图")
# What is used is no data of the merchant, or the use is what the merchant buys.
_NO_DATA_USE = any_of(
    r"发票|logo|商标|著作权|专利",
    r"(?:公司)?(?:名称|商号|字号)(?:和|与|及|、|或)(?:标识|标志|商标)",
    r"(?:用于|供|进行|开展)[^。;；,，]{0,8}(?:质检|考核|仲裁|诉讼|举证)|核[对实验]|查询(?:订单|物流)|办理|(?:回复|解答|接待)(?:买家|顾客|客户)",
    r"为(?:了)?(?:履行|接待|完成|提供|处理|办理)[^。;；,，]{0,12}而",
    r"(?:修改|调整)[^。;；,，]{0,10}(?:价|费)",
)
# A virtue praised, a repute to be kept, a meeting's mood: nobody is bound by it.
_NO_DUTY = any_of(
    r"^(?:whereas|鉴于)|(?:享有|良好)[^。;；,，]{0,6}声誉|陈述|友好磋商|评标|之精神|投标(?:文件|人|时)",
    r"(?:重视|珍视|尊重|崇尚|注重)[^,，。;；应须得]{0,24}(?:保密|隐私|秘密)",
    r"(?:保密|隐私)[^。;；应须得]{0,24}(?:底色|文化|经验|初心|墙上)",
    r"(?:散布|发布)[^。;；]{0,20}(?:不实|虚假)",
    # wages, parcels, and what others have agreed among themselves
    r"(?:薪酬|薪资|工资|薪水)[^。;；,，]{0,6}(?:相互|互相)?保密|保密(?:发货|寄送|包装|配送)|与其?(?:的)?(?:代言人|代工厂|厂家|供应商|主播|达人|模特)[^。;；,，]{0,8}保密(?:协议|合同|合约|约定)",
    r"保密(?:津贴|补贴|补助|柜)(?![^。;；]*(?:不得|严守|应[^。;；,，]{0,6}保密))",
)
_BARRED = (
    r"不(?:得|准|许|可|能)(?![^。;；]{0,6}(?:提出)?异议)|严禁|未经|无权|为(?:履行|完成|提供)本?(?:合同|协议|服务|项目)"
)
_NOT_BOUND = any_of(
    r"保密(?:义务|责任)?[^。;；,，]{0,6}(?:仅|只|单独)?(?:由|归)<M>(?:单方面?|一方|单独|独自)|保密[^。;；]{0,24}<V>(?:[^。;；,，]{0,4}不(?:受|在)(?:此|该|其|本条)[^。;；,，]{0,2}(?:限|列)|除外)",
    r"保密[^。;；,，]{0,6}(?:仅|只)(?:及于|约束|适用于|拘束)<M>|保密[^。;；]{0,40}<V>[^。;；]{0,20}不受(?:该|此|其|本|上述|前述|相应)[^。;；,，]{0,6}(?:约束|拘束)",
    r"<V>(?:不(?!得|因|免|影响)|无须|无需|毋须)[^。;；,，]{0,16}(?:承担|负有?)[^。;；,，]{0,6}保密",
    r"<V>[^。;；,，]{0,16}(?:不承担|无(?:须|需)承担|不负有?|不受)[^。;；]{0,10}保密", r"<V>[^。;；]{0,20}(?:不承担保密|不因[^。;；]{0,10}负有|毋[须庸需][^。;；,，]{0,6}(?:保密|同等|守密|义务)|不受(?:本条|相应|此)[^。;；,，]{0,4}(?:拘束|限制|约束))", r"(?:仅|只)(?:有|由)?<M>[^。;；,，]{0,8}(?:承担|负)?[^。;；,，]{0,4}(?:保密|守密)|only<M>", r"(?:由)?<M>(?:单方|独自?|单独)[^。;；,，]{0,6}(?:负|承担)[^。;；,，]{0,4}保密",
)  # fmt: skip
_ONLY_MERCHANT = any_of(
    r"(?:^|[,;])[^。;；<,，]{0,6}<M>(?:应|须|需|负有|承诺|保证|不得|也要|要|亦)[^。;；]{0,60}(?:保密|保守|泄露|披露|透露)", r"<M>(?:应|须|需|负有|承诺|保证|要)[^。;；]{0,20}(?:对|为)<V>[^。;；]{0,40}(?:保密|泄露|秘密)",
    r"<M>[^。;；,，]{0,4}(?:对|为)<V>[^。;；,，]{0,40}(?:也|亦|均|都|同样)?(?:要|应|须|得|需|予以|加以)[^。;；,，]{0,4}(?:保密|守密|保守)",
    r"<M>(?:应)?(?:对|为)<V>[^。;；]{0,50}(?:负有?|承担)[^。;；,，]{0,8}保密",
    r"<M>(?:及其[^,，。;；]{0,8})?(?:应|须)?对(?:(?!<V>(?!的))[^。;；]){0,90}(?:负有?|承担)[^,，。;；]{0,8}(?:保密|守密|秘密)",
    r"<M>不(?:得|许|准|能|可)[^。;；,，]{0,6}<V>的[^。;；]{0,24}(?:告诉|告知|外传|泄露|透露|披露|发到|转给|传给)",
)  # fmt: skip


def _confidentiality(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(_NO_DUTY):
        return
    if sentence.has(_NOT_BOUND):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="写明服务方不承担保密义务")
        return
    if _vendor_may_use(sentence):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以使用或披露商家的数据", firm=True)
        return
    if not sentence.has(_SECRECY) or sentence.has(r"具有[^。;；,，]{0,14}保密能力"):
        return
    if (
        sentence.has(r"保密(?:义务|条款|期|协议|责任)?[^。;；]{0,20}(?:终止|届满)后|保密期限|有效期|期限为|持续有效")
        and not sentence.has(NAMED)
        and not sentence.blanks
    ):
        return
    if sentence.has(_ONLY_MERCHANT) and not sentence.has(
        r"(?<![对为])<V>(?!的)[^。;；,，]{0,10}(?:应|须|需|也|亦|同样|负有|不得|不会|负)|<B>|互|双方"
    ):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason="只约束商家保密，没有约束服务方",
            keys=frozenset({"只约束商家"}),
            firm=True,
        )
        return
    if sentence.has(r"^[^。;；<]{0,8}<M>(?:应|须|不得|负|也要|要)") and not sentence.has(
        r"<V>[^。;；,，]{0,6}(?:应|须|不得|负|也)|<B>"
    ):
        return
    only_breach = (
        sentence.has(r"违约金|赔偿|罚")
        and sentence.has(r"泄露|违反|违者|泄密")
        and not sentence.has(NO + r"|保密义务|应[^。;；]{0,10}保密|严格保密|负有?保密")
    )
    if only_breach:
        return
    named = sentence.has(NAMED) or _bound_by_term(sentence, reading)
    if left_open(sentence, reading) and not named:
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="保密的对象没有写明")
    elif named and sentence.has(
        any_of(
            r"保密",
            NO,
            r"守密|守口|不吐|烂在|拉链|当没看见|不(?:往|对|外)",
            r"秘密",
            r"confiden(?:tial|ce)",
            r"only|shallnot",
        )
    ):
        said = marks(sentence)
        firm = ("V", Mark.BARRED) in said and not said & {("V", Mark.MAY), ("M", Mark.UNASKED), ("M", Mark.BARRED)}
        yield Signal(sentence=sentence, status=Status.OK, reason="服务方负保密义务，且写明了保密对象", firm=firm)
    elif sentence.has(r"保密|守密|守口|泄露|泄漏|披露|透露|公开|嘴|外|讲|confidential|秘密"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说保密，没有写明保密什么")


def _bound_by_term(sentence: Sentence, reading: Reading) -> bool:
    """True when the sentence asks for secrecy of what a defined term stands for; the word 保密 in the term itself (保密信息) asks for none."""
    term = defined_as_data(sentence, reading)
    if term is None:
        return False
    rest = sentence.plain.replace(term, "#") if term else sentence.plain
    return compiled(_SECRECY, sentence.sides).search(rest) is not None


def _vendor_may_use(sentence: Sentence) -> bool:
    part = vendor_may(sentence, _USES, _MATERIAL)
    if part is None:
        found = sentence.find(_PERMITS_USE)
        if found is None or not sentence.has(_MATERIAL) or sentence.has(_BARRED):
            return False
        part = found.group(0)
    part = re.sub(r"除[^,，。;；]{0,20}外", "", part)
    return compiled(_NO_DATA_USE, sentence.sides).search(part) is None


def _conclude_confidentiality(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """A clause that binds only the merchant is adverse only where no other clause binds the vendor."""
    bound = any(s.status in (Status.OK, Status.VAGUE) for s in signals)
    kept = [s for s in signals if not (bound and "只约束商家" in s.keys)]
    return worst_wins(kept, reading, checkpoint)


RULE = Rule(checkpoint="data.confidentiality", read=_confidentiality, conclude=_conclude_confidentiality)
