"""The bot's connection to Telegram: aiohttp under python-telegram-bot, and calls that are tried until they succeed."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from typing import Any
from urllib.request import getproxies

import aiohttp
from telegram.constants import ParseMode
from telegram.error import NetworkError, TimedOut
from telegram.ext import ExtBot
from telegram.request import BaseRequest, RequestData

from bot.settings import Settings
from bot.telegram.retrying import Retrying

CONNECTIONS = 128
_TIMEOUT_S = 15.0


class AiohttpRequest(BaseRequest):
    """How python-telegram-bot makes its calls. Its own way, httpx, takes several times as long for each."""

    def __init__(self, connections: int) -> None:
        """`connections`: how many calls can be made at a time."""
        self._connections = connections
        self._session: aiohttp.ClientSession | None = None

    @property
    def read_timeout(self) -> float:
        """How long (s) a call may take unless told otherwise."""
        return _TIMEOUT_S

    async def initialize(self) -> None:
        """Open the session; connections are made as they are needed, and kept."""
        connector = aiohttp.TCPConnector(limit=self._connections, keepalive_timeout=60)
        self._session = aiohttp.ClientSession(
            connector=connector, headers={"User-Agent": self.USER_AGENT}, trust_env=bool(getproxies())
        )

    async def shutdown(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def do_request(
        self,
        url: str,
        method: str,
        request_data: RequestData | None = None,
        read_timeout: Any = BaseRequest.DEFAULT_NONE,
        write_timeout: Any = BaseRequest.DEFAULT_NONE,
        connect_timeout: Any = BaseRequest.DEFAULT_NONE,
        pool_timeout: Any = BaseRequest.DEFAULT_NONE,
    ) -> tuple[int, bytes]:
        """Make a call: its status and body. Raises TimedOut or NetworkError, in which nothing of the address, which holds the
        token, is left. The bot sends no files, so a call is JSON."""
        assert self._session, "initialize() comes first"
        body = json.dumps(request_data.parameters if request_data else {}).encode()
        total_s = read_timeout if isinstance(read_timeout, int | float) else _TIMEOUT_S
        try:
            async with self._session.request(
                method,
                url,
                data=body,
                headers={"Content-Type": "application/json"},
                timeout=aiohttp.ClientTimeout(total=total_s),
            ) as response:
                return response.status, await response.read()
        except TimeoutError:
            raise TimedOut from None
        except (aiohttp.ClientError, OSError) as error:
            raise NetworkError(type(error).__name__) from None

    @staticmethod
    def parse_json_payload(payload: bytes) -> Any:
        """An answer of Telegram's. Raises NetworkError for anything else, such as a gateway's page. What it is, is not logged,
        as python-telegram-bot would do, since it may hold what people wrote."""
        try:
            answer = json.loads(payload)
        except ValueError:
            answer = None
        if not isinstance(answer, dict) or (answer.get("ok") and "result" not in answer):
            raise NetworkError("this is no answer of Telegram's")
        return answer


class Bot(ExtBot[int]):
    """Telegram's methods; those that a thousand messages a second go through without making objects of what nobody looks at."""

    async def hang_up(self) -> None:
        """Close the connections, also where Telegram was never reached."""
        for request in self._request:
            await request.shutdown()

    async def raw_updates(self, offset: int | None, *, limit: int, wait_s: int, allowed: Sequence[str]) -> list[dict[str, Any]]:
        """What waits from an update's number on, as Telegram sends it: one that cannot be read must not hide the others. Raises
        TelegramError."""
        data = {"offset": offset, "limit": limit, "timeout": wait_s, "allowed_updates": list(allowed)}
        given = {key: value for key, value in data.items() if value is not None}
        updates: list[dict[str, Any]] = await self._post("getUpdates", given, read_timeout=wait_s + _TIMEOUT_S)
        return updates

    async def send_html(
        self, chat: int, html: str, markup: dict[str, Any] | None, *, thread: int | None, quoted: int | None
    ) -> int:
        """Send a message; its number. `quoted`: the message that it replies to, which may be gone. Raises TelegramError."""
        data: dict[str, Any] = {"chat_id": chat, "text": html, "parse_mode": str(ParseMode.HTML)}
        if markup:
            data["reply_markup"] = markup
        if thread:
            data["message_thread_id"] = thread
        if quoted:
            data["reply_parameters"] = {"message_id": quoted, "allow_sending_without_reply": True}
        sent: dict[str, Any] = await self._post("sendMessage", data)
        return int(sent["message_id"])


def bot_for(settings: Settings, on_error: Callable[[str], None]) -> Bot:
    """The bot of a token. `on_error` gets the name of each error that leads to another try."""
    assert settings.token
    return Bot(
        settings.token.get_secret_value(),
        base_url=f"{settings.api_url}/bot",
        base_file_url=f"{settings.api_url}/file/bot",
        request=AiohttpRequest(CONNECTIONS),
        get_updates_request=AiohttpRequest(2),
        rate_limiter=Retrying(on_error),
    )
