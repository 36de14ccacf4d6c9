"""The records that the knowledge base is made of. Frozen."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from bot.knowledge.fields import ActWords, Source
from bot.texts import Texts

OFF_DOMAIN = "off-domain"
"""What stands for a topic where a message is not ours. No topic may be called that."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A topic: what people ask, and the answer."""

    id: str
    kind: str
    """`answer`, `uncovered` (the article is silent) or `chat` (small talk)."""
    title: str
    questions: tuple[str, ...]
    answer: str
    related: tuple[str, ...]
    source: str
    """The part of the article that the answer rests on."""
    file: str = ""
    line: int = 0


@dataclass(frozen=True, slots=True)
class Theme:
    """A file of entries, as the topics menu shows it. `id` is the file's stem."""

    id: str
    title: str
    topics: tuple[str, ...]
    line: int = 1
    """The title's, counted from 1."""


@dataclass(frozen=True, slots=True)
class Words:
    """The lexicon: ideas ("concepts") and their forms, and the parts that words and concepts play in a message."""

    concepts: Mapping[str, tuple[str, ...]]
    fillers: tuple[str, ...]
    context: tuple[str, ...]
    anchors: tuple[str, ...]
    asking: tuple[str, ...]
    requesting: tuple[str, ...]
    courtesies: tuple[str, ...]
    leaning: tuple[str, ...]
    """Concepts of words that lean on what was said before: what has one says what it is about only if it names that too."""
    asides: tuple[str, ...]
    """Topics of small talk that ask nothing: not answered where something is asked beside them."""
    broader: Mapping[str, tuple[str, ...]]
    """Topics whose answer also tells what narrower topics tell."""
    contrasts: Mapping[str, tuple[str, ...]]
    """Topics that compare two others."""
    acts: ActWords
    emoji: Mapping[str, str]
    """What each sign says in words, where it stands alone."""
    everyday: tuple[str, ...] = ()
    """Words that are not of our subject, and no misspellings of those that are."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """All that the bot knows and says, but for the phrasings that the matcher learns from."""

    entries: Mapping[str, Entry]
    themes: tuple[Theme, ...]
    """In the menu's order; small talk is not among them."""
    texts: Texts
    source: Source
    lexicon: Words
    digest: str
    """SHA-256 over all that the matcher learns from: changed answers, titles and texts leave it as it is."""
    folder: Path


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What somebody asks next, who has just been answered."""

    before: str
    """The topic that was answered."""
    text: str
    topic: str
    """The topic asked for, or `OFF_DOMAIN`."""


@dataclass(frozen=True, slots=True)
class Example:
    """One text that the matcher learns from, and where it stands."""

    text: str
    topic: str
    """What it asks for, or `OFF_DOMAIN`."""
    file: str
    line: int
    """Counted from 1."""
    before: str = ""
    """For a follow-up, the topic that was answered."""


@dataclass(frozen=True, slots=True)
class Examples:
    """What the matcher learns from."""

    phrasings: Mapping[str, tuple[str, ...]]
    """For each topic, those of its entry first."""
    off_domain: tuple[str, ...]
    follow_ups: tuple[FollowUp, ...] = ()

    @classmethod
    def of(cls, examples: Iterable[Example]) -> Examples:
        """From all of them one by one; their order stays."""
        phrasings: dict[str, list[str]] = {}
        off_domain: list[str] = []
        follow_ups: list[FollowUp] = []
        for example in examples:
            if example.before:
                follow_ups.append(FollowUp(example.before, example.text, example.topic))
            elif example.topic == OFF_DOMAIN:
                off_domain.append(example.text)
            else:
                phrasings.setdefault(example.topic, []).append(example.text)
        by_topic = {topic: tuple(texts) for topic, texts in phrasings.items()}
        return cls(MappingProxyType(by_topic), tuple(off_domain), tuple(follow_ups))

    def rows(self) -> Iterator[tuple[str | None, str, str]]:
        """All of them one by one: the topic answered before, or None; the topic asked for, or `OFF_DOMAIN`; the text."""
        yield from ((None, topic, text) for topic, texts in self.phrasings.items() for text in texts)
        yield from ((None, OFF_DOMAIN, text) for text in self.off_domain)
        yield from ((one.before, one.topic, one.text) for one in self.follow_ups)
