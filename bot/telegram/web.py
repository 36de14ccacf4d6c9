"""What the bot serves over HTTP: the webhook, and its health and metrics."""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.live import LiveKnowledge
from bot.settings import Settings
from bot.telegram.metrics import CONTENT_TYPE, Metrics
from bot.telegram.receiving import PARK_AFTER_S, Receiver, chat_of

if TYPE_CHECKING:
    from aiohttp import web

LARGEST_BODY = 1024 * 1024
_SHUTDOWN_S = 5.0
_MOST_PROBLEMS = 20
_SECRET_HEADER = "X-Telegram-Bot-Api-Secret-Token"


class ListenError(Exception):
    """One line that says why one cannot listen at KPO_LISTEN."""


@asynccontextmanager
async def serving(
    settings: Settings, receiver: Receiver, metrics: Metrics, live: LiveKnowledge | None = None
) -> AsyncIterator[None]:
    """Serve at KPO_LISTEN; nothing where that is not set. Raises ListenError."""
    if settings.listen is None:
        yield
        return
    from aiohttp import web  # takes memory that a bot which serves nothing has no use for

    runner = web.AppRunner(app(settings, receiver, metrics, live), access_log=None, shutdown_timeout=_SHUTDOWN_S)
    await runner.setup()
    try:
        try:
            await web.TCPSite(runner, *settings.listen).start()
        except OSError as error:
            raise ListenError(f"KPO_LISTEN: cannot listen there: {error.strerror}") from error
        yield
    finally:
        await runner.cleanup()


def app(settings: Settings, receiver: Receiver, metrics: Metrics, live: LiveKnowledge | None = None) -> web.Application:
    """The routes. `live`: the knowledge whose state `/healthz` tells."""
    from aiohttp import web

    async def healthz(request: web.Request) -> web.Response:
        status, lines = (200, ["ok"]) if receiver.is_ready else (503, ["not ready"])
        if live:
            # Mistakes in the knowledge are no reason to be restarted: the one before goes on answering.
            lines += [f"knowledge: {live.state}", *live.problems[:_MOST_PROBLEMS]]
        return web.Response(status=status, text="\n".join(lines))

    async def exposition(request: web.Request) -> web.Response:
        return web.Response(body=metrics.exposition(), headers={"Content-Type": CONTENT_TYPE})

    async def webhook(request: web.Request) -> web.Response:
        assert settings.webhook_secret
        given = request.headers.get(_SECRET_HEADER, "").encode("utf-8", "replace")
        if not hmac.compare_digest(given, settings.webhook_secret.get_secret_value().encode()):
            raise web.HTTPForbidden
        try:
            raw = json.loads(await request.read())
            int(raw["update_id"])
        except (ValueError, TypeError, KeyError, OverflowError, RecursionError):
            raise web.HTTPBadRequest(text="this is no update") from None
        update = receiver.read(raw)
        # From here on without a pause, so that it is under way before the bot may be told to stop.
        if not receiver.is_ready:
            raise web.HTTPServiceUnavailable  # Telegram delivers it again
        if update:
            patience_s = 0.0 if receiver.is_crowded(update) else PARK_AFTER_S
            task = receiver.receive(update, is_new=False)
            # Telegram has few connections for all chats: one that is held up may not keep them.
            await asyncio.wait({task}, timeout=patience_s)
            if not task.done() and await receiver.put_by(raw, chat_of(update), task):
                return web.Response()
            try:
                # Telegram may hang up; what is under way goes on, and is there when it delivers again.
                await asyncio.shield(task)
            except Exception:
                raise web.HTTPServiceUnavailable from None
        return web.Response()

    served = web.Application(client_max_size=LARGEST_BODY)
    served.router.add_get("/healthz", healthz)
    served.router.add_get("/metrics", exposition)
    if settings.webhook_url:
        served.router.add_post(urlsplit(settings.webhook_url).path or "/", webhook)
    return served
