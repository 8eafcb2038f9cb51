"""What each context lets a reader that never errs see: counted cell by cell, over real HTTP and the product's own path."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from eval import contexts, engines
from eval.cases import load_cases
from eval.contexts import MODEL, Loss, Seen, Servers, Sight, read, sight, table, told
from eval.metrics.status import Cell
from eval.oracle import Call
from eval.run import run
from pipeline.check.llm.context import ContextKind
from pipeline.check.llm.reader import Budget
from pipeline.playbook import load_playbook
from pipeline.settings import Settings
from pipeline.types import Status
from tests.eval.conftest import IDS
from tests.pipeline.conftest import HashedWords

BOOK = load_playbook()
TIGHT = Budget(full=100_000, retrieved=1)  # the first clause of each checkpoint and no more

# Words that nobody would look for under the checkpoints which the labels below give them.
_AWAY = ("茶水间每周一由值日者打扫。", "双方会面时互赠台历。", "本页以下为空白页，供装订之用。")
CONTRACT = "\n".join(
    (
        "客服外包合同",
        "委托方（甲方）：木棉家居有限公司",
        "受托方（乙方）：云帆客服有限公司",
        "第一条 木棉家居有限公司的店铺由云帆客服有限公司处理售前咨询、售后退换货和投诉处理。",
        "第二条 乙方客服首次响应时间不超过90秒。",
        "第三条 甲方逾期付款的，每逾期一日按未付金额的5%支付违约金。",
        "第四条 乙方客服月流失率不超过10%。",
        f"第五条 {_AWAY[0]}",
        f"第六条 {_AWAY[1]}",
        f"第七条 {_AWAY[2]}",
        *(f"第{n}条 会议室的{what}由值日者整理。" for n, what in zip("八九十", ("桌椅", "白板", "投影"), strict=True)),
        "第十一条 因本合同发生争议，提交甲方所在地人民法院诉讼解决。",
    )
)
LABELS: dict[str, tuple[str, tuple[str, ...]]] = {
    "scope.service_types": (
        "ok",
        ("木棉家居有限公司的店铺由云帆客服有限公司处理售前咨询、售后退换货和投诉处理。",),
    ),
    "scope.response_time": ("adverse", ("乙方客服首次响应时间不超过90秒。",)),
    "fees.late_payment": ("adverse", ("甲方逾期付款的，每逾期一日按未付金额的5%支付违约金。",)),
    "staffing.turnover": ("adverse", ("乙方客服月流失率不超过10%。", _AWAY[0])),
    "staffing.reserve": ("vague", (_AWAY[1],)),
    "term.dispute": ("ok", ("因本合同发生争议，提交甲方所在地人民法院诉讼解决。",)),
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """One labelled contract, of which two pieces of evidence stand where no query leads."""
    made = tmp_path / "small"
    made.mkdir()
    write(made, LABELS)
    return made


def write(folder: Path, labels: dict[str, tuple[str, tuple[str, ...]]]) -> None:
    every = {
        i: {"status": labels[i][0], "evidence": list(labels[i][1])} if i in labels else {"status": "missing", "evidence": []}
        for i in IDS
    }  # fmt: skip
    (folder / "b1.txt").write_text(CONTRACT, encoding="utf-8")
    content = {"contract": "b1.txt", "merchant": "甲方", "labels": every}
    (folder / "b1.labels.yaml").write_text(yaml.safe_dump(content, allow_unicode=True), encoding="utf-8")


def seen(folder: Path, context: ContextKind, budget: Budget = TIGHT, record: Path | None = None) -> Sight:
    (case,) = load_cases(folder, IDS)
    contract = read(case, HashedWords())
    return sight(contract, context, BOOK, HashedWords(), Servers.found(), budget=budget, record=record)


def by_checkpoint(found: Sight) -> dict[str, Seen]:
    return {s.cell.checkpoint: s for s in found.seen}


def test_the_whole_contract_costs_nothing(folder: Path) -> None:
    found = seen(folder, ContextKind.FULL)
    assert found.whole
    assert found.usage.calls == 6
    assert found.calls == {Call.FIRST: 6}
    assert [s.loss for s in found.seen] == [None] * len(IDS)
    assert all(s.first == s.decided == s.located == s.labelled for s in found.seen)
    assert sum(found.tokens.values()) == found.usage.input_tokens


def test_names_are_masked_and_still_quoted(folder: Path) -> None:
    cell = by_checkpoint(seen(folder, ContextKind.FULL))["scope.service_types"]
    assert (cell.cell.said, cell.loss) == (Status.OK, None)


def test_what_the_first_look_does_not_show_the_second_brings(folder: Path) -> None:
    found = seen(folder, ContextKind.RETRIEVED)
    assert not found.whole
    assert found.calls == {Call.FIRST: 6, Call.SECOND: 1}
    reserve = by_checkpoint(found)["staffing.reserve"]
    assert (reserve.first, reserve.later, reserve.loss) == (0, True, None)
    assert reserve.first_alone.said is Status.MISSING
    assert 0 < found.tokens[Call.SECOND] < found.tokens[Call.FIRST]


def test_a_part_of_the_evidence_is_counted_apart(folder: Path) -> None:
    turnover = by_checkpoint(seen(folder, ContextKind.RETRIEVED))["staffing.turnover"]
    assert (turnover.labelled, turnover.located, turnover.first, turnover.decided) == (2, 2, 1, 1)
    assert turnover.partly
    assert turnover.loss is None
    assert turnover.needing_all.said is Status.UNREVIEWED


def test_auto_is_the_whole_contract_when_it_fits_and_a_part_of_it_when_not(folder: Path) -> None:
    assert seen(folder, ContextKind.AUTO).whole
    assert not seen(folder, ContextKind.AUTO, Budget(full=20, retrieved=1)).whole


def test_evidence_that_is_not_in_the_text_is_no_fault_of_the_context(folder: Path) -> None:
    write(folder, {**LABELS, "data.deletion": ("ok", ("合同终止后三日内删除数据。",))})
    cell = by_checkpoint(seen(folder, ContextKind.FULL))["data.deletion"]
    assert (cell.labelled, cell.located) == (1, 0)
    assert (cell.cell.said, cell.loss) == (Status.MISSING, Loss.READING)


def test_an_answer_that_the_checks_refuse_is_told_as_such(folder: Path) -> None:
    write(folder, {**LABELS, "scope.response_time": ("ok", LABELS["scope.response_time"][1])})
    cell = by_checkpoint(seen(folder, ContextKind.FULL))["scope.response_time"]
    assert (cell.cell.said, cell.loss) == (Status.UNREVIEWED, Loss.CHECKS)
    assert "超出标准" in cell.reason


def test_a_recording_of_it_is_played_back_without_a_server(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "replies.jsonl"
    first = seen(folder, ContextKind.RETRIEVED, TIGHT, path)
    values = Settings(model=MODEL, data_dir=tmp_path, context="retrieved", retrieved_tokens=200)
    monkeypatch.setattr(engines, "settings", lambda: values.model_copy(update={"retrieved_tokens": 1}))
    again = run(str(folder), engine="llm", replay=path, embedder=HashedWords())
    assert again.failures == {}
    assert again.cells == [s.cell for s in first.seen]
    assert again.cases[0].usage.calls == 7


SEEN = Seen(
    cell=Cell(case="b1", checkpoint="term.exit", label=Status.ADVERSE, said=Status.MISSING),
    reason="所示条款没有谈到这一点", labelled=1, located=1, first=0, decided=0, later=False,
)  # fmt: skip


def test_the_table_has_a_column_a_context_and_tells_lost_cells(folder: Path) -> None:
    found = {kind: [seen(folder, kind)] for kind in (ContextKind.FULL, ContextKind.RETRIEVED)}
    rows = {line[:58].strip(): line[58:].split() for line in table(found).splitlines()}
    assert rows[""] == ["full", "retrieved"]
    assert rows["accuracy"] == ["1.000", "1.000"]
    assert rows["accuracy, first look alone"] == ["1.000", "0.966"]
    assert rows["accuracy, a reader that needs all pieces"] == ["1.000", "0.966"]
    assert rows["of these: some shown in the first look"] == ["1.000", "0.833"]
    assert rows["of these: some shown after the second look"] == ["1.000", "1.000"]
    assert rows["calls a contract"] == ["6.00", "7.00"]
    lines = list(told(found, 5))
    assert len(lines) == 1
    assert lines[0].startswith("retrieved partly [b1] staffing.turnover: adverse -> adverse, 1 of 2 pieces shown")


def test_a_cell_whose_evidence_was_in_no_prompt_is_the_contexts(folder: Path) -> None:
    whole = seen(folder, ContextKind.FULL)
    lost = Sight(seen=(SEEN, SEEN), whole=False, usage=whole.usage, calls={}, tokens=whole.tokens)
    assert SEEN.loss is Loss.CONTEXT
    assert list(told({ContextKind.RETRIEVED: [lost]}, 1)) == [
        "retrieved lost [b1] term.exit: adverse -> missing, evidence in no prompt. 所示条款没有谈到这一点",
        "retrieved lost: 1 more",
    ]


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setattr(contexts, "configured_embedder", HashedWords)

    def call(*words: str) -> int:
        monkeypatch.setattr(sys, "argv", ["contexts", *words])
        return contexts.main()

    return call


def test_the_command_prints_the_figures(
    folder: Path, command: Callable[..., int], capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--dataset", str(folder), "--context", "full") == 0
    out = capsys.readouterr().out
    assert "1 contracts" in out
    assert "no model's score" in out


def test_the_command_says_what_is_wanting(
    folder: Path, command: Callable[..., int], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert command("--dataset", str(folder / "none")) == 2
    assert "没有这个数据集" in capsys.readouterr().err
    assert command("--dataset", str(folder), "--case", "z") == 2
    assert "no contract z" in capsys.readouterr().err
    monkeypatch.setitem(sys.modules, "tests.servers.openai_server", None)
    assert command("--dataset", str(folder)) == 2
    assert "checkout" in capsys.readouterr().err
