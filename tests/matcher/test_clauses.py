"""Messages to clauses: where a second question may begin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.matcher.clauses import MOST_CLAUSES, clauses
from bot.matcher.matcher import Matcher
from tests.rows import tsv


@pytest.mark.parametrize(("message", "expected"), tsv("clauses.tsv"))
def test_parted(matcher: Matcher, message: str, expected: str) -> None:
    """A `|` stands between clauses, a `/` where one may be parted, `?` after one that asks."""
    found = []
    for clause in clauses(message, matcher.reader, matcher.cues):
        words = [("/ " if i in clause.seams else "") + word.text for i, word in enumerate(clause.words)]
        found.append(" ".join(words) + ("?" if clause.asks else ""))
    assert " | ".join(found) == expected


@given(st.text(alphabet="מה זה kpo ו,.?!-/+\nיתרונות", max_size=80))
def test_no_word_is_lost(matcher: Matcher, message: str) -> None:
    words = [word.text for clause in clauses(message, matcher.reader, matcher.cues) for word in clause.words]
    assert len(clauses(message, matcher.reader, matcher.cues)) <= MOST_CLAUSES
    # Signs part runs of words, so only the words themselves can be compared, as far as no prefix letter was dropped.
    assert len(" ".join(words).split()) <= len(matcher.reader.read(message)) + message.count("ו") + len(message.split())


def test_a_story_is_taken_as_a_whole(matcher: Matcher) -> None:
    assert len(clauses("מה זה? " * (MOST_CLAUSES + 1), matcher.reader, matcher.cues)) == 1
