"""The parts of the page's benchmark that need no browser."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from pypdf import PdfReader

from eval import bench_ui
from eval.bench_ui import COLUMNS, ROWS, Turn, make_pdf, overtaken, printed, uneven
from pipeline.ingest import ingest


def turn(session: str, queued: float, started: float) -> Turn:
    return Turn(session=session, queued=queued, started=started)


def test_equal_reviews_one_after_another_make_the_longest_wait_twice_the_mean() -> None:
    assert uneven([turn(str(n), 0, n) for n in range(11)]) == 2


def test_where_nobody_waits_nobody_waits_longer() -> None:
    assert uneven([turn("a", 3, 3), turn("b", 4, 4)]) == 1


def test_without_reviews_there_is_no_share() -> None:
    with pytest.raises(ValueError, match="nobody waited"):
        uneven([])


@pytest.mark.parametrize(
    ("turns", "most"),
    [
        pytest.param([], 0, id="nobody"),
        pytest.param([turn("a", 0, 1), turn("b", 0, 2), turn("a", 0, 3)], 1, id="one turn each"),
        pytest.param([turn("a", 0, 1), turn("a", 0, 2), turn("a", 0, 3), turn("b", 0, 4)], 3, id="first come"),
        pytest.param([turn("a", 0, 1), turn("a", 0, 2), turn("b", 2.5, 3)], 0, id="came later"),
        pytest.param(
            [turn("a", 0, 1), turn("b", 0, 2), turn("a", 0, 3), turn("b", 0, 4), turn("a", 0, 5), turn("b", 0, 6)],
            1,
            id="a session waits for its second only after its first",
        ),
        pytest.param([turn("a", 0, n) for n in range(9)], 0, id="alone"),
    ],
)
def test_turns_of_one_session_while_another_waits(turns: list[Turn], most: int) -> None:
    assert overtaken(turns) == most
    assert overtaken(turns[::-1]) == most


def test_texts_are_printed_one_after_another_without_loss() -> None:
    texts = ["第一条 " + "服务" * 45 + "\n\n第二条 期限", "客服合同\n" + "条" * (COLUMNS * ROWS)]
    pages = list(printed(texts))
    assert [len(page) for page in pages] == [ROWS, 5]
    assert max(len(line) for page in pages for line in page) == COLUMNS
    assert "".join(line for page in pages for line in page) == "".join(texts).replace("\n", "")


def test_the_contract_is_a_digital_pdf_of_its_pages(tmp_path: Path) -> None:
    text = "\n".join(f"第{n}条 服务内容：售前咨询。" for n in range(ROWS + 1))
    path = make_pdf(tmp_path / "a.pdf", list(printed([text])))
    assert len(PdfReader(path).pages) == 2
    assert ingest(path).text.count("售前咨询") == ROWS + 1


def test_without_a_browser_it_says_what_is_wanting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    monkeypatch.setattr(sys, "argv", ["bench_ui"])
    monkeypatch.setattr("tests.ui.server.CHROMIUM", tmp_path / "none")
    assert bench_ui.main() == 2
    assert "chromium" in capsys.readouterr().err


def test_without_the_tests_it_says_what_is_wanting(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, "tests.ui.server", None)
    monkeypatch.setattr(sys, "argv", ["bench_ui"])
    assert bench_ui.main() == 2
    assert "checkout" in capsys.readouterr().err
