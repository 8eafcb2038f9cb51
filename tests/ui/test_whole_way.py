"""The whole way of a merchant's operations manager, in a real browser before the real server."""

from __future__ import annotations

import io
import json
import re
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urljoin

import docx
import jsonschema
import openpyxl
import pypdf
import pytest
from PIL import Image

from pipeline.pages import page_picture
from pipeline.report.json import schema
from tests.conftest import knowing_vectors
from tests.ui.server import CHROMIUM, LIT_IN_VIEW, ROOT, SHOTS, Server, listen

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="needs Debian's chromium"),
]

DEV = ROOT / "eval" / "dataset" / "dev"
WAIT = 90_000  # ms, of the slowest step: the scan is read by OCR, beside four other tests' load
ONE = """客服外包合同
甲方（商家）：江南布衣坊服饰有限公司
乙方（客服公司）：海州云帆客服有限公司
第一条 服务内容：乙方负责甲方天猫店铺的售前咨询、售后退换货处理及投诉处理，服务时间为每日8:00至24:00，节假日照常。
第二条 乙方客服首次响应时间不超过25秒，一次解决率不低于92%。
第三条 甲方逾期付款的，每逾期一日按未付金额的0.05%支付违约金。
第四条 任何一方提前30日书面通知对方即可解除本合同。
"""


@dataclass
class Visit:
    """Somebody's browser: one page, and what went wrong on it."""

    page: Any
    said: list[str]
    address: str

    def go(self, path: str) -> None:
        self.page.goto(self.address + path)

    def upload(self, *files: Path) -> None:
        self.page.locator("input[type=file]").first.set_input_files([str(f) for f in files])

    def done(self, name: str) -> str:
        """Wait until that file is reviewed; the address of its result."""
        row = self.page.locator("[class*=st-key-file-]", has_text=name)
        link = row.get_by_role("link", name="看结果")
        link.wait_for(timeout=WAIT)
        return str(link.get_attribute("href"))

    def shot(self, name: str) -> None:
        """The page as a person with a large and with a small screen sees it."""
        SHOTS.mkdir(exist_ok=True)
        for width, height in ((390, 1400), (1280, 1300)):
            self.page.set_viewport_size({"width": width, "height": height})
            self.page.wait_for_timeout(400)
            self.page.screenshot(path=str(SHOTS / f"{name}-{width}.png"))
        self.page.set_viewport_size({"width": 1280, "height": 900})


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    served = Server(folder=knowing_vectors(tmp_path_factory.mktemp("page") / "data"))
    served.start()
    yield served
    served.stop()


@pytest.fixture(scope="module")
def context(chromium: Any, server: Server) -> Iterator[Any]:
    opened = chromium.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    opened.grant_permissions(["clipboard-read", "clipboard-write"], origin=server.address)
    yield opened
    opened.close()


@pytest.fixture
def visit(context: Any, server: Server) -> Iterator[Visit]:
    page = context.new_page()
    opened = Visit(page=page, said=listen(page), address=server.address)
    yield opened
    page.close()
    assert opened.said == []


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """Five at once: a Word file, a digital PDF, a scanned page, a broken file, a text."""
    folder = tmp_path_factory.mktemp("files")
    made = {"docx": folder / "店铺客服托管.docx", "pdf": folder / "外包协议.pdf", "txt": folder / "短合同.txt"}
    made["docx"].write_bytes((DEV / "d01.docx").read_bytes())
    made["pdf"].write_bytes((DEV / "d13.pdf").read_bytes())
    made["txt"].write_text(ONE, encoding="utf-8")
    made["scan"] = folder / "扫描页.png"
    Image.open(io.BytesIO(page_picture(DEV / "d07.pdf", 1, width=1400))).convert("L").save(made["scan"])
    made["broken"] = folder / "坏文件.docx"
    made["broken"].write_bytes((DEV / "d01.docx").read_bytes()[:9000])
    return made


@pytest.fixture(scope="module")
def results(context: Any, server: Server, files: dict[str, Path]) -> dict[str, str]:
    """All five handed in at once and waited for; the addresses of the results."""
    page = context.new_page()
    visit = Visit(page=page, said=listen(page), address=server.address)
    visit.go("/")
    page.get_by_text("把合同拖到这里").first.wait_for(timeout=WAIT)
    visit.shot("upload-empty")
    visit.upload(*files.values())
    page.get_by_text("这次的合同").wait_for(timeout=WAIT)
    visit.shot("upload-running")
    found = {kind: visit.done(files[kind].name) for kind in ("docx", "pdf", "txt", "scan")}
    visit.shot("upload-done")
    broken = page.locator("article.file", has_text=files["broken"].name).first.inner_text()
    page.close()
    assert visit.said == []
    assert re.search(r"没有(审成|收下)", broken)
    assert "损坏" in broken or "不完整" in broken
    return found


def opened(visit: Visit, address: str) -> Any:
    """The panes of a result."""
    visit.page.goto(urljoin(visit.address + "/", address))
    panes = visit.page.locator(".evidence")
    panes.locator(".finding").first.wait_for(timeout=WAIT)
    return panes


def until(told: Callable[[], int], seconds: float = 5.0) -> int:
    """What ``told`` says as soon as it is something; scrolling takes a few frames, more on a busy machine."""
    end = time.monotonic() + seconds
    while not (found := told()) and time.monotonic() < end:
        time.sleep(0.05)
    return found


def unfolded(card: Any) -> Any:
    """The card of a finding, opened by a click if it is not."""
    if card.locator(".head").get_attribute("aria-expanded") != "true":
        card.locator(".head").click()
    return card


@pytest.mark.parametrize(
    "kind", ["docx", pytest.param("pdf", marks=pytest.mark.slow), pytest.param("scan", marks=pytest.mark.slow)]
)
def test_a_click_on_a_finding_brings_its_clause_into_view(visit: Visit, results: dict[str, str], kind: str) -> None:
    panes = opened(visit, results[kind])
    cards = panes.locator(".finding")
    seen = 0
    for number in range(min(cards.count(), 6)):
        unfolded(cards.nth(number))
        if cards.nth(number).locator("blockquote").count():
            lit = until(lambda: panes.element_handle().evaluate(LIT_IN_VIEW))
            assert lit > 0, cards.nth(number).inner_text()
            seen += 1
    assert seen > 0
    visit.shot(f"result-{kind}")


@pytest.mark.slow
def test_a_changed_verdict_survives_a_reload_and_a_restart_of_the_server(
    visit: Visit, results: dict[str, str], server: Server
) -> None:
    panes = opened(visit, results["docx"])
    card = unfolded(panes.locator(".finding").first)
    card.locator("[data-decide=change]").click()
    card.locator("input[value=ok]").check()
    card.locator("textarea").fill("对方口头答应改")
    card.get_by_role("button", name="确定改判").click()
    card.get_by_text("改为达标").first.wait_for(timeout=WAIT)
    card.get_by_text("local ·").wait_for(timeout=WAIT)
    address = visit.page.url
    for again in (lambda: None, lambda: (server.stop(signal.SIGKILL), server.start())):
        visit.page.goto("about:blank")
        again()
        card = unfolded(opened(visit, address).locator(".finding").first)
        card.get_by_text("改为达标").first.wait_for(timeout=WAIT)
        card.get_by_text("对方口头答应改").wait_for(timeout=WAIT)


@pytest.mark.slow
def test_wording_is_copied(visit: Visit, results: dict[str, str]) -> None:
    panes = opened(visit, results["docx"])
    button = unfolded(panes.locator(".finding").nth(1)).locator(".copy").first
    button.click()
    panes.locator(".copy", has_text="已复制").wait_for(timeout=5000)
    copied = visit.page.evaluate("navigator.clipboard.readText()")
    assert copied == button.get_attribute("data-copy")


@pytest.mark.slow
def test_the_letter_is_written_edited_and_taken_away(visit: Visit, results: dict[str, str]) -> None:
    opened(visit, results["docx"])
    visit.page.get_by_role("button", name="写谈判清单").click()
    area = visit.page.locator("[role=dialog] textarea")
    area.wait_for(timeout=WAIT)
    visit.shot("letter")
    area.fill(area.input_value().replace("您好！", "您好，李经理！", 1))
    area.blur()
    visit.page.wait_for_timeout(1500)
    with visit.page.expect_download(timeout=WAIT) as download:
        visit.page.get_by_role("button", name="下载 Word").click()
    text = "\n".join(p.text for p in docx.Document(io.BytesIO(download.value.path().read_bytes())).paragraphs)
    assert "您好，李经理！" in text
    assert "底线" not in text


@pytest.mark.slow
def test_every_report_is_downloaded_and_opens(visit: Visit, results: dict[str, str]) -> None:
    opened(visit, results["docx"])
    visit.page.get_by_role("button", name="下载报告").click()
    got: dict[str, Path] = {}
    for word, suffix in (("Word", "docx"), ("PDF", "pdf"), ("网页", "html"), ("Excel", "xlsx"), ("JSON", "json")):
        with visit.page.expect_download(timeout=WAIT) as download:
            visit.page.get_by_role("button", name=re.compile(word)).last.click()
        assert download.value.suggested_filename == f"店铺客服托管-审查报告.{suffix}"
        got[suffix] = download.value.path()
    advice = json.loads(got["json"].read_text(encoding="utf-8"))["verdict"]["advice"]
    jsonschema.validate(json.loads(got["json"].read_text(encoding="utf-8")), schema())
    assert advice in got["html"].read_text(encoding="utf-8")
    written = docx.Document(io.BytesIO(got["docx"].read_bytes()))
    cells = (cell.text for table in written.tables for row in table.rows for cell in row.cells)
    assert advice in "\n".join([*(p.text for p in written.paragraphs), *cells])
    assert openpyxl.load_workbook(io.BytesIO(got["xlsx"].read_bytes()))["结论"].max_row == 30
    said = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(got["pdf"].read_bytes())).pages)
    assert re.sub(r"\s", "", advice) in re.sub(r"\s", "", said)


@pytest.mark.slow
def test_a_threshold_changed_in_the_standard_changes_the_verdict(
    visit: Visit, results: dict[str, str], tmp_path: Path
) -> None:
    panes = opened(visit, results["txt"])
    before = panes.locator("[data-finding='scope.response_time'] .tag").first.inner_text()
    assert before == "达标"
    visit.go("/playbook")
    visit.page.get_by_role("button", name="响应时间").first.click()
    field = visit.page.get_by_label(re.compile("秒"))
    field.first.wait_for(timeout=WAIT)
    visit.shot("playbook")
    field.first.fill("20")
    field.first.press("Enter")
    visit.page.get_by_text("改了 1 处").wait_for(timeout=WAIT)
    visit.page.get_by_role("button", name="存成我的标准").click()
    visit.page.get_by_text("已保存").first.wait_for(timeout=WAIT)
    visit.go("/")
    visit.page.get_by_label("审查标准").click()
    visit.page.get_by_role("option", name="我的标准").click()
    visit.page.wait_for_timeout(800)
    stricter = tmp_path / "更严的合同.txt"
    stricter.write_text(ONE + "第五条 本合同一式两份。\n", encoding="utf-8")
    visit.upload(stricter)
    address = visit.done(stricter.name)
    panes = opened(visit, address)
    assert panes.locator("[data-finding='scope.response_time'] .tag").first.inner_text() == "不利"
    assert "20 秒" in panes.locator("[data-finding='scope.response_time']").inner_text()


@pytest.mark.slow
def test_two_people_do_not_see_each_others_uploads(chromium: Any, server: Server, results: dict[str, str]) -> None:
    other = chromium.new_context(viewport={"width": 1280, "height": 900})
    page = other.new_page()
    visit = Visit(page=page, said=listen(page), address=server.address)
    visit.go("/")
    page.get_by_text("把合同拖到这里").first.wait_for(timeout=WAIT)
    page.wait_for_timeout(1000)
    assert page.get_by_text("店铺客服托管.docx").count() == 0
    page.get_by_text("用一份样例看看").click()
    visit.done("样例：客服外包合同.docx")
    other.close()
    assert visit.said == []


@pytest.mark.slow
def test_the_ledger_finds_names_and_clauses_and_deletes_for_good(
    visit: Visit, results: dict[str, str], server: Server
) -> None:
    visit.go("/ledger")
    table = visit.page.locator(".ledger")
    table.wait_for(timeout=WAIT)
    visit.shot("ledger")
    visit.page.get_by_label("按名称找合同").fill("外包协议")
    visit.page.get_by_label("按名称找合同").press("Enter")
    visit.page.wait_for_function("document.querySelectorAll('.ledger').length >= 0")
    visit.page.wait_for_timeout(1500)
    assert "店铺客服托管.docx" not in visit.page.locator(".ledger").inner_text()
    visit.page.get_by_label("按名称找合同").fill("")
    visit.page.get_by_label("按名称找合同").press("Enter")
    visit.page.get_by_label("在所有合同的条款里找").fill("每逾期一日按未付金额的0.05%支付违约金")
    visit.page.get_by_label("在所有合同的条款里找").press("Enter")
    hits = visit.page.locator(".hits")
    hits.wait_for(timeout=WAIT)
    visit.shot("ledger-search")
    assert "短合同.txt" in hits.inner_text()
    before = sorted((server.folder / "files").rglob("*.*"))
    row = visit.page.locator(".ledger tr", has_text="短合同.txt").first
    row.get_by_role("button", name=re.compile("删除")).click()
    visit.page.get_by_label(re.compile("确认")).fill("删除")
    visit.page.get_by_label(re.compile("确认")).press("Enter")
    visit.page.get_by_role("button", name="彻底删除").click()
    visit.page.get_by_text("已彻底删除").first.wait_for(timeout=WAIT)
    visit.go("/ledger")
    visit.page.locator(".ledger").wait_for(timeout=WAIT)
    assert "短合同.txt" not in visit.page.locator(".ledger").inner_text()
    after = sorted((server.folder / "files").rglob("*.*"))
    assert len(after) == len(before) - 1


@pytest.mark.slow
def test_every_other_page_opens(visit: Visit, results: dict[str, str]) -> None:
    for path, word in (("/evaluation", "评测"), ("/settings", "设置")):
        visit.go(path)
        visit.page.get_by_role("heading", name=word).first.wait_for(timeout=WAIT)
        visit.page.wait_for_timeout(1500)
        visit.shot(path.strip("/"))
        assert visit.page.locator("[data-testid=stException]").count() == 0


@pytest.mark.slow
def test_a_stored_review_opens_again_as_it_was(visit: Visit, results: dict[str, str]) -> None:
    names = opened(visit, results["docx"]).locator(".finding .head")
    before = names.all_inner_texts()
    visit.go("/ledger")
    visit.page.locator(".ledger").wait_for(timeout=WAIT)
    assert len(before) == 29
    assert opened(visit, results["docx"]).locator(".finding .head").all_inner_texts() == before
