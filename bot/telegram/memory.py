"""What the bot remembers of its chats while it runs: bounded, so that it can run for months."""

from __future__ import annotations

from cachetools import LRUCache

from bot.conversation import Context

MOST_CHATS = 10_000
MOST_ANSWERS = 10_000

ChatKey = tuple[int, int]
"""A chat and, in a group, the person in it."""


class Memory:
    """The context of each conversation, and which message answered which, for when a question is edited."""

    def __init__(self) -> None:
        self._contexts: LRUCache[ChatKey, Context] = LRUCache(MOST_CHATS)
        self._answers: LRUCache[tuple[int, int], tuple[int, Context]] = LRUCache(MOST_ANSWERS)

    def context(self, key: ChatKey) -> Context:
        """What the next message may lean on."""
        context: Context = self._contexts.get(key, Context())
        return context

    def remember(self, key: ChatKey, context: Context) -> None:
        """Keep what the next message may lean on."""
        self._contexts[key] = context

    def answered(self, chat: int, question: int, answer: int, before: Context) -> None:
        """Keep which message answered a question, and what the question could lean on."""
        self._answers[chat, question] = (answer, before)

    def answer_to(self, chat: int, question: int) -> tuple[int, Context] | None:
        """The message that answered a question, and what the question could lean on; None if not remembered."""
        found: tuple[int, Context] | None = self._answers.get((chat, question))
        return found
