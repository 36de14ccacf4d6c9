"""The phrasings themselves, by what they say: a message that says just what one phrasing says has its topic."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from bot.matcher.features import content
from bot.matcher.reader import Word


def key(words: Iterable[Word]) -> str:
    """What two messages that say the same share: their words without fillers and prefix letters, in order."""
    return " ".join(word.form for word in content(words))


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


@dataclass(frozen=True, slots=True)
class ExactPhrasings:
    """Hashes of keys, sorted, and the topic of each: a tenth of what the texts themselves would take in memory."""

    topics: tuple[str, ...]
    hashes: npt.NDArray[np.uint64]
    numbers: npt.NDArray[np.uint16]
    """For each hash, the number of its topic in `topics`."""

    @classmethod
    def of(cls, topic_of_key: Mapping[str, str]) -> ExactPhrasings:
        """From the topic of each key."""
        topics = tuple(sorted(set(topic_of_key.values())))
        numbers = {topic: number for number, topic in enumerate(topics)}
        pairs = sorted((_hash(said), numbers[topic]) for said, topic in topic_of_key.items())
        return cls(topics, np.array([h for h, _ in pairs], np.uint64), np.array([n for _, n in pairs], np.uint16))

    def topic(self, words: Sequence[Word]) -> str | None:
        """The topic of the phrasing that says just these words; None if there is none."""
        said = key(words)
        if not said or not len(self.hashes):
            return None
        wanted = np.uint64(_hash(said))
        place = int(np.searchsorted(self.hashes, wanted))
        found = place < len(self.hashes) and self.hashes[place] == wanted
        return self.topics[self.numbers[place]] if found else None

    def to_bytes(self) -> bytes:
        """The phrasings as one file (npz)."""
        file = io.BytesIO()
        names = np.frombuffer("\n".join(self.topics).encode(), np.uint8)
        np.savez(file, topics=names, hashes=self.hashes, numbers=self.numbers)
        return file.getvalue()

    @classmethod
    def from_bytes(cls, data: bytes) -> ExactPhrasings:
        """The phrasings that `to_bytes` wrote. Raises ValueError, OSError or KeyError for anything else."""
        with np.load(io.BytesIO(data), allow_pickle=False) as arrays:
            names = arrays["topics"].tobytes().decode().split("\n")
            return cls(tuple(names), arrays["hashes"], arrays["numbers"])
