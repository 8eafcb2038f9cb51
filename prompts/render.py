"""A playbook and a contract as messages to a model: the templates of this folder with their variables put in.

In ``full`` context all calls share the same beginning, ``system_message`` and ``contract_message``; only ``area_message``,
which comes last, differs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from importlib import resources
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field

from pipeline.playbook import AreaModel, CheckpointModel
from prompts import Template, exists, load

# How a threshold reads, by the last word of its name; the same as in the wording a merchant pastes (``pipeline.advise``).
_UNITS = {
    "seconds": "秒",
    "months": "个月",
    "hours": "小时",
    "days": "日",
    "years": "年",
    "count": "项",
    "measures": "项",
    "yuan": "元",
}
_KINDS = {"duration": "秒", "money": "元"}  # of a user's own rule, whose threshold may have any name
_SLOT = re.compile(r"\{([a-z_]+)\}")


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class QuoteModel(_Strict):
    """Words of a clause, and the clause they stand in."""

    clause: str
    text: str


class ExampleFinding(_Strict):
    """The finding an example teaches, in the form of a reply."""

    checkpoint: str
    status: Literal["ok", "vague", "adverse", "missing"]
    reason: Annotated[str, Field(max_length=120)]
    figure: str | None = None
    quotes: tuple[QuoteModel, ...] = ()


class ExampleModel(_Strict):
    """Clauses and the right finding on them; shown only while the checkpoint's thresholds are those it was written for."""

    clauses: Mapping[str, str] = Field(min_length=1)
    finding: ExampleFinding
    thresholds: Mapping[str, float] = Field(default_factory=dict)


def system_message(merchant: str, vendor: str) -> str:
    """The system message, the same in all calls of a review; the arguments are what the contract calls each side (甲方, 乙方)."""
    return load("system").render(merchant=merchant, vendor=vendor)


def contract_message(clauses: str, nonce: str, *, whole: bool) -> str:
    """The contract between its fence lines; ``whole`` says that these are all its clauses.

    Args:
        clauses: masked clauses, each as ``[C12] 第三条 3.2｜text``.
        nonce: a token that does not stand in ``clauses``.
        whole: all clauses of the contract, not a choice of them.

    Raises:
        ValueError: the nonce is empty or stands in the clauses, so that the fence could be closed from inside.
    """
    if not nonce or nonce in clauses:
        raise ValueError("the nonce must not be empty or stand in the clauses")
    return load("contract").render(scope="全部" if whole else "部分", nonce=nonce, clauses=clauses)


def area_message(area: AreaModel) -> str:
    """What is asked about an area: its checkpoints that are switched on, with the playbook's names and thresholds, and examples.

    A checkpoint without a section in ``<area>.v1.md``, or with other thresholds than the section knows, is asked for by the
    playbook's own words (``checkpoint.v1.md``).
    """
    asked = [c for c in area.checkpoints if c.enabled]
    return load("area").render(
        area=area.name, checkpoints=_checkpoints(area.id, asked), examples=_shown(area.id, asked)
    )


def missing_message(area: AreaModel, only: Collection[str]) -> str:
    """The second look for the checkpoints ``only`` of ``area``, over clauses that were not shown before.

    Raises:
        ValueError: none of them is a checkpoint of the area that is switched on.
    """
    asked = [c for c in area.checkpoints if c.enabled and c.id in only]
    if not asked:
        raise ValueError(f"no checkpoint of {area.id} among {sorted(only)}")
    return load("missing").render(area=area.name, checkpoints=_checkpoints(area.id, asked))


def retry_message(rejected: Sequence[tuple[str, str, str]]) -> str:
    """The one retry after quotes that were not found: ``(checkpoint, clause as claimed, quote)`` each."""
    lines = [
        f"- {checkpoint}：[{clause}] {json.dumps(quote, ensure_ascii=False)}" for checkpoint, clause, quote in rejected
    ]
    return load("retry").render(quotes="\n".join(lines))


def repair_message(problem: str, checkpoints: Sequence[str]) -> str:
    """After a reply that does not validate: ``problem`` in Chinese, and the ids of all checkpoints the reply must hold."""
    return load("repair").render(problem=problem, checkpoints="、".join(checkpoints))


def examples(area_id: str) -> tuple[ExampleModel, ...]:
    """All examples of an area, ``prompts/examples/<area>.yaml``; none for an area of a user's own."""
    return _examples(area_id) if re.fullmatch(r"[a-z_]+", area_id) else ()


@lru_cache(maxsize=16)
def _examples(area_id: str) -> tuple[ExampleModel, ...]:
    entry = resources.files("prompts").joinpath("examples", f"{area_id}.yaml")
    if not entry.is_file():
        return ()
    return tuple(ExampleModel.model_validate(item) for item in yaml.safe_load(entry.read_text(encoding="utf-8")))


def _checkpoints(area_id: str, asked: Sequence[CheckpointModel]) -> str:
    known = load(area_id).sections if exists(area_id) else {}
    return "\n\n".join(_section(known.get(checkpoint.id), checkpoint) for checkpoint in asked)


def _section(section: Template | None, checkpoint: CheckpointModel) -> str:
    figures = {name: figure(name, value, checkpoint) for name, value in checkpoint.thresholds.items()}
    if section is not None and section.variables == {"name", *figures}:
        return section.render(name=checkpoint.name, **figures)
    said = checkpoint.reasons
    slots = {"merchant": "商家", "vendor": "服务方", **figures}
    return load("checkpoint").render(
        id=checkpoint.id,
        name=checkpoint.name,
        why=checkpoint.why,
        thresholds=_limits(checkpoint, figures) or "没有数字要求",
        walk_away=_SLOT.sub(lambda m: slots.get(m[1], m[0]), checkpoint.wording.walk_away),
        ok=said.ok if said else "写清楚了",
        vague=said.vague if said else "写得含糊",
        adverse=said.adverse if said else "对商家不利",
    )


def _limits(checkpoint: CheckpointModel, figures: Mapping[str, str]) -> str:
    side = ""
    if checkpoint.rule is not None and checkpoint.rule.kind is not None:
        side = "不高于 " if checkpoint.rule.bound == "at_most" else "不低于 "
    return "；".join(side + said if name == "limit" else f"{name}={said}" for name, said in figures.items())


def figure(name: str, value: float, checkpoint: CheckpointModel) -> str:
    """A threshold as a contract would write it ("30 秒", "0.1%", "3 个月"); a plain number where its name tells no unit."""
    unit = name.rsplit("_", 1)[-1]
    kind = checkpoint.rule.kind if checkpoint.rule is not None else None
    if unit == "rate" or (unit not in _UNITS and kind == "ratio"):
        return f"{value * 100:g}%"
    said = _UNITS.get(unit) or _KINDS.get(kind or "", "")
    return f"{value:g} {said}".rstrip()


def _shown(area_id: str, asked: Sequence[CheckpointModel]) -> str:
    limits = {c.id: dict(c.thresholds) for c in asked}
    shown = [e for e in examples(area_id) if limits.get(e.finding.checkpoint) == dict(e.thresholds)]
    return load("examples").render(examples="\n".join(map(_example, shown))) + "\n" if shown else ""


def _example(example: ExampleModel) -> str:
    clauses = "\n".join(f"[{label}] {text}" for label, text in example.clauses.items())
    return f"{clauses}\n→ {json.dumps(example.finding.model_dump(mode='json'), ensure_ascii=False)}"
