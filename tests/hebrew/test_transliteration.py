"""Hebrew words by their Latin spelling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hebrew.transliteration import Transliterated

# Two that are spelled alike stand in both orders: the likelier one is meant.
WORDS = Transliterated(
    ["מה", "זה", "הזה", "מדינות", "תחומ", "יתרונות", "ידע", "מידע", "חברה", "חוצ", "שוק", "נשמע", "נשמה", "חזה"], ["kpo"]
)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("ma", "מה"),
        ("ze", "זה"),
        ("haze", "הזה"),
        ("medinot", "מדינות"),
        ("mdinot", "מדינות"),
        ("tchum", "תחומ"),
        ("bathum", "בתחומ"),
        ("hayitronot", "היתרונות"),
        ("vehaitronot", "והיתרונות"),
        ("yeda", "ידע"),
        ("meida", "מידע"),
        ("hevra", "חברה"),
        ("chevra", "חברה"),
        ("khutz", "חוצ"),
        ("xuts", "חוצ"),
        ("hashuk", "השוק"),
        ("nishma", "נשמע"),
        ("lekpo", "לkpo"),
        ("coffee", None),
        ("medin", None),
        ("", None),
    ],
)
def test_what_a_spelling_means(typed: str, meant: str | None) -> None:
    assert WORDS.meant(typed) == meant


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz'", max_size=40))
def test_any_word_may_be_asked_about(typed: str) -> None:
    meant = WORDS.meant(typed)
    assert meant is None or any("א" <= letter <= "ת" for letter in meant)
