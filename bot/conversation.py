"""A question, and what was said before it, to a `Reply`: plain data, no Telegram.

The one door to the core. Everything that shows answers (the Telegram handlers, the terminal, `ask --json`)
asks a `Responder` and lays out the `Reply` that it gets.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from bot.knowledge import Entry, Knowledge
from bot.matcher.index import matcher_for
from bot.matcher.matcher import Decision, Match, Matcher

__all__ = ["Button", "Context", "Decision", "Part", "Reply", "Responder"]

MOST_BUTTONS = 3


@dataclass(frozen=True, slots=True)
class Context:
    """What the next message of a chat may lean on. Empty at the start of a chat."""

    topics: tuple[str, ...] = ()
    """What was answered last."""


@dataclass(frozen=True, slots=True)
class Part:
    """One titled piece of a reply. `body` is plain text, its paragraphs split by a blank line."""

    body: str
    title: str | None = None


@dataclass(frozen=True, slots=True)
class Button:
    """A topic offered under a reply."""

    label: str
    topic: str


@dataclass(frozen=True, slots=True)
class Reply:
    """What to say: the decision, the topics (best first), the text in parts, and the topics offered as buttons."""

    decision: Decision
    topics: tuple[str, ...]
    parts: tuple[Part, ...]
    buttons: tuple[Button, ...] = ()

    @property
    def text(self) -> str:
        """The whole reply as plain text."""
        return "\n\n".join(f"{part.title}\n\n{part.body}" if part.title else part.body for part in self.parts)


class Responder:
    """Answers messages and button presses from one knowledge base."""

    def __init__(self, knowledge: Knowledge, matcher: Matcher | None = None) -> None:
        """`matcher`: what to match with; without it, what was learned from this knowledge before, or is now."""
        self.knowledge = knowledge
        self.matcher = matcher or matcher_for(knowledge)

    def reply(self, message: str, context: Context) -> tuple[Reply, Context]:
        """Answer a message that somebody typed."""
        match = self.matcher.match(message, context.topics)
        return self.reply_to(match), self._after(match, context)

    def reply_to(self, match: Match) -> Reply:
        """The reply that a match calls for."""
        texts = self.knowledge.texts
        if match.decision is Decision.ANSWER:
            return self._answer([self.knowledge.entries[topic] for topic in match.topics])
        if match.decision is Decision.SUGGEST:
            return Reply(match.decision, match.topics, (Part(texts.suggest),), self._buttons(match.topics))
        return Reply(match.decision, (), (Part(texts.fallback),))

    def show(self, topic: str, context: Context) -> tuple[Reply, Context]:
        """Answer a topic that somebody picked. Raises KeyError for a topic that the knowledge does not have."""
        entry = self.knowledge.entries[topic]
        return self._answer([entry]), replace(context, topics=(topic,))

    def _after(self, match: Match, context: Context) -> Context:
        """An answer about our subject is what one leans on next; small talk and misunderstandings change nothing."""
        ours = tuple(topic for topic in match.topics if self.knowledge.entries[topic].kind != "chat")
        if match.decision is not Decision.ANSWER or not ours:
            return context
        return replace(context, topics=ours)

    def _answer(self, entries: list[Entry]) -> Reply:
        topics = tuple(entry.id for entry in entries)
        titled = len(entries) > 1
        parts = tuple(Part(entry.answer, entry.title if titled else None) for entry in entries)
        # One related topic of each answer in turn, so that a reply to two questions leads on from both.
        related = [topic for rank in range(MOST_BUTTONS) for e in entries for topic in e.related[rank : rank + 1]]
        offered = tuple(dict.fromkeys(topic for topic in related if topic not in topics))
        return Reply(Decision.ANSWER, topics, parts, self._buttons(offered[:MOST_BUTTONS]))

    def _buttons(self, topics: tuple[str, ...]) -> tuple[Button, ...]:
        return tuple(Button(self.knowledge.entries[topic].title, topic) for topic in topics)
