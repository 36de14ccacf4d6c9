"""From a message to a decision: which topics answer it, or may, and why."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from enum import StrEnum

from bot.knowledge import OFF_DOMAIN
from bot.matcher.clauses import Clause, Cues, clauses
from bot.matcher.exact import ExactPhrasings
from bot.matcher.features import content, says_something
from bot.matcher.ranker import Ranker, Reading, RememberingRanker, Words
from bot.matcher.reader import Reader

# How likely a topic must be to be answered: what the message needs that names something of ours, ...
ANSWER_FROM = 0.6
# ... that names nothing of ours, and so may well be about something else, ...
UNNAMED_FROM = 0.85
# ... and that names nothing because it leans on the answer before it.
LEANING_FROM = 0.5
# A wrong word of small talk costs little.
SMALL_TALK_FROM = 0.45
# A clause picked out of a longer message has to be surer: among several, one is sooner right by chance.
PART_FROM = 0.65
# The next one leans on it, and is there because something else is asked.
NEXT_PART_FROM = 0.55
# Surer still where nothing shows that it asks: a few words that name a topic, or what comes after an "and".
UNASKED_PART_FROM = 0.8
MOST_UNASKED_WORDS = 4
# Trying one takes time.
MOST_SEAMS = 12
# Topics less likely than this are not worth offering.
SUGGEST_FROM = 0.08
# A message that names nothing of ours is offered topics only if one of them stands out.
SUGGEST_UNNAMED_FROM = 0.2
MOST_SUGGESTIONS = 3
# Nor is one that surely asks something else, though it names something of ours ("write a poem about KPO").
SURELY_NOT_OURS = 0.9
# A message of so many words tells a story around its question.
STORY_WORDS = 25
# What it asks without naming anything of ours, or asks of something else, must be that sure.
STORY_FROM = 0.95
# Of a longer message the beginning and the end are read: nobody asks in the middle of a story, and time is bounded.
MOST_WORDS = 160


class Decision(StrEnum):
    """The three outcomes of a message."""

    ANSWER = "answer"
    SUGGEST = "suggest"
    FALLBACK = "fallback"


class Reason(StrEnum):
    """Why a message got its decision; a key of the texts that explain it."""

    SURE = "sure"
    TWO_QUESTIONS = "two_questions"
    PART_SURE = "part_sure"
    LEANED = "leaned"
    """Sure because of the answer before; told only where it is explained, since it takes another reading to see."""
    BROADER = "broader"
    UNSURE = "unsure"
    OFF_DOMAIN = "off_domain"
    REJECTED = "rejected"
    EMPTY = "empty"


@dataclass(frozen=True, slots=True)
class Match:
    """The decision on one message, and what it rests on."""

    decision: Decision
    topics: tuple[str, ...]
    """Answered, or offered; best first."""
    reason: Reason
    readings: tuple[Reading, ...]
    """What the decision rests on, the deciding ones first. Empty for a message without words."""

    @property
    def confidence(self) -> float:
        """Probability of the best topic, 0 to 1."""
        return self.readings[0].confidence if self.readings else 0.0


class Matcher:
    """Decides on messages. Pure: the same message after the same answer gets the same match."""

    def __init__(
        self,
        reader: Reader,
        ranker: Ranker,
        *,
        asking: Iterable[str],
        requesting: Iterable[str],
        courtesies: Iterable[str],
        small_talk: Iterable[str],
        asides: Iterable[str],
        broader: Mapping[str, Sequence[str]],
        contrasts: Mapping[str, Sequence[str]],
    ) -> None:
        """`asides`: small talk that is no question, such as thanks. `broader`: topics that also tell what narrower ones tell.
        `contrasts`: topics that compare two others."""
        self.reader = reader
        self.ranker = ranker
        self.cues = Cues.of(reader.lexicon, asking, requesting)
        self._courtesies = frozenset(courtesies)
        self.small_talk = frozenset(small_talk)
        """The topics that are small talk."""
        self._asides = frozenset(asides)
        self._broader = broader
        self._contrasts = contrasts

    def for_many(self, messages: int) -> Matcher:
        """One that decides the same, and is quicker where so many messages come at once."""
        other = copy(self)
        other.ranker = RememberingRanker(self.ranker, messages)
        return other

    def by_likeness(self) -> Matcher:
        """One that knows no phrasing by heart: what it makes of a message is what was learned from others like it."""
        other = copy(self)
        other.ranker = Ranker(self.ranker.network, self.ranker.anchors, ExactPhrasings.of({}))
        return other

    def match(self, text: str, before: Sequence[str] = ()) -> Match:
        """Decide on a message. `before`: the topics of this chat's last answer."""
        return self.decide(self.clauses(text), before)

    def clauses(self, text: str) -> list[Clause]:
        """The clauses of a message, as it is read before anything is decided."""
        return clauses(self.reader.retyped(_shortened(text)), self.reader, self.cues)

    def decide(self, parts: Sequence[Clause], before: Sequence[str] = ()) -> Match:
        """Decide on a message that was read already."""
        readings = self._read_parts(parts, before)
        if not readings:
            return Match(Decision.FALLBACK, (), Reason.EMPTY, ())
        if sum(len(part.words) for part in parts) >= STORY_WORDS:
            readings = self._asked_in_a_story(readings) or readings
            parts = [clause for clause, _ in readings]
        asking = [reading for clause, reading in readings if clause.asks] or [reading for _, reading in readings]
        whole = asking[0]
        if len(readings) > 1:
            together = self._read(tuple(word for part in parts for word in part.words), before)
            # A greeting is not what is answered where something else is asked beside it.
            if together and (together.top not in self.small_talk or any(one.top in self.small_talk for one in asking)):
                whole = together
        pair = self._pair_of_clauses(readings) or self._pair_in_a_clause(parts, before)
        return self._two_answers(*pair) if pair else self._one_answer(asking, whole)

    # --- readings ------------------------------------------------------------------------------------------------

    def _read_parts(self, parts: Sequence[Clause], before: Sequence[str]) -> list[tuple[Clause, Reading]]:
        """The readings of a message's clauses, each leaning on the answer to the one before it."""
        readings: list[tuple[Clause, Reading]] = []
        for part in [part for part in parts if says_something(part.words)] or parts:
            if reading := self._read(part.words, before):
                readings.append((part, reading))
                if self._answers(reading, PART_FROM) and reading.top not in self.small_talk:
                    before = (reading.top,)
        return readings

    def _asked_in_a_story(self, readings: Sequence[tuple[Clause, Reading]]) -> list[tuple[Clause, Reading]]:
        """What a story asks, which has many words around its question; nothing where no question in it is clear by itself.

        What it tells is not asked, whatever question words it has in it.
        """
        sure = [(clause, reading) for clause, reading in readings if clause.asks and self._asks(reading)]
        if questions := [(clause, reading) for clause, reading in sure if clause.is_question]:
            return questions
        last = [(clause, reading) for clause, reading in readings if clause.asks and reading.top not in self.small_talk][-1:]
        for clause, reading in last:
            asks_of_others = reading.likelihood(OFF_DOMAIN) >= STORY_FROM and not self.ranker.names_ours(reading.words)
            if clause.is_question and asks_of_others:
                return last
        requests = [
            (clause, reading)
            for clause, reading in sure
            if self.ranker.names_ours(reading.words) or reading.confidence >= STORY_FROM
        ]
        return requests[-1:]

    def _read(self, clause: Words, before: Sequence[str]) -> Reading | None:
        """A clause without its courtesies, after the topics before it; None if it says nothing."""
        bare = tuple(word for word in clause if self._courtesies.isdisjoint(word.concepts))
        if len(bare) == len(clause):
            return self.ranker.rank(clause, before) if clause else None
        reading = self.ranker.rank(bare, before) if says_something(bare) else None
        polite = self.ranker.rank(clause)
        if reading and (polite.top not in self.small_talk or self._is_sure(reading)) and reading.top not in self.small_talk:
            return reading
        if reading and reading.likelihood(OFF_DOMAIN) >= UNNAMED_FROM and any(map(self.cues.show_in, bare)):
            return reading  # "hi, how many lawyers do you have" is no greeting
        return polite

    def _asks(self, reading: Reading) -> bool:
        """Whether a reading is surely a question about our subject."""
        return self._is_sure(reading) and reading.top not in self.small_talk

    def _is_sure(self, reading: Reading) -> bool:
        return reading.is_ours and reading.confidence >= self._answer_from(reading)

    def _answers(self, reading: Reading, at_least: float) -> bool:
        return reading.is_ours and reading.top not in self._asides and reading.confidence >= at_least

    # --- decisions -----------------------------------------------------------------------------------------------

    def _pair_of_clauses(self, readings: Sequence[tuple[Clause, Reading]]) -> tuple[Reading, Reading] | None:
        """The first two clauses that ask different things, surely enough; None if there are no two."""
        first: Reading | None = None
        some_ask = any(clause.asks for clause, _ in readings)
        for clause, reading in readings:
            if some_ask and not clause.asks:
                continue
            at_least = NEXT_PART_FROM if first else PART_FROM
            if not clause.asks:
                at_least = UNASKED_PART_FROM if len(content(reading.words)) <= MOST_UNASKED_WORDS else 1.0
            if self._answers(reading, at_least) and not (first and reading.top == first.top):
                if first:
                    return first, reading
                first = reading
        return None

    def _pair_in_a_clause(self, parts: Sequence[Clause], before: Sequence[str]) -> tuple[Reading, Reading] | None:
        """The two questions that one clause strings together without a second question word ("advantages and fields")."""
        best: tuple[Reading, Reading] | None = None
        for part in parts:
            for seam in part.seams[:MOST_SEAMS]:
                at_least = max(UNASKED_PART_FROM, _weaker(best))
                one = self._read(part.words[:seam], before)
                if one and self._answers(one, at_least):
                    other = self._read(part.words[seam:], (one.top,))
                    if other and other.top != one.top and self._answers(other, at_least):
                        best = one, other
        return best

    def _two_answers(self, one: Reading, other: Reading) -> Match:
        topics = (one.top, other.top)
        for comparison, compared in self._contrasts.items():
            if set(topics) <= {comparison, *compared}:
                # What compares the two comes first; what was asked first is told in full after it.
                topics = (comparison, next(topic for topic in topics if topic != comparison))
        return Match(Decision.ANSWER, topics, Reason.TWO_QUESTIONS, (one, other))

    def _one_answer(self, readings: Sequence[Reading], whole: Reading) -> Match:
        """The answer to what the readings ask, or what may be offered."""
        if any(not reading.is_ours and reading.confidence >= UNNAMED_FROM for reading in readings):
            # Beside a question about something else, one that names nothing of ours is about that too.
            readings = [reading for reading in readings if self.ranker.names_ours(reading.words)] or [whole]
        best = max(readings, key=lambda r: (self._answers(r, PART_FROM), r.confidence))
        reading, reason = whole, Reason.SURE
        if (
            best is not whole
            and self._answers(best, PART_FROM)
            and (not self._is_sure(whole) or (self._is_sure(best) and best.confidence > whole.confidence))
        ):
            reading, reason = best, Reason.PART_SURE
        if self._is_sure(reading):
            return Match(Decision.ANSWER, (reading.top,), reason, (reading,))
        if broader := self._broader_topic(reading):
            return Match(Decision.ANSWER, (broader,), Reason.BROADER, (reading,))
        offers = self._offers([whole, *readings])
        if offers:
            return Match(Decision.SUGGEST, offers, Reason.UNSURE, (whole,))
        return Match(Decision.FALLBACK, (), Reason.OFF_DOMAIN, (whole,))

    def _answer_from(self, reading: Reading) -> float:
        if reading.top in self.small_talk:
            return SMALL_TALK_FROM
        if self.ranker.names_ours(reading.words):
            return ANSWER_FROM
        return LEANING_FROM if reading.before and self.ranker.leans else UNNAMED_FROM

    def _broader_topic(self, reading: Reading) -> str | None:
        """The topic whose answer holds whichever of its narrower topics is meant, if it is clear that it is one of them."""
        likelihood = dict(reading.ranking)
        mass = {
            topic: sum(likelihood.get(name, 0.0) for name in (topic, *narrower))
            for topic, narrower in self._broader.items()
            if reading.top in (topic, *narrower)
        }
        best = max(mass, key=lambda topic: mass[topic], default=None)
        return best if best and mass[best] >= self._answer_from(reading) else None

    def _offers(self, readings: Sequence[Reading]) -> tuple[str, ...]:
        """The topics worth offering: none where the message is likely off-domain; surely so if it names something of ours."""
        named = any(self.ranker.names_ours(reading.words) for reading in readings)
        if readings[0].likelihood(OFF_DOMAIN) > (SURELY_NOT_OURS if named else ANSWER_FROM):
            return ()
        likelihood: dict[str, float] = {}
        for reading in readings:
            for topic, p in reading.ranking:
                likelihood[topic] = max(p, likelihood.get(topic, 0.0))
        best = sorted(likelihood, key=lambda topic: -likelihood[topic])
        if not named and (best[0] == OFF_DOMAIN or likelihood[best[0]] < SUGGEST_UNNAMED_FROM):
            return ()
        ours = [topic for topic in best if topic != OFF_DOMAIN and topic not in self.small_talk]
        return tuple(topic for topic in ours[:MOST_SUGGESTIONS] if named or likelihood[topic] >= SUGGEST_FROM)


def _weaker(pair: tuple[Reading, Reading] | None) -> float:
    return min(reading.confidence for reading in pair) if pair else 0.0


def _shortened(text: str) -> str:
    words = text.split()
    if len(words) <= MOST_WORDS:
        return text
    spans = [match.span() for match in re.finditer(r"\S+", text)]
    return text[: spans[MOST_WORDS // 2 - 1][1]] + "\n" + text[spans[-MOST_WORDS // 2][0] :]
