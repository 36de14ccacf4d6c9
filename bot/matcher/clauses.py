"""A message to its clauses: the sentences in it, and the questions that one sentence strings together."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.matcher.reader import Kind, Reader, Word

# A full stop counts only where it ends something: not in 17.5 or in K.P.O.
_SENTENCE_END = re.compile(r"[?!\n…;:]+|\.(?=\s|$)|\s[-–—]\s")
_COMMA = re.compile(r",(?=\s|$)|،")
# A story is not a list of questions: past this many clauses, a message is taken as a whole.
MOST_CLAUSES = 12
_AND = "ו"
_LINKS = ("and", "וגמ")

Clause = tuple[Word, ...]


def clauses(text: str, reader: Reader, asking: frozenset[str]) -> list[Clause]:
    """The clauses of a text, in order, those without any word left out.

    A sentence is parted before a comma, or an "and", that a question word follows ("מה זה KPO ומה היתרונות שלו");
    `asking` are the concepts of question words.
    """
    question_words = frozenset(w for w, concepts in reader.lexicon.words.items() if not asking.isdisjoint(concepts))
    found: list[Clause] = []
    for sentence in _SENTENCE_END.split(text):
        pieces: list[Clause] = []
        for words in filter(None, map(reader.read, _COMMA.split(sentence))):
            first = words[0].text.split()[0]
            if pieces and first not in question_words and first.removeprefix(_AND) not in question_words:
                pieces[-1] += words
            else:
                pieces.append(words)
        for piece in pieces:
            found += _parted_at_and(piece, question_words)
    return found if len(found) <= MOST_CLAUSES else [tuple(word for clause in found for word in clause)]


def _parted_at_and(words: Sequence[Word], question_words: frozenset[str]) -> list[Clause]:
    starts = [0]
    for i in range(1, len(words)):
        first = words[i].text.split()[0]
        joined = first.startswith(_AND) and first[1:] in question_words
        linked = words[i - 1].text in _LINKS and first in question_words
        if (joined or linked) and any(word.kind is not Kind.FILLER for word in words[starts[-1] : i]):
            starts.append(i)
    return [tuple(words[a:b]) for a, b in zip(starts, [*starts[1:], len(words)], strict=True)]
