"""Copies of a phrasing as hurried fingers type it, for the matcher to learn from: misspelt words carry less than whole ones."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bot.hebrew.tables import HEBREW_KEY_ROWS

_SHORTEST = 5
_NEIGHBOURS: dict[str, str] = {
    key: row[max(0, i - 1) : i] + row[i + 1 : i + 2] for row in HEBREW_KEY_ROWS for i, key in enumerate(row)
}


def with_slip(text: str, is_word: Callable[[str], bool] = lambda word: False) -> str | None:
    """The text with one slip in one Hebrew word: letters swapped, dropped, doubled, or hit beside. Always the same slip for the
    same text; None if no word is long enough to be recognised after one, or if the slip makes another word.

    >>> with_slip("מה היתרונות") != "מה היתרונות", with_slip("מה זה KPO")
    (True, None)
    """
    words = text.split()
    long_enough = [i for i, word in enumerate(words) if len(word) >= _SHORTEST and all("א" <= c <= "ת" for c in word)]
    if not long_enough:
        return None
    random = Random(text)
    chosen = random.choice(long_enough)
    word = words[chosen]
    at = random.randrange(1, len(word) - 1)
    kinds = [
        word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[:at] + random.choice(_NEIGHBOURS.get(word[at]) or word[at]) + word[at + 1 :],
    ]
    words[chosen] = random.choice(kinds)
    return None if is_word(words[chosen]) else " ".join(words)
