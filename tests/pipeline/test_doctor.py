from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline import doctor
from pipeline.doctor import Check
from pipeline.settings import settings
from tests.servers import replies
from tests.servers.openai_server import Respond, ScriptedServer

KEY = "sk-geheim-0123456789"
EMPTY = json.dumps({"findings": []})
Examine = Callable[[ScriptedServer], dict[str, Check]]


@pytest.fixture(autouse=True)
def _fresh_settings(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("SHENYUE_MODEL", raising=False)
    settings.cache_clear()
    yield
    settings.cache_clear()


@pytest.fixture
def examine(monkeypatch: pytest.MonkeyPatch) -> Examine:
    """What is said of the model behind a server; the key is never said."""
    monkeypatch.setenv("SHENYUE_MODEL", "scripted")
    monkeypatch.setenv("SHENYUE_MODEL_RETRIES", "0")
    monkeypatch.setenv("SHENYUE_MODEL_TIMEOUT", "5")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    def examined(server: ScriptedServer) -> dict[str, Check]:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        settings.cache_clear()
        found = list(doctor._model())
        assert not any(KEY in check.detail for check in found)
        assert len({check.name for check in found}) == len(found)
        return {check.name: check for check in found}

    return examined


def server(respond: Respond = lambda request: EMPTY, **options: object) -> ScriptedServer:
    return ScriptedServer(respond, **options)  # type: ignore[arg-type]


def states(found: dict[str, Check]) -> dict[str, bool]:
    return {name: check.ok for name, check in found.items()}


def test_an_installation_that_works_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(tmp_path / "new"))
    found = {check.name: check for check in doctor.checks()}
    assert [name for name, check in found.items() if not check.ok] == []
    assert found["审查标准"].detail.startswith("电商客服外包，29 个检查点")
    assert found["试审一份"].detail.startswith("29 个检查点")


def test_a_bad_setting_is_one_failed_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHENYUE_THREADS", "0")
    first = next(iter(doctor.checks()))
    assert not first.ok
    assert "SHENYUE_THREADS" in first.detail
    settings.cache_clear()


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(tmp_path / "file"))
    checks = doctor.checks()
    next(checks)
    assert not next(checks).ok
    settings.cache_clear()


def test_a_key_is_told_of_and_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret")
    said = doctor._network()
    assert "OPENAI_API_KEY" in said
    assert "sk-secret" not in said


def test_without_a_model_one_line_says_that_none_is_needed() -> None:
    (check,) = doctor._model()
    assert check.ok
    assert "规则引擎（默认）不需要" in check.detail


def test_a_good_server_is_good_in_every_respect(examine: Examine) -> None:
    with server(key=KEY, context=40_000) as model:
        found = examine(model)
        assert len(model.calls) == 1  # the length is told, so it is not tried
    assert states(found) == {"模型服务": True, "模型名称": True, "结构化输出": True, "上下文长度": True}
    assert found["模型服务"].detail.startswith("127.0.0.1:")
    assert "JSON Schema" in found["结构化输出"].detail
    assert "40000" in found["上下文长度"].detail


def test_an_address_is_told_without_what_else_its_url_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", f"https://user:{KEY}@models.example:8443/v1?key={KEY}")
    assert doctor._host() == "models.example:8443"


def test_a_length_that_is_not_told_is_tried_once(examine: Examine) -> None:
    with server() as model:
        found = examine(model)
        assert len(model.calls) == 2
    assert found["上下文长度"].ok
    assert "试发 24000 词元" in found["上下文长度"].detail


def test_a_wrong_key_is_told_and_ends_it(examine: Examine) -> None:
    with server(key="another") as model:
        found = examine(model)
        assert model.calls == []
    assert states(found) == {"模型服务": False}
    assert "OPENAI_API_KEY" in found["模型服务"].detail


def test_an_unknown_model_is_told_with_those_there_are(examine: Examine) -> None:
    with server(models=("qwen3-32b", "qwen3-8b")) as model:
        found = examine(model)
    assert states(found) == {"模型服务": True, "模型名称": False}
    assert "SHENYUE_MODEL" in found["模型名称"].detail
    assert "qwen3-32b、qwen3-8b" in found["模型名称"].detail


def test_a_model_that_is_not_listed_and_works_is_fine(examine: Examine) -> None:
    with server(models=()) as model:
        found = examine(model)
    assert all(check.ok for check in found.values())
    assert "清单里没有，但能用" in found["模型名称"].detail


@pytest.mark.parametrize(
    ("lacks", "said"),
    [
        pytest.param(("json_schema",), "用 JSON 模式", id="no schema"),
        pytest.param(("json_schema", "json_object"), "只靠提示词", id="none"),
    ],
)
def test_the_way_of_asking_for_json_is_told(examine: Examine, lacks: tuple[str, ...], said: str) -> None:
    with server(lacks=lacks) as model:
        found = examine(model)
    assert found["结构化输出"].ok
    assert said in found["结构化输出"].detail


def test_a_model_that_answers_no_json_fails_there(examine: Examine) -> None:
    with server(lambda request: "好的，没有问题。") as model:
        found = examine(model)
    assert states(found) == {"模型服务": True, "模型名称": True, "结构化输出": False}
    assert "不合格式" in found["结构化输出"].detail


def test_no_network_is_told_with_what_to_do(examine: Examine) -> None:
    with server() as model:
        pass
    found = examine(model)  # nobody listens there any more
    assert states(found) == {"模型服务": False}
    assert "请检查网络和 OPENAI_BASE_URL" in found["模型服务"].detail


def test_a_server_that_fails_is_told(examine: Examine) -> None:
    with server(lambda request: replies.server_error(503)) as model:
        found = examine(model)
    assert states(found) == {"模型服务": True, "模型调用": False}
    assert "HTTP 503" in found["模型调用"].detail


def test_a_small_context_is_told_with_what_fits(examine: Examine) -> None:
    with server(context=16_384) as model:
        found = examine(model)
        assert len(model.calls) == 1
    assert states(found) == {"模型服务": True, "模型名称": True, "结构化输出": True, "上下文长度": False}
    assert "16384" in found["上下文长度"].detail
    assert "SHENYUE_CONTEXT_TOKENS 设为 8500" in found["上下文长度"].detail


def test_a_small_context_that_is_not_told_shows_in_the_try(examine: Examine) -> None:
    def short(request: object) -> replies.Reply | str:
        return EMPTY if len(str(request)) < 5000 else replies.context_too_long(8192, 24_000)

    with server(short) as model:
        found = examine(model)
        assert len(model.calls) == 2
    assert not found["上下文长度"].ok
    assert "读不下 24000 词元" in found["上下文长度"].detail


def test_a_server_that_cuts_the_prompt_off_in_silence_is_found_out(examine: Examine) -> None:
    body = {
        "id": "1", "object": "chat.completion", "created": 0, "model": "scripted",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": EMPTY}}],
        "usage": {"prompt_tokens": 4096, "completion_tokens": 5, "total_tokens": 4101},
    }  # fmt: skip
    cut = replies.Reply(body=json.dumps(body).encode(), headers={"Content-Type": "application/json"})
    with server(lambda request: cut) as model:
        found = examine(model)
    assert not found["上下文长度"].ok
    assert "只读了 4096" in found["上下文长度"].detail
