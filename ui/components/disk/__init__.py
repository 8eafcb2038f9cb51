"""What the data folder holds, by what it is for, and how much room it takes."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

_OTHER = "其他"
_PARTS: Mapping[str, str] = {
    "shenyue.sqlite3": "审查结果、决定和操作记录",
    "files": "合同文件",
    "pages": "合同的页面图片",
    "library": "条款检索用的向量",
    "embeddings.sqlite3": "向量缓存（没有文字）",
    "replies.sqlite": "模型回复缓存",
}
AUDIT: Mapping[str, str] = {
    "add_contract": "收下合同",
    "submit": "提交审查",
    "claim": "开始审查",
    "finish": "审完",
    "fail": "没有审成",
    "cancel": "取消审查",
    "requeue_abandoned": "中断后重新排队",
    "decide": "对结论作了决定",
    "delete_contract": "彻底删除合同",
    "save_playbook": "保存审查标准",
    "delete_playbook": "删除审查标准",
    "save_run": "保存评测",
    "delete_run": "删除评测",
}


def parts(folder: Path) -> list[tuple[str, int]]:
    """(what it is, bytes), in a fixed order; what is not there is left out. Files that go while we look count nothing."""
    sizes: dict[str, int] = {}
    with suppress(OSError):
        for entry in folder.iterdir():
            what = next((said for name, said in _PARTS.items() if entry.name.startswith(name)), _OTHER)
            sizes[what] = sizes.get(what, 0) + _size(entry)
    return [(what, sizes[what]) for what in (*_PARTS.values(), _OTHER) if sizes.get(what)]


def _size(path: Path) -> int:
    total = 0
    for file in (path,) if path.is_file() else path.rglob("*"):
        with suppress(OSError):
            total += file.stat().st_size if file.is_file() else 0
    return total
