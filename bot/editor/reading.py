"""The examples as the matcher reads them, each once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bot.editor.asking import shown
from bot.knowledge import OFF_DOMAIN, Example
from bot.matcher.clauses import Clause
from bot.matcher.features import content, says_something
from bot.matcher.matcher import Matcher
from bot.matcher.reader import Word

_LONGEST_QUOTED = 70


@dataclass(frozen=True, slots=True)
class Read:
    """An example, and what it says to the matcher."""

    example: Example
    clauses: tuple[Clause, ...]
    words: tuple[Word, ...]
    """All that count: without fillers, and without courtesies beside something else."""


def read(examples: Iterable[Example], matcher: Matcher, courtesies: Iterable[str]) -> Iterator[Read]:
    """Read the examples. `courtesies`: concepts that do not count beside something else."""
    polite = frozenset(courtesies)
    for example in examples:
        clauses = tuple(matcher.clauses(example.text))
        words = [word for clause in clauses for word in clause.words]
        bare = [word for word in words if polite.isdisjoint(word.concepts)]
        yield Read(example, clauses, tuple(content(bare if says_something(bare) else words)))


def place(example: Example) -> str:
    """Where an example stands."""
    return f"{example.file}, line {example.line}"


def named(topic: str) -> str:
    """A topic in a sentence."""
    return "what is not ours" if topic == OFF_DOMAIN else f"'{topic}'"


def quoted(text: str) -> str:
    """A quotation that leaves room for the advice after it."""
    return f"'{shown(text, _LONGEST_QUOTED)}'"
