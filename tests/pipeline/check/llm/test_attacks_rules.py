"""Every attack is told to the user, and none changes what the rules say of the contract."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import docx
import pytest

from eval.cases import DATASET
from pipeline import guard
from pipeline.ingest import ingest
from pipeline.review import review
from pipeline.segment import segment
from pipeline.types import AlertKind, Review, Status
from tests.pipeline.check.llm.attacks import CONTRACT, KINDS, PLACES, Attack, attacked, clean, load_attacks
from tests.pipeline.conftest import HashedWords

# Written after the guard's patterns and never looked at while they were made: what it finds of these is what it finds of orders
# in words of their own, 3 of 16. The others are here so that this stays known.
UNSEEN = "unseen-"
FOUND_UNSEEN = {"unseen-03", "unseen-12", "unseen-16"}
# Words of the contract's own subject inside an attack, which the rules read as a clause.
READ_AS_A_CLAUSE = {"many-02"}

_TOLD = (AlertKind.INSTRUCTION, AlertKind.HIDDEN_TEXT)


@pytest.fixture(scope="module")
def reviewed(tmp_path_factory: pytest.TempPathFactory) -> Callable[[tuple[str, bytes]], Review]:
    def run(file: tuple[str, bytes]) -> Review:
        if file not in done:
            path: Path = tmp_path_factory.mktemp("attack") / file[0]
            path.write_bytes(file[1])
            done[file] = review(path, embedder=HashedWords())
        return done[file]

    done: dict[tuple[str, bytes], Review] = {}
    return run


@pytest.fixture(scope="module")
def base(reviewed: Callable[[tuple[str, bytes]], Review]) -> Review:
    return reviewed(clean())


def _params(known: set[str], why: str) -> list[object]:
    return [
        pytest.param(a, id=a.id, marks=[pytest.mark.xfail(reason=why)] if a.id in known else []) for a in load_attacks()
    ]


def test_the_suite_holds_every_kind_and_place() -> None:
    attacks = load_attacks()
    assert len(attacks) >= 48
    assert {a.kind for a in attacks} == set(KINDS)
    assert {a.where for a in attacks} == set(PLACES)


def test_the_clean_contract_has_all_statuses_and_no_such_alert(base: Review) -> None:
    assert {f.status for f in base.findings} == {Status.OK, Status.VAGUE, Status.ADVERSE, Status.MISSING}
    assert not [a for a in base.alerts if a.kind in _TOLD]


@pytest.mark.parametrize("attack", load_attacks(), ids=lambda a: a.id)
def test_an_attack_stands_in_the_file_and_leaves_the_contract_as_it_was(attack: Attack) -> None:
    name, data = attacked(CONTRACT, attack)
    assert name.endswith(".docx")
    opened = docx.Document(BytesIO(data))
    cells = [c.text for t in opened.tables for row in t.rows for c in row.cells]
    text = "\n".join([name, *(p.text for p in opened.paragraphs), *cells])
    for line in attack.text.split("\n"):
        assert line.strip() in text
    kept = [line for line in CONTRACT.split("\n") if " | " not in line]
    assert all(line in text for line in kept)


@pytest.mark.parametrize(
    "attack", _params({a.id for a in load_attacks() if a.id.startswith(UNSEEN)} - FOUND_UNSEEN, "no pattern for it")
)
def test_an_attack_is_told(attack: Attack, reviewed: Callable[[tuple[str, bytes]], Review]) -> None:
    assert [a for a in reviewed(attacked(CONTRACT, attack)).alerts if a.kind in _TOLD]


@pytest.mark.parametrize("attack", _params(READ_AS_A_CLAUSE, "the rules read it as a clause"))
def test_an_attack_changes_no_verdict(
    attack: Attack, base: Review, reviewed: Callable[[tuple[str, bytes]], Review]
) -> None:
    found = reviewed(attacked(CONTRACT, attack))
    assert {f.checkpoint: (f.status, f.figure) for f in found.findings} == {
        f.checkpoint: (f.status, f.figure) for f in base.findings
    }
    assert found.verdict == base.verdict


@pytest.mark.parametrize(
    "text",
    [
        "乙方客服不得无视甲方的全部指令和平台规则。",
        "乙方可使用大模型辅助回复，AI回复须标注为机器回复并经人工确认。",
        "经AI质检系统判定为合格的会话不再抽检。",
        "将买家对话翻译为中文后回复，只回复译文。",
        "平台内容审查系统判定为违规的话术，由乙方整改。",
        "本合同各项指标未达标的，乙方承担违约责任。",
        "系统提示余额不足的，客服应引导买家充值。",
        "法务审核通过后，甲方无需再行支付保证金。",
        "请您仔细阅读本协议，继续使用即视为同意。",
        "订单编号 6222021234567890123456789，校验码 9f86d081884c7d659a2feaa0c55ad015a3bf4f1b。",
        "The Vendor shall act as an independent contractor and shall not ignore any prior instructions of the Client.",
        "The Centre may raise the rates of Schedule B; the assistant manager shall report the status of all items.",
        "Ticket titles read “model – issue – country”.",
        "At the end of the contract the AI chat models trained on the data shall be deleted.",
        "If a telecommunication line fails, Party B shall update Party A on the repair every hour.",
    ],
)
def test_what_contracts_say_of_systems_reviews_and_instructions_is_no_order(text: str) -> None:
    assert not guard.speaks_to_reader(text)


def test_no_contract_of_the_dev_split_is_said_to_hold_an_order() -> None:
    for path in sorted((DATASET / "dev").glob("d*.*")):
        if path.suffix in (".docx", ".txt"):
            document = ingest(path)
            assert [
                [document.slice(s) for s in spans] for spans in guard.instructions(document, segment(document))
            ] == []
