"""Phrasings by what they say."""

import pytest

from bot.matcher.exact import ExactPhrasings, key
from bot.matcher.reader import Kind, Word


def words(text: str) -> list[Word]:
    return [Word(word, word, Kind.FILLER if word == "נא" else Kind.KNOWN) for word in text.split()]


SAID = {key(words(text)): topic for text, topic in {"מה זה": "what", "מי כתב": "who", "כמה זה": "much"}.items()}


def test_found_by_their_words_without_fillers() -> None:
    exact = ExactPhrasings.of(SAID)
    assert [exact.topic(words(text)) for text in ("מה זה", "נא מה נא זה", "מי כתב", "מי")] == ["what", "what", "who", None]


def test_no_words_say_nothing_and_no_phrasings_find_nothing() -> None:
    assert ExactPhrasings.of(SAID).topic([]) is None
    assert ExactPhrasings.of({}).topic(words("מה זה")) is None


def test_kept_and_read_again() -> None:
    again = ExactPhrasings.from_bytes(ExactPhrasings.of(SAID).to_bytes())
    assert again.topic(words("כמה זה")) == "much"
    with pytest.raises((ValueError, OSError, KeyError)):
        ExactPhrasings.from_bytes(b"nothing")
