"""Contracts made out of those of dev: different, readable, the same again from the same seed."""

from __future__ import annotations

import hashlib
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from pypdf import PdfReader

from eval import variants
from eval.contract_files import Format, Line, printed
from eval.rewording import reworded
from eval.variants import MIX, load_sources, varied, write
from pipeline.ingest import ingest
from pipeline.types import Document

LINES = (
    "客服外包合同",
    "甲方：杭州禾棠服饰有限公司",
    "乙方：合肥云席信息服务有限公司",
    "第一条 服务",
    "1.1 首次响应时间不超过60秒。",
    "1.2 乙方应在30日内提交月报。",
    "1.3 服务自2026年1月1日起，共12名坐席。",
    "第二条 费用",
    "2.1 每席每月4200元，税率6%。",
    "2.2 甲方于每月10日前付款。",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("variants")
    write(folder, 50, duplicates=2)
    return folder


def lines() -> tuple[Line, ...]:
    return tuple(Line(text=text, heading=text.startswith("第")) for text in LINES)


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def test_every_contract_has_bytes_of_its_own_and_duplicates_have_anothers(folder: Path) -> None:
    paths = sorted(folder.iterdir())
    hashes = [sha256(path) for path in paths]
    assert len(paths) == 52
    assert len(set(hashes[:50])) == 50
    assert set(hashes[50:]) <= set(hashes[:50])
    assert all(path.stem.endswith("（副本）") for path in paths[50:])


def test_fifty_files_are_the_whole_mix(folder: Path) -> None:
    suffixes = Counter(path.suffix for path in sorted(folder.iterdir())[:50])
    assert suffixes == {
        ".docx": MIX[Format.DOCX],
        ".pdf": MIX[Format.PDF] + MIX[Format.SCAN_PDF],
        ".txt": MIX[Format.UTF8] + MIX[Format.GB18030],
        ".png": MIX[Format.SCAN_PNG],
    }


def test_fewer_contracts_are_the_first_of_more(folder: Path, tmp_path: Path) -> None:
    few = write(tmp_path, 5)
    assert [path.name for path in few] == [path.name for path in sorted(folder.iterdir())[:5]]
    assert [sha256(path) for path in few] == [sha256(path) for path in sorted(folder.iterdir())[:5]]


def test_another_seed_makes_other_contracts(folder: Path, tmp_path: Path) -> None:
    assert not {sha256(p) for p in write(tmp_path, 5, seed=7)} & {sha256(p) for p in folder.iterdir()}


def test_nothing_cannot_be_duplicated(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="duplicates"):
        write(tmp_path, 0, duplicates=1)


def test_two_contracts_that_come_out_alike_are_drawn_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def content(source: object, format: Format, seed: str) -> bytes:
        drawn.append(seed)
        return b"the same" if seed.endswith("/0") else seed.encode()

    monkeypatch.setattr(variants, "_content", content)
    assert len({sha256(path) for path in write(tmp_path, 3)}) == 3
    assert [seed.partition("/")[2] for seed in drawn] == ["1/0", "2/0", "2/1", "3/0", "3/1"]


@pytest.mark.parametrize("number", range(4))
def test_a_variant_differs_in_several_clauses_and_is_the_same_contract_for_the_rest(number: int) -> None:
    source = load_sources()[number * 7]
    original = set(source.document.text.split("\n"))
    first, second = ({line.text for line in varied(source, Random(seed))} for seed in (1, 2))
    for one, other in ((first, original), (second, original), (first, second)):
        assert len(one - other) >= 5
        assert len(one & other) >= len(original) / 3


def test_what_is_dropped_and_added_leaves_the_numbers_in_their_order() -> None:
    text = "\n".join(LINES)
    changed = Counter[str]()
    for seed in range(40):
        new = [line.text for line in reworded(lines(), text, Random(seed))]
        marks = [line.split()[0] for line in new if line[0].isdigit()]
        for article in "12":
            own = [mark for mark in marks if mark.startswith(article)]
            assert own == [f"{article}.{n}" for n in range(1, len(own) + 1)]
        changed["dropped"] += not any("月报" in line for line in new) or not any("坐席。" in line for line in new)
        changed["added"] += len(marks) > 5
        changed["moved"] += new[4].startswith("1.1 乙方")
    assert min(changed[what] for what in ("dropped", "added", "moved")) >= 3


def test_parties_dates_and_figures_are_others() -> None:
    seen = Counter[str]()
    for seed in range(30):
        text = "\n".join(line.text for line in reworded(lines(), "\n".join(LINES), Random(seed)))
        assert "禾棠" not in text
        assert "服饰有限公司" in text
        assert "第一条 服务" in text
        for figure in ("60秒", "2026年1月1日", "4200元", "6%"):
            seen[figure] += figure not in text
    assert min(seen.values()) >= 5


@pytest.mark.parametrize("format", [Format.DOCX, Format.PDF, Format.UTF8, Format.GB18030])
def test_what_is_printed_is_read_again(format: Format, tmp_path: Path) -> None:
    rows = [
        Line(text="项目 | 单价", cells=("项目", "单价"), table=1),
        Line(text="坐席 | 4200元", cells=("坐席", "4200元"), table=1),
    ]
    document = read(printed([*lines(), *rows, Line(text="附件一")], format, Random(1)), format, tmp_path)
    for text in (*LINES, "4200元", "附件一"):
        assert text.replace(" ", "") in document.text.replace(" ", "")
    if format in (Format.DOCX, Format.PDF):
        assert ["坐席", "4200元"] in [[document.slice(c) for c in block.cells] for block in document.blocks]


def read(content: bytes, format: Format, folder: Path) -> Document:
    path = folder / f"a{format.suffix}"
    path.write_bytes(content)
    return ingest(path)


def test_a_long_contract_has_pages_and_its_scan_has_one(tmp_path: Path) -> None:
    long = [*lines(), *(Line(text=f"{n}. 乙方按本合同提供客服服务，并接受甲方检查。" * 2) for n in range(1, 120))]
    for format, pages in ((Format.PDF, 7), (Format.SCAN_PDF, 1)):
        path = tmp_path / f"{format.name}.pdf"
        path.write_bytes(printed(long, format, Random(3)))
        assert len(PdfReader(path).pages) == pages
    assert PdfReader(tmp_path / "SCAN_PDF.pdf").pages[0].extract_text().strip() == ""


@pytest.mark.slow
def test_a_scan_is_read_by_its_picture(tmp_path: Path) -> None:
    document = read(printed(lines(), Format.SCAN_PNG, Random(3)), Format.SCAN_PNG, tmp_path)
    assert "首次响应时间" in document.text
    assert "签订日期" in document.text
