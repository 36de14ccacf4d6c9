"""Which known words are one slip away from a word that is not known."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np
import numpy.typing as npt
from rapidfuzz.distance import OSA

from bot.hebrew.keyboard import is_likely_slip


@dataclass(frozen=True, slots=True)
class Speller:
    """Known words by what is left of them without any one letter ("symmetric deletion", Garbe, 2012), so that finding those
    near a word takes as long as the word is, however many are known.

    What is left is kept as a checksum, all of them sorted in one array: a tenth of what a dictionary would take in memory.
    """

    words: tuple[str, ...]
    checksums: npt.NDArray[np.uint32]
    numbers: npt.NDArray[np.uint32]
    """For each checksum, the number of its word in `words`."""

    @classmethod
    def of(cls, words: Iterable[str]) -> Speller:
        """A speller that knows these words."""
        known = tuple(sorted(set(words)))
        checksums = np.array([_checksum(key) for word in known for key in _keys(word)], np.uint32)
        numbers = np.repeat(np.arange(len(known), dtype=np.uint32), [len(word) + 1 for word in known])
        order = np.argsort(checksums, kind="stable")
        return cls(known, checksums[order], numbers[order])

    def near(self, word: str) -> list[str]:
        """The known words that a person who typed `word` may have meant: one likely slip away; sorted.

        >>> Speller.of(["יתרונות", "הודו"]).near("יתרנות"), Speller.of(["הודו"]).near("תודו")
        (['יתרונות'], [])
        """
        wanted = np.array([_checksum(key) for key in _keys(word)], np.uint32)
        starts, ends = (np.searchsorted(self.checksums, wanted, side) for side in ("left", "right"))
        found = {self.words[i] for start, end in zip(starts, ends, strict=True) for i in self.numbers[start:end]}
        return sorted(w for w in found if OSA.distance(word, w, score_cutoff=1) <= 1 and is_likely_slip(word, w))

    def to_bytes(self) -> bytes:
        """The checksums as one file (npz); the words are not in it."""
        file = io.BytesIO()
        np.savez(file, checksums=self.checksums, numbers=self.numbers)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes, words: Iterable[str]) -> Speller:
        """The speller that `to_bytes` wrote, given its words. Raises ValueError, OSError or KeyError for anything else."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            return cls(tuple(sorted(set(words))), arrays["checksums"], arrays["numbers"])


def _keys(word: str) -> Iterator[str]:
    yield word
    for i in range(len(word)):
        yield word[:i] + word[i + 1 :]


def _checksum(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))
