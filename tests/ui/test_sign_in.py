"""Signing in for real: Streamlit's OpenID Connect against a provider of the tests, in a browser."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from pipeline.store import ReviewOptions, open_store
from tests.eval.conftest import FIRST
from tests.pipeline.conftest import HashedWords
from tests.ui.provider import CLIENT, SECRET, Provider, provider
from tests.ui.server import CHROMIUM, Server, free_port

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM.exists(), reason="no chromium"),
]
SECONDS = 60_000


@pytest.fixture(scope="module")
def signing() -> Iterator[Provider]:
    with provider(free_port()) as it:
        yield it


@pytest.fixture(scope="module")
def server(signing: Provider, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    folder = tmp_path_factory.mktemp("signing") / "data"
    port = free_port()
    auth = {
        "redirect_uri": f"http://127.0.0.1:{port}/oauth2callback",
        "cookie_secret": "of-the-tests-0123456789-0123456789-01",
        "client_id": CLIENT,
        "client_secret": SECRET,
        "server_metadata_url": signing.metadata,
    }
    kept = open_store(folder=folder, embedder=HashedWords)
    for owner in ("an@x.cn", "bo@x.cn"):
        contract = kept.add_contract(f"{owner}的合同.txt", FIRST.encode(), owner=owner)
        review = kept.submit(contract.id, ReviewOptions(), who=owner)
        kept.cancel(review.id, who=owner)
    kept.close()
    it = Server(folder=folder, port=port, environment={"SHENYUE_AUTH": json.dumps(auth), "SHENYUE_ADMINS": "boss@x.cn"})
    it.start()
    yield it
    it.stop()


def sign_in(chromium: Any, server: Server, signing: Provider, **claims: object) -> Any:
    signing.claims = claims
    page = chromium.new_context().new_page()
    page.goto(f"{server.address}/ledger")
    page.get_by_role("button", name="用公司账号登录").click(timeout=SECONDS)
    return page


@pytest.mark.slow
def test_one_sees_one_s_own_and_an_administrator_all(chromium: Any, server: Server, signing: Provider) -> None:
    page = sign_in(chromium, server, signing, email="An@x.cn", email_verified=True)
    page.get_by_text("退出登录").wait_for(timeout=SECONDS)
    assert page.get_by_text("an@x.cn", exact=True).count() == 1
    page.goto(f"{server.address}/ledger")
    page.get_by_text("an@x.cn的合同.txt").wait_for(timeout=SECONDS)
    assert page.get_by_text("bo@x.cn的合同.txt").count() == 0
    page.goto(f"{server.address}/settings")
    page.get_by_text("设置由管理员改").wait_for(timeout=SECONDS)
    page.get_by_text("退出登录").click()
    page.get_by_role("button", name="用公司账号登录").wait_for(timeout=SECONDS)

    page = sign_in(chromium, server, signing, email="boss@x.cn", email_verified=True)
    page.get_by_text("退出登录").wait_for(timeout=SECONDS)
    page.goto(f"{server.address}/ledger")
    page.get_by_text("an@x.cn的合同.txt").wait_for(timeout=SECONDS)
    page.get_by_text("bo@x.cn的合同.txt").wait_for(timeout=SECONDS)


def test_an_address_that_is_not_verified_gets_nowhere(chromium: Any, server: Server, signing: Provider) -> None:
    page = sign_in(chromium, server, signing, email="boss@x.cn", email_verified=False)
    page.get_by_text("没有带回验证过的邮箱").wait_for(timeout=SECONDS)
    assert page.get_by_text("台账").count() == 0


def test_nothing_is_said_before(chromium: Any, server: Server) -> None:
    page = chromium.new_context().new_page()
    for address in ("", "ledger", "result", "settings", "playbook"):
        page.goto(f"{server.address}/{address}")
        page.get_by_role("heading", name="请先登录").wait_for(timeout=SECONDS)
        assert "x.cn" not in page.inner_text("body")
