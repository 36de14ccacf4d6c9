"""The real application, polling over HTTP against the loopback Bot API."""

import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from pydantic import SecretStr

from bot.conversation import Responder
from bot.preview.botapi import BotAPI
from bot.settings import Settings
from bot.store import Store
from bot.telegram.app import answering
from bot.telegram.handlers import Handlers
from bot.telegram.memory import Memory
from bot.telegram.receiving import Receiver

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
async def running(api: BotAPI, responder: Responder, database: str = "sqlite://") -> AsyncIterator[Receiver]:
    """The bot, polling a Bot API, with a database in memory unless told otherwise."""
    runner, address = await served(api)
    store = await Store.open(database, TOKEN.get_secret_value().encode())
    handlers = Handlers(responder, Memory(store))
    try:
        async with answering(Settings(token=TOKEN, api_url=address), handlers, store) as receiver:
            yield receiver
    finally:
        await store.close()
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


def free_port() -> int:
    """A port that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        return int(taken.getsockname()[1])
