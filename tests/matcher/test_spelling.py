"""Words one slip away from known ones."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from bot.matcher.spelling import Speller

KNOWN = ["יתרונות", "חסרונות", "הודו", "תודה", "מיקור", "מקור", "outsourcing", "תחזית"]
SPELLER = Speller.of(KNOWN)


@pytest.mark.parametrize(
    ("typed", "near"),
    [
        ("יתרנות", ["יתרונות"]),
        ("ירתונות", ["יתרונות"]),
        ("יתרוונות", ["יתרונות"]),
        ("outsorcing", ["outsourcing"]),
        ("תחזיט", ["תחזית"]),
        ("תודו", []),
        ("חסרונות", ["חסרונות"]),
        ("", []),
        ("שולחן", []),
    ],
)
def test_near(typed: str, near: list[str]) -> None:
    assert SPELLER.near(typed) == near


@given(st.sampled_from(KNOWN), st.data())
def test_what_is_near_is_one_edit_away(word: str, data: st.DataObject) -> None:
    at = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.sampled_from("אבגדהוזחטיכלמנסעפצקרשת"))
    typed = word[:at] + letter + word[at + 1 :]
    assert all(OSA.distance(typed, near) <= 1 for near in SPELLER.near(typed))


@given(st.text(max_size=30))
def test_any_text_is_looked_up(typed: str) -> None:
    assert set(SPELLER.near(typed)) <= set(KNOWN)


def test_kept_and_read_again() -> None:
    again = Speller.from_bytes(SPELLER.to_bytes(), reversed(KNOWN))
    assert again.near("יתרנות") == ["יתרונות"]
    with pytest.raises((ValueError, OSError, KeyError)):
        Speller.from_bytes(b"nothing", KNOWN)
