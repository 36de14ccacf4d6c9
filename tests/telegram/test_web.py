"""The webhook, health and metrics, as a proxy or Prometheus reaches them."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest
from pydantic import SecretStr

from bot.conversation import Responder
from bot.preview.botapi import BotAPI
from bot.settings import Settings
from bot.telegram.app import answering
from bot.telegram.handlers import Handlers
from bot.telegram.receiving import Receiver
from tests.telegram.conftest import TOKEN, free_port, served
from tests.telegram.delivery import HEADER, delivering
from tests.telegram.talk import ask

SECRET = "a-secret-that-nobody-may-see"


@asynccontextmanager
async def hooked(api: BotAPI, responder: Responder, **more: Any) -> AsyncIterator[tuple[Receiver, str]]:
    """A bot with a webhook; and where it is."""
    runner, address = await served(api)
    port = free_port()
    settings = Settings(
        token=TOKEN,
        api_url=address,
        webhook_url=f"http://127.0.0.1:{port}/hook",
        webhook_secret=SecretStr(SECRET),
        listen=("127.0.0.1", port),
    )
    async with answering(settings, Handlers(responder), **more) as receiver:
        yield receiver, f"http://127.0.0.1:{port}"
    await runner.cleanup()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


def update(number: int = 1, chat: int = 1, text: str = "מה זה KPO?") -> dict[str, Any]:
    who = {"id": chat, "is_bot": False, "first_name": "דנה"}
    return {
        "update_id": number,
        "message": {"message_id": number, "from": who, "chat": {"id": chat, "type": "private"}, "date": 1, "text": text},
    }


@pytest.mark.parametrize(
    ("headers", "body", "status"),
    [
        ({}, json.dumps(update()), 403),
        ({HEADER: ""}, json.dumps(update()), 403),
        ({HEADER: "wrong"}, json.dumps(update()), 403),
        ({HEADER: "שלום"}, json.dumps(update()), 403),
        ({HEADER: SECRET}, "x" * (1024 * 1024 + 1), 413),
        ({HEADER: SECRET}, "nonsense", 400),
        ({HEADER: SECRET}, "[]", 400),
        ({HEADER: SECRET}, '{"update_id": "x"}', 400),
        ({HEADER: SECRET}, "\ud800", 400),
        ({HEADER: SECRET}, '{"update_id": 7}', 200),
        ({HEADER: SECRET}, '{"update_id": 8, "message": 7}', 200),
        ({HEADER: SECRET}, json.dumps(update(9)), 200),
    ],
)
async def test_who_and_what_is_let_in(
    api: BotAPI, responder: Responder, session: aiohttp.ClientSession, headers: dict[str, str], body: str, status: int
) -> None:
    chat = api.chat(1)
    async with hooked(api, responder) as (_, address):
        raw = body.encode("utf-8", "surrogatepass")
        encoded = {name: value.encode().decode("latin-1") for name, value in headers.items()}
        async with session.post(f"{address}/hook", data=raw, headers=encoded) as response:
            assert response.status == status
    assert len(chat.from_bot) == (status == 200 and '"text"' in body), "answered before it was confirmed"


@pytest.mark.parametrize(("method", "path"), [("GET", "/hook"), ("POST", "/"), ("POST", "/metrics"), ("GET", "/nothing")])
async def test_nothing_else_is_there(
    api: BotAPI, responder: Responder, session: aiohttp.ClientSession, method: str, path: str
) -> None:
    async with (
        hooked(api, responder) as (_, address),
        session.request(method, address + path, headers={HEADER: SECRET}, json=update()) as response,
    ):
        assert response.status in (404, 405)


async def test_telegram_is_told_where_to_deliver_and_how_much(api: BotAPI, responder: Responder) -> None:
    async with hooked(api, responder), delivering(api):
        assert api.webhook and api.webhook["secret_token"] == SECRET and int(api.webhook["max_connections"]) == 40
        assert "inline_query" in api.webhook["allowed_updates"]
        await ask(api.chat(1), "מה זה KPO?")
        assert "היתרון המרכזי" in (await ask(api.chat(1), "ומה היתרונות שלו?"))["text"]
        await api.until(lambda: api.unconfirmed == 0)


async def test_while_it_stops_it_takes_nothing(api: BotAPI, responder: Responder, session: aiohttp.ClientSession) -> None:
    async with hooked(api, responder) as (receiver, address):
        async with session.get(f"{address}/healthz") as response:
            assert response.status == 200
        receiver.stopping.set()
        async with session.get(f"{address}/healthz") as response:
            assert response.status == 503
        async with session.post(f"{address}/hook", json=update(), headers={HEADER: SECRET}) as response:
            assert response.status == 503


async def test_metrics_count_and_tell_no_secret(api: BotAPI, responder: Responder, session: aiohttp.ClientSession) -> None:
    chat = api.chat(1)
    async with hooked(api, responder) as (_, address), delivering(api):
        await ask(chat, "מה זה KPO?")
        await ask(chat, "מה מזג האוויר מחר?")
        await api.until(lambda: api.unconfirmed == 0)
        async with session.get(f"{address}/metrics") as response:
            text = await response.text()
    for line in (
        'kpo_updates_total{outcome="handled"} 2.0',
        'kpo_decisions_total{decision="answer"} 1.0',
        'kpo_decisions_total{decision="fallback"} 1.0',
        "kpo_handling_seconds_count 2.0",
        "kpo_in_flight 0.0",
        "kpo_store_errors_total 0.0",
    ):
        assert line in text, line
    assert TOKEN.get_secret_value() not in text and SECRET not in text and "KPO?" not in text


async def test_polling_has_health_and_metrics_too(api: BotAPI, responder: Responder, session: aiohttp.ClientSession) -> None:
    runner, address = await served(api)
    port = free_port()
    async with answering(Settings(token=TOKEN, api_url=address, listen=("127.0.0.1", port)), Handlers(responder)):
        await ask(api.chat(1), "מה זה KPO?")
        async with session.get(f"http://127.0.0.1:{port}/healthz") as response:
            assert response.status == 200
        async with session.post(f"http://127.0.0.1:{port}/", json=update()) as response:
            assert response.status == 404
    await runner.cleanup()
