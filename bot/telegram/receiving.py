"""Receiving without loss: an update is confirmed to Telegram when its reply was accepted, and not before.

Telegram's queue is the queue. Polling confirms with the next `offset` what was handled; a webhook answers 200 after the same
point. What a crash leaves unconfirmed comes again, and what was handled by then is known by its number in the store.
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import logging
import time
from collections import Counter
from collections.abc import Iterable
from typing import Any
from weakref import WeakValueDictionary

from cachetools import LRUCache
from telegram import Update
from telegram.error import BadRequest, Conflict, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError
from telegram.ext import Application

from bot.store import Store
from bot.telegram.handlers import Handlers
from bot.telegram.logs import without_words
from bot.telegram.retrying import pauses, told_to_wait
from bot.telegram.transport import Bot

log = logging.getLogger(__name__)

ALLOWED_UPDATES = [Update.MESSAGE, Update.EDITED_MESSAGE, Update.CALLBACK_QUERY, Update.INLINE_QUERY]
MOST_TRIES = 3
# How long what is under way may take when the bot is told to stop.
FINISH_S = 10.0
# Telegram gives so many updates at a time.
_BATCH = 100
# So many are to be finished since the last poll for the next one to be worth its time: half of a batch, so that one half is
# answered while the other is confirmed and new ones come.
_STEP = 50
# So many answers may not be written down yet before another message is handled: they would be repeated after a crash.
MOST_UNWRITTEN = 10
# How long one poll waits for updates.
POLL_S = 25
# How long the next poll waits for what is under way, so that it can confirm it.
_PATIENCE_S = 0.25
# Updates that are still under way after this, while Telegram shows nothing beyond them, are kept elsewhere and confirmed.
PARK_AFTER_S = 2.0
_POLLED_WITHIN_S = 90.0
_REMEMBERED_UPDATES = 5_000
# So many updates of one chat may wait in a webhook's connections, which are few.
_MOST_OF_A_CHAT = 5
_LAST_POLL_S = 3.0
_PARKED_AGAIN_S = 5.0


Raw = dict[str, Any]
"""An update as Telegram sends it."""
Known = dict[int, asyncio.Task[None] | None]
"""Updates that are not confirmed yet, and who handles them; None: nobody needs to."""


class Answering(Application):  # type: ignore[type-arg]  # its six parameters say nothing here
    """An application whose handlers' errors reach who gave it the update."""

    async def process_error(self, update: object, error: Exception, *args: object, **kwargs: object) -> bool:
        """Raise it."""
        raise error


class Receiver:
    """Handles updates: each once, those of one chat in order, chats beside each other."""

    def __init__(
        self,
        application: Answering,
        bot: Bot,
        handlers: Handlers,
        store: Store | None = None,
        *,
        stopping: asyncio.Event | None = None,
    ) -> None:
        """`stopping`: set by whoever tells the bot to stop."""
        self._application = application
        self._bot = bot
        self._handlers = handlers
        self._store = store
        self._chats: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._waiting: Counter[int] = Counter()
        """How many updates of each chat are under way."""
        self._answered: LRUCache[int, bool] = LRUCache(_REMEMBERED_UPDATES)
        """The numbers of the latest updates that were handled here."""
        self._held_up: Counter[int] = Counter()
        """Chats that updates were put by of, and how many are still under way."""
        self._under_way: dict[int, asyncio.Task[None]] = {}
        self._beginning = asyncio.Lock()
        self._finished = 0
        self._progress = asyncio.Event()
        """Set whenever an update was handled."""
        self.is_started = False
        """Whether Telegram was reached."""
        self.stopping = stopping or asyncio.Event()
        """Set to stop: nothing more is fetched, what is under way is finished."""
        self.refused: TelegramError | None = None
        """Why Telegram refuses this bot for good, if it does."""
        self.last_poll = 0.0
        """When (monotonic, s) Telegram last answered a poll; 0 where nothing polls."""

    @property
    def is_ready(self) -> bool:
        """Whether updates can be handled."""
        polls = not self.last_poll or time.monotonic() - self.last_poll < _POLLED_WITHIN_S
        return self.is_started and polls and not self.stopping.is_set()

    def receive(self, update: Update, *, is_new: bool = True) -> asyncio.Task[None]:
        """Start to handle an update; the task is done when it may be confirmed. One that is under way is not started twice.
        Updates of one chat are handled in the order of these calls. `is_new`: whether it is known not to have been handled."""
        number = update.update_id
        if number not in self._under_way:
            chat = chat_of(update)
            self._waiting[chat] += 1
            task = asyncio.create_task(self._handle_in_turn(update, chat, time.monotonic(), is_new))
            self._under_way[number] = task
            task.add_done_callback(lambda _: self._done(number, chat))
        return self._under_way[number]

    def is_crowded(self, update: Update) -> bool:
        """Whether so many updates of this one's chat are under way that it had better not keep room from others."""
        return update.update_id not in self._under_way and self._waiting[chat_of(update)] >= _MOST_OF_A_CHAT

    def _done(self, number: int, chat: int) -> None:
        del self._under_way[number]
        self._waiting -= Counter((chat,))
        self._finished += 1
        self._progress.set()

    async def handled(self, numbers: Iterable[int]) -> set[int]:
        """Which of these updates were handled before, by this process or another."""
        asked = list(numbers)
        return await self._store.handled(asked) if self._store and asked else set()

    def read(self, raw: Raw) -> Update | None:
        """An update as Telegram sent it; None, with a line in the log, for one that cannot be read."""
        try:
            return Update.de_json(raw, self._bot)
        except Exception as error:
            log.error("update %s cannot be read: %s", raw.get("update_id"), without_words(error))
            self._handlers.metrics.updates.labels("unreadable").inc()
            return None

    async def finish(self) -> None:
        """Let what is under way come to its end, for a while."""
        if self._under_way:
            await asyncio.wait(list(self._under_way.values()), timeout=FINISH_S)
        for task in list(self._under_way.values()):
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    async def _handle_in_turn(self, update: Update, chat: int, arrived: float, is_new: bool) -> None:
        metrics, number = self._handlers.metrics, update.update_id
        lock = self._chats.setdefault(chat, asyncio.Lock())
        with metrics.in_flight.track_inprogress():
            # A hundred that begin at once would keep everything else waiting, the next poll and what Telegram answers included.
            async with self._beginning:
                await asyncio.sleep(0)
                if self._store:
                    await self._store.keep_up(MOST_UNWRITTEN)
            async with lock:
                if number in self._answered or (not is_new and number in await self.handled([number])):
                    return
                outcome = await self._handle(update)
        self._answered[number] = True
        if self._store:
            self._store.set_handled(number, time.time())
        metrics.updates.labels(outcome).inc()
        metrics.latency.observe(time.monotonic() - arrived)

    async def _handle(self, update: Update) -> str:
        """Handle an update, more than once if that fails. Returns the outcome, for the metrics. Raises InvalidToken."""
        for left in reversed(range(MOST_TRIES)):
            try:
                await self._application.process_update(update)
                return "handled"
            except InvalidToken as error:
                self.refused = error
                self.stopping.set()
                raise
            except Forbidden:
                return "blocked"  # by the person: there is nobody to tell
            except BadRequest as error:
                # As where the bot may not write in a group; another try would be refused as well.
                log.error("Telegram refuses what an update was answered with: %s", without_words(error))
                return "refused"
            except Exception as error:
                log.error("an update could not be handled, %d tries left: %s", left, without_words(error))
        try:
            await self._handlers.apologise(update, self._bot)
        except Exception as error:
            log.error("nor could that be said: %s", without_words(error))
        return "failed"

    # --- polling -------------------------------------------------------------------------------------------------

    async def poll(self) -> None:
        """Fetch and handle updates until told to stop, and confirm what was handled. Raises InvalidToken."""
        parked = asyncio.create_task(self.take_up_parked())
        offset = 0
        known: Known = {}
        self.last_poll = time.monotonic()
        while not self.stopping.is_set():
            offset = _first_open(known, offset)
            known = {number: task for number, task in known.items() if number >= offset}
            finished = self._finished
            fetched = await self._fetch(offset, wait_s=0 if known else POLL_S)
            new = {raw["update_id"]: self.read(raw) for raw in fetched if raw["update_id"] not in known}
            if fetched and not new and not self._under_way:
                await asyncio.sleep(_PATIENCE_S)  # whatever they wait for, asking at once again does not help
            # Of a chat that has some under way, what its conversation comes to is known when they are done.
            begun = [update for update in new.values() if update and not self._waiting[chat_of(update)]]
            handled, _ = await asyncio.gather(self.handled(new), self._handlers.expect(begun))
            for number, update in new.items():
                known[number] = self.receive(update) if update and number not in handled else None
            if not new and len(fetched) >= _BATCH:
                await self._park(fetched, known)
            # While more waits, the next poll need not wait for all of this: it makes room for what was finished meanwhile.
            enough = finished + _STEP if new and len(fetched) >= _BATCH else None
            await self._until_done(known, _PATIENCE_S, enough)
        await self.finish()
        parked.cancel()
        with contextlib.suppress(TelegramError, TimeoutError):
            # Confirms what was finished since.
            async with asyncio.timeout(_LAST_POLL_S):
                await self._bot.raw_updates(_first_open(known, offset), limit=1, wait_s=0, allowed=ALLOWED_UPDATES)
        if self.refused:
            raise self.refused

    async def _until_done(self, known: Known, patience_s: float, enough: int | None = None) -> None:
        """Wait until all are handled, or so many ever, or for a while, or until told to stop."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(patience_s):
                while any(task and not task.done() for task in known.values()) and not self.stopping.is_set():
                    if enough is not None and self._finished >= enough:
                        return
                    self._progress.clear()
                    await self._progress.wait()

    async def _fetch(self, offset: int, wait_s: int) -> list[Raw]:
        """The waiting updates from a number on. Waits for some, and through failures, until told to stop."""
        pausing = pauses()
        while not self.stopping.is_set():
            call = asyncio.create_task(
                self._bot.raw_updates(offset or None, limit=_BATCH, wait_s=wait_s, allowed=ALLOWED_UPDATES)
            )
            stopping = asyncio.create_task(self.stopping.wait())
            await asyncio.wait([call, stopping], return_when=asyncio.FIRST_COMPLETED)
            stopping.cancel()
            if not call.done():
                call.cancel()
                return []
            try:
                updates = [raw for raw in call.result() if isinstance(raw.get("update_id"), int)]
            except InvalidToken as error:
                self.refused = error
                self.stopping.set()
                return []
            except Exception as error:  # whatever comes instead of an answer
                await self._bear(error, next(pausing))
            else:
                self.last_poll = time.monotonic()
                return updates
        return []

    async def _bear(self, error: Exception, pause_s: float) -> None:
        """Wait after a failed poll."""
        self._handlers.metrics.telegram_errors.labels(type(error).__name__).inc()
        if isinstance(error, RetryAfter):
            pause_s += told_to_wait(error)
        elif isinstance(error, Conflict):
            log.error("another process polls with the same token: stop it, there must be only one (%s)", error.message)
            pause_s = max(pause_s, 1.0)
        elif not isinstance(error, NetworkError):
            log.error("Telegram gives no updates: %s", without_words(error))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(pause_s):
                await self.stopping.wait()

    # --- updates that others wait behind -------------------------------------------------------------------------

    async def _park(self, fetched: list[Raw], known: Known) -> None:
        """Telegram shows a hundred unconfirmed updates and nothing beyond them. Where the first ones are held up, as by a chat
        that is throttled, they are put by in the store, to be handled even after a crash, and confirmed."""
        chats = {raw["update_id"]: chat_of(update) for raw in fetched if (update := self.read(raw))}
        if any(self._held_up[chats[number]] == 0 for number in chats if _is_open(known.get(number))):
            await self._until_done(known, PARK_AFTER_S)
        await asyncio.gather(
            *(self._put_by(raw, chats[raw["update_id"]], known) for raw in fetched if raw["update_id"] in chats)
        )

    async def _put_by(self, raw: Raw, chat: int, known: Known) -> None:
        number, task = raw["update_id"], known.get(raw["update_id"])
        if task and _is_open(task) and await self.put_by(raw, chat, task):
            known[number] = None

    async def put_by(self, raw: Raw, chat: int, task: asyncio.Task[None]) -> bool:
        """Whether an update that is under way is kept in the store, so that it may be confirmed and is handled even after a
        crash."""
        number = raw["update_id"]
        if not (self._store and await self._store.park(number, json.dumps(raw), time.time())):
            return False
        self._held_up[chat] += 1
        task.add_done_callback(lambda _: self._held_up.subtract((chat,)))
        self._unpark_after(number, task)
        return True

    async def take_up_parked(self) -> None:
        """Go on with what an earlier process had put by, as soon as the store can tell."""
        if not self._store:
            return
        while not (parked := await self._store.parked()) and not self._store.healthy:
            await asyncio.sleep(_PARKED_AGAIN_S)
        handled = await self.handled(number for number, _ in parked)
        for number, text in parked:
            if number in handled:
                self._store.unpark(number)
            elif update := self.read(json.loads(text)):
                self._unpark_after(number, self.receive(update))

    def _unpark_after(self, number: int, task: asyncio.Task[None]) -> None:
        assert self._store
        unpark = self._store.unpark
        task.add_done_callback(lambda done: None if _is_open(done) else unpark(number))


def _is_open(task: asyncio.Task[None] | None) -> bool:
    """Whether an update still has to be handled: by this task, or since that was cancelled or refused, by a later process."""
    return task is not None and (not task.done() or task.cancelled() or task.exception() is not None)


def _first_open(known: Known, offset: int) -> int:
    """The offset that confirms all updates before the first one that is still to be handled."""
    is_open = [number for number, task in known.items() if _is_open(task)]
    return min(is_open, default=max(known, default=offset - 1) + 1)


def chat_of(update: Update) -> int:
    """The chat of an update; where there is none, as in inline mode, the person."""
    where = update.effective_chat or update.effective_user
    return where.id if where else 0
