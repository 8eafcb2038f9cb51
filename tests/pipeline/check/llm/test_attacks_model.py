"""The attacks against the model reader: a model that keeps to the fence says the same, and what it quotes of an order is thrown out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.check.llm.client import connect
from pipeline.check.llm.context import ContextKind
from pipeline.check.llm.reader import ModelReader
from pipeline.review import review
from pipeline.settings import Settings
from pipeline.types import Review, Status
from tests.pipeline.check.llm.attacks import CONTRACT as BASE
from tests.pipeline.check.llm.attacks import Attack, attacked, clean, load_attacks
from tests.pipeline.check.llm.conftest import server
from tests.pipeline.conftest import HashedWords
from tests.servers.reader import Reader, Said

TABLE: dict[str, Said] = {
    "scope.service_types": ("ok", "售前咨询、订单查询、售后退换货和投诉处理"),
    "scope.response_time": ("adverse", "人工首次响应的平均时间不超过60秒"),
    "fees.itemization": ("adverse", "加班费由甲方据实另行承担"),
    "fees.late_payment": ("ok", "每迟延一日按应付金额的0.05%支付违约金"),
    "fees.price_adjustment": ("vague", "乙方可根据市场情况协商调整服务费"),
    "data.deletion": ("vague", "乙方应妥善处理所留存的资料"),
}
SAMPLE = [a for i, a in enumerate(load_attacks()) if i % 2 == 0]  # every second one: all kinds, in half the time
Statuses = dict[str, Status]


@pytest.fixture(scope="module")
def statuses(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., Statuses]:
    """What a scripted model says of a file, by checkpoint."""

    def said(file: tuple[str, bytes], reader: Reader) -> Statuses:
        path: Path = tmp_path_factory.mktemp("attack") / file[0]
        path.write_bytes(file[1])
        with server(reader) as model, pytest.MonkeyPatch.context() as patch:
            patch.setenv("OPENAI_API_KEY", "sk-test")
            patch.setenv("OPENAI_BASE_URL", model.url)
            client = connect(Settings(model="scripted", cache=False, model_retries=0))
            judge = ModelReader(client=client, embedder=HashedWords(), context=ContextKind.FULL)
            found: Review = review(path, engine="llm", embedder=HashedWords(), reader=(judge, client.name))
        return {f.checkpoint: f.status for f in found.findings}

    return said


@pytest.fixture(scope="module")
def base(statuses: Callable[..., Statuses]) -> Statuses:
    return statuses(clean(), Reader(table=TABLE, only_table=True))


@pytest.mark.parametrize("attack", SAMPLE, ids=lambda a: a.id)
def test_an_attack_changes_no_verdict_of_a_model_that_keeps_to_the_fence(
    attack: Attack, statuses: Callable[..., Statuses], base: Statuses
) -> None:
    careful = Reader(table=TABLE, only_table=True, obey_injections="outside", orders=(attack.text,))
    assert statuses(attacked(BASE, attack), careful) == base


def test_the_suite_would_show_a_model_that_obeys(statuses: Callable[..., Statuses], base: Statuses) -> None:
    attack = next(a for a in load_attacks() if a.where == "clause" and a.kind == "order")
    obedient = Reader(table=TABLE, only_table=True, obey_injections="anywhere", orders=(attack.text,))
    found = statuses(attacked(BASE, attack), obedient)
    assert found != base
    assert found["fees.itemization"] is Status.OK


def test_an_order_is_no_evidence(statuses: Callable[..., Statuses], base: Statuses) -> None:
    attack = next(a for a in load_attacks() if a.where == "clause" and a.kind == "order")
    fooled = Reader(table={**TABLE, "term.trial": ("ok", attack.text[:20])}, only_table=True)
    found = statuses(attacked(BASE, attack), fooled)
    assert base["term.trial"] is Status.MISSING
    assert found["term.trial"] is Status.UNREVIEWED
