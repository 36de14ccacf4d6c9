"""Dialogue acts: what a message does to the conversation beside asking. It may ask to go on, or correct the turn before."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.hebrew.normalise import normalise
from bot.knowledge import ActWords
from bot.matcher.features import says_something
from bot.matcher.lexicon import without_prefixes
from bot.matcher.matcher import Match
from bot.matcher.reader import Kind, Reader

# Who asks for more, or complains, does so in few words; a longer message tells something.
MOST_WORDS = 30
MOST_WORDS_FOR_MORE = 8
LONGEST = 400
# "No" may correct without a pause after it ("לא BPO"), but not before a whole sentence ("לא יודע מה זה").
_MOST_AFTER_NO = 2

_PAUSE = re.compile(r"[,;:.!?\n]|\s[-–—]\s")

Runs = Mapping[str, Sequence[tuple[str, ...]]]
"""Phrases as runs of words, by their first word."""


class Act(StrEnum):
    """What a message does."""

    ASK = "ask"
    MORE = "more"
    """Asks to go on, and names nothing."""
    PUZZLED = "puzzled"
    """Says that the answer was not understood."""
    CORRECT = "correct"
    """Says that something else was meant."""


@dataclass(frozen=True, slots=True)
class Move:
    """The act of a message."""

    act: Act
    meant: tuple[str, ...] = ()
    """The parts of a correction that may say what was meant, the likeliest first; empty for a bare "that's not it"."""


@dataclass(frozen=True, slots=True)
class Turn:
    """How a message was understood where it stands: what it does, and the match that counts."""

    act: Act
    match: Match


class Acts:
    """Tells dialogue acts apart by lists of words. Pure."""

    def __init__(self, reader: Reader, words: ActWords, asking: Iterable[str], courtesies: Iterable[str]) -> None:
        """`asking`, `courtesies`: the concepts of question words and of courtesies."""
        self._reader = reader
        self._asking, self._courtesies = frozenset(asking), frozenset(courtesies)
        self._more, self._this, self._puzzled = _runs(words.more), _runs(words.this), _runs(words.puzzled)
        self._rejections, self._no_rejections = _runs(words.rejections), _runs([*words.no_rejections, *words.puzzled])
        self._corrections, self._instead = _runs(words.corrections), _runs(words.instead)

    def move(self, text: str) -> Move:
        """What a message does to a conversation in which something was answered before."""
        if len(text.split()) > MOST_WORDS or len(text) > LONGEST:
            return Move(Act.ASK)
        text = self._reader.retyped(text)
        words = normalise(text).split()
        if len(words) <= MOST_WORDS_FOR_MORE:
            for act, runs in ((Act.PUZZLED, self._puzzled), (Act.MORE, self._more)):
                if self._is_all(words, runs):
                    return Move(act)
        parts = self._corrected(text, words)
        if parts is None:
            return Move(Act.ASK)
        meant = (" ".join(_without(part, self._rejections)) for part in parts if self._says_something(part))
        return Move(Act.CORRECT, tuple(dict.fromkeys(filter(None, meant))))

    def _is_all(self, words: Sequence[str], runs: Runs) -> bool:
        """Whether some of the runs are in a message, and all else in it is fillers and courtesies."""
        rest = _without(words, runs)
        return len(rest) < len(words) and not self._says_something(_without(rest, self._this))

    def _corrected(self, text: str, words: Sequence[str]) -> list[Sequence[str]] | None:
        """The parts of a message that may say what was meant; None where it corrects nothing."""
        if spans := _spans(words, self._corrections):
            begin, end = spans[-1]
            asks_what_is_meant = self._asks(words[:begin]) and not self._says_something(words[end:])
            return None if asks_what_is_meant and not self._names_something(words[:begin]) else [words[end:], words[:begin]]
        begin, end = next(iter(_spans(words, self._rejections)), (0, 0))
        opens = end > 0 and not self._says_something(words[:begin])
        if not opens or any(at == begin and to > end for at, to in _spans(words, self._no_rejections)):
            return None
        after = words[end:]
        if not self._says_something(after) and self._is_polite(after):
            return None  # "no, thanks"
        if contrasted := self._contrasted(text, words):
            return [contrasted, after]
        is_clear = end - begin > 1 or not self._says_something(after)
        if is_clear or (len(after) <= _MOST_AFTER_NO and self._names_something(after)):
            return [after]
        return None

    def _contrasted(self, text: str, words: Sequence[str]) -> Sequence[str] | None:
        """What comes after the "but" of "not this but that", or after its last pause."""
        if spans := _spans(words, self._instead):
            return words[spans[-1][1] :]
        pieces = [normalise(piece).split() for piece in _PAUSE.split(text)]
        pieces = [piece for piece in pieces if piece]
        return pieces[-1] if len(pieces) > 1 and self._says_something(pieces[-1]) else None

    def _names_something(self, words: Sequence[str]) -> bool:
        """Whether there is an idea among the words, beside question words."""
        read = self._reader.read(" ".join(words))
        return any(word.kind is Kind.CONCEPT and self._asking.isdisjoint(word.concepts) for word in read)

    def _asks(self, words: Sequence[str]) -> bool:
        return any(not self._asking.isdisjoint(word.concepts) for word in self._reader.read(" ".join(words)))

    def _is_polite(self, words: Sequence[str]) -> bool:
        return any(not self._courtesies.isdisjoint(word.concepts) for word in self._reader.read(" ".join(words)))

    def _says_something(self, words: Sequence[str]) -> bool:
        read = self._reader.read(" ".join(words))
        return says_something(word for word in read if self._courtesies.isdisjoint(word.concepts))


def _runs(phrases: Iterable[str]) -> Runs:
    runs: dict[str, list[tuple[str, ...]]] = {}
    for words in (tuple(normalise(phrase).split()) for phrase in phrases):
        runs.setdefault(words[0], []).append(words)
    return runs


def _spans(words: Sequence[str], runs: Runs) -> list[tuple[int, int]]:
    """Where runs stand in a text, each as long as can be, from one's end on. The first word may carry prefix letters."""
    spans: list[tuple[int, int]] = []
    position = 0
    while position < len(words):
        candidates = [run for variant in without_prefixes(words[position]) for run in runs.get(variant, ())]
        lengths = [len(run) for run in candidates if tuple(words[position + 1 : position + len(run)]) == run[1:]]
        if lengths:
            spans.append((position, position + max(lengths)))
        position += max(lengths, default=1)
    return spans


def _without(words: Sequence[str], runs: Runs) -> list[str]:
    inside = {i for begin, end in _spans(words, runs) for i in range(begin, end)}
    return [word for i, word in enumerate(words) if i not in inside]
