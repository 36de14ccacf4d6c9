"""A message to words, each with what it stands for: the idea in the lexicon, a filler, a known word, or unknown.

What a word is tried as, in this order: a run of words in the lexicon; a word in the lexicon, with its prefix letters or
without; a word that the knowledge base uses; a plausible misspelling of any of these. The keyboard that was at hand is a
matter of the whole text, which is retyped before (`retyped`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from bot.hebrew.normalise import normalise
from bot.hebrew.tables import PREFIX_LETTERS
from bot.matcher.lexicon import LONGEST_WORD, MAX_PREFIX, REMEMBERED_WORDS, Lexicon, without_prefixes
from bot.matcher.retyping import Retyper
from bot.matcher.spelling import Speller

# A shorter word is one slip away from too many others. Short Latin words are mostly acronyms, where one letter is all
# the difference (KPO, BPO), so they must be longer still.
_SHORTEST_MISSPELT = 4
_SHORTEST_MISSPELT_LATIN = 5
# A message with more unknown words than this is hardly ours, and looking for what each may mean takes time.
_MOST_MENDED = 16
REMEMBERED_TEXTS = 64


class Kind(StrEnum):
    """How a word was understood."""

    CONCEPT = "concept"
    FILLER = "filler"
    KNOWN = "known"
    NUMBER = "number"
    UNKNOWN = "unknown"


class How(StrEnum):
    """What it took to recognise a word."""

    AS_TYPED = "as typed"
    MISSPELT = "misspelt"


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a message, or a run of words that mean one thing."""

    text: str
    """As typed, normalised."""
    form: str
    """What it was read as: without prefix letters, spelled right."""
    kind: Kind
    concepts: tuple[str, ...] = ()
    how: How = How.AS_TYPED


def _is_latin(word: str) -> bool:
    return word.isascii()


class Reader:
    """Reads messages with a lexicon and the words that the knowledge base itself uses.

    `vocabulary` holds the words that phrasings use often enough to be trusted, the most used first; `foreign` other words that
    are words: they count as unknown, but are no misspellings of ours.
    """

    def __init__(
        self,
        lexicon: Lexicon,
        vocabulary: Iterable[str],
        foreign: Iterable[str] = (),
        kept_speller: bytes | None = None,
        emoji: Mapping[str, str] = MappingProxyType({}),
    ) -> None:
        """`kept_speller`: the `to_bytes` of a speller for these very words, which saves making one. `emoji`: what each says."""
        self.lexicon = lexicon
        self.vocabulary = dict.fromkeys(vocabulary)
        self.foreign = frozenset(foreign) - self.vocabulary.keys()
        words = self.vocabulary.keys() | lexicon.words.keys()
        self.speller = Speller.from_bytes(kept_speller, words) if kept_speller else Speller.of(words)
        self._word = lru_cache(maxsize=REMEMBERED_WORDS)(self._read_word)
        self._mended = lru_cache(maxsize=REMEMBERED_WORDS)(self._mend)
        self.knows = lru_cache(maxsize=REMEMBERED_WORDS)(self._knows)
        retyper = Retyper(lexicon, self.vocabulary, self.foreign, self.knows, self._is_misspelt, emoji)
        # A message is asked about at several stations on its way.
        self.retyped = lru_cache(maxsize=REMEMBERED_TEXTS)(retyper.retyped)

    def read(self, text: str) -> tuple[Word, ...]:
        """The words of a text, in order. Prefix letters that stand before a Latin word ("ה-BPO") go with it."""
        tokens = [token[:LONGEST_WORD] for token in normalise(text).split()]
        tokens = [
            token
            for i, token in enumerate(tokens)
            if not (
                i + 1 < len(tokens) and len(token) <= MAX_PREFIX and _is_latin(tokens[i + 1]) and self._is_prefix_only(token)
            )
        ]
        singles = self._single_words(tokens)
        # A run of words is found though one of them is misspelt.
        spelt = [word.form if word.how is How.MISSPELT else token for token, word in zip(tokens, singles, strict=True)]
        words: list[Word] = []
        position = 0
        while position < len(tokens):
            if run := self.lexicon.phrase_at(spelt, position):
                length, concept = run
                typed, read_as = (" ".join(part[position : position + length]) for part in (tokens, spelt))
                kind = Kind.CONCEPT if concept else Kind.FILLER
                words.append(Word(typed, read_as, kind, (concept,) if concept else ()))
                position += length
            else:
                words.append(singles[position])
                position += 1
        return tuple(words)

    def _is_prefix_only(self, word: str) -> bool:
        # מה and במה are made of prefix letters, and are words.
        only = all(letter in PREFIX_LETTERS for letter in word)
        return only and (len(word) == 1 or self.lexicon.concepts_of(word) is None)

    def _single_words(self, tokens: Sequence[str]) -> list[Word]:
        words: list[Word] = []
        to_mend = _MOST_MENDED
        for token in tokens:
            word = self._word(token)
            if word.kind is Kind.UNKNOWN and to_mend:
                to_mend -= 1
                word = self._mended(token)
            words.append(word)
        return words

    def _read_word(self, word: str) -> Word:
        if found := self._as_known(word, word, How.AS_TYPED):
            return found
        return Word(word, word, Kind.NUMBER if word.isdecimal() else Kind.UNKNOWN)

    def _mend(self, word: str) -> Word:
        if self.foreign.isdisjoint(v for v in without_prefixes(word) if len(v) > 2) and (meant := self._meant(word)):
            found = self._as_known(word, meant, How.MISSPELT)
            assert found, "only known words are candidates"
            return found
        return Word(word, word, Kind.UNKNOWN)

    def _as_known(self, typed: str, word: str, how: How) -> Word | None:
        if found := self.lexicon.concepts_of(word):
            form, concepts = found
            return Word(typed, form, Kind.CONCEPT if concepts else Kind.FILLER, concepts, how)
        for variant in without_prefixes(word):
            if variant in self.vocabulary:
                return Word(typed, variant, Kind.KNOWN, (), how)
        return None

    def _meant(self, word: str) -> str | None:
        """The known word that a person who typed `word` most plausibly meant."""
        if _is_latin(word) and len(word) < _SHORTEST_MISSPELT_LATIN:
            # Of an acronym's slips only swapped letters are sure: any other letter makes another acronym.
            swapped = [near for near in self.speller.near(word) if sorted(near) == sorted(word)]
            return swapped[0] if len(swapped) == 1 else None
        shortest = _SHORTEST_MISSPELT_LATIN if _is_latin(word) else _SHORTEST_MISSPELT
        for variant in without_prefixes(word):
            if len(variant) < shortest:
                break
            # A word that begins with a prefix letter and is then one slip away from a filler is mostly another word.
            plausible = [w for w in self.speller.near(variant) if variant == word or self._is_more_than_a_filler(w)]
            if plausible:
                # A word that carries meaning before one that does not; people seldom miss the first letter.
                return min(plausible, key=lambda c: (not self._carries_meaning(c), c[0] != variant[0], c))
        return None

    def _is_more_than_a_filler(self, word: str) -> bool:
        found = self.lexicon.concepts_of(word)
        return found is None or bool(found[1])

    def _carries_meaning(self, word: str) -> bool:
        found = self.lexicon.concepts_of(word)
        return bool(found and found[1])

    def _is_misspelt(self, token: str) -> bool:
        """Whether a typed token is most plausibly an idea of ours misspelt."""
        return len(token) >= _SHORTEST_MISSPELT_LATIN and bool(self._mended(normalise(token)).concepts)

    def _knows(self, token: str) -> bool:
        """Whether every word of a typed token is known as it stands."""
        words = normalise(token).split()
        return bool(words) and all(w.isdecimal() or self._as_known(w, w, How.AS_TYPED) is not None for w in words)
