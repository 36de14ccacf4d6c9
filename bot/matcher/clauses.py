"""A message to its clauses: the sentences in it, and the questions that one sentence strings together."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from bot.matcher.lexicon import Lexicon
from bot.matcher.reader import Kind, Reader, Word

# A full stop counts only where it ends something: not in 17.5 or in K.P.O.
_SENTENCE_END = re.compile(r"([?!\n…;:]+|\.(?=\s|$)|\s[-–—]\s)")
# Between the parts of one sentence. K.P.O/B.P.O and 1,000 are not parted.
_COMMA = re.compile(r",(?=\s|$)|،|\s*\+\s*|\s/\s|(?<=[א-ת])/(?=[א-ת])")
# A story is not a list of questions: past this many clauses, a message is taken as a whole.
MOST_CLAUSES = 12
_QUESTION_MARK = "?"
_AND = "ו"
_AND_ALSO = ("וגמ",)
_AND_THEN = ("and", *_AND_ALSO)


@dataclass(frozen=True, slots=True)
class Clause:
    """Some words of a message that may be a question of their own."""

    words: tuple[Word, ...]
    asks: bool
    """Whether it is put as a question or a request; what is not tells the circumstances, if another clause asks."""
    is_question: bool = False
    """Whether it surely asks: it ends with a question mark, or begins with a question word."""
    seams: tuple[int, ...] = ()
    """Where a second question may begin without showing it: the places of words after a comma, or with an "and"."""


@dataclass(frozen=True, slots=True)
class Cues:
    """What shows where a question begins: concepts of question words ("what"), and of requests ("explain")."""

    asking: frozenset[str]
    requesting: frozenset[str]
    question_words: frozenset[str]
    """The words of the `asking` concepts."""
    showing: frozenset[str]
    """The concepts of both."""

    @classmethod
    def of(cls, lexicon: Lexicon, asking: Iterable[str], requesting: Iterable[str]) -> Cues:
        """The cues with the words that the lexicon has for them."""
        asking, requesting = frozenset(asking), frozenset(requesting)
        words = frozenset(word for word, concepts in lexicon.words.items() if not asking.isdisjoint(concepts))
        return cls(asking, requesting, words, asking | requesting)

    def begin(self, word: Word) -> bool:
        """Whether a word is a question word, or a run that begins with one, with an "and" or without."""
        first = word.text.split()[0]
        return first in self.question_words or first.removeprefix(_AND) in self.question_words

    def show_in(self, word: Word) -> bool:
        """Whether a word asks or requests, or a run of words has a question word in it ("and how much does it cost")."""
        if not self.showing.isdisjoint(word.concepts):
            return True
        return any(part in self.question_words or part.removeprefix(_AND) in self.question_words for part in word.text.split())


def clauses(text: str, reader: Reader, cues: Cues) -> list[Clause]:
    """The clauses of a text, in order, no word left out.

    A sentence is parted before a comma, or an "and", that a question word follows ("מה זה KPO ומה היתרונות שלו"), and at
    "and also".
    """
    parts = _SENTENCE_END.split(text)
    found: list[Clause] = []
    for sentence, end in zip(parts[::2], [*parts[1::2], ""], strict=True):
        pieces = _parted_at_commas(sentence, reader, cues)
        for number, (words, commas) in enumerate(pieces, 1):
            found += _parted_at_and(words, commas, cues, marked=_QUESTION_MARK in end and number == len(pieces))
    if len(found) <= MOST_CLAUSES:
        return found
    return [Clause(tuple(word for clause in found for word in clause.words), asks=True)]


def _parted_at_commas(sentence: str, reader: Reader, cues: Cues) -> list[tuple[list[Word], list[int]]]:
    """The pieces of a sentence that begin with a question word, and where in each the other commas are."""
    pieces: list[tuple[list[Word], list[int]]] = []
    for words in filter(None, map(reader.read, _COMMA.split(sentence))):
        if not pieces or cues.begin(words[0]):
            pieces.append((list(words), []))
        else:
            pieces[-1][1].append(len(pieces[-1][0]))
            pieces[-1][0].extend(words)
    return pieces


def _parted_at_and(words: Sequence[Word], commas: Sequence[int], cues: Cues, marked: bool) -> list[Clause]:
    """The clauses of a piece. `marked`: whether a question mark ends it."""
    starts, seams = [0], set(commas)
    for i in range(1, len(words)):
        word, first = words[i], words[i].text.split()[0]
        requests = not cues.requesting.isdisjoint(word.concepts)
        joined = first.startswith(_AND) and (first[1:] in cues.question_words or (requests and first[1:] != word.form))
        linked = words[i - 1].text in _AND_THEN and (first in cues.question_words or words[i - 1].text in _AND_ALSO)
        if (joined or linked) and any(word.kind is not Kind.FILLER for word in words[starts[-1] : i]):
            starts.append(i)
        elif words[i - 1].text in _AND_THEN or (first.startswith(_AND) and not word.form.startswith(first)):
            seams.add(i)
    found: list[Clause] = []
    for a, b in zip(starts, [*starts[1:], len(words)], strict=True):
        asks = marked or any(map(cues.show_in, words[a:b]))
        inside = tuple(seam - a for seam in sorted(seams) if a < seam < b)
        # What is joined to a question asks with it: "is it cheaper and also better".
        is_question = (marked and b == len(words)) or cues.begin(words[a])
        found.append(Clause(tuple(words[a:b]), asks or bool(found and found[-1].asks), is_question, inside))
    return found
