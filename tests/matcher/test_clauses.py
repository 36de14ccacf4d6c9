"""Messages to clauses: where a second question may begin."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hebrew.normalise import normalise
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


@given(st.text(alphabet="מה זה ו, ?!\nיתרונות", max_size=80))
def test_no_word_is_lost(matcher: Matcher, message: str) -> None:
    found = clauses(message, matcher.reader, matcher.cues)
    assert len(found) <= MOST_CLAUSES
    words = " ".join(word.text for clause in found for word in clause.words).split()
    assert words == normalise(message).split()


def test_a_story_is_taken_as_a_whole(matcher: Matcher) -> None:
    assert len(clauses("מה זה? " * (MOST_CLAUSES + 1), matcher.reader, matcher.cues)) == 1
