"""保密义务. ok: the vendor is bound and what is confidential is named; vague: bare "双方应保密", or 本协议内容 only; adverse: only the merchant is bound, or the vendor may use or disclose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from pipeline.check.rules.data.cues import DATA, NAMED, NO
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Conclusion, Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.types import Status

_SECRECY = any_of(
    r"保密", r"守密|守口|一个字不吐|烂在肚|嘴(?:要)?紧|嘴上拉链|捂紧|攥紧|当没看见|不外(?:泄|传|露)|不(?:往|向|对)外|守密", r"严守", r"保守[^。;；,，]{0,10}秘密", r"守口如瓶",
    NO + r"[^。;；]{0,30}(?:泄露|泄漏|透露|披露|外泄|外传|提供给|传播|出售|转让|公开|示于|告知(?:他人|第三)|泄于|对外|说出去|透给|外讲|外透|往外|带出|带走|口述|转述|抄录|转发|截[图屏]|翻看|讲(?:给)?|挪作|用于(?:本|其他|履行))", r"(?:只能|仅(?:限|可|用))[^。;；,，]{0,20}(?:用于|履行)", r"confidential", r"notdisclose|nondisclosure",
)  # fmt: skip
_USES = r"(?:拿去|拿来|拿这|给(?:别|他们|其他)|示|用作|use|使用|利用|运用|披露|公开|提供给?|共享|用于|商用|加工|分析|展示|宣传|推广|训练|参考|并入|发在|发布|售卖|转售|优化)"
_VENDOR_MAY_USE = any_of(
    r"<V>(?:及其[^。;；,，]{0,8})?[^。;；]{0,16}(?:有权|(?<![不许])(?<![后,，意可经的且]方)可(?!能)(?:以)?|得以?(?!到)|仍得|要用的|随便)[^。;；]{0,40}" + _USES,
    r"<M>[^。;；,，]{0,6}(?:同意|授权|许可|允许|确认)[^。;；]{0,10}<V>[^。;；]{0,40}" + _USES, r"(?:数据|信息|资料|记录|内容)[^。;；]{0,24}<V>(?:有权|可(?:以)?|得)[^。;；]{0,20}" + _USES, r"(?:但|惟|然|而)[^。;；]{0,30}(?:可(?:以|将|选|用)?|得|有权)[^。;；]{0,24}" + _USES, r"(?:使用|展示|披露)[^。;；]{0,16}(?:不在此限|不受此限|不视为违反|不构成[^。;；,，]{0,10}违反)", r"(?:俺们|我们|她|他们|工作室|班组|团队)[^。;；,，不别莫]{0,10}(?:(?<!不)拿|可)[^。;；,，不]{0,12}(?:去|来)", r"savethat|nothinghereinshallrestrict", r"(?:vendor|provider|partyb|supplier)may(?:also)?(?:use|disclose|share|retain|publish)",
)  # fmt: skip
_USE_BARRED = any_of(
    r"不(?:得|准|许|可|能)(?![^。;；]{0,6}(?:提出)?异议)",
    r"严禁|禁止(?![^。;；]{0,30}但)",
    r"未经",
    r"仅(?:限|用于|可|为|在|能)",
    r"只(?:能|可|得)",
    r"无权",
    r"为(?:履行|完成|提供)本?(?:合同|协议|服务|项目)?",
    r"shallnot|solelyfor|onlyfor",
)
# A proviso that gives back to the vendor what the duty before it took.
_TAKES_BACK = any_of(
    r"(?:但|惟|然|而|可到了|除外)(?!.{0,12}(?:法律|司法|监管|不得|应|须))[^。;；]{0,30}(?:可(?:以|将|选|用)?|有权)[^。;；]{0,30}(?:宣传|训练|展示|推广|培训|商用|自身|案例|研究|其他项目|优化)", r"(?:训练|宣传|案例|推广)[^。;；]{0,30}(?:不在此限|不受此限)", r"savethat[^。;；]{0,20}may|nothing(?:herein)?shallrestrict", r"may(?:use|disclose)[^。;；]{0,60}(?:casestud|itsown|market)",
)  # fmt: skip
_NOT_BOUND = any_of(
    r"<V>[^。;；,，]{0,16}(?:不承担|无(?:须|需)承担|不负有?|不受)[^。;；]{0,10}保密", r"<V>[^。;；]{0,20}(?:不承担保密|不因[^。;；]{0,10}负有|毋[须庸需][^。;；,，]{0,6}(?:保密|同等|守密|义务)|不受(?:本条|相应|此)[^。;；,，]{0,4}(?:拘束|限制|约束))", r"(?:仅|只)(?:有|由)?<M>[^。;；,，]{0,8}(?:承担|负)?[^。;；,，]{0,4}(?:保密|守密)|only<M>", r"(?:由)?<M>(?:单方|独自?|单独)[^。;；,，]{0,6}(?:负|承担)[^。;；,，]{0,4}保密",
)  # fmt: skip
_ONLY_MERCHANT = any_of(
    r"(?:^|[,;])[^。;；<,，]{0,6}<M>(?:应|须|需|负有|承诺|保证|不得|也要|要|亦)[^。;；]{0,60}(?:保密|保守|泄露|披露|透露)", r"<M>(?:应|须|需|负有|承诺|保证|要)[^。;；]{0,20}(?:对|为)<V>[^。;；]{0,40}(?:保密|泄露|秘密)",
)  # fmt: skip


def _confidentiality(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if sentence.has(r"^(?:whereas|鉴于)|声誉|陈述|友好磋商|评标|之精神|投标"):
        return
    if sentence.has(_NOT_BOUND):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="写明服务方不承担保密义务")
        return
    if (
        sentence.has(_VENDOR_MAY_USE)
        and sentence.has(DATA)
        and (not sentence.has(_USE_BARRED) or sentence.has(_TAKES_BACK))
        and not sentence.has(r"发票|质检|考核|logo|标志|商标|争议|诉讼|保留")
    ):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以使用或披露商家的数据")
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
        r"<V>[^。;；,，]{0,10}(?:应|须|需|也|亦|同样|负有|不得|不会|负)|<B>|互|双方"
    ):
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason="只约束商家保密，没有约束服务方",
            keys=frozenset({"只约束商家"}),
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
    if left_open(sentence, reading) and not sentence.has(NAMED):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="保密的对象没有写明")
    elif sentence.has(NAMED) and sentence.has(
        any_of(
            r"保密", NO, r"守密|守口|不吐|烂在|拉链|当没看见|不(?:往|对|外)", r"秘密", r"confidential", r"only|shallnot"
        )
    ):
        yield Signal(sentence=sentence, status=Status.OK, reason="服务方负保密义务，且写明了保密对象")
    elif sentence.has(r"保密|守密|泄露|泄漏|披露|透露|公开|嘴|外|讲|confidential|秘密"):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说保密，没有写明保密什么")


def _conclude_confidentiality(signals: Sequence[Signal], reading: Reading, checkpoint: CheckpointModel) -> Conclusion:
    """A clause that binds only the merchant is adverse only where no other clause binds the vendor."""
    bound = any(s.status in (Status.OK, Status.VAGUE) for s in signals)
    kept = [s for s in signals if not (bound and "只约束商家" in s.keys)]
    return worst_wins(kept, reading, checkpoint)


RULE = Rule(checkpoint="data.confidentiality", read=_confidentiality, conclude=_conclude_confidentiality)
