"""The rows of the ledger: one a contract, with its newest finished review, in the order asked for."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from pipeline.store import Contract, ReviewRecord, State
from pipeline.types import Risk

ORDERS = ("时间", "风险", "名称")
STAGES = {
    "ingest": "读取文件",
    "segment": "拆分条款",
    "index": "建立索引",
    "retrieve": "找相关条款",
    "check": "逐项判断",
}
_RISKIEST = (Risk.HIGH, Risk.MEDIUM, Risk.LOW)
_OPEN = (State.QUEUED, State.RUNNING)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A contract with the review whose verdict is shown (``done``), the newest one (``latest``), and how many there are."""

    contract: Contract
    done: ReviewRecord | None
    latest: ReviewRecord | None
    reviews: int

    @property
    def at(self) -> datetime:
        """When something last happened to it."""
        return self.contract.added_at if self.latest is None else self.latest.finished_at or self.latest.queued_at

    @property
    def open(self) -> bool:
        """A review of it waits or runs."""
        return self.latest is not None and self.latest.state in _OPEN

    @property
    def failed(self) -> bool:
        """Its newest review came to nothing."""
        return self.latest is not None and self.latest.state is State.FAILED

    @property
    def progress(self) -> str:
        """What an open review is at, in Chinese."""
        if self.latest is None or self.latest.state is State.QUEUED:
            return "排队中"
        stage = STAGES.get(self.latest.stage or "", "开始审查")
        return f"{stage} {self.latest.done}/{self.latest.total}" if self.latest.total else stage


def rows(contracts: Iterable[Contract], reviews: Sequence[ReviewRecord]) -> list[Row]:
    """One row a contract; ``reviews`` come newest first."""
    own: dict[str, list[ReviewRecord]] = {}
    for review in reviews:
        own.setdefault(review.contract_id, []).append(review)
    return [
        Row(
            contract=contract,
            done=next((r for r in own.get(contract.id, ()) if r.state is State.DONE), None),
            latest=next(iter(own.get(contract.id, ())), None),
            reviews=len(own.get(contract.id, ())),
        )
        for contract in contracts
    ]


def ordered(found: Iterable[Row], order: str) -> list[Row]:
    """By one of ``ORDERS``: newest first, riskiest first (then by adverse and missing points), or by name."""
    newest = sorted(found, key=lambda r: r.at, reverse=True)
    if order == "名称":
        return sorted(newest, key=lambda r: _folded(r.contract.name))
    if order == "风险":
        return sorted(newest, key=_riskiest)
    return newest


def matching(found: Iterable[Row], query: str) -> list[Row]:
    """Rows whose contract's name holds every word of ``query``, whatever its case and width."""
    words = _folded(query).split()
    return [r for r in found if all(word in _folded(r.contract.name) for word in words)]


def _riskiest(row: Row) -> tuple[int, int, int]:
    review = row.done
    if review is None or review.risk is None:
        return (len(_RISKIEST), 0, 0)
    counts = {status.value: n for status, n in review.counts.items()}
    return (_RISKIEST.index(review.risk), -counts.get("adverse", 0), -counts.get("missing", 0))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()
