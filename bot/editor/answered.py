"""Examples that the matcher itself, which learned from them, answers otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from bot.conversation import Context, Responder
from bot.editor.advice import Advice
from bot.editor.reading import Read, named, quoted
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
    """An example, and the answer of another topic that it gets."""

    read: Read
    match: Match

    @property
    def topic(self) -> str:
        """What it is answered with."""
        return self.match.topics[0]

    def is_small_talk(self, matcher: Matcher) -> bool:
        """Whether what is not ours gets mere small talk, which does little harm."""
        return self.read.example.topic == OFF_DOMAIN and self.topic in matcher.small_talk


def otherwise(reads: Iterable[Read], responder: Responder) -> Iterator[Otherwise]:
    """The examples that get the answer of another topic, follow-ups after the answer that they follow.

    A topic that also tells what is asked for will do. What is taken for two questions is passed over, and so is a long example:
    how it is parted, or what it tells around its question, misleads the matcher, and other wording would seldom help.
    """
    matcher, broader = responder.matcher, responder.knowledge.lexicon.broader
    for read in reads:
        example = read.example
        if is_settled(read, matcher) or is_long(read):
            continue
        match = matcher.decide(read.clauses, (example.before,) if example.before else ())
        if match.decision is not Decision.ANSWER or len(match.topics) > 1:
            continue
        if example.topic == match.topics[0] or example.topic in broader.get(match.topics[0], ()):
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
    """What sort of example is answered otherwise: the heading that it is told under."""

    PHRASING = "Phrasings that are answered with another topic"
    OFF_DOMAIN = "Off-domain messages that are answered"
    FOLLOW_UP = "Follow-ups that are answered with another topic"


def advice(found: Iterable[Otherwise], matcher: Matcher) -> dict[Sort, list[Advice]]:
    """Advice on examples that are surely answered otherwise, the surest first.

    What is not ours and gets small talk does no harm, and is left out.
    """
    sorts: dict[Sort, list[Advice]] = {sort: [] for sort in Sort}
    for one in sorted(found, key=lambda one: -one.match.confidence):
        example = one.read.example
        if one.match.confidence >= SURE_FROM and not one.is_small_talk(matcher):
            sort = _sort(one)
            sorts[sort].append(Advice(example.file, _said(one, sort), example.line))
    return sorts


def _sort(one: Otherwise) -> Sort:
    if one.read.example.before:
        return Sort.FOLLOW_UP
    return Sort.OFF_DOMAIN if one.read.example.topic == OFF_DOMAIN else Sort.PHRASING


def _said(one: Otherwise, sort: Sort) -> str:
    example = one.read.example
    asked = f"{quoted(example.text)} asks for {named(example.topic)}"
    if example.before:
        asked = f"after '{example.before}', {asked}"
    got = f"is answered with '{one.topic}' ({min(0.99, one.match.confidence):.0%} sure)"
    if sort is Sort.OFF_DOMAIN:
        return f"{quoted(example.text)} is not ours and {got}; add others like it, or take it out"
    return f"{asked} and {got}; move it there, word it more clearly, or add others like it"
