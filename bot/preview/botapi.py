"""A Telegram Bot API server on loopback, for the real bot to run against without Telegram.

It is strict where Telegram is strict, and refuses with Telegram's words: https://core.telegram.org/bots/api. Updates are
kept until they are confirmed through `offset`. People are played through `Chat`: they write, edit and press buttons.
"""

from __future__ import annotations

import asyncio
import contextlib
import copy
import json
import time
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.typedefs import Middleware
from cachetools import LRUCache
from pydantic import SecretStr

from bot.preview.content import LONGEST_TOAST, Record, Refusal, bad_request, content, inline_results, markup, results_button
from bot.preview.entities import utf16_length
from bot.preview.people import Chat

NOT_MODIFIED = (
    "message is not modified: specified new message content and reply markup are exactly the same "
    "as a current content and reply markup of the message"
)
TOO_OLD = "query is too old and response timeout expired or query ID is invalid"
# Tests look at the calls; of a preview that runs for days the last ones are enough.
_MOST_CALLS = 50_000
_MOST_QUERIES = 10_000
SECOND_POLLER = "Conflict: terminated by other getUpdates request; make sure that only one bot instance is running"
_MOST_UPDATES = 100
_LONGEST_POLL = 50.0
_JSON_PARAMETERS = (
    "allowed_updates",
    "button",
    "commands",
    "entities",
    "link_preview_options",
    "reply_markup",
    "reply_parameters",
    "results",
)
_BOT_ID = 10_000_001

Fault = Callable[[str, Record], Awaitable[web.Response | None]]
"""What may go wrong with a call: given its method and parameters, a response to send instead, or None."""


@dataclass
class BotAPI:
    """The server's state. `app()` gives what aiohttp serves."""

    token: SecretStr
    username: str = "kpo_test_bot"
    fault: Fault | None = None
    """Set by tests to make calls fail."""
    calls: deque[tuple[str, Record]] = field(default_factory=lambda: deque(maxlen=_MOST_CALLS))
    """The calls that came, in order: method and parameters."""
    chats: dict[int, Chat] = field(default_factory=dict)
    profile: Record = field(default_factory=dict)
    """What the bot said about itself: commands, descriptions."""
    webhook: Record | None = None
    """Where updates are to be delivered, as `setWebhook` said; this server itself delivers none."""
    _updates: list[Record] = field(default_factory=list)
    _polls: int = 0
    _last_update: int = 0
    _last_message: int = 0
    results: MutableMapping[str, Record] = field(default_factory=lambda: LRUCache(_MOST_QUERIES))
    """What inline queries were answered with, by their number: `results`, and a `button` or None."""
    toasts: MutableMapping[str, Record] = field(default_factory=lambda: LRUCache(_MOST_QUERIES))
    """What presses were answered with, by their number: `text` and `show_alert`."""
    answered: MutableMapping[str, bool] = field(default_factory=lambda: LRUCache(_MOST_QUERIES))
    """Whether each press and each inline query was answered, by its number."""
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def app(self, middlewares: Iterable[Middleware] = ()) -> web.Application:
        """The server."""
        app = web.Application(client_max_size=1024 * 1024, middlewares=middlewares)
        app.router.add_route("*", "/bot{token}/{method}", self._handle)
        return app

    @property
    def user(self) -> Record:
        """The bot, as Telegram describes it."""
        return {"id": _BOT_ID, "is_bot": True, "first_name": "KPO", "username": self.username}

    @property
    def waiting(self) -> list[Record]:
        """The updates that wait to be confirmed."""
        return list(self._updates)

    def confirm(self, update: Record) -> None:
        """An update was delivered to the webhook."""
        self._updates.remove(update)
        self.notify()

    @property
    def unconfirmed(self) -> int:
        """How many updates wait to be confirmed."""
        return len(self._updates)

    # --- people --------------------------------------------------------------------------------------------------

    def chat(self, number: int, kind: str = "private") -> Chat:
        """The chat with this number; groups have negative ones, as on Telegram."""
        return self.chats.setdefault(number, Chat(self, number, kind))

    def push(self, **update: Any) -> None:
        """Put an update into the queue, with the next number."""
        self._last_update += 1
        self.deliver({"update_id": self._last_update, **update})

    def deliver(self, update: Record) -> None:
        """Put an update with a number into the queue, as Telegram does a second time where it was not sure of the first."""
        # As it is now: what is edited later comes in an update of its own.
        self._updates.append(copy.deepcopy(update))
        self.notify()

    def push_query(self, query: Record) -> None:
        """Put a button press into the queue, to be answered once."""
        self.answered[query["id"]] = False
        self.push(callback_query=query)

    def push_inline_query(self, query: Record) -> None:
        """Put an inline query into the queue, to be answered once."""
        self.answered[query["id"]] = False
        self.push(inline_query=query)

    def next_message_id(self) -> int:
        """A number for a message."""
        self._last_message += 1
        return self._last_message

    def notify(self) -> None:
        """Wake all who wait for a change."""
        self._changed.set()
        self._changed = asyncio.Event()

    def changed(self) -> asyncio.Event:
        """An event that is set at the next change."""
        return self._changed

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
            self.notify()
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
        return {**self.user, "can_join_groups": True, "can_read_all_group_messages": False, "supports_inline_queries": True}

    async def _do_getupdates(self, parameters: Record) -> list[Record]:
        if self.webhook:
            raise Refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first")
        offset, limit = _integer(parameters.get("offset")), _integer(parameters.get("limit")) or _MOST_UPDATES
        left = self._updates[offset:] if offset < 0 else [update for update in self._updates if update["update_id"] >= offset]
        if len(left) < len(self._updates):
            self._updates = left
            self.notify()
        self._polls += 1
        number, wait_s = self._polls, min(float(_integer(parameters.get("timeout"))), _LONGEST_POLL)
        deadline, allowed = time.monotonic() + wait_s, parameters.get("allowed_updates")
        while True:
            if number != self._polls:
                raise Refusal(409, SECOND_POLLER)
            wanted = [u for u in self._updates if not allowed or any(kind in u for kind in allowed)]
            rest_s = deadline - time.monotonic()
            if wanted or rest_s <= 0:
                return wanted[:limit]
            with contextlib.suppress(TimeoutError):
                # Not wait_for, which may swallow the cancellation of a caller that hung up.
                async with asyncio.timeout(rest_s):
                    await self._changed.wait()

    async def _do_sendmessage(self, parameters: Record) -> Record:
        chat = self._chat(parameters)
        message: Record = {"message_id": 0, "from": self.user, "chat": chat.record, "date": int(time.time())}
        message |= content(parameters)
        if thread := _integer(parameters.get("message_thread_id")):
            message |= {"message_thread_id": thread, "is_topic_message": True}
        reply = parameters.get("reply_parameters") or {}
        if reply:
            quoted = chat.find(_integer(reply.get("message_id")))
            if quoted:
                message["reply_to_message"] = {k: v for k, v in quoted.items() if k != "reply_to_message"}
            elif not reply.get("allow_sending_without_reply"):
                raise bad_request("message to be replied not found")
        message["message_id"] = self.next_message_id()
        chat.messages.append(message)
        return message

    async def _do_editmessagetext(self, parameters: Record) -> Record:
        message = self._own_message(parameters)
        new = content(parameters)
        if all(new.get(key) == message.get(key) for key in ("text", "entities", "reply_markup")):
            raise bad_request(NOT_MODIFIED)
        for key in ("entities", "reply_markup"):
            message.pop(key, None)
        message.update(new, edit_date=int(time.time()))
        return message

    async def _do_editmessagereplymarkup(self, parameters: Record) -> Record:
        message = self._own_message(parameters)
        keyboard = markup(parameters)
        if keyboard == message.get("reply_markup"):
            raise bad_request(NOT_MODIFIED)
        message.pop("reply_markup", None)
        if keyboard:
            message["reply_markup"] = keyboard
        return message

    async def _do_answercallbackquery(self, parameters: Record) -> bool:
        text = str(parameters.get("text") or "")
        if utf16_length(text) > LONGEST_TOAST:
            raise bad_request("MESSAGE_TOO_LONG")
        number = self._answer_query(parameters.get("callback_query_id"))
        self.toasts[number] = {"text": text, "show_alert": bool(parameters.get("show_alert"))}
        return True

    async def _do_answerinlinequery(self, parameters: Record) -> bool:
        results = inline_results(parameters)
        number = self._answer_query(parameters.get("inline_query_id"))
        self.results[number] = {"results": results, "button": results_button(parameters)}
        return True

    def _answer_query(self, number: object) -> str:
        if self.answered.get(str(number), True):
            raise bad_request(TOO_OLD)
        self.answered[str(number)] = True
        return str(number)

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

    async def _do_setwebhook(self, parameters: Record) -> bool:
        url = str(parameters.get("url", ""))
        if url and urlsplit(url).scheme not in ("http", "https"):
            raise bad_request("bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = parameters if url else None
        return True

    async def _do_deletewebhook(self, parameters: Record) -> bool:
        self.webhook = None
        if parameters.get("drop_pending_updates"):
            self._updates.clear()
        return True

    async def _do_getwebhookinfo(self, parameters: Record) -> Record:
        url = self.webhook["url"] if self.webhook else ""
        return {"url": url, "has_custom_certificate": False, "pending_update_count": len(self._updates)}

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
    for key in _JSON_PARAMETERS:
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
