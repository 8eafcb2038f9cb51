"""Processes that ask a scripted server, each as a worker of a batch does: its own client, several calls at once.

They are forked from a server that has imported LangChain once, so that a process costs milliseconds.
"""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.context import ForkServerContext, ForkServerProcess
from pathlib import Path
from typing import Any

from langchain_core.messages import HumanMessage

from pipeline.check.llm.client import ModelClient, connect
from pipeline.check.llm.context import tokens
from pipeline.check.llm.failures import ModelFailure
from pipeline.settings import Settings
from tests.servers.openai_server import ScriptedServer

tokens("。")  # reads its tables once for all processes
_PATIENCE = 30.0  # seconds until a test gives up; nothing is measured by it


def processes() -> ForkServerContext:
    """Where to start them."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__, "langchain.chat_models", "langchain_openai"])
    return context


def client(url: str, folder: Path, options: Mapping[str, Any]) -> ModelClient:
    """A client of the server at ``url``; settings by name."""
    os.environ.update(OPENAI_BASE_URL=url, OPENAI_API_KEY="sk-test")
    values = {"model": "scripted", "cache": False, "data_dir": folder, "model_retries": 0, **options}
    return connect(Settings.model_validate(values))


def said(asked: ModelClient, text: str) -> str:
    """The reply, or what failed."""
    try:
        return asked.ask([HumanMessage(text)]).text
    except ModelFailure as failure:
        return failure.kind.value


class Asking:
    """Processes under way.

    Args:
        server: whom they ask.
        folder: the data folder they share.
        options: of their settings.
    """

    def __init__(self, server: ScriptedServer, folder: Path, options: Mapping[str, Any]) -> None:
        self._server, self._folder, self._options = server, folder, options
        self._context = processes()
        self.answers = self._context.Queue()
        self.all: list[ForkServerProcess] = []
        self.began = 0.0  # in seconds of perf_counter, before the first call of those started last

    def start(self, number: int = 1, *, calls: int = 1) -> ForkServerProcess:
        """So many processes that make their calls all at once, from now on; the last of them."""
        ready = self._context.Barrier(number + 1)
        for _ in range(number):
            values = (self._server.url, self._folder, self._options, calls, ready, self.answers)
            process = self._context.Process(target=_ask, args=values, daemon=True)
            process.start()
            self.all.append(process)
        self.began = time.perf_counter()
        ready.wait(_PATIENCE)
        return process

    def said(self, number: int) -> list[str]:
        """The next so many replies."""
        return [self.answers.get(timeout=_PATIENCE) for _ in range(number)]

    def until(self, true: Callable[[], object]) -> None:
        """Wait for what is to come."""
        end = time.monotonic() + _PATIENCE
        while not true():
            assert time.monotonic() < end, "it did not come"
            time.sleep(0.005)


def _ask(url: str, folder: Path, options: Mapping[str, Any], calls: int, ready: Any, answers: Any) -> None:
    asked = client(url, folder, options)
    asked.offered()  # what a first request costs is not to be measured
    ready.wait(_PATIENCE)
    with ThreadPoolExecutor(calls) as pool:
        for reply in pool.map(lambda n: said(asked, f"{os.getpid()} {n}"), range(calls)):
            answers.put(reply)


@contextmanager
def asking(server: ScriptedServer, folder: Path, **options: Any) -> Iterator[Asking]:
    """Processes to be started; killed at the end if they are not through."""
    crew = Asking(server, folder, options)
    try:
        yield crew
    finally:
        for process in crew.all:
            process.kill()
            process.join()
        crew.answers.close()
