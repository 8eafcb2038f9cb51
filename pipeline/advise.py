"""What to ask for: the playbook's wording with this contract's party names and the playbook's figures put in."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from pipeline.errors import PlaybookError
from pipeline.playbook import CheckpointModel
from pipeline.types import Party, Status, Wording

_SLOT = re.compile(r"\{([a-z_]+)\}")


def _percent(value: float) -> str:
    return f"{value * 100:g}%"


def _number(unit: str) -> Callable[[float], str]:
    return lambda value: f"{value:g}{unit}"


# How a threshold reads in a clause, by the last word of its name; seconds and fractions are what the playbook stores.
_UNITS: Mapping[str, Callable[[float], str]] = {
    "seconds": _number(" 秒"),
    "rate": _percent,
    "months": _number(" 个月"),
    "hours": _number(" 小时"),
    "days": _number(" 日"),
    "years": _number(" 年"),
    "count": _number(" 项"),
    "measures": _number(" 项"),
    "yuan": _number(" 元"),
}
_PERCENT_BEFORE_WORDS = re.compile(r"%(?=[\u4e00-\u9fff])")


def wording(checkpoint: CheckpointModel, merchant: Party, names: Mapping[Party, str] | None = None) -> Wording:
    """The three wordings of a checkpoint, ready to paste.

    Args:
        checkpoint: whose wording.
        merchant: which side buys the service.
        names: what the contract calls each side (委托方, 您); 甲方 and 乙方 where it is not given.

    Raises:
        PlaybookError: a slot that is neither a party nor a threshold of the checkpoint.
    """
    source = checkpoint.wording
    fill = _filler(checkpoint, merchant, names or {})
    return Wording(
        preferred=fill(source.preferred), acceptable=fill(source.acceptable), walk_away=fill(source.walk_away)
    )


def suggestion(
    checkpoint: CheckpointModel, status: Status, merchant: Party, names: Mapping[Party, str] | None = None
) -> str:
    """What to ask for, given the status; empty for ``ok``. Arguments and errors are those of ``wording``."""
    if status is Status.OK:
        return ""
    words = wording(checkpoint, merchant, names).preferred
    if status is Status.MISSING:
        return f"补上一条：「{words}」"
    if status is Status.VAGUE:
        return f"写具体，改为：「{words}」"
    if status is Status.ADVERSE:
        return f"要求改为：「{words}」"
    return f"请人工查看原文；若没有约定，补上：「{words}」"


def _filler(checkpoint: CheckpointModel, merchant: Party, names: Mapping[Party, str]) -> Callable[[str], str]:
    slots = {
        "merchant": names.get(merchant) or merchant.value,
        "vendor": names.get(merchant.other) or merchant.other.value,
    }
    for name, value in checkpoint.thresholds.items():
        slots[name] = _UNITS.get(name.rsplit("_", 1)[-1], _number(""))(value)

    def fill(text: str) -> str:
        def put(match: re.Match[str]) -> str:
            try:
                return slots[match.group(1)]
            except KeyError:
                have = "、".join(sorted(slots))
                raise PlaybookError(
                    f"检查点 {checkpoint.id} 的措辞用了不存在的变量 {match.group(0)}，可用：{have}"
                ) from None

        return _PERCENT_BEFORE_WORDS.sub("% ", _SLOT.sub(put, text))

    return fill
