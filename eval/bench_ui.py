"""Waiting times of the page in a real browser before its real server, within one run: ``make bench-ui``.

The contracts are texts of dev, printed one after another. Times end when the browser has laid out what was waited for, by the browser's own
clock, looked at before every frame; a click begins in the page, without the mouse. Only figures of one run on one machine compare.
"""

from __future__ import annotations

import argparse
import importlib
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from statistics import fmean, median
from time import perf_counter, sleep, time
from typing import Any

from eval.bench_model import Figure
from eval.cases import DATASET, load_cases
from pipeline.ingest import ingest
from pipeline.playbook import load_playbook
from pipeline.store import ReviewRecord, State, Store, open_store

COLUMNS, ROWS = 40, 34  # of a printed page
SESSIONS = 10
BATCH = 6  # files that one session hands in before the others hand in one each
SHORT = 1500  # characters of such a file
LATER = 1.5  # seconds more than the command line that the first area may take
CLICK = 500  # ms
REOPEN = 1.0  # seconds
_WAIT = 900_000  # ms, after which something is broken and not slow
_VIEW = {"width": 1280, "height": 900}
_COMMAND = "from pipeline.cli import main; main()"

_EVIDENCE = """
const evidence = () => {
  for (const node of document.querySelectorAll('*')) {
    const found = node.shadowRoot?.querySelector('.evidence');
    if (found) return found;
  }
  return document.querySelector('.evidence');
};
const now = () => performance.timeOrigin + performance.now();
"""
_PANES = (
    """() => {"""
    + _EVIDENCE
    + """
  const root = evidence();
  if (!root?.querySelector('.found .finding') || !root.querySelector('.paper .page, .paper .part')) return 0;
  return root.getBoundingClientRect().height ? now() : 0;
}"""
)
_FILE = """([name, wanted]) => {
  const rows = [...document.querySelectorAll('article.file')].filter(row => row.querySelector('h3').textContent === name);
  return rows.some(row => row.querySelector(wanted)) ? performance.timeOrigin + performance.now() : 0;
}"""
# Looks on by itself, so that several tabs are watched at once.
_WATCH = (
    """argument => {
  const found = """
    + _FILE
    + """;
  window.seen = new Promise(done => {
    const look = () => { const at = found(argument); at ? done(at) : requestAnimationFrame(look); };
    look();
  });
}"""
)
# A click until words of the contract are lit in view, and until the pictures of the pages they are on are there; -1 where there is none to wait for.
_CLICK = (
    """async id => {"""
    + _EVIDENCE
    + """
  const root = evidence();
  const frame = () => new Promise(requestAnimationFrame);
  const lit = () => {
    const pane = root.querySelector('.paper .scroll').getBoundingClientRect();
    return [...root.querySelectorAll('.paper .on')].filter(part => {
      const box = (part.querySelector('rect') ?? part).getBoundingClientRect();
      return box.width && box.bottom > pane.top && box.top < pane.bottom;
    });
  };
  const open = root.querySelector('.head[aria-expanded=true]');
  if (open) open.click(); // nothing is lit before
  await frame();
  const began = performance.now();
  root.querySelector(`[data-finding="${id}"] .head`).click();
  while (!lit().length) {
    if (performance.now() - began > 20000) throw new Error(`nothing lit for ${id}`);
    await frame();
  }
  const shown = performance.now() - began;
  const pages = lit().map(part => part.closest('.page')).filter(Boolean);
  while (!pages.every(page => page.matches('.there, .failed')) && performance.now() - began < 20000) await frame();
  return [shown, pages.length ? performance.now() - began : -1];
}"""
)
# The contract from its first to its last page in `steps` frames: ms between frames, and until the last page's picture is there.
_SCROLL = (
    """async steps => {"""
    + _EVIDENCE
    + """
  const pane = evidence().querySelector('.paper .scroll');
  const frame = () => new Promise(requestAnimationFrame);
  pane.scrollTop = 0;
  await frame();
  await frame();
  const took = [];
  let last = performance.now();
  for (let step = 1; step <= steps; step += 1) {
    pane.scrollTop = (pane.scrollHeight - pane.clientHeight) * step / steps;
    await frame();
    took.push(performance.now() - last);
    last = performance.now();
  }
  const final = [...pane.querySelectorAll('.page')].at(-1);
  while (final && !final.matches('.there, .failed') && performance.now() - last < 20000) await frame();
  return [took, performance.now() - last];
}"""
)
_OPEN = (
    """id => {"""
    + _EVIDENCE
    + """
  const part = [...document.querySelectorAll('*')].map(n => n.shadowRoot?.querySelector(`a[data-review="${id}"]`)).find(Boolean);
  const began = now();
  part.click();
  return began;
}"""
)
_LISTED = (
    """id => [...document.querySelectorAll('*')].some(n => n.shadowRoot?.querySelector(`a[data-review="${id}"]`))"""
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """A review's time in the queue: whose it is, when it came and when it was begun, in seconds of one clock."""

    session: str
    queued: float
    started: float

    @property
    def wait(self) -> float:
        """Seconds."""
        return self.started - self.queued


def uneven(turns: Sequence[Turn]) -> float:
    """The longest wait by the mean wait; 2 where equally long reviews that came at once are done one after another.

    Raises:
        ValueError: there are none.
    """
    if not turns:
        raise ValueError("no reviews, so nobody waited")
    mean = fmean(t.wait for t in turns)
    return max(t.wait for t in turns) / mean if mean else 1.0


def overtaken(turns: Sequence[Turn]) -> int:
    """How many reviews of one session at most were begun while another session waited for its next; with fair shares 1.

    A session waits for its next from when that was handed in, or from when its last was begun if that is later.
    """
    most = 0
    begun: dict[str, float] = {}
    for turn in sorted(turns, key=lambda t: t.started):
        since = max(turn.queued, begun.get(turn.session, turn.queued))
        begun[turn.session] = turn.started
        others: dict[str, int] = {}
        for other in turns:
            if other.session != turn.session and since < other.started < turn.started:
                others[other.session] = others.get(other.session, 0) + 1
        most = max(most, *others.values()) if others else most
    return most


def printed(texts: Iterable[str]) -> Iterator[list[str]]:
    """The texts one after another as pages of at most ``ROWS`` lines of at most ``COLUMNS`` characters; the last page may be short."""
    page: list[str] = []
    for text in texts:
        for paragraph in filter(None, map(str.strip, text.splitlines())):
            for at in range(0, len(paragraph), COLUMNS):
                page.append(paragraph[at : at + COLUMNS])
                if len(page) == ROWS:
                    yield page
                    page = []
    if page:
        yield page


def make_pdf(path: Path, pages: Sequence[Sequence[str]]) -> Path:
    """A digital PDF of these lines, with headers and page numbers."""
    from reportlab.lib.pagesizes import A4
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfgen.canvas import Canvas

    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    canvas = Canvas(str(path), pagesize=A4)
    for number, page in enumerate(pages, 1):
        canvas.setFont("STSong-Light", 9)
        canvas.drawString(72, 810, "客服外包服务合同")
        canvas.drawString(270, 30, f"第 {number} 页 共 {len(pages)} 页")
        canvas.setFont("STSong-Light", 11)
        for row, line in enumerate(page):
            canvas.drawString(72, 784 - 21.5 * row, line)
        canvas.showPage()
    canvas.save()
    return path


@dataclass(frozen=True, slots=True, kw_only=True)
class Files:
    """What is handed in; no text twice, because what was read once is read faster again."""

    warm: Path
    tens: tuple[Path, ...]
    hundred: Path
    own: tuple[Path, ...]  # one a session
    short: tuple[Path, ...]  # the batch and one for each other session


def make_files(folder: Path, repeat: int) -> Files:
    """Out of the contracts of dev that are no pictures or PDFs."""
    ids = [c.id for c in load_playbook().checkpoints]
    cases = [c for c in load_cases(DATASET / "dev", ids) if c.path.suffix in (".docx", ".txt")]
    texts = [ingest(case.path).text for case in cases]
    rest = len(cases) - SESSIONS
    pages = printed(texts[1:rest])
    tens = tuple(make_pdf(folder / f"十页{n}.pdf", list(islice(pages, 10))) for n in range(repeat))
    hundred = make_pdf(folder / "一百页.pdf", list(islice(pages, 100)))
    own = []
    for number, case in enumerate(cases[rest:], 1):
        own.append(folder / f"第{number}人{case.path.suffix}")
        own[-1].write_bytes(case.path.read_bytes())
    short = []
    for number, text in enumerate(islice(texts, BATCH + SESSIONS - 1), 1):
        short.append(folder / f"短的{number}.txt")
        short[-1].write_text(text[:SHORT], encoding="utf-8")
    warm = folder / f"先审一份{cases[0].path.suffix}"
    warm.write_bytes(cases[0].path.read_bytes())
    return Files(warm=warm, tens=tens, hundred=hundred, own=tuple(own), short=tuple(short))


class Page:
    """A tab of a browser before the server."""

    def __init__(self, tab: Any, address: str) -> None:
        self.tab, self.address = tab, address

    def ready(self) -> float:
        """Open 审查; seconds until files can be handed in."""
        began = time()
        self.tab.goto(f"{self.address}/", wait_until="commit")
        there = "() => document.querySelector('input[type=file]') ? performance.timeOrigin + performance.now() : 0"
        return self.until(there) - began

    def until(self, condition: str, argument: object = None) -> float:
        """When ``condition`` first was not 0, as it tells: seconds since the epoch."""
        told = self.tab.wait_for_function(condition, arg=argument, polling="raf", timeout=_WAIT)
        return float(told.json_value()) / 1000

    def hand_in(self, *files: Path) -> float:
        """Put the files where they are dropped; when that was begun."""
        began = time()
        self.tab.locator("input[type=file]").first.set_input_files([str(f) for f in files])
        return began

    def first_area(self, file: Path) -> float:
        """When the first area of a file was on screen."""
        return self.until(_FILE, [file.name, ".tiles li:not(.waiting)"])

    def ended(self, file: Path) -> float:
        """When it was said how the review of a file came out."""
        return self.until(_FILE, [file.name, ".verdict, .failure"])

    def watch(self, file: Path) -> None:
        """Begin to look for what ``ended`` waits for."""
        self.tab.evaluate(_WATCH, [file.name, ".verdict, .failure"])

    def seen(self) -> float:
        """When what is watched was seen, waited for."""
        self.tab.wait_for_function("() => window.seen.then(() => true)", timeout=_WAIT)
        return float(self.tab.evaluate("() => window.seen")) / 1000

    def opened(self, review_id: str) -> float:
        """Seconds until both panes are there, by the address of the result."""
        self.tab.goto("about:blank")
        began = time()
        self.tab.goto(f"{self.address}/result?review={review_id}", wait_until="commit")
        return self.until(_PANES) - began

    def opened_from_ledger(self, review_id: str) -> float:
        """The same by a click in the ledger."""
        self.tab.goto(f"{self.address}/ledger", wait_until="commit")
        self.tab.wait_for_function(_LISTED, arg=review_id, timeout=_WAIT)
        sleep(1)  # a person looks for the name; scripts still at work have ended
        began = float(self.tab.evaluate(_OPEN, review_id)) / 1000
        return self.until(_PANES) - began


def main() -> int:
    """Print the figures; exit 1 when one misses its target, 2 when there is no browser or no server to start."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeat", type=int, default=3, help="contracts of ten pages of which the median is taken")
    args = parser.parse_args()
    try:
        served = importlib.import_module("tests.ui.server")
        playwright = importlib.import_module("playwright.sync_api")
    except ImportError as error:
        sys.stderr.write(f"Needs a checkout with its tests/ and playwright of the dev extra: {error}.\n")
        return 2
    if not served.CHROMIUM.exists():
        sys.stderr.write(f"Needs Debian's chromium: {served.CHROMIUM} is not there.\n")
        return 2
    load = os.getloadavg()[0]
    sys.stdout.write(f"{os.cpu_count()} cores, load {load:.1f} before the start; other work makes every figure worse\n")
    missed = False
    with tempfile.TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        files = make_files(folder, args.repeat)
        server = served.Server(folder=folder / "page" / "data")
        began = perf_counter()
        server.start()
        stack.callback(server.stop)
        up = perf_counter() - began
        chromium = served.browser(stack.enter_context(playwright.sync_playwright()))
        stack.callback(chromium.close)
        store = stack.enter_context(open_store(folder=server.folder))
        sys.stdout.write(f"{Figure(name='server started until it answers, s', value=up)}\n")
        for figure in measured(files, server.address, chromium, store, folder, served.listen):
            sys.stdout.write(f"{figure}\n")
            sys.stdout.flush()
            missed = missed or not figure.met
    return int(missed)


def measured(files: Files, address: str, chromium: Any, store: Store, folder: Path, listen: Any) -> Iterator[Figure]:
    """All figures; ``listen`` collects what goes wrong on a tab."""
    tabs = [chromium.new_context(viewport=_VIEW).new_page() for _ in range(SESSIONS)]
    errors = [listen(tab) for tab in tabs]
    page = Page(tabs[0], address)
    yield Figure(name="first visit until a file can be handed in, s", value=page.ready())
    page.hand_in(files.warm)
    page.ended(files.warm)
    _by_command(files.warm, folder / "cli")
    yield from _first_area(files.tens, page, folder / "cli")
    yield from _reopened(files.tens, page, store)
    yield from _at_once(files, [Page(tab, address) for tab in tabs], store)
    yield from _hundred(files.hundred, page, store)
    handed_in = 1 + len(files.tens) + 1 + len(files.own) + len(files.short)
    yield Figure(name="reviews more than files handed in", value=len(store.reviews()) - handed_in, most=0)
    yield Figure(name="errors on the console of all tabs", value=sum(map(len, errors)), most=0)
    for said in dict.fromkeys(text for own in errors for text in own):
        sys.stderr.write(f"console: {said}\n")


def _first_area(tens: Sequence[Path], page: Page, folder: Path) -> Iterator[Figure]:
    command, first, whole = [], [], []
    for file in tens:
        command.append(_by_command(file, folder))
        page.ready()
        sleep(1)
        began = page.hand_in(file)
        first.append(page.first_area(file) - began)
        whole.append(page.ended(file) - began)
    yield Figure(name="10 pages, command line from start to end, s", value=median(command))
    yield Figure(name="10 pages, upload to the first area on screen, s", value=median(first))
    later = median(page - own for page, own in zip(first, command, strict=True))
    yield Figure(name="first area on screen later than the command line's end, s", value=later, most=LATER)
    yield Figure(name="10 pages, upload to the whole verdict on screen, s", value=median(whole))


def _reopened(tens: Sequence[Path], page: Page, store: Store) -> Iterator[Figure]:
    records = [_record(store, file) for file in tens]
    by_address = [page.opened(record.id) for record in records]
    yield Figure(name="10 pages, reopened by its address, s", value=median(by_address), most=REOPEN)
    by_click = [page.opened_from_ledger(record.id) for record in records]
    yield Figure(name="10 pages, reopened from the ledger, s", value=median(by_click), most=REOPEN)
    page.opened(records[0].id)
    yield from _clicks("10 pages", page, records[0], store)


def _clicks(what: str, page: Page, record: ReviewRecord, store: Store) -> Iterator[Figure]:
    cited = [f.checkpoint for f in store.load(record.id).findings if f.citations]
    times = [page.tab.evaluate(_CLICK, checkpoint) for checkpoint in cited]
    lit = [shown for shown, _ in times]
    pictures = [there for _, there in times if there >= 0]
    yield Figure(name=f"{what}, click to highlight, median of {len(lit)}, ms", value=median(lit), most=CLICK)
    yield Figure(name=f"{what}, click to highlight, slowest, ms", value=max(lit), most=CLICK)
    if pictures:
        yield Figure(name=f"{what}, click to the picture behind it, slowest, ms", value=max(pictures))


def _hundred(file: Path, page: Page, store: Store) -> Iterator[Figure]:
    page.ready()
    began = page.hand_in(file)
    first = page.first_area(file) - began
    yield Figure(name="100 pages, upload to the first area on screen, s", value=first)
    yield Figure(name="100 pages, upload to the whole verdict on screen, s", value=page.ended(file) - began)
    record = _record(store, file)
    yield Figure(name="100 pages, opened the first time, s", value=page.opened(record.id))
    yield Figure(name="100 pages, opened again, s", value=page.opened(record.id))
    sleep(1)
    took, picture = page.tab.evaluate(_SCROLL, 100)
    yield Figure(name="100 pages, scrolled in 100 frames, median frame, ms", value=median(took))
    yield Figure(name="100 pages, scrolled in 100 frames, longest frame, ms", value=max(took))
    yield Figure(name="100 pages, the last page's picture after that, ms", value=picture)
    yield from _clicks("100 pages", page, record, store)


def _at_once(files: Files, pages: Sequence[Page], store: Store) -> Iterator[Figure]:
    for page in pages:
        page.ready()
    sleep(1)
    began = time()
    for page, file in zip(pages, files.own, strict=True):
        page.hand_in(file)
        page.watch(file)
    ends = [page.seen() for page in pages]
    records = [_record(store, file) for file in files.own]
    turns = _turns(records)
    failed = sum(record.state is not State.DONE for record in records)
    yield Figure(name=f"{SESSIONS} sessions at once, one file each: reviews that failed", value=failed, most=0)
    yield Figure(name=f"{SESSIONS} sessions: last verdict on screen, s", value=max(ends) - began)
    late = [end - r.finished_at.timestamp() for end, r in zip(ends, records, strict=True) if r.finished_at]
    yield Figure(name=f"{SESSIONS} sessions: verdict on screen after it was stored, median, s", value=median(late))
    yield Figure(name=f"{SESSIONS} sessions: verdict on screen after it was stored, latest, s", value=max(late))
    yield Figure(name=f"{SESSIONS} sessions: mean wait for a turn, s", value=fmean(t.wait for t in turns))
    # Equal reviews that come at once give 2; these are of unequal length and are handed in one after another.
    yield Figure(name=f"{SESSIONS} sessions: longest wait / mean wait", value=uneven(turns), most=2.5)
    batch, single = files.short[:BATCH], files.short[BATCH:]
    pages[0].hand_in(*batch)
    pages[0].until(_FILE, [batch[-1].name, "h3"])
    for page, file in zip(pages[1:], single, strict=True):
        page.hand_in(file)
    for page, file in [*((pages[0], file) for file in batch), *zip(pages[1:], single, strict=True)]:
        page.ended(file)
    records = [_record(store, file) for file in files.short]
    failed = sum(record.state is not State.DONE for record in records)
    yield Figure(name=f"{BATCH} files of one session before 1 of each other: failed", value=failed, most=0)
    yield Figure(
        name="turns of one session while another waits for one, at most", value=overtaken(_turns(records)), most=1
    )


def _turns(records: Sequence[ReviewRecord]) -> list[Turn]:
    return [
        Turn(session=r.session, queued=r.queued_at.timestamp(), started=r.started_at.timestamp())
        for r in records
        if r.started_at is not None
    ]


def _record(store: Store, file: Path) -> ReviewRecord:
    """The review of the file of that name."""
    return next(r for r in store.reviews() if r.contract_name == file.name)


def _by_command(file: Path, folder: Path) -> float:
    """Seconds of ``shenyue review`` from its start to its end."""
    ours = ("SHENYUE_", "OPENAI_")
    surroundings: Mapping[str, str] = {k: v for k, v in os.environ.items() if not k.startswith(ours)}
    environment = {**surroundings, "SHENYUE_DATA_DIR": str(folder), "PYTHONPATH": str(Path(__file__).parents[1])}
    began = perf_counter()
    subprocess.run(
        [sys.executable, "-c", _COMMAND, "review", str(file)],
        env=environment,
        stdout=subprocess.DEVNULL,
        check=True,
    )
    return perf_counter() - began


if __name__ == "__main__":
    sys.exit(main())
