"""A matcher from a knowledge base: learned, or loaded as it was learned before."""

from __future__ import annotations

import io
import json
import logging
import zipfile
from collections import Counter
from collections.abc import Iterable, Mapping
from pathlib import Path

from platformdirs import user_cache_path

from bot.hebrew.normalise import normalise
from bot.knowledge import Examples, Knowledge, load_examples
from bot.matcher.features import content, features
from bot.matcher.lexicon import Lexicon
from bot.matcher.matcher import Matcher, key
from bot.matcher.model import OFF_DOMAIN, Model, learn
from bot.matcher.reader import Reader, Word
from bot.matcher.slips import with_slip

log = logging.getLogger(__name__)

# A word that one phrasing alone uses may be that writer's slip or whim, so it takes two to make it known.
_TRUSTED_FROM = 2
# Raise it when the code learns something else from the same knowledge, so that what was learned before is not used.
_FORMAT = 7


def learned(knowledge: Knowledge, examples: Examples) -> Matcher:
    """Learn from the phrasings and the off-domain messages. Takes seconds; the same content gives the same matcher."""
    ours, theirs = _word_counts(examples)
    vocabulary = {word for word, count in ours.items() if count >= _TRUSTED_FROM}
    words = knowledge.lexicon
    anchors, courtesies = frozenset(words.anchors), frozenset(words.courtesies)
    labelled = [(text, topic) for topic, texts in examples.phrasings.items() for text in texts]
    labelled += [(text, OFF_DOMAIN) for text in examples.off_domain]
    # A word that one example alone uses is read here as it would be in a message that nobody has seen: as unknown, or as
    # a misspelling. So the model learns how far to trust messages with such words.
    seen_twice = {word for word, count in (ours + theirs).items() if count >= _TRUSTED_FROM}
    strict = _reader(knowledge, vocabulary, seen_twice)
    counted = []
    for text, label in labelled:
        read = strict.read(text)
        readings = [read]
        if slipped := with_slip(text, strict.knows):
            readings.append(strict.read(slipped))
        for words_read in readings:
            # A slip that was taken for another word teaches nothing but that mistake.
            if _ideas(words_read) <= _ideas(read):
                bare = [word for word in words_read if courtesies.isdisjoint(word.concepts)]
                # Courtesies are dropped as they are in a message, except where they are all there is to say.
                counted.append((features(bare if content(bare) else words_read, anchors), label))
    reader = _reader(knowledge, vocabulary, ours + theirs)
    return _matcher(knowledge, reader, learn(counted), _exact(examples, reader))


def _ideas(words: Iterable[Word]) -> set[str]:
    return {concept for word in words for concept in word.concepts}


def _exact(examples: Examples, reader: Reader) -> dict[str, str]:
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
    return {said: next(iter(one)) for said, one in found.items() if said and len(one) == 1}


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
        archive.writestr("model.npz", matcher.model.to_bytes())
        archive.writestr("vocabulary.txt", "\n".join(sorted(matcher.reader.vocabulary)))
        archive.writestr("foreign.txt", "\n".join(sorted(matcher.reader.foreign)))
        archive.writestr("exact.json", json.dumps(matcher.exact, ensure_ascii=False))
    return file.getvalue()


def restored(knowledge: Knowledge, data: bytes) -> Matcher:
    """The matcher that `stored` wrote from the same knowledge."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        vocabulary, foreign = (archive.read(f"{name}.txt").decode().split("\n") for name in ("vocabulary", "foreign"))
        model = Model.from_bytes(archive.read("model.npz"))
        exact = json.loads(archive.read("exact.json"))
    return _matcher(knowledge, _reader(knowledge, vocabulary, foreign), model, exact)


def _word_counts(examples: Examples) -> tuple[Counter[str], Counter[str]]:
    """In how many phrasings, and in how many messages of other domains, each word stands."""
    ours = Counter(word for texts in examples.phrasings.values() for text in texts for word in _words(text))
    theirs = Counter(word for text in examples.off_domain for word in _words(text))
    return ours, theirs


def _words(text: str) -> Iterable[str]:
    return set(normalise(text).split())


def _reader(knowledge: Knowledge, vocabulary: Iterable[str], foreign: Iterable[str]) -> Reader:
    words = knowledge.lexicon
    everyday = {normalise(word) for word in words.everyday}
    return Reader(Lexicon(words.concepts, (*words.fillers, *words.context)), vocabulary, everyday.union(foreign))


def _matcher(knowledge: Knowledge, reader: Reader, model: Model, exact: Mapping[str, str]) -> Matcher:
    words = knowledge.lexicon
    return Matcher(
        reader,
        model,
        anchors=words.anchors,
        asking=words.asking,
        requesting=words.requesting,
        courtesies=words.courtesies,
        exclusive=words.exclusive,
        small_talk=[entry.id for entry in knowledge.entries.values() if entry.kind == "chat"],
        exact=exact,
        broader=words.broader,
    )
