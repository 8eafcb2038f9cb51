"""Is this installation complete? Each part is tried for real, not looked up."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory

import numpy as np

from pipeline.embed import default_embedder
from pipeline.errors import ShenyueError
from pipeline.playbook import load_playbook
from pipeline.settings import settings
from pipeline.types import Status

_TRIAL = """客服外包合同
甲方（委托方）：某服饰有限公司
乙方（受托方）：某客服外包有限公司
第一条 服务内容
1.1 乙方负责售前咨询、售后退换货及投诉处理。
1.2 首次响应时间不超过60秒。
"""


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
    """Reads a picture of a figure, so that models and runtime are both tried."""
    from PIL import Image, ImageDraw

    from pipeline.ingest.ocr import read_picture

    picture = Image.new("RGB", (420, 120), "white")
    ImageDraw.Draw(picture).text((30, 20), "2025", fill="black", font_size=72)
    read = "".join(line.text for line in read_picture(np.asarray(picture)).lines)
    if "2025" not in read:
        raise RuntimeError(f"识别不准：把 2025 读成了“{read}”。请重新安装依赖；在此之前不要审扫描件")
    return "读图正常，扫描件可以识别"


def _review() -> str:
    from pipeline.review import review

    with TemporaryDirectory() as folder:
        path = Path(folder) / "试审.txt"
        path.write_text(_TRIAL, encoding="utf-8")
        finished = review(path)
    found = next(f for f in finished.findings if f.checkpoint == "scope.response_time")
    if found.status is not Status.ADVERSE:
        raise RuntimeError("把 60 秒的响应时间判成了别的结论。请重新安装")
    return f"{len(finished.findings)} 个检查点，{finished.timings_ms['total'] / 1000:.1f} 秒"


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
    "试审一份": _review,
    "网络": _network,
}
