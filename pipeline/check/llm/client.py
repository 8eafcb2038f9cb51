"""One chat model behind one call: the only file that knows a vendor.

Any chat model of LangChain will do. By default it is built by ``langchain.chat_models.init_chat_model``: ``SHENYUE_MODEL`` names it, with
``provider:`` in front for other vendors than OpenAI-compatible servers. Failed attempts are made again with back-off, jitter and
``Retry-After``, each within the limits that the processes of a machine share (``limits``); what remains is a ``ModelFailure``, which says
in Chinese what happened and what to do.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock
from time import sleep
from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage

from pipeline.check.ceiling import NO_CEILING, Ceiling
from pipeline.check.llm.cache import FROM_CACHE, Recording, ReplyCache
from pipeline.check.llm.context import tokens
from pipeline.check.llm.failures import Failure, ModelFailure, failure_of, refuses_format
from pipeline.check.llm.limits import Limits, LimitsError
from pipeline.check.llm.reply import SCHEMA
from pipeline.check.llm.retries import wait_after
from pipeline.errors import EngineError
from pipeline.settings import Settings
from pipeline.types import Usage

# LangSmith would send every prompt away if the environment of another project switched it on.
os.environ["LANGSMITH_TRACING"] = "false"
os.environ["LANGCHAIN_TRACING_V2"] = "false"
# What LangChain advises about servers without structured output is done here already.
warnings.filterwarnings("ignore", message="This model does not support OpenAI's structured output")
warnings.filterwarnings("ignore", message="Invalid schema for OpenAI's structured output")


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
        ceiling: of all calls together; that of the cost needs ``prices``.
        limits: shared with other processes; the model's ``rate_limiter``.
        retries: attempts after the first that are made here.
    """

    def __init__(
        self,
        model: BaseChatModel,
        *,
        name: str,
        prices: tuple[float, float, float] | None = None,
        max_output_tokens: int = 4000,
        ceiling: Ceiling = NO_CEILING,
        limits: Limits | None = None,
        retries: int = 0,
        show: Callable[[Sequence[BaseMessage]], None] | None = None,
    ) -> None:
        self.model, self.name = model, name
        self._prices, self._show = prices, show
        self._reserve, self._ceiling = max_output_tokens, ceiling
        self._limits, self._retries = limits, retries
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
            listed = list(server.with_options(max_retries=self._retries).models.list())
        except Exception as error:  # of any vendor, as in a call
            failure = failure_of(error)
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
        tried = 0
        while True:
            way = self._way
            try:
                with self._limits.call() if self._limits is not None else nullcontext():
                    message = self.model.invoke(list(messages), **_WAYS[way])
            except Exception as error:  # of any vendor: what it means is told below
                if way + 1 < len(_WAYS) and refuses_format(error):
                    with self._lock:
                        self._way = max(self._way, way + 1)
                    continue
                self._count(getattr(error, "completion", None))
                if not self._waited(error, tried):
                    raise failure_of(error) from error
                tried += 1
                continue
            return self._answer(message)

    def _waited(self, error: Exception, tried: int) -> bool:
        """Whether there is to be another attempt, after what was waited for it; a service that is busy is left alone by every process."""
        wait = wait_after(error, tried)
        if wait is None:
            return False
        shared = self._limits if wait.busy else None
        if shared is not None:
            try:
                shared.pause(wait.seconds)  # the next attempt waits, as all do
            except LimitsError as lost:
                raise failure_of(lost) from lost
        if not wait.again or tried >= self._retries:
            return False
        if shared is None:
            sleep(wait.seconds)
        return True

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
            most = self._ceiling
            if most.tokens is not None and total > most.tokens:
                raise ModelFailure(
                    Failure.CEILING, f"已用 {used.input_tokens + used.output_tokens} 词元，上限 {most.tokens}"
                )
            if most.cost is not None and self._prices is not None:
                dearest = (self._held + needed) / 1e6 * max(self._prices)
                if (used.cost or 0.0) + dearest > most.cost:
                    raise ModelFailure(Failure.CEILING, f"已花 {used.cost or 0:.4f}，上限 {most.cost:g}")
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
    ceiling: Ceiling | None = None,
) -> ModelClient:
    """The client that the settings describe; with a ``recording`` in the place of the cache, and under a ``ceiling`` lower than theirs.

    Raises:
        EngineError: no model is named, there is no key and no address of one's own, or limits are set that cannot be kept.
    """
    if not settings.model:
        raise EngineError("没有指定模型：请设置 SHENYUE_MODEL，例如 gpt-4.1-mini、deepseek-chat 或本机模型的名称")
    provider, _, name = (
        settings.model.rpartition(":") if settings.model.split(":")[0] in _PROVIDERS else ("", "", settings.model)
    )
    key, address = os.environ.get("OPENAI_API_KEY", ""), os.environ.get("OPENAI_BASE_URL", "")
    if not provider and not key and not address and recording is None:
        raise EngineError("没有模型服务：请设置 OPENAI_API_KEY，或用 OPENAI_BASE_URL 指向自己的服务")
    ours = provider in _TELL_STATUS
    limits = _limits(settings, address if provider in ("", "openai") and address else provider or "openai")
    options: dict[str, Any] = {
        "temperature": 0,
        "timeout": settings.model_timeout,
        "max_retries": 0 if ours else settings.model_retries,
        "max_tokens": settings.max_output_tokens,
        "cache": recording if recording is not None else _cache(settings),
        "rate_limiter": limits,
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
        ceiling=Ceiling.of(settings).under(ceiling or NO_CEILING),
        limits=limits,
        retries=settings.model_retries if ours else 0,
        show=show,
    )


def _limits(settings: Settings, endpoint: str) -> Limits | None:
    rate, at_once = settings.requests_per_second, settings.concurrent_requests
    try:
        return Limits(settings.data_dir, endpoint, rate=rate, at_once=at_once)
    except LimitsError as error:
        if not rate and not at_once:
            return None  # then pauses are not shared, which nobody asked for
        raise EngineError(
            f"管不住对模型的调用：数据文件夹 {settings.data_dir} 里不能写或不能上锁（{error}）。请用 SHENYUE_DATA_DIR 换一个文件夹，"
            "或去掉 SHENYUE_REQUESTS_PER_SECOND 和 SHENYUE_CONCURRENT_REQUESTS"
        ) from error


def _cache(settings: Settings) -> ReplyCache | bool:
    return ReplyCache(settings.data_dir / "replies.sqlite") if settings.cache else False


# As vLLM, OpenRouter, LM Studio and Groq name it in their lists.
_SIZES = ("max_model_len", "context_length", "max_context_length", "context_window")
_PROVIDERS = frozenset({"openai", "anthropic", "google_genai", "ollama", "deepseek", "mistralai", "bedrock", "groq"})
# Whose errors tell status and headers; the clients of the others make their own attempts again, and LangChain asks the limits before the first.
_TELL_STATUS = frozenset({"", "openai", "deepseek", "anthropic", "groq"})


def _takes_response_format(model: BaseChatModel) -> bool:
    from langchain_openai.chat_models.base import BaseChatOpenAI

    return isinstance(model, BaseChatOpenAI)


def _plus(used: Usage, *, cost: float | None = None, **more: int) -> Usage:
    counts = {
        name: getattr(used, name) + more.get(name, 0)
        for name in ("calls", "failed_calls", "input_tokens", "output_tokens", "cached_tokens")
    }
    total = used.cost if cost is None else (used.cost or 0.0) + cost
    return Usage(cost=total, **counts)
