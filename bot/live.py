"""Knowledge that editors change while the bot runs."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path

from bot.conversation import Responder
from bot.knowledge import Knowledge, KnowledgeError, load, load_examples
from bot.learn import learn_elsewhere
from bot.matcher.index import is_learned, matcher_for

log = logging.getLogger(__name__)

Stamp = tuple[tuple[str, int, int], ...]
"""Name, time of change (ns) and size of each file: what tells cheaply that something changed."""


class State(StrEnum):
    """How the knowledge on disk stands to the one that answers."""

    READY = "ready"
    """They are the same."""
    LEARNING = "learning"
    """It changed, and is being learned."""
    INVALID = "invalid"
    """It changed and has mistakes: what was there before goes on answering."""


class LiveKnowledge:
    """A responder that follows its knowledge folder."""

    def __init__(self, responder: Responder, on_change: Callable[[], None] = lambda: None) -> None:
        """`on_change` is called whenever `state` or `responder` may have changed."""
        self.responder = responder
        self.state = State.READY
        self.problems: tuple[str, ...] = ()
        """What is wrong with the knowledge on disk, a line each."""
        self.on_change = on_change
        self._folder = responder.knowledge.folder
        self._stamp = _stamp(self._folder)
        self._phrasings: tuple[str, Mapping[str, tuple[str, ...]]] | None = None
        self._lock = asyncio.Lock()
        self._refreshing: set[asyncio.Task[None]] = set()

    async def refresh(self) -> None:
        """Take over what changed on disk. A changed answer takes a moment, a changed phrasing as long as learning takes; the
        loop goes on meanwhile. Knowledge with mistakes changes nothing but `state` and `problems`."""
        # A task of its own, so that a caller who hangs up does not leave it half done.
        await asyncio.shield(self.refresh_soon())

    def refresh_soon(self) -> asyncio.Task[None]:
        """Begin to refresh."""
        task = asyncio.create_task(self._refresh())
        self._refreshing.add(task)
        task.add_done_callback(self._refreshing.discard)
        return task

    @asynccontextmanager
    async def following(self) -> AsyncIterator[None]:
        """Follow meanwhile; at the end what is being learned is left off."""
        following = asyncio.create_task(self.follow())
        try:
            yield
        finally:
            tasks = {following, *self._refreshing}
            for task in tasks:
                task.cancel()
            await asyncio.wait(tasks)

    async def _refresh(self) -> None:
        async with self._lock:
            if (stamp := _stamp(self._folder)) == self._stamp:
                return
            self._stamp = stamp
            self._set(State.LEARNING)
            try:
                self.responder = await self._learned_anew()
            except KnowledgeError as error:
                log.warning("the changed knowledge has mistakes, and the one before goes on answering:\n%s", error)
                self._set(State.INVALID, error.problems)
            except Exception as error:
                log.exception("the changed knowledge cannot be used, and the one before goes on answering")
                self._set(State.INVALID, (f"cannot be used: {type(error).__name__}: {error}",))
            else:
                log.info("the changed knowledge answers")
                self._set(State.READY)

    async def follow(self, every_s: float = 1.0) -> None:
        """Refresh whenever something changed, until cancelled. While files go on changing, as when several are saved or
        checked out, it waits: half of a change may have mistakes that the whole has not."""
        seen = self._stamp
        while True:
            await asyncio.sleep(every_s)
            stamp = await asyncio.to_thread(_stamp, self._folder)
            if stamp == seen:
                await self.refresh()
            seen = stamp

    async def phrasings(self) -> Mapping[str, tuple[str, ...]]:
        """The phrasings that the responder learned from, for explanations; none where they cannot be read any more."""
        digest = self.responder.knowledge.digest
        if self._phrasings is None or self._phrasings[0] != digest:
            try:
                examples = await asyncio.to_thread(load_examples, self.responder.knowledge)
            except KnowledgeError:
                return {}
            self._phrasings = digest, examples.phrasings
        return self._phrasings[1]

    async def _learned_anew(self) -> Responder:
        """The responder of what is in the folder now."""
        knowledge = await asyncio.to_thread(self._read)
        if not is_learned(knowledge):
            await learn_elsewhere(self._folder)
        return await asyncio.to_thread(lambda: Responder(knowledge, matcher_for(knowledge)))

    def _read(self) -> Knowledge:
        knowledge = load(self._folder)
        if knowledge.digest != self.responder.knowledge.digest:
            # Judged even where what was learned from them is kept: mistakes in them come with all the others.
            self._phrasings = knowledge.digest, load_examples(knowledge).phrasings
        return knowledge

    def _set(self, state: State, problems: tuple[str, ...] = ()) -> None:
        self.state, self.problems = state, problems
        self.on_change()


def _stamp(folder: Path) -> Stamp:
    found: list[tuple[str, int, int]] = []
    for path in sorted(folder.rglob("*")):
        try:
            status = path.stat()
        except OSError:
            continue  # gone since it was listed, as an editor's temporary files are
        if not path.is_dir():
            found.append((str(path), status.st_mtime_ns, status.st_size))
    return tuple(found)
