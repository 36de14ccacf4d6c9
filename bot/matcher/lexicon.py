"""The lexicon, ready for look-up: which idea a word or a run of words stands for."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.hebrew.normalise import normalise
from bot.hebrew.tables import PREFIX_LETTERS

# Deeper than this, taking prefix letters off a word leaves too little of it to mean anything.
MAX_PREFIX = 3
_SHORTEST_STEM = 2


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

    def _add(self, concept: str, form: str) -> None:
        text = normalise(form)
        words = tuple(text.split())
        if form.endswith("*"):
            self._stems[text] = (*self._stems.get(text, ()), concept)
        elif len(words) == 1:
            self.words[text] = (*self.words.get(text, ()), concept)
        elif words:
            self._phrases.setdefault(words[0], []).append((words, concept))

    def phrase_at(self, words: Sequence[str], start: int) -> tuple[int, str] | None:
        """The longest known run of words from `start`: its length and concept. The first may carry prefix letters,
        the others the article."""
        best: tuple[int, str] | None = None
        for first in without_prefixes(words[start]):
            for run, concept in self._phrases.get(first, ()):
                if best and len(run) <= best[0]:
                    break
                if all(
                    a == b or a == "ה" + b for a, b in zip(words[start + 1 : start + len(run)], run[1:], strict=False)
                ) and start + len(run) <= len(words):
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
