"""Which messages say nearly the same, by what the matcher reads in them."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log, sqrt

from bot.hebrew.roots import root
from bot.knowledge import Words
from bot.matcher.features import LONGEST_ACRONYM, content
from bot.matcher.lexicon import without_prefixes
from bot.matcher.reader import Kind, Word

ALIKE_FROM = 0.62
"""How alike two messages are at least that belong together: 1 is the same, 0 nothing in common."""
# What may be asked, in the eyes of the matcher, counts beside the words themselves.
_OF_TOPICS = 0.35
# A question word tells less than what is asked about.
_OF_QUESTION_WORD = 0.5
# A word without an idea is likened by its root and by its letters, so that its misspellings are near.
_OF_ROOT = 0.4
_LETTERS = 3
# With a handful of messages, how rare a word is among them says little.
_PRIOR = 20
_SAYS_NOTHING = "0"


@dataclass(frozen=True, slots=True)
class Said:
    """What one message says: the names in it, its other ideas and words, and what it may ask for."""

    ours: frozenset[str]
    """The names of our subject in it, as concepts."""
    acronyms: frozenset[str]
    """Acronyms in it that are none of ours: one letter is all the difference."""
    parts: tuple[str, ...]
    """Each once, in order: ideas ("c" and the concept) and words without one ("w" and the form)."""
    topics: tuple[tuple[str, float], ...] = ()
    """With likelihood 0..1."""

    @classmethod
    def of(cls, words: Iterable[Word], lexicon: Words, topics: Sequence[tuple[str, float]] = ()) -> Said:
        """What these words say; courtesies and fillers only where nothing else is said."""
        kept = content(words)
        kept = [word for word in kept if not set(lexicon.courtesies) & set(word.concepts)] or kept
        concepts = {concept for word in kept for concept in word.concepts}
        is_hebrew = not all(word.form.isascii() for word in kept)
        acronyms = {word.form for word in kept if is_hebrew and _is_acronym(word)}
        parts = {f"c{concept}" for concept in concepts.difference(lexicon.anchors)}
        parts |= {f"w{word.form}" for word in kept if not word.concepts and word.form not in acronyms}
        return cls(frozenset(concepts.intersection(lexicon.anchors)), frozenset(acronyms), tuple(sorted(parts)), tuple(topics))


def _is_acronym(word: Word) -> bool:
    return word.kind is Kind.UNKNOWN and word.form.isascii() and word.form.isalpha() and len(word.form) <= LONGEST_ACRONYM


Vector = Mapping[str, float]
"""Features with their weights, of length 1."""


def vectors(said: Sequence[Said], question_words: frozenset[str]) -> list[Vector]:
    """What makes messages comparable: rare parts weigh more. `question_words`: concepts that weigh less."""
    counts = Counter(part for one in said for part in one.parts)
    total = len(said) + _PRIOR
    weights = {
        part: log(1 + total / (count + 1)) * (_OF_QUESTION_WORD if part[1:] in question_words and part[0] == "c" else 1.0)
        for part, count in counts.items()
    }
    return [_vector(one, weights) for one in said]


def _vector(said: Said, weights: Mapping[str, float]) -> Vector:
    found: dict[str, float] = defaultdict(float)
    for part in said.parts:
        weight = weights[part]
        if part[0] == "c":
            found[part] += weight
            continue
        # Without an edge at its front, where prefix letters come and go.
        form = f"{part[1:]} "
        runs = sorted({form[i : i + _LETTERS] for i in range(max(1, len(form) - _LETTERS + 1))})
        found[f"r{root(without_prefixes(part[1:])[-1])}"] += weight * sqrt(_OF_ROOT)
        for run in runs:
            found[f"g{run}"] += weight * sqrt((1 - _OF_ROOT) / len(runs))
    vector = _scaled(found, 1.0)
    if likely := dict(said.topics):
        of_topics = _OF_TOPICS if vector else 1.0
        vector = _scaled(vector, 1 - of_topics) | _scaled({f"t{topic}": p for topic, p in likely.items()}, of_topics)
    return vector or {_SAYS_NOTHING: 1.0}


def _scaled(weights: Mapping[str, float], squared: float) -> dict[str, float]:
    """The weights, so that their squares add up to `squared`; none where there are none."""
    length = sqrt(sum(weight * weight for weight in weights.values()))
    return {feature: weight * sqrt(squared) / length for feature, weight in weights.items()}


def clusters(said: Sequence[Said], vectors: Sequence[Vector], weight: Sequence[int]) -> list[list[int]]:
    """Messages by number, those together that are alike. Each group gathers around its most frequent message.

    `weight`: how often each was said. The same for the same messages, whatever their order, if no two are the same.
    """

    def rank(i: int) -> tuple[object, ...]:
        one = said[i]
        return -weight[i], len(one.parts), one.parts, sorted(one.ours), sorted(one.acronyms), one.topics

    order = sorted(range(len(said)), key=rank)
    frequency = Counter(feature for vector in vectors for feature in vector)
    found: dict[tuple[frozenset[str], frozenset[str]], _Leaders] = defaultdict(lambda: _Leaders(frequency))
    for number in order:
        # Who names something else asks something else.
        found[said[number].ours, said[number].acronyms].add(number, vectors[number])
    return [members for leaders in found.values() for members in leaders.members]


class _Leaders:
    """Messages that others gather around, and those others."""

    def __init__(self, frequency: Mapping[str, int]) -> None:
        self.members: list[list[int]] = []
        self._frequency = frequency
        self._vectors: list[Vector] = []
        self._by_feature: dict[str, list[int]] = defaultdict(list)

    def add(self, number: int, vector: Vector) -> None:
        best, likeness = -1, ALIKE_FROM
        for leader in self._candidates(vector):
            other = self._vectors[leader]
            small, large = (vector, other) if len(vector) < len(other) else (other, vector)
            alike = sum(weight * large[feature] for feature, weight in small.items() if feature in large)
            if alike > likeness:
                best, likeness = leader, alike
        if best >= 0:
            self.members[best].append(number)
            return
        for feature in vector:
            self._by_feature[feature].append(len(self._vectors))
        self._vectors.append(vector)
        self.members.append([number])

    def _candidates(self, vector: Vector) -> list[int]:
        """Leaders that may be alike enough: they share a feature that is not among the commonest, which by themselves weigh
        too little; and what they share of the rarer ones leaves enough."""
        rest = 1.0
        shared: dict[int, float] = defaultdict(float)
        for feature in sorted(vector, key=lambda name: (self._frequency[name], name)):
            if rest < ALIKE_FROM * ALIKE_FROM:
                break
            weight = vector[feature]
            for leader in self._by_feature.get(feature, ()):
                shared[leader] += weight * self._vectors[leader][feature]
            rest -= weight * weight
        missing = ALIKE_FROM - sqrt(max(0.0, rest))
        return sorted(leader for leader, weight in shared.items() if weight >= missing)
