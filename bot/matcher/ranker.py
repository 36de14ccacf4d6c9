"""From words to how likely each topic is: the network's evidence, and the phrasings that say just the same."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from operator import itemgetter

from bot.knowledge import OFF_DOMAIN
from bot.matcher.exact import ExactPhrasings
from bot.matcher.features import content, joint_features, word_features
from bot.matcher.lexicon import REMEMBERED_WORDS
from bot.matcher.network import Network
from bot.matcher.reader import Word

# What a message is worth that says just what a phrasing says.
EXACT = 0.95
# How many words a message has at least that leaves nothing unsaid.
WHOLE_FROM = 3
_LIKELIHOOD = itemgetter(1)

Words = tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Reading:
    """Some words, and how likely each topic is to be what they ask, likeliest first. `OFF_DOMAIN` is one of them."""

    words: Words
    ranking: tuple[tuple[str, float], ...]
    before: tuple[str, ...] = ()
    """The topics, answered before, that the words may lean on."""

    @property
    def top(self) -> str:
        return self.ranking[0][0]

    @property
    def confidence(self) -> float:
        """Probability of `top`, 0 to 1."""
        return self.ranking[0][1]

    @property
    def is_ours(self) -> bool:
        return self.top != OFF_DOMAIN

    def likelihood(self, topic: str) -> float:
        """Probability of a topic, 0 to 1."""
        return dict(self.ranking).get(topic, 0.0)


class Ranker:
    """Ranks the topics for some words."""

    def __init__(self, network: Network, anchors: Iterable[str], exact: ExactPhrasings) -> None:
        self.network = network
        self.exact = exact
        self.anchors = frozenset(anchors)
        """The concepts that are names of our subject."""
        self.leans = "a" in network.rows
        """Whether any follow-up was learned from, so that what was answered before says something."""
        self._rows_of_word = lru_cache(maxsize=REMEMBERED_WORDS)(self._rows_of)

    def _rows_of(self, word: Word) -> tuple[int, ...]:
        return tuple(self.network.rows_of(word_features(word)))

    def names_ours(self, words: Iterable[Word]) -> bool:
        """Whether a name of our subject is among the words."""
        return any(not self.anchors.isdisjoint(word.concepts) for word in words)

    def rows(self, kept: Sequence[Word], before: Sequence[str] = ()) -> set[int]:
        """What the network sees of content words, said after these topics were answered: the rows of their features."""
        rows = set(self.network.rows_of(joint_features(kept, self.anchors, before)))
        rows.update(*map(self._rows_of_word, kept))
        return rows

    def rank(self, words: Sequence[Word], before: Sequence[str] = ()) -> Reading:
        """How likely each topic is for these words, said after these topics were answered."""
        return Reading(tuple(words), self._ranking(content(words), tuple(before)), tuple(before))

    def _ranking(self, kept: Sequence[Word], before: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
        likelihoods = self.network.probabilities(list(self.rows(kept, before)))
        classes = self.network.classes
        # What says and names all means the same after any answer; "and what about BPO?" does not.
        is_whole = len(kept) >= WHOLE_FROM and self.names_ours(kept)
        if (not before or is_whole) and (said := self.exact.topic(kept)) in classes:
            likelihoods *= 1 - EXACT
            likelihoods[classes.index(said)] += EXACT
        return tuple(sorted(zip(classes, likelihoods.tolist(), strict=True), key=_LIKELIHOOD, reverse=True))


class RememberingRanker(Ranker):
    """Ranks as another ranker does, and remembers how: for many messages at once, which are much alike."""

    def __init__(self, ranker: Ranker, most: int) -> None:
        """`most`: so many rankings are remembered."""
        super().__init__(ranker.network, ranker.anchors, ranker.exact)
        self._remembered = lru_cache(maxsize=most)(super()._ranking)

    def _ranking(self, kept: Sequence[Word], before: tuple[str, ...]) -> tuple[tuple[str, float], ...]:
        # How a word was typed plays no part beyond its being misspelt.
        return self._remembered(tuple(Word(word.form, word.form, word.kind, word.concepts, word.how) for word in kept), before)
