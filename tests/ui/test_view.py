from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from pipeline.report import words
from pipeline.review import review
from pipeline.store import Action, Decision
from pipeline.types import Disagreement, Opinion, PageSource, Review, Severity, Status
from tests.pipeline.conftest import HashedWords
from ui.document_view import Mark, merged
from ui.view import asked, decisions_view, emphasised, moment, review_view

DEV = Path(__file__).parents[2] / "eval" / "dataset" / "dev"


@pytest.fixture(scope="module")
def word() -> Review:
    return review(DEV / "d01.docx", embedder=HashedWords())


@pytest.fixture(scope="module")
def pdf() -> Review:
    return review(DEV / "d13.pdf", embedder=HashedWords())


def texts(view: dict[str, Any]) -> list[str]:
    """The text of every paragraph and table cell."""

    def text(runs: list[Any]) -> str:
        return "".join(run if isinstance(run, str) else run[0] for run in runs)

    out = []
    for block in view["document"]["blocks"]:
        if block["kind"] == "table":
            out += [text(cell) for row in block["rows"] for cell in row["cells"]]
        elif "runs" in block:
            out.append(text(block["runs"]))
    return out


def marked(view: dict[str, Any], key: str) -> str:
    """What the runs of one mark say, joined."""
    out = []
    for block in view["document"]["blocks"]:
        cells = (
            [c for row in block["rows"] for c in row["cells"]] if block["kind"] == "table" else [block.get("runs", [])]
        )
        out += [run[0] for cell in cells for run in cell if not isinstance(run, str) and key in run[1]]
    return "".join(out)


def squeezed(text: str) -> str:
    return "".join(text.replace("|", "").split())


class TestDocument:
    @pytest.mark.parametrize("name", ["word", "pdf"])
    def test_shows_all_of_the_text(self, name: str, request: pytest.FixtureRequest) -> None:
        found: Review = request.getfixturevalue(name)
        assert squeezed("".join(texts(review_view(found)))) == squeezed(found.document.text)

    @pytest.mark.parametrize("name", ["word", "pdf"])
    def test_marks_exactly_the_cited_words(self, name: str, request: pytest.FixtureRequest) -> None:
        found: Review = request.getfixturevalue(name)
        view = review_view(found)
        citations = [c for f in found.findings for c in f.citations]
        assert citations
        for c in citations:
            assert squeezed(marked(view, f"{c.start}-{c.end}")) == squeezed(c.text)

    def test_every_place_to_go_to_is_a_mark(self, word: Review) -> None:
        view = review_view(word)
        places = [c for f in view["findings"] for c in [*f["citations"], *f["nearest"]]]
        places += [c for a in view["alerts"] for c in a["citations"]]
        assert {p["mark"] for p in places} <= set(view["document"]["marks"])

    def test_a_table_stays_a_table(self, word: Review) -> None:
        tables = [b for b in review_view(word)["document"]["blocks"] if b["kind"] == "table"]
        rows = {
            b.table: [r for r in word.document.blocks if r.table == b.table] for b in word.document.blocks if b.table
        }
        assert [len(t["rows"]) for t in tables] == [len(r) for r in rows.values()]
        for table, own in zip(tables, rows.values(), strict=True):
            columns = max(len(r.cells) for r in own)
            assert all(len(r["cells"]) + r["span"] - 1 == columns for r in table["rows"])

    def test_headings_and_steps(self, word: Review) -> None:
        blocks = review_view(word)["document"]["blocks"]
        assert blocks[0]["kind"] == "title"
        assert any(b["kind"] == "heading" and b["runs"] == ["第二条 托管内容"] for b in blocks)

    def test_says_where_a_page_begins(self, pdf: Review) -> None:
        breaks = [b["number"] for b in review_view(pdf)["document"]["blocks"] if b["kind"] == "page"]
        begun = list(dict.fromkeys(pdf.document.page_of(b.start) for b in pdf.document.blocks))
        assert breaks == begun[1:]

    def test_a_word_file_has_no_pages_to_show(self, word: Review) -> None:
        document = review_view(word, pictures="/pages/x/")["document"]
        assert document["pictures"] is None
        assert document["pages"] == []
        assert not any(m["boxes"] for m in document["marks"].values())

    def test_pages_and_boxes_of_a_pdf(self, pdf: Review) -> None:
        document = review_view(pdf, pictures="/pages/x/")["document"]
        assert document["pictures"] == "/pages/x/"
        assert [p["number"] for p in document["pages"]] == [p.number for p in pdf.document.pages]
        for f in pdf.findings:
            for c in f.citations:
                boxes = document["marks"][f"{c.start}-{c.end}"]["boxes"]
                assert boxes
                assert all(0 <= left <= right <= 1 and 0 <= top <= bottom <= 1 for _, left, top, right, bottom in boxes)
        words_of_first = " ".join(line[4] for line in document["pages"][0]["lines"])
        assert squeezed(words_of_first)[:12] in squeezed(pdf.document.text)

    def test_without_pictures_a_pdf_is_text(self, pdf: Review) -> None:
        assert review_view(pdf)["document"]["pages"] == []

    def test_marks_of_the_same_words_become_one_of_the_worst_kind(self) -> None:
        def mark(kind: str, target: str, start: int = 3) -> Mark:
            return Mark(start=start, end=9, kind=kind, targets=(target,), numbers=(target,), titles=(target,))

        one, other = merged([mark("ok", "a"), mark("adverse", "b"), mark("near", "c"), mark("vague", "d", start=1)])
        assert (one.start, one.kind) == (1, "vague")
        assert (other.kind, other.targets, other.numbers) == ("adverse", ("b", "a", "c"), ("b", "a", "c"))


class TestFindings:
    def test_worst_first_by_area_and_by_weight(self, word: Review) -> None:
        view = review_view(word)
        told = [n.finding.checkpoint for _, findings in words.told(word) for n in findings]
        assert [f["id"] for f in view["findings"]] == told
        assert [f["number"] for f in view["findings"]] == list(range(1, len(told) + 1))
        by_rank = [f["id"] for f in sorted(view["findings"], key=lambda f: f["rank"])]
        assert by_rank == [f.checkpoint for f in words.worst_first(word.findings)]

    def test_counts_are_those_of_the_report(self, word: Review) -> None:
        assert review_view(word)["counts"] == [[s.value, n] for s, n in words.counts(word.findings)]

    def test_what_to_ask_for_in_three_lines(self, word: Review) -> None:
        found = next(f for f in word.findings if f.status is Status.ADVERSE)
        shown = next(f for f in review_view(word)["findings"] if f["id"] == found.checkpoint)
        assert shown["ask"]["title"] == "要求对方改成"
        assert [line[0] for line in shown["ask"]["lines"]] == ["标准", "可接受", "底线"]
        assert [line[2] for line in shown["ask"]["lines"]] == [
            found.wording.preferred,
            found.wording.acceptable,
            found.wording.walk_away,
        ]

    def test_what_is_missing_tells_what_was_read_and_what_is_near(self, word: Review) -> None:
        found = next(f for f in word.findings if f.status is Status.MISSING)
        view = review_view(word)
        shown = next(f for f in view["findings"] if f["id"] == found.checkpoint)
        assert shown["searched"] == list(found.searched)
        assert [c["text"] for c in shown["nearest"]] == [c.text for c in found.nearest]
        assert view["document"]["marks"][shown["nearest"][0]["mark"]]["targets"]

    def test_two_readings_side_by_side(self, word: Review) -> None:
        area, finding = word.areas[0], word.areas[0].findings[0]
        other = Status.OK if finding.status is not Status.OK else Status.VAGUE
        differ = Disagreement(
            rules=Opinion(status=finding.status, reason="写的是45秒", citations=finding.citations),
            model=Opinion(status=other, reason="看法不同"),
            decided_by="规则引擎写明了数字，从规则引擎",
        )
        changed = replace(finding, disagreement=differ)
        view = review_view(
            replace(word, areas=(replace(area, findings=(changed, *area.findings[1:])), *word.areas[1:]))
        )
        shown = next(f for f in view["findings"] if f["id"] == finding.checkpoint)
        assert [(r["who"], r["status"], r["followed"]) for r in shown["readings"]] == [
            ("规则引擎", finding.status.value, True),
            ("模型", other.value, False),
        ]
        assert shown["decided_by"] == differ.decided_by

    def test_says_where_a_scan_is_unsure(self, pdf: Review) -> None:
        def shown(confidence: float) -> set[Any]:
            pages = tuple(replace(p, source=PageSource.OCR, confidence=confidence) for p in pdf.document.pages)
            view = review_view(replace(pdf, document=replace(pdf.document, pages=pages)))
            return {c["confidence"] for f in view["findings"] for c in f["citations"]}

        assert shown(0.83) == {0.83}
        assert shown(0.97) == {None}

    @pytest.mark.parametrize(
        ("reason", "figure", "strong"),
        [
            pytest.param("响应时间写的是45秒，超过标准 30 秒", "45秒", ["45秒", "30 秒"], id="figure and limit"),
            pytest.param("迟付按千分之三计，高于标准每日 0.1%", "千分之三", ["千分之三", "0.1%"], id="in words"),
            pytest.param("通读全文 23 处条款，没有约定试用期", None, [], id="no figure"),
            pytest.param("服务费 22,000元", "22,000元", ["22,000元"], id="once"),
        ],
    )
    def test_figures_are_emphasised(self, reason: str, figure: str | None, strong: list[str]) -> None:
        pieces = emphasised(reason, figure)
        assert "".join(text for text, _ in pieces) == reason
        assert [text for text, on in pieces if on] == strong

    def test_alerts_and_their_marks(self, word: Review) -> None:
        view = review_view(word)
        assert len(view["alerts"]) == len(words.alert_groups(word))
        first = view["alerts"][0]
        assert all(first["id"] in view["document"]["marks"][c["mark"]]["targets"] for c in first["citations"])


class TestDecisions:
    def test_shows_who_and_when(self, word: Review) -> None:
        at = datetime(2026, 3, 5, 1, 2, tzinfo=UTC)
        kept = Decision(
            review_id="r",
            checkpoint="scope.channels",
            action=Action.CHANGE,
            status=Status.VAGUE,
            note="另有约定",
            who="王经理",
            at=at,
        )
        assert decisions_view({"scope.channels": kept}) == {
            "scope.channels": {
                "action": "change",
                "status": "vague",
                "note": "另有约定",
                "who": "王经理",
                "when": moment(at),
                "at": "2026-03-05T01:02:00+00:00",
            }
        }

    @pytest.mark.parametrize(
        ("payload", "found"),
        [
            pytest.param({"action": "accept"}, (Action.ACCEPT, None, ""), id="accept"),
            pytest.param({"action": "reject", "note": " 不重要 "}, (Action.REJECT, None, "不重要"), id="note"),
            pytest.param({"action": "change", "status": "ok"}, (Action.CHANGE, Status.OK, ""), id="change"),
            pytest.param({"action": "change"}, None, id="change to nothing"),
            pytest.param({"action": "accept", "status": "ok"}, None, id="accept with a status"),
            pytest.param({"action": "delete"}, None, id="no such action"),
            pytest.param({"action": "accept", "checkpoint": "scope.nothing"}, None, id="no such checkpoint"),
            pytest.param({"action": "accept", "note": ["x"]}, None, id="note that is no text"),
            pytest.param("accept", None, id="no mapping"),
            pytest.param(None, None, id="nothing"),
        ],
    )
    def test_takes_only_decisions(self, word: Review, payload: object, found: tuple[Any, ...] | None) -> None:
        if isinstance(payload, dict):
            payload = {"checkpoint": "scope.channels", **payload}
        told = asked(payload, word)
        assert (told and (told.action, told.status, told.note)) == found


class TestPlaces:
    def test_opens_at_the_clause_of_an_offset(self, word: Review) -> None:
        clause = next(c for c in word.clauses if c.label == "第三条 3.2")
        view = review_view(word, at=clause.start + 3)
        assert squeezed(marked(view, view["open"]["mark"])) == squeezed(word.document.slice(clause))

    def test_an_offset_outside_opens_nothing(self, word: Review) -> None:
        assert review_view(word, at=10**9)["open"] == {"finding": None, "area": None, "mark": None}


def test_the_view_is_plain_and_repeatable(pdf: Review) -> None:
    first, second = (json.dumps(review_view(pdf, pictures="/pages/x/"), ensure_ascii=False) for _ in range(2))
    assert first == second


def test_severities_are_words(word: Review) -> None:
    assert {f["severity"] for f in review_view(word)["findings"]} <= {words.SEVERITY[s] for s in Severity}
