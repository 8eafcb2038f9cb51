"""Is this installation complete? Each part is tried for real, not looked up."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile, TemporaryDirectory
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import numpy as np

from pipeline.embed import default_embedder
from pipeline.errors import ShenyueError
from pipeline.playbook import load_playbook
from pipeline.settings import settings
from pipeline.types import Status

if TYPE_CHECKING:
    from pipeline.check.llm.client import ModelClient

_TRIAL = """客服外包合同
甲方（委托方）：某服饰有限公司
乙方（受托方）：某客服外包有限公司
第一条 服务内容
1.1 乙方负责售前咨询、售后退换货及投诉处理。
1.2 首次响应时间不超过60秒。
"""
_ASKED = '这是连通性测试。只回这个 JSON 对象，不加别的：{"findings": []}'
_FILLER = "本条仅为测试长度，没有内容。\n"
_INSTRUCTIONS = 3_500  # tokens of rules, questions and fence around the contract of a call, rounded up
_LEAST_CONTEXT = 500  # of SHENYUE_CONTEXT_TOKENS


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
    yield from _model()


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


def _model() -> Iterator[Check]:
    """The chat model of the llm engine: address, name, structured output, length. The first that fails ends it: the rest hangs on it."""
    from pipeline.errors import SettingsError

    try:
        current = settings()
    except SettingsError:
        return  # told already
    if not current.model:
        yield Check(
            name="大模型", ok=True, detail="没有设置，规则引擎（默认）不需要；要用 llm 引擎，请设置 SHENYUE_MODEL"
        )
        return
    from pipeline.check.llm.client import connect
    from pipeline.check.llm.failures import Failure, ModelFailure

    at = "模型服务"
    try:
        client = connect(current.model_copy(update={"cache": False, "model_retries": min(current.model_retries, 1)}))
        offered = client.offered()
        name = client.name.removeprefix("openai:")
        if offered is not None:
            yield Check(name=at, ok=True, detail=f"{_host()} 连得上，列出 {len(offered)} 个模型")
        try:
            said = _structured(client)
        except ModelFailure as failure:
            known = failure.kind in (Failure.NETWORK, Failure.TIMEOUT, Failure.KEY, Failure.SERVER, Failure.RATE_LIMIT)
            at = ("模型服务" if offered is None else "模型调用") if known else "模型名称"
            if failure.kind is Failure.MODEL:
                near = f"。服务列出的有：{'、'.join(list(offered)[:5])}" if offered else ""
                yield Check(name=at, ok=False, detail=f"{failure}{near}")
                return
            if not known:
                yield Check(name=at, ok=True, detail=current.model)
                at = "结构化输出"
            raise
        if offered is None:
            yield Check(name=at, ok=True, detail=f"{_host()} 连得上，不列模型清单")
        listed = offered is None or name in offered
        yield Check(name="模型名称", ok=True, detail=current.model + ("" if listed else "（清单里没有，但能用）"))
        yield Check(name="结构化输出", ok=True, detail=said)
        at = "上下文长度"
        yield _length(client, (offered or {}).get(name), current.context_tokens, current.max_output_tokens)
    except (ModelFailure, ShenyueError, ValueError) as error:
        yield Check(name=at, ok=False, detail=str(error))


def _structured(client: ModelClient) -> str:
    """One short call; how JSON can be asked for."""
    from langchain_core.messages import HumanMessage

    from pipeline.check.llm.failures import Failure
    from pipeline.check.llm.reply import ReplyError, read_reply

    text = client.ask([HumanMessage(_ASKED)]).text
    try:
        read_reply(text, ())
    except ReplyError as error:
        raise client.unusable(Failure.MALFORMED, str(error)) from error
    return {
        "json_schema": "按 JSON Schema 回复（最严格的一种）",
        "json_object": "服务不支持 JSON Schema，用 JSON 模式",
        "": "服务不支持结构化输出，只靠提示词；不合格式的回复会要求重发一次，再不行该领域记为未审查",
    }[client.way]


def _length(client: ModelClient, told: int | None, contract: int, reply: int) -> Check:
    """Whether a call takes the longest contract that ``auto`` gives whole: as the server tells, else by one call of that length."""
    from langchain_core.messages import HumanMessage

    from pipeline.check.llm.context import tokens
    from pipeline.check.llm.failures import Failure, ModelFailure

    name, needed = "上下文长度", contract + _INSTRUCTIONS + reply
    if told is not None:
        fits = told >= needed
        said = f"服务说最多 {told} 词元，一次调用最多用 {needed}"
        return Check(name=name, ok=fits, detail=said if fits else f"{said}。{_shorter(told - needed + contract)}")
    times = contract // tokens(_FILLER)
    before = client.usage.input_tokens
    try:
        client.ask([HumanMessage(_FILLER * times + _ASKED)])
    except ModelFailure as failure:
        if failure.kind is Failure.TOO_LONG:
            return Check(name=name, ok=False, detail=f"服务读不下 {contract} 词元的合同。{_shorter(contract // 2)}")
        if failure.kind not in (Failure.MALFORMED, Failure.TRUNCATED, Failure.REFUSED):
            raise
    read = client.usage.input_tokens - before
    if 0 < read < contract // 2:
        return Check(
            name=name, ok=False, detail=f"发了约 {contract} 词元，服务只读了 {read}，其余被截掉。{_shorter(read // 2)}"
        )
    return Check(name=name, ok=True, detail=f"试发 {contract} 词元，读得下")


def _shorter(room: int) -> str:
    rounded = room // 500 * 500
    if rounded < _LEAST_CONTEXT:
        return "请换一个上下文更长的模型，或在服务端调大上下文"
    return f"请把 SHENYUE_CONTEXT_TOKENS 设为 {rounded}，或换一个上下文更长的模型，或在服务端调大上下文"


def _host() -> str:
    """Where the model is, without what a URL may carry of a user or a key."""
    parts = urlsplit(os.environ.get("OPENAI_BASE_URL", ""))
    return f"{parts.hostname}{f':{parts.port}' if parts.port else ''}" if parts.hostname else "模型厂商的默认地址"


_PROBES: dict[str, Callable[[], str]] = {
    "设置": _settings,
    "缓存目录": _data_dir,
    "审查标准": _playbook,
    "向量模型": _embedder,
    "扫描识别": _ocr,
    "试审一份": _review,
    "网络": _network,
}
