"""Words to features: what a message shows to the model.

The first letter of a feature names its block: `c` a concept, `p` a pair of concepts, `s` concepts in a row, `w` a word,
`r` its root, `b` two neighbouring words, `g` a run of letters, `u` words that nobody here knows or that had to be mended,
`n` no name of our domain. Fillers leave no trace.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import combinations, pairwise

from bot.hebrew.roots import root
from bot.matcher.reader import How, Kind, Word

# Runs of 3 and 4 letters tell Hebrew roots apart; shorter ones are in every word, longer ones add size and nothing else.
LETTER_RUNS = (3, 4)
# A long message has many ideas, and pairs grow with their square.
MOST_CONCEPTS = 16
_MOST_UNKNOWN = 4
_EDGE = "|"


def content(words: Iterable[Word]) -> list[Word]:
    """The words that are not fillers."""
    return [word for word in words if word.kind is not Kind.FILLER]


def features(words: Sequence[Word], anchors: frozenset[str]) -> Counter[str]:
    """How often each feature occurs. `anchors` are the concepts that are names of our domain."""
    kept = content(words)
    counts: Counter[str] = Counter(f"w{word.form}" for word in kept)
    concepts = sorted({concept for word in kept for concept in word.concepts})[:MOST_CONCEPTS]
    counts.update(f"c{concept}" for concept in concepts)
    counts.update(f"p{a}+{b}" for a, b in combinations(concepts, 2))
    anchored = not anchors.isdisjoint(concepts)
    if not anchored:
        counts["n"] = 1
    unknown = sum(word.kind is Kind.UNKNOWN for word in kept)
    if unknown:
        counts[f"u{min(unknown, _MOST_UNKNOWN)}{'a' if anchored else ''}"] = 1
        counts["u"] = 1
    row = [_EDGE, *(word.concepts[0] if word.concepts else "." for word in kept), _EDGE]
    counts.update(f"s{a} {b}" for a, b in pairwise(row))
    counts.update(f"s{a} {b} {c}" for a, b, c in zip(row, row[1:], row[2:], strict=False))
    counts.update(f"r{root(part)}" for word in kept for part in word.form.split())
    misspelt = sum(word.how is How.MISSPELT for word in kept)
    if misspelt:
        counts[f"um{min(misspelt, _MOST_UNKNOWN)}{'a' if anchored else ''}"] = 1
        counts["um"] = 1
    forms = [_EDGE, *("?" if word.kind is Kind.UNKNOWN else word.form for word in kept), _EDGE]
    counts.update(f"b{a} {b}" for a, b in pairwise(forms))
    line = " " + " ".join(word.form for word in kept) + " "
    for size in LETTER_RUNS:
        counts.update("g" + line[i : i + size] for i in range(len(line) - size + 1))
    return counts
