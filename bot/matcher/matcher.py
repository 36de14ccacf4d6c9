"""From a message to a decision: which topics answer it, or may, and why."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from bot.matcher.clauses import Clause, Cues, clauses
from bot.matcher.features import content, features
from bot.matcher.model import OFF_DOMAIN, Model
from bot.matcher.reader import Kind, Reader, Word

# An answer needs to be likelier than everything else together.
ANSWER_FROM = 0.5
# A message with unknown words, and without a name of ours, may well be about something else.
UNKNOWN_FROM = 0.65
# A broader answer that holds in each case needs its cases to be likelier together.
BROADER_FROM = 0.6
# A clause picked out of a longer message has to be surer: among several, one is sooner right by chance.
PART_FROM = 0.65
# Topics less likely than this are not worth offering.
SUGGEST_FROM = 0.08
# A message that names nothing of ours is offered topics only if one of them stands out.
SUGGEST_UNNAMED_FROM = 0.2
MOST_SUGGESTIONS = 3
MOST_ANSWERS = 2
# Of a longer message the beginning and the end are read: nobody asks in the middle of a story, and time is bounded.
MOST_WORDS = 160
# What a message is worth that says just what a phrasing says.
EXACT = 0.95
# More words than this carry a question of their own.
MOST_LEANING_WORDS = 7
# A message this sure of itself does not lean on the one before.
SELF_SUFFICIENT_FROM = 0.85


Words = tuple[Word, ...]


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
class Reading:
    """Some words, and how likely each topic is to be what they ask, likeliest first. `OFF_DOMAIN` is one of them."""

    words: Words
    ranking: tuple[tuple[str, float], ...]
    leaned: bool = False
    """Whether words of the turn before were added."""

    @property
    def top(self) -> str:
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        """Probability of `top`, 0 to 1."""
        return self.ranking[0][1]

    @property
    def is_ours(self) -> bool:
        return self.top != OFF_DOMAIN

    def likelihood(self, topic: str) -> float:
        """Probability of a topic, 0 to 1."""
        return dict(self.ranking).get(topic, 0.0)


@dataclass(frozen=True, slots=True)
class Match:
    """The decision on one message, and what it rests on."""

    decision: Decision
    topics: tuple[str, ...]
    """Answered, or offered; best first."""
    reason: Reason
    readings: tuple[Reading, ...]
    """What the decision rests on, the deciding ones first. Empty for a message without words."""
    question: str = ""
    """The words that were answered, for the next message to lean on."""

    @property
    def confidence(self) -> float:
        """Probability of the best topic, 0 to 1."""
        return self.readings[0].confidence if self.readings else 0.0


class Matcher:
    """Decides on messages. Pure: the same message after the same question gets the same match."""

    def __init__(
        self,
        reader: Reader,
        model: Model,
        *,
        anchors: Iterable[str],
        asking: Iterable[str],
        requesting: Iterable[str],
        courtesies: Iterable[str],
        exclusive: Mapping[str, Iterable[str]],
        small_talk: Iterable[str],
        exact: Mapping[str, str],
        broader: Mapping[str, Sequence[str]],
    ) -> None:
        """`exact`: the topic of each phrasing, by its `key`. `broader`: topics that also tell what narrower ones tell."""
        self.reader = reader
        self.model = model
        self._anchors = frozenset(anchors)
        self._cues = Cues(frozenset(asking), frozenset(requesting))
        self._courtesies = frozenset(courtesies)
        self._group_of = {concept: group for group, concepts in exclusive.items() for concept in concepts}
        self._small_talk = frozenset(small_talk)
        self.exact = exact
        self._broader = broader

    # --- one reading ---------------------------------------------------------------------------------------------

    def rank(self, words: Sequence[Word], leaned: bool = False) -> Reading:
        """How likely each topic is for these words."""
        likelihoods: Iterable[float] = map(float, self.model.probabilities(features(words, self._anchors)))
        said = self.exact.get(key(words))
        if said:
            likelihoods = (
                EXACT * (topic == said) + (1 - EXACT) * p for topic, p in zip(self.model.classes, likelihoods, strict=True)
            )
        ranking = sorted(zip(self.model.classes, likelihoods, strict=True), key=lambda item: -item[1])
        return Reading(tuple(words), tuple(ranking), leaned)

    def _read(self, clause: Words, before: Sequence[Word]) -> Reading | None:
        """A clause by itself, without its courtesies, or leaning on the words before it; None if it says nothing."""
        bare = tuple(word for word in clause if self._courtesies.isdisjoint(word.concepts))
        polite = self.rank(clause) if len(bare) < len(clause) else None
        if not content(bare):
            return polite
        alone = self.rank(bare)
        reading = self._leaned(alone, before) if before else alone
        if polite and polite.top in self._small_talk and not (reading.is_ours and reading.confidence >= ANSWER_FROM):
            return polite
        return reading

    # --- leaning on the turn before ------------------------------------------------------------------------------

    def _leaned(self, alone: Reading, before: Sequence[Word]) -> Reading:
        """The reading of a clause with what it leaves unsaid, or as it is where it leaves nothing."""
        words = content(alone.words)
        others = [word for word in words if self._anchors.isdisjoint(word.concepts)]
        # "And of BPO?", "and which for BPO?": all but the name is left unsaid.
        only_names = len(words) > len(others) <= 1 and all(not self._cues.asking.isdisjoint(word.concepts) for word in others)
        if len(words) > MOST_LEANING_WORDS or any(word.kind is Kind.UNKNOWN for word in words):
            return alone
        said_before = self.rank(before).top
        named, merged = self._with_names(alone.words, before), self._merged(alone.words, before)
        at_least = ANSWER_FROM
        tries: tuple[Words, ...] = (merged, named) if only_names else (named, (), merged)
        if alone.is_ours and alone.confidence >= SELF_SUFFICIENT_FROM and not only_names:
            # Sure by itself, it can still mean the name that was spoken of ("its advantages"), but nothing else.
            at_least = SELF_SUFFICIENT_FROM
            tries = (named,) if alone.top not in self._small_talk else ()
        for words_to_try in tries:
            reading = self.rank(words_to_try, leaned=True) if words_to_try else alone
            # A clause that changes nothing about the turn before has not asked anything by leaning on it.
            if self._answers(reading, at_least) and not (reading.leaned and reading.top == said_before):
                return reading
        return alone

    def _kept(self, clause: Words, before: Sequence[Word]) -> list[Word]:
        """The words of the turn before, without those that the clause replaces by others of their kind."""
        said = {self._group_of[c] for word in clause for c in word.concepts if c in self._group_of}
        return [w for w in before if said.isdisjoint(self._group_of[c] for c in w.concepts if c in self._group_of)]

    def _with_names(self, clause: Words, before: Sequence[Word]) -> Words:
        """The clause about the same thing as the turn before ("and its advantages?"); empty if that named nothing."""
        names = [w for w in self._kept(clause, before) if not self._anchors.isdisjoint(w.concepts)]
        return (*clause, *names) if names else ()

    def _merged(self, clause: Words, before: Sequence[Word]) -> Words:
        """The turn before about something else ("and of BPO?")."""
        kept = self._kept(clause, before)
        return (*kept, *clause) if kept else ()

    # --- the whole message ---------------------------------------------------------------------------------------

    def match(self, text: str, before: str = "") -> Match:
        """Decide on a message. `before` is the `question` of the match that this chat's last answer came from."""
        parts = clauses(self.reader.in_right_layout(_shortened(text)), self.reader, self._cues)
        context = self.reader.read(before)
        readings = self._read_parts(parts, ())
        if context and not (len(parts) > 1 and any(self._answers(reading, PART_FROM) for _, reading in readings)):
            # A message of several clauses that asks something by itself does not lean on what was said before it.
            readings = self._read_parts(parts, context)
        if not readings:
            return Match(Decision.FALLBACK, (), Reason.EMPTY, ())
        asking = [reading for clause, reading in readings if clause.asks] or [reading for _, reading in readings]
        whole = asking[0]
        if len(readings) > 1:
            whole = self._read(tuple(word for part in parts for word in part.words), ()) or whole
        if pair := self._two_answers(asking, whole):
            topics = tuple(reading.top for reading in pair)
            match = Match(Decision.ANSWER, topics, Reason.TWO_QUESTIONS, tuple(pair))
        else:
            match = self._one_answer(asking, whole)
        return replace(match, question=self._question(match, context))

    def _question(self, match: Match, before: Sequence[Word]) -> str:
        """The words that were answered, and what they were about if they left it unsaid."""
        words = match.readings[-1].words
        names = [word for word in before if not self._anchors.isdisjoint(word.concepts)]
        if any(not self._anchors.isdisjoint(word.concepts) for word in words):
            names = []
        return " ".join(word.form for word in (*words, *names))

    def _read_parts(self, parts: Sequence[Clause], before: Sequence[Word]) -> list[tuple[Clause, Reading]]:
        """The readings of a message's clauses, each leaning on the ones before it where it must."""
        readings: list[tuple[Clause, Reading]] = []
        for part in parts:
            if reading := self._read(part.words, before):
                readings.append((part, reading))
                if self._answers(reading, PART_FROM) or not part.asks:
                    before = reading.words
        return readings

    def _answers(self, reading: Reading, at_least: float) -> bool:
        return reading.is_ours and reading.top not in self._small_talk and reading.confidence >= at_least

    def _two_answers(self, readings: Sequence[Reading], whole: Reading) -> list[Reading] | None:
        """The readings of two questions in one message."""
        if len(readings) == 1:
            readings = [self.rank(words, whole.leaned) for words in self._coordinated(whole.words)] or readings
        sure: dict[str, Reading] = {}
        for reading in readings:
            if self._answers(reading, PART_FROM):
                sure.setdefault(reading.top, reading)
        if len(sure) < MOST_ANSWERS:
            return None
        return list(sure.values())[:MOST_ANSWERS]

    def _coordinated(self, words: Words) -> list[Words]:
        """The two clauses in one that names two things of a kind, joined by "and" ("the advantages and the drawbacks")."""
        for i, word in enumerate(words):
            if not ((word.text.startswith("ו") and word.text != word.form) or (i and words[i - 1].text in ("ו", "and"))):
                continue
            groups = {self._group_of[c]: c for c in word.concepts if c in self._group_of}
            for j, other in enumerate(words[:i]):
                if any(self._group_of.get(c) in groups and c not in word.concepts for c in other.concepts):
                    return [(*words[:i], *words[i + 1 :]), (*words[:j], *words[j + 1 :])]
        return []

    def _one_answer(self, readings: Sequence[Reading], whole: Reading) -> Match:
        best = max(readings, key=lambda r: (self._answers(r, PART_FROM), r.confidence))
        reading, reason = whole, Reason.SURE
        if (
            len(readings) > 1
            and self._answers(best, PART_FROM)
            and (not self._answers(whole, ANSWER_FROM) or best.confidence > whole.confidence)
        ):
            reading, reason = best, Reason.PART_SURE
        if reading.leaned:
            reason = Reason.LEANED
        if reading.is_ours and reading.confidence >= self._answer_from(reading):
            return Match(Decision.ANSWER, (reading.top,), reason, (reading,))
        if (broader := self._broader_topic(reading)) and not reading.leaned:
            return Match(Decision.ANSWER, (broader,), Reason.BROADER, (reading,))
        offers = self._offers([whole, *readings])
        if offers:
            return Match(Decision.SUGGEST, offers, Reason.UNSURE, (whole,))
        return Match(Decision.FALLBACK, (), Reason.OFF_DOMAIN, (whole,))

    def _answer_from(self, reading: Reading) -> float:
        """How likely a topic must be to be answered: more so where the message names nothing of ours and has words that
        nobody here knows."""
        if any(not self._anchors.isdisjoint(word.concepts) for word in reading.words):
            return ANSWER_FROM
        return UNKNOWN_FROM if any(word.kind is Kind.UNKNOWN for word in reading.words) else ANSWER_FROM

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
        named = any(not self._anchors.isdisjoint(word.concepts) for reading in readings for word in reading.words)
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


def key(words: Sequence[Word]) -> str:
    """What two messages that say the same share: their words without fillers and prefix letters, in order."""
    return " ".join(word.form for word in content(words))


def _shortened(text: str) -> str:
    words = text.split()
    if len(words) <= MOST_WORDS:
        return text
    return " ".join([*words[: MOST_WORDS // 2], *words[-MOST_WORDS // 2 :]])
