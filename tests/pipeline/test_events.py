"""What an observer of a review is told, by each engine, and that being watched changes nothing."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from time import monotonic

import pytest
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

from pipeline.check import Checked, Judged, unheard
from pipeline.check.both import BothReaders
from pipeline.check.engines import rules
from pipeline.check.llm.client import connect
from pipeline.check.llm.context import ContextKind
from pipeline.check.llm.reader import Budget, ModelReader
from pipeline.events import STAGES, AreaReady, Event, Observer, PagesRead, StageStarted
from pipeline.ingest import ocr
from pipeline.ingest.layout import Line
from pipeline.merchant import MerchantGuess
from pipeline.playbook import Playbook, load_playbook
from pipeline.retrieve import Indexed
from pipeline.review import review, review_document
from pipeline.settings import Settings
from pipeline.types import Clause, Document, Review, Status, Verdict
from tests.pipeline.check.llm.conftest import CONTRACT, TABLE, server
from tests.pipeline.conftest import HashedWords, make_document
from tests.servers.reader import Reader
from tests.servers.replies import Reply
from tests.servers.wire import Request

AREAS = [area.id for area in load_playbook().areas]


def stages(seen: Sequence[Event]) -> list[str]:
    return [e.stage for e in seen if isinstance(e, StageStarted)]


def areas(seen: Sequence[Event]) -> list[str]:
    return [e.area.id for e in seen if isinstance(e, AreaReady)]


def as_told(seen: Sequence[Event], finished: Review) -> bool:
    """Every area once, as the finished review has it."""
    told = {e.area.id: e.area for e in seen if isinstance(e, AreaReady)}
    return len(areas(seen)) == len(told) and told == {a.id: a for a in finished.areas}


def same(a: Review, b: Review) -> bool:
    """Equal but for the clock, and for what the scripted server calls cached, which hangs on the order of calls."""
    a, b = (replace(r, timings_ms={}, usage=replace(r.usage, cached_tokens=0)) for r in (a, b))
    return a == b


def test_rules_tell_stages_in_order_and_areas_as_they_are_judged() -> None:
    seen: list[Event] = []
    finished = review_document(make_document(CONTRACT), embedder=HashedWords(), observe=seen.append)
    assert stages(seen) == list(STAGES)
    assert areas(seen) == AREAS
    assert as_told(seen, finished)
    assert [type(e) for e in seen[-6:]] == [AreaReady] * 6
    assert same(finished, review_document(make_document(CONTRACT), embedder=HashedWords()))


def test_areas_that_are_switched_off_are_not_told() -> None:
    book = load_playbook()
    only = [a.model_copy(update={"checkpoints": a.checkpoints[:1]}) for a in book.model.areas[:2]]
    small = book.model_copy(update={"model": book.model.model_copy(update={"areas": only})})
    seen: list[Event] = []
    finished = review_document(make_document(CONTRACT), playbook=small, embedder=HashedWords(), observe=seen.append)
    assert areas(seen) == AREAS[:2]
    assert as_told(seen, finished)


def test_a_checker_that_keeps_to_itself_is_told_at_its_end() -> None:
    def silent(
        document: Document,
        clauses: Sequence[Clause],
        playbook: Playbook,
        merchant: MerchantGuess,
        indexed: Indexed,
        *,
        judged: Judged = unheard,
    ) -> Checked:
        return Checked(
            verdicts=tuple(Verdict(checkpoint=c.id, status=Status.OK, reason="") for c in playbook.checkpoints)
        )

    seen: list[Event] = []
    finished = review_document(
        make_document(CONTRACT), embedder=HashedWords(), reader=(silent, None), observe=seen.append
    )
    assert areas(seen) == AREAS
    assert as_told(seen, finished)


def test_what_an_observer_raises_ends_the_review() -> None:
    def refuse(event: Event) -> None:
        if isinstance(event, AreaReady):
            raise ValueError("enough")

    with pytest.raises(ValueError, match="enough"):
        review_document(make_document(CONTRACT), embedder=HashedWords(), observe=refuse)


Watching = Callable[..., tuple[Review, list[Event]]]


@pytest.fixture
def watched(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Watching:
    """Reviews ``CONTRACT`` with a scripted model alone or beside the rules, once watched and once not; gives the watched one."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")

    def asked(respond: Callable[[Request], Reply], engine: str, context: str, told: Observer | None) -> Review:
        with server(respond) as model:
            monkeypatch.setenv("OPENAI_BASE_URL", model.url)
            values = {"model": "scripted", "cache": False, "data_dir": tmp_path, "model_retries": 0}
            client = connect(Settings.model_validate(values))
            judge = ModelReader(
                client=client, embedder=HashedWords(), context=ContextKind(context), budget=Budget(retrieved=200)
            )
            reader = (judge if engine == "llm" else BothReaders(rules=rules, model=judge), client.name)
            return review_document(
                make_document(CONTRACT), engine=engine, embedder=HashedWords(), reader=reader, observe=told
            )

    def run(
        respond: Callable[[Request], Reply],
        *,
        engine: str = "llm",
        context: str = "full",
        hear: Callable[[Event], None] | None = None,
    ) -> tuple[Review, list[Event]]:
        seen: list[Event] = []

        def observe(event: Event) -> None:
            seen.append(event)
            if hear is not None:
                hear(event)

        watched, plain = (asked(respond, engine, context, told) for told in (observe, None))
        assert same(watched, plain)
        return watched, seen

    return run


@pytest.mark.parametrize("engine", ["llm", "both"])
@pytest.mark.parametrize("context", ["full", "retrieved"])
def test_a_models_areas_are_told_once_and_final(watched: Watching, engine: str, context: str) -> None:
    """Retrieved, what is missing at first is asked again: an area waits for that."""
    finished, seen = watched(Reader(table=TABLE, only_table=True), engine=engine, context=context)
    assert stages(seen) == list(STAGES)
    assert sorted(areas(seen)) == sorted(AREAS)
    assert as_told(seen, finished)
    assert any(f.status is Status.MISSING for f in finished.findings)


@pytest.mark.parametrize("engine", ["llm", "both"])
def test_an_area_is_told_when_its_call_returns_not_when_all_have(watched: Watching, engine: str) -> None:
    """One call is answered two seconds later than the others, whose areas do not wait for it; unwatched nothing is late."""
    reader = Reader(table=TABLE, only_table=True)
    times: list[float] = []

    def respond(request: Request) -> Reply:
        late = len(times) < len(AREAS) and "### fees.pricing_model" in request.messages[-1][1]
        return reader(request).after(2.0 if late else 0.0)

    def hear(event: Event) -> None:
        if isinstance(event, AreaReady):
            times.append(monotonic())

    finished, seen = watched(respond, engine=engine, hear=hear)
    assert areas(seen)[-1] == "fees"
    assert times[-1] - times[-2] > 0.5
    assert as_told(seen, finished)


def test_pages_of_a_scan_are_told_before_and_after_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = itertools.count(1)

    def read(picture: object) -> ocr.Reading:
        text = f"第{next(numbers)}条 争议由甲方所在地法院管辖，第{next(numbers)}次审理为终审。"
        return ocr.Reading(lines=[Line(text=text)], confidence=0.9, blank=False)

    monkeypatch.setattr(ocr, "read_picture", read)
    picture = tmp_path / "页.png"
    Image.new("RGB", (400, 560), (200, 200, 200)).save(picture)
    path = tmp_path / "扫描.pdf"
    canvas = Canvas(str(path))
    for _ in range(2):
        canvas.drawImage(str(picture), 0, 0, *canvas._pagesize)
        canvas.showPage()
    canvas.save()
    for file, wanted in ((path, [(0, 2), (1, 2), (1, 2), (2, 2)]), (picture, [(0, 1), (1, 1)])):
        seen: list[Event] = []
        review(file, embedder=HashedWords(), observe=seen.append)
        assert [(e.done, e.total) for e in seen if isinstance(e, PagesRead)] == wanted
        assert [type(e) for e in seen[: len(wanted) + 2]] == [StageStarted, *[PagesRead] * len(wanted), StageStarted]
