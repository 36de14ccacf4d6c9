"""How the bot did in a period, in figures: what was asked, what was answered, and what was not. Pure."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.conversation import Responder
from bot.editor.groups import Group, Upheld, groups
from bot.editor.missed import missed_in
from bot.editor.period import Period, Step
from bot.knowledge import Entry, Examples, Knowledge
from bot.matcher.matcher import Decision
from bot.store.reading import Kept
from bot.store.records import Interaction, Vote

# A topic less likely than this is far away: the message may well be about something else.
_NEAR_FROM = 0.1
_MOST_NEAR = 3


@dataclass(frozen=True, slots=True)
class Figures:
    """How many messages got which decision."""

    answered: int = 0
    suggested: int = 0
    not_understood: int = 0
    people: int = 0

    @property
    def messages(self) -> int:
        """All of them."""
        return self.answered + self.suggested + self.not_understood

    def share(self, count: int) -> float:
        """A part of the messages, 0 to 1; 0 where there are none."""
        return count / self.messages if self.messages else 0.0


@dataclass(frozen=True, slots=True)
class Asked:
    """How often a topic was answered."""

    topic: str
    title: str
    count: int


@dataclass(frozen=True, slots=True)
class Voted:
    """What people thought of the answers with a topic."""

    topic: str
    title: str
    up: int
    down: int


@dataclass(frozen=True, slots=True)
class Report:
    """A period in figures."""

    where: str
    """The database, by name."""
    period: Period
    figures: Figures
    before: Figures | None
    """The same for the period before; None where nothing was asked then."""
    parts: Sequence[tuple[datetime, Figures]]
    """By hour, day or week, as the period's step says; weeks from the first one with messages on."""
    asked: Sequence[Asked]
    """Topics about our subject, the most asked first."""
    never_asked: Sequence[Asked]
    small_talk: int
    """How many messages were answered with small talk."""
    votes: Sequence[Voted]
    """The worst first."""
    missed: int
    """Messages that got no good answer, and of which the words are kept."""
    understood: int
    """How many of those today's knowledge understands."""
    off_domain: int
    """How many of those stand in the knowledge as none of ours."""
    upheld: Sequence[Upheld]
    """Those that were voted down, though today's knowledge says that the answer is right; the most frequent first."""
    without_words: int
    """Messages that got no answer, and of which the words are not kept any more."""
    groups: Sequence[Group]
    """The others of `missed`, the largest group first."""
    titles: Mapping[str, str]
    """Of all topics."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing at all was asked."""
        return not self.figures.messages and not self.votes

    def title(self, topic: str) -> str:
        """A topic's title; for one that is gone from the knowledge, its id."""
        return self.titles.get(topic, topic)


def near(topics: Sequence[tuple[str, float]]) -> list[tuple[str, float]]:
    """Those of a group's topics that it may well be about, few at most; none where it seems to be about something else."""
    return [(topic, likelihood) for topic, likelihood in topics[:_MOST_NEAR] if likelihood >= _NEAR_FROM]


def report(kept: Kept, period: Period, responder: Responder, examples: Examples) -> Report:
    """A report on a period. `kept`: what was kept of it and, where there is any, of the period before. `examples`: those that
    the responder learned from."""
    (since, until), (earlier, then) = period.seconds, period.before.seconds
    now = [one for one in kept.interactions if since <= one.at < until]
    votes = [vote for vote in kept.votes if since <= vote.at < until]
    before = _figures(one for one in kept.interactions if earlier <= one.at < then)
    unanswered = missed_in(period, kept)
    found = groups(unanswered, responder, examples)
    knowledge = responder.knowledge
    asked, never_asked, small_talk = _asked(now, knowledge)
    return Report(
        where=kept.where,
        period=period,
        figures=_figures(now),
        before=before if before.messages else None,
        parts=_parts(now, period),
        asked=asked,
        never_asked=never_asked,
        small_talk=small_talk,
        votes=_votes(votes, knowledge),
        missed=len(unanswered),
        understood=found.understood,
        off_domain=found.off_domain,
        upheld=found.upheld,
        without_words=sum(one.decision != Decision.ANSWER and one.text is None for one in now),
        groups=found.groups,
        titles={topic: entry.title for topic, entry in knowledge.entries.items()},
    )


def _figures(interactions: Iterable[Interaction]) -> Figures:
    decisions: Counter[str] = Counter()
    people: set[str] = set()
    for one in interactions:
        decisions[one.decision] += 1
        people.add(one.person)
    answered, suggested = decisions[Decision.ANSWER], decisions[Decision.SUGGEST]
    return Figures(answered, suggested, decisions.total() - answered - suggested, len(people))


def _parts(interactions: Sequence[Interaction], period: Period) -> list[tuple[datetime, Figures]]:
    starts = list(period.parts())
    seconds = [start.timestamp() for start in starts]
    of_part: list[list[Interaction]] = [[] for _ in starts]
    for one in interactions:
        of_part[bisect_right(seconds, one.at) - 1].append(one)
    parts = [(start, _figures(some)) for start, some in zip(starts, of_part, strict=True)]
    # Who looks far back may look beyond the first message, and a year of nothing hides what came after it.
    first = next((number for number, some in enumerate(of_part) if some), 0) if period.step is Step.WEEK else 0
    return parts[first:]


def _asked(interactions: Iterable[Interaction], knowledge: Knowledge) -> tuple[list[Asked], list[Asked], int]:
    """Topics by how often they were answered, those that never were, and the number of messages that were small talk."""
    counts = Counter(topic for one in interactions if one.decision == Decision.ANSWER for topic in one.topics)
    entries = knowledge.entries
    ours = [topic for topic in [*entries, *(counts.keys() - entries.keys())] if not _is_small_talk(entries.get(topic))]
    rows = [Asked(topic, entries[topic].title if topic in entries else topic, counts[topic]) for topic in ours]
    small_talk = sum(count for topic, count in counts.items() if _is_small_talk(entries.get(topic)))
    asked = sorted((row for row in rows if row.count), key=lambda row: (-row.count, row.topic))
    return asked, [row for row in rows if not row.count], small_talk


def _is_small_talk(entry: Entry | None) -> bool:
    return entry is not None and entry.kind == "chat"


def _votes(votes: Iterable[Vote], knowledge: Knowledge) -> list[Voted]:
    up = Counter(topic for vote in votes if vote.up for topic in vote.topics)
    down = Counter(topic for vote in votes if not vote.up for topic in vote.topics)
    titles = {topic: entry.title for topic, entry in knowledge.entries.items()}
    rows = [Voted(topic, titles.get(topic, topic), up[topic], down[topic]) for topic in up.keys() | down.keys()]
    # One vote against is no worse than twenty against thirty: few votes count as if there were one more of each kind.
    return sorted(rows, key=lambda row: (-(row.down + 1) / (row.up + row.down + 2), -row.down, row.topic))
