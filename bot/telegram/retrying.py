"""Calls to Telegram that are made until they succeed, or cannot."""

from __future__ import annotations

import asyncio
import logging
import random
import time
from collections.abc import Callable, Coroutine, Iterator
from datetime import timedelta
from typing import Any

from telegram.error import BadRequest, NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
# A call that failed for so long will hardly succeed, and what waits behind it has waited long enough.
GIVE_UP_AFTER_S = 15 * 60.0


def pauses() -> Iterator[float]:
    """Seconds to wait before each next try: twice as long each time, and never the same for two callers."""
    pause = FIRST_PAUSE_S
    while True:
        yield pause * random.uniform(0.5, 1.0)
        pause = min(2 * pause, LONGEST_PAUSE_S)


class Retrying(BaseRateLimiter[int]):
    """Waits as long as Telegram tells (429), and tries again after failures of the network or of Telegram's servers (5xx).
    What Telegram refuses for good (400, 401, 403, 404, 409) is raised at once."""

    def __init__(self, on_error: Callable[[str], None]) -> None:
        """`on_error` gets the name of each error that leads to another try."""
        self._on_error = on_error

    async def initialize(self) -> None:
        """Nothing to set up."""

    async def shutdown(self) -> None:
        """Nothing to take down."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, Any]],
        args: Any,
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],
        rate_limit_args: int | None,
    ) -> Any:
        """Make the call, again and again if need be. Raises TelegramError."""
        give_up, pausing = time.monotonic() + GIVE_UP_AFTER_S, pauses()
        while True:
            try:
                return await callback(*args, **kwargs)
            except BadRequest:
                raise  # a NetworkError to python-telegram-bot, though the network is fine
            except (RetryAfter, NetworkError) as error:
                self._on_error(type(error).__name__)
                if time.monotonic() > give_up:
                    raise
                pause = next(pausing) + (told_to_wait(error) if isinstance(error, RetryAfter) else 0.0)
            log.debug("%s failed and is tried again in %.1f s", endpoint, pause)
            await asyncio.sleep(pause)


def told_to_wait(error: RetryAfter) -> float:
    """How many seconds Telegram tells to wait."""
    wait: int | float | timedelta = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
