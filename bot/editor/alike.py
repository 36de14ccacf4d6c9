"""Examples of different topics that say the same to the matcher, so that one of them gets the answer of another, or none."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from bot.editor.advice import Advice
from bot.editor.answered import Otherwise
from bot.editor.asking import counted
from bot.editor.reading import Read, named, place, quoted
from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN, Example
from bot.matcher.exact import key
from bot.matcher.matcher import Matcher

MOST_PLACES = 3


def same(reads: Iterable[Read], found: Iterable[Otherwise], matcher: Matcher) -> tuple[list[Advice], set[Example]]:
    """Advice on examples that are answered otherwise, or not at all, because they differ from those of another topic in nothing
    that the matcher sees, and all the examples that this explains. Those that are said after the same answer are compared among
    themselves. One piece of advice for all that say the same: first what most suffer from.

    What is not ours and gets small talk is left out, unless the very same was written as small talk.
    """
    lost = {one.read.example: one for one in found}
    told: list[tuple[_Pair, ...]] = []
    explained: set[Example] = set()
    for alike in _alike(reads, matcher):
        pairs = tuple(_pairs(alike, lost, matcher))
        explained.update(one.read.example for one, _ in pairs)
        if worth := tuple(
            (one, other) for one, other in pairs if not one.is_small_talk(matcher) or _is_typed_alike(one.read, other, matcher)
        ):
            told.append(worth)
    return list(map(_advice, sorted(told, key=_rank))), explained


_Pair = tuple[Otherwise, Read]
"""What is answered otherwise or not at all, and what says the same and tells why."""


def _pairs(alike: Sequence[Read], lost: Mapping[Example, Otherwise], matcher: Matcher) -> Iterator[_Pair]:
    for read in alike:
        if one := lost.get(read.example):
            others = [other for other in alike if _explains(other, one)]
            # The shortest shows best what is left of the others.
            others.sort(key=lambda other: (not _is_typed_alike(read, other, matcher), len(other.example.text)))
            yield from ((one, other) for other in others[:1])


def _explains(other: Read, one: Otherwise) -> bool:
    """Whether one that shows the same to the network tells why another is answered otherwise: it has the topic of that answer.
    Or why it is not answered: two topics have just these words, so that neither has them by heart."""
    if one.topic is not None:
        return other.example.topic == one.topic
    return other.example.topic not in (one.read.example.topic, OFF_DOMAIN) and key(other.words) == key(one.read.words)


def _rank(pairs: Sequence[_Pair]) -> tuple[object, ...]:
    example = pairs[0][0].read.example
    return -len(pairs), bool(example.before), example.file, example.line


def _alike(reads: Iterable[Read], matcher: Matcher) -> Iterator[list[Read]]:
    """Those of different topics that show the same to the network."""
    by_ideas: dict[tuple[str, ...], list[Read]] = defaultdict(list)
    for read in reads:
        # What only differs in unknown words may be the same; ideas tell most of them apart, and soon.
        ideas = tuple("+".join(word.concepts) or "." for word in read.words)
        by_ideas[(read.example.before, *ideas)].append(read)
    for near in by_ideas.values():
        if len({read.example.topic for read in near}) > 1:
            by_rows: dict[frozenset[int], list[Read]] = defaultdict(list)
            for read in near:
                by_rows[frozenset(matcher.ranker.rows(read.words))].append(read)
            yield from (alike for alike in by_rows.values() if len({read.example.topic for read in alike}) > 1)


def _is_typed_alike(one: Read, other: Read, matcher: Matcher) -> bool:
    """Whether two examples are the same message, but for punctuation and the keyboard's layout."""
    texts = (normalise(matcher.reader.retyped(read.example.text)) for read in (one, other))
    return len(set(texts)) == 1


def _listed(examples: Sequence[Example]) -> str:
    """Where a few of the examples stand; one who sees to those sees the others the next time."""
    left = len(examples) - MOST_PLACES
    places = ", ".join(f"{example.file} line {example.line}" for example in examples[:MOST_PLACES])
    return places + (f" and {left} more" if left > 0 else "")


def _advice(pairs: Sequence[_Pair]) -> Advice:
    one, other_read = min(pairs, key=lambda pair: len(pair[0].read.example.text))
    example, other = one.read.example, other_read.example
    after = f"after '{example.before}', " if example.before else ""
    more = [pair[0].read.example for pair in pairs if pair[0] is not one and pair[0].read is not other_read]
    is_one = len(more) == 1
    if one.topic is None:
        got, do = "gets no answer", "does" if is_one else "do"
    else:
        got, do = "is answered with that", "is" if is_one else "are"
    others = f", as {do} {counted(len(more), 'other')}: {_listed(more)}" if more else ""
    text = (
        f"{after}{quoted(example.text)} of {named(example.topic)} says the same to the bot as {quoted(other.text)} of "
        f"{named(other.topic)} ({place(other)}) and {got}{others}; make one of the two say more, or take it out"
    )
    return Advice(example.file, text, example.line)
