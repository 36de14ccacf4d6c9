"""Messages that got no good answer: which they are, from what a database keeps."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from bot.editor.period import Period
from bot.evaluate import SMALL_TALK
from bot.matcher.matcher import Decision
from bot.store.reading import Kept
from bot.store.records import Interaction, Vote

LEANS_FOR_S = 30 * 60.0
"""So long after an answer, in seconds, a message may lean on it."""


@dataclass(frozen=True, slots=True)
class Missed:
    """A message that got no good answer. `at`: unix seconds."""

    at: float
    person: str
    text: str
    decision: str
    """What it got: `suggest` | `fallback` | `answer` (then it was voted down)."""
    topics: tuple[str, ...]
    """What it got, or was offered."""
    before: str | None
    """The topic answered before it in the same conversation, at most `LEANS_FOR_S` earlier."""
    voted_down: bool


def missed_in(period: Period, kept: Kept) -> list[Missed]:
    """The messages of a period that got no good answer. `kept`: what was kept of the period, and of `LEANS_FOR_S` before it or
    more, which its first messages may lean on."""
    since, until = period.seconds
    return [one for one in missed(kept.interactions, kept.votes) if since <= one.at < until]


def missed(interactions: Sequence[Interaction], votes: Sequence[Vote]) -> list[Missed]:
    """The messages that were not answered, or whose answer was voted down, and of which the words are kept; oldest first."""
    answered: dict[tuple[str, str], list[Interaction]] = defaultdict(list)
    found: list[Missed] = []
    for one in sorted(interactions, key=lambda one: one.at):
        earlier = answered[one.chat, one.person]
        if one.decision == Decision.ANSWER:
            # What a message leans on is an answer about our subject; small talk changes nothing.
            if one.topics and not one.topics[0].startswith(SMALL_TALK):
                earlier.append(one)
        elif one.text is not None:
            before = _topic_before(earlier, one.at)
            found.append(Missed(one.at, one.person, one.text, one.decision, one.topics, before, voted_down=False))
    for vote in votes:
        if vote.up or vote.text is None:
            continue
        earlier = [one for one in answered.get((vote.chat, vote.person), ()) if one.at <= vote.at]
        # The answer voted on is the last one with its topics; what the question leaned on came before that.
        places = [i for i, one in enumerate(earlier) if one.topics == vote.topics]
        asked_at = earlier[places[-1]].at if places else vote.at
        before = _topic_before(earlier[: places[-1]] if places else earlier, asked_at)
        found.append(Missed(vote.at, vote.person, vote.text, str(Decision.ANSWER), vote.topics, before, voted_down=True))
    return sorted(found, key=lambda one: (one.at, one.person, one.text))


def _topic_before(answered: Sequence[Interaction], at: float) -> str | None:
    return answered[-1].topics[0] if answered and at - answered[-1].at <= LEANS_FOR_S else None
