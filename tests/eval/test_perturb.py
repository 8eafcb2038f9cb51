"""Perturbation pairs: edits applied exactly, files validated, and the committed pairs as generated."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from eval.cases import DatasetError
from eval.perturb import FOLDER, Edit, Kind, Pair, load_pairs, perturbed, text_sha256
from eval.perturb.apply import apply_edits
from eval.perturb.candidates import _templates, candidates
from eval.perturb.generate import generated, load_refused, problems
from eval.perturb.pairs import dump_pairs
from eval.perturb.sources import SPLITS, load_sources
from pipeline.ingest.canon import Draft, PageInfo, assemble, row
from pipeline.types import BlockKind, Document, Status

TEXT_CASES = ("d02", "t05")


def _document() -> Document:
    drafts = [
        Draft(text="第一条 服务", kind=BlockKind.HEADING, level=1, number="第一条"),
        Draft(text="1.1 首响不超过30秒。语气礼貌。", number="1.1"),
        row(["指标", "目标"], table=1, index=1, header=True, page=2),
        row(["首响", "≤30秒"], table=1, index=2, page=2),
        Draft(text="争议由甲方住所地法院管辖。", page=3),
    ]
    return assemble("x.docx", "0" * 64, drafts, pages=[PageInfo(number=n) for n in (1, 2, 3)])


def _edit(document: Document, old: str, new: str) -> Edit:
    start = document.text.index(old) if old else len(document.text)
    return Edit(start=start, end=start + len(old), old=old, new=new)


def _pair(document: Document, *edits: Edit, sha256: str = "") -> Pair:
    return Pair(
        id="x",
        case="x",
        split="dev",
        sha256=sha256 or text_sha256(document.text),
        kind=Kind.CROSS_THRESHOLD,
        checkpoint="scope.response_time",
        before=Status.OK,
        after=Status.ADVERSE,
        edits=edits,
        unchanged=(),
        note="",
    )


def _check_invariants(document: Document) -> None:
    assert document.text == "\n".join(document.slice(b) for b in document.blocks)
    assert all(document.slice(b).strip() for b in document.blocks)
    for block in document.blocks:
        if block.cells:
            assert " | ".join(document.slice(c) for c in block.cells) == document.slice(block)
        assert block.number is None or document.slice(block).startswith(block.number)
    assert document.pages[0].start == 0
    assert document.pages[-1].end == len(document.text)
    assert all(a.end == b.start for a, b in zip(document.pages, document.pages[1:], strict=False))


def test_words_of_a_paragraph_and_of_a_cell_are_replaced() -> None:
    document = _document()
    after = perturbed(document, _pair(document, _edit(document, "30秒。", "三分钟。"), _edit(document, "≤30", "≤45")))
    assert after.text == (
        "第一条 服务\n1.1 首响不超过三分钟。语气礼貌。\n指标 | 目标\n首响 | ≤45秒\n争议由甲方住所地法院管辖。"
    )
    assert [(b.kind, b.number, b.row, b.header) for b in after.blocks] == [
        (b.kind, b.number, b.row, b.header) for b in document.blocks
    ]
    assert [after.slice(c) for c in after.blocks[3].cells] == ["首响", "≤45秒"]
    assert after.page_of(after.text.index("争议")) == 3
    _check_invariants(after)


def test_emptied_blocks_go_and_their_pages_stay() -> None:
    document = _document()
    gone = [_edit(document, "指标 | 目标", ""), _edit(document, "首响 | ≤30秒", "")]
    after = apply_edits(document, gone)
    assert after.text == "第一条 服务\n1.1 首响不超过30秒。语气礼貌。\n争议由甲方住所地法院管辖。"
    assert [p.number for p in after.pages] == [1, 2, 3]
    assert after.page_of(after.text.index("争议")) == 3
    _check_invariants(after)


def test_lines_put_at_the_end_are_paragraphs_of_the_last_page() -> None:
    document = _document()
    after = apply_edits(document, [_edit(document, "", "\n附件一　补充约定\n首响不超过60秒。")])
    assert after.text == document.text + "\n附件一　补充约定\n首响不超过60秒。"
    assert after.blocks[:-2] == document.blocks
    assert [b.kind for b in after.blocks[-2:]] == [BlockKind.PARAGRAPH] * 2
    assert after.page_of(len(after.text)) == 3
    _check_invariants(after)


def test_a_number_that_was_cut_is_no_number_of_the_block() -> None:
    document = _document()
    after = apply_edits(document, [_edit(document, "1.1 首响不超过30秒。", "")])
    assert (after.slice(after.blocks[1]), after.blocks[1].number) == ("语气礼貌。", None)


@pytest.mark.parametrize(
    ("old", "message"),
    [
        pytest.param("服务\n1.1", "one block", id="two paragraphs"),
        pytest.param("响 | ≤", "one cell", id="two cells"),
    ],
)
def test_an_edit_across_borders_is_refused(old: str, message: str) -> None:
    document = _document()
    with pytest.raises(DatasetError, match=message):
        apply_edits(document, [_edit(document, old, "字")])


def test_another_text_or_other_words_are_refused() -> None:
    document = _document()
    edit = _edit(document, "30秒。", "三分钟。")
    with pytest.raises(DatasetError, match="another text"):
        perturbed(document, _pair(document, edit, sha256="0" * 64))
    moved = Edit(start=edit.start - 1, end=edit.end - 1, old=edit.old, new=edit.new)
    with pytest.raises(DatasetError, match="is not at"):
        perturbed(document, _pair(document, moved))


_WORDS = st.text(alphabet="甲乙方应在三十秒内。30%|( ", min_size=1, max_size=12).filter(lambda t: t.strip())


@st.composite
def _documents(draw: st.DrawFn) -> Document:
    drafts = []
    page = 1
    for index in range(draw(st.integers(1, 8))):
        page += draw(st.integers(0, 1))
        if draw(st.booleans()):
            cells = draw(st.lists(_WORDS, min_size=1, max_size=3))
            drafts.append(row(cells, table=1, index=index + 1, page=page))
        else:
            drafts.append(Draft(text=draw(_WORDS), page=page))
    return assemble("x", "0" * 64, drafts, pages=[PageInfo(number=n) for n in range(1, page + 1)])


@settings(max_examples=150, deadline=None)
@given(data=st.data(), document=_documents())
def test_blocks_without_an_edit_keep_their_text(data: st.DataObject, document: Document) -> None:
    assert apply_edits(document, ()) == document
    edits, touched = [], set()
    for index, block in enumerate(document.blocks):
        if not data.draw(st.booleans()):
            continue
        place = data.draw(st.sampled_from(block.cells)) if block.cells else block
        start = data.draw(st.integers(place.start, place.end))
        end = data.draw(st.integers(start, place.end))
        old, new = document.text[start:end], data.draw(st.sampled_from(["", "十分钟", "甲"]))
        if old != new and not (start == end == len(document.text)):
            edits.append(Edit(start=start, end=end, old=old, new=new))
            touched.add(index)
    added = data.draw(st.sampled_from(["", "\n附件", "\n附件\n一句。"]))
    if added:
        edits.append(Edit(start=len(document.text), end=len(document.text), old="", new=added))
    after = apply_edits(document, edits)
    if after.blocks:
        _check_invariants(after)
    kept = [document.slice(b) for i, b in enumerate(document.blocks) if i not in touched]
    texts = iter([after.slice(b) for b in after.blocks])
    assert all(text in texts for text in kept)
    assert len(after.text) <= len(document.text) + sum(len(e.new) - len(e.old) for e in edits) + 1


GOOD = _pair(_document(), _edit(_document(), "30秒。", "三分钟。")).model_dump(mode="json")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        pytest.param({"colour": "red"}, "colour", id="an unknown field"),
        pytest.param({"kind": "rephrase_number"}, "keeps the label", id="a rephrasing that changes the label"),
        pytest.param({"unchanged": ["scope.response_time"]}, "target", id="the target among the unchanged"),
        pytest.param({"edits": [{"start": 3, "end": 4, "old": "两个", "new": ""}]}, "not as long", id="a wrong length"),
        pytest.param({"edits": []}, "edits", id="no edit"),
        pytest.param({"after": "unreviewed"}, "unreviewed", id="unreviewed"),
        pytest.param({"id": "x"}, "twice", id="an id twice"),
    ],
)
def test_a_bad_line_is_refused_by_file_and_line(tmp_path: Path, change: dict[str, object], message: str) -> None:
    path = tmp_path / "p.jsonl"
    lines = [GOOD, {**GOOD, "id": "y", **change}]
    path.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    with pytest.raises(DatasetError, match=rf"(?s)p\.jsonl:2: .*{message}"):
        load_pairs(path)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    pairs = (Pair.model_validate(GOOD),)
    (tmp_path / "p.jsonl").write_text(dump_pairs(pairs), encoding="utf-8")
    assert load_pairs(tmp_path / "p.jsonl") == pairs


def _committed() -> tuple[Pair, ...]:
    return tuple(p for split in SPLITS for p in load_pairs(FOLDER / f"{split}.jsonl"))


def test_there_are_enough_of_each_kind_and_split() -> None:
    pairs = _committed()
    assert min(Counter(p.kind for p in pairs)[kind] for kind in Kind) >= 25
    assert min(Counter(p.split for p in pairs).values()) >= 100
    assert not {p.id for p in pairs} & set(load_refused())


def test_each_family_of_contradictions_has_six_wordings() -> None:
    assert min(len(set(lines)) for lines in _templates().values()) >= 6


def test_the_committed_pairs_of_two_text_contracts_are_what_generate_gives() -> None:
    sources = tuple(load_sources(TEXT_CASES))
    committed = tuple(p for p in _committed() if p.case in TEXT_CASES)
    assert generated(sources, load_refused()) == committed
    assert list(problems(committed, sources)) == []


@pytest.mark.slow
def test_all_committed_pairs_are_what_generate_gives() -> None:
    sources = tuple(load_sources())
    refused = load_refused()
    assert generated(sources, refused) == _committed()
    assert set(refused) <= {p.id for p in candidates(sources)}
    assert list(problems(_committed(), sources)) == []
    for source in sources:
        for pair in (p for p in _committed() if p.case == source.case.id):
            _check_invariants(perturbed(source.document, pair))
