"""What the bot remembers of its conversations: bounded in the process, and in the store so that it outlives it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from cachetools import LRUCache
from pydantic import TypeAdapter, ValidationError

from bot.conversation import Context, Decision, Reply
from bot.store import Store, Who

# What is not remembered here any more is read from the store again.
MOST_CHATS = 500
MOST_MESSAGES = 500
MOST_TEXTS = 2_000
# How many questions of a conversation can be edited and have their answer follow.
MOST_EXCHANGES = 6

MessageKey = tuple[int, int]
"""A chat and a message in it."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and its answer, for when the question is edited or the answer voted on."""

    question: int
    """The message that asked; 0 for a pressed button."""
    answer: int
    """The message that answered."""
    before: Context
    """What the question could lean on."""
    likely: tuple[str, ...]
    """The topics that it may have meant instead."""


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a conversation stands. Empty at its start."""

    context: Context = field(default_factory=Context)
    """What the next message may lean on."""
    last_answer: int | None = None
    """The last message that answered something."""
    exchanges: tuple[Exchange, ...] = ()
    """The latest ones, the last one last."""

    def exchange_of(self, question: int) -> Exchange | None:
        """How a question was answered; None if not remembered."""
        return next((one for one in reversed(self.exchanges) if one.question == question), None)

    def is_last(self, exchange: Exchange) -> bool:
        """Whether nothing came after an exchange."""
        return exchange is self.exchanges[-1]

    def likely(self, answer: int) -> tuple[str, ...]:
        """The topics that the question to an answer may have meant instead; empty if not remembered."""
        return next((one.likely for one in reversed(self.exchanges) if one.answer == answer), ())

    def after(self, question: int, answer: int, before: Context, context: Context) -> Conversation:
        """The conversation after one more exchange."""
        exchange = Exchange(question, answer, before, context.likely)
        others = (one for one in self.exchanges if one.answer != answer)
        last = answer if context.said else self.last_answer
        return replace(self, context=context, last_answer=last, exchanges=(*others, exchange)[-MOST_EXCHANGES:])


_CONVERSATION = TypeAdapter(Conversation)


class Memory:
    """The conversations, the votes, and what is written down of both."""

    def __init__(self, store: Store | None = None, *, shared: bool = False, clock: Callable[[], float] = time.time) -> None:
        """`store`: where it is kept beyond the process; None: nowhere. `shared`: whether other processes write there too, so
        that only what is there is up to date. `clock`: unix seconds."""
        self._store = store
        self._clock = clock
        self._shared = shared and store is not None
        self._conversations: LRUCache[Who, Conversation] = LRUCache(MOST_CHATS)
        self._votes: LRUCache[MessageKey, dict[int, bool]] = LRUCache(MOST_MESSAGES)
        self._asked_back: LRUCache[tuple[int, int, int], bool] = LRUCache(MOST_TEXTS)
        self._texts: LRUCache[MessageKey, tuple[int, str]] = LRUCache(MOST_TEXTS)
        """Who asked what, which is kept in the process alone, until they find that the answer did not help."""

    async def conversation(self, who: Who) -> Conversation:
        """Where the conversation of a person in a chat stands."""
        if self._store and (self._shared or who not in self._conversations):
            kept = await self._store.context(who)
            if kept is not None:
                self._conversations[who] = _restored(kept)
            elif self._store.healthy:
                self._conversations.pop(who, None)  # forgotten, by way of another process
        found: Conversation = self._conversations.get(who, Conversation())
        return found

    async def expect(self, whos: Iterable[Who]) -> None:
        """Have at hand where these conversations stand, which are about to be asked for: read together, they take hardly longer
        than one."""
        if self._store is None or self._shared:
            return
        asked = [who for who in whos if who not in self._conversations]
        kept = await self._store.contexts(asked)
        if self._store.healthy:
            for who in asked:
                self._conversations.setdefault(who, _restored(kept[who]) if who in kept else Conversation())

    def keep(self, who: Who, conversation: Conversation) -> None:
        """Remember where a conversation stands."""
        self._conversations[who] = conversation
        if self._store:
            self._store.save_context(who, _CONVERSATION.dump_json(conversation).decode(), self._clock())

    async def interrupt(self, who: Who) -> None:
        """Something else was said in between: the next message may well get the same answer again."""
        conversation = await self.conversation(who)
        if conversation.context.said:
            self.keep(who, replace(conversation, context=replace(conversation.context, said=())))

    def record(self, who: Who, reply: Reply, text: str, answer: int) -> None:
        """Write down how a message was answered; its text only where it was not understood."""
        if self._store:
            kept = None if reply.decision is Decision.ANSWER else text
            self._store.add_interaction(who, self._clock(), str(reply.decision), reply.topics, reply.confidence, kept)
        self._texts[who.chat, answer] = who.person, text

    async def vote(self, who: Who, message: int, topics: Sequence[str], up: bool) -> bool:
        """Count a person's vote on an answer, in place of an earlier one. False if it was the same."""
        votes = self._votes.setdefault((who.chat, message), {})
        earlier = votes.get(who.person)
        if self._store and (self._shared or earlier is None):
            earlier = await self._store.vote_of(who, message)
        is_new = earlier is not up
        votes[who.person] = up
        if self._store and is_new:
            asker, text = self._texts.get((who.chat, message), (0, None))
            text = text if asker == who.person and not up else None  # others do not have what they asked kept
            self._store.set_vote(who, message, topics, up, self._clock(), text)
        return is_new

    def asks_back(self, who: Who, message: int, *, once: bool) -> bool:
        """Whether a person who found that an answer did not help is to be asked what was meant: not again, and where that is
        wanted `once`, not where somebody else was."""
        key = (who.chat, message, 0 if once else who.person)
        is_first = key not in self._asked_back
        self._asked_back[key] = True
        return is_first

    async def votes(self, chat: int, message: int) -> tuple[int, int]:
        """How many found that an answer helped, and how many that it did not."""
        if self._store:
            counts: Mapping[str, int] = await self._store.votes(chat, message)
            if any(counts.values()):
                return counts["up"], counts["down"]
        cast = list(self._votes.get((chat, message), {}).values())
        return cast.count(True), cast.count(False)

    async def forget(self, who: Who) -> bool:
        """Delete what can be tied to a person. False where that cannot be done now."""
        for one in [one for one in self._conversations if one.person == who.person]:
            del self._conversations[one]
        for votes in self._votes.values():
            votes.pop(who.person, None)
        for message in [message for message, (asker, _) in self._texts.items() if asker == who.person]:
            del self._texts[message]
        return self._store is None or await self._store.forget(who.person)


def _restored(kept: str) -> Conversation:
    """A conversation as it was kept; a new one if another version of the bot kept it in another form."""
    try:
        return _CONVERSATION.validate_json(kept)
    except ValidationError:
        return Conversation()
