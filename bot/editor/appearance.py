"""What people see: titles that stand alone, and lines that read right-to-left."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from bot.editor.advice import Advice
from bot.editor.reading import quoted
from bot.hebrew.direction import reads_left_to_right
from bot.hebrew.normalise import as_written, normalise
from bot.knowledge import Knowledge
from bot.matcher.features import content
from bot.matcher.matcher import Matcher
from bot.matcher.reader import Kind, Reader
from bot.texts import IN_ENGLISH

_AND = "ו"
# What is filled in has its own direction.
_FILLED_IN = re.compile(r"\{\w+\}")


def titles(knowledge: Knowledge, matcher: Matcher) -> list[Advice]:
    """Titles that do not tell by themselves what is asked. They are buttons, and stand where nothing was said before."""
    found: list[Advice] = []
    for entry in knowledge.entries.values():
        if entry.kind != "chat" and (wrong := _leans(entry.title, knowledge, matcher)):
            text = f"entry '{entry.id}': the title {quoted(entry.title)} {wrong}; name what it asks about"
            found.append(Advice(entry.file, text, entry.line))
    return found


def _leans(title: str, knowledge: Knowledge, matcher: Matcher) -> str | None:
    """How a title leans on something that is not in it; None where it stands alone."""
    words = matcher.reader.read(title)
    if joined := _and_at_the_start(title, matcher.reader):
        return f"begins with an 'and' ('{as_written(joined)}')"
    if matcher.ranker.names_ours(words):
        return None
    leaning = frozenset(knowledge.lexicon.leaning)
    if pointing := next((as_written(word.text) for word in words if not leaning.isdisjoint(word.concepts)), None):
        return f"leans on what was said before ('{pointing}')"
    asking = matcher.cues.asking
    telling = [word for word in content(words) if word.kind is not Kind.FILLER and asking.isdisjoint(word.concepts)]
    return None if telling else "asks about nothing"


def _and_at_the_start(title: str, reader: Reader) -> str | None:
    """The first word of a title, if it is a known one with an "and" written on to it, or the "and" before a Latin word."""
    first = next(iter(normalise(title).split()), "")
    if not first.startswith(_AND) or first in reader.foreign:
        return None
    # Read by itself, since a run of words keeps its prefix letters.
    is_joined = first == _AND or not any(word.form.startswith(_AND) for word in reader.read(first))
    return first if is_joined else None


def left_to_right(knowledge: Knowledge) -> list[Advice]:
    """Titles, paragraphs, items and texts of the bot that would be shown left-to-right."""
    return [
        Advice(file, f"{what} begins in Latin letters, and reads left-to-right: {quoted(text)}; begin it in Hebrew", line)
        for file, line, what, whole in _all_shown(knowledge)
        for text in map(str.strip, whole.split("\n"))
        if reads_left_to_right(_FILLED_IN.sub("", text))
    ]


def _all_shown(knowledge: Knowledge) -> Iterator[tuple[str, int, str, str]]:
    """File, line, what it is, and text."""
    for entry in knowledge.entries.values():
        yield entry.file, entry.line, f"entry '{entry.id}': the title", entry.title
        yield entry.file, entry.line, f"entry '{entry.id}': a line of the answer", entry.answer
    for theme in knowledge.themes:
        yield f"{theme.id}.yaml", theme.line, "the theme", theme.title
    for name, text in _texts(knowledge):
        yield "bot/texts.yaml", 0, f"'{name}'", text


def _texts(knowledge: Knowledge) -> Iterable[tuple[str, str]]:
    texts = knowledge.texts.model_dump().items()
    return ((name, text) for name, text in texts if isinstance(text, str) and name not in IN_ENGLISH)
