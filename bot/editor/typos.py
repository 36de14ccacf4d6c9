"""Words that look like slips of the finger. They may be meant: the bot learns what people type."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from rapidfuzz.distance import OSA

from bot.editor.advice import Advice
from bot.editor.answered import is_long
from bot.editor.reading import Read, quoted
from bot.hebrew.normalise import as_written, normalise, without_edges
from bot.hebrew.roots import root
from bot.hebrew.tables import SOUND_ALIKE, VOWEL_LETTERS
from bot.knowledge import OFF_DOMAIN
from bot.matcher.lexicon import without_prefixes
from bot.matcher.reader import How, Reader, Word

# A word is common from so many examples on.
COMMON_FROM = 10
# A shorter word is one slip away from too many others.
SHORTEST = 5


def typos(reads: Sequence[Read], reader: Reader) -> list[Advice]:
    """Words that stand in one example alone, which nobody here knows, and that are one likely slip away from a common one.

    There is no list of all Hebrew words to tell a slip from a rare word. So what shares its root with a known word counts as a
    form of that one, and only those slips count that seldom make another word: letters doubled, dropped or swapped, and those
    that sound alike.
    """
    # A long message has rare words, and is not what others type.
    ours = [read for read in reads if read.example.topic != OFF_DOMAIN and not is_long(read)]
    common = Counter(form for read in ours for form in {word.form for word in read.words if word.how is How.AS_TYPED})
    roots = {root(word) for word in (*reader.vocabulary, *reader.foreign, *reader.lexicon.words)}
    found: list[tuple[int, Advice]] = []
    for read in ours:
        for word in dict.fromkeys(read.words):
            if common[word.form] >= COMMON_FROM and _looks_mistyped(word, roots):
                example = read.example
                typed, meant, count = _as_typed(word, example.text), as_written(word.form), common[word.form]
                text = (
                    f"'{typed}' in {quoted(example.text)} looks like '{meant}', which stands in {count} others; "
                    "set it right, unless it is meant to be mistyped"
                )
                found.append((common[word.form], Advice(example.file, text, example.line)))
    return [advice for _, advice in sorted(found, key=lambda item: -item[0])]


def _as_typed(word: Word, text: str) -> str:
    """A word of a text as it stands there, to be searched for; or as it was read, where it was typed in the other keyboard
    layout."""
    tokens = (token for token in text.split() if word.text in normalise(token).split())
    return next((without_edges(token) for token in tokens), as_written(word.text))


def _looks_mistyped(word: Word, roots: set[str]) -> bool:
    """Whether a word was read as another one by such a slip."""
    # The reader knows prefix letters, everyday words, and words of other domains: what it mends is none of those.
    if word.how is not How.MISSPELT or word.text.isascii() or len(word.form) < SHORTEST:
        return False
    # What is typed may have prefix letters, which what it was read as has not.
    typed = next((part for part in without_prefixes(word.text) if OSA.distance(part, word.form) == 1), None)
    if typed is None or len(typed) < SHORTEST or not roots.isdisjoint(map(root, without_prefixes(word.text))):
        return False
    return _is_telling_slip(typed, word.form)


def _is_telling_slip(typed: str, meant: str) -> bool:
    """Whether two words, one edit apart, differ by a slip that seldom makes another word.

    >>> [_is_telling_slip(typed, "צמיחה") for typed in ("צמיחהה", "צמחיה", "צמיכה", "צמיגה")]
    [True, True, True, False]
    """
    start = next((i for i, (a, b) in enumerate(zip(typed, meant, strict=False)) if a != b), min(len(typed), len(meant)))
    if len(typed) > len(meant):
        return typed[start] == typed[start - 1]
    if len(typed) < len(meant):
        return meant[start] not in VOWEL_LETTERS and 0 < start < len(meant) - 1
    was, now = meant[start], typed[start]
    return sorted(typed) == sorted(meant) or any(was in alike and now in alike for alike in SOUND_ALIKE)
