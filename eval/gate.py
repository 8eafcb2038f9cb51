"""The gate: a run against the baseline it must not fall behind. Pass, regression, or no valid answer at all.

The baseline keeps, for each dataset and engine, the fingerprint it was measured under, the figures it must keep with how much each may give
way, and the verdict of every cell, so that what changed can be named. A run measured under anything else is no answer: the baseline has to be
measured again, on purpose and in a commit. Recorded replies of a model allow no slack: what is made of the same words must be the same to
the last citation, else grounding could break unseen behind a model whose score cannot fall.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from eval.figures import figures
from eval.metrics.status import LOWER_IS_BETTER
from eval.record import Fingerprint, Run, RunError
from eval.words import METRIC, STATUS, number
from pipeline.types import Status

PASS, REGRESSION, INVALID = 0, 1, 2
# How far a figure may give way: a handful of cells of about 700, so that one mended wording may cost another, and no more.
TOLERANCE: Mapping[str, float] = {
    "accuracy": 0.004,
    "macro_f1": 0.006,
    "risk_recall": 0.006,
    "serious_recall": 0.006,
    "false_alarm_rate": 0.008,
    "false_missing_rate": 0.004,
    "evidence_recall": 0.008,
}
AREA_TOLERANCE = 0.02  # of an area's accuracy: two or three of its cells
_FINGERPRINT = {
    "engine": "引擎",
    "model": "模型",
    "playbook": "审查标准",
    "prompts": "提示词",
    "embedder": "向量模型",
    "labels": "合同或标注",
    "recording": "录制的回复",
}


class Entry(BaseModel):
    """One dataset and engine: what was measured. ``replayed`` is the hash of all that was made of recorded replies, "" where none were."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    fingerprint: Fingerprint
    figures: dict[str, float]
    areas: dict[str, float]
    cells: dict[str, dict[str, Status]]
    replayed: str = ""


class Baseline(BaseModel):
    """The committed baseline, one entry a dataset, engine and model ("dev/rules", "dev/llm/gpt-4.1-mini")."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    format: Literal["shenyue.baseline/1"] = "shenyue.baseline/1"
    entries: dict[str, Entry]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What the gate says: exit code and the lines that explain it."""

    code: int
    lines: tuple[str, ...]


def load_baseline(path: Path) -> Baseline:
    """Read a baseline.

    Raises:
        RunError: it is not there or does not validate.
    """
    try:
        return Baseline.model_validate_json(path.read_bytes())
    except OSError as error:
        raise RunError(f"{path.name}：读不了基线（{error.strerror}）。用 --update 记下一个") from error
    except ValidationError as error:
        raise RunError(
            f"{path.name}：不是基线文件（{error.errors()[0]['msg']}）。请从版本库恢复，或用 --update 重新记录"
        ) from error


def name_of(run: Run) -> str:
    """The entry a run belongs to: dataset, engine, and the model where one was asked."""
    mark = run.fingerprint
    return "/".join((Path(run.dataset).name, mark.engine, *((mark.model,) if mark.model is not None else ())))


def entry(run: Run) -> Entry:
    """What the baseline keeps of a run."""
    kept, areas = _scores(run)
    return Entry(
        fingerprint=run.fingerprint,
        figures={name: round(score, 6) for name, score in kept.items()},
        areas={area: round(score, 6) for area, score in areas.items()},
        cells={case.id: {c.checkpoint: c.said for c in case.cells} for case in run.cases},
        replayed=_made(run) if run.fingerprint.recording else "",
    )


def updated(baseline: Baseline | None, run: Run) -> Baseline:
    """The baseline with this run in the place of what it had.

    Raises:
        RunError: the run is not valid: contracts or calls failed, or only a part was scored.
    """
    problems = _invalid(run)
    if problems:
        raise RunError(f"这次评测不完整，不能作基线：{'；'.join(problems)}")
    entries = {} if baseline is None else dict(baseline.entries)
    entries[name_of(run)] = entry(run)
    return Baseline(entries=dict(sorted(entries.items())))


def gate(run: Run, baseline: Baseline) -> Outcome:
    """Hold a run against its entry in the baseline."""
    name = name_of(run)
    kept = baseline.entries.get(name)
    problems = _invalid(run)
    if kept is None:
        problems.append(f"基线里没有 {name}")
    else:
        problems += _mismatch(run.fingerprint, kept.fingerprint)
        problems += _absent(run, kept)
    if problems or kept is None:
        return Outcome(code=INVALID, lines=(f"{name}：评测无效", *(f"  {p}" for p in problems)))
    now, areas = _scores(run)
    broken = [line for metric in TOLERANCE if (line := _fell(metric, kept.figures, now)) is not None]
    for area, before in kept.areas.items():
        after = areas.get(area)
        if after is None or after < before - AREA_TOLERANCE:
            broken.append(f"领域 {area} 准确率 {number(before)} → {number(after)}（允许 {AREA_TOLERANCE:g}）")
    changed = _changed(run, kept)
    if run.fingerprint.recording and kept.replayed != _made(run):
        what = f"{len(changed)} 格结论" if changed else "引文、理由或调用次数"
        broken.append(f"回放同样的回复，{what}与基线不同；如是有意改动，请用 --update 重新记录基线并一起提交")
    if broken:
        return Outcome(code=REGRESSION, lines=(f"{name}：退步", *(f"  {b}" for b in broken), *changed))
    return Outcome(code=PASS, lines=(f"{name}：通过（{_headline(now)}）", *changed))


def _scores(run: Run) -> tuple[dict[str, float], dict[str, float]]:
    found = figures(run)
    scores = {name: found.overall[name].estimate for name in TOLERANCE if name in found.overall}
    scores["evidence_recall"] = found.citations.evidence_recall
    areas = {area: own["accuracy"].estimate for area, own in found.areas.items()}
    return (
        {name: s for name, s in scores.items() if s is not None},
        {area: s for area, s in areas.items() if s is not None},
    )


def _made(run: Run) -> str:
    """Everything that was made of a model's replies, to the last citation and call."""
    made = [
        [
            case.id,
            case.usage.model_dump(mode="json"),
            [
                [c.checkpoint, c.said.value, c.reason, c.figure, [(p.start, p.end) for p in c.citations], c.rejected]
                for c in case.cells
            ],
        ]
        for case in run.cases
    ]
    return hashlib.sha256(json.dumps(made, ensure_ascii=False).encode()).hexdigest()


def _invalid(run: Run) -> list[str]:
    problems = [f"{case} 失败：{why}" for case, why in run.failures.items()]
    if run.only:
        problems.append(f"只评了 {run.only} 开头的检查点")
    if not run.cells:
        problems.append("没有一格结果")
    return problems


def _mismatch(run: Fingerprint, kept: Fingerprint) -> list[str]:
    out = []
    for field, word in _FINGERPRINT.items():
        now, before = getattr(run, field), getattr(kept, field)
        if now != before:
            out.append(
                f"{word}与基线不同（{str(before)[:12]} → {str(now)[:12]}）；如是有意改动，请用 --update 重新记录基线并一起提交"
            )
    return out


def _absent(run: Run, kept: Entry) -> list[str]:
    now = {(c.case, c.checkpoint) for c in run.cells}
    lost = [f"{case} {c}" for case, own in kept.cells.items() for c in own if (case, c) not in now]
    return [f"少了 {len(lost)} 格：{'、'.join(lost[:3])}…"] if lost else []


def _fell(metric: str, kept: Mapping[str, float], now: Mapping[str, float]) -> str | None:
    before, after, slack = kept.get(metric), now.get(metric), TOLERANCE[metric]
    if before is None:
        return None
    worse = after is None or (after - before if metric in LOWER_IS_BETTER else before - after) > slack
    return f"{METRIC[metric]} {number(before)} → {number(after)}（允许 {slack:g}）" if worse else None


def _changed(run: Run, kept: Entry) -> tuple[str, ...]:
    lines = []
    for case in run.cases:
        for cell in case.cells:
            before = kept.cells[case.id].get(cell.checkpoint)
            if before is None or before is cell.said:
                continue
            mark = "改好" if cell.said is cell.label else "改坏" if before is cell.label else "仍错"
            lines.append(
                f"  {mark} [{case.id}] {cell.checkpoint}：{STATUS[before]} → {STATUS[cell.said]}（标注{STATUS[cell.label]}）{cell.reason}"
            )
    return tuple(sorted(lines))


def _headline(now: Mapping[str, float]) -> str:
    return "，".join(
        f"{METRIC[m].split('（')[0]} {number(now.get(m))}" for m in ("macro_f1", "serious_recall", "false_alarm_rate")
    )
