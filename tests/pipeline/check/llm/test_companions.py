"""A choice of clauses has what amends them and what says which part prevails: no search by meaning finds those."""

from __future__ import annotations

import json

from pipeline.check.llm.companions import NO_COMPANIONS, Companions, companions
from pipeline.check.llm.context import Line, Open, lines, retrieved
from pipeline.check.llm.reader import Budget
from pipeline.merchant import find_merchant
from pipeline.playbook import load_playbook
from pipeline.retrieve import Candidate
from pipeline.segment import segment
from tests.pipeline.check.llm.conftest import Reviewer
from tests.pipeline.conftest import make_document
from tests.servers.openai_server import ScriptedServer
from tests.servers.reader import Prompt
from tests.servers.wire import Request

CONTRACT = """客服外包合同
甲方（委托方）：锦绣山河服饰有限公司
乙方（受托方）：海州云帆客服有限公司
第三条 接待标准
3.1 首次响应时间不超过60秒。
3.2 坐席每日9:00至22:00在线，法定节假日照常。
第四条 费用
4.1 甲方逾期付款的，每逾期一日按未付金额的万分之五支付违约金。
第五条 其他
5.1 合同正文与附件不一致的，以附件为准。
附件九 变更约定
一、原合同3.1所列时间改为25秒。
二、原合同第四条第1款中的“万分之五”改为“千分之三”。
"""
SCOPE = next(a for a in load_playbook().areas if a.id == "scope")


def contract(text: str = CONTRACT) -> tuple[tuple[Line, ...], Companions]:
    document = make_document(text)
    clauses = segment(document)
    return lines(document, clauses, Open()), companions(document, clauses, find_merchant(document, clauses))


def at(every: tuple[Line, ...], words: str) -> int:
    return next(line.clause for line in every if words in line.words)


def chosen(every: tuple[Line, ...], beside: Companions, *found: str, budget: int = 10_000) -> set[str]:
    """The words shown when these clauses are retrieved for the response time, best first."""
    best = {
        "scope.response_time": [
            Candidate(clause=at(every, words), score=1.0 / n, similarity=0.9) for n, words in enumerate(found, 1)
        ]
    }
    return {line.words for line in retrieved(every, SCOPE, best, budget, beside).lines}


def test_an_amended_clause_knows_what_amends_it() -> None:
    every, beside = contract()
    assert beside.amended == {
        at(every, "首次响应"): {at(every, "改为25秒")},
        at(every, "逾期付款"): {at(every, "千分之三")},
    }
    assert beside.orders == {at(every, "以附件为准")}


def test_a_contract_of_one_part_has_no_companions() -> None:
    every, beside = contract(CONTRACT.partition("附件九")[0].replace("5.1 合同正文与附件不一致的，以附件为准。\n", ""))
    assert beside == NO_COMPANIONS
    assert chosen(every, beside, "首次响应") == {"3.1 首次响应时间不超过60秒。"}


def test_what_amends_a_clause_and_what_prevails_is_shown_with_it() -> None:
    every, beside = contract()
    assert chosen(every, beside, "首次响应") == {
        "3.1 首次响应时间不超过60秒。",
        "5.1 合同正文与附件不一致的，以附件为准。",
        "一、原合同3.1所列时间改为25秒。",
    }


def test_a_clause_comes_with_what_amends_it_or_not_at_all() -> None:
    every, beside = contract()
    first = {"3.2 坐席每日9:00至22:00在线，法定节假日照常。", "5.1 合同正文与附件不一致的，以附件为准。"}
    room = sum(line.tokens for line in every if line.words in first)
    alone = next(line.tokens for line in every if "首次响应" in line.words)
    assert chosen(every, beside, "坐席每日", "首次响应", budget=room + alone) == first
    assert len(chosen(every, beside, "坐席每日", "首次响应", budget=room + alone + 60)) == 4


def test_the_model_is_never_shown_a_clause_without_what_amends_it(reviewed: Reviewer) -> None:
    shown: list[frozenset[str]] = []

    def respond(request: Request) -> str:
        prompt = Prompt.of(request)
        shown.append(frozenset(prompt.clauses.values()))
        findings = [
            {"checkpoint": c, "status": "missing", "reason": "没有谈到", "figure": None, "quotes": []}
            for c in prompt.asked
        ]
        return json.dumps({"findings": findings}, ensure_ascii=False)

    with ScriptedServer(respond, models=("scripted",)) as server:
        reviewed(server, text=CONTRACT, context="retrieved", budget=Budget(full=10_000, retrieved=60))
    every, _ = contract()
    assert len(shown) == 7
    assert all(len(texts) < len(every) for texts in shown[:6])
    assert all(any("以附件为准" in text for text in texts) for texts in shown)
    for words, amended in (("首次响应", "改为25秒"), ("逾期付款", "千分之三")):
        with_it = [texts for texts in shown if any(words in text for text in texts)]
        assert with_it
        assert all(any(amended in text for text in texts) for texts in with_it)
