"""The preview's server: what it lets in, and what it refuses."""

import asyncio
import json
import socket
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from bot.conversation import Responder
from bot.preview.server import HOST, previewing
from bot.settings import Settings
from tests.preview.conftest import kpo_bot_preview
from tests.telegram.conftest import TOKEN


@pytest.fixture
async def address(responder: Responder) -> AsyncIterator[str]:
    async with previewing(Settings(token=TOKEN), responder, 0) as address:
        yield address


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


class Page:
    """What the page's script sees."""

    def __init__(self, connection: aiohttp.ClientWebSocketResponse) -> None:
        self.connection = connection
        self.known: dict[str, Any] = {}

    async def until(self, key: str, value: Any = None) -> Any:
        """Wait for a frame with a key, and if need be with this value."""
        async with asyncio.timeout(10):
            while key not in self.known or (value is not None and value != self.known[key]):
                self.known |= json.loads((await self.connection.receive()).data)
        return self.known[key]

    async def do(self, **action: Any) -> None:
        self.known.pop("error", None)
        await self.connection.send_json(action)


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Host": "localhost:8090"}, 200),
        ({"Host": "evil.example"}, 403),
        ({"Origin": "http://evil.example"}, 403),
        ({"Origin": "null"}, 403),
    ],
)
async def test_pages_of_other_sites_get_nothing(
    address: str, session: aiohttp.ClientSession, headers: dict[str, str], status: int
) -> None:
    async with session.get(address, headers=headers) as response:
        assert response.status == status
    async with session.get(f"{address}socket", headers=headers) as response:
        assert response.status == (403 if status == 403 else 400)


async def test_it_listens_on_loopback_alone(address: str) -> None:
    assert address.startswith(f"http://{HOST}:")


async def test_scripts_come_from_here_alone(address: str, session: aiohttp.ClientSession) -> None:
    async with session.get(address) as response:
        assert response.headers["Content-Security-Policy"].startswith("default-src 'self'")
        assert "http://" not in (await response.text()).replace("http://www.w3.org/2000/svg", "")


async def test_the_bot_api_is_behind_its_token(address: str, session: aiohttp.ClientSession) -> None:
    async with session.get(f"{address}bot1:guess/getMe") as response:
        assert response.status == 401


@pytest.mark.parametrize(
    "action",
    [
        {"do": "fly"},
        {},
        {"do": "write", "text": "  "},
        {"do": "write", "text": "א" * 4097},
        {"do": "write", "text": 7},
        {"do": "edit", "message": 99, "text": "א"},
        {"do": "press", "message": 99, "data": "t:israel"},
        {"do": "pick", "result": "israel"},
    ],
)
async def test_what_cannot_be_done_is_said(address: str, session: aiohttp.ClientSession, action: dict[str, Any]) -> None:
    async with session.ws_connect(f"{address}socket") as connection:
        page = Page(connection)
        await page.do(**action)
        assert await page.until("error")


async def test_a_button_that_is_not_there_cannot_be_pressed_nor_the_bots_words_changed(
    address: str, session: aiohttp.ClientSession
) -> None:
    async with session.ws_connect(f"{address}socket") as connection:
        page = Page(connection)
        await page.do(do="write", text="מה זה KPO?")
        while len(await page.until("messages")) < 2:
            page.known.pop("messages")
        answer = page.known["messages"][1]
        for action in ({"do": "press", "data": "t:israel"}, {"do": "edit", "text": "א"}):
            await page.do(**action, message=answer["message_id"])
            assert await page.until("error")


async def test_a_tab_of_an_earlier_run_gets_a_new_chat(address: str, session: aiohttp.ClientSession) -> None:
    async with session.ws_connect(f"{address}socket?chat=old") as connection:
        key = await Page(connection).until("chat")
        assert key != "old"
    async with session.ws_connect(f"{address}socket?chat={key}") as connection:
        assert await Page(connection).until("chat") == key


async def test_junk_does_no_harm(address: str, session: aiohttp.ClientSession) -> None:
    async with session.ws_connect(f"{address}socket") as connection:
        for junk in ("nonsense", "[]", '"x"', "null", "{"):
            await connection.send_str(junk)
            page = Page(connection)
            assert await page.until("error")


async def test_without_a_token_the_command_is_the_preview(environment: dict[str, str]) -> None:
    async with kpo_bot_preview(environment) as address:
        assert address.startswith(f"http://{HOST}:")
        async with kpo_bot_preview(environment, "preview", "--no-browser") as other:
            assert other != address, "a taken port is no obstacle"


async def test_a_port_that_was_asked_for_and_is_taken_is_one_line(environment: dict[str, str]) -> None:
    with socket.create_server((HOST, 0)) as taken, pytest.raises(AssertionError, match="choose another --port"):
        async with kpo_bot_preview(environment, "preview", "--port", str(taken.getsockname()[1])):
            pass
