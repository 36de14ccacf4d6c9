"""A word without its inflection, by rule: enough to bring יתרון, יתרונותיו and יתרונות, or ישמור and שומר, to one key."""

from __future__ import annotations

import re

from bot.hebrew.tables import VOWEL_LETTERS

# Endings of gender, number, person and construct state, the longest first; in base letters.
_ENDING = re.compile(r"(?:ותיו|ותיה|ותיהמ|יהמ|יהנ|יכמ|יות|ות|ימ|יו|יה|נו|כמ|הו|ית|ה|ת|י|ו)$")
# Beginnings of verb forms: person and tense, infinitive, and the reflexive and causative patterns.
_BEGINNING = re.compile(r"^(?:הת|מת|ית|תת|נת|לה|[מליתנאה])")
_SHORTEST_ROOT = 3
_LATIN_KEY = 5


def root(word: str) -> str:
    """A key that inflected forms of a normalised word share, mostly. It is no real root, and need not be.

    >>> root("יתרונות") == root("יתרונ"), root("חוסכימ") == root("חסכונ")
    (True, False)
    >>> root("outsourcing")
    'outso'
    """
    if word.isascii():
        return word[:_LATIN_KEY]
    if len(word) <= _SHORTEST_ROOT:
        return word
    bare = _ENDING.sub("", word)
    if len(bare) < _SHORTEST_ROOT:
        bare = word
    # Vowel letters inside a word come and go with the form and with the speller.
    key = bare[0] + "".join(letter for letter in bare[1:] if letter not in VOWEL_LETTERS - {"א", "ה"})
    shorter = _BEGINNING.sub("", key)
    return shorter if len(shorter) >= _SHORTEST_ROOT else key
