"""The store as the bot sees it: nothing that it is told or asked delays an answer, or fails."""

from __future__ import annotations

import asyncio
import json
import logging
import random
import re
import time
from collections.abc import Awaitable, Callable, Collection, Coroutine, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any, TypeVar

from bot.store.database import Database
from bot.store.errors import StoreError, is_about_data, needs_a_person, reason
from bot.store.pending import Kind, Pending, Row
from bot.store.records import Interaction, Keys, Vote, Who

log = logging.getLogger(__name__)

MOST_PENDING = 10_000
"""So many writes wait for the database at most; beyond it, the oldest interactions are given up."""
MOST_AT_ONCE = 1_000
"""So many writes go into one transaction at most."""
GATHER_S = 0.005
# What is written for one message comes in a row, and goes into one transaction.
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 30.0
"""How long to wait before asking a database again that did not answer."""
WRITE_S = 10.0
PRUNE_S = 60.0
PRUNE_EVERY_S = 3600.0
LONGEST_TEXT = 4096
"""Letters kept of one message: the longest that Telegram sends."""

# PostgreSQL keeps no NUL, and half a character cannot be encoded.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_ANSWERED = "answer"

T = TypeVar("T")


class Store:
    """What was asked and how it was received, and what must survive a restart.

    Open it with `open`, and use it from that event loop only. Writes return at once and never raise; one task brings them
    to the database, as many as wait in one transaction. Reads see what is still waiting. Once the database has not
    answered, reads are empty at once, until it answers again.
    """

    def __init__(self, database: Database, keys: Keys, on_error: Callable[[], None]) -> None:
        self._database, self._keys, self._on_error = database, keys, on_error
        self._queue, self._flying = Pending(), Pending()
        self._parking: dict[int, asyncio.Future[bool]] = {}
        self._given_up: set[asyncio.Future[Any]] = set()
        self._wake, self._idle, self._hurry = asyncio.Event(), asyncio.Event(), asyncio.Event()
        self._writing, self._turned, self._stuck = asyncio.Lock(), asyncio.Event(), False
        self._writer: asyncio.Task[None] | None = None
        self._healthy, self._ready, self._closed = True, False, False
        self._told = ""
        self._errors = self._dropped = self._lost = 0
        self._next_prune = 0.0
        self._next_id = 0
        self._idle.set()

    # --- life --------------------------------------------------------------------------------------------------------

    @classmethod
    async def open(cls, url: str, secret: bytes, on_error: Callable[[], None] = lambda: None) -> Store:
        """Open a database, create or migrate its schema, and start writing.

        `url`: `sqlite:////folder/file.db` or `postgresql://user:password@host/name`. `secret`: the bot's token.
        `on_error` is called for each failed read or attempt to write.

        A server that does not answer is no error: the bot runs without it, and it is asked again and again. Raises
        StoreError for what waiting does not mend: a schema newer than this bot's, a file that cannot be written, a wrong
        address or password.
        """
        store = cls(Database(url), Keys(secret), on_error)
        try:
            await store._prepare()
        except Exception as error:
            if needs_a_person(error):
                await store._database.close()
                if isinstance(error, StoreError):
                    raise
                raise StoreError(f"{store._database.where}: cannot be opened ({reason(error)})") from None
            store._went(error)
        store._writer = asyncio.create_task(store._work())
        return store

    async def close(self, timeout_s: float = 5.0) -> None:
        """Write what waits, and let go of the database. What is not written within `timeout_s` is lost, with a log line."""
        if self._closed:
            return
        self._closed = True
        self._hurry.set()
        self._wake.set()
        if self._writer is not None:
            await asyncio.wait({self._writer}, timeout=timeout_s)  # it ends when nothing waits any more
            self._writer.cancel()
            await asyncio.wait({self._writer}, timeout=1)
        for task in self._given_up:
            self._stop(task)
        if self._given_up:
            await asyncio.wait(self._given_up, timeout=1)
        self._healthy = False
        if self.pending:
            self._dropped += self.pending
            log.warning("%s: %d writes were lost when the bot stopped", self._database.where, self.pending)
        for key in list(self._parking):
            self._parked(key, False)
        with suppress(Exception):
            await self._within(1.0, self._database.close())

    async def flush(self, timeout_s: float = 5.0) -> bool:
        """Wait until nothing waits for the database any more. False if that takes longer than `timeout_s`."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                await self._idle.wait()
        return self.pending == 0

    @property
    def healthy(self) -> bool:
        """Whether the database answered when it was last needed."""
        return self._healthy

    @property
    def pending(self) -> int:
        """How many writes wait for the database."""
        return len(self._queue) + len(self._flying)

    @property
    def errors(self) -> int:
        """How many reads and attempts to write failed."""
        return self._errors

    @property
    def dropped(self) -> int:
        """How many writes were given up: for want of room, or because the database can never take them."""
        return self._dropped

    # --- writes: at once, never raising --------------------------------------------------------------------------------

    def add_interaction(
        self, who: Who, at: float, decision: str, topics: Sequence[str], confidence: float, text: str | None
    ) -> None:
        """Record one message. `at`: unix seconds. `text`: what was written; where the decision is "answer" it is not kept."""
        with self._unharmed():
            self._next_id = max(self._next_id + 1, (time.time_ns() // 1_000_000 << 22) | random.getrandbits(22))
            row = {
                "id": self._next_id,
                "at": float(at),
                "chat": self._keys.chat(who.chat),
                "person": self._keys.person_of(who),
                "decision": _clean(decision),
                "topics": _listed(topics),
                "confidence": float(confidence),
                "text": None if text is None or decision == _ANSWERED else _clean(text),
            }
            self._put("interactions", self._next_id, row)

    def set_vote(self, who: Who, message: int, topics: Sequence[str], up: bool, at: float, text: str | None) -> None:
        """Record what a person thinks of an answer, in place of an earlier vote. `message`: the answer's number in the chat.

        `at`: unix seconds; the latest stays. `text`: the question, kept only where the answer did not help.
        """
        with self._unharmed():
            chat, person = self._keys.chat(who.chat), self._keys.person_of(who)
            row = {
                "chat": chat,
                "message": int(message),
                "person": person,
                "topics": _listed(topics),
                "up": bool(up),
                "at": float(at),
                "text": None if up or text is None else _clean(text),
            }
            self._put_latest("votes", (chat, row["message"], person), row)

    def save_context(self, who: Who, context: str, at: float) -> None:
        """Keep what the next message of a conversation may lean on. `at`: unix seconds; the latest stays.

        `who`: the chat and, in a group, the person in it; in a chat of two the person is 0.
        """
        with self._unharmed():
            key = self._keys.context(who)
            row = {"key": key, "person": self._keys.person_of(who), "context": _clean(context, longest=None), "at": float(at)}
            self._put_latest("contexts", key, row)

    def set_handled(self, update_id: int, at: float) -> None:
        """Remember for two days that an update was dealt with. `at`: unix seconds."""
        with self._unharmed():
            self._put("handled", int(update_id), {"update_id": int(update_id), "at": float(at)})

    async def keep_up(self, most: int, timeout_s: float = 0.25) -> None:
        """Wait while more than `most` of the updates that were dealt with are not written yet: a crash repeats what they were
        answered. A database that is gone, or that takes longer than `timeout_s`, is not waited for until it writes again."""
        with suppress(TimeoutError):
            async with asyncio.timeout(timeout_s):
                while self._healthy and not self._stuck and self._unwritten > most:
                    self._turned.clear()
                    await self._turned.wait()
                return
        self._stuck = True

    @property
    def _unwritten(self) -> int:
        return len(self._queue.rows("handled")) + len(self._flying.rows("handled"))

    def unpark(self, update_id: int) -> None:
        """Let go of a parked update."""
        with self._unharmed():
            row = {"update_id": int(update_id), "update_json": None, "at": 0.0}
            self._put("parked", int(update_id), row)

    async def park(self, update_id: int, update_json: str, at: float, timeout_s: float = 2.0) -> bool:
        """Keep an update until `unpark`, for two days at most. True when the database has it; False, within `timeout_s`,
        when that is not sure. `at`: unix seconds.

        The update is kept as it is, with whatever names and numbers it has: unpark it as soon as it is dealt with.
        """
        if not self._healthy:
            self._count()
            return False
        with self._unharmed():
            key = int(update_id)
            row = {"update_id": key, "update_json": _clean(update_json, longest=None), "at": float(at)}
            done = self._parking.setdefault(key, asyncio.get_running_loop().create_future())
            self._put("parked", key, row)
            await asyncio.wait({done}, timeout=timeout_s)
            if done.done():
                return done.result()
            self._unsure(key)
            self._count()
        return False

    # --- reads: never raising ------------------------------------------------------------------------------------------

    async def handled(self, update_ids: Collection[int], timeout_s: float = 0.5) -> set[int]:
        """Those of the updates that were dealt with; of a database that is gone, those known without it."""
        known = {update for update in update_ids if self._find("handled", update)}
        asked = set(update_ids) - known
        if not asked:
            return known
        return known | await self._read(lambda: self._database.handled(asked), set[int](), timeout_s)

    async def context(self, who: Who, timeout_s: float = 0.5) -> str | None:
        """What was saved last for a conversation. None where nothing was, or the database is gone."""
        return (await self.contexts([who], timeout_s)).get(who)

    async def contexts(self, whos: Iterable[Who], timeout_s: float = 0.5) -> dict[Who, str]:
        """What was saved last for each of some conversations, which takes hardly longer than for one."""
        keys = {who: self._keys.context(who) for who in whos}
        # Before asking: what is being written meanwhile may be in neither afterwards.
        waiting = {key: self._find("contexts", key) for key in keys.values()}
        asked = [key for key, row in waiting.items() if row is None]
        stored = await self._read(lambda: self._database.contexts(asked), dict[str, str](), timeout_s) if asked else {}
        for key, before in waiting.items():
            if row := self._find("contexts", key) or before:
                stored[key] = row["context"]
        return {who: stored[key] for who, key in keys.items() if key in stored}

    async def votes(self, chat: int, message: int, timeout_s: float = 0.5) -> dict[str, int]:
        """How many found that an answer helped, "up", and that it did not, "down"."""
        votes = [row["up"] for row in (await self._votes(chat, message, timeout_s)).values()]
        return {"up": votes.count(True), "down": votes.count(False)}

    async def vote_of(self, who: Who, message: int, timeout_s: float = 0.5) -> bool | None:
        """Whether a person found that an answer helped. None where there is no vote, or the database is gone."""
        row = (await self._votes(who.chat, message, timeout_s)).get(self._keys.person_of(who))
        return None if row is None else bool(row["up"])

    async def _votes(self, chat: int, message: int, timeout_s: float) -> dict[str, Row]:
        """The votes on an answer, by person."""
        key = self._keys.chat(chat)
        # Before asking: what is being written meanwhile may be in neither afterwards.
        waiting = self._waiting_votes(key, message)
        votes = await self._read(lambda: self._database.votes(key, message), dict[str, Row](), timeout_s)
        for person, row in [*waiting.items(), *self._waiting_votes(key, message).items()]:
            if person not in votes or votes[person]["at"] <= row["at"]:
                votes[person] = row
        return votes

    def _waiting_votes(self, chat: str, message: int) -> dict[str, Row]:
        rows = [*self._flying.rows("votes").items(), *self._queue.rows("votes").items()]
        return {key[2]: row for key, row in rows if key[:2] == (chat, message)}

    async def parked(self, timeout_s: float = 5.0) -> list[tuple[int, str]]:
        """The updates that were parked and not let go of, number and JSON, in their order. Empty where the database is gone."""
        waiting = self._waiting_parked()
        found = await self._read(self._database.parked, dict[int, str](), timeout_s)
        for key, row in {**waiting, **self._waiting_parked()}.items():
            found.pop(key, None)
            if row["update_json"] is not None:
                found[key] = row["update_json"]
        return sorted(found.items())

    def _waiting_parked(self) -> dict[int, Row]:
        return {**self._flying.rows("parked"), **self._queue.rows("parked")}

    # --- for reports: these say so where the database is gone ------------------------------------------------------------

    async def interactions(self, since: float, until: float, timeout_s: float = 60.0) -> list[Interaction]:
        """The messages from `since` up to before `until` (unix seconds), oldest first.

        Raises StoreError where the database does not answer: a report of nothing would be a lie.
        """
        return await self._report(lambda: self._database.interactions(since, until), timeout_s)

    async def vote_rows(self, since: float, until: float, timeout_s: float = 60.0) -> list[Vote]:
        """The votes from `since` up to before `until` (unix seconds), oldest first. Raises StoreError like `interactions`."""
        return await self._report(lambda: self._database.vote_rows(since, until), timeout_s)

    async def _report(self, question: Callable[[], Coroutine[Any, Any, T]], timeout_s: float) -> T:
        try:
            if self._healthy and not self._closed:
                await self.flush()
                return await self._within(timeout_s, question())
            problem = "it does not answer"
        except Exception as error:
            self._failed(error)
            problem = reason(error)
        raise StoreError(f"{self._database.where}: cannot be read ({problem}): see that it runs, and try again")

    # --- keeping no more than needed -------------------------------------------------------------------------------------

    async def forget(self, person: int, chat: int | None = None, timeout_s: float = 5.0) -> bool:
        """Delete every interaction, vote and context of a person, or only those of one chat.

        True only when they really are deleted; False, within `timeout_s`, where the database is gone: then ask again later.
        Not reached are updates that are parked, what another running bot has not yet written, and what was stored under
        another token.
        """
        if not self._healthy:
            self._count()
            return False
        hashed, in_chat = self._keys.person(person), None if chat is None else self._keys.chat(chat)
        both = [Who(chat, person), *([Who(chat, 0)] if chat == person else [])] if chat is not None else []
        keys = {self._keys.context(who) for who in both}

        def is_meant(kind: Kind, key: Any, row: Row) -> bool:
            of_chat = in_chat is None or (key in keys if kind == "contexts" else row.get("chat") == in_chat)
            return row.get("person") == hashed and of_chat

        try:
            async with asyncio.timeout(timeout_s), self._writing:
                while self._given_up:  # among these may be an attempt to write, which may still arrive
                    await asyncio.wait(self._given_up)
                if not self._healthy:
                    return False
                self._queue.discard_where(is_meant)
                self._note_if_idle()
                await self._within(timeout_s, self._database.forget(hashed, in_chat, keys))
        except Exception as error:
            self._failed(error)
            return False
        return True

    async def prune(self, now: float) -> bool:
        """Delete what is older than may be kept: handled and parked updates after 2 days, contexts after 30, texts after 90.

        `now`: unix seconds. Also done at the start and every hour. False if it did not succeed.
        """
        try:
            async with self._writing:
                await self._within(PRUNE_S, self._database.prune(now))
        except Exception as error:
            self._failed(error)
            return False
        return True

    # --- the queue -------------------------------------------------------------------------------------------------------

    @contextmanager
    def _unharmed(self) -> Iterator[None]:
        """Whatever is wrong with a record, the answer that it is about has to go out."""
        try:
            yield
        except Exception as error:
            self._dropped += 1
            log.error("a record is wrong, and dropped (%s)", type(error).__name__)

    def _put(self, kind: Kind, key: Any, row: Row) -> None:
        if self._closed:
            self._dropped += 1
            return
        self._queue.put(kind, key, row)
        while self.pending > MOST_PENDING and (dropped := self._queue.drop_oldest()):
            self._parked(dropped[1], False) if dropped[0] == "parked" else None
            self._dropped += 1
            self._lost += 1
            if self._lost == 1:
                log.warning("%s: more than %d writes wait for it: the oldest are dropped", self._database.where, MOST_PENDING)
        self._idle.clear()
        self._wake.set()

    def _put_latest(self, kind: Kind, key: Any, row: Row) -> None:
        before = self._find(kind, key)
        if before is None or before["at"] <= row["at"]:
            self._put(kind, key, row)

    def _find(self, kind: Kind, key: Any) -> Row | None:
        """A row that waits for the database."""
        return self._queue.rows(kind).get(key) or self._flying.rows(kind).get(key)

    def _parked(self, key: int, is_kept: bool) -> None:
        done = self._parking.pop(key, None)
        if done is not None and not done.done():
            done.set_result(is_kept)

    def _unsure(self, key: int) -> None:
        """Tell who parks an update that nothing is sure, and delete it if it arrived: it may be dealt with in another way."""
        self._queue.put("parked", key, {"update_id": key, "update_json": None, "at": 0.0})
        self._idle.clear()
        self._parked(key, False)

    def _note_if_idle(self) -> None:
        if not self.pending:
            self._idle.set()

    # --- the writer ------------------------------------------------------------------------------------------------------

    async def _work(self) -> None:
        pause = FIRST_PAUSE_S
        while self._queue or not self._closed:
            await self._until_needed()
            try:
                await self._turn()
            except Exception as error:
                self._went(error)
                await self._rest(pause * random.uniform(0.5, 1))
                pause = min(2 * pause, LONGEST_PAUSE_S)
            else:
                pause = FIRST_PAUSE_S

    async def _until_needed(self) -> None:
        if not self._healthy or self._closed:
            return
        if not self._queue:
            with suppress(TimeoutError):
                async with asyncio.timeout(max(0.0, self._next_prune - time.monotonic())):
                    await self._wake.wait()
            self._wake.clear()
        await asyncio.sleep(GATHER_S)

    async def _rest(self, seconds: float) -> None:
        """Wait, though not when the bot stops."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._hurry.wait()
        self._hurry.clear()

    async def _turn(self) -> None:
        """See that the database is there, and write what waits."""
        async with self._writing:
            if not self._ready:
                await self._prepare()
            self._flying = self._queue.take(MOST_AT_ONCE)
            try:
                if self._flying:
                    await self._write(self._flying)
            finally:
                self._flying.discard_where(lambda kind, key, row: kind == "parked" and row["update_json"] is not None)
                self._queue.put_back(self._flying)
                self._flying = Pending()
                self._turned.set()
        self._stuck = False
        self._came_back()
        self._note_if_idle()
        if time.monotonic() >= self._next_prune and not self._closed:
            self._next_prune = time.monotonic() + (PRUNE_EVERY_S if await self.prune(time.time()) else 60)

    async def _prepare(self) -> None:
        await self._within(WRITE_S, self._database.prepare())
        self._ready = True

    async def _write(self, rows: Pending) -> None:
        """Write rows; where some can never be written, find them by halving, and write the others."""
        try:
            await self._within(WRITE_S, self._database.write(rows))
        except Exception as error:
            if not is_about_data(error):
                raise
            if len(rows) > 1:
                for half in rows.halves():
                    await self._write(half)
                return
            for kind, key in rows:
                log.error("%s can never take one of the %s, which is dropped (%s)", self._database.where, kind, reason(error))
                self._flying.discard(kind, key)
                self._parked(key, False) if kind == "parked" else None
            self._count()
            self._dropped += 1
        else:
            for kind, key in rows:
                self._flying.discard(kind, key)
                self._parked(key, True) if kind == "parked" else None

    # --- health ----------------------------------------------------------------------------------------------------------

    async def _read(self, question: Callable[[], Coroutine[Any, Any, T]], empty: T, timeout_s: float) -> T:
        if not self._healthy:
            self._count()
            return empty
        try:
            return await self._within(timeout_s, question())
        except Exception as error:
            self._failed(error)
            return empty

    async def _within(self, seconds: float, work: Awaitable[T]) -> T:
        """The result of some work. Raises TimeoutError in time, even where the work does not let itself be stopped."""
        task = asyncio.ensure_future(work)
        try:
            await asyncio.wait({task}, timeout=0.9 * seconds)
            if not task.done():
                # Where the bot itself was busy all that time, the answer is there, but was not taken up yet.
                await asyncio.wait({task}, timeout=0.1 * seconds)
        finally:
            if not task.done():
                self._given_up.add(task)
                task.add_done_callback(self._ended)
                # What is only slow may end by itself, and leave a connection that can be used.
                asyncio.get_running_loop().call_later(max(0.0, WRITE_S - seconds), self._stop, task)
        if not task.done():
            raise TimeoutError
        return task.result()

    def _stop(self, task: asyncio.Future[Any]) -> None:
        # What SQLite does in a thread cannot be stopped, and does not take long.
        if not self._database.is_sqlite:
            task.cancel()

    def _ended(self, task: asyncio.Future[Any]) -> None:
        self._given_up.discard(task)
        if not task.cancelled():
            task.exception()  # seen, so that nobody complains that it never was

    def _failed(self, error: Exception) -> None:
        """Count what failed; where the database seems gone, let the writer see."""
        if is_about_data(error):
            self._count()
        else:
            self._went(error)
            self._wake.set()

    def _went(self, error: Exception) -> None:
        self._count()
        self._ready, self._healthy = False, False
        for key in list(self._parking):
            self._unsure(key)
        if self._closed:
            return
        if self._told != (told := reason(error)):
            log.warning("%s does not answer (%s): the bot goes on without it", self._database.where, told)
        self._told = told

    def _came_back(self) -> None:
        if not self._healthy and not self._closed:
            log.info("%s answers again", self._database.where)
        if self._lost and not self._queue:
            log.warning("%s: it caught up, except for %d writes that were dropped", self._database.where, self._lost)
            self._lost = 0
        self._healthy, self._told = True, ""

    def _count(self) -> None:
        self._errors += 1
        with suppress(Exception):
            self._on_error()


def _clean(text: str, longest: int | None = LONGEST_TEXT) -> str:
    """What every database takes: without NUL and half characters, and no longer than a message can be."""
    return _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", text[:longest])


def _listed(topics: Sequence[str]) -> str:
    return json.dumps(list(topics))
