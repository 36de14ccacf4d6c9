"""A message, and what was said before it, to a `Reply`: plain data, no Telegram.

The one door to the core. Everything that shows answers (the Telegram handlers, the terminal, `ask --json`)
asks a `Responder` and lays out the `Reply` that it gets.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.knowledge import Entry, Knowledge
from bot.matcher.acts import Act, Acts, Turn
from bot.matcher.index import matcher_for
from bot.matcher.matcher import Decision, Match, Matcher, Reason
from bot.matcher.reader import Kind

__all__ = ["Button", "Context", "Decision", "Offer", "Part", "Reply", "Responder"]

MOST_BUTTONS = 3
# Who has seen more than this has long forgotten the first ones.
MOST_SEEN = 60
# So much of a message tells its language.
LONGEST_JUDGED = 300
_LINK = re.compile(r"\S+://\S+|www\.\S+|@\w+")
# After so many misunderstandings in a row the menu comes by itself.
MENU_AFTER = 2
# What merely asks for more is answered only where it is surely clear with what.
NEWS_FROM = 0.8
# Whoever corrects an answer surely means another one, so that less certainty will do.
CORRECTED_FROM = 0.5
# What is less likely than this to have been meant is no better than a related topic.
LIKELY_FROM = 0.005


@dataclass(frozen=True, slots=True)
class Context:
    """What the next message of a chat may lean on. Empty at the start of a chat."""

    topics: tuple[str, ...] = ()
    """What was answered last about our subject."""
    said: tuple[str, ...] = ()
    """The topics of the last reply; empty where that answered nothing."""
    likely: tuple[str, ...] = ()
    """What the last message may have meant instead, the likeliest first."""
    seen: tuple[str, ...] = ()
    """Topics answered in this chat, each once, the latest last."""
    offered: tuple[str, ...] = ()
    """Topics offered to who asked to go on, and not picked."""
    misunderstood: int = 0
    """How many messages in a row got no answer and no suggestion."""

    def having_seen(self, topics: Iterable[str]) -> Context:
        """The same, with more topics seen."""
        return replace(self, seen=tuple(dict.fromkeys((*topics, *self.seen)))[-MOST_SEEN:])


class Offer(StrEnum):
    """What a reply offers beside topics."""

    VOTE = "vote"
    """To say whether the answer helped, and to share it."""
    AGAIN = "again"
    """To see the answer again."""
    NONE_OF_THESE = "none_of_these"
    MENU = "menu"
    """A button that opens the menu of themes."""
    THEMES = "themes"
    """The menu of themes itself."""


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
    """What to say: the decision, the topics (best first), the text in parts, and what is offered under it."""

    decision: Decision
    topics: tuple[str, ...]
    parts: tuple[Part, ...]
    buttons: tuple[Button, ...] = ()
    offer: Offer = Offer.MENU
    confidence: float = 1.0
    """How sure the decision is, 0 to 1; 1 where somebody picked the topic."""

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
        words = knowledge.lexicon
        self._acts = Acts(self.matcher.reader, words.acts, words.asking, words.courtesies)

    # --- messages ------------------------------------------------------------------------------------------------

    def reply(self, message: str, context: Context) -> tuple[Reply, Context]:
        """Answer a message that somebody typed."""
        turn = self.understand(message, context)
        reply, after = self._reply_to(turn, context)
        if self._is_english(message):
            note = Part(self.knowledge.texts.english_note)
            # The last line of what is not an answer points to the buttons under it.
            is_answer = reply.decision is Decision.ANSWER
            reply = replace(reply, parts=(*reply.parts, note) if is_answer else (note, *reply.parts))
        return replace(reply, confidence=turn.match.confidence), after

    def understand(self, message: str, context: Context) -> Turn:
        """What a message does in a conversation, and the match that decides about it."""
        match = self.matcher.match(message, context.topics)
        if not (context.topics or context.likely):
            return Turn(Act.ASK, match)
        move = self._acts.move(message)
        if move.act is Act.CORRECT and (move.meant or self._ours(context.said) or context.likely):
            return Turn(Act.CORRECT, self._meant(move.meant, match, context))
        # "An example?" may have an answer of its own, which goes on as well.
        if move.act in (Act.MORE, Act.PUZZLED) and context.topics and not self._is_news(match, context):
            return Turn(move.act, match)
        return Turn(Act.ASK, match)

    def _meant(self, meant: Sequence[str], whole: Match, context: Context) -> Match:
        """The match of a correction: an answer other than the one just given, or the topics that may be meant."""
        matches = [match for part in meant for match in self._in_place_of_the_last(part, context)]
        for match in [*matches, *([whole] if meant else [])]:
            if match.decision is Decision.ANSWER and self._ours(match.topics) and set(context.said).isdisjoint(match.topics):
                return match
        if not (meant or context.said):
            return Match(Decision.FALLBACK, (), Reason.REJECTED, whole.readings)  # "no" to what was offered
        offered = (topic for match in matches if match.decision is Decision.SUGGEST for topic in match.topics)
        related = self._related([self.knowledge.entries[topic] for topic in context.said if topic in self.knowledge.entries])
        likely = self._some(topic for topic in (*offered, *context.likely, *related) if topic not in context.said)
        readings = matches[0].readings if matches else whole.readings
        if not likely:
            return Match(Decision.FALLBACK, (), Reason.REJECTED, readings)
        return Match(Decision.SUGGEST, likely, Reason.UNSURE if meant else Reason.REJECTED, readings)

    def _in_place_of_the_last(self, part: str, context: Context) -> list[Match]:
        """What is said instead of what was asked: leaning on what was answered ("not of KPO, of BPO") or by itself."""
        by_itself = self.matcher.match(part)
        if not context.topics:
            return [by_itself]
        leaning = self.matcher.match(part, context.topics)
        if leaning.decision is Decision.SUGGEST and leaning.confidence >= CORRECTED_FROM:
            leaning = Match(Decision.ANSWER, leaning.topics[:1], Reason.LEANED, leaning.readings)
        return [leaning, by_itself]

    def _is_news(self, match: Match, context: Context) -> bool:
        """Whether a match is surely an answer that this chat has not seen."""
        is_sure = match.decision is Decision.ANSWER and match.confidence >= NEWS_FROM
        return is_sure and set(context.seen).isdisjoint(match.topics)

    def _is_english(self, message: str) -> bool:
        """Whether a message is in English: no Hebrew, and two English words, or a question word or a greeting."""
        reader, lexicon = self.matcher.reader, self.knowledge.lexicon
        text = reader.retyped(_LINK.sub(" ", message[:LONGEST_JUDGED]))
        if any("א" <= letter <= "ת" for letter in text):
            return False
        known = [word for word in reader.read(text) if word.kind in (Kind.CONCEPT, Kind.FILLER, Kind.KNOWN)]
        latin = (word for word in known if word.text.isascii() and len(word.text) > 1)
        english = [word for word in latin if set(lexicon.anchors).isdisjoint(word.concepts)]
        telling = {*lexicon.asking, *lexicon.courtesies}
        number = sum(len(word.text.split()) for word in english)
        return number > 1 or any(not telling.isdisjoint(word.concepts) for word in english)

    # --- replies -------------------------------------------------------------------------------------------------

    def _reply_to(self, turn: Turn, context: Context) -> tuple[Reply, Context]:
        texts, match = self.knowledge.texts, turn.match
        likely = self._likely(match)
        if turn.act in (Act.MORE, Act.PUZZLED):
            return self._go_on(texts.go_on if turn.act is Act.MORE else texts.puzzled, context)
        if match.decision is Decision.ANSWER:
            if match.topics == context.said and self._ours(match.topics):
                return self._already_said(match.topics, context)
            return self._answer([self.knowledge.entries[topic] for topic in match.topics], likely, context)
        if match.decision is Decision.SUGGEST:
            line = texts.meant if turn.act is Act.CORRECT else texts.suggest
            return self._suggest(line, match.topics), replace(context, said=(), likely=likely, misunderstood=0)
        misunderstood = context.misunderstood + 1
        after = replace(context, said=(), likely=likely, misunderstood=misunderstood)
        if turn.act is Act.CORRECT:
            return Reply(match.decision, (), (Part(texts.none_of_these),), offer=Offer.THEMES), after
        if misunderstood >= MENU_AFTER:
            return Reply(match.decision, (), (Part(texts.fallback_again),), offer=Offer.THEMES), after
        return Reply(match.decision, (), (Part(texts.fallback),)), after

    def show(self, topic: str, context: Context) -> tuple[Reply, Context]:
        """Answer a topic that somebody picked. Raises KeyError for a topic that the knowledge does not have."""
        if context.said == (topic,) and self._ours((topic,)):
            reply, _ = self._already_said((topic,), context)
            return reply, context  # however often it is pressed
        return self.answer((topic,), context)

    def answer(self, topics: Sequence[str], context: Context) -> tuple[Reply, Context]:
        """Answer topics, even though they were answered just now. Raises KeyError for a topic that the knowledge does not
        have."""
        likely = [topic for topic in context.likely if topic not in topics]
        return self._answer([self.knowledge.entries[topic] for topic in topics], likely, context)

    def ask_back(self, topics: Sequence[str], likely: Sequence[str], context: Context) -> tuple[Reply, Context]:
        """Ask what was meant by somebody whom the answer with these topics did not help. `likely`: what it may have been;
        where that is unknown, related topics are offered."""
        related = self._related([self.knowledge.entries[topic] for topic in topics])
        offered = self._some(topic for topic in (*likely, *related) if topic not in topics)
        return self._suggest(self.knowledge.texts.meant, offered), replace(context, said=(), likely=())

    def none_of_these(self, context: Context) -> tuple[Reply, Context]:
        """The reply to somebody who meant nothing of what was offered."""
        reply = Reply(Decision.FALLBACK, (), (Part(self.knowledge.texts.none_of_these),), offer=Offer.THEMES)
        return reply, replace(context, said=(), likely=())

    def _answer(self, entries: Sequence[Entry], likely: Sequence[str], context: Context) -> tuple[Reply, Context]:
        topics = tuple(entry.id for entry in entries)
        titled = len(entries) > 1
        parts = tuple(Part(entry.answer, entry.title if titled else None) for entry in entries)
        seen = (*(topic for topic in context.seen if topic not in topics), *topics)[-MOST_SEEN:]
        ours = self._ours(topics)
        reply = Reply(
            Decision.ANSWER,
            topics,
            parts,
            self._buttons(self._related(entries)[:MOST_BUTTONS]),
            Offer.VOTE if ours else Offer.MENU,
        )
        # What one leans on next is an answer about our subject; small talk changes nothing.
        return reply, Context(ours or context.topics, topics, tuple(likely), seen, context.offered)

    def _already_said(self, topics: tuple[str, ...], context: Context) -> tuple[Reply, Context]:
        """Says so, and offers the way on. Who asks a third time gets the answer again."""
        buttons = self._buttons(self._unseen(topics, context))
        reply = Reply(Decision.ANSWER, topics, (Part(self.knowledge.texts.already_said),), buttons, Offer.AGAIN)
        return reply, replace(context, said=(), misunderstood=0)

    def _go_on(self, line: str, context: Context) -> tuple[Reply, Context]:
        """The topics that lead on from the last answer; the next time, others."""
        topics = self._unseen(context.topics, context)
        after = replace(context, said=(), likely=(), offered=(*context.offered, *topics), misunderstood=0)
        if not topics:
            reply = Reply(Decision.FALLBACK, (), (Part(self.knowledge.texts.all_seen),), offer=Offer.THEMES)
            return reply, replace(after, offered=())
        return Reply(Decision.SUGGEST, topics, (Part(line),), self._buttons(topics)), after

    def _suggest(self, line: str, topics: tuple[str, ...]) -> Reply:
        return Reply(Decision.SUGGEST, topics, (Part(line),), self._buttons(topics), Offer.NONE_OF_THESE)

    # --- topics --------------------------------------------------------------------------------------------------

    def _related(self, entries: Sequence[Entry]) -> tuple[str, ...]:
        """One related topic of each answer in turn, so that a reply to two questions leads on from both."""
        longest = max((len(entry.related) for entry in entries), default=0)
        related = [topic for rank in range(longest) for entry in entries for topic in entry.related[rank : rank + 1]]
        answered = {entry.id for entry in entries}
        return tuple(dict.fromkeys(topic for topic in related if topic not in answered))

    def _unseen(self, topics: Sequence[str], context: Context) -> tuple[str, ...]:
        """Where to go on from some topics: what is related and not yet seen, then the rest of their themes, then anything."""
        entries = self.knowledge.entries
        related = self._related([entries[topic] for topic in topics if topic in entries])
        themes = sorted(self.knowledge.themes, key=lambda theme: set(topics).isdisjoint(theme.topics))
        others = (topic for theme in themes for topic in theme.topics if entries[topic].kind == "answer")
        return self._some(topic for topic in (*related, *others) if topic not in {*context.seen, *context.offered, *topics})

    def _likely(self, match: Match) -> tuple[str, ...]:
        """What may have been meant instead of the topics of a match."""
        ranked = (topic for reading in match.readings for topic, likelihood in reading.ranking if likelihood >= LIKELY_FROM)
        return self._some(topic for topic in ranked if topic not in match.topics)

    def _ours(self, topics: Iterable[str]) -> tuple[str, ...]:
        """Those of the topics that are about our subject, not small talk, nor gone from the knowledge since they were said."""
        entries = self.knowledge.entries
        return tuple(topic for topic in topics if topic in entries and entries[topic].kind != "chat")

    def _some(self, topics: Iterable[str]) -> tuple[str, ...]:
        """The first few, each once, no small talk."""
        return self._ours(dict.fromkeys(topics))[:MOST_BUTTONS]

    def _buttons(self, topics: Iterable[str]) -> tuple[Button, ...]:
        return tuple(Button(self.knowledge.entries[topic].title, topic) for topic in topics)
