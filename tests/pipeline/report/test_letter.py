from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from pipeline.report.letter import letter, letter_docx
from pipeline.review import review as review_contract
from pipeline.types import Decided, Review, Status
from tests.pipeline.report.conftest import DEV
from tests.pipeline.report.test_report import Wide

SCANS = {"d07.pdf", "d18.png", "d33.pdf"}  # a minute each to read, and no other letters for it
CONTRACTS = sorted(p.name for p in DEV.iterdir() if p.suffix in (".docx", ".txt", ".pdf") and p.name not in SCANS)
# Words of ours that a vendor must not read; statuses and weights as the reports write them.
OURS = re.compile(r"底线|可接受|不建议签|改后再签|[高中低]风险|严重度|检查点|不利条款|审约|未能审查|规则引擎")


def _open(review: Review) -> list[str]:
    return [f.checkpoint for f in review.findings if f.status is not Status.OK]


def _without_quotes(text: str) -> str:
    return re.sub(r"「[^」]*」", "", text)


@pytest.mark.slow
def test_no_letter_tells_what_we_would_settle_for() -> None:
    assert len(CONTRACTS) >= 40
    embedder = Wide()  # who is asked for what depends little on it, and it is quick
    for name in CONTRACTS:
        review = review_contract(DEV / name, embedder=embedder)
        text = letter(review, [f.checkpoint for f in review.findings])
        for finding in review.findings:
            assert finding.wording.walk_away not in text, name
            assert finding.wording.acceptable not in text, name
            assert finding.suggestion == "" or finding.suggestion not in text, name
        own = _without_quotes(text)
        assert not OURS.search(own), name
        for finding in review.findings:
            if finding.status is not Status.OK:
                assert finding.reason not in own, name


def test_one_numbered_point_each_with_place_quote_and_wish(simplified: Review) -> None:
    asked = _open(simplified)
    text = letter(simplified, asked)
    assert re.findall(r"^(\d+)\. ", text, re.M) == [str(n) for n in range(1, len(asked) + 1)]
    assert f"下面 {len(asked)} 处" in text
    for finding in simplified.findings:
        if finding.checkpoint in asked:
            point = text[text.index(f". {finding.name}") :]
            point = point[: point.index("\n\n")]
            assert f"「{finding.wording.preferred}」" in point
            if finding.status is Status.MISSING:
                assert "希望补充" in point
            else:
                assert finding.citations[-1].clause in point or finding.citations[0].clause in point
                assert "现在写的是：「" in point


def test_the_figure_that_decided_is_what_is_quoted(simplified: Review) -> None:
    text = letter(simplified, ["scope.response_time"])
    assert "附件二 表1 第2行" in text
    assert "≤45秒" in text
    assert "不超过30秒，用语礼貌" not in text


@pytest.mark.parametrize(
    ("name", "vendor", "merchant"),
    [
        pytest.param("d01.docx", "合肥云席信息服务有限公司", "杭州禾棠服饰有限公司", id="names in a table"),
        pytest.param("d08.docx", "嵐沃客服科技股份有限公司", "拾光嶼國際貿易有限公司", id="in its own characters"),
        pytest.param("d19.txt", "长沙小耳朵数字服务有限公司", "杭州拾光学堂教育科技有限公司", id="told in sentences"),
        pytest.param("d06.txt", "服务商", "（我方名称）", id="no names"),
    ],
)
def test_the_vendor_is_greeted_by_name(
    reviewed: Callable[[str], Review], name: str, vendor: str, merchant: str
) -> None:
    review = reviewed(name)
    lines = letter(review, _open(review)).split("\n")
    assert lines[0].startswith("关于《")
    assert lines[2] == f"{vendor}："
    assert lines[-3] == merchant


def test_points_follow_the_contract_and_missing_ones_come_last(simplified: Review) -> None:
    text = letter(simplified, ["term.dispute", "data.deletion", "scope.service_types"])
    order = [text.index(f". {name}") for name in ("服务类型", "争议解决", "数据删除")]
    assert order == sorted(order)
    assert text.index("一、想请贵方修改的条款") < order[0]
    assert order[1] < text.index("二、想请贵方补充的内容") < order[2]


def test_wording_of_the_user_goes_before_the_playbooks(simplified: Review) -> None:
    text = letter(simplified, ["term.dispute"], wording={"term.dispute": "提交杭州仲裁委员会仲裁。"})
    assert "「提交杭州仲裁委员会仲裁。」" in text
    (finding,) = (f for f in simplified.findings if f.checkpoint == "term.dispute")
    assert finding.wording.preferred not in text


def test_what_is_in_order_is_not_asked_for(simplified: Review) -> None:
    fine = next(f.checkpoint for f in simplified.findings if f.status is Status.OK)
    assert letter(simplified, [fine]) == ""
    assert letter(simplified, []) == ""
    assert "「改成这样」" in letter(simplified, [fine], wording={fine: "改成这样"})


def test_a_persons_verdict_counts(simplified: Review) -> None:
    cleared: Mapping[str, Decided] = {"term.dispute": Decided(action="change", status=Status.OK)}
    assert letter(simplified, ["term.dispute"], decisions=cleared) == ""
    fine = next(f.checkpoint for f in simplified.findings if f.status is Status.OK)
    raised = {fine: Decided(action="change", status=Status.ADVERSE, note="我们内部说的话")}
    text = letter(simplified, [fine], decisions=raised)
    assert "希望改为" in text
    assert "我们内部说的话" not in text


def test_an_unknown_checkpoint_is_refused(simplified: Review) -> None:
    with pytest.raises(KeyError):
        letter(simplified, ["scope.nothing"])


def test_blanks_are_pointed_out(reviewed: Callable[[str], Review]) -> None:
    review = reviewed("d01.docx")
    assert "空白处" not in letter(review, ["term.dispute"])
    assert "空白处" in letter(review, ["term.dispute"], wording={"term.dispute": "违约金____元"})


def test_the_letter_as_a_word_file(simplified: Review, tmp_path: Path) -> None:
    text = letter(simplified, _open(simplified))
    content = letter_docx(text)
    assert content == letter_docx(text)
    document = Document(BytesIO(content))
    said = [p.text for p in document.paragraphs if p.text.strip()]
    assert [line.strip() for line in text.split("\n") if line.strip()] == [line.strip() for line in said]
    assert document.paragraphs[0].style.name == "Title"
    assert sum(p.style.name == "List Number" for p in document.paragraphs) == len(_open(simplified))
    assert document.core_properties.title == text.split("\n")[0]


def test_a_letter_edited_by_hand_is_still_a_word_file() -> None:
    document = Document(BytesIO(letter_docx("只有一行\x00\n\n随便写的\n  缩进\n9. 第九")))
    assert [p.text for p in document.paragraphs] == ["只有一行\ufffd", "随便写的", "  缩进", "9. 第九"]
