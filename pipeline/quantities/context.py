"""What the words around a figure say of it: comparison, condition, basis of a rate."""

from __future__ import annotations

import re

from pipeline.quantities.values import Comparator, Quantity, QuantityKind

_BASES = (
    ("case", r"人次|次|例|起|条(?!款)|件|笔|通|宗|单(?!个|位|月|日)|case|ticket|call"),
    ("order", r"个?订单|order"),
    ("seat", r"个?坐席|个?座席|个?席位|席|个?工位|seat|agent"),
    ("person", r"人|名(?:客服|员工|人员)?|位|客服|员工|person|head"),
    ("month", r"个?自然月|个?月|month"),
    ("year", r"个?自然年度?|年度?|year|annum"),
    ("quarter", r"个?季度?|quarter"),
    ("week", r"个?周|星期|week"),
    ("hour", r"个?小时|工时|时|hour|h(?![a-z])"),
    ("minute", r"分钟|minute|min"),
    ("day", r"个?工作日|个?自然日|日(?!常)|天|day"),
)
_BASE = "|".join(f"(?P<{name}>{words})" for name, words in _BASES)
_BASE_ANY = "|".join(words for _, words in _BASES)
_ONE_BASE = re.compile(_BASE)
_SUFFIX = re.compile(
    rf" ?(?:(?:/|每|per |a (?=day|month|year|week)|each )(?: ?(?:一|1)? ?(?:{_BASE_ANY}))(?:[·・*.](?:{_BASE_ANY}))*[ ]?)+"
)
_SLASH = re.compile(rf" ?(?:/ ?(?:一|1)?\(?(?:{_BASE_ANY})(?:[·・*.](?:{_BASE_ANY}))*\)?)+")
_EVENT = r"(?:逾期|延迟|迟延|延期|拖延|超期|超时|迟|晚|拖欠|发生|出现|发现|泄露|违反|缺少?|少|差|增加|新增|减少|超出?|处理|完成|接待|成交|有)"
_PREFIX = re.compile(
    rf"(?:每|(?<![一二两三四五六七八九十\d个本当次上下该逐])按)(?P<event>{_EVENT}{{0,2}})(?:付款|支付|交付|履行|补位|响应)?(?:一|1|壹)?(?P<base>{_BASE_ANY})"
    r"|(?P<late>逾期|迟延|延迟)(?:每)?(?:一|1)(?P<latebase>日|天|小时|分钟)"
    r"|(?P<dayrate>(?<![工作自然当次即同今节休\d一二两三四五六七八九十个末首])(?:日|月|年)(?=[ ]?[\d.百千万\[(][^年月日号]|流失率|离职率|服务费|固定|薪|租金|均|利率|费用?|(?:均)?不(?:超过|低于|少于)))"
)

_LEFT = (
    (
        Comparator.AT_MOST,
        r"(?:不得?|不能|不应|不可|不会|不允许|未|勿|无须|应当?不|须不|需不)(?:超过|超出|高于|大于|多于|逾|晚于|迟于|长于)|不超|最多|至多|最高|最长|最迟|最晚|最大"
        r"|(?:最高)?上限|封顶|限于|≤|<=|=<|(?:小于|低于|少于)(?:或者?)?等于|控制在|(?:在)?(?=\x00)|at most|no more than|not more than|not (?:to )?exceed(?:ing)?|up to|within|maximum(?: of)?|no later than",
    ),
    (
        Comparator.AT_LEAST,
        r"(?:不得?|不能|不应|不可|不会|不允许|未|勿|应当?不|须不|需不)(?:低于|少于|小于|短于|早于)|不下于|至少|最少|最低|起码|下限|保底|≥|>=|=>|(?:大于|高于|多于)(?:或者?)?等于"
        r"|(?<![未不没能法])(?:达到|达|满)(?!成)|at least|no less than|not less than|no fewer than|minimum(?: of)?",
    ),
    (
        Comparator.LESS,
        r"低于|小于|少于|不足|未满|不满|不到|未达到?|达不到|没有达到|无法达到|未能达到|短于|早于|<|less than|below|under|fewer than",
    ),
    (
        Comparator.MORE,
        r"超过|超出|高于|大于|多于|逾(?!期)|长于|晚于|迟于|>|more than|over|above|exceed(?:s|ing)?|greater than",
    ),
    (Comparator.ABOUT, r"约为?|大约|大概|around|about|approximately"),
)
_LEFT_WORD = re.compile("|".join(f"(?P<{which.value}>{words})" for which, words in _LEFT))
_FILLER = re.compile(
    rf"(?:[ :为是于到至在了含按共计\"(\[_=]|人民币|大写|小写|税[前后]|连续|累计|当月|总计|合计|每?(?:{_BASE_ANY})|[^,。;\d]{{0,14}}?[的之额]|[^,。;\d]{{0,10}}?(?:总额|总价|费用?|金额|价款|货款)的?|the|of|to)*"
)
_RIGHT = re.compile(
    r"[ \"\])]*(?:\(含(?:本数|[^()]{0,8})?\))? ?(?:(?P<at_most>[以之](?:内|下)|及[其以]下|内(?!容|部|控|勤|外|地|网)|封顶|为限|为上限)"
    r"|(?P<at_least>[以之]上|及[其以]上|起(?!诉|算|草|始|止|至|因|见|的)|为下限|保底|or more)|(?P<about>左右|上下))"
)
_SIDE = r"(?:[以之及][其以]?[上下内]|内|左右|\(含[^()]{0,8}\)|之间|[)\]\" ])*"

_EACH = re.compile(
    r"每(?:再|每)?(?:下降|降低|超过|超出|超|逾期|延迟|迟延|低于|高于|增加|减少|提高|上升|上浮|下浮|多出?|缺少?|差|满|少|提升|延误|晚|迟|出现|发生|泄露)[^,。;\d一二两三四五六七八九十百]{0,8}$"
)
_LATE = re.compile(r"(?:逾期|迟延|延迟|拖欠|超期|超时|连续|累计|中断|缺岗|空缺|停机|宕机|旷工)[^,。;\d]{0,14}$")
_OPENER = re.compile(
    r"(?:^|[,。;:、 ])[^,。;]{0,8}?(?:如果|(?<!例)(?<!诸)如(?!下|实|期|约|数|何|上|遇)|若|倘|一旦|当(?![月日天年地事前])|凡|只要|if )[^,。;]*$"
)
_THEN = r"(?=[ ]*(?:[,:;|。]|扣|每|按|则|甲方|乙方|双方|委托方|服务商|应|须|需|视|罚|支付|赔偿|即|不|免|予|给|无|\Z))"
_ENDS_HERE = re.compile(rf"{_SIDE}(?:的|时|者|的(?:情况|情形)下?|后)(?:情形|情况)?{_THEN}")
_ENDS_LATER = re.compile(
    rf"[^,。;|]{{0,30}}?(?:的|时|者|后)(?:情形|情况|月份|月度|部分|坐席|客服|人员|员工)?下?{_THEN}|{_SIDE}的(?:部分|月份|月度|坐席|客服|人员|当月)"
)
_CONSEQUENCE = re.compile(
    rf"{_SIDE}[^,。;|]{{0,8}}[ ]*[,|:]?[ ]*(?:每|则|视为|视同|罚|扣|(?:甲方|委托方|乙方)有权|即视|(?:乙方|甲方)?(?:应|须|需)(?:当)?(?:承担|支付|赔偿|向)|予以扣|不合格|考核不)"
)
_PROMISE = re.compile(r"保证|承诺|确保|应当?|必须|须|需|控制|要求|目标|标准|不得|维持|保持")
_DEDUCTS = re.compile(rf"{_SIDE}[^。;]{{0,15}}的[,]?[^。;]{{0,24}}(?:扣|罚|赔|违约金|有权)")


def bases(written: str) -> tuple[str, ...]:
    """The bases named in ``written`` in order, each once: 每坐席每月 is ``("seat", "month")``."""
    names = [found.lastgroup for found in _ONE_BASE.finditer(written) if found.lastgroup]
    return tuple(dict.fromkeys(names))


def slash_end(text: str, end: int) -> int:
    """Where the rate that follows a unit with a slash ends; ``end`` itself when there is none."""
    found = _SLASH.match(text, end)
    return found.end() if found else end


def per_of(text: str, quantity: Quantity, unit_end: int, floor: int) -> tuple[str, ...]:
    """Bases of the rate, from behind the unit (/天, 每月, per day) or else from before the figure (每坐席每月, 日)."""
    suffix = _SUFFIX.match(text, unit_end)
    if suffix:
        return bases(suffix.group())
    left = text[floor : quantity.start]
    found = list(_PREFIX.finditer(text, floor, quantity.end))
    found = [match for match in found if match.start() < quantity.start and match.end() <= quantity.start]
    names: list[str] = []
    for match in found:
        gap = text[match.end() : quantity.start]
        across = bool(match["event"] or match["late"])
        if len(gap) > 40 or (not across and "," in gap.rstrip(", ")):
            continue
        base = match["base"] or match["latebase"] or match["dayrate"]
        names.extend(bases(base))
    return tuple(dict.fromkeys(names)) if left else ()


def comparator_of(text: str, quantity: Quantity, floor: int) -> tuple[Comparator, str]:
    """The comparison and the word before the figure that makes it (empty when it stands behind, or nowhere)."""
    left = text[max(floor, quantity.start - 40) : quantity.start]
    last = next(iter(reversed(list(_LEFT_WORD.finditer(left)))), None)
    right = _RIGHT.match(text, quantity.end)
    if last is not None and last.group() and _FILLER.fullmatch(left, last.end()):
        which = Comparator(last.lastgroup or "equal")
        if which is not Comparator.ABOUT or right is None:
            if last.group() == "控制在" and right is not None:
                return Comparator(right.lastgroup or "equal"), ""
            return which, last.group()
    if right is not None:
        which = Comparator(right.lastgroup or "equal")
        # 自第3日起 counts from a day; 3人起 is a minimum.
        if not (right.group().strip().startswith("起") and quantity.kind in (QuantityKind.DATE, QuantityKind.CLOCK)):
            return which, ""
    return Comparator.EQUAL, ""


def is_trigger(text: str, quantity: Quantity, comparator: Comparator, word: str) -> bool:
    """True when the figure is the condition of a consequence and not what is promised."""
    start = max(
        text.rfind("。", 0, quantity.start), text.rfind(";", 0, quantity.start), text.rfind("\n", 0, quantity.start)
    )
    start = max(start + 1, quantity.start - 60)
    left = text[start : quantity.start]
    clause = left[max(left.rfind(","), left.rfind("|")) + 1 :]
    if _EACH.search(left):
        return True
    negated = bool(word) and (word[0] in "不未勿应须需无" and word[:2] not in ("不足", "不满", "不到", "未满", "未达"))
    if negated:
        return _DEDUCTS.match(text, quantity.end) is not None
    if _ENDS_HERE.match(text, quantity.end):
        return True
    crossing = comparator in (Comparator.LESS, Comparator.MORE) and bool(word)
    if crossing and (_ENDS_LATER.match(text, quantity.end) or _OPENER.search(left)):
        return True
    if crossing and _CONSEQUENCE.match(text, quantity.end) and not _PROMISE.search(clause):
        return True
    late = _LATE.search(clause)
    return late is not None and bool(_ENDS_LATER.match(text, quantity.end) or _CONSEQUENCE.match(text, quantity.end))
