"""The real application, polling over HTTP against the loopback Bot API."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.conversation import Responder
from bot.preview.botapi import BotAPI
from bot.settings import Settings
from bot.telegram.app import answering, build
from bot.telegram.handlers import Handlers

TOKEN = SecretStr("10000001:loopback-token-that-nobody-may-see")


async def served(api: BotAPI) -> tuple[web.AppRunner, str]:
    """The server on a free port, and its address."""
    runner = web.AppRunner(api.app(), handler_cancellation=True)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    host, port = runner.addresses[0][:2]
    return runner, f"http://{host}:{port}"


@asynccontextmanager
async def running(api: BotAPI, responder: Responder) -> AsyncIterator[None]:
    """The bot, polling a Bot API."""
    runner, address = await served(api)
    application = build(Settings(token=TOKEN, api_url=address), Handlers(responder))
    async with answering(application):
        yield
    await runner.cleanup()


@pytest.fixture
async def api() -> AsyncIterator[BotAPI]:
    """A Bot API without a bot."""
    yield BotAPI(TOKEN)


@pytest.fixture
async def bot(api: BotAPI, responder: Responder) -> AsyncIterator[BotAPI]:
    """A Bot API that the bot polls."""
    async with running(api, responder):
        yield api
