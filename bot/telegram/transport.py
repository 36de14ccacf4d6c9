"""The bot's connection to Telegram: aiohttp under python-telegram-bot, and calls that are tried until they succeed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import httpx
from httpx_aiohttp import AiohttpTransport
from telegram.ext import ExtBot
from telegram.request import HTTPXRequest

from bot.settings import Settings
from bot.telegram.retrying import Retrying

CONNECTIONS = 128
_TIMEOUT_S = 15.0


class Bot(ExtBot[int]):
    """Telegram's methods, and the updates as they come."""

    async def raw_updates(self, offset: int | None, *, limit: int, wait_s: int, allowed: Sequence[str]) -> list[dict[str, Any]]:
        """What waits from an update's number on, as Telegram sends it: one that cannot be read must not hide the others. Raises
        TelegramError."""
        data = {"offset": offset, "limit": limit, "timeout": wait_s, "allowed_updates": list(allowed)}
        given = {key: value for key, value in data.items() if value is not None}
        updates: list[dict[str, Any]] = await self._post("getUpdates", given, read_timeout=wait_s + _TIMEOUT_S)
        return updates


def bot_for(settings: Settings, on_error: Callable[[str], None]) -> Bot:
    """The bot of a token. `on_error` gets the name of each error that leads to another try."""
    assert settings.token
    return Bot(
        settings.token.get_secret_value(),
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=_request(CONNECTIONS),
        get_updates_request=_request(2),
        rate_limiter=Retrying(on_error),
    )


def _request(connections: int) -> HTTPXRequest:
    # httpx's own transport takes several times as long for a call.
    limits = httpx.Limits(max_connections=connections, max_keepalive_connections=connections)
    return HTTPXRequest(
        connection_pool_size=connections,
        read_timeout=_TIMEOUT_S,
        write_timeout=_TIMEOUT_S,
        connect_timeout=_TIMEOUT_S,
        pool_timeout=_TIMEOUT_S,
        httpx_kwargs={"transport": AiohttpTransport(limits=limits)},
    )
