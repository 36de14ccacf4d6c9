"""Words to features: what a message shows to the network, each feature there or not there.

The first letter of a feature names its kind. A word shows by itself its form (`w`), its root (`r`), its runs of letters (`g`)
and the ideas it stands for (`c`); the words of a message together show pairs of ideas (`p`), ideas in a row (`s`), how many
words nobody here knows (`u`) or had to be mended (`m`), and that no name of our subject is among them (`n`). Fillers leave no
trace beside other words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import combinations, pairwise

from bot.hebrew.roots import root
from bot.matcher.reader import How, Kind, Word

# Runs of 4 letters tell Hebrew roots apart; shorter ones are in every word, longer ones add size and nothing else.
LETTER_RUN = 4
LONGEST_ACRONYM = 4
# A long message has many ideas, and pairs grow with their square.
MOST_CONCEPTS = 16
_MOST_COUNTED = 4
_EDGE = "|"


def says_something(words: Iterable[Word]) -> bool:
    """Whether any of the words is more than a filler."""
    return any(word.kind is not Kind.FILLER for word in words)


def content(words: Iterable[Word]) -> list[Word]:
    """The words that are not fillers; all of them where there are no others ("and we?")."""
    words = list(words)
    return [word for word in words if word.kind is not Kind.FILLER] or words


def word_features(word: Word) -> tuple[str, ...]:
    """What one word shows by itself."""
    found = [f"w{word.form}", *(f"c{concept}" for concept in word.concepts)]
    for part in word.form.split():
        if part.isascii() and len(part) <= LONGEST_ACRONYM:
            continue  # a letter is all the difference between two acronyms: runs of letters would make KPI look like KPO
        found.append(f"r{root(part)}")
        if not word.concepts:  # an idea tells more than its letters
            edged = f" {part} "
            found += [f"g{edged[i : i + LETTER_RUN]}" for i in range(max(1, len(edged) - LETTER_RUN + 1))]
    return tuple(found)


def joint_features(words: Sequence[Word], anchors: frozenset[str], before: Sequence[str] = ()) -> Iterator[str]:
    """What the words of a message show together. `words` are its content words, `anchors` the concepts that are names of our
    subject, `before` the topics that were answered just before."""
    concepts = sorted({concept for word in words for concept in word.concepts})[:MOST_CONCEPTS]
    for a, b in combinations(concepts, 2):
        yield f"p{a}+{b}"
    row = [_EDGE, *[word.concepts[0] if word.concepts else "." for word in words], _EDGE]
    for a, b in pairwise(row):
        yield f"s{a} {b}"
    for a, b, c in zip(row, row[1:], row[2:], strict=False):
        yield f"s{a} {b} {c}"
    anchored = not anchors.isdisjoint(concepts)
    if not anchored:
        yield "n"
    named = "a" if anchored else ""
    for kind, count in (
        ("u", sum(word.kind is Kind.UNKNOWN for word in words)),
        ("m", sum(word.how is How.MISSPELT for word in words)),
    ):
        if count:
            yield kind
            yield f"{kind}{min(count, _MOST_COUNTED)}{named}"
    if before:
        yield "a"
    for topic in before:
        yield f"a{topic}"
        for concept in concepts:
            yield f"x{topic}+{concept}"


def features(
    words: Sequence[Word],
    anchors: frozenset[str],
    before: Sequence[str] = (),
    of_word: Callable[[Word], Iterable[str]] = word_features,
) -> frozenset[str]:
    """All that the words of a message show. `of_word`: `word_features`, or the like of it that remembers."""
    kept = content(words)
    found = {feature for word in kept for feature in of_word(word)}
    found.update(joint_features(kept, anchors, before))
    return frozenset(found)
