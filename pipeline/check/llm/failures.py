"""Why a call to a model brought nothing, in words for the user and for programs."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from pipeline.check.ceiling import REACHED
from pipeline.check.llm.cache import StaleRecording
from pipeline.check.llm.limits import LimitsError


class Failure(StrEnum):
    """Why a call brought nothing."""

    TIMEOUT = "timeout"
    RATE_LIMIT = "rate_limit"
    SERVER = "server"
    NETWORK = "network"
    KEY = "key"
    MODEL = "model"
    TOO_LONG = "too_long"
    TRUNCATED = "truncated"
    REFUSED = "refused"
    MALFORMED = "malformed"
    CEILING = "ceiling"
    LIMITS = "limits"
    STALE = "stale"
    REQUEST = "request"


_SAID: Mapping[Failure, tuple[str, str]] = {
    Failure.TIMEOUT: ("模型超时没有回复", "请稍后重试，或调大 SHENYUE_MODEL_TIMEOUT"),
    Failure.RATE_LIMIT: (
        "模型服务限流或额度用完",
        "请稍后重试，或检查账户额度，或调低 SHENYUE_REQUESTS_PER_SECOND 和 SHENYUE_CONCURRENT_REQUESTS",
    ),
    Failure.SERVER: ("模型服务出错", "请稍后重试"),
    Failure.NETWORK: ("连不上模型服务", "请检查网络和 OPENAI_BASE_URL"),
    Failure.KEY: ("模型服务不认密钥", "请检查 OPENAI_API_KEY"),
    Failure.MODEL: ("模型服务里没有这个模型", "请检查 SHENYUE_MODEL"),
    Failure.TOO_LONG: ("合同超出模型能读的长度", "请把 SHENYUE_CONTEXT 设为 retrieved，或换一个上下文更长的模型"),
    Failure.TRUNCATED: ("模型的回复没有写完就被截断", "请调大 SHENYUE_MAX_OUTPUT_TOKENS"),
    Failure.REFUSED: ("模型拒绝回答", "请换一个模型，或用规则引擎"),
    Failure.MALFORMED: ("模型的回复不合格式", "请重试，或换一个模型"),
    Failure.CEILING: (REACHED, "请调高 SHENYUE_MAX_RUN_TOKENS 或 SHENYUE_MAX_RUN_COST"),
    Failure.LIMITS: ("限制调用用的文件读写不了", "请检查数据文件夹（SHENYUE_DATA_DIR）的空间和权限"),
    Failure.STALE: ("没有与这份提示词对应的录制回复", "提示词、模型或合同变了，请重新录制"),
    Failure.REQUEST: ("模型服务不接受这个请求", "请看说明检查模型和参数"),
}


class ModelFailure(Exception):
    """A call that brought nothing usable; ``str(error)`` is Chinese and ends in what to do. ``detail`` is the server's own word."""

    def __init__(self, kind: Failure, detail: str = "") -> None:
        problem, remedy = _SAID[kind]
        super().__init__(f"{problem}{f'（{detail}）' if detail else ''}。{remedy}")
        self.kind = kind
        self.detail = detail


def _too_long(error: Exception) -> bool:
    """More tokens than the model takes, in the words of OpenAI, vLLM, DeepSeek, Qwen and others."""
    from langchain_core.exceptions import ContextOverflowError

    code, said = getattr(error, "code", None), str(error).lower()
    words = ("maximum context length", "context length", "context window", "input length", "too many tokens")
    return isinstance(error, ContextOverflowError) or code == "context_length_exceeded" or any(w in said for w in words)


def refuses_format(error: Exception) -> bool:
    """A server that does not know this way of asking for JSON; not one that finds the prompt too long."""
    import openai

    if not isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError) or _too_long(error):
        return False
    said = str(error).lower()
    return any(w in said for w in ("response_format", "json_schema", "json_object", "structured", "schema"))


def failure_of(error: Exception) -> ModelFailure:
    """What an attempt's error means."""
    import openai

    if isinstance(error, openai.APIStatusError) and _too_long(error):
        return ModelFailure(Failure.TOO_LONG)

    kinds: tuple[tuple[type[Exception], Failure], ...] = (
        (StaleRecording, Failure.STALE),
        (LimitsError, Failure.LIMITS),
        (openai.LengthFinishReasonError, Failure.TRUNCATED),
        (openai.ContentFilterFinishReasonError, Failure.REFUSED),
        (openai.APITimeoutError, Failure.TIMEOUT),
        (openai.APIConnectionError, Failure.NETWORK),
        (openai.RateLimitError, Failure.RATE_LIMIT),
        (openai.AuthenticationError, Failure.KEY),
        (openai.PermissionDeniedError, Failure.KEY),
        (openai.NotFoundError, Failure.MODEL),
        (openai.InternalServerError, Failure.SERVER),
        (openai.APIStatusError, Failure.REQUEST),
        (openai.APIResponseValidationError, Failure.MALFORMED),
        (TimeoutError, Failure.TIMEOUT),
        (ConnectionError, Failure.NETWORK),
    )
    for kind, failure in kinds:
        if isinstance(error, kind):
            status = getattr(error, "status_code", None)
            return ModelFailure(failure, f"HTTP {status}" if status else str(error) if kind is LimitsError else "")
    return ModelFailure(Failure.SERVER, type(error).__name__)
