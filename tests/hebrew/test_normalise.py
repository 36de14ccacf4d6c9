"""The ways of typing the same words, brought to one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.hebrew.keyboard import in_hebrew_layout, in_latin_layout, is_likely_slip
from bot.hebrew.normalise import STEPS, normalise
from bot.hebrew.tables import HEBREW_KEYS
from tests.rows import tsv

HEBREW = st.text(alphabet="אבגדהוזחטיכלמנסעפצקרשתםןץףך \"'-.,?KPO", max_size=60)
POINTS = st.sampled_from("\u05b0\u05b4\u05b7\u05b8\u05bc\u05c1\u200e\u200f\u202b\ufeff\u2067")


@pytest.mark.parametrize(("typed", "expected"), tsv("normalised.tsv"))
def test_normalised(typed: str, expected: str) -> None:
    assert normalise(typed) == expected


@given(st.text(max_size=200))
def test_twice_is_once(text: str) -> None:
    assert normalise(normalise(text)) == normalise(text)


@given(HEBREW, st.lists(POINTS, max_size=8), st.randoms(use_true_random=False))
def test_marks_change_nothing(text: str, marks: list[str], random: object) -> None:
    marked = text
    for mark in marks:
        at = random.randint(0, len(marked))  # type: ignore[attr-defined]
        marked = marked[:at] + mark + marked[at:]
    assert normalise(marked) == normalise(text)


@given(st.text(max_size=200))
def test_only_words_and_single_spaces_are_left(text: str) -> None:
    result = normalise(text)
    assert result == " ".join(result.split())
    assert all(c == " " or c.isalnum() or not c.isascii() for c in result)


@given(st.text(alphabet="אאבגהוךםןףץקש  ,?", max_size=40))
def test_the_short_way_for_plain_texts_leads_to_the_same(text: str) -> None:
    stepwise = text
    for step in STEPS:
        stepwise = step(stepwise)
    assert normalise(text) == stepwise


@given(st.text(alphabet=HEBREW_KEYS, max_size=40))
def test_the_layout_can_be_changed_back(text: str) -> None:
    assert in_hebrew_layout(in_latin_layout(text)) == text


@pytest.mark.parametrize(
    ("typed", "meant", "likely"),
    [
        ("יתרנות", "יתרונות", True),
        ("ירתונות", "יתרונות", True),
        ("יתרוונות", "יתרונות", True),
        ("תודה", "הודו", False),
        ("סוכנים", "סיכונים", False),
        ("כלב", "קלב", True),
        ("שולחן", "יתרון", False),
    ],
)
def test_likely_slips(typed: str, meant: str, likely: bool) -> None:
    assert is_likely_slip(typed, meant) is likely
