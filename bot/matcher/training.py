"""A matcher learned from the examples of a knowledge base."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from zlib import crc32

from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN, Examples, Knowledge
from bot.matcher.exact import ExactPhrasings, key
from bot.matcher.features import features, says_something, word_features
from bot.matcher.learning import learn
from bot.matcher.lexicon import Lexicon
from bot.matcher.matcher import Matcher
from bot.matcher.network import Network
from bot.matcher.ranker import Ranker, Words
from bot.matcher.reader import How, Kind, Reader

# A word is known from this many examples on.
_TRUSTED_FROM = 2
# Of the examples that stand by themselves, this percentage is shown to the network as said after some answer.
_SHOWN_AFTER_ANOTHER = 15


def learned(knowledge: Knowledge, examples: Examples) -> Matcher:
    """Learn from the examples. Takes seconds; the same content gives the same matcher."""
    reader = reader_for(knowledge, *_words_of(examples))
    # Each text once, though it is shown to the network and kept as an exact phrasing too.
    read = cache(lambda text: _read(reader, text))
    courtesies = frozenset(knowledge.lexicon.courtesies)

    def shown(text: str) -> Words:
        """The words of a text without its courtesies, as the matcher drops them, except where they are all there is to say."""
        words = read(text)
        bare = tuple(word for word in words if courtesies.isdisjoint(word.concepts))
        return bare if says_something(bare) else words

    network = learn(_learnable(knowledge, examples, shown))
    return matcher_of(knowledge, reader, network, _exact(examples, read, shown))


def _read(reader: Reader, text: str) -> Words:
    words = reader.read(text)
    if all(word.kind is not Kind.UNKNOWN and word.how is How.AS_TYPED for word in words):
        return words
    retyped = reader.retyped(text)
    return words if retyped == text else reader.read(retyped)


def _learnable(knowledge: Knowledge, examples: Examples, shown: Callable[[str], Words]) -> Iterator[tuple[frozenset[str], str]]:
    """The examples as the network learns from them: those that stand by themselves, and those that lean on an answer."""
    anchors, of_word = frozenset(knowledge.lexicon.anchors), cache(word_features)
    answered = sorted({follow_up.before for follow_up in examples.follow_ups})
    labelled = [(topic, text) for topic, texts in examples.phrasings.items() for text in texts]
    labelled += [(OFF_DOMAIN, text) for text in examples.off_domain]
    # Sorting makes the order of entries in the files irrelevant.
    for topic, text in sorted(labelled):
        words = shown(text)
        before: tuple[str, ...] = ()
        # What stands by itself means the same after any answer.
        is_named = not anchors.isdisjoint(concept for word in words for concept in word.concepts)
        choice, chance = divmod(crc32(text.encode("utf-8", "surrogatepass")), 100)
        if answered and (is_named or topic == OFF_DOMAIN) and chance < _SHOWN_AFTER_ANOTHER:
            before = (answered[choice % len(answered)],)
        yield features(words, anchors, before, of_word), topic
    for follow_up in sorted(examples.follow_ups, key=lambda f: (f.before, f.topic, f.text)):
        yield features(shown(follow_up.text), anchors, (follow_up.before,), of_word), follow_up.topic


def _exact(examples: Examples, read: Callable[[str], Words], shown: Callable[[str], Words]) -> ExactPhrasings:
    """The topic of each phrasing by its key, with its courtesies and without, since the matcher looks at both.

    Where several topics share a key, it is that of the phrasing that is nothing but its key ("KPO", not "KPO בקיצור" or
    "ול-KPO?"), if there is just one.
    """
    topics: dict[str, set[str]] = {}
    bare: dict[str, set[str]] = {}
    for topic, phrasings in examples.phrasings.items():
        for phrasing in phrasings:
            for words in {read(phrasing), shown(phrasing)}:
                topics.setdefault(key(words), set()).add(topic)
                if normalise(phrasing) == key(words):
                    bare.setdefault(key(words), set()).add(topic)
    found = {said: bare.get(said, several) if len(several) > 1 else several for said, several in topics.items()}
    return ExactPhrasings.of({said: next(iter(one)) for said, one in found.items() if said and len(one) == 1})


def _words_of(examples: Examples) -> tuple[list[str], list[str]]:
    """The words that our examples use, and those that messages of other domains use, the most used first. A word that one
    example alone uses may be that writer's slip or whim, so it takes two to make it known."""
    rows = list(examples.rows())
    ours = _trusted(text for _, topic, text in rows if topic != OFF_DOMAIN)
    return ours, _trusted(text for _, topic, text in rows if topic == OFF_DOMAIN)


def _trusted(texts: Iterable[str]) -> list[str]:
    counts = Counter(word for text in texts for word in set(normalise(text).split()))
    return sorted((word for word in counts if counts[word] >= _TRUSTED_FROM), key=lambda word: (-counts[word], word))


def reader_for(
    knowledge: Knowledge, vocabulary: Iterable[str], foreign: Iterable[str], kept_speller: bytes | None = None
) -> Reader:
    """The reader of a knowledge base, given the words that its examples use, and those of other domains."""
    words = knowledge.lexicon
    lexicon = Lexicon(words.concepts, (*words.fillers, *words.context))
    everyday = {normalise(word) for word in words.everyday}
    return Reader(lexicon, vocabulary, everyday.union(foreign), kept_speller, words.emoji)


def matcher_of(knowledge: Knowledge, reader: Reader, network: Network, exact: ExactPhrasings) -> Matcher:
    """The matcher of a knowledge base, given what was learned."""
    words = knowledge.lexicon
    return Matcher(
        reader,
        Ranker(network, words.anchors, exact),
        asking=words.asking,
        requesting=words.requesting,
        courtesies=words.courtesies,
        small_talk=[entry.id for entry in knowledge.entries.values() if entry.kind == "chat"],
        asides=words.asides,
        broader=words.broader,
        contrasts=words.contrasts,
    )
