"""Telegram's side of a webhook: updates are delivered until they are confirmed with 200."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp

from bot.preview.botapi import BotAPI

HEADER = "X-Telegram-Bot-Api-Secret-Token"
_AGAIN_AFTER_S = 0.3
_TIMEOUT = aiohttp.ClientTimeout(total=60)


@asynccontextmanager
async def delivering(api: BotAPI) -> AsyncIterator[None]:
    """Deliver what waits, as many at a time as the bot asked for, for as long as the context lasts."""
    task = asyncio.create_task(_deliver(api))
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _deliver(api: BotAPI) -> None:
    under_way: dict[int, asyncio.Task[None]] = {}
    async with aiohttp.ClientSession(timeout=_TIMEOUT, connector=aiohttp.TCPConnector(limit=0)) as session:
        while True:
            changed = api.changed()
            room = int(api.webhook.get("max_connections", 40)) - len(under_way) if api.webhook else 0
            for update in [one for one in api.waiting if one["update_id"] not in under_way][: max(room, 0)]:
                number = update["update_id"]
                under_way[number] = asyncio.create_task(_deliver_one(api, session, update))
                under_way[number].add_done_callback(lambda _, number=number: under_way.pop(number))
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(0.1):
                    await changed.wait()


async def _deliver_one(api: BotAPI, session: aiohttp.ClientSession, update: dict[str, Any]) -> None:
    assert api.webhook
    headers = {HEADER: str(api.webhook.get("secret_token", ""))}
    try:
        async with session.post(api.webhook["url"], json=update, headers=headers) as response:
            if response.status == 200:
                api.confirm(update)
                return
    except (aiohttp.ClientError, TimeoutError):
        pass
    await asyncio.sleep(_AGAIN_AFTER_S)
