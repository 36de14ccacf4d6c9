"""A simulated week as the bot lives through it: its answers, its memory and its store, at the speed of a computer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from bot.conversation import Decision, Responder
from bot.evaluate import Row, Verdict, verdict
from bot.store import Store, Who
from bot.telegram.memory import Memory
from tests.week.people import Material, Visit, typed

VOTES_UP, VOTES_DOWN = 0.12, 0.4
"""So many of the answers that helped are voted up, and of those that did not, down."""
TRIES_AGAIN = 0.3
"""So many who got no answer put it in other words."""
BETWEEN_S = (8.0, 60.0)
"""Seconds between two messages of one person."""
# The store gives up the oldest of what waits to be written beyond some thousands.
WRITTEN_EVERY = 200


@dataclass
class Week:
    """Plays visits, and keeps what was written with what it meant."""

    responder: Responder
    store: Store
    asked: Material
    said: list[Row] = field(default_factory=list)
    """Every message as it was typed, with its label."""
    verdicts: list[Verdict] = field(default_factory=list)
    _now: float = 0.0

    def __post_init__(self) -> None:
        self._memory = Memory(self.store, clock=lambda: self._now)
        self._answers = count(1)

    async def play(self, visits: Sequence[Visit]) -> None:
        """Everybody comes, asks, and says now and then whether it helped."""
        for number, visit in enumerate(visits):
            await self._visit(visit)
            if number % WRITTEN_EVERY == 0:
                assert await self.store.flush(60)
        assert await self.store.flush(60)

    async def _visit(self, visit: Visit) -> None:
        self._now = visit.at
        who, chance = Who(visit.person, 0), visit.chance
        for row in visit.talk.turns:
            got = await self._write(who, row, chance)
            others = self._in_other_words(visit.talk.theme, row)
            if got not in (Verdict.RIGHT, Verdict.OFFERED) and others and chance.random() < TRIES_AGAIN:
                await self._write(who, chance.choice(others), chance)

    def _in_other_words(self, theme: str, row: Row) -> list[Row]:
        rows = [talk.turns[0] for talk in self.asked.themes.get(theme, ())]
        return [other for other in rows if other.accept == row.accept and other != row]

    async def _write(self, who: Who, row: Row, chance: random.Random) -> Verdict:
        """Somebody writes, is answered, and may react to that. What the answer was worth to them."""
        text = typed(row, chance)
        conversation = await self._memory.conversation(who)
        reply, after = self.responder.reply(text, conversation.context)
        answer = next(self._answers)
        self._memory.keep(who, conversation.after(answer, answer, conversation.context, after))
        self._memory.record(who, reply, text, answer)
        got = verdict(row, reply.decision, reply.topics)
        self.said.append(replace(row, q=text))
        self.verdicts.append(got)
        self._now += chance.uniform(*BETWEEN_S)
        helped = got is Verdict.RIGHT
        if reply.decision is Decision.ANSWER and reply.topics and chance.random() < (VOTES_UP if helped else VOTES_DOWN):
            await self._memory.vote(who, answer, reply.topics, helped)
        if got is Verdict.OFFERED:
            await self._press(who, next(topic for topic in reply.topics if topic in row.accept))
        return got

    async def _press(self, who: Who, topic: str) -> None:
        """The person presses the button of what was meant."""
        conversation = await self._memory.conversation(who)
        _, after = self.responder.answer((topic,), conversation.context)
        self._memory.keep(who, conversation.after(0, next(self._answers), conversation.context, after))
