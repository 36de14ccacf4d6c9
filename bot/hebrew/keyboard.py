"""The Israeli keyboard: text typed in the wrong layout, and which slips of finger or ear are likely."""

from __future__ import annotations

from itertools import pairwise

from bot.hebrew.tables import (
    FINAL_TO_BASE,
    HEBREW_KEY_ROWS,
    HEBREW_KEYS,
    LATIN_KEY_ROWS,
    LATIN_KEYS,
    LATIN_SOUND_ALIKE,
    SOUND_ALIKE,
    VOWEL_LETTERS,
)

_TO_HEBREW = str.maketrans(LATIN_KEYS, HEBREW_KEYS)
_TO_LATIN = str.maketrans(HEBREW_KEYS, LATIN_KEYS)


def in_hebrew_layout(text: str) -> str:
    """What the same keys give in Hebrew layout.

    >>> in_hebrew_layout("nv zv")
    'מה זה'
    """
    return text.lower().translate(_TO_HEBREW)


def in_latin_layout(text: str) -> str:
    """What the same keys give in Latin layout.

    >>> in_latin_layout("לפם")
    'kpo'
    """
    return text.translate(_TO_LATIN)


def _neighbours() -> frozenset[tuple[str, str]]:
    pairs: set[tuple[str, str]] = set()
    for rows in (HEBREW_KEY_ROWS, LATIN_KEY_ROWS):
        base_rows = ["".join(FINAL_TO_BASE.get(c, c) for c in row) for row in rows]
        for y, row in enumerate(base_rows):
            pairs.update(pairwise(row))
            if y + 1 < len(base_rows):
                below = base_rows[y + 1]
                for x, key in enumerate(row):
                    pairs.update((key, other) for other in below[max(0, x - 1) : x + 1])
    for group in (*SOUND_ALIKE, *LATIN_SOUND_ALIKE):
        pairs.update((a, b) for a in group for b in group if a != b)
    return frozenset(pairs | {(b, a) for a, b in pairs})


_LIKELY_SWAPS = _neighbours()


def is_likely_slip(typed: str, meant: str) -> bool:
    """Whether `typed` is `meant` after one likely slip: two letters swapped, a neighbouring key, a letter that sounds alike,
    a letter dropped, doubled or added beside the one meant. Both are normalised words of one script.

    >>> is_likely_slip("יתרנות", "יתרונות"), is_likely_slip("תודה", "הודו")
    (True, False)
    """
    if typed == meant:
        return True
    start = 0
    shortest = min(len(typed), len(meant))
    while start < shortest and typed[start] == meant[start]:
        start += 1
    end = 0
    while end < shortest - start and typed[-1 - end] == meant[-1 - end]:
        end += 1
    was, now = meant[start : len(meant) - end], typed[start : len(typed) - end]
    match len(was), len(now):
        case 2, 2:
            return was == now[::-1]
        case 1, 1:
            return (was, now) in _LIKELY_SWAPS
        case 1, 0:
            return was in VOWEL_LETTERS or len(meant) > 4
        case 0, 1:
            around = meant[max(0, start - 1) : start + 1]
            return now in VOWEL_LETTERS or now in around or any((now, c) in _LIKELY_SWAPS for c in around)
    return False
