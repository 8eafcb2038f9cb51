"""A contract, and the model reader over the scripted server: real HTTP, no model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.check.llm.client import connect
from pipeline.check.llm.context import ContextKind
from pipeline.check.llm.reader import Budget, ModelReader
from pipeline.playbook import load_playbook
from pipeline.review import review_document
from pipeline.settings import Settings
from pipeline.types import Finding, Review
from tests.pipeline.conftest import HashedWords, make_document
from tests.servers.openai_server import Respond, ScriptedServer
from tests.servers.reader import Said

CONTRACT = """客服外包合同
甲方（委托方）：锦绣山河服饰有限公司
乙方（受托方）：海州云帆客服有限公司
联系人：欧阳明月　电话：13912345678
第一条 乙方负责甲方店铺的售前咨询、售后退换货及投诉处理。
第二条 乙方客服首次响应时间不超过60秒。
第三条 甲方逾期付款的，每逾期一日按未付金额的0.05%支付违约金。
第四条 乙方应对甲方的客户信息和订单保密，不得向第三方披露。
第五条 乙方客服月流失率不超过10%。
第六条 甲方提前30日书面通知乙方即可解除本合同。
第七条 因本合同发生争议，提交乙方所在地人民法院诉讼解决。
"""
TABLE: dict[str, Said] = {
    "scope.service_types": ("ok", "售前咨询、售后退换货及投诉处理"),
    "scope.response_time": ("adverse", "首次响应时间不超过60秒"),
    "fees.late_payment": ("ok", "每逾期一日按未付金额的0.05%支付违约金"),
    "data.confidentiality": ("ok", "对甲方的客户信息和订单保密，不得向第三方披露"),
    "staffing.turnover": ("ok", "客服月流失率不超过10%"),
    "term.notice": ("ok", "提前30日书面通知乙方即可解除"),
    "term.exit": ("ok", "提前30日书面通知乙方即可解除"),
    "term.dispute": ("adverse", "提交乙方所在地人民法院诉讼解决"),
}
Reviewer = Callable[..., Review]


@pytest.fixture
def reviewed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Reviewer:
    """Reviews ``CONTRACT`` (or ``text``) with the model behind ``server``; settings by keyword."""
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")

    def review(
        server: ScriptedServer,
        *,
        text: str = CONTRACT,
        context: str = "full",
        budget: Budget | None = None,
        mask: bool = True,
        **options: object,
    ) -> Review:
        monkeypatch.setenv("OPENAI_BASE_URL", server.url)
        values = {
            "model": "scripted",
            "cache": False,
            "data_dir": tmp_path,
            "model_retries": 0,
            "model_timeout": 5.0,
            **options,
        }
        client = connect(Settings.model_validate(values))
        reader = ModelReader(
            client=client,
            embedder=HashedWords(),
            context=ContextKind(context),
            budget=budget or Budget(),
            mask=mask,
        )
        return review_document(make_document(text), engine="llm", embedder=HashedWords(), reader=(reader, client.name))

    return review


def server(respond: Respond, **options: object) -> ScriptedServer:
    """A scripted server that knows the model ``scripted``."""
    return ScriptedServer(respond, models=("scripted",), **options)  # type: ignore[arg-type]


def finding(review: Review, checkpoint: str) -> Finding:
    """The finding on one checkpoint."""
    return next(f for f in review.findings if f.checkpoint == checkpoint)


CHECKPOINTS = tuple(c.id for c in load_playbook().checkpoints)
