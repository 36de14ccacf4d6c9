"""Why a message got its decision, in plain Hebrew, for editors."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import log

from rapidfuzz import fuzz, process

from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN
from bot.matcher.acts import Act, Turn
from bot.matcher.features import content
from bot.matcher.matcher import Decision, Match, Matcher, Reason
from bot.matcher.ranker import Reading
from bot.matcher.reader import How, Kind, Word

MOST_TOPICS = 5

_REASONS = {
    Reason.SURE: "נושא אחד סביר יותר מכל האחרים יחד",
    Reason.TWO_QUESTIONS: "בהודעה נמצאו שתי שאלות, ולכל אחת נושא ברור",
    Reason.PART_SURE: "חלק אחד של ההודעה שואל שאלה ברורה",
    Reason.LEANED: "ההודעה נשענת על השאלה שלפניה",
    Reason.BROADER: "לא ברור לאיזה מכמה נושאים קרובים הכוונה, ויש נושא רחב שתשובתו מתאימה לכולם",
    Reason.UNSURE: "אף נושא אינו סביר דיו כדי לענות, אבל יש נושאים קרובים",
    Reason.OFF_DOMAIN: "ההודעה נראית לא קשורה לתחום",
    Reason.REJECTED: "ההודעה דוחה את מה שנאמר או הוצע, ולא אומרת למה הכוונה",
    Reason.EMPTY: "אין בהודעה מילים שאומרות משהו",
}
_ACTS = {
    Act.ASK: "",
    Act.MORE: "ההודעה מבקשת להמשיך מהתשובה הקודמת, ולכן מוצעים נושאים קשורים שעוד לא נראו בשיחה",
    Act.PUZZLED: "ההודעה אומרת שהתשובה לא הובנה, ולכן מוצעים נושאים קשורים שעוד לא נראו בשיחה",
    Act.CORRECT: "ההודעה מתקנת את מה שנענה קודם, ולכן נקרא רק מה שנאמר במקומו",
}
NOT_OURS = "לא בתחום"
"""What `OFF_DOMAIN` is called."""
_DECISIONS = {Decision.ANSWER: "תשובה", Decision.SUGGEST: "הצעת נושאים", Decision.FALLBACK: "אין תשובה"}


@dataclass(frozen=True, slots=True)
class WordEvidence:
    """What a word did for the topic that came first."""

    word: Word
    weight: float
    """How much the log-odds of the first topic fall without the word; negative where it spoke against it."""


@dataclass(frozen=True, slots=True)
class Explanation:
    """The reasons of a match, ready to print or to lay out."""

    normalised: str
    turn: Turn
    evidence: tuple[WordEvidence, ...]
    phrasing: str | None
    """The phrasing of the first topic that is most like the message."""
    likeness: float
    """How like it is, 0 to 100 (rapidfuzz token_sort_ratio)."""

    @property
    def match(self) -> Match:
        """The match that is explained."""
        return self.turn.match

    @property
    def decision(self) -> str:
        """The decision in a word or two."""
        return _DECISIONS[Decision.SUGGEST if self.turn.act in (Act.MORE, Act.PUZZLED) else self.match.decision]

    @property
    def reason(self) -> str:
        """Why, in a sentence."""
        return _ACTS[self.turn.act] if self.turn.act in (Act.MORE, Act.PUZZLED) else _REASONS[self.match.reason]

    @property
    def act(self) -> str:
        """What the message does beside asking; empty where it just asks."""
        return _ACTS[self.turn.act]

    def lines(self, titles: Mapping[str, str]) -> list[str]:
        """The explanation in Hebrew, a line each."""
        lines = [f"ההודעה אחרי נרמול: {self.normalised}", f"החלטה: {self.decision} – {self.reason}"]
        if self.turn.act is Act.CORRECT:
            lines.append(self.act)
        for reading in self.match.readings:
            lines += ["", "נקרא כך: " + " ".join(_shown(word) for word in reading.words)]
            lines += [f"  {100 * p:5.1f}%  {_title(topic, titles)}" for topic, p in reading.ranking[:MOST_TOPICS]]
        if self.evidence:
            lines += ["", f"המילים שקבעו לגבי {_title(self.match.readings[0].top, titles)}:"]
            lines += [f"  {e.weight:+6.2f}  {_shown(e.word)}" for e in self.evidence]
        unknown = [e.word.text for e in self.evidence if e.word.kind is Kind.UNKNOWN]
        if unknown:
            lines.append("מילים לא מוכרות: " + ", ".join(unknown))
        if self.phrasing:
            lines += ["", f"הניסוח הקרוב ביותר ({self.likeness:.0f}%): {self.phrasing}"]
        return lines


def explain(text: str, turn: Turn, matcher: Matcher, phrasings: Mapping[str, Sequence[str]]) -> Explanation:
    """Explain how a text was understood. `phrasings` are those that the matcher learned from."""
    match = _told_whether_it_leaned(turn.match, matcher)
    evidence = _evidence(match.readings[0], matcher) if match.readings else ()
    phrasing, likeness = _nearest(match, phrasings)
    normalised = normalise(matcher.reader.retyped(text))
    return Explanation(normalised, replace(turn, match=match), evidence, phrasing, likeness)


def _told_whether_it_leaned(match: Match, matcher: Matcher) -> Match:
    if match.reason not in (Reason.SURE, Reason.PART_SURE):
        return match
    reading = match.readings[0]
    leaned = reading.before and matcher.ranker.rank(reading.words).top != reading.top
    return replace(match, reason=Reason.LEANED) if leaned else match


def _evidence(reading: Reading, matcher: Matcher) -> tuple[WordEvidence, ...]:
    """Each word's share in the first topic: what is lost without it."""
    found: list[WordEvidence] = []
    for i, word in enumerate(reading.words):
        if word.kind is not Kind.FILLER:
            rest = matcher.ranker.rank((*reading.words[:i], *reading.words[i + 1 :]), reading.before)
            found.append(WordEvidence(word, _log_odds(reading, reading.top) - _log_odds(rest, reading.top)))
    return tuple(sorted(found, key=lambda e: -abs(e.weight)))


def _log_odds(reading: Reading, topic: str) -> float:
    likelihood = min(max(reading.likelihood(topic), 1e-6), 1 - 1e-6)
    return log(likelihood / (1 - likelihood))


def _nearest(match: Match, phrasings: Mapping[str, Sequence[str]]) -> tuple[str | None, float]:
    if not match.readings or match.readings[0].top == OFF_DOMAIN:
        return None, 0.0
    asked = " ".join(word.form for word in content(match.readings[0].words))
    found = process.extractOne(
        asked, phrasings.get(match.readings[0].top, ()), scorer=fuzz.token_sort_ratio, processor=normalise
    )
    return (found[0], found[1]) if found else (None, 0.0)


def _shown(word: Word) -> str:
    if word.kind is Kind.UNKNOWN:
        return f"{word.text}(?)"
    if word.kind is Kind.FILLER:
        return f"[{word.text}]"
    if word.how is not How.AS_TYPED:
        return f"{word.text}→{word.form}"
    return word.form


def _title(topic: str, titles: Mapping[str, str]) -> str:
    return f"{titles[topic]} ({topic})" if topic in titles else NOT_OURS
