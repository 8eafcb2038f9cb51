"""What the model says becomes verdicts with words of the contract behind them, or none."""

from __future__ import annotations

import pytest

from pipeline.check.llm.reader import Budget
from pipeline.types import Status
from tests.pipeline.check.llm.conftest import CHECKPOINTS, CONTRACT, TABLE, Reviewer, finding, server
from tests.servers.reader import Reader
from tests.servers.replies import Reply
from tests.servers.wire import Request

READER = Reader(table=TABLE, only_table=True)


def test_six_areas_are_asked_once_each_and_everything_is_judged(reviewed: Reviewer) -> None:
    with server(READER) as model:
        review = reviewed(model)
    assert [f.checkpoint for f in review.findings] == list(CHECKPOINTS)
    assert review.usage.calls == 6
    assert review.usage.failed_calls == 0
    assert review.usage.input_tokens > 6000
    assert review.engine.model == "scripted"
    for checkpoint, (status, piece) in TABLE.items():
        found = finding(review, checkpoint)
        assert found.status.value == status
        assert piece in found.citations[0].text
    assert all(review.document.text[c.start : c.end] == c.text for f in review.findings for c in f.citations)
    assert finding(review, "quality.kpis").status is Status.MISSING


def test_the_six_calls_are_under_way_at_once(reviewed: Reviewer) -> None:
    with server(Reader(table=TABLE, only_table=True, delay=0.3)) as model:
        reviewed(model)
        assert model.most_at_once == 6


def test_nothing_that_names_the_parties_is_sent(reviewed: Reviewer) -> None:
    with server(READER) as model:
        review = reviewed(model)
        sent = "\n".join(text for r in model.requests for _, text in r.messages)
    for secret in ("锦绣山河", "海州云帆", "欧阳明月", "13912345678"):
        assert secret not in sent
        assert secret in review.document.text
    assert "〔公司1〕" in sent
    with server(READER) as model:
        reviewed(model, mask=False)
        assert "锦绣山河服饰有限公司" in model.requests[0].messages[1][1]


@pytest.mark.parametrize("lie", ["character", "figure", "negation", "nowhere"])
def test_a_quote_that_is_not_there_is_rejected_and_shown(reviewed: Reviewer, lie: str) -> None:
    with server(Reader(table=TABLE, only_table=True, hallucinate=lie, at=("fees.late_payment",))) as model:  # type: ignore[arg-type]
        review = reviewed(model)
    found = finding(review, "fees.late_payment")
    assert found.status is Status.UNREVIEWED
    assert found.rejected_quotes
    assert "找不到" in found.reason
    assert found.citations == ()
    assert finding(review, "term.dispute").status is Status.ADVERSE
    assert review.usage.calls == 7  # one retry


def test_a_quote_corrected_on_the_retry_stands(reviewed: Reviewer) -> None:
    with server(
        Reader(table=TABLE, only_table=True, hallucinate="figure", at=("fees.late_payment",), corrects=True)
    ) as model:
        review = reviewed(model)
        # On a busy machine another area's first call may come after the retry.
        retry = next(r.messages[-1][1] for r in model.requests if any(role == "assistant" for role, _ in r.messages))
    found = finding(review, "fees.late_payment")
    assert found.status is Status.OK
    assert "0.05%" in found.citations[0].text
    assert len(found.rejected_quotes) == 1  # kept to be seen
    assert "fees.late_payment" in retry
    assert "term.dispute" not in retry


def test_a_quote_withdrawn_on_the_retry_is_no_proof_of_absence(reviewed: Reviewer) -> None:
    lying = Reader(table=TABLE, only_table=True, hallucinate="nowhere", at=("term.notice",))
    honest = Reader(table={c: said for c, said in TABLE.items() if c != "term.notice"}, only_table=True)

    def withdraws(request: Request) -> Reply:
        return (honest if any(role == "assistant" for role, _ in request.messages) else lying)(request)

    with server(withdraws) as model:
        found = finding(reviewed(model), "term.notice")
    assert found.status is Status.UNREVIEWED
    assert "说法不一" in found.reason
    assert found.rejected_quotes


def test_a_figure_that_the_quote_does_not_hold_makes_no_verdict(reviewed: Reviewer) -> None:
    with server(Reader(table=TABLE, only_table=True, flip_figures=True, at=("fees.late_payment",))) as model:
        review = reviewed(model)
    found = finding(review, "fees.late_payment")
    assert found.status is Status.UNREVIEWED
    assert "不在引文里" in found.reason
    assert found.citations
    assert found.figure is None


def test_ok_for_a_figure_beyond_the_threshold_makes_no_verdict(reviewed: Reviewer) -> None:
    table = {**TABLE, "scope.response_time": ("ok", "首次响应时间不超过60秒")}
    with server(Reader(table=table, only_table=True)) as model:
        found = finding(reviewed(model), "scope.response_time")
    assert found.status is Status.UNREVIEWED
    assert "超出标准" in found.reason


def test_a_wrong_clause_id_costs_nothing_when_the_words_are_there(reviewed: Reviewer) -> None:
    with server(Reader(table=TABLE, only_table=True, wrong_clause_id=True)) as model:
        review = reviewed(model)
    assert finding(review, "term.dispute").status is Status.ADVERSE
    assert finding(review, "term.dispute").citations[0].clause == "第七条"


@pytest.mark.parametrize("switch", ["unknown_checkpoint", "duplicate", "extra_keys"])
def test_what_is_too_much_is_left_out(reviewed: Reviewer, switch: str) -> None:
    with server(Reader(table=TABLE, only_table=True, **{switch: True})) as model:
        review = reviewed(model)
    assert [f.checkpoint for f in review.findings] == list(CHECKPOINTS)
    assert all(f.status is not Status.UNREVIEWED for f in review.findings)


def test_a_checkpoint_left_out_is_asked_for_again_and_then_unreviewed(reviewed: Reviewer) -> None:
    with server(Reader(table=TABLE, only_table=True, skip=True, corrects=True)) as model:
        assert all(f.status is not Status.UNREVIEWED for f in reviewed(model).findings)
    with server(Reader(table=TABLE, only_table=True, skip=True)) as model:
        review = reviewed(model)
    assert {f.status for f in review.findings} == {Status.UNREVIEWED}
    assert "不合格式" in finding(review, "term.dispute").reason
    assert "missing" not in {f.status.value for f in review.findings}


def test_missing_is_looked_for_a_second_time_in_what_was_not_shown(reviewed: Reviewer) -> None:
    filler = "\n".join(
        f"第{n}条 双方应按本合同附件的约定提供发票、场地和设备，费用自理，互不追索第{n}次。" for n in range(8, 40)
    )
    table = {"staffing.reserve": ("ok", "备用人力池不低于在岗人数的百分之三十")}
    hidden = CONTRACT + filler + "\n第四十条 备用人力池不低于在岗人数的百分之三十。\n"
    with server(Reader(table=table, only_table=True)) as model:
        review = reviewed(model, text=hidden, context="retrieved", budget=Budget(full=400, retrieved=150))
        second = [r for r in model.requests if "再查一遍" in r.messages[-1][1]]
    assert finding(review, "staffing.reserve").status is Status.OK
    assert second
    clauses = "\n".join(text for r in model.requests for _, text in r.messages)
    assert all(f"第{n}次" in clauses for n in range(8, 40))  # every clause was read before anything is called missing
    assert finding(review, "term.trial").status is Status.MISSING
    assert finding(review, "term.trial").searched


def test_the_same_contract_is_asked_in_the_same_words(reviewed: Reviewer) -> None:
    with server(READER) as model:
        reviewed(model)
        reviewed(model)
        prompts = [[text for _, text in r.messages] for r in model.requests]
    assert sorted(prompts[:6]) == sorted(prompts[6:])


def test_the_six_prompts_begin_alike(reviewed: Reviewer) -> None:
    with server(READER) as model:
        reviewed(model)
        first = ["\n".join(text for _, text in r.messages) for r in model.requests]
    shared = 0
    while len({text[shared] for text in first}) == 1:
        shared += 1
    assert "<<<合同完" in first[0][:shared]  # rules and contract come first, what differs last
