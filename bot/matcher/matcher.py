"""From a message to a decision: which topics answer it, or may, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.knowledge import OFF_DOMAIN
from bot.matcher.clauses import Clause, Cues, clauses
from bot.matcher.features import content
from bot.matcher.ranker import Ranker, Reading, Words
from bot.matcher.reader import Kind, Reader

# An answer needs to be likelier than everything else together.
ANSWER_FROM = 0.5
# A message with unknown words, and without a name of ours, may well be about something else.
UNKNOWN_FROM = 0.65
# A broader answer that holds in each case needs its cases to be likelier together.
BROADER_FROM = 0.6
# A clause picked out of a longer message has to be surer: among several, one is sooner right by chance.
PART_FROM = 0.65
# A message that is read as a whole asks two things if that is this likely, and both are likely enough.
TWO_FROM = 0.5
EACH_OF_TWO_FROM = 0.15
# Topics less likely than this are not worth offering.
SUGGEST_FROM = 0.08
# A message that names nothing of ours is offered topics only if one of them stands out.
SUGGEST_UNNAMED_FROM = 0.2
MOST_SUGGESTIONS = 3
MOST_ANSWERS = 2
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
    BROADER = "broader"
    UNSURE = "unsure"
    OFF_DOMAIN = "off_domain"
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
        broader: Mapping[str, Sequence[str]],
    ) -> None:
        """`broader`: topics that also tell what narrower ones tell."""
        self.reader = reader
        self.ranker = ranker
        self._cues = Cues.of(reader.lexicon, asking, requesting)
        self._courtesies = frozenset(courtesies)
        self._small_talk = frozenset(small_talk)
        self._broader = broader

    def match(self, text: str, before: Sequence[str] = ()) -> Match:
        """Decide on a message. `before`: the topics of this chat's last answer."""
        parts = clauses(self.reader.in_right_layout(_shortened(text)), self.reader, self._cues)
        readings = self._read_parts(parts, before)
        if not readings:
            return Match(Decision.FALLBACK, (), Reason.EMPTY, ())
        asking = [reading for clause, reading in readings if clause.asks] or [reading for _, reading in readings]
        whole = asking[0]
        if len(readings) > 1:
            whole = self._read(tuple(word for part in parts for word in part.words), before) or whole
        return self._two_answers(asking, whole) or self._one_answer(asking, whole)

    # --- readings ------------------------------------------------------------------------------------------------

    def _read_parts(self, parts: Sequence[Clause], before: Sequence[str]) -> list[tuple[Clause, Reading]]:
        """The readings of a message's clauses, each leaning on the answer to the one before it."""
        readings: list[tuple[Clause, Reading]] = []
        for part in parts:
            if reading := self._read(part.words, before):
                readings.append((part, reading))
                if self._answers(reading, PART_FROM):
                    before = (reading.top,)
        return readings

    def _read(self, clause: Words, before: Sequence[str]) -> Reading | None:
        """A clause without its courtesies, after the topics before it; None if it says nothing."""
        bare = tuple(word for word in clause if self._courtesies.isdisjoint(word.concepts))
        polite = self.ranker.rank(clause) if len(bare) < len(clause) else None
        if not content(bare):
            return polite
        reading = self.ranker.rank(bare, before)
        if polite and polite.top in self._small_talk and not (reading.is_ours and reading.confidence >= ANSWER_FROM):
            return polite
        return reading

    def _answers(self, reading: Reading, at_least: float) -> bool:
        return reading.is_ours and reading.top not in self._small_talk and reading.confidence >= at_least

    # --- decisions -----------------------------------------------------------------------------------------------

    def _two_answers(self, readings: Sequence[Reading], whole: Reading) -> Match | None:
        """The answer to two questions in one message; None if it asks one."""
        sure: dict[str, Reading] = {}
        for reading in readings:
            if self._answers(reading, PART_FROM):
                sure.setdefault(reading.top, reading)
        topics, rests_on = tuple(sure)[:MOST_ANSWERS], tuple(sure.values())[:MOST_ANSWERS]
        if len(sure) < MOST_ANSWERS and whole.asks_two >= TWO_FROM:
            likely = [t for t, p in whole.ranking[:MOST_ANSWERS] if p >= EACH_OF_TWO_FROM and t != OFF_DOMAIN]
            topics, rests_on = tuple(likely), (whole,)
        if len(topics) < MOST_ANSWERS:
            return None
        return Match(Decision.ANSWER, topics, Reason.TWO_QUESTIONS, rests_on)

    def _one_answer(self, readings: Sequence[Reading], whole: Reading) -> Match:
        best = max(readings, key=lambda r: (self._answers(r, PART_FROM), r.confidence))
        reading, reason = whole, Reason.SURE
        if (
            len(readings) > 1
            and self._answers(best, PART_FROM)
            and (not self._answers(whole, ANSWER_FROM) or best.confidence > whole.confidence)
        ):
            reading, reason = best, Reason.PART_SURE
        if reading.is_ours and reading.confidence >= self._answer_from(reading):
            return Match(Decision.ANSWER, (reading.top,), reason, (reading,))
        if broader := self._broader_topic(reading):
            return Match(Decision.ANSWER, (broader,), Reason.BROADER, (reading,))
        offers = self._offers([whole, *readings])
        if offers:
            return Match(Decision.SUGGEST, offers, Reason.UNSURE, (whole,))
        return Match(Decision.FALLBACK, (), Reason.OFF_DOMAIN, (whole,))

    def _answer_from(self, reading: Reading) -> float:
        """How likely a topic must be to be answered: more so where the message names nothing of ours and has words that
        nobody here knows."""
        unknown = any(word.kind is Kind.UNKNOWN for word in reading.words)
        return UNKNOWN_FROM if unknown and not self.ranker.names_ours(reading.words) else ANSWER_FROM

    def _broader_topic(self, reading: Reading) -> str | None:
        """The topic whose answer holds whichever of its narrower topics is meant, if it is clear that it is one of them."""
        likelihood = dict(reading.ranking)
        mass = {
            topic: sum(likelihood.get(name, 0.0) for name in (topic, *narrower))
            for topic, narrower in self._broader.items()
            if reading.top in (topic, *narrower)
        }
        best = max(mass, key=lambda topic: mass[topic], default=None)
        return best if best and mass[best] >= BROADER_FROM else None

    def _offers(self, readings: Sequence[Reading]) -> tuple[str, ...]:
        """The topics worth offering: none where the message is likelier off-domain than not, and names nothing of ours."""
        named = any(self.ranker.names_ours(reading.words) for reading in readings)
        if not named and readings[0].likelihood(OFF_DOMAIN) > ANSWER_FROM:
            return ()
        likelihood: dict[str, float] = {}
        for reading in readings:
            for topic, p in reading.ranking:
                likelihood[topic] = max(p, likelihood.get(topic, 0.0))
        best = sorted(likelihood, key=lambda topic: -likelihood[topic])
        if not named and (best[0] == OFF_DOMAIN or likelihood[best[0]] < SUGGEST_UNNAMED_FROM):
            return ()
        ours = [topic for topic in best if topic != OFF_DOMAIN and topic not in self._small_talk]
        return tuple(topic for topic in ours[:MOST_SUGGESTIONS] if named or likelihood[topic] >= SUGGEST_FROM)


def _shortened(text: str) -> str:
    words = text.split()
    if len(words) <= MOST_WORDS:
        return text
    return " ".join([*words[: MOST_WORDS // 2], *words[-MOST_WORDS // 2 :]])
