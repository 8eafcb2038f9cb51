"""Masking: what goes, what stays, and the exact way back."""

from __future__ import annotations

import hashlib
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipeline.privacy import PLACEHOLDER, EntityKind, Masked, Masking, mask, masking, party_names
from pipeline.privacy.numbers import valid_card, valid_id_card, valid_uscc
from pipeline.privacy.plain import plain
from pipeline.quantities import quantities
from pipeline.types import Block, Document, Page


def document(text: str) -> Document:
    return Document(
        file="c.txt",
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        pages=(Page(start=0, end=len(text), number=1),),
        blocks=(Block(start=0, end=len(text)),),
    )


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        pytest.param("手机：13800138000，首响30秒。", "手机：〔手机1〕，首响30秒。", id="mobile"),
        pytest.param("手机159****8830", "手机〔手机1〕", id="starred mobile"),
        pytest.param("电话：+86 10-6552-7788转802", "电话：〔电话1〕", id="landline with extension"),
        pytest.param(
            "身份证号：１１０１０５１９９００３０７２５１２。", "身份证号：〔证件1〕。", id="full-width identity number"
        ),
        pytest.param("开户账号：1234 5678 90", "开户账号：〔账号1〕", id="labelled account without a check digit"),
        pytest.param("帐号为3719-0482-7510-608，", "帐号为〔账号1〕，", id="account with dashes"),
        pytest.param("邮箱a.b-c@x.com.cn受理", "邮箱〔邮箱1〕受理", id="e-mail"),
        pytest.param("微信号：kf_2020；QQ群：318772045", "微信号：〔微信1〕；QQ群：〔QQ1〕", id="wechat and qq"),
        pytest.param("联系人：王小明", "联系人：〔人名1〕", id="person beside a label"),
        pytest.param(
            "联系人：温䶮，项目经理 胡启元", "联系人：〔人名1〕，项目经理 〔人名2〕", id="rare signs, a name in 元"
        ),
        pytest.param("签字 | 陶晓彤 | 凌凯", "签字 | 〔人名1〕 | 〔人名2〕", id="two signers in a row"),
        pytest.param("負責人：黃雅婷", "負責人：〔人名1〕", id="traditional"),
        pytest.param("由杭州云栖谷家居用品有限公司承担", "由〔公司1〕承担", id="company in a sentence"),
        pytest.param("服务店铺“芮瓷旗舰店”", "服务店铺“〔店铺1〕”", id="shop"),
        pytest.param("地址：浙江省杭州市西湖区文三路478号B座1203室，邮编", "地址：〔地址1〕，邮编", id="address"),
    ],
)
def test_entities_become_placeholders(text: str, masked: str) -> None:
    assert mask(text).text == masked


@pytest.mark.parametrize(
    "text",
    [
        "提交上海仲裁委员会仲裁。",
        "由杭州市余杭区人民法院管辖。",
        "由甲方所在地有管辖权的人民法院管辖；签订地为浙江省杭州市余杭区。",
        "依据《中华人民共和国民法典》第509条",
        "符合GB/T 22239-2019与ISO/IEC 27001:2022",
        "每日9:00-21:00，2025年4月1日至2026年3月31日",
        "服务费1380000元，逾期按0.05%计",
        "在天猫、京东、抖音使用千牛",
        "乙方委派客服经理1名、组长2名",
        "订单号2025031822001461234567",
        "甲方旗舰店由乙方接待",
        "姓名 | 身份证号 | 手机号\n（由乙方填报） |  | ",
        "负责人 | 每周一次 | 核对记录",
        "甲方应另行指定，乙方于当月付清",
        "其他物流公司及快递公司",
        "委托会计师核对",
    ],
)
def test_what_a_verdict_needs_stays(text: str) -> None:
    assert mask(text).text == text


def test_a_value_keeps_its_placeholder_over_many_texts() -> None:
    shared = Masking()
    first = shared.mask("联系人：王小明，电话13800138000")
    second = shared.mask("电话13900139000或13800138000")
    assert first.text == "联系人：〔人名1〕，电话〔手机1〕"
    assert second.text == "电话〔手机2〕或〔手机1〕"


def test_a_party_and_its_short_form_are_masked_everywhere() -> None:
    text = "乙方：郑州锦程客服有限公司（以下简称“锦程”）。\n锦程应于5日内派驻人员。"
    shared = masking(document(text))
    assert shared.mask(text).text == "乙方：〔公司1〕（以下简称“〔公司1简称〕”）。\n〔公司1简称〕应于5日内派驻人员。"
    assert shared.mask("付款给锦程").text == "付款给〔公司1简称〕"
    assert shared.unmask("〔公司1简称〕应于5日内") == "锦程应于5日内"


def test_names_given_are_masked_whatever_surrounds_them() -> None:
    assert mask("本单由拾光负责", names=("拾光", "乙方")).text == "本单由〔公司1〕负责"


def test_a_name_of_the_party_block_is_masked_in_every_clause() -> None:
    shared = masking(document("法定代表人：毕然\n第二条 毕然不得更换。"))
    assert shared.mask("第二条 毕然不得更换。").text == "第二条 〔人名1〕不得更换。"


def test_party_names_keep_real_names_only() -> None:
    names = party_names(
        [
            "上海梵苜香氛有限公司，注册",
            "康佑（江州）健康服务集团有限公司",
            "老窖巷酒铺(淘宝店,店主陈)",
            "Lotus Commerce, Ltd.",
        ],
        ["甲方", "服务商", "我们", "拾光", "", "本店"],
    )
    assert names == (
        "上海梵苜香氛有限公司",
        "康佑（江州）健康服务集团有限公司",
        "老窖巷酒铺",
        "Lotus Commerce, Ltd.",
        "拾光",
    )


def test_what_looks_like_a_placeholder_comes_back() -> None:
    text = "见〔公司1〕和【手机2】，电话13800138000"
    shared = Masking()
    masked = shared.mask(text)
    assert masked.text == "见〔原文1〕和〔原文2〕，电话〔手机1〕"
    assert shared.unmask(masked.text) == text


def test_other_brackets_are_read_back_and_unknown_placeholders_stay() -> None:
    shared = Masking()
    shared.mask("电话13800138000")
    assert shared.unmask("【手机1】与〔手机9〕") == "13800138000与〔手机9〕"


def test_the_way_back_of_offsets() -> None:
    masked = mask("手机：13800138000，首响30秒")
    at = masked.text.index("首响")
    assert masked.original_span(at, at + 2).start == len("手机：13800138000，")
    inside = masked.text.index("手机1")
    span = masked.original_span(inside, inside + 1)
    assert (span.start, span.end) == (3, 14)
    with pytest.raises(ValueError, match="outside"):
        masked.original_span(0, 999)


def test_check_digits() -> None:
    assert valid_id_card("11010519491231002X")
    assert not valid_id_card("110105194912310021")
    assert valid_uscc("91350100M000100Y43")
    assert not valid_uscc("91350100M000100Y44")
    assert valid_card("4111111111111111")
    assert not valid_card("4111111111111112")


_PIECES = (
    "甲方：杭州云栖谷家居用品有限公司", "联系人：王小明", "13800138000", "电话：0571-88219634", "开户账号：6217 0038 1000 4279", "〔公司1〕", "【人名2】", "〔手机", "1〕", "（店铺3）",
    "首响30秒", "每逾期一日按0.05%支付违约金", "人民币48,000元", "2025年4月1日", "第3.2条", "。", "，", "\n", " | ", "“芮瓷旗舰店”", "a@b.cn", "微信号：abc_def",
    "身份证号：11010519491231002X", "地址：杭州市西湖区文三路478号", "15%", "24小时", "9:00-21:00", "〔原文1〕", "３０日", "王小明", "锦程",
)  # fmt: skip
_TEXTS = st.lists(st.sampled_from(_PIECES) | st.text(max_size=6), max_size=12).map("".join)


def tiles(text: str, masked: Masked) -> None:
    at = length = 0
    for entity in masked.entities:
        assert text[entity.start : entity.end] == entity.text
        assert masked.text[entity.masked.start : entity.masked.end] == entity.placeholder
        assert text[at : entity.start] == masked.text[length : entity.masked.start]
        at, length = entity.end, entity.masked.end
    assert text[at:] == masked.text[length:]


@settings(max_examples=150, deadline=None)
@given(st.lists(_TEXTS, max_size=3))
def test_round_trip_of_any_text(texts: list[str]) -> None:
    shared = Masking(("锦程",))
    for text in texts:
        masked = shared.mask(text)
        assert shared.unmask(masked.text) == text
        tiles(text, masked)
        assert {m[0] for m in PLACEHOLDER.finditer(masked.text)} == {e.placeholder for e in masked.entities}


@settings(max_examples=100, deadline=None)
@given(_TEXTS, st.data())
def test_offsets_between_entities_map_one_to_one(text: str, data: st.DataObject) -> None:
    masked = mask(text)
    start = data.draw(st.integers(0, len(masked.text)))
    end = data.draw(st.integers(start, len(masked.text)))
    span = masked.original_span(start, end)
    assert 0 <= span.start <= span.end <= len(text)
    cut = any(e.masked.start < end and start < e.masked.end for e in masked.entities)
    if not cut:
        assert text[span.start : span.end] == masked.text[start:end]


_CLAUSES = st.lists(
    st.sampled_from(
        [
            "甲方：杭州云栖谷家居用品有限公司，联系人：王小明，电话：13800138000。",
            "首次响应不超过30秒，一次性解决率不低于90%。",
            "逾期付款的，每逾期一日按应付款项的0.05%支付违约金。",
            "乙方账号：6217 0038 1000 4279，服务费人民币48,000元。",
            "自2025年4月1日起12个月，提前30日通知王小明可解除。",
            "地址：杭州市西湖区文三路478号3幢2层，坐席20人。",
            "杭州云栖谷家居用品有限公司每月15日前付款，累计不超过合同总额的10%。",
            "离职后24小时内补位，备用人力池不低于20%，赔偿5万元。",
            "QQ：593820174，微信号：kf_2020，每日9:00-21:00。",
        ]
    ),
    min_size=1,
    max_size=6,
).map("\n".join)


@settings(max_examples=80, deadline=None)
@given(_CLAUSES)
def test_figures_outside_entities_are_the_same(text: str) -> None:
    masked = mask(text)
    before = Counter(
        q.text for q in quantities(text) if not any(e.start < q.end and q.start < e.end for e in masked.entities)
    )
    after = Counter(
        q.text
        for q in quantities(masked.text)
        if not any(e.masked.start < q.end and q.start < e.masked.end for e in masked.entities)
    )
    assert before == after


@given(st.text(max_size=40))
def test_the_text_for_matching_has_the_same_length(text: str) -> None:
    assert len(plain(text)) == len(text)


def test_every_kind_has_its_own_word() -> None:
    assert len({kind.word for kind in EntityKind}) == len(EntityKind)
