"""Hebrew typed in Latin letters, as people do who have no Hebrew keyboard at hand ("ma ze", "eize yitronot").

Everyone spells in a way of their own, and Hebrew leaves out most vowels; so it is not spelled back letter by letter, but
looked for among known words: those of the same consonants are weighed by how well the vowels agree.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, product
from math import inf

_FINAL_HE = "ה"

# What a Hebrew letter is spelled with, and what the less usual spellings cost. All costs here are set by hand, by what makes
# most of 150 messages of one writer readable.
_SPELLED: dict[str, dict[str, float]] = {
    "א": {"": 0.02},
    "ב": {"b": 0.0, "v": 0.0, "bb": 0.1, "w": 0.2},
    "ג": {"g": 0.0, "j": 0.1, "gg": 0.1},
    "ד": {"d": 0.0, "dd": 0.1},
    "ה": {"h": 0.0, "": 0.5},
    "ו": {"o": 0.0, "u": 0.0, "oo": 0.0, "ou": 0.0, "v": 0.1, "w": 0.1, "": 0.4},
    "ז": {"z": 0.0, "zz": 0.1},
    "ח": {"h": 0.0, "ch": 0.0, "kh": 0.0, "x": 0.1},
    "ט": {"t": 0.0, "tt": 0.1},
    "י": {**dict.fromkeys(("i", "y", "ee", "ie", "iy", "ei", "ey", "ai", "ay"), 0.0), "ii": 0.1, "e": 0.2, "": 0.3},
    "כ": {"k": 0.0, "ch": 0.0, "kh": 0.0, "c": 0.1, "x": 0.1, "kk": 0.1, "h": 0.3, "q": 0.2},
    "ל": {"l": 0.0, "ll": 0.1},
    "מ": {"m": 0.0, "mm": 0.1},
    "נ": {"n": 0.0, "nn": 0.1},
    "ס": {"s": 0.0, "ss": 0.1},
    "ע": {"": 0.02},
    "פ": {"p": 0.0, "f": 0.0, "ph": 0.0, "pp": 0.1, "ff": 0.1},
    "צ": {"tz": 0.0, "ts": 0.0, "z": 0.1},
    "ק": {"k": 0.0, "q": 0.0, "c": 0.1, "ck": 0.1, "kk": 0.1},
    "ר": {"r": 0.0, "rr": 0.1},
    "ש": {"sh": 0.0, "s": 0.1, "ss": 0.2, "sch": 0.1},
    "ת": {"t": 0.0, "th": 0.1, "tt": 0.1},
}
# A vowel that no letter stands for: usual in the middle of a word, dearer where Hebrew would write a letter.
_UNWRITTEN = {"a": 0.0, "e": 0.0, "i": 0.2, "o": 0.3, "u": 0.3}
_AT_AN_EDGE = 0.7
# א and ע carry any vowel, and say nothing without one.
_CARRIERS = "אע"
_CARRIED = {"a": 0.0, "e": 0.02, "i": 0.1, "o": 0.1, "u": 0.2}
_WITHOUT_A_VOWEL = 0.5
# ו and י are always heard at the end of a word, and once where they stand twice.
_HEARD = ("ו", "י")
# Two sounds are mostly two letters at the end of a word (כדאי), and one vowel letter stands for a vowel beside it.
_TWO_SOUNDS = ("ai", "ay", "ei", "ey")
_BEFORE_A_LETTER = 0.1
# Consonants that cannot be told apart in both scripts have one letter here, by which words are looked up.
_CLASSES = dict(zip("בגדזחטכלמנספצקרשת", "BGDZKTKLMNSPCKRST", strict=True))
_CLASS_OF_SPELLING = {
    **{letter: letter.upper() for letter in "bdgklmnprstz"},
    **dict.fromkeys(("sch", "sh"), "S"),
    **dict.fromkeys(("ch", "kh", "ck", "c", "q", "x", "h"), "K"),
    **dict.fromkeys(("tz", "ts"), "C"),
    **dict.fromkeys(("ph", "f"), "P"),
    **dict.fromkeys(("v", "w"), "B"),
    "th": "T",
    "j": "G",
}
_TO_CLASSES = str.maketrans({**_CLASSES, **dict.fromkeys("אהויע", "")})
_HEBREW_CONSONANT = re.compile(f"[{''.join(_CLASSES)}]")
_LATIN = re.compile(r"sch|sh|ch|kh|tz|ts|ph|th|ck|([b-df-hj-np-tv-xz])\1|.")
# What may be read in another way: a vowel letter (ה, ו), another consonant (צ), or two.
_OTHERWISE = {"h": "", "v": "", "w": "", "z": "C", "th": "TK", "sh": "SK"}
_MOST_READINGS = 4
# What only one letter is spelled with, where it is no consonant.
_SPELLED_BY_ONE = (("h", "ה"), ("y", "י"), ("v", "ו"), ("w", "ו"))
# How many Latin letters a Hebrew one may have at least and at most, in the mean.
_LEAST_HEARD, _MOST_HEARD = 0.75, 1.5
# So much longer or shorter is no spelling of what stands between two consonants.
_MOST_APART = 2

# What Hebrew writes on to the next word.
_PREFIXES: dict[str, str] = {
    **dict.fromkeys(("ha", "he", "h"), "ה"),
    **dict.fromkeys(("ba", "be", "b"), "ב"),
    **dict.fromkeys(("la", "le", "li", "l"), "ל"),
    **dict.fromkeys(("me", "mi", "m"), "מ"),
    **dict.fromkeys(("ve", "va", "u", "v"), "ו"),
    **dict.fromkeys(("she", "sh"), "ש"),
    "ke": "כ",
}
# Said by themselves they are words of their own.
_WORDS_OF_THEIR_OWN = ("mi", "li")
_A_PREFIX_COSTS = 0.1
_MOST_PREFIXES = 2
_SHORTEST_AFTER_A_PREFIX = 3
# Of words that agree as well, the likelier one is meant.
_THE_LAST_COSTS = 0.3
# What may not agree, for each letter of the Hebrew word.
_MOST_PER_LETTER = 0.13


@dataclass(frozen=True, slots=True)
class _Spelled:
    """A word in either script, as its consonants and what stands around each."""

    consonants: tuple[str, ...]
    gaps: tuple[str, ...]
    """What may be vowels: before, between and after the consonants; one more than those."""


class Transliterated:
    """Known Hebrew words, found by how they are spelled in Latin letters."""

    def __init__(self, words: Iterable[str], names: Iterable[str] = ()) -> None:
        """`words`: normalised, the likelier ones first. `names`: Latin words that Hebrew prefixes may be written on to
        ("bekpo")."""
        self._names = frozenset(names)
        self._by_classes: defaultdict[str, list[tuple[str, float]]] = defaultdict(list)
        known = [word for word in dict.fromkeys(words) if not word.isascii()]
        for place, word in enumerate(known):
            self._by_classes[word.translate(_TO_CLASSES)].append((word, _THE_LAST_COSTS * place / len(known)))

    def meant(self, typed: str) -> str | None:
        """The known word, with prefix letters or without, that a lower-case Latin word most plausibly spells; None if none.

        >>> words = Transliterated(["מה", "יתרונות", "תחומ"])
        >>> words.meant("ma"), words.meant("hayitronot"), words.meant("tchum"), words.meant("coffee")
        ('מה', 'היתרונות', 'תחומ', None)
        """
        if typed in _PREFIXES and typed not in _WORDS_OF_THEIR_OWN:
            return _PREFIXES[typed]
        found = min(self._candidates(typed), key=lambda candidate: candidate[0], default=None)
        return found[1] if found else None

    def _candidates(self, typed: str) -> Iterator[tuple[float, str]]:
        for prefix, rest in _prefixed(typed):
            if rest in self._names:
                yield 0.0, prefix + rest
            for classes, spelled in _readings(rest):
                vowels = sum(map(len, spelled.gaps))
                for word, unlikely in self._by_classes.get(classes, ()):
                    if not _LEAST_HEARD * len(word) - 1 <= len(classes) + vowels <= len(word) * _MOST_HEARD + 1:
                        continue  # most are told apart by their lengths alone
                    cost = _cost(word, spelled, _MOST_PER_LETTER * len(word))
                    if cost is not None:
                        yield cost + unlikely + _A_PREFIX_COSTS * len(prefix), prefix + word


def _prefixed(typed: str, deep: int = 0) -> Iterator[tuple[str, str]]:
    """A Latin word as Hebrew prefix letters and the rest, in all ways that leave enough of it."""
    yield "", typed
    for prefix, letter in _PREFIXES.items():
        rest = typed.removeprefix(prefix)
        if rest != typed and len(rest) >= _SHORTEST_AFTER_A_PREFIX and deep < _MOST_PREFIXES:
            yield from ((letter + letters, left) for letters, left in _prefixed(rest, deep + 1))


def _readings(typed: str) -> Iterator[tuple[str, _Spelled]]:
    """What the consonants of a Latin word may be, by their classes, the likeliest first."""
    parts = [match[0] for match in _LATIN.finditer(typed)]
    ways = [_ways(part) for part in parts]
    for chosen in islice(product(*ways), _MOST_READINGS):
        classes, consonants, gaps = "", [], [""]
        for way, part in zip(chosen, parts, strict=True):
            classes += way
            # Where one spelling is two letters of one class each, as in "th", it is parted.
            for one in part if len(way) > 1 else [part] if way else []:
                consonants.append(one)
                gaps.append("")
            if not way:
                gaps[-1] += part
        yield classes, _Spelled(tuple(consonants), tuple(gaps))


def _ways(part: str) -> tuple[str, ...]:
    single = part[0] if len(part) == 2 and part[0] == part[1] else part
    usual = _CLASS_OF_SPELLING.get(single, "")
    return (usual, _OTHERWISE[single]) if single in _OTHERWISE else (usual,)


def _cost(word: str, typed: _Spelled, most: float) -> float | None:
    """How far a Latin spelling is from a Hebrew word, 0 for what agrees in all; None if farther than `most`."""
    spelled = _hebrew(word)
    last = len(spelled.consonants)
    cost = 0.0
    for letter, spelling in zip(spelled.consonants, typed.consonants, strict=True):
        cost += _SPELLED[letter].get(spelling, inf)
    for number, (letters, vowels) in enumerate(zip(spelled.gaps, typed.gaps, strict=True)):
        if cost > most or abs(len(letters) - len(vowels)) > _MOST_APART:
            return None
        cost += _gap_cost(letters, vowels, number == 0, number == last)
    return cost if cost <= most else None


@lru_cache(maxsize=4_096)
def _hebrew(word: str) -> _Spelled:
    return _Spelled(tuple(c for c in word if c in _CLASSES), tuple(_HEBREW_CONSONANT.split(word)))


@lru_cache(maxsize=4_096)
def _gap_cost(letters: str, vowels: str, is_first: bool, is_last: bool) -> float:
    """What it costs to spell the vowel letters between two consonants so, if there are any."""
    if any(sign in vowels and letter not in letters for sign, letter in _SPELLED_BY_ONE):
        return inf
    if not letters and len(vowels) > 1:
        return inf

    def rest(i: int, j: int, after_vowel: bool) -> float:
        """The cost of the letters from `i` on, spelled from `j` on. `after_vowel`: whether an unwritten vowel was just read."""
        costs = [0.0] if i == len(letters) and j == len(vowels) else []
        if i < len(letters):
            costs += [
                _letter_cost(letters, i, vowels, j, spelling, is_first, is_last) + rest(i + 1, j + len(spelling), False)
                for spelling in _SPELLED[letters[i]]
                if vowels.startswith(spelling, j)
            ]
        if not after_vowel and vowels[j : j + 1] in _UNWRITTEN:
            if i and letters[i - 1] in _CARRIERS:
                cost = _CARRIED[vowels[j]]
            else:
                cost = _AT_AN_EDGE if (is_first and i == 0) or (is_last and i == len(letters)) else _UNWRITTEN[vowels[j]]
                cost += _BEFORE_A_LETTER if letters[i : i + 1] in _HEARD else 0.0
            costs.append(cost + rest(i, j + 1, True))
        return min(costs, default=inf)

    return rest(0, 0, False)


def _letter_cost(letters: str, i: int, vowels: str, j: int, spelling: str, is_first: bool, is_last: bool) -> float:
    """What it costs to spell the letter at `i` so."""
    letter, ends = letters[i], is_last and i + 1 == len(letters)
    if letter in _CARRIERS and is_first and i == 0 and vowels[j : j + 1] not in _UNWRITTEN:
        return _WITHOUT_A_VOWEL
    if not spelling and letter == _FINAL_HE and ends and j and vowels[j - 1] in _UNWRITTEN:
        return 0.0
    if ends and spelling in _TWO_SOUNDS:
        return _SPELLED[letter][spelling] + _BEFORE_A_LETTER
    if not spelling and letter in _HEARD:
        return 0.02 if i and letters[i - 1] == letter else _AT_AN_EDGE if ends else _SPELLED[letter][spelling]
    return _SPELLED[letter][spelling]
