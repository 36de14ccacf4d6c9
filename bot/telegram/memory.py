"""What the bot remembers of its chats while it runs: bounded, so that it can run for months."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from cachetools import LRUCache

from bot.conversation import Context

MOST_CHATS = 10_000
MOST_MESSAGES = 10_000

ChatKey = tuple[int, int]
"""A chat and, in a group, the person in it; 0 in a chat of two."""
MessageKey = tuple[int, int]
"""A chat and a message in it."""


@dataclass(frozen=True, slots=True)
class Answered:
    """How a question was answered, for when it is edited."""

    answer: int
    """The message that answered it."""
    before: Context
    """What the question could lean on."""


class Memory:
    """The context of each conversation; which message answered which; what an answer may have missed; and the votes."""

    def __init__(self) -> None:
        self._contexts: LRUCache[ChatKey, Context] = LRUCache(MOST_CHATS)
        self._last: LRUCache[ChatKey, int] = LRUCache(MOST_CHATS)
        self._answers: LRUCache[MessageKey, Answered] = LRUCache(MOST_MESSAGES)
        self._likely: LRUCache[MessageKey, tuple[str, ...]] = LRUCache(MOST_MESSAGES)
        self._votes: LRUCache[MessageKey, dict[int, bool]] = LRUCache(MOST_MESSAGES)

    def context(self, key: ChatKey) -> Context:
        """What the next message may lean on."""
        context: Context = self._contexts.get(key, Context())
        return context

    def last_answer(self, key: ChatKey) -> int | None:
        """The last message that answered somebody; None if not remembered."""
        last: int | None = self._last.get(key)
        return last

    def remember(self, key: ChatKey, context: Context, message: int) -> None:
        """Keep what the next message may lean on, and what the bot's message may have missed."""
        self._contexts[key] = context
        self._likely[key[0], message] = context.likely
        if context.said:
            self._last[key] = message

    def answered(self, question: MessageKey, answer: int, before: Context) -> None:
        """Keep which message answered a question, and what the question could lean on."""
        self._answers[question] = Answered(answer, before)

    def answer_to(self, question: MessageKey) -> Answered | None:
        """How a question was answered; None if not remembered."""
        found: Answered | None = self._answers.get(question)
        return found

    def likely(self, message: MessageKey) -> tuple[str, ...]:
        """The topics that the question to an answer may have meant instead."""
        likely: tuple[str, ...] = self._likely.get(message, ())
        return likely

    def vote(self, message: MessageKey, person: int, up: bool) -> bool:
        """Count a person's vote on an answer, in place of an earlier one. False if it was the same."""
        votes = self._votes.setdefault(message, {})
        is_new = votes.get(person) is not up
        votes[person] = up
        return is_new

    def votes(self, message: MessageKey) -> Mapping[int, bool]:
        """The votes on an answer, by person: whether it helped."""
        votes: dict[int, bool] = self._votes.get(message, {})
        return votes
