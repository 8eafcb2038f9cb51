"""One chat model behind one call: the only file that knows a vendor.

Any chat model of LangChain will do. By default it is built by ``langchain.chat_models.init_chat_model``: ``SHENYUE_MODEL`` names it, with
``provider:`` in front for other vendors than OpenAI-compatible servers. Failed calls are tried again by the vendor's client, with back-off,
jitter and ``Retry-After``; what remains is a ``ModelFailure``, which says in Chinese what happened and what to do.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from threading import Lock
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.rate_limiters import InMemoryRateLimiter

from pipeline.check.llm.cache import FROM_CACHE, Recording, ReplyCache, StaleRecording
from pipeline.check.llm.context import tokens
from pipeline.check.llm.reply import SCHEMA
from pipeline.errors import EngineError
from pipeline.settings import Settings
from pipeline.types import Usage

# LangSmith would send every prompt away if the environment of another project switched it on.
os.environ["LANGSMITH_TRACING"] = "false"
os.environ["LANGCHAIN_TRACING_V2"] = "false"
# What LangChain advises about servers without structured output is done here already.
warnings.filterwarnings("ignore", message="This model does not support OpenAI's structured output")
warnings.filterwarnings("ignore", message="Invalid schema for OpenAI's structured output")


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
    STALE = "stale"
    REQUEST = "request"


_SAID: Mapping[Failure, tuple[str, str]] = {
    Failure.TIMEOUT: ("模型超时没有回复", "请稍后重试，或调大 SHENYUE_MODEL_TIMEOUT"),
    Failure.RATE_LIMIT: ("模型服务限流或额度用完", "请稍后重试，或检查账户额度，或调低 SHENYUE_REQUESTS_PER_SECOND"),
    Failure.SERVER: ("模型服务出错", "请稍后重试"),
    Failure.NETWORK: ("连不上模型服务", "请检查网络和 OPENAI_BASE_URL"),
    Failure.KEY: ("模型服务不认密钥", "请检查 OPENAI_API_KEY"),
    Failure.MODEL: ("模型服务里没有这个模型", "请检查 SHENYUE_MODEL"),
    Failure.TOO_LONG: ("合同超出模型能读的长度", "请把 SHENYUE_CONTEXT 设为 retrieved，或换一个上下文更长的模型"),
    Failure.TRUNCATED: ("模型的回复没有写完就被截断", "请调大 SHENYUE_MAX_OUTPUT_TOKENS"),
    Failure.REFUSED: ("模型拒绝回答", "请换一个模型，或用规则引擎"),
    Failure.MALFORMED: ("模型的回复不合格式", "请重试，或换一个模型"),
    Failure.CEILING: ("用量到了上限，没有再调用模型", "请调高 SHENYUE_MAX_RUN_TOKENS 或 SHENYUE_MAX_RUN_COST"),
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The text of a reply."""

    text: str


# From the strictest way of asking for JSON to none; a server that refuses one is asked the next way for the rest of the run.
_WAYS: tuple[Mapping[str, Any], ...] = (
    {"response_format": {"type": "json_schema", "json_schema": {"name": "review", "strict": True, "schema": SCHEMA}}},
    {"response_format": {"type": "json_object"}},
    {},
)


class ModelClient:
    """Asks a chat model, counts what it costs and stops at the ceiling. Safe to use from several threads.

    Args:
        model: any LangChain chat model.
        name: what to call it in a review.
        prices: money per million tokens: input, cached input, output; ``None`` when not known.
        max_output_tokens: reserved for each reply when the ceiling is checked.
        max_tokens: tokens of the whole run, 0 for no ceiling.
        max_cost: money of the whole run, 0 for no ceiling; needs ``prices``.
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        name: str,
        prices: tuple[float, float, float] | None = None,
        max_output_tokens: int = 4000,
        max_tokens: int = 0,
        max_cost: float = 0.0,
        show: Callable[[Sequence[BaseMessage]], None] | None = None,
    ) -> None:
        self.model, self.name = model, name
        self._prices, self._show = prices, show
        self._reserve, self._max_tokens, self._max_cost = max_output_tokens, max_tokens, max_cost
        self._way = 0 if _takes_response_format(model) else len(_WAYS) - 1
        self._lock = Lock()
        self._held = 0
        self._used = Usage()

    @property
    def usage(self) -> Usage:
        """What was used so far."""
        return self._used

    @property
    def way(self) -> str:
        """How JSON is asked for after what the server has refused so far: ``json_schema``, ``json_object`` or "" for by words alone."""
        return str(_WAYS[self._way].get("response_format", {}).get("type", ""))

    def offered(self) -> Mapping[str, int | None] | None:
        """The models that the server lists, each with its context in tokens where that is told; ``None`` where no list is offered.

        Raises:
            ModelFailure: the server cannot be reached, or does not know the key.
        """
        server = getattr(self.model, "root_client", None)
        if server is None:
            return None
        try:
            listed = list(server.models.list())
        except Exception as error:  # of any vendor, as in a call
            failure = _failure(error)
            unknown_key = failure.kind is Failure.KEY and getattr(error, "status_code", None) != 403
            if unknown_key or failure.kind in (Failure.NETWORK, Failure.TIMEOUT):
                raise failure from error
            return None
        return {m.id: next((n for key in _SIZES if isinstance(n := getattr(m, key, None), int)), None) for m in listed}

    def unusable(self, kind: Failure, detail: str) -> ModelFailure:
        """The failure of a call whose reply came and cannot be used; it is counted as failed."""
        with self._lock:
            self._used = _plus(self._used, failed_calls=1)
        return ModelFailure(kind, detail)

    def ask(self, messages: Sequence[BaseMessage]) -> Answer:
        """One reply.

        Raises:
            ModelFailure: nothing usable came, after the retries of the client.
        """
        held = sum(tokens(str(m.content)) for m in messages) + self._reserve
        self._hold(held)
        try:
            if self._show is not None:
                self._show(messages)
            return self._asked(messages)
        except ModelFailure:
            with self._lock:
                self._used = _plus(self._used, failed_calls=1)
            raise
        finally:
            with self._lock:
                self._held -= held

    def _asked(self, messages: Sequence[BaseMessage]) -> Answer:
        while True:
            way = self._way
            try:
                message = self.model.invoke(list(messages), **_WAYS[way])
            except Exception as error:  # of any vendor: what it means is told below
                if way + 1 < len(_WAYS) and _refuses_format(error):
                    with self._lock:
                        self._way = max(self._way, way + 1)
                    continue
                self._count(getattr(error, "completion", None))
                raise _failure(error) from error
            return self._answer(message)

    def _answer(self, message: BaseMessage) -> Answer:
        assert isinstance(message, AIMessage)
        self._add(message)
        if message.additional_kwargs.get("refusal"):
            raise ModelFailure(Failure.REFUSED)
        reason = message.response_metadata.get("finish_reason") or message.response_metadata.get("stop_reason")
        if reason in ("length", "max_tokens"):
            raise ModelFailure(Failure.TRUNCATED)
        if reason == "content_filter":
            raise ModelFailure(Failure.REFUSED, "内容过滤")
        text = message.text
        if not text.strip():
            raise ModelFailure(Failure.MALFORMED, "空回复")
        return Answer(text=text)

    def _hold(self, needed: int) -> None:
        with self._lock:
            used = self._used
            total = used.input_tokens + used.output_tokens + self._held + needed
            if self._max_tokens and total > self._max_tokens:
                raise ModelFailure(
                    Failure.CEILING, f"已用 {used.input_tokens + used.output_tokens} 词元，上限 {self._max_tokens}"
                )
            if self._max_cost and self._prices is not None:
                dearest = (self._held + needed) / 1e6 * max(self._prices)
                if (used.cost or 0.0) + dearest > self._max_cost:
                    raise ModelFailure(Failure.CEILING, f"已花 {used.cost or 0:.4f}，上限 {self._max_cost:g}")
            self._held += needed

    def _add(self, message: AIMessage) -> None:
        if message.response_metadata.get(FROM_CACHE):
            return  # nothing was called, nothing was paid
        found = message.usage_metadata
        if found is None:
            return self._spend(0, 0, 0)
        cached = found.get("input_token_details", {}).get("cache_read") or 0
        self._spend(found["input_tokens"], found["output_tokens"], cached)

    def _count(self, completion: Any) -> None:
        """A reply that the vendor's client refused to hand on (cut off, filtered) was made and is paid for."""
        found = getattr(completion, "usage", None)
        if found is not None:
            details = getattr(found, "prompt_tokens_details", None)
            self._spend(found.prompt_tokens, found.completion_tokens, getattr(details, "cached_tokens", 0) or 0)

    def _spend(self, inputs: int, outputs: int, cached: int) -> None:
        cost = None
        if self._prices is not None:
            dear, cheap, out = self._prices
            cost = ((inputs - cached) * dear + cached * cheap + outputs * out) / 1e6
        with self._lock:
            self._used = _plus(
                self._used, calls=1, input_tokens=inputs, output_tokens=outputs, cached_tokens=cached, cost=cost
            )


def connect(
    settings: Settings,
    *,
    show: Callable[[Sequence[BaseMessage]], None] | None = None,
    recording: Recording | None = None,
) -> ModelClient:
    """The client that the settings describe; with a ``recording`` in the place of the cache.

    Raises:
        EngineError: no model is named, or there is no key and no address of one's own.
    """
    if not settings.model:
        raise EngineError("没有指定模型：请设置 SHENYUE_MODEL，例如 gpt-4.1-mini、deepseek-chat 或本机模型的名称")
    provider, _, name = (
        settings.model.rpartition(":") if settings.model.split(":")[0] in _PROVIDERS else ("", "", settings.model)
    )
    key, address = os.environ.get("OPENAI_API_KEY", ""), os.environ.get("OPENAI_BASE_URL", "")
    if not provider and not key and not address and recording is None:
        raise EngineError("没有模型服务：请设置 OPENAI_API_KEY，或用 OPENAI_BASE_URL 指向自己的服务")
    rate = settings.requests_per_second
    options: dict[str, Any] = {
        "temperature": 0,
        "timeout": settings.model_timeout,
        "max_retries": settings.model_retries,
        "max_tokens": settings.max_output_tokens,
        "cache": recording if recording is not None else _cache(settings),
        "rate_limiter": InMemoryRateLimiter(requests_per_second=rate, check_every_n_seconds=0.05, max_bucket_size=6)
        if rate
        else None,
    }
    if not provider:
        options |= {"api_key": key or "none", "base_url": address or None}
    from langchain.chat_models import init_chat_model

    try:
        model = init_chat_model(name, model_provider=provider or "openai", **options)
    except (ImportError, ValueError) as error:
        raise EngineError(f"用不了模型 {settings.model}：{error}") from error
    return ModelClient(
        model,
        name=settings.model,
        prices=settings.prices.get(settings.model),
        max_output_tokens=settings.max_output_tokens,
        max_tokens=settings.max_run_tokens,
        max_cost=settings.max_run_cost,
        show=show,
    )


def _cache(settings: Settings) -> ReplyCache | bool:
    return ReplyCache(settings.data_dir / "replies.sqlite") if settings.cache else False


# As vLLM, OpenRouter, LM Studio and Groq name it in their lists.
_SIZES = ("max_model_len", "context_length", "max_context_length", "context_window")
_PROVIDERS = frozenset({"openai", "anthropic", "google_genai", "ollama", "deepseek", "mistralai", "bedrock", "groq"})


def _takes_response_format(model: BaseChatModel) -> bool:
    from langchain_openai.chat_models.base import BaseChatOpenAI

    return isinstance(model, BaseChatOpenAI)


def _too_long(error: Exception) -> bool:
    """More tokens than the model takes, in the words of OpenAI, vLLM, DeepSeek, Qwen and others."""
    from langchain_core.exceptions import ContextOverflowError

    code, said = getattr(error, "code", None), str(error).lower()
    words = ("maximum context length", "context length", "context window", "input length", "too many tokens")
    return isinstance(error, ContextOverflowError) or code == "context_length_exceeded" or any(w in said for w in words)


def _refuses_format(error: Exception) -> bool:
    """A server that does not know this way of asking for JSON; not one that finds the prompt too long."""
    import openai

    if not isinstance(error, openai.BadRequestError | openai.UnprocessableEntityError) or _too_long(error):
        return False
    said = str(error).lower()
    return any(w in said for w in ("response_format", "json_schema", "json_object", "structured", "schema"))


def _failure(error: Exception) -> ModelFailure:
    import openai

    if isinstance(error, openai.APIStatusError) and _too_long(error):
        return ModelFailure(Failure.TOO_LONG)

    kinds: tuple[tuple[type[Exception], Failure], ...] = (
        (StaleRecording, Failure.STALE),
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
            return ModelFailure(failure, f"HTTP {status}" if status else "")
    return ModelFailure(Failure.SERVER, type(error).__name__)


def _plus(used: Usage, *, cost: float | None = None, **more: int) -> Usage:
    counts = {
        name: getattr(used, name) + more.get(name, 0)
        for name in ("calls", "failed_calls", "input_tokens", "output_tokens", "cached_tokens")
    }
    total = used.cost if cost is None else (used.cost or 0.0) + cost
    return Usage(cost=total, **counts)
