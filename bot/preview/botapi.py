"""A Telegram Bot API server on loopback, for the real bot to run against without Telegram.

It is strict where Telegram is strict, and refuses with Telegram's words: https://core.telegram.org/bots/api. Updates are
kept until they are confirmed through `offset`. People are played through `Chat`: they write, edit and press buttons.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from bot.preview.entities import HTMLError, parse_html, utf16_length

LONGEST_MESSAGE = 4096
LONGEST_CALLBACK_DATA = 64
_LONGEST_POLL = 50.0
_BOT_ID = 10_000_001

Record = dict[str, Any]
Fault = Callable[[str, Record], Awaitable[web.Response | None]]
"""What may go wrong with a call: given its method and parameters, a response to send instead, or None."""


class Refusal(Exception):
    """A call that Telegram refuses."""

    def __init__(self, code: int, description: str, **parameters: Any) -> None:
        super().__init__(description)
        self.code, self.description, self.parameters = code, description, parameters

    def response(self) -> web.Response:
        """The refusal as Telegram sends it."""
        body: Record = {"ok": False, "error_code": self.code, "description": self.description}
        if self.parameters:
            body["parameters"] = self.parameters
        return web.json_response(body, status=self.code)


def bad_request(description: str) -> Refusal:
    """Telegram's commonest refusal."""
    return Refusal(400, f"Bad Request: {description}")


@dataclass
class BotAPI:
    """The server's state. `app()` gives what aiohttp serves."""

    token: SecretStr
    username: str = "kpo_test_bot"
    fault: Fault | None = None
    """Set by tests to make calls fail."""
    calls: list[tuple[str, Record]] = field(default_factory=list)
    """Every call that came, in order: method and parameters."""
    chats: dict[int, Chat] = field(default_factory=dict)
    profile: Record = field(default_factory=dict)
    """What the bot said about itself: commands, descriptions."""
    _updates: list[Record] = field(default_factory=list)
    _last_update: int = 0
    _last_message: int = 0
    _queries: dict[str, bool] = field(default_factory=dict)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self) -> web.Application:
        """The server."""
        app = web.Application(client_max_size=1024 * 1024)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        return app

    @property
    def user(self) -> Record:
        """The bot, as Telegram describes it."""
        return {"id": _BOT_ID, "is_bot": True, "first_name": "KPO", "username": self.username}

    @property
    def unconfirmed(self) -> int:
        """How many updates wait to be confirmed."""
        return len(self._updates)

    # --- people --------------------------------------------------------------------------------------------------

    def chat(self, number: int, kind: str = "private") -> Chat:
        """The chat with this number; groups have negative ones, as on Telegram."""
        return self.chats.setdefault(number, Chat(self, number, kind))

    def push(self, **update: Any) -> None:
        """Put an update into the queue."""
        self._last_update += 1
        self._updates.append({"update_id": self._last_update, **update})
        self.notify()

    def push_query(self, query: Record) -> None:
        """Put a button press into the queue, to be answered once."""
        self._queries[query["id"]] = False
        self.push(callback_query=query)

    def next_message_id(self) -> int:
        """A number for a message."""
        self._last_message += 1
        return self._last_message

    def notify(self) -> None:
        """Wake all who wait for a change."""
        self._changed.set()
        self._changed = asyncio.Event()

    async def until(self, condition: Callable[[], bool], timeout: float = 10.0) -> None:
        """Wait until something is true. Raises TimeoutError."""
        async with asyncio.timeout(timeout):
            while not condition():
                await self._changed.wait()

    # --- calls ---------------------------------------------------------------------------------------------------

    async def _handle(self, request: web.Request) -> web.Response:
        try:
            if request.match_info["token"] != self.token.get_secret_value():
                raise Refusal(401, "Unauthorized")
            method, parameters = request.match_info["method"].lower(), await _parameters(request)
            self.calls.append((method, parameters))
            if self.fault and (response := await self.fault(method, parameters)):
                return response
            handler = getattr(self, f"_do_{method}", None)
            if handler is None:
                raise Refusal(404, "Not Found")
            result = await handler(parameters)
        except Refusal as refusal:
            return refusal.response()
        finally:
            self.notify()
        return web.json_response({"ok": True, "result": result})

    async def _do_getme(self, parameters: Record) -> Record:
        return {**self.user, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": False}

    async def _do_getupdates(self, parameters: Record) -> list[Record]:
        offset = int(parameters.get("offset", 0))
        limit = int(parameters.get("limit", 100))
        self._updates = [update for update in self._updates if update["update_id"] >= offset]
        deadline = time.monotonic() + min(float(parameters.get("timeout", 0)), _LONGEST_POLL)
        allowed = parameters.get("allowed_updates")
        while True:
            wanted = [u for u in self._updates if not allowed or any(kind in u for kind in allowed)]
            left = deadline - time.monotonic()
            if wanted or left <= 0:
                return wanted[:limit]
            try:
                await asyncio.wait_for(self._changed.wait(), left)
            except TimeoutError:
                continue

    async def _do_sendmessage(self, parameters: Record) -> Record:
        chat = self._chat(parameters)
        message: Record = {"message_id": 0, "from": self.user, "chat": chat.record, "date": int(time.time())}
        message |= _content(parameters)
        reply = parameters.get("reply_parameters") or {}
        if reply:
            quoted = chat.find(int(reply["message_id"]))
            if quoted:
                message["reply_to_message"] = {k: v for k, v in quoted.items() if k != "reply_to_message"}
            elif not reply.get("allow_sending_without_reply"):
                raise bad_request("message to be replied not found")
        message["message_id"] = self.next_message_id()
        chat.messages.append(message)
        return message

    async def _do_editmessagetext(self, parameters: Record) -> Record:
        message = self._own_message(parameters)
        content = _content(parameters)
        if all(content.get(key) == message.get(key) for key in ("text", "entities", "reply_markup")):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )
        for key in ("entities", "reply_markup"):
            message.pop(key, None)
        message.update(content, edit_date=int(time.time()))
        return message

    async def _do_editmessagereplymarkup(self, parameters: Record) -> Record:
        message = self._own_message(parameters)
        markup = _markup(parameters)
        if markup == message.get("reply_markup"):
            raise bad_request("message is not modified")
        message.pop("reply_markup", None)
        if markup:
            message["reply_markup"] = markup
        return message

    async def _do_answercallbackquery(self, parameters: Record) -> bool:
        number = str(parameters.get("callback_query_id", ""))
        if self._queries.get(number, True):
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        self._queries[number] = True
        return True

    async def _do_sendchataction(self, parameters: Record) -> bool:
        self._chat(parameters)
        return True

    async def _do_setmycommands(self, parameters: Record) -> bool:
        self.profile["commands"] = parameters.get("commands", [])
        return True

    async def _do_setmydescription(self, parameters: Record) -> bool:
        return self._describe("description", parameters, 512)

    async def _do_setmyshortdescription(self, parameters: Record) -> bool:
        return self._describe("short_description", parameters, 120)

    def _describe(self, key: str, parameters: Record, longest: int) -> bool:
        text = str(parameters.get(key, ""))
        if len(text) > longest:
            raise bad_request("bot description is too long")
        self.profile[key] = text
        return True

    async def _do_deletewebhook(self, parameters: Record) -> bool:
        if parameters.get("drop_pending_updates"):
            self._updates.clear()
        return True

    async def _do_getwebhookinfo(self, parameters: Record) -> Record:
        return {"url": "", "has_custom_certificate": False, "pending_update_count": len(self._updates)}

    def _chat(self, parameters: Record) -> Chat:
        chat = self.chats.get(_integer(parameters.get("chat_id")))
        if chat is None:
            raise bad_request("chat not found")
        return chat

    def _own_message(self, parameters: Record) -> Record:
        message = self._chat(parameters).find(_integer(parameters.get("message_id")))
        if message is None:
            raise bad_request("message to edit not found")
        if message["from"]["id"] != _BOT_ID:
            raise bad_request("message can't be edited")
        return message


@dataclass
class Chat:
    """One chat, and what people do in it."""

    api: BotAPI
    number: int
    kind: str
    messages: list[Record] = field(default_factory=list)

    @property
    def record(self) -> Record:
        """The chat as Telegram describes it."""
        name = {"first_name": "דנה"} if self.kind == "private" else {"title": "קבוצה"}
        return {"id": self.number, "type": self.kind, **name}

    @property
    def from_bot(self) -> list[Record]:
        """What the bot wrote, in order, as it stands now."""
        return [message for message in self.messages if message["from"]["is_bot"]]

    def find(self, message_id: int) -> Record | None:
        """A message by its number."""
        return next((message for message in self.messages if message["message_id"] == message_id), None)

    def person(self, number: int | None = None) -> Record:
        """A person; without a number, the one whose private chat this is."""
        return {"id": number or abs(self.number), "is_bot": False, "first_name": "דנה", "language_code": "he"}

    def write(self, text: str | None = None, *, by: int | None = None, **more: Any) -> Record:
        """A person sends a message: a text, or whatever fields Telegram would give it."""
        message: Record = {
            "message_id": self.api.next_message_id(),
            "from": self.person(by),
            "chat": self.record,
            "date": int(time.time()),
            **({} if text is None else {"text": text, "entities": _found_entities(text)}),
            **more,
        }
        self.messages.append(message)
        self.api.push(message=message)
        return message

    def edit(self, message: Record, text: str) -> None:
        """A person edits a message."""
        message.update(text=text, entities=_found_entities(text), edit_date=int(time.time()))
        self.api.push(edited_message=dict(message))

    def press(self, message: Record, label: str, *, by: int | None = None) -> None:
        """A person presses the button with a label. Raises StopIteration if there is none."""
        rows = message.get("reply_markup", {}).get("inline_keyboard", [])
        button = next(button for row in rows for button in row if label in button["text"])
        self.press_data(message, button["callback_data"], by=by)

    def press_data(self, message: Record, data: str, *, by: int | None = None) -> None:
        """A person presses a button that carries this data, as an old message's button may."""
        number = f"{self.number}-{self.api.next_message_id()}"
        query = {"id": number, "from": self.person(by), "chat_instance": "1", "data": data, "message": message}
        self.api.push_query(query)

    async def answer(self, number: int = 1) -> Record:
        """Wait until the bot has written so many messages here; the last of them."""
        await self.api.until(lambda: len(self.from_bot) >= number)
        return self.from_bot[number - 1]


async def _parameters(request: web.Request) -> Record:
    """A call's parameters from the query and the body. Values that are JSON, as in forms, are read."""
    values: Record = dict(request.query)
    if request.content_type == "application/json":
        try:
            values |= await request.json()
        except (json.JSONDecodeError, TypeError, ValueError):
            raise bad_request("can't parse request JSON object") from None
        return values
    values |= {key: value for key, value in (await request.post()).items() if isinstance(value, str)}
    for key in ("allowed_updates", "commands", "reply_markup", "reply_parameters", "link_preview_options", "entities"):
        if isinstance(values.get(key), str):
            try:
                values[key] = json.loads(values[key])
            except json.JSONDecodeError:
                raise bad_request(f"can't parse {key.replace('_', ' ')} JSON object") from None
    return values


def _integer(value: object) -> int:
    try:
        return int(str(value))
    except ValueError:
        return 0


def _content(parameters: Record) -> Record:
    """The text and the buttons of a message, checked as Telegram checks them."""
    text, entities = str(parameters.get("text", "")), parameters.get("entities") or []
    mode = str(parameters.get("parse_mode", "")).lower()
    if mode == "html":
        try:
            text, entities = parse_html(text)
        except HTMLError as error:
            raise bad_request(str(error)) from None
    elif mode:
        raise bad_request("unsupported parse_mode")
    if not text.strip():
        raise bad_request("message text is empty")
    if utf16_length(text) > LONGEST_MESSAGE:
        raise bad_request("message is too long")
    content: Record = {"text": text}
    if entities:
        content["entities"] = entities
    if markup := _markup(parameters):
        content["reply_markup"] = markup
    return content


def _markup(parameters: Record) -> Record | None:
    markup = parameters.get("reply_markup")
    if not markup:
        return None
    rows = markup.get("inline_keyboard") if isinstance(markup, dict) else None
    if not isinstance(rows, list):
        raise bad_request("object expected as reply markup")
    for button in (button for row in rows for button in row):
        if not str(button.get("text", "")).strip():
            raise bad_request("inline keyboard button text must be non-empty")
        actions = [key for key in button if key != "text"]
        if not actions:
            raise bad_request("text buttons are unallowed in the inline keyboard")
        data = button.get("callback_data")
        if data is not None and not 0 < len(str(data).encode()) <= LONGEST_CALLBACK_DATA:
            raise bad_request("BUTTON_DATA_INVALID")
    return {"inline_keyboard": rows} if any(rows) else None


def _found_entities(text: str) -> list[Record]:
    """What Telegram finds by itself in a person's message: commands and mentions."""
    entities: list[Record] = []
    offset = 0
    for word in text.split(" "):
        bare = word.rstrip(".,!?:;\n")
        kind = "bot_command" if word.startswith("/") else "mention" if word.startswith("@") else None
        if kind and len(bare) > 1:
            entities.append({"type": kind, "offset": offset, "length": utf16_length(bare)})
        offset += utf16_length(word) + 1
    return entities
