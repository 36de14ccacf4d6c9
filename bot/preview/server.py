"""The preview: the real bot against the loopback Bot API, with a page to meet it in. One process, on loopback only."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import json
import logging
import secrets
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from aiohttp import WSMsgType, web
from pydantic import SecretStr

from bot.conversation import Context, Responder
from bot.live import LiveKnowledge
from bot.matcher.explain import explain
from bot.matcher.search import LONGEST_QUERY
from bot.preview.botapi import BotAPI
from bot.preview.content import LONGEST_MESSAGE, Record
from bot.preview.entities import utf16_length
from bot.preview.explained import as_record
from bot.preview.people import Chat
from bot.settings import Settings
from bot.store import Who
from bot.telegram import logs
from bot.telegram.app import answering, set_when_told_to_stop
from bot.telegram.handlers import Handlers
from bot.telegram.memory import Conversation, Memory

log = logging.getLogger(__name__)

HOST = "127.0.0.1"
PORT = 8090
USERNAME = "kpo_preview_bot"
BOT_NAME = "בוט KPO"
PAGE = Path(__file__).parent / "page"
_HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-cache",
    "Referrer-Policy": "no-referrer",
}
_ANSWERED_WITHIN_S = 5.0
_HEARTBEAT_S = 30.0

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Refused(Exception):
    """Something that a person cannot do, in words for the page."""


class ToldMemory(Memory):
    """A memory that tells when an answer is remembered: only then can it be explained."""

    def __init__(self, tell: Callable[[], None]) -> None:
        super().__init__()
        self._tell = tell

    def keep(self, who: Who, conversation: Conversation) -> None:
        super().keep(who, conversation)
        self._tell()


@dataclass
class Preview:
    """What the page's connections share: the Bot API, the bot's handlers, and the knowledge that they follow."""

    api: BotAPI
    handlers: Handlers
    live: LiveKnowledge
    chats: dict[str, Chat] = field(default_factory=dict)
    """By the key that a tab keeps: it is hard to guess, so that a tab of an earlier run gets a new chat."""

    doing: set[asyncio.Task[None]] = field(default_factory=set)
    """What pages asked for and is under way."""

    def __post_init__(self) -> None:
        """A change of the knowledge reaches the bot and the pages."""
        self.live.on_change = self._changed

    def _changed(self) -> None:
        self.handlers.responder = self.live.responder
        self.api.notify()

    def chat(self, key: str) -> tuple[str, Chat]:
        """The chat of a tab, with its key; a new one for a key that nobody has."""
        if key not in self.chats:
            key = secrets.token_urlsafe(12)
            self.chats[key] = self.api.chat(len(self.chats) + 1)
        return key, self.chats[key]


@dataclass
class Tab:
    """One open page: what it was told, and what it asked for."""

    preview: Preview
    key: str
    chat: Chat
    socket: web.WebSocketResponse
    draft: str = ""
    results: list[Record] = field(default_factory=list)
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    _told: dict[str, str] = field(default_factory=dict)
    _explained: tuple[object, Record | None] = (None, None)

    # --- from the page -------------------------------------------------------------------------------------------

    def act(self, action: Record) -> None:
        """Do what the page asks for, or begin to. Raises Refused."""
        match action:
            case {"do": "draft", "text": str(text)}:
                self.draft = text[:LONGEST_MESSAGE]
                self.preview.api.notify()
            case {"do": "write", "text": str(text)}:
                self.draft = ""
                message = self.chat.compose(_checked(text))
                self.preview.api.notify()
                self._soon(self._deliver(message))
            case {"do": "edit", "message": int(number), "text": str(text)}:
                message = self._message(number)
                if message["from"]["is_bot"] or "text" not in message:
                    raise Refused("אפשר לערוך רק הודעות שלך")
                if message["text"] != _checked(text):
                    self._soon(self._edit(message, text))
            case {"do": "press", "message": int(number), "data": str(data)}:
                message = self._message(number)
                rows = message.get("reply_markup", {}).get("inline_keyboard", [])
                if not any(button.get("callback_data") == data for row in rows for button in row):
                    raise Refused("הכפתור הזה כבר לא נמצא בהודעה")
                self._soon(self._press(message, data))
            case {"do": "search", "query": str(query)}:
                self._soon(self._search(query[:LONGEST_QUERY]))
            case {"do": "pick", "result": str(number)}:
                chosen = next((result for result in self.results if result["id"] == number), None)
                if chosen is None:
                    raise Refused("התוצאה הזאת כבר לא ברשימה")
                self.chat.choose(chosen)
            case _:
                raise Refused("הפעולה לא מוכרת")

    def _soon(self, doing: Coroutine[Any, Any, None]) -> None:
        """Do something after what was asked for before, even if the page is closed meanwhile: with changed knowledge that is to
        be learned first it may take a while."""
        task = asyncio.create_task(self._in_turn(doing))
        self.preview.doing.add(task)
        task.add_done_callback(self.preview.doing.discard)

    async def _in_turn(self, doing: Coroutine[Any, Any, None]) -> None:
        async with self._turn:
            await self.preview.live.refresh()
            with contextlib.suppress(TimeoutError, ConnectionError):
                await doing

    def _message(self, number: int) -> Record:
        message = self.chat.find(number)
        if message is None:
            raise Refused("ההודעה הזאת כבר לא נמצאת")
        return message

    async def _deliver(self, message: Record) -> None:
        self.chat.send(message)

    async def _edit(self, message: Record, text: str) -> None:
        self.chat.edit(message, text)

    async def _press(self, message: Record, data: str) -> None:
        api, number = self.preview.api, self.chat.press_data(message, data)
        await api.until(lambda: number in api.toasts, _ANSWERED_WITHIN_S)
        await self.socket.send_json({"toast": api.toasts[number]})

    async def _search(self, query: str) -> None:
        api, number = self.preview.api, self.chat.search(query)
        await api.until(lambda: number in api.results, _ANSWERED_WITHIN_S)
        self.results = api.results[number]["results"]
        await self.socket.send_json({"results": {"query": query, **api.results[number]}})

    # --- to the page ---------------------------------------------------------------------------------------------

    async def keep_told(self) -> None:
        """Tell the page whatever changed, until the connection ends."""
        while not self.socket.closed:
            changed = self.preview.api.changed()
            await self._tell("chat", self.key)
            await self._tell("bot", {**self.preview.api.profile, "name": BOT_NAME, "username": USERNAME})
            await self._tell("messages", self.chat.messages)
            await self._tell("knowledge", {"state": self.preview.live.state, "problems": self.preview.live.problems})
            await self._tell("explanation", await self._explanation())
            await changed.wait()

    async def _tell(self, what: str, value: object) -> None:
        text = json.dumps({what: value}, ensure_ascii=True)
        if self._told.get(what) != text:
            self._told[what] = text
            await self.socket.send_str(text)

    async def _explanation(self) -> Record | None:
        """Why the draft, or else the last message that was written, gets its answer."""
        live = self.preview.live
        conversation = await self.preview.handlers.memory.conversation(Who(self.chat.number, self.chat.number))
        context, text = conversation.context, self.draft.strip()
        if not text:
            asked = next((one for one in reversed(conversation.exchanges) if one.question), None)
            message = self.chat.find(asked.question) if asked else None
            if not (asked and message):
                return None
            text, context = message.get("text") or "", asked.before
        subject = (live.responder, text, context, bool(self.draft.strip()))
        if self._explained[0] != subject:
            self._explained = subject, await self._explain(live.responder, text, context, draft=subject[3])
        return self._explained[1]

    async def _explain(self, responder: Responder, text: str, context: Context, *, draft: bool) -> Record:
        phrasings = await self.preview.live.phrasings()
        turn = responder.understand(text, context)
        explanation = explain(text, turn, responder.matcher, phrasings)
        return as_record(explanation, text, context.topics, responder.knowledge, draft=draft)


def _checked(text: str) -> str:
    if not text.strip():
        raise Refused("אין כאן מה לשלוח")
    if utf16_length(text) > LONGEST_MESSAGE:
        raise Refused("ההודעה ארוכה מדי")
    return text


_PREVIEW = web.AppKey("preview", Preview)


def page(preview: Preview) -> web.Application:
    """What is served: the Bot API, the page, and the page's connection."""
    app = preview.api.app(middlewares=[_loopback_only])
    app[_PREVIEW] = preview
    app.router.add_get("/", _index)
    app.router.add_static("/page", PAGE)
    app.router.add_get("/socket", _socket)
    return app


@web.middleware
async def _loopback_only(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nothing for pages of other sites, not even under a name of their own that they point to this machine."""
    origin = request.headers.get("Origin", f"http://{request.host}")
    if request.host.rpartition(":")[0] not in (HOST, "localhost") or origin != f"http://{request.host}":
        raise web.HTTPForbidden(text="for pages on this machine only")
    response = await handler(request)
    if not response.prepared:
        response.headers.update(_HEADERS)
    return response


async def _index(request: web.Request) -> web.FileResponse:
    return web.FileResponse(PAGE / "index.html")


async def _socket(request: web.Request) -> web.WebSocketResponse:
    connection = web.WebSocketResponse(heartbeat=_HEARTBEAT_S, max_msg_size=64 * 1024)
    await connection.prepare(request)
    preview = request.app[_PREVIEW]
    tab = Tab(preview, *preview.chat(request.query.get("chat", "")), connection)
    telling = asyncio.create_task(tab.keep_told())
    # A page that is told nothing any more must know it, and connect again.
    telling.add_done_callback(lambda _: asyncio.ensure_future(connection.close()))
    try:
        async for message in connection:
            if message.type is WSMsgType.TEXT:
                try:
                    tab.act(_action(message.data))
                except Refused as refusal:
                    await connection.send_json({"error": str(refusal)})
    finally:
        telling.cancel()
        with contextlib.suppress(asyncio.CancelledError, ConnectionError):
            await telling
    return connection


def _action(text: str) -> Record:
    try:
        action = json.loads(text)
    except ValueError:
        action = None
    return action if isinstance(action, dict) else {}


@asynccontextmanager
async def previewing(settings: Settings, responder: Responder, port: int | None = None) -> AsyncIterator[str]:
    """The preview, running. Yields its address. `port`: 0 for any free one; None for the usual one, or if that is taken
    any other."""
    assert settings.token
    api = BotAPI(settings.token, USERNAME)
    live = LiveKnowledge(responder)
    preview = Preview(api, Handlers(responder, ToldMemory(api.notify)), live)
    runner = web.AppRunner(page(preview), handler_cancellation=True, access_log=None)
    await runner.setup()
    listening = _listening(port)
    await web.SockSite(runner, listening).start()
    address = f"http://{HOST}:{listening.getsockname()[1]}"
    settings = replace(settings, api_url=address, webhook_url=None, listen=None)
    try:
        async with live.following(), answering(settings, preview.handlers):
            yield address + "/"
    finally:
        await runner.cleanup()


def serve(settings: Settings, responder: Responder, port: int | None, on_ready: Callable[[str], None]) -> None:
    """Run the preview until SIGTERM or SIGINT. `on_ready` gets its address. Raises OSError for a port that cannot be had."""
    # A token that nobody can guess: no other page on this machine may play Telegram.
    token = SecretStr(f"10000001:{secrets.token_urlsafe(24)}")
    logs.set_up(token, level=logging.WARNING)
    asyncio.run(_serve(replace(settings, token=token), responder, port, on_ready))


async def _serve(settings: Settings, responder: Responder, port: int | None, on_ready: Callable[[str], None]) -> None:
    stopped = asyncio.Event()
    set_when_told_to_stop(stopped)
    async with previewing(settings, responder, port) as address:
        on_ready(address)
        await stopped.wait()


def _listening(port: int | None) -> socket.socket:
    """A socket on loopback, at the port asked for."""
    for wanted in (PORT, 0) if port is None else (port,):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listening.bind((HOST, wanted))
        except OSError as error:
            listening.close()
            if error.errno != errno.EADDRINUSE or port is not None:
                raise
        else:
            return listening
    raise AssertionError("some port is free")
