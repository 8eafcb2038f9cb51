"""The shell of the page: every page opens, files are handed in, watched and corrected, the key only goes in, others stay out."""

from __future__ import annotations

import json
import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import HTMLResponse, JSONResponse, Response
from starlette.routing import Route
from starlette.testclient import TestClient
from streamlit.runtime.pages_manager import PagesManager
from streamlit.testing.v1 import AppTest, app_test
from typer.testing import CliRunner

from pipeline import saved
from pipeline.cli import app as command
from pipeline.errors import SettingsError
from pipeline.playbook import load_playbook
from pipeline.settings import keep, settings
from pipeline.store import ReviewOptions, ReviewRecord, State, Store
from pipeline.types import Party
from tests.eval.conftest import FIRST, SECOND
from tests.ui.conftest import Still
from tests.ui.pages import APP, add, made, said
from tests.ui.pages import store as store
from ui import access, session
from ui.components import outgoing
from ui.components.files import shown
from ui.shell import COOKIE, Shell, ours, theme

BROWSER, OTHER = "0" * 32, "f" * 32
SECRET = "sk-never-shown-0123456789"
PAGES = ("upload", "ledger", "playbook", "evaluation", "settings")


class Navigated(PagesManager):
    """As in the server (``ui/serve.py``): a page is reached through the app's script only, though it lies in a folder called pages."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        PagesManager.uses_pages_directory = False


@pytest.fixture(autouse=True)
def through_the_app(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(app_test, "PagesManager", Navigated)
    yield
    PagesManager.uses_pages_directory = None


def open_page(name: str) -> AppTest:
    """A page within the app, as a browser gets it: with the bar, behind the sign-in."""
    at = AppTest.from_file(str(APP), default_timeout=60).run()
    return at if name == "upload" else at.switch_page(f"pages/{name}.py").run()


def submitted(store: Store, name: str = "合同.txt", **options: object) -> ReviewRecord:
    asked = ReviewOptions(**options)  # type: ignore[arg-type]
    return store.submit(add(store, name).id, asked, who="local", session=BROWSER)


def button(at: AppTest, label: str) -> AppTest:
    (found,) = [b for b in at.button if b.label == label]
    return found.click().run()


@pytest.mark.parametrize("name", PAGES)
def test_every_page_opens_on_an_empty_store(store: Store, queue: Still, name: str) -> None:
    at = open_page(name)
    assert not at.exception
    assert not at.error
    links = [e.proto.label for e in at._tree if e.type == "page_link"][:6]
    assert links == ["审约", "审查", "台账", "审查标准", "评测", "设置"]


def test_the_sample_is_reviewed_by_one_click(store: Store, queue: Still) -> None:
    at = button(open_page("upload"), "用一份样例看看")
    (record,) = store.reviews()
    assert record.state is State.QUEUED
    assert record.options == ReviewOptions()
    assert record.session == BROWSER
    assert queue.woken == 1
    assert "样例：客服外包合同.docx" in said(at)
    assert "排队中" in said(at)


def test_files_are_handed_in_and_what_is_no_contract_is_refused_with_what_to_do(store: Store, queue: Still) -> None:
    at = open_page("upload")
    old = ("旧合同.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "application/msword")
    good = ("新合同.txt", FIRST.encode(), "text/plain")
    at = at.file_uploader[0].set_value([old, good, ("空.txt", b" \n", "text/plain")]).run()
    assert [record.contract_name for record in store.reviews()] == ["新合同.txt"]
    text = said(at)
    assert "旧合同.doc" in text
    assert "另存为" in text
    assert "文件是空的" in text
    assert len(store.contracts()) == 1
    at = next(b for b in at.button if b.label == "知道了").click().run()
    assert "旧合同.doc" not in said(at)


def test_a_file_over_the_limit_is_refused(store: Store, queue: Still, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENYUE_MAX_FILE_MB", "1")
    settings.cache_clear()
    at = (
        open_page("upload")
        .file_uploader[0]
        .set_value(("大.pdf", b"%PDF-1.4" + bytes(2 << 20), "application/pdf"))
        .run()
    )
    assert "超过上限 1 MB。请压缩" in said(at)
    assert not store.contracts()


def test_how_to_review_is_asked_before(store: Store, queue: Still) -> None:
    book = store.save_playbook("严格的", "extends: default\nname: 严格的\n", owner="local")
    at = open_page("upload")
    at.segmented_control(key="side").set_value("乙方")
    at.selectbox(key="standard").set_value(book.id)
    button(at.run(), "用一份样例看看")
    (record,) = store.reviews()
    assert record.options == ReviewOptions(merchant=Party.YI, playbook=book.id)


def test_a_model_is_offered_only_where_one_is_set_and_what_leaves_is_said(
    store: Store, queue: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    at = open_page("upload")
    assert not at.radio
    assert "合同内容不离开这台机器" in said(at)
    monkeypatch.setenv("SHENYUE_MODEL", "a-model")
    monkeypatch.setenv("OPENAI_BASE_URL", "https://user:pass@models.example:8443/v1")
    settings.cache_clear()
    at = open_page("upload")
    assert at.radio(key="engine").value == "rules"
    assert "合同内容不离开这台机器" in said(at)
    at = at.radio(key="engine").set_value("both").run()
    assert "合同条款会发给 models.example:8443（a-model）" in said(at)
    assert "先换成代号" in said(at)
    assert "pass" not in said(at).replace("password", "")
    assert "不遮盖" in outgoing.line("llm", mask=False)


def test_a_review_is_watched_by_stage_by_page_and_by_area(store: Store, queue: Still) -> None:
    record = submitted(store)
    store.claim("test:1")
    store.advance(record.id, stage="ingest", done=3, total=12)
    assert "识别扫描页 3/12" in said(open_page("upload"))
    store.advance(record.id, stage="check")
    first, second = made(FIRST).areas[:2]
    store.area_ready(record.id, second)
    store.area_ready(record.id, first)
    text = said(open_page("upload"))
    assert "已判完 2 个方面" in text
    assert text.count("判断中") == len(load_playbook().areas) - 2
    assert "1 份正在审或排队" in text


def test_one_that_failed_says_why_and_stops_no_other(store: Store, queue: Still) -> None:
    bad, good = submitted(store, "坏.pdf"), submitted(store, "好.txt")
    store.claim("test:1")
    store.fail(bad.id, "文件有密码，打不开。请去掉密码再上传")
    store.claim("test:1")
    store.finish(good.id, made(FIRST))
    at = open_page("upload")
    text = said(at)
    assert "请去掉密码再上传" in text
    assert made(FIRST).verdict.decision in text
    assert "1 份审完，1 份没有审成" in text
    button(at, "再审一次")
    assert [r.state for r in store.reviews(contract_id=bad.contract_id)] == [State.QUEUED, State.FAILED]
    assert queue.woken == 1


def test_one_that_failed_can_be_taken_out(store: Store, queue: Still) -> None:
    bad = submitted(store, "坏.pdf")
    store.claim("test:1")
    store.fail(bad.id, "读不了")
    button(open_page("upload"), "从这里删除")
    assert not store.contracts()


def test_a_finished_one_tells_its_verdict_and_leads_to_it(store: Store, queue: Still) -> None:
    record = submitted(store)
    store.claim("test:1")
    store.finish(record.id, made(SECOND))
    at = open_page("upload")
    text = said(at)
    assert made(SECOND).verdict.decision in text
    for area in made(SECOND).areas:
        assert area.name in text
    (link,) = [e for e in at._tree if e.type == "page_link" and e.proto.label == "看结果"]
    assert record.id in link.proto.query_string


def test_the_side_is_corrected_by_a_new_review_of_the_same_contract(store: Store, queue: Still) -> None:
    record = submitted(store, playbook=None)
    store.claim("test:1")
    store.finish(record.id, made(FIRST))
    taken = made(FIRST).merchant
    at = open_page("upload")
    assert f"商家是{taken}（自动判断）" in said(at)
    at = button(at, f"商家其实是{taken.other}，重审")
    newest, _ = store.reviews(contract_id=record.contract_id)
    assert newest.options == replace(record.options, merchant=taken.other)
    assert newest.session == BROWSER
    assert f"商家是{taken.other}（您指定）" in said(at)


def test_a_running_one_can_be_called_off(store: Store, queue: Still) -> None:
    record = submitted(store)
    at = button(open_page("upload"), "取消")
    assert store.review(record.id).state is State.CANCELLED
    assert "已取消" in said(at)


def test_two_browsers_do_not_see_each_others_files(store: Store, queue: Still, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted(store, "我的合同.txt")
    assert "我的合同.txt" in said(open_page("upload"))
    monkeypatch.setattr(session, "session_id", lambda: OTHER)
    assert "我的合同.txt" not in said(open_page("upload"))


def test_a_file_name_is_text_whatever_it_holds(store: Store, queue: Still) -> None:
    submitted(store, "<img src=x onerror=alert(1)>.txt")
    at = open_page("upload")
    assert not any("<img" in e.value for e in at._tree if e.type == "html" and "<style>" not in e.value)


def test_the_list_holds_the_newest_review_of_each_contract_in_the_order_they_came(store: Store) -> None:
    base = submitted(store)
    now = datetime(2026, 3, 1, 12, tzinfo=UTC)

    def at(contract: str, seconds: int, **more: object) -> ReviewRecord:
        when = now - timedelta(seconds=seconds)
        return replace(base, contract_id=contract, id=f"{contract}{seconds}", queued_at=when, **more)  # type: ignore[arg-type]

    old = at("old", 90_000, state=State.DONE, finished_at=now - timedelta(hours=25))
    waiting = at("waiting", 90_000)
    records = [at("a", 100), at("b", 99), at("c", 98), at("d", 10), at("a", 700), old, waiting]
    assert [r.id for r in shown(records, now=now)] == ["d10", "a100", "b99", "c98", "waiting90000"]


def test_the_key_goes_in_and_never_comes_back(store: Store, queue: Still, caplog: pytest.LogCaptureFixture) -> None:
    at = open_page("settings")
    _fill(at, model="a-model", address="https://models.example/v1", key=SECRET)
    assert "现在的模型是 a-model，在 models.example，有密钥" in said(at)
    path = settings().data_dir / ".env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert SECRET in path.read_text(encoding="utf-8")
    assert os.environ["OPENAI_API_KEY"] == SECRET
    for page in (at, open_page("settings"), open_page("upload")):
        assert not page.exception
        assert SECRET not in repr([e.proto for e in page._tree if hasattr(e, "proto")])
        assert SECRET not in repr(page.session_state)
    assert SECRET not in caplog.text
    assert not any(SECRET in str(entry) for entry in store.audit_trail())
    button(open_page("settings"), "删除保存的密钥")
    assert SECRET not in path.read_text(encoding="utf-8")
    assert "OPENAI_API_KEY" not in os.environ
    assert settings().model == "a-model"


def test_a_key_does_not_follow_to_another_address(store: Store, queue: Still) -> None:
    at = open_page("settings")
    _fill(at, model="a-model", address="https://models.example/v1", key=SECRET)
    _fill(at, address="https://elsewhere.example/v1")
    assert "OPENAI_API_KEY" not in os.environ
    assert os.environ["OPENAI_BASE_URL"] == "https://elsewhere.example/v1"
    assert any("旧密钥已删除" in message.value for message in at.success)


@pytest.mark.parametrize(
    ("address", "told"),
    [
        pytest.param("models.example/v1", "http://", id="no scheme"),
        pytest.param("file:///etc/passwd", "http://", id="a file"),
        pytest.param("https://me:secret@models.example", "账号和密码", id="a password in it"),
    ],
)
def test_an_address_that_is_none_is_not_kept(store: Store, queue: Still, address: str, told: str) -> None:
    at = open_page("settings")
    _fill(at, model="a-model", address=address)
    assert told in at.error[0].value
    assert not settings().model


def test_the_environment_has_the_last_word(store: Store, queue: Still, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "from-outside")
    monkeypatch.setenv("SHENYUE_MODEL", "outer")
    settings.cache_clear()
    keep({"SHENYUE_MODEL": "inner", "SHENYUE_MASK": "false", saved.KEY: SECRET})
    assert settings().model == "outer"
    assert settings().mask is False
    assert os.environ["OPENAI_API_KEY"] == "from-outside"
    at = open_page("settings")
    assert next(f for f in at.text_input if f.label == "模型名称").disabled
    assert next(f for f in at.text_input if f.label == "密钥").disabled
    monkeypatch.delenv("OPENAI_API_KEY")


@pytest.mark.parametrize("value", ['it\'s \\ "quoted" # $HOME ${HOME}', "中文", "a=b"])
def test_what_is_kept_is_read_back(tmp_path: Path, value: str) -> None:
    saved.write(tmp_path, {saved.KEY: value})
    assert saved.read(tmp_path) == {saved.KEY: value}


@pytest.mark.parametrize("values", [{"PATH": "/"}, {saved.KEY: "a\nSHENYUE_AUTH=x"}], ids=["another name", "two lines"])
def test_nothing_else_can_be_kept(tmp_path: Path, values: dict[str, str]) -> None:
    with pytest.raises(SettingsError):
        saved.write(tmp_path, values)
    assert not list(tmp_path.glob("*env*"))


def test_what_is_sent_is_shown_and_not_sent(store: Store, queue: Still, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENYUE_MODEL", "a-model")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")  # nobody is there
    settings.cache_clear()
    record = submitted(store)
    store.claim("test:1")
    store.finish(record.id, made(FIRST))
    at = open_page("settings")
    at.selectbox(key="previewed").set_value(record.id)
    at = button(at, "看看会发出什么")
    assert not at.exception
    text = said(at)
    assert "6 次调用" in text
    assert "乙方客服首次响应时间不超过20秒" in text
    assert "〔公司1〕" in text
    assert "木棉家居" not in text
    assert "公司 2 个" in text


def test_the_data_and_the_audit_trail_are_told(store: Store, queue: Still) -> None:
    submitted(store)
    text = said(open_page("settings"))
    assert str(settings().data_dir) in text
    assert "合同文件" in text
    assert "操作记录 2 条，首尾相接" in text


def test_where_others_come_in_without_signing_in_nothing_can_be_set(
    store: Store, queue: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENYUE_UI_OPEN", "1")
    at = open_page("settings")
    assert not at.text_input
    assert str(settings().data_dir) not in said(at)


AUTH = {
    "redirect_uri": "https://shenyue.example/oauth2callback",
    "cookie_secret": "c" * 40,
    "client_id": "shenyue",
    "client_secret": "s" * 40,
    "server_metadata_url": "https://id.example/.well-known/openid-configuration",
}


def test_nobody_gets_past_the_sign_in(store: Store, queue: Still, monkeypatch: pytest.MonkeyPatch) -> None:
    submitted(store, "机密合同.txt")
    monkeypatch.setenv("SHENYUE_AUTH", json.dumps(AUTH))
    settings.cache_clear()
    for name in (*PAGES, "result"):
        at = open_page(name)
        assert not at.exception
        assert "请先登录" in said(at)
        assert "机密合同" not in said(at)


def test_whoever_signs_in_has_what_is_theirs_and_an_administrator_everything(
    store: Store, queue: Still, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SHENYUE_AUTH", json.dumps(AUTH))
    monkeypatch.setenv("SHENYUE_ADMINS", "boss@x.cn，Chief@X.cn")
    settings.cache_clear()

    def signed(**claims: object) -> None:
        monkeypatch.setattr(st, "user", SimpleNamespace(is_logged_in=True, to_dict=lambda: claims))

    signed(email="An@X.cn", email_verified=True)
    assert (session.signed_in(), session.owner(), session.is_admin()) == (True, "an@x.cn", False)
    assert not session.may_configure()
    signed(email="chief@x.cn")
    assert session.is_admin()
    assert session.may_configure()
    signed(email="chief@x.cn", email_verified=False)
    assert not session.signed_in()
    signed(sub="1")
    assert not session.signed_in()


def test_the_provider_is_read_from_a_file_or_from_the_words_themselves(tmp_path: Path) -> None:
    toml = tmp_path / "auth.toml"
    toml.write_text("[auth]\n" + "\n".join(f'{k} = "{v}"' for k, v in AUTH.items()), encoding="utf-8")
    assert access.sign_in(str(toml)) == access.sign_in(json.dumps(AUTH)) == AUTH
    assert access.sign_in("") is None


@pytest.mark.parametrize(
    ("told", "problem"),
    [
        pytest.param("/no/such/file.toml", "读不了", id="no file"),
        pytest.param("{not json", "读不懂", id="no JSON"),
        pytest.param(json.dumps({**AUTH, "client_secret": ""}), "少了 client_secret", id="left out"),
    ],
)
def test_a_provider_that_cannot_be_used_is_told_without_its_secrets(told: str, problem: str) -> None:
    with pytest.raises(SettingsError, match=problem) as error:
        access.sign_in(told)
    assert "cccc" not in str(error.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1", "[::1]", "127.8.8.8"])
def test_one_s_own_machine_needs_no_sign_in(host: str) -> None:
    access.check_bind(host, signed=False, open_to_network=False)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "intranet", "localhost.example.com", ""])
def test_others_need_a_sign_in_or_a_word(host: str) -> None:
    with pytest.raises(SettingsError, match="--open-to-network"):
        access.check_bind(host, signed=False, open_to_network=False)
    access.check_bind(host, signed=True, open_to_network=False)
    access.check_bind(host, signed=False, open_to_network=True)


def test_the_command_refuses_in_chinese_and_ends_with_2() -> None:
    result = CliRunner().invoke(command, ["ui", "--host", "0.0.0.0"])
    assert result.exit_code == 2
    assert "不用登录就看到合同" in result.output


def test_the_theme_sends_nothing_home_and_shows_no_toolbar() -> None:
    found = theme()
    assert found["browser.gatherUsageStats"] is False
    assert found["client.toolbarMode"] == "minimal"
    assert found["logger.hideWelcomeMessage"] is True
    for name in found:
        st.get_option(name)  # Streamlit knows it


def _page(request: Request) -> Response:
    return HTMLResponse('<html lang="en"><title>Streamlit</title>', headers={"etag": '"1"'})


def _data(request: Request) -> Response:
    return JSONResponse({"title": "<title>Streamlit</title>"})


@pytest.fixture
def browser() -> TestClient:
    routes = [Route("/", _page), Route("/data", _data)]
    return TestClient(Starlette(routes=routes, middleware=[Middleware(Shell)]), headers={"accept": "text/html"})


def test_a_browser_gets_one_session_and_the_page_in_chinese(browser: TestClient) -> None:
    first = browser.get("/")
    assert first.text == '<html lang="zh-CN"><title>审约</title>'
    assert int(first.headers["content-length"]) == len(first.content)
    assert "etag" not in first.headers
    cookie = first.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert len(browser.cookies[COOKIE]) == 32
    assert "set-cookie" not in browser.get("/").headers


@pytest.mark.parametrize("cookie", ["short", "../../etc", "z" * 32])
def test_a_session_nobody_gave_out_is_replaced(browser: TestClient, cookie: str) -> None:
    assert "set-cookie" in browser.get("/", headers={"cookie": f"{COOKIE}={cookie}"}).headers


def test_what_is_no_page_passes_unchanged(browser: TestClient) -> None:
    answer = browser.get("/data", headers={"accept": "*/*"})
    assert answer.json() == {"title": "<title>Streamlit</title>"}
    assert "set-cookie" not in answer.headers
    assert answer.headers["content-security-policy"] == "frame-ancestors 'none'"


def test_streamlits_own_page_has_the_words_that_are_replaced() -> None:
    page = (Path(st.__file__).parent / "static" / "index.html").read_bytes()
    changed = ours(page).decode()
    assert 'lang="zh-CN"' in changed
    assert "Streamlit</title>" not in changed
    assert "You need to enable" not in changed


def _fill(at: AppTest, *, model: str | None = None, address: str | None = None, key: str | None = None) -> None:
    for label, value in (("模型名称", model), ("服务地址", address), ("密钥", key)):
        if value is not None:
            next(field for field in at.text_input if field.label == label).set_value(value)
    button(at, "保存")
