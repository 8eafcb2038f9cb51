"""数据删除. ok: on ending, deleted or destroyed at once or by a stated time; vague: 妥善处理, return without deletion, no time; adverse: the vendor may keep or go on using it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from pipeline.check.rules.data.cues import DATA, vendor_may
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence, left_open
from pipeline.check.rules.signal import Rule, Signal, worst_wins
from pipeline.playbook import CheckpointModel
from pipeline.quantities import QuantityKind
from pipeline.types import Status

_DELETE = any_of(
    r"删除?(?=干净|掉|光|尽|,|。|;|全|所|其|该|上|并|的|一|$)",
    r"删除",
    r"删[干光掉全了的]|会删",
    r"销毁",
    r"清除",
    r"清空",
    r"清理",
    r"抹(?:除|去|掉|了|干净)?|全抹|清(?:零|干净|掉|光)|烧掉|碎掉|毁弃|消磁|不得仍存|不(?:得)?留(?:副本|底)|wipe",
    r"粉碎",
    r"擦除",
    r"不留(?:存|底|任何)",
    r"delet(?:e|ion)|destroy|erase",
)
_RETURN = any_of(r"退给|退回|返还", r"归还", r"交还", r"退还", r"移交", r"交回", r"交给", r"转交", r"return")
_ENDING = any_of(
    r"最后(?:一个)?(?:服务|合作)日|退租|停租|停服|散伙|不干|不续|到头|了结|终了|终结|收尾|收束|解约|撤(?:席|的那天)|退场|离场|停了?合作|合作(?:一)?停|一停|解散|最后一天|末班|活干完|结束|干完|不做了|停止后|expir|cut-?over|lastday|解除",
    r"终止", r"解除", r"届满", r"到期", r"结束", r"期满", r"散伙", r"消灭", r"停用", r"停止(?:使用|合作|服务)", r"注销", r"不(?:再)?合作", r"合作(?:关系)?(?:一)?(?:结束|终止|完)", r"完成后", r"撤场", r"退出", r"契约关系", r"terminat|expir|end(?:of|ing)|upon(?:the)?end",
)  # fmt: skip
_KEEPS = r"(?:留置|自留|留底|留一份|留下|留着|存着|攒着|接着用|经营|留存|续用|续存|保管|训练|拿去|归<V>|不动|mine|hold|retain|保留|留存|自留|存留|留用|封存|继续(?:使用|保存|持有|用于)|保存|存续使用|长期使用|长期保存|并入|沿用)"
_KEEP = any_of(
    r"(?:<V>|我们)[^。;；,，]{0,6}(?<!不)会[^。;；,，]{0,4}(?:留着|留下|保留|留存|存着|接着用|继续(?:使用|保存))|(?:删不删|是否(?:删除|销毁))[^。;；]{0,10}(?:由|看|凭)<V>[^。;；,，]{0,6}(?:定|决)|<V>[^。;；]{0,50}由其(?:续存|续用|留存|留用|保留|自留|存续|接着用|长期)",
    r"(?:手机号|号码|名单|名册|画像|微信|数据)[^。;；,，]{0,6}(?:保留|留下|留着)[,，]?(?:方便|供|留待|便于|好)?(?:以后|往后|日后|将来|今后)|(?:^|[|])<V>(?:自行)?(?:留用|保留|留存|自留|保存)",
    r"<V>[^。;；,，不]{0,8}(?:有权|可(?:以)?|得)[^。;；,，不]{0,8}(?:拒绝|暂缓|暂不|中止)[^。;；,，]{0,6}(?:返还|归还|交还|移交|删除|销毁|清除)",
    r"<V>(?:的?服务器|公司|系统)?[^。;；]{0,24}(?:有权|(?<![不])可(?!能)(?:以)?|得(?!到)|仍可?|自行|将)[^。;；]{0,20}" + _KEEPS,
    r"(?:数据|信息|资料|记录|录音|工单|会话)[^。;；]{0,30}(?:仍)?(?:由|归)<V>[^。;；]{0,12}" + _KEEPS, r"(?:数据|资料|信息|记录)[^。;；]{0,20}(?:归<V>(?:所有|保留))", r"(?:无需|不再|无须|毋须|不必|不负责|没有义务|无义务|不承担|不予|不作)[^。;；,，]{0,12}(?:删除|销毁|清除|清理|抹除)", r"<M>(?:不得|不能|无权|不可)[^。;；]{0,20}(?:删除|销毁|清除)",
    r"(?:归|由)(?:<V>|我们)[^。;；,，]{0,8}(?:保存|保管|留|经营|攒|续)|归供方", r"长期(?:留存|留底|保存|使用)|无限期|(?:仍|继续)(?:可)?(?:由|归)[^。;；,，]{0,10}(?:使用|保管|经营|保留)|接着用|自留|(?:自己)?留一份(?:当|做)|留作|(?:不得|不许|不能|别)[^。;；,，]{0,6}(?:要求|请求|叫停|惦记|要)(?:删除|移除|$|[,，。])?|(?:三|两|五|\\d)年内不动|remainsfreeto", r"但(?:<V>)?(?:可|有权|仍可)?[^。;；,，]{0,6}" + _KEEPS, r"notoblige[^.;]{0,24}(?:delete|destroy)|mayretain|continueto(?:use|keep)|notoblige[^.;]{0,20}(?:delete|destroy)|freeto(?:hold|keep|retain|mine)",
)  # fmt: skip
_HELD = any_of(DATA, r"语料|标签|载体|副本|复制件|拷贝|备份|画像|好友|云盘")
# A ban on keeping, or what the law has kept.
_MUST_KEEP = any_of(
    r"(?:不得|无权|不可|不许|严禁)[^。;；,，]{0,30}" + _KEEPS,
    r"不可恢复|(?<!不)依法|法律(?:法规)?(?:另有)?(?:规定|要求)|监管|记账|发票|财务凭证|不得(?:自行)?(?:留|保留|私自)",
)
# What may stay is no data of the merchant: settlement sheets, figures without names.
_HARMLESS = r"不含[^。;；,，]{0,6}(?:个人|客户|买家|用户)[^。;；,，]{0,4}(?:信息|资料|数据)|(?:保留|留存)的?(?:仅限|只有|只是)[^。;；]{0,16}(?:结算|对账|财务|发票|凭证)"
# A proviso goes on from the sentence before it.
_GOES_ON = r"^(?:但是?|惟|不过|然而?|只是)|直至(?:其|<V>)[^。;；,，]{0,6}(?:认为|决定)"
_OPEN_WORK = re.compile(
    r"(?:未(?:办)?[结完]|未了结|在途|待办|待答复)[^,，。;；、]{0,4}(?:工单|订单|事项)[^,，。;；、]{0,4}"
)
_REST = r"(?:无法|不能|不便)[^。;；,，]{0,4}(?:归还|返还|交还|退还|移交)(?:的|者)"  # what cannot be returned is deleted
_FOR_LONG = r"长期|无限期|继续(?:使用|保留)|自留|接着用"
_TURNS = r"是否|删不删|但|惟|可(?!恢)|有权|仍|得(?!到)|留底|自留|留下|[不无未](?!可恢复)|长期|notoblige|may"
_AT_ONCE = any_of(
    r"立即", r"\d+[×x*]\d+小时内", r"那[天日](?!.{0,10}____)|当(?:[您你]|着[^。;；,，]{0,4})?面|最后一天|t\+\d|立刻", r"马上", r"当日", r"当天", r"即时", r"即刻", r"即将?所有", r"同时", r"当即", r"即(?:行|予)?(?:删除|销毁)", r"immediately|promptlyupontermination|forthwith", r"(?:终止|解除|届满|到期|消灭|结束)(?:之日|时|当日)(?!起)",
)  # fmt: skip


def _deletion(sentence: Sentence, reading: Reading, checkpoint: CheckpointModel) -> Iterable[Signal]:
    ending_before = sentence.follows(_ENDING)
    goes_on = ending_before and sentence.has(_FOR_LONG + "|" + _GOES_ON + "|^" + _REST)
    if not (sentence.about(_HELD) or goes_on) or not (sentence.about(_ENDING) or goes_on or sentence.has(_KEEP)):
        return
    ending = (
        sentence.about(_ENDING) or goes_on or sentence.has(r"留置|扣留|直至(?:其|<V>)[^。;；,，]{0,6}(?:认为|决定)")
    )
    if ending and not sentence.has(_HARMLESS) and (_kept(sentence) or vendor_may(sentence, _KEEPS, _HELD, reach=60)):
        yield Signal(sentence=sentence, status=Status.ADVERSE, reason="合同结束后服务方可以保留或继续使用数据")
        return
    if not sentence.about(_ENDING) and not goes_on:
        return
    if sentence.has(_DELETE) and not sentence.has(
        r"(?:不得|严禁|禁止|擅自|不可(?!恢|逆|还原))[^。;；,，]{0,14}(?:删除|销毁|清除)(?!干净)|订单取消|差评"
    ):
        times = [f for f in sentence.figures_of(QuantityKind.DURATION) if not f.quantity.trigger]
        if left_open(sentence, reading) and not times:
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="要删除数据但期限没有填")
        elif times or sentence.has(_AT_ONCE):
            text = times[0].quantity.text if times else "立即"
            yield Signal(sentence=sentence, status=Status.OK, reason=f"合同结束后{text}删除或销毁数据", figure=text)
        else:
            yield Signal(sentence=sentence, status=Status.VAGUE, reason="要删除数据但没有期限")
    elif (
        sentence.has(DATA)
        and (
            _returned(sentence)
            or sentence.has(
                r"(?:收|管|看)好|妥(?:善|为)(?:处理|处置|保管|安置)|处理好|晓得|appropriatemanner|适当处理|(?:相应|依规|按规定|按照[^。;；,，]{0,8})[^。;；,，]{0,10}处[理置]"
            )
        )
        and sentence.has(_ENDING)
    ):
        yield Signal(sentence=sentence, status=Status.VAGUE, reason="只说返还或妥善处理，没有要求删除")


def _returned(sentence: Sentence) -> bool:
    """True when data is given back; the hand-over of open tickets is work going on, and gate cards are no data."""
    parts = re.split(r"[,，]", _OPEN_WORK.sub("", sentence.plain))
    pairs = zip(["", *parts], parts, strict=False)
    given = compiled(_RETURN, sentence.sides)
    return any(given.search(p) and compiled(_HELD, sentence.sides).search(f"{before},{p}") for before, p in pairs)


def _kept(sentence: Sentence) -> bool:
    """True when the sentence says that the data stays with the vendor, or that deletion is no duty of it."""
    if not sentence.has(_KEEP) or not sentence.has(_HELD) or sentence.has(_MUST_KEEP):
        return False
    return not sentence.has(_DELETE) or sentence.has(_TURNS)


RULE = Rule(checkpoint="data.deletion", read=_deletion, conclude=worst_wins)
