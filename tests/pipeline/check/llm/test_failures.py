"""The fault matrix: whatever a server does, the review ends, says why, and calls nothing missing that was not read."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.types import Status
from tests.pipeline.check.llm.conftest import TABLE, Reviewer, finding, server
from tests.servers import replies
from tests.servers.reader import Prompt, Reader
from tests.servers.replies import MALFORMED, Reply
from tests.servers.wire import Request

GOOD = Reader(table=TABLE, only_table=True)


def always(reply: Reply) -> Callable[[Request], Reply]:
    return lambda request: reply


def spoilt(kind: str) -> Callable[[Request], Reply]:
    return lambda request: replies.malformed(kind, GOOD.read(Prompt.of(request)))


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        pytest.param(replies.hang(), "模型超时没有回复。请稍后重试，或调大 SHENYUE_MODEL_TIMEOUT", id="timeout"),
        pytest.param(
            replies.rate_limited(0), "限流或额度用完（HTTP 429）。请稍后重试，或检查账户额度", id="rate limit"
        ),
        pytest.param(replies.quota_used_up(), "限流或额度用完（HTTP 429）", id="quota"),
        pytest.param(replies.server_error(500), "模型服务出错（HTTP 500）。请稍后重试", id="500"),
        pytest.param(replies.server_error(502), "模型服务出错（HTTP 502）", id="502"),
        pytest.param(replies.server_error(503), "模型服务出错（HTTP 503）", id="503"),
        pytest.param(replies.reset(), "连不上模型服务。请检查网络和 OPENAI_BASE_URL", id="reset"),
        pytest.param(replies.cut(), "连不上模型服务", id="cut in the body"),
        pytest.param(replies.bad_key(), "不认密钥（HTTP 401）。请检查 OPENAI_API_KEY", id="key"),
        pytest.param(replies.no_model("scripted"), "没有这个模型（HTTP 404）。请检查 SHENYUE_MODEL", id="model"),
        pytest.param(
            replies.context_too_long(), "超出模型能读的长度。请把 SHENYUE_CONTEXT 设为 retrieved", id="too long"
        ),
        pytest.param(replies.refused(), "模型拒绝回答。请换一个模型", id="refusal"),
        pytest.param(replies.filtered(), "模型拒绝回答", id="content filter"),
        pytest.param(
            replies.truncated({"findings": []}), "没有写完就被截断。请调大 SHENYUE_MAX_OUTPUT_TOKENS", id="truncated"
        ),
        pytest.param(
            replies.malformed("no_json", {}), "不合格式（不是合法的 JSON）。请重试，或换一个模型", id="no json"
        ),
    ],
)
def test_a_fault_is_unreviewed_with_reason_and_remedy(reviewed: Reviewer, reply: Reply, said: str) -> None:
    with server(always(reply)) as model:
        review = reviewed(model, model_timeout=0.6)
    assert {f.status for f in review.findings} == {Status.UNREVIEWED}
    assert all(said in f.reason for f in review.findings), review.findings[0].reason
    assert review.usage.failed_calls >= 6


def test_one_area_lost_leaves_the_others(reviewed: Reviewer) -> None:
    def fees_fail(request: Request) -> Reply | str:
        return (
            replies.server_error(500)
            if "fees.late_payment" in request.messages[-1][1].split("合同完")[-1]
            else GOOD(request)
        )

    with server(fees_fail) as model:
        review = reviewed(model)
    lost = [f.checkpoint for f in review.findings if f.status is Status.UNREVIEWED]
    assert {c.split(".")[0] for c in lost} == {"fees"}
    assert len(lost) == 5
    assert finding(review, "term.dispute").status is Status.ADVERSE
    assert review.usage.failed_calls == 1


@pytest.mark.parametrize("as_date", [False, True], ids=["seconds", "date"])
def test_a_limit_is_waited_out(reviewed: Reviewer, as_date: bool) -> None:
    counter = itertools.count()

    def first_limited(request: Request) -> Reply | str:
        return replies.rate_limited(1, as_date=as_date) if next(counter) == 0 else GOOD(request)

    with server(first_limited) as model:
        review = reviewed(model, model_retries=2)
        assert len(model.requests) == 7
    assert all(f.status is not Status.UNREVIEWED for f in review.findings)


def test_a_server_that_stumbles_is_tried_again(reviewed: Reviewer) -> None:
    counter = itertools.count()

    def every_other(request: Request) -> Reply | str:
        return replies.server_error(503) if next(counter) % 2 == 0 else GOOD(request)

    with server(every_other) as model:
        review = reviewed(model, model_retries=5)
    assert all(f.status is not Status.UNREVIEWED for f in review.findings)


@pytest.mark.parametrize("lacks", [("json_schema",), ("json_schema", "json_object")], ids=["no schema", "no json mode"])
def test_a_server_without_structured_output_is_asked_in_another_way(reviewed: Reviewer, lacks: tuple[str, ...]) -> None:
    with server(GOOD, lacks=lacks) as model:
        review = reviewed(model)
    assert finding(review, "term.dispute").status is Status.ADVERSE
    assert all(f.status is not Status.UNREVIEWED for f in review.findings)
    assert review.usage.failed_calls == 0


@pytest.mark.parametrize("kind", MALFORMED)
def test_a_reply_that_is_not_clean_json_is_read_or_repaired_or_unreviewed(reviewed: Reviewer, kind: str) -> None:
    with server(spoilt(kind), lacks=("json_schema", "json_object")) as model:
        review = reviewed(model)
    read = {f.status for f in review.findings} != {Status.UNREVIEWED}
    assert read is (
        kind in {"trailing_text", "leading_text", "fence", "thinking", "bare_list", "line_breaks", "comments"}
    ), review.findings[0].reason
    assert all(review.document.text[c.start : c.end] == c.text for f in review.findings for c in f.citations)


def test_a_repaired_reply_stands(reviewed: Reviewer) -> None:
    def repaired(request: Request) -> Reply | str:
        again = any(role == "assistant" for role, _ in request.messages)
        return GOOD(request) if again else replies.malformed("missing_bracket", GOOD.read(Prompt.of(request)))

    with server(repaired, lacks=("json_schema", "json_object")) as model:
        review = reviewed(model)
        assert len([r for r in model.requests if any("不能用" in t for _, t in r.messages)]) == 6
    assert finding(review, "fees.late_payment").status is Status.OK


def test_the_token_ceiling_stops_cleanly(reviewed: Reviewer) -> None:
    with server(GOOD) as model:
        review = reviewed(model, max_run_tokens=9_000, max_output_tokens=1_000)
        asked = len(model.requests)
    assert 0 < asked < 6
    lost = [f for f in review.findings if f.status is Status.UNREVIEWED]
    assert lost
    assert all("用量到了上限" in f.reason for f in lost)
    assert review.usage.input_tokens + review.usage.output_tokens <= 9_000


def test_the_cost_is_counted_and_its_ceiling_kept(reviewed: Reviewer) -> None:
    prices = {"scripted": (1.0, 0.1, 4.0)}
    with server(GOOD) as model:
        review = reviewed(model, prices=prices)
    used = review.usage
    fresh = used.input_tokens - used.cached_tokens
    expected = (fresh * 1.0 + used.cached_tokens * 0.1 + used.output_tokens * 4.0) / 1e6
    assert used.cost == pytest.approx(expected)
    with server(GOOD) as model:
        stopped = reviewed(model, prices=prices, max_run_cost=1e-6)
        assert model.requests == []
    assert all("用量到了上限" in f.reason for f in stopped.findings)


def test_a_rerun_from_the_cache_makes_no_call(reviewed: Reviewer) -> None:
    with server(GOOD) as model:
        first = reviewed(model, cache=True)
        asked = len(model.requests)
        again = reviewed(model, cache=True)
        assert len(model.requests) == asked
    assert asked == 6
    assert again.findings == first.findings
    assert (again.usage.calls, again.usage.input_tokens) == (0, 0)


def test_another_model_or_prompt_is_not_answered_from_the_cache(reviewed: Reviewer, tmp_path: Path) -> None:
    with server(GOOD) as model:
        reviewed(model, cache=True)
        reviewed(model, cache=True, text="第一条 乙方负责售前咨询。\n第二条 别的合同。")
        assert len(model.requests) == 12


def test_a_refusal_is_not_kept(reviewed: Reviewer) -> None:
    with server(always(replies.refused())) as model:
        reviewed(model, cache=True)
        first = len(model.requests)
        reviewed(model, cache=True)
        assert len(model.requests) == 2 * first
