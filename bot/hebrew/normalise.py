"""Text steps, `str -> str`, that bring the many ways of typing the same words to one.

`normalise` runs them in the order of `STEPS`. Normalising twice is the same as once.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from functools import lru_cache

from bot.hebrew.tables import (
    DASHES,
    DOUBLE_QUOTES,
    FINAL_TO_BASE,
    SINGLE_QUOTES,
    SPOKEN_SIGNS,
)


class _Unmarked(dict[int, int | None]):
    """A table for `str.translate` that drops marks, filled in as characters are met: a million at import would take long."""

    def __missing__(self, code: int) -> int | None:
        is_mark = unicodedata.category(chr(code)) in ("Mn", "Me", "Cf")
        self[code] = None if is_mark else code
        return self[code]


_UNMARKED = _Unmarked()
_SPOKEN = str.maketrans(SPOKEN_SIGNS)
_QUOTES = str.maketrans({c: "'" for c in SINGLE_QUOTES} | {c: '"' for c in DOUBLE_QUOTES})
_DASHES = str.maketrans({c: "-" for c in DASHES})
_FINALS = str.maketrans(FINAL_TO_BASE)
_BASE_TO_FINAL = {base: final for final, base in FINAL_TO_BASE.items()}

# Letters joined by single dots: an acronym, like k.p.o (the last part may be a spelled-out name, like ק.פ.או).
_DOTTED = re.compile(r"(?<![^\W\d_])((?:[^\W\d_]{1,2}\.)+[^\W\d_]{1,2})\.?(?![^\W\d_])")
_INNER_QUOTE = re.compile(r"(?<=\w)['\"]+(?=\w)")
_ENGLISH_POSSESSIVE = re.compile(r"(?<=[a-z])'s\b")
_REPEATED_LETTER = re.compile(r"([^\W\d_])\1{2,}")
_EDGES = re.compile(r"^\W+|\W+$")
_NOT_A_WORD = re.compile(r"[\W_]+")
_HEBREW_THEN_LATIN = re.compile(r"(?<=[א-ת])(?=[a-z0-9])|(?<=[a-z0-9])(?=[א-ת])")


def compatible(text: str) -> str:
    """Full-width, ligature and presentation forms become plain letters.

    >>> compatible("ＫＰＯ")
    'KPO'
    """
    return unicodedata.normalize("NFKC", text)


def unmarked(text: str) -> str:
    """Niqqud, cantillation, accents, bidi and other invisible marks go.

    >>> unmarked("שָׁלוֹם")
    'שלום'
    """
    # The maqaf sits among the Hebrew points but is punctuation, so it stays for `plain_dashes`.
    return unicodedata.normalize("NFKD", text).translate(_UNMARKED)


def lower_case(text: str) -> str:
    """One case for Latin letters.

    >>> lower_case("Kpo")
    'kpo'
    """
    return text.casefold()


def plain_quotes(text: str) -> str:
    """Geresh, gershayim and the typographic quotes become ' and ".

    >>> plain_quotes("צ׳כיה, קפ״או")
    'צ\\'כיה, קפ"או'
    """
    return text.translate(_QUOTES)


def plain_dashes(text: str) -> str:
    """Maqaf and the typographic dashes become a hyphen.

    >>> plain_dashes("ה־BPO")
    'ה-BPO'
    """
    return text.translate(_DASHES)


def joined_acronyms(text: str) -> str:
    """Dots inside an acronym go.

    >>> joined_acronyms("מה זה k.p.o. בעצם")
    'מה זה kpo בעצם'
    """
    return _DOTTED.sub(lambda m: m[1].replace(".", ""), text)


def joined_quotes(text: str) -> str:
    """Quotes inside a word go, with the English possessive.

    >>> joined_quotes("צ'כיה קפ\\"או kpo's")
    'צכיה קפאו kpo'
    """
    return _INNER_QUOTE.sub("", _ENGLISH_POSSESSIVE.sub("", text))


def spoken_signs(text: str) -> str:
    """Signs that are read out become their word.

    >>> spoken_signs("70%")
    '70 אחוז '
    """
    return text.translate(_SPOKEN)


def base_letters(text: str) -> str:
    """Final letters take their base form.

    >>> base_letters("שלום")
    'שלומ'
    """
    return text.translate(_FINALS)


def calm_letters(text: str) -> str:
    """Three of a letter or more are one.

    >>> calm_letters("תודהההה")
    'תודה'
    """
    return _REPEATED_LETTER.sub(r"\1", text)


def split_scripts(text: str) -> str:
    """A Latin word parts from the Hebrew letters written on to it.

    >>> split_scripts("שבbpo")
    'שב bpo'
    """
    return _HEBREW_THEN_LATIN.sub(" ", text)


def words_only(text: str) -> str:
    """Punctuation, emoji and runs of white space become one space.

    >>> words_only("  מה, זה?! 😂 ")
    'מה זה'
    """
    return _NOT_A_WORD.sub(" ", text).strip()


STEPS: tuple[Callable[[str], str], ...] = (
    compatible,
    unmarked,
    lower_case,
    plain_quotes,
    plain_dashes,
    joined_acronyms,
    joined_quotes,
    spoken_signs,
    base_letters,
    calm_letters,
    split_scripts,
    words_only,
)


# To a text of these characters, which most are, the other steps do nothing.
_PLAIN = re.compile("[א-ת ?,]*")
_PLAIN_STEPS = (base_letters, calm_letters, words_only)


@lru_cache(maxsize=256)  # a message is normalised at several stations on its way
def normalise(text: str) -> str:
    """All the steps: lower-case words in base letters, one space between them.

    >>> normalise("מָה זה ה־K.P.O???")
    'מה זה ה kpo'
    """
    for step in _PLAIN_STEPS if _PLAIN.fullmatch(text) else STEPS:
        text = step(text)
    return text


def without_edges(token: str) -> str:
    """A typed token without the punctuation around it.

    >>> without_edges('"יתרונות?"')
    'יתרונות'
    """
    return _EDGES.sub("", token)


def as_written(word: str) -> str:
    """A normalised word as people write it, to be shown: with the final form of its last letter.

    >>> as_written("פטנטימ"), as_written("מ"), as_written("kpo")
    ('פטנטים', 'מ', 'kpo')
    """
    return word[:-1] + _BASE_TO_FINAL.get(word[-1], word[-1]) if len(word) > 1 else word
