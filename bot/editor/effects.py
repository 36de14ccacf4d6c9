"""What a change of the knowledge does, told before it is made: the learned responder of the change beside the one before."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rapidfuzz import fuzz, process

from bot.conversation import Context, Decision, Responder
from bot.editor.lessons import Lesson
from bot.evaluate import Comparison, Row, compare
from bot.hebrew.normalise import normalise
from bot.knowledge import OFF_DOMAIN, Examples, check, load

# So many phrasings of other topics are asked again for each lesson: those most like it.
_NEIGHBOURS = 60
# Less alike than this (0 to 100) are two messages that share a word by chance.
_ALIKE_FROM = 60


@dataclass(frozen=True, slots=True)
class Missed:
    """A message that is taught and gets another answer all the same."""

    lesson: Lesson
    got: tuple[str, ...]
    """The topics that it is answered with, or offered; empty for none."""
    decision: Decision


@dataclass(frozen=True, slots=True)
class Disturbed:
    """A phrasing of another topic that had its answer before the change, and has it no more."""

    text: str
    topic: str
    """Its own topic."""
    got: tuple[str, ...]
    """What it is answered with, or offered, after the change."""


@dataclass(frozen=True, slots=True)
class Effects:
    """What a change does."""

    comparison: Comparison | None
    """On the labelled questions; None where there are none."""
    missed: tuple[Missed, ...]
    disturbed: tuple[Disturbed, ...]


def responder_of(files: Mapping[str, bytes], changes: Mapping[str, str], folder: Path) -> Responder:
    """The responder of changed knowledge, which is laid out in an empty folder for that. Raises KnowledgeError for knowledge
    with mistakes. Takes as long as learning does; what is learned is kept for when the change is made."""
    for name, content in {**files, **{name: text.encode("utf-8") for name, text in changes.items()}}.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    check(folder)
    return Responder(load(folder))


def effects(before: Responder, after: Responder, lessons: Sequence[Lesson], examples: Examples, rows: Sequence[Row]) -> Effects:
    """What a change does to the labelled questions, to what is taught, and to the phrasings most like it. `examples`: those
    from before the change."""
    return Effects(
        compare(before, after, rows) if rows else None,
        tuple(_missed(after, lessons)),
        tuple(_disturbed(before, after, lessons, examples)),
    )


def _missed(after: Responder, lessons: Iterable[Lesson]) -> Iterator[Missed]:
    for lesson in lessons:
        context = after.answer((lesson.before,), Context())[1] if lesson.before else Context()
        reply, _ = after.reply(lesson.text, context)
        is_right = not reply.topics if lesson.topic == OFF_DOMAIN else _answers(reply.decision, reply.topics, lesson.topic)
        if not is_right:
            yield Missed(lesson, reply.topics, reply.decision)


def _disturbed(before: Responder, after: Responder, lessons: Iterable[Lesson], examples: Examples) -> Iterator[Disturbed]:
    texts = [(topic, text) for topic, several in examples.phrasings.items() for text in several]
    said = [normalise(text) for _, text in texts]
    seen: set[int] = set()
    for lesson in lessons:
        if lesson.before:
            continue  # what leans on an answer is no neighbour of what stands by itself
        near = process.extract(
            normalise(lesson.text), said, scorer=fuzz.token_sort_ratio, limit=_NEIGHBOURS, score_cutoff=_ALIKE_FROM
        )
        for _, _, number in near:
            topic, text = texts[number]
            if topic == lesson.topic or number in seen:
                continue
            seen.add(number)
            now = after.understand(text, Context()).match
            if _answers(now.decision, now.topics, topic):
                continue
            was = before.understand(text, Context()).match
            if _answers(was.decision, was.topics, topic):
                yield Disturbed(text, topic, now.topics)


def _answers(decision: Decision, topics: Sequence[str], topic: str) -> bool:
    return decision is Decision.ANSWER and topic in topics
