from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pytest
from docx import Document

from pipeline.report.letter import letter, letter_docx
from pipeline.types import Decided, Review, Status

# With the merchant on either side, in all kinds of files, in both scripts, short and long, with and without names.
CONTRACTS = ("d01.docx", "d06.txt", "d08.docx", "d09.docx", "d19.txt", "d21.pdf", "d35.docx")
# Words of ours that a vendor must not read; statuses and weights as the reports write them.
OURS = re.compile(r"底线|可接受|不建议签|改后再签|[高中低]风险|严重度|检查点|不利条款|审约|未能审查|规则引擎")


def _open(review: Review) -> list[str]:
    return [f.checkpoint for f in review.findings if f.status is not Status.OK]


def _without_quotes(text: str) -> str:
    return re.sub(r"「[^」]*」", "", text)


def _everywhere(review: Review, status: Status) -> Review:
    """Every checkpoint with that status; one that cites nothing borrows what another cites."""
    lent = next(f.citations for f in review.findings if f.citations)
    absent = status in (Status.MISSING, Status.UNREVIEWED)
    areas = (
        replace(
            area,
            findings=tuple(
                replace(f, status=status, citations=() if absent else f.citations or lent) for f in area.findings
            ),
        )
        for area in review.areas
    )
    return replace(review, areas=tuple(areas))


@pytest.mark.parametrize("name", CONTRACTS)
def test_no_letter_tells_what_we_would_settle_for(reviewed: Callable[[str], Review], name: str) -> None:
    found = reviewed(name)
    for review in (found, *(_everywhere(found, status) for status in Status)):
        assert len(review.findings) == 29
        text = letter(review, [f.checkpoint for f in review.findings])
        assert bool(text) == any(f.status is not Status.OK for f in review.findings)
        for finding in review.findings:
            assert finding.wording.walk_away not in text
            assert finding.wording.acceptable not in text
            assert finding.suggestion == "" or finding.suggestion not in text
        own = _without_quotes(text)
        assert not OURS.search(own)
        for finding in review.findings:
            if finding.status is not Status.OK:
                assert finding.reason not in own


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
