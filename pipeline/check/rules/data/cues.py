"""Cues that several rules of the area share."""

from __future__ import annotations

import re
from functools import lru_cache

from pipeline.check.rules.parts import number_in
from pipeline.check.rules.pattern import any_of, compiled
from pipeline.check.rules.reading import Reading, Sentence
from pipeline.check.rules.scope.cues import NO_AGREEMENT, TEAM

PEOPLE = r"(?:客户|用户|消费者|买家|顾客|会员|个人|收件|收货|学员|粉丝|联系人|客人|老客|老顾客|买主|购买者)"
OWN = r"(?:订单|交易|店铺|商品|销售|经营|财务|价格|账号|货源|供应链|供应商|成交|营业|技术|后台|会话|聊天|通话|沟通|业务|推广|营销|店里|进货|货品|成本|底|采购|促销|上新|活动|接待)"
KIND = r"(?:信息|资料|数据|隐私|记录|纪录|名单|名册|姓名|电话|地址|手机号|画像|标签|密码|秘密|内容|对话|语料|副本|问题|策略|成本|价格|录音|文件|库|销量|档案|计划|号码|微信|表|生日|流水|明细|底价|渠道|报表|口令|购买|买了啥|历史|轨迹|联系方式)"
DATA = any_of(
    PEOPLE + r"(?:的)?[^,。;；]{0,8}" + KIND, OWN + r"(?:的)?[^,。;；、]{0,6}" + KIND, r"数据", r"个人信息", r"聊天记录", r"会话", r"录音", r"工单", r"商业秘密", r"营业秘密", r"保密信息", r"机密", r"手机号", r"资料", r"信息", r"个资|隐私|名单|名册|名录|客户表|台账|聊天|老客|订单|客人(?:的)?(?:电话|地址|微信)|买家|(?:shopper|buyer|order)(?:record|histor|data)|customer(?:record|list)s?",
    r"报表", r"personalinformation|customerdata|confidentialinformation|(?:consumer|personal)?(?:data|information)",
)  # fmt: skip
NAMED = any_of(
    PEOPLE + r"(?:的)?[^,。;；]{0,6}" + KIND, OWN + r"(?:的)?[^,。;；、]{0,6}" + KIND, r"商业秘密", r"营业秘密", r"聊天记录", r"账号(?:及|、|和)?密码", r"手机号", r"话术", r"名单|名录|底价|进价|进货(?:的)?价|报价|买家(?:的)?(?:电话|地址)|(?:customer|order|shopper|buyer)(?:lists?|histor|records?)", r"进货(?:成本|价)", r"定价", r"促销计划",
    r"(?:personal|customer|consumer|order|trade)(?:information|data|secrets?)",
)  # fmt: skip
NO = r"(?:不得|不准|不许|不可(?!撤销|恢复|逆|抗|还原)|不能|不会|严禁|禁止|一概不准|不应|勿|莫|别|甭|谁也不|不兴|不得以|无权|不准)"

# A permission. A bare 将 is one only where nothing makes it a duty (应将…交由甲方).
_PERMIT = any_of(
    r"有权",
    r"(?<![不许认应])(?<![后,，意可经的且]方)(?<!依法)可(?!能|恢|靠|追|读|查|见|行|抗)(?:以|将|选择)?",
    r"(?<![不应须使取获觉记懂值求])得(?=[以于将自向继对]|(?:提供|使用|利用|运用|保留|留存))|仍得|得(?=不受限)",
    r"(?<![不未经])(?:允许|准许)(?=<V>|其|[^,，。;；]{0,6}(?:拿|用|使用|提供|留))",
    r"随便|自行决定|自主决定|要用的",
    r"(?<![应须需当得会并即可])将(?=[^,，。;；]{0,30}(?:用于|用作|提供|交由|交给|转给|传输|共享|留存|保留))",
    r"may(?!not)|free(?:to)?",
)
_CLAUSE_EDGE = re.compile(r"[,，:：]")
_SENTENCE_EDGE = re.compile(r"[。;；]")
WITHOUT_ASKING = any_of(
    NO_AGREEMENT,
    r"(?:无须|无需|不必|不需|不用|毋须|毋庸|无庸|不再|不另)[^。;；,，]{0,8}(?:征得|取得|问|打招呼|通知|支付对价)",
)
_HELD_BACK = any_of(
    r"不(?:得|准|许|可|能|会|应|兴)|严禁|禁止|勿|莫(?!名)|别(?!家|的|人|处)|甭|无权",
    r"(?<![无不毋])(?:经|征得|取得|获得|获)[^。;；,，]{0,6}<M>[^。;；,，]{0,10}(?:同意|许可|授权|确认|准许)",
    r"<M>[^。;；,，]{0,6}书面(?:同意|许可|授权)",
    r"(?:仅|只)(?:限|用于|为|在|能|可|得)[^。;；,，]{0,16}(?:履行|本(?:合同|协议|项目)|服务)",
    r"为(?:履行|完成|办理|接待|提供)[^。;；,，]{0,12}(?:而|之?目的|需要|所必需)",
    r"用于(?:履行|完成|提供|本(?:合同|项目|协议)(?![^,，。;；]{0,4}(?:以外|之外|外的)))",
    r"司法|监管|法律|法规|法定|依法|主管机关|政府",
    r"shallnot|solelyfor|onlyfor|required(?:by)?law",
)

# A part without a subject of its own carries on what stood before (负有保密义务,但可以用于…), and one that asks for consent holds it back.
_GOES_ON = re.compile(
    r"(?:但是?|并且?|而且|且|也|亦|仍|同时|不过|除[^,，。;；]{0,16}外|(?:无|毋|不)(?:需|须|必|用|经)[^,，。;；]{0,14})?[,，]?(?:[也亦仍均即还]|仍然|随时)*(?:可|得|有权|允许)"
)
_ASKED_AFTER = r"[,，](?:但是?|惟|不过|且|并)?(?:均|都)?(?:应当?|须|需|要|得|以)[^,，。;；]{0,8}(?:取得|征得|获得|经|获|得到)?<M>[^,，。;；]{0,8}(?:同意|许可|授权|批准|准许)"

_TERM = r"[\"“「]?(?P<term>[\u4e00-\u9fff]{1,6}?(?:信息|资料|数据|秘密|事项|材料|内容))[\"”」]?"
# A term and what it stands for: …统称受限信息 at the end of a list, "机密资料"系指… at its head.
_CALLED = re.compile(
    rf"(?:统称|合称|总称|[以之]?下[统简合]?称|简称)(?:为|作|:)?{_TERM}(?:[,，。;；:：)]|$)"
    r"|[\"“「](?P<head>[\u4e00-\u9fff]{1,6}?(?:信息|资料|数据|秘密|事项|材料|内容))[\"”」](?:系|是|均|即)?[指为]"
)


def defined_as_data(sentence: Sentence, reading: Reading) -> str | None:
    """The term by which the sentence speaks of data the contract names in a definition; "" where it goes on from the definition itself."""
    for other, term in _definitions(reading):
        if other.index == sentence.index:
            continue
        if term in sentence.plain:
            return term
        if other.plain == sentence.previous:
            return ""
    return None


@lru_cache(maxsize=4)
def _definitions(reading: Reading) -> tuple[tuple[Sentence, str], ...]:
    """The sentences that give data they name a term, and the term."""
    called = ((s, _CALLED.search(s.plain)) for s in reading.body)
    return tuple((s, str(found["term"] or found["head"])) for s, found in called if found is not None and s.has(NAMED))


_ARTICLE = re.compile(
    r"第(?P<article>[一二三四五六七八九十百]{1,5}|\d{1,3})条|第(?P<part>\d{1,3}(?:\.\d{1,3})+)[款条项]"
)


def clauses_named(sentence: Sentence, reading: Reading) -> list[Sentence]:
    """The sentences of the clauses of the same part that this one names by number (第七条所定之…)."""
    wanted = {m["part"] or str(number_in(m["article"])) for m in _ARTICLE.finditer(sentence.plain)}
    if not wanted:
        return []
    at = {c.id: c for c in reading.clauses}

    def named(other: Sentence) -> bool:
        clause, steps = other.clause, 0
        while steps < 4:
            own = clause.number.strip("第条款项")
            if (
                own in wanted
                or own.split(".")[0] in wanted
                or (own and str(number_in(own)) in wanted and "条" in clause.number)
            ):
                return True
            if clause.parent is None or clause.parent not in at:
                return False
            clause, steps = at[clause.parent], steps + 1
        return False

    return [
        s
        for s in reading.body
        if s.clause.id != sentence.clause.id and s.clause.annex == sentence.clause.annex and named(s)
    ]


def free_of_consent(sentence: Sentence) -> str:
    """The text with the parties to a consent that is needless blanked out, of the same length: 无需甲方同意 names nobody who acts."""
    return compiled(WITHOUT_ASKING, sentence.sides).sub(lambda m: "#" * len(m.group()), sentence.plain)


def vendor_may(sentence: Sentence, act: str, thing: str, reach: int = 44) -> str | None:
    """The part of a sentence in which the vendor is permitted ``act`` upon ``thing``, or ``None``.

    Bound together: a permission, the act at most ``reach`` characters behind it, the thing in the same part or the one before it
    (聊天记录，乙方可以留存), and the vendor as the side named last before the permission. Where no side is named there, the merchant's
    consent declared needless tells that the vendor acts. A ban or a condition counts only in the same part: one sentence often first forbids and then permits.
    """
    text = sentence.plain
    sides = compiled(r"(?P<v>" + TEAM + r"(?!的(?!客服|员工|人员)))|(?P<m><M>(?!的))", sentence.sides)
    acting = free_of_consent(sentence)
    free = compiled(WITHOUT_ASKING, sentence.sides)
    for permit in sentence.find_all(_PERMIT):
        edge = _SENTENCE_EDGE.search(text, permit.end())
        stop = edge.start() if edge else len(text)
        done = compiled(act, sentence.sides).search(text, permit.end(), min(stop, permit.end() + reach))
        if done is None:
            continue
        before = list(sides.finditer(acting, 0, permit.start()))
        unasked = free.search(text, permit.start(), stop)
        if (before and before[-1].group("v") is None) or not (before or unasked):
            continue
        starts = [0, *(m.end() for m in re.finditer(r"[,，:：。;；]", text[: permit.start()]))]
        part = starts[-1]
        closing = _CLAUSE_EDGE.search(text, done.end(), stop)
        end = closing.start() if closing else stop
        own = text[part:end]
        whole = _GOES_ON.match(own) is not None
        wide = text[0 if whole or len(starts) < 2 else starts[-2] : end]
        if compiled(_ASKED_AFTER, sentence.sides).match(text, end, stop):
            continue
        if not compiled(thing, sentence.sides).search(wide):
            continue
        if compiled(_HELD_BACK, sentence.sides).search(free.sub("", own)):
            continue
        return own
    return None
