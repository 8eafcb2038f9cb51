"""``shenyue review`` with a model behind it, as a user runs it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib import resources
from pathlib import Path

import jsonschema
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.settings import settings
from tests.conftest import knowing_vectors
from tests.pipeline.check.llm.conftest import CONTRACT, TABLE, server
from tests.servers import replies
from tests.servers.openai_server import ScriptedServer
from tests.servers.reader import Reader

runner = CliRunner()


@pytest.fixture
def contract(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The contract as a file, and settings that name the scripted model."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-secret-key")
    monkeypatch.setenv("SHENYUE_MODEL", "scripted")
    monkeypatch.setenv("SHENYUE_DATA_DIR", str(knowing_vectors(tmp_path / "data")))
    monkeypatch.setenv("SHENYUE_MODEL_RETRIES", "0")
    settings.cache_clear()
    path = tmp_path / "合同.txt"
    path.write_text(CONTRACT, encoding="utf-8")
    yield path
    settings.cache_clear()


def shenyue(model: ScriptedServer, *arguments: object) -> tuple[int, str, str]:
    result = runner.invoke(app, ["review", *map(str, arguments)], env={"OPENAI_BASE_URL": model.url})
    return result.exit_code, result.stdout, result.stderr


def test_both_readings_of_a_disagreement_stand_in_every_format(contract: Path) -> None:
    """The rules read the notice of 30 days as ok; this model finds it vague."""
    table = {**TABLE, "term.notice": ("vague", "提前30日书面通知乙方即可解除")}
    with server(Reader(table=table, only_table=True)) as model:
        code, text, _ = shenyue(model, contract, "--engine", "both")
        assert code == 0
        assert "两种读法不同，按对商家更不利的读法" in text.replace("\n", "")
        _, page, _ = shenyue(model, contract, "--engine", "both", "--format", "html")
        assert "规则引擎 <span" in page
        _, markdown, _ = shenyue(model, contract, "--engine", "both", "--format", "md")
        assert "| 模型 | 模糊 |" in markdown
        _, data, _ = shenyue(model, contract, "--engine", "both", "--format", "json")
    review = json.loads(data)
    schema = json.loads(resources.files("pipeline.report").joinpath("review.schema.json").read_text(encoding="utf-8"))
    jsonschema.validate(review, schema)
    notice = next(f for a in review["areas"] for f in a["findings"] if f["checkpoint"] == "term.notice")
    assert notice["status"] == "vague"
    assert notice["disagreement"]["rules"]["status"] == "ok"
    assert notice["disagreement"]["model"]["status"] == "vague"
    assert review["engine"]["model"] == "scripted"


def test_what_leaves_the_machine_can_be_seen_and_is_masked(contract: Path) -> None:
    with server(Reader(table=TABLE, only_table=True)) as model:
        code, report, shown = shenyue(model, contract, "--engine", "llm", "--show-outgoing", "--format", "json")
        sent = [text for r in model.requests for _, text in r.messages]
    assert code == 0
    assert json.loads(report)["usage"]["calls"] == 6
    assert all(text in shown for text in sent)
    assert "锦绣山河" not in shown
    assert "sk-secret-key" not in shown


def test_a_wrong_key_ends_in_a_report_that_says_so(contract: Path) -> None:
    with server(lambda request: replies.bad_key()) as model:
        code, text, error = shenyue(model, contract, "--engine", "llm")
    assert code == 0
    flat = text.replace("\n", "").replace(" ", "")
    assert "模型服务不认密钥" in flat
    assert "OPENAI_API_KEY" in flat
    assert "sk-secret-key" not in text + error


def test_the_ceiling_counts_over_all_contracts_of_a_run(contract: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other = contract.with_name("另一份.txt")
    other.write_text(CONTRACT.replace("60秒", "61秒"), encoding="utf-8")
    monkeypatch.setenv("SHENYUE_MAX_RUN_TOKENS", "30000")  # the six calls of one contract and half of another's
    monkeypatch.setenv("SHENYUE_MAX_OUTPUT_TOKENS", "500")
    settings.cache_clear()
    with server(Reader(table=TABLE, only_table=True)) as model:
        code, _, _ = shenyue(
            model, contract, other, "--engine", "llm", "--format", "json", "-o", contract.parent / "out"
        )
        assert 6 <= len(model.requests) < 12
    assert code == 0
    second = json.loads((contract.parent / "out" / "另一份.txt.json").read_text(encoding="utf-8"))
    reasons = [f["reason"] for a in second["areas"] for f in a["findings"] if f["status"] == "unreviewed"]
    assert reasons
    assert all("用量到了上限" in r for r in reasons)
