"""Is this installation complete? Each part is tried for real, not looked up."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from tempfile import NamedTemporaryFile

from pipeline.embed import default_embedder
from pipeline.errors import ShenyueError
from pipeline.playbook import load_playbook
from pipeline.settings import settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One part: whether it works, and what to know or do."""

    name: str
    ok: bool
    detail: str


def checks() -> Iterator[Check]:
    """All parts, in the order a review uses them."""
    for name, probe in _PROBES.items():
        try:
            yield Check(name=name, ok=True, detail=probe())
        except (ShenyueError, OSError, ImportError, RuntimeError, ValueError) as error:
            yield Check(name=name, ok=False, detail=str(error) or type(error).__name__)


def _settings() -> str:
    current = settings()
    return f"缓存目录 {current.data_dir}，{current.threads} 线程"


def _data_dir() -> str:
    folder = settings().data_dir
    folder.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=folder):
        return "可写"


def _playbook() -> str:
    book = load_playbook()
    return f"{book.model.name}，{len(book.checkpoints)} 个检查点，指纹 {book.sha256[:12]}"


def _embedder() -> str:
    embedder = default_embedder(settings().threads, None)
    vectors = embedder.passages(["服务费按月结算"])
    return f"{embedder.name}，{vectors.shape[1]} 维"


def _ocr() -> str:
    if find_spec("rapidocr") is None:
        raise ImportError("没有安装 rapidocr，扫描件读不了；请重新安装依赖")
    return "已安装，扫描件可以识别"


def _network() -> str:
    keys = [k for k in ("OPENAI_API_KEY", "SHENYUE_API_KEY") if os.environ.get(k)]
    note = f"环境里有 {'、'.join(keys)}，但只有选了 llm 引擎才会用到" if keys else "没有设置任何密钥"
    return f"默认引擎 rules 不联网；{note}"


_PROBES: dict[str, Callable[[], str]] = {
    "设置": _settings,
    "缓存目录": _data_dir,
    "审查标准": _playbook,
    "向量模型": _embedder,
    "扫描识别": _ocr,
    "网络": _network,
}
