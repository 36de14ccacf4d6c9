"""Examples that the matcher itself, which learned from them, answers otherwise, or not at all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.conversation import Context, Responder
from bot.editor.advice import Advice
from bot.editor.reading import Read, quoted
from bot.knowledge import OFF_DOMAIN
from bot.matcher.acts import Act
from bot.matcher.features import content
from bot.matcher.matcher import STORY_WORDS, Decision, Match, Matcher

# What is answered otherwise less surely than this is a close call, which other wording would seldom settle.
SURE_FROM = 0.9
# Few questions have more words than this.
MOST_WORDS = 12


@dataclass(frozen=True, slots=True)
class Otherwise:
    """An example, and the answer of another topic that it gets, or that it gets none."""

    read: Read
    match: Match

    @property
    def topic(self) -> str | None:
        """What it is answered with; None where it gets no answer."""
        return self.match.topics[0] if self.match.decision is Decision.ANSWER else None

    def is_small_talk(self, matcher: Matcher) -> bool:
        """Whether what is not ours gets mere small talk, which does little harm."""
        return self.read.example.topic == OFF_DOMAIN and self.topic in matcher.small_talk


def otherwise(reads: Iterable[Read], responder: Responder) -> Iterator[Otherwise]:
    """The examples that get the answer of another topic, follow-ups after the answer that they follow; and the phrasings that
    get none, and whose topic is not even offered.

    A topic that also tells what is asked for will do. What is taken for two questions is passed over, and so is a long example:
    how it is parted, or what it tells around its question, misleads the matcher, and other wording would seldom help.
    """
    matcher, broader = responder.matcher, responder.knowledge.lexicon.broader
    for read in reads:
        example = read.example
        if is_settled(read, matcher) or is_long(read):
            continue
        match = matcher.decide(read.clauses, (example.before,) if example.before else ())
        is_answered = match.decision is Decision.ANSWER
        if len(match.topics) > 1 if is_answered else example.before or example.topic == OFF_DOMAIN:
            continue
        if any(example.topic == topic or example.topic in broader.get(topic, ()) for topic in match.topics):
            continue
        if example.before:
            turn = responder.understand(example.text, responder.answer((example.before,), Context())[1])
            if turn.act is not Act.ASK:
                continue  # what asks for more, or corrects the answer, is answered otherwise in a conversation
        yield Otherwise(read, match)


def is_settled(read: Read, matcher: Matcher) -> bool:
    """Whether the matcher must answer this with its topic, which saves asking: it has one clause that can be parted nowhere,
    no courtesies, and says just what a phrasing of that topic says."""
    if read.example.before or len(read.clauses) != 1:
        return False
    clause = read.clauses[0]
    return (
        not clause.seams
        and len(clause.words) < STORY_WORDS
        and len(read.words) == len(content(clause.words))
        and matcher.ranker.exact.topic(clause.words) == read.example.topic
    )


def is_long(read: Read) -> bool:
    """Whether an example tells more around what it asks than a question takes."""
    return sum(len(clause.words) for clause in read.clauses) > MOST_WORDS


class Sort(StrEnum):
    """What sort of example is answered otherwise or not at all: the heading that it is told under."""

    UNANSWERED = "Phrasings that get no answer"
    PHRASING = "Phrasings that are answered with another topic"
    OFF_DOMAIN = "Off-domain messages that are answered"
    FOLLOW_UP = "Follow-ups that are answered with another topic"


def advice(found: Iterable[Otherwise], matcher: Matcher) -> dict[Sort, list[Advice]]:
    """Advice on examples that are surely answered otherwise, the surest first, and on those that get no answer.

    What is not ours and gets small talk does no harm, and is left out.
    """
    sorts: dict[Sort, list[Advice]] = {sort: [] for sort in Sort}
    for one in sorted(found, key=lambda one: -one.match.confidence):
        if one.topic is None or (one.match.confidence >= SURE_FROM and not one.is_small_talk(matcher)):
            example, sort = one.read.example, _sort(one)
            sorts[sort].append(Advice(example.file, _said(one, sort), example.line))
    return sorts


def _sort(one: Otherwise) -> Sort:
    if one.topic is None:
        return Sort.UNANSWERED
    if one.read.example.before:
        return Sort.FOLLOW_UP
    return Sort.OFF_DOMAIN if one.read.example.topic == OFF_DOMAIN else Sort.PHRASING


def _said(one: Otherwise, sort: Sort) -> str:
    example = one.read.example
    after = f"after '{example.before}', " if example.before else ""
    if sort is Sort.UNANSWERED:
        got = "gets other topics offered" if one.match.topics else "is not understood"
        return f"{quoted(example.text)} asks for '{example.topic}' and {got}; word it more clearly, or add others like it"
    got = f"is answered with '{one.topic}' ({min(0.99, one.match.confidence):.0%} sure)"
    if example.topic == OFF_DOMAIN:
        return f"{after}{quoted(example.text)} is not ours and {got}; add others like it, or take it out"
    asked = f"{after}{quoted(example.text)} asks for '{example.topic}' and {got}"
    return f"{asked}; move it there, word it more clearly, or add others like it"
