"""Clauses amended by their number in another part of the file are read as they stand after it; the rules alone."""

from __future__ import annotations

import pytest

from eval.sentences import Sample, as_contract, judge
from pipeline.check.rules.amendments import amendments
from pipeline.check.rules.engine import check_rules
from pipeline.check.rules.reading import Reading, read
from pipeline.embed import configured_embedder
from pipeline.playbook import load_playbook
from pipeline.retrieve import index
from pipeline.segment import segment
from pipeline.types import Status

OK, VAGUE, ADVERSE, MISSING = Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING

ORIGINAL = """第二条 工作内容
2.1 乙方承办：售前答疑。
2.2 乙方受理消费者投诉与退换货。
2.3 乙方为甲方承办下列事务：
（1）售前导购；
（2）订单催付。
第三条 接待标准
3.1 首次响应时间不超过60秒。
3.2 坐席每日9:00至22:00在线，法定节假日照常；但除夕不安排接待。
3.3 一次性解决率不低于92%。
第四条 费用
4.1 白班坐席每席每月6,000元，夜班坐席每席每月7,000元。
4.2 甲方逾期付款的，每逾期一日按未付金额的万分之五支付违约金。
4.3 乙方可以自行上调坐席单价。
第五条 信息
5.1 本合同终止后乙方可以继续使用客户信息。
5.2 乙方泄露客户信息的，每发生一例支付违约金50,000元。
第六条 质量
6.1 甲方可以随时调阅聊天记录和通话录音。
第七条 人员
7.1 坐席在甲方店铺连续从事接待工作的时间不少于3个月。
7.2 坐席离岗的，乙方应在24小时内补充到位。
第八条 期限
8.1 本合同期限自2024年4月1日起，至2026年3月31日止。
8.2 甲方终止本合同应提前六十日书面通知乙方。
8.3 争议向甲方所在地人民法院起诉。
"""


def contract(order: str) -> str:
    """The original as the body, the order in an annex."""
    return f"{ORIGINAL}附件九 变更约定\n{order}"


def reading(text: str) -> Reading:
    """A contract prepared for the rules, 甲方 the merchant."""
    sample = Sample(checkpoint="term.notice", status=OK, vendor="乙方", text=text)
    document, guess = as_contract(sample)
    return read(document, segment(document), guess)


def now(order: str, text: str = "") -> dict[str, str | None]:
    """What each amended sentence reads before and after."""
    held = reading(text or contract(order))
    changes = {held.sentences[i].plain: a.sentence for i, a in amendments(held).items() if a.by}
    return {before: after.plain if after is not None else None for before, after in changes.items()}


@pytest.mark.parametrize(
    ("checkpoint", "order", "status"),
    [
        pytest.param("scope.response_time", "", ADVERSE, id="not-amended"),
        pytest.param("scope.response_time", "一、原合同3.1所列时间改为20秒。", OK, id="figure-by-number"),
        pytest.param("scope.response_time", "一、原合同第三条第1款中的“60秒”修改为“25秒”。", OK, id="words-by-article"),
        pytest.param("scope.response_time", "一、第三条第1款由60秒改为25秒。", OK, id="without-original"),
        pytest.param("scope.response_time", "一、原合同第四条第1款所列时间改为20秒。", ADVERSE, id="another-clause"),
        pytest.param("scope.response_time", "一、如需将原合同3.1所列时间改为20秒，双方另签。", ADVERSE, id="only-if"),
        pytest.param("scope.service_hours", "", ADVERSE, id="proviso-stands"),
        pytest.param("scope.service_hours", "一、原合同第三条第2款但书删去。", OK, id="proviso-struck"),
        pytest.param("scope.resolution_rate", "一、原合同3.3所列比例调整为80%。", ADVERSE, id="rate-lowered"),
        pytest.param("scope.resolution_rate", "一、原合同3.3不再适用。", MISSING, id="struck-out"),
        pytest.param("scope.resolution_rate", "一、原合同第三条不再适用。", MISSING, id="article-struck-out"),
        pytest.param("scope.service_types", "", OK, id="scenes-stand"),
        pytest.param("scope.service_types", "一、原合同2.2删去，所涉事务由甲方自行安排。", ADVERSE, id="scene-handed-over"),
        pytest.param("scope.service_types", "一、原合同2.3第（2）项删去，由甲方自行办理。", ADVERSE, id="item-handed-over"),
        pytest.param("scope.service_types", "一、原合同2.3第（2）项删去。", OK, id="item-struck-out"),
        pytest.param("fees.late_payment", "", OK, id="late-stands"),
        pytest.param("fees.late_payment", "一、原合同第四条第2款中的“万分之五”改为“千分之三”。", ADVERSE, id="late-raised"),
        pytest.param("fees.price_adjustment", "", ADVERSE, id="price-stands"),
        pytest.param("fees.price_adjustment", "一、原合同4.3自本附件签署之日起废止。", MISSING, id="price-struck-out"),
        pytest.param("data.deletion", "", ADVERSE, id="use-stands"),
        pytest.param("data.deletion", "一、原合同5.1中的“可以继续使用”改为“应于7日内删除”。", OK, id="deletion-put-in"),
        pytest.param("data.breach_liability", "", OK, id="sum-stands"),
        pytest.param(
            "data.breach_liability", "一、原合同5.2所定金额取消，改按甲方所受损失由乙方赔偿。", VAGUE, id="sum-struck-out"
        ),
        pytest.param("quality.inspection", "", OK, id="look-stands"),
        pytest.param("quality.inspection", "一、原合同6.1中的“随时”改为“经乙方同意后”。", ADVERSE, id="look-by-consent"),
        pytest.param("staffing.tenure", "", ADVERSE, id="stay-stands"),
        pytest.param("staffing.tenure", "一、原合同第七条第1款所列期限改为8个月。", OK, id="stay-lengthened"),
        pytest.param("staffing.replacement", "", OK, id="gap-stands"),
        pytest.param("staffing.replacement", "一、原合同7.2所列时限延长至72小时。", ADVERSE, id="gap-widened"),
        pytest.param("term.notice", "", ADVERSE, id="notice-stands"),
        pytest.param("term.notice", "一、原合同第八条第2款所列期限改为15日。", OK, id="notice-shortened"),
        pytest.param("term.dispute", "一、原合同8.3中的“甲方”改为“乙方”。", ADVERSE, id="place-changed"),
    ],
)  # fmt: skip
def test_what_an_amended_clause_decides(checkpoint: str, order: str, status: Status) -> None:
    sample = Sample(checkpoint=checkpoint, status=status, vendor="乙方", text=contract(order))
    assert judge(sample)[0] is status


def test_two_figures_are_set_in_their_order() -> None:
    assert list(now("一、原合同4.1所列两项单价分别改为6,200元和7,300元。").values()) == [
        "4.1白班坐席每席每月6,200元,夜班坐席每席每月7,300元。"
    ]


def test_of_a_range_only_the_end_is_set() -> None:
    assert list(now("一、原合同8.1所列截止日延至2027年3月31日。").values()) == [
        "8.1本合同期限自2024年4月1日起,至2027年3月31日止。"
    ]


def test_one_sentence_amends_several_clauses() -> None:
    found = now("一、原合同3.1所列时间改为20秒，3.3所列比例改为95%，第四条第3款删去。")
    assert list(found.values()) == ["3.1首次响应时间不超过20秒。", "3.3一次性解决率不低于95%。", None]


def test_clauses_named_together_share_what_is_done() -> None:
    assert list(now("一、原合同3.1、4.3均不再适用。").values()) == [None, None]


def test_amendments_follow_each_other() -> None:
    order = "一、原合同3.1所列时间改为40秒。\n二、原合同3.1中的“首次”改为“平均”。"
    assert list(now(order).values()) == ["3.1平均响应时间不超过40秒。"]


def test_a_row_of_an_annex_is_amended() -> None:
    table = "附件一 指标\n行号 | 指标 | 目标\n1 | 满意度 | 95%\n2 | 合格率 | 96%\n"
    order = "续约协议\n一、原合同附件一表中第2行的指标改为80%。\n"
    assert list(now("", order + table).values()) == ["2|合格率|80%"]


RENEWAL = (
    "续约协议\n一、原合同第三条第2款所列期限改为15日。\n二、原合同4.1中的“甲方”改为“乙方”。\n三、原合同4.2不再适用。\n附件一 服务合同\n第三条 终止\n"
    "3.1 甲方每月付款。\n3.2 甲方终止本合同应提前六十日书面通知乙方。\n第四条 其他\n4.1 争议向甲方所在地法院起诉。\n4.2 乙方可以调价。\n"
    "4.3 乙方应及时接待。"
)


def test_the_original_may_be_annexed() -> None:
    assert now("", RENEWAL) == {
        "3.2甲方终止本合同应提前六十日书面通知乙方。": "3.2甲方终止本合同应提前15日书面通知乙方。",
        "4.1争议向甲方所在地法院起诉。": "4.1争议向乙方所在地法院起诉。",
        "4.2乙方可以调价。": None,
    }


@pytest.mark.parametrize(
    "order",
    [
        pytest.param("3.1 首次响应时间改为20秒。", id="own-number"),
        pytest.param("一、乙方可以将3.1所列时间改为20秒。", id="power"),
        pytest.param("一、本附件3.1所列时间改为20秒。", id="own-part"),
        pytest.param("一、原合同3.1继续有效。", id="stands"),
        pytest.param("一、单价调整为3.1元。", id="no-clause"),
    ],
)
def test_what_amends_nothing(order: str) -> None:
    assert now(order) == {}


def test_nothing_is_amended_in_a_file_of_one_part() -> None:
    assert amendments(reading(ORIGINAL + "第九条 其他\n9.1 第三条第1款所列时间改为20秒。")) == {}


def test_clause_and_amendment_are_both_cited() -> None:
    text = contract("一、原合同6.1中的“随时”改为“经乙方同意后”。")
    document, guess = as_contract(Sample(checkpoint="quality.inspection", status=ADVERSE, vendor="乙方", text=text))
    clauses, book = segment(document), load_playbook()
    held = index(document, clauses, configured_embedder())
    verdicts = {v.checkpoint: v for v in check_rules(document, clauses, book, guess, held)}
    verdict = verdicts["quality.inspection"]
    assert verdict.status is ADVERSE  # with the semantic reader too, which knows the old wording alone
    assert [c.text.strip() for c in verdict.citations] == [
        "6.1 甲方可以随时调阅聊天记录和通话录音。",
        "一、原合同6.1中的“随时”改为“经乙方同意后”。",
    ]


TERMS = (
    "服务合同",
    "第一部分 协议书",
    "一、{order}",
    "第二部分 {general}",
    "1 服务",
    "1.1 首次响应时间不超过60秒。",
    "1.2 坐席每日9:00至18:00在岗，法定节假日不提供服务。",
    "1.3 乙方可以自行增减接入渠道。",
    "2 结束",
    "2.1 甲方终止本合同应提前六十日书面通知乙方。",
    "2.2 甲方需要调阅聊天记录的，须经乙方同意。服务记录由乙方保存三年。",
    "第三部分 {special}",
)


def terms(
    *items: str,
    order: str = "专用条款与通用条款不一致的，以专用条款为准。",
    general: str = "通用条款",
    special: str = "专用条款",
) -> str:
    """General and special terms under one cover."""
    return "\n".join((*TERMS, *items)).format(order=order, general=general, special=special)


STRUCK = {"1.1首次响应时间不超过60秒。": None}


@pytest.mark.parametrize(
    "item",
    [
        pytest.param("专1 1.1不采用。", id="not-taken"),
        pytest.param("专1 通用条款第1.1条不适用于本合同。", id="not-for-this-contract"),
        pytest.param("专1 对应1.1：平均18秒内首次应答，第1.1款不再执行。", id="no-longer-carried-out"),
        pytest.param("专1 通用条款1.1予以删除。", id="deleted"),
        pytest.param("专1 删除通用条款第1.1条。", id="delete-it"),
        pytest.param("专1 双方不采用第1.1条。", id="we-do-not-take-it"),
        pytest.param("专1 1.1由本款替代：平均18秒内首次应答。", id="replaced-by-this"),
        pytest.param("专1 通用条款第1.1条由下列约定代替：平均18秒内首次应答。", id="replaced-by-the-following"),
        pytest.param("专1 通用条款1.1修改为：平均18秒内首次应答，系统自动回复不计。", id="changed-to"),
        pytest.param("通用条款条号 | 专用约定\n1.1 | 不采用\n1.2 | /", id="row"),
    ],
)
def test_a_general_term_is_struck_out_by_its_number(item: str) -> None:
    assert now("", terms(item)) == STRUCK


@pytest.mark.parametrize(
    ("item", "found"),
    [
        pytest.param(
            "专1 1.2后半句不采用。", {"1.2坐席每日9:00至18:00在岗,法定节假日不提供服务。": "1.2坐席每日9:00至18:00在岗。"}, id="half"
        ),
        pytest.param("专1 2.2第一句不采用。", {"2.2甲方需要调阅聊天记录的,须经乙方同意。": None}, id="first-sentence"),
        pytest.param("专1 2.2的调阅约定不再适用。", {"2.2甲方需要调阅聊天记录的,须经乙方同意。": None}, id="of-a-topic"),
        pytest.param(
            "专1 删除1.1、1.3。", {**STRUCK, "1.3乙方可以自行增减接入渠道。": None}, id="two"
        ),
    ],
)  # fmt: skip
def test_part_of_a_general_term_is_struck_out(item: str, found: dict[str, str | None]) -> None:
    assert now("", terms(item)) == found


@pytest.mark.parametrize(
    "names",
    [
        pytest.param({"general": "标准条款", "special": "特别约定"}, id="standard-terms"),
        pytest.param({"general": "格式条款", "special": "特殊条款（双方填写）"}, id="form-terms"),
        pytest.param({"general": "一般条款", "special": "补充约定"}, id="general-conditions"),
        pytest.param({"order": "本合同由协议书、专用条款、通用条款组成，解释顺序以此为序。"}, id="listed"),
    ],
)
def test_the_parts_by_whatever_name(names: dict[str, str]) -> None:
    assert now("", terms("专1 1.1不采用。", **names)) == STRUCK


def test_an_annex_and_the_agreement_strike_general_terms_out() -> None:
    text = "服务合同\n一、合作\n本合同约定坐席外包。\n二、约定\n通用条款1.1不适用。\n附件一 通用条款\n1.1 首次响应时间不超过60秒。\n1.2 乙方应及时接待。"
    assert now("", text) == STRUCK


@pytest.mark.parametrize(
    ("item", "order"),
    [
        pytest.param("专1 未达标的，按1.1处理。", "", id="by-it"),
        pytest.param("专1 未达标的，依1.1计算，2.5不计。", "", id="reckoned-by-it"),
        pytest.param("专1 对应1.1：/", "", id="nothing-filled-in"),
        pytest.param("专1 大促期间1.1不适用。", "", id="in-a-case"),
        pytest.param("专1 1.1不适用于电话渠道。", "", id="for-something"),
        pytest.param("专1 甲方不付违约金，亦不适用1.1；", "", id="spared-here"),
        pytest.param("专1 未经甲方书面同意，1.1不得删除。", "", id="must-not"),
        pytest.param("专1 除1.1外的约定不变。", "", id="save-for"),
        pytest.param("专1 1.1不采用。", "专用条款与通用条款不一致的，以通用条款为准。", id="general-prevails"),
        pytest.param("专1 1.1不采用。", "通用条款为统一文本，通用条款不得变更。", id="fixed"),
    ],
)
def test_a_general_term_that_stands(item: str, order: str) -> None:
    assert now("", terms(item, order=order) if order else terms(item)) == {}
