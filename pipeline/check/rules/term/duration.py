"""合同期限. ok: start and end, or a length with a start; vague: blank dates, 长期有效, a length that starts nowhere; adverse: renews by itself with no
way out, or locked for longer than the threshold."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.measure import MONTH, YEAR
from pipeline.check.rules.pattern import any_of
from pipeline.check.rules.reading import Figure, Reading, Sentence
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.check.rules.term.cues import BLANKS, TRIAL_WORD, Length, after, before, lengths
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_PERIOD = any_of(
    r"(?:合同|协议|契约|合约|本约|服务|合作|委托|外包|履[行约]|承包|项目|运营|租用|采购|托管|代接|框架|版本|订阅|套餐)(?:的)?(?:总)?(?:有效|锁定)?(?:期限|期间|期(?![满内末初货望])|周期|年限|时长|起[止迄迄讫])", r"(?:合同|协议|契约|本约|合作)[^,。;；]{0,12}(?:有效期?|为期|期限)", r"^(?:有效)?期(?:限|间)?(?=[:：|从自])|^期限(?:为|共|计)?(?=[一二两三四五六壹贰叁\d半])|存续(?!期)|[一二三四五六七八九十\d]年期", r"为期(?!限)", r"(?:合作|外包|服务|委托|供应)(?:关系)?(?:时间|年限|[一二两三四五六半\d]+(?:个)?[年月])", r"起[止迄讫](?:日期|时间|日)?",
    r"(?:initial)?term(?!inat|s)|duration|effectivedate|period", r"[年月季]一签|^(?:本)?有效期(?:限)?(?:为|是|共|计)?[一二两三四五六七八九十\d]|签(?:约|了|订)?[^,。;；]{0,4}(?:多久|[一二两三四五六七八九十\d]+年|半年)", r"(?:首|锁定|固定)(?:期|[一二两三四五\d]+年)|锁定(?:之|的)?(?:服务)?期",
)  # fmt: skip
# The life of the contract told by what is done from one day to another.
_RUNS = any_of(
    r"(?:自|从)[^。;；,，]{0,16}(?:登录|上线|进场|到岗|开线|接线|签订|签署|生效|启动)[^。;；,，]{0,8}起(?:算|计)?(?:共|满|连续|为期)?[一二两三四五六七八九十\d半]+(?:个)?[年月](?![内之以前后的])", r"(?:自|从)[^。;；]{0,20}(?:走|跑|做满?|干满?)[一二两三四五六七八九十\d半]+(?:个)?[年月]|(?:自|从|由)[^。;；]{0,34}(?:起|始|开始|进场|算)[^。;；]{0,8}(?:至|到|止)", r"(?:合作|服务|外包|进场|开工|开线|上线|开干|开头|入场|生效|签字|签订|签署|干)[^。;；]{0,30}(?:至|到|满|—|-|止|年|个月)[^。;；]{0,14}(?:止|结束|撤场|离场|收摊|接|为止|交还|终|满)?", r"(?:给|为|替|帮)(?:<M>)[^。;；]{0,8}(?:干|做|接|服务|派|供)", r"始于|终于|离场日|起始日|终止日|起算日|届满日|服务期间|合同期", r"起[^。;；]{0,16}(?:到|至)[^。;；]{0,14}(?:号|日)?止",
    r"(?:干|接|做)[^,。;；]{0,3}(?:[一二两三四五六七八九十\d]+(?:个)?[年月]|几年|多久)|(?:归|由)<V>[^,。;；]{0,4}(?:接|做|负责)", r"(?:commence|start|takeseffect|continue|engaged|expire|runs?from)|个月的[^,。;；]{0,4}合作|从_",
)  # fmt: skip
# Other things that last: named right before the figure, or the subject of its piece.
_OTHER = any_of(
    r"保密|守密|竞业", r"装修|美工|拍摄|质保|保修|保固|三包|保用|包退", r"报价|价(?!款)|授权|许可|商标|专利|版权|licen[cs]|trademark", r"试(?:用|运|行|合作|点|单|播|销|跑)|磨合|体验", r"付款|支付|结算|账期|宽限|整改|异议|补正|开票|发票|invoice|payment", r"租(?!用)|房|职场|借用|lease|premises", r"保函|保证金|押金|履约担保|保险", r"投标|招标|评标", r"劳动|聘用|雇佣|坐席(?:跟|与|同)|员工|派遣|在岗|employ",
    r"活动|促销|大促|双1[12]|双十|周年庆|满\d+减|券|会员|积分|预售|直播(?:间|场)", r"执照|证照|证书|资质|许可证", r"退货|退款|买家|顾客|消费者|客人|商品|电器|设备|shopper|buyer", r"保存|留存|保管|存档|备查|录音|数据|资料|日志|备份", r"通知|预告|notice", r"不可抗力|诉讼|仲裁|索赔|时效|工期|节假日|法定", r"(?:终止|结束|届满|期满|解除)(?:之?[日后]|起)[^,。;；]{0,6}(?:内|的)?$|终止后|合同期(?:限)?内|服务期(?:间)?内|有效期内|合作期间和",
    r"(?:做|干|从事|深耕|专注|经营|成立|服务)了[^,。;；]{0,3}$|(?:做|干|从事|深耕|成立|开业)了[^,。;；]{0,6}年|从业|行业经验|多年",
    r"账号|权限|工单|考核期|统计周期|培训|实习|每(?:周|月|年|日|季)",
)  # fmt: skip
_OTHER_TITLE = r"保密|试用|试运|磨合|商标|授权|租|劳动|投标|不可抗力|活动|质保|保修|保固|lease|licen|claims|confidential|force|知识产权|付款|支付|培训|通知"
_START = any_of(
    r"(?:自|从|由|打)[^。;；]{0,28}(?:起|开始|算|计|始|进场|那天|生效)", r"(?:签订|签署|签字|签章|盖章|生效|上线|交接|开通|启动|签约|验收|进场|进线|开线|到岗|到账|付款|正式服务)[^。;；]{0,10}(?:之日|之时|当日|当天|那天|次日|日|后)[^。;；]{0,10}(?:起|始|算|计|生效|为)?", r"起(?:算|计|始|生效|日)", r"from|commenc|start|effectivedate|beginning", r"为(?:首日|起始|起点|服务起)|即日起|开头|下(?:个)?月(?:一|1)?(?:号|日)?起|今年|进场日",
)  # fmt: skip
# White space is gone from the folded text, and with it a blank made of spaces (自2026年 月 日起).
_BLANK_START = rf"(?:自|从)(?:{BLANKS}|(?:\d{{4}})?年月日)"
_FLOATING = any_of(
    r"起(?:始|算)?日(?:期)?[^。;；,，]{0,3}以[^。;；,，]{0,16}为准|起(?:算)?(?:日|点|始日)?[^。;；,，]{0,6}(?:由双方|另|待|等|以后)|(?:另行|日后|以后|届时|后续)(?:商定|确定|签署|约定|议定)|再定|等[^,。;；]{0,10}再|没想好"
)

_RENEWS = any_of(
    r"(?:自动|自行|自己|当然|无条件|默认|逐年|年年|循环|即|视为|视同|为您|自动为您)[^,。;；]{0,8}(?:续|延|展|顺延|滚|转入下|进入下)", r"(?:期满|届满|到期|届期|期间?届满|到了?头)(?!前)[^。;；]{0,24}(?<!未)(?<!未获)(?<!不再)(?<!不予)(?<!不)(?:续[一约期展签订]|顺延|延续|展期|延期|接着往下滚|再(?:续|顺|延)|转入下)", r"续期[:：|]|续订", r"automatic(?:ally)?[^.;]{0,4}(?:renew|extend)|renews?automatic|evergreen",
)  # fmt: skip
_RENEWS_BY_DEED = any_of(
    r"(?:另行|另签|重新|另立|再行|书面)[^,。;；]{0,6}(?:签|协议|合同|协商|书面)|协商(?:一致)?[^,。;；]{0,8}续|(?:须|应|需)[^,。;；]{0,10}(?:另|书面)|(?:经|双方)(?:协商|书面|同意)[^,。;；]{0,10}(?:续|延|展)|不(?:再|作|予|会)?自动|不(?:得|能)自动|不顺延|未(?:能)?(?:签|达成)|可(?:以)?(?:申请)?(?:续|延|展)|有意续|如需续|拟续|优先续|另订|商定|商议|商量|不(?:同意)?续|事宜|磋商|洽谈|如续|若续|norenew|freshsignature|终止后?$"
)
_NOT_RENEWAL = r"付款|支付期|工期|节假日|遇[^。;；]{0,10}顺延|履行期限|相应(?:的)?(?:期限)?(?:的)?顺延|期限的顺延|响应|不可抗力|保函|授权|商标|租|续住|证照|到期由|许可证?(?:件)?[^,。;；]{0,8}(?:到期|续|失效|被吊销)|资质|执照|证书|劳动(?:合同|契约)|保险|域名|(?:新的?|接(?:手|替|任)的?)[^,。;；]{0,8}(?:单位|服务商|团队|供应商)|交接|过渡"
_WAY_OUT = any_of(
    r"(?:未|没有?|无|均未|不)[^。;；,，]{0,20}(?:异议|提出|通知|书面|反对|终止|告知|表示|吭声|说)", r"除非", r"提前[^。;；]{0,20}(?:通知|提出|告知|书面|说)", r"(?:除|如|若)[^。;；]{0,24}(?:不(?:再|愿|拟|想)?续|异议|终止|停止|书面|不合作)", r"(?<!不)(?:可|有权|得)[^。;；]{0,16}(?:拒绝|不续|退出|终止|取消|关闭|不再)", r"说不续就不续|反对者?即|一声|协商(?:一致)?", r"unless|notice",
)  # fmt: skip
_NO_WAY_OUT = any_of(
    r"(?:不得|无权|不能|不可|不享有|无法|没权|不许|不支持)[^。;；]{0,16}(?:拒绝|阻止|异议|终止|取消|退出|提出|解除|反对|停|关闭|撤销|不续|相反|续期的权利)", r"不能不续|说停也不作数|不作数|无(?:权|法)(?:取消|反对)|(?:无需|无须|不需|不必)[^。;；]{0,16}(?:确认|同意|签|通知|协商|另行)", r"连续自动|不(?:因|受)[^。;；,，]{0,16}(?:通知|发函|影响|终止|停止)|次数不限", r"(?:直至|除非)<V>|(?:仅|只有|只)<V>|<V>(?:一家|单方)?说了算|要停得<V>|<V>未[^。;；,，]{0,8}(?:表示|反对|通知|停)",
    r"perpetual|永久自动|(?:may|shall)not(?:refuse|object|oppose)",
)  # fmt: skip
_INDEFINITE = any_of(
    r"长长久久|(?:不设|没有|没)[^,。;；]{0,2}(?:终点|尽头)|多(?:长时间|久)[^,。;；]{0,3},?看|长期(?:有效|合作|稳定|的合作|用|的外包)|永久|无固定期限|一直(?:做|干|延|给)|日子长着|不(?:写|定)死[^,。;；]{0,3}日子", r"直?[到至](?:<B>|双方|都|合作|项目|合同)?[^,。;；]{0,14}(?:为止|结束|止|终止时|解除|不想(?:做|干))", r"持续(?:有效|至)", r"(?:日后|之后|以后|另行|届时|到时|后续|另)[^,。;；]{0,8}(?:定$|定。|签|定|约定|确定|商定|确认|发)|待定|再定|再说|另以", r"(?:以|按)[^,。;；]{0,24}(?:为准|要求|规定|执行)", r"(?:期限|年限|周期|期间|起[止迄讫](?:日期|时间)?)[^,。;；\d]{0,8}(?:见|按|以|依|由|载于|列于)[^,。;；]{0,14}(?:附件|附录|附表|订单|确认单|《)|视[^,。;；]{0,16}(?:情况|而定|确定)|看(?:双方)?(?:处得|情况|合作)|没想好|到时候?(?:再)?(?:商量|看)|先(?:干|做|看)着|(?:哪天|多久)[^,。;；]{0,4}(?:结束|不写|先不写)",
    r"aslongas|indefinite|until(?:either|the|both)|tobeagreed",
)  # fmt: skip
_INDEFINITE_TOPIC = any_of(
    _PERIOD, r"(?:合作|外包)(?:关系|伙伴|多久|长期|合作|，|,|$)|长期合作|本?(?:合同|协议|契约|合约|本约)(?:书)?(?:自[^,。;；]{0,20})?(?:将)?(?:长期|持续|永久|一直|进入|生效[^。;；]{0,6}[至到])|(?:干|做|接)(?:着|下去|几年|到)|(?:合同|协议|合作)[^,。;；]{0,3}(?:从|到)(?:什么时候|哪天|何时)|(?:什么时候|哪天|何时)(?:结束|到期|停)|服务[^,。;；]{0,8}持续有效|期限|年限|(?:做|干|合作)多(?:长|久)|铺子开着|(?:双方|<V>)[^。;；]{0,12}长期合作|cooperation"
)  # fmt: skip


def _duration(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    if _renewal_locks(sentence, reading):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="到期自动续约，没有写明怎样不续")
        return
    title = sentence.context.rsplit("\n", 1)[-1]
    if re.search(_OTHER_TITLE, title) and not sentence.has(r"(?:合同|协议|服务|合作)(?:有效)?(?:期限|期间|有效期)"):
        return
    topic = sentence.has(any_of(_PERIOD, _RUNS)) or (sentence.has(_INDEFINITE) and sentence.has(_INDEFINITE_TOPIC))
    if (
        not topic
        and not _row_of_dates(sentence)
        and not (sentence.about(_PERIOD) and sentence.has(r"年|月|日|year|month|\d{4}[-./]"))
    ):
        return
    spans = [f for f in lengths(sentence, MONTH * 0.99) if not _elsewhere(sentence, f)]
    dates = [f for f in sentence.figures_of(QuantityKind.DATE) if not _elsewhere(sentence, f)]
    yield from _judge(sentence, reading, checkpoint, spans, dates)


def _judge(
    sentence: Sentence, reading: Reading, checkpoint: CheckpointModel, spans: list[Length], dates: list[Figure]
) -> Iterable[Signal]:
    most = checkpoint.thresholds["max_years"]
    years = [(s.text, s.seconds / YEAR) for s in spans if s.seconds > most * YEAR * 1.01]
    years += [(text, length) for text, length in _dated(dates) if length > most + 0.01]
    if years:
        yield Signal(
            sentence=sentence,
            status=Status.ADVERSE,
            reason=f"合同期{years[0][0]}，超过标准 {most:g} 年",
            figure=years[0][0],
        )
        return
    written = [d for d in dates if not re.search(r"_", sentence.plain[d.start : d.end + 3])]
    ranged = [d for d in written if d.quantity.high is not None] or (written if len(written) >= 2 else [])
    blank = (
        bool(sentence.blanks)
        or sentence.has(_BLANK_START)
        or sentence.has(BLANKS)
        or sentence.has(r"[□☐][^☑√■✓]*$|[x×]{2,}|\[(?:x|date)\]")
    )
    if sentence.has(r"[□☐]") and not sentence.has(r"[☑√■✓]"):
        spans, ranged = [], []
    floats = sentence.has(_FLOATING)
    starts = sentence.has(_START) and not floats
    if blank and not ranged and not (spans and starts and not sentence.has(_BLANK_START)):
        if sentence.about(_PERIOD) or sentence.has(
            r"自[^。;；]{0,8}年|从[^。;；]{0,8}年|个月的[^,。;；]{0,4}合作|takeseffect|expires"
        ):
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="合同期限的日期没有填")
    elif ranged or (spans and (written or starts)):
        text = ranged[0].quantity.text if ranged else spans[0].text
        yield Signal(sentence=sentence, status=Status.OK, reason=f"写明合同期限（{text}）", figure=text)
    elif spans and (sentence.about(_PERIOD) or floats):
        near = not floats and any(
            s.has(r"生效|起算|起始|签订之日|签署之日|进场") for s in reading.around(sentence, 1, 2)
        )
        why = "和起点" if near else "，没有写从哪天起"
        yield Signal(
            sentence=sentence, status=Status.OK if near else Status.VAGUE, reason=f"写了期限{spans[0].text}{why}", figure=spans[0].text,
        )  # fmt: skip
    elif sentence.has(_INDEFINITE) and sentence.has(_INDEFINITE_TOPIC) and not _other_lasts(sentence):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="合同期限没有具体起止")
    elif written and sentence.is_row and sentence.has(r"起始|终了|终止日|起算日|截止日|届满日"):
        yield Signal(sentence=sentence, status=Status.OK, reason="写明合同起止日", figure=written[0].quantity.text)


def _row_of_dates(sentence: Sentence) -> bool:
    """起始 | 2024/07/15, and the contract's own line under the heads 起 | 止."""
    if not sentence.is_row or not sentence.cells:
        return False
    ends = r"(?:起(?:始|算)?|开始|终了|终止|截止|届满|止)(?:之?日期?|时间)?"
    if re.fullmatch(rf"(?:合同|服务|合作)?{ends}", sentence.cells[0]):
        return True
    heads = [c for c in sentence.columns if re.fullmatch(ends, c)]
    return len(heads) >= 2 and re.match(r"正式|服务|合同|合作|履行|首期|全程", sentence.cells[0]) is not None


def _dated(dates: list[Figure]) -> Iterable[tuple[str, float]]:
    """Ranges of dates and their length in years; two dates in a row count as one range."""
    for d in dates:
        high = d.quantity.high
        if high is not None and high == high and d.quantity.value == d.quantity.value:
            yield d.quantity.text, (high - d.quantity.value) / 365.5
    single = [d for d in dates if d.quantity.high is None and d.quantity.value == d.quantity.value]
    if len(single) == 2 and single[1].start - single[0].end <= 6:
        yield (
            f"{single[0].quantity.text}至{single[1].quantity.text}",
            (single[1].quantity.value - single[0].quantity.value) / 365.5,
        )


def _renewal_locks(sentence: Sentence, reading: Reading) -> bool:
    """True when the contract renews by itself and nothing near says how not to."""
    renews = sentence.find(_RENEWS)
    if renews is None:
        return False
    pieces = re.split(r"[,，]", before(sentence, renews.start(), 60) + renews.group(0))
    dated = re.search(r"期满|届满|到期|届期", pieces[-1]) is not None
    ahead = ",".join(pieces[-1 if dated else -2 :])
    own = ahead + after(sentence, renews.end(), 24)
    if re.search(_NOT_RENEWAL, own) or _not_by_itself(ahead, renews.group(0)):
        return False
    if sentence.has(r"劳动合同|聘用合同") and not sentence.has(r"本(?:合同|协议|约)"):
        return False
    if not sentence.about(any_of(_PERIOD, r"期满|届满|到期|届期|期限|续展|续期|合同|协议|合作|一年一签|renew")):
        return False
    if sentence.has(_NO_WAY_OUT):
        return True
    if sentence.has(_RENEWS_BY_DEED):
        return False
    return not sentence.has(_WAY_OUT) and not any(
        s.clause.id == sentence.clause.id and s.has(_WAY_OUT) and s.has(r"续|延|期满|届满|到期")
        for s in reading.around(sentence)
    )


def _not_by_itself(ahead: str, renewal: str) -> bool:
    """不自动续展: the words of renewal, denied."""
    return re.search(r"不(?:再|得|会|予|作|应)*$", ahead[: -len(renewal)]) is not None or (
        re.search(r"不(?:再|得|会|予|作|应)*(?:自动|当然|顺延|续|展|延)", renewal) is not None
    )


def _elsewhere(sentence: Sentence, figure: Figure | Length) -> bool:
    """True for a figure that measures something else: a notice, another period, another thing that lasts."""
    left = before(sentence, figure.start, 60)
    piece = re.split(r"[,:，：|]", left)[-1] + sentence.plain[figure.start : figure.end] if left else ""
    tail = re.split(r"[,，|]", after(sentence, figure.end, 14))[0]
    if re.search(
        r"(?:提前|届满前|期满前|到期前|每次|每)[^,。;；]{0,6}$|早$|(?:(?<![存连持])续|顺延|延|展)[^,。;；]{0,4}$",
        left[-10:],
    ):
        return True
    if re.match(
        r"(?:之|以)?(?:前|内|里)(?!容)|(?:的)?(?:服务费|席位费|费用|租金|押金|预告|书面|\d)|[一每](?:付|结|缴|交)|付款|起[^,。;；]{0,4}(?:日|天)内",
        tail,
    ):
        return True
    if left.endswith("满") and tail == "的":
        return True  # 自上线之日起满三个月的，…: when something else falls due
    topic = re.search(
        r"(?:合同|协议|服务|合作|委托|外包)(?:的)?(?:有效)?(?:期限|期间|周期|期)(?!限?(?:内|满))",
        re.sub(r"劳动(?:合同|契约)", "", piece),
    )
    if re.search(TRIAL_WORD, piece + tail):
        return True
    return topic is None and re.search(_OTHER, piece + tail) is not None


def _other_lasts(sentence: Sentence) -> bool:
    return sentence.has(
        any_of(
            r"保密|守密|本条(?!暂缓|不适用)|义务[^。;；]{0,12}(?:持续|长期|永久)|授权|商标|数据|资料|费用|价格|单价|指标|违约|试用|试合作|通知|解除|争议|保存|责任"
        )
    )


RULE = Rule(checkpoint="term.duration", read=_duration, conclude=worst_wins)
