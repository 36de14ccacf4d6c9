"""The lexicon, ready for look-up: which idea a word or a run of words stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from bot.hebrew.normalise import normalise
from bot.hebrew.tables import PREFIX_LETTERS

# Deeper than this, taking prefix letters off a word leaves too little of it to mean anything.
MAX_PREFIX = 3
_SHORTEST_STEM = 2
# What is longer is no word, and would take long to look up and much to remember.
LONGEST_WORD = 40
_ARTICLE = "ה"
# Words seen more often than this stay remembered; it bounds the memory of a bot that runs for months.
REMEMBERED_WORDS = 2_000


@lru_cache(maxsize=REMEMBERED_WORDS)
def without_prefixes(word: str) -> tuple[str, ...]:
    """The word, and what may be left of it after the letters that Hebrew writes on to a word; the longest first.

    >>> without_prefixes("שביתרונ")
    ('שביתרונ', 'ביתרונ', 'יתרונ')
    """
    found = [word]
    for cut in range(1, MAX_PREFIX + 1):
        if len(word) - cut < _SHORTEST_STEM or word[cut - 1] not in PREFIX_LETTERS:
            break
        found.append(word[cut:])
    return tuple(found)


class Lexicon:
    """Forms of ideas ("concepts"): a word, a run of words, or the beginning of a word (written with a star)."""

    def __init__(self, concepts: Mapping[str, Iterable[str]], fillers: Iterable[str]) -> None:
        self.words: dict[str, tuple[str, ...]] = {}
        self._stems: dict[str, tuple[str, ...]] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        self.fillers = frozenset(f for f in map(normalise, fillers) if " " not in f)
        for concept, forms in concepts.items():
            for form in forms:
                self._add(concept, form)
        for phrase in map(normalise, fillers):
            if " " in phrase:
                self._add("", phrase)
        for runs in self._phrases.values():
            runs.sort(key=lambda run: (-len(run[0]), run))
        self._stem_lengths = sorted({len(s) for s in self._stems}, reverse=True)
        self._runs_from = lru_cache(maxsize=REMEMBERED_WORDS)(self._runs_that_begin)

    def _add(self, concept: str, form: str) -> None:
        text = normalise(form)
        words = tuple(text.split())
        if form.endswith("*") and len(words) == 1:
            self._stems[text] = (*self._stems.get(text, ()), concept)
        elif len(words) == 1:
            self.words[text] = (*self.words.get(text, ()), concept)
        elif words:
            self._phrases.setdefault(words[0], []).append((words, concept))

    def _runs_that_begin(self, word: str) -> dict[str, list[tuple[tuple[str, ...], str]]]:
        """The runs that begin with a word, with its prefix letters or without, by their second word; the longest first."""
        by_second: dict[str, list[tuple[tuple[str, ...], str]]] = {}
        for variant in without_prefixes(word):
            for run in self._phrases.get(variant, ()):
                by_second.setdefault(run[0][1], []).append(run)
        for runs in by_second.values():
            runs.sort(key=lambda run: -len(run[0]))
        return by_second

    def phrase_at(self, words: Sequence[str], start: int) -> tuple[int, str] | None:
        """The longest known run of words from `start`: its length and concept. The first may carry prefix letters,
        the others the article."""
        by_second = self._runs_from(words[start])
        if not by_second or start + 1 == len(words):
            return None
        second = words[start + 1]
        best: tuple[int, str] | None = None
        for variant in (second, second.removeprefix(_ARTICLE)):
            for run, concept in by_second.get(variant, ()):
                if best and len(run) <= best[0]:
                    break
                there = words[start + 2 : start + len(run)]
                if len(there) == len(run) - 2 and all(a == b or a == _ARTICLE + b for a, b in zip(there, run[2:], strict=True)):
                    best = len(run), concept
                    break
        return best

    def stem(self, word: str) -> tuple[str, tuple[str, ...]] | None:
        """The longest known beginning of a word, and its concepts."""
        for length in self._stem_lengths:
            if length <= len(word) and (concepts := self._stems.get(word[:length])):
                return word[:length], concepts
        return None

    def concepts_of(self, word: str) -> tuple[str, tuple[str, ...]] | None:
        """The form that a word stands for, with its prefix letters or without, and its concepts."""
        variants = without_prefixes(word)
        for variant in variants:
            if variant in self.words:
                return variant, self.words[variant]
            if variant in self.fillers:
                return variant, ()
            if len(variant) > 2 and (found := self.stem(variant)):
                return variant, found[1]
        return None
