"""价格调整. ok: fixed for the term, raised only by written agreement of both, or with conditions and a cap; vague: may be adjusted by talks, no
condition or cap; adverse: the vendor may raise it alone."""

from __future__ import annotations

from collections.abc import Iterable

from pipeline.check.rules.fees.cues import PRICE
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_CHANGE = any_of(
    r"调整", r"上调", r"涨", r"上浮", r"调价", r"提价", r"提高", r"变更", r"变动", r"浮动", r"调增", r"调涨", r"加价", r"修改", r"修订", r"递增", r"重新(?:定价|核定|协商|商定|议)", r"再谈|再议|另议|商议|面谈", r"改(?:变|动|价)?", r"新(?:价|标准|费率)", r"adjust|increase|raise|revis|chang",
)  # fmt: skip
_NEVER = r"(?:不得|不予|不再|不作|不做|不可|不能|不许|不会|不因|概不|谁也不能|均不|不得以任何理由)"
_FIXED = any_of(
    r"(?:合同|协议|服务|有效|合作)?期[^。;；]{0,16}(?:固定|不变|锁定|恒定|不涨|不变动)", r"(?:合同|协议|服务|有效|合作)期[^。;；]{0,20}" + _NEVER + r"[^。;；]{0,14}(?:调整|上调|变更|涨|变动|提高|调增|浮动|改)",
    PRICE + r"[^。;；]{0,24}(?:固定不变|保持不变|不变|锁定|恒定|锁死|" + _NEVER + r"[^。;；]{0,24}(?:调整|上调|变更|涨|提高|变动|上浮|改|调增|动))", _NEVER + r"[^。;；]{0,14}(?:涨价|提价|加价|调价|(?:上调|提高|调整|变更|调增)[^。;；]{0,10}" + PRICE + r")",
    r"固定(?:单价|价格|总价|价)", r"(?:没到期|到期前|期内)[^。;；]{0,8}(?:谁也|任何一方|都|均)?(?:不能|不得|不许)(?:改|动|涨|调)", r"(?:remain|be)fixed|nopriceincrease|fixedprice|shallnot(?:be)?(?:increase|adjust|raise)",
)  # fmt: skip
_WRITTEN = any_of(
    r"(?:双方|甲乙双方|<B>)[^。;；]{0,20}(?:书面|签订|签署|签字|盖章|确认|补充)", r"(?:经|须|需|应|取得|征得|获)[^。;；]{0,12}<M>[^。;；]{0,10}(?:书面)?(?:同意|确认|认可|批准)", r"补充协议|补充约定|变更协议", r"书面(?:一致|同意|确认|协议)", r"<M>(?:书面)?(?:同意|确认)(?:后|方|的|前)", r"mutual(?:ly)?written|writtenagreement|agreedinwriting|writtenconsent",
)  # fmt: skip
_WITHOUT = any_of(
    r"(?:无需|无须|不需(?:要)?|不必|毋须|不经|不以)[^。;；]{0,12}(?:同意|确认|点头|认可|协商)",
    r"不同意(?:的)?[^。;；,，]{0,6}(?:也|仍|视为|即|得按)",
    r"视为(?:同意|接受|认可)",
)
_ALONE = any_of(
    r"<V>[^。;；,，]{0,16}(?:有权|可(?:以|能)?|得(?!到)|保留|自行|自主|单方|决定)[^。;；]{0,40}(?:调整|上调|涨|提价|提高|变更|上浮|修改|修订|加价|调价|调涨|浮动|重新定价|改)",
    r"(?:由|以|按)<V>[^。;；,，]{0,16}(?:决定|确定|调整|调价|通知|公布|公示)", r"(?:自动|自行|单方|不定期|随时)[^。;；]{0,8}(?:调整|上调|上浮|递增|上涨|调价|涨|修订)", r"<M>(?:应|须|需|同意|不得|无权|不能)[^。;；]{0,10}(?:接受|异议|拒绝|反对|按调整|按新)",
    r"保留[^。;；]{0,16}(?:调整|修订|变更|修改)[^。;；]{0,12}权", r"<V>[^。;；,，]{0,4}说(?:涨|调|改)就(?:涨|调|改)", r"继续使用即[^。;；,，]{0,6}(?:接受|同意|认可)", r"按(?:调整后|新)(?:的)?(?:价|标准|费率)[^。;；,，]{0,4}(?:执行|支付|结|付|计)", r"may(?:at(?:any)?time)?(?:adjust|increase|raise|revise)|soleldiscretion|solediscretion|reservestherightto(?:revise|adjust|increase|change)",
)  # fmt: skip
_SOFT = any_of(
    r"市场(?:情况|行情|变化|价格)",
    r"行情",
    r"协商",
    r"商(?:议|讨|定|量)",
    r"再谈|再议|另议",
    r"可(?:以)?[^。;；]{0,8}(?:浮动|适当|调整|上调|上浮|变更)",
    r"另行",
    r"视[^。;；,，]{0,10}(?:情况|而定)",
    r"适当",
    r"浮动",
    r"酌情",
)
_CAP = any_of(
    r"不(?:得)?超过", r"上限", r"以内", r"不高于", r"封顶", r"最高", r"≤|<=", r"为限", r"notexceed|capped|upto"
)
_WHEN = any_of(
    r"如(?!下)|若|遇|因|当(?!月)|倘|凡|只有|仅(?:在|当)|时|的[,，]|情形|根据|依据|参照|每(?:满)?(?:一|1)?(?:年|十二个月)|if|where|incase"
)
_NOT_PRICE = any_of(
    r"利率",
    r"违约金",
    r"kpi|考核指标|指标",
    r"服务时间",
    r"排班",
    r"人员(?:调整|变更)",
    r"(?:联系|收货|送达)地址",
    r"商品(?:的)?(?:价格|售价)|店铺(?:商品)?价格|改价|客单价|优惠券",
    r"发票",
)


def _price_adjustment(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    own = sentence.has(PRICE) or sentence.has(r"调价|涨价|提价|加价|调涨|坐席单价")
    if not (own or sentence.about(PRICE)) or sentence.has(_NOT_PRICE):
        return
    changes = sentence.has(_CHANGE)
    if not own and not (changes and sentence.has(r"标准|幅度|价")):
        return
    written = sentence.has(_WRITTEN) and not sentence.has(_WITHOUT)
    if (
        sentence.has(_ALONE)
        and changes
        and not written
        and not sentence.has(r"<V>(?:不得|无权|不可|不能)|双方[^。;；,，]{0,6}(?:协商|商)")
    ):
        if _capped(sentence) and sentence.has(_WHEN) and not sentence.has(r"随时|任意|自行决定|视情况"):
            yield Signal(
                sentence=sentence,
                status=Status.OK,
                reason="调价有条件和幅度上限",
                figure=sentence.figures_of(QuantityKind.RATIO)[0].quantity.text,
            )
        else:
            yield Signal(sentence=sentence, status=Status.ADVERSE, reason="服务方可以单方调价")
    elif sentence.has(_FIXED) and not sentence.has(_WITHOUT):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明合同期内价格固定或不得单方上调")
    elif not changes:
        return
    elif any(not b.answered for b in sentence.blanks):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="调价的幅度或条件没有填")
    elif written and not sentence.has(r"可(?:以)?(?:由)?(?:双方)?协商调整"):
        yield Signal(sentence=sentence, status=Status.OK, reason="调价须双方书面一致")
    elif _capped(sentence):
        yield Signal(
            sentence=sentence,
            status=Status.OK,
            reason="调价有幅度上限",
            figure=sentence.figures_of(QuantityKind.RATIO)[0].quantity.text,
        )
    elif sentence.has(_SOFT) and not sentence.has(
        r"服务(?:内容|范围|需求)[^。;；,，]{0,6}(?:调整|变更)[^。;；]{0,20}(?:另行|协商)?(?:签订|签署)"
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="可以调价，但没有条件和上限")


def _capped(sentence: Sentence) -> bool:
    return bool(sentence.figures_of(QuantityKind.RATIO)) and sentence.has(_CAP)


RULE = Rule(checkpoint="fees.price_adjustment", read=_price_adjustment, conclude=worst_wins)
