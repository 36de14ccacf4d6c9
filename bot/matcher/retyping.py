"""A message as it would have been typed with the right keyboard at hand: in the right layout, Hebrew in Hebrew letters, and
with words where there are only emoji."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cached_property, lru_cache

from bot.hebrew.keyboard import in_hebrew_layout, in_latin_layout
from bot.hebrew.normalise import normalise, without_edges
from bot.hebrew.transliteration import Transliterated
from bot.matcher.lexicon import LONGEST_WORD, REMEMBERED_WORDS, Lexicon, without_prefixes

# So many words are read as Hebrew in Latin letters, if that makes words of half of the first few: looking for each takes time.
_MOST_TRANSLITERATED = 12
_TELLING = 6
_LONGEST_ACRONYM = 4

# Skin tones, joiners and the like are of other categories; the signs of gender are not.
_SYMBOL, _GENDERS = "So", "♀♂"
_TOKEN = re.compile(r"\S+")
_LATIN_WORD = re.compile(r"[a-zA-Z]+(?:['’][a-zA-Z]+)*")


class Retyper:
    """Retypes messages, given the words that are known."""

    def __init__(
        self,
        lexicon: Lexicon,
        vocabulary: Collection[str],
        foreign: Collection[str],
        knows: Callable[[str], bool],
        is_misspelt: Callable[[str], bool],
        emoji: Mapping[str, str],
    ) -> None:
        """`vocabulary`: our words, the most used first; `foreign`: others. `knows`: whether every word of a typed token is one
        of ours as it stands; `is_misspelt`: whether it is one misspelt. `emoji`: what each says that stands alone."""
        self._lexicon = lexicon
        self._vocabulary = vocabulary
        self._foreign = foreign
        self._knows = knows
        self._is_misspelt = is_misspelt
        self._emoji = emoji
        self._name_in_latin_layout = lru_cache(maxsize=REMEMBERED_WORDS)(self._name_typed_in_hebrew)
        self._knows_surely = lru_cache(maxsize=REMEMBERED_WORDS)(self._is_surely_known)
        self._in_hebrew_letters = lru_cache(maxsize=REMEMBERED_WORDS)(self._spelled_in_latin)

    def retyped(self, text: str) -> str:
        """The text with words that were typed in the wrong keyboard layout typed again in the other one, or Hebrew words that
        were typed in Latin letters in Hebrew ones.

        Where that makes words of most of the Latin or Hebrew ones that are no words, all of those are; single Hebrew words,
        where that makes a name of ours (לפם is KPO).
        """
        words = normalise(text).split()
        if not words:
            return self._said_by_emoji(text) or text
        strange = sum(not self._knows(word) for word in words)
        if not strange:
            return text
        tokens = text.split()
        hebrew = [t for t in tokens if any("א" <= c <= "ת" for c in t)]
        # Beside Hebrew words, capitals are an acronym.
        latin = [t for t in tokens if t.isascii() and any(c.isalpha() for c in t) and not (hebrew and t.isupper())]
        # More known words than strange ones speak for the layout that they are in: the usual case.
        if strange * 2 < len(words):
            again = self._typed_again(latin, in_hebrew_layout, self._uses)
        else:
            again = self._typed_again(latin, in_hebrew_layout, self._knows_surely)
            again |= self._typed_again(hebrew, in_latin_layout, self._knows_surely)
            again = again or self._transliterated(latin)
        for token in hebrew:
            if token not in again and not self._knows(token) and (name := self._name_in_latin_layout(token)):
                again[token] = name
        return _TOKEN.sub(lambda token: again.get(token[0], token[0]), text) if again else text

    def _said_by_emoji(self, text: str) -> str:
        """What emoji say; nothing if that of any of them is unknown."""
        signs = [sign for sign in text if unicodedata.category(sign) == _SYMBOL and sign not in _GENDERS]
        known = all(sign in self._emoji for sign in signs)
        return " ".join(dict.fromkeys(self._emoji[sign] for sign in signs)) if known else ""

    # --- the other layout ----------------------------------------------------------------------------------------

    def _typed_again(
        self, tokens: Sequence[str], layout: Callable[[str], str], are_words: Callable[[str], bool]
    ) -> dict[str, str]:
        """Tokens of one script and what they are in the other layout; none unless that makes words of most of the strange
        ones. `are_words`: whether a token in the other layout is made of words."""
        strange = [t for t in tokens if not self._knows(t)]
        explained = [t for t in strange if are_words(layout(t))]
        # Short words are often words in the other layout too ("ak" is של), so they do not speak for the layout they are in.
        in_place = [t for t in tokens if t not in strange and len(t) > 2 and not self._is_name(t)]
        if not explained or len(explained) * 2 < len(strange) or len(explained) <= len(in_place):
            return {}
        return {t: layout(t) for t in tokens if t in strange or (not self._is_name(t) and are_words(layout(t)))}

    def _name_typed_in_hebrew(self, token: str) -> str | None:
        """The Latin name of ours that a Hebrew token is in the other layout (לפם is KPO), without its prefix letters."""
        letters = without_edges(token).rpartition("-")[2]
        if normalise(letters) in self._foreign:
            return None
        for variant in without_prefixes(letters):
            name = in_latin_layout(variant)
            if len(name) > 2 and name in self._lexicon.words and name.isascii():
                return name
        return None

    def _is_surely_known(self, token: str) -> bool:
        """Whether a token is known without taking so many prefix letters off it that hardly anything is left."""
        words = normalise(token).split()
        return bool(words) and all(self._uses(word) or (len(word) > 4 and self._knows(word)) for word in words)

    def _uses(self, token: str) -> bool:
        """Whether a token stands in our examples or in the lexicon just so."""
        word = normalise(token)
        return word in self._vocabulary or word in self._lexicon.words or word in self._lexicon.fillers

    def _is_name(self, token: str) -> bool:
        """Whether a token is a Latin word of the lexicon without being a plain English one: an acronym."""
        word = normalise(token)
        return word in self._lexicon.words and len(word) <= _LONGEST_ACRONYM and word not in self._lexicon.fillers

    # --- Latin letters -------------------------------------------------------------------------------------------

    def _transliterated(self, tokens: Sequence[str]) -> dict[str, str]:
        """Latin tokens that spell Hebrew words, and those words; none unless that explains most of the strange ones."""
        tokens = tokens[: 2 * _MOST_TRANSLITERATED]
        strange = [t for t in tokens if not (self._knows(t) or self._is_misspelt(t))]
        english = [t for t in tokens if t not in strange and len(t) > 1 and not self._is_name(t)]
        strange = strange[:_MOST_TRANSLITERATED]
        explained: dict[str, str] = {}
        for number, token in enumerate(strange):
            if number == _TELLING and len(explained) * 2 < number:
                return {}
            if hebrew := self._in_hebrew_letters(token):
                explained[token] = hebrew
        return explained if len(explained) * 2 > len(strange) and len(explained) > len(english) * 2 else {}

    def _spelled_in_latin(self, token: str) -> str | None:
        """The Hebrew words that a Latin token spells, what stands around them left in place; None if it spells none."""
        words = {word: self._hebrew.meant(normalise(word)) for word in _LATIN_WORD.findall(token)}
        if not words or len(token) > LONGEST_WORD or not all(meant or self._knows(word) for word, meant in words.items()):
            return None
        return _LATIN_WORD.sub(lambda word: words.get(word[0]) or word[0], token)

    @cached_property
    def _hebrew(self) -> Transliterated:
        """The Hebrew words by their Latin spelling; few messages need it."""
        words = (*self._vocabulary, *sorted(self._lexicon.fillers), *self._lexicon.words, *sorted(self._foreign))
        short = (word for word in self._lexicon.words if len(word) <= _LONGEST_ACRONYM)
        return Transliterated(words, filter(self._is_name, short))
