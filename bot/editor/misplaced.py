"""Phrasings that get their topic only because they are known by heart."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from bot.editor.advice import Advice
from bot.editor.answered import SURE_FROM, is_long
from bot.editor.reading import Read, quoted
from bot.knowledge import OFF_DOMAIN, Example
from bot.matcher.matcher import Matcher


def misplaced(reads: Iterable[Read], matcher: Matcher, broader: Mapping[str, Sequence[str]]) -> list[Advice]:
    """Phrasings whose like is surely taken for another topic, the surest first: who words them a little otherwise gets that.

    `broader`: topics that also tell what narrower ones tell.
    """
    ranker, exact = matcher.by_likeness().ranker, matcher.ranker.exact
    found: list[tuple[float, Advice]] = []
    for read in reads:
        example = read.example
        if example.before or len(read.clauses) != 1 or is_long(read):
            continue
        if exact.topic(read.words) != example.topic:
            continue  # not known by heart
        reading = ranker.rank(read.words)
        narrower = broader.get(reading.top, ())
        if reading.confidence >= SURE_FROM and reading.top != example.topic and example.topic not in narrower:
            found.append((reading.confidence, Advice(example.file, _said(example, reading.top), example.line)))
    return [advice for _, advice in sorted(found, key=lambda item: -item[0])]


def _said(example: Example, top: str) -> str:
    asked = f"{quoted(example.text)} gets '{example.topic}' because it is known by heart, but what is like it"
    if top == OFF_DOMAIN:
        return f"{asked} is taken for what is not ours; add others like it, or take it out"
    return f"{asked} gets '{top}'; move it there, word it more clearly, or add others like it"
