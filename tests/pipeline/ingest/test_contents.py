"""Tables of contents: left out where every line of them only names what comes later."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.ingest.contents import contents_of
from tests.pipeline.ingest.conftest import Word, lines, read

BODY = [
    "甲方：某服饰公司",
    "第一条 服务范围",
    "1.1 售前。",
    "第二条 费用：每月5000元。",
    "第三条 其他",
    "附件一 报价",
    "客服 5000元",
]


@pytest.mark.parametrize(
    "contents",
    [
        ["目录", "第一条 服务范围......3", "第二条 费用………12", "第三条 其他 . . . . . 13"],
        ["目 录", "第一条\u3000服务范围\t3", "第二条\u3000费用\t4", "第三条\u3000其他\t5", "附件一\u3000报价\t6"],
        ["【目录】", "第一条 服务范围", "3", "第二条 费用", "4", "第三条 其他", "- 5 -"],
        ["CONTENTS", "第一条 服务范围", "第二条 费用", "第三条 其他", "附件一 报价"],
        ["目录", "页码", "第一条 服务范围 | 3", "第二条 费用 | 4", "第三条 其他 | 5"],
        ["目录", "第一条 服务", "范围........3", "第二条 费用........4", "第三条 其他........5"],
        ["第一条 服务范围....3", "第二条 费用....4", "第三条 其他....5", "附件一 报价....6"],
    ],
    ids=["dots", "tabs", "pages-alone", "no-pages", "rows", "broken-line", "no-title"],
)
def test_a_table_of_contents_is_known(contents: list[str]) -> None:
    text = ["客服外包服务合同", *contents, *BODY]
    assert [line for at, line in enumerate(text) if at not in contents_of(text)] == ["客服外包服务合同", *BODY]


@pytest.mark.parametrize(
    "text",
    [
        ["目录", "1. 售前咨询", "2. 售后处理", "3. 催付", "4. 工单", "附件二 价格"],
        ["单价表", "一、客服主管\t3", "二、售前客服\t10", "三、售后客服\t5", "四、质检\t1", "二、售前客服\t15"],
        ["目录", "甲方：某公司", "乙方：某公司", "第一条 服务", "甲方：某公司", "乙方：某公司"],
        ["一、服务", "二、费用", "三、其他", "以上各项详见下文。", "一、服务", "二、费用", "三、其他"],
        BODY,
    ],
    ids=["a-list-of-services", "a-price-list", "parties", "a-summary", "none"],
)
def test_what_only_looks_like_one_stays(text: list[str]) -> None:
    assert contents_of(text) == frozenset()


def test_the_title_of_the_contract_behind_the_contents_stays() -> None:
    text = [
        "目录",
        "一、服务....1",
        "二、费用....2",
        "三、其他....3",
        "客服合同",
        "一、服务",
        "二、费用",
        "三、其他",
        "客服合同",
    ]
    assert contents_of(text) == frozenset(range(4))


def test_a_typed_table_of_contents_in_word_is_left_out(word: Word) -> None:
    entries = ["第一条\u3000服务范围<w:tab/>3", "第二条\u3000费用<w:tab/>4", "第三条\u3000其他<w:tab/>5"]
    word.p("客服外包服务合同").p("目\u3000录")
    for entry in entries:
        before, after = entry.split("<w:tab/>")
        word.p(before, "<w:r><w:tab/></w:r>", after)
    word.p("甲方：某公司").p("第一条 服务范围").p("售前。").p("第二条 费用").p("每月5000元。").p("第三条 其他")
    assert word.lines() == [
        "客服外包服务合同", "甲方：某公司", "第一条 服务范围", "售前。", "第二条 费用", "每月5000元。", "第三条 其他",
    ]  # fmt: skip


def test_in_plain_text_too(tmp_path: Path) -> None:
    path = tmp_path / "合同.txt"
    path.write_text("\n".join(["目录", "第一条 服务范围", "第二条 费用", "第三条 其他", *BODY]), encoding="utf-8")
    assert lines(read(path)) == BODY
