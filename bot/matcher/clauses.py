"""A message to its clauses: the sentences in it, and the questions that one sentence strings together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.matcher.lexicon import Lexicon
from bot.matcher.reader import Kind, Reader, Word

# A full stop counts only where it ends something: not in 17.5 or in K.P.O.
_SENTENCE_END = re.compile(r"([?!\n…;:]+|\.(?=\s|$)|\s[-–—]\s)")
_COMMA = re.compile(r",(?=\s|$)|،")
# A story is not a list of questions: past this many clauses, a message is taken as a whole.
MOST_CLAUSES = 12
_AND = "ו"
_AND_ALSO = ("וגמ", "and also", "as well as")
_AND_THEN = ("and", *_AND_ALSO)


@dataclass(frozen=True, slots=True)
class Clause:
    """Some words of a message that may be a question of their own."""

    words: tuple[Word, ...]
    asks: bool
    """Whether it is put as a question or a request; what is not tells the circumstances, if another clause asks."""


@dataclass(frozen=True, slots=True)
class Cues:
    """What shows where a question begins: concepts of question words ("what"), and of requests ("explain")."""

    asking: frozenset[str]
    requesting: frozenset[str]
    question_words: frozenset[str]
    """The words of the `asking` concepts."""

    @classmethod
    def of(cls, lexicon: Lexicon, asking: Iterable[str], requesting: Iterable[str]) -> Cues:
        """The cues with the words that the lexicon has for them."""
        asking = frozenset(asking)
        words = frozenset(word for word, concepts in lexicon.words.items() if not asking.isdisjoint(concepts))
        return cls(asking, frozenset(requesting), words)


def clauses(text: str, reader: Reader, cues: Cues) -> list[Clause]:
    """The clauses of a text, in order, no word left out.

    A sentence is parted before a comma, or an "and", that a question word follows ("מה זה KPO ומה היתרונות שלו"), and at
    "and also".
    """
    question_words = cues.question_words
    found: list[Clause] = []
    parts = _SENTENCE_END.split(text)
    for sentence, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        pieces: list[tuple[Word, ...]] = []
        for words in filter(None, map(reader.read, _COMMA.split(sentence))):
            first = words[0].text.split()[0]
            if pieces and first not in question_words and first.removeprefix(_AND) not in question_words:
                pieces[-1] += words
            else:
                pieces.append(words)
        for i, piece in enumerate(pieces):
            questioned = "?" in end and i == len(pieces) - 1
            found += _parted_at_and(piece, questioned, cues)
    if len(found) <= MOST_CLAUSES:
        return found
    return [Clause(tuple(word for clause in found for word in clause.words), True)]


def _parted_at_and(words: Sequence[Word], questioned: bool, cues: Cues) -> list[Clause]:
    question_words = cues.question_words
    starts = [0]
    for i in range(1, len(words)):
        word, first = words[i], words[i].text.split()[0]
        requests = not cues.requesting.isdisjoint(word.concepts)
        joined = first.startswith(_AND) and (first[1:] in question_words or (requests and first[1:] != word.form))
        linked = words[i - 1].text in _AND_THEN and (first in question_words or words[i - 1].text in _AND_ALSO)
        if (joined or linked) and any(word.kind is not Kind.FILLER for word in words[starts[-1] : i]):
            starts.append(i)
    found: list[Clause] = []
    for a, b in zip(starts, [*starts[1:], len(words)], strict=True):
        asks = questioned or any(not (cues.asking | cues.requesting).isdisjoint(word.concepts) for word in words[a:b])
        # What is joined to a question asks with it: "is it cheaper and also better".
        found.append(Clause(tuple(words[a:b]), asks or bool(found and found[-1].asks)))
    return found
