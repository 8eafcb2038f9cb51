"""The reply of one call: what a model may say, read strictly, with the reason it was refused."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from pipeline.types import Status


class QuoteReply(BaseModel):
    """Words the model says stand in the clause it names."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    clause: str
    text: str

    @field_validator("clause")
    @classmethod
    def _bare(cls, value: str) -> str:
        return value.strip().strip("[]【】()（） ").upper()


class FindingReply(BaseModel):
    """What the model says of one checkpoint."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    checkpoint: str
    status: Literal["ok", "vague", "adverse", "missing"]
    reason: str = Field(max_length=1000)
    figure: str | None = None
    quotes: tuple[QuoteReply, ...] = ()

    @property
    def verdict(self) -> Status:
        """As a status."""
        return Status(self.status)


class Reply(BaseModel):
    """A whole reply: one finding a checkpoint that was asked for."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    findings: tuple[FindingReply, ...]


# Written out, not derived: strict servers want every key required and no other keywords than these.
SCHEMA: Mapping[str, Any] = {
    "title": "review",
    "description": "每个被问到的检查点一条结论",
    "type": "object",
    "additionalProperties": False,
    "required": ["findings"],
    "properties": {
        "findings": {
            "type": "array",
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["checkpoint", "status", "reason", "figure", "quotes"],
                "properties": {
                    "checkpoint": {"type": "string"},
                    "status": {"type": "string", "enum": ["ok", "vague", "adverse", "missing"]},
                    "reason": {"type": "string"},
                    "figure": {"type": ["string", "null"]},
                    "quotes": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "additionalProperties": False,
                            "required": ["clause", "text"],
                            "properties": {"clause": {"type": "string"}, "text": {"type": "string"}},
                        },
                    },
                },
            },
        }
    },
}


class ReplyError(ValueError):
    """A reply that cannot be used; ``str(error)`` says in Chinese what is wrong with it, for the model and for the report."""


def read_reply(text: str, asked: Sequence[str]) -> Mapping[str, FindingReply]:
    """The findings of a reply by checkpoint, exactly those that were ``asked``.

    Code fences and words around the object are taken off; nothing else is guessed. Of findings on a checkpoint that was not asked
    for nothing is kept; of two on the same one the first is kept when both say the same status.

    Raises:
        ReplyError: no JSON object, another shape, a checkpoint left out, or two different statuses for one.
    """
    found: dict[str, FindingReply] = {}
    for finding in _parse(text).findings:
        if finding.checkpoint not in asked:
            continue
        before = found.setdefault(finding.checkpoint, finding)
        if before.status != finding.status:
            raise ReplyError(f"{finding.checkpoint} 有两个不同的结论")
    if absent := [checkpoint for checkpoint in asked if checkpoint not in found]:
        raise ReplyError(f"缺少检查点 {'、'.join(absent)}")
    return found


def _parse(text: str) -> Reply:
    data = _object(_THINKING.sub("", text))
    if data is None:
        raise ReplyError("不是合法的 JSON")
    try:
        return Reply.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise ReplyError(f"字段 {where} 不符合格式") from error


def _object(text: str) -> Any:
    """The first JSON object with findings, or list of them, whatever stands around it (servers without structured output); else ``None``."""
    for start in (m.start() for m in re.finditer(r"[{\[]", text)):
        try:
            data, _ = _DECODER.raw_decode(text, start)
        except ValueError:
            continue
        if isinstance(data, dict) and "findings" in data:
            return data
        if isinstance(data, list) and data and all(isinstance(x, dict) and "checkpoint" in x for x in data):
            return {"findings": data}
    return None


_DECODER = json.JSONDecoder(strict=False)  # line breaks inside a quote are the contract's own
_THINKING = re.compile(r"<think>.*?</think>", re.S)
