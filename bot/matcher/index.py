"""A matcher from a knowledge base: learned, or loaded as it was learned before."""

from __future__ import annotations

import io
import logging
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from random import Random

from platformdirs import user_cache_path

from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN, Examples, Knowledge, load_examples
from bot.matcher.exact import ExactPhrasings, key
from bot.matcher.features import content, features, says_something
from bot.matcher.learning import learn
from bot.matcher.lexicon import Lexicon
from bot.matcher.matcher import Matcher
from bot.matcher.network import Network
from bot.matcher.ranker import Ranker
from bot.matcher.reader import Reader, Word

log = logging.getLogger(__name__)

# A word is known from this many examples on.
_TRUSTED_FROM = 2
# Of the examples that stand by themselves, this share is shown to the network as said after some answer.
_SHOWN_AFTER_ANOTHER = 0.15
# Raise it when the code learns something else from the same knowledge, so that what was learned before is not used.
_FORMAT = 1009


def learned(knowledge: Knowledge, examples: Examples) -> Matcher:
    """Learn from the examples. Takes seconds; the same content gives the same matcher."""
    reader = _reader(knowledge, *_words_of(examples))
    network = learn(_learnable(knowledge, examples, reader))
    return _matcher(knowledge, reader, network, _exact(examples, reader))


def _learnable(knowledge: Knowledge, examples: Examples, reader: Reader) -> Iterator[tuple[frozenset[str], str]]:
    """The examples as the network learns from them: those that stand by themselves, and those that lean on an answer."""
    anchors, courtesies = frozenset(knowledge.lexicon.anchors), frozenset(knowledge.lexicon.courtesies)

    def shown(text: str) -> tuple[Word, ...]:
        # Courtesies are dropped as they are in a message, except where they are all there is to say.
        words = reader.read(reader.in_right_layout(text))
        bare = tuple(word for word in words if courtesies.isdisjoint(word.concepts))
        return bare if says_something(bare) else words

    answered = sorted({follow_up.before for follow_up in examples.follow_ups})
    labelled = [(topic, text) for topic, texts in examples.phrasings.items() for text in texts]
    labelled += [(OFF_DOMAIN, text) for text in examples.off_domain]
    # Sorting makes the order of entries in the files irrelevant.
    for topic, text in sorted(labelled):
        words = shown(text)
        before: tuple[str, ...] = ()
        # What stands by itself means the same after any answer.
        is_named = not anchors.isdisjoint(concept for word in words for concept in word.concepts)
        random = Random(text)
        if answered and (is_named or topic == OFF_DOMAIN) and random.random() < _SHOWN_AFTER_ANOTHER:
            before = (random.choice(answered),)
        yield features(words, anchors, before), topic
    for follow_up in sorted(examples.follow_ups, key=lambda f: (f.before, f.topic, f.text)):
        yield features(shown(follow_up.text), anchors, (follow_up.before,)), follow_up.topic


def _exact(examples: Examples, reader: Reader) -> ExactPhrasings:
    """The topic of each phrasing by its key. Where several topics share a key, it is that of the phrasing that is nothing but
    its key ("KPO", not "KPO בקיצור"), if there is just one."""
    topics: dict[str, set[str]] = {}
    bare: dict[str, set[str]] = {}
    for topic, phrasings in examples.phrasings.items():
        for phrasing in phrasings:
            words = reader.read(phrasing)
            topics.setdefault(key(words), set()).add(topic)
            if len(content(words)) == len(words):
                bare.setdefault(key(words), set()).add(topic)
    found = {said: bare.get(said, several) if len(several) > 1 else several for said, several in topics.items()}
    return ExactPhrasings.of({said: next(iter(one)) for said, one in found.items() if said and len(one) == 1})


def matcher_for(knowledge: Knowledge) -> Matcher:
    """The matcher for a knowledge base: what was learned from this very content before, if there is such, else learned now
    and kept for the next start. Raises KnowledgeError if the phrasings have mistakes."""
    name = file_name(knowledge)
    kept = user_cache_path("kpo-bot") / name
    for path in (knowledge.folder / ".learned" / name, kept):
        try:
            return restored(knowledge, path.read_bytes())
        except FileNotFoundError:
            continue
        except (OSError, ValueError, KeyError, zipfile.BadZipFile) as error:
            log.warning("learning again: %s cannot be read (%s)", path, error)
    matcher = learned(knowledge, load_examples(knowledge))
    try:
        store(matcher, kept)
    except OSError as error:
        log.warning("what was learned is not kept: %s", error)
    return matcher


def file_name(knowledge: Knowledge) -> str:
    """What the file with the matcher for this very content is called."""
    return f"matcher-{_FORMAT}-{knowledge.digest[:32]}.zip"


def store(matcher: Matcher, path: Path) -> None:
    """Keep what was learned in a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    half_written = path.with_suffix(".part")
    half_written.write_bytes(stored(matcher))
    half_written.replace(path)


def stored(matcher: Matcher) -> bytes:
    """What was learned, as one file."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("network.npz", matcher.ranker.network.to_bytes())
        archive.writestr("vocabulary.txt", "\n".join(sorted(matcher.reader.vocabulary)))
        archive.writestr("foreign.txt", "\n".join(sorted(matcher.reader.foreign)))
        archive.writestr("exact.npz", matcher.ranker.exact.to_bytes())
    return file.getvalue()


def restored(knowledge: Knowledge, data: bytes) -> Matcher:
    """The matcher that `stored` wrote from the same knowledge."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        vocabulary, foreign = (archive.read(f"{name}.txt").decode().split("\n") for name in ("vocabulary", "foreign"))
        network = Network.from_bytes(archive.read("network.npz"))
        exact = ExactPhrasings.from_bytes(archive.read("exact.npz"))
    return _matcher(knowledge, _reader(knowledge, vocabulary, foreign), network, exact)


def _words_of(examples: Examples) -> tuple[set[str], set[str]]:
    """The words that our examples use, and those that messages of other domains use. A word that one example alone uses may
    be that writer's slip or whim, so it takes two to make it known."""
    texts = [text for texts in examples.phrasings.values() for text in texts]
    texts += [follow_up.text for follow_up in examples.follow_ups if follow_up.topic != OFF_DOMAIN]
    others = [*examples.off_domain, *(follow_up.text for follow_up in examples.follow_ups if follow_up.topic == OFF_DOMAIN)]
    ours, theirs = ({w for w, n in _counts(part).items() if n >= _TRUSTED_FROM} for part in (texts, others))
    return ours, theirs


def _counts(texts: Iterable[str]) -> Counter[str]:
    return Counter(word for text in texts for word in set(normalise(text).split()))


def _reader(knowledge: Knowledge, vocabulary: Iterable[str], foreign: Iterable[str]) -> Reader:
    words = knowledge.lexicon
    everyday = {normalise(word) for word in words.everyday}
    return Reader(Lexicon(words.concepts, (*words.fillers, *words.context)), vocabulary, everyday.union(foreign))


def _matcher(knowledge: Knowledge, reader: Reader, network: Network, exact: ExactPhrasings) -> Matcher:
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
