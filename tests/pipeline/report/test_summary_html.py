"""A run as a page."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from pipeline.report.summary.html import as_html
from pipeline.report.summary.values import Summary
from pipeline.types import Risk, Status
from tests.pipeline.report.summaries import AREAS, OPEN_AS_FORMULA, all_of, done, failed, queued, summary, varied


class _Page(HTMLParser):
    """Links, texts and tags of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str] = []
        self.loaded: list[str] = []
        self.words: list[str] = []
        self.rows = 0
        self.handlers: list[str] = []
        self._skip = False
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self._skip = tag in ("script", "style")
        found = dict(attrs)
        self.rows += tag == "tr" and found.get("class") == "r"
        self.handlers += [name for name in found if name.startswith("on")]
        self.loaded += [found["src"] or ""] if "src" in found else []
        if tag == "a" and found.get("href"):
            self.links.append(found["href"] or "")

    def handle_data(self, data: str) -> None:
        if not self._skip:
            self.words.append(data)

    @property
    def text(self) -> str:
        return " ".join("".join(self.words).split())


def test_every_contract_is_there_without_the_script() -> None:
    page = _Page(as_html(varied()))
    assert page.rows == 7
    for said in (
        "7 份合同，审完 4 份：不建议签 1 份、改后再签 1 份、可签 2 份",
        "1 高风险",
        "没有审成 2 份",
        "文件读不了 · 1 份",
        "请去掉密码后再审",
    ):
        assert said in page.text
    assert "./%E5%8D%8E%E4%B8%9C/%E4%BA%8C.docx.html" in page.links
    assert all(link.startswith("./") for link in page.links)


def test_the_page_needs_nothing_from_outside_and_runs_its_own_script_only() -> None:
    text = as_html(varied())
    page = _Page(text)
    assert page.tags.count("script") == 1
    assert not page.loaded
    assert "link" not in page.tags
    assert not page.handlers
    (script,) = re.findall(r"<script>(.*?)</script>", text, re.S)
    allowed = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert f"default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-{allowed}'" in text
    assert "http:" not in script


@pytest.mark.parametrize(
    "name",
    [*OPEN_AS_FORMULA, "</script><script>alert(1)</script>.pdf", '"><img src=x onerror=alert(1)>', "半\udce9\x00.pdf"],
)
def test_a_name_is_never_markup(name: str) -> None:
    figures = {**all_of(Status.OK), "scope.response_time": (Status.ADVERSE, name)}
    text = as_html(
        summary(
            done(name, findings=figures),
            done("b", 2, same_as=name),
            failed(name, 3, cause=name, reason=name),
            source=name,
            conditions={name: name},
        )
    )
    page = _Page(text.encode().decode())
    assert page.tags.count("script") == 1
    assert "img" not in page.tags
    assert all(link.startswith("./") for link in page.links)


def test_an_empty_run() -> None:
    page = _Page(as_html(summary()))
    assert "这一批里没有合同。" in page.text
    assert "table" not in page.tags


def test_a_run_in_which_all_failed_shows_causes_and_no_problems() -> None:
    files = [failed(f"{n}.pdf", n) for n in range(1, 13)] + [
        failed("末.pdf", 13, cause="memory", reason="用的内存超过了 2048 MB")
    ]
    text = as_html(summary(*files))
    page = _Page(text)
    assert page.text.index("文件读不了 · 12 份") < page.text.index("内存超过上限 · 1 份")
    assert "最常见的问题" not in page.text
    assert "高风险" not in page.text
    assert AREAS[0][1] not in page.text
    assert page.rows == 13
    assert "shenyue runs resume 3f9c1b7a --failed" in page.text


def test_an_open_run_says_how_to_go_on() -> None:
    assert "接着审：shenyue runs resume 3f9c1b7a" in _Page(as_html(varied())).text
    assert "接着审" not in _Page(as_html(summary(done("a")))).text


@pytest.mark.parametrize(
    ("told", "columns"),
    [
        pytest.param(
            summary(done("a", findings={id: (Status.OK, None) for id, _, _ in AREAS[0][2]}), areas=AREAS[:1]),
            1,
            id="fewer",
        ),
        pytest.param(
            summary(done("a", findings={**all_of(Status.OK), "own.point": (Status.OK, None)})), 7, id="unknown"
        ),
    ],
)
def test_a_column_an_area(told: Summary, columns: int) -> None:
    assert as_html(told).count('<th scope="col" class="heat') == columns


def test_a_problem_names_its_contracts_worst_first_and_not_all_of_many() -> None:
    bad = {**all_of(Status.OK), "term.exit": (Status.ADVERSE, None)}
    vague = {**all_of(Status.OK), "term.exit": (Status.VAGUE, None)}
    files = [done("含糊.docx", 1, findings=vague, risk=Risk.HIGH)]
    files += [done(f"不利{n}.docx", n, findings=bad, risk=Risk.HIGH) for n in range(2, 30)]
    page = _Page(as_html(summary(*files))).text
    shown = page[page.index("最常见的问题") : page.index("先列 12 份")]
    assert re.findall(r"不利 (不利\d+)\.docx", shown) == [f"不利{n}" for n in range(2, 14)]
    assert "含糊.docx" not in shown
    assert "在合同表里看这 29 份" in page


def test_other_files_of_the_run_are_linked() -> None:
    page = _Page(as_html(summary(done("a")), beside=[("表格", "summary.xlsx")]))
    assert "./summary.xlsx" in page.links


def test_the_same_run_gives_the_same_page() -> None:
    assert as_html(varied()) == as_html(replace(varied()))


@pytest.fixture(params=[1280, 390])
def page(chromium: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Any]:
    told = varied()
    bad = next(f for f in told.files if f.position == 3)
    more = [replace(bad, name=f"批/{n}.docx", position=n) for n in range(8, 200)]
    at = tmp_path / "summary.html"
    at.write_text(as_html(replace(told, files=(*told.files, *more, queued("末.docx", 200)))), encoding="utf-8")
    opened = chromium.new_page(viewport={"width": request.param, "height": 900})
    troubles: list[str] = []
    opened.on("console", lambda message: troubles.append(message.text))
    opened.on("pageerror", lambda error: troubles.append(str(error)))
    opened.goto(at.as_uri())
    yield opened
    assert opened.evaluate("document.documentElement.scrollWidth") == request.param
    assert not troubles
    opened.close()


@pytest.mark.browser
def test_finding_filtering_and_opening(page: Any) -> None:
    shown, rows = page.locator("#shown"), page.locator("tr.r:visible")
    assert (shown.inner_text(), rows.count()) == ("200 份", 100)
    page.locator("#next button").click()
    assert rows.count() == 200
    page.fill("#find", "华东 二")
    assert (shown.inner_text(), rows.count()) == ("1 份", 1)
    rows.locator(".open").click()
    opened = page.locator("tr.more li")
    assert opened.count() == 29
    assert opened.nth(3).inner_text().split() == ["不利", "响应时间", "10", "分钟"]
    page.fill("#find", "没有这个")
    assert page.locator("#nothing").is_visible()
    assert page.locator("tr.more:visible").count() == 0
    page.fill("#find", "")
    page.get_by_role("button", name="没有审成 2").click()
    assert shown.inner_text() == "2 份"
    page.locator("#problems summary").first.click()
    page.locator("#problems .act:visible").click()
    assert shown.inner_text() == "194 份"
    assert page.get_by_role("button", name="全部 200").get_attribute("aria-pressed") == "true"
    page.select_option("#order", "n")
    assert rows.first.locator(".name").inner_text().startswith("二.docx")


@pytest.mark.browser
@pytest.mark.parametrize("page", [1280], indirect=True)
def test_an_area_opens_into_its_checkpoints(page: Any) -> None:
    page.get_by_role("button", name="服务范围与标准").click()
    assert page.locator("thead th.point").all_inner_texts() == [name for _, name, _ in AREAS[0][2]]
    assert page.locator("tr.r").first.locator("td.point").all_inner_texts() == ["达标", "缺失", "达标", "缺失", "达标"]
    page.get_by_role("button", name="服务范围与标准").click()
    assert page.locator(".point").count() == 0
