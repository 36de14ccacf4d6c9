"""Calls to Telegram that are made until they succeed, or cannot."""

from __future__ import annotations

import asyncio
import logging
import math
import random
import time
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import Any

from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter
from telegram.ext import BaseRateLimiter

log = logging.getLogger(__name__)

FIRST_PAUSE_S = 0.2
LONGEST_PAUSE_S = 30.0
_WORTH_A_LINE = 3


# Calls at a time: what is under way when the process dies is said again by the next one, so no more than it takes. These do
# where calls are quick; where they are slow, as many as make so many a second, ...
FEWEST_AT_A_TIME = 10
WANTED_PER_S = 1000.0
# ... but no more than this share of what was sent of late, so that little is repeated of what was said, or so many at first.
REPEATED = 0.05
MOST_AT_FIRST = 18
_OF_LATE_S = 10.0
_MEASURED = 50
_HANGS_FROM_S = 1.0


class Pace:
    """Lets calls begin in order, and no more run at a time than the speed of the fastest ones asks for."""

    def __init__(self) -> None:
        self._running = 0
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._took_s: list[float] = []
        self._fastest_s = math.inf
        """The fastest call of late: what Telegram takes, without the time that calls wait for this process."""
        self._of_late = 0.0
        """How many calls were made; those of some time ago count less and less."""
        self._counted = time.monotonic()

    @property
    def most(self) -> int:
        """How many calls may run at a time."""
        bearable = max(MOST_AT_FIRST, REPEATED * self._of_late)
        return round(max(FEWEST_AT_A_TIME, min(WANTED_PER_S * self._fastest_s, bearable)))

    @asynccontextmanager
    async def __call__(self) -> AsyncIterator[None]:
        """Wait for one's turn to call."""
        if self._running >= self.most or self._waiting:
            turn = asyncio.get_running_loop().create_future()
            self._waiting.append(turn)
            try:
                await turn
            except asyncio.CancelledError:
                if turn.done() and not turn.cancelled():
                    self._leave()
                raise
        else:
            self._running += 1
        began = time.monotonic()
        # One that hangs gives its place to others: a few slow chats must not hold up all.
        hanging = asyncio.get_running_loop().call_later(_HANGS_FROM_S, self._leave)
        try:
            yield
        finally:
            now = time.monotonic()
            took_s = now - began
            self._of_late = 1 + self._of_late * math.exp((self._counted - now) / _OF_LATE_S)
            self._counted = now
            self._took_s.append(took_s)
            if len(self._took_s) >= _MEASURED:
                self._fastest_s = min(self._took_s)
                self._took_s.clear()
            if not hanging.cancelled() and took_s < _HANGS_FROM_S:
                hanging.cancel()
                self._leave()

    def _leave(self) -> None:
        self._running -= 1
        self._let_in()

    def _let_in(self) -> None:
        while self._waiting and self._running < self.most:
            turn = self._waiting.popleft()
            if not turn.done():
                self._running += 1
                turn.set_result(None)


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
        """`on_error` gets the name of each error."""
        self._on_error = on_error
        self._pace = Pace()

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
        """Make the call, again and again if need be, for as long as the bot runs. Raises TelegramError."""
        pausing = pauses()
        for number in count(1):
            try:
                async with self._pace():
                    return await callback(*args, **kwargs)
            except (BadRequest, Forbidden) as error:
                self._on_error(type(error).__name__)
                raise  # BadRequest is a NetworkError to python-telegram-bot, though the network is fine
            except (RetryAfter, NetworkError) as error:
                reason = type(error).__name__
                self._on_error(reason)
                pause = next(pausing) + (told_to_wait(error) if isinstance(error, RetryAfter) else 0.0)
            # Now and then one fails and then succeeds; more than that is worth a line.
            level = logging.WARNING if number == _WORTH_A_LINE else logging.DEBUG
            log.log(level, "%s failed %d times (%s) and is tried again", endpoint, number, reason)
            await asyncio.sleep(pause)
        raise AssertionError("the tries have no end")


def told_to_wait(error: RetryAfter) -> float:
    """How many seconds Telegram tells to wait."""
    wait: int | float | timedelta = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
