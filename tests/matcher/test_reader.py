"""Messages to words: prefix letters, misspellings, the wrong keyboard layout."""

import pytest

from bot.hebrew.normalise import normalise
from bot.matcher.lexicon import Lexicon, without_prefixes
from bot.matcher.matcher import Matcher
from bot.matcher.reader import How, Kind, Reader
from tests.rows import tsv


@pytest.mark.parametrize(("typed", "expected"), tsv("read-as.tsv"))
def test_read_as(matcher: Matcher, typed: str, expected: str) -> None:
    reader = matcher.reader
    words = reader.read(reader.retyped(typed))
    assert "|".join(word.form for word in words if word.kind is not Kind.FILLER) == expected


@pytest.mark.parametrize(("typed", "expected"), tsv("retyped.tsv"))
def test_retyped(matcher: Matcher, typed: str, expected: str) -> None:
    retyped = matcher.reader.retyped(typed)
    assert retyped == typed if expected == typed else normalise(retyped) == normalise(expected)


@pytest.fixture
def small() -> Reader:
    lexicon = Lexicon({"ADV": ["יתרונ*"], "KPO": ["kpo", "מיקור חוץ של ידע"], "OUT": ["מיקור חוץ"]}, ["בבקשה"])
    return Reader(lexicon, vocabulary=["יתרונות", "ארגונ"], foreign=["ארנונ"])


def test_kinds(small: Reader) -> None:
    kinds = [word.kind for word in small.read("יתרונות KPO לארגון 2010 בבקשה גמלים")]
    assert kinds == [Kind.CONCEPT, Kind.CONCEPT, Kind.KNOWN, Kind.NUMBER, Kind.FILLER, Kind.UNKNOWN]


def test_the_longest_run_of_words_wins(small: Reader) -> None:
    assert [word.concepts for word in small.read("במיקור החוץ של הידע")] == [("KPO",)]
    assert [word.concepts for word in small.read("מיקור חוץ")] == [("OUT",)]


def test_a_misspelling_is_read_as_the_word_meant(small: Reader) -> None:
    (word,) = small.read("היתרונןת")
    assert (word.form, word.how) == ("יתרוננת", How.AS_TYPED) or word.concepts == ("ADV",)
    (word,) = small.read("ירתונות")
    assert (word.form, word.how, word.concepts) == ("יתרונות", How.MISSPELT, ("ADV",))


def test_a_word_of_another_domain_is_no_misspelling(small: Reader) -> None:
    (word,) = small.read("ארנון")
    assert word.kind is Kind.UNKNOWN


@pytest.mark.parametrize("acronym", ["BPO", "KPI", "CPO", "KBO", "LPO", "KPP"])
def test_one_letter_never_makes_an_acronym_kpo(matcher: Matcher, acronym: str) -> None:
    assert all("KPO" not in word.concepts for word in matcher.reader.read(acronym))


@pytest.mark.parametrize(("word", "left"), [("ושביתרונ", "יתרונ"), ("kpo", "kpo"), ("הודו", "דו")])
def test_prefix_letters(word: str, left: str) -> None:
    assert left in without_prefixes(word)
