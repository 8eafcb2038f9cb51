"""A contract read by a real model over real HTTP: a weak reader, so what is held to account is everything around it.

``make test-model`` installs the model and runs this; it takes minutes, so ``pytest`` leaves it out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from pipeline.check.engines import checker
from pipeline.embed import configured_embedder
from pipeline.ground import ground
from pipeline.report import render
from pipeline.report.json import schema
from pipeline.review import review
from pipeline.settings import Settings
from pipeline.types import Review, Status
from tests.pipeline.check.llm.conftest import CHECKPOINTS
from tests.servers.local_model import LocalModel, ModelUnavailable, assemble, installed

pytestmark = [
    pytest.mark.model,
    pytest.mark.slow,
    pytest.mark.skipif(not installed(), reason="the model is not installed; `make model`"),
]

# Short, and with every status in it: figures inside and outside the standard, a blank, silence on half of the checkpoints.
CONTRACT = """客服外包服务合同
甲方（委托方）：锦绣山河服饰有限公司
乙方（受托方）：海州云帆客服有限公司
第一条 服务内容：乙方负责甲方天猫店铺的售前咨询、售后退换货处理及投诉处理，服务时间为每日8:00至24:00。
第二条 乙方客服首次响应时间平均不超过60秒，问题一次解决率不低于____%。
第三条 服务费按坐席计算，每席每月5800元，每月10日前结清上月费用。甲方逾期付款的，每逾期一日按未付金额的0.05%支付违约金。
第四条 乙方应对甲方的客户信息和订单数据保密，不得向任何第三方披露；合同终止后三日内删除全部数据。
第五条 乙方保证客服月流失率不超过10%，新客服上岗前培训不少于5天。
第六条 任何一方提前30日书面通知对方即可解除本合同。
第七条 乙方有权根据市场情况单方调整服务费标准。
第八条 因本合同发生争议，提交乙方所在地人民法院诉讼解决。
"""


@pytest.fixture(scope="module")
def model() -> Iterator[LocalModel]:
    with LocalModel() as served:
        yield served


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("local_model")
    (folder / "合同.txt").write_text(CONTRACT, encoding="utf-8")
    return folder


def _review(place: Path, model: LocalModel, engine: str) -> Review:
    # The calls stand in line before one slot, so the last waits for all; replies are kept for the second reading.
    settings = Settings.model_validate(
        {
            "model": model.name,
            "data_dir": place / "data",
            "model_timeout": 1800,
            "model_retries": 0,
            "max_output_tokens": 700,
        }
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_BASE_URL", model.url)
        patch.setenv("OPENAI_API_KEY", "none")
        embedder = configured_embedder()
        reader = checker(engine, embedder, settings)
        return review(place / "合同.txt", engine=engine, embedder=embedder, reader=reader)


@pytest.fixture(scope="module")
def read(place: Path, model: LocalModel) -> Review:
    """The contract read by the model, all six areas, the whole contract in every call."""
    return _review(place, model, "llm")


def test_every_checkpoint_has_a_finding_and_the_server_lives(read: Review, model: LocalModel) -> None:
    assert [f.checkpoint for f in read.findings] == list(CHECKPOINTS)
    assert len(read.areas) == 6
    assert read.engine.model == model.name
    assert model.alive


def test_every_citation_is_cut_from_the_contract(read: Review) -> None:
    for found in read.findings:
        assert all(read.document.text[c.start : c.end] == c.text for c in found.citations), found
        assert found.citations or found.status in (Status.MISSING, Status.UNREVIEWED), found


def test_a_rejected_quote_is_not_in_the_contract_and_is_shown(read: Review) -> None:
    shown = render(read, "md")
    for quote in (quote for f in read.findings for quote in f.rejected_quotes):
        assert ground(quote, read.document, None, read.clauses) is None, quote
    assert shown.count("合同里找不到、已弃用的引文") == sum(bool(f.rejected_quotes) for f in read.findings)


def test_what_could_not_be_read_says_why_in_chinese_and_what_is_missing_where_it_was_sought(read: Review) -> None:
    for found in read.findings:
        if found.status is Status.UNREVIEWED:
            assert re.search(r"[一-鿿]{6}", found.reason), found
        if found.status is Status.MISSING:
            assert found.searched, found
            assert not found.citations, found


def test_the_json_is_valid_and_the_use_is_counted(read: Review) -> None:
    data = json.loads(render(read, "json"))
    jsonschema.Draft202012Validator(schema()).validate(data)
    assert data["usage"]["calls"] >= 6
    assert data["usage"]["input_tokens"] > 6 * 1500
    assert data["usage"]["output_tokens"] > 6 * 20
    assert 0 <= data["usage"]["cached_tokens"] < data["usage"]["input_tokens"]


def test_both_readers_side_by_side_from_the_kept_replies(read: Review, place: Path, model: LocalModel) -> None:
    both = _review(place, model, "both")
    assert [f.checkpoint for f in both.findings] == list(CHECKPOINTS)
    jsonschema.Draft202012Validator(schema()).validate(json.loads(render(both, "json")))
    by_model = {f.checkpoint: f for f in read.findings}
    for found in both.findings:
        assert found.citations or found.status in (Status.MISSING, Status.UNREVIEWED), found
        if found.disagreement is not None:
            assert found.disagreement.model.status is by_model[found.checkpoint].status
            assert found.disagreement.rules.status is not found.disagreement.model.status


def test_a_model_with_another_hash_is_not_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.servers.local_model.SHA256", "0" * 64)
    with pytest.raises(ModelUnavailable, match="make model"):
        assemble(tmp_path)
    assert list(tmp_path.iterdir()) == []
