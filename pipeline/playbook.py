"""The playbook: areas, checkpoints, thresholds, severities, queries and wording, read from YAML and validated.

The default is ``prompts/playbook/ecommerce.yaml``. A user's own playbook names only what it changes
(``extends: default``) and is laid over it: thresholds, severities, wording, switched-off checkpoints
(``enabled: false``) and checkpoints of its own, which bring a ``rule``. ``overlay_of`` writes such a file again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from pathlib import Path
from typing import Annotated, Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, StringConstraints, ValidationError, model_validator

from pipeline.errors import PlaybookError
from pipeline.types import Severity, Status

Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
CheckpointId = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*\.[a-z][a-z_]*$")]

FORMAT = "shenyue.playbook/1"


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class WordingModel(_Strict):
    """Sentences a merchant can paste: 标准 / 可接受 / 底线."""

    preferred: Text
    acceptable: Text
    walk_away: Text


class RuleModel(_Strict):
    """The rule of a checkpoint that a user adds: what speaks of it, what figure is wanted, what takes it back.

    ``cues``, ``adverse`` and ``vague`` are regular expressions over the clause's text with white space removed, full-width
    signs folded and Traditional Chinese simplified. With ``kind`` a figure is wanted: ``bound`` says on which
    side of the threshold named ``limit`` it must stand (seconds, fractions or yuan).
    """

    cues: list[Text] = Field(min_length=1)
    adverse: list[Text] = Field(default_factory=list)
    vague: list[Text] = Field(default_factory=list)
    kind: Literal["duration", "ratio", "money", "count"] | None = None
    bound: Literal["at_most", "at_least"] = "at_most"

    @model_validator(mode="after")
    def _compiles(self) -> RuleModel:
        import re

        for pattern in (*self.cues, *self.adverse, *self.vague):
            try:
                re.compile(pattern)
            except re.error as error:
                raise ValueError(f"正则表达式「{pattern}」写错了：{error}") from error
        return self


class ReasonsModel(_Strict):
    """How a status is put into words where no figure or list says it; ``{figure}`` is the figure found, where there is one."""

    ok: Text
    vague: Text
    adverse: Text


class CheckpointModel(_Strict):
    """One checkpoint: what it is called, how much it weighs, where its limits are, and what to ask for."""

    id: CheckpointId
    name: Text
    severity: Severity
    why: Text
    thresholds: Mapping[str, float] = Field(default_factory=dict)
    queries: list[Text] = Field(min_length=1)
    wording: WordingModel
    reasons: ReasonsModel | None = None
    enabled: bool = True
    rule: RuleModel | None = None

    def reason(self, status: Status, figure: str | None = None) -> str:
        """A Chinese clause for ``status``, without a full stop."""
        said = {Status.OK: "写清楚了", Status.VAGUE: "写得含糊", Status.ADVERSE: "写法对商家不利"}
        if figure is not None and self.thresholds:
            return f"{self.name}写的是{figure}，{'在标准之内' if status is Status.OK else '不合标准'}"
        return str(getattr(self.reasons, status.value)) if self.reasons else f"{self.name}{said[status]}"


class AreaModel(_Strict):
    """A risk area and its checkpoints, in the order of the report."""

    id: Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_]*$")]
    name: Text
    checkpoints: list[CheckpointModel] = Field(min_length=1)


class DecisionModel(_Strict):
    """When the whole contract is 改后再签 or 不建议签; see ``pipeline.risk``."""

    reject_high_areas: int = Field(ge=1)
    reject_critical_adverse: int = Field(ge=1)


class PlaybookModel(_Strict):
    """A whole playbook file."""

    format: Literal["shenyue.playbook/1"]
    name: Text
    decision: DecisionModel
    areas: list[AreaModel] = Field(min_length=1)

    @model_validator(mode="after")
    def _consistent(self) -> PlaybookModel:
        seen: set[str] = set()
        for area in self.areas:
            for checkpoint in area.checkpoints:
                if checkpoint.id in seen:
                    raise ValueError(f"检查点 {checkpoint.id} 写了两次")
                if checkpoint.id.split(".")[0] != area.id:
                    raise ValueError(f"检查点 {checkpoint.id} 不属于领域 {area.id}")
                seen.add(checkpoint.id)
        return self


class Playbook(_Strict):
    """A validated playbook with its sha256 (of the merged content, not of the file's layout)."""

    model: PlaybookModel
    sha256: str

    @property
    def areas(self) -> list[AreaModel]:
        """All areas that still have a checkpoint switched on."""
        return [area for area in self.model.areas if any(c.enabled for c in area.checkpoints)]

    @property
    def checkpoints(self) -> list[CheckpointModel]:
        """The checkpoints switched on, in report order."""
        return [c for area in self.model.areas for c in area.checkpoints if c.enabled]

    def checkpoint(self, checkpoint_id: str) -> CheckpointModel:
        """The checkpoint of that id.

        Raises:
            KeyError: it is not in the playbook or is switched off.
        """
        for checkpoint in self.checkpoints:
            if checkpoint.id == checkpoint_id:
                return checkpoint
        raise KeyError(checkpoint_id)


def default_path() -> Path:
    """Where the default playbook is installed."""
    return Path(str(resources.files("prompts") / "playbook" / "ecommerce.yaml"))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Source:
    """The text of a playbook file and the name its mistakes are told by."""

    name: str
    text: str


@lru_cache(maxsize=8)
def load_playbook(path: Path | None = None) -> Playbook:
    """Read and validate a playbook; ``None`` is the default one.

    Raises:
        PlaybookError: unreadable, not YAML or not valid; every problem with its line.
    """
    return _validated(_read(path or default_path()), extending=path is not None)


def parse_playbook(text: str, name: str) -> Playbook:
    """``load_playbook`` for a text that is no file (saved on the page, uploaded); ``name`` is what its mistakes are told by.

    Raises:
        PlaybookError: not YAML or not valid; every problem with its line.
    """
    return _validated(_Source(name=name, text=text), extending=True)


def overlay_of(model: PlaybookModel) -> str:
    """``model`` as a file of its own that names only what differs from the default: ``parse_playbook`` of it gives ``model`` again.

    A playbook that cannot be laid over the default (an area renamed, a checkpoint of ours taken out) is written whole.
    """
    base = load_playbook().model
    own: dict[str, Any] = {"extends": "default"}
    if model.name != base.name:
        own["name"] = model.name
    if decision := _changed(model.decision.model_dump(), base.decision.model_dump()):
        own["decision"] = decision
    known = {c.id: c for area in base.areas for c in area.checkpoints}
    ours = {area.id for area in base.areas}
    entries = []
    for area in model.areas:
        for checkpoint in area.checkpoints:
            said = checkpoint.model_dump(mode="json", exclude_defaults=checkpoint.id not in known)
            if checkpoint.id in known:
                said = _changed(said, known[checkpoint.id].model_dump(mode="json"))
            elif area.id not in ours:
                said["area_name"] = area.name
            if said:
                entries.append({"id": checkpoint.id, **said})
    if entries:
        own["checkpoints"] = entries
    text = _yaml(own)
    try:
        same = parse_playbook(text, model.name).model == model
    except PlaybookError:
        same = False
    return text if same else _yaml(model.model_dump(mode="json", exclude_defaults=True))


def _changed(own: Mapping[str, Any], base: Mapping[str, Any]) -> dict[str, Any]:
    """What of ``own`` differs, and of mappings inside only their differing keys: what ``_overlay`` merges back."""
    out: dict[str, Any] = {}
    for key, value in own.items():
        before = base.get(key)
        if value == before:
            continue
        if isinstance(value, dict) and isinstance(before, dict):
            out[key] = _changed(value, before)
        else:
            out[key] = value
    return out


def _yaml(data: Mapping[str, Any]) -> str:
    return yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=120)


def _validated(source: _Source, *, extending: bool) -> Playbook:
    data = own = _parse(source)
    if extending and isinstance(own, dict) and own.get("extends") == "default":
        data = _overlay(_parse(_read(default_path())), own, source)
    try:
        model = PlaybookModel.model_validate(data)
    except ValidationError as error:
        raise PlaybookError(_explain(error, source, data)) from error
    canonical = json.dumps(model.model_dump(mode="json"), ensure_ascii=False, sort_keys=True)
    return Playbook(model=model, sha256=hashlib.sha256(canonical.encode()).hexdigest())


def _read(path: Path) -> _Source:
    try:
        return _Source(name=path.name, text=path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise PlaybookError(f"{path.name}：读不出这份审查标准（{error}）。请检查路径，并保存为 UTF-8 文本") from error


def _parse(source: _Source) -> Any:
    try:
        return yaml.safe_load(source.text)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else "?"
        raise PlaybookError(
            f"{source.name} 第 {line} 行：YAML 格式有误（{error.problem}）。请检查缩进和冒号"
        ) from error
    except yaml.YAMLError as error:
        raise PlaybookError(f"{source.name}：里面有 YAML 不能读的字符（{error}）。请另存为 UTF-8 文本") from error


_OWN_KEYS = {"extends", "name", "decision", "checkpoints", "format"}


def _overlay(base: Any, own: dict[str, Any], source: _Source) -> Any:
    """``own`` laid over ``base``: lists of checkpoints are matched by id, mappings merged, values replaced."""
    unknown = set(own) - _OWN_KEYS
    if unknown:
        key = sorted(unknown)[0]
        line = _line_of(source, (key,))
        raise PlaybookError(
            f"{source.name} 第 {line} 行：不认识的字段「{key}」。可用字段：{'、'.join(sorted(_OWN_KEYS))}"
        )
    merged = json.loads(json.dumps(base))
    if "name" in own:
        merged["name"] = own["name"]
    if not isinstance(own.get("decision", {}), dict):
        raise PlaybookError(f"{source.name} 第 {_line_of(source, ('decision',))} 行：decision 应是字段和值")
    if "decision" in own:
        merged["decision"] = {**merged["decision"], **own["decision"]}
    by_id = {c["id"]: c for area in merged["areas"] for c in area["checkpoints"]}
    entries = own.get("checkpoints") or []
    if not isinstance(entries, list):
        raise PlaybookError(
            f"{source.name} 第 {_line_of(source, ('checkpoints',))} 行：checkpoints 应是列表，每项以「- id:」开头"
        )
    for index, entry in enumerate(entries):
        line = _line_of(source, ("checkpoints", index))
        if not isinstance(entry, dict) or not isinstance(entry.get("id"), str):
            raise PlaybookError(f"{source.name} 第 {line} 行：检查点缺少 id")
        known = by_id.get(entry["id"])
        if known is not None:
            figures = entry.get("thresholds")
            unknown = set(figures if isinstance(figures, dict) else {}) - set(known.get("thresholds") or {})
            if unknown:
                name = sorted(unknown)[0]
                line = _line_of(source, ("checkpoints", index, "thresholds", name))
                have = "、".join(known.get("thresholds") or {}) or "无"
                raise PlaybookError(
                    f"{source.name} 第 {line} 行：{entry['id']} 没有名为「{name}」的阈值（可用：{have}）"
                )
            for key, value in entry.items():
                mergeable = isinstance(value, dict) and isinstance(known.get(key), dict)
                known[key] = {**known[key], **value} if mergeable else value
            continue
        if "rule" not in entry:
            raise PlaybookError(
                f"{source.name} 第 {line} 行：{entry['id']} 不在默认标准中，新增检查点须带 rule（cues 等）"
            )
        area_id = entry["id"].split(".")[0]
        area = next((a for a in merged["areas"] if a["id"] == area_id), None)
        if area is None:
            area = {"id": area_id, "name": entry.get("area_name", area_id), "checkpoints": []}
            merged["areas"].append(area)
        area["checkpoints"].append({k: v for k, v in entry.items() if k != "area_name"})
    return merged


def _explain(error: ValidationError, source: _Source, data: Any) -> str:
    lines = []
    for problem in error.errors():
        keys = _own_keys(source, data, problem["loc"])
        where = ".".join(str(part) for part in problem["loc"])
        lines.append(f"{source.name} 第 {_line_of(source, keys)} 行：{where}：{_chinese(problem)}")
    return "\n".join(lines)


def _own_keys(source: _Source, data: Any, loc: tuple[int | str, ...]) -> tuple[int | str, ...]:
    """A location in the merged playbook as a location in the user's own file."""
    own = _parse(source)
    if not (isinstance(own, dict) and own.get("extends") == "default" and loc[:1] == ("areas",) and len(loc) >= 4):
        return loc
    area, index = loc[1], loc[3]
    try:
        checkpoint_id = data["areas"][area]["checkpoints"][index]["id"]
    except (KeyError, IndexError, TypeError):
        return loc
    for number, entry in enumerate(own.get("checkpoints") or []):
        if isinstance(entry, dict) and entry.get("id") == checkpoint_id:
            return ("checkpoints", number, *loc[4:])
    return loc


_MESSAGES = {
    "missing": "缺少这个字段",
    "model_type": "应是字段和值",
    "dict_type": "应是字段和值",
    "greater_than_equal": "太小，至少是 1",
    "int_type": "应是整数",
    "int_parsing": "应是整数",
    "int_from_float": "应是整数",
    "extra_forbidden": "不认识的字段，请检查拼写",
    "enum": "取值只能是 critical、major 或 minor",
    "float_parsing": "应是数字",
    "float_type": "应是数字",
    "bool_parsing": "应是 true 或 false",
    "string_too_short": "不能为空",
    "string_type": "应是文字",
    "string_pattern_mismatch": "写法应为「领域.名称」，小写英文",
    "list_type": "应是列表",
    "too_short": "至少要有一项",
}


def _chinese(problem: Any) -> str:
    if problem["type"] == "value_error":
        return str(problem["ctx"]["error"])
    return _MESSAGES.get(problem["type"], str(problem["msg"]))


def _line_of(source: _Source, keys: tuple[int | str, ...]) -> int:
    """Line (from 1) of the deepest node of ``keys`` that exists in the file."""
    node = yaml.compose(source.text, Loader=yaml.SafeLoader)
    line = 1
    for key in keys:
        found = None
        if isinstance(node, yaml.MappingNode):
            for key_node, value_node in node.value:
                if key_node.value == str(key):
                    found, line = value_node, key_node.start_mark.line + 1
        elif isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
            found = node.value[key]
            line = found.start_mark.line + 1
        if found is None:
            break
        node = found
    return line
