"""What a review depends on beside its file. Reviews of one file under the same conditions are the same review; others are never mixed with it."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping

from pipeline import __version__
from pipeline.embed import Embedder
from pipeline.playbook import Playbook
from pipeline.review import prompts_sha256, weights_sha256
from pipeline.settings import settings
from pipeline.types import Party

_LIMITS = ("max_file_mb", "max_unpacked_mb", "max_pages", "max_chars", "ocr_dpi")
_OF_MODELS = ("model", "context", "context_tokens", "retrieved_tokens", "max_output_tokens")
_HASH = re.compile(r"[0-9a-f]{64}")
_NAMES: Mapping[str, str] = {
    "version": "审约的版本", "engine": "引擎", "merchant": "商家一方", "playbook": "审查标准", "prompts": "提示词", "weights": "判读权重",
    "embedder": "检索模型", "mask": "遮盖", "model": "模型",
}  # fmt: skip


def conditions(
    *, engine: str, merchant: Party | None, playbook: Playbook, mask: bool, embedder: Embedder
) -> Mapping[str, str]:
    """Name and value of everything that can change a review, as text; what only a model sees is left out where none is asked."""
    current = settings()
    found = {
        "version": __version__,
        "engine": engine,
        "merchant": merchant.value if merchant else "auto",
        "playbook": playbook.sha256,
        "weights": weights_sha256(),
        "embedder": embedder.name,
        **{name: str(getattr(current, name)) for name in _LIMITS},
    }
    if engine != "rules":
        found |= {"prompts": prompts_sha256(), "mask": str(mask)}
        found |= {name: str(getattr(current, name)) for name in _OF_MODELS}
    return found


def fingerprint(found: Mapping[str, str]) -> str:
    """One sha256 over conditions."""
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def shown(found: Mapping[str, str]) -> Mapping[str, str]:
    """Conditions with their Chinese names and a hash cut short, for people."""
    return {_called(name): value[:12] if _HASH.fullmatch(value) else value for name, value in found.items()}


def changed(before: Mapping[str, str], now: Mapping[str, str]) -> str:
    """What differs, in Chinese: 审查标准、SHENYUE_MAX_PAGES（500 → 100）."""
    names = [name for name in {**before, **now} if before.get(name) != now.get(name)]
    return "、".join(_told(name, before.get(name, ""), now.get(name, "")) for name in names)


def _told(name: str, before: str, now: str) -> str:
    called = _called(name)
    return called if _HASH.fullmatch(before or now) else f"{called}（{before or '无'} → {now or '无'}）"


def _called(name: str) -> str:
    return _NAMES.get(name, f"SHENYUE_{name.upper()}")
