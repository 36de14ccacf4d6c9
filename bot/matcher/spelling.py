"""Which known words are one slip away from a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rapidfuzz.distance import OSA

from bot.hebrew.keyboard import is_likely_slip


class Speller:
    """Known words by what is left of them without any one letter ("symmetric deletion", Garbe, 2012), so that finding those
    near a word takes as long as the word is, however many are known."""

    def __init__(self, words: Iterable[str]) -> None:
        self._words = frozenset(words)
        self._by_rest: dict[str, list[str]] = {}
        for word in sorted(self._words):
            for rest in _rests(word):
                self._by_rest.setdefault(rest, []).append(word)

    def near(self, word: str) -> list[str]:
        """The known words that a person who typed `word` may have meant: one likely slip away; sorted.

        >>> Speller(["יתרונות", "הודו"]).near("יתרנות"), Speller(["הודו"]).near("תודו")
        (['יתרונות'], [])
        """
        found = set(self._by_rest.get(word, ()))
        for rest in _rests(word):
            found.update(self._by_rest.get(rest, ()))
            if rest in self._words:
                found.add(rest)
        return sorted(w for w in found if OSA.distance(word, w, score_cutoff=1) <= 1 and is_likely_slip(word, w))


def _rests(word: str) -> Iterator[str]:
    return (word[:i] + word[i + 1 :] for i in range(len(word)))
