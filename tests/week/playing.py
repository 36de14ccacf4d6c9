"""A simulated week as the bot lives through it: its answers, its memory and its store, at the speed of a computer."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from bot.conversation import Decision, Reply, Responder
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
    began: float
    """Unix seconds."""
    asked: Material
    chance: random.Random
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
        self._now = self.began + visit.at
        who = Who(visit.person, 0)
        for row in visit.talk.turns:
            said = await self._write(who, row)
            others = [
                talk.turns[0] for talk in self.asked.themes.get(visit.talk.theme, ()) if talk.turns[0].accept == row.accept
            ]
            if said not in (Verdict.RIGHT, Verdict.OFFERED) and others and self.chance.random() < TRIES_AGAIN:
                await self._write(who, self.chance.choice(others))

    async def _write(self, who: Who, row: Row) -> Verdict:
        text = typed(row, self.chance)
        before = (await self._memory.conversation(who)).context
        reply, after = self.responder.reply(text, before)
        answer = next(self._answers)
        conversation = await self._memory.conversation(who)
        self._memory.keep(who, conversation.after(answer, answer, before, after))
        self._memory.record(who, reply, text, answer)
        got = verdict(row, reply.decision, reply.topics)
        self.said.append(replace(row, q=text))
        self.verdicts.append(got)
        self._now += self.chance.uniform(*BETWEEN_S)
        await self._react(who, row, reply, answer, got)
        return got

    async def _react(self, who: Who, row: Row, reply: Reply, answer: int, got: Verdict) -> None:
        if got is Verdict.OFFERED:  # and the person presses what was meant
            meant = next(topic for topic in reply.topics if topic in row.accept)
            before = await self._memory.conversation(who)
            _, after = self.responder.answer((meant,), before.context)
            self._memory.keep(who, before.after(0, next(self._answers), before.context, after))
        elif reply.decision is Decision.ANSWER and reply.topics:
            helped = got is Verdict.RIGHT
            if self.chance.random() < (VOTES_UP if helped else VOTES_DOWN):
                await self._memory.vote(who, answer, reply.topics, helped)
