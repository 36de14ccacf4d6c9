"""Topics for somebody who is still typing, as inline mode shows them."""

from __future__ import annotations

from collections.abc import Iterable

from bot.hebrew.normalise import normalise
from bot.knowledge import Knowledge
from bot.matcher.lexicon import without_prefixes
from bot.matcher.matcher import Decision, Matcher

# Less likely topics are noise in a list of results.
SEARCH_FROM = 0.02
LONGEST_QUERY = 256


def search(query: str, knowledge: Knowledge, matcher: Matcher, most: int) -> tuple[str, ...]:
    """The topics that fit a query, best first: those that the matcher finds, then those whose titles or questions have its
    words, which may be half typed. Where nothing is typed, the topics to start with; empty where nothing fits."""
    query = query[:LONGEST_QUERY]
    if not query.strip():
        return tuple(knowledge.texts.start_topics[:most])
    match = matcher.match(query)
    found = list(match.topics)
    if match.decision is not Decision.FALLBACK:
        found += [topic for topic, likelihood in match.readings[0].ranking if likelihood >= SEARCH_FROM]
    typed = normalise(query).split()
    if typed:
        found += [entry.id for entry in knowledge.entries.values() if _has(entry.title, typed)]
        found += [entry.id for entry in knowledge.entries.values() if any(_has(text, typed) for text in entry.questions)]
    ours = (topic for topic in dict.fromkeys(found) if topic in knowledge.entries and knowledge.entries[topic].kind != "chat")
    return tuple(ours)[:most]


def _has(text: str, typed: Iterable[str]) -> bool:
    """Whether each typed word is the beginning of one of the text's, with its prefix letters or without."""
    beginnings = {variant for word in normalise(text).split() for variant in without_prefixes(word)}
    return all(any(beginning.startswith(word) for beginning in beginnings) for word in typed)
