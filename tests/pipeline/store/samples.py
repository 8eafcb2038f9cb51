"""Small reviews made in code, and the steps that tests take over and over."""

from __future__ import annotations

from pipeline.segment import segment
from pipeline.store import ReviewOptions, ReviewRecord, Store
from pipeline.types import (
    AreaReview,
    Citation,
    Engine,
    Finding,
    OverallVerdict,
    Party,
    Review,
    Risk,
    Severity,
    Status,
    Wording,
)
from tests.pipeline.conftest import make_document

TEXT = """客服外包合同
第一条 服务范围
1.1 乙方为甲方网店提供售前咨询和售后处理，每日九时至二十四时在线。
1.2 平均响应时间不超过三十秒。
第二条 费用
2.1 甲方每月十日前支付上月服务费，逾期每日按千分之五支付滞纳金。
2.2 乙方可以自行调整单价，提前三日通知甲方。
"""


def sample(text: str = TEXT, *, status: Status = Status.ADVERSE, file: str = "合同.txt") -> Review:
    """A finished review of two areas whose findings cite ``text``."""
    document = make_document(text, file)
    quote = text[text.index("2.1") :].split("\n")[0] if "2.1" in text else text[:4]
    start = text.index(quote)
    cited = Citation(start=start, end=start + len(quote), text=quote, clause="第二条 2.1", page=1)
    return Review(
        document=document,
        clauses=segment(document),
        merchant=Party.JIA,
        merchant_reason="甲方付费",
        engine=Engine(name="rules", version="1", playbook_sha256="ab" * 32, prompts_sha256="cd" * 32),
        verdict=OverallVerdict(risk=Risk.HIGH, decision="改后再签", advice="先改费用"),
        areas=(
            _area("scope", Risk.LOW, _finding("scope.response", Status.OK), _finding("scope.hours", Status.VAGUE)),
            _area("fees", Risk.HIGH, _finding("fees.late_payment", status, cited)),
        ),
        timings_ms={"total": 12},
    )


def _area(name: str, risk: Risk, *findings: Finding) -> AreaReview:
    return AreaReview(id=name, name=f"领域{name}", risk=risk, findings=findings)


def _finding(checkpoint: str, status: Status, *citations: Citation) -> Finding:
    return Finding(
        checkpoint=checkpoint,
        name=f"检查点{checkpoint}",
        status=status,
        severity=Severity.MAJOR,
        reason=f"理由：{citations[0].text if citations else '没有写'}",
        suggestion="改一改",
        wording=Wording(preferred="甲", acceptable="乙", walk_away="丙"),
        citations=citations,
        figure="千分之五" if citations else None,
    )


def submitted(store: Store, name: str = "合同.txt", *, owner: str = "local", session: str = "") -> ReviewRecord:
    """A contract of its own content, and a review of it in the queue."""
    contract = store.add_contract(name, f"{owner} {session} {name}".encode(), owner=owner)
    return store.submit(contract.id, ReviewOptions(), who=owner, session=session)


def finished(store: Store, review: Review | None = None, **of: str) -> ReviewRecord:
    """A contract whose review has finished."""
    record = submitted(store, **of)
    claimed = store.claim("test")
    assert claimed is not None
    assert claimed.id == record.id
    assert store.finish(record.id, review or sample())
    return store.review(record.id)
