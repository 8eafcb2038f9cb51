"""Waiting for a database that is away: a run of hours outlives its restart."""

from __future__ import annotations

from collections.abc import Callable
from time import monotonic, sleep
from typing import ParamSpec, TypeVar

from pipeline.errors import StoreUnavailable
from pipeline.settings import settings

P = ParamSpec("P")
T = TypeVar("T")
_FIRST, _LONGEST = 0.2, 5.0  # seconds between two attempts, doubled from the one to the other


class Patience:
    """Calls the store, and calls again as long as it cannot be reached, up to the settings' ``database_wait`` seconds.

    What is called must bear to be called again after an answer that was lost.

    Args:
        told: hears in Chinese why it waits, before each attempt but the first.
        pause: what is done between two attempts, given seconds.
    """

    def __init__(self, told: Callable[[str], None], *, pause: Callable[[float], None] = sleep) -> None:
        self._told, self._pause = told, pause

    def __call__(self, function: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> T:
        """The function's result.

        Raises:
            StoreUnavailable: the database stayed away.
        """
        until, delay = monotonic() + settings().database_wait, _FIRST
        while True:
            try:
                return function(*args, **kwargs)
            except StoreUnavailable as error:
                if monotonic() + delay > until:
                    raise
                self._told(str(error))
            self._pause(delay)
            delay = min(_LONGEST, delay * 2)
